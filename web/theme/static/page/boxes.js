// Deeper boxes: a link into a closed one opens it, one button opens all, and whoever comes back to the page
// finds open what was open. Without this they open by click and key, and where the browser's own search can.

import { unfold } from "../../../live/page/dom.js";

const KEY = `boxes ${location.pathname}`;
const boxes = [...document.querySelectorAll("details.box")];
const idOf = (box) => box.parentElement.id;

/** What the address names: an element of the page, and the box whose section it is, if it is one. */
function named() {
  let id = location.hash.slice(1);
  try {
    id = decodeURIComponent(id);
  } catch {
    // not ours: an explorable reads it
  }
  const target = id && document.getElementById(id);
  return target && { target, box: [target, target.parentElement].map((node) => node.querySelector(":scope > details.box")).find(Boolean) };
}

/** Open what the address leads into, and go there: the browser could not, or found another place. */
function openWhatIsNamed() {
  const found = named();
  if (!found) return;
  const inner = found.box ?? found.target;
  const closed = inner.closest("details:not([open])");
  if (!closed) return;
  document.documentElement.dataset.whole = ""; // the heights above it count now: see page.css
  unfold(inner);
  found.target.scrollIntoView({ behavior: "instant" });
}

/** What the reader opened, for when she comes back: the place she was at has its height again. */
function remember() {
  try {
    sessionStorage.setItem(KEY, JSON.stringify(boxes.filter((box) => box.open).map(idOf)));
  } catch {
    // Storage may be forbidden; the boxes are then closed on return.
  }
}

function openWhatWasOpen() {
  const [{ type } = {}] = performance.getEntriesByType("navigation");
  if (type === "navigate") return;
  try {
    const open = JSON.parse(sessionStorage.getItem(KEY)) ?? [];
    boxes.filter((box) => open.includes(idOf(box))).forEach((box) => (box.open = true));
  } catch {
    // nothing was kept
  }
}

function openAll(button) {
  const allOpen = () => boxes.every((box) => box.open);
  const name = () => (button.textContent = allOpen() ? "Close all" : "Open all");
  button.addEventListener("click", () => {
    const open = !allOpen();
    boxes.forEach((box) => (box.open = open));
    name();
  });
  boxes.forEach((box) => box.addEventListener("toggle", name));
  name();
}

export function foldedBoxes() {
  openWhatWasOpen();
  openWhatIsNamed();
  addEventListener("hashchange", openWhatIsNamed);
  addEventListener("click", ({ target }) => {
    if (target.closest?.("a[href]")?.href === location.href) openWhatIsNamed(); // no hash changes
  });
  boxes.forEach((box) => box.addEventListener("toggle", remember));
  document.querySelectorAll(".open-all").forEach(openAll);
}
