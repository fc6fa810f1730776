"""The functions between the parameters and the predictions, and the stable way to compute each.

Every function works along the last axis or entry by entry, in float64, and never overflows: large
scores are brought near zero *before* they are exponentiated.
"""

import numpy as np

from lib import checks


def linear(X, W, b):
    r"""Compute the predictions of a linear model, one row for each sample.

    Parameters
    ----------
    X : array_like of float, shape (n, d)
        The samples, one a row, in the units of the features.
    W : array_like of float, shape (k, d)
        The weights, one row for each output, in units of the output per unit of the feature.
    b : array_like of float, shape (k,)
        The biases, in units of the outputs.

    Returns
    -------
    numpy.ndarray of float, shape (n, k)
        The outputs, in the unit of the biases. An output beyond the range of float64 is ±inf.

    Raises
    ------
    TypeError
        If an argument does not hold real numbers.
    ValueError
        If a shape does not fit, or a value is not finite.

    See Also
    --------
    softmax : turns the outputs into probabilities of classes.
    sigmoid : turns one output into the probability of class 1.

    Notes
    -----
    Row i is :math:`W x_i + b`; all rows at once are :math:`X W^\top + b`.

    References
    ----------
    Goodfellow, Bengio and Courville, *Deep Learning*, section 5.1.4.

    Examples
    --------
    >>> linear([[1.0, 2.0]], W=[[3.0, 4.0]], b=[5.0])
    array([[16.]])
    """
    X, W, b = _linear_arguments(X, W, b)
    with np.errstate(all="ignore"):
        Z = X @ W.T
        Z += b
    # Only when intermediate products overflow can finite arguments give something that is not.
    return Z if checks.all_finite(Z) else _linear_rescaled(X, W, b)


def _linear_arguments(X, W, b):
    """Check the shapes of a linear model."""
    X = checks.shape_form("X", checks.finite_array("X", X), "(n, d)", ndims=(2,))
    W = checks.shape_form("W", checks.finite_array("W", W), "(k, d)", ndims=(2,))
    b = checks.shape_form("b", checks.finite_array("b", b), "(k,)", ndims=(1,))
    checks.matching_size("X", X, "W", W, axes=(1, 1), what="features")
    checks.matching_size("W", W, "b", b, axes=(0, 0), what="outputs")
    return X, W, b


def _linear_rescaled(X, W, b):
    """Compute the same with factors near 1, so that no partial sum is inf - inf, which is NaN."""
    x_size, w_size = np.abs(X).max() or 1.0, np.abs(W).max() or 1.0
    with np.errstate(all="ignore"):
        Z = (X / x_size) @ (W / w_size).T
        return Z * min(x_size, w_size) * max(x_size, w_size) + b


def sigmoid(z):
    r"""Turn a score into the probability of class 1, between 0 and 1.

    Parameters
    ----------
    z : array_like of float, any shape
        The scores (logits), dimensionless; ±inf is allowed.

    Returns
    -------
    numpy.ndarray of float, the shape of ``z``
        The probabilities; a NumPy float when ``z`` is one number.

    Raises
    ------
    TypeError
        If the scores are not real numbers.
    ValueError
        If there are none, or one is NaN.

    See Also
    --------
    log_sigmoid : its logarithm, exact where this one has rounded to 0.
    softmax : the same for more than two classes.

    Notes
    -----
    :math:`\sigma(z) = 1 / (1 + e^{-z}) = e^{z} / (1 + e^{z})`. The first form overflows for very
    negative z, the second for very positive z; with :math:`t = e^{-|z|}` they are
    :math:`1 / (1 + t)` and :math:`t / (1 + t)`, and no positive number is ever exponentiated.

    References
    ----------
    Goodfellow, Bengio and Courville, *Deep Learning*, section 3.10.

    Examples
    --------
    >>> sigmoid(0.0)
    np.float64(0.5)
    >>> sigmoid([-1e4, 1e4])
    array([0., 1.])
    """
    z = checks.not_nan("z", checks.real_array("z", z))
    with np.errstate(under="ignore"):
        tail = np.exp(-np.abs(z))
    return np.where(z < 0.0, tail, 1.0) / (1.0 + tail)


def log_sigmoid(z):
    r"""Compute the logarithm of the sigmoid without computing the sigmoid.

    Parameters
    ----------
    z : array_like of float, any shape
        The scores (logits), dimensionless; ±inf is allowed.

    Returns
    -------
    numpy.ndarray of float, the shape of ``z``
        The log-probabilities of class 1, in nats; a NumPy float when ``z`` is one number.

    Raises
    ------
    TypeError
        If the scores are not real numbers.
    ValueError
        If there are none, or one is NaN.

    See Also
    --------
    sigmoid : the probability itself.
    log_softmax : the same for more than two classes.

    Notes
    -----
    :math:`\log \sigma(z) = \min(z, 0) - \log(1 + e^{-|z|})`. At z = -1000 the sigmoid rounds to
    0, whose logarithm is lost; this form gives -1000.

    References
    ----------
    Mächler, *Accurately computing log(1 - exp(-|a|))*, the R package Rmpfr, 2012.

    Examples
    --------
    >>> log_sigmoid([-1000.0, 0.0]).round(4)
    array([-1.000e+03, -6.931e-01])
    """
    z = checks.not_nan("z", checks.real_array("z", z))
    with np.errstate(under="ignore"):
        return np.minimum(z, 0.0) - np.log1p(np.exp(-np.abs(z)))


def logsumexp(z):
    r"""Compute the logarithm of a sum of exponentials along the last axis.

    Parameters
    ----------
    z : array_like of float, shape (..., K)
        The scores, dimensionless; ±inf is allowed.

    Returns
    -------
    numpy.ndarray of float, shape (...)
        A smooth maximum of the scores; a NumPy float when ``z`` is one vector. It is -inf when
        every score is, and +inf when any score is.

    Raises
    ------
    TypeError
        If the scores are not real numbers.
    ValueError
        If there are none, one is NaN, or there is no axis.

    See Also
    --------
    log_softmax : the scores minus this.

    Notes
    -----
    :math:`\log \sum_c e^{z_c} = m + \log \sum_c e^{z_c - m}` with :math:`m = \max_c z_c`: the
    largest exponent is 0, so nothing overflows. The term of the maximum is 1, and
    :math:`\log(1 + t)` of the rest t keeps the digits that :math:`\log` of the sum would lose.

    References
    ----------
    Blanchard, Higham and Higham, *Accurately computing the log-sum-exp and softmax functions*, IMA
    Journal of Numerical Analysis 41(4), 2021.

    Examples
    --------
    >>> logsumexp([1000.0, 999.0]).round(4)
    np.float64(1000.3133)
    """
    z = checks.at_least_one_axis("z", checks.not_nan("z", checks.real_array("z", z)))
    shifted = _classes_first(z)
    top = np.maximum.reduce(shifted, axis=0)
    # An infinite maximum is the answer itself; inf - inf must not be formed.
    with np.errstate(all="ignore"):
        shifted -= np.where(np.isfinite(top), top, 0.0)
        result = np.where(np.isfinite(top), top + _log_sum_of_shifted(shifted), top)
    return result.T[()]


def _log_sum_of_shifted(shifted):
    """Compute log Σ exp along the first axis of scores of which the largest is 0."""
    terms = np.exp(shifted)
    is_top = terms == 1.0
    terms -= is_top
    return np.log1p(terms.sum(axis=0) + (is_top.sum(axis=0) - 1.0))


def softmax(z):
    r"""Turn scores into probabilities of classes, along the last axis.

    Parameters
    ----------
    z : array_like of float, shape (..., K)
        The scores (logits) of K classes, dimensionless. -inf gives a class the probability 0, one
        +inf the probability 1.

    Returns
    -------
    numpy.ndarray of float, the shape of ``z``
        The probabilities; they sum to 1 along the last axis.

    Raises
    ------
    TypeError
        If the scores are not real numbers.
    ValueError
        If there are none, one is NaN, there is no axis, or the softmax has no meaning: several +inf
        in a vector, or nothing but -inf.

    See Also
    --------
    log_softmax : its logarithm, exact where this one has rounded to 0.
    sigmoid : the same for two classes and one score.

    Notes
    -----
    :math:`s_c = e^{z_c} / \sum_j e^{z_j}`. Adding a constant to all scores changes nothing, so the
    largest is brought to 0 first and no exponential overflows.

    References
    ----------
    Goodfellow, Bengio and Courville, *Deep Learning*, section 4.1.

    Examples
    --------
    >>> softmax([2.0, 1.0, 0.1]).round(4)
    array([0.659 , 0.2424, 0.0986])
    >>> softmax([1000.0, 1000.0])
    array([0.5, 0.5])
    """
    shifted = _shifted(z)
    with np.errstate(under="ignore"):
        np.exp(shifted, out=shifted)
        shifted /= np.add.reduce(shifted, axis=0)
    return shifted.T


def log_softmax(z):
    r"""Compute the logarithm of the softmax without computing the softmax.

    Parameters
    ----------
    z : array_like of float, shape (..., K)
        The scores (logits) of K classes, dimensionless, infinite as for ``softmax``.

    Returns
    -------
    numpy.ndarray of float, the shape of ``z``
        The log-probabilities of the classes, in nats.

    Raises
    ------
    TypeError
        If the scores are not real numbers.
    ValueError
        If there are none, one is NaN, there is no axis, or the softmax has no meaning: several +inf
        in a vector, or nothing but -inf.

    See Also
    --------
    softmax : the probabilities themselves.
    logsumexp : what is subtracted.

    Notes
    -----
    :math:`\log s_c = z_c - \log \sum_j e^{z_j}`, with the largest score brought to 0 first.

    References
    ----------
    Blanchard, Higham and Higham, *Accurately computing the log-sum-exp and softmax functions*, IMA
    Journal of Numerical Analysis 41(4), 2021.

    Examples
    --------
    >>> log_softmax([0.0, 0.0]).round(4)
    array([-0.6931, -0.6931])
    """
    shifted = _shifted(z)
    with np.errstate(under="ignore"):
        shifted -= _log_sum_of_shifted(shifted)
    return shifted.T


def _classes_first(z):
    """Copy scores with the axes reversed: NumPy is slow to reduce a short last axis."""
    return z.T.copy()


def _shifted(z):
    """Check scores; return a copy, classes first, with the largest of each vector brought to 0."""
    z = checks.at_least_one_axis("z", checks.real_array("z", z))
    shifted = _classes_first(z)
    top = np.maximum.reduce(shifted, axis=0)
    # A finite maximum also proves that there is no NaN and no +inf.
    if not np.isfinite(top).all():
        checks.softmax_defined("z", z)
        shifted = _limit_of_infinite(shifted)
        top = np.maximum.reduce(shifted, axis=0)
    with np.errstate(over="ignore", under="ignore"):
        shifted -= top
    return shifted


def _limit_of_infinite(scores):
    """Replace vectors with one +inf by finite scores of the same softmax: all the mass on it."""
    is_top = scores == np.inf
    return np.where(is_top.any(axis=0), np.where(is_top, 0.0, -np.inf), scores)
