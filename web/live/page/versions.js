/** The versions of the reader that the page keeps and does not show: of cells that the book has changed, of cells that are gone, and those put aside. */
import { announce, button, download, make, unfold } from "./dom.js";

const count = (number, one, many) => (number === 1 ? one : `${number} ${many}`);

export class Versions {
  /**
   * @param {import("./chapter.js").Chapter} chapter
   * @param {import("./bar.js").PageBar} bar
   */
  constructor(chapter, bar) {
    Object.assign(this, { chapter, bar, entries: [], places: new Map() });
  }

  /** Show what the store has beside the cells: offers and versions put aside of a cell, and of none. */
  show(other, gone) {
    const { cells } = this.chapter;
    const shown = other.filter(([index, , { source }]) => ![cells[index].author, cells[index].source].includes(source));
    const here = shown.map(([index, key, edit]) => ({ key, edit, cell: cells[index] }));
    [...here, ...gone.map(([key, edit]) => ({ key, edit }))].forEach((entry) => this.hold(entry));
    this.draw();
  }

  /** Hold an entry, unless there is one that says the same: two tabs may have put the same aside. */
  hold(entry) {
    const { cell, edit } = entry;
    const twin = this.entries.some((other) => other.cell === cell && other.edit.aside && edit.aside && other.edit.source === edit.source);
    if (twin) this.chapter.store.remove(entry.key);
    else this.entries.push(entry);
  }

  /** A version has been put aside. */
  add(key, edit, cell) {
    this.entries.push({ key, edit: { ...edit, aside: true }, cell });
    this.draw();
  }

  /** What a notebook of the reader must not leave out: versions that were not put aside, and those of cells that are gone. */
  get waiting() {
    return this.entries.filter(({ edit, cell }) => !edit.aside || !cell).map(({ edit }) => ({ ...edit, edited: true, run: null }));
  }

  draw() {
    new Set([...this.places.keys(), ...this.entries.map(({ cell }) => cell)]).forEach((cell) => this.drawPlace(cell));
    this.drawLine();
  }

  /** The place for versions at a cell or, for those of cells that are gone, below the title; made when first needed. */
  place(cell) {
    if (this.places.has(cell)) return this.places.get(cell);
    const made = { notes: make("div", { class: "live-notes live-versions" }), open: false };
    this.places.set(cell, made);
    if (!cell) {
      this.chapter.root.querySelector("h1").after(made.notes);
      return made;
    }
    made.button = button("", () => this.toggle(cell), { class: "live-others", "aria-expanded": "false" });
    cell.notes.before(made.notes);
    cell.resetButton.after(made.button);
    return made;
  }

  drawPlace(cell) {
    const place = this.place(cell);
    const mine = this.entries.filter((entry) => entry.cell === cell);
    const others = mine.filter(({ edit }) => edit.aside);
    const offers = mine.filter(({ edit }) => !edit.aside);
    if (!cell) return place.notes.replaceChildren(...(mine.length ? [this.gone(mine)] : []));
    place.open &&= others.length > 0;
    place.button.hidden = !others.length;
    place.button.textContent = count(others.length, "Your other version", "other versions of yours");
    place.button.setAttribute("aria-expanded", String(place.open));
    const list = place.open ? others.map((entry) => this.other(entry)) : [];
    return place.notes.replaceChildren(...offers.map((entry) => this.offer(entry)), ...list);
  }

  toggle(cell) {
    const place = this.place(cell);
    place.open = !place.open;
    this.drawPlace(cell);
  }

  // --- what a version looks like ---

  note(words, entry, open, ...answers) {
    const code = make("pre", { tabindex: "0", translate: "no" }, entry.edit.source);
    const shown = make("details", { open }, make("summary", {}, "Your version"), code);
    return make(
      "div", { class: "live-note live-ask", role: "group", "aria-label": words },
      make("p", {}, words), shown, make("div", { class: "live-answers" }, ...answers, this.copier(entry)),
    );
  }

  offer(entry) {
    const words = entry.cell.author === entry.edit.author || (entry.edit.id && entry.edit.id !== entry.cell.id)
      ? "You have edited a cell with the same text as this one."
      : "The book has changed this cell since you edited it.";
    return this.note(
      words, entry, false,
      button("Use my version", () => this.use(entry)), button("Keep the book's", () => this.refuse(entry)),
    );
  }

  other(entry) {
    return this.note(
      "This version of yours is kept beside the one above.", entry, true,
      button("Use this version", () => this.use(entry)), button("Delete", () => this.remove(entry)),
    );
  }

  gone(entries) {
    const words = `${count(entries.length, "A cell that you edited is", "cells that you edited are")} gone from this chapter. ${
      count(entries.length, "Your version is", "versions of yours are")} here until you delete it.`;
    return make(
      "section", { class: "live-note live-info live-gone", "aria-label": "Your versions of cells that are gone" },
      make("p", {}, entries.length === 1 ? words : words.replace("delete it", "delete them")),
      ...entries.map((entry) => this.lost(entry)),
    );
  }

  lost(entry) {
    const { edit } = entry;
    const file = () => download(edit.source, `cell-${edit.index + 1}-my-version.py`, "text/x-python");
    return make(
      "details", { open: !edit.aside },
      make("summary", {}, `It was cell ${edit.index + 1} when you edited it`),
      make("pre", { tabindex: "0", translate: "no" }, edit.source),
      make("div", { class: "live-answers" }, this.copier(entry), button("Download", file), button("Delete", () => this.remove(entry))),
    );
  }

  copier({ edit }) {
    const copy = button("Copy", async () => {
      await navigator.clipboard.writeText(edit.source).then(
        () => (copy.textContent = "Copied"),
        () => getSelection().selectAllChildren(copy.closest(".live-answers").parentElement.querySelector("pre")),
      );
    });
    return copy;
  }

  // --- what becomes of it ---

  /** Show a version in its cell; what the cell shows of the reader's now is put aside for it. */
  use(entry) {
    const { cell, edit, key } = entry;
    const mine = cell.edited ? this.chapter.edit(cell) : undefined;
    const aside = mine && this.chapter.store.putAside(mine);
    if (mine && !aside) return this.noRoom(cell);
    this.drop(entry);
    if (aside) this.entries.push({ key: aside, edit: { ...mine, aside: true }, cell });
    if (this.chapter.replace(cell, edit.source)) this.chapter.store.remove(key);
    this.draw();
    cell.focusRun();
    return undefined;
  }

  noRoom(cell) {
    const words = "The browser has no room to keep both versions, so nothing was changed.";
    cell.note("fault", make("p", {}, words));
    announce(words);
  }

  refuse(entry) {
    entry.key = this.chapter.store.moveAside(entry.key, entry.edit);
    entry.edit = { ...entry.edit, aside: true };
    this.draw();
    announce("The book's version stays. Yours is kept: Your other version, in the bar of the cell.");
    entry.cell?.focusRun();
  }

  remove(entry) {
    this.chapter.store.remove(entry.key);
    this.drop(entry);
    this.draw();
    const undo = button("Undo", () => {
      this.chapter.store.save(entry.key, entry.edit);
      this.entries.push(entry);
      if (entry.cell) this.place(entry.cell).open = true;
      this.bar.hold("deleted");
      this.draw();
    });
    this.bar.hold("deleted", "Your version was deleted.", undo, button("Close", () => this.bar.hold("deleted")));
    announce("Your version was deleted.");
    undo.focus();
  }

  drop(entry) {
    this.entries = this.entries.filter((other) => other !== entry);
  }

  // --- the line that names all that wait for an answer ---

  drawLine() {
    const open = this.entries.filter(({ edit }) => !edit.aside);
    if (!open.length) return this.bar.hold("offers");
    // Sorting puts what is undefined, the place of all that are gone, behind the cells.
    const places = [...new Set(open.map(({ cell }) => cell))].sort((one, other) => one.index - other.index);
    const links = places.map((cell) => this.link(cell)).flatMap((link, at) => (at ? [", ", link] : [link]));
    const put = () => open.filter(({ cell }) => !cell).forEach((entry) => this.refuse(entry));
    const close = button("Close", () => {
      put();
      this.bar.hold("offers");
    });
    const words = make("span", {}, "The book has changed since you edited it. Look at your versions: ", ...links);
    return this.bar.hold("offers", words, close);
  }

  link(cell) {
    const go = (event) => {
      event.preventDefault();
      const { notes } = this.place(cell);
      unfold(notes);
      notes.querySelector(".live-answers button").focus({ preventScroll: true });
      notes.firstChild.scrollIntoView({ block: "center", behavior: "instant" });
    };
    return make("a", { href: cell ? `#${cell.bar.id}` : "#main", click: go }, cell ? `cell ${cell.number}` : "cells that are gone");
  }
}
