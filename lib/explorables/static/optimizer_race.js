/**
 * Optimizer race: four ways down from one start on one long valley, epoch by epoch.
 * Orange is the start, which the reader moves; each learner has a colour of its own.
 *
 * Model: x, y, pool, seed (fixed); draw, batch_size, shared, b0, w0, epoch; for each learner whether
 * it is shown and its learning rate; note.
 */
import { bowlHtml, bowlTransform, bindWalk, compact, rounded, stopping, tiny, trailPaths, uprightPath, walkHtml } from "./descent.js";
import { clamp, curvePath, fixed, logScale, pathHtml, placeHandle, plotHtml, SIZE, viewOf } from "./chart.js";
import { buttonHtml, frac, hat, mathHtml, mi, mn, mo, numberHtml, panelHtml, sliderHtml, sub, toggleHtml } from "./controls.js";
import { define, Explorable } from "./explorable.js";
import { batchesOf, bowlOf, factorsOf, hasDiverged, modesOf, pathOf, sharesAfter } from "./math_descent.js";
import { sum } from "./math.js";

const EPOCHS = 40;
const LEVELS = 12;
const MOMENTUM = 0.8;
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

const paths = (prefix) => NAMES.map((name) => pathHtml(`${name}${prefix}`, `race xp-${name}`)).join("");

function planePanel(view) {
  const front = paths("Path") + NAMES.map((name) => pathHtml(`${name}Here`, `here xp-${name}`)).join("");
  const over = `<div class="xp-mark" data-ref="bestMark"></div>`;
  const plot = plotHtml(view, { labels: ["b", "w"], back: bowlHtml(LEVELS), front, over, handles: ["start"] });
  return panelHtml({ title: "Parameters", hint: "drag the start of all four", plot });
}

function coursePanel() {
  const plot = plotHtml(course, { labels: ["epoch", ""], front: pathHtml("now") + paths("Course"), handles: ["epochKnob"], ticks: [4, 4] });
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
    const turns = rises ? "It overshoots, climbs, and turns round." : "So slow, it does not come to the lowest place in that time.";
    return `Well guessed: with this rate and start it rises at ${rises} of ${EPOCHS} epochs. ${ranAway ? "Each swing is wider than the last: this rate is too large." : turns}`;
  }
  if (guess === 0) return "Never is true of plain descent below 2/λmax. Momentum’s velocity carries it past the lowest place.";
  if (guess > EPOCHS / 2 && rises < EPOCHS / 2) return "Then it would hardly get anywhere: it falls more often than it climbs.";
  return `${guess < rises ? "More" : "Less"} often than that. Press Run, and count where its curve climbs.`;
}

// ---------------------------------------------------------------------------------------------
// The explorable

class OptimizerRace extends Explorable {
  static title = "Optimizer race";
  static python = "OptimizerRace";
  static state = ["x", "y", "pool", "seed", "draw", "batch_size", "shared", "b0", "w0", "epoch", ...RATES, ...NAMES.map((name) => `show_${name}`)];
  static fixed = ["x", "y", "pool", "seed"];

  static accepts(name, value) {
    const whole = (lowest, highest) => Number.isInteger(value) && value >= lowest && value <= highest;
    if (RATES.includes(name)) return value > 0;
    if (name === "epoch") return whole(0, EPOCHS);
    if (name === "draw") return whole(0, 1e6);
    return name !== "batch_size" || whole(1, 24);
  }

  prepare(state) {
    this.drawn = {};
    this.problem = { x: state.x, y: state.y, loss: "squared_error" };
    this.bowl = bowlOf(state.x, state.y);
    this.view = viewOf([-2, 4], [-1, 5]);
    this.take(state);
  }

  /** The batches of all epochs, cut anew only when their size or the draw has changed. */
  batches({ pool, draw, x, batch_size: wanted }) {
    const n = x.length;
    const size = clamp(Math.round(wanted) || 1, [1, n]);
    const key = `${draw} ${size}`;
    if (this.cut?.key !== key) {
      const from = (draw * EPOCHS * n) % pool.length || 0;
      this.cut = { key, each: Math.ceil(n / size), all: batchesOf(pool, from, { n, size, epochs: EPOCHS }) };
    }
    return this.cut;
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

  /** All that follows from the state. */
  take(state) {
    const epoch = clamp(Math.round(state.epoch) || 0, [0, EPOCHS]);
    this.runs = NAMES.map((name) => {
      const { each, path } = this.pathOf(name, state);
      const gaps = ALL.map((at) => this.gapAt(path[at * each]));
      return { name, each, path: path.slice(0, epoch * each + 1), gaps, gap: gaps[epoch], shown: state[`show_${name}`] };
    });
    this.epoch = epoch;
  }

  parts() {
    return {
      predict: {
        question: `At how many of the ${EPOCHS} epochs does the loss of momentum <em>rise</em>?`,
        guess: "Your guess of the number of epochs", wait: "Commit to a number before you press Run.",
      },
      bar: sliderHtml("batch_size", { label: "SGD batch", says: "Batch size of SGD", min: 1, max: 24, step: 1, digits: 0 }) + toggleHtml("shared", "one rate for all"),
      buttons: walkHtml + buttonHtml("redraw", "Shuffle again"),
      views: planePanel(this.view) + coursePanel() + learnersPanel(),
      read: `24 samples. An epoch is one look at all of them: one step of descent, momentum and Adam, <span data-ref="sgdSteps"></span> of SGD (seed <span data-ref="seedNow"></span>, draw <span data-ref="drawNow"></span>). Plain descent diverges above 2/&NoBreak;λ<sub>max</sub> = <span data-ref="stableRate"></span>.`,
      table: { head: ["epoch", ...NAMES.map((name) => LEARNERS[name].label)] },
    };
  }

  draw(state) {
    this.take(state);
    const { ref, view, bowl, root } = this;
    const all = { now: uprightPath(course, this.epoch) };
    this.runs.forEach(({ name, path, gaps, shown }) => {
      const trail = shown ? trailPaths(view, path) : { line: "", last: "" };
      all[`${name}Path`] = trail.line;
      all[`${name}Here`] = trail.last;
      all[`${name}Course`] = shown ? curvePath(course, ALL.slice(0, this.epoch + 1), gaps.map((gap) => Math.min(gap, 1e300))) : "";
      if (root.classList.contains(`xp-no-${name}`) === shown) root.classList.toggle(`xp-no-${name}`, !shown);
    });
    Object.entries(all).forEach(([name, d]) => {
      if (this.drawn[name] !== d) ref[name].setAttribute("d", this.drawn[name] = d);
    });
    if (!this.drawn.bowl) ref.levels.setAttribute("transform", this.drawn.bowl = bowlTransform(view, bowl, bowl.flat * 5));
    placeHandle(ref.bestMark, view, ...bowl.best);
  }

  numbers(state) {
    const gaps = this.runs.map(({ name, gap }) => [`${name}Gap`, tiny(gap)]);
    const rates = NAMES.map((name) => [`${name}RateNow`, compact(state[`${name}_rate`], 2)]);
    return {
      ...Object.fromEntries([...gaps, ...rates]), sgdSteps: fixed(this.batches(state).each, 0), seedNow: fixed(state.seed, 0),
      drawNow: fixed(state.draw, 0), stableRate: fixed(factorsOf(this.bowl, 0).edge, 4),
    };
  }

  rest() {
    const each = this.runs.map(({ name, gap }) => `${LEARNERS[name].label} ${tiny(gap)}`).join(", ");
    const words = `Epoch ${this.epoch}, loss above its minimum: ${each}`;
    const rows = ALL.slice(0, this.epoch + 1).map((at) => [at, ...this.runs.map(({ gaps }) => tiny(gaps[at]))]);
    return { words, rows, remark: this.remark() };
  }

  remark() {
    const gone = this.runs.filter(({ shown, gap, gaps }) => shown && !(gap <= 1e3 * Math.max(gaps[0], 1)));
    const rates = gone.length > 1 ? "these rates are" : "this rate is";
    return gone.length ? `${gone.map(({ name }) => LEARNERS[name].label).join(" and ")} ran away: ${rates} too large here.` : "";
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
    const { view } = this;
    const walk = this.walk();
    const inside = (name, scale) => clamp(this.model.get(name), scale.domain);
    const move = (b, w) => this.set({ b0: rounded(clamp(b, view.x.domain), view.x.domain), w0: rounded(clamp(w, view.y.domain), view.y.domain) });
    const all = {
      start: { label: "Start: b and w", view, place: () => [inside("b0", view.x), inside("w0", view.y)], move },
      epochKnob: {
        label: "Epoch", view: course, along: "x", place: () => [this.epoch, course.y.invert(SIZE)],
        move: (epoch) => this.set({ epoch: Math.round(clamp(epoch, [0, EPOCHS])) }),
      },
    };
    return stopping(all, walk.animation);
  }

  walk() {
    return (this.walker ??= bindWalk(this, { name: "epoch", last: EPOCHS, perSecond: 5 }));
  }

  actions() {
    const redraw = () => {
      this.set({ draw: this.model.get("draw") + 1 });
      this.finish();
    };
    return { ...this.walk().actions, redraw };
  }

  grade(guess, state) {
    const { path } = this.pathOf("momentum", state);
    const gaps = path.map((theta) => this.gapAt(theta));
    return verdictOn(guess, gaps.filter((gap, i) => i && gap > gaps[i - 1]).length, !(gaps.at(-1) <= gaps[0]));
  }

  call({ x, y, pool, ...state }) {
    return state;
  }

  reset() {
    this.walk().animation.stop();
    // All at once: with one rate for all, the first rate would move the others.
    const values = Object.fromEntries(this.constructor.state.map((name) => [name, this.initial[name]]));
    this.model.set("shared", false);
    super.set(values);
    super.reset();
  }
}

export default define(OptimizerRace);
