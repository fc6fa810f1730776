/** Three explorables of the chapter on loss functions without a browser: words, markup, extremes. */
import assert from "node:assert/strict";
import test from "node:test";
import { parseHTML } from "linkedom";
import batchCutter, { verdictOn as verdictOnBatches } from "../../lib/explorables/static/pictures/batch_cutter.js";
import decisionBoundary, { faultOf, verdictOn as verdictOnSigmoid } from "../../lib/explorables/static/pictures/decision_boundary.js";
import logitsToLoss, { verdictOnEqual, verdictOnFloor } from "../../lib/explorables/static/pictures/logits_to_loss.js";
import { sum } from "../../lib/explorables/static/math/common.js";
import { logitGradient } from "../../lib/explorables/static/math/losses.js";
import { prerender } from "../../web/prerender.mjs";
import { accepts, element, specOf } from "./bench.js";

const KINDS = {
  logits_to_loss: { explorable: logitsToLoss, state: { logits: [2, 1, 0.1], label: 0, shift: 0, temperature: 1, twice: false } },
  decision_boundary: { explorable: decisionBoundary, state: { x: [-1, 0.5, 1, 2], y: [0, 1, 0, 1], w: 3, b: 0 } },
  batch_cutter: { explorable: batchCutter, state: { errors: [0, 0, 0, 4], cut: 2, loss: "mse", weighted: false } },
};
const parse = (html) => parseHTML(html).document;
const text = (root, ref) => root.querySelector(`[data-ref=${ref}]`).textContent;

/** The markup of an explorable, with some values of its state changed. */
function pageOf(module, change = {}) {
  return prerender(element(module, { ...KINDS[module].state, ...change }));
}

/** An explorable that is alive in a document without layout, and its model. */
function alive(module, change = {}) {
  const { document } = parseHTML("<html><body><div></div></body></html>");
  const [state, listeners] = [{ ...KINDS[module].state, ...change }, new Set()];
  const model = {
    get: (name) => state[name], set: (name, value) => { state[name] = value; }, save_changes() {},
    on: (event, listener) => listeners.add(listener), off: (event, listener) => listeners.delete(listener),
  };
  const el = document.querySelector("div");
  return { el, state, listeners, free: KINDS[module].explorable.render({ model, el, spec: specOf(KINDS[module].explorable) }) };
}

test("a guess of the loss at equal logits is told what it is", () => {
  for (const [guess, words] of [
    [1.0986, /Yes/], [1.1, /Yes/], [-1, /never negative/], [0.3333, /probability of each class/], [1.585, /bits/],
    [0.4771, /base ten/], [0.6931, /two classes/], [0, /probability 1/], [5, /minus the natural logarithm/],
  ]) assert.match(verdictOnEqual(guess), words);
});

test("the gradient keeps its digits where one class has nearly all", () => {
  const slopes = logitGradient({ logits: [-1.7, -0.5, 1], shift: 0, temperature: 0.1, label: 1, twice: true });
  assert.ok(Math.abs(sum(slopes)) < 1e-14 * Math.max(...slopes.map(Math.abs)));
});

test("a gradient that leaves its picture is said to", async () => {
  const note = async (temperature) => text(parse(await pageOf("logits_to_loss", { logits: [0, 3, 0], temperature })), "note");
  assert.match(await note(0.5), /gradient is outside the view/);
  assert.equal(await note(1), "");
});

test("a guess of the floor of two softmaxes is told what it is", () => {
  for (const [guess, words] of [
    [0.5514, /Yes/], [-1, /never negative/], [0, /With one softmax/], [0.5761, /probability left/],
    [1.0986, /equal probabilities/], [0.2, /Not that low/], [0.9, /lowest is lower/],
  ]) assert.match(verdictOnFloor(guess), words);
});

test("a guess of the least loss of a sigmoid is told what it is", () => {
  const verdict = (guess, separable = false) =>
    verdictOnSigmoid(guess, { least: separable ? 0 : 0.4438, separable, why: "for each sigmoid a steeper one has a lower loss" }, { loss: 0.7054, accuracy: 0.8 });
  for (const [guess, words] of [
    [0.44, /Well guessed: the lowest is 0\.4438/], [-1, /never negative/], [0, /overlap/], [0.2, /share of wrong samples, 0\.20/],
    [0.3, /Too low/], [0.6931, /log 2/], [0.8, /already has 0\.7054/], [0.55, /lowest loss is lower/],
  ]) assert.match(verdict(guess), words);
  assert.match(verdict(0, true), /comes as near to 0/);
  assert.match(verdict(0.4, true), /^For each sigmoid a steeper one has a lower loss/);
  const atBest = (guess) => verdictOnSigmoid(guess, { least: 0.4438, separable: false }, { loss: 0.44381, accuracy: 0.8 });
  assert.match(atBest(0.9), /already has 0\.4438, and that is the lowest/);
  const touching = (guess) => verdictOnSigmoid(guess, { least: 0.4621, separable: true, why: "these classes share one x" }, { loss: 0.6, accuracy: 0.8 });
  assert.match(touching(0.01), /Too low: where both labels have the same x/);
  assert.match(touching(0.46), /^Yes: it comes as near to 0\.4621 as you like/);
  assert.match(touching(0.6), /can be lower/);
});

test("why no sigmoid is the best is true of these samples", () => {
  const why = (x, y) => {
    const { el, free } = alive("decision_boundary", { x, y });
    el.querySelector("[data-ref=best]").click();
    free();
    return text(el, "note");
  };
  assert.match(why([1, 2, 3], [0, 1, 1]), /do not overlap, and for each sigmoid a steeper/);
  assert.match(why([1, 2, 2], [0, 0, 1]), /have exactly one x in common, and for each sigmoid a steeper/);
  assert.match(why([1, 2, 3], [1, 1, 1]), /one label only, and for each sigmoid a surer/);
  assert.match(why([1, 2, 3, 4], [0, 1, 0, 1]), /The best sigmoid has/);
});

test("who is too sure is told what helps", async () => {
  const read = async (change) => text(parse(await pageOf("decision_boundary", { x: [-1, 0, 1, 2, 3], y: [0, 1, 1, 1, 0], ...change })), "read");
  assert.match(await read({ w: 6, b: 3 }), /too sure.*less steep/);
  assert.match(await read({ w: 0, b: 9 }), /too sure.*nearer to ½/);
  assert.match(await read({ w: 0, b: 0 }), /minus the log/);
});

test("dividing by less than one is not said to give the largest all", async () => {
  const read = text(parse(await pageOf("logits_to_loss", { logits: [0, 0, 0], temperature: 0.9 })), "read");
  assert.match(read, /further apart/);
  assert.doesNotMatch(read, /nearly all/);
});

test("a guess of the mean of two RMSEs is told what it is", () => {
  for (const [guess, words] of [
    [1.4142, /Yes: 0\.0000 and 2\.8284 have the mean 1\.4142.*2\.0000/], [1.41, /Yes/], [2, /RMSE of the whole/], [4, /mean of the MSEs/],
    [2.8284, /sum of the two/], [0, /one batch/], [-1, /never negative/], [3.3, /square, take the mean/],
  ]) assert.match(verdictOnBatches(guess, KINDS.batch_cutter.state), words);
  // Batches of three and two errors: (3 · 0 + 2 · √8) / 5 = 1.1314, not the plain mean 1.4142.
  const weighted = { errors: [0, 0, 0, 4, 0], cut: 3, loss: "rmse", weighted: true };
  assert.match(verdictOnBatches(1.1314, weighted), /Yes: 0\.0000 and 2\.8284 have the weighted mean 1\.1314/);
  assert.match(verdictOnBatches(1.4142, weighted), /counts both batches alike/);
  assert.equal(verdictOnBatches(2.8284, weighted), "That is the sum of the two.");
});

test("own samples that cannot be drawn are told why", () => {
  assert.equal(faultOf([1, 2], [0, 1]), "");
  assert.match(faultOf([1, 2], [0, 2]), /0 or 1, got 2/);
  assert.match(faultOf([1, 1], [0, 1]), /two clearly different values, got only 1/);
  assert.match(faultOf([1], [0]), /got 1/);
  assert.match(faultOf([1, 2], [0]), /got 2 and 1/);
  assert.match(faultOf([1, NaN], [0, 1]), /finite/);
});

test("a built page holds the numbers of its state", async () => {
  const logits = parse(await pageOf("logits_to_loss"));
  assert.deepEqual([0, 1, 2].map((c) => text(logits, `probability${c}`)), ["0.6590", "0.2424", "0.0986"]);
  assert.deepEqual([0, 1, 2].map((c) => text(logits, `gradient${c}`)), ["−0.3410", "0.2424", "0.0986"]);
  assert.equal(text(logits, "lossValue"), "0.4170");
  const twice = parse(await pageOf("logits_to_loss", { twice: true }));
  assert.deepEqual([0, 1, 2].map((c) => text(twice, `probability${c}`)), ["0.4484", "0.2956", "0.2560"]);
  assert.equal(text(twice, "floor"), "0.5514");
  const batches = parse(await pageOf("batch_cutter", { loss: "rmse" }));
  assert.deepEqual(["secondLoss", "meanOfBatches", "whole", "gap"].map((ref) => text(batches, ref)), ["2.8284", "1.4142", "2.0000", "−0.5858"]);
  const sigmoid = parse(await pageOf("decision_boundary", { w: 0 }));
  assert.deepEqual(["lossValue", "accuracy", "worst"].map((ref) => text(sigmoid, ref)), ["0.6931", "0.50", "0.6931"]);
  assert.equal(sigmoid.querySelectorAll("[data-ref=levels] > path").length, 10);
});

test("prerendering twice is prerendering once", async () => {
  for (const module of Object.keys(KINDS)) {
    const once = await pageOf(module);
    assert.equal(await prerender(once), once);
  }
});

test("huge values say diverged or their size, and draw nothing that is not a number", async () => {
  for (const [module, change, ref, words] of [
    ["logits_to_loss", { logits: [1e308, -1e308, 0], label: 1 }, "lossValue", /diverged/],
    ["logits_to_loss", { logits: [1e308, 0, 0], temperature: 0.1 }, "lossValue", /diverged/],
    ["logits_to_loss", { logits: [1e308, 0, 0], twice: true }, "lossValue", /0\.5514/],
    ["decision_boundary", { w: 1e308, b: -1e308 }, "lossValue", /diverged/],
    ["decision_boundary", { w: 1e200 }, "lossValue", /e\+/],
    ["decision_boundary", { w: 0, b: 1e308 }, "accuracy", /0\.50/],
    ["batch_cutter", { errors: [0, 0, 0, 1e308] }, "whole", /diverged/],
    ["batch_cutter", { errors: [1e9, 0, 0, 1] }, "firstLoss", /5\.00e\+17/],
  ]) {
    const html = await pageOf(module, change);
    assert.doesNotMatch(html, /NaN|Infinity|undefined/, `${module} ${JSON.stringify(change)}`);
    assert.match(text(parse(html), ref), words);
  }
});

test("what is no number at all says diverged, and leaves nothing in the markup", () => {
  for (const [module, change, ref] of [
    ["logits_to_loss", { logits: [NaN, 1, Infinity] }, "lossValue"], ["logits_to_loss", { shift: Infinity }, "lossValue"],
    ["logits_to_loss", { temperature: NaN, twice: true }, "lossValue"], ["logits_to_loss", { label: NaN }, "lossValue"],
    ["decision_boundary", { w: NaN }, "lossValue"], ["decision_boundary", { b: -Infinity }, "accuracy"],
    ["batch_cutter", { errors: [NaN, 1, 2, 3] }, "whole"], ["batch_cutter", { cut: NaN }, "meanOfBatches"],
  ]) {
    const { el, free } = alive(module, change);
    const markup = el.innerHTML.replace(/<input[^>]*>/g, ""); // a browser keeps a slider's value elsewhere
    assert.doesNotMatch(markup, /NaN|Infinity|undefined/, `${module} ${Object.keys(change)}`);
    assert.equal(text(el, ref), "diverged");
    free();
  }
});

test("a page of four errors shows eight, and as many handles", () => {
  const { el, free } = alive("batch_cutter");
  const html = el.innerHTML;
  free();
  assert.equal(el.querySelectorAll(".xp-handle").length, 4 + 4);
  const { document } = parseHTML(`<html><body><div>${html}</div></body></html>`);
  const adopted = document.querySelector("div");
  const state = { ...KINDS.batch_cutter.state, errors: [1, 2, 3, 4, 5, 4, 3, 2], cut: 7 };
  const model = { get: (name) => state[name], set() {}, on() {}, off() {}, save_changes() {} };
  batchCutter.render({ model, el: adopted, initial: KINDS.batch_cutter.state, spec: specOf(batchCutter) })();
  assert.equal(adopted.querySelectorAll(".xp-handle").length, 8 + 4);
  assert.equal(text(adopted, "value7"), "2.00");
});

test("removing an explorable frees its listeners", () => {
  for (const module of Object.keys(KINDS)) {
    const { listeners, free } = alive(module);
    assert.ok(listeners.size > 0);
    free();
    assert.equal(listeners.size, 0);
  }
});

test("a link may only bring what can be shown", () => {
  const { state: four } = KINDS.batch_cutter;
  assert.ok(accepts(logitsToLoss, "logits", [1, 2, 3]) && accepts(logitsToLoss, "shift", -9) && accepts(logitsToLoss, "label", 2));
  assert.ok(!accepts(logitsToLoss, "logits", [1, 2]) && !accepts(logitsToLoss, "label", 3) && !accepts(logitsToLoss, "temperature", 0));
  assert.ok(accepts(batchCutter, "errors", [1, 2, 3, 4, 5], four) && accepts(batchCutter, "cut", 3, four));
  assert.ok(!accepts(batchCutter, "errors", [1, 2, 3], four) && !accepts(batchCutter, "errors", [1, 2, 3, -4], four));
  assert.ok(!accepts(batchCutter, "cut", 4, four) && !accepts(batchCutter, "cut", 1.5, four) && !accepts(batchCutter, "loss", "constructor", four));
  const own = { x: [1, 2], y: [0, 1] };
  assert.ok(accepts(decisionBoundary, "x", own.x, own) && accepts(decisionBoundary, "w", -3, own));
  assert.ok(!accepts(decisionBoundary, "y", [0, 7], { ...own, y: [0, 7] }));
});
