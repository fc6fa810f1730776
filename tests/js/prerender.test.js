import assert from "node:assert/strict";
import test from "node:test";
import { shortened } from "../../tools/prerender.mjs";

/** The points of a path of absolute and relative lines, as a browser reads it. */
function points(path) {
  let at = [0, 0];
  const found = [];
  for (const [, command, numbers] of path.matchAll(/([MLl])([^MLlZ]+)/g)) {
    const parts = numbers.match(/-?(?:\d+\.?\d*|\.\d+)/g).map(Number);
    for (let i = 0; i < parts.length; i += 2) {
      at = parts.slice(i, i + 2).map((part, axis) => part + (command === "l" ? at[axis] : 0));
      found.push(at.map((part) => Math.round(100 * part) / 100));
    }
  }
  return found;
}

test("a shortened path goes through the same points in fewer characters", () => {
  const circle = Array.from({ length: 200 }, (_, i) => [500 + 400 * Math.cos(i / 9), 30 * Math.sin(i / 9)]);
  const path = circle.map(([x, y], i) => `${i % 50 ? "L" : "M"}${x.toFixed(1)} ${y.toFixed(1)}${i % 50 === 49 ? "Z" : ""}`).join("");
  const short = shortened(path);
  assert.deepEqual(points(short), points(path));
  assert.equal(points(short).length, 200);
  assert.ok(short.length < 0.8 * path.length, `${short.length} of ${path.length}`);
  assert.equal(shortened("M0 0L0 0L0.5 -0.25L-3 7ZM9 9L8 8"), "M0 0l0 0 .5-.25-3.5 7.25ZM9 9l-1-1");
});

test("a path of anything else, or of finer numbers, stays as it is", () => {
  for (const path of ["M0 0H9", "M1 2A3 3 0 0 1 4 5", "M0 0L1.125 2", "", "M1 2 3 4L5 6", "M0 0L1 1ZL5 5"])
    assert.equal(shortened(path), path);
});
