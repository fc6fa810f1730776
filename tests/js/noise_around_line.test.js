/** Noise around a line without a browser: words, markup, and states beyond all numbers. */
import assert from "node:assert/strict";
import test from "node:test";
import explorable, { verdictOn } from "../../lib/explorables/static/pictures/noise_around_line.js";
import { accepts, built, drawn, oddities, text } from "./bench.js";

const STATE = {
  x: [0.5, 1, 2], y: [0.5, 1, 1], w: 0.5, b: 0.5, noise: "gaussian", scale: 0.5,
};

test("a guess is told what is wrong with it, by name", () => {
  const verdict = (guess, more = {}) => verdictOn(guess, { noise: "gaussian", scale: 0.2, ...more });
  assert.match(verdict(1.25), /^Right.*2 · 0\.20².*1\.2500/);
  assert.match(verdict(-1.25), /fall together/);
  assert.match(verdict(0), /Both depend on the same residuals/);
  assert.match(verdict(0.1), /without the noise/);
  assert.match(verdict(2.5), /Remember the ½/);
  assert.match(verdict(0.25), /square of the scale/);
  assert.match(verdict(0.7), /Too little/);
  assert.match(verdict(9), /Too much/);
  [-1.25, 0, 0.1, 2.5, 0.25, 0.7, 9].forEach((guess) => assert.doesNotMatch(verdict(guess), /1\.25/));
  assert.match(verdict(0.5, { noise: "laplace" }), /^Right.*by the scale 0\.20/);
  assert.match(verdict(0.1, { noise: "laplace", scale: 1 }), /^Right/);
  assert.match(verdict(1.25, { noise: "laplace" }), /That is so for the Gaussian/);
  assert.match(verdict(0.25, { noise: "laplace" }), /^Too little/);
});

test("a green line that is not seen is not spoken of", async () => {
  const note = async (more) => text(await built("noise_around_line", { ...STATE, scale: 0.1, ...more }), "note");
  assert.match(await note({ w: 0.7, b: 0.8 }), /still at the green line/); // the best slope is 0.01
  assert.equal(await note({ w: -0.3, b: 2.2 }), "The NLL is outside its view."); // the best slope is -0.74
});

test("a built page holds the numbers of its state", async () => {
  // Residuals −0.25, 0 and −0.5: squares sum to 0.3125, halved and over 0.25 they are 0.625.
  const root = await built("noise_around_line", STATE);
  const constant = 3 * (Math.log(0.5) + 0.5 * Math.log(2 * Math.PI));
  const expected = {
    w: "0.500", b: "+\u20090.500", scale: "0.50", residualSum: "0.3125", sumOverTwo: "0.3125", constant: `${constant < 0 ? "−" : "+"}\u2009${Math.abs(constant).toFixed(4)}`,
    nll: (0.625 + constant).toFixed(4), likelihood: Math.exp(-0.625 - constant).toFixed(4),
  };
  for (const [ref, value] of Object.entries(expected)) assert.equal(text(root, ref), value);
  assert.equal(root.querySelectorAll("[data-ref=rows] tr").length, 3);
});

test("Laplace noise adds up sizes", async () => {
  const root = await built("noise_around_line", { ...STATE, noise: "laplace" });
  assert.equal(text(root, "residualSum"), "0.7500");
  assert.equal(text(root, "nll"), "1.5000"); // 0.75 / 0.5 + 3 log 1
  assert.equal(root.querySelector(".xp").dataset.noise, "laplace");
});

test("a negative NLL is no mistake, and is said to be none", async () => {
  const root = await built("noise_around_line", { ...STATE, y: [0.75, 1, 1.5], scale: 0.1 });
  assert.equal(text(root, "nll"), (3 * -1.3836465597893728).toFixed(4).replace("-", "−"));
  assert.match(text(root, "note"), /no mistake/);
});

test("a huge state says diverged and draws nothing that is not a number", () => {
  for (const noise of ["gaussian", "laplace"]) {
    for (const more of [{ w: 1e308 }, { w: NaN }, { b: -Infinity }, { w: 1e308, b: -1e308 }, { b: NaN, w: Infinity }]) {
      const { el, free } = drawn(explorable, { ...STATE, noise, ...more });
      assert.deepEqual(oddities(el), []);
      assert.match(text(el, "nll"), /diverged|e\+/);
      free();
    }
    for (const scale of [NaN, 0, 1e308, Infinity, -1]) {
      const { el, free } = drawn(explorable, { ...STATE, noise, scale });
      el.querySelector("[data-model=scale]").remove(); // a browser refuses what is no number
      assert.deepEqual(oddities(el), []);
      free();
    }
  }
});

test("the button goes to the line of least squares, or of least absolute residuals", () => {
  for (const [noise, w] of [["gaussian", 0.286], ["laplace", 0.333]]) {
    const { el, model, free } = drawn(explorable, { ...STATE, noise });
    el.querySelector("[data-ref=best]").click();
    assert.equal(model.get("w"), w);
    free();
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
  assert.ok(takes("noise", "laplace") && takes("scale", 0.3) && takes("w", -3));
  assert.ok(!takes("noise", "constructor") && !takes("scale", 0) && !takes("scale", 1e9));
});
