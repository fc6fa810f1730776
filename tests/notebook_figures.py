"""Run a chapter's cells in this process and hand back the figures it draws, by name.

nbval compares text and skips images, so each figure of a chapter has a test of its own that
looks at the data in the very axes the reader sees.
"""

import ast
import inspect
import re
from contextlib import chdir, contextmanager
from functools import cache
from pathlib import Path

import nbformat
import numpy as np
from matplotlib.figure import Figure

from lib import plotting

BOOK = Path(__file__).resolve().parent.parent / "book"


@contextmanager
def at_home():
    """Run cells where they lie; what a chapter sets for printing and drawing ends with it."""
    import matplotlib

    matplotlib.use("Agg")
    with chdir(BOOK), np.printoptions(), matplotlib.rc_context():
        yield


def drawn_by_reader(chapter, cells, **functions):
    """Run cells of a chapter by their ids, the last with functions of a reader.

    Returns its axes and its names.
    """
    import matplotlib.pyplot as plt

    found = nbformat.read(BOOK / f"{chapter}.ipynb", as_version=4).cells
    source = {cell.id: cell.source for cell in found}
    namespace, (*before, last) = {}, cells
    plt.close("all")
    with at_home():
        for name in before:
            exec(source[name], namespace)
        namespace |= functions
        exec(source[last], namespace)
    axes = [ax for number in plt.get_fignums() for ax in plt.figure(number).axes]
    plt.close("all")
    return axes, namespace


@cache
def figures(chapter):
    """Return ``{figure name: matplotlib Figure}`` for one chapter, e.g. ``figures("datasets")``.

    The name of a figure is the ``mystnb.figure.name`` in the metadata of the cell that draws it.
    A cell that draws a figure without a name, or a name without a figure, is an error.
    """
    drawn, namespace = {}, {"__name__": "__main__"}
    cells = nbformat.read(BOOK / f"{chapter}.ipynb", as_version=4).cells
    with at_home():
        for cell in cells:
            if cell.cell_type == "code":
                drawn.update(run_cell(cell, namespace))
    return drawn


def run_cell(cell, namespace):
    """Execute one code cell and return the figure it drew, under its name."""
    import matplotlib.pyplot as plt

    exec(compile(cell.source, f"<{cell.id}>", "exec"), namespace)
    name = cell.metadata.get("mystnb", {}).get("figure", {}).get("name")
    drawn = [plt.figure(number) for number in plt.get_fignums()] + shown_by_widget(cell, namespace)
    if (name is None) != (not drawn) or len(drawn) > 1:
        raise AssertionError(f"{cell.id} is named {name!r} and draws {len(drawn)} figures")
    plt.close("all")
    return {name: drawn[0]} if name else {}


def shown_by_widget(cell, namespace):
    """Return the figure that ``_ = interact(...)`` shows at first, if the cell ends in one.

    Its attribute ``widget`` holds the controls that move it.
    """
    if "_ = interact(" not in cell.source:
        return []
    widget = namespace["_"].widget
    widget.update()
    if not isinstance(widget.result, Figure):
        return []
    widget.result.widget = widget
    return [widget.result]


@contextmanager
def turned(figure, value):
    """Move the one control of a figure while a test looks at it, and move it back."""
    import matplotlib

    control, _ = figure.widget.children
    before = control.value
    with matplotlib.rc_context():
        plotting.use_course_style()  # as in the chapter: titles stand on the left
        control.value = value
        yield figure.axes[0]
        control.value = before


def shown_in_text(chapter):
    """Return the functions that the text of a chapter prints, by name, as they are written."""
    cells = nbformat.read(BOOK / f"{chapter}.ipynb", as_version=4).cells
    blocks = [
        block
        for cell in cells
        if cell.cell_type == "markdown"
        for block in re.findall(r"```python\n(.*?)```", cell.source, re.DOTALL)
    ]
    return {node.name: bare(node) for block in blocks for node in ast.parse(block).body}


def written_in(module):
    """Return the functions of a module, by name, in the same form."""
    there = ast.parse(inspect.getsource(module)).body
    return {node.name: bare(node) for node in there if isinstance(node, ast.FunctionDef)}


def bare(function):
    """Return a function without its docstring, for comparison."""
    if ast.get_docstring(function):
        function.body = function.body[1:]
    return ast.unparse(function)
