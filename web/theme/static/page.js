// What a page does beside its explorables: dark mode, copying code, marking the section in view,
// and keyboard access to whatever scrolls. The page reads well without any of it.

import { load } from "../../../lib/explorables/static/kit/files.js";
import { Progress, chapterOf, dayOf } from "../../../lib/exercises/static/progress.js";
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
    const typing = event.target.closest?.("input, textarea, select, [contenteditable], .explorable, .exercise");
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

/** Have the sections laid out that could wait, one at a time, between other work, and then all shown: see page.css. */
function layOutTheRest([section, ...others]) {
  if (!section) return void (root.dataset.whole = "");
  section.lastElementChild.getBoundingClientRect(); // the browser lays out what it is asked about
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

/** Say at an exercise that its script did not come, and what to do. */
function sayLost(el) {
  const words = "This exercise could not be started: its script did not come. Reload the page when there is a connection.";
  el.append(Object.assign(document.createElement("p"), { className: "xp-lost", role: "status", textContent: words }));
}

/** Exercises come to life when the reader comes near: until then they cost the page nothing. */
function wakeExercises() {
  const start = (el) => load("_exercises/exercise.js").then(({ startLater }) => startLater(el), () => sayLost(el));
  const near = new IntersectionObserver((entries) => {
    for (const { target } of entries.filter((entry) => entry.isIntersecting)) {
      near.unobserve(target);
      start(target);
    }
  }, { rootMargin: "10% 0px" });
  document.querySelectorAll(".exercise[data-exercise]").forEach((el) => near.observe(el));
}

/** Write beside an entry of the contents; what is for the eye is said in words to a screen reader. */
function writeBeside(link, short, words) {
  const mark = link.querySelector(".beside") ?? link.appendChild(Object.assign(document.createElement("span"), { className: "beside" }));
  const [seen, said] = [document.createElement("span"), document.createElement("span")];
  seen.textContent = short;
  seen.ariaHidden = "true";
  said.className = "unseen";
  said.textContent = words;
  mark.replaceChildren(...(short ? [seen, said] : []));
}

/** Beside each chapter, how many of its exercises are solved; beside the review, how many are due. */
function countExercises({ exercises }) {
  const known = Object.entries(exercises);
  for (const link of document.querySelectorAll("a[data-exercises]")) {
    const { chapter, exercises: all } = link.dataset;
    const right = known.filter(([id, { verdict }]) => verdict === "right" && chapterOf(id) === chapter).length;
    writeBeside(link, right ? `${right}/${all}` : "", `, ${right} of ${all} exercises solved`);
  }
  const today = dayOf(new Date());
  const due = known.filter(([, entry]) => entry.verdict !== "guess" && entry.date && entry.due <= today).length;
  document.querySelectorAll("a[data-review]").forEach((link) => writeBeside(link, due ? String(due) : "", `, ${due} due`));
}

function followExercises() {
  const progress = new Progress();
  const chapter = document.querySelector("a[data-exercises][aria-current=page]")?.dataset.chapter;
  if (chapter) progress.open(chapter);
  const count = (event) => countExercises(event?.all ?? progress.all());
  addEventListener("exercises", count);
  addEventListener("storage", count); // another tab
  addEventListener("pageshow", count);
  count();
}

themeButton();
foldedBoxes();
fetchFiguresForPaper();
wakeExercises();
searchByKey();
nameSearch();
// The rest can wait until the explorables have started.
whenIdle(() => {
  document.querySelectorAll(".cell_input .highlight, .highlight-python .highlight").forEach(copyButton);
  reachWhatScrolls();
  markSectionInView();
  followExercises();
  layOutTheRest(document.querySelectorAll(".chapter > section > section"));
});
