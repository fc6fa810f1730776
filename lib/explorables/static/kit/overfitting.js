/** What the explorables on overfitting share: degrees, errors on an axis of powers, names in a plot. */
import { clamp, curvePath, hangingPath, linearScale, SIZE } from "./chart.js";
import { truth } from "../math/overfitting.js";

export const DEGREES = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9];

/** A scale of places with room beside its ends, where no hand goes. */
export function roomyScale([lo, hi], range) {
  const scale = linearScale([lo - 0.03, hi + 0.03], range);
  scale.domain = [lo, hi];
  return scale;
}

/** Places from 0 to 1 at which a curve is drawn. */
export const SAMPLES = Array.from({ length: 201 }, (_, i) => i / 200);
const SMOOTH = SAMPLES.filter((_, i) => i % 2 === 0); // enough for the truth
const BACKWARDS = [...SMOOTH].reverse();

/** The truth, moved upwards, from left to right. */
export const truthPath = (view, shift = 0) => curvePath(view, SMOOTH, SMOOTH.map((x) => truth(x) + shift));

/** From the right end of a path back to its left one, along the truth, and closed. */
export const backAlongTruth = (view, shift = 0) =>
  `${curvePath(view, BACKWARDS, BACKWARDS.map((x) => truth(x) + shift)).replace("M", "L")}z`;

/** Errors as they can stand on an axis of powers; what is no number leaves a gap. */
export const onPowers = (errors) => errors.map((value) => (Number.isFinite(value) ? clamp(value, [1e-9, 1e9]) : NaN));

/** An upright line across a plot; one beyond an edge is seen at the edge. */
export function guidePath(view, x) {
  const seen = clamp(view.x(x), [-1, SIZE + 1]);
  return Number.isFinite(x) ? hangingPath(view, seen === view.x(x) ? x : view.x.invert(seen)) : "";
}

/** A name in a plot, centred on a place that is given now, or later through its data-ref. */
export const nameHtml = (kind, text, { view, at, ref = "" }) =>
  `<span class="xp-name xp-${kind}"${ref && ` data-ref="${ref}"`}` +
  `${at ? ` style="left:${Math.round(view.x(at[0])) / 10}%;top:${Math.round(view.y(at[1])) / 10}%"` : ""}>${text}</span>`;

/** Guesses and values of one size. */
export const near = (guess, value, part) => Math.abs(guess - value) <= part * Math.abs(value);
