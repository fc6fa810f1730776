/** The step-size V without a browser: its words, its markup, what it makes of extremes. */
import assert from "node:assert/strict";
import test from "node:test";
import { accepts, drawn, element } from "./bench.js";
import { parseHTML } from "linkedom";
import explorable, { verdictOn } from "../../lib/explorables/static/pictures/step_size_v.js";
import { prerender } from "../../web/prerender.mjs";

// Stand-ins for the measured errors: each tells its function, its method and its step.
const errors = Array.from({ length: 6 * 129 }, (_, i) => (Math.floor(i / 129) + 1) * 1e-5 + (i % 129) * 1e-8);
const STATE = { function: "exp", method: "forward", exponent: -8, errors };
const page = (state) => element("step_size_v", state);
const built = async (change = {}) => parseHTML(await prerender(page({ ...STATE, ...change }))).document;
const text = (root, ref) => root.querySelector(`[data-ref=${ref}]`).textContent;
const outline = (root, ref) => root.querySelector(`[data-ref=${ref}]`).getAttribute("d");

test("a guess of the factor is told what is wrong with it, by name", () => {
  assert.match(verdictOn(10, "forward"), /Yes, by about 10/);
  assert.match(verdictOn(100, "central"), /Yes, by about 100/);
  assert.match(verdictOn(100, "forward"), /central difference/);
  assert.match(verdictOn(10, "central"), /forward difference/);
  assert.match(verdictOn(0.1, "forward"), /divided/);
  assert.match(verdictOn(2, "forward"), /faster/);
  assert.match(verdictOn(1000, "central"), /Not that fast/);
});

test("the number on the page is the one that Python measured", async () => {
  assert.equal(text(await built(), "relativeError"), "1.06e−5");
  assert.equal(text(await built({ method: "central" }), "relativeError"), "2.06e−5");
  assert.equal(text(await built({ function: "cube", method: "central", exponent: 0 }), "relativeError"), "6.13e−5");
  assert.equal(text(await built(), "bestStep"), "2.11e−8");
});

test("where 1 + h is 1 the quotient is flat", async () => {
  const root = await built({ exponent: -16 });
  assert.match(outline(root, "secant"), /^M0 \d+l1000 0$/);
  assert.match(text(root, "read"), /rounded to 1.*the same number, and the quotient is 0/);
  assert.notEqual(1 - 1e-16, 1); // to the left of 1 numbers stand closer
  const central = text(await built({ exponent: -16, method: "central" }), "read");
  assert.match(central, /1 − h to the next number below/);
  assert.doesNotMatch(central, /same number/);
});

test("each arm is told by what makes it", async () => {
  assert.match(text(await built({ exponent: -2 }), "read"), /Right arm/);
  assert.match(text(await built({ exponent: -13 }), "read"), /Left arm/);
  assert.match(text(await built({ exponent: -7.75 }), "read"), /bottom/);
});

test("extremes leave no number that is none", async () => {
  for (const bad of [{ exponent: 1e308 }, { exponent: -1e308 }, { exponent: null }, { errors: errors.map(() => 0) }]) {
    assert.doesNotMatch((await built(bad)).querySelector(".xp").outerHTML, /NaN|Infinity|undefined/);
  }
});

test("a link may only bring what can be shown", () => {
  assert.ok(accepts(explorable, "exponent", -7.875) && accepts(explorable, "function", "cube"));
  assert.ok(!accepts(explorable, "exponent", -7.9) && !accepts(explorable, "exponent", -17) && !accepts(explorable, "method", "constructor"));
});

test("removing it frees its listeners", () => {
  const { listeners, free } = drawn(explorable, { ...STATE });
  assert.ok(listeners.size > 0);
  free();
  assert.equal(listeners.size, 0);
});
