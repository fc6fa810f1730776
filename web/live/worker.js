/**
 * The kernel: Python in a worker of its own. It takes and gives the messages that kernel.js knows;
 * live.py is its other half. Nothing is loaded but from the folder that the page names, and no byte of
 * it is used before its hash is right.
 */
"use strict";

const live = {}; // functions of live.py
let settings; // what the page said at the start: {base, lock, version, files, packages}
let locked = {}; // the packages of the lock, by name
let python; // Pyodide
let turn = Promise.resolve(); // one message is worked on at a time

/** A failure that the page has words for. */
class Failure extends Error {
  constructor(reason, detail = "") {
    super(`${reason}: ${detail}`);
    Object.assign(this, { reason, detail: String(detail) });
  }
}

// ---------------------------------------------------------------------------------------------
// Bytes: counted, checked, each file once

const counts = { boot: { loaded: 0, total: 0 }, background: { loaded: 0, total: 0 } };
const bytes = new Map(); // file name -> promise of its bytes
let stage = "boot";
let said = 0;
let step = "Downloading Python";

/** Tell the page how far things are. */
function report(next = step) {
  step = next;
  said = performance.now();
  postMessage({ type: "progress", step, ...counts[stage], background: stage === "background" });
}

/** Where a file is; its name in the cache changes with its content. */
function addressOf(name) {
  return `${settings.base}${name}?v=${settings.files[name].sha256.slice(0, 16)}`;
}

/** Ask for a file; a cached one needs no network, for its address names its content. */
async function request(address, name) {
  const answer = await fetchFile(address, { cache: "force-cache" }).catch(() => {
    throw new Failure("offline", name);
  });
  if (!answer.ok) throw new Failure("missing", name);
  return answer;
}

/** Count what passes, and say so twenty times a second. */
function counting(count) {
  const transform = (chunk, controller) => {
    count.loaded += chunk.byteLength;
    if (performance.now() - said > 50) report();
    controller.enqueue(chunk);
  };
  return new TransformStream({ transform });
}

/** Refuse bytes that are not the right ones. */
async function verified(name, content) {
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", content));
  const hex = Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("");
  if (hex !== settings.files[name].sha256) throw new Failure("hash", name);
  return content;
}

/** Fetch a file and check it; `branch` may look at its stream on the way. */
async function download(name, branch) {
  const count = counts[name.endsWith(".whl") ? "background" : "boot"];
  count.total += settings.files[name].size;
  const answer = await request(addressOf(name), name);
  const stream = branch(answer.body.pipeThrough(counting(count)));
  const content = await new Response(stream).arrayBuffer().catch(() => {
    throw new Failure("offline", name);
  });
  return verified(name, content);
}

/** The bytes of a file, fetched once; after a failure the next one to ask tries again. */
function obtain(name, branch = (stream) => stream) {
  if (!bytes.has(name)) {
    bytes.set(name, download(name, branch));
    bytes.get(name).catch(() => bytes.delete(name));
  }
  return bytes.get(name);
}

// ---------------------------------------------------------------------------------------------
// The start of Python

const fetchFile = self.fetch.bind(self);
const instantiateStreaming = self.WebAssembly?.instantiateStreaming;
const SCRIPTS = ["pyodide.js", "pyodide.asm.js"];

/** Compile WebAssembly while it arrives; what is returned has been checked as well. */
async function compiled(name) {
  let module;
  await obtain(name, (stream) => {
    const [kept, passed] = stream.tee();
    const headers = { "Content-Type": "application/wasm" };
    module = WebAssembly.compileStreaming(new Response(passed, { headers }));
    module.catch(() => {}); // looked at below
    return kept;
  });
  return module.catch((error) => {
    throw new Failure(/out of memory/i.test(error.message) ? "memory" : "wasm", error.message);
  });
}

/** Run a script whose bytes are known to be right. */
async function runScript(name) {
  const url = URL.createObjectURL(new Blob([await obtain(name)], { type: "text/javascript" }));
  try {
    importScripts(url);
  } catch {
    importScripts(addressOf(name)); // a server may forbid blobs
  }
  URL.revokeObjectURL(url);
}

/** Answer Pyodide's own requests with what has been fetched and checked. */
function serveToPyodide(module) {
  self.fetch = async (url) => {
    const name = String(url).slice(settings.base.length);
    return name.endsWith(".wasm") ? null : new Response(await obtain(name));
  };
  WebAssembly.instantiateStreaming = async (_, imports) => (
    { module, instance: await WebAssembly.instantiate(module, imports) }
  );
}

/** From here on requests are the cells' own. */
function serveNoMore() {
  self.fetch = fetchFile;
  WebAssembly.instantiateStreaming = instantiateStreaming;
}

/** Read a source that lies beside this script. */
async function sourceOf(name) {
  const address = new URL(`${name}?v=${settings.version}`, self.location);
  return (await request(address, name)).text();
}

/** Load everything that Python needs to start; the packages follow while it does. */
async function loadPython() {
  if (typeof WebAssembly !== "object") throw new Failure("wasm");
  report();
  const names = [...SCRIPTS, "python_stdlib.zip", settings.lock];
  const [module, live, pretty] = await Promise.all([
    compiled("pyodide.asm.wasm"), sourceOf("live.py"), sourceOf("pretty.py"), ...names.map((name) => obtain(name)),
  ]);
  locked = JSON.parse(new TextDecoder().decode(await obtain(settings.lock))).packages;
  fetchPackages();
  report("Starting Python");
  serveToPyodide(module);
  for (const name of SCRIPTS) await runScript(name);
  const quiet = { stdout() {}, stderr() {} };
  const lockFileURL = settings.base + settings.lock;
  python = await loadPyodide({ indexURL: settings.base, lockFileURL, ...quiet });
  serveNoMore();
  python._api.on_fatal = fail; // what has crashed settles nothing
  startLive(live, pretty);
}

const MAKE_MODULE = `
def make_module(name, source, file):
    import sys, types
    module = sys.modules[name] = types.ModuleType(name)
    module.__file__ = file
    exec(compile(source, file, "exec"), vars(module))
    return module
make_module`;

/** The packages that the page may have, as Python needs to know them. */
function carried() {
  const has = (name) => settings.files[locked[name]?.file_name];
  return Object.keys(locked).filter(has).map((name) => {
    const { file_name, imports, depends } = locked[name];
    return { name, file_name, imports, depends: depends.filter(has) };
  });
}

/** Make modules of Python from their sources, and let Python's half begin. */
function startLive(source, pretty) {
  const makeModule = python.runPython(MAKE_MODULE, { globals: python.toPy({}) });
  const module = makeModule("live", source, "live.py");
  for (const name of ["start", "run", "comm", "complete", "warm", "unpack", "waits_for"]) {
    live[name] = module[name];
  }
  live.start(postFromPython, JSON.stringify(carried()), unpack);
  makeModule("IPython.lib.pretty", pretty, "pretty.py").destroy();
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
  try {
    await loadPython();
  } catch (error) {
    fail(error);
    return;
  }
  const versions = { python: settings.python, numpy: locked.numpy?.version, lib: locked.lib?.version };
  stage = "background";
  postMessage({ type: "ready", versions });
  setTimeout(fillBackground, 50); // what the reader asked for comes first
}

/** Say that there is no Python, or none any more. */
function fail(error) {
  const memory = /out of memory|enlarge memory|allocat/i.test(error.message);
  const { reason = memory ? "memory" : "other", detail = error.message } = error;
  postMessage({ type: "failed", reason, detail });
}

// ---------------------------------------------------------------------------------------------
// Packages: their bytes come in the background, Python unpacks them at the first import

const wheels = new Map(); // file name -> bytes that have arrived, or null once they are unpacked

/** The files of packages, with those that they need before them. */
function filesOf(names) {
  const found = new Set();
  const visit = (name) => {
    locked[name]?.depends.forEach(visit);
    if (settings.files[locked[name]?.file_name]) found.add(locked[name].file_name);
  };
  names.forEach(visit);
  return [...found];
}

/** Keep the bytes of a wheel until it is imported; the reason, if they cannot be had. */
async function fetchWheel(name) {
  if (wheels.has(name)) return "";
  try {
    const content = await obtain(name);
    if (!wheels.has(name)) wheels.set(name, content);
    return "";
  } catch (error) {
    return error.reason ?? "other";
  } finally {
    bytes.delete(name);
  }
}

let fetched; // settles with the reasons of what could not be had

/** Fetch all packages, those that are needed first before the others. */
function fetchPackages() {
  const all = async (names) => Promise.all(filesOf(names).map(fetchWheel));
  fetched = all(settings.packages.first).then(async (first) => [...first, ...await all(settings.packages.then)]);
}

/** Unpack a wheel: called by Python in the midst of an import. Returns what is wrong, or nothing. */
function unpack(name) {
  const content = wheels.get(name);
  if (content === null) return "";
  const now = content ?? fetchNow(name);
  if (!now) return "missing";
  const view = python.toPy(new Uint8Array(now));
  const right = live.unpack(view, content ? "" : settings.files[name].sha256);
  view.destroy?.();
  if (right) wheels.set(name, null);
  return right ? "" : "hash";
}

/** Fetch a file while Python waits for it: an import that no one could foresee. */
function fetchNow(name) {
  const asked = new XMLHttpRequest();
  asked.open("GET", addressOf(name), false);
  asked.responseType = "arraybuffer";
  try {
    asked.send();
  } catch {
    return null;
  }
  return asked.status === 200 ? asked.response : null;
}

/** What is imported before anybody asks for it: in small steps, so that a cell never waits long. */
const WARM = [
  "numpy", "lib", "PIL.Image", "matplotlib", "matplotlib.colors", "matplotlib.figure", "matplotlib.pyplot",
  "matplotlib.backends.backend_agg", "ipywidgets", "lib.plotting", "lib.explorables",
];

/** Import the packages of the background, one after the other, between the reader's own cells. */
async function fillBackground() {
  const first = filesOf(settings.packages.first);
  await Promise.all(first.map(fetchWheel));
  for (const name of WARM) {
    if (name === "PIL.Image") await fetched;
    await inTurn(() => { report(`Loading ${name.split(".")[0]}`); live.warm(name); });
    await new Promise((done) => setTimeout(done)); // messages that have come meanwhile go first
  }
  const missing = (await fetched).filter(Boolean);
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
  await Promise.all(missing.map(fetchWheel));
}

const handlers = {
  boot,
  async run({ id, code, cell, ratio }) {
    await waitForPackages(id, code);
    postMessage({ type: "done", id, ...JSON.parse(await live.run(id, code, cell, ratio)) });
  },
  comm({ id, msg: { buffers = [], ...message } }) {
    const views = python.toPy(buffers.map((buffer) => new Uint8Array(buffer)));
    live.comm(id, JSON.stringify(message), views);
    views.destroy();
    postMessage({ type: "comm_done", id });
  },
  complete({ id, code, position }) {
    const { items, length } = JSON.parse(live.complete(code.slice(0, position)));
    postMessage({ type: "completed", id, items, from: position - length });
  },
};

self.onmessage = ({ data }) => inTurn(() => handlers[data.type](data));
