"""A test of the package as others install it: its wheel alone holds what an explorable needs."""

import json
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
DRAW = """
import json
from lib import __file__ as home, losses, plotting
from lib.explorables import FitLine
fit = FitLine(w=0.6)
state = fit.get_state()
print(json.dumps([home, fit._repr_mimebundle_()[0]["text/html"], state["_esm"], state["_css"]]))
"""


def test_the_wheel_alone_draws_an_explorable(tmp_path):
    source = tmp_path / "source"
    source.mkdir()
    shutil.copytree(ROOT / "lib", source / "lib", ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, source)
    pip = (sys.executable, "-m", "pip", "wheel", "--no-deps", "--no-build-isolation", "-q")
    subprocess.run([*pip, "-w", tmp_path, source], check=True)
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
