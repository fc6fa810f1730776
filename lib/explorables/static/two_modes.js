/**
 * Two modes: a bowl with a flat and a steep direction, what each holds of the loss step by step, and
 * the factor by which a learning rate shrinks each. Orange is what the reader moves, blue is the
 * loss, purple the flat mode, black the steep one, green the best rate.
 *
 * Model: kappa, angle (degrees), theta1, theta2 (the start), learning_rate, step, note.
 */
import { clamp, curvePath, fixed, logScale, pathHtml, placeHandle, plotHtml, samplesOf, SIZE, viewOf } from "./chart.js";
import { buttonHtml, frac, liveHtml, mathHtml, mi, mn, mo, panelHtml, sub } from "./controls.js";
import { bindWalk, bowlHtml, bowlTransform, compact, rightOfPath, rounded, stopping, tiny, trailPaths, uprightPath, walkHtml } from "./descent.js";
import { define, Explorable } from "./explorable.js";
import { bowlPath, factorsOf, hasDiverged, modesOf, placeOf, sharesAfter, stepsUntil } from "./math_descent.js";
import { sum } from "./math.js";

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

const hundredth = (value) => Math.round(100 * value) / 100;

const bowlOf = ({ kappa, angle }) => ({ best: [0, 0], flat: STEEP / kappa, steep: STEEP, angle: (angle * Math.PI) / 180 });

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
const paths = (names) => names.map((name) => pathHtml(name)).join("");

function planePanel() {
  const front = paths(["steepAxis", "flatAxis", "trail"]) + pathHtml("trailDots", "trail-dots") + pathHtml("here");
  const plot = plotHtml(plane, { labels: ["θ<sub>1</sub>", "θ<sub>2</sub>"], back: bowlHtml(LEVELS), front, handles: ["turn", "narrow", "start hollow"], ticks: [4, 4] });
  return panelHtml({ title: "The bowl", hint: "drag the start, and the two axes", formula: kappaFormula, plot });
}

function coursePanel() {
  const front = paths(["gapLine", "flatLine", "steepLine", "now"]);
  const over = `<div class="xp-tag xp-key"><span class="xp-flat">flat mode</span><br><span class="xp-steep">steep mode</span><br><span class="xp-cost">both</span></div>`;
  const plot = plotHtml(course, { labels: ["step", ""], front, over, handles: ["stepKnob"], ticks: [4, 5] });
  return panelHtml({ title: "The loss of each mode", hint: "drag through the steps", formula: shareFormula, plot });
}

function ratePanel() {
  const front = paths(["unstable", "one", "bestLine", "edgeLine", "slowest", "flatFactorLine", "steepFactorLine"]);
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
  [6, 1, "A millionth is 10⁻⁶, but a step does not gain a digit: with κ = 10 it leaves 9/11 of the error."],
  [21.5, 1.6, "That is momentum at its best, 0.5195 a step. Plain descent has κ where momentum has √κ."],
  [27, 1.6, "That is momentum from rest. Plain descent has κ where momentum has √κ."],
  [34.5, 2.6, "That many for the loss: it goes with the square of the error, so its millionth comes in half the steps."],
  [10, 2, "κ sets the scale, but each gain of a factor 10 takes more than one step: ln 10 / ln(11/9) is about 11.5."],
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
    ? "Too few. Even the best rate must hold back for the steep mode, and the flat one pays. Press Best rate and look."
    : "Too many: the best rate makes both modes shrink equally fast. Press Best rate and look.";
}

// ---------------------------------------------------------------------------------------------
// The explorable

class TwoModes extends Explorable {
  static title = "Two modes";
  static python = "TwoModes";
  static state = ["kappa", "angle", "theta1", "theta2", "learning_rate", "step"];

  static accepts(name, value) {
    if (name === "kappa") return value >= KAPPAS[0] && value <= KAPPAS[1];
    if (name === "angle") return Math.abs(value) <= 90;
    if (name === "step") return Number.isInteger(value) && value >= 0 && value <= STEPS;
    return name !== "learning_rate" || value > 0;
  }

  prepare(state) {
    this.drawn = {};
    this.take(state);
  }

  /** All that follows from the state. */
  take(state) {
    const { theta1, theta2, learning_rate: rate } = state;
    const step = clamp(Math.round(state.step) || 0, [0, STEPS]);
    const bowl = bowlOf(state);
    const start = [theta1, theta2];
    const modes = modesOf(bowl, start);
    const shares = ALL.map((at) => sharesAfter(bowl, modes, rate, at));
    const factors = factorsOf(bowl, rate);
    this.run = { bowl, start, rate, step, shares, factors, path: bowlPath(bowl, start, rate, step) };
  }

  parts() {
    return {
      predict: {
        question: "At κ = 10 and the best rate, after how many steps is the error a millionth of the first?",
        guess: "Your guess of the number of steps", wait: "Commit to a number before you press Best rate.",
      },
      buttons: walkHtml + buttonHtml("takeBest", "Best rate"),
      views: planePanel() + coursePanel() + ratePanel(),
      read: "Along each axis of the bowl the descent runs by itself: a step multiplies the distance by 1 − ηλ. Equal factors are equal drops on a log axis, so each mode is a straight line.",
      table: { head: ["step", "flat mode", "steep mode", "loss"] },
    };
  }

  draw(state) {
    this.take(state);
    const { bowl, path } = this.run;
    const rise = 0.5 * bowl.flat * (2 * REACH) ** 2;
    const transform = bowlTransform(plane, bowl, rise);
    if (this.drawn.bowl !== transform) this.ref.levels.setAttribute("transform", this.drawn.bowl = transform);
    const trail = trailPaths(plane, path);
    const all = { trail: trail.line, trailDots: trail.dots, here: trail.last, ...this.axisPaths(), ...this.coursePaths(), ...this.ratePaths() };
    Object.entries(all).forEach(([name, d]) => {
      if (this.drawn[name] !== d) this.ref[name].setAttribute("d", this.drawn[name] = d);
    });
    this.placeTags();
  }

  /** The tips of the axes: of the outline through the flat one. */
  tips() {
    const { bowl } = this.run;
    return { turn: placeOf(bowl, [REACH, 0]), narrow: placeOf(bowl, [0, REACH * Math.sqrt(bowl.flat / bowl.steep)]) };
  }

  axisPaths() {
    const through = ([x, y]) => curvePath(plane, [-x, x], [-y, y]);
    const { turn, narrow } = this.tips();
    return { flatAxis: through(turn), steepAxis: through(narrow) };
  }

  coursePaths() {
    const { shares, step } = this.run;
    const line = (value) => curvePath(course, ALL, shares.map(value));
    return {
      gapLine: line(sum), flatLine: line(([flat]) => flat), steepLine: line(([, steep]) => steep), now: uprightPath(course, step),
    };
  }

  ratePaths() {
    const { bowl, factors } = this.run;
    const at = AT.map((rate) => factorsOf(bowl, rate));
    const line = (name) => curvePath(rates, AT, at.map((all) => all[name]));
    return {
      flatFactorLine: line("flat"), steepFactorLine: line("steep"), slowest: line("slowest"), one: curvePath(rates, rates.x.domain, [1, 1]),
      bestLine: uprightPath(rates, factors.best), edgeLine: uprightPath(rates, factors.edge), unstable: rightOfPath(rates, factors.edge),
    };
  }

  placeTags() {
    const { ref, run: { bowl, factors } } = this;
    const isSteep = bowl.flat > 2.5; // then there is room above the line, and little below it
    const at = isSteep ? 0.2 / bowl.flat : 0.075;
    ref.flatFactorName.classList.toggle("xp-above", isSteep);
    placeHandle(ref.flatFactorName, rates, at, 1 - at * bowl.flat);
    placeHandle(ref.steepFactorName, rates, 0.065, 0.35);
    placeHandle(ref.bestLabel, rates, factors.best, 0);
    placeHandle(ref.edgeLabel, rates, factors.edge, 0);
  }

  numbers({ kappa }) {
    const { bowl, factors, shares, step } = this.run;
    const [flat, steep] = shares[step];
    const steps = stepsUntil(1e-6, factors.slowest);
    return {
      kappa: fixed(kappa, 2), flatCurvature: fixed(bowl.flat, 3), flatShare: tiny(flat), steepShare: tiny(steep), gap: tiny(flat + steep),
      flatFactor: compact(factors.flat), steepFactor: compact(factors.steep), bestRate: fixed(factors.best, 4),
      stableRate: fixed(factors.edge, 4), stepsToMillionth: Number.isFinite(steps) ? fixed(steps, 0) : "∞",
    };
  }

  rest({ kappa, angle }) {
    const { shares, step, factors, rate } = this.run;
    const [flat, steep] = shares[step];
    const words = `Step ${step} at the learning rate ${compact(rate, 3)}: flat mode ${tiny(flat)}, steep mode ${tiny(steep)}, factors ${fixed(factors.flat, 3)} and ${fixed(factors.steep, 3)}`;
    const rows = shares.slice(0, step + 1).map(([a, b], i) => [i, tiny(a), tiny(b), tiny(a + b)]);
    return { words, rows, remark: this.remark(), handles: { turn: `turned by ${fixed(angle, 1)} degrees`, narrow: `κ = ${fixed(kappa, 2)}` } };
  }

  remark() {
    const { factors, path, shares, step } = this.run;
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
    const out = Math.max(Math.abs(modesOf(this.run.bowl, [x, y])[1]), 1e-3);
    this.set({ kappa: hundredth(clamp((REACH / out) ** 2, KAPPAS)) });
  }

  handles() {
    const walk = this.walk();
    const within = (place) => place.map((value) => clamp(value, plane.x.domain));
    const all = {
      turn: { label: "Direction of the flat axis", view: plane, place: () => this.tips().turn, move: (x, y) => this.turnTo(x, y) },
      narrow: { label: "Reach of the steep axis", view: plane, place: () => this.tips().narrow, move: (x, y) => this.narrowTo(x, y) },
      start: {
        label: "Start", view: plane, place: () => within(this.run.start),
        move: (x, y) => this.set({ theta1: rounded(clamp(x, plane.x.domain), plane.x.domain), theta2: rounded(clamp(y, plane.y.domain), plane.y.domain) }),
      },
      stepKnob: {
        label: "Step", view: course, along: "x", place: () => [this.run.step, clamp(sum(this.run.shares[this.run.step]) || course.y.domain[0], course.y.domain)],
        move: (step) => this.set({ step: Math.round(clamp(step, [0, STEPS])) }),
      },
      rateKnob: {
        label: "Learning rate", view: rates, along: "x",
        place: () => [clamp(this.run.rate, rates.x.domain), clamp(this.run.factors.slowest, rates.y.domain)],
        move: (rate) => this.set({ learning_rate: clamp(Math.round(1e4 * rate) / 1e4, [1e-4, rates.x.domain[1]]) }),
      },
    };
    return stopping(all, walk.animation);
  }

  walk() {
    return (this.walker ??= bindWalk(this, { name: "step", last: STEPS, perSecond: 10 }));
  }

  actions() {
    const takeBest = () => {
      this.set({ learning_rate: this.run.factors.best });
      this.finish();
    };
    return { ...this.walk().actions, takeBest };
  }

  grade(guess) {
    return verdictOn(guess);
  }

  reset() {
    this.walk().animation.stop();
    super.reset();
  }
}

export default define(TwoModes);
