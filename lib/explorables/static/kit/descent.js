/**
 * What the pictures of descents share: bowls as outlines, the trail of a path, and the buttons that
 * walk along it. The place on the path is a value of the model, so that a link restores it.
 */
import { createAnimation } from "./animation.js";
import { clamp, curvePath, dotsPath, fixed, hangingPath, SIZE } from "./chart.js";
import { buttonHtml, write } from "./controls.js";
import { Explorable } from "./explorable.js";

/** Buttons: to the start, one step, and on by itself. */
export const walkHtml = buttonHtml("again", "To the start") + buttonHtml("step", "Step") + buttonHtml("run", "Run");

/**
 * An explorable that walks along a path by buttons or by itself; a handle that is taken stops it.
 * A subclass says in `static walk` the name of the place among its values, its end, and the steps a second.
 */
export class Walk extends Explorable {
  constructor(context) {
    super(context);
    const { root, signal, window: view, constructor: { walk } } = this;
    const changed = (running) => {
      write(this.ref.run, running ? "Pause" : "Run");
      if (!running) this.finish();
    };
    const step = () => { this.walkTo(this.walked() + 1); return this.walked() < walk.last; };
    this.animation = createAnimation({ view, el: root, signal, stepsPerSecond: walk.perSecond, step, changed });
  }

  /** How many steps are walked. */
  walked() {
    const { name, last } = this.constructor.walk;
    return clamp(Math.round(this.state()[name]) || 0, [0, last]);
  }

  walkTo(step) {
    const { name, last } = this.constructor.walk;
    this.set({ [name]: clamp(step, [0, last]) });
  }

  grabbed() { this.animation.stop(); }

  actions() {
    const still = (step) => () => { this.animation.stop(); this.walkTo(step()); };
    const run = () => {
      if (!this.animation.running && this.walked() === this.constructor.walk.last) this.walkTo(0);
      this.animation.toggle();
    };
    return { again: still(() => 0), step: still(() => this.walked() + 1), run };
  }

  reset() {
    this.animation.stop();
    super.reset();
  }
}

/** The level sets of any bowl: circles, equally far apart, which bowlTransform brings into place. */
export const bowlHtml = (count) => {
  const circle = (radius) => `<path d="M${-radius} 0a${radius} ${radius} 0 1 0 ${2 * radius} 0a${radius} ${radius} 0 1 0 ${-2 * radius} 0z"></path>`;
  const radii = Array.from({ length: count }, (_, k) => Number(((count - k - 0.5) / count).toFixed(4)));
  return `<g class="xp-levels" data-ref="levels">${radii.map(circle).join("")}</g>`;
};

/**
 * From circles to the level sets of a bowl: the outermost is as high above the lowest loss as told.
 * @param {{ x: Function, y: Function }} view
 * @param {{ best: number[], flat: number, steep: number, angle: number }} bowl @param {number} rise
 */
export function bowlTransform(view, { best, flat, steep, angle }, rise) {
  const perUnit = [view.x, view.y].map((scale) => scale(1) - scale(0));
  const [a, b] = [flat, steep].map((curvature) => Math.sqrt((2 * rise) / Math.max(curvature, 1e-12)));
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
  const parts = [a * cos * perUnit[0], a * sin * perUnit[1], -b * sin * perUnit[0], b * cos * perUnit[1], view.x(best[0]), view.y(best[1])];
  return `matrix(${parts.map((part) => (clamp(part, [-1e7, 1e7]) || 0).toFixed(2)).join(" ")})`;
}

/** The mark of the lowest loss. */
export const bestMarkHtml = `<div class="xp-mark" data-ref="bestMark"></div>`;

/** A path on a plane: its line, and its places as dots; what has left by far is not drawn. */
export function trailPaths(view, path) {
  const near = path.findIndex((theta) => !theta.every((value) => Math.abs(value) < 1e9));
  const seen = near < 0 ? path : path.slice(0, near);
  const [xs, ys] = [0, 1].map((k) => seen.map((theta) => theta[k]));
  return { line: curvePath(view, xs, ys), dots: dotsPath(view, xs, ys), last: dotsPath(view, xs.slice(-1), ys.slice(-1)) };
}

/** A number whose digits give way to its size, so that a formula keeps its width. */
export function compact(value, digits = 4) {
  const size = Math.abs(value);
  return fixed(value, size < 100 ? digits : size < 1e4 ? 2 : 0);
}

/** A learning rate: at least so many digits, and more where it is small. */
export function rateText(value, least = 3) {
  const needed = 2 - Math.floor(Math.log10(value));
  return fixed(value, clamp(Number.isFinite(needed) ? needed : least, [least, 12]));
}

/** Small numbers in powers of ten, for what is tiny and still matters; what rounding left is none. */
export function tiny(value) {
  if (value >= 1e-12 && value < 1e-3) return value.toExponential(2).replace("-", "−");
  return compact(value);
}

/** A number of the reader's hand, rounded to about a thousandth of the length that is seen. */
export function rounded(value, [lo, hi]) {
  const unit = 10 ** Math.floor(Math.log10((hi - lo) / 500));
  return Number((Math.round(value / unit) * unit).toPrecision(12));
}

/** All of a view to the right of x, as a path. */
export function rightOfPath(view, x) {
  const edge = hangingPath(view, x);
  return edge && `${edge}H${SIZE}V0z`;
}

/** Two numbers above each other in brackets. */
export const columnHtml = (first, second) =>
  `<mtable class="xp-column" rowspacing="0"><mtr><mtd>${first}</mtd></mtr><mtr><mtd>${second}</mtd></mtr></mtable>`;

/** Why points cannot have a best line among them, or "". */
export function pointsFault(x, y, most = 200) {
  if (x.length !== y.length || x.length < 2 || x.length > most) return `From 2 to ${most} points are needed, got ${x.length} and ${y.length}.`;
  if (![...x, ...y].every((value) => Math.abs(value) <= 1e12)) return "Each number must be finite, and at most 10¹².";
  const spread = Math.max(...x) - Math.min(...x);
  return spread > 1e-6 * Math.max(...x.map(Math.abs)) ? "" : `Column x must have two clearly different values, got only ${x[0]}.`;
}
