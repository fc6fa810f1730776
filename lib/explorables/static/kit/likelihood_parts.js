/** What the explorables of the chapter on likelihood share: bits of formulas, and the units. */
import { fixed } from "./chart.js";
import { mi, mo } from "./controls.js";

export const bracket = (...inner) => [mo("("), ...inner, mo(")")].join("");
const parallel = `<mo stretchy="false" lspace="0.15em" rspace="0.15em">∥</mo>`;
export const kl = (p, q) => `<mtext>KL</mtext>${bracket(mi(p), parallel, mi(q))}`;
export const log = `<mtext>log</mtext><mspace width="0.17em"></mspace>`;

/** A price as text; what calls impossible what happens has one without end. */
export const priced = (value) => (Math.abs(value) === Infinity ? `${value < 0 ? "−" : ""}∞` : fixed(value, 4));

export const otherUnit = (unit) => (unit === "bits" ? "nats" : "bits");
