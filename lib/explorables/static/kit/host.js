/**
 * Brings the explorables of a page to life: each gets a model of its own and its module. The first and
 * those near the reader start at once; the others when they come near or, once she reads on, when the
 * browser has nothing else to do.
 */
import { load } from "./files.js";
import { leadsTo, linkTo, readLink, writeLink } from "./link.js";
import { createModel } from "./model.js";
import { fits, linked } from "./spec.js";

export { createModel };

const SEEN = { seen: true }; // the state of an entry of the history whose place in the page the browser keeps

const UNREAD = "The link could not be read: this is the first view.";

/** Keep a model and its part of the address in step; returns what the explorable may ask for. */
function linkModel(model, key, defaults, accepts, signal) {
  const current = () =>
    Object.fromEntries(Object.keys(defaults).map((name) => [name, model.get(name)]));
  const page = { link: () => new URL(`#${linkTo(...parts())}`, location.href).href };
  const apply = () => {
    const found = readLink(location.hash, key, defaults, accepts);
    if (!found) return;
    Object.entries(found.state ?? defaults).forEach(([name, value]) => model.set(name, value));
    page.unread = !found.state;
    model.tell(page.unread ? UNREAD : "");
  };
  const parts = () => [location.hash, key, current(), defaults];
  let timer;
  signal.addEventListener("abort", () => clearTimeout(timer));
  model.on("change", () => {
    clearTimeout(timer);
    timer = setTimeout(() => history.replaceState(SEEN, "", `#${writeLink(...parts())}`), 300);
  });
  addEventListener("hashchange", apply, { signal });
  apply();
  return page;
}

const alive = new Map(); // the explorables of the page that have started, with their models
const shared = {}; // what they share, as the reader set it: for those that start later

/**
 * Free what has left the page, in sight or not: its listeners, its timers, its part in what is shared.
 * What is drawn before it is put into the page has not left it.
 */
function freeWhatLeft() {
  for (const [el, one] of alive) {
    if (el.isConnected) one.came = true;
    else if (one.came) {
      one.free();
      alive.delete(el);
    }
  }
}
new MutationObserver(freeWhatLeft).observe(document, { childList: true, subtree: true });

/** Let a value that several explorables of the page share change in all of them, and in its text. */
function share(name, value) {
  document.documentElement.dataset[name] = shared[name] = value;
  const models = [...alive.values()].map(({ model }) => model);
  models.filter((model) => model.get(name) !== undefined).forEach((model) => model.set(name, value));
}

/** Let an explorable draw on a model, until it leaves the page or its life is ended. */
function draw(explorable, el, { life, ...context }) {
  const { model, page } = context;
  alive.get(el)?.free();
  Object.assign(page, { share, load });
  el.explorable = model;
  const stop = explorable.render({ el, ...context });
  alive.set(el, { model, came: el.isConnected, free() { stop(); life.abort(); } });
}

/** The module of an explorable; where it does not come, its place says so. */
async function moduleOf(el) {
  try {
    return (await load(`_explorables/${el.dataset.module}.js`)).default;
  } catch (problem) {
    sayLost(el);
    throw problem;
  }
}

/** A script that is gone from the server belongs to a page of an earlier build. */
function sayLost(el) {
  const note = document.createElement("p");
  note.className = "xp-lost";
  note.role = "status";
  note.textContent = "This picture could not be started. The book may have been updated since you opened this page. ";
  note.append(Object.assign(document.createElement("a"), { href: location.href, textContent: "Reload the page" }), ".");
  note.lastElementChild.addEventListener("click", (event) => { event.preventDefault(); location.reload(); });
  el.append(note);
}

const keyOf = (el) => el.dataset.module.replaceAll("_", "-");

/** What an element says about its explorable. */
const saidBy = ({ dataset }) => ({ initial: JSON.parse(dataset.state), spec: JSON.parse(dataset.spec) });

/** Load the module of an explorable and let it draw. */
async function start(el, key) {
  const explorable = await moduleOf(el);
  if (!el.isConnected) return; // it has left the page meanwhile
  const { initial, spec } = saidBy(el);
  const already = Object.entries(shared).filter(([name]) => name in initial);
  const model = createModel({ ...initial, ...Object.fromEntries(already) });
  const life = new AbortController();
  const accepts = (name, value, state) => fits(value, spec.values[name]) && !explorable.fault({ ...initial, ...state });
  const page = linkModel(model, key, linked(spec, initial), accepts, life.signal);
  draw(explorable, el, { model, page, initial, spec, life });
  if (page.unread) model.tell(UNREAD);
}

/**
 * Start an explorable that came onto the page later, on a model that is kept elsewhere (Python's) or,
 * without one, on its own. The address has no part in it: its link leads to its bare page.
 */
export async function startLater(el, model) {
  const explorable = await moduleOf(el);
  const { initial, spec } = saidBy(el);
  const any = Object.fromEntries(Object.keys(linked(spec, initial)).map((name) => [name, undefined]));
  const bare = new URL(`../explorables/${keyOf(el)}.html`, import.meta.url);
  const own = model ?? createModel({ ...initial });
  const state = () => Object.fromEntries(Object.keys(any).map((name) => [name, own.get(name)]));
  const page = { link: () => `${bare}#${writeLink("", keyOf(el), state(), any)}` };
  draw(explorable, el, { model: own, page, initial, spec, life: new AbortController() });
}

/** What is closed around an explorable: it starts when that opens. */
const foldOf = (el) => el.closest("details:not([open])");

const ALL = ".explorable[data-module]";
const isRead = () => document.readyState !== "loading";
const allRead = new Promise((done) => (isRead() ? done() : document.addEventListener("DOMContentLoaded", done, { once: true })));

/** Whether the page is read past the end of an element. */
function isWhole(el) {
  for (let node = el; node; node = node.parentNode) if (node.nextSibling) return true;
  return false;
}

/** The first explorable as soon as it is read: it answers before the rest of a long page is there. */
async function firstRead() {
  while (!isRead()) {
    const el = [...document.querySelectorAll(ALL)].find((one) => !foldOf(one));
    if (el && isWhole(el)) return el;
    await Promise.race([allRead, new Promise(requestAnimationFrame)]);
  }
}

/** Whether the reader has been where the address leads: the browser then returns to where she was. */
const hasBeen = () => history.state?.seen;
const returns = hasBeen(); // asked before the first of them starts, which writes its view into the address

const early = await firstRead();
if (early) start(early, keyOf(early));
await allRead;

const count = {};
const waiting = new Map();
const places = new Map(); // the explorables by their part of the address
for (const el of document.querySelectorAll(ALL)) {
  const name = keyOf(el);
  count[name] = (count[name] ?? 0) + 1;
  const key = count[name] > 1 ? `${name}-${count[name]}` : name;
  if (el !== early) waiting.set(el, key);
  places.set(key, el);
}

/** Bring an explorable into the middle of the window, or its head to the top, and scroll nothing around the page. */
function bring(el) {
  for (let box = foldOf(el); box; box = foldOf(el)) box.open = true;
  document.documentElement.dataset.whole = ""; // the heights above it count now: see page.css
  const { top, height } = el.getBoundingClientRect();
  const bar = parseFloat(getComputedStyle(document.documentElement).scrollPaddingTop) || 0;
  scrollBy(0, top - bar - Math.max(0, (innerHeight - bar - height) / 2));
}

/** Go where the address leads. */
function followAddress() {
  const el = places.get(leadsTo(location.hash));
  if (!el) return;
  bring(el);
  const at = scrollY;
  document.fonts.ready.then(() => at === scrollY && bring(el)); // letters that come later change the heights above it
  history.replaceState(SEEN, "");
}

if (!returns) followAddress();
addEventListener("hashchange", () => hasBeen() || followAddress());
addEventListener("click", ({ target }) => {
  if (target.closest?.("a[href]")?.href === location.href) followAddress(); // no hash changes
});

/** Start an explorable unless it has been. */
function wake(el) {
  const key = waiting.get(el);
  if (!key) return;
  waiting.delete(el);
  start(el, key);
}

const near = new IntersectionObserver((entries) => {
  entries.filter((entry) => entry.isIntersecting).forEach(({ target }) => wake(target));
}, { rootMargin: "50%" });
for (const [el, key] of waiting) {
  if (location.hash.includes(`${key}=`)) wake(el);
  else near.observe(el);
}

const whenIdle = globalThis.requestIdleCallback ?? setTimeout;

/** Start what is left, one at a time, between other work. */
function wakeNext() {
  if (!waiting.size) return near.disconnect();
  const el = [...waiting.keys()].find((el) => !foldOf(el));
  if (!el) return;
  wake(el);
  whenIdle(wakeNext);
}

/** Once a reader is under way in the page, all may come before she does, unless she spares data. */
function followReader() {
  if (navigator.connection?.saveData) return;
  if (scrollY) whenIdle(wakeNext);
  else addEventListener("scroll", () => whenIdle(wakeNext), { once: true });
}

whenIdle(() => wake([...places.values()].find((el) => !foldOf(el)))); // its script was fetched ahead, for whoever leaps to it
addEventListener("load", followReader);
