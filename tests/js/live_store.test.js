/** The reader's edits in the browser, and what becomes of them in a new edition of the book. */
import assert from "node:assert/strict";
import test from "node:test";
import { digest, Edits, keysOf, match } from "../../web/live/page/store.js";

/** A storage as browsers have it, with room for some entries. */
function storage(room = Infinity) {
  const entries = new Map();
  return {
    get length() {
      return entries.size;
    },
    key: (at) => [...entries.keys()][at],
    getItem: (name) => entries.get(name) ?? null,
    setItem(name, value) {
      if (!entries.has(name) && entries.size >= room) throw new DOMException("full", "QuotaExceededError");
      entries.set(name, value);
    },
    removeItem: (name) => entries.delete(name),
  };
}

const edit = (source, author, index = 0) => ({ source, author, index });

test("texts that differ by one character have other names", () => {
  const texts = ["", "a", "b", "ab", "ba", "x = 1", "x = 2", "é", "😀", "\n", "x = 1\n"];
  assert.equal(new Set(texts.map(digest)).size, texts.length);
  assert.equal(digest("x = 1"), digest("x = 1"));
});

test("equal cells have names of their own", () => {
  const [first, second, third] = keysOf(["x", "y", "x"]);
  assert.notEqual(first, third);
  assert.notEqual(first, second);
});

test("an edit comes back as it was, and only on its page", () => {
  const kept = storage();
  assert.equal(new Edits(kept, "/a.html").save("k", edit("x = 2  # ü", "x = 1")), true);
  assert.deepEqual([...new Edits(kept, "/a.html").all()], [["k", edit("x = 2  # ü", "x = 1")]]);
  assert.equal(new Edits(kept, "/b.html").all().size, 0);
});

test("two tabs write beside each other", () => {
  const kept = storage();
  const [one, two] = [new Edits(kept, "/a.html"), new Edits(kept, "/a.html")];
  one.save("k1", edit("one", "1"));
  two.save("k2", edit("two", "2"));
  assert.deepEqual([...one.all().keys()].sort(), ["k1", "k2"]);
});

test("a removed edit is gone", () => {
  const edits = new Edits(storage(), "/a.html");
  edits.save("k", edit("2", "1"));
  edits.remove("k");
  assert.equal(edits.all().size, 0);
});

test("full and forbidden storage are told, and nothing is thrown", () => {
  const full = new Edits(storage(0), "/a.html");
  assert.equal(full.save("k", edit("2", "1")), false);
  const forbidden = new Edits(null, "/a.html");
  assert.equal(forbidden.save("k", edit("2", "1")), false);
  assert.equal(forbidden.remove("k"), false);
  assert.equal(forbidden.all().size, 0);
});

test("entries that are not edits are passed over", () => {
  const kept = storage();
  ["{", "null", "1", '{"source": 1, "author": "a"}'].forEach((text, at) => kept.setItem(`live:/a.html:${at}`, text));
  kept.setItem("theme", "dark");
  assert.equal(new Edits(kept, "/a.html").all().size, 0);
});

test("an event tells which cell another tab has written", () => {
  const edits = new Edits(storage(), "/a.html");
  assert.equal(edits.keyOf({ key: "live:/a.html:k" }), "k");
  assert.equal(edits.keyOf({ key: "live:/b.html:k" }), undefined);
  assert.equal(edits.keyOf({ key: null }), undefined);
});

const BOOK = ["import numpy as np", "x = np.ones(3)\nprint(x)", "y = 2 * x\nprint(y)\nprint(x)"];
const stored = (...edits) => new Map(edits.map((entry) => [digest(entry.author), entry]));

test("an edit returns to its cell, wherever the cell now stands", () => {
  const mine = edit("x = np.zeros(3)", BOOK[1], 1);
  assert.deepEqual(match(BOOK, stored(mine)), { same: [[1, mine]], moved: [] });
  assert.deepEqual(match(["new", ...BOOK], stored(mine)).same, [[2, mine]]);
});

test("an edit of a cell that the book has changed is offered at the cell most like it", () => {
  const mine = edit("y = 3 * x", "y = 4 * x\nprint(y)\nprint(x)", 0);
  const { same, moved } = match(BOOK, stored(mine));
  assert.deepEqual(same, []);
  assert.deepEqual(moved, [[2, digest(mine.author), mine]]);
});

test("an edit that is like no cell is offered where it stood", () => {
  const mine = edit("z", "something else", 1);
  assert.equal(match(BOOK, stored(mine)).moved[0][0], 1);
});

test("a cell that has an edit of its own is offered no other", () => {
  const own = edit("own", BOOK[1], 1);
  const old = edit("old", "x = np.ones(4)\nprint(x)", 1);
  const { same, moved } = match(BOOK, stored(own, old));
  assert.deepEqual(same, [[1, own]]);
  assert.notEqual(moved[0][0], 1);
});
