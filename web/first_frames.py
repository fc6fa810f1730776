"""What a widget shows before Python runs: its first picture, its values in words, and one button.

A notebook that was executed holds the state of its widgets. A cell whose output is a stock widget
is shown with that state as plain HTML: it reads without scripts and on paper, and there is no
control that does not answer. The explorables have pictures of their own and need none of this.
"""

import html
import json
import os
import re
from binascii import a2b_base64
from pathlib import Path

from docutils import nodes
from sphinx.errors import ExtensionError
from sphinx.transforms import SphinxTransform

from web.files import digest

VIEW = "application/vnd.jupyter.widget-view+json"
STATE = "application/vnd.jupyter.widget-state+json"
MODEL = re.compile(r'"model_id": "(\w+)"')
REFERENCE = "IPY_MODEL_"
BUTTON = '<button class="run-live" type="button" data-run-cell="">Run to make it live</button>'
TEXT = (
    '<div class="output {kind} highlight-myst-ansi notranslate">'
    '<div class="highlight"><pre>{text}</pre></div></div>'
)


class FirstFrames(SphinxTransform):
    """Put the first frame of each stock widget where the notebook shows the widget."""

    default_priority = 200  # before images are collected and numbered

    def apply(self, **options):
        """Replace the output of each cell that shows a stock widget."""
        shown = [bundle for bundle in self.document.findall(is_bundle) if shows_widget(bundle)]
        if not shown:
            return
        self.folder = Path(self.app.outdir).parent / "jupyter_execute"
        executed = self.folder / f"{self.env.docname}.ipynb"
        states = widget_states(json.loads(executed.read_text(encoding="utf-8")))
        for bundle in shown:
            bundle.replace_self(self.frame(bundle, states))

    def frame(self, bundle, states):
        """Return the first frame of the widget in an output."""
        cell = next(node for node in ancestors(bundle) if "cell_metadata" in node)
        alt = cell["cell_metadata"].get("mystnb", {}).get("image", {}).get("alt", "")
        model = MODEL.search(kinds(bundle)[VIEW].astext())[1]
        frame = nodes.container(classes=["first-frame"])
        values = control_values(model, states)
        if values:
            text = f"Shown for {listed(values)}."
            frame += nodes.paragraph(text, text, classes=["frame-values"])
        for output in captured(model, states):
            frame += self.node(output, alt)
        frame += nodes.raw("", BUTTON, format="html")
        return frame

    def node(self, output, alt):
        """Return what a function printed, showed or drew, as a part of the page."""
        if output["output_type"] == "error":
            raise ExtensionError(
                f"{self.env.docname}: a widget shows an error at first: "
                f"{output['ename']}: {output['evalue']}"
            )
        data = output.get("data", {})
        if "image/png" in data:
            return self.picture(a2b_base64(data["image/png"]), alt)
        markup = data.get("text/html") or as_text(output)
        return nodes.raw("", markup, format="html")

    def picture(self, content, alt):
        """Store a figure beside those of the other cells and return the image that shows it."""
        path = self.folder / f"{digest(content)}.png"
        if not path.exists():
            path.write_bytes(content)
        return nodes.image(uri=f"/{os.path.relpath(path, self.env.srcdir)}", alt=alt)


def is_bundle(node):
    """Tell whether a node holds one output in several kinds."""
    return isinstance(node, nodes.container) and node.get("nb_element") == "mime_bundle"


def kinds(bundle):
    """Return the forms of an output by their MIME types."""
    return {node["mime_type"]: node for node in bundle.children}


def shows_widget(bundle):
    """Tell whether an output is a widget that has no HTML of its own."""
    return VIEW in kinds(bundle) and "text/html" not in kinds(bundle)


def ancestors(node):
    """Yield what holds a node, from the inside out."""
    while node.parent is not None:
        node = node.parent
        yield node


def widget_states(notebook):
    """Return the state of every widget of an executed notebook, by model."""
    stored = notebook["metadata"].get("widgets", {}).get(STATE, {}).get("state", {})
    return {name: model["state"] for name, model in stored.items()}


def tree(model, states):
    """Yield the state of a widget and of all that it holds, in the order in which they show."""
    state = states.get(model, {})
    yield state
    for child in state.get("children", []):
        yield from tree(child.removeprefix(REFERENCE), states)


def captured(model, states):
    """List what the function of a widget has printed, shown and drawn."""
    return [output for state in tree(model, states) for output in state.get("outputs", [])]


def control_values(model, states):
    """List the controls of a widget with their values, such as ``rate = 0.10``."""
    return [
        f"{state['description']} = {value_text(state)}"
        for state in tree(model, states)
        if state.get("description") and ("value" in state or "_options_labels" in state)
    ]


def value_text(state):
    """Return the value of a control as its label would say it."""
    if "_options_labels" in state:
        chosen = state["index"] if isinstance(state["index"], list) else [state["index"]]
        return ", ".join(state["_options_labels"][at] for at in chosen if at is not None) or "none"
    value = state["value"]
    if isinstance(value, bool):
        return "on" if value else "off"
    parts = value if isinstance(value, list) else [value]
    return " to ".join(number_text(part, state.get("readout_format")) for part in parts)


def number_text(value, style):
    """Write a number as the readout of a slider does."""
    if not style:
        return str(value)
    return format(value, f"#{style}" if style.endswith("g") else style).replace("-", "−")


def listed(parts):
    """Join words as a sentence does: ``a, b and c``."""
    return " and ".join(filter(None, [", ".join(parts[:-1]), parts[-1]]))


def as_text(output):
    """Return printed text, or the text of what has no better form, as the book's cells show it."""
    text = output.get("text") or output.get("data", {}).get("text/plain", "")
    kind = "stream" if output["output_type"] == "stream" else "text_plain"
    return TEXT.format(kind=kind, text=html.escape("".join(text), quote=False))
