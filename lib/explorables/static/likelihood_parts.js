/** What the explorables of the chapter on likelihood share: bits of formulas, and the units. */
import { fixed } from "./chart.js";
import { mo } from "./controls.js";

export const bracket = (...inner) => [mo("("), ...inner, mo(")")].join("");
export const log = `<mtext>log</mtext><mspace width="0.17em"></mspace>`;

/** A price as text; what calls impossible what happens has one without end. */
export const priced = (value) => (Math.abs(value) === Infinity ? `${value < 0 ? "−" : ""}∞` : fixed(value, 4));

export const isUnit = (value) => value === "nats" || value === "bits";
export const otherUnit = (unit) => (unit === "bits" ? "nats" : "bits");
