"""The equations of the chapter on overfitting, held to what is counted, integrated or solved anew.

Expectations over datasets are exact: the noise is +2 or -2, and every dataset is listed. Its
variance is 4, for with 1 a variance would pass for a standard deviation.
"""

from fractions import Fraction
from itertools import product

import numpy as np
import pytest
from scipy import integrate, optimize, stats

NOISE = (Fraction(2), Fraction(-2))
VARIANCE = 4
INPUTS = (-1, 0, 1)


def mean(values):
    values = list(values)
    return sum(values) / len(values)


def line(targets):
    """Fit a line to targets at the inputs -1, 0 and 1; return it as a function."""
    first, _, last = targets
    return lambda x: mean(targets) + (last - first) / 2 * x


def noisy(law):
    """List the targets of every dataset around a law."""
    heights = [Fraction(law(x)) for x in INPUTS]
    return [
        [height + e for height, e in zip(heights, noise, strict=True)]
        for noise in product(NOISE, repeat=3)
    ]


def features(rng, n=9, p=4):
    """Draw features, the first of them constant, and targets."""
    return np.column_stack([np.ones(n), rng.normal(size=(n, p - 1))]), rng.normal(size=n)


@pytest.mark.equation("eq-ov-expected")
def test_the_expected_loss_of_a_slope_is_its_integral_its_closed_form_and_a_mean_of_fresh_samples():
    slope, noise = 0.5, 0.3
    by_hand = 0.5 + slope**2 / 3 + slope / np.pi + noise**2
    density = stats.norm(0, noise).pdf
    loss = lambda e, x: (np.sin(2 * np.pi * x) + e - slope * x) ** 2 * density(e)  # noqa: E731
    assert integrate.dblquad(loss, 0, 1, -3, 3)[0] == pytest.approx(by_hand, rel=1e-6)
    rng = np.random.default_rng(0)
    x, e = rng.uniform(size=400_000), rng.normal(0, noise, size=400_000)
    losses = (np.sin(2 * np.pi * x) + e - slope * x) ** 2
    assert losses.mean() == pytest.approx(by_hand, abs=5 * losses.std() / np.sqrt(400_000))


@pytest.mark.equation("eq-ov-too-low")
def test_the_mean_of_the_lowest_losses_is_below_the_lowest_mean_loss_for_squares_and_for_errors():
    datasets = list(product((0, 1), repeat=3))
    rates = [Fraction(k, 60) for k in range(61)]  # it has the minima of all datasets
    for loss, lowest, least in [
        (lambda y, c: (y - c) ** 2, Fraction(1, 6), Fraction(1, 4)),
        (lambda y, c: abs(y - c), Fraction(1, 4), Fraction(1, 2)),
    ]:
        minima = [min(mean(loss(y, c) for y in data) for c in rates) for data in datasets]
        assert mean(minima) == lowest
        assert min(mean([loss(0, c), loss(1, c)]) for c in rates) == least
        assert lowest <= least and not least <= lowest


@pytest.mark.equation("eq-ov-bias-variance")
def test_noise_bias_squared_and_variance_add_up_to_the_error_over_all_datasets():
    fits = [line(targets)(1) for targets in noisy(lambda x: x * x)]
    total = mean((1 + e - fit) ** 2 for fit in fits for e in NOISE)
    bias_squared = (1 - mean(fits)) ** 2
    variance = mean((fit - mean(fits)) ** 2 for fit in fits)
    assert (bias_squared, variance) == (Fraction(1, 9), Fraction(10, 3))
    assert total == VARIANCE + bias_squared + variance == Fraction(67, 9)


@pytest.mark.equation("eq-ov-optimism", "eq-ov-gap")
def test_two_parameters_and_three_samples_have_the_losses_four_and_twenty_and_their_gap():
    old, fresh = [], []
    for targets in noisy(lambda x: 1 + 2 * x):
        fit = line(targets)
        old.append(sum((y - fit(x)) ** 2 for x, y in zip(INPUTS, targets, strict=True)))
        fresh += [
            sum((1 + 2 * x + e - fit(x)) ** 2 for x, e in zip(INPUTS, noise, strict=True))
            for noise in product(NOISE, repeat=3)
        ]
    n, p = 3, 2
    assert mean(old) == VARIANCE * (n - p) == 4
    assert mean(fresh) == VARIANCE * (n + p) == 20
    assert (mean(fresh) - mean(old)) / n == Fraction(2 * p * VARIANCE, n) == Fraction(16, 3)


@pytest.mark.equation("eq-ov-optimism")
def test_the_traces_of_the_projection_are_the_numbers_of_the_theorem():
    X, y = features(np.random.default_rng(0))
    H = X @ np.linalg.inv(X.T @ X) @ X.T
    rest = np.eye(9) - H
    assert np.allclose(rest @ y, y - X @ np.linalg.lstsq(X, y, rcond=None)[0])
    assert np.trace(rest.T @ rest) == pytest.approx(np.trace(rest)) == pytest.approx(9 - 4)
    assert 9 + np.trace(H.T @ H) == pytest.approx(9 + np.trace(H)) == pytest.approx(9 + 4)


@pytest.mark.equation("eq-ov-peeking")
@pytest.mark.parametrize("n", [1, 10, 100, 1000])
@pytest.mark.parametrize("k", [1, 2, 10, 100, 10_000])
def test_the_expected_best_of_many_coin_scores_stays_below_the_bound_and_near_it(n, k):
    below = stats.binom(n, 0.5).cdf(np.arange(n)) ** k  # P(the best counts at most so many)
    best = np.sum(1 - below) / n
    bound = 1 / 2 + np.sqrt(np.log(k) / (2 * n))
    assert best <= bound + 1e-12
    if n >= 100 and k >= 100:
        assert best - 0.5 >= 0.8 * (bound - 0.5)  # so a smaller factor in it would be wrong


@pytest.mark.parametrize(("models", "score"), [(9, 0.5965), (99, 0.7892)])
def test_a_vote_of_models_turned_by_their_scores_scores_what_is_counted_and_99_break_the_bound(
    models, score
):
    right = stats.binom(100, 0.5)
    shares = np.arange(101) / 100
    turned = np.sum(right.pmf(np.arange(101)) * np.maximum(shares, 1 - shares))
    vote = stats.binom(models, turned).sf(models // 2)  # more than half of them are right
    assert vote == pytest.approx(score, abs=5 * 0.05 / np.sqrt(500))
    bound = 0.5 + np.sqrt(np.log(models + 1) / 200)
    assert (vote > bound + 0.1) == (models == 99)


@pytest.mark.equation("eq-ov-ridge", "eq-ov-ridge-solution")
def test_the_penalised_loss_is_least_where_the_equation_says_however_it_is_solved():
    for seed, penalty in enumerate((0.01, 0.4, 3.0)):
        A, y = features(np.random.default_rng(seed))
        n, R = len(y), np.diag([0.0, 1, 1, 1])
        solved = np.linalg.solve(A.T @ A + n * penalty * R, A.T @ y)
        loss = lambda t: np.mean((y - A @ t) ** 2) + penalty * np.sum(t[1:] ** 2)  # noqa: E731
        searched = optimize.minimize(loss, np.zeros(4), method="Nelder-Mead", tol=1e-12)
        assert np.allclose(solved, searched.x, atol=1e-4)
        more = np.vstack([A, np.sqrt(n * penalty) * R])  # a penalty is a few more samples
        assert np.allclose(solved, np.linalg.lstsq(more, np.append(y, np.zeros(4)))[0])


@pytest.mark.equation("eq-ov-ridge-solution")
def test_the_slope_of_three_points_is_a_quarter_by_hand():
    A, R = np.column_stack([np.ones(3), INPUTS]), np.diag([0.0, 1])
    solved = np.linalg.solve(A.T @ A + 3 * (2 / 3) * R, A.T @ np.array([1.0, 0, 2]))
    assert solved == pytest.approx([1, 1 / 4])


@pytest.mark.equation("eq-ov-prior-penalty")
def test_the_penalty_of_a_prior_gives_the_mean_of_a_gaussian_that_is_conditioned_on_the_data():
    (A, y), noise, width = features(np.random.default_rng(2)), 0.3, 1.7
    penalty = noise**2 / (len(y) * width**2)
    ridge = np.linalg.solve(A.T @ A + len(y) * penalty * np.eye(4), A.T @ y)
    joint = width**2 * A @ A.T + noise**2 * np.eye(len(y))
    assert np.allclose(ridge, width**2 * A.T @ np.linalg.solve(joint, y))


@pytest.mark.equation("eq-ov-shrink")
def test_ridge_shrinks_each_direction_by_the_factor_of_its_singular_value():
    A, y = features(np.random.default_rng(3))
    U, s, Vt = np.linalg.svd(A, full_matrices=False)
    penalty, n = 0.2, len(y)
    ridge = np.linalg.solve(A.T @ A + n * penalty * np.eye(4), A.T @ y)
    assert np.allclose(Vt @ ridge, s**2 / (s**2 + n * penalty) / s * (U.T @ y))
    free = np.linalg.lstsq(A, y, rcond=None)[0]
    assert np.allclose(Vt @ ridge, s**2 / (s**2 + n * penalty) * (Vt @ free))
    by_hand = 2 * 3 / (2**2 + 2 * 1)  # one feature (2, 0), targets (3, 5), penalty 1
    assert by_hand == 1.0 == 2**2 / (2**2 + 2 * 1) * (3 / 2)
