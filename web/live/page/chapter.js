/** A chapter whose cells can be edited, and run once somebody wants it: the part that every page loads. */
import { Cell } from "./cells.js";
import { announce, button, loadStyle, make } from "./dom.js";
import { browserStorage, Edits, keysOf, match } from "./store.js";

const UNSAVED = "Edits stay only until you leave this page, because the browser does not keep them. Download your version.";
const NO_SCRIPTS = {
  offline: "You are offline, and what runs Python on this page has not been downloaded yet. Connect, then try again. Your edits are kept.",
  missing: "A part of this page that runs Python could not be loaded. Try again, or reload the page. Your edits are kept.",
};
let attempts = 0;

export class Chapter {
  /** @param {{root: HTMLElement, foot: HTMLElement, notebook: string, off?: object}} place  off: why nothing runs */
  constructor(place) {
    Object.assign(this, place, { current: -1, runner: null });
    const cells = [...this.root.querySelectorAll("div.cell")].filter((el) => el.querySelector(".cell_input pre"));
    this.cells = cells.map((el, index) => new Cell(el, index, this));
    this.keys = keysOf(this.cells.map((cell) => cell.author));
    this.store = new Edits(browserStorage(), location.pathname);
    this.restore();
    this.listen();
  }

  listen() {
    this.root.addEventListener("focusin", ({ target }) => {
      const at = this.cells.findIndex((cell) => cell.el.contains(target));
      if (at >= 0) this.current = at;
    });
    this.root.addEventListener("click", ({ target }) => {
      const asked = target.closest("[data-run-cell]");
      const cell = asked && this.cells.find(({ el }) => el.contains(asked));
      if (cell) this.run(cell, false);
    });
    addEventListener("storage", (event) => this.elsewhere(event));
  }

  /** The edited cells, counted from 0. */
  get edited() {
    return [...this.cells.keys()].filter((index) => this.cells[index].edited);
  }

  // --- running, which is loaded when somebody is about to ask for it ---

  /** Load what runs cells; a failure is not remembered. */
  intent() {
    const again = attempts ? `?again=${attempts}` : "";
    this.loading ??= Promise.all([import(new URL(`./runner.js${again}`, import.meta.url)), loadStyle()]).then(
      ([{ Runner }]) => (this.runner = new Runner(this)),
      (error) => {
        attempts += 1;
        this.loading = undefined;
        throw error;
      },
    );
    this.loading.catch(() => {});
    return this.loading;
  }

  async run(cell, advance) {
    const runner = await this.intent().catch(() => null);
    if (runner) return runner.run(cell, advance);
    const words = NO_SCRIPTS[navigator.onLine ? "missing" : "offline"];
    const again = button("Try again", () => {
      cell.focusRun();
      this.run(cell, advance);
    });
    cell.note("fault", make("p", {}, words), again);
    return announce(`${cell.name} did not run. ${words}`);
  }

  stop(cell) {
    this.runner?.stop(cell);
  }

  complete(code, position) {
    return this.runner?.complete(code, position);
  }

  // --- edits ---

  /** Put the stored edits back; offer those whose cell has changed in the book since. */
  restore() {
    const { same, moved } = match(this.cells.map((cell) => cell.author), this.store.all());
    same.forEach(([index, { source }]) => this.cells[index].setSource(source));
    moved.forEach(([index, key, edit]) => this.offer(this.cells[index], key, edit));
  }

  offer(cell, key, { source }) {
    const settle = (use) => () => {
      this.store.remove(key);
      cell.quiet();
      if (use) this.replace(cell, source);
      cell.focusRun();
    };
    cell.note(
      "ask",
      make("p", {}, "The book has changed this cell since you edited it."),
      make("details", {}, make("summary", {}, "Your version"), make("pre", { tabindex: "0" }, source)),
      make("div", { class: "live-answers" }, button("Use my version", settle(true)), button("Keep the book's", settle(false))),
    );
  }

  /** A source is another one than before: keep it, and mark what it makes old. */
  async changed(cell) {
    this.keep(cell);
    this.runner?.changed(cell);
    const runner = await this.intent().catch(() => null);
    runner?.prepare();
  }

  keep(cell) {
    const key = this.keys[cell.index];
    const { source, author, index } = cell;
    const kept = cell.edited ? this.store.save(key, { source, author, index }) : this.store.remove(key);
    if (!kept && cell.edited) this.cannotKeep(cell);
  }

  /** Say that edits are not kept, in the bar of the page or, where that is missing, at the cell. */
  async cannotKeep(cell) {
    if (this.unkept) return;
    this.unkept = true;
    announce(UNSAVED);
    const runner = await this.intent().catch(() => null);
    if (runner) runner.warn(UNSAVED, button("Download", () => runner.download()));
    else cell.note("info", make("p", {}, UNSAVED));
  }

  /** Put a source into a cell as if the reader had typed it. */
  replace(cell, source) {
    cell.setSource(source);
    this.keep(cell);
    this.runner?.changed(cell);
  }

  /** The author's version again, with a way back. */
  reset(cell) {
    const mine = cell.source;
    this.replace(cell, cell.author);
    const undo = button("Undo", () => {
      cell.quiet();
      this.replace(cell, mine);
      cell.focusRun();
    });
    cell.note("info", make("p", {}, "The author's version is back."), undo);
    announce(`${cell.name}: the author's version is back.`);
    cell.focusRun();
  }

  /** Another tab has written: follow, unless the reader is writing here. */
  elsewhere(event) {
    const cell = this.cells[this.keys.indexOf(this.store.keyOf(event))];
    if (!cell) return;
    const source = this.store.read(event.newValue)?.source ?? cell.author;
    if (source === cell.source) return;
    if (!cell.writing) {
      cell.setSource(source);
      this.runner?.changed(cell);
      return;
    }
    cell.note("info", make("p", {}, "Another tab has changed this cell, too."), button("Take its version", () => {
      cell.quiet();
      this.replace(cell, source);
      cell.editor.focus();
    }));
  }
}
