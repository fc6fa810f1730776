/**
 * Optimizer race: four ways down from one start on one long valley, epoch by epoch.
 * Orange is the start, which the reader moves; each learner has a colour of its own.
 *
 * Model: x, y, pool, seed (fixed); draw, batch_size, shared, b0, w0, epoch; for each learner whether
 * it is shown and its learning rate.
 */
import { bestMarkHtml, bowlHtml, bowlTransform, compact, rounded, tiny, trailPaths, Walk, walkHtml } from "../kit/descent.js";
import { clamp, curvePath, fixed, hangingPath, logScale, pathHtml, plotHtml, SIZE, viewOf } from "../kit/chart.js";
import { buttonHtml, frac, hat, mark, mathHtml, mi, mn, mo, numberHtml, panelHtml, sub, toggleHtml } from "../kit/controls.js";
import { define } from "../kit/explorable.js";
import { batchesOf, bowlOf, factorsOf, hasDiverged, modesOf, pathOf, sharesAfter } from "../math/descent.js";
import { sum } from "../math/common.js";

const EPOCHS = 40;
const LEVELS = 12;
const MOMENTUM = 0.8;
const plane = viewOf([-2, 4], [-1, 5]);
const course = viewOf([0, EPOCHS], [1e-5, 1e2], { y: logScale });
const ALL = Array.from({ length: EPOCHS + 1 }, (_, epoch) => epoch);

const update = (name, direction) =>
  mi("θ") + mo("←") + mi("θ") + mo("−") + `<mn class="xp-plain" data-ref="${name}RateNow"></mn>` + direction;
const LEARNERS = {
  descent: { label: "Descent", formula: update("descent", mi("g")) },
  sgd: { label: "SGD", formula: update("sgd", sub(mi("g"), mi("B"))) },
  momentum: { label: "Momentum", formula: mi("v") + mo("←") + mn(MOMENTUM) + mi("v") + mo("+") + mi("g") + mo(",") + update("momentum", mi("v")) },
  adam: { label: "Adam", formula: update("adam", `<mspace width="0.2em"></mspace>` + frac(hat(mi("m")), `<msqrt>${hat(mi("v"))}</msqrt>`)) },
};
const NAMES = Object.keys(LEARNERS);
const RATES = NAMES.map((name) => `${name}_rate`);

// ---------------------------------------------------------------------------------------------
// Markup

const racePaths = (suffix, kind = "race") => NAMES.map((name) => pathHtml(`${name}${suffix}`, `${kind} xp-${name}`)).join("");

function planePanel() {
  const front = racePaths("Path") + racePaths("Here", "here");
  const plot = plotHtml(plane, { labels: ["b", "w"], back: bowlHtml(LEVELS), front, over: bestMarkHtml, handles: ["start"] });
  return panelHtml({ title: "Parameters", hint: "drag the start of all four", plot });
}

function coursePanel() {
  const plot = plotHtml(course, { labels: ["epoch", ""], front: pathHtml("now") + racePaths("Course"), handles: ["epochKnob"], ticks: [4, 4] });
  return panelHtml({ title: "Loss above its minimum", hint: "drag through the epochs", plot });
}

const rowHtml = (name) =>
  `<div class="xp-learner xp-${name}">${toggleHtml(`show_${name}`, LEARNERS[name].label)}` +
  `${mathHtml(LEARNERS[name].formula)}<input type="range" autocomplete="off" min="0.01" max="1" step="0.01" data-model="${name}_rate" ` +
  `aria-label="Learning rate of ${LEARNERS[name].label}"><span>${numberHtml(`${name}Gap`, 9, "gap")}</span></div>`;

const learnersPanel = () =>
  panelHtml({ title: "Learners", hint: "who runs, its learning rate, and its loss above the minimum", plot: `<div class="xp-learners">${NAMES.map(rowHtml).join("")}</div>` });

// ---------------------------------------------------------------------------------------------
// The verdict on a prediction

/** What to say about a guess of the epochs at which the loss rises, with the right number. */
export function verdictOn(guess, rises, ranAway = false) {
  if (guess < 0 || guess > EPOCHS) return `It is a number of epochs: between 0 and ${EPOCHS}.`;
  if (Math.abs(guess - rises) <= 2) {
    const turns = rises ? "It overshoots, rises, and turns round." : "It is so slow that it does not reach the lowest place in that time.";
    return `Well guessed: with this rate and start it rises at ${rises} of ${EPOCHS} epochs. ${ranAway ? "Each swing is wider than the last: this rate is too large." : turns}`;
  }
  if (guess === 0) return "0 is right for plain descent below 2/λmax. Momentum’s velocity carries it past the lowest place.";
  if (guess > EPOCHS / 2 && rises < EPOCHS / 2) return "Fewer than that: its loss falls more often than it rises.";
  return `${guess < rises ? "More" : "Less"} often than that. Press Run, and count where its curve climbs.`;
}

// ---------------------------------------------------------------------------------------------
// The explorable

class OptimizerRace extends Walk {
  static walk = { name: "epoch", last: EPOCHS, perSecond: 5 };

  prepare({ x, y }) {
    this.problem = { x, y, loss: "squared_error" };
    this.bowl = bowlOf(x, y);
  }

  /** The batches of all epochs, cut anew only when their size or the draw has changed. */
  batches({ pool, draw, x, batch_size: wanted }) {
    const n = x.length;
    const size = clamp(Math.round(wanted) || 1, [1, n]);
    return this.once("batches", [draw, size], () => {
      const from = (draw * EPOCHS * n) % pool.length || 0;
      return { each: Math.ceil(n / size), all: batchesOf(pool, from, { n, size, epochs: EPOCHS }) };
    });
  }

  /** The whole path of a learner, with the number of its steps in an epoch. */
  pathOf(name, state) {
    const start = [state.b0, state.w0];
    const rate = state[`${name}_rate`];
    if (name !== "sgd") return { each: 1, path: pathOf(name, this.problem, start, { rate, momentum: MOMENTUM, steps: EPOCHS }) };
    const { each, all } = this.batches(state);
    return { each, path: pathOf("descent", this.problem, start, { rate, steps: EPOCHS * each, batches: all }) };
  }

  gapAt(theta) {
    return hasDiverged(theta) ? Infinity : sum(sharesAfter(this.bowl, modesOf(this.bowl, theta), 0, 0));
  }

  derive(state) {
    const epoch = this.walked();
    const runs = NAMES.map((name) => {
      const { each, path } = this.pathOf(name, state);
      const gaps = ALL.map((at) => this.gapAt(path[at * each]));
      return { name, each, path: path.slice(0, epoch * each + 1), gaps, gap: gaps[epoch], shown: state[`show_${name}`] };
    });
    return { epoch, runs };
  }

  parts() {
    return {
      predict: {
        question: `At how many of the ${EPOCHS} epochs does the loss of momentum <em>rise</em>?`,
        guess: "Your guess of the number of epochs", wait: "Type a number before you press Run.",
      },
      bar: this.slider("batch_size", { label: "SGD batch", says: "Batch size of SGD" }) + toggleHtml("shared", "one rate for all"),
      buttons: walkHtml + buttonHtml("redraw", "Shuffle again"),
      views: planePanel() + coursePanel() + learnersPanel(),
      read: `24 samples. An epoch uses each of them once: one step of descent, momentum and Adam, <span data-ref="sgdSteps"></span> of SGD (seed <span data-ref="seedNow"></span>, draw <span data-ref="drawNow"></span>). Plain descent diverges above 2/&NoBreak;λ<sub>max</sub> = <span data-ref="stableRate"></span>.`,
      table: { head: ["epoch", ...NAMES.map((name) => LEARNERS[name].label)] },
    };
  }

  paths(state, { epoch, runs }) {
    const each = ({ name, path, gaps, shown }) => {
      const trail = shown ? trailPaths(plane, path) : { line: "", last: "" };
      const losses = gaps.map((gap) => Math.min(gap, 1e300));
      return {
        [`${name}Path`]: trail.line, [`${name}Here`]: trail.last,
        [`${name}Course`]: shown ? curvePath(course, ALL.slice(0, epoch + 1), losses) : "",
      };
    };
    return Object.assign({ now: hangingPath(course, epoch) }, ...runs.map(each));
  }

  draw(state, { runs }) {
    const { ref, bowl, root } = this;
    runs.forEach(({ name, shown }) => root.classList.toggle(`xp-no-${name}`, !shown));
    mark(ref.levels, "transform", bowlTransform(plane, bowl, bowl.flat * 5));
  }

  marks() { return { bestMark: [plane, ...this.bowl.best] }; }

  numbers(state, { runs }) {
    const gaps = runs.map(({ name, gap }) => [`${name}Gap`, tiny(gap)]);
    const rates = NAMES.map((name) => [`${name}RateNow`, compact(state[`${name}_rate`], 2)]);
    return {
      ...Object.fromEntries([...gaps, ...rates]), sgdSteps: fixed(this.batches(state).each, 0), seedNow: fixed(state.seed, 0),
      drawNow: fixed(state.draw, 0), stableRate: fixed(factorsOf(this.bowl, 0).edge, 4),
    };
  }

  describe(state, { epoch, runs }) {
    const each = runs.map(({ name, gap }) => `${LEARNERS[name].label} ${tiny(gap)}`).join(", ");
    const words = `Epoch ${epoch}, loss above its minimum: ${each}`;
    const rows = ALL.slice(0, epoch + 1).map((at) => [at, ...runs.map(({ gaps }) => tiny(gaps[at]))]);
    return { words, rows, remark: this.remark(runs) };
  }

  remark(runs) {
    const gone = runs.filter(({ shown, gap, gaps }) => shown && !(gap <= 1e3 * Math.max(gaps[0], 1)));
    const rates = gone.length > 1 ? "these rates are" : "this rate is";
    return gone.length ? `${gone.map(({ name }) => LEARNERS[name].label).join(" and ")} diverged: ${rates} too large here.` : "";
  }

  /** With one rate for all, a slider moves the others too. */
  set(values) {
    const rate = RATES.find((name) => name in values);
    const shared = values.shared ?? this.model.get("shared");
    if (shared && (rate || values.shared)) {
      const common = values[rate ?? RATES[0]] ?? this.model.get(RATES[0]);
      super.set({ ...values, ...Object.fromEntries(RATES.map((name) => [name, common])) });
    } else super.set(values);
  }

  handles() {
    return {
      start: this.knob("Start: b and w", plane, { x: "b0", y: "w0" }, rounded),
      epochKnob: this.knob("Epoch", course, { x: "epoch", y: () => course.y.invert(SIZE) }, Math.round),
    };
  }

  actions() { return { ...super.actions(), redraw: () => this.set({ draw: this.model.get("draw") + 1 }) }; }

  grade(guess, state) {
    const { path } = this.pathOf("momentum", state);
    const gaps = path.map((theta) => this.gapAt(theta));
    return verdictOn(guess, gaps.filter((gap, i) => i && gap > gaps[i - 1]).length, !(gaps.at(-1) <= gaps[0]));
  }

  reset() {
    // All at once: with one rate for all, the first rate would move the others.
    const values = Object.fromEntries(this.names.map((name) => [name, this.initial[name]]));
    this.model.set("shared", false);
    super.set(values);
    super.reset();
  }
}

export default define(OptimizerRace);
