"""What only the explorables of likelihood and information do, in a real browser."""

import numpy as np
import pytest
from hands import Hands
from playwright.sync_api import expect

pytestmark = pytest.mark.site


@pytest.fixture
def figure(visit):
    """Give a function that opens the page of one explorable."""
    return lambda name: Hands(visit(f"explorables/{name}.html"))


def test_more_flips_of_the_same_kind_change_nothing_per_flip(figure):
    meters = figure("five-meters")
    before = meters.shown(["mean_nll", "entropy", "kl", "best_theta", "likelihood"])
    for side, clicks in (("headsMore", 7), ("tailsMore", 3)):
        for _ in range(clicks):
            meters.part(side).click()
    after = meters.shown(list(before))
    assert meters.get("counts") == [14, 6]
    assert float(after.pop("likelihood")) < float(before.pop("likelihood")) / 1000
    assert after == before


def test_both_dots_are_one_coin(figure):
    meters = figure("five-meters")
    meters.drag("onNll", 60, 10)
    assert meters.centre("onLikelihood")[0] == pytest.approx(meters.centre("onNll")[0], abs=1)
    x = meters.centre("onNll")[0]
    meters.drag("onLikelihood", 50, 0)
    assert meters.centre("onNll")[0] == pytest.approx(x + 50, abs=1.5)


def test_the_last_flip_stays(figure):
    meters = figure("five-meters")
    meters.set(counts=[1, 0])
    meters.part("headsLess").click()
    expect(meters.part("note")).to_contain_text("at least one flip")
    assert meters.get("counts") == [1, 0]


def test_what_gave_way_in_a_drag_comes_back_in_the_same_drag(figure):
    two = figure("two-distributions")
    before = two.get("p")
    x, y = two.centre("pOfb")
    two.page.mouse.move(x, y)
    two.page.mouse.down()
    two.page.mouse.move(x, y - 600)
    two.frame()
    assert two.get("p") == [0, 1, 0]
    assert two.shown(["entropy", "kl"]) == {"entropy": "0.0000", "kl": "2.3219"}
    two.page.mouse.move(x, y)
    two.frame()
    assert two.get("p") == before
    two.page.mouse.up()


def test_a_distribution_sums_to_one_wherever_its_bars_are_dragged(figure):
    two = figure("two-distributions")
    for ref, dy in [("qOfa", -33), ("qOfc", 47), ("pOfa", 71), ("pOfc", -99), ("qOfb", 500)]:
        two.drag(ref, 0, dy)
        for name in "pq":
            thousandths = 1000 * np.array(two.get(name))
            np.testing.assert_allclose(thousandths, thousandths.round(), atol=1e-9)
            assert thousandths.round().sum() == 1000


def test_the_scale_moves_the_nll_and_not_its_lowest_place(figure):
    noisy = figure("noise-around-line")
    names = ["best_nll", "best_sum", "residual_sum", "nll"]
    before = noisy.shown(names)
    noisy.root.locator("input[type=range]").press("End")
    after = noisy.shown(names)
    assert after.pop("nll") != before.pop("nll")
    assert after == before
    assert after["best_nll"] == after["best_sum"]


def test_both_dots_over_the_slope_are_one_line_and_the_intercept_stays(figure):
    noisy = figure("noise-around-line")
    b = noisy.get("b")
    noisy.drag("onSum", 40, 0)
    assert noisy.centre("onNll")[0] == pytest.approx(noisy.centre("onSum")[0], abs=1)
    assert noisy.get("b") == b


def test_turning_one_end_leaves_the_other_where_it_is(figure):
    noisy = figure("noise-around-line")
    there = noisy.centre("right")
    noisy.drag("left", 0, 60)
    assert noisy.centre("right") == pytest.approx(there, abs=1)


def test_each_noise_has_its_best_line(figure):
    noisy = figure("noise-around-line")
    found = []
    for label in ("Gaussian", "Laplace"):
        noisy.root.get_by_text(label, exact=True).click()
        noisy.part("best").click()
        noisy.frame()
        assert noisy.shown(["best_nll"])["best_nll"] == f"{noisy.get('w'):.3f}"
        found.append((noisy.get("w"), noisy.get("b")))
    assert found == [(0.35, 0.225), (0.231, 0.485)]
