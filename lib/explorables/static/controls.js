/**
 * What surrounds the pictures of an explorable: mounting, frames, copying, small bits of markup.
 */

/** Put the markup in place, unless the page was built with it; returns nodes by their data-ref. */
export function mount(el, html) {
  if (!el.querySelector(".xp")) el.innerHTML = html;
  const nodes = [...el.querySelectorAll("[data-ref]")];
  return Object.fromEntries(nodes.map((node) => [node.dataset.ref, node]));
}

/** Write text only where it changed, so that nothing is laid out for nothing. */
export function write(node, text) {
  if (node.textContent !== text) node.textContent = text;
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

/** A group of radio buttons in one row; forms keep the groups of two copies apart. */
export function switchHtml(legend, name, choices) {
  const option = ([value, label]) =>
    `<label><input type="radio" name="${name}" value="${value}">${label}</label>`;
  const options = Object.entries(choices).map(option).join("");
  return `<fieldset class="xp-switch"><legend class="xp-hidden">${legend}</legend>${options}</fieldset>`;
}

/** A push button with a name to find it by. */
export const buttonHtml = (ref, text) => `<button type="button" data-ref="${ref}">${text}</button>`;

/** Rows of cells as the body of a table. */
export const rowsHtml = (rows) =>
  rows.map((row) => `<tr>${row.map((cell) => `<td>${cell}</td>`).join("")}</tr>`).join("");
