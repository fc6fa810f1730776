/** A plain field with the manners of the editor, for when the editor cannot be loaded. */
import { make } from "./dom.js";

/** The same contract as `createEditor` of editor.js. */
export function createEditor({ parent, source, label, hint, onchange, onrun, onleave }) {
  const field = make("textarea", {
    class: "live-plain", "aria-label": label, "aria-describedby": hint,
    spellcheck: "false", autocapitalize: "off", autocorrect: "off", wrap: "off",
  });
  const fit = () => (field.rows = field.value.split("\n").length);
  field.value = source;
  fit();
  field.addEventListener("input", () => {
    fit();
    onchange(field.value);
  });
  field.addEventListener("keydown", (event) => {
    const run = event.key === "Enter" && (event.shiftKey || event.ctrlKey || event.metaKey);
    if (!run && event.key !== "Escape") return;
    event.preventDefault();
    event.stopPropagation();
    if (run) onrun(event.shiftKey);
    else onleave();
  });
  parent.append(field);
  return {
    set(text) {
      field.value = text;
      fit();
    },
    focus: () => field.focus(),
  };
}
