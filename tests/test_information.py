"""Entropy, divergence and likelihood."""

import inspect

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy import special, stats

from lib import information
from lib.information import (
    bernoulli_nll,
    cross_entropy_between,
    entropy,
    gaussian_nll,
    kl_divergence,
    laplace_nll,
)

INF, NAN = np.inf, np.nan
quick = settings(deadline=None, database=None, max_examples=60)
P, Q = [0.5, 0.25, 0.25], [0.7, 0.2, 0.1]
COIN, FAIR = [0.7, 0.3], [0.5, 0.5]
FLIPS = [1] * 7 + [0] * 3


def refused(call, error, text):
    """See that a call is refused with exactly this text."""
    with pytest.raises(error) as caught:
        call()
    assert str(caught.value) == text


# Worked by hand ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (entropy(P, base=2), 1.5),
        (cross_entropy_between(P, Q, base=2), 1.6683),
        (kl_divergence(P, Q, base=2), 0.1683),
        (kl_divergence(Q, P, base=2), 0.1432),
        (entropy(COIN), 0.6109),
        (entropy(COIN, base=2), 0.8813),
        (cross_entropy_between(COIN, FAIR), 0.6931),
        (kl_divergence(COIN, FAIR), 0.0823),
        (kl_divergence(COIN, COIN), 0.0),
        (entropy([0.0, 1.0, 0.0]), 0.0),
        (entropy([0.1] * 10), 2.3026),
        (entropy([1.0]), 0.0),
        (cross_entropy_between([0, 1, 0], Q), 1.6094),
        (entropy([0.9 + 0.1 / 3, 0.1 / 3, 0.1 / 3]), 0.2911),  # the floor of label smoothing
        (bernoulli_nll(FLIPS, 0.7).sum(), 6.1086),
        (bernoulli_nll(FLIPS, 0.7).mean(), 0.6109),
        (bernoulli_nll(FLIPS, 0.5).mean(), 0.6931),
        (gaussian_nll([1, 2, 4], 7 / 3, 1.0).sum(), 5.0901),
        (gaussian_nll([1, 2, 4], 7 / 3, np.sqrt(14 / 9)).sum(), 4.9196),
        (gaussian_nll([0.0], 0.0, 0.1)[0], -1.3836),
        (laplace_nll([1.0, 3.0], 1.0, 0.5).sum(), 4.0),
        (laplace_nll([0.0], 0.0, 1.0)[0], 0.6931),
    ],
)
def test_the_worked_values_come_out(value, expected):
    assert value == pytest.approx(expected, abs=5.1e-5)


def test_the_likelihood_of_the_flips_is_the_exponential_of_minus_the_nll():
    assert np.exp(-bernoulli_nll(FLIPS, 0.7).sum()) == pytest.approx(0.7**7 * 0.3**3, rel=1e-13)
    assert np.exp(-bernoulli_nll(FLIPS, 0.5).sum()) == pytest.approx(0.00097656, abs=5e-9)


def test_the_nll_survives_where_the_likelihood_underflows():
    assert 0.5**1075 == 0.0
    assert bernoulli_nll([1] * 1075, 0.5).sum() == pytest.approx(745.13, abs=5e-3)


# Another library -----------------------------------------------------------------------------

distributions = (
    st.integers(1, 6)
    .flatmap(
        lambda k: arrays(
            float, (2, k), elements=st.sampled_from([0.0, 1e-300, 1e-8, 0.3, 1.0, 7.0])
        )
    )
    .filter(lambda pair: (pair.sum(axis=1) > 1e-8).all())
    .map(lambda pair: pair / pair.sum(axis=1, keepdims=True))
)


@quick
@given(distributions)
def test_the_values_are_those_of_scipy(pair):
    p, q = pair
    close = {"rel": 1e-12, "abs": 1e-14}
    assert entropy(p) == pytest.approx(special.entr(p).sum(), **close)
    assert kl_divergence(p, q) == pytest.approx(special.rel_entr(p, q).sum(), **close)
    assert cross_entropy_between(p, q) == pytest.approx(-special.xlogy(p, q).sum(), **close)


# SciPy's Laplace density underflows 745 scales from the mean; the samples here stay nearer.
NUMBERS = arrays(float, 4, elements=st.floats(-100, 100))
SIZES = arrays(float, 4, elements=st.floats(1, 1e3))


@quick
@given(NUMBERS, NUMBERS, SIZES)
def test_the_likelihoods_are_those_of_scipy(y, mean, size):
    close = {"rtol": 1e-12, "atol": 1e-12}
    np.testing.assert_allclose(
        gaussian_nll(y, mean, size), -stats.norm.logpdf(y, mean, size), **close
    )
    np.testing.assert_allclose(
        laplace_nll(y, mean, size), -stats.laplace.logpdf(y, mean, size), **close
    )
    p = size / 1001
    y = (y > 0).astype(float)
    np.testing.assert_allclose(bernoulli_nll(y, p), -stats.bernoulli.logpmf(y, p), **close)


@pytest.mark.parametrize("nll", [gaussian_nll, laplace_nll])
def test_a_density_integrates_to_one(nll):
    y = np.linspace(-60.0, 60.0, 240_001)
    assert np.trapezoid(np.exp(-nll(y, 0.5, 1.5)), y) == pytest.approx(1.0, abs=1e-6)


# Properties ----------------------------------------------------------------------------------


@quick
@given(distributions)
def test_cross_entropy_is_entropy_plus_divergence(pair):
    p, q = pair
    total = entropy(p) + kl_divergence(p, q)
    assert cross_entropy_between(p, q) == pytest.approx(total, rel=1e-12, abs=1e-12)


@quick
@given(distributions)
def test_a_divergence_is_never_negative_and_zero_of_a_distribution_to_itself(pair):
    assert kl_divergence(*pair) >= 0 and kl_divergence(pair[0], pair[0]) == 0


def test_a_divergence_that_rounding_takes_below_zero_is_zero():
    p = np.array([0.5, 0.25, 0.25])
    q = np.array([np.nextafter(0.5, 1), 0.25, 0.25])
    assert (p * (np.log(p) - np.log(q))).sum() < 0
    assert kl_divergence(p, q) == 0


@quick
@given(distributions)
def test_an_entropy_lies_between_zero_and_the_logarithm_of_the_number_of_outcomes(pair):
    assert 0 <= entropy(pair[0]) <= np.log(pair.shape[1]) + 1e-12


@quick
@given(distributions, st.sampled_from([2, 10, 2.5]))
def test_a_base_changes_the_unit_only(pair, base):
    for value, in_base in (
        (entropy(pair[0]), entropy(pair[0], base=base)),
        (kl_divergence(*pair), kl_divergence(*pair, base=base)),
        (cross_entropy_between(*pair), cross_entropy_between(*pair, base=base)),
    ):
        assert in_base == pytest.approx(value / np.log(base))


@quick
@given(distributions)
def test_nothing_is_nan_and_nothing_warns(pair):
    with np.errstate(all="raise"):
        for value in (entropy(pair[0]), kl_divergence(*pair), cross_entropy_between(*pair)):
            assert not np.isnan(value)


def test_a_belief_that_excludes_what_happens_is_infinitely_surprised():
    with np.errstate(all="raise"):
        assert kl_divergence([0.5, 0.5], [1, 0]) == INF
        assert cross_entropy_between([0.5, 0.5], [1, 0], base=2) == INF
        assert kl_divergence([1, 0], [0.5, 0.5]) == pytest.approx(np.log(2))
        assert cross_entropy_between([1, 0], [1, 0]) == 0
        assert bernoulli_nll([0, 1, 0, 1], [0, 1, 1, 0]).tolist() == [0, 0, INF, INF]


def test_zeros_are_plus_zeros():
    zeros = [entropy([1.0, 0.0]), cross_entropy_between([1], [1]), *bernoulli_nll([0, 1], [0, 1])]
    assert not np.signbit(zeros).any()


def test_distributions_lie_along_the_last_axis():
    many = np.array([[P, Q], [Q, P]])
    assert entropy(many).shape == (2, 2)
    assert kl_divergence(many, many[::-1]).shape == (2, 2)
    assert kl_divergence(many, many[::-1])[0, 0] == kl_divergence(P, Q)
    assert all(type(f(P, Q)) is np.float64 for f in (kl_divergence, cross_entropy_between))
    assert type(entropy(P)) is np.float64


@pytest.mark.parametrize("nll", [gaussian_nll, laplace_nll])
def test_a_parameter_may_be_one_for_all_or_one_for_each(nll):
    y = [1.0, 2.0, 4.0]
    each = nll(y, [2.0] * 3, [0.5] * 3)
    assert each.shape == (3,)
    np.testing.assert_array_equal(nll(y, 2.0, 0.5), each)
    np.testing.assert_array_equal(nll(y, 2, [0.5] * 3), each)


@pytest.mark.parametrize("nll", [gaussian_nll, laplace_nll])
def test_numbers_at_the_end_of_the_range_give_infinity_without_a_warning(nll):
    with np.errstate(all="raise"):
        assert nll([1e308, 0.0], [-1e308, 0.0], [5e-324, 1.0])[0] == INF
        assert not np.isnan(nll([1e308, 5e-324], 0.0, [5e-324, 1e308])).any()


# Errors --------------------------------------------------------------------------------------


@pytest.mark.parametrize("function", [kl_divergence, cross_entropy_between])
@pytest.mark.parametrize(
    ("p", "q", "error", "text"),
    [
        (P, FAIR, ValueError, "p and q must have the same shape, got (3,) and (2,)."),
        (P, [Q], ValueError, "p and q must have the same shape, got (3,) and (1, 3)."),
        ([0.5, 0.6], FAIR, ValueError, "p must sum to 1 along the last axis, got 1.1."),
        (FAIR, [1.5, -0.5], ValueError, "q must lie in [0, 1], got 1.5 at index (0,)."),
        (FAIR, [0.5, NAN], ValueError, "q must lie in [0, 1], got nan at index (1,)."),
        (1.0, 1.0, ValueError, "p must have at least one axis, got the scalar 1.0."),
        ([], [], ValueError, "p must not be empty, got shape (0,)."),
        (["a"], FAIR, TypeError, "p must hold real numbers, got dtype <U1."),
    ],
)
def test_two_arguments_that_are_no_pair_of_distributions_are_refused(function, p, q, error, text):
    refused(lambda: function(p, q), error, text)


@pytest.mark.parametrize(
    ("base", "error", "text"),
    [
        (0, ValueError, "base must be positive, got 0."),
        (1, ValueError, "base must be positive and not 1, got 1."),
        (INF, ValueError, "base must be finite, got inf."),
        ("e", TypeError, "base must be a real number, got 'e'."),
    ],
)
def test_a_base_that_has_no_logarithm_is_refused(base, error, text):
    refused(lambda: entropy(FAIR, base=base), error, text)
    refused(lambda: kl_divergence(FAIR, FAIR, base=base), error, text)
    refused(lambda: cross_entropy_between(FAIR, FAIR, base=base), error, text)


def test_entropy_refuses_what_is_no_distribution():
    refused(lambda: entropy([2.0]), ValueError, "p must lie in [0, 1], got 2.0 at index (0,).")
    text = "p must sum to 1 along the last axis, got 0.5 at index (1,)."
    refused(lambda: entropy([[1.0, 0.0], [0.5, 0.0]]), ValueError, text)


@pytest.mark.parametrize(("nll", "scale"), [(gaussian_nll, "std"), (laplace_nll, "scale")])
@pytest.mark.parametrize(
    ("arguments", "error", "text"),
    [
        ((1.0, 0.0, 1.0), ValueError, "y must have shape (n,), got ()."),
        (([[1.0]], 0.0, 1.0), ValueError, "y must have shape (n,), got (1, 1)."),
        (
            ([1.0, 2.0], [0.0], 1.0),
            ValueError,
            "mean must be a scalar or have the shape of y, (2,), got (1,).",
        ),
        (
            ([1.0, 2.0], 0.0, [[1.0], [1.0]]),
            ValueError,
            "{} must be a scalar or have the shape of y, (2,), got (2, 1).",
        ),
        (([1.0], 0.0, 0.0), ValueError, "{} must be positive, got 0.0."),
        (
            ([1.0, 2.0], 0.0, [1.0, -1.0]),
            ValueError,
            "{} must be positive, got -1.0 at index (1,).",
        ),
        (([NAN], 0.0, 1.0), ValueError, "y must be finite, got nan at index (0,)."),
        (([1.0], INF, 1.0), ValueError, "mean must be finite, got inf."),
        (([1.0], 0.0, NAN), ValueError, "{} must be finite, got nan."),
        ((["a"], 0.0, 1.0), TypeError, "y must hold real numbers, got dtype <U1."),
    ],
)
def test_a_density_refuses_what_does_not_fit(nll, scale, arguments, error, text):
    refused(lambda: nll(*arguments), error, text.format(scale))


@pytest.mark.parametrize(
    ("y", "p", "text"),
    [
        ([0.5], 0.5, "y must be 0 or 1, got 0.5 at index (0,)."),
        ([NAN], 0.5, "y must be 0 or 1, got nan at index (0,)."),
        (1, 0.5, "y must have shape (n,), got ()."),
        ([1], 1.5, "p must lie in [0, 1], got 1.5."),
        ([1], NAN, "p must lie in [0, 1], got nan."),
        ([1, 0], [0.5], "p must be a scalar or have the shape of y, (2,), got (1,)."),
    ],
)
def test_a_coin_refuses_what_does_not_fit(y, p, text):
    refused(lambda: bernoulli_nll(y, p), ValueError, text)


def test_the_arguments_are_named_and_ordered_as_documented():
    expected = {
        "entropy": ["p", "base"],
        "cross_entropy_between": ["p", "q", "base"],
        "kl_divergence": ["p", "q", "base"],
        "gaussian_nll": ["y", "mean", "std"],
        "laplace_nll": ["y", "mean", "scale"],
        "bernoulli_nll": ["y", "p"],
    }
    for name, arguments in expected.items():
        assert list(inspect.signature(getattr(information, name)).parameters) == arguments
