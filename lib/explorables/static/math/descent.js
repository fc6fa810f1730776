/**
 * Ways downhill on the loss of a line: the bowl of squared errors and its two modes, and the paths
 * of optimizers. Pure functions; tests/golden.json holds them to lib.losses and lib.optimizers.
 *
 * Parameters are pairs [b, w], as in the chapter: intercept first.
 *
 * @typedef {import("./common.js").Problem} Problem
 * @typedef {{ best: number[], least: number, flat: number, steep: number, angle: number }} Bowl
 */

import { datasetLoss, lossAt, mean, pullOf } from "./common.js";

const FAR = 1e100; // beyond it parameters have diverged, while their squares can still be written

/** Whether parameters are too far out to be numbers on a screen. @param {number[]} theta */
export function hasDiverged(theta) {
  return !theta.every((value) => Math.abs(value) <= FAR);
}

/**
 * The gradient of the mean loss, over all samples or over some of them.
 * @param {Problem} problem @param {number[]} theta @param {number[]} [batch] indices
 * @returns {number[]} for b, for w
 */
export function gradientOf({ x, y, loss, delta }, [b, w], batch) {
  const n = batch ? batch.length : x.length;
  let [gb, gw] = [0, 0];
  for (let k = 0; k < n; k += 1) {
    const i = batch ? batch[k] : k;
    const slope = pullOf(loss, b + w * x[i] - y[i], delta);
    gb += slope;
    gw += slope * x[i];
  }
  return [gb / n, gw / n];
}

// ---------------------------------------------------------------------------------------------
// The bowl of squared errors

/**
 * The mean squared error as a bowl: where it is lowest, its two curvatures, and the angle of the
 * flat direction, in radians from the b axis.
 * @param {number[]} x @param {number[]} y @returns {Bowl}
 */
export function bowlOf(x, y) {
  const [mx, my] = [mean(x), mean(y)];
  const variance = mean(x.map((xi) => (xi - mx) ** 2));
  const w = mean(x.map((xi, i) => (xi - mx) * (y[i] - my))) / variance;
  const best = [my - w * mx, w];
  const middle = 1 + variance + mx * mx; // half the trace of 2 [[1, mx], [mx, mean of squares]]
  const apart = Math.hypot(1 - variance - mx * mx, 2 * mx);
  const steep = middle + apart;
  const flat = (4 * variance) / steep; // the determinant over the other one: keeps its digits
  const angle = Math.atan2(2 * mx, 1 - variance - mx * mx) / 2 + Math.PI / 2;
  const least = datasetLoss({ x, y, loss: "squared_error" }, best);
  return { best, least, flat, steep, angle: angle > Math.PI / 2 ? angle - Math.PI : angle };
}

/** How far a place is from the lowest one, along the flat and the steep direction. */
export function modesOf({ best, angle }, [b, w]) {
  const [across, up] = [b - best[0], w - best[1]];
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
  return [across * cos + up * sin, up * cos - across * sin];
}

/** The gap to the lowest loss that each mode holds after so many steps. */
export function sharesAfter({ flat, steep }, [alongFlat, alongSteep], rate, steps) {
  const share = (curvature, distance) => 0.5 * curvature * (distance * (1 - rate * curvature) ** steps) ** 2;
  return [share(flat, alongFlat), share(steep, alongSteep)];
}

/** The way back: the place that lies so far from the lowest one along the two directions. */
export function placeOf({ best, angle }, [alongFlat, alongSteep]) {
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
  return [best[0] + alongFlat * cos - alongSteep * sin, best[1] + alongFlat * sin + alongSteep * cos];
}

/**
 * The path of gradient descent in a bowl, mode by mode: each step multiplies each by its factor.
 * @param {Bowl} bowl @param {number[]} start @param {number} rate @param {number} steps
 * @returns {number[][]} one place a row, the start first
 */
export function bowlPath(bowl, start, rate, steps) {
  const [alongFlat, alongSteep] = modesOf(bowl, start);
  const at = (step) => [alongFlat * (1 - rate * bowl.flat) ** step, alongSteep * (1 - rate * bowl.steep) ** step];
  return Array.from({ length: steps + 1 }, (_, step) => placeOf(bowl, at(step)));
}

/**
 * What a learning rate does to each mode, and the rates that matter.
 * @param {{ flat: number, steep: number }} curvatures @param {number} rate
 * @returns {{ flat: number, steep: number, slowest: number, best: number, edge: number }} the factor
 *   of the error of each mode a step, the larger one, the best rate, the largest stable rate
 */
export function factorsOf({ flat, steep }, rate) {
  const factors = [flat, steep].map((curvature) => Math.abs(1 - rate * curvature));
  return {
    flat: factors[0], steep: factors[1], slowest: Math.max(...factors),
    best: 2 / (flat + steep), edge: 2 / steep,
  };
}

/** How many steps of a factor lead down to a part of the error; infinite if it does not shrink. */
export function stepsUntil(part, factor) {
  if (!(factor < 1)) return Infinity;
  return factor === 0 ? 1 : Math.ceil(Math.log(part) / Math.log(factor));
}

// ---------------------------------------------------------------------------------------------
// Optimizers: each makes a function from the number of the step and the gradient to the step taken

const RULES = {
  descent: ({ rate }) => (_, g) => g.map((gi) => rate * gi),
  momentum: ({ rate, momentum }) => {
    let v = [0, 0];
    return (_, g) => {
      v = v.map((vi, i) => momentum * vi + g[i]);
      return v.map((vi) => rate * vi);
    };
  },
  adam: ({ rate }) => {
    let [m, s] = [[0, 0], [0, 0]];
    return (step, g) => {
      m = m.map((mi, i) => mi + 0.1 * (g[i] - mi));
      s = s.map((si, i) => 0.999 * si + 0.001 * g[i] * g[i]);
      const scale = rate / (1 - 0.9 ** (step + 1));
      const whole = Math.sqrt(1 - 0.999 ** (step + 1));
      return m.map((mi, i) => (scale * mi) / (Math.sqrt(s[i]) / whole + 1e-8));
    };
  },
};

/**
 * The path of an optimizer: the start and where each step led.
 * @param {"descent" | "momentum" | "adam"} rule
 * @param {Problem} problem @param {number[]} start [b, w]
 * @param {{ rate: number, steps: number, momentum?: number, batches?: number[][] }} options the
 *   learning rate, how many steps, and the samples that each step looks at (else all)
 * @returns {number[][]} one [b, w] a row
 */
export function pathOf(rule, problem, start, options) {
  const direction = RULES[rule](options);
  const path = [start];
  for (let step = 0; step < options.steps; step += 1) {
    const theta = path[step];
    const [db, dw] = direction(step, gradientOf(problem, theta, options.batches?.[step]));
    path.push([theta[0] - db, theta[1] - dw]);
  }
  return path;
}

/**
 * All samples, shuffled once an epoch and cut into batches: the order of an epoch is that of n
 * numbers from a pool.
 * @param {number[]} pool @param {number} start where to begin in the pool
 * @param {{ n: number, size: number, epochs: number }} plan @returns {number[][]} indices
 */
export function batchesOf(pool, start, { n, size, epochs }) {
  const batches = [];
  for (let epoch = 0; epoch < epochs; epoch += 1) {
    const keys = Array.from({ length: n }, (_, i) => pool[(start + epoch * n + i) % pool.length]);
    const order = keys.map((_, i) => i).sort((i, j) => keys[i] - keys[j]);
    for (let first = 0; first < n; first += size) batches.push(order.slice(first, first + size));
  }
  return batches;
}

// ---------------------------------------------------------------------------------------------
// Outlines of any convex loss of a line

/** The loss on the way from a place in a direction, and how fast it changes there. */
function along({ x, y, loss, delta }, [b, w], [db, dw], r) {
  let [value, slope] = [0, 0];
  for (let i = 0; i < x.length; i += 1) {
    const speed = db + dw * x[i];
    const distance = b + w * x[i] - y[i] + r * speed;
    value += lossAt(loss, distance, delta);
    slope += pullOf(loss, distance, delta) * speed;
  }
  return [value / x.length, slope / x.length];
}

/**
 * How far out the loss reaches each level, from a place in a direction. Newton's method from
 * outside: on a convex loss it never steps past the crossing.
 * @param {Problem} problem @param {number[]} from [b, w], below all levels
 * @param {number[]} direction [db, dw] @param {number[]} levels from high to low
 * @returns {number[]}
 */
export function reachOf(problem, from, direction, levels) {
  let r = 1;
  while (along(problem, from, direction, r)[0] < levels[0] && r < FAR) r *= 2;
  return levels.map((level) => {
    for (let step = 0; step < 40; step += 1) {
      const [value, slope] = along(problem, from, direction, r);
      if (!(value - level > 1e-14 * level && slope > 0)) break;
      r -= (value - level) / slope;
    }
    return r;
  });
}
