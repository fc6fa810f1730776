"""The shared package of Watch the Loss: every formula of the course, computed.

``import lib`` loads no module by itself; each is loaded when it is first used, so that
``import lib`` costs about what ``import numpy`` costs, and neither matplotlib nor anywidget is
needed until :mod:`lib.plotting` or :mod:`lib.explorables` is asked for.
"""

from importlib import import_module

__version__ = "0.1.0"

__all__ = [
    "autodiff",
    "calculus",
    "datasets",
    "exercises",
    "explorables",
    "information",
    "losses",
    "models",
    "optimizers",
    "plotting",
]


def __getattr__(name):
    """Load a module of the package the first time it is asked for."""
    if name in __all__:
        return import_module(f"{__name__}.{name}")
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}; it has {__all__}")


def __dir__():
    """List the modules, loaded or not."""
    return sorted({*globals(), *__all__})
