"""The package of the course as a wheel, made by the build backend that ``pyproject.toml`` names.

It is kept by its content: a build that finds ``lib`` as it was makes none.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from importlib.metadata import version
from pathlib import Path

from web.files import digest, put_in_place

ROOT = Path(__file__).resolve().parent.parent
CACHE = ROOT / ".cache" / "live" / "wheels"
BESIDE = ("pyproject.toml", "README.md", "LICENSE")
UNINSTALLED = {"__pycache__", ".ipynb_checkpoints"}
LONG_AGO = "315532800"  # 1980, when every file of the wheel was made: the same bytes from any build
MAKE = """
import importlib, sys, tomllib
with open("pyproject.toml", "rb") as file:
    backend = importlib.import_module(tomllib.load(file)["build-system"]["build-backend"])
backend.build_wheel(sys.argv[1], {"--build-option": ["--build-number", sys.argv[2]]})
"""


def lib_wheel(root=ROOT):
    """Return where the wheel of ``lib`` is kept; its name changes with what it is made of."""
    sources = sources_of(root)
    parts = [part for entry in sources.items() for part in entry]
    build = "0" + digest(version("setuptools"), MAKE, *parts)[:12]
    kept = CACHE / build
    if not kept.exists():
        part = CACHE / f"{build}.{os.getpid()}"
        shutil.rmtree(part, ignore_errors=True)
        part.mkdir(parents=True)
        make(sources, part, build)
        put_in_place(part, kept)
    return next(kept.glob("*.whl"))


def sources_of(root):
    """Pair each file that the backend may look at with its content."""
    inside = [path for path in sorted((root / "lib").rglob("*")) if path.is_file()]
    inside = [path for path in inside if not UNINSTALLED & set(path.parts)]
    paths = [*inside, *(root / name for name in BESIDE if (root / name).exists())]
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in paths}


def make(sources, folder, build):
    """Let the backend make a wheel from a copy of the sources, for it writes beside them."""
    with tempfile.TemporaryDirectory() as copy:
        for name, content in sources.items():
            path = Path(copy, name)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
            path.chmod(0o644)
        result = subprocess.run(
            [sys.executable, "-c", MAKE, folder, build],
            cwd=copy,
            env={**os.environ, "SOURCE_DATE_EPOCH": LONG_AGO},
            umask=0o022,
            capture_output=True,
            encoding="utf-8",
            check=False,
        )
    if result.returncode:
        raise RuntimeError(f"The wheel of lib was not made: {result.stdout}{result.stderr}")
