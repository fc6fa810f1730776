/**
 * The shape table: nine kinds of derivative to pick from, and the picked one as a fraction of blocks with
 * the block of all its partial derivatives. Blue is the numerator, green the denominator, orange the one
 * partial derivative that is pointed at.
 *
 * Model: y_kind, x_kind ("scalar", "vector", "matrix"), k, d (sizes), y_entry, x_entry, layout.
 */
import { clamp, pathsHtml, plotHtml, setPaths, SIZE, viewOf } from "../kit/chart.js";
import { fill, liveHtml, mathHtml, panelHtml, switchHtml, write } from "../kit/controls.js";
import { define, Explorable } from "../kit/explorable.js";
import { derivativeCells, derivativeShape } from "../math/matrix.js";

const KINDS = ["scalar", "vector", "matrix"];
const LAYOUTS = { numerator: "Numerator", denominator: "Denominator" };
const COLUMNS = { y: 2, x: 3 }; // of a matrix; its rows are a choice
const GAP = 0.6; // between the blocks of a tensor, in cells
const LARGEST = 125; // a cell, in units of the plot
const AHEAD = 1.3; // three quarters of the way to the next cell are enough for a hand
const LEGIBLE = 105; // the smallest cell that holds its name

const view = viewOf([0, SIZE], [SIZE, 0]); // the units of the plot, y downwards
const product = (shape) => shape.reduce((total, size) => total * size, 1);
const shapeOf = (kind, rows, columns) => ({ scalar: [], vector: [rows], matrix: [rows, columns] })[kind];
const shapesOf = ({ y_kind: y, x_kind: x, k, d }) => [shapeOf(y, k, COLUMNS.y), shapeOf(x, d, COLUMNS.x)];
const shapeText = (shape) => (shape.length ? `(${shape.join(", ")}${shape.length === 1 ? "," : ""})` : "()");
const subscript = (number) => [...String(number)].map((digit) => "₀₁₂₃₄₅₆₇₈₉"[digit]).join("");

/** The name of an entry: y, y₂ or Y₂₁. */
function entryName(letter, shape, at) {
  if (!shape.length) return letter;
  if (shape.length === 1) return letter + subscript(at + 1);
  return letter.toUpperCase() + subscript(Math.floor(at / shape[1]) + 1) + subscript((at % shape[1]) + 1);
}

// ---------------------------------------------------------------------------------------------
// Blocks of cells, as places in the plot

/** Cells of a size, centred in a box: [left, top, index] each. */
function placed(cells, [left, top, width, height], most = LARGEST) {
  const extent = (axis) => 1 + Math.max(...cells.map((cell) => cell[axis]));
  const [across, down] = [extent(0), extent(1)];
  const size = Math.min(most, width / across, height / down);
  const [x0, y0] = [left + (width - across * size) / 2, top + (height - down * size) / 2];
  return { size, cells: cells.map(([x, y, ...rest]) => [x0 + x * size, y0 + y * size, ...rest]) };
}

/** A scalar, a vector (a column) or a matrix as a block. */
function blockOf(shape, box) {
  const columns = shape[1] ?? 1;
  const cells = Array.from({ length: product(shape) }, (_, i) => [i % columns, Math.floor(i / columns)]);
  return placed(cells, box, 120);
}

/** All that stands in the plot. */
function layOut(state) {
  const [yShape, xShape] = shapesOf(state);
  const cells = derivativeCells(yShape, xShape, state.layout).map(([row, column, blockRow, blockColumn, y, x]) =>
    [column + GAP * blockColumn, row + GAP * blockRow, y, x, row, column]);
  return {
    yShape, xShape, shape: derivativeShape(yShape, xShape, state.layout),
    y: blockOf(yShape, [30, 30, 240, 420]), x: blockOf(xShape, [30, 550, 240, 420]), all: placed(cells, [390, 30, 580, 940]),
  };
}

const square = (size, inset) => ([left, top]) => {
  const [x, y, side] = [left + inset, top + inset, size - 2 * inset].map((value) => Math.round(10 * value) / 10);
  return `M${x} ${y}h${side}v${side}h${-side}z`;
};
const squares = ({ cells, size }, chosen = () => true) => cells.filter(chosen).map(square(size, size * 0.04)).join("");

/** The entry that is pointed at, of those that there are. */
function pickedOf({ y_entry: y, x_entry: x }, { yShape, xShape }) {
  const within = (value, shape) => clamp(Number.isFinite(value) ? Math.round(value) : 0, [0, product(shape) - 1]);
  return [within(y, yShape), within(x, xShape)];
}

/** The paths of a picture with one entry pointed at. */
function pathsOf(picture, [y, x]) {
  return {
    yCells: squares(picture.y), xCells: squares(picture.x), allCells: squares(picture.all),
    yPick: squares(picture.y, (_, i) => i === y), xPick: squares(picture.x, (_, i) => i === x),
    yBand: squares(picture.all, (cell) => cell[2] === y), xBand: squares(picture.all, (cell) => cell[3] === x),
    pick: squares(picture.all, (cell) => cell[2] === y && cell[3] === x),
  };
}

/** The names in the cells, where there is room. */
function namesHtml({ yShape, xShape, y, x, all }) {
  const text = ([left, top], size, name, shift = 0) =>
    `<text x="${Math.round(left + size / 2)}" y="${Math.round(top + size * (0.5 + shift))}">${name}</text>`;
  const block = ({ cells, size }, letter, shape) =>
    (size < 60 ? [] : cells.map((cell, i) => text(cell, size, entryName(letter, shape, i))));
  const entries = all.size < LEGIBLE ? [] : all.cells.flatMap((cell) => [
    text(cell, all.size, `∂${entryName("y", yShape, cell[2])}`, -0.2), text(cell, all.size, `∂${entryName("x", xShape, cell[3])}`, 0.22),
    `<path class="xp-bar-line" d="M${Math.round(cell[0] + all.size * 0.2)} ${Math.round(cell[1] + all.size / 2)}h${Math.round(all.size * 0.6)}"></path>`,
  ]);
  return [...block(y, "y", yShape), ...block(x, "x", xShape), ...entries].join("");
}

// ---------------------------------------------------------------------------------------------
// Markup

const pairs = KINDS.flatMap((y) => KINDS.map((x) => [y, x]));
const refOf = ([y, x]) => `${y}By${x[0].toUpperCase()}${x.slice(1)}`;
const choice = (pair) =>
  `<td><label><input type="radio" autocomplete="off" name="kinds" value="${pair.join(" ")}" aria-label="${pair.join(" by ")}">` +
  `<svg viewBox="0 0 100 100" aria-hidden="true"><path data-ref="${refOf(pair)}Cells"></path></svg>` +
  `<span data-ref="${refOf(pair)}"></span></label></td>`;
const pickerHtml =
  `<form class="xp-kinds"><table class="xp-picker" data-ref="picker"><thead><tr><td></td>${KINDS.map((x) => `<th scope="col">by a ${x}</th>`).join("")}</tr></thead><tbody>` +
  KINDS.map((y) => `<tr><th scope="row">${y}</th>${KINDS.map((x) => choice([y, x])).join("")}</tr>`).join("") + `</tbody></table></form>`;

const SIZES = {
  k: { label: "<i>k</i>", says: "k, entries of a vector or rows of a matrix in the numerator" },
  d: { label: "<i>d</i>", says: "d, entries of a vector or rows of a matrix in the denominator" },
};

const shapeFormula =
  mathHtml(`<mfrac><mrow><mo>∂</mo>${liveHtml("yName", "cost")}</mrow><mrow><mo>∂</mo>${liveHtml("xName", "best")}</mrow></mfrac>`) +
  `<span class="xp-place" data-ref="place"></span>`;
const FACTS = {
  nRows: ["row", "rows"], nColumns: ["column", "columns"], nAxes: ["axis", "axes: a tensor"], nEntries: ["entry", "entries"],
};
const wordOf = (fact, count) => FACTS[fact][count === 1 ? 0 : 1];
const factsHtml = `<p class="xp-facts">shape <b class="xp-shape" data-ref="shape"></b>${Object.keys(FACTS).map((ref) =>
  `<span class="xp-fact"><b data-ref="${ref}"></b> <span data-ref="${ref}Word"></span></span>`).join("")}</p>`;

function blockPanel() {
  const plot = plotHtml(view, {
    labels: ["", ""], ticks: [[], []], name: "blocks", handles: ["entry"],
    front: pathsHtml("allCells", "yCells", "xCells", "yBand", "xBand", "yPick", "xPick", "pick", "fraction") + `<g data-ref="names"></g>`,
  });
  return panelHtml({ title: "All partial derivatives", hint: "point at an entry, or drag", formula: shapeFormula, plot });
}

const choicePanel = panelHtml({ title: "What by what", hint: "pick a cell", formula: factsHtml, plot: pickerHtml });

// ---------------------------------------------------------------------------------------------
// Words

const READ = {
  numerator: "Numerator layout: the numerator’s index (blue) runs down the rows, the denominator’s (green) along the columns.",
  denominator: "Denominator layout: the denominator’s index (green) runs down the rows, the numerator’s (blue) along the columns.",
};
const TENSOR = {
  numerator: "A tensor: more than two indices. The numerator’s (blue) come first: each of its entries has a block of its own.",
  denominator: "A tensor: more than two indices. The denominator’s (green) come first: each of its entries has a block of its own.",
};
const [KEPT, TURNED] = ["every entry stands where it stands in the matrix.", "the matrix is transposed, as a vector would be."];

/** What is to be said of a derivative in a layout. */
function readOf({ y_kind: y, x_kind: x, layout }, tensor) {
  if (tensor) return TENSOR[layout];
  if (y !== "matrix" && x !== "matrix") return READ[layout];
  return `${LAYOUTS[layout]} layout, a ${y} by a ${x}: ${(y === "matrix") === (layout === "numerator") ? KEPT : TURNED}`;
}

/** What a guess of the number of entries deserves to hear: a (k, 2) matrix by a (d, 3) matrix. */
export function verdictOn(guess, k, d) {
  const [y, x] = [k * COLUMNS.y, d * COLUMNS.x];
  if (guess === y * x) return `Yes: each of the ${y} outputs depends on each of the ${x} inputs, ${y * x} numbers. Pick “matrix by matrix”.`;
  if (guess === y || guess === x) return `That is how many entries ${guess === y ? "the numerator" : "the denominator"} has. Each output depends on every input.`;
  if (guess === y + x) return "You added. Each output depends on every input: that is a product.";
  if (guess === k * d) return "That is the Jacobian of two vectors. The matrices have columns, too.";
  return guess < y * x ? "More: one for each pair of an output and an input." : "Fewer: one for each pair of an output and an input.";
}

// ---------------------------------------------------------------------------------------------
// The explorable

class ShapeTable extends Explorable {
  prepare() {
    this.pointed = null; // the entry under the mouse
    this.dragged = false;
  }

  derive(state) {
    const { y_kind: y, x_kind: x, k, d, layout } = state;
    const picture = this.once("picture", [y, x, k, d, layout], () => layOut(state));
    return { ...picture, picked: pickedOf(state, picture) };
  }

  parts() {
    return {
      predict: {
        question: `<i>Y</i> is a (<span data-ref="askedK"></span>, 2) matrix, <i>X</i> a (<span data-ref="askedD"></span>, 3) matrix. How many numbers is ∂<i>Y</i>/∂<i>X</i>?`,
        guess: "Your guess of the number of entries",
      },
      bar: `<span aria-hidden="true">Layout</span>` + switchHtml("Layout, everywhere on this page", "layout", LAYOUTS) + this.slider("k", SIZES.k) + this.slider("d", SIZES.d),
      views: choicePanel + blockPanel(),
      read: READ.numerator,
      table: { head: ["derivative", "by a scalar", "by a vector", "by a matrix"] },
    };
  }

  start() {
    super.start();
    const { layout } = this.state();
    if (layout !== "numerator") this.page?.share?.("layout", layout);
  }

  paths(state, now) {
    const { y_kind: y, x_kind: x, k, d, layout } = state;
    this.once("kinds", [y, x, k, d, layout], () => { this.pointed = null; });
    return { fraction: "M20 500H280M310 485h40M310 515h40", ...pathsOf(now, this.pointed ?? now.picked) };
  }

  /** What depends on kinds, sizes and layout: names, the nine small pictures, the choice. */
  draw(state, now) {
    const { y_kind: y, x_kind: x, k, d, layout } = state;
    this.once("names", [y, x, k, d, layout], () => {
      fill(this.ref.names, [y, x, k, d, layout].join(" "), () => namesHtml(now));
      Object.assign(this.root.dataset, { layout, axes: now.shape.length > 2 ? "many" : "two" });
      pairs.forEach((pair) => this.drawChoice(pair, state));
    });
  }

  drawChoice(pair, state) {
    const [y, x] = pair;
    const { all, shape } = layOut({ ...state, y_kind: y, x_kind: x });
    const scale = placed(all.cells.map(([left, top]) => [left / all.size, top / all.size]).map(fromZero), [2, 2, 96, 96], 18);
    setPaths(this.ref, { [`${refOf(pair)}Cells`]: squares(scale) });
    write(this.ref[refOf(pair)], shapeText(shape));
    const input = this.ref[refOf(pair)].closest("label").querySelector("input");
    input.checked = state.y_kind === y && state.x_kind === x;
  }

  numbers(state, { shape, yShape, xShape, all, picked }) {
    const [y, x] = this.pointed ?? picked;
    const [, , , , row, column] = all.cells.find((cell) => cell[2] === y && cell[3] === x);
    const tensor = shape.length > 2;
    const [rows, columns] = shape.length ? shape : [1, 1];
    const facts = { nRows: rows, nColumns: columns, nAxes: shape.length, nEntries: product(shape) };
    const words = Object.entries(facts).flatMap(([fact, count]) => [[fact, String(count)], [`${fact}Word`, wordOf(fact, count)]]);
    return {
      askedK: String(state.k), askedD: String(state.d), shape: shapeText(shape), ...Object.fromEntries(words),
      yName: entryName("y", yShape, y), xName: entryName("x", xShape, x),
      place: tensor ? "one entry of a tensor" : `stands in row ${row + 1}, column ${column + 1}`,
      read: readOf(state, tensor),
    };
  }

  describe(state, all) {
    const now = this.numbers(state, all);
    const words = `${state.y_kind} by ${state.x_kind}, shape ${now.shape}, ${now.nEntries} ${now.nEntriesWord}; ∂${now.yName} by ∂${now.xName}, ${now.place}`;
    const shape = (y, x) => shapeText(layOut({ ...state, y_kind: y, x_kind: x }).shape);
    return { words, rows: KINDS.map((y) => [y, ...KINDS.map((x) => shape(y, x))]), handles: { entry: `∂${now.yName} by ∂${now.xName}` } };
  }

  /** The middle of the entry that is pointed at. */
  middle() {
    const { all, picked: [y, x] } = this.now;
    const [left, top] = all.cells.find((cell) => cell[2] === y && cell[3] === x);
    return [left + all.size / 2, top + all.size / 2];
  }

  /** The entry nearest to a place. */
  nearest(px, py) {
    const { cells, size: side } = this.now.all;
    const far = ([left, top]) => Math.hypot(left + side / 2 - px, top + side / 2 - py);
    return cells.reduce((best, cell) => (far(cell) < far(best) ? cell : best));
  }

  handles() {
    let start;
    const grab = () => { start = this.middle(); this.dragged = false; };
    const pick = (px, py) => {
      this.pointed = null;
      this.dragged = true;
      const [, , y, x] = this.nearest(...[px, py].map((value, i) => start[i] + AHEAD * (value - start[i])));
      this.set({ y_entry: y, x_entry: x });
    };
    const stepping = { x: this.stepped(view.x), y: this.stepped(view.y) };
    return { entry: { label: "The entry that is pointed at", view: stepping, place: () => this.middle(), grab, move: pick } };
  }

  /** A scale on which a key goes to the next cell, whatever its size. */
  stepped(scale) {
    const away = scale === view.y ? -1 : 1; // up is towards smaller numbers here
    const nudge = (value, steps) => value + away * Math.sign(steps) * Math.max(1, Math.abs(steps)) * this.now.all.size;
    return Object.assign((value) => scale(value), scale, { nudge, domain: [0, SIZE] });
  }

  bindControls() {
    super.bindControls();
    const { ref, signal } = this;
    ref.picker.addEventListener("change", ({ target }) => {
      const [y, x] = target.value.split(" ");
      this.set({ y_kind: y, x_kind: x });
    }, { signal });
    const at = ({ clientX, clientY }) => {
      const box = ref.blocks.getBoundingClientRect();
      return this.nearest(((clientX - box.left) / box.width) * SIZE, ((clientY - box.top) / box.height) * SIZE);
    };
    const point = (cell) => { this.pointed = cell && [cell[2], cell[3]]; this.request(); };
    ref.blocks.addEventListener("pointermove", (event) => { if (!event.buttons) point(at(event)); }, { signal });
    ref.blocks.addEventListener("pointerleave", () => point(null), { signal });
    ref.blocks.addEventListener("click", (event) => {
      if (event.target === ref.entry && this.dragged) return; // the end of a drag, not a click
      const [, , y, x] = at(event);
      this.set({ y_entry: y, x_entry: x });
    }, { signal });
    const flip = () => this.page?.share?.("layout", this.model.get("layout"));
    this.model.on("change:layout", flip);
    signal.addEventListener("abort", () => this.model.off("change:layout", flip));
  }

  grade(guess, { k, d }) { return verdictOn(guess, k, d); }
}

/** Cells moved to start at zero, in whole and part cells. */
function fromZero(cell, _, all) {
  return [0, 1].map((axis) => cell[axis] - Math.min(...all.map((other) => other[axis])));
}

export default define(ShapeTable);
