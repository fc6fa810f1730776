import assert from "node:assert/strict";
import test from "node:test";
import { shortened } from "../../web/shorten_paths.mjs";

/** The points of the lines of a path, absolute or relative, as a browser reads it. */
function lines(path) {
  let at;
  return path.match(/M[^M]*/g).map((text) => [...text.matchAll(/([MLl])([^MLlZz]+)/g)].flatMap(([, command, numbers]) => {
    const parts = numbers.match(/-?(?:\d+\.?\d*|\.\d+)/g).map(Number);
    return Array.from({ length: parts.length / 2 }, (_, i) => {
      at = [0, 1].map((axis) => parts[2 * i + axis] + (command === "l" ? at[axis] : 0));
      return at;
    });
  }));
}

function distance([x, y], [[x0, y0], [x1, y1]]) {
  const along = ((x - x0) * (x1 - x0) + (y - y0) * (y1 - y0)) / ((x1 - x0) ** 2 + (y1 - y0) ** 2 || 1);
  const part = Math.min(Math.max(along, 0), 1);
  return Math.hypot(x - x0 - part * (x1 - x0), y - y0 - part * (y1 - y0));
}

test("a shortened path runs where the long one does, in a third of the characters", () => {
  const ellipse = (size) => Array.from({ length: 300 }, (_, i) => [500 + size * Math.cos(i / 48), 200 + 0.3 * size * Math.sin(i / 48)]);
  const all = [520, 40, 3].map(ellipse);
  const path = all.map((points) => `${points.map(([x, y], i) => `${i ? "L" : "M"}${x.toFixed(1)} ${y.toFixed(1)}`).join("")}z`).join("");
  const short = shortened(path);
  lines(path).forEach((points, k) => {
    const kept = lines(short)[k];
    const parts = kept.slice(1).map((end, i) => [kept[i], end]);
    for (const point of points) assert.ok(Math.min(...parts.map((part) => distance(point, part))) <= 0.3 + 1e-9);
    for (const end of [0, -1]) assert.ok(distance(points.at(end), [kept.at(end), kept.at(end)]) < 1e-9);
  });
  assert.equal(short.match(/z/g).length, 3);
  assert.ok(short.length < path.length / 3, `${short.length} of ${path.length}`);
});

test("beyond an edge of the plot only the points stay where a line leaves and comes back", () => {
  const round = Array.from({ length: 60 }, (_, i) => [900 + 300 * Math.cos(i / 10), 500 + 300 * Math.sin(i / 10)]);
  const path = round.map(([x, y], i) => `${i ? "L" : "M"}${x.toFixed(1)} ${y.toFixed(1)}`).join("");
  const [kept] = lines(shortened(path));
  const parts = kept.slice(1).map((end, i) => [kept[i], end]);
  for (const point of round.filter(([x]) => x <= 1000)) assert.ok(Math.min(...parts.map((part) => distance(point, part))) <= 0.36);
  assert.equal(kept.slice(1, -1).filter(([x]) => x > 1050).length, 2);
});

test("each point is told from the one before", () => {
  assert.equal(shortened("M0 0L0.5 -0.5L-3 7zM9 9L8 8"), "M0 0l.5-.5-3.5 7.5zM9 9l-1-1");
  assert.equal(shortened("M0 0L10 20L20 40L30 60"), "M0 0l30 60");
  assert.equal(shortened("M0 0L9 0L0 0L9 9"), "M0 0l9 0-9 0 9 9");
  assert.equal(shortened("M-5 3"), "M-5 3");
});

test("a path of anything but lines, or of finer numbers, stays as it is", () => {
  for (const path of ["M0 0H9", "M1 2A3 3 0 0 1 4 5", "M0 0L1.25 2", "", "M1 2 3 4L5 6", "M0 0L1 1ZL5 5", "L3 3"])
    assert.equal(shortened(path), path);
});
