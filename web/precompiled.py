"""Python's own library and the wheels, compiled ahead of time for the Python that pages run."""

import json
import os
import subprocess
from pathlib import Path

from web.files import digest

ROOT = Path(__file__).resolve().parent.parent
TOOL = ROOT / "web" / "precompile.mjs"
CACHE = ROOT / ".cache" / "live" / "compiled"
STDLIB = "python_stdlib.zip"
LIVE_ZIP = "live.zip"  # Python's side of the page
HOMES = {STDLIB: "/lib/python312.zip/", LIVE_ZIP: "/lib/live.zip/"}
SITE = "/lib/python3.12/site-packages/"


def precompiled(files):
    """Return where the compiled form of each archive is kept, made now where there is no sound one.

    Parameters
    ----------
    files : dict of str to pathlib.Path
        The archives by name, with hashes that have been checked.

    Returns
    -------
    dict of str to pathlib.Path
        The compiled archives by name; they hold the same modules, without their sources.
    """
    CACHE.mkdir(parents=True, exist_ok=True)
    kept = {name: CACHE / kept_name(path) for name, path in files.items()}
    missing = {name: path for name, path in kept.items() if not is_sound(path)}
    jobs = [job(name, files[name], f"{path}.{os.getpid()}") for name, path in missing.items()]
    if jobs:
        run(jobs)
    for done, path in zip(jobs, missing.values(), strict=True):
        path.with_suffix(".sha256").write_text(
            digest(Path(done["to"]).read_bytes()), encoding="utf-8"
        )
        Path(done["to"]).replace(path)
    return kept


def is_sound(path):
    """Tell whether a compiled archive is there and is what it was when it was made."""
    noted = path.with_suffix(".sha256")
    whole = path.exists() and noted.exists()
    return whole and digest(path.read_bytes()) == noted.read_text(encoding="ascii")


def job(name, source, target):
    """Say what is to be compiled, where it goes, and where its files will lie."""
    return {"from": str(source), "to": target, "home": HOMES.get(name, SITE)}


def kept_name(path):
    """Return a name that changes with an archive and with how it is compiled."""
    return digest(path.read_bytes(), TOOL.read_bytes(), (ROOT / "package-lock.json").read_bytes())


def run(jobs):
    """Let Node compile the archives."""
    subprocess.run(["node", str(TOOL)], input=json.dumps(jobs).encode(), cwd=ROOT, check=True)
