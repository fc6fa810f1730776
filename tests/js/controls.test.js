import assert from "node:assert/strict";
import { test } from "node:test";
import { numberFrom } from "../../lib/explorables/static/controls.js";

test("a guess may be written as readers write numbers", () => {
  const written = {
    "0.5": 0.5, ".5": 0.5, "0,5": 0.5, " 2 ": 2, "−2": -2, "–2": -2, "+3": 3, "1e-3": 1e-3, "1/3": 1 / 3, "½": 0.5, "⅔": 2 / 3,
    "-½": -0.5, "50%": 0.5, "50 %": 0.5, "1 000": 1000,
  };
  Object.entries(written).forEach(([typed, number]) => assert.equal(numberFrom(typed), number, typed));
});

test("what is no number is none", () => {
  ["", " ", "much", "1.000,5", "1/", "/2", "1/2/3", "%", "0x10", "e5", "Infinity", "5 apples", "1½", "1%2"].forEach((typed) =>
    assert.ok(Number.isNaN(numberFrom(typed)), typed));
  assert.equal(numberFrom("1/0"), Infinity); // not finite: the reader is asked again
});
