"""The explorables on model fitting: their numbers, by hand and by other methods."""

import numpy as np
import pytest
from scipy import optimize

from lib import calculus, losses, optimizers
from lib.explorables import DescentPlanes, LossSwitch, OptimizerRace, TwoModes

KINDS = (DescentPlanes, LossSwitch, OptimizerRace, TwoModes)


# ---- data plane and parameter plane ------------------------------------------------------------


def test_one_step_from_zero_is_the_worked_one():
    first = DescentPlanes(b0=0, w0=0, learning_rate=0.1, step=0).readings
    # Residuals 1, 3, 4: mean square 26/3, gradient -2/3 (8, 11).
    assert first["loss_value"] == pytest.approx(26 / 3, rel=1e-14)
    np.testing.assert_allclose([first["gradient_b"], first["gradient_w"]], [-16 / 3, -22 / 3])
    np.testing.assert_allclose([first["next_b"], first["next_w"]], [8 / 15, 11 / 15])
    after = DescentPlanes(b0=0, w0=0, learning_rate=0.1, step=1).readings
    assert f"{after['loss_value']:.4f}" == "2.4074"
    assert (after["b"], after["w"]) == (first["next_b"], first["next_w"])


@pytest.mark.parametrize(
    ("rate", "loss"), [(0.1, "0.0560"), (0.3, "0.0556"), (0.4, "1.3595"), (0.45, "137.7757")]
)
def test_ten_steps_from_zero_are_those_of_the_chapter(rate, loss):
    walk = DescentPlanes(b0=0, w0=0, learning_rate=rate, step=10)
    assert f"{walk.readings['loss_value']:.4f}" == loss


def test_the_rates_that_matter_are_those_of_the_hessian():
    planes = DescentPlanes(learning_rate=0.375)
    line = np.array([0.2, 0.7])

    def loss(theta):
        return losses.squared_error(planes.y, theta[0] + theta[1] * np.array(planes.x)).mean()

    curvatures = np.linalg.eigvalsh(calculus.hessian(loss, line))
    np.testing.assert_allclose(np.linalg.eigvalsh(planes.hessian), curvatures, rtol=1e-6)
    assert f"{planes.readings['stable_rate']:.4f}" == "0.4189"
    assert f"{planes.readings['best_rate']:.3f}" == "0.375"
    assert f"{planes.readings['factor']:.4f}" == "0.7906"


def test_the_lowest_loss_is_found_by_a_search_too():
    planes = DescentPlanes(x=[0, 1, 3, 4], y=[2, -1, 0.5, 7])

    def loss(theta):
        return losses.squared_error(planes.y, theta[0] + theta[1] * np.array(planes.x)).mean()

    searched = optimize.minimize(loss, [0, 0], tol=1e-12).fun
    assert planes.readings["least_loss"] == pytest.approx(searched, rel=1e-8)


def test_a_path_that_diverges_is_infinite_and_never_nan():
    for start in (1e308, -1e120):
        readings = DescentPlanes(b0=start, step=40).readings
        assert readings["loss_value"] == np.inf
        assert not any(np.isnan(list(readings.values())))
    assert DescentPlanes(learning_rate=1e300, step=2).readings["loss_value"] == np.inf


def test_other_points_can_be_set_together():
    planes = DescentPlanes()
    planes.set_points([0, 2], [1, 5])
    assert planes.readings["least_loss"] == pytest.approx(0, abs=1e-25)
    for wrong in (([1, 2], [1]), ([1, 1], [1, 2]), ([1], [1]), (range(201), range(201))):
        with pytest.raises(ValueError):
            planes.set_points(*wrong)
    assert planes.x == [0.0, 2.0]


# ---- two modes ---------------------------------------------------------------------------------


def test_the_best_rate_for_kappa_ten_is_the_worked_one():
    best = TwoModes().readings["best_rate"]
    readings = TwoModes(learning_rate=best).readings
    assert best == pytest.approx(2 / 11)
    assert f"{readings['flat_factor']:.4f}" == f"{readings['steep_factor']:.4f}" == "0.8182"
    assert readings["steps_to_millionth"] == 69
    assert readings["stable_rate"] == pytest.approx(2 / np.linalg.norm(TwoModes().hessian, 2))


@pytest.mark.parametrize("angle", [-90, -30, 0, 25, 77])
@pytest.mark.parametrize("rate", [0.05, 0.16, 0.21])
def test_the_shares_are_those_of_a_walk_in_the_plane(angle, rate):
    modes = TwoModes(kappa=7, angle=angle, learning_rate=rate, step=9)
    H = modes.hessian
    walk = optimizers.gradient_descent(
        lambda theta: H @ theta, [modes.theta1, modes.theta2], learning_rate=rate, n_steps=9
    )
    end = walk.theta
    assert modes.readings["gap"] == pytest.approx(0.5 * end @ H @ end, rel=1e-9)
    np.testing.assert_allclose(np.linalg.eigvalsh(H), [10 / 7, 10])


def test_at_the_border_a_mode_never_settles():
    assert TwoModes(learning_rate=0.2).readings["steps_to_millionth"] == np.inf
    assert TwoModes(kappa=1, learning_rate=0.1).readings["steps_to_millionth"] == 1
    assert TwoModes(learning_rate=1e308, step=80).readings["gap"] == np.inf


# ---- optimizer race ----------------------------------------------------------------------------


def test_momentum_and_adam_are_retraced_in_a_few_lines():
    race = OptimizerRace(epoch=15)
    x, y = np.array(race.x), np.array(race.y)
    theta, v = np.array([race.b0, race.w0]), np.zeros(2)
    adam, m, s = theta.copy(), np.zeros(2), np.zeros(2)

    def slope(at):
        left = at[0] + at[1] * x - y
        return 2 * np.array([left.mean(), (left * x).mean()])

    for t in range(1, 16):
        v = 0.8 * v + slope(theta)
        theta = theta - race.momentum_rate * v
        g = slope(adam)
        m, s = 0.9 * m + 0.1 * g, 0.999 * s + 0.001 * g**2
        adam = adam - race.adam_rate * (m / (1 - 0.9**t)) / (np.sqrt(s / (1 - 0.999**t)) + 1e-8)
    np.testing.assert_allclose(race.traces["momentum"].theta, theta, rtol=1e-12)
    np.testing.assert_allclose(race.traces["adam"].theta, adam, rtol=1e-9)


def test_an_epoch_visits_every_sample_once_in_an_order_of_its_own():
    race = OptimizerRace(epoch=3, batch_size=5)
    epochs = [np.concatenate(batches).tolist() for batches in race.batches]
    assert [sorted(order) for order in epochs] == [list(range(24))] * 3
    assert len({tuple(order) for order in epochs}) == 3
    assert [len(batch) for batch in race.batches[0]] == [5, 5, 5, 5, 4]
    race.draw = 1
    assert [np.concatenate(batches).tolist() for batches in race.batches] != epochs


def test_a_batch_of_all_samples_is_plain_descent():
    race = OptimizerRace(batch_size=24, sgd_rate=0.3)
    np.testing.assert_allclose(race.traces["sgd"].thetas, race.traces["descent"].thetas, rtol=1e-9)
    assert race.readings["sgd_steps"] == 1


def test_the_gap_is_the_loss_above_its_minimum():
    race = OptimizerRace(epoch=4)
    X = np.stack([np.ones(24), race.x], axis=1)
    best = np.linalg.solve(X.T @ X, X.T @ np.array(race.y))
    theta = race.traces["descent"].theta
    gap = (
        losses.squared_error(race.y, X @ theta).mean()
        - losses.squared_error(race.y, X @ best).mean()
    )
    assert race.readings["descent_gap"] == pytest.approx(gap, rel=1e-9)


def test_descent_diverges_above_its_border_only():
    border = OptimizerRace().readings["stable_rate"]
    gaps = [
        OptimizerRace(descent_rate=c * border, epoch=40).readings["descent_gap"]
        for c in (0.99, 1.05)
    ]
    assert gaps[0] < OptimizerRace(epoch=0).readings["descent_gap"] < gaps[1]


# ---- loss switch -------------------------------------------------------------------------------


def test_only_l2_follows_the_outlier_all_the_way():
    near, far = (LossSwitch(outlier_y=y, step=100).readings for y in (-1.2, -3.2))
    moved = {name: abs(far[f"{name}_w"] - near[f"{name}_w"]) for name in ("l1", "huber", "l2")}
    assert moved["l1"] < 0.02
    assert moved["huber"] < 0.02
    assert moved["l2"] > 0.15


@pytest.mark.parametrize(("loss", "bound"), [("L2", 2.9), ("Huber", 1.0), ("L1", 1.0)])
def test_the_pull_of_the_outlier_is_bounded_but_for_l2(loss, bound):
    pull = LossSwitch(loss=loss).readings["pull"]
    assert -bound <= pull <= -0.98 * bound


def test_descent_under_l2_ends_at_the_least_squares_line():
    switch = LossSwitch(step=100, learning_rate=0.3)
    x, y = switch.points
    assert switch.readings["l2_w"] == pytest.approx(np.polyfit(x, y, 1)[0], abs=1e-6)


def test_descent_under_huber_ends_where_no_search_gets_lower():
    switch = LossSwitch(step=100, learning_rate=0.4, loss="Huber")
    x, y = map(np.array, switch.points)

    def loss(theta):
        return losses.huber(y, theta[0] + theta[1] * x).mean()

    found = optimize.minimize(loss, [1, 0.5], method="Nelder-Mead", options={"xatol": 1e-10}).x
    assert switch.readings["huber_w"] == pytest.approx(found[1], abs=1e-4)


def test_a_line_through_a_point_is_not_pulled_by_it():
    through = LossSwitch(outlier_x=1, outlier_y=1, b0=0.1, w0=0.9, step=0, loss="L1")
    assert through.readings["pull"] == 0
    assert LossSwitch(outlier_y=1e308).readings["l1_w"] == np.inf


# ---- the state ---------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", KINDS)
def test_a_state_makes_the_same_explorable_again(kind):
    one = kind()
    assert kind.from_state(one.state).state == one.state
    assert kind.from_state(one.state).readings == one.readings
    assert repr(kind.from_state(one.state)) == repr(one)
    assert "0x" not in repr(one)


@pytest.mark.parametrize("kind", KINDS)
def test_every_reading_is_a_float(kind):
    assert {type(value) for value in kind().readings.values()} <= {float, int}


@pytest.mark.parametrize(
    ("kind", "keywords", "error", "message"),
    [
        (DescentPlanes, {"learning_rate": 0}, ValueError, "learning_rate must be positive, got 0"),
        (DescentPlanes, {"step": 41}, ValueError, "step must lie between 0 and 40, got 41"),
        (DescentPlanes, {"step": 1.5}, ValueError, "step must be a whole number, got 1.5"),
        (DescentPlanes, {"b0": np.nan}, ValueError, "b0 must be finite"),
        (DescentPlanes, {"x": [1, 2]}, TypeError, "x and y must be given together, got only x"),
        (DescentPlanes, {"x": [1, 1], "y": [1, 2]}, ValueError, "two clearly different values"),
        (DescentPlanes, {"x": [1, 1 + 1e-7], "y": [1, 2]}, ValueError, "clearly different"),
        (DescentPlanes, {"x": [0, 2e12], "y": [1, 2]}, ValueError, "each of x must lie between"),
        (DescentPlanes, {"rate": 1}, TypeError, "rate"),
        (TwoModes, {"kappa": 0.5}, ValueError, "kappa must lie between 1 and 100, got 0.5"),
        (TwoModes, {"angle": 91}, ValueError, "angle must lie between -90 and 90"),
        (TwoModes, {"momentum": 0.9}, TypeError, "momentum"),
        (OptimizerRace, {"batch_size": 25}, ValueError, "batch_size must lie between 1 and 24"),
        (OptimizerRace, {"show_adam": 1}, TypeError, "show_adam must be True or False"),
        (OptimizerRace, {"seed": -1}, ValueError, "seed must lie between"),
        (OptimizerRace, {"pool": [0.5]}, TypeError, "pool"),
        (LossSwitch, {"loss": "L3"}, ValueError, "'half_squared_error' or .*got 'L3'"),
        (LossSwitch, {"delta": 0}, ValueError, "delta must be positive, got 0"),
        (LossSwitch, {"outlier": 1}, TypeError, "outlier"),
    ],
)
def test_wrong_arguments_are_named(kind, keywords, error, message):
    with pytest.raises(error, match=message):
        kind(**keywords)


@pytest.mark.parametrize(
    ("kind", "name", "value"),
    [
        (DescentPlanes, "learning_rate", -1),
        (TwoModes, "kappa", 101),
        (OptimizerRace, "epoch", 41),
        (LossSwitch, "loss", "L9"),
    ],
)
def test_a_refused_value_leaves_the_state_as_it_was(kind, name, value):
    one = kind()
    before = one.state
    with pytest.raises((TypeError, ValueError)):
        setattr(one, name, value)
    assert one.state == before


def test_the_seed_decides_the_pool():
    assert OptimizerRace(seed=1).pool != OptimizerRace().pool
    assert OptimizerRace(seed=1).seed == 1
