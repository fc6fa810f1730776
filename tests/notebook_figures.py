"""Run a chapter's cells in this process and hand back the figures it draws, by name.

nbval compares text and skips images, so each figure of a chapter has a test of its own that
looks at the data in the very axes the reader sees.
"""

from contextlib import chdir
from functools import cache
from pathlib import Path

import nbformat
import numpy as np

BOOK = Path(__file__).resolve().parent.parent / "book"


@cache
def figures(chapter):
    """Return ``{figure name: matplotlib Figure}`` for one chapter, e.g. ``figures("datasets")``.

    The name of a figure is the ``mystnb.figure.name`` in the metadata of the cell that draws it.
    A cell that draws a figure without a name, or a name without a figure, is an error.
    """
    import matplotlib

    matplotlib.use("Agg")
    drawn, namespace = {}, {"__name__": "__main__"}
    cells = nbformat.read(BOOK / f"{chapter}.ipynb", as_version=4).cells
    with chdir(BOOK), np.printoptions(), matplotlib.rc_context():  # a chapter may set its own
        for cell in cells:
            if cell.cell_type == "code":
                drawn.update(run_cell(cell, namespace))
    return drawn


def run_cell(cell, namespace):
    """Execute one code cell and return the figure it drew, under its name."""
    import matplotlib.pyplot as plt

    exec(compile(cell.source, f"<{cell.id}>", "exec"), namespace)
    name = cell.metadata.get("mystnb", {}).get("figure", {}).get("name")
    numbers = plt.get_fignums()
    if (name is None) != (not numbers) or len(numbers) > 1:
        raise AssertionError(f"{cell.id} is named {name!r} and draws {len(numbers)} figures")
    found = {name: plt.figure(numbers[0])} if name else {}
    plt.close("all")
    return found
