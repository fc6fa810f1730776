/** The explorables on overfitting without a browser: their verdicts, and their markup as pages are built with it. */
import assert from "node:assert/strict";
import test from "node:test";
import { parseHTML } from "linkedom";
import ridge, { bestRidge, errorText, verdictOn as onRidge } from "../../lib/explorables/static/pictures/degree_and_ridge.js";
import fifty, { verdictOn as onFactor } from "../../lib/explorables/static/pictures/fifty_datasets.js";
import peeking, { verdictOn as onBest } from "../../lib/explorables/static/pictures/peeking_counter.js";
import { prerender } from "../../web/prerender.mjs";
import { accepts, element, specOf } from "./bench.js";

const numbers = (size, f) => Array.from({ length: size }, (_, i) => f(i));
const KINDS = {
  degree_and_ridge: {
    explorable: ridge,
    state: { x: numbers(10, (i) => i / 9), y: numbers(10, (i) => i % 2), degree: 0, ridge: 0 },
  },
  fifty_datasets: {
    explorable: fifty,
    state: { degree: 0, noise: 0, at: 0.25, draw: 0, seed: 0, pool: numbers(1009, (i) => Math.sin(i)) },
  },
  peeking_counter: {
    explorable: peeking,
    state: { n_labels: 10, peeks: 3, draw: 0, seed: 0, pool: numbers(1009, (i) => [0.5, 0.5, 0.99, 0.1][i % 4]) },
  },
};
const page = (module, state) =>
  element(module, state);
const built = async (module, changes = {}) => {
  const html = await prerender(page(module, { ...KINDS[module].state, ...changes }));
  const root = parseHTML(html).document.querySelector(".xp");
  return { html, text: (ref) => root.querySelector(`[data-ref=${ref}]`).textContent, root };
};

test("a guess of the error that ridge can reach is told what is wrong with it", () => {
  const verdict = (guess) => onRidge(guess, { least: 0.25, ridge: 0.01, without: 80 }, 0.21);
  assert.match(verdict(-1), /never negative/);
  assert.match(verdict(0), /even the law has it/);
  assert.match(verdict(0.2), /away from the law/);
  assert.match(verdict(0.21), /best degree/);
  assert.match(verdict(0.26), /Well guessed: the lowest is 0\.2500, near λ = 0\.01/);
  assert.match(verdict(1), /goes lower/);
  assert.match(verdict(80), /already gives 80.*brings it down/);
  const alone = (guess) => onRidge(guess, { least: 0.1, ridge: 0, without: 0.1 }, 0.1);
  assert.match(alone(0.5), /no penalty brings it down/);
});

test("points that share an x have a least error, too", () => {
  const { state } = KINDS.degree_and_ridge;
  const { least, ridge: best, without } = bestRidge({ ...state, x: [0, 0, ...state.x.slice(2)], degree: 9 });
  assert.ok(Number.isFinite(least) && best > 0 && Number.isNaN(without));
  assert.match(onRidge(least, { least, ridge: best, without }, 0.2), /Well guessed/);
  assert.match(onRidge(10 * least, { least, ridge: best, without }, 0.2), /goes lower/);
});

test("no ridge on a fine grid beats the one that the verdict names", () => {
  const { state } = KINDS.degree_and_ridge;
  const { least, without } = bestRidge({ ...state, degree: 9 });
  assert.ok(least > 0.09 && least <= without);
});

test("a guess of the growth of the variance is told what is wrong with it", () => {
  assert.match(onFactor(4), /^Yes/);
  assert.match(onFactor(2), /square of a spread/);
  assert.match(onFactor(1), /does change/);
  assert.match(onFactor(0.5), /cannot make the curves agree/);
  assert.match(onFactor(0.36), /A factor is asked/);
  assert.match(onFactor(0.27), /A factor is asked/);
  assert.match(onFactor(3), /more than that/);
  assert.match(onFactor(16), /Not as much/);
});

test("a guess of the best of 200 coins is told what is wrong with it", () => {
  assert.match(onBest(-1), /between 0 and 1/);
  assert.match(onBest(80), /between 0 and 1/);
  assert.match(onBest(0.5), /fresh labels/);
  assert.match(onBest(0.3), /not worse than most/);
  assert.match(onBest(0.62), /larger test set/);
  assert.match(onBest(0.8), /Well guessed: 0\.79\d/);
  assert.match(onBest(0.9), /Lower/);
  assert.match(onBest(1), /once in a million/);
});

test("a built page holds the numbers of its state", async () => {
  // Targets 0 and 1 in turn: the mean is one half, and every residual too.
  const flat = await built("degree_and_ridge");
  assert.equal(flat.text("trainingError"), "0.2500");
  assert.equal(flat.text("penalty"), "0.0000");
  // Flat lines through a whole sine without noise: all at 0, so the error is the mean of sin², one half.
  const still = await built("fifty_datasets");
  assert.equal(still.text("variance"), "0.0000");
  assert.equal(still.text("total"), "0.4998");
  assert.equal(still.text("biasSquaredHere"), "1.0000");
  // Of the first three models the third is best: 9 of 10 heads, for P(at most 8) = 0.9893 < 0.99.
  const luck = await built("peeking_counter");
  assert.equal(luck.text("bestScore"), "0.900");
  assert.equal(luck.text("freshScore"), "0.900");
  assert.equal(luck.root.querySelectorAll("[data-ref=rows] tr").length, 8);
});

test("values that are no numbers say diverged and draw nothing that is not a number", async () => {
  const wild = [NaN, Infinity, -Infinity, 1e308, -1e308, 0.5, -3];
  const shown = { degree_and_ridge: "testError", fifty_datasets: "total", peeking_counter: "bestScore" };
  const names = { degree_and_ridge: ["degree", "ridge"], fifty_datasets: ["degree", "noise", "at", "draw"], peeking_counter: ["n_labels", "peeks", "draw"] };
  for (const [module, { explorable, state }] of Object.entries(KINDS)) {
    for (const name of names[module]) {
      for (const value of wild) {
        const { document } = parseHTML("<html><body><div></div></body></html>");
        const el = document.querySelector("div");
        const model = { get: (key) => ({ ...state, [name]: value })[key], set() {}, on() {}, off() {}, save_changes() {} };
        explorable.render({ model, el, spec: specOf(explorable) })();
        // The DOM library keeps what a browser refuses as the value of a slider.
        assert.doesNotMatch(el.innerHTML.replaceAll(/ value="[^"]*"/g, ""), /NaN|Infinity|undefined/, `${module} ${name} ${value}`);
        const text = el.querySelector(`[data-ref=${shown[module]}]`).textContent;
        if (!accepts(explorable, name, value) && name !== "at" && !(name === "noise" && Math.abs(value) <= 3)) {
          assert.match(text, /diverged|e\+/, `${module} ${name} ${value}`);
        }
      }
    }
  }
});

test("points that share an x leave no single curve of degree nine, and the page says so", async () => {
  const { html, text } = await built("degree_and_ridge", { x: [0.1, 0.1, ...numbers(8, (i) => 0.2 + i / 10)], degree: 9 });
  assert.equal(text("testError"), "diverged");
  assert.match(text("note"), /share an x/);
  assert.doesNotMatch(html, /NaN|Infinity|undefined/);
});

test("points far outside are told of", async () => {
  const { html, text } = await built("degree_and_ridge", { y: [1e308, ...numbers(9, () => 0)] });
  assert.match(text("note"), /outside the view/);
  assert.doesNotMatch(html, /NaN|Infinity|undefined/);
});

test("a link may only bring what can be shown", () => {
  const ten = numbers(10, () => 0.5);
  assert.ok(accepts(ridge, "degree", 9) && accepts(ridge, "ridge", 0.02) && accepts(ridge, "x", ten) && accepts(ridge, "y", ten));
  assert.ok(!accepts(ridge, "degree", 9.5) && !accepts(ridge, "ridge", -1) && !accepts(ridge, "x", [0.5]));
  assert.ok(!accepts(ridge, "x", ten.map(() => 1.5)) && !accepts(ridge, "y", ten.map(() => -3)));
  assert.ok(accepts(fifty, "degree", 0) && accepts(fifty, "noise", 1) && accepts(fifty, "at", 0) && accepts(fifty, "draw", 7));
  assert.ok(!accepts(fifty, "noise", 2) && !accepts(fifty, "at", -1) && !accepts(fifty, "draw", 0.5) && !accepts(fifty, "degree", 10));
  assert.ok(accepts(peeking, "n_labels", 500) && accepts(peeking, "peeks", 1) && accepts(peeking, "draw", 0));
  assert.ok(!accepts(peeking, "n_labels", 5) && !accepts(peeking, "peeks", 201) && !accepts(peeking, "draw", -1));
});

test("removing an explorable frees its listeners", () => {
  for (const { explorable, state } of Object.values(KINDS)) {
    const { document } = parseHTML("<html><body><div></div></body></html>");
    const listeners = new Set();
    const model = {
      get: (name) => state[name], set() {}, save_changes() {},
      on: (event, listener) => listeners.add(listener), off: (event, listener) => listeners.delete(listener),
    };
    const free = explorable.render({ model, el: document.querySelector("div"), spec: specOf(explorable) });
    assert.ok(listeners.size > 0);
    free();
    assert.equal(listeners.size, 0);
  }
});

test("an error takes at most eight characters, and says when it is none", () => {
  const texts = [0, 83.39721, 262.7305, 9999.94, 106585.8277, 3.2e14, Infinity, NaN].map(errorText);
  assert.deepEqual(texts, ["0.0000", "83.3972", "262.7", "9999.9", "1.07e+5", "3.20e+14", "diverged", "diverged"]);
});
