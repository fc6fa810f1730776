"""The check before the course: what is missed links to its section, however it is answered."""

import pytest
from hands import until
from playwright.sync_api import expect
from test_exercises import Asked

from lib.exercises import questions

pytestmark = pytest.mark.site

CHECK = [one for one in questions("basics") if one.id.startswith("basics.check_")]
ARRIVED = "([id]) => Math.abs(document.getElementById(id).getBoundingClientRect().top) < 200"


def link(asked):
    """Find the link that stands under a question."""
    return asked.root.locator(".xq-section a")


def test_what_is_missed_links_to_its_section_and_what_is_right_does_not_by_keys_alone(open_page):
    page = open_page("basics.html")
    for question in CHECK:
        asked = Asked(page, question.id).come_near()
        expect(link(asked)).to_be_hidden()
        wrong, name = asked.wrong()
        asked.field.focus()
        page.keyboard.type(written(wrong))
        page.keyboard.press("Enter")
        expect(asked.verdict).to_contain_text("Not yet.")
        assert asked.root.evaluate("(el) => el.exercise.get('mistake')") == name
        expect(link(asked)).to_have_text(question.section[1])
        asked.field.fill(written(asked.instance()["answer"]))
        page.keyboard.press("Enter")
        expect(asked.verdict).to_contain_text("Right.")
        expect(link(asked)).to_be_hidden()
    asked.part("solution").locator("summary").click()
    expect(link(asked)).to_be_visible()  # whoever looks it up may want the section, too
    first = Asked(page, CHECK[0].id).come_near()
    first.field.fill(written(first.wrong()[0]))
    first.field.press("Enter")
    expect(link(first)).to_be_visible()
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    expect(link(first)).to_be_focused()
    page.keyboard.press("Enter")
    until(page, ARRIVED, [CHECK[0].section[0]])
    page.go_back()
    expect(first.verdict).to_contain_text("Not yet.")


def written(value):
    """Write an answer as somebody types it."""
    return f"({', '.join(value)},)" if isinstance(value, list) else str(value)


def test_the_link_leads_to_its_section_under_a_thumb_and_is_there_without_scripts(open_page):
    page = open_page("basics.html", width=360, has_touch=True)
    asked = Asked(page, "basics.check_chance").come_near()
    asked.field.tap()
    page.keyboard.type(written(asked.wrong()[0]))
    asked.part("check").tap()
    expect(link(asked)).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    assert link(asked).bounding_box()["height"] >= 24
    link(asked).tap()
    until(page, ARRIVED, ["sec-ba-chance"])
    plain = open_page("basics.html", java_script_enabled=False)
    found = plain.locator(".xq-section a")
    places = [one.section for one in CHECK]
    assert found.evaluate_all("(all) => all.map((a) => [a.hash.slice(1), a.textContent])") == [
        [*place] for place in places
    ]
    assert all(one.is_visible() for one in found.all())
    for label, _ in places:
        assert plain.locator(f"#{label}").count() == 1
