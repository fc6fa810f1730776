/** Three arrows without a browser: its words, its markup, what it makes of extremes. */
import assert from "node:assert/strict";
import test from "node:test";
import { accepts, drawn, element } from "./bench.js";
import { parseHTML } from "linkedom";
import explorable, { verdictOn } from "../../lib/explorables/static/pictures/three_arrows.js";
import { prerender } from "../../web/prerender.mjs";

const STATE = { A: [1, 2, 0, 3], x: [1, 2], t: 0, angle: 0 };
const page = (state) => element("three_arrows", state);
const built = async (change = {}) => parseHTML(await prerender(page({ ...STATE, ...change }))).document;
const text = (root, ref) => root.querySelector(`[data-ref=${ref}]`).textContent;
const outline = (root, ref) => root.querySelector(`[data-ref=${ref}]`).getAttribute("d");

test("a guess of the change is told what is wrong with it, by name", () => {
  const verdict = (guess) => verdictOn(guess, STATE.A, STATE.x);
  assert.match(verdict(0.14), /Yes: 0\.1403\. The gradient says 0\.1400/);
  assert.match(verdict(0.12), /That is 2Ax: right for every x only if A is symmetric/);
  assert.match(verdict(0.06), /That is Ax/);
  assert.match(verdict(14), /slope/);
  assert.match(verdict(0.01), /More/);
  assert.match(verdict(9), /Less/);
  assert.match(verdictOn(0.04, [1, 0, 8, 1], [1, 2]), /only the square/);
});

test("a built page holds the numbers of the worked example", async () => {
  const root = await built();
  const shown = ["f", "gradient1", "gradient2", "twice1", "twice2", "change", "predicted", "predictedTwice"];
  assert.deepEqual(shown.map((ref) => text(root, ref)), ["17.00", "6.00", "14.00", "10.00", "12.00", "0.0601", "0.0600", "0.1000"]);
  assert.equal(text(await built({ angle: 90 }), "change"), "0.1403");
});

test("symmetrising moves 2Ax onto the gradient, and no contour", async () => {
  const [before, after] = await Promise.all([built(), built({ t: 1 })]);
  const contours = (root) => root.querySelector("[data-ref=levels]").innerHTML;
  assert.equal(contours(before), contours(after));
  assert.equal(outline(before, "contour"), outline(after, "contour"));
  assert.notEqual(outline(before, "twice"), outline(before, "gradient"));
  assert.equal(outline(after, "twice"), outline(after, "gradient"));
});

test("a saddle has contours of both signs, a line two branches of its own", async () => {
  const root = await built({ A: [1, 2, 4, 1] });
  assert.ok(root.querySelectorAll("[data-ref=levels] path").length > 8);
  assert.equal(outline(root, "contour").match(/M/g).length, 2);
  assert.match(text(root, "note"), /saddle/);
});

test("a form without a symmetric part has no contours, one of a single direction straight ones", async () => {
  for (const A of [[0, 0, 0, 0], [0, 3, -3, 0]]) assert.match(text(await built({ A }), "note"), /f is 0 everywhere/);
  assert.match(text(await built({ A: [1, 1, 1, 1] }), "note"), /straight lines/);
  assert.equal(text(await built(), "note"), "");
});

test("extremes leave no number that is none", async () => {
  for (const bad of [{ x: [1e308, 1] }, { A: [1e308, 1, 1, 1e308] }, { A: [0, 0, 0, 0] }, { x: [0, 0] }, { angle: 1e308 }]) {
    assert.doesNotMatch((await built(bad)).toString(), /NaN|Infinity|undefined/);
  }
  assert.equal(text(await built({ x: [1e200, 1] }), "f"), "diverged");
});

test("a link may only bring what can be shown", () => {
  assert.ok(accepts(explorable, "A", [1, 2, 3, -9]) && accepts(explorable, "t", 1) && accepts(explorable, "angle", -180));
  assert.ok(!accepts(explorable, "A", [1, 2, 3]) && !accepts(explorable, "A", [1, 2, 3, 10]) && !accepts(explorable, "x", [1]));
  assert.ok(!accepts(explorable, "t", 2) && !accepts(explorable, "angle", 270));
});

test("removing it frees its listeners", () => {
  const { listeners, free } = drawn(explorable, { ...STATE });
  assert.ok(listeners.size > 0);
  free();
  assert.equal(listeners.size, 0);
});

test("an entry is typed with a decimal comma or point, any minus, or moved by keys", () => {
  const { el, model, free } = drawn(explorable, { ...STATE });
  const { Event } = el.ownerDocument.defaultView;
  const input = el.querySelector("[data-ref=a21]");
  const type = (value) => {
    input.value = value;
    input.dispatchEvent(new Event("input", { bubbles: true }));
    return model.get("A")[2];
  };
  const wanted = [["1,5", 1.5], ["1.5", 1.5], ["−2,5", -2.5], ["1,234", 1.234], ["½", 0.5], ["16", 9], ["-", 9], ["", 9], ["much", 9], ["3", 3]];
  wanted.forEach(([typed, value]) => assert.equal(type(typed), value, typed));
  const press = (key) => input.dispatchEvent(Object.assign(new Event("keydown", { bubbles: true, cancelable: true }), { key }));
  ["ArrowUp", "ArrowUp", "ArrowDown", "x"].forEach(press);
  assert.equal(model.get("A")[2], 3.5);
  free();
});
