"""What the figures of the chapter on model fitting must show, against independent computations.

Descents are redone here from their closed forms (eigen-modes, one line of NumPy a step) or with
SciPy's minimisers, not with ``lib.optimizers``.
"""

import numpy as np
import pytest
from matplotlib.text import Annotation
from notebook_figures import drawn_by_reader, shown_in_text, turned, written_in
from scipy import optimize

from lib import datasets, optimizers

X = np.array([[1.0, 0.0], [1.0, 1.0], [1.0, 2.0]])
Y = np.array([1.0, 3.0, 4.0])
BEST = np.array([7 / 6, 3 / 2])
HESSIAN = 2 * X.T @ X / 3
EIGENVALUES, Q = np.linalg.eigh(HESSIAN)
BOUND = 2 / EIGENVALUES[1]
AWAY = np.array([-1.0, 1.0])


@pytest.fixture(scope="module")
def drawn(figures):
    """Give the axes of a figure of the chapter."""
    return lambda name: figures("model_fitting")[f"fig-mf-{name}"].axes


def mean_squared_error(theta, X=X):
    return np.mean((Y - X @ theta) ** 2)


def path_by_modes(start, rate, n_steps):
    """Closed form of descent on the three points: each eigen-mode is a power."""
    powers = (1 - rate * EIGENVALUES) ** np.arange(n_steps + 1)[:, None]
    return BEST + (powers * (Q.T @ (start - BEST))) @ Q.T


def with_ones(features):
    return np.column_stack([np.ones(len(features)), features])


def binary_data():
    rng = np.random.default_rng(7)
    return datasets.logistic(300, rng=rng).split(2 / 3, rng=rng)


def binary_loss(theta, part):
    z = with_ones(part.X) @ theta
    return np.mean(np.logaddexp(0, z) - part.y * z)


def class_data():
    rng = np.random.default_rng(10)
    return datasets.blobs(300, rng=rng, n_classes=3, spread=1.0).split(0.5, rng=rng)


def softmax_loss(theta, part):
    z = with_ones(part.X) @ theta.T
    return np.mean(np.log(np.exp(z).sum(axis=1)) - z[np.arange(len(z)), part.y])


def contour_height_errors(axes, loss):
    """How far the loss on each drawn contour is from the height the contour stands for."""
    contours = axes.collections[0]
    for level, path in zip(contours.levels, contours.get_paths(), strict=True):
        for point in path.vertices:
            yield abs(loss(point) - level) / level


def test_every_contour_of_the_loss_surface_lies_at_its_height(drawn):
    for axes in drawn("paths"):
        assert max(contour_height_errors(axes, mean_squared_error)) < 0.05


def test_the_three_descent_paths_follow_the_closed_form_of_the_eigen_modes(drawn):
    for axes, rate in zip(drawn("paths"), (0.02, 0.3, 0.43), strict=True):
        expected = path_by_modes(AWAY, rate, 12)
        assert np.allclose(axes.lines[0].get_xydata(), expected, atol=1e-9)
        assert str(rate) in axes.get_title(loc="left") + axes.get_title()


def test_the_slow_path_stops_short_the_good_one_arrives_and_the_unstable_one_leaves(drawn):
    ends = [axes.lines[0].get_xydata() for axes in drawn("paths")]
    slow, good, unstable = (np.linalg.norm(path - BEST, axis=1) for path in ends)
    assert slow[-1] > 0.5 * slow[0]
    assert good[-1] < 0.1 * good[0]
    assert unstable[-1] > unstable[-3] > unstable[-5]


def test_the_star_of_every_surface_is_the_least_squares_solution(drawn):
    for axes in drawn("paths"):
        solution = np.linalg.lstsq(X, Y, rcond=None)[0]
        assert np.allclose(axes.lines[1].get_xydata(), [solution])


def test_each_loss_curve_is_the_sum_over_modes_at_its_rate(drawn):
    left = drawn("rates")[0]
    weights = 0.5 * EIGENVALUES * (Q.T @ (np.zeros(2) - BEST)) ** 2
    for line, rate in zip(left.lines, (0.05, 0.1, 0.3, 0.4, BOUND, 0.45), strict=True):
        powers = (1 - rate * EIGENVALUES) ** (2 * np.arange(11)[:, None])
        assert np.allclose(line.get_ydata(), powers @ weights, rtol=1e-5)


def test_the_curve_at_the_stability_bound_stays_level_and_parts_falling_from_rising(drawn):
    curves = [line.get_ydata() for line in drawn("rates")[0].lines]
    assert curves[4][-1] == pytest.approx(curves[4][0], rel=1e-3)
    assert all(curve[-1] < curve[0] for curve in curves[:4])
    assert curves[5][-1] > curves[5][0]
    assert [text.get_text() for text in drawn("rates")[0].texts][4] == f"{BOUND:.4f}"


def test_the_factor_is_least_at_the_best_rate_and_one_at_the_bound(drawn):
    right = drawn("rates")[1]
    band, flat, steep, marks = (line.get_xydata() for line in right.lines)
    assert np.allclose(flat[:, 1], 1 - flat[:, 0] * EIGENVALUES[0], atol=1e-6)
    assert np.allclose(steep[:, 1], abs(1 - steep[:, 0] * EIGENVALUES[1]), atol=1e-6)
    assert np.allclose(band[:, 1], np.maximum(flat[:, 1], steep[:, 1]))
    assert band[band[:, 1].argmin(), 0] == pytest.approx(0.375, abs=0.0025)
    kappa = EIGENVALUES[1] / EIGENVALUES[0]
    expected = [[0.375, (kappa - 1) / (kappa + 1)], [BOUND, 1]]
    assert np.allclose(marks, expected, atol=1e-5)


def test_centring_makes_the_contours_nearly_round(drawn):
    for axes, kappa in zip(drawn("centring"), (8.5497, 1.5), strict=True):
        ellipse = axes.collections[0].get_paths()[1].vertices
        radii = np.linalg.norm(ellipse - axes.lines[1].get_xydata(), axis=1)
        assert radii.max() / radii.min() == pytest.approx(np.sqrt(kappa), rel=0.05)


def test_both_sides_of_the_centring_figure_show_the_loss_of_the_same_lines(drawn):
    raw, centred = drawn("centring")
    assert max(contour_height_errors(raw, mean_squared_error)) < 0.05
    shifted = X - [0, 1]
    assert max(contour_height_errors(centred, lambda t: mean_squared_error(t, shifted))) < 0.05
    assert np.array_equal(raw.collections[0].levels, centred.collections[0].levels)
    first_raw, first_centred = (axes.lines[0].get_xydata()[0] for axes in (raw, centred))
    assert np.allclose(X @ first_raw, shifted @ first_centred)


def test_on_centred_data_descent_is_closer_to_the_minimum_after_three_steps(drawn):
    gaps = []
    for axes in drawn("centring"):
        path, goal = (line.get_xydata() for line in axes.lines)
        gaps.append(np.linalg.norm(path[3] - goal[0]) / np.linalg.norm(path[0] - goal[0]))
    assert gaps[1] < 0.02 < 0.3 < gaps[0]


def test_the_fitted_line_is_the_least_squares_line_through_the_points_drawn(drawn):
    left = drawn("line")[0]
    x, y = left.collections[0].get_offsets().T
    slope, intercept = np.polyfit(x, y, 1)
    untrained, _, fitted = (line.get_xydata() for line in left.lines)
    assert np.allclose(untrained[:, 1], 0)
    assert np.allclose(fitted[:, 1], intercept + slope * fitted[:, 0], atol=1e-3)
    assert len(x) == 60


def test_the_line_losses_fall_to_the_least_squares_loss_near_the_noise_level(drawn):
    left, right = drawn("line")
    x, y = left.collections[0].get_offsets().T
    residual = y - np.polyval(np.polyfit(x, y, 1), x)
    training, test, noise = (line.get_ydata() for line in right.lines)
    assert training[0] == pytest.approx(np.mean(np.asarray(y) ** 2) / 2)
    assert training[-1] == pytest.approx(np.mean(np.asarray(residual) ** 2) / 2, rel=1e-4)
    assert np.all(np.diff(training) < 0)
    assert noise[0] == pytest.approx(0.045)
    assert abs(test[-1] - 0.045) < 0.02


def test_the_fitted_probability_is_the_maximum_likelihood_fit(drawn):
    train, _ = binary_data()
    fit = optimize.minimize(binary_loss, np.zeros(2), args=(train,), tol=1e-10).x
    fitted, true, boundary = drawn("boundary")[0].lines
    x = fitted.get_xdata()
    assert np.allclose(fitted.get_ydata(), 1 / (1 + np.exp(-fit[0] - fit[1] * x)), atol=2e-3)
    assert np.allclose(true.get_ydata(), 1 / (1 + np.exp(4 - 8 * x)))
    assert boundary.get_xdata()[0] == pytest.approx(-fit[0] / fit[1], abs=1e-3)


def test_the_fitted_probability_is_one_half_at_the_decision_boundary(drawn):
    fitted, _, boundary = drawn("boundary")[0].lines
    at = np.interp(boundary.get_xdata()[0], fitted.get_xdata(), fitted.get_ydata())
    assert at == pytest.approx(0.5, abs=1e-3)


def test_every_training_label_is_drawn_on_its_side(drawn):
    train, _ = binary_data()
    for label, points in enumerate(drawn("boundary")[0].collections):
        x, height = points.get_offsets().T
        assert np.array_equal(np.sort(x), np.sort(train.X[train.y == label, 0]))
        assert np.all(height > 1) if label else np.all(height < 0)


def test_the_binary_losses_start_at_ln_2_and_end_at_the_maximum_likelihood_loss(drawn):
    train, test = binary_data()
    fit = optimize.minimize(binary_loss, np.zeros(2), args=(train,), tol=1e-10).x
    for line, part in zip(drawn("boundary")[1].lines, (train, test), strict=True):
        assert line.get_ydata()[0] == pytest.approx(np.log(2))
        assert line.get_ydata()[-1] == pytest.approx(binary_loss(fit, part), abs=1e-4)


def test_the_coloured_regions_are_where_the_fitted_class_wins(drawn):
    train, _ = class_data()
    fit = optimize.minimize(lambda t: softmax_loss(t.reshape(3, 3), train), np.zeros(9)).x
    left = drawn("regions")[0]
    regions = left.collections[::2]
    rng = np.random.default_rng(0)
    points = rng.uniform(-4.9, 4.9, (400, 2))
    scores = np.sort(with_ones(points) @ fit.reshape(3, 3).T, axis=1)
    clear = points[scores[:, 2] - scores[:, 1] > 0.5]
    winners = (with_ones(clear) @ fit.reshape(3, 3).T).argmax(axis=1)
    assert len(clear) > 300
    for label, region in enumerate(regions):
        inside = region.get_paths()[0].contains_points(clear)
        assert np.array_equal(inside, winners == label)


def test_the_points_of_a_class_have_the_colour_of_its_region(drawn):
    train, _ = class_data()
    drawings = drawn("regions")[0].collections
    for label, (region, points) in enumerate(zip(drawings[::2], drawings[1::2], strict=True)):
        assert np.allclose(region.get_facecolor()[0, :3], points.get_facecolor()[0, :3])
        assert np.allclose(points.get_offsets(), train.X[train.y == label])


def test_the_class_losses_start_at_ln_3_and_come_down_to_the_least_loss(drawn):
    train, test = class_data()
    fit = optimize.minimize(lambda t: softmax_loss(t.reshape(3, 3), train), np.zeros(9))
    training, held_out = (line.get_ydata() for line in drawn("regions")[1].lines)
    assert training[0] == held_out[0] == pytest.approx(np.log(3))
    assert np.all(np.diff(training) < 0)
    assert 0 < training[-1] - fit.fun < 1e-3
    assert held_out[-1] == pytest.approx(softmax_loss(fit.x.reshape(3, 3), test), abs=5e-3)


def test_the_separable_weight_grows_like_the_logarithm_and_the_other_settles_at_ln_2(drawn):
    separable, logarithm, contradicted = drawn("separable")[0].lines
    weight, walked = 0.0, []
    for _ in range(3000):
        weight += 1 / (1 + np.exp(weight))
        walked.append(weight)
    assert np.allclose(separable.get_ydata(), walked)
    assert np.allclose(logarithm.get_ydata(), np.log(np.arange(1, 3001)))
    assert np.all(np.diff(separable.get_ydata()) > 0)
    assert abs(walked[-1] - logarithm.get_ydata()[-1]) < 0.01
    assert contradicted.get_ydata()[-1] == pytest.approx(np.log(2))


def test_all_optimizers_of_the_race_start_at_the_same_place_for_the_same_epochs(drawn):
    paths = [line.get_xydata() for line in drawn("race")[0].lines[:4]]
    assert all(path.shape == (61, 2) for path in paths)
    assert all(np.array_equal(path[0], [-6, 2]) for path in paths)
    names = [text.get_text() for text in drawn("race")[1].get_legend().get_texts()]
    assert names == ["descent", "momentum", "Adam", "SGD"]


def test_the_gaps_of_the_race_are_those_of_the_paths_drawn_beside_them(drawn):
    train, _ = binary_data()
    least = optimize.minimize(binary_loss, np.zeros(2), args=(train,), tol=1e-10).fun
    left, right = drawn("race")
    for path, gap in zip(left.lines[:4], right.lines, strict=True):
        expected = [binary_loss(theta, train) - least for theta in path.get_xydata()]
        assert np.allclose(gap.get_ydata(), expected, atol=2e-6)


def test_the_momentum_path_of_the_race_is_the_textbook_recursion(drawn):
    train, _ = binary_data()
    A, path = with_ones(train.X), drawn("race")[0].lines[1].get_xydata()
    rate = 4 / np.linalg.eigvalsh(A.T @ A / len(A))[-1]
    theta, velocity = path[0], np.zeros(2)
    for expected in path[1:]:
        slope = (1 / (1 + np.exp(-A @ theta)) - train.y) @ A / len(A)
        velocity = 0.8 * velocity + slope
        theta = theta - rate * velocity
        assert np.allclose(theta, expected)


def test_descent_creeps_monotonically_and_momentum_and_adam_do_not(drawn):
    descent, momentum, adam, sgd = (line.get_ydata() for line in drawn("race")[1].lines)
    assert np.all(np.diff(descent) < 0)
    assert all(np.any(np.diff(curve) > 0) for curve in (momentum, adam, sgd))
    assert sgd[1] == min(curve[1] for curve in (descent, momentum, adam, sgd))
    assert descent[-1] == max(curve[-1] for curve in (descent, momentum, adam, sgd))


def test_the_six_loss_curves_have_the_shapes_the_answer_gives_them(drawn):
    panels = dict(zip("ABCDEF", drawn("curves"), strict=True))
    assert [axes.get_title(loc="left") for axes in panels.values()] == list(panels)
    curve = {letter: axes.lines[0].get_ydata() for letter, axes in panels.items()}
    assert np.sum(np.diff(curve["A"]) > 0) > 40
    assert curve["B"][-1] > 0.75 * curve["B"][0]
    assert curve["C"][80] > 0.95 and curve["C"][-1] < 0.01
    assert curve["D"][-1] < 0.05 * curve["D"][0] and np.all(np.diff(curve["D"]) < 0)
    assert np.all(np.diff(curve["F"][-10:]) > 0) and curve["F"][-1] > 100 * curve["F"][0]


def test_the_overfitting_panel_parts_training_from_test(drawn):
    training, test = (line.get_ydata() for line in drawn("curves")[4].lines)
    assert np.all(np.diff(training) < 0)
    turn = test.argmin()
    assert 0 < turn < 20
    assert test[-1] > 2 * test[turn]
    assert drawn("curves")[4].get_ylim()[1] > test.max()


def test_the_curves_of_plain_descent_follow_the_closed_form(drawn):
    for letter, rate in ((1, 0.001), (3, 0.06), (5, 0.44)):
        expected = [mean_squared_error(theta) for theta in path_by_modes(AWAY, rate, 25)]
        assert np.allclose(drawn("curves")[letter].lines[0].get_ydata(), expected)


# ---------------------------------------------------------------------------------------------
# The rate, turned by the reader
# ---------------------------------------------------------------------------------------------


def gap_by_modes(rate, start=AWAY):
    """Compute the gap to the best loss over twenty steps from the powers of the modes."""
    shares = EIGENVALUES * (Q.T @ (start - BEST)) ** 2 / 2
    return ((1 - rate * EIGENVALUES) ** (2 * np.arange(21)[:, None])) @ shares


@pytest.mark.parametrize(
    ("rate", "said"), [(0.1, "0.891"), (0.41, "0.917"), (0.42, "1.011"), (0.5, "1.925")]
)
def test_the_slider_draws_the_gap_of_its_rate(figures, rate, said):
    with turned(figures("model_fitting")["fig-mf-turn-the-rate"], rate) as ax:
        drawn, title = ax.lines[0].get_ydata(), ax.get_title(loc="left")
    np.testing.assert_allclose(drawn, gap_by_modes(rate), rtol=1e-9)
    assert title == f"the last step multiplies the gap by {said}"


def test_the_rate_with_the_smallest_gap_after_twenty_steps_lies_just_below_the_formula():
    rates = np.arange(0.01, 0.5, 0.01)
    best = rates[np.argmin([gap_by_modes(rate)[-1] for rate in rates])]
    formula = 2 / EIGENVALUES.sum()
    assert formula == pytest.approx(0.375)
    assert formula - 0.03 < best < formula


def test_at_the_rate_of_a_tenth_only_the_flat_mode_is_left():
    assert (1 - 0.1 * EIGENVALUES[0]) ** 2 == pytest.approx(0.891, abs=5e-4)


# ---------------------------------------------------------------------------------------------
# The reader's own descent
# ---------------------------------------------------------------------------------------------

NEEDED = ("cell-001", "cell-003", "cell-005", "cell-007", "cell-011")  # what the picture needs


def right_descent(gradient, theta, learning_rate, n_steps):
    path = [np.array(theta)]
    for _ in range(n_steps):
        path.append(path[-1] - learning_rate * gradient(path[-1]))
    return np.array(path)


def uphill(gradient, theta, learning_rate, n_steps):
    return right_descent(gradient, theta, -learning_rate, n_steps)


def drawn_by(my_descend):
    """Run the last picture of the chapter with the function of a reader; return its axes."""
    cells = [*NEEDED, "exercise-path-code"]
    return drawn_by_reader("model_fitting", cells, my_descend=my_descend)[0]


def test_the_readers_own_function_walks_on_the_contours():
    (ax,) = drawn_by(right_descent)
    np.testing.assert_allclose(ax.lines[0].get_xydata(), path_by_modes(AWAY, 0.3, 12), atol=1e-9)
    assert ax.get_title(loc="left") == "my rate: 0.3"


def test_a_wrong_function_draws_nothing_and_is_told_so(capsys):
    assert drawn_by(uphill) == []
    assert capsys.readouterr().out.endswith("drawn here once my_descend is right.\n")


def test_what_the_chapter_shows_of_lib_optimizers_is_what_stands_there():
    shown, there = shown_in_text("model_fitting"), written_in(optimizers)
    assert list(shown) == ["_plain_rule", "_momentum_rule", "_adam_rule", "_descend"]
    assert shown == {name: there[name] for name in shown}


# ---------------------------------------------------------------------------------------------
# The eigenvectors, and the figures of the boxes
# ---------------------------------------------------------------------------------------------


def arrow(axes, number):
    """Return where an arrow of a figure begins and ends."""
    annotation = [text for text in axes.texts if isinstance(text, Annotation)][number]
    return np.array(annotation.xyann), np.array(annotation.xy)


def test_the_two_arrows_are_eigenvectors_at_the_argmin(drawn):
    (axes,) = drawn("eigenvectors")
    for number, (name, curvature) in enumerate((("flat", 0.5585), ("steep", 4.7749))):
        tail, head = arrow(axes, number)
        assert np.allclose(tail, BEST)
        q = head - tail
        assert np.allclose(HESSIAN @ q, curvature * q, atol=2e-4)
        assert name in [text.get_text() for text in axes.texts]


def test_the_dotted_lines_split_the_first_two_errors_along_the_eigenvectors(drawn):
    (axes,) = drawn("eigenvectors")
    first, second, path = (line.get_xydata() for line in axes.lines[:3])
    for corner, place in zip((first, second), path[:2], strict=False):
        assert np.allclose(corner[0], BEST) and np.allclose(corner[2], place)
        along, across = corner[1] - corner[0], corner[2] - corner[1]
        assert np.allclose(HESSIAN @ along, EIGENVALUES[0] * along, atol=1e-4)
        assert np.allclose(HESSIAN @ across, EIGENVALUES[1] * across, atol=1e-4)
    assert np.allclose(second[1] - BEST, 0.8325 * (first[1] - BEST), atol=1e-3)
    assert np.allclose(path, path_by_modes(path[0], 0.3, 4), atol=1e-9)


def test_descent_keeps_the_promise_for_convex_and_for_strongly_convex_losses(drawn):
    left, right = drawn("convergence")
    gap, promise = (line.get_ydata() for line in left.lines)
    weight, walked = 1.0, []
    for _ in range(1000):
        weight -= weight**3 / 3
        walked.append(weight**4 / 4)
    assert np.allclose(gap, walked)
    assert np.allclose(promise, 1 / (2 / 3 * np.arange(1, 1001)))
    assert np.all(gap < promise)
    gap, promise = (line.get_ydata() for line in right.lines)
    rate = 1 / EIGENVALUES[1]
    expected = [mean_squared_error(theta) for theta in path_by_modes(AWAY, rate, 60)]
    assert np.allclose(gap, np.array(expected) - 1 / 18, atol=1e-9)
    kappa = EIGENVALUES[1] / EIGENVALUES[0]
    assert np.allclose(promise, (1 - 1 / kappa) ** np.arange(61) * gap[0], rtol=1e-4)
    assert np.all(gap[1:] < promise[1:])


def test_each_schedule_follows_the_recursion_of_its_mean_square(drawn):
    (axes,) = drawn("schedules")
    steps = np.arange(1, 1001)
    rates = (np.full(1000, 0.2), np.full(1000, 0.1), np.where(steps <= 200, 0.2, 0.02), 1 / steps)
    for line, schedule in zip(axes.lines, rates, strict=False):
        square, expected = 9.0, []
        for rate in schedule:
            square = (1 - rate) ** 2 * square + rate**2
            expected.append(square)
        # a mean of 2000 squares of normal values: within five standard errors
        assert np.all(np.abs(line.get_ydata() / expected - 1) < 5 * np.sqrt(2 / 2000))
    floors = [line.get_ydata()[0] for line in axes.lines[4:]]
    assert floors == pytest.approx([1 / 9, 1 / 19])


def test_learning_curves_close_their_gap_and_shuffled_labels_end_at_ln_3(drawn):
    (axes,) = drawn("learning-curves")
    true, true_test, shuffled, shuffled_test = (line.get_ydata() for line in axes.lines[:4])
    assert axes.lines[4].get_ydata()[0] == pytest.approx(np.log(3))
    for training, test in ((true, true_test), (shuffled, shuffled_test)):
        assert test[0] - training[0] > 10 * abs(test[-1] - training[-1])
    assert true_test[-1] < 0.35
    assert np.all(shuffled < np.log(3)) and np.all(shuffled_test > np.log(3))
    assert shuffled_test[-1] - shuffled[-1] < 0.02
