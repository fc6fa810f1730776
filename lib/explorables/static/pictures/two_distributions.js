/**
 * Two distributions: a world P and a belief Q as bars, what they cost as one bar in two parts, and
 * what each class adds to the divergences both ways.
 * Green is the world P, orange the belief Q, blue what the belief costs.
 *
 * Model: p, q (three probabilities each), unit ("bits" or "nats").
 */
import { barsPath, curvePath, fixed, pathsHtml, placeHandle, plotHtml, viewOf } from "../kit/chart.js";
import { buttonHtml, liveHtml, mathHtml, mi, mo, panelHtml, switchHtml } from "../kit/controls.js";
import { define, Explorable } from "../kit/explorable.js";
import { bracket, kl, otherUnit, priced } from "../kit/likelihood_parts.js";
import { sum } from "../math/common.js";
import { crossEntropyBetween, entropy, inUnit, klDivergence, klTerms, withShare } from "../math/likelihood.js";

const CLASSES = ["a", "b", "c"];
const REACH = 3; // the highest cost in the picture, in either unit
const AT = { p: -0.23, q: 0.23 }; // from the middle of a class
const WIDTH = 0.38;
const ALL = CLASSES.length + 1; // where the sum of the classes stands

const named = (values) => values.map((label, i) => ({ value: i + 1, label }));
const bars = viewOf([0.5, 3.5], [0, 1]);
const costs = viewOf([0, REACH], [0, 1]);
const terms = viewOf([0.5, ALL + 0.5], [-0.6, 1]);

// ---------------------------------------------------------------------------------------------
// The numbers

/** All that is measured, in the unit. */
function measured({ p, q, unit }) {
  const inside = (nats) => inUnit(nats, unit);
  return {
    entropy: inside(entropy(p)), kl: inside(klDivergence(p, q)), crossEntropy: inside(crossEntropyBetween(p, q)),
    klReversed: inside(klDivergence(q, p)),
    terms: klTerms(p, q).map(inside), termsReversed: klTerms(q, p).map(inside),
  };
}

/** Where bars end: one without end leaves the view. */
const tops = (values) => values.map((value) => Math.min(value, 9));

const shares = (values) => values.map((value) => fixed(value, 3));

/** The same, as what is written. */
function texts(state, all) {
  const four = ["entropy", "kl", "crossEntropy", "klReversed"].map((name) => [name, priced(all[name])]);
  const each = (name) => shares(state[name]).map((text, i) => [`${name}${i + 1}`, text]);
  return { ...Object.fromEntries([...four, ...each("p"), ...each("q")]), klAgain: priced(all.kl) };
}

// ---------------------------------------------------------------------------------------------
// Markup

const strut = `<mspace height="0.95em"></mspace>`; // Firefox would set the name into the number
const under = (number, name) => `<munder>${number}<mrow class="xp-under">${strut}${name}</mrow></munder>`;

const live = (name) => CLASSES.map((_, i) => liveHtml(`${name}${i + 1}`)).join(mo(","));
const listFormula = (name) =>
  mathHtml(`<mrow class="xp-${name}">${mi(name.toUpperCase())}</mrow>`, mo("="), bracket(live(name)));
const bothFormula = `<div class="xp-lines">${listFormula("p")}${listFormula("q")}</div>`;
const sumFormula = mathHtml(
  under(liveHtml("entropy", "p"), mi("H") + bracket(mi("P"))), mo("+"), under(liveHtml("kl", "cost"), kl("P", "Q")), mo("="),
  under(liveHtml("crossEntropy"), mi("H") + bracket(mi("P"), mo(","), mi("Q"))),
  `<mspace width="0.3em"></mspace>`, `<mtext data-ref="unitName"></mtext>`,
);
const bothWaysFormula = mathHtml(
  `<mrow class="xp-cost">${kl("P", "Q")}</mrow>`, mo("="), liveHtml("klAgain", "cost"), `<mspace width="0.8em"></mspace>`,
  `<mrow class="xp-reversed">${kl("Q", "P")}</mrow>`, mo("="), liveHtml("klReversed", "reversed"),
);

const handleNames = Object.keys(AT).flatMap((name) => CLASSES.map((label) => `${name}Of${label}`));

function barsPanel() {
  const front = pathsHtml("pBars", "qBars");
  const letters = Object.entries(AT).flatMap(([name, at]) => CLASSES.map((_, i) =>
    `<span class="xp-letter xp-${name}" style="left:${bars.x(i + 1 + at) / 10}%">${name.toUpperCase()}</span>`));
  const plot = plotHtml(bars, {
    labels: ["", ""], front, over: letters.join(""), handles: handleNames, ticks: [named(CLASSES), 5], aspect: 0.84,
  });
  return panelHtml({ title: "World P and belief Q", hint: "drag the bars", formula: bothFormula, plot });
}

function costPanel() {
  const front = pathsHtml("entropyBar", "klBar");
  const label = (ref, text) => `<span class="xp-part" data-ref="${ref}"><span>${text}</span></span>`;
  const labels = label("entropyLabel", "H(P)") + label("klLabel", "KL");
  const plot = plotHtml(costs, { labels: ["", ""], front, over: labels, ticks: [REACH, []], aspect: 4.6 });
  return panelHtml({ title: "Cross-entropy", hint: "entropy, and what a wrong belief adds", formula: sumFormula, plot });
}

function termsPanel() {
  const front = pathsHtml("termBars", "termBarsReversed", "between");
  const ticks = [named([...CLASSES, "sum"]), 3];
  const plot = plotHtml(terms, { labels: ["", ""], front, ticks, aspect: 1.72 });
  return panelHtml({ title: "KL divergence, both ways", hint: "class by class", formula: bothWaysFormula, plot });
}

const collapseHtml =
  `<span class="xp-collapse" role="group" aria-label="Let P collapse to one class"><span>Collapse P to</span>` +
  `${CLASSES.map((label) => buttonHtml(`collapse${label}`, label)).join("")}</span>`;

// ---------------------------------------------------------------------------------------------
// Words

/** What a guess of the cross-entropy of a label b deserves to hear. */
export function verdictOn(guess, { p, q, unit }) {
  const [believed, nats] = [q[1], -Math.log(q[1])];
  const answer = inUnit(nats, unit);
  const near = (value) => Math.abs(guess - value) <= 0.01;
  if (!Number.isFinite(answer)) return "With q = 0 for b the cross-entropy is infinite: Q gives probability 0 to what happens.";
  if (near(answer)) return `Right. Only b happens, so the mean surprise is −log ${fixed(believed, 3)} = ${fixed(answer, 4)} ${unit}.`;
  if (near(0)) return "Then 0 is the entropy of P. The cross-entropy also depends on what Q gives to b.";
  if (near(-answer)) return "Check the sign: the logarithm is negative, a surprise is not.";
  if (near(unit === "bits" ? nats : nats / Math.LN2)) return `Right in ${otherUnit(unit)}.`;
  if (near(believed)) return "That is the probability itself; its surprise is the negative logarithm.";
  if (near(inUnit(crossEntropyBetween(p, q), unit))) return "That is what it is now. When only b happens, only the surprise at b counts.";
  return `${guess < answer ? "Too low." : "Too high."} Only b happens: what is the surprise of an outcome to which Q gives the probability ${fixed(believed, 3)}?`;
}

/** The class at which a distribution is one-hot, or −1. */
const oneHotAt = (values) => values.indexOf(1);

/** What to tell about a view in which something special holds. */
function remarkOn(state, { kl: cost, crossEntropy, klReversed }) {
  const { p, q, unit } = state;
  const missed = (values, beliefs) => values.findIndex((value, c) => value > 0 && beliefs[c] === 0);
  const [unknown, hot] = [missed(p, q), oneHotAt(p)];
  if (unknown >= 0) return `Class ${CLASSES[unknown]} happens and Q gives it 0: cross-entropy and KL(P‖Q) are infinite.`;
  const text = `${priced(cost)} ${unit}`;
  const back = klReversed === Infinity ? " KL(Q‖P) is infinite: Q gives probability to what never happens." : "";
  if (hot >= 0) return `P is one-hot, H(P) = 0: cross-entropy = KL = −log ${fixed(q[hot], 3)} = ${text}.${back}`;
  if (back) return back.trim();
  if (p.every((value, c) => value === q[c])) return "The belief is right: KL is 0 both ways, and only the entropy is left.";
  return crossEntropy > REACH ? "The bar of the cross-entropy is longer than the view." : "";
}

function tableRows(state, all) {
  const cells = (i) => [state.p[i], state.q[i]].map((value) => fixed(value, 3));
  const added = (i) => [all.terms[i], all.termsReversed[i]].map(priced);
  const total = ["sum", fixed(sum(state.p), 3), fixed(sum(state.q), 3), priced(all.kl), priced(all.klReversed)];
  return [...CLASSES.map((label, i) => [label, ...cells(i), ...added(i)]), total];
}

// ---------------------------------------------------------------------------------------------
// The explorable

const isDistribution = (values) =>
  values.length === CLASSES.length && values.every((value) => value >= 0 && value <= 1) && Math.abs(sum(values) - 1) <= 1e-6;

class TwoDistributions extends Explorable {
  derive(state) { return measured(state); }

  static fault({ p, q }) { return isDistribution(p) && isDistribution(q) ? "" : "Probabilities sum to 1."; }

  parts() {
    return {
      predict: {
        question: `Now only b happens, P = (0, 1, 0). What is the cross-entropy then, in <span data-ref="asked"></span>?`,
        guess: "Your guess of the cross-entropy", wait: "Type a number before you press a button.",
      },
      bar: switchHtml("Unit", "unit", { bits: "bits", nats: "nats" }) + collapseHtml,
      buttons: buttonHtml("swap", "Swap P and Q"),
      views: barsPanel() + costPanel() + termsPanel(),
      read: "P says how often a class occurs, Q how surprised you are by it. One term of KL may be negative; " +
        "their sum never does. The other way round, KL is in general another number.",
      table: { head: ["class", "P", "Q", "p log p/q", "q log q/p"] },
    };
  }

  paths({ p, q }, all) {
    const places = (shift) => CLASSES.map((_, i) => i + 1 + shift);
    const every = (shift) => [...places(shift), ALL + shift];
    return {
      pBars: barsPath(bars, places(AT.p), p, WIDTH),
      qBars: barsPath(bars, places(AT.q), q, WIDTH),
      entropyBar: this.stretch(0, all.entropy),
      klBar: this.stretch(all.entropy, all.entropy + all.kl),
      termBars: barsPath(terms, every(-0.17), tops([...all.terms, all.kl]), 0.3),
      termBarsReversed: barsPath(terms, every(0.17), tops([...all.termsReversed, all.klReversed]), 0.3),
      between: curvePath(terms, [ALL - 0.5, ALL - 0.5], terms.y.domain),
    };
  }

  /** A part of the bar of the costs. */
  stretch(from, to) {
    const end = Math.min(to, 2 * REACH);
    return end > from ? barsPath(costs, [(from + end) / 2], [0.85], end - from, 0.15) : "";
  }

  /** The names of the two parts; a part too short for its name has none. */
  draw(state, { entropy: floor, kl: cost }) {
    const parts = { entropyLabel: [0, floor], klLabel: [floor, Math.min(floor + cost, REACH)] };
    Object.entries(parts).forEach(([name, [from, to]]) => {
      const node = this.ref[name];
      const fits = to - from > 0.1 * REACH;
      if (node.hidden === fits) node.hidden = !fits;
      if (fits) placeHandle(node, costs, (from + to) / 2, 0.5);
    });
  }

  numbers(state, now) { return { ...texts(state, now), asked: state.unit, unitName: state.unit }; }

  describe(state, now) {
    const all = texts(state, now);
    const words = `P = (${shares(state.p).join(", ")}), Q = (${shares(state.q).join(", ")}): entropy ${all.entropy} + ` +
      `KL divergence ${all.kl} = cross-entropy ${all.crossEntropy} ${state.unit}; KL from Q to P ${all.klReversed}`;
    return { words, rows: tableRows(state, now), remark: remarkOn(state, now) };
  }

  handles() {
    const bar = (name, i) => ({
      label: `${name.toUpperCase()} of class ${CLASSES[i]}`, view: bars, along: "y",
      place: () => [i + 1 + AT[name], this.state()[name][i]],
      grab: () => this.grab(name),
      move: (_, share) => this.set({ [name]: withShare(this.held, i, share) }),
    });
    return Object.fromEntries(Object.keys(AT).flatMap((name) =>
      CLASSES.map((label, i) => [`${name}Of${label}`, bar(name, i)])));
  }

  /** The proportions of a drag are those at its start: what gave way comes back. */
  grab(name) {
    const values = this.model.get(name);
    this.held = isDistribution(values) ? [...values] : this.initial[name];
  }

  actions() {
    const collapse = (i) => () => this.set({ p: CLASSES.map((_, c) => (c === i ? 1 : 0)) });
    const swap = () => this.set({ p: this.model.get("q"), q: this.model.get("p") });
    return { swap, ...Object.fromEntries(CLASSES.map((label, i) => [`collapse${label}`, collapse(i)])) };
  }

  grade(guess, state) { return verdictOn(guess, state); }
}

export default define(TwoDistributions);
