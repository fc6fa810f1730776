"""The explorables of the chapter on matrix calculus."""

import math
from decimal import Decimal, localcontext
from functools import cache

import numpy as np
import traitlets

from lib import calculus
from lib.explorables.base import DRAWN, Choice, Explorable, Number, Numbers, Whole

__all__ = ["JacobianMap", "ShapeTable", "StepSizeV", "ThreeArrows"]

_LAYOUTS = ("numerator", "denominator")


def _named(name, values):
    """Give each value a numbered name, from 1 on."""
    return {f"{name}{i}": float(value) for i, value in enumerate(values, start=1)}


# ---------------------------------------------------------------------------------------------
# The Jacobian as a map
# ---------------------------------------------------------------------------------------------

_LINEAR = np.array([[1.0, 1.0], [-0.5, 1.0]])
_STRAIGHT = 1e-9  # a remainder below it is rounding


def _polar_jacobian(r, angle):
    """Differentiate (r cos, r sin) by the radius and by the angle, shape (2, 2)."""
    cosine, sine = np.cos(angle), np.sin(angle)
    return [[cosine, -r * sine], [sine, r * cosine]]


# Each map of the plane, with the table of its partial derivatives.
_MAPS = {
    "polar": (lambda r, angle: [r * np.cos(angle), r * np.sin(angle)], _polar_jacobian),
    "product": (lambda a, b: [a * b, a * a + b], lambda a, b: [[b, a], [2 * a, 1]]),
    "linear": (lambda a, b: _LINEAR @ [a, b], lambda a, b: _LINEAR),
}


class JacobianMap(Explorable):
    """Halve a step, magnified: the curved image of its box becomes the Jacobian's parallelogram.

    One view holds the inputs, with a point and a step; the other the outputs, with the images of
    both. What the Jacobian makes of the step can be dragged too: the step follows.

    Parameters
    ----------
    map : {"polar", "product", "linear"}, optional
        The map of the plane: (x₁ cos x₂, x₁ sin x₂), or (x₁x₂, x₁² + x₂), or (x₁ + x₂, x₂ − x₁/2).
    x : array_like of float, shape (2,), optional
        The point, in units of the inputs.
    dx : array_like of float, shape (2,), optional
        The step, in units of the inputs.
    zoom : int, optional
        How many times the views are magnified twofold, 0 to 6; halving the step adds one.
    layout : {"numerator", "denominator"}, optional
        How the partial derivatives are laid out.

    Raises
    ------
    TypeError
        If an argument is of the wrong type, or its keyword is unknown.
    ValueError
        If an argument is not finite or has the wrong size, or there is no such map or layout.

    See Also
    --------
    lib.calculus.jacobian : the same table for any function, by differences.

    Notes
    -----
    The remainder is ``f(x + dx) - f(x) - J @ dx``: of second order in the step, so half the step
    leaves about a quarter of it.

    Examples
    --------
    >>> jacobian = JacobianMap(map="product", x=[0.5, 2], dx=[0.4, 0.8])
    >>> jacobian.jacobian
    array([[2. , 0.5],
           [1. , 1. ]])
    >>> print(f"{jacobian.readings['remainder']:.4f}")
    0.3578
    """

    _module = "jacobian_map"
    _title = "The Jacobian as a map"

    map = Choice(tuple(_MAPS))
    x = Numbers([2.0, 0.5], at_least=2, at_most=2)
    dx = Numbers([0.6, 0.7], at_least=2, at_most=2)
    zoom = Whole(0, minimum=0, maximum=6)
    layout = Choice(_LAYOUTS)

    @property
    def jacobian(self):
        """The partial derivatives at the point, shape (2, 2): one row an output."""
        with np.errstate(all="ignore"):  # what overflows is shown as diverged
            return np.array(_MAPS[self.map][1](*np.asarray(self.x)), dtype=float)

    @property
    def remainder(self):
        """What the linear map misses of the change, shape (2,), in units of the outputs."""
        return self._remainder(np.asarray(self.dx))

    @property
    def readings(self):
        """The entries of the Jacobian, the step it makes, and the remainder with its fall.

        ``ratio`` says how many times larger the remainder of twice the step is; it is left out
        where there is no remainder to speak of.
        """
        entries = zip(["dy1_dx1", "dy1_dx2", "dy2_dx1", "dy2_dx2"], self.jacobian.flat, strict=True)
        size = float(np.hypot(*self.remainder))
        ratio = {} if size <= _STRAIGHT else {"ratio": self._size_of_twice() / size}
        with np.errstate(all="ignore"):
            carried = self.jacobian @ self.dx
        found = {name: float(value) for name, value in entries} | _named("carried", carried)
        return found | {"remainder": size} | ratio

    def _size_of_twice(self):
        with np.errstate(all="ignore"):
            return float(np.hypot(*self._remainder(2 * np.asarray(self.dx))))

    def _remainder(self, dx):
        x, value = np.asarray(self.x), _MAPS[self.map][0]
        with np.errstate(all="ignore"):
            change = np.subtract(value(*(x + dx)), value(*x))
            return change - self.jacobian @ dx


# ---------------------------------------------------------------------------------------------
# Three arrows
# ---------------------------------------------------------------------------------------------

_STEP = 0.01  # of the step whose effect is predicted
_DIFFERENCE = 2.0**-17  # of central differences: a power of two near the best step


def _quadratic_form(A, x):
    """Compute x'Ax in single products and sums, as the page does: the same to the last digit."""
    (a, b), (c, d) = A
    return x[0] * (a * x[0] + b * x[1]) + x[1] * (c * x[0] + d * x[1])


class ThreeArrows(Explorable):
    """Compare the gradient with 2Ax: for every x the two are equal only if A is symmetric.

    The contours of the quadratic form stay as they are while A turns into its symmetric part. The
    second view compares what each arrow predicts for a short step in every direction with what
    the form really does.

    Parameters
    ----------
    A : array_like of float, shape (4,), optional
        The 2 × 2 matrix of the form, row by row, each entry from -9 to 9.
    x : array_like of float, shape (2,), optional
        The point.
    t : float, optional
        How far A is symmetrised, from 0 (A itself) to 1 (the mean of A and its transpose).
    angle : float, optional
        The direction of the step, from -180 to 180 degrees.

    Raises
    ------
    TypeError
        If an argument is of the wrong type, or its keyword is unknown.
    ValueError
        If an argument is not finite, outside its bounds, or has the wrong size.

    See Also
    --------
    lib.calculus.gradient : the third arrow, for any function.

    Notes
    -----
    The form is ``x @ A @ x`` and its gradient ``(A + A.T) @ x``. The step is 0.01 long.

    Examples
    --------
    >>> arrows = ThreeArrows(A=[1, 2, 0, 3], x=[1, 2], angle=0)
    >>> arrows.gradient, arrows.twice_product
    (array([ 6., 14.]), array([10., 12.]))
    >>> print(f"{arrows.readings['change']:.4f}")
    0.0601
    """

    _module = "three_arrows"
    _title = "Three arrows"

    A = Numbers([1, 2, 0, 3], at_least=4, at_most=4, minimum=-9, maximum=9)
    x = Numbers([1, 2], at_least=2, at_most=2)
    t = Number(0, minimum=0, maximum=1, slider=(0, 1, 0.01))
    angle = Number(0, minimum=-180, maximum=180)

    @property
    def matrix(self):
        """The matrix as far as it is symmetrised, shape (2, 2)."""
        A = self._matrix()
        return (1 - self.t) * A + self.t * (A + A.T) / 2

    @property
    def gradient(self):
        """The gradient of the form at the point, shape (2,)."""
        A = self._matrix()
        with np.errstate(all="ignore"):
            return A @ self.x + A.T @ self.x

    @property
    def twice_product(self):
        """Twice the symmetrised matrix times the point, shape (2,)."""
        with np.errstate(all="ignore"):
            return 2 * (self.matrix @ self.x)

    @property
    def numeric(self):
        """The gradient by central differences with step 2⁻¹⁷, shape (2,)."""
        A = self._matrix()
        try:
            return calculus.gradient(lambda x: _quadratic_form(A, x), self.x, step=_DIFFERENCE)
        except ValueError:  # the form overflows
            return np.full(2, np.nan)

    @property
    def step(self):
        """The step, shape (2,): 0.01 in the direction of the angle."""
        angle = math.radians(self.angle)
        return _STEP * np.array([math.cos(angle), math.sin(angle)])

    @property
    def readings(self):
        """The value, the components of the arrows, the true change and what each predicts."""
        A, x = self._matrix(), np.asarray(self.x)
        with np.errstate(all="ignore"):
            f = _quadratic_form(A, x)
            change = _quadratic_form(A, x + self.step) - f
            foretold = [float(v @ self.step) for v in (self.gradient, self.twice_product)]
        arrows = _named("gradient", self.gradient) | _named("twice", self.twice_product)
        changes = zip(["predicted", "predicted_twice"], foretold, strict=True)
        numbers = {"f": float(f), "change": float(change)} | dict(changes)
        return numbers | arrows | _named("numeric", self.numeric)

    def _matrix(self):
        return np.reshape(self.A, (2, 2))


# ---------------------------------------------------------------------------------------------
# The shape table
# ---------------------------------------------------------------------------------------------

_KINDS = ("scalar", "vector", "matrix")
_Y_COLUMNS, _X_COLUMNS = 2, 3  # of a matrix; its rows are a choice


def _shape(kind, rows, columns):
    """Return the shape of a scalar, a vector or a matrix."""
    return {"scalar": (), "vector": (rows,), "matrix": (rows, columns)}[kind]


class ShapeTable(Explorable):
    """Pick what is differentiated by what, and see every entry at its place, in either layout.

    Nine kinds of derivative in one table, and the one you picked as a fraction: numerator,
    denominator, and the block of all partial derivatives. The layout switch turns over every
    formula of the page.

    Parameters
    ----------
    y_kind : {"vector", "scalar", "matrix"}, optional
        What is differentiated.
    x_kind : {"vector", "scalar", "matrix"}, optional
        What it is differentiated by.
    k : int, optional
        How many entries a vector in the numerator has, or rows a matrix there, from 1 to 4. The
        matrix has two columns.
    d : int, optional
        The same for the denominator, from 1 to 4. The matrix has three columns.
    y_entry, x_entry : int, optional
        Which partial derivative is pointed at: the entries of both, counted row by row from 0.
    layout : {"numerator", "denominator"}, optional
        Whose index comes first.

    Raises
    ------
    TypeError
        If an argument is of the wrong type, or its keyword is unknown.
    ValueError
        If a size is out of bounds, or there is no such kind or layout.

    See Also
    --------
    lib.calculus.derivative_shape : the rule behind the table.

    Notes
    -----
    In numerator layout a derivative has the shape of the numerator, then that of the denominator;
    a scalar by a matrix is turned over, as a scalar by a column is a row.

    Examples
    --------
    >>> ShapeTable(k=3, d=2).shape
    (3, 2)
    >>> ShapeTable(k=3, d=2, layout="denominator").shape
    (2, 3)
    """

    _module = "shape_table"
    _title = "Shape table"

    y_kind = Choice(("vector", "scalar", "matrix"))
    x_kind = Choice(("vector", "scalar", "matrix"))
    k = Whole(3, minimum=1, maximum=4)
    d = Whole(2, minimum=1, maximum=4)
    y_entry = Whole(1, minimum=0, maximum=7)
    x_entry = Whole(0, minimum=0, maximum=11)
    layout = Choice(_LAYOUTS)

    @property
    def y_shape(self):
        """The shape of what is differentiated."""
        return _shape(self.y_kind, self.k, _Y_COLUMNS)

    @property
    def x_shape(self):
        """The shape of what it is differentiated by."""
        return _shape(self.x_kind, self.d, _X_COLUMNS)

    @property
    def shape(self):
        """The shape of the derivative as it is written on paper."""
        return calculus.derivative_shape(self.y_shape, self.x_shape, layout=self.layout)

    @property
    def readings(self):
        """How many entries the derivative has and, unless it is a tensor, rows and columns."""
        entries = {"n_entries": float(math.prod(self.shape))}
        if len(self.shape) > 2:
            return entries | {"n_axes": float(len(self.shape))}
        rows, columns = self.shape or (1, 1)
        return entries | {"n_rows": float(rows), "n_columns": float(columns)}


# ---------------------------------------------------------------------------------------------
# The step-size V
# ---------------------------------------------------------------------------------------------

_PER_DECADE, _DECADES = 8, 16
_DIGITS = 60  # of the arithmetic that stands for exact


def _exact_sine(x):
    """Sum the Taylor series of the sine until its terms no longer count."""
    term, total, n = x, x, 1
    while abs(term) > Decimal(10) ** -_DIGITS:
        term *= -x * x / ((n + 1) * (n + 2))
        total, n = total + term, n + 2
    return total


def _rounded(exact):
    """Turn a function of exact numbers into one of floats that rounds once, at the end."""
    return lambda x: float(exact(Decimal(x)))


# Each function as a computer has it, and |f|, f′, |f″| and |f‴| at 1, where its slope is sought.
# Functions that round once give the same numbers on every machine; libraries differ in a last bit.
_CURVES = {
    "exp": (_rounded(Decimal.exp), lambda: (Decimal(1).exp(),) * 4),
    "sin": (_rounded(_exact_sine), lambda: (*_sine_and_cosine(), *_sine_and_cosine())),
    "cube": (lambda x: x * x * x, lambda: tuple(map(Decimal, (1, 3, 6, 6)))),
}


def _sine_and_cosine():
    """Compute both at 1."""
    sine = _exact_sine(Decimal(1))
    return sine, (1 - sine * sine).sqrt()


def _quotient(f, method, h):
    """Compute a difference quotient at 1 in float64."""
    if method == "forward":
        return (f(1.0 + h) - f(1.0)) / h
    return (f(1.0 + h) - f(1.0 - h)) / (2.0 * h)


def _exponents():
    """List the logarithms of the steps, base ten: eight a decade, exact in binary."""
    return [i / _PER_DECADE - _DECADES for i in range(_PER_DECADE * _DECADES + 1)]


@cache
def _error_curve(function, method):
    """Compute the relative error at every step, to four digits."""
    f, truth = _CURVES[function]
    with localcontext(prec=_DIGITS):
        slope = truth()[1]
        steps = [float(Decimal(10) ** Decimal(exponent)) for exponent in _exponents()]
        errors = [abs(Decimal(_quotient(f, method, h)) / slope - 1) for h in steps]
    return tuple(float(f"{error:.3e}") for error in errors)


class Exponent(Number):
    """The logarithm of a step, base ten, on the grid of eight steps a decade."""

    def validate(self, obj, value):
        """Return the nearest exponent of the grid, or raise."""
        return round(_PER_DECADE * super().validate(obj, value)) / _PER_DECADE


class StepSizeV(Explorable):
    """Change the step of a finite difference: both a long and a short one have a large error.

    The error against the step is a V on logarithmic axes. The second view magnifies the function at
    the scale of the step: on the right arm you see that it is curved, on the left arm that its
    values are rounded.

    Parameters
    ----------
    function : {"exp", "sin", "cube"}, optional
        The function whose slope at 1 is sought.
    method : {"forward", "central"}, optional
        The difference quotient.
    exponent : float, optional
        The step is ten to this power, from -16 to 0, in eighths.

    Raises
    ------
    TypeError
        If an argument is of the wrong type, or its keyword is unknown.
    ValueError
        If the exponent is out of bounds, or there is no such function or method.

    See Also
    --------
    lib.calculus.derivative : chooses and refines the step by itself.

    Notes
    -----
    Relative to the slope, forward differences miss h |f″ / 2f′| and rounding costs up to
    2u |f / f′| / h; central ones miss h² |f‴ / 6f′| and rounding costs up to u |f / f′| / h, with
    u = 2⁻⁵³. The errors themselves are measured, against a slope known to 60 digits.

    Examples
    --------
    >>> v = StepSizeV(function="exp", method="forward", exponent=-16)
    >>> v.relative_error
    1.0
    >>> print(f"{StepSizeV(method='forward').best_step:.1e}")
    2.1e-08
    """

    _module = "step_size_v"
    _title = "The step-size V"

    function = Choice(tuple(_CURVES))
    method = Choice(("forward", "central"))
    exponent = Exponent(-15, minimum=-_DECADES, maximum=0)
    errors = Numbers(**DRAWN)

    @traitlets.default("errors")
    def _measured_errors(self):
        methods = self.state_traits()["method"].options
        curves = [_error_curve(name, method) for name in _CURVES for method in methods]
        return np.concatenate(curves).tolist()

    @property
    def step(self):
        """The distance at which the function is looked at."""
        return 10.0**self.exponent

    @property
    def relative_error(self):
        """How far the difference quotient is from the slope, relative to the slope."""
        return _error_curve(self.function, self.method)[_exponents().index(self.exponent)]

    @property
    def best_step(self):
        """The step at which the two sources of error together are least."""
        with localcontext(prec=_DIGITS):
            f, _, second, third = map(float, _CURVES[self.function][1]())
        unit = 2.0**-53
        if self.method == "forward":
            return 2.0 * math.sqrt(unit * f / second)
        return (3.0 * unit * f / third) ** (1 / 3)

    @property
    def readings(self):
        """The step, its relative error, and the step that should be best."""
        numbers = ("step", "relative_error", "best_step")
        return {name: getattr(self, name) for name in numbers}
