/** One state of an explorable, on the page and in Python. */

const GENERAL = new Set(["tabbable", "tooltip"]); // of every widget, and of no picture
const STOPPED = "Python was stopped: the picture goes on alone. Run its cell to join them again.";
const same = (a, b) => Object.is(a, b) || JSON.stringify(a) === JSON.stringify(b);

/** Whether a value is another widget, as the layout of every stock widget is. */
const isWidget = (value) => typeof value === "string" && value.startsWith("IPY_MODEL_");

/** The values that make up the picture, by name; a layout among them is that of a derivative. */
export const ownState = (comm) => Object.fromEntries(
  Object.entries(comm.state).filter(([name, value]) => !name.startsWith("_") && !GENERAL.has(name) && !isWidget(value)),
);

/**
 * The model that an explorable of Python's draws on. What the page sets goes to Python as soon as
 * Python has handled what went before; what Python refuses is set back, with its reason.
 * @param {object} comm of `comms.js`
 * @param {(state: object) => object} createModel of `host.js`
 */
function share(comm, createModel) {
  const names = Object.keys(ownState(comm));
  const model = createModel(ownState(comm));
  const unsent = new Set();
  let sending = false;

  async function offer(state) {
    let refusal;
    const onoutput = (output) => { if (output.output_type === "error") refusal = output.evalue; };
    await comm.send({ method: "update", state, buffer_paths: [] }, { onoutput });
    if (refusal === undefined) return;
    Object.keys(state).forEach((name) => unsent.delete(name));
    await comm.send({ method: "request_state" });
    model.tell(`Python did not take this: ${refusal}`);
  }

  async function send() {
    sending = true;
    while (unsent.size && comm.alive) {
      const state = Object.fromEntries([...unsent].map((name) => [name, model.get(name)]));
      unsent.clear();
      await offer(state);
    }
    sending = false;
  }

  comm.onMessage(({ method, state = {} }) => {
    if (method === "end") model.tell(STOPPED);
    if (method !== "update") return;
    Object.entries(state)
      .filter(([name, value]) => names.includes(name) && !unsent.has(name) && !same(model.get(name), value))
      .forEach(([name, value]) => model.set(name, value));
  });

  return {
    ...model,
    set(name, value) {
      if (names.includes(name) && !Object.is(model.get(name), value)) unsent.add(name);
      model.set(name, value);
    },
    save_changes() {
      if (!sending && unsent.size) send();
    },
  };
}

/** The one model of an explorable that Python has made, however often it is shown. */
export function sharedModel(comm, createModel) {
  comm.model ??= share(comm, createModel);
  return comm.model;
}
