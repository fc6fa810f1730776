"""What the functions of likelihood.js must return: by `lib`, or by another method."""

import itertools
from fractions import Fraction

import numpy as np
from scipy import stats

from lib import information, losses, models

DISTRIBUTIONS = [
    [0.5, 0.25, 0.25],
    [0.7, 0.2, 0.1],
    [1.0, 0.0, 0.0],
    [1 / 3, 1 / 3, 1 / 3],
    [0.001, 0.998, 0.001],
    [1e-12, 0.5, 0.5 - 1e-12],
]
SHARES = [0.0, 0.1, 0.333, 0.4567, 0.9995, 1.0, 1.5, -0.25]
X, Y = [0.5, 1.25, 2.0, 2.75, 3.5, 4.25], [1.5, 1.25, 3.0, 2.5, 3.75, 6.0]
LINES = [(0.5, 1.5), (-1.25, 0.375), (0.0, 3.0), (40.0, -700.0)]
NLLS = {"gaussian": information.gaussian_nll, "laplace": information.laplace_nll}
SIZES = {"gaussian": losses.squared_error, "laplace": losses.absolute_error}
DENSITIES = {"gaussian": stats.norm, "laplace": stats.laplace}
SCALES = [0.1, 0.5, 1.5]


def information_cases():
    """Yield the measures of one and of two distributions."""
    for p in DISTRIBUTIONS:
        yield "entropy", [p], information.entropy(p)
    for p, q in itertools.product(DISTRIBUTIONS, repeat=2):
        if all(b > 0 or a == 0 for a, b in zip(p, q, strict=True)):
            yield "crossEntropyBetween", [p, q], information.cross_entropy_between(p, q)
    # Where two distributions nearly agree the digits of KL cancel: these pairs differ clearly.
    for p, q in itertools.permutations(DISTRIBUTIONS[:5], 2):
        if all(b > 0 or a == 0 for a, b in zip(p, q, strict=True)):
            yield "klDivergence", [p, q], information.kl_divergence(p, q)
            yield "klTerms", [p, q], [a * np.log(a / b) if a else 0.0 for a, b in zip(p, q)]
    yield "klDivergence", [p, p], 0.0
    for unit, base in (("nats", None), ("bits", 2)):
        nats = information.entropy(DISTRIBUTIONS[0])
        yield "inUnit", [float(nats), unit], information.entropy(DISTRIBUTIONS[0], base=base)


def coin_cases():
    """Yield the flips of a coin."""
    for (heads, tails), theta in itertools.product(
        [(7, 3), (3, 0), (0, 4), (50, 50)], [0.001, 0.3, 0.5, 0.7, 0.999]
    ):
        flips = [1] * heads + [0] * tails
        yield "coinNll", [heads, tails, theta], information.bernoulli_nll(flips, theta).sum()
    yield "coinNll", [3, 0, 1.0], 0.0  # a coin without one side, which did not come
    yield "coinNll", [0, 4, 0.0], 0.0


def shared_out(p, which, share):
    """Share out a thousand by the largest remainders, in exact fractions."""
    own = Fraction(np.clip(share, 0, 1)).limit_denominator(10**6) * 1000
    own = int(own + Fraction(1, 2))
    others = [c for c in range(len(p)) if c != which]
    total = sum(Fraction(str(p[c])) for c in others)
    equal = Fraction(1, len(others))
    wanted = {c: (Fraction(str(p[c])) / total if total else equal) * (1000 - own) for c in others}
    whole = {c: int(value) for c, value in wanted.items()} | {which: own}
    lost = sorted(others, key=lambda c: whole[c] - wanted[c])
    for c in lost[: 1000 - sum(whole.values())]:
        whole[c] += 1
    return [whole[c] / 1000 for c in range(len(p))]


def share_cases():
    """Yield distributions of which one share is moved."""
    for p, which, share in itertools.product(DISTRIBUTIONS[:3], range(3), SHARES):
        yield "withShare", [p, which, share], shared_out(p, which, share)


def best_slope(noise, b):
    """Find the slope by least squares, or among the slopes through one sample."""
    if noise == "gaussian":
        return np.linalg.lstsq(np.array(X)[:, None], np.array(Y) - b, rcond=None)[0][0]
    through_one = [(y - b) / x for x, y in zip(X, Y, strict=True)]
    lines = {w: models.linear(np.array(X)[:, None], [[w]], [b])[:, 0] for w in through_one}
    return min(lines, key=lambda w: losses.absolute_error(Y, lines[w]).sum())


def noise_cases():
    """Yield what noise makes of residuals."""
    for noise, (w, b) in itertools.product(NLLS, LINES):
        y_pred = [w * x + b for x in X]
        yield "residualSum", [noise, Y, y_pred], SIZES[noise](Y, y_pred).sum()
        yield "bestSlope", [noise, X, Y, b], best_slope(noise, b)
        for scale in SCALES:
            total = NLLS[noise](Y, y_pred, scale).sum()
            yield "noiseNll", [noise, Y, y_pred, scale], total


def density_cases():
    """Yield densities, and the two parts of their logarithms."""
    for noise, scale in itertools.product(NLLS, SCALES):
        at_zero, at_one = NLLS[noise]([0.0, 1.0], 0.0, scale)
        yield "noiseFactor", [noise, scale], at_one - at_zero
        yield "noiseConstant", [noise, 6, scale], 6 * at_zero
        for r in (0.0, -0.25, 2.0):
            yield "noiseDensity", [noise, r, scale], DENSITIES[noise].pdf(r, scale=scale)


def cases():
    """Yield all cases: the function's name, its arguments, its value."""
    yield from information_cases()
    yield from coin_cases()
    yield from share_cases()
    yield from noise_cases()
    yield from density_cases()
