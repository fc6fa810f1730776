/**
 * The page's end of Python: one worker, one thing at a time.
 *
 *   const kernel = createKernel({ onstate, onprogress, onlost, onbackground });
 *   await kernel.boot();                                  // optional: run() boots by itself
 *   const { status, execution_count } = await kernel.run("1 + 1", {
 *     cell: "Cell 7",                                     // how tracebacks call the code
 *     onoutput: (output) => area.append(output),          // one nbformat output at a time
 *   });
 *
 * @typedef {"off" | "starting" | "ready" | "busy" | "failed"} State
 *   off: nothing was asked for, nothing is loaded. starting: files, then Python. ready: waits for
 *   work. busy: runs code (handling a comm is not busy). failed: `failure` says why; `restart()` may help.
 *
 * @typedef {object} Failure
 * @property {"unavailable"|"offline"|"missing"|"hash"|"wasm"|"memory"|"file"|"other"} reason
 *   unavailable: the site was built without Python (detail: why). file: the page was opened from a
 *   disk (file://). The rest as the worker says: no network; a file is not on the server; a file has
 *   other bytes; WebAssembly is forbidden or absent; out of memory; anything else.
 * @property {string} detail  a file name, or the error's own words; may be empty
 *
 * @typedef {object} Progress
 * @property {string} step  short text for people: "Downloading Python", "Starting Python",
 *   "Loading numpy" ...
 * @property {number} loaded  bytes so far, of everything asked for up to now
 * @property {number} total   bytes in all (uncompressed)
 * @property {boolean} quiet  no byte and no step for 15 seconds: say kindly that it is slow; the kernel
 *   goes on waiting
 * @property {boolean} background  true while packages come after "ready" (loaded and total are then theirs)
 *
 * @typedef {object} Result
 * @property {"ok"|"error"|"stopped"|"failed"} status
 *   ok and error: the code ran; an error has been given to onoutput as an nbformat error. stopped:
 *   stop() or restart() ended it, or ended it before it began. failed: Python could not start, or died
 *   (memory); see kernel.failure.
 * @property {number|null} execution_count
 *
 * @typedef {object} Kernel
 * @property {State} state            read only
 * @property {Failure|null} failure   read only; set while state is "failed"
 * @property {object|null} versions   read only; {python, numpy, lib} once it has been ready
 * @property {number} generation      read only; grows by one whenever a Python is gone and its variables
 *   with it. A comm or a variable of an earlier generation does not exist any more.
 * @property {boolean} background     read only; true once the packages of the background are there
 * @property {() => Promise<object>} manifest    the site's manifest (fetched once)
 * @property {() => Promise<State>} boot         start if it is off or failed; settles when ready or
 *   failed, with the state; never rejects
 * @property {(code: string, options?: {cell?: string, onoutput?: (output: object) => void})
 *   => Promise<Result>} run   boots if need be; waits for its turn; never rejects
 * @property {() => void} stop       end what runs and what waits (settles as "stopped"), and start a new
 *   Python in the background. Does nothing where state is "off" or "failed"
 * @property {() => void} restart    the same, also from "failed"
 * @property {() => void} dispose    end the worker for good
 * @property {(code: string, position: number) => Promise<{items: {label: string, type: string}[],
 *   from: number}>} complete   names from the live namespace; `position` and `from` count as
 *   JavaScript strings do; no items while Python is not ready or busy. type: "variable" |
 *   "function" | "class" | "module" | "keyword" | "property"
 * @property {Comms} comms
 *
 * @typedef {object} Comms   Jupyter's comms. A message is {msg_type, content: {comm_id, target_name?,
 *   target_module?, data}, metadata, buffers: ArrayBuffer[]}
 * @property {(listener: (message: object) => void) => () => void} onMessage
 *   every message that comes from Python, in order; returns what takes the listener away again
 * @property {(message: object, options?: {onoutput?: (output: object) => void}) => Promise<boolean>} send
 *   settles when Python has handled it (true), or is gone (false). While a cell runs it waits in
 *   Python's queue. onoutput gets what a handler prints outside of any Output widget
 *
 * @param {object} [listeners]
 * @param {(state: State, kernel: Kernel) => void} [listeners.onstate]       every change of state
 * @param {(progress: Progress) => void} [listeners.onprogress]
 * @param {(generation: number) => void} [listeners.onlost]   a Python that had run code is gone, with
 *   its variables and widgets (stop, restart, or a crash); called before the state changes
 * @param {(names: string[], missing: string[]) => void} [listeners.onbackground]  the packages of the
 *   background are there, but for the reasons in `missing` ("offline", "missing", "hash")
 * @param {URL|string} [listeners.home]  where manifest.json, worker.js and live.py are; default: beside
 *   this module
 * @returns {Kernel}
 *
 * Outputs given to onoutput are nbformat's, plus:
 *   error: {ename, evalue, traceback: string[] (plain text, no ANSI), line?: number, hint?: string};
 *   clear_output: {wait}; update_display_data: {data, metadata, transient: {display_id}};
 *   image/png carries metadata["image/png"] = {width, height} in CSS pixels;
 *   a "waiting" output {output_type: "waiting", step} while the cell waits for a package of the background
 *   (drop it at the next output or when run() settles).
 * A comm_open of one of the course's explorables has metadata.explorable = "<module>" (fit_line) and
 * its state has neither _esm nor _css: start /_explorables/<module>.js on it.
 */

const QUIET_SECONDS = 15;
const SHARPEST = 2; // device pixels to one CSS pixel, in figures
const NOWHERE = { items: [], from: 0 };

/** A promise with its end in hand. */
function deferred() {
  let settle;
  const promise = new Promise((resolve) => { settle = resolve; });
  return { promise, settle };
}

/** The site's own description of its Python, or why it cannot be had. */
async function readManifest(home) {
  if (home.protocol === "file:") throw failure("file");
  const answer = await fetch(new URL("manifest.json", home)).catch(() => {
    throw failure("offline", "manifest.json");
  });
  if (!answer.ok) throw failure("missing", "manifest.json");
  const manifest = await answer.json();
  if (manifest.available === false) throw failure("unavailable", manifest.reason);
  return manifest;
}

function failure(reason, detail = "") {
  return Object.assign(new Error(reason), { reason, detail });
}

class Kernel {
  state = "off";
  failure = null;
  versions = null;
  generation = 0;
  background = false;
  #home;
  #listeners;
  #manifest;
  #worker;
  #used = false; // whether this Python has run code
  #number = 0;
  #queue = [];
  #running = null;
  #pending = new Map(); // id of a comm or a completion -> how to settle it
  #outputs = new Map(); // id -> onoutput
  #settled = deferred(); // ready or failed
  #heard = new Set(); // listeners of comms
  #progress = null;
  #watch;

  constructor({ home = new URL(".", import.meta.url), ...listeners }) {
    this.#home = new URL(home, import.meta.url);
    this.#listeners = listeners;
    this.comms = {
      onMessage: (listener) => {
        this.#heard.add(listener);
        return () => this.#heard.delete(listener);
      },
      send: (msg, { onoutput } = {}) => this.#ask({ type: "comm", msg }, false, onoutput),
    };
  }

  manifest() {
    this.#manifest ??= readManifest(this.#home);
    this.#manifest.catch(() => { this.#manifest = undefined; });
    return this.#manifest;
  }

  boot() {
    if (this.state === "off" || this.state === "failed") this.#start();
    return this.#settled.promise;
  }

  run(code, { cell = "Cell", onoutput = () => {} } = {}) {
    const { promise, settle } = deferred();
    this.#queue.push({ code, cell, onoutput, settle });
    this.boot();
    this.#next();
    return promise;
  }

  stop() {
    if (this.state !== "off" && this.state !== "failed") this.restart();
  }

  restart() {
    this.#end("stopped");
    this.#start();
  }

  dispose() {
    this.#end("stopped");
    this.#become("off");
  }

  async complete(code, position) {
    if (!["ready", "busy"].includes(this.state)) return { ...NOWHERE, from: position };
    const answer = await this.#ask({ type: "complete", code, position }, NOWHERE);
    return { items: answer.items, from: answer.from };
  }

  /** Change the state, and say so. */
  #become(state) {
    this.state = state;
    if (state === "ready" || state === "failed") this.#settled.settle(state);
    this.#listeners.onstate?.(state, this);
  }

  /** Start a worker. */
  async #start() {
    this.failure = null;
    this.background = false;
    this.#settled = deferred();
    const attempt = this.#attempt = {};
    this.#become("starting");
    try {
      const manifest = await this.manifest();
      if (attempt === this.#attempt) this.#launch(manifest);
    } catch (error) {
      if (attempt === this.#attempt) this.#fail(error.reason ?? "other", error.detail ?? error.message);
    }
  }
  #attempt = null;

  #launch({ base, lock, version, files, packages, python }) {
    if (typeof WebAssembly !== "object") throw failure("wasm");
    const worker = new Worker(new URL(`worker.js?v=${version}`, this.#home));
    worker.onmessage = ({ data }) => this.#receive[data.type]?.(data);
    worker.onerror = (event) => {
      event.preventDefault();
      if (this.state === "starting") this.#fail(navigator.onLine ? "missing" : "offline", event.message ?? "worker.js");
      else this.#fail(/memory/i.test(event.message) ? "memory" : "other", event.message);
    };
    this.#worker = worker;
    const folder = String(new URL(base, new URL("manifest.json", this.#home)));
    worker.postMessage({ type: "boot", base: folder, lock, version, files, packages, python });
    this.#listen();
  }

  /** Say so when nothing has been heard for long; a slow connection is waited for. */
  #listen() {
    clearTimeout(this.#watch);
    if (this.state !== "starting") return;
    this.#watch = setTimeout(() => {
      this.#listeners.onprogress?.({ step: "Starting Python", loaded: 0, total: 0, background: false, ...this.#progress, quiet: true });
    }, QUIET_SECONDS * 1000);
  }

  /** End this Python: all that waits for it gets an answer. */
  #end(status) {
    clearTimeout(this.#watch);
    this.#attempt = null;
    this.#worker?.terminate();
    this.#worker = undefined;
    const cells = [this.#running, ...this.#queue].filter(Boolean);
    this.#running = null;
    this.#queue = [];
    this.#progress = null;
    this.#outputs.clear();
    const asked = [...this.#pending.values()];
    this.#pending.clear();
    if (this.#used) {
      this.#used = false;
      this.generation += 1;
      this.#listeners.onlost?.(this.generation);
    }
    asked.forEach(({ settle, gone }) => settle(gone));
    cells.forEach(({ settle }) => settle({ status, execution_count: null }));
  }

  #fail(reason, detail = "") {
    this.failure = { reason, detail };
    this.#end("failed");
    this.#become("failed");
  }

  /** Give the worker the next cell, if it is free. */
  #next() {
    if (this.state !== "ready" || !this.#queue.length) return;
    this.#running = this.#queue.shift();
    this.#used = true;
    const { code, cell, onoutput } = this.#running;
    const id = this.#newId(onoutput);
    this.#become("busy");
    this.#worker.postMessage({ type: "run", id, code, cell, ratio: this.#ratio() });
  }

  #newId(onoutput) {
    const id = `${this.generation}.${++this.#number}`;
    if (onoutput) this.#outputs.set(id, onoutput);
    return id;
  }

  #ratio() {
    return Math.min(SHARPEST, Math.max(1, globalThis.devicePixelRatio ?? 1));
  }

  /** Ask the worker something; `gone` is the answer of a Python that is no more. */
  #ask(message, gone, onoutput) {
    if (!["ready", "busy"].includes(this.state)) return Promise.resolve(gone);
    const { promise, settle } = deferred();
    const id = this.#newId(onoutput);
    this.#pending.set(id, { settle, gone });
    this.#worker.postMessage({ ...message, id });
    return promise;
  }

  #answer(id, value) {
    this.#pending.get(id)?.settle(value);
    this.#pending.delete(id);
  }

  #receive = {
    progress: ({ type, ...progress }) => {
      this.#progress = progress;
      this.#listen();
      this.#listeners.onprogress?.({ ...progress, quiet: false });
    },
    ready: ({ versions }) => {
      clearTimeout(this.#watch);
      this.versions = versions;
      this.#become("ready");
      this.#next();
    },
    background: ({ names, missing }) => {
      this.background = true;
      this.#listeners.onbackground?.(names, missing);
    },
    failed: ({ reason, detail }) => this.#fail(reason, detail),
    output: ({ id, output }) => this.#outputs.get(id)?.(output),
    done: ({ status, execution_count }) => {
      const { settle } = this.#running;
      this.#running = null;
      this.#become("ready");
      settle({ status, execution_count });
      this.#next();
    },
    comm: ({ msg }) => this.#heard.forEach((listener) => listener(msg)),
    comm_done: ({ id }) => {
      this.#outputs.delete(id);
      this.#answer(id, true);
    },
    completed: ({ id, items, from }) => this.#answer(id, { items, from }),
  };
}

/** Make a kernel; nothing is loaded before `boot()` or `run()`. */
export function createKernel(listeners = {}) {
  return new Kernel(listeners);
}
