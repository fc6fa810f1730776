/**
 * Where to put the brackets: four Jacobians in a row, multiplied in the order that the reader
 * chooses. The same matrix comes out; the number of multiplications does not stay the same.
 *
 * Model: widths (of the layers, from the input on), order (layers at which was multiplied).
 */
import { barsPath, clamp, fixed, logScale, pathsHtml, placeHandle, plotHtml, viewOf } from "../kit/chart.js";
import { buttonHtml, panelHtml, write } from "../kit/controls.js";
import { define, Explorable } from "../kit/explorable.js";
import { graphHtml, planeOf } from "../kit/graph.js";
import { layersLeft, leastOrder, orderCost, productCosts } from "../math/chain.js";

const LAYERS = [4, 3, 2, 1, 0]; // as they are written: from the output on the left to the input
const LAST = LAYERS[0];
const GAPS = [3, 2, 1];
const FORWARD = [1, 2, 3];
const WIDEST = 10_000;
const PLANE = planeOf(1);
const ROWS = [9, 34, 59, 84]; // the middles of the rows, in units of the plane
const WIDTHS = viewOf([0.5, 5.5], [1, WIDEST], { y: wholeLogScale });
const columnOf = (layer) => LAST - layer + 1; // as they are written
const SUBSCRIPTS = "₀₁₂₃₄";

/** A log scale on which a key moves by one at least. */
function wholeLogScale(domain, range) {
  const scale = logScale(domain, range);
  const { nudge } = scale;
  scale.nudge = (value, steps) => (steps > 0 ? Math.max(value + 1, nudge(value, steps)) : Math.min(value - 1, nudge(value, steps)));
  return scale;
}

/** A whole number with commas; powers of ten where it has too many digits. */
const grouped = (value) => (Math.abs(value) < 1e15 ? value.toFixed(0).replace(/\B(?=(\d{3})+$)/g, ",") : fixed(value, 0));

/** A large number in words: three digits and its size. */
function spoken(value) {
  const [size, name] = [[1e12, "trillion"], [1e9, "billion"], [1e6, "million"]].find(([least]) => value >= least) ?? [1, ""];
  if (!name || value >= 1e15) return grouped(value);
  return `${Number((value / size).toPrecision(3))} ${name}`;
}

/** Two significant digits are enough for a hand; a key may ask for any whole number. */
const rounded = (value) => Math.round(Number(value.toPrecision(value < 100 ? 2 : 3)));

// ---------------------------------------------------------------------------------------------
// What a state says

/** The order as far as it makes sense: each gap once. */
const cleanOrder = (order) => order.filter((gap, k) => GAPS.includes(gap) && order.indexOf(gap) === k);

/** Everything that is computed from a state. */
function computed({ widths, order: given }) {
  const order = cleanOrder(given);
  const [yours, forward, reverse, least] = [order, FORWARD, GAPS, leastOrder(widths)].map((one) => orderCost(widths, one));
  return {
    widths, order, rows: layersLeft(LAST, order), costs: productCosts(widths, order),
    cost: yours, counts: { yours, forward, reverse, least },
  };
}

/** A matrix of a row: it leads from layer `low` to layer `high`. */
const matricesOf = (layers) => layers.slice(1).map((low, k) => ({ high: layers[k], low }));

const nameOf = ({ high, low }) => Array.from({ length: high - low }, (_, k) => `J${SUBSCRIPTS[high - k]}`).join("");
const shapeOf = ({ high, low }, widths) => [high, low].map((layer) => fixed(widths[layer], 0)).join("×");

/** The product with its brackets, as far as it is chosen. */
function bracketsOf(order) {
  let parts = LAYERS.slice(0, -1).map((layer) => ({ low: layer - 1, text: `J${SUBSCRIPTS[layer]}` }));
  order.forEach((gap, k) => {
    const at = parts.findIndex(({ low }) => low === gap);
    const [left, right] = parts.slice(at, at + 2);
    const text = `${left.text} ${right.text}`;
    parts = [...parts.slice(0, at), { low: right.low, text: k === 2 ? text : `(${text})` }, ...parts.slice(at + 2)];
  });
  return parts.map(({ text }) => text).join(" ");
}

// ---------------------------------------------------------------------------------------------
// The rows of matrices

/** The side of a rectangle: each factor of ten adds as much. */
const side = (width) => 1.1 + 3.5 * Math.log10(clamp(width, [1, WIDEST]));
const middleOf = ({ high, low }) => 10 + 20 * (LAST - (high + low + 1) / 2);

/** A matrix as a rectangle in its row; one with a width that is not finite is not drawn. */
function boxPath(matrix, row, widths) {
  const [height, width] = [side(widths[matrix.high]), side(widths[matrix.low])];
  if (!Number.isFinite(height + width)) return "";
  const unit = (value) => Math.round(100 * value) / 10;
  return `M${unit(middleOf(matrix) - width / 2)} ${unit(ROWS[row] - height / 2)}h${unit(width)}v${unit(height)}h${unit(-width)}z`;
}

/** The rectangles: those that a product has made apart from the others. */
function boxPaths({ rows, order, widths }) {
  const paths = { boxes: "", made: "" };
  rows.forEach((layers, row) => matricesOf(layers).forEach((matrix) => {
    const fresh = row > 0 && matrix.high > order[row - 1] && matrix.low < order[row - 1];
    paths[fresh ? "made" : "boxes"] += boxPath(matrix, row, widths);
  }));
  return paths;
}

/** Where the sign at a gap stands: in the middle between its two matrices. */
function signPlace(layers, gap, widths) {
  const at = layers.indexOf(gap);
  const [left, right] = [{ high: layers[at - 1], low: gap }, { high: gap, low: layers[at + 1] }];
  const half = (layer) => side(widths[layer]) / 2 || 0;
  return (middleOf(left) + half(left.low) + middleOf(right) - half(right.low)) / 2;
}

// ---------------------------------------------------------------------------------------------
// Markup

const rowsOf = (count) => Array.from({ length: count }, (_, k) => k);
const signHtml = (row, gap) =>
  `<span class="xp-sign" data-ref="sign${row}${gap}"><i>×</i><button type="button" data-ref="times${row}${gap}"></button></span>`;
const boxHtml = (row, k) =>
  `<span class="xp-tag" data-ref="box${row}${k}"><span><b data-ref="name${row}${k}"></b><br><span data-ref="shape${row}${k}"></span></span></span>`;

function productsPanel() {
  const boxes = rowsOf(4).flatMap((row) => rowsOf(4 - row).map((k) => boxHtml(row, k)));
  const signs = rowsOf(3).flatMap((row) => GAPS.map((gap) => signHtml(row, gap)));
  const costs = rowsOf(3).map((row) => `<span class="xp-price" style="top:${ROWS[row]}%" data-ref="price${row}"></span>`);
  const plot = graphHtml(PLANE, { front: pathsHtml("boxes", "made"), over: [...boxes, ...costs, ...signs].join("") });
  const formula = `<p class="xp-sum"><span class="xp-brackets" data-ref="brackets"></span><span><b class="xp-moved" data-ref="cost"></b> multiplications</span></p>`;
  return panelHtml({ title: "The product", hint: "press × to multiply these two first", formula, plot });
}

const barHtml = (name, label) =>
  `<li class="xp-bar-${name}"><span>${label}</span><span class="xp-rail"><i data-ref="${name}Bar"></i></span>` +
  `<b data-ref="${name}"></b></li>`;

function widthsPanel() {
  const label = (layer) => `n${SUBSCRIPTS[layer]}${{ 4: " output", 0: " input" }[layer] ?? ""}<br><b data-ref="width${layer}"></b>`;
  const ticks = LAYERS.map((layer) => ({ value: columnOf(layer), label: label(layer) }));
  const handles = LAYERS.map((layer) => `layer${layer}`);
  const plot = plotHtml(WIDTHS, { labels: ["", ""], ticks: [ticks, 5], front: pathsHtml("bars"), handles, aspect: 1.7 });
  const bars = `<ul class="xp-counts">${barHtml("yours", "your order")}${barHtml("forward", "forward")}${barHtml("reverse", "reverse")}${barHtml("least", "best")}</ul>`;
  return (
    `<div class="xp-side">${panelHtml({ title: "Widths of the layers", hint: "drag them", plot })}` +
    `${panelHtml({ title: "Multiplications", hint: "bars to scale", plot: bars })}</div>`
  );
}

// ---------------------------------------------------------------------------------------------
// Words

/** The widths with every layer but the output twice as wide. */
const doubled = (widths) => widths.map((width, layer) => (layer === LAST ? width : 2 * width));

/** What a guess of the growth of forward mode deserves to hear. */
export function verdictOn(guess, widths) {
  const growth = (order) => orderCost(doubled(widths), order) / orderCost(widths, order);
  const [forward, reverse] = [growth(FORWARD), growth(GAPS)];
  if (!Number.isFinite(forward)) return "These widths are too large to count. Reset them first.";
  const near = (value) => Math.abs(guess - value) <= 0.06 * value;
  const right = fixed(forward, 2);
  if (near(forward)) return `Yes: ${right} times. Reverse mode grows ${fixed(reverse, 2)} times.`;
  if (near(reverse)) return "That is the factor of reverse mode: n₄, which stays, is one of the three sizes in each of its products. In forward mode only in the last.";
  if (near(2)) return "Not only one side doubles: a product costs p · q · r, and count how many of the three double.";
  if (near(16)) return "A product has three sizes p, q and r, not four. How many of the three double?";
  return `Not ${guess < forward ? "enough" : "as much"}. A product costs p · q · r: count how many of the three double.`;
}

const same = (a, b) => a.length === b.length && a.every((value, k) => value === b[k]);

/** What the order is called. */
function modeOf(order) {
  if (same(order, FORWARD)) return "Forward mode starts at the input";
  if (same(order, GAPS)) return "Reverse mode starts at the output";
  return order[2] === 2 ? "Your order starts at both ends" : "Your order starts in the middle";
}

/** What the order is called, and what it costs beside the best. */
function readingOf({ order, cost, counts }) {
  const left = ["Three products are", "Two products are", "One product is"][order.length];
  if (left) return `${left} left. A (p, q) times a (q, r) matrix takes p · q · r multiplications.`;
  const mode = modeOf(order);
  const times = cost / counts.least;
  if (!Number.isFinite(times)) return `${mode}.`;
  if (times < 1 + 1e-9) return `${mode}. No order takes fewer multiplications.`;
  if (times < 1.005) return `${mode}. It takes less than 0.5 % more multiplications than the best order.`;
  return `${mode}. It takes ${fixed(times, times < 10 ? 2 : 0)} times as many multiplications as the best order.`;
}

function tableRows({ rows, order, costs, widths }) {
  return order.map((gap, row) => {
    const at = rows[row].indexOf(gap);
    const [high, , low] = rows[row].slice(at - 1, at + 2);
    const factors = [high, gap, low].map((layer) => grouped(widths[layer])).join(" · ");
    return [`${nameOf({ high, low: gap })} times ${nameOf({ high: gap, low })}`, factors, grouped(costs[row])];
  });
}

// ---------------------------------------------------------------------------------------------
// The explorable

class BracketOrder extends Explorable {
  static fault({ order }) { return same(cleanOrder(order), order) ? "" : "Each product is worked out once."; }

  derive(state) { return computed(state); }

  parts() {
    return {
      predict: {
        question: "Double all widths but n₄. How many times as much work is forward mode then?",
        guess: "Your guess of the factor",
      },
      bar: `<span class="xp-buttons xp-orders">${buttonHtml("takeForward", "Forward")}${buttonHtml("takeReverse", "Reverse")}` +
        `${buttonHtml("takeBest", "Best")}${buttonHtml("takeNone", "Clear")}</span>`,
      views: productsPanel() + widthsPanel(),
      table: { head: ["product", "p · q · r", "multiplications"] },
    };
  }

  paths({ widths }, now) {
    const heights = LAYERS.map((layer) => clamp(widths[layer], [1, WIDEST]));
    return { ...boxPaths(now), bars: barsPath(WIDTHS, LAYERS.map(columnOf), heights, 0.62, 1) };
  }

  draw(state, now) {
    this.drawBoxes(now);
    this.drawSigns(now);
    this.drawCounts(now);
  }

  /** The names under the rectangles. */
  drawBoxes({ rows, widths }) {
    const { ref } = this;
    rowsOf(4).forEach((row) => rowsOf(4 - row).forEach((k) => {
      const matrix = rows[row] && matricesOf(rows[row])[k];
      const box = ref[`box${row}${k}`];
      if (box.hidden !== !matrix) box.hidden = !matrix;
      if (!matrix) return;
      placeHandle(box, PLANE, middleOf(matrix), ROWS[row] + 8);
      write(ref[`name${row}${k}`], nameOf(matrix));
      write(ref[`shape${row}${k}`], shapeOf(matrix, widths));
    }));
  }

  /** The signs between them: one that was pressed, and those that can be. */
  drawSigns({ rows, order, widths }) {
    const { ref } = this;
    rowsOf(3).forEach((row) => GAPS.forEach((gap) => {
      const shown = rows[row]?.includes(gap) ?? false;
      const sign = ref[`sign${row}${gap}`];
      if (sign.hidden === shown) sign.hidden = !shown;
      if (!shown) return;
      const className = `xp-sign${order[row] === gap ? " xp-pressed" : ""}${row === order.length ? " xp-next" : ""}`;
      if (sign.className !== className) sign.className = className;
      placeHandle(sign, PLANE, signPlace(rows[row], gap, widths), ROWS[row]);
    }));
  }

  /** The bars of the counts, all to one scale. */
  drawCounts({ counts }) {
    const most = Math.max(...Object.values(counts).filter(Number.isFinite), 1);
    Object.entries(counts).forEach(([name, count]) => {
      const bar = this.ref[`${name}Bar`];
      const transform = `scaleX(${Number.isFinite(count) ? Math.max(count / most, 0.006).toFixed(4) : 1})`;
      if (bar.drawn !== transform) bar.style.transform = bar.drawn = transform;
    });
  }

  numbers(state, now) {
    const texts = { brackets: bracketsOf(now.order), cost: grouped(now.cost) };
    Object.entries(now.counts).forEach(([name, count]) => { texts[name] = grouped(count); });
    LAYERS.forEach((layer) => { texts[`width${layer}`] = grouped(state.widths[layer]); });
    rowsOf(3).forEach((row) => { texts[`price${row}`] = row < now.costs.length ? spoken(now.costs[row]) : ""; });
    return texts;
  }

  describe(state, now) {
    const { ref } = this;
    write(ref.read, readingOf(now));
    const orders = { takeForward: FORWARD, takeReverse: GAPS };
    Object.entries(orders).forEach(([name, order]) => ref[name].setAttribute("aria-pressed", String(same(order, now.order))));
    this.nameSigns(now);
    const words = `${bracketsOf(now.order)}: ${grouped(now.cost)} multiplications`;
    const handles = Object.fromEntries(LAYERS.map((layer) => [`layer${layer}`, `n${SUBSCRIPTS[layer]} = ${grouped(state.widths[layer])}`]));
    const remark = state.widths.some((width) => !(width >= 1 && width <= WIDEST)) ? "A width is outside the view." : "";
    return { words, handles, rows: tableRows(now), remark };
  }

  nameSigns({ rows, order }) {
    rowsOf(3).forEach((row) => GAPS.filter((gap) => rows[row]?.includes(gap)).forEach((gap) => {
      const at = rows[row].indexOf(gap);
      const [left, right] = [{ high: rows[row][at - 1], low: gap }, { high: gap, low: rows[row][at + 1] }].map(nameOf);
      const button = this.ref[`times${row}${gap}`];
      button.setAttribute("aria-label", `Product ${row + 1}: multiply ${left} by ${right}`);
      button.setAttribute("aria-pressed", String(order[row] === gap));
    }));
  }

  handles() {
    const handle = (layer) => {
      const round = (value) => (Math.abs(value - this.state().widths[layer]) === 1 ? value : rounded(value));
      return this.knob(`Width of layer ${layer}`, WIDTHS, { x: () => columnOf(layer), y: ["widths", layer] }, round);
    };
    return Object.fromEntries(LAYERS.map((layer) => [`layer${layer}`, handle(layer)]));
  }

  actions() {
    const take = (order) => () => this.set({ order: order(this.now) });
    const press = (row, gap) => [`times${row}${gap}`, take((now) => [...now.order.slice(0, row), gap])];
    return {
      takeForward: take(() => [...FORWARD]), takeReverse: take(() => [...GAPS]), takeNone: take(() => []),
      takeBest: take(({ widths }) => leastOrder(widths)),
      ...Object.fromEntries(rowsOf(3).flatMap((row) => GAPS.map((gap) => press(row, gap)))),
    };
  }

  grade(guess, { widths }) { return verdictOn(guess, widths); }
}

export default define(BracketOrder);
