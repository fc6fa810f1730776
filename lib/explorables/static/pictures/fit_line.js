/**
 * Fit by hand: a line among its data, and the same line as one dot on the contours of its loss.
 * Orange is what the reader moves (w, b); blue is what it costs (the loss).
 *
 * Model: x, y (numbers), w, b, loss (LossName), delta.
 */
import {
  bindDrag, clamp, contains, contoursHtml, dotsPath, drawAxes, fixed, linePath, pathsHtml, plotHtml, signAndSize, SIZE, squareDomains, viewOf,
} from "../kit/chart.js";
import { buttonHtml, fill, frac, hat, large, liveHtml, mathHtml, mi, mn, mo, onlyHtml, panelHtml, sub, sup, switchHtml, write } from "../kit/controls.js";
import { WithBest } from "../kit/best.js";
import { define } from "../kit/explorable.js";
import { endHandle, endsOf } from "../kit/line.js";
import { bestLine, datasetLoss, linear, mean, residual, sampleLosses } from "../math/common.js";
import { bindOwnData, ownDataHtml } from "../kit/own_data.js";

const LEVELS = 10;
const FAR = 1e6; // residuals beyond so many heights of the view are not drawn: a path holds finite numbers only
const MOST = 200; // points
const KINDS = {
  half_squared_error: {
    label: "L2",
    read: "Each square has a residual as its side. A point’s loss is half the area of its square.",
  },
  absolute_error: {
    label: "L1",
    read: "A point’s loss is the length of its residual. It is not squared, so distant points count less than under L2.",
  },
  huber: {
    label: "Huber",
    read:
      "For a residual up to δ the whole square is shaded; for a larger one only a band of width δ. " +
      "A point’s loss is half the shaded area.",
  },
};

/** How many digits tell the places in a range apart: three, or more where the range is small. */
const digitsOf = (range, least = 3) => clamp(3 - Math.floor(Math.log10(range)), [least, 15]);

// ---------------------------------------------------------------------------------------------
// The points

const spread = (values) => Math.max(...values) - Math.min(...values);

/** Whether values differ by more than what rounding leaves of them. */
const differ = (values) => spread(values) > 1e-9 * Math.max(...values.map(Math.abs));

/** Why points cannot be drawn, or "". */
export function faultOf(x, y) {
  if (x.length !== y.length) return `x and y must have equally many values, got ${x.length} and ${y.length}.`;
  if (x.length < 2 || x.length > MOST) return `From 2 to ${MOST} rows are needed, got ${x.length}.`;
  if (![...x, ...y].every((value) => Math.abs(value) <= 1e12)) return "Each number must be finite, and at most 10¹².";
  return differ(x) ? "" : `Column x must have two clearly different values, got only ${x[0]}.`;
}

/** Domains around the points: of one length, unless the points would lie on one line then. */
function domainsOf(x, y) {
  const ratio = spread(x) / spread(y);
  if ((ratio > 1 / 4 && ratio < 4) || !differ(y)) return squareDomains(x, y);
  return [squareDomains(x, x)[0], squareDomains(y, y)[1]];
}

// ---------------------------------------------------------------------------------------------
// The two planes

/** The data plane, the parameter plane of all lines that cross it, and where the handles stand. */
function planesOf({ x, y }) {
  const [xDomain, yDomain] = domainsOf(x, y);
  const margin = (xDomain[1] - xDomain[0]) / 12;
  const [left, right] = [xDomain[0] + margin, xDomain[1] - margin];
  const lines = yDomain.flatMap((p) => yDomain.map((q) => [(q - p) / (right - left), p, left]));
  const intercepts = lines.map(([w, at, from]) => at - w * from);
  const slopes = lines.map(([w]) => w);
  const range = (values) => [Math.min(...values), Math.max(...values)];
  const data = viewOf(xDomain, yDomain);
  const parameters = viewOf(range(slopes), range(intercepts));
  return { ends: [left, right], data, parameters, digits: digitsIn(data, parameters) };
}

/** How many digits the numbers on the screen have. */
function digitsIn(data, parameters) {
  const of = ({ domain: [lo, hi] }, least) => digitsOf(hi - lo, least);
  const [x, y, w, b] = [data.x, data.y, parameters.x, parameters.y].map((scale) => of(scale));
  return { x, y, w, b, loss: digitsOf((data.y.domain[1] - data.y.domain[0]) ** 2 / 10, 4) };
}

/** The square on a residual, cut to a band of width delta along the sides at the data point. */
function squarePath(view, x, y, r, delta) {
  const unit = SIZE / (view.y.domain[1] - view.y.domain[0]);
  const whole = (value) => Math.round(value);
  const side = Math.abs(r) * unit;
  const band = Math.min(side, delta * unit);
  const inward = view.x(x) < SIZE / 2 ? 1 : -1; // towards the middle, so that no square leaves the view
  const back = r > 0 ? 1 : -1; // from the point towards the line, on the screen
  const [across, over] = [whole(inward * side), whole(back * side)];
  const [width, height] = [whole(inward * band), whole(back * band)];
  return (
    `M${whole(view.x(x))} ${whole(view.y(y))}h${across}v${height}` +
    `h${width - across}v${over - height}h${-width}z`
  );
}

/** The squares on the residuals, one path each; a loss without squares has empty paths. */
function squarePaths(view, { x, y, loss, delta }, residuals) {
  const reach = { half_squared_error: Infinity, absolute_error: 0, huber: delta }[loss];
  return residuals.map((r, i) => (reach ? squarePath(view, x[i], y[i], r, reach) : ""));
}

/** All residuals as one path, from the points to the line. */
function stemsPath(view, { x, y }, residuals) {
  const stem = (r, i) =>
    `M${Math.round(view.x(x[i]))} ${Math.round(view.y(y[i]))}V${Math.round(view.y(y[i] - r))}`;
  return residuals.map(stem).join("");
}

/** Everything on the data plane that moves with the line. */
function movingPaths(view, state) {
  const line = linePath(view, state.w, state.b);
  const residuals = residual(state.y, linear(state.x, state.w, state.b));
  const far = FAR * (view.y.domain[1] - view.y.domain[0]);
  if (!line || !residuals.every((r) => Math.abs(r) < far)) {
    return { squares: state.x.map(() => ""), stems: "", line, grip: line };
  }
  return { squares: squarePaths(view, state, residuals), stems: stemsPath(view, state, residuals), line, grip: line };
}

/** What the contours depend on. */
const lossKey = ({ loss, delta }) => (loss === "huber" ? `${loss} ${delta}` : loss);

// ---------------------------------------------------------------------------------------------
// Markup

const yHat = hat(mi("y"));
const difference = sub(mi("y"), mi("i")) + mo("−") + sub(yHat, mi("i"));
const TERMS = {
  half_squared_error: frac(mn("1"), mn("2")) + mo("(") + difference + sup(mo(")"), mn("2")),
  absolute_error: mo("|") + difference + mo("|"),
  huber: sub(mi("H"), mi("δ")) + mo("(") + difference + mo(")"),
};

const lineFormula = mathHtml(
  yHat, mo("="),
  `<mrow class="xp-moved"><mo data-ref="wSign" form="prefix" lspace="0" rspace="0"></mo><mn data-ref="w"></mn></mrow>`,
  `<mspace width="0.17em"></mspace>`, mi("x"), `<mo data-ref="bSign">+</mo>`, liveHtml("b", "moved"),
);

const lossFormula = mathHtml(
  mi("L"), mo("="), frac(mn("1"), `<mn data-ref="count"></mn>`),
  large("∑", mi("i")),
  ...Object.entries(TERMS).map(([loss, term]) => onlyHtml("loss", loss, term)),
  mo("="), liveHtml("lossValue", "cost"),
);

function dataPanel(view) {
  const front = `<g class="xp-squares" data-ref="squares"></g>` +
    pathsHtml("stems", "target", "line", "grip", "dots");
  const plot = plotHtml(view, { labels: ["x", "y"], front, handles: ["left", "middle hollow", "right"], name: "dataPlane" });
  return panelHtml({ title: "Data", hint: "drag the line", formula: lineFormula, plot });
}

function parameterPanel(view) {
  const over = `<div class="xp-mark" data-ref="bestMark"></div>`;
  const back = `<g class="xp-levels" data-ref="levels"></g>`;
  const plot = plotHtml(view, { labels: ["w", "b"], back, over, handles: ["dot"], name: "parameterPlane" });
  return panelHtml({ title: "Parameters", hint: "drag the dot", formula: lossFormula, plot });
}

const DELTA = { label: "δ", says: "Huber’s delta", digits: 1 };
const labels = Object.fromEntries(Object.entries(KINDS).map(([loss, { label }]) => [loss, label]));

// ---------------------------------------------------------------------------------------------
// Words

/** What a guess of the least loss deserves to hear. */
export function verdictOn(guess, least, now, digits = 4) {
  if (guess < 0) return "A loss is never negative: every point adds zero or more.";
  if (Math.abs(guess - least) <= Math.max(0.1 * least, 10 ** -digits / 2)) {
    return `Well guessed: the lowest is ${fixed(least, digits)}. Now find it.`;
  }
  if (guess === 0) return "Zero needs a line through every point, and no line passes through all of these.";
  if (guess < least) return "Too low: no line has a loss as low as that.";
  if (guess >= now) {
    const text = fixed(now, digits);
    return `The line you see already has ${text}${text === fixed(least, digits) ? ", and that is the lowest." : ". Another line has a lower one."}`;
  }
  return "The lowest loss is lower than that. Drag, and find it.";
}

/** The numbers inside the two formulas, by the node that shows them. */
function liveNumbers(state, loss, digits) {
  const [wSign, w] = signAndSize(state.w, digits.w);
  const [bSign, b] = signAndSize(state.b, digits.b);
  const { label, read } = KINDS[state.loss];
  return {
    wSign: wSign === "−" ? wSign : "", w, bSign, b, lossValue: fixed(loss, digits.loss), count: String(state.x.length),
    asked: `${label} loss`, read,
  };
}

function tableRows(state, digits) {
  const predictions = linear(state.x, state.w, state.b);
  const residuals = residual(state.y, predictions);
  const losses = sampleLosses(state.loss, state.y, predictions, state.delta);
  const numbers = (i) => [state.x[i], state.y[i], predictions[i], residuals[i], losses[i]];
  return state.x.map((_, i) => [i + 1, ...numbers(i).map((value, j) => fixed(value, j ? digits.y : digits.x))]);
}

const lineText = (w, b, digits) => `ŷ = ${fixed(w, digits.w)} x ${signAndSize(b, digits.b).join(" ")}`;

// ---------------------------------------------------------------------------------------------
// The explorable

class FitLine extends WithBest {
  static together = ["x", "y"];
  static fault({ x, y }) { return faultOf(x, y); }

  /** The planes, sought anew only for other points; and the loss. */
  derive(state) {
    const planes = this.once("planes", [state.x, state.y], () => planesOf(state));
    return { planes, loss: datasetLoss(state, [state.b, state.w]), moving: movingPaths(planes.data, state) };
  }

  parts() {
    const { data, parameters } = this.now.planes;
    return {
      predict: { question: `How low can you bring the mean <span data-ref="asked"></span>?`, guess: "Your guess of the lowest mean loss" },
      bar: switchHtml("Loss", "loss", labels) + this.slider("delta", DELTA),
      buttons: buttonHtml("best", "Show the best line"),
      views: dataPanel(data) + parameterPanel(parameters),
      own: ownDataHtml({ columns: ["x", "y"], hint: `At most ${MOST} rows.` }),
      table: { head: ["i", "x", "y", "predicted", "residual", "loss"] },
    };
  }

  /** The best line and its loss, sought only when the loss has changed. */
  lowest() {
    const state = this.state();
    return this.once("lowest", [state.x, state.y, lossKey(state)], () => {
      const [w, b] = bestLine(state);
      return { line: [w, b], least: datasetLoss(state, [b, w]) };
    });
  }

  paths({ x, y }, { planes: { data }, moving: { squares, ...paths } }) {
    return { ...paths, dots: this.once("dots", [x, y], () => dotsPath(data, x, y)) };
  }

  draw(state, { planes: { data, parameters }, moving: { squares } }) {
    const { ref, root } = this;
    const { x, y, w, b, loss } = state;
    if (ref.squares.children.length !== x.length) ref.squares.innerHTML = "<path></path>".repeat(x.length);
    squares.forEach((d, i) => ref.squares.children[i].setAttribute("d", d));
    this.axes ??= [this.initial.x, this.initial.y]; // a page is built with the first ones
    if (this.axes[0] !== x || this.axes[1] !== y) {
      this.axes = [x, y];
      ref.levels.dataset.key = "";
      drawAxes(ref.dataPlane, data);
      drawAxes(ref.parameterPlane, parameters);
    }
    this.once("loss", [x, y, lossKey(state)], () => {
      this.choose({ loss });
      write(ref.verdict, "");
      fill(ref.levels, lossKey(state), () => contoursHtml(parameters, (slope, at) => datasetLoss(state, [at, slope]), LEVELS, this.lowest().least));
    });
    root.classList.toggle("xp-outside", !contains(parameters, w, b));
  }

  numbers(state, { planes, loss }) { return liveNumbers(state, loss, planes.digits); }

  describe(state, { planes, loss }) {
    const { digits } = planes;
    const words = `${lineText(state.w, state.b, digits)}, mean ${KINDS[state.loss].label} loss ${fixed(loss, digits.loss)}`;
    const at = ([x, y]) => `ŷ = ${fixed(y, digits.y)} at x = ${fixed(x, digits.x - 1)}`;
    const handles = Object.fromEntries(Object.entries(this.ends()).map(([name, place]) => [name, at(place)]));
    this.drawBest();
    return { words, handles, rows: tableRows(state, digits), remark: this.remark(state) };
  }

  drawBest() {
    const { ref, bestShown, now: { planes: { data, parameters } } } = this;
    ref.best.setAttribute("aria-pressed", String(bestShown));
    this.root.classList.toggle("xp-best-shown", bestShown);
    if (!bestShown) return;
    const [w, b] = this.lowest().line;
    ref.target.setAttribute("d", linePath(data, w, b));
    this.place("bestMark", parameters, w, b);
  }

  /** What to tell about the view when nothing else is to be told. */
  remark(state) {
    const { parameters, digits } = this.now.planes;
    if (!contains(parameters, state.w, state.b)) return "This line is outside the view.";
    if (!this.bestShown) return "";
    const { line: [w, b], least } = this.lowest();
    const price = `a mean ${KINDS[state.loss].label} loss of ${fixed(least, digits.loss)}`;
    return `The best line has w = ${fixed(w, digits.w)} and b = ${fixed(b, digits.b)}, and ${price}.`;
  }

  /** Move the line; the reader's hand stays inside the parameter plane. */
  move(w, b) {
    const { parameters: { x, y }, digits } = this.now.planes;
    const rounded = (value, scale, places) => Number(clamp(value, scale.domain).toFixed(places));
    this.set({ w: rounded(w, x, digits.w), b: rounded(b, y, digits.b) });
  }

  /** Where the handles of the line stand. */
  ends() {
    const [{ w, b }, { data, ends }] = [this.state(), this.now.planes];
    const found = endsOf(data, ends, w, b);
    const x = (found.left[0] + found.right[0]) / 2;
    return { ...found, middle: [x, clamp(w * x + b, data.y.domain)] };
  }

  handles() {
    const on = (plane) => () => this.now.planes[plane];
    const line = { view: on("data"), ends: () => this.ends(), move: (w, b) => this.move(w, b) };
    bindDrag(this.ref.grip, this.ready({ ...this.shift(), mouseOnly: true }), this.signal);
    return {
      left: endHandle("left", line), middle: this.shift(), right: endHandle("right", line),
      dot: { label: "Slope w and intercept b", view: on("parameters"), place: () => [this.state().w, this.state().b], move: line.move },
    };
  }

  /** The middle handle, and for a mouse the line itself, shift the line without turning it. */
  shift() {
    const [view, place] = [() => this.now.planes.data, () => this.ends().middle];
    let x;
    const grab = () => { [x] = place(); };
    const move = (_, y) => {
      const { w } = this.state();
      this.move(w, clamp(y, view().y.domain) - w * x);
    };
    return { label: "The whole line, up and down", along: "y", view, place, grab, move };
  }

  actions() { return { best: () => this.showBest(), ...this.ownData() }; }

  /** Own points start from the flat line through their middle. */
  ownData() {
    const apply = ([x, y]) => {
      this.set({ x, y });
      const { digits } = planesOf({ x, y });
      this.set({ w: 0, b: Number(mean(y).toFixed(digits.b)) });
    };
    const clear = () => this.restore(["x", "y", "w", "b"]);
    return bindOwnData(this, { atMost: MOST, apply, clear });
  }

  grade(guess, state, { planes, loss }) { return verdictOn(guess, this.lowest().least, loss, planes.digits.loss); }
}

export default define(FitLine);
