/**
 * The files of Python: fetched by the page, checked, and kept for every worker that the page starts, so
 * that a new Python costs no second download. No byte is given away before its hash is right.
 */

const AT_ONCE = 4; // of the six requests that a browser makes to an old server: a link still opens
const BETWEEN_REPORTS = 50; // milliseconds

/** Why a file cannot be had: "offline", "missing", "hash", or what WebAssembly says. */
export function failure(reason, detail = "") {
  return Object.assign(new Error(`${reason}: ${detail}`), { reason, detail: String(detail) });
}

/** A promise with its end in hand. */
export function deferred() {
  let settle;
  const promise = new Promise((resolve) => { settle = resolve; });
  return { promise, settle };
}

/** Ask a server; `cache` says what a browser may answer by itself. */
export async function ask(address, name, cache) {
  const answer = await fetch(address, { cache }).catch(() => {
    throw failure("offline", name);
  });
  if (!answer.ok) throw failure("missing", name);
  return answer;
}

/** Ask again past the browser's cache where the first answer was no good: a bad one may lie there. */
export async function askTwice(get, first = "default") {
  try {
    return await get(first);
  } catch (error) {
    if (error.reason === "wasm" || error.reason === "memory") throw error;
    return get("reload");
  }
}

/** Refuse bytes that are not the right ones: `sha256` is their hash, or its beginning. */
async function verified(name, content, sha256) {
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", content));
  const hex = Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("");
  if (!hex.startsWith(sha256)) throw failure("hash", name);
  return content;
}

/** The bytes of an answer to its end. */
const bytesOf = (answer, name) => answer.arrayBuffer().catch(() => {
  throw failure("offline", name);
});

/** A small file whose address tells its hash: whole and right, or why not. */
export function small(address, name) {
  const [, hash] = /\.([0-9a-f]{10})\.\w+$/.exec(address);
  return askTwice(async (cache) => verified(name, await bytesOf(await ask(address, name, cache), name), hash));
}

/** Compile WebAssembly while it arrives. */
function compile(stream) {
  const answer = new Response(stream, { headers: { "Content-Type": "application/wasm" } });
  const module = WebAssembly.compileStreaming(answer).catch((error) => {
    throw failure(/out of memory/i.test(error.message) ? "memory" : "wasm", error.message);
  });
  module.catch(() => {}); // it is looked at when the bytes are known to be right
  return module;
}

export class Downloads {
  /**
   * @param {string} base  the folder of the files
   * @param {object} files  size and sha256 of each, by name
   * @param {() => void} onprogress  called twenty times a second while bytes come
   */
  constructor(base, files, onprogress) {
    Object.assign(this, { base, files, onprogress });
    this.counts = { boot: { loaded: 0, total: 0 }, background: { loaded: 0, total: 0 } };
    this.kept = new Map(); // name -> promise of the file as a Blob, or of the compiled WebAssembly
    this.waiting = [];
    this.running = 0;
    this.said = 0;
    this.open = true;
  }

  /** Where a file is; its name in the cache changes with its content. */
  address(name) {
    return `${this.base}${name}?v=${this.files[name].sha256.slice(0, 16)}`;
  }

  /** A file, fetched once; after a failure the next one to ask tries again. */
  obtain(name) {
    if (!this.kept.has(name)) {
      const count = this.#countOf(name);
      count.total += this.files[name].size;
      const kept = this.#inTurn(() => askTwice((cache) => this.#fetch(name, cache), "force-cache"));
      this.kept.set(name, kept);
      kept.catch(() => {
        count.total -= this.files[name].size;
        this.kept.delete(name);
      });
    }
    return this.kept.get(name);
  }

  /** Let nothing come before `resume`; what has come is kept, and half a file goes on where it was. */
  pause() {
    if (this.open) this.gate = deferred();
    this.open = false;
  }

  resume() {
    this.open = true;
    this.gate?.settle();
  }

  #countOf(name) {
    return this.counts[name.endsWith(".whl") ? "background" : "boot"];
  }

  async #inTurn(work) {
    if (this.running >= AT_ONCE) await new Promise((go) => this.waiting.push(go));
    else this.running += 1;
    try {
      return await work();
    } finally {
      if (this.waiting.length) this.waiting.shift()();
      else this.running -= 1;
    }
  }

  async #fetch(name, cache) {
    await this.gate?.promise;
    const { sha256 } = this.files[name];
    const count = this.#countOf(name);
    const mine = { loaded: 0 };
    try {
      const answer = await ask(this.address(name), name, cache);
      return await this.#read(name, answer.body.pipeThrough(this.#counting(count, mine)), sha256);
    } catch (error) {
      count.loaded -= mine.loaded;
      throw error;
    }
  }

  /** Read a stream to its end: a checked Blob, or WebAssembly whose bytes have been checked. */
  async #read(name, stream, sha256) {
    const isWasm = name.endsWith(".wasm");
    const [kept, passed] = isWasm ? stream.tee() : [stream];
    const module = isWasm && compile(passed);
    const content = await bytesOf(new Response(kept), name);
    await verified(name, content, sha256);
    return isWasm ? module : new Blob([content]);
  }

  /** Count what passes, and hold it while the download is paused. */
  #counting(count, mine) {
    const transform = async (chunk, controller) => {
      if (!this.open) await this.gate.promise;
      count.loaded += chunk.byteLength;
      mine.loaded += chunk.byteLength;
      if (performance.now() - this.said > BETWEEN_REPORTS) this.#report();
      controller.enqueue(chunk);
    };
    return new TransformStream({ transform });
  }

  #report() {
    this.said = performance.now();
    this.onprogress();
  }
}

/** The archives of packages, by the lock: each after those that it needs. */
export function archives(names, locked, files) {
  const found = new Set();
  const visit = (name) => {
    locked[name]?.depends.forEach(visit);
    if (files[locked[name]?.file_name]) found.add(locked[name].file_name);
  };
  names.forEach(visit);
  return [...found];
}
