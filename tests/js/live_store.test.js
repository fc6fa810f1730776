/** The reader's edits in the browser, and what becomes of them in a new edition of the book. */
import assert from "node:assert/strict";
import test from "node:test";
import { digest, Edits, keysOf, match, pageOf } from "../../web/live/page/store.js";

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

const cells = (...authors) => authors.map((author) => ({ author }));
const named = (entries) => Object.entries(entries).map(([id, author]) => ({ id, author }));

test("equal cells have names of their own", () => {
  const [first, second, third] = keysOf(cells("x", "y", "x"));
  assert.notEqual(first, third);
  assert.notEqual(first, second);
});

test("a cell with an id is named by it and by its source; an id of two cells names neither", () => {
  const [a, b] = keysOf(named({ a: "x", b: "x" }));
  assert.equal(new Set([a, b, ...keysOf(named({ a: "y" })), ...keysOf(cells("x"))]).size, 4);
  assert.deepEqual(keysOf([{ id: "a", author: "x" }, { id: "a", author: "y" }]), keysOf(cells("x", "y")));
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

test("what is put aside has a place of its own, and goes to no cell by itself", () => {
  const edits = new Edits(storage(), "/a.html");
  const key = keysOf(cells("1"))[0];
  edits.save(key, edit("2", "1"));
  const moved = edits.moveAside(key, edit("2", "1"));
  edits.save(key, edit("3", "1"));
  assert.deepEqual(edits.get(moved), { ...edit("2", "1"), aside: true });
  const { own, other } = match(cells("1"), edits.all());
  assert.deepEqual([own.map(([, , { source }]) => source), other.map(([, , { source }]) => source)], [["3"], ["2"]]);
});

test("what finds no room aside stays where it is", () => {
  const edits = new Edits(storage(1), "/a.html");
  edits.save("k", edit("2", "1"));
  assert.equal(edits.moveAside("k", edit("2", "1")), "k");
  assert.deepEqual(edits.get("k"), edit("2", "1"));
});

// --- another edition of the book ---

const BOOK = ["import numpy as np", "x = np.ones(3)\nprint(x)", "y = 2 * x\nprint(y)\nprint(x)"];
const NAMED = named({ a: BOOK[0], b: BOOK[1], c: BOOK[2] });
/** Edits as the browser has kept them so far: without ids. */
const stored = (...edits) => new Map(edits.map((entry) => [digest(entry.author), entry]));

test("an edit returns to its cell, wherever the cell now stands, with and without ids", () => {
  const mine = edit("x = np.zeros(3)", BOOK[1], 1);
  const known = { ...mine, id: "b" };
  const here = (index) => [[index, digest(BOOK[1]), mine]];
  assert.deepEqual(match(cells(...BOOK), stored(mine)), { own: here(1), other: [], gone: [] });
  assert.deepEqual(match(NAMED, stored(mine)).own, here(1));
  assert.deepEqual(match(cells("new", ...BOOK), stored(mine)).own, here(2));
  assert.deepEqual(match([{ id: "n", author: "new" }, ...NAMED], stored(known)).own.map(([index]) => index), [2]);
  assert.deepEqual(match(cells(...BOOK), new Map([["b.key", known]])).own.map(([index]) => index), [1]);
});

test("an edit of a cell that the book has changed is offered at the cell", () => {
  const mine = edit("y = 3 * x", BOOK[2].replace("2", "4"), 0);
  const key = digest(mine.author);
  assert.deepEqual(match(cells(...BOOK), stored(mine)), { own: [], other: [[2, key, mine]], gone: [] });
  const known = { ...edit("y", "x = np.ones(3)\nprint(x + 1)\nprint(x.shape)"), id: "b" };
  assert.deepEqual(match(NAMED, stored(known)).other.map(([index]) => index), [1]);
});

test("an edit of a cell that is gone is offered at no other", () => {
  const mine = edit("z", "something = else_", 1);
  for (const page of [cells(...BOOK), NAMED]) assert.deepEqual(match(page, stored(mine)).gone, [[digest(mine.author), mine]]);
  const known = { ...edit("mine", BOOK[1], 1), id: "b" };
  assert.equal(match(NAMED.filter(({ id }) => id !== "b"), stored(known)).gone.length, 1);
  // Its name has gone to a cell that has nothing in common with it.
  assert.equal(match(named({ a: BOOK[0], b: "plt.show()" }), stored(known)).gone.length, 1);
});

test("a cell of the same text and another id is asked for, and not taken", () => {
  const known = { ...edit("mine", BOOK[1], 1), id: "gone" };
  assert.deepEqual(match(NAMED, stored(known)), { own: [], other: [[1, digest(BOOK[1]), known]], gone: [] });
});

test("a cell shows one edit of the reader, and the others are beside it", () => {
  const [own, old] = [edit("own", BOOK[1], 1), edit("old", BOOK[1].replace("3", "4"), 1)];
  const { own: shown, other } = match(cells(...BOOK), stored(old, own));
  assert.deepEqual(shown.map(([index, , { source }]) => [index, source]), [[1, "own"]]);
  assert.deepEqual(other.map(([index, , { source }]) => [index, source]), [[1, "old"]]);
});

// --- any editions, any reader ---

/** Numbers from 0 to below a bound, the same for the same seed. */
function draws(seed) {
  let state = seed;
  return (bound) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * bound);
  };
}

const TEXTS = ["a = 1\nprint(a)", "a = 1\nprint(a + 1)", "b = [1, 2]", "b = [1, 2]\nprint(b)", "import numpy as np", "plt.plot(a, b)"];

/** The next edition: a cell comes, goes, moves, is changed, or gets the text of another. */
function nextEdition(book, draw, fresh) {
  const at = draw(book.length);
  const cell = book[at];
  const rest = book.filter((other) => other !== cell);
  return [
    () => book.toSpliced(at, 0, { id: fresh(), author: TEXTS[draw(TEXTS.length)] }),
    () => (rest.length ? rest : book),
    () => rest.toSpliced(draw(book.length), 0, cell),
    () => book.with(at, { ...cell, author: `${cell.author}\n# ${fresh()}` }),
    () => book.with(at, { ...cell, author: book[draw(book.length)].author }),
    () => book.toSpliced(at + 1, 0, { id: fresh(), author: cell.author }),
  ][draw(6)]();
}

/** A reader before one edition: looks, and perhaps writes into a cell or answers what is asked. */
function visit(edits, book, draw, written, fresh) {
  const keys = keysOf(book);
  const { own, other, gone } = match(book, edits.all());
  const held = [...own, ...other, ...gone].map((found) => found.at(-1).source);
  assert.deepEqual(held.sort(), [...written.keys()].sort(), "an edit is lost, or there twice");
  for (const [index, , { source }] of own) assert.deepEqual(book[index], written.get(source), "an edit is in a cell that it was not made in");
  const act = draw(3);
  if (act === 0) {
    const index = draw(book.length);
    const before = own.find(([at]) => at === index);
    const source = `mine ${fresh()}`;
    edits.save(before?.[1] ?? keys[index], { source, ...book[index], index });
    written.delete(before?.[2].source); // she has written on from there
    written.set(source, book[index]);
  } else if (act === 1 && other.length) {
    const [, key, offered] = other[draw(other.length)];
    edits.moveAside(key, offered);
  }
}

test("through any editions no edit is lost, and none is put into a cell that it was not made in", () => {
  let asked = 0;
  for (let seed = 1; seed <= 150; seed += 1) {
    const draw = draws(seed);
    let count = 0;
    const fresh = () => `n${(count += 1)}`;
    let book = TEXTS.slice(0, 4).map((author) => ({ id: fresh(), author }));
    const [edits, written] = [new Edits(storage(), "/a.html"), new Map()];
    for (let step = 0; step < 25; step += 1) {
      visit(edits, book, draw, written, fresh);
      const { other, gone } = match(book, edits.all());
      asked += other.length + gone.length;
      book = nextEdition(book, draw, fresh);
    }
  }
  assert.ok(asked > 400);
});

test("through any editions an edit that was kept without an id stays with its text", () => {
  for (let seed = 1; seed <= 200; seed += 1) {
    const draw = draws(seed);
    let count = 0;
    const fresh = () => `n${(count += 1)}`;
    let book = TEXTS.map((author) => ({ id: fresh(), author }));
    const edits = new Edits(storage(), "/a.html");
    const at = draw(book.length);
    edits.save(digest(book[at].author), edit("mine", book[at].author, at));
    for (let step = 0; step < 10; step += 1) {
      const { own, other, gone } = match(book, edits.all());
      assert.equal(own.length + other.length + gone.length, 1);
      own.forEach(([index, , { author }]) => assert.equal(book[index].author, author));
      book = nextEdition(book, draw, fresh);
    }
  }
});

test("a page keeps its edits under one name, with and without the ending of its file", () => {
  assert.deepEqual(["/book/intro", "/book/intro.html", "/book/", "/v1.2/intro"].map(pageOf),
    ["/book/intro.html", "/book/intro.html", "/book/", "/v1.2/intro.html"]);
});
