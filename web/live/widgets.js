/**
 * The stock widgets of ipywidgets on a page of the book. Bundled, and loaded when
 * the first one shows; a page whose reader never meets one does not fetch it.
 *
 *   const manager = createManager({ hub, createOutputArea, liveExplorable, typeset });
 *   const { frame, free } = await manager.show(id, node, area);   frame(): what it shows, as a still
 */
import * as base from "@jupyter-widgets/base";
import { ManagerBase } from "@jupyter-widgets/base-manager";
import * as controls from "@jupyter-widgets/controls";
import { Widget } from "@lumino/widgets";
import { fill } from "./markdown.js";
import "./widgets.css";

const FOREIGN =
  "This widget is drawn by JavaScript of its own. A page of the book runs only the book’s own code, so it " +
  "cannot show it here. Open the chapter in JupyterLite to use it.";

/** A comm as ipywidgets' models expect it. */
class JupyterComm {
  constructor(comm) {
    this.comm = comm;
    this.comm_id = comm.id;
    this.target_name = "jupyter.widget";
    this.sent = 0;
  }

  on_msg(listener) {
    this.comm.onMessage((data, buffers) => {
      if (data.method !== "end") listener({ content: { data: { ...data, buffer_paths: [] } }, buffers });
    });
  }

  on_close(listener) {
    this.comm.onMessage(({ method }) => method === "end" && listener());
  }

  /** A model holds back what it has to say next until it hears, once Python is done, "idle". */
  send(data, { iopub = {} } = {}, metadata = {}, buffers = []) {
    const binary = buffers.map((buffer) => buffer.buffer ?? buffer);
    this.comm.send(data, { buffers: binary, onoutput: iopub.output })
      .then(() => iopub.status?.({ content: { execution_state: "idle" } }));
    return `${this.comm_id}-${++this.sent}`;
  }

  close() {
    this.comm.send({}, { type: "comm_close" });
  }
}

/** What a view puts in its place where the page does not draw it. */
class NotHere extends base.DOMWidgetView {
  render() {
    super.render();
    this.el.append(Object.assign(document.createElement("p"), { className: "output remark", textContent: FOREIGN }));
  }
}

/** The classes that live on this page and not in ipywidgets' packages. */
function ownClasses({ hub, createOutputArea, liveExplorable }) {
  /** Prints and figures of `with out:` and of `interact`. */
  class OutputView extends base.DOMWidgetView {
    render() {
      super.render();
      this.el.classList.add("jupyter-widgets", "widget-output");
      this.area = createOutputArea(this.el, { kernel: hub.kernel });
      const show = () => this.area.show(this.model.get("outputs") ?? []);
      this.listenTo(this.model, "change:outputs", show);
      show();
    }

    remove() {
      this.area?.dispose();
      return super.remove();
    }
  }

  /** A picture of the book among stock widgets; any other anywidget says why it is not shown. */
  class AnyView extends NotHere {
    render() {
      const comm = hub.comms.get(this.model.model_id);
      if (!comm?.explorable) return super.render();
      base.DOMWidgetView.prototype.render.call(this);
      const { node, ready } = liveExplorable(comm);
      this.el.append(node);
      return ready;
    }
  }

  return { OutputModel: base.DOMWidgetModel, OutputView, AnyModel: base.DOMWidgetModel, AnyView };
}

/** Names and words for what a screen reader meets: the handles of a slider, and its number. */
function nameSlider(view) {
  const slider = view.el.querySelector(".noUi-target")?.noUiSlider;
  if (!slider) return;
  const handles = [...view.el.querySelectorAll(".noUi-handle")];
  const ends = handles.length > 1 ? [", from", ", to"] : [""];
  const name = () => view.model.get("description") || "Slider";
  const readout = view.el.querySelector(".widget-readout");
  const describe = () => handles.forEach((handle, index) => {
    handle.setAttribute("aria-label", name() + ends[index]);
    handle.setAttribute("aria-valuetext", valueText(view.model, index));
    readout?.setAttribute("aria-label", `${name()}, as a number`);
    readout?.setAttribute("role", "textbox");
  });
  slider.on("update", describe);
  view.listenTo(view.model, "change", describe);
  describe();
}

/** The value of a control as its label would say it. */
function valueText(model, index) {
  const value = index === undefined ? model.get("value") : [model.get("value")].flat()[index];
  const labels = model.get("_options_labels");
  if (labels) return [model.get("index")].flat().map((at) => labels[at]).join(", ") || "none";
  if (typeof value === "boolean") return value ? "on" : "off";
  if (!model.readout_formatter) return String(value);
  return [value].flat().map((number) => model.readout_formatter(number)).join(" to ");
}

/** The controls in a widget, with the values they have, in words. */
function words(model) {
  const children = model.get("children");
  if (children) return children.flatMap(words);
  const known = model.get("value") !== undefined || model.get("_options_labels");
  return known && model.get("description") ? [`${model.get("description")} = ${valueText(model)}`] : [];
}

/** "a, b and c". */
export const listed = (parts) =>
  (parts.length < 2 ? parts.join("") : `${parts.slice(0, -1).join(", ")} and ${parts.at(-1)}`);

/** What a widget shows, as nodes that need no Python. */
function stillOf(model, node) {
  const values = words(model);
  const sentence = document.createElement("p");
  sentence.className = "frame-values";
  sentence.textContent = values.length ? `Shown for ${listed(values)}.` : "";
  const outputs = [...node.querySelectorAll(".widget-output > :not(.widget)")];
  return [...(values.length ? [sentence] : []), ...outputs.map((output) => output.cloneNode(true))];
}

/** HTML out of Python, put into the page as an output is. */
const stringUpdate = controls.StringView.prototype.update;
controls.HTMLView.prototype.update = function update() {
  fill(this.content, this.model.get("value"));
  return stringUpdate.call(this);
};
controls.HTMLMathView.prototype.update = function update() {
  fill(this.content, this.model.get("value"));
  this.typeset(this.content);
  return stringUpdate.call(this);
};

class Manager extends ManagerBase {
  constructor(parts) {
    super();
    this.parts = parts;
    this.own = ownClasses(parts);
    this._rendermime = { latexTypesetter: { typeset: parts.typeset } };
    parts.hub.comms.forEach((comm) => this.take(comm));
    parts.hub.listeners.add((comm) => this.take(comm));
  }

  /** Make the model of a comm, in the state that it has now. */
  take(comm) {
    const data = { state: { ...comm.state } };
    const message = { content: { data }, metadata: { version: base.PROTOCOL_VERSION }, buffers: [] };
    this.handle_comm_open(new JupyterComm(comm), message);
  }

  /** Where a class lives; what is in no package here is told apart by its name. */
  async loadClass(name, module) {
    const packages = { "@jupyter-widgets/base": base, "@jupyter-widgets/controls": controls };
    const found = packages[module]?.[name] ?? (module in packages ? undefined : this.own[name]);
    return found ?? (/View$/.test(name) ? NotHere : base.DOMWidgetModel);
  }

  async create_view(model, options) {
    const view = await super.create_view(model, options);
    view.el.querySelectorAll("[title=null]").forEach((node) => node.removeAttribute("title"));
    nameSlider(view);
    return view;
  }

  /** What a handler prints goes below the cell that shows its widget. */
  callbacks(view) {
    let holder = view;
    while (holder && !holder.options?.area) holder = holder.options?.parent;
    return holder ? { iopub: { output: (output) => holder.options.area.append(output) } } : {};
  }

  /** Show a widget in a node of the page. */
  async show(id, node, area) {
    const model = await this.get_model(id);
    const view = await this.create_view(model, { area });
    if (node.isConnected) Widget.attach(view.luminoWidget, node);
    return { free: () => view.remove(), frame: () => stillOf(model, node) };
  }

  // The page opens no comm of its own: every widget is made in Python.
  async _create_comm() { throw new Error("A page makes no widgets; Python does."); }
  async _get_comm_info() { return {}; }
}

export const createManager = (parts) => new Manager(parts);
