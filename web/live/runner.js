/** Runs the cells of a chapter in their order. Loaded when a reader is about to run or edit a cell. */
import { load } from "../../lib/explorables/static/kit/files.js";
import { PageBar } from "./page/bar.js";
import { announce, button, download, make, unfold } from "./page/dom.js";
import { asFile, fromPage, withVersions } from "./page/notebook.js";
import { cellsInWords, RunHistory, RunQueue } from "./page/run_queue.js";
import { Versions } from "./page/versions.js";
import { costly, downloadQuestion, downloadSizes, failureWords, stoppedWords } from "./page/messages.js";

const idle = globalThis.requestIdleCallback ?? setTimeout;
const NO_MEMORY = "Python's memory is full, and what the cells have made stays in it. Restart Python to empty it; its variables are gone then.";
const ENDS = { ok: "ok", error: "error", stopped: "idle", failed: "idle" };

/** The page's end of Python, and what shows its outputs. */
async function loadScripts() {
  const [kernel, outputs] = await Promise.all(["kernel", "outputs"].map((name) => load(`_live/${name}.js`)));
  return { ...kernel, ...outputs };
}

/** The words of a heading, formulas as TeX, without its number and the link to itself. */
function titleOf(heading) {
  const copy = heading.cloneNode(true);
  copy.querySelectorAll(".headerlink, .section-number").forEach((node) => node.remove());
  copy.querySelectorAll(".katex").forEach((node) => node.replaceWith(`$${node.querySelector("annotation")?.textContent ?? ""}$`));
  return copy.textContent.trim();
}

/** What holds as long as the tab, or as long as the page where storage is forbidden. */
const session = {
  get(name) {
    try {
      return sessionStorage.getItem(name) ?? this[name];
    } catch {
      return this[name];
    }
  },
  set(name, value) {
    this[name] = value;
    try {
      sessionStorage.setItem(name, value);
    } catch {
      // Storage is forbidden.
    }
  },
};

export class Runner {
  /** @param {import("./page/chapter.js").Chapter} chapter */
  constructor(chapter) {
    Object.assign(this, { chapter, cells: chapter.cells, kernel: null, hadRun: [] });
    this.history = new RunHistory(this.cells.length);
    this.queue = new RunQueue({
      run: (index) => this.execute(this.cells[index]),
      onstate: (index, state) => this.moved(this.cells[index], state),
      ondropped: (targets, cause, status) => this.dropped(targets, cause, status),
      onidle: () => this.showPython(),
    });
    this.bar = new PageBar(chapter.foot, this);
    this.versions = new Versions(chapter, this.bar);
    if (!chapter.off) this.loadScripts().catch(() => {});
  }

  get all() {
    return [...this.cells.keys()];
  }

  // --- Python ---

  /** Fetch the scripts of Python's end of the page; a failure is not remembered. */
  loadScripts() {
    this.scripts ??= loadScripts().catch((error) => {
      this.scripts = undefined;
      throw error;
    });
    return this.scripts;
  }

  /** The kernel, made once. */
  async python() {
    this.shown = await this.loadScripts();
    this.kernel ??= this.shown.createKernel({
      onstate: (state, kernel) => this.showPython(kernel),
      onprogress: (progress) => this.bar.progress(progress),
      onlost: () => this.lost(),
      onbackground: () => (this.keeping ??= this.keepForOffline().catch(() => {})),
    });
    return this.kernel;
  }

  /** Let the page work without a network, now that all of Python has come over it. */
  async keepForOffline() {
    if (!this.chapter.store.storage) return (document.documentElement.dataset.kept = "no"); // nor may it keep a file
    const { keepForOffline } = await load("_live/offline.js");
    return keepForOffline();
  }

  showPython(kernel = this.kernel) {
    if (!kernel) return;
    this.bar.update(kernel, this.queue.pending);
    const running = this.cells[this.queue.current];
    if (running) running.setState(kernel.state === "busy" ? "running" : "starting");
    else if (kernel.failure?.died) this.diedUnseen(kernel.failure);
  }

  /** Variables are gone with their Python: no cell has run. */
  lost() {
    this.shown.disconnectAll(this.kernel);
    this.hadRun = this.history.forget();
    this.cells.filter(({ state }) => state === "ok" || state === "error").forEach((cell) => cell.setState("idle"));
    this.markStale();
  }

  /** Ask before a download that may cost something; true where it may begin. */
  async mayDownload(cell) {
    if (this.agreed || this.kernel.state !== "off" || !costly(navigator.connection)) return true;
    const manifest = await this.kernel.manifest().catch(() => null);
    if (!manifest?.files || this.wasLoaded(manifest)) return true;
    const answers = [["Download and run", true], ["Not now", false]];
    this.agreed = await cell.ask(downloadQuestion(downloadSizes(manifest)), answers);
    if (this.agreed !== null) cell.focusRun();
    return this.agreed;
  }

  /** Whether this browser has loaded this very Python before. */
  wasLoaded({ version }) {
    try {
      return this.chapter.store.storage.getItem("live:python") === version;
    } catch {
      return false;
    }
  }

  async noteLoaded() {
    if (this.noted) return;
    this.noted = true;
    try {
      this.chapter.store.storage.setItem("live:python", (await this.kernel.manifest()).version);
    } catch {
      // The question will be asked again.
    }
  }

  complete(code, position) {
    return this.kernel?.complete(code, position);
  }

  // --- one cell ---

  /** Make ready for a run from this cell on; false where there is none, which the cell then says. */
  async ready(cell) {
    if (this.chapter.off) return this.refuse(cell, this.chapter.off);
    this.cells.forEach((other) => other.quiet());
    this.bar.calm();
    this.bar.show();
    try {
      await this.python();
    } catch {
      return this.refuse(cell, { reason: navigator.onLine ? "missing" : "offline" });
    }
    return this.mayDownload(cell);
  }

  /** Run a cell because a reader asked for it, after those above it if the reader agrees. */
  async run(cell, advance) {
    if (this.queue.pending.includes(cell.index) || !(await this.ready(cell))) return;
    const first = await this.cellsBefore(cell);
    if (!first) return;
    if (advance) this.advance(cell);
    this.queue.add([...first, cell.index], cell.index);
  }

  /** Which cells run before one; null where the reader wants neither answer. */
  async cellsBefore(cell) {
    const missing = this.history.missing(cell.index, this.queue.pending);
    if (!missing.length) return [];
    const known = session.get("live:before");
    const answer = known ?? (await this.askOrder(cell, missing));
    if (!answer) return null;
    session.set("live:before", answer);
    if (!known) cell.focusRun();
    return answer === "first" ? missing : [];
  }

  askOrder(cell, missing) {
    const [have, them] = missing.length === 1 ? ["has", "it"] : ["have", "them"];
    return cell.ask(`${cellsInWords(missing)} ${have} not run yet.`, [[`Run ${them} first`, "first"], ["Only this one", "only"]]);
  }

  /** Go on to the next cell; the last one stays. */
  advance(cell) {
    const next = this.cells[cell.index + 1] ?? cell;
    next.focusRun();
    next.bar.scrollIntoView({ block: "nearest" });
  }

  /** Run one cell now; the queue calls it. Returns how it ended. */
  async execute(cell) {
    const { source } = cell;
    const area = this.shown.createOutputArea(cell.output, { kernel: this.kernel });
    const outputs = [];
    area.clear(true);
    this.showPython();
    const onoutput = (output) => {
      outputs.push(output);
      area.append(output);
    };
    const result = await this.kernel.run(source, { cell: cell.name, onoutput });
    area.settle();
    this.ended(cell, result, { source, outputs, count: result.execution_count });
    return result.status;
  }

  /** Let a cell show how its run ended, and let the reader hear it. */
  ended(cell, { status, variables, line }, run) {
    if (status === "ok" || status === "error") {
      cell.run = run;
      this.history.ran(cell.index);
      this.noteLoaded();
    }
    cell.setState(ENDS[status]);
    this.markStale();
    if (status === "error") this.failed(cell);
    if (status === "stopped") this.stopped(cell, stoppedWords({ variables, line }));
  }

  failed(cell) {
    const { ename, evalue } = cell.run.outputs.findLast(({ output_type: kind }) => kind === "error") ?? {};
    unfold(cell.bar);
    announce(`${cell.name}: error${ename ? `, ${ename}: ${evalue}` : ""}`);
    if (/MemoryError$/.test(ename)) cell.note("info", make("p", {}, NO_MEMORY), this.restartButton(cell));
  }

  stopped(cell, words) {
    this.offerAgain(cell, "info", words);
  }

  /** Say how Python ended under a cell, and offer to run again what had run before it. */
  offerAgain(cell, kind, fact, ...more) {
    const before = this.hadRun.splice(0).filter((index) => index !== cell.index);
    const them = cellsInWords(before).toLowerCase();
    const words = `${fact}${before.length ? ` Run ${them} again before you go on.` : ""}`;
    const again = button(`Run ${them} again`, () => {
      cell.quiet();
      cell.focusRun();
      this.queue.add(before);
    });
    cell.note(kind, make("p", {}, words), ...(before.length ? [again] : []), ...more);
    announce(`${cell.name}: ${words}`);
  }

  restartButton(cell) {
    return button("Restart Python", () => {
      cell?.quiet();
      cell?.focusRun();
      this.bar.calm();
      this.restart();
    });
  }

  /** Python has died under a cell: say which, for running it again would end the same way. */
  crashed(cell, failure) {
    this.offerAgain(cell, "fault", `${cell.name} ended Python. ${failureWords(failure)} Change the cell before you run it again.`, this.restartButton(cell));
  }

  /** Python has died, and no cell was running: a widget's function, or a task of asyncio, has ended it. */
  diedUnseen(failure) {
    if (failure === this.mourned) return;
    this.mourned = failure;
    const words = `A function of a widget ended Python. ${failureWords(failure)}`;
    this.bar.warn(words, this.restartButton());
    announce(words);
  }

  /** Say why a cell did not run, and offer to try again. */
  refuse(cell, failure) {
    const words = failureWords(failure);
    const again = button("Try again", () => {
      cell.focusRun();
      this.run(cell, false);
    });
    const final = ["unavailable", "file"].includes(failure?.reason);
    cell.note("fault", make("p", {}, words), ...(final ? [] : [again]));
    announce(`${cell.name} did not run. ${words}`);
    return false;
  }

  // --- the queue ---

  /** A cell waits, runs, or has been taken back. */
  moved(cell, state) {
    if (state === "queued") cell.before = cell.state;
    cell.setState(state === "left" ? cell.before : state);
    this.showPython();
  }

  /** A run ended badly: say so where cells were asked for, and did not run for that reason. */
  dropped(targets, cause, status) {
    if (status === "failed") this.gone(this.cells[cause], this.cells[targets[0] ?? cause], this.kernel.failure);
    if (status !== "error") return;
    const failing = this.cells[cause];
    const go = (event) => {
      event.preventDefault();
      failing.focusRun();
    };
    const link = () => make("a", { href: `#${failing.bar.id}`, click: go }, `Go to cell ${failing.number}`);
    const words = `cell ${failing.number} ended in an error. `;
    targets.filter((index) => index !== cause).forEach((index) => {
      this.cells[index].note("info", make("p", {}, `This cell did not run: ${words}`, link()));
    });
    if (targets.includes(cause)) failing.output.querySelector(".error")?.scrollIntoView({ block: "nearest" });
    if (!targets.length) this.bar.warn(`Stopped: ${words}`, link());
  }

  /** There is no Python: it has died under a cell, or did not come for the one that was asked for. */
  gone(running, asked, failure) {
    this.mourned = failure;
    if (failure.died) this.crashed(running, failure);
    else this.refuse(asked, failure);
  }

  /** Stop what runs; what only waits is taken back. */
  stop(cell) {
    if (cell?.state === "queued") return this.queue.cancel(cell.index);
    this.queue.clear();
    return this.kernel?.stop();
  }

  // --- all cells ---

  async runAll(indexes = this.all) {
    if (!(await this.ready(this.cells[indexes[0]]))) return;
    this.queue.add(indexes.filter((index) => !this.queue.pending.includes(index)));
  }

  runAbove() {
    return this.runAll(this.all.slice(0, this.chapter.current));
  }

  restart() {
    this.queue.clear();
    this.kernel?.restart();
    this.hadRun = [];
    announce("Python was restarted; its variables are gone.");
  }

  // --- edits ---

  changed(cell) {
    if (this.undoes?.has(cell)) this.forgetUndo();
    this.history.changed(cell.index);
    this.markStale();
  }

  markStale() {
    this.cells.forEach((cell) => cell.setStale(this.history.stale(cell.index)));
  }

  /** An edit promises a run and perhaps a download: load both ahead, unless that may cost the reader something. */
  prepare() {
    if (this.prepared || costly(navigator.connection)) return;
    this.prepared = true;
    this.loadNotebook().catch(() => {});
    if (!this.chapter.off) idle(() => this.python().then((kernel) => kernel.boot()).catch(() => {}));
  }

  resetAll() {
    const mine = this.chapter.edited.map((index) => [this.cells[index], this.cells[index].source]);
    mine.forEach(([cell]) => this.chapter.replace(cell, cell.author));
    const words = `${cellsInWords(mine.map(([cell]) => cell.index))}: the author's version is back.`;
    const undo = button("Undo", () => {
      this.forgetUndo();
      mine.forEach(([cell, source]) => this.chapter.replace(cell, source));
    });
    this.undoes = new Set(mine.map(([cell]) => cell));
    this.bar.hold("reset", words, undo, button("Close", () => this.forgetUndo()));
    announce(words);
    undo.focus();
  }

  /** What was reset has gone on from there: going back would take that away. */
  forgetUndo() {
    this.undoes = undefined;
    this.bar.hold("reset");
  }

  // --- the reader's notebook ---

  loadNotebook() {
    this.original ??= fetch(this.chapter.notebook).then((answer) => {
      if (!answer.ok) throw new Error(answer.statusText);
      return answer.json();
    });
    this.original.catch(() => (this.original = undefined));
    return this.original;
  }

  /** The cells as they stand, each with what this very source has printed. */
  cellsShown() {
    let last;
    return this.cells.map(({ el, id, index, author, source, edited, run }) => {
      const title = el.closest("section")?.querySelector(":scope > :is(h2, h3, h4)");
      const heading = title && title !== last ? titleOf(title) : undefined;
      last = title;
      return { id, index, author, source, edited, run: run?.source === source ? run : null, heading };
    });
  }

  /** Give the reader the chapter with the edits; offline, and never loaded, its code alone. */
  async download() {
    const [shown, { waiting }] = [this.cellsShown(), this.versions];
    const whole = await this.loadNotebook().catch(() => null);
    const notebook = whole ? withVersions(whole, shown, waiting) : fromPage(titleOf(document.querySelector("h1")), shown, waiting);
    const name = this.chapter.notebook.split("/").at(-1).replace(".ipynb", "-my-version.ipynb");
    download(asFile(notebook), name, "application/x-ipynb+json");
  }
}
