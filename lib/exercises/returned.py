"""Run one returned notebook: in a process and a folder of its own, with limits.

What comes back is answers and what functions did; nothing in it is believed. It is judged by this
package, outside of that process, so that whoever edits a check gains nothing.
"""

import ast
import contextlib
import json
import os
import shutil
import sys
import tempfile
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from queue import Empty

import nbformat
import psutil
from jupyter_client.kernelspec import KernelSpec, KernelSpecManager
from jupyter_client.manager import AsyncKernelManager
from traitlets import List

from lib.exercises import probes
from lib.exercises.assignment import KEY, SETUP, check_source
from lib.exercises.hand_in import typed_text

MOST_COPIED = 50 * 2**20  # bytes of data beside a notebook
GRACE = 3.0  # seconds for what must not take long
MOST_READ = 20 * 2**20  # bytes of what a function did
TAKEN = ("answer", "check")  # names that belong to the assignment


@dataclass(frozen=True)
class Limits:
    """What one notebook may use."""

    seconds: float = 20.0  # of a processor, for a cell and for each function that is checked
    total: float = 300.0  # on the clock
    megabytes: int = 2000


@dataclass
class Returned:
    """What one file held."""

    path: Path
    name: str = ""
    answers: dict = field(default_factory=dict)  # text, by question
    runs: dict = field(default_factory=dict)  # what functions did, by question
    notes: list = field(default_factory=list)

    @property
    def is_notebook(self):
        """Whether the file could be read as a notebook."""
        return "not a notebook" not in self.notes


# ---------------------------------------------------------------------------------------------
# Reading, without running
# ---------------------------------------------------------------------------------------------


def read(path):
    """Read a notebook; None where the file is none."""
    try:
        if path.stat().st_size > MOST_COPIED:
            return None
        with open(path, encoding="utf-8") as file:
            notebook = nbformat.read(file, as_version=4)
        nbformat.validate(notebook)
    except Exception:  # whatever a stranger's file makes the reader raise
        return None
    return notebook if any(cell.cell_type == "code" for cell in notebook.cells) else None


def about(notebook):
    """Tell which assignment a notebook is: its questions and the number of the instance."""
    told = notebook.metadata.get(KEY, {})
    ids, number = told.get("questions"), told.get("instance")
    fine = isinstance(ids, list) and all(isinstance(id, str) for id in ids)
    return (tuple(ids), number) if fine and isinstance(number, int) else None


def code_cells(notebook):
    """List the sources of the code cells that Python can read, with their numbers."""
    for number, cell in enumerate(notebook.cells, 1):
        if cell.cell_type == "code":
            yield number, cell.source


def trees(notebook):
    """Parse the code cells; those with IPython's own syntax, or with errors, are left out."""
    for _, source in code_cells(notebook):
        with contextlib.suppress(SyntaxError, ValueError, RecursionError, MemoryError):
            yield ast.parse(source)


def written_answers(notebook):
    """Find the answers that are written down as they are: they count where nothing can be run."""
    found = {}
    for tree in trees(notebook):
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "answer":
                found.update(_literal_answer(node))
    return found


def _literal_answer(node):
    """Read ``answer("id", literal)``; nothing where it is computed."""
    try:
        id, typed = (ast.literal_eval(argument) for argument in node.args)
    except ValueError:
        return {}
    text = typed_text(typed)
    return {str(id): text} if text.strip() else {}


def written_name(notebook):
    """Find the name that is written into ``name = "..."``."""
    for tree in trees(notebook):
        for node in tree.body:
            targets = node.targets if isinstance(node, ast.Assign) else []
            if [getattr(target, "id", "") for target in targets] == ["name"] and _text(node.value):
                return _text(node.value)
    return ""


def _text(node):
    """Read a text on one line."""
    value = getattr(node, "value", "")
    return " ".join(value.split())[:80] if isinstance(value, str) else ""


def tampering(notebook, questions):
    """Say what was changed around the checks."""
    sources = {source.strip() for _, source in code_cells(notebook)}
    changed = [one.id for one in questions if one.kind == "code"]
    changed = [id for id in changed if not any(f'check("{id}"' in text for text in sources)]
    notes = [f"the check of {id} was changed or removed" for id in changed]
    notes += [] if SETUP in sources else ["the cell that imports the checks was changed"]
    replaced = sorted({name for tree in trees(notebook) for name in _replaced(tree)})
    return notes + [f"replaces {name}" for name in replaced]


def _replaced(tree):
    """List names of ours that a cell gives another meaning, and modules of ours it writes to."""
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and node.name in TAKEN:
            yield node.name
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store) and node.id in TAKEN:
            yield node.id
        if isinstance(node, ast.ImportFrom | ast.Import) and _is_foreign(node):
            yield from {alias.asname or alias.name for alias in node.names} & set(TAKEN)
        if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store):
            yield from _ours(ast.unparse(node))
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "setattr":
            yield from _ours(ast.unparse(node.args[0]) if node.args else "")


def _is_foreign(node):
    """Whether an import takes from elsewhere than the assignment does."""
    return getattr(node, "module", "") != "lib.exercises"


def _ours(text):
    """Give the text of an attribute back where it is of this package's machinery."""
    parts = text.split(".")
    if {"exercises", "probes", "hand_in"} & set(parts) or parts[0] in ("lib", "code", *TAKEN):
        yield text


# ---------------------------------------------------------------------------------------------
# Running
# ---------------------------------------------------------------------------------------------


async def run(path, questions, limits):
    """Read a returned file and run it."""
    returned = Returned(path)
    notebook = read(path)
    if notebook is None:
        returned.notes.append("not a notebook")
        return returned
    returned.name = written_name(notebook)
    returned.notes += tampering(notebook, questions)
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        room = _room(Path(folder), path)
        try:
            await _run_in(room, notebook, questions, limits, returned)
        except Exception as error:  # of the machinery; the others are collected all the same
            returned.notes.append(f"could not be run: {type(error).__name__}")
    returned.answers = {**written_answers(notebook), **returned.answers}
    return returned


def _room(folder, path):
    """Make a folder for one notebook: a copy of the data beside it, a home, a place for notes."""
    for name in ("work", "home", "tmp", "notes"):
        (folder / name).mkdir()
    left = MOST_COPIED
    for file in sorted(path.parent.iterdir()):
        is_data = file.is_file() and not file.is_symlink() and not file.name.startswith(".")
        if is_data and file.suffix != ".ipynb" and file.stat().st_size <= left:
            left -= file.stat().st_size
            shutil.copy(file, folder / "work" / file.name)
    shutil.copy(path, folder / "work" / path.name)
    for file in _font_lists():
        shutil.copy(file, folder / "home" / file.name)
    return folder


def _font_lists():
    """Find what matplotlib knows of fonts already: it takes seconds to find out."""
    own = os.environ.get("MPLCONFIGDIR") or Path.home() / ".cache" / "matplotlib"
    return list(Path(own).glob("fontlist-*.json"))


def _environment(room):
    """List what the process may know of this machine."""
    kept = ("PATH", "SYSTEMROOT", "LANG", "LC_ALL", "VIRTUAL_ENV", "PYTHONPATH", "WINDIR")
    home = {name: str(room / "home") for name in ("HOME", "USERPROFILE", "APPDATA", "MPLCONFIGDIR")}
    temporary = {name: str(room / "tmp") for name in ("TMPDIR", "TEMP", "TMP")}
    threads = {f"{name}_NUM_THREADS": "1" for name in ("OMP", "OPENBLAS", "MKL")}
    quiet = {"PYTHONDONTWRITEBYTECODE": "1", "MPLBACKEND": "agg", "IPYTHONDIR": str(room / "home")}
    return {
        **{name: os.environ[name] for name in kept if name in os.environ},
        **{**home, **temporary, **threads, **quiet},
    }


class _Guarded(KernelSpecManager):
    """Start kernels by way of the guard."""

    argv = List()

    def get_kernel_spec(self, kernel_name):
        """Give the one way to start a kernel."""
        return KernelSpec(argv=self.argv, language="python", display_name="Python, guarded")


class Kernel:
    """A process that runs cells, one after the other, for as long as it is allowed to."""

    @classmethod
    async def started(cls, room, hidden, limits):
        """Start a process and wait until it listens."""
        kernel = cls(room, hidden, limits)
        await kernel.manager.start_kernel(cwd=str(room / "work"), env=_environment(room))
        kernel.watch = _Watch(kernel.manager.provisioner.pid, limits.megabytes)
        kernel.client = kernel.manager.client()
        kernel.client.start_channels()
        try:
            await kernel.client.wait_for_ready(timeout=120)
        except BaseException:
            await kernel.close()
            raise
        return kernel

    def __init__(self, room, hidden, limits):
        self.limits, self.end = limits, time.monotonic() + limits.total
        settings = {
            "folder": str(room),
            "hidden": str(hidden),
            "log": str(room / "notes" / "refused.txt"),
            "megabytes": limits.megabytes,
        }
        guard = Path(__file__).with_name("guard.py")
        argv = [sys.executable, str(guard), json.dumps(settings), "-f", "{connection_file}"]
        self.manager = AsyncKernelManager(
            connection_file=str(room / "notes" / "kernel.json"),
            kernel_spec_manager=_Guarded(argv=argv),
        )

    async def close(self):
        """End the process, whatever it is doing."""
        self.watch.stop()
        self.client.stop_channels()
        with contextlib.suppress(Exception):
            await self.manager.shutdown_kernel(now=True)

    async def is_alive(self):
        """Whether the process is there."""
        return await self.manager.is_alive()

    async def execute(self, source, seconds):
        """Run a cell; return what went wrong with it, empty where nothing did."""
        message = self.client.execute(source, allow_stdin=False, stop_on_error=False)
        reply = await self._reply(message, seconds)
        if reply is None and await self.is_alive():
            await self.manager.interrupt_kernel()
            if await self._reply(message, GRACE) is None:
                await self.manager.shutdown_kernel(now=True)
            return "time"
        if reply is None:
            return "memory" if self.watch.killed else "ended"
        error = reply["content"].get("ename", "")
        return "memory" if error == "MemoryError" else error

    async def _reply(self, message, seconds):
        """Wait for the reply to a message; None where the time is up or the process is gone."""
        begun, started = self.watch.processor_seconds(), time.monotonic()
        while time.monotonic() < self.end + GRACE:
            used = self.watch.processor_seconds() - begun
            if probes.spent(used, time.monotonic() - started) > seconds:
                return None
            try:
                reply = await self.client.get_shell_msg(timeout=0.25)
            except Empty:
                if not await self.is_alive():
                    return None
                continue
            if reply["parent_header"].get("msg_id") == message:
                return reply
        return None


class _Watch:
    """Look at a process from outside; kill it where it holds too much and its system lets it."""

    def __init__(self, pid, megabytes):
        self.over, self.killed, self.process = threading.Event(), False, psutil.Process(pid)
        self.thread = threading.Thread(target=self._look, args=(megabytes,), daemon=True)
        self.thread.start()

    def _look(self, megabytes):
        """Look four times a second."""
        with contextlib.suppress(psutil.Error):
            while not self.over.wait(0.25):
                if self.process.memory_info().rss > megabytes * 2**20:
                    self.killed = True
                    self.process.kill()

    def processor_seconds(self):
        """How long a processor has worked for the process."""
        with contextlib.suppress(psutil.Error):
            times = self.process.cpu_times()
            return times.user + times.system
        return 0.0

    def stop(self):
        """End the watch."""
        self.over.set()


WORDS = {
    "time": "did not end within {seconds:g} s",
    "memory": "needs more than {megabytes} MB of memory",
    "ended": "ends the kernel",
}


def _said(limits, what):
    """Say what went wrong."""
    words = WORDS.get(what, f"stops with {what}")
    return words.format(seconds=limits.seconds, megabytes=limits.megabytes)


async def _run_in(room, notebook, questions, limits, returned):
    """Run the cells, then the functions, and take the answers along."""
    kernel = await Kernel.started(room, returned.path.parent, limits)
    try:
        await _run_cells(kernel, notebook, questions, returned)
        for question in (one for one in questions if one.kind == "code"):
            await _run_function(kernel, room, question, returned)
        await _take_answers(kernel, room, returned)
    finally:
        await kernel.close()
    _read_refusals(room, returned)


async def _run_cells(kernel, notebook, questions, returned):
    """Run the cells, but for our own checks: those functions are run afterwards."""
    checks = {check_source(one) for one in questions if one.kind == "code"}
    for number, source in code_cells(notebook):
        if source.strip() in checks or not source.strip():
            continue
        wrong = await kernel.execute(source, kernel.limits.seconds)
        if wrong:
            returned.notes.append(f"cell {number} {_said(kernel.limits, wrong)}")
        if not await kernel.is_alive() or time.monotonic() > kernel.end:
            return


# A fresh copy of the module, whatever the notebook did to the one that it imported.
AGENT = """
def _():
    import importlib.util, json, sys
    spec = importlib.util.spec_from_file_location("_fresh_probes", {module!r})
    probes = importlib.util.module_from_spec(spec)
    sys.modules["_fresh_probes"] = probes
    spec.loader.exec_module(probes)
    calls = probes.unpacked_calls(json.loads({calls!r}))
    done = probes.run({name}, calls, seconds={seconds!r})
    with open({out!r}, "w", encoding="utf-8") as file:
        json.dump(done.packed(), file)
_()
"""

ANSWERS = """
def _():
    import json
    from lib.exercises.hand_in import GIVEN
    with open({out!r}, "w", encoding="utf-8") as file:
        json.dump({{str(id): str(text)[:2000] for id, text in GIVEN.items()}}, file)
_()
"""


async def _run_function(kernel, room, question, returned):
    """Let the process call a function with our inputs, and read what it did."""
    out = room / "notes" / f"{question.id}.json"
    source = AGENT.format(
        module=probes.__file__,
        calls=json.dumps(probes.packed_calls(question.calls)),
        name=question.name,
        seconds=kernel.limits.seconds,
        out=str(out),
    )
    if not await kernel.is_alive():
        return
    wrong = await kernel.execute(source, kernel.limits.seconds + 5)
    if wrong and wrong != "NameError":
        returned.notes.append(f"{question.name} {_said(kernel.limits, wrong)}")
    with contextlib.suppress(Exception):  # a stranger's text
        returned.runs[question.id] = probes.Run.unpacked(_json(out))


async def _take_answers(kernel, room, returned):
    """Read the answers that were computed."""
    out = room / "notes" / "answers.json"
    if await kernel.is_alive():
        await kernel.execute(ANSWERS.format(out=str(out)), kernel.limits.seconds)
    with contextlib.suppress(Exception):  # a stranger's text
        returned.answers.update({str(id): str(text) for id, text in _json(out).items()})


def _json(path):
    """Read a file of moderate size."""
    if path.stat().st_size > MOST_READ:
        raise ValueError("too large")
    return json.loads(path.read_text(encoding="utf-8"))


def _read_refusals(room, returned):
    """Note what the guard refused."""
    with contextlib.suppress(OSError):
        lines = (room / "notes" / "refused.txt").read_text(encoding="utf-8").splitlines()
        returned.notes += [f"tried to {line[:120]}" for line in dict.fromkeys(lines[:20])][:3]
