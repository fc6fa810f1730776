"""The explorables on matrix calculus: what only these four do."""

import pytest
from hands import Hands, unfold
from playwright.sync_api import expect

pytestmark = pytest.mark.site


def contours(figure):
    """Read the outlines of the contours."""
    return figure.root.locator("[data-ref=levels]").inner_html()


def test_halving_the_step_magnifies_both_planes_and_quarters_the_remainder(visit):
    figure = Hands(visit("explorables/jacobian-map.html"))
    for zoom in (1, 2, 3):
        figure.part("halve").click()
        figure.frame()
        assert figure.get("zoom") == zoom
        assert abs(float(figure.part("ratio").text_content()) - 4) < 0.3
    figure.part("reset").click()
    assert figure.get("zoom") == 0
    expect(figure.root.locator(".xp-halved")).to_be_hidden()


def test_the_planes_stay_under_the_hand_and_follow_when_it_lets_go(visit):
    figure = Hands(visit("explorables/jacobian-map.html"))
    figure.part("halve").click()
    x, y = figure.centre("point")
    figure.drag("point", 40, 0)
    after_x, after_y = figure.centre("point")
    assert (after_x, after_y) == pytest.approx((x, y), abs=1)  # in the middle again
    assert figure.get("x")[0] > 2


def test_pointing_at_an_entry_shows_its_step_and_its_effect(visit):
    figure = Hands(visit("explorables/jacobian-map.html"))
    figure.part("cell12").focus()
    expect(figure.part("read")).to_contain_text("a small step along x₂ moves f₁")
    assert figure.part("inPick").get_attribute("d").startswith("M")
    figure.part("guess").focus()
    expect(figure.part("inPick")).to_have_attribute("d", "")


def test_symmetrising_the_matrix_moves_no_contour(visit):
    figure = Hands(visit("explorables/three-arrows.html"))
    before = contours(figure)
    figure.set(t=1)
    assert contours(figure) == before
    assert figure.part("twice1").text_content() == figure.part("gradient1").text_content()


def test_an_entry_that_is_typed_is_an_entry_of_the_matrix(visit):
    figure = Hands(visit("explorables/three-arrows.html"))
    before = contours(figure)
    figure.part("a21").fill("4")
    assert figure.get("A") == [1, 2, 4, 3]
    figure.frame()
    assert contours(figure) != before
    figure.part("a21").fill("")
    assert figure.get("A") == [1, 2, 4, 3]
    figure.part("reset").click()
    expect(figure.part("a21")).to_have_value("0")


def test_a_click_on_an_entry_picks_it(visit):
    figure = Hands(visit("explorables/shape-table.html"))
    figure.part("blocks").scroll_into_view_if_needed()
    box = figure.part("blocks").bounding_box()
    figure.page.mouse.click(box["x"] + 0.95 * box["width"], box["y"] + 0.05 * box["height"])
    figure.frame()
    assert (figure.get("y_entry"), figure.get("x_entry")) == (0, 1)
    expect(figure.part("place")).to_have_text("stands in row 1, column 2")


def test_the_layout_switch_turns_the_whole_page_over(open_page):
    page = open_page("matrix_calculus.html#sec-mc-shape-table")  # the link opens the box
    statements = page.locator(".layout-denominator")
    assert statements.count() >= 5
    expect(statements.first).to_be_hidden()
    table = Hands(page, page.locator(".explorable").evaluate_all(
        "all => all.findIndex((el) => el.dataset.module === 'shape_table')"
    ))  # fmt: skip
    table.root.locator("input[value=denominator]").check()
    expect(page.locator("html")).to_have_attribute("data-layout", "denominator")
    expect(statements.first).to_be_visible()
    expect(page.locator(".layout-numerator").first).to_be_hidden()
    jacobian = page.locator(".xp[data-kind=JacobianMap]")
    expect(jacobian).to_have_attribute("data-layout", "denominator")
    table.root.locator("input[value=numerator]").check()
    expect(statements.first).to_be_hidden()


def test_an_explorable_that_starts_later_takes_the_layout_of_the_page(open_page, site):
    page, held = open_page(None), []
    page.route("**/jacobian_map*.js", lambda route: held.append(route))  # comes late
    page.goto(f"{site}matrix_calculus.html#sec-mc-shape-table", wait_until="commit")
    table = page.locator(".xp[data-kind=ShapeTable]")
    expect(table).to_have_attribute("data-live", "")
    table.locator("input[value=denominator]").check()
    jacobian = page.locator(".xp[data-kind=JacobianMap]")
    assert jacobian.get_attribute("data-live") is None
    for request in held:
        request.continue_()
    expect(jacobian).to_have_attribute("data-live", "")
    expect(jacobian).to_have_attribute("data-layout", "denominator")


def test_on_paper_and_without_scripts_both_layouts_stand(open_page):
    page = open_page("matrix_calculus.html", java_script_enabled=False)
    for layout in ("denominator", "numerator"):
        statement = page.locator(f".layout-{layout}").first
        unfold(statement)
        expect(statement).to_be_visible()


def test_the_microscope_keeps_its_scale_while_the_hand_moves(visit):
    figure = Hands(visit("explorables/step-size-v.html"))
    x, _ = figure.centre("look")
    before = figure.get("exponent")
    figure.drag("look", -60, 0)
    assert figure.get("exponent") < before
    after, _ = figure.centre("look")
    assert after == pytest.approx(x, abs=1)  # magnified anew: the step has its old length


@pytest.mark.parametrize("width", [1280, 360])
def test_the_names_of_the_arrows_stay_apart_wherever_x_is(visit, width):
    arrows = Hands(visit("explorables/three-arrows.html", width=width))
    for t in (0, 1):
        for x in ([1, 2], [2.06, 3.19], [2.4, 3.6], [4.5, 4.5], [-4.5, -4], [4.5, -4.5], [0, 0]):
            arrows.set(x=x, t=t)
            assert arrows.overlaps(["nameGradient", "nameTwice"]) == [], (x, t)


@pytest.mark.parametrize("width", [1280, 360])
def test_the_name_of_a_step_stands_beside_its_handle_where_the_view_ends(visit, width):
    figure = Hands(visit("explorables/jacobian-map.html", width=width))
    for x, dx in (([0.5, 2], [0.4, 0.8]), ([2, 2], [-0.4, 0.8]), ([1, 1], [0.2, -0.8])):
        figure.set(map="product", x=x, dx=dx)
        name, (middle, height) = figure.part("nameTip").bounding_box(), figure.centre("tip")
        beside = not name["x"] - 9 < middle < name["x"] + name["width"] + 9
        assert beside or not name["y"] - 6 < height < name["y"] + name["height"] + 6, (x, dx)
