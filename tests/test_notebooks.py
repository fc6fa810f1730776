"""A test of the notebook tests: a stored output that is wrong by one digit must fail."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

ROOT = Path(__file__).resolve().parent.parent


def nbval(path):
    """Run the notebook tests on one file in its folder; return the exit code and the report."""
    command = (sys.executable, "-m", "pytest", "--nbval", "-q", "-p", "no:cacheprovider", str(path))
    result = subprocess.run(
        command, capture_output=True, encoding="utf-8", cwd=path.parent, check=False
    )
    return result.returncode, result.stdout


@pytest.fixture
def notebook(tmp_path):
    """Copy a chapter's cells up to the first that prints a number, into a folder of their own."""
    whole = nbformat.read(ROOT / "book" / "loss_functions.ipynb", as_version=4)
    code = [cell for cell in whole.cells if cell.cell_type == "code"]
    first = next(i for i, cell in enumerate(code) if re.search(r"\d\.\d", printed(cell)))
    path = tmp_path / "chapter.ipynb"
    nbformat.write(nbformat.v4.new_notebook(cells=code[: first + 1], metadata=whole.metadata), path)
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    return path


def printed(cell):
    """Return what a cell has printed."""
    return "".join(output.get("text", "") for output in cell.outputs)


def edit_last_cell(path, edit):
    """Apply ``edit`` to the last cell of a stored notebook."""
    notebook = nbformat.read(path, as_version=4)
    edit(notebook.cells[-1])
    nbformat.write(notebook, path)


def one_digit_more(cell):
    """Raise the first digit after a decimal point by one."""
    for output in cell.outputs:
        changed = re.sub(
            r"(?<=\.)\d", lambda m: str((int(m[0]) + 1) % 10), output.get("text", ""), count=1
        )
        if changed != output.get("text", ""):
            output.text = changed
            return


def test_a_notebook_as_stored_passes(notebook):
    code, report = nbval(notebook)
    assert code == 0, report


def test_a_notebook_changed_by_one_digit_in_one_stored_output_fails(notebook):
    edit_last_cell(notebook, one_digit_more)
    code, report = nbval(notebook)
    assert code == 1 and "1 failed" in report, report


def test_a_notebook_whose_code_has_changed_fails(notebook):
    def change(cell):
        cell.source = "print('something else')"

    edit_last_cell(notebook, change)
    code, report = nbval(notebook)
    assert code == 1 and "1 failed" in report, report
