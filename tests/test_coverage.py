"""Each equation with a name is checked by a cell or a test: the list and the build hold it."""

import ast
import re
import shutil
import sys
from pathlib import Path

import nbformat
import pytest
import small_book

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from web.coverage import of_file, runs  # noqa: E402

# ---- marks and tags --------------------------------------------------------------------------


def found(source):
    """Return what a file of tests covers, and how many of its marks are wrong."""
    covers, faults = [], []
    of_file(ast.parse(source), "tests/test_a.py", covers, faults)
    return [(cover.label, cover.name) for cover in covers], len(faults)


SOUND = "def test_a():\n    assert 1 == 1\n"


@pytest.mark.parametrize(
    ("source", "labels"),
    [
        (f"@pytest.mark.equation('eq-a')\n{SOUND}", ["eq-a"]),
        (f"of = pytest.mark.equation\n@of('eq-a')\n{SOUND}", ["eq-a"]),
        (f"@pytest.mark.equation('eq-a', 'eq-b')\n{SOUND}", ["eq-a", "eq-b"]),
        (f"@mark.equation('eq-a')\n@mark.parametrize('x', [1])\n{SOUND}", ["eq-a"]),
        (
            "@mark.parametrize('x', [pytest.param(1, marks=pytest.mark.equation('eq-a'))])\n"
            + SOUND,
            ["eq-a"],
        ),
        (
            "class TestA:\n  @pytest.mark.equation('eq-a')\n  def test_a(self):\n    check(1)\n",
            ["eq-a"],
        ),
    ],
)
def test_a_mark_covers_the_equations_that_it_names(source, labels):
    assert found(source) == ([(label, "test_a") for label in labels], 0)


@pytest.mark.parametrize(
    "source",
    [
        f"@pytest.mark.equation\n{SOUND}".replace("equation", "equation()"),
        f"@pytest.mark.equation(NAME)\n{SOUND}",
        f"@pytest.mark.equation(*NAMES)\n{SOUND}",
        f"def of(name): return pytest.mark.equation('eq-' + name)\n@of('a')\n{SOUND}",
        f"@pytest.mark.equation('eq-a')\n{SOUND}".replace("test_a", "helper"),
        f"pytestmark = pytest.mark.equation('eq-a')\n{SOUND}",
        f"@pytest.mark.skip\n@pytest.mark.equation('eq-a')\n{SOUND}",
        f"@pytest.mark.xfail\n@pytest.mark.equation('eq-a')\n{SOUND}",
        "@pytest.mark.equation('eq-a')\ndef test_a():\n    'Say.'\n    value = 1\n",
    ],
)
def test_a_mark_that_names_no_equation_or_stands_on_no_test_that_can_fail_is_wrong(source):
    assert found(source) == ([], 1)


@pytest.mark.parametrize(
    ("kind", "source", "tags", "covers"),
    [
        ("code", "print(1)", [], True),
        ("code", "import numpy\nx = 1", ["hide-input"], True),
        ("code", "", [], False),
        ("code", "# print(1)", [], False),
        ("code", "import numpy as np\n'x = 1'\n...", [], False),
        ("code", "print(1)", ["skip-execution"], False),
        ("markdown", "print(1)", [], False),
    ],
)
def test_only_a_cell_that_runs_code_covers_an_equation(kind, source, tags, covers):
    cell = {"cell_type": kind, "source": [source], "metadata": {"tags": tags}}
    assert runs(cell) == covers


# ---- a book ----------------------------------------------------------------------------------

PAGE = """# Page

$$a = b$$ (eq-xx-page)

```{equation-coverage}
```
"""
TEXT = """# Chapter

## A part with $x^2$

$$y = x$$ (eq-xx-cell)

$$y = 2x$$ (eq-xx-test)
"""
TEST = """import pytest


@pytest.mark.equation("eq-xx-page", "eq-xx-test")
def test_it_works():
    assert 2 * 1 == 2
"""


class Book:
    """A small book with tests of its own."""

    def __init__(self, folder):
        self.folder = folder
        (folder / "tests").mkdir()
        small_book.write(folder, {"page": PAGE}, {"chapter": []})
        self.test, self.chapter = folder / "tests" / "test_a.py", folder / "book" / "chapter.ipynb"
        self.test.write_text(TEST, encoding="utf-8")
        self.write(["covers:eq-xx-cell"])

    def write(self, on_code, on_text=(), code="print(1)"):
        """Write the chapter: a text and a cell, with tags."""
        text = nbformat.v4.new_markdown_cell(TEXT, metadata={"tags": list(on_text)})
        cell = nbformat.v4.new_code_cell(code, id="the-cell", metadata={"tags": on_code})
        small_book.write_notebook(self.chapter, [text, cell])

    def build(self, *, plain=False):
        """Build it, or let Jupyter Book's own command do so; return exit code and warnings."""
        code, said = self.build_plainly() if plain else small_book.build(self.folder)
        return code, sorted(line for line in said.splitlines() if "WARNING" in line)

    def build_plainly(self):
        """Let Jupyter Book's own command build it; return exit code and report."""
        config = (ROOT / "_config.yml").read_text(encoding="utf-8")
        there = config.replace("web.book_site: .", f"web.book_site: {ROOT}")
        (self.folder / "_config.yml").write_text(there, encoding="utf-8")
        jupyter_book = Path(sys.executable).with_name("jupyter-book")
        return small_book.run(jupyter_book, "build", "-nW", "--keep-going", self.folder)

    def read(self, page):
        """Read a page that was built."""
        return (self.folder / "_build" / "html" / f"{page}.html").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def book(tmp_path_factory):
    """Write a sound book: what a test plants, the next must mend."""
    return Book(tmp_path_factory.mktemp("covered"))


def test_a_sound_book_lists_each_equation_with_a_link_to_its_cell_and_the_name_of_its_test(book):
    assert book.build() == (0, [])
    page, chapter = book.read("page"), book.read("chapter")
    assert "3 equations have a name. A cell checks 1 of them, a test 2." in page
    (href,) = re.findall(
        r'Cell under <a class="reference internal" href="([^"]+)">A part with', page
    )
    assert href == "chapter.html#check-eq-xx-cell"
    (tag,) = re.findall(r'<div class="cell [^>]*>', chapter)
    assert 'id="check-eq-xx-cell"' in tag and 'data-cell-id="the-cell"' in tag
    assert len(re.findall("Test: it works, in <code[^>]*><span[^>]*>test_a.py", page)) == 2
    assert 'href="chapter.html#equation-eq-xx-test"' in page


def test_whatever_has_no_partner_fails_the_build_and_the_next_build_too(book):
    book.test.write_text(TEST.replace("eq-xx-page", "eq-xx-pages"), encoding="utf-8")
    book.write(["covers:eq-xx-cells"], on_text=["covers:eq-xx-cell"])
    code, warnings = book.build()
    assert code == 1 and len(warnings) == 5, warnings
    for page, told in [
        ("page.md", "no cell and no test covers the equation eq-xx-page"),
        ("chapter.ipynb", "no cell and no test covers the equation eq-xx-cell"),
        ("", "test_it_works covers no equation: eq-xx-pages"),
        ("chapter.ipynb", "check-eq-xx-cells covers no equation: eq-xx-cells"),
        ("chapter.ipynb", "covers:eq-xx-cell stands on a cell that runs no code"),
    ]:
        assert any(page in line and told in line for line in warnings), (told, warnings)
    assert "A cell checks 0 of them, a test 1." in book.read("page"), "the list follows"
    assert book.build() == (code, warnings)
    assert book.build(plain=True) == (code, warnings)


def test_a_book_without_its_tests_says_so_and_is_built(book):
    book.write(["covers:eq-xx-cell"])
    shutil.rmtree(book.test.parent)
    assert book.build() == (0, [])
    assert "comes without its tests" in book.read("page")
