/**
 * What is said about an answer. The twin of judge.py, held to it by golden cases: both judge from the sheet of a question and
 * one of its instances. The right answer is never told. What is chosen, not typed, is judged in chosen.js, which a page has
 * at once; this comes with the first answer to be typed. Pure: no document.
 */
import { inPercent, read, shapeIn } from "./answers.js";
import { declared, equal, escaped, filledIn, isChosen, judgeChosen, right, verdict } from "./chosen.js";

const MEASURES = ["nats", "bits", "seconds"]; // the other known units count something
const ZERO = 1e-9;
const SAYS = {
  unit: "The number is right for an answer in {0}, but {1} is written after it.",
  "other unit": "That is right in {1}; the question asks for {0}.",
  rounding: "That is right, but rounded too much. Give at least three digits.",
  sign: "The size is right, the sign is wrong.",
  signs: "The sizes are right, but not every sign.",
  transposed: "That is the transpose of what is asked: rows and columns have changed places.",
  dimensions: "The lengths are right, but they stand in the other order.",
  percent: "That is right in percent: write % after it, or a number between 0 and 1.",
  share: "That is the right share as a number between 0 and 1; the question asks for percent.",
  "unknown unit": "The number is right, but {1} is not its unit.",
  "number of entries": "Look at the shape first: {0} entries are read, the answer has {1}.",
  shape: "Look at the shape first: {0} is read, the answer is a {1} of another shape.",
  "decimal commas": " With decimal commas, put semicolons between the entries: (0,5; 1,5).",
  order: "The numbers are right, but they stand in another order.",
  factor: "The direction is right, the length is not: all entries are wrong by one factor.",
  entry: "Some entries are right. Look at entry {0} first.",
  cell: "Some entries are right. Look at row {0}, column {1} first.",
  thousands: "A point stands before decimals here. Without it, that is right.",
  zero: "Look at the size first: it is not zero.",
  size: "Look at the size first: it is far too large.",
  "look at sign": "Look at the sign first.",
  large: "The sign is right. Look at the size first: it is far too large.",
  small: "The sign is right. Look at the size first: it is far too small.",
  near: "Sign and rough size are right, the number is not. Go through the steps once more.",
  ndim: "Look at the number of dimensions first.",
  length: "Look at length {0} of the shape first.",
};

const words = (key, ...parts) => filledIn(SAYS[key], ...parts);

// --- numbers against numbers ---

const flat = (value) => (Array.isArray(value) ? value.flat(Infinity) : [value]);
const mapped = (value, change) => (Array.isArray(value) ? value.map((item) => mapped(item, change)) : change(value));
const times = (value, factor) => mapped(value, (number) => number * factor);
const transposed = (value) => value[0].map((_, at) => value.map((row) => row[at]));
const isOfShape = (value, other) => equal(shapeIn(value), shapeIn(other));

/** How far each number of an answer may be missed. */
function room(value, tolerance) {
  const numbers = flat(value);
  const largest = numbers.length > 1 ? Math.max(...numbers.map(Math.abs)) : 0;
  return numbers.map((number) => {
    const size = Math.abs(number);
    const least = size < ZERO || !tolerance ? ZERO * Math.max(1, size) : 0;
    return Math.max(tolerance * Math.max(size, 0.1 * largest), least);
  });
}

/** Whether two answers are the same within the tolerance of the second. */
function same(typed, value, tolerance) {
  if (value === null || !isOfShape(typed, value)) return false;
  const [numbers, wanted, allowed] = [flat(typed), flat(value), room(value, tolerance)];
  return numbers.every((number, at) => Math.abs(number - wanted[at]) <= allowed[at]);
}

/** How many decimals a number has, less than none for round thousands; null for many. */
function decimalsOf(value) {
  for (let digits = -9; digits < 10; digits += 1) {
    const scaled = Math.abs(value) * 10 ** digits;
    const nearest = Math.floor(scaled + 0.5);
    if (nearest && Math.abs(scaled - nearest) <= 1e-9 * Math.max(1, scaled)) return digits;
  }
  return null;
}

const LESS = 1 - 1e-7; // 4.7 is not 4.8 cut off, though their difference is stored as less than 0.1

/** Whether an answer is another one with too few digits: rounded, or cut off. */
function rounded(typed, value, limit = 0.1) {
  if (value === null || !isOfShape(typed, value)) return false;
  const [numbers, wanted] = [flat(typed), flat(value)];
  const found = numbers.filter(Boolean).map(decimalsOf);
  const largest = Math.max(...wanted.map(Math.abs));
  const most = Math.max(...found);
  if (!found.length || found.includes(null)) return false;
  // 290 for 288 is another number, not a rounded one
  if (numbers.some((number, at) => number && Math.abs(wanted[at]) < 1000 && decimalsOf(number) < 0)) return false;
  const units = numbers.map((number) => 10 ** -(number ? decimalsOf(number) : most));
  const gaps = numbers.map((number, at) => Math.abs(number - wanted[at]));
  const isByHalf = gaps.every((gap, at) => gap <= 0.5000001 * units[at]);
  const isCut = numbers.every((number, at) => Math.abs(number) <= Math.abs(wanted[at]) && number * wanted[at] >= 0 && gaps[at] < LESS * units[at]);
  return Math.max(...gaps) <= limit * largest && (isByHalf || isCut);
}

// --- number, vector, matrix ---

function judgeMeasured(sheet, instance, typed) {
  const reading = read(sheet.kind, typed, sheet.units, shapeIn(instance.answer));
  if (reading.problem) return verdict("unread", "", reading.problem);
  const [value, isStrange] = inAskedUnit(sheet, reading, typed);
  let found = opinion(sheet, instance, value, reading, isStrange);
  const isOpen = found[0] === "not yet" && !found[1];
  if (isOpen && partsThousands(sheet, value, instance.answer, typed)) found = ["almost", "thousands", words("thousands")];
  return verdict(...found, escaped(reading.echo ? `Read as ${reading.echo}.` : ""));
}

const POINTED = /(?:^|[^0-9.,])[1-9][0-9]{0,2}\.[0-9]{3}(?![0-9.,])/;

/** Whether a number is right if its point was meant to part thousands: 1.000 for 1000. */
const partsThousands = (sheet, value, answer, typed) =>
  POINTED.test(String(typed)) && same(times(value, 1000), answer, sheet.tolerance);

/** The value in the unit that is asked, and whether its stated unit is none of the known ones. */
function inAskedUnit(sheet, reading, typed) {
  if (sheet.unit === "%" && inPercent(typed)) return [times(reading.value, 100), false];
  if (!reading.unit || isCounted(sheet, reading.unit)) return [reading.value, false];
  const unit = sheet.units.find(({ name }) => name === reading.unit);
  return unit ? [times(reading.value, unit.size), false] : [reading.value, true];
}

/** Whether a question without a unit speaks of what an answer names: 4 epochs. */
function isCounted(sheet, unit) {
  const told = sheet.text.replace(/<[^>]*>/g, "").toLowerCase();
  return !sheet.unit && !MEASURES.includes(unit) && told.includes(unit.replace(/e?s$/, ""));
}

/** Kind, name and words of the verdict on a value that was read. */
function opinion(sheet, instance, value, reading, isStrange) {
  const { answer } = instance;
  const { tolerance } = sheet;
  if (same(value, answer, tolerance)) {
    return isStrange ? ["almost", "unit", words("unknown unit", "", reading.unit)] : right(sheet, instance);
  }
  return (
    declared(sheet, instance, (wrong) => same(value, wrong, tolerance)) ??
    (rounded(value, answer) ? ["almost", "rounding", words("rounding")] : null) ??
    declared(sheet, instance, (wrong) => rounded(value, wrong, 0.03)) ??
    inOtherUnit(sheet, answer, reading) ??
    turned(sheet, value, answer) ?? ["not yet", "", firstLook(sheet.kind, value, answer, tolerance)]
  );
}

/** The right value in another unit, or with another unit after it. */
function inOtherUnit(sheet, answer, { value: raw, unit }) {
  const is = (value) => same(value, answer, sheet.tolerance);
  if (is(raw)) return ["almost", "unit", words("unit", sheet.unit, unit)];
  const other = sheet.units.find(({ size }) => size !== 1 && is(times(raw, size)));
  if (other) return ["almost", "unit", words("other unit", sheet.unit, other.name)];
  if (sheet.unit === "%" && is(times(raw, 100))) return ["almost", "percent", words("share")];
  const isShare = sheet.unit === "" && Math.max(...flat(answer).map(Math.abs)) <= 1;
  return isShare && is(times(raw, 0.01)) ? ["almost", "percent", words("percent")] : null;
}

/** Turned signs and a transpose. */
function turned(sheet, value, answer) {
  const is = (one, other = answer) => same(one, other, sheet.tolerance);
  if (is(times(value, -1))) return ["almost", "sign", words("sign")];
  if (is(mapped(value, Math.abs), mapped(answer, Math.abs))) return ["almost", "sign", words("signs")];
  return sheet.kind === "matrix" && is(transposed(value)) ? ["almost", "transposed", words("transposed")] : null;
}

/** What to look at first: shape, an entry, sign, size. */
function firstLook(kind, value, answer, tolerance) {
  if (!isOfShape(value, answer)) return aboutShape(kind, value, answer);
  const entries = kind === "number" ? "" : aboutEntries(value, answer, tolerance);
  if (entries) return entries;
  const [numbers, wanted] = [flat(value), flat(answer)];
  const gaps = numbers.map((number, at) => Math.abs(number - wanted[at]));
  const at = gaps.indexOf(Math.max(...gaps));
  const [a, b] = [numbers[at], wanted[at]];
  if (a === 0 && b !== 0) return words("zero");
  if (a && !b) return words("size");
  if (numbers.some((number, i) => number * wanted[i] < 0)) return words("look at sign");
  return words(Math.abs(a) > 3 * Math.abs(b) ? "large" : 3 * Math.abs(a) < Math.abs(b) ? "small" : "near");
}

function aboutShape(kind, value, answer) {
  if (kind !== "vector") return words("shape", shapeIn(value).join(" × "), kind);
  return words("number of entries", value.length, answer.length) + (value.length === 2 * answer.length ? words("decimal commas") : "");
}

/** What several entries tell: another order, one factor, the first that is wrong. */
function aboutEntries(value, answer, tolerance) {
  const [numbers, wanted] = [flat(value), flat(answer)];
  const sorted = (list) => [...list].sort((a, b) => a - b);
  if (same(sorted(numbers), sorted(wanted), tolerance)) return words("order");
  const sizes = wanted.map(Math.abs);
  const largest = sizes.indexOf(Math.max(...sizes));
  const factor = numbers[largest] / wanted[largest];
  const isSeveral = wanted.filter(Boolean).length > 1;
  if (wanted[largest] && factor > 0 && isSeveral && same(times(value, 1 / factor), answer, tolerance)) return words("factor");
  const allowed = room(answer, tolerance);
  const isWrong = numbers.map((number, at) => Math.abs(number - wanted[at]) > allowed[at]);
  if (isWrong.every(Boolean)) return "";
  const [at, width] = [isWrong.indexOf(true), answer[0].length];
  return width ? words("cell", Math.floor(at / width) + 1, (at % width) + 1) : words("entry", at + 1);
}

// --- shapes ---

function judgeShape(sheet, instance, typed) {
  const reading = read("shape", typed);
  if (reading.problem) return verdict("unread", "", reading.problem);
  const { value } = reading;
  const found = equal(value, instance.answer)
    ? right(sheet, instance)
    : (declared(sheet, instance, (wrong) => equal(value, wrong)) ?? otherShape(value, instance.answer));
  return verdict(...found, escaped(`Read as ${reading.echo}.`));
}

function otherShape(value, answer) {
  if (equal([...value].reverse(), answer)) return ["almost", "transposed", words("dimensions")];
  if (value.length !== answer.length) return ["not yet", "", words("ndim")];
  return ["not yet", "", words("length", value.findIndex((length, at) => length !== answer[at]) + 1)];
}

/**
 * What is said about an answer to one instance of a question.
 * @param {object} sheet the question @param {object} instance one of its pool
 * @param {string | number | number[]} typed text, or the index or indices of what was chosen
 * @returns {Verdict}
 */
export function judge(sheet, instance, typed) {
  if (isChosen(sheet.kind)) return judgeChosen(sheet, instance, typed);
  return (sheet.kind === "shape" ? judgeShape : judgeMeasured)(sheet, instance, typed);
}
