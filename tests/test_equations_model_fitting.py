"""The numbered formulas of the chapter on model fitting, against computations of another kind.

Each is written out here as it is printed, and held to numbers worked by hand, to finite
differences, to SciPy or to a plain loop.
"""

import itertools

import numpy as np
import pytest
from scipy import optimize

from lib import losses, optimizers

X = np.array([[1.0, 0.0], [1.0, 1.0], [1.0, 2.0]])
Y = np.array([1.0, 3.0, 4.0])
BEST = np.array([7 / 6, 3 / 2])
EIGENVALUES = np.array([8 - np.sqrt(40), 8 + np.sqrt(40)]) / 3  # of the quadratic equation by hand
START, AWAY = np.zeros(2), np.array([-1.0, 1.0])


def loss(theta):
    return np.mean((Y - X @ theta) ** 2)


def slope(function, theta, h=1e-5):
    """Return central differences, one a parameter."""
    theta = np.asarray(theta, float)
    steps = h * np.eye(theta.size)
    return np.array([(function(theta + s) - function(theta - s)) / (2 * h) for s in steps])


def curvatures(function, theta, h=1e-3):
    """Return the matrix of second derivatives, by differences of differences."""
    return np.array([slope(lambda t, i=i: slope(function, t, h)[i], theta, h) for i in range(2)])


def descend(theta, rate, n_steps):
    """Walk on the three points, one plain step after the other."""
    path = [np.array(theta)]
    for _ in range(n_steps):
        path.append(path[-1] - rate * slope(loss, path[-1]))
    return np.array(path)


def softplus(w):
    return np.logaddexp(0, w)


@pytest.mark.equation("eq-mf-argmin", "eq-mf-normal")
def test_the_argmin_solves_the_normal_equations_and_beats_its_neighbours():
    assert optimize.minimize(loss, START).x == pytest.approx(BEST, abs=1e-6)
    assert X.T @ X @ BEST == pytest.approx(X.T @ Y)
    assert X.T @ X @ BEST == pytest.approx([8, 11])
    theta = np.array([0.3, -0.7])
    assert 2 / 3 * (X @ theta - Y) @ X == pytest.approx(slope(loss, theta), abs=1e-6)
    around = BEST + 0.1 * np.random.default_rng(0).normal(size=(100, 2))
    assert all(loss(theta) > loss(BEST) == pytest.approx(1 / 18) for theta in around)


CONVEX = {
    "three points": loss,
    "logistic": lambda t: np.mean(softplus(X @ t) - np.array([0, 1, 0]) * (X @ t)),
}


@pytest.mark.equation("eq-mf-convex", "eq-mf-tangent")
@pytest.mark.parametrize("name", CONVEX)
def test_a_convex_loss_lies_below_its_chords_and_above_its_tangents(name):
    function, rng = CONVEX[name], np.random.default_rng(0)
    for here, there in rng.normal(size=(50, 2, 2)):
        for t in (0.1, 0.5, 0.9):
            chord = function(here) + t * (function(there) - function(here))
            assert function(here + t * (there - here)) <= chord + 1e-12
        rise = function(there) - function(here)
        assert slope(function, here) @ (there - here) <= rise + 1e-7


@pytest.mark.equation("eq-mf-convex", "eq-mf-tangent")
def test_a_straight_line_meets_both_conditions_of_convexity_with_equality():
    here, there, g = np.array([1.0, -2.0]), np.array([0.5, 3.0]), np.array([2.0, -0.7])
    function = lambda t: g @ t + 1.3  # noqa: E731
    for t in (0.1, 0.5, 0.9):
        chord = function(here) + t * (function(there) - function(here))
        assert function(here + t * (there - here)) == pytest.approx(chord)
    assert g @ (there - here) == pytest.approx(function(there) - function(here))


@pytest.mark.equation("eq-mf-convex", "eq-mf-tangent")
def test_the_cube_breaks_both_conditions_of_convexity():
    cube, here, there = (lambda w: w**3), -2.0, 0.0
    assert cube(here + 0.5 * (there - here)) > cube(here) + 0.5 * (cube(there) - cube(here))
    assert 3 * here**2 * (there - here) > cube(there) - cube(here)


@pytest.mark.equation("eq-mf-first-order", "eq-mf-update")
def test_a_step_against_the_gradient_falls_most_to_first_order():
    g, small = slope(loss, START), 1e-5
    angles = np.linspace(0, 2 * np.pi, 721)
    falls = [loss(START) - loss(small * np.array([np.cos(a), np.sin(a)])) for a in angles]
    best = np.array([np.cos(angles[np.argmax(falls)]), np.sin(angles[np.argmax(falls)])])
    assert best == pytest.approx(-g / np.linalg.norm(g), abs=0.01)
    assert max(falls) == pytest.approx(small * np.linalg.norm(g), rel=1e-4)
    walk = optimizers.gradient_descent(
        lambda t: slope(loss, t), START, learning_rate=0.1, n_steps=1
    )
    assert walk.theta == pytest.approx([0.53333, 0.73333], abs=1e-4)


@pytest.mark.equation("eq-mf-first-order", "eq-mf-update")
def test_the_gradient_predicts_a_small_step_and_two_updates_are_those_of_the_walk():
    # at (-1, 1) the residuals are 2, 3, 3: the gradient is -2/3 (8, 9), by hand
    g, step = np.array([-16 / 3, -6.0]), np.array([0.3, -0.5])
    assert slope(loss, AWAY) == pytest.approx(g, abs=1e-6)
    missed = [loss(AWAY + h * step) - (loss(AWAY) + g @ (h * step)) for h in (1e-2, 1e-3)]
    assert missed[0] == pytest.approx(100 * missed[1], rel=1e-3) and missed[0] > 1e-6
    first = AWAY - 0.1 * g
    printed = [AWAY, first, first - 0.1 * slope(loss, first)]
    walk = optimizers.gradient_descent(
        lambda t: 2 / 3 * X.T @ (X @ t - Y), AWAY, learning_rate=0.1, n_steps=2
    )
    assert walk.thetas == pytest.approx(np.array(printed), abs=1e-6)


@pytest.mark.equation("eq-mf-hessian-line", "eq-mf-bound-x")
def test_the_hessian_of_a_line_and_the_bounds_with_and_without_the_half():
    x = np.array([0.5, -1.0, 2.0, 4.0])
    A, y = np.column_stack([np.ones(4), x]), np.array([1.0, 0.0, 2.0, -1.0])
    H = 2 * np.array([[1, x.mean()], [x.mean(), np.mean(x**2)]])
    squared = lambda t: np.mean((y - A @ t) ** 2)  # noqa: E731
    assert curvatures(squared, START) == pytest.approx(H, abs=1e-6)
    largest = np.linalg.eigvalsh(A.T @ A / 4)[-1]
    half = curvatures(lambda t: squared(t) / 2, START)
    assert 2 / np.linalg.eigvalsh(half)[-1] == pytest.approx(2 / largest, rel=1e-6)
    assert optimizers.largest_stable_rate(H) == pytest.approx(1 / largest)


@pytest.mark.equation("eq-mf-quadratic", "eq-mf-error", "eq-mf-modes", "eq-mf-loss-modes")
def test_the_error_and_the_loss_of_a_walk_are_powers_of_the_modes():
    H = 2 / 3 * X.T @ X
    values, Q = np.linalg.eigh(H)
    assert values == pytest.approx(EIGENVALUES)
    for rate in (0.1, 0.3, 0.43):
        errors = descend(AWAY, rate, 8) - BEST
        assert errors[1] == pytest.approx((np.eye(2) - rate * H) @ errors[0], abs=1e-6)
        c = errors @ Q
        for t in range(9):
            assert c[t] == pytest.approx((1 - rate * values) ** t * c[0], abs=1e-5)
            gap = loss(BEST + errors[t]) - loss(BEST)
            assert gap == pytest.approx(errors[t] @ H @ errors[t] / 2, abs=1e-8)
            terms = values * c[0] ** 2 * (1 - rate * values) ** (2 * t) / 2
            assert gap == pytest.approx(terms.sum(), rel=1e-4)


@pytest.mark.equation("eq-mf-stability")
def test_descent_converges_below_the_bound_and_diverges_above_it():
    bound = 2 / EIGENVALUES[1]
    assert bound == pytest.approx(0.4189, abs=5e-5)
    below, above = (descend(START, factor * bound, 400) for factor in (0.98, 1.02))
    assert np.linalg.norm(below[-1] - BEST) < 1e-3
    assert np.linalg.norm(above[-1] - BEST) > 1e3


@pytest.mark.equation("eq-mf-best")
def test_no_rate_has_a_smaller_factor_than_the_best_one():
    low, high = EIGENVALUES
    found = optimize.minimize_scalar(
        lambda rate: max(abs(1 - rate * low), abs(1 - rate * high)),
        bounds=(0, 0.42),
        method="bounded",
        options={"xatol": 1e-9},
    )
    kappa = high / low
    assert found.x == pytest.approx(2 / (low + high)) == pytest.approx(0.375)
    assert found.fun == pytest.approx((kappa - 1) / (kappa + 1), abs=1e-6)
    assert (high - low) / (high + low) == pytest.approx((kappa - 1) / (kappa + 1))


@pytest.mark.equation("eq-mf-descent", "eq-mf-sublinear")
def test_a_step_on_a_logistic_loss_falls_as_promised():
    # log(1 + e^-2w) + log(1 + e^w): its curvature is at most 4/4 + 1/4
    function = lambda w: softplus(-2 * w) + softplus(w)  # noqa: E731
    gradient = lambda w: -2 / (1 + np.exp(2 * w)) + 1 / (1 + np.exp(-w))  # noqa: E731
    M, least = 1.25, optimize.minimize_scalar(function)
    assert gradient(0.7) == pytest.approx((function(0.701) - function(0.699)) / 0.002, abs=1e-6)
    for w, rate in itertools.product((-3.0, -0.5, 2.0), (0.2, 0.8, 1.5)):
        g = gradient(w)
        assert function(w - rate * g) <= function(w) - rate * (1 - rate * M / 2) * g**2 + 1e-12
    w = 4.0
    for T in range(1, 60):
        w = w - gradient(w) / M
        assert function(w) - least.fun <= (4 - least.x) ** 2 * M / (2 * T)


@pytest.mark.equation("eq-mf-descent", "eq-mf-linear")
def test_a_quadratic_meets_both_bounds_with_equality_in_the_right_direction():
    low, high = EIGENVALUES
    theta, rate = np.array([0.0, 1.0]), 0.3  # all of the error in the steep mode
    bowl = lambda t: (low * t[0] ** 2 + high * t[1] ** 2) / 2  # noqa: E731
    g = np.array([low, high]) * theta
    H = np.diag([low, high])
    lines = [
        -rate * g @ g + rate**2 * g @ H @ g / 2,
        -rate * g @ g + rate**2 * high * g @ g / 2,
        -rate * (1 - rate * high / 2) * g @ g,
    ]
    assert lines == pytest.approx([bowl(theta - rate * g) - bowl(theta)] * 3)
    for theta in np.random.default_rng(0).normal(size=(50, 2)):
        after = theta - np.array([low, high]) * theta / high
        assert bowl(after) <= (1 - low / high) * bowl(theta) + 1e-12


@pytest.mark.equation("eq-mf-linear")
def test_each_of_the_two_steps_to_the_bound_is_met_with_equality_by_some_loss():
    m, M, w = 0.5, 3.0, 1.7
    for curvature in (m, M):
        loss = lambda w, c=curvature: c * w**2 / 2  # noqa: E731
        g = curvature * w
        fallen = loss(w) - loss(w - g / M)
        assert fallen >= g**2 / (2 * M) - 1e-12 and g**2 >= 2 * m * loss(w) - 1e-12
        assert (fallen == pytest.approx(g**2 / (2 * M))) == (curvature == M)
        assert (g**2 == pytest.approx(2 * m * loss(w))) == (curvature == m)
        left = 1 - m / M  # of the gap, by g²/(2M) at least 2m/(2M) of it falls
        assert left * loss(w) == pytest.approx(loss(w) - 2 * m * loss(w) / (2 * M))
        assert loss(w - g / M) <= left * loss(w)
    assert (1 - M / M) * loss(w) == loss(w - g / M) == 0  # one curvature: it arrives


@pytest.mark.equation("eq-mf-sublinear")
def test_all_gaps_together_come_near_to_what_the_bound_allows_and_one_gap_to_half_of_it():
    def gaps(steepness, rate, n_steps):
        """Walk from 2 on a loss that is straight but for a small bowl at its minimum 0."""
        bowl, w, found = steepness * rate, start, []  # its curvature is at most 1/rate
        for _ in range(n_steps):
            w = w - rate * steepness * np.clip(w / bowl, -1, 1)
            straight = steepness * (abs(w) - bowl / 2)
            found.append(straight if abs(w) > bowl else steepness * w**2 / (2 * bowl))
        return np.array(found)

    start, rate = 2.0, 0.001
    bound = lambda T: start**2 / (2 * rate * T)  # noqa: E731
    whole = gaps(1.0, rate, 2000)
    assert 0.99 < whole.sum() / (2000 * bound(2000)) <= 1
    assert (np.diff(whole) <= 0).all()  # so the last is at most their mean
    for T in (20, 100, 500):
        last = gaps(start / (2 * rate * T), rate, T)[-1]
        assert 0.45 * bound(T) < last < bound(T)


@pytest.mark.equation("eq-mf-backtracking")
def test_every_rate_up_to_one_over_m_lowers_the_loss_enough_and_a_large_one_does_not():
    g = slope(loss, AWAY)
    enough = lambda rate: loss(AWAY - rate * g) <= loss(AWAY) - rate / 2 * g @ g  # noqa: E731
    assert all(enough(rate) for rate in np.linspace(0.001, 1 / EIGENVALUES[1], 20))
    assert not enough(2 / EIGENVALUES[1])
    steepest = BEST + np.linalg.eigh(X.T @ X)[1][:, 1]  # there 1/M is the last that will do
    g = 2 / 3 * X.T @ (X @ steepest - Y)
    for rate in np.array([0.99, 1.01]) / EIGENVALUES[1]:
        will_do = loss(steepest - rate * g) <= loss(steepest) - rate / 2 * g @ g
        assert will_do == (rate < 1 / EIGENVALUES[1])


@pytest.mark.equation("eq-mf-newton", "eq-mf-newton-rate")
def test_newton_squares_the_error_with_the_printed_factor():
    sigma = lambda w: 1 / (1 + np.exp(-w))  # noqa: E731
    for error in (1e-2, 1e-3):
        w = np.log(2) + error
        p = sigma(w)
        after = w - (p - 2 / 3) / (p * (1 - p)) - np.log(2)
        third = p * (1 - p) * (1 - 2 * p)
        assert after == pytest.approx(third / (2 * p * (1 - p)) * error**2, rel=0.02)
    H = 2 / 3 * X.T @ X
    assert AWAY - np.linalg.solve(H, slope(loss, AWAY)) == pytest.approx(BEST, abs=1e-6)


@pytest.mark.equation("eq-mf-separable", "eq-mf-log-growth")
def test_the_separable_weight_has_the_printed_slope_and_follows_the_solution():
    function = lambda w: np.log(1 + np.exp(-w))  # noqa: E731
    for w in (-1.0, 0.0, 3.0):
        both = losses.binary_cross_entropy_with_logits(np.array([0, 1]), np.array([-w, w]))
        assert both == pytest.approx(function(w))
        measured = (function(w + 1e-5) - function(w - 1e-5)) / 2e-5
        assert measured == pytest.approx(-1 / (1 + np.exp(w)), abs=1e-8)
    w, rate = 0.0, 0.001
    for step in range(1, 20_001):
        w += rate / (1 + np.exp(w))
        if step % 5000 == 0:
            assert w + np.exp(w) == pytest.approx(rate * step + 1, abs=2e-3)


@pytest.mark.equation("eq-mf-sgd")
@pytest.mark.parametrize("m", [1, 2])
def test_the_mean_over_all_batches_is_the_full_gradient(m):
    rows = -2 * (Y - X @ AWAY)[:, None] * X
    batches = [rows[list(batch)].mean(axis=0) for batch in itertools.combinations(range(3), m)]
    assert np.mean(batches, axis=0) == pytest.approx(slope(loss, AWAY), abs=1e-6)
    assert [tuple(row) for row in -2 * Y[:, None] * X] == [(-2, 0), (-6, -6), (-8, -16)]


@pytest.mark.equation("eq-mf-momentum")
def test_two_steps_of_momentum_by_hand():
    # w^2 from 8, rate 0.25, beta 0.5: v = 16, w = 4; v = 0.5 * 16 + 8 = 16, w = 0; v = 8, w = -2
    walk = optimizers.momentum(lambda w: 2 * w, 8.0, learning_rate=0.25, momentum=0.5, n_steps=3)
    assert walk.thetas.tolist() == [8, 4, 0, -2]


@pytest.mark.equation("eq-mf-momentum-rate")
@pytest.mark.parametrize(("low", "high"), [(1.0, 10.0), (0.5, 60.0)])
def test_no_momentum_has_a_smaller_root_than_the_tuned_one(low, high):
    def factor(rate, beta):
        """Return the largest root of the recursion over both ends."""
        return max(
            max(abs(np.roots([1, -(1 + beta - rate * curvature), beta])))
            for curvature in (low, high)
        )

    kappa = high / low
    root = (np.sqrt(kappa) - 1) / (np.sqrt(kappa) + 1)
    rate = 4 / (np.sqrt(low) + np.sqrt(high)) ** 2
    assert factor(rate, root**2) == pytest.approx(root, abs=1e-6)
    for a, b in itertools.product((0.9, 0.97, 1.03, 1.1), repeat=2):
        assert factor(a * rate, min(b * root**2, 0.999)) > root - 1e-6
    assert np.round((np.sqrt(10) - 1) / (np.sqrt(10) + 1), 4) == 0.5195


@pytest.mark.equation("eq-mf-adam")
def test_two_steps_of_adam_by_hand():
    # gradients 4 and -2: m 0.4, 0.16; v 0.016, 0.019984; corrections 0.1, 0.19 and 0.001, 0.001999
    gradients = iter([4.0, -2.0])
    walk = optimizers.adam(lambda w: next(gradients) + 0 * w, 0.0, learning_rate=0.5, n_steps=2)
    second = 0.5 * (0.16 / 0.19) / (np.sqrt(0.019984 / 0.001999) + 1e-8)
    assert walk.thetas == pytest.approx([0, -0.5, -0.5 - second], abs=1e-8)
    for tiny in (3e-8, 0.0):  # as small as epsilon: it is added to the root, not under it
        walk = optimizers.adam(lambda w, g=tiny: g + 0 * w, 0.0, learning_rate=0.5, n_steps=1)
        assert walk.theta == pytest.approx(-0.5 * tiny / (tiny + 1e-8), rel=1e-6)


@pytest.mark.equation("eq-mf-bias-correction")
@pytest.mark.parametrize("beta", [0.9, 0.999])
def test_the_mean_of_noisy_gradients_is_too_small_by_the_printed_factor(beta):
    rng, mean = np.random.default_rng(0), np.zeros(20_000)
    for t in range(1, 31):
        mean = beta * mean + (1 - beta) * rng.normal(2.0, 1.0, size=20_000)
        assert (1 - beta) * sum(beta**s for s in range(t)) == pytest.approx(1 - beta**t)
        assert mean.mean() == pytest.approx(2 * (1 - beta**t), rel=0.03)


@pytest.mark.equation("eq-mf-adam-longest")
def test_no_sequence_of_gradients_makes_a_longer_step_than_the_bound():
    bound = 0.1 / np.sqrt(0.001 * (1 - 0.81 / 0.999))
    assert bound == pytest.approx(7.27, abs=5e-3)
    ages = np.arange(3000)[::-1]

    def ratio(gradients):
        m = 0.1 * np.sum(0.9**ages * gradients)
        return m / np.sqrt(0.001 * np.sum(0.999**ages * gradients**2))

    worst = (0.9 / 0.999) ** ages
    for gradients in [worst, *np.random.default_rng(1).normal(size=(20, 3000))]:
        weights = (0.9**2 / 0.999) ** ages
        first = 0.1**2 * np.sum(0.9**ages * gradients) ** 2
        second = 0.1**2 * np.sum(weights) * np.sum(0.999**ages * gradients**2)
        assert first <= second * (1 + 1e-12)
        assert (first == pytest.approx(second)) == (gradients is worst)
        v = 0.001 * np.sum(0.999**ages * gradients**2)
        assert second == pytest.approx(0.1**2 / (1 - 0.9**2 / 0.999) * v / 0.001)
        assert bound**2 * v == pytest.approx(second)
    assert ratio(worst) == pytest.approx(bound)
    rng = np.random.default_rng(0)
    for noise in rng.normal(size=(100, 3000)):
        assert ratio(worst * (1 + 0.1 * noise)) < bound
    spike = np.zeros(3000)
    spike[-1] = 5.0
    assert ratio(spike) == pytest.approx(3.1623, abs=1e-4)


@pytest.mark.equation("eq-mf-noise", "eq-mf-noise-floor")
def test_the_mean_square_of_a_noisy_walk_follows_the_recursion_to_its_floor():
    rate, curvature, s = 0.3, 2.0, 0.5
    rng, theta, square = np.random.default_rng(0), np.full(40_000, 1.0), 1.0
    for _ in range(60):
        theta = theta - rate * (curvature * theta + s * rng.normal(size=theta.size))
        square = (1 - rate * curvature) ** 2 * square + rate**2 * s**2
        assert np.mean(theta**2) == pytest.approx(square, rel=0.05)
    assert square == pytest.approx(rate * s**2 / (curvature * (2 - rate * curvature)))


@pytest.mark.equation("eq-mf-robbins-monro")
def test_a_schedule_that_breaks_one_of_the_two_conditions_does_not_arrive():
    def mean_square(rates, s):
        square = 1.0
        for rate in rates:
            square = (1 - rate) ** 2 * square + rate**2 * s**2
        return square

    steps = np.arange(2, 100_001)
    assert mean_square(1 / steps, 1.0) < 1e-4  # meets both
    assert mean_square(steps**-0.7, 1.0) < 1e-3  # meets both
    assert mean_square(1.0 / steps**2, 0.0) == pytest.approx(0.25, rel=1e-3)  # its sum is finite
    assert mean_square(0.1 + 0 * steps, 1.0) > 0.05  # its squares have no finite sum


@pytest.mark.equation("eq-mf-constant")
def test_a_constant_prediction_costs_the_entropy_and_the_divergence():
    labels = np.repeat([0, 1, 2], [50, 30, 20])
    pi, s = np.array([0.5, 0.3, 0.2]), np.array([0.2, 0.5, 0.3])
    logits = np.tile(np.log(s), (100, 1))
    measured = losses.cross_entropy_with_logits(labels, logits).mean()
    entropy, divergence = -np.sum(pi * np.log(pi)), np.sum(pi * np.log(pi / s))
    assert measured == pytest.approx(-np.sum(pi * np.log(s))) == pytest.approx(entropy + divergence)
    uniform = losses.cross_entropy_with_logits(labels, np.zeros((100, 3))).mean()
    assert uniform == pytest.approx(np.log(3))
    assert entropy < np.log(3)
