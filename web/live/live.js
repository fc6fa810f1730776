/**
 * Python in the page, as far as every chapter loads it: a bar at each cell, and nothing more until a
 * reader wants to run or edit one.
 */
import { Chapter } from "./page/chapter.js";
import { closable } from "./page/dom.js";

const { live, liveReason, notebook } = document.documentElement.dataset;
document.querySelectorAll("details.open-in").forEach(closable);

if (notebook && live) {
  new Chapter({
    root: document.querySelector("article"),
    foot: document.querySelector("main"),
    notebook: new URL(notebook, document.baseURI).href,
    off: live === "on" ? undefined : { reason: "unavailable", detail: liveReason },
  });
}
