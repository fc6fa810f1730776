/** Two distributions without a browser: words, markup, and states beyond all numbers. */
import assert from "node:assert/strict";
import test from "node:test";
import explorable, { verdictOn } from "../../lib/explorables/static/pictures/two_distributions.js";
import { accepts, built, drawn, oddities, text } from "./bench.js";

const STATE = { p: [0.5, 0.25, 0.25], q: [0.7, 0.2, 0.1], unit: "bits" };

test("a guess is told what is wrong with it, by name", () => {
  const verdict = (guess, more = {}) => verdictOn(guess, { ...STATE, ...more });
  assert.match(verdict(2.32), /^Right.*−log 0\.200 = 2\.3219 bits/);
  assert.match(verdict(0), /Then 0 is the entropy of P/);
  assert.match(verdict(-2.32), /Check the sign/);
  assert.match(verdict(1.609), /Right in nats/);
  assert.match(verdict(2.32, { unit: "nats" }), /Right in bits/);
  assert.match(verdict(0.2), /the probability itself/);
  assert.match(verdict(1.668), /what it is now/);
  assert.match(verdict(1.2), /Too low/);
  assert.match(verdict(5), /Too high/);
  [0, -2.32, 1.609, 0.2, 1.668, 1.2, 5].forEach((guess) => assert.doesNotMatch(verdict(guess), /2\.32/));
  assert.match(verdict(1, { q: [1, 0, 0] }), /infinite/);
  assert.match(verdict(0, { q: [0, 1, 0] }), /^Right/);
});

test("a built page holds the worked numbers", async () => {
  const root = await built("two_distributions", STATE);
  const expected = { entropy: "1.5000", kl: "0.1683", crossEntropy: "1.6683", klReversed: "0.1432", p1: "0.500", q3: "0.100" };
  for (const [ref, value] of Object.entries(expected)) assert.equal(text(root, ref), value);
  assert.equal(root.querySelectorAll("[data-ref=rows] tr").length, 4);
  assert.equal(text(root, "note"), "");
});

test("what is special about a view is said", async () => {
  const note = async (more) => text(await built("two_distributions", { ...STATE, ...more }), "note");
  assert.match(await note({ p: [0, 1, 0] }), /one-hot, H\(P\) = 0: .*−log 0\.200 = 2\.3219 bits\. KL\(Q‖P\) is infinite/);
  assert.match(await note({ q: [0.8, 0.2, 0] }), /Class c happens and Q gives it 0.*infinite/);
  assert.match(await note({ q: STATE.p }), /KL is 0 both ways/);
  assert.match(await note({ q: [0.998, 0.001, 0.001] }), /longer than the view/);
});

test("buttons swap the two and collapse P", () => {
  const { el, model, free } = drawn(explorable, { ...STATE });
  const press = (ref) => el.querySelector(`[data-ref=${ref}]`).click();
  press("swap");
  assert.deepEqual([model.get("p"), model.get("q")], [STATE.q, STATE.p]);
  press("collapsec");
  assert.deepEqual(model.get("p"), [0, 0, 1]);
  free();
});

test("no state leaves anything in the picture that is not a number", () => {
  const lists = [[NaN, 0.5, 0.5], [Infinity, 0, 0], [1e308, 1e308, 1e308], [-1, 1, 1], [0, 0, 0], [1, 0, 0]];
  for (const p of lists) {
    for (const q of [STATE.q, ...lists]) {
      const { el, free } = drawn(explorable, { p, q, unit: "nats" });
      assert.deepEqual(oddities(el), []);
      free();
    }
  }
});

test("removing it frees its listeners", () => {
  const { listeners, free } = drawn(explorable, { ...STATE });
  assert.ok(listeners.size > 0);
  free();
  assert.equal(listeners.size, 0);
});

test("a link may only bring what can be shown", () => {
  const takes = (...value) => accepts(explorable, ...value);
  assert.ok(takes("p", [1, 0, 0]) && takes("q", [0.2, 0.3, 0.5]) && takes("unit", "nats"));
  for (const p of [[1, 0], [0.5, 0.5, 0.5], [1.5, -0.5, 0], [0.25, 0.25, 0.25, 0.25], []]) assert.ok(!takes("p", p));
  assert.ok(!takes("unit", "bit"));
});
