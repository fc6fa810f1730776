/** Brings the explorables of a page to life: each gets a model of its own and its module. */
import { readLink, writeLink } from "./link.js";

/** The part of a Jupyter widget model that explorables use. */
function createModel(state) {
  const listeners = new Map();
  const of = (event) => listeners.get(event) ?? listeners.set(event, new Set()).get(event);
  const emit = (event) => [...of(event)].forEach((listener) => listener());
  return {
    get: (name) => state[name],
    set(name, value) {
      if (Object.is(state[name], value)) return;
      state[name] = value;
      emit(`change:${name}`);
      emit("change");
    },
    on: (event, listener) => of(event).add(listener),
    off: (event, listener) => (listener ? of(event).delete(listener) : listeners.delete(event)),
    save_changes() {},
  };
}

/** Keep a model and its part of the address in step; returns what the explorable may ask for. */
function linkModel(model, key, defaults, accepts) {
  const current = () =>
    Object.fromEntries(Object.keys(defaults).map((name) => [name, model.get(name)]));
  const apply = () => {
    const found = readLink(location.hash, key, defaults, accepts);
    if (!found) return false;
    model.set("note", found.state ? "" : "The link could not be read: this is the first view.");
    Object.entries(found.state ?? defaults).forEach(([name, value]) => model.set(name, value));
    return true;
  };
  const address = () => `#${writeLink(location.hash, key, current(), defaults)}`;
  let timer;
  model.on("change", () => {
    clearTimeout(timer);
    timer = setTimeout(() => history.replaceState(history.state, "", address()), 300);
  });
  addEventListener("hashchange", apply);
  return { apply, link: () => new URL(address(), location.href).href };
}

/** Load the module of an explorable and let it draw. */
async function start(el, key) {
  const { module, state } = el.dataset;
  const { default: explorable } = await import(new URL(`./${module}.js`, import.meta.url));
  const initial = JSON.parse(state);
  const scalar = ([, value]) => ["number", "string"].includes(typeof value);
  const defaults = Object.fromEntries(Object.entries(initial).filter(scalar));
  const model = createModel({ ...initial });
  const page = linkModel(model, key, defaults, explorable.accepts);
  el.explorable = model;
  const linked = page.apply();
  explorable.render({ model, el, page, initial });
  if (linked) el.scrollIntoView({ block: "center" });
}

const count = {};
for (const el of document.querySelectorAll(".explorable[data-module]")) {
  const name = el.dataset.module.replaceAll("_", "-");
  count[name] = (count[name] ?? 0) + 1;
  start(el, count[name] > 1 ? `${name}-${count[name]}` : name);
}
