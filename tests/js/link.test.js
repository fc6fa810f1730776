/** The state in the address. */
import assert from "node:assert/strict";
import test from "node:test";
import { leadsTo, linkTo, readLink, writeLink } from "../../lib/explorables/static/kit/link.js";

const DEFAULTS = { b: 2, loss: "huber", w: 0 };
const accepts = (name, value) => name !== "loss" || ["huber", "absolute_error"].includes(value);
const read = (hash, key = "fit-line") => readLink(hash, key, DEFAULTS, accepts);

test("a state comes back exactly as it was written", () => {
  for (const w of [0.1 + 0.2, -1e-7, 1e21, 5]) {
    const state = { b: -0.125, loss: "absolute_error", w };
    assert.deepEqual(read(`#${writeLink("", "fit-line", state, DEFAULTS)}`), { state });
  }
});

test("what a link leaves out is the default", () => {
  assert.deepEqual(read("#fit-line=w:0.5"), { state: { ...DEFAULTS, w: 0.5 } });
});

test("a state that is the default leaves the address alone", () => {
  assert.equal(writeLink("", "fit-line", DEFAULTS, DEFAULTS), "");
});

test("plain anchors and the links of others are not ours", () => {
  for (const hash of ["", "#", "#exercises", "#fit-line", "#fit-line-2=w:1"]) assert.equal(read(hash), null);
});

test("two explorables share an address", () => {
  const one = writeLink("", "fit-line", { ...DEFAULTS, w: 1 }, DEFAULTS);
  const both = writeLink(one, "fit-line-2", { ...DEFAULTS, w: 2 }, DEFAULTS);
  assert.equal(read(`#${both}`).state.w, 1);
  assert.equal(read(`#${both}`, "fit-line-2").state.w, 2);
  assert.equal(writeLink(both, "fit-line", DEFAULTS, DEFAULTS), "fit-line-2=w:2");
});

test("what cannot be read is found but has no state", () => {
  const malformed = ["", "w", "w:", "w:abc", "w:NaN", "w:1e999", "q:1", "w:1:2", "loss:L9", "__proto__:1", "w:%E0%A4%A"];
  for (const text of malformed) assert.deepEqual(read(`#fit-line=${text}`), { state: undefined }, text);
});

test("lists, and what is true or false, come back too", () => {
  const defaults = { lit: false, x: [1, 2], own: [] };
  for (const state of [{ lit: true, x: [0.1 + 0.2, -3e-7], own: [4] }, { lit: false, x: [], own: [0] }]) {
    const hash = `#${writeLink("", "lamp", state, defaults)}`;
    assert.deepEqual(readLink(hash, "lamp", defaults, () => true), { state });
  }
  assert.equal(writeLink("", "lamp", { lit: false, x: [1, 2], own: [] }, defaults), "");
  for (const text of ["lit:1", "x:1;;2", "x:1;a", "x:1; ", "own:NaN"]) {
    assert.deepEqual(readLink(`#lamp=${text}`, "lamp", defaults, () => true), { state: undefined }, text);
  }
});

test("an address leads to the explorable that it speaks of last, whatever the state of that", () => {
  const link = (hash, key, state) => `#${linkTo(hash, key, { ...DEFAULTS, ...state }, DEFAULTS)}`;
  const other = "fit-line-2=w:2";
  assert.equal(leadsTo(link(`#${other}`, "fit-line", { w: 1 })), "fit-line");
  assert.equal(leadsTo(link(`#${other}`, "fit-line", {})), "fit-line");
  assert.deepEqual(read(link(`#${other}`, "fit-line", {})).state, DEFAULTS);
  assert.deepEqual(read(link("", "fit-line", {})).state, DEFAULTS);
  assert.equal(link(`#fit-line=w:1&${other}`, "fit-line-2", { w: 2 }), `#fit-line=w:1&${other}`);
  for (const plain of ["", "#exercises"]) assert.equal(leadsTo(plain), undefined);
});
