"""The figures of the chapter on datasets draw what the text says they draw."""

import math

import numpy as np
import pytest
from notebook_figures import drawn_by_reader
from scipy import integrate, special

from lib import datasets


@pytest.fixture(scope="module")
def drawn(figures):
    return figures("datasets")


def chance(x):
    """The law of the machine, with SciPy's sigmoid."""
    return special.expit(8 * (np.asarray(x) - 0.5))


def points(lines):
    """All points of lines that are drawn as dots, as (x, y) pairs in rising order."""
    return sorted(pair for line in lines for pair in zip(*line.get_data(), strict=True))


def dots_of(ax):
    """The lines of an axes that are drawn as dots only."""
    return [line for line in ax.lines if line.get_linestyle() == "None"]


def outline(collection):
    """The corners of a filled area."""
    return collection.get_paths()[0].vertices


def area(corners):
    """The area of a polygon, by the shoelace formula."""
    x, y = corners.T
    return abs(np.dot(x, np.roll(y, 1)) - np.dot(y, np.roll(x, 1))) / 2


# ---------------------------------------------------------------------------------------------
# The machine and the tasks
# ---------------------------------------------------------------------------------------------


def test_the_curve_of_the_machine_is_its_law_and_the_input_density_has_area_one(drawn):
    top, ax = drawn["fig-ds-machine"].axes
    curve = ax.lines[0]
    np.testing.assert_allclose(curve.get_ydata(), chance(curve.get_xdata()), rtol=1e-12)
    assert area(outline(top.collections[0])) == pytest.approx(1.0, abs=1e-12)


def test_the_dots_on_the_machine_are_sixty_draws_from_it(drawn):
    ax = drawn["fig-ds-machine"].axes[1]
    rows = [line for line in dots_of(ax) if set(line.get_ydata()) <= {0, 1}]
    beans = datasets.logistic(60, rng=np.random.default_rng(1))
    assert points(rows) == sorted(zip(beans.X[:, 0], beans.y, strict=True))


def test_the_marked_points_of_the_machine_are_those_worked_by_hand(drawn):
    ax = drawn["fig-ds-machine"].axes[1]
    marks = dots_of(ax)[-1].get_xydata()
    hand = [[0.25, 1 / (1 + math.exp(2))], [0.6, 1 / (1 + math.exp(-0.8))]]
    np.testing.assert_allclose(marks, hand, rtol=1e-12)
    texts = [text.get_text() for text in ax.texts]
    assert {"p(0.25) = 0.1192", "p(0.6) = 0.6900"} <= set(texts)


def test_the_regression_points_scatter_around_the_line_of_their_machine(drawn):
    dots, line = drawn["fig-ds-tasks"].axes[0].lines
    np.testing.assert_allclose(line.get_ydata(), 2 * np.asarray(line.get_xdata()) + 1)
    residual = dots.get_ydata() - (2 * dots.get_xdata() + 1)
    assert len(residual) == 40
    assert residual.std() == pytest.approx(0.3, abs=4 * 0.3 / math.sqrt(2 * 40))
    assert abs(residual.mean()) < 4 * 0.3 / math.sqrt(40)


def test_the_binary_points_lie_on_zero_and_one_around_the_curve_of_their_machine(drawn):
    dots, curve = drawn["fig-ds-tasks"].axes[1].lines
    assert set(dots.get_ydata()) == {0, 1}
    np.testing.assert_allclose(curve.get_ydata(), chance(curve.get_xdata()), rtol=1e-12)
    p = chance(dots.get_xdata())
    spread = math.sqrt(np.sum(p * (1 - p)))
    assert abs(np.sum(dots.get_ydata() - p)) < 4 * spread


def test_the_three_classes_are_clouds_around_the_centres_of_the_machine(drawn):
    clouds = drawn["fig-ds-tasks"].axes[2].lines
    assert sum(len(cloud.get_xdata()) for cloud in clouds) == 60
    for label, cloud in enumerate(clouds):
        angle = 2 * math.pi * label / 3
        centre = math.sqrt(3) * np.array([math.cos(angle), math.sin(angle)])
        offset = cloud.get_xydata().mean(axis=0) - centre
        assert np.all(np.abs(offset) < 4 * 0.6 / math.sqrt(len(cloud.get_xdata())))


# ---------------------------------------------------------------------------------------------
# One-hot labels
# ---------------------------------------------------------------------------------------------


def test_the_one_hot_rows_have_their_single_one_in_the_column_of_the_label(drawn):
    grid = drawn["fig-ds-one-hot"].axes[0]
    table = np.asarray(grid.images[0].get_array())
    labels = [int(tick.get_text()) for tick in grid.get_yticklabels()]
    assert labels == [2, 0, 1, 2, 2, 0]
    assert [list(row).index(1) for row in table] == labels
    np.testing.assert_array_equal(np.sort(table, axis=1), np.tile([0, 0, 1], (6, 1)))


def test_names_are_unequally_far_apart_and_one_hot_rows_equally(drawn):
    names, rows = (np.asarray(ax.images[0].get_array()) for ax in drawn["fig-ds-one-hot"].axes[1:])
    np.testing.assert_array_equal(names, [[0, 1, 2], [1, 0, 1], [2, 1, 0]])
    np.testing.assert_allclose(rows, math.sqrt(2) * (1 - np.eye(3)), rtol=1e-12)


def test_each_cell_of_the_one_hot_figure_says_the_number_it_is_shaded_by(drawn):
    for ax in drawn["fig-ds-one-hot"].axes:
        table = np.asarray(ax.images[0].get_array())
        said = {(int(t.get_position()[1]), int(t.get_position()[0])): t for t in ax.texts}
        assert len(said) == table.size
        for place, text in said.items():
            assert float(text.get_text()) == pytest.approx(table[place], abs=0.005)


# ---------------------------------------------------------------------------------------------
# Error bars
# ---------------------------------------------------------------------------------------------


def test_the_running_mean_is_the_mean_of_the_first_n_tosses(drawn):
    curve = drawn["fig-ds-running-mean"].axes[0].lines[0]
    tosses = np.random.default_rng(5).uniform(size=10_000) < 0.3
    n = curve.get_xdata()
    assert (n[0], n[-1]) == (10, 10_000)
    assert np.all(np.diff(n) > 0)
    np.testing.assert_allclose(curve.get_ydata(), [tosses[:k].mean() for k in n], rtol=1e-12)


def band_at(band, n):
    """The lower and upper edge of a band at one n."""
    heights = band[band[:, 0] == n, 1]
    return heights.min(), heights.max()


def test_the_band_is_two_standard_errors_to_either_side_and_holds_the_truth(drawn):
    ax = drawn["fig-ds-running-mean"].axes[0]
    band = outline(ax.collections[0])
    for n, mean in ax.lines[0].get_xydata():
        tosses = np.repeat([1.0, 0.0], [round(n * mean), n - round(n * mean)])
        error = tosses.std() / math.sqrt(n)
        low, high = band_at(band, n)
        assert (low, high) == pytest.approx((mean - 2 * error, mean + 2 * error), abs=1e-12)
        assert low < 0.3 < high


def test_the_band_gets_ten_times_narrower_for_a_hundred_times_the_data(drawn):
    band = outline(drawn["fig-ds-running-mean"].axes[0].collections[0])
    widths = [np.ptp(band_at(band, n)) for n in (100, 10_000)]
    assert widths[0] / widths[1] == pytest.approx(10, rel=0.1)


def test_the_running_mean_approaches_the_dashed_truth(drawn):
    curve, truth = drawn["fig-ds-running-mean"].axes[0].lines
    assert set(truth.get_ydata()) == {0.3}
    distance = np.abs(curve.get_ydata() - 0.3)
    assert distance[-1] < 2 * math.sqrt(0.21 / 10_000)
    assert distance[-1] < distance[:20].max() / 10


# ---------------------------------------------------------------------------------------------
# The noise floor
# ---------------------------------------------------------------------------------------------


def test_the_area_of_the_floor_is_the_best_error_rate(drawn):
    (ax,) = drawn["fig-ds-floor"].axes
    error_rate = (math.log(2) - math.log1p(math.exp(-4))) / 4
    assert area(outline(ax.collections[0])) == pytest.approx(error_rate, abs=1e-6)
    assert ax.texts[0].get_text() == f"area {error_rate:.4f}" == "area 0.1687"


def test_the_height_of_the_floor_is_the_smaller_chance(drawn):
    curve = drawn["fig-ds-floor"].axes[0].lines[0]
    smaller = chance(-np.abs(curve.get_xdata() - 0.5) + 0.5)
    np.testing.assert_allclose(curve.get_ydata(), smaller, rtol=1e-12)


def test_without_the_feature_the_floor_is_that_of_a_fair_coin(drawn):
    ax = drawn["fig-ds-floor"].axes[0]
    share_of_ones, _ = integrate.quad(chance, 0, 1)
    blind = min(share_of_ones, 1 - share_of_ones)
    np.testing.assert_allclose(ax.lines[1].get_ydata(), blind, rtol=1e-12)
    assert ax.texts[1].get_text() == f"without x: {blind:.4f}"


# ---------------------------------------------------------------------------------------------
# The split and the leak
# ---------------------------------------------------------------------------------------------


def nearest_stored(stored, x):
    """The label of the nearest stored sample, by a plain search."""
    return min(stored, key=lambda sample: abs(sample[0] - x))[1]


def test_the_nearest_neighbour_is_right_on_all_it_stored_and_wrong_on_the_crossed_new_samples(
    drawn,
):
    top, bottom = drawn["fig-ds-split"].axes
    stored = points(dots_of(top))
    right, wrong = (line.get_xydata() for line in dots_of(bottom))
    assert len(stored) == len(right) + len(wrong) == 40
    assert all(nearest_stored(stored, x) == y for x, y in right)
    assert all(nearest_stored(stored, x) != y for x, y in wrong)
    assert [ax.texts[0].get_text().split(": ")[1] for ax in (top, bottom)] == [
        "0 of 40 wrong",
        f"{len(wrong)} of 40 wrong",
    ]


def test_both_panels_of_the_split_draw_the_same_prediction_made_from_the_stored_part(drawn):
    top, bottom = drawn["fig-ds-split"].axes
    stored = points(dots_of(top))
    steps = top.lines[0].get_xydata()
    np.testing.assert_array_equal(steps, bottom.lines[0].get_xydata())
    assert all(nearest_stored(stored, x) == y for x, y in steps[::20])


def test_no_sample_of_the_split_is_in_both_panels(drawn):
    top, bottom = (points(dots_of(ax)) for ax in drawn["fig-ds-split"].axes)
    assert not set(top) & set(bottom)


def bars(ax, first, last):
    """The middle and the height of some bars of a histogram."""
    patches = ax.patches[first:last]
    return np.array([(bar.get_x() + bar.get_width() / 2, bar.get_height()) for bar in patches])


def test_the_honest_accuracies_centre_on_the_truth_and_the_leaky_ones_far_above(drawn):
    ax = drawn["fig-ds-leak"].axes[0]
    half = len(ax.patches) // 2
    honest, leaky = bars(ax, 0, half), bars(ax, half, None)
    assert honest[:, 1].sum() == leaky[:, 1].sum() == 200
    mean, spread = weighted(honest)
    assert abs(mean - 0.5) < 4 * spread / math.sqrt(200)
    mean, spread = weighted(leaky)
    assert mean > 0.5 + 40 * spread / math.sqrt(200)
    assert set(ax.lines[0].get_xdata()) == {0.5}


def weighted(histogram):
    """The mean and the standard deviation of the values behind a histogram."""
    values, counts = histogram.T
    mean = np.average(values, weights=counts)
    return mean, math.sqrt(np.average((values - mean) ** 2, weights=counts))


def test_the_means_written_on_the_leak_are_those_of_the_bars(drawn):
    ax = drawn["fig-ds-leak"].axes[0]
    half = len(ax.patches) // 2
    means = {"honest": weighted(bars(ax, 0, half))[0], "leaky": weighted(bars(ax, half, None))[0]}
    for text in ax.texts:
        name, said = text.get_text().split(": mean ")
        assert float(said) == pytest.approx(means[name], abs=6e-4)


# ---------------------------------------------------------------------------------------------
# Sampling bias
# ---------------------------------------------------------------------------------------------


def collected_beans():
    """Collect beans one by one, the wet ones always; return the label and the weight of each."""
    rng = np.random.default_rng(0)
    field = datasets.logistic(20_000, rng=rng)
    draws = rng.uniform(size=20_000)
    for x, y, u in zip(field.X[:, 0], field.y, draws, strict=True):
        if x >= 0.5 or u < 0.2:
            yield y, 0.6 if x >= 0.5 else 3.0


def test_the_two_averages_of_a_biased_collection_are_those_of_its_first_n_beans(drawn):
    labels, weights = np.array(list(collected_beans()), dtype=float).T
    lines = drawn["fig-ds-shift"].axes[0].lines
    for line, terms in zip(lines[:2], (labels, weights * labels), strict=True):
        expected = [terms[: int(n)].mean() for n in line.get_xdata()]
        np.testing.assert_allclose(line.get_ydata(), expected, rtol=1e-10)


def test_the_bands_of_a_biased_collection_are_two_standard_errors_wide(drawn):
    labels, weights = np.array(list(collected_beans()), dtype=float).T
    ax = drawn["fig-ds-shift"].axes[0]
    for band, terms in zip(ax.collections, (labels, weights * labels), strict=True):
        for n in ax.lines[0].get_xdata()[::40]:
            low, high = band_at(outline(band), n)
            error = terms[: int(n)].std() / math.sqrt(n)
            assert high - low == pytest.approx(4 * error, rel=1e-9)


def test_the_plain_average_ends_far_from_the_dashed_truth_and_the_weighted_one_at_it(drawn):
    ax = drawn["fig-ds-shift"].axes[0]
    plain, weighted, truth = ax.lines
    assert set(truth.get_ydata()) == {0.5}
    low, high = band_at(outline(ax.collections[0]), plain.get_xdata()[-1])
    assert 0.7 < low < 0.721 < high
    low, high = band_at(outline(ax.collections[1]), weighted.get_xdata()[-1])
    assert low < 0.5 < high


# ---------------------------------------------------------------------------------------------
# The reader's own sampler
# ---------------------------------------------------------------------------------------------


def right_sample(n, rng):
    """Draw x evenly, and y = 1 with probability x squared."""
    x = rng.uniform(0, 1, n)
    return x, (rng.uniform(size=n) < x**2).astype(int)


def sample_without_noise(n, rng):
    """Let the label follow from x."""
    x = rng.uniform(0, 1, n)
    return x, (x > 0.5).astype(int)


def drawn_by(my_sample):
    """Run the last picture of the chapter with the function of a reader; return its axes."""
    cells = ["cell-001", "exercise-histogram-code"]
    return drawn_by_reader("datasets", cells, my_sample=my_sample)[0]


def test_the_readers_own_sampler_fills_the_histograms():
    top, below = drawn_by(right_sample)
    x, y = right_sample(10_000, np.random.default_rng(0))
    tenth = np.minimum((10 * x).astype(int), 9)
    counts = np.bincount(tenth, minlength=10)
    assert [bar.get_height() for bar in top.patches] == counts.tolist()
    shares = [bar.get_height() for bar in below.patches]
    np.testing.assert_allclose(shares, np.bincount(tenth, y, minlength=10) / counts)
    assert below.lines[-1].get_ydata()[-1] == 1.0


def test_a_wrong_sampler_draws_nothing_and_is_told_so(capsys):
    assert drawn_by(sample_without_noise) == []
    assert capsys.readouterr().out.endswith("drawn here once my_sample is right.\n")
