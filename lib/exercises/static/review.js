/**
 * The review: it deals what is due, keeps what was answered, and shows, saves and deletes what is kept. Which chapter a
 * question is from, and what it is called, is told once it is answered.
 */
import { createModel } from "../../explorables/static/kit/model.js";
import exercise from "./exercise.js";
import { chapterFile, progress } from "./host.js";
import { asFile, askable, chapterOf, dayOf, deal, nextDue, reviewed, withFile } from "./progress.js";

const today = () => dayOf(new Date());
const SIGNS = { right: "✓", almost: "≈", "not yet": "○", shown: "○", guess: "●" };

const KEEPS_NOTHING =
  "This browser does not let this page keep anything (cookies and site data are blocked, or their place is full): the questions are from all chapters, " +
  "and what you answer is gone when you leave this page, unless you save it as a file.";

/** An element with attributes (those that are functions are listeners) and with what is in it. */
function make(tag, attributes = {}, ...content) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === "function") node.addEventListener(name, value);
    else if (value !== undefined && value !== false) node.setAttribute(name, value === true ? "" : value);
  }
  node.append(...content);
  return node;
}

const button = (words, click, attributes = {}) => make("button", { type: "button", click, ...attributes }, words);
const many = (count, one, more = `${one}s`) => `${count} ${count === 1 ? one : more}`;
const listed = (parts) => [parts.slice(0, -1).join(", "), parts.at(-1)].filter(Boolean).join(" and ");

/** A day as a reader says it. */
function dayInWords(day) {
  const days = Math.round((Date.parse(day) - Date.parse(today())) / 864e5);
  if (days < 1) return "today";
  if (days === 1) return "tomorrow";
  return days < 7 ? `in ${days} days` : new Date(`${day}T12:00`).toLocaleDateString("en", { day: "numeric", month: "long" });
}

/** The chapters of the contents that ask, with their links. */
const contents = () => [...document.querySelectorAll("a[data-exercises]")].map((link) => ({
  name: link.dataset.chapter, title: link.firstChild.textContent.trim(), href: link.href,
}));

class Review {
  constructor(place) {
    this.stage = make("div", { class: "rv-stage" });
    this.note = make("p", { class: "rv-note", role: "status" });
    this.kept = make("div", { class: "rv-kept" });
    place.replaceChildren(make("div", { class: "xp rv" }, this.stage, this.kept, this.note));
  }

  /** Load the chapters that were opened; those that do not come are named. */
  async load() {
    const { opened } = progress.all();
    const keeps = progress.keeps();
    this.chapters = [];
    const known = contents().filter(({ name }) => !keeps || opened.includes(name));
    const files = await Promise.allSettled(known.map(({ name }) => chapterFile(name)));
    files.forEach(({ value }, i) => value && this.chapters.push({ ...known[i], sheets: value.sheets }));
    if (!keeps) this.say(KEEPS_NOTHING);
    const lost = known.filter((_, i) => files[i].status === "rejected").map(({ title }) => title);
    if (lost.length) this.say(`${listed(lost)} could not be loaded now. Look at the connection, and reload the page.`);
    this.sheets = this.chapters.flatMap(({ sheets }) => askable(sheets));
    this.begin();
    this.showKept();
  }

  say(words) {
    this.note.textContent = words;
  }

  // --- dealing ---

  begin() {
    const { exercises } = progress.all();
    if (!this.chapters.length) return this.show(...this.nothingOpened());
    const hand = deal(this.sheets, exercises, today());
    if (!hand.length) return this.show(...this.nothingDue(exercises));
    const isKnown = ({ sheet }) => exercises[sheet.id]?.date;
    const missed = hand.filter(({ sheet }) => isKnown({ sheet }) && exercises[sheet.id].box === 0).length;
    const due = hand.filter(isKnown).length - missed;
    const fresh = hand.length - missed - due;
    const parts = [missed && `${missed} to try again`, due && `${due} due`, fresh && `${fresh} new`].filter(Boolean);
    this.show(
      make("p", { class: "rv-lead" }, `${many(hand.length, "question")} for today: ${listed(parts)}.`),
      make("p", {}, button("Start", () => this.play(hand), { class: "xq-check" })),
    );
  }

  nothingOpened() {
    const [first] = contents();
    const link = first ? [" The first is ", make("a", { href: first.href }, first.title), "."] : [];
    return [make("p", { class: "rv-lead" }, "The review asks about chapters that you have opened, and there is none yet.", ...link)];
  }

  nothingDue(exercises) {
    const due = nextDue(exercises);
    const ahead = () => this.play(deal(this.sheets, exercises, "9999-12-31"));
    return [
      make("p", { class: "rv-lead" }, `Nothing is due today. ${due ? `The next question is due ${dayInWords(due)}.` : ""}`),
      make("p", {}, button("Practise all the same", ahead)),
    ];
  }

  show(...nodes) {
    this.stage.replaceChildren(...nodes);
  }

  // --- asking ---

  play(hand) {
    this.hand = hand.map((dealt) => ({ ...dealt, first: "" }));
    this.at = 0;
    this.ask();
  }

  async ask() {
    this.stop?.();
    const asked = this.hand[this.at];
    if (!asked) return this.end();
    const place = make("div", { class: "exercise" });
    const head = make("p", { class: "rv-head", tabindex: "-1" }, `Question ${this.at + 1} of ${this.hand.length}`);
    const from = make("p", { class: "rv-from" });
    const last = this.at === this.hand.length - 1;
    const next = button(last ? "Skip and end" : "Skip", () => { this.at += 1; this.ask(); });
    const judged = ({ verdict, instance }) => {
      if (verdict === "unread") return undefined;
      progress.change(asked.sheet.id, (entry) => reviewed(entry, { verdict, instance, today: today() }));
      asked.first ||= verdict;
      from.replaceChildren(...this.origin(asked.sheet));
      next.textContent = last ? "To the end" : "Next question";
      return "";
    };
    const model = createModel({ instance: asked.instance, answer: "", verdict: "", mistake: "", tries: 0 });
    this.show(head, place, from, make("p", { class: "rv-next" }, next));
    head.focus();
    this.stop = await exercise.render({ model, el: place, page: { sheet: asked.sheet, title: false, next: true, judged } });
  }

  origin({ id, title }) {
    const { title: chapter, href } = this.chapters.find(({ name }) => name === chapterOf(id));
    return [make("b", {}, title), ", from ", make("a", { href: `${href}#${id}` }, chapter), "."];
  }

  end() {
    const asked = this.hand.filter(({ first }) => first);
    const right = asked.filter(({ first }) => first === "right").length;
    const row = ({ sheet, first }) => make("li", {}, make("span", { "aria-hidden": "true" }, `${SIGNS[first]} `), ...this.origin(sheet),
      make("span", { class: "xp-hidden" }, first === "right" ? " Right at once." : " To be asked again."));
    const due = nextDue(progress.all().exercises);
    const words = asked.length ? `${right} of ${asked.length} right at once.` : "Nothing was answered.";
    const head = make("p", { class: "rv-head", tabindex: "-1" }, `${words} ${due ? `The next question is due ${dayInWords(due)}.` : ""}`);
    this.show(head, make("ul", { class: "rv-list" }, ...asked.map(row)), make("p", {}, button("Another round", () => { this.begin(); })));
    head.focus();
    this.showKept();
  }

  // --- what is kept ---

  showKept() {
    const { exercises } = progress.all();
    const isKnown = ({ id }) => exercises[id]?.date;
    const row = (sheet) => {
      const { verdict, tries = 0, due } = exercises[sheet.id];
      return make("tr", {}, make("td", {}, sheet.title), make("td", {}, `${SIGNS[verdict] ?? ""} ${verdict === "shown" ? "solution seen" : verdict === "guess" ? "guessed" : verdict}`),
        make("td", {}, String(tries)), make("td", {}, verdict === "guess" || !due ? "" : dayInWords(due)));
    };
    const bodies = this.chapters.map(({ title, sheets }) => {
      const known = sheets.filter(isKnown);
      const right = known.filter(({ id }) => exercises[id].verdict === "right").length;
      const head = make("tr", {}, make("th", { colspan: "4", scope: "rowgroup" }, `${title}: ${right} of ${sheets.length} right`));
      return make("tbody", {}, head, ...known.map(row));
    });
    const heads = ["Exercise", "Last verdict", "Tries", "Due"].map((words) => make("th", { scope: "col" }, words));
    const table = make("div", { class: "rv-scroll", tabindex: "0", role: "group", "aria-label": "All that is kept" },
      make("table", {}, make("thead", {}, make("tr", {}, ...heads)), ...bodies));
    const open = this.kept.querySelector("details")?.open;
    this.kept.replaceChildren(
      ...(bodies.length ? [make("details", { class: "xq-fold", open }, make("summary", {}, "Your progress, exercise by exercise"), table)] : []),
      this.tools(),
    );
  }

  tools() {
    const file = make("input", { type: "file", accept: ".json,application/json", autocomplete: "off", class: "rv-file", change: () => this.read(file) });
    const save = () => {
      const href = URL.createObjectURL(new Blob([asFile(progress.all())], { type: "application/json" }));
      make("a", { href, download: `watch-the-loss-${today()}.json` }).click();
      setTimeout(() => URL.revokeObjectURL(href), 1000);
    };
    return make("p", { class: "rv-tools" }, button("Save as a file", save), make("label", { class: "rv-open" }, "Read a file", file),
      button("Print", () => this.print()), button("Delete all", (event) => this.askToWipe(event.target)));
  }

  async read(input) {
    const [file] = input.files;
    if (!file) return;
    const { all, words } = withFile(progress.all(), await file.text());
    input.value = "";
    if (all) {
      progress.write(all);
      await this.load();
    }
    this.say(words);
  }

  print() {
    const details = this.kept.querySelector("details");
    if (details) details.open = true;
    print();
  }

  askToWipe(asked) {
    const keep = () => { this.showKept(); this.say("Nothing was deleted."); };
    const wipe = async () => {
      const before = progress.all();
      progress.wipe();
      await this.load();
      this.note.replaceChildren("All is deleted. ", button("Undo", async () => { progress.write(before); await this.load(); this.say("It is all back."); }));
    };
    const yes = button("Delete", wipe);
    asked.replaceWith(make("span", { class: "rv-sure" }, "Delete all that is kept? ", yes, button("Keep", keep)));
    yes.focus();
  }
}

for (const place of document.querySelectorAll(".exercise-review")) new Review(place).load();
