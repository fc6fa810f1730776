"""How long a chapter takes to read: counted, said at its head, and held to a limit.

Prose at 130 words a minute (a formula in a line is a word), 15 seconds for a line of a display,
3 for a line of code that is shown, 4 minutes for an explorable and 1 for a prediction. Outputs,
folded code and the exercises are not counted. The core is what stands in no Deeper box.
"""

import math
import re
from dataclasses import dataclass, fields

from docutils import nodes
from sphinx.util import logging

from lib import exercises

CORE_LIMIT = 35  # minutes
WORDS_A_MINUTE = 130
LINE_OF_DISPLAY, LINE_OF_CODE = 15 / 60, 3 / 60
EXPLORABLE, PREDICTION = 4, 1
DEEPER = "Deeper: "  # how the title of a box begins
ASKED = re.compile(r'class="exercise" data-exercise="([\w.]+)"')
KEPT = "reading time"  # the place among the metadata of a page
HEAD = "reading-time"  # the class of the line at the head of a chapter
FOLDED = {"hide-input", "hide-cell", "remove-input", "remove-cell"}


@dataclass
class Reading:
    """What there is to read, in the units that take time."""

    words: int = 0
    display_lines: int = 0
    code_lines: int = 0
    explorables: int = 0
    predictions: int = 0

    def __add__(self, other):
        return Reading(
            *(getattr(self, part.name) + getattr(other, part.name) for part in fields(self))
        )

    @property
    def minutes(self):
        """The time that this takes."""
        return (
            self.words / WORDS_A_MINUTE
            + self.display_lines * LINE_OF_DISPLAY
            + self.code_lines * LINE_OF_CODE
            + self.explorables * EXPLORABLE
            + self.predictions * PREDICTION
        )


def is_deeper(node):
    """Tell whether a node of a document is a section that is folded."""
    return isinstance(node, nodes.section) and node[0].astext().startswith(DEEPER)


def is_exercises(node):
    """Tell whether a node of a document is the section of exercises."""
    return isinstance(node, nodes.section) and node[0].astext() == "Exercises"


def reading_of(node, *, deeper=True):
    """Count what there is to read in a node; with or without the boxes in it."""
    if is_exercises(node) or (is_deeper(node) and not deeper):
        return Reading()
    counted = COUNTED.get(type(node))
    if counted:
        return counted(node)
    if node.get("nb_element") == "cell_code":
        return of_cell(node)
    predicts = Reading(predictions=int("predict" in node.get("classes", [])))
    return sum((reading_of(child, deeper=deeper) for child in node.children), predicts)


def of_cell(cell):
    """Count the code of a cell unless it is folded, the captions and explorables that it shows."""
    shown = not FOLDED & set(cell["cell_metadata"].get("tags", []))
    sources = [part for part in cell if part["nb_element"] == "cell_code_source"]
    code = "\n".join(source.astext() for source in sources) if shown else ""
    outputs = [*cell.findall(nodes.caption), *cell.findall(nodes.raw)]
    return sum(map(reading_of, outputs), Reading(code_lines=lines(code)))


def of_raw(node):
    """Count the explorables in a piece of HTML, and the questions that are asked in the text."""
    asked = [exercises.question(name) for name in ASKED.findall(node.astext())]
    return Reading(
        explorables=node.astext().count('class="explorable" data-module'),
        predictions=sum(getattr(question, "predict", False) for question in asked),
    )


def lines(text):
    """Count the lines that are not empty."""
    return sum(bool(line.strip()) for line in text.splitlines())


def of_display(node):
    """Count the rows of a display: what follows a row break that stands in no inner matrix."""
    tex = re.sub(r"\\begin\{(\w*matrix|cases)\}.*?\\end\{\1\}", "", node.astext(), flags=re.S)
    return Reading(display_lines=1 + tex.count(r"\\"))


#: What is not simply the sum of its children.
COUNTED = {
    nodes.Text: lambda node: Reading(words=len(re.findall(r"\S*\w\S*", node))),
    nodes.math: lambda node: Reading(words=1),
    nodes.math_block: of_display,
    nodes.literal_block: lambda node: Reading(code_lines=lines(node.astext())),
    nodes.raw: of_raw,
    nodes.comment: lambda node: Reading(),
    nodes.target: lambda node: Reading(),
}


def boxes_of(doctree):
    """List the sections of a document that are folded, the outermost only."""
    found = [node for node in doctree.findall(is_deeper)]
    inside = {id(inner) for box in found for inner in box.findall(is_deeper) if inner is not box}
    return [box for box in found if id(box) not in inside]


def rounded(minutes):
    """Round up to whole minutes: what is promised is not exceeded."""
    return math.ceil(round(minutes, 6))


def note_time(app, doctree):
    """Keep the time of a chapter; say it under its title once the chapter has a core."""
    if not app.env.doc2path(app.env.docname).endswith(".ipynb"):
        return
    core = reading_of(doctree, deeper=False)
    boxes = [reading_of(box) for box in boxes_of(doctree)]
    whole = sum(boxes, core)
    app.env.metadata[app.env.docname][KEPT] = (core, whole, len(boxes))
    for box, reading in zip(boxes_of(doctree), boxes, strict=True):
        box["minutes"] = rounded(reading.minutes)
    if boxes:
        doctree[0].insert(1, head_line(rounded(core.minutes), rounded(whole.minutes)))


def head_line(core, whole):
    """Return the line that says how long a chapter takes, with the button that opens its boxes."""
    text = nodes.Text(f"{core} min · with everything {whole} min ")
    button = '<button class="open-all" type="button">Open all</button>'
    return nodes.paragraph("", "", text, nodes.raw("", button, format="html"), classes=[HEAD])


def report(app, env):
    """Print the table of all chapters, and warn, which fails the build, where a core is too long.

    A chapter without any box has not been divided yet: it is listed, and not held to the limit.
    """
    log = logging.getLogger(__name__)
    for name in reading_order(env):
        core, whole, n_boxes = env.metadata[name].get(KEPT, (None, None, 0))
        if core:
            log.info("%s", row(name, core, whole, n_boxes))
        if n_boxes and core.minutes > CORE_LIMIT:
            text = "the core takes %.1f minutes, the limit is %d"
            log.warning(text, core.minutes, CORE_LIMIT, location=name)


def reading_order(env):
    """List the pages in the order of the contents."""
    found = [env.config.root_doc]
    for name in found:  # grows while it is read
        found += env.toctree_includes.get(name, [])
    return found


def row(name, core, whole, n_boxes):
    """Return the line of a chapter in the table."""
    parts = ", ".join(f"{value} {part.replace('_', ' ')}" for part, value in vars(core).items())
    split = f"{n_boxes} boxes" if n_boxes else "not divided yet"
    return f"{name:16} {core.minutes:5.1f} min, {whole.minutes:5.1f} in all, {split} ({parts})"
