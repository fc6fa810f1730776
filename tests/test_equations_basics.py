"""The equations of *Before you start*, each held as it is printed to another method."""

import math
import re
import statistics
from fractions import Fraction
from itertools import product
from pathlib import Path

import numpy as np
import pytest
from scipy import integrate, linalg, stats

WAITING = [1, 2, 2, 3, 12]
FLIPS = {0: Fraction(1, 4), 1: Fraction(1, 2), 2: Fraction(1, 4)}
rng = np.random.default_rng(0)


def expectation(law, f=lambda x: x):
    """Weight each value by its probability."""
    return sum(p * f(x) for x, p in law.items())


def two_flips(f):
    """Average over the four equally probable pairs of flips: no weights are needed."""
    return sum(Fraction(f(a + b)) for a, b in product((0, 1), repeat=2)) / 4


@pytest.mark.equation("eq-ba-mean")
def test_the_mean_is_the_sum_divided_by_the_number():
    assert sum(WAITING) / len(WAITING) == statistics.mean(WAITING) == 4


@pytest.mark.equation("eq-ba-sum-rules")
def test_a_factor_comes_out_and_a_sum_is_split():
    a, b, c = [3, -1, 4], [2, 7, 1], 5
    terms = 0
    for i in range(3):
        terms += c * a[i] + b[i]
    assert terms == c * sum(a) + sum(b) == 40


@pytest.mark.equation("eq-ba-derivative", "eq-ba-small-step")
@pytest.mark.parametrize(
    ("f", "slope"),
    [
        (lambda x: x**2, lambda x: 2 * x),
        (np.exp, np.exp),
        (np.log, lambda x: 1 / x),
        (lambda x: 3 * x**2 + np.log(x), lambda x: 3 * 2 * x + 1 / x),
        (lambda x: x**3 * np.exp(x), lambda x: 3 * x**2 * np.exp(x) + x**3 * np.exp(x)),
        (lambda x: np.exp(x**2), lambda x: np.exp(x**2) * 2 * x),
    ],
)
def test_quotients_approach_the_slopes_of_the_table_and_predict_small_steps(f, slope):
    for x in (0.5, 1.5):
        errors = [abs((f(x + h) - f(x)) / h - slope(x)) for h in (0.1, 0.01, 0.001)]
        assert errors[1] < errors[0] / 5 and errors[2] < errors[1] / 5
        missed = [abs(f(x + h) - (f(x) + slope(x) * h)) for h in (0.01, 0.001)]
        assert missed[1] == pytest.approx(missed[0] / 100, rel=0.05)  # the rest is of order h²


@pytest.mark.equation("eq-ba-partial")
def test_each_partial_derivative_is_the_slope_of_a_polynomial_in_one_variable():
    f = lambda w, b: w**2 + w * b + b**2  # noqa: E731
    nodes = np.array([-1.0, 0.0, 2.0])
    for w, b in ((1, 0.5), (-2, 3)):
        by_w = np.polynomial.Polynomial.fit(nodes, f(nodes, b), 2).deriv()(w)
        by_b = np.polynomial.Polynomial.fit(nodes, f(w, nodes), 2).deriv()(b)
        assert (by_w, by_b) == pytest.approx((2 * w + b, w + 2 * b))
    assert (2 * 1 + 0.5, 1 + 2 * 0.5) == (2.5, 2)


@pytest.mark.equation("eq-ba-exp", "eq-ba-log")
def test_exp_and_log_are_a_series_and_an_area_and_obey_the_rules():
    exp = lambda x: sum(x**k / math.factorial(k) for k in range(60))  # noqa: E731
    log = lambda u: integrate.quad(lambda t: 1 / t, 1, u)[0]  # noqa: E731
    for a, b in ((1.3, -0.4), (-2, 0.7)):
        assert exp(a + b) == pytest.approx(exp(a) * exp(b))
    for u, v, k in ((2, 5, 3), (0.5, 0.3, -2)):
        assert exp(log(u)) == pytest.approx(u)
        assert log(u * v) == pytest.approx(log(u) + log(v))
        assert log(u**k) == pytest.approx(k * log(u))
        assert log(u + v) != pytest.approx(log(u) + log(v))


@pytest.mark.equation("eq-ba-why-e")
def test_growth_in_many_parts_approaches_the_exponential():
    for x in (1, -0.5, 2):
        errors = [abs((1 + Fraction(x) / n) ** n - math.exp(x)) for n in (10, 100, 1000)]
        assert errors[1] < errors[0] / 5 and errors[2] < errors[1] / 5


@pytest.mark.equation("eq-ba-dot", "eq-ba-product", "eq-ba-trace")
def test_products_are_tables_of_dot_products_and_traces_agree_both_ways():
    A, B = rng.integers(-5, 6, size=(3, 2)), rng.integers(-5, 6, size=(2, 3))
    dot = lambda a, b: sum(int(x) * int(y) for x, y in zip(a, b, strict=True))  # noqa: E731
    assert dot((1, 2), (3, 4)) == 11
    assert np.array_equal(A @ B, [[dot(row, column) for column in B.T] for row in A])
    printed = sum(int(A[i, m]) * int(B[m, i]) for i in range(3) for m in range(2))
    assert printed == np.trace(A @ B) == np.trace(B @ A)
    assert np.array_equal((A @ B).T, B.T @ A.T) and (A @ B).shape != (B @ A).shape


@pytest.mark.equation("eq-ba-bowl")
def test_along_an_eigenvector_the_bowl_is_a_parabola():
    for A in (np.array([[2.0, 1.0], [1.0, 2.0]]), np.array([[1.0, -3.0], [-3.0, 4.0]])):
        values, vectors = linalg.eigh(A)
        f = lambda x, A=A: x @ A @ x / 2  # noqa: E731
        for value, v in zip(values, vectors.T, strict=True):
            for t in (-1.5, 0.7):
                height = integrate.quad(lambda s, v=v, A=A: v @ (A @ (s * v)), 0, t)[0]
                assert f(t * v) == pytest.approx(height)  # the slope along v, added up
                assert [t**2 * v @ A @ v / 2, value * t**2 / 2] == pytest.approx([height] * 2)
        assert vectors[:, 0] @ vectors[:, 1] == pytest.approx(0, abs=1e-12)


@pytest.mark.equation("eq-ba-eigen", "eq-ba-characteristic")
def test_eigenvectors_of_a_matrix_that_is_not_symmetric_stand_on_its_right():
    A = np.array([[4.0, -6.0], [1.0, -1.0]])  # by hand: 2 with (3, 1), and 1 with (2, 1)
    for value, v in ((2, np.array([3.0, 1.0])), (1, np.array([2.0, 1.0]))):
        assert A @ v == pytest.approx(value * v)
        trace, determinant = A[0, 0] + A[1, 1], A[0, 0] * A[1, 1] - A[0, 1] * A[1, 0]
        assert value**2 - trace * value + determinant == 0
    assert np.sort(linalg.eigvals(A).real) == pytest.approx([1, 2])


@pytest.mark.equation("eq-ba-expectation", "eq-ba-variance")
def test_moments_of_two_flips_are_those_of_the_four_pairs():
    mean = expectation(FLIPS)
    variance = expectation(FLIPS, lambda x: (x - mean) ** 2)
    assert mean == two_flips(lambda x: x) == 1
    assert variance == two_flips(lambda x: (x - 1) ** 2) == Fraction(1, 2)
    assert variance == expectation(FLIPS, lambda x: x**2) - mean**2
    assert math.sqrt(variance) == pytest.approx(stats.binom.std(2, 0.5))
    assert f"{math.sqrt(variance):.4f}" == "0.7071"


@pytest.mark.equation("eq-ba-expectation", "eq-ba-variance", "eq-ba-linear")
def test_moments_of_a_law_whose_mean_is_not_1_are_those_of_all_its_equally_probable_draws():
    law = {-1: Fraction(1, 6), 2: Fraction(1, 2), 4: Fraction(1, 3)}
    draws = [-1, 2, 2, 2, 4, 4]
    mean = expectation(law)
    assert mean == Fraction(sum(draws), 6) == Fraction(13, 6)
    variance = expectation(law, lambda x: (x - mean) ** 2)
    assert variance == statistics.pvariance(map(Fraction, draws)) == Fraction(101, 36)
    assert variance == expectation(law, lambda x: x**2) - mean**2
    a, b = -3, 7
    moved = {a * x + b: p for x, p in law.items()}
    assert expectation(moved) == a * mean + b
    spread = statistics.pvariance([Fraction(a * x + b) for x in draws])
    assert spread == a**2 * variance


@pytest.mark.equation("eq-ba-area", "eq-ba-normal")
def test_areas_under_the_printed_bell_are_the_probabilities_that_scipy_gives():
    for mu, square in ((0, 1), (2, 9), (-1, 0.01)):
        law = stats.norm(mu, math.sqrt(square))

        def bell(x, mu=mu, square=square):
            return math.exp(-((x - mu) ** 2) / (2 * square)) / math.sqrt(2 * math.pi * square)

        for a, b in ((mu - 1, mu + 0.5), (mu, mu + 2)):
            area = integrate.quad(bell, a, b, points=[mu])[0]
            assert area == pytest.approx(law.cdf(b) - law.cdf(a), abs=1e-9)
    assert f"{bell(-1):.4f}" == "3.9894"  # the height that the misconceptions name


@pytest.mark.equation("eq-ba-worked")
def test_the_worked_loss_and_its_slopes_are_those_of_exact_fractions():
    x, y = (0, 1, 2), (1, 3, 4)

    def loss(w, b):
        return sum((t - w * v - b) ** 2 for v, t in zip(x, y, strict=True)) / Fraction(3)

    assert loss(1, 1) == Fraction(2, 3) and f"{float(loss(1, 1)):.4f}" == "0.6667"
    h = Fraction(1, 7)  # central quotients are exact for a quadratic
    assert (loss(1 + h, 1) - loss(1 - h, 1)) / (2 * h) == -2
    assert (loss(1, 1 + h) - loss(1, 1 - h)) / (2 * h) == Fraction(-4, 3)


def test_every_equation_of_the_chapter_is_among_those_that_are_tested():
    here = Path(__file__)
    book = here.parent.parent / "book" / "basics.ipynb"
    labels = set(re.findall(r"\((eq-ba-[\w-]+)\)", book.read_text(encoding="utf-8")))
    marked = set(re.findall(r'"(eq-ba-[\w-]+)"', here.read_text(encoding="utf-8")))
    assert labels == marked and len(labels) > 15
