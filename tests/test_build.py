"""A test of the build: what a reader must never meet stops it."""

import json
import pickle
import re
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import nbformat
import pytest

ROOT = Path(__file__).resolve().parent.parent
BUILD = """
import sys
from pathlib import Path
sys.path.insert(0, "tools")
import build_book
exec(sys.argv[2])
folder = Path(sys.argv[1])
sys.exit(build_book.main(folder))
"""
#: One more file is needed that nobody has, and no network answers.
NOWHERE = """
import os
from web import pyodide_pins
pins = pyodide_pins.read()
pins["files"]["nowhere.whl"] = {"kind": "wasm", "sha256": "0" * 64}
pyodide_pins.read = lambda: pins
os.environ.update(PYODIDE_CDN="http://127.0.0.1:9", PIP_NO_INDEX="1")
"""


def run(*command, cwd=ROOT):
    """Run a command; return its exit code and all that it said."""
    command = [str(part) for part in command]
    result = subprocess.run(command, cwd=cwd, capture_output=True, encoding="utf-8", check=False)
    return result.returncode, result.stdout + result.stderr


@pytest.fixture
def build(tmp_path):
    """Give a function that builds a small book and returns the exit code and the report."""

    def build(page="Sound, with $x^2$.", code="print('sound')", before=""):
        book = tmp_path / "book"
        book.mkdir(exist_ok=True)
        (tmp_path / "_toc.yml").write_text(
            "format: jb-book\nroot: page\nchapters:\n- file: notebook\n", encoding="utf-8"
        )
        (book / "page.md").write_text(f"# A page\n\n{page}\n", encoding="utf-8")
        (book / "references.bib").touch()
        cells = [nbformat.v4.new_markdown_cell("# A chapter"), nbformat.v4.new_code_cell(code)]
        kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3"}}
        nbformat.write(
            nbformat.v4.new_notebook(cells=cells, metadata=kernel), book / "notebook.ipynb"
        )
        return run(sys.executable, "-c", BUILD, tmp_path, before)

    return build


def test_a_sound_book_is_built(build, tmp_path):
    code, report = build()
    assert code == 0, report
    assert "katex-mathml" in (tmp_path / "_build" / "html" / "page.html").read_text(
        encoding="utf-8"
    )
    assert "sound" in (tmp_path / "_build" / "html" / "notebook.html").read_text(encoding="utf-8")


def contents(site):
    """Return every file of a site by its name; the index of the search names no time."""
    return {path.relative_to(site): path.read_bytes() for path in site.rglob("*") if path.is_file()}


def test_the_plain_command_builds_the_same_site_from_any_folder(build, tmp_path):
    code, report = build("```{explorable} FitLine\n```")
    assert code == 0, report
    site = tmp_path / "_build" / "html"
    ours = contents(site)
    jupyter_book = Path(sys.executable).with_name("jupyter-book")
    code, report = run(jupyter_book, "clean", "--all", tmp_path)
    assert code == 0 and not site.exists(), report
    config = (ROOT / "_config.yml").read_text(encoding="utf-8")
    there = config.replace("web.book_site: .", f"web.book_site: {ROOT}")
    (tmp_path / "_config.yml").write_text(there, encoding="utf-8")
    command = (jupyter_book, "build", "-nW", "--keep-going", tmp_path)
    code, report = run(*command, cwd=tmp_path / "book")
    assert code == 0, report
    plain = contents(site)
    assert sorted(plain) == sorted(ours)
    assert [name for name in ours if plain[name] != ours[name]] == []


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        ({"page": r"$\unheardof{x}$"}, "unheardof"),
        ({"page": r"$\frac{x$"}, "KaTeX"),
        ({"page": "{ref}`nowhere`"}, "nowhere"),
        ({"page": "{eq}`eq-nowhere`"}, "eq-nowhere"),
        ({"page": "{term}`nonsense`"}, "nonsense"),
        ({"page": "[a link](nowhere.md)"}, "nowhere"),
        ({"code": "1 / 0"}, "ZeroDivisionError"),
        ({"code": "import warnings; warnings.warn('beware')"}, "stderr"),
    ],
)
def test_a_fault_in_a_formula_a_reference_or_a_cell_stops_the_build(build, fault, said):
    code, report = build(**fault)
    assert code != 0, report
    assert said in report


def test_a_book_whose_cells_can_run_has_python_and_jupyterlite(build, tmp_path):
    code, report = build()
    html = tmp_path / "_build" / "html"
    assert code == 0, report
    assert 'data-live="on"' in (html / "notebook.html").read_text(encoding="utf-8")
    assert "data-live" not in (html / "page.html").read_text(encoding="utf-8")
    assert (html / "pyodide" / "pyodide-lock.json").exists()
    assert (html / "lite" / "files" / "notebook.ipynb").exists()


def test_without_python_for_the_pages_the_book_is_built_and_says_why(build, tmp_path):
    code, report = build(before=NOWHERE)
    html, reason = tmp_path / "_build" / "html", "nowhere.whl is in no source."
    assert code == 0, report
    assert report.count(f"Run is off on every page: {reason}") == 1
    page = (html / "notebook.html").read_text(encoding="utf-8")
    assert 'data-live="off"' in page and f'data-live-reason="{reason}"' in page
    assert not (html / "pyodide").exists() and not (html / "lite").exists()
    (told,) = (html / "_live").glob("manifest.*.json")
    manifest = json.loads(told.read_text(encoding="utf-8"))
    assert manifest == {"available": False, "reason": reason}


def loaded(page):
    """List what the head of a page loads, and what its styles load."""
    head = page.read_text(encoding="utf-8").partition("<body")[0]
    named = [page.parent / name for name in re.findall(r' (?:href|src)="([^"]+)"', head)]
    sheets = [path for path in named if path.suffix == ".css"]
    fonts = [
        sheet.parent / name
        for sheet in sheets
        for name in re.findall(r"url\(([\w/.-]+)\)", sheet.read_text(encoding="utf-8"))
    ]
    return {path.relative_to(page.parent).as_posix() for path in named + fonts}


def test_every_page_names_only_files_of_this_build_after_a_change_of_one_page_too(build, tmp_path):
    html = tmp_path / "_build" / "html"
    pages = [html / f"{name}.html" for name in ("page", "notebook", "search", "index")]
    build()
    first = [loaded(page) for page in pages]
    code, report = build(r"Letters that no font of the first build has: $\aleph \wp \mathcal{Q}$.")
    assert code == 0, report
    for page, before in zip(pages, first, strict=True):
        now = loaded(page)
        assert now != before  # the fonts are others, and so is the style sheet that names them
        assert [name for name in now if not (html / name).is_file()] == []
        known = {name for name in now if not re.search(r"\.[0-9a-f]{10}\.\w+$", name)}
        assert known == set()


def test_what_is_made_from_lib_is_made_again_when_lib_changes():
    from web import book_site

    metadata = {"page": {}, "gallery": {book_site.SHOWS_LIB: True}, "chapter": {}}
    env = SimpleNamespace(
        found_docs=set(metadata),
        metadata=metadata,
        doc2path=lambda name: f"{name}.{'ipynb' if name == 'chapter' else 'md'}",
        lib_digest="of another lib",
    )
    seen = book_site.pages_that_saw_another_lib
    assert seen(None, env, set(), set(), set()) == {"chapter", "gallery"}
    assert seen(None, env, set(), set(), set()) == set()  # it is known now
    env.lib_digest = "of another lib"
    assert seen(None, env, set(), set(), {"gallery"}) == {"chapter"}


def test_a_page_that_shows_an_explorable_is_marked(build, tmp_path):
    code, report = build("```{explorable} FitLine\n```")
    assert code == 0, report
    env = pickle.loads((tmp_path / "_build" / ".doctrees" / "environment.pickle").read_bytes())
    assert env.metadata["page"]["shows lib"] and "shows lib" not in env.metadata["notebook"]
