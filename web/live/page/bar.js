/** The bar at the foot of a chapter: how Python is, and what concerns all cells. */
import { button, closable, icon, make } from "./dom.js";
import { cellsInWords } from "./run_queue.js";
import { megabytes } from "./messages.js";

export class PageBar {
  /**
   * @param {HTMLElement} parent  what it stays at the foot of
   * @param {object} page  runAll, runAbove, stop, restart, resetAll, download; current: the cell a reader was at
   */
  constructor(parent, page) {
    this.page = page;
    this.words = make("span", { class: "live-words" }, "Python is off");
    this.meter = make("progress", { class: "live-meter", hidden: true, "aria-label": "Loading Python" });
    this.light = make("span", { class: "live-light", "aria-hidden": "true" });
    this.all = button([icon("run"), "Run all"], () => page.runAll(), { class: "live-all" });
    this.stopper = button([icon("stop"), "Stop"], () => page.stop(), { class: "live-stop", hidden: true, "aria-label": "Stop Python" });
    this.warning = make("p", { class: "live-warning", hidden: true });
    this.held = make("div");
    this.el = make(
      "section", { class: "live-page", "aria-label": "Python on this page", hidden: true },
      this.held,
      this.warning,
      make("div", { class: "live-row" }, this.light, this.words, this.all, this.stopper, this.menu()),
      this.meter,
    );
    this.describe();
    parent.append(this.el);
  }

  menu() {
    const entry = (words, action) => button(words, action);
    this.above = entry("", () => this.page.runAbove());
    this.resets = entry("", () => this.page.resetAll());
    this.restart = entry("Restart Python", () => this.page.restart());
    const list = make(
      "ul", {},
      ...[this.above, this.restart, this.resets, entry("Download my version (.ipynb)", () => this.page.download())].map((item) => make("li", {}, item)),
    );
    const menu = closable(make("details", { class: "menu live-more" }, make("summary", { "aria-label": "More about Python on this page" }, icon("more")), list));
    menu.querySelector("summary").addEventListener("click", () => this.describe()); // "toggle" comes when it is open
    return menu;
  }

  /** Word the entries of the menu for the cells as they are now. */
  describe() {
    const { current, edited } = this.page.chapter;
    this.above.textContent = current > 0 ? `Run all above cell ${current + 1}` : "Run all above";
    this.above.disabled = !(current > 0);
    this.resets.textContent = edited.length ? `Reset edits: ${cellsInWords(edited).toLowerCase()}` : "Reset all edits";
    this.resets.disabled = !edited.length;
    this.restart.disabled = this.state === "off";
  }

  show() {
    this.el.hidden = false;
    document.documentElement.dataset.liveBegun = "";
  }

  /** Say a thing for as long as it holds, in a line of its own; without words it holds no more. */
  hold(name, words, ...actions) {
    this.held.querySelector(`[data-name=${name}]`)?.remove();
    if (!words) return;
    this.held.append(make("p", { class: "live-warning", "data-name": name }, words, " ", ...actions));
    this.show();
  }

  /** Say a thing that holds until the next run. */
  warn(words, ...actions) {
    this.warning.replaceChildren(words, " ", ...actions);
    this.warning.hidden = false;
    this.show();
  }

  calm() {
    this.warning.hidden = true;
  }

  /** Say how Python is: `state` is the kernel's, `pending` are the cells that run or wait. */
  update({ state, versions, stopping, failure }, pending = []) {
    this.state = state;
    this.el.dataset.state = state;
    this.stopper.hidden = !["busy", "starting"].includes(state) && !pending.length;
    this.all.hidden = !this.stopper.hidden;
    if (state !== "starting") this.meter.hidden = true;
    if (state === "off") this.words.textContent = "Python is off";
    if (state === "starting" && this.meter.hidden) this.words.textContent = "Starting Python";
    if (state === "ready") this.words.textContent = `Python ${versions?.python.replace(/\.\d+$/, "") ?? ""} is ready`;
    if (state === "busy") this.words.textContent = stopping ? "Stopping" : busyWords(pending);
    if (state === "failed") this.words.textContent = failure.died ? "Python crashed" : "Python did not start";
  }

  /** Say how far the download is. */
  progress({ step, loaded, total, quiet, ending, background }) {
    if (background) return;
    const loading = loaded < total;
    const size = loading ? `, ${megabytes(loaded, 1)} of ${megabytes(total, 1)} MB` : "";
    this.words.textContent = `${step}${size}${quiet ? patience(ending) : ""}`;
    this.meter.hidden = false;
    if (loading) Object.assign(this.meter, { max: total, value: loaded });
    else this.meter.removeAttribute("value");
  }
}

/** Why it takes long. */
function patience(ending) {
  return ending ? ": the old run is still ending in this browser, so this takes longer" : ": the connection is slow, still trying";
}

/** What runs and how much waits. */
function busyWords([current, ...rest]) {
  if (current === undefined) return "Python is busy";
  return `Running cell ${current + 1}${rest.length ? `, ${rest.length} more to run` : ""}`;
}
