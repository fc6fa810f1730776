"""What the explorables of the chain rule do beyond what every explorable does."""

import pytest
from hands import Hands
from playwright.sync_api import expect

pytestmark = pytest.mark.site


@pytest.fixture
def explorable(visit):
    """Give a function that opens the page of one explorable."""
    return lambda name: Hands(visit(f"explorables/{name}.html"))


def test_when_all_paths_are_pressed_the_sum_is_the_derivative(explorable):
    knobs = explorable("knobs-and-needles")
    expect(knobs.part("chosenSum")).to_have_text("15.00")
    for path in ("path1", "path3"):
        knobs.part(path).press("Enter")
    expect(knobs.part("chosenSum")).to_have_text(knobs.part("derivative").text_content())
    expect(knobs.part("read")).to_contain_text("touches the green curve")


def test_a_run_ends_with_the_gradients_and_a_broken_rule_shows_its_own_end(explorable):
    run = explorable("backward-steps")
    run.part("run").click()
    expect(run.part("gradA")).to_have_text("25", timeout=15_000)
    expect(run.part("run")).to_have_text("Run")
    run.root.get_by_label("no topological order").check()
    expect(run.part("gradA")).to_have_text("29")
    expect(run.part("gradB")).to_have_text("22")


def test_a_line_of_the_ledger_stops_the_run_and_goes_there(explorable):
    run = explorable("backward-steps")
    run.part("run").click()
    run.part("to2").click()
    expect(run.part("progress")).to_have_text("line 3 of 10")
    expect(run.part("run")).to_have_text("Run")
    assert run.get("step") == 3


def test_the_signs_multiply_one_after_the_other_and_take_back(explorable):
    chain = explorable("bracket-order")
    chain.part("takeNone").click()
    for sign, cost in [
        ("times03", "1,000,000"),
        ("times12", "2,000,000"),
        ("times21", "3,000,000"),
    ]:
        chain.part(sign).click()
        expect(chain.part("cost")).to_have_text(cost)
    chain.part("times01").click()
    assert chain.get("order") == [1]
    expect(chain.part("brackets")).to_have_text("J₄ J₃ (J₂ J₁)")
