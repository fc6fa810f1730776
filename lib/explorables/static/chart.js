/**
 * The drawing kit of the explorables: scales, plots, outlines of level sets, and handles that a
 * mouse, a finger and a keyboard can move.
 *
 * A plot is a square box with an SVG of SIZE x SIZE units behind (still) and one in front (moving).
 * Whatever has a size in pixels (handles, tick labels) is HTML, placed in per cent of the box, so a
 * picture is right at every width without measuring. Nothing here has an id, so copies never clash.
 *
 * @typedef {{ (value: number): number, invert: (unit: number) => number, domain: number[] }} Scale
 * @typedef {{ x: Scale, y: Scale }} View
 */

export const SIZE = 1000;
const GRID = 56; // cells a side where level sets are traced; finer changes no pixel at 400 px

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
  return scale;
}

/** The view of a plot: x to the right, y upwards. */
export function viewOf(xDomain, yDomain) {
  return { x: linearScale(xDomain, [0, SIZE]), y: linearScale(yDomain, [SIZE, 0]) };
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
  const digits = Math.max(0, -Math.floor(Math.log10(step) + 1e-9));
  const first = Math.ceil(lo / step - 1e-9);
  const last = Math.floor(hi / step + 1e-9);
  const all = Array.from({ length: last - first + 1 }, (_, i) => (first + i) * step);
  return all.map((value) => ({ value, label: fixed(value, digits) }));
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

// ---------------------------------------------------------------------------------------------
// Plots

const tickHtml = (axis, percent, label) =>
  `<span class="xp-tick xp-tick-${axis}" style="--at:${percent}%">${label}</span>`;

/** Grid lines of one axis as a path, and its tick labels. */
function axisParts(view, axis, count) {
  const cross = axis === "x" ? "V" : "H";
  const marks = ticks(view[axis].domain, count).map(({ value, label }) => {
    const at = Math.round(view[axis](value));
    const start = axis === "x" ? `M${at} 0` : `M0 ${at}`;
    return { path: `${start}${cross}${SIZE}`, zero: value === 0, html: tickHtml(axis, at / 10, label) };
  });
  const paths = (zero) => marks.filter((m) => m.zero === zero).map((m) => m.path).join("");
  return { grid: paths(false), zero: paths(true), html: marks.map((m) => m.html).join("") };
}

/** The still part of a plot: grid, axes, tick labels; then what moves, and the handles. */
export function plotHtml(view, { labels, back = "", front = "", over = "", handles = [] }) {
  const [x, y] = [axisParts(view, "x", 6), axisParts(view, "y", 6)];
  const svg = (layer, inner) =>
    `<svg class="xp-layer ${layer}" viewBox="0 0 ${SIZE} ${SIZE}" preserveAspectRatio="none" ` +
    `aria-hidden="true">${inner}</svg>`;
  const still =
    `${back}<path class="xp-grid" d="${x.grid}${y.grid}"></path>` +
    `<path class="xp-zero" d="${x.zero}${y.zero}"></path>`;
  const axes =
    `<span class="xp-axis xp-axis-x">${labels[0]}</span>` +
    `<span class="xp-axis xp-axis-y">${labels[1]}</span>`;
  const knobs = handles.map((name) => `<div class="xp-handle" data-ref="${name}"></div>`).join("");
  return (
    `<div class="xp-plot">${svg("xp-back", still)}${svg("xp-front", front)}` +
    `<div class="xp-ticks" aria-hidden="true">${x.html}${y.html}${axes}</div>${over}${knobs}</div>`
  );
}

/** Points as dots of a fixed size in pixels: lines of no length with round ends. */
export function dotsPath(view, xs, ys) {
  const round = (value) => Math.round(10 * value) / 10;
  return xs.map((x, i) => `M${round(view.x(x))} ${round(view.y(ys[i]))}h0`).join("");
}

/** The stretch of a line y = w x + b that is seen: its two x, or null where the view misses it. */
export function visibleStretch(view, w, b) {
  const [x0, x1] = view.x.domain;
  if (w === 0) return b >= view.y.domain[0] && b <= view.y.domain[1] ? [x0, x1] : null;
  const ends = view.y.domain.map((y) => (y - b) / w).sort((p, q) => p - q);
  const [lo, hi] = [Math.max(x0, ends[0]), Math.min(x1, ends[1])];
  return lo < hi ? [lo, hi] : null;
}

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

/** Put a handle at a place of its plot: a transform, so that nothing is laid out again. */
export function placeHandle(node, view, x, y) {
  const percent = (unit) => (clamp(unit, [0, SIZE]) / (SIZE / 100)).toFixed(2);
  node.style.transform = `translate(${percent(view.x(x))}cqw, ${percent(view.y(y))}cqw)`;
}

/** Tell assistive technology where a handle stands. */
export function describeHandle(node, { now, text }) {
  node.setAttribute("aria-valuenow", String(Math.round(1e6 * now) / 1e6));
  node.setAttribute("aria-valuetext", text);
}

// How far a key moves a handle, in steps of its axis: [along x, along y].
const KEYS = {
  ArrowRight: [1, 0], ArrowLeft: [-1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1],
  PageUp: [0, 10], PageDown: [0, -10],
};

/** Where a key takes a handle from a place, or undefined for a key that is not ours. */
function keyTarget(event, [x, y], { view, step, upright }) {
  if (event.key === "Home" || event.key === "End") {
    const end = event.key === "Home" ? 0 : 1;
    return upright ? [x, view.y.domain[end]] : [view.x.domain[end], y];
  }
  const [dx, dy] = KEYS[event.key] ?? [];
  if (dx === undefined || event.ctrlKey || event.altKey || event.metaKey) return undefined;
  const size = event.shiftKey ? 0.1 : 1;
  // An upright handle has one direction, so all four arrows move it: right means up.
  if (upright) return [x, y + (dx + dy) * size * step[1]];
  return [x + dx * size * step[0], y + dy * size * step[1]];
}

/**
 * Let a handle be moved by pointer and by keys.
 * @param {HTMLElement} node
 * @param {object} handle label; view; upright (moves along y only); place(): [x, y] now;
 *   grab(): called at the start of a drag; move(x, y): the reader wants it there; done()
 * @param {AbortSignal} signal frees the listeners
 */
export function bindHandle(node, handle, signal) {
  const { view, upright = false } = handle;
  const step = [view.x, view.y].map(({ domain: [lo, hi] }) => niceStep(hi - lo, 100));
  const [lo, hi] = (upright ? view.y : view.x).domain;
  const attributes = {
    role: "slider", tabindex: 0, "aria-label": handle.label, "aria-valuemin": lo, "aria-valuemax": hi,
    "aria-orientation": upright ? "vertical" : "horizontal",
  };
  Object.entries(attributes).forEach(([key, value]) => node.setAttribute(key, value));
  node.addEventListener("keydown", (event) => {
    const target = keyTarget(event, handle.place(), { view, step, upright });
    if (!target) return;
    event.preventDefault();
    handle.grab?.();
    handle.move(...target);
    handle.done?.();
  }, { signal });
  bindDrag(node, handle, signal);
}

/** Let a node be dragged by a mouse, a pen or a finger; the place under the pointer stays there. */
export function bindDrag(node, { view, place, grab, move, done, mouseOnly }, signal) {
  const on = (type, listener) => node.addEventListener(type, listener, { signal });
  let drag = null;
  const at = ({ clientX, clientY }) => {
    const box = node.closest(".xp-plot").getBoundingClientRect();
    const across = ((clientX - box.left) / box.width) * SIZE;
    return [view.x.invert(across), view.y.invert(((clientY - box.top) / box.height) * SIZE)];
  };
  on("pointerdown", (event) => {
    if (drag || event.button !== 0 || (mouseOnly && event.pointerType === "touch")) return;
    const [pointer, here] = [at(event), place()];
    drag = { id: event.pointerId, offset: [here[0] - pointer[0], here[1] - pointer[1]] };
    node.setPointerCapture(event.pointerId);
    node.focus?.({ preventScroll: true });
    event.preventDefault();
    grab?.();
  });
  on("pointermove", (event) => {
    if (drag?.id !== event.pointerId) return;
    const [x, y] = at(event);
    move(x + drag.offset[0], y + drag.offset[1]);
  });
  on("lostpointercapture", () => {
    drag = null;
    done?.();
  });
}
