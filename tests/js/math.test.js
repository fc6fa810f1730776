/** math.js against the values that Python computed (tests/golden.json). */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import test from "node:test";
import * as math from "../../lib/explorables/static/math.js";

const golden = JSON.parse(readFileSync(new URL("../golden.json", import.meta.url), "utf8"));
const RELATIVE = 1e-12;

/** The largest relative difference between two answers of one shape. */
function difference(actual, expected) {
  const [a, e] = [[actual].flat(), [expected].flat()];
  assert.equal(a.length, e.length);
  return Math.max(...a.map((value, i) => Math.abs(value - e[i]) / (Math.abs(e[i]) || 1)));
}

const mismatches = (cases) =>
  cases.filter((one) => !(difference(math[one.function](...one.arguments), one.value) <= RELATIVE));

test("every exported function has golden cases", () => {
  const covered = new Set(golden.map((one) => one.function));
  assert.deepEqual(Object.keys(math).filter((name) => !covered.has(name)), []);
});

for (const name of Object.keys(math)) {
  test(`${name} equals Python`, () => {
    assert.deepEqual(mismatches(golden.filter((one) => one.function === name)), []);
  });
}

test("a wrong digit in any golden value is noticed", () => {
  const spoil = (value) => (Array.isArray(value) ? [spoil(value[0]), ...value.slice(1)] : value * (1 + 1e-10) || 1e-10);
  const spoilt = golden.map((one) => ({ ...one, value: spoil(one.value) }));
  assert.equal(mismatches(spoilt).length, golden.length);
});
