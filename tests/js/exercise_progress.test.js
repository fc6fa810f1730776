import assert from "node:assert/strict";
import { test } from "node:test";
import {
  INTERVALS, KEY, Progress, answerFor, asFile, askable, dayOf, deal, fresh, judged, later, nextDue, reviewed, withFile,
} from "../../lib/exercises/static/progress.js";

const DAY = "2026-03-01";
const store = (text = null) => ({
  text,
  getItem() { return this.text; },
  setItem(_, value) { this.text = value; },
  removeItem() { this.text = null; },
});
const forbidden = { getItem() { throw new Error("no"); }, setItem() { throw new Error("no"); }, removeItem() { throw new Error("no"); } };
const after = (verdicts, entry = {}, today = DAY) =>
  verdicts.reduce((so, verdict) => judged(so, { verdict, instance: 0, answer: "1", today }), entry);
const sheets = (chapter, count, size = 24) =>
  Array.from({ length: count }, (_, i) => ({ id: `${chapter}.q${i}`, kind: "number", pool: Array(size).fill({}) }));

// --- days ---

test("a day is that of the reader's clock", () => {
  assert.equal(dayOf(new Date(2026, 0, 5, 23, 59)), "2026-01-05");
  assert.equal(later("2026-02-27", 3), "2026-03-02");
  assert.equal(later("2024-02-28", 1), "2024-02-29");
});

// --- answers of another edition ---

test("an answer is taken by the kinds that can have given it, and by no other", () => {
  const kinds = { text: ["number", "shape", "matrix", "vector"], one: ["choice", "first wrong line"], list: ["choices", "order"] };
  const answers = { text: "0.5", one: 2, list: [1, 0] };
  for (const [form, answer] of Object.entries(answers)) {
    for (const [other, names] of Object.entries(kinds)) {
      for (const kind of names) assert.deepEqual(answerFor(kind, answer), form === other ? answer : "", `${kind}: ${answer}`);
    }
  }
  for (const kind of Object.values(kinds).flat()) for (const answer of [undefined, null, 1.5, [1.5], {}, true]) assert.equal(answerFor(kind, answer), "");
});

// --- verdicts and boxes ---

test("right goes up one box a review, and waits 1, 3, 7, 16 and 35 days", () => {
  let [entry, today] = [{}, DAY];
  for (const [at, days] of [...INTERVALS, 35].entries()) {
    entry = judged(entry, { verdict: "right", instance: at, answer: "", today });
    assert.equal(entry.due, later(today, days));
    today = entry.due;
  }
  assert.equal(entry.box, 5);
  assert.equal(entry.tries, 6);
});

test("what is right again before it is due goes no further", () => {
  const once = after(["right"]);
  assert.deepEqual(after(["right", "right", "right"], once), { ...once, tries: 4 });
});

test("a miss is due at once, and a right answer after it tomorrow, from whatever box", () => {
  const known = { ...after(["right"]), box: 4, due: DAY };
  assert.deepEqual([after(["not yet"], known).box, after(["not yet"], known).due], [0, DAY]);
  const mended = after(["not yet", "right"], known);
  assert.deepEqual([mended.box, mended.due, mended.verdict], [1, later(DAY, 1), "right"]);
});

test("almost costs nothing and wins nothing", () => {
  const known = { ...after(["right"]), box: 2, due: DAY };
  assert.deepEqual([after(["almost"], known).box, after(["almost", "right"], known).box], [2, 3]);
});

test("wrong, wrong, right leaves the last verdict only", () => {
  const entry = after(["not yet", "not yet", "right"]);
  assert.deepEqual([entry.verdict, entry.tries, entry.box], ["right", 3, 1]);
});

test("what could not be read is kept as it was typed, and counts as nothing", () => {
  assert.deepEqual(after(["unread"]), { instance: 0, answer: "1" });
  assert.equal(after(["right", "unread"]).verdict, "right");
});

test("an answer that has just been told counts in another instance, or on another day", () => {
  const told = after(["shown"]);
  assert.deepEqual([told.verdict, told.box, told.due, told.tries], ["shown", 0, DAY, 0]);
  assert.equal(after(["right"], told).verdict, "shown");
  assert.equal(judged(told, { verdict: "right", instance: 1, answer: "", today: DAY }).verdict, "right");
  assert.equal(after(["right"], told, later(DAY, 1)).verdict, "right");
  const inReview = reviewed({}, { verdict: "shown", instance: 3, today: DAY });
  assert.equal(reviewed(inReview, { verdict: "right", instance: 3, today: DAY }).verdict, "shown");
});

test("a review leaves the answer in the chapter as it stands there", () => {
  const entry = reviewed({ instance: 2, answer: "0.5", verdict: "not yet", tries: 1, box: 0, due: DAY, date: DAY }, { verdict: "right", instance: 3, today: DAY });
  assert.deepEqual([entry.instance, entry.answer, entry.dealt, entry.verdict, entry.tries], [2, "0.5", 3, "right", 2]);
});

// --- dealing ---

test("what was missed comes first, then what waits longest, then what is new, from all chapters in turn", () => {
  const all = [...sheets("datasets", 4), ...sheets("likelihood", 3)];
  const known = { tries: 1, instance: 0, verdict: "right", date: "2026-02-01" };
  const entries = {
    "datasets.q0": { ...known, box: 3, due: "2026-02-20" },
    "datasets.q1": { ...known, box: 2, due: later(DAY, 1) },
    "datasets.q2": { ...known, verdict: "not yet", box: 0, due: "2026-02-25" },
    "likelihood.q0": { ...known, box: 1, due: "2026-02-10" },
  };
  const ids = deal(all, entries, DAY).map(({ sheet }) => sheet.id);
  assert.deepEqual(ids, ["datasets.q2", "likelihood.q0", "datasets.q0", "datasets.q3", "likelihood.q1", "likelihood.q2"]);
  assert.equal(nextDue(entries), "2026-02-10");
});

test("a round has ten questions at most, and each a new instance", () => {
  const all = sheets("datasets", 30);
  const hand = deal(all, { "datasets.q0": { instance: 4, dealt: 6, date: DAY, due: DAY, box: 0, verdict: "not yet" } }, DAY);
  assert.equal(hand.length, 10);
  assert.deepEqual([hand[0].sheet.id, hand[0].instance], ["datasets.q0", 7]);
  assert.deepEqual([fresh({ instance: 23 }, 24), fresh({}, 24), fresh({ instance: 0 }, 1)], [0, 0, 0]);
});

test("predictions, and functions that are written in their chapter, are not asked", () => {
  const [one] = sheets("datasets", 1);
  assert.deepEqual(askable([one, { ...one, predict: true }, { ...one, kind: "code", pool: [] }]), [one]);
});

test("over a month, what is known comes back later and later, and what is missed every day", () => {
  const all = [...sheets("datasets", 12), ...sheets("loss_functions", 12)];
  const hard = new Set(["datasets.q3", "loss_functions.q5"]);
  const [entries, days] = [{}, {}];
  for (let at = 0; at < 30; at += 1) {
    const today = later(DAY, at);
    const hand = deal(all, entries, today);
    assert.ok(hand.length <= 10);
    const missed = hand.map(({ sheet }) => entries[sheet.id]?.box === 0);
    assert.equal(missed.lastIndexOf(true) + 1, missed.filter(Boolean).length, "what was missed comes first");
    for (const { sheet, instance } of hand) {
      const verdict = hard.has(sheet.id) ? "not yet" : "right";
      assert.notEqual(instance, entries[sheet.id]?.dealt, "the same numbers again");
      entries[sheet.id] = reviewed(entries[sheet.id] ?? {}, { verdict, instance, today });
      (days[sheet.id] ??= []).push(at);
    }
  }
  assert.equal(Object.keys(days).length, 24, "all were asked");
  for (const [id, asked] of Object.entries(days)) {
    const gaps = asked.slice(1).map((day, i) => day - asked[i]);
    if (hard.has(id)) assert.ok(gaps.every((gap) => gap === 1), `${id}: ${gaps}`);
    else gaps.forEach((gap, i) => assert.ok(gap >= INTERVALS[i] && gap <= INTERVALS[i] + 2, `${id}: ${gaps}`));
  }
  assert.equal(deal(all, entries, later(DAY, 30), 99).length < 24, true);
});

// --- the store ---

test("two tabs write beside each other", () => {
  const shared = store();
  const [one, other] = [new Progress(shared), new Progress(shared)];
  one.change("datasets.a", () => after(["right"]));
  other.change("datasets.b", () => after(["not yet"]));
  one.open("datasets");
  assert.deepEqual(Object.keys(one.all().exercises), ["datasets.a", "datasets.b"]);
  assert.deepEqual(other.all().opened, ["datasets"]);
});

test("a store that is forbidden, or full, lasts as long as the page", () => {
  for (const storage of [forbidden, null, { ...store(), setItem() { throw new Error("full"); } }]) {
    const progress = new Progress(storage);
    progress.change("datasets.a", () => after(["right"]));
    assert.equal(progress.get("datasets.a").verdict, "right");
    progress.wipe();
    assert.deepEqual(progress.get("datasets.a"), {});
    assert.ok(!progress.keeps());
  }
});

test("whether a store keeps anything is tried, and leaves nothing there", () => {
  const kept = new Map([[KEY, "as it was"]]);
  const storage = { setItem: (key, text) => kept.set(key, text), removeItem: (key) => kept.delete(key) };
  assert.ok(new Progress(storage).keeps());
  assert.deepEqual([...kept], [[KEY, "as it was"]]);
});

test("what is no entry is left out, ids of an older book are kept", () => {
  const known = after(["right"]);
  const bad = { box: 99 };
  const shared = store(JSON.stringify({ exercises: { "gone.old_id": known, "datasets.a": bad, __proto__: known, "datasets.b": 3 }, opened: ["datasets", 5] }));
  const progress = new Progress(shared);
  progress.change("datasets.c", () => known);
  assert.deepEqual(Object.keys(JSON.parse(shared.text).exercises), ["gone.old_id", "datasets.c"]);
  for (const text of ["", "{", "null", "[]", '"x"', '{"opened": 4}']) {
    assert.deepEqual(new Progress(store(text)).all(), { exercises: {}, opened: [] });
  }
  assert.equal(KEY, "exercises");
});

// --- files ---

test("a file brings all back, and of two entries the later one stays", () => {
  const here = { exercises: { "datasets.a": after(["not yet"], {}, later(DAY, 2)), "datasets.b": after(["right"]) }, opened: ["datasets"] };
  const there = { exercises: { "datasets.a": after(["right"]), "datasets.c": after(["right"]) }, opened: ["likelihood"] };
  const { all, words } = withFile(here, asFile(there));
  assert.equal(all.exercises["datasets.a"].verdict, "not yet");
  assert.deepEqual(Object.keys(all.exercises), ["datasets.a", "datasets.b", "datasets.c"]);
  assert.deepEqual(all.opened, ["datasets", "likelihood"]);
  assert.equal(words, "2 exercises were read from the file.");
  assert.deepEqual(withFile({ exercises: {}, opened: [] }, asFile(here)).all, here);
});

test("a wrong file changes nothing and is told kindly", () => {
  const none = { exercises: {}, opened: [] };
  const newer = asFile(none).replace('"version": 1', '"version": 2');
  for (const text of ["", "not JSON", "[1, 2]", "null", '{"cells": []}', '{"format": "Watch the Loss: exercises"}', newer]) {
    const { all, words } = withFile(none, text);
    assert.equal(all, undefined, text);
    assert.match(words, /Nothing was changed\.$/);
  }
  const partly = withFile(none, asFile({ exercises: { "datasets.a": after(["right"]), "datasets.b": { box: -1 } }, opened: [] }));
  assert.equal(partly.words, "1 exercise was read from the file. 1 could not be read and was left out.");
});
