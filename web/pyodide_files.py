"""Gather Python for the page: Pyodide and its wheels, each from the first source that has it.

``web/live/pins.json`` names every file with its SHA-256; nothing is taken whose hash is another,
and there is no way to skip that. The sources, in turn: the cache; a mirror, the folder named by
``PYODIDE_MIRROR``; the installed packages; Pyodide's own network of servers (``PYODIDE_CDN`` names
another); the Python package that carries the same files. The result can serve as a mirror.
"""

import atexit
import os
import re
import shutil
import subprocess
import sys
import tempfile
import urllib.error
import urllib.request
import zipfile
from contextlib import suppress
from functools import cache
from pathlib import Path

from web import pyodide_pins
from web.files import digest, place, store
from web.node import PACKAGES

ROOT = Path(__file__).resolve().parent.parent
CACHE = ROOT / ".cache" / "pyodide"
KERNEL = "share/jupyter/labextensions/@jupyterlite/pyodide-kernel-extension/static/pypi"
INSTALLED = {"core": PACKAGES / "pyodide", "kernel": Path(sys.prefix) / KERNEL}
SECONDS = 20  # how long a server may be silent


def series_of_kernel():
    """List the series of Pyodide that the installed kernel of JupyterLite is made for."""
    scripts = [path.read_text(encoding="utf-8") for path in INSTALLED["kernel"].parent.glob("*.js")]
    return sorted(set(re.findall(r"pyodide/v(\d+\.\d+)", "".join(scripts))))


class NotAvailable(Exception):
    """No source has a file, or none has it with the pinned hash; the message says which."""


def from_folder(folder, name):
    """Read a file of a folder; None where there is no folder or no such file."""
    with suppress(OSError, TypeError):
        return (Path(folder) / name).read_bytes()
    return None


class Network:
    """The servers of Pyodide, asked until the first of them cannot be reached."""

    def __init__(self, address):
        self.address = os.environ.get("PYODIDE_CDN", address).rstrip("/")
        self.reachable = True

    def read(self, name):
        """Fetch a file; None where there is no network or no such file."""
        if not self.reachable:
            return None
        try:
            with urllib.request.urlopen(f"{self.address}/{name}", timeout=SECONDS) as answer:
                return answer.read()
        except urllib.error.HTTPError:
            return None
        except OSError:
            self.reachable = False
            return None


@cache
def downloaded(requirement):
    """Download one distribution from the package index; return its path, or None."""
    folder = tempfile.mkdtemp(prefix="wheel-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--dest", folder]
    patience = ["--retries=1", f"--timeout={SECONDS}", "--disable-pip-version-check"]
    wanted = ["--only-binary=:all:", "--platform=any", "--implementation=py", requirement]
    result = subprocess.run([*command, *patience, *wanted], capture_output=True, check=False)
    return next(Path(folder).iterdir(), None) if result.returncode == 0 else None


def from_carrier(carrier, name):
    """Read a file out of the package that carries the wheels; None where it is not to be had."""
    path = downloaded(carrier["requirement"])
    if path is None:
        return None
    with suppress(KeyError, zipfile.BadZipFile), zipfile.ZipFile(path) as archive:
        return archive.read(f"{carrier['folder']}/{name}")
    return None


def from_index(entry, name):
    """Read a wheel that the package index has under its own name."""
    path = downloaded(entry["requirement"])
    return path.read_bytes() if path and path.name == name else None


def sources(entry, name, settings, network):
    """Yield (where, content or None) for each place beyond the cache, the nearest first."""
    yield "the mirror", from_folder(os.environ.get("PYODIDE_MIRROR"), name)
    yield "the installed packages", from_folder(INSTALLED.get(entry["kind"]), name)
    if entry["kind"] == "index":
        yield "the package index", from_index(entry, name)
    elif entry["kind"] in ("core", "wasm"):
        yield "the network", network.read(name)
    if entry["kind"] == "wasm" and settings["carrier"]:
        yield "the carrier", from_carrier(settings["carrier"], name)


def obtain(name, entry, settings, network):
    """Return the content of a file from the first source whose hash is right."""
    refused = []
    for where, content in sources(entry, name, settings, network):
        if content is None:
            continue
        if digest(content) == entry["sha256"]:
            return content
        refused.append(where)
    reason = f"has another hash in {' and in '.join(refused)}" if refused else "is in no source"
    raise NotAvailable(f"{name} {reason}.")


def gather(settings=None, keep=CACHE):
    """Return where each pinned file is kept; raise NotAvailable where one cannot be had.

    What is kept is hashed each time, too: a damaged file is replaced like a missing one.
    """
    settings = settings or pyodide_pins.read()
    network = Network(settings["network"])
    kept = {name: keep / entry["sha256"] for name, entry in settings["files"].items()}
    for name, path in kept.items():
        content = from_folder(keep, path.name)
        if content is None or digest(content) != path.name:
            store(path, obtain(name, settings["files"][name], settings, network))
    return kept


def fetch(target):
    """Fill ``target`` with every pinned file and return their names."""
    kept = gather()
    target.mkdir(parents=True, exist_ok=True)
    for name, path in kept.items():
        place(path, target / name)
    return sorted(kept)
