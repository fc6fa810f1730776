"""The figures of the chapter on loss functions show what their captions say.

Each test computes the picture a second time, in closed form or by SciPy, and compares it with the
data in the axes.
"""

import numpy as np
import pytest
from notebook_figures import turned
from scipy.optimize import minimize_scalar
from scipy.special import expit, log_expit, log_softmax, softmax, xlogy

WAITING_TIMES = np.array([1.0, 2.0, 2.0, 3.0, 12.0])


@pytest.fixture
def axes(figures):
    """Give a function from the name of a figure to its axes."""
    return lambda name: figures("loss_functions")[f"fig-lf-{name}"].axes


def curve(ax, label):
    """Return the points of the one line of this name."""
    (line,) = (line for line in ax.lines if line.get_label() == label)
    return line.get_data()


def dots(ax):
    """Return the black dots of one axes, in the order of x."""
    found = [line.get_xydata() for line in ax.lines if line.get_color() == "black"]
    points = np.concatenate([xy for xy in found if len(xy) and np.ptp(xy[:, 0]) < 1])
    return points[np.argsort(points[:, 0])]


def texts(ax):
    """Return what is written in one axes."""
    return [text.get_text() for text in ax.texts]


def expected_bce(forecast, q=0.7):
    """Compute the expected price by SciPy's x log y."""
    return -xlogy(q, forecast) - xlogy(1 - q, 1 - forecast)


# ---------------------------------------------------------------------------------------------
# Residuals
# ---------------------------------------------------------------------------------------------

PRICES = {
    "½ squared": lambda r: r**2 / 2,
    "absolute": np.abs,
    "Huber": lambda r: np.where(np.abs(r) <= 1, r**2 / 2, np.abs(r) - 0.5),
}


@pytest.mark.parametrize("name", PRICES)
def test_each_price_of_a_residual_is_its_formula(axes, name):
    residual, price = curve(axes("residual")[0], name)
    assert residual[0] == -3
    assert residual[-1] == 3
    np.testing.assert_allclose(price, PRICES[name](residual), atol=1e-14)


@pytest.mark.parametrize("name", PRICES)
def test_each_slope_is_the_derivative_of_its_price_in_the_prediction(axes, name):
    residual, slope = curve(axes("residual")[1], name)
    smooth = np.abs(np.abs(residual) - 1) > 1e-3
    if name == "absolute":
        smooth &= np.abs(residual) > 1e-3
    step = 1e-6
    quotient = (PRICES[name](residual - step) - PRICES[name](residual + step)) / (2 * step)
    np.testing.assert_allclose(slope[smooth], quotient[smooth], atol=1e-8)


def test_squared_error_pushes_three_times_harder_than_huber_at_a_residual_of_three(axes):
    slopes = [curve(axes("residual")[1], name)[1][-1] for name in ("½ squared", "Huber")]
    assert slopes == [-3, -1]


# ---------------------------------------------------------------------------------------------
# Minimisers
# ---------------------------------------------------------------------------------------------

BOWLS = {"half squared error": "½ squared", "absolute error": "absolute", "huber": "Huber"}
MINIMISERS = {"half squared error": 4.0, "absolute error": 2.0, "huber": 7 / 3}


@pytest.mark.parametrize("title", BOWLS)
def test_each_bowl_is_the_mean_price_of_a_constant(axes, title):
    (ax,) = (ax for ax in axes("minimisers") if ax.get_title(loc="left") == title)
    c, drawn = ax.lines[0].get_data()
    expected = PRICES[BOWLS[title]](WAITING_TIMES[:, None] - c).mean(axis=0)
    np.testing.assert_allclose(drawn, expected, rtol=1e-12)


@pytest.mark.parametrize("title", BOWLS)
def test_the_dot_is_where_scipy_finds_the_minimum(axes, title):
    (ax,) = (ax for ax in axes("minimisers") if ax.get_title(loc="left") == title)
    mean_price = lambda c: PRICES[BOWLS[title]](WAITING_TIMES - c).mean()  # noqa: E731
    found = minimize_scalar(mean_price, bounds=(0, 13), method="bounded", options={"xatol": 1e-9})
    ((best, lowest),) = dots(ax)
    assert best == pytest.approx(MINIMISERS[title], abs=1e-12)
    assert best == pytest.approx(found.x, abs=1e-6)
    assert lowest == pytest.approx(found.fun, abs=1e-9)
    assert lowest <= ax.lines[0].get_ydata().min() + 1e-12


def test_the_five_waiting_times_lie_under_each_bowl(axes):
    for ax in axes("minimisers"):
        assert ax.lines[-1].get_xydata().tolist() == [[time, 0] for time in WAITING_TIMES]


def mean_huber(c, delta):
    """Compute the mean Huber loss of each constant from its two pieces."""
    size = np.abs(WAITING_TIMES[:, None] - c)
    return np.where(size <= delta, size**2 / 2, delta * (size - delta / 2)).mean(axis=0)


@pytest.mark.parametrize(
    ("delta", "best"), [(0.25, 2.125), (1.0, 7 / 3), (5.0, 3.25), (8.0, 4.0), (10.0, 4.0)]
)
def test_the_slider_moves_the_minimum_from_the_median_to_the_mean(figures, delta, best):
    with turned(figures("loss_functions")["fig-lf-huber-delta"], delta) as ax:
        c, drawn = ax.lines[0].get_data()
        np.testing.assert_allclose(drawn, mean_huber(c, delta), rtol=1e-12)
        ((x, y),) = ax.lines[1].get_xydata()
        assert ax.get_title(loc="left") == f"lowest at c = {best:.2f}"
    assert x == pytest.approx(best, abs=1e-9)
    assert y == pytest.approx(mean_huber(np.array([best]), delta)[0], rel=1e-12)


def test_with_a_label_of_thirty_the_mean_is_reached_beyond_the_slider(figures):
    times = np.array([1.0, 2.0, 2.0, 3.0, 30.0])
    control, _ = figures("loss_functions")["fig-lf-huber-delta"].widget.children
    assert times.mean() == pytest.approx(7.6)
    assert np.abs(times - times.mean()).max() > control.max


# ---------------------------------------------------------------------------------------------
# Pinball loss
# ---------------------------------------------------------------------------------------------


def test_the_pinball_loss_charges_late_three_times_early(axes):
    residual, cost = axes("pinball")[0].lines[0].get_data()
    assert (residual[0], residual[-1]) == (-3, 3)
    np.testing.assert_allclose(cost, np.maximum(3 * residual, -residual), atol=1e-14)


def test_its_mean_is_lowest_at_the_three_quarter_quantile(axes):
    _, ax = axes("pinball")
    c, cost = ax.lines[0].get_data()
    late = WAITING_TIMES[:, None] - c
    np.testing.assert_allclose(cost, np.maximum(3 * late, -late).mean(axis=0), rtol=1e-12)
    np.testing.assert_allclose((cost[0], cost.min(), cost[-1]), (12, 6.2, 9))
    quantile = np.quantile(WAITING_TIMES, 0.75, method="inverted_cdf")
    np.testing.assert_allclose(dots(ax), [[quantile, 6.2]])
    assert ax.lines[-1].get_xydata().tolist() == [[time, 0] for time in WAITING_TIMES]


# ---------------------------------------------------------------------------------------------
# Calibration
# ---------------------------------------------------------------------------------------------


def true_share(low, high, factor):
    """Compute the share of label 1 among forecasts between two bounds, by a sum over logits."""
    z = np.linspace(-12, 12, 200_001)
    inside = (expit(factor * z) >= low) & (expit(factor * z) < high)
    weight = np.exp(-(z**2) / (2 * 1.5**2)) * inside
    return weight @ expit(z) / weight.sum()


@pytest.mark.parametrize(("name", "factor"), [("A", 1), ("B", 3)])
def test_each_point_is_the_share_of_label_one_in_its_bin(axes, name, factor):
    forecast, share = curve(axes("reliability")[0], name)
    assert (np.floor(forecast * 10) == np.arange(10)).all()
    expected = [true_share(i / 10, (i + 1) / 10, factor) for i in range(10)]
    np.testing.assert_allclose(share, expected, atol=0.03)


def test_model_a_lies_on_the_diagonal_and_model_b_is_too_sure(axes):
    (ax,) = axes("reliability")
    forecast, share = curve(ax, "A")
    assert np.abs(forecast - share).max() < 0.02
    forecast, share = curve(ax, "B")
    assert (share > forecast)[:4].all()
    assert (share < forecast)[6:].all()
    assert share[0] == pytest.approx(0.18, abs=0.005)


# ---------------------------------------------------------------------------------------------
# Probabilities and margins
# ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("label", [0, 1])
def test_the_price_of_a_forecast_is_minus_the_log_of_what_happened(axes, label):
    forecast, price = curve(axes("bce")[0], f"label y = {label}")
    np.testing.assert_allclose(price, -np.log(forecast if label else 1 - forecast), atol=1e-12)


def test_the_marked_prices_of_wrong_forecasts_are_those_of_the_text(axes):
    (ax,) = axes("bce")
    np.testing.assert_allclose(dots(ax), [[0.5, 0.6931], [0.9, 2.3026], [0.99, 4.6052]], atol=5e-5)
    assert {"0.6931 at 0.5", "2.3026 at 0.9", "4.6052 at 0.99"} <= set(texts(ax))


def test_the_expected_price_is_lowest_at_the_true_probability(axes):
    (ax,) = axes("expected-bce")
    forecast, price = ax.lines[0].get_data()
    np.testing.assert_allclose(price, expected_bce(forecast), rtol=1e-12)
    found = minimize_scalar(expected_bce, bounds=(0.01, 0.99), method="bounded")
    assert forecast[price.argmin()] == pytest.approx(found.x, abs=0.003)
    assert found.x == pytest.approx(0.7, abs=1e-5)


def test_the_shaded_floor_ends_at_the_lowest_expected_price(axes):
    (ax,) = axes("expected-bce")
    (band,) = ax.patches
    assert band.get_extents().transformed(ax.transData.inverted()).y1 == pytest.approx(
        expected_bce(0.7), abs=1e-12
    )
    marks = [(0.5, 0.6931), (0.7, 0.6109), (0.9, 0.7645), (0.99, 1.3886)]
    np.testing.assert_allclose(dots(ax), marks, atol=5e-5)
    assert [f"{height:.4f} at {mark}" for mark, height in marks] == texts(ax)[:4]


MARGIN_LOSSES = {
    "logistic (nats)": lambda m: -log_expit(m),
    "0–1": lambda m: 1.0 - (m > 0),
    "squared error on the sigmoid": lambda m: (1 - expit(m)) ** 2,
}


@pytest.mark.parametrize("name", MARGIN_LOSSES)
def test_each_price_of_a_margin_is_its_formula(axes, name):
    margin, price = curve(axes("margin")[0], name)
    np.testing.assert_allclose(price, MARGIN_LOSSES[name](margin), atol=1e-14)


def test_the_zero_one_loss_is_flat_where_the_logistic_loss_still_falls(axes):
    (ax,) = axes("margin")
    wrong = curve(ax, "0–1")[0] < 0
    assert not np.diff(curve(ax, "0–1")[1][wrong]).any()
    assert (np.diff(curve(ax, "logistic (nats)")[1]) < 0).all()


def test_the_logistic_loss_is_above_the_zero_one_loss_in_bits(axes):
    (ax,) = axes("margin")
    assert (curve(ax, "logistic (nats)")[1] / np.log(2) >= curve(ax, "0–1")[1] - 1e-9).all()


def test_the_slopes_are_those_of_the_two_losses_for_the_label_one(axes):
    (ax,) = axes("saturation")
    z, slope = curve(ax, "cross-entropy")
    np.testing.assert_allclose(slope, expit(z) - 1, atol=1e-14)
    z, slope = curve(ax, "squared error on the sigmoid")
    price = lambda z: (expit(z) - 1) ** 2  # noqa: E731
    np.testing.assert_allclose(slope, (price(z + 1e-5) - price(z - 1e-5)) / 2e-5, atol=1e-9)


def test_the_squared_error_saturates_at_minus_six_and_the_cross_entropy_does_not(axes):
    (ax,) = axes("saturation")
    marked = sorted(dots(ax).tolist())
    np.testing.assert_allclose(marked, [[-6, -0.9975], [-6, -0.0049]], atol=5e-5)
    assert {"-0.9975", "-0.0049"} <= set(texts(ax))


def test_the_squared_error_pushes_hardest_at_a_third(axes):
    z, slope = curve(axes("saturation")[0], "squared error on the sigmoid")
    assert expit(z[slope.argmin()]) == pytest.approx(1 / 3, abs=0.01)


# ---------------------------------------------------------------------------------------------
# Datasets and the double softmax
# ---------------------------------------------------------------------------------------------


def test_the_thick_parabola_is_the_mean_of_the_thin_ones(axes):
    *thin, mean, _ = axes("mean-of-losses")[0].lines
    assert len(thin) == 3
    np.testing.assert_allclose(
        mean.get_ydata(), np.mean([line.get_ydata() for line in thin], axis=0), rtol=1e-12
    )
    for line, x, y in zip(thin, [1, 2, -1], [2, 1, 0.5], strict=True):
        w, price = line.get_data()
        np.testing.assert_allclose(price, (y - w * x) ** 2 / 2, atol=1e-14)


def test_the_mean_is_lowest_where_least_squares_says(axes):
    (ax,) = axes("mean-of-losses")
    x, y = np.array([[1.0], [2.0], [-1.0]]), np.array([2.0, 1.0, 0.5])
    (slope,), (sum_of_squares,), *_ = np.linalg.lstsq(x, y, rcond=None)
    np.testing.assert_allclose(dots(ax), [[slope, sum_of_squares / 6]], rtol=1e-12)
    assert "L = 0.5347 at w = 0.5833" in texts(ax)


@pytest.mark.parametrize(("name", "times"), [("softmax once", 1), ("softmax twice (wrong)", 2)])
def test_the_losses_of_one_and_of_two_softmaxes_are_what_scipy_computes(axes, name, times):
    t, loss = curve(axes("double-softmax")[0], name)
    scores = np.stack([t, 0 * t, 0 * t], axis=1)
    if times == 2:
        scores = softmax(scores, axis=1)
    np.testing.assert_allclose(loss, -log_softmax(scores, axis=1)[:, 0], atol=1e-12)


def test_two_softmaxes_stay_above_the_floor_and_one_goes_through_it(axes):
    (ax,) = axes("double-softmax")
    (floor,) = {line.get_ydata()[0] for line in ax.lines if line.get_linestyle() == "--"}
    assert floor == pytest.approx(np.log(np.e + 2) - 1, abs=1e-12)
    twice, once = curve(ax, "softmax twice (wrong)")[1], curve(ax, "softmax once")[1]
    assert floor < twice.min() < floor + 1e-3
    assert once.min() < 1e-3
    assert "floor 0.5514" in texts(ax)
