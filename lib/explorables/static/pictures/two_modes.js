/**
 * Two modes: a bowl with a flat and a steep direction, what each holds of the loss step by step, and
 * the factor by which a learning rate shrinks each. Orange is what the reader moves, blue is the
 * loss, purple the flat mode, black the steep one, green the best rate.
 *
 * Model: kappa, angle (degrees), theta1, theta2 (the start), learning_rate, step.
 */
import { clamp, curvePath, fixed, hangingPath, hundredth, logScale, pathsHtml, plotHtml, samplesOf, viewOf } from "../kit/chart.js";
import { buttonHtml, frac, liveHtml, mark, mathHtml, mi, mn, mo, panelHtml, sub } from "../kit/controls.js";
import { bowlHtml, bowlTransform, compact, rightOfPath, rounded, tiny, trailPaths, Walk, walkHtml } from "../kit/descent.js";
import { define } from "../kit/explorable.js";
import { bowlPath, factorsOf, hasDiverged, modesOf, placeOf, sharesAfter, stepsUntil } from "../math/descent.js";
import { sum } from "../math/common.js";

const STEPS = 80;
const STEEP = 10; // the larger curvature; the flat one is this over kappa
const KAPPAS = [1, 100];
const REACH = 1.3; // where the handles of the axes stand on the flat one
const LEVELS = 13;
const plane = viewOf([-1.8, 1.8], [-1.8, 1.8]);
const course = viewOf([0, STEPS], [1e-12, 1e3], { y: logScale });
const rates = viewOf([0, 0.25], [0, 1.4]);
const AT = samplesOf(rates, 100);
const ALL = Array.from({ length: STEPS + 1 }, (_, step) => step);

const bowlOf = ({ kappa, angle }) => ({ best: [0, 0], flat: STEEP / kappa, steep: STEEP, angle: (angle * Math.PI) / 180 });

/** The tips of the axes: of the outline through the flat one. */
const tipsOf = (bowl) => ({ turn: placeOf(bowl, [REACH, 0]), narrow: placeOf(bowl, [0, REACH * Math.sqrt(bowl.flat / bowl.steep)]) });

/** Whether there is room for a name above the line of the flat mode, and little below it. */
const isSteep = ({ flat }) => flat > 2.5;

const throughPath = ([x, y]) => curvePath(plane, [-x, x], [-y, y]);

function coursePaths(shares, step) {
  const line = (value) => curvePath(course, ALL, shares.map(value));
  return {
    gapLine: line(sum), flatLine: line(([flat]) => flat), steepLine: line(([, steep]) => steep), now: hangingPath(course, step),
  };
}

function ratePaths(bowl, factors) {
  const at = AT.map((rate) => factorsOf(bowl, rate));
  const line = (name) => curvePath(rates, AT, at.map((all) => all[name]));
  return {
    flatFactorLine: line("flat"), steepFactorLine: line("steep"), slowest: line("slowest"), one: curvePath(rates, rates.x.domain, [1, 1]),
    bestLine: hangingPath(rates, factors.best), edgeLine: hangingPath(rates, factors.edge), unstable: rightOfPath(rates, factors.edge),
  };
}

// ---------------------------------------------------------------------------------------------
// Markup

const words = (text) => `<mtext>${text}</mtext>`;
const share = (ref) => `<mn class="xp-${ref}" data-ref="${ref}Share"></mn>`;
const kappaFormula = mathHtml(
  mi("κ"), mo("="), frac(sub(mi("λ"), words("max")), sub(mi("λ"), words("min"))), mo("="),
  frac(mn(STEEP), `<mn class="xp-flat" data-ref="flatCurvature"></mn>`), mo("="), liveHtml("kappa", "moved"),
);
const shareFormula = mathHtml(mi("L"), mo("="), share("flat"), mo("+"), share("steep"), mo("="), liveHtml("gap", "cost"));
const bar = `<mo stretchy="false" lspace="0.05em" rspace="0.05em">|</mo>`;
const factorOf = (name) =>
  bar + mn("1") + mo("−") + mi("η") + sub(mi("λ"), words(name === "flat" ? "min" : "max")) + bar + mo("=") +
  `<mn class="xp-${name}" data-ref="${name}Factor"></mn>`;
const rateFormula = mathHtml(factorOf("flat"), `<mspace width="1.4em"></mspace>`, factorOf("steep"));

const tag = (ref, inner, kind = "") => `<div class="xp-tag ${kind}" data-ref="${ref}">${inner}</div>`;

function planePanel() {
  const front = pathsHtml("steepAxis", "flatAxis", "trail", "trailDots trail-dots", "here");
  const plot = plotHtml(plane, { labels: ["θ<sub>1</sub>", "θ<sub>2</sub>"], back: bowlHtml(LEVELS), front, handles: ["turn", "narrow", "start hollow"], ticks: [4, 4] });
  return panelHtml({ title: "The bowl", hint: "drag the start, and the two axes", formula: kappaFormula, plot });
}

function coursePanel() {
  const front = pathsHtml("gapLine", "flatLine", "steepLine", "now");
  const over = `<div class="xp-tag xp-key"><span class="xp-flat">flat mode</span><br><span class="xp-steep">steep mode</span><br><span class="xp-cost">both</span></div>`;
  const plot = plotHtml(course, { labels: ["step", ""], front, over, handles: ["stepKnob"], ticks: [4, 5] });
  return panelHtml({ title: "The loss of each mode", hint: "drag through the steps", formula: shareFormula, plot });
}

function ratePanel() {
  const front = pathsHtml("unstable", "one", "bestLine", "edgeLine", "slowest", "flatFactorLine", "steepFactorLine");
  const over =
    tag("flatFactorName", "flat mode", "xp-flat") + tag("steepFactorName", "steep mode", "xp-steep") +
    tag("bestLabel", `best<br><span data-ref="bestRate"></span>`) +
    tag("edgeLabel", `2/λ<sub>max</sub><br><span data-ref="stableRate"></span>`);
  const plot = plotHtml(rates, { labels: ["learning rate η", ""], front, over, handles: ["rateKnob"], ticks: [5, 4] });
  return panelHtml({
    title: "What a step leaves of each mode", plot, formula: rateFormula,
    hint: `the larger factor decides: a millionth after <span class="xp-cost" data-ref="stepsToMillionth"></span> steps`,
  });
}

// ---------------------------------------------------------------------------------------------
// The verdict on a prediction

const NAMED = [
  [6, 1, "A millionth is 10⁻⁶, but a step does not divide the error by 10: with κ = 10 it leaves 9/11 of it."],
  [21.5, 1.6, "That is momentum at its best, 0.5195 a step. On a quadratic bowl, the rate of plain descent depends on κ, that of tuned momentum on √κ."],
  [27, 1.6, "That is momentum from rest. On a quadratic bowl, the rate of plain descent depends on κ, that of tuned momentum on √κ."],
  [34.5, 2.6, "That is the number for the loss: it is proportional to the square of the error, so it needs half the steps."],
  [10, 2, "κ sets the scale, but each gain of a factor 10 takes more than one step: log 10 / log(11/9) is about 11.5."],
];

/** What to say about a guess of the steps to a millionth of the error at the best rate, κ = 10. */
export function verdictOn(guess) {
  const { best } = factorsOf({ flat: 1, steep: 10 }, 0);
  const factor = factorsOf({ flat: 1, steep: 10 }, best).slowest;
  const steps = stepsUntil(1e-6, factor);
  if (Math.abs(guess - steps) <= 3) return `Right: ${steps}. A step leaves 9/11 = ${fixed(factor, 4)} of the error, and ${fixed(factor, 4)} to the power ${steps} is below a millionth.`;
  const named = NAMED.find(([value, margin]) => Math.abs(guess - value) <= margin);
  if (named) return named[2];
  return guess < steps
    ? "Too few. The rate is limited by the steep mode, and at every rate below that limit the flat mode needs many steps. Press Best rate and look."
    : "Too many: the best rate makes both modes shrink equally fast. Press Best rate and look.";
}

// ---------------------------------------------------------------------------------------------
// The explorable

class TwoModes extends Walk {
  static walk = { name: "step", last: STEPS, perSecond: 10 };

  derive(state) {
    const [rate, step] = [state.learning_rate, this.walked()];
    const [bowl, start] = [bowlOf(state), [state.theta1, state.theta2]];
    const modes = modesOf(bowl, start);
    const shares = ALL.map((at) => sharesAfter(bowl, modes, rate, at));
    return { bowl, start, rate, step, shares, factors: factorsOf(bowl, rate), path: bowlPath(bowl, start, rate, step), tips: tipsOf(bowl) };
  }

  parts() {
    return {
      predict: {
        question: "At κ = 10 and the best rate, after how many steps is the error a millionth of the first?",
        guess: "Your guess of the number of steps", wait: "Type a number before you press Best rate.",
      },
      buttons: walkHtml + buttonHtml("takeBest", "Best rate"),
      views: planePanel() + coursePanel() + ratePanel(),
      read: "Along each axis of the bowl the descent does not depend on the other axis: a step multiplies the distance by 1 − ηλ. Equal factors are equal drops on a log axis, so each mode is a straight line.",
      table: { head: ["step", "flat mode", "steep mode", "loss"] },
    };
  }

  paths(state, { bowl, path, shares, step, factors, tips }) {
    const trail = trailPaths(plane, path);
    return {
      trail: trail.line, trailDots: trail.dots, here: trail.last, flatAxis: throughPath(tips.turn), steepAxis: throughPath(tips.narrow),
      ...coursePaths(shares, step), ...ratePaths(bowl, factors),
    };
  }

  draw(state, { bowl }) {
    mark(this.ref.levels, "transform", bowlTransform(plane, bowl, 0.5 * bowl.flat * (2 * REACH) ** 2));
    this.ref.flatFactorName.classList.toggle("xp-above", isSteep(bowl));
  }

  marks(state, { bowl, factors }) {
    const at = isSteep(bowl) ? 0.2 / bowl.flat : 0.075;
    return {
      flatFactorName: [rates, at, 1 - at * bowl.flat], steepFactorName: [rates, 0.065, 0.35],
      bestLabel: [rates, factors.best, 0], edgeLabel: [rates, factors.edge, 0],
    };
  }

  numbers({ kappa }, { bowl, factors, shares, step }) {
    const [flat, steep] = shares[step];
    const steps = stepsUntil(1e-6, factors.slowest);
    return {
      kappa: fixed(kappa, 2), flatCurvature: fixed(bowl.flat, 3), flatShare: tiny(flat), steepShare: tiny(steep), gap: tiny(flat + steep),
      flatFactor: compact(factors.flat), steepFactor: compact(factors.steep), bestRate: fixed(factors.best, 4),
      stableRate: fixed(factors.edge, 4), stepsToMillionth: Number.isFinite(steps) ? fixed(steps, 0) : "∞",
    };
  }

  describe({ kappa, angle }, now) {
    const { shares, step, factors, rate } = now;
    const [flat, steep] = shares[step];
    const words = `Step ${step} at the learning rate ${compact(rate, 3)}: flat mode ${tiny(flat)}, steep mode ${tiny(steep)}, factors ${fixed(factors.flat, 3)} and ${fixed(factors.steep, 3)}`;
    const rows = shares.slice(0, step + 1).map(([a, b], i) => [i, tiny(a), tiny(b), tiny(a + b)]);
    return { words, rows, remark: this.remark(now), handles: { turn: `turned by ${fixed(angle, 1)} degrees`, narrow: `κ = ${fixed(kappa, 2)}` } };
  }

  remark({ factors, path, shares, step }) {
    if (hasDiverged(path.at(-1)) || !Number.isFinite(sum(shares[step]))) return "The path has diverged. A smaller rate, or Reset, brings it back.";
    return factors.slowest >= 1 ? "A factor of 1 or more: this mode does not shrink, however many steps you take." : "";
  }

  /** Turn the bowl: an axis points both ways, so that half a turn is none. */
  turnTo(x, y) {
    const degrees = (Math.atan2(y, x) * 180) / Math.PI;
    const half = degrees > 90 ? degrees - 180 : degrees <= -90 ? degrees + 180 : degrees;
    if (Math.hypot(x, y) > 0.05) this.set({ angle: Math.round(10 * half) / 10 });
  }

  /** Make the bowl narrower or wider: kappa from how far out the steep axis reaches. */
  narrowTo(x, y) {
    const out = Math.max(Math.abs(modesOf(this.now.bowl, [x, y])[1]), 1e-3);
    this.set({ kappa: hundredth(clamp((REACH / out) ** 2, KAPPAS)) });
  }

  handles() {
    const tip = (name, label, move) => ({ label, view: plane, place: () => this.now.tips[name], move });
    const gap = ({ shares, step }) => sum(shares[step]) || course.y.domain[0];
    const tenThousandth = (rate) => Math.max(Math.round(1e4 * rate) / 1e4, 1e-4);
    return {
      turn: tip("turn", "Direction of the flat axis", (x, y) => this.turnTo(x, y)),
      narrow: tip("narrow", "Reach of the steep axis", (x, y) => this.narrowTo(x, y)),
      start: this.knob("Start", plane, { x: "theta1", y: "theta2" }, rounded),
      stepKnob: this.knob("Step", course, { x: "step", y: gap }, Math.round),
      rateKnob: this.knob("Learning rate", rates, { x: "learning_rate", y: ({ factors }) => factors.slowest }, tenThousandth),
    };
  }

  actions() { return { ...super.actions(), takeBest: () => this.set({ learning_rate: this.now.factors.best }) }; }

  grade(guess) { return verdictOn(guess); }
}

export default define(TwoModes);
