/** The drawing kit: numbers, scales, the outlines of level sets. */
import assert from "node:assert/strict";
import test from "node:test";
import {
  arrowPath, bowlLevels, fixed, linearScale, niceStep, sampleView, setPaths, signAndSize, SIZE, squareDomains, sublevelPath,
  ticks, viewOf, visibleStretch,
} from "../../lib/explorables/static/kit/chart.js";

/** The polygons of a path made of M, relative l and z. */
function polygons(path) {
  return path.split("z").filter(Boolean).map((ring) => {
    const numbers = ring.match(/-?\d+/g).map(Number);
    let [x, y] = numbers;
    const points = [[x, y]];
    for (let i = 2; i < numbers.length; i += 2) points.push([(x += numbers[i]), (y += numbers[i + 1])]);
    return points;
  });
}

/** The signed area of a polygon by the shoelace formula: a hole has the opposite sign. */
const area = (points) =>
  points.reduce((sum, [x, y], i) => {
    const [nx, ny] = points[(i + 1) % points.length];
    return sum + (x * ny - nx * y) / 2;
  }, 0);

const areaBelow = (f, level, view = viewOf([-1, 1], [-1, 1])) =>
  Math.abs(polygons(sublevelPath(sampleView(view, f), level)).map(area).reduce((a, b) => a + b, 0));

const near = (actual, expected, tolerance) =>
  assert.ok(Math.abs(actual - expected) <= tolerance, `${actual} is not ${expected} ± ${tolerance}`);

test("numbers have fixed digits and a true minus sign", () => {
  assert.equal(fixed(0.5, 3), "0.500");
  assert.equal(fixed(-0.5, 3), "−0.500");
  assert.equal(fixed(-1e-9, 3), "0.000");
  assert.equal(fixed(-1234567, 3), "−1.23e+6");
  assert.equal(fixed(NaN, 3), "diverged");
  assert.equal(fixed(-Infinity, 3), "diverged");
  assert.deepEqual(signAndSize(-2, 1), ["−", "2.0"]);
  assert.deepEqual(signAndSize(2, 1), ["+", "2.0"]);
});

test("a scale and its inverse undo each other", () => {
  const scale = linearScale([-2, 4], [1000, 0]);
  assert.equal(scale(-2), 1000);
  assert.equal(scale(4), 0);
  near(scale.invert(scale(0.7)), 0.7, 1e-12);
});

test("steps are 1, 2 or 5 times a power of ten, and ticks carry the digits they need", () => {
  assert.deepEqual([0.06, 1, 6, 30, 100].map((length) => niceStep(length, 6)), [0.01, 0.2, 1, 5, 20]);
  assert.deepEqual(ticks([-1.2, 1.2], 6).map((tick) => tick.label), ["−1.0", "−0.5", "0.0", "0.5", "1.0"]);
  assert.deepEqual(ticks([0, 50], 5).map((tick) => tick.value), [0, 10, 20, 30, 40, 50]);
});

test("the data plane has one unit of length on both axes and holds all the points", () => {
  for (const [xs, ys] of [[[0, 5], [1, 2]], [[-3, 9, 4], [0.1, 0.2, 0.3]], [[1, 2], [-40, 60]]]) {
    const [x, y] = squareDomains(xs, ys);
    near(x[1] - x[0], y[1] - y[0], 1e-9);
    assert.ok(Math.min(...xs) > x[0] && Math.max(...xs) < x[1]);
    assert.ok(Math.min(...ys) > y[0] && Math.max(...ys) < y[1]);
  }
});

test("the seen stretch of a line ends at the frame, and a line that misses the view has none", () => {
  const view = viewOf([-2, 4], [-2, 4]);
  assert.deepEqual(visibleStretch(view, 0, 1), [-2, 4]);
  assert.deepEqual(visibleStretch(view, 2, 0), [-1, 2]);
  assert.deepEqual(visibleStretch(view, -1, 0), [-2, 2]);
  assert.equal(visibleStretch(view, 0, 9), null);
  assert.equal(visibleStretch(view, 1, 100), null);
});

test("the outline of a disc has the area of the disc", () => {
  const disc = (x, y) => x * x + y * y;
  for (const radius of [0.2, 0.5, 0.9]) {
    near(areaBelow(disc, radius ** 2), Math.PI * radius ** 2 * (SIZE / 2) ** 2, 0.004 * SIZE ** 2 * radius);
  }
});

test("a set that reaches the frame is closed along the frame", () => {
  near(areaBelow((x) => x, 0), SIZE ** 2 / 2, 1);
  near(areaBelow((x, y) => x + y, 0), SIZE ** 2 / 2, SIZE);
  near(areaBelow(() => 0, 1), SIZE ** 2, 1);
  assert.equal(sublevelPath(sampleView(viewOf([0, 1], [0, 1]), () => 2), 1), "");
});

test("a hole is a ring that runs the other way", () => {
  const ring = (x, y) => Math.abs(Math.hypot(x, y) - 0.6);
  const rings = polygons(sublevelPath(sampleView(viewOf([-1, 1], [-1, 1]), ring), 0.2)).map(area);
  assert.equal(rings.length, 2);
  assert.ok(rings[0] * rings[1] < 0);
  near(areaBelow(ring, 0.2), Math.PI * (0.64 - 0.16) * (SIZE / 2) ** 2, 0.01 * SIZE ** 2);
});

test("two hollows that meet at a saddle stay closed outlines", () => {
  const saddle = (x, y) => -(x * y);
  near(areaBelow(saddle, 0), SIZE ** 2 / 2, 0.01 * SIZE ** 2);
});

test("values that are not finite break no outline", () => {
  const path = sublevelPath(sampleView(viewOf([-1, 1], [-1, 1]), (x) => (x > 0 ? Infinity : x)), 0.5);
  assert.doesNotMatch(path, /NaN|Infinity/);
  assert.ok(path.length > 0);
});

test("levels rise from the least value, closer together near it", () => {
  const levels = bowlLevels(Array.from({ length: 101 }, (_, i) => i), 0, 4);
  assert.ok(levels.every((level, i) => i === 0 || level > levels[i - 1]));
  assert.ok(levels[1] - levels[0] < levels[3] - levels[2]);
  assert.ok(levels[0] > 0 && levels[3] < 90);
});

test("an arrow ends in a head at its tip; one that cannot be drawn is no path", () => {
  const view = viewOf([0, 10], [0, 10]);
  assert.equal(arrowPath(view, [1, 1], [2, 0]), "M100 900L300 900M272 886L300 900L272 914");
  assert.equal(arrowPath(view, [1, 1], [0, 0]), "M100 900L100 900M100 900L100 900L100 900");
  assert.equal(arrowPath(view, [1, 1], [NaN, 0]), "");
  assert.equal(arrowPath(view, [1, 1], [1e300, 0]), "");
});

test("paths are set only where they changed", () => {
  let count = 0;
  const ref = { line: { setAttribute() { count += 1; } } };
  setPaths(ref, { line: "M0 0" });
  setPaths(ref, { line: "M0 0" });
  setPaths(ref, { line: "M1 0" });
  assert.equal(count, 2);
});
