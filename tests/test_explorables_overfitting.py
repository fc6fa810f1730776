"""The explorables on overfitting: their numbers, by hand and by other methods, and their state."""

import math

import numpy as np
import pytest
from numpy.polynomial import Polynomial

from lib import datasets
from lib.explorables import DegreeAndRidge, FiftyDatasets, PeekingCounter

KINDS = (DegreeAndRidge, FiftyDatasets, PeekingCounter)
GRID = np.linspace(0.0, 1.0, 2001)


def truth(x):
    """Compute the curve behind the data."""
    return np.sin(2 * np.pi * np.asarray(x))


# ---- degree and ridge ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("degree", "training", "test"),
    [(1, 0.1833, 0.5233), (3, 0.0172, 0.2234), (6, 0.0072, 0.2125), (7, 0.0022, 0.3760)],
)
def test_the_errors_are_those_of_the_chapter(degree, training, test):
    fit = DegreeAndRidge(degree=degree)
    assert fit.training_error == pytest.approx(training, abs=5e-5)
    assert fit.test_error == pytest.approx(test, abs=5e-5)


def test_degree_nine_meets_every_point_and_misses_the_truth():
    fit = DegreeAndRidge(degree=9)
    assert fit.training_error < 1e-20
    assert f"{fit.test_error:.1f}" == "83.4"


def test_the_ten_points_are_those_of_the_dataset():
    data = datasets.sine(10, rng=np.random.default_rng(0))
    np.testing.assert_allclose(DegreeAndRidge().x, data.X[:, 0], atol=5e-7)
    np.testing.assert_allclose(DegreeAndRidge().y, data.y, atol=5e-7)


@pytest.mark.parametrize("degree", range(9))
def test_without_ridge_the_curve_is_that_of_powers_of_x(degree):
    fit = DegreeAndRidge(degree=degree)
    powers = Polynomial.fit(fit.x, fit.y, degree)
    np.testing.assert_allclose(fit.predict(GRID), powers(GRID), rtol=1e-8, atol=1e-8)


@pytest.mark.parametrize("ridge", [1e-3, 0.1, 10.0])
def test_with_ridge_the_curve_solves_the_normal_equations(ridge):
    fit = DegreeAndRidge(degree=5, ridge=ridge)
    basis = np.stack(
        [
            np.sqrt(2 * k + 1) * np.polynomial.Legendre.basis(k)(2 * np.array(fit.x) - 1)
            for k in range(6)
        ],
        axis=1,
    )
    free = np.diag([0.0, 1, 1, 1, 1, 1])  # the first coefficient is not penalised
    normal = basis.T @ basis / 10 + ridge * free
    np.testing.assert_allclose(
        fit.coefficients, np.linalg.solve(normal, basis.T @ np.array(fit.y) / 10), rtol=1e-9
    )


def test_the_penalty_is_what_the_curve_swings_about_its_mean():
    fit = DegreeAndRidge(degree=4)
    heights = fit.predict(np.linspace(0, 1, 200001))
    assert fit.penalty == pytest.approx(heights.var(), rel=1e-4)
    fit.ridge = 0.5
    assert fit.objective == pytest.approx(fit.training_error + 0.5 * fit.penalty, rel=1e-14)


def test_the_fifth_point_swings_a_curve_of_degree_nine_far_away_and_one_of_three_nowhere():
    heights = {}
    for degree in (3, 9):
        fit = DegreeAndRidge(degree=degree)
        was = fit.predict(GRID)
        fit.y = [y + 0.1 * (i == 4) for i, y in enumerate(fit.y)]
        heights[degree] = np.abs(fit.predict(GRID) - was)
    assert heights[3].max() < 0.03
    assert heights[9].max() == pytest.approx(14, abs=0.2)
    assert GRID[heights[9].argmax()] == pytest.approx(0.14, abs=0.005)
    others = np.delete(DegreeAndRidge().x, 4)
    lagrange = lambda v: np.prod((v - others) / (DegreeAndRidge().x[4] - others))  # noqa: E731
    assert heights[9][::250] == pytest.approx([abs(0.1 * lagrange(v)) for v in GRID[::250]])


def test_from_degree_three_to_six_the_expected_loss_stays_and_degree_two_is_worse_than_one():
    losses = [DegreeAndRidge(degree=degree).test_error for degree in range(10)]
    assert max(losses[:7]) == losses[0] and losses[2] > losses[1]
    assert all(0.21 <= loss <= 0.27 for loss in losses[3:7])
    assert np.all(np.diff(losses[6:]) > 0)


def test_three_coefficients_grow_about_ten_times_from_degree_three_to_nine_and_one_twice():
    three, nine = (DegreeAndRidge(degree=degree).coefficients for degree in (3, 9))
    factors = np.abs(nine[:4] / three)
    assert np.all((factors[:3] > 8) & (factors[:3] < 14)) and factors[3] == pytest.approx(
        2, abs=0.2
    )
    assert np.all((np.abs(nine[4:]) > 1.5) & (np.abs(nine[4:]) < 4.5))


def test_degree_zero_is_the_mean_whatever_the_ridge():
    for ridge in (0.0, 0.01, 10.0):
        fit = DegreeAndRidge(y=[1, 2] * 5, x=np.linspace(0, 1, 10), degree=0, ridge=ridge)
        np.testing.assert_allclose(fit.predict([0.2]), [1.5])
        assert fit.training_error == pytest.approx(0.25)
        assert fit.penalty == 0


def test_much_ridge_trades_training_error_for_test_error():
    errors = [(fit.training_error, fit.test_error) for fit in map(_ridge, (0.0, 1e-4, 1e-2))]
    assert errors == sorted(errors, key=lambda pair: (pair[0], -pair[1]))


def _ridge(ridge):
    return DegreeAndRidge(degree=9, ridge=ridge)


def test_points_that_share_an_x_leave_no_best_curve_of_degree_nine():
    fit = DegreeAndRidge(x=[0.1, 0.1, *np.linspace(0.2, 0.9, 8)], y=np.zeros(10), degree=9)
    assert fit.readings == dict.fromkeys(fit.readings, math.inf)
    fit.degree = 8
    assert fit.training_error == pytest.approx(0, abs=1e-20)
    fit.degree, fit.ridge = 9, 1e-3
    assert fit.test_error == pytest.approx(0.5 + 0.09, abs=1e-3)


# ---- fifty datasets --------------------------------------------------------------------------


@pytest.mark.parametrize("degree", range(10))
def test_the_parts_add_up_to_the_error_of_the_fifty_fits(degree):
    fifty = FiftyDatasets(degree=degree, draw=3)
    squares = (fifty.predict(GRID) - truth(GRID)) ** 2
    assert fifty.total == pytest.approx(squares.mean() + 0.09, rel=1e-9)


@pytest.mark.parametrize("degree", [0, 1, 4])
def test_each_curve_is_the_least_squares_polynomial_of_its_dataset(degree):
    fifty = FiftyDatasets(degree=degree)
    places = (np.arange(10) + 0.5) / 10
    for targets, heights in zip(fifty.targets[:5], fifty.predict([0.1, 0.6])[:5], strict=True):
        curve = Polynomial.fit(places, targets, degree)
        np.testing.assert_allclose(heights, curve([0.1, 0.6]), rtol=1e-9)


def test_flat_lines_vary_as_the_mean_of_ten():
    """The variance of a mean of ten is a tenth of that of one; fifty give it to about a fifth."""
    assert FiftyDatasets(degree=0).variance == pytest.approx(0.09 / 10, rel=0.4)


def test_twice_the_noise_is_four_times_the_variance():
    one, two = FiftyDatasets(degree=5, noise=0.3), FiftyDatasets(degree=5, noise=0.6)
    assert two.variance == pytest.approx(4 * one.variance, rel=1e-12)
    assert FiftyDatasets(noise=0.0, degree=5).variance == pytest.approx(0, abs=1e-25)


def test_what_is_read_at_a_place_is_that_of_the_curves_there():
    fifty = FiftyDatasets(degree=3, at=0.4)
    heights = fifty.predict([0.4])[:, 0]
    assert fifty.readings["variance_here"] == pytest.approx(heights.var())
    assert fifty.readings["bias_squared_here"] == pytest.approx((heights.mean() - truth(0.4)) ** 2)


def test_another_draw_takes_other_numbers_of_the_pool():
    first, second = FiftyDatasets(noise=1.0), FiftyDatasets(noise=1.0, draw=1)
    shift = first.targets - truth((np.arange(10) + 0.5) / 10)
    assert shift.ravel() == pytest.approx(first.pool[:500])
    assert not np.isclose(first.targets, second.targets).any(axis=1).all()
    assert FiftyDatasets(seed=1).pool != first.pool


# ---- peeking counter -------------------------------------------------------------------------


def test_one_coin_is_expected_to_get_half_right():
    for n in (10, 101, 1000):
        assert PeekingCounter(n_labels=n, peeks=1).expected_best == pytest.approx(0.5, rel=1e-12)


def test_the_expected_best_is_the_mean_of_many_trials():
    rng = np.random.default_rng(0)
    best = rng.binomial(100, 0.5, size=(20000, 50)).max(axis=1).mean() / 100
    assert PeekingCounter(peeks=50).expected_best == pytest.approx(best, abs=5e-4)


def test_the_expected_best_of_two_coins_on_ten_labels_by_hand():
    """The larger of two counts exceeds their mean by half their mean distance."""
    chances = np.array([math.comb(10, heads) for heads in range(11)]) / 1024
    distance = sum(p * q * abs(i - j) for i, p in enumerate(chances) for j, q in enumerate(chances))
    two = PeekingCounter(n_labels=10, peeks=2)
    assert two.expected_best == pytest.approx((5 + distance / 2) / 10, rel=1e-12)


def test_scores_are_binomial_quantiles_of_the_pool():
    stats = pytest.importorskip("scipy.stats")
    counter = PeekingCounter(n_labels=100, peeks=200, draw=1)
    expected = stats.binom.ppf(counter.pool[400:600], 100, 0.5) / 100
    np.testing.assert_allclose(counter.test_scores, expected)


def test_the_best_only_rises_and_the_first_of_equals_stays():
    counter, seen = PeekingCounter(), []
    for peeks in range(1, 201):
        counter.peeks = peeks
        seen.append((counter.best_score, counter.fresh_score))
    best = [score for score, _ in seen]
    assert best == sorted(best)
    assert len(set(seen)) == len(set(best))  # as long as no model is better, the winner stays


def test_fresh_scores_of_the_winners_stay_at_one_half():
    fresh = [PeekingCounter(seed=seed, peeks=200).fresh_score for seed in range(30)]
    assert np.mean(fresh) == pytest.approx(0.5, abs=3 * 0.05 / math.sqrt(30))


# ---- the state of all three ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "keywords", "error", "message"),
    [
        (DegreeAndRidge, {"degree": 10}, ValueError, "degree must .* 0 and 9, got 10"),
        (DegreeAndRidge, {"degree": 2.5}, ValueError, "degree must be a whole number, got 2.5"),
        (DegreeAndRidge, {"ridge": -1}, ValueError, "ridge must lie between 0 and 10, got -1"),
        (DegreeAndRidge, {"ridge": math.nan}, ValueError, "ridge must be finite, got nan"),
        (DegreeAndRidge, {"x": [0.5] * 10}, TypeError, "x and y must be given together"),
        (DegreeAndRidge, {"x": [0.5], "y": [1]}, ValueError, "x must have 10 values, got 1"),
        (DegreeAndRidge, {"x": [2] * 10, "y": [1] * 10}, ValueError, "each of x must lie between"),
        (DegreeAndRidge, {"lam": 1}, TypeError, "lam"),
        (FiftyDatasets, {"noise": 2}, ValueError, "noise must lie between 0 and 1, got 2"),
        (FiftyDatasets, {"at": -0.1}, ValueError, "at must lie between 0 and 1"),
        (FiftyDatasets, {"draw": -1}, ValueError, "draw must"),
        (FiftyDatasets, {"seed": 0.5}, ValueError, "seed must be a whole number, got 0.5"),
        (PeekingCounter, {"n_labels": 5}, ValueError, "n_labels must .* 10 and 1000, got 5"),
        (PeekingCounter, {"peeks": 0}, ValueError, "peeks must .* 1 and 200, got 0"),
        (PeekingCounter, {"models": 3}, TypeError, "models"),
    ],
)
def test_wrong_arguments_are_named(kind, keywords, error, message):
    with pytest.raises(error, match=message):
        kind(**keywords)


@pytest.mark.parametrize(
    ("kind", "name", "value"),
    [
        (DegreeAndRidge, "degree", 10),
        (DegreeAndRidge, "x", [0.5]),
        (FiftyDatasets, "noise", math.inf),
        (FiftyDatasets, "pool", [0.0] * 1009),
        (PeekingCounter, "peeks", 201),
        (PeekingCounter, "seed", 1),
    ],
)
def test_a_refused_value_leaves_the_state_as_it_was(kind, name, value):
    explorable = kind()
    before = explorable.state
    with pytest.raises(Exception, match=name):
        setattr(explorable, name, value)
    assert explorable.state == before


@pytest.mark.parametrize(
    "explorable",
    [
        DegreeAndRidge(x=np.linspace(0, 1, 10), y=np.linspace(-1, 1, 10), degree=4, ridge=0.01),
        FiftyDatasets(degree=7, noise=0.1, at=0.9, draw=5, seed=3),
        PeekingCounter(n_labels=20, peeks=7, draw=2, seed=4),
    ],
    ids=lambda explorable: type(explorable).__name__,
)
def test_a_state_makes_the_same_explorable_again(explorable):
    again = type(explorable).from_state(explorable.state)
    assert again.state == explorable.state
    assert again.readings == explorable.readings
    assert repr(again) == repr(explorable)


@pytest.mark.parametrize("kind", KINDS)
def test_the_text_names_the_numbers_and_no_address(kind):
    text = repr(kind())
    assert text.startswith(f"{kind.__name__}(") and "0x" not in text
    assert all(f"{name}=" in text for name in kind().readings)
