/**
 * What every explorable is: a frame (question, controls, views, words, table), one state, and one
 * way from a change of the state to a drawing. A subclass says what is its own.
 *
 *   static fault(state)  why values that are sound each by itself cannot be shown together, or ""
 *   static together      names of values that give way to the first ones while they have a fault
 *   derive(state)        all that follows from the state: worked out once for each state, and
 *                        handed on to all of the following as `now`
 *
 *   parts(state)         its markup: see frameHtml   handles()            its handles, by data-ref: see knob
 *   paths(state, now)    outlines by data-ref        numbers(state, now)  texts by data-ref, both each frame
 *   marks(state, now)    places by data-ref: [view, x, y]
 *   draw(state, now)     what else moves, each frame
 *   describe(state, now) { words, rows, remark, handles }: what is said once the reader rests
 *   grade(guess, state, now)  the answer to a prediction  actions()       what its buttons do, by data-ref
 *   call(state)          the keywords of the call in Python that gives this view again
 *
 * What the values are, and what they may be, its Python class says: see spec.js.
 */
import { bindHandle, clamp, describeHandle, fixed, placeHandle, setPaths } from "./chart.js";
import { afterwards, buttonHtml, copy, mount, oncePerFrame, rowsHtml, sliderHtml, write } from "./controls.js";
import { readNumber } from "./numbers.js";
import { fits, keywords } from "./spec.js";

const KEYS_HELP =
  "Tab goes from handle to handle. Arrow keys move one; with Shift, a tenth as far; Page Up and " +
  "Page Down, ten times; Home and End, to the ends.";

const predictHtml = ({ question, guess, wait = "Type a number before you drag." }) =>
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

const AXES = ["x", "y"];

/** A value of the state by its name, or one of a list by [name, index]. */
const valueAt = (state, at) => (Array.isArray(at) ? state[at[0]]?.[at[1]] : state[at]);

/** Values with one of them changed. */
function withValue(values, state, at, value) {
  if (!Array.isArray(at)) return { ...values, [at]: value };
  const [name, index] = at;
  return { ...values, [name]: (values[name] ?? state[name]).map((old, i) => (i === index ? value : old)) };
}

export class Explorable {
  constructor({ model, el, page, initial, spec }) {
    this.model = model;
    this.spec = spec ?? model.get("_spec");
    this.names = Object.keys(this.spec.values);
    this.page = page;
    this.window = el.ownerDocument.defaultView;
    this.life = new AbortController();
    this.signal = this.life.signal;
    this.kept = {}; // what was worked out last, by name: see once
    this.message = ""; // stands until the next move
    this.initial = initial ?? this.state();
    this.prepare(this.state());
    this.ref = mount(el, () => frameHtml(this.spec, this.parts(this.state())));
    this.root = el.querySelector(".xp");
    this.controls = [...this.root.querySelectorAll("[data-model]")];
    this.outputs = [...this.root.querySelectorAll("[data-out]")];
    this.knobs = {};
  }

  // What a subclass may leave out.
  prepare() {}
  derive() {}
  handles() { return {}; }
  grabbed() {}
  paths() { return {}; }
  marks() { return {}; }
  numbers() { return {}; }
  draw() {}
  describe() { return {}; }
  actions() { return {}; }
  grade() { return ""; }
  call(state) { return keywords(this.spec, state); }

  /** What was found last under a name, unless one of the values that it depends on has changed. */
  once(name, on, find) {
    const known = this.kept[name];
    if (known?.on.every((value, i) => Object.is(value, on[i]))) return known.found;
    return (this.kept[name] = { on, found: find() }).found;
  }

  /** The values of the model by name: one object as long as they stay; what cannot be shown gives way. */
  state() {
    const given = this.names.map((name) => this.model.get(name));
    return this.once("state", given, () => {
      const state = Object.fromEntries(this.names.map((name, i) => [name, given[i]]));
      const { together, fault } = this.constructor;
      this.fault = together ? fault(state) : "";
      if (!this.fault) return state;
      const first = (name) => (fault(this.initial ?? state) ? this.spec.values[name].default : this.initial[name]);
      return { ...state, ...Object.fromEntries(together.map((name) => [name, first(name)])) };
    });
  }

  /** What follows from the state. */
  get now() {
    const state = this.state();
    return this.once("now", [state], () => this.derive(state));
  }

  /** Listen, draw once, and from then on once a frame. */
  start() {
    const { names, signal, model } = this;
    const request = oncePerFrame(this.window, () => { this.show(); model.save_changes(); }, signal);
    const settle = afterwards(this.window, () => this.settle(), signal);
    const changed = () => { request(); settle(); };
    const heard = ({ note }) => typeof note === "string" && this.say(note);
    const events = [["msg:custom", heard], ...names.map((name) => [`change:${name}`, changed])];
    events.forEach((event) => model.on(...event));
    signal.addEventListener("abort", () => events.forEach((event) => model.off(...event)));
    this.request = request;
    this.bindHandles();
    this.bindControls();
    this.finish();
    this.root.dataset.live = "";
  }

  /** Change values of the model; what was said about the last view goes. */
  set(values) {
    this.say("");
    Object.entries(values).forEach(([name, value]) => this.model.set(name, value));
  }

  /** A line of text under the picture, until the next move. */
  say(message) {
    this.message = message;
    write(this.ref.note, message);
  }

  /** Draw what moved: few nodes, and no reading of the layout. */
  show() {
    const [{ ref, now }, state] = [this, this.state()];
    setPaths(ref, this.paths(state, now));
    this.draw(state, now);
    Object.entries(this.marks(state, now)).forEach(([name, place]) => this.place(name, ...place));
    Object.entries(this.numbers(state, now)).forEach(([name, text]) => write(ref[name], text));
    Object.entries(this.knobs).forEach(([name, knob]) => this.place(name, knob.view, ...knob.place()));
    this.controls.forEach((input) => showValue(input, state[input.dataset.model]));
    this.outputs.forEach((out) => write(out, fixed(state[out.dataset.out], Number(out.dataset.digits))));
  }

  /** Put a node at a place of its plot, or at its edge; where there is no place it stays. */
  place(name, view, x, y) {
    if (![x, y].some(Number.isNaN)) placeHandle(this.ref[name], view, x, y);
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

  /** What follows a move at its end: words, the table, the places of the handles. */
  settle() {
    const { words = "", rows = [], remark = "", handles = {} } = this.describe(this.state(), this.now);
    const table = rowsHtml(rows);
    if (this.table !== table) this.ref.rows.innerHTML = this.table = table;
    const focused = this.root.getRootNode().activeElement;
    let isHeard = false; // a screen reader reads out the text of the handle that has the focus
    Object.entries(this.knobs).forEach(([name, knob]) => {
      const { now, domain } = this.told(knob);
      const text = `${handles[name] ? `${handles[name]}; ` : ""}${words}`;
      if (!Number.isFinite(now)) return;
      describeHandle(this.ref[name], { now, domain, text });
      isHeard ||= this.ref[name] === focused;
    });
    write(this.ref.live, isHeard ? "" : words);
    const fault = this.fault && `These data cannot be drawn. ${this.fault}`;
    write(this.ref.note, this.message || fault || remark);
  }

  /** The number that a handle tells assistive technology, and its ends. */
  told({ view, along = "x", place }) {
    return { now: place()[AXES.indexOf(along)], domain: view[along].domain };
  }

  /** Draw what moved and say where it came to rest. */
  finish() {
    this.show();
    this.settle();
  }

  /**
   * A handle that stands for values of the state; the reader's hand stays inside the view.
   * @param {string} label @param {View | (() => View)} view
   * @param {{ x: any, y: any }} at what is along each axis: the name of a value, [name, index] of one in a list, or a
   *   function that tells where the handle stands though nothing can be set there
   * @param {(value: number, domain: number[]) => number} [round] what the hand sets
   */
  knob(label, view, at, round = (value) => value) {
    const set = AXES.filter((axis) => typeof at[axis] !== "function");
    const viewNow = () => (typeof view === "function" ? view() : view);
    const place = () => AXES.map((axis) => (set.includes(axis) ? valueAt(this.state(), at[axis]) : at[axis](this.now)));
    const move = (...to) => {
      const value = (axis) => {
        const { domain } = viewNow()[axis];
        return round(clamp(to[AXES.indexOf(axis)], domain), domain);
      };
      this.set(set.reduce((values, axis) => withValue(values, this.state(), at[axis], value(axis)), {}));
    };
    return { label, view, along: set.length > 1 ? undefined : set[0], place, move };
  }

  bindHandles() {
    Object.entries(this.handles()).forEach(([name, knob]) => {
      this.knobs[name] = this.ready(knob);
      bindHandle(this.ref[name], knob, this.signal);
    });
  }

  /** A handle with what is the same for all: it stands inside its view, and its moves end in words. */
  ready(knob) {
    const { view, along, place, grab, done } = knob;
    const inside = (value, i) => (along && along !== AXES[i] ? value : clamp(value, knob.view[AXES[i]].domain));
    if (typeof view === "function") Object.defineProperty(knob, "view", { get: view });
    return Object.assign(knob, {
      place: () => place().map(inside),
      grab: () => { this.grabbed(); grab?.(); },
      done: () => { done?.(); this.finish(); },
      memory: () => { const was = this.state(); return () => this.set(was); },
    });
  }

  bindControls() {
    const { ref, signal } = this;
    const on = (node, type, listener) => node.addEventListener(type, listener, { signal });
    const link = async () => this.say(await copy(this.window, this.page.link(), "Link"));
    const python = async () => this.say(await copy(this.window, this.pythonCall(), "Python"));
    const own = Object.entries(this.actions()).map(([name, action]) => [name, () => { action(); this.finish(); }]);
    const actions = [["reset", () => this.reset()], ["copyLink", link], ["copyPython", python], ...own];
    actions.forEach(([name, action]) => on(ref[name], "click", action));
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
    const verdict = value === undefined ? question : `${echo} ${this.grade(value, this.state(), this.now)}`.trim();
    write(this.ref.verdict, verdict);
  }

  /** The call in Python that gives this view again. */
  pythonCall() {
    const keywords = Object.entries(this.call(this.state()));
    return `${this.spec.python}(${keywords.map(([name, value]) => `${name}=${literal(value)}`).join(", ")})`;
  }

  /** Give values their first view again. */
  restore(names) { this.set(Object.fromEntries(names.map((name) => [name, this.initial[name]]))); }

  /** Whether values can be shown, together with the others as they are. */
  takes(values) {
    const sound = Object.entries(values).every(([name, value]) => fits(value, this.spec.values[name]));
    return sound && !this.constructor.fault?.({ ...this.state(), ...values });
  }

  /** A slider for a value, as long as its bounds unless its spec says otherwise. */
  slider(name, words) { return sliderHtml(name, this.spec.values[name], words); }

  /** The first view again, as if nothing had been done. */
  reset() {
    this.ref.guess.value = "";
    write(this.ref.verdict, "");
    this.restore(this.names);
    this.finish();
  }
}

/** What a module hands to its host: how to draw, and which values cannot be shown together. */
export const define = (Kind) => ({
  render(context) {
    const explorable = new Kind(context);
    explorable.start();
    return () => explorable.life.abort();
  },
  fault: (state) => Kind.fault?.(state) ?? "",
});
