/**
 * Data plane and parameter plane: a line among its points, the same line as a dot on its loss, and
 * the path of gradient descent from where the reader puts it. Orange is what the reader moves, blue
 * is what it costs, green is the lowest loss.
 *
 * Model: x, y, b0, w0 (the start), learning_rate, step.
 */
import {
  bindDrag, clamp, contains, curvePath, dotsPath, drawAxes, fixed, hangingPath, linePath, logScale, niceStep, pathsHtml, plotHtml, samplesOf,
  signAndSize, SIZE, viewOf,
} from "../kit/chart.js";
import { frac, hat, liveHtml, mark, mathHtml, mi, mn, mo, numberHtml, panelHtml, sub, sup } from "../kit/controls.js";
import {
  bestMarkHtml, bowlHtml, bowlTransform, columnHtml, compact, pointsFault, rateText, rightOfPath, rounded, trailPaths, Walk, walkHtml,
} from "../kit/descent.js";
import { define } from "../kit/explorable.js";
import { endHandle, endsOf } from "../kit/line.js";
import { bowlOf, factorsOf, gradientOf, hasDiverged, modesOf, pathOf, sharesAfter } from "../math/descent.js";
import { datasetLoss, sum } from "../math/common.js";
import { bindOwnData, ownDataHtml } from "../kit/own_data.js";

const STEPS = 40;
const LEVELS = 12;
const LOSS = "squared_error";
const TICKS = [5, 4];
const NEVER = [Infinity, Infinity];

// ---------------------------------------------------------------------------------------------
// The views

/** A domain around values, ending at round numbers. */
function around(values, part) {
  const [lo, hi] = [Math.min(...values), Math.max(...values)];
  const margin = part * (hi - lo) || 1;
  const step = niceStep(hi - lo + 2 * margin, 8);
  return [step * Math.floor((lo - margin) / step), step * Math.ceil((hi + margin) / step)];
}

/** A domain of a length around its middle, ending at round numbers. */
function centred(middle, reach) {
  const step = niceStep(2 * reach, 6);
  const start = step * Math.round((middle - reach) / step);
  return [start, start + step * Math.ceil((2 * reach) / step - 1e-9)];
}

const spreadOf = (values) => Math.max(...values) - Math.min(...values);
const lengthOf = ({ domain: [lo, hi] }) => hi - lo;

/** Whether points fit into the views that were made for others, so that these can stay. */
function fits({ data, count }, { x, y }) {
  const inside = (values, { domain: [lo, hi] }) => values.every((value) => value >= lo && value <= hi);
  return count === x.length && inside(x, data.x) && inside(y, data.y) && spreadOf(x) > lengthOf(data.x) / 9;
}

/** All views, for the first points: they stay while the points are dragged. */
function viewsOf({ x, y }) {
  const bowl = bowlOf(x, y);
  const data = viewOf(around(x, 0.4), around(y, 0.4));
  const level = [sum(y) / y.length, 0];
  const spread = Math.max(datasetLoss({ x, y, loss: LOSS }, level), 1e-12); // of the best level line: the variance of y
  const reach = 1.35 * Math.sqrt((2 * spread) / bowl.flat);
  const parameters = viewOf(...bowl.best.map((middle) => centred(middle, reach)));
  const losses = [Math.max(bowl.least, 1e-4 * spread) / 2, 200 * spread];
  const kinds = { y: logScale };
  const rates = viewOf([0, 1.35 * factorsOf(bowl, 0).edge], losses, kinds);
  const margin = (data.x.domain[1] - data.x.domain[0]) / 12;
  const ends = [data.x.domain[0] + margin, data.x.domain[1] - margin];
  const rise = bowl.flat * reach * reach;
  return { data, parameters, rates, course: viewOf([0, STEPS], losses, kinds), ends, rise, count: x.length };
}

const stems = (view, { x, y }, [b, w]) =>
  x.map((xi, i) => (Math.abs(b + w * xi) < 1e9 ? curvePath(view, [xi, xi], [y[i], b + w * xi]) : "")).join("");

// ---------------------------------------------------------------------------------------------
// Markup

const yHat = hat(mi("y"));
const lineFormula = mathHtml(
  yHat, mo("="), liveHtml("b", "moved"), `<mo data-ref="wSign">+</mo>`, liveHtml("wSize", "moved"),
  `<mspace width="0.17em"></mspace>`, mi("x"),
);
const lossFormula = mathHtml(
  mi("L"), mo("="), frac(mn("1"), mi("n")), `<mo class="xp-sum">∑</mo>`,
  mo("("), yHat, mo("−"), mi("y"), sup(mo(")"), mn("2")), mo("="), liveHtml("lossValue", "cost"),
);
const updateFormula = mathHtml(
  columnHtml(liveHtml("thetaB", "moved"), liveHtml("w", "moved")), mo("−"), liveHtml("rate", "moved"), mo("·"),
  columnHtml(liveHtml("gradientB", "cost"), liveHtml("gradientW", "cost")), mo("="),
  columnHtml(liveHtml("nextB"), liveHtml("nextW")),
);
const bar = `<mo stretchy="false" lspace="0.05em" rspace="0.05em">|</mo>`;
const lambda = sub(mi("λ"), mi("j"));
const factorFormula = mathHtml(
  `<munder><mo>max</mo>${mi("j")}</munder>`, bar, mn("1"), mo("−"), mi("η"), lambda, bar,
  mo("="), liveHtml("factor", "cost"),
);

const label = (ref, inner) => `<div class="xp-tag" data-ref="${ref}">${inner}</div>`;

function dataPanel(view, count) {
  const front = pathsHtml("stems", "line", "grip", "dots");
  const points = Array.from({ length: count }, (_, i) => `point${i}`);
  const plot = plotHtml(view, { labels: ["x", "y"], front, name: "dataPlane", handles: [...points, "left", "right"] });
  return panelHtml({ title: "Data", hint: "drag the line, or a point", formula: lineFormula, plot });
}

function parameterPanel(view) {
  const front = pathsHtml("trail", "trailDots trail-dots");
  const plot = plotHtml(view, { labels: ["b", "w"], back: bowlHtml(LEVELS), front, over: bestMarkHtml, handles: ["start hollow", "dot"], name: "parameterPlane" });
  return panelHtml({ title: "Parameters", hint: "drag the start, or the dot", formula: updateFormula, plot });
}

function ratePanel(view) {
  const front = pathsHtml("unstable", "floor", "bestLine", "edgeLine", "curve");
  const over =
    label("bestLabel", `best<br>${numberHtml("bestRate", 5.6)}`) +
    label("edgeLabel", `2/λ<sub>max</sub><br>${numberHtml("stableRate", 5.6)}`);
  const plot = plotHtml(view, { labels: ["learning rate η", ""], front, over, handles: ["rateKnob"], ticks: TICKS, aspect: 2, name: "ratePlot" });
  return panelHtml({ title: "Learning rate", hint: `drag it; the loss after <span data-ref="stepNow"></span> steps`, formula: factorFormula, plot });
}

function coursePanel(view) {
  const front = pathsHtml("lowest", "course", "courseDots course-dots");
  const over = label("lowestLabel", `lowest ${numberHtml("leastLoss", 5.6)}`);
  const plot = plotHtml(view, { labels: ["step", ""], front, over, handles: ["stepKnob"], ticks: TICKS, aspect: 2, name: "coursePlot" });
  return panelHtml({ title: "Loss", hint: "drag through the steps", formula: lossFormula, plot });
}

// ---------------------------------------------------------------------------------------------
// The verdict on a prediction

/** Mistakes of a first step, each with the loss that it leads to. */
function mistakes(problem, [gb, gw], rate) {
  const after = (part) => datasetLoss(problem, [-part * rate * gb, -part * rate * gw]);
  const first = datasetLoss(problem, [0, 0]);
  return [
    [first - rate * (gb * gb + gw * gw), "is what the slope alone predicts. The loss curves upwards on the way, so the real fall is smaller."],
    [first, "is the loss before the step."],
    [after(0.5), "comes from half the gradient: the derivative of a square has a factor 2."],
    [after(-1), "is uphill: the step goes against the gradient."],
    [first * (1 - rate), "is nine tenths of the loss. The rate multiplies the gradient, not the loss."],
  ];
}

/**
 * What to say about a guess of the loss after one step from zero at rate 0.1.
 * @param {number} guess @param {{ x: number[], y: number[] }} data
 */
export function verdictOn(guess, { x, y }) {
  const problem = { x, y, loss: LOSS };
  const [rate, g] = [0.1, gradientOf(problem, [0, 0])];
  const truth = datasetLoss(problem, [-rate * g[0], -rate * g[1]]);
  const near = (value) => Math.abs(guess - value) <= 0.02 * Math.abs(value) + 1e-9;
  const steps = `The gradient is (${g.map((value) => fixed(value, 4)).join(", ")}), the step leads to b = ${fixed(-rate * g[0], 4)}, w = ${fixed(-rate * g[1], 4)}.`;
  if (near(truth)) return `Right: ${fixed(truth, 4)}. ${steps}`;
  if (guess < 0) return "A mean of squares is never negative.";
  const found = mistakes(problem, g, rate).find(([value]) => near(value));
  if (found) return `${fixed(found[0], 4)} ${found[1]}`;
  const climbs = truth > datasetLoss(problem, [0, 0]);
  const high = climbs ? "Too high, though at this rate the step overshoots and the loss rises." : "Too high: the step lowers the loss more.";
  const low = climbs ? "Too low: at this rate the step overshoots, and the loss rises." : "Too low: one step does not lower the loss that much.";
  const side = guess < truth ? low : high;
  return `${side} ${steps} What are the residuals there?`;
}

// ---------------------------------------------------------------------------------------------
// The explorable

class DescentPlanes extends Walk {
  static walk = { name: "step", last: STEPS, perSecond: 6 };
  static together = ["x", "y"];
  static fault({ x, y }) { return pointsFault(x, y); }

  /** The bowl, the path, and where it is now; the views stay while points are dragged inside of them. */
  derive(state) {
    const { x, y, b0, w0, learning_rate: rate } = state;
    if (!this.seen || !fits(this.seen, state)) this.seen = viewsOf(state);
    const [problem, step] = [{ x, y, loss: LOSS }, this.walked()];
    const path = pathOf("descent", problem, [b0, w0], { rate, steps: step + 1 });
    const next = path.pop();
    const theta = path.at(-1);
    const bowl = this.once("bowl", [x, y], () => bowlOf(x, y));
    const far = hasDiverged(theta);
    return {
      views: this.seen, problem, bowl, rate, path, step, theta: far ? NEVER : theta, next: hasDiverged(next) ? NEVER : next,
      gradient: far ? NEVER : gradientOf(problem, theta), losses: path.map((at) => datasetLoss(problem, at)),
      loss: far ? Infinity : datasetLoss(problem, theta), factors: factorsOf(bowl, rate),
    };
  }

  get views() { return this.now.views; }

  /** Draw the axes of other views; a page is built with those of the first points. */
  drawAxes({ x, y }) {
    const isFirst = !this.drawn && x === this.initial.x && y === this.initial.y;
    const { ref, views: { data, parameters, rates, course } } = this;
    this.drawn = this.views;
    if (isFirst) return;
    drawAxes(ref.dataPlane, data);
    drawAxes(ref.parameterPlane, parameters);
    drawAxes(ref.ratePlot, rates, TICKS);
    drawAxes(ref.coursePlot, course, TICKS);
    this.showPoints(x.length);
  }

  /** As many handles as points; where there are too few of them, none. */
  showPoints(count) {
    const nodes = Object.entries(this.ref).filter(([name]) => name.startsWith("point")).map(([, node]) => node);
    nodes.forEach((node, i) => { node.style.display = count <= nodes.length && i < count ? "" : "none"; });
  }

  parts({ x }) {
    const { data, parameters, rates, course } = this.now.views;
    return {
      predict: {
        question: "Start at b = 0, w = 0 and take one step at the rate 0.1. What is the loss then?",
        guess: "Your guess of the loss after one step", wait: "Type a number before you move anything.",
      },
      buttons: walkHtml,
      views: dataPanel(data, x.length <= 8 ? x.length : 0) + parameterPanel(parameters) + ratePanel(rates) + coursePanel(course),
      read: "Each step subtracts η times the gradient: the numbers stand above the parameter plane. A step starts at a right angle to the contour; in a long valley this is in general not the direction of the lowest place.",
      own: ownDataHtml({ columns: ["x", "y"], hint: "At most 200 rows." }),
      table: { head: ["step", "b", "w", "loss"] },
    };
  }

  paths(state, { path, theta: [b, w], ...now }) {
    const { data, parameters } = this.views;
    const [trail, line] = [trailPaths(parameters, path), linePath(data, w, b)];
    return {
      stems: stems(data, state, [b, w]), line, grip: line, dots: dotsPath(data, state.x, state.y),
      trail: trail.line, trailDots: trail.dots, ...this.ratePaths(state, path.length - 1, now), ...this.coursePaths(now),
    };
  }

  draw(state, { bowl, factors, theta }) {
    const { ref, views: { rates, parameters, rise } } = this;
    if (this.drawn !== this.views) this.drawAxes(state);
    mark(ref.levels, "transform", bowlTransform(parameters, bowl, rise));
    ref.edgeLabel.classList.toggle("xp-left", rates.x(factors.edge) > 0.83 * SIZE);
    this.root.classList.toggle("xp-outside", !contains(parameters, ...theta));
  }

  /** The loss after so many steps, at any rate, from the two modes. */
  ratePaths({ b0, w0 }, steps, { bowl, factors }) {
    const { rates } = this.views;
    const modes = modesOf(bowl, [b0, w0]);
    const at = samplesOf(rates, 80);
    const heights = at.map((rate) => bowl.least + sum(sharesAfter(bowl, modes, rate, steps)));
    return {
      curve: curvePath(rates, at, heights), bestLine: hangingPath(rates, factors.best), edgeLine: hangingPath(rates, factors.edge),
      floor: curvePath(rates, rates.x.domain, [bowl.least, bowl.least]), unstable: rightOfPath(rates, factors.edge),
    };
  }

  coursePaths({ bowl, losses }) {
    const { course } = this.views;
    const seen = losses.map((loss) => Math.min(loss, 1e300));
    const steps = seen.map((_, i) => i);
    const inView = seen.filter((loss) => loss < course.y.domain[1] && loss > 0);
    return {
      course: curvePath(course, steps, seen), courseDots: dotsPath(course, steps.slice(0, inView.length), inView),
      lowest: curvePath(course, [0, STEPS], [bowl.least, bowl.least]),
    };
  }

  marks(state, { bowl, factors }) {
    const { rates, course, parameters } = this.views;
    return {
      bestMark: [parameters, ...bowl.best], bestLabel: [rates, factors.best, rates.y.domain[1]],
      edgeLabel: [rates, factors.edge, rates.y.invert(0.8 * SIZE)], lowestLabel: [course, STEPS, Math.max(bowl.least, course.y.domain[0])],
    };
  }

  numbers(state, { bowl, rate, step, theta: [b, w], next, gradient, loss, factors }) {
    const [wSign, wSize] = signAndSize(w, 3);
    return {
      b: compact(b, 3), wSign, wSize, thetaB: compact(b), w: compact(w), rate: rateText(rate), gradientB: compact(gradient[0]),
      gradientW: compact(gradient[1]), nextB: compact(next[0]), nextW: compact(next[1]), lossValue: compact(loss),
      factor: fixed(factors.slowest, 4), bestRate: rateText(factors.best, 4), stableRate: rateText(factors.edge, 4),
      leastLoss: fixed(bowl.least, 4), stepNow: fixed(step, 0),
    };
  }

  describe({ x, y }, now) {
    const { theta: [b, w], path, losses, loss, step, rate } = now;
    const words = `Step ${step}: b = ${fixed(b, 3)}, w = ${fixed(w, 3)}, loss ${fixed(loss, 4)}, at the learning rate ${rateText(rate)}`;
    const rows = path.map(([bi, wi], i) => [i, compact(bi), compact(wi), fixed(losses[i], 4)]);
    const points = x.map((xi, i) => [`point${i}`, `x = ${fixed(xi, 2)}, y = ${fixed(y[i], 2)}`]);
    return { words, rows, remark: this.remark(now), handles: Object.fromEntries(points) };
  }

  remark({ factors, rate, loss, theta }) {
    if (!Number.isFinite(loss)) return "The path has diverged. A smaller rate, or Reset, brings it back.";
    const outside = contains(this.views.parameters, ...theta) ? "" : "This line is outside the view. ";
    return outside + (rate > factors.edge ? `The rate is above 2/λmax = ${rateText(factors.edge, 4)}: across the valley each step leads further away.` : "");
  }

  /** A new start: the reader's hand stays inside the parameter plane. */
  startAt(b, w, step = 0) {
    const { x, y } = this.views.parameters;
    this.set({ b0: rounded(clamp(b, x.domain), x.domain), w0: rounded(clamp(w, y.domain), y.domain), step });
  }

  /** Move a point; not all of them may stand above each other, or no single line is best. */
  movePoint(i, px, py) {
    const { data } = this.views;
    const [x, y] = ["x", "y"].map((name) => [...this.model.get(name)]);
    x[i] = rounded(clamp(px, data.x.domain), data.x.domain);
    y[i] = rounded(clamp(py, data.y.domain), data.y.domain);
    if (spreadOf(x) > lengthOf(data.x) / 8) this.set({ x, y });
  }

  handles() {
    const on = (name) => () => this.views[name];
    const ends = () => {
      const [b, w] = this.now.theta;
      return endsOf(this.views.data, this.views.ends, w, b);
    };
    const line = { view: on("data"), ends, move: (w, b) => this.startAt(b, w) };
    const shift = {
      view: on("data"), mouseOnly: true, place: () => [0, this.now.theta[0]], move: (_, b) => this.startAt(b, this.now.theta[1]),
    };
    bindDrag(this.ref.grip, this.ready(shift), this.signal);
    const loss = ({ loss: height }) => height;
    const notNone = (rate, domain) => Math.max(rounded(rate, domain), domain[1] / 1000);
    const points = Object.keys(this.ref).filter((name) => /^point\d/.test(name)).map((name, i) => [name, this.point(i)]);
    return {
      left: endHandle("left", line), right: endHandle("right", line),
      start: {
        label: "Start: b and w", view: on("parameters"), place: () => [this.state().b0, this.state().w0],
        move: (b, w) => this.startAt(b, w, this.state().step),
      },
      dot: {
        label: "The line: b and w; moving it begins a new descent", view: on("parameters"),
        place: () => this.now.theta.map((value) => value || 0), move: (b, w) => this.startAt(b, w),
      },
      rateKnob: this.knob("Learning rate", on("rates"), { x: "learning_rate", y: loss }, notNone),
      stepKnob: this.knob("Step", on("course"), { x: "step", y: loss }, Math.round),
      ...Object.fromEntries(points),
    };
  }

  point(i) {
    const place = () => ["x", "y"].map((name) => this.state()[name][i] ?? NaN);
    return { label: `Point ${i + 1}`, view: () => this.views.data, place, move: (x, y) => this.movePoint(i, x, y) };
  }

  actions() { return { ...super.actions(), ...this.ownData() }; }

  /** Own points start from the level line at zero, at half the largest stable rate. */
  ownData() {
    const apply = ([x, y]) => {
      this.seen = undefined; // those of the points before
      const { domain } = viewsOf({ x, y }).rates.x;
      this.set({ x, y, b0: 0, w0: 0, step: 0, learning_rate: rounded(factorsOf(bowlOf(x, y), 0).edge / 2, domain) });
    };
    const clear = () => this.restore(this.names);
    return bindOwnData(this, { atMost: 200, apply, clear });
  }

  grade(guess, state) { return verdictOn(guess, state); }
}

export default define(DescentPlanes);
