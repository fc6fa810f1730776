/**
 * Decision boundary: a sigmoid among the samples of two classes, what each sample pays, and the same
 * sigmoid as one dot on the contours of the mean loss. Orange is what the reader moves (w, b), blue
 * is what it costs.
 *
 * Model: x, y (numbers; y is 0 or 1), w, b.
 */
import {
  barsPath, clamp, contains, contoursHtml, curvePath, dotsPath, drawAxes, fixed, niceStep, pathsHtml, plotHtml, samplesOf, setPaths,
  signAndSize, viewOf,
} from "../kit/chart.js";
import { buttonHtml, frac, hat, large, liveHtml, mathHtml, mi, mn, mo, numberHtml, panelHtml, sub } from "../kit/controls.js";
import { WithBest } from "../kit/best.js";
import { define } from "../kit/explorable.js";
import { linear, mean, sigmoid, sum } from "../math/common.js";
import { binaryCrossEntropyWithLogits, isSeparable, logisticAccuracy, logisticFit, logisticLoss, separableLimit } from "../math/losses.js";
import { bindOwnData, ownDataHtml } from "../kit/own_data.js";

const LEVELS = 10;
const MOST = 200; // samples
const COIN = Math.log(2); // the loss of saying one half to everything
const DEAREST = 8; // nats, where the strip of losses ends

// ---------------------------------------------------------------------------------------------
// The samples and their planes

/** Why samples cannot be drawn, or "". */
export function faultOf(x, y) {
  if (x.length !== y.length) return `x and y must have equally many values, got ${x.length} and ${y.length}.`;
  if (x.length < 2 || x.length > MOST) return `From 2 to ${MOST} rows are needed, got ${x.length}.`;
  if (!x.every((value) => Math.abs(value) <= 1e12)) return "Each x must be finite, and at most 10¹².";
  const odd = y.find((label) => label !== 0 && label !== 1);
  if (odd !== undefined) return `Each label y must be 0 or 1, got ${odd}.`;
  const [lo, hi] = [Math.min(...x), Math.max(...x)];
  return hi - lo > 1e-9 * Math.max(-lo, hi) ? "" : `Column x must have two clearly different values, got only ${x[0]}.`;
}

/** Round ends around the inputs. */
function domainOf(x) {
  const [lo, hi] = [Math.min(...x), Math.max(...x)];
  const [room, step] = [(hi - lo) / 20, niceStep(hi - lo, 6)];
  return [Math.floor((lo - room) / step) * step, Math.ceil((hi + room) / step) * step];
}

/** How many digits tell the places in a domain apart: three, or more where it is small. */
const digitsOf = ([lo, hi]) => clamp(3 - Math.floor(Math.log10(hi - lo)), [3, 15]);

/** The views: samples, their losses, and the sigmoids with a boundary in the middle half of x. */
function planesOf({ x }) {
  const across = domainOf(x);
  const [range, middle] = [across[1] - across[0], (across[0] + across[1]) / 2];
  const ws = [-16 / range, 32 / range];
  const bs = ws.flatMap((w) => [-1, 1].map((side) => -w * (middle + (side * range) / 4)));
  const parameters = viewOf(ws, [Math.min(...bs), Math.max(...bs)]);
  const digits = { w: digitsOf(parameters.x.domain), b: digitsOf(parameters.y.domain), x: digitsOf(across) - 1 };
  return {
    range, middle, digits, parameters, reach: range / 6,
    data: viewOf(across, [-0.1, 1.1]), strip: viewOf(across, [0, DEAREST]),
  };
}

const DATA_TICKS = [[], [0, 0.5, 1].map((value) => ({ value, label: String(value) }))];
const STRIP_TICKS = [7, 4];

/** What the samples pay, and what that comes to; nothing is a number beyond all numbers. */
function results({ x, y, w, b }) {
  const logits = linear(x, w, b);
  const fine = logits.every(Number.isFinite);
  const losses = fine ? binaryCrossEntropyWithLogits(y, logits) : x.map(() => NaN);
  const [total, worst] = [sum(losses), Math.max(...losses)];
  const percent = Number.isFinite(total) ? (100 * worst) / (total || 1) : NaN;
  return { logits, losses, loss: total / x.length, worst, percent, accuracy: fine ? logisticAccuracy({ x, y }, w, b) : NaN };
}

/** Upright lines from the labels to the curve: the probability that the labels did not get. */
const missingPath = (view, { x, y }, logits) =>
  x.map((xi, i) => curvePath(view, [xi, xi], [y[i], sigmoid(logits[i])])).join("");

/** The sigmoid with these parameters, as a path. */
function sigmoidPath(view, w, b) {
  const places = samplesOf(view, 80);
  return curvePath(view, places, linear(places, w, b).map(sigmoid));
}

// ---------------------------------------------------------------------------------------------
// Markup

const yHat = hat(mi("y"));
const sigmoidFormula = mathHtml(
  yHat, mo("="), mi("σ"), mo("("),
  `<mrow class="xp-moved"><mo data-ref="wSign" form="prefix" lspace="0" rspace="0"></mo><mn data-ref="w"></mn></mrow>`,
  `<mspace width="0.17em"></mspace>`, mi("x"), `<mo data-ref="bSign">+</mo>`, liveHtml("bSize", "moved"), mo(")"),
);
const lossFormula =
  mathHtml(
    mi("L"), mo("="), frac(mn("1"), `<mn data-ref="count"></mn>`),
    large("∑", mi("i")), sub(mi("ℓ"), mi("i")),
    mo("="), liveHtml("lossValue", "cost"),
  ) + `<span class="xp-beside">accuracy <b data-ref="accuracy"></b></span>`;

function dataPanel({ data, strip }) {
  const curve = plotHtml(data, {
    labels: ["", ""], aspect: 1.75, name: "dataPlane", ticks: DATA_TICKS, handles: ["boundary", "slope"],
    front: pathsHtml("missing", "target", "fence", "line", "dots", "wrong"),
  });
  const bars = plotHtml(strip, {
    labels: ["x", ""], aspect: 3, name: "stripPlane", ticks: STRIP_TICKS,
    front: pathsHtml("stripFence fence", "costs", "meanLine"),
    over: `<div class="xp-label" data-ref="meanName"><span>mean</span></div>`,
  });
  const title = `<p class="xp-title xp-strip"><b>Losses</b> · the largest is ${numberHtml("worst", 5.6)} nats, ${numberHtml("worstPercent", 4.6)} of the sum</p>`;
  return panelHtml({ title: "Samples", hint: "drag the boundary or the slope", formula: sigmoidFormula, plot: curve + title + bars });
}

function parameterPanel({ parameters }) {
  const plot = plotHtml(parameters, {
    labels: ["w", "b"], back: `<g class="xp-levels" data-ref="levels"></g>`, name: "parameterPlane",
    over: `<div class="xp-mark" data-ref="bestMark"></div>`, handles: ["dot"],
  });
  return panelHtml({ title: "Parameters", hint: "drag the dot", formula: lossFormula, plot });
}

// ---------------------------------------------------------------------------------------------
// Words

/** Why no sigmoid is the best among classes that one boundary tells apart. */
function whyNoBest({ y }, least) {
  if (y.every((label) => label === y[0])) return "there is one label only, and for each sigmoid a surer one has a lower loss";
  return `these classes ${least > 0 ? "have exactly one x in common" : "do not overlap"}, and for each sigmoid a steeper one has a lower loss`;
}

/** What a guess of the least mean loss deserves to hear where it is never reached; why: the reason. */
function verdictOnLimit(guess, { least, why }) {
  const reason = why[0].toUpperCase() + why.slice(1);
  if (guess < 0.95 * least) return "Too low: where both labels have the same x, no sigmoid is right on both.";
  return guess < Math.max(1.05 * least, 0.05)
    ? `Yes: it comes as near to ${least > 0 ? fixed(least, 4) : 0} as you like. ${reason}.`
    : `${reason}. The loss can be lower.`;
}

/** What a guess of the least mean loss deserves to hear. */
export function verdictOn(guess, { least, separable, why }, { loss, accuracy }) {
  const near = (value, margin) => Math.abs(guess - value) <= margin;
  if (guess < 0) return "A loss is never negative: that of each sample is zero or more.";
  if (separable) return verdictOnLimit(guess, { least, why });
  if (near(least, Math.max(0.05 * least, 5e-5))) return `Well guessed: the lowest is ${fixed(least, 4)}. Now find it.`;
  if (guess === 0) return "A loss near zero needs a boundary that separates all labels, and these classes overlap.";
  if (near(1 - accuracy, 5e-5)) return `That is the share of wrong samples, ${fixed(1 - accuracy, 2)}. The loss depends on how sure the sigmoid was, too.`;
  if (guess < least) return "Too low: where the classes overlap, no sigmoid has a loss of that size.";
  if (near(COIN, 0.006)) return "That is log 2, the loss of the probability ½ for every sample. The loss of this sigmoid is lower.";
  if (guess >= loss) {
    const text = fixed(loss, 4);
    return `The sigmoid you see already has ${text}${text === fixed(least, 4) ? ", and that is the lowest." : ". Another one has a lower loss."}`;
  }
  return "The lowest loss is lower than that. Drag, and find it.";
}

/** A line of words about what the picture shows; fenced: whether the boundary is in the view. */
function readOf({ loss, accuracy }, fenced) {
  if (loss > COIN && accuracy > 0.5) {
    const remedy = fenced ? "Make it less steep." : "Bring it nearer to ½.";
    return `Mostly right, but too sure where it is wrong: ½ for every sample has the lower loss ${fixed(COIN, 4)}. ${remedy}`;
  }
  return "The loss of a sample is minus the log of the probability its label got. The blue lines above are the probability that the label did not get.";
}

// ---------------------------------------------------------------------------------------------
// The explorable

class DecisionBoundary extends WithBest {
  static together = ["x", "y"];
  static fault({ x, y }) { return faultOf(x, y); }

  derive(state) { return { planes: this.once("planes", [state.x], () => planesOf(state)), ...results(state) }; }

  parts() {
    const { planes } = this.now;
    return {
      predict: { question: "How low can you bring the mean loss, in nats?", guess: "Your guess of the lowest mean loss, in nats" },
      buttons: buttonHtml("best", "Show the best sigmoid"),
      views: dataPanel(planes) + parameterPanel(planes),
      own: ownDataHtml({ columns: ["x", "y"], hint: `The label y is 0 or 1. At most ${MOST} rows.` }),
      table: { head: ["i", "x", "label", "probability of 1", "loss"] },
    };
  }

  /** The best sigmoid and its loss, sought once for the samples. */
  lowest() {
    const { x, y } = this.state();
    return this.once("lowest", [x, y], () => {
      const separable = isSeparable({ x, y });
      const line = separable ? [NaN, NaN] : logisticFit({ x, y });
      const least = separable ? separableLimit({ x, y }) : logisticLoss({ x, y }, ...line);
      return { separable, line, least, why: separable ? whyNoBest({ y }, least) : "" };
    });
  }

  paths({ x, y, w, b }, { planes: { data, strip, range }, logits, losses, loss }) {
    const fenced = (view) => curvePath(view, [-b / w, -b / w], view.y.domain);
    const wrong = x.map((_, i) => i).filter((i) => logits[i] > 0 !== (y[i] === 1));
    return {
      missing: missingPath(data, { x, y }, logits), line: sigmoidPath(data, w, b),
      fence: fenced(data), stripFence: fenced(strip), dots: dotsPath(data, x, y),
      wrong: dotsPath(data, wrong.map((i) => x[i]), wrong.map((i) => y[i])),
      costs: barsPath(strip, x, losses, range / 64), meanLine: curvePath(strip, strip.x.domain, [loss, loss]),
    };
  }

  marks(state, { planes: { strip }, loss }) { return { meanName: [strip, strip.x.domain[0], clamp(loss, strip.y.domain)] }; }

  draw({ x, y, w, b }, { planes: { data, strip, parameters } }) {
    const { ref, root } = this;
    this.axes ??= [this.initial.x, this.initial.y]; // a page is built with the first ones
    if (this.axes[0] !== x || this.axes[1] !== y) {
      this.axes = [x, y];
      ref.levels.innerHTML = "";
      drawAxes(ref.dataPlane, data, DATA_TICKS);
      drawAxes(ref.stripPlane, strip, STRIP_TICKS);
      drawAxes(ref.parameterPlane, parameters);
    }
    if (!ref.levels.children.length) ref.levels.innerHTML = contoursHtml(parameters, (slope, at) => logisticLoss({ x, y }, slope, at), LEVELS);
    root.classList.toggle("xp-outside", !contains(parameters, w, b));
  }

  numbers({ x, w, b }, { planes: { digits, data }, loss, worst, percent, accuracy }) {
    const [wSign, wSize] = signAndSize(w, digits.w);
    const [bSign, bSize] = signAndSize(b, digits.b);
    const fenced = -b / w === clamp(-b / w, data.x.domain);
    return {
      wSign: wSign === "−" ? wSign : "", w: wSize, bSign, bSize, count: String(x.length), lossValue: fixed(loss, 4),
      accuracy: fixed(accuracy, 2), worst: fixed(worst, 4), worstPercent: `${fixed(percent, 0)} %`, read: readOf({ loss, accuracy }, fenced),
    };
  }

  describe(state, { planes: { digits }, logits, losses, loss, accuracy }) {
    const at = (logit) => fixed(sigmoid(logit), 4);
    const rows = state.x.map((x, i) => [i + 1, fixed(x, digits.x), state.y[i], at(logits[i]), fixed(losses[i], 4)]);
    const words = `w ${fixed(state.w, digits.w)}, b ${fixed(state.b, digits.b)}; mean loss ${fixed(loss, 4)} nats, accuracy ${fixed(accuracy, 2)}`;
    const [x, p] = this.slopePlace();
    this.drawBest();
    return {
      words, rows, remark: this.remark(state),
      handles: { boundary: `boundary at x = ${fixed(-state.b / state.w, digits.x)}`, slope: `probability ${fixed(p, 3)} at x = ${fixed(x, digits.x)}` },
    };
  }

  drawBest() {
    const { ref, bestShown, now: { planes: { data, parameters } } } = this;
    ref.best.setAttribute("aria-pressed", String(bestShown));
    const { separable, line } = this.lowest();
    this.root.classList.toggle("xp-best-shown", bestShown && !separable);
    if (!bestShown || separable) return;
    setPaths(ref, { target: sigmoidPath(data, ...line) });
    this.place("bestMark", parameters, ...line);
  }

  /** What to tell about the view when nothing else is to be told. */
  remark({ w, b }) {
    const { parameters, digits } = this.now.planes;
    if (this.bestShown) {
      const { separable, line, least, why } = this.lowest();
      if (separable) return `There is no best sigmoid: ${why}.`;
      return `The best sigmoid has w = ${fixed(line[0], digits.w)} and b = ${fixed(line[1], digits.b)}, and a mean loss of ${fixed(least, 4)} nats.`;
    }
    if (w === 0) return "With w = 0 every x has the same probability: there is no boundary.";
    return contains(parameters, w, b) ? "" : "This sigmoid is outside the map of parameters.";
  }

  /** Set the parameters, rounded to what the screen shows. */
  move(w, b) {
    const { digits } = this.now.planes;
    this.set({ w: Number(w.toFixed(digits.w)), b: Number(b.toFixed(digits.b)) });
  }

  /** Where the probability is one half, or the edge of the view before it. */
  boundaryAt() {
    const [{ w, b }, { middle }] = [this.state(), this.now.planes];
    return Number.isNaN(-b / w) ? middle : -b / w;
  }

  /** The place that the slope handle turns the curve about: [x, its logit]. */
  pivot() {
    const [{ w, b }, { middle, data }] = [this.state(), this.now.planes];
    const at = -b / w;
    return at === clamp(at, data.x.domain) ? [at, 0] : [middle, w * middle + b];
  }

  /** The slope handle: on the curve, a little to the right of its pivot, or to the left at the edge. */
  slopePlace() {
    const [{ w, b }, { data, reach }] = [this.state(), this.now.planes];
    const [from] = this.pivot();
    const x = from + reach < data.x.domain[1] ? from + reach : from - reach;
    return [x, sigmoid(w * x + b)];
  }

  handles() {
    const on = (plane) => () => this.now.planes[plane];
    const within = (plane, axis, value) => clamp(value, on(plane)()[axis].domain);
    const boundary = {
      label: "Boundary, where the probability is one half", along: "x", view: on("data"), place: () => [this.boundaryAt(), 0.5],
      move: (x) => this.move(this.state().w, -this.state().w * within("data", "x", x)),
    };
    const dot = {
      label: "Weight w and bias b", view: on("parameters"), place: () => [this.state().w, this.state().b],
      move: (w, b) => this.move(within("parameters", "x", w), within("parameters", "y", b)),
    };
    // The slope handle turns the curve about the boundary.
    let [at, from, logit] = [];
    const slope = {
      label: "Slope of the sigmoid", along: "y", view: on("data"), place: () => this.slopePlace(),
      grab: () => { [[at], [from, logit]] = [this.slopePlace(), this.pivot()]; },
      move: (_, y) => {
        const p = clamp(y, [0.001, 0.999]);
        const w = within("parameters", "x", (Math.log(p / (1 - p)) - logit) / (at - from));
        this.move(w, logit - w * from);
      },
    };
    return { boundary, slope, dot };
  }

  actions() { return { best: () => this.showBest(), ...this.ownData() }; }

  /** Own samples start from a gentle sigmoid in their middle. */
  ownData() {
    const apply = ([x, y]) => {
      const { range, digits } = planesOf({ x });
      const w = Number((8 / range).toFixed(digits.w));
      this.set({ x, y, w, b: Number((-w * mean(x)).toFixed(digits.b)) });
    };
    const clear = () => this.restore(["x", "y", "w", "b"]);
    return bindOwnData(this, { atMost: MOST, apply, clear });
  }

  grade(guess, state, now) { return verdictOn(guess, this.lowest(), now); }
}

export default define(DecisionBoundary);
