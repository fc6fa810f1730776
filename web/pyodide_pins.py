"""The pins of what the pages' Python is made of: read, and written for another Pyodide.

What a page loads stays the same list of packages; their files and hashes are those of the new
release's own lock.
"""

import json
import re
import subprocess
import tarfile
import tempfile
from pathlib import Path

from web import node
from web.files import digest

ROOT = Path(__file__).resolve().parent.parent
PINS = ROOT / "web" / "live" / "pins.json"
LOCK = "pyodide-lock.json"


def read():
    """Read the pins: what is needed, from where, with which hash."""
    return json.loads(PINS.read_text(encoding="utf-8"))


def canonical(name):
    """Return the name of a package in its one normal form."""
    return re.sub(r"[-_.]+", "-", name).lower()


def package_of(file_name):
    """Return the package that an archive holds."""
    return canonical(file_name.partition("-")[0])


def release(version):
    """Return the files of a release by name, as the registry of Node has them."""
    node.put_on_the_path()
    with tempfile.TemporaryDirectory() as folder:
        command = ("node", node.NPM, "pack", "--quiet", f"pyodide@{version}")
        if subprocess.run(
            [str(word) for word in command], cwd=folder, capture_output=True, check=False
        ).returncode:
            raise SystemExit(f"There is no pyodide@{version} in the registry of Node.")
        with tarfile.open(next(Path(folder).glob("*.tgz")), encoding="utf-8") as archive:
            files = [member for member in archive if member.isfile()]
            return {Path(file.name).name: archive.extractfile(file).read() for file in files}


def pinned(old, version, files):
    """Return the pins for a release that has these files, and remarks about what has changed."""
    packages = json.loads(files[LOCK])["packages"]
    new, remarks = {}, []
    for name, pin in old["files"].items():
        key = package_of(name)
        if pin["kind"] == "core":
            new[name] = pin | {"sha256": digest(files[name])}
        elif pin["kind"] != "wasm":
            new[name] = pin
        elif key in packages:
            new[packages[key]["file_name"]] = pin | {"sha256": packages[key]["sha256"]}
        else:
            remarks.append(f"{key} is no package of Pyodide {version}: pin it from the index.")
    remarks += needed_but_absent(new, packages)
    network = old["network"].replace(old["pyodide"], version)
    carrier = old["carrier"] if version == old["pyodide"] else None
    return old | {"pyodide": version, "network": network, "carrier": carrier, "files": new}, remarks


def needed_but_absent(files, packages):
    """Say which packages need one that is not pinned: some can do without, and some cannot."""
    there = {package_of(name) for name in files}
    needs = {key: map(canonical, packages[key]["depends"]) for key in sorted(there & set(packages))}
    absent = {key: [name for name in names if name not in there] for key, names in needs.items()}
    return [
        f"{key} names {', '.join(names)}: not pinned." for key, names in absent.items() if names
    ]


def write(version):
    """Rewrite the file of pins for a version; return the remarks."""
    new, remarks = pinned(read(), version, release(version))
    PINS.write_text(json.dumps(new, indent=2) + "\n", encoding="utf-8")
    return remarks
