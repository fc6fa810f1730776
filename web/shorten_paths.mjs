/**
 * Paths of lines in a third of the bytes: points that a line passes anyway are left out, and each is
 * told from the one before. Points count in tenths, as the explorables write them.
 */
const LINES = /^(?:[ML]-?\d+(?:\.\d)? -?\d+(?:\.\d)?(?:[Zz](?=M|$))?)+$/;
const NEAR = 1; // a tenth, as far as rounding moves a point anyway: a 25th of a pixel on a plot of 400

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

const number = (tenths) => String(tenths / 10).replace(/^(-?)0\./, "$1.");
const pair = ([x, y]) => `${number(x)}${y < 0 ? "" : " "}${number(y)}`;

/** One line from its beginning, with what closes it. */
function line(text) {
  const points = thinned(text.match(/-?[\d.]+ -?[\d.]+/g).map((point) => point.split(" ").map((part) => Math.round(10 * part))));
  const steps = points.slice(1).map(([x, y], i) => pair([x - points[i][0], y - points[i][1]]));
  const joined = steps.map((step, i) => (i && !step.startsWith("-") ? ` ${step}` : step)).join("");
  return `M${pair(points[0])}${steps.length ? "l" : ""}${joined}${text.match(/[Zz]?$/)[0]}`;
}

/** A path that is drawn as before; one of anything but lines, or of finer numbers, stays as it is. */
export const shortened = (path) => (LINES.test(path) ? path.match(/M[^M]*/g)?.map(line).join("") ?? path : path);
