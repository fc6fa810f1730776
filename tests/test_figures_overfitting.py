"""What the figures of the chapter on overfitting must show, against independent computations.

Fits are redone here with powers of x in exact rational arithmetic or with SciPy, descents by their
closed form, and expectations by integrals.
"""

from fractions import Fraction

import numpy as np
import pytest
from scipy import integrate, linalg

from lib import datasets


@pytest.fixture(scope="module")
def drawn(figures):
    """Give the axes of a figure of the chapter."""
    return lambda name: figures("overfitting")[f"fig-ov-{name}"].axes


def ten_points():
    data = datasets.sine(10, rng=np.random.default_rng(0), noise=0.3)
    return data.X[:, 0], data.y


def exact_fit(x, y, degree):
    """Fit by the normal equations, exactly: powers of x are far too alike for floating point."""
    rows = [[Fraction(float(v)) ** k for k in range(degree + 1)] for v in x]
    size = degree + 1
    table = [
        [sum(row[i] * row[j] for row in rows) for j in range(size)]
        + [sum(row[i] * Fraction(float(t)) for row, t in zip(rows, y, strict=True))]
        for i in range(size)
    ]
    for i in range(size):
        table[i] = [value / table[i][i] for value in table[i]]
        for j in range(size):
            if j != i:
                table[j] = [a - table[j][i] * b for a, b in zip(table[j], table[i], strict=True)]
    coefficients = [row[-1] for row in table]
    return lambda v: float(sum(c * Fraction(float(v)) ** k for k, c in enumerate(coefficients)))


def expected_loss(curve):
    """Integrate the squared distance to the law, and add the variance of the noise."""
    gap = lambda v: (np.sin(2 * np.pi * v) - curve(v)) ** 2  # noqa: E731
    return integrate.quad(gap, 0, 1, limit=200)[0] + 0.09


@pytest.mark.parametrize(("panel", "degree"), list(enumerate((1, 3, 6, 9))))
def test_each_panel_shows_the_least_squares_fit_of_its_degree_to_the_ten_points(
    drawn, panel, degree
):
    axes = drawn("fits")[panel]
    law, curve, points = (line.get_xydata() for line in axes.lines)
    x, y = ten_points()
    assert np.array_equal(points, np.column_stack([x, y]))
    assert np.allclose(law[:, 1], np.sin(2 * np.pi * law[:, 0]))
    exact = exact_fit(x, y, degree)
    assert np.allclose(curve[::100, 1], [exact(v) for v in curve[::100, 0]], rtol=1e-6, atol=1e-8)
    assert axes.get_title(loc="left") == f"degree {degree}"


@pytest.mark.parametrize(
    ("degree", "loss"), [(1, 0.5233), (3, 0.2234), (6, 0.2125), (7, 0.3760), (9, 83.3976)]
)
def test_the_means_over_the_grid_are_the_integrals_to_one_percent(degree, loss):
    x, y = ten_points()
    assert expected_loss(exact_fit(x, y, degree)) == pytest.approx(loss, rel=0.01)


def test_each_dot_is_the_lowest_point_of_its_dataset_and_most_lie_below_the_expected_loss(drawn):
    (axes,) = drawn("minima")
    *thin, thick, dots, upper, lower = axes.lines
    assert len(thin) == 12
    rng = np.random.default_rng(1)
    x = rng.uniform(-1, 1, (12, 5))
    y = x + 0.6 * rng.normal(size=(12, 5))
    for line, (w, height), xs, ys in zip(thin, dots.get_xydata(), x, y, strict=True):
        solution, squares, *_ = linalg.lstsq(xs[:, None], ys)
        assert (w, height) == pytest.approx((solution[0], squares / 5))
        assert line.get_ydata().min() >= height - 1e-12
        assert np.allclose(
            line.get_ydata()[::50], ((ys - line.get_xdata()[::50, None] * xs) ** 2).mean(1)
        )
    assert np.sum(dots.get_ydata() < 0.36) > 8
    for w, loss in thick.get_xydata()[::60]:
        mean = integrate.quad(lambda v, w=w: (1 - w) ** 2 * v**2 / 2, -1, 1)[0]
        assert loss == pytest.approx(mean + 0.6**2)
    assert upper.get_ydata()[0] == pytest.approx(thick.get_ydata().min(), abs=1e-9)
    assert lower.get_ydata()[0] == pytest.approx(0.6**2 * (1 - 1 / 5))


def test_the_mean_of_all_dots_lies_at_the_lower_line():
    rng = np.random.default_rng(5)
    x = rng.uniform(-1, 1, (40_000, 5))
    y = x + 0.6 * rng.normal(size=x.shape)
    w = (x * y).sum(axis=1) / (x * x).sum(axis=1)
    heights = ((y - w[:, None] * x) ** 2).mean(axis=1)
    assert heights.mean() == pytest.approx(0.288, abs=4 * heights.std() / 200)


def test_both_curves_of_descent_follow_the_closed_form_of_the_eigen_modes(drawn):
    (axes,) = drawn("steps")
    training, expected, dot, noise = axes.lines
    x, y = ten_points()
    nodes, weights = np.polynomial.legendre.leggauss(40)

    def basis(v):
        columns = [np.polynomial.legendre.Legendre.basis(k)(2 * v - 1) for k in range(10)]
        return np.column_stack([np.sqrt(2 * k + 1) * column for k, column in enumerate(columns)])

    A, on_nodes = basis(x), basis((nodes + 1) / 2)
    values, Q = linalg.eigh(2 * A.T @ A / 10)
    best = linalg.solve(A, y)
    steps = training.get_xdata()
    powers = (1 - 0.15 * values) ** steps[:, None]
    thetas = best - (powers * (Q.T @ best)) @ Q.T
    assert np.allclose(training.get_ydata(), ((y - thetas @ A.T) ** 2).mean(axis=1), rtol=1e-5)
    gaps = (np.sin(np.pi * (nodes + 1)) - thetas @ on_nodes.T) ** 2
    assert np.allclose(expected.get_ydata(), gaps @ weights / 2 + 0.09, rtol=2e-3)
    assert np.all(np.diff(training.get_ydata()) < 0)
    lowest = expected.get_ydata().argmin()
    assert dot.get_xydata().tolist() == [[steps[lowest], expected.get_ydata()[lowest]]]
    assert 0 < lowest < len(steps) - 1
    assert noise.get_ydata()[0] == pytest.approx(0.09)


def test_the_cross_validated_losses_leave_each_fold_out_of_its_fit(drawn):
    (axes,) = drawn("cross-validation")
    rng = np.random.default_rng(4)
    data = datasets.sine(20, rng=rng, noise=0.3)
    x, y, order = data.X[:, 0], data.y, rng.permutation(20)
    curve, truth = axes.lines[0].get_ydata(), axes.lines[-1].get_ydata()
    bars = axes.collections[0].get_segments()
    for degree in range(7):
        held_out = np.zeros(20)
        for k in range(5):
            fold = order[4 * k : 4 * k + 4]
            seen = np.delete(np.arange(20), fold)
            V = np.vander(x, degree + 1)
            held_out[fold] = (y[fold] - V[fold] @ linalg.lstsq(V[seen], y[seen])[0]) ** 2
        assert curve[degree] == pytest.approx(held_out.mean(), rel=1e-6)
        two_errors = 2 * held_out.std(ddof=1) / np.sqrt(20)
        ends = curve[degree] + np.array([-two_errors, two_errors])
        assert bars[degree][:, 1] == pytest.approx(ends)
        assert truth[degree] == pytest.approx(expected_loss(exact_fit(x, y, degree)), rel=0.01)
    assert curve.argmin() == np.argmin(truth) == 3
