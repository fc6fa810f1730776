/** The explorables of the chain rule without a browser: verdicts, markup, extreme states. */
import assert from "node:assert/strict";
import test from "node:test";
import { parseHTML } from "linkedom";
import backward, { verdictOn as onBackward } from "../../lib/explorables/static/pictures/backward_steps.js";
import brackets, { verdictOn as onBrackets } from "../../lib/explorables/static/pictures/bracket_order.js";
import knobs, { verdictOn as onKnobs } from "../../lib/explorables/static/pictures/knobs_and_needles.js";
import { arcPath, bandPath, brief, dialView, edgeEnds, planeOf, productText } from "../../lib/explorables/static/kit/graph.js";
import { prerender } from "../../web/prerender.mjs";
import { accepts, element, specOf } from "./bench.js";

const STATES = {
  knobs_and_needles: {
    x1: 2, x2: 3, dx: 0.5, knob: "x1", needle: "z1", through_y1: false, through_y2: true, through_y3: false,
  },
  backward_steps: { a: 2, b: 3, step: 10, wrong_order: false, overwrite: false, keep_gradients: false },
  bracket_order: { widths: [1000, 1000, 1000, 1000, 1], order: [1, 2, 3] },
};
const EXPLORABLES = { knobs_and_needles: knobs, backward_steps: backward, bracket_order: brackets };

async function built(module, changes = {}) {
  const html = await prerender(element(module, { ...STATES[module], ...changes }));
  const { document } = parseHTML(html);
  return { html, text: (ref) => document.querySelector(`[data-ref=${ref}]`).textContent };
}

test("a guess of the derivative hears which paths it forgets", () => {
  const verdict = (guess) => onKnobs(guess, [1, 3, -6]);
  assert.match(verdict(-2), /^Yes: 1\.00 \+ 3\.00 − 6\.00 = −2\.00/);
  assert.match(verdict(10), /not their signs/);
  assert.match(verdict(2), /signs/);
  assert.match(verdict(4), /sum of the positive products/);
  assert.match(verdict(-6), /one path/);
  assert.match(verdict(-5), /One path is missing/);
  assert.match(onKnobs(0, [-1, -3, -6]), /Not yet/); // no path pushes it up
  assert.match(onKnobs(5, [5, -3, -1]), /one path/);
  assert.match(verdict(77), /Not yet/);
});

test("a guess of dy/da hears which rule it breaks", () => {
  const verdict = (guess) => onBackward(guess, { a: 2, b: 3 });
  assert.match(verdict(25), /^Yes: 7 by way of c and 18 by way of d/);
  assert.match(verdict(29), /wrong order/);
  assert.match(verdict(100), /two passes/);
  assert.match(verdict(18), /one of the two nodes/);
  assert.match(verdict(15), /by d and f alone/);
  assert.match(verdict(19), /dy\/db/);
  assert.match(verdict(41), /y itself/);
  assert.match(verdict(3), /Not yet/);
});

test("a guess of the growth hears how many sizes double", () => {
  const verdict = (guess) => onBrackets(guess, STATES.bracket_order.widths);
  assert.match(verdict(8), /^Yes: 8\.00 times\. Reverse mode grows 4\.00 times/);
  assert.match(verdict(4), /reverse mode/);
  assert.match(onBrackets(4, [1000, 1000, 1000, 1000, 1000]), /n₄, which stays, is one of the three sizes in each/);
  assert.match(verdict(2), /Not only one side/);
  assert.match(verdict(16), /three sizes/);
  assert.match(verdict(6), /Not enough/);
  assert.match(verdict(100), /Not as much/);
  assert.match(onBrackets(8, [1, NaN, 1, 1, 1]), /too large to count/);
});

test("a path whose product is 0 is not missed", async () => {
  const read = async (changes) => (await built("knobs_and_needles", { through_y1: true, through_y2: true, ...changes })).text("read");
  assert.match(await read({ needle: "z2", x1: 2, x2: 0 }), /One path is missing from the sum, but it adds 0 here: .* still touches/);
  assert.match(await read({}), /does not touch/);
  assert.match(await read({ x1: 0, x2: 0, needle: "z2", through_y1: true, through_y2: false }), /Two paths are missing.*together they add 0 here/);
});

test("what is overwritten is not counted twice", async () => {
  const read = async (changes) => (await built("backward_steps", { wrong_order: true, step: 9, ...changes })).text("read");
  const all = async (changes) => {
    const texts = [];
    for (let step = 1; step <= 14; step += 1) texts.push(await read({ step, ...changes }));
    return texts.join();
  };
  assert.match(await all({}), /counted twice/);
  assert.doesNotMatch(await all({ overwrite: true }), /counted twice/);
});

test("an order is called by where it starts", async () => {
  const read = async (order, widths = [2, 3, 4, 5, 6]) => (await built("bracket_order", { order, widths })).text("read");
  assert.match(await read([1, 2, 3]), /^Forward mode starts at the input/);
  assert.match(await read([3, 2, 1]), /^Reverse mode starts at the output/);
  for (const order of [[1, 3, 2], [3, 1, 2]]) assert.match(await read(order), /starts at both ends/);
  for (const order of [[2, 1, 3], [2, 3, 1]]) assert.match(await read(order), /starts in the middle/);
  assert.match(await read([2, 3, 1], [6, 10000, 8072, 1, 1]), /less than 0\.5 % more multiplications than the best/);
});

test("the built page holds the numbers of the chapter", async () => {
  const one = await built("knobs_and_needles");
  assert.deepEqual(["z1", "z2", "chosenSum", "derivative", "predictedChange", "actualChange"].map(one.text),
    ["29.00", "11.00", "15.00", "22.00", "7.50", "11.75"]);
  const two = await built("backward_steps");
  assert.deepEqual(["y", "gradC", "gradD", "gradA", "gradB"].map(two.text), ["41", "7", "6", "25", "19"]);
  const three = await built("bracket_order");
  assert.deepEqual(["cost", "forward", "reverse", "least"].map(three.text),
    ["2,001,000,000", "2,001,000,000", "3,000,000", "3,000,000"]);
  assert.equal(three.text("brackets"), "J₄ (J₃ (J₂ J₁))");
});

test("each broken rule gives the numbers of the chapter", async () => {
  const gradients = async (changes) => {
    const { text } = await built("backward_steps", { step: 28, ...changes });
    return [text("gradA"), text("gradB")];
  };
  assert.deepEqual(await gradients({ wrong_order: true }), ["29", "22"]);
  assert.deepEqual(await gradients({ overwrite: true }), ["1", "1"]);
  assert.deepEqual(await gradients({ keep_gradients: true }), ["100", "76"]);
});

test("states beyond all bounds leave nothing that is not a number", async () => {
  const spoilt = [
    ["knobs_and_needles", "x1", "derivative"], ["knobs_and_needles", "dx", "predictedChange"],
    ["backward_steps", "a", "y"], ["backward_steps", "b", "gradA"],
  ];
  for (const [module, name, ref] of spoilt) {
    for (const value of [1e308, -1e308, 1e200]) {
      const { html, text } = await built(module, { [name]: value });
      assert.doesNotMatch(html, /NaN|Infinity|undefined/);
      assert.match(text(ref), /diverged|e\+/);
    }
  }
  for (const widths of [[1e308, 9, 9, 9, 9], [0, -5, 1, 1, 1]]) {
    const { html } = await built("bracket_order", { widths });
    assert.doesNotMatch(html, /NaN|Infinity|undefined/);
  }
  for (const order of [[7, 1], [1, 1], [], [3, 0.5]]) {
    const { html } = await built("bracket_order", { order });
    assert.doesNotMatch(html, /NaN|Infinity|undefined/);
  }
});

test("a product that is half chosen shows its brackets and its cost so far", async () => {
  const { text } = await built("bracket_order", { order: [3, 1] });
  assert.equal(text("brackets"), "(J₄ J₃) (J₂ J₁)");
  assert.equal(text("cost"), "1,001,000,000");
  assert.match(text("read"), /One product is left/);
});

test("a link may only bring what can be shown", () => {
  assert.ok(accepts(knobs, "knob", "x2") && accepts(knobs, "x1", -9) && accepts(knobs, "needle", "z2"));
  assert.ok(!accepts(knobs, "knob", "x3") && !accepts(knobs, "needle", "constructor"));
  assert.ok(accepts(backward, "step", 28) && !accepts(backward, "step", 29) && !accepts(backward, "step", 0.5));
  assert.ok(accepts(brackets, "order", []) && accepts(brackets, "order", [2, 1, 3]));
  assert.ok(!accepts(brackets, "order", [2, 2]) && !accepts(brackets, "order", [4]));
  assert.ok(accepts(brackets, "widths", [1, 2, 3, 4, 10_000]) && !accepts(brackets, "widths", [1, 2, 3, 4]));
  assert.ok(!accepts(brackets, "widths", [1, 2, 3, 4, 10_001]) && !accepts(brackets, "widths", [1, 2, 3, 4, 0.5]));
});

test("removing an explorable frees its listeners", () => {
  for (const [module, explorable] of Object.entries(EXPLORABLES)) {
    const { document } = parseHTML("<html><body><div></div></body></html>");
    const listeners = new Set();
    const model = {
      get: (name) => STATES[module][name], set() {}, save_changes() {},
      on: (event, listener) => listeners.add(listener), off: (event, listener) => listeners.delete(listener),
    };
    const free = explorable.render({ model, el: document.querySelector("div"), spec: specOf(explorable) });
    assert.ok(listeners.size > 0);
    free();
    assert.equal(listeners.size, 0, module);
  }
});

test("a value on a round knob comes back from its place on the rim", () => {
  const view = dialView(planeOf(1.2), [30, 40], 9, [-4, 4]);
  for (const value of [-4, -1.5, 0, 2, 4]) {
    view.x.invert(view.x(value));
    assert.ok(Math.abs(view.y.invert(view.y(value)) - value) < 1e-9);
  }
  view.x.invert(view.x(0) - 1); // straight below the knob, a little to the left: the nearer end
  assert.equal(view.y.invert(990), -4);
});

test("edges end at the rims, bands have their width, arcs the right way round", () => {
  const plane = planeOf(1);
  assert.deepEqual(edgeEnds([0, 0], [10, 0], 2), [[2, 0], [8, 0]]);
  assert.equal(bandPath(plane, [0, 10], [10, 10], 2), "M0 90L100 90L100 110L0 110z");
  assert.match(arcPath(plane, [50, 50], 10, 0, Math.PI / 2), /^M500 400A100 100 0 0 1 600 500$/);
});

test("numbers in a line are as short as they can be", () => {
  assert.deepEqual([2, -0.5, 1.234, NaN, 2e9, -0.001].map(brief), ["2", "−0.5", "1.23", "diverged", "2.00e+9", "0"]);
  assert.equal(productText(3, -0.5), "3 · (−0.5)");
});
