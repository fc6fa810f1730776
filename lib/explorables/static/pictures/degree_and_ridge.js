/**
 * Degree and ridge: a polynomial through ten points, its losses on them and on fresh ones, and what
 * takes its freedom back. Orange is what the reader moves; blue is what training pays, purple what
 * fresh points pay, green the law.
 *
 * Model: x, y (ten numbers each), degree (0 to 9), ridge (λ, 0 to 10).
 */
import { barsPath, clamp, curvePath, fixed, linearScale, logScale, pathsHtml, plotHtml, SIZE, thousandth, viewOf, wholeScale } from "../kit/chart.js";
import { hat, liveHtml, mathHtml, mi, mn, mo, panelHtml, sub } from "../kit/controls.js";
import { define, Explorable } from "../kit/explorable.js";
import { matVec } from "../math/common.js";
import { curveAt, penalty, polynomialBasis, ridgeFit, testError, trainingError } from "../math/overfitting.js";
import { backAlongTruth, DEGREES, nameHtml, near, onPowers, roomyScale, SAMPLES, truthPath, guidePath } from "../kit/overfitting.js";

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
  data: viewOf(X, Y, { x: roomyScale }),
  degrees: viewOf([0, HIGHEST], ERRORS, { x: wholeScale, y: logScale }),
  sizes: viewOf([0, HIGHEST], [0.01, 100], { x: wholeScale, y: logScale }),
  ridges: viewOf([ZERO, MOST], ERRORS, { x: ridgeScale, y: logScale }),
};

const BACK = backAlongTruth(VIEWS.data);

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

/** The least expected loss that ridge alone can reach, and where. */
export function bestRidge(state) {
  const ridges = Array.from({ length: 181 }, (_, i) => ridgeOf(LEAST + i / 20));
  const { test } = errorsOf(state, [{ ridge: 0 }, ...ridges.map((ridge) => ({ ridge }))]);
  const least = Math.min(...test.filter(Number.isFinite)); // points that share an x leave no number at λ = 0
  return { least, ridge: [0, ...ridges][test.indexOf(least)], without: test[0] };
}

/** What a guess of the least expected loss deserves to hear. */
export function verdictOn(guess, { least, ridge, without }, bestDegree) {
  const noise = NOISE * NOISE;
  if (guess < 0) return "A loss is never negative: it is a mean of squares.";
  if (near(guess, least, 0.1)) return `Well guessed: the lowest is ${fixed(least, 4)}, near λ = ${ridgeText(ridge)}. Now find it.`;
  if (guess < noise) {
    return `Less than ${fixed(noise, 2)} is out of reach: that is the noise of the fresh points, and even the law has it as its loss.`;
  }
  if (near(guess, bestDegree, 0.02)) return "That is what the best degree reaches without ridge. Ridge at degree 9 ends elsewhere.";
  if (guess < least) return "Too low: a penalty that reduces the effect of the noise also moves the fit away from the law.";
  if (guess >= without) return `λ = 0 already gives ${fixed(without, 4)}. ${ridge > 0 ? "A penalty brings it down." : "Here no penalty brings it down."}`;
  return "It goes lower than that. Drag λ, and see how far.";
}

// ---------------------------------------------------------------------------------------------
// Markup

const yHat = hat(mi("y"));
const total = (under, over) => `<munderover><mo class="xp-sum" movablelimits="true">∑</mo>${under}${over}</munderover>`;
const loss = (name, kind) => `<mrow class="xp-${kind}">${sub(mi("L"), `<mtext>${name}</mtext>`)}</mrow>`;
const squares = `<msub><mo class="xp-sum" movablelimits="false">∑</mo><mrow>${mi("k")}${mo("≥")}${mn(1)}</mrow></msub>` +
  `<msubsup>${mi("c")}${mi("k")}${mn(2)}</msubsup>`;
const gap = `<mspace width="1.1em"></mspace>`;

const FORMULAS = {
  curve: mathHtml(
    yHat, mo("("), mi("x"), mo(")"), mo("="), total(`<mrow>${mi("k")}${mo("=")}${mn(0)}</mrow>`, liveHtml("degreeNow", "moved")),
    sub(mi("c"), mi("k")), sub(mi("φ"), mi("k")), mo("("), mi("x"), mo(")"),
  ),
  errors: mathHtml(
    loss("training", "cost"), mo("="), liveHtml("trainingError", "cost"), gap,
    loss("expected", "test"), mo("="), liveHtml("testError", "test"),
  ),
  sizes: mathHtml(squares, mo("="), liveHtml("penalty", "cost")),
  ridge: mathHtml(
    loss("training", "cost"), mo("+"), liveHtml("ridgeNow", "moved"), mo("·"), squares,
    mo("="), liveHtml("objective", "cost"),
  ),
};

/** The law, and the band in which two of three points lie. */
const truthHtml = (view) =>
  `<path class="xp-band" d="${truthPath(view, NOISE)}${backAlongTruth(view, -NOISE)}"></path>` +
  `<path class="xp-truth" d="${truthPath(view)}"></path>`;

/** The loss that the noise alone makes. */
const floorHtml = (view) => `<path class="xp-floor" d="M0 ${Math.round(view.y(NOISE * NOISE))}H${SIZE}"></path>`;

function curvePanel(view) {
  const ticks = [view.x.ticks(6), view.y.ticks(5)];
  const grips = POINTS.map((_, i) => `<div class="xp-grip" data-ref="grip${i}"><i></i></div>`).join("");
  const over = nameHtml("best", "law ± noise", { view, at: [0.76, -1.62] }) + grips;
  const front = pathsHtml("area", "stems", "fit");
  const plot = plotHtml(view, { labels: ["x", "y"], back: truthHtml(view), front, over, handles: POINTS, ticks, aspect: 1.2 });
  return panelHtml({ title: "Curve", hint: "drag the points", formula: FORMULAS.curve, plot });
}

/** A plot of both losses against what the reader moves. */
function errorPlot(view, name, parts) {
  const front = pathsHtml(`${name}Guide guide`, `${name}Training training`, `${name}Test test`);
  return plotHtml(view, { back: floorHtml(view), front, handles: [`${name}Knob`], ...parts });
}

function degreePanel(view) {
  const over = nameHtml("best", "noise", { view, at: [8.2, 0.058] }) +
    nameHtml("cost", "training", { ref: "trainingName" }) + nameHtml("test", "expected", { ref: "testName" });
  const parts = { labels: ["degree", ""], ticks: [10, 6], aspect: 1.2, over };
  return panelHtml({ title: "Loss by degree", hint: "drag the marker", formula: FORMULAS.errors, plot: errorPlot(view, "degree", parts) });
}

function sizesPanel(view) {
  const plot = plotHtml(view, { labels: ["k", ""], front: pathsHtml("bars"), ticks: [10, 5], aspect: 2.2 });
  return panelHtml({ title: "Coefficients", hint: "the size of each <i>c<sub>k</sub></i>", formula: FORMULAS.sizes, plot });
}

function ridgePanel(view) {
  const marks = [-8, -6, -4, -2, 0].map((power) => ({ value: power, label: power ? `10<sup>−${-power}</sup>` : "1" }));
  const parts = { labels: ["λ", ""], ticks: [[{ value: ZERO, label: "0" }, ...marks], 5], aspect: 2.2, over: nameHtml("best", "noise", { view, at: [-7.6, 0.045] }) };
  return panelHtml({ title: "Loss by ridge", hint: "drag the marker", formula: FORMULAS.ridge, plot: errorPlot(view, "ridge", parts) });
}

const READ =
  `The <b class="xp-cost">blue stems</b> are the residuals of the curve at its own points. The <b class="xp-test">purple area</b>, ` +
  `between the curve and the <b class="xp-best">law</b>, shows how far it is from the best prediction. The noise of fresh samples comes on top.`;

// ---------------------------------------------------------------------------------------------
// The explorable

class DegreeAndRidge extends Explorable {
  /** The curve, and both errors by degree and by ridge: each found anew only when what it depends on has changed. */
  derive(state) {
    const { x, y, degree, ridge } = state;
    return {
      ...this.once("fit", [x, y, degree, ridge], () => fitOf(state)),
      byDegree: this.once("degree", [x, y, ridge], () => errorsOf(state, DEGREES.map((other) => ({ degree: other })))),
      byRidge: this.once("ridge", [x, y, degree], () => errorsOf(state, POWERS.map((power) => ({ ridge: ridgeOf(power) })))),
    };
  }

  parts() {
    const { data, degrees, sizes, ridges } = VIEWS;
    return {
      predict: {
        question: "At degree 9, how low can λ alone bring the expected loss?",
        guess: "Your guess of the lowest expected loss",
      },
      views: curvePanel(data) + degreePanel(degrees) + sizesPanel(sizes) + ridgePanel(ridges),
      read: READ,
      table: { head: ["point", "x", "y", "curve", "degree", "training", "expected", "c<sub>k</sub>"] },
    };
  }

  paths(state, now) {
    return {
      bars: barsPath(VIEWS.sizes, DEGREES.slice(0, now.c.length), onPowers(now.c.map(Math.abs)), 0.55, 0.01),
      ...this.curvePaths(state, now),
      ...this.errorPaths("degree", VIEWS.degrees, DEGREES, now.byDegree, state.degree),
      ...this.errorPaths("ridge", VIEWS.ridges, POWERS, now.byRidge, powerOf(state.ridge)),
    };
  }

  /** The boxes under the points; and the names of the two curves, which keep to them in the middle of the plot. */
  marks({ x, y }, { byDegree: { training, test } }) {
    const name = (value) => [VIEWS.degrees, 4.6, clamp(value, [9e-4, 150])];
    return {
      ...Object.fromEntries(POINTS.map((_, i) => [`grip${i}`, [VIEWS.data, x[i], y[i]]])),
      trainingName: name(0.45 * Math.min(...training.slice(3, 7))), testName: name(2.1 * Math.max(...test.slice(3, 7))),
    };
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
      [`${name}Guide`]: guidePath(view, now),
    };
  }

  numbers({ degree, ridge }, { training, test, swing, objective }) {
    return {
      degreeNow: DEGREES.includes(degree) ? String(degree) : "diverged",
      ridgeNow: ridgeText(ridge),
      trainingError: fixed(training, 4), testError: errorText(test), penalty: fixed(swing, 4), objective: fixed(objective, 4),
    };
  }

  describe(state, now) {
    const [{ x, y }, texts] = [state, this.numbers(state, now)];
    const words = `degree ${texts.degreeNow}, λ ${texts.ridgeNow}: training loss ${texts.trainingError}, expected loss ${texts.testError}`;
    const place = (i) => [`point${i}`, `x ${fixed(x[i], 3)}, y ${fixed(y[i], 3)}`];
    const handles = Object.fromEntries(DEGREES.map(place));
    return { words, handles, rows: this.rows(state, now), remark: this.remark(state, now) };
  }

  rows(state, { c, byDegree: { training, test } }) {
    const heights = curveAt(c, state.x);
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
    const points = POINTS.map((name, i) => [name, this.knob(`Point ${i + 1}`, VIEWS.data, { x: ["x", i], y: ["y", i] }, thousandth)]);
    // On the curve of the expected loss, or at the edge of the view.
    const height = ({ test }) => (Number.isFinite(test) ? test : ERRORS[1]);
    const ridgeKnob = {
      label: "Ridge, as a power of ten; the left end is zero", view: VIEWS.ridges, along: "x",
      place: () => [powerOf(this.state().ridge), height(this.now)], move: (x) => this.set({ ridge: ridgeOf(x) }),
    };
    return { ...Object.fromEntries(points), degreeKnob: this.knob("Degree", VIEWS.degrees, { x: "degree", y: height }, Math.round), ridgeKnob };
  }

  grade(guess, state) {
    const { test } = errorsOf({ ...state, ridge: 0 }, DEGREES.map((degree) => ({ degree })));
    return verdictOn(guess, bestRidge({ ...state, degree: HIGHEST }), Math.min(...test.filter(Number.isFinite)));
  }
}

export default define(DegreeAndRidge);
