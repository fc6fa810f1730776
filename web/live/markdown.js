/** Texts out of a cell as HTML: formulas marked for KaTeX, and the Markdown that notebooks use. */

const CHARACTERS = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };
export const escape = (text) => text.replace(/[&<>"]/g, (character) => CHARACTERS[character]);

// No formula is longer than this, and none begins within another: else a text of brackets alone takes minutes to read.
const LONGEST = 10_000;
const until = (open) => String.raw`((?:(?!${open})[\s\S]){1,${LONGEST}}?)`;
const ENVIRONMENT = String.raw`\\begin\{(?<kind>equation|align|gather|multline|eqnarray)\*?\}[\s\S]{0,${LONGEST}}?\\end\{\k<kind>\*?\}`;
const FORMULA = new RegExp(
  String.raw`\$\$([\s\S]{1,${LONGEST}}?)\$\$|\\\[${until("\\\\\\[")}\\\]|(${ENVIRONMENT})|\\\(${until("\\\\\\(")}\\\)|(?<![\\$\w])\$(?!\s)([^$\n]{0,${LONGEST}}[^$\s\\])\$(?!\d)`,
  "g",
);

/** A formula as an element that KaTeX will set; until then it shows its source. */
function formula(tex, display) {
  const tag = display ? "div" : "span";
  return `<${tag} class="math" translate="no" data-display="${display}" data-tex="${escape(tex)}">${escape(tex)}</${tag}>`;
}

/** Cut a text into formulas and what is between them; `between` makes HTML of the latter. */
function withFormulas(text, between) {
  const parts = [];
  let end = 0;
  for (const found of text.matchAll(FORMULA)) {
    const [whole, dollars, brackets, environment, , parentheses, dollar] = found;
    // IPython's Math writes one formula alone as "$\displaystyle …$".
    const alone = whole.length === text.trim().length && /^\$\\displaystyle/.test(whole);
    const display = dollars ?? brackets ?? environment;
    parts.push(between(text.slice(end, found.index)));
    parts.push(formula(display ?? parentheses ?? dollar, display !== undefined || alone));
    end = found.index + whole.length;
  }
  return [...parts, between(text.slice(end))].join("");
}

/** A text with formulas in it, as HTML; nothing else in it is understood. */
export const splitMath = (text) => withFormulas(text, escape);

const address = (target) => (/^(https?:|mailto:|#|[\w./-]+$)/.test(target) ? target : "");

/** Emphasis and links, in text that is escaped already. */
const emphasized = (text) => text
  .replace(/\*\*(.+?)\*\*/g, "<b>$1</b>")
  .replace(/(?<![*\w])[*_](?! )([^*_]+?)[*_](?!\w)/g, "<i>$1</i>")
  .replace(/\[([^[\]]+)\]\(([^)\s]{1,2000})\)/g, (whole, name, target) =>
    (address(target) ? `<a href="${target}" rel="noreferrer">${name}</a>` : name));

/** One line of Markdown: code is taken out first, then formulas. */
const inline = (text) => text
  .split(/(`[^`]+`)/)
  .map((part) => (/^`.+`$/.test(part)
    ? `<code translate="no">${escape(part.slice(1, -1))}</code>`
    : withFormulas(part, (plain) => emphasized(escape(plain)))))
  .join("");

const WHOLE = /`[^`]*`|\$(?!\s)[^$\n]*[^$\s\\]\$(?!\d)|\\?\|/g; // code and formulas keep their strokes

/** The cells of a row of a table; a stroke after a backslash is one of the text. */
const cellsOf = (line) => line.trim()
  .replace(WHOLE, (found) => (found === "|" ? "\0" : found === "\\|" ? "|" : found))
  .replace(/^\0|\0$/g, "").split("\0").map((cell) => cell.trim());

/** Where the head of a table stands in a block: a row, and below it as many dashes; else -1. */
const tableIn = (lines) => lines.findIndex((line, i) => {
  const dashes = cellsOf(lines[i + 1] ?? "");
  return line.includes("|") && dashes.every((cell) => /^:?-+:?$/.test(cell)) && dashes.length === cellsOf(line).length;
});

/** The side of a column, as the colons of its dashes have it. */
const sideOf = (dashes) => (dashes.endsWith(":") ? ` class="text-${dashes.startsWith(":") ? "center" : "right"}"` : "");

/** A table: its head, its dashes, its rows; a short row is filled up. */
function table([head, dashes, ...rows]) {
  const sides = cellsOf(dashes).map(sideOf);
  const row = (tag, line) => {
    const cells = cellsOf(line);
    return `<tr>${sides.map((side, j) => `<${tag}${side}>${inline(cells[j] ?? "")}</${tag}>`).join("")}</tr>`;
  };
  return `<table><thead>${row("th", head)}</thead><tbody>${rows.map((line) => row("td", line)).join("")}</tbody></table>`;
}

/** A block of lines that belong together. */
function block(lines) {
  const at = tableIn(lines);
  if (at >= 0) return `${at ? block(lines.slice(0, at)) : ""}${table(lines.slice(at))}`;
  const heading = /^(#{1,6}) +(.*)/.exec(lines[0]);
  // Headings of an output are no headings of the chapter: its contents must not change.
  if (heading) return `<p><strong>${inline(heading[2])}</strong></p>${lines.length > 1 ? block(lines.slice(1)) : ""}`;
  const item = /^\s*(?:[-*+]|(\d+)[.)]) +/;
  if (!item.test(lines[0])) return `<p>${inline(lines.join("\n"))}</p>`;
  const tag = item.exec(lines[0])[1] ? "ol" : "ul";
  const items = lines.reduce((all, line) => {
    if (item.test(line)) all.push(line.replace(item, ""));
    else all[all.length - 1] += ` ${line.trim()}`;
    return all;
  }, []);
  return `<${tag}>${items.map((one) => `<li>${inline(one)}</li>`).join("")}</${tag}>`;
}

/** The Markdown that cells print (paragraphs, headings, lists, tables, code, emphasis, links, formulas). */
export function markdown(text) {
  return text
    .split(/^(```[^\n]*\n[\s\S]*?^```[ \t]*$)/m)
    .map((part) => (part.startsWith("```")
      ? `<div class="highlight"><pre translate="no">${escape(part.replace(/^```[^\n]*\n/, "").replace(/```[ \t]*$/, ""))}</pre></div>`
      : part.split(/\n\s*\n/).map((lines) => lines.replace(/^\n+|\s+$/g, "")).filter(Boolean)
        .map((lines) => block(lines.split("\n"))).join("")))
    .join("");
}

/** What is known to `document` by its name, in place of what the document has under that name. */
const NAMED = ":is(img, form, iframe, embed, object)[name]";

/**
 * Fill an element with HTML, less what acts on the whole page as soon as it stands there: a refresh that
 * leaves for another address, a base for all links, a style sheet or a connection to somewhere, a name that
 * hides a part of the document from the page's own scripts. Its own style holds where it stands.
 */
export function fill(node, html) {
  const apart = document.createElement("div"); // outside the page nothing has acted yet
  apart.innerHTML = html;
  apart.querySelectorAll("meta, base, link").forEach((part) => part.remove());
  apart.querySelectorAll(NAMED).forEach((part) => part.removeAttribute("name"));
  if (globalThis.CSSScopeRule) apart.querySelectorAll("style").forEach((part) => (part.textContent = `@scope {${part.textContent}\n}`));
  node.replaceChildren(...apart.childNodes);
}
