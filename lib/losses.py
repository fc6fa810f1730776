r"""Loss functions: one loss for each sample, and its gradient.

A loss takes what is true and what was predicted, in this order, and returns the per-sample losses
:math:`\ell_i`, an array of shape (n,). The loss of the dataset is their mean:
``squared_error(y_true, y_pred).mean()``. ``<loss>_gradient`` is the derivative of :math:`\ell_i`
with respect to the second argument, in its shape; divide by n for the gradient of the mean.

The two arguments are never broadcast against each other.
"""

import numpy as np

from lib import checks, models

# ---------------------------------------------------------------------------------------------
# Regression: targets and predictions of shape (n,) or (n, k)
# ---------------------------------------------------------------------------------------------


def squared_error(y_true, y_pred):
    r"""Compute the squared distance of each prediction from its target.

    Parameters
    ----------
    y_true : array_like of float, shape (n,) or (n, k)
        The targets, in any unit; k numbers for each sample when they are vectors.
    y_pred : array_like of float, the shape of ``y_true``
        The predictions, in the same unit.

    Returns
    -------
    numpy.ndarray of float, shape (n,)
        The losses, in the square of the unit; a loss beyond the range of float64 is inf.

    Raises
    ------
    TypeError
        If an argument does not hold real numbers.
    ValueError
        If the shapes differ or do not fit, or a value is not finite.

    See Also
    --------
    squared_error_gradient : its gradient.
    half_squared_error : half of it, whose gradient has no factor 2.

    Notes
    -----
    :math:`\ell_i = \lVert y_i - \hat y_i \rVert^2`. The constant with the least mean squared error
    is the mean of the targets.

    References
    ----------
    Hastie, Tibshirani and Friedman, *The Elements of Statistical Learning*, section 2.4.

    Examples
    --------
    >>> squared_error([3.0, -0.5, 2.0], [2.5, 0.0, 2.0])
    array([0.25, 0.25, 0.  ])
    """
    residual = _residual(y_true, y_pred)
    with np.errstate(over="ignore", under="ignore"):
        residual *= residual
    return _sum_over_outputs(residual)


def squared_error_gradient(y_true, y_pred):
    r"""Compute the gradient of the squared error with respect to the predictions.

    Parameters
    ----------
    y_true : array_like of float, shape (n,) or (n, k)
        The targets, in any unit.
    y_pred : array_like of float, the shape of ``y_true``
        The predictions, in the same unit.

    Returns
    -------
    numpy.ndarray of float, the shape of ``y_pred``
        The gradients, in the unit of the targets.

    Raises
    ------
    TypeError
        If an argument does not hold real numbers.
    ValueError
        If the shapes differ or do not fit, or a value is not finite.

    See Also
    --------
    squared_error : the loss.

    Notes
    -----
    :math:`\partial \ell_i / \partial \hat y_i = 2 (\hat y_i - y_i)`.

    References
    ----------
    Hastie, Tibshirani and Friedman, *The Elements of Statistical Learning*, section 2.4.

    Examples
    --------
    >>> squared_error_gradient([3.0, 2.0], [2.5, 4.0])
    array([-1.,  4.])
    """
    gradient = half_squared_error_gradient(y_true, y_pred)
    with np.errstate(over="ignore"):
        gradient *= 2.0
    return gradient


def half_squared_error(y_true, y_pred):
    r"""Compute half the squared distance of each prediction from its target.

    Parameters
    ----------
    y_true : array_like of float, shape (n,) or (n, k)
        The targets, in any unit; k numbers for each sample when they are vectors.
    y_pred : array_like of float, the shape of ``y_true``
        The predictions, in the same unit.

    Returns
    -------
    numpy.ndarray of float, shape (n,)
        The losses, in the square of the unit; a loss beyond the range of float64 is inf.

    Raises
    ------
    TypeError
        If an argument does not hold real numbers.
    ValueError
        If the shapes differ or do not fit, or a value is not finite.

    See Also
    --------
    half_squared_error_gradient : its gradient.
    squared_error : twice as much.

    Notes
    -----
    :math:`\ell_i = \tfrac12 \lVert \hat y_i - y_i \rVert^2`. The half cancels the 2 of the
    derivative, and makes the loss the negative log-likelihood under Gaussian noise of standard
    deviation 1, up to a constant.

    References
    ----------
    Bishop, *Pattern Recognition and Machine Learning*, section 3.1.1.

    Examples
    --------
    >>> half_squared_error([3.0, -0.5, 2.0], [2.5, 0.0, 2.0])
    array([0.125, 0.125, 0.   ])
    """
    return 0.5 * squared_error(y_true, y_pred)


def half_squared_error_gradient(y_true, y_pred):
    r"""Compute the gradient of half the squared error with respect to the predictions.

    Parameters
    ----------
    y_true : array_like of float, shape (n,) or (n, k)
        The targets, in any unit.
    y_pred : array_like of float, the shape of ``y_true``
        The predictions, in the same unit.

    Returns
    -------
    numpy.ndarray of float, the shape of ``y_pred``
        The gradients, in the unit of the targets: what the predictions are too high by.

    Raises
    ------
    TypeError
        If an argument does not hold real numbers.
    ValueError
        If the shapes differ or do not fit, or a value is not finite.

    See Also
    --------
    half_squared_error : the loss.

    Notes
    -----
    :math:`\partial \ell_i / \partial \hat y_i = \hat y_i - y_i`, minus the residual.

    References
    ----------
    Bishop, *Pattern Recognition and Machine Learning*, section 3.1.1.

    Examples
    --------
    >>> half_squared_error_gradient([3.0, 2.0], [2.5, 4.0])
    array([-0.5,  2. ])
    """
    return 0.0 - _residual(y_true, y_pred)  # a bare minus would turn 0 into -0


def absolute_error(y_true, y_pred):
    r"""Compute the absolute distance of each prediction from its target.

    Parameters
    ----------
    y_true : array_like of float, shape (n,) or (n, k)
        The targets, in any unit; k numbers for each sample when they are vectors.
    y_pred : array_like of float, the shape of ``y_true``
        The predictions, in the same unit.

    Returns
    -------
    numpy.ndarray of float, shape (n,)
        The losses, in the unit of the targets; the sum over the k outputs for vectors.

    Raises
    ------
    TypeError
        If an argument does not hold real numbers.
    ValueError
        If the shapes differ or do not fit, or a value is not finite.

    See Also
    --------
    absolute_error_gradient : its gradient.
    huber : smooth at zero, and like this one far from it.

    Notes
    -----
    :math:`\ell_i = \lvert y_i - \hat y_i \rvert`. The constant with the least mean absolute error
    is the median of the targets.

    References
    ----------
    Hastie, Tibshirani and Friedman, *The Elements of Statistical Learning*, section 10.6.

    Examples
    --------
    >>> absolute_error([1.0, 5.0], [3.0, 4.5])
    array([2. , 0.5])
    """
    residual = _residual(y_true, y_pred)
    return _sum_over_outputs(np.abs(residual, out=residual))


def absolute_error_gradient(y_true, y_pred):
    r"""Compute a subgradient of the absolute error with respect to the predictions.

    Parameters
    ----------
    y_true : array_like of float, shape (n,) or (n, k)
        The targets, in any unit.
    y_pred : array_like of float, the shape of ``y_true``
        The predictions, in the same unit.

    Returns
    -------
    numpy.ndarray of float, the shape of ``y_pred``
        The gradients, dimensionless: -1, 0 or 1.

    Raises
    ------
    TypeError
        If an argument does not hold real numbers.
    ValueError
        If the shapes differ or do not fit, or a value is not finite.

    See Also
    --------
    absolute_error : the loss.

    Notes
    -----
    :math:`\partial \ell_i / \partial \hat y_i = \operatorname{sign}(\hat y_i - y_i)`. At the kink,
    where the two are equal, every number in [-1, 1] is a subgradient; this is 0, as in PyTorch.

    References
    ----------
    Boyd and Vandenberghe, *Convex Optimization*, section 6.1.2.

    Examples
    --------
    >>> absolute_error_gradient([1.0, 5.0, 2.0], [3.0, 4.5, 2.0])
    array([ 1., -1.,  0.])
    """
    return np.sign(half_squared_error_gradient(y_true, y_pred))


def huber(y_true, y_pred, *, delta=1.0):
    r"""Compute a loss that is quadratic for small residuals and linear for large ones.

    Parameters
    ----------
    y_true : array_like of float, shape (n,) or (n, k)
        The targets, in any unit; k numbers for each sample when they are vectors.
    y_pred : array_like of float, the shape of ``y_true``
        The predictions, in the same unit.
    delta : float
        The size of the residual at which the loss turns linear, in the same unit; positive.

    Returns
    -------
    numpy.ndarray of float, shape (n,)
        The losses, in the square of the unit; the sum over the k outputs for vectors.

    Raises
    ------
    TypeError
        If an argument does not hold real numbers.
    ValueError
        If the shapes differ or do not fit, a value is not finite, or ``delta`` is not positive.

    See Also
    --------
    huber_gradient : its gradient.
    half_squared_error : the same when no residual exceeds ``delta``.

    Notes
    -----
    With :math:`r = \lvert y_i - \hat y_i \rvert`, :math:`\ell_i = \tfrac12 r^2` for
    :math:`r \le \delta` and :math:`\delta (r - \tfrac12 \delta)` beyond. Both are
    :math:`c\,(r - \tfrac12 c)` with :math:`c = \min(r, \delta)`.

    References
    ----------
    Huber, *Robust estimation of a location parameter*, Annals of Mathematical Statistics 35(1),
    1964.

    Examples
    --------
    >>> huber([0.0, 0.0], [0.5, 3.0])
    array([0.125, 2.5  ])
    """
    delta = checks.positive_number("delta", delta)
    distance = np.abs(_residual(y_true, y_pred))
    clipped = np.minimum(distance, delta)
    with np.errstate(over="ignore", under="ignore"):
        return _sum_over_outputs(clipped * (distance - 0.5 * clipped))


def huber_gradient(y_true, y_pred, *, delta=1.0):
    r"""Compute the gradient of the Huber loss with respect to the predictions.

    Parameters
    ----------
    y_true : array_like of float, shape (n,) or (n, k)
        The targets, in any unit.
    y_pred : array_like of float, the shape of ``y_true``
        The predictions, in the same unit.
    delta : float
        The size of the residual at which the loss turns linear, in the same unit; positive.

    Returns
    -------
    numpy.ndarray of float, the shape of ``y_pred``
        The gradients, in the unit of the targets, between ``-delta`` and ``delta``.

    Raises
    ------
    TypeError
        If an argument does not hold real numbers.
    ValueError
        If the shapes differ or do not fit, a value is not finite, or ``delta`` is not positive.

    See Also
    --------
    huber : the loss.

    Notes
    -----
    :math:`\partial \ell_i / \partial \hat y_i = \max(-\delta, \min(\hat y_i - y_i, \delta))`: an
    outlier pulls no harder than a residual of :math:`\delta`.

    References
    ----------
    Huber, *Robust estimation of a location parameter*, Annals of Mathematical Statistics 35(1),
    1964.

    Examples
    --------
    >>> huber_gradient([0.0, 0.0], [0.5, -3.0])
    array([ 0.5, -1. ])
    """
    delta = checks.positive_number("delta", delta)
    return half_squared_error_gradient(y_true, y_pred).clip(-delta, delta)


def _residual(y_true, y_pred):
    """Check targets and predictions and return what is left between them, as a fresh array."""
    y_true = checks.finite_array("y_true", y_true)
    y_pred = checks.finite_array("y_pred", y_pred)
    checks.same_shape("y_true", y_true, "y_pred", y_pred)
    checks.shape_form("y_true", y_true, "(n,) or (n, k)", ndims=(1, 2))
    with np.errstate(over="ignore"):
        return y_true - y_pred


def _sum_over_outputs(terms):
    """Add up the terms of each sample: one for each output."""
    with np.errstate(over="ignore"):
        return terms.sum(axis=1) if terms.ndim == 2 else terms


# ---------------------------------------------------------------------------------------------
# Binary classification
# ---------------------------------------------------------------------------------------------


def binary_cross_entropy(y_true, y_prob):
    r"""Compute how little probability each prediction gave to the right one of two labels.

    Parameters
    ----------
    y_true : array_like of float, int or bool, shape (n,)
        The labels, 0 or 1, or the probabilities of label 1 when the labels are soft.
    y_prob : array_like of float, shape (n,)
        The predicted probabilities of label 1.

    Returns
    -------
    numpy.ndarray of float, shape (n,)
        The losses, in nats. A label that was given the probability 0 costs inf.

    Raises
    ------
    TypeError
        If an argument does not hold real numbers.
    ValueError
        If the shapes differ or do not fit, or a value lies outside [0, 1].

    See Also
    --------
    binary_cross_entropy_gradient : its gradient.
    binary_cross_entropy_with_logits : from the scores, and exact for extreme ones. Prefer it.

    Notes
    -----
    :math:`\ell_i = -y_i \log \hat y_i - (1 - y_i) \log(1 - \hat y_i)`, with :math:`0 \log 0 = 0`.
    PyTorch cuts each logarithm off at -100, so that the loss there never exceeds 100; this one is
    inf where the mathematics says so.

    References
    ----------
    Goodfellow, Bengio and Courville, *Deep Learning*, section 6.2.2.2.

    Examples
    --------
    >>> binary_cross_entropy([1, 1, 0], [0.5, 1.0, 0.9]).round(4)
    array([0.6931, 0.    , 2.3026])
    """
    y_true, y_prob = _binary_arguments(y_true, "y_prob", y_prob)
    checks.probabilities("y_prob", y_prob)
    with np.errstate(divide="ignore", invalid="ignore", under="ignore"):
        if_one = np.where(y_true > 0, y_true * np.log(y_prob), 0.0)
        if_zero = np.where(y_true < 1, (1.0 - y_true) * np.log1p(-y_prob), 0.0)
    return 0.0 - if_one - if_zero


def binary_cross_entropy_gradient(y_true, y_prob):
    r"""Compute the gradient of the binary cross-entropy with respect to the probabilities.

    Parameters
    ----------
    y_true : array_like of float, int or bool, shape (n,)
        The labels, 0 or 1, or the probabilities of label 1 when the labels are soft.
    y_prob : array_like of float, shape (n,)
        The predicted probabilities of label 1.

    Returns
    -------
    numpy.ndarray of float, shape (n,)
        The gradients, in nats per unit of probability. They are -inf or inf where the right label
        was given the probability 0.

    Raises
    ------
    TypeError
        If an argument does not hold real numbers.
    ValueError
        If the shapes differ or do not fit, or a value lies outside [0, 1].

    See Also
    --------
    binary_cross_entropy : the loss.

    Notes
    -----
    :math:`\partial \ell_i / \partial \hat y_i = -y_i / \hat y_i + (1 - y_i) / (1 - \hat y_i)`; a
    term whose numerator is 0 is 0.

    References
    ----------
    Goodfellow, Bengio and Courville, *Deep Learning*, section 6.2.2.2.

    Examples
    --------
    >>> binary_cross_entropy_gradient([1, 0, 0], [0.5, 0.5, 0.0])
    array([-2.,  2.,  1.])
    """
    y_true, y_prob = _binary_arguments(y_true, "y_prob", y_prob)
    checks.probabilities("y_prob", y_prob)
    with np.errstate(all="ignore"):
        if_one = np.where(y_true > 0, y_true / y_prob, 0.0)
        if_zero = np.where(y_true < 1, (1.0 - y_true) / (1.0 - y_prob), 0.0)
    return if_zero - if_one


def binary_cross_entropy_with_logits(y_true, logits):
    r"""Compute the binary cross-entropy from scores, without computing the probabilities.

    Parameters
    ----------
    y_true : array_like of float, int or bool, shape (n,)
        The labels, 0 or 1, or the probabilities of label 1 when the labels are soft.
    logits : array_like of float, shape (n,)
        The scores, dimensionless: the predicted probabilities are their sigmoid.

    Returns
    -------
    numpy.ndarray of float, shape (n,)
        The losses, in nats.

    Raises
    ------
    TypeError
        If an argument does not hold real numbers.
    ValueError
        If the shapes differ or do not fit, a label lies outside [0, 1], or a score is not finite.

    See Also
    --------
    binary_cross_entropy_with_logits_gradient : its gradient.
    binary_cross_entropy : from the probabilities.

    Notes
    -----
    :math:`\ell_i = \max(z_i, 0) - y_i z_i + \log(1 + e^{-|z_i|})`. At z = -1000 and label 1 the
    probability rounds to 0 and its logarithm is lost; this form gives 1000.

    References
    ----------
    Goodfellow, Bengio and Courville, *Deep Learning*, section 6.2.2.2.

    Examples
    --------
    >>> binary_cross_entropy_with_logits([1, 0, 1], [0.0, 1.0, -1000.0]).round(4)
    array([6.9310e-01, 1.3133e+00, 1.0000e+03])
    """
    y_true, logits = _binary_arguments(y_true, "logits", logits)
    with np.errstate(under="ignore"):
        # The large terms first: they cancel exactly, and the small one keeps its digits.
        loss = np.maximum(logits, 0.0)
        loss -= y_true * logits
        loss += np.log1p(np.exp(-np.abs(logits)))
    return loss


def binary_cross_entropy_with_logits_gradient(y_true, logits):
    r"""Compute the gradient of the binary cross-entropy with respect to the scores.

    Parameters
    ----------
    y_true : array_like of float, int or bool, shape (n,)
        The labels, 0 or 1, or the probabilities of label 1 when the labels are soft.
    logits : array_like of float, shape (n,)
        The scores, dimensionless: the predicted probabilities are their sigmoid.

    Returns
    -------
    numpy.ndarray of float, shape (n,)
        The gradients, in nats per unit of score: probability minus label, between -1 and 1.

    Raises
    ------
    TypeError
        If an argument does not hold real numbers.
    ValueError
        If the shapes differ or do not fit, a label lies outside [0, 1], or a score is not finite.

    See Also
    --------
    binary_cross_entropy_with_logits : the loss.

    Notes
    -----
    :math:`\partial \ell_i / \partial z_i = \sigma(z_i) - y_i`. The slope of the sigmoid, nearly 0
    where it is flat, has cancelled: a confident mistake is still corrected.

    References
    ----------
    Goodfellow, Bengio and Courville, *Deep Learning*, section 6.2.2.2.

    Examples
    --------
    >>> binary_cross_entropy_with_logits_gradient([1, 0], [0.0, 0.0])
    array([-0.5,  0.5])
    """
    y_true, logits = _binary_arguments(y_true, "logits", logits)
    gradient = models.sigmoid(logits)
    gradient -= y_true
    return gradient


def _binary_arguments(y_true, name, y_pred):
    """Check binary labels, hard or soft, and the finite predictions that belong to them."""
    y_true = checks.probabilities("y_true", checks.real_array("y_true", y_true))
    y_pred = checks.finite_array(name, y_pred)
    checks.same_shape("y_true", y_true, name, y_pred)
    checks.shape_form("y_true", y_true, "(n,)", ndims=(1,))
    return y_true, y_pred


# ---------------------------------------------------------------------------------------------
# Classification with K classes
# ---------------------------------------------------------------------------------------------


def cross_entropy(labels, probs):
    r"""Compute how little probability each prediction gave to the right one of K classes.

    Parameters
    ----------
    labels : array_like of int, shape (n,)
        The classes, 0..K-1.
    probs : array_like of float, shape (n, K)
        The predicted probabilities; each row sums to 1, up to 1e-6.

    Returns
    -------
    numpy.ndarray of float, shape (n,)
        The losses, in nats. A class that was given the probability 0 costs inf.

    Raises
    ------
    TypeError
        If the labels are not integers, or the probabilities not real numbers.
    ValueError
        If the shapes do not fit, a label is out of range, or a row is not a distribution.

    See Also
    --------
    cross_entropy_gradient : its gradient.
    cross_entropy_with_logits : from the scores, and exact for extreme ones. Prefer it.

    Notes
    -----
    :math:`\ell_i = -\sum_c 1[y_i = c] \log \hat y_{ic} = -\log \hat y_{i y_i}`. PyTorch's
    ``cross_entropy`` takes scores, not probabilities: it is ``cross_entropy_with_logits`` here.

    References
    ----------
    Goodfellow, Bengio and Courville, *Deep Learning*, section 6.2.2.3.

    Examples
    --------
    >>> cross_entropy([0, 2], [[0.5, 0.25, 0.25], [0.0, 0.0, 1.0]]).round(4)
    array([0.6931, 0.    ])
    """
    labels, probs = _class_probabilities(labels, probs)
    with np.errstate(divide="ignore"):
        return 0.0 - np.log(_entries_of(probs, labels))


def cross_entropy_gradient(labels, probs):
    r"""Compute the gradient of the cross-entropy with respect to the probabilities.

    Parameters
    ----------
    labels : array_like of int, shape (n,)
        The classes, 0..K-1.
    probs : array_like of float, shape (n, K)
        The predicted probabilities; each row sums to 1, up to 1e-6.

    Returns
    -------
    numpy.ndarray of float, shape (n, K)
        The gradients, in nats per unit of probability: 0 but for the right class, and -inf where
        that was given the probability 0.

    Raises
    ------
    TypeError
        If the labels are not integers, or the probabilities not real numbers.
    ValueError
        If the shapes do not fit, a label is out of range, or a row is not a distribution.

    See Also
    --------
    cross_entropy : the loss.

    Notes
    -----
    :math:`\partial \ell_i / \partial \hat y_{ic} = -1[y_i = c] / \hat y_{ic}`, each probability
    taken as free to move by itself.

    References
    ----------
    Goodfellow, Bengio and Courville, *Deep Learning*, section 6.2.2.3.

    Examples
    --------
    >>> cross_entropy_gradient([0], [[0.5, 0.25, 0.25]])
    array([[-2.,  0.,  0.]])
    """
    labels, probs = _class_probabilities(labels, probs)
    gradient = np.zeros(probs.shape)
    with np.errstate(divide="ignore", over="ignore"):
        gradient[np.arange(len(labels)), labels] = -1.0 / _entries_of(probs, labels)
    return gradient


def cross_entropy_with_logits(labels, logits):
    r"""Compute the cross-entropy from scores, without computing the probabilities.

    Parameters
    ----------
    labels : array_like of int, shape (n,)
        The classes, 0..K-1.
    logits : array_like of float, shape (n, K)
        The scores, dimensionless: the predicted probabilities are the softmax of each row. -inf
        marks an impossible class.

    Returns
    -------
    numpy.ndarray of float, shape (n,)
        The losses, in nats; inf where the right class was marked impossible.

    Raises
    ------
    TypeError
        If the labels are not integers, or the scores not real numbers.
    ValueError
        If the shapes do not fit, a label is out of range, a score is NaN or +inf, or a row holds
        nothing but -inf.

    See Also
    --------
    cross_entropy_with_logits_gradient : its gradient.
    cross_entropy : from the probabilities.
    double_softmax_floor : what the loss cannot go below when it is given probabilities by mistake.

    Notes
    -----
    :math:`\ell_i = \log \sum_c e^{z_{ic}} - z_{i y_i}`.

    References
    ----------
    Goodfellow, Bengio and Courville, *Deep Learning*, section 6.2.2.3.

    Examples
    --------
    >>> cross_entropy_with_logits([0, 1], [[2.0, 1.0, 0.1], [0.0, 1000.0, 0.0]]).round(4)
    array([0.417, 0.   ])
    """
    labels, logits = _class_arguments(labels, "logits", logits)
    checks.class_logits("logits", logits)
    return 0.0 - _entries_of(models.log_softmax(logits), labels)


def cross_entropy_with_logits_gradient(labels, logits):
    r"""Compute the gradient of the cross-entropy with respect to the scores.

    Parameters
    ----------
    labels : array_like of int, shape (n,)
        The classes, 0..K-1.
    logits : array_like of float, shape (n, K)
        The scores, dimensionless: the predicted probabilities are the softmax of each row. -inf
        marks an impossible class.

    Returns
    -------
    numpy.ndarray of float, shape (n, K)
        The gradients, in nats per unit of score: probabilities minus the one-hot label.

    Raises
    ------
    TypeError
        If the labels are not integers, or the scores not real numbers.
    ValueError
        If the shapes do not fit, a label is out of range, a score is NaN or +inf, or a row holds
        nothing but -inf.

    See Also
    --------
    cross_entropy_with_logits : the loss.

    Notes
    -----
    :math:`\partial \ell_i / \partial z_{ic} = \operatorname{softmax}(z_i)_c - 1[y_i = c]`.

    References
    ----------
    Goodfellow, Bengio and Courville, *Deep Learning*, section 6.2.2.3.

    Examples
    --------
    >>> cross_entropy_with_logits_gradient([0], [[2.0, 1.0, 0.1]]).round(4)
    array([[-0.341 ,  0.2424,  0.0986]])
    """
    labels, logits = _class_arguments(labels, "logits", logits)
    checks.class_logits("logits", logits)
    gradient = models.softmax(logits)
    gradient[np.arange(len(labels)), labels] -= 1.0
    return gradient


def double_softmax_floor(n_classes):
    r"""Compute the least loss that can be reached when softmax is applied twice.

    Parameters
    ----------
    n_classes : int
        The number of classes K, at least 2.

    Returns
    -------
    float
        The floor, in nats.

    Raises
    ------
    TypeError
        If ``n_classes`` is not an integer.
    ValueError
        If it is smaller than 2.

    See Also
    --------
    cross_entropy_with_logits : the loss that takes scores and applies the softmax itself.

    Notes
    -----
    The best probabilities are one-hot. Taken for scores, they give the right class no more than
    :math:`e / (e + K - 1)`, so the loss stays above :math:`\log(e + K - 1) - 1`.

    References
    ----------
    The documentation of PyTorch's ``CrossEntropyLoss``: the input is unnormalized logits.

    Examples
    --------
    >>> round(double_softmax_floor(3), 4)
    0.5514
    """
    n_classes = checks.count("n_classes", n_classes, minimum=2)
    return float(np.log(np.e + n_classes - 1)) - 1.0


def _class_arguments(labels, name, values):
    """Check class labels and the rows of K values that belong to them."""
    values = checks.shape_form(name, checks.real_array(name, values), "(n, K)", ndims=(2,))
    n_samples, n_classes = values.shape
    labels = checks.class_labels("labels", labels, n_classes=n_classes, n_samples=n_samples)
    return labels, values


def _class_probabilities(labels, probs):
    """Check class labels and the rows of probabilities that belong to them."""
    labels, probs = _class_arguments(labels, "probs", probs)
    return labels, checks.distributions("probs", probs)


def _entries_of(values, labels):
    """Pick from each row the entry of its label."""
    return values[np.arange(len(labels)), labels]
