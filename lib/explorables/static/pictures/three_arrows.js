/**
 * Three arrows: the contours of x'Ax with its gradient, what differences find, and the wrong formula 2Ax; and
 * what each of them predicts for a short step in any direction. Orange is what the reader moves, green
 * the truth, purple the wrong formula.
 *
 * Model: A (four numbers, row by row), x (two), t (how far A is symmetrised), angle (of the step).
 */
import {
  arrowPath, clamp, curvePath, dotsPath, fixed, hundredth, pathsHtml, plotHtml, sampleView, sublevelPath, viewOf,
} from "../kit/chart.js";
import { fill, liveHtml, mark, mathHtml, mi, mn, mo, panelHtml, sub, sup } from "../kit/controls.js";
import { define, Explorable } from "../kit/explorable.js";
import { readingsOf } from "../kit/numbers.js";
import { add, centralGradient, contourPoint, determinant, dot, quadraticForm, quadraticGradient, symmetrised, twiceProduct } from "../math/matrix.js";

const STEP = 0.01; // the length of the step whose effect is predicted
const DIFFERENCE = 2 ** -17; // of central differences: a power of two near the best step
const SHOWN = 1 / 6; // arrows are drawn at a sixth of their length
const REACH = 2.2; // how long the step is drawn
const APART = 0.8; // the middles of two names, one above the other
const LEVELS = 7;
const PLANE = [-5, 5];
const TURN = [-180, 180];
const BOUNDS = [-9, 9]; // of an entry of A
const NUDGES = { ArrowUp: 0.5, ArrowDown: -0.5 };
const EDGE = 1.15; // of the second view, in units of the largest change

const plane = viewOf(PLANE, PLANE);
const changes = viewOf(TURN, [-EDGE, EDGE]);

const rowsOf = ([a, b, c, d]) => [[a, b], [c, d]];
const unitAt = (angle) => [Math.cos((angle * Math.PI) / 180), Math.sin((angle * Math.PI) / 180)];
const scaled = (vector, factor) => vector.map((value) => value * factor);

/** Everything that is said about a state. */
function found({ A, x, t, angle }) {
  const [matrix, step] = [rowsOf(A), scaled(unitAt(angle), STEP)];
  const [now, gradient] = [symmetrised(matrix, t), quadraticGradient(matrix, x)];
  const twice = twiceProduct(now, x);
  const f = quadraticForm(matrix, x);
  return {
    matrix, now, step, f, gradient, twice, numeric: centralGradient(matrix, x, DIFFERENCE),
    change: quadraticForm(matrix, add(x, step)) - f, predicted: dot(gradient, step), predictedTwice: dot(twice, step),
  };
}

// ---------------------------------------------------------------------------------------------
// The plane of x

/** Levels at equal distances from the middle of a bowl or of a saddle, as far as the view has values. */
function levelsOf(values) {
  const top = Math.max(...values.map(Math.abs)) / 1.6;
  const [lo, hi] = [Math.min(...values), Math.max(...values)];
  const all = Array.from({ length: 2 * LEVELS + 1 }, (_, i) => (i - LEVELS) / LEVELS);
  return all.map((part) => top * part * Math.abs(part)).filter((level) => level > lo && level < hi);
}

/** The filled contours of the form. */
function contoursHtml(matrix) {
  const values = sampleView(plane, (a, b) => quadraticForm(matrix, [a, b]));
  return levelsOf(values).reverse().map((level) => `<path d="${sublevelPath(values, level)}"></path>`).join("");
}

/** The contour through x: a closed ellipse, or both branches of a hyperbola. */
function contourPath(matrix, x) {
  const bowl = determinant(symmetrised(matrix, 1)) > 0;
  const [from, to] = bowl ? [0, 2 * Math.PI] : [-4, 4];
  const places = Array.from({ length: 73 }, (_, i) => contourPoint(matrix, x, from + ((to - from) * i) / 72));
  const branch = (sign) => curvePath(plane, places.map((place) => sign * place[0]), places.map((place) => sign * place[1]));
  return bowl ? branch(1) : branch(1) + branch(-1);
}

function planePaths({ x, angle }, { matrix, gradient, twice, numeric }) {
  const drawn = (vector) => arrowPath(plane, x, scaled(vector, SHOWN));
  return {
    contour: contourPath(matrix, x), gradient: drawn(gradient), numeric: drawn(numeric), twice: drawn(twice),
    step: arrowPath(plane, x, scaled(unitAt(angle), REACH)),
  };
}

// ---------------------------------------------------------------------------------------------
// The change in every direction

const ANGLES = Array.from({ length: 73 }, (_, i) => 5 * i - 180);

/** The largest change that is predicted: the second view shows parts of it. */
const largest = ({ gradient, twice }) => STEP * Math.max(Math.hypot(...gradient), Math.hypot(...twice)) || 1;

function changePaths({ x, angle }, all) {
  const { matrix, gradient, twice, f, change, predicted, predictedTwice } = all;
  const most = largest(all);
  const steps = ANGLES.map((each) => scaled(unitAt(each), STEP));
  const curve = (values) => curvePath(changes, ANGLES, values.map((value) => value / most));
  const heights = [predictedTwice, predicted, change].map((value) => value / most);
  const dot3 = heights.map((height) => (Number.isFinite(height) ? dotsPath(changes, [angle], [height]) : ""));
  return {
    actualCurve: curve(steps.map((step) => quadraticForm(matrix, add(x, step)) - f)),
    gradientCurve: curve(steps.map((step) => dot(gradient, step))),
    twiceCurve: curve(steps.map((step) => dot(twice, step))),
    cursor: curvePath(changes, [angle, angle], [-EDGE, EDGE]),
    twiceDot: dot3[0], gradientDot: dot3[1],
  };
}

// ---------------------------------------------------------------------------------------------
// Markup

const pair = (names, kind) => mo("(") + names.map((name) => liveHtml(name, kind)).join(mo(",")) + mo(")");
const At = sub(mi("A"), mi("t"));
// A field for numbers would take no decimal comma, or take 1,5 for 15: which of the two is the browser's affair.
const entry = (ref, i) =>
  `<input type="text" role="spinbutton" autocomplete="off" data-ref="${ref}" aria-valuemin="${BOUNDS[0]}" aria-valuemax="${BOUNDS[1]}" ` +
  `aria-label="A, row ${i < 2 ? 1 : 2}, column ${(i % 2) + 1}">`;
/** The number in a field: of two readings, the one that an entry may have. */
const entryIn = ({ value }) => {
  const readings = readingsOf(value);
  return readings.find((one) => clamp(one, BOUNDS) === one) ?? readings[0];
};
const ENTRIES = ["a11", "a12", "a21", "a22"];
const matrixHtml = `<span class="xp-entries"><i>A</i> = <span class="xp-matrix">${ENTRIES.map(entry).join("")}</span></span>`;
const cells = (refs) => refs.map((ref) => `<mtd>${liveHtml(ref, "twice")}</mtd>`);
const [upper, lower] = [["t11", "t12"], ["t21", "t22"]].map((refs) => `<mtr>${cells(refs).join("")}</mtr>`);
const formula = mathHtml(
  mi("f"), mo("="), sup(mi("x"), mo("⊤")), At, mi("x"), mo("="), liveHtml("f", "cost"), `<mspace width="0.8em"></mspace>`,
  At, mo("="), `<mtable>${upper}${lower}</mtable>`,
);
const stepFormula = mathHtml(mi("d"), mi("x"), mo("="), pair(["step1", "step2"], "moved"), `<mspace width="1em"></mspace>`,
  mo("|"), mi("d"), mi("x"), mo("|"), mo("="), mn(String(STEP)));

const label = ([ref, text]) => `<span class="xp-label" aria-hidden="true" data-ref="${ref}">${text}</span>`;

const planePanel = () => panelHtml({
  title: "Contours", hint: "drag <i>x</i>, or turn the step", formula,
  plot: plotHtml(plane, {
    labels: ["x<sub>1</sub>", "x<sub>2</sub>"], name: "plane", ticks: [5, 5], back: `<g class="xp-levels" data-ref="levels"></g>`,
    front: pathsHtml("contour", "numeric", "gradient", "twice", "step"),
    over: [["nameGradient", "gradient"], ["nameTwice", "2A<sub>t</sub>x"]].map(label).join(""), handles: ["point", "turn hollow"],
  }),
});

const QUARTERS = [-180, -90, 0, 90, 180].map((value) => ({ value, label: `${fixed(value, 0)}°` }));
const ZERO = [{ value: 0, label: "0" }];
const changePanel = () => panelHtml({
  title: "Change of f in every direction", hint: "drag the step’s angle", formula: stepFormula,
  plot: plotHtml(changes, {
    labels: ["direction of the step", ""], name: "changes", ticks: [QUARTERS, ZERO],
    front: pathsHtml("actualCurve", "gradientCurve", "twiceCurve", "cursor", "twiceDot", "gradientDot"), handles: ["direction"],
  }),
});

const valueHtml = (inner) => `<td>${inner ? `<span class="xp-value">${inner}</span>` : ""}</td>`;
const row = (kind, name, refs, change) =>
  `<tr class="xp-row-${kind}"><th scope="row">${name}</th>` +
  valueHtml(refs && `(<span data-ref="${refs[0]}"></span>, <span data-ref="${refs[1]}"></span>)`) +
  valueHtml(change && `<span data-ref="${change}"></span>`) + "</tr>";
const legend =
  `<table class="xp-legend"><thead><tr><td></td><th>arrow</th><th>says this step changes <i>f</i> by</th></tr></thead><tbody>` +
  row("gradient", "(<i>A</i> + <i>A</i><sup>⊤</sup>) <i>x</i>, the gradient", ["gradient1", "gradient2"], "predicted") +
  row("numeric", "central differences", ["numeric1", "numeric2"], "") +
  row("twice", "2<i>A<sub>t</sub></i> <i>x</i>", ["twice1", "twice2"], "predictedTwice") +
  row("actual", "what the form really does", null, "change") + `</tbody></table>`;

// ---------------------------------------------------------------------------------------------
// Words

const READ =
  "Only the gradient is in general at a right angle to the contour, and predicts the change. Symmetrise A: the contours " +
  "do not change, and 2Aₜx becomes the gradient.";

/** What a guess of the change deserves to hear; a step of 0.01 along x2. */
export function verdictOn(guess, A, x) {
  const matrix = rowsOf(A);
  const truth = quadraticForm(matrix, add(x, [0, STEP])) - quadraticForm(matrix, x);
  const near = (value) => Math.abs(guess - value) <= Math.max(0.02 * Math.abs(value), 5e-4);
  const twice = STEP * twiceProduct(matrix, x)[1];
  if (near(truth)) return `Yes: ${fixed(truth, 4)}. The gradient says ${fixed(STEP * quadraticGradient(matrix, x)[1], 4)}. Turn the step to 90° to see both.`;
  if (near(twice)) return "That is 2Ax: right for every x only if A is symmetric. Turn the step to 90° and compare.";
  if (near(twice / 2)) return "That is Ax: x occurs twice in xᵀAx, and each occurrence contributes.";
  if (near(2 * A[3] * x[1] * STEP)) return "You moved only the square of x₂: the mixed terms contain x₂ as well.";
  if (near(truth / STEP)) return "That is the slope; the step is only 0.01 long.";
  return `${guess < truth ? "More" : "Less"} than that. Turn the step to 90° and read the last row.`;
}

// ---------------------------------------------------------------------------------------------
// The explorable

class ThreeArrows extends Explorable {
  derive(state) { return found(state); }

  parts() {
    return {
      predict: {
        question: `At <i>x</i> = (<span data-ref="askedX1"></span>, <span data-ref="askedX2"></span>), by how much does a step of 0.01 along <i>x</i><sub>2</sub> change <i>x</i><sup>⊤</sup><i>Ax</i>?`,
        guess: "Your guess of the change",
      },
      bar: matrixHtml + this.slider("t", { label: "symmetrise, <i>t</i>", says: "How far A is symmetrised" }),
      views: planePanel() + changePanel() + legend,
      read: READ,
      table: { head: ["vector", "along x₁", "along x₂"] },
    };
  }

  paths(state, all) { return { ...planePaths(state, all), ...changePaths(state, all) }; }

  draw({ A }, { matrix }) {
    // The contours depend on the symmetric part alone, and t does not change it.
    const symmetric = symmetrised(matrix, 1).flat();
    const isDrawn = symmetric.every(Number.isFinite);
    fill(this.ref.levels, isDrawn ? symmetric.join(" ") : "none", () => (isDrawn ? contoursHtml(matrix) : ""));
    ENTRIES.forEach((ref, i) => {
      const input = this.ref[ref];
      const value = Number.isFinite(A[i]) ? A[i] : 0; // a box cannot hold what is no number
      if (entryIn(input) !== value) input.value = value;
      mark(input, "aria-valuenow", String(value));
    });
  }

  /** Names stand beyond the tips, pushed apart sideways; one above the other where they still meet. */
  marks({ x }, { gradient, twice }) {
    const turn = gradient[0] * twice[1] - gradient[1] * twice[0] > 0 ? 1 : -1;
    const [first, second] = [this.namePlace(x, gradient, turn), this.namePlace(x, twice, -turn)];
    if (![...first, ...second].every(Number.isFinite)) return {};
    const [across, up] = [second[0] - first[0], second[1] - first[1]];
    const below = up < 0 || first[1] > 0;
    if (Math.abs(across) < 1.9 && Math.abs(up) < APART) second[1] = first[1] + (below ? -APART : APART);
    return { nameGradient: [plane, ...first], nameTwice: [plane, ...second] };
  }

  /** Where the name of an arrow stands: inside the view. */
  namePlace(x, vector, turn) {
    const size = Math.hypot(...vector) || 1;
    const [ahead, aside] = [scaled(vector, 0.35 / size), [(0.75 * turn * vector[1]) / size, (-0.55 * turn * vector[0]) / size]];
    const place = add(add(x, scaled(vector, SHOWN)), add(ahead, aside));
    return [clamp(place[0], [-4.1, 4.1]), clamp(place[1], [-4.7, 4.7])];
  }

  numbers(state, all) {
    const two = (ref, values, digits) => ({ [`${ref}1`]: fixed(values[0], digits), [`${ref}2`]: fixed(values[1], digits) });
    const four = (value) => fixed(value, 4);
    return {
      askedX1: fixed(state.x[0], 2), askedX2: fixed(state.x[1], 2), f: fixed(all.f, 2), ...two("step", all.step, 4), ...two("gradient", all.gradient, 2), ...two("twice", all.twice, 2),
      ...two("numeric", all.numeric, 2), ...two("t1", all.now[0], 2), ...two("t2", all.now[1], 2),
      predicted: four(all.predicted), predictedTwice: four(all.predictedTwice), change: four(all.change),
    };
  }

  describe(state, all) {
    const text = (values, digits = 2) => `(${values.map((value) => fixed(value, digits)).join(", ")})`;
    const words = `f ${fixed(all.f, 2)} at x ${text(state.x)}, gradient ${text(all.gradient)}, 2Ax ${text(all.twice)}; ` +
      `the step changes f by ${fixed(all.change, 4)}, predicted ${fixed(all.predicted, 4)} and ${fixed(all.predictedTwice, 4)}`;
    const vectors = { x: state.x, "the step": all.step, "gradient": all.gradient, "central differences": all.numeric, "2Aₜx": all.twice };
    const rows = Object.entries(vectors).map(([name, values]) => [name, ...values.map((value) => fixed(value, 4))]);
    const turned = `${fixed(state.angle, 0)} degrees`;
    return { words, rows, handles: { turn: turned, direction: turned }, remark: this.remark(state) };
  }

  remark({ A, x }) {
    const [lo, hi] = PLANE;
    if (!x.every((value) => value >= lo && value <= hi)) return "x is outside the view.";
    const symmetric = symmetrised(rowsOf(A), 1);
    const bend = determinant(symmetric);
    if (symmetric.flat().every((value) => value === 0)) return "Only the symmetric part of A counts, and there is none: f is 0 everywhere.";
    if (bend < 0) return "A saddle: the contours are hyperbolas, and f is negative where the blue is strongest.";
    return bend === 0 ? "The contours are straight lines: in one direction f does not curve." : "";
  }

  handles() {
    const middle = () => this.state().x.map((value) => clamp(value, PLANE));
    const turn = {
      label: "The direction of the step, around x", view: plane,
      place: () => add(middle(), scaled(unitAt(this.state().angle), REACH)),
      move: (px, py) => {
        const [dx, dy] = [px, py].map((value, i) => value - middle()[i]);
        if (dx || dy) this.set({ angle: Math.round((Math.atan2(dy, dx) * 180) / Math.PI) });
      },
    };
    const height = (now) => now.change / largest(now); // the true change, as a part of the largest
    return {
      point: this.knob("The point x", plane, { x: ["x", 0], y: ["x", 1] }, hundredth), turn,
      direction: this.knob("The direction of the step, in degrees", changes, { x: "angle", y: height }, Math.round),
    };
  }

  bindControls() {
    super.bindControls();
    ENTRIES.forEach((ref, i) => {
      const input = this.ref[ref];
      const take = (value) => this.set({ A: this.model.get("A").map((old, j) => (i === j ? clamp(value, BOUNDS) : old)) });
      const type = () => entryIn(input) === undefined || take(entryIn(input));
      const nudge = (event) => {
        if (!NUDGES[event.key]) return;
        event.preventDefault();
        take(this.model.get("A")[i] + NUDGES[event.key]);
      };
      input.addEventListener("input", type, { signal: this.signal });
      input.addEventListener("keydown", nudge, { signal: this.signal });
    });
  }

  grade(guess, { A, x }) { return verdictOn(guess, A, x); }
}

export default define(ThreeArrows);
