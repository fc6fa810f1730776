"""The equations of the chapter on datasets, held to sums over all cases, integrals and draws."""

import math
from fractions import Fraction
from itertools import product

import numpy as np
import pytest
from scipy import integrate, special, stats

from lib import datasets, models


@pytest.fixture
def rng():
    return np.random.default_rng(3)


def chance(x, midpoint=0.5):
    """The probability of a sprout, with SciPy's sigmoid."""
    return special.expit(8 * (x - midpoint))


def area(f, *ends):
    """The integral of a function between two ends, with a kink at one half."""
    low, high = ends or (0, 1)
    return integrate.quad(f, low, high, points=[0.5] if low < 0.5 < high else None)[0]


def all_draws(law, n):
    """List all datasets of n independent draws from {value: probability}, with theirs."""
    for values in product(law, repeat=n):
        yield values, math.prod(law[value] for value in values)


def expected(law, n, f):
    """The exact expectation of a function of n independent draws."""
    return sum(chance * f(values) for values, chance in all_draws(law, n))


# A law of three values, in fractions, so that nothing is rounded: mean 7/6, variance 53/36.
LAW = {0: Fraction(1, 2), 2: Fraction(1, 3), 3: Fraction(1, 6)}
MEAN, VARIANCE = Fraction(7, 6), Fraction(53, 36)

# ---------------------------------------------------------------------------------------------
# The machine
# ---------------------------------------------------------------------------------------------


def fit_to_binomial(counts):
    """The p-value of counts among eight tosses of a fair coin."""
    observed = np.bincount(counts, minlength=9)
    return stats.chisquare(observed, len(counts) * stats.binom.pmf(range(9), 8, 0.5)).pvalue


@pytest.mark.equation("eq-ds-dataset")
def test_the_ones_in_a_dataset_are_those_of_independent_draws_from_one_distribution(rng):
    draws = [datasets.logistic(8, rng=rng).y for _ in range(3000)]
    assert fit_to_binomial([y.sum() for y in draws]) > 1e-3
    assert fit_to_binomial([8 * y[0] for y in draws]) < 1e-6  # eight photographs of one plant


@pytest.mark.equation("eq-ds-joint", "eq-ds-beans")
def test_the_share_of_pairs_is_the_integral_of_the_product_and_the_water_is_uniform(rng):
    assert 1 / (1 + math.exp(-8 * (0.3 - 1 / 2))) == pytest.approx(chance(0.3))
    beans = datasets.logistic(40_000, rng=rng)
    x = beans.X[:, 0]
    assert stats.kstest(x, "uniform").pvalue > 1e-3
    for low in (0.0, 0.25, 0.5, 0.75):
        share = area(chance, low, low + 0.25)
        seen = np.mean((low <= x) & (x < low + 0.25) & (beans.y == 1))
        assert abs(seen - share) < 4 * math.sqrt(share * (1 - share) / 40_000)


@pytest.mark.equation("eq-ds-joint")
def test_a_joint_distribution_is_a_product_in_both_orders():
    clouds = [(0, 0.5), (1, 0.5)]  # the class first: p(y) p(x | y)
    other = {x: sum(q * stats.norm.pdf(x, y) for y, q in clouds) for x in (-1.0, 0.3, 2.0)}
    for x, density in other.items():
        label = special.expit(x - 0.5)  # p(y = 1 | x), worked by hand for two Gaussians
        assert density * label == pytest.approx(0.5 * stats.norm.pdf(x, 1))


@pytest.mark.equation("eq-ds-model")
def test_each_output_is_a_weighted_sum_of_the_features_plus_a_constant(rng):
    X, W, b = rng.normal(size=(5, 3)), rng.normal(size=(2, 3)), rng.normal(size=2)
    outputs = models.linear(X, W, b)
    for i, k in product(range(5), range(2)):
        by_hand = sum(W[k, j] * X[i, j] for j in range(3)) + b[k]
        assert outputs[i, k] == pytest.approx(by_hand)
    assert W.size + b.size == 2 * 3 + 2


@pytest.mark.equation("eq-ds-one-hot")
def test_an_entry_of_the_one_hot_rows_tells_whether_the_label_is_the_class():
    labels = [2, 0, 1, 2]
    Y = datasets.one_hot(np.array(labels), 3)
    for i, c in product(range(4), range(3)):
        assert Y[i, c] == (1 if labels[i] == c else 0)


# ---------------------------------------------------------------------------------------------
# Averages
# ---------------------------------------------------------------------------------------------


@pytest.mark.equation("eq-ds-variance-of-mean", "eq-ds-standard-error")
@pytest.mark.parametrize("n", [1, 2, 5])
def test_over_all_datasets_the_mean_of_the_average_is_mu_and_its_variance_sigma_squared_over_n(n):
    assert expected(LAW, n, lambda y: Fraction(sum(y), n)) == MEAN
    spread = expected(LAW, n, lambda y: (Fraction(sum(y), n) - MEAN) ** 2)
    of_sum = expected(LAW, n, lambda y: (sum(y) - n * MEAN) ** 2)
    assert spread == of_sum / n**2 == n * VARIANCE / n**2 == VARIANCE / n
    assert math.sqrt(spread) == pytest.approx(math.sqrt(VARIANCE) / math.sqrt(n))


@pytest.mark.equation("eq-ds-coin-variance")
@pytest.mark.parametrize("p", [0.1, 0.3, 0.5, 0.9])
def test_the_variance_of_a_coin(p):
    law = {1: p, 0: 1 - p}
    moments = expected(law, 1, lambda y: y[0] ** 2) - expected(law, 1, sum) ** 2
    lines = [moments, p - p**2, p * (1 - p)]
    assert lines == pytest.approx([stats.bernoulli.var(p)] * 3)


@pytest.mark.equation("eq-ds-sse", "eq-ds-sse-split")
def test_the_squares_around_any_number_are_those_around_the_average_and_n_times_its_distance(rng):
    y = rng.normal(size=7)
    sse = np.sum((y - y.mean()) ** 2)
    assert sse == pytest.approx(7 * np.var(y)) == pytest.approx(6 * np.var(y, ddof=1))
    for mu in (-1.0, 0.0, 2.5):
        for m in (y.mean(), 0.8):  # the product is that of any m: else the middle hides its factor
            apart = (y - m) + (m - mu)
            middle = 2 * (m - mu) * np.sum(y - m)
            assert np.sum(apart**2) == pytest.approx(np.sum((y - mu) ** 2))
            parts = np.sum((y - m) ** 2) + middle + 7 * (m - mu) ** 2
            assert np.sum((y - mu) ** 2) == pytest.approx(parts)
        assert np.sum(y - y.mean()) == pytest.approx(0, abs=1e-12)
        assert np.sum((y - mu) ** 2) == pytest.approx(sse + 7 * (y.mean() - mu) ** 2)


@pytest.mark.equation("eq-ds-sse-expected")
@pytest.mark.parametrize("n", [1, 2, 3, 6])
def test_over_all_datasets_the_expected_sse_is_n_minus_one_variances(n):
    def sse(y):
        mean = Fraction(sum(y), n)
        return sum((value - mean) ** 2 for value in y)

    assert expected(LAW, n, sse) == n * VARIANCE - VARIANCE == (n - 1) * VARIANCE


# ---------------------------------------------------------------------------------------------
# The noise floor
# ---------------------------------------------------------------------------------------------

SHARES = np.array([0.1, 0.3, 0.2, 0.25, 0.15])  # p(x) of five inputs
ONES = np.array([0.05, 0.45, 0.55, 0.2, 0.9])  # p(y = 1 | x) there
RULES = [np.array(rule) for rule in product((0, 1), repeat=5)]


@pytest.mark.equation("eq-ds-floor")
def test_of_all_rules_the_best_error_rate_is_the_mean_of_the_smaller_chance():
    rates = [SHARES @ np.where(rule, 1 - ONES, ONES) for rule in RULES]
    assert min(rates) == pytest.approx(SHARES @ np.minimum(ONES, 1 - ONES))


@pytest.mark.equation("eq-ds-best-error")
def test_each_line_of_the_integral_is_the_best_error_rate():
    def antiderivative(x):
        return np.log1p(np.exp(8 * (x - 0.5)))

    lines = [
        area(lambda x: min(chance(x), 1 - chance(x))),
        2 * area(chance, 0, 0.5),
        2 / 8 * (antiderivative(0.5) - antiderivative(0)),
        (math.log(2) - math.log(1 + math.exp(-4))) / 4,
    ]
    assert lines == pytest.approx([lines[-1]] * 4, rel=1e-9)
    assert f"{lines[0]:.4f}" == "0.1687"


@pytest.mark.equation("eq-ds-best-square")
@pytest.mark.parametrize("c", [-1.0, 0.0, 7 / 6, 3.0])
def test_the_expected_square_is_the_variance_and_the_squared_distance_of_the_mean(c):
    square = sum(float(p) * (y - c) ** 2 for y, p in LAW.items())
    assert square == pytest.approx(float(VARIANCE) + (float(MEAN) - c) ** 2)


def test_the_variance_of_the_line_without_x_is_that_of_the_page(rng):
    by_hand = 4 * stats.uniform.var(-1, 2) + 0.3**2
    assert f"{by_hand:.4f}" == "1.4233"
    y = datasets.linear(100_000, rng=rng).y
    assert y.var() == pytest.approx(by_hand, rel=0.02)


# ---------------------------------------------------------------------------------------------
# The split
# ---------------------------------------------------------------------------------------------


@pytest.mark.equation("eq-ds-centring")
def test_a_shift_of_the_features_is_made_up_for_by_the_bias(rng):
    X, y, shift = rng.normal(size=(20, 3)), rng.normal(size=20), rng.normal(size=3)
    W, b = rng.normal(size=(2, 3)), rng.normal(size=2)
    shifted = models.linear(X - shift, W, b)
    np.testing.assert_allclose(shifted, models.linear(X, W, b - W @ shift), rtol=1e-12)
    fits = []
    for features in (X, X - shift):
        A = np.column_stack([np.ones(20), features])
        fits.append(A @ np.linalg.lstsq(A, y, rcond=None)[0])
    np.testing.assert_allclose(*fits, rtol=1e-9)


@pytest.mark.equation("eq-ds-nearest")
@pytest.mark.parametrize("p", [0.0, 1e-6, 0.1, 0.5, 0.8, 1 - 1e-6, 1.0])
def test_two_independent_labels_differ_at_most_twice_as_often_as_the_best_verdict_is_wrong(p):
    law = {1: p, 0: 1 - p}
    differ = expected(law, 2, lambda pair: pair[0] != pair[1])
    assert differ == pytest.approx(2 * p * (1 - p))
    bound = 2 * min(p, 1 - p)
    assert differ <= bound + 1e-15
    if p in (1e-6, 1 - 1e-6):
        assert differ == pytest.approx(bound, rel=1e-5)  # so no smaller bound would do


# ---------------------------------------------------------------------------------------------
# Shift and imbalance
# ---------------------------------------------------------------------------------------------


@pytest.mark.equation("eq-ds-biased-share")
def test_the_shares_of_sprouts_in_the_field_and_in_the_collection_are_those_of_the_page():
    dry, wet = (area(chance, *half) / 0.5 for half in ((0, 0.5), (0.5, 1)))
    assert (f"{dry:.4f}", f"{wet:.4f}") == ("0.1687", "0.8313")
    kept = {"dry": 0.5 * 0.2, "wet": 0.5 * 1.0}
    shares = [part / sum(kept.values()) for part in kept.values()]
    assert shares == pytest.approx([1 / 6, 5 / 6])
    assert f"{area(chance):.4f}" == f"{dry / 2 + wet / 2:.4f}" == "0.5000"
    assert f"{shares[0] * dry + shares[1] * wet:.3f}" == "0.721"


@pytest.mark.equation("eq-ds-importance")
def test_a_mean_over_one_distribution_weighted_by_the_ratio_is_a_mean_over_the_other(rng):
    # In the data the density of x is 2 (1 - x), drawn as the smaller of two; in use it is uniform.
    x = rng.uniform(0, 0.9, (100_000, 2)).min(axis=1)  # on (0, 0.9), so that no weight explodes
    y = rng.uniform(size=len(x)) < chance(x)
    p_data, p_use = 2 / 0.9 * (1 - x / 0.9), 1 / 0.8  # in use x is uniform on (0, 0.8)
    terms = np.where(x < 0.8, p_use / p_data, 0) * (1 + x) * y
    in_use = area(lambda x: (1 + x) * chance(x), 0, 0.8) / 0.8
    error = terms.std() / math.sqrt(len(terms))
    assert abs(terms.mean() - in_use) < 4 * error
    assert abs(np.mean((1 + x) * y) - in_use) > 20 * error  # without weights


def balanced(rule):
    """The balanced accuracy of a rule on five inputs, from the two conditional distributions."""
    of_ones, of_zeros = SHARES * ONES, SHARES * (1 - ONES)
    found = of_ones[rule == 1].sum() / of_ones.sum()
    kept = of_zeros[rule == 0].sum() / of_zeros.sum()
    return (found + kept) / 2


@pytest.mark.equation("eq-ds-balanced-rule")
def test_of_all_rules_the_one_with_the_best_balance_says_1_where_a_1_is_likelier_than_overall():
    best, overall = max(RULES, key=balanced), SHARES @ ONES
    assert best.tolist() == (ONES / overall > (1 - ONES) / (1 - overall)).tolist()
    assert best.tolist() == (ONES > overall).tolist()
    assert best.tolist() != (ONES > 0.5).tolist()


@pytest.mark.equation("eq-ds-balanced")
def test_the_balanced_accuracy_of_a_threshold_is_the_half_sum_of_two_integrals(rng):
    share = area(lambda x: chance(x, 1.0))
    assert f"{share:.4f}" == "0.0866"
    cut = 1 + math.log(share / (1 - share)) / 8
    value = area(lambda x: chance(x, 1.0) / share, cut, 1) / 2
    value += area(lambda x: (1 - chance(x, 1.0)) / (1 - share), 0, cut) / 2
    beans = datasets.logistic(100_000, rng=rng, midpoint=1.0)
    right = (beans.X[:, 0] > cut) == (beans.y == 1)
    parts = [right[beans.y == label] for label in (0, 1)]
    error = sum(part.var() / len(part) for part in parts) ** 0.5 / 2
    assert abs(np.mean([part.mean() for part in parts]) - value) < 4 * error


@pytest.mark.equation("eq-ds-flipped")
@pytest.mark.parametrize(("e", "rho"), [(0.0, 0.1), (0.1687, 0.1), (0.4, 0.3), (0.7, 0.2)])
def test_an_answer_is_marked_wrong_if_exactly_one_of_answer_and_label_is_wrong(e, rho):
    cases = product({True: e, False: 1 - e}.items(), {True: rho, False: 1 - rho}.items())
    marked = sum(p * q for (wrong, p), (flipped, q) in cases if wrong != flipped)
    assert marked == pytest.approx((1 - e) * rho + e * (1 - rho))
    assert marked - e == pytest.approx(rho * (1 - 2 * e))
