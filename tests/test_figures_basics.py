"""What the figures of *Before you start* must show, against independent computations."""

import math

import numpy as np
import pytest
from scipy import integrate, stats


@pytest.fixture(scope="module")
def drawn(figures):
    """Give the axes of a figure of the chapter."""
    return lambda name: figures("basics")[f"fig-ba-{name}"].axes


def slope_of(line):
    (x0, y0), (x1, y1) = line.get_xydata()[[0, -1]]
    return (y1 - y0) / (x1 - x0)


def test_the_grey_lines_have_the_slopes_three_and_two_and_the_tangent_has_slope_one(drawn):
    curve, far, near, tangent = drawn("slopes")[0].lines
    assert curve.get_ydata() == pytest.approx([math.pow(v, 2) for v in curve.get_xdata()])
    for line, h in ((far, 2), (near, 1)):
        assert line.get_xdata().tolist() == [0.5, 0.5 + h]
        assert np.allclose(line.get_ydata(), line.get_xdata() ** 2)
        assert slope_of(line) == pytest.approx(2 * 0.5 + h)  # ((x + h)^2 - x^2) / h
    assert slope_of(tangent) == pytest.approx(1)
    gap = np.interp(tangent.get_xdata(), *curve.get_data()) - tangent.get_ydata()
    assert gap.min() == pytest.approx(0, abs=1e-9) and gap.argmin() == 25  # it touches at 0.5


def test_each_cut_moves_one_variable_and_its_tangent_touches_at_the_dot(drawn):
    w_cut, w_tangent, w_dot, b_cut, b_tangent, b_dot = drawn("slopes")[1].lines
    t = w_cut.get_xdata()
    matrix = np.array([[2, 1], [1, 2]])
    for cut, at in ((w_cut, lambda v: (v, 0.5)), (b_cut, lambda v: (1, v))):
        points = np.array([at(v) for v in t])
        assert np.allclose(cut.get_ydata(), np.sum(points @ matrix * points, axis=1) / 2)
    for tangent, cut, dot, slope in (
        (w_tangent, w_cut, w_dot, 2.5),
        (b_tangent, b_cut, b_dot, 2),
    ):
        assert slope_of(tangent) == pytest.approx(slope)
        gap = cut.get_ydata() - tangent.get_ydata()
        assert gap.min() == pytest.approx(0, abs=1e-12)  # it lies below and touches
        assert t[gap.argmin()] == pytest.approx(dot.get_xdata()[0])
        assert dot.get_ydata()[0] == 1.75


def test_exp_and_log_are_mirror_images_through_the_marked_points(drawn):
    (axes,) = drawn("logs")
    exp, log, diagonal, *_ = axes.lines
    assert exp.get_ydata()[::20] == pytest.approx([math.exp(v) for v in exp.get_xdata()[::20]])
    assert [math.exp(v) for v in log.get_ydata()] == pytest.approx(log.get_xdata())
    assert np.array_equal(diagonal.get_xdata(), diagonal.get_ydata())
    marked = {text.get_text() for text in axes.texts}
    assert {"(0, 1)", "(1, e)", "(1, 0)", "(e, 1)", "exp", "log"} == marked
    points = {tuple(point) for line in axes.lines[3:] for point in line.get_xydata()} or {
        tuple(point) for one in axes.collections for point in one.get_offsets()
    }
    assert points == {(0, 1), (1, math.e), (1, 0), (math.e, 1)}


def test_each_entry_of_the_product_stands_where_its_row_meets_its_column(drawn):
    (axes,) = drawn("product")
    tables = {}
    for text in axes.texts:
        if text.get_gid():
            tables.setdefault(text.get_gid(), {})[text.get_position()] = int(text.get_text())
    A, B, product = (tables[name] for name in ("A", "B", "AB"))
    assert len(A) == 6 and len(B) == 4 and len(product) == 6
    for (x, y), entry in product.items():
        row = [A[place] for place in sorted(A) if place[1] == y]
        column = [B[place] for place in sorted(B, key=lambda at: -at[1]) if place[0] == x]
        assert entry == sum(a * b for a, b in zip(row, column, strict=True))
    lit = [patch.get_xy() for patch in axes.patches if patch.get_facecolor()[0] < 0.9]
    assert sorted(lit) == [(0, 0), (1, 0), (4, 0), (4, 4), (4, 5)]


def test_arrows_are_straight_on_the_eigenvectors_alone_and_cuts_are_their_parabolas(drawn):
    left, right = drawn("bowl")
    (arrows,) = [one for one in left.collections if hasattr(one, "U")]
    starts, images = arrows.XY, np.column_stack([arrows.U, arrows.V])
    assert np.allclose(np.hypot(*starts.T), 1)
    for start, image in zip(starts, images, strict=True):
        a, b = start
        assert image == pytest.approx([2 * a + b, a + 2 * b])
    turned = [abs(a * v - b * u) for (a, b), (u, v) in zip(starts, images, strict=True)]
    assert turned == pytest.approx([0, 0, 1])
    assert [image @ start for start, image in zip(starts, images, strict=True)] == pytest.approx(
        [3, 1, 2]
    )
    for curve, start in zip(right.lines, starts, strict=True):
        for t, height in curve.get_xydata()[::10]:
            x1, x2 = t * start
            assert height == pytest.approx(x1**2 + x1 * x2 + x2**2)
    names = [text.get_text() for text in right.texts]
    assert names == ["(1, 1), λ = 3", "(1, −1), λ = 1", "(1, 0)"]


def test_heights_of_bars_are_probabilities_and_areas_under_densities_are(drawn):
    left, middle, right = drawn("chance")
    bars = [bar.get_height() for bar in left.patches]
    assert bars == pytest.approx([stats.binom.pmf(k, 2, 0.5) for k in (0, 1, 2)])
    assert left.lines[0].get_xdata()[0] == stats.binom.mean(2, 0.5)
    for axes, law, inside in (
        (middle, stats.uniform(0, 0.5), (0, 0.1)),
        (right, stats.norm(2, 3), (-1, 5)),
    ):
        x, density = axes.lines[0].get_data()
        assert np.allclose(density, law.pdf(x))
        shaded = axes.collections[0].get_paths()[0].vertices[:, 0]
        assert (shaded.min(), shaded.max()) == pytest.approx(inside, abs=0.03)
    assert stats.uniform(0, 0.5).cdf(0.1) == pytest.approx(0.2)
    area = integrate.quad(stats.norm(2, 3).pdf, -1, 5)[0]
    assert area == pytest.approx(0.68, abs=0.005)


def test_the_trap_shows_all_nine_differences_and_the_right_pair_three_zeros(drawn):
    right, wrong = drawn("trap")
    entries = [
        {text.get_position(): int(text.get_text().replace("−", "-")) for text in axes.texts}
        for axes in (right, wrong)
    ]
    numbers = (1, 2, 4)
    assert entries[0] == {(j, 0): 0 for j in range(3)}
    assert entries[1] == {(j, i): numbers[j] - numbers[i] for i in range(3) for j in range(3)}
