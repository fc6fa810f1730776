"""A cell, from its text to its result."""

import ast
import asyncio
import json
import linecache
import re
import traceback

from pyodide.code import CodeRunner

from .errors import UsageError, error_line, error_output
from .ipython import no_magic, shell
from .outbox import link
from .outputs import flush_figures, format_object, method_of
from .widgets import comm_message

HARMLESS = re.compile(r"^(\s*)%(?:matplotlib|config|load_ext|autoreload)\b.*$", re.MULTILINE)
MAGIC = re.compile(r"^\s*(?:(?:\w[\w, ]*=\s*)?(%%?[A-Za-z]\w*.*|!.+)|(\?+\s*\w.*|\w[\w.]*\s*\?+))$")
TOP_LEVEL_AWAIT = ast.PyCF_ALLOW_TOP_LEVEL_AWAIT


def parsed(code, name):
    """Return text and tree of a cell; name the line that is not Python but Jupyter's."""
    try:
        flags = ast.PyCF_ONLY_AST | TOP_LEVEL_AWAIT
        return code, compile(code, name, "exec", flags, dont_inherit=True)
    except SyntaxError:
        quiet = HARMLESS.sub(r"\1pass", code)
        if quiet != code:
            return parsed(quiet, name)
        for number, line in enumerate(code.splitlines(), 1):
            if MAGIC.match(line):
                raise usage_error(line, number) from None
        raise


def usage_error(line, number):
    """Make the error for a line that belongs to Jupyter."""
    error = UsageError(no_magic(line))
    error.line = number
    return error


async def evaluate(code, name, names):
    """Run a cell; return the value of its last expression, unless a semicolon keeps it quiet."""
    source, tree = parsed(code, name)
    runner = CodeRunner(source, filename=name, flags=TOP_LEVEL_AWAIT, dont_inherit=True)
    runner.ast = tree  # of the text as it is: Pyodide's own empties blank lines, in strings too
    return await runner.compile().run_async(names)


class History:
    """The cells that have run: their names, their results, their text for tracebacks."""

    def __init__(self):
        self.results = {}
        self.inputs = [""]
        self.last = None

    def name(self, label, code):
        """Give the code of a run its name, by which tracebacks find its lines."""
        name = f"<{label}#{shell.execution_count}>"
        linecache.cache[name] = (len(code), None, code.splitlines(True), name)
        return name

    def keep(self, value, names):
        """Let cells find a result as ``_`` and in ``Out``, unless ``_`` is the reader's own."""
        if names.get("_") is self.last:
            names["_"] = self.last = value
        self.results[shell.execution_count] = value


history = History()


def run(parent, text, pixel_ratio):
    """Run one cell, ``text`` being its code and its label; return what awaits its end."""
    link.begin(parent)
    link.pixel_ratio = pixel_ratio
    code, label = json.loads(text)
    return run_cell(code, label)


async def run_cell(code, label):
    """Run one cell, show what it shows, and return how it ended."""
    link.task = asyncio.current_task()
    shell.execution_count += 1
    history.inputs.append(code)
    name = history.name(label, code)
    try:
        ended = await attempt(code, name)
    except BaseException as error:  # at the very end: Stop, or something that cannot be sent
        ended = failed(error, name)
        link.end()
    return json.dumps({**ended, "execution_count": shell.execution_count})


async def attempt(code, name):
    """Run a cell and show its end; Stop may come at any moment of this."""
    ended = {"status": "ok"}
    try:
        value = await evaluate(code, name, shell.user_ns)
        if value is not None:
            show_result(value)
        flush_figures()
    except BaseException as error:
        ended = failed(error, name)
    return ended if link.end() or ended["status"] == "stopped" else {"status": "error"}


def failed(error, name):
    """Say how a cell ended that did not end well: the reader has stopped it, or it has failed."""
    if link.stop.stopped():
        return {"status": "stopped", "line": line_of(error, name)}
    trouble = error_output(error, name)
    shell.events.trigger("post_execute")  # what was drawn before the error comes before it
    link.output("error", **trouble)
    return {"status": "error"}


def line_of(error, name):
    """Return the line of a cell at which it was stopped, or nothing."""
    return error_line(error, traceback.TracebackException.from_exception(error), name)


def interrupt():
    """Stop a cell that awaits something; where no cell runs, the tasks that go on without."""
    loop = asyncio.get_event_loop()
    for task in [link.task] if link.task is not None else asyncio.all_tasks(loop):
        task.cancel()


def show_result(value):
    """Show the value of a cell's last expression."""
    history.keep(value, shell.user_ns)
    show = method_of(value, "_ipython_display_")
    if show:
        show()
        return
    data, metadata = format_object(value)
    link.output(
        "execute_result", data=data, metadata=metadata, execution_count=shell.execution_count
    )


def comm(parent, text, buffers):
    """Handle one message of the page to a widget, and show what that shows."""
    link.begin(parent)
    try:
        comm_message(json.loads(text), buffers)
        link.end()
    except BaseException as error:
        if not link.stop.stopped():
            link.output("error", **error_output(error, parent))
        link.end()
