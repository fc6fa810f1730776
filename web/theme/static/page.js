// What a page does beside its explorables: dark mode, copying code, marking the section in view,
// and keyboard access to whatever scrolls. The page reads well without any of it.

import "./copy.js"; // alone on a page that holds one explorable and nothing else
import { foldedBoxes } from "./page/boxes.js";

const root = document.documentElement;
const whenIdle = window.requestIdleCallback ?? setTimeout;

function remember(key, value) {
  try {
    localStorage.setItem(key, value);
  } catch {
    // Storage may be forbidden; the choice then lasts for this page only.
  }
}

function recalled(key) {
  try {
    return localStorage.getItem(key);
  } catch {
    return null;
  }
}

function themeButton() {
  const button = document.querySelector(".theme-button");
  const system = matchMedia("(prefers-color-scheme: dark)");
  const show = (theme) => {
    root.dataset.theme = theme;
    button.setAttribute("aria-pressed", String(theme === "dark"));
  };
  button.hidden = false;
  show(root.dataset.theme);
  button.addEventListener("click", () => {
    show(root.dataset.theme === "dark" ? "light" : "dark");
    remember("theme", root.dataset.theme);
  });
  system.addEventListener("change", () => {
    if (!recalled("theme")) show(system.matches ? "dark" : "light");
  });
}

function copyButton(block) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "copy";
  button.textContent = "Copy";
  button.setAttribute("aria-label", "Copy this code");
  button.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(block.querySelector("pre").textContent.trimEnd());
      button.textContent = "Copied";
    } catch {
      getSelection().selectAllChildren(block.querySelector("pre"));
      button.textContent = "Selected: press Ctrl+C";
    }
    setTimeout(() => (button.textContent = "Copy"), 2000);
  });
  block.append(button);
}

function markSectionInView() {
  const links = new Map(
    [...document.querySelectorAll(".on-this-page a[href^='#']")].map((link) => [
      link.hash.slice(1),
      link,
    ]),
  );
  const sections = [...links.keys()].map((id) => document.getElementById(id)).filter(Boolean);
  const inView = new Set();
  const observer = new IntersectionObserver(
    (entries) => {
      for (const { target, isIntersecting } of entries)
        isIntersecting ? inView.add(target) : inView.delete(target);
      const last = sections.filter((section) => inView.has(section)).at(-1);
      for (const [id, link] of links)
        id === last?.id ? link.setAttribute("aria-current", "true") : link.removeAttribute("aria-current");
    },
    { rootMargin: "-15% 0px -75% 0px" },
  );
  sections.forEach((section) => observer.observe(section));
}

function reachWhatScrolls() {
  const boxes = document.querySelectorAll("pre, div.math, .table-wrapper");
  const observer = new ResizeObserver((entries) => {
    const wide = entries.map(({ target }) => target.scrollWidth > target.clientWidth + 1);
    entries.forEach(({ target }, index) => {
      if (wide[index]) target.tabIndex = 0;
      else if (target !== document.activeElement) target.removeAttribute("tabindex");
    });
  });
  boxes.forEach((box) => observer.observe(box));
}

function searchByKey() {
  addEventListener("keydown", (event) => {
    const typing = event.target.closest?.("input, textarea, select, [contenteditable], .explorable");
    const asked = event.key === "/" || (event.key === "k" && (event.ctrlKey || event.metaKey));
    if (!asked || (typing && event.key === "/")) return;
    const field = [...document.querySelectorAll("input[type=search]")].find((input) => input.checkVisibility());
    if (!field) return;
    event.preventDefault();
    field.focus();
  });
}

/** Let the page of results, and its title, say what was looked for and how much was found. */
function nameSearch() {
  const results = document.getElementById("search-results");
  const asked = new URLSearchParams(location.search).get("q")?.trim();
  if (!results || !asked) return;
  const book = document.title.split(" · ").at(-1);
  document.title = `${asked} · Search · ${book}`;
  const observer = new MutationObserver(() => {
    const [said, heading] = [".search-summary", "h2"].map((part) => results.querySelector(part));
    if (!said?.textContent) return;
    observer.disconnect();
    const [count] = said.textContent.match(/\d+/) ?? ["No"];
    heading.textContent = `${count} ${count === "1" ? "result" : "results"} for “${asked}”`;
    if (count !== "No") said.remove();
    document.title = `${heading.textContent} · ${book}`;
  });
  observer.observe(results, { childList: true, characterData: true, subtree: true });
}

/** Have the sections laid out that could wait, one at a time, between other work: see page.css. */
function layOutTheRest([section, ...others]) {
  if (!section) return;
  section.dataset.whole = "";
  whenIdle(() => layOutTheRest(others));
}

/**
 * Figures wait until the reader comes near or prints. WebKit fetches none for paper, and beforeprint is
 * too late: there they come once all else has.
 */
function fetchFiguresForPaper() {
  const fetchAll = () => document.querySelectorAll("img[loading=lazy]").forEach((image) => (image.loading = "eager"));
  if (navigator.vendor.startsWith("Apple")) addEventListener("load", () => whenIdle(fetchAll));
}

themeButton();
foldedBoxes();
fetchFiguresForPaper();
searchByKey();
nameSearch();
// The rest can wait until the explorables have started.
whenIdle(() => {
  document.querySelectorAll(".cell_input .highlight, .highlight-python .highlight").forEach(copyButton);
  reachWhatScrolls();
  markSectionInView();
  layOutTheRest(document.querySelectorAll(".chapter > section > section"));
});
