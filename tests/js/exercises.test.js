/** The page's reader and judge, alone: what people type is read as it is in Python, whose table this is. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { read, shapeIn } from "../../lib/exercises/static/answers.js";
import { fill, shownOrder } from "../../lib/exercises/static/chosen.js";
import { judge } from "../../lib/exercises/static/judge.js";

const TABLE = JSON.parse(readFileSync(new URL("../answers.json", import.meta.url), "utf8"));
const NATS = [{ name: "nats", size: 1, spellings: ["nats", "nat"] }];

/** What a text is read as: a value, "asked" or null. */
function outcome(kind, typed, wanted) {
  const shape = Array.isArray(wanted) ? shapeIn(wanted) : kind === "matrix" ? [2, 2] : [2];
  const { value, problem } = read(kind, typed, NATS, shape);
  return problem ? (problem.startsWith("Do you mean") ? "asked" : null) : value;
}

/** The same, numbers up to the last bits. */
function isSame(found, wanted) {
  if (typeof found === "number" && typeof wanted === "number") return Math.abs(found - wanted) <= 1e-12 * Math.abs(wanted);
  if (!Array.isArray(found) || !Array.isArray(wanted)) return found === wanted;
  return found.length === wanted.length && found.every((item, at) => isSame(item, wanted[at]));
}

for (const [kind, rows] of Object.entries(TABLE)) {
  test(`what people type for a ${kind} is read, asked or refused`, () => {
    rows.forEach(([typed, wanted]) => {
      const found = outcome(kind, typed, wanted);
      assert.ok(isSame(found, wanted), `${JSON.stringify(typed)}: ${JSON.stringify(found)} instead of ${JSON.stringify(wanted)}`);
    });
  });
}

test("a question about several numbers offers all thousands and none", () => {
  for (const typed of ["(1,000, 2,000)", "1,000; 2,000", "1,000 2,000"]) {
    assert.equal(read("vector", typed, [], [2]).problem, "Do you mean (1, 2) or (1000, 2000)? Write (1, 2) or (1000, 2000).", typed);
  }
});

test("a wrong reading in the table would be noticed", () => {
  assert.ok(!isSame(0.417, 0.4171) && !isSame([1], [[1]]) && !isSame(null, 0) && isSame([[1, 2]], [[1, 2]]));
});

test("a long text is read at once", { timeout: 20_000 }, () => {
  for (const part of ["1", "1,", "(", "[[", "ln ", "½", " ", "\n", "1;", "^", "e", ",\n", "$=", "()"]) {
    for (const kind of Object.keys(TABLE)) {
      read(kind, part.repeat(Math.floor(1990 / part.length)), NATS, [2]);
      assert.ok(read(kind, `1${part.repeat(Math.floor(1900 / part.length))}?`, NATS, [2]).problem, part);
    }
  }
});

test("slots are filled with text and with rows, and nothing in them is markup", () => {
  const set = '<span data-slot="a"></span><mtable data-slot="A"></mtable><mn data-slot="b:+"></mn>';
  assert.equal(
    fill(set, { a: "<i>", A: [["1", "−2"]], "b:+": "+ 1" }),
    '<span data-slot="a">&lt;i&gt;</span><mtable data-slot="A"><mtr><mtd><mn>1</mn></mtd><mtd><mn>−2</mn></mtd></mtr></mtable><mn data-slot="b:+">+ 1</mn>',
  );
});

test("a verdict depends on nothing but the answer: no try leaves a trace", () => {
  const sheet = {
    id: "a.b", kind: "number", unit: "", units: [], tolerance: 0.005, because: "So it is.",
    mistakes: [{ name: "twice", says: "That is twice <span data-slot=\"a\"></span>.", almost: false }],
  };
  const instance = { number: 0, slots: { a: "3" }, answer: 3, mistakes: [6] };
  const first = ["6", "spam", "3", "6"].map((typed) => judge(sheet, instance, typed));
  assert.deepEqual(first.map(({ kind }) => kind), ["not yet", "unread", "right", "not yet"]);
  assert.deepEqual(first[3], first[0]);
  assert.equal(first[0].says, 'That is twice <span data-slot="a">3</span>.');
});

test("lines are never offered in the right order, and an instance always in the same", () => {
  const sheet = { id: "a.lines", kind: "order", before: null, options: ["a", "b", "c", "d"] };
  for (let number = 0; number < 300; number += 1) {
    const instance = { number, answer: [0, 1, 2] };
    const shown = shownOrder(sheet, instance);
    assert.deepEqual([...shown].sort(), [0, 1, 2, 3]);
    assert.notDeepEqual(shown.filter((at) => at < 3), [0, 1, 2]);
    assert.deepEqual(shownOrder(sheet, instance), shown);
  }
});
