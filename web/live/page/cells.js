/** One code cell of a chapter: its source, its bar, its notes, its editor. */
import { load } from "../../../lib/explorables/static/kit/files.js";
import { announce, button, icon, loadStyle, make, unfold } from "./dom.js";
import { createEditor as createPlainEditor } from "./plain_editor.js";

/** The words of a cell's state; those of a cell that has not run are for screen readers alone at first. */
const STATES = {
  idle: "not run",
  queued: "queued",
  starting: "waiting for Python",
  running: "running",
  ok: "done",
  error: "error",
};
const STALE = { self: "edited since it ran", above: "ran before an edit above" };

const withoutEnd = (text) => text.replace(/\n+$/, "");
const PATIENCE = 8_000; // milliseconds; a plain field that is there is better than an editor that may come
let editorModule;

/** The editor's code, loaded once; without it, or where it does not come, a plain field does the same. */
async function loadEditor() {
  editorModule ??= load("_live/editor.js").catch(() => {
    editorModule = undefined;
    return {};
  });
  const { createEditor } = await inTime(editorModule, {});
  return (options) => {
    try {
      return createEditor(options);
    } catch {
      options.parent.replaceChildren();
      return createPlainEditor(options);
    }
  };
}

/** What a promise brings, or something else when it takes too long. */
const inTime = (promise, otherwise) => Promise.race([promise, new Promise((done) => setTimeout(done, PATIENCE, otherwise))]);

/** The author's lines as the book has coloured them, by their text. */
function colouredLines(pre) {
  const rows = withoutEnd(pre.innerHTML.replace(/^<span><\/span>/, "")).split("\n");
  const whole = rows.filter((row) => (row.match(/<span/g) ?? []).length === (row.match(/<\/span>/g) ?? []).length);
  return new Map(whole.map((row) => [Object.assign(make("span"), { innerHTML: row }).textContent, row]));
}

export class Cell {
  /**
   * @param {HTMLElement} el  `div.cell`
   * @param {number} index    counted from 0; readers count from 1
   * @param {object} page     what a cell asks of its chapter: run, stop, changed, reset, complete, intent
   */
  constructor(el, index, page) {
    Object.assign(this, { el, index, page, state: "idle", stale: "", run: null });
    this.number = index + 1;
    this.name = `Cell ${this.number}`;
    this.id = el.dataset.cellId;
    this.pre = el.querySelector(".cell_input pre");
    this.author = withoutEnd(this.pre.textContent);
    this.source = this.author;
    this.drawBar();
    this.listen();
  }

  get edited() {
    return this.source !== this.author;
  }

  /** Whatever it prints goes here; a cell that printed nothing for the author gets a place. */
  get output() {
    const found = this.el.querySelector(".cell_output");
    if (found) return found;
    const made = make("div", { class: "cell_output docutils container" });
    this.notes.after(made);
    return made;
  }

  drawBar() {
    this.runButton = button("", () => this.pressed(), { class: "live-run" });
    this.editButton = button("Edit", () => this.edit(), { class: "live-edit", "aria-label": `Edit cell ${this.number}` });
    this.resetButton = button("Reset", () => this.page.reset(this), {
      class: "live-reset", hidden: true, "aria-label": `Reset cell ${this.number} to the author's version`,
    });
    this.mark = make("span", { class: "live-edited", hidden: true }, "edited");
    this.hint = make("span", { class: "live-hint", id: `live-hint-${this.number}` }, "Shift-Enter runs, Escape leaves the editor");
    this.badge = make("span", { class: "live-state" });
    this.bar = make(
      "div", { class: "live-bar", id: `cell-${this.number}`, role: "group", "aria-label": this.name },
      make("span", { class: "live-number", "aria-hidden": "true" }, `[${this.number}]`),
      this.runButton, this.editButton, this.resetButton, this.mark, this.hint, this.badge,
    );
    this.notes = make("div", { class: "live-notes" });
    this.show();
    const input = this.el.querySelector(".cell_input");
    const folded = this.el.matches(".tag_hide-input") && input.closest("details");
    (folded || input).after(this.bar, this.notes);
    this.el.classList.add("live-cell");
  }

  listen() {
    const intent = () => this.page.intent();
    this.runButton.addEventListener("pointerenter", intent, { once: true });
    this.runButton.addEventListener("focus", intent, { once: true });
    this.pre.addEventListener("click", (event) => {
      if (getSelection().isCollapsed) this.edit({ x: event.clientX, y: event.clientY });
    });
    this.pre.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || event.shiftKey || event.ctrlKey || event.metaKey) return;
      event.preventDefault();
      this.edit();
    });
    this.el.addEventListener("keydown", (event) => this.key(event));
  }

  /** Shift-Enter and Ctrl-Enter also run a cell from its bar and from its code. */
  key(event) {
    const ours = event.target.closest(".live-bar, .cell_input") && event.key === "Enter";
    if (!ours || !(event.shiftKey || event.ctrlKey || event.metaKey) || event.defaultPrevented) return;
    event.preventDefault();
    this.page.run(this, event.shiftKey);
  }

  pressed() {
    if (this.state === "idle" || this.state === "ok" || this.state === "error") this.page.run(this, false);
    else this.page.stop(this);
  }

  // --- state ---

  setState(state) {
    this.state = state;
    this.show();
    if (state === "ok") announce(`${this.name} done`);
  }

  setStale(stale) {
    if (stale === this.stale) return;
    this.stale = stale;
    this.show();
  }

  /** Let the bar say what is the case. */
  show() {
    const { state, stale } = this;
    const active = ["queued", "starting", "running"].includes(state);
    const [verb, picture] = !active ? ["Run", "run"] : state === "queued" ? ["Cancel", "error"] : ["Stop", "stop"];
    if (this.runButton.dataset.verb !== verb) {
      this.runButton.dataset.verb = verb;
      this.runButton.replaceChildren(icon(picture), verb);
      this.runButton.setAttribute("aria-label", `${verb} cell ${this.number}`);
    }
    this.el.dataset.state = state;
    const old = !active && stale;
    this.badge.dataset.state = old ? "stale" : state;
    this.badge.replaceChildren(icon(old ? "queued" : state === "starting" ? "running" : state), old ? STALE[stale] : STATES[state]);
    this.resetButton.hidden = this.mark.hidden = !this.edited;
  }

  // --- notes ---

  /** Say something below the bar, in place of what was said there; returns the note. */
  note(kind, ...content) {
    loadStyle();
    const note = make("div", { class: `live-note live-${kind}` }, ...content);
    this.notes.replaceChildren(note);
    return note;
  }

  /** A note with answers; settles with the one that was chosen, or with null when it is put away. */
  ask(words, answers, label) {
    return new Promise((settle) => {
      const done = (answer) => () => {
        if (note.isConnected) note.remove();
        settle(answer);
      };
      const buttons = answers.map(([text, answer], at) => button(text, done(answer), { class: at ? "" : "live-first" }));
      const note = this.note("ask", make("p", {}, words), make("div", { class: "live-answers" }, ...buttons));
      note.setAttribute("role", "group");
      note.setAttribute("aria-label", label ?? words);
      note.addEventListener("keydown", (event) => {
        if (event.key !== "Escape") return;
        this.runButton.focus();
        done(null)();
      });
      this.dismiss = done(null);
      this.reveal();
      buttons[0].focus({ preventScroll: true });
    });
  }

  /** Take the notes away; a question that nobody answered counts as put away. */
  quiet() {
    this.dismiss?.();
    this.dismiss = undefined;
    this.notes.replaceChildren();
  }

  /** Bring the bar and its notes into view, out of whatever is folded around them. */
  reveal() {
    unfold(this.bar);
    this.bar.scrollIntoView({ block: "nearest" });
    this.notes.scrollIntoView({ block: "nearest" });
  }

  focusRun() {
    unfold(this.bar);
    this.runButton.focus();
  }

  // --- source ---

  /** Put another source into the cell; `own` is false where it does not come from the editor. */
  setSource(source, own = false) {
    if (source === this.source) return;
    this.source = source;
    this.fill();
    if (!own) this.editor?.set(source);
    this.show();
  }

  /** Show the source where it is read and copied; the author's lines keep their colours. */
  fill() {
    this.coloured ??= colouredLines(this.pre);
    const rows = this.source.split("\n").map((line) => {
      const row = make("span");
      if (this.coloured.has(line)) row.innerHTML = this.coloured.get(line);
      else row.textContent = line;
      return row.innerHTML;
    });
    this.pre.innerHTML = `${rows.join("\n")}\n`;
  }

  /** Open the editor in place of the code, the cursor where the reader pointed. */
  async edit(at) {
    unfold(this.pre);
    if (this.editor) return this.editor.focus();
    if (this.opening) return undefined;
    this.opening = true;
    const [createEditor] = await Promise.all([loadEditor(), inTime(loadStyle())]);
    const parent = make("div", { class: "live-editor" });
    this.pre.before(parent);
    this.pre.hidden = true;
    this.editor = createEditor({
      parent, at, source: this.source, hint: this.hint.id, label: `Code of cell ${this.number}`,
      onchange: (source) => {
        this.setSource(source, true);
        this.page.changed(this);
      },
      onrun: (advance) => this.page.run(this, advance),
      onleave: () => this.runButton.focus(),
      complete: (code, position) => this.page.complete(code, position),
    });
    this.editButton.hidden = true;
    this.opening = false;
    return this.editor.focus();
  }

  /** Whether the reader is in the editor now. */
  get writing() {
    return Boolean(this.editor && this.el.querySelector(".live-editor").contains(document.activeElement));
  }
}
