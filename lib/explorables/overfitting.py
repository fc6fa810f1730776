"""The explorables of the chapter on overfitting."""

import math
from functools import cache

import numpy as np
from numpy.polynomial import legendre

from lib import checks, datasets
from lib.explorables.base import Explorable, Number, Numbers, Pool, Seed, Whole

__all__ = ["DegreeAndRidge", "FiftyDatasets", "PeekingCounter"]

_POOL_SIZE = 1009  # a prime: slices of any length start at 1,009 different places

# ---------------------------------------------------------------------------------------------
# Polynomials on [0, 1] and their errors
# ---------------------------------------------------------------------------------------------

_GRID = np.linspace(0.0, 1.0, 2001)
_NOISE = 0.3
_HIGHEST = 9


def _truth(x):
    """Compute the curve behind the data, shape (n,)."""
    return np.sin(2.0 * np.pi * np.asarray(x))


def _basis(x, degree):
    """Compute Legendre polynomials of mean square 1 over [0, 1], shape (n, degree + 1)."""
    scale = np.sqrt(2.0 * np.arange(degree + 1) + 1.0)
    return legendre.legvander(2.0 * np.asarray(x) - 1.0, degree) * scale


def _ridge_fit(x, y, degree, ridge):
    """Fit the coefficients, shape (degree + 1,); none is a number where many curves are best."""
    if ridge == 0 and len(set(x)) <= degree:
        return np.full(degree + 1, np.nan)
    penalties = np.sqrt(len(x) * ridge) * np.eye(degree + 1)[1:]
    rows = np.vstack([_basis(x, degree), penalties])
    return np.linalg.lstsq(rows, np.r_[y, np.zeros(degree)], rcond=None)[0]


def _number(value):
    """Turn a value into a float; what is not a number counts as infinite."""
    return float("inf") if np.isnan(value) else float(value)


# ---------------------------------------------------------------------------------------------
# Degree and ridge
# ---------------------------------------------------------------------------------------------


def _ten_points():
    """Draw the ten points of the chapter, cut to six digits: they are short in a page."""
    data = datasets.sine(10, rng=np.random.default_rng(0), noise=_NOISE)
    return data.X[:, 0].round(6).tolist(), data.y.round(6).tolist()


_X, _Y = _ten_points()


class DegreeAndRidge(Explorable):
    r"""Give a curve more freedom and watch it learn the noise; then take freedom back with ridge.

    Ten points were drawn around one period of a sine. A polynomial is fitted to them; the residuals
    are its training loss, and its distance to the sine is what fresh data would make it pay. The
    points, the degree and the ridge can all be dragged.

    Parameters
    ----------
    x : array_like of float, shape (10,), optional
        The inputs, between 0 and 1. By default those of the chapter.
    y : array_like of float, shape (10,), optional
        The targets, between -2 and 2; given together with the inputs.
    degree : int, optional
        The degree of the polynomial, 0 to 9.
    ridge : float, optional
        The weight of the penalty, 0 to 10, in units of 1.

    Raises
    ------
    TypeError
        If an argument is of the wrong type, or its keyword is unknown.
    ValueError
        If an argument is not finite, out of range, or there are not ten points.

    See Also
    --------
    lib.datasets.sine : where the points come from.
    FiftyDatasets : the same fit, again and again on new points.

    Notes
    -----
    The curve is :math:`\hat y(x) = \sum_k c_k \varphi_k(x)` with the Legendre polynomials on
    [0, 1], scaled to mean square 1. The coefficients minimise
    :math:`\frac1n \sum_i (y_i - \hat y(x_i))^2 + \lambda \sum_{k \ge 1} c_k^2`. The first one
    is free, so the penalty is the mean square of what the curve swings about its mean. The expected
    loss is the mean squared distance to the sine over 2,001 even places, plus the variance
    0.09 of the noise. Without ridge, fewer different inputs than coefficients leave no single best
    curve: every reading is then infinite.

    Examples
    --------
    >>> for degree in (1, 3, 6, 9):
    ...     fit = DegreeAndRidge(degree=degree)
    ...     print(degree, f"{fit.training_error:.4f} {fit.test_error:.4f}")
    1 0.1833 0.5233
    3 0.0172 0.2234
    6 0.0072 0.2125
    9 0.0000 83.3972
    """

    _module = "degree_and_ridge"
    _title = "Degree and ridge"

    x = Numbers(_X, at_least=10, at_most=10, minimum=0, maximum=1)
    y = Numbers(_Y, at_least=10, at_most=10, minimum=-2, maximum=2)
    degree = Whole(3, minimum=0, maximum=_HIGHEST)
    ridge = Number(0, minimum=0, maximum=10)

    def __init__(self, *, x=None, y=None, **values):
        points = (x, y) if checks.both_or_neither("x", x, "y", y) else (_X, _Y)
        super().__init__(x=points[0], y=points[1], **values)

    @property
    def coefficients(self):
        """The coefficients of the curve, shape (degree + 1,), in units of y."""
        return _ridge_fit(self.x, self.y, self.degree, self.ridge)

    def predict(self, x):
        """Compute the heights of the curve.

        Parameters
        ----------
        x : array_like of float, shape (n,)
            Where, in units of x.

        Returns
        -------
        numpy.ndarray of float, shape (n,)
            The heights, in units of y.

        See Also
        --------
        coefficients : what the curve is made of.

        Examples
        --------
        >>> DegreeAndRidge(degree=0).predict([0.1, 0.9]).round(4)
        array([-0.4484, -0.4484])
        """
        return _basis(checks.finite_array("x", x), self.degree) @ self.coefficients

    @property
    def training_error(self):
        """The mean squared residual on the ten points, in squared units of y."""
        return _number(np.mean((np.asarray(self.y) - self.predict(self.x)) ** 2))

    @property
    def test_error(self):
        """The mean squared error to expect on fresh points, in squared units of y."""
        return _number(np.mean((self.predict(_GRID) - _truth(_GRID)) ** 2) + _NOISE**2)

    @property
    def penalty(self):
        """The sum of the squared coefficients without the first, in squared units of y."""
        return _number(np.sum(self.coefficients[1:] ** 2))

    @property
    def objective(self):
        """What the curve makes as small as it can: training loss + ridge * penalty."""
        return self.training_error + (self.ridge * self.penalty if self.ridge else 0.0)

    @property
    def readings(self):
        """The errors, the penalty and the objective, in squared units of y."""
        names = ("training_error", "test_error", "penalty", "objective")
        return {name: getattr(self, name) for name in names}


# ---------------------------------------------------------------------------------------------
# Fifty datasets
# ---------------------------------------------------------------------------------------------

_N_DATASETS = 50
_PLACES = (np.arange(10) + 0.5) / 10


@cache
def _projection(degree):
    """Compute the matrix that turns targets into coefficients, shape (degree + 1, 10)."""
    return np.linalg.pinv(_basis(_PLACES, degree))


class FiftyDatasets(Explorable):
    r"""Fit the same curve to fifty datasets and see its loss fall apart into bias and variance.

    Each dataset has ten points at the same evenly spread inputs, with noise of its own. What the
    mean of the fifty curves misses is the bias; how far the curves scatter about it, the variance.

    Parameters
    ----------
    degree : int, optional
        The degree of the polynomials, 0 to 9.
    noise : float, optional
        The standard deviation of the noise, 0 to 1, in units of y.
    at : float, optional
        The place x, 0 to 1, at which bias and variance are read.
    draw : int, optional
        Which fifty datasets: 0 for the first, 1 for the next, and so on.
    seed : int, optional
        The seed of the random numbers.

    Raises
    ------
    TypeError
        If an argument is of the wrong type, or its keyword is unknown.
    ValueError
        If an argument is not finite or out of range.

    See Also
    --------
    DegreeAndRidge : one dataset, to be dragged.

    Notes
    -----
    With fits :math:`\hat y_s` and their mean :math:`\bar y`, averaged over x, the bias squared is
    the mean of :math:`(\bar y(x) - \sin 2\pi x)^2`, the variance that of
    :math:`\frac1{50} \sum_s (\hat y_s(x) - \bar y(x))^2`. Together with the variance of the
    noise they are the loss to expect, on average over the fifty fits, exactly.

    Examples
    --------
    >>> flat = FiftyDatasets(degree=0, noise=0.0)
    >>> print(f"{flat.bias_squared:.3f} {flat.variance:.3f} {flat.total:.3f}")
    0.500 0.000 0.500
    """

    _module = "fifty_datasets"
    _title = "Fifty datasets"

    degree = Whole(1, minimum=0, maximum=_HIGHEST)
    noise = Number(_NOISE, minimum=0, maximum=1, slider=(0, 1, 0.05))
    at = Number(0.25, minimum=0, maximum=1)
    draw = Whole(0, minimum=0, maximum=9999)
    seed = Seed()
    pool = Pool(_POOL_SIZE, "normal")

    @property
    def targets(self):
        """The targets of the fifty datasets, shape (50, 10), in units of y."""
        size = _N_DATASETS * len(_PLACES)
        noise = _slice(self.pool, self.draw * size, size).reshape(_N_DATASETS, -1)
        return _truth(_PLACES) + self.noise * noise

    def predict(self, x):
        """Compute the heights of the fifty curves.

        Parameters
        ----------
        x : array_like of float, shape (n,)
            Where, in units of x.

        Returns
        -------
        numpy.ndarray of float, shape (50, n)
            The heights, in units of y.

        See Also
        --------
        targets : what the curves were fitted to.

        Examples
        --------
        >>> FiftyDatasets().predict([0.5]).shape
        (50, 1)
        """
        coefficients = self.targets @ _projection(self.degree).T
        return coefficients @ _basis(checks.finite_array("x", x), self.degree).T

    def _bias_and_variance(self, x):
        """Average the squared bias and the variance over some places, in squared units of y."""
        heights = self.predict(x)
        bias = heights.mean(axis=0) - _truth(x)
        return float(np.mean(bias**2)), float(heights.var(axis=0).mean())

    @property
    def bias_squared(self):
        """The squared bias, on average over x, in squared units of y."""
        return self._bias_and_variance(_GRID)[0]

    @property
    def variance(self):
        """The variance of the curves, on average over x, in squared units of y."""
        return self._bias_and_variance(_GRID)[1]

    @property
    def total(self):
        """The expected loss, in squared units of y: bias squared + variance + noise."""
        return self.bias_squared + self.variance + self.noise**2

    @property
    def readings(self):
        """The parts of the expected loss and what they are at one place, in units of y²."""
        here = self._bias_and_variance([self.at])
        return {
            "bias_squared": self.bias_squared,
            "variance": self.variance,
            "noise_variance": self.noise**2,
            "total": self.total,
            "bias_squared_here": here[0],
            "variance_here": here[1],
        }


def _slice(numbers, start, size):
    """Take so many numbers of a pool from a place on, shape (size,); it starts again at its end."""
    return np.take(numbers, range(start, start + size), mode="wrap")


# ---------------------------------------------------------------------------------------------
# Peeking counter
# ---------------------------------------------------------------------------------------------

_MOST_PEEKS = 200


@cache
def _heads_at_most(n):
    """Compute the chances of at most 0 … n heads in n tosses of a fair coin, from exact counts."""
    totals = np.cumsum([math.comb(n, heads) for heads in range(n + 1)], dtype=object)
    return np.array([int(total) / 2**n for total in totals])


class PeekingCounter(Explorable):
    r"""Try model after model on one test set, keep the best, and see what its score is worth.

    None of the models has learned anything: each tosses a coin for every label. The best score on
    the test set can only rise with every look. Fresh labels show what the winner can really do.

    Parameters
    ----------
    n_labels : int, optional
        How many labels the test set has, and the fresh one, 10 to 1,000.
    peeks : int, optional
        How many models were tried on the test set, 1 to 200.
    draw : int, optional
        Which models: 0 for the first ones, 1 for the next, and so on.
    seed : int, optional
        The seed of the random numbers.

    Raises
    ------
    TypeError
        If an argument is of the wrong type, or its keyword is unknown.
    ValueError
        If an argument is out of range.

    See Also
    --------
    FiftyDatasets : what else varies from one dataset to the next.

    Notes
    -----
    A score is the fraction of right labels. With F the distribution of the number of right ones
    among n, the best of k scores is expected to be
    :math:`\frac1n \sum_{m=0}^{n-1} \left(1 - F(m)^k\right)`. Of equal scores, the first wins.

    Examples
    --------
    >>> for peeks in (1, 10, 100):
    ...     print(peeks, f"{PeekingCounter(peeks=peeks).expected_best:.4f}")
    1 0.5000
    10 0.5768
    100 0.6248
    """

    _module = "peeking_counter"
    _title = "Peeking counter"

    n_labels = Whole(100, minimum=10, maximum=1000)
    peeks = Whole(100, minimum=1, maximum=_MOST_PEEKS)
    draw = Whole(0, minimum=0, maximum=9999)
    seed = Seed()
    pool = Pool(_POOL_SIZE)

    def _scores(self, which):
        """Draw a score for each of the models: on the test set (0) or on fresh labels (1)."""
        start = (2 * self.draw + which) * _MOST_PEEKS
        uniform = _slice(self.pool, start, _MOST_PEEKS)[: self.peeks]
        return np.searchsorted(_heads_at_most(self.n_labels), uniform) / self.n_labels

    @property
    def test_scores(self):
        """The scores on the test set, in the order of the peeks, shape (peeks,)."""
        return self._scores(0)

    @property
    def best_score(self):
        """The best score on the test set, a fraction."""
        return float(self.test_scores.max())

    @property
    def fresh_score(self):
        """The score of the same model on fresh labels, a fraction."""
        return float(self._scores(1)[self.test_scores.argmax()])

    @property
    def expected_best(self):
        """The best score that luck is expected to give after so many peeks, a fraction."""
        losing = _heads_at_most(self.n_labels)[:-1] ** self.peeks
        return float(np.sum(1.0 - losing) / self.n_labels)

    @property
    def readings(self):
        """The scores, each a fraction: the best, what luck gives, on fresh labels, and the gap."""
        return {
            "best_score": self.best_score,
            "expected_best": self.expected_best,
            "fresh_score": self.fresh_score,
            "gap": self.best_score - self.fresh_score,
        }
