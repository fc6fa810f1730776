"""The packages that the site has, each unpacked when it is first imported."""

import contextlib
import hashlib
import importlib
import io
import logging
import site
import zipfile
from importlib.machinery import PathFinder

from pyodide.code import find_imports

from .outbox import link
from .widgets import hook_comms


@contextlib.contextmanager
def held():
    """Let Stop wait: a module that was left in its midst cannot always be imported again."""
    link.stop.hold(True)
    try:
        yield
    finally:
        link.stop.hold(False)


class Packages:
    """The packages that the site has, each unpacked when it is first imported."""

    def __init__(self, entries, unpack):
        self.by_import = {name: entry for entry in entries for name in entry["imports"]}
        self.by_name = {entry["name"]: entry for entry in entries}
        self.unpack = unpack
        self.done = set()

    def find_spec(self, name, path=None, target=None):
        """Unpack the package that has a module, then let Python find it, and import it whole."""
        top = name.partition(".")[0]
        if top not in self.by_import:
            return None
        package = self.by_import[top]["name"]
        if path is None and package not in self.done:
            with held():
                self.install(package)
            importlib.invalidate_caches()
        spec = PathFinder.find_spec(name, path)
        if hasattr(spec and spec.loader, "exec_module"):
            spec.loader.exec_module = held()(spec.loader.exec_module)
        return spec

    def install(self, name):
        """Unpack a package and those that it needs, once."""
        if name in self.done:
            return
        self.done.add(name)
        try:
            self.put_in_place(name)
        except BaseException:  # half of it is none: who imports it next asks again
            self.done.discard(name)
            raise

    def put_in_place(self, name):
        """Unpack a package after those that it needs."""
        entry = self.by_name[name]
        for needed in entry["depends"]:
            self.install(needed)
        problem = self.unpack(entry["file_name"])
        if problem:
            raise ImportError(f"{name} could not be loaded: {PROBLEMS[problem]}.", name=name)
        if name in AFTER:
            AFTER[name]()

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
