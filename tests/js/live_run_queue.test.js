/** Which cells run, and when: the order of a chapter, without a page. */
import assert from "node:assert/strict";
import test from "node:test";
import { cellsInWords, RunHistory, RunQueue } from "../../web/live/page/run_queue.js";

test("cells are named as a sentence names them", () => {
  const cases = [
    [[0], "Cell 1"],
    [[0, 1], "Cells 1 and 2"],
    [[0, 1, 2, 3, 4, 5], "Cells 1–6"],
    [[0, 1, 2, 4], "Cells 1–3 and 5"],
    [[0, 2, 3], "Cells 1, 3 and 4"],
    [[0, 3, 4, 5, 8], "Cells 1, 4–6 and 9"],
  ];
  for (const [indexes, words] of cases) assert.equal(cellsInWords(indexes), words);
});

test("what is missing before a cell is what has neither run nor waits", () => {
  const history = new RunHistory(5);
  assert.deepEqual(history.missing(3), [0, 1, 2]);
  history.ran(1);
  assert.deepEqual(history.missing(3), [0, 2]);
  assert.deepEqual(history.missing(3, [2]), [0]);
  assert.deepEqual(history.missing(0), []);
});

test("a cell is old after an edit of its own or above it, and new again after a run", () => {
  const history = new RunHistory(3);
  [0, 1, 2].forEach((index) => history.ran(index));
  history.changed(1);
  assert.deepEqual([0, 1, 2].map((index) => history.stale(index)), ["", "self", "above"]);
  history.ran(1);
  assert.deepEqual([0, 1, 2].map((index) => history.stale(index)), ["", "", "above"]);
  history.ran(2);
  assert.equal(history.stale(2), "");
});

test("a cell that has not run is never old", () => {
  const history = new RunHistory(2);
  history.changed(0);
  assert.equal(history.stale(1), "");
});

test("when Python is gone nothing has run, and it is known what had", () => {
  const history = new RunHistory(3);
  history.ran(0);
  history.ran(2);
  assert.deepEqual(history.forget(), [0, 2]);
  assert.deepEqual(history.missing(2), [0, 1]);
});

/** A queue whose runs end when and how the test says. */
function controlled() {
  const ends = new Map();
  const seen = { states: [], dropped: [], idle: 0 };
  const queue = new RunQueue({
    run: (index) => new Promise((end) => ends.set(index, end)),
    onstate: (index, state) => seen.states.push(`${index} ${state}`),
    ondropped: (...dropped) => seen.dropped.push(dropped),
    onidle: () => (seen.idle += 1),
  });
  const end = async (index, status = "ok") => {
    ends.get(index)(status);
    await new Promise(setImmediate);
  };
  return { queue, seen, end };
}

test("cells run one after another, in the order asked", async () => {
  const { queue, seen, end } = controlled();
  const all = queue.add([0, 1], 1);
  assert.deepEqual(queue.pending, [0, 1]);
  await end(0);
  assert.deepEqual(queue.pending, [1]);
  await end(1);
  await all;
  assert.deepEqual(seen.states, ["0 queued", "1 queued", "0 running", "1 running"]);
  assert.deepEqual(queue.pending, []);
  assert.equal(seen.idle, 1);
});

test("a cell that waits is not asked for twice", () => {
  const { queue } = controlled();
  queue.add([0], 0);
  queue.add([1], 1);
  queue.add([1, 2], 2);
  assert.deepEqual(queue.pending, [0, 1, 2]);
});

test("an error lets all that waits go, and names what was asked for", async () => {
  const { queue, seen, end } = controlled();
  queue.add([0, 1, 2], 2);
  queue.add([3], 3);
  await end(0, "error");
  assert.deepEqual(seen.dropped, [[[2, 3], 0, "error"]]);
  assert.deepEqual(seen.states.slice(-3), ["1 left", "2 left", "3 left"]);
  assert.deepEqual(queue.pending, []);
});

test("after an error the queue takes new work", async () => {
  const { queue, end } = controlled();
  queue.add([0], 0);
  await end(0, "error");
  queue.add([1], 1);
  assert.deepEqual(queue.pending, [1]);
});

test("taking back a cell takes back what was to run for its sake only", () => {
  const { queue, seen } = controlled();
  queue.add([0], 0);
  queue.add([1, 2], 2);
  queue.add([3], 3);
  queue.cancel(2);
  assert.deepEqual(queue.pending, [0, 3]);
  assert.deepEqual(seen.states.slice(-2), ["1 left", "2 left"]);
  queue.cancel(3);
  assert.deepEqual(queue.pending, [0]);
});
