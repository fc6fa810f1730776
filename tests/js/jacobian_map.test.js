/** The Jacobian as a map without a browser: its words, its markup, what it makes of extremes. */
import assert from "node:assert/strict";
import test from "node:test";
import { accepts, drawn, element } from "./bench.js";
import { parseHTML } from "linkedom";
import explorable, { remainderOf, verdictOn } from "../../lib/explorables/static/pictures/jacobian_map.js";
import { prerender } from "../../web/prerender.mjs";

const STATE = { map: "product", x: [0.5, 2], dx: [0.4, 0.8], zoom: 0, layout: "numerator" };
const page = (state) => element("jacobian_map", state);
const built = async (change = {}) => parseHTML(await prerender(page({ ...STATE, ...change }))).document;
const text = (root, ref) => root.querySelector(`[data-ref=${ref}]`).textContent;

test("a guess of the factor is told what is wrong with it, by name", () => {
  const verdict = (guess) => verdictOn(guess, 4.02);
  assert.match(verdict(4), /Yes, about four: here 4\.02/);
  assert.match(verdict(0.25), /divided/);
  assert.match(verdict(2), /step itself/);
  assert.match(verdict(1), /does get smaller/);
  assert.match(verdict(8), /second-order part/);
  assert.match(verdict(3), /faster/);
  assert.match(verdict(100), /Not that fast/);
  assert.match(verdictOn(4, NaN), /straight/);
  assert.match(verdictOn(4, 3.5), /For a short step, yes\. This one is long: here it is 3\.50/);
  assert.match(verdictOn(3.5, 3.5), /^Yes, here 3\.50; the shorter the step, the nearer to four/);
});

test("twice the step of the chapter's map leaves four times the remainder", () => {
  const { size, ratio } = remainderOf(STATE);
  assert.ok(Math.abs(size - Math.hypot(0.32, 0.16)) < 1e-12 && Math.abs(ratio - 4) < 1e-12);
});

test("a built page holds the numbers of its state", async () => {
  const root = await built();
  assert.deepEqual(["dy1Dx1", "dy1Dx2", "dy2Dx1", "dy2Dx2"].map((ref) => text(root, ref)), ["2.000", "0.500", "1.000", "1.000"]);
  assert.equal(text(root, "remainder"), "0.35777");
  assert.equal(text(root, "carried1"), "1.200");
});

test("a straight map has no ratio", async () => {
  const root = await built({ map: "linear" });
  assert.equal(text(root, "remainder"), "0.00000");
  assert.equal(text(root, "ratio"), "–");
});

test("extremes leave no number that is none", async () => {
  for (const map of ["polar", "product", "linear"]) {
    for (const bad of [{ x: [1e308, 1e308] }, { dx: [-1e308, 1e300] }, { x: [1e200, 0], zoom: 6 }]) {
      const root = await built({ map, ...bad });
      assert.doesNotMatch(root.toString(), /NaN|Infinity|undefined/);
    }
  }
  assert.equal(text(await built({ x: [1e308, 2] }), "remainder"), "diverged");
});

test("the other layout is the same numbers under another name", async () => {
  const root = await built({ layout: "denominator" });
  assert.equal(root.querySelector(".xp").dataset.layout, "denominator");
  assert.equal(text(root, "dy1Dx2"), "0.500");
});

test("a link may only bring what can be shown", () => {
  assert.ok(accepts(explorable, "map", "polar") && accepts(explorable, "x", [1, 2]) && accepts(explorable, "zoom", 6));
  assert.ok(!accepts(explorable, "map", "constructor") && !accepts(explorable, "x", [1]) && !accepts(explorable, "zoom", 7));
  assert.ok(!accepts(explorable, "zoom", 0.5) && !accepts(explorable, "layout", "mixed"));
});

test("removing it frees its listeners", () => {
  const { listeners, free } = drawn(explorable, { ...STATE });
  assert.ok(listeners.size > 0);
  free();
  assert.equal(listeners.size, 0);
});
