/**
 * The machine of the chapter on datasets: x even between 0 and 1, then y = 1 with the probability
 * sigmoid(steepness (x - midpoint)). Its samples, its averages and what nobody can do better.
 */
import { logSigmoid, mean, poolSlice, sigmoid } from "./common.js";

const STRIDE = 742; // coprime to the size of the pool, so that no two draws begin alike

/** How far behind its x the tosses of a draw start: 200 numbers of a pool of 1,201 never meet 200 others. */
const apart = (draw) => 200 + ((439 + 497 * draw) % 802);

const PANELS = 64;
const NODES = [0, 0.5384693101056831, 0.906179845938664]; // of Gauss and Legendre, and their mirrors
const WEIGHTS = [0.5688888888888889, 0.47862867049936647, 0.23692688505618908];

/** p(y = 1 | x) at each x. @param {number[]} x @param {number} steepness @param {number} midpoint @returns {number[]} */
export function chancesOf(x, steepness, midpoint) {
  return x.map((xi) => sigmoid(steepness * (xi - midpoint)));
}

/**
 * Samples of the machine from a pool of even numbers: an x, and a toss that makes its label.
 * @param {number[]} pool @param {number} draw @param {number} n @param {number} steepness @param {number} midpoint
 * @returns {{ x: number[], y: number[] }}
 */
export function samplesFrom(pool, draw, n, steepness, midpoint) {
  const x = poolSlice(pool, STRIDE * draw, n);
  const toss = poolSlice(pool, STRIDE * draw + apart(draw), n);
  return { x, y: chancesOf(x, steepness, midpoint).map((p, i) => Number(toss[i] < p)) };
}

/** The mean of the first, of the first two, and so on. @param {number[]} values @returns {number[]} */
export function runningMeans(values) {
  let total = 0;
  return values.map((value, i) => (total += value) / (i + 1));
}

/** How far a share of n tosses may be off. @param {number} share @param {number} n @returns {number} */
export function standardError(share, n) {
  return Math.sqrt((share * (1 - share)) / n);
}

/**
 * Where the best rule is wrong: it says 1 where 1 is more likely.
 * @param {number[]} x @param {number[]} y @param {number} steepness @param {number} midpoint
 * @returns {number[]} 1 where it is wrong, else 0
 */
export function mistakesOf(x, y, steepness, midpoint) {
  return x.map((xi, i) => Number((steepness * (xi - midpoint) > 0) !== (y[i] === 1)));
}

/**
 * What the curve itself pays for the labels: the mean log-loss, in nats.
 * @param {number[]} x @param {number[]} y @param {number} steepness @param {number} midpoint @returns {number}
 */
export function sampleLogLoss(x, y, steepness, midpoint) {
  return mean(x.map((xi, i) => -logSigmoid((y[i] === 1 ? 1 : -1) * steepness * (xi - midpoint))));
}

/** The mean of sigmoid(-t) for t from 0 to v: exact, and with all digits where v is small. */
const meanBelow = (v) => (v === 0 ? 0.5 : -Math.log1p(Math.expm1(-v) / 2) / v);

/** The entropy of a coin with the chance sigmoid(t), in nats. */
const coinEntropy = (t) => Math.log1p(Math.exp(-t)) + t / (1 + Math.exp(t));

/** The mean of a smooth function from 0 to v, by quadrature on panels. */
function meanTo(v, f) {
  const half = v / (2 * PANELS);
  let total = 0;
  for (let panel = 0; panel < PANELS; panel += 1) {
    const middle = (2 * panel + 1) * half;
    total += WEIGHTS[0] * f(middle);
    for (const k of [1, 2]) total += WEIGHTS[k] * (f(middle - NODES[k] * half) + f(middle + NODES[k] * half));
  }
  return total / (2 * PANELS);
}

/** A function of the distance from the midpoint, averaged over both sides of it. */
const bothSides = (f, steepness, midpoint) =>
  midpoint * f(steepness * midpoint) + (1 - midpoint) * f(steepness * (1 - midpoint));

/** The share of ones in all labels that the machine can make. @param {number} steepness @param {number} midpoint @returns {number} */
export function trueShare(steepness, midpoint) {
  const right = 1 - midpoint;
  return midpoint * meanBelow(steepness * midpoint) + right * (1 - meanBelow(steepness * right));
}

/** The noise floor: how often the best rule is wrong. @param {number} steepness @param {number} midpoint @returns {number} */
export function bestErrorRate(steepness, midpoint) {
  return bothSides(meanBelow, steepness, midpoint);
}

/** The noise floor of the log-loss, in nats. @param {number} steepness @param {number} midpoint @returns {number} */
export function bestLogLoss(steepness, midpoint) {
  return bothSides((v) => meanTo(v, coinEntropy), steepness, midpoint);
}
