/** What readers type for a number: what is read, what is asked, and what is none. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { readingsOf, readNumber } from "../../lib/explorables/static/kit/numbers.js";

const ONE = {
  "0.5": 0.5, ".5": 0.5, "5.": 5, " 2 ": 2, "+3": 3, "007": 7,
  "−2": -2, "–2": -2, "—2": -2, "- 2": -2, "‐2": -2, "－２": -2,
  "0,5": 0.5, ",5": 0.5, "5,": 5, "0,500": 0.5, "1,5": 1.5, "1,2345": 1.2345, "1234,567": 1234.567, "-0,125": -0.125,
  "1.234": 1.234, "16.000": 16, "-1.234": -1.234,
  "1 000": 1000, "1\u2009000": 1000, "1\u00a0234\u00a0567": 1234567, "1\u202f000,5": 1000.5, "1 000.5": 1000.5, "1'000": 1000, "1’000.5": 1000.5,
  "1,000.5": 1000.5, "1,234,567": 1234567, "1.234.567": 1234567, "1.234.567,8": 1234567.8,
  "½": 0.5, "⅔": 2 / 3, "-½": -0.5, "1½": 1.5, "−1 ½": -1.5, "1/3": 1 / 3, "1⁄3": 1 / 3, "-1/3": -1 / 3, "1/-4": -0.25, "1 / 4": 0.25, "1 1/2": 1.5, "0,5/2": 0.25,
  "50%": 0.5, "50 %": 0.5, "12,5 %": 0.125, "-5%": -0.05, "½ %": 0.005,
  "1e-3": 1e-3, "1E3": 1000, "1,5e2": 150, "1e−3": 1e-3, "1×10^-3": 1e-3, "1×10⁻³": 1e-3, "2.5 x 10^(2)": 250, "2*10**3": 2000, "10^-3": 1e-3, "10⁻²": 0.01, "-10^2": -100,
};
const TWO = {
  "16,000": [16, 16000], "1,234": [1.234, 1234], "-1,000": [-1, -1000], "999,999": [999.999, 999999], "16,000 %": [0.16, 160],
  "1.234,5": [1234.5, 1.2345], "−1.234,5": [-1234.5, -1.2345], "1,000/2": [0.5, 500], "1 200/300": [1 + 2 / 3, 4], "16,000e2": [1600, 1600000],
};
const NONE = [
  "", " ", "much", "1/", "/2", "1/2/3", "%", "0x10", "e5", "1e", "Infinity", "NaN", "1/0", "1e999", "5 apples", "1%2", "50%%", "½1", "1½½", "2²", "1 2", "12 34",
  "1 00", "1 0000", "0 500", "10 00 000", "1 000 00", "1,00,000", "1.2.3", "1,2,3", "1,234.5.6", "1.234,5,6", "1 000,000.5", "1'000,000.5", "1_000", "--1", "+-1", "1-2", "1 000 1/2x",
  ".", ",", "-", "−", "/", "1..2", "1,,2", "1e1.5", "10^", "10^^3", "x10^3", "∞", "½%%", "\0", "1\n2", "<b>1</b>", "1;2", "(1)", "$5", "1/1/2026", "12:30",
];

/** The same up to the last bit: a fraction is a division. */
const close = (found, wanted) => found.length === wanted.length && wanted.every((value, i) => Math.abs(found[i] - value) <= 1e-12 * Math.abs(value));

test("a number is read as readers write it", () => {
  Object.entries(ONE).forEach(([typed, value]) => assert.ok(close(readingsOf(typed), [value]), `${typed}: ${readingsOf(typed)}`));
});

test("what has two readings is asked, in words that name both", () => {
  Object.entries(TWO).forEach(([typed, values]) => {
    assert.ok(close(readingsOf(typed), values), `${typed}: ${readingsOf(typed)}`);
    assert.deepEqual(Object.keys(readNumber(typed)), ["question"], typed);
  });
  assert.equal(readNumber("16,000").question, "Do you mean 16 or 16000? Write 16 or 16000.");
  assert.equal(readNumber("16,000. ").question, "Do you mean 16 or 16000? Write 16 or 16000.");
  assert.equal(readNumber("-1,000").question, "Do you mean −1 or −1000? Write −1 or −1000.");
});

test("each answer that a question offers is read as that number, and as nothing else", () => {
  Object.keys(TWO).forEach((typed) => {
    const [, one, other] = /^Do you mean (.*) or (.*)\? Write \1 or \2\.$/.exec(readNumber(typed).question);
    [one, other].forEach((answer, i) => assert.deepEqual(readingsOf(answer), [readingsOf(typed)[i]], `${typed}: ${answer}`));
  });
});

test("what is no number is none", () => {
  NONE.forEach((typed) => assert.deepEqual(readNumber(typed), {}, JSON.stringify(typed)));
});

test("how a number was read is said unless it stands as the book writes it", () => {
  const said = {
    "0.5": "", ".5": "", "-2": "", "−2": "", " 16000 ": "", "0,5": "Read as 0.5.", "50 %": "Read as 0.5.", "½": "Read as 0.5.", "1½": "Read as 1.5.",
    "1/3": "Read as about 0.3333.", "1 000": "Read as 1000.", "1,000.5": "Read as 1000.5.", "-0,5": "Read as −0.5.", "0,5.": "Read as 0.5.", "1e-9": "Read as 1e−9.",
  };
  Object.entries(said).forEach(([typed, echo]) => assert.equal(readNumber(typed).echo, echo, typed));
});

test("every number in every spelling of its own is that number", () => {
  const numbers = Array.from({ length: 400 }, (_, i) => Math.round(((i * 7919) % 100_003) * 97 - 4e6) / 10 ** (i % 6));
  numbers.forEach((value) => {
    const text = String(Math.abs(value));
    const sign = value < 0 ? "−" : "";
    assert.deepEqual(readingsOf(sign + text), [value], text);
    assert.ok(readingsOf(sign + text.replace(".", ",")).includes(value), text);
    const [whole, part] = text.split(".");
    const grouped = (by) => whole.replace(/\B(?=(\d{3})+$)/g, by);
    const more = (mark) => (part ? mark + part : "");
    for (const spelt of [grouped(" ") + more("."), grouped("\u202f") + more(","), grouped(",") + more("."), grouped(".") + more(",")]) {
      const readings = readingsOf(sign + spelt);
      // One group between points is a fraction in this book: 1.234.
      if (!/^\d+\.\d{3}$/.test(spelt)) assert.ok(readings.includes(value), spelt);
      assert.ok(readings.length <= 2, spelt);
    }
  });
});

test("a long text is no number, and does not hang the page", { timeout: 20_000 }, () => {
  ["1", "1,", "1 000", "½", "1/", "e", " ", "10^", "x", "-", "1.000"].forEach((part) => {
    assert.ok(readingsOf(part.repeat(20_000)).every(Number.isFinite), part);
  });
});
