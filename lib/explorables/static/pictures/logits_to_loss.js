/**
 * From logits to loss: three logits, their probabilities, what the right class costs, and the
 * gradient that says how to move each logit. Orange is what the reader moves, blue is what it costs,
 * green is the label.
 *
 * Model: logits (three numbers), label (0, 1 or 2), shift, temperature, twice (softmax applied a
 * second time).
 */
import { barsPath, clamp, curvePath, fixed, pathsHtml, plotHtml, signAndSize, thousandth, viewOf } from "../kit/chart.js";
import { frac, hat, liveHtml, mathHtml, mi, mo, onlyHtml, panelHtml, sub, switchHtml, toggleHtml, write } from "../kit/controls.js";
import { define, Explorable } from "../kit/explorable.js";
import { classProbabilities, doubleSoftmaxFloor, labelLoss, logitFor, logitGradient } from "../math/losses.js";

const CLASSES = [0, 1, 2];
const PLACES = [1, 2, 3]; // of the bars
const WIDTH = 0.44;
const ASPECT = 1.75;
const columns = [0.5, 3.5];
const views = {
  logits: viewOf(columns, [-5, 5]),
  probabilities: viewOf(columns, [0, 1]),
  gradient: viewOf(columns, [-1, 1]),
  loss: viewOf([0, 1], [0, 4]),
};
const CURVE = Array.from({ length: 91 }, (_, i) => Math.exp((i - 90) / 16)); // p, dense where it bends
const FLOOR = doubleSoftmaxFloor(CLASSES.length);

/** The loss as a length: from the axis up to the dot. */
const costPath = (p, loss) => curvePath(views.loss, [p, p], [0, clamp(loss, views.loss.y.domain)]);

/** From each probability to its label, beside the bars: the lengths of the gradient's bars. */
const gapsPath = (probabilities, label) =>
  probabilities.map((p, c) => {
    const side = PLACES[c] + 0.68 * WIDTH;
    return curvePath(views.probabilities, [side, side], [p, c === label ? 1 : 0]);
  }).join("");

/** What changes with the label and the second softmax alone: the one-hot label, the curve, its floor and what lies beyond it. */
function stillPaths(label, twice) {
  const best = Math.exp(-FLOOR);
  return {
    oneHot: PLACES[label] ? barsPath(views.probabilities, [PLACES[label]], [1], WIDTH) : "",
    curve: curvePath(views.loss, CURVE, CURVE.map((p) => -Math.log(p))),
    floorLine: curvePath(views.loss, [0, 1], twice ? [FLOOR, FLOOR] : [0, 0]),
    unreachable: twice ? barsPath(views.loss, [(1 + best) / 2], [4], 1 - best) : "",
  };
}

// ---------------------------------------------------------------------------------------------
// Markup

const yHat = hat(mi("y"));
const word = (text) => `<mtext>${text}</mtext>`;
const minus = `<mo form="prefix" lspace="0" rspace="0">−</mo>`;
const minusLog = (...inner) => minus + word("log") + `<mspace width="0.17em"></mspace>` + inner.join("");
const only = (mode, ...inner) => onlyHtml("mode", mode, ...inner);

const FORMULAS = {
  logits: mathHtml(mi("z"), mo("="), mi("W"), mi("x"), mo("+"), mi("b")),
  probabilities: mathHtml(
    yHat, mo("="), only("twice", word("softmax"), mo("(")), word("softmax"), mo("("), mo("("),
    mi("z"), `<mo data-ref="shiftSign">+</mo>`, liveHtml("shiftSize", "moved"), mo(")"), mo("/"),
    liveHtml("temperatureNow", "moved"), mo(")"), only("twice", mo(")")),
  ),
  loss: mathHtml(
    mi("ℓ"), mo("="), minusLog(sub(yHat, mi("y"))), mo("="), minusLog(liveHtml("labelProbability", "moved")),
    mo("="), liveHtml("lossValue", "cost"),
  ),
  gradient: mathHtml(
    frac(mo("∂") + mi("ℓ"), mo("∂") + mi("z")), mo("="),
    only("once", yHat, mo("−"), mi("y")), only("heated", mo("("), yHat, mo("−"), mi("y"), mo(")"), mo("/"), mi("T")),
    only("twice", word("passed back through both")),
  ),
};

/** The names of the classes under their bars, and a number of each. */
const columnsHtml = (name) =>
  `<div class="xp-columns">${CLASSES.map((c) =>
    `<span class="xp-column" data-class="${c}">class ${c}<b data-ref="${name}${c}"></b></span>`).join("")}</div>`;

const PLOTS = {
  logits: { front: pathsHtml("logitBars"), over: columnsHtml("logit"), handles: CLASSES.map((c) => `top${c}`), ticks: [[], 4] },
  probabilities: {
    front: pathsHtml("onceBars", "bars", "oneHot", "gaps"),
    over: `${columnsHtml("probability")}<div class="xp-label xp-best" data-ref="oneHotName"><span>label</span></div>`,
    handles: CLASSES.map((c) => `share${c}`), ticks: [[], 5],
  },
  loss: {
    front: pathsHtml("unreachable", "floorLine", "curve", "cost"),
    over: `<div class="xp-floor xp-best">lowest possible <b data-ref="floor"></b></div>`,
    handles: ["dot"], ticks: [5, 4], labels: ["probability of the label", ""],
  },
  gradient: { front: pathsHtml("slopes"), over: columnsHtml("gradient"), ticks: [[], 4] },
};

const panelOf = (name, title, hint) => panelHtml({
  title, hint, formula: FORMULAS[name],
  plot: plotHtml(views[name], { labels: ["", ""], aspect: ASPECT, name: `${name}Plot`, ...PLOTS[name] }),
});

const SHIFT = { label: "add <i>a</i> to all", says: "a, added to all logits", digits: 1 };
const TEMPERATURE = { label: "divide by <i>T</i>", says: "T, which divides the logits", digits: 1 };
const labelSwitch = switchHtml("The right class", "label", { 0: "0", 1: "1", 2: "2" });
const labelField = `<span class="xp-field"><span>Label</span>${labelSwitch.replaceAll("<input", '<input data-kind="number"')}</span>`;

// ---------------------------------------------------------------------------------------------
// Words

const QUESTIONS = {
  once: "All three logits are equal. What is the loss, in nats?",
  twice: "Softmax is applied twice. What is the lowest possible loss, in nats?",
};

const near = (guess, value) => Math.abs(guess - value) <= 0.006;

/** What a guess of the loss at equal logits deserves to hear. */
export function verdictOnEqual(guess) {
  if (near(guess, Math.log(3))) return "Yes: each class has 1/3, and −log 1/3 = log 3 = 1.0986.";
  if (guess < 0) return "A loss is never negative: the probability is at most 1, so its logarithm is at most 0.";
  if (near(guess, 1 / 3)) return "That is the probability of each class. The loss is minus its logarithm.";
  if (near(guess, Math.log2(3))) return "That is in bits. With the natural logarithm it is 1.0986 nats.";
  if (near(guess, Math.log10(3))) return "That is the logarithm to base ten. The course uses the natural one: 1.0986.";
  if (near(guess, Math.log(2))) return "That is log 2, for two classes. Here the probability is divided among three.";
  if (guess === 0) return "A loss of zero needs probability 1 for the right class. Equal logits give 1/3 to each.";
  return "Equal logits give each class 1/3. Take minus the natural logarithm of that, or drag and look.";
}

/** What a guess of the least loss after two softmaxes deserves to hear. */
export function verdictOnFloor(guess) {
  if (near(guess, FLOOR)) return "Yes: the best is softmax(1, 0, 0), and −log 0.5761 = 0.5514.";
  if (guess < 0) return "A loss is never negative.";
  if (guess === 0) return "With one softmax, yes. The second one gets numbers between 0 and 1: at best (1, 0, 0).";
  if (near(guess, Math.exp(-FLOOR))) return "That is the largest probability left for the label. The loss is minus its logarithm.";
  if (near(guess, Math.log(3))) return "That is the loss of equal probabilities. The loss can be lower, but not zero.";
  if (guess < FLOOR) return "Not that low: the second softmax gets (1, 0, 0) at best, and gives the label e / (e + 2).";
  return "The lowest is lower than that: raise the logit of the label and watch the dot.";
}

/** A line of words about what the picture shows. */
function readOf({ twice, temperature, shift }) {
  if (twice) return "The second softmax gets numbers between 0 and 1, so no class gets a probability above 0.5761, and the loss stays above the floor.";
  if (temperature > 1) return "Divided by more than 1, the logits are closer together, and so are the probabilities.";
  if (temperature < 1) return "Divided by less than 1, the logits are further apart, and the largest one gets more of the probability.";
  if (shift !== 0) return "The same number is added to every logit: all bars on the left move, and nothing else does. Only differences count.";
  return "The blue gaps between the probabilities and the label are the gradient. Raise the logit of the label and watch them become smaller.";
}

const STEEP = "Divided by less than 1, the gradient is outside the view: read it under its bars.";
const tooSteep = (slope) => Math.abs(slope) > views.gradient.y.domain[1];
const outside = (value) => value !== clamp(value, views.logits.y.domain);

// ---------------------------------------------------------------------------------------------
// The explorable

class LogitsToLoss extends Explorable {
  derive(state) {
    return {
      shifted: state.logits.map((z) => z + state.shift),
      probabilities: classProbabilities(state),
      once: classProbabilities({ ...state, twice: false }),
      gradient: logitGradient(state),
      loss: labelLoss(state),
    };
  }

  parts() {
    return {
      predict: { question: `<span data-ref="asked"></span>`, guess: "Your guess of the loss, in nats" },
      bar: labelField + this.slider("shift", SHIFT) + this.slider("temperature", TEMPERATURE) + toggleHtml("twice", "second softmax"),
      views:
        panelOf("logits", "Logits", "drag the tops") + panelOf("probabilities", "Probabilities", "drag the tops") +
        panelOf("gradient", "Gradient", "how each logit changes the loss") + panelOf("loss", "Loss", "drag the dot"),
      table: { head: ["class", "logit", "probability", "label", "gradient"] },
    };
  }

  paths({ label, twice }, { shifted, once, probabilities, gradient, loss }) {
    return {
      logitBars: barsPath(views.logits, PLACES, shifted, WIDTH),
      onceBars: twice ? barsPath(views.probabilities, PLACES, once, WIDTH) : "",
      bars: barsPath(views.probabilities, PLACES, probabilities, WIDTH),
      slopes: barsPath(views.gradient, PLACES, gradient, WIDTH),
      gaps: twice ? "" : gapsPath(probabilities, label),
      cost: costPath(probabilities[label], loss),
      ...this.once("still", [label, twice], () => stillPaths(label, twice)),
    };
  }

  marks({ label }) { return { oneHotName: [views.probabilities, PLACES[label] ?? 0, 1] }; }

  draw({ label, temperature, twice }) {
    const mode = twice ? "twice" : temperature === 1 ? "once" : "heated";
    this.once("mode", [mode, label], () => {
      this.choose({ mode });
      write(this.ref.verdict, "");
    });
  }

  numbers(state, { shifted, probabilities, gradient, loss }) {
    const { label, shift, temperature, twice } = state;
    const each = (name, values, digits) => values.map((value, c) => [`${name}${c}`, fixed(value, digits)]);
    const [shiftSign, shiftSize] = signAndSize(shift, 1);
    return {
      ...Object.fromEntries([
        ...each("logit", shifted, 2), ...each("probability", probabilities, 4), ...each("gradient", gradient, 4),
      ]),
      shiftSign, shiftSize,
      temperatureNow: fixed(temperature, 1),
      labelProbability: fixed(probabilities[label], 4),
      lossValue: fixed(loss, 4),
      floor: fixed(twice ? FLOOR : 0, 4), asked: QUESTIONS[twice ? "twice" : "once"], read: readOf(state),
    };
  }

  describe(state, { shifted, probabilities, gradient, loss }) {
    const rows = CLASSES.map((c) => [
      c, fixed(shifted[c], 3), fixed(probabilities[c], 4), c === state.label ? 1 : 0, fixed(gradient[c], 4),
    ]);
    const shares = probabilities.map((p) => fixed(p, 3)).join(", ");
    const words = `probabilities ${shares}; loss of class ${fixed(state.label, 0)} ${fixed(loss, 4)} nats`;
    const handles = Object.fromEntries(CLASSES.flatMap((c) => [
      [`top${c}`, `logit ${fixed(shifted[c], 2)}`], [`share${c}`, `probability ${fixed(probabilities[c], 4)}`],
    ]));
    const remark = shifted.some(outside) ? "A logit is outside the view." : gradient.some(tooSteep) ? STEEP : "";
    return { words, rows, handles, remark };
  }

  /** Set one logit; the reader's hand stays inside the view. */
  moveLogit(index, logit) {
    const { logits, shift } = this.state();
    const inside = clamp(logit + shift, views.logits.y.domain) - shift;
    this.set({ logits: logits.map((z, c) => (c === index ? thousandth(inside) : z)) });
  }

  /** Give a class a probability by moving its logit alone. */
  moveShare(index, probability) {
    this.moveLogit(index, logitFor(this.state(), index, clamp(probability, [0, 1])));
  }

  handles() {
    const top = (c) => ({
      label: `Logit of class ${c}`, view: views.logits, along: "y", place: () => [PLACES[c], this.now.shifted[c]],
      move: (_, y) => this.moveLogit(c, y - this.state().shift),
    });
    const share = (c) => ({
      label: `Probability of class ${c}`, view: views.probabilities, along: "y",
      place: () => [PLACES[c], this.now.probabilities[c]], move: (_, y) => this.moveShare(c, y),
    });
    const dot = {
      label: "Probability of the label, on the curve of the loss", view: views.loss, along: "x",
      place: () => [this.now.probabilities[this.state().label], this.now.loss], move: (x) => this.moveShare(this.state().label, x),
    };
    return { ...Object.fromEntries(CLASSES.flatMap((c) => [[`top${c}`, top(c)], [`share${c}`, share(c)]])), dot };
  }

  grade(guess, { twice }) { return twice ? verdictOnFloor(guess) : verdictOnEqual(guess); }
}

export default define(LogitsToLoss);
