/**
 * Paths of lines in a third of the bytes: points that a line passes anyway, or that lie beyond the edge
 * of the plot, are left out, and each is told from the one before. Points count in tenths, as the explorables write them.
 */
import { SIZE } from "../lib/explorables/static/kit/chart.js";

const LINES = /^(?:[ML]-?\d+(?:\.\d)? -?\d+(?:\.\d)?(?:[Zz](?=M|$))?)+$/;
const NEAR = 3; // tenths: an eighth of a pixel on a plot of 400

/** The distance of a point from the line between two others. */
function distance([x, y], [x0, y0], [x1, y1]) {
  const [dx, dy] = [x1 - x0, y1 - y0];
  const along = Math.min(Math.max(((x - x0) * dx + (y - y0) * dy) / (dx * dx + dy * dy || 1), 0), 1);
  return Math.hypot(x - x0 - along * dx, y - y0 - along * dy);
}

/** The points without which the line would go elsewhere (Ramer, Douglas and Peucker); the ends stay. */
function thinned(points) {
  const [first, last] = [points[0], points.at(-1)];
  const gaps = points.map((point) => distance(point, first, last));
  const widest = gaps.indexOf(Math.max(...gaps));
  if (gaps[widest] <= NEAR) return points.length > 1 ? [first, last] : points;
  return [...thinned(points.slice(0, widest + 1)), ...thinned(points.slice(widest)).slice(1)];
}

const ROOM = 500; // tenths, more than half a stroke
const BEYOND = [([x]) => x < -ROOM, ([x]) => x > 10 * SIZE + ROOM, ([, y]) => y < -ROOM, ([, y]) => y > 10 * SIZE + ROOM];

/** The points without those between neighbours beyond the same edge of the plot, where nothing is drawn. */
const inSight = (points) =>
  points.filter((_, i) => !points[i - 1] || !points[i + 1] || !BEYOND.some((isBeyond) => points.slice(i - 1, i + 2).every(isBeyond)));

const number = (tenths) => String(tenths / 10).replace(/^(-?)0\./, "$1.");
const pair = ([x, y]) => `${number(x)}${y < 0 ? "" : " "}${number(y)}`;

/** One line from its beginning, with what closes it. */
function line(text) {
  const all = text.match(/-?[\d.]+ -?[\d.]+/g).map((point) => point.split(" ").map((part) => Math.round(10 * part)));
  const points = thinned(inSight(all));
  const steps = points.slice(1).map(([x, y], i) => pair([x - points[i][0], y - points[i][1]]));
  const joined = steps.map((step, i) => (i && !step.startsWith("-") ? ` ${step}` : step)).join("");
  return `M${pair(points[0])}${steps.length ? "l" : ""}${joined}${text.match(/[Zz]?$/)[0]}`;
}

/** A path that is drawn as before; one of anything but lines, or of finer numbers, stays as it is. */
export const shortened = (path) => (LINES.test(path) ? path.match(/M[^M]*/g)?.map(line).join("") ?? path : path);
