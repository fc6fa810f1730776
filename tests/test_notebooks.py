"""A test of the notebook tests: a stored output that is wrong by one digit must fail."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="module")
def report(tmp_path_factory):
    """Run the notebook tests on a chapter's first cells: as stored, and changed in two ways."""
    folder = tmp_path_factory.mktemp("notebooks")
    shutil.copy(ROOT / "pyproject.toml", folder)
    for name, change in {"stored": None, "digit": one_digit_more, "code": other_code}.items():
        notebook = first_cells()
        if change:
            change(notebook.cells[-1])
        nbformat.write(notebook, folder / f"{name}.ipynb")
    command = (
        sys.executable,
        "-m",
        "pytest",
        "--nbval",
        "-q",
        "-rfp",
        "-p",
        "no:cacheprovider",
        ".",
    )
    result = subprocess.run(command, capture_output=True, encoding="utf-8", cwd=folder, check=False)
    assert result.returncode == 1, result.stdout + result.stderr
    return result.stdout


def first_cells():
    """Read a chapter's cells up to the first that prints a number."""
    whole = nbformat.read(ROOT / "book" / "loss_functions.ipynb", as_version=4)
    code = [cell for cell in whole.cells if cell.cell_type == "code"]
    first = next(i for i, cell in enumerate(code) if re.search(r"\d\.\d", printed(cell)))
    return nbformat.v4.new_notebook(cells=code[: first + 1], metadata=whole.metadata)


def printed(cell):
    """Return what a cell has printed."""
    return "".join(output.get("text", "") for output in cell.outputs)


def other_code(cell):
    """Let a cell print something else."""
    cell.source = "print('something else')"


def one_digit_more(cell):
    """Raise the first digit after a decimal point by one."""
    for output in cell.outputs:
        changed = re.sub(
            r"(?<=\.)\d", lambda m: str((int(m[0]) + 1) % 10), output.get("text", ""), count=1
        )
        if changed != output.get("text", ""):
            output.text = changed
            return


def failed(report, name):
    """List the cells of a notebook that failed, of those that ran."""
    ran = re.findall(rf"^(PASSED|FAILED) {name}\.ipynb::(?:ipynb::)?(Cell \d+)", report, re.M)
    assert ran, report
    return [cell for verdict, cell in ran if verdict == "FAILED"], len(ran)


def test_a_notebook_as_stored_passes(report):
    assert failed(report, "stored")[0] == []


@pytest.mark.parametrize("name", ["digit", "code"], ids=["one digit more", "other code"])
def test_a_notebook_whose_last_cell_prints_something_else_fails_there(report, name):
    cells, n_cells = failed(report, name)
    assert cells == [f"Cell {n_cells - 1}"]
