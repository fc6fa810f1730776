"""The explorables of likelihood and information: the chapter's numbers, and what is refused."""

import numpy as np
import pytest
from scipy import stats
from scipy.special import rel_entr

from lib.explorables import FiveMeters, NoiseAroundLine, TwoDistributions

P, Q = [0.5, 0.25, 0.25], [0.7, 0.2, 0.1]


def shown(explorable, digits=4):
    """Round the readings to what stands on the screen."""
    return {name: round(value, digits) for name, value in explorable.readings.items()}


# ---- one slider, five meters -------------------------------------------------------------------


def test_one_number_has_five_names_at_the_best_theta():
    meters = FiveMeters(counts=[7, 3], theta=0.7)
    assert f"{meters.readings['likelihood']:.7f}" == "0.0022236"
    expected = {"log_likelihood": -6.1086, "mean_nll": 0.6109, "cross_entropy": 0.6109}
    expected |= {"entropy": 0.6109, "kl": 0.0, "best_theta": 0.7}
    assert shown(meters).items() >= expected.items()


def test_a_fair_coin_costs_log_two_a_flip():
    meters = FiveMeters(theta=0.5)
    assert f"{meters.readings['likelihood']:.8f}" == "0.00097656"
    expected = {"mean_nll": 0.6931, "entropy": 0.6109, "kl": 0.0823}
    assert shown(meters).items() >= expected.items()
    for counts in ([1, 0], [0, 50], [13, 29]):
        meters.counts = counts
        assert meters.readings["mean_nll"] == pytest.approx(np.log(2), rel=1e-14)


def test_bits_are_nats_in_another_unit():
    nats, bits = FiveMeters(theta=0.7), FiveMeters(theta=0.7, unit="bits")
    assert shown(bits)["mean_nll"] == 0.8813
    for name in ("log_likelihood", "mean_nll", "cross_entropy", "entropy"):
        assert bits.readings[name] * np.log(2) == pytest.approx(nats.readings[name], rel=1e-14)
    assert bits.readings["likelihood"] == nats.readings["likelihood"]


@pytest.mark.parametrize("counts", [[7, 3], [1, 0], [50, 50], [2, 41]])
@pytest.mark.parametrize("theta", [0.001, 0.35, 0.9])
def test_the_meters_agree_with_scipy(counts, theta):
    values = FiveMeters(counts=counts, theta=theta).readings
    flips = [1] * counts[0] + [0] * counts[1]
    total = stats.bernoulli.logpmf(flips, theta).sum()
    p = np.array(counts) / sum(counts)
    assert values["log_likelihood"] == pytest.approx(total, rel=1e-12)
    assert values["likelihood"] == pytest.approx(np.exp(total), rel=1e-12)
    assert values["kl"] == pytest.approx(rel_entr(p, [theta, 1 - theta]).sum(), abs=1e-14)
    assert values["mean_nll"] == pytest.approx(values["cross_entropy"], rel=1e-12)
    assert values["cross_entropy"] == pytest.approx(values["entropy"] + values["kl"], rel=1e-12)


def test_an_impossible_side_that_was_seen_costs_infinitely_much():
    values = FiveMeters(theta=0).readings
    assert values["likelihood"] == 0
    assert [values[name] for name in ("mean_nll", "cross_entropy", "kl")] == [np.inf] * 3
    assert values["log_likelihood"] == -np.inf
    sure = FiveMeters(counts=[3, 0], theta=1).readings
    assert (sure["likelihood"], sure["mean_nll"], sure["kl"]) == (1, 0, 0)


# ---- two distributions ---------------------------------------------------------------------------


def test_the_chapters_two_distributions_in_bits():
    expected = {"entropy": 1.5, "kl": 0.1683, "cross_entropy": 1.6683, "kl_reversed": 0.1432}
    assert shown(TwoDistributions(p=P, q=Q)) == expected


def test_a_one_hot_world_has_no_entropy_and_costs_minus_log_q():
    for c in range(3):
        values = TwoDistributions(p=np.eye(3)[c], q=Q, unit="nats").readings
        assert values["entropy"] == 0
        assert values["kl"] == pytest.approx(-np.log(Q[c]), rel=1e-14)
        assert values["cross_entropy"] == values["kl"]
        assert values["kl_reversed"] == np.inf


def test_a_belief_that_calls_impossible_what_happens_costs_infinitely_much():
    values = TwoDistributions(p=P, q=[0.5, 0.5, 0.0]).readings
    assert values["kl"] == values["cross_entropy"] == np.inf
    assert values["kl_reversed"] == pytest.approx(rel_entr([0.5, 0.5], P[:2]).sum() / np.log(2))


def test_swapping_swaps_the_two_divergences():
    one, two = TwoDistributions(p=P, q=Q), TwoDistributions(p=Q, q=P)
    assert one.readings["kl"] == two.readings["kl_reversed"]
    assert one.readings["kl_reversed"] == two.readings["kl"]


# ---- noise around a line -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("noise", "family"), [("gaussian", stats.norm), ("laplace", stats.laplace)]
)
@pytest.mark.parametrize("scale", [0.1, 0.2, 0.5])
def test_the_nll_is_that_of_scipy(noise, family, scale):
    noisy = NoiseAroundLine(w=0.3, b=0.4, noise=noise, scale=scale)
    expected = -family.logpdf(noisy.y, noisy.predictions, scale).sum()
    assert noisy.readings["nll"] == pytest.approx(expected, rel=1e-12)
    assert noisy.readings["likelihood"] == pytest.approx(np.exp(-expected), rel=1e-12)


@pytest.mark.parametrize("scale", [0.1, 0.2, 0.5])
@pytest.mark.parametrize(("noise", "power"), [("gaussian", 2), ("laplace", 1)])
def test_the_nll_and_the_residuals_are_lowest_at_one_slope(noise, power, scale):
    slopes = np.linspace(-0.3, 0.7, 101)
    readings = [NoiseAroundLine(w=w, noise=noise, scale=scale).readings for w in slopes]
    nlls = np.array([values["nll"] for values in readings])
    sums = np.array([values["residual_sum"] for values in readings])
    assert nlls.argmin() == sums.argmin()
    # One is a straight function of the other: so much a unit, and a constant.
    factor = 1 / (2 * scale**2) if power == 2 else 1 / scale
    np.testing.assert_allclose(nlls, factor * sums + readings[0]["constant"], rtol=1e-12)


def test_the_line_of_least_squares_is_the_likeliest():
    x, y = NoiseAroundLine().x, NoiseAroundLine().y
    w, b = np.polyfit(x, y, 1)
    best = NoiseAroundLine(w=w, b=b).readings["nll"]
    steps = [(0.01, 0), (-0.01, 0), (0, 0.01), (0, -0.01), (0.005, -0.01)]
    assert all(NoiseAroundLine(w=w + i, b=b + j).readings["nll"] > best for i, j in steps)
    assert best < 0  # densities above 1: the worked example's -1.3836, six times over and less


def test_a_sample_on_the_line_has_the_worked_negative_nll():
    noisy = NoiseAroundLine(scale=0.1)
    assert round(noisy.readings["constant"] / 6, 4) == -1.3836


def test_a_line_beyond_all_numbers_has_an_infinite_nll():
    for noise in ("gaussian", "laplace"):
        for w, b in ((1e308, 0), (0, 1e308), (1e308, -1e308)):
            values = NoiseAroundLine(w=w, b=b, noise=noise).readings
            assert values["nll"] > 1e300
            assert values["likelihood"] == 0


# ---- the state -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "keywords", "error", "message"),
    [
        (FiveMeters, {"theta": 1.1}, ValueError, "theta must lie between 0 and 1, got 1.1"),
        (FiveMeters, {"theta": "half"}, TypeError, "theta must be a real number, got 'half'"),
        (FiveMeters, {"counts": [0, 0]}, ValueError, "sum of counts must lie between 1 and 100"),
        (FiveMeters, {"counts": [51, 0]}, ValueError, "each of counts must lie between 0 and 50"),
        (FiveMeters, {"counts": [1.5, 2]}, ValueError, "each of counts must be a whole number"),
        (FiveMeters, {"counts": [1, -2]}, ValueError, "each of counts must lie between 0 and 50"),
        (FiveMeters, {"counts": [7]}, ValueError, "counts must have 2 values, got 1"),
        (FiveMeters, {"counts": 7}, ValueError, "counts must have shape"),
        (FiveMeters, {"unit": "dits"}, ValueError, "unit must be 'nats' or 'bits', got 'dits'"),
        (FiveMeters, {"heads": 7}, TypeError, "heads"),
        (TwoDistributions, {"p": [0.5, 0.5]}, ValueError, "p must have 3 values, got 2"),
        (TwoDistributions, {"q": [0.5, 0.3, 0.3]}, ValueError, "q must sum to 1"),
        (TwoDistributions, {"q": [1.5, -0.5, 0]}, ValueError, r"q must lie in \[0, 1\]"),
        (TwoDistributions, {"p": [np.nan, 0, 1]}, ValueError, "p must .*nan"),
        (TwoDistributions, {"unit": 2}, ValueError, "unit must be"),
        (TwoDistributions, {"r": P}, TypeError, "r"),
        (NoiseAroundLine, {"w": np.inf}, ValueError, "w must be finite, got inf"),
        (NoiseAroundLine, {"scale": 0}, ValueError, "scale must lie between 0.01 and 100, got 0"),
        (NoiseAroundLine, {"noise": "white"}, ValueError, "'gaussian' or 'laplace', got 'white'"),
        (NoiseAroundLine, {"sigma": 1}, TypeError, "sigma"),
    ],
)
def test_wrong_arguments_are_named(kind, keywords, error, message):
    with pytest.raises(error, match=message):
        kind(**keywords)


@pytest.mark.parametrize(
    ("kind", "name", "value"),
    [
        (FiveMeters, "counts", [0, 0]),
        (FiveMeters, "theta", -0.1),
        (TwoDistributions, "p", [0.5, 0.5, 0.5]),
        (TwoDistributions, "q", [1, 0]),
        (NoiseAroundLine, "scale", -1),
        (NoiseAroundLine, "noise", 3),
    ],
)
def test_a_refused_value_leaves_the_state_as_it_was(kind, name, value):
    explorable = kind()
    before = explorable.state
    with pytest.raises((TypeError, ValueError)):
        setattr(explorable, name, value)
    assert explorable.state == before


def test_the_points_stay():
    with pytest.raises(Exception, match="read-only"):
        NoiseAroundLine().x = [1, 2]


@pytest.mark.parametrize(
    "explorable",
    [
        FiveMeters(counts=[3, 1], theta=0.25, unit="bits"),
        TwoDistributions(p=[1, 0, 0], q=[0.25, 0.25, 0.5], unit="nats"),
        NoiseAroundLine(w=-0.25, b=1.5, noise="laplace", scale=0.3),
    ],
)
def test_a_state_makes_the_same_explorable_again(explorable):
    again = type(explorable).from_state(explorable.state)
    assert again.state == explorable.state
    assert again.readings == explorable.readings
    assert repr(again) == repr(explorable)


def test_counts_are_whole_numbers_of_python():
    meters = FiveMeters(counts=np.array([4.0, 2.0]))
    assert meters.counts == [4, 2]
    assert {type(count) for count in meters.counts + FiveMeters().counts} == {int}


def test_the_text_is_the_readings():
    text = repr(TwoDistributions())
    assert text == (
        "TwoDistributions(entropy=1.5000, kl=0.1683, cross_entropy=1.6683, kl_reversed=0.1432)"
    )
    assert "theta=0.3500, best_theta=0.7000" in repr(FiveMeters())
    assert "nll=inf" in repr(NoiseAroundLine(w=1e308))
