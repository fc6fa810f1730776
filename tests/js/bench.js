/** What the tests of the explorables share: pages as they are built, and states that break things. */
import { parseHTML } from "linkedom";
import { prerender } from "../../tools/prerender.mjs";

const attribute = (state) => JSON.stringify(state).replaceAll('"', "&quot;");

/** The page of an explorable in a state, as it is built; a state may hold what JSON cannot. */
export async function built(module, state) {
  const html = `<div class="explorable" data-module="${module}" data-state="${attribute(state)}"></div>`;
  return parseHTML(await prerender(html)).document.querySelector(".explorable");
}

/** The text of a part of a page. */
export const text = (root, ref) => root.querySelector(`[data-ref=${ref}]`).textContent;

/** What in a picture is no number, with what stands before it. */
export const oddities = (el) => el.innerHTML.match(/.{0,40}(NaN|Infinity|undefined)/g) ?? [];

/** Draw an explorable on a model of its own; gives its element, its model and how to free it. */
export function drawn(explorable, state) {
  const { document } = parseHTML("<html><body><div></div></body></html>");
  const el = document.querySelector("div");
  const listeners = new Set();
  const model = {
    get: (name) => state[name], save_changes() {},
    set(name, value) { state[name] = value; },
    on: (event, listener) => listeners.add(listener),
    off: (event, listener) => listeners.delete(listener),
  };
  const free = explorable.render({ model, el, page: { link: () => "" }, initial: { ...state } });
  return { el, model, listeners, free };
}
