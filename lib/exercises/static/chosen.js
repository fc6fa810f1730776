/**
 * Set text, and what is said about an answer that is chosen: options and lines. A part of judge.js, and like it the twin of
 * judge.py. Pure: no document.
 */
const MOST = 1000; // options, and more
const SAYS = {
  one: "The question asks for one answer, and {0} are chosen. Write a letter, such as b.",
  "no choice": "Nothing is chosen yet.",
  ticked: "You ticked “{0}”.",
  "left out": "You left out “{0}”.",
  "no line": "Nothing is put in order yet.",
  missing: "The lines so far are in order. Something is still missing.",
  "first line": "Look at the first line: it needs something, or nothing follows from it.",
  line: "The first lines stand in order, {0} of them. Look at what the next one needs.",
  letters: "“{0}” names none of what is offered. Write letters, such as {1}.",
};

/** Text as it may stand in HTML. @param {string} text */
export const escaped = (text) =>
  text.replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;").replace(/"/g, "&quot;").replace(/'/g, "&#x27;");

/** A sentence, filled in. */
export const filledIn = (sentence, ...parts) => sentence.replace(/\{(\d)\}/g, (_, at) => escaped(String(parts[at])));
const words = (key, ...parts) => filledIn(SAYS[key], ...parts);

// --- set text ---

const HOLE = /<(mn|mtext|span|mtable) data-slot="([^"]*)"><\/\1>/g;
const cell = (text) => `<mtd><mn>${escaped(text)}</mn></mtd>`;
const content = (value) =>
  typeof value === "string" ? escaped(value) : value.map((row) => `<mtr>${row.map(cell).join("")}</mtr>`).join("");

/** Set text with its slots filled: numbers as text, matrices as rows. @param {string} markup @param {object} slots */
export const fill = (markup, slots) =>
  markup.replace(HOLE, (_, tag, name) => `<${tag} data-slot="${name}">${content(slots[name])}</${tag}>`);

/** @typedef {{ kind: "right" | "almost" | "not yet" | "unread", says: string, name: string, read: string }} Verdict */
export const verdict = (kind, name, says, echo = "") => ({ kind, says, name, read: echo });
export const right = (sheet, instance) => ["right", "", fill(sheet.because, instance.slots)];

export const equal = (a, b) => JSON.stringify(a) === JSON.stringify(b);

/** The verdict on the first declared mistake that matches; null without one. */
export function declared(sheet, instance, matches) {
  const at = instance.mistakes.findIndex((wrong) => wrong !== null && matches(wrong));
  if (at < 0) return null;
  const { name, says, almost } = sheet.mistakes[at];
  const named = name.replace(/\{(\w+)\}/g, (_, slot) => instance.slots[slot]);
  return [almost ? "almost" : "not yet", named, fill(says, instance.slots)];
}

// --- options and lines ---

/** The same random numbers between 0 and 1 as in Python. */
function* numbersFrom(text) {
  let state = 2166136261;
  for (const byte of new TextEncoder().encode(text)) state = Math.imul(state ^ byte, 16777619) >>> 0;
  for (;;) {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1) >>> 0;
    mixed = (mixed ^ (mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61))) >>> 0;
    yield ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  }
}

/** The numbers below n in an order that follows from a text. */
function shuffled(n, text) {
  const order = Array.from({ length: n }, (_, at) => at);
  const draws = numbersFrom(text);
  for (let at = n - 1; at > 0; at -= 1) {
    const other = Math.floor(draws.next().value * (at + 1));
    [order[at], order[other]] = [order[other], order[at]];
  }
  return order;
}

/**
 * The order in which options or lines are offered; never the right one of lines.
 * @returns {number[]} indices of sheet.options
 */
export function shownOrder(sheet, instance) {
  const all = sheet.options.map((_, at) => at);
  if (sheet.kind === "first wrong line") return all;
  for (let salt = 0; salt < 50; salt += 1) {
    const order = shuffled(all.length, `${sheet.id}#${instance.number}#${salt}`);
    if (sheet.kind !== "order" || !isInOrder(sheet, instance, order.filter((at) => instance.answer.includes(at)))) return order;
  }
  return all.reverse();
}

/** Whether lines stand in a right order. */
function isInOrder(sheet, instance, order) {
  if (!sheet.before) return equal(order, instance.answer);
  const sorted = (list) => [...list].sort((a, b) => a - b);
  const isComplete = equal(sorted(order), sorted(instance.answer));
  return isComplete && sheet.before.every(([one, other]) => order.indexOf(one) < order.indexOf(other));
}

/** The indices that were chosen: as they come, or from the letters of what is offered; null where there are none such. */
function chosen(sheet, instance, typed) {
  if (typeof typed !== "string") {
    const listed = Array.isArray(typed) ? typed : [typed];
    return (typed ?? null) === null ? [] : listed.map((index) => (Number.isInteger(index) && Math.abs(index) < MOST ? index : -1));
  }
  const text = typed.toLowerCase();
  if (!/^[-\s,;.()>→a-z]*$/.test(text)) return null;
  const shown = shownOrder(sheet, instance);
  const found = (text.match(/[a-z]/g) ?? []).map((letter) => shown[letter.charCodeAt(0) - 97]);
  return found.includes(undefined) ? null : found;
}

/** What is said about options or lines that were chosen. */
export function judgeChosen(sheet, instance, typed) {
  const indices = chosen(sheet, instance, typed);
  const isSingle = ["choice", "first wrong line"].includes(sheet.kind);
  const isOffered = (at) => Number.isInteger(at) && at >= 0 && at < sheet.options.length;
  if (!indices?.every(isOffered)) {
    const said = typeof typed === "string" ? typed : indices.join(", ");
    return verdict("unread", "", words("letters", [...said].slice(0, 40).join(""), isSingle ? "b" : "a, c"));
  }
  if (isSingle && indices.length > 1) return verdict("unread", "", words("one", indices.length));
  if (!indices.length && sheet.kind !== "choices") {
    return verdict("unread", "", words(sheet.kind === "order" ? "no line" : "no choice"));
  }
  return verdict(...CHOSEN[sheet.kind](sheet, instance, indices));
}

function oneChoice(sheet, instance, [index]) {
  return index === instance.answer ? right(sheet, instance) : declared(sheet, instance, (wrong) => wrong === index);
}

/** The verdict on several options: the first that is wrongly ticked, else left out. */
function severalChoices(sheet, instance, indices) {
  const shown = shownOrder(sheet, instance);
  const isRight = (at) => instance.answer.includes(at);
  const ticked = shown.find((at) => indices.includes(at) && !isRight(at));
  const at = ticked ?? shown.find((one) => isRight(one) && !indices.includes(one));
  if (at === undefined) return right(sheet, instance);
  const [, name, says] = declared(sheet, instance, (wrong) => wrong === at);
  const option = fill(sheet.options[at], instance.slots);
  const start = SAYS[ticked === undefined ? "left out" : "ticked"].replace("{0}", () => option);
  return ["not yet", name, `${start} ${says}`];
}

function linesInOrder(sheet, instance, indices) {
  if (isInOrder(sheet, instance, indices)) return right(sheet, instance);
  const place = (line) => indices.indexOf(line);
  const isMade = (wrong) =>
    Array.isArray(wrong)
      ? wrong.every((line) => indices.includes(line)) && place(wrong[0]) < place(wrong[1])
      : indices.includes(wrong);
  return declared(sheet, instance, isMade) ?? ["not yet", "", aboutLines(sheet, instance, indices)];
}

/** How many lines from the start are in order. */
function aboutLines(sheet, instance, indices) {
  let good = 0;
  while (good < indices.length && mayStart(sheet, instance, indices.slice(0, good + 1))) good += 1;
  if (good === indices.length) return words("missing");
  return good ? words("line", good) : words("first line");
}

/** Whether lines may be the first ones of a right order. */
function mayStart(sheet, instance, lines) {
  if (!sheet.before) return equal(instance.answer.slice(0, lines.length), lines);
  const earlier = lines.slice(0, -1);
  const last = lines.at(-1);
  const needed = sheet.before.filter(([, other]) => other === last).map(([one]) => one);
  return instance.answer.includes(last) && !earlier.includes(last) && needed.every((one) => earlier.includes(one));
}

const CHOSEN = { choice: oneChoice, choices: severalChoices, order: linesInOrder, "first wrong line": oneChoice };

export const isChosen = (kind) => kind in CHOSEN;
