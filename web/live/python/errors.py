"""What went wrong, in plain lines and from the reader's own code only."""

import re
import sys
import traceback
import warnings
from pathlib import Path

from pyodide.code import CodeRunner

from . import packages
from .outbox import shortened

ELSEWHERE = "JupyterLite (the chapter's menu) or Jupyter on your own machine"
PLACE = re.compile(r'File "<([^"<>]*)#\d+>", line (\d+)(?:, in <module>)?')
NAME = re.compile(r"<([^<>]*)#\d+>")


class UsageError(Exception):
    """Something that belongs to another place than this page."""


class StdinNotImplementedError(RuntimeError):
    """A question that nobody can be asked."""


UsageError.__module__ = StdinNotImplementedError.__module__ = "builtins"  # no prefix for readers


def error_output(error, name):
    """Return an exception as an output; some cannot be read at all, and end no Python for that."""
    try:
        return readable(error, name)
    except Exception:
        ename = type.__dict__["__name__"].__get__(type(error))
        return {"ename": ename, "evalue": shortened(told(error), 2000), "traceback": []}


def readable(error, name):
    """Return an exception as an output: in plain lines, from the reader's own code only."""
    report = traceback.TracebackException.from_exception(error, compact=True)
    line = error_line(error, report, name)
    keep_own_frames(report)
    text = PLACE.sub(r"\1, line \2", "".join(report.format()))
    if isinstance(error, ModuleNotFoundError):
        text = text.replace(str(error), first_line(error))
    message = first_line(error) if isinstance(error, ModuleNotFoundError) else told(error)
    found = {"line": line} if line else {}
    advice = hint(error)
    return {
        "ename": type(error).__name__,
        "evalue": shortened(message, 2000),
        "traceback": shortened(text.rstrip("\n"), 20_000).split("\n"),
        **found,
        **({"hint": advice} if advice else {}),
    }


def told(error):
    """Return what an exception says; some cannot even say that."""
    try:
        return NAME.sub(r"\1", str(error))
    except Exception:
        return "(the error has no readable text)"


def first_line(error):
    """Return the first line of what an exception says: the rest is not for readers of a page."""
    return told(error).partition("\n")[0]


#: Where the frames lie that run a cell: this package, and Pyodide's part in it.
OURS = (str(Path(__file__).parent), CodeRunner.run_async.__code__.co_filename)


def own(frame):
    """Tell whether a frame is a reader's own code."""
    return frame.filename.startswith("<") and "#" in frame.filename


def keep_own_frames(report):
    """Take the frames of libraries out of a report, and out of those that it came from."""
    reports = [report]
    while reports:  # there may be thousands
        one = reports.pop()
        others = [frame for frame in one.stack if not frame.filename.startswith(OURS)]
        one.stack[:] = [frame for frame in others if own(frame)] or others
        earlier = (one.__cause__, one.__context__, *(one.exceptions or ()))
        reports += [each for each in earlier if each is not None]


def error_line(error, report, name):
    """Return the line of this cell at which it went wrong."""
    if isinstance(error, SyntaxError) and error.filename == name:
        return error.lineno
    lines = [frame.lineno for frame in report.stack if frame.filename == name]
    return lines[-1] if lines else getattr(error, "line", None)


def hint(error):
    """Return a friendly word about a common error, or nothing."""
    for kind, advise in HINTS.items():
        if isinstance(error, kind):
            return advise(error)
    return ""


def about_name(error):
    """Say where a missing name may come from, if Python has missed one."""
    return error.name and (
        f"{error.name} has no value yet. If a cell above gives it one, run the cells above first; "
        "otherwise look at the spelling."
    )


def about_module(error):
    """Say which packages there are, and where there are more."""
    known = {*packages.known.by_import}
    if (error.name or "").partition(".")[0] in known | sys.stdlib_module_names:
        return ""
    shown = sorted({"numpy", "matplotlib", "ipywidgets", "lib"} & known)
    return (
        f"This page has {', '.join(shown)} and Python's own library. "
        f"For any other package use {ELSEWHERE}."
    )


def about_memory(error):
    """Say what to do about too much data."""
    return "The page has no memory left for that: make the arrays smaller, or press Restart."


def about_import(error):
    """Say that a part of IPython is not here."""
    return f"For this use {ELSEWHERE}." if (error.name or "").startswith("IPython") else ""


HINTS = {
    ModuleNotFoundError: about_module,
    ImportError: about_import,
    UnboundLocalError: lambda error: "",
    NameError: about_name,
    MemoryError: about_memory,
    RecursionError: lambda error: "A function calls itself without end: which call should stop?",
    SystemExit: lambda error: "exit() only ends this cell here; the variables are kept.",
    KeyboardInterrupt: lambda error: "",
    IndentationError: lambda error: "Lines of one block begin in the same column.",
}


def warn(message, category, filename, lineno, file=None, line=None):
    """Print a warning to the stream of errors, in the words of the page."""
    text = warnings.formatwarning(message, category, filename, lineno, line)
    (file or sys.stderr).write(re.sub(r"^<([^<>]*)#\d+>:(\d+):", r"\1, line \2:", text))


def ask(prompt=""):
    """Refuse to ask a question."""
    raise StdinNotImplementedError(
        "input() has nobody to ask in this page: write the answer into the code, as in "
        'name = "Ada".'
    )
