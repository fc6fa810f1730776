/**
 * The mathematics of the explorables of the chain rule: knobs, dials and needles; a small graph run
 * backwards; the order of a product of Jacobians.
 *
 * @typedef {number[]} Point x = (x1, x2)
 * @typedef {{ wrongOrder: boolean, overwrite: boolean, keepGradients: boolean }} Rules
 */
import { sum } from "./common.js";

// ---------------------------------------------------------------------------------------------
// Knobs and needles: x in R^2, y in R^3, z in R^2

/** The dials: y = (x1 + x2, x1 x2, x1 - x2). @param {Point} x @returns {number[]} */
export function dials([x1, x2]) {
  return [x1 + x2, x1 * x2, x1 - x2];
}

/** The needles: z = (y1 y2 + y3, y1 - y2 y3). @param {number[]} y @returns {number[]} */
export function needles([y1, y2, y3]) {
  return [y1 * y2 + y3, y1 - y2 * y3];
}

/** The Jacobian of the dials, a row for each y. @param {Point} x @returns {number[][]} */
export function dialsJacobian([x1, x2]) {
  return [[1, 1], [x2, x1], [1, -1]];
}

/** The Jacobian of the needles, a row for each z. @param {number[]} y @returns {number[][]} */
export function needlesJacobian([y1, y2, y3]) {
  return [[y2, y1, 1], [1, -y3, -y2]];
}

/**
 * What each path from knob j to needle i is worth, one for each dial on the way.
 * @param {Point} x @param {number} j @param {number} i @returns {number[]}
 */
export function pathProducts(x, j, i) {
  const [inner, outer] = [dialsJacobian(x), needlesJacobian(dials(x))];
  return inner.map((row, l) => row[j] * outer[i][l]);
}

/** How far needle i moves when knob j is turned by dx. @param {Point} x @returns {number} */
export function needleChange(x, j, i, dx) {
  const turned = x.map((value, k) => (k === j ? value + dx : value));
  return needles(dials(turned))[i] - needles(dials(x))[i];
}

// ---------------------------------------------------------------------------------------------
// The backward pass: nodes 0..6 are a, b, c = a + b, d = ab, e = c + d, f = cd, y = e + f

const OUTPUT = 6;
const PARENTS = [[], [], [0, 1], [0, 1], [2, 3], [2, 3], [4, 5]];

/** The values of the seven nodes. @param {number} a @param {number} b @returns {number[]} */
export function graphValues(a, b) {
  const [c, d] = [a + b, a * b];
  const [e, f] = [c + d, c * d];
  return [a, b, c, d, e, f, e + f];
}

/** The local derivative of a node by one of its parents. @param {number[]} values @returns {number} */
export function graphRate(values, node, parent) {
  const isProduct = node === 3 || node === 5; // d and f
  if (!isProduct) return 1;
  const [left, right] = PARENTS[node];
  return values[parent === left ? right : left];
}

/**
 * The edges [node, parent] in the order in which gradients are handed out: youngest node first, or,
 * in the wrong order, by each node at once whenever it is reached.
 * @param {boolean} wrongOrder @returns {number[][]}
 */
export function handingOrder(wrongOrder) {
  const eager = (node) => PARENTS[node].flatMap((parent) => [[node, parent], ...eager(parent)]);
  if (wrongOrder) return eager(OUTPUT);
  return [6, 5, 4, 3, 2].flatMap((node) => PARENTS[node].map((parent) => [node, parent]));
}

/**
 * What is handed out, line by line: [node, parent, gradient of the node, rate, parent before, after].
 * @param {number} a @param {number} b @param {Rules} rules @returns {number[][]}
 */
export function ledger(a, b, { wrongOrder, overwrite, keepGradients }) {
  const values = graphValues(a, b);
  const gradients = [0, 0, 0, 0, 0, 0, 1];
  const pass = handingOrder(wrongOrder);
  return (keepGradients ? [...pass, ...pass] : pass).map(([node, parent]) => {
    const [gradient, rate, before] = [gradients[node], graphRate(values, node, parent), gradients[parent]];
    gradients[parent] = overwrite ? gradient * rate : before + gradient * rate;
    return [node, parent, gradient, rate, before, gradients[parent]];
  });
}

/** What the nodes hold after so many lines of a ledger. @param {number[][]} lines @returns {number[]} */
export function gradientsAfter(lines, step) {
  const gradients = [0, 0, 0, 0, 0, 0, 1];
  lines.slice(0, step).forEach(([, parent, , , , after]) => { gradients[parent] = after; });
  return gradients;
}

// ---------------------------------------------------------------------------------------------
// The order of a product: widths of the layers from the input on; the sign between Jacobian g + 1
// and Jacobian g stands at layer g, and to multiply there is to take that layer away

/**
 * The layers between which a matrix stands, from the output on, after each product.
 * @param {number} last the number of the output layer @param {number[]} order @returns {number[][]}
 */
export function layersLeft(last, order) {
  const rows = [Array.from({ length: last + 1 }, (_, k) => last - k)];
  order.forEach((gap) => rows.push(rows.at(-1).filter((layer) => layer !== gap)));
  return rows;
}

/** How many multiplications each product of an order costs. @param {number[]} widths @returns {number[]} */
export function productCosts(widths, order) {
  const rows = layersLeft(widths.length - 1, order);
  return order.map((gap, k) => {
    const at = rows[k].indexOf(gap);
    return widths[rows[k][at - 1]] * widths[gap] * widths[rows[k][at + 1]];
  });
}

/** How many multiplications an order costs. @param {number[]} widths @returns {number} */
export function orderCost(widths, order) {
  return sum(productCosts(widths, order));
}

/**
 * The order with the fewest multiplications, by dynamic programming over stretches of the chain.
 * @param {number[]} widths @returns {number[]}
 */
export function leastOrder(widths) {
  const best = {}; // "low high" -> { cost, order } of the product of Jacobians low + 1 .. high
  const within = (low, high) => best[`${low} ${high}`] ?? { cost: 0, order: [] };
  for (let length = 2; length < widths.length; length += 1) {
    for (let low = 0, high = length; high < widths.length; low += 1, high += 1) {
      for (let gap = high - 1; gap > low; gap -= 1) {
        const [left, right] = [within(gap, high), within(low, gap)];
        const cost = left.cost + right.cost + widths[high] * widths[gap] * widths[low];
        const known = best[`${low} ${high}`];
        if (!known || cost < known.cost) {
          best[`${low} ${high}`] = { cost, order: [...left.order, ...right.order, gap] };
        }
      }
    }
  }
  return within(0, widths.length - 1).order;
}
