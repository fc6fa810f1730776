"""A test of the notebook tests: a stored output that is wrong by one digit must fail."""

import os
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
    write(folder, {"stored": None, "digit": one_digit_more, "code": other_code})
    return outcomes(folder)


def write(folder, changes):
    """Write a chapter's first cells into a folder, changed in some ways."""
    shutil.copy(ROOT / "pyproject.toml", folder)
    for name, change in changes.items():
        notebook = first_cells()
        if change:
            change(notebook.cells[-1])
        nbformat.write(notebook, folder / f"{name}.ipynb")


def outcomes(folder, *options, **variables):
    """Run the notebook tests in a folder, where some must fail; return the report."""
    command = [sys.executable, "-m", "pytest", *options, "--nbval", "-q", "-rfpE"]
    result = subprocess.run(
        [*command, "-p", "no:cacheprovider", "."],
        capture_output=True,
        encoding="utf-8",
        cwd=folder,
        env={**os.environ, **variables},
        check=False,
    )
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


def fails(cell):
    """Let a cell have failed."""
    cell.outputs = [nbformat.v4.new_output("error", ename="E", evalue="odd", traceback=["odd"])]


@pytest.fixture(scope="module")
def replayed(tmp_path_factory):
    """Run the tests on what a build has executed, where no kernel could start."""
    folder = tmp_path_factory.mktemp("replayed")
    kept = folder / "_build" / "jupyter_execute"
    kept.mkdir(parents=True)
    write(folder, {"stored": None, "digit": one_digit_more, "error": None, "code": other_code})
    for path in folder.glob("*.ipynb"):
        text = path.read_text(encoding="utf-8").replace('"name": "python3"', '"name": "nowhere"')
        path.write_text(text, encoding="utf-8")
    write(kept, {"stored": None, "digit": None, "error": fails, "code": None})
    return outcomes(folder, "-p", "tools.executed", PYTHONPATH=str(ROOT))


def test_what_the_build_has_executed_is_looked_at_and_not_executed_again(replayed):
    assert failed(replayed, "stored")[0] == []
    for name in ("digit", "error"):
        cells, n_cells = failed(replayed, name)
        assert cells == [f"Cell {n_cells - 1}"]


def test_a_notebook_that_the_build_executed_with_other_cells_needs_a_kernel(replayed):
    assert re.search(r"^ERROR code\.ipynb::.*Cell 0\b.*NoSuchKernel", replayed, re.M), replayed


def test_what_was_executed_before_a_change_is_not_looked_at(tmp_path):
    from tools.executed import executed

    write(tmp_path, {"stored": None})
    kept = tmp_path / "_build" / "jupyter_execute"
    assert executed(tmp_path / "stored.ipynb", tmp_path) is None
    kept.mkdir(parents=True)
    write(kept, {"stored": None})
    assert len(executed(tmp_path / "stored.ipynb", tmp_path)) == len(first_cells().cells)
    of_lib = [one for one in (ROOT / "lib").rglob("*.*") if "__pycache__" not in one.parts]
    lib = max(one.stat().st_mtime for one in of_lib if one.is_file())  # a script may be the newest
    os.utime(kept / "stored.ipynb", (lib, lib))
    os.utime(tmp_path / "stored.ipynb", (0, 0))
    assert executed(tmp_path / "stored.ipynb", tmp_path) is None
    os.utime(kept / "stored.ipynb", (lib + 1, lib + 1))
    assert executed(tmp_path / "stored.ipynb", tmp_path)
    os.utime(tmp_path / "stored.ipynb", (lib + 2, lib + 2))
    assert executed(tmp_path / "stored.ipynb", tmp_path) is None
