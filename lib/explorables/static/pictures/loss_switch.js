/**
 * Loss switch: one set of points with an outlier, one start, and descent under three losses. Orange
 * is what the reader moves; each loss has a colour of its own, in both planes and in its outlines.
 *
 * Model: x, y (fixed: the points that stay), outlier_x, outlier_y, loss, delta, b0, w0 (the start),
 * learning_rate, step.
 */
import { clamp, curvePath, dotsPath, fixed, linePath, pathHtml, pathsHtml, placeHandle, plotHtml, signAndSize, squareDomains, viewOf } from "../kit/chart.js";
import { liveHtml, mathHtml, mi, mo, onlyHtml, panelHtml, switchHtml } from "../kit/controls.js";
import { bestMarkHtml, compact, rounded, trailPaths, Walk, walkHtml } from "../kit/descent.js";
import { define } from "../kit/explorable.js";
import { bowlOf, hasDiverged, pathOf, placeOf, reachOf } from "../math/descent.js";
import { absoluteLine, bestLine, datasetLoss, pullOf } from "../math/common.js";

const STEPS = 100;
const LEVELS = 9;
const RAYS = { moving: 84, still: 360 }; // directions in which an outline is followed
const LOSSES = {
  half_squared_error: { ref: "l2", label: "L2", pull: mi("r"), read: "A point’s pull is minus the slope of its loss. Under L2 that is its residual: the further out a point, the larger." },
  huber: { ref: "huber", label: "Huber", pull: mi("r") + `<mspace width="0.3em"></mspace><mtext>cut to ±δ</mtext>`, read: "A point’s pull is minus the slope of its loss. Under Huber that is its residual, cut to ±δ: the outlier counts, but less." },
  absolute_error: { ref: "l1", label: "L1", pull: `<mtext>sign</mtext><mspace width="0.2em"></mspace>` + mi("r"), read: "A point’s pull is minus the slope of its loss. Under L1 that is +1 or −1 at any distance, also near the lowest place, so at a constant rate the path in general does not settle." },
};
const NAMES = Object.keys(LOSSES);
const REFS = NAMES.map((name) => LOSSES[name].ref);

// ---------------------------------------------------------------------------------------------
// The views

/** Both planes, for the first points, and how high the outlines go; an outlier far away has no say. */
function viewsOf(state) {
  const near = (value) => clamp(value || 0, [-6, 6]);
  const { x, y } = pointsOf({ ...state, outlier_x: near(state.outlier_x), outlier_y: near(state.outlier_y) });
  const { best } = bowlOf(x, y);
  const parameters = viewOf([-1, 3], [-2, 2]);
  const corner = (loss, i, j) => datasetLoss({ x, y, loss, delta: state.delta }, [parameters.x.domain[i], parameters.y.domain[j]]);
  const rises = NAMES.map((loss) => [loss, 0.5 * (corner(loss, 0, 0) + corner(loss, 1, 1)) - datasetLoss({ x, y, loss, delta: state.delta }, best)]);
  const [xDomain, yDomain] = squareDomains(x, y);
  return { data: viewOf(xDomain, [yDomain[0] - 1, yDomain[1]]), parameters, rises: Object.fromEntries(rises) };
}

/** All points: those that stay, and the outlier as the last. */
function pointsOf({ x, y, outlier_x: xi, outlier_y: yi }) {
  return { x: [...x, xi], y: [...y, yi] };
}

/** The outlines of a loss, from high to low: rays from its lowest place to where each level is. */
function outlines(view, problem, rise, count) {
  const [w, b] = bestLine(problem);
  const least = datasetLoss(problem, [b, w]);
  const levels = Array.from({ length: LEVELS }, (_, k) => least + rise * ((LEVELS - k - 0.5) / LEVELS) ** 2);
  const bowl = { ...bowlOf(problem.x, problem.y), best: [0, 0] };
  const [a, c] = [bowl.flat, bowl.steep].map((curvature) => 1 / Math.sqrt(curvature));
  const rays = Array.from({ length: count }, (_, i) => {
    const turn = (2 * Math.PI * i) / count;
    const ray = placeOf(bowl, [a * Math.cos(turn), c * Math.sin(turn)]);
    return { ray, reach: reachOf(problem, [b, w], ray, levels) };
  });
  const outline = (_, k) =>
    `${curvePath(view, rays.map(({ ray, reach }) => b + reach[k] * ray[0]), rays.map(({ ray, reach }) => w + reach[k] * ray[1]))}z`;
  return { best: [b, w], paths: levels.map(outline) };
}

// ---------------------------------------------------------------------------------------------
// Markup

const slope = (name) => `<span class="xp-slope xp-${LOSSES[name].ref}">${LOSSES[name].label} <b data-ref="${LOSSES[name].ref}W"></b></span>`;
const slopesHtml = `<span class="xp-slopes">slopes: ${NAMES.map(slope).join(" ")}</span>`;
const pullFormula = mathHtml(
  `<mtext>the outlier’s pull:</mtext><mspace width="0.4em"></mspace>`, ...NAMES.map((name) => onlyHtml("loss", name, LOSSES[name].pull)), mo("="), liveHtml("pull", "cost"),
);
const each = (suffix, kind) => REFS.map((ref) => pathHtml(`${ref}${suffix}`, `${kind} xp-${ref}`)).join("");

function dataPanel(view) {
  const front = each("Line", "fitted") + pathsHtml("stem", "dots");
  const plot = plotHtml(view, { labels: ["x", "y"], front, handles: ["outlier"] });
  return panelHtml({ title: "Data", hint: "drag the outlier", formula: slopesHtml, plot });
}

function parameterPanel(view) {
  const back = `<g class="xp-levels" data-ref="levels">${"<path></path>".repeat(LEVELS)}</g>`;
  const plot = plotHtml(view, { labels: ["b", "w"], back, front: each("Path", "race") + each("Here", "here"), over: bestMarkHtml, handles: ["start"], ticks: [4, 4] });
  return panelHtml({ title: "Parameters", hint: "drag the start", formula: pullFormula, plot });
}

const labels = Object.fromEntries(NAMES.map((name) => [name, LOSSES[name].label]));

// ---------------------------------------------------------------------------------------------
// The verdict on a prediction

/**
 * What to say about a guess of how far the best L1 slope moves as the outlier sinks by one.
 * @param {number} guess @param {{ x: number[], y: number[] }} points the outlier is the last
 */
export function verdictOn(guess, { x, y }) {
  const lower = [...y.slice(0, -1), y.at(-1) - 1];
  const moved = (loss) => bestLine({ x, y: lower, loss, delta: 1 })[0] - bestLine({ x, y, loss, delta: 1 })[0];
  const [l1, l2] = [absoluteLine(x, lower)[0] - absoluteLine(x, y)[0], moved("half_squared_error")];
  const answer = `L1 moves its slope by ${fixed(l1, 4)}, L2 by ${fixed(l2, 4)}.`;
  const near = (value) => Math.abs(Math.abs(guess) - Math.abs(value)) <= 0.1 * Math.abs(value) + 1e-4;
  if (near(l1)) return `Right. ${answer} Only the side matters on which the point lies: its pull is the sign of its residual.`;
  if (near(l2)) return "That is L2, where the pull is the whole residual. What is the pull under L1?";
  if (near(1)) return "The point moves by 1; the slope depends on all points.";
  return `${Math.abs(guess) > Math.abs(l1) ? "Less" : "More"} than that. Under L1 it only counts on which side of the line a point lies. Drag the outlier down.`;
}

// ---------------------------------------------------------------------------------------------
// The explorable

class LossSwitch extends Walk {
  static walk = { name: "step", last: STEPS, perSecond: 20 };

  prepare(state) { this.views = viewsOf(state); }

  /** The three paths so far, and how far the outlier is from the line of the chosen loss. */
  derive(state) {
    const [points, steps] = [pointsOf(state), this.walked()];
    const { delta, learning_rate: rate, outlier_x: x, outlier_y: y } = state;
    const runs = NAMES.map((loss) => {
      const path = pathOf("descent", { ...points, loss, delta }, [state.b0, state.w0], { rate, steps });
      const theta = path.at(-1);
      return { loss, ref: LOSSES[loss].ref, path, theta: hasDiverged([...theta, x, y]) ? [Infinity, Infinity] : theta };
    });
    const [b, w] = runs.find(({ loss }) => loss === state.loss).theta;
    const residual = y - b - w * x;
    return { points, steps, runs, residual, pull: pullOf(state.loss, residual, delta) };
  }

  parts() {
    return {
      predict: {
        question: "The outlier moves down by 1. By how much does the slope of the best L1 line change?",
        guess: "Your guess of the change", wait: "Type a number before you drag.",
      },
      bar: switchHtml("Loss", "loss", labels) + this.slider("delta", { label: "δ", says: "Huber’s delta", digits: 1 }) +
        this.slider("learning_rate", { label: "η", says: "Learning rate" }) +
        this.slider("step", { label: "step" }),
      buttons: walkHtml,
      views: dataPanel(this.views.data) + parameterPanel(this.views.parameters),
      table: { head: ["loss", "b", "w", "its mean loss"] },
    };
  }

  paths(state, { runs, residual }) {
    const { data, parameters } = this.views;
    const { outlier_x: x, outlier_y: y } = state;
    const run = ({ ref, path, theta: [b, w] }) => {
      const { line, last } = trailPaths(parameters, path);
      return { [`${ref}Line`]: linePath(data, w, b), [`${ref}Path`]: line, [`${ref}Here`]: last };
    };
    // From the outlier to the line of the chosen loss.
    const stem = Math.abs(residual) < 1e9 ? curvePath(data, [x, x], [y, y - residual]) : "";
    return Object.assign({ dots: dotsPath(data, state.x, state.y), stem }, ...runs.map(run));
  }

  draw(state) { this.drawOutlines(state, RAYS.moving); }

  /** The outlines, when the loss or the points have changed; their corners once the reader rests. */
  drawOutlines({ loss, delta, outlier_x: x, outlier_y: y }, count) {
    const key = `${loss} ${loss === "huber" && delta} ${x} ${y}`;
    if (this.drawn?.key === key && this.drawn.count >= count) return;
    this.drawn = { key, count };
    this.choose({ loss });
    if (!(Math.max(Math.abs(x), Math.abs(y), loss === "huber" ? delta : 0) <= 1e6)) return;
    const { parameters, rises } = this.views;
    const { best, paths } = outlines(parameters, { ...this.now.points, loss, delta }, rises[loss], count);
    paths.forEach((d, i) => this.ref.levels.children[i].setAttribute("d", d));
    placeHandle(this.ref.bestMark, parameters, ...best);
  }

  numbers({ loss }, { runs, pull }) {
    const slopes = runs.map(({ ref, theta }) => [`${ref}W`, compact(theta[1], 3)]);
    return { ...Object.fromEntries(slopes), pull: compact(pull, 3), read: LOSSES[loss].read };
  }

  describe(state, { points, steps, runs }) {
    const { delta, outlier_x: x, outlier_y: y } = state;
    this.drawOutlines(state, RAYS.still);
    const slopes = runs.map(({ loss, theta }) => `${LOSSES[loss].label} ${compact(theta[1], 3)}`).join(", ");
    const rows = runs.map(({ loss, theta: [b, w] }) =>
      [LOSSES[loss].label, compact(b), compact(w), fixed(datasetLoss({ ...points, loss, delta }, [b, w]), 4)]);
    const outlier = `outlier at x = ${fixed(x, 2)}, y = ${signAndSize(y, 2).join("").replace("+", "")}`;
    return { words: `After ${steps} steps the slopes are ${slopes}`, rows, remark: this.remark(runs), handles: { outlier } };
  }

  remark(runs) {
    const gone = runs.filter(({ theta }) => !theta.every((value) => Math.abs(value) < 1e3));
    return gone.length ? `${gone.map(({ loss }) => LOSSES[loss].label).join(" and ")} diverged: this rate is too large here.` : "";
  }

  handles() {
    const { data, parameters } = this.views;
    return {
      outlier: this.knob("The outlier: x and y", data, { x: "outlier_x", y: "outlier_y" }, rounded),
      start: this.knob("Start: b and w", parameters, { x: "b0", y: "w0" }, rounded),
    };
  }

  grade(guess, state) { return verdictOn(guess, pointsOf(state)); }
}

export default define(LossSwitch);
