/**
 * The step-size V: the error of a finite difference against its step, and the function as a computer has
 * it, magnified to the scale of the step. Orange is what the reader moves (the step, and the secant that
 * belongs to it), green the true slope, blue the error.
 *
 * Model: function (CurveName), method, exponent (of the step, in eighths), errors (computed in Python: three
 * functions by two methods by 129 steps).
 */
import { clamp, curvePath, dotsPath, fixed, logScale, pathsHtml, plotHtml, viewOf } from "../kit/chart.js";
import { frac, liveHtml, mathHtml, mi, mn, mo, onlyHtml, panelHtml, sup, switchHtml, write } from "../kit/controls.js";
import { define, Explorable } from "../kit/explorable.js";
import { bestStep, computedRise, errorParts, trueSlope } from "../math/matrix.js";

const FUNCTIONS = { exp: "eˣ", sin: "sin x", cube: "x³" };
const METHODS = { forward: "Forward", central: "Central" };
const [PER_DECADE, LOWEST] = [8, -16];
const COUNT = 1 - PER_DECADE * LOWEST; // steps of a curve
const FLOOR = 1e-13; // the least error that is drawn
const ERRORS = [FLOOR, 10];
const NEAR = 1.7; // how far the second view reaches, in steps

const EXPONENTS = Array.from({ length: COUNT }, (_, i) => LOWEST + i / PER_DECADE);
const STEPS = EXPONENTS.map((exponent) => 10 ** exponent);
const indexOf = (exponent) => Math.round((exponent - LOWEST) * PER_DECADE);

/** A scale of steps: a key goes to the next one of the grid. */
function stepScale(domain, range) {
  const scale = logScale(domain, range);
  const nudge = (value, steps) =>
    10 ** ((indexOf(Math.log10(value)) + Math.sign(steps) * Math.max(1, Math.round(Math.abs(steps)))) / PER_DECADE + LOWEST);
  return Object.assign(scale, { nudge });
}
const graph = viewOf([10 ** LOWEST, 1], ERRORS, { x: stepScale, y: logScale });
const close = viewOf([-NEAR, NEAR], [-NEAR, NEAR]);

/** The part of the errors that belongs to a function and a method. */
function curveOf({ errors, function: name, method }, which = method) {
  const start = COUNT * (2 * Object.keys(FUNCTIONS).indexOf(name) + Object.keys(METHODS).indexOf(which));
  return errors.slice(start, start + COUNT);
}

const errorOf = (state) => curveOf(state)[indexOf(state.exponent)];
const known = ({ exponent }) => Number.isFinite(exponent) && exponent === clamp(exponent, [LOWEST, 0]);
const otherOf = (method) => Object.keys(METHODS).find((each) => each !== method);
const seen = (error) => clamp(error, ERRORS);

/** A number as a power of ten with two decimals. */
const scientific = (value) => (Number.isFinite(value) ? value.toExponential(2).replace("-", "−").replace("e+", "e") : "diverged");

// ---------------------------------------------------------------------------------------------
// What moves

/** One of the two guides, where it is the larger part: the arms of the V. */
function guidePath({ function: name, method }, part) {
  const best = bestStep(name, method);
  const ends = part ? [10 ** LOWEST, best] : [best, 1];
  return curvePath(graph, ends, ends.map((step) => errorParts(name, method, step)[part]));
}

function graphPaths(state) {
  const { method, exponent } = state;
  const curve = (which) => curvePath(graph, STEPS, curveOf(state, which).map(seen));
  const step = 10 ** exponent;
  return {
    other: curve(otherOf(method)), curve: curve(method), bends: guidePath(state, 0), rounds: guidePath(state, 1),
    drop: curvePath(graph, [step, step], ERRORS),
  };
}

const OFFSETS = Array.from({ length: 341 }, (_, i) => -NEAR + (i * NEAR) / 170);

/** How much f rises over a part of a length, relative to what its slope promises for all of it. */
function risen(name, unit, part) {
  const by = (1 + part * unit) - 1; // what is left of it next to 1
  return computedRise(name, by) / (trueSlope(name) * unit);
}

/** The two places where the quotient looks, in units of a length: their x, and how far f has risen. */
function looksOf({ function: name, method, exponent }, unit) {
  const to = 10 ** exponent / unit;
  const parts = [method === "forward" ? 0 : -to, to];
  return [parts, parts.map((part) => risen(name, unit, part))];
}

function closePaths(state, unit) {
  const [[from, to], [low, high]] = looksOf(state, unit);
  const slope = (high - low) / (to - from);
  const ends = [-NEAR, NEAR];
  return {
    tangent: curvePath(close, ends, ends),
    computed: curvePath(close, OFFSETS, OFFSETS.map((part) => risen(state.function, unit, part))),
    secant: curvePath(close, ends, ends.map((part) => low + slope * (part - from))),
    looks: dotsPath(close, [from, to], [low, high].map((value) => clamp(value, [-9, 9]))),
  };
}

// ---------------------------------------------------------------------------------------------
// Markup

const f = (...inside) => mi("f") + mo("(") + inside.join("") + mo(")");
const QUOTIENTS = {
  forward: frac(f(mn("1"), mo("+"), mi("h")) + mo("−") + f(mn("1")), mi("h")),
  central: frac(f(mn("1"), mo("+"), mi("h")) + mo("−") + f(mn("1"), mo("−"), mi("h")), mn("2") + mi("h")),
};
const either = Object.entries(QUOTIENTS).map(([method, quotient]) => onlyHtml("method", method, quotient)).join("");
const gap = `<mspace width="0.9em"></mspace>`;
const quotientFormula = mathHtml(sup(mi("f"), mo("′")), mo("("), mn("1"), mo(")"), mo("≈"), either, gap, mi("h"), mo("="), liveHtml("step", "moved"));
const errorFormula = `<p class="xp-facts"><span>relative error <b class="xp-cost" data-ref="relativeError"></b></span>` +
  `<span>best near <i>h</i> = <b class="xp-best" data-ref="bestStep"></b></span></p>`;

const label = ([ref, text]) => `<span class="xp-label" aria-hidden="true" data-ref="${ref}">${text}</span>`;
const EVERY_FOUR = [-16, -12, -8, -4, 0].map((power) => ({ value: 10 ** power, label: power ? `10<sup>${fixed(power, 0)}</sup>` : "1" }));

const graphPanel = () => panelHtml({
  title: "Error against step", hint: "drag along the curve", formula: quotientFormula,
  plot: plotHtml(graph, {
    labels: ["step h", "relative error"], name: "graph", ticks: [EVERY_FOUR, EVERY_FOUR.slice(1)],
    front: pathsHtml("other", "bends", "rounds", "drop", "curve"), handles: ["point"],
    over: [["nameRounds", "rounding"], ["nameBends", "bending"], ["nameOther", ""]].map(label).join("") +
      `<div class="xp-mark xp-best-mark" data-ref="best"></div>`,
  }),
});

const legend = `<p class="xp-key" aria-hidden="true"><span class="xp-key-true">true slope</span>` +
  `<span class="xp-key-quotient">difference quotient</span><span class="xp-key-f"><i>f</i> as computed</span></p>`;
const IN_STEPS = [-1, 0, 1].map((value) => ({ value, label: { [-1]: "1 − h", 0: "1", 1: "1 + h" }[value] }));
const closePanel = () => panelHtml({
  title: "At the scale of the step", hint: "drag 1 + h", formula: errorFormula,
  plot: plotHtml(close, {
    labels: ["x", ""], name: "close", ticks: [IN_STEPS, []], front: pathsHtml("tangent", "computed", "secant", "looks"),
    over: legend, handles: ["look"],
  }),
});

// ---------------------------------------------------------------------------------------------
// Words

/** What is seen at a step: which part of the error is the larger one. */
function readText({ function: name, method, exponent }) {
  const [bends, rounds] = errorParts(name, method, 10 ** exponent);
  if (10 ** exponent < 2 ** -53) {
    return method === "forward"
      ? "1 + h is rounded to 1: both values are the same number, and the quotient is 0."
      : "1 + h is rounded to 1, and 1 − h to the next number below: they are no longer 2h apart, so the quotient says nothing about the slope.";
  }
  if (bends > 3 * rounds) return "Right arm: between the two points the function differs from its tangent. A shorter step helps.";
  if (rounds > 3 * bends) return "Left arm: each value is rounded to a number that the computer has. The shorter the step, the larger the error by rounding. A longer step helps.";
  return "Near the bottom of the V: curvature and rounding cause errors of about the same size.";
}

/** What a guess of the factor deserves to hear: ten times shorter steps, on the right arm. */
export function verdictOn(guess, method) {
  const factor = method === "forward" ? 10 : 100;
  if (Math.abs(guess - factor) <= 0.1 * factor) return `Yes, by about ${factor}. Drag from 10⁻¹ to 10⁻², and then go on: how long does it last?`;
  if (guess > 0 && guess < 1) return "Ask by what the error is divided: the factor is above one.";
  if (method === "forward" && guess === 100) return "That is the central difference, where the even powers cancel. This one is forward.";
  if (method === "central" && guess === 10) return "That is the forward difference. Here the term with h cancels, and h² is left.";
  return guess < factor ? "It falls faster: think of the first power of h that is left over." : "Not that fast: think of the first power of h that is left over.";
}

// ---------------------------------------------------------------------------------------------
// The explorable

class StepSizeV extends Explorable {
  static fault({ exponent }) { return Number.isInteger(exponent * PER_DECADE) ? "" : "The step lies on the grid of eighths."; }

  prepare() { this.held = null; }

  parts() {
    return {
      predict: {
        question: `<span data-ref="asked"></span> differences: you go from <i>h</i> = 10<sup>−1</sup> to 10<sup>−2</sup>. By what factor does the error fall?`,
        guess: "Your guess of the factor",
      },
      bar: switchHtml("Difference quotient", "method", METHODS) + switchHtml("Function", "function", FUNCTIONS),
      views: graphPanel() + closePanel(),
      read: "",
      table: { head: ["step h", "forward error", "central error"] },
    };
  }

  paths(state) { return known(state) ? { ...graphPaths(state), ...closePaths(state, this.unit()) } : {}; } // nothing was measured there

  draw({ method }) {
    this.choose({ method });
    write(this.ref.nameOther, otherOf(method));
  }

  /** The length that the second view is magnified to: it stays while its handle is dragged. */
  unit() { return this.held ?? 10 ** this.state().exponent; }

  marks({ function: name, method }) {
    const part = (which, step, times) => times * seen(errorParts(name, method, step)[which]);
    const best = bestStep(name, method);
    const [other, step] = [otherOf(method), 10 ** -1.6];
    const bends = method === "forward" ? [10 ** -2.2, 60] : [step, 1e-3];
    return {
      best: [graph, best, seen(errorParts(name, method, best)[0] * 2)],
      nameOther: [graph, step, seen(errorParts(name, other, step)[0] * (method === "forward" ? 4e-4 : 300))],
      nameRounds: [graph, 1e-10, part(1, 1e-10, 60)], nameBends: [graph, bends[0], part(0, ...bends)],
    };
  }

  numbers(state) {
    const { function: name, method, exponent } = state;
    return {
      asked: METHODS[method], step: scientific(10 ** exponent), relativeError: scientific(known(state) ? errorOf(state) : NaN),
      bestStep: scientific(bestStep(name, method)), read: known(state) ? readText(state) : "This step is outside the view.",
    };
  }

  describe(state) {
    const { step, relativeError } = this.numbers(state);
    const words = `step ${step}, relative error of the ${state.method} difference ${relativeError}`;
    const rows = EXPONENTS.filter(Number.isInteger).map((exponent) => [
      `10<sup>${fixed(exponent, 0)}</sup>`, ...Object.keys(METHODS).map((method) => scientific(errorOf({ ...state, method, exponent }))),
    ]);
    return { words, rows };
  }

  /** Move to the step of the grid that is nearest. */
  move(step) {
    const index = clamp(indexOf(Math.log10(step)), [0, COUNT - 1]);
    if (Number.isFinite(index)) this.set({ exponent: EXPONENTS[index] });
  }

  handles() {
    const step = () => 10 ** this.state().exponent;
    const place = () => {
      const [[, to], [, high]] = looksOf(this.state(), this.unit());
      return [to, high];
    };
    const nudge = (value, steps) => value * 10 ** ((Math.sign(steps) * Math.max(1, Math.round(Math.abs(steps)))) / PER_DECADE);
    const look = {
      label: "The distance h, at the scale of the step", along: "x", place, view: { ...close, x: Object.assign((v) => close.x(v), close.x, { nudge }) },
      grab: () => { this.held ??= step(); },
      move: (part) => this.move(this.unit() * Math.max(part, 1e-3)),
      done: () => { this.held = null; },
    };
    const error = () => (known(this.state()) ? seen(errorOf(this.state())) : NaN);
    const point = { label: "The step h", view: graph, along: "x", place: () => [step(), error()], move: (px) => this.move(px) };
    return { look, point };
  }

  /** The handles tell the exponent: steps are too small for their own numbers. */
  told() { return { now: clamp(this.state().exponent, [LOWEST, 0]), domain: [LOWEST, 0] }; }

  grade(guess, { method }) { return verdictOn(guess, method); }
}

export default define(StepSizeV);
