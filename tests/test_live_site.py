"""What the build adds so that pages can run Python: whole, hashed, and nothing besides."""

import base64
import hashlib
import io
import json
import os
import re
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from tools import fetch_pyodide
from web import live_site

WHEELS = {
    "numpy-2-cp312-wasm32.whl": b"numpy",
    "matplotlib-3-cp312-wasm32.whl": b"matplotlib",
    "python_dateutil-2-py3-none-any.whl": b"dateutil",
    "anywidget-1-py3-none-any.whl": b"anywidget",
}


def official_entry(name, file_name, depends):
    return live_site.lock_entry(name, file_name, fetch_pyodide.digest(WHEELS[file_name]), depends)


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
    files = {name: {"sha256": fetch_pyodide.digest(part)} for name, part in contents.items()}
    for name, entry in files.items():
        entry["kind"] = "wasm" if name.endswith(".whl") else "core"
    files["anywidget-1-py3-none-any.whl"] |= {"kind": "index", "depends": ["numpy"]}
    groups = {"first": ["numpy", "lib"], "then": ["matplotlib", "anywidget"]}
    kept = {name: tmp_path / "keep" / entry["sha256"] for name, entry in files.items()}
    for name, path in kept.items():
        fetch_pyodide.store(path, contents[name])
    monkeypatch.setattr(fetch_pyodide, "pins", lambda: {"packages": groups, "files": files})
    monkeypatch.setattr(fetch_pyodide, "gather", lambda: kept)
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
    assert numpy["sha256"] == fetch_pyodide.digest(b"compiled numpy")
    assert (out / "pyodide" / "python_stdlib.zip").read_bytes() == b"compiled zip"


def test_a_package_depends_only_on_what_is_there(supply, out):
    live_site.write_live(out)
    packages = read(out / "pyodide" / "pyodide-lock.json")["packages"]
    assert packages["matplotlib"]["depends"] == ["numpy", "python_dateutil"]
    assert packages["lib"]["depends"] == ["numpy"]
    assert packages["anywidget"]["depends"] == ["numpy"]


def test_the_real_lock_is_closed_and_agrees_with_the_pins():
    official = read(ROOT / "node_modules" / "pyodide" / "pyodide-lock.json")
    pins = fetch_pyodide.pins()
    packages = live_site.trimmed_lock(official, pins["files"])["packages"]
    wheels = {n for n, pin in pins["files"].items() if pin["kind"] != "core"}
    assert {entry["file_name"] for entry in packages.values()} == wheels
    for entry in packages.values():
        assert entry["sha256"] == pins["files"][entry["file_name"]]["sha256"]
        assert {live_site.canonical(name) for name in entry["depends"]} <= set(packages)


def test_the_manifest_names_what_the_worker_loads_and_no_more(supply, out):
    live_site.write_live(out)
    manifest = read(out / "_live" / "manifest.json")
    names = set(manifest["files"])
    wheel = next(name for name in names if name.startswith("watch_the_loss"))
    assert names == set(supply) | {wheel}
    for name, facts in manifest["files"].items():
        content = (out / "pyodide" / name).read_bytes()
        assert facts["size"] == len(content)
        assert facts["sha256"] == hashlib.sha256(content).hexdigest()
        assert facts["transfer"] == facts["size"] or name in ("pyodide.js", "pyodide-lock.json")
    assert manifest["files"]["pyodide.js"]["transfer"] < 100
    assert (manifest["python"], manifest["pyodide"]) == ("3.12.7", "0.27.7")


def test_the_version_changes_with_any_file(supply, out, monkeypatch):
    live_site.write_live(out)
    before = read(out / "_live" / "manifest.json")["version"]
    live_site.write_live(out)
    assert read(out / "_live" / "manifest.json")["version"] == before
    files = live_site.lib_files()
    monkeypatch.setattr(live_site, "lib_files", lambda: {**files, "lib/new.py": b"x = 1\n"})
    live_site.write_live(out)
    assert read(out / "_live" / "manifest.json")["version"] != before


def test_a_second_build_leaves_no_file_of_the_first(supply, out, monkeypatch):
    live_site.write_live(out)
    files = live_site.lib_files()
    monkeypatch.setattr(live_site, "lib_files", lambda: {**files, "lib/new.py": b"x = 1\n"})
    live_site.write_live(out)
    assert len(list((out / "pyodide").glob("watch_the_loss*"))) == 1
    assert {path.name for path in (out / "pyodide").iterdir()} == set(
        read(out / "_live" / "manifest.json")["files"]
    )


def test_what_the_build_writes_never_changes_what_is_kept(supply, out):
    for _ in range(2):
        live_site.write_live(out)
    assert all(fetch_pyodide.digest(path.read_bytes()) == path.name for path in supply.values())


def test_without_a_source_the_site_says_why_and_has_no_pyodide(supply, out):
    live_site.write_live(out)
    live_site.write_live(out, "numpy.whl is in no source.")
    assert read(out / "_live" / "manifest.json") == {
        "available": False,
        "reason": "numpy.whl is in no source.",
    }
    assert not (out / "pyodide").exists()


def test_the_reason_is_the_words_of_whoever_looked_for_the_files(monkeypatch):
    def gather():
        raise fetch_pyodide.NotAvailable("numpy.whl is in no source.")

    monkeypatch.setattr(fetch_pyodide, "gather", gather)
    assert live_site.unavailable() == "numpy.whl is in no source."
    monkeypatch.setattr(fetch_pyodide, "gather", dict)
    assert live_site.unavailable() == ""


def wheel_files():
    name, content = live_site.lib_wheel()
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert archive.testzip() is None
        return name, {part: archive.read(part) for part in archive.namelist()}


def test_the_wheel_has_the_package_of_this_checkout_and_nothing_else():
    _, files = wheel_files()
    paths = [path for path in (ROOT / "lib").rglob("*") if path.is_file()]
    own = {
        path.relative_to(ROOT).as_posix(): path.read_bytes()
        for path in paths
        if "__pycache__" not in path.parts and ".ipynb_checkpoints" not in path.parts
    }
    about = {name for name in files if ".dist-info/" in name}
    assert {name: files[name] for name in set(files) - about} == own
    assert {Path(name).name for name in about} == {"METADATA", "WHEEL", "RECORD"}


def test_the_record_of_the_wheel_has_the_hash_of_each_file():
    _, files = wheel_files()
    record = next(content for name, content in files.items() if name.endswith("RECORD")).decode()
    lines = [line.rsplit(",", 2) for line in record.splitlines()]
    assert {name for name, _, _ in lines} == set(files)
    for name, code, size in lines[:-1]:
        padded = code.removeprefix("sha256=") + "="
        assert base64.urlsafe_b64decode(padded) == hashlib.sha256(files[name]).digest()
        assert int(size) == len(files[name])


def test_the_wheel_is_the_same_from_any_build_and_named_by_its_content(monkeypatch):
    first = live_site.lib_wheel()
    assert live_site.lib_wheel() == first
    assert re.fullmatch(r"watch_the_loss-[\d.]+-0[0-9a-f]{12}-py3-none-any\.whl", first[0])
    files = live_site.lib_files()
    changed = {**files, "lib/__init__.py": files["lib/__init__.py"] + b"\n"}
    monkeypatch.setattr(live_site, "lib_files", lambda: changed)
    assert live_site.lib_wheel()[0] != first[0]


def test_an_installer_accepts_the_wheel(tmp_path):
    name, content = live_site.lib_wheel()
    (tmp_path / name).write_bytes(content)
    options = ["--no-deps", "--no-index", "--quiet", "--target", tmp_path / "there"]
    command = [sys.executable, "-m", "pip", "install", *options, tmp_path / name]
    subprocess.run([str(part) for part in command], check=True)
    assert (tmp_path / "there" / "lib" / "course.mplstyle").exists()
    (about,) = (tmp_path / "there").glob("*.dist-info")
    assert "Requires-Dist: numpy" in (about / "METADATA").read_text(encoding="utf-8")


@pytest.fixture
def sources(tmp_path, monkeypatch):
    """Give scripts of another, smaller page."""
    folder = tmp_path / "sources"
    folder.mkdir()
    (folder / "live.js").write_text(
        'import { twice } from "./parts.js"; // said\n'
        'export const open = () => import("./editor.bundle.js").then((m) => m.size(twice(1)));\n'
    )
    (folder / "parts.js").write_text("export const twice = (x) => 2 * x;\n")
    (folder / "editor.js").write_text(
        'import { EditorState } from "@codemirror/state";\n'
        "export const size = (n) => EditorState.create({ doc: `${n}` }).doc.length;\n"
    )
    (folder / "live.py").write_text("x = 1\n")
    (folder / "live.css").write_text("p { color: red }\n")
    (folder / "sw.js").write_text("self.a = 1;\n")
    monkeypatch.setattr(live_site, "SOURCES", folder)
    monkeypatch.setattr(live_site, "CACHE", tmp_path / "cache")
    monkeypatch.setenv("NODE_PATH", str(ROOT / "node_modules"))
    return folder


def test_scripts_are_small_bundles_stand_alone_and_the_rest_is_copied(sources, out, supply):
    live_site.write_live(out)
    live = out / "_live"
    names = {path.name for path in live.iterdir()}
    assert {"live.js", "parts.js", "editor.bundle.js", "live.py", "live.css", "katex"} <= names
    assert not {"sw.js", "editor.js"} & names
    assert (out / "sw.js").read_text(encoding="utf-8").startswith("self.a=1")
    assert "said" not in (live / "live.js").read_text(encoding="utf-8")
    (live / "package.json").write_text('{"type": "module"}')
    script = f"import('{live / 'live.js'}').then((m) => m.open()).then(console.log)"
    answer = subprocess.run(["node", "-e", script], capture_output=True, text=True, check=True)
    assert answer.stdout.strip() == "1"


def test_scripts_are_made_once_and_again_after_a_change(sources, out, supply, monkeypatch):
    runs = []
    run_esbuild = live_site.run_esbuild

    def counted(*words):
        runs.append(words)
        run_esbuild(*words)

    monkeypatch.setattr(live_site, "run_esbuild", counted)
    live_site.write_live(out)
    first = len(runs)
    live_site.write_live(out)
    assert len(runs) == first
    (sources / "parts.js").write_text("export const twice = (x) => x + x;\n")
    live_site.write_live(out)
    assert len(runs) == 2 * first
    assert "+" in (out / "_live" / "parts.js").read_text(encoding="utf-8")


def test_scripts_of_long_ago_are_dropped(sources, out, supply):
    live_site.write_live(out)
    (old,) = (live_site.CACHE / "scripts").iterdir()
    (sources / "parts.js").write_text("export const twice = (x) => x + x;\n")
    live_site.write_live(out)
    assert old.exists()
    os.utime(old, (0, 0))
    (sources / "parts.js").write_text("export const twice = (x) => x * 2;\n")
    live_site.write_live(out)
    assert not old.exists()


def test_a_script_that_cannot_be_read_stops_the_build(sources, out, supply, capfd):
    (sources / "parts.js").write_text("export const = ;\n")
    with pytest.raises(subprocess.CalledProcessError):
        live_site.write_live(out)
    assert "parts.js" in capfd.readouterr().err
    assert not list((live_site.CACHE / "scripts").glob("????????????????"))


def test_what_works_offline_is_there(sources, out, supply):
    (out / "_explorables").mkdir()
    (out / "_explorables" / "fit_line.js").touch()
    (out / "_explorables" / "package.json").touch()
    live_site.write_live(out)
    listed = read(out / "_live" / "manifest.json")["offline"]
    assert {"editor.bundle.js", "katex/katex.css", "../_explorables/fit_line.js"} <= set(listed)
    assert not [name for name in listed if name.endswith((".json", ".txt"))]
    assert all((out / "_live" / name).exists() for name in listed)


def test_every_character_of_a_formula_has_its_font(sources, out, supply):
    live_site.write_live(out)
    katex = out / "_live" / "katex"
    fonts = ROOT / "node_modules" / "katex" / "dist" / "fonts"
    named = set(re.findall(r"fonts/([\w-]+\.woff2)", (katex / "katex.css").read_text()))
    assert named == {path.name for path in fonts.glob("*.woff2")}
    assert all((katex / "fonts" / n).read_bytes() == (fonts / n).read_bytes() for n in named)
