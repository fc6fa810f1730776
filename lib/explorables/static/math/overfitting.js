/**
 * The mathematics of overfitting: polynomials of least squares with ridge, their errors on the data
 * and on fresh data, their bias and variance, and the best of many guesses.
 *
 * A polynomial on [0, 1] is a list of coefficients of φ_0, φ_1, …: the Legendre polynomials, scaled
 * so that the mean square of each over [0, 1] is 1. So the sum of the squared coefficients, without
 * the first, is the mean square of what the curve swings about its mean: that is what ridge penalises.
 */
import { matVec, mean, sum, transpose } from "./common.js";

const GRID = 2001; // places where a curve is held against the truth
const MOST = 10; // coefficients: degree 9

/** The curve behind the data. @param {number} x @returns {number} */
export const truth = (x) => Math.sin(2 * Math.PI * x);

/**
 * The polynomials φ_0 … φ_degree at some places, a row for each place.
 * @param {number[]} x @param {number} degree @returns {number[][]}
 */
export function polynomialBasis(x, degree) {
  return x.map((xi) => {
    const [t, legendre] = [2 * xi - 1, [1, 2 * xi - 1]];
    for (let k = 1; k < degree; k += 1) {
      legendre.push(((2 * k + 1) * t * legendre[k] - k * legendre[k - 1]) / (k + 1));
    }
    return legendre.slice(0, degree + 1).map((p, k) => Math.sqrt(2 * k + 1) * p);
  });
}

/** The rows of φ_0 … φ_degree; those of the places asked for last are at hand: a drag asks often. */
const basisAt = (() => {
  let [places, rows] = [[], []];
  return (x, degree) => {
    if (degree >= MOST) return polynomialBasis(x, degree);
    if (x.length !== places.length || x.some((xi, i) => xi !== places[i])) [places, rows] = [[...x], polynomialBasis(x, MOST - 1)];
    return rows.map((row) => row.slice(0, degree + 1));
  };
})();

/** Turn a column of rows [A | b] into a single entry, the rows below it to zero (Householder). */
function reflect(rows, k) {
  const size = Math.hypot(...rows.slice(k).map((row) => row[k]));
  if (!size) return;
  const v = rows.map((row, i) => (i < k ? 0 : row[k]));
  v[k] += v[k] < 0 ? -size : size;
  const half = Math.abs(v[k]) * size; // half of v · v
  for (let j = rows[0].length - 1; j >= k; j -= 1) {
    let along = 0;
    for (let i = k; i < rows.length; i += 1) along += v[i] * rows[i][j];
    for (let i = k; i < rows.length; i += 1) rows[i][j] -= (along / half) * v[i];
  }
}

/**
 * The solution of least squares by an orthogonal factorisation: it keeps the digits that normal
 * equations lose.
 * @param {number[][]} A with at least as many rows as columns @param {number[]} b @returns {number[]}
 */
export function leastSquares(A, b) {
  const [rows, size] = [A.map((row, i) => [...row, b[i]]), A[0].length];
  for (let k = 0; k < size; k += 1) reflect(rows, k);
  const solution = Array(size);
  for (let k = size - 1; k >= 0; k -= 1) {
    let rest = rows[k][size];
    for (let j = k + 1; j < size; j += 1) rest -= rows[k][j] * solution[j];
    solution[k] = rest / rows[k][k];
  }
  return solution;
}

/**
 * The coefficients of least mean squared residual + ridge × penalty. The first one is free. Without
 * ridge, too few different x leave more than one such curve: then no coefficient is a number.
 * @param {number[]} x @param {number[]} y @param {number} degree @param {number} ridge
 * @returns {number[]}
 */
export function ridgeFit(x, y, degree, ridge) {
  const size = degree + 1;
  if (ridge === 0 && new Set(x).size < size) return Array(size).fill(NaN);
  const rows = basisAt(x, degree);
  for (let k = 1; ridge && k < size; k += 1) {
    const penalised = Array(size).fill(0);
    penalised[k] = Math.sqrt(x.length * ridge);
    rows.push(penalised);
  }
  return leastSquares(rows, [...y, ...Array(rows.length - x.length).fill(0)]);
}

/** The heights of a polynomial at some places. @param {number[]} c @param {number[]} x @returns {number[]} */
export function curveAt(c, x) {
  return matVec(basisAt(x, c.length - 1), c);
}

/** What ridge penalises: all squared coefficients but the first. @param {number[]} c @returns {number} */
export function penalty(c) {
  return sum(c.slice(1).map((v) => v * v));
}

/** The mean squared residual on the data. @param {number[]} c @param {number[]} x @param {number[]} y */
export function trainingError(c, x, y) {
  return mean(curveAt(c, x).map((height, i) => (y[i] - height) ** 2));
}

/** Mean products of φ_0 … φ_9 and the truth over the grid, as a matrix; computed once. */
const moments = (() => {
  let known;
  return () => {
    if (known) return known;
    const grid = Array.from({ length: GRID }, (_, i) => i / (GRID - 1));
    const columns = transpose(polynomialBasis(grid, MOST - 1).map((row, i) => [...row, truth(grid[i])]));
    known = columns.map((p) => columns.map((q) => sum(p.map((v, i) => v * q[i])) / GRID));
    return known;
  };
})();

/** The sum of a_i M_ij b_j. */
function form(M, a, b) {
  let total = 0;
  for (let i = 0; i < a.length; i += 1) {
    for (let j = 0; j < b.length; j += 1) total += a[i] * M[i][j] * b[j];
  }
  return total;
}

/** The mean squared distance of a polynomial to the truth, over the grid. */
function distance(c) {
  const M = moments();
  return form(M, c, c) - 2 * sum(c.map((v, k) => v * M[MOST][k])) + M[MOST][MOST];
}

/**
 * The error to expect on fresh data: the mean squared distance to the truth, and the noise.
 * @param {number[]} c @param {number} noise standard deviation @returns {number}
 */
export function testError(c, noise) {
  return distance(c) + noise * noise;
}

// ---------------------------------------------------------------------------------------------
// Many datasets

/**
 * The matrix that turns targets at these x into coefficients.
 * @param {number[]} x @param {number} degree @returns {number[][]} (degree + 1) rows
 */
export function projection(x, degree) {
  return transpose(x.map((_, i) => ridgeFit(x, x.map((__, j) => Number(i === j)), degree, 0)));
}

/** The mean of each coefficient over the fits. @param {number[][]} fits @returns {number[]} */
export const meanFit = (fits) => transpose(fits).map(mean);

/** How the coefficients of some fits vary together, as a matrix. */
function covariance(fits) {
  const centre = meanFit(fits);
  const columns = centre.map((middle, k) => fits.map((fit) => fit[k] - middle));
  return columns.map((p) => columns.map((q) => {
    let total = 0;
    for (let i = 0; i < p.length; i += 1) total += p[i] * q[i];
    return total / p.length;
  }));
}

/**
 * The squared bias and the variance of some fits, averaged over x.
 * @param {number[][]} fits @returns {{ biasSquared: number, variance: number }}
 */
export function biasVariance(fits) {
  const M = moments();
  const variance = sum(covariance(fits).map((row, i) => sum(row.map((v, j) => v * M[i][j]))));
  return { biasSquared: distance(meanFit(fits)), variance };
}

/**
 * The squared bias and the variance of some fits at each of some places.
 * @param {number[][]} fits @param {number[]} x @returns {{ biasSquared: number[], variance: number[] }}
 */
export function biasVarianceAt(fits, x) {
  const basis = polynomialBasis(x, fits[0].length - 1);
  const [middle, C] = [matVec(basis, meanFit(fits)), covariance(fits)];
  return {
    biasSquared: middle.map((height, i) => (height - truth(x[i])) ** 2),
    variance: basis.map((row) => form(C, row, row)),
  };
}

// ---------------------------------------------------------------------------------------------
// The best of many guesses

/**
 * The chances of at most 0, 1, … n heads in n tosses of a fair coin.
 * @param {number} n at most 1000 @returns {number[]}
 */
export function headsAtMost(n) {
  let [chance, total] = [2 ** -n, 0];
  return Array.from({ length: n + 1 }, (_, heads) => {
    total += chance;
    chance *= (n - heads) / (heads + 1);
    return heads === n ? 1 : total;
  });
}

/**
 * How many heads a uniform number stands for: the least count whose chance reaches it.
 * @param {number[]} atMost from headsAtMost @param {number} u in (0, 1) @returns {number}
 */
export const headsOf = (atMost, u) => atMost.findIndex((chance) => chance >= u);

/**
 * The expected best score of some models that toss a coin for each label.
 * @param {number[]} atMost from headsAtMost @param {number} models @returns {number}
 */
export function expectedBest(atMost, models) {
  return sum(atMost.slice(0, -1).map((chance) => 1 - chance ** models)) / (atMost.length - 1);
}

/** For each score, the place of the best one so far; the first of equals. @param {number[]} scores */
export function recordHolders(scores) {
  let best = 0;
  return scores.map((score, i) => {
    if (score > scores[best]) best = i;
    return best;
  });
}
