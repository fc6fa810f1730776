/**
 * Computations as drawings: nodes on a plane of equal units, edges between them, and round knobs
 * that are turned. A plane is 100 units high; its y goes downwards, as on the screen.
 *
 * @typedef {import("./chart.js").View} View
 * @typedef {number[]} Place [x, y] in units of the plane
 */
import { clamp, fixed, linearScale, plotHtml, SIZE, viewOf } from "./chart.js";

const TURN = 0.75 * Math.PI; // how far a knob turns to each side of upright

/** The plane of a plot with this aspect. @param {number} aspect @returns {View} */
export const planeOf = (aspect) => viewOf([0, 100 * aspect], [100, 0]);

/** The plot of a plane: no axes, no frame. */
export const graphHtml = (plane, parts) =>
  plotHtml(plane, { labels: ["", ""], ticks: [[], []], aspect: plane.x.domain[1] / 100, ...parts });

/** A word on the plane that stays where it is: its middle at a place. */
export function labelHtml(plane, [x, y], ref, className = "", inner = "") {
  const percent = (scale, value) => `${(scale(value) / 10).toFixed(2)}%`;
  const name = ref && ` data-ref="${ref}"`;
  return (
    `<span class="xp-word ${className}"${name} style="left:${percent(plane.x, x)};top:${percent(plane.y, y)}">` +
    `${inner}</span>`
  );
}

const tenth = (value) => Math.round(10 * value) / 10;
const spot = (plane, [x, y]) => `${tenth(plane.x(x))} ${tenth(plane.y(y))}`;

/** The place at a distance from a centre; the angle is clockwise from upright. */
const around = ([x, y], radius, angle) => [x + radius * Math.sin(angle), y - radius * Math.cos(angle)];

/** A part of a circle as a path, between two angles. */
export function arcPath(plane, centre, radius, from, to) {
  const radii = [plane.x(radius), plane.y(radius)].map(tenth).join(" ");
  const [start, end] = [from, to].map((angle) => spot(plane, around(centre, radius, angle)));
  return `M${start}A${radii} 0 ${to - from > Math.PI ? 1 : 0} 1 ${end}`;
}

/** A circle as a path: two halves. */
export const circlePath = (plane, centre, radius) =>
  arcPath(plane, centre, radius, 0, Math.PI) + arcPath(plane, centre, radius, Math.PI, 2 * Math.PI);

/** A straight line as a path. */
export const linePath = (plane, from, to) => `M${spot(plane, from)}L${spot(plane, to)}`;

/** The place a part of the way from one place to another. */
export const between = ([x0, y0], [x1, y1], part) => [x0 + part * (x1 - x0), y0 + part * (y1 - y0)];

/** A line with a width in units of the plane, as a path to be filled. */
export function bandPath(plane, from, to, width) {
  const length = Math.hypot(to[0] - from[0], to[1] - from[1]);
  const [across, down] = [(to[1] - from[1]), from[0] - to[0]].map((v) => (v * width) / 2 / length);
  const corners = [from, to, to, from].map(([x, y], k) => {
    const side = k < 2 ? 1 : -1;
    return spot(plane, [x + side * across, y + side * down]);
  });
  return `M${corners.join("L")}z`;
}

/** Where an edge between the middles of two nodes leaves the one and meets the other. */
export function edgeEnds(from, to, radius) {
  const part = radius / Math.hypot(to[0] - from[0], to[1] - from[1]);
  return [between(from, to, part), between(to, from, part)];
}

/**
 * A round scale: a value is a place on a rim, and is turned there by a pointer. Both coordinates of
 * that place follow from the one value, so the place of a handle is [value, value].
 * @param {View} plane @param {Place} centre @param {number} radius @param {number[]} domain
 */
export function dialView(plane, centre, radius, domain) {
  const angle = linearScale(domain, [-TURN, TURN]);
  const inside = (value) => angle(clamp(value, domain));
  const x = (value) => plane.x(around(centre, radius, inside(value))[0]);
  const y = (value) => plane.y(around(centre, radius, inside(value))[1]);
  let across = SIZE / 2; // of the pointer: its y is asked for right after its x
  x.invert = (unit) => (across = unit);
  y.invert = (unit) => {
    const [dx, dy] = [plane.x.invert(across) - centre[0], plane.y.invert(unit) - centre[1]];
    return angle.invert(clamp(Math.atan2(dx, -dy), [-TURN, TURN]));
  };
  const nudge = (value, steps) => value + (steps * (domain[1] - domain[0])) / 80;
  [x, y].forEach((scale) => Object.assign(scale, { domain, nudge }));
  return { x, y, angle: inside };
}

/** The rim of a dial, with a mark at its middle. */
export const rimPath = (plane, centre, radius) =>
  arcPath(plane, centre, radius, -TURN, TURN) +
  linePath(plane, around(centre, radius, 0), around(centre, 0.8 * radius, 0));

/** A needle from the middle of a dial to its rim; one that is not finite is not drawn. */
export function needlePath(plane, centre, radius, angle) {
  return Number.isFinite(angle) ? linePath(plane, centre, around(centre, radius, angle)) : "";
}

// ---------------------------------------------------------------------------------------------
// Numbers in a line

/** A number with as many decimals as it needs, two at most. */
export function brief(value) {
  const text = fixed(value, 2);
  return /\.\d\d$/.test(text) ? text.replace(/\.?0+$/, "") : text;
}

/** A product of two numbers, the second in brackets if it is negative. */
export function productText(left, right) {
  const second = brief(right);
  return `${brief(left)} · ${second.startsWith("−") ? `(${second})` : second}`;
}
