"""The packages that the site has, each unpacked when it is first imported."""

import hashlib
import importlib
import io
import logging
import site
import zipfile
from importlib.machinery import PathFinder

from pyodide.code import find_imports

from .widgets import hook_comms


class Packages:
    """The packages that the site has, each unpacked when it is first imported."""

    def __init__(self, entries, unpack):
        self.by_import = {name: entry for entry in entries for name in entry["imports"]}
        self.by_name = {entry["name"]: entry for entry in entries}
        self.unpack = unpack
        self.done = set()

    def find_spec(self, name, path=None, target=None):
        """Unpack the package that has a module, then let Python find it."""
        top = name.partition(".")[0]
        if path is not None or top not in self.by_import:
            return None
        if self.by_import[top]["name"] in self.done:
            return None
        self.install(self.by_import[top]["name"])
        importlib.invalidate_caches()
        return PathFinder.find_spec(name)

    def install(self, name):
        """Unpack a package and those that it needs, once."""
        if name in self.done:
            return
        self.done.add(name)
        try:
            self.obtain(name)
        except ImportError:
            self.done.discard(name)  # who imports it next asks again, whichever part was missing
            raise
        if name in AFTER:
            AFTER[name]()

    def obtain(self, name):
        """Unpack what a package needs, then the package."""
        entry = self.by_name[name]
        for needed in entry["depends"]:
            self.install(needed)
        problem = self.unpack(entry["file_name"])
        if problem:
            raise ImportError(f"{name} could not be loaded: {PROBLEMS[problem]}.", name=name)

    def files_for(self, code):
        """List the files that a cell's imports will want unpacked."""
        names = {name for name in imported_names(code) if name in self.by_import}
        waiting = [self.by_import[name]["name"] for name in names]
        found = set()
        while waiting:
            name = waiting.pop()
            if name not in found:
                found.add(name)
                waiting += self.by_name[name]["depends"]
        return [self.by_name[name]["file_name"] for name in sorted(found - self.done)]


def imported_names(code):
    """List what a cell imports, and what ``lib`` needs for the parts that the cell names."""
    names = {*find_imports(code)}
    parts = [part for part in PARTS_OF_LIB if "lib" in names and part in code]
    return names.union(*(PARTS_OF_LIB[part] for part in parts))


PROBLEMS = {
    "missing": "its file cannot be reached now; look at the connection and run the cell again",
    "hash": "its file is damaged, so it was not used; reload the page to fetch it again",
}
PARTS_OF_LIB = {
    "plotting": {"matplotlib"},
    "explorables": {"anywidget"},
    "exercises": {"anywidget", "latex2mathml"},
}


def quiet_fonts():
    """Keep it from readers that Matplotlib makes a list of fonts, where it has to."""
    logging.getLogger("matplotlib.font_manager").setLevel(logging.ERROR)


AFTER = {"comm": hook_comms, "matplotlib": quiet_fonts}


def unpack(content, sha256):
    """Put the files of a wheel where Python looks for them, if its bytes are the right ones.

    Without a hash, the bytes have been looked at before.
    """
    if sha256 and hashlib.sha256(content).hexdigest() != sha256:
        return False
    zipfile.ZipFile(io.BytesIO(content)).extractall(site.getsitepackages()[0])
    return True


known = Packages([], None)  # until the start
