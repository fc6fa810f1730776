"""Python's side of the page: what stands in for IPython, and what runs a cell.

A worker imports this as ``live`` and calls ``start`` once. Everything that leaves Python goes
through ``link.post``: outputs as nbformat has them, and the messages of widgets.
"""

import asyncio
import builtins
import importlib
import json
import os
import sys
import time
import warnings

from . import packages
from .cells import comm, history, interrupt, run
from .completion import complete
from .errors import ask, warn
from .ipython import BACKEND, Backend, get_ipython, inline_modules, ipython_modules, shell
from .outbox import Unstoppable, flush_streams, link, streams
from .outputs import display, draw_once, flush_figures
from .packages import unpack

__all__ = ["comm", "complete", "interrupt", "run", "start", "unpack", "waits_for", "warm"]


NAP = 0.1  # seconds of sleep between two looks at Stop
DRAWN = ("matplotlib.backends.backend_agg",)


def start(post, entries, fetch, stop=Unstoppable):
    """Make this Python the page's: called once, before anything else."""
    link.stop = stop
    packages.known = packages.Packages(json.loads(entries), fetch)
    link.post = post
    sys.meta_path[:] = [packages.known, *sys.meta_path, Backend]
    sys.modules.update({**ipython_modules(), **inline_modules()})
    sys.modules["IPython"].display = sys.modules["IPython.display"]
    os.environ |= {"MPLBACKEND": f"module://{BACKEND}", "JUPYTER_WIDGETS_ECHO": "0"}
    sys.stdout, sys.stderr = streams
    warnings.showwarning = warn
    builtins.input = ask
    time.sleep = slept(time.sleep)
    asyncio.Handle._run = watched(asyncio.Handle._run)
    shell.events.register("post_execute", flush_figures)
    names = shell.user_ns
    names |= {"get_ipython": get_ipython, "display": display, "exit": sys.exit, "quit": sys.exit}
    names |= {"In": history.inputs, "Out": history.results}


def slept(sleep):
    """Let what is printed be seen before Python sleeps, and Stop wake it."""

    def sleep_seen(seconds):
        flush_streams()
        link.outbox.flush()
        end = time.monotonic() + seconds
        while (left := end - time.monotonic()) > NAP:
            sleep(NAP)
            if link.stop.wanted():
                raise KeyboardInterrupt
        sleep(seconds if seconds < NAP else max(left, 0))

    return sleep_seen


def watched(run_handle):
    """Let the page know, and stop, what asyncio does while no cell waits for it."""

    def run_watched(handle):
        idle = not link.busy
        if idle:
            link.stop.task(True)
        try:
            run_handle(handle)
        except KeyboardInterrupt:
            interrupt()
        finally:
            if idle:
                flush_streams()
                link.outbox.flush()
                link.stop.task(False)

    return run_watched


def waits_for(code):
    """List the files that a cell must wait for; one that cannot be read waits for none."""
    try:
        return json.dumps(packages.known.files_for(code))
    except Exception:
        return "[]"


def warm(name):
    """Import something before anybody asks for it; a fault shows when somebody does."""
    try:
        importlib.import_module(name)
        if name in DRAWN:
            draw_once()
    except Exception:
        return False
    return True
