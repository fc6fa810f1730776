"""What every explorable is built on: one module from several, the traits, the widget itself."""

import html
import json
import re
from functools import cache
from importlib import resources

import anywidget
import numpy as np
import traitlets as t

from lib import checks

__all__ = [
    "OWN_POINTS",
    "Choice",
    "Explorable",
    "Flag",
    "Number",
    "Numbers",
    "PositiveNumber",
    "Whole",
    "fixed",
    "pool",
]

_STATIC = resources.files("lib.explorables") / "static"
_IMPORT = re.compile(r'^import \{([^}]*)\} from "\./(\w+)\.js";\n', re.MULTILINE)
_EXPORT = re.compile(r"^export (?=(?:async )?(?:function|const|class) (\w+))", re.MULTILINE)


# ---------------------------------------------------------------------------------------------
# One JavaScript module from several
# ---------------------------------------------------------------------------------------------


@cache
def _source(name):
    """Read a static file, once."""
    return (_STATIC / name).read_text(encoding="utf-8")


@cache
def _style(name):
    """Join the style of the family and what a module adds to it, if it adds anything."""
    own = _STATIC / f"{name}.css"
    return _source("explorables.css") + (_source(own.name) if own.is_file() else "")


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
# Traits: what a value of the state must be, said with the messages of lib.checks
# ---------------------------------------------------------------------------------------------


class Number(t.TraitType):
    """A finite number.

    Parameters
    ----------
    default : float, optional
        The value before one is given, in the unit of the trait.
    minimum, maximum : float, optional
        The bounds, both allowed, in the unit of the trait.

    Examples
    --------
    >>> class Dial(Explorable):
    ...     _module = "fit_line"  # any that draws it
    ...     angle = Number(0, minimum=0, maximum=360).tag(sync=True, state=True)
    >>> Dial(angle=400)
    Traceback (most recent call last):
    ...
    ValueError: angle must lie between 0 and 360, got 400.0.
    """

    default_value = 0.0

    def __init__(self, default=0.0, *, minimum=-np.inf, maximum=np.inf, **options):
        self.bounds = (minimum, maximum)
        super().__init__(float(default), **options)

    def validate(self, obj, value):
        """Return the number as a float, in its unit, or raise."""
        return checks.between(self.name, checks.number(self.name, value), *self.bounds)


class PositiveNumber(Number):
    """A finite number above zero, in the unit of the trait.

    Examples
    --------
    >>> class Clock(Explorable):
    ...     _module = "fit_line"  # any that draws it
    ...     period = PositiveNumber(1).tag(sync=True, state=True)
    >>> Clock().period
    1.0
    """

    def validate(self, obj, value):
        """Return the number as a float, in its unit, or raise."""
        return checks.positive_number(self.name, super().validate(obj, value))


class Whole(t.TraitType):
    """A whole number.

    Parameters
    ----------
    default : int
        The value before one is given.
    minimum, maximum : int
        The bounds, both allowed.

    Examples
    --------
    >>> class Dice(Explorable):
    ...     _module = "fit_line"  # any that draws it
    ...     eyes = Whole(1, minimum=1, maximum=6).tag(sync=True, state=True)
    >>> Dice(eyes=6).eyes
    6
    """

    def __init__(self, default, *, minimum, maximum, **options):
        self.bounds = (minimum, maximum)
        super().__init__(default, **options)

    def validate(self, obj, value):
        """Return the number as an int, or raise."""
        return checks.whole_number(self.name, value, *self.bounds)


class Flag(t.TraitType):
    """True or false.

    Examples
    --------
    >>> class Lamp(Explorable):
    ...     _module = "fit_line"  # any that draws it
    ...     lit = Flag(False).tag(sync=True, state=True)
    >>> Lamp(lit=True).lit
    True
    """

    default_value = False

    def validate(self, obj, value):
        """Return the value as a bool, or raise."""
        if not isinstance(value, bool | np.bool_):
            given = checks.described(value)
            raise TypeError(f"{self.name} must be True or False, got {given}.")
        return bool(value)


class Choice(t.TraitType):
    """One name among several; short names may stand for them, in any case.

    Parameters
    ----------
    options : tuple of str
        The names; the first is the default.
    short : dict of str to str, optional
        What else is understood: a short name in lower case, and the name it stands for.

    Examples
    --------
    >>> class Ruler(Explorable):
    ...     _module = "fit_line"  # any that draws it
    ...     unit = Choice(("nats", "bits")).tag(sync=True, state=True)
    >>> Ruler(unit="Bits").unit
    'bits'
    """

    def __init__(self, options, *, short=None, **keywords):
        self.options = tuple(options)
        self.known = {name.lower(): name for name in self.options} | (short or {})
        super().__init__(self.options[0], **keywords)

    def validate(self, obj, value):
        """Return the name, or raise and list the names."""
        known = self.known.get(value.lower()) if isinstance(value, str) else None
        return known or checks.choice(self.name, value, self.options)


class Numbers(t.TraitType):
    """A list of finite numbers.

    Parameters
    ----------
    default : array_like of float, shape (n,), optional
        The values before others are given, in the unit of the trait.
    at_least, at_most : int, optional
        How many numbers there may be.
    minimum, maximum : float, optional
        The bounds of each number, both allowed, in the unit of the trait.

    Examples
    --------
    >>> class Bars(Explorable):
    ...     _module = "fit_line"  # any that draws it
    ...     heights = Numbers([1, 2], at_least=2, at_most=9).tag(sync=True, state=True)
    >>> Bars(heights=[3, 4, 5]).heights
    [3.0, 4.0, 5.0]
    """

    def __init__(
        self, default=(), *, at_least=0, at_most=2000, minimum=-np.inf, maximum=np.inf, **options
    ):
        self.sizes, self.bounds = (at_least, at_most), (minimum, maximum)
        self.first = np.asarray(default, dtype=float).tolist()
        super().__init__(**options)

    def make_dynamic_default(self):
        """Return a new list with the first values: no two explorables share one."""
        return list(self.first)

    def validate(self, obj, value):
        """Return the numbers as a list of floats, in their unit, or raise."""
        none = isinstance(value, list | tuple) and not value
        array = np.empty(0) if none else checks.real_array(self.name, value)
        checks.finite(self.name, checks.shape_form(self.name, array, "(n,)", ndims=(1,)))
        at_least, at_most = self.sizes
        if not at_least <= array.size <= at_most:
            allowed = f"{at_least}" if at_least == at_most else f"{at_least} to {at_most}"
            raise ValueError(f"{self.name} must have {allowed} values, got {array.size}.")
        each = f"each of {self.name}"
        return [checks.between(each, number, *self.bounds) for number in array.tolist()]


#: What the points of a reader must be: few enough to draw, and small enough to be squared.
OWN_POINTS = {"at_least": 2, "at_most": 200, "minimum": -1e12, "maximum": 1e12, "read_only": True}


# ---------------------------------------------------------------------------------------------
# Numbers for the page
# ---------------------------------------------------------------------------------------------


def fixed(value, digits):
    """Write a number with fixed digits, or in powers of ten where digits would run on.

    Parameters
    ----------
    value : float
        The number.
    digits : int
        How many digits follow the point.

    Returns
    -------
    str
        The number as text.

    Examples
    --------
    >>> fixed(0.5, 3), fixed(2.5e9, 3)
    ('0.500', '2.50e+09')
    """
    return f"{value:.{digits}f}" if abs(value) < 1e6 else f"{value:.2e}"


def pool(seed, size, *, kind="uniform"):
    """Draw the random numbers that travel with an explorable, so that page and Python share them.

    Parameters
    ----------
    seed : int
        The seed of the generator.
    size : int
        How many numbers to draw.
    kind : {"uniform", "normal"}, optional
        Uniform numbers lie in (0, 1); normal ones have mean 0 and variance 1.

    Returns
    -------
    list of float
        The numbers, cut to six digits: they are short in a page and the same on every machine.

    Examples
    --------
    >>> pool(0, 2)
    [0.636962, 0.269787]
    """
    draw = getattr(np.random.default_rng(seed), {"uniform": "random", "normal": "normal"}[kind])
    return [float(f"{value:.6f}") for value in draw(size=size)]


def _stable(value):
    """Round numbers to 12 digits, so that the stored page is the same on every machine."""
    if isinstance(value, list):
        return [_stable(item) for item in value]
    return float(f"{value:.12g}") if isinstance(value, float) else value


# ---------------------------------------------------------------------------------------------
# The base class
# ---------------------------------------------------------------------------------------------


class Explorable(anywidget.AnyWidget):
    """The base of the explorables: a widget in Jupyter, a picture with handles on a page.

    A subclass names its JavaScript module in ``_module``, its name for readers in ``_title``, and
    tags each trait that makes up its state with ``sync=True, state=True``. It returns the numbers
    that stand on the screen from :attr:`readings`.

    See Also
    --------
    lib.explorables.FitLine : the first one.

    Notes
    -----
    In a notebook that is shown without a kernel, the text of the element stands for the picture.

    Examples
    --------
    >>> from lib.explorables import FitLine
    >>> fit = FitLine()
    >>> fit.w = 2
    >>> fit.state["w"]
    2.0
    """

    _module = ""
    _title = ""
    _esm = t.Unicode().tag(sync=True)
    _css = t.Unicode().tag(sync=True)

    @t.default("_esm")
    def _default_esm(self):
        return _single_module(self._module)

    @t.default("_css")
    def _default_css(self):
        return _style(self._module)

    @classmethod
    def from_state(cls, state):
        """Make an explorable in a state that another one, or a page, has reached.

        Parameters
        ----------
        state : dict
            Values by name, as in :attr:`state`.

        Returns
        -------
        Explorable
            A new one of this class.
        """
        explorable = cls()
        with explorable.hold_trait_notifications():
            for name, value in state.items():
                explorable.set_trait(name, value)
        return explorable

    @property
    def state(self):
        """The state as plain numbers, text and lists, by name: what a page starts from."""
        return {name: getattr(self, name) for name in sorted(self.traits(state=True))}

    @property
    def readings(self):
        """The numbers that stand on the screen, by name, each in its own unit."""
        return {}

    def __repr__(self):
        shown = [f"{name}={fixed(value, 4)}" for name, value in self.readings.items()]
        return f"{type(self).__name__}({', '.join(shown)})"

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
