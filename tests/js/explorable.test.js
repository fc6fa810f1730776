/** What the kit does for every picture: it works out once what follows, makes knobs, judges points, passes messages on. */
import assert from "node:assert/strict";
import test from "node:test";
import { parseHTML } from "linkedom";
import { viewOf } from "../../lib/explorables/static/kit/chart.js";
import { Explorable } from "../../lib/explorables/static/kit/explorable.js";

const PLANE = viewOf([-2, 2], [0, 10]);
const number = { kind: "number", default: 0 };
const list = { kind: "numbers", least: 1, most: 3, default: [1] };
const SPEC = { title: "A picture", python: "Picture", values: { a: number, b: number, x: list, y: list } };

class Picture extends Explorable {
  static together = ["x", "y"];
  static fault({ x, y }) { return x.length === y.length ? "" : "As many x as y."; }

  prepare() { this.derived = 0; }
  derive({ a, b }) { this.derived += 1; return { sum: a + b }; }
  parts() { return { predict: { question: "?", guess: "a guess" }, views: `<path data-ref="line"></path><b data-ref="sum"></b>` }; }
  paths(state, { sum }) { return { line: `M0 ${sum}` }; }
  numbers(state, { sum }) { return { sum: String(sum) }; }
  describe(state, { sum }) { return { words: `sum ${sum}` }; }
}

/** A picture on a model of its own. */
function drawn(state, initial = { a: 1, b: 2, x: [1, 2], y: [3, 4] }) {
  const { document } = parseHTML("<html><body><div></div></body></html>");
  const values = { ...initial, ...state };
  const heard = new Map();
  const model = {
    get: (name) => values[name], set: (name, value) => { values[name] = value; },
    on: (event, listener) => heard.set(event, listener), off: (event) => heard.delete(event), save_changes() {},
  };
  const picture = new Picture({ model, el: document.querySelector("div"), initial, spec: SPEC });
  picture.start();
  return { picture, values, heard };
}

test("what follows from a state is worked out once for each, whoever asks", () => {
  const { picture } = drawn();
  const before = picture.derived;
  picture.finish();
  assert.equal(picture.derived, before);
  assert.equal(picture.ref.sum.textContent, "3");
  picture.set({ a: 5 });
  picture.finish();
  assert.equal(picture.derived, before + 1);
  assert.equal(picture.ref.line.getAttribute("d"), "M0 7");
  assert.equal(picture.state(), picture.state());
});

test("a knob stands for values, rounds them, and keeps the hand in the view", () => {
  const { picture, values } = drawn();
  const both = picture.ready(picture.knob("both", PLANE, { x: "a", y: "b" }, Math.round));
  both.move(-7, 4.4);
  assert.deepEqual([values.a, values.b, both.along], [-2, 4, undefined]);
  const one = picture.ready(picture.knob("one", () => PLANE, { x: ({ sum }) => sum, y: ["y", 1] }));
  one.move(0, 11);
  assert.deepEqual([values.y, values.a, one.along], [[3, 10], -2, "y"]);
  assert.deepEqual(one.place(), [2, 10]);
  const pair = picture.ready(picture.knob("pair", PLANE, { x: ["x", 0], y: ["x", 1] }));
  pair.move(1.5, 9);
  assert.deepEqual(values.x, [1.5, 9]);
});

test("points with a fault give way to the first ones, and the reader is told", () => {
  const { picture } = drawn({ x: [1, 2, 3] });
  assert.deepEqual([picture.state().x, picture.state().y], [[1, 2], [3, 4]]);
  assert.match(picture.ref.note.textContent, /cannot be drawn. As many x as y/);
  picture.set({ x: [5, 6] });
  picture.finish();
  assert.deepEqual(picture.state().x, [5, 6]);
  assert.equal(picture.ref.note.textContent, "");
  assert.deepEqual(drawn({}, { a: 0, b: 0, x: [1], y: [] }).picture.state().y, [1]); // the class's own, where the first have one
});

test("a message stands until the next move", () => {
  const { picture, heard } = drawn();
  heard.get("msg:custom")({ note: "Python did not take this." });
  picture.finish();
  assert.equal(picture.ref.note.textContent, "Python did not take this.");
  heard.get("msg:custom")({ another: "kind" });
  assert.equal(picture.ref.note.textContent, "Python did not take this.");
  picture.set({ a: 0 });
  assert.equal(picture.ref.note.textContent, "");
  picture.life.abort();
  assert.equal(heard.size, 0);
});
