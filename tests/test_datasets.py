"""Datasets: what is drawn, what is kept, and how it is cut."""

import dataclasses
import inspect

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import special

from lib import datasets
from lib.datasets import Dataset, blobs, from_one_hot, linear, logistic, one_hot, sine

INF, NAN = np.inf, np.nan
GENERATORS = [linear, logistic, blobs, sine]
quick = settings(deadline=None, database=None, max_examples=40)


def seeded(seed=0):
    """Make a generator."""
    return np.random.default_rng(seed)


def numbered(n):
    """Make a dataset whose targets say which sample they belong to."""
    return Dataset(np.arange(n, dtype=float)[:, None], np.arange(n))


def refused(call, error, text):
    """See that a call is refused with exactly this text."""
    with pytest.raises(error) as caught:
        call()
    assert str(caught.value) == text


# What is drawn -------------------------------------------------------------------------------


def test_linear_draws_x_and_then_the_noise():
    rng = seeded(5)
    x = rng.uniform(-1, 1, 20)
    y = 3.0 * x - 1.0 + 0.5 * rng.normal(size=20)
    data = linear(20, rng=seeded(5), weight=3.0, bias=-1.0, noise=0.5)
    assert data.X.tolist() == x[:, None].tolist() and data.y.tolist() == y.tolist()


def test_sine_draws_the_data_of_the_overfitting_chapter():
    rng = seeded(0)
    x = np.sort(rng.uniform(0, 1, 10))
    y = np.sin(2 * np.pi * x) + 0.3 * rng.normal(size=10)
    data = sine(10, rng=seeded(0))
    assert data.X[:, 0].tolist() == x.tolist() and data.y.tolist() == y.tolist()


def test_logistic_draws_x_and_then_the_labels():
    rng = seeded(5)
    x = rng.uniform(0, 1, 500)
    y = rng.uniform(size=500) < special.expit(8.0 * (x - 0.5))
    data = logistic(500, rng=seeded(5))
    assert data.X[:, 0].tolist() == x.tolist() and data.y.tolist() == y.astype(int).tolist()
    assert data.y.dtype == np.int64


def test_logistic_has_the_best_error_rate_of_the_worked_example():
    data = logistic(200_000, rng=seeded(1))
    wrong = (data.X[:, 0] > 0.5) != data.y
    standard_error = np.sqrt(0.1687 * 0.8313 / len(data))
    assert abs(wrong.mean() - 0.1687) < 4 * standard_error


def test_logistic_moves_with_its_midpoint_and_steepness():
    data = logistic(1000, rng=seeded(), steepness=1e6, midpoint=0.2)
    assert (data.y == (data.X[:, 0] > 0.2)).all()
    assert (logistic(50, rng=seeded(), midpoint=1e300).y == 0).all()


def test_linear_has_the_noise_it_was_asked_for():
    data = linear(100_000, rng=seeded(2), noise=0.3)
    residual = data.y - (2.0 * data.X[:, 0] + 1.0)
    assert abs(residual.mean()) < 4 * 0.3 / np.sqrt(len(data))
    assert residual.std() == pytest.approx(0.3, rel=4 / np.sqrt(2 * len(data)))


@pytest.mark.parametrize(("n_classes", "n_features"), [(2, 1), (5, 1), (2, 2), (3, 2), (10, 4)])
def test_the_centres_of_blobs_are_balanced_and_neighbours_are_three_apart(n_classes, n_features):
    data = blobs(500, rng=seeded(), n_classes=n_classes, n_features=n_features, spread=0.0)
    centres = np.array([data.X[data.y == label][0] for label in range(n_classes)])
    assert (data.X == centres[data.y]).all()
    np.testing.assert_allclose(centres.mean(axis=0), 0.0, atol=1e-12)
    np.testing.assert_allclose(np.linalg.norm(np.diff(centres, axis=0), axis=1), 3.0)


def test_blobs_have_the_spread_and_the_shares_they_were_asked_for():
    data = blobs(60_000, rng=seeded(3), spread=0.6)
    still = blobs(60_000, rng=seeded(3), spread=0.0)
    assert (data.X - still.X).std(axis=0) == pytest.approx([0.6, 0.6], rel=0.02)
    shares = np.bincount(data.y) / len(data)
    assert np.abs(shares - 1 / 3).max() < 4 * np.sqrt(2 / 9 / len(data))


@pytest.mark.parametrize("draw", GENERATORS)
def test_the_same_seed_gives_the_same_samples_and_another_seed_others(draw):
    first, again, other = (draw(30, rng=seeded(seed)) for seed in (7, 7, 8))
    assert (first.X == again.X).all() and (first.y == again.y).all()
    assert (first.X != other.X).any()


@pytest.mark.parametrize("draw", GENERATORS)
def test_nothing_but_the_given_generator_is_drawn_from(draw):
    rng = seeded()
    first, second = draw(5, rng=rng), draw(5, rng=rng)
    assert (first.X != second.X).any()


@pytest.mark.parametrize("draw", GENERATORS)
@pytest.mark.parametrize("n", [1, 7])
def test_a_generator_returns_n_finite_samples_and_names_itself(draw, n):
    data = draw(n, rng=seeded())
    assert len(data) == n == len(data.X) == len(data.y)
    assert data.X.dtype == np.float64 and np.isfinite(data.X).all()
    assert data.source.startswith(f"{draw.__name__}(n={n}, ")


# Dataset -------------------------------------------------------------------------------------


def test_a_dataset_keeps_copies_that_cannot_be_changed():
    X, y = np.ones((2, 1)), np.zeros(2)
    data = Dataset(X, y)
    X[0], y[0] = 9.0, 9.0
    assert data.X.tolist() == [[1], [1]] and data.y.tolist() == [0, 0]
    with pytest.raises(ValueError, match="read-only"):
        data.X[0] = 5.0
    with pytest.raises(dataclasses.FrozenInstanceError):
        data.y = y


@pytest.mark.parametrize(
    ("y", "dtype", "expected"),
    [
        ([0, 2], np.int64, [0, 2]),
        ([True, False], np.int64, [1, 0]),
        (np.uint8([3, 4]), np.int64, [3, 4]),
        (np.float32([0.5, 1]), np.float64, [0.5, 1.0]),
    ],
)
def test_targets_stay_real_and_labels_stay_integers(y, dtype, expected):
    data = Dataset([[1], [2]], y)
    assert data.y.dtype == dtype and data.y.tolist() == expected


def test_the_fields_come_in_the_documented_order_with_sensible_names():
    names = [field.name for field in dataclasses.fields(Dataset)]
    assert names == ["X", "y", "feature_names", "target_name", "source"]
    assert Dataset([[1.0]], [1]).feature_names == ("x",)
    assert Dataset([[1.0, 2.0]], [1]).feature_names == ("x1", "x2")
    assert Dataset([[1.0, 2.0]], [1], ["a", "b"], "label", "file").feature_names == ("a", "b")


def test_a_dataset_shows_what_it_is_and_no_address():
    assert repr(Dataset([[1.0]], [1])) == "Dataset(1 sample of (x) -> y, source='')"
    data = blobs(4, rng=seeded())
    text = "Dataset(4 samples of (x1, x2) -> y, source='blobs(n=4, "
    assert repr(data) == f"{text}n_classes=3, n_features=2, spread=0.6)')"


# Cutting -------------------------------------------------------------------------------------


@quick
@given(st.integers(2, 60), st.floats(0.01, 0.99))
def test_a_split_is_two_disjoint_parts_that_hold_everything(n, fraction):
    expected = round(fraction * n)
    if expected in (0, n):
        with pytest.raises(ValueError, match="fraction must leave a sample in both parts"):
            numbered(n).split(fraction, rng=seeded())
        return
    first, second = numbered(n).split(fraction, rng=seeded())
    assert len(first) == expected
    assert sorted([*first.y, *second.y]) == list(range(n))


@quick
@given(st.integers(1, 40), st.integers(1, 50))
def test_batches_hold_every_sample_once(n, batch_size):
    batches = list(numbered(n).batches(batch_size, rng=seeded()))
    sizes = [len(batch) for batch in batches]
    assert sizes[:-1] == [batch_size] * (len(sizes) - 1) and 1 <= sizes[-1] <= batch_size
    assert sorted(np.concatenate([batch.y for batch in batches])) == list(range(n))


def test_samples_keep_their_targets_and_parts_keep_their_names():
    data = Dataset(np.arange(12.0).reshape(6, 2), np.arange(6), ["a", "b"], "label", "file")
    for part in (*data.split(0.5, rng=seeded()), *data.batches(4, rng=seeded())):
        assert (part.X[:, 0] == 2 * part.y).all()
        assert (part.feature_names, part.target_name, part.source) == (("a", "b"), "label", "file")


def test_cutting_shuffles_and_the_same_seed_cuts_the_same_way():
    data = numbered(100)
    first, again, other = (data.split(0.5, rng=seeded(s))[0].y.tolist() for s in (1, 1, 2))
    assert first == again != other and first != sorted(first)
    first, again, other = (next(data.batches(50, rng=seeded(s))).y.tolist() for s in (1, 1, 2))
    assert first == again != other and first != sorted(first)


def test_two_epochs_from_one_generator_differ():
    rng = seeded()
    epochs = [[batch.y.tolist() for batch in numbered(20).batches(5, rng=rng)] for _ in range(2)]
    assert epochs[0] != epochs[1]


# One-hot -------------------------------------------------------------------------------------


def test_a_label_becomes_a_row_with_a_single_one():
    assert one_hot([2, 0], 3).tolist() == [[0, 0, 1], [1, 0, 0]]
    assert one_hot([2, 0], 3).dtype == np.float64


@quick
@given(st.lists(st.integers(0, 6), min_size=1), st.integers(7, 9))
def test_one_hot_and_back_is_the_same(labels, n_classes):
    Y = one_hot(labels, n_classes)
    assert Y.shape == (len(labels), n_classes) and (Y.sum(axis=1) == 1).all()
    assert from_one_hot(Y).tolist() == labels
    assert from_one_hot(Y.astype(bool)).tolist() == from_one_hot(Y.astype(int)).tolist() == labels


# Errors --------------------------------------------------------------------------------------

NO_GENERATOR = "rng must be a numpy.random.Generator, made by numpy.random.default_rng(seed), got "


@pytest.mark.parametrize("draw", GENERATORS)
@pytest.mark.parametrize(
    ("n", "rng", "error", "text"),
    [
        (0, seeded(), ValueError, "n must be at least 1, got 0."),
        (2.5, seeded(), TypeError, "n must be an integer, got 2.5."),
        (True, seeded(), TypeError, "n must be an integer, got True."),
        (3, 0, TypeError, NO_GENERATOR + "0."),
        (3, None, TypeError, NO_GENERATOR + "None."),
        (3, np.random.RandomState(0), TypeError, NO_GENERATOR + "a RandomState."),
    ],
)
def test_a_generator_of_data_refuses_a_wrong_size_or_source(draw, n, rng, error, text):
    refused(lambda: draw(n, rng=rng), error, text)


@pytest.mark.parametrize("draw", GENERATORS)
def test_the_source_of_randomness_is_a_required_keyword(draw):
    with pytest.raises(TypeError, match="'rng'"):
        draw(3)
    assert inspect.signature(draw).parameters["rng"].kind is inspect.Parameter.KEYWORD_ONLY


@pytest.mark.parametrize(
    ("draw", "options", "error", "text"),
    [
        (linear, {"noise": -1}, ValueError, "noise must not be negative, got -1."),
        (linear, {"weight": NAN}, ValueError, "weight must be finite, got nan."),
        (linear, {"bias": "1"}, TypeError, "bias must be a real number, got '1'."),
        (sine, {"noise": INF}, ValueError, "noise must be finite, got inf."),
        (logistic, {"steepness": INF}, ValueError, "steepness must be finite, got inf."),
        (logistic, {"midpoint": None}, TypeError, "midpoint must be a real number, got None."),
        (blobs, {"n_classes": 1}, ValueError, "n_classes must be at least 2, got 1."),
        (blobs, {"n_features": 0}, ValueError, "n_features must be at least 1, got 0."),
        (blobs, {"spread": -0.1}, ValueError, "spread must not be negative, got -0.1."),
    ],
)
def test_a_generator_of_data_refuses_wrong_options(draw, options, error, text):
    refused(lambda: draw(3, rng=seeded(), **options), error, text)


@pytest.mark.parametrize(
    ("arguments", "error", "text"),
    [
        (([1.0], [1.0]), ValueError, "X must have shape (n, d), got (1,)."),
        (([[1.0]], [[1.0]]), ValueError, "y must have shape (n,), got (1, 1)."),
        (
            ([[1.0], [2.0]], [1.0]),
            ValueError,
            "X and y must have the same number of samples, got shapes (2, 1) and (1,).",
        ),
        (([[NAN]], [1.0]), ValueError, "X must be finite, got nan at index (0, 0)."),
        (([[1.0]], [INF]), ValueError, "y must be finite, got inf at index (0,)."),
        (([["a"]], [1.0]), TypeError, "X must hold real numbers, got dtype <U1."),
        (([[1.0]], ["a"]), TypeError, "y must hold real numbers, got dtype <U1."),
        (([], []), ValueError, "X must not be empty, got shape (0,)."),
        (
            ([[1.0]], [1], ["a", "b"]),
            ValueError,
            "feature_names must hold 1, one for each column of X, got 2.",
        ),
        (([[1.0]], [1], "x"), TypeError, "feature_names must be a sequence of strings, got 'x'."),
        (([[1.0]], [1], ["x"], 3), TypeError, "target_name must be a string, got 3."),
        (([[1.0]], [1], ["x"], "y", None), TypeError, "source must be a string, got None."),
    ],
)
def test_a_dataset_refuses_what_does_not_fit(arguments, error, text):
    refused(lambda: Dataset(*arguments), error, text)


@pytest.mark.parametrize(
    ("fraction", "error", "text"),
    [
        (0, ValueError, "fraction must lie strictly between 0 and 1, got 0."),
        (1.0, ValueError, "fraction must lie strictly between 0 and 1, got 1.0."),
        (NAN, ValueError, "fraction must be finite, got nan."),
        ("0.5", TypeError, "fraction must be a real number, got '0.5'."),
        (
            0.01,
            ValueError,
            "fraction must leave a sample in both parts, got 0.01, which gives 0 and 5.",
        ),
    ],
)
def test_a_split_refuses_a_wrong_fraction(fraction, error, text):
    refused(lambda: numbered(5).split(fraction, rng=seeded()), error, text)


def test_batches_refuse_wrong_arguments_at_the_call():
    data = numbered(5)
    refused(
        lambda: data.batches(0, rng=seeded()), ValueError, "batch_size must be at least 1, got 0."
    )
    refused(lambda: data.batches(2, rng=1), TypeError, NO_GENERATOR + "1.")
    refused(lambda: data.split(0.5, rng=1), TypeError, NO_GENERATOR + "1.")


@pytest.mark.parametrize(
    ("call", "error", "text"),
    [
        (lambda: one_hot([3], 3), ValueError, "labels must lie in 0..2, got 3 at index (0,)."),
        (
            lambda: one_hot([0.0], 3),
            TypeError,
            "labels must be of an integer dtype, got dtype float64.",
        ),
        (lambda: one_hot([0], 2.0), TypeError, "n_classes must be an integer, got 2.0."),
        (lambda: one_hot([], 2), ValueError, "labels must not be empty, got shape (0,)."),
        (lambda: from_one_hot([1, 0]), ValueError, "Y must have shape (n, K), got (2,)."),
        (
            lambda: from_one_hot([[1, 1]]),
            ValueError,
            "Y must have exactly one 1 in a row, got 2 in row 0.",
        ),
        (
            lambda: from_one_hot([[0.4, 0.6]]),
            ValueError,
            "Y must be 0 or 1, got 0.4 at index (0, 0).",
        ),
        (
            lambda: from_one_hot([[NAN, 1]]),
            ValueError,
            "Y must be 0 or 1, got nan at index (0, 0).",
        ),
    ],
)
def test_one_hot_refuses_what_does_not_fit(call, error, text):
    refused(call, error, text)


def test_the_arguments_are_named_and_ordered_as_documented():
    expected = {
        linear: ["n", "rng", "weight", "bias", "noise"],
        logistic: ["n", "rng", "steepness", "midpoint"],
        blobs: ["n", "rng", "n_classes", "n_features", "spread"],
        sine: ["n", "rng", "noise"],
        one_hot: ["labels", "n_classes"],
        from_one_hot: ["Y"],
        datasets.Dataset.split: ["self", "fraction", "rng"],
        datasets.Dataset.batches: ["self", "batch_size", "rng"],
    }
    for function, arguments in expected.items():
        assert list(inspect.signature(function).parameters) == arguments


@pytest.mark.parametrize(
    ("draw", "options"),
    [
        (linear, {"weight": 1.7e308, "bias": 1.7e308}),
        (linear, {"noise": 1.7e308}),
        (blobs, {"spread": 1.7e308}),
        (sine, {"noise": 1.7e308}),
    ],
)
def test_data_that_leave_float64_are_refused_in_silence(draw, options):
    with np.errstate(all="raise"), pytest.raises(ValueError, match="must be finite, got"):
        draw(50, rng=seeded(), **options)


def test_an_extreme_sigmoid_is_a_step():
    with np.errstate(all="raise"):
        data = logistic(20, rng=seeded(), steepness=1e300, midpoint=1e300)
        tiny = linear(20, rng=seeded(), weight=5e-324, bias=0.0, noise=5e-324)
    assert not data.y.any() and np.isfinite(tiny.y).all()
