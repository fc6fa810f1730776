/**
 * What a reader has done, and when it comes back: one entry an exercise, in the browser, under one key.
 *
 *   entry = { tries, verdict, date, instance, answer, box, due, dealt }
 *
 * verdict is the last one ("right", "almost", "not yet", "shown": the solution, "guess": of a prediction); box and due
 * are of a Leitner box: what is right goes a box up and comes back after as many days as the box says, what is missed
 * is due at once. Days are texts such as 2026-11-28. Pure but for the storage that is handed in.
 */
export const KEY = "exercises";
const PROBE = "exercises-probe";
export const INTERVALS = [1, 3, 7, 16, 35]; // days, by box
const VERDICTS = ["", "right", "almost", "not yet", "shown", "guess"];
const DAY = /^\d{4}-\d\d-\d\d$/;

/** The day of a moment, where the reader is. */
export function dayOf(date) {
  const two = (number) => String(number).padStart(2, "0");
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
}

/** The day that comes so many days after another. */
export const later = (day, days) => new Date(Date.parse(`${day}T00:00:00Z`) + days * 864e5).toISOString().slice(0, 10);

export const chapterOf = (id) => id.split(".")[0];

const LISTS = ["choices", "order"];
const NUMBERS = ["choice", "first wrong line"];

/** An answer as a kind of question takes it; nothing, where another edition of the question took another kind. */
export function answerFor(kind, answer) {
  if (LISTS.includes(kind)) return Array.isArray(answer) && answer.every(Number.isInteger) ? answer : "";
  return (NUMBERS.includes(kind) ? Number.isInteger(answer) : typeof answer === "string") ? answer : "";
}

// --- what a verdict changes ---

/** The box, and the day, that follow from a verdict. */
function placed({ box = 0, due, date }, verdict, today) {
  if (verdict === "not yet" || verdict === "shown") return { box: 0, due: today };
  const isDue = !due || due <= today || !date;
  if (verdict !== "right" || !isDue) return { box, due: due ?? today };
  const next = Math.min(box + 1, INTERVALS.length);
  return { box: next, due: later(today, INTERVALS[next - 1]) };
}

/** Whether a right answer was told just before: it does not count until another instance, or another day. */
const wasTold = ({ verdict, instance, dealt, date }, now, today) =>
  verdict === "shown" && date === today && (instance === now || dealt === now);

/**
 * An entry after a verdict. What could not be read changes nothing.
 * @param {object} entry  so far, or {}
 * @param {{ verdict: string, instance: number, answer: any, today: string }} news
 */
export function judged(entry, { verdict, instance, answer, today }) {
  const told = wasTold(entry, instance, today);
  if (verdict === "unread" || (told && verdict !== "shown")) return { ...entry, instance, answer };
  const tries = (entry.tries ?? 0) + (verdict === "shown" ? 0 : 1);
  return { ...entry, tries, verdict, date: today, instance, answer, ...placed(entry, verdict, today) };
}

/** An entry after an answer in a review: the instance and the text of the chapter's page stay. */
export function reviewed(entry, { verdict, instance, today }) {
  const { instance: own = 0, answer = "" } = entry;
  return { ...judged(entry, { verdict, instance, answer, today }), instance: own, answer, dealt: instance };
}

// --- what comes next ---

const wasMissed = ({ box, verdict }) => box === 0 && (verdict === "not yet" || verdict === "shown");

/** One of each chapter in turn. */
function mixed(sheets) {
  const chapters = [...new Set(sheets.map(({ id }) => chapterOf(id)))];
  const rows = chapters.map((name) => sheets.filter(({ id }) => chapterOf(id) === name));
  return Array.from({ length: Math.max(0, ...rows.map((row) => row.length)) }, (_, i) => rows.map((row) => row[i]))
    .flat().filter(Boolean);
}

/** The next instance of a question: one that was not met last. */
export const fresh = ({ instance = -1, dealt = -1 } = {}, size) => (Math.max(instance, dealt) + 1) % size;

/** The questions that a review may ask: predictions are asked where they stand, functions are written there. */
export const askable = (sheets) => sheets.filter(({ kind, predict, pool }) => kind !== "code" && !predict && pool.length);

/**
 * What a review asks today: what was missed, then what is due, the longest waiting first, then what is new.
 * @param {object[]} sheets  of the chapters that were opened, in reading order
 * @param {Record<string, object>} entries @param {string} today @param {number} [most]
 * @returns {{ sheet: object, instance: number }[]}
 */
export function deal(sheets, entries, today, most = 10) {
  const known = (sheet) => entries[sheet.id]?.date;
  const due = sheets.filter((sheet) => known(sheet) && entries[sheet.id].due <= today);
  const oldest = (list) => mixed(list).sort((a, b) => (entries[a.id].due < entries[b.id].due ? -1 : entries[a.id].due > entries[b.id].due ? 1 : 0));
  const missed = due.filter((sheet) => wasMissed(entries[sheet.id]));
  const rest = due.filter((sheet) => !missed.includes(sheet));
  const chosen = [...oldest(missed), ...oldest(rest), ...mixed(sheets.filter((sheet) => !known(sheet)))];
  return chosen.slice(0, most).map((sheet) => ({ sheet, instance: fresh(entries[sheet.id], sheet.pool.length) }));
}

/** The day on which the next known question is due, if there is one. */
export const nextDue = (entries) => Object.values(entries).map(({ due }) => due).filter(Boolean).sort()[0];

// --- where it is kept ---

/** The storage of the browser, or null where it is forbidden. */
export function browserStorage() {
  try {
    return globalThis.localStorage ?? null;
  } catch {
    return null;
  }
}

const isCount = (value) => Number.isInteger(value) && value >= 0;

/** Whether something read from a file or a store is an entry. */
const isEntry = (entry) => typeof entry === "object" && entry !== null && isCount(entry.tries ?? 0) && VERDICTS.includes(entry.verdict ?? "")
  && isCount(entry.instance ?? 0) && isCount(entry.dealt ?? 0) && isCount(entry.box ?? 0) && (entry.box ?? 0) <= INTERVALS.length
  && [entry.date, entry.due].every((day) => day === undefined || (DAY.test(day) && !Number.isNaN(Date.parse(day))));

const ID = /^[a-z]\w*\.\w+$/;
const sound = (entries) => Object.fromEntries(Object.entries(entries ?? {}).filter(([id, entry]) => ID.test(id) && isEntry(entry)));

/** What a stored text says; what cannot be read counts as nothing. */
function parsed(text) {
  try {
    const { exercises, opened } = JSON.parse(text);
    return { exercises: sound(exercises), opened: (opened ?? []).filter((name) => typeof name === "string") };
  } catch {
    return { exercises: {}, opened: [] };
  }
}

/** Tell the page what is kept now: where nothing can be stored, only this module knows. */
const tell = (all) => globalThis.dispatchEvent?.(Object.assign(new Event("exercises"), { all }));

/** All entries of a reader. Each change reads first what another tab may have written. */
export class Progress {
  constructor(storage = browserStorage()) {
    this.storage = storage;
    this.memory = null; // where nothing can be stored, for as long as the page is open
  }

  /** Whether what is written is still there when the page is opened again. */
  keeps() {
    try {
      this.storage.setItem(PROBE, "");
      this.storage.removeItem(PROBE);
      return this.memory === null;
    } catch {
      return false;
    }
  }

  all() {
    if (this.memory !== null) return parsed(this.memory);
    try {
      return parsed(this.storage.getItem(KEY));
    } catch {
      return parsed(null);
    }
  }

  write(all) {
    const text = JSON.stringify(all);
    try {
      this.storage.setItem(KEY, text);
      this.memory = null;
    } catch {
      this.memory = text;
    }
    tell(all);
  }

  get(id) {
    return this.all().exercises[id] ?? {};
  }

  /** Change the entry of one exercise; returns the new one. */
  change(id, change) {
    const all = this.all();
    const entry = change(all.exercises[id] ?? {});
    this.write({ ...all, exercises: { ...all.exercises, [id]: entry } });
    return entry;
  }

  /** Note that a chapter was opened. */
  open(chapter) {
    const all = this.all();
    if (!all.opened.includes(chapter)) this.write({ ...all, opened: [...all.opened, chapter] });
  }

  wipe() {
    this.memory = null;
    try {
      this.storage.removeItem(KEY);
    } catch {
      // Nothing was stored.
    }
    tell(parsed(null));
  }
}

// --- as a file ---

const FORMAT = "Watch the Loss: exercises";

/** All entries as the text of a file. */
export const asFile = (all) => `${JSON.stringify({ format: FORMAT, version: 1, ...all }, null, 1)}\n`;

const newer = (one, other) => {
  if (!one || !other) return one ?? other;
  const key = ({ date = "", tries = 0 }) => `${date} ${String(tries).padStart(9, "0")}`;
  return key(other) > key(one) ? other : one;
};

/**
 * What a file brings to what is there; of two entries the later one stays.
 * @param {object} all @param {string} text
 * @returns {{ all?: object, words: string }} without `all` nothing changes
 */
export function withFile(all, text) {
  let file;
  try {
    file = JSON.parse(text);
  } catch {
    return { words: "This is not a file of your progress: it cannot be read. Nothing was changed." };
  }
  if (file?.format !== FORMAT || typeof file.exercises !== "object" || file.exercises === null) {
    return { words: "This is not a file of your progress: such a file comes from “Save as a file” on this page. Nothing was changed." };
  }
  if (file.version !== 1) return { words: "This file is from a newer edition of the book. Nothing was changed." };
  const read = parsed(text);
  const ids = [...new Set([...Object.keys(all.exercises), ...Object.keys(read.exercises)])];
  const exercises = Object.fromEntries(ids.map((id) => [id, newer(all.exercises[id], read.exercises[id])]));
  const [count, lost] = [Object.keys(read.exercises).length, Object.keys(file.exercises).length - Object.keys(read.exercises).length];
  const rest = lost ? ` ${lost} could not be read and ${lost === 1 ? "was" : "were"} left out.` : "";
  const opened = [...new Set([...all.opened, ...read.opened])];
  return { all: { exercises, opened }, words: `${count} ${count === 1 ? "exercise was" : "exercises were"} read from the file.${rest}` };
}
