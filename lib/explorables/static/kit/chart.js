/**
 * The drawing kit of the explorables: scales, plots, outlines of level sets, and handles that a
 * mouse, a finger and a keyboard can move.
 *
 * A plot is a box with an SVG of SIZE x SIZE units behind (still) and one in front (moving).
 * Whatever has a size in pixels (handles, tick labels) is HTML, placed in per cent of the box, so a
 * picture is right at every width without measuring. Nothing here has an id, so copies never clash.
 *
 * @typedef {{ (value: number): number, invert: (unit: number) => number, domain: number[],
 *   ticks: (count: number) => { value: number, label: string }[],
 *   nudge: (value: number, steps: number) => number }} Scale
 * @typedef {{ x: Scale, y: Scale }} View
 */

export const SIZE = 1000;
const GRID = 56; // cells a side where level sets are traced; finer changes no pixel at 400 px
const WORD = /[a-z]{3}/; // an axis that is named by a word, not by a symbol: "step", "learning rate η"

// ---------------------------------------------------------------------------------------------
// Numbers as text

/**
 * A number with fixed digits and a true minus sign; powers of ten where digits would run on.
 * @param {number} value @param {number} digits @returns {string}
 */
export function fixed(value, digits) {
  if (!Number.isFinite(value)) return "diverged";
  const text = Math.abs(value) < 1e6 ? value.toFixed(digits) : value.toExponential(2);
  return text.replace(/^-(?=0\.?0*$)/, "").replace("-", "−");
}

/** The sign and the size of a number, apart: for a formula that writes "+ 0.5" or "− 0.5". */
export function signAndSize(value, digits) {
  const text = fixed(value, digits);
  return text.startsWith("−") ? ["−", text.slice(1)] : ["+", text];
}

// ---------------------------------------------------------------------------------------------
// Scales and ticks

/**
 * A linear scale from a domain to a range, with its inverse.
 * @param {number[]} domain @param {number[]} range @returns {Scale}
 */
export function linearScale([d0, d1], [r0, r1]) {
  const scale = (value) => r0 + ((value - d0) / (d1 - d0)) * (r1 - r0);
  scale.invert = (unit) => d0 + ((unit - r0) / (r1 - r0)) * (d1 - d0);
  scale.domain = [d0, d1];
  scale.ticks = (count) => ticks(scale.domain, count);
  scale.nudge = (value, steps) => value + steps * niceStep(d1 - d0, 100);
  return scale;
}

/** A scale of powers of ten: equal factors are equal lengths; a key moves a hundredth of it. */
export function logScale([d0, d1], range) {
  const [lo, hi] = [Math.log10(d0), Math.log10(d1)];
  const inner = linearScale([lo, hi], range);
  const scale = (value) => inner(Math.log10(value));
  scale.invert = (unit) => 10 ** inner.invert(unit);
  scale.domain = [d0, d1];
  scale.ticks = (count) => powerTicks(lo, hi, count);
  scale.nudge = (value, steps) => value * 10 ** ((steps * (hi - lo)) / 100);
  return scale;
}

/** A scale of whole numbers with half a step of room at its ends; a key moves a whole step or more. */
export function wholeScale([d0, d1], range) {
  const scale = linearScale([d0 - 0.5, d1 + 0.5], range);
  scale.domain = [d0, d1];
  scale.nudge = (value, steps) => value + Math.sign(steps) * Math.max(1, Math.round(Math.abs(steps)));
  return scale;
}

/** Whole powers of ten inside a domain given by its exponents, every few if there are many. */
function powerTicks(lo, hi, count) {
  const every = Math.max(1, Math.ceil((hi - lo) / count));
  const first = Math.ceil(lo / every - 1e-9);
  const last = Math.floor(hi / every + 1e-9);
  const powers = Array.from({ length: last - first + 1 }, (_, i) => (first + i) * every);
  return powers.map((power) => ({ value: 10 ** power, label: powerLabel(power) }));
}

const powerLabel = (power) => {
  if (power === 0 || power === 1) return String(10 ** power);
  return `10<sup>${fixed(power, 0)}</sup>`;
};

/**
 * The view of a plot: x to the right, y upwards.
 * @param {number[]} xDomain @param {number[]} yDomain
 * @param {{ x?: typeof linearScale, y?: typeof linearScale }} [kinds] logScale for an axis of powers
 */
export function viewOf(xDomain, yDomain, { x = linearScale, y = linearScale } = {}) {
  return { x: x(xDomain, [0, SIZE]), y: y(yDomain, [SIZE, 0]) };
}

/** The step among 1, 2, 5 times a power of ten that cuts a length into about `count` parts. */
export function niceStep(length, count) {
  const power = 10 ** Math.floor(Math.log10(length / count));
  const rest = length / count / power;
  return power * (rest < 1.5 ? 1 : rest < 3.5 ? 2 : rest < 7.5 ? 5 : 10);
}

/** Round ticks inside a domain, each with its label. */
export function ticks([lo, hi], count) {
  const step = niceStep(hi - lo, count);
  const digits = clamp(-Math.floor(Math.log10(step) + 1e-9), [0, 20]) || 0;
  const first = Math.ceil(lo / step - 1e-9);
  const last = Math.floor(hi / step + 1e-9);
  const all = Array.from({ length: last - first + 1 }, (_, i) => (first + i) * step);
  const [size, name] = step < 1000 ? [1, ""] : step < 1e6 ? [1e3, "k"] : [1e6, "M"]; // long labels would meet the axis name
  return all.map((value) => ({ value, label: value ? `${fixed(value / size, digits)}${name}` : fixed(0, digits) }));
}

/**
 * Two domains of one length around the data, so that a square is a square on the screen.
 * @param {number[]} xs @param {number[]} ys @returns {number[][]}
 */
export function squareDomains(xs, ys) {
  const extents = [xs, ys].map((values) => [Math.min(...values), Math.max(...values)]);
  const span = 1.3 * Math.max(...extents.map(([lo, hi]) => hi - lo));
  const step = niceStep(span, 6);
  const length = step * Math.ceil(span / step - 1e-9);
  return extents.map(([lo, hi]) => {
    const start = step * Math.round(((lo + hi) / 2 - length / 2) / step);
    return [start, start + length];
  });
}

/** The value, moved into [lo, hi] if it lies outside. */
export const clamp = (value, [lo, hi]) => Math.min(hi, Math.max(lo, value));

/** What a hand sets, to two or three decimals. */
export const hundredth = (value) => Math.round(100 * value) / 100;
export const thousandth = (value) => Math.round(1000 * value) / 1000;

// ---------------------------------------------------------------------------------------------
// Plots

const tickHtml = (axis, percent, label) => {
  const long = label.split("<")[0].replace(".", "").length > 3; // there is no room for more beside the axis' name
  return `<span class="xp-tick xp-tick-${axis}${long ? " xp-long" : ""}" style="--at:${percent}%">${label}</span>`;
};

/**
 * Grid lines of one axis as a path, and its tick labels. Where the ticks of an axis are a number,
 * about as many stand at round values; a list of { value, label } stands as it is.
 */
function axisParts(view, axis, wanted) {
  const cross = axis === "x" ? "V" : "H";
  const all = typeof wanted === "number" ? view[axis].ticks(wanted) : wanted;
  const marks = all.map(({ value, label }) => {
    const at = Math.round(view[axis](value));
    const start = axis === "x" ? `M${at} 0` : `M0 ${at}`;
    return { path: `${start}${cross}${SIZE}`, zero: value === 0, html: tickHtml(axis, at / 10, label) };
  });
  const paths = (zero) => marks.filter((m) => m.zero === zero).map((m) => m.path).join("");
  return { grid: paths(false), zero: paths(true), html: marks.map((m) => m.html).join("") };
}

/**
 * A plot: the still part (grid, axes, tick labels), then what moves, and the handles.
 * @param {View} view
 * @param {object} parts labels: [x, y] names of the axes, may hold markup; back, front: SVG behind
 *   and in front of the grid lines; over: HTML above them; handles: names, see handleHtml; ticks: [x, y], how
 *   many or which; aspect: width over height; name: to find the plot by (data-ref)
 */
export function plotHtml(view, parts) {
  const { labels, back = "", front = "", over = "", handles = [], ticks: wanted = [6, 6] } = parts;
  const { aspect = 1, name = "" } = parts;
  const [x, y] = ["x", "y"].map((axis, i) => axisParts(view, axis, wanted[i]));
  const still =
    `${back}<path class="xp-grid" d="${x.grid}${y.grid}"></path>` +
    `<path class="xp-zero" d="${x.zero}${y.zero}"></path>`;
  const axes = labels.map((label, i) => {
    const words = WORD.test(label.replace(/<[^>]*>/g, "")) ? " xp-axis-words" : "";
    return label && `<span class="xp-axis xp-axis-${"xy"[i]}${words}">${label}</span>`;
  }).join("");
  const knobs = handles.map(handleHtml).join("");
  return (
    `<div class="xp-plot${labels[1] ? "" : " xp-no-y-name"}"${name && ` data-ref="${name}"`}` +
    `${aspect === 1 ? "" : ` style="--aspect:${aspect}"`}>${layer("xp-back", still)}${layer("xp-front", front)}` +
    `<div class="xp-ticks" aria-hidden="true" translate="no">${x.html}${y.html}${axes}</div>${over}${knobs}</div>`
  );
}

/** A handle: its name, and its look after a space, as in "start hollow". */
function handleHtml(handle) {
  const [name, look] = handle.split(" ");
  return `<div class="xp-handle${look ? ` xp-${look}` : ""}" data-ref="${name}"></div>`;
}

/** Draw the grid and the tick labels of a plot anew, for another view; its other parts stay. */
export function drawAxes(plot, view, wanted = [6, 6]) {
  const [x, y] = ["x", "y"].map((axis, i) => axisParts(view, axis, wanted[i]));
  plot.querySelector(".xp-grid").setAttribute("d", x.grid + y.grid);
  plot.querySelector(".xp-zero").setAttribute("d", x.zero + y.zero);
  plot.querySelectorAll(".xp-tick").forEach((tick) => tick.remove());
  plot.querySelector(".xp-ticks").insertAdjacentHTML("afterbegin", x.html + y.html);
}

/** An SVG that fills its plot, SIZE x SIZE units whatever the shape of the plot. */
const layer = (name, inner) =>
  `<svg class="xp-layer ${name}" viewBox="0 0 ${SIZE} ${SIZE}" preserveAspectRatio="none" ` +
  `aria-hidden="true" translate="no">${inner}</svg>`;

/** A path that will be drawn under this name: its class (with xp- before it) and its data-ref. */
export const pathHtml = (name, className = name) => `<path class="xp-${className}" data-ref="${name}"></path>`;

/** Paths for a plot, each "name" or "name class". */
export const pathsHtml = (...paths) => paths.map((path) => pathHtml(...path.split(" "))).join("");

/** A number of an SVG path: a tenth of a unit is finer than a pixel. */
const unit = (value) => Math.round(10 * clamp(value, [-9 * SIZE, 10 * SIZE])) / 10;

/** A curve through points, as an SVG path; a point that is not finite leaves a gap. */
export function curvePath(view, xs, ys) {
  let [path, command] = ["", "M"];
  xs.forEach((x, i) => {
    const place = [view.x(x), view.y(ys[i])];
    if (!place.every(Number.isFinite)) { command = "M"; return; }
    path += `${command}${unit(place[0])} ${unit(place[1])}`;
    command = "L";
  });
  return path;
}

/** An upright line at some x, from the bottom of a view to its top or between two ends, as a path. */
export const uprightPath = (view, x, ends = view.y.domain) => curvePath(view, [x, x], ends);

/** The same from the top down: dashes begin at the top. */
export const hangingPath = (view, x) => uprightPath(view, x, [...view.y.domain].reverse());

/** The x of `count` + 1 places from the left of a view to its right, for a curve. */
export function samplesOf(view, count = 100) {
  return Array.from({ length: count + 1 }, (_, i) => view.x.invert((i * SIZE) / count));
}

/** Upright bars from `base` to their heights, as an SVG path; a width is in units of x. */
export function barsPath(view, xs, heights, width, base = 0) {
  const bar = (x, i) => {
    const [left, right] = [view.x(x - width / 2), view.x(x + width / 2)].map(unit);
    return `M${left} ${unit(view.y(base))}V${unit(view.y(heights[i]))}H${right}V${unit(view.y(base))}z`;
  };
  return xs.map((x, i) => (Number.isFinite(heights[i]) ? bar(x, i) : "")).join("");
}

/** Points as dots of a fixed size in pixels: lines of no length with round ends. */
export function dotsPath(view, xs, ys) {
  const round = (value) => Math.round(10 * value) / 10;
  return xs.map((x, i) => `M${round(view.x(x))} ${round(view.y(ys[i]))}h0`).join("");
}

/** An arrow by `by` from a place, as an SVG path; the head is 28 units long, or as long as the arrow. */
export function arrowPath(view, from, by) {
  const [x0, y0, x1, y1] = [...from, ...from.map((value, i) => value + by[i])].map((v, i) => view[i % 2 ? "y" : "x"](v));
  const length = Math.hypot(x1 - x0, y1 - y0);
  if (!Number.isFinite(length) || length > 1e6) return "";
  const head = Math.min(28, length) / (length || 1);
  const [back, side] = [[x0 - x1, y0 - y1], [y1 - y0, x0 - x1]].map((part) => part.map((v) => v * head));
  const corner = (sign) => [x1 + back[0] + sign * side[0] / 2, y1 + back[1] + sign * side[1] / 2].map(unit).join(" ");
  const tip = `${unit(x1)} ${unit(y1)}`;
  return `M${unit(x0)} ${unit(y0)}L${tip}M${corner(1)}L${tip}L${corner(-1)}`;
}

/** Give paths their outlines, each only where it changed. */
export function setPaths(ref, paths) {
  Object.entries(paths).forEach(([name, d]) => {
    if (ref[name].drawn !== d) ref[name].setAttribute("d", (ref[name].drawn = d));
  });
}

/** The stretch of a line y = w x + b that is seen: its two x, or null where the view misses it. */
export function visibleStretch(view, w, b) {
  const [x0, x1] = view.x.domain;
  if (w === 0) return b >= view.y.domain[0] && b <= view.y.domain[1] ? [x0, x1] : null;
  const ends = view.y.domain.map((y) => (y - b) / w).sort((p, q) => p - q);
  const [lo, hi] = [Math.max(x0, ends[0]), Math.min(x1, ends[1])];
  return lo < hi ? [lo, hi] : null;
}

/** The line y = w x + b as a path across a view. */
export function linePath(view, w, b) {
  const stretch = visibleStretch(view, w, b);
  return stretch ? curvePath(view, stretch, stretch.map((x) => b + w * x)) : "";
}

/** Whether a place lies in a view. */
export const contains = (view, x, y) => x === clamp(x, view.x.domain) && y === clamp(y, view.y.domain);

// ---------------------------------------------------------------------------------------------
// Level sets

/** A function on the (GRID + 1)^2 nodes of a view, row by row from the top. */
export function sampleView(view, f) {
  const nodes = Array.from({ length: GRID + 1 }, (_, i) => (i * SIZE) / GRID);
  return nodes.flatMap((row) => nodes.map((column) => f(view.x.invert(column), view.y.invert(row))));
}

/** Levels up from the least value, closer together near the bottom of the bowl; a tenth stays above. */
export function bowlLevels(values, least, count) {
  const sorted = values.filter(Number.isFinite).sort((p, q) => p - q);
  const rise = sorted[Math.floor(0.9 * sorted.length)] - least;
  return Array.from({ length: count }, (_, k) => least + rise * ((k + 0.5) / count) ** 2);
}

/** The filled outlines of a bowl, the highest first. */
export function contoursHtml(view, f, count, least) {
  const values = sampleView(view, f);
  const paths = bowlLevels(values, least ?? Math.min(...values), count).map((level) => sublevelPath(values, level));
  return paths.reverse().map((path) => `<path d="${path}"></path>`).join("");
}

// Edges of a cell that an outline crosses, [in, out], by which corners are inside: top-left 1,
// top-right 2, bottom-right 4, bottom-left 8. The inside is always on the left of the way.
const [TOP, RIGHT, BOTTOM, LEFT] = [0, 1, 2, 3];
const CROSSINGS = [
  [], [[LEFT, TOP]], [[TOP, RIGHT]], [[LEFT, RIGHT]],
  [[RIGHT, BOTTOM]], [[LEFT, TOP], [RIGHT, BOTTOM]], [[TOP, BOTTOM]], [[LEFT, BOTTOM]],
  [[BOTTOM, LEFT]], [[BOTTOM, TOP]], [[TOP, RIGHT], [BOTTOM, LEFT]], [[BOTTOM, RIGHT]],
  [[RIGHT, LEFT]], [[RIGHT, TOP]], [[TOP, LEFT]], [],
];

/** A number for an edge of cell (i, j); the two cells that share an edge give it the same number. */
function edgeKey(i, j, side) {
  const [column, row] = [i + 1 + (side === RIGHT), j + 1 + (side === BOTTOM)];
  return 2 * (row * (GRID + 3) + column) + (side === LEFT || side === RIGHT);
}

/** Where the outlines of {value <= level} go next from each edge; beyond the grid all is outside. */
function crossings(values, level) {
  const next = new Map();
  const inside = (i, j) =>
    i >= 0 && j >= 0 && i <= GRID && j <= GRID && values[j * (GRID + 1) + i] <= level;
  for (let j = -1; j <= GRID; j += 1) {
    for (let i = -1; i <= GRID; i += 1) {
      const corners =
        inside(i, j) + 2 * inside(i + 1, j) + 4 * inside(i + 1, j + 1) + 8 * inside(i, j + 1);
      for (const [from, to] of CROSSINGS[corners]) next.set(edgeKey(i, j, from), edgeKey(i, j, to));
    }
  }
  return next;
}

/** The place on an edge, in SVG units, where the value is the level. */
function edgePoint(values, level, key) {
  const upright = key % 2;
  const cell = (key - upright) / 2;
  const [i, j] = [(cell % (GRID + 3)) - 1, Math.floor(cell / (GRID + 3)) - 1];
  const start = upright ? j : i;
  if (start < 0 || start >= GRID) return [i, j].map((k) => (clamp(k, [0, GRID]) * SIZE) / GRID);
  const here = values[j * (GRID + 1) + i];
  const there = values[upright ? (j + 1) * (GRID + 1) + i : j * (GRID + 1) + i + 1];
  const part = (level - here) / (there - here) || 0;
  return [i + (upright ? 0 : part), j + (upright ? part : 0)].map((k) => (k * SIZE) / GRID);
}

/** A closed ring as a compact path: whole units, relative, straight runs along the frame in one. */
function ringPath(points) {
  const whole = points.map((point) => point.map(Math.round));
  let [[x, y], path] = [whole[0], `M${whole[0].join(" ")}`];
  whole.forEach(([px, py], k) => {
    const [nx, ny] = whole[k + 1] ?? whole[0];
    if ((nx === x && px === x) || (ny === y && py === y)) return;
    if (px !== x || py !== y) path += `l${px - x} ${py - y}`;
    [x, y] = [px, py];
  });
  return `${path}z`;
}

/**
 * The set {value <= level} as an SVG path, from values on the grid of a view.
 * @param {number[]} values @param {number} level @returns {string}
 */
export function sublevelPath(values, level) {
  const next = crossings(values, level);
  let path = "";
  while (next.size) {
    const ring = [];
    for (let key = next.keys().next().value; next.has(key); ) {
      const to = next.get(key);
      next.delete(key);
      ring.push(edgePoint(values, level, key));
      key = to;
    }
    path += ringPath(ring);
  }
  return path;
}

// ---------------------------------------------------------------------------------------------
// Handles

/** Put a handle, or a label, at a place of its plot: a transform, so that nothing is laid out again. */
export function placeHandle(node, view, x, y) {
  const part = (place) => (clamp(place, [0, SIZE]) / (SIZE / 100) || 0).toFixed(2);
  const transform = `translate(${part(view.x(x))}cqw, ${part(view.y(y))}cqh)`;
  if (node.placed !== transform) node.style.transform = node.placed = transform;
}

/** Tell assistive technology where a handle stands. */
export function describeHandle(node, { now, domain: [min, max], text }) {
  const values = { valuemin: min, valuemax: max, valuenow: Math.round(1e6 * now) / 1e6, valuetext: text };
  Object.entries(values).forEach(([name, value]) => node.setAttribute(`aria-${name}`, String(value)));
}

// How far a key moves a handle, in steps of its axis: [along x, along y].
const KEYS = {
  ArrowRight: [1, 0], ArrowLeft: [-1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1],
  PageUp: [0, 10], PageDown: [0, -10],
};

/** Where a key takes a handle from a place, or undefined for a key that is not ours. */
function keyTarget(event, [x, y], { view, along }) {
  if (event.key === "Home" || event.key === "End") {
    const end = event.key === "Home" ? 0 : 1;
    return along === "y" ? [x, view.y.domain[end]] : [view.x.domain[end], y];
  }
  const [dx, dy] = KEYS[event.key] ?? [];
  if (dx === undefined || event.ctrlKey || event.altKey || event.metaKey) return undefined;
  const size = event.shiftKey ? 0.1 : 1;
  // A handle with one direction is moved by all four arrows: right and up mean more.
  if (along === "y") return [x, view.y.nudge(y, (dx + dy) * size)];
  if (along === "x") return [view.x.nudge(x, (dx + dy) * size), y];
  return [view.x.nudge(x, dx * size), view.y.nudge(y, dy * size)];
}

/**
 * Let a handle be moved by pointer and by keys.
 * @param {HTMLElement} node
 * @param {object} handle label; view (may be a getter: it is read at each event); along: "x" or "y"
 *   if it moves along one axis only; place(): [x, y] now; grab(): called at the start of a drag;
 *   move(x, y): the reader wants it there; done(); memory(): returns what
 *   gives back the state as it is now
 * @param {AbortSignal} signal frees the listeners
 */
export function bindHandle(node, handle, signal) {
  const { along } = handle;
  const [lo, hi] = (along === "y" ? handle.view.y : handle.view.x).domain;
  const attributes = {
    role: "slider", tabindex: 0, "aria-label": handle.label, "aria-valuemin": lo, "aria-valuemax": hi,
    "aria-orientation": along === "y" ? "vertical" : "horizontal",
  };
  Object.entries(attributes).forEach(([key, value]) => node.setAttribute(key, value));
  node.style.cursor = { x: "ew-resize", y: "ns-resize" }[along] ?? "move";
  if (along === "x") node.style.touchAction = "pan-y pinch-zoom"; // up and down, a finger scrolls the page
  node.addEventListener("keydown", (event) => {
    const target = keyTarget(event, handle.place(), handle);
    if (!target) return;
    event.preventDefault();
    handle.grab?.();
    handle.move(...target);
    handle.done?.();
  }, { signal });
  bindDrag(node, handle, signal);
}

/** Of the handles under a pointer the one whose middle is nearest: boxes of 44 px overlap. */
function nearestHandle(node, { clientX, clientY }) {
  const away = (other) => {
    const { left, right, top, bottom } = other.getBoundingClientRect();
    return Math.hypot(clientX - (left + right) / 2, clientY - (top + bottom) / 2);
  };
  const plot = node.closest(".xp-plot");
  const under = node.getRootNode().elementsFromPoint(clientX, clientY);
  const handles = under.filter((other) => other.matches(".xp-handle") && plot.contains(other));
  return handles.reduce((best, other) => (away(other) < away(best) ? other : best), node);
}

/** Let a node be dragged by a mouse, a pen or a finger; the place under the pointer stays there. */
export function bindDrag(node, handle, signal) {
  const on = (type, listener) => node.addEventListener(type, listener, { signal });
  let drag = null;
  const at = ({ clientX, clientY }) => {
    const box = node.closest(".xp-plot").getBoundingClientRect();
    return [((clientX - box.left) / box.width) * SIZE, ((clientY - box.top) / box.height) * SIZE];
  };
  on("pointerdown", (event) => {
    if (drag || event.button !== 0 || (handle.mouseOnly && event.pointerType === "touch")) return;
    const nearest = node.matches(".xp-handle") ? nearestHandle(node, event) : node;
    if (nearest !== node) {
      event.preventDefault();
      nearest.dispatchEvent(new event.constructor(event.type, event));
      return;
    }
    const { view } = handle;
    const [pointer, [x, y]] = [at(event), handle.place()];
    drag = { id: event.pointerId, undo: handle.memory?.(), offset: [view.x(x) - pointer[0], view.y(y) - pointer[1]] };
    node.setPointerCapture(event.pointerId);
    node.focus?.({ preventScroll: true });
    event.preventDefault();
    handle.grab?.();
  });
  on("pointermove", (event) => {
    if (drag?.id !== event.pointerId) return;
    const { view } = handle;
    const [across, down] = at(event);
    handle.move(view.x.invert(across + drag.offset[0]), view.y.invert(down + drag.offset[1]));
  });
  on("pointercancel", () => drag?.undo?.()); // the finger scrolls the page
  on("lostpointercapture", () => {
    drag = null;
    handle.done?.();
  });
}
