"""JupyterLite beside the pages: every chapter as a notebook in the full interface, self-hosted.

The interface itself is made once and kept; each build adds the chapters, and the address of the
packages that the pages' own Python loads, too.
"""

import json
import os
import shutil
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

from web.files import as_json, digest, place, put_in_place, write

ROOT = Path(__file__).resolve().parent.parent
SETTINGS = ROOT / "web" / "lite"
CACHE = ROOT / ".cache" / "lite"
KERNEL = "@jupyterlite/pyodide-kernel-extension:kernel"
PYTHON = {"name": "python", "display_name": "Python (in the browser)", "language": "python"}
LONG_AGO = "1980-01-01T00:00:00Z"  # when the folder of the chapters was made: at any build
NOTICE = "storage.js"  # tells a reader where a browser keeps nothing
#: Icons in forms that only browsers too old for WebAssembly would ask for.
OLD_FONTS = ("fa-*.eot", "fa-*.svg", "fa-*.ttf", "fa-*.woff")


def write_lite(out, notebooks, lock):
    """Put JupyterLite with these notebooks into the site; without a lock there is no Python."""
    target = out / "lite"
    shutil.rmtree(target, ignore_errors=True)
    if lock is None:
        return
    shutil.copytree(interface(), target, copy_function=place_into)
    settings = json.loads((target / "jupyter-lite.json").read_text(encoding="utf-8"))
    options = settings["jupyter-config-data"]["litePluginSettings"][KERNEL]["loadPyodideOptions"]
    options["lockFileURL"] += f"?v={digest(lock.read_bytes())[:16]}"
    write(target / "jupyter-lite.json", as_json(settings))
    write_notebooks(target, notebooks)


def place_into(source, target):
    """Give a file of the kept interface a second name, as ``copytree`` asks for it."""
    place(Path(source), Path(target))


def interface():
    """Return the folder of the interface, made anew when its version or a setting changes."""
    sources = [*SETTINGS.iterdir(), ROOT / "requirements.txt", Path(__file__)]
    folder = CACHE / digest(b"".join(path.read_bytes() for path in sorted(sources)))[:16]
    if not folder.exists():
        part = folder.with_suffix(f".{os.getpid()}")
        shutil.rmtree(part, ignore_errors=True)
        make_interface(part)
        put_in_place(part / "site", folder)
        shutil.rmtree(part)
    return folder


def make_interface(part):
    """Let JupyterLite's own program write the interface below ``part``."""
    shutil.copytree(SETTINGS, part / "settings")
    command = [sys.executable, "-m", "jupyterlite_core", "build", "--output-dir", part / "site"]
    result = subprocess.run(
        [str(word) for word in command],
        cwd=part / "settings",
        capture_output=True,
        encoding="utf-8",
    )
    if result.returncode:
        raise RuntimeError(f"JupyterLite was not built: {result.stdout}{result.stderr}")
    complete_head(part / "site" / "lab" / "index.html")
    shutil.copyfile(SETTINGS / NOTICE, part / "site" / NOTICE)
    for pattern in OLD_FONTS:
        for path in (part / "site" / "build").glob(pattern):
            path.unlink()


def complete_head(page):
    """Say where the icon is, before a browser looks elsewhere; add a script of our own."""
    version = digest((SETTINGS / NOTICE).read_bytes())[:16]
    head = (
        '<link rel="icon" href="./favicon.ico" />'
        f'<script type="module" src="../{NOTICE}?v={version}"></script>'
    )
    page.write_text(page.read_text("utf-8").replace("<head>", f"<head>{head}", 1), "utf-8")


def write_notebooks(target, notebooks):
    """Put the chapters where the interface looks for files, with the list that it reads."""
    (target / "files").mkdir()
    for path in notebooks:
        write(target / "files" / path.name, as_json(to_run(json.loads(path.read_bytes()))))
    entries = [entry(target / "files" / path.name, path) for path in notebooks]
    contents = target / "api" / "contents"
    contents.mkdir(parents=True)
    write(contents / "all.json", as_json(model("", "directory", "json", LONG_AGO, entries)))


def to_run(notebook):
    """Return a notebook for the kernel in the browser, without the outputs of another Python."""
    notebook["metadata"]["kernelspec"] = PYTHON
    for cell in notebook["cells"]:
        if cell["cell_type"] == "code":
            cell.update(outputs=[], execution_count=None)
    return notebook


def entry(written, source):
    """Return what the interface lists about one notebook."""
    changed = datetime.fromtimestamp(int(source.stat().st_mtime), UTC).isoformat()
    about = model(source.name, "notebook", None, changed.replace("+00:00", "Z"), None)
    return about | {"size": written.stat().st_size}


def model(name, kind, form, changed, content):
    """Return a file or a folder as Jupyter describes it."""
    return {
        "name": name,
        "path": name,
        "type": kind,
        "format": form,
        "content": content,
        "created": changed,
        "last_modified": changed,
        "mimetype": None,
        "size": None,
        "writable": True,
        "hash": None,
        "hash_algorithm": None,
    }
