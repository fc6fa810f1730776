/**
 * The mathematics of the chapter on loss functions: from logits to a loss and back, a sigmoid among
 * two classes, batches of errors. Pure functions; tests/golden.json holds them to Python.
 *
 * @typedef {{ logits: number[], shift: number, temperature: number, twice: boolean, label: number }}
 *   Scores logits, what is added to all, what they are divided by, whether softmax is applied twice,
 *   and the class that is right
 * @typedef {{ x: number[], y: number[] }} Classes inputs, and labels 0 or 1
 * @typedef {{ errors: number[], cut: number, loss: "mse" | "rmse", weighted: boolean }} Batches
 */
import { linear, logsumexp, logSoftmax, mean, sigmoid, softmax, sum, weightedLine } from "./common.js";

// ---------------------------------------------------------------------------------------------
// From logits to loss

/** What the softmax gets: logits, shifted and divided. @param {Scores} scores @returns {number[]} */
export function scaledLogits({ logits, shift, temperature }) {
  return logits.map((z) => (z + shift) / temperature);
}

/** The probabilities that the loss sees. @param {Scores} scores @returns {number[]} */
export function classProbabilities(scores) {
  const once = softmax(scaledLogits(scores));
  return scores.twice ? softmax(once) : once;
}

/** The cross-entropy of the right class, in nats. @param {Scores} scores @returns {number} */
export function labelLoss(scores) {
  const z = scaledLogits(scores);
  return -logSoftmax(scores.twice ? softmax(z) : z)[scores.label];
}

/** The slope of the loss in each logit, in nats. @param {Scores} scores @returns {number[]} */
export function logitGradient(scores) {
  const { label, temperature, twice } = scores;
  const once = softmax(scaledLogits(scores));
  const slope = (twice ? softmax(once) : once).map((p, c) => p - (c === label ? 1 : 0));
  if (!twice) return slope.map((s) => s / temperature);
  // Differences of slopes keep their digits where one class has nearly all.
  return once.map((p, c) => (p * sum(once.map((q, j) => q * (slope[c] - slope[j])))) / temperature);
}

/** The least loss that any logits can reach, in nats. @param {number} n classes @returns {number} */
export function doubleSoftmaxFloor(n) {
  return Math.log(Math.E + n - 1) - 1;
}

/** The first probability of a class that a second softmax turns into the wanted one, by halving. */
function beforeSecondSoftmax(others, wanted) {
  const shares = softmax(others);
  let [lo, hi] = [0, 1];
  for (let step = 0; step < 60; step += 1) {
    const p = (lo + hi) / 2;
    const got = softmax([p, ...shares.map((share) => share * (1 - p))])[0];
    [lo, hi] = got < wanted ? [p, hi] : [lo, p];
  }
  return (lo + hi) / 2;
}

/**
 * The logit of a class that gives it a probability while the other logits stay: infinite for a
 * probability that none gives.
 * @param {Scores} scores @param {number} index @param {number} wanted @returns {number}
 */
export function logitFor(scores, index, wanted) {
  const { shift, temperature, twice } = scores;
  const others = scaledLogits(scores).filter((_, c) => c !== index);
  const p = twice ? beforeSecondSoftmax(others, wanted) : wanted;
  return temperature * (Math.log(p) - Math.log1p(-p) + logsumexp(others)) - shift;
}

// ---------------------------------------------------------------------------------------------
// A sigmoid among two classes

/**
 * The binary cross-entropy of each sample, in nats.
 * @param {number[]} yTrue @param {number[]} logits @returns {number[]}
 */
export function binaryCrossEntropyWithLogits(yTrue, logits) {
  const rest = (z) => Math.log1p(Math.exp(-Math.abs(z)));
  return logits.map((z, i) => Math.max(z, 0) - yTrue[i] * z + rest(z));
}

/** The mean of the sample losses. @param {Classes} data @param {number} w @param {number} b @returns {number} */
export function logisticLoss({ x, y }, w, b) {
  return mean(binaryCrossEntropyWithLogits(y, linear(x, w, b)));
}

/** The part of the samples on the right side of 1/2. @param {Classes} data @param {number} w @param {number} b @returns {number} */
export function logisticAccuracy({ x, y }, w, b) {
  return mean(linear(x, w, b).map((z, i) => Number(z > 0 === (y[i] === 1))));
}

/**
 * Whether one boundary tells all labels apart, but for samples that stand on it: then no sigmoid is
 * the best.
 * @param {Classes} data @returns {boolean}
 */
export function isSeparable({ x, y }) {
  const [zeros, ones] = [0, 1].map((label) => x.filter((_, i) => y[i] === label));
  return Math.max(...zeros) <= Math.min(...ones) || Math.max(...ones) <= Math.min(...zeros);
}

/**
 * What ever steeper sigmoids come down to among separable classes: only the samples on the boundary
 * pay, where labels of both kinds share an x and one probability.
 * @param {Classes} data @returns {number} in nats
 */
export function separableLimit({ x, y }) {
  const here = (at) => y.filter((_, i) => x[i] === at);
  const shared = [...new Set(x)].map(here).filter((labels) => labels.includes(0) && labels.includes(1));
  return sum(shared.map((labels) => {
    const share = mean(labels);
    return -labels.length * (share * Math.log(share) + (1 - share) * Math.log1p(-share));
  })) / x.length;
}

/**
 * The sigmoid of least mean loss among classes that overlap: least squares again and again (IRLS),
 * with shorter steps where a whole one would climb.
 * @param {Classes} data @returns {number[]} [w, b]
 */
export function logisticFit({ x, y }) {
  let line = [0, 0];
  for (let step = 0; step < 100; step += 1) {
    const next = newtonLine({ x, y }, line);
    const climbs = 1.000001 * logisticLoss({ x, y }, ...line); // near the bottom rounding climbs too
    for (let half = 0; half < 40 && !(logisticLoss({ x, y }, ...next) <= climbs); half += 1) {
      next.forEach((value, k) => { next[k] = (value + line[k]) / 2; });
    }
    const moved = Math.hypot(next[0] - line[0], next[1] - line[1]);
    line = next;
    if (moved < 1e-15 * Math.hypot(...line)) break;
  }
  return line;
}

/** Where Newton's method goes from a line of logits: the line through what the labels ask for. */
function newtonLine({ x, y }, line) {
  const logits = linear(x, ...line);
  const weights = logits.map((z) => sigmoid(z) * sigmoid(-z));
  const wanted = logits.map((z, i) => z + (y[i] ? sigmoid(-z) : -sigmoid(z)) / weights[i]);
  return weightedLine(x, wanted, weights);
}

// ---------------------------------------------------------------------------------------------
// Batches of errors

/** The (root) mean square of some errors. @param {number[]} errors @param {"mse" | "rmse"} loss @returns {number} */
export function errorLoss(errors, loss) {
  const square = mean(errors.map((e) => e * e));
  return loss === "rmse" ? Math.sqrt(square) : square;
}

/**
 * The losses of two batches, their mean (weighted by their sizes or not), the loss of all errors,
 * and by how much the mean misses it.
 * @param {Batches} batches
 * @returns {{ first: number, second: number, mean: number, whole: number, gap: number }}
 */
export function batchReport({ errors, cut, loss, weighted }) {
  const [first, second] = [errors.slice(0, cut), errors.slice(cut)].map((batch) => errorLoss(batch, loss));
  const share = weighted ? cut / errors.length : 1 / 2;
  const [average, whole] = [share * first + (1 - share) * second, errorLoss(errors, loss)];
  return { first, second, mean: average, whole, gap: average - whole };
}

/**
 * Errors in the same proportions with the wanted loss; where there are none yet, equal ones.
 * @param {number[]} errors @param {"mse" | "rmse"} loss @param {number} wanted @returns {number[]}
 */
export function errorsWithLoss(errors, loss, wanted) {
  const root = loss === "rmse" ? wanted : Math.sqrt(wanted);
  const top = Math.max(...errors);
  const shape = errors.map((e) => (top ? e / top : 1)); // squares of these do not overflow
  const now = errorLoss(shape, "rmse");
  return shape.map((e) => (e * root) / now);
}
