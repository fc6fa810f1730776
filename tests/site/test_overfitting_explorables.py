"""What only the explorables on overfitting do: near points, a zero among powers, a claim."""

import math

import pytest
from hands import Hands, swipe

from lib.explorables import PeekingCounter

pytestmark = pytest.mark.site


def open_figure(visit, name, **options):
    """Open the page of one explorable."""
    return Hands(visit(f"explorables/{name}.html", **options))


def test_a_press_between_near_points_takes_the_nearest(visit):
    figure = open_figure(visit, "degree-and-ridge", width=360)
    before = figure.get("y")
    places = {place["ref"]: (place["x"], place["y"]) for place in figure.handles()}
    figure.part("point4").scroll_into_view_if_needed()
    x, y = figure.centre("point4")
    at = (x + 2, y + 14)
    shift = y - places["point4"][1]
    away = {ref: math.dist(at, (px, py + shift)) for ref, (px, py) in places.items()}
    points = {ref: size for ref, size in away.items() if ref.startswith("point")}
    assert sum(size < 22 for size in points.values()) > 1  # the boxes of two do overlap here
    figure.page.mouse.move(*at)
    figure.page.mouse.down()
    figure.page.mouse.move(at[0], at[1] + 30)
    figure.page.mouse.up()
    figure.frame()
    moved = [i for i, (a, b) in enumerate(zip(before, figure.get("y"), strict=True)) if a != b]
    assert [f"point{i}" for i in moved] == [min(points, key=points.get)]


# A page that was thrown rolls on: a reader puts her finger down when it stands.
ROLLED_OUT = """async () => {
  for (let was = NaN; was !== scrollY; ) {
    was = scrollY;
    await new Promise((done) => setTimeout(done, 100));
  }
}"""


def swiped(figure, place, dx, dy):
    """Tell what a finger does that is put on a place: whether the state moves, whether the page."""
    names = ("x", "y", "degree", "ridge")
    was, top = figure.state(names), figure.page.evaluate("scrollY")
    x, y = place
    swipe(figure.page, *[(x + dx * k / 6, y + dy * k / 6) for k in range(7)])
    figure.frame()
    return figure.state(names) != was, figure.page.evaluate("scrollY") != top


def test_a_thumb_scrolls_past_the_points_and_moves_them_by_their_middles(visit):
    figure = open_figure(visit, "degree-and-ridge", width=360, height=640, has_touch=True)

    def swipe_from(ref, offset, way):
        figure.page.evaluate(ROLLED_OUT)
        figure.page.evaluate("scrollTo(0, 0)")
        x, y = figure.bring(ref)
        return swiped(figure, (x + offset[0], y + offset[1]), *way)

    up = (0, -90)
    past = [("point7", (40, 60)), ("point7", (0, 17)), ("point7", (17, 0)), ("ridgeKnob", (0, 0))]
    for ref, offset in past:
        assert swipe_from(ref, offset, up) == (False, True), (ref, offset)
    along = [("point7", (0, 0), up), ("point7", (17, 0), (-40, 0)), ("ridgeKnob", (0, 0), (60, 0))]
    for ref, offset, way in along:
        assert swipe_from(ref, offset, way) == (True, False), (ref, offset)


def test_keys_reach_no_ridge_at_all_and_leave_it_again(visit):
    figure = open_figure(visit, "degree-and-ridge")
    knob = figure.part("ridgeKnob")
    assert figure.get("ridge") == 0
    knob.press("ArrowRight")
    assert figure.get("ridge") == 1e-8
    knob.press("ArrowLeft")
    assert figure.get("ridge") == 0
    knob.press("End")
    assert figure.get("ridge") == 10


def test_twice_the_noise_is_four_times_the_variance_on_the_screen(visit):
    figure = open_figure(visit, "fifty-datasets")
    figure.set(degree=8)
    one = float(figure.part("variance").text_content())
    figure.set(noise=0.6)
    assert float(figure.part("variance").text_content()) == pytest.approx(4 * one, abs=3e-4)


def test_a_higher_claim_takes_as_many_peeks_as_python_counts(visit):
    figure = open_figure(visit, "peeking-counter")
    figure.set(peeks=1)
    counter = PeekingCounter(peeks=200)
    records = [
        i + 1
        for i, score in enumerate(counter.test_scores)
        if score > max([0.0, *counter.test_scores[:i]])
    ]
    for peeks in records[1:]:
        figure.part("bestKnob").press("ArrowRight")
        assert figure.get("peeks") == peeks
    figure.part("once").click()
    assert figure.get("peeks") == records[-1] + 1
