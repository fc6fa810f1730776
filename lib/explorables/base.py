"""What every explorable is built on: the traits, and the widget itself."""

import html
import inspect
import json
from functools import cache

import anywidget
import numpy as np
import traitlets as t

from lib import checks, modules

__all__ = [
    "DRAWN",
    "OWN_POINTS",
    "Choice",
    "Explorable",
    "Flag",
    "Number",
    "Numbers",
    "Pool",
    "PositiveNumber",
    "Seed",
    "Value",
    "Whole",
    "fixed",
    "pool",
]

_STATIC = "explorables/static"


@cache
def _style(name):
    """Join the colours, the style of the family, and what a picture adds to it, if anything."""
    own = f"{_STATIC}/pictures/{name}.css"
    family = [f"{_STATIC}/colours.css", f"{_STATIC}/kit/explorables.css"]
    return "".join(map(modules.source, [*family, *([own] if modules.exists(own) else [])]))


# ---------------------------------------------------------------------------------------------
# Traits: what a value of the state must be, said with the messages of lib.checks
# ---------------------------------------------------------------------------------------------


class Value(t.TraitType):
    """One value of the state: shared with the page, and described to it by :meth:`spec`.

    Parameters
    ----------
    default : object
        The value before one is given.
    linked, keyword : bool, optional
        Whether the link to a view carries it, and whether the call in Python may name it.
    slider : tuple of float, optional
        Ends and step of its slider, in its unit, where the slider is not as long as its bounds.
    """

    kind = ""

    def __init__(self, default, *, linked=True, keyword=True, slider=None, **options):
        self.linked, self.keyword, self.slider = linked, keyword, slider
        super().__init__(default, **options)
        self.tag(sync=True, state=True)

    def spec(self):
        """Return what the page must know: kind, bounds, default and so on, as JSON has them."""
        facts = {"kind": self.kind, **self.limits()}
        facts |= {"default": self.first()} if self.linked or self.keyword else {}
        facts |= {} if self.linked else {"linked": False}
        facts |= {} if self.keyword else {"keyword": False}
        return facts | ({"slider": list(self.slider)} if self.slider else {})

    def limits(self):
        """Return what bounds the value, without what bounds nothing."""
        return {}

    def first(self):
        """Return the default as it is stored."""
        return self.default_value


#: A value that Python alone makes: samples, errors that were measured.
DRAWN = {"linked": False, "keyword": False, "read_only": True}


def _limits(**bounds):
    """Leave out the bounds that are none."""
    return {name: bound for name, bound in bounds.items() if np.isfinite(bound)}


class Number(Value):
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
    ...     angle = Number(0, minimum=0, maximum=360)
    >>> Dial(angle=400)
    Traceback (most recent call last):
    ...
    ValueError: angle must lie between 0 and 360, got 400.0.
    """

    kind = "number"

    def __init__(self, default=0.0, *, minimum=-np.inf, maximum=np.inf, **options):
        self.bounds = (minimum, maximum)
        super().__init__(float(default), **options)

    def validate(self, obj, value):
        """Return the number as a float, in its unit, or raise."""
        return checks.between(self.name, checks.number(self.name, value), *self.bounds)

    def limits(self):
        """Return the bounds that there are."""
        return _limits(min=self.bounds[0], max=self.bounds[1])


class PositiveNumber(Number):
    """A finite number above zero, in the unit of the trait.

    Examples
    --------
    >>> class Clock(Explorable):
    ...     _module = "fit_line"  # any that draws it
    ...     period = PositiveNumber(1)
    >>> Clock().period
    1.0
    """

    kind = "positive"

    def validate(self, obj, value):
        """Return the number as a float, in its unit, or raise."""
        return checks.positive_number(self.name, super().validate(obj, value))


class Whole(Value):
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
    ...     eyes = Whole(1, minimum=1, maximum=6)
    >>> Dice(eyes=6).eyes
    6
    """

    kind = "whole"

    def __init__(self, default, *, minimum, maximum, **options):
        self.bounds = (minimum, maximum)
        super().__init__(default, **options)

    def validate(self, obj, value):
        """Return the number as an int, or raise."""
        return checks.whole_number(self.name, value, *self.bounds)

    def limits(self):
        """Return both bounds."""
        return _limits(min=self.bounds[0], max=self.bounds[1])


class Flag(Value):
    """True or false.

    Examples
    --------
    >>> class Lamp(Explorable):
    ...     _module = "fit_line"  # any that draws it
    ...     lit = Flag(False)
    >>> Lamp(lit=True).lit
    True
    """

    kind = "flag"

    def __init__(self, default=False, **options):
        super().__init__(default, **options)

    def validate(self, obj, value):
        """Return the value as a bool, or raise."""
        if not isinstance(value, bool | np.bool_):
            given = checks.described(value)
            raise TypeError(f"{self.name} must be True or False, got {given}.")
        return bool(value)


class Choice(Value):
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
    ...     unit = Choice(("nats", "bits"))
    >>> Ruler(unit="Bits").unit
    'bits'
    """

    kind = "choice"

    def __init__(self, options, *, short=None, **keywords):
        self.options = tuple(options)
        self.known = {name.lower(): name for name in self.options} | (short or {})
        super().__init__(self.options[0], **keywords)

    def validate(self, obj, value):
        """Return the name, or raise and list the names."""
        known = self.known.get(value.lower()) if isinstance(value, str) else None
        return known or checks.choice(self.name, value, self.options)

    def limits(self):
        """Return the names."""
        return {"options": list(self.options)}


class Numbers(Value):
    """A list of finite numbers.

    Parameters
    ----------
    default : array_like of float, shape (n,), optional
        The values before others are given, in the unit of the trait.
    at_least, at_most : int, optional
        How many numbers there may be.
    minimum, maximum : float, optional
        The bounds of each number, both allowed, in the unit of the trait.
    whole : bool, optional
        Whether each must be a whole number.

    Examples
    --------
    >>> class Bars(Explorable):
    ...     _module = "fit_line"  # any that draws it
    ...     heights = Numbers([1, 2], at_least=2, at_most=9)
    >>> Bars(heights=[3, 4, 5]).heights
    [3.0, 4.0, 5.0]
    """

    kind = "numbers"

    def __init__(
        self,
        default=(),
        *,
        at_least=0,
        at_most=2000,
        minimum=-np.inf,
        maximum=np.inf,
        whole=False,
        **options,
    ):
        self.sizes, self.bounds, self.whole = (at_least, at_most), (minimum, maximum), whole
        self.initial = np.asarray(default, dtype=int if whole else float).tolist()
        super().__init__(t.Undefined, **options)

    def make_dynamic_default(self):
        """Return a new list with the first values: no two explorables share one."""
        return self.first()

    def first(self):
        """Return a new list with the first values."""
        return list(self.initial)

    def validate(self, obj, value):
        """Return the numbers as a list of floats, in their unit, or raise."""
        each, numbers = f"each of {self.name}", self.listed(value)
        if self.whole:
            return [checks.whole_number(each, number, *self.bounds) for number in numbers]
        return [checks.between(each, number, *self.bounds) for number in numbers]

    def listed(self, value):
        """Return the numbers as a list, or raise where they are not one of an allowed length."""
        none = isinstance(value, list | tuple) and not value
        array = np.empty(0) if none else checks.real_array(self.name, value)
        checks.finite(self.name, checks.shape_form(self.name, array, "(n,)", ndims=(1,)))
        at_least, at_most = self.sizes
        if not at_least <= array.size <= at_most:
            allowed = f"{at_least}" if at_least == at_most else f"{at_least} to {at_most}"
            raise ValueError(f"{self.name} must have {allowed} values, got {array.size}.")
        return array.tolist()

    def limits(self):
        """Return how many there may be, and what bounds each."""
        least, most = self.sizes
        bounds = _limits(min=self.bounds[0], max=self.bounds[1])
        return {"least": least, "most": most, **bounds} | ({"whole": True} if self.whole else {})


class Seed(Whole):
    """What random numbers follow from: chosen in Python, once."""

    def __init__(self):
        super().__init__(0, minimum=0, maximum=2**32 - 1, linked=False, read_only=True)


class Pool(Numbers):
    """Random numbers that follow from the seed and travel with an explorable: see :func:`pool`."""

    def __init__(self, size, kind="uniform"):
        self.drawing = {"size": size, "kind": kind}
        super().__init__(at_least=size, at_most=size, **DRAWN)

    def default(self, obj=None):
        """Draw the numbers of an explorable."""
        return pool(obj.seed, **self.drawing)


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


class _Keywords:
    """The signature of an explorable: the keywords of its call, read off its values."""

    def __get__(self, explorable, kind):
        """Return the signature; points have no default of their own."""
        named = [(name, value) for name, value in kind.state_traits().items() if value.keyword]
        own = {name for name, value in named if isinstance(value, Numbers) and value.read_only}
        defaults = {name: None if name in own else value.first() for name, value in named}
        only = inspect.Parameter.KEYWORD_ONLY
        return inspect.Signature(
            [inspect.Parameter(name, only, default=first) for name, first in defaults.items()]
        )


class Explorable(anywidget.AnyWidget):
    """The base of the explorables: a widget in Jupyter, a picture with handles on a page.

    A subclass names its JavaScript module in ``_module`` and its name for readers in ``_title``.
    Its state is the traits above, and they alone say what it is: the keywords of the call, what a
    link may carry and what the page knows follow from them. It returns the numbers that stand on
    the screen from :attr:`readings`.

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
    _spec = t.Dict().tag(sync=True)
    __signature__ = _Keywords()

    @t.default("_esm")
    def _default_esm(self):
        return modules.single_module(f"{_STATIC}/pictures/{self._module}.js")

    @t.default("_css")
    def _default_css(self):
        return _style(self._module)

    @t.default("_spec")
    def _default_spec(self):
        return self.spec()

    def __init__(self, **values):
        known = inspect.signature(type(self)).parameters
        for name in values:
            if name not in known:
                raise TypeError(
                    f"{type(self).__name__} got an unexpected keyword argument {name!r}: "
                    f"it takes {', '.join(known)}."
                )
        once = {name for name in values if self.traits()[name].read_only}
        for name in once:
            self.set_trait(name, values[name])
        super().__init__(**{name: value for name, value in values.items() if name not in once})

    @classmethod
    def state_traits(cls):
        """Return the traits of the state by name, in the order of their definition."""
        found = {}
        for parent in reversed(cls.__mro__):
            found |= {name: one for name, one in vars(parent).items() if isinstance(one, Value)}
        return found

    @classmethod
    def spec(cls):
        """Return all that a page must know of the class: its names, and the spec of each value."""
        values = {name: value.spec() for name, value in cls.state_traits().items()}
        return {"title": cls._title, "python": cls.__name__, "values": values}

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
        spec = json.dumps(self.spec(), separators=(",", ":"))
        return (
            f'<div class="explorable" data-module="{self._module}" '
            f'data-state="{html.escape(state)}" data-spec="{html.escape(spec)}">'
            f"{html.escape(repr(self))}</div>"
        )

    def _repr_mimebundle_(self, **kwargs):
        """Show the widget where there is a kernel, the element where there is a page."""
        data, metadata = super()._repr_mimebundle_(**kwargs)
        return {**data, "text/html": self._repr_html_()}, metadata
