/**
 * The mathematics of the explorables on matrix calculus: pure functions of numbers and arrays.
 *
 * Matrices are lists of rows. Derivatives are in numerator layout: row i belongs to output i, column j
 * to input j. tests/golden.json holds each function to Python.
 *
 * @typedef {"product" | "polar" | "linear"} MapName @typedef {"exp" | "sin" | "cube"} CurveName
 * @typedef {"forward" | "central"} Method @typedef {"numerator" | "denominator"} Layout
 */
import { matVec, sum, transpose } from "./common.js";

// ---------------------------------------------------------------------------------------------
// Maps of the plane

const LINEAR = [[1, 1], [-0.5, 1]];
const MAPS = {
  product: {
    value: ([a, b]) => [a * b, a * a + b],
    jacobian: ([a, b]) => [[b, a], [2 * a, 1]],
  },
  polar: {
    value: ([r, angle]) => [r * Math.cos(angle), r * Math.sin(angle)],
    jacobian: ([r, angle]) => [[Math.cos(angle), -r * Math.sin(angle)], [Math.sin(angle), r * Math.cos(angle)]],
  },
  linear: { value: (x) => matVec(LINEAR, x), jacobian: () => LINEAR },
};

/** Where a map takes a point. @param {MapName} map @param {number[]} x @returns {number[]} */
export function mapValue(map, x) {
  return MAPS[map].value(x);
}

/** All partial derivatives of a map at a point. @param {MapName} map @param {number[]} x @returns {number[][]} */
export function mapJacobian(map, x) {
  return MAPS[map].jacobian(x);
}

/**
 * What the linear map misses of the true change, f(x + dx) - f(x) - J dx.
 * @param {MapName} map @param {number[]} x @param {number[]} dx @returns {number[]}
 */
export function mapRemainder(map, x, dx) {
  const predicted = matVec(mapJacobian(map, x), dx);
  const [here, there] = [x, add(x, dx)].map((point) => mapValue(map, point));
  return there.map((value, i) => value - here[i] - predicted[i]);
}

/** The sum of two vectors. @param {number[]} a @param {number[]} b @returns {number[]} */
export function add(a, b) {
  return a.map((value, i) => value + b[i]);
}

/** The determinant of a 2 x 2 matrix. @param {number[][]} A @returns {number} */
export function determinant([[a, b], [c, d]]) {
  return a * d - b * c;
}

/** The x with A x = b, for a 2 x 2 matrix. @param {number[][]} A @param {number[]} b @returns {number[]} */
export function solve(A, b) {
  const [[p, q], [r, s]] = A;
  const scale = determinant(A);
  return [(s * b[0] - q * b[1]) / scale, (p * b[1] - r * b[0]) / scale];
}

// ---------------------------------------------------------------------------------------------
// Quadratic forms

/** The number x'Ax. @param {number[][]} A @param {number[]} x @returns {number} */
export function quadraticForm(A, x) {
  return dot(x, matVec(A, x));
}

/** The sum of the products. @param {number[]} a @param {number[]} b @returns {number} */
export function dot(a, b) {
  return sum(a.map((value, i) => value * b[i]));
}

/** The gradient of x'Ax, (A + A')x. @param {number[][]} A @param {number[]} x @returns {number[]} */
export function quadraticGradient(A, x) {
  return add(matVec(A, x), matVec(transpose(A), x));
}

/** The candidate 2Ax, which is the gradient if A is symmetric. @param {number[][]} A @param {number[]} x @returns {number[]} */
export function twiceProduct(A, x) {
  return matVec(A, x).map((value) => 2 * value);
}

/**
 * The gradient of x'Ax by central differences with one step.
 * @param {number[][]} A @param {number[]} x @param {number} step @returns {number[]}
 */
export function centralGradient(A, x, step) {
  const shifted = (j, by) => quadraticForm(A, x.map((value, i) => (i === j ? value + by : value)));
  return x.map((_, j) => (shifted(j, step) - shifted(j, -step)) / (2 * step));
}

/** A on its way (t = 0 ... 1) to its symmetric part. @param {number[][]} A @param {number} t @returns {number[][]} */
export function symmetrised(A, t) {
  return A.map((row, i) => row.map((value, j) => (1 - t) * value + (t * (value + A[j][i])) / 2));
}

/**
 * A point of the contour of x'Ax through x: x(u) moves at a right angle to the gradient, x(0) = x. For
 * a bowl the contour closes at u = 2 pi, for a saddle it is one branch of a hyperbola.
 * @param {number[][]} A @param {number[]} x @param {number} u @returns {number[]}
 */
export function contourPoint(A, x, u) {
  const gradient = quadraticGradient(A, x);
  const velocity = [-gradient[1] / 2, gradient[0] / 2];
  const bend = determinant(symmetrised(A, 1)); // the motion obeys x'' = -bend x
  const rate = Math.sqrt(Math.abs(bend)) || 1;
  const [along, across] =
    bend > 0 ? [Math.cos(u), Math.sin(u)] : bend < 0 ? [Math.cosh(u), Math.sinh(u)] : [1, u];
  return x.map((value, i) => along * value + (across * velocity[i]) / rate);
}

// ---------------------------------------------------------------------------------------------
// Shapes of derivatives

/**
 * The shape of a derivative as it is written on paper.
 * @param {number[]} yShape @param {number[]} xShape @param {Layout} layout @returns {number[]}
 */
export function derivativeShape(yShape, xShape, layout) {
  const [outer, inner] = layout === "numerator" ? [yShape, xShape] : [xShape, yShape];
  if (yShape.length && xShape.length) return [...outer, ...inner];
  if (!inner.length) return outer.length === 1 ? [outer[0], 1] : outer;
  return inner.length === 1 ? [1, inner[0]] : [...inner].reverse();
}

/**
 * Where each partial derivative stands on paper: [row, column, row block, column block, y, x], where y
 * and x count the entries of both, row by row. Only a tensor has blocks: one for each entry of what
 * comes first, with the entries of what comes second inside.
 * @param {number[]} yShape @param {number[]} xShape @param {Layout} layout @returns {number[][]}
 */
export function derivativeCells(yShape, xShape, layout) {
  const numerator = layout === "numerator";
  const [outer, inner] = numerator ? [yShape, xShape] : [xShape, yShape];
  const tensor = outer.length && inner.length && outer.length + inner.length > 2;
  const [tall, wide] = [asColumn(outer), outer.length ? asRow(inner) : turned(asRow(inner), inner)];
  const cells = [];
  entriesOf(tall).forEach(([blockRow, blockColumn], i) => {
    entriesOf(wide.shape).forEach(([p, q], at) => {
      const j = wide.order(at);
      const place = [blockRow * wide.shape[0] + p, blockColumn * wide.shape[1] + q];
      cells.push([...place, tensor ? blockRow : 0, tensor ? blockColumn : 0, ...(numerator ? [i, j] : [j, i])]);
    });
  });
  return cells;
}

/** A shape as rows and columns; a vector is a column. */
const asColumn = ([rows = 1, columns = 1]) => [rows, columns];

/** A shape as rows and columns, with a vector as a row; which entry stands at a place. */
function asRow(shape) {
  return { shape: shape.length === 2 ? shape : [1, shape[0] ?? 1], order: (at) => at };
}

/** A matrix that comes second to a scalar is turned over, as a vector that comes second is. */
function turned(row, shape) {
  if (shape.length < 2) return row;
  const [rows, columns] = shape;
  return { shape: [columns, rows], order: (at) => (at % rows) * columns + Math.floor(at / rows) };
}

/** All [row, column] of a shape, row by row. */
const entriesOf = ([rows, columns]) =>
  Array.from({ length: rows * columns }, (_, k) => [Math.floor(k / columns), k % columns]);

// ---------------------------------------------------------------------------------------------
// Finite differences at 1

const UNIT = 2 ** -53; // the unit roundoff of float64

// At 1: the value, the first three derivatives, and what rounding took from the value.
const CURVES = {
  exp: { f: Math.E, slope: Math.E, bend: Math.E, third: Math.E, lost: 1.4456468917292502e-16 },
  sin: {
    f: 0.8414709848078965, slope: 0.5403023058681398, bend: -0.8414709848078965, third: -0.5403023058681398,
    lost: 1.776845092935536e-18,
  },
  cube: { f: 1, slope: 3, bend: 6, third: 6, lost: 0 },
};

/** How much f rises from 1 to 1 + by, before anything is rounded. */
function rise(name, by) {
  if (name === "exp") return Math.E * Math.expm1(by);
  const { f, slope } = CURVES.sin;
  return slope * Math.sin(by) - 2 * f * Math.sin(by / 2) ** 2;
}

/**
 * How much f rises from 1 to 1 + by as a computer has it: both values are rounded to float64. (The
 * cube is multiplied out; the others are rounded once.)
 * @param {CurveName} name @param {number} by so that 1 + by is a float64 @returns {number}
 */
export function computedRise(name, by) {
  const x = 1 + by;
  if (name === "cube") return x * x * x - 1;
  const { f, lost } = CURVES[name];
  const exact = rise(name, by) + lost; // beyond the rounded f(1)
  const grid = 2 ** (Math.floor(Math.log2(Math.abs(f + exact) || 1)) - 52); // between floats of the value's size
  return Math.round(exact / grid) * grid;
}

/**
 * The two parts of the relative error of a difference quotient: what Taylor's formula misses, and at
 * most what rounding the two values costs.
 * @param {CurveName} name @param {Method} method @param {number} step @returns {number[]}
 */
export function errorParts(name, method, step) {
  const { f, slope, bend, third } = CURVES[name];
  const rounding = (UNIT * Math.abs(f / slope)) / step;
  if (method === "forward") return [Math.abs(bend / slope) * (step / 2), 2 * rounding];
  return [Math.abs(third / slope) * (step ** 2 / 6), rounding];
}

/** The step at which the two parts together are least. @param {CurveName} name @param {Method} method @returns {number} */
export function bestStep(name, method) {
  const { f, bend, third } = CURVES[name];
  return method === "forward" ? 2 * Math.sqrt(UNIT * Math.abs(f / bend)) : Math.cbrt(3 * UNIT * Math.abs(f / third));
}

/** The true slope at 1. @param {CurveName} name @returns {number} */
export function trueSlope(name) {
  return CURVES[name].slope;
}
