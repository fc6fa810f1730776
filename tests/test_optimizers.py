"""The optimizers: their paths, their divergence, and what they refuse."""

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from lib import calculus, optimizers

INF, NAN = np.inf, np.nan
TORCH = json.loads(Path(__file__).with_name("torch_fixture.json").read_text(encoding="utf-8"))
quick = settings(deadline=None, database=None, max_examples=60)

# The three points of the course, with the intercept's column of ones: theta is (b, w).
X, Y = np.array([[1.0, 0.0], [1.0, 1.0], [1.0, 2.0]]), np.array([1.0, 3.0, 4.0])
HESSIAN = 2 / 3 * X.T @ X


def line_loss(theta):
    """Mean squared error of the line on the three points."""
    return np.mean((Y - X @ theta) ** 2)


def line_gradient(theta):
    """Gradient of that error."""
    return -2 / 3 * X.T @ (Y - X @ theta)


def square_gradient(theta):
    """Gradient of the sum of squares."""
    return 2 * theta


RUNS = {
    "gradient_descent": lambda gradient, theta, **options: optimizers.gradient_descent(
        gradient, theta, **{"learning_rate": 0.1, "n_steps": 5, **options}
    ),
    "momentum": lambda gradient, theta, **options: optimizers.momentum(
        gradient, theta, **{"learning_rate": 0.1, "n_steps": 5, **options}
    ),
    "adam": lambda gradient, theta, **options: optimizers.adam(
        gradient, theta, **{"learning_rate": 0.1, "n_steps": 5, **options}
    ),
    "sgd": lambda gradient, theta, learning_rate=0.1, n_steps=5, **options: optimizers.sgd(
        lambda theta, batch: gradient(theta),
        theta,
        3,
        **{
            "rng": np.random.default_rng(0),
            "batch_size": 3,
            "learning_rate": learning_rate,
            "n_epochs": n_steps,
            **options,
        },
    ),
}
every_optimizer = pytest.mark.parametrize("run", RUNS.values(), ids=RUNS)


# Worked by hand ------------------------------------------------------------------------------


def test_first_step_on_the_three_points_is_the_one_worked_by_hand():
    trace = optimizers.gradient_descent(line_gradient, [0, 0], learning_rate=0.1, n_steps=1)
    assert line_loss(trace.thetas[0]) == pytest.approx(8.6667, abs=5e-5)
    assert trace.gradients[0] == pytest.approx([-5.3333, -7.3333], abs=5e-5)
    assert trace.thetas[1] == pytest.approx([0.5333, 0.7333], abs=5e-5)
    assert line_loss(trace.theta) == pytest.approx(2.4074, abs=5e-5)


@pytest.mark.parametrize(
    ("rate", "loss", "tolerance"),
    [(0.1, 0.0560, 5e-5), (0.3, 0.0556, 5e-5), (0.4, 1.3595, 5e-5), (0.45, 137.8, 0.05)],
)
def test_loss_after_ten_steps_is_the_one_of_the_table(rate, loss, tolerance):
    trace = optimizers.gradient_descent(line_gradient, [0, 0], learning_rate=rate, n_steps=10)
    assert line_loss(trace.theta) == pytest.approx(loss, abs=tolerance)


def test_largest_stable_rate_of_the_three_points_is_that_of_the_table():
    assert np.linalg.eigvalsh(HESSIAN) == pytest.approx([0.5585, 4.7749], abs=5e-5)
    assert optimizers.largest_stable_rate(HESSIAN) == pytest.approx(0.4189, abs=5e-5)
    assert 2 / np.linalg.eigvalsh(HESSIAN).sum() == pytest.approx(0.375, abs=1e-12)


def test_centring_the_inputs_lowers_the_condition_number():
    centred = X - [0.0, 1.0]
    assert np.linalg.cond(HESSIAN) == pytest.approx(8.55, abs=5e-3)
    assert np.linalg.cond(centred.T @ centred) == pytest.approx(1.5)


def steps_until_small(trace):
    """Count the steps until the error is a millionth of the first one."""
    sizes = np.linalg.norm(trace.thetas, axis=1)
    return int(np.flatnonzero(sizes <= 1e-6 * sizes[0])[0])


def test_condition_number_ten_costs_69_steps_and_momentum_about_a_third():
    def gradient(theta):
        return np.array([1.0, 10.0]) * theta

    plain = optimizers.gradient_descent(gradient, [1, 1], learning_rate=2 / 11, n_steps=100)
    assert np.linalg.norm(plain.thetas[51]) / np.linalg.norm(plain.thetas[50]) == pytest.approx(
        9 / 11
    )
    assert steps_until_small(plain) == 69
    root = np.sqrt(10.0)
    keep = ((root - 1) / (root + 1)) ** 2
    assert np.sqrt(keep) == pytest.approx(0.5195, abs=5e-5)
    heavy = optimizers.momentum(
        gradient, [1, 1], learning_rate=4 / (root + 1) ** 2, momentum=keep, n_steps=100
    )
    # A factor of .5195 alone would need 22 steps; at this double root the error is t times that.
    assert np.log(1e-6) / np.log(np.sqrt(keep)) == pytest.approx(21.1, abs=0.05)
    assert steps_until_small(heavy) == 27


def test_best_rate_of_the_three_points_shrinks_both_modes_alike():
    low, high = np.linalg.eigvalsh(HESSIAN)
    assert abs(1 - 0.375 * low) == pytest.approx(0.7906, abs=5e-5)
    assert abs(1 - 0.375 * high) == pytest.approx(0.7906, abs=5e-5)


def test_momentum_adds_the_gradient_to_the_velocity_as_pytorch_does():
    trace = optimizers.momentum(
        lambda theta: np.ones_like(theta), [0.0], learning_rate=0.1, momentum=0.5, n_steps=3
    )
    assert trace.thetas[:, 0] == pytest.approx([0.0, -0.1, -0.25, -0.425])


def test_first_step_of_adam_is_the_learning_rate_whatever_the_gradient():
    for size in (1e-3, 1.0, 1e5):
        trace = optimizers.adam(
            lambda theta, size=size: size * theta, [1.0, -1.0], learning_rate=0.1, n_steps=1
        )
        assert trace.theta == pytest.approx([0.9, -0.9], abs=1e-5)


# Against the closed form ---------------------------------------------------------------------


def test_gradient_descent_on_a_quadratic_is_a_power_of_a_matrix():
    minimum = np.linalg.lstsq(X, Y, rcond=None)[0]
    trace = optimizers.gradient_descent(line_gradient, [2, -1], learning_rate=0.2, n_steps=9)
    step = np.eye(2) - 0.2 * HESSIAN
    expected = [minimum + np.linalg.matrix_power(step, t) @ ([2, -1] - minimum) for t in range(10)]
    assert trace.thetas == pytest.approx(np.array(expected), rel=1e-12)


def test_the_path_turns_unstable_just_above_the_largest_stable_rate():
    H = calculus.hessian(line_loss, [0.3, 0.2])
    limit = optimizers.largest_stable_rate(H)
    for factor, grows in ((0.99, False), (1.01, True)):
        trace = optimizers.gradient_descent(
            line_gradient, [0, 0], learning_rate=factor * limit, n_steps=2000
        )
        assert (line_loss(trace.theta) > line_loss(trace.thetas[0])) == grows


@quick
@given(
    arrays(float, (3, 3), elements=st.floats(-3, 3)),
    st.floats(1e-3, 1e3),
)
def test_largest_stable_rate_is_two_over_the_largest_eigenvalue(A, scale):
    H = scale * (A @ A.T + np.eye(3))
    largest = np.linalg.svd(H, compute_uv=False)[0]
    assert optimizers.largest_stable_rate((H + H.T) / 2) == pytest.approx(2 / largest, rel=1e-9)


@quick
@given(st.integers(0, 30), st.sampled_from([(), (1,), (3,), (2, 3)]), st.floats(0.0, 0.95))
def test_zero_momentum_and_whole_batches_are_gradient_descent(n_steps, shape, keep):
    start = np.full(shape, 1.5)
    options = {"learning_rate": 0.1}
    plain = optimizers.gradient_descent(square_gradient, start, n_steps=n_steps, **options)
    still = optimizers.momentum(square_gradient, start, n_steps=n_steps, momentum=0.0, **options)
    assert np.array_equal(plain.thetas, still.thetas)
    heavy = optimizers.momentum(square_gradient, start, n_steps=n_steps, momentum=keep, **options)
    batches = RUNS["sgd"](square_gradient, start, n_steps=n_steps, momentum=keep)
    assert np.array_equal(heavy.thetas, batches.thetas)
    assert heavy.thetas.shape == (n_steps + 1, *shape)
    assert heavy.gradients.shape == (n_steps, *shape)


# Against PyTorch -----------------------------------------------------------------------------

NAMES = {"lr": "learning_rate", "eps": "epsilon", "momentum": "momentum"}


def bowl_gradient(theta):
    """Gradient of the bowl with ripples, by hand."""
    target = np.arange(np.size(theta), dtype=float).reshape(np.shape(theta))
    return (theta - target) * (1.0 + target) - 3.0 * np.sin(3.0 * theta)


@pytest.mark.parametrize("case", TORCH["optimizers"], ids=lambda case: case["optimizer"])
def test_every_step_is_that_of_pytorch(case):
    options = {NAMES[name]: value for name, value in case["options"].items() if name in NAMES}
    if "betas" in case["options"]:
        options["beta1"], options["beta2"] = case["options"]["betas"]
    expected = np.array(case["thetas"])
    trace = getattr(optimizers, case["optimizer"])(
        bowl_gradient, expected[0], n_steps=len(expected) - 1, **options
    )
    assert np.abs(trace.thetas - expected).max() < 1e-10


@pytest.mark.parametrize("case", TORCH["sgd"], ids=lambda case: str(case["options"]))
def test_every_batch_step_is_that_of_pytorch(case):
    X, y, expected = (np.array(case[name]) for name in ("X", "y", "thetas"))
    trace = optimizers.sgd(
        lambda theta, batch: 2 * X[batch].T @ (X[batch] @ theta - y[batch]) / len(batch),
        expected[0],
        10,
        rng=np.random.default_rng(25),
        learning_rate=0.1,
        n_epochs=4,
        **case["options"],
    )
    assert np.abs(trace.thetas - expected).max() < 1e-10


# Batches -------------------------------------------------------------------------------------


@quick
@given(st.integers(1, 12), st.integers(1, 12), st.integers(0, 4), st.integers(0, 99))
def test_each_epoch_sees_every_sample_once_in_a_new_order(n, batch_size, n_epochs, seed):
    batch_size, seen = min(batch_size, n), []
    trace = optimizers.sgd(
        lambda theta, batch: seen.append(batch) or 0.0,
        0.0,
        n,
        rng=np.random.default_rng(seed),
        batch_size=batch_size,
        learning_rate=1.0,
        n_epochs=n_epochs,
    )
    per_epoch = -(-n // batch_size)
    assert len(seen) == len(trace.gradients) == n_epochs * per_epoch
    orders = [np.concatenate(seen[e : e + per_epoch]) for e in range(0, len(seen), per_epoch)]
    expected = np.random.default_rng(seed)
    assert all(np.array_equal(order, expected.permutation(n)) for order in orders)
    assert all(len(batch) == batch_size for e in orders for batch in seen[: per_epoch - 1])


# What a trace keeps to itself ----------------------------------------------------------------


@every_optimizer
def test_the_start_is_not_changed_and_not_shared(run):
    start = np.array([1.0, 2.0])
    trace = run(square_gradient, start)
    assert start.tolist() == [1.0, 2.0]
    start[:] = 0.0
    assert trace.thetas[0].tolist() == [1.0, 2.0]


@every_optimizer
def test_a_gradient_function_that_writes_or_reuses_its_arrays_does_no_harm(run):
    shared = np.zeros(2)

    def careless(theta):
        shared[:] = 2 * theta
        theta[:] = 99.0
        return shared

    assert np.array_equal(run(careless, [1.0, 2.0]).thetas, run(square_gradient, [1.0, 2.0]).thetas)


@every_optimizer
def test_no_steps_make_a_trace_of_the_start_alone(run):
    trace = run(square_gradient, [[1, 2]], n_steps=0)
    assert trace.thetas.tolist() == [[[1.0, 2.0]]]
    assert trace.gradients.shape == (0, 1, 2)
    assert len(trace) == 1 and not trace.diverged


def test_a_trace_prints_its_length_its_end_and_its_fate():
    trace = optimizers.gradient_descent(square_gradient, [1, 3], learning_rate=0.25, n_steps=1)
    assert repr(trace) == "Trace(n_steps=1, last theta [0.5 1.5], diverged=False)"


def test_a_trace_cannot_be_given_other_arrays():
    trace = optimizers.gradient_descent(square_gradient, 1.0, learning_rate=0.25, n_steps=1)
    with pytest.raises(AttributeError):
        trace.thetas = np.zeros(2)


# Divergence ----------------------------------------------------------------------------------


@pytest.mark.parametrize("run", [RUNS[name] for name in ("gradient_descent", "momentum", "sgd")])
def test_a_rate_too_large_goes_to_infinity_and_never_to_nan(run):
    trace = run(square_gradient, [1.0, -2.0, 0.0], learning_rate=50.0, n_steps=400)
    assert trace.diverged
    assert not np.isnan(trace.thetas).any() and not np.isnan(trace.gradients).any()
    assert np.isinf(trace.theta).tolist() == [True, True, False]
    first = int(np.flatnonzero(~np.isfinite(trace.thetas).all(axis=1))[0])
    assert (trace.thetas[first:] == trace.thetas[first]).all()
    assert (trace.gradients[first:] == trace.gradients[first - 1]).all()


def test_a_gradient_is_not_asked_for_at_infinity():
    seen = []
    optimizers.gradient_descent(
        lambda theta: seen.append(theta) or 2 * theta, 1.0, learning_rate=1e10, n_steps=100
    )
    assert 25 < len(seen) < 40 and np.isfinite(seen).all()


def refuse_large(theta):
    """Gradient of a fourth power that refuses its own overflow, as a careful library does."""
    if np.abs(theta).max() > 1e90:
        raise ValueError("y_pred must be finite, got inf.")
    return 4 * theta**3


def nan_when_large(theta):
    """Gradient in two terms that overflow against each other."""
    return 4 * theta**3 - theta**5 / np.abs(theta) + theta**4


@pytest.mark.parametrize("gradient", [refuse_large, nan_when_large])
@every_optimizer
def test_a_gradient_that_overflows_far_out_is_a_divergence(run, gradient):
    trace = run(gradient, [3.0, -2.0], learning_rate=1e100, n_steps=12)
    assert trace.diverged and not np.isnan(trace.thetas).any()
    assert not np.isnan(trace.gradients).any()


def test_an_infinite_gradient_is_a_divergence_to_the_other_side():
    trace = optimizers.gradient_descent(
        lambda theta: np.array([INF, -INF]), [1.0, 1.0], learning_rate=1.0, n_steps=2
    )
    assert trace.theta.tolist() == [-INF, INF] and trace.diverged


def test_a_velocity_of_both_infinities_stays_where_theta_was_going():
    gradients = iter([np.array([1e308]), np.array([-INF])])
    trace = optimizers.momentum(
        lambda theta: next(gradients), [1.0], learning_rate=1e-300, momentum=0.9, n_steps=3
    )
    assert trace.thetas[:, 0].tolist()[2:] == [INF, INF]
    adam = optimizers.adam(lambda theta: INF * theta, [-1.0], learning_rate=0.1, n_steps=2)
    assert adam.theta.tolist() == [-INF]  # inf / inf: NaN is replaced by the side theta was on


def test_values_whose_squares_overflow_are_still_finite():
    trace = optimizers.gradient_descent(
        lambda theta: 0 * theta, [1e200, 1.0], learning_rate=1.0, n_steps=3
    )
    assert not trace.diverged and trace.theta.tolist() == [1e200, 1.0]


# What is refused -----------------------------------------------------------------------------


def bad(value):
    """Make a gradient function of one value."""
    return lambda theta: value


GRADIENTS_REFUSED = [
    (
        bad([1.0]),
        ValueError,
        "gradient(theta) and theta must have the same shape, got (1,) and (2,).",
    ),
    (bad(3.0), ValueError, "gradient(theta) and theta must have the same shape, got () and (2,)."),
    (bad([1.0, NAN]), ValueError, "gradient(theta) must not contain NaN, got nan at index (1,)."),
    (bad(None), TypeError, "gradient(theta) must hold real numbers, got dtype object."),
    (bad([1j, 1]), TypeError, "gradient(theta) must hold real numbers, got dtype complex128."),
]


@pytest.mark.parametrize(("gradient", "error", "text"), GRADIENTS_REFUSED)
@every_optimizer
def test_a_bad_gradient_is_refused_in_these_words(run, gradient, error, text):
    with pytest.raises(error) as caught:
        run(gradient, [1.0, 2.0])
    assert str(caught.value) == text


def test_an_error_inside_the_gradient_function_is_passed_on():
    def broken(theta):
        raise ValueError("labels must lie in 0..2, got 3 at index (0,).")

    with pytest.raises(ValueError, match=r"^labels must lie in 0\.\.2, got 3 at index \(0,\)\.$"):
        RUNS["adam"](broken, [1.0])


ARGUMENTS_REFUSED = [
    ({"learning_rate": 0.0}, ValueError, "learning_rate must be positive, got 0.0."),
    ({"learning_rate": -1}, ValueError, "learning_rate must be positive, got -1."),
    ({"learning_rate": INF}, ValueError, "learning_rate must be finite, got inf."),
    ({"learning_rate": "0.1"}, TypeError, "learning_rate must be a real number, got '0.1'."),
]


@pytest.mark.parametrize(("options", "error", "text"), ARGUMENTS_REFUSED)
@every_optimizer
def test_a_bad_learning_rate_is_refused_in_these_words(run, options, error, text):
    with pytest.raises(error) as caught:
        run(square_gradient, [1.0], **options)
    assert str(caught.value) == text


REFUSED = [
    (lambda: RUNS["adam"](3, [1.0]), TypeError, "gradient must be a function, got 3."),
    (lambda: RUNS["adam"](abs, [NAN]), ValueError, "theta must be finite, got nan at index (0,)."),
    (lambda: RUNS["adam"](abs, []), ValueError, "theta must not be empty, got shape (0,)."),
    (lambda: RUNS["adam"](abs, "x"), TypeError, "theta must hold real numbers, got dtype <U1."),
    (
        lambda: RUNS["gradient_descent"](abs, 1.0, n_steps=-1),
        ValueError,
        "n_steps must be at least 0, got -1.",
    ),
    (
        lambda: RUNS["gradient_descent"](abs, 1.0, n_steps=2.5),
        TypeError,
        "n_steps must be an integer, got 2.5.",
    ),
    (
        lambda: RUNS["momentum"](abs, 1.0, momentum=1.0),
        ValueError,
        "momentum must lie in [0, 1), got 1.0.",
    ),
    (
        lambda: RUNS["momentum"](abs, 1.0, momentum=-0.5),
        ValueError,
        "momentum must lie in [0, 1), got -0.5.",
    ),
    (
        lambda: RUNS["adam"](abs, 1.0, beta1=1),
        ValueError,
        "beta1 must lie in [0, 1), got 1.",
    ),
    (
        lambda: RUNS["adam"](abs, 1.0, beta2=-1),
        ValueError,
        "beta2 must lie in [0, 1), got -1.",
    ),
    (
        lambda: RUNS["adam"](abs, 1.0, epsilon=0),
        ValueError,
        "epsilon must be positive, got 0.",
    ),
    (
        lambda: RUNS["sgd"](abs, 1.0, batch_size=0),
        ValueError,
        "batch_size must be at least 1, got 0.",
    ),
    (
        lambda: RUNS["sgd"](abs, 1.0, batch_size=4),
        ValueError,
        "batch_size must be at most n_samples, 3, got 4.",
    ),
    (
        lambda: RUNS["sgd"](abs, 1.0, n_steps=-1),
        ValueError,
        "n_epochs must be at least 0, got -1.",
    ),
    (
        lambda: RUNS["sgd"](abs, 1.0, rng=0),
        TypeError,
        "rng must be a numpy.random.Generator, made by numpy.random.default_rng(seed), got 0.",
    ),
    (
        lambda: optimizers.largest_stable_rate([1.0, 2.0]),
        ValueError,
        "hessian must have shape (d, d), got (2,).",
    ),
    (
        lambda: optimizers.largest_stable_rate(np.ones((2, 3))),
        ValueError,
        "hessian must have shape (d, d), got (2, 3).",
    ),
    (
        lambda: optimizers.largest_stable_rate([[1.0, 2.0], [0.0, 3.0]]),
        ValueError,
        "hessian must be symmetric, got 2.0 at index (0, 1) and 0.0 at index (1, 0).",
    ),
    (
        lambda: optimizers.largest_stable_rate([[-2.0, 0.0], [0.0, -1.0]]),
        ValueError,
        "hessian must have a positive eigenvalue, got at most -1.",
    ),
    (
        lambda: optimizers.largest_stable_rate(np.zeros((2, 2))),
        ValueError,
        "hessian must have a positive eigenvalue, got at most 0.",
    ),
    (
        lambda: optimizers.largest_stable_rate([[2.0, 0.0], [0.0, -2.0]]),
        ValueError,
        "hessian must have no negative eigenvalue, got -2: the loss curves downwards along its "
        "eigenvector, and gradient descent leaves at any learning rate.",
    ),
    (
        lambda: optimizers.largest_stable_rate([[INF]]),
        ValueError,
        "hessian must be finite, got inf at index (0, 0).",
    ),
]


@pytest.mark.parametrize(("call", "error", "text"), REFUSED)
def test_a_bad_argument_is_refused_in_these_words(call, error, text):
    with pytest.raises(error) as caught:
        call()
    assert str(caught.value) == text


def test_the_function_on_batches_is_refused_by_its_own_name():
    with pytest.raises(TypeError, match=r"^gradient_on_batch must be a function, got 1\.0\.$"):
        optimizers.sgd(
            1.0,
            0.0,
            3,
            rng=np.random.default_rng(0),
            batch_size=1,
            learning_rate=0.1,
            n_epochs=1,
        )


def test_an_unknown_keyword_is_named():
    with pytest.raises(TypeError, match="lr"):
        optimizers.gradient_descent(square_gradient, 1.0, lr=0.1, n_steps=1)


# Extreme values ---------------------------------------------------------------------------------


@pytest.mark.parametrize("theta", [5e-324, 1e-310, 1e-200, 1e308])
@pytest.mark.parametrize(
    "run",
    [optimizers.gradient_descent, optimizers.momentum, optimizers.adam],
    ids=lambda f: f.__name__,
)
def test_steps_at_the_ends_of_float64_are_silent(run, theta):
    with np.errstate(all="raise"):
        trace = run(lambda t: t / 3, [theta, 0.0], learning_rate=1e-3, n_steps=5)
    assert np.isfinite(trace.thetas).all() and not trace.diverged


@pytest.mark.parametrize("size", [1, 2, 3, 6])
def test_a_matrix_that_curves_upwards_only_by_rounding_has_no_stable_rate(size):
    flat_or_down = -np.outer(np.arange(size) + 0.1, np.arange(size) + 0.1)
    with pytest.raises(ValueError, match="hessian must have a positive eigenvalue, got at most"):
        optimizers.largest_stable_rate(flat_or_down)
    assert optimizers.largest_stable_rate([[1e-300]]) == pytest.approx(2e300)


@quick
@given(st.floats(-1e3, -1e-6), st.floats(1e-3, 1e3), st.integers(0, 99))
def test_an_indefinite_matrix_has_no_stable_rate(down, up, seed):
    Q = np.linalg.qr(np.random.default_rng(seed).normal(size=(3, 3)))[0]
    H = Q @ np.diag([down, up, 0.5]) @ Q.T
    with pytest.raises(ValueError, match="hessian must have no negative eigenvalue, got -"):
        optimizers.largest_stable_rate((H + H.T) / 2)
    trace = optimizers.gradient_descent(
        lambda theta: H @ theta, Q[:, 0], learning_rate=1e-3, n_steps=9
    )
    assert np.linalg.norm(trace.theta) > 1.0  # it does leave, at a rate as small as this


@pytest.mark.parametrize("seed", range(20))
def test_a_valley_that_is_flat_along_its_floor_has_a_stable_rate(seed):
    rng = np.random.default_rng(seed)
    X, y = rng.normal(size=(5, 3)), rng.normal(size=5)
    X[:, 2] = X[:, 0]  # the same loss along a whole line
    limit = 2 / np.linalg.eigvalsh(0.4 * X.T @ X)[-1]
    assert optimizers.largest_stable_rate(0.4 * X.T @ X) == pytest.approx(limit)
    H = calculus.hessian(lambda v: np.mean((y - X @ v) ** 2), rng.normal(size=3))
    assert optimizers.largest_stable_rate(H) == pytest.approx(limit, rel=1e-6)


def test_a_matrix_that_is_asymmetric_beyond_float64_is_refused_in_silence():
    with np.errstate(all="raise"), pytest.raises(ValueError, match="hessian must be symmetric"):
        optimizers.largest_stable_rate([[1.0, 1.7e308], [-1.7e308, 1.0]])


@pytest.mark.parametrize("beta1", [0.0, 0.3, 0.5])
def test_a_short_memory_of_adam_is_the_weighted_mean(beta1):
    steps = optimizers.adam(np.cos, 1.0, learning_rate=0.1, n_steps=3, beta1=beta1)
    means, weights = steps.gradients, beta1 ** np.arange(3.0)
    expected = (weights[::-1] * means).sum() / weights.sum()
    sizes = 0.999 ** np.arange(3.0)[::-1]
    size = np.sqrt((sizes * means**2).sum() / sizes.sum())
    assert steps.thetas[2] - steps.thetas[3] == pytest.approx(0.1 * expected / size, rel=1e-6)
