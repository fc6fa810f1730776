/**
 * The reader's edits, kept in the browser: one entry a cell, so that two pages of the same chapter
 * write beside each other. A cell is known by its id in the notebook and by the author's source, not
 * by its place: a new edition of the book never puts an edit into another cell unasked. An entry goes
 * only when the reader takes its text back or deletes it.
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

/** Cells without the ids that several of them have: those name nothing. */
function withOwnIds(cells) {
  const count = (id) => cells.filter((cell) => cell.id === id).length;
  return cells.map(({ id, author }) => ({ id: id && count(id) === 1 ? id : undefined, author }));
}

/**
 * The names under which edits of cells are kept: by id and source or, where there is no id, by the
 * source alone; equal ones are counted.
 * @param {{id?: string, author: string}[]} cells
 */
export function keysOf(cells) {
  const seen = new Map();
  return withOwnIds(cells).map(({ id, author }) => {
    const name = id ? `${id}.${digest(author)}` : digest(author);
    const count = (seen.get(name) ?? 0) + 1;
    seen.set(name, count);
    return count > 1 ? `${name}-${count}` : name;
  });
}

/** The address of a page as edits are kept under it: some hosts send `intro.html` for `intro`, too. */
export const pageOf = (path) => (/(\/|\.\w+)$/.test(path) ? path : `${path}.html`);

/** The storage of the browser, or null where it is forbidden. */
export function browserStorage() {
  try {
    return globalThis.localStorage ?? null;
  } catch {
    return null;
  }
}

/**
 * @typedef {object} Edit
 * @property {string} source
 * @property {string} author  what the reader has changed
 * @property {number} index   where the cell stood then
 * @property {string} [id]    the cell's; entries of earlier editions of this program have none
 * @property {boolean} [aside]  the reader shows another version, and may want this one again
 */

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

  /** @returns {Edit|undefined} */
  get(key) {
    try {
      return this.read(this.storage.getItem(this.prefix + key));
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

  /** Keep a version beside that of its cell; returns its key, or nothing where there is no room. */
  putAside(edit) {
    const key = `~${Math.random().toString(36).slice(2)}`;
    return this.save(key, { ...edit, aside: true }) ? key : undefined;
  }

  /** Let a version stand aside that stood for its cell; its key if that could not be written. */
  moveAside(key, edit) {
    const moved = this.putAside(edit);
    if (moved) this.remove(key);
    return moved ?? key;
  }

  /** The key that an event of the storage is about, if it is one of this page. */
  keyOf(event) {
    return event.key?.startsWith(this.prefix) ? event.key.slice(this.prefix.length) : undefined;
  }
}

const words = (text) => text.match(/[\p{L}\p{N}_]+/gu) ?? [];

/** How much two sources have in common: the words that both have, among all, from 0 to 1. */
export function likeness(one, other) {
  const [first, second] = [words(one), words(other)];
  const left = new Map();
  first.forEach((word) => left.set(word, (left.get(word) ?? 0) + 1));
  const shared = second.filter((word) => {
    const count = left.get(word) ?? 0;
    left.set(word, count - 1);
    return count > 0;
  });
  return (2 * shared.length) / (first.length + second.length || 1);
}

const SAME_ID = 0.3; // below this a cell of the same name is another cell
const NO_ID = 0.75; // above this a cell is the changed one, as far as its text can tell

/** The cell that an edit was made in, with the very source that it was made from; -1 if there is none. */
function ownCell(cells, names, key, edit) {
  if (edit.aside) return -1;
  if (edit.id && cells.some(({ id }) => id)) return cells.findIndex(({ id, author }) => id === edit.id && author === edit.author);
  const index = names.indexOf(edit.id ? digest(edit.author) : key);
  return cells[index]?.author === edit.author ? index : -1;
}

/** The cell that an edit may be offered at: the changed one, or one of the same text; -1 if there is none. */
function likeCell(cells, edit) {
  const same = cells.findIndex(({ id, author }) => edit.id && id === edit.id && likeness(author, edit.author) >= SAME_ID);
  if (same >= 0) return same;
  const distance = (index) => Math.abs(index - edit.index);
  const nearest = (list) => list.reduce((best, at) => (best < 0 || distance(at) < distance(best) ? at : best), -1);
  const equal = nearest([...cells.keys()].filter((index) => cells[index].author === edit.author));
  if (equal >= 0 || edit.id) return equal;
  const score = cells.map(({ author }) => likeness(author, edit.author));
  const most = Math.max(NO_ID, ...score);
  return nearest([...cells.keys()].filter((index) => score[index] === most));
}

/**
 * Put stored edits to the cells of the page.
 * @param {{id?: string, author: string}[]} page  the cells in the order of the page
 * @param {Map<string, Edit>} stored
 * @returns {{own: [number, string, Edit][], other: [number, string, Edit][], gone: [string, Edit][]}}
 *   own: cell and source are those that the reader edited. other: the source has changed since, or the
 *   cell shows another version. gone: no cell of the page is meant.
 */
export function match(page, stored) {
  const [cells, keys] = [withOwnIds(page), keysOf(page)];
  const names = keysOf(page.map(({ author }) => ({ author })));
  const found = { own: [], other: [], gone: [] };
  const taken = new Set();
  const first = ([key]) => (keys.includes(key) ? 0 : 1);
  for (const [key, edit] of [...stored].sort((one, other) => first(one) - first(other))) {
    const [own, like] = [ownCell(cells, names, key, edit), likeCell(cells, edit)];
    if (own >= 0 && !taken.has(own)) {
      taken.add(own);
      found.own.push([own, key, edit]);
    } else if (like >= 0) found.other.push([like, key, edit]);
    else found.gone.push([key, edit]);
  }
  return found;
}
