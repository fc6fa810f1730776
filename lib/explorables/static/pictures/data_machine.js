/**
 * The machine behind the data: the chance of a 1 at each x, and beside it what samples say of it.
 * Orange is what the reader moves, blue are the mistakes of the best rule, green is the truth.
 *
 * Model: steepness, midpoint, n, draw, x and y (own samples, or empty), seed, pool.
 */
import {
  clamp, curvePath, dotsPath, drawAxes, fixed, hundredth, pathsHtml, plotHtml, samplesOf, thousandth, uprightPath, viewOf, wholeScale,
} from "../kit/chart.js";
import { buttonHtml, frac, liveHtml, mathHtml, mi, mn, mo, numberHtml, overbar, panelHtml } from "../kit/controls.js";
import { define, Explorable } from "../kit/explorable.js";
import { poolSlice, sigmoid } from "../math/common.js";
import {
  bestErrorRate, bestLogLoss, chancesOf, mistakesOf, runningMeans, sampleLogLoss, samplesFrom, standardError, trueShare,
} from "../math/datasets.js";
import { bindOwnData, ownDataHtml } from "../kit/own_data.js";

const MOST = 200; // samples
const STEEPEST = 30;
const REACH = 0.12; // how far beside the midpoint the slope is held
const HEIGHT = [-0.13, 1.13]; // room for the strips of samples
const HALVES = [0, 0.5, 1].map((value) => ({ value, label: String(value) }));
const LAW = viewOf([0, 1], HEIGHT);
const COUNTS = viewOf([0, 1], [0, 1]);
const ASKED = { steepness: 16, midpoint: 0.5 };

const isBetween = (value, lo, hi) => value >= lo && value <= hi;

/** Why own samples cannot be shown, or "". */
export function faultOf(x, y) {
  if (x.length !== y.length) return `x and y must have equally many values, got ${x.length} and ${y.length}.`;
  if (x.length > MOST) return `At most ${MOST} rows, got ${x.length}.`;
  const far = x.find((value) => !isBetween(value, 0, 1));
  if (far !== undefined) return `Column x must lie between 0 and 1, got ${far}.`;
  const odd = y.find((value) => value !== 0 && value !== 1);
  return odd === undefined ? "" : `Column y must hold labels, 0 or 1, got ${odd}.`;
}

// ---------------------------------------------------------------------------------------------
// What is drawn

/** The samples that are looked at, how many there could be, and what the best rule makes of them. */
function lookAt({ x: ownX, y: ownY, n, draw, pool, steepness, midpoint }) {
  const total = ownX.length || MOST;
  const size = clamp(Math.round(n) || 1, [1, total]);
  const start = Number.isFinite(draw) ? clamp(Math.round(draw), [0, 1e6]) : 0;
  const { x, y } = ownX.length
    ? { x: ownX.slice(0, size), y: ownY.slice(0, size) }
    : samplesFrom(pool, start, size, steepness, midpoint);
  const wrong = mistakesOf(x, y, steepness, midpoint);
  const [shares, rates] = [y, wrong].map(runningMeans);
  return { total, size, x, y, wrong, shares, rates, ones: Math.round(shares.at(-1) * size) };
}

/** What the machine can do at best, and its picture. */
function lawOf(state) {
  const { steepness, midpoint } = state;
  const x = samplesOf(LAW);
  return {
    truth: trueShare(steepness, midpoint),
    floor: bestErrorRate(steepness, midpoint),
    logLoss: bestLogLoss(steepness, midpoint),
    paths: { line: curvePath(LAW, x, chancesOf(x, steepness, midpoint)), floor: floorPath(state), rule: uprightPath(LAW, midpoint) },
  };
}

/** The area under min(p, 1 - p): how often the best rule is wrong, at each x. */
function floorPath({ steepness, midpoint }) {
  if (!Number.isFinite(steepness) || !isBetween(midpoint, 0, 1)) return "";
  const x = [...samplesOf(LAW), midpoint].sort((a, b) => a - b);
  const least = chancesOf(x, steepness, midpoint).map((p) => Math.min(p, 1 - p));
  return `${curvePath(LAW, [...x, 1, 0], [...least, 0, 0])}z`;
}

/** Dots at the height of their label, spread a little so that they hide each other less. */
function strips({ x, y, wrong, total }, pool) {
  const spread = poolSlice(pool, total, total);
  const path = (kind) => {
    const chosen = x.flatMap((_, i) => (wrong[i] === kind ? [i] : []));
    return dotsPath(LAW, chosen.map((i) => x[i]), chosen.map((i) => y[i] + 0.12 * (spread[i] - 0.5)));
  };
  return { right: path(0), wrong: path(1) };
}

/** A running share and the band of two standard errors around it. */
function runningPaths(view, shares) {
  const n = shares.map((_, i) => i + 1);
  const reach = shares.map((share, i) => 2 * standardError(share, i + 1));
  const [low, high] = [-1, 1].map((sign) => shares.map((share, i) => share + sign * reach[i]));
  const band = curvePath(view, [...n, ...[...n].reverse()], [...high, ...low.reverse()]);
  return { curve: curvePath(view, n, shares), band: `${band}z` };
}

/** Whether the name of the mistakes has no room under its line. */
const isLow = (floor) => floor < 0.13;

const acrossPath = (view, height) => curvePath(view, [view.x.invert(0), view.x.invert(1000)], [height, height]);

// ---------------------------------------------------------------------------------------------
// Markup

const chance = mi("p") + mo("(") + mi("y") + mo("=") + mn("1") + mo("|") + mi("x") + mo(")");
const lawFormula = mathHtml(
  chance, mo("="), mi("σ"), mo("("), liveHtml("steepness", "moved"), mo("("), mi("x"), mo("−"),
  liveHtml("midpoint", "moved"), mo(")"), mo(")"),
);
const shareFormula = mathHtml(
  overbar(mi("y")), mo("="), frac(liveHtml("ones"), liveHtml("size", "moved")),
  mo("="), liveHtml("sampleMean"), mo("±"), mn("2"), mo("·"), liveHtml("standardError"),
);

const tagHtml = (ref, inner) => `<div class="xp-tag" data-ref="${ref}"><span>${inner}</span></div>`;

function lawPanel() {
  const front = pathsHtml("floor", "rule", "right", "wrong", "line");
  const over = tagHtml("floorTag", `floor ${numberHtml("bestErrorRate", 5.6)}`) +
    tagHtml("zeroTag", `<span data-ref="zeroWord"></span>`) + tagHtml("oneTag", `<span data-ref="oneWord"></span>`);
  const plot = plotHtml(LAW, { labels: ["x", ""], ticks: [6, HALVES], front, over, handles: ["shift", "slope"] });
  return panelHtml({ title: "The machine", hint: "drag the curve by its handles", formula: lawFormula, plot });
}

function samplePanel(view) {
  const front = pathsHtml("rateBand", "shareBand", "floorLine", "truthLine", "rate", "share", "cutLine");
  const over = tagHtml("shareTag", `<span data-ref="shareWord"></span> ${numberHtml("trueShare", 5.6)}`) +
    tagHtml("rateTag", `<span data-ref="rateWord"></span> ${numberHtml("floorNumber", 5.6)}`);
  const plot = plotHtml(view, {
    labels: ["n", ""], ticks: [5, HALVES], front, over, handles: ["cut"], name: "samplePlane",
  });
  return panelHtml({ title: "The samples", hint: "drag n to see more of them", formula: shareFormula, plot });
}

function countPanel() {
  const plot = plotHtml(COUNTS, {
    labels: ["", ""], ticks: [[], []], aspect: 40, front: pathsHtml("onesBar", "shareMark truthLine"),
  });
  const words = `<p class="xp-counts"><span>${numberHtml("onesCount", 3)} ones</span><span>${numberHtml("zerosCount", 3)} zeros</span></p>`;
  return `<div class="xp-panel" role="group" aria-label="Labels">${words}${plot}</div>`;
}

const READ =
  `Blue is what even the best rule gets wrong: of these samples ${numberHtml("mistakes", 8.8)} In log-loss the floor is ` +
  `${numberHtml("bestLogLoss", 5.6)} nats; on these samples the curve has ${numberHtml("sampleLogLoss", 5.6)}.`;

// ---------------------------------------------------------------------------------------------
// Words

/** What a guess of the mistakes in 100 labels of a machine twice as steep deserves to hear. */
export function verdictOn(guess) {
  const [now, asked] = [8, ASKED.steepness].map((steepness) => 100 * bestErrorRate(steepness, ASKED.midpoint));
  if (guess < 0 || guess > 100) return "Of 100 labels it gets between 0 and 100 wrong.";
  if (Math.abs(guess - asked) <= 0.8) {
    return `Well guessed: ${fixed(asked, 1)} on average. The x at which both labels are likely fill half the width. Drag, and see the area become smaller.`;
  }
  if (guess === 0) return "Never wrong? Near the midpoint both labels are about equally likely: every rule is wrong there about half of the time.";
  if (guess < 1) return "That looks like a rate. How many of 100 labels is that?";
  if (Math.abs(guess - now) <= 1.5) return "That is the floor of this machine. With a steeper curve, both labels are likely at fewer x.";
  if (guess >= 45) return "Half is the share of mistakes of a rule that does not use x. The best rule uses x.";
  return guess > asked
    ? "Fewer than that: at twice the steepness, the x at which both labels are likely fill half the width."
    : "More than that: the x at which both labels are likely fill half the width, not less. Drag, and see.";
}

// ---------------------------------------------------------------------------------------------
// The explorable

class DataMachine extends Explorable {
  static together = ["x", "y"];
  static fault({ x, y }) { return faultOf(x, y); }

  /** The samples; and what the machine can do, found anew only when the curve moves. */
  derive(state) {
    const { steepness, midpoint, n, draw, x } = state;
    const total = x.length || MOST;
    return {
      view: this.once("view", [total], () => viewOf([1, total], HEIGHT, { x: wholeScale })),
      samples: this.once("samples", [steepness, midpoint, n, draw, x], () => lookAt(state)),
      law: this.once("law", [steepness, midpoint], () => lawOf(state)),
    };
  }

  parts() {
    return {
      predict: {
        question: "At steepness 8 and midpoint ½, even the best rule gets 17 of 100 labels wrong. How many at steepness 16?",
        guess: "Your guess of the mistakes in 100 labels",
      },
      bar: `<span class="xp-drawn" data-ref="drawn"></span>`,
      buttons: buttonHtml("again", "Draw again"),
      views: lawPanel() + samplePanel(this.now.view) + countPanel(),
      read: READ,
      own: ownDataHtml({ columns: ["x", "y"], hint: `At most ${MOST} rows; x between 0 and 1, y a label, 0 or 1.` }),
      table: { head: ["i", "x", "p(y = 1 | x)", "y", "best rule"] },
    };
  }

  paths(state, { view, samples, law: { truth, floor, paths } }) {
    const [share, rate] = [samples.shares, samples.rates].map((running) => runningPaths(view, running));
    const part = Math.round((1000 * samples.ones) / samples.size);
    return {
      ...paths, ...strips(samples, state.pool),
      share: share.curve, shareBand: share.band, rate: rate.curve, rateBand: rate.band,
      truthLine: acrossPath(view, truth), floorLine: acrossPath(view, floor), cutLine: uprightPath(view, samples.size),
      onesBar: `M0 0H${part}V1000H0z`, shareMark: curvePath(COUNTS, [truth, truth], [0, 1]),
    };
  }

  draw(state, { view, samples: { total }, law: { floor } }) {
    this.total ??= this.initial.x.length || MOST; // a page is built with the first samples
    if (this.total !== total) drawAxes(this.ref.samplePlane, view, [Math.min(5, total), HALVES]);
    this.total = total;
    this.root.classList.toggle("xp-low", isLow(floor));
  }

  /**
   * The words at the midpoint, where the best rule changes its mind; and the names of the two averages: one above its line,
   * one below, or both above where there is no room.
   */
  marks({ midpoint }, { view, law: { truth, floor } }) {
    const middle = Number.isFinite(midpoint) ? midpoint : 0.5;
    const right = view.x.invert(1000);
    const name = (height) => [view, right, Number.isFinite(height) ? height : 0.5];
    return {
      floorTag: [LAW, clamp(middle, [0.18, 0.82]), 0.16], zeroTag: [LAW, middle, 0.85], oneTag: [LAW, middle, 0.85],
      shareTag: name(isLow(floor) ? Math.max(truth, floor + 0.08) : truth), rateTag: name(floor),
    };
  }

  numbers(state, { samples, law: { truth, floor, logLoss } }) {
    const { steepness, midpoint, n, draw, seed } = state;
    const { x, y, ones, size, shares, wrong } = samples;
    const middle = Number.isFinite(midpoint) ? midpoint : 0.5;
    const [share, own] = [shares.at(-1), state.x.length > 0];
    return {
      steepness: fixed(steepness, 2), midpoint: fixed(midpoint, 3),
      zeroWord: middle > 0.16 ? "say 0" : "", oneWord: middle < 0.84 && steepness > 0 ? "say 1" : "",
      trueShare: fixed(truth, 4), bestErrorRate: fixed(floor, 4), floorNumber: fixed(floor, 4), bestLogLoss: fixed(logLoss, 4),
      ones: String(ones), onesCount: String(ones), zerosCount: String(size - ones),
      size: Number.isFinite(n) ? String(size) : fixed(n, 0),
      sampleMean: fixed(share, 3), standardError: fixed(standardError(share, size), 3),
      mistakes: `${wrong.filter(Boolean).length} of ${size}.`, // with its full stop: the room for digits comes after
      sampleLogLoss: fixed(sampleLogLoss(x, y, steepness, midpoint), 4),
      drawn: own ? "your samples" : `seed ${seed}, draw ${draw}`,
      shareWord: own ? "ones, by the curve" : "share of ones →", // own samples need not follow the curve
      rateWord: own ? "mistakes, by the curve" : "mistakes →",
    };
  }

  describe(state, { samples: { x, y, ones, size, shares }, law: { truth, floor: least } }) {
    const { steepness, midpoint } = state;
    const share = shares.at(-1);
    const chances = chancesOf(x, steepness, midpoint);
    const rows = x.map((xi, i) => [i + 1, fixed(xi, 3), fixed(chances[i], 3), y[i], Number(chances[i] > 0.5)]);
    const law = `steepness ${fixed(steepness, 2)}, midpoint ${fixed(midpoint, 3)}`;
    const found = `${ones} ones among ${size}, share ${fixed(share, 3)} ± ${fixed(2 * standardError(share, size), 3)}`;
    const floor = `best error rate ${fixed(least, 4)}`;
    this.ref.again.disabled = state.x.length > 0;
    return { words: `${law}; ${found}; ${floor}`, rows, remark: this.remark(state, share, size, truth) };
  }

  /** What to tell about the view when nothing else is to be told. */
  remark(state, share, size, truth) {
    const rarer = size * Math.min(share, 1 - share);
    const off = Math.abs(share - truth);
    if (state.x.length || rarer < 10 || !(off > 2 * standardError(share, size))) return "";
    return "This time the true share of ones lies outside the band. This happens in about one draw of twenty.";
  }

  handles() {
    const middle = () => clamp(this.state().midpoint, [0, 1]);
    const side = () => (middle() > 1 - 1.5 * REACH ? -1 : 1);
    const slope = {
      label: "Steepness of the curve", view: LAW, along: "y",
      place: () => [middle() + side() * REACH, sigmoid(side() * REACH * this.state().steepness)],
      move: (_, y) => {
        const p = clamp(side() > 0 ? y : 1 - y, [0.5, sigmoid(REACH * STEEPEST)]);
        this.set({ steepness: hundredth(clamp(Math.log(p / (1 - p)) / REACH, [0, STEEPEST])) });
      },
    };
    const cut = {
      label: "n, how many samples are looked at", view: () => this.now.view, along: "x", place: () => [this.now.samples.size, 0],
      move: (x) => this.set({ n: clamp(Math.round(x), this.now.view.x.domain) }),
    };
    return { shift: this.knob("Midpoint of the curve", LAW, { x: "midpoint", y: () => 0.5 }, thousandth), slope, cut };
  }

  actions() {
    const again = () => this.set({ draw: (this.model.get("draw") + 1) % 1000 });
    const apply = ([x, y]) => this.set({ x, y, n: x.length });
    const clear = () => this.restore(["x", "y", "n"]);
    return { again, ...bindOwnData(this, { atMost: MOST, apply, clear }) };
  }

  grade(guess) { return verdictOn(guess); }
}

export default define(DataMachine);
