/**
 * Step the backward pass: a graph whose nodes hold the gradients that they were handed so far, and
 * the ledger of who handed what to whom. Its three rules can be broken, one by one.
 *
 * Model: a, b, step (lines of the ledger that are done), wrong_order, overwrite, keep_gradients.
 */
import { createAnimation } from "../kit/animation.js";
import { clamp, fixed, hundredth, pathsHtml, signAndSize } from "../kit/chart.js";
import { buttonHtml, frac, liveHtml, mathHtml, mi, mn, mo, nameHtml, overbar, panelHtml, toggleHtml, write } from "../kit/controls.js";
import { define, Explorable } from "../kit/explorable.js";
import { between, brief, circlePath, dialView, edgeEnds, graphHtml, labelHtml, linePath, planeOf, productText } from "../kit/graph.js";
import { gradientsAfter, graphRate, graphValues, handingOrder, ledger } from "../math/chain.js";

const NODES = ["a", "b", "c", "d", "e", "f", "y"];
const MEANINGS = ["a", "b", "c = a + b", "d = a b", "e = c + d", "f = c d", "y = e + f"];
const PLANE = planeOf(1.38);
const RADIUS = 9;
const PLACES = [[13, 31], [13, 69], [50, 31], [50, 69], [87, 31], [87, 69], [124, 50]];
const EDGES = handingOrder(false);
const ENDS = Object.fromEntries(EDGES.map(([node, parent]) => [`${node} ${parent}`, edgeEnds(PLACES[parent], PLACES[node], RADIUS + 0.6)]));
const DOMAIN = [-4, 4];
const DIALS = [0, 1].map((node) => dialView(PLANE, PLACES[node], RADIUS, DOMAIN));
const LINES = handingOrder(true).length; // the wrong order hands out more often than the right one
const FLAGS = ["wrong_order", "overwrite", "keep_gradients"];

/** A sum of two numbers, with the sign of the second before it. */
const sumText = (left, right) => `${brief(left)} ${signAndSize(right, 2)[0]} ${brief(right).replace("−", "")}`;

// ---------------------------------------------------------------------------------------------
// What a state says

const rulesOf = (state) => ({
  wrongOrder: state.wrong_order, overwrite: state.overwrite, keepGradients: state.keep_gradients,
});

/** Everything that is computed from a state. */
function computed(state) {
  const lines = ledger(state.a, state.b, rulesOf(state));
  const step = clamp(Math.round(state.step) || 0, [0, lines.length]);
  const onePass = handingOrder(state.wrong_order).length;
  const second = step > onePass; // the ledger shows the pass of the last line that is done
  return {
    lines, step, onePass, second, first: second ? onePass : 0, last: lines[step - 1],
    values: graphValues(state.a, state.b), gradients: gradientsAfter(lines, step),
  };
}

// ---------------------------------------------------------------------------------------------
// The graph

/** The edges that wait, those that were used, and the one of the last line. */
function edgePaths({ lines, step, first, last }) {
  const used = new Set(lines.slice(first, step).map(([node, parent]) => `${node} ${parent}`));
  const now = last && `${last[0]} ${last[1]}`;
  const paths = { waiting: "", used: "", now: "" };
  Object.entries(ENDS).forEach(([edge, ends]) => {
    paths[edge === now ? "now" : used.has(edge) ? "used" : "waiting"] += linePath(PLANE, ...ends);
  });
  return paths;
}

/** The ring of the node that hands out, and of the one that is handed something. */
const ringPaths = ({ last }) => ({
  giver: last ? circlePath(PLANE, PLACES[last[0]], RADIUS) : circlePath(PLANE, PLACES[6], RADIUS),
  taker: last ? circlePath(PLANE, PLACES[last[1]], RADIUS) : "",
});

/** The head of an arrow on the edge of the last line: gradients go from right to left. */
function headPath({ last }) {
  if (!last) return "";
  const [tip, from] = ENDS[`${last[0]} ${last[1]}`];
  const length = Math.hypot(from[0] - tip[0], from[1] - tip[1]);
  const [dx, dy] = [0, 1].map((k) => (3.2 * (from[k] - tip[k])) / length);
  const corner = (side) => [tip[0] + dx - side * dy * 0.6, tip[1] + dy + side * dx * 0.6];
  return `${linePath(PLANE, corner(1), tip)}L${linePath(PLANE, corner(-1), tip).slice(1).split("L")[0]}`;
}

/** The two lines of words at a node: over those of the upper row, under those of the lower one. */
function wordsHtml(name, node) {
  const [x, y] = PLACES[node];
  const lower = y > 60;
  const at = (dy, ...rest) => labelHtml(PLANE, [x, y + dy], ...rest);
  const value = node < 2 ? "xp-value xp-knob-value" : "xp-value";
  return (
    at(lower ? RADIUS + 4.5 : -RADIUS - 10.5, "", "xp-meaning", MEANINGS[node]) +
    at(lower ? RADIUS + 10.5 : -RADIUS - 4.5, name, value) + at(0, `grad${name.toUpperCase()}`, "xp-gradient")
  );
}

function graphPanel() {
  const back = `<path class="xp-discs" d="${PLACES.map((place) => circlePath(PLANE, place, RADIUS)).join("")}"></path>`;
  const front = pathsHtml("waiting", "used", "now", "head", "giver", "taker");
  const words = NODES.map(wordsHtml).join("");
  const rates = EDGES.map(([node, parent]) => {
    const level = PLACES[node][1] === PLACES[parent][1];
    return labelHtml(PLANE, between(...ENDS[`${node} ${parent}`], level ? 0.55 : 0.3), `rate${node}${parent}`, "xp-rate");
  }).join("");
  const plot = graphHtml(PLANE, { back, front, over: words + rates, handles: ["turnA", "turnB"] });
  return panelHtml({ title: "The graph", hint: "turn a and b; each circle holds its gradient so far", formula: stepFormula, plot });
}

const stepFormula =
  `<span class="xp-at-start">${mathHtml(overbar(mi("y")), mo("="), mn("1"))}` +
  `, and every other node holds 0</span><span class="xp-at-step">` +
  mathHtml(
    overbar(nameHtml("taken")), `<mo data-ref="sign"></mo>`, overbar(nameHtml("given")), mo("·"),
    frac(mo("∂") + nameHtml("over"), mo("∂") + nameHtml("under")), mo("="),
    liveHtml("gradientNow", "cost"), mo("·"), liveHtml("rateNow"), mo("="), liveHtml("shareNow", "cost"),
  ) + `</span>`;

// ---------------------------------------------------------------------------------------------
// The ledger

const lineNumbers = Array.from({ length: LINES }, (_, k) => k);

const lineHtml = (k) =>
  `<li class="xp-entry" data-ref="entry${k}"><span class="xp-who" data-ref="who${k}"></span>` +
  `<span data-ref="share${k}"></span><span data-ref="total${k}"></span><button type="button" data-ref="to${k}"></button></li>`;

function ledgerPanel() {
  const head = `<p class="xp-ledger-head"><span>hands to</span><span>gradient · rate</span><span>which then holds</span></p>`;
  const list = `${head}<ol class="xp-ledger">${lineNumbers.map(lineHtml).join("")}</ol>`;
  const formula = `<p class="xp-progress" data-ref="progress"></p>`;
  return panelHtml({ title: "The ledger", hint: "press a line to go there", formula, plot: list });
}

/** What a line of the ledger says; one that is not done yet only who is next. */
function entryTexts(k, { lines, step, first, onePass }, { overwrite }) {
  const line = k < onePass ? lines[first + k] : undefined;
  if (!line) return { [`who${k}`]: "", [`share${k}`]: "", [`total${k}`]: "" };
  const [node, parent, gradient, rate, before, after] = line;
  const done = first + k < step;
  const sum = overwrite ? "" : ` = ${sumText(before, gradient * rate)}`;
  return {
    [`who${k}`]: `${NODES[node]} → ${NODES[parent]}`,
    [`share${k}`]: done ? productText(gradient, rate) : "",
    [`total${k}`]: done ? `${NODES[parent]}${sum} = ${brief(after)}` : "",
  };
}

// ---------------------------------------------------------------------------------------------
// Words

/** What a guess of dy/da deserves to hear; rules broken give other numbers. */
export function verdictOn(guess, { a, b }) {
  const after = (rules) => gradientsAfter(ledger(a, b, { ...NO_RULE_BROKEN, ...rules }), Infinity)[0];
  const right = after({});
  const near = (value) => Math.abs(guess - value) <= 0.005 + 1e-9 * Math.abs(value);
  const { c, d } = { c: a + b, d: a * b };
  if (near(right)) return `Yes: ${brief(d + 1)} by way of c and ${brief(b * (c + 1))} by way of d. Run it, and see these shares.`;
  if (near(after({ wrongOrder: true }))) return "That is what the wrong order gives: something is counted twice.";
  if (near(after({ keepGradients: true }))) return "That is what two passes without clearing give.";
  if (near(d + 1) || near(b * (c + 1))) return "That is one of the two nodes that use a. Their shares add.";
  if (near(b * c)) return "That is the path by d and f alone. Three more lead from a to y.";
  if (near(gradientsAfter(ledger(a, b, NO_RULE_BROKEN), Infinity)[1])) return "That is dy/db.";
  if (near(graphValues(a, b)[6])) return "That is y itself. How fast does it change with a?";
  return "Not yet. a reaches y along four paths: multiply along each, then add.";
}

const NO_RULE_BROKEN = { wrongOrder: false, overwrite: false, keepGradients: false };

/** What the last line did, and what is wrong with it. */
function lineWords({ last, step, second, onePass }, { overwrite }) {
  if (!last) return "The derivative of y by itself is 1. Now y hands out its shares.";
  const [node, parent, gradient, rate, before, after] = last;
  const [from, to] = [NODES[node], NODES[parent]];
  const how = overwrite ? `${brief(after)} and forgets ${brief(before)}` : `${sumText(before, gradient * rate)} = ${brief(after)}`;
  const pass = second && step === onePass + 1 ? "The second pass starts on top of the first. " : "";
  return `${pass}${from} hands ${productText(gradient, rate)} = ${brief(gradient * rate)} to ${to}, which now holds ${how}.`;
}

/** Which nodes hand out a second time, and how much of it they had handed out before and still hold. */
function twiceWords({ lines, step, first, last }, { wrong_order: wrongOrder, overwrite }) {
  if (!last || !wrongOrder || overwrite) return "";
  const [node, parent] = last;
  const earlier = lines.slice(first, step - 1).filter((line) => line[0] === node && line[1] === parent).at(-1);
  return earlier?.[2] ? ` It had handed out ${brief(earlier[2])} before: counted twice.` : "";
}

const RIGHT = "Every rule is kept: these are the gradients.";
const BROKEN = {
  wrong_order: "handed out before they were complete", overwrite: "overwritten", keep_gradients: "not cleared before the second pass",
};

// ---------------------------------------------------------------------------------------------
// The explorable

class BackwardSteps extends Explorable {
  derive(state) { return computed(state); }

  parts() {
    return {
      predict: {
        question: "When all is handed out, what does a hold: what is dy/da?", guess: "Your guess of the derivative of y by a",
        wait: "Type a number before you go on.",
      },
      bar: `<span class="xp-buttons xp-steps">${buttonHtml("back", "Back")}${buttonHtml("forth", "Step")}` +
        `${buttonHtml("run", "Run")}${buttonHtml("end", "End")}</span>`,
      views: breakHtml + graphPanel() + ledgerPanel(),
      table: { head: ["node", "value", "gradient so far", "gradient"] },
    };
  }

  start() {
    super.start();
    const changed = (running) => write(this.ref.run, running ? "Pause" : "Run");
    const step = () => {
      const { step: now, lines } = this.now;
      if (now >= lines.length) return false;
      this.model.set("step", now + 1);
      return now + 1 < lines.length;
    };
    this.animation = createAnimation({ view: this.window, el: this.root, signal: this.signal, stepsPerSecond: 2.5, step, changed });
  }

  /** What the reader does stops what runs; a rule that is broken at the end shows the new end. */
  set(values) {
    this.animation?.stop();
    const { step, lines } = this.now;
    super.set(values);
    const rule = FLAGS.some((name) => name in values);
    if (rule && !("step" in values) && step === lines.length) this.model.set("step", this.now.lines.length);
  }

  paths(state, now) { return { ...edgePaths(now), ...ringPaths(now), head: headPath(now) }; }

  draw(state, now) {
    // a and b change numbers alone
    this.once("entries", [now.step, ...FLAGS.map((name) => state[name])], () => this.drawEntries(state, now));
  }

  drawEntries(state, now) {
    const { ref, root } = this;
    root.classList.toggle("xp-begun", now.step > 0);
    root.classList.toggle("xp-wrong", FLAGS.some((name) => state[name]));
    root.classList.toggle("xp-finished", now.step === now.lines.length);
    lineNumbers.forEach((k) => {
      const { classList } = ref[`entry${k}`];
      classList.toggle("xp-done", now.first + k < now.step);
      classList.toggle("xp-last", now.first + k === now.step - 1);
      ref[`entry${k}`].hidden = k >= now.onePass;
    });
  }

  numbers(state, now) {
    const { values, gradients, last, lines, step, second } = now;
    const texts = { progress: `line ${step} of ${lines.length}${state.keep_gradients ? `, ${second ? "second" : "first"} pass` : ""}` };
    NODES.forEach((name, node) => {
      texts[name] = brief(values[node]);
      texts[`grad${name.toUpperCase()}`] = brief(gradients[node]);
    });
    EDGES.forEach(([node, parent]) => { texts[`rate${node}${parent}`] = brief(graphRate(values, node, parent)); });
    lineNumbers.forEach((k) => Object.assign(texts, entryTexts(k, now, state)));
    if (last) {
      const [node, parent, gradient, rate] = last;
      Object.assign(texts, {
        taken: NODES[parent], given: NODES[node], over: NODES[node], under: NODES[parent], sign: state.overwrite ? "=" : "+=",
        gradientNow: brief(gradient), rateNow: brief(rate), shareNow: brief(gradient * rate),
      });
    }
    return texts;
  }

  describe(state, now) {
    const { ref } = this;
    write(ref.read, lineWords(now, state) + twiceWords(now, state));
    ref.back.disabled = now.step === 0;
    ref.forth.disabled = ref.end.disabled = now.step === now.lines.length;
    lineNumbers.forEach((k) => ref[`to${k}`].setAttribute("aria-label", `Go to line ${now.first + k + 1}: ${ref[`who${k}`].textContent}`));
    const held = NODES.map((name, node) => `${name} ${brief(now.gradients[node])}`).join(", ");
    const handles = { turnA: `a = ${brief(state.a)}`, turnB: `b = ${brief(state.b)}` };
    return {
      words: `line ${now.step} of ${now.lines.length}; gradients so far: ${held}`,
      rows: tableRows(now, state), remark: this.remark(state, now), handles,
    };
  }

  remark(state, { step, lines, gradients }) {
    if ([state.a, state.b].some((value) => Math.abs(value) > 4)) return "A knob is turned further than the view goes.";
    if (step < lines.length) return "";
    const broken = FLAGS.filter((name) => state[name]).map((name) => BROKEN[name]).join(", and ");
    const right = gradientsAfter(ledger(state.a, state.b, NO_RULE_BROKEN), Infinity);
    return broken
      ? `Gradients ${broken}: a and b hold ${brief(gradients[0])} and ${brief(gradients[1])}, and should hold ${brief(right[0])} and ${brief(right[1])}.`
      : RIGHT;
  }

  handles() {
    const dial = (name, node) => this.knob(`Knob ${name}`, DIALS[node], { x: (now) => now.values[node], y: name }, hundredth);
    return { turnA: dial("a", 0), turnB: dial("b", 1) };
  }

  /** Go to a line of the ledger. */
  go(step) { this.set({ step: clamp(step, [0, this.now.lines.length]) }); }

  actions() {
    const toggleRun = () => {
      const { step, lines } = this.now;
      if (!this.animation.running && step === lines.length) this.model.set("step", 0);
      this.animation.toggle();
    };
    return {
      back: () => this.go(this.now.step - 1), forth: () => this.go(this.now.step + 1), end: () => this.go(Infinity), run: toggleRun,
      ...Object.fromEntries(lineNumbers.map((k) => [`to${k}`, () => this.go(this.now.first + k + 1)])),
    };
  }

  grade(guess, state) { return verdictOn(guess, state); }

  reset() {
    this.animation.stop();
    super.reset();
  }
}

const breakHtml =
  `<form class="xp-break"><fieldset><legend class="xp-hidden">Break a rule</legend><span class="xp-ask" aria-hidden="true">Break a rule</span>${toggleHtml("wrong_order", "no topological order")}` +
  `${toggleHtml("overwrite", '<code translate="no">=</code> instead of <code translate="no">+=</code>')}${toggleHtml("keep_gradients", "don’t zero, pass again")}</fieldset></form>`;

function tableRows({ values, gradients }, { a, b }) {
  const right = gradientsAfter(ledger(a, b, NO_RULE_BROKEN), Infinity);
  return NODES.map((name, node) => [name, ...[values, gradients, right].map((list) => fixed(list[node], 2))]);
}

export default define(BackwardSteps);
