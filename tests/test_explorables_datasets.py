"""The machine behind the data: numbers by hand and by other methods, its draws, own samples."""

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.special import expit, xlogy

from lib.explorables import DataMachine
from lib.explorables.base import pool

SETTINGS = [(8, 0.5), (16, 0.5), (30, 0.05), (3.5, 0.8), (0, 0.3), (12, 1), (12, 0)]


@pytest.fixture
def machine():
    """Give the machine of the chapter."""
    return DataMachine()


# ---- the machine -------------------------------------------------------------------------------


def test_the_numbers_of_the_chapter_are_on_the_screen(machine):
    readings = machine.readings
    assert f"{readings['best_error_rate']:.4f}" == "0.1687"
    assert f"{readings['best_log_loss']:.4f}" == "0.3840"
    assert readings["true_share"] == pytest.approx(0.5, abs=1e-15)
    assert machine.best_error_rate == pytest.approx((np.log(2) - np.log1p(np.exp(-4))) / 4)


@pytest.mark.parametrize(("steepness", "midpoint"), SETTINGS)
def test_its_averages_are_the_integrals(steepness, midpoint):
    machine = DataMachine(steepness=steepness, midpoint=midpoint)

    def average(f):
        places = {"points": [midpoint], "epsabs": 1e-13, "epsrel": 1e-13, "limit": 200}
        return quad(lambda x: f(expit(steepness * (x - midpoint))), 0, 1, **places)[0]

    assert machine.true_share == pytest.approx(average(lambda p: p), rel=1e-12)
    assert machine.best_error_rate == pytest.approx(average(lambda p: min(p, 1 - p)), rel=1e-12)
    entropy = average(lambda p: -xlogy(p, p) - xlogy(1 - p, 1 - p))
    assert machine.best_log_loss == pytest.approx(entropy, rel=1e-11)


def test_a_flat_curve_is_a_coin_and_a_steep_one_leaves_little_in_doubt(machine):
    machine.steepness = 0
    assert machine.best_error_rate == pytest.approx(0.5)
    assert machine.best_log_loss == pytest.approx(np.log(2))
    machine.steepness = 30
    assert machine.best_error_rate == pytest.approx(np.log(2) * 2 / 30, rel=1e-5)


def test_more_samples_narrow_the_band_and_leave_the_floor(machine):
    floor, errors = machine.best_error_rate, []
    for n in (10, 50, 200):
        machine.n = n
        errors.append(machine.standard_error)
        assert machine.best_error_rate == floor
    assert errors[0] > errors[1] > errors[2]


# ---- its samples -------------------------------------------------------------------------------


def test_a_sample_is_an_input_and_a_toss(machine):
    numbers = np.array(pool(0, 1201))
    machine.n, machine.draw = 3, 2
    x, y = machine.samples
    np.testing.assert_array_equal(x, numbers[[283, 284, 285]])  # 2 * 742 - 1201
    tosses = numbers[[1114, 1115, 1116]]  # 200 + (439 + 2 * 497 - 802) = 831 further
    np.testing.assert_array_equal(y, tosses < expit(8 * (x - 0.5)))


def test_more_of_a_draw_begins_with_what_was_there(machine):
    machine.n = 20
    few = machine.samples
    machine.n = 200
    for some, more in zip(few, machine.samples, strict=True):
        np.testing.assert_array_equal(some, more[:20])


def test_no_two_draws_are_alike():
    machine = DataMachine(n=5)
    draws = set()
    for draw in range(1000):
        machine.draw = draw
        draws.add(tuple(np.concatenate(machine.samples)))
    assert len(draws) == 1000


def test_no_label_is_tossed_with_a_number_that_is_an_input_of_its_draw(machine, monkeypatch):
    places, take = [], np.take

    def watched(numbers, indices, mode):
        places.append(set(np.asarray(indices) % 1201))
        return take(numbers, indices, mode=mode)

    monkeypatch.setattr(np, "take", watched)
    machine.n = 200
    for draw in range(1000):
        machine.draw = draw
        assert len(machine.samples[0]) == 200
    for inputs, tosses in zip(places[::2], places[1::2], strict=True):
        assert len(inputs) == len(tosses) == 200
        assert not inputs & tosses


def test_the_band_misses_the_truth_about_once_in_twenty_draws(machine):
    machine.n, missed = 200, []
    for draw in range(1000):
        machine.draw = draw
        missed.append(abs(machine.sample_mean - 0.5) > 2 * machine.standard_error)
    assert np.mean(missed) == pytest.approx(0.05, abs=0.025)


def test_the_draws_follow_the_machine(machine):
    machine.n, shares, rates = 200, [], []
    for draw in range(200):
        machine.draw = draw
        shares.append(machine.sample_mean)
        rates.append(machine.mistakes / 200)
    # A pool of 1,201 numbers is a sample itself: it may be off by a few standard errors.
    assert np.mean(shares) == pytest.approx(0.5, abs=0.03)
    assert np.mean(rates) == pytest.approx(machine.best_error_rate, abs=0.03)


def test_the_counts_add_up(machine):
    x, y = machine.samples
    readings = machine.readings
    assert readings["size"] == len(x) == 100
    assert readings["ones"] == y.sum() == round(100 * readings["sample_mean"])
    share = readings["sample_mean"]
    assert readings["standard_error"] == pytest.approx((share * (1 - share) / 100) ** 0.5)
    assert readings["mistakes"] == np.sum((x > 0.5) != y)


def test_another_seed_gives_other_samples(machine):
    other = DataMachine(seed=1)
    assert other.seed == 1
    assert not np.array_equal(other.samples[0], machine.samples[0])


# ---- own samples -------------------------------------------------------------------------------


def test_own_samples_replace_the_drawn_ones(machine):
    machine.set_data([0.25, 0.6, 0.75], [1, 1, 1])
    # p(.25) = .1192 and p(.6) = .6900; p(.75) mirrors the first.
    chances = np.array([0.11920292, 0.68997448, 0.88079708])
    assert machine.readings["size"] == machine.readings["ones"] == 3
    assert machine.mistakes == 1
    assert machine.sample_log_loss == pytest.approx(-np.log(chances).mean(), rel=1e-6)
    machine.n = 1
    assert machine.readings["size"] == 1
    machine.set_data()
    machine.n = 100
    assert machine.samples[0].tolist() == DataMachine().samples[0].tolist()


@pytest.mark.parametrize(
    ("keywords", "error", "message"),
    [
        ({"steepness": 31}, ValueError, "steepness must lie between 0 and 30, got 31"),
        ({"steepness": "8"}, TypeError, "steepness must be a real number"),
        ({"midpoint": -0.1}, ValueError, "midpoint must lie between 0 and 1"),
        ({"midpoint": float("nan")}, ValueError, "midpoint must be finite"),
        ({"n": 0}, ValueError, "n must .*1.*200"),
        ({"n": 2.5}, ValueError, "n must be a whole number, got 2.5"),
        ({"draw": 1000}, ValueError, "draw must"),
        ({"seed": -1}, ValueError, "seed must"),
        ({"x": [0.5]}, TypeError, "x and y must be given together, got only x"),
        ({"x": [0.5], "y": [1, 0]}, ValueError, "the same shape"),
        ({"x": [0.5], "y": [2]}, ValueError, "y must be 0 or 1"),
        ({"x": [1.5], "y": [1]}, ValueError, "each of x must lie between 0 and 1, got 1.5"),
        ({"x": [0.5] * 201, "y": [1] * 201}, ValueError, "x must have 0 to 200 values, got 201"),
        ({"slope": 2}, TypeError, "slope"),
    ],
)
def test_wrong_arguments_are_named(keywords, error, message):
    with pytest.raises(error, match=message):
        DataMachine(**keywords)


def test_refused_samples_leave_the_state_as_it_was(machine):
    before = machine.state
    for x, y in [([0.5], [3]), ([2.0], [1]), ([0.1, 0.2], [1])]:
        with pytest.raises(ValueError, match=r"must"):
            machine.set_data(x, y)
    with pytest.raises(ValueError, match="steepness"):
        machine.steepness = -1
    assert machine.state == before


def test_a_state_comes_back_and_the_text_says_what_is_seen():
    machine = DataMachine(steepness=5, midpoint=0.4, n=7, draw=3)
    assert DataMachine.from_state(machine.state).readings == machine.readings
    share, floor = f"{machine.sample_mean:.3f}", f"{machine.best_error_rate:.4f}"
    numbers = f"n=7, sample_mean={share}, best_error_rate={floor}"
    assert repr(machine) == f"DataMachine(steepness=5.00, midpoint=0.400, {numbers})"
