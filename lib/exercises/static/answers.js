/**
 * What people type, read: numbers, closed forms, units, vectors, matrices, shapes. The twin of answers.py, held to it by
 * golden cases. Nothing that was typed is ever run. Pure: no document.
 */
import { plainly, powers, readingsOf } from "../../explorables/static/kit/numbers.js";
import { escaped } from "./chosen.js";

const LONGEST = 2000;
const LONGEST_FORM = 120;
const DEEPEST = 20; // brackets in brackets
const MOST = 100; // entries in a row, and rows
const EXAMPLES = {
  number: "0.25, 1/4, 25 %, 1e-3 or ln 2",
  vector: "(1, -2) or 1; -2",
  matrix: "1, 2; 3, 4 with a semicolon, or a new line, between the rows",
  shape: "(3, 4) or 3 x 4",
};
const OTHER_UNITS = [
  "nats", "bits", "steps", "samples", "epochs", "points", "classes", "features", "batches",
  "parameters", "multiplications", "paths", "seconds", "minutes", "tosses", "people", "items", "edges", "standard errors",
];
const PLAIN = /^[-+]? ?(\d+\.?\d*|\.\d+)$/;

const minus = (text) => text.replace(/-/g, "−");
const numberText = (value) => minus(String(value));
const entryText = (value) => numberText(Number(value.toPrecision(7)));

/** A number in words of its own: with all its digits, or as "about" so much. @param {number} value */
export function shown(value) {
  const short = Number(value.toPrecision(7));
  const isExact = Math.abs(short - value) <= 1e-12 * Math.abs(value); // logarithms differ in their last bits
  return isExact ? numberText(short) : `about ${numberText(Number(value.toPrecision(4)))}`;
}

const sameTable = (a, b) => JSON.stringify(a) === JSON.stringify(b);
const product = (lists) => lists.reduce((found, list) => found.flatMap((head) => list.map((item) => [...head, item])), [[]]);

// --- closed forms: a parser, so that nothing is ever run ---

class NotReadable extends Error {}

const FUNCTIONS = {
  ln: Math.log, log: Math.log, log2: Math.log2, log_2: Math.log2, ld: Math.log2, log10: Math.log10, log_10: Math.log10,
  exp: Math.exp,
  sqrt: Math.sqrt, "√": Math.sqrt, abs: Math.abs, sin: Math.sin, cos: Math.cos, tan: Math.tan, tanh: Math.tanh,
};
const CONSTANTS = { pi: Math.PI, "π": Math.PI, e: Math.E };
const TOKEN =
  /( *)(?:([0-9][0-9.,]*(?:e[-+]?[0-9]+(?![0-9.]))?|[.,][0-9]+(?:e[-+]?[0-9]+)?)|(log_?10|log_?2(?![0-9.,])|[a-zà-öø-ÿα-ω]+|√)|([-+*/^()%]))/y;
const GROUPS = [
  [/log_?\{ *(2|10) *\}/g, "log_$1 "],
  [/\^ *\{([^{}]*)\}/g, "^($1)"],
  [/\\sqrt *\{([^{}]*)\}/g, "sqrt($1)"],
  [/\\[dt]?frac *\{([^{}]*)\} *\{([^{}]*)\}/g, "(($1)/($2))"],
];
const TEX = [
  ...Array(5).fill(GROUPS).flat(), // one group in another, five deep
  [/\\(?:left|right|,|;|!|quad|displaystyle)/g, " "],
  [/\\(?:cdot|times)/g, "*"],
  [/\\([a-zA-Z])/g, " $1"],
];
const SIGNS = { "×": "*", "·": "*", "⋅": "*", "∗": "*", "÷": "/", "{": "(", "}": ")" };

/** A closed form cut into tokens. */
function tokensOf(typed) {
  let text = TEX.reduce((rest, [pattern, better]) => rest.replace(pattern, better), typed);
  text = text.replace(/[×·⋅∗÷{}]/g, (sign) => SIGNS[sign]).replaceAll("**", "^").toLowerCase();
  text = text.replace(/\b(?:np|numpy|math|torch)\./g, "");
  const tokens = [];
  for (TOKEN.lastIndex = 0; TOKEN.lastIndex < text.length; ) {
    const at = TOKEN.lastIndex;
    const found = TOKEN.exec(text);
    if (!found) throw new NotReadable(text.slice(at).trim());
    const [, space, number, name, sign] = found;
    tokens.push({ spaced: space !== "", kind: number ? "number" : name ? "name" : sign, text: number || name || sign });
  }
  return tokens;
}

function finite(value) {
  if (!Number.isFinite(value)) throw new NotReadable("");
  return value;
}

/** A reader of one closed form, with one of the readings that its spelling leaves open. */
class Parser {
  constructor(tokens, numbers, isTight) {
    Object.assign(this, { tokens, numbers: [...numbers], isTight, at: 0, depth: 0 });
  }

  peek() {
    return this.tokens[this.at]?.kind ?? "";
  }

  take() {
    return this.tokens[this.at++].text;
  }

  value() {
    const found = this.sum();
    if (this.peek()) throw new NotReadable(this.take());
    return found;
  }

  sum() {
    if (++this.depth > DEEPEST) throw new NotReadable("(");
    let found = this.term();
    while (["+", "-"].includes(this.peek())) found = finite(this.take() === "+" ? found + this.term() : found - this.term());
    this.depth -= 1;
    return found;
  }

  term() {
    let found = this.factor();
    for (;;) {
      if (this.peek() === "*") {
        this.take();
        found = finite(found * this.factor());
      } else if (this.peek() === "/") {
        this.take();
        found = finite(found / this.divisor());
      } else if (["name", "("].includes(this.peek())) found = finite(found * this.factor());
      else return found;
    }
  }

  /** What stands under a stroke: 1/2π may have the π there or not. */
  divisor() {
    let found = this.factor();
    while (this.isTight && ["name", "("].includes(this.peek()) && !this.tokens[this.at].spaced) found = finite(found * this.factor());
    return found;
  }

  factor() {
    if (["+", "-"].includes(this.peek())) return this.take() === "+" ? this.factor() : -this.factor();
    let found = this.atom();
    if (this.peek() === "%") {
      this.take();
      found /= 100;
    }
    if (this.peek() !== "^") return found;
    this.take();
    return finite(found ** this.factor());
  }

  atom() {
    const kind = this.peek();
    const text = kind ? this.take() : "";
    if (kind === "number") return this.numbers.shift();
    if (kind === "(") return this.closed();
    if (Object.hasOwn(FUNCTIONS, text)) return finite(FUNCTIONS[text](this.argument(text)));
    if (Object.hasOwn(CONSTANTS, text)) return CONSTANTS[text];
    throw new NotReadable(text);
  }

  closed() {
    const found = this.sum();
    if (this.peek() !== ")") throw new NotReadable("(");
    this.take();
    return found;
  }

  /** What a function is applied to: ln 2/3 may be the logarithm of 2/3 or not. */
  argument(name) {
    if (this.peek() === "(") {
      this.take();
      return this.closed();
    }
    let found = this.factor();
    while (this.isTight && !["sqrt", "√"].includes(name) && this.goesOn()) {
      const sign = ["*", "/"].includes(this.peek()) ? this.take() : "*";
      found = finite(sign === "/" ? found / this.factor() : found * this.factor());
    }
    return found;
  }

  /** Whether what follows may belong to an argument: ln 2/3 may, ln 2/ln 3 may not. */
  goesOn() {
    const at = this.at + (["*", "/"].includes(this.peek()) ? 1 : 0);
    const { spaced, kind, text } = this.tokens[at] ?? {};
    const belongs = ["number", "("].includes(kind) || (kind === "name" && !Object.hasOwn(FUNCTIONS, text));
    return belongs && (at > this.at || !spaced);
  }
}

const VULGAR = /(^|[^0-9.,])([0-9]+)? ?([¼-¾⅐-⅞])/g;

/** A vulgar fraction in brackets: √¼ is not √1/4, and 2½·3 not 2·½·3. */
const bracketed = (_, before, whole, part) => (whole ? `${before}(${whole}+${part})` : `${before}(${part})`);

const alike = (a, b) => Math.abs(a - b) <= 1e-9 * Math.max(Math.abs(a), Math.abs(b));

/** The values that a closed form may have. */
function closedForms(text) {
  if ([...text].length > LONGEST_FORM) throw new NotReadable("");
  const tokens = tokensOf(plainly(text.replace(VULGAR, bracketed)));
  const each = tokens.filter(({ kind }) => kind === "number").map((token) => numberTokens(token.text));
  if (each.slice(4).some((readings) => readings.length > 1)) throw new NotReadable("");
  const values = product(each).flatMap((numbers) => [false, true].map((isTight) => new Parser(tokens, numbers, isTight).value()));
  return values.filter((value, at) => !values.slice(0, at).some((other) => alike(value, other)));
}

/** What a number inside a closed form may be. */
function numberTokens(token) {
  const values = powers(token).filter(Number.isFinite);
  if (!values.length || token.endsWith(",")) throw new NotReadable(token); // (1, −2) is no difference
  return values;
}

// --- one number as people write it ---

const DTYPE = /,\s*(?:dtype|device|requires_grad|grad_fn)\s*=\s*[^,)\]]+/g;
const BEFORE =
  /^(?:\$+|~|about|approximately|approx\.?|ca\.?|[a-z][a-z _]{0,30}:|(?:around|roughly|circa|(?:the )?(?:answer|result) is|it is|after|epoch|step|degree)(?=\s))\s*/i;
const TEX_SPACE = /\\\\|\\[,;:! ]/g; // but no new row
const WORDY = /\\(?:text|mathrm|mathsf|operatorname) *\{([^{}]*)\}/g;
const FLOAT = /np\.(?:float|int)(?:16|32|64)\(([^()]*)\)/g; // as NumPy shows a number in a list
const LEFT_SIDE = /^(?:[^=≈]{0,59}[^=≈<>!])?[=≈]\s*(?=\S)/; // a bound, <= 1, is no answer
const LEFT_OF_ROWS = /^(?:[^=≈]{0,59}[^=≈<>!])?[=≈]\s*(?=[^\s=≈][^=≈]*$)/; // w = 1, b = 2 has two left sides
const isPlainEnd = (text) => /(?:^|[^0-9.,])[0-9]+\.$/.test(text);

/** An answer without what stands around it: "L =", "about", dollar signs, a full stop. */
function unwrapped(typed, left = LEFT_SIDE) {
  const spaced = typed.trim().replace(TEX_SPACE, (found) => (found === "\\\\" ? found : " "));
  const start = spaced.replace(DTYPE, "").replace(WORDY, " $1").replace(FLOAT, "$1").trim();
  let text = [BEFORE, left, left, BEFORE].reduce((rest, pattern) => rest.replace(pattern, ""), start);
  text = text.replace(/\s*\$+\s*$/, "");
  const isStopped = /[.,;]$/.test(text) && !isPlainEnd(text);
  return (isStopped ? text.slice(0, -1).trim() : text).replace(/\s*(?:per ?cent|pct)$/i, " %");
}

/** The numbers that a text may be. */
function scalars(text) {
  const values = readingsOf(text);
  return values.length ? values : closedForms(text);
}

/** Whether an answer is given in percent. @param {string} typed */
export const inPercent = (typed) => plainly(unwrapped(cleaned(typed))).endsWith("%");

/** The singular of a unit: 1 step, 1 class, 1 batch. */
const single = (word) => word.replace(/(ss|ch)es$|s$/, "$1");

/** A text parted from the unit at its end. */
function splitUnit(text, units) {
  const known = Object.fromEntries(OTHER_UNITS.flatMap((word) => [[word, word], [single(word), word]]));
  units.forEach((unit) => unit.spellings.forEach((spelling) => (known[spelling] = unit.name)));
  const longest = Object.keys(known).sort((a, b) => b.length - a.length || (a < b ? -1 : 1));
  const bareUnit = text.replace(/[([]([a-zA-Z /]+)[)\]]$/, " $1"); // 0.4 (nats)
  for (const whole of [bareUnit.replace(/(?: per |\/)[a-z]+$/, ""), bareUnit]) {
    const before = (word) => whole.slice(0, Math.max(0, whole.length - word.length));
    const found = longest.find((word) => whole.toLowerCase().endsWith(word) && /[^a-zA-Z]$/.test(before(word)));
    if (found) return [before(found).trim(), known[found]];
  }
  return [text, ""];
}

// --- rows of numbers ---

const OPEN = "([{⟨<";
const CLOSE = ")]}⟩>";
const WRAPPER = /(?:(?:np|numpy|torch|jnp)\.)?(?:array|tensor|matrix|vector|asarray|size|shape)\s*(?=[([])/gi;
const TEX_ROWS = /\\(begin|end) *\{(?:[a-z]*matrix|array)\}(?:\[[clr|]*\]|\{[clr|]*\})?/g;
const TRANSPOSED = /(?:\^?\s*\{?\s*(?:\\top|⊤|ᵀ|\\intercal|[Tt])\s*\}?|\.T|['′])\s*$/;
const NEXT_ROW = /[\s,]*[;\n]\s*/y;
const STYLES = [/,/y, /,(?=\s)/y, /\s+/y, null];

const isIn = (letters, letter) => (letters.includes(letter) ? 1 : 0);

/** A text split where a pattern stands outside of all brackets. */
function partsOf(text, separator) {
  const parts = [];
  let [depth, start, at] = [0, 0, 0];
  while (at < text.length) {
    depth += isIn(OPEN, text[at]) - isIn(CLOSE, text[at]);
    const length = separator && depth === 0 ? lengthOf(separator, text, at) : 0;
    if (length) {
      parts.push(text.slice(start, at));
      start = at + length;
    }
    at += length || 1;
  }
  return [...parts, text.slice(start)].map((part) => part.trim());
}

function lengthOf(pattern, text, at) {
  pattern.lastIndex = at;
  return pattern.exec(text)?.[0].length ?? 0;
}

/** What stands in the brackets around a whole text; null where there are none. */
function inside(text) {
  if (text.length < 2 || !isIn(OPEN, text[0]) || text.at(-1) !== CLOSE[OPEN.indexOf(text[0])]) return null;
  let depth = 0;
  for (let at = 0; at < text.length - 1; at += 1) {
    depth += isIn(OPEN, text[at]) - isIn(CLOSE, text[at]);
    if (depth === 0) return null;
  }
  return depth === 1 ? text.slice(1, -1).trim() : null;
}

/** A text with its rows on lines: TeX and NumPy are taken off. */
function laidOut(typed) {
  let text = typed.replace(TEX_ROWS, (_, end) => (end === "begin" ? "[" : "]")).replaceAll("\\\\", "\n").replaceAll("&", ",");
  text = text.replace(/\s+%/g, "%").replace(/\s+and\s+|\|/g, ";").trim();
  text = text.replace(WRAPPER, "").trim();
  if (!/[a-z√]\s*\(/.test(text)) text = text.replace(/([)\]])\s*(?=[([])/g, "$1;");
  text = text.replace(/\\(?:left|right)/g, "");
  return text.replace(/[^\S\n]+/g, " ").replace(/ ?\n[ \n]*/g, "\n");
}

/** A text without its outer brackets and the sign of a transpose, and whether there was one. */
function bare(typed) {
  const found = TRANSPOSED.exec(typed);
  const isTurned = found !== null && inside(typed.slice(0, found.index).trim()) !== null;
  let text = isTurned ? typed.slice(0, found.index).trim() : typed;
  while (inside(text) !== null) text = inside(text);
  return [text, isTurned];
}

/** The ways to cut a text into rows. */
function rowTexts(text) {
  for (const pattern of [NEXT_ROW, /\s*,\s*/y, /\s+/y]) {
    const inner = partsOf(text, pattern).filter(Boolean).map(inside);
    if (inner.length && inner.every((row) => row !== null)) return [[inner, stylesIn(inner)]];
  }
  const lines = partsOf(text, NEXT_ROW).filter(Boolean);
  const one = lines.length < 2 || text.includes(";") ? [] : [[[lines.join(" ")], STYLES]];
  return [...inColumns(text), [lines, STYLES], ...one];
}

/** Rows whose entries are parted as rows are elsewhere: 1; 2 on a line, 1 2, 3 4. */
function inColumns(text) {
  if (text.includes(";")) return text.includes("\n") ? [[partsOf(text, /\n/y), [/;/y]]] : [];
  const rows = partsOf(text, /,\s+/y);
  return rows.length > 1 && rows.every((row) => row.includes(" ")) ? [[rows, [STYLES[2]]]] : [];
}

/** How rows in brackets of their own are cut: no comma is a decimal one by mere absence. */
const stylesIn = (rows) => [STYLES[0], ...STYLES.slice(1, 3).filter((style) => rows.some((row) => row.search(style.source) >= 0))];

/** A row cut into entries, each read; null where one is no number. */
function cellsOf(text, style) {
  const parts = partsOf(text.trim().replace(/,+$/, ""), style);
  if (!parts.every(Boolean) || parts.length > MOST) return null;
  try {
    return parts.map((part) => scalars(part.replace(LEFT_SIDE, "")));
  } catch (problem) {
    if (problem instanceof NotReadable) return null;
    throw problem;
  }
}

/** All tables of numbers that a text may be. */
function tables(typed) {
  const [text, isTurned] = bare(laidOut(typed));
  const found = cuts(text).filter(isEven).flatMap(variants);
  return isTurned ? found.map(turnedOver) : found;
}

/** All ways to cut a text into rows of entries that can be read. */
const cuts = (text) =>
  rowTexts(text)
    .filter(([rows]) => rows.length <= MOST)
    .flatMap(([rows, styles]) => styles.map((style) => rows.map((row) => cellsOf(row, style))))
    .filter((cells) => cells.length && cells.every((row) => row?.length));

const isEven = (cells) => cells.every((row) => row.length === cells[0].length);
const turnedOver = (table) => table[0].map((_, at) => table.map((row) => row[at]));

/** The tables that follow from entries with one reading or two. */
function variants(cells) {
  const readings = cells.flat();
  const width = cells[0].length;
  if (readings.filter((values) => values.length > 1).length > 4) return [];
  return product(readings).map((values) => cells.map((_, row) => values.slice(row * width, (row + 1) * width)));
}

/** The vectors among tables: a row, a column. */
const asVectors = (found) =>
  found
    .filter((table) => table.length === 1 || table[0].length === 1)
    .map((table) => (table.length === 1 ? table[0] : table.map(([entry]) => entry)));

// --- shapes ---

const WORDS = /\b(?:an?|matrix|vector|array|rows?|columns?|cols?|shape|size|and|of|length|entries|the|with)\b/g;
const LENGTH = /^(?:[0-9]{1,12}|[a-z](?:_[a-z]+|_?[0-9])?(?:[-+][0-9]+)?)$/;

const COLUMNS_FIRST = /([a-z0-9_+-]{1,30}) (?:columns?|cols?)\b[ ,;×]*(?:and |by |x )?([a-z0-9_+-]{1,30}) rows?\b/g;

/** The lengths that a shape was typed as; null where it is none. */
function shapeOf(typed) {
  const inner = unwrapped(typed).replace(WRAPPER, "").replace(/\\(?:times|cdot)/g, "×");
  const lengths = inner.replace(/^[^∈]{0,60}?(?:∈|\\in )\s*/, "").replace(/^(?:\\mathbb *\{R\}|R|ℝ) *\^/, "");
  let text = plainly(lengths).toLowerCase().replace(COLUMNS_FIRST, "$2 $1");
  const [what] = bare(text);
  if (["scalar", "a scalar"].includes(what) || (text && !what)) return [];
  [text] = bare(text.replace(WORDS, " ").trim());
  text = text.replace(/[$\\]/g, "").replace(/\s*([-+])\s*/g, "$1");
  text = text.replace(/\s*[×*·⋅]\s*|\s+x\s+|\bby\b|-by-|[,;]/g, " ").replace(/\b([0-9]+|[a-z])x(?=[0-9]+\b|[a-z]\b)/g, "$1 ");
  const parts = text.split(/\s+/).filter(Boolean);
  return parts.length && parts.every((part) => LENGTH.test(part)) ? parts : null;
}

// --- the one door ---

/**
 * A text read as a number, vector, matrix or shape.
 * @param {string} kind @param {string} typed @param {{ name: string, spellings: string[] }[]} units
 * @param {number[]} shape that of the answer, by which two readings may be told apart
 * @returns {{ value?: any, unit?: string, echo?: string, problem?: string }}
 */
export function read(kind, typed, units = [], shape = []) {
  const letters = [...typed];
  const text = cleaned(letters.slice(0, LONGEST + 1).join(""));
  if (!text.trim()) return { problem: `Nothing is typed yet. Write a ${kind} like ${EXAMPLES[kind]}.` };
  if (letters.length > LONGEST || depthOf(text) > DEEPEST) return unread(kind, typed);
  const reading = readAs(kind, text, units, shape);
  return reading.blamed === undefined ? reading : unread(kind, typed, reading.blamed);
}

/** A text that is neither empty nor too long; where it cannot be read, the part that is to blame. */
function readAs(kind, typed, units, shape) {
  if (kind === "shape") return readShape(typed);
  const [text, unit] = splitUnit(unwrapped(typed, kind === "number" ? LEFT_SIDE : LEFT_OF_ROWS), units);
  return kind === "number" ? readNumber(text, unit) : readRows(kind, text, unit, shape);
}

const UNSEEN = /[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff]/g;
const PAIRS =
  "（(）)［[］]｛{｝}，,；;：:％%、,٫.٪%∼≈≃≈≅≈≐≈✕×✖×⨯×" + "⎛ ⎝ ⎜ ⎞ ⎠ ⎟ ⎡ ⎣ ⎢ ⎤ ⎦ ⎥ \x1c \x1d \x1e \x1f \x85 ";
const ALIKE = Object.fromEntries(PAIRS.match(/[^]{2}/g).map(([one, other]) => [one, other]));
for (const zero of "٠۰०০") for (let digit = 0; digit < 10; digit += 1) ALIKE[String.fromCharCode(zero.charCodeAt(0) + digit)] = String(digit);

/** A text in which what looks alike is one sign, without what is not seen and what encloses it all. */
function cleaned(typed) {
  let text = typed.replace(UNSEEN, "").replace(/[^]/g, (letter) => ALIKE[letter] ?? letter);
  text = text.replaceAll("{,}", ",").trim().replace(/^(["'`])([^"'`]*)\1$/, "$2");
  text = text.replace(/^\\[([]/, "").replace(/\\[)\]]$/, "");
  return text.replaceAll("\\langle", "⟨").replaceAll("\\rangle", "⟩").replace(/(?:\.{3,}|…)$/, "");
}

/** How deep brackets stand in brackets. */
function depthOf(text) {
  let [depth, deepest] = [0, 0];
  for (const letter of text) {
    depth += isIn(OPEN, letter) - isIn(CLOSE, letter);
    deepest = Math.max(deepest, depth);
  }
  return deepest;
}

/** What could not be read, and how to write it. */
function unread(kind, text, part = "") {
  const letters = [...text.replace(UNSEEN, "").replace(/\s+/g, " ").trim()];
  const cut = letters.length <= 40 ? letters.join("") : `${letters.slice(0, 39).join("")}…`;
  const inner = part && part !== cut ? `, because of “${[...part].slice(0, 20).join("")}”` : "";
  return { problem: escaped(`“${cut}” could not be read as a ${kind}${inner}. Write it like ${EXAMPLES[kind]}.`) };
}

const asked = ([one, other]) => ({ problem: `Do you mean ${one} or ${other}? Write ${one} or ${other}.` });

function readNumber(text, unit) {
  let inner = text.replace(WRAPPER, "").trim();
  while (inside(inner) !== null) inner = inside(inner).replace(/,$/, "");
  let values;
  try {
    values = scalars(inner);
  } catch (problem) {
    if (problem instanceof NotReadable) return { blamed: problem.message };
    throw problem;
  }
  if (values.length > 1) return asked(values.map(entryText));
  const isPlain = PLAIN.test(inner.trim().replace("−", "-")) && !unit;
  return { value: values[0], unit, echo: isPlain ? "" : `${shown(values[0])} ${unit}`.trim() };
}

/** A vector or a matrix; of several readings the one of the right shape. */
function readRows(kind, text, unit, shape) {
  const all = kind === "vector" ? asVectors(tables(text)) : tables(text);
  const isOnLines = kind === "matrix" && laidOut(text).trim().includes("\n") && shape[0] !== 1; // lines are no one row
  const found = all.filter(
    (table, at) => !(isOnLines && table.length === 1) && !all.slice(0, at).some((other) => sameTable(table, other)),
  );
  if (!found.length) return kind === "matrix" ? uneven(text) : { blamed: "" };
  const fitting = found.filter((table) => sameTable(shapeIn(table), shape));
  if (fitting.length > 1) return asked([fitting[0], fitting.at(-1)].map(rowsText)); // no comma, and each, of thousands
  const longest = found.reduce((best, table) => (table.flat().length > best.flat().length ? table : best));
  const value = fitting[0] ?? longest;
  return { value, unit, echo: `${rowsText(value)} ${unit}`.trim() };
}

/** That rows differ in length, where that is all that is wrong. */
function uneven(text) {
  const [ragged] = cuts(bare(laidOut(text))[0]);
  if (!ragged) return { blamed: "" };
  return { problem: `The rows have ${ragged.map((row) => row.length).join(", ")} entries. A matrix has equally long rows.` };
}

/** The lengths of nested lists. */
export const shapeIn = (value) => (Array.isArray(value) && value.length ? [value.length, ...shapeIn(value[0])] : []);

const rowsText = (value) =>
  Array.isArray(value[0]) ? `[${value.map((row) => row.map(entryText).join(", ")).join("; ")}]` : `(${value.map(entryText).join(", ")})`;

function readShape(text) {
  const lengths = shapeOf(text);
  return lengths ? { value: lengths, unit: "", echo: `(${lengths.join(", ")}${lengths.length === 1 ? "," : ""})` } : { blamed: "" };
}
