/**
 * Peeking counter: models that toss coins, tried one after the other on one test set. The best score
 * can only rise with every look (blue); the same model on fresh labels (green) stays near one half.
 *
 * Model: n_labels, peeks (1 to 200), draw, seed, pool (uniform numbers).
 */
import { barsPath, curvePath, fixed, linearScale, logScale, pathsHtml, plotHtml, SIZE, viewOf } from "../kit/chart.js";
import { buttonHtml, liveHtml, mathHtml, mo, panelHtml, switchHtml } from "../kit/controls.js";
import { define, Explorable } from "../kit/explorable.js";
import { poolSlice } from "../math/common.js";
import { expectedBest, headsAtMost, headsOf, recordHolders } from "../math/overfitting.js";
import { nameHtml, near, guidePath } from "../kit/overfitting.js";

const MOST = 200; // peeks
const SIZES = [10, 1000];
const PEEKS = Array.from({ length: MOST }, (_, i) => i + 1);
const COUNTS = [1, 2, 5, 10, 20, 50, 100, 200];
const SCORES = [0.15, 0.85];
const [BEST_AT, FRESH_AT, GAP_AT] = [0.9, 0.76, 0.7]; // heights in the view of the scores

/** An axis of counts, equal factors apart; a key moves by one. */
function countScale(domain, range) {
  const scale = logScale(domain, range);
  scale.nudge = (value, steps) => value + Math.sign(steps) * Math.max(1, Math.round(Math.abs(steps)));
  return scale;
}

/** Scores with a key that is never smaller than one label more. */
function scoreScale(domain, range) {
  const scale = linearScale(domain, range);
  scale.nudge = (value, steps) => value + steps * 0.01;
  return scale;
}

const VIEWS = {
  scores: viewOf(SCORES, [0, 1], { x: scoreScale }),
  peeks: viewOf([0.85, 240], SCORES, { x: countScale }),
};
VIEWS.peeks.x.domain = [1, MOST];

const whole = (value, [lo, hi]) => Number.isInteger(value) && value >= lo && value <= hi;
const sound = ({ n_labels: n, peeks, draw }) => whole(n, SIZES) && whole(peeks, [1, MOST]) && whole(draw, [0, 9999]);

// ---------------------------------------------------------------------------------------------
// Scores

/** All the scores that a state can show: on the test set, on fresh labels, and what luck gives. */
function allScores({ n_labels: n, draw, pool }) {
  const atMost = headsAtMost(n);
  const scores = (which) => poolSlice(pool, (2 * draw + which) * MOST, MOST).map((u) => headsOf(atMost, u) / n);
  const [test, fresh] = [scores(0), scores(1)];
  const winners = recordHolders(test);
  return {
    n, atMost, test,
    best: winners.map((i) => test[i]),
    fresh: winners.map((i) => fresh[i]),
    expected: PEEKS.map((peeks) => expectedBest(atMost, peeks)),
    ...binsOf(n, atMost),
  };
}

/** The numbers after so many peeks. */
function after(all, peeks) {
  const [best, fresh, expected] = ["best", "fresh", "expected"].map((name) => all?.[name][peeks - 1] ?? NaN);
  return { best, fresh, expected, gap: best - fresh };
}

/** So many labels share a bar that bars are wide enough to see; and how often luck fills each. */
function binsOf(n, atMost) {
  const size = Math.ceil(n / 100);
  const bins = Array.from({ length: Math.floor(n / size) + 1 }, (_, i) => i);
  const below = (i) => (i ? atMost[Math.min(n, i * size - 1)] : 0);
  const chances = bins.map((i) => (i === bins.at(-1) ? 1 : below(i + 1)) - below(i));
  const middles = bins.map((i) => (i * size + (size - 1) / 2) / n);
  return { binOf: (score) => Math.floor(Math.round(score * n) / size), middles, chances, width: size / n };
}

// ---------------------------------------------------------------------------------------------
// Words

const ASKED = { labels: 20, peeks: 200 };

/** What a guess of the best score of 200 coins on 20 labels deserves to hear. */
export function verdictOn(guess) {
  const answer = expectedBest(headsAtMost(ASKED.labels), ASKED.peeks);
  if (guess < 0 || guess > 1) return "A score is a fraction of the labels: between 0 and 1.";
  if (Math.abs(guess - answer) <= 0.03) return `Well guessed: ${fixed(answer, 3)}, and not one of them is better than a coin.`;
  if (near(guess, 0.5, 0.04)) return "That is what each of them scores on fresh labels, on average. On one test set, the best of 200 is the luckiest.";
  if (guess < 0.5) return "The best of many is not worse than most of them, and most score about one half.";
  if (guess > 0.96) return "Not that lucky: a coin gets all 20 right once in a million times.";
  if (guess < answer && guess < 0.69) return "That would do for a larger test set. With fewer labels the scores vary more.";
  return guess < answer ? "Higher: among 200 there is a luckier one." : "Lower: so much luck takes more than 200 tries.";
}

// ---------------------------------------------------------------------------------------------
// Markup

const words = (text) => `<mtext>${text}</mtext>`;
const FORMULAS = {
  scores: mathHtml(
    `<mrow class="xp-cost">${words("best")}</mrow>`, mo("−"), `<mrow class="xp-best">${words("fresh")}</mrow>`, mo("="),
    liveHtml("bestScore", "cost"), mo("−"), liveHtml("freshScore", "best"), mo("="), liveHtml("gap"),
  ),
  peeks: mathHtml(
    words("expected best of&nbsp;"), liveHtml("peeksNow", "moved"), mo("="), liveHtml("expectedBest"),
  ),
};

function scoresPanel(view) {
  const front = pathsHtml("bars", "luck", "freshLine fresh", "gapLine gap", "bestLine best");
  const over = nameHtml("cost", "best score", { ref: "bestName" }) + nameHtml("best", "fresh labels", { ref: "freshName" }) +
    nameHtml("soft", "luck alone", { ref: "luckName" });
  const plot = plotHtml(view, { labels: ["score", ""], front, over, handles: ["bestKnob"], ticks: [6, []], aspect: 1.15 });
  return panelHtml({ title: "Scores of the models tried", hint: "drag the best", formula: FORMULAS.scores, plot });
}

function peeksPanel(view) {
  const at = Math.round(view.y(0.5));
  const back = `<path class="xp-half" d="M0 ${at}H${SIZE}"></path>`;
  const front = pathsHtml("guide", "expected", "freshSteps fresh", "bestSteps best");
  const over = [["cost", "best so far", "stepsName"], ["best", "the same on fresh labels", "freshStepsName"], ["soft", "expected best", "expectedName"]]
    .map(([look, text, ref]) => nameHtml(look, text, { ref })).join("");
  const ticks = COUNTS.map((value) => ({ value, label: String(value) }));
  const plot = plotHtml(view, { labels: ["peeks at the test set", ""], back, front, over, handles: ["peeksKnob"], ticks: [ticks, 6], aspect: 1.15 });
  return panelHtml({ title: "Peeks", hint: "drag the marker", formula: FORMULAS.peeks, plot });
}

const sizesHtml = `<span class="xp-labels">labels</span>${switchHtml("Labels in the test set", "n_labels", { 20: "20", 100: "100", 500: "500" })}`
  .replaceAll("<input", `<input data-kind="number"`);

/** Levels that last until the next one, as a path to a last place. */
function stepsPath(view, at, levels, end) {
  const steps = levels.filter((level, i) => level !== levels[i - 1]);
  const starts = at.filter((_, i) => levels[i] !== levels[i - 1]);
  const xs = steps.flatMap((_, i) => [starts[i], starts[i + 1] ?? end]);
  return curvePath(view, xs, steps.flatMap((level) => [level, level]));
}

// ---------------------------------------------------------------------------------------------
// The explorable

class PeekingCounter extends Explorable {
  /** All scores, drawn again only when what they depend on has changed, none for a broken state; and those after so many peeks. */
  derive(state) {
    const all = sound(state) ? this.once("all", [state.n_labels, state.draw, state.pool], () => allScores(state)) : undefined;
    return { all, ...after(all, state.peeks) };
  }

  parts() {
    return {
      predict: {
        question: "200 models toss a coin for each of 20 labels. What is the best of their 200 scores, as a fraction?",
        guess: "Your guess of the best score",
      },
      bar: sizesHtml,
      buttons:
        `<span class="xp-draw">seed <span data-ref="seedNow"></span>, draw <span data-ref="drawNow"></span></span>` +
        buttonHtml("once", "Peek once more") + buttonHtml("again", "Draw again"),
      views: scoresPanel(VIEWS.scores) + peeksPanel(VIEWS.peeks),
      read:
        `No model here has learned anything. Choose the <b class="xp-cost">best on the test set</b>, and the test set no longer ` +
        `tells what it can do: <b class="xp-best">fresh labels</b> do.`,
      table: { head: ["peeks", "best", "expected", "fresh", "gap"] },
    };
  }

  paths(state, now) {
    return { ...this.barPaths(now.all, state), ...this.claimPaths(now), ...this.stepPaths(now.all, state) };
  }

  barPaths(all, { peeks }) {
    if (!all) return { bars: "", luck: "" };
    const { chances, middles, width } = all;
    const top = 1.45 * MOST * Math.max(...chances);
    const counts = chances.map(() => 0);
    all.test.slice(0, peeks).forEach((score) => { counts[all.binOf(score)] += 1; });
    const some = middles.map((_, i) => i).filter((i) => counts[i]);
    const heights = some.map((i) => counts[i] / top);
    return {
      bars: barsPath(VIEWS.scores, some.map((i) => middles[i]), heights, 0.8 * width),
      luck: curvePath(VIEWS.scores, middles, chances.map((chance) => (chance * peeks) / top)),
    };
  }

  /** The two claims about the winner, and what lies between. */
  claimPaths({ best, fresh }) {
    const view = VIEWS.scores;
    const line = (x, y) => curvePath(view, [x, x], [0, y]);
    return {
      bestLine: line(best, BEST_AT), freshLine: line(fresh, FRESH_AT),
      gapLine: curvePath(view, [fresh, best], [GAP_AT, GAP_AT]),
    };
  }

  stepPaths(all, { peeks }) {
    const view = VIEWS.peeks;
    if (!all) return { bestSteps: "", freshSteps: "", expected: "", guide: "" };
    const at = PEEKS.slice(0, peeks);
    const steps = (levels) => stepsPath(view, at, levels.slice(0, peeks), peeks);
    return {
      bestSteps: steps(all.best), freshSteps: steps(all.fresh),
      expected: curvePath(view, PEEKS, all.expected), guide: guidePath(view, peeks),
    };
  }

  marks(state, { all, best, fresh }) {
    const { scores, peeks: view } = VIEWS;
    const claims = {
      bestName: [scores, best + (best > 0.7 ? -0.1 : 0.1), BEST_AT - 0.11],
      freshName: [scores, fresh + (fresh < 0.35 ? 0.11 : -0.11), FRESH_AT - 0.01],
    };
    return all ? {
      ...claims,
      luckName: [scores, Math.max(0.26, 0.47 - 1.3 / Math.sqrt(all.n)), 0.2],
      stepsName: [view, 2, Math.max(all.best[3], all.expected[3]) + 0.035],
      expectedName: [view, 70, all.expected[69] + (all.best[69] > all.expected[69] ? -0.055 : 0.045)],
      freshStepsName: [view, 5, Math.max(0.2, Math.min(0.5, ...all.fresh.slice(1, 12)) - 0.035)],
    } : claims;
  }

  numbers(state, { best, fresh, expected, gap }) {
    return {
      bestScore: fixed(best, 3), freshScore: fixed(fresh, 3), gap: fixed(gap, 3), expectedBest: fixed(expected, 4),
      peeksNow: fixed(state.peeks, 0), seedNow: String(state.seed), drawNow: fixed(state.draw, 0),
    };
  }

  describe(state, now) {
    const texts = this.numbers(state, now);
    const row = (peeks) => {
      const { best, expected, fresh, gap } = after(now.all, peeks);
      return [peeks, ...[best, expected, fresh, gap].map((value) => fixed(value, 3))];
    };
    return {
      words: `${texts.peeksNow} peeks at ${fixed(state.n_labels, 0)} labels: best score ${texts.bestScore}, on fresh labels ${texts.freshScore}, gap ${texts.gap}`,
      rows: COUNTS.map(row),
    };
  }

  /** How many peeks a claim takes: as many as reach it, or as stay below it. */
  claim(score) {
    const { all, best: now } = this.now;
    const { best = [] } = all ?? {};
    const above = best.findIndex((value) => value >= score);
    if (score > now) return above < 0 ? MOST : above + 1;
    if (score === now) return this.state().peeks;
    return Math.max(1, best.filter((value) => value <= score).length);
  }

  handles() {
    const best = ({ best: score }) => (Number.isFinite(score) ? score : SCORES[0]);
    const bestKnob = {
      label: "Best score on the test set", view: VIEWS.scores, along: "x", place: () => [best(this.now), BEST_AT],
      move: (x) => this.set({ peeks: this.claim(x) }),
    };
    return { bestKnob, peeksKnob: this.knob("Peeks at the test set", VIEWS.peeks, { x: "peeks", y: best }, Math.round) };
  }

  actions() {
    const next = (name, most, first) => () => {
      const value = this.model.get(name);
      this.set({ [name]: value < most ? value + 1 : first });
    };
    return { once: next("peeks", MOST, MOST), again: next("draw", 9999, 0) };
  }

  grade(guess) { return verdictOn(guess); }
}

export default define(PeekingCounter);
