"""A plugin of pytest: nbval looks at what the book's build has just executed, where it is there.

    python -m pytest -p tools.executed --nbval book

The build executes each notebook and keeps what came out. Where that is younger than the notebook,
than ``lib`` and than the installed packages, and of the same cells, it is compared with what is
stored; otherwise the notebook is executed, as without this plugin.
"""

from pathlib import Path

import nbformat
from nbval import plugin

from tools.normalize_notebooks import in_widget
from web.first_frames import widget_states

ROOT = Path(__file__).resolve().parent.parent
execute = plugin.IPyNbFile.setup


class Replay:
    """What nbval asks of a kernel, answered from the cells of an executed notebook."""

    def __init__(self, cells):
        self.cells = iter(cells)
        self.messages = iter(())

    def execute_cell_input(self, source, allow_stdin=False):
        """Go on to the cell of this source; return the name of what is told of it."""
        cell = next(cell for cell in self.cells if cell.source == source)
        told = [(output.output_type, output) for output in cell.outputs]
        told += [("status", {"execution_state": "idle"})]
        about = {"parent_header": {"msg_id": cell.id}}
        self.messages = iter([{**about, "msg_type": kind, "content": one} for kind, one in told])
        return cell.id

    def get_message(self, stream, timeout=None):
        """Return the next message of the cell."""
        return next(self.messages)

    def is_alive(self):
        """Tell that there are answers."""
        return True

    def await_reply(self, msg_id, timeout=None):
        """Return at once: the cell has run."""

    await_idle = await_reply

    def stop(self):
        """Leave things as they are: nothing runs."""


def code_cells(path):
    """List the code cells of a notebook, with what widgets have captured as outputs of the cell."""
    notebook = nbformat.read(path, as_version=4)
    states = widget_states(notebook)
    cells = [cell for cell in notebook.cells if cell.cell_type == "code"]
    for cell in cells:
        outputs = [part for one in cell.outputs for part in (*in_widget(one, states), one)]
        cell.outputs = outputs
    return cells


def executed(path, root=ROOT):
    """Return the executed cells of a notebook; None where they are not those of today."""
    kept = root / "_build" / "jupyter_execute" / path.name
    if not kept.exists():
        return None
    of_lib = [one for one in (ROOT / "lib").rglob("*.*") if "__pycache__" not in one.parts]
    made_from = [path, root / ".venv" / "installed", *of_lib]
    changed = max(one.stat().st_mtime for one in made_from if one.is_file())
    if kept.stat().st_mtime <= changed:
        return None
    found = code_cells(kept)
    same = [cell.source for cell in found] == [cell.source for cell in code_cells(path)]
    return found if same else None


def setup(file):
    """Let nbval have the executed cells, or a kernel."""
    if (cells := executed(file.path, file.config.rootpath)) is None:
        return execute(file)
    file.kernel = Replay(cells)
    file.setup_sanitize_files()


def pytest_configure():
    """Take the place of nbval's own start."""
    plugin.IPyNbFile.setup = setup
