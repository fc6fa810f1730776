"""What libraries ask IPython for: the shell, and the modules under IPython's names."""

import importlib
import sys
import types
from importlib.machinery import ModuleSpec
from pathlib import Path

from . import outputs
from .errors import ELSEWHERE, UsageError, error_output
from .outbox import MOST_ERRORS, link

BACKEND = "matplotlib_inline.backend_inline"


def no_magic(line):
    """Say that a line belongs to Jupyter."""
    kind = "shell command" if line.lstrip().startswith("!") else "Jupyter command"
    help_too = " For help, write help(name)." if "?" in line else ""
    return (
        f"{line.strip()!r} is a {kind}, not Python. Leave the line out, or use {ELSEWHERE}."
        f"{help_too}"
    )


class Events:
    """Who wants to know that something has run."""

    def __init__(self):
        self.callbacks = {}

    def register(self, event, callback):
        """Call a function at each event of this name."""
        self.callbacks.setdefault(event, [])
        if callback not in self.callbacks[event]:
            self.callbacks[event].append(callback)

    def unregister(self, event, callback):
        """Stop calling it."""
        self.callbacks[event].remove(callback)

    def trigger(self, event, *args):
        """Call all of them and tell whether none failed; one that does keeps no other from it."""
        went_well = True
        for callback in list(self.callbacks.get(event, ())):
            try:
                callback(*args)
            except BaseException:
                if link.stop.stopped():
                    raise
                went_well = False
                shell.showtraceback()
        return went_well


class Kernel:
    """The little of a kernel that widgets look at."""

    comm_manager = None

    @property
    def _parent_header(self):
        return self.get_parent()

    def get_parent(self, channel=None):
        """Return the message that is being worked for."""
        return {"header": {"msg_id": link.parent}}


class DisplayFormatter:
    """IPython's name for what makes mime bundles."""

    format = staticmethod(outputs.format_object)


class Shell:
    """What ``get_ipython()`` returns."""

    def __init__(self):
        self.events, self.kernel, self.display_formatter = Events(), Kernel(), DisplayFormatter()
        self.display_pub = types.SimpleNamespace(publish=outputs.publish_display_data)
        self.config = {}
        self.execution_count = 0

    @classmethod
    def instance(cls, *args, **kwargs):
        """Return the one shell."""
        return shell

    @classmethod
    def initialized(cls):
        """Say that there is one."""
        return True

    @property
    def user_ns(self):
        """The names of the cells."""
        return vars(sys.modules["__main__"])

    def showtraceback(self, exc_tuple=None, *args, **kwargs):
        """Show what went wrong below the cell, unless that is told and told again."""
        link.errors += 1
        if link.errors <= MOST_ERRORS:
            link.output("error", **error_output((exc_tuple or sys.exc_info())[1], link.parent))

    def register_magic_function(self, *args, **kwargs):
        """Take no magics: there are none."""

    def run_line_magic(self, name, line, *args, **kwargs):
        """Refuse a magic in words."""
        raise UsageError(no_magic(f"%{name} {line}".strip()))

    def run_cell_magic(self, name, line, cell):
        """Refuse a magic in words."""
        raise UsageError(no_magic(f"%%{name} {line}".strip()))

    def enable_gui(self, gui=None):
        """Have no windows."""

    def enable_matplotlib(self, gui=None):
        """Have figures below the cells, as always."""


shell = Shell()
link.after_cell = lambda: shell.events.trigger("post_execute")


def get_ipython():
    """Return the shell, as IPython does."""
    return shell


def ipython_modules():
    """Return the modules under IPython's names, without IPython."""
    shown = {
        name: getattr(outputs, name)
        for name in ("display", "update_display", "clear_output", "publish_display_data",
                     "DisplayHandle", "DisplayObject", "HTML", "Markdown", "Math", "Latex",
                     "Image", "SVG", "JSON")
    }  # fmt: skip
    common = {"get_ipython": get_ipython, "version_info": (8, 23, 0, ""), "__version__": "8.23.0"}
    contents = {
        "IPython": {**common, "display": None, "InteractiveShell": Shell},
        "IPython.display": shown,
        "IPython.core": {},
        "IPython.core.display": shown,
        "IPython.core.display_functions": shown,
        "IPython.core.getipython": {"get_ipython": get_ipython},
        "IPython.core.interactiveshell": {"InteractiveShell": Shell},
        "IPython.core.pylabtools": {"backend2gui": {}},
        "IPython.lib": {"__path__": [str(Path(__file__).parent / "IPython" / "lib")]},
    }
    return {name: module_with(name, names) for name, names in contents.items()}


def module_with(name, names):
    """Make a module with some names in it; any other name says whose place it takes."""

    def missing(wanted):
        if wanted.startswith("__"):
            raise AttributeError(wanted)
        raise AttributeError(f"{name}.{wanted} is not in this page: use {ELSEWHERE} for it.")

    module = types.ModuleType(name)
    module.__path__ = []
    module.__getattr__ = missing
    vars(module).update(names)
    return module


def show_figures(*args, **kwargs):
    """Do what ``plt.show`` does in a notebook."""
    outputs.flush_figures()


class Backend:
    """The backend of figures, under the name by which widgets and the course know it."""

    @classmethod
    def find_spec(cls, name, path=None, target=None):
        """Find the one module that this is about."""
        return ModuleSpec(name, cls) if name == BACKEND else None

    @staticmethod
    def create_module(spec):
        """Let Python make an empty module."""

    @staticmethod
    def exec_module(module):
        """Fill it: what draws is Matplotlib's own."""
        agg = importlib.import_module("matplotlib.backends.backend_agg")
        vars(module).update(FigureCanvas=agg.FigureCanvasAgg, FigureManager=agg.FigureManagerBase)
        vars(module).update(flush_figures=outputs.flush_figures, show=show_figures)


def inline_modules():
    """Return what lies around the backend: a package, and settings that nobody needs here."""
    settings = types.SimpleNamespace(print_figure_kwargs={}, figure_formats={"png"}, rc={})
    backend = types.SimpleNamespace(instance=lambda *args, **kwargs: settings)
    return {
        "matplotlib_inline": module_with("matplotlib_inline", {}),
        "matplotlib_inline.config": module_with(
            "matplotlib_inline.config", {"InlineBackend": backend}
        ),
    }
