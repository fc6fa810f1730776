/** The explorables of descents without a browser: verdicts, markup, and states beyond all numbers. */
import assert from "node:assert/strict";
import test from "node:test";
import descentPlanes, { verdictOn as afterOneStep } from "../../lib/explorables/static/pictures/descent_planes.js";
import lossSwitch, { verdictOn as ofTheOutlier } from "../../lib/explorables/static/pictures/loss_switch.js";
import optimizerRace, { verdictOn as ofRises } from "../../lib/explorables/static/pictures/optimizer_race.js";
import twoModes, { verdictOn as ofSteps } from "../../lib/explorables/static/pictures/two_modes.js";
import { compact, pointsFault, rounded, tiny } from "../../lib/explorables/static/kit/descent.js";
import { accepts, built, drawn, oddities, specOf, text } from "./bench.js";

const THREE = { x: [0, 1, 2], y: [1, 3, 4] };
const NINE = {
  x: [-1.4, -0.9, -0.3, 0.2, 0.8, 1.3, 1.9, 3.2], y: [0.5, 0.1, 1.1, 0.8, 1.8, 1.5, 2.6, 3.1],
};
const KINDS = {
  descent_planes: [descentPlanes, { ...THREE, b0: 0, w0: 0, learning_rate: 0.1, step: 1 }],
  two_modes: [twoModes, { kappa: 10, angle: 25, theta1: -1.4, theta2: 0.5, learning_rate: 2 / 11, step: 12 }],
  optimizer_race: [optimizerRace, {
    x: [0, 0.4, 1, 1.5, 2], y: [1, 1.7, 2.4, 3.6, 3.9], pool: [0.3, 0.8, 0.1, 0.6, 0.9, 0.2, 0.7], seed: 0, draw: 0, batch_size: 2,
    shared: false, b0: -1, w0: 0.5, epoch: 12, descent_rate: 0.3, sgd_rate: 0.1, momentum_rate: 0.05, adam_rate: 0.3,
    show_descent: true, show_sgd: true, show_momentum: true, show_adam: true,
  }],
  loss_switch: [lossSwitch, {
    ...NINE, outlier_x: 2.6, outlier_y: -1.2, loss: "half_squared_error", delta: 1, b0: 2.5, w0: -1.5, learning_rate: 0.15, step: 60,
  }],
};

test("each mistake of a first step has its name", () => {
  const verdict = (guess) => afterOneStep(guess, THREE);
  assert.match(verdict(2.41), /^Right: 2\.4074.*−5\.3333, −7\.3333.*b = 0\.5333, w = 0\.7333/);
  assert.match(verdict(0.4444), /slope alone predicts/);
  assert.match(verdict(8.67), /before the step/);
  assert.match(verdict(5.026), /half the gradient/);
  assert.match(verdict(18.85), /uphill/);
  assert.match(verdict(7.8), /multiplies the gradient, not the loss/);
  assert.match(verdict(-1), /never negative/);
  assert.match(verdict(1.5), /Too low/);
  assert.match(verdict(3.5), /Too high/);
  const steep = (guess) => afterOneStep(guess, { x: [0, 10], y: [1, 11] }); // the rate 0.1 is above 2/λmax here
  assert.match(steep(70), /^Too low: at this rate the step overshoots, and the loss rises/);
  assert.match(steep(9e9), /^Too high, though at this rate the step overshoots/);
});

test("each mistake about the steps to a millionth has its name", () => {
  assert.match(ofSteps(69), /^Right: 69\..*0\.8182/);
  assert.match(ofSteps(6), /10⁻⁶/);
  assert.match(ofSteps(22), /momentum at its best/);
  assert.match(ofSteps(27), /momentum from rest/);
  assert.match(ofSteps(35), /square of the error/);
  assert.match(ofSteps(10), /factor 10/);
  assert.match(ofSteps(50), /Too few/);
  assert.match(ofSteps(200), /Too many/);
});

test("momentum's rises are counted, and the guess of none is named", () => {
  assert.match(ofRises(12, 13), /^Well guessed: .*13 of 40/);
  assert.match(ofRises(0, 13), /plain descent/);
  assert.match(ofRises(39, 13), /Fewer than that: its loss falls more often/);
  assert.match(ofRises(6, 13), /More often/);
  [0, 39, 6].forEach((guess) => assert.doesNotMatch(ofRises(guess, 13), /13/));
  assert.match(ofRises(-1, 13), /between 0 and 40/);
  assert.match(ofRises(0, 0), /^Well guessed.*does not reach the lowest place/);
  assert.match(ofRises(40, 40, true), /^Well guessed.*Each swing is wider/);
});

test("the outlier's distance means nothing to L1", () => {
  const points = { x: [...NINE.x, 2.6], y: [...NINE.y, -1.2] };
  assert.match(ofTheOutlier(0, points), /^Right.*L1 moves its slope by 0\.0000/);
  assert.match(ofTheOutlier(-0.09, points), /That is L2/);
  assert.match(ofTheOutlier(1, points), /the slope depends on all points/);
  assert.match(ofTheOutlier(0.5, points), /Less than that/);
  [-0.09, 1, 0.5].forEach((guess) => assert.doesNotMatch(ofTheOutlier(guess, points), /0\.0000/));
});

test("a built page holds the worked numbers", async () => {
  const planes = await built("descent_planes", KINDS.descent_planes[1]);
  const expected = { thetaB: "0.5333", w: "0.7333", lossValue: "2.4074", bestRate: "0.3750", stableRate: "0.4189", leastLoss: "0.0556" };
  for (const [ref, value] of Object.entries(expected)) assert.equal(text(planes, ref), value, ref);
  assert.equal(planes.querySelectorAll("[data-ref=rows] tr").length, 2);
  const modes = await built("two_modes", KINDS.two_modes[1]);
  const factors = { flatFactor: "0.8182", steepFactor: "0.8182", bestRate: "0.1818", stableRate: "0.2000", stepsToMillionth: "69", kappa: "10.00" };
  for (const [ref, value] of Object.entries(factors)) assert.equal(text(modes, ref), value, ref);
});

test("a rate above the border is said, and so is a path that is gone", async () => {
  const [, state] = KINDS.descent_planes;
  const note = async (more) => text(await built("descent_planes", { ...state, ...more }), "note");
  assert.match(await note({ learning_rate: 0.45, step: 1 }), /above 2\/λmax = 0\.4189: across the valley each step leads further away/);
  assert.match(await note({ b0: 99 }), /outside the view/);
  assert.match(await note({ learning_rate: 1e300 }), /diverged/);
});

for (const [module, [explorable, state]] of Object.entries(KINDS)) {
  test(`no state of ${module} leaves anything but numbers in the picture`, async () => {
    const changes = Object.entries(state).flatMap(([name, value]) => {
      if (typeof value !== "number" || name === "seed") return [];
      return [NaN, Infinity, -Infinity, 1e308, -1e308, 1e-308, 0].map((odd) => ({ [name]: odd }));
    });
    for (const change of changes) {
      const { el, free } = drawn(explorable, { ...state, ...change });
      assert.deepEqual(oddities({ innerHTML: el.innerHTML.replaceAll(/<input[^>]*>/g, "") }), [], JSON.stringify(change)); // a browser cleans sliders
      assert.doesNotMatch(el.innerHTML, / d="[^M"]/, "a path begins with a move");
      free();
    }
  });

  test(`removing ${module} frees its listeners`, () => {
    const { listeners, free } = drawn(explorable, { ...state });
    assert.ok(listeners.size > 0);
    free();
    assert.equal(listeners.size, 0);
  });

  test(`a page without scripts promises no sliders: ${module}`, async () => {
    const root = await built(module, state);
    assert.doesNotMatch(root.innerHTML, /role="slider"|data-live/);
    assert.deepEqual(oddities(root), []);
  });
}

test("at the border no number of steps is enough", async () => {
  const modes = await built("two_modes", { ...KINDS.two_modes[1], learning_rate: 0.2 });
  assert.equal(text(modes, "stepsToMillionth"), "∞");
  assert.match(text(modes, "note"), /does not shrink, however many steps/);
});

test("points that have no best line give way to the first ones", () => {
  const { el, model } = drawn(descentPlanes, { ...KINDS.descent_planes[1] });
  for (const y of [[1, 3], [1, 3, NaN], []]) {
    model.set("y", y);
    assert.equal(el.querySelector("[data-ref=lossValue]").textContent, "2.4074");
  }
  assert.match(pointsFault([1, 1], [2, 3]), /two clearly different values, got only 1/);
  assert.match(pointsFault([1, 2, 3], [2, 3]), /got 3 and 2/);
  assert.equal(pointsFault([1, 2], [2, 3]), "");
});

test("a link may only bring what can be shown", () => {
  const points = { x: [0, 1], y: [2, 3] };
  assert.ok(accepts(descentPlanes, "x", points.x, points) && accepts(descentPlanes, "step", 40, {}));
  assert.ok(!accepts(descentPlanes, "y", [1], { x: [0, 1], y: [1] }) && !accepts(descentPlanes, "step", 41, {}));
  assert.ok(!accepts(descentPlanes, "learning_rate", 0, {}) && !accepts(descentPlanes, "step", 0.5, {}));
  assert.ok(accepts(twoModes, "kappa", 100) && !accepts(twoModes, "kappa", 0.5) && !accepts(twoModes, "angle", 91));
  assert.ok(accepts(optimizerRace, "batch_size", 24) && !accepts(optimizerRace, "batch_size", 0) && !accepts(optimizerRace, "epoch", 41));
  assert.ok(accepts(lossSwitch, "loss", "huber") && !accepts(lossSwitch, "loss", "toString") && !accepts(lossSwitch, "delta", 0));
});

test("numbers keep the width of a formula", () => {
  assert.deepEqual([1.23456, 123.456, 12345.6, -0.00001, Infinity].map((value) => compact(value)), ["1.2346", "123.46", "12346", "0.0000", "diverged"]);
  assert.deepEqual([0.5, 0.00025, 1e-13].map(tiny), ["0.5000", "2.50e−4", "0.0000"]);
  assert.deepEqual([rounded(0.123456, [0, 1]), rounded(1234.56, [0, 1e4])], [0.123, 1230]);
});

test("points that a link brings have their axes, though the page was built with the first ones", async () => {
  const [, first] = KINDS.descent_planes;
  const other = { ...first, x: [10, 20, 40], y: [-5, 0, 5] };
  const ticks = (root) => [...root.querySelectorAll(".xp-tick")].map((tick) => tick.textContent);
  const page = await built("descent_planes", first);
  const before = ticks(page);
  const model = { get: (name) => other[name], set() {}, on() {}, off() {}, save_changes() {} };
  const stop = descentPlanes.render({ model, el: page, page: { link: () => "" }, initial: first, spec: specOf(descentPlanes) });
  assert.notDeepEqual(ticks(page), before);
  assert.deepEqual(ticks(page), ticks(await built("descent_planes", other)));
  stop();
});
