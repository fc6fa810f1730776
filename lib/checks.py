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
_SMALL = 8192  # above about 10,000 numbers a dot product is threaded, and slow on a busy machine


# ---------------------------------------------------------------------------------------------
# Arrays of real numbers
# ---------------------------------------------------------------------------------------------


def real_array(name, value):
    """Turn an argument into a non-empty float64 array; NaN and infinities pass.

    Parameters
    ----------
    name : str
        The argument's name, for the message.
    value : array_like of real numbers, any shape
        The argument. A float64 array is handed back as it is, without a copy.

    Returns
    -------
    numpy.ndarray of float64
        The same numbers, in the same shape and unit.

    Raises
    ------
    TypeError
        If the values are not real numbers (text, complex numbers, objects).
    ValueError
        If there are no values, one of them is masked, or the rows have different lengths.

    See Also
    --------
    finite_array : the same, and NaN and infinities are refused.

    Examples
    --------
    >>> real_array("z", [1, 2])
    array([1., 2.])
    """
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
    """Refuse NaN; infinities pass.

    Parameters
    ----------
    name : str
        The argument's name, for the message.
    array : numpy.ndarray of float64, any shape
        The values.

    Returns
    -------
    numpy.ndarray
        The array itself.

    Raises
    ------
    ValueError
        If a value is NaN; the message gives the index of the first one.

    See Also
    --------
    finite : refuses infinities too.

    Notes
    -----
    A sum of squares is NaN exactly when one of its terms is, and so is a maximum; either costs less
    than a mask.

    Examples
    --------
    >>> not_nan("z", np.array([0.0, np.inf]))
    array([ 0., inf])
    """
    total = np.vdot(array, array) if array.size <= _SMALL else np.maximum.reduce(array, axis=None)
    if total != total:
        raise ValueError(f"{name} must not contain NaN, got {_first(array, np.isnan(array))}.")
    return array


def finite(name, array):
    """Refuse NaN and infinities.

    Parameters
    ----------
    name : str
        The argument's name, for the message.
    array : numpy.ndarray of float64, any shape
        The values.

    Returns
    -------
    numpy.ndarray
        The array itself.

    Raises
    ------
    ValueError
        If a value is NaN or infinite; the message gives the first one and its index.

    See Also
    --------
    not_nan : lets infinities pass.

    Examples
    --------
    >>> finite("z", np.array([1.0, 1e300]))
    array([1.e+000, 1.e+300])
    """
    if not all_finite(array):
        raise ValueError(f"{name} must be finite, got {_first(array, ~np.isfinite(array))}.")
    return array


def all_finite(array):
    """Say whether every value is finite, in as little time as can be.

    Parameters
    ----------
    array : numpy.ndarray of float64, any shape
        The values.

    Returns
    -------
    bool
        False if one is NaN or infinite.

    See Also
    --------
    finite : raises instead.

    Notes
    -----
    When the sum of squares is finite, so is every value, and in a small array the sum costs least.
    Only when it is not (which may also be an overflow of the squares) is each value looked at.

    Examples
    --------
    >>> all_finite(np.array([1.0, 1e300])), all_finite(np.array([1.0, np.inf]))
    (True, False)
    """
    if array.size <= _SMALL and np.vdot(array, array) < _INFINITY:
        return True
    return bool(np.isfinite(array).all())


def finite_array(name, value):
    """Turn an argument into a non-empty float64 array of finite numbers.

    Parameters
    ----------
    name : str
        The argument's name, for the message.
    value : array_like of real numbers, any shape
        The argument.

    Returns
    -------
    numpy.ndarray of float64
        The same numbers, in the same shape and unit.

    Raises
    ------
    TypeError
        If the values are not real numbers.
    ValueError
        If there are no values, or one of them is NaN or infinite.

    See Also
    --------
    real_array : lets NaN and infinities pass.

    Examples
    --------
    >>> finite_array("X", [[1, 2]])
    array([[1., 2.]])
    """
    return finite(name, real_array(name, value))


def class_logits(name, array):
    """Refuse scores of classes that are NaN or +inf, and rows in which no class is possible.

    Parameters
    ----------
    name : str
        The argument's name, for the message.
    array : numpy.ndarray of float64, shape (n, K)
        The scores. -inf is allowed: it marks a class that is impossible.

    Returns
    -------
    numpy.ndarray
        The array itself.

    Raises
    ------
    ValueError
        If a value is NaN or +inf, or all values of a row are -inf.

    See Also
    --------
    finite : refuses -inf too.

    Examples
    --------
    >>> class_logits("logits", np.array([[0.0, -np.inf]]))
    array([[  0., -inf]])
    """
    if not all_finite(array):
        bad = ~(array < _INFINITY)
        if bad.any():
            raise ValueError(f"{name} must be finite or -inf, got {_first(array, bad)}.")
        softmax_defined(name, array)
    return array


def _first(array, bad):
    """Name the first value that a mask marks, and where it stands."""
    index = tuple(int(i) for i in np.argwhere(bad)[0])
    return f"{array[index]} at index {index}" if index else f"{array}"


# ---------------------------------------------------------------------------------------------
# Shapes
# ---------------------------------------------------------------------------------------------


def shape_form(name, array, form, *, ndims):
    """Refuse an array with another number of axes than the documented ones.

    Parameters
    ----------
    name : str
        The argument's name, for the message.
    array : numpy.ndarray
        The values.
    form : str
        The documented shape, as the reader knows it: ``"(n, d)"``.
    ndims : tuple of int
        The numbers of axes that fit the form.

    Returns
    -------
    numpy.ndarray
        The array itself.

    Raises
    ------
    ValueError
        If the number of axes is another one.

    See Also
    --------
    same_shape : for two arrays that belong together.

    Examples
    --------
    >>> shape_form("y", np.array([1.0]), "(n,)", ndims=(1,))
    array([1.])
    """
    if array.ndim not in ndims:
        raise ValueError(f"{name} must have shape {form}, got {array.shape}.")
    return array


def same_shape(name_a, a, name_b, b):
    """Refuse two arrays that would have to be broadcast to be paired.

    Parameters
    ----------
    name_a, name_b : str
        The names of the two arguments, for the message.
    a, b : numpy.ndarray
        The values.

    Raises
    ------
    ValueError
        If the shapes differ, even where NumPy could broadcast them: (n,) minus (n, 1) is an (n, n)
        array, and its mean a number that looks right.

    See Also
    --------
    scalar_or_same_shape : where one number may stand for all.

    Examples
    --------
    >>> same_shape("y_true", np.zeros(3), "y_pred", np.ones(3))
    """
    if a.shape != b.shape:
        message = f"{name_a} and {name_b} must have the same shape, got {a.shape} and {b.shape}."
        raise ValueError(message)


def scalar_or_same_shape(name, value, name_of, of):
    """Refuse a parameter that is neither one number nor one number a sample.

    Parameters
    ----------
    name, name_of : str
        The names of the parameter and of the samples, for the message.
    value, of : numpy.ndarray
        The parameter and the samples.

    Raises
    ------
    ValueError
        If the parameter has axes and its shape is not that of the samples.

    See Also
    --------
    same_shape : where no number may stand for all.

    Examples
    --------
    >>> scalar_or_same_shape("mean", np.array(0.0), "y", np.ones(3))
    """
    if value.ndim and value.shape != of.shape:
        raise ValueError(
            f"{name} must be a scalar or have the shape of {name_of}, {of.shape}, "
            f"got {value.shape}."
        )


def matching_size(name_a, a, name_b, b, *, axes, what):
    """Refuse two arrays whose sizes differ along the axes that count the same thing.

    Parameters
    ----------
    name_a, name_b : str
        The names of the two arguments, for the message.
    a, b : numpy.ndarray
        The values.
    axes : tuple of int
        The axis of ``a`` and the axis of ``b`` to compare.
    what : str
        What both axes count, in the plural: ``"features"``.

    Raises
    ------
    ValueError
        If the sizes differ.

    See Also
    --------
    same_shape : when all axes must agree.

    Examples
    --------
    >>> matching_size("X", np.ones((5, 2)), "y", np.ones(5), axes=(0, 0), what="samples")
    """
    if a.shape[axes[0]] != b.shape[axes[1]]:
        raise ValueError(
            f"{name_a} and {name_b} must have the same number of {what}, "
            f"got shapes {a.shape} and {b.shape}."
        )


# ---------------------------------------------------------------------------------------------
# Probabilities and labels
# ---------------------------------------------------------------------------------------------


def probabilities(name, array):
    """Refuse values outside [0, 1], NaN included.

    Parameters
    ----------
    name : str
        The argument's name, for the message.
    array : numpy.ndarray of float64, any shape
        The values.

    Returns
    -------
    numpy.ndarray
        The array itself.

    Raises
    ------
    ValueError
        If a value lies outside; the message gives the first one and its index.

    See Also
    --------
    distributions : when they must sum to 1 too.

    Examples
    --------
    >>> probabilities("y_prob", np.array([0.0, 0.5, 1.0]))
    array([0. , 0.5, 1. ])
    """
    # Comparisons with NaN are false, so it fails here without a test of its own.
    if not (np.minimum.reduce(array, axis=None) >= 0 and np.maximum.reduce(array, axis=None) <= 1):
        bad = ~((array >= 0) & (array <= 1))
        raise ValueError(f"{name} must lie in [0, 1], got {_first(array, bad)}.")
    return array


def distributions(name, array):
    """Refuse values that are not probability distributions along the last axis.

    Parameters
    ----------
    name : str
        The argument's name, for the message.
    array : numpy.ndarray of float64, shape (..., K)
        One distribution over K outcomes for every leading index.

    Returns
    -------
    numpy.ndarray
        The array itself.

    Raises
    ------
    ValueError
        If there is no axis, a value lies outside [0, 1], or a sum is further than ``SUM_TOLERANCE``
        from 1.

    See Also
    --------
    probabilities : when they need not sum to 1.

    Examples
    --------
    >>> distributions("p", np.array([0.25, 0.75]))
    array([0.25, 0.75])
    """
    at_least_one_axis(name, array)
    total = probabilities(name, array).sum(axis=-1)
    bad = np.abs(total - 1.0) > SUM_TOLERANCE
    if bad.any():
        raise ValueError(f"{name} must sum to 1 along the last axis, got {_first(total, bad)}.")
    return array


def at_least_one_axis(name, array):
    """Refuse a single number where a vector is needed.

    Parameters
    ----------
    name : str
        The argument's name, for the message.
    array : numpy.ndarray
        The values.

    Returns
    -------
    numpy.ndarray
        The array itself.

    Raises
    ------
    ValueError
        If the array has no axis.

    See Also
    --------
    shape_form : when the number of axes is fixed.

    Examples
    --------
    >>> at_least_one_axis("z", np.array([3.0]))
    array([3.])
    """
    if array.ndim == 0:
        raise ValueError(f"{name} must have at least one axis, got the scalar {array}.")
    return array


def softmax_defined(name, array):
    """Refuse scores of which the softmax has no meaning.

    Parameters
    ----------
    name : str
        The argument's name, for the message.
    array : numpy.ndarray of float64, shape (..., K)
        The scores, one vector of K for every leading index.

    Raises
    ------
    ValueError
        If a value is NaN, or a vector holds several +inf, or nothing but -inf: the limit of the
        softmax then depends on how the infinities are approached.

    See Also
    --------
    class_logits : refuses every +inf.

    Examples
    --------
    >>> softmax_defined("z", np.array([0.0, np.inf]))
    """
    not_nan(name, array)
    n_tops = (array == _INFINITY).sum(axis=-1)
    if (n_tops > 1).any():
        raise ValueError(f"{name} must have at most one +inf in a vector, got {n_tops.max()}.")
    if (array == -_INFINITY).all(axis=-1).any():
        raise ValueError(f"{name} must have a value above -inf in every vector, got only -inf.")


def class_labels(name, value, *, n_classes, n_samples=None):
    """Turn an argument into class labels: integers 0..K-1, one a sample.

    Parameters
    ----------
    name : str
        The argument's name, for the message.
    value : array_like of int, shape (n,)
        The argument.
    n_classes : int
        The number of classes K.
    n_samples : int, optional
        The number of labels there must be; any number when not given.

    Returns
    -------
    numpy.ndarray of int, shape (n,)
        The labels.

    Raises
    ------
    TypeError
        If the labels are not of an integer dtype. Floats are refused even when they are whole, and
        so are booleans: a label is a name, not an amount.
    ValueError
        If there are none, the shape is another one, or a label is out of range.

    See Also
    --------
    binary_labels : for labels 0 and 1.

    Examples
    --------
    >>> class_labels("labels", [2, 0], n_classes=3)
    array([2, 0])
    """
    labels = _any_array(name, value)
    if labels.dtype.kind not in "iu":
        raise TypeError(f"{name} must be of an integer dtype, got dtype {labels.dtype}.")
    if labels.ndim != 1 or n_samples not in (None, len(labels)):
        form = "(n,)" if n_samples is None else f"({n_samples},)"
        raise ValueError(f"{name} must have shape {form}, got {labels.shape}.")
    if np.minimum.reduce(labels) < 0 or np.maximum.reduce(labels) >= n_classes:
        bad = (labels < 0) | (labels >= n_classes)
        raise ValueError(f"{name} must lie in 0..{n_classes - 1}, got {_first(labels, bad)}.")
    return labels


def binary_labels(name, array):
    """Refuse values other than 0 and 1.

    Parameters
    ----------
    name : str
        The argument's name, for the message.
    array : numpy.ndarray of float64, any shape
        The values.

    Returns
    -------
    numpy.ndarray
        The array itself.

    Raises
    ------
    ValueError
        If a value is neither 0 nor 1; the message gives the first one and its index.

    See Also
    --------
    class_labels : for more than two classes.
    probabilities : for soft labels, between 0 and 1.

    Examples
    --------
    >>> binary_labels("y", np.array([0.0, 1.0]))
    array([0., 1.])
    """
    bad = (array != 0) & (array != 1)
    if bad.any():
        raise ValueError(f"{name} must be 0 or 1, got {_first(array, bad)}.")
    return array


def one_hot_rows(name, array):
    """Refuse rows that are not a single 1 among zeros.

    Parameters
    ----------
    name : str
        The argument's name, for the message.
    array : numpy.ndarray of float64, shape (n, K)
        The values.

    Returns
    -------
    numpy.ndarray
        The array itself.

    Raises
    ------
    ValueError
        If a value is neither 0 nor 1, or a row has another number of ones than one.

    See Also
    --------
    binary_labels : when the rows do not matter.

    Examples
    --------
    >>> one_hot_rows("Y", np.array([[0.0, 1.0]]))
    array([[0., 1.]])
    """
    n_ones = binary_labels(name, array).sum(axis=1).astype(int)
    bad = n_ones != 1
    if bad.any():
        row = int(np.flatnonzero(bad)[0])
        raise ValueError(
            f"{name} must have exactly one 1 in a row, got {n_ones[row]} in row {row}."
        )
    return array


def targets(name, value):
    """Turn an argument into real targets (float64) or class labels (int64), as its dtype says.

    Parameters
    ----------
    name : str
        The argument's name, for the message.
    value : array_like of float, int or bool, any shape
        The argument. Integers and booleans are labels.

    Returns
    -------
    numpy.ndarray of float64 or int64
        The same numbers, in the same shape and unit.

    Raises
    ------
    TypeError
        If the values are not real numbers.
    ValueError
        If there are no values, one of them is NaN or infinite, or a label does not fit in int64.

    See Also
    --------
    class_labels : when only labels will do.

    Examples
    --------
    >>> targets("y", [True, False])
    array([1, 0])
    """
    array, given = finite_array(name, value), np.asarray(value)
    if given.dtype.kind == "f":
        return array
    labels = given.astype(np.int64)
    if (labels != given).any():  # np.uint64 has numbers that would turn negative
        raise ValueError(f"{name} must fit in int64, got {_first(given, labels != given)}.")
    return labels


# ---------------------------------------------------------------------------------------------
# Single numbers and the generator
# ---------------------------------------------------------------------------------------------


def number(name, value):
    """Turn an argument into one finite float.

    Parameters
    ----------
    name : str
        The argument's name, for the message.
    value : float
        The argument.

    Returns
    -------
    float
        The same number, in the same unit.

    Raises
    ------
    TypeError
        If it is not a real number; True and False are not.
    ValueError
        If it is NaN or infinite.

    See Also
    --------
    positive_number, non_negative_number : with a sign.

    Examples
    --------
    >>> number("bias", 1)
    1.0
    """
    if isinstance(value, np.ndarray) and value.ndim == 0:
        value = value[()]
    if not isinstance(value, Real) or isinstance(value, bool):
        raise TypeError(f"{name} must be a real number, got {_described(value)}.")
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


def _described(value):
    """Describe a value of the wrong type without printing all of it."""
    if isinstance(value, np.ndarray):
        return f"an array of shape {value.shape} and dtype {value.dtype}"
    if isinstance(value, str | Number | None):
        return repr(value)
    return f"a {type(value).__name__}"


def positive_number(name, value):
    """Turn an argument into one finite float above zero.

    Parameters
    ----------
    name : str
        The argument's name, for the message.
    value : float
        The argument.

    Returns
    -------
    float
        The same number, in the same unit.

    Raises
    ------
    TypeError
        If it is not a real number.
    ValueError
        If it is not finite, or not above zero.

    See Also
    --------
    non_negative_number : lets zero pass.

    Examples
    --------
    >>> positive_number("delta", 2)
    2.0
    """
    result = number(name, value)
    if result <= 0:
        raise ValueError(f"{name} must be positive, got {value}.")
    return result


def non_negative_number(name, value):
    """Turn an argument into one finite float that is not below zero.

    Parameters
    ----------
    name : str
        The argument's name, for the message.
    value : float
        The argument.

    Returns
    -------
    float
        The same number, in the same unit.

    Raises
    ------
    TypeError
        If it is not a real number.
    ValueError
        If it is not finite, or below zero.

    See Also
    --------
    positive_number : refuses zero too.

    Examples
    --------
    >>> non_negative_number("noise", 0)
    0.0
    """
    result = number(name, value)
    if result < 0:
        raise ValueError(f"{name} must not be negative, got {value}.")
    return result


def positive_array(name, array):
    """Refuse values that are not above zero.

    Parameters
    ----------
    name : str
        The argument's name, for the message.
    array : numpy.ndarray of float64, any shape
        The values, finite.

    Returns
    -------
    numpy.ndarray
        The array itself.

    Raises
    ------
    ValueError
        If a value is zero or below; the message gives the first one and its index.

    See Also
    --------
    positive_number : for a single number.

    Examples
    --------
    >>> positive_array("std", np.array([0.5, 2.0]))
    array([0.5, 2. ])
    """
    bad = array <= 0
    if bad.any():
        raise ValueError(f"{name} must be positive, got {_first(array, bad)}.")
    return array


def logarithm_base(name, value):
    """Turn an argument into the base of a logarithm.

    Parameters
    ----------
    name : str
        The argument's name, for the message.
    value : float
        The argument.

    Returns
    -------
    float
        The base.

    Raises
    ------
    TypeError
        If it is not a real number.
    ValueError
        If it is not finite, not above zero, or 1.

    See Also
    --------
    positive_number : lets 1 pass.

    Examples
    --------
    >>> logarithm_base("base", 2)
    2.0
    """
    base = positive_number(name, value)
    if base == 1:
        raise ValueError(f"{name} must be positive and not 1, got {value}.")
    return base


def count(name, value, *, minimum=1):
    """Turn an argument into a whole number that is large enough, and that a size may have.

    Parameters
    ----------
    name : str
        The argument's name, for the message.
    value : int
        The argument.
    minimum : int
        The smallest number allowed.

    Returns
    -------
    int
        The same number.

    Raises
    ------
    TypeError
        If it is not an integer; 3.0 and True are not.
    ValueError
        If it is too small, or larger than any array can be.

    See Also
    --------
    number : for a real number.

    Examples
    --------
    >>> count("n", 3)
    3
    """
    try:
        result = operator.index(value)
    except TypeError:
        result = None
    if result is None or isinstance(value, bool):
        raise TypeError(f"{name} must be an integer, got {_described(value)}.")
    if result < minimum:
        raise ValueError(f"{name} must be at least {minimum}, got {result}.")
    if result > sys.maxsize:
        raise ValueError(f"{name} must be at most {sys.maxsize}, got {_as_float(result):.6g}.")
    return result


def fraction(name, value):
    """Turn an argument into a float strictly between 0 and 1.

    Parameters
    ----------
    name : str
        The argument's name, for the message.
    value : float
        The argument.

    Returns
    -------
    float
        The same number.

    Raises
    ------
    TypeError
        If it is not a real number.
    ValueError
        If it is not strictly between 0 and 1.

    See Also
    --------
    probabilities : for arrays, with 0 and 1 allowed.

    Examples
    --------
    >>> fraction("fraction", 0.8)
    0.8
    """
    result = number(name, value)
    if not 0 < result < 1:
        raise ValueError(f"{name} must lie strictly between 0 and 1, got {value}.")
    return result


def generator(rng):
    """Refuse anything but a NumPy random generator, the legacy ones and seeds included.

    Parameters
    ----------
    rng : numpy.random.Generator
        The source of randomness.

    Returns
    -------
    numpy.random.Generator
        The generator itself.

    Raises
    ------
    TypeError
        If it is something else; the message says how to make one.

    See Also
    --------
    numpy.random.default_rng : makes one from a seed.

    Examples
    --------
    >>> generator(np.random.default_rng(0)).integers(1)
    np.int64(0)
    """
    if not isinstance(rng, np.random.Generator):
        raise TypeError(
            "rng must be a numpy.random.Generator, made by numpy.random.default_rng(seed), "
            f"got {_described(rng)}."
        )
    return rng


# ---------------------------------------------------------------------------------------------
# Datasets
# ---------------------------------------------------------------------------------------------


def text(name, value):
    """Refuse anything but text.

    Parameters
    ----------
    name : str
        The argument's name, for the message.
    value : str
        The argument.

    Returns
    -------
    str
        The argument itself.

    Raises
    ------
    TypeError
        If it is not a string.

    See Also
    --------
    texts : for several.

    Examples
    --------
    >>> text("target_name", "y")
    'y'
    """
    if not isinstance(value, str):
        raise TypeError(f"{name} must be a string, got {_described(value)}.")
    return value


def texts(name, value, *, n):
    """Turn an argument into a tuple of as many strings as there must be.

    Parameters
    ----------
    name : str
        The argument's name, for the message.
    value : sequence of str
        The argument; not a string, which is a sequence of letters.
    n : int
        The number of strings there must be.

    Returns
    -------
    tuple of str
        The strings.

    Raises
    ------
    TypeError
        If it is not a sequence of strings.
    ValueError
        If there are more or fewer.

    See Also
    --------
    text : for one.

    Examples
    --------
    >>> texts("feature_names", ["a", "b"], n=2)
    ('a', 'b')
    """
    if isinstance(value, str) or not hasattr(value, "__iter__"):
        raise TypeError(f"{name} must be a sequence of strings, got {_described(value)}.")
    strings = tuple(text(f"{name}[{i}]", item) for i, item in enumerate(value))
    if len(strings) != n:
        raise ValueError(f"{name} must hold {n}, one for each column of X, got {len(strings)}.")
    return strings


def non_empty_parts(name, value, n_first, n_second):
    """Refuse a cut of the samples that leaves one part without any.

    Parameters
    ----------
    name : str
        The name of the argument that decides the cut, for the message.
    value : float
        That argument.
    n_first, n_second : int
        The number of samples in the two parts.

    Raises
    ------
    ValueError
        If one of the parts is empty.

    See Also
    --------
    fraction : for the argument itself.

    Examples
    --------
    >>> non_empty_parts("fraction", 0.8, 8, 2)
    """
    if min(n_first, n_second) < 1:
        raise ValueError(
            f"{name} must leave a sample in both parts, "
            f"got {value}, which gives {n_first} and {n_second}."
        )


# ---------------------------------------------------------------------------------------------
# Functions, their values and their derivatives
# ---------------------------------------------------------------------------------------------


def function(name, value):
    """Refuse what cannot be called.

    Parameters
    ----------
    name : str
        The argument's name, for the message.
    value : callable
        The argument.

    Returns
    -------
    callable
        The function itself.

    Raises
    ------
    TypeError
        If it is not callable, for instance because it has been called already.

    See Also
    --------
    scalar_output : for what the function returns.

    Examples
    --------
    >>> function("f", abs)(-1)
    1
    """
    if not callable(value):
        raise TypeError(f"{name} must be a function, got {_described(value)}.")
    return value


def scalar_output(name, value):
    """Refuse a function's value that has axes where a single number is needed.

    Parameters
    ----------
    name : str
        The function's name, for the message.
    value : numpy.ndarray or lib.autodiff.Tensor
        What the function returned.

    Returns
    -------
    numpy.ndarray or lib.autodiff.Tensor
        The value itself.

    Raises
    ------
    ValueError
        If it has axes, even where there is only one entry.

    See Also
    --------
    shape_form : for arguments.

    Examples
    --------
    >>> scalar_output("f", np.array(3.0))
    array(3.)
    """
    if value.shape != ():
        raise ValueError(f"{name} must return a scalar, got shape {value.shape}.")
    return value


def no_derivative(index, problem):
    """Build the error for a function that cannot be looked at on both sides of a point.

    Parameters
    ----------
    index : tuple of int
        The coordinate along which it was tried.
    problem : Exception
        What happened at the smallest step.

    Returns
    -------
    ValueError
        The error, to be raised.

    See Also
    --------
    finite : for the value at the point itself.

    Examples
    --------
    >>> no_derivative((0,), ValueError("x must be positive, got -1."))
    ValueError('f must be defined on both sides of x, at index (0,): x must be positive, got -1.')
    """
    return ValueError(f"f must be defined on both sides of x, at index {index}: {problem}")


def choice(name, value, options):
    """Refuse what is not one of the options, and list them.

    Parameters
    ----------
    name : str
        The argument's name, for the message.
    value : str
        The argument.
    options : sequence of str
        What would have worked.

    Returns
    -------
    str
        The value itself.

    Raises
    ------
    ValueError
        If it is none of them.

    See Also
    --------
    array_shape : for shapes.

    Examples
    --------
    >>> choice("layout", "numerator", ("numerator", "denominator"))
    'numerator'
    """
    if not isinstance(value, str) or value not in options:
        listed = " or ".join(repr(option) for option in options)
        raise ValueError(f"{name} must be {listed}, got {_described(value)}.")
    return value


def array_shape(name, value):
    """Turn an argument into the shape of a scalar, a vector or a matrix.

    Parameters
    ----------
    name : str
        The argument's name, for the message.
    value : tuple of int
        The argument.

    Returns
    -------
    tuple of int
        The same sizes.

    Raises
    ------
    TypeError
        If it is not a tuple (or a list) of integers.
    ValueError
        If it has more than two axes, or a size below 1.

    See Also
    --------
    shape_form : for an array that must have a given shape.

    Examples
    --------
    >>> array_shape("x_shape", (2, 3))
    (2, 3)
    """
    if not isinstance(value, tuple | list):
        raise TypeError(f"{name} must be a tuple of integers, got {_described(value)}.")
    if len(value) > 2:
        raise ValueError(f"{name} must have at most two axes, got {tuple(value)}.")
    return tuple(count(f"a size in {name}", size) for size in value)


# ---------------------------------------------------------------------------------------------
# Points that can be drawn with a line among them
# ---------------------------------------------------------------------------------------------


def drawable_points(name_x, x, name_y, y, *, at_most, spread=1e-9):
    """Refuse points that no single line can be fitted to, or that are too many to draw.

    Parameters
    ----------
    name_x, name_y : str
        The arguments' names, for the message.
    x : array_like of float, shape (n,)
        The inputs, in any unit.
    y : array_like of float, shape (n,)
        The targets, in any unit.
    at_most : int
        The largest number of points.
    spread : float, optional
        By how much the inputs must differ, as a part of the largest; below it, rounding decides
        what the slope is.

    Returns
    -------
    tuple of two numpy.ndarray of float, shape (n,)
        The inputs and the targets, in their units.

    Raises
    ------
    TypeError
        If they do not hold real numbers.
    ValueError
        If they are not finite vectors of one shape, if there are more points than can be drawn, or
        if the inputs differ too little.

    See Also
    --------
    same_shape : for a pair of any shape.

    Examples
    --------
    >>> drawable_points("x", [0, 1], "y", [1, 3], at_most=200)
    (array([0., 1.]), array([1., 3.]))
    """
    x, y = finite_array(name_x, x), finite_array(name_y, y)
    shape_form(name_x, x, "(n,)", ndims=(1,))
    same_shape(name_x, x, name_y, y)
    if x.size > at_most:
        raise ValueError(f"{name_x} must have at most {at_most} values, got {x.size}.")
    if np.ptp(x) <= spread * np.abs(x).max():
        raise ValueError(f"{name_x} must have two clearly different values, got only {x[0]}.")
    return x, y


def both_or_neither(name_a, a, name_b, b):
    """Refuse one of two arguments that only make sense together.

    Parameters
    ----------
    name_a, name_b : str
        The arguments' names, for the message.
    a, b : object or None
        The arguments; None is an argument that was not given.

    Returns
    -------
    bool
        Whether both were given.

    Raises
    ------
    TypeError
        If one was given and the other was not.

    See Also
    --------
    drawable_points : what two such arguments must fulfil.

    Examples
    --------
    >>> both_or_neither("x", None, "y", None)
    False
    """
    if (a is None) != (b is None):
        given = name_a if b is None else name_b
        raise TypeError(f"{name_a} and {name_b} must be given together, got only {given}.")
    return a is not None


def between(name, value, lowest, highest):
    """Refuse a number outside its bounds.

    Parameters
    ----------
    name : str
        The argument's name, for the message.
    value : float
        The argument.
    lowest, highest : float
        The bounds, both allowed, in the unit of the argument.

    Returns
    -------
    float
        The same number, in the same unit.

    Raises
    ------
    ValueError
        If it lies below or above the bounds.

    See Also
    --------
    number : turns an argument into a number first.

    Examples
    --------
    >>> between("theta", 0.5, 0, 1)
    0.5
    """
    if not lowest <= value <= highest:
        if highest == _INFINITY:
            raise ValueError(f"{name} must be at least {lowest}, got {value}.")
        if lowest == -_INFINITY:
            raise ValueError(f"{name} must be at most {highest}, got {value}.")
        raise ValueError(f"{name} must lie between {lowest} and {highest}, got {value}.")
    return value


def whole_number(name, value, lowest, highest):
    """Turn an argument into a whole number within bounds.

    Parameters
    ----------
    name : str
        The argument's name, for the message.
    value : int or float
        The argument; a browser sends 3 as 3.0, so that a float without a fraction is understood.
    lowest, highest : int
        The bounds, both allowed.

    Returns
    -------
    int
        The same number.

    Raises
    ------
    TypeError
        If it is not a real number.
    ValueError
        If it is not whole, or lies outside the bounds.

    See Also
    --------
    count : for a size, where 3.0 is refused.

    Examples
    --------
    >>> whole_number("step", 3.0, 0, 9)
    3
    """
    result = number(name, value)
    if result != int(result):
        raise ValueError(f"{name} must be a whole number, got {value}.")
    return between(name, int(result), lowest, highest)


def flag(name, value):
    """Refuse what is neither True nor False.

    Parameters
    ----------
    name : str
        The argument's name, for the message.
    value : bool
        The argument.

    Returns
    -------
    bool
        The same value.

    Raises
    ------
    TypeError
        If it is anything else; 0 and 1 are.

    See Also
    --------
    choice : for more than two possibilities.

    Examples
    --------
    >>> flag("shuffled", True)
    True
    """
    if not isinstance(value, bool | np.bool_):
        raise TypeError(f"{name} must be True or False, got {_described(value)}.")
    return bool(value)


def numbers(name, value, at_least, at_most):
    """Turn an argument into a list of finite floats of an allowed length.

    Parameters
    ----------
    name : str
        The argument's name, for the message.
    value : array_like of float, shape (n,)
        The argument.
    at_least, at_most : int
        How many numbers there may be.

    Returns
    -------
    list of float
        The same numbers, in the same unit.

    Raises
    ------
    TypeError
        If it does not hold real numbers.
    ValueError
        If it is not a vector, has too few or too many numbers, or one of them is not finite.

    See Also
    --------
    finite_array : for an array of any shape.

    Examples
    --------
    >>> numbers("logits", [2, 1], 2, 5)
    [2.0, 1.0]
    """
    none = isinstance(value, list | tuple) and not value
    array = np.empty(0) if none else real_array(name, value)
    shape_form(name, array, "(n,)", ndims=(1,))
    finite(name, array)
    if not at_least <= array.size <= at_most:
        allowed = f"{at_least}" if at_least == at_most else f"{at_least} to {at_most}"
        raise ValueError(f"{name} must have {allowed} values, got {array.size}.")
    return array.tolist()


# ---------------------------------------------------------------------------------------------
# Tensors and their operations
# ---------------------------------------------------------------------------------------------


def tensor(name, value, kind):
    """Refuse what is not a Tensor.

    Parameters
    ----------
    name : str
        The argument's name, for the message.
    value : lib.autodiff.Tensor
        The argument, or what a function returned.
    kind : type
        The class :class:`lib.autodiff.Tensor`.

    Returns
    -------
    lib.autodiff.Tensor
        The tensor itself.

    Raises
    ------
    TypeError
        If it is something else.

    See Also
    --------
    function : for what is to be called.

    Examples
    --------
    >>> tensor("t", 2.0, float)
    2.0
    """
    if not isinstance(value, kind):
        raise TypeError(f"{name} must be a Tensor, got {_described(value)}.")
    return value


def not_an_array(what):
    """Build the error for using a Tensor where only its values can be used.

    Parameters
    ----------
    what : str
        What a Tensor does not have.

    Returns
    -------
    TypeError
        The error, to be raised.

    See Also
    --------
    tensor : the other way round.

    Examples
    --------
    >>> not_an_array("order")
    TypeError('A Tensor has no order: use its values, .data, or a method of the Tensor.')
    """
    return TypeError(f"A Tensor has no {what}: use its values, .data, or a method of the Tensor.")


def one_value(value):
    """Refuse to choose a cotangent where there is more than one value.

    Parameters
    ----------
    value : lib.autodiff.Tensor
        What ``backward`` was called on.

    Returns
    -------
    lib.autodiff.Tensor
        The tensor itself.

    Raises
    ------
    ValueError
        If it has several values.

    See Also
    --------
    scalar_output : for functions.

    Examples
    --------
    >>> one_value(np.array([3.0]))
    array([3.])
    """
    if value.size != 1:
        raise ValueError(
            f"backward must start from one value or be given a cotangent, got shape {value.shape}."
        )
    return value


def unfit_operands(symbol, values):
    """Build the error for operands whose shapes do not go together.

    Parameters
    ----------
    symbol : str
        The operator.
    values : sequence of array_like
        The operands.

    Returns
    -------
    ValueError
        The error, to be raised.

    See Also
    --------
    same_shape : where shapes must be equal.

    Examples
    --------
    >>> unfit_operands("@", [np.zeros(2), np.zeros(3)])
    ValueError('the operands of @ must have shapes that fit, got (2,) and (3,).')
    """
    shapes = " and ".join(str(np.shape(value)) for value in values)
    return ValueError(f"the operands of {symbol} must have shapes that fit, got {shapes}.")


def not_finite(symbol, result, *operands):
    """Build the error for an operator whose result float64 cannot hold.

    Parameters
    ----------
    symbol : str
        The operator.
    result : float or numpy.ndarray
        What came out, with a value that is NaN or infinite.
    *operands : float or numpy.ndarray
        What went in: if that is not finite either, the message is about it.

    Returns
    -------
    ValueError
        The error, to be raised.

    See Also
    --------
    finite : for arguments.

    Examples
    --------
    >>> not_finite("*", float("inf"), 1e200, 1e200)
    ValueError('the result of * must be finite, got inf.')
    """
    named = [*((f"the operands of {symbol}", np.asarray(x)) for x in operands)]
    named.append((f"the result of {symbol}", np.asarray(result)))
    name, array = next((name, x) for name, x in named if not np.isfinite(x).all())
    return ValueError(f"{name} must be finite, got {_first(array, ~np.isfinite(array))}.")


def no_zero(name, value):
    """Refuse zero.

    Parameters
    ----------
    name : str
        The argument's name, for the message.
    value : float or numpy.ndarray
        The values, finite.

    Returns
    -------
    float or numpy.ndarray
        The values themselves.

    Raises
    ------
    ValueError
        If one is zero; the message gives the index of the first one.

    See Also
    --------
    positive_array : refuses negative values too.

    Examples
    --------
    >>> no_zero("the divisor", 2.0)
    2.0
    """
    bad = np.asarray(value) == 0
    if bad.any():
        raise ValueError(f"{name} must not be zero, got {_first(np.asarray(value), bad)}.")
    return value


def not_below_zero(name, value):
    """Refuse negative values.

    Parameters
    ----------
    name : str
        The argument's name, for the message.
    value : float or numpy.ndarray
        The values, finite.

    Returns
    -------
    float or numpy.ndarray
        The values themselves.

    Raises
    ------
    ValueError
        If one is negative; the message gives the first one and its index.

    See Also
    --------
    non_negative_number : for a single number.

    Examples
    --------
    >>> not_below_zero("the base", 0.0)
    0.0
    """
    bad = np.asarray(value) < 0
    if bad.any():
        raise ValueError(f"{name} must not be negative, got {_first(np.asarray(value), bad)}.")
    return value


def power_operands(base, exponent):
    """Refuse powers that are no real numbers.

    Parameters
    ----------
    base, exponent : float or numpy.ndarray
        The operands of ``**``, finite.

    Returns
    -------
    tuple
        The two operands themselves.

    Raises
    ------
    ValueError
        If a negative base meets an exponent that is not whole, or a zero base a negative one.

    See Also
    --------
    no_zero : for division.

    Examples
    --------
    >>> power_operands(-2.0, 3.0)
    (-2.0, 3.0)
    """
    whole = np.floor(exponent) == exponent
    if not np.all(whole):
        not_below_zero("the base of an exponent that is not whole", base)
    if np.min(exponent) < 0:
        no_zero("the base of a negative exponent", base)
    return base, exponent


def axes(name, value, ndim):
    """Turn an argument into a tuple of axes.

    Parameters
    ----------
    name : str
        The argument's name, for the message.
    value : None, int or tuple of int
        The argument; None stands for all axes.
    ndim : int
        The number of axes there are.

    Returns
    -------
    tuple of int
        The axes, counted from the front.

    Raises
    ------
    TypeError
        If an axis is not an integer.
    ValueError
        If there is no such axis, or one is named twice.

    See Also
    --------
    shape_form : for the number of axes.

    Examples
    --------
    >>> axes("axis", -1, 2)
    (1,)
    """
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


def new_shape(shape, value):
    """Refuse a shape that cannot hold as many values as there are.

    Parameters
    ----------
    shape : tuple of int
        The shape there is.
    value : tuple of int
        The shape there shall be; one size may be -1.

    Returns
    -------
    tuple of int
        The new shape.

    Raises
    ------
    TypeError
        If a size is not an integer.
    ValueError
        If the numbers of values differ.

    See Also
    --------
    array_shape : for a shape on its own.

    Examples
    --------
    >>> new_shape((2, 3), (6,))
    (6,)
    """
    new = tuple(count("a size in shape", size, minimum=-1) for size in value)
    n_values, n_known = math.prod(shape), math.prod(size for size in new if size != -1)
    fits = n_known == n_values if -1 not in new else n_known > 0 and n_values % n_known == 0
    if not fits or new.count(-1) > 1:
        raise ValueError(f"shape must hold the values of an array of shape {shape}, got {new}.")
    return new


class IndexOutOfShape(IndexError, ValueError):
    """An index that NumPy refuses: an IndexError as everywhere, a ValueError as in this package."""


def unfit_index(shape, problem):
    """Build the error for an index that does not fit the values.

    Parameters
    ----------
    shape : tuple of int
        The shape of the values.
    problem : Exception
        What NumPy said about the index.

    Returns
    -------
    IndexOutOfShape
        The error, to be raised.

    See Also
    --------
    plain_index : for an index that is a Tensor.

    Examples
    --------
    >>> unfit_index((2,), "index 2 is out of bounds")
    IndexOutOfShape('an index must fit the shape (2,), got: index 2 is out of bounds.')
    """
    return IndexOutOfShape(f"an index must fit the shape {shape}, got: {problem}.")


def plain_index(index):
    """Refuse a Tensor as an index.

    Parameters
    ----------
    index : int, slice, sequence, numpy.ndarray, or a tuple of these
        The index.

    Returns
    -------
    object
        The index itself.

    Raises
    ------
    TypeError
        If it is a Tensor, or a tuple that holds one.

    See Also
    --------
    tensor : the other way round.

    Examples
    --------
    >>> plain_index(3)
    3
    """
    parts = index if isinstance(index, tuple) else (index,)
    if any(hasattr(part, "backward") for part in parts):
        raise TypeError("an index must be an integer, a slice or an array, got a Tensor.")
    return index


# ---------------------------------------------------------------------------------------------
# Optimizers
# ---------------------------------------------------------------------------------------------


def below_one(name, value):
    """Turn an argument into a float in [0, 1).

    Parameters
    ----------
    name : str
        The argument's name, for the message.
    value : float
        The argument.

    Returns
    -------
    float
        The same number.

    Raises
    ------
    TypeError
        If it is not a real number.
    ValueError
        If it is not finite, negative, or not below 1.

    See Also
    --------
    fraction : refuses 0 too.

    Examples
    --------
    >>> below_one("momentum", 0)
    0.0
    """
    result = number(name, value)
    if not 0 <= result < 1:
        raise ValueError(f"{name} must lie in [0, 1), got {value}.")
    return result


def at_most(name, value, name_of, of):
    """Refuse a number that is larger than another one.

    Parameters
    ----------
    name, name_of : str
        The names of the two arguments, for the message.
    value, of : int
        The two numbers.

    Returns
    -------
    int
        The first one.

    Raises
    ------
    ValueError
        If it is the larger one.

    See Also
    --------
    count : for a lower bound.

    Examples
    --------
    >>> at_most("batch_size", 3, "n_samples", 10)
    3
    """
    if value > of:
        raise ValueError(f"{name} must be at most {name_of}, {of}, got {value}.")
    return value


def symmetric_matrix(name, array):
    """Refuse what is not a symmetric matrix.

    Parameters
    ----------
    name : str
        The argument's name, for the message.
    array : numpy.ndarray of float64
        The values, finite.

    Returns
    -------
    numpy.ndarray, shape (d, d)
        The array itself.

    Raises
    ------
    ValueError
        If it is not square, or differs from its transpose by more than 1e-8 of its largest entry.

    See Also
    --------
    positive_curvature : for its eigenvalues.

    Examples
    --------
    >>> symmetric_matrix("hessian", np.eye(1))
    array([[1.]])
    """
    if array.ndim != 2 or array.shape[0] != array.shape[1]:
        raise ValueError(f"{name} must have shape (d, d), got {array.shape}.")
    with np.errstate(over="ignore"):
        gap = np.abs(array - array.T)
    if gap.max() > 1e-8 * np.abs(array).max():
        i, j = (int(k) for k in np.unravel_index(np.argmax(gap), gap.shape))
        raise ValueError(
            f"{name} must be symmetric, got {array[i, j]} at index {(i, j)} "
            f"and {array[j, i]} at index {(j, i)}."
        )
    return array


def positive_curvature(name, eigenvalues):
    """Refuse a matrix of which no eigenvalue is above zero.

    Parameters
    ----------
    name : str
        The name of the matrix, for the message.
    eigenvalues : numpy.ndarray of float64, shape (d,)
        Its eigenvalues, in rising order.

    Returns
    -------
    float
        The largest one.

    Raises
    ------
    ValueError
        If it is negative, or zero up to rounding: the loss then curves upwards in no direction.

    See Also
    --------
    symmetric_matrix : for the matrix.

    Examples
    --------
    >>> positive_curvature("hessian", np.array([0.0, 2.0]))
    2.0
    """
    largest, rounding = float(eigenvalues[-1]), len(eigenvalues) * float(np.spacing(1.0))
    if largest <= rounding * np.abs(eigenvalues).max():
        raise ValueError(f"{name} must have a positive eigenvalue, got at most {largest:.6g}.")
    return largest


# ---------------------------------------------------------------------------------------------
# Lists of whole numbers
# ---------------------------------------------------------------------------------------------


def whole_numbers(name, values):
    """Refuse a list that holds a number with a fraction.

    Parameters
    ----------
    name : str
        The argument's name, for the message.
    values : list of float
        The numbers, finite.

    Returns
    -------
    list of float
        The list itself.

    Raises
    ------
    ValueError
        If a number is not whole.

    See Also
    --------
    whole_number : for one number.

    Examples
    --------
    >>> whole_numbers("widths", [3.0, 1.0])
    [3.0, 1.0]
    """
    fractions = [value for value in values if value != int(value)]
    if fractions:
        raise ValueError(f"each of {name} must be a whole number, got {fractions[0]}.")
    return values


def distinct(name, values):
    """Refuse a list that holds a number twice.

    Parameters
    ----------
    name : str
        The argument's name, for the message.
    values : list of float
        The numbers.

    Returns
    -------
    list of float
        The list itself.

    Raises
    ------
    ValueError
        If a number is there twice.

    See Also
    --------
    whole_numbers : for what has no fraction.

    Examples
    --------
    >>> distinct("order", [3.0, 1.0])
    [3.0, 1.0]
    """
    if len(set(values)) < len(values):
        raise ValueError(f"{name} must not hold a number twice, got {values}.")
    return values
