"""Python for the pages: what a browser needs to run the cells of a chapter, gathered into the site.

Everything is served from the site itself: Pyodide and its wheels with the hashes of
``web/live/pins.json``, ``lib`` as a wheel made from this checkout, and the scripts of ``web/live``.
"""

import base64
import gzip
import hashlib
import io
import json
import os
import re
import shutil
import subprocess
import time
import tomllib
import zipfile
from importlib.util import find_spec
from pathlib import Path

from tools import fetch_pyodide
from web.assets import KATEX, PACKAGES, digest, katex_source, katex_style
from web.precompiled import STDLIB, precompiled

ROOT = Path(__file__).resolve().parent.parent
SOURCES = ROOT / "web" / "live"
CACHE = ROOT / ".cache" / "live"
ESBUILD = PACKAGES / ".bin" / "esbuild"
LOCK = "pyodide-lock.json"
#: The printer of results, IPython's own: it needs nothing else of IPython.
PRETTY = Path(find_spec("IPython").origin).parent / "lib" / "pretty.py"
#: Scripts that are made of many packages; a page loads each of them only when it needs it.
BUNDLES = ("editor", "widgets")
#: What every chapter loads at once, and what a reader's first Run or edit adds. Both are made of
#: ``page/``, and what they have in common is one file.
ENTRIES = ("live", "runner")
COMMON = ["--bundle", "--format=esm"]
SPLIT = [*COMMON, "--splitting", "--chunk-names=shared", "--external:*.bundle.js"]
BUNDLED = [*COMMON, "--loader:.svg=dataurl", "--legal-comments=linked"]
SECONDS_IN_USE = 3600  # how long another build may need a folder that has a successor
LONG_AGO = (1980, 1, 1, 0, 0, 0)  # the time of every file of a wheel: the same bytes from any build


def unavailable():
    """Return why no page can run Python, or an empty text where all of them can."""
    try:
        fetch_pyodide.gather()
    except fetch_pyodide.NotAvailable as problem:
        return str(problem)
    return ""


def write_live(out, reason=""):
    """Put Python for the pages into the site, or the reason why there is none."""
    copy_front_end(out)
    if reason:
        shutil.rmtree(out / "pyodide", ignore_errors=True)
        facts = {"available": False, "reason": reason}
    else:
        facts = manifest(write_pyodide(out / "pyodide", fetch_pyodide.gather()))
        facts["offline"] = kept_offline(out)
    write(out / "_live" / "manifest.json", as_json(facts))


def write(path, content):
    """Write a file of the site; what bore its name before, in a cache too, stays as it was."""
    path.unlink(missing_ok=True)
    path.write_bytes(content)


def as_json(facts):
    """Return facts as the bytes of a JSON file."""
    return (json.dumps(facts, indent=1) + "\n").encode()


# --- the package of the course, as a wheel ---


def pyproject():
    """Read how the package is installed anywhere else."""
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


def lib_files():
    """Pair each file of ``lib`` that is installed with its name in a wheel."""
    setup = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"][
        "setuptools"
    ]
    patterns = [f"{package.replace('.', '/')}/*.py" for package in setup["packages"]]
    for package, own in setup["package-data"].items():
        patterns += [f"{package.replace('.', '/')}/{pattern}" for pattern in own]
    paths = sorted({path for pattern in patterns for path in ROOT.glob(pattern)})
    return {path.relative_to(ROOT).as_posix(): path.read_bytes() for path in paths}


def lib_wheel():
    """Return name and content of the wheel of ``lib``; its name changes with what is in it."""
    project = pyproject()["project"]
    files = lib_files()
    name = f"{project['name'].replace('-', '_')}-{project['version']}"
    files[f"{name}.dist-info/METADATA"] = metadata(project)
    files[f"{name}.dist-info/WHEEL"] = (
        b"Wheel-Version: 1.0\nGenerator: watch-the-loss\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
    )
    build = digest(*(part for entry in files.items() for part in entry))[:12]
    files[f"{name}.dist-info/RECORD"] = record(files, f"{name}.dist-info/RECORD")
    return f"{name}-0{build}-py3-none-any.whl", zipped(files)


def metadata(project):
    """Return the METADATA of a wheel, from the ``project`` table of pyproject.toml."""
    fields = {
        "Metadata-Version": "2.4",
        "Name": project["name"],
        "Version": project["version"],
        "Summary": project["description"],
        "License-Expression": project["license"],
        "Requires-Python": project["requires-python"],
    }
    lines = [f"{field}: {value}" for field, value in fields.items()]
    lines += [f"Requires-Dist: {requirement}" for requirement in project["dependencies"]]
    return ("\n".join(lines) + "\n").encode()


def record(files, own_name):
    """Return the RECORD of a wheel: name, hash and size of each file but itself."""
    lines = []
    for name, content in files.items():
        code = base64.urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b"=").decode()
        lines.append(f"{name},sha256={code},{len(content)}")
    return ("\n".join([*lines, f"{own_name},,"]) + "\n").encode()


def zipped(files):
    """Return an archive of named contents that does not depend on when it was made."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(zipfile.ZipInfo(name, LONG_AGO), content, zipfile.ZIP_DEFLATED)
    return buffer.getvalue()


# --- the folder that Pyodide loads from ---


def write_pyodide(target, kept):
    """Fill the folder of Pyodide from the kept files; return the path of each of its files."""
    wheel_name, wheel = lib_wheel()
    lock = trimmed_lock(json.loads(kept[LOCK].read_bytes()), fetch_pyodide.pins()["files"])
    lock["packages"]["lib"] = lock_entry("lib", wheel_name, digest(wheel), ["numpy"])
    kept = kept | precompiled({name: kept[name] for name in loaded(lock) if name in kept})
    for entry in lock["packages"].values():
        if entry["file_name"] in kept:
            entry["sha256"] = digest(kept[entry["file_name"]].read_bytes())
    target.mkdir(exist_ok=True)
    for name, path in kept.items():
        fetch_pyodide.place(path, target / name)
    write(target / wheel_name, wheel)
    write(target / LOCK, as_json(lock))
    names = [*kept, wheel_name]
    for stray in {path.name for path in target.iterdir()} - set(names):
        (target / stray).unlink()
    return {name: target / name for name in names}


def loaded(lock):
    """List the archives that the pages' own Python takes its modules from."""
    groups = fetch_pyodide.pins()["packages"]
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


def canonical(name):
    """Return the name of a package in its one normal form."""
    return re.sub(r"[-_.]+", "-", name).lower()


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
    pins = fetch_pyodide.pins()
    lock = json.loads(files[LOCK].read_bytes())
    core = [name for name, pin in pins["files"].items() if pin["kind"] == "core"]
    facts = {name: facts_of(files[name]) for name in dict.fromkeys([*core, *loaded(lock)])}
    return {
        "available": True,
        "version": digest(front_end_digest(), *(fact["sha256"] for fact in facts.values()))[:16],
        "python": lock["info"]["python"],
        "pyodide": lock["info"]["version"],
        "base": "../pyodide/",
        "lock": LOCK,
        "packages": pins["packages"],
        "files": facts,
    }


def kept_offline(out):
    """List what a page may still load after it has run a cell, as seen from the manifest."""
    folders = (out / "_live", out / "_explorables")
    paths = sorted(path for folder in folders for path in folder.rglob("*"))
    kinds = (".js", ".mjs", ".css", ".py", ".woff2")
    named = [path for path in paths if path.suffix in kinds]
    return [Path(os.path.relpath(path, out / "_live")).as_posix() for path in named]


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
        fetch_pyodide.store(noted, str(len(gzip.compress(content, 6))).encode())
    return int(noted.read_text(encoding="ascii"))


# --- scripts and styles ---


def front_end_digest():
    """Return what changes with the scripts and styles of the pages' Python."""
    sources = [path for path in sorted(SOURCES.rglob("*")) if path.is_file()]
    named = [part for path in sources for part in (path.name, path.read_bytes())]
    tools = [Path(__file__), PRETTY, ROOT / "package-lock.json"]
    return digest(*named, *(path.read_bytes() for path in tools))[:16]


def copy_front_end(out):
    """Put scripts and styles into the site; the service worker's reach is where it lies."""
    target = out / "_live"
    shutil.rmtree(target, ignore_errors=True)
    shutil.copytree(front_end(), target)
    if (target / "sw.js").exists():
        write(out / "sw.js", (target / "sw.js").read_bytes())
        (target / "sw.js").unlink()


def front_end():
    """Return the folder of scripts and styles as a browser gets them, made anew after a change."""
    folder = CACHE / "scripts" / front_end_digest()
    if not folder.exists():
        part = folder.with_suffix(f".{os.getpid()}")
        shutil.rmtree(part, ignore_errors=True)
        part.mkdir(parents=True)
        make_scripts(part)
        make_katex(part / "katex")
        put_in_place(part, folder)
    return folder


def put_in_place(part, folder):
    """Give a finished folder its name, and drop the old ones that no build can be reading."""
    try:
        part.rename(folder)
    except OSError:  # another build was faster
        shutil.rmtree(part)
    for old in folder.parent.iterdir():
        if old != folder and old.stat().st_mtime < time.time() - SECONDS_IN_USE:
            shutil.rmtree(old, ignore_errors=True)


def make_scripts(target):
    """Make the bundles, and take the comments out of the other scripts and styles."""
    scripts = sorted(SOURCES.glob("*.js"))
    bundled = [path for path in scripts if path.stem in BUNDLES]
    entries = [path for path in scripts if path.stem in ENTRIES]
    run_esbuild([path for path in scripts if path not in bundled + entries], f"--outdir={target}")
    run_esbuild(entries, *SPLIT, f"--outdir={target}")
    run_esbuild(bundled, *BUNDLED, "--entry-names=[name].bundle", f"--outdir={target}")
    styles = [path for path in sorted(SOURCES.glob("*.css")) if path.stem not in BUNDLES]
    run_esbuild(styles, f"--outdir={target}")
    for path in [*SOURCES.glob("*.py"), PRETTY]:
        shutil.copyfile(path, target / path.name)


def run_esbuild(sources, *options):
    """Let esbuild make small scripts of these sources."""
    if sources:
        command = [ESBUILD, *sources, *options, "--minify", "--log-level=warning"]
        subprocess.run([str(part) for part in command], cwd=ROOT, check=True)


def make_katex(target):
    """Write the renderer for the formulas that a cell prints, with every character of its fonts."""
    (target / "fonts").mkdir(parents=True)
    (target / "katex.mjs").write_text(katex_source("katex.mjs"), encoding="utf-8")
    run_esbuild([target / "katex.mjs"], f"--outfile={target / 'katex.mjs'}", "--allow-overwrite")
    (target / "katex.css").write_text(katex_style(), encoding="utf-8")
    for font in (KATEX / "fonts").glob("*.woff2"):
        shutil.copyfile(font, target / "fonts" / font.name)
