/**
 * An exercise: its question, a place for the answer, what is said to it, hints and the solution. One module for a
 * page of the book and for Jupyter.
 *
 * Model: instance (which of the pool), answer (what was typed: a text, a place, or a list of places), verdict and
 * mistake (of the last check), tries. What is asked, and how answers are judged, says the sheet: see judge.js.
 *
 * A host may hand in a page: { sheet, mark: words beside the title, title: false where the title would tell too much,
 * reader(): brings judge.js, typed(answer), judged({ verdict, mistake, instance, answer }), anew(instance) }; each of
 * the last three may return the new mark.
 */
import { mount } from "../../explorables/static/kit/controls.js";
import { fill, judgeChosen, shownOrder } from "./chosen.js";

// ---------------------------------------------------------------------------------------------
// Texts

const CHARACTERS = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };
const escaped = (text) => String(text).replace(/[&<>"]/g, (character) => CHARACTERS[character]);
const LETTER = /<mi>([A-Za-zα-ϵℓ])<\/mi>/g;

/** Formulas that translators leave alone, with letters in the italic of their font: unasked, a browser takes those of another one. */
const slanted = (html) =>
  html.replace(LETTER, '<mi mathvariant="normal" class="xq-letter">$1</mi>').replaceAll("<math", '<math translate="no"');

/** A text of a sheet with the values of an instance in its slots. */
const filled = (html, { slots }) => slanted(fill(html ?? "", slots));

// ---------------------------------------------------------------------------------------------
// Markup

const SIGNS = { right: "✓", almost: "≈", "not yet": "○", unread: "?", guess: "●" };
const WORDS = { right: "Right.", almost: "Almost.", "not yet": "Not yet.", unread: "Not read." };
/** The words beside the title. */
export const MARKS = { right: "✓ right", almost: "≈ almost", "not yet": "○ not yet", shown: "solution seen", guess: "● guessed" };

const WRITTEN = {
  vector: "Write a vector as (1, −2).",
  matrix: "One row a line, such as 1 2 and 3 4. Ctrl + Enter checks.",
  shape: "Write a shape as (2, 3).",
};
const isTyped = (kind) => ["number", "vector", "matrix", "shape"].includes(kind);

const FIELD = 'autocomplete="off" autocapitalize="off" autocorrect="off" spellcheck="false" data-ref="field" data-lm-suppress-shortcuts="true"';

/** A field for text, as it waits in a built page: see mount. */
function fieldHtml({ kind, unit }) {
  const label = `Your answer${unit ? `, in ${escaped(unit)}` : ""}. ${WRITTEN[kind] ?? ""}`.trim();
  const field = kind === "matrix"
    ? `<span data-later="textarea" rows="3" aria-label="${label}" ${FIELD}></span>`
    : `<span data-later="input" type="text" enterkeyhint="done" aria-label="${label}" ${FIELD}></span>`;
  return `<span class="xq-field xq-${kind}">${field}${unit ? `<span class="xq-unit" aria-hidden="true">${unit}</span>` : ""}</span>`;
}

const ask = { choice: "Choose one", choices: "Tick all that hold", "first wrong line": "Choose the first line that is wrong" };

/** Options to choose from, in the order of this instance; the lines of a derivation have numbers. */
function optionsHtml(sheet, instance) {
  const { id, kind, options } = sheet;
  const type = kind === "choices" ? "checkbox" : "radio";
  const option = (index, at) =>
    `<label class="xq-option"><input type="${type}" autocomplete="off" name="${id}" value="${index}">` +
    `${kind === "first wrong line" ? `<span class="xq-number">${at + 1}</span>` : ""}<span class="xq-words">${filled(options[index], instance)}</span></label>`;
  return `<fieldset class="xq-options"><legend class="xp-hidden">${ask[kind]}</legend>${shownOrder(sheet, instance).map(option).join("")}</fieldset>`;
}

const MOVES = '<span class="xq-moves"><button type="button" data-move="-1">↑</button><button type="button" data-move="1">↓</button></span>';
const OUT = '<button type="button" class="xq-away" data-out></button>';

/** Lines to be put in order, each with its buttons; some may have to be left out. */
function linesHtml(sheet, instance) {
  const { options } = sheet;
  const spare = instance.answer.length < options.length;
  const line = (index) =>
    `<li data-line="${index}"><span class="xq-grip" aria-hidden="true"></span><span class="xq-words">${filled(options[index], instance)}</span>` +
    `${spare ? OUT : ""}${MOVES}</li>`;
  const out = spare ? '<p class="xq-how">Not every line belongs here: leave out what does not.</p><ol class="xq-lines xq-out" data-ref="out" aria-label="Left out"></ol>' : "";
  return `<ol class="xq-lines" data-ref="lines" aria-label="Lines to put in order">${shownOrder(sheet, instance).map(line).join("")}</ol>${out}`;
}

function answerHtml(sheet, instance) {
  if (isTyped(sheet.kind)) return fieldHtml(sheet);
  return sheet.kind === "order" ? linesHtml(sheet, instance) : optionsHtml(sheet, instance);
}

const foldHtml = (ref, name, inner, hidden = "") =>
  `<details class="xq-fold" data-ref="${ref}"${hidden}><summary>${name}</summary><div class="xq-inner">${inner}</div></details>`;

/** Hints, one after the other, and the solution; each folded, also where no script runs. */
function foldsHtml({ hints = [], solution, predict }, instance) {
  const name = (i) => (hints.length > 1 ? `Hint ${i + 1} of ${hints.length}` : "Hint");
  const folds = hints.map((hint, i) => foldHtml(`hint${i}`, name(i), filled(hint, instance)));
  const told = predict ? "What happens" : "Show the solution";
  return [...folds, foldHtml("solution", told, filled(solution, instance))].join("");
}

/** Where to read on after a miss. Only a page of the book has the section to link to; elsewhere its name must do. */
function sectionHtml({ id, section }, linked) {
  if (!section) return "";
  const [label, title] = section.map(escaped);
  const place = linked ? `<a href="${id.split(".")[0]}.html#${label}">${title}</a>` : `“${title}”`;
  return `<p class="xq-section">Read the section ${place}.</p>`;
}

/** What an exercise asks, as it stands in a built page and where it starts. */
export function exerciseHtml(sheet, number, { title = true, linked = false } = {}) {
  const instance = sheet.pool[number];
  const name = sheet.predict ? `Predict first: ${sheet.title}` : title ? `Exercise: ${sheet.title}` : "Question";
  const head = sheet.predict ? `<b>Predict first.</b> ${sheet.title}` : title ? `<b>${sheet.title}</b>` : "";
  const choice = isTyped(sheet.kind) ? "" : " xq-tall";
  const how = WRITTEN[sheet.kind] ? `<p class="xq-how">${WRITTEN[sheet.kind]}</p>` : "";
  return (
    `<div class="xp xq" data-kind="${sheet.kind}"${sheet.predict ? " data-predict" : ""} role="group" aria-label="${escaped(name)}" data-lm-suppress-shortcuts="true">` +
    `<p class="xq-head"><span>${head}</span><span class="xq-mark" data-ref="mark"></span></p>` +
    `<div class="xq-text" data-ref="text">${filled(sheet.text, instance)}</div>` +
    `<div class="xq-form${choice}" data-later="form" autocomplete="off" data-ref="form"><div class="xq-answer" data-ref="answer">${answerHtml(sheet, instance)}</div>` +
    `<button class="xq-check" data-ref="check">${sheet.predict ? "Commit" : "Check"}</button></div>${how}` +
    `<p class="xq-paper" data-ref="paper"></p>` +
    `<div class="xq-verdict" role="status" data-ref="verdict"></div>${sectionHtml(sheet, linked)}` +
    `<div class="xq-folds" data-ref="folds">${foldsHtml(sheet, instance)}</div>` +
    `<p class="xq-more"><button type="button" data-ref="another" hidden>Another one</button></p><p class="xp-hidden" aria-live="polite" data-ref="live"></p></div>`
  );
}

// ---------------------------------------------------------------------------------------------
// Life

const isEmpty = (answer) => answer === undefined || answer === null || answer === "" || (Array.isArray(answer) && !answer.length);

class Exercise {
  constructor({ model, el, page = {} }, judge) {
    const sheet = page.sheet ?? model.get("_sheet");
    Object.assign(this, { judge, model, el, page: { ...page, linked: Boolean(page.sheet) }, sheet, life: new AbortController() });
    this.number = this.within(model.get("instance"));
    this.ref = mount(el, () => exerciseHtml(this.sheet, this.number, this.page));
    this.root = el.querySelector(".xq");
    if (page.built !== undefined && page.built !== this.instance.number) this.draw();
  }

  within(number) {
    const size = this.sheet.pool.length;
    return (((number ?? 0) % size) + size) % size;
  }

  get instance() {
    return this.sheet.pool[this.number];
  }

  get kind() {
    return this.sheet.kind;
  }

  /** Put the question of another instance in place: the frame and its buttons stay. */
  draw() {
    const { sheet, number, instance, ref } = this;
    ref.text.innerHTML = filled(sheet.text, instance);
    const again = this.el.ownerDocument.createElement("div");
    mount(again, () => exerciseHtml(sheet, number, this.page));
    for (const part of ["answer", "folds"]) ref[part].replaceChildren(...again.querySelector(`[data-ref=${part}]`).childNodes);
    this.find();
  }

  find() {
    const nodes = [...this.root.querySelectorAll("[data-ref]")];
    this.ref = Object.fromEntries(nodes.map((node) => [node.dataset.ref, node]));
  }

  start() {
    const { root, model, life: { signal } } = this;
    const on = (type, listener, options = {}) => root.addEventListener(type, listener, { signal, ...options });
    on("submit", (event) => event.preventDefault());
    on("click", (event) => this.clicked(event));
    on("input", () => this.typed());
    on("keydown", (event) => this.key(event));
    on("toggle", (event) => this.unfolded(event.target), { capture: true });
    on("pointerdown", (event) => this.grab(event));
    on("contextmenu", (event) => event.target.closest(".xq-grip") && event.preventDefault()); // a finger that rests there
    const moved = () => { if (this.within(model.get("instance")) !== this.number) this.goTo(model.get("instance")); };
    model.on("change:instance", moved);
    signal.addEventListener("abort", () => model.off("change:instance", moved));
    this.restore();
    this.sayMark(this.page.mark ?? "");
    this.follow();
    root.dataset.live = "";
  }

  /** What was answered before stands there again, with what was said to it. */
  restore() {
    const [answer, verdict] = [this.model.get("answer"), this.model.get("verdict")];
    if (isEmpty(answer)) return;
    this.answer = answer;
    if (!verdict) return;
    const said = this.judge(this.sheet, this.instance, answer);
    const same = said.kind === verdict || verdict === "guess";
    if (same) this.say({ ...said, kind: verdict }, "off");
  }

  // --- the answer ---

  get answer() {
    const { root, ref } = this;
    if (isTyped(this.kind)) return ref.field.value;
    if (this.kind === "order") return [...ref.lines.children].map(({ dataset }) => Number(dataset.line));
    const chosen = [...root.querySelectorAll(".xq-option input:checked")].map(({ value }) => Number(value));
    return this.kind === "choices" ? chosen.sort((a, b) => a - b) : chosen[0] ?? null;
  }

  set answer(answer) {
    const { root, ref } = this;
    if (isTyped(this.kind)) ref.field.value = String(answer);
    else if (this.kind === "order") this.place(answer);
    else root.querySelectorAll(".xq-option input").forEach((input) => (input.checked = [answer].flat().includes(Number(input.value))));
  }

  /** Put lines in an order; those that it does not name are left out. */
  place(order) {
    const { lines, out } = this.ref;
    const all = [...this.root.querySelectorAll("[data-line]")];
    const known = [order].flat().map((index) => all.find(({ dataset }) => Number(dataset.line) === index)).filter(Boolean);
    lines.append(...known);
    const rest = all.filter((line) => !known.includes(line));
    (out ?? lines).append(...rest);
  }

  typed() {
    const { model } = this;
    model.set("answer", this.answer);
    model.save_changes();
    this.page.typed?.(this.answer);
    this.follow();
  }

  key(event) {
    const wants = event.key === "Enter" && event.target === this.ref.field;
    const isLine = this.kind === "matrix" && !(event.ctrlKey || event.metaKey);
    if (!wants || isLine || event.isComposing) return;
    event.preventDefault();
    this.check();
  }

  clicked(event) {
    const { target } = event;
    if (target.closest("[data-ref=check]")) { event.preventDefault(); this.check(); }
    else if (target.closest("[data-ref=another]")) this.another();
    else if (target.closest("[data-move]")) this.move(target.closest("li"), Number(target.closest("[data-move]").dataset.move));
    else if (target.closest("[data-out]")) this.leaveOut(target.closest("li"));
  }

  // --- checking ---

  check() {
    const { model, number } = this;
    if (this.isCommitted) return;
    const answer = this.answer;
    const said = isEmpty(answer) ? this.nothing() : this.judge(this.sheet, this.instance, answer);
    const verdict = said.kind === "unread" ? "unread" : this.sheet.predict ? "guess" : said.kind;
    const mistake = said.name ?? "";
    model.set("answer", answer);
    if (verdict !== "unread") model.set("tries", (model.get("tries") ?? 0) + 1);
    model.set("verdict", verdict);
    model.set("mistake", mistake);
    model.save_changes();
    const mark = this.page.judged?.({ verdict, mistake, instance: number, answer });
    this.say({ ...said, kind: verdict });
    if (verdict !== "unread") this.sayMark(mark ?? MARKS[verdict]);
    this.follow();
  }

  nothing() {
    const says = isTyped(this.kind) ? "Nothing is written yet." : "Nothing is chosen yet.";
    return { kind: "unread", says };
  }

  /** Whether a prediction was made: it stays as it is. */
  get isCommitted() {
    return Boolean(this.sheet.predict) && this.model.get("verdict") === "guess";
  }

  /** What is said to an answer: a sign, a word, how it was read, and the sentence that names the mistake. */
  say({ kind, says, read, name }, live = "polite") {
    const { verdict } = this.ref;
    verdict.setAttribute("aria-live", live);
    const readAs = read ? `<span class="xq-read">${read}</span> ` : "";
    const word = kind === "guess" ? `Your guess: ${this.inWords()}.` : WORDS[kind];
    const outcome = kind === "guess" ? this.outcome(name && says) : slanted(says);
    verdict.dataset.verdict = kind;
    verdict.innerHTML = `<p class="xq-word"><span aria-hidden="true">${SIGNS[kind]}</span> ${word}</p><div class="xq-says">${readAs}${outcome}</div>`;
  }

  /** What a prediction was, as it was typed or chosen. */
  inWords() {
    const { answer, root } = this;
    if (isTyped(this.kind)) return escaped(answer);
    const texts = [...root.querySelectorAll(".xq-option:has(input:checked) .xq-words")].map(({ textContent }) => textContent);
    return escaped(texts.join("; ").replace(/\.$/, ""));
  }

  /** What really happens, beside the guess: what its mistake is, where it has a name, and the solution. */
  outcome(mistake) {
    const told = filled(this.sheet.solution || this.sheet.because, this.instance);
    return mistake ? `<p>${slanted(mistake)}</p>${told}` : told;
  }

  sayMark(words) {
    this.ref.mark.textContent = words;
  }

  /** Let the buttons and the folds be those of this state. */
  follow() {
    const { ref, model, sheet } = this;
    const verdict = model.get("verdict");
    const hints = (sheet.hints ?? []).map((_, i) => ref[`hint${i}`]);
    hints.forEach((hint, i) => (hint.hidden = this.isCommitted || (i > 0 && !hints[i - 1].open)));
    ref.solution.hidden = Boolean(sheet.predict);
    ref.another.hidden = this.page.next || sheet.pool.length < 2 || !(verdict === "right" || ref.solution.open) || Boolean(sheet.predict);
    ref.paper.dataset.answer = isTyped(this.kind) ? this.answer : "";
    if (this.isCommitted) this.root.querySelectorAll(".xq-form :is(input, textarea, button)").forEach((node) => (node.disabled = true));
    ref.check.hidden = this.isCommitted;
    this.root.querySelectorAll(".xq-lines").forEach((list) => this.nameMoves(list));
  }

  unfolded(fold) {
    this.follow();
    if (fold !== this.ref.solution || !fold.open || this.model.get("verdict") === "right" || this.told) return;
    this.told = true;
    const mark = this.page.judged?.({ verdict: "shown", mistake: "", instance: this.number, answer: this.answer });
    this.sayMark(mark ?? MARKS.shown);
  }

  // --- another one ---

  another() {
    this.goTo(this.number + 1);
    this.ref.field?.focus();
  }

  /** Ask the question with the numbers of another instance. */
  goTo(number) {
    const { model, ref } = this;
    this.number = this.within(number);
    this.told = false;
    ref.verdict.replaceChildren();
    delete ref.verdict.dataset.verdict;
    this.draw();
    for (const [name, value] of [["answer", ""], ["verdict", ""], ["mistake", ""], ["instance", this.number]]) model.set(name, value);
    model.save_changes();
    this.page.anew?.(this.number);
    this.follow();
  }

  // --- the order of lines: by button, and by hand ---

  nameMoves(list) {
    const lines = [...list.children];
    const isOut = list === this.ref.out;
    lines.forEach((line, at) => {
      const [up, down] = line.querySelectorAll("[data-move]");
      [up.disabled, down.disabled] = [isOut || at === 0, isOut || at === lines.length - 1];
      up.setAttribute("aria-label", `Line ${at + 1}: move up`);
      down.setAttribute("aria-label", `Line ${at + 1}: move down`);
      const away = line.querySelector("[data-out]");
      if (!away) return;
      away.textContent = isOut ? "Put back" : "Leave out";
      away.setAttribute("aria-label", `Line ${at + 1}: ${away.textContent.toLowerCase()}`);
    });
  }

  /** Move a line by one place; the focus stays on its button, or goes to the other one at an end. */
  move(line, by) {
    const other = by < 0 ? line.previousElementSibling : line.nextElementSibling;
    if (!other) return;
    if (by < 0) other.before(line); else other.after(line);
    this.typed();
    const button = line.querySelector(`[data-move="${by}"]`);
    (button.disabled ? line.querySelector(`[data-move="${-by}"]`) : button).focus();
    this.tell(`Now line ${[...line.parentElement.children].indexOf(line) + 1} of ${line.parentElement.children.length}.`);
  }

  leaveOut(line) {
    const { lines, out } = this.ref;
    (line.parentElement === out ? lines : out).append(line);
    this.typed();
    line.querySelector("[data-out]").focus();
    this.tell(line.parentElement === out ? "Left out." : `Put back as line ${lines.children.length}.`);
  }

  /** A word for a screen reader alone. */
  tell(words) {
    this.ref.live.textContent = words;
  }

  /** Let a line follow the pointer that has its grip: it changes places with each line that it passes. */
  grab(event) {
    const line = event.target.closest(".xq-grip")?.closest("li");
    if (!line || event.button) return;
    event.preventDefault();
    const ended = new AbortController();
    const { signal } = ended;
    line.dataset.held = "";
    const view = this.el.ownerDocument.defaultView;
    const follow = ({ clientY }) => this.pass(line, clientY);
    const end = () => { ended.abort(); delete line.dataset.held; this.typed(); };
    view.addEventListener("pointermove", follow, { signal });
    ["pointerup", "pointercancel"].forEach((type) => view.addEventListener(type, end, { signal }));
    this.life.signal.addEventListener("abort", () => ended.abort(), { signal });
  }

  pass(line, y) {
    const [before, after] = [line.previousElementSibling, line.nextElementSibling];
    const middle = (node) => { const { top, height } = node.getBoundingClientRect(); return top + height / 2; };
    if (before && y < middle(before)) before.before(line);
    else if (after && y > middle(after)) after.after(line);
  }
}

const besideThis = () => import("./judge.js");

/** What judges an exercise; what reads typed answers comes when it is needed. */
const judgeOf = async ({ kind }, { reader = besideThis }) => (isTyped(kind) ? (await reader()).judge : judgeChosen);

export default {
  async render(context) {
    const { model, page = {} } = context;
    const exercise = new Exercise(context, await judgeOf(page.sheet ?? model.get("_sheet"), page));
    exercise.start();
    return () => exercise.life.abort();
  },
};
