/** What the page says about a download and about what went wrong. */
import assert from "node:assert/strict";
import test from "node:test";
import { costly, downloadQuestion, downloadSizes, FAILURES, failureWords } from "../../web/live/page/messages.js";

const MANIFEST = {
  packages: { first: ["numpy", "lib"], then: ["matplotlib"] },
  files: {
    "pyodide.asm.wasm": { size: 9e6, transfer: 6_100_000 },
    "numpy-2.whl": { size: 3e6, transfer: 3_000_000 },
    "matplotlib-3.whl": { size: 6e6, transfer: 6_500_000 },
    "pillow-10.whl": { size: 1e6, transfer: 1_000_000 },
  },
};

test("the size of a download is what travels: without figures, and with them", () => {
  assert.deepEqual(downloadSizes(MANIFEST), { first: 9_100_000, all: 16_600_000 });
  assert.match(downloadQuestion(downloadSizes(MANIFEST)), /a download of 9 MB \(17 MB with figures\), kept for next time/);
});

test("a connection is costly where data is saved, slow, or by mobile phone", () => {
  for (const connection of [{ saveData: true }, { type: "cellular" }, { effectiveType: "3g" }, { effectiveType: "slow-2g" }]) {
    assert.equal(costly(connection), true, JSON.stringify(connection));
  }
  for (const connection of [undefined, {}, { type: "wifi", effectiveType: "4g", saveData: false }]) assert.equal(costly(connection), false);
});

test("every reason of the kernel has words of its own, and an unknown one the general words", () => {
  const reasons = ["unavailable", "offline", "missing", "hash", "wasm", "memory", "file", "crashed", "other"];
  assert.deepEqual(Object.keys(FAILURES).sort(), [...reasons].sort());
  assert.equal(new Set(reasons.map((reason) => failureWords({ reason, detail: "d" }))).size, reasons.length);
  assert.equal(failureWords({ reason: "new", detail: "d" }), failureWords({ reason: "other", detail: "d" }));
  assert.match(failureWords({ reason: "missing", detail: "numpy.whl" }), /numpy\.whl/);
  for (const reason of ["missing", "hash"]) assert.match(failureWords({ reason }), /may have been updated.*reload it/);
  for (const reason of reasons) assert.doesNotMatch(failureWords({ reason, detail: "" }), /undefined|\(\)/);
});
