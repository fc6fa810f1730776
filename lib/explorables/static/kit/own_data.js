/**
 * The reader's own data: pasted, chosen as a file, or dropped onto the explorable. What is wrong with
 * them is said in words, and what was typed stays.
 *
 * An explorable gives ownDataHtml(...) as the part `own`, and adds bindOwnData(this, ...) to its
 * actions().
 */
import { buttonHtml, write } from "./controls.js";

const LARGEST = 200; // kilobytes
const LONG = 2000; // characters

/**
 * A box for own data that opens.
 * @param {{ columns: string[], hint?: string }} own names of the columns; what they must be
 */
export const ownDataHtml = ({ columns, hint = "" }) =>
  `<details class="xp-own" data-ref="own"><summary>Use your own data</summary>` +
  `<p>One row a line: ${columns.map((name) => `<i>${name}</i>`).join(", ")}. ${hint} ` +
  `Paste rows, choose a CSV file, or drop one onto the picture. They stay in your browser.</p>` +
  `<textarea rows="5" spellcheck="false" autocomplete="off" aria-label="Your data, one row a line: ${columns.join(", ")}" data-ref="ownText"></textarea>` +
  `<div class="xp-own-bar">${buttonHtml("ownApply", "Use these data")}${buttonHtml("ownClear", "Back to the first data")}` +
  `<input type="file" autocomplete="off" accept=".csv,.tsv,.txt,text/plain,text/csv" aria-label="Choose a file with your data" data-ref="ownFile"></div>` +
  `<p class="xp-fault" role="alert" data-ref="ownFault"></p><div class="xp-own-bar" data-ref="ownOffers"></div>` +
  `<p data-ref="ownRead"></p></details>`;

/** What reads tables: a page of the book fetches it once the box is open or a file comes. */
const readerOf = (page) => (page?.load ? page.load("_explorables/table.js") : import("./table.js"));
const LOST = "The script that reads data did not come. Reload the page when there is a connection.";

/** Why a file is not even read, or nothing. */
const fileFault = ({ size }) => {
  if (!size) return "This file is empty.";
  return size > 1000 * LARGEST && `At most ${LARGEST} KB, got ${Math.ceil(size / 1000).toLocaleString("en")} KB.`;
};

/**
 * Let the reader bring data; returns what the two buttons do.
 * @param {import("./explorable.js").Explorable} explorable
 * @param {object} own atMost: rows; apply(columns): show them; clear(): show the first data again
 * @returns {Record<string, () => void>}
 */
export function bindOwnData(explorable, { atMost, apply, clear }) {
  const { ref, root, signal } = explorable;
  const { together: columns, fault: faultOf } = explorable.constructor;
  const check = (found) => faultOf(Object.fromEntries(columns.map((name, i) => [name, found[i]])));
  const reader = () => readerOf(explorable.page);
  const on = (node, type, listener) => node.addEventListener(type, listener, { signal });
  /** Say what is wrong, with a button for each way to go on. */
  const answer = (fault, offers = []) => {
    write(ref.ownFault, fault);
    ref.ownOffers.innerHTML = offers.map(({ label }, i) => buttonHtml(String(i), label)).join("");
    [...ref.ownOffers.children].forEach((node, i) => on(node, "click", () => {
      ref.ownApply.focus(); // this button goes
      use(offers[i].options);
    }));
  };
  const refuse = (fault, offers) => {
    ref.own.open = true;
    answer(fault, offers);
  };
  const use = async (options) => {
    const read = await reader().catch(() => null);
    if (!read) return refuse(LOST);
    const { columns: found, said, error, offers } = read.parseTable(ref.ownText.value, columns, atMost, options);
    const fault = error || check(found);
    if (fault) return refuse(fault, offers);
    answer("");
    apply(found);
    explorable.finish();
    write(ref.ownRead, `Read: ${said}.`); // stays; what is said under the picture goes with the next move
    return explorable.say(`Your data: ${said}.`);
  };
  const take = async (files) => {
    const fault = files.length > 1 ? `One file at a time, got ${files.length}.` : fileFault(files[0]);
    const bytes = fault ? null : await files[0].arrayBuffer().catch(() => null);
    const read = await reader().catch(() => null);
    const text = bytes && read ? read.textOf(new Uint8Array(bytes)) : "\0";
    const refused = fault || (read ? read.notText(text) : LOST);
    if (refused) return refuse(refused);
    ref.ownText.value = text;
    return use();
  };
  const dropping = (now) => root.classList.toggle("xp-dropping", now);
  const withFiles = (listener) => (event) => {
    if (!event.dataTransfer?.types.includes("Files")) return;
    event.preventDefault();
    event.stopPropagation(); // a notebook around it would take the file for itself
    listener(event);
  };
  on(ref.ownText, "paste", (event) => {
    const text = event.clipboardData?.getData("text/plain") ?? "";
    if (text.length < LONG) return;
    event.preventDefault(); // a browser takes seconds to type thousands of lines into a box
    ref.ownText.setRangeText(text, ref.ownText.selectionStart, ref.ownText.selectionEnd, "end");
  });
  on(ref.own, "toggle", () => ref.own.open && reader().catch(() => {}));
  on(ref.ownFile, "change", async () => {
    if (ref.ownFile.files.length) await take([...ref.ownFile.files]);
    ref.ownFile.value = ""; // the same file, once changed, can be chosen again
  });
  on(root, "dragover", withFiles(() => dropping(true)));
  on(root, "dragleave", () => dropping(false));
  on(root, "drop", withFiles((event) => {
    dropping(false);
    if (event.dataTransfer.files.length) take([...event.dataTransfer.files]);
  }));
  on(ref.ownText, "input", () => write(ref.ownRead, ""));
  on(ref.reset, "click", () => write(ref.ownRead, ""));
  const first = () => {
    answer("");
    write(ref.ownRead, "");
    clear();
    explorable.finish();
  };
  return { ownApply: () => use(), ownClear: first };
}
