"""A link leads where it says: what a reader followed it for is in the window once the page is at rest."""

import pytest
from hands import until

pytestmark = pytest.mark.site

AT_REST = """() => document.readyState === 'complete' && document.fonts.status === 'loaded'
  && !document.querySelector('.explorable .xp:not([data-live])')
  && [...document.querySelectorAll('.chapter > section > section')]
    .every((node) => getComputedStyle(node).contentVisibility !== 'auto')"""
# Where the text of a target begins, counted from the lower edge of the bar at the top of the window.
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
UNFOLDED = "(links) => links.findIndex((link) => link.checkVisibility())"


def rest(page):
    """Wait until nothing on the page has still to come."""
    until(page, AT_REST)


def landed(page, anchor):
    """Say that the text of a target stands right below the bar, or as near as the end of the page allows."""
    until(page, "(id) => location.hash === `#${id}` && document.getElementById(id)", anchor)
    rest(page)
    top, end = page.evaluate(BELOW_BAR, anchor)
    assert 0 <= top <= 60 or (end and 60 < top < 700), (anchor, top)


def picture_landed(page, module):
    """Say that an explorable is in the window: all of it or, where it is higher, its head."""
    rest(page)
    above, below = page.evaluate(PICTURE, module)
    assert 0 <= above <= 400 and (below <= 0 or above <= 30), (module, above, below)


def follow(page, selector):
    """Click on the first link of a kind that is not folded away, and say where it has led."""
    links = page.locator(selector)
    link = links.nth(links.evaluate_all(UNFOLDED))
    address = link.evaluate("(node) => node.href")
    link.click()
    landed(page, address.partition("#")[2])


#: Links of each kind in a chapter: to its own sections, formulas and figures, and to places in other pages.
KINDS = {
    "contents": ".on-this-page a[href='#momentum']",
    "contents, backwards": ".on-this-page a[href='#gradient-descent']",
    "formula": "article a[href='#equation-eq-mf-adam']",
    "figure": "article a.reference[href^='#fig-mf']",
    "section": "article a.reference[href='#sec-mf-stability']",
    "formula of another chapter": "article a.reference[href*='chain_rule.html#eq']",
    "term": "article a[href*='glossary.html#term-']",
    "citation": "article a[href*='bibliography.html#']",
}


def test_links_of_each_kind_land(page, site):
    for selector in KINDS.values():
        page.goto(f"{site}model_fitting.html")
        follow(page, selector)
