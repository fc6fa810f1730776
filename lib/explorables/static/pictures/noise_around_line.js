/**
 * Noise around a line: the density of the noise on its side at each input, and under one another the
 * negative log-likelihood and the sum of the squared (or absolute) residuals, over the slope.
 * Orange is what the reader moves, blue what each sample gets and what it costs, green the best slope.
 *
 * Model: x, y (numbers), w, b, noise (NoiseName), scale.
 */
import {
  clamp, curvePath, dotsPath, fixed, linePath, pathsHtml, plotHtml, samplesOf, signAndSize, thousandth, viewOf, visibleStretch,
} from "../kit/chart.js";
import { buttonHtml, frac, hat, large, liveHtml, mathHtml, mi, mn, mo, numberHtml, onlyHtml, panelHtml, sub, sup, switchHtml } from "../kit/controls.js";
import { define, Explorable } from "../kit/explorable.js";
import { bestLine, linear } from "../math/common.js";
import { bestSlope, noiseConstant, noiseDensity, noiseFactor, noiseNll, residualSum } from "../math/likelihood.js";

const NOISES = {
  gaussian: { label: "Gaussian", loss: "half_squared_error", sum: "sum of squares" },
  laplace: { label: "Laplace", loss: "absolute_error", sum: "sum of absolute residuals" },
};
const WIDE = 0.27; // how far to the right a density of 1 reaches, in units of x
const OUTLINE = Array.from({ length: 49 }, (_, i) => (i - 24) / 24); // from one end of a bell to the other
const [LEFT, RIGHT] = [0.25, 4.4]; // where the line is held

const data = viewOf([0, 5], [0, 2.25]);
const nlls = viewOf([-0.3, 0.7], [-10, 40]);
const sums = viewOf([-0.3, 0.7], [0, 3]);
const SLOPES = samplesOf(sums, 160);

// ---------------------------------------------------------------------------------------------
// The pictures

/** The density of the noise at one input, on its side: a path from the end of the bell to the other. */
function bellPath({ noise, scale }, x, centre) {
  const offsets = OUTLINE.map((part) => part * Math.abs(part) * 3.2 * scale); // closer in the middle
  const reach = offsets.map((r) => x + WIDE * noiseDensity(noise, r, scale));
  return curvePath(data, reach, offsets.map((r) => centre + r));
}

/** What each sample gets: a line as long as the density at its residual is high. */
function gainsPath({ x, y, noise, scale }, predictions) {
  const gain = (xi, i) => {
    const end = xi + WIDE * noiseDensity(noise, y[i] - predictions[i], scale);
    return end - xi > 0.004 ? curvePath(data, [xi, end], [y[i], y[i]]) : "";
  };
  return x.map(gain).join("");
}

/** Everything on the data plane that moves with the line. */
function dataPaths(state) {
  const predictions = linear(state.x, state.w, state.b);
  const near = predictions.every((value) => Math.abs(value) < 1e6);
  return {
    line: linePath(data, state.w, state.b),
    bells: near ? state.x.map((x, i) => bellPath(state, x, predictions[i])).join("") : "",
    gains: near ? gainsPath(state, predictions) : "",
  };
}

const nllAt = ({ x, y, b, noise, scale }, w) => noiseNll(noise, y, linear(x, w, b), scale);
const sumAt = ({ x, y, b, noise }, w) => residualSum(noise, y, linear(x, w, b));

/** A curve over the slope, and the best slope, if it is in the view. */
function slopePaths(name, view, value, best) {
  const seen = best === clamp(best, view.x.domain);
  return {
    [`${name}Curve`]: curvePath(view, SLOPES, SLOPES.map(value)),
    [`${name}Best`]: seen ? curvePath(view, [best, best], view.y.domain) : "",
  };
}

/** A value inside a view; what is no number stands at its far end. */
const inside = (value, [lo, hi]) => (Number.isNaN(value) ? hi : clamp(value, [lo, hi]));

// ---------------------------------------------------------------------------------------------
// Markup

const yHat = (index = "") => {
  return index ? sub(hat(mi("y")), mi(index)) : hat(mi("y"));
};
const onlyFor = (noise, inner) => onlyHtml("noise", noise, inner);
const product = large("∏", mi("i"));
const total = large("∑", mi("i"));
const residual = sub(mi("y"), mi("i")) + mo("−") + yHat("i");

const space = `<mspace width="0.2em"></mspace>`;
const lineFormula = mathHtml(
  yHat(), mo("="),
  liveHtml("w", "moved"), space, mi("x"), space, liveHtml("b", "moved"),
) + mathHtml(product, mi("p"), mo("("), sub(mi("y"), mi("i")), mo(")"), mo("="), liveHtml("likelihood", "cost"));
const nllFormula = mathHtml(
  `<mtext>NLL</mtext>`, mo("="), `<mstyle displaystyle="true">`,
  onlyFor("gaussian", frac(`<mn data-ref="sumOverTwo"></mn>`, mn("2") + mo("·") + sup(liveHtml("scale", "moved"), mn("2")))),
  onlyFor("laplace", frac(`<mn data-ref="sumOverScale"></mn>`, liveHtml("laplaceScale", "moved"))), "</mstyle>",
  space, `<mn data-ref="constant"></mn>`, mo("="), liveHtml("nll", "cost"),
);
const sumFormula = mathHtml(
  onlyFor("gaussian", total + mo("(") + residual + sup(mo(")"), mn("2"))),
  onlyFor("laplace", total + mo("|") + residual + mo("|")), mo("="), liveHtml("residualSum", "cost"),
);

function dataPanel() {
  const front = pathsHtml("bells", "gains", "line", "dots");
  const plot = plotHtml(data, { labels: ["x", "y"], front, handles: ["left", "right"], ticks: [5, 5], aspect: 0.735 });
  return panelHtml({ title: "Data and noise", hint: "drag the line", formula: lineFormula, plot });
}

/** A curve over the slope, with the best slope and the dot of the line. */
function slopePanel(view, name, formula, title, ticks) {
  const front = pathsHtml(`${name}Best target`, `${name}Curve curve`);
  const plot = plotHtml(view, { labels: ["w", ""], front, handles: [`on${name}`], ticks: [5, ticks], aspect: 2 });
  const hint = `drag the dot, <span class="xp-lowest">lowest at w = ${numberHtml(`best${name}`, 4.6)}</span>`;
  return panelHtml({ title, hint, formula, plot });
}

const SCALE = { label: "scale", says: "Scale of the noise" };
const labels = Object.fromEntries(Object.entries(NOISES).map(([noise, { label }]) => [noise, label]));

// ---------------------------------------------------------------------------------------------
// Words

const FALL = 0.1; // of the sum of the residuals, in the question

/** What a guess of the fall of the NLL deserves to hear. */
export function verdictOn(guess, { noise, scale }) {
  const answer = FALL * noiseFactor(noise, scale);
  const near = (value) => Math.abs(guess - value) <= 0.02 * Math.abs(value);
  const gaussian = noise === "gaussian";
  if (near(answer)) {
    const below = gaussian ? `2 · ${fixed(scale, 2)}²` : `the scale ${fixed(scale, 2)}`;
    return `Right. The sum is divided by ${below}, so ${FALL} of it is ${fixed(answer, 4)} of the NLL. The rest does not change.`;
  }
  if (near(-answer)) return "The size is right; they fall together.";
  if (guess === 0) return "Both depend on the same residuals: they fall together.";
  if (near(FALL)) return "That would be so without the noise. What is the sum divided by in the NLL?";
  if (gaussian && near(2 * answer)) return "Remember the ½ in the Gaussian.";
  if (gaussian && (near(FALL / (2 * scale)) || near(FALL / scale))) return "The Gaussian divides by the square of the scale.";
  if (!gaussian && near(FALL * noiseFactor("gaussian", scale))) return "That is so for the Gaussian. What is the sum divided by now?";
  return `${guess < answer ? "Too little." : "Too much."} In the formula of the NLL, look at what the sum is divided by.`;
}

/** A number that is added: its sign, a thin space, its size. */
const plus = (value, digits) => signAndSize(value, digits).join("\u2009");

/** The numbers inside the formulas, by the node that shows them. */
function liveNumbers(state, { nll, sum, best: slope }) {
  const added = fixed(sum, 4);
  const constant = plus(noiseConstant(state.noise, state.x.length, state.scale), 4);
  const scale = fixed(state.scale, 2);
  const best = fixed(slope, 3);
  return {
    w: fixed(state.w, 3), b: plus(state.b, 3), likelihood: fixed(Math.exp(-nll), 4), nll: fixed(nll, 4), residualSum: added,
    sumOverTwo: added, sumOverScale: added, scale, laplaceScale: scale, constant,
    kind: NOISES[state.noise].sum, falls: scale, bestNll: best, bestSum: best,
  };
}

function tableRows(state) {
  const predictions = linear(state.x, state.w, state.b);
  const each = (i) => {
    const density = noiseDensity(state.noise, state.y[i] - predictions[i], state.scale);
    const price = noiseNll(state.noise, [state.y[i]], [predictions[i]], state.scale);
    return [state.x[i], state.y[i], predictions[i], state.y[i] - predictions[i], density, price];
  };
  return state.x.map((_, i) => [i + 1, ...each(i).map((value) => fixed(value, 3))]);
}

// ---------------------------------------------------------------------------------------------
// The explorable

class NoiseAroundLine extends Explorable {
  derive(state) {
    const best = bestSlope(state.noise, state.x, state.y, state.b);
    return { nll: nllAt(state, state.w), sum: sumAt(state, state.w), best };
  }

  parts() {
    return {
      predict: {
        question: `With scale <span data-ref="falls"></span>, the <span data-ref="kind"></span> falls by ${FALL}. How far does the NLL fall?`,
        guess: "Your guess of the fall of the NLL",
      },
      bar: switchHtml("Noise", "noise", labels) + this.slider("scale", SCALE),
      buttons: buttonHtml("best", "Go to the best line"),
      views: dataPanel() +
        slopePanel(nlls, "Nll", nllFormula, "NLL", 5) +
        slopePanel(sums, "Sum", sumFormula, "Residuals", 3),
      read: "A blue bar is the density that the noise has at a point: long if the line is near. The likelihood is their product. " +
        "Where it is highest, the squares of the residuals (for Laplace noise, their sizes) add up to least.",
      table: { head: ["i", "x", "y", "line", "residual", "density", "−log density"] },
    };
  }

  paths(state, { best }) {
    return {
      ...dataPaths(state), dots: dotsPath(data, state.x, state.y),
      ...slopePaths("Nll", nlls, (w) => nllAt(state, w), best), ...slopePaths("Sum", sums, (w) => sumAt(state, w), best),
    };
  }

  draw({ noise }) { this.choose({ noise }); }

  numbers(state, now) { return liveNumbers(state, now); }

  describe(state, now) {
    const { nll, residualSum: added, kind } = liveNumbers(state, now);
    const words = `ŷ = ${fixed(state.w, 3)} x ${signAndSize(state.b, 3).join(" ")}, ${NOISES[state.noise].label} noise of scale ` +
      `${fixed(state.scale, 2)}: NLL ${nll} nats, ${kind} ${added}`;
    return { words, rows: tableRows(state), remark: this.remark(state, now) };
  }

  /** What to tell about the view when nothing else is to be told. */
  remark({ w, b }, { nll, best }) {
    if (!visibleStretch(data, w, b)) return "This line is outside the view.";
    if (nll < 0) return "The NLL is negative: densities may exceed 1, and so does their product. That is no mistake.";
    const [lo, hi] = nlls.y.domain;
    if (nll >= lo && nll <= hi) return "";
    return best === clamp(best, nlls.x.domain) ? "The NLL is outside its view; its lowest place is still at the green line." : "The NLL is outside its view.";
  }

  /** The height of the line at one of its ends, inside the view. */
  height(x) {
    const { w, b } = this.state();
    return inside(w * x + b, data.y.domain);
  }

  handles() {
    const dot = (label, view, height) => this.knob(
      label, view, { x: "w", y: (now) => inside(height(now), view.y.domain) }, thousandth);
    return {
      left: this.end(LEFT, RIGHT, "Left end of the line"),
      right: this.end(RIGHT, LEFT, "Right end of the line"),
      onNll: dot("Slope w, on the negative log-likelihood", nlls, ({ nll }) => nll),
      onSum: dot("Slope w, on the sum of the residuals", sums, ({ sum }) => sum),
    };
  }

  /** An end of the line turns it about the other end. */
  end(x, other, label) {
    const move = (_, y) => {
      const there = this.height(other);
      const w = (clamp(y, data.y.domain) - there) / (x - other);
      this.set({ w: thousandth(w), b: thousandth(there - w * other) });
    };
    return { label, view: data, along: "y", place: () => [x, this.height(x)], move };
  }

  actions() {
    const best = () => {
      const { x, y, noise } = this.state();
      const [w, b] = bestLine({ x, y, loss: NOISES[noise].loss, delta: 1 });
      this.set({ w: thousandth(w), b: thousandth(b) });
    };
    return { best };
  }

  grade(guess, state) { return verdictOn(guess, state); }
}

export default define(NoiseAroundLine);
