"""Python for the page comes from the first source with the right bytes, and from no other."""

import functools
import http.server
import json
import re
import subprocess
import sys
import threading
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from tools import fetch_pyodide
from web import pyodide_files as supply
from web import pyodide_pins
from web.files import digest, place

CORE, WASM, INDEX, KERNEL = "pyodide.js", "numpy.whl", "anywidget.whl", "kernel.whl"
CONTENT = {name: f"the bytes of {name}".encode() for name in (CORE, WASM, INDEX, KERNEL)}
KINDS = {CORE: "core", WASM: "wasm", INDEX: "index", KERNEL: "kernel"}
WRONG = b"other bytes"


class Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *words):
        """Say nothing."""


class World:
    """Every source in small: folders that stand for the mirror, the packages, the servers."""

    def __init__(self, folder):
        self.keep = folder / "keep"
        self.places = {
            "mirror": folder / "mirror",
            "core": folder / "node",
            "kernel": folder / "kernel",
            "network": folder / "cdn" / "pyodide" / "v9" / "full",
            "carrier": folder / "carrier" / "assets",
            "index": folder / "index",
        }
        for folder in self.places.values():
            folder.mkdir(parents=True)
        self.settings = {
            "network": "http://127.0.0.1:9/not-used",
            "carrier": {"requirement": "carrier==1", "folder": "assets"},
            "files": {
                name: {
                    "kind": KINDS[name],
                    "sha256": digest(content),
                    "requirement": "anywidget==1",
                }
                for name, content in CONTENT.items()
            },
        }

    def put(self, place, *names, content=None):
        """Let a source have files, with right or with other bytes."""
        for name in names:
            (self.places[place] / name).write_bytes(content or CONTENT[name])

    def gather(self):
        """Gather everything; return what was kept, by name."""
        kept = supply.gather(self.settings, self.keep)
        return {name: path.read_bytes() for name, path in kept.items()}


@pytest.fixture
def world(tmp_path, monkeypatch):
    world = World(tmp_path)
    server = http.server.ThreadingHTTPServer(
        ("127.0.0.1", 0), functools.partial(Quiet, directory=tmp_path / "cdn")
    )
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    address = f"http://127.0.0.1:{server.server_port}/pyodide/v9/full/"
    monkeypatch.setenv("PYODIDE_CDN", address)
    monkeypatch.setenv("PYODIDE_MIRROR", str(world.places["mirror"]))
    monkeypatch.setattr(
        supply, "INSTALLED", {"core": world.places["core"], "kernel": world.places["kernel"]}
    )

    def downloaded(requirement):
        if requirement == "anywidget==1":
            return next(world.places["index"].iterdir(), None)
        wheel = tmp_path / "carrier.whl"
        with zipfile.ZipFile(wheel, "w") as archive:
            for path in world.places["carrier"].iterdir():
                archive.write(path, f"assets/{path.name}")
        return wheel

    monkeypatch.setattr(supply, "downloaded", downloaded)
    yield world
    server.shutdown()
    server.server_close()


def test_each_kind_of_file_has_a_source_of_its_own(world):
    world.put("core", CORE)
    world.put("kernel", KERNEL)
    world.put("network", WASM)
    world.put("index", INDEX)
    assert world.gather() == CONTENT


def test_a_mirror_alone_is_enough(world, monkeypatch):
    monkeypatch.setenv("PYODIDE_CDN", "http://127.0.0.1:9/nobody-answers")
    world.put("mirror", *CONTENT)
    assert world.gather() == CONTENT


def test_what_was_kept_needs_no_source(world, monkeypatch):
    world.put("mirror", *CONTENT)
    world.gather()
    monkeypatch.delenv("PYODIDE_MIRROR")
    monkeypatch.setenv("PYODIDE_CDN", "http://127.0.0.1:9/nobody-answers")
    assert world.gather() == CONTENT


def test_the_carrier_is_asked_where_the_network_is_silent(world, monkeypatch):
    monkeypatch.setenv("PYODIDE_CDN", "http://127.0.0.1:9/nobody-answers")
    world.put("mirror", CORE, INDEX, KERNEL)
    world.put("carrier", WASM)
    assert world.gather() == CONTENT


def test_a_silent_network_is_asked_once(monkeypatch):
    monkeypatch.setenv("PYODIDE_CDN", "http://127.0.0.1:9/nobody-answers")
    asked = []

    def refuse(address, timeout):
        asked.append(address)
        raise ConnectionRefusedError

    monkeypatch.setattr(supply.urllib.request, "urlopen", refuse)
    network = supply.Network("unused")
    assert [network.read("a"), network.read("b")] == [None, None]
    assert len(asked) == 1


@pytest.mark.parametrize(
    ("name", "first", "then"),
    [
        (WASM, "mirror", "network"),
        (WASM, "network", "carrier"),
        (CORE, "core", "network"),
        (INDEX, "mirror", "index"),
        (KERNEL, "mirror", "kernel"),
    ],
)
def test_other_bytes_in_a_source_are_refused_and_the_next_is_asked(world, name, first, then):
    world.put("mirror", *(set(CONTENT) - {name}))
    world.put(first, name, content=WRONG)
    world.put(then, name)
    assert world.gather() == CONTENT


def test_a_damaged_file_that_was_kept_is_replaced(world):
    world.put("mirror", *CONTENT)
    world.gather()
    (world.keep / digest(CONTENT[WASM])).write_bytes(WRONG)
    assert world.gather() == CONTENT


def test_a_damaged_file_is_never_handed_out_where_no_source_has_a_sound_one(world):
    world.put("mirror", *CONTENT)
    world.gather()
    (world.keep / digest(CONTENT[WASM])).write_bytes(WRONG)
    world.put("mirror", WASM, content=WRONG)
    with pytest.raises(supply.NotAvailable, match=r"numpy\.whl has another hash in the mirror\."):
        world.gather()


def test_other_bytes_everywhere_are_named_in_one_line(world):
    world.put("mirror", CORE, INDEX, KERNEL)
    for source in ("mirror", "network", "carrier"):
        world.put(source, WASM, content=WRONG)
    with pytest.raises(supply.NotAvailable) as caught:
        world.gather()
    said = "numpy.whl has another hash in the mirror and in the network and in the carrier."
    assert str(caught.value) == said


def test_a_file_that_nobody_has_is_named(world):
    world.put("mirror", CORE, INDEX, KERNEL)
    with pytest.raises(supply.NotAvailable, match=r"^numpy\.whl is in no source\.$"):
        world.gather()


def test_the_program_says_in_one_line_that_nothing_is_available(monkeypatch, capsys, tmp_path):
    def gather():
        raise supply.NotAvailable("numpy.whl is in no source.")

    monkeypatch.setattr(supply, "gather", gather)
    monkeypatch.setattr(sys, "argv", ["fetch_pyodide.py", str(tmp_path)])
    assert fetch_pyodide.main() == 1
    said = capsys.readouterr().err
    assert said == "Python for the page is not available: numpy.whl is in no source.\n"


def test_a_later_build_does_not_write_through_a_name_in_the_site(tmp_path):
    kept, name = tmp_path / "kept", tmp_path / "site.whl"
    kept.write_bytes(b"first")
    other = tmp_path / "other"
    other.write_bytes(b"second")
    place(kept, name)
    place(other, name)
    assert (kept.read_bytes(), name.read_bytes()) == (b"first", b"second")


def test_a_distribution_is_downloaded_as_any_installer_would(tmp_path, monkeypatch):
    wheel = tmp_path / "tiny_thing-1.0-py3-none-any.whl"
    with zipfile.ZipFile(wheel, "w") as archive:
        archive.writestr("tiny_thing.py", "")
        archive.writestr(
            "tiny_thing-1.0.dist-info/METADATA",
            "Metadata-Version: 2.1\nName: tiny-thing\nVersion: 1.0\n",
        )
        archive.writestr("tiny_thing-1.0.dist-info/WHEEL", "Wheel-Version: 1.0\n")
        archive.writestr("tiny_thing-1.0.dist-info/RECORD", "")
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(tmp_path))
    assert supply.downloaded("tiny-thing==1.0").read_bytes() == wheel.read_bytes()
    assert supply.downloaded("tiny-thing==2.0") is None


def test_every_pin_is_a_hash_and_knows_where_to_look():
    for name, entry in pyodide_pins.read()["files"].items():
        assert re.fullmatch(r"[0-9a-f]{64}", entry["sha256"]), name
        assert entry["kind"] in ("core", "wasm", "index", "kernel"), name
        assert "requirement" in entry or entry["kind"] != "index", name


def test_the_pins_of_compiled_packages_are_those_of_the_official_lock():
    lock = json.loads(
        (ROOT / "node_modules" / "pyodide" / "pyodide-lock.json").read_text(encoding="utf-8")
    )
    official = {entry["file_name"]: entry["sha256"] for entry in lock["packages"].values()}
    pins = pyodide_pins.read()["files"]
    pinned = {name: pin["sha256"] for name, pin in pins.items() if pin["kind"] == "wasm"}
    assert pinned == {name: official[name] for name in pinned}


# ---- another Pyodide -----------------------------------------------------------------------------


def release(version, packages):
    """Return the files of a release in small."""
    return {
        "pyodide-lock.json": json.dumps({"packages": packages}).encode(),
        "pyodide.js": f"script of {version}".encode(),
    }


def test_pins_for_another_release_are_its_own_files_and_say_what_a_person_must_decide():
    old = {
        "pyodide": "1.0",
        "network": "https://example.org/v1.0/full",
        "carrier": {"requirement": "carrier==1"},
        "files": {
            "pyodide.js": {"kind": "core", "sha256": "old"},
            "pyodide-lock.json": {"kind": "core", "sha256": "old"},
            "pure_eval-1-py3-none-any.whl": {"kind": "wasm", "sha256": "old"},
            "gone-1-py3-none-any.whl": {"kind": "wasm", "sha256": "old"},
            "kept-1-py3-none-any.whl": {"kind": "index", "sha256": "kept"},
        },
    }
    facts = {"file_name": "pure_eval-2-py3.whl", "sha256": "new", "depends": ["Six", "kept"]}
    files = release("2.0", {"pure-eval": facts})
    new, remarks = pyodide_pins.pinned(old, "2.0", files)
    assert new["pyodide"] == "2.0" and new["network"] == "https://example.org/v2.0/full"
    assert new["carrier"] is None  # it carries the files of one release
    assert {name: pin["sha256"] for name, pin in new["files"].items()} == {
        "pyodide.js": digest(files["pyodide.js"]),
        "pyodide-lock.json": digest(files["pyodide-lock.json"]),
        "pure_eval-2-py3.whl": "new",
        "kept-1-py3-none-any.whl": "kept",
    }
    gone = "gone is no package of Pyodide 2.0: renamed, or to be pinned anew."
    assert remarks == [gone, "pure-eval names six, which is not pinned."]
    assert pyodide_pins.pinned(old, "2.0", files, known=[("pure-eval", "six")])[1] == [gone]


@pytest.fixture
def kept(tmp_path, monkeypatch):
    """Give a copy of the file of pins, which may be written."""
    path = tmp_path / "web" / "live" / "pins.json"
    path.parent.mkdir(parents=True)
    path.write_bytes(pyodide_pins.PINS.read_bytes())
    monkeypatch.setattr(pyodide_pins, "PINS", path)
    monkeypatch.setattr(fetch_pyodide, "ROOT", tmp_path)
    return path


def installed_files():
    """Return the files of the Pyodide that is installed."""
    folder = ROOT / "node_modules" / "pyodide"
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()}


@pytest.mark.parametrize("version", ["latest", "0.28", "v0.27.7", "../x", ""])
def test_what_is_no_version_is_refused_before_anybody_is_asked(version, kept, monkeypatch):
    monkeypatch.setattr(pyodide_pins.subprocess, "run", None)
    before = kept.read_bytes()
    with pytest.raises(SystemExit, match=r"must read like 0\.27\.7, got "):
        fetch_pyodide.repin(version)
    assert kept.read_bytes() == before


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("npm error code ETARGET\nnpm error notarget No match", "There is no pyodide@9.9.9"),
        ("npm error code E404\nnpm error 404 Not Found - GET", "There is no pyodide@9.9.9"),
        ("npm error code ECONNREFUSED\nnpm error syscall", "could not be asked .*: ECONNREFUSED"),
        ("no such program", "could not be asked .*: no such program"),
    ],
)
def test_a_release_that_is_not_there_is_told_from_a_registry_that_is_not_reached(
    said, told, monkeypatch
):
    refused = subprocess.CompletedProcess("npm", 1, stdout="", stderr=said)
    monkeypatch.setattr(pyodide_pins.subprocess, "run", lambda *command, **options: refused)
    with pytest.raises(SystemExit, match=rf"^(The registry of Node )?{told}"):
        pyodide_pins.release("9.9.9")


def test_a_release_without_a_file_of_the_core_changes_no_pin(kept, monkeypatch):
    files = {name: content for name, content in installed_files().items() if "asm.js" not in name}
    monkeypatch.setattr(pyodide_pins, "release", lambda version: files)
    before = kept.read_bytes()
    with pytest.raises(SystemExit, match=r"9\.9\.9 has no pyodide\.asm\.js.* No pin was changed"):
        fetch_pyodide.repin("9.9.9")
    assert kept.read_bytes() == before


def test_another_release_tells_only_what_it_changes_and_how_to_go_on(kept, monkeypatch, capsys):
    monkeypatch.setattr(pyodide_pins, "release", lambda version: installed_files())
    now = pyodide_pins.read()["pyodide"]
    assert fetch_pyodide.repin(now) == 0
    said = capsys.readouterr().out.splitlines()
    assert len(said) == 2 and said[1].endswith(f"pyodide@{now}")
    assert fetch_pyodide.remedy() == ""
    assert fetch_pyodide.repin("9.9.9") == 0
    decisions = [line for line in capsys.readouterr().out.splitlines() if "To decide" in line]
    assert len(decisions) == 2
    assert "for 9.9" in decisions[0] and "its own servers alone" in decisions[1]
    assert f"{now} is installed: .venv/bin/npm" in fetch_pyodide.remedy()


def test_the_release_that_is_installed_has_the_pins_that_are_committed():
    now = pyodide_pins.read()
    assert pyodide_pins.pinned(now, now["pyodide"], installed_files())[0] == now


def test_the_four_places_that_name_a_pyodide_agree():
    now = pyodide_pins.read()["pyodide"]
    package = json.loads((ROOT / "package.json").read_text("utf-8"))["devDependencies"]
    assert package["pyodide"] == now
    assert f"/v{now}/" in pyodide_pins.read()["network"]
    assert supply.series_of_kernel() == [now.rpartition(".")[0]]
    lite = json.loads((ROOT / "web" / "lite" / "jupyter-lite.json").read_text("utf-8"))
    settings = lite["jupyter-config-data"]["litePluginSettings"]
    (options,) = [setting["loadPyodideOptions"] for setting in settings.values()]
    pinned = {pyodide_pins.package_of(name) for name in pyodide_pins.read()["files"]} | {"lib"}
    assert {pyodide_pins.canonical(name) for name in options["packages"]} <= pinned
