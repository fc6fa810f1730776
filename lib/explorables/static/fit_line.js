/**
 * Fit by hand: a line among its data, and the same line as one dot on the contours of its loss.
 * Orange is what the reader moves (w, b); blue is what it costs (the loss).
 *
 * Model: x, y (numbers), w, b, loss (LossName), delta, own_data (not the default samples), note.
 */
import {
  bindDrag, bindHandle, bowlLevels, clamp, describeHandle, dotsPath, fixed, placeHandle, plotHtml,
  sampleView, signAndSize, SIZE, squareDomains, sublevelPath, viewOf, visibleStretch,
} from "./chart.js";
import { afterwards, buttonHtml, copy, mount, oncePerFrame, rowsHtml, switchHtml, write } from "./controls.js";
import { bestLine, datasetLoss, linear, residual, sampleLosses } from "./math.js";

const LEVELS = 10;
const FAR = 1e9; // residuals beyond it are not drawn: a path holds finite numbers only
const STATE = ["x", "y", "w", "b", "loss", "delta", "own_data", "note"];
const KINDS = {
  half_squared_error: {
    label: "L2",
    read: "Each square has a residual as its side. A point’s loss is half the area of its square.",
  },
  absolute_error: {
    label: "L1",
    read: "A point’s loss is the length of its residual. Nothing is squared, so far points weigh less.",
  },
  huber: {
    label: "Huber",
    read:
      "Up to δ a residual keeps its whole square; beyond, only a band of width δ. " +
      "A point’s loss is half the shaded area.",
  },
};

const thousandth = (value) => Math.round(1000 * value) / 1000;

// ---------------------------------------------------------------------------------------------
// The two planes

/** The data plane, the parameter plane of all lines that cross it, and where the handles stand. */
function planes({ x, y }) {
  const [xDomain, yDomain] = squareDomains(x, y);
  const margin = (xDomain[1] - xDomain[0]) / 12;
  const [left, right] = [xDomain[0] + margin, xDomain[1] - margin];
  const lines = yDomain.flatMap((p) => yDomain.map((q) => [(q - p) / (right - left), p, left]));
  const intercepts = lines.map(([w, at, from]) => at - w * from);
  const slopes = lines.map(([w]) => w);
  const range = (values) => [Math.min(...values), Math.max(...values)];
  return { left, right, data: viewOf(xDomain, yDomain), parameters: viewOf(range(slopes), range(intercepts)) };
}

/** The square on a residual, cut to a band of width delta along the sides at the data point. */
function squarePath(view, x, y, r, delta) {
  const unit = SIZE / (view.x.domain[1] - view.x.domain[0]);
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

/** The line as a path across the view. */
function linePath(view, w, b) {
  const stretch = visibleStretch(view, w, b);
  if (!stretch) return "";
  const ends = stretch.map((x) => `${view.x(x).toFixed(1)} ${view.y(w * x + b).toFixed(1)}`);
  return `M${ends[0]}L${ends[1]}`;
}

/** Everything on the data plane that moves with the line. */
function movingPaths(view, state) {
  const line = linePath(view, state.w, state.b);
  const residuals = residual(state.y, linear(state.x, state.w, state.b));
  if (!line || !residuals.every((r) => Math.abs(r) < FAR)) {
    return { squares: state.x.map(() => ""), stems: "", line, grip: line };
  }
  const squares = squarePaths(view, state, residuals);
  return { squares, stems: stemsPath(view, state, residuals), line, grip: line };
}

const contains = ({ x, y }, w, b) => w === clamp(w, x.domain) && b === clamp(b, y.domain);

/** What the contours depend on. */
const lossKey = ({ loss, delta }) => (loss === "huber" ? `${loss} ${delta}` : loss);

/** The filled outlines of the loss on the parameter plane. */
function levelsHtml(view, problem, least) {
  const values = sampleView(view, (w, b) => datasetLoss(problem, w, b));
  const paths = bowlLevels(values, least, LEVELS).map((level) => sublevelPath(values, level));
  return paths.reverse().map((path) => `<path d="${path}"></path>`).join("");
}

// ---------------------------------------------------------------------------------------------
// Markup

const path = (name) => `<path class="xp-${name}" data-ref="${name}"></path>`;
const yHat = `<mover accent="true"><mi>y</mi><mo stretchy="false">^</mo></mover>`;
const difference = `<msub><mi>y</mi><mi>i</mi></msub><mo>−</mo><msub>${yHat}<mi>i</mi></msub>`;
const TERMS = {
  half_squared_error:
    `<mfrac><mn>1</mn><mn>2</mn></mfrac>` +
    `<mo stretchy="false">(</mo>${difference}<msup><mo stretchy="false">)</mo><mn>2</mn></msup>`,
  absolute_error: `<mo stretchy="false">|</mo>${difference}<mo stretchy="false">|</mo>`,
  huber:
    `<msub><mi>H</mi><mi>δ</mi></msub><mo stretchy="false">(</mo>${difference}<mo stretchy="false">)</mo>`,
};

const lineFormula =
  `<math class="xp-math">${yHat}<mo>=</mo><mrow class="xp-moved"><mo data-ref="wSign" form="prefix" lspace="0" rspace="0"></mo>` +
  `<mn data-ref="w"></mn></mrow><mspace width="0.17em"></mspace><mi>x</mi><mo data-ref="bSign">+</mo><mn class="xp-moved" data-ref="b"></mn></math>`;

const lossFormula = (n) => {
  const terms = Object.entries(TERMS).map(
    ([loss, term]) => `<mrow data-loss="${loss}">${term}</mrow>`,
  );
  return (
    `<math class="xp-math"><mi>L</mi><mo>=</mo><mfrac><mn>1</mn><mn>${n}</mn></mfrac>` +
    `<munder><mo class="xp-sum" movablelimits="true">∑</mo><mi>i</mi></munder>${terms.join("")}` +
    `<mo>=</mo><mn class="xp-cost" data-ref="lossValue"></mn></math>`
  );
};

const panel = (title, hint, formula, plot) =>
  `<div class="xp-panel" role="group" aria-label="${title}"><p class="xp-title"><b>${title}</b> · ${hint}</p>` +
  `<div class="xp-formula">${formula}</div>${plot}</div>`;

function dataPanel(view, { x, y }) {
  const front =
    `<g class="xp-squares" data-ref="squares">${"<path></path>".repeat(x.length)}</g>` +
    ["stems", "target", "line", "grip"].map(path).join("") +
    `<path class="xp-dots" d="${dotsPath(view, x, y)}"></path>`;
  const plot = { labels: ["x", "y"], front, handles: ["left", "middle", "right"] };
  return panel("Data", "drag the line", lineFormula, plotHtml(view, plot));
}

function parameterPanel(view, n) {
  const over = `<div class="xp-mark" data-ref="bestMark"></div>`;
  const back = `<g class="xp-levels" data-ref="levels"></g>`;
  const plot = { labels: ["w", "b"], back, over, handles: ["dot"] };
  return panel("Parameters", "drag the dot", lossFormula(n), plotHtml(view, plot));
}

const predictHtml =
  `<form class="xp-predict" data-ref="predict"><span><b>Predict first.</b> How low can you bring the mean ` +
  `<span data-ref="asked"></span>?</span><span class="xp-answer"><input type="text" inputmode="decimal" ` +
  `autocomplete="off" aria-label="Your guess of the lowest mean loss" data-ref="guess"><button>Commit</button></span>` +
  `<output class="xp-verdict" data-ref="verdict"></output></form>`;

const labels = Object.fromEntries(Object.entries(KINDS).map(([loss, { label }]) => [loss, label]));
const barHtml =
  `<form class="xp-bar"><span data-ref="kinds">${switchHtml("Loss", "loss", labels)}</span>` +
  `<label class="xp-delta">δ = <output data-ref="deltaText"></output>` +
  `<input type="range" min="0.1" max="3" step="0.1" aria-label="Huber’s delta" data-ref="delta"></label>` +
  `<span class="xp-buttons">${buttonHtml("best", "Show the best line")}${buttonHtml("reset", "Reset")}</span></form>`;

const numbersHtml =
  `<details class="xp-numbers"><summary>The numbers, and the keys</summary>` +
  `<div class="xp-scroll"><table><thead><tr><th>i</th><th>x</th><th>y</th><th>predicted</th>` +
  `<th>residual</th><th>loss</th></tr></thead><tbody data-ref="rows"></tbody></table></div><p>Tab goes from handle to handle. ` +
  `Arrow keys move one; with Shift, a tenth as far; Page Up and Page Down, ten times; Home and End, to ` +
  `the ends.</p></details>`;

const template = ({ data, parameters }, state) =>
  `<div class="xp" role="group" aria-label="Fit by hand" data-lm-suppress-shortcuts="true">${predictHtml}${barHtml}` +
  `<div class="xp-views">${dataPanel(data, state)}${parameterPanel(parameters, state.x.length)}</div>` +
  `<div class="xp-foot"><p class="xp-read" data-ref="read"></p>` +
  `<span class="xp-buttons">${buttonHtml("copyLink", "Copy link")}${buttonHtml("copyPython", "Copy as Python")}` +
  `</span></div><p class="xp-note" role="status" data-ref="note"></p>${numbersHtml}<p class="xp-hidden" aria-live="polite" data-ref="live"></p></div>`;

// ---------------------------------------------------------------------------------------------
// Words

/** What a guess of the least loss deserves to hear. */
export function verdictOn(guess, least, now) {
  if (!Number.isFinite(guess)) return "Type a number, for example 0.5.";
  if (guess < 0) return "A loss is never negative: every point adds zero or more.";
  if (Math.abs(guess - least) <= Math.max(0.1 * least, 5e-5)) {
    return `Well guessed: the lowest is ${fixed(least, 4)}. Now find it.`;
  }
  if (guess === 0) return "Zero needs a line through every point, and no line passes through all of these.";
  if (guess < least) return "Too low: no line gets there, the points are too far from any line.";
  if (guess >= now) return `The line you see already has ${fixed(now, 4)}. It goes lower.`;
  return "It goes lower than that. Drag, and see how far.";
}

/** The call in Python that gives this view again. */
function pythonCall({ x, y, w, b, loss, delta, own_data: ownData }) {
  const list = (values) => `[${values.join(", ")}]`;
  const data = ownData ? [`x=${list(x)}`, `y=${list(y)}`] : [];
  const huber = loss === "huber" ? [`delta=${delta}`] : [];
  return `FitLine(${[...data, `w=${w}`, `b=${b}`, `loss="${loss}"`, ...huber].join(", ")})`;
}

/** The numbers inside the two formulas, by the node that shows them. */
function liveNumbers(state) {
  const [wSign, w] = signAndSize(state.w, 3);
  const [bSign, b] = signAndSize(state.b, 3);
  const lossValue = fixed(datasetLoss(state, state.w, state.b), 4);
  return { wSign: wSign === "−" ? wSign : "", w, bSign, b, lossValue };
}

function tableRows(state) {
  const predictions = linear(state.x, state.w, state.b);
  const residuals = residual(state.y, predictions);
  const losses = sampleLosses(state.loss, state.y, predictions, state.delta);
  const numbers = (i) => [state.x[i], state.y[i], predictions[i], residuals[i], losses[i]];
  return state.x.map((_, i) => [i + 1, ...numbers(i).map((value) => fixed(value, 3))]);
}

const lineText = (w, b) => `ŷ = ${fixed(w, 3)} x ${signAndSize(b, 3).join(" ")}`;

// ---------------------------------------------------------------------------------------------
// The explorable

class FitLine {
  constructor({ model, el, page, initial }) {
    this.model = model;
    this.page = page;
    this.window = el.ownerDocument.defaultView;
    this.life = new AbortController();
    this.initial = initial ?? this.state();
    this.planes = planes(this.initial);
    this.ref = mount(el, template(this.planes, this.initial));
    this.root = el.querySelector(".xp");
    this.message = ""; // until the next move
    this.bestShown = false;
    this.drawn = ""; // the loss that contours and words are of
  }

  state() {
    return Object.fromEntries(STATE.map((name) => [name, this.model.get(name)]));
  }

  /** Listen, draw once, and from then on once a frame. */
  start() {
    const { signal } = this.life;
    const frame = () => { this.draw(); this.model.save_changes(); };
    const request = oncePerFrame(this.window, frame, signal);
    const settle = afterwards(this.window, () => this.settle(), signal);
    const changed = () => { request(); settle(); };
    STATE.forEach((name) => this.model.on(`change:${name}`, changed));
    signal.addEventListener("abort", () =>
      STATE.forEach((name) => this.model.off(`change:${name}`, changed)));
    this.bindHandles(signal);
    this.bindControls(signal);
    this.finish();
    this.root.dataset.live = "";
  }

  /** Draw what moved and say where it came to rest. */
  finish() {
    this.draw();
    this.settle();
  }

  /** A line of text under the picture, until the next move. */
  say(message) {
    this.message = message;
    write(this.ref.note, message);
  }

  /** Move the line; the reader's hand stays inside the parameter plane. */
  move(w, b) {
    const { x, y } = this.planes.parameters;
    this.say("");
    this.model.set("note", "");
    this.model.set("w", thousandth(clamp(w, x.domain)));
    this.model.set("b", thousandth(clamp(b, y.domain)));
  }

  /** Where the handles of the line stand: at their own x, or where the line leaves the view. */
  ends() {
    const { left, right, data } = this.planes;
    const [w, b] = [this.model.get("w"), this.model.get("b")];
    const stretch = visibleStretch(data, w, b) ?? data.x.domain;
    const [from, to] = [left, right].map((x) => clamp(x, stretch));
    const at = (x) => [x, clamp(w * x + b, data.y.domain)];
    return { left: at(from), middle: at((from + to) / 2), right: at(to) };
  }

  bindHandles(signal) {
    const done = () => this.finish();
    this.bindEnd("left", "right", "Left end of the line", done, signal);
    this.bindEnd("right", "left", "Right end of the line", done, signal);
    this.bindShift(done, signal);
    const view = this.planes.parameters;
    const inside = (name, scale) => clamp(this.model.get(name), scale.domain);
    const place = () => [inside("w", view.x), inside("b", view.y)];
    const dot = { label: "Slope w and intercept b", view, place, move: (w, b) => this.move(w, b), done };
    bindHandle(this.ref.dot, dot, signal);
  }

  /** An end of the line turns it about the other end. */
  bindEnd(name, other, label, done, signal) {
    const view = this.planes.data;
    const place = () => this.ends()[name];
    let [x, pivot] = [];
    const grab = () => { [x, pivot] = [place()[0], this.ends()[other]]; };
    const move = (_, y) => {
      const w = (clamp(y, view.y.domain) - pivot[1]) / (x - pivot[0]);
      this.move(w, pivot[1] - w * pivot[0]);
    };
    bindHandle(this.ref[name], { label, view, upright: true, place, grab, move, done }, signal);
  }

  /** The middle handle, and for a mouse the line itself, shift the line without turning it. */
  bindShift(done, signal) {
    const view = this.planes.data;
    const place = () => this.ends().middle;
    let x;
    const grab = () => { x = place()[0]; };
    const move = (_, y) => {
      const w = this.model.get("w");
      this.move(w, clamp(y, view.y.domain) - w * x);
    };
    const shift = { label: "The whole line, up and down", view, upright: true, place, grab, move, done };
    bindHandle(this.ref.middle, shift, signal);
    bindDrag(this.ref.grip, { ...shift, mouseOnly: true }, signal);
  }

  bindControls(signal) {
    const { ref, model } = this;
    const on = (node, type, listener) => node.addEventListener(type, listener, { signal });
    on(ref.kinds, "change", (event) => model.set("loss", event.target.value));
    on(ref.delta, "input", () => model.set("delta", Number(ref.delta.value)));
    on(ref.best, "click", () => this.showBest(!this.bestShown));
    on(ref.reset, "click", () => this.reset());
    on(ref.predict, "submit", (event) => { event.preventDefault(); this.grade(); });
    const copier = (text, what) => async () => this.say(await copy(this.window, text(), what));
    on(ref.copyPython, "click", copier(() => pythonCall(this.state()), "Python"));
    on(ref.copyLink, "click", copier(() => this.page.link(), "Link"));
    ref.copyLink.hidden = !this.page;
  }

  showBest(shown) {
    this.bestShown = shown;
    this.say("");
    this.finish();
  }

  grade() {
    const typed = this.ref.guess.value.trim().replace(",", ".");
    const state = this.state();
    const now = datasetLoss(state, state.w, state.b);
    write(this.ref.verdict, verdictOn(typed ? Number(typed) : NaN, this.lowest().least, now));
  }

  reset() {
    this.ref.guess.value = "";
    write(this.ref.verdict, "");
    ["w", "b", "loss", "delta"].forEach((name) => this.model.set(name, this.initial[name]));
    this.model.set("note", "");
    this.showBest(false);
  }

  /** The best line of the present loss, sought only when the loss has changed. */
  lowest() {
    const state = this.state();
    const key = lossKey(state);
    if (this.found?.key !== key) {
      const line = bestLine(state);
      this.found = { key, line, least: datasetLoss(state, ...line) };
    }
    return this.found;
  }

  /** What moves with the line: few nodes, and no reading of the layout. */
  draw() {
    const state = this.state();
    const { data, parameters } = this.planes;
    const { w, b } = state;
    const { squares, ...paths } = movingPaths(data, state);
    squares.forEach((d, i) => this.ref.squares.children[i].setAttribute("d", d));
    Object.entries(paths).forEach(([name, d]) => this.ref[name].setAttribute("d", d));
    Object.entries(this.ends()).forEach(([name, place]) => placeHandle(this.ref[name], data, ...place));
    placeHandle(this.ref.dot, parameters, w, b);
    this.root.classList.toggle("xp-outside", !contains(parameters, w, b));
    Object.entries(liveNumbers(state)).forEach(([name, text]) => write(this.ref[name], text));
    if (this.drawn !== lossKey(state)) this.drawLoss(state);
  }

  /** What changes with the kind of loss: contours, formula, words. */
  drawLoss(state) {
    const { ref, root } = this;
    const { label, read } = KINDS[state.loss];
    root.dataset.loss = state.loss;
    ref.kinds.querySelectorAll("input").forEach((radio) => { radio.checked = radio.value === state.loss; });
    write(ref.asked, `${label} loss`);
    write(ref.read, read);
    write(ref.verdict, "");
    write(ref.deltaText, fixed(state.delta, 1));
    ref.delta.value = state.delta;
    this.drawLevels(state);
    this.drawn = lossKey(state);
  }

  /** The contours; those that the page was built with are taken over. */
  drawLevels(state) {
    const { levels } = this.ref;
    if (levels.dataset.key === lossKey(state)) return;
    levels.innerHTML = levelsHtml(this.planes.parameters, state, this.lowest().least);
    levels.dataset.key = lossKey(state);
  }

  /** What follows a move at its end: words, the table, the best line. */
  settle() {
    const state = this.state();
    const { ref } = this;
    const value = fixed(datasetLoss(state, state.w, state.b), 4);
    const text = `${lineText(state.w, state.b)}, mean ${KINDS[state.loss].label} loss ${value}`;
    write(ref.live, text);
    ref.rows.innerHTML = rowsHtml(tableRows(state));
    this.describeHandles(text);
    this.drawBest();
    write(ref.note, this.message || state.note || this.remark(state));
  }

  describeHandles(text) {
    const { data, parameters } = this.planes;
    Object.entries(this.ends()).forEach(([name, [x, y]]) => {
      const now = clamp(y, data.y.domain);
      describeHandle(this.ref[name], { now, text: `ŷ = ${fixed(y, 3)} at x = ${fixed(x, 2)}; ${text}` });
    });
    const now = clamp(this.model.get("w"), parameters.x.domain);
    describeHandle(this.ref.dot, { now, text });
  }

  drawBest() {
    const { ref, bestShown, planes: { data, parameters } } = this;
    ref.best.setAttribute("aria-pressed", String(bestShown));
    this.root.classList.toggle("xp-best-shown", bestShown);
    if (!bestShown) return;
    const [w, b] = this.lowest().line;
    ref.target.setAttribute("d", linePath(data, w, b));
    placeHandle(ref.bestMark, parameters, w, b);
  }

  /** What to tell about the view when nothing else is to be told. */
  remark(state) {
    if (!contains(this.planes.parameters, state.w, state.b)) return "This line is outside the view.";
    if (!this.bestShown) return "";
    const { line: [w, b], least } = this.lowest();
    const mean = `a mean ${KINDS[state.loss].label} loss of ${fixed(least, 4)}`;
    return `The best line has w = ${fixed(w, 3)} and b = ${fixed(b, 3)}, and ${mean}.`;
  }
}

/** Draw an explorable into an element; returns what frees it. */
function render(context) {
  const explorable = new FitLine(context);
  explorable.start();
  return () => explorable.life.abort();
}

/** Whether a value that came with a link can be shown. */
function accepts(name, value) {
  if (name === "loss") return Object.hasOwn(KINDS, value);
  return name !== "delta" || value > 0;
}

export default { render, accepts };
