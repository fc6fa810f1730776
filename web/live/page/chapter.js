/** A chapter whose cells can be edited, and run once somebody wants it: the part that every page loads. */
import { load } from "../../../lib/explorables/static/kit/files.js";
import { Cell } from "./cells.js";
import { announce, button, loadStyle, make } from "./dom.js";
import { browserStorage, Edits, keysOf, match, pageOf } from "./store.js";

const UNSAVED = "Edits stay only until you leave this page, because the browser does not keep them. Download your version.";
const NO_SCRIPTS = {
  offline: "You are offline, and what runs Python on this page has not been downloaded yet. Connect, then try again. Your edits are kept.",
  missing: "A part of this page that runs Python could not be loaded. The book may have been updated since you opened this page: reload it. Your edits are kept.",
};

export class Chapter {
  /** @param {{root: HTMLElement, foot: HTMLElement, notebook: string, off?: object}} place  off: why nothing runs */
  constructor(place) {
    Object.assign(this, place, { current: -1, runner: null, unkept: new Set(), warned: false });
    const cells = [...this.root.querySelectorAll("div.cell")].filter((el) => el.querySelector(".cell_input pre"));
    this.cells = cells.map((el, index) => new Cell(el, index, this));
    this.keys = keysOf(this.cells);
    this.store = new Edits(browserStorage(), pageOf(location.pathname));
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
    addEventListener("storage", (event) => this.followOtherTab(event));
    addEventListener("visibilitychange", () => this.keepAgain());
  }

  /** The edited cells, counted from 0. */
  get edited() {
    return [...this.cells.keys()].filter((index) => this.cells[index].edited);
  }

  // --- running, which is loaded when somebody is about to ask for it ---

  /** Load what runs cells; a failure is not remembered. */
  intent() {
    this.loading ??= Promise.all([load("_live/runner.js"), loadStyle()]).then(
      ([{ Runner }]) => (this.runner = new Runner(this)),
      (error) => {
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

  /** Put the stored edits back; show what belongs to no cell as it now is beside them. */
  restore() {
    const { own, other, gone } = match(this.cells, this.store.all());
    own.forEach(([index, key, { source }]) => {
      this.keys[index] = key;
      this.follow(this.cells[index], source);
    });
    if (!other.length && !gone.length) return;
    this.intent().then((runner) => runner.versions.show(other, gone), () => {});
  }

  /** Show what is stored for a cell; nothing is, where the reader has the author's. */
  follow(cell, source) {
    cell.known = source;
    cell.setSource(source ?? cell.author);
    this.runner?.changed(cell);
  }

  /** A source is another one than before: keep it, and mark what it makes old. */
  async changed(cell) {
    cell.undo?.remove();
    this.keep(cell);
    this.runner?.changed(cell);
    const runner = await this.intent().catch(() => null);
    runner?.prepare();
  }

  /** What is kept of a cell. */
  edit({ source, author, index, id }) {
    return { source, author, index, id };
  }

  /** Keep the source of a cell as it is; returns whether the browser has it. */
  keep(cell) {
    this.unkept.add(cell);
    this.keepAgain();
    return !this.unkept.has(cell);
  }

  /** Try to keep all that is not kept. */
  keepAgain() {
    this.unkept.forEach((cell) => this.write(cell) && this.unkept.delete(cell));
    this.tellUnkept();
  }

  /** Bring a cell into the store, beside what another tab has written there unseen. */
  write(cell) {
    const key = this.keys[cell.index];
    const theirs = this.store.get(key)?.source;
    if (cell.beside || ![undefined, cell.known, cell.source].includes(theirs)) return this.writeBeside(cell);
    const kept = cell.edited ? this.store.save(key, this.edit(cell)) : this.store.remove(key) || theirs === undefined;
    if (kept) cell.known = cell.edited ? cell.source : undefined;
    return kept;
  }

  writeBeside(cell) {
    const edit = { ...this.edit(cell), aside: true };
    const kept = cell.beside ? this.store.save(cell.beside, edit) : (cell.beside = this.store.putAside(edit));
    if (!cell.conflict?.isConnected) this.tellConflict(cell);
    return Boolean(kept);
  }

  tellConflict(cell) {
    const words = "Another tab has changed this cell, too. Both versions are kept.";
    const settle = (choose) => () => {
      cell.quiet();
      choose();
      if (cell.editor) cell.editor.focus();
      else cell.focusRun();
    };
    cell.conflict = cell.note(
      "ask",
      make("p", {}, words),
      make(
        "div", { class: "live-answers" },
        button("Take its version", settle(() => this.takeTheirs(cell))),
        button("Keep this one", settle(() => this.keepMine(cell))),
      ),
    );
    announce(`${cell.name}: ${words}`);
  }

  /** Show the version of the other tab; that of this one stays beside it. */
  takeTheirs(cell) {
    const [key, edit] = [cell.beside, this.edit(cell)];
    cell.beside = undefined;
    this.follow(cell, this.store.get(this.keys[cell.index])?.source);
    if (key && edit.source !== cell.source) this.runner?.versions.add(key, edit, cell);
  }

  /** Let the version of this tab stand for the cell; that of the other stays beside it. */
  keepMine(cell) {
    const theirs = this.store.get(this.keys[cell.index]);
    const key = theirs && this.store.putAside(theirs);
    if (theirs && !key) return this.tellConflict(cell);
    const mine = cell.beside;
    Object.assign(cell, { beside: undefined, known: theirs?.source });
    if (this.keep(cell) && mine) this.store.remove(mine);
    if (theirs) this.runner?.versions.add(key, theirs, cell);
    return undefined;
  }

  /** Say that edits are not kept, in the bar of the page or, where that is missing, at a cell; take it back when they are. */
  async tellUnkept() {
    const [cell] = this.unkept;
    if (Boolean(cell) === this.warned) return;
    this.warned = Boolean(cell);
    announce(cell ? UNSAVED : "Your edits are kept again.");
    const runner = await this.intent().catch(() => null);
    if (this.warned !== Boolean(cell)) return;
    if (!cell) this.unsaved?.remove();
    if (runner) runner.bar.hold("unsaved", cell && UNSAVED, button("Download", () => runner.download()));
    else if (cell) this.unsaved = cell.note("info", make("p", {}, UNSAVED));
  }

  /** Put a source into a cell as if the reader had typed it; returns whether it is kept. */
  replace(cell, source) {
    cell.setSource(source);
    this.runner?.changed(cell);
    return this.keep(cell);
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
    cell.undo = cell.note("info", make("p", {}, "The author's version is back."), undo);
    announce(`${cell.name}: the author's version is back.`);
    cell.focusRun();
  }

  /** Another tab has written: follow, unless this one has something that the store has not. */
  followOtherTab(event) {
    this.keepAgain();
    const cell = this.cells[this.keys.indexOf(this.store.keyOf(event))];
    if (!cell) return;
    const source = this.store.read(event.newValue)?.source;
    if ((source ?? cell.author) === cell.source) cell.known = source;
    else if (cell.writing || cell.beside || this.unkept.has(cell)) this.writeBeside(cell);
    else this.follow(cell, source);
  }
}
