/** Who runs when: what has run in this Python, what waits, what an edit made old. No document here. */

/** What has run, and whether it is still what the page shows. Cells are counted from 0. */
export class RunHistory {
  #clock = 0;

  constructor(count) {
    this.ranAt = new Array(count).fill(0);
    this.changedAt = new Array(count).fill(0);
  }

  /** A cell has run, whether or not it ended in an error. */
  ran(index) {
    this.ranAt[index] = ++this.#clock;
  }

  /** The source of a cell is another one than before. */
  changed(index) {
    this.changedAt[index] = ++this.#clock;
  }

  /** The cells above one that have neither run nor wait to. */
  missing(index, waiting = []) {
    const above = [...this.ranAt.keys()].slice(0, index);
    return above.filter((at) => !this.ranAt[at] && !waiting.includes(at));
  }

  /** Why the output of a cell that has run may be old: "self", "above", or nothing. */
  stale(index) {
    const ranAt = this.ranAt[index];
    if (!ranAt) return "";
    if (this.changedAt[index] > ranAt) return "self";
    return this.changedAt.slice(0, index).some((at) => at > ranAt) ? "above" : "";
  }

  /** Python is gone: nothing has run. Returns what had. */
  forget() {
    const had = [...this.ranAt.keys()].filter((index) => this.ranAt[index]);
    this.ranAt.fill(0);
    return had;
  }
}

/** Cells that wait for one another. An end other than "ok" lets all that wait go. */
export class RunQueue {
  /**
   * @param {object} way
   * @param {(index: number) => Promise<string>} way.run  runs a cell; says how it ended
   * @param {(index: number, state: "queued"|"running"|"left") => void} way.onstate
   *   left: a cell waits no longer, and has not run
   * @param {(targets: number[], cause: number, status: string) => void} way.ondropped
   *   a run did not end well: the cells that a reader had asked for and did not get, and which one ran
   * @param {() => void} [way.onidle]
   */
  constructor({ run, onstate, ondropped, onidle = () => {} }) {
    Object.assign(this, { run, onstate, ondropped, onidle });
    this.waiting = [];
    this.current = null;
  }

  /** The cells that run or wait, in order. */
  get pending() {
    return [...(this.current === null ? [] : [this.current]), ...this.waiting.map(({ index }) => index)];
  }

  /** Let cells run, in this order; `target` is the one that was asked for. */
  add(indexes, target = null) {
    const known = new Set(this.waiting.map(({ index }) => index));
    const fresh = indexes.filter((index) => !known.has(index));
    this.waiting.push(...fresh.map((index) => ({ index, target })));
    fresh.forEach((index) => this.onstate(index, "queued"));
    return this.current === null ? this.#work() : Promise.resolve();
  }

  /** Take back one that waits, and what was to run only for its sake. */
  cancel(index) {
    const { target } = this.waiting.find((item) => item.index === index) ?? {};
    const goes = (item) => item.index === index || (target === index && item.target === index);
    const gone = this.waiting.filter(goes);
    this.waiting = this.waiting.filter((item) => !goes(item));
    gone.forEach((item) => this.onstate(item.index, "left"));
  }

  /** Let go all that wait. */
  clear() {
    const gone = this.waiting.splice(0);
    gone.forEach(({ index }) => this.onstate(index, "left"));
    return gone;
  }

  async #work() {
    while (this.waiting.length) {
      const { index, target } = this.waiting.shift();
      this.current = index;
      this.onstate(index, "running");
      const status = await this.run(index);
      this.current = null;
      if (status === "ok") continue;
      const targets = [target, ...this.clear().map((item) => item.target)];
      this.ondropped([...new Set(targets)].filter((at) => at !== null), index, status);
    }
    this.onidle();
  }
}

/** Numbers of cells as a sentence has them: "Cells 1–3 and 5"; `indexes` are counted from 0. */
export function cellsInWords(indexes) {
  const runs = [];
  for (const number of indexes.map((index) => index + 1)) {
    if (number === runs.at(-1)?.at(-1) + 1) runs.at(-1).push(number);
    else runs.push([number]);
  }
  const parts = runs.flatMap((run) => (run.length > 2 ? [`${run[0]}–${run.at(-1)}`] : run));
  const list = [parts.slice(0, -1).join(", "), parts.at(-1)].filter(Boolean).join(" and ");
  return `${indexes.length === 1 ? "Cell" : "Cells"} ${list}`;
}
