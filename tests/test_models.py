"""The functions between parameters and predictions."""

import inspect
import json
from decimal import Decimal, localcontext
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays
from scipy import special

from lib import calculus, models

INF, NAN = np.inf, np.nan
TORCH = json.loads(Path(__file__).with_name("torch_fixture.json").read_text(encoding="utf-8"))[
    "models"
]
quick = settings(deadline=None, database=None, max_examples=60)
extreme = st.floats(-1e4, 1e4)
scores = arrays(float, array_shapes(min_dims=1, max_dims=3, max_side=5), elements=extreme)
VECTOR_FUNCTIONS = [models.logsumexp, models.softmax, models.log_softmax]
FUNCTIONS = [models.sigmoid, models.log_sigmoid, *VECTOR_FUNCTIONS]


# Worked by hand ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("function", "z", "expected"),
    [
        (models.sigmoid, 0.0, 0.5),
        (models.sigmoid, 1.0, 0.7311),
        (models.sigmoid, [-2.0, 0.8], [0.1192, 0.6900]),  # the dataset 8(x - 1/2) at .25 and .6
        (models.sigmoid, [-1e4, 1e4], [0.0, 1.0]),
        (models.log_sigmoid, 0.0, -0.6931),
        (models.log_sigmoid, [-1e4, 1e4], [-1e4, 0.0]),
        (models.logsumexp, [1000.0, 999.0], 1000.3133),
        (models.logsumexp, [0.0, 0.0, 0.0], 1.0986),
        (models.logsumexp, [5.0], 5.0),
        (models.softmax, [2.0, 1.0, 0.1], [0.6590, 0.2424, 0.0986]),
        (models.softmax, [0.6590, 0.2424, 0.0986], [0.4484, 0.2956, 0.2560]),  # applied twice
        (models.softmax, [7.0], [1.0]),
        (models.softmax, [1e4, -1e4], [1.0, 0.0]),
        (models.log_softmax, [1e4, -1e4], [0.0, -2e4]),
        (models.log_softmax, [2.0, 1.0, 0.1], [-0.4170, -1.4170, -2.3170]),
    ],
)
def test_the_worked_values_come_out(function, z, expected):
    np.testing.assert_allclose(function(z), expected, atol=5.1e-5)


@pytest.mark.parametrize(
    ("function", "z", "expected"),
    [
        (models.sigmoid, [-INF, INF], [0.0, 1.0]),
        (models.log_sigmoid, [-INF, INF], [-INF, 0.0]),
        (
            models.logsumexp,
            [[-INF, -INF], [-INF, 3.0], [INF, 0.0], [INF, INF]],
            [-INF, 3.0, INF, INF],
        ),
        (models.logsumexp, [INF, -INF], INF),
        (models.softmax, [0.0, -INF, 0.0], [0.5, 0.0, 0.5]),
        (models.softmax, [[0.0, INF, -INF], [0.0, 0.0, -INF]], [[0, 1, 0], [0.5, 0.5, 0]]),
        (models.log_softmax, [0.0, -INF], [0.0, -INF]),
        (models.log_softmax, [5.0, INF], [-INF, 0.0]),
    ],
)
def test_infinite_scores_give_the_limit_where_there_is_one(function, z, expected):
    with np.errstate(all="raise"):
        np.testing.assert_array_equal(function(z), expected)


def test_a_linear_model_multiplies_and_adds():
    X, W, b = [[1, 2], [0, -1], [3, 0]], [[1, 10], [2, 0]], [100, 0]
    assert models.linear(X, W, b).tolist() == [[121, 2], [90, 0], [103, 6]]


# Another method and another library ----------------------------------------------------------


@pytest.mark.parametrize("case", TORCH, ids=lambda case: case["function"])
def test_the_values_are_those_of_pytorch(case):
    value = getattr(models, case["function"])(case["z"])
    np.testing.assert_allclose(value, case["value"], rtol=1e-12, atol=1e-15)


@quick
@given(scores)
def test_the_values_are_those_of_scipy(z):
    close = {"rtol": 1e-12, "atol": 1e-300}
    np.testing.assert_allclose(models.sigmoid(z), special.expit(z), **close)
    np.testing.assert_allclose(models.log_sigmoid(z), special.log_expit(z), **close)
    np.testing.assert_allclose(
        models.logsumexp(z), special.logsumexp(z, axis=-1), rtol=1e-12, atol=1e-15
    )
    np.testing.assert_allclose(models.softmax(z), special.softmax(z, axis=-1), **close)
    np.testing.assert_allclose(
        models.log_softmax(z), special.log_softmax(z, axis=-1), rtol=1e-12, atol=1e-15
    )


@pytest.mark.parametrize("z", [[0.0, -40.0], [-50.0, 0.0, -60.0], [1.0, 1.0], [3.0, 1.0, -500.0]])
def test_a_small_loss_keeps_its_digits(z):
    with localcontext() as context:
        context.prec = 60
        exact = sum(Decimal(v).exp() for v in z).ln() - Decimal(max(z))
    np.testing.assert_allclose(-models.log_softmax(z).max(), float(exact), rtol=4e-15)
    assert models.logsumexp(z) == pytest.approx(float(exact + Decimal(max(z))), rel=4e-15)


@quick
@given(extreme)
def test_the_sigmoid_keeps_its_digits_far_out(z):
    with localcontext() as context:
        context.prec = 60
        exact = float(1 / (1 + (-Decimal(z)).exp()))
    np.testing.assert_allclose(models.sigmoid(z), exact, rtol=4e-15, atol=1e-320)


@quick
@given(st.floats(-1e4, 200))
def test_the_log_sigmoid_keeps_its_digits_far_out(z):
    with localcontext() as context:
        context.prec = 120  # the logarithm of 1 + exp(-200) needs 87 digits before the first counts
        exact = float(-(1 + (-Decimal(z)).exp()).ln())
    np.testing.assert_allclose(models.log_sigmoid(z), exact, rtol=4e-15)


def test_the_derivative_of_logsumexp_is_the_softmax():
    z = np.array([2.0, 1.0, 0.1])
    assert calculus.check_gradient(models.logsumexp, models.softmax, z)


def test_the_derivative_of_the_sigmoid_is_p_times_one_minus_p():
    assert calculus.derivative(models.sigmoid, 1.0) == pytest.approx(
        0.7310586 * 0.2689414, rel=1e-6
    )


# Properties ----------------------------------------------------------------------------------


@quick
@given(scores)
def test_nothing_warns_overflows_or_is_nan(z):
    before = z.copy()
    with np.errstate(all="raise"):
        for function in FUNCTIONS:
            assert np.isfinite(function(z)).all()
    np.testing.assert_array_equal(z, before)


@quick
@given(scores)
def test_shapes_are_kept_or_lose_the_last_axis(z):
    for function in (models.sigmoid, models.log_sigmoid, models.softmax, models.log_softmax):
        assert function(z).shape == z.shape
    assert np.shape(models.logsumexp(z)) == z.shape[:-1]


@quick
@given(scores)
def test_a_softmax_is_a_distribution(z):
    p = models.softmax(z)
    assert (p >= 0).all()
    np.testing.assert_allclose(p.sum(axis=-1), 1.0, rtol=1e-14)


@quick
@given(scores, st.integers(-1000, 1000))
def test_adding_a_constant_to_all_scores_changes_no_probability(z, constant):
    np.testing.assert_allclose(models.softmax(z + constant), models.softmax(z), atol=1e-11)


@quick
@given(scores)
def test_the_vectors_of_an_array_do_not_mix(z):
    rows = z.reshape(-1, z.shape[-1])
    one_by_one = np.array([models.log_softmax(row) for row in rows]).reshape(z.shape)
    np.testing.assert_array_equal(models.log_softmax(z), one_by_one)


@quick
@given(extreme)
def test_a_sigmoid_is_a_softmax_of_two_scores(z):
    assert models.sigmoid(z) == pytest.approx(models.softmax([0.0, z])[1], rel=1e-13, abs=1e-300)
    assert models.log_sigmoid(z) == pytest.approx(models.log_softmax([0.0, z])[1], rel=1e-13)
    assert models.sigmoid(z) + models.sigmoid(-z) == pytest.approx(1.0, rel=1e-15)


@pytest.mark.parametrize("function", FUNCTIONS)
def test_the_largest_finite_scores_do_not_become_nan(function):
    with np.errstate(all="raise"):
        assert not np.isnan(function([[1e308, -1e308], [-1e308, -1e308]])).any()


@pytest.mark.parametrize("function", [models.sigmoid, models.log_sigmoid])
def test_one_number_in_gives_one_number_out(function):
    for z in (1, 1.0, np.float32(1), np.array(1.0)):
        assert type(function(z)) is np.float64
    assert type(models.logsumexp([1.0, 2.0])) is np.float64


@pytest.mark.parametrize("function", FUNCTIONS)
def test_lists_integers_and_strided_arrays_are_as_good_as_float64(function):
    wide = np.array([[1.0, 9.0, -2.0, 9.0], [0.0, 9.0, 5.0, 9.0]])
    expected = function(wide[:, ::2].copy())
    np.testing.assert_array_equal(function(wide[:, ::2]), expected)
    np.testing.assert_array_equal(function([[1, -2], [0, 5]]), expected)
    np.testing.assert_array_equal(function(np.float32([[1, -2], [0, 5]])), expected)


finite = st.floats(-1e6, 1e6)


@quick
@given(st.tuples(*[st.integers(1, 4)] * 3), st.data())
def test_a_linear_model_maps_rows_of_d_to_rows_of_k(sizes, data):
    n, d, k = sizes
    X, W, b = (data.draw(arrays(float, shape, elements=finite)) for shape in ((n, d), (k, d), (k,)))
    Z = models.linear(X, W, b)
    assert Z.shape == (n, k)
    expected = [
        [sum(X[i, j] * W[o, j] for j in range(d)) + b[o] for o in range(k)] for i in range(n)
    ]
    np.testing.assert_allclose(Z, expected, rtol=1e-9, atol=1e-3)


def test_a_linear_model_of_huge_numbers_is_infinite_but_never_nan():
    big = 1e200
    with np.errstate(all="raise"):
        cancelled = models.linear([[big, -big]], [[big, big]], [3.0])
        overflowed = models.linear([[big, big], [1.0, 0.0]], [[big, big]], [0.0])
        barely = models.linear([[1e160]], [[1.0]], [0.0])
    assert cancelled.tolist() == [[3.0]]
    assert overflowed.tolist() == [[INF], [big]]
    assert barely.tolist() == [[1e160]]


def test_a_huge_bias_does_not_become_nan():
    assert models.linear([[0.0]], [[0.0]], [1e308]).tolist() == [[1e308]]
    assert models.linear([[1e308]], [[10.0]], [-1e308]).tolist() == [[INF]]


# Errors --------------------------------------------------------------------------------------


def refused(call, error, text):
    """See that a call is refused with exactly this text."""
    with pytest.raises(error) as caught:
        call()
    assert str(caught.value) == text


@pytest.mark.parametrize("function", FUNCTIONS)
@pytest.mark.parametrize(
    ("z", "error", "text"),
    [
        ([0.0, NAN], ValueError, "z must not contain NaN, got nan at index (1,)."),
        ([], ValueError, "z must not be empty, got shape (0,)."),
        (np.ones((2, 0)), ValueError, "z must not be empty, got shape (2, 0)."),
        ([1j], TypeError, "z must hold real numbers, got dtype complex128."),
        (["a"], TypeError, "z must hold real numbers, got dtype <U1."),
        (None, TypeError, "z must hold real numbers, got dtype object."),
        (
            [[1], [1, 2]],
            ValueError,
            "z must be a rectangular array, got rows of different lengths.",
        ),
    ],
)
def test_scores_that_are_no_scores_are_refused(function, z, error, text):
    refused(lambda: function(z), error, text)


@pytest.mark.parametrize("function", VECTOR_FUNCTIONS)
def test_a_single_number_is_no_vector_of_scores(function):
    refused(lambda: function(3.0), ValueError, "z must have at least one axis, got the scalar 3.0.")


@pytest.mark.parametrize("function", [models.softmax, models.log_softmax])
def test_a_softmax_without_a_limit_is_refused(function):
    several = "z must have at most one +inf in a vector, got 2."
    none = "z must have a value above -inf in every vector, got only -inf."
    refused(lambda: function([INF, INF]), ValueError, several)
    refused(lambda: function([[0.0, 1.0], [-INF, -INF]]), ValueError, none)
    refused(
        lambda: function([INF, NAN]), ValueError, "z must not contain NaN, got nan at index (1,)."
    )


@pytest.mark.parametrize(
    ("X", "W", "b", "error", "text"),
    [
        ([1.0], [[1.0]], [0.0], ValueError, "X must have shape (n, d), got (1,)."),
        ([[1.0]], [1.0], [0.0], ValueError, "W must have shape (k, d), got (1,)."),
        ([[1.0]], [[1.0]], 0.0, ValueError, "b must have shape (k,), got ()."),
        (
            [[1.0, 2.0]],
            [[1.0], [2.0]],
            [0.0, 0.0],
            ValueError,
            "X and W must have the same number of features, got shapes (1, 2) and (2, 1).",
        ),
        (
            [[1.0]],
            [[1.0], [2.0]],
            [0.0],
            ValueError,
            "W and b must have the same number of outputs, got shapes (2, 1) and (1,).",
        ),
        ([[NAN]], [[0.0]], [0.0], ValueError, "X must be finite, got nan at index (0, 0)."),
        ([[0.0]], [[INF]], [0.0], ValueError, "W must be finite, got inf at index (0, 0)."),
        ([[0.0]], [[0.0]], [-INF], ValueError, "b must be finite, got -inf at index (0,)."),
        ([["a"]], [[0.0]], [0.0], TypeError, "X must hold real numbers, got dtype <U1."),
        (
            np.ones((0, 2)),
            np.ones((1, 2)),
            [0.0],
            ValueError,
            "X must not be empty, got shape (0, 2).",
        ),
    ],
)
def test_a_linear_model_refuses_what_does_not_fit(X, W, b, error, text):
    refused(lambda: models.linear(X, W, b), error, text)


def test_the_argument_orders_are_the_documented_ones():
    assert list(inspect.signature(models.linear).parameters) == ["X", "W", "b"]
    assert all(list(inspect.signature(f).parameters) == ["z"] for f in FUNCTIONS)
