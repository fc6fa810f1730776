/**
 * The Jacobian as a map: a step dx among the inputs, and what becomes of it among the outputs. Orange is
 * what the reader moves (x, dx, and J dx, the same step carried by the linear map), green is where f
 * really goes, blue is what the linear map misses.
 *
 * Model: map (MapName), x, dx (two numbers each), zoom (how often dx was halved), layout.
 */
import { arrowPath, clamp, contains, curvePath, dotsPath, fixed, pathsHtml, plotHtml, viewOf } from "../kit/chart.js";
import { buttonHtml, frac, liveHtml, mathHtml, mi, mo, onlyHtml, panelHtml, sup, switchHtml } from "../kit/controls.js";
import { define, Explorable } from "../kit/explorable.js";
import { matVec } from "../math/common.js";
import { add, determinant, mapJacobian, mapRemainder, mapValue, solve } from "../math/matrix.js";

const MAPS = {
  polar: { label: "polar", x: [2, 0.5], dx: [0.6, 0.7] },
  product: { label: "(x₁x₂, x₁² + x₂)", x: [0.5, 2], dx: [0.4, 0.8] },
  linear: { label: "linear", x: [0.5, 1], dx: [0.9, 1] },
};
const MOST = 6; // halvings: after them the picture no longer changes
const STRAIGHT = 1e-9; // a remainder below it is rounding
const INPUT = { centre: [1.5, 1.5], half: 1.5 };
const OUTPUT = { centre: [2, 2], half: 2 };
const PLACES = [0, 1].flatMap((i) => [0, 1].map((j) => [i, j]));
const refOf = ([i, j]) => `dy${i + 1}Dx${j + 1}`;
const numeral = (index) => "₁₂"[index];

// ---------------------------------------------------------------------------------------------
// Geometry

const scaled = (vector, factor) => vector.map((value) => value * factor);
const difference = (a, b) => a.map((value, i) => value - b[i]);
const length = (vector) => Math.hypot(...vector);
const along = (vector, j) => vector.map((value, i) => (i === j ? value : 0));

/** A view of a plane: the whole of it, or magnified around a point that is not too far to be seen. */
function planeView({ centre, half }, point, zoom) {
  const near = zoom > 0 && point.every((value) => Math.abs(value) < 1e6);
  const reach = half / 2 ** zoom;
  return viewOf(...(near ? point : centre).map((value) => [value - reach, value + reach]));
}

/** What the linear map and the map itself make of the step. */
function images({ map, x, dx }) {
  const [here, J] = [mapValue(map, x), mapJacobian(map, x)];
  const carried = matVec(J, dx);
  return { here, J, carried, predicted: add(here, carried), there: mapValue(map, add(x, dx)) };
}

/** The size of the remainder, and how many times larger it is for twice the step. */
export function remainderOf({ map, x, dx }) {
  const [size, before] = [1, 2].map((times) => length(mapRemainder(map, x, scaled(dx, times))));
  return { size, ratio: size > STRAIGHT ? before / size : NaN };
}

/** Places on the way from one point to another. */
const way = (from, to, count) =>
  Array.from({ length: count + 1 }, (_, i) => from.map((value, k) => value + ((to[k] - value) * i) / count));

/** The lines of a square lattice around a point, each as its places. */
function lattice(x, half, count) {
  const offsets = Array.from({ length: 9 }, (_, i) => ((i - 4) * half) / 8);
  const [lo, hi] = [-half / 2, half / 2];
  const line = (from, to) => way(add(x, from), add(x, to), count);
  return offsets.flatMap((o) => [line([o, lo], [o, hi]), line([lo, o], [hi, o])]);
}

/** The outline of the box whose diagonal is the step. */
function outline(x, dx, count) {
  const corners = [x, add(x, along(dx, 0)), add(x, dx), add(x, along(dx, 1)), x];
  return corners.slice(1).flatMap((corner, i) => way(corners[i], corner, count));
}

/** Lines as one path, each place carried by a map first. */
const linesPath = (view, lines, carry = (place) => place) => lines.map((line) => {
  const places = line.map(carry);
  return curvePath(view, places.map((place) => place[0]), places.map((place) => place[1]));
}).join("");

/** A dot, or nothing where it has no place. */
const dotPath = (view, place) =>
  (place.every((value) => Math.abs(value) < 1e9) ? dotsPath(view, [place[0]], [place[1]]) : "");

/** What moves on the plane of the inputs. */
function inputPaths(view, { x, dx, zoom }) {
  return {
    inGrid: linesPath(view, lattice(x, INPUT.half / 2 ** zoom, 1)),
    inBox: linesPath(view, [outline(x, dx, 1)]),
    inStep: arrowPath(view, x, dx),
  };
}

/** What moves on the plane of the outputs. */
function outputPaths(view, { map, x, dx, zoom }, { here, J, carried, predicted, there }) {
  const carry = (place) => mapValue(map, place);
  const straight = (place) => add(here, matVec(J, difference(place, x)));
  return {
    outGrid: linesPath(view, lattice(x, INPUT.half / 2 ** zoom, 9), carry),
    outTrue: linesPath(view, [outline(x, dx, 12)], carry),
    outBox: linesPath(view, [outline(x, dx, 1)], straight),
    outStep: arrowPath(view, here, carried),
    missed: linesPath(view, [[predicted, there]]),
    dots: dotPath(view, there),
  };
}

/** The step along one input, the column it becomes, and the one coordinate of it that is an entry. */
function pickedPaths({ input, output }, { x, dx }, { here, J }, picked) {
  if (!picked) return { inPick: "", outPick: "", outEntry: "" };
  const [i, j] = picked;
  const step = along(dx, j);
  const column = matVec(J, step);
  return {
    inPick: arrowPath(input, x, step),
    outPick: arrowPath(output, here, column),
    outEntry: linesPath(output, [[here, add(here, along(column, i))]]),
  };
}

// ---------------------------------------------------------------------------------------------
// Markup

const pair = (names, kind = "") =>
  mo("(") + names.map((name) => liveHtml(name, kind)).join(mo(",")) + mo(")");
const gap = `<mspace width="1em"></mspace>`;
const dX = mi("d") + mi("x");
const thin = `<mspace width="0.17em"></mspace>`;
const f = (...inside) => mi("f") + mo("(") + inside.join("") + mo(")");

const stepFormula = mathHtml(mi("x"), mo("="), pair(["x1", "x2"], "moved"), gap, dX, mo("="), pair(["dx1", "dx2"], "moved"));
const nameIn = (layout, J) => onlyHtml("layout", layout, J);
const cell = (place) =>
  `<span class="xp-cell" data-ref="cell${place.map((k) => k + 1).join("")}"><span class="xp-hidden">` +
  `∂f${numeral(place[0])} by ∂x${numeral(place[1])}: </span><span data-ref="${refOf(place)}"></span></span>`;
const jacobianFormula = mathHtml(
  frac(mo("∂") + mi("f"), mo("∂") + mi("x")), mo("="),
  nameIn("numerator", mi("J")), nameIn("denominator", sup(mi("J"), mi("⊤"))), mo("="),
) + `<span class="xp-matrix">${PLACES.map(cell).join("")}</span>`;

const sumHtml =
  `<div class="xp-below"><div class="xp-sums">${mathHtml(mi("J"), thin, dX, mo("="), pair(["carried1", "carried2"], "moved"))}` +
  `${mathHtml(f(mi("x"), mo("+"), dX), mo("−"), f(mi("x")), mo("="), pair(["change1", "change2"], "best"))}` +
  `<span>remainder: <b class="xp-cost" data-ref="remainder"></b> long` +
  `<span class="xp-halved">, <b class="xp-cost" data-ref="ratio"></b> times shorter than before</span></span></div></div>`;

const label = ([ref, text]) => `<span class="xp-label" aria-hidden="true" data-ref="${ref}">${text}</span>`;

function inputPanel(view) {
  const plot = plotHtml(view, {
    labels: ["x<sub>1</sub>", "x<sub>2</sub>"], name: "input", ticks: [3, 3], front: pathsHtml("inGrid", "inBox", "inStep", "inPick"),
    over: [["nameX", "x"], ["nameTip", "x + dx"]].map(label).join(""), handles: ["point hollow", "tip"],
  });
  return panelHtml({ title: "Inputs", hint: "drag <i>x</i>, or the tip of <i>dx</i>", formula: stepFormula, plot });
}

function outputPanel(view) {
  const plot = plotHtml(view, {
    labels: ["f<sub>1</sub>", "f<sub>2</sub>"], name: "output", ticks: [4, 4],
    front: pathsHtml("outGrid", "outTrue", "outBox", "outStep", "outPick", "outEntry", "missed", "dots"),
    over: [["nameHere", "f(x)"], ["nameThere", "f(x + dx)"], ["nameCarried", "f(x) + J dx"]].map(label).join(""),
    handles: ["carried"],
  });
  return panelHtml({ title: "Outputs", hint: "drag the tip of <i>J dx</i>", formula: jacobianFormula, plot });
}

// ---------------------------------------------------------------------------------------------
// Words

const READ =
  "The image of the lattice under f is curved; the parallelogram is what the Jacobian makes of the box. Point at a number of the " +
  "Jacobian to see its step and its effect.";

/** What an entry of the Jacobian says. */
const entryText = (J, [i, j]) =>
  `∂f${numeral(i)}/∂x${numeral(j)} = ${fixed(J[i][j], 3)}: a small step along x${numeral(j)} moves ` +
  `f${numeral(i)} by ${fixed(J[i][j], 3)} times as much.`;

/** What a guess of the factor deserves to hear. */
export function verdictOn(guess, factor) {
  if (!Number.isFinite(factor)) return "Here nothing is missed: f is straight along this step, and the remainder is zero. Try another map.";
  if (guess > 0 && guess < 1) return "Ask by what the remainder is divided: the factor is above one.";
  const [isFour, saysFour, here] = [Math.abs(factor - 4) <= 0.3, Math.abs(guess - 4) <= 0.3, fixed(factor, 2)];
  if (Math.abs(guess - factor) <= 0.3 || (isFour && saysFour)) {
    return `Yes, ${isFour ? `about four: here ${here}` : `here ${here}; the shorter the step, the nearer to four`}. Press “Halve dx”, and look at the two cells.`;
  }
  if (saysFour) return `For a short step, yes. This one is long: here it is ${here}. Press “Halve dx” again and again, and it becomes four.`;
  if (guess <= 0 || guess === 1) return "It does get smaller. Press “Halve dx”.";
  if (guess === 2) return "Two is what the step itself falls by, and what a wrong J would give. The remainder of the right J falls faster.";
  if (guess === 8) return "Eight would need a remainder without a second-order part. This one has it: think of dx².";
  return guess < factor ? "It falls faster than that: it is made of products of two small steps." : "Not that fast: think of dx².";
}

// ---------------------------------------------------------------------------------------------
// The explorable

class JacobianMap extends Explorable {
  prepare() {
    this.picked = null; // the entry of the Jacobian that is pointed at
    this.held = null; // the views while a handle is dragged: the planes do not move under it
  }

  parts() {
    const views = this.viewsOf({ map: "linear", x: [0, 0], zoom: 0 });
    const map = switchHtml("Map", "map", Object.fromEntries(Object.entries(MAPS).map(([key, { label: text }]) => [key, text])));
    return {
      predict: {
        question: "You halve <i>dx</i>. By what factor does the remainder, what <i>J dx</i> misses, get smaller?",
        guess: "Your guess of the factor",
      },
      bar: map,
      buttons: buttonHtml("halve", "Halve dx"),
      views: inputPanel(views.input) + outputPanel(views.output) + sumHtml,
      read: READ,
      table: { head: ["output", "f(x)", "f(x + dx)", "change", "J dx", "remainder"] },
    };
  }

  viewsOf({ map, x, zoom }) {
    return { input: planeView(INPUT, x, zoom), output: planeView(OUTPUT, mapValue(map, x), zoom) };
  }

  derive(state) { return { ...images(state), ...remainderOf(state) }; }

  views() { return this.held ?? this.viewsOf(this.state()); }

  paths(state, now) {
    const views = this.views();
    return { ...inputPaths(views.input, state), ...outputPaths(views.output, state, now), ...pickedPaths(views, state, now, this.picked) };
  }

  draw({ layout, zoom }) {
    this.choose({ layout });
    this.root.dataset.zoom = String(Math.min(zoom, 1));
  }

  /** Names stand beyond what they name, away from what is near. */
  marks({ x, dx }, { here, carried, predicted, there }) {
    const { input, output } = this.views();
    const [forth, ahead] = [direction(dx), direction(carried)];
    const aside = direction(difference(predicted, there));
    return {
      nameX: beyond(input, x, scaled(forth, -1)), nameTip: beyond(input, add(x, dx), forth, 1.6),
      nameHere: beyond(output, here, scaled(ahead, -1), 1.3), nameCarried: beyond(output, predicted, aside, 2.9),
      nameThere: beyond(output, there, scaled(aside, -1), 2.3),
    };
  }

  numbers(state, { here, J, carried, there, size, ratio }) {
    const two = (ref, values) => ({ [`${ref}1`]: fixed(values[0], 3), [`${ref}2`]: fixed(values[1], 3) });
    return {
      ...two("x", state.x), ...two("dx", state.dx), ...two("carried", carried), ...two("change", difference(there, here)),
      ...Object.fromEntries(PLACES.map((place) => [refOf(place), fixed(J[place[0]][place[1]], 3)])),
      remainder: fixed(size, 5),
      ratio: Number.isFinite(size) && Number.isNaN(ratio) ? "–" : fixed(ratio, 2),
      read: this.picked ? entryText(J, this.picked) : READ,
    };
  }

  describe(state, { here, J, carried, predicted, there, size }) {
    const text = (values) => `(${values.map((value) => fixed(value, 3)).join(", ")})`;
    const words = `x ${text(state.x)}, dx ${text(state.dx)}, J dx ${text(carried)}, remainder ${fixed(size, 5)}`;
    const change = difference(there, here);
    const rows = here.map((value, i) =>
      [i + 1, ...[value, there[i], change[i], carried[i], change[i] - carried[i]].map((number) => fixed(number, 4))]);
    const handles = { point: `x = ${text(state.x)}`, tip: `x + dx = ${text(add(state.x, state.dx))}`, carried: `f(x) + J dx = ${text(predicted)}` };
    return { words, rows, handles, remark: this.remark(state, J, [predicted, there]) };
  }

  remark({ x, dx, zoom }, J, seen) {
    const { input, output } = this.views();
    if (![x, add(x, dx)].every((place) => contains(input, ...place))) return "The step is outside the view: “Reset” brings it back.";
    if (!seen.every((place) => contains(output, ...place))) return "Part of the step’s image is outside the view.";
    if (Math.abs(determinant(J)) < 1e-9) return "Here the Jacobian maps the whole plane to a line.";
    return zoom ? `Both planes are magnified ${2 ** zoom} times.` : "";
  }

  /** A number that the hand sets, no finer than can be seen. */
  round(vector) {
    const grain = 1000 * 2 ** Math.max(0, Math.min(MOST, this.model.get("zoom") || 0));
    return vector.map((value) => Math.round(value * grain) / grain);
  }

  handles() {
    const knob = (plane, label, place, move) => ({
      label, view: () => this.views()[plane], place,
      move: (...to) => this.set(move(nearest(this.views()[plane], ...to), this.state())),
      grab: () => { this.held ??= this.viewsOf(this.state()); },
      done: () => { this.held = null; },
    });
    return {
      point: knob("input", "The point x", () => this.state().x, (x) => ({ x: this.round(x) })),
      tip: knob("input", "The end of the step, x + dx", () => add(this.state().x, this.state().dx), (tip, { x }) => ({ dx: this.round(difference(tip, x)) })),
      carried: knob("output", "The tip of the linear map’s prediction, f(x) + J dx", () => this.now.predicted, (tip) => this.carriedBack(tip)),
    };
  }

  /** The step that J takes to a place: J is inverted, where it can be. */
  carriedBack(place) {
    const { here, J } = this.now;
    const dx = solve(J, difference(place, here));
    return Math.abs(determinant(J)) > 1e-9 && dx.every((value) => Math.abs(value) < 100) ? { dx: this.round(dx) } : {};
  }

  /** Another map starts where it is worth looking at. */
  set(values) {
    const { x, dx } = MAPS[values.map] ?? {};
    super.set(x && !values.x ? { ...values, x, dx, zoom: 0 } : values);
  }

  actions() {
    const halve = () => {
      const { dx, zoom } = this.state();
      if (zoom >= MOST) return this.say("The two cells can no longer be told apart: “Reset” starts again.");
      this.set({ dx: scaled(dx, 0.5), zoom: zoom + 1 });
    };
    return { halve };
  }

  bindControls() {
    super.bindControls();
    PLACES.forEach((place) => {
      const node = this.ref[`cell${place[0] + 1}${place[1] + 1}`];
      node.tabIndex = 0;
      const pick = (picked) => () => { this.picked = picked; this.request(); };
      ["pointerenter", "focus", "click"].forEach((type) => node.addEventListener(type, pick(place), { signal: this.signal }));
      ["pointerleave", "blur"].forEach((type) => node.addEventListener(type, pick(null), { signal: this.signal }));
    });
  }

  grade(guess, { map, x, dx }) { return verdictOn(guess, remainderOf({ map, x, dx: scaled(dx, 0.5) }).ratio); }
}

/** The place in a view that is nearest to a place. */
const nearest = (view, px, py) => [clamp(px, view.x.domain), clamp(py, view.y.domain)];

/** A vector of length one, or upwards where there is none. */
function direction(vector) {
  const size = length(vector);
  return size > 0 && Number.isFinite(size) ? scaled(vector, 1 / size) : [0, 1];
}

/** Where a name stands: beyond a place, inside the view, and beside it where the view ends above or below. */
function beyond(view, place, toward, wide = 1) {
  const reach = view.x.domain[1] - view.x.domain[0];
  const inset = ({ domain: [lo, hi] }, part) => [lo + part * reach, hi - part * reach];
  const wanted = place[1] + toward[1] * 0.085 * reach;
  const high = clamp(wanted, inset(view.y, 0.04));
  const aside = Math.min(1, (2 * Math.abs(wanted - high)) / (0.085 * reach));
  const along = toward[0] * 0.06 + (toward[0] < 0 ? -0.09 : 0.09) * aside;
  return [view, clamp(place[0] + along * wide * reach, inset(view.x, 0.05 * wide)), high];
}

export default define(JacobianMap);
