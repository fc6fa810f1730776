"""What the functions of overfitting.js must return."""

import math

import numpy as np
from numpy.polynomial import legendre

from lib import datasets

NOISE = 0.3
GRID = np.linspace(0.0, 1.0, 2001)
RNG = np.random.default_rng(7)
SINE = datasets.sine(10, rng=np.random.default_rng(0))
# Ten places as they were drawn, ten evenly spread, and six.
DATA = {
    "figure": (SINE.X[:, 0].round(6), SINE.y.round(6)),
    "even": ((np.arange(10) + 0.5) / 10, RNG.normal(size=10).round(6)),
    "six": (np.array([0.0, 0.1, 0.35, 0.5, 0.8, 1.0]), np.array([1.0, -0.5, 2.0, 0.0, 1.5, 0.25])),
}
FITS = [("figure", 0, 0.0), ("figure", 1, 0.0), ("figure", 3, 0.0), ("figure", 6, 1e-3)]
FITS += [("figure", 9, 0.0), ("figure", 9, 1e-6), ("figure", 9, 0.01), ("figure", 9, 10.0)]
FITS += [("even", 4, 0.0), ("even", 9, 0.0), ("even", 9, 0.1), ("six", 5, 0.0), ("six", 9, 0.5)]


def truth(x):
    """Compute the curve behind the data."""
    return np.sin(2.0 * np.pi * np.asarray(x))


def basis(x, degree):
    """Scale Legendre polynomials to mean square 1 over [0, 1] (JavaScript: its own recurrence)."""
    scale = np.sqrt(2.0 * np.arange(degree + 1) + 1.0)
    return legendre.legvander(2.0 * np.asarray(x) - 1.0, degree) * scale


def refined(A, b):
    """Solve least squares by the SVD and refine it in extended precision."""
    long = np.longdouble
    c = np.linalg.lstsq(A, b, rcond=None)[0].astype(long)
    for _ in range(3):
        residual = (b.astype(long) - A.astype(long) @ c).astype(float)
        c += np.linalg.lstsq(A, residual, rcond=None)[0]
    return c.astype(float)


def ridge_system(x, y, degree, ridge):
    """Stack the data over the roots of the penalties."""
    penalties = np.sqrt(len(x) * ridge) * np.eye(degree + 1)[1 : degree + 1 if ridge else 1]
    return np.vstack([basis(x, degree), penalties]), np.r_[y, np.zeros(len(penalties))]


def ridge_fit(x, y, degree, ridge):
    """Fit the coefficients."""
    return refined(*ridge_system(x, y, degree, ridge))


def mean_square(heights, times=1.0):
    """Average the squared distance to so many times the truth over the grid, directly."""
    return np.mean((heights - times * truth(GRID)) ** 2)


def fit_cases():
    """Yield the polynomials and their errors."""
    yield from (("truth", [x], truth(x)) for x in (0.0, 0.125, 0.3, 0.9375))
    for x, degree in [([0.0, 0.25, 0.8, 1.0], 0), ([0.1, 0.4, 0.95], 1), ([0.05, 0.3, 0.75], 9)]:
        yield "polynomialBasis", [x, degree], basis(x, degree)
    yield "leastSquares", [[[3.0, 0.0], [4.0, 5.0]], [6.0, 3.0]], [2.0, -1.0]
    yield "leastSquares", [[[1.0, 0.0], [1.0, 1.0], [1.0, 2.0]], [1.0, 3.0, 4.0]], [7 / 6, 1.5]
    for name, degree, ridge in FITS:
        x, y = DATA[name]
        yield (
            "leastSquares",
            [A.tolist() for A in ridge_system(x, y, degree, ridge)],
            (ridge_fit(x, y, degree, ridge)),
        )
        c = ridge_fit(x, y, degree, ridge)
        yield "ridgeFit", [x.tolist(), y.tolist(), degree, ridge], c
        yield (
            "curveAt",
            [c.tolist(), [0.0, 0.3, 0.62, 1.0]],
            basis([0.0, 0.3, 0.62, 1.0], degree) @ c,
        )
        yield "penalty", [c.tolist()], np.square(c[1:]).sum()
        yield "testError", [c.tolist(), NOISE], mean_square(basis(GRID, degree) @ c) + NOISE**2
        if np.mean((y - basis(x, degree) @ c) ** 2) > 1e-9:  # else only rounding is left
            training = np.mean((y - basis(x, degree) @ c) ** 2)
            yield "trainingError", [c.tolist(), x.tolist(), y.tolist()], training


def many_cases():
    """Yield what is computed of many fits."""
    for degree in (0, 3, 6):
        x = DATA["even"][0]
        H = np.stack([refined(basis(x, degree), unit) for unit in np.eye(10)], axis=1)
        if degree < 6:  # beyond, some entries are differences that nearly vanish
            yield "projection", [x.tolist(), degree], H
        fits = (truth(x) + NOISE * RNG.normal(size=(5, 10)).round(6)) @ H.T
        heights, places = fits @ basis(GRID, degree).T, np.array([0.1, 0.3, 0.85])
        here = fits @ basis(places, degree).T
        yield "meanFit", [fits.tolist()], fits.mean(axis=0)
        whole = {
            "biasSquared": mean_square(heights.mean(axis=0)),
            "variance": heights.var(axis=0).mean(),
        }
        yield "biasVariance", [fits.tolist()], whole
        local = {
            "biasSquared": (here.mean(axis=0) - truth(places)) ** 2,
            "variance": here.var(axis=0),
        }
        yield "biasVarianceAt", [fits.tolist(), places.tolist()], local


def heads_at_most(n):
    """Add up exact binomial coefficients (JavaScript: a recurrence)."""
    totals = np.cumsum([math.comb(n, heads) for heads in range(n + 1)], dtype=object)
    return [int(total) / 2**n for total in totals]


def expected_best(n, models):
    """Average the scores with their chances of being the best (JavaScript: sums of tails)."""
    powers = [math.fsum([chance**models]) for chance in heads_at_most(n)]
    chances = np.diff([0.0, *powers])
    return math.fsum(chances * np.arange(n + 1)) / n


def guess_cases():
    """Yield the best of many guesses."""
    for n in (1, 2, 20, 100, 500, 1000):
        yield "headsAtMost", [n], heads_at_most(n)
    for n, models in [(1, 1), (1, 2), (2, 3), (20, 1), (20, 100), (100, 100), (500, 200)]:
        yield "expectedBest", [heads_at_most(n), models], expected_best(n, models)
    for u, heads in [(0.1, 0), (0.25, 0), (0.3, 1), (0.75, 1), (0.751, 2), (0.999, 2)]:
        yield "headsOf", [heads_at_most(2), u], heads
    yield "recordHolders", [[0.5, 0.4, 0.6, 0.6, 0.7]], [0, 0, 2, 2, 4]
    yield "recordHolders", [[0.5]], [0]


def cases():
    """Yield all cases: the function's name, its arguments, its value."""
    yield from fit_cases()
    yield from many_cases()
    yield from guess_cases()
