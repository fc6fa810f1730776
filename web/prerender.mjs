/**
 * Draws the explorables into built pages, and sets their exercises, so that both are there before any
 * script runs, on paper, and without JavaScript. The same modules do it that later bring them to life.
 *
 *     node web/prerender.mjs SHEETS.json FILE.html...
 *
 * Only the inside of each explorable changes, and a second run changes nothing.
 */
import { readFile, writeFile } from "node:fs/promises";
import { pathToFileURL } from "node:url";
import { parseHTML } from "linkedom";
import { exerciseHtml } from "../lib/exercises/static/exercise.js";
import { shortened } from "./shorten_paths.mjs";

const PICTURES = new URL("../lib/explorables/static/pictures/", import.meta.url);
const OPENING = /<div (?:aria-hidden="true" )?class="explorable(-picture)?" data-module="(\w+)" (data-state="[^"]*" data-spec="[^"]*")>/g;

const EXERCISE = /<div class="exercise" data-exercise="([\w.]+)" data-instance="(\d+)">[^<]*(?=<\/div>)/g;

/** Where the div that opens just before `from` closes: the inside ends there. */
function closingOf(html, from) {
  const tags = /<(\/?)div\b/g;
  tags.lastIndex = from;
  for (let depth = 1, tag; (tag = tags.exec(html)); ) {
    depth += tag[1] ? -1 : 1;
    if (depth === 0) return tag.index;
  }
  throw new Error("an explorable is not closed");
}

/** A model that never changes: all that a first picture needs. */
const still = (state) => ({ get: (name) => state[name], set() {}, on() {}, off() {}, save_changes() {} });

/** Take away what promises life: a page without scripts has no sliders. */
function disarm(root) {
  root.removeAttribute("data-live");
  for (const handle of root.querySelectorAll("[role=slider]")) {
    const attributes = handle.getAttributeNames();
    attributes.filter((name) => /^(aria-|role|tabindex)/.test(name)).forEach((name) => handle.removeAttribute(name));
  }
}

/**
 * Let forms and fields for text wait until the explorable lives, and something of their size stand in
 * for them. A browser looks at each one it finds for what it could fill in, and lays out the section
 * around it to do so: in a long chapter, all that was left for later.
 */
function standIn(root) {
  for (const node of root.querySelectorAll("form, input[type=text], input[type=number], textarea")) {
    const place = root.ownerDocument.createElement(node.localName === "form" ? "div" : "span");
    node.getAttributeNames().forEach((name) => place.setAttribute(name, node.getAttribute(name)));
    place.setAttribute("data-later", node.localName);
    place.append(...node.childNodes);
    node.replaceWith(place);
  }
}

/** Leave only the picture: the part that says it is one, or the first view. */
function onlyPicture(root) {
  const picture = root.querySelector("[data-picture]") ?? root.querySelector(".xp-plot") ?? root.querySelector(".xp-panel");
  root.replaceChildren(picture);
  ["role", "aria-label"].forEach((name) => root.removeAttribute(name));
}

/** The markup of an explorable in its state, or of its picture alone. */
async function draw(module, attributes, pictured) {
  const { document } = parseHTML(`<html><body><div ${attributes}></div></body></html>`);
  const el = document.querySelector("div");
  const { default: explorable } = await import(new URL(`${module}.js`, PICTURES));
  const [initial, spec] = [el.dataset.state, el.dataset.spec].map(JSON.parse);
  explorable.render({ model: still(initial), el, page: { link: () => "" }, initial, spec })();
  disarm(el.firstElementChild);
  standIn(el.firstElementChild);
  el.querySelectorAll(".xp-layer path[d]").forEach((path) => path.setAttribute("d", shortened(path.getAttribute("d"))));
  if (pictured) onlyPicture(el.firstElementChild);
  return el.innerHTML;
}

const attribute = (text) => text.replaceAll("&", "&amp;").replaceAll('"', "&quot;").replaceAll("<", "&lt;");

/**
 * An exercise with its question set. Where it comes to life, its sheet is in the file of its chapter; a prediction,
 * asked early in the page, brings its own.
 */
function setExercise(sheets, id, number) {
  const sheet = sheets[id];
  if (!sheet) throw new Error(`no exercise ${id}`);
  const own = { ...sheet, pool: [sheet.pool[number]] };
  const told = sheet.predict ? ` data-sheet="${attribute(JSON.stringify(own))}"` : "";
  return `<div class="exercise" id="${id}" data-exercise="${id}" data-instance="${number}"${told}>${exerciseHtml(own, 0, { linked: true })}`;
}

/** A page with its explorables drawn and its exercises set. */
export async function prerender(page, sheets = {}) {
  const html = page.replace(EXERCISE, (_, id, number) => setExercise(sheets, id, number));
  let [result, done] = ["", 0];
  for (const opening of html.matchAll(OPENING)) {
    const inside = opening.index + opening[0].length;
    result += html.slice(done, inside) + (await draw(opening[2], opening[3], opening[1]));
    done = closingOf(html, inside);
  }
  return result + html.slice(done);
}

/** Prerender a file in place; a file without explorables and exercises is not written. */
async function prerenderFile(file, sheets) {
  const before = await readFile(file, "utf8");
  const after = await prerender(before, sheets);
  if (after !== before) await writeFile(file, after);
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  const [told, ...files] = process.argv.slice(2);
  const sheets = JSON.parse(await readFile(told, "utf8"));
  for (const file of files) await prerenderFile(file, sheets);
}
