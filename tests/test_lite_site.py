"""JupyterLite in the site: made once, filled at each build, and never out of step with the lock."""

import json
import os
import sys
from pathlib import Path

import nbformat
import pytest

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from web import lite_site


@pytest.fixture
def made(tmp_path, monkeypatch):
    """Stand in for JupyterLite's program; list the times that it ran."""
    runs = []

    def make_interface(part):
        runs.append(part)
        (part / "site" / "build").mkdir(parents=True)
        (part / "site" / "build" / "app.js").write_text("app", encoding="utf-8")
        settings = (lite_site.SETTINGS / "jupyter-lite.json").read_text(encoding="utf-8")
        (part / "site" / "jupyter-lite.json").write_text(settings, encoding="utf-8")

    monkeypatch.setattr(lite_site, "CACHE", tmp_path / "cache")
    monkeypatch.setattr(lite_site, "make_interface", make_interface)
    return runs


@pytest.fixture
def out(tmp_path):
    folder = tmp_path / "site"
    folder.mkdir()
    return folder


@pytest.fixture
def lock(tmp_path):
    path = tmp_path / "pyodide-lock.json"
    path.write_text("{}", encoding="utf-8")
    return path


@pytest.fixture
def notebook(tmp_path):
    """Write a notebook that has run elsewhere."""
    cell = nbformat.v4.new_code_cell("1 + 1", execution_count=3)
    cell.outputs = [nbformat.v4.new_output("execute_result", {"text/plain": "2"})]
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3"}}
    path = tmp_path / "chapter.ipynb"
    cells = [nbformat.v4.new_markdown_cell("# A chapter"), cell]
    nbformat.write(nbformat.v4.new_notebook(cells=cells, metadata=kernel), path)
    return path


def read(path):
    return json.loads(path.read_text(encoding="utf-8"))


def test_the_interface_is_made_once(made, out, lock, notebook):
    lite_site.write_lite(out, [notebook], lock)
    lite_site.write_lite(out, [notebook], lock)
    assert len(made) == 1
    assert (out / "lite" / "build" / "app.js").read_text(encoding="utf-8") == "app"


def test_the_interface_is_made_again_after_a_change_of_its_settings(
    made, out, lock, notebook, tmp_path, monkeypatch
):
    lite_site.write_lite(out, [notebook], lock)
    other = tmp_path / "settings"
    other.mkdir()
    for path in lite_site.SETTINGS.glob("*.json"):
        (other / path.name).write_text(path.read_text(encoding="utf-8") + "\n", encoding="utf-8")
    monkeypatch.setattr(lite_site, "SETTINGS", other)
    lite_site.write_lite(out, [notebook], lock)
    assert len(made) == 2


def test_the_chapters_are_listed_and_have_not_run(made, out, lock, notebook):
    lite_site.write_lite(out, [notebook], lock)
    (entry,) = read(out / "lite" / "api" / "contents" / "all.json")["content"]
    file = out / "lite" / "files" / entry["path"]
    assert (entry["type"], entry["size"]) == ("notebook", file.stat().st_size)
    stored = nbformat.read(file, as_version=4)
    assert stored.metadata.kernelspec.name == "python"
    assert [cell.source for cell in stored.cells] == ["# A chapter", "1 + 1"]
    assert (stored.cells[1].outputs, stored.cells[1].execution_count) == ([], None)
    assert nbformat.read(notebook, as_version=4).cells[1].execution_count == 3


def address_of_the_lock(out):
    settings = read(out / "lite" / "jupyter-lite.json")["jupyter-config-data"]
    options = settings["litePluginSettings"][lite_site.KERNEL]["loadPyodideOptions"]
    return options["lockFileURL"]


def test_the_address_of_the_lock_changes_with_it(made, out, lock, notebook):
    lite_site.write_lite(out, [notebook], lock)
    first = address_of_the_lock(out)
    assert first.startswith("../pyodide/pyodide-lock.json?v=")
    lite_site.write_lite(out, [notebook], lock)
    assert address_of_the_lock(out) == first
    lock.write_text('{"packages": {}}', encoding="utf-8")
    lite_site.write_lite(out, [notebook], lock)
    assert address_of_the_lock(out) != first


def test_a_build_never_changes_the_kept_interface(made, out, lock, notebook):
    for _ in range(2):
        lite_site.write_lite(out, [notebook], lock)
    kept = read(lite_site.interface() / "jupyter-lite.json")
    assert kept == read(lite_site.SETTINGS / "jupyter-lite.json")
    assert os.listdir(lite_site.interface()) != os.listdir(out / "lite")


def test_without_python_there_is_no_jupyterlite(made, out, lock, notebook):
    lite_site.write_lite(out, [notebook], lock)
    lite_site.write_lite(out, [notebook], None)
    assert not (out / "lite").exists()


def test_a_program_that_fails_is_quoted(tmp_path, monkeypatch):
    program = tmp_path / "python"
    program.write_text("#!/bin/sh\necho no room on the disk\nexit 3\n", encoding="utf-8")
    program.chmod(0o755)
    monkeypatch.setattr(lite_site.sys, "executable", str(program))
    with pytest.raises(RuntimeError, match="JupyterLite was not built: no room on the disk"):
        lite_site.make_interface(tmp_path / "part")


def test_every_package_that_the_kernel_asks_for_is_pinned():
    from web import pyodide_pins
    from web.pyodide_pins import canonical

    settings = read(lite_site.SETTINGS / "jupyter-lite.json")["jupyter-config-data"]
    options = settings["litePluginSettings"][lite_site.KERNEL]["loadPyodideOptions"]
    pinned = {canonical(name.split("-")[0]) for name in pyodide_pins.read()["files"]} | {"lib"}
    assert {canonical(name) for name in options["packages"]} <= pinned
    # Those that it would look for at the package index if they were not loaded with Python itself.
    assert {"ssl", "sqlite3", "ipykernel", "comm", "pyodide_kernel", "jedi", "ipython"} <= set(
        options["packages"]
    )
