/** One slider, five meters, without a browser: words, markup, and states beyond all numbers. */
import assert from "node:assert/strict";
import test from "node:test";
import explorable, { verdictOn } from "../../lib/explorables/static/pictures/five_meters.js";
import { accepts, built, drawn, oddities, text } from "./bench.js";

const STATE = { counts: [7, 3], theta: 0.5, unit: "nats" };

test("a guess is told what is wrong with it, by name", () => {
  const verdict = (guess, unit = "nats") => verdictOn(guess, { ...STATE, unit });
  assert.match(verdict(0.693), /^Right: 0\.6931 nats/);
  assert.match(verdict(1, "bits"), /^Right: 1\.0000 bits/);
  assert.match(verdict(-0.69), /Check the sign/);
  assert.match(verdict(6.93), /NLL of all flips/);
  assert.match(verdict(0.61), /lowest value/);
  assert.doesNotMatch(verdictOn(0, { counts: [10, 0], theta: 0.5, unit: "nats" }), /a little/);
  assert.match(verdict(1), /Right in bits/);
  assert.match(verdict(0.693, "bits"), /Right in nats/);
  assert.match(verdict(0.301), /base 10/);
  assert.match(verdict(0.5), /is the probability of a flip/);
  assert.match(verdict(0.000977), /likelihood/);
  assert.match(verdict(0.2), /Too low/);
  assert.match(verdict(3), /Too high/);
  [-0.69, 6.93, 0.61, 1, 0.301, 0.5, 0.000977, 0.2, 3].forEach((guess) => assert.doesNotMatch(verdict(guess), /0\.69/));
});

test("a built page holds the worked numbers", async () => {
  const root = await built("five_meters", STATE);
  const expected = {
    theta: "0.500", likelihood: "0.0009766", meanNll: "0.6931", crossEntropy: "0.6931", entropy: "0.6109", kl: "0.0823",
    bestTheta: "0.700", heads: "7", tails: "3", asked: "nats",
  };
  for (const [ref, value] of Object.entries(expected)) assert.equal(text(root, ref), value);
  assert.equal(root.querySelectorAll("[data-ref=rows] tr").length, 7);
});

test("a side that cannot happen and did is infinite in words", async () => {
  const root = await built("five_meters", { ...STATE, theta: 0 });
  assert.equal(text(root, "kl"), "∞");
  assert.equal(text(root, "logLikelihood"), "−∞");
  assert.match(text(root, "note"), /heads cannot happen, and they did.*infinite/);
  assert.equal(text(await built("five_meters", { counts: [0, 3], theta: 0, unit: "nats" }), "note"), "");
});

test("a likelihood that seven digits do not show is told in powers of ten", async () => {
  const root = await built("five_meters", { counts: [50, 50], theta: 0.5, unit: "nats" });
  assert.equal(text(root, "likelihood"), "0.0000000");
  assert.match(text(root, "note"), /7\.9 × 10 to the power −31/);
});

test("no state leaves anything in the picture that is not a number", () => {
  for (const theta of [NaN, Infinity, -Infinity, 1e308, -5, 0, 1]) {
    for (const counts of [[7, 3], [NaN, 3], [Infinity, 1], [1e308, 1e308], [0, 0]]) {
      const { el, free } = drawn(explorable, { counts, theta, unit: "bits" });
      assert.deepEqual(oddities(el), []);
      free();
    }
  }
});

test("flips are added and taken away, but never all", () => {
  const { el, model, free } = drawn(explorable, { ...STATE, counts: [1, 0] });
  const press = (ref) => el.querySelector(`[data-ref=${ref}]`).click();
  press("headsLess");
  assert.deepEqual(model.get("counts"), [1, 0]);
  assert.match(text(el, "note"), /at least one flip/);
  press("tailsMore");
  press("headsLess");
  assert.deepEqual(model.get("counts"), [0, 1]);
  free();
});

test("removing it frees its listeners", () => {
  const { listeners, free } = drawn(explorable, { ...STATE });
  assert.ok(listeners.size > 0);
  free();
  assert.equal(listeners.size, 0);
});

test("a link may only bring what can be shown", () => {
  const takes = (...value) => accepts(explorable, ...value);
  assert.ok(takes("counts", [0, 50]) && takes("theta", 0) && takes("theta", 1) && takes("unit", "bits"));
  for (const counts of [[0, 0], [51, 0], [1.5, 2], [7], [1, 2, 3], [-1, 3], []]) assert.ok(!takes("counts", counts));
  assert.ok(!takes("theta", 1.01) && !takes("theta", -0.1) && !takes("unit", "dits"));
});
