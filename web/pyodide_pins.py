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
    if not re.fullmatch(r"\d+\.\d+\.\d+[\w.-]*", version):
        raise SystemExit(f"A version of Pyodide must read like 0.27.7, got {version}.")
    node.put_on_the_path()
    with tempfile.TemporaryDirectory() as folder:
        command = ("node", node.NPM, "pack", "--quiet", f"pyodide@{version}")
        run = subprocess.run(
            command, cwd=folder, capture_output=True, encoding="utf-8", check=False
        )
        if run.returncode:
            raise SystemExit(refusal(version, run.stderr))
        return unpacked(next(Path(folder).glob("*.tgz")))


def refusal(version, said):
    """Say why a release was not to be had: it is not there, or nobody could be asked."""
    if re.search(r"\b(ETARGET|E404)\b", said):
        return f"There is no pyodide@{version} in the registry of Node."
    code = re.search(r"code (\w+)", said)
    why = code[1] if code else said.strip()
    return f"The registry of Node could not be asked for pyodide@{version}: {why}."


def unpacked(path):
    """Return the files of an archive by name."""
    with tarfile.open(path, encoding="utf-8") as archive:
        files = [member for member in archive if member.isfile()]
        return {Path(file.name).name: archive.extractfile(file).read() for file in files}


def pinned(old, version, files, known=()):
    """Return the pins for a release that has these files, and remarks about what has changed.

    ``known`` are pairs of packages of which the first names the second and can do without it.
    """
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
            remarks.append(
                f"{key} is no package of Pyodide {version}: renamed, or to be pinned anew."
            )
    absent = [pair for pair in needed_but_absent(new, packages) if pair not in known]
    remarks += [f"{key} names {name}, which is not pinned." for key, name in absent]
    network = old["network"].replace(old["pyodide"], version)
    carrier = old["carrier"] if version == old["pyodide"] else None
    return old | {"pyodide": version, "network": network, "carrier": carrier, "files": new}, remarks


def needed_but_absent(files, packages):
    """List the pairs of packages of which the first is pinned and names the second, unpinned."""
    there = {package_of(name) for name in files}
    needs = {key: map(canonical, packages[key]["depends"]) for key in sorted(there & set(packages))}
    return [(key, name) for key, names in needs.items() for name in names if name not in there]


def write(version):
    """Rewrite the file of pins for a version; return the remarks."""
    old, files = read(), release(version)
    if missing := [name for name, pin in old["files"].items() if lacks(files, name, pin)]:
        raise SystemExit(
            f"Pyodide {version} has no {missing[0]}, which the pages load. No pin was changed."
        )
    new, remarks = pinned(old, version, files, known=done_without(old))
    PINS.write_text(json.dumps(new, indent=2) + "\n", encoding="utf-8")
    return remarks


def lacks(files, name, pin):
    """Tell whether a release does not have a file of its core."""
    return pin["kind"] == "core" and name not in files


def done_without(pins):
    """List what the packages of the installed Pyodide name and the pages do without."""
    lock = node.PACKAGES / "pyodide" / LOCK
    packages = json.loads(lock.read_text(encoding="utf-8"))["packages"] if lock.exists() else {}
    return needed_but_absent(pins["files"], packages)
