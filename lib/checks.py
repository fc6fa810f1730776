"""Every argument error of the package, in one form: what must hold, then what was given.

Each function takes the name of an argument and its value, and hands the value back ready to use, or
raises. They stand in the inner loop of model fitting, so the usual case takes one cheap pass over
the numbers; the message is only built when something is wrong.
"""

import math
import operator
import sys
from numbers import Number, Real

import numpy as np

SUM_TOLERANCE = 1e-6  # wide enough for probabilities that were computed in float32

_FLOAT64 = np.dtype(np.float64)
_INFINITY = float("inf")
# The way out, where somebody comes from PyTorch, or has a distribution for each sample.
_IGNORED = ": samples to be ignored must be left out first, keep = labels != -100"
_SOFT = (
    ": for soft labels p take -(p * log_softmax(logits)).sum(axis=1), "
    "for rows with a single 1 from_one_hot(p)"
)
_SMALL = 8192  # above about 10,000 numbers a dot product is threaded, and slow on a busy machine


# ---------------------------------------------------------------------------------------------
# Arrays of real numbers
# ---------------------------------------------------------------------------------------------


def real_array(name, value):
    """Turn an argument into a non-empty float64 array; NaN and infinities pass."""
    if type(value) is np.ndarray and value.dtype is _FLOAT64 and value.size:
        return value
    array = _any_array(name, value)
    if array.dtype.kind not in "fiub":
        raise TypeError(f"{name} must hold real numbers, got dtype {array.dtype}.")
    # A long double beyond the range of float64 becomes inf here; `finite` is what objects to it.
    with np.errstate(over="ignore", under="ignore"):
        return array.astype(np.float64, copy=False)


def _any_array(name, value):
    """Turn an argument into a non-empty array of whatever dtype it has."""
    try:
        array = np.asarray(value)
    except ValueError:
        message = f"{name} must be a rectangular array, got rows of different lengths."
        raise ValueError(message) from None
    if array.size == 0:
        raise ValueError(f"{name} must not be empty, got shape {array.shape}.")
    # NumPy would go on with what stands behind the mask.
    if isinstance(value, np.ndarray) and np.any(getattr(value, "mask", False)):
        raise ValueError(f"{name} must have no masked values, got {np.sum(value.mask)} of them.")
    return array


def not_nan(name, array):
    """Refuse NaN; infinities pass."""
    total = np.vdot(array, array) if array.size <= _SMALL else np.maximum.reduce(array, axis=None)
    if total != total:
        raise ValueError(f"{name} must not contain NaN, got {first(array, np.isnan(array))}.")
    return array


def finite(name, array):
    """Refuse NaN and infinities."""
    if not all_finite(array):
        raise ValueError(f"{name} must be finite, got {first(array, ~np.isfinite(array))}.")
    return array


def all_finite(array):
    """Say whether every value is finite, in as little time as can be."""
    if isinstance(array, float):
        return math.isfinite(array)
    if array.size <= _SMALL and np.vdot(array, array) < _INFINITY:
        return True
    return bool(np.isfinite(array).all())


def finite_array(name, value):
    """Turn an argument into a non-empty float64 array of finite numbers."""
    return finite(name, real_array(name, value))


def class_logits(name, array):
    """Refuse scores of classes that are NaN or +inf, and rows in which no class is possible."""
    if not all_finite(array):
        bad = ~(array < _INFINITY)
        if bad.any():
            raise ValueError(f"{name} must be finite or -inf, got {first(array, bad)}.")
        softmax_defined(name, array)
    return array


def first(array, bad):
    """Name the first value that a mask marks, and where it stands."""
    index = tuple(int(i) for i in np.argwhere(bad)[0])
    return f"{array[index]} at index {index}" if index else f"{array}"


# ---------------------------------------------------------------------------------------------
# Shapes
# ---------------------------------------------------------------------------------------------


def shape_form(name, array, form, *, ndims):
    """Refuse an array with another number of axes than the documented ones."""
    if array.ndim not in ndims:
        raise ValueError(f"{name} must have shape {form}, got {array.shape}.")
    return array


def same_shape(name_a, a, name_b, b):
    """Refuse two arrays that would have to be broadcast to be paired."""
    if a.shape != b.shape:
        message = f"{name_a} and {name_b} must have the same shape, got {a.shape} and {b.shape}."
        raise ValueError(message)


def scalar_or_same_shape(name, value, name_of, of):
    """Refuse a parameter that is neither one number nor one number a sample."""
    if value.ndim and value.shape != of.shape:
        raise ValueError(
            f"{name} must be a scalar or have the shape of {name_of}, {of.shape}, "
            f"got {value.shape}."
        )


def fitting(symbol, function, a, b):
    """Compute an operator on two arrays, or say that their shapes do not fit."""
    try:
        with np.errstate(all="ignore"):
            return function(a, b)
    except ValueError:
        shapes = f"{a.shape} and {b.shape}"
        message = f"the operands of {symbol} must have shapes that fit, got {shapes}."
        raise ValueError(message) from None


def axes(name, value, ndim):
    """Turn an argument into a tuple of axes."""
    if value is None:
        return tuple(range(ndim))
    given = value if isinstance(value, tuple) else (value,)
    counted = tuple(count(name, axis, minimum=-ndim) for axis in given)
    if any(axis >= ndim for axis in counted):
        raise ValueError(f"{name} must be less than the number of axes, {ndim}, got {value}.")
    result = tuple(axis % ndim for axis in counted)
    if len(set(result)) < len(result):
        raise ValueError(f"{name} must name an axis once, got {value}.")
    return result


def matching_size(name_a, a, name_b, b, *, axes, what):
    """Refuse two arrays whose sizes differ along the axes that count the same thing."""
    if a.shape[axes[0]] != b.shape[axes[1]]:
        raise ValueError(
            f"{name_a} and {name_b} must have the same number of {what}, "
            f"got shapes {a.shape} and {b.shape}."
        )


# ---------------------------------------------------------------------------------------------
# Probabilities and labels
# ---------------------------------------------------------------------------------------------


def probabilities(name, array):
    """Refuse values outside [0, 1], NaN included."""
    # Comparisons with NaN are false, so it fails here without a test of its own.
    if not (np.minimum.reduce(array, axis=None) >= 0 and np.maximum.reduce(array, axis=None) <= 1):
        bad = ~((array >= 0) & (array <= 1))
        raise ValueError(f"{name} must lie in [0, 1], got {first(array, bad)}.")
    return array


def distributions(name, array):
    """Refuse values that are not probability distributions along the last axis."""
    at_least_one_axis(name, array)
    total = probabilities(name, array).sum(axis=-1)
    bad = np.abs(total - 1.0) > SUM_TOLERANCE
    if bad.any():
        raise ValueError(f"{name} must sum to 1 along the last axis, got {first(total, bad)}.")
    return array


def at_least_one_axis(name, array):
    """Refuse a single number where a vector is needed."""
    if array.ndim == 0:
        raise ValueError(f"{name} must have at least one axis, got the scalar {array}.")
    return array


def softmax_defined(name, array):
    """Refuse scores of which the softmax has no meaning."""
    not_nan(name, array)
    n_tops = (array == _INFINITY).sum(axis=-1)
    if (n_tops > 1).any():
        raise ValueError(f"{name} must have at most one +inf in a vector, got {n_tops.max()}.")
    if (array == -_INFINITY).all(axis=-1).any():
        raise ValueError(f"{name} must have a value above -inf in every vector, got only -inf.")


def class_labels(name, value, *, n_classes, n_samples=None):
    """Turn an argument into class labels: integers 0..K-1, one a sample."""
    labels = _any_array(name, value)
    if labels.dtype.kind not in "iu":
        way_out = _SOFT if labels.ndim == 2 and labels.dtype.kind == "f" else ""
        raise TypeError(f"{name} must be of an integer dtype, got dtype {labels.dtype}{way_out}.")
    if labels.ndim != 1 or n_samples not in (None, len(labels)):
        form = "(n,)" if n_samples is None else f"({n_samples},)"
        raise ValueError(f"{name} must have shape {form}, got {labels.shape}.")
    if np.minimum.reduce(labels) < 0 or np.maximum.reduce(labels) >= n_classes:
        bad = (labels < 0) | (labels >= n_classes)
        way_out = _IGNORED if (labels == -100).any() else ""
        given = first(labels, bad)
        raise ValueError(f"{name} must lie in 0..{n_classes - 1}, got {given}{way_out}.")
    return labels


def binary_labels(name, array):
    """Refuse values other than 0 and 1."""
    bad = (array != 0) & (array != 1)
    if bad.any():
        raise ValueError(f"{name} must be 0 or 1, got {first(array, bad)}.")
    return array


# ---------------------------------------------------------------------------------------------
# Single numbers and the generator
# ---------------------------------------------------------------------------------------------


def number(name, value):
    """Turn an argument into one finite float."""
    if isinstance(value, np.ndarray) and value.ndim == 0:
        value = value[()]
    if not isinstance(value, Real) or isinstance(value, bool):
        raise TypeError(f"{name} must be a real number, got {described(value)}.")
    result = _as_float(value)
    if not -_INFINITY < result < _INFINITY:
        raise ValueError(f"{name} must be finite, got {result}.")
    return result


def _as_float(value):
    """Round to float64; a whole number or a fraction beyond its range becomes infinite."""
    try:
        return float(value)
    except OverflowError:
        return _INFINITY if value > 0 else -_INFINITY


def described(value):
    """Describe a value of the wrong type without printing all of it."""
    if isinstance(value, np.ndarray):
        return f"an array of shape {value.shape} and dtype {value.dtype}"
    if isinstance(value, str | Number | None):
        return repr(value)
    return f"a {type(value).__name__}"


def positive_number(name, value):
    """Turn an argument into one finite float above zero."""
    result = number(name, value)
    if result <= 0:
        raise ValueError(f"{name} must be positive, got {value}.")
    return result


def non_negative_number(name, value):
    """Turn an argument into one finite float that is not below zero."""
    result = number(name, value)
    if result < 0:
        raise ValueError(f"{name} must not be negative, got {value}.")
    return result


def positive_array(name, array):
    """Refuse values that are not above zero."""
    bad = array <= 0
    if bad.any():
        raise ValueError(f"{name} must be positive, got {first(array, bad)}.")
    return array


def no_zero(name, value):
    """Refuse zero."""
    bad = np.asarray(value) == 0
    if bad.any():
        raise ValueError(f"{name} must not be zero, got {first(np.asarray(value), bad)}.")
    return value


def not_below_zero(name, value):
    """Refuse negative values."""
    bad = np.asarray(value) < 0
    if bad.any():
        raise ValueError(f"{name} must not be negative, got {first(np.asarray(value), bad)}.")
    return value


def below_one(name, value):
    """Turn an argument into a float in [0, 1)."""
    result = number(name, value)
    if not 0 <= result < 1:
        raise ValueError(f"{name} must lie in [0, 1), got {value}.")
    return result


def count(name, value, *, minimum=1):
    """Turn an argument into a whole number that is large enough, and that a size may have."""
    try:
        result = operator.index(value)
    except TypeError:
        result = None
    if result is None or isinstance(value, bool):
        raise TypeError(f"{name} must be an integer, got {described(value)}.")
    if result < minimum:
        raise ValueError(f"{name} must be at least {minimum}, got {result}.")
    if result > sys.maxsize:
        raise ValueError(f"{name} must be at most {sys.maxsize}, got {_as_float(result):.6g}.")
    return result


def generator(rng):
    """Refuse anything but a NumPy random generator, the legacy ones and seeds included."""
    if not isinstance(rng, np.random.Generator):
        raise TypeError(
            "rng must be a numpy.random.Generator, made by numpy.random.default_rng(seed), "
            f"got {described(rng)}."
        )
    return rng


# ---------------------------------------------------------------------------------------------
# Functions, their values and their derivatives
# ---------------------------------------------------------------------------------------------


def function(name, value):
    """Refuse what cannot be called."""
    if not callable(value):
        raise TypeError(f"{name} must be a function, got {described(value)}.")
    return value


def scalar_output(name, value):
    """Refuse a function's value that has axes where a single number is needed."""
    if value.shape != ():
        raise ValueError(f"{name} must return a scalar, got shape {value.shape}.")
    return value


def tensor(name, value, kind):
    """Refuse what is not a Tensor."""
    if not isinstance(value, kind):
        raise TypeError(f"{name} must be a Tensor, got {described(value)}.")
    return value


def choice(name, value, options):
    """Refuse what is not one of the options, and list them."""
    if not isinstance(value, str) or value not in options:
        listed = " or ".join(repr(option) for option in options)
        raise ValueError(f"{name} must be {listed}, got {described(value)}.")
    return value


# ---------------------------------------------------------------------------------------------
# Points that can be drawn with a line among them
# ---------------------------------------------------------------------------------------------


def drawable_points(name_x, x, name_y, y, *, at_most, spread=1e-9):
    """Refuse points that no single line can be fitted to, or that are too many to draw."""
    x, y = finite_array(name_x, x), finite_array(name_y, y)
    shape_form(name_x, x, "(n,)", ndims=(1,))
    same_shape(name_x, x, name_y, y)
    if x.size > at_most:
        raise ValueError(f"{name_x} must have at most {at_most} values, got {x.size}.")
    if np.ptp(x) <= spread * np.abs(x).max():
        raise ValueError(f"{name_x} must have two clearly different values, got only {x[0]}.")
    return x, y


def both_or_neither(name_a, a, name_b, b):
    """Refuse one of two arguments that only make sense together."""
    if (a is None) != (b is None):
        given = name_a if b is None else name_b
        raise TypeError(f"{name_a} and {name_b} must be given together, got only {given}.")
    return a is not None


def between(name, value, lowest, highest):
    """Refuse a number outside its bounds."""
    if not lowest <= value <= highest:
        if highest == _INFINITY:
            raise ValueError(f"{name} must be at least {lowest}, got {value}.")
        if lowest == -_INFINITY:
            raise ValueError(f"{name} must be at most {highest}, got {value}.")
        raise ValueError(f"{name} must lie between {lowest} and {highest}, got {value}.")
    return value


def whole_number(name, value, lowest, highest):
    """Turn an argument into a whole number within bounds."""
    result = number(name, value)
    if result != int(result):
        raise ValueError(f"{name} must be a whole number, got {value}.")
    return between(name, int(result), lowest, highest)
