/**
 * The reader's edits, kept in the browser: one entry a cell, so that two pages of the same chapter
 * write beside each other. A cell is known by the author's source, not by its place: a new edition
 * of the book never puts an edit into another cell unasked.
 */

/** A short name for a text (53 bits; enough to tell the cells of a chapter apart). */
export function digest(text) {
  let [high, low] = [0xdeadbeef, 0x41c6ce57];
  for (const char of text) {
    const code = char.codePointAt(0);
    high = Math.imul(high ^ code, 2654435761);
    low = Math.imul(low ^ code, 1597334677);
  }
  high = Math.imul(high ^ (high >>> 16), 2246822507) ^ Math.imul(low ^ (low >>> 13), 3266489909);
  low = Math.imul(low ^ (low >>> 16), 2246822507) ^ Math.imul(high ^ (high >>> 13), 3266489909);
  return (4294967296 * (2097151 & low) + (high >>> 0)).toString(36);
}

/** The names of cells by their sources; equal sources are counted. */
export function keysOf(sources) {
  const seen = new Map();
  return sources.map((source) => {
    const name = digest(source);
    const count = (seen.get(name) ?? 0) + 1;
    seen.set(name, count);
    return count > 1 ? `${name}-${count}` : name;
  });
}

/** The storage of the browser, or null where it is forbidden. */
export function browserStorage() {
  try {
    return globalThis.localStorage ?? null;
  } catch {
    return null;
  }
}

/** @typedef {{source: string, author: string, index: number}} Edit */

/** The edits of one page. Every method that writes says whether it could. */
export class Edits {
  constructor(storage, page) {
    this.storage = storage;
    this.prefix = `live:${page}:`;
  }

  /** All that can be read, by key. @returns {Map<string, Edit>} */
  all() {
    const found = new Map();
    try {
      for (let at = 0; at < this.storage.length; at += 1) {
        const name = this.storage.key(at);
        const edit = name.startsWith(this.prefix) && this.read(this.storage.getItem(name));
        if (edit) found.set(name.slice(this.prefix.length), edit);
      }
    } catch {
      // Storage is forbidden: there is nothing to read.
    }
    return found;
  }

  /** An entry from its text; undefined where it is none. @returns {Edit|undefined} */
  read(text) {
    try {
      const edit = JSON.parse(text);
      return typeof edit.source === "string" && typeof edit.author === "string" ? edit : undefined;
    } catch {
      return undefined;
    }
  }

  save(key, edit) {
    try {
      this.storage.setItem(this.prefix + key, JSON.stringify(edit));
      return true;
    } catch {
      return false;
    }
  }

  remove(key) {
    try {
      this.storage.removeItem(this.prefix + key);
      return true;
    } catch {
      return false;
    }
  }

  /** The key that an event of the storage is about, if it is one of this page. */
  keyOf(event) {
    return event.key?.startsWith(this.prefix) ? event.key.slice(this.prefix.length) : undefined;
  }
}

/** How much two sources have in common: lines that both have, among all. */
function likeness(one, other) {
  const [first, second] = [one, other].map((text) => new Set(text.split("\n").filter((line) => line.trim())));
  const shared = [...first].filter((line) => second.has(line)).length;
  return shared / (first.size + second.size - shared || 1);
}

/**
 * Put stored edits to the cells of the page.
 * @param {string[]} sources  the author's, in the order of the page
 * @param {Map<string, Edit>} stored
 * @returns {{same: [number, Edit][], moved: [number, string, Edit][]}}
 *   same: the author's source is what it was. moved: it has changed since, and this cell is the most
 *   like it (index, the old key, the edit).
 */
export function match(sources, stored) {
  const keys = keysOf(sources);
  const same = keys.flatMap((key, index) => (stored.has(key) ? [[index, stored.get(key)]] : []));
  const taken = new Set(same.map(([index]) => index));
  const moved = [];
  for (const [key, edit] of stored) {
    if (keys.includes(key)) continue;
    const free = [...sources.keys()].filter((index) => !taken.has(index));
    if (!free.length) break;
    const score = (index) => likeness(sources[index], edit.author) - 1e-3 * Math.abs(index - edit.index);
    const index = free.reduce((best, at) => (score(at) > score(best) ? at : best));
    taken.add(index);
    moved.push([index, key, edit]);
  }
  return { same, moved };
}
