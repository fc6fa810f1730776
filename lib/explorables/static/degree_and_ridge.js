/**
 * Degree and ridge: a polynomial through ten points, its errors on them and on fresh ones, and what
 * takes its freedom back. Orange is what the reader moves; blue is what training pays, purple what
 * fresh points pay, green the truth.
 *
 * Model: x, y (ten numbers each), degree (0 to 9), ridge (λ, 0 to 10), note.
 */
import { barsPath, clamp, curvePath, fixed, linearScale, logScale, placeHandle, plotHtml, setPaths, SIZE, viewOf, wholeScale } from "./chart.js";
import { hat, liveHtml, mathHtml, mi, mn, mo, panelHtml, sub } from "./controls.js";
import { define, Explorable } from "./explorable.js";
import { matVec } from "./math.js";
import { curveAt, penalty, polynomialBasis, ridgeFit, testError, trainingError } from "./math_overfitting.js";
import { backAlongTruth, DEGREES, nameHtml, near, onPowers, pathsHtml, SAMPLES, truthPath, uprightPath } from "./overfitting.js";

const NOISE = 0.3;
const HIGHEST = DEGREES.at(-1);
const POINTS = DEGREES.map((i) => `point${i}`); // ten points: degree 9 can meet them all
const [X, Y] = [[0, 1], [-2, 2]];
const BASIS = polynomialBasis(SAMPLES, HIGHEST);

// λ stands on its axis by its power of ten; the left end is λ = 0.
const [ZERO, LEAST, MOST] = [-9, -8, 1];
const POWERS = [ZERO, ...Array.from({ length: 28 }, (_, i) => LEAST + i / 3)];
const ridgeOf = (power) => (power < (ZERO + LEAST) / 2 ? 0 : Number((10 ** clamp(power, [LEAST, MOST])).toPrecision(3)));
const powerOf = (ridge) => (ridge > 0 ? clamp(Math.log10(ridge), [LEAST, MOST]) : ZERO);

/** The axis of λ: a key steps over the gap between 0 and its smallest power. */
function ridgeScale(domain, range) {
  const scale = linearScale([domain[0] - 0.5, domain[1] + 0.3], range); // room for the marker at the ends
  const { nudge } = scale;
  scale.domain = domain;
  scale.nudge = (value, steps) => {
    if (value === ZERO && steps > 0) return LEAST;
    return steps < 0 && value <= LEAST ? ZERO : nudge(value, steps);
  };
  return scale;
}

const ERRORS = [5e-4, 300];
const VIEWS = {
  data: viewOf([-0.03, 1.03], Y),
  degrees: viewOf([0, HIGHEST], ERRORS, { x: wholeScale, y: logScale }),
  sizes: viewOf([0, HIGHEST], [0.01, 100], { x: wholeScale, y: logScale }),
  ridges: viewOf([ZERO, MOST], ERRORS, { x: ridgeScale, y: logScale }),
};

const BACK = backAlongTruth(VIEWS.data);

const thousandth = (value) => Math.round(1000 * value) / 1000;
const raised = (power) => String(power).replace("-", "⁻").replace(/\d/g, (digit) => "⁰¹²³⁴⁵⁶⁷⁸⁹"[digit]);

/** λ as text: 0, 0.02, 3.2·10⁻⁵. */
function ridgeText(ridge) {
  if (!Number.isFinite(ridge) || ridge === 0 || Math.abs(ridge) >= 1e-3) return Number.isFinite(ridge) ? String(ridge) : "diverged";
  const [digits, power] = ridge.toExponential().split("e");
  return `${digits === "1" ? "" : `${Number(digits).toPrecision(3)}·`}10${raised(Number(power))}`;
}

// ---------------------------------------------------------------------------------------------
// Numbers

/** Whether a state can be computed at all. */
const sound = ({ x, y, degree, ridge }) =>
  DEGREES.includes(degree) && ridge >= 0 && ridge <= 10 && x.length === POINTS.length && y.length === POINTS.length;

/** An error with few enough digits for its formula to fit a narrow page. */
export function errorText(value) {
  if (value >= 1e4 && value < Infinity) return value.toExponential(2);
  return fixed(value, value < 100 ? 4 : 1);
}

/** The curve of a state and what it costs. */
function fitOf(state) {
  const { x, y, degree, ridge } = state;
  const c = sound(state) ? ridgeFit(x, y, degree, ridge) : [NaN];
  const [training, swing] = [trainingError(c, x, y), penalty(c)];
  return { c, training, test: testError(c, NOISE), swing, objective: training + (ridge && ridge * swing) };
}

/** The errors of a state at other values, as lists. */
function errorsOf(state, changes) {
  const fits = changes.map((change) => fitOf({ ...state, ...change }));
  return { training: fits.map((fit) => fit.training), test: fits.map((fit) => fit.test) };
}

/** The least expected test error that ridge alone can reach, and where. */
export function bestRidge(state) {
  const ridges = Array.from({ length: 181 }, (_, i) => ridgeOf(LEAST + i / 20));
  const { test } = errorsOf(state, [{ ridge: 0 }, ...ridges.map((ridge) => ({ ridge }))]);
  const least = Math.min(...test.filter(Number.isFinite)); // points that share an x leave no number at λ = 0
  return { least, ridge: [0, ...ridges][test.indexOf(least)], without: test[0] };
}

/** What a guess of the least expected test error deserves to hear. */
export function verdictOn(guess, { least, ridge, without }, bestDegree) {
  const noise = NOISE * NOISE;
  if (guess < 0) return "An error is never negative: it is a mean of squares.";
  if (near(guess, least, 0.1)) return `Well guessed: the lowest is ${fixed(least, 4)}, near λ = ${ridgeText(ridge)}. Now find it.`;
  if (guess < noise) {
    return `Less than ${fixed(noise, 2)} is out of reach: that is the noise of the fresh points, and even the true curve pays it.`;
  }
  if (near(guess, bestDegree, 0.02)) return "That is what the best degree reaches without ridge. Ridge at degree 9 ends elsewhere.";
  if (guess < least) return "Too low: a penalty that tames the noise holds back the true curve as well.";
  if (guess >= without) return `λ = 0 already gives ${fixed(without, 4)}. ${ridge > 0 ? "A penalty brings it down." : "Here no penalty brings it down."}`;
  return "It goes lower than that. Drag λ, and see how far.";
}

// ---------------------------------------------------------------------------------------------
// Markup

const yHat = hat(mi("y"));
const total = (under, over) => `<munderover><mo class="xp-sum" movablelimits="true">∑</mo>${under}${over}</munderover>`;
const error = (name, kind) => `<mrow class="xp-${kind}">${sub(mi("E"), `<mtext>${name}</mtext>`)}</mrow>`;
const squares = `<msub><mo class="xp-sum" movablelimits="false">∑</mo><mrow>${mi("k")}${mo("≥")}${mn(1)}</mrow></msub>` +
  `<msubsup>${mi("c")}${mi("k")}${mn(2)}</msubsup>`;
const gap = `<mspace width="1.1em"></mspace>`;

const FORMULAS = {
  curve: mathHtml(
    yHat, mo("("), mi("x"), mo(")"), mo("="), total(`<mrow>${mi("k")}${mo("=")}${mn(0)}</mrow>`, liveHtml("degreeNow", "moved")),
    sub(mi("c"), mi("k")), sub(mi("φ"), mi("k")), mo("("), mi("x"), mo(")"),
  ),
  errors: mathHtml(
    error("training", "cost"), mo("="), liveHtml("trainingError", "cost"), gap,
    error("test", "test"), mo("="), liveHtml("testError", "test"),
  ),
  sizes: mathHtml(squares, mo("="), liveHtml("penalty", "cost")),
  ridge: mathHtml(
    error("training", "cost"), mo("+"), liveHtml("ridgeNow", "moved"), mo("·"), squares,
    mo("="), liveHtml("objective", "cost"),
  ),
};

/** The truth, and the band in which two of three points lie. */
const truthHtml = (view) =>
  `<path class="xp-band" d="${truthPath(view, NOISE)}${backAlongTruth(view, -NOISE)}"></path>` +
  `<path class="xp-truth" d="${truthPath(view)}"></path>`;

/** The error that the noise alone makes. */
const floorHtml = (view) => `<path class="xp-floor" d="M0 ${Math.round(view.y(NOISE * NOISE))}H${SIZE}"></path>`;

function curvePanel(view) {
  const ticks = [view.x.ticks(6), view.y.ticks(5)];
  const grips = POINTS.map((_, i) => `<div class="xp-grip" data-ref="grip${i}"><i></i></div>`).join("");
  const over = nameHtml("best", "truth ± noise", { view, at: [0.76, -1.62] }) + grips;
  const front = pathsHtml("area", "stems", "fit");
  const plot = plotHtml(view, { labels: ["x", "y"], back: truthHtml(view), front, over, handles: POINTS, ticks, aspect: 1.2 });
  return panelHtml({ title: "Curve", hint: "drag the points", formula: FORMULAS.curve, plot });
}

/** A plot of both errors against what the reader moves. */
function errorPlot(view, name, parts) {
  const front = pathsHtml(`${name}Guide guide`, `${name}Training training`, `${name}Test test`);
  return plotHtml(view, { back: floorHtml(view), front, handles: [`${name}Knob`], ...parts });
}

function degreePanel(view) {
  const over = nameHtml("best", "noise", { view, at: [8.2, 0.058] }) +
    nameHtml("cost", "training", { ref: "trainingName" }) + nameHtml("test", "expected test", { ref: "testName" });
  const parts = { labels: ["degree", ""], ticks: [10, 6], aspect: 1.2, over };
  return panelHtml({ title: "Error by degree", hint: "drag the marker", formula: FORMULAS.errors, plot: errorPlot(view, "degree", parts) });
}

function sizesPanel(view) {
  const plot = plotHtml(view, { labels: ["k", ""], front: pathsHtml("bars"), ticks: [10, 5], aspect: 2.2 });
  return panelHtml({ title: "Coefficients", hint: "the size of each <i>c<sub>k</sub></i>", formula: FORMULAS.sizes, plot });
}

function ridgePanel(view) {
  const marks = [-8, -6, -4, -2, 0].map((power) => ({ value: power, label: power ? `10<sup>−${-power}</sup>` : "1" }));
  const parts = { labels: ["λ", ""], ticks: [[{ value: ZERO, label: "0" }, ...marks], 5], aspect: 2.2, over: nameHtml("best", "noise", { view, at: [-7.6, 0.045] }) };
  return panelHtml({ title: "Error by ridge", hint: "drag the marker", formula: FORMULAS.ridge, plot: errorPlot(view, "ridge", parts) });
}

const READ =
  `The <b class="xp-cost">blue stems</b> are what the curve pays for its own points. The <b class="xp-test">purple area</b>, ` +
  `between the curve and the <b class="xp-best">truth</b>, is what it pays for fresh ones, on top of their noise.`;

// ---------------------------------------------------------------------------------------------
// The explorable

class DegreeAndRidge extends Explorable {
  static title = "Degree and ridge";
  static python = "DegreeAndRidge";
  static state = ["x", "y", "degree", "ridge"];

  static accepts(name, value) {
    if (name === "degree") return DEGREES.includes(value);
    if (name === "ridge") return value >= 0 && value <= 10;
    const domain = name === "x" ? X : Y;
    return value.length === POINTS.length && value.every((v) => v === clamp(v, domain));
  }

  prepare() { this.kept = {}; }

  parts() {
    const { data, degrees, sizes, ridges } = VIEWS;
    return {
      predict: {
        question: "At degree 9, how low can λ alone bring the expected test error?",
        guess: "Your guess of the lowest expected test error",
      },
      views: curvePanel(data) + degreePanel(degrees) + sizesPanel(sizes) + ridgePanel(ridges),
      read: READ,
      table: { head: ["point", "x", "y", "curve", "degree", "training", "test", "c<sub>k</sub>"] },
    };
  }

  /** What a computation gave last, computed again only when what it depends on has changed. */
  keep(name, on, compute) {
    const known = this.kept[name];
    if (known?.on.every((value, i) => Object.is(value, on[i]))) return known.value;
    return (this.kept[name] = { on, value: compute() }).value;
  }

  fit(state) {
    const { x, y, degree, ridge } = state;
    return this.keep("fit", [x, y, degree, ridge], () => fitOf(state));
  }

  byDegree(state) {
    const { x, y, ridge } = state;
    return this.keep("degree", [x, y, ridge], () => errorsOf(state, DEGREES.map((degree) => ({ degree }))));
  }

  byRidge(state) {
    const { x, y, degree } = state;
    return this.keep("ridge", [x, y, degree], () => errorsOf(state, POWERS.map((power) => ({ ridge: ridgeOf(power) }))));
  }

  draw(state) {
    const fit = this.fit(state);
    const bars = barsPath(VIEWS.sizes, DEGREES.slice(0, fit.c.length), onPowers(fit.c.map(Math.abs)), 0.55, 0.01);
    setPaths(this.ref, {
      bars,
      ...this.curvePaths(state, fit),
      ...this.errorPaths("degree", VIEWS.degrees, DEGREES, this.byDegree(state), state.degree),
      ...this.errorPaths("ridge", VIEWS.ridges, POWERS, this.byRidge(state), powerOf(state.ridge)),
    });
    this.placeNames(this.byDegree(state));
    this.placeGrips(state);
  }

  placeGrips({ x, y }) {
    POINTS.forEach((_, i) => Number.isFinite(x[i] + y[i]) && placeHandle(this.ref[`grip${i}`], VIEWS.data, x[i], y[i]));
  }

  curvePaths({ x, y }, { c }) {
    const view = VIEWS.data;
    const fit = curvePath(view, SAMPLES, matVec(BASIS, DEGREES.map((k) => c[k] ?? 0)));
    if (!fit) return { fit, area: "", stems: "" };
    const stems = curveAt(c, x).map((height, i) => curvePath(view, [x[i], x[i]], [y[i], height])).join("");
    return { fit, area: fit + BACK, stems };
  }

  errorPaths(name, view, at, { training, test }, now) {
    return {
      [`${name}Training`]: curvePath(view, at, onPowers(training)),
      [`${name}Test`]: curvePath(view, at, onPowers(test)),
      [`${name}Guide`]: uprightPath(view, now),
    };
  }

  /** The names of the two curves keep to the curves, in the middle of the plot. */
  placeNames({ training, test }) {
    const put = (ref, value) =>
      Number.isFinite(value) && placeHandle(this.ref[ref], VIEWS.degrees, 4.6, clamp(value, [9e-4, 150]));
    put("trainingName", 0.45 * Math.min(...training.slice(3, 7)));
    put("testName", 2.1 * Math.max(...test.slice(3, 7)));
  }

  numbers(state) {
    const { training, test, swing, objective } = this.fit(state);
    return {
      degreeNow: DEGREES.includes(state.degree) ? String(state.degree) : "diverged",
      ridgeNow: ridgeText(state.ridge),
      trainingError: fixed(training, 4), testError: errorText(test), penalty: fixed(swing, 4), objective: fixed(objective, 4),
    };
  }

  rest(state) {
    const [{ x, y }, fit, texts] = [state, this.fit(state), this.numbers(state)];
    const words = `degree ${texts.degreeNow}, λ ${texts.ridgeNow}: training error ${texts.trainingError}, expected test error ${texts.testError}`;
    const place = (i) => [`point${i}`, `x ${fixed(x[i], 3)}, y ${fixed(y[i], 3)}`];
    const handles = Object.fromEntries(DEGREES.map(place));
    return { words, handles, rows: this.rows(state, fit), remark: this.remark(state, fit) };
  }

  rows(state, { c }) {
    const [heights, { training, test }] = [curveAt(c, state.x), this.byDegree(state)];
    const numbers = (i) => [state.x[i], state.y[i], heights[i]].map((value) => fixed(value, 3));
    const size = (k) => (k < c.length ? fixed(c[k], 3) : "");
    return DEGREES.map((i) => [i + 1, ...numbers(i), i, fixed(training[i], 4), fixed(test[i], 4), size(i)]);
  }

  remark(state, { c }) {
    if (sound(state) && !c.every(Number.isFinite) && new Set(state.x).size < c.length) {
      return `Some points share an x: without ridge, no single curve of degree ${state.degree} is best.`;
    }
    const outside = state.x.some((x) => x !== clamp(x, X)) || state.y.some((y) => y !== clamp(y, Y));
    return outside ? "A point is outside the view." : "";
  }

  /** Points may stand so near that their boxes overlap: a box under the points takes the nearest. */
  bindGrips() {
    const points = POINTS.map((name) => this.ref[name]);
    const away = (node, { clientX, clientY }) => {
      const { left, right, top, bottom } = node.getBoundingClientRect();
      return Math.hypot(clientX - (left + right) / 2, clientY - (top + bottom) / 2);
    };
    const take = (event) => {
      const nearest = points.reduce((best, node) => (away(node, event) < away(best, event) ? node : best));
      event.preventDefault();
      nearest.dispatchEvent(new event.constructor(event.type, event));
    };
    POINTS.forEach((_, i) => this.ref[`grip${i}`].addEventListener("pointerdown", take, { signal: this.signal }));
  }

  handles() {
    this.bindGrips();
    const points = POINTS.map((name, i) => [name, this.point(i)]);
    return { ...Object.fromEntries(points), degreeKnob: this.degreeKnob(), ridgeKnob: this.ridgeKnob() };
  }

  point(i) {
    const view = VIEWS.data;
    const place = () => [clamp(this.model.get("x")[i], X), clamp(this.model.get("y")[i], Y)];
    const changed = (name, value) => this.model.get(name).map((old, k) => (k === i ? thousandth(value) : old));
    const move = (x, y) => this.set({ x: changed("x", clamp(x, X)), y: changed("y", clamp(y, Y)) });
    return { label: `Point ${i + 1}`, view, place, move };
  }

  /** Where the marker stands on the curve of the test error, or at the edge of the view. */
  height(view) {
    const { test } = this.fit(this.state());
    return Number.isFinite(test) ? clamp(test, view.y.domain) : view.y.domain[1];
  }

  degreeKnob() {
    const view = VIEWS.degrees;
    const place = () => [clamp(this.model.get("degree"), view.x.domain), this.height(view)];
    const move = (x) => this.set({ degree: clamp(Math.round(x), view.x.domain) });
    return { label: "Degree", view, along: "x", place, move };
  }

  ridgeKnob() {
    const view = VIEWS.ridges;
    const place = () => [powerOf(this.model.get("ridge")), this.height(view)];
    return { label: "Ridge, as a power of ten; the left end is zero", view, along: "x", place, move: (x) => this.set({ ridge: ridgeOf(x) }) };
  }

  grade(guess, state) {
    const { test } = errorsOf({ ...state, ridge: 0 }, DEGREES.map((degree) => ({ degree })));
    return verdictOn(guess, bestRidge({ ...state, degree: HIGHEST }), Math.min(...test.filter(Number.isFinite)));
  }
}

export default define(DegreeAndRidge);
