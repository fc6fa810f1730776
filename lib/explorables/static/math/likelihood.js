/**
 * The mathematics of the chapter on likelihood and information: distributions, coins, noise.
 * All in nats. Infinity where something happens that was believed impossible.
 *
 * @typedef {"gaussian" | "laplace"} NoiseName
 */
import { mean, residual, sum } from "./common.js";

// A factor of 0 stands before the logarithm of 0: the term is 0, as in the limit.
const times = (factor, log) => (factor === 0 ? 0 : factor * log);

/** Nats in another unit: a bit is log 2 nats. @param {number} nats @param {"nats" | "bits"} unit */
export function inUnit(nats, unit) {
  return unit === "bits" ? nats / Math.LN2 : nats;
}

/** The average surprise at the outcomes of a distribution. @param {number[]} p @returns {number} */
export function entropy(p) {
  return 0 - sum(p.map((pc) => times(pc, Math.log(pc))));
}

/**
 * The average surprise at outcomes of P under the belief in Q.
 * @param {number[]} p @param {number[]} q @returns {number}
 */
export function crossEntropyBetween(p, q) {
  return 0 - sum(p.map((pc, c) => times(pc, Math.log(q[c]))));
}

/** What each outcome adds to KL(P‖Q): p log(p/q). @param {number[]} p @param {number[]} q */
export function klTerms(p, q) {
  return p.map((pc, c) => times(pc, Math.log(pc) - Math.log(q[c])));
}

/**
 * The extra surprise of believing in Q when P is true; rounding below 0 is put back.
 * @param {number[]} p @param {number[]} q @returns {number}
 */
export function klDivergence(p, q) {
  return Math.max(0, sum(klTerms(p, q)));
}

/**
 * The negative log-likelihood of a sequence of flips.
 * @param {number} heads @param {number} tails @param {number} theta probability of heads
 */
export function coinNll(heads, tails, theta) {
  return 0 - times(heads, Math.log(theta)) - times(tails, Math.log1p(-theta));
}

/**
 * A distribution with a new share for one outcome, in thousandths: the others keep their
 * proportions, and the sum stays 1 to the last thousandth.
 * @param {number[]} p @param {number} which @param {number} share @returns {number[]}
 */
export function withShare(p, which, share) {
  const own = Math.round(1000 * Math.min(1, Math.max(0, share)));
  const others = p.map((pc, c) => (c === which ? 0 : pc));
  const total = sum(others);
  const wanted = others.map((pc, c) => {
    if (c === which) return 0;
    return (1000 - own) * (total > 0 ? pc / total : 1 / (p.length - 1));
  });
  const whole = wanted.map((value) => Math.floor(value + 1e-9));
  // What rounding down left over goes to those that lost most; the first one, if two lost the same.
  const lost = (c) => Math.round(1e6 * (wanted[c] - whole[c]));
  const rest = p.map((_, c) => c).filter((c) => c !== which)
    .sort((a, b) => lost(b) - lost(a));
  const left = 1000 - own - sum(whole);
  rest.slice(0, left).forEach((c) => { whole[c] += 1; });
  return whole.map((value, c) => (c === which ? own : value) / 1000);
}

// ---------------------------------------------------------------------------------------------
// Noise around a prediction

const NOISES = {
  gaussian: { size: (r) => r * r, factor: (scale) => 1 / (2 * scale * scale), log: (scale) => Math.log(scale) + 0.5 * Math.log(2 * Math.PI) },
  laplace: { size: Math.abs, factor: (scale) => 1 / scale, log: (scale) => Math.log(scale) + Math.LN2 },
};

/**
 * What the residuals add up to: squares for Gaussian noise, sizes for Laplace noise.
 * @param {NoiseName} noise @param {number[]} y @param {number[]} yPred @returns {number}
 */
export function residualSum(noise, y, yPred) {
  return sum(residual(y, yPred).map(NOISES[noise].size));
}

/** What the NLL falls by when the sum of the residuals falls by 1. @param {NoiseName} noise */
export function noiseFactor(noise, scale) {
  return NOISES[noise].factor(scale);
}

/** The part of the NLL of n samples that no line changes. @param {NoiseName} noise */
export function noiseConstant(noise, n, scale) {
  return n * NOISES[noise].log(scale);
}

/** The density of the noise at a residual. @param {NoiseName} noise */
export function noiseDensity(noise, r, scale) {
  return Math.exp(-noiseFactor(noise, scale) * NOISES[noise].size(r) - noiseConstant(noise, 1, scale));
}

/**
 * The negative log-likelihood of all samples.
 * @param {NoiseName} noise @param {number[]} y @param {number[]} yPred @param {number} scale
 */
export function noiseNll(noise, y, yPred, scale) {
  return noiseFactor(noise, scale) * residualSum(noise, y, yPred) + noiseConstant(noise, y.length, scale);
}

/**
 * The best slope of a line with a given intercept: least squares, or the weighted median of the
 * slopes from the intercept to each sample. The inputs must not be 0.
 * @param {NoiseName} noise @param {number[]} x @param {number[]} y @param {number} b
 */
export function bestSlope(noise, x, y, b) {
  if (noise === "gaussian") return mean(x.map((xi, i) => xi * (y[i] - b))) / mean(x.map((xi) => xi * xi));
  const slopes = x.map((xi, i) => [(y[i] - b) / xi, Math.abs(xi)]).sort((one, two) => one[0] - two[0]);
  const half = sum(slopes.map((slope) => slope[1])) / 2;
  let weight = 0;
  return slopes.find((slope) => (weight += slope[1]) >= half)?.[0] ?? NaN;
}
