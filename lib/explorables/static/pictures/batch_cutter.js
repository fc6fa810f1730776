/**
 * Batch cutter: a few errors cut into two batches, the loss of each batch, their mean, and the loss
 * of the whole. Orange is what the reader moves, blue is what it costs, green is the whole.
 *
 * Model: errors (four to eight sizes), cut (how many are in the first batch), loss ("mse" or "rmse"),
 * weighted (whether batches count by their sizes).
 */
import { barsPath, clamp, curvePath, drawAxes, fixed, linearScale, pathsHtml, plotHtml, SIZE, thousandth, uprightPath, wholeScale } from "../kit/chart.js";
import { buttonHtml, frac, large, liveHtml, mathHtml, mi, mn, mo, onlyHtml, panelHtml, switchHtml, toggleHtml, write } from "../kit/controls.js";
import { define, Explorable } from "../kit/explorable.js";
import { batchReport, errorsWithLoss } from "../math/losses.js";

const [FEWEST, MOST] = [4, 8];
const LARGEST = 5; // error, in the view
const TICKS = [[], 5];
const KINDS = { mse: "MSE", rmse: "RMSE" };
const BATCHES = ["first", "second"];
const indices = Array.from({ length: MOST }, (_, i) => i);

/** Errors side by side, and above the same places the losses of their batches. */
function viewsOf(n, loss) {
  const x = Object.assign(wholeScale([0.5, n - 0.5], [0, SIZE]), { domain: [1, n - 1] }); // where a cut can be
  const y = (most) => linearScale([0, most], [SIZE, 0]);
  return { errors: { x, y: y(LARGEST) }, losses: { x, y: y(loss === "mse" ? LARGEST ** 2 : LARGEST) } };
}

/** The cut, moved so that each batch has an error. */
const cutOf = ({ errors, cut }) => (Number.isFinite(cut) ? clamp(Math.round(cut), [1, errors.length - 1]) : NaN);

/** The losses of the batches and of the whole. */
const reportOf = (state) => batchReport({ ...state, cut: cutOf(state) });

/** The losses of the batches as bars, each as wide as its batch. */
const batchPath = (view, middles, { first, second }, sizes) =>
  [first, second].map((loss, k) => barsPath(view, [middles[k]], [loss], sizes[k])).join("");

// ---------------------------------------------------------------------------------------------
// Markup

const name = (text) => `<mtext>${text}</mtext>`;
const meanSquare =
  frac(mn("1"), `<mn data-ref="COUNT"></mn>`) + large("∑", mi("i")) +
  `<msubsup>${mi("e")}${mi("i")}${mn("2")}</msubsup>`;
const wholeFormula = mathHtml(
  onlyHtml("loss", "mse", name("MSE"), mo("="), meanSquare.replace("COUNT", "countMse")),
  onlyHtml("loss", "rmse", name("RMSE"), mo("="), `<msqrt>${meanSquare.replace("COUNT", "countRmse")}</msqrt>`),
  mo("="), `<mn class="xp-best" data-ref="whole"></mn>`,
);
const sizeHtml = (ref) => onlyHtml("weighted", "true", liveHtml(ref, "moved"), mo("·"));
const meanFormula = mathHtml(
  name("mean"), mo("="),
  frac(
    sizeHtml("firstSize") + liveHtml("firstTerm", "cost") + mo("+") + sizeHtml("secondSize") + liveHtml("secondTerm", "cost"),
    `<mn data-ref="divisor"></mn>`,
  ),
  mo("="), liveHtml("meanOfBatches", "cost"),
);

const batchName = (batch, k) =>
  `<div class="xp-label" data-ref="${batch}Name"><span>batch ${k + 1}<b data-ref="${batch}Loss"></b></span></div>`;

function errorPanel(views, n) {
  const values = `<div class="xp-columns" data-ref="values">${indices.map((i) => `<b data-ref="value${i}"></b>`).join("")}</div>`;
  const plot = plotHtml(views.errors, {
    labels: ["", ""], ticks: TICKS, name: "errorPlot", over: values, aspect: 1.25,
    front: pathsHtml("errorCut cutLine", "bars"),
    handles: [...indices.slice(0, n).map((i) => `error${i}`), "cut hollow"],
  });
  return panelHtml({ title: "Errors", hint: "drag the tops, and the cut", formula: wholeFormula, plot });
}

function lossPanel(views) {
  const plot = plotHtml(views.losses, {
    labels: ["", ""], ticks: TICKS, name: "lossPlot", aspect: 1.25,
    front: pathsHtml("lossCut cutLine", "batches", "gapLine", "wholeLine", "meanLine"),
    over:
      `<div class="xp-legend"><span class="xp-best">whole</span><span class="xp-blue">mean of the batches</span></div>` +
      BATCHES.map(batchName).join(""),
    handles: ["lossCutHandle hollow", ...BATCHES],
  });
  return panelHtml({ title: "Losses of the batches", hint: "drag their tops, and the cut", formula: meanFormula, plot });
}

// ---------------------------------------------------------------------------------------------
// Words

const near = (guess, value) => Math.abs(guess - value) <= 0.0051 * Math.max(1, value);

/** What a guess of the mean of the two batch RMSEs deserves to hear. */
export function verdictOn(guess, state) {
  const [roots, squares] = ["rmse", "mse"].map((loss) => reportOf({ ...state, loss }));
  const [a, b, mean, whole] = [roots.first, roots.second, roots.mean, roots.whole].map((value) => fixed(value, 4));
  const plain = (roots.first + roots.second) / 2;
  if (near(guess, roots.mean)) return `Yes: ${a} and ${b} have the ${state.weighted ? "weighted " : ""}mean ${mean}. The RMSE of the whole is ${whole}.`;
  if (guess < 0) return "A root is never negative.";
  if (near(guess, roots.whole)) return `That is the RMSE of the whole, ${whole}. Each batch takes its own root before the mean.`;
  if (near(guess, squares.mean)) return "That is the mean of the MSEs. Take the root in each batch first.";
  if (near(guess, plain)) return "That counts both batches alike. Weighted by size, the larger one counts more.";
  if (near(guess, 2 * plain)) return `That is the sum of the two.${near(plain, roots.mean) ? " Their mean is half of it." : ""}`;
  if (near(guess, roots.first) || near(guess, roots.second)) return "That is the RMSE of one batch. The other one counts too.";
  return "In each batch: square, take the mean, take the root. Then the mean of the two roots.";
}

/** Why there is a gap, or none. */
function whyOf({ errors, loss, weighted, ...state }, { gap }) {
  if (loss === "rmse") {
    if (Math.abs(gap) < 5e-5) return "Here the two happen to be equal: move an error, and they differ.";
    return "The mean of the roots is not the root of the mean, with or without weights. Average the squares, and take the root once.";
  }
  if (weighted) return "Weighted by their sizes, the batches give the MSE of the whole, wherever you cut.";
  if (2 * cutOf({ errors, ...state }) === errors.length) return "Two batches of one size: the mean of their MSEs is the MSE of the whole, whatever the errors.";
  return "The small batch counts as much as the large one. Weight them by their sizes.";
}

// ---------------------------------------------------------------------------------------------
// The explorable

class BatchCutter extends Explorable {
  static fault({ errors, cut }) { return cut < errors.length ? "" : "The cut must leave an error behind it."; }

  derive(state) {
    const [n, cut] = [state.errors.length, cutOf(state)];
    const views = this.once("views", [n, state.loss], () => viewsOf(n, state.loss));
    return { n, cut, middles: [cut / 2, (cut + n) / 2], ...reportOf(state), views };
  }

  parts({ errors }) {
    return {
      predict: { question: "Take the RMSE of each batch. What is the mean of the two?", guess: "Your guess of the mean of the two batch RMSEs" },
      bar: switchHtml("Loss", "loss", KINDS) + toggleHtml("weighted", "weight by size"),
      buttons: buttonHtml("add", "Add an error") + buttonHtml("remove", "Remove one"),
      views: errorPanel(this.now.views, errors.length) + lossPanel(this.now.views),
      read: `Mean of the batches minus the whole: <b class="xp-cost" data-ref="gap"></b>. <span data-ref="why"></span>`,
      table: { head: ["i", "error", "square", "batch"] },
    };
  }

  bindHandles() {
    indices.map((i) => `error${i}`).forEach((handle) => {
      this.ref[handle] ??= this.root.ownerDocument.createElement("div");
      this.ref[handle].className = "xp-handle";
      this.ref[handle].dataset.ref = handle;
    });
    super.bindHandles();
  }

  /** As many handles as errors: those without an error wait outside the page, with their listeners. */
  fitHandles(n) {
    indices.forEach((i) => {
      const node = this.ref[`error${i}`];
      if (i >= n) node.remove();
      else if (!node.parentNode) this.ref.cut.before(node);
    });
  }

  paths(state, { n, cut, middles, views: { errors, losses }, ...report }) {
    const level = (value) => curvePath(losses, [0, n], [value, value]);
    return {
      errorCut: uprightPath(errors, cut),
      lossCut: uprightPath(losses, cut),
      bars: barsPath(errors, state.errors.map((_, i) => i + 0.5), state.errors, 0.5),
      batches: Number.isFinite(cut) ? batchPath(losses, middles, report, [cut, n - cut]) : "",
      wholeLine: level(report.whole),
      meanLine: level(report.mean),
      gapLine: curvePath(losses, [0.97 * n, 0.97 * n], [report.whole, report.mean]),
    };
  }

  marks(state, { middles, views: { losses } }) {
    return Object.fromEntries(BATCHES.map((batch, k) => [`${batch}Name`, [losses, middles[k], 0]]));
  }

  /** What changes with the number of errors and with the switches. */
  draw({ loss, weighted }, { n, views }) {
    this.axes ??= this.initial.loss; // a page is built with the axes of its first state
    this.once("fitted", [n, loss, weighted], () => {
      this.fitHandles(n);
      this.choose({ loss, weighted });
      this.ref.values.style.setProperty("--n", n);
      if (this.axes !== loss) drawAxes(this.ref.lossPlot, views.losses, TICKS);
      this.axes = loss;
      write(this.ref.verdict, "");
    });
  }

  numbers(state, { n, cut, first, second, mean, whole, gap }) {
    const { errors, weighted } = state;
    const [firstLoss, secondLoss] = [first, second].map((value) => fixed(value, 4));
    const values = indices.map((i) => [`value${i}`, i < n ? fixed(errors[i], 2) : ""]);
    return {
      ...Object.fromEntries(values), countMse: String(n), countRmse: String(n),
      firstLoss, secondLoss, firstTerm: firstLoss, secondTerm: secondLoss,
      firstSize: fixed(cut, 0), secondSize: fixed(n - cut, 0), divisor: String(weighted ? n : 2),
      meanOfBatches: fixed(mean, 4), whole: fixed(whole, 4), gap: fixed(gap, 4), why: whyOf(state, { gap }),
    };
  }

  describe(state, { cut, first, second, mean, whole }) {
    const kind = KINDS[state.loss];
    const rows = state.errors.map((e, i) => [i + 1, fixed(e, 3), fixed(e * e, 3), i < cut ? 1 : 2]);
    const words = `${kind} of the batches ${fixed(first, 4)} and ${fixed(second, 4)}, mean ${fixed(mean, 4)}, whole ${fixed(whole, 4)}`;
    const parted = `${fixed(cut, 0)} in batch 1, ${fixed(state.errors.length - cut, 0)} in batch 2`;
    const handles = {
      cut: parted, lossCutHandle: parted, first: `${kind} ${fixed(first, 4)}`, second: `${kind} ${fixed(second, 4)}`,
      ...Object.fromEntries(state.errors.map((e, i) => [`error${i}`, `error ${fixed(e, 2)}`])),
    };
    const outside = state.errors.some((e) => !(e <= LARGEST));
    return { words, rows, handles, remark: outside ? "An error is outside the view." : "" };
  }

  handles() {
    const error = (i) => [`error${i}`, this.knob(`Error ${i + 1}`, () => this.now.views.errors, { x: () => i + 0.5, y: ["errors", i] }, thousandth)];
    return {
      ...Object.fromEntries(indices.map(error)),
      cut: this.cutHandle("Cut between the batches, among the errors", "errors"),
      lossCutHandle: this.cutHandle("Cut between the batches, among the losses", "losses"),
      first: this.batchHandle(0), second: this.batchHandle(1),
    };
  }

  /** The line between the two batches. */
  cutHandle(label, name) {
    const view = () => this.now.views[name];
    const move = (x) => this.set({ cut: cutOf({ ...this.state(), cut: x }) });
    return { label, along: "x", view, place: () => [this.now.cut, view().y.domain[1] / 2], move };
  }

  /** The top of a batch's bar: its errors grow and shrink together, from what they were when grabbed. */
  batchHandle(k) {
    const view = () => this.now.views.losses;
    let grabbed = [];
    const grab = () => { grabbed = this.state().errors; };
    const move = (_, y) => {
      const { cut } = this.now;
      const batch = errorsWithLoss(k ? grabbed.slice(cut) : grabbed.slice(0, cut), this.state().loss, clamp(y, view().y.domain));
      const moved = batch.map((e) => thousandth(clamp(e, [0, LARGEST])));
      this.set({ errors: k ? [...grabbed.slice(0, cut), ...moved] : [...moved, ...grabbed.slice(cut)] });
    };
    return { label: `Loss of batch ${k + 1}`, along: "y", view, place: () => [this.now.middles[k], this.now[BATCHES[k]]], grab, move };
  }

  actions() {
    const change = (count, errors) => {
      if (count >= FEWEST && count <= MOST) this.set({ errors: errors(this.model.get("errors")) });
      this.set({ cut: cutOf(this.state()) });
      this.say(count < FEWEST ? `At least ${FEWEST} errors are needed.` : count > MOST ? `At most ${MOST} errors fit.` : "");
    };
    const now = () => this.model.get("errors").length;
    return {
      add: () => change(now() + 1, (errors) => [...errors, 1]),
      remove: () => change(now() - 1, (errors) => errors.slice(0, -1)),
    };
  }

  grade(guess, state) { return verdictOn(guess, state); }
}

export default define(BatchCutter);
