"""A small book that a test writes into a folder of its own and builds as ours is built."""

import atexit
import json
import subprocess
import sys
from functools import cache
from pathlib import Path

import nbformat

ROOT = Path(__file__).resolve().parent.parent


def run(*command, cwd=ROOT):
    """Run a command; return its exit code and all that it said."""
    command = [str(part) for part in command]
    result = subprocess.run(command, cwd=cwd, capture_output=True, encoding="utf-8", check=False)
    return result.returncode, result.stdout + result.stderr


def write(folder, pages, notebooks):
    """Write a book of pages, the first of them its root, and of notebooks: texts and cells."""
    book = folder / "book"
    book.mkdir(exist_ok=True)
    (book / "references.bib").touch()
    for name, text in pages.items():
        (book / f"{name}.md").write_text(text, encoding="utf-8")
    for name, cells in notebooks.items():
        write_notebook(book / f"{name}.ipynb", cells)
    root, *others = [*pages, *notebooks]
    entries = "".join(f"- file: {name}\n" for name in others)
    toc = f"format: jb-book\nroot: {root}\nchapters:\n{entries}"
    (folder / "_toc.yml").write_text(toc, encoding="utf-8")


def write_notebook(path, cells):
    """Write a notebook of cells."""
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3"}}
    nbformat.write(nbformat.v4.new_notebook(cells=cells, metadata=kernel), path)


@cache
def server():
    """Start what builds the small books; it ends with this process."""
    command = [sys.executable, Path(__file__).with_name("build_server.py")]
    started = subprocess.Popen(
        command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, encoding="utf-8"
    )
    atexit.register(started.communicate)  # no more input: it ends
    return started


def build(folder, before=""):
    """Build the book of a folder, after what else is to be done; return exit code and report."""
    report = folder / "report.txt"
    report.unlink(missing_ok=True)
    server().stdin.write(f"{json.dumps([str(folder), before, str(report)])}\n")
    server().stdin.flush()
    code = int(server().stdout.readline())
    return code, report.read_text(encoding="utf-8")
