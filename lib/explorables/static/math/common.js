/**
 * The mathematics that several explorables share: pure functions of numbers and arrays, no document,
 * no state. What belongs to one subject alone is in a file of its own.
 *
 * Each exported function does what its Python namesake in `lib` does; tests/golden.json holds them
 * to each other. Arrays run over the samples.
 *
 * @typedef {"squared_error" | "half_squared_error" | "absolute_error" | "huber"} LossName
 * @typedef {{ x: number[], y: number[], loss: LossName, delta?: number }} Problem
 */

/**
 * Predictions of a line: slope times input plus intercept.
 * @param {number[]} x @param {number} w @param {number} b @returns {number[]}
 */
export function linear(x, w, b) {
  return x.map((xi) => w * xi + b);
}

/**
 * What is left to explain: target minus prediction.
 * @param {number[]} yTrue @param {number[]} yPred @returns {number[]}
 */
export function residual(yTrue, yPred) {
  return yTrue.map((yi, i) => yi - yPred[i]);
}

const TINY = 1e-9; // a residual below it is none: rounding must not decide on which side a line lies

// Each loss as a function of a residual, and how hard that residual pulls: the slope of its loss.
const LOSSES = {
  squared_error: (r) => r * r,
  half_squared_error: (r) => 0.5 * r * r,
  absolute_error: (r) => Math.abs(r),
  huber: (r, delta) => (Math.abs(r) <= delta ? 0.5 * r * r : delta * (Math.abs(r) - 0.5 * delta)),
};
const PULLS = {
  squared_error: (r) => 2 * r,
  half_squared_error: (r) => r,
  absolute_error: (r) => (Math.abs(r) < TINY ? 0 : Math.sign(r)),
  huber: (r, delta) => Math.max(-delta, Math.min(r, delta)),
};

/** The loss of one residual. @param {LossName} loss @param {number} r @param {number} [delta] @returns {number} */
export function lossAt(loss, r, delta = 1) {
  return LOSSES[loss](r, delta);
}

/** How hard a residual (target minus prediction) pulls: minus the slope of its loss in the prediction. */
export function pullOf(loss, r, delta = 1) {
  return PULLS[loss](r, delta);
}

/**
 * The loss of each sample, by the name of the loss.
 * @param {LossName} loss @param {number[]} yTrue @param {number[]} yPred @param {number} [delta]
 * @returns {number[]}
 */
export function sampleLosses(loss, yTrue, yPred, delta) {
  return residual(yTrue, yPred).map((r) => lossAt(loss, r, delta));
}

/**
 * The dataset loss of a line: the mean of its sample losses.
 * @param {Problem} problem @param {number[]} theta [b, w] @returns {number}
 */
export function datasetLoss({ x, y, loss, delta }, [b, w]) {
  let total = 0;
  for (let i = 0; i < x.length; i += 1) total += lossAt(loss, y[i] - (b + w * x[i]), delta);
  return total / x.length;
}

/** The arithmetic mean. @param {number[]} values @returns {number} */
export function mean(values) {
  return sum(values) / values.length;
}

/**
 * The line of least weighted squares, from centred sums.
 * @param {number[]} x @param {number[]} y @param {number[]} weights @returns {number[]} [w, b]
 */
export function weightedLine(x, y, weights) {
  const total = sum(weights);
  const average = (values) => sum(values.map((v, i) => weights[i] * v)) / total;
  const [xMean, yMean] = [average(x), average(y)];
  const covariance = average(x.map((xi, i) => (xi - xMean) * (y[i] - yMean)));
  const w = covariance / average(x.map((xi) => (xi - xMean) ** 2));
  return [w, yMean - w * xMean];
}

/**
 * The Huber line: least squares again and again, each far sample weighted by delta / |r|.
 * @param {number[]} x @param {number[]} y @param {number} delta @returns {number[]} [w, b]
 */
export function huberLine(x, y, delta) {
  let line = weightedLine(x, y, x.map(() => 1));
  for (let step = 0; step < 2000; step += 1) {
    const distance = residual(y, linear(x, ...line)).map(Math.abs);
    const next = weightedLine(x, y, distance.map((r) => Math.min(1, delta / r)));
    const moved = Math.hypot(next[0] - line[0], next[1] - line[1]);
    line = next;
    if (moved < 1e-16 * Math.hypot(1, ...line)) break;
  }
  return line;
}

/**
 * The line of least absolute residuals: some best line passes through two of the samples.
 * @param {number[]} x @param {number[]} y @returns {number[]} [w, b]
 */
export function absoluteLine(x, y) {
  let [best, least] = [[0, 0], Infinity];
  for (let i = 0; i < x.length; i += 1) {
    for (let j = i + 1; j < x.length; j += 1) {
      if (x[i] === x[j]) continue;
      const w = (y[j] - y[i]) / (x[j] - x[i]);
      const line = [w, y[i] - w * x[i]];
      const loss = mean(sampleLosses("absolute_error", y, linear(x, ...line)));
      if (loss < least) [best, least] = [line, loss];
    }
  }
  return best;
}

/**
 * The line with the least dataset loss.
 * @param {Problem} problem @returns {number[]} [w, b]
 */
export function bestLine({ x, y, loss, delta }) {
  if (loss === "absolute_error") return absoluteLine(x, y);
  return loss === "huber" ? huberLine(x, y, delta) : weightedLine(x, y, x.map(() => 1));
}

// ---------------------------------------------------------------------------------------------
// Probabilities from scores

/** 1 / (1 + exp(-z)). @param {number} z @returns {number} */
export function sigmoid(z) {
  if (z >= 0) return 1 / (1 + Math.exp(-z));
  const e = Math.exp(z); // small: neither side overflows
  return e / (1 + e);
}

/** The logarithm of the sigmoid, in nats. @param {number} z @returns {number} */
export function logSigmoid(z) {
  return Math.min(z, 0) - Math.log1p(Math.exp(-Math.abs(z)));
}

/** log of the sum of exp, in nats. @param {number[]} z @returns {number} */
export function logsumexp(z) {
  const most = Math.max(...z);
  return most + overMost(z.map((v) => v - most));
}

/** Probabilities that are proportional to exp(z). @param {number[]} z @returns {number[]} */
export function softmax(z) {
  const most = Math.max(...z);
  const e = z.map((v) => Math.exp(v - most));
  const total = sum(e);
  return e.map((v) => v / total);
}

/** The logarithms of the softmax, in nats. @param {number[]} z @returns {number[]} */
export function logSoftmax(z) {
  const most = Math.max(...z);
  const below = z.map((v) => v - most); // first: the digits of small differences stay
  const total = overMost(below);
  return below.map((v) => v - total);
}

/** log of the sum of exp for values of which the largest is 0; a tiny rest still counts. */
function overMost(below) {
  const top = below.indexOf(0);
  return Math.log1p(sum(below.map((v, i) => (i === top ? 0 : Math.exp(v)))));
}

// ---------------------------------------------------------------------------------------------
// Lists, matrices (as lists of rows), and numbers drawn ahead

/** The sum. @param {number[]} values @returns {number} */
export function sum(values) {
  return values.reduce((total, v) => total + v, 0);
}

/** A matrix times a vector. @param {number[][]} A @param {number[]} x @returns {number[]} */
export function matVec(A, x) {
  return A.map((row) => sum(row.map((a, j) => a * x[j])));
}

/** A matrix times a matrix. @param {number[][]} A @param {number[][]} B @returns {number[][]} */
export function matMul(A, B) {
  return A.map((row) => B[0].map((_, k) => sum(row.map((a, j) => a * B[j][k]))));
}

/** Rows as columns. @param {number[][]} A @returns {number[][]} */
export function transpose(A) {
  return A[0].map((_, j) => A.map((row) => row[j]));
}

/**
 * So many numbers of a pool, from a place on; after the last comes the first again.
 * @param {number[]} pool @param {number} start @param {number} length @returns {number[]}
 */
export function poolSlice(pool, start, length) {
  return Array.from({ length }, (_, i) => pool[(start + i) % pool.length]);
}
