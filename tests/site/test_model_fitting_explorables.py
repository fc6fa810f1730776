"""What only the explorables of model fitting do, in a real browser."""

import pytest
from hands import Hands
from playwright.sync_api import expect

pytestmark = pytest.mark.site


@pytest.fixture
def figure(visit):
    """Give a function that opens the page of one explorable."""
    return lambda name, **options: Hands(visit(f"explorables/{name}.html", **options))


def test_the_dot_begins_a_new_descent_and_the_ring_moves_the_old_one(figure):
    planes = figure("descent-planes")
    planes.drag("start", 20, -30)
    assert planes.get("step") == 8
    planes.drag("dot", 40, 30)
    assert planes.get("step") == 0
    assert planes.centre("dot") == pytest.approx(planes.centre("start"), abs=1)
    planes.part("step").click()
    assert planes.get("step") == 1
    planes.part("again").click()
    assert planes.get("step") == 0


def test_a_moved_point_deforms_the_bowl_and_moves_the_border(figure):
    planes = figure("descent-planes")
    bowl = planes.part("levels").get_attribute("transform")
    planes.drag("point2", -60, 20)
    assert planes.part("levels").get_attribute("transform") != bowl
    assert float(planes.shown(["stable_rate"])["stable_rate"]) > 0.42


def test_own_data_bring_their_own_axes_and_go_again(figure):
    planes = figure("descent-planes")
    planes.part("own").locator("summary").click()
    planes.part("ownText").fill("10 3\n12 5\n13 4.5\n15 8")
    planes.part("ownApply").click()
    assert planes.get("x") == [10, 12, 13, 15]
    expect(planes.part("point0")).to_be_hidden()
    expect(planes.part("dataPlane")).to_contain_text("14")
    planes.part("ownText").fill("1 2\n1 3")
    planes.part("ownApply").click()
    expect(planes.part("ownFault")).to_contain_text("two clearly different values, got only 1")
    planes.part("ownClear").click()
    assert planes.get("x") == [0, 1, 2]
    expect(planes.part("point0")).to_be_visible()


def test_a_run_ends_at_the_last_step_and_a_hand_stops_it(figure):
    race = figure("optimizer-race")
    race.set(epoch=38)
    race.part("run").click()
    expect(race.part("run")).to_have_text("Run")
    assert race.get("epoch") == 40
    race.part("run").click()
    expect(race.part("run")).to_have_text("Pause")
    race.drag("start", 30, -30)
    expect(race.part("run")).to_have_text("Run")
    assert race.get("epoch") < 40


def test_a_reader_who_wants_no_motion_gets_the_end_at_once(figure):
    modes = figure("two-modes", reduced_motion="reduce")
    modes.part("run").click()
    assert modes.get("step") == 80


def test_the_best_rate_makes_both_factors_equal(figure):
    modes = figure("two-modes")
    modes.drag("narrow", -10, 25)
    modes.part("takeBest").click()
    shown = modes.shown(["flat_factor", "steep_factor", "best_rate"])
    assert shown["flat_factor"] == shown["steep_factor"]


def test_one_rate_for_all_moves_all_and_reset_takes_it_back(figure):
    race = figure("optimizer-race")
    names = ["descent_rate", "sgd_rate", "momentum_rate", "adam_rate"]
    first = race.state(names)
    race.root.get_by_label("one rate for all").click()
    race.root.get_by_label("Learning rate of Adam").press("ArrowRight")
    assert len(set(race.state(names).values())) == 1
    race.part("reset").click()
    assert race.state([*names, "shared"]) == {**first, "shared": False}


def test_a_batch_of_all_samples_lies_on_plain_descent(figure):
    race = figure("optimizer-race")
    race.set(batch_size=24, sgd_rate=0.3)
    shown = race.shown(["descent_gap", "sgd_gap"])
    assert shown["descent_gap"] == shown["sgd_gap"]
    before = shown["sgd_gap"]
    race.part("redraw").click()
    assert race.shown(["sgd_gap"])["sgd_gap"] == before


def test_the_outlier_sinks_and_l1_does_not_mind(figure):
    switch = figure("loss-switch")
    switch.set(outlier_y=-2)
    before = switch.shown(["l1_w", "l2_w"])
    outlines = switch.part("levels").inner_html()
    switch.set(outlier_y=-3)
    after = switch.shown(["l1_w", "l2_w"])
    assert after["l1_w"] == before["l1_w"]
    assert after["l2_w"] != before["l2_w"]
    assert switch.part("levels").inner_html() != outlines


@pytest.mark.parametrize("width", [1280, 360])
def test_the_names_of_the_modes_stay_apart_however_round_the_bowl(figure, width):
    modes = figure("two-modes", width=width)
    refs = ["flatFactorName", "steepFactorName", "bestLabel", "edgeLabel"]
    for kappa in (1, 1.43, 2, 3.9, 4.1, 10, 40):
        modes.set(kappa=kappa)
        assert modes.overlaps(refs) == [], kappa
