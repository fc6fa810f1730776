/**
 * What a cell prints, as a part of the page. Loaded at the first Run.
 *
 *   const area = createOutputArea(element, { kernel });   before the run: no widget is missed then
 *     element: the cell's `div.cell_output` (with what the build put there), or an empty one.
 *     kernel: what `kernel.js` made.
 *   area.clear(wait = false)  at the start of a run: `clear(true)`, so that what stands in the cell
 *     (the build's outputs, or the last run's) stays until the first new output replaces it.
 *   area.append(output)       each output of the worker: stream, display_data, execute_result,
 *     update_display_data (reaches every area of this kernel), error, clear_output, waiting.
 *   area.settle()             when the run is done, whatever its end: drops what was to be replaced
 *     and has not been (a run that printed nothing), and gives back the height that was held.
 *     Returns a promise: all that the run shows is on the page (widgets load their code first).
 *   area.show(outputs)        a whole list in place of all (an Output widget).
 *   area.restore()            the build's outputs again ("Reset cell").
 *   area.dispose()            empties the element and frees what was in it.
 *   disconnectAll(kernel)     call it in `onlost`: the widgets of a Python that is gone are no longer
 *     live. Each becomes a still, with its values in words and a button "Run to make it live".
 *
 * The button "Run to make it live" is `<button type="button" data-run-cell>` inside the cell's
 * `div.cell`, made by the build (first frames) and here; live.js listens for clicks on
 * `[data-run-cell]` once, for the whole page, and runs the cell of `button.closest("div.cell")`.
 * page.css hides the button where Python is off (`html:not([data-live="on"])`), without scripts, and
 * in print.
 *
 * Loaded when first needed: `widgets.js` and `widgets.css` (a stock widget), `katex/katex.js` and
 * `katex/katex.css` (a formula), `host.js` of the explorables.
 */
import { address, load } from "../../lib/explorables/static/kit/files.js";
import { hubOf } from "./comms.js";
import { ownState, sharedModel } from "./shared_model.js";
import { fill, markdown, splitMath } from "./markdown.js";

const LONGEST = 200_000; // characters of one stream
const VIEW = "application/vnd.jupyter.widget-view+json";
const LITE = "Open the chapter in JupyterLite to use it.";

// ---------------------------------------------------------------------------------------------
// Small parts

/** An element with classes, and with what is in it. */
function make(tag, className, ...content) {
  const node = document.createElement(tag);
  if (className) node.className = className;
  node.append(...content);
  return node;
}

const styles = new Map();

/** Load a style sheet once; settles when it holds (or is missing, which is no reason to wait). */
function loadStyle(name) {
  const href = address(name);
  if (!styles.has(href)) {
    const link = Object.assign(document.createElement("link"), { rel: "stylesheet", href });
    const known = [...document.styleSheets].some((sheet) => sheet.href === href);
    styles.set(href, known ? Promise.resolve() : new Promise((done) => {
      link.onload = done;
      link.onerror = () => {
        styles.delete(href); // the next to ask tries again
        done();
      };
      document.head.append(link);
    }));
  }
  return styles.get(href);
}

/** What scrolls sideways can be reached by key, and only that. */
const scrolling = globalThis.ResizeObserver && new ResizeObserver((entries) => {
  const wide = entries.map(({ target }) => target.scrollWidth > target.clientWidth + 1);
  entries.forEach(({ target }, index) => {
    if (wide[index]) target.tabIndex = 0;
    else if (target !== document.activeElement) target.removeAttribute("tabindex");
  });
});

function reachable(node) {
  node.setAttribute("tabindex", "0");
  scrolling?.observe(node);
  return node;
}

/** Let each table scroll by itself where it is too wide. */
function frameTables(node) {
  node.querySelectorAll("table:not(.table-wrapper table)").forEach((table) => {
    const wrapper = reachable(make("div", "table-wrapper"));
    table.replaceWith(wrapper);
    wrapper.append(table);
  });
}

/** What Python wrote, which no translator may touch. */
const code = (text) => Object.assign(make("pre", "", text), { translate: false });

/** Text as the book shows it, in the frame of its kind. */
function textBlock(kind, text) {
  const pre = reachable(code(text));
  return make("div", `output ${kind} highlight-myst-ansi notranslate`, make("div", "highlight", pre));
}

const remark = (text) => make("p", "output remark", text);

/** A line with what its carriage returns overwrite. */
const overwritten = (line) =>
  line.replace(/\r+$/, "").split("\r").reduce((under, over) => over + under.slice(over.length), "");

/** A line that goes on: as it stands, and what has been written since the last carriage return. */
const goingOn = (line) => (line.includes("\r") ? `${overwritten(line)}\r${line.slice(line.lastIndexOf("\r") + 1)}` : line);

/** Text without colour codes and without what has been overwritten, to which more may come. */
function folded(text) {
  const bare = text.replace(/\x1b\[[0-?]*[ -/]*[@-~]/g, "");
  if (!/[\r\b]/.test(bare)) return bare;
  const lines = bare.replace(/[^\n]\x08/g, "").split("\n");
  return [...lines.slice(0, -1).map(overwritten), goingOn(lines.at(-1))].join("\n");
}

/** Text without colour codes, and with what a carriage return overwrites. */
export const plain = (text) => folded(text).split("\n").map(overwritten).join("\n");

// ---------------------------------------------------------------------------------------------
// Formulas

let katex;

/** KaTeX with its whole fonts: the page's own fonts hold only what the page was built with. */
function loadKatex() {
  katex ??= Promise.all([load("_live/katex/katex.js"), loadStyle("_live/katex/katex.css")]).then(([module]) => module.default);
  katex.catch(() => { katex = undefined; }); // the next run may find it
  return katex;
}

/** Set every formula in an element that `splitMath` has marked. */
async function typeset(root) {
  const formulas = [...root.querySelectorAll("[data-tex]")];
  if (!formulas.length) return;
  const { render } = await loadKatex();
  formulas.forEach((node) => {
    const displayMode = node.dataset.display === "true";
    render(node.dataset.tex, node, { displayMode, throwOnError: false, trust: false, strict: "ignore" });
  });
}

/** Set the formulas in the texts of an element, such as the label of a slider. */
async function typesetTexts(root) {
  const texts = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
  const found = [];
  while (texts.nextNode()) if (/\$|\\[([]/.test(texts.currentNode.data)) found.push(texts.currentNode);
  found.forEach((node) => {
    const span = make("span", "");
    span.innerHTML = splitMath(node.data);
    node.replaceWith(span);
  });
  await typeset(root);
}

function latex(text) {
  const node = make("div", "output text_latex");
  node.innerHTML = splitMath(text);
  return { node, ready: typeset(node) };
}

function markdownBlock(text) {
  const node = make("div", "output text_markdown");
  node.innerHTML = markdown(text);
  frameTables(node);
  return { node, ready: typeset(node) };
}

// ---------------------------------------------------------------------------------------------
// Pictures

/** Width and height of a PNG in CSS pixels, read from its head. */
export function pngSize(base64) {
  const bytes = Uint8Array.from(atob(base64.replace(/\s/g, "").slice(0, 1024)), (char) => char.charCodeAt(0));
  const data = new DataView(bytes.buffer);
  const physical = String.fromCharCode(...bytes).indexOf("pHYs");
  const perMetre = physical > 0 ? data.getUint32(physical + 4) : 0;
  const scale = perMetre ? 96 / (0.0254 * perMetre) : 1;
  return { width: Math.round(scale * data.getUint32(16)), height: Math.round(scale * data.getUint32(20)) };
}

/** A picture; the one that stands there takes the new content, so that nothing flickers. */
function picture(mime, data, { width, height }, old) {
  const img = old?.tagName === "IMG" ? old : make("img", "output");
  if (width) img.setAttribute("width", width); else img.removeAttribute("width");
  if (height) img.setAttribute("height", height); else img.removeAttribute("height");
  img.alt = "Figure made by this cell";
  img.src = mime === "image/svg+xml"
    ? `data:${mime};charset=utf-8,${encodeURIComponent(data)}`
    : `data:${mime};base64,${data.replace(/\s/g, "")}`;
  return { node: img, ready: img.decode?.().catch(() => {}) };
}

// ---------------------------------------------------------------------------------------------
// HTML

function htmlBlock(text) {
  const node = make("div", "output text_html");
  fill(node, text);
  scrolling?.observe(node);
  frameTables(node);
  if (node.querySelector("script")) {
    node.append(remark(`This output brings JavaScript of its own, which this page does not run. ${LITE}`));
  }
  noteVerdicts(node);
  return { node, ready: Promise.all([...node.querySelectorAll(OUR_OWN)].map((el) => startExplorable(el))) };
}

// ---------------------------------------------------------------------------------------------
// Explorables, exercises and widgets

const OUR_OWN = ".explorable[data-module], .exercise[data-exercise]";

/** The script that brings pictures to life, or exercises. */
const hostOf = (isExercise) => load(isExercise ? "_exercises/exercise.js" : "_explorables/host.js");

/** Start a picture or an exercise of the book, on Python's state where there is one. */
async function startExplorable(el, comm) {
  const isExercise = el.matches(".exercise");
  if (!isExercise && !/^\w+$/.test(el.dataset.module)) return;
  const [host] = await Promise.all([hostOf(isExercise), loadStyle("_explorables/explorables.css")]);
  await host.startLater(el, comm && sharedModel(comm, host.createModel));
}

/** Keep what a check of the reader's function has said. */
async function noteVerdicts(node) {
  const results = [...node.querySelectorAll(".exercise-result[data-exercise]")];
  if (!results.length) return;
  const host = await hostOf(true);
  results.forEach(({ dataset }) => host.note(dataset));
}

/** The element of an exercise that Python has made: it brings its sheet. */
function exerciseOf({ state }) {
  const el = make("div", "exercise");
  Object.assign(el.dataset, { exercise: state._sheet.id, instance: state.instance, sheet: JSON.stringify(state._sheet) });
  return el;
}

/** The element of an explorable that Python has made, in the state that it has now. */
function explorableOf(comm) {
  if (comm.explorable === "exercise") return exerciseOf(comm);
  const el = make("div", "explorable");
  el.dataset.module = comm.explorable;
  el.dataset.state = JSON.stringify(ownState(comm));
  el.dataset.spec = JSON.stringify(comm.state._spec);
  return el;
}

/** An explorable of Python's: its element, and the promise that it is alive. */
function liveExplorable(comm) {
  // host.js starts, by itself, what is in the page when it loads: this one waits outside.
  const node = make("div", "output text_html");
  const el = explorableOf(comm);
  const ready = hostOf(comm.explorable === "exercise").then(() => {
    node.append(el);
    return startExplorable(el, comm);
  });
  return { node, ready };
}

/** The manager of the stock widgets of this Python: 0.2 MB, loaded when the first one shows. */
async function managerOf(hub) {
  hub.bundle ??= Promise.all([load("_live/widgets.js"), loadStyle("_live/widgets.css")]);
  hub.bundle.catch(() => { hub.bundle = undefined; });
  const [{ createManager }] = await hub.bundle;
  hub.manager ??= createManager({ hub, createOutputArea, liveExplorable, typeset: typesetTexts });
  return hub.manager;
}

/** "Run to make it live", under what a widget shows without Python. */
export function still(...content) {
  const button = make("button", "run-live", "Run to make it live");
  button.type = "button";
  button.dataset.runCell = "";
  return make("div", "first-frame", ...content, button);
}

/** A stock widget: its element, the promise that it is live, and what becomes of it without Python. */
function stockWidget(comm, area) {
  const node = make("div", "output widget");
  let shown;
  const free = () => shown?.free();
  const disconnect = () => {
    if (node.querySelector(":scope > .first-frame")) return;
    const frame = still(...(shown?.frame() ?? []));
    free();
    node.replaceChildren(frame);
  };
  const show = async () => {
    const manager = await managerOf(area.hub);
    if (comm.alive) shown = await manager.show(comm.id, node, area);
    if (!comm.alive) disconnect();
  };
  return { node, ready: show(), free, disconnect };
}

function widgetView({ model_id: id }, area) {
  const comm = area.hub.comms.get(id);
  if (!comm) return { node: still(remark("This widget belongs to a Python that is gone.")) };
  return comm.explorable ? liveExplorable(comm) : stockWidget(comm, area);
}

// ---------------------------------------------------------------------------------------------
// From an output to a node

const text = (data) => (Array.isArray(data) ? data.join("") : data);
const image = (mime) => (data, { metadata, old }) =>
  picture(mime, text(data), { ...(mime === "image/png" ? pngSize(text(data)) : {}), ...metadata?.[mime] }, old);

/** How each kind is shown, the best first. */
const KINDS = {
  [VIEW]: (data, { area }) => widgetView(data, area),
  "text/html": (data) => htmlBlock(text(data)),
  "text/markdown": (data) => markdownBlock(text(data)),
  "text/latex": (data) => latex(text(data)),
  "image/svg+xml": image("image/svg+xml"),
  "image/png": image("image/png"),
  "image/jpeg": image("image/jpeg"),
  "image/gif": image("image/gif"),
  "application/json": (data) => ({ node: textBlock("text_plain", JSON.stringify(data, null, 2)) }),
  "application/javascript": () => ({ node: remark(`This page runs no JavaScript out of a cell. ${LITE}`) }),
  "text/plain": (data) => ({ node: textBlock("text_plain", plain(text(data))) }),
};

/** A bundle of one thing in several kinds, as its best one. */
function displayNode({ data, metadata }, area, old) {
  const kind = Object.keys(KINDS).find((mime) => data[mime] !== undefined);
  if (!kind) return { node: remark(`This page cannot show ${Object.keys(data).join(", ")}. ${LITE}`) };
  return { kind, ...KINDS[kind](data[kind], { area, metadata, old }) };
}

function errorNode({ ename, evalue, traceback = [], hint }) {
  const node = make("div", "output error");
  node.append(make("p", "error-name", make("b", "", ename), evalue ? `: ${evalue}` : ""));
  if (hint) node.append(make("p", "error-hint", hint));
  if (traceback.length) node.append(make("div", "highlight", reachable(code(plain(traceback.join("\n"))))));
  return { node };
}

const streamNode = ({ name, text: said }) => ({ node: textBlock(name === "stderr" ? "stderr" : "stream", plain(text(said))) });

/** An output as {node, ready?, free?, disconnect?}; `old` is a node that it may take over. */
function nodeOf(output, area, old) {
  if (output.output_type === "stream") return streamNode(output);
  if (output.output_type === "error") return errorNode(output);
  if (output.output_type === "waiting") return { node: remark(`${output.step} …`) };
  return displayNode(output, area, old);
}

// ---------------------------------------------------------------------------------------------
// The area

const areas = new Map(); // element -> area

class OutputArea {
  constructor(element, { kernel }) {
    this.element = element;
    this.hub = hubOf(kernel);
    this.built = [...element.childNodes];
    this.captions = [...element.querySelectorAll("figure[id]")];
    this.items = this.built.map((node) => ({ node })); // what stands there
    this.figures = 0; // how many of their captions are in use
    this.stale = []; // what the next output replaces
    this.waiting = [];
    areas.set(element, this);
  }

  clear(wait = false) {
    this.hold();
    this.stale.push(...this.items.splice(0));
    this.figures = 0;
    if (!wait) this.drop();
  }

  append(output) {
    if (output.output_type === "clear_output") return this.clear(output.wait);
    if (output.output_type === "update_display_data") return this.update(output);
    const last = this.items.at(-1);
    if (last?.output?.output_type === "waiting") this.remove(this.items.pop());
    if (output.output_type === "stream" && this.extend(last, output)) return undefined;
    const old = this.stale.find((item) => item.kind?.startsWith("image/"));
    const item = this.put(output, old?.node);
    const taken = old && item.node === old.node;
    if (taken) this.stale.splice(this.stale.indexOf(old), 1);
    this.drop();
    this.element.append(taken ? this.taken(item, old) : this.framed(item));
    return undefined;
  }

  /** Make the item of an output and keep it. */
  put(output, old) {
    const item = { output, ...nodeOf(output, this, old) };
    this.items.push(item);
    if (item.ready) this.waiting.push(item.ready.catch((error) => this.failed(item, error)));
    this.note(item);
    return item;
  }

  /** Let later news of a display reach what shows it. */
  note(item) {
    const id = item.output.transient?.display_id;
    if (!id) return;
    const { displays } = this.hub;
    displays.set(id, [...(displays.get(id) ?? []).filter(({ item: { node } }) => node.isConnected), { item, area: this }]);
  }

  failed(item, error) {
    console.error(error);
    item.node.replaceChildren(remark("This output could not be shown: a part of the page did not load. Run the cell again."));
  }

  /** The first pictures and widgets of a cell keep the place, the caption and the anchor of its figures. */
  framed(item) {
    const figure = /^image\/|widget-view/.test(item.kind) && this.captions[this.figures];
    if (!figure) return item.node;
    this.figures += 1;
    item.frame = figure.cloneNode(true);
    (item.frame.querySelector(".first-frame") ?? item.frame.querySelector("img")).replaceWith(item.node);
    return item.frame;
  }

  /** The frame of a picture that has been taken over goes with it. */
  taken(item, { frame }) {
    item.frame = frame;
    if (frame) this.figures += 1;
    return frame ?? item.node;
  }

  /** Add to the stream that stands last, unless the output is of another kind. */
  extend(last, { name, text: more }) {
    if (last?.output?.output_type !== "stream" || last.output.name !== name) return false;
    const raw = text(last.output.text) + text(more);
    const whole = folded(raw); // what a progress bar has overwritten does not count
    last.output = { ...last.output, text: whole.slice(0, LONGEST) };
    const pre = last.node.querySelector("pre");
    if (/[\r\b\x1b]/.test(raw) || whole.length > LONGEST) {
      pre.textContent = plain(last.output.text) + (whole.length > LONGEST ? "\n… (the rest is not shown)" : "");
    } else pre.append(text(more));
    return true;
  }

  update(output) {
    const shown = this.hub.displays.get(output.transient?.display_id) ?? [];
    shown.forEach(({ item, area }) => area.replace(item, output));
  }

  /** Show something else where an item stands. */
  replace(item, output) {
    const { node: old, free } = item;
    const fresh = nodeOf({ ...output, output_type: "display_data" }, this, old);
    if (fresh.node !== old) {
      free?.();
      old.replaceWith(fresh.node);
    }
    Object.assign(item, { free: undefined, disconnect: undefined }, fresh);
    if (item.ready) this.waiting.push(item.ready.catch((error) => this.failed(item, error)));
  }

  /** Show a whole list; what has not changed stays as it is. */
  show(outputs) {
    const before = this.items.splice(0);
    outputs.forEach((output, index) => {
      const old = before[index];
      if (old && JSON.stringify(old.output) === JSON.stringify(output)) return this.keep(before, index);
      const item = this.put(output, old?.node);
      if (old && item.node === old.node) delete before[index];
      this.place(item, index);
      return undefined;
    });
    before.forEach((item) => this.remove(item));
  }

  keep(before, index) {
    this.items.push(before[index]);
    delete before[index];
  }

  /** Put a node where the list has it. */
  place({ node }, index) {
    const previous = this.items[index - 1]?.node;
    const next = previous ? previous.nextSibling : this.element.firstChild;
    if (next !== node) this.element.insertBefore(node, next);
  }

  remove({ node, frame, free }) {
    free?.();
    (frame ?? node).remove();
  }

  drop() {
    this.stale.splice(0).forEach((item) => this.remove(item));
  }

  /** Keep the height while things are exchanged, so that the page below does not jump. */
  hold() {
    const { height } = this.element.getBoundingClientRect();
    if (height) this.element.style.minHeight = `${Math.ceil(height)}px`;
  }

  async settle() {
    this.drop();
    const last = this.items.at(-1);
    if (last?.output?.output_type === "waiting") this.remove(this.items.pop());
    await Promise.all(this.waiting.splice(0));
    this.element.style.minHeight = "";
  }

  restore() {
    this.dispose();
    areas.set(this.element, this);
    this.items = this.built.map((node) => ({ node }));
    this.element.append(...this.built);
    this.built
      .flatMap((node) => [...(node.querySelectorAll?.(OUR_OWN) ?? [])])
      .forEach((el) => startExplorable(el));
  }

  disconnect() {
    this.items.forEach(({ disconnect }) => disconnect?.());
  }

  dispose() {
    [...this.stale.splice(0), ...this.items.splice(0)].forEach((item) => this.remove(item));
    this.element.style.minHeight = "";
    areas.delete(this.element);
  }
}

/** The area of an element: see the head of this file. */
export function createOutputArea(element, { kernel }) {
  return areas.get(element) ?? new OutputArea(element, { kernel });
}

/** Let the widgets of a Python that is gone say so. */
export function disconnectAll(kernel) {
  const hub = hubOf(kernel);
  areas.forEach((area) => area.hub === hub && area.disconnect());
  hub.end();
}
