/** The reader's version of a chapter as a notebook. */
import assert from "node:assert/strict";
import test from "node:test";
import { asFile, fromPage, textOutputs, withVersions } from "../../web/live/page/notebook.js";

const stream = (text, name = "stdout") => ({ output_type: "stream", name, text });
const AUTHOR = {
  cells: [
    { cell_type: "markdown", id: "a", metadata: {}, source: ["# T"] },
    { cell_type: "code", id: "b", metadata: { tags: ["hide-input"] }, execution_count: 1, outputs: [stream(["1\n"])], source: ["x = 1\n", "print(x)"] },
    { cell_type: "code", id: "c", metadata: {}, execution_count: 2, outputs: [], source: ["y = 2"] },
  ],
  metadata: { kernelspec: { name: "python3" } },
  nbformat: 4,
  nbformat_minor: 5,
};
const AUTHORS = ["x = 1\nprint(x)", "y = 2"];
/** The cells of a page of this edition, with what the reader has made of them. */
const page = (...versions) => versions.map((version, index) => ({ author: AUTHORS[index], id: "bc"[index], index, ...version }));
const version = (source, edited = false, run = null) => ({ source, edited, run });

test("without edits and runs the notebook is the author's", () => {
  assert.deepEqual(withVersions(AUTHOR, page(version("x = 1\nprint(x)"), version("y = 2"))), AUTHOR);
});

test("an edited cell has the reader's source, its name and tags, and no output that it has not made", () => {
  const [, cell, last] = withVersions(AUTHOR, page(version("x = 5\nprint(x)", true), version("y = 2"))).cells;
  assert.deepEqual(cell, { ...AUTHOR.cells[1], source: ["x = 5\n", "print(x)"], outputs: [], execution_count: null });
  assert.deepEqual(last, AUTHOR.cells[2]);
});

test("a cell that ran has what it printed", () => {
  const run = { outputs: [stream("5"), stream("\n6")], count: 7 };
  const [, cell] = withVersions(AUTHOR, page(version("x = 5", true, run), version("y = 2"))).cells;
  assert.deepEqual(cell.outputs, [stream(["5\n", "6"])]);
  assert.equal(cell.execution_count, 7);
});

test("the author's notebook is not touched", () => {
  const before = JSON.stringify(AUTHOR);
  withVersions(AUTHOR, page(version("z", true, { outputs: [stream("a")], count: 1 }), version("y", true)));
  assert.equal(JSON.stringify(AUTHOR), before);
});

const sources = (notebook) => notebook.cells.map(({ source }) => source.join(""));
const MARK = "# My version of a cell that the book has changed or taken out since\n";

test("a page of another edition, with ids or without, overwrites no cell that its edits were not made in", () => {
  const versions = page(version("mine x", true), version("mine y", true));
  const without = versions.map(({ id, ...rest }) => rest);
  const [title, first, second] = AUTHOR.cells;
  const fresh = { ...first, id: "n", source: ["new = 1"] };
  const changed = { ...second, source: ["y = 2 + 1"] };
  for (const given of [versions, without]) {
    const inserted = withVersions({ ...AUTHOR, cells: [title, fresh, second, first] }, given);
    assert.deepEqual(sources(inserted), ["# T", "new = 1", "mine y", "mine x"]);
    const deleted = withVersions({ ...AUTHOR, cells: [title, fresh, second] }, given);
    assert.deepEqual(sources(deleted), ["# T", "new = 1", "mine y", `${MARK}mine x`]);
  }
  const { cells } = withVersions({ ...AUTHOR, cells: [changed, first] }, versions);
  assert.deepEqual(sources({ cells }), ["y = 2 + 1", `${MARK}mine y`, "mine x"]);
  assert.deepEqual(cells[1].metadata, { tags: ["my-version"] });
  assert.equal(new Set(cells.map(({ id }) => id)).size, cells.length);
});

test("a cell that was not edited is the newer one of the notebook, and a run of the old one is left out", () => {
  const run = { outputs: [stream("1")], count: 1 };
  const newer = { ...AUTHOR, cells: [{ ...AUTHOR.cells[1], source: ["x = 3\n", "print(x)"] }] };
  assert.deepEqual(withVersions(newer, page(version(AUTHORS[0], false, run))), newer);
});

test("versions that wait beside the cells are in the notebook, too", () => {
  const waiting = [{ author: "gone = 1", source: "mine", id: "old", index: 3, edited: true, run: null }];
  assert.deepEqual(sources(withVersions(AUTHOR, page(version(AUTHORS[0]), version(AUTHORS[1])), waiting)), ["# T", ...AUTHORS, `${MARK}mine`]);
  assert.deepEqual(sources(fromPage("T", [version("x")], waiting)), ["# T", "x", `${MARK}mine`]);
});

test("only text is kept, and in the form of a notebook", () => {
  const outputs = [
    { output_type: "waiting", step: "Loading" },
    { output_type: "display_data", data: { "image/png": "iVBO", "text/plain": "<Figure>" }, metadata: { a: 1 }, transient: { display_id: "d" } },
    { output_type: "execute_result", data: { "text/plain": "2\n3" }, metadata: {}, execution_count: 1 },
    { output_type: "display_data", data: { "image/png": "iVBO" }, metadata: {} },
    { output_type: "update_display_data", data: { "text/plain": "x" }, metadata: {} },
    { output_type: "error", ename: "NameError", evalue: "no", traceback: ["a", "b"], line: 3, hint: "h" },
  ];
  assert.deepEqual(textOutputs(outputs, 4), [
    { output_type: "display_data", data: { "text/plain": ["<Figure>"] }, metadata: {} },
    { output_type: "execute_result", data: { "text/plain": ["2\n", "3"] }, metadata: {}, execution_count: 4 },
    { output_type: "error", ename: "NameError", evalue: "no", traceback: ["a", "b"] },
  ]);
});

test("streams of two names stay apart", () => {
  assert.equal(textOutputs([stream("a"), stream("b", "stderr"), stream("c")]).length, 3);
});

test("what a cell has cleared is not in the file, at once or when the next output comes", () => {
  const clear = (wait) => ({ output_type: "clear_output", wait });
  assert.deepEqual(textOutputs([stream("a"), clear(false)]), []);
  assert.deepEqual(textOutputs([stream("a"), clear(true)]), [stream(["a"])]);
  assert.deepEqual(textOutputs([stream("a"), clear(true), stream("b")]), [stream(["b"])]);
});

test("a page alone makes a notebook of its title, its sections and its code", () => {
  const { cells, nbformat, nbformat_minor: minor } = fromPage("Datasets", [{ ...version("x = 1"), heading: "What" }, version("y\n", true)]);
  assert.deepEqual(cells.map(({ cell_type: kind, source }) => [kind, source.join("")]), [
    ["markdown", "# Datasets"],
    ["markdown", "## What"],
    ["code", "x = 1"],
    ["code", "y\n"],
  ]);
  assert.deepEqual([nbformat, minor], [4, 5]);
  assert.equal(new Set(cells.map(({ id }) => id)).size, cells.length);
});

test("the file is JSON that ends a line", () => {
  assert.deepEqual(JSON.parse(asFile(AUTHOR)), AUTHOR);
  assert.ok(asFile(AUTHOR).endsWith("}\n"));
});
