/**
 * What surrounds the pictures of an explorable: mounting, frames, copying, small bits of markup.
 */

/** Put a form or a field in the place that a built page keeps for it (web/prerender.mjs). */
function arrive(place) {
  const node = place.ownerDocument.createElement(place.dataset.later);
  [...place.attributes].filter(({ name }) => name !== "data-later").forEach(({ name, value }) => node.setAttribute(name, value));
  node.append(...place.childNodes);
  place.replaceWith(node);
}

/** Put the markup in place, unless the page was built with it; returns nodes by their data-ref. */
export function mount(el, html) {
  if (!el.querySelector(".xp")) el.innerHTML = html();
  [...el.querySelectorAll("[data-later]")].forEach(arrive);
  const nodes = [...el.querySelectorAll("[data-ref]")];
  nodes.filter(({ localName }) => localName === "b").forEach((number) => number.setAttribute("translate", "no"));
  return Object.fromEntries(nodes.map((node) => [node.dataset.ref, node]));
}

/** Write text only where it changed; a text node that is there stays, so that little is laid out. */
export function write(node, text) {
  const inner = node.firstChild;
  if (inner?.nodeType === 3 && !inner.nextSibling) {
    if (inner.data !== text) inner.data = text;
  } else if (node.textContent !== text) node.textContent = text;
}

/** Fill a node with markup, unless it holds already what belongs to this key. */
export function fill(node, key, html) {
  if (node.dataset.key === key) return;
  node.innerHTML = html();
  node.dataset.key = key;
}

/** Give a node an attribute, only where it changed. */
export function mark(node, name, value) {
  if (node.getAttribute(name) !== value) node.setAttribute(name, value);
}

/**
 * Gather any number of changes into one drawing a frame.
 * @param {Window} view @param {() => void} draw @param {AbortSignal} signal
 * @returns {() => void} asks for a drawing
 */
export function oncePerFrame(view, draw, signal) {
  let frame = 0;
  signal.addEventListener("abort", () => frame && view.cancelAnimationFrame(frame));
  return () => {
    frame ||= view.requestAnimationFrame(() => {
      frame = 0;
      draw();
    });
  };
}

/** Call back when nothing has been asked for a while: for text that follows a move at its end. */
export function afterwards(view, callback, signal, milliseconds = 200) {
  let timer;
  signal.addEventListener("abort", () => view.clearTimeout(timer));
  return () => {
    view.clearTimeout(timer);
    timer = view.setTimeout(callback, milliseconds);
  };
}

/** Copy text; where the browser refuses, hand the text over to be copied by hand. */
export async function copy(view, text, what) {
  try {
    await view.navigator.clipboard.writeText(text);
    return `${what} copied.`;
  } catch {
    return text;
  }
}

/**
 * A group of radio buttons in one row; forms keep the groups of two copies apart.
 * @param {string} legend what is chosen, for those who cannot see it
 * @param {string} name of the value in the model
 * @param {Record<string, string>} choices what is stored, and what is written
 */
export function switchHtml(legend, name, choices) {
  const option = ([value, label]) =>
    `<label><input type="radio" autocomplete="off" name="${name}" data-model="${name}" value="${value}">${label}</label>`;
  const options = Object.entries(choices).map(option).join("");
  return `<fieldset class="xp-switch"><legend class="xp-hidden">${legend}</legend>${options}</fieldset>`;
}

/**
 * A slider with its value beside it. The label may hold markup, such as <i>θ</i>.
 * @param {string} name of the value in the model
 * @param {object} spec of the value: its bounds, or ends and step of its own slider
 * @param {object} words label; says: the label in words, if it is a symbol; digits
 */
export function sliderHtml(name, { kind, min: lo, max: hi, slider }, { label, says, digits = kind === "whole" ? 0 : 2 }) {
  const [min, max, step] = slider ?? [lo, hi, 1];
  const words = says ? ` aria-label="${says}"` : "";
  return (
    `<label class="xp-slider"><span>${label}</span><input type="range" autocomplete="off" min="${min}" max="${max}" step="${step}" ` +
    `data-model="${name}"${words}><output translate="no" aria-live="off" data-out="${name}" data-digits="${digits}"></output></label>`
  );
}

/** A box to tick for a value that is true or false. */
export const toggleHtml = (name, label) =>
  `<label class="xp-toggle"><input type="checkbox" autocomplete="off" data-model="${name}"><span>${label}</span></label>`;

/** A push button with a name to find it by. */
export const buttonHtml = (ref, text) => `<button type="button" data-ref="${ref}">${text}</button>`;

/** Rows of cells as the body of a table. */
export const rowsHtml = (rows) =>
  rows.map((row) => `<tr>${row.map((cell) => `<td>${cell}</td>`).join("")}</tr>`).join("");

/**
 * A view with its name, a hint of what can be done there, a line of formula, and its picture.
 * @param {{ title: string, hint: string, formula?: string, plot: string }} panel
 */
export const panelHtml = ({ title, hint, formula = "", plot }) =>
  `<div class="xp-panel" role="group" aria-label="${title}"><p class="xp-title"><b>${title}</b> · ${hint}</p>` +
  `${formula && `<div class="xp-formula">${formula}</div>`}${plot}</div>`;

// ---------------------------------------------------------------------------------------------
// Formulas, in MathML: set by the browser, read aloud by a screen reader

const tag = (name) => (...inner) => `<${name}>${inner.join("")}</${name}>`;
/** A letter. Unasked, WebKit takes the slanted one of a mathematical alphabet, and so another font. */
export const mi = (...inner) => `<mi mathvariant="normal">${inner.join("")}</mi>`;
export const mn = tag("mn");
export const mo = (sign) => `<mo stretchy="false">${sign}</mo>`;
export const sub = tag("msub");
export const sup = tag("msup");
const accent = (sign) => (inner) => `<mover accent="true">${inner}<mo stretchy="false">${sign}</mo></mover>`;
export const hat = accent("^");
export const overbar = accent("¯");
/** A large sign, such as ∑, and what stands under it. */
export const large = (sign, under) => `<munder><mo class="xp-sum" movablelimits="true">${sign}</mo>${under}</munder>`;
export const frac = (over, under) => `<mfrac><mrow>${over}</mrow><mrow>${under}</mrow></mfrac>`;
/** A part of a formula that is there while the value of this name is the one that is given. */
export const onlyHtml = (name, value, ...inner) => `<mrow data-${name}="${value}">${inner.join("")}</mrow>`;
export const mathHtml = (...inner) => `<math class="xp-math" translate="no">${inner.join("")}</math>`;

/** A number in a line of text: it has room for its digits, so that a new one moves nothing. */
export const numberHtml = (ref, digits, kind = "plain") =>
  `<b class="xp-number xp-${kind}" translate="no" style="--digits:${digits}" data-ref="${ref}"></b>`;

/** A name in a formula that is written anew with each move. */
export const nameHtml = (ref) => `<mi mathvariant="normal" data-ref="${ref}"></mi>`;

/** A number in a formula that is written anew with each move: "moved" by the reader, or a "cost". */
export const liveHtml = (ref, kind = "") => `<mn class="xp-${kind || "plain"}" data-ref="${ref}"></mn>`;
