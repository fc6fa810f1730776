"""The losses: their values, their gradients, and what they refuse."""

import inspect
import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from lib import calculus, information, losses, models

INF, NAN = np.inf, np.nan
TORCH = json.loads(Path(__file__).with_name("torch_fixture.json").read_text(encoding="utf-8"))[
    "losses"
]
quick = settings(deadline=None, database=None, max_examples=60)

REGRESSION = ["squared_error", "half_squared_error", "absolute_error", "huber"]
BINARY = ["binary_cross_entropy", "binary_cross_entropy_with_logits"]
CLASSES = ["cross_entropy", "cross_entropy_with_logits"]


def loss_and_gradient(name):
    """Look up a loss and its gradient by the name of the loss."""
    return getattr(losses, name), getattr(losses, f"{name}_gradient")


def refused(call, error, text):
    """See that a call is refused with exactly this text."""
    with pytest.raises(error) as caught:
        call()
    assert str(caught.value) == text


# Worked by hand ------------------------------------------------------------------------------

Y, Y_HAT = [3, -0.5, 2, 8], [2.5, 0, 2, 7.8]
LOGITS = [[2.0, 1.0, 0.1]]


@pytest.mark.parametrize(
    ("function", "arguments", "expected"),
    [
        (losses.squared_error, (Y, Y_HAT), [0.25, 0.25, 0, 0.04]),
        (losses.squared_error_gradient, (Y, Y_HAT), [-1, 1, 0, -0.4]),
        (losses.half_squared_error, (Y, Y_HAT), [0.125, 0.125, 0, 0.02]),
        (losses.half_squared_error_gradient, (Y, Y_HAT), [-0.5, 0.5, 0, -0.2]),
        (losses.absolute_error, (Y, Y_HAT), [0.5, 0.5, 0, 0.2]),
        (losses.absolute_error_gradient, (Y, Y_HAT), [-1, 1, 0, -1]),
        (losses.huber, ([0, 0, 0, 0], [0.5, -0.5, 1, -3]), [0.125, 0.125, 0.5, 2.5]),
        (losses.huber_gradient, ([0, 0, 0, 0], [0.5, -0.5, 1, -3]), [0.5, -0.5, 1, -1]),
        (losses.squared_error, ([[0, 0], [1, 1]], [[3, 4], [1, 0]]), [25, 1]),
        (losses.half_squared_error, ([[0, 0], [1, 1]], [[3, 4], [1, 0]]), [12.5, 0.5]),
        (losses.absolute_error, ([[0, 0], [1, 1]], [[3, -4], [1, 0]]), [7, 1]),
        (losses.huber, ([[0, 0], [1, 1]], [[3, -4], [1, 0.5]]), [6, 0.125]),
        (
            losses.binary_cross_entropy,
            ([1] * 4, [0.5, 0.9, 0.99, 0.999]),
            [0.6931, 0.1054, 0.0101, 0.0010],
        ),
        (
            losses.binary_cross_entropy,
            ([0] * 4, [0.5, 0.9, 0.99, 0.999]),
            [0.6931, 2.3026, 4.6052, 6.9078],
        ),
        (
            losses.binary_cross_entropy,
            ([0.7] * 4, [0.5, 0.7, 0.9, 0.99]),
            [0.6931, 0.6109, 0.7645, 1.3886],
        ),
        (losses.binary_cross_entropy_with_logits, ([0], [1]), [1.3133]),
        (losses.binary_cross_entropy_with_logits_gradient, ([0], [1]), [0.7311]),
        (losses.binary_cross_entropy_with_logits_gradient, ([1], [-6]), [-0.9975]),
        (losses.cross_entropy_with_logits, ([0], LOGITS), [0.4170]),
        (losses.cross_entropy_with_logits_gradient, ([0], LOGITS), [[-0.3410, 0.2424, 0.0986]]),
        (losses.cross_entropy_with_logits, ([3], [[0.0] * 10]), [2.3026]),
        (losses.cross_entropy, ([1], [[0.25, 0.5, 0.25]]), [0.6931]),
        (losses.cross_entropy_gradient, ([1], [[0.25, 0.5, 0.25]]), [[0, -2, 0]]),
    ],
)
def test_the_worked_values_come_out(function, arguments, expected):
    np.testing.assert_allclose(function(*arguments), expected, atol=5.1e-5)


def test_the_mean_of_the_worked_squares_is_0_135():
    assert losses.squared_error(Y, Y_HAT).mean() == pytest.approx(0.135)


@pytest.mark.parametrize(("constant", "mse", "mae"), [(4, 16.4, 3.2), (2, 20.4, 2.4)])
def test_the_mean_and_the_median_of_the_worked_data_cost_what_the_table_says(constant, mse, mae):
    y_true, y_pred = [1, 2, 2, 3, 12], [constant] * 5
    assert losses.squared_error(y_true, y_pred).mean() == pytest.approx(mse)
    assert losses.absolute_error(y_true, y_pred).mean() == pytest.approx(mae)


def test_means_over_equal_batches_average_but_their_roots_do_not():
    mse = [losses.squared_error([0, 0], batch).mean() for batch in ([0, 0], [0, 4])]
    assert mse == [0, 8] and np.mean(mse) == losses.squared_error([0] * 4, [0, 0, 0, 4]).mean() == 4
    assert np.mean(np.sqrt(mse)) == pytest.approx(1.414, abs=5e-4)


def test_the_square_of_a_saturated_sigmoid_has_almost_no_gradient():
    def square_of_sigmoid(z):
        return losses.squared_error([1.0], [models.sigmoid(z)])[0]

    assert calculus.derivative(square_of_sigmoid, -6.0) == pytest.approx(-0.0049, abs=5e-5)


@pytest.mark.parametrize(("n_classes", "floor"), [(2, 0.3133), (3, 0.5514), (10, 1.4612)])
def test_a_second_softmax_keeps_the_loss_above_the_floor(n_classes, floor):
    assert losses.double_softmax_floor(n_classes) == pytest.approx(floor, abs=5.1e-5)
    perfect = models.softmax([[1e4] + [0.0] * (n_classes - 1)])
    reached = losses.cross_entropy_with_logits([0], perfect)[0]
    assert reached == pytest.approx(losses.double_softmax_floor(n_classes), rel=1e-14)
    assert type(losses.double_softmax_floor(n_classes)) is float


# Another library and other methods -----------------------------------------------------------


@pytest.mark.parametrize("case", TORCH, ids=lambda case: case["loss"])
def test_values_and_gradients_are_those_of_pytorch(case):
    for function, key in zip(loss_and_gradient(case["loss"]), ("value", "gradient"), strict=True):
        result = function(case["target"], case["prediction"], **case["options"])
        np.testing.assert_allclose(result, case[key], rtol=1e-12, atol=1e-13)


def test_every_loss_has_pytorch_for_a_referee():
    assert {case["loss"] for case in TORCH} == {*REGRESSION, *BINARY, *CLASSES}


RNG = np.random.default_rng(3)
TARGETS = RNG.normal(size=(6, 2))
PREDICTIONS = TARGETS + 3.0 * RNG.normal(size=(6, 2))
BITS = np.array([0, 1, 1, 0, 1])
PROBS = np.array([0.1, 0.2, 0.9, 0.6, 0.5])
LABELS = np.array([0, 2, 1])
ROWS = RNG.dirichlet(np.ones(3), size=3)


def test_losses_are_likelihoods():
    y, mean = TARGETS[:, 0], PREDICTIONS[:, 0]
    constant = 0.5 * np.log(2 * np.pi)
    gaussian = information.gaussian_nll(y, mean, 1.0)
    np.testing.assert_allclose(losses.half_squared_error(y, mean), gaussian - constant, rtol=1e-12)
    laplace = information.laplace_nll(y, mean, 1.0)
    np.testing.assert_allclose(losses.absolute_error(y, mean), laplace - np.log(2), rtol=1e-12)
    bernoulli = information.bernoulli_nll(BITS, PROBS)
    np.testing.assert_allclose(losses.binary_cross_entropy(BITS, PROBS), bernoulli, rtol=1e-14)
    between = information.cross_entropy_between(np.eye(3)[LABELS], ROWS)
    np.testing.assert_allclose(losses.cross_entropy(LABELS, ROWS), between, rtol=1e-14)


def test_losses_of_probabilities_and_of_scores_agree():
    z = np.log(PROBS) - np.log1p(-PROBS)
    np.testing.assert_allclose(
        losses.binary_cross_entropy_with_logits(BITS, z),
        losses.binary_cross_entropy(BITS, PROBS),
        rtol=1e-12,
    )
    np.testing.assert_allclose(
        losses.cross_entropy_with_logits(LABELS, np.log(ROWS) + 7.0),
        losses.cross_entropy(LABELS, ROWS),
        rtol=1e-12,
    )


def test_two_classes_and_one_score_are_the_same_loss():
    z = np.array([-3.0, 40.0, 0.5, -800.0, 1e4])
    two = np.stack([np.zeros(5), z], axis=1)
    np.testing.assert_allclose(
        losses.cross_entropy_with_logits(BITS, two),
        losses.binary_cross_entropy_with_logits(BITS, z),
        rtol=1e-13,
    )


def test_the_gradient_of_the_scores_is_the_chain_through_the_softmax():
    z = RNG.normal(size=(3, 3))
    by_probabilities = losses.cross_entropy_gradient(LABELS, models.softmax(z))
    chained = [by_probabilities[i] @ calculus.jacobian(models.softmax, z[i]) for i in range(3)]
    direct = losses.cross_entropy_with_logits_gradient(LABELS, z)
    np.testing.assert_allclose(direct, chained, atol=1e-9)


# The gradients against differences, and the comparison itself -------------------------------


def comparison(name, target, prediction):
    """Compare the gradient of a loss with differences of the sum of the losses."""
    loss, gradient = loss_and_gradient(name)
    return check(lambda p: loss(target, p), lambda p: gradient(target, p), prediction)


def check(loss, gradient, prediction):
    """Compare a formula with differences of the sum of per-sample losses."""
    return calculus.check_gradient(lambda p: loss(p).sum(), gradient, prediction)


def apart(target, prediction):
    """Keep predictions off the kinks, at 0 and 1 from the target: no gradient exists there."""
    residual = prediction - target
    for kink in (-1.0, 0.0, 1.0):
        residual = np.where(np.abs(residual - kink) < 0.1, kink + 0.2, residual)
    return target + residual


shapes = st.one_of(st.integers(1, 5).map(lambda n: (n,)), st.tuples(*[st.integers(1, 4)] * 2))


@quick
@given(shapes, st.data(), st.sampled_from(REGRESSION))
def test_regression_gradients_agree_with_differences(shape, data, name):
    target, prediction = (
        data.draw(arrays(float, shape, elements=st.floats(-100, 100, width=32))) for _ in range(2)
    )
    assert comparison(name, target, apart(target, prediction))


@quick
@given(st.lists(st.tuples(st.floats(0, 1), st.floats(0.05, 0.95)), min_size=1, max_size=5))
def test_the_gradient_of_binary_cross_entropy_agrees_with_differences(pairs):
    y_true, y_prob = np.array(pairs).T
    assert comparison("binary_cross_entropy", y_true, y_prob)


@quick
@given(st.lists(st.tuples(st.floats(0, 1), st.floats(-12, 12)), min_size=1, max_size=5))
def test_the_gradient_with_respect_to_a_logit_agrees_with_differences(pairs):
    y_true, logits = np.array(pairs).T
    assert comparison("binary_cross_entropy_with_logits", y_true, logits)


@quick
@given(st.integers(1, 5), st.integers(2, 5), st.data())
def test_the_gradient_with_respect_to_logits_agrees_with_differences(n, n_classes, data):
    labels = data.draw(arrays(int, n, elements=st.integers(0, n_classes - 1)))
    logits = data.draw(arrays(float, (n, n_classes), elements=st.floats(-12, 12)))
    assert comparison("cross_entropy_with_logits", labels, logits)


def test_the_gradient_of_cross_entropy_agrees_with_differences_of_the_formula():
    # The loss itself refuses rows that do not sum to 1, so its formula is differentiated instead.
    assert check(
        lambda p: -np.log(p[np.arange(3), LABELS]),
        lambda p: losses.cross_entropy_gradient(LABELS, p),
        ROWS,
    )


SQUARE = RNG.normal(size=(3, 3))
GRADIENTS_TO_SPOIL = [
    ("squared_error", SQUARE, SQUARE.T + 1.0),
    ("half_squared_error", SQUARE, SQUARE.T + 1.0),
    ("absolute_error", SQUARE, SQUARE + [[1.0, -1.0, 1.0]]),
    ("huber", SQUARE, SQUARE + [[0.4, -0.6, 5.0]]),
    ("binary_cross_entropy", BITS, PROBS),
    ("binary_cross_entropy_with_logits", BITS, np.log(PROBS)),
    ("cross_entropy_with_logits", LABELS, SQUARE),
]
SPOILERS = {
    "twice": lambda g: 2.0 * g,
    "minus": lambda g: -g,
    "divided by n": lambda g: g / len(g),
    "one entry off by a thousandth": lambda g: g + 1e-3 * (np.arange(g.size) == 0).reshape(g.shape),
    "in the wrong order": lambda g: g.T if g.ndim == 2 else g[::-1],
}


@pytest.mark.parametrize(("name", "target", "prediction"), GRADIENTS_TO_SPOIL)
@pytest.mark.parametrize("spoil", SPOILERS.values(), ids=SPOILERS)
def test_the_comparison_rejects_a_planted_wrong_gradient(name, target, prediction, spoil):
    loss, gradient = loss_and_gradient(name)
    right = check(lambda p: loss(target, p), lambda p: gradient(target, p), prediction)
    wrong = check(lambda p: loss(target, p), lambda p: spoil(gradient(target, p)), prediction)
    assert right and not wrong


def test_the_comparison_rejects_the_gradient_of_another_loss():
    _, other = loss_and_gradient("squared_error")
    assert not check(lambda p: losses.huber(TARGETS, p), lambda p: other(TARGETS, p), PREDICTIONS)
    assert not check(
        lambda p: losses.binary_cross_entropy_with_logits(BITS, p),
        lambda p: losses.binary_cross_entropy_gradient(BITS, PROBS),
        np.log(PROBS),
    )


# Kinks, limits, and numbers at the end of the range ------------------------------------------


def test_the_subgradient_at_the_kink_is_zero():
    assert losses.absolute_error_gradient([2.0], [2.0]).tolist() == [0.0]


@pytest.mark.parametrize("delta", [0.5, 1.0, 3.0])
def test_the_two_halves_of_huber_meet(delta):
    inside, outside = losses.huber([0, 0], [delta, delta * (1 + 1e-9)], delta=delta)
    assert inside == pytest.approx(0.5 * delta**2) == pytest.approx(outside)


def test_huber_with_a_large_delta_is_half_the_squared_error():
    np.testing.assert_allclose(
        losses.huber(TARGETS, PREDICTIONS, delta=1e6),
        losses.half_squared_error(TARGETS, PREDICTIONS),
        rtol=1e-14,
    )


def test_certain_probabilities_cost_nothing_when_right_and_infinity_when_wrong():
    with np.errstate(all="raise"):
        assert losses.binary_cross_entropy([0, 1, 0, 1], [0, 1, 1, 0]).tolist() == [0, 0, INF, INF]
        gradient = losses.binary_cross_entropy_gradient([0, 1, 0, 1, 0.5], [0, 1, 1, 0, 0])
        assert gradient.tolist() == [1, -1, INF, -INF, -INF]
        assert losses.cross_entropy([0, 1], [[1, 0], [1, 0]]).tolist() == [0, INF]
        certain = losses.cross_entropy_gradient([0, 1], [[1, 0], [1, 0]])
        assert certain.tolist() == [[-1, 0], [0, -INF]]


def test_a_loss_of_nothing_is_plus_zero():
    for zero in (
        losses.binary_cross_entropy([1], [1])[0],
        losses.cross_entropy([0], [[1.0]])[0],
        losses.cross_entropy_with_logits([0], [[3.0]])[0],
    ):
        assert zero == 0 and not np.signbit(zero)


def test_scores_of_impossible_classes_are_allowed():
    with np.errstate(all="raise"):
        logits = [[0.0, 0.0, -INF]]
        assert losses.cross_entropy_with_logits([0], logits) == pytest.approx([np.log(2)])
        assert losses.cross_entropy_with_logits([2], logits).tolist() == [INF]
        gradient = losses.cross_entropy_with_logits_gradient([0], logits)
    np.testing.assert_allclose(gradient, [[-0.5, 0.5, 0]])


@pytest.mark.parametrize("z", [-1e4, -1000.0, -40.0, 40.0, 1000.0, 1e4])
def test_extreme_scores_lose_no_digits(z):
    right, wrong = np.exp(-abs(z)), abs(z)
    expected = [wrong, right] if z > 0 else [right, wrong]
    binary = losses.binary_cross_entropy_with_logits([0, 1], [z, z])
    np.testing.assert_allclose(binary, expected, rtol=1e-13)
    classes = losses.cross_entropy_with_logits([0, 1], [[0.0, z], [0.0, z]])
    np.testing.assert_allclose(classes, expected, rtol=1e-13)


@quick
@given(
    st.sampled_from(REGRESSION),
    arrays(float, (2, 2, 3), elements=st.floats(allow_nan=False, allow_infinity=False)),
)
def test_finite_numbers_of_any_size_never_give_nan_or_a_warning(name, pair):
    with np.errstate(all="raise"):
        for function in loss_and_gradient(name):
            assert not np.isnan(function(*pair)).any()


@quick
@given(arrays(float, (4, 3), elements=st.floats(-1e4, 1e4)), st.floats(0, 1))
def test_extreme_scores_never_give_nan_or_a_warning(logits, label):
    with np.errstate(all="raise"):
        for name in CLASSES[1:]:
            for function in loss_and_gradient(name):
                assert np.isfinite(function([0, 1, 2, 0], logits)).all()
        for function in loss_and_gradient("binary_cross_entropy_with_logits"):
            assert np.isfinite(function([label] * 4, logits[:, 0])).all()


@quick
@given(st.lists(st.tuples(*[st.sampled_from([0.0, 5e-324, 1e-300, 0.5, 1.0])] * 2), min_size=1))
def test_extreme_probabilities_never_give_nan_or_a_warning(pairs):
    y_true, y_prob = np.array(pairs).T
    with np.errstate(all="raise"):
        for function in loss_and_gradient("binary_cross_entropy"):
            assert not np.isnan(function(y_true, y_prob)).any()


# Shapes and kinds of input -------------------------------------------------------------------


def example(name):
    """Give a valid target and prediction for a loss."""
    if name in REGRESSION:
        return TARGETS, PREDICTIONS
    if name in BINARY:
        return BITS.astype(float), PROBS
    return LABELS, ROWS


@pytest.mark.parametrize("name", REGRESSION + BINARY + CLASSES)
def test_a_loss_is_one_number_a_sample_and_its_gradient_has_the_shape_of_the_prediction(name):
    target, prediction = example(name)
    loss, gradient = loss_and_gradient(name)
    assert loss(target, prediction).shape == (len(target),)
    assert gradient(target, prediction).shape == prediction.shape
    assert loss(target, prediction).dtype == gradient(target, prediction).dtype == np.float64


@pytest.mark.parametrize("name", REGRESSION + BINARY + CLASSES)
def test_arguments_are_left_alone_and_may_be_strided_lists_or_locked(name):
    target, prediction = example(name)
    before = target.copy(), prediction.copy()
    for function in loss_and_gradient(name):
        expected = function(target, prediction)
        wide = np.repeat(prediction, 2, axis=-1)[..., ::2]
        locked = prediction.copy()
        locked.flags.writeable = False
        for variant in (wide, locked, prediction.tolist(), np.asfortranarray(prediction)):
            np.testing.assert_array_equal(function(target.tolist(), variant), expected)
    np.testing.assert_array_equal(target, before[0])
    np.testing.assert_array_equal(prediction, before[1])


@pytest.mark.parametrize("name", BINARY)
def test_binary_labels_may_be_integers_or_booleans(name):
    for function in loss_and_gradient(name):
        expected = function(BITS.astype(float), PROBS)
        np.testing.assert_array_equal(function(BITS, PROBS), expected)
        np.testing.assert_array_equal(function(BITS.astype(bool), PROBS), expected)


def test_float32_predictions_are_computed_in_float64():
    prediction = np.float32([0.1])
    assert losses.squared_error([0.0], prediction)[0] == float(prediction[0]) ** 2


@pytest.mark.parametrize("name", REGRESSION + BINARY + CLASSES)
def test_the_arguments_are_named_and_ordered_as_documented(name):
    first = "labels" if name in CLASSES else "y_true"
    second = "y_pred" if name in REGRESSION else "probs" if name in CLASSES else "y_prob"
    second = "logits" if name.endswith("logits") else second
    rest = ["delta"] if name == "huber" else []
    for function in loss_and_gradient(name):
        assert list(inspect.signature(function).parameters) == [first, second, *rest]


# Errors --------------------------------------------------------------------------------------


def with_gradient(names):
    """List losses and their gradients, for the errors they share."""
    return [function for name in names for function in loss_and_gradient(name)]


@pytest.mark.parametrize("function", with_gradient(REGRESSION))
@pytest.mark.parametrize(
    ("y_true", "y_pred", "error", "text"),
    [
        (
            np.ones(3),
            np.ones((3, 1)),
            ValueError,
            "y_true and y_pred must have the same shape, got (3,) and (3, 1).",
        ),
        (
            [1.0],
            [1.0, 2.0],
            ValueError,
            "y_true and y_pred must have the same shape, got (1,) and (2,).",
        ),
        (1.0, 2.0, ValueError, "y_true must have shape (n,) or (n, k), got ()."),
        (
            np.ones((1, 1, 1)),
            np.ones((1, 1, 1)),
            ValueError,
            "y_true must have shape (n,) or (n, k), got (1, 1, 1).",
        ),
        ([NAN], [0.0], ValueError, "y_true must be finite, got nan at index (0,)."),
        ([0.0], [-INF], ValueError, "y_pred must be finite, got -inf at index (0,)."),
        ([], [], ValueError, "y_true must not be empty, got shape (0,)."),
        (["a"], [0.0], TypeError, "y_true must hold real numbers, got dtype <U1."),
        ([0.0], [1j], TypeError, "y_pred must hold real numbers, got dtype complex128."),
    ],
)
def test_regression_losses_refuse_what_does_not_fit(function, y_true, y_pred, error, text):
    # Half of these functions subtract in the other order; the message must not depend on it.
    refused(lambda: function(y_true, y_pred), error, text)


@pytest.mark.parametrize("function", loss_and_gradient("huber"))
@pytest.mark.parametrize(
    ("delta", "error", "text"),
    [
        (0, ValueError, "delta must be positive, got 0."),
        (-1.0, ValueError, "delta must be positive, got -1.0."),
        (INF, ValueError, "delta must be finite, got inf."),
        ("1", TypeError, "delta must be a real number, got '1'."),
        ([1.0], TypeError, "delta must be a real number, got a list."),
    ],
)
def test_huber_refuses_a_delta_that_is_no_size(function, delta, error, text):
    refused(lambda: function([0.0], [1.0], delta=delta), error, text)


@pytest.mark.parametrize("name", REGRESSION)
def test_an_unknown_keyword_is_named(name):
    with pytest.raises(TypeError, match="'reduction'"):
        getattr(losses, name)([0.0], [1.0], reduction="mean")


@pytest.mark.parametrize("function", with_gradient(BINARY))
@pytest.mark.parametrize(
    ("y_true", "second", "error", "text"),
    [
        ([2], [0.5], ValueError, "y_true must lie in [0, 1], got 2.0 at index (0,)."),
        ([-1], [0.5], ValueError, "y_true must lie in [0, 1], got -1.0 at index (0,)."),
        ([NAN], [0.5], ValueError, "y_true must lie in [0, 1], got nan at index (0,)."),
        ([1], [NAN], ValueError, "{} must be finite, got nan at index (0,)."),
        ([1], [INF], ValueError, "{} must be finite, got inf at index (0,)."),
        ([1], [[0.5]], ValueError, "y_true and {} must have the same shape, got (1,) and (1, 1)."),
        ([[1]], [[0.5]], ValueError, "y_true must have shape (n,), got (1, 1)."),
        (1, 0.5, ValueError, "y_true must have shape (n,), got ()."),
        ([], [], ValueError, "y_true must not be empty, got shape (0,)."),
        (["yes"], [0.5], TypeError, "y_true must hold real numbers, got dtype <U3."),
    ],
)
def test_binary_losses_refuse_what_does_not_fit(function, y_true, second, error, text):
    name = list(inspect.signature(function).parameters)[1]
    refused(lambda: function(y_true, second), error, text.format(name))


@pytest.mark.parametrize("function", loss_and_gradient("binary_cross_entropy"))
def test_a_probability_outside_the_unit_interval_is_refused(function):
    text = "y_prob must lie in [0, 1], got 1.5 at index (1,)."
    refused(lambda: function([1, 0], [0.5, 1.5]), ValueError, text)


@pytest.mark.parametrize("function", with_gradient(CLASSES))
@pytest.mark.parametrize(
    ("labels", "second", "error", "text"),
    [
        ([0.0], [[0.5, 0.5]], TypeError, "labels must be of an integer dtype, got dtype float64."),
        ([True], [[0.5, 0.5]], TypeError, "labels must be of an integer dtype, got dtype bool."),
        ([2], [[0.5, 0.5]], ValueError, "labels must lie in 0..1, got 2 at index (0,)."),
        ([-1], [[0.5, 0.5]], ValueError, "labels must lie in 0..1, got -1 at index (0,)."),
        ([0, 1], [[0.5, 0.5]], ValueError, "labels must have shape (1,), got (2,)."),
        ([[1, 0]], [[0.5, 0.5]], ValueError, "labels must have shape (1,), got (1, 2)."),
        ([0], [0.5, 0.5], ValueError, "{} must have shape (n, K), got (2,)."),
        ([], np.ones((0, 2)), ValueError, "{} must not be empty, got shape (0, 2)."),
        ([0], [["a", "b"]], TypeError, "{} must hold real numbers, got dtype <U1."),
    ],
)
def test_class_losses_refuse_what_does_not_fit(function, labels, second, error, text):
    name = list(inspect.signature(function).parameters)[1]
    refused(lambda: function(labels, second), error, text.format(name))


@pytest.mark.parametrize("function", loss_and_gradient("cross_entropy"))
def test_rows_that_are_no_distributions_are_refused(function):
    scores = "probs must lie in [0, 1], got 2.0 at index (0, 0)."
    refused(lambda: function([0], LOGITS), ValueError, scores)
    short = "probs must sum to 1 along the last axis, got 0.75 at index (1,)."
    refused(lambda: function([0, 0], [[0.5, 0.5], [0.5, 0.25]]), ValueError, short)
    missing = "probs must lie in [0, 1], got nan at index (0, 1)."
    refused(lambda: function([0], [[0.5, NAN]]), ValueError, missing)


@pytest.mark.parametrize("function", loss_and_gradient("cross_entropy_with_logits"))
def test_scores_without_a_softmax_are_refused(function):
    above = "logits must be finite or -inf, got inf at index (0, 1)."
    refused(lambda: function([0], [[0.0, INF]]), ValueError, above)
    missing = "logits must be finite or -inf, got nan at index (0, 0)."
    refused(lambda: function([0], [[NAN, -INF]]), ValueError, missing)
    nothing = "logits must have a value above -inf in every vector, got only -inf."
    refused(lambda: function([0], [[-INF, -INF]]), ValueError, nothing)


@pytest.mark.parametrize(
    ("n_classes", "error", "text"),
    [
        (1, ValueError, "n_classes must be at least 2, got 1."),
        (3.0, TypeError, "n_classes must be an integer, got 3.0."),
    ],
)
def test_the_floor_needs_two_classes(n_classes, error, text):
    refused(lambda: losses.double_softmax_floor(n_classes), error, text)
