"""The package as others install it, and as a page gets it: a wheel by the build backend."""

import json
import os
import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from web import lib_wheel

ROOT = Path(__file__).resolve().parent.parent
DRAW = """
import json
from lib import __file__ as home, losses, plotting
from lib.explorables import FitLine
fit = FitLine(w=0.6)
state = fit.get_state()
print(json.dumps([home, fit._repr_mimebundle_()[0]["text/html"], state["_esm"], state["_css"]]))
"""


@pytest.fixture
def source(tmp_path):
    """Copy what the package is made of."""
    folder = tmp_path / "source"
    for name, content in lib_wheel.sources_of(ROOT).items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return folder


@pytest.fixture(autouse=True)
def _own_cache(tmp_path, monkeypatch):
    monkeypatch.setattr(lib_wheel, "CACHE", tmp_path / "wheels")


def pip(*arguments):
    """Let the installer of Python do something, without a network."""
    command = [sys.executable, "-m", "pip", *arguments, "--no-deps", "-q"]
    subprocess.run([str(part) for part in command], check=True)


def contents(wheel):
    """Return every file of a wheel by its name."""
    with zipfile.ZipFile(wheel) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name) for name in archive.namelist()}


def test_the_wheel_alone_draws_an_explorable(tmp_path, source):
    pip("wheel", "--no-build-isolation", "-w", tmp_path, source)
    (wheel,) = tmp_path.glob("*.whl")
    zipfile.ZipFile(wheel).extractall(tmp_path / "installed")
    code = f"import sys; sys.path.insert(0, {str(tmp_path / 'installed')!r})\n{DRAW}"
    drawn = subprocess.run(
        [sys.executable, "-I", "-c", code],
        cwd=tmp_path,
        capture_output=True,
        encoding="utf-8",
        check=True,
    )
    home, html, module, style = json.loads(drawn.stdout)
    assert Path(home).is_relative_to(tmp_path)
    assert 'data-module="fit_line"' in html and "0.6" in html
    assert "export" in module and ".xp" in style


def test_the_wheel_of_a_page_has_the_package_of_this_checkout_and_an_installer_accepts_it(tmp_path):
    wheel = lib_wheel.lib_wheel()
    files = contents(wheel)
    own = {n: c for n, c in lib_wheel.sources_of(ROOT).items() if n not in lib_wheel.BESIDE}
    assert "lib/course.mplstyle" in own and "lib/explorables/static/kit/chart.js" in own
    assert {name: files[name] for name in files if ".dist-info/" not in name} == own
    pip("install", "--no-index", "--target", tmp_path / "there", wheel)
    assert (tmp_path / "there" / "lib" / "course.mplstyle").exists()
    (about,) = (tmp_path / "there").glob("*.dist-info")
    assert "Requires-Dist: numpy" in (about / "METADATA").read_text(encoding="utf-8")


def test_the_wheel_is_the_same_from_any_build_and_named_by_its_content(source, monkeypatch):
    first = lib_wheel.lib_wheel()
    content = first.read_bytes()
    assert re.fullmatch(r"watch_the_loss-[\d.]+-0[0-9a-f]{12}-py3-none-any\.whl", first.name)
    shutil.rmtree(lib_wheel.CACHE)
    before = os.umask(0o077)
    again = lib_wheel.lib_wheel(source)
    os.umask(before)
    assert (again.name, again.read_bytes()) == (first.name, content)
    monkeypatch.setattr(lib_wheel, "make", lambda *_: pytest.fail("made again"))
    assert lib_wheel.lib_wheel() == again


def test_another_lib_gives_another_wheel_and_a_fault_of_the_backend_is_quoted(source):
    first = lib_wheel.lib_wheel(source)
    (source / "lib" / "new.py").write_text("x = 1\n", encoding="utf-8")
    second = lib_wheel.lib_wheel(source)
    assert second.name != first.name and contents(second)["lib/new.py"] == b"x = 1\n"
    (source / "pyproject.toml").write_text(
        '[build-system]\nrequires = []\nbuild-backend = "nowhere"\n', encoding="utf-8"
    )
    with pytest.raises(RuntimeError, match="No module named 'nowhere'"):
        lib_wheel.lib_wheel(source)
