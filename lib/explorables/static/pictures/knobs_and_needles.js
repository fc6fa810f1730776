/**
 * Knobs and needles: two knobs turn three dials, and these turn two needles. What each path is
 * worth, their sum, and the line with that slope beside the curve of the needle.
 *
 * Model: x1, x2, dx, knob ("x1" | "x2"), needle ("z1" | "z2"), through_y1..3 (in the sum).
 */
import { clamp, curvePath, fixed, hundredth, pathsHtml, placeHandle, plotHtml, samplesOf, viewOf } from "../kit/chart.js";
import { frac, liveHtml, mathHtml, mi, mo, nameHtml, panelHtml, switchHtml, write } from "../kit/controls.js";
import { define, Explorable } from "../kit/explorable.js";
import {
  bandPath, between, brief, circlePath, dialView, edgeEnds, graphHtml, labelHtml, needlePath, planeOf, productText, rimPath,
} from "../kit/graph.js";
import { sum } from "../math/common.js";
import { dials, dialsJacobian, needleChange, needles, needlesJacobian, pathProducts } from "../math/chain.js";

const ASPECT = 1.16;
const RADIUS = 9.5;
const PLANE = planeOf(ASPECT);
const DOMAINS = { x: [-4, 4], y: [[-8, 8], [-16, 16], [-8, 8]], z: [-130, 130] }; // all that the knobs reach
const PLACES = {
  x1: [14, 30], x2: [14, 74], y1: [57, 16], y2: [57, 50], y3: [57, 84], z1: [101, 30], z2: [101, 74],
};
const MEANINGS = {
  x1: "x₁", x2: "x₂", y1: "y₁ = x₁ + x₂", y2: "y₂ = x₁ x₂", y3: "y₃ = x₁ − x₂",
  z1: "z₁ = y₁ y₂ + y₃", z2: "z₂ = y₁ − y₂ y₃",
};
const NAMES = Object.fromEntries(Object.entries(MEANINGS).map(([name, text]) => [name, text.slice(0, 2)]));
const DIALS = Object.fromEntries(Object.keys(PLACES).map((name) => {
  const domain = name[0] === "y" ? DOMAINS.y[name[1] - 1] : DOMAINS[name[0]];
  return [name, dialView(PLANE, PLACES[name], RADIUS, domain)];
}));
const ALL = Object.keys(PLACES);
const KNOBS = ALL.slice(0, 2);
const TURNS = viewOf([-1, 1], [-30, 30]);
const PATHS = [1, 2, 3];
const PAIRS = [["x1", "z1"], ["x2", "z1"], ["x1", "z2"], ["x2", "z2"]];

const index = (name) => Number(name[1]) - 1;

// ---------------------------------------------------------------------------------------------
// What a state says

/** Everything that is computed from a state. */
function computed(state) {
  const x = [state.x1, state.x2];
  const [j, i] = [index(state.knob), index(state.needle)];
  const y = dials(x);
  const turned = x.map((value, k) => (k === j ? value + state.dx : value));
  const products = pathProducts(x, j, i);
  const chosen = PATHS.map((l) => state[`through_y${l}`]);
  const chosenSum = sum(products.map((product, l) => (chosen[l] ? product : 0)));
  return {
    x, y, z: needles(y), j, i, products, chosen, chosenSum, derivative: sum(products),
    inner: dialsJacobian(x), outer: needlesJacobian(y),
    turned: { x: turned, y: dials(turned), z: needles(dials(turned)) },
    predicted: chosenSum * state.dx, actual: needleChange(x, j, i, state.dx),
  };
}

/** The two local derivatives along a path. */
const factorsOf = ({ inner, outer }, j, i, l) => [inner[l][j], outer[i][l]];

// ---------------------------------------------------------------------------------------------
// The graph

const EDGES = ["x1", "x2"].flatMap((x) => PATHS.map((l) => [x, `y${l}`]))
  .concat(["z1", "z2"].flatMap((z) => PATHS.map((l) => [`y${l}`, z])));
const ENDS = Object.fromEntries(EDGES.map(([from, to]) => [from + to, edgeEnds(PLACES[from], PLACES[to], RADIUS + 0.8)]));

/** The local derivative of an edge. */
const rateOf = ({ inner, outer }, [from, to]) =>
  (from[0] === "x" ? inner[index(to)][index(from)] : outer[index(to)][index(from)]);

/** The edges as bands, as wide as their local derivatives, in groups of one colour. */
function edgePaths(state, now) {
  const groups = { rest: "", plus: "", minus: "", plusOn: "", minusOn: "" };
  EDGES.forEach((edge) => {
    const [from, to] = edge;
    const rate = rateOf(now, edge);
    if (!Number.isFinite(rate)) return;
    const ours = from === state.knob || to === state.needle;
    const taken = now.chosen[index(from[0] === "y" ? from : to)];
    const group = ours ? `${rate < 0 ? "minus" : "plus"}${taken ? "On" : ""}` : "rest";
    groups[group] += bandPath(PLANE, ...ENDS[from + to], Math.min(3.4, 0.4 + 0.62 * Math.sqrt(Math.abs(rate))));
  });
  return groups;
}

/** A path between knob and needle as a band that can be pressed. */
const gripPath = ({ knob, needle }, l) =>
  [knob + `y${l}`, `y${l}` + needle].map((edge) => bandPath(PLANE, ...ENDS[edge], 5)).join("");

/** All needles as one path, at these values. */
const needlesOf = (values, names) => names.map((name) =>
  needlePath(PLANE, PLACES[name], 0.84 * RADIUS, DIALS[name].angle(values[name[0]][index(name)]))).join("");

/** The line with the slope of the chosen sum, the curve of the needle, and the two ends of the turn. */
function turnPaths(state, { x, j, i, chosenSum, predicted, actual }) {
  const at = TURNS.x(state.dx);
  const inside = Math.abs(state.dx) <= 1 && [predicted, actual].every(Number.isFinite);
  const steps = samplesOf(TURNS, 20);
  return {
    curve: curvePath(TURNS, steps, steps.map((dx) => needleChange(x, j, i, dx))),
    slope: curvePath(TURNS, TURNS.x.domain, TURNS.x.domain.map((dx) => chosenSum * dx)),
    miss: inside ? curvePath(TURNS, [state.dx, state.dx], [predicted, actual].map((v) => clamp(v, [-300, 300]))) : "",
    stem: inside ? `M${at} ${TURNS.y(0)}V${clamp(TURNS.y(actual), [0, 1000])}` : "",
  };
}

// ---------------------------------------------------------------------------------------------
// Markup

function graphPanel() {
  const rims = (names) => names.map((name) => circlePath(PLANE, PLACES[name], 0.99 * RADIUS)).join("");
  const back = `<path class="xp-knobs" d="${rims(KNOBS)}"></path><path class="xp-rims" d="${ALL.map((name) => rimPath(PLANE, PLACES[name], RADIUS)).join("")}"></path>`;
  const front = pathsHtml("rest", "plus", "minus", "plusOn", "minusOn", "ghosts", "hands", "knobHands", ...PATHS.map((l) => `grip${l} grip`));
  const meanings = ALL.map((name) => labelHtml(PLANE, above(name), "", "xp-meaning", MEANINGS[name])).join("");
  const values = ALL.map((name) => labelHtml(PLANE, below(name), name, `xp-value-${name[0]}`)).join("");
  const rates = EDGES.map(([from, to]) => {
    const ends = ENDS[from + to];
    const place = between(...ends, from[0] === "x" ? 0.56 : 0.44);
    return labelHtml(PLANE, place, `rate${from}${to}`, "xp-rate");
  }).join("");
  const plot = graphHtml(PLANE, { front, back, over: meanings + rates + values, handles: ["turnX1", "turnX2"] });
  return panelHtml({ title: "The graph", hint: "turn the knobs x₁ and x₂", formula: keyHtml, plot });
}

const keyHtml =
  `<p class="xp-key"><span class="xp-key-now">now</span><span class="xp-key-turned">after the turn</span>` +
  `<span class="xp-key-plus">local derivative</span><span class="xp-key-minus">if negative</span></p>`;

const above = (name) => [PLACES[name][0], PLACES[name][1] - RADIUS - 3.6];
const below = (name) => [PLACES[name][0], PLACES[name][1] + RADIUS + (KNOBS.includes(name) ? 3.8 : 1.4)];

const turnFormula = mathHtml(
  mi("d"), nameHtml("needleName"), mo("≈"), liveHtml("slopeNow", "cost"), mo("·"), liveHtml("dx", "moved"),
  mo("="), liveHtml("predictedChange", "cost"),
);

function turnPanel() {
  const front = pathsHtml("stem", "curve", "slope", "miss");
  const tag = (ref, word) => `<span class="xp-tag" data-ref="${ref}Tag"><span>${word} <b data-ref="${ref}"></b></span></span>`;
  const over = `<span class="xp-tag" data-ref="predictedTag"><span>predicted</span></span>${tag("actualChange", "moved by")}`;
  const plot = plotHtml(TURNS, {
    labels: [`<i>d</i><span data-ref="knobName"></span>`, `<i>d</i><span data-ref="needleAxis"></span>`],
    ticks: [4, 6], front, over, handles: ["turn"],
  });
  return panelHtml({ title: "A small turn", hint: "drag the dot", formula: turnFormula, plot });
}

const termHtml = (l) =>
  `<div class="xp-term" data-ref="term${l}"><span class="xp-way" data-ref="way${l}"></span>` +
  `<span><span data-ref="factors${l}"></span> = <b data-ref="product${l}"></b></span>` +
  `<button type="button" data-ref="path${l}"></button></div>`;

const sumHtml =
  `<div class="xp-panel xp-paths" role="group" aria-label="Sum over the paths">` +
  `<p class="xp-title"><b>Sum over the paths</b> · press a path to add it</p><div class="xp-terms">` +
  `${mathHtml(frac(mo("∂") + nameHtml("over"), mo("∂") + nameHtml("under")), mo("="))}` +
  `${PATHS.map(termHtml).join(`<span class="xp-and">+</span>`)}` +
  `<p class="xp-total">= <b class="xp-cost" data-ref="chosenSum"></b><span class="xp-of">of <b data-ref="derivative"></b>` +
  `</span></p></div></div>`;

// ---------------------------------------------------------------------------------------------
// Words

/** What to say about a guess of the derivative, given the product of each path. */
export function verdictOn(guess, products) {
  const total = sum(products);
  const near = (value) => Math.abs(guess - value) <= 0.005 + 1e-9 * Math.abs(value);
  const terms = products.map((product) => fixed(product, 2)).join(" + ").replaceAll("+ −", "− ");
  if (near(total)) return `Yes: ${terms} = ${fixed(total, 2)}, all three paths. Ask for z₂ and press them.`;
  if (near(sum(products.map(Math.abs)))) return "You have all three paths, but not their signs: products can have opposite signs.";
  if (near(-total)) return "The size is right. Look at the signs of the paths again.";
  const [up, down] = [products.filter((product) => product > 0), products.filter((product) => product < 0)];
  if (up.length > 1 && down.length && near(sum(up))) return "That is the sum of the positive products. Another path has a negative one.";
  if (products.some(near)) return "That is one path. Two more lead to the same needle, and all of them add.";
  if (PATHS.some((l) => near(total - products[l - 1]))) return "One path is missing: there are three.";
  return "Not yet. Multiply the two numbers along each of the three paths from x₁ to z₂, then add.";
}

const wayOf = (knob, l, needle) => `${NAMES[knob]} → y${"₁₂₃"[l - 1]} → ${NAMES[needle]}`;

function tableRows(state, now) {
  return PAIRS.flatMap(([knob, needle]) => {
    const [j, i] = [index(knob), index(needle)];
    const ours = knob === state.knob && needle === state.needle;
    return PATHS.map((l) => {
      const factors = factorsOf(now, j, i, l - 1);
      const taken = ours && now.chosen[l - 1];
      return [wayOf(knob, l, needle), productText(...factors), fixed(factors[0] * factors[1], 2), taken ? "yes" : ""];
    });
  });
}

// ---------------------------------------------------------------------------------------------
// The explorable

class KnobsAndNeedles extends Explorable {
  derive(state) { return computed(state); }

  parts() {
    const pick = (legend, name, both) =>
      `<span class="xp-pick"><span aria-hidden="true">${legend}</span>${switchHtml(legend, name, both)}</span>`;
    return {
      predict: {
        question: "Turn x₁ up a little. How fast does the needle z₂ turn: what is ∂z₂/∂x₁ here?",
        guess: "Your guess of the derivative of z₂ by x₁", wait: "Type a number before you ask for z₂.",
      },
      bar: pick("knob", "knob", { x1: "x₁", x2: "x₂" }) + pick("needle", "needle", { z1: "z₁", z2: "z₂" }),
      views: sumHtml + graphPanel() + turnPanel(),
      table: { head: ["path", "local derivatives", "product", "in the sum"] },
    };
  }

  paths(state, now) {
    const grips = PATHS.map((l) => [`grip${l}`, gripPath(state, l)]);
    return {
      ...edgePaths(state, now), ...turnPaths(state, now), ...Object.fromEntries(grips),
      hands: needlesOf(now, ALL.slice(2)), knobHands: needlesOf(now, KNOBS), ghosts: needlesOf(now.turned, ALL),
    };
  }

  draw(state, now) {
    const { knob, needle } = state;
    this.once("choice", [knob, needle, ...now.chosen], () => this.drawChoice(state, now));
    this.placeTags(state, now);
  }

  /** The paths of the pair that is asked about: what can be pressed, and what is. */
  drawChoice({ knob, needle }, { chosen }) {
    const { ref, root } = this;
    Object.assign(root.dataset, { knob, needle });
    root.classList.toggle("xp-complete", chosen.every(Boolean));
    PATHS.forEach((l) => {
      ref[`term${l}`].classList.toggle("xp-on", chosen[l - 1]);
      ref[`path${l}`].setAttribute("aria-pressed", String(chosen[l - 1]));
    });
  }

  /** The words at the two ends of the turn, each on the side where its line leaves room. */
  placeTags({ dx }, { chosenSum, derivative, predicted, actual }) {
    const { ref, root } = this;
    const shown = [dx, predicted, actual].every(Number.isFinite);
    root.classList.toggle("xp-lost", !shown || Math.abs(dx) > 1);
    if (!shown) return;
    const place = (node, value, slope, upper) => {
      placeHandle(node, TURNS, clamp(dx, TURNS.x.domain), clamp(value, [-27, 27]));
      node.classList.toggle("xp-upper", upper);
      node.classList.toggle("xp-west", dx > (slope > 0 === upper ? -0.4 : 0.6));
    };
    place(ref.predictedTag, predicted, chosenSum, predicted > actual);
    place(ref.actualChangeTag, actual, derivative, predicted <= actual);
  }

  numbers(state, now) {
    const { knob, needle } = state;
    const texts = {
      needleName: NAMES[needle], needleAxis: NAMES[needle], over: NAMES[needle], knobName: NAMES[knob], under: NAMES[knob],
      chosenSum: fixed(now.chosenSum, 2), slopeNow: fixed(now.chosenSum, 2), derivative: fixed(now.derivative, 2),
      dx: fixed(state.dx, 2), predictedChange: fixed(now.predicted, 2), actualChange: fixed(now.actual, 2),
    };
    ALL.forEach((name) => { texts[name] = fixed(now[name[0]][index(name)], 2); });
    EDGES.forEach((edge) => { texts[`rate${edge.join("")}`] = brief(rateOf(now, edge)); });
    PATHS.forEach((l) => {
      texts[`way${l}`] = wayOf(knob, l, needle);
      texts[`factors${l}`] = productText(...factorsOf(now, now.j, now.i, l - 1));
      texts[`product${l}`] = fixed(now.products[l - 1], 2);
    });
    return texts;
  }

  describe(state, now) {
    const { knob, needle } = state;
    write(this.ref.read, this.reading(now, knob, needle));
    PATHS.forEach((l) => this.ref[`path${l}`].setAttribute(
      "aria-label", `Path ${wayOf(knob, l, needle)}, worth ${fixed(now.products[l - 1], 2)}`));
    const sums = `the chosen paths sum to ${fixed(now.chosenSum, 2)} of ${fixed(now.derivative, 2)}`;
    const moves = `predicted ${fixed(now.predicted, 2)}, moved by ${fixed(now.actual, 2)}`;
    const where = `z₁ = ${fixed(now.z[0], 2)}, z₂ = ${fixed(now.z[1], 2)}`;
    const handles = {
      turnX1: `x₁ = ${fixed(state.x1, 2)}`, turnX2: `x₂ = ${fixed(state.x2, 2)}`,
      turn: `${NAMES[knob]} turned by ${fixed(state.dx, 2)}`,
    };
    return { words: `${where}; ${sums}; ${moves}`, handles, rows: tableRows(state, now), remark: this.remark(state) };
  }

  reading({ chosen, chosenSum, derivative }, knob, needle) {
    const missing = chosen.filter((taken) => !taken).length;
    if (!missing) return `All paths are in: the blue line touches the green curve, so it predicts small turns of ${NAMES[knob]}.`;
    const many = ["", "One path is", "Two paths are", "All three paths are"][missing];
    if (Math.abs(chosenSum - derivative) < 1e-9) {
      return `${many} missing from the sum, but ${missing > 1 ? "together they add" : "it adds"} 0 here: the blue line still touches the green curve.`;
    }
    return `${many} missing from the sum: the blue line does not touch the green curve of ${NAMES[needle]}.`;
  }

  remark({ x1, x2, dx }) {
    if ([x1, x2].some((value) => Math.abs(value) > 4)) return "A knob is turned further than the view goes.";
    return Math.abs(dx) > 1 ? "This turn is outside the view." : "";
  }

  handles() {
    const dial = (name) => this.knob(`Knob ${NAMES[name]}`, DIALS[name], { x: ({ x }) => x[index(name)], y: name }, hundredth);
    const turn = this.knob("Small turn dx", TURNS, { x: "dx", y: () => 0 }, hundredth);
    return { turnX1: dial("x1"), turnX2: dial("x2"), turn };
  }

  actions() {
    const flip = (l) => () => this.set({ [`through_y${l}`]: !this.model.get(`through_y${l}`) });
    return Object.fromEntries(PATHS.flatMap((l) => [[`path${l}`, flip(l)], [`grip${l}`, flip(l)]]));
  }

  grade(guess, { x1, x2 }) { return verdictOn(guess, pathProducts([x1, x2], 0, 1)); }
}

export default define(KnobsAndNeedles);
