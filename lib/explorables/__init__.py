"""Explorables: pictures with handles, alive on a static page and in Jupyter from one module.

Each class is the Python side of one JavaScript module in ``static/``. In Jupyter it is a widget,
whose state can be read and set. On a page that was built from a notebook the same picture starts by
itself, from the state that the class leaves in the page, without a kernel.
"""

import html
import json
import re
from functools import cache
from importlib import resources

import anywidget
import numpy as np
import traitlets as t

from lib import checks, losses, models

__all__ = ["Explorable", "FitLine"]

_STATIC = resources.files(__name__) / "static"
_IMPORT = re.compile(r'^import \{([^}]*)\} from "\./(\w+)\.js";\n', re.MULTILINE)
_EXPORT = re.compile(r"^export (?=(?:async )?(?:function|const|class) (\w+))", re.MULTILINE)
_MIME = "application/vnd.jupyter.widget-view+json"


# ---------------------------------------------------------------------------------------------
# One JavaScript module from several
# ---------------------------------------------------------------------------------------------


@cache
def _source(name):
    """Read a static file, once."""
    return (_STATIC / name).read_text(encoding="utf-8")


def _linked(source):
    """Turn the relative imports of a module into names taken from the modules before it."""
    return _IMPORT.sub(r"const {\1} = $\2;\n", source)


def _wrapped(name):
    """Turn a module into one object of its exports, so that private names never clash."""
    source = _linked(_source(f"{name}.js"))
    exports = ", ".join(_EXPORT.findall(source))
    body = _EXPORT.sub("", source)
    return f"const ${name} = (() => {{\n{body}\nreturn {{ {exports} }};\n}})();\n"


def _dependencies(name):
    """List the modules that a module needs, each after those that it needs itself."""
    found = {}
    for _, needed in _IMPORT.findall(_source(f"{name}.js")):
        found |= dict.fromkeys([*_dependencies(needed), needed])
    return list(found)


@cache
def _single_module(name):
    """Gather a module and all that it imports into one text: hosts load widgets from a blob."""
    parts = [_wrapped(needed) for needed in _dependencies(name)]
    return "".join([*parts, _linked(_source(f"{name}.js"))])


# ---------------------------------------------------------------------------------------------
# The base class
# ---------------------------------------------------------------------------------------------


def _stable(value):
    """Round numbers to 12 digits, so that the stored page is the same on every machine."""
    if isinstance(value, list):
        return [_stable(item) for item in value]
    return float(f"{value:.12g}") if isinstance(value, float) else value


def _fixed(value, digits):
    """Write a number with fixed digits, or in powers of ten where digits would run on."""
    return f"{value:.{digits}f}" if abs(value) < 1e6 else f"{value:.2e}"


class _Number(t.TraitType):
    """A finite number; anything else is refused with the message of :mod:`lib.checks`."""

    default_value = 0.0

    def validate(self, obj, value):
        """Return the number as a float, in its unit, or raise."""
        return checks.number(self.name, value)


class _PositiveNumber(_Number):
    """A finite number above zero."""

    default_value = 1.0

    def validate(self, obj, value):
        """Return the number as a float, in its unit, or raise."""
        return checks.positive_number(self.name, value)


class Explorable(anywidget.AnyWidget):
    """The base of the explorables: a widget in Jupyter, a picture with handles on a page.

    A subclass names its JavaScript module in ``_module`` and tags each trait that makes up its
    state with ``sync=True, state=True``. The module exports ``render`` (and ``accepts``, which says
    whether a value that came with a link can be shown).

    See Also
    --------
    FitLine : the smallest one.

    Notes
    -----
    In a notebook that is shown without a kernel, the text of the element stands for the picture.

    Examples
    --------
    >>> fit = FitLine()
    >>> fit.w = 2
    >>> fit.state["w"]
    2.0
    """

    _module = ""
    _esm = t.Unicode().tag(sync=True)
    _css = t.Unicode().tag(sync=True)

    @t.default("_esm")
    def _default_esm(self):
        return _single_module(self._module)

    @t.default("_css")
    def _default_css(self):
        return _source("explorables.css")

    @property
    def state(self):
        """The state as plain numbers, text and lists, by name: what a page starts from."""
        return {name: getattr(self, name) for name in sorted(self.traits(state=True))}

    def _repr_html_(self):
        """Return the element that ``host.js`` brings to life on a static page."""
        state = json.dumps({name: _stable(value) for name, value in self.state.items()})
        return (
            f'<div class="explorable" data-module="{self._module}" '
            f'data-state="{html.escape(state)}">{html.escape(repr(self))}</div>'
        )

    def _repr_mimebundle_(self, **kwargs):
        """Show the widget where there is a kernel, the element where there is a page."""
        data, metadata = super()._repr_mimebundle_(**kwargs)
        return {**data, "text/html": self._repr_html_()}, metadata


# ---------------------------------------------------------------------------------------------
# Fit by hand
# ---------------------------------------------------------------------------------------------

# Drawn by hand: nine points along y = 0.6 x + 1, one of them far below the others.
_X = [-1.4, -0.9, -0.3, 0.2, 0.8, 1.3, 1.9, 2.6, 3.2]
_Y = [0.5, 0.1, 1.1, 0.8, 1.8, 1.5, 2.6, -0.2, 3.1]

_SAMPLE_LOSSES = {
    "half_squared_error": losses.half_squared_error,
    "absolute_error": losses.absolute_error,
    "huber": losses.huber,
}
_LOSS_NAMES = {"l2": "half_squared_error", "l1": "absolute_error"} | {n: n for n in _SAMPLE_LOSSES}


class _LossName(t.TraitType):
    """The name of a loss in :mod:`lib.losses`; "L1", "L2" and "Huber" are understood."""

    default_value = "half_squared_error"

    def validate(self, obj, value):
        """Return the name of the function, or raise and list the names."""
        known = _LOSS_NAMES.get(value.lower()) if isinstance(value, str) else None
        return known or checks.choice(self.name, value, tuple(_SAMPLE_LOSSES))


class FitLine(Explorable):
    """Fit a line by hand: drag it among its data, or drag its dot on the contours of the loss.

    The two views are one state. The residuals are drawn as what they cost: squares for the squared
    error, lengths for the absolute error, squares cut to a band for Huber's loss.

    Parameters
    ----------
    x : array_like of float, shape (n,), optional
        The inputs, at most 200 and at least two of them different. Squares are drawn to scale, so
        inputs and targets should have a similar spread. By default nine points with one outlier.
    y : array_like of float, shape (n,), optional
        The targets; given together with the inputs.
    w : float, optional
        The slope, in units of y per unit of x.
    b : float, optional
        The intercept, in units of y.
    loss : {"half_squared_error", "absolute_error", "huber"}, optional
        The loss of one sample; "L2", "L1" and "Huber" are understood.
    delta : float, optional
        Where Huber's loss turns from quadratic to linear, in units of y.

    Raises
    ------
    TypeError
        If an argument is of the wrong type, or its keyword is unknown.
    ValueError
        If an argument is not finite, the points cannot be drawn, or there is no such loss.

    See Also
    --------
    lib.losses : the losses themselves.

    Notes
    -----
    The prediction is ``w * x + b`` and the number shown is the mean of the sample losses.

    Examples
    --------
    >>> FitLine(x=[0, 1, 2], y=[1, 3, 4], w=1.5, b=1.0, loss="L1")
    FitLine(w=1.500, b=1.000, loss='absolute_error', loss_value=0.1667)
    >>> fit = FitLine(x=[0, 1, 2], y=[1, 3, 4], w=1.5, b=1.0)
    >>> fit.residuals
    array([0. , 0.5, 0. ])
    >>> print(f"{fit.loss_value:.4f}")
    0.0417
    """

    _module = "fit_line"

    x = t.List(read_only=True).tag(sync=True, state=True)
    y = t.List(read_only=True).tag(sync=True, state=True)
    own_data = t.Bool(read_only=True).tag(sync=True, state=True)
    w = _Number().tag(sync=True, state=True)
    b = _Number().tag(sync=True, state=True)
    loss = _LossName().tag(sync=True, state=True)
    delta = _PositiveNumber().tag(sync=True, state=True)

    def __init__(self, *, x=None, y=None, w=0.0, b=2.0, loss="half_squared_error", delta=1.0):
        own_data = checks.both_or_neither("x", x, "y", y)
        points = checks.drawable_points("x", x, "y", y, at_most=200) if own_data else (_X, _Y)
        for name, values in zip("xy", points, strict=True):
            self.set_trait(name, np.asarray(values).tolist())
        self.set_trait("own_data", own_data)
        super().__init__(w=w, b=b, loss=loss, delta=delta)

    @property
    def residuals(self):
        """What the line leaves: targets minus predictions, shape (n,), in units of y."""
        return np.asarray(self.y) - self._predictions()

    @property
    def loss_value(self):
        """The loss of the dataset: the mean of the sample losses, in the unit of the loss."""
        predictions = self._predictions()
        if not np.isfinite(predictions).all():
            return float("inf")
        keywords = {"delta": self.delta} if self.loss == "huber" else {}
        with np.errstate(over="ignore"):  # a line far enough away has the loss inf
            return float(_SAMPLE_LOSSES[self.loss](self.y, predictions, **keywords).mean())

    def _predictions(self):
        """Compute the heights of the line at the inputs, shape (n,), in units of y."""
        return models.linear(np.asarray(self.x)[:, None], [[self.w]], [self.b])[:, 0]

    def __repr__(self):
        return (
            f"FitLine(w={_fixed(self.w, 3)}, b={_fixed(self.b, 3)}, loss={self.loss!r}, "
            f"loss_value={_fixed(self.loss_value, 4)})"
        )
