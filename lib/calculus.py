"""Derivatives by differences: what every formula of the course is checked against.

Nothing here knows a rule of calculus. A function is looked at a little to the right and a little to
the left of a point; that is the whole idea, and stands first. No step serves every function, so
unless one is asked for a careful referee, which stands last, tries smaller and smaller steps and
extrapolates to step zero. That makes this module an independent witness for formulas and for
:mod:`lib.autodiff`.

Derivatives are in **numerator layout**: the index of the function comes first, that of the argument
second. A Jacobian is (k, d). The gradient of a scalar is a row (1, d) on paper; in code it is an
array of the argument's own shape.

References
----------
C. J. F. Ridders, "Accurate computation of F'(x) and F'(x)F''(x)", Advances in Engineering
Software 4(2), 1982: central differences, extrapolated, each with an estimate of its error.
"""

import math
from dataclasses import dataclass

import numpy as np

from lib import checks

_LAYOUTS = ("numerator", "denominator")
_SHOWN = 10  # how many entries of a GradientCheck are printed

# ---------------------------------------------------------------------------------------------
# Central differences
# ---------------------------------------------------------------------------------------------


def _central_differences(f, x, y, step):
    """Slopes of f along every coordinate of x: first the axes of y = f(x), then those of x."""
    with np.errstate(all="ignore"):  # what is not finite is refused
        slopes = [_slope(*_sides(f, x, i, step), step) for i in np.ndindex(x.shape)]
    checks.same_shape("f(x)", y, "f(x + h)", slopes[0])
    return np.stack(slopes, axis=-1).reshape(y.shape + x.shape)


def _slope(right, left, step):
    """Difference quotient of what was seen on both sides."""
    return checks.finite("(f(x + h) - f(x - h)) / 2h", (right - left) / (2.0 * step))


def _sides(f, x, index, step):
    """Look at f a step to the right and a step to the left of x along one coordinate."""
    right, left = (_value(f, _shifted(x, index, h)) for h in (step, -step))
    checks.same_shape("f(x + h)", right, "f(x - h)", left)
    return checks.finite("f(x + h)", right), checks.finite("f(x - h)", left)


def _shifted(x, index, step):
    """Move a point along one coordinate."""
    x = x.copy()
    x[index] += step
    return x


def _value(f, x):
    """Call the function on a copy, which it may change as it likes."""
    with np.errstate(all="ignore"):  # what is not finite is noticed by the caller
        return checks.real_array("f(x)", f(x.copy()[()]))


def _problem(f, x, step):
    """Check the three arguments that all derivatives share, and look at the function once."""
    checks.function("f", f)
    x = checks.finite_array("x", x)
    step = None if step is None else checks.positive_number("step", step)
    return x, checks.finite("f(x)", _value(f, x)), step


# ---------------------------------------------------------------------------------------------
# Derivatives
# ---------------------------------------------------------------------------------------------


def _slopes(f, x, y, step):
    """Slopes along all coordinates, at one step or by the referee."""
    return _limits(f, x, y)[0] if step is None else _central_differences(f, x, y, step)


def derivative(f, x, *, step=None):
    """Differentiate a function of one number.

    Parameters
    ----------
    f : callable
        Function of a float; returns a number, or an array of any shape.
    x : float
        Where to differentiate.
    step : float, optional
        The distance to look to either side, in the unit of ``x``. When not given, several steps are
        tried and extrapolated to zero, which is more accurate than any single one.

    Returns
    -------
    float or numpy.ndarray
        The derivative, in units of f per unit of x; of the shape that ``f`` returns.

    Raises
    ------
    TypeError
        If ``f`` cannot be called, or ``x`` or ``f(x)`` is not made of real numbers.
    ValueError
        If a value is not finite, ``step`` is not positive, or ``f`` changes the shape it returns.

    See Also
    --------
    gradient : for a scalar function of an array.
    lib.autodiff.grad : the same number, by the chain rule.

    Notes
    -----
    A single step h gives (f(x + h) - f(x - h)) / 2h. Its error is a sixth of the third derivative
    times h², plus rounding of about 1e-16 f/h: smallest near h = 1e-5, large on both sides.

    References
    ----------
    Ridders (1982), see the top of the module.

    Examples
    --------
    >>> round(derivative(lambda x: x**2, 3.0), 6)
    6.0
    >>> derivative(lambda x: x**3, 1.0, step=0.5)
    3.25
    """
    x, y, step = _problem(f, checks.number("x", x), step)
    slope = _slopes(f, x, y, step)
    return slope if slope.ndim else float(slope)


def gradient(f, x, *, step=None):
    """Differentiate a scalar function by every entry of its argument.

    Parameters
    ----------
    f : callable
        Function of one array of the shape of ``x``; returns a number.
    x : array_like, any shape
        Where to differentiate.
    step : float, optional
        The distance to look to either side, in the unit of ``x``; see :func:`derivative`.

    Returns
    -------
    numpy.ndarray, of the shape of x
        The partial derivatives, in units of f per unit of x.

    Raises
    ------
    TypeError
        If ``f`` cannot be called, or ``x`` or ``f(x)`` is not made of real numbers.
    ValueError
        If ``f`` returns an array, a value is not finite, or ``step`` is not positive.

    See Also
    --------
    check_gradient : compares a formula with this.
    lib.autodiff.grad : the same numbers, by the chain rule.

    Notes
    -----
    The function is called 4 to 32 times for every entry of ``x``, or twice when a step is given.

    References
    ----------
    Ridders (1982), see the top of the module.

    Examples
    --------
    >>> A = np.array([[1.0, 2.0], [0.0, 3.0]])
    >>> gradient(lambda x: x @ A @ x, [1.0, 2.0]).round(6)
    array([ 6., 14.])
    """
    x, y, step = _problem(f, x, step)
    return _slopes(f, x, checks.scalar_output("f", y), step)


def jacobian(f, x, *, step=None):
    """Differentiate every output of a function by every entry of its argument.

    Parameters
    ----------
    f : callable
        Function of one array of shape (d,); returns an array of shape (k,).
    x : array_like, shape (d,)
        Where to differentiate.
    step : float, optional
        The distance to look to either side, in the unit of ``x``; see :func:`derivative`.

    Returns
    -------
    numpy.ndarray, shape (k, d)
        Row i, column j: the derivative of output i by entry j. For other shapes the rule is the
        same, first the shape of ``f(x)``, then that of ``x``.

    Raises
    ------
    TypeError
        If ``f`` cannot be called, or ``x`` or ``f(x)`` is not made of real numbers.
    ValueError
        If a value is not finite, ``step`` is not positive, or ``f`` changes the shape it returns.

    See Also
    --------
    to_denominator_layout : the transpose, as other books write it.
    lib.autodiff.jacobian : the same numbers, by the chain rule.

    Notes
    -----
    Numerator layout, as SciPy and JAX have it.

    References
    ----------
    Ridders (1982), see the top of the module.

    Examples
    --------
    >>> jacobian(lambda x: np.array([x[0] * x[1], x[0], 3 * x[1]]), [2.0, 5.0]).round(6)
    array([[5., 2.],
           [1., 0.],
           [0., 3.]])
    """
    x, y, step = _problem(f, x, step)
    return _slopes(f, x, y, step)


def hessian(f, x, *, step=None):
    """Differentiate a scalar function twice, where its second derivatives are continuous.

    Parameters
    ----------
    f : callable
        Function of one array of shape (d,); returns a number.
    x : array_like, shape (d,)
        Where to differentiate.
    step : float, optional
        The distance to look to either side, in the unit of ``x``; see :func:`derivative`. Second
        differences want a longer one, near 1e-4.

    Returns
    -------
    numpy.ndarray, shape (d, d)
        The second derivatives, symmetric, in units of f per unit of x squared.

    Raises
    ------
    TypeError
        If ``f`` cannot be called, or ``x`` or ``f(x)`` is not made of real numbers.
    ValueError
        If ``x`` is not a vector, ``f`` returns an array, a value is not finite, or ``step`` is not
        positive.

    See Also
    --------
    lib.optimizers.largest_stable_rate : what the largest eigenvalue is good for.

    Notes
    -----
    The Jacobian of the gradient: row i, column j is the derivative by entry i of the derivative by
    entry j. This assumes that the second derivatives exist around ``x`` and are continuous: then
    the order of the two does not matter, and the mean with the transpose is returned. Where f has a
    kink, as an absolute error has, there is no Hessian, and the numbers mean nothing.

    References
    ----------
    Ridders (1982), see the top of the module.

    Examples
    --------
    >>> hessian(lambda x: x[0] ** 2 + 3 * x[0] * x[1], [1.0, 2.0]).round(4) + 0.0
    array([[2., 3.],
           [3., 0.]])
    """
    x, y, step = _problem(f, x, step)
    checks.shape_form("x", x, "(d,)", ndims=(1,))
    checks.scalar_output("f", y)
    if step is None:
        slope, rough = _limits(f, x, y)
        H = _limits(lambda point: gradient(f, point), x, slope, rough)[0]
    else:
        slope = _central_differences(f, x, y, step)
        H = _central_differences(lambda point: gradient(f, point, step=step), x, slope, step)
    return (H + H.T) / 2.0


# ---------------------------------------------------------------------------------------------
# Checking a formula
# ---------------------------------------------------------------------------------------------


@dataclass(frozen=True, eq=False, repr=False)
class GradientCheck:
    """What a formula gave beside what the differences gave; true when they agree.

    Attributes
    ----------
    ok : bool
        Whether every entry agrees.
    analytic, numeric : numpy.ndarray, of the shape of x
        The formula's gradient and the differences'.
    worst_index : tuple of int
        The entry that agrees least.
    relative_error : float
        The disagreement there, beyond what rounding explains, relative to the larger of the two.

    See Also
    --------
    check_gradient : makes one.

    Examples
    --------
    >>> check = check_gradient(lambda x: x @ x, lambda x: x + 1, [1.0, 3.0])
    >>> bool(check), check.worst_index, round(check.relative_error, 4)
    (False, (1,), 0.3333)
    """

    ok: bool
    analytic: np.ndarray
    numeric: np.ndarray
    worst_index: tuple
    relative_error: float

    def __bool__(self):
        return self.ok

    def __str__(self):
        verdict = "The gradients agree" if self.ok else "The gradients DISAGREE"
        head = f"{verdict}: relative error {self.relative_error:.1e} at index {self.worst_index}."
        return "\n".join([head, f"{'index':>12} {'analytic':>16} {'numeric':>16}", *self._rows()])

    __repr__ = __str__

    def _rows(self):
        """Print the first entries, and the worst one wherever it is."""
        indices = list(np.ndindex(self.analytic.shape))
        shown = [i for n, i in enumerate(indices) if n < _SHOWN or i == self.worst_index]
        rows = [self._row(index) for index in shown]
        hidden = len(indices) - len(shown)
        return [*rows, f"{'...':>12} ({hidden} more)"] if hidden else rows

    def _row(self, index):
        """Print one entry, and mark it if it is the worst of a disagreement."""
        mark = "" if self.ok or index != self.worst_index else "  <- worst"
        return f"{index!s:>12} {self.analytic[index]:16.8g} {self.numeric[index]:16.8g}{mark}"


def check_gradient(f, gradient, x, *, rtol=1e-6):
    """Compare a formula for a gradient with differences of the function.

    Parameters
    ----------
    f : callable
        Function of one array of the shape of ``x``; returns a number.
    gradient : callable
        The formula: a function of the same array; returns an array of the same shape.
    x : array_like, any shape
        Where to compare. One point proves nothing; take a few, at random.
    rtol : float
        The largest relative error of an entry that still counts as agreement.

    Returns
    -------
    GradientCheck
        True when all entries agree; prints both gradients side by side.

    Raises
    ------
    TypeError
        If ``f`` or ``gradient`` cannot be called, or does not return real numbers.
    ValueError
        If ``f`` returns an array, ``gradient`` returns another shape than that of ``x``, a value is
        not finite, or ``rtol`` is not positive.

    See Also
    --------
    gradient : the numeric side.

    Notes
    -----
    An entry's relative error is (abs(analytic - numeric) - rounding) / max(abs(analytic),
    abs(numeric)), at least zero, where the rounding is 8 units in the last place of f divided by
    the step, and what 8 such units of x do to the gradient: a disagreement below that cannot be
    seen in differences. At a minimum any formula agrees that is small enough; compare elsewhere.
    Central differences see the mean of the slopes on both sides. At a kink, where there is no
    derivative, a formula that returns this mean agrees too, as 0 does for the absolute value at 0.

    References
    ----------
    HIPS/autograd, ``autograd/test_util.py``, for a failure that shows both sides.

    Examples
    --------
    >>> check_gradient(lambda x: x @ x, lambda x: 2 * x, [1.0, 3.0]).ok
    True
    >>> print(check_gradient(lambda x: x @ x, lambda x: x + 1, [1.0, 3.0]))
    The gradients DISAGREE: relative error 3.3e-01 at index (1,).
           index         analytic          numeric
            (0,)                2                2
            (1,)                4                6  <- worst
    """
    x, y, _ = _problem(f, x, None)
    rtol = checks.positive_number("rtol", rtol)
    analytic = _formula(gradient, x)
    numeric, noise = _limits(f, x, checks.scalar_output("f", y))
    error = _relative_error(analytic, numeric, noise + _rounding_of_x(f, x, y))
    worst = tuple(int(i) for i in np.unravel_index(np.argmax(error), x.shape))
    return GradientCheck(bool(error[worst] <= rtol), analytic, numeric, worst, float(error[worst]))


def _formula(gradient, x):
    """Evaluate the reader's formula, and keep a copy of what it returns."""
    checks.function("gradient", gradient)
    value = checks.finite_array("gradient(x)", gradient(x.copy()[()]))
    checks.same_shape("gradient(x)", value, "x", x)
    return value.copy()


def _relative_error(analytic, numeric, noise):
    """Disagreement of each entry beyond rounding, relative to the larger side."""
    gap = np.maximum(np.abs(analytic - numeric) - noise, 0.0)
    scale = np.maximum(np.abs(analytic), np.abs(numeric))
    return np.divide(gap, scale, out=np.zeros_like(gap), where=gap > 0.0)


# ---------------------------------------------------------------------------------------------
# Layouts
# ---------------------------------------------------------------------------------------------


def to_denominator_layout(J):
    """Rewrite a derivative in numerator layout as other books write it: turned over.

    Parameters
    ----------
    J : array_like, shape (k, d) or (d,)
        A Jacobian, or the gradient of a scalar as it is stored in code.

    Returns
    -------
    numpy.ndarray, shape (d, k) or (d, 1)
        The transpose of the Jacobian; a gradient becomes a column.

    Raises
    ------
    TypeError
        If the values are not real numbers.
    ValueError
        If there are none, one is not finite, or the array has neither one axis nor two.

    See Also
    --------
    to_numerator_layout : the way back.
    derivative_shape : the shape of any derivative in either layout.

    Notes
    -----
    In denominator layout the chain rule is written from right to left: (D_y f · D_x g)ᵀ =
    (D_x g)ᵀ · (D_y f)ᵀ.

    Examples
    --------
    >>> to_denominator_layout([[1, 2], [3, 4], [5, 6]])
    array([[1., 3., 5.],
           [2., 4., 6.]])
    >>> to_denominator_layout([6, 14])
    array([[ 6.],
           [14.]])
    """
    return np.atleast_2d(_matrix_or_vector(J, "(k, d) or (d,)")).T.copy()


def to_numerator_layout(J):
    """Rewrite a derivative in denominator layout as this course writes it: turned over.

    Parameters
    ----------
    J : array_like, shape (d, k) or (d,)
        A transposed Jacobian, or the gradient of a scalar without its second axis.

    Returns
    -------
    numpy.ndarray, shape (k, d) or (1, d)
        The Jacobian; a gradient becomes a row.

    Raises
    ------
    TypeError
        If the values are not real numbers.
    ValueError
        If there are none, one is not finite, or the array has neither one axis nor two.

    See Also
    --------
    to_denominator_layout : the way there.
    derivative_shape : the shape of any derivative in either layout.

    Notes
    -----
    For two axes both functions are the transpose. They differ for a vector, which stands for a row
    in one layout and for a column in the other.

    Examples
    --------
    >>> to_numerator_layout([[6], [14]])
    array([[ 6., 14.]])
    """
    J = _matrix_or_vector(J, "(d, k) or (d,)")
    return J.T.copy() if J.ndim == 2 else J[np.newaxis, :].copy()


def _matrix_or_vector(J, form):
    """Check a derivative that is to be turned over."""
    return checks.shape_form("J", checks.finite_array("J", J), form, ndims=(1, 2))


def derivative_shape(y_shape, x_shape, *, layout="numerator"):
    r"""Shape of the derivative of a scalar, vector or matrix by a scalar, vector or matrix.

    Parameters
    ----------
    y_shape : tuple of int
        Shape of what is differentiated, the numerator: ``()``, ``(k,)`` or ``(m, n)``.
    x_shape : tuple of int
        Shape of what it is differentiated by, the denominator: ``()``, ``(d,)`` or ``(p, q)``.
    layout : {"numerator", "denominator"}
        Whose index comes first.

    Returns
    -------
    tuple of int
        The shape as it is written on paper, where a row and a column are matrices.

    Raises
    ------
    TypeError
        If a shape is not a tuple of integers.
    ValueError
        If a size is below 1, there are more than two axes, or there is no such layout.

    See Also
    --------
    jacobian : computes the derivative of a vector by a vector.

    Notes
    -----
    In numerator layout:

    =========== ============ ============ ===============
    \           by a scalar  by (d,)      by (p, q)
    =========== ============ ============ ===============
    a scalar    ()           (1, d)       (q, p)
    (k,)        (k, 1)       (k, d)       (k, p, q)
    (m, n)      (m, n)       (m, n, d)    (m, n, p, q)
    =========== ============ ============ ===============

    In denominator layout the shapes with at most two axes are turned over, and a tensor has the
    axes of the denominator first. A scalar by a matrix is therefore (q, p) here and (p, q), the
    matrix's own shape, there; code stores it in the matrix's own shape.

    References
    ----------
    Wikipedia, "Matrix calculus", section "Layout conventions".

    Examples
    --------
    >>> derivative_shape((3,), (2,))
    (3, 2)
    >>> derivative_shape((), (2,)), derivative_shape((), (2,), layout="denominator")
    ((1, 2), (2, 1))
    """
    y_shape = _checked_shape("y_shape", y_shape)
    x_shape = _checked_shape("x_shape", x_shape)
    numerator_first = checks.choice("layout", layout, _LAYOUTS) == "numerator"
    if () in (y_shape, x_shape):
        shape = _shape_on_paper(y_shape, x_shape)
        return shape if numerator_first else shape[::-1]
    return y_shape + x_shape if numerator_first else x_shape + y_shape


def _checked_shape(name, value):
    """Turn an argument into the shape of a scalar, a vector or a matrix."""
    if not isinstance(value, tuple | list):
        raise TypeError(f"{name} must be a tuple of integers, got {checks.described(value)}.")
    if len(value) > 2:
        raise ValueError(f"{name} must have at most two axes, got {tuple(value)}.")
    return tuple(checks.count(f"a size in {name}", size) for size in value)


def _shape_on_paper(y_shape, x_shape):
    """Shape in numerator layout when one of the two is a scalar."""
    if len(x_shape) == 1:
        return (1, *x_shape)
    return (*y_shape, 1) if len(y_shape) == 1 else y_shape + x_shape[::-1]


# ---------------------------------------------------------------------------------------------
# The careful referee
# ---------------------------------------------------------------------------------------------

# A step is one of these times a power of two near max(1, |x|): x + h is then exact.
_STEPS = 2.0 ** -np.arange(6, 37, 2)
_RATIO_SQUARED = 16.0  # of one step to the next: the error goes with the square of the step
_ROUNDING = 8.0 * np.finfo(np.float64).eps  # what the rounding inside f may cost, relative to |f|
_TINY = 8.0 * np.finfo(np.float64).tiny  # the same, where |f| is too small for relative precision
_SETTLED = 1e-9  # relative error of a limit that needs no second look
_DOUBTFUL = 1e-3  # relative error of one that says nothing


def _limits(f, x, y, rough=0.0):
    """Slopes of f along every coordinate of x, and the rounding error that each may carry."""
    with np.errstate(all="ignore"):  # what is not finite is refused, or steps less far
        columns = [_limit(f, x, index, y, rough) for index in np.ndindex(x.shape)]
    layers = (np.stack(layer, axis=-1) for layer in zip(*columns, strict=True))
    return [layer.reshape(y.shape + x.shape) for layer in layers]


def _limit(f, x, index, y, rough):
    """Find the derivative along one coordinate, and its rounding error."""
    # The usual steps reach across a singularity at 0 when x is near it, and across whole waves of a
    # function when x is large. Where they do not settle, smaller ones are tried too, and the more
    # certain result is kept.
    best, problem = None, None
    for scale in _scales(x[index]):
        found, problem = _table(f, x, index, y, rough, scale)
        best = _surer(best, found)
        if _settled(best):
            break
    if best is None:
        message = f"f must be defined on both sides of x, at index {index}: {problem}"
        raise ValueError(message)
    return best[0], best[2]


def _scales(x):
    """Choose the powers of two that steps are measured in: the usual one, then the second best."""
    size = abs(x)
    chosen = [max(1.0, size)]
    if 0.0 < size < _STEPS[0]:
        chosen.append(max(size, 1e-300))  # below, a step has too few digits
    elif size > 1.0 / _STEPS[0]:
        chosen.append(size * 2.0**-16)  # the last step is then the distance between two floats
    return [math.ldexp(1.0, math.frexp(scale)[1] - 1) for scale in chosen]


def _table(f, x, index, y, rough, scale):
    """Extrapolate to step zero, from steps of one scale; say what went wrong on the way."""
    line, best, problem = [], None, None
    for step in _STEPS * scale:
        try:
            right, left = _sides(f, x, index, step)
            quotient = _slope(right, left, step)
        except (ValueError, ArithmeticError) as error:  # beyond the domain of f: step less far
            problem = error
            continue
        noise = _noise(right, left, rough) / step
        checks.same_shape("f(x)", y, "f(x + h)", quotient)
        line, previous = _extrapolate(line, quotient), line
        best = _better(best, line, previous, noise)
        if np.all(best[1] <= 4.0 * noise):  # the next step would only add rounding
            break
    return best, problem


def _settled(best):
    """Say whether every entry is known to enough digits."""
    return best is not None and bool(np.all(best[1] <= _SETTLED * np.abs(best[0])))


def _surer(far, near):
    """Keep, entry by entry, the value with the smaller relative error; in doubt the first one."""
    if far is None or near is None:
        return near if far is None else far
    far_error, near_error = (error / np.abs(value) for value, error, _ in (far, near))
    return np.where((near_error < _DOUBTFUL) & ~(near_error >= far_error), near, far)


def _extrapolate(previous, quotient):
    """Next line of Ridders' table: each entry is rid of one more power of the squared step."""
    line, factor = [quotient], 1.0
    for above in previous:
        factor *= _RATIO_SQUARED
        line.append(line[-1] + (line[-1] - above) / (factor - 1.0))
    return line


def _better(best, line, previous, noise):
    """Keep, entry by entry, the value that agrees best with its neighbours in the table."""
    # The three layers of the result: the value, its error, and the part of it that is rounding.
    if best is None:
        best = np.stack([line[0], np.full_like(noise, np.inf), noise])
    for value, left, above in zip(line[1:], line[:-1], previous, strict=True):
        error = np.maximum(np.abs(value - left), np.abs(value - above)) + noise
        best = np.where(error <= best[1], np.stack([value, error, noise]), best)
    return best


def _noise(right, left, rough):
    """Bound what float64 rounds away from two values of f, beside what is known to be rough."""
    return _ROUNDING * np.maximum(np.abs(right), np.abs(left)) + _TINY + rough


def _rounding_of_x(f, x, y):
    """Bound what the rounding of x alone does to a gradient, in units of the gradient."""
    # That is eps Σ_k |H_jk x_k|. At a minimum the whole gradient is no larger, and H is positive
    # semi-definite there: H_jk is at most sqrt(H_jj H_kk), and the diagonal is enough.
    with np.errstate(all="ignore"):
        bends = [
            min(_bend(f, x, index, y, _STEPS[0] * scale) for scale in _scales(x[index]))
            for index in np.ndindex(x.shape)
        ]
        root = np.sqrt(bends).reshape(x.shape)
        return _ROUNDING * root * np.sum(root * np.abs(x))


def _bend(f, x, index, y, step):
    """Size of the second derivative along one coordinate, or 0 where it cannot be had."""
    try:
        right, left = (_value(f, _shifted(x, index, h)) for h in (step, -step))
    except (ValueError, ArithmeticError):  # beyond the domain of f
        return 0.0
    bend = float(np.abs((right - y) - (y - left)) / step / step)
    return bend if math.isfinite(bend) else 0.0
