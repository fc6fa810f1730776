"""The equations of the chapter on loss functions, each held to a second way of computing it.

Every formula is written down here as it is printed, in plain Python, and compared with `lib`, with
SciPy, with finite differences, with a search or with numbers worked by hand.
"""

import math

import numpy as np
import pytest
from scipy.optimize import minimize_scalar
from scipy.special import expit, log_softmax, logsumexp, softmax, xlogy

from lib import datasets, losses, models

WAITING = np.array([1.0, 2.0, 2.0, 3.0, 12.0])
LOGITS = np.array([2.0, 1.0, 0.1])


def slope(f, at, step=1e-5):
    """Return the central difference of a function of one number."""
    return (f(at + step) - f(at - step)) / (2 * step)


def bend(f, at, step=1e-3):
    """Return the second difference of a function of one number."""
    return (f(at + step) - 2 * f(at) + f(at - step)) / step**2


# ---------------------------------------------------------------------------------------------
# Regression
# ---------------------------------------------------------------------------------------------


@pytest.mark.equation("eq-lf-residual")
def test_the_slope_of_half_the_square_is_minus_the_residual():
    y, y_pred = np.array([3.0, -0.5]), np.array([2.5, 0.0])
    assert (y - y_pred).tolist() == [0.5, -0.5]
    np.testing.assert_allclose(losses.half_squared_error_gradient(y, y_pred), -(y - y_pred))


@pytest.mark.equation("eq-lf-half-squared-error")
def test_half_the_square_adds_the_squares_of_a_vector():
    # ½ ((4 − 1)² + (6 − 2)²) = ½ · 25, by hand
    assert losses.half_squared_error([[1.0, 2.0]], [[4.0, 6.0]]).tolist() == [12.5]
    norm = np.linalg.norm(np.array([4.0, 6.0]) - np.array([1.0, 2.0]))
    assert norm**2 / 2 == pytest.approx(12.5)


@pytest.mark.equation("eq-lf-half-squared-error-slope")
@pytest.mark.parametrize(("y", "y_pred"), [(3.0, 0.0), (3.0, 3.5), (-1.0, 2.0)])
def test_its_slope_is_prediction_minus_target(y, y_pred):
    found = slope(lambda p: losses.half_squared_error([y], [p])[0], y_pred)
    assert [0.5 * 2 * (y - y_pred) * -1, y_pred - y] == pytest.approx([found] * 2, abs=1e-8)


@pytest.mark.equation("eq-lf-huber")
@pytest.mark.parametrize("delta", [0.25, 1.0, 2.5])
def test_huber_is_the_integral_of_the_clipped_residual(delta):
    for r in (-4.0, -1.0, -0.2, 0.0, 0.7, 3.0):
        printed = r**2 / 2 if abs(r) <= delta else delta * (abs(r) - delta / 2)
        t = np.linspace(0, r, 200_001)
        area = np.trapezoid(np.clip(t, -delta, delta), t)
        assert printed == pytest.approx(area, abs=1e-8)
        assert printed == pytest.approx(losses.huber([r], [0.0], delta=delta)[0])


@pytest.mark.equation("eq-lf-mean")
@pytest.mark.parametrize("c", [-1.0, 2.5, 9.0])
def test_the_slope_of_the_mean_square_is_the_constant_minus_the_mean(c):
    loss = lambda c: sum((y - c) ** 2 / 2 for y in WAITING) / 5  # noqa: E731
    lines = [-sum(y - c for y in WAITING) / 5, c - WAITING.mean()]
    assert lines == pytest.approx([slope(loss, c)] * 2, abs=1e-8)
    assert minimize_scalar(loss).x == pytest.approx(4.0, abs=1e-6)


@pytest.mark.equation("eq-lf-median", "eq-lf-pinball-slope")
@pytest.mark.parametrize(("late", "early"), [(1, 1), (3, 1), (1, 4)])
@pytest.mark.parametrize("c", [0.5, 1.5, 2.4, 5.0, 13.0])
def test_between_the_labels_the_slope_counts_them(c, late, early):
    cost = lambda c: sum(late * max(y - c, 0) + early * max(c - y, 0) for y in WAITING) / 5  # noqa: E731
    counted = (early * np.sum(WAITING < c) - late * np.sum(WAITING > c)) / 5
    assert counted == pytest.approx(slope(cost, c), abs=1e-8)


def least(cost, grid):
    """Return the points of a grid where a cost is lowest."""
    costs = np.array([cost(c) for c in grid])
    return grid[costs < costs.min() + 1e-9]


@pytest.mark.equation("eq-lf-median-condition")
@pytest.mark.parametrize("labels", [[1, 2, 2, 3, 12], [1, 2, 5, 7], [3, 3, 3, 8], [0, 10]])
def test_the_counts_single_out_the_minimisers_of_the_absolute_error(labels):
    y, grid = np.array(labels), np.arange(-1, 14, 0.25)
    best = least(lambda c: np.abs(y - c).sum(), grid)
    named = [c for c in grid if max(np.sum(y < c), np.sum(y > c)) <= len(y) / 2]
    assert best.tolist() == named


@pytest.mark.equation("eq-lf-huber-constant")
@pytest.mark.parametrize(("delta", "c"), [(0.25, 2.125), (1.0, 7 / 3), (8.0, 4.0)])
def test_the_clipped_residuals_balance_where_huber_is_lowest(delta, c):
    assert np.clip(WAITING - c, -delta, delta).sum() == pytest.approx(0, abs=1e-12)
    loss = lambda c: losses.huber(WAITING, np.full(5, c), delta=delta).mean()  # noqa: E731
    assert minimize_scalar(loss, bounds=(0, 13), method="bounded").x == pytest.approx(c, abs=1e-5)


@pytest.mark.equation("eq-lf-pinball")
def test_late_costs_three_a_minute_and_early_one():
    pinball = lambda r, a=3, b=1: a * r if r >= 0 else -b * r  # noqa: E731
    assert [pinball(r) for r in (-2, 0, 2)] == [2, 0, 6]
    quantile = lambda r, tau=3 / 4: max(tau * r, (tau - 1) * r)  # noqa: E731
    assert [quantile(r) for r in (-2, 0, 2)] == [pinball(r) / 4 for r in (-2, 0, 2)]


@pytest.mark.equation("eq-lf-pinball-condition")
@pytest.mark.parametrize(("late", "early"), [(3, 1), (1, 1), (1, 4), (9, 1), (2, 3)])
def test_the_counts_single_out_the_cheapest_announcements(late, early):
    grid, tau = np.arange(0, 14, 0.25), late / (late + early)
    cost = lambda c: np.where(WAITING >= c, late * (WAITING - c), early * (c - WAITING)).sum()  # noqa: E731
    named = [c for c in grid if np.sum(WAITING < c) <= 5 * tau <= np.sum(WAITING <= c)]
    assert least(cost, grid).tolist() == named


# ---------------------------------------------------------------------------------------------
# Two classes
# ---------------------------------------------------------------------------------------------


@pytest.mark.equation("eq-lf-sigmoid")
@pytest.mark.parametrize("z", [-3.0, 0.0, 0.4, 7.0])
def test_the_sigmoid_is_that_of_scipy(z):
    assert 1 / (1 + math.exp(-z)) == pytest.approx(expit(z), rel=1e-14)
    assert models.sigmoid(np.array([z]))[0] == pytest.approx(expit(z), rel=1e-14)


@pytest.mark.equation("eq-lf-bce")
@pytest.mark.parametrize(("y", "p", "nats"), [(1, 0.9, 0.1054), (0, 0.9, 2.3026), (0, 0.5, 0.6931)])
def test_binary_cross_entropy_charges_what_happened(y, p, nats):
    printed = -y * math.log(p) - (1 - y) * math.log(1 - p)
    assert printed == pytest.approx(nats, abs=5e-5)
    assert losses.binary_cross_entropy([y], [p])[0] == pytest.approx(printed)


@pytest.mark.equation("eq-lf-expected-bce", "eq-lf-expected-bce-slope")
@pytest.mark.parametrize("q", [0.1, 0.5, 0.7])
def test_the_mean_loss_of_a_forecast_has_the_slope_that_is_printed(q):
    printed = lambda p: -q * math.log(p) - (1 - q) * math.log(1 - p)  # noqa: E731
    for p in (0.05, 0.3, 0.7, 0.9):
        assert printed(p) == pytest.approx(-xlogy(q, p) - xlogy(1 - q, 1 - p))
        lines = [-q / p + (1 - q) / (1 - p), (p - q) / (p * (1 - p))]
        assert lines == pytest.approx([slope(printed, p)] * 2, rel=1e-6, abs=1e-8)
    draws = np.random.default_rng(0).uniform(size=200_000) < q
    mean = losses.binary_cross_entropy(draws.astype(float), np.full(200_000, 0.3)).mean()
    assert mean == pytest.approx(printed(0.3), abs=0.01)


@pytest.mark.equation("eq-lf-bce-logits", "eq-lf-bce-slope", "eq-lf-logistic")
@pytest.mark.parametrize("y", [0, 1])
@pytest.mark.parametrize("z", [-3.0, -0.2, 0.0, 2.5])
def test_the_loss_of_a_logit_is_that_of_its_probability(y, z):
    p = expit(z)
    from_probability = -math.log(p if y else 1 - p)
    in_logit = lambda z: math.log(1 + math.exp(z)) - y * z  # noqa: E731
    assert in_logit(z) == pytest.approx(from_probability)
    assert math.log(1 + math.exp(-(2 * y - 1) * z)) == pytest.approx(from_probability)
    assert p - y == pytest.approx(slope(in_logit, z), abs=1e-8)


@pytest.mark.equation("eq-lf-saturation")
@pytest.mark.parametrize("z", [-6.0, -1.0, 0.0, 3.0])
def test_the_square_on_the_sigmoid_has_the_slope_that_is_printed(z):
    s = expit(z)
    assert 2 * (s - 1) * s * (1 - s) == pytest.approx(slope(lambda z: (expit(z) - 1) ** 2, z))
    assert s - 1 == pytest.approx(slope(lambda z: -math.log(expit(z)), z))


@pytest.mark.equation("eq-lf-threshold")
@pytest.mark.parametrize(
    ("false_alarm", "miss", "threshold"), [(1, 9, 0.1), (1, 1, 0.5), (3, 1, 0.75)]
)
def test_the_threshold_is_where_alarm_and_silence_cost_the_same(false_alarm, miss, threshold):
    assert false_alarm / (false_alarm + miss) == pytest.approx(threshold)
    for p in (0.05, 0.2, 0.6, 0.9):
        alarm_is_cheaper = (1 - p) * false_alarm < p * miss
        assert alarm_is_cheaper == (p > threshold)


@pytest.mark.equation("eq-lf-calibrated")
def test_true_probabilities_are_calibrated_and_bolder_ones_are_not():
    rng = np.random.default_rng(1)
    z = rng.choice([-2.0, 0.5, 1.5], 300_000)
    happened = rng.uniform(size=300_000) < expit(z)
    for value in (-2.0, 0.5, 1.5):
        share = happened[z == value].mean()
        assert share == pytest.approx(expit(value), abs=0.005)
        assert abs(share - expit(3 * value)) > 0.1


# ---------------------------------------------------------------------------------------------
# K classes
# ---------------------------------------------------------------------------------------------


@pytest.mark.equation("eq-lf-softmax", "eq-lf-cross-entropy", "eq-lf-ce-logits")
@pytest.mark.parametrize("label", [0, 1, 2])
def test_cross_entropy_is_minus_the_log_of_scipys_softmax(label):
    powers = [math.exp(z) for z in LOGITS]
    probs = [power / sum(powers) for power in powers]
    np.testing.assert_allclose(probs, softmax(LOGITS), rtol=1e-14)
    over_classes = -sum((c == label) * math.log(probs[c]) for c in range(3))
    assert over_classes == pytest.approx(-log_softmax(LOGITS)[label])
    assert math.log(sum(powers)) - LOGITS[label] == pytest.approx(over_classes)


@pytest.mark.equation("eq-lf-ce-slope")
@pytest.mark.parametrize("label", [0, 1, 2])
@pytest.mark.parametrize("c", [0, 1, 2])
def test_the_slope_in_each_logit_is_probability_minus_label(label, c):
    moved = lambda t: -log_softmax(LOGITS + t * np.eye(3)[c])[label]  # noqa: E731
    assert softmax(LOGITS)[c] - (c == label) == pytest.approx(slope(moved, 0.0), abs=1e-8)


@pytest.mark.equation("eq-lf-logsumexp")
@pytest.mark.parametrize("z", [[2.0, 1.0, 0.1], [-3.0, -4.0], [5.0, 5.0], [-800.0, 999.0, 1000.0]])
def test_the_largest_logit_can_be_taken_out(z):
    largest = max(z)
    printed = largest + math.log(sum(math.exp(value - largest) for value in z))
    assert printed == pytest.approx(logsumexp(z))
    assert 1000 + math.log(1 + math.exp(-1)) == pytest.approx(1000.3133, abs=5e-5)


@pytest.mark.equation("eq-lf-bayes-rule", "eq-lf-bayes-error")
def test_no_rule_errs_less_often_than_the_most_probable_class():
    rng = np.random.default_rng(0)
    p_x = np.array([0.5, 0.3, 0.2])
    p = np.array([[0.45, 0.35, 0.20], [0.10, 0.80, 0.10], [0.30, 0.30, 0.40]])
    x = rng.choice(3, 100_000, p=p_x)
    y = (rng.uniform(size=100_000)[:, None] > p[x].cumsum(axis=1)).sum(axis=1)
    for k in range(3):
        lines = [sum(p[0, c] for c in range(3) if c != k), 1 - p[0, k]]
        assert lines == pytest.approx([np.mean(y[x == 0] != k)] * 2, abs=0.01)
    bayes = np.mean(y != p.argmax(axis=1)[x])
    assert bayes == pytest.approx(1 - p_x @ p.max(axis=1), abs=0.006)
    others = [
        np.mean(y != rule[x]) for rule in np.array(np.meshgrid(*[range(3)] * 3)).T.reshape(-1, 3)
    ]
    assert min(others) == bayes


@pytest.mark.equation("eq-lf-bce-curvature", "eq-lf-ce-curvature")
@pytest.mark.parametrize("seed", range(5))
def test_the_curvature_along_a_line_is_a_variance(seed):
    rng = np.random.default_rng(seed)
    x, W, b, U, u = (rng.normal(size=size) for size in (2, (3, 2), 3, (3, 2), 3))
    z, v = W @ x + b, U @ x + u
    along = lambda t: -log_softmax((W + t * U) @ x + b + t * u)[1]  # noqa: E731
    mean = softmax(z) @ v
    lines = [softmax(z) @ ((v - mean) * v), softmax(z) @ (v - mean) ** 2]
    assert lines == pytest.approx([bend(along, 0.0)] * 2, rel=1e-4, abs=1e-6)
    two = lambda t: math.log(1 + math.exp(z[0] + t * v[0])) - (z[0] + t * v[0])  # noqa: E731
    s = expit(z[0])
    assert s * (1 - s) * v[0] ** 2 == pytest.approx(bend(two, 0.0), rel=1e-4, abs=1e-6)


@pytest.mark.equation("eq-lf-double-softmax")
@pytest.mark.parametrize("n_classes", [2, 3, 10])
def test_a_second_softmax_stays_above_its_floor_and_comes_close(n_classes):
    floor = math.log(math.e + n_classes - 1) - 1
    assert math.log(1 + (n_classes - 1) * math.exp(-1)) == pytest.approx(floor)
    s = softmax(np.random.default_rng(0).normal(0, 5, (1000, n_classes)), axis=1)
    twice = -log_softmax(s, axis=1)[:, 0]
    others = sum(np.exp(s[:, c] - s[:, 0]) for c in range(1, n_classes))
    np.testing.assert_allclose(np.log(1 + others), twice)
    assert (twice > floor - 1e-12).all()
    sure = -log_softmax(softmax([30.0] + [0.0] * (n_classes - 1)))[0]
    assert sure == pytest.approx(floor, abs=1e-9)


# ---------------------------------------------------------------------------------------------
# Datasets
# ---------------------------------------------------------------------------------------------


@pytest.mark.equation("eq-lf-dataset-loss", "eq-lf-decomposable")
def test_the_dataset_loss_is_the_mean_and_batches_put_it_together():
    x, y = np.array([1.0, 2.0, -1.0]), np.array([2.0, 1.0, 0.5])
    each = [(target - 0.5 * value) ** 2 / 2 for value, target in zip(x, y, strict=True)]
    assert each == [1.125, 0.0, 0.5]  # by hand
    whole = losses.half_squared_error(y, 0.5 * x).mean()
    assert whole == pytest.approx(sum(each) / 3)
    assert (2 * np.mean(each[:2]) + each[2]) / 3 == pytest.approx(whole)
    drawn = np.random.default_rng(0).choice(each, 200_000)  # (x, y) ~ D
    assert drawn.mean() == pytest.approx(whole, abs=0.005)


@pytest.mark.equation("eq-lf-expected-loss", "eq-lf-known-loss")
def test_the_expected_loss_is_what_many_samples_of_the_source_cost():
    printed = 0.5 * (0.5**2 / 3 + 0.2**2 + 0.3**2)
    assert printed == pytest.approx(0.1067, abs=5e-5)
    rng = np.random.default_rng(7)
    data = datasets.linear(400_000, rng=rng, weight=2.0, bias=1.0, noise=0.3)
    loss = losses.half_squared_error(data.y, 1.5 * data.X[:, 0] + 1.2)
    assert loss.mean() == pytest.approx(printed, abs=4 * loss.std() / 400_000**0.5)
    best = losses.half_squared_error(data.y, 2.0 * data.X[:, 0] + 1.0)
    assert best.mean() == pytest.approx(0.045, abs=4 * best.std() / 400_000**0.5)


@pytest.mark.equation("eq-lf-weighted-mean")
def test_a_weight_of_three_counts_as_three_samples():
    loss, weight = np.array([0.5, 2.0, 1.0]), np.array([3, 1, 2])
    repeated = np.repeat(loss, weight)
    assert weight @ loss / weight.sum() == pytest.approx(repeated.mean())
    # 5.6390 and 4.9593 are losses times their weights, 6 and 4
    assert (5.6390 + 4.9593) / (6 + 4) == pytest.approx(1.0598, abs=5e-5)
