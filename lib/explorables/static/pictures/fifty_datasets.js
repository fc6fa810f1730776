/**
 * Fifty datasets: the same polynomial fitted to fifty draws of ten points. What their mean misses is
 * bias (purple), how they scatter about it is variance (blue), green is the law.
 *
 * Model: degree (0 to 9), noise (σ), at (a place x), draw, seed, pool (normal numbers).
 */
import { clamp, curvePath, dotsPath, fixed, logScale, pathsHtml, plotHtml, thousandth, viewOf, wholeScale } from "../kit/chart.js";
import { buttonHtml, frac, hat, large, liveHtml, mathHtml, mi, mn, mo, numberHtml, overbar, panelHtml, sub, sup } from "../kit/controls.js";
import { define, Explorable } from "../kit/explorable.js";
import { matVec, poolSlice } from "../math/common.js";
import { biasVariance, biasVarianceAt, curveAt, meanFit, polynomialBasis, projection, truth } from "../math/overfitting.js";
import { backAlongTruth, DEGREES, nameHtml, near, onPowers, roomyScale, SAMPLES, truthPath, guidePath } from "../kit/overfitting.js";

const N_DATASETS = 50;
const PLACES = DEGREES.map((i) => (i + 0.5) / 10); // the x of the ten points, the same in each dataset
const DATASETS = Array.from({ length: N_DATASETS }, (_, s) => s);
const STRANDS = SAMPLES.filter((_, i) => i % 4 === 0);
const X = [0, 1];

const ERRORS = [1e-3, 100];
const VIEWS = {
  curves: viewOf(X, [-2, 2], { x: roomyScale }),
  degrees: viewOf([0, 9], ERRORS, { x: wholeScale, y: logScale }),
  places: viewOf(X, [0, 0.6], { x: roomyScale }),
  heights: viewOf([-2, 2], [-2, N_DATASETS + 12]),
};
const BACK = backAlongTruth(VIEWS.curves);
const BASIS = polynomialBasis(SAMPLES, 9);
const STRAND_BASIS = polynomialBasis(STRANDS, 9);

const heightsOf = (basis, c) => matVec(basis, DEGREES.map((k) => c[k] ?? 0));

/** The matrices that turn targets into coefficients, made when first needed: the x never change. */
const known = [];
const fitter = (degree) => (known[degree] ??= projection(PLACES, degree));

/** Many curves as one compact path: whole units, from place to place. */
function strandsPath(view, curves) {
  const whole = (value) => Math.round(clamp(value, [-5000, 6000]));
  const across = STRANDS.map((x) => whole(view.x(x)));
  return curves.map((heights) => {
    const down = heights.map((height) => whole(view.y(height)));
    return down.every(Number.isFinite)
      ? down.map((y, i) => (i ? `l${across[i] - across[i - 1]} ${y - down[i - 1]}` : `M${across[0]} ${y}`)).join("")
      : "";
  }).join("");
}

/** What lies between two curves along x. */
function bandPath(low, high) {
  const upper = curvePath(VIEWS.places, SAMPLES, high);
  const lower = curvePath(VIEWS.places, [...SAMPLES].reverse(), [...low].reverse());
  return upper && `${upper}${lower.replace("M", "L")}z`;
}

// ---------------------------------------------------------------------------------------------
// What is computed

/** What fifty datasets give at each degree. */
function fitsOf(noise, draw, pool) {
  const size = PLACES.length;
  const start = Number.isInteger(draw) && draw >= 0 ? draw * N_DATASETS * size : NaN;
  const numbers = poolSlice(pool, start, N_DATASETS * size);
  const targets = DATASETS.map((s) => PLACES.map((x, i) => truth(x) + noise * numbers[s * size + i]));
  const fits = DEGREES.map((degree) => targets.map((y) => matVec(fitter(degree), y)));
  const parts = fits.map(biasVariance);
  const total = parts.map(({ biasSquared, variance }) => biasSquared + variance + noise * noise);
  return { fits, bias: parts.map((p) => p.biasSquared), variance: parts.map((p) => p.variance), total };
}

/** The fits of one degree, their mean, and their pictures. */
function chosenOf(fits, noise) {
  const middle = meanFit(fits);
  const mean = curvePath(VIEWS.curves, SAMPLES, heightsOf(BASIS, middle));
  const strands = strandsPath(VIEWS.curves, fits.map((fit) => heightsOf(STRAND_BASIS, fit)));
  const bands = bandPaths(biasVarianceAt(fits, SAMPLES), noise ** 2);
  return { fits, middle, paths: { strands, middle: mean, area: mean && mean + BACK, ...bands } };
}

/** Bias, variance and noise at each place, one upon the other. */
function bandPaths({ biasSquared, variance }, noise) {
  const upper = variance.map((value, i) => biasSquared[i] + value);
  const [low, middle, high] = [biasSquared, upper, upper.map((value) => value + noise)];
  const zero = SAMPLES.map(() => 0);
  return { biasByPlace: bandPath(zero, low), varianceByPlace: bandPath(low, middle), noiseByPlace: bandPath(middle, high) };
}

/** The fits at one place. */
function hereOf({ fits, middle }, at) {
  const { biasSquared, variance } = biasVarianceAt(fits, [at]);
  const heights = matVec(fits, polynomialBasis([at], fits[0].length - 1)[0]);
  return { biasSquared: biasSquared[0], variance: variance[0], heights, mean: curveAt(middle, [at])[0], truth: truth(at) };
}

// ---------------------------------------------------------------------------------------------
// Words

/** What a guess of the factor by which the variance grows deserves to hear. */
export function verdictOn(guess) {
  if (near(guess, 4, 0.05)) return "Yes: variance is a mean of squares, so twice the noise is four times the variance. Move σ from 0.30 to 0.60 and compare.";
  if (near(guess, 2, 0.05)) return "That is how much the spread grows. The variance is the square of a spread.";
  if (guess === 1) return "It does change: each curve follows the noise of its own points.";
  if (near(guess, 0.36, 0.01) || near(guess, 0.27, 0.01)) return "A factor is asked: new variance divided by old.";
  if (guess < 1) return "More noise cannot make the curves agree better.";
  return guess < 4 ? "It grows more than that. What is squared in a variance?" : "Not as much: what is squared in a variance is the spread, once.";
}

// ---------------------------------------------------------------------------------------------
// Markup

const of = (what, x = mi("x")) => what + mo("(") + x + mo(")");
const kind = (name, inner) => `<mrow class="xp-${name}">${inner}</mrow>`;
const words = (text) => `<mtext>${text}</mtext>`;
const gap = `<mspace width="0.9em"></mspace>`;

const FORMULAS = {
  curves: mathHtml(
    kind("bias", of(overbar(mi("y")))), mo("="), frac(mn(1), mn(N_DATASETS)), large("∑", mi("s")),
    of(sub(hat(mi("y")), mi("s"))), gap, words("degree&nbsp;"), liveHtml("degreeNow", "moved"),
  ),
  degrees: mathHtml(
    liveHtml("biasSquared", "bias"), mo("+"), liveHtml("variance", "cost"), mo("+"), liveHtml("noiseVariance", "best"),
    mo("="), liveHtml("total", "plain"),
  ),
  places: mathHtml(kind("bias", sup(words("bias"), mn(2))), mo("+"), kind("cost", words("variance")), mo("+"), kind("best", sup(mi("σ"), mn(2)))),
  heights: mathHtml(
    kind("bias", sup(words("bias"), mn(2))), mo("="), liveHtml("biasSquaredHere", "bias"), gap,
    kind("cost", words("variance")), mo("="), liveHtml("varianceHere", "cost"),
  ),
};

const TICKS = [{ value: 0, label: "0" }, { value: 0.25, label: "0.25" }, { value: 0.5, label: "0.5" }, { value: 0.75, label: "0.75" }, { value: 1, label: "1" }];

function curvesPanel(view) {
  // Behind, so that moving the marker paints none of the fifty curves again.
  const back = `${pathsHtml("strands", "area", "middle")}<path class="xp-truth" d="${truthPath(view)}"></path>`;
  const over = nameHtml("best", "law", { view, at: [0.13, 1.2] });
  const parts = { labels: ["x", "y"], ticks: [TICKS, 5], aspect: 1.2, over, handles: ["curvesKnob"] };
  const plot = plotHtml(view, { ...parts, back, front: pathsHtml("curvesGuide guide") });
  return panelHtml({ title: "Fifty curves", hint: "drag the marker", formula: FORMULAS.curves, plot });
}

function degreesPanel(view) {
  const front = pathsHtml("degreeGuide guide", "floor", "biasByDegree bias", "varianceByDegree variance", "totalByDegree total");
  const over = [["best", "noise", "noiseName"], ["bias", "bias²", "biasName"], ["cost", "variance", "varianceName"], ["total", "total", "totalName"]]
    .map(([look, text, ref]) => nameHtml(look, text, { ref })).join("");
  const plot = plotHtml(view, { labels: ["degree", ""], front, over, handles: ["degreeKnob"], ticks: [10, 6], aspect: 1.2 });
  return panelHtml({ title: "Loss by degree", hint: "drag the marker", formula: FORMULAS.degrees, plot });
}

function placesPanel(view) {
  const front = pathsHtml("biasByPlace bias-band", "varianceByPlace variance-band", "noiseByPlace noise-band", "placesGuide guide");
  const plot = plotHtml(view, { labels: ["x", ""], front, handles: ["placesKnob"], ticks: [TICKS, 3], aspect: 2.2 });
  return panelHtml({ title: "Loss by place", hint: "drag the marker", formula: FORMULAS.places, plot });
}

function heightsPanel(view) {
  const front = pathsHtml("spread", "truthHere truth", "middleHere middle", "heights");
  const over = nameHtml("best", "law", { ref: "truthName" }) + nameHtml("bias", "mean", { ref: "middleName" });
  const plot = plotHtml(view, { labels: ["y", ""], front, over, ticks: [5, []], aspect: 2.2 });
  const hint = `at <i>x</i> = ${numberHtml("here", 3.6, "moved")}, one dot a curve`;
  return panelHtml({ title: "Fifty heights", hint, formula: FORMULAS.heights, plot });
}

// ---------------------------------------------------------------------------------------------
// The explorable

class FiftyDatasets extends Explorable {
  /** The fits at each degree, those of the chosen one, and both at the marker: each anew only when it changes. */
  derive({ noise, draw, pool, degree, at }) {
    const all = this.once("all", [noise, draw, pool], () => fitsOf(noise, draw, pool));
    const chosen = this.once("chosen", [all, degree], () => chosenOf(all.fits[degree] ?? [[NaN]], noise));
    return { all, chosen, here: this.once("here", [chosen, at], () => hereOf(chosen, at)) };
  }

  parts() {
    const { curves, degrees, places, heights } = VIEWS;
    return {
      predict: { question: "You double the noise σ. By which factor does the variance grow?", guess: "Your guess of the factor" },
      bar: this.slider("noise", { label: "noise <i>σ</i>", says: "Standard deviation of the noise" }),
      buttons: `<span class="xp-draw">seed <span data-ref="seedNow"></span>, draw <span data-ref="drawNow"></span></span>${buttonHtml("again", "Draw again")}`,
      views: curvesPanel(curves) + degreesPanel(degrees) + placesPanel(places) + heightsPanel(heights),
      read:
        `Each <b class="xp-cost">blue curve</b> was fitted to ten points of its own. Their scatter is variance. What their ` +
        `<b class="xp-bias">mean</b> still misses of the <b class="xp-best">law</b> is bias.`,
      table: { head: ["degree", "bias²", "variance", "noise", "total"] },
    };
  }

  paths(state, { all, chosen, here }) {
    return { ...chosen.paths, ...this.errorPaths(all, state), ...this.herePaths(here, state) };
  }

  errorPaths({ bias, variance, total }, { degree, noise }) {
    const view = VIEWS.degrees;
    const path = (errors) => curvePath(view, DEGREES, onPowers(errors));
    return {
      biasByDegree: path(bias), varianceByDegree: path(variance), totalByDegree: path(total),
      degreeGuide: guidePath(view, degree),
      floor: curvePath(view, [-0.5, 9.5], onPowers([noise ** 2, noise ** 2])),
    };
  }

  herePaths({ heights, mean, truth: true_, variance }, { at }) {
    const view = VIEWS.heights;
    const spread = Math.sqrt(variance);
    const [left, right] = [mean - spread, mean + spread].map((y) => clamp(view.x(y), [-9e3, 1e4]));
    return {
      curvesGuide: guidePath(VIEWS.curves, at), placesGuide: guidePath(VIEWS.places, at),
      heights: heights.every(Number.isFinite) ? dotsPath(view, heights.map((y) => clamp(y, [-9, 9])), DATASETS) : "",
      spread: Number.isFinite(right) ? `M${Math.round(left)} 0H${Math.round(right)}V1000H${Math.round(left)}z` : "",
      truthHere: guidePath(view, true_), middleHere: guidePath(view, mean),
    };
  }

  marks({ noise }, { all: { bias, variance, total }, here: { mean, truth: true_ } }) {
    const put = (view, x, y) => [view, clamp(x, view.x.domain), clamp(y, view.y.domain)];
    const error = (degree, value) => put(VIEWS.degrees, degree, clamp(value, [1.5e-3, 60]));
    const name = (y) => put(VIEWS.heights, clamp(y, [-1.75, 1.75]), N_DATASETS + 5);
    const side = mean < true_ ? -1 : 1;
    return {
      biasName: error(4, 0.45 * Math.min(bias[3], bias[4], bias[5])), varianceName: error(0.5, 0.45 * variance[0]),
      totalName: error(4.5, 2.3 * Math.max(...total.slice(4, 6))), noiseName: error(0.1, noise ** 2 / 1.7),
      middleName: name(mean + 0.32 * side), truthName: name(true_ - 0.32 * side),
    };
  }

  numbers(state, { all, here }) {
    const { degree } = state;
    return {
      degreeNow: DEGREES.includes(degree) ? String(degree) : "diverged",
      biasSquared: fixed(all.bias[degree], 4), variance: fixed(all.variance[degree], 4),
      noiseVariance: fixed(state.noise ** 2, 4), total: fixed(all.total[degree], 4),
      biasSquaredHere: fixed(here.biasSquared, 4), varianceHere: fixed(here.variance, 4), here: fixed(state.at, 2),
      seedNow: String(state.seed), drawNow: fixed(state.draw, 0),
    };
  }

  describe(state, now) {
    const [{ all }, texts] = [now, this.numbers(state, now)];
    const row = (d) => [d, ...[all.bias[d], all.variance[d], state.noise ** 2, all.total[d]].map((value) => fixed(value, 4))];
    const place = `x ${texts.here}: bias squared ${texts.biasSquaredHere}, variance ${texts.varianceHere}`;
    return {
      words: `degree ${texts.degreeNow}: bias squared ${texts.biasSquared}, variance ${texts.variance}, noise ${texts.noiseVariance}, total ${texts.total}`,
      handles: { curvesKnob: place, placesKnob: place },
      rows: DEGREES.map(row),
      remark: state.at === clamp(state.at, X) ? "" : "The marker is outside the view.",
    };
  }

  handles() {
    const inside = (value, highest) => (Number.isFinite(value) ? value : highest); // at the edge where it is no number
    const along = (view, height) => this.knob("Place x", view, { x: "at", y: ({ here }) => inside(height(here), view.y.domain[1]) }, thousandth);
    const { curves, places, degrees } = VIEWS;
    const total = ({ all }) => inside(all.total[this.state().degree], ERRORS[1]);
    return {
      curvesKnob: along(curves, ({ mean }) => mean), degreeKnob: this.knob("Degree", degrees, { x: "degree", y: total }, Math.round),
      placesKnob: along(places, ({ biasSquared, variance }) => biasSquared + variance + this.state().noise ** 2),
    };
  }

  actions() {
    return { again: () => { this.set({ draw: (this.model.get("draw") + 1) % 10000 || 0 }); } };
  }

  grade(guess) { return verdictOn(guess); }
}

export default define(FiftyDatasets);
