"""What only the explorables of loss functions do, in a real browser."""

import numpy as np
import pytest
from hands import Hands
from playwright.sync_api import expect

from lib.explorables import BatchCutter, LogitsToLoss

pytestmark = pytest.mark.site
EACH = [f"{name}_{c}" for name in ("probability", "gradient") for c in range(3)]


@pytest.fixture
def figure(visit):
    """Give a function that opens the page of one explorable."""
    return lambda name: Hands(visit(f"explorables/{name}.html"))


def test_adding_to_all_logits_changes_nothing_else(figure):
    scores = figure("logits-to-loss")
    before = scores.shown([*EACH, "loss_value"])
    top = scores.centre("top0")
    scores.root.locator("[data-model=shift]").fill("2.5")
    assert scores.shown(["logit_0", "logit_2"]) == {"logit_0": "4.50", "logit_2": "2.60"}
    assert scores.shown(list(before)) == before
    assert scores.centre("top0")[1] < top[1] - 20


@pytest.mark.parametrize("twice", [False, True])
def test_the_top_of_a_probability_moves_its_logit_and_stays_under_the_hand(figure, twice):
    scores = figure("logits-to-loss")
    scores.set(twice=twice)
    at = scores.centre("share1")
    scores.drag("share1", 0, -20)
    assert scores.centre("share1") == pytest.approx((at[0], at[1] - 20), abs=0.8)
    moved = scores.get("logits")
    assert [moved[0], moved[2]] == [2, 0.1]
    assert moved[1] > 1
    value = LogitsToLoss(logits=moved, twice=twice).loss_value
    assert scores.shown(["loss_value"]) == {"loss_value": f"{value:.4f}"}


def test_a_second_softmax_asks_another_question_and_shows_its_floor(figure):
    scores = figure("logits-to-loss")
    scores.root.get_by_label("second softmax").check()
    expect(scores.part("asked")).to_contain_text("twice")
    assert scores.shown(["floor"]) == {"floor": "0.5514"}
    for _ in range(3):
        scores.part("dot").press("End")
    assert 0.5514 < float(scores.shown(["loss_value"])["loss_value"]) < 0.60


def test_the_slope_turns_about_the_boundary_and_the_boundary_keeps_the_slope(figure):
    sigmoid = figure("decision-boundary")
    sigmoid.drag("boundary", 60, 0)
    w, b = sigmoid.get("w"), sigmoid.get("b")
    assert w == 3
    sigmoid.drag("slope", 0, 40)
    assert 0 < sigmoid.get("w") < w
    assert -sigmoid.get("b") / sigmoid.get("w") == pytest.approx(-b / w, abs=2e-3)


def test_own_samples_with_another_label_are_refused_and_good_ones_are_shown(figure):
    sigmoid = figure("decision-boundary")
    sigmoid.root.locator(".xp-own summary").click()
    sigmoid.part("ownText").fill("100, 0\n120, 2")
    sigmoid.part("ownApply").click()
    expect(sigmoid.part("ownFault")).to_have_text("Each label y must be 0 or 1, got 2.")
    sigmoid.part("ownText").fill("100, 0\n120, 1\n140, 0\n150, 1")
    sigmoid.part("ownApply").click()
    expect(sigmoid.part("count")).to_have_text("4")
    assert sigmoid.get("x") == [100, 120, 140, 150]
    sigmoid.part("reset").click()
    expect(sigmoid.part("count")).to_have_text("20")


def test_classes_that_do_not_overlap_have_no_best_sigmoid(figure):
    sigmoid = figure("decision-boundary")
    sigmoid.set(x=[0, 1, 2, 3], y=[0, 0, 1, 1])
    sigmoid.part("best").click()
    expect(sigmoid.part("note")).to_contain_text("no best sigmoid")


def test_a_new_error_brings_a_handle_and_the_last_four_stay(figure):
    batches = figure("batch-cutter")
    batches.part("add").click()
    batches.frame()
    assert len(batches.handles()) == 5 + 4
    batches.drag("error4", 0, -40)
    assert batches.get("errors")[4] > 1
    for _ in range(2):
        batches.part("remove").click()
    expect(batches.part("note")).to_have_text("At least 4 errors are needed.")
    assert batches.get("errors") == [0, 0, 0, 4]


def test_the_top_of_a_batch_scales_its_errors_alone(figure):
    batches = figure("batch-cutter")
    batches.set(errors=[1, 2, 2, 4])
    batches.drag("second", 0, 40)
    errors = batches.get("errors")
    assert errors[:2] == [1, 2]
    assert errors[3] / errors[2] == pytest.approx(2, abs=0.01)
    assert np.all(np.array(errors[2:]) < [2, 4])


def test_only_the_mean_of_squares_is_the_whole(figure):
    batches = figure("batch-cutter")
    assert batches.shown(["gap"]) == {"gap": "0.0000"}
    batches.root.get_by_text("RMSE", exact=True).first.click()
    assert batches.shown(["gap"]) == {
        "gap": f"{BatchCutter(loss='rmse').gap:.4f}".replace("-", "−")
    }
    batches.part("lossCutHandle").press("ArrowLeft")
    assert batches.get("cut") == 1


def test_the_share_of_the_worst_sample_keeps_clear_of_the_next_word(figure):
    boundary = figure("decision-boundary")
    beyond = "(node) => node.scrollWidth - node.clientWidth"
    assert boundary.part("worstPercent").evaluate(beyond) <= 0
