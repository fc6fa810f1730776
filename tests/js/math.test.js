/** static/math/ against the values that Python computed (tests/golden.json). */
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import test from "node:test";

const MATH = new URL("../../lib/explorables/static/math/", import.meta.url);
const golden = JSON.parse(readFileSync(new URL("../golden.json", import.meta.url), "utf8"));
const names = readdirSync(MATH).map((file) => file.slice(0, -3));
const modules = Object.fromEntries(
  await Promise.all(names.map(async (name) => [name, await import(new URL(`${name}.js`, MATH))])),
);
const RELATIVE = 1e-12;

/** All numbers of a value, in order; a boolean is 0 or 1. */
const flat = (value) =>
  (value !== null && typeof value === "object" ? Object.values(value).flatMap(flat) : [Number(value)]);

/** The largest relative difference between two answers of one shape. */
function difference(actual, expected) {
  const [a, e] = [flat(actual), flat(expected)];
  assert.equal(a.length, e.length);
  return Math.max(0, ...a.map((value, i) => (value === e[i] ? 0 : Math.abs(value - e[i]) / (Math.abs(e[i]) || 1))));
}

const answer = (one) => modules[one.module][one.function](...one.arguments);
const mismatches = (cases) => cases.filter((one) => !(difference(answer(one), one.value) <= RELATIVE));

for (const [module, exported] of Object.entries(modules)) {
  const cases = golden.filter((one) => one.module === module);

  test(`every exported function of ${module}.js has golden cases`, () => {
    const covered = new Set(cases.map((one) => one.function));
    assert.deepEqual(Object.keys(exported).filter((name) => !covered.has(name)), []);
  });

  for (const name of Object.keys(exported)) {
    test(`${name} of ${module}.js equals Python`, () => {
      assert.deepEqual(mismatches(cases.filter((one) => one.function === name)), []);
    });
  }
}

test("what has no end is infinite, and what is not decided is no number: JSON cannot hold it", () => {
  const { likelihood, descent, overfitting } = modules;
  assert.equal(likelihood.crossEntropyBetween([0.5, 0.5, 0], [1, 0, 0]), Infinity);
  assert.equal(likelihood.klDivergence([0, 1], [1, 0]), Infinity);
  assert.deepEqual(likelihood.klTerms([0.5, 0.5, 0], [1, 0, 0]).slice(1), [Infinity, 0]);
  assert.deepEqual([likelihood.coinNll(1, 0, 0), likelihood.coinNll(0, 2, 1)], [Infinity, Infinity]);
  assert.equal(likelihood.noiseNll("gaussian", [1e200], [0], 1), Infinity);
  assert.deepEqual([1, 1.5, NaN].map((factor) => descent.stepsUntil(1e-6, factor)), [Infinity, Infinity, Infinity]);
  assert.deepEqual(overfitting.ridgeFit([0.5, 0.5], [0, 1], 1, 0), [NaN, NaN]);
});

test("a wrong digit in any golden value is noticed", () => {
  const spoil = (value) => {
    if (value !== null && typeof value === "object") {
      const [first, ...more] = Object.entries(value);
      const spoilt = [[first[0], spoil(first[1])], ...more];
      return Array.isArray(value) ? spoilt.map((entry) => entry[1]) : Object.fromEntries(spoilt);
    }
    return value * (1 + 1e-10) || 1e-10;
  };
  const filled = golden.filter((one) => flat(one.value).length);
  const spoilt = filled.map((one) => ({ ...one, value: spoil(one.value) }));
  assert.equal(mismatches(spoilt).length, filled.length);
});
