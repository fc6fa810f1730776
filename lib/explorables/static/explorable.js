/**
 * What every explorable is: a frame (question, controls, views, words, table), one state, and one
 * way from a change of the state to a drawing. A subclass says what is its own.
 *
 *   static title     its name for readers           static python   its class in lib.explorables
 *   static state     the names of its values        static fixed    those that no link carries
 *   static accepts(name, value, state)  whether a value of a link, in its state, can be shown
 *   parts(state)     its markup: see frameHtml      handles()       its handles, by data-ref
 *   draw(state)      what moves, once a frame       numbers(state)  texts by data-ref, each frame
 *   rest(state)      { words, rows, remark, handles }: what is said once the reader rests
 *   grade(guess, state)  the answer to a prediction actions()       what its buttons do, by data-ref
 *   call(state)      the keywords of the call in Python that gives this view again
 */
import { bindHandle, describeHandle, fixed, placeHandle } from "./chart.js";
import { afterwards, buttonHtml, copy, mount, oncePerFrame, rowsHtml, write } from "./controls.js";
import { readNumber } from "./numbers.js";

const KEYS_HELP =
  "Tab goes from handle to handle. Arrow keys move one; with Shift, a tenth as far; Page Up and " +
  "Page Down, ten times; Home and End, to the ends.";

const predictHtml = ({ question, guess, wait = "Commit to a number before you drag." }) =>
  `<form class="xp-predict" data-ref="predict"><span><b>Predict first.</b> ${question}</span>` +
  `<span class="xp-answer"><input type="text" autocomplete="off" aria-label="${guess}" ` +
  `data-ref="guess"><button data-ref="commit">Commit</button></span>` +
  `<output class="xp-verdict" data-ref="verdict" data-wait="${wait}"></output></form>`;

const numbersHtml = ({ head = [], help = KEYS_HELP }) =>
  `<details class="xp-numbers"><summary>The numbers, and the keys</summary><div class="xp-scroll" tabindex="0" ` +
  `role="group" aria-label="Table of the numbers"><table><thead><tr>${head.map((cell) => `<th>${cell}</th>`).join("")}</tr></thead>` +
  `<tbody data-ref="rows"></tbody></table></div><p>${help}</p></details>`;

/**
 * The frame. parts: predict { question, guess: its label, wait }; bar: controls; views: the panels;
 * buttons: more of them, before "Reset"; read: a first line of words; own: ownDataHtml(...);
 * table { head, help }
 */
const frameHtml = ({ title, python }, { predict, bar = "", views, buttons = "", read = "", own = "", table = {} }) =>
  `<div class="xp" data-kind="${python}" role="group" aria-label="${title}" data-lm-suppress-shortcuts="true">${predictHtml(predict)}` +
  `<form class="xp-bar">${bar}<span class="xp-buttons">${buttons}${buttonHtml("reset", "Reset")}</span></form>` +
  `<div class="xp-views">${views}</div>` +
  `<div class="xp-foot"><p class="xp-read" data-ref="read">${read}</p><span class="xp-buttons">` +
  `${buttonHtml("copyLink", "Copy link")}${buttonHtml("copyPython", "Copy as Python")}</span></div>` +
  `<p class="xp-note" role="status" data-ref="note"></p>${own}${numbersHtml(table)}` +
  `<p class="xp-hidden" aria-live="polite" data-ref="live"></p></div>`;

/** A value as Python writes it. */
function literal(value) {
  if (typeof value === "boolean") return value ? "True" : "False";
  if (typeof value === "string") return `"${value}"`;
  return Array.isArray(value) ? `[${value.map(literal).join(", ")}]` : String(value);
}

/** What a box, a radio button or a slider holds, as a value of the model. */
function valueOf(input) {
  if (input.type === "checkbox") return input.checked;
  return input.type === "range" || input.dataset.kind === "number" ? Number(input.value) : input.value;
}

/** Let a control show a value of the model. */
function showValue(input, value) {
  if (input.type === "checkbox") input.checked = value;
  else if (input.type === "radio") input.checked = input.value === String(value);
  else if (input.value !== String(value)) input.value = value;
}

export class Explorable {
  constructor({ model, el, page, initial }) {
    this.model = model;
    this.page = page;
    this.window = el.ownerDocument.defaultView;
    this.life = new AbortController();
    this.signal = this.life.signal;
    this.initial = initial ?? this.state();
    this.message = ""; // stands until the next move
    this.prepare(this.state());
    this.ref = mount(el, () => frameHtml(this.constructor, this.parts(this.state())));
    this.root = el.querySelector(".xp");
    this.controls = [...this.root.querySelectorAll("[data-model]")];
    this.outputs = [...this.root.querySelectorAll("[data-out]")];
    this.knobs = {};
  }

  // What a subclass may leave out.
  prepare() {}
  handles() { return {}; }
  draw() {}
  numbers() { return {}; }
  rest() { return {}; }
  actions() { return {}; }
  grade() { return ""; }
  call(state) { return state; }

  /** The values of the model, by name. */
  state() {
    return Object.fromEntries(this.constructor.state.map((name) => [name, this.model.get(name)]));
  }

  /** Listen, draw once, and from then on once a frame. */
  start() {
    const { signal, model } = this;
    const request = oncePerFrame(this.window, () => { this.show(); model.save_changes(); }, signal);
    const settle = afterwards(this.window, () => this.settle(), signal);
    const changed = () => { request(); settle(); };
    const names = [...this.constructor.state, "note"];
    names.forEach((name) => model.on(`change:${name}`, changed));
    signal.addEventListener("abort", () => names.forEach((name) => model.off(`change:${name}`, changed)));
    this.request = request;
    this.bindHandles();
    this.bindControls();
    this.finish();
    this.root.dataset.live = "";
  }

  /** Change values of the model; what was said about the last view goes. */
  set(values) {
    this.say("");
    this.model.set("note", "");
    Object.entries(values).forEach(([name, value]) => this.model.set(name, value));
  }

  /** A line of text under the picture, until the next move. */
  say(message) {
    this.message = message;
    write(this.ref.note, message);
  }

  /** Draw what moved: few nodes, and no reading of the layout. */
  show() {
    const state = this.state();
    this.draw(state);
    Object.entries(this.numbers(state)).forEach(([name, text]) => write(this.ref[name], text));
    Object.entries(this.knobs).forEach(([name, knob]) => this.placeKnob(this.ref[name], knob));
    this.controls.forEach((input) => showValue(input, state[input.dataset.model]));
    this.outputs.forEach((out) => write(out, fixed(state[out.dataset.out], Number(out.dataset.digits))));
  }

  /** Say on the frame what is chosen, and leave in each formula the part that is for it. */
  choose(values) {
    for (const [name, value] of Object.entries(values)) {
      if (this.root.dataset[name] === String(value)) continue;
      this.root.dataset[name] = value;
      this.root.querySelectorAll(`mrow[data-${name}]`).forEach((part) =>
        part.toggleAttribute("hidden", part.getAttribute(`data-${name}`) !== String(value)));
    }
  }

  placeKnob(node, knob) {
    const [x, y] = knob.place();
    if (Number.isFinite(x) && Number.isFinite(y)) placeHandle(node, knob.view, x, y);
  }

  /** What follows a move at its end: words, the table, the places of the handles. */
  settle() {
    const state = this.state();
    const { words = "", rows = [], remark = "", handles = {} } = this.rest(state);
    const table = rowsHtml(rows);
    if (this.table !== table) this.ref.rows.innerHTML = this.table = table;
    const focused = this.root.getRootNode().activeElement;
    let isHeard = false; // a screen reader reads out the text of the handle that has the focus
    Object.entries(this.knobs).forEach(([name, knob]) => {
      const now = knob.place()[knob.along === "y" ? 1 : 0];
      const text = `${handles[name] ? `${handles[name]}; ` : ""}${words}`;
      if (!Number.isFinite(now)) return;
      describeHandle(this.ref[name], { now, text });
      isHeard ||= this.ref[name] === focused;
    });
    write(this.ref.live, isHeard ? "" : words);
    write(this.ref.note, this.message || this.model.get("note") || remark);
  }

  /** Draw what moved and say where it came to rest. */
  finish() {
    this.show();
    this.settle();
  }

  bindHandles() {
    const done = () => this.finish();
    const memory = () => { const was = this.state(); return () => this.set(was); };
    Object.entries(this.handles()).forEach(([name, knob]) => {
      knob.done ??= done;
      knob.memory = memory;
      this.knobs[name] = knob;
      bindHandle(this.ref[name], knob, this.signal);
    });
  }

  bindControls() {
    const { ref, signal } = this;
    const on = (node, type, listener) => node.addEventListener(type, listener, { signal });
    const link = async () => this.say(await copy(this.window, this.page.link(), "Link"));
    const python = async () => this.say(await copy(this.window, this.pythonCall(), "Python"));
    const actions = { reset: () => this.reset(), copyLink: link, copyPython: python, ...this.actions() };
    Object.entries(actions).forEach(([name, action]) => on(ref[name], "click", action));
    this.controls.forEach((input) =>
      on(input, "input", () => this.set({ [input.dataset.model]: valueOf(input) })));
    [...this.root.querySelectorAll("form")].forEach((form) =>
      on(form, "submit", (event) => event.preventDefault()));
    // Enter in the box clicks the button too, also in a frame that may not submit forms.
    on(ref.commit, "click", (event) => { event.preventDefault(); this.answer(); });
    ref.copyLink.hidden = !this.page;
  }

  /** Answer the reader's prediction; what is no number, or may be two, is no guess. */
  answer() {
    const { value, echo, question = "Type a number, for example 0.5 or 1/3." } = readNumber(this.ref.guess.value);
    const verdict = value === undefined ? question : `${echo} ${this.grade(value, this.state())}`.trim();
    write(this.ref.verdict, verdict);
  }

  /** The call in Python that gives this view again. */
  pythonCall() {
    const keywords = Object.entries(this.call(this.state()));
    return `${this.constructor.python}(${keywords.map(([name, value]) => `${name}=${literal(value)}`).join(", ")})`;
  }

  /** The first view again, as if nothing had been done. */
  reset() {
    this.ref.guess.value = "";
    write(this.ref.verdict, "");
    this.set(Object.fromEntries(this.constructor.state.map((name) => [name, this.initial[name]])));
    this.finish();
  }
}

/** What a module hands to its host: how to draw, what a link may bring, and what it never carries. */
export const define = (Kind) => ({
  render(context) {
    const explorable = new Kind(context);
    explorable.start();
    return () => explorable.life.abort();
  },
  accepts: (name, value, state) => Kind.accepts?.(name, value, state) ?? true,
  fixed: Kind.fixed ?? [],
  state: Kind.state,
});
