/** Tables as readers paste them: what is read, and what is said about what cannot be read. */
import assert from "node:assert/strict";
import test from "node:test";
import { notText, parseTable } from "../../lib/explorables/static/table.js";

const NAMES = ["x", "y"];
const columns = (text, names = NAMES) => parseTable(text, names, 200).columns;
const error = (text, names = NAMES, atMost = 200) => parseTable(text, names, atMost).error;
const TWO = [[1, 3.5], [2.5, -4]];

test("commas, semicolons, tabs and spaces separate columns", () => {
  for (const text of ["1,2.5\n3.5,-4", "1;2.5\n3.5;-4", "1\t2.5\n3.5\t-4", "1 2.5\n3.5   -4", "1, 2.5\n3.5 ,-4"]) {
    assert.deepEqual(columns(text), TWO, text);
  }
});

test("a comma is a decimal comma where commas do not separate", () => {
  for (const text of ["1;2,5\n3,5;-4", "1\t2,5\n3,5\t-4", "1 2,5\n3,5 -4"]) assert.deepEqual(columns(text), TWO, text);
  assert.deepEqual(columns("1,5\n2,5", ["x"]), [[1.5, 2.5]]);
  assert.deepEqual(columns('"1","2,5"\n"3,5","-4"'), TWO);
});

test("names, blank lines, comments, line ends of all systems and a byte order mark are passed over", () => {
  assert.deepEqual(columns("\uFEFF# made by hand\r\n\r\nwidth,height\r\n1,2.5\r\n\r\n# and more\r\n3.5,-4\r\n"), TWO);
  assert.deepEqual(columns("width height\r1 2.5\r3.5 -4"), TWO);
  assert.deepEqual(columns('"width, in cm";"height; in cm"\n1;2,5\n3,5;-4'), TWO);
});

test("numbers are read as they are usually written", () => {
  assert.deepEqual(columns("+1,2.5e0\n3.5E0,−4\n"), TWO);
  assert.deepEqual(columns(".5,5.\n1e-3,1E3"), [[0.5, 0.001], [5, 1000]]);
  assert.deepEqual(columns("1,2.5,\n3.5,-4,,"), TWO);
});

test("other numbers of columns are read", () => {
  assert.deepEqual(columns("1\n2\n3", ["x"]), [[1, 2, 3]]);
  assert.deepEqual(columns("1 2 3\n4 5 6", ["a", "b", "c"]), [[1, 4], [2, 5], [3, 6]]);
});

test("what is wrong is said with the line and what must hold", () => {
  assert.equal(error("1,2\n3,4\n5\n"), "Line 3 has 1 number; two are needed: x, y.");
  assert.equal(error("x,y\n\n1,2\n3,4,5\n"), "Line 4 has 3 numbers; two are needed: x, y.");
  assert.equal(error("1,2\n3,abc"), "Line 2: “abc” is not a number.");
  assert.equal(error("1,2\n,3"), "Line 2: x is missing; two are needed: x, y.");
  assert.equal(error("1,2\n1,,2"), "Line 2: y is missing; two are needed: x, y.");
  assert.equal(error("1\n2;3;4", ["x"]), "Line 2 has 3 numbers; one is needed: x.");
  assert.equal(error("1;2\n1e999;3"), "Line 2: 1e999 is too large; numbers go up to 10¹².");
});

test("what JavaScript would take for a number is none", () => {
  for (const word of ["NaN", "Infinity", "0x10", "1e", "1_000", "--1", "1.2.3", "true"]) {
    assert.match(error(`1,2\n3,${word}`), /is not a number/, word);
  }
});

test("an empty text, a text of words, too many rows, too much and no text at all are refused", () => {
  for (const text of ["", "  \n\n", "# nothing", "hello", "x,y\n"]) assert.match(error(text), /no numbers yet.*x, y/);
  assert.equal(error("1,2\n".repeat(4213)), "At most 200 rows, got 4,213.");
  assert.match(error("1".repeat(200_001)), /^At most 200,000 characters, got 200,001/);
  for (const text of ["PK\u0003\u0004\0\0", "\u0089PNG\uFFFD"]) assert.equal(error(text), notText(text));
  assert.equal(notText("1,2"), "");
});

test("a hostile text is refused and does not hang the page", { timeout: 60_000 }, () => {
  const texts = [",", ";", '"', "'", "\"'", "1,", " ", "\t", "1 ", '",', "\n", "#\n", "e+"];
  for (const text of texts) assert.ok(error(text.repeat(Math.floor(200_000 / text.length))), text);
  assert.equal(error("1,2\n<img src=x onerror=alert(1)>,2"), "Line 2: “<img src=x onerror=alert” is not a number.");
});
