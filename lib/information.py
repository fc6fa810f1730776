"""Entropy, cross-entropy and KL divergence of distributions; likelihoods of data.

Everything is in nats, the unit of the natural logarithm, unless another base is asked for. Nothing
here knows the loss functions: the two modules say the same thing in two ways, and check each other.
"""

import numpy as np

from lib import checks


def entropy(p, *, base=None):
    r"""Compute the average surprise at the outcomes of a distribution.

    Parameters
    ----------
    p : array_like of float, shape (..., K)
        The probabilities of K outcomes; they sum to 1 along the last axis, up to 1e-6.
    base : float, optional
        The base of the logarithm: 2 gives bits. Nats when not given.

    Returns
    -------
    numpy.ndarray of float, shape (...)
        The entropies, in nats or in the unit of the base; a NumPy float for one distribution.

    Raises
    ------
    TypeError
        If the probabilities or the base are not real numbers.
    ValueError
        If ``p`` is not a distribution along the last axis, or the base is not positive or is 1.

    See Also
    --------
    cross_entropy_between : the average surprise of someone who believes another distribution.

    Notes
    -----
    :math:`H(P) = -\sum_c p_c \log p_c`, with :math:`0 \log 0 = 0`. It is 0 for a one-hot
    distribution and :math:`\log K` for the uniform one.

    References
    ----------
    Cover and Thomas, *Elements of Information Theory*, section 2.1.

    Examples
    --------
    >>> entropy([0.5, 0.25, 0.25], base=2)
    np.float64(1.5)
    """
    p = _distributions("p", p)
    return _in_units(0.0 - _mean(p, _log_or_zero(p)), base)


def cross_entropy_between(p, q, *, base=None):
    r"""Compute the average surprise at outcomes of one distribution under the belief in another.

    Parameters
    ----------
    p : array_like of float, shape (..., K)
        The distribution of the outcomes; sums to 1 along the last axis, up to 1e-6.
    q : array_like of float, the shape of ``p``
        The distribution believed in; sums to 1 likewise.
    base : float, optional
        The base of the logarithm: 2 gives bits. Nats when not given.

    Returns
    -------
    numpy.ndarray of float, shape (...)
        The cross-entropies, in nats or in the unit of the base; inf where q = 0 < p.

    Raises
    ------
    TypeError
        If the probabilities or the base are not real numbers.
    ValueError
        If the shapes differ, an argument is not a distribution along the last axis, or the base is
        not positive or is 1.

    See Also
    --------
    entropy : its minimum over q, reached at q = p.
    kl_divergence : what it exceeds that minimum by.

    Notes
    -----
    :math:`H(P, Q) = -\sum_c p_c \log q_c`, with :math:`0 \log 0 = 0`. The order of the two matters.

    References
    ----------
    Goodfellow, Bengio and Courville, *Deep Learning*, section 3.13.

    Examples
    --------
    >>> cross_entropy_between([0.5, 0.25, 0.25], [0.7, 0.2, 0.1], base=2).round(4)
    np.float64(1.6683)
    """
    p, q = _distribution_pair(p, q)
    return _in_units(_or_infinite(0.0 - _mean(p, _log_or_zero(q)), p, q), base)


def kl_divergence(p, q, *, base=None):
    r"""Compute the extra surprise of believing in one distribution when another is true.

    Parameters
    ----------
    p : array_like of float, shape (..., K)
        The distribution of the outcomes; sums to 1 along the last axis, up to 1e-6.
    q : array_like of float, the shape of ``p``
        The distribution believed in; sums to 1 likewise.
    base : float, optional
        The base of the logarithm: 2 gives bits. Nats when not given.

    Returns
    -------
    numpy.ndarray of float, shape (...)
        The divergences, in nats or in the unit of the base; inf where q = 0 < p.

    Raises
    ------
    TypeError
        If the probabilities or the base are not real numbers.
    ValueError
        If the shapes differ, an argument is not a distribution along the last axis, or the base is
        not positive or is 1.

    See Also
    --------
    cross_entropy_between : the entropy of p plus this.

    Notes
    -----
    :math:`\mathrm{KL}(P \Vert Q) = \sum_c p_c (\log p_c - \log q_c)`, with :math:`0 \log 0 = 0`. It
    is never negative (what rounding takes below 0 is put back to 0), and 0 only for P = Q. It is no
    distance: :math:`\mathrm{KL}(Q \Vert P)` is another number.

    References
    ----------
    Kullback and Leibler, *On information and sufficiency*, Annals of Mathematical Statistics 22(1),
    1951.

    Examples
    --------
    >>> kl_divergence([0.5, 0.25, 0.25], [0.7, 0.2, 0.1], base=2).round(4)
    np.float64(0.1683)
    """
    p, q = _distribution_pair(p, q)
    excess = _mean(p, _log_or_zero(p) - _log_or_zero(q))
    return _in_units(_or_infinite(np.maximum(excess, 0.0), p, q), base)


def _distributions(name, p):
    """Turn an argument into distributions along the last axis."""
    return checks.distributions(name, checks.real_array(name, p))


def _distribution_pair(p, q):
    """Turn two arguments into distributions over the same outcomes."""
    p, q = _distributions("p", p), _distributions("q", q)
    checks.same_shape("p", p, "q", q)
    return p, q


def _log_or_zero(p):
    """Compute the logarithm, and 0 where it has none: a factor of 0 stands before it there."""
    return np.log(p, out=np.zeros(p.shape), where=p > 0)


def _mean(p, values):
    """Average the values of the outcomes under a distribution."""
    with np.errstate(under="ignore"):
        return (p * values).sum(axis=-1)


def _or_infinite(sums, p, q):
    """Put inf where an outcome that does happen was believed impossible."""
    return np.where(((p > 0) & (q == 0)).any(axis=-1), np.inf, sums)[()]


def _in_units(nats, base):
    """Convert nats to the unit of a base."""
    if base is None:
        return nats
    number = checks.positive_number("base", base)
    if number == 1:
        raise ValueError(f"base must be positive and not 1, got {base}.")
    return nats / np.log(number)


def gaussian_nll(y, mean, std):
    r"""Compute the negative log-likelihood of each sample under a normal distribution.

    Parameters
    ----------
    y : array_like of float, shape (n,)
        The samples, in any unit.
    mean : float or array_like of float, shape (n,)
        The mean of all samples, or of each, in the same unit.
    std : float or array_like of float, shape (n,)
        The standard deviation of all samples, or of each, in the same unit; positive.

    Returns
    -------
    numpy.ndarray of float, shape (n,)
        The negative log-likelihoods, in nats. A density may exceed 1, so they may be negative.

    Raises
    ------
    TypeError
        If an argument does not hold real numbers.
    ValueError
        If a shape does not fit, a value is not finite, or ``std`` is not positive.

    See Also
    --------
    laplace_nll : for noise with heavier tails.

    Notes
    -----
    :math:`-\log p(y_i) = \tfrac12 ((y_i - \mu) / \sigma)^2 + \log \sigma + \tfrac12 \log 2\pi`:
    half the squared error, in units of the variance, and a constant.

    References
    ----------
    Bishop, *Pattern Recognition and Machine Learning*, section 1.2.4.

    Examples
    --------
    >>> gaussian_nll([1.0, 2.0], 1.0, 1.0).round(4)
    array([0.9189, 1.4189])
    """
    standardised, std = _standardised(y, mean, "std", std)
    with np.errstate(over="ignore", under="ignore"):
        return 0.5 * standardised**2 + np.log(std) + 0.5 * np.log(2.0 * np.pi)


def laplace_nll(y, mean, scale):
    r"""Compute the negative log-likelihood of each sample under a Laplace distribution.

    Parameters
    ----------
    y : array_like of float, shape (n,)
        The samples, in any unit.
    mean : float or array_like of float, shape (n,)
        The mean of all samples, or of each, in the same unit.
    scale : float or array_like of float, shape (n,)
        The mean distance from the mean, of all samples or of each, in the same unit; positive.

    Returns
    -------
    numpy.ndarray of float, shape (n,)
        The negative log-likelihoods, in nats. A density may exceed 1, so they may be negative.

    Raises
    ------
    TypeError
        If an argument does not hold real numbers.
    ValueError
        If a shape does not fit, a value is not finite, or ``scale`` is not positive.

    See Also
    --------
    gaussian_nll : for noise with lighter tails.

    Notes
    -----
    :math:`-\log p(y_i) = \lvert y_i - \mu \rvert / b + \log 2b`: the absolute error, in units of
    the scale b, and a constant.

    References
    ----------
    Boyd and Vandenberghe, *Convex Optimization*, section 7.1.1.

    Examples
    --------
    >>> laplace_nll([1.0, 3.0], 1.0, 0.5)
    array([0., 4.])
    """
    standardised, scale = _standardised(y, mean, "scale", scale)
    return np.abs(standardised) + (np.log(scale) + np.log(2.0))


def bernoulli_nll(y, p):
    r"""Compute the negative log-likelihood of each outcome of a coin.

    Parameters
    ----------
    y : array_like of int, float or bool, shape (n,)
        The outcomes, 0 or 1.
    p : float or array_like of float, shape (n,)
        The probability of outcome 1, for all samples or for each.

    Returns
    -------
    numpy.ndarray of float, shape (n,)
        The negative log-likelihoods, in nats; inf for an outcome of probability 0.

    Raises
    ------
    TypeError
        If an argument does not hold real numbers.
    ValueError
        If a shape does not fit, an outcome is neither 0 nor 1, or a probability lies outside [0,
        1].

    See Also
    --------
    cross_entropy_between : the same on average, when the outcomes have the frequencies of P.

    Notes
    -----
    :math:`-\log p` where :math:`y_i = 1` and :math:`-\log(1 - p)` where :math:`y_i = 0`.

    References
    ----------
    Bishop, *Pattern Recognition and Machine Learning*, section 2.1.

    Examples
    --------
    >>> bernoulli_nll([1, 0], 0.7).round(4)
    array([0.3567, 1.204 ])
    """
    y = checks.shape_form("y", checks.real_array("y", y), "(n,)", ndims=(1,))
    checks.binary_labels("y", y)
    p = checks.probabilities("p", checks.real_array("p", p))
    checks.scalar_or_same_shape("p", p, "y", y)
    with np.errstate(divide="ignore"):
        return 0.0 - np.where(y == 1, np.log(p), np.log1p(-p))


def _standardised(y, mean, scale_name, scale):
    """Check samples and two parameters; return the samples' distances from the mean in scales."""
    y = checks.shape_form("y", checks.finite_array("y", y), "(n,)", ndims=(1,))
    mean = checks.finite_array("mean", mean)
    scale = checks.positive_array(scale_name, checks.finite_array(scale_name, scale))
    checks.scalar_or_same_shape("mean", mean, "y", y)
    checks.scalar_or_same_shape(scale_name, scale, "y", y)
    with np.errstate(over="ignore", under="ignore"):
        return (y - mean) / scale, scale
