/**
 * One slider, five meters: a coin on the curve of its likelihood, on the curve of its negative
 * log-likelihood per flip, and as five meters that are best at one place.
 * Orange is what the reader turns (θ), blue is what it costs, green the best that can be had.
 *
 * Model: counts ([heads, tails]), theta, unit ("nats" or "bits").
 */
import { clamp, curvePath, fixed, linearScale, pathsHtml, placeHandle, plotHtml, samplesOf, SIZE, thousandth, uprightPath, viewOf } from "../kit/chart.js";
import { frac, liveHtml, mathHtml, mi, mn, mo, panelHtml, sup, switchHtml } from "../kit/controls.js";
import { define, Explorable } from "../kit/explorable.js";
import { bracket, kl, log, otherUnit, priced } from "../kit/likelihood_parts.js";
import { coinNll, crossEntropyBetween, entropy, inUnit, klDivergence } from "../math/likelihood.js";

const MOST = 50; // flips of one side
const REACH = 1.5; // the highest price a flip has in the picture, in either unit
const SIDES = ["heads", "tails"];
const METERS = {
  likelihood: "likelihood",
  logLikelihood: "log-likelihood",
  meanNll: "NLL per flip",
  crossEntropy: "cross-entropy",
};
const ofData = `${mi("p")}${bracket(mi("D"), mo("|"), mi("θ"))}`;
const MEANINGS = {
  likelihood: [ofData],
  logLikelihood: [log, ofData],
  meanNll: [mo("−"), frac(mn("1"), mi("n")), log, ofData],
  crossEntropy: [mi("H"), bracket(mi("P"), mo(","), mi("Q"))],
};

const AT_HAND = [0.001, 0.999]; // a drag leaves both sides of the coin possible
const share = viewOf([0, 1], [0, 1.08]);
const price = viewOf([0, 1], [0, REACH]);
const handX = linearScale(AT_HAND, AT_HAND.map((theta) => share.x(theta)));

// ---------------------------------------------------------------------------------------------
// The numbers

/** All that is measured, in nats. */
function measured({ counts: [heads, tails], theta }) {
  const flips = heads + tails;
  const [p, q] = [[heads / flips, tails / flips], [theta, 1 - theta]];
  const [nll, best] = [coinNll(heads, tails, theta), coinNll(heads, tails, p[0])];
  return {
    best: p[0], flips, nll, ratio: Math.exp(best - nll), likelihood: Math.exp(-nll),
    meanNll: nll / flips, crossEntropy: crossEntropyBetween(p, q), entropy: entropy(p), kl: klDivergence(p, q),
  };
}

/** The same, as what is written. */
function texts(state, all) {
  const [heads, tails, flips] = [...state.counts, all.flips].map((count) => fixed(count, 0));
  const text = (nats) => priced(inUnit(nats, state.unit));
  const probability = fixed(state.theta, 3);
  return {
    theta: probability, thetaAgain: probability, notTheta: fixed(1 - state.theta, 3), notThetaAgain: fixed(1 - state.theta, 3),
    heads, tails, headsPower: heads, tailsPower: tails, headsShare: heads, tailsShare: tails, flips, flipsAgain: flips,
    bestTheta: fixed(all.best, 3), likelihood: fixed(all.likelihood, 7), likelihoodAgain: fixed(all.likelihood, 7),
    logLikelihood: text(0 - all.nll), meanNll: text(all.meanNll), meanNllAgain: text(all.meanNll),
    crossEntropy: text(all.crossEntropy), entropy: text(all.entropy), kl: text(all.kl),
  };
}

// ---------------------------------------------------------------------------------------------
// The pictures

/** A level from one place to another, or nothing. */
const levelPath = (view, from, to, y) => (Number.isFinite(y) ? curvePath(view, [from, to], [y, y]) : "");
const stemPath = (view, x, from, to) => (Number.isNaN(to) ? "" : uprightPath(view, x, [from, Math.min(to, 9 * REACH)]));

/** The bar of a meter, from one share of its track to another. */
function trackPath(from, to) {
  const [left, right] = [from, to].map((part) => Math.round(SIZE * clamp(part, [0, 1])));
  return right > left ? `M${left} 0V${SIZE}H${right}V0z` : "";
}

/** The bars of all meters, by the name of the path; each track is best at its green mark. */
function meterPaths({ unit }, all) {
  const part = (nats) => inUnit(nats, unit) / REACH;
  return {
    likelihoodBar: trackPath(0, all.ratio),
    logLikelihoodBar: trackPath(0, 1 - part(all.meanNll)),
    meanNllBar: trackPath(0, part(all.meanNll)),
    crossEntropyBar: trackPath(0, part(all.crossEntropy)),
    entropyBar: trackPath(0, part(all.entropy)),
    klBar: trackPath(part(all.entropy), part(all.entropy + all.kl)),
  };
}

/** What depends on the flips and the unit alone: curves and lines of the best. */
function curvePaths(state, { best, entropy: lowest }) {
  const thetas = samplesOf(share, 200);
  const all = thetas.map((theta) => measured({ ...state, theta }));
  return {
    likelihoodCurve: curvePath(share, thetas, all.map((one) => one.ratio)),
    nllCurve: curvePath(price, thetas, all.map((one) => inUnit(one.meanNll, state.unit))),
    bestLine: stemPath(share, best, 0, 2), bestLineBelow: stemPath(price, best, 0, REACH),
    floor: levelPath(price, 0, 1, inUnit(lowest, state.unit)),
  };
}

// ---------------------------------------------------------------------------------------------
// Markup

const likelihoodFormula = mathHtml(
  sup(liveHtml("theta", "moved"), `<mn data-ref="headsPower"></mn>`), mo("·"),
  sup(liveHtml("notTheta", "moved"), `<mn data-ref="tailsPower"></mn>`), mo("="), liveHtml("likelihoodAgain", "cost"),
);
const nllFormula = mathHtml(
  mo("−"), frac(`<mn data-ref="headsShare"></mn>`, `<mn data-ref="flips"></mn>`), log, liveHtml("thetaAgain", "moved"),
  mo("−"), frac(`<mn data-ref="tailsShare"></mn>`, `<mn data-ref="flipsAgain"></mn>`), log, liveHtml("notThetaAgain", "moved"),
  mo("="), liveHtml("meanNllAgain", "cost"),
);
const sumFormula = mathHtml(
  ...MEANINGS.crossEntropy, mo("="),
  `<mrow class="xp-floor">${mi("H")}${bracket(mi("P"))}</mrow>`, mo("+"),
  `<mrow class="xp-cost">${kl("P", "Q")}</mrow>`,
);

/** A label that stands to the right of a place, or to its left. */
const labelHtml = (ref, text) => `<span class="xp-tag" data-ref="${ref}"><span>${text}</span></span>`;

/** Put a label beside a place of its plot; one without a place stays where it is. */
function placeLabel(node, view, [x, y], leftwards) {
  if (Number.isFinite(x) && Number.isFinite(y)) placeHandle(node, view, x, y);
  if (node.leftwards !== leftwards) node.classList.toggle("xp-leftwards", (node.leftwards = leftwards));
}

function likelihoodPanel() {
  const front = pathsHtml("bestLine target", "likelihoodCurve curve", "likelihoodStem line");
  const plot = plotHtml(share, { labels: ["θ", ""], front, handles: ["onLikelihood"], ticks: [5, 2], aspect: 2 });
  return panelHtml({ title: "Likelihood", hint: "as a share of the best; drag the dot", formula: likelihoodFormula, plot });
}

function nllPanel() {
  const front = pathsHtml("bestLineBelow target", "floor target", "entropyStem", "klStem", "nllCurve curve");
  const over = labelHtml("bestLabel", `best θ = <span data-ref="bestTheta"></span>`) + labelHtml("floorLabel", "entropy: no θ goes lower");
  const plot = plotHtml(price, { labels: ["θ", ""], front, over, handles: ["onNll"], ticks: [5, 3], aspect: 2 });
  return panelHtml({ title: "NLL per flip", hint: "minus its logarithm, over n; drag the dot", formula: nllFormula, plot });
}

/** A meter: its name, its number, and its track with a mark at the best. */
const trackHtml = (...bars) =>
  `<div class="xp-track" aria-hidden="true"><svg class="xp-layer" viewBox="0 0 ${SIZE} ${SIZE}" preserveAspectRatio="none">` +
  `${pathsHtml(...bars.map((bar) => `${bar}Bar`))}</svg></div>`;
const meterHtml = ([name, label]) =>
  `<div class="xp-meter"><p><span>${label} ${mathHtml(...MEANINGS[name])}</span>` +
  `<span class="xp-cost${name === "likelihood" ? "" : " xp-in-unit"}"><b data-ref="${name}"></b></span></p>${trackHtml(name)}` +
  `<i data-ref="${name}Best"></i></div>`;

function metersPanel() {
  const last =
    `<div class="xp-meter"><p><span class="xp-floor">entropy <b data-ref="entropy"></b></span>` +
    `<span class="xp-cost xp-in-unit">+ KL divergence <b data-ref="kl"></b></span></p>${trackHtml("entropy", "kl")}<i data-ref="klBest"></i></div>`;
  const meters = `<div class="xp-meters">${Object.entries(METERS).map(meterHtml).join("")}${last}</div>`;
  return panelHtml({ title: "Five meters", hint: "all are best at one place: their green mark", formula: sumFormula, plot: meters })
    .replace("xp-panel", "xp-panel xp-all-meters");
}

/** Two buttons around a count. */
const stepperHtml = (side) =>
  `<span class="xp-stepper" role="group" aria-label="Number of ${side}"><button type="button" data-ref="${side}Less" ` +
  `aria-label="One of the ${side} less">−</button><span><b class="xp-moved" data-ref="${side}"></b> ${side}</span>` +
  `<button type="button" data-ref="${side}More" aria-label="One of the ${side} more">+</button></span>`;

// ---------------------------------------------------------------------------------------------
// Words

/** What a guess of the price of a flip of a fair coin deserves to hear. */
export function verdictOn(guess, { counts: [heads, tails], unit }) {
  const answer = inUnit(Math.LN2, unit);
  const near = (value, tolerance = 0.005) => Math.abs(guess - value) <= tolerance;
  if (near(answer)) return `Right: ${fixed(answer, 4)} ${unit}. A fair coin gives each flip ½, whatever it shows.`;
  if (guess < 0) return "Check the sign: the logarithm of ½ is negative, so minus the logarithm is positive.";
  if (near((heads + tails) * answer, 0.05)) return "That is the NLL of all flips. Divide it by their number.";
  if (near(inUnit(entropy([heads / (heads + tails), tails / (heads + tails)]), unit))) {
    return "That is the lowest value, at the best θ. The loss of θ = 0.5 on these flips is higher.";
  }
  if (near(unit === "bits" ? Math.LN2 : 1)) return `Right in ${otherUnit(unit)}; the meters show ${unit}.`;
  if (near(Math.log10(2))) return `That is the logarithm to base 10; ${unit} take base ${unit === "bits" ? 2 : "e"}.`;
  if (near(0.5)) return "½ is the probability of a flip; its loss is the negative logarithm.";
  if (near(2 ** -(heads + tails), 2 ** -(heads + tails) / 20)) return "That is the likelihood of all flips. What is the negative logarithm for one of them?";
  return `${guess < answer ? "Too low." : "Too high."} A fair coin gives each flip ½. Take the negative logarithm, or drag θ to 0.5 and read.`;
}

/** What to tell about a likelihood that seven digits do not show, or about a coin without a side. */
function remarkOn({ counts: [heads, tails], theta }, { likelihood }) {
  const lost = (theta === 0 && heads && "heads") || (theta === 1 && tails && "tails");
  if (lost) return `θ = ${theta} says that ${lost} cannot happen, and they did: the likelihood is 0, and NLL, cross-entropy and KL are infinite.`;
  if (!(likelihood < 5e-7)) return "";
  const [size, power] = likelihood.toExponential(1).split("e");
  return `The likelihood is ${size} × 10 to the power ${fixed(Number(power), 0)}: each flip makes it smaller. The values per flip can still be read.`;
}

function tableRows(state, all) {
  const atBest = { ...state, theta: all.best };
  const [now, best] = [texts(state, all), texts(atBest, measured(atBest))];
  const row = (label, name) => [label, now[name], best[name]];
  return [
    row("θ", "theta"), ...Object.entries(METERS).map(([name, label]) => row(label, name)),
    row("entropy of the data", "entropy"), row("KL divergence", "kl"),
  ];
}

// ---------------------------------------------------------------------------------------------
// The explorable

class FiveMeters extends Explorable {
  derive(state) { return measured(state); }

  static fault({ counts: [heads, tails] }) { return heads + tails ? "" : "At least one flip is needed."; }

  parts() {
    return {
      predict: {
        question: `A fair coin, θ = 0.5: what is its NLL per flip, in <span data-ref="asked"></span>?`,
        guess: "Your guess of the NLL per flip at theta = 0.5", wait: "Type a number before you drag.",
      },
      bar: SIDES.map(stepperHtml).join("") + switchHtml("Unit", "unit", { nats: "nats", bits: "bits" }),
      views: likelihoodPanel() + nllPanel() + metersPanel(),
      read: "The likelihood is highest where the NLL is lowest. Under the curve the NLL per flip is in two parts: " +
        "green is the entropy of the flips, the least for any θ; blue is what this θ adds, the KL divergence.",
      table: { head: ["meter", "now", "at the best θ"] },
    };
  }

  paths(state, now) {
    const { counts: [heads, tails], theta, unit } = state;
    const [low, high] = [now.entropy, now.crossEntropy].map((nats) => inUnit(nats, unit));
    return {
      likelihoodStem: stemPath(share, theta, 0, now.ratio),
      entropyStem: stemPath(price, theta, 0, low),
      klStem: stemPath(price, theta, low, high),
      ...meterPaths(state, now),
      ...this.once("curves", [heads, tails, unit], () => curvePaths(state, now)),
    };
  }

  draw({ theta, unit }, { best, entropy: lowest }) {
    const { ref } = this;
    this.root.dataset.unit = unit;
    const [right, floor] = [theta < 0.5, inUnit(lowest, unit)]; // the label of the floor stands where the dot is not, and never on the axis
    placeLabel(ref.floorLabel, price, [right ? 1 : 0, Math.max(floor, 0.15 * REACH)], right);
    placeLabel(ref.bestLabel, price, [best, REACH], best > 0.6);
    this.once("bests", [floor], () => this.drawBests(floor / REACH));
  }

  /** The marks of the best on the tracks. */
  drawBests(floor) {
    const marks = { likelihood: 1, logLikelihood: 1 - floor, meanNll: floor, crossEntropy: floor, kl: floor };
    Object.entries(marks).forEach(([name, at]) => {
      if (Number.isFinite(at)) this.ref[`${name}Best`].style.left = `${fixed(100 * at, 2)}%`;
    });
  }

  numbers(state, now) { return { ...texts(state, now), asked: state.unit }; }

  describe(state, now) {
    const all = texts(state, now);
    const words = `θ = ${all.theta}: likelihood ${all.likelihood}, log-likelihood ${all.logLikelihood}, NLL per flip ` +
      `${all.meanNll} ${state.unit} = entropy ${all.entropy} + KL divergence ${all.kl}`;
    return { words, rows: tableRows(state, now), remark: remarkOn(state, now) };
  }

  handles() {
    const on = (label, view, height) => this.knob(label, { x: handX, y: view.y }, { x: "theta", y: height }, thousandth);
    return {
      onLikelihood: on("Probability of heads θ, on the likelihood", share, ({ ratio }) => ratio),
      onNll: on("Probability of heads θ, on the NLL per flip", price, ({ meanNll }) => inUnit(meanNll, this.state().unit)),
    };
  }

  /** Add a flip, or take one away. */
  flip(side, change) {
    const counts = [...this.model.get("counts")];
    counts[side] += change;
    if (this.takes({ counts })) this.set({ counts });
    else this.say(counts[side] > MOST ? `At most ${MOST} ${SIDES[side]}.` : "There must be at least one flip.");
  }

  actions() {
    return Object.fromEntries(SIDES.flatMap((name, side) =>
      [[`${name}Less`, () => this.flip(side, -1)], [`${name}More`, () => this.flip(side, 1)]]));
  }

  grade(guess, state) { return verdictOn(guess, state); }
}

export default define(FiveMeters);
