"""The figures of the matrix calculus chapter draw what the chapter says."""

from fractions import Fraction

import numpy as np
import pytest
from notebook_figures import drawn_by_reader

from lib import calculus, exercises, models

FIRST_CELL = "cell-002"

EPSILON = 2.0**-53  # the unit roundoff of float64


@pytest.fixture
def drawn(figures):
    """Return the axes of one figure of the chapter."""

    def axes_of(name):
        return figures("matrix_calculus")[name].axes

    return axes_of


def curves(ax):
    """Return the points of every line of the axes, each (2, n)."""
    return [np.array(line.get_data(), dtype=float) for line in ax.lines]


def texts(ax):
    """Return what is written inside the axes."""
    return [text.get_text() for text in ax.texts]


def test_the_curved_lattice_is_the_image_of_the_square_one(drawn):
    left, right = drawn("fig-mc-linear-map")
    images = curves(right)[0:20:2]
    for source, image in zip(curves(left)[:10], images, strict=True):
        np.testing.assert_allclose(image, [source[0] * source[1], source[0] ** 2 + source[1]])


def test_the_straight_lattice_is_the_numeric_jacobian_around_the_marked_point(drawn):
    left, right = drawn("fig-mc-linear-map")
    x, y = curves(left)[10][:, 0], curves(right)[20][:, 0]
    J = calculus.jacobian(lambda x: np.array([x[0] * x[1], x[0] ** 2 + x[1]]), x)
    np.testing.assert_allclose(y, [1.0, 2.25])
    for source, image in zip(curves(left)[:10], curves(right)[1:20:2], strict=True):
        np.testing.assert_allclose(image, y[:, None] + J @ (source - x[:, None]), atol=1e-8)


def test_the_curved_and_straight_lattices_touch_at_the_point_and_part_at_the_corners(drawn):
    right = drawn("fig-mc-linear-map")[1]
    lines = curves(right)
    gaps = [
        np.linalg.norm(a - b, axis=0) for a, b in zip(lines[0:20:2], lines[1:20:2], strict=True)
    ]
    assert np.min(gaps) < 1e-12
    assert np.max(gaps) > 0.1


def test_the_remainder_of_the_right_jacobian_falls_four_times_per_halving(drawn):
    sizes, remainders = curves(drawn("fig-mc-remainder")[0])[0]
    np.testing.assert_allclose(sizes[:-1] / sizes[1:], 2.0)
    np.testing.assert_allclose(remainders[:-1] / remainders[1:], 4.0, rtol=1e-6)


def test_the_remainder_of_the_transposed_jacobian_falls_only_about_twice_per_halving(drawn):
    remainders = curves(drawn("fig-mc-remainder")[0])[1][1]
    ratios = remainders[:-1] / remainders[1:]
    assert np.all(ratios < 2.05)
    assert ratios[-1] == pytest.approx(2.0, abs=0.01)


def test_the_remainders_are_those_of_the_step_named_in_the_text(drawn):
    for (_, remainders), M in zip(
        curves(drawn("fig-mc-remainder")[0]), ([[2, 0.5], [1, 1]], [[2, 1], [0.5, 1]]), strict=True
    ):
        change = np.array([0.9 * 2.8, 0.9**2 + 2.8]) - [1.0, 2.25]
        expected = np.linalg.norm(change - np.array(M) @ [0.4, 0.8])
        assert remainders[0] == pytest.approx(expected)


def test_the_counter_example_has_one_colour_along_each_ray(drawn):
    ax = drawn("fig-mc-counterexample")[0]
    bands = next(c for c in ax.collections if hasattr(c, "levels"))
    for level, path in zip(bands.levels[1:-1], bands.get_paths()[1:], strict=False):
        edge = path.vertices[np.linalg.norm(path.vertices, axis=1) > 0.5]
        inner = edge[(np.abs(edge) < 0.99).all(axis=1)]  # on a line between two colours
        heights = np.sin(2 * np.arctan2(inner[:, 1], inner[:, 0])) / 2
        near = np.minimum(abs(heights - level), abs(heights - level - 0.1))
        np.testing.assert_allclose(near, 0.0, atol=2e-3)
    for line, text in zip(ax.lines, ax.texts, strict=True):
        a, b = line.get_xydata()[0]
        written = float(text.get_text().replace("−", "-"))
        assert written == pytest.approx(a * b / (a * a + b * b))
        np.testing.assert_allclose(text.get_position(), [-0.75 * a, -0.75 * b])


def test_the_four_functions_have_the_eigenvalues_and_the_kind_of_point_in_their_titles(drawn):
    functions = [
        lambda x: x[0] ** 2 + 2 * x[1] ** 2,
        lambda x: x[0] ** 2 - 2 * x[1] ** 2,
        lambda x: x[0] ** 2 + x[1] ** 4,
        lambda x: x[0] ** 2 - x[1] ** 4,
    ]
    ring = 0.5 * np.stack([np.cos(np.linspace(0, 6.2, 99)), np.sin(np.linspace(0, 6.2, 99))])
    for ax, f in zip(drawn("fig-mc-second-order"), functions, strict=True):
        eigenvalues, kind = ax.get_title(loc="left").replace("−", "-").split(": ")
        H = calculus.hessian(f, np.zeros(2))
        numbers = sorted(float(value) for value in eigenvalues.split(","))
        np.testing.assert_allclose(np.linalg.eigvalsh(H), numbers, atol=1e-5)
        assert (kind == "minimum") == (f(ring).min() > 0)
        zero = next(c for c in ax.collections if list(getattr(c, "levels", [])) == [0])
        drawn_zero = np.concatenate([path.vertices for path in zero.get_paths()])
        np.testing.assert_allclose(f(drawn_zero.T), 0.0, atol=2e-3)
        assert len(drawn_zero) > 50 or kind == "minimum"


SHAPES = {  # numerator by denominator, worked by hand for y (2,), x (3,), Y (2, 2), X (2, 3)
    "scalar by scalar": (),
    "scalar by vector": (1, 3),
    "scalar by matrix": (3, 2),
    "vector by scalar": (2, 1),
    "vector by vector": (2, 3),
    "vector by matrix": (2, 2, 3),
    "matrix by scalar": (2, 2),
    "matrix by vector": (2, 2, 3),
    "matrix by matrix": (2, 2, 2, 3),
}


def test_the_shape_table_shows_all_nine_kinds_with_their_shapes(drawn):
    shown = {}
    for ax in drawn("fig-mc-shapes"):
        kind = ax.get_title(loc="left").partition(":")[0]
        shown[kind] = texts(ax)[1].replace("one number", "()")
    assert shown == {kind: str(shape) for kind, shape in SHAPES.items()}


def test_the_shape_table_draws_one_cell_for_each_entry(drawn):
    for ax in drawn("fig-mc-shapes"):
        kind = ax.get_title(loc="left").partition(":")[0]
        assert len(ax.patches) == np.prod(SHAPES[kind], dtype=int), kind


def test_the_shape_table_marks_exactly_the_tensors_as_tensors(drawn):
    marked = [ax.get_title(loc="left") for ax in drawn("fig-mc-shapes")]
    tensors = [kind for kind, shape in SHAPES.items() if len(shape) > 2]
    assert [title.partition(":")[0] for title in marked if "tensor" in title] == tensors


def test_the_cells_of_a_row_a_column_and_a_jacobian_lie_as_the_matrix_lies(drawn):
    for ax in drawn("fig-mc-shapes"):
        shape = SHAPES[ax.get_title(loc="left").partition(":")[0]]
        if len(shape) == 2:
            corners = np.array([patch.get_xy() for patch in ax.patches])
            assert tuple(len(set(axis)) for axis in corners.T[::-1]) == shape


def test_the_finite_difference_curves_are_those_of_exp_at_one(drawn):
    forward, _, _, central, _, _ = curves(drawn("fig-mc-step-v")[0])
    h = forward[0]
    quotient = (np.exp(1 + h) - np.exp(1.0)) / h
    np.testing.assert_allclose(forward[1], np.abs(quotient / np.e - 1), rtol=1e-6)
    quotient = (np.exp(1 + h) - np.exp(1 - h)) / (2 * h)
    np.testing.assert_allclose(central[1], np.abs(quotient / np.e - 1), rtol=1e-6)


def test_forward_differences_are_best_near_1e_8_and_central_ones_near_1e_5(drawn):
    lines = curves(drawn("fig-mc-step-v")[0])
    for (h, error), best in ((lines[0], 1e-8), (lines[3], 1e-5)):
        smooth = np.convolve(np.log10(error), np.ones(9) / 9, mode="valid")  # rounding is noisy
        found = h[4:-4][np.argmin(smooth)]
        assert best / 10 < found < best * 10


def test_every_finite_difference_is_wholly_wrong_below_1e_16(drawn):
    for index in (0, 3):
        h, error = curves(drawn("fig-mc-step-v")[0])[index]
        np.testing.assert_allclose(error[h < 1e-16 / 2], 1.0)


def test_the_dots_of_the_step_figure_are_the_minima_of_the_models(drawn):
    _, forward, forward_dot, _, central, central_dot = curves(drawn("fig-mc-step-v")[0])
    for (h, model), (dot,) in ((forward, forward_dot.T), (central, central_dot.T)):
        assert dot[0] == pytest.approx(h[np.argmin(model)], rel=0.25)
        assert dot[1] == pytest.approx(model.min(), rel=0.05)
    assert forward_dot[0, 0] == pytest.approx(2 * EPSILON**0.5)
    assert central_dot[0, 0] == pytest.approx((3 * EPSILON) ** (1 / 3))


def arrows(ax):
    """Return the vectors of the two arrows, in data units, and where they start."""
    quivers = [c for c in ax.collections if hasattr(c, "U")]
    starts = [q.get_offsets()[0] for q in quivers]
    return starts, [np.array([q.U[0], q.V[0]]) for q in quivers]


def test_the_right_arrow_is_the_numeric_gradient_and_the_wrong_one_2ax(drawn):
    starts, (right, wrong) = arrows(drawn("fig-mc-quadratic-arrows")[0])
    A, x = np.array([[1.0, 2.0], [0.0, 3.0]]), np.array([1.0, 2.0])
    np.testing.assert_allclose(starts, [x, x])
    np.testing.assert_allclose(8 * right, calculus.gradient(lambda x: x @ A @ x, x), atol=1e-7)
    np.testing.assert_allclose(8 * wrong, [10.0, 12.0])


def test_only_the_right_arrow_stands_at_a_right_angle_to_the_contour(drawn):
    ax = drawn("fig-mc-quadratic-arrows")[0]
    _, (right, wrong) = arrows(ax)
    tangent = np.diff(curves(ax)[0])[:, 0]
    assert right @ tangent == pytest.approx(0.0, abs=1e-12)
    cosine = wrong @ tangent / np.linalg.norm(wrong) / np.linalg.norm(tangent)
    assert abs(cosine) > 0.2


def test_the_contour_through_the_point_is_the_one_of_height_17(drawn):
    ax = drawn("fig-mc-quadratic-arrows")[0]
    contours = next(c for c in ax.collections if hasattr(c, "levels"))
    path = contours.get_paths()[list(contours.levels).index(17)].vertices
    heights = np.einsum("ni,ij,nj->n", path, [[1.0, 2.0], [0.0, 3.0]], path)
    np.testing.assert_allclose(heights, 17.0, rtol=0.01)
    assert np.linalg.norm(path - [1.0, 2.0], axis=1).min() < 0.1


def test_the_residual_of_the_best_fit_is_normal_to_the_line_of_predictions(drawn):
    line, shorter, longer, residual, _, target, best = curves(drawn("fig-mc-normal-equations")[0])
    along, drop = np.diff(line)[:, 0], np.diff(residual)[:, 0]
    assert along @ drop == pytest.approx(0.0, abs=1e-12)
    assert np.linalg.norm(drop) < min(np.linalg.norm(np.diff(c)) for c in (shorter, longer))
    np.testing.assert_allclose(target.ravel(), [1.0, 2.0])
    w = np.linalg.lstsq(np.array([[2.0], [1.0]]), target.ravel(), rcond=None)[0]
    np.testing.assert_allclose(best.ravel(), w * [2.0, 1.0])


def test_the_little_square_marks_a_right_angle_at_the_best_prediction(drawn):
    lines = curves(drawn("fig-mc-normal-equations")[0])
    a, corner, c = lines[4].T
    assert (a - corner) @ (c - corner) == pytest.approx(0.0, abs=1e-12)
    np.testing.assert_allclose(a + c - corner, lines[6].ravel())


def test_the_softmax_picture_is_the_numeric_jacobian(drawn):
    ax = drawn("fig-mc-softmax-jacobian")[0]
    J = calculus.jacobian(models.softmax, np.array([2.0, 1.0, 0.1]))
    np.testing.assert_allclose(ax.images[0].get_array(), J, atol=1e-9)


def test_the_numbers_written_in_the_softmax_picture_are_its_entries_and_rows_sum_to_zero(drawn):
    written = texts(drawn("fig-mc-softmax-jacobian")[0])
    numbers = np.array([float(text.replace("−", "-")) for text in written]).reshape(3, 3)
    expected = [[0.2247, -0.1598, -0.0650], [-0.1598, 0.1837, -0.0239], [-0.0650, -0.0239, 0.0889]]
    np.testing.assert_allclose(numbers, expected)
    np.testing.assert_allclose(numbers.sum(axis=1), 0.0, atol=2e-4)


def test_rounding_of_one_plus_h_adds_at_most_half_of_the_rounding_term():
    h = np.random.default_rng(0).uniform(1e-12, 1e-3, 5000)
    forward = [abs(Fraction(1 + step) - 1 - Fraction(step)) for step in h]
    central = [abs((Fraction(1 + step) - Fraction(1 - step)) / 2 - Fraction(step)) for step in h]
    assert 0.95 * EPSILON < max(forward) <= EPSILON
    assert 0.95 * EPSILON / 2 < max(central) <= EPSILON / 2


def judged_claims(my_gradient):
    """Run the cell that draws with the reader's function; return its figure's bars."""
    cells = [FIRST_CELL, "exercise-claims-code"]
    axes, names = drawn_by_reader("matrix_calculus", cells, my_gradient=my_gradient)
    widths = [bar.get_width() for ax in axes for bar in ax.patches]
    return dict(zip(names["claims"], widths, strict=False))


def test_the_readers_own_gradient_accepts_one_of_the_four_claims():
    known = exercises.question("matrix_calculus.numerical_gradient")
    bars = judged_claims(known.reference)
    accepted = [claim for claim, width in bars.items() if width < 1e-7]
    assert len(bars) == 4 and accepted == ["b + (A + A.T) @ x / 2"]


def test_a_wrong_gradient_of_the_reader_judges_nothing():
    assert judged_claims(lambda f, x: np.zeros(len(x))) == {}
