"""A link leads where it says: its target is in the window once the page is at rest."""

import contextlib
import re

import pytest
from hands import REST, travel, unfold, until
from playwright.sync_api import expect

pytestmark = pytest.mark.site

AT_REST = """() => document.readyState === 'complete' && document.fonts.status === 'loaded'
  && [...document.querySelectorAll('.explorable')].every((el) => {
    const { top, bottom } = el.getBoundingClientRect();
    const out = bottom < 0 || top > innerHeight || !el.checkVisibility();
    return out || el.querySelector('.xp[data-live]');
  })
  && [...document.querySelectorAll('.chapter > section > section')]
    .every((node) => getComputedStyle(node).contentVisibility !== 'auto')"""
# Where the text of a target begins, from the lower edge of the bar at the top of the window.
BELOW_BAR = """(id) => {
  const found = document.getElementById(id);
  const node = found.matches('span') ? found.parentElement : found;
  const text = document.createRange();
  text.selectNodeContents(node.querySelector(':scope > :is(h1, h2, h3, h4)') ?? node);
  const end = scrollY + innerHeight >= document.documentElement.scrollHeight - 1;
  return [text.getBoundingClientRect().top - document.querySelector('.top').offsetHeight, end];
}"""
PICTURE = """(module) => {
  const { top, bottom } = document.querySelector(`[data-module=${module}]`).getBoundingClientRect();
  return [top - document.querySelector('.top').offsetHeight, bottom - innerHeight];
}"""
#: Whether the page has stood still for some frames: one that scrolls smoothly may skip one or two.
STILL = """() => {
  window.still = window.seen === scrollY ? (window.still ?? 0) + 1 : 0;
  window.seen = scrollY;
  return window.still > 8;
}"""
UNFOLDED = "(links) => links.findIndex((link) => link.checkVisibility())"


def rest(page):
    """Wait until nothing on the page has still to come, and nothing scrolls."""
    page.evaluate("() => { delete window.seen; }")  # and the count begins anew
    page.evaluate(REST)  # what was asked for has begun
    until(page, AT_REST)
    until(page, STILL)


def opened(page, condition, argument):
    """Wait for a page; one that is just being left cannot be asked."""
    for _ in range(5):
        with contextlib.suppress(Exception):
            return until(page, condition, argument)
    return until(page, condition, argument)


def landed(page, anchor):
    """Say that a target stands right below the bar, or as near as the page's end allows."""
    opened(page, "(id) => location.hash === `#${id}` && document.getElementById(id)", anchor)
    rest(page)
    top, end = page.evaluate(BELOW_BAR, anchor)
    assert 0 <= top <= 60 or (end and 60 < top < 700), (anchor, top)


def picture_landed(page, module):
    """Say that an explorable is in the window: all of it or, where it is higher, its head."""
    rest(page)
    above, below = page.evaluate(PICTURE, module)
    assert 0 <= above <= 400 and (below <= 0 or above <= 30), (module, above, below)


def in_reach(page, selector):
    """Find the first link of a kind that is not folded away; where all are, open what holds one."""
    links = page.locator(selector)
    link = links.nth(max(0, links.evaluate_all(UNFOLDED)))
    unfold(link)
    return link


def follow(page, selector):
    """Click on a link of a kind, and say where it has led."""
    link = in_reach(page, selector)
    address = link.evaluate("(node) => node.href")
    link.click()
    landed(page, address.partition("#")[2])


def returned(page, address, at, top):
    """Say that the reader has before her, on a page, what she had."""
    opened(page, "(address) => location.href === address", address)
    rest(page)
    assert abs(page.evaluate(TOP_OF, at) - top) <= 120, (at, top)


def back(page, *was):
    """Go back to where the reader was."""
    travel(page, "back")
    returned(page, *was)


def forward(page, anchor):
    """Go forward again, to where a link has led."""
    travel(page, "forward")
    landed(page, anchor)


BLOCKS = """[...document.querySelectorAll(
  "article :is(p, li, h2, h3, pre, img):not(.explorable *)")]
  .filter((node) => node.checkVisibility())"""
# What the reader has before her, and where. Pixels of the page would not do: the page's own font
# may come too late to be used, and every height is then another.
HERE = f"""() => {{
  const at = {BLOCKS}.findIndex((node) => node.getBoundingClientRect().bottom > innerHeight / 2);
  return [location.href, at, {BLOCKS}[at].getBoundingClientRect().top];
}}"""
TOP_OF = f"(at) => {BLOCKS}[at].getBoundingClientRect().top"
CHAPTER = "model_fitting.html"
VIEW = "fit-line=w:0.5,b:1"
#: Links of each kind within a chapter, and to places in other pages.
WITHIN = [
    ".on-this-page a[href='#momentum']",
    ".on-this-page a[href='#gradient-descent']",
    "article a[href='#equation-eq-mf-adam']",
    "article a.reference[href^='#fig-mf']",
    "article a.reference[href='#sec-mf-stability']",
]
ELSEWHERE = [
    "article a.reference[href*='chain_rule.html#eq']",
    "article a[href*='glossary.html#term-']",
    "article a[href*='bibliography.html#']",
]


def read_along(page, site, within, elsewhere):
    """Follow links as soon as they are there, come back, and go forward; say where it ends."""
    page.goto(f"{site}{CHAPTER}")
    for selector in within:
        follow(page, selector)
    for selector in elsewhere:
        in_reach(page, selector).scroll_into_view_if_needed()
        was = page.evaluate(HERE)
        follow(page, selector)
        anchor = page.evaluate("location.hash.slice(1)")
        back(page, *was)
        forward(page, anchor)
        back(page, *was)
    return was


def test_links_of_each_kind_land_and_lead_back(page, site):
    was = read_along(page, site, WITHIN, ELSEWHERE)
    page.reload()
    returned(page, *was)


def test_they_land_where_motion_is_unwanted_and_where_no_script_runs(open_page):
    for options in ({"reduced_motion": "reduce"}, {"java_script_enabled": False}):
        page = open_page(CHAPTER, **options)
        page.locator(WITHIN[0]).click()
        page.wait_for_url("**#momentum")
        expect(page.locator("#momentum > h3")).to_be_in_viewport(ratio=1)
        assert page.locator("#momentum > h3").bounding_box()["y"] < 120


def test_a_link_lands_where_a_reader_has_made_a_cell_above_longer(page, site):
    page.goto(f"{site}{CHAPTER}")
    page.get_by_role("button", name="Edit cell 1", exact=True).click()
    page.get_by_role("textbox", name="Code of cell 1", exact=True).click()
    page.keyboard.insert_text("# one more line\n" * 30)
    page.goto(f"{site}intro.html")
    page.goto(f"{site}{CHAPTER}#momentum")
    landed(page, "momentum")
    expect(page.locator(".cell_input pre").first).to_contain_text("one more line")


@pytest.mark.parametrize("way", ["anchor", "view"])
def test_a_link_has_landed_before_and_after_what_is_slow_arrives(page, site, way):
    held, arrives = [], False
    slow = re.compile(r"/fonts/|/_images/|/_explorables/(?!host|link)\w+\.js")
    page.route(slow, lambda route: route.continue_() if arrives else held.append(route))
    address = {"anchor": f"{CHAPTER}#momentum", "view": f"loss_functions.html#{VIEW}"}
    page.goto(f"{site}{address[way]}", wait_until="commit")
    until(page, "scrollY > innerHeight")
    arrives = True
    for route in held:
        route.continue_()
    landed(page, "momentum") if way == "anchor" else picture_landed(page, "fit_line")


def shared_views(page, site):
    """Open a view, look elsewhere, follow another on the page, come back, load it again."""
    page.goto(f"{site}loss_functions.html#{VIEW}")
    picture_landed(page, "fit_line")
    page.keyboard.press("Home")
    until(page, "scrollY === 0")
    page.evaluate("location.hash = 'fit-line=w:0.25'")  # as if typed
    picture_landed(page, "fit_line")
    link = "const a = document.querySelector('h1').appendChild(document.createElement('a'));"
    page.evaluate(f"() => {{ {link} a.href = '#fit-line=w:0.25'; a.textContent = 'a view'; }}")
    for _ in range(2):  # no hash changes
        page.keyboard.press("Home")
        until(page, "scrollY === 0")
        page.locator("h1 a").last.click()
        picture_landed(page, "fit_line")
    read_on(page, site)


def read_on(page, site):
    """Read on below a view that a link has led to; load the page again, leave it, come back."""
    page.mouse.move(640, 450)
    page.keyboard.press("PageDown")
    until(page, "(was) => scrollY > was + 100", page.evaluate("scrollY"))
    rest(page)
    was = page.evaluate(HERE)
    page.reload()
    returned(page, *was)
    page.goto(f"{site}glossary.html")
    back(page, *was)


def test_a_shared_view_is_in_the_window_and_only_when_it_is_followed(page, site):
    shared_views(page, site)


def test_of_a_picture_higher_than_a_phone_a_link_shows_the_head(open_page):
    page = open_page(f"loss_functions.html#{VIEW}", width=360, height=640)
    picture_landed(page, "fit_line")


def test_what_is_searched_for_is_found(page, site):
    page.goto(f"{site}search.html?q=momentum")
    follow(page, "ul.search a[href$='#momentum']")
    page.goto(f"{site}{CHAPTER}?highlight=momentum#momentum")
    landed(page, "momentum")


SELECTED = "() => getSelection().getRangeAt(0).getBoundingClientRect().top"


def test_a_text_is_found_by_its_link_and_by_the_browser(page, site):
    page.goto(f"{site}intro.html")
    words = "Common misconceptions"
    page.goto(f"{site}{CHAPTER}#:~:text={words.replace(' ', '%20')}")
    rest(page)
    expect(page.locator("#common-misconceptions > h2")).to_be_in_viewport()
    page.goto(f"{site}loss_functions.html")
    assert page.evaluate("(words) => find(words)", "What to read next")
    rest(page)
    assert 56 < page.evaluate(SELECTED) < 900


def test_the_first_link_of_a_page_leads_past_its_frame(page, site):
    page.goto(f"{site}{CHAPTER}")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    until(page, "location.hash === '#main'")
    assert page.evaluate("document.activeElement.id") == "main"
    page.locator(".contents a[href='likelihood.html']").click()
    page.wait_for_url("**/likelihood.html")
    rest(page)
    assert page.evaluate("scrollY") == 0
