/**
 * A pasted or dropped table as columns of numbers, or the reason why it is none. Pure: no document.
 */

const LARGEST = 200_000; // characters
const BOUND = 1e12; // beyond it squares and ticks lose their meaning
const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;
const SEPARATORS = [/\t/, /;/, /,/, /\s+/];
const COUNTS = ["none", "one", "two", "three", "four"];

const shown = (count) => count.toLocaleString("en");
const numberOf = (field) => (NUMBER.test(field) ? Number(field) : NaN);

/** What stands in quotes is one field: commas in it are decimal, and nothing in it separates. */
const unquoted = (line) =>
  line.replace(/(["'])(.*?)\1/g, (_, quote, inner) => inner.trim().replaceAll(",", ".").replace(/[\s;]/g, "_"));

/** The fields of a line; empty ones at its end, as spreadsheets leave them, do not count. */
function fieldsOf(line, separator) {
  const fields = unquoted(line).split(separator).map((field) => field.trim().replace("−", "-"));
  while (fields.at(-1) === "") fields.pop();
  return String(separator) === "/,/" ? fields : fields.map((field) => field.replace(",", "."));
}

/** The separator that makes most lines good; among equals, one that is there at all. */
function separatorOf(lines, isGood) {
  const first = lines.slice(0, 50);
  const isThere = (separator) => first.some(({ line }) => separator.test(line));
  const score = (separator) =>
    2 * first.filter(({ line }) => isGood(fieldsOf(line, separator))).length + isThere(separator);
  const scores = SEPARATORS.map(score);
  return SEPARATORS[scores.indexOf(Math.max(...scores))];
}

/** What is wrong with the fields of a line, or nothing. */
function faultOf(fields, names) {
  const needed = `${COUNTS[names.length]} ${names.length === 1 ? "is" : "are"} needed: ${names.join(", ")}.`;
  const bad = fields.findIndex((field) => Number.isNaN(numberOf(field)));
  if (bad >= 0 && fields[bad] === "") return `: ${names[bad] ?? "a number"} is missing; ${needed}`;
  if (bad >= 0) return `: “${fields[bad].slice(0, 24)}” is not a number.`;
  if (fields.length !== names.length) {
    return ` has ${fields.length || "no"} number${fields.length === 1 ? "" : "s"}; ${needed}`;
  }
  const large = fields.find((field) => !(Math.abs(Number(field)) <= BOUND));
  return large && `: ${large} is too large; numbers go up to 10¹².`;
}

/** The lines that hold something, each with its number in the text. */
const linesOf = (text) =>
  text.replace(/^\uFEFF/, "").split(/\r\n?|\n/)
    .map((line, i) => ({ line: line.trim(), number: i + 1 }))
    .filter(({ line }) => line && !line.startsWith("#"));

/** Why a text is none, or "": a picture or a spreadsheet that was read as if it were one. */
export const notText = (text) =>
  (/[\0\uFFFD]/.test(text) ? "This is not plain text. Save the table as CSV (UTF-8) and try again." : "");

/**
 * Read a table: commas, semicolons, tabs or spaces between the columns; decimal commas where commas
 * do not separate; one line of names, blank lines and lines that start with # are passed over.
 * @param {string} text @param {string[]} names of the columns @param {number} [atMost] rows
 * @returns {{ columns: number[][] } | { error: string }} the numbers by column, or what is wrong
 */
export function parseTable(text, names, atMost = Infinity) {
  if (text.length > LARGEST) return { error: `At most ${shown(LARGEST)} characters, got ${shown(text.length)}.` };
  if (notText(text)) return { error: notText(text) };
  const all = linesOf(text);
  const separator = separatorOf(all, (fields) => !faultOf(fields, names));
  const lines = all.map(({ line, number }) => ({ fields: fieldsOf(line, separator), number }));
  if (lines[0]?.fields.every((field) => Number.isNaN(numberOf(field)))) lines.shift();
  if (!lines.length) return { error: `There are no numbers yet: each line needs ${COUNTS[names.length]}: ${names.join(", ")}.` };
  if (lines.length > atMost) return { error: `At most ${shown(atMost)} rows, got ${shown(lines.length)}.` };
  for (const { fields, number } of lines) {
    const fault = faultOf(fields, names);
    if (fault) return { error: `Line ${number}${fault}` };
  }
  return { columns: names.map((_, j) => lines.map(({ fields }) => Number(fields[j]))) };
}
