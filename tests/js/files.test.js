/** What a page loads later: whole and right, also where a bad answer lies in the browser's cache. */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeEach, test } from "node:test";
import { pathToFileURL } from "node:url";
import { load, read } from "../../lib/explorables/static/kit/files.js";
import { small } from "../../web/live/download.js";

const folder = mkdtempSync(join(tmpdir(), "files-"));
globalThis.document = {
  baseURI: `${pathToFileURL(folder)}/page.html`,
  documentElement: { dataset: { content_root: "./" } },
  getElementById: () => ({ textContent: '{"late.js": "0123456789", "gone.js": "0123456789", "sheet.json": "0123456789"}' }),
};
let asked;

/** Answer each request with what comes next: a text, or nothing for a 404. */
function answering(...answers) {
  globalThis.fetch = async (url, { cache } = {}) => {
    asked.push(cache);
    const text = answers.shift();
    return text === undefined ? new Response("", { status: 404 }) : new Response(text);
  };
}

beforeEach(() => { asked = []; });

test("a script that was missing once is asked for past the cache, and then loaded", async () => {
  globalThis.fetch = async (url, { cache }) => {
    asked.push(cache);
    writeFileSync(join(folder, "late.0123456789.js"), "export const came = 1;", "utf-8");
    return new Response("");
  };
  assert.equal((await load("late.js")).came, 1);
  assert.deepEqual(asked, ["reload"]);
  answering();
  await assert.rejects(load("gone.js"), /gone/);
});

test("a file of JSON that is missing, or came in half, is read past the cache", async () => {
  for (const bad of [undefined, '{"half": ']) {
    answering(bad, '{"whole": 1}');
    assert.deepEqual(await read("sheet.json"), { whole: 1 });
  }
  assert.deepEqual(asked, ["default", "reload", "default", "reload"]);
  answering("{", "{");
  await assert.rejects(read("sheet.json"), SyntaxError);
});

test("a small file of Python is held to the hash in its address", async () => {
  const hash = createHash("sha256").update("right").digest("hex").slice(0, 10);
  const get = async () => new TextDecoder().decode(await small(`https://example.org/_live/worker.${hash}.js`, "worker.js"));
  for (const bad of [undefined, "wro"]) {
    answering(bad, "right");
    assert.equal(await get(), "right");
  }
  assert.deepEqual(asked, ["default", "reload", "default", "reload"]);
  answering("wro", "wro");
  await assert.rejects(get(), { reason: "hash", detail: "worker.js" });
});
