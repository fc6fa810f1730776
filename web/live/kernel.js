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
 *   off: nothing was asked for, or the reader stopped the start. starting: files, then Python. ready:
 *   waits for work. busy: runs code, or has been handling a comm (or a task of asyncio) for 300 ms. failed:
 *   `failure` says why; `restart()` may help.
 *
 * @typedef {object} Failure
 * @property {"unavailable"|"offline"|"missing"|"hash"|"wasm"|"memory"|"file"|"crashed"|"other"} reason
 *   unavailable: the site was built without Python (detail: why). file: the page was opened from a
 *   disk (file://). The rest as the worker says: no network; a file is not on the server; a file has
 *   other bytes; WebAssembly is forbidden or absent; out of memory. crashed: Python had started, and
 *   died; its variables are gone. other: anything else.
 * @property {string} detail  a file name, or the error's own words; may be empty
 *
 * @typedef {object} Progress
 * @property {string} step  short text for people: "Downloading Python", "Starting Python",
 *   "Loading numpy" ...
 * @property {number} loaded  bytes so far, of everything asked for up to now
 * @property {number} total   bytes in all (uncompressed)
 * @property {boolean} quiet  no byte and no step for 15 seconds: say kindly that it is slow; the kernel
 *   goes on waiting
 * @property {boolean} [ending]   with quiet: a Python that took no notice of Stop may be at work beside
 *   the new one (WebKit lets an endless loop run on for a while), which is why this takes longer
 * @property {boolean} background  true while packages come after "ready" (loaded and total are then theirs)
 *
 * @typedef {object} Result
 * @property {"ok"|"error"|"stopped"|"failed"} status
 *   ok and error: the code ran; an error has been given to onoutput as an nbformat error. stopped:
 *   stop() or restart() ended it, or ended it before it began. failed: Python could not start, or died;
 *   see kernel.failure.
 * @property {"kept"|"lost"|"off"} [variables]  after "stopped": what became of the variables. off: Python
 *   had not even started, and does not start by itself
 * @property {number} [line]  where an interrupt met the cell
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
 * @property {boolean} stopping       read only; true between stop() and its effect
 * @property {() => void} stop       end what runs and what waits (settles as "stopped"). What runs is
 *   interrupted, and the variables are kept; what takes no notice for two seconds, or a second stop(),
 *   ends this Python and starts another. During the start: off, what has been downloaded is kept.
 * @property {() => void} restart    end this Python, with all that runs and waits, and start another
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
 * Between page and worker go these messages. To the worker: boot {base, lock, files, core: {name: Blob},
 * module, first, then, stop, proof, python}; wheel {name, content: Blob} or {name, reason}; run {id, code, cell, ratio,
 * stop}; comm {id, msg, stop}; complete {id, code, position}; interrupt {stop}. `stop` are addresses of a blob:
 * once they are revoked, and `proof` can still be read, Python's next look interrupts it. From the worker: progress {step}; ready
 * {versions}; need {names} of wheels; output {id, output}; done {id, status, execution_count, line?}; comm
 * {msg}; comm_done {id}; completed {id, items, from}; task {running}; background {names, missing}; failed
 * {reason, detail}.
 *
 * @returns {Kernel}
 *
 * Outputs given to onoutput are nbformat's, plus:
 *   error: {ename, evalue, traceback: string[] (plain text, no ANSI), line?: number, hint?: string};
 *   clear_output: {wait}; update_display_data: {data, metadata, transient: {display_id}};
 *   image/png carries metadata["image/png"] = {width, height} in CSS pixels;
 *   a "waiting" output {output_type: "waiting", step} while the cell waits for a package of the background
 *   (drop it at the next output or when run() settles).
 * A comm_open of one of the course's explorables has metadata.explorable = "<module>" (fit_line) and
 * its state has neither _esm nor _css: start that module on it.
 */
import { address } from "../../lib/explorables/static/kit/files.js";
import { archives, deferred, Downloads, failure, small } from "./download.js";

const QUIET_SECONDS = 15;
const ENDING_SECONDS = 4; // where an old Python may be at work beside the new one
const LONG = 300; // milliseconds after which work that nobody sees is said to be going on
const GRACE = 2000; // milliseconds in which an interrupt must have its effect
const MOST_OUTPUTS = 500; // cells and messages of widgets that may still show something
const SHARPEST = 2; // device pixels to one CSS pixel, in figures
const NOWHERE = { items: [], from: 0 };
const NO_WORKER = "the browser, or a policy that the server sends, does not let this page start a worker.";
const SCRIPTS = ["pyodide.js", "pyodide.asm.js"];
const WASM = "pyodide.asm.wasm";
const OWN = "live.zip";

/** The site's own description of its Python, or why it cannot be had. */
async function readManifest() {
  if (location.protocol === "file:") throw failure("file");
  const manifest = JSON.parse(new TextDecoder().decode(await small(address("_live/manifest.json"), "manifest.json")));
  if (manifest.available === false) throw failure("unavailable", manifest.reason);
  return manifest;
}

/** Something that a worker can look at while it works: two addresses that no longer answer once they are revoked. */
class StopSign {
  constructor() {
    this.urls = [1, 2].map(() => URL.createObjectURL(new Blob(["go on"])));
  }

  raise() {
    this.urls.forEach((url) => URL.revokeObjectURL(url));
  }
}

class Kernel {
  state = "off";
  failure = null;
  versions = null;
  generation = 0;
  background = false;
  stopping = false;
  ending = false; // whether a Python that took no notice of Stop may still be at work
  #listeners;
  #manifest;
  #worker;
  #used = false; // whether this Python has run code
  #number = 0;
  #queue = [];
  #running = null;
  #pending = new Map(); // id of a comm or a completion -> how to settle it
  #outputs = new Map(); // id -> {onoutput, cell}, also after the end: a task of asyncio may show something later
  #settled = deferred(); // ready or failed
  #heard = new Set(); // listeners of comms
  #progress = { step: "Downloading Python" };
  #watch;
  #downloads;
  #own; // the script of the worker
  #sign;
  #grace;
  #slow = new Map(); // work that no cell shows -> the timer after which it is seen, or null
  #toStop = new Set();

  constructor(listeners) {
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
    this.#manifest ??= readManifest();
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
    if (this.state === "starting") this.#halt();
    else if (this.stopping) this.restart();
    else if (this.#running || this.#slow.size) this.#interrupt();
  }

  restart() {
    this.#end("stopped", "lost");
    this.#start();
  }

  /** Give up a start; it goes on where it was when somebody asks for Python again. */
  #halt() {
    this.#downloads?.pause();
    this.#end("stopped", "off");
    this.#become("off");
  }

  /** Interrupt what runs; a Python that takes no notice is ended. */
  #interrupt() {
    this.stopping = true;
    this.#toStop = new Set([this.#running?.id, ...this.#slow.keys()].filter(Boolean));
    this.#queue.splice(0).forEach(({ settle }) => settle({ status: "stopped", variables: "kept", execution_count: null }));
    this.#renewSign();
    this.#worker.postMessage({ type: "interrupt", stop: this.#sign.urls });
    this.#grace = setTimeout(() => {
      this.ending = true;
      this.restart();
    }, GRACE);
    this.#listeners.onstate?.(this.state, this);
  }

  #renewSign() {
    this.#sign.raise();
    this.#sign = new StopSign();
  }

  /** All that was to be stopped has stopped. */
  #calm() {
    clearTimeout(this.#grace);
    this.stopping = false;
    this.#toStop.clear();
  }

  dispose() {
    this.#downloads?.pause();
    this.#end("stopped", "lost");
    this.#become("off");
  }

  async complete(code, position) {
    if (!this.#alive) return { ...NOWHERE, from: position };
    const answer = await this.#ask({ type: "complete", code, position }, NOWHERE);
    return { items: answer.items, from: answer.from };
  }

  /** Change the state, and say so. */
  #become(state) {
    this.state = state;
    if (state === "ready" || state === "failed") this.#settled.settle(state);
    this.#listeners.onstate?.(state, this);
  }

  /** Start a worker with all that it needs. */
  async #start() {
    this.failure = null;
    this.background = false;
    this.#settled = deferred();
    const attempt = this.#attempt = {};
    this.#become("starting");
    try {
      const manifest = await this.manifest();
      if (attempt !== this.#attempt) return;
      const parts = await this.#download(manifest);
      if (attempt === this.#attempt) this.#launch(manifest, parts);
    } catch (error) {
      if (attempt === this.#attempt) this.#fail(error.reason ?? "other", error.detail ?? error.message);
    }
  }
  #attempt = null;

  /** Fetch what Python needs to start; the packages follow while it does. */
  async #download({ base, lock, files }) {
    if (typeof WebAssembly !== "object") throw failure("wasm");
    this.#folder = String(new URL(base, address("_live/manifest.json")));
    this.#downloads ??= new Downloads(this.#folder, files, () => this.#report());
    this.#downloads.resume();
    this.#report();
    const obtain = (name) => this.#downloads.obtain(name);
    const names = [...SCRIPTS, OWN, "python_stdlib.zip", lock];
    const [module, worker, checked] = await Promise.all([obtain(WASM), this.#workerScript(), Promise.all(names.map(obtain))]);
    const core = Object.fromEntries(names.map((name, index) => [name, checked[index]]));
    return { module, worker, core, locked: JSON.parse(await core[lock].text()).packages };
  }
  #folder;

  /** The worker's own script, fetched once. */
  #workerScript() {
    this.#own ??= small(address("_live/worker.js"), "worker.js").then((content) => new Blob([content]));
    this.#own.catch(() => { this.#own = undefined; });
    return this.#own;
  }

  /** Start the worker, from a blob: the policy of the page binds it then, and its scripts are the checked ones. */
  #launch({ lock, files, packages, python }, { module, worker: own, core, locked }) {
    const parts = [...SCRIPTS.map((name) => core[name]), own].flatMap((part) => [part, "\n;\n"]);
    const url = URL.createObjectURL(new Blob(parts, { type: "text/javascript" }));
    const worker = this.#worker = new Worker(url);
    worker.onmessage = ({ data }) => {
      URL.revokeObjectURL(url);
      this.#receive[data.type]?.(data);
    };
    worker.onerror = (event) => {
      event.preventDefault();
      this.#fail(/memory/i.test(event.message) ? "memory" : "other", event.message || NO_WORKER);
    };
    this.#sign = new StopSign();
    const [first, then] = [packages.first, packages.then].map((names) => archives(names, locked, files));
    const stop = this.#sign.urls;
    const proof = this.#proof ??= URL.createObjectURL(new Blob(["here"]));
    worker.postMessage({ type: "boot", base: this.#folder, stop, proof, lock, files, core, module, first, then, python });
    [...new Set([...first, ...then])].forEach((name) => this.#sendWheel(worker, name));
    this.#listen();
  }

  /** Send a package to a worker when it has come, or say why it has not. */
  async #sendWheel(worker, name) {
    const wheel = await this.#downloads.obtain(name).then((content) => ({ content }), ({ reason = "other" }) => ({ reason }));
    worker.postMessage({ type: "wheel", name, ...wheel });
  }

  /** Say how far things are. */
  #report(step = this.#progress.step) {
    const background = this.#stage === "background";
    const { loaded, total } = this.#downloads.counts[this.#stage];
    this.#progress = { step, loaded, total, background };
    this.#listen();
    this.#listeners.onprogress?.({ ...this.#progress, quiet: false });
  }
  #stage = "boot";
  #proof;

  /** Say so when nothing has been heard for long; a slow connection is waited for. */
  #listen() {
    clearTimeout(this.#watch);
    if (this.state !== "starting") return;
    this.#watch = setTimeout(() => {
      this.#listeners.onprogress?.({ loaded: 0, total: 0, background: false, ...this.#progress, quiet: true, ending: this.ending });
    }, (this.ending ? ENDING_SECONDS : QUIET_SECONDS) * 1000);
  }

  /** End this Python: all that waits for it gets an answer. */
  #end(status, variables) {
    clearTimeout(this.#watch);
    this.#calm();
    this.#sign?.raise();
    this.#slow.forEach((timer) => clearTimeout(timer));
    this.#slow.clear();
    this.#attempt = null;
    this.#worker?.terminate();
    this.#worker = undefined;
    const cells = [this.#running, ...this.#queue].filter(Boolean);
    this.#running = null;
    this.#queue = [];
    this.#progress = { step: "Downloading Python" };
    this.#stage = "boot";
    this.#outputs.clear();
    const asked = [...this.#pending.values()];
    this.#pending.clear();
    if (this.#used) {
      this.#used = false;
      this.generation += 1;
      this.#listeners.onlost?.(this.generation);
    }
    asked.forEach(({ settle, gone }) => settle(gone));
    cells.forEach(({ settle }) => settle({ status, variables, execution_count: null }));
  }

  #fail(reason, detail = "") {
    const died = this.state === "ready" || this.state === "busy";
    this.failure = { reason: died && reason === "other" ? "crashed" : reason, detail, died };
    this.#end("failed");
    this.#become("failed");
  }

  /** Give the worker the next cell, if it has none. */
  #next() {
    if (!this.#alive || this.#running || !this.#queue.length) return;
    this.#running = this.#queue.shift();
    this.#used = true;
    const { code, cell, onoutput } = this.#running;
    const id = this.#running.id = this.#newId(onoutput, cell);
    this.#become("busy");
    this.#worker.postMessage({ type: "run", id, code, cell, ratio: this.#ratio(), stop: this.#sign.urls });
  }

  get #alive() {
    return this.state === "ready" || this.state === "busy";
  }

  #newId(onoutput, cell) {
    const id = `${this.generation}.${++this.#number}`;
    if (!onoutput) return id;
    const over = [...this.#outputs.keys()].find((old) => old !== this.#running?.id && !this.#pending.has(old));
    if (this.#outputs.size >= MOST_OUTPUTS) this.#outputs.delete(over);
    if (cell) this.#outputs.forEach((one, old) => one.cell === cell && this.#outputs.delete(old));
    this.#outputs.set(id, { onoutput, cell });
    return id;
  }

  /** Note work that nobody sees; what takes long is seen. */
  #began(id) {
    this.#slow.set(id, setTimeout(() => {
      this.#slow.set(id, null);
      if (this.state === "ready") this.#become("busy");
    }, LONG));
  }

  /** Something has ended: Python may be free now, and what the reader stopped may be over. */
  #ended(id) {
    clearTimeout(this.#slow.get(id));
    this.#slow.delete(id);
    this.#toStop.delete(id);
    if (this.stopping && !this.#toStop.size) this.#calm();
    const busy = this.#running || [...this.#slow.values()].includes(null);
    if (this.#alive && this.state !== (busy ? "busy" : "ready")) this.#become(busy ? "busy" : "ready");
  }

  #ratio() {
    return Math.min(SHARPEST, Math.max(1, globalThis.devicePixelRatio ?? 1));
  }

  /** Ask the worker something; `gone` is the answer of a Python that is no more. */
  #ask(message, gone, onoutput) {
    if (!this.#alive) return Promise.resolve(gone);
    const { promise, settle } = deferred();
    const id = this.#newId(onoutput);
    this.#pending.set(id, { settle, gone });
    if (message.type === "comm") this.#began(id);
    this.#worker.postMessage({ ...message, id, stop: this.#sign.urls });
    return promise;
  }

  #answer(id, value) {
    this.#pending.get(id)?.settle(value);
    this.#pending.delete(id);
  }

  #receive = {
    progress: ({ step }) => this.#report(step),
    need: ({ names }) => names.forEach((name) => this.#sendWheel(this.#worker, name)),
    ready: ({ versions }) => {
      this.versions = versions;
      this.#stage = "background";
      this.ending = false;
      this.#become("ready");
      clearTimeout(this.#watch);
      this.#next();
    },
    background: ({ names, missing }) => {
      this.background = true;
      this.#listeners.onbackground?.(names, missing);
    },
    failed: ({ reason, detail }) => this.#fail(reason, detail),
    output: ({ id, output }) => this.#outputs.get(id)?.onoutput(output),
    done: ({ id, status, execution_count, line }) => {
      const { settle } = this.#running;
      this.#running = null;
      if (status === "stopped" && !this.stopping) this.#renewSign();
      this.#ended(id);
      settle({ status, execution_count, ...(status === "stopped" ? { variables: "kept", line } : {}) });
      this.#next();
    },
    comm: ({ msg }) => this.#heard.forEach((listener) => listener(msg)),
    comm_done: ({ id }) => {
      this.#ended(id);
      this.#answer(id, true);
    },
    task: ({ running }) => (running ? this.#began("task") : this.#ended("task")),
    completed: ({ id, items, from }) => this.#answer(id, { items, from }),
  };
}

/** Make a kernel; nothing is loaded before `boot()` or `run()`. */
export function createKernel(listeners = {}) {
  return new Kernel(listeners);
}
