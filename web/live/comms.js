/**
 * The widgets of Python as the page knows them: every comm with its state, whoever shows it.
 *
 * A comm is kept from the moment Python opens it, whether or not any output mentions it: a widget may
 * be shown much later, and by code that never names it.
 */

const view = (buffer) => (ArrayBuffer.isView(buffer)
  ? new DataView(buffer.buffer, buffer.byteOffset, buffer.byteLength)
  : new DataView(buffer));

/** Put binary values where they belong in a state. */
function withBuffers(state, paths = [], buffers = []) {
  paths.forEach((path, index) => {
    const parent = path.slice(0, -1).reduce((node, key) => node[key], state);
    parent[path.at(-1)] = view(buffers[index]);
  });
  return state;
}

/** One comm: its state as Python last said it, and the way back. */
class Comm {
  constructor(hub, { content, metadata, buffers }) {
    const { state = {}, buffer_paths: paths } = content.data;
    this.hub = hub;
    this.id = content.comm_id;
    this.explorable = metadata?.explorable; // the module of one of the book's own
    this.state = withBuffers({ ...state }, paths, buffers);
    this.listeners = new Set();
    this.alive = true;
  }

  /** Hear each message; returns what ends that. */
  onMessage(listener) {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  receive({ content: { data }, buffers = [] }) {
    if (data.method === "echo_update") return; // the page is the only one that shows this widget
    if (data.method === "update") Object.assign(this.state, withBuffers(data.state, data.buffer_paths, buffers));
    this.listeners.forEach((listener) => listener(data, buffers));
  }

  /** Send to Python; settles when Python has handled it (true) or is gone (false). */
  async send(data, { buffers = [], onoutput, type = "comm_msg" } = {}) {
    if (!this.alive) return false;
    const message = { msg_type: type, content: { comm_id: this.id, data }, metadata: {}, buffers };
    return this.hub.kernel.comms.send(message, { onoutput });
  }

  end() {
    this.alive = false;
    this.listeners.forEach((listener) => listener({ method: "end" }, []));
    this.listeners.clear();
  }
}

class Hub {
  constructor(kernel) {
    this.kernel = kernel;
    this.comms = new Map();
    this.displays = new Map(); // display_id -> what shows it
    this.listeners = new Set(); // of the widgets to come
    this.generation = kernel.generation;
    kernel.comms.onMessage((message) => this.receive(message));
  }

  receive(message) {
    this.renew();
    const id = message.content.comm_id;
    if (message.msg_type === "comm_open") {
      const comm = new Comm(this, message);
      this.comms.set(id, comm);
      this.listeners.forEach((listener) => listener(comm));
    } else if (message.msg_type === "comm_close") {
      this.comms.get(id)?.end();
      this.comms.delete(id);
    } else {
      this.comms.get(id)?.receive(message);
    }
  }

  /** Forget what belonged to a Python that is gone. */
  renew() {
    if (this.generation !== this.kernel.generation) this.end();
  }

  end() {
    this.generation = this.kernel.generation;
    this.manager = undefined;
    const gone = [...this.comms.values()];
    this.comms.clear();
    this.displays.clear();
    this.listeners.clear();
    gone.forEach((comm) => comm.end());
  }
}

const hubs = new WeakMap();

/** The widgets of a kernel: from the first call on, none is missed. */
export function hubOf(kernel) {
  if (!hubs.has(kernel)) hubs.set(kernel, new Hub(kernel));
  return hubs.get(kernel);
}
