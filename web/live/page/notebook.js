/** The reader's version of a chapter as a notebook file (nbformat 4.5). No document here. */
import { keysOf, match } from "./store.js";

const lines = (text) => text.match(/[^\n]*\n|[^\n]+$/g) ?? [];
const text = (value) => (Array.isArray(value) ? value.join("") : value);

/** An output that is text, as a notebook stores it; undefined for any other. */
function stored(output, count) {
  const { output_type: kind } = output;
  if (kind === "stream") return { output_type: kind, name: output.name, text: lines(text(output.text)) };
  if (kind === "error") {
    const { ename, evalue, traceback = [] } = output;
    return { output_type: kind, ename, evalue, traceback };
  }
  const plain = output.data?.["text/plain"];
  if (!["display_data", "execute_result"].includes(kind) || plain === undefined) return undefined;
  const shown = { output_type: kind, data: { "text/plain": lines(text(plain)) }, metadata: {} };
  return kind === "execute_result" ? { ...shown, execution_count: count } : shown;
}

/** What a run said, with its streams joined, and without what a clear_output took away. */
export function textOutputs(outputs, count) {
  const kept = [];
  let wait = false;
  for (const output of outputs) {
    if (output.output_type === "clear_output") {
      if (output.wait) wait = true;
      else kept.length = 0;
      continue;
    }
    const fresh = stored(output, count);
    if (!fresh) continue;
    if (wait) kept.length = 0;
    wait = false;
    const last = kept.at(-1);
    if (fresh.output_type === "stream" && last?.name === fresh.name) last.text = lines(last.text.join("") + fresh.text.join(""));
    else kept.push(fresh);
  }
  return kept;
}

/**
 * @typedef {object} Version  a code cell as it stands on the page
 * @property {string} source
 * @property {string} author   what it was made from
 * @property {string} [id]     of the cell
 * @property {number} index    of the cell among those of the page
 * @property {boolean} edited  it is not the author's
 * @property {{outputs: object[], count: number|null}|null} run  what this very source printed, if it ran
 */

/** A code cell with the reader's source, and with the outputs of that source only. */
function withVersion(cell, { source, edited, run }) {
  if (run) {
    return { ...cell, source: lines(source), execution_count: run.count, outputs: textOutputs(run.outputs, run.count) };
  }
  return edited ? { ...cell, source: lines(source), execution_count: null, outputs: [] } : cell;
}

/** Versions that stand for no cell of the notebook, each as a cell of its own with an id that is free. */
function ownCells(versions, cells) {
  const said = "# My version of a cell that the book has changed or taken out since\n";
  const taken = new Set(cells.map(({ id }) => id));
  const free = (id, at = 1) => (taken.has(`${id}-${at}`) ? free(id, at + 1) : `${id}-${at}`);
  return new Map(versions.map((version) => {
    const id = free("my-version");
    taken.add(id);
    const source = lines(said + version.source);
    return [version, { cell_type: "code", id, metadata: { tags: ["my-version"] }, execution_count: null, outputs: [], source }];
  }));
}

/**
 * The author's notebook with the reader's versions of its code cells. The page may be of another
 * edition: a version goes into the cell that it was made from, where that has changed below it, and
 * where it is gone to the end.
 * @param {object} notebook
 * @param {Version[]} versions  of the cells of the page
 * @param {Version[]} waiting   those that the page keeps beside its cells
 */
export function withVersions(notebook, versions, waiting = []) {
  const code = notebook.cells.filter(({ cell_type: kind }) => kind === "code");
  const places = code.map(({ id, source }) => ({ id, author: text(source).replace(/\n+$/, "") }));
  const keys = [...keysOf(versions), ...waiting.map((_, at) => `~${at}`)];
  const { own, other, gone } = match(places, new Map([...versions, ...waiting].map((version, at) => [keys[at], version])));
  const loose = [...other, ...gone].map((found) => found.at(-1)).filter(({ edited }) => edited);
  const made = ownCells(loose, notebook.cells);
  const into = new Map(own.map(([at, , version]) => [code[at], version]));
  const below = new Map(other.map(([at, , version]) => [version, code[at]]));
  const cells = notebook.cells.flatMap((cell) => [
    into.has(cell) ? withVersion(cell, into.get(cell)) : cell,
    ...loose.filter((version) => below.get(version) === cell).map((version) => made.get(version)),
  ]);
  const last = loose.filter((version) => !below.has(version)).map((version) => made.get(version));
  return { ...notebook, cells: [...cells, ...last] };
}

const KERNEL = {
  kernelspec: { display_name: "Python 3", language: "python", name: "python3" },
  language_info: { name: "python" },
};

/**
 * A notebook of the code alone, for a reader who is offline and has not loaded the author's.
 * @param {string} title
 * @param {(Version & {heading?: string})[]} versions  heading: of the section that begins before the cell
 * @param {Version[]} waiting  those that the page keeps for other cells
 */
export function fromPage(title, versions, waiting = []) {
  const markdown = (id, source) => ({ cell_type: "markdown", id, metadata: {}, source: [source] });
  const cells = versions.flatMap((version, index) => {
    const empty = { cell_type: "code", id: `code-${index}`, metadata: {}, execution_count: null, outputs: [], source: [] };
    const code = withVersion({ ...empty, source: lines(version.source) }, version);
    return version.heading ? [markdown(`text-${index}`, `## ${version.heading}`), code] : [code];
  });
  return { cells: [markdown("title", `# ${title}`), ...cells, ...ownCells(waiting, cells).values()], metadata: KERNEL, nbformat: 4, nbformat_minor: 5 };
}

/** A notebook as the content of a file. */
export const asFile = (notebook) => `${JSON.stringify(notebook, null, 1)}\n`;
