/** Tables as readers paste them: what is read, and what is said about what cannot be read. */
import assert from "node:assert/strict";
import test from "node:test";
import { notText, parseTable, textOf } from "../../lib/explorables/static/kit/table.js";

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
  assert.deepEqual(columns("1,2.5,\n3.5,-4,,\n,,\n"), TWO);
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
  for (const word of ["Infinity", "0x10", "1e", "1_000", "--1", "1.2.3", "true"]) {
    assert.match(error(`1,2\n3,${word}`), /is not a number/, word);
  }
});

/** How a table was read, after the answers that a reader has given; or the question. */
function read(text, answers = [], names = NAMES) {
  let found = parseTable(text, names, 200);
  for (const answer of answers) found = parseTable(text, names, 200, found.offers.find(({ label }) => label.startsWith(answer)).options);
  return found;
}

test("how a table was read is said: rows, columns, commas", () => {
  const said = {
    "1,2\n3,4": "2 rows, columns x and y",
    "size;price\n1;2": "1 row, columns size and price",
    "1;2,5\n3,5;-4": "2 rows, columns x and y, decimal comma",
    "1,000.5;2\n3;4": "2 rows, columns x and y, commas between thousands",
    "1 2 3\n4 5 6": "2 rows, columns 1 and 2 of 3",
    "id;y;x\na;1;2\nb;3;4": "2 rows, columns x and y of 3",
    "who;size;price\nAnn;1;2\nBob;3;4": "2 rows, columns size and price of 3",
    ",a,b\n0,1,2\n1,3,4": "2 rows, columns a and b of 3",
    "\t1\t2\n\t3\t4": "2 rows, columns x and y",
  };
  Object.entries(said).forEach(([text, words]) => assert.equal(read(text).said, words, JSON.stringify(text)));
  assert.deepEqual(columns("id;y;x\na;1;2\nb;3;4"), [[2, 4], [1, 3]]);
  assert.deepEqual(columns(",a,b\n0,1,2\n1,3,4"), [[1, 3], [2, 4]]);
});

test("a first line that names the separator is followed, as spreadsheets write it", () => {
  for (const text of ["sep=;\n1;2,5\n3,5;-4", "\uFEFFsep=;\r\nx;y\r\n1;2,5\r\n3,5;-4\r\n", '"sep=;"\n1;2.5\n3.5;-4', "SEP=,\n1,2.5\n3.5,-4", "sep=\t\n1\t2,5\n3,5\t-4", "sep=|\n1|2.5\n3.5|-4"]) {
    assert.deepEqual(columns(text), TWO, JSON.stringify(text));
  }
  assert.equal(error("sep=;\n1;2\n3;b"), "Line 3: “b” is not a number.");
});

test("a first row of numbers or of missing values is no row of names", () => {
  assert.deepEqual(columns("1 000;2 000\n3 000;4 000"), [[1000, 3000], [2000, 4000]]);
  assert.deepEqual(columns("1\u202f000;2\u00a0000\n3;4"), [[1000, 3], [2000, 4]]);
  assert.deepEqual(columns("½;50 %\n1;2"), [[0.5, 1], [0.5, 2]]);
  assert.equal(error("NA;NA\n1;2"), "Line 1: x is missing (NA); two are needed: x, y.");
  assert.equal(error("12 kg;13 kg\n1;2"), "Line 1: “12 kg” is not a number.");
  assert.equal(error("1a;2b\n1;2"), "Line 1: “1a” is not a number.");
  assert.equal(error("-;-\n1;2"), "Line 1: x is missing (-); two are needed: x, y.");
  assert.equal(error("x;y\ncm;kg\n1;2"), "Line 2: “cm” is not a number.");
});

test("what a spreadsheet writes for no number is no comment, and comments are told", () => {
  const errors = ["#DIV/0!", "#N/A", "#NV", "#N/D", "#WERT!", "#VALUE!", "#REF!", "#NAME?", "#¡DIV/0!"];
  errors.forEach((word) => assert.equal(error(`x;y\n1;2\n${word};3`), `Line 3: x is missing (${word}); two are needed: x, y.`));
  assert.equal(error("#N/A;#N/A\n1;2"), "Line 1: x is missing (#N/A); two are needed: x, y.");
  assert.equal(read("# made by hand\nx;y\n1;2\n#3;4\n5;6").said, "2 rows, columns x and y; 2 comments left out");
  assert.equal(read("sep=;\n# Note\n1;2").said, "1 row, columns x and y; 1 comment left out");
  assert.equal(read('"the ""x""";y\n1;2').said, '1 row, columns the "x" and y');
});

test("a file is read in UTF-8, in UTF-16, and as Excel writes it on Windows", () => {
  const text = "Größe;Preis €\r\n1,5;−2\r\n";
  const wide = (isBig) => [...`\uFEFF${text}`].flatMap((letter) => {
    const [low, high] = [letter.charCodeAt(0) & 255, letter.charCodeAt(0) >> 8];
    return isBig ? [high, low] : [low, high];
  });
  const utf8 = [...new TextEncoder().encode(text)];
  for (const bytes of [utf8, [0xef, 0xbb, 0xbf, ...utf8], wide(false), wide(true)]) assert.equal(textOf(Uint8Array.from(bytes)), text);
  const windows = [..."Gr\xf6\xdfe;Preis \x80\r\n1,5;\x962\r\n"].map((letter) => letter.charCodeAt(0));
  const found = read(textOf(Uint8Array.from(windows)));
  assert.deepEqual(found, { columns: [[1.5], [-2]], said: "1 row, columns Größe and Preis €, decimal comma" });
  for (const picture of [[0x89, 80, 78, 71, 13, 10, 26, 10, 0], [0xff, 0xd8, 0xff, 0xe0, 0, 16], [80, 75, 3, 4, 20, 0, 6, 0]]) {
    assert.notEqual(notText(textOf(Uint8Array.from(picture))), "");
  }
});

test("each row that cannot be read is named with its line, and is left out only when the reader says so", () => {
  const text = "x;y\n1;2\n\n3;NA\n-;4\n5;six\n7;8\n9;NaN\n;1\n";
  assert.equal(error(text), "Line 4: y is missing (NA); two are needed: x, y. Line 5: x is missing (-); two are needed: x, y. " +
    "Line 6: “six” is not a number. Line 8: y is missing (NaN); two are needed: x, y. Line 9: x is missing; two are needed: x, y.");
  const { columns: found, said } = read(text, ["Leave these 5 lines out"]);
  assert.deepEqual(found, [[1, 7], [2, 8]]);
  assert.equal(said, "2 rows, columns x and y; lines 4, 5, 6, 8 and 9 left out");
  assert.equal(read("1;2\n3;b", ["Leave this line out"]).said, "1 row, columns x and y; line 2 left out");
  assert.match(error("1;2\n" + "a;b\n".repeat(9)), /Line 6: “a” is not a number\. Also lines 7, 8, 9 and 10\.$/);
  assert.deepEqual(read("1;NA\nNA;2").offers, []);
});

test("numbers with two readings are asked, with a button for each", () => {
  const text = "x;y\n1;16,000\n2;20,000";
  assert.equal(error(text), "Line 2: “16,000” may be 16 or 16000. Which one do you mean?");
  assert.deepEqual(read(text).offers.map(({ label }) => label), ["Decimal commas: 16", "Thousands: 16000"]);
  assert.deepEqual(read(text, ["Decimal"]).columns, [[1, 2], [16, 20]]);
  assert.deepEqual(read(text, ["Thousands"]).columns, [[1, 2], [16000, 20000]]);
  assert.deepEqual(read('"1,234","5"\n"2,345","6"', ["Thousands"]).columns, [[1234, 2345], [5, 6]]);
  const points = "1.234;0,5\n2.345;1,5";
  assert.equal(error(points), "Line 1: “1.234” may be 1.234 or 1234. Which one do you mean?");
  assert.deepEqual(read(points, ["Thousands"]).columns, [[1234, 2345], [0.5, 1.5]]);
  assert.deepEqual(read(points, ["Decimal"]).columns, [[1.234, 2.345], [0.5, 1.5]]);
  assert.deepEqual(read("1.234,5;1\n2;3", ["Decimal"]).columns, [[1234.5, 2], [1, 3]]);
  assert.equal(read("1;16,000\n2;b", ["Thousands", "Leave"]).said, "1 row, columns x and y, commas between thousands; line 2 left out");
});

test("a question names two numbers, whatever is asked about", () => {
  for (const text of ["1.234,5;1\n2;3", "1.234,5;1\n1,000.5;3", "1;16,000\n2;1.234,5", "−1,000 %;2\n3;4"]) {
    assert.match(error(text), /^Line \d: “.*” may be −?[\d.]+ or −?[\d.]+\. Which one do you mean\?$/, text);
    read(text).offers.forEach(({ label, options }) => {
      const shown = Number(label.replace(/.*: /, "").replace("−", "-"));
      assert.ok(parseTable(text, NAMES, 200, options).columns.flat().includes(shown), label);
    });
  }
});

test("another number of the table settles what its commas are", () => {
  assert.deepEqual(columns("1;16,000\n2;0,5"), [[1, 2], [16, 0.5]]);
  assert.deepEqual(columns("1;16,000\n2;1,234.5"), [[1, 2], [16000, 1234.5]]);
  assert.deepEqual(columns("1.234;2\n2.345;3"), [[1.234, 2.345], [2, 3]]);
  assert.match(error("1;16,000\n0,5;1,234.5"), /16 or 16000/);
});

test("commas that may be decimal or stand between columns are not guessed", () => {
  assert.equal(error("1,5,2,5\n3,5,4,5"), "The commas of line 1 may be decimal or stand between 4 columns. Put ; between the columns.");
  assert.deepEqual(columns("a,b,c\n1,5,2"), [[1], [5]]);
});

test("whatever a table holds, each of its lines is a row, a name, or told", () => {
  const pieces = ["1", "2,5", "-3", "1 000", "NA", "", "b", "½", "1,000", "x", "-", "7 %", "#DIV/0!", "1e999", '"4"', "1.5"];
  const random = (() => { let state = 7; return (count) => (state = (state * 48271) % 2147483647) % count; })();
  for (let i = 0; i < 1500; i += 1) {
    const lines = Array.from({ length: 1 + random(6) }, () => Array.from({ length: 1 + random(3) }, () => pieces[random(pieces.length)]).join(";"));
    const text = lines.join("\r\n");
    let found = parseTable(text, NAMES, 200);
    const told = [found.error ?? ""];
    for (let turn = 0; found.offers?.length && turn < 4; turn += 1) {
      found = parseTable(text, NAMES, 200, found.offers[random(found.offers.length)].options);
      told.push(found.error ?? "");
    }
    if (!found.columns) continue;
    const left = /lines? ([\d, and]+) left out/.exec(found.said)?.[1].match(/\d+/g) ?? [];
    const isFull = (line) => /[^;\s]/.test(line);
    const full = lines.filter(isFull).length;
    const names = full - found.columns[0].length - left.filter((number) => isFull(lines[number - 1])).length;
    assert.ok(names === 0 || (names === 1 && /^[bx;]*[bx][bx;]*$/.test(lines.find((line) => /[^;\s]/.test(line)))), `${JSON.stringify(text)}: ${found.said}`);
    left.forEach((number) => assert.ok(told.some((words) => new RegExp(`\\b${number}\\b`).test(words)), text));
    assert.ok(found.columns.flat().every(Number.isFinite), text);
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
