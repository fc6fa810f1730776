/**
 * The kernel: Python in a worker of its own. It takes and gives the messages that kernel.js knows; its
 * other half is the package in web/live/python. The page starts it from a blob that holds Pyodide's
 * scripts, checked, and this one behind them: so the policy of the page binds whatever runs here.
 */
"use strict";

// ---------------------------------------------------------------------------------------------
// What a cell must not reach: stores that outlive the page and whose content other pages use, and
// workers, which the policy of the page would not bind

const FORBIDDEN = /^(caches|Cache|CacheStorage|indexedDB|IDB\w*|\w*Worker|ServiceWorker\w*|BroadcastChannel|Storage\w*|webkitRe\w*FileSystem\w*)$/;
const FORBIDDEN_OF_NAVIGATOR = /^(storage|storageBuckets|serviceWorker|locks|webkit\w*Storage)$/;

/** Take names away from an object and from all that it inherits. */
function takeAway(object, names) {
  for (let owner = object; owner; owner = Object.getPrototypeOf(owner)) {
    for (const name of Object.getOwnPropertyNames(owner)) if (names.test(name)) delete owner[name];
  }
}

takeAway(self, FORBIDDEN);
takeAway(navigator, FORBIDDEN_OF_NAVIGATOR);

const live = {}; // functions of that package
let settings; // what the page said at the start
let locked = {}; // the packages of the lock, by name
let python; // Pyodide
let turn = Promise.resolve(); // one message is worked on at a time

/** Tell the page what is done now. */
const report = (step) => postMessage({ type: "progress", step });

// ---------------------------------------------------------------------------------------------
// Stop. While Python runs no message arrives, and a plain static host gives no shared memory. But
// Python asks a buffer for signals as it goes, and a blob that the page has revoked can no longer be
// read: found in Chromium, Firefox and WebKit, where terminate() alone leaves an endless loop running.

const BETWEEN_LOOKS = 200; // milliseconds
const SHARE_OF_LOOKS = 20; // a look may cost one part in so many
const LONGEST_BETWEEN = 800;
const signal = { urls: null, dead: null, looks: 0, next: 0, stopped: false, held: 0, wake() {} };
let latest; // the addresses for work that no message of the page has asked for

/** Tell whether the page has revoked an address. */
function revoked(url) {
  const look = new XMLHttpRequest(); // Firefox sends no synchronous one twice
  look.open("GET", url, false);
  try {
    look.send();
    return look.status !== 200 && look.status !== 0;
  } catch {
    return true;
  } finally {
    look.open("GET", settings.base, false); // WebKit keeps an address alive that a request names
  }
}

/** A blob that the page never revokes must be readable: else it is reading that fails, and nobody has pressed Stop. */
const canRead = () => !revoked(settings.proof);

/** Tell, now and then, whether the reader has pressed Stop; two addresses, for WebKit keeps one that is being read. */
function stopWanted() {
  const now = performance.now();
  if (!signal.urls || signal.held || signal.stopped || now < signal.next) return signal.stopped && "seen";
  signal.stopped = revoked(signal.urls[signal.looks++ % signal.urls.length]) && canRead();
  if (signal.stopped) signal.dead = signal.urls[0];
  const cost = performance.now() - now;
  signal.next = now + Math.min(LONGEST_BETWEEN, Math.max(BETWEEN_LOOKS, cost * SHARE_OF_LOOKS));
  return signal.stopped;
}

const SIGINT = 2;
/** What Python takes for its buffer of signals. */
const signals = { get 0() { return stopWanted() === true ? SIGINT : 0; }, set 0(_) {} };

/** Stop waits while Python makes a package its own: half of one would be all that there is from then on. */
const hold = (on) => { signal.held += on ? 1 : -1; };

const lookAt = (urls) => Object.assign(signal, { urls, looks: 0, stopped: false, held: 0, next: performance.now() + BETWEEN_LOOKS });

/** Work on something that the page may stop. */
async function stoppable(urls, work) {
  rest();
  lookAt(latest = urls);
  try {
    return await work();
  } finally {
    signal.urls = null;
  }
}

/** Stop what awaits something: that alone can be told. Where nothing runs, the tasks that go on by themselves. */
function interrupt({ stop }) {
  latest = stop;
  if (!signal.urls) {
    if (steps.seen) live.interrupt();
    return;
  }
  if (signal.urls[0] === stop[0]) return;
  Object.assign(signal, { stopped: true, dead: signal.urls[0] });
  signal.wake();
  live.interrupt();
}

const REST = 100; // milliseconds without a step, after which a task of asyncio counts as waiting
const steps = { seen: false, last: 0, timer: 0 };

/** A step of a task of asyncio, which no cell waits for, begins or ends; many steps that follow one another are one work. */
function task(running) {
  steps.last = performance.now();
  if (!running) signal.urls = null;
  else if (steps.seen && !signal.stopped) signal.urls = latest; // and the time of the next look stays
  else lookAt(latest);
  if (steps.seen) return;
  steps.seen = true;
  postMessage({ type: "task", running: true });
  steps.timer = setTimeout(lookForRest, REST);
}

/** Tell the page when no step has come for a while. */
function lookForRest() {
  const left = steps.last + REST - performance.now();
  if (left > 0) steps.timer = setTimeout(lookForRest, left);
  else rest();
}

/** The steps are over, or work for a cell or a widget takes their place. */
function rest() {
  if (!steps.seen) return;
  clearTimeout(steps.timer);
  steps.seen = false;
  postMessage({ type: "task", running: false });
}

// ---------------------------------------------------------------------------------------------
// The start of Python

const ownFetch = self.fetch;
const instantiateStreaming = self.WebAssembly?.instantiateStreaming;

/** Answer Pyodide's own requests with what the page has fetched and checked. */
function serveToPyodide({ base, core, module }) {
  self.fetch = async (url) => {
    const name = String(url).slice(base.length);
    return name.endsWith(".wasm") ? null : new Response(core[name]);
  };
  WebAssembly.instantiateStreaming = async (_, imports) => (
    { module, instance: await WebAssembly.instantiate(module, imports) }
  );
}

/** A request of a cell. In WebKit Pyodide does not know the browser's own error as one, and the cell would wait for ever. */
const fetchForCells = (...request) => ownFetch(...request).catch(({ name, message }) => {
  throw Object.assign(new Error(message), { name });
});

/** From here on requests are the cells' own. */
function serveNoMore() {
  self.fetch = fetchForCells;
  WebAssembly.instantiateStreaming = instantiateStreaming;
}

/** Start Python from what the page has sent. */
async function loadPython() {
  const { base, lock, core } = settings;
  report("Starting Python");
  locked = JSON.parse(await core[lock].text()).packages;
  serveToPyodide(settings);
  const quiet = { stdout() {}, stderr() {} };
  python = await loadPyodide({ indexURL: base, lockFileURL: base + lock, ...quiet });
  serveNoMore();
  python._api.on_fatal = fail; // what has crashed settles nothing
  startLive(await core["live.zip"].arrayBuffer());
  python.setInterruptBuffer(signals);
  settings.core = settings.module = undefined;
}

/** The packages that the page may have, as Python needs to know them. */
function carried() {
  const has = (name) => settings.files[locked[name]?.file_name];
  return Object.keys(locked).filter(has).map((name) => {
    const { file_name, imports, depends } = locked[name];
    return { name, file_name, imports, depends: depends.filter(has) };
  });
}

/** Let Python's half begin, out of its archive, which `precompiled.py` has compiled for this place. */
function startLive(archive) {
  python.FS.writeFile("/lib/live.zip", new Uint8Array(archive));
  python.runPython('import sys; sys.path.append("/lib/live.zip")', { globals: python.toPy({}) });
  const module = python.pyimport("live");
  for (const name of module.__all__.toJs()) live[name] = module[name];
  live.start(postFromPython, JSON.stringify(carried()), unpack, { wanted: () => stopWanted() === true, stopped: () => signal.stopped, task, hold });
}

/** Send what Python says to the page; buffers of widgets change hands without a copy. */
function postFromPython(text, buffers) {
  const message = JSON.parse(text);
  const parts = (buffers?.toJs() ?? []).map((part) => part.slice().buffer);
  if (message.msg) message.msg.buffers = parts;
  postMessage(message, parts);
}

/** Start, and say how that went. */
async function boot(message) {
  settings = message;
  latest = message.stop;
  try {
    await loadPython();
  } catch (error) {
    fail(error);
    return;
  }
  const versions = { python: settings.python, numpy: locked.numpy?.version, lib: locked.lib?.version };
  postMessage({ type: "ready", versions });
  setTimeout(fillBackground, 50); // what the reader asked for comes first
}

/** Say that there is no Python, or none any more. */
function fail(error) {
  const message = String(error?.message ?? error);
  const reason = /out of memory|enlarge memory|allocat/i.test(message) ? "memory" : "other";
  postMessage({ type: "failed", reason, detail: message });
}

// ---------------------------------------------------------------------------------------------
// Packages: the page sends them as they arrive, Python unpacks them at the first import

const wheels = new Map(); // file name -> Blob, or null once it is unpacked
const awaited = new Map(); // file name -> {promise, settle} of why it cannot be had, or nothing

/** What settles when a package has come, or cannot. */
function arrival(name) {
  if (!awaited.has(name)) {
    let settle;
    const promise = new Promise((resolve) => { settle = resolve; });
    awaited.set(name, { promise, settle });
  }
  return awaited.get(name);
}

/** Take a package, or the reason why there is none. */
function receiveWheel({ name, content, reason = "" }) {
  if (content && !wheels.has(name)) wheels.set(name, content);
  arrival(name).settle(reason);
  if (reason) awaited.delete(name); // whoever asks next is answered anew
}

/** Unpack a wheel: called by Python in the midst of an import. Returns what is wrong, or nothing. */
function unpack(name) {
  const kept = wheels.get(name);
  if (kept === null) return "";
  const now = kept ? new FileReaderSync().readAsArrayBuffer(kept) : fetchNow(name, "");
  if (!now) return "missing";
  const right = unpacked(now, kept ? "" : settings.files[name].sha256) || (!kept && unpackAgain(name));
  if (right) wheels.set(name, null);
  return right ? "" : "hash";
}

/** Hand bytes to Python; false where they are not the right ones. */
function unpacked(content, sha256) {
  const view = python.toPy(new Uint8Array(content));
  const right = live.unpack(view, sha256);
  view.destroy?.();
  return right;
}

/** Fetch past what the browser has kept, for that was wrong. */
function unpackAgain(name) {
  const now = fetchNow(name, `&again=${Date.now()}`);
  return Boolean(now) && unpacked(now, settings.files[name].sha256);
}

/** Fetch a file while Python waits for it: an import that no one could foresee. */
function fetchNow(name, more) {
  const asked = new XMLHttpRequest();
  asked.open("GET", `${settings.base}${name}?v=${settings.files[name].sha256.slice(0, 16)}${more}`, false);
  asked.responseType = "arraybuffer";
  try {
    asked.send();
  } catch {
    return null;
  }
  if (asked.status !== 200 && !more) return fetchNow(name, `&again=${Date.now()}`);
  return asked.status === 200 ? asked.response : null;
}

/** What is imported before anybody asks for it: in small steps, so that a cell never waits long. */
const WARM = [
  "numpy", "lib", "PIL.Image", "matplotlib", "matplotlib.colors", "matplotlib.figure", "matplotlib.pyplot",
  "matplotlib.backends.backend_agg", "ipywidgets", "lib.plotting", "lib.explorables",
];

/** Import the packages of the background, one after the other, between the reader's own cells. */
async function fillBackground() {
  const all = (names) => Promise.all(names.map((name) => arrival(name).promise));
  const first = await all(settings.first);
  for (const name of WARM) {
    if (name === "PIL.Image") await all(settings.then);
    await inTurn(() => { report(`Loading ${name.split(".")[0]}`); live.warm(name); });
    await new Promise((done) => setTimeout(done)); // messages that have come meanwhile go first
  }
  const missing = [...first, ...await all(settings.then.filter((name) => !wheels.has(name)))].filter(Boolean);
  postMessage({ type: "background", names: WARM, missing });
}

// ---------------------------------------------------------------------------------------------
// Messages

/** Work on one thing after the other. */
function inTurn(work) {
  turn = turn.then(work).catch(fail);
  return turn;
}

/** Wait for the packages that a cell imports, and let the reader see it. */
async function waitForPackages(id, code) {
  const missing = JSON.parse(live.waits_for(code)).filter((name) => !wheels.has(name));
  if (!missing.length) return;
  const show = `Loading ${missing.map((name) => name.split("-")[0]).join(", ")}`;
  postMessage({ type: "output", id, output: { output_type: "waiting", step: show } });
  report(show);
  const arrivals = missing.map((name) => arrival(name).promise);
  postMessage({ type: "need", names: missing });
  await Promise.race([Promise.all(arrivals), new Promise((done) => { signal.wake = done; })]);
}

/** Text as JSON of plain ASCII: Pyodide garbles other letters once its memory is past two gigabytes. */
const ascii = (value) => JSON.stringify(value).replace(/[^\x00-\x7f]/g, (letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, "0")}`);

const handlers = {
  boot,
  async run({ id, code, cell, ratio, stop }) {
    const stopped = '{"status": "stopped", "execution_count": null}';
    const work = async () => {
      await waitForPackages(id, code);
      return signal.stopped ? stopped : live.run(id, ascii([code, cell]), ratio);
    };
    const ended = stop[0] === signal.dead ? stopped : await stoppable(stop, work);
    postMessage({ type: "done", id, ...JSON.parse(ended) });
  },
  async comm({ id, msg: { buffers = [], ...message }, stop }) {
    if (stop[0] !== signal.dead) {
      const views = python.toPy(buffers.map((buffer) => new Uint8Array(buffer)));
      await stoppable(stop, () => live.comm(id, ascii(message), views));
      views.destroy();
    }
    postMessage({ type: "comm_done", id });
  },
  complete({ id, code, position }) {
    const { items, length } = JSON.parse(live.complete(ascii(code.slice(0, position))));
    postMessage({ type: "completed", id, items, from: position - length });
  },
};
const atOnce = { wheel: receiveWheel, interrupt };

self.onmessage = ({ data }) => (atOnce[data.type] ? atOnce[data.type](data) : inTurn(() => handlers[data.type](data)));
