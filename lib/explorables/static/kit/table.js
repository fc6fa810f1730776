/**
 * A pasted or dropped table as columns of numbers; or what is wrong with it, by line; or what is to be asked, where it
 * can be read in two ways. Pure: no document.
 */
import { readingsOf } from "./numbers.js";

const LARGEST = 200_000; // characters
const LONGEST = 40; // characters of a number
const WIDEST = 30; // columns
const NAMED = 5; // lines whose faults are told one by one
const BOUND = 1e12; // beyond it squares and ticks lose their meaning
const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;
const MISSING = /^(|[-−–—?.]|n\/?a|nan|null|none|missing|#n\/[ad]|#nv|#\S+[!?])$/i;
const COMMENT = /^\s*#(?!¡?[\p{Lu}\d/]+[!?]|N\/[AD]|NV)/u; // but #DIV/0! and its like are what spreadsheets have for no number
const POINT_GROUP = /^[-+−]?[1-9]\d{0,2}\.\d{3}$/; // 1.234: beside decimal commas it may be 1234
const SEPARATORS = [/\t/, /;/, /,/, / +/, /\s+/];
const QUOTED = /(?<=^|[\s;,|])(["'])(.*?)\1(?=$|[\s;,|])/g; // nothing in quotes separates
const COUNTS = ["none", "one", "two", "three", "four"];

const shown = (count) => count.toLocaleString("en");
const cut = (field) => field.slice(0, 24);
const signed = (value) => String(value).replace("-", "−");
const and = (words) => (words.length > 1 ? `${words.slice(0, -1).join(", ")} and ${words.at(-1)}` : words.join(""));
const plural = (count, word) => `${shown(count)} ${word}${count === 1 ? "" : "s"}`;

// ---------------------------------------------------------------------------------------------
// Lines and fields

/** The lines that hold something, each with its number in the text. */
const linesOf = (text) =>
  text.replace(/^\uFEFF/, "").split(/\r\n?|\n/)
    .map((line, i) => ({ line, number: i + 1 }))
    .filter(({ line }) => line.trim());

/** The separator that a first line such as Excel's "sep=;" names. */
function announced(line = "") {
  const [, mark] = /^\s*"?sep=(.)"?\s*$/i.exec(line) ?? [];
  return mark && (mark === " " ? / +/ : new RegExp(mark.replace(/[^\w\s]/, "\\$&")));
}

/** The fields of a line; empty ones at its end, as spreadsheets leave them, do not count. */
function fieldsOf(line, separator) {
  const quoted = [];
  const bare = line.replace(QUOTED, (_, quote, inner) => `\0${quoted.push(inner) - 1}\0`);
  const trimmed = separator.test("\t") && !separator.test(" ") ? bare : bare.trim(); // a first tab is an empty field
  const fields = trimmed.split(separator).map((field) => field.replace(/\0(\d+)\0/g, (_, i) => quoted[i].replaceAll('""', '"')).trim());
  while (fields.at(-1) === "") fields.pop();
  return fields;
}

/** Whether a field is a number, whatever its reading. */
const isNumber = (field) => NUMBER.test(field) || (field.length <= LONGEST && readingsOf(field).length > 0);

/** How well fields make a row of so many columns. */
function fitOf(fields, count) {
  if (fields.length > WIDEST) return 0;
  const numbers = fields.filter(isNumber).length;
  if (numbers === count && fields.length === count) return 4;
  if (numbers >= count) return 2;
  return Number(numbers > 0 && numbers + fields.filter((field) => MISSING.test(field)).length >= count);
}

/** The separator that makes the best rows; among equals, one that is there at all. */
function separatorOf(lines, count) {
  const first = lines.slice(0, 50);
  const isThere = (separator) => first.some(({ line }) => separator.test(line));
  const score = (separator) =>
    2 * first.reduce((total, { line }) => total + fitOf(fieldsOf(line, separator), count), 0) + isThere(separator);
  const scores = SEPARATORS.map(score);
  return SEPARATORS[scores.indexOf(Math.max(...scores))];
}

/** Whether fields are the names of so many columns: words, and no number, missing value or measure among them. */
const isHead = (fields, count) =>
  fields.length >= count && fields.every((field) => !field || (/\p{L}/u.test(field) && !/^[-+−.,]?\d/.test(field) && !MISSING.test(field) && !isNumber(field)));

// ---------------------------------------------------------------------------------------------
// Columns

/** The width of most rows; of two that are as frequent, the one that comes first. */
function widthOf(rows) {
  const counts = new Map();
  rows.forEach(({ fields }) => counts.set(fields.length, (counts.get(fields.length) ?? 0) + 1));
  return [...counts].reduce((best, one) => (one[1] > best[1] ? one : best), [0, 0])[0];
}

/** Which columns are taken: those of the wanted names, or else the first that hold numbers. */
function chosenColumns(head, rows, names) {
  const width = Math.min(WIDEST, Math.max(head?.length ?? widthOf(rows), names.length));
  const filled = [...Array(width).keys()].filter((j) => head?.[j] || rows.some(({ fields }) => fields[j]));
  const named = names.map((name) => head?.findIndex((title) => title.toLowerCase() === name.toLowerCase()) ?? -1);
  if (named.every((j) => j >= 0)) return { taken: named, filled };
  const untitled = (j) => head && !head[j]; // the numbers of the rows, as pandas writes them
  const good = filled.filter((j) => !untitled(j) && rows.some(({ fields }) => isNumber(fields[j] ?? "")));
  const taken = [good, filled, [...names.keys()]].find((all) => all.length >= names.length).slice(0, names.length);
  return { taken, filled };
}

/** Columns in words: which they are, where there are more of them than wanted. */
function columnsInWords({ taken, filled }, head, names) {
  const titles = taken.map((j, i) => (head?.[j] ? cut(head[j]) : filled.length > names.length ? String(j + 1) : names[i]));
  const word = taken.length > 1 ? "columns" : "column";
  return `${word} ${and(titles)}${filled.length > names.length ? ` of ${filled.length}` : ""}`;
}

// ---------------------------------------------------------------------------------------------
// Commas and points

const decimalComma = (field) => /^[^,]*,[^,.]*$/.test(field);

/** What the commas of a table are, as far as its numbers tell: "decimal", "groups", or nothing. */
function commasOf(fields) {
  const certain = fields.filter((field) => field.includes(",") && readingsOf(field).length === 1);
  const kinds = new Set(certain.map((field) => (decimalComma(field) ? "decimal" : "groups")));
  return kinds.size === 1 ? [...kinds][0] : "";
}

/** The number in a field, where commas and points are known. */
function valueOf(field, { commas, points }) {
  if (NUMBER.test(field)) return commas === "decimal" && points === "groups" && POINT_GROUP.test(field) ? Number(field.replace(".", "")) : Number(field);
  const readings = field.length <= LONGEST ? readingsOf(field) : [];
  return readings.length > 1 && commas === "groups" ? readings[1] : readings[0] ?? NaN;
}

/** A question about the first field that has two readings, with an answer for each. */
function ask({ field, number }, marks) {
  const [name, kinds] = field.includes(",") ? ["commas", ["decimal", "groups"]] : ["points", ["decimal", "groups"]];
  const readings = kinds.map((kind) => valueOf(field, { ...marks, [name]: kind }));
  const labels = [`Decimal ${name}: ${signed(readings[0])}`, `Thousands: ${signed(readings[1])}`];
  return {
    error: `Line ${number}: “${cut(field)}” may be ${signed(readings[0])} or ${signed(readings[1])}. Which one do you mean?`,
    offers: kinds.map((kind, i) => ({ label: labels[i], options: { [name]: kind } })),
  };
}

/** Where commas or points may be read in two ways, the question; else what they are. */
function marksOf(rows, taken, options) {
  const all = rows.flatMap(({ fields, number }) => taken.map((j) => ({ field: fields[j] ?? "", number })))
    .filter(({ field }) => /[.,]/.test(field) && field.length <= LONGEST);
  const commas = options.commas ?? commasOf(all.map(({ field }) => field));
  const marks = { ...options, commas };
  const settles = (field) => commas && (options.commas || commas === "decimal" || !field.includes(".")); // 1,000.5 does not settle 1.234,5
  const unclear = all.find(({ field }) => field.includes(",") && !settles(field) && readingsOf(field).length > 1);
  const grouped = all.find(({ field }) => commas === "decimal" && !options.points && POINT_GROUP.test(field));
  const isDecimal = all.some(({ field }) => decimalComma(field)) && commas !== "groups";
  if (unclear ?? grouped) return ask(unclear ?? grouped, marks);
  return { marks, words: isDecimal ? ", decimal comma" : commas === "groups" ? ", commas between thousands" : "" };
}

// ---------------------------------------------------------------------------------------------
// Faults

/** What is wrong with the fields of a line, or nothing. */
function faultOf(fields, { names, taken, width, marks }) {
  const needed = `${COUNTS[names.length]} ${names.length === 1 ? "is" : "are"} needed: ${names.join(", ")}.`;
  const values = taken.map((j) => (j < fields.length ? valueOf(fields[j], marks) : undefined));
  const bad = values.findIndex(Number.isNaN);
  const word = bad >= 0 ? fields[taken[bad]] : "";
  if (bad >= 0 && MISSING.test(word)) return `: ${names[bad]} is missing${word && ` (${word})`}; ${needed}`;
  if (bad >= 0) return `: “${cut(word)}” is not a number.`;
  if (values.includes(undefined) || fields.length > width) {
    return ` has ${fields.length} ${fields.length === 1 ? "number" : "numbers"}; ${needed}`;
  }
  const large = values.findIndex((value) => !(Math.abs(value) <= BOUND));
  return large >= 0 && `: ${fields[taken[large]]} is too large; numbers go up to 10¹².`;
}

/** The faults of lines in words, and the offer to go on without those lines. */
function refusal(faults, good) {
  const told = faults.slice(0, NAMED).map(({ number, fault }) => `Line ${number}${fault}`);
  const more = faults.slice(NAMED).map(({ number }) => number);
  const rest = more.length ? [`Also ${more.length > 1 ? "lines" : "line"} ${and(more.slice(0, 20))}${more.length > 20 ? " and more" : ""}.`] : [];
  const offers = good ? [{ label: `Leave ${faults.length > 1 ? `these ${shown(faults.length)} lines` : "this line"} out`, options: { leaveOut: true } }] : [];
  return { error: [...told, ...rest].join(" "), offers };
}

/** Why a text is none, or "": a picture or a spreadsheet that was read as if it were one. */
export const notText = (text) =>
  (/[\0\uFFFD]/.test(text) ? "This is not plain text. Save the table as CSV (UTF-8) and try again." : "");

/** The text of a file: in UTF-8, as its first bytes say, or as Windows writes it in the west of Europe. @param {Uint8Array} bytes */
export function textOf(bytes) {
  const marks = { "255,254": "utf-16le", "254,255": "utf-16be" };
  try {
    return new TextDecoder(marks[bytes.slice(0, 2).join()] ?? "utf-8", { fatal: true }).decode(bytes);
  } catch {
    return new TextDecoder("windows-1252").decode(bytes);
  }
}

/** Commas that may be decimal or may stand between more columns than wanted: no rule tells which. */
const commasMix = (separator, head, rows, names) =>
  separator.source === "," && !head && rows.some(({ line, fields }) => fields.length > names.length && fields.every(isNumber) && !/[.;"']/.test(line));

/**
 * Read a table: tabs, semicolons, commas or spaces between the columns, or what a first line "sep=;" names; decimal
 * commas where commas do not separate; a first line of names, blank lines and lines that start with # are no rows.
 * @param {string} text @param {string[]} names of the columns @param {number} [atMost] rows
 * @param {{ commas?: string, points?: string, leaveOut?: boolean }} [options] what the reader has answered
 * @returns {{ columns: number[][], said: string } | { error: string, offers?: { label: string, options: object }[] }}
 *   the numbers by column and how they were read, or what is wrong and what may be done
 */
export function parseTable(text, names, atMost = Infinity, options = {}) {
  if (text.length > LARGEST) return { error: `At most ${shown(LARGEST)} characters, got ${shown(text.length)}.` };
  if (notText(text)) return { error: notText(text) };
  const full = linesOf(text);
  const all = full.filter(({ line }) => !COMMENT.test(line));
  const comments = full.length - all.length;
  const separator = announced(all[0]?.line) ?? separatorOf(all, names.length);
  if (announced(all[0]?.line)) all.shift();
  const rows = all.map(({ line, number }) => ({ line, number, fields: fieldsOf(line, separator) }))
    .filter(({ fields }) => fields.length); // a row of separators alone is a blank one
  const head = rows.length && isHead(rows[0].fields, names.length) ? rows.shift().fields : null;
  if (!rows.some(({ fields }) => fields.length > WIDEST || fields.some(isNumber))) return { error: `There are no numbers yet: each line needs ${COUNTS[names.length]}: ${names.join(", ")}.` };
  if (rows.length > atMost) return { error: `At most ${shown(atMost)} rows, got ${shown(rows.length)}.` };
  const found = readRows({ rows, head, names, separator, options, comments });
  return found.offers ? { ...found, offers: found.offers.map((offer) => ({ ...offer, options: { ...options, ...offer.options } })) } : found;
}

/** The numbers in rows of fields: see parseTable. */
function readRows({ rows, head, names, separator, options, comments }) {
  const columns = chosenColumns(head, rows, names);
  const { taken } = columns;
  const { marks, words, ...question } = marksOf(rows, taken, options);
  if (!marks) return question;
  const width = Math.min(WIDEST, Math.max(head?.length ?? widthOf(rows), names.length));
  const faults = rows.map(({ fields, number }) => ({ number, fault: faultOf(fields, { names, taken, width, marks }) })).filter(({ fault }) => fault);
  const bad = new Set(faults.map(({ number }) => number));
  const good = rows.filter(({ number }) => !bad.has(number));
  if (faults.length && !(options.leaveOut && good.length)) return refusal(faults, good.length);
  if (commasMix(separator, head, good, names)) return { error: `The commas of line ${good[0].number} may be decimal or stand between ${good[0].fields.length} columns. Put ; between the columns.` };
  const passed = comments ? `; ${plural(comments, "comment")} left out` : "";
  const out = faults.length ? `; ${faults.length > 1 ? "lines" : "line"} ${and([...bad].slice(0, 20))}${bad.size > 20 ? " and more" : ""} left out` : "";
  return {
    columns: taken.map((j) => good.map(({ fields }) => valueOf(fields[j], marks))),
    said: `${plural(good.length, "row")}, ${columnsInWords(columns, head, names)}${words}${passed}${out}`,
  };
}
