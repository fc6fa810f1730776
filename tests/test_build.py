"""A test of the build: what a reader must never meet stops it."""

import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

ROOT = Path(__file__).resolve().parent.parent
BUILD = """
import sys
from pathlib import Path
sys.path.insert(0, "tools")
import build_book
folder = Path(sys.argv[1])
sys.exit(build_book.main(folder / "book", folder / "_toc.yml", folder / "_build"))
"""


@pytest.fixture
def build(tmp_path):
    """Give a function that builds a small book and returns the exit code and the report."""

    def build(page="Sound, with $x^2$.", code="print('sound')"):
        book = tmp_path / "book"
        book.mkdir()
        (tmp_path / "_toc.yml").write_text(
            "format: jb-book\nroot: page\nchapters:\n- file: notebook\n"
        )
        (book / "page.md").write_text(f"# A page\n\n{page}\n")
        (book / "references.bib").touch()
        cells = [nbformat.v4.new_markdown_cell("# A chapter"), nbformat.v4.new_code_cell(code)]
        kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3"}}
        nbformat.write(
            nbformat.v4.new_notebook(cells=cells, metadata=kernel), book / "notebook.ipynb"
        )
        command = (sys.executable, "-c", BUILD, str(tmp_path))
        result = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
        return result.returncode, result.stdout + result.stderr

    return build


def test_a_sound_book_is_built(build, tmp_path):
    code, report = build()
    assert code == 0, report
    assert "katex-mathml" in (tmp_path / "_build" / "html" / "page.html").read_text(
        encoding="utf-8"
    )
    assert "sound" in (tmp_path / "_build" / "html" / "notebook.html").read_text(encoding="utf-8")


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
