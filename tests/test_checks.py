"""The checks: what they let through, what they refuse, and in which words."""

import sys
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lib import autodiff, checks, datasets, information, losses, models

INF, NAN = np.inf, np.nan
quick = settings(deadline=None, database=None, max_examples=80)
numbers = st.sampled_from([0.0, 1.0, -1.0, 0.5, 1e-320, -1e200, 1e308, INF, -INF, NAN])
arrays = st.lists(numbers, min_size=1, max_size=5).map(np.array)

SOFT = (
    "for soft labels p take -(p * log_softmax(logits)).sum(axis=1), "
    "for rows with a single 1 from_one_hot(p)"
)
PAIR = datasets.Dataset([[1], [2]], [3, 4])


REFUSED = [
    # real_array and finite_array
    (lambda: checks.real_array("z", "a"), TypeError, "z must hold real numbers, got dtype <U1."),
    (
        lambda: checks.real_array("z", [1j]),
        TypeError,
        "z must hold real numbers, got dtype complex128.",
    ),
    (
        lambda: checks.real_array("z", [1, None]),
        TypeError,
        "z must hold real numbers, got dtype object.",
    ),
    (
        lambda: checks.real_array("z", None),
        TypeError,
        "z must hold real numbers, got dtype object.",
    ),
    (
        lambda: checks.real_array("z", [10**400]),
        TypeError,
        "z must hold real numbers, got dtype object.",
    ),
    (
        lambda: checks.real_array("z", [[1], [1, 2]]),
        ValueError,
        "z must be a rectangular array, got rows of different lengths.",
    ),
    (lambda: checks.real_array("z", []), ValueError, "z must not be empty, got shape (0,)."),
    (
        lambda: checks.real_array("z", np.ones((2, 0))),
        ValueError,
        "z must not be empty, got shape (2, 0).",
    ),
    (
        lambda: checks.finite_array("z", [0, NAN]),
        ValueError,
        "z must be finite, got nan at index (1,).",
    ),
    (lambda: checks.finite_array("z", -INF), ValueError, "z must be finite, got -inf."),
    (
        lambda: checks.finite("z", np.array([[1.0, 2.0], [1e300, INF]])),
        ValueError,
        "z must be finite, got inf at index (1, 1).",
    ),
    (
        lambda: checks.not_nan("z", np.array([INF, NAN])),
        ValueError,
        "z must not contain NaN, got nan at index (1,).",
    ),
    (lambda: checks.not_nan("z", np.array(NAN)), ValueError, "z must not contain NaN, got nan."),
    # shapes
    (
        lambda: checks.shape_form("X", np.ones(3), "(n, d)", ndims=(2,)),
        ValueError,
        "X must have shape (n, d), got (3,).",
    ),
    (
        lambda: checks.same_shape("y_true", np.ones(3), "y_pred", np.ones((3, 1))),
        ValueError,
        "y_true and y_pred must have the same shape, got (3,) and (3, 1).",
    ),
    (
        lambda: checks.scalar_or_same_shape("std", np.ones(1), "y", np.ones(3)),
        ValueError,
        "std must be a scalar or have the shape of y, (3,), got (1,).",
    ),
    (
        lambda: checks.matching_size(
            "X", np.ones((5, 2)), "W", np.ones((1, 3)), axes=(1, 1), what="features"
        ),
        ValueError,
        "X and W must have the same number of features, got shapes (5, 2) and (1, 3).",
    ),
    (
        lambda: checks.at_least_one_axis("z", np.array(3.0)),
        ValueError,
        "z must have at least one axis, got the scalar 3.0.",
    ),
    # probabilities
    (
        lambda: checks.probabilities("p", np.array([0.5, 1.5])),
        ValueError,
        "p must lie in [0, 1], got 1.5 at index (1,).",
    ),
    (
        lambda: checks.probabilities("p", np.array([-1e-9])),
        ValueError,
        "p must lie in [0, 1], got -1e-09 at index (0,).",
    ),
    (
        lambda: checks.probabilities("p", np.array(NAN)),
        ValueError,
        "p must lie in [0, 1], got nan.",
    ),
    (
        lambda: checks.distributions("p", np.array([0.5, 0.25])),
        ValueError,
        "p must sum to 1 along the last axis, got 0.75.",
    ),
    (
        lambda: checks.distributions("p", np.array([[0.5, 0.5], [1.0, 1.0]])),
        ValueError,
        "p must sum to 1 along the last axis, got 2.0 at index (1,).",
    ),
    (
        lambda: checks.distributions("p", np.array(1.0)),
        ValueError,
        "p must have at least one axis, got the scalar 1.0.",
    ),
    # scores
    (
        lambda: checks.softmax_defined("z", np.array([INF, INF, 0.0])),
        ValueError,
        "z must have at most one +inf in a vector, got 2.",
    ),
    (
        lambda: checks.softmax_defined("z", np.array([[0.0, 1.0], [-INF, -INF]])),
        ValueError,
        "z must have a value above -inf in every vector, got only -inf.",
    ),
    (
        lambda: checks.class_logits("logits", np.array([[0.0, INF]])),
        ValueError,
        "logits must be finite or -inf, got inf at index (0, 1).",
    ),
    (
        lambda: checks.class_logits("logits", np.array([[0.0, NAN]])),
        ValueError,
        "logits must be finite or -inf, got nan at index (0, 1).",
    ),
    (
        lambda: checks.class_logits("logits", np.array([[-INF, -INF]])),
        ValueError,
        "logits must have a value above -inf in every vector, got only -inf.",
    ),
    # labels
    (
        lambda: checks.class_labels("labels", [0.0, 1.0], n_classes=2),
        TypeError,
        "labels must be of an integer dtype, got dtype float64.",
    ),
    (
        lambda: checks.class_labels("labels", [True], n_classes=2),
        TypeError,
        "labels must be of an integer dtype, got dtype bool.",
    ),
    (
        lambda: checks.class_labels("labels", ["cat"], n_classes=2),
        TypeError,
        "labels must be of an integer dtype, got dtype <U3.",
    ),
    (
        lambda: checks.class_labels("labels", [], n_classes=2),
        ValueError,
        "labels must not be empty, got shape (0,).",
    ),
    (
        lambda: checks.class_labels("labels", 1, n_classes=2),
        ValueError,
        "labels must have shape (n,), got ().",
    ),
    (
        lambda: checks.class_labels("labels", [[0], [1]], n_classes=2, n_samples=2),
        ValueError,
        "labels must have shape (2,), got (2, 1).",
    ),
    (
        lambda: checks.class_labels("labels", [0, 1, 1], n_classes=2, n_samples=2),
        ValueError,
        "labels must have shape (2,), got (3,).",
    ),
    (
        lambda: checks.class_labels("labels", [0, 3], n_classes=3),
        ValueError,
        "labels must lie in 0..2, got 3 at index (1,).",
    ),
    (
        lambda: checks.class_labels("labels", [-1], n_classes=3),
        ValueError,
        "labels must lie in 0..2, got -1 at index (0,).",
    ),
    # labels as they come from elsewhere, with the way out
    (
        lambda: checks.class_labels("labels", [0, -100, 2], n_classes=3),
        ValueError,
        "labels must lie in 0..2, got -100 at index (1,): samples to be ignored must be left out "
        "first, keep = labels != -100.",
    ),
    (
        lambda: checks.class_labels("labels", [[0.5, 0.5], [0.0, 1.0]], n_classes=2),
        TypeError,
        f"labels must be of an integer dtype, got dtype float64: {SOFT}.",
    ),
    (
        lambda: checks.binary_labels("y", np.array([1.0, 0.5])),
        ValueError,
        "y must be 0 or 1, got 0.5 at index (1,).",
    ),
    (
        lambda: datasets.from_one_hot([[0.0, 1.0], [1.0, 1.0]]),
        ValueError,
        "Y must have exactly one 1 in a row, got 2 in row 1.",
    ),
    (
        lambda: datasets.from_one_hot([[0.0, 0.0]]),
        ValueError,
        "Y must have exactly one 1 in a row, got 0 in row 0.",
    ),
    (
        lambda: datasets.from_one_hot([[0.5, 0.5]]),
        ValueError,
        "Y must be 0 or 1, got 0.5 at index (0, 0).",
    ),
    (
        lambda: datasets.Dataset([[1.0]], ["a"]),
        TypeError,
        "y must hold real numbers, got dtype <U1.",
    ),
    # single numbers
    (lambda: checks.number("bias", "1"), TypeError, "bias must be a real number, got '1'."),
    (lambda: checks.number("bias", True), TypeError, "bias must be a real number, got True."),
    (lambda: checks.number("bias", np.True_), TypeError, "bias must be a real number, got a bool."),
    (lambda: checks.number("bias", None), TypeError, "bias must be a real number, got None."),
    (lambda: checks.number("bias", 2j), TypeError, "bias must be a real number, got 2j."),
    (lambda: checks.number("bias", [1.0]), TypeError, "bias must be a real number, got a list."),
    (
        lambda: checks.number("bias", np.ones(2)),
        TypeError,
        "bias must be a real number, got an array of shape (2,) and dtype float64.",
    ),
    (lambda: checks.number("bias", NAN), ValueError, "bias must be finite, got nan."),
    (lambda: checks.number("bias", -INF), ValueError, "bias must be finite, got -inf."),
    (lambda: checks.positive_number("delta", 0), ValueError, "delta must be positive, got 0."),
    (
        lambda: checks.non_negative_number("noise", -0.5),
        ValueError,
        "noise must not be negative, got -0.5.",
    ),
    (
        lambda: checks.positive_array("std", np.array([1.0, 0.0])),
        ValueError,
        "std must be positive, got 0.0 at index (1,).",
    ),
    (lambda: information.entropy([1.0], base=-2), ValueError, "base must be positive, got -2."),
    (
        lambda: information.entropy([1.0], base=1),
        ValueError,
        "base must be positive and not 1, got 1.",
    ),
    (lambda: checks.count("n", 3.0), TypeError, "n must be an integer, got 3.0."),
    (lambda: checks.count("n", True), TypeError, "n must be an integer, got True."),
    (lambda: checks.count("n", "3"), TypeError, "n must be an integer, got '3'."),
    (lambda: checks.count("n", 0), ValueError, "n must be at least 1, got 0."),
    (lambda: checks.count("K", 1, minimum=2), ValueError, "K must be at least 2, got 1."),
    (
        lambda: PAIR.split(1, rng=np.random.default_rng(0)),
        ValueError,
        "fraction must lie strictly between 0 and 1, got 1.",
    ),
    (
        lambda: checks.generator(0),
        TypeError,
        "rng must be a numpy.random.Generator, made by numpy.random.default_rng(seed), got 0.",
    ),
    (
        lambda: checks.generator(np.random),
        TypeError,
        "rng must be a numpy.random.Generator, made by numpy.random.default_rng(seed), "
        "got a module.",
    ),
    (
        lambda: checks.number("bias", 10**400),
        ValueError,
        "bias must be finite, got inf.",
    ),
    (
        lambda: checks.number("bias", Fraction(-(10**400))),
        ValueError,
        "bias must be finite, got -inf.",
    ),
    (
        lambda: checks.count("n", 10**30),
        ValueError,
        f"n must be at most {sys.maxsize}, got 1e+30.",
    ),
    (
        lambda: checks.finite_array("X", np.ma.array([1.0, 2.0], mask=[False, True])),
        ValueError,
        "X must have no masked values, got 1 of them.",
    ),
    (
        lambda: checks.class_labels("labels", np.ma.array([1, 0], mask=[1, 1]), n_classes=2),
        ValueError,
        "labels must have no masked values, got 2 of them.",
    ),
    (
        lambda: datasets.Dataset([[1], [2]], np.array([1, 2**63], dtype=np.uint64)),
        ValueError,
        "y must fit in int64, got 9223372036854775808 at index (1,).",
    ),
    (
        lambda: checks.choice("layout", np.zeros(2), ("rows", "columns")),
        ValueError,
        "layout must be 'rows' or 'columns', got an array of shape (2,) and dtype float64.",
    ),
    # datasets
    (lambda: datasets.Dataset([[1]], [1], source=3), TypeError, "source must be a string, got 3."),
    (
        lambda: datasets.Dataset([[1, 2]], [1], feature_names="ab"),
        TypeError,
        "feature_names must be a sequence of strings, got 'ab'.",
    ),
    (
        lambda: datasets.Dataset([[1, 2]], [1], feature_names=7),
        TypeError,
        "feature_names must be a sequence of strings, got 7.",
    ),
    (
        lambda: datasets.Dataset([[1, 2]], [1], feature_names=["a", 1]),
        TypeError,
        "feature_names[1] must be a string, got 1.",
    ),
    (
        lambda: datasets.Dataset([[1, 2]], [1], feature_names=["a"]),
        ValueError,
        "feature_names must hold 2, one for each column of X, got 1.",
    ),
    (
        lambda: PAIR.split(0.01, rng=np.random.default_rng(0)),
        ValueError,
        "fraction must leave a sample in both parts, got 0.01, which gives 0 and 2.",
    ),
]


@pytest.mark.parametrize(("call", "error", "text"), REFUSED, ids=[text for _, _, text in REFUSED])
def test_a_wrong_argument_is_told_what_must_hold_and_what_was_given(call, error, text):
    with pytest.raises(error) as caught:
        call()
    assert str(caught.value) == text


def test_a_float64_array_passes_without_a_copy():
    z = np.array([1.0, 2.0])
    assert checks.finite_array("z", z) is z


@pytest.mark.parametrize(
    "value",
    [
        [1, 2],
        (1.0, 2.0),
        np.array([1, 2], dtype=np.uint8),
        np.array([1, 2], dtype=np.float16),
        np.array([1, 2], dtype=np.longdouble),
        np.array([1, 2], dtype=">f8"),
        np.array([1.0, 9.0, 2.0])[::2],
    ],
)
def test_real_numbers_of_any_kind_become_float64(value):
    result = checks.finite_array("z", value)
    assert result.dtype == np.dtype(np.float64) and result.dtype.isnative
    assert result.tolist() == [1.0, 2.0]


def test_booleans_become_zero_and_one():
    assert checks.real_array("y_true", [True, False]).tolist() == [1.0, 0.0]


def test_an_array_that_must_not_be_written_passes():
    z = np.ones(3)
    z.flags.writeable = False
    assert checks.finite_array("z", z) is z


@pytest.mark.skipif(
    np.finfo(np.longdouble).max == np.finfo(np.float64).max, reason="no wider float"
)
def test_a_long_double_beyond_float64_is_refused_without_a_warning():
    with pytest.raises(ValueError, match="z must be finite, got inf at index"):
        checks.finite_array("z", [np.longdouble("1e400")])


@quick
@given(arrays)
def test_the_cheap_test_for_finite_values_agrees_with_looking_at_each(values):
    assert accepts(checks.finite, values) == np.isfinite(values).all()


@quick
@given(arrays)
def test_the_cheap_test_for_nan_agrees_with_looking_at_each(values):
    assert accepts(checks.not_nan, values) == (not np.isnan(values).any())


@quick
@given(arrays)
def test_the_cheap_test_for_probabilities_agrees_with_looking_at_each(values):
    assert accepts(checks.probabilities, values) == all(0 <= v <= 1 for v in values)


@quick
@given(arrays)
def test_the_cheap_test_for_logits_agrees_with_looking_at_each(values):
    allowed = all(v < INF for v in values) and any(v > -INF for v in values)
    assert accepts(checks.class_logits, values[None]) == allowed


@pytest.mark.parametrize("place", [0, 12_345, 19_999])
@pytest.mark.parametrize("bad", [NAN, INF, -INF])
def test_one_bad_value_among_many_is_found(place, bad):
    values = np.full(20_000, 0.5)
    assert accepts(checks.finite, values) and accepts(checks.not_nan, values)
    values[place] = bad
    assert not accepts(checks.finite, values)
    assert accepts(checks.not_nan, values) == (not np.isnan(bad))


@quick
@given(arrays)
def test_no_check_warns_even_where_every_warning_is_an_error(values):
    with np.errstate(all="raise"):
        for check in (checks.finite, checks.not_nan, checks.probabilities, checks.distributions):
            accepts(check, values)


def accepts(check, values):
    """Say whether a check lets values through, and see that it hands them back."""
    try:
        return check("z", values) is values
    except ValueError:
        return False


@pytest.mark.parametrize("value", [3, np.int64(3), np.uint8(3)])
def test_any_integer_counts(value):
    assert checks.count("n", value) == 3 and type(checks.count("n", value)) is int


@pytest.mark.parametrize("value", [2, 2.0, np.float32(2), np.int8(2), np.array(2.0)])
def test_any_real_scalar_is_a_number(value):
    assert checks.number("x", value) == 2.0 and type(checks.number("x", value)) is float


def test_float32_probabilities_sum_to_one_closely_enough():
    p = np.full(1000, 1 / 1000, dtype=np.float32).astype(float)
    assert p.sum() != 1.0
    assert checks.distributions("p", p) is p


def test_a_sum_that_is_off_by_more_than_the_tolerance_is_refused():
    p = np.array([0.5, 0.5 + 3e-6])
    assert not accepts(checks.distributions, p)
    assert accepts(checks.distributions, np.array([0.5, 0.5 + 0.5e-6]))


def test_a_masked_array_that_masks_nothing_is_an_array():
    assert checks.finite_array("X", np.ma.array([1.0, 2.0])).tolist() == [1.0, 2.0]


def test_a_long_double_too_small_for_float64_is_zero_in_silence():
    with np.errstate(all="raise"):
        assert checks.finite_array("X", [np.longdouble("1e-4000")]).tolist() == [0.0]


def test_the_way_out_of_soft_labels_and_of_labels_to_ignore_is_one():
    logits, p = np.array([[2.0, 1.0, 0.1], [0.0, 3.0, 1.0]]), np.array([[0.2, 0.8, 0.0], [0, 1, 0]])
    soft = -(p * models.log_softmax(logits)).sum(axis=1)
    in_torch = [1.2170300162778336, 0.16984601955628725]  # F.cross_entropy(logits, p)
    assert soft == pytest.approx(in_torch, rel=1e-12)
    on_tensors = -(p * autodiff.log_softmax(autodiff.Tensor(logits))).sum(axis=1)
    assert on_tensors.data == pytest.approx(soft, rel=1e-12)
    hard = losses.cross_entropy_with_logits(datasets.from_one_hot(p[1:]), logits[1:])
    assert hard == pytest.approx(soft[1:], rel=1e-12)
    labels = np.array([0, -100])
    keep = labels != -100
    assert losses.cross_entropy_with_logits(labels[keep], logits[keep]) == pytest.approx(
        [0.4170], abs=5e-5
    )
