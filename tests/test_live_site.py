"""What the build adds so that pages can run Python: whole, hashed, and nothing besides."""

import hashlib
import json
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from web import live_site, pyodide_files, pyodide_pins
from web.files import digest, store

WHEELS = {
    "numpy-2-cp312-wasm32.whl": b"numpy",
    "matplotlib-3-cp312-wasm32.whl": b"matplotlib",
    "python_dateutil-2-py3-none-any.whl": b"dateutil",
    "anywidget-1-py3-none-any.whl": b"anywidget",
}


def official_entry(name, file_name, depends):
    return live_site.lock_entry(name, file_name, digest(WHEELS[file_name]), depends)


OFFICIAL = {
    "info": {"python": "3.12.7", "version": "0.27.7"},
    "packages": {
        "numpy": official_entry("numpy", "numpy-2-cp312-wasm32.whl", []),
        "matplotlib": official_entry(
            "matplotlib",
            "matplotlib-3-cp312-wasm32.whl",
            ["numpy", "fonttools", "python_dateutil"],
        ),
        "python-dateutil": official_entry(
            "python-dateutil", "python_dateutil-2-py3-none-any.whl", []
        ),
        "pandas": {"file_name": "pandas-2-cp312-wasm32.whl", "depends": ["numpy"]},
    },
}


@pytest.fixture
def supply(tmp_path, monkeypatch):
    """Give small kept files, and pins that name them."""
    lock = json.dumps(OFFICIAL).encode()
    core = {"pyodide.js": b"let pyodide;" * 100, "python_stdlib.zip": b"zip"}
    contents = {**core, "pyodide-lock.json": lock, **WHEELS}
    files = {name: {"sha256": digest(part)} for name, part in contents.items()}
    for name, entry in files.items():
        entry["kind"] = "wasm" if name.endswith(".whl") else "core"
    files["anywidget-1-py3-none-any.whl"] |= {"kind": "index", "depends": ["numpy"]}
    groups = {"first": ["numpy", "lib"], "then": ["matplotlib", "anywidget"]}
    kept = {name: tmp_path / "keep" / entry["sha256"] for name, entry in files.items()}
    for name, path in kept.items():
        store(path, contents[name])
    monkeypatch.setattr(pyodide_pins, "read", lambda: {"packages": groups, "files": files})
    monkeypatch.setattr(pyodide_files, "gather", lambda: kept)
    monkeypatch.setattr(live_site, "precompiled", compiled_in(tmp_path / "compiled"))
    return kept


def compiled_in(folder):
    """Return what stands in for the compiler: it puts a word before the content of an archive."""

    def precompiled(files):
        folder.mkdir(exist_ok=True)
        for name, path in files.items():
            (folder / name).write_bytes(b"compiled " + path.read_bytes())
        return {name: folder / name for name in files}

    return precompiled


@pytest.fixture
def out(tmp_path):
    folder = tmp_path / "site"
    folder.mkdir()
    return folder


def told(files):
    """Read what a build tells the pages about Python."""
    return json.loads(files["_live/manifest.json"])


def read(path):
    return json.loads(path.read_text(encoding="utf-8"))


def test_every_package_of_the_lock_lies_beside_it_with_its_hash(supply, out):
    live_site.write_live(out)
    lock = read(out / "pyodide" / "pyodide-lock.json")
    assert set(lock["packages"]) == {"numpy", "matplotlib", "python-dateutil", "anywidget", "lib"}
    for entry in lock["packages"].values():
        content = (out / "pyodide" / entry["file_name"]).read_bytes()
        assert hashlib.sha256(content).hexdigest() == entry["sha256"]


def test_what_a_page_loads_is_compiled_and_the_lock_has_the_hash_of_that(supply, out):
    live_site.write_live(out)
    numpy = read(out / "pyodide" / "pyodide-lock.json")["packages"]["numpy"]
    assert (out / "pyodide" / numpy["file_name"]).read_bytes() == b"compiled numpy"
    assert numpy["sha256"] == digest(b"compiled numpy")
    assert (out / "pyodide" / "python_stdlib.zip").read_bytes() == b"compiled zip"


def test_a_package_depends_only_on_what_is_there(supply, out):
    live_site.write_live(out)
    packages = read(out / "pyodide" / "pyodide-lock.json")["packages"]
    assert packages["matplotlib"]["depends"] == ["numpy", "python_dateutil"]
    assert packages["lib"]["depends"] == ["numpy"]
    assert packages["anywidget"]["depends"] == ["numpy"]


def test_the_real_lock_is_closed_and_agrees_with_the_pins():
    official = read(ROOT / "node_modules" / "pyodide" / "pyodide-lock.json")
    pins = pyodide_pins.read()
    packages = live_site.trimmed_lock(official, pins["files"])["packages"]
    wheels = {n for n, pin in pins["files"].items() if pin["kind"] != "core"}
    assert {entry["file_name"] for entry in packages.values()} == wheels
    for entry in packages.values():
        assert entry["sha256"] == pins["files"][entry["file_name"]]["sha256"]
        assert {live_site.canonical(name) for name in entry["depends"]} <= set(packages)


def test_the_manifest_names_what_the_worker_loads_and_no_more(supply, out):
    manifest = told(live_site.write_live(out))
    names = set(manifest["files"])
    wheel = next(name for name in names if name.startswith("watch_the_loss"))
    assert names == set(supply) | {wheel, "live.zip"}
    for name, facts in manifest["files"].items():
        content = (out / "pyodide" / name).read_bytes()
        assert facts["size"] == len(content)
        assert facts["sha256"] == hashlib.sha256(content).hexdigest()
        assert facts["transfer"] == facts["size"] or not name.endswith((".whl", ".zip"))
    assert manifest["files"]["pyodide.js"]["transfer"] < 100
    assert (manifest["python"], manifest["pyodide"]) == ("3.12.7", "0.27.7")


@pytest.fixture
def other_wheel(tmp_path):
    """Return the wheel of another ``lib``."""
    path = tmp_path / "watch_the_loss-0.1.0-0other-py3-none-any.whl"
    path.write_bytes(b"another lib")
    return path


def test_the_version_changes_with_any_file(supply, out, monkeypatch, other_wheel):
    before = told(live_site.write_live(out))["version"]
    assert told(live_site.write_live(out))["version"] == before
    monkeypatch.setattr(live_site, "lib_wheel", lambda: other_wheel)
    assert told(live_site.write_live(out))["version"] != before


def test_a_second_build_leaves_no_file_of_the_first(supply, out, monkeypatch, other_wheel):
    live_site.write_live(out)
    monkeypatch.setattr(live_site, "lib_wheel", lambda: other_wheel)
    manifest = told(live_site.write_live(out))
    assert len(list((out / "pyodide").glob("watch_the_loss*"))) == 1
    assert {path.name for path in (out / "pyodide").iterdir()} == set(manifest["files"])


def test_what_the_build_writes_never_changes_what_is_kept(supply, out):
    for _ in range(2):
        live_site.write_live(out)
    assert all(digest(path.read_bytes()) == path.name for path in supply.values())


def test_without_a_source_the_site_says_why_and_has_no_pyodide(supply, out):
    live_site.write_live(out)
    reason = "numpy.whl is in no source."
    assert told(live_site.write_live(out, reason)) == {"available": False, "reason": reason}
    assert not (out / "pyodide").exists()


def test_the_reason_is_the_words_of_whoever_looked_for_the_files(monkeypatch):
    def gather():
        raise pyodide_files.NotAvailable("numpy.whl is in no source.")

    monkeypatch.setattr(pyodide_files, "gather", gather)
    assert live_site.unavailable() == "numpy.whl is in no source."
    monkeypatch.setattr(pyodide_files, "gather", dict)
    assert live_site.unavailable() == ""


def test_the_list_of_what_may_be_stored_has_the_hash_of_every_file(supply, out):
    told = live_site.write_live(out)
    parts = {"_live/manifest.json": "_live/manifest.0.json", "_live/live.js": "_live/live.0.js"}
    (out / "_live").mkdir()
    (out / "_live" / "manifest.0.json").write_bytes(told["_live/manifest.json"])
    for name in ("_live/live.0.js", "page.html", "_images/plot.png", "lite/index.html"):
        (out / name).parent.mkdir(exist_ok=True)
        (out / name).write_text(name, encoding="utf-8")
    live_site.write_kept(out, parts)
    kept = read(out / "_live" / "kept.json")
    assert set(kept["parts"]) == set(parts.values())
    assert set(kept["seen"]) == {"page.html", "_images/plot.png"}
    assert {"pyodide/live.zip", "pyodide/pyodide.js"} <= set(kept["python"])
    for name, sha256 in (kept["python"] | kept["parts"] | kept["seen"]).items():
        assert hashlib.sha256((out / name).read_bytes()).hexdigest() == sha256
