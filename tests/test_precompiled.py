"""Archives compiled ahead of time hold the same modules, for the Python that pages run."""

import json
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from web import precompiled

MAGIC = b"\xcb\r\r\n"  # of Python 3.12
FILES = {
    "pack/__init__.py": "answer = 42\n\n\ndef fail():\n    raise ValueError('on line 5')\n",
    "pack/data.txt": "as it was",
    "pack/template.py": "def {{ name }}:\n",
    "matplotlib/font_manager.py": "class FontManager:\n    __version__ = 330\n",
    "matplotlib/fontlist.json": json.dumps({"_version": 390, "ttflist": []}, indent=2),
}
USE = """
import fs from "node:fs";
import { loadPyodide } from "pyodide";
const python = await loadPyodide();
const content = new Uint8Array(fs.readFileSync(process.argv[1]));
python.unpackArchive(content, "zip", { extractDir: "/lib/python3.12/site-packages" });
console.log(python.runPython(`
import json, pack
try:
    pack.fail()
except ValueError as error:
    frame = error.__traceback__.tb_next
    found = [pack.answer, frame.tb_frame.f_code.co_filename, frame.tb_lineno]
json.dumps(found)`));
"""


def written(path):
    """Write an archive."""
    with zipfile.ZipFile(path, "w") as target:
        for name, content in FILES.items():
            target.writestr(name, content)
    return path


def compiled(archive):
    return precompiled.precompiled({"pack.whl": archive})["pack.whl"]


@pytest.fixture
def archive(tmp_path, monkeypatch):
    """Write an archive; what is compiled is kept in a folder of the test."""
    monkeypatch.setattr(precompiled, "CACHE", tmp_path / "cache")
    return written(tmp_path / "source")


@pytest.fixture(scope="module")
def done(tmp_path_factory):
    """Compile an archive, really: the Python of the pages has to start for it."""
    folder = tmp_path_factory.mktemp("compiled")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(precompiled, "CACHE", folder / "cache")
        yield compiled(written(folder / "source"))


def pretend(monkeypatch):
    """Note what would be compiled, and write something in its place."""
    asked = []

    def run(jobs):
        asked.extend(jobs)
        for job in jobs:
            Path(job["to"]).write_bytes(b"compiled")

    monkeypatch.setattr(precompiled, "run", run)
    return asked


def test_only_sources_that_compile_are_replaced(done):
    with zipfile.ZipFile(done) as found:
        contents = {name: found.read(name) for name in found.namelist()}
    assert set(contents) == {
        "pack/__init__.pyc",
        "pack/data.txt",
        "pack/template.py",
        "matplotlib/font_manager.pyc",
        "matplotlib/fontlist.json",
    }
    assert contents["pack/__init__.pyc"].startswith(MAGIC)
    assert contents["pack/data.txt"] == b"as it was"


def test_the_list_of_fonts_gets_the_version_that_matplotlib_looks_for(done):
    with zipfile.ZipFile(done) as found:
        assert json.loads(found.read("matplotlib/fontlist.json"))["_version"] == 330


def test_an_archive_is_compiled_once_and_always_to_the_same_bytes(done, archive, monkeypatch):
    first = compiled(archive)
    assert first.read_bytes() == done.read_bytes()
    monkeypatch.setattr(precompiled, "run", lambda jobs: pytest.fail("compiled again"))
    assert compiled(archive) == first


def test_a_compiled_archive_is_imported_and_its_faults_have_their_lines(done):
    command = ["node", "--input-type=module", "-e", USE, str(done)]
    answer = subprocess.run(command, capture_output=True, encoding="utf-8", check=True, cwd=ROOT)
    home = f"{precompiled.SITE}pack/__init__.py"
    assert json.loads(answer.stdout) == [42, home, 5]


@pytest.mark.parametrize("content", [b"", b"other bytes"])
def test_a_damaged_archive_is_compiled_again(archive, monkeypatch, content):
    asked = pretend(monkeypatch)
    path = compiled(archive)
    path.write_bytes(content)
    assert compiled(archive).read_bytes() == b"compiled"
    assert len(asked) == 2


def test_another_archive_is_compiled_anew(archive, monkeypatch):
    asked = pretend(monkeypatch)
    compiled(archive)
    archive.write_bytes(archive.read_bytes() + b" ")
    compiled(archive)
    assert len({job["to"] for job in asked}) == 2
    assert {job["home"] for job in asked} == {precompiled.SITE}
