/** The machine behind the data without a browser: its words, its markup, its own samples. */
import assert from "node:assert/strict";
import test from "node:test";
import { accepts, drawn, element, specOf } from "./bench.js";
import { linked } from "../../lib/explorables/static/kit/spec.js";
import { parseHTML } from "linkedom";
import explorable, { faultOf, verdictOn } from "../../lib/explorables/static/pictures/data_machine.js";
import { prerender } from "../../web/prerender.mjs";

const POOL = Array.from({ length: 1201 }, (_, i) => ((i * 0.618033988749895) % 1));
const STATE = { steepness: 8, midpoint: 0.5, n: 100, draw: 0, x: [], y: [], seed: 0, pool: POOL };
const page = (state) => element("data_machine", { ...STATE, ...state });
const builtPage = async (state = {}) => parseHTML(await prerender(`<!DOCTYPE html>${page(state)}`)).document;
const text = (root, ref) => root.querySelector(`[data-ref=${ref}]`).textContent;

test("a guess is told what is wrong with it, by name", () => {
  const answers = {
    "-1": /between 0 and 100/, 101: /between 0 and 100/, 0: /equally likely/, 0.0866: /looks like a rate/,
    17: /floor of this machine/, 8.7: /Well guessed: 8\.7/, 9: /Well guessed/, 50: /does not use x/,
    12: /^Fewer/, 30: /^Fewer/, 4: /^More/,
  };
  Object.entries(answers).forEach(([guess, answer]) => assert.match(verdictOn(Number(guess)), answer, guess));
});

test("a built page holds the numbers of its state", async () => {
  const root = await builtPage();
  assert.equal(text(root, "bestErrorRate"), "0.1687");
  assert.equal(text(root, "bestLogLoss"), "0.3840");
  assert.equal(text(root, "trueShare"), "0.5000");
  assert.equal(text(root, "size"), "100");
  assert.equal(Number(text(root, "onesCount")) + Number(text(root, "zerosCount")), 100);
  assert.equal(root.querySelectorAll("[data-ref=rows] tr").length, 100);
});

test("own samples replace the drawn ones, and n never asks for more than there are", async () => {
  const root = await builtPage({ x: [0.25, 0.6, 0.75], y: [1, 1, 1] });
  assert.equal(text(root, "size"), "3");
  assert.equal(text(root, "mistakes"), "1 of 3.");
  assert.equal(text(root, "drawn"), "your samples");
  assert.equal(text(root, "shareWord"), "ones, by the curve"); // they need not tend to it
  assert.match(text(await builtPage(), "shareWord"), /→/);
});

test("states beyond all bounds leave nothing that is not a number in the markup", async () => {
  const states = [
    { steepness: 1e308 }, { midpoint: 1e308 }, { midpoint: -1e308 }, { n: 1e308 }, { draw: 1e308 },
    { x: [1, 2], y: [0] }, { x: [5], y: [1] }, { x: [0.5], y: [1] }, { steepness: 1e308, midpoint: 1e308 },
    { steepness: null, midpoint: null, n: null },
  ];
  for (const state of states) {
    const html = await prerender(page(state));
    assert.doesNotMatch(html.replace(/data-(state|spec)="[^"]*"/g, ""), /NaN|Infinity|undefined/, JSON.stringify(state));
  }
  assert.equal(text(await builtPage({ midpoint: 1e308 }), "bestErrorRate"), "diverged");
  assert.match(text(await builtPage({ x: [5], y: [1] }), "note"), /cannot be drawn.*between 0 and 1, got 5/);
});

test("own samples that cannot be shown are told apart by name", () => {
  assert.match(faultOf([0.1, 0.2], [1]), /got 2 and 1/);
  assert.match(faultOf([0.1, -0.2], [1, 0]), /x must lie between 0 and 1, got -0\.2/);
  assert.match(faultOf([0.1, 0.2], [1, 0.5]), /labels, 0 or 1, got 0\.5/);
  assert.match(faultOf(Array(201).fill(0), Array(201).fill(1)), /At most 200 rows, got 201/);
  assert.equal(faultOf([0, 1], [0, 1]), "");
});

test("a link may only bring what can be shown", () => {
  const takes = (name, value) => accepts(explorable, name, value, { ...STATE, [name]: value });
  assert.ok(takes("steepness", 0) && takes("midpoint", 1) && takes("n", 200) && takes("draw", 999));
  assert.ok(!takes("steepness", 31) && !takes("midpoint", -1) && !takes("n", 2.5) && !takes("draw", 1000));
  assert.ok(!takes("x", [0.5]) && takes("x", []));
  assert.deepEqual(Object.keys(linked(specOf(explorable), STATE)), ["steepness", "midpoint", "n", "draw", "x", "y"]);
});

test("removing it frees its listeners", () => {
  const { listeners, free } = drawn(explorable, { ...STATE });
  assert.ok(listeners.size > 0);
  free();
  assert.equal(listeners.size, 0);
});
