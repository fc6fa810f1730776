/** Fit by hand without a browser: its words, and its markup as the pages are built with it. */
import assert from "node:assert/strict";
import test from "node:test";
import { accepts, drawn, element } from "./bench.js";
import { parseHTML } from "linkedom";
import explorable, { faultOf, verdictOn } from "../../lib/explorables/static/pictures/fit_line.js";
import { prerender } from "../../web/prerender.mjs";

const STATE = {
  x: [0, 1, 2], y: [1, 3, 4], w: 1.5, b: 1, loss: "half_squared_error", delta: 1,
};
const page = (inside = "", state = STATE) =>
  `<!DOCTYPE html>\n<p>é & "quotes" <br>\n${element("fit_line", state, inside)}\n<!-- <div> --><div>after</div>\n`;
const parse = (html) => parseHTML(html).document;
const text = (root, ref) => root.querySelector(`[data-ref=${ref}]`).textContent;

test("a guess is told what is wrong with it, by name", () => {
  const verdict = (guess) => verdictOn(guess, 0.4, 0.8);
  assert.match(verdict(-1), /never negative/);
  assert.match(verdict(0), /through every point/);
  assert.match(verdict(0.3), /Too low/);
  assert.match(verdict(0.42), /Well guessed: the lowest is 0\.4000/);
  assert.match(verdict(0.6), /lowest loss is lower/);
  assert.match(verdict(0.9), /already has 0\.8000/);
});

test("a line through all the points deserves the guess zero", () => {
  assert.match(verdictOn(0, 0, 1), /Well guessed/);
  assert.match(verdictOn(0.9, 0.4, 0.40001), /already has 0\.4000, and that is the lowest/);
});

test("a built page holds the picture and the numbers of its state", async () => {
  const root = parse(await prerender(page())).querySelector(".explorable");
  assert.equal(text(root, "w"), "1.500");
  assert.equal(text(root, "b"), "1.000");
  // Residuals 0, 0.5, 0: half a square of 0.25, shared by three samples.
  assert.equal(text(root, "lossValue"), "0.0417");
  assert.equal(root.querySelectorAll("[data-ref=levels] > path").length, 10);
  assert.equal(root.querySelectorAll("[data-ref=rows] tr").length, 3);
});

test("prerendering changes the inside of the explorables and nothing else", async () => {
  const result = await prerender(page());
  const [head, tail] = page("SPLIT").split("SPLIT");
  assert.ok(result.startsWith(head) && result.endsWith(tail));
  assert.ok(result.length > head.length + tail.length);
  assert.equal(await prerender("<p>no explorable</p>"), "<p>no explorable</p>");
});

test("prerendering twice is prerendering once", async () => {
  const once = await prerender(page("FitLine(...) <div><div>old</div></div>"));
  assert.equal(once, await prerender(page()));
  assert.equal(await prerender(once), once);
});

test("an explorable that is not closed is an error", async () => {
  await assert.rejects(prerender(page().replaceAll("</div>", "")), /not closed/);
});

test("a page without scripts promises no sliders", async () => {
  const html = await prerender(page());
  assert.doesNotMatch(html, /role="slider"|xp-handle[^>]*tabindex|data-live/);
});

test("a huge state says diverged and draws nothing that is not a number", async () => {
  for (const big of [{ w: 1e308, b: 2 }, { w: 1e200 }, { b: -1e308, w: 1e308 }, { w: 0, b: 1e9 }]) {
    const html = await prerender(page("", { ...STATE, ...big }));
    assert.doesNotMatch(html, /NaN|Infinity|undefined/);
    const shown = text(parse(html), "lossValue");
    assert.match(shown, big.b === 1e9 ? /5\.00e\+17/ : /diverged/);
    assert.match(text(parse(html), "note"), /outside the view/);
  }
});

test("removing an explorable frees its listeners", () => {
  const { listeners, free } = drawn(explorable, { ...STATE });
  assert.ok(listeners.size > 0);
  free();
  assert.equal(listeners.size, 0);
});

test("a link may only bring what can be shown", () => {
  assert.ok(accepts(explorable, "loss", "huber") && accepts(explorable, "w", -3) && accepts(explorable, "delta", 2));
  assert.ok(!accepts(explorable, "loss", "constructor") && !accepts(explorable, "delta", 0));
});

test("a link may bring points that can be drawn", () => {
  const brings = (x, y) => ["x", "y"].every((name) =>
    accepts(explorable, name, name === "x" ? x : y, { ...STATE, x, y }));
  assert.ok(brings([0, 1], [5, 5]));
  assert.ok(!brings([0, 1], [5]) && !brings([1, 1], [5, 6]) && !brings([1], [5]));
  assert.ok(!brings([0, 1e13], [5, 6]) && !brings([0, 1], [5, NaN]));
  const many = Array.from({ length: 201 }, (_, i) => i);
  assert.ok(!brings(many, many));
});

test("points that cannot be drawn are told apart by name", () => {
  assert.match(faultOf([1, 2], [1]), /got 2 and 1/);
  assert.match(faultOf([1], [1]), /From 2 to 200 rows.*got 1/);
  assert.match(faultOf([3, 3], [1, 2]), /two clearly different values, got only 3/);
  assert.match(faultOf([1, NaN], [1, 2]), /finite/);
  assert.equal(faultOf([1, 2], [1, 1]), "");
});

test("points of any size give a picture of numbers only, and a tiny loss has its digits", async () => {
  const sizes = { large: 1e9, small: 1e-5, one: 1 };
  for (const [name, size] of Object.entries(sizes)) {
    const y = STATE.y.map((value) => size * value);
    const html = await prerender(page("", { ...STATE, y, w: 1.5 * size, b: size }));
    assert.doesNotMatch(html, /NaN|Infinity|undefined/);
    const shown = text(parse(html), "lossValue");
    assert.match(shown, { large: /4\.17e\+16/, small: /0\.0{11}4\d/, one: /0\.0417/ }[name]);
  }
});
