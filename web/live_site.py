"""Python for the pages: what a browser needs to run the cells of a chapter, gathered into the site.

Everything is served from the site itself: Pyodide and its wheels with the hashes of
``web/live/pins.json``, ``lib`` as a wheel made from this checkout, and the scripts of ``web/live``.
"""

import gzip
import io
import json
import shutil
import zipfile
from importlib.util import find_spec
from pathlib import Path

from web import pyodide_files, pyodide_pins
from web.files import as_json, digest, place, store, write
from web.front_end import LIVE
from web.lib_wheel import lib_wheel
from web.precompiled import LIVE_ZIP, STDLIB, precompiled
from web.pyodide_pins import canonical

ROOT = Path(__file__).resolve().parent.parent
CACHE = ROOT / ".cache" / "live"
LOCK = "pyodide-lock.json"
#: What a reader may open, as patterns below the home of the site.
SEEN = ("*.html", "explorables/*.html", "_images/*", "_notebooks/*")
OWN = LIVE / "python"
#: The printer of results, IPython's own: it needs nothing else of IPython.
PRETTY = Path(find_spec("IPython").origin).parent / "lib" / "pretty.py"
LONG_AGO = (1980, 1, 1, 0, 0, 0)  # when every file of an archive was made: the same bytes always


def unavailable():
    """Return why no page can run Python, or an empty text where all of them can."""
    try:
        pyodide_files.gather()
    except pyodide_files.NotAvailable as problem:
        return str(problem)
    return ""


def write_live(out, reason=""):
    """Put Python for the pages into the site; return what they are told about it, as a file."""
    if reason:
        shutil.rmtree(out / "pyodide", ignore_errors=True)
        facts = {"available": False, "reason": reason}
    else:
        facts = manifest(write_pyodide(out / "pyodide", pyodide_files.gather()))
    return {"_live/manifest.json": as_json(facts)}


# --- the folder that Pyodide loads from ---


def write_pyodide(target, kept):
    """Fill the folder of Pyodide from the kept files; return the path of each of its files."""
    wheel = lib_wheel()
    lock = trimmed_lock(json.loads(kept[LOCK].read_bytes()), pyodide_pins.read()["files"])
    lock["packages"]["lib"] = lock_entry("lib", wheel.name, digest(wheel.read_bytes()), ["numpy"])
    kept = kept | {LIVE_ZIP: own_archive()}
    names = [LIVE_ZIP, *loaded(lock)]
    kept |= precompiled({name: kept[name] for name in names if name in kept})
    kept[wheel.name] = wheel
    for entry in lock["packages"].values():
        if entry["file_name"] in kept:
            entry["sha256"] = digest(kept[entry["file_name"]].read_bytes())
    target.mkdir(exist_ok=True)
    for name, path in kept.items():
        place(path, target / name)
    write(target / LOCK, as_json(lock))
    for stray in {path.name for path in target.iterdir()} - {*kept, LOCK}:
        (target / stray).unlink()
    return {name: target / name for name in kept}


def own_archive():
    """Return where the archive of Python's side of the page is kept, as sources."""
    sources = {f"live/{path.name}": path for path in sorted(OWN.glob("*.py"))}
    sources["live/IPython/lib/pretty.py"] = PRETTY
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, path in sources.items():
            archive.writestr(zipfile.ZipInfo(name, LONG_AGO), path.read_bytes())
    kept = CACHE / "own" / digest(buffer.getvalue())
    if not kept.exists():
        store(kept, buffer.getvalue())
    return kept


def loaded(lock):
    """List the archives that the pages' own Python takes its modules from."""
    groups = pyodide_pins.read()["packages"]
    keys = with_dependencies([*groups["first"], *groups["then"]], lock["packages"])
    return [STDLIB, *(lock["packages"][key]["file_name"] for key in keys)]


def trimmed_lock(official, files):
    """Return Pyodide's lock with only the pinned packages, and those that it does not know."""
    own = {entry["file_name"]: key for key, entry in official["packages"].items()}
    packages = {}
    for name, pin in files.items():
        if name in own:
            packages[own[name]] = official["packages"][own[name]]
        elif name.endswith(".whl"):
            key = canonical(name.partition("-")[0])
            packages[key] = lock_entry(key, name, pin["sha256"], pin["depends"])
    for entry in packages.values():
        entry["depends"] = [one for one in entry["depends"] if canonical(one) in packages]
    return {"info": official["info"], "packages": packages}


def lock_entry(key, file_name, sha256, depends):
    """Return what a lock says about a package of pure Python."""
    return {
        "name": key,
        "version": file_name.split("-")[1],
        "file_name": file_name,
        "install_dir": "site",
        "sha256": sha256,
        "package_type": "package",
        "imports": [key.replace("-", "_")],
        "depends": depends,
        "unvendored_tests": False,
    }


def with_dependencies(names, packages):
    """List packages with all that they depend on, by their keys in the lock."""
    found, waiting = [], list(names)
    while waiting:
        key = canonical(waiting.pop(0))
        if key not in found:
            found.append(key)
            waiting += packages[key]["depends"]
    return found


# --- what the page is told ---


def manifest(files):
    """Say what the worker loads, from where, how much it is, and which bytes it must be."""
    pins = pyodide_pins.read()
    lock = json.loads(files[LOCK].read_bytes())
    core = [name for name, pin in pins["files"].items() if pin["kind"] == "core"]
    names = dict.fromkeys([*core, LIVE_ZIP, *loaded(lock)])
    facts = {name: facts_of(files[name]) for name in names}
    return {
        "available": True,
        "version": digest(*(fact["sha256"] for fact in facts.values()))[:16],
        "python": lock["info"]["python"],
        "pyodide": lock["info"]["version"],
        "base": "../pyodide/",
        "lock": LOCK,
        "packages": pins["packages"],
        "files": facts,
    }


def write_kept(out, parts):
    """Write the list of what the service worker may store: nothing with another hash is kept.

    ``python`` and ``parts`` (what a page may load later) are fetched ahead; ``seen`` is stored when
    a reader opens it. The hash of the list is the version of the store.
    """
    facts = json.loads((out / parts["_live/manifest.json"]).read_bytes())
    python = {f"pyodide/{name}": fact["sha256"] for name, fact in facts["files"].items()}
    paths = [path for pattern in SEEN for path in sorted(out.glob(pattern)) if path.is_file()]
    listed = {
        "python": python,
        "parts": hashes(out, [out / path for path in parts.values()]),
        "seen": hashes(out, paths),
    }
    write(out / "_live" / "kept.json", as_json(listed))


def hashes(out, paths):
    """Return the SHA-256 of files of the site by their addresses."""
    return {path.relative_to(out).as_posix(): digest(path.read_bytes()) for path in paths}


def facts_of(path):
    """Return the size, the bytes that a server sends, and the hash of a file."""
    content = path.read_bytes()
    sha256 = digest(content)
    packed = path.suffix in (".whl", ".zip")
    sent = len(content) if packed else size_when_sent(sha256, content)
    return {"size": len(content), "transfer": sent, "sha256": sha256}


def size_when_sent(sha256, content):
    """Return the size of a file once compressed; computed once, for the largest takes a second."""
    noted = CACHE / "sizes" / sha256
    if not noted.exists():
        store(noted, str(len(gzip.compress(content, 6))).encode())
    return int(noted.read_text(encoding="ascii"))
