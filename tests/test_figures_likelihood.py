"""What the figures of the likelihood chapter draw, against closed forms and SciPy."""

import numpy as np
import pytest
from matplotlib.colors import to_hex
from scipy import stats

from lib.plotting import COLORS


@pytest.fixture(scope="module")
def chapter(figures):
    return figures("likelihood")


def curve(ax, color):
    """Return x and y of the one curve (more than two points) drawn in a colour."""
    wanted = COLORS.get(color, color)
    found = [
        line
        for line in ax.lines
        if len(line.get_xdata()) > 2
        and line.get_linestyle() == "-"
        and to_hex(line.get_color()).lower() == to_hex(wanted).lower()
    ]
    assert len(found) == 1
    return np.asarray(found[0].get_xdata()), np.asarray(found[0].get_ydata())


def dots(ax):
    """Return the marked points, shape (n, 2), in the order in which they were drawn."""
    marked = [line.get_xydata() for line in ax.lines if line.get_marker() == "o"]
    return np.concatenate(marked)


def texts(ax):
    return " | ".join(text.get_text() for text in ax.texts)


def layers(ax):
    """Return lower and upper edge of each stacked layer, by x: a list of dicts x -> (low, high)."""
    result = []
    for collection in ax.collections:
        edges = {}
        for x, y in collection.get_paths()[0].vertices:
            low, high = edges.get(round(x, 9), (y, y))
            edges[round(x, 9)] = (min(low, y), max(high, y))
        result.append(edges)
    return result


# --- likelihood and NLL ------------------------------------------------------------------------


def test_likelihood_and_nll_peak_at_the_same_theta(chapter):
    top, bottom = chapter["fig-ll-likelihood-nll"].axes
    thetas, likelihood = curve(top, "blue")
    _, nll = curve(bottom, "vermillion")
    assert thetas[likelihood.argmax()] == pytest.approx(0.7)
    assert likelihood.argmax() == nll.argmin()


def test_the_likelihood_drawn_is_seven_heads_and_three_tails_in_thousandths(chapter):
    thetas, likelihood = curve(chapter["fig-ll-likelihood-nll"].axes[0], "blue")
    assert likelihood == pytest.approx(1000 * thetas**7 * (1 - thetas) ** 3, rel=1e-12)


def test_the_nll_drawn_is_minus_the_log_of_the_likelihood(chapter):
    thetas, nll = curve(chapter["fig-ll-likelihood-nll"].axes[1], "vermillion")
    assert nll == pytest.approx(-stats.bernoulli.logpmf([1] * 7 + [0] * 3, thetas[:, None]).sum(1))


def test_the_dots_of_likelihood_and_nll_sit_at_the_worked_numbers(chapter):
    top, bottom = chapter["fig-ll-likelihood-nll"].axes
    assert dots(top) == pytest.approx(np.array([[0.7, 2.2236]]), abs=5e-5)
    assert dots(bottom) == pytest.approx(np.array([[0.7, 6.1086]]), abs=5e-5)


# --- the price of a probability ----------------------------------------------------------------


def test_the_price_curve_is_minus_log_p(chapter):
    p, price = curve(chapter["fig-ll-surprise"].axes[0], "vermillion")
    assert np.exp(-price) == pytest.approx(p, rel=1e-12)
    assert p[-1] == 1


def test_each_halving_of_p_adds_the_same_price(chapter):
    marked = dots(chapter["fig-ll-surprise"].axes[0])
    assert marked[:, 0] == pytest.approx([1, 1 / 2, 1 / 4, 1 / 8, 1 / 16])
    assert np.diff(marked[:, 1]) == pytest.approx(np.full(4, 0.693147), abs=1e-6)


def test_the_prices_written_beside_the_dots_are_theirs(chapter):
    ax = chapter["fig-ll-surprise"].axes[0]
    prices = [float(text.get_text().split(": ")[1]) for text in ax.texts]
    assert prices == pytest.approx([0, 0.6931, 1.3863, 2.0794, 2.7726])


# --- noise -------------------------------------------------------------------------------------


def test_the_line_with_bells_is_the_least_squares_line_of_its_points(chapter):
    ax = chapter["fig-ll-line"].axes[0]
    points = dots(ax)
    slope, intercept = np.polyfit(*points.T, 1)
    (line,) = [line for line in ax.lines if to_hex(line.get_color()) == COLORS["blue"].lower()]
    assert line.get_ydata() == pytest.approx(slope * np.asarray(line.get_xdata()) + intercept)


def test_each_orange_segment_is_as_long_as_the_gaussian_density_at_its_point(chapter):
    ax = chapter["fig-ll-line"].axes[0]
    points = dots(ax)
    (segments,) = [
        c.get_segments()
        for c in ax.collections
        if to_hex(c.get_color()[0]) == COLORS["orange"].lower()
    ]
    lengths = np.array([segment[1, 0] - segment[0, 0] for segment in segments])
    centre = 7 / 6 + 1.5 * points[:, 0]
    density = stats.norm.pdf(points[:, 1], centre, 0.5)
    assert lengths / density == pytest.approx(np.full(3, 0.6))
    assert texts(ax) == " | ".join(f"{value:.3f}" for value in density)


def test_each_bell_is_a_gaussian_density_centred_on_the_line(chapter):
    ax = chapter["fig-ll-line"].axes[0]
    bells = [line for line in ax.lines if to_hex(line.get_color()) == COLORS["grey"].lower()]
    assert len(bells) == 3
    for x, bell in zip((0, 1, 2), bells, strict=True):
        width, height = np.asarray(bell.get_xdata()) - x, np.asarray(bell.get_ydata())
        assert width == pytest.approx(0.6 * stats.norm.pdf(height, 7 / 6 + 1.5 * x, 0.5))


def test_the_noise_densities_are_those_of_scipy_and_integrate_to_one(chapter):
    left = chapter["fig-ll-noise"].axes[0]
    residual, bell = curve(left, "blue")
    _, tent = curve(left, "vermillion")
    assert bell == pytest.approx(stats.norm.pdf(residual))
    assert tent == pytest.approx(stats.laplace.pdf(residual))
    assert np.trapezoid(bell, residual) == pytest.approx(1, abs=1e-3)


def test_minus_log_of_gaussian_noise_is_half_the_square_plus_a_constant(chapter):
    residual, nll = curve(chapter["fig-ll-noise"].axes[1], "blue")
    assert nll - residual**2 / 2 == pytest.approx(np.full(nll.shape, 0.918939), abs=1e-6)


def test_minus_log_of_laplace_noise_is_the_absolute_value_plus_a_constant(chapter):
    residual, nll = curve(chapter["fig-ll-noise"].axes[1], "vermillion")
    assert nll - np.abs(residual) == pytest.approx(np.full(nll.shape, 0.693147), abs=1e-6)


def test_gaussian_noise_is_centred_at_the_mean_and_laplace_noise_at_the_median(chapter):
    ax = chapter["fig-ll-centre"].axes[0]
    for color, best in (("blue", 4.0), ("vermillion", 2.0)):
        centres, nll = curve(ax, color)
        assert centres[nll.argmin()] == pytest.approx(best)
    assert "Gaussian: best μ = 4" in texts(ax)
    assert "Laplace: best μ = 2" in texts(ax)


def test_the_curves_over_the_centre_are_mean_nlls_of_the_five_measurements(chapter):
    ax = chapter["fig-ll-centre"].axes[0]
    data = np.array([1, 2, 2, 3, 12])
    for color, law in (("blue", stats.norm), ("vermillion", stats.laplace)):
        centres, nll = curve(ax, color)
        assert nll == pytest.approx(-law.logpdf(data, loc=centres[:, None]).mean(axis=1))
    (ticks,) = [line for line in ax.lines if line.get_marker() == "|"]
    assert list(ticks.get_xdata()) == [1, 2, 2, 3, 12]


# --- entropy, cross-entropy, KL ----------------------------------------------------------------


def test_cross_entropy_is_the_top_of_the_stack_of_entropy_and_kl(chapter):
    ax = chapter["fig-ll-stack"].axes[0]
    thetas, cross_entropy = curve(ax, "#000000")
    assert cross_entropy == pytest.approx(-0.7 * np.log(thetas) - 0.3 * np.log(1 - thetas))
    kl_layer = layers(ax)[1]
    assert [kl_layer[round(x, 9)][1] for x in thetas] == pytest.approx(cross_entropy)


def test_the_entropy_layer_is_flat_and_the_kl_layer_vanishes_only_at_the_data(chapter):
    entropy_layer, kl_layer = layers(chapter["fig-ll-stack"].axes[0])
    assert {round(high - low, 4) for low, high in entropy_layer.values()} == {0.6109}
    thickness = {x: high - low for x, (low, high) in kl_layer.items()}
    assert thickness[0.7] == pytest.approx(0, abs=1e-12)
    assert thickness[0.5] == pytest.approx(0.0823, abs=5e-5)
    assert min(value for x, value in thickness.items() if x != 0.7) > 1e-5


def test_the_log_lies_below_its_tangent_and_touches_it_at_one(chapter):
    ax = chapter["fig-ll-tangent"].axes[0]
    t, tangent = curve(ax, "vermillion")
    _, log = curve(ax, "blue")
    assert np.exp(log) == pytest.approx(t)
    assert tangent == pytest.approx(t - 1)
    touching = np.isclose(t, 1)
    assert touching.sum() == 1
    assert (tangent - log)[~touching].min() > 0
    assert dots(ax).tolist() == [[1, 0]]


def test_collapsing_p_to_one_hot_takes_its_entropy_to_zero(chapter):
    entropy_layer, kl_layer = layers(chapter["fig-ll-one-hot"].axes[0])
    assert entropy_layer[0.0][1] == pytest.approx(stats.entropy([0.5, 0.25, 0.25]))
    assert entropy_layer[1.0][1] == pytest.approx(0, abs=1e-12)
    low, high = kl_layer[1.0]
    assert high - low == pytest.approx(-np.log(0.7))


def test_on_the_way_to_one_hot_the_layers_are_entropy_and_kl(chapter):
    ax = chapter["fig-ll-one-hot"].axes[0]
    entropy_layer, kl_layer = layers(ax)
    collapse, top = curve(ax, "#000000")
    for x, edge in zip(collapse[:-1], top[:-1], strict=True):
        p = (1 - x) * np.array([0.5, 0.25, 0.25]) + x * np.array([1, 0, 0])
        low, high = kl_layer[round(x, 9)]
        assert entropy_layer[round(x, 9)][1] == pytest.approx(stats.entropy(p))
        assert high - low == pytest.approx(stats.entropy(p, [0.7, 0.2, 0.1]), abs=1e-12)
        assert high == pytest.approx(edge)


def test_the_cross_entropy_of_a_mixture_with_one_hot_is_a_straight_line(chapter):
    ax = chapter["fig-ll-one-hot"].axes[0]
    _, top = curve(ax, "#000000")
    assert np.diff(top, 2) == pytest.approx(np.zeros(top.size - 2), abs=1e-12)
    assert dots(ax) == pytest.approx(np.array([[1, 0.3567]]), abs=5e-5)
    assert "0.3567" in texts(ax)


# --- the boxes -----------------------------------------------------------------------------------


def test_the_predicted_band_opens_with_the_noise_and_the_other_one_does_not(chapter):
    left, right = chapter["fig-ll-predicted-variance"].axes
    widths = []
    for ax in (left, right):
        edges = layers(ax)[0]
        widths.append([edges[x][1] - edges[x][0] for x in (0.0, 1.0)])
    assert widths[0][0] == pytest.approx(widths[0][1])
    assert widths[1] == pytest.approx([4 * 0.1, 4 * 0.1 * np.exp(2)], rel=0.1)


def test_the_samples_of_the_two_bands_are_the_same_400_and_the_band_holds_most_of_them(chapter):
    left, right = (
        next(line for line in ax.lines if line.get_marker() == ".")
        for ax in chapter["fig-ll-predicted-variance"].axes
    )
    x, y = right.get_xydata().T
    assert (left.get_xydata() == right.get_xydata()).all() and len(x) == 400
    inside = abs(y - 2 * x - 1) < 2 * 0.1 * np.exp(2 * x)
    assert inside.mean() == pytest.approx(0.954, abs=0.03)


def test_prior_scaled_likelihood_and_posterior_are_beta_densities(chapter):
    ax = chapter["fig-ll-posterior"].axes[0]
    for color, shape in (("green", (2, 2)), ("blue", (8, 4)), ("vermillion", (9, 5))):
        thetas, drawn = curve(ax, color)
        assert drawn == pytest.approx(stats.beta.pdf(thetas, *shape), abs=1e-4)
    assert thetas[drawn.argmax()] == pytest.approx(2 / 3, abs=0.005)


def test_forward_kl_covers_both_peaks_and_reverse_kl_takes_one(chapter):
    ax = chapter["fig-ll-forward-reverse"].axes[0]
    y, forward = curve(ax, "blue")
    assert forward == pytest.approx(stats.norm.pdf(y, 0, np.sqrt(4.25)))
    _, reverse = curve(ax, "vermillion")
    assert reverse == pytest.approx(stats.norm.pdf(y, 2, 0.5), abs=1e-9)
    truth = layers(ax)[0]
    peaks = [truth[at][1] for at in (-2.0, 2.0)]
    assert peaks == pytest.approx([stats.norm.pdf(0, 0, 0.5) / 2] * 2, rel=1e-6)
