/**
 * The exercises of a page of the book: each gets a model, its sheet out of the file of its chapter, and what the
 * reader did before. The page loads this when she comes near the first one.
 */
import { load, read } from "../../explorables/static/kit/files.js";
import { createModel } from "../../explorables/static/kit/model.js";
import exercise, { MARKS } from "./exercise.js";
import { Progress, answerFor, chapterOf, dayOf, judged } from "./progress.js";

export { createModel };

export const progress = new Progress();
const chapters = new Map();

/** All exercises of a chapter, with their pools; loaded once. @returns {Promise<{ title: string, page: string, sheets: object[] }>} */
export function chapterFile(name) {
  if (!chapters.has(name)) {
    const coming = read(`_exercises/${name}.json`);
    coming.catch(() => chapters.delete(name)); // the next try may find the server again
    chapters.set(name, coming);
  }
  return chapters.get(name);
}

const today = () => dayOf(new Date());

/** The words beside the title of an exercise, from what is kept of it. */
const markOf = ({ verdict }) => (MARKS[verdict] ? MARKS[verdict] + (progress.keeps() ? "" : ", until you leave this page") : "");

/** What a page keeps of an exercise as its reader goes along. */
const keeper = (id) => ({
  typed: (answer, instance) => progress.change(id, (entry) => ({ ...entry, instance, answer })),
  judged: (news) => markOf(progress.change(id, (entry) => judged(entry, { ...news, today: today() }))),
  anew: (instance) => progress.change(id, (entry) => ({ ...entry, instance, answer: "" })),
});

/** What was answered before, as a model starts from it. */
function before(id, sheet, instance) {
  const entry = progress.get(id);
  const number = (entry.instance ?? instance) % sheet.pool.length;
  const answer = answerFor(sheet.kind, entry.answer);
  const verdict = answer === "" || entry.verdict === "shown" ? "" : entry.verdict ?? "";
  return { instance: number, answer, verdict, mistake: "", tries: entry.tries ?? 0 };
}

const alive = new WeakMap();

/** The sheet of an exercise: in the element itself, or in the file of its chapter. */
async function sheetOf({ dataset: { exercise: id, sheet } }) {
  if (sheet) return JSON.parse(sheet);
  const { sheets } = await chapterFile(chapterOf(id));
  const found = sheets.find((one) => one.id === id);
  if (!found) throw new Error(`no exercise ${id}`);
  return found;
}

/** Bring one exercise to life, on a model that is kept elsewhere (Python's) or on its own. */
async function wake(el, model) {
  const { exercise: id, instance = "0" } = el.dataset;
  const sheet = await sheetOf(el);
  const built = Number(instance);
  const own = model ?? createModel(before(id, sheet, built));
  const keep = keeper(id);
  const reader = () => load("_exercises/judge.js");
  const page = { ...keep, sheet, built, reader, mark: markOf(progress.get(id)), typed: (answer) => keep.typed(answer, own.get("instance")) };
  alive.get(el)?.();
  alive.set(el, await exercise.render({ model: own, el, page }));
  el.exercise = own;
}

/** Where an exercise does not come to life, its place says so, and how to go on. */
function sayLost(el) {
  if (el.querySelector(".xp-lost")) return;
  const note = document.createElement("p");
  note.className = "xp-lost";
  note.role = "status";
  const link = Object.assign(document.createElement("a"), { href: location.href, textContent: "Reload the page" });
  link.addEventListener("click", (event) => { event.preventDefault(); location.reload(); });
  note.append("This exercise could not be started. The book may have been updated since you opened this page. ", link, ".");
  el.append(note);
}

/** Start an exercise of the page, or one that came onto it later. */
export async function startLater(el, model) {
  try {
    await wake(el, model);
  } catch (problem) {
    sayLost(el);
    throw problem;
  }
}

/** Keep the verdict of a check of the reader's own function, which a cell has just printed. */
export function note({ exercise: id, verdict }) {
  progress.change(id, (entry) => judged(entry, { verdict, instance: 0, answer: "", today: today() }));
}
