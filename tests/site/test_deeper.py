"""Deeper boxes: closed at first, and opened by all that leads into them."""

import io

import pytest
from hands import travel, until
from PIL import Image
from playwright.sync_api import expect

pytestmark = pytest.mark.site

PAGE = "overfitting.html"
PROOF, PARTS = "deeper-peeking-at-the-test-set", "deeper-bias-and-variance-derived"
#: How far below the bar the top of an element stands, or how many boxes are open.
PLACE = """(id) => document.getElementById(id).getBoundingClientRect().top
  - document.querySelector('.top').offsetHeight"""
OPEN = "() => [...document.querySelectorAll('details.box')].map((box) => box.open)"
LIVE = "(module) => !!document.querySelector(`[data-module=${module}] .xp[data-live]`)"


def box(page, name):
    """Return the box whose section has an id."""
    return page.locator(f"#{name} > details.box")


def summary(page, name=PROOF):
    """Return what a reader clicks on to open the box of a section."""
    return page.locator(f"#{name} > details.box > summary")


def landed(page, name):
    """Wait until an element stands right below the bar of the page."""
    until(page, f"(id) => {{ const at = ({PLACE})(id); return at >= -5 && at < 130; }}", name)


def test_the_ring_around_a_box_in_focus_is_whole(visit):
    page = visit(PAGE)
    summary(page).click()
    page.keyboard.press("Enter")  # by key: now there is a ring
    place = summary(page).bounding_box()
    clip = {"x": place["x"] - 20, "y": place["y"], "width": place["width"] + 40, "height": 40}
    image = Image.open(io.BytesIO(page.screenshot(clip=clip))).convert("RGB")
    left, right, paper = (image.getpixel((x, 20)) for x in (16, image.width - 17, 2))
    assert left == right != paper


@pytest.mark.parametrize(
    "name", ["equation-eq-ov-peeking", PROOF, "explorable-the-peeking-counter"]
)
def test_an_address_in_a_closed_box_opens_it_alone_and_leads_there(visit, name):
    page = visit(f"{PAGE}#{name}")
    until(page, f"({OPEN})().filter(Boolean).length === 1")
    assert box(page, PROOF).get_attribute("open") is not None
    landed(page, name)


def test_a_link_opens_its_box_and_whoever_comes_back_finds_it_open_where_she_was(visit):
    page = visit(PAGE)
    assert page.evaluate(OPEN) == [False] * 4
    link = page.locator(f".on-this-page a[href='#{PARTS}']")
    link.click()
    landed(page, PARTS)
    summary(page, PARTS).click()
    expect(box(page, PARTS)).not_to_have_attribute("open", "")
    link.click()  # the same address again
    landed(page, PARTS)
    assert sum(page.evaluate(OPEN)) == 1
    page.locator(f"#{PARTS} a[href*='glossary.html']").first.click()
    page.wait_for_url("**/glossary.html*")
    travel(page, "back")
    page.wait_for_url(f"**/{PAGE}#{PARTS}")
    until(page, f"({OPEN})().filter(Boolean).length === 1")
    page.goto(page.url.partition("#")[0].replace(PAGE, "intro.html"))
    page.goto(page.url.replace("intro.html", PAGE))
    assert page.evaluate(OPEN) == [False] * 4  # a new visit


def test_an_explorable_in_a_box_starts_when_the_box_opens(visit):
    page = visit(PAGE)
    page.mouse.move(640, 450)
    page.mouse.wheel(0, 700)  # whoever is under way has all others started
    until(page, LIVE, "degree_and_ridge")
    page.evaluate("() => new Promise((done) => requestIdleCallback(() => setTimeout(done)))")
    summary(page, PARTS).scroll_into_view_if_needed()
    assert not page.evaluate(LIVE, "fifty_datasets")
    summary(page, PARTS).press("Enter")
    page.locator("[data-module=fifty_datasets]").scroll_into_view_if_needed()
    until(page, LIVE, "fifty_datasets")
    assert not page.evaluate(LIVE, "peeking_counter")
    page = visit(f"{PAGE}#peeking-counter=peeks:10")
    until(page, LIVE, "peeking_counter")
    assert box(page, PROOF).get_attribute("open") is not None
    expect(page.locator("[data-module=peeking_counter] .xp").first).to_be_in_viewport()


def test_one_button_opens_and_closes_all_and_says_which(visit):
    page = visit(PAGE, width=360)
    button = page.get_by_role("button", name="Open all")
    assert button.bounding_box()["height"] >= 44
    button.click()
    assert page.evaluate(OPEN) == [True] * 4
    summary(page).press("Space")
    expect(page.locator(".open-all")).to_have_text("Open all")
    page.locator(".open-all").click()
    page.get_by_role("button", name="Close all").click()
    assert page.evaluate(OPEN) == [False] * 4


def test_the_search_of_the_browser_finds_what_is_folded(visit):
    page = visit(f"{PAGE}#:~:text=The%20models%20need%20not%20be%20independent")
    until(page, f"({OPEN})().filter(Boolean).length === 1")


def test_on_paper_every_box_is_open_and_without_scripts_each_opens_by_click(visit):
    page = visit(PAGE)
    shown = (
        "() => [...document.querySelectorAll('.box-body')].map((node) => node.checkVisibility())"
    )
    assert page.evaluate(shown) == [False] * 4
    page.emulate_media(media="print")
    assert page.evaluate(shown) == [True] * 4
    assert not page.locator(".open-all").is_visible()
    page = visit(PAGE, java_script_enabled=False)
    body = box(page, PROOF).locator(".box-body")
    assert not body.is_visible() and not page.locator(".open-all").is_visible()
    summary(page).click()
    assert body.is_visible()
