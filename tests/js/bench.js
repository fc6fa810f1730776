/** What the tests of the explorables share: pages as they are built, and states that break things. */
import { readFileSync } from "node:fs";
import { parseHTML } from "linkedom";
import { fits } from "../../lib/explorables/static/kit/spec.js";
import { prerender } from "../../web/prerender.mjs";

const specs = JSON.parse(readFileSync(new URL("../explorables.json", import.meta.url), "utf8"));
const modules = new Map(await Promise.all(Object.keys(specs).map(async (name) =>
  [(await import(`../../lib/explorables/static/pictures/${name}.js`)).default, name])));

/** What the Python class of an explorable says of it. */
export const specOf = (explorable) => specs[modules.get(explorable)];

/** Whether a value of a link, in its state, can be shown: as the host decides it. */
export function accepts(explorable, name, value, state = {}) {
  const { values } = specOf(explorable);
  const first = Object.fromEntries(Object.entries(values).map(([key, spec]) => [key, spec.default]));
  return fits(value, values[name]) && !explorable.fault({ ...first, ...state, [name]: value });
}

const attribute = (value) => JSON.stringify(value).replaceAll('"', "&quot;");

/** The element that Python puts into a page. */
export const element = (module, state, inside = "") =>
  `<div class="explorable" data-module="${module}" data-state="${attribute(state)}" data-spec="${attribute(specs[module])}">${inside}</div>`;

/** The page of an explorable in a state, as it is built; a state may hold what JSON cannot. */
export const built = async (module, state) =>
  parseHTML(await prerender(element(module, state))).document.querySelector(".explorable");

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
  const free = explorable.render({ model, el, page: { link: () => "" }, initial: { ...state }, spec: specOf(explorable) });
  return { el, model, listeners, free };
}
