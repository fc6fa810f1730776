"""A test of the build: what a reader must never meet stops it."""

import json
import pickle
import re
import shutil
import sys
from pathlib import Path
from types import SimpleNamespace

import nbformat
import pytest
import small_book
from small_book import run

ROOT = Path(__file__).resolve().parent.parent
#: One more file is needed that nobody has, and no network answers.
NOWHERE = """
import os
from web import pyodide_pins
pins = pyodide_pins.read()
pins["files"]["nowhere.whl"] = {"kind": "wasm", "sha256": "0" * 64}
pyodide_pins.read = lambda: pins
os.environ.update(PYODIDE_CDN="http://127.0.0.1:9", PIP_NO_INDEX="1")
"""


#: What a cell prints may come to the build in parts, cut within a line or at a blank one.
PRINTS = """
import time
for part in ("all that is ", "sound\\n", "\\n", "and whole\\n"):
    print(part, end="", flush=True)
    time.sleep(0.05)
"""


def write(folder, pages, codes):
    """Write a small book of pages and of notebooks with one cell."""
    new = nbformat.v4
    heading = new.new_markdown_cell("# A chapter")
    texts = {name: f"# A page\n\n{text}\n" for name, text in pages.items()}
    cells = {name: [heading, new.new_code_cell(code)] for name, code in codes.items()}
    small_book.write(folder, texts, cells)


def build(folder, page="Sound, with $x^2$.", before=""):
    """Build a small book; return the exit code and the report."""
    write(folder, {"page": page}, {"notebook": PRINTS})
    return small_book.build(folder, before)


CHANGED = r"""A formula, $x^2$, letters that no font of the first build has,
$\aleph \wp \mathcal{Q}$, and

```{explorable} FitLine
```"""


@pytest.fixture(scope="module")
def sound(tmp_path_factory):
    """Build a book, and again after a change of one page; tell what its pages loaded before."""
    folder = tmp_path_factory.mktemp("sound")
    html = folder / "_build" / "html"
    code, report = build(folder)
    assert code == 0, report
    pages = [html / f"{name}.html" for name in ("page", "notebook", "search", "index")]
    first, files = {page: loaded(page) for page in pages}, contents(html)
    code, report = build(folder, CHANGED)
    assert code == 0, report
    return SimpleNamespace(folder=folder, html=html, first=first, first_files=files)


def test_a_sound_book_is_built(sound):
    assert "katex-mathml" in (sound.html / "page.html").read_text(encoding="utf-8")
    chapter = (sound.html / "notebook.html").read_text(encoding="utf-8")
    assert "all that is sound\n\nand whole\n" in chapter


def contents(site):
    """Return every file of a site by its name; the index of the search names no time."""
    return {path.relative_to(site): path.read_bytes() for path in site.rglob("*") if path.is_file()}


def test_the_plain_command_builds_the_same_site_from_any_folder(sound, tmp_path):
    shutil.copytree(sound.folder / "book", tmp_path / "book")
    shutil.copy(sound.folder / "_toc.yml", tmp_path)
    jupyter_book = Path(sys.executable).with_name("jupyter-book")
    config = (ROOT / "_config.yml").read_text(encoding="utf-8")
    there = config.replace("web.book_site: .", f"web.book_site: {ROOT}")
    (tmp_path / "_config.yml").write_text(there, encoding="utf-8")
    command = (jupyter_book, "build", "-nW", "--keep-going", tmp_path)
    code, report = run(*command, cwd=tmp_path / "book")
    assert code == 0, report
    site = tmp_path / "_build" / "html"
    ours, plain = contents(sound.html), contents(site)
    assert set(ours) - set(plain) <= set(sound.first_files)  # kept for pages that are still open
    assert [name for name in plain if plain[name] != ours.get(name)] == []
    code, report = run(jupyter_book, "clean", "--all", tmp_path)
    assert code == 0 and not site.exists(), report


@pytest.mark.parametrize(
    ("page", "cell", "said"),
    [
        (r"$\unheardof{x}$", "", "unheardof"),
        (r"$\frac{x$", "", "KaTeX"),
        ("Sound.", "1 / 0", "ZeroDivisionError"),
    ],
)
def test_a_formula_that_cannot_be_set_and_a_cell_that_fails_stop_the_build(
    tmp_path, page, cell, said
):
    write(tmp_path, {"page": page}, {"notebook": cell})
    code, report = small_book.build(tmp_path)
    assert code != 0 and said in report, report


#: What stands on a page, or in the cell of a notebook, and what the build says of it.
FAULTS = {
    "place": ("{ref}`nowhere`", "nowhere"),
    "equation": ("{eq}`eq-nowhere`", "eq-nowhere"),
    "term": ("{term}`nonsense`", "nonsense"),
    "file": ("[a link](nowhere.md)", "nowhere"),
    "warning": ("import warnings; warnings.warn('beware')", "stderr"),
}


def test_a_reference_to_nothing_and_a_warning_are_told_with_their_page_and_fail_the_build(tmp_path):
    pages = {name: text for name, (text, _) in FAULTS.items() if name != "warning"}
    codes = {"notebook": "print('sound')", "warning": FAULTS["warning"][0]}
    write(tmp_path, {"page": "Sound.", **pages}, codes)
    code, report = small_book.build(tmp_path)
    assert code != 0, report
    told = re.findall(r"book/(\w+)\.(?:md|ipynb)(?::\d+)?: (?:WARNING|ERROR): (.*)$", report, re.M)
    assert {name for name, _ in told} == set(FAULTS), report
    for name, (_, word) in FAULTS.items():
        assert any(word in words for page, words in told if page == name), (name, told)


def test_a_book_whose_cells_can_run_has_python_and_jupyterlite(sound):
    assert 'data-live="on"' in (sound.html / "notebook.html").read_text(encoding="utf-8")
    assert "data-live" not in (sound.html / "page.html").read_text(encoding="utf-8")
    assert (sound.html / "pyodide" / "pyodide-lock.json").exists()
    assert (sound.html / "lite" / "files" / "notebook.ipynb").exists()


def test_without_python_for_the_pages_the_book_is_built_and_says_why(tmp_path):
    code, report = build(tmp_path, before=NOWHERE)
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


def test_every_page_names_only_files_of_this_build_after_a_change_of_one_page_too(sound):
    for page, before in sound.first.items():
        now = loaded(page)
        assert now != before  # the fonts are others, and so is the style sheet that names them
        assert [name for name in now if not (sound.html / name).is_file()] == []
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


def test_a_page_that_shows_an_explorable_is_marked(sound):
    pickled = (sound.folder / "_build" / ".doctrees" / "environment.pickle").read_bytes()
    metadata = pickle.loads(pickled).metadata
    assert metadata["page"]["shows lib"] and "shows lib" not in metadata["notebook"]
