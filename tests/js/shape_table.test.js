/** The shape table without a browser: its words, its markup, its part in the layout of the page. */
import assert from "node:assert/strict";
import test from "node:test";
import { parseHTML } from "linkedom";
import explorable, { verdictOn } from "../../lib/explorables/static/pictures/shape_table.js";
import { prerender } from "../../web/prerender.mjs";
import { accepts, element, specOf } from "./bench.js";

const STATE = { y_kind: "vector", x_kind: "vector", k: 3, d: 2, y_entry: 1, x_entry: 0, layout: "numerator" };
const page = (state) => element("shape_table", state);
const built = async (change = {}) => parseHTML(await prerender(page({ ...STATE, ...change }))).document;
const text = (root, ref) => root.querySelector(`[data-ref=${ref}]`).textContent;

test("a guess of the number of entries is told what is wrong with it, by name", () => {
  const verdict = (guess) => verdictOn(guess, 3, 2);
  assert.match(verdict(36), /Yes/);
  assert.match(verdictOn(8, 4, 1), /numerator/);
  assert.match(verdictOn(3, 4, 1), /denominator/);
  assert.match(verdict(12), /added/);
  assert.match(verdictOn(4, 4, 1), /Jacobian of two vectors/);
  assert.match(verdict(20), /More/);
  assert.match(verdict(99), /Fewer/);
});

test("the same partial derivative stands at another place in the other layout", async () => {
  const [one, other] = [await built(), await built({ layout: "denominator" })];
  assert.deepEqual([text(one, "shape"), text(one, "place")], ["(3, 2)", "stands in row 2, column 1"]);
  assert.deepEqual([text(other, "shape"), text(other, "place")], ["(2, 3)", "stands in row 1, column 2"]);
  assert.equal(text(one, "yName") + text(one, "xName"), text(other, "yName") + text(other, "xName"));
});

test("all nine kinds show their shapes", async () => {
  const root = await built();
  const shapes = [...root.querySelectorAll(".xp-picker label span")].map((node) => node.textContent);
  assert.deepEqual(shapes, ["()", "(1, 2)", "(3, 2)", "(3, 1)", "(3, 2)", "(3, 2, 3)", "(3, 2)", "(3, 2, 2)", "(3, 2, 2, 3)"]);
});

test("one row is not called rows", async () => {
  const facts = (root) => ["nRows", "nColumns", "nEntries"].map((ref) => `${text(root, ref)} ${text(root, `${ref}Word`)}`).join(", ");
  assert.equal(facts(await built({ y_kind: "scalar", x_kind: "scalar" })), "1 row, 1 column, 1 entry");
  assert.equal(facts(await built()), "3 rows, 2 columns, 6 entries");
});

test("a tensor says so", async () => {
  const root = await built({ y_kind: "matrix", x_kind: "matrix" });
  assert.deepEqual([text(root, "nAxes"), text(root, "nEntries"), text(root, "place")], ["4", "36", "one entry of a tensor"]);
  assert.match(text(root, "read"), /tensor/);
});

test("a matrix keeps its shape in one layout and is transposed in the other", async () => {
  const read = async (y_kind, x_kind, layout) => {
    const root = await built({ y_kind, x_kind, layout, k: 4, d: 4 });
    return `${text(root, "shape")} ${text(root, "read")}`;
  };
  assert.match(await read("matrix", "scalar", "numerator"), /^\(4, 2\) Numerator layout, a matrix by a scalar: every entry stands where/);
  assert.match(await read("scalar", "matrix", "numerator"), /^\(3, 4\) Numerator layout, a scalar by a matrix: the matrix is transposed/);
  assert.match(await read("matrix", "scalar", "denominator"), /^\(2, 4\) .*transposed/);
  assert.match(await read("scalar", "matrix", "denominator"), /^\(4, 3\) .*every entry stands where/);
  assert.match(await read("scalar", "vector", "numerator"), /runs down the rows/);
});

test("an entry that is no longer there gives way to the last one", async () => {
  const root = await built({ k: 1, d: 1, y_entry: 7, x_entry: 11 });
  assert.deepEqual([text(root, "yName"), text(root, "xName")], ["y₁", "x₁"]);
});

test("a link may only bring what can be shown", () => {
  assert.ok(accepts(explorable, "k", 4) && accepts(explorable, "y_kind", "matrix") && accepts(explorable, "x_entry", 11));
  assert.ok(!accepts(explorable, "k", 5) && !accepts(explorable, "d", 1.5) && !accepts(explorable, "y_kind", "tensor"));
  assert.ok(!accepts(explorable, "layout", "constructor") && !accepts(explorable, "y_entry", 8));
});

/** A model that tells its listeners, as the page's does. */
function modelOf(state) {
  const listeners = [];
  return {
    listeners, save_changes() {},
    get: (name) => state[name],
    set(name, value) {
      state[name] = value;
      listeners.filter(([event]) => event === `change:${name}`).forEach(([, listener]) => listener());
    },
    on: (event, listener) => listeners.push([event, listener]),
    off: (event, listener) => listeners.splice(listeners.findIndex((entry) => entry[1] === listener), 1),
  };
}

test("its layout is the layout of the page, from the start on, and it frees its listeners", () => {
  const { document } = parseHTML("<html><body><div></div></body></html>");
  const shared = [];
  const model = modelOf({ ...STATE, layout: "denominator" });
  const frames = (callback) => { callback(); return 0; };
  Object.assign(document.defaultView, { requestAnimationFrame: frames, cancelAnimationFrame() {} });
  const free = explorable.render({ model, el: document.querySelector("div"), spec: specOf(explorable), page: { share: (...all) => shared.push(all) } });
  model.set("layout", "numerator");
  assert.deepEqual(shared, [["layout", "denominator"], ["layout", "numerator"]]);
  free();
  assert.equal(model.listeners.length, 0);
});
