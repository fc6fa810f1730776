"""The reader's own points in Fit by hand: set from Python, together or not at all."""

import pytest

from lib.explorables import FitLine


class FakeComm:
    """A channel to a page that nobody reads."""

    comm_id, kernel = "fake", True

    def on_msg(self, callback):
        """Take the callback, and never call it."""

    def close(self, *args, **kwargs):
        """Close nothing."""


@pytest.fixture
def fit():
    """Give the first nine points."""
    return FitLine(w=1.5, b=1.0)


def test_points_are_set_together_and_the_line_stays(fit):
    fit.set_data([0, 1, 2], [1, 3, 4])
    assert (fit.x, fit.y) == ([0.0, 1.0, 2.0], [1.0, 3.0, 4.0])
    assert (fit.w, fit.b) == (1.5, 1.0)
    assert fit.loss_value == pytest.approx(0.125 / 3)


def test_without_arguments_the_first_points_come_back(fit):
    first = fit.state
    fit.set_data([0, 1], [1, 3])
    fit.set_data()
    assert fit.state == first


def test_the_page_gets_both_lists_at_once(fit, monkeypatch):
    sent = []
    monkeypatch.setattr(fit, "comm", FakeComm())
    monkeypatch.setattr(fit, "send_state", lambda key=None: sent.append(set(key)))
    fit.set_data([0, 1], [1, 3])
    assert sent == [{"x", "y"}]


@pytest.mark.parametrize(
    ("x", "y", "error", "message"),
    [
        ([1, 2], None, TypeError, "x and y must be given together, got only x"),
        ([1, 1], [1, 2], ValueError, "two clearly different values"),
        ([1, 2], [1], ValueError, "the same shape"),
        ([1, 1e13], [1, 2], ValueError, "each of x must lie between"),
        ([1, 2], [1, 1e13], ValueError, "each of y must lie between"),
        (["a", "b"], [1, 2], TypeError, "x must hold real numbers"),
    ],
)
def test_refused_points_are_named_and_change_nothing(fit, x, y, error, message):
    before = fit.state
    with pytest.raises(error, match=message):
        fit.set_data(x, y)
    assert fit.state == before


def test_what_the_front_end_sends_arrives(fit):
    fit.set_state({"x": [0, 1, 2], "y": [1, 3, 4], "w": 1.5, "b": 1})
    assert fit.loss_value == pytest.approx(0.125 / 3)
    assert FitLine.from_state(fit.state).state == fit.state
