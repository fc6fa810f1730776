/** Small parts of a page: elements, icons, and the one voice that a screen reader hears. */
import { address } from "../../../lib/explorables/static/kit/files.js";

const ICONS = {
  run: '<path d="M6 4.2v11.6L15.5 10z" class="solid"/>',
  stop: '<rect x="5.5" y="5.5" width="9" height="9" rx="1" class="solid"/>',
  queued: '<circle cx="10" cy="10" r="6.5"/><path d="M10 6.2V10l2.4 1.8"/>',
  running: '<path d="M10 3.5a6.5 6.5 0 1 1-6.5 6.5" class="turning"/>',
  ok: '<path d="M4.5 10.5l3.7 3.7 7.3-8"/>',
  error: '<path d="M5.5 5.5l9 9M14.5 5.5l-9 9"/>',
  more: '<g class="solid"><circle cx="4" cy="10" r="1.5"/><circle cx="10" cy="10" r="1.5"/><circle cx="16" cy="10" r="1.5"/></g>',
};

/** An element with attributes (those that are functions are listeners) and with what is in it. */
export function make(tag, attributes = {}, ...content) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === "function") node.addEventListener(name, value);
    else if (value === true) node.setAttribute(name, "");
    else if (value !== false && value !== undefined) node.setAttribute(name, value);
  }
  node.append(...content.filter((part) => part !== undefined));
  return node;
}

/** A button; it has a name of its own where the words on it are too few. */
export function button(words, click, attributes = {}) {
  return make("button", { type: "button", click, ...attributes }, ...[words].flat());
}

const drawn = new Map();

/** A small picture that says nothing to a screen reader: parsed once, then copied. */
export function icon(name) {
  if (!drawn.has(name)) {
    const node = make("span", { class: `live-icon live-icon-${name}`, "aria-hidden": "true" });
    node.innerHTML = ICONS[name] ? `<svg viewBox="0 0 20 20" width="16" height="16">${ICONS[name]}</svg>` : "";
    drawn.set(name, node);
  }
  return drawn.get(name).cloneNode(true);
}

const voice = make("div", { class: "unseen", role: "status", "aria-live": "polite" });

/** Let a screen reader say something when it has finished what it is saying. */
export function announce(text) {
  if (!voice.isConnected) document.body.append(voice);
  voice.textContent = text;
}

let style;

/** Load the style of what only a reader who runs or edits will see; settles whether or not it came. */
export function loadStyle() {
  style ??= new Promise((done) => {
    const href = address("_live/run.css");
    document.head.append(make("link", { rel: "stylesheet", href, load: done, error: done }));
  });
  return style;
}

/** Close a menu by Escape, by a choice, and by a click beside it. */
export function closable(menu) {
  const close = () => (menu.open = false);
  menu.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !menu.open) return;
    close();
    menu.querySelector("summary").focus();
  });
  menu.addEventListener("click", (event) => event.target.closest("a, button") && close());
  addEventListener("click", (event) => !menu.contains(event.target) && close());
  return menu;
}

/** Give the reader a text as a file. */
export function download(text, name, type) {
  const href = URL.createObjectURL(new Blob([text], { type }));
  make("a", { href, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(href), 1000);
}

/** Open whatever is folded around an element. */
export function unfold(node) {
  for (let outer = node.closest("details"); outer; outer = outer.parentElement.closest("details")) outer.open = true;
}
