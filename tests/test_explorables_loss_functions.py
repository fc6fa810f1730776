"""From logits to loss, the decision boundary and the batch cutter: numbers, state, refusals."""

import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import minimize
from scipy.special import expit, log_softmax, softmax

from lib import calculus
from lib.explorables import BatchCutter, DecisionBoundary, LogitsToLoss

KINDS = [LogitsToLoss, DecisionBoundary, BatchCutter]
FINITE = st.floats(allow_nan=False, allow_infinity=False)


def row(explorable, name):
    """Give the three readings of one name."""
    return [explorable.readings[f"{name}_{c}"] for c in range(3)]


# ---- from logits to loss -------------------------------------------------------------------


def test_the_worked_example_is_what_it_shows_first():
    scores = LogitsToLoss()
    np.testing.assert_allclose(row(scores, "probability"), [0.6590, 0.2424, 0.0986], atol=5e-5)
    np.testing.assert_allclose(row(scores, "gradient"), [-0.3410, 0.2424, 0.0986], atol=5e-5)
    assert row(scores, "logit") == [2, 1, 0.1]
    assert round(scores.readings["loss_value"], 4) == 0.4170
    assert scores.readings["floor"] == 0


def test_two_softmaxes_leave_a_floor():
    scores = LogitsToLoss(twice=True)
    np.testing.assert_allclose(row(scores, "probability"), [0.4484, 0.2956, 0.2560], atol=5e-5)
    assert round(scores.floor, 4) == 0.5514
    scores.logits = [800, 0, 0]
    assert scores.loss_value == pytest.approx(scores.floor, rel=1e-12)


def test_equal_logits_cost_log_three():
    assert LogitsToLoss(logits=[7, 7, 7], label=2).loss_value == pytest.approx(np.log(3), rel=1e-14)


@pytest.mark.parametrize("label", [0, 1, 2])
@pytest.mark.parametrize("temperature", [0.2, 1.0, 5.0])
def test_the_loss_is_that_of_scipy(label, temperature):
    logits = np.array([0.3, -2.0, 1.5])
    scores = LogitsToLoss(logits=logits, label=label, temperature=temperature)
    assert scores.loss_value == pytest.approx(-log_softmax(logits / temperature)[label], rel=1e-13)
    scores.twice = True
    twice = -log_softmax(softmax(logits / temperature))[label]
    assert scores.loss_value == pytest.approx(twice, rel=1e-13)


@pytest.mark.parametrize("twice", [False, True])
@pytest.mark.parametrize("temperature", [0.7, 1.0, 3.0])
def test_the_gradient_is_what_small_steps_say(twice, temperature):
    def loss(logits):
        return LogitsToLoss(logits=logits, label=1, temperature=temperature, twice=twice).loss_value

    scores = LogitsToLoss(label=1, temperature=temperature, twice=twice)
    expected = calculus.gradient(loss, np.array(scores.logits))
    np.testing.assert_allclose(scores.gradient, expected, atol=1e-8)
    assert scores.gradient.sum() == pytest.approx(0, abs=1e-15)


def test_adding_to_all_logits_moves_the_logits_alone():
    here, there = LogitsToLoss(), LogitsToLoss(shift=2.5)
    assert row(there, "logit") == [4.5, 3.5, 2.6]
    assert there.loss_value == pytest.approx(here.loss_value, rel=1e-14)
    np.testing.assert_allclose(there.gradient, here.gradient, rtol=1e-13)


def test_the_gradient_keeps_its_digits_where_one_class_has_nearly_all():
    # Adding one number to all logits changes nothing, so the slopes add up to zero.
    slopes = LogitsToLoss(logits=[-1.7, -0.5, 1], label=1, temperature=0.1, twice=True).gradient
    assert abs(slopes.sum()) < 1e-14 * np.abs(slopes).max()


@pytest.mark.parametrize("twice", [False, True])
def test_a_logit_beyond_all_numbers_once_divided_has_no_finite_loss(twice):
    scores = LogitsToLoss(logits=[1e308, 1, 1], temperature=0.1, twice=twice)
    assert scores.loss_value == np.inf
    assert not np.isfinite(row(scores, "probability")).any()


@settings(deadline=None, max_examples=50)  # a widget takes its time on a busy machine
@given(logits=st.lists(FINITE, min_size=3, max_size=3), twice=st.booleans())
def test_any_finite_logits_have_a_loss_that_is_a_number(logits, twice):
    value = LogitsToLoss(logits=logits, twice=twice).loss_value
    assert value >= 0


# ---- the decision boundary -----------------------------------------------------------------


def test_the_first_sigmoid_is_mostly_right_and_costs_more_than_a_coin():
    sigmoid = DecisionBoundary()
    assert sigmoid.accuracy == 0.8
    assert np.log(2) < sigmoid.loss_value < 0.71
    assert sigmoid.readings["worst"] == pytest.approx(np.log1p(np.exp(6.9)), rel=1e-12)
    assert sigmoid.readings["worst_percent"] == pytest.approx(48.914, abs=1e-3)


def test_the_best_sigmoid_has_the_same_accuracy_and_a_lower_loss():
    x, y = np.array(DecisionBoundary().x), np.array(DecisionBoundary().y)

    def loss(line):
        p = expit(line[0] * x + line[1])
        return -np.mean(y * np.log(p) + (1 - y) * np.log1p(-p))

    found = minimize(loss, [0.5, 0.0], method="BFGS", options={"gtol": 1e-9})
    best = DecisionBoundary(w=found.x[0], b=found.x[1])
    np.testing.assert_allclose(found.x, [0.9683, -0.1196], atol=5e-4)
    assert best.loss_value == pytest.approx(found.fun, rel=1e-12)
    assert round(best.loss_value, 4) == 0.4438
    assert best.accuracy == DecisionBoundary().accuracy


def test_a_sigmoid_that_knows_nothing_costs_log_two():
    assert DecisionBoundary(w=0, b=0).loss_value == pytest.approx(np.log(2), rel=1e-14)


def test_what_a_sample_costs_at_999_in_1000_wrong():
    logit = np.log(999)
    wrong = DecisionBoundary(x=[0, 1], y=[0, 0], w=logit, b=0)
    assert wrong.sample_losses[1] == pytest.approx(6.9078, abs=5e-5)


def test_a_perfect_sigmoid_has_no_worst_sample():
    perfect = DecisionBoundary(x=[-1, 1], y=[0, 1], w=1e6, b=0)
    assert perfect.readings == {"loss_value": 0, "accuracy": 1, "worst": 0, "worst_percent": 0}


@settings(deadline=None, max_examples=50)  # a widget takes its time on a busy machine
@given(w=FINITE, b=FINITE)
def test_any_finite_sigmoid_has_readings_that_are_numbers(w, b):
    values = DecisionBoundary(w=w, b=b).readings.values()
    assert not np.isnan(list(values)).any()


def test_samples_can_be_set_together_and_the_first_ones_come_back():
    sigmoid = DecisionBoundary()
    first = sigmoid.state
    sigmoid.set_data([0, 1, 2], [0, 1, 1])
    assert (sigmoid.x, sigmoid.y) == ([0, 1, 2], [0, 1, 1])
    with pytest.raises(ValueError, match=r"y must be 0 or 1, got 2\.0"):
        sigmoid.set_data([0, 1, 2], [0, 1, 2])
    assert sigmoid.x == [0, 1, 2]
    sigmoid.set_data()
    assert sigmoid.state == first


# ---- the batch cutter ------------------------------------------------------------------------


def test_the_worked_batches():
    mse, rmse = BatchCutter(), BatchCutter(loss="RMSE")
    assert mse.readings == {
        "first_loss": 0,
        "second_loss": 8,
        "mean_of_batches": 4,
        "whole": 4,
        "gap": 0,
    }
    assert rmse.readings["second_loss"] == pytest.approx(np.sqrt(8))
    assert round(rmse.mean_of_batches, 3) == 1.414
    assert rmse.whole == 2
    assert rmse.gap == pytest.approx(np.sqrt(2) - 2)


def test_batches_of_three_and_one_need_their_weights():
    cut = BatchCutter(cut=3)
    assert (cut.mean_of_batches, cut.whole) == (8, 4)
    cut.weighted = True
    assert cut.gap == 0


@settings(deadline=None, max_examples=50)  # a widget takes its time on a busy machine
@given(
    errors=st.lists(st.floats(0, 5), min_size=4, max_size=8),
    cut=st.integers(1, 7),
)
def test_the_weighted_mean_of_squares_is_the_whole_and_roots_never_exceed_it(errors, cut):
    batches = BatchCutter(errors=errors, cut=cut, weighted=True)
    assert batches.gap == pytest.approx(0, abs=1e-12)
    batches.loss = "rmse"
    assert batches.gap <= 1e-12


def test_the_second_batch_is_never_empty():
    batches = BatchCutter(cut=7)
    assert batches.batch_losses == BatchCutter(cut=3).batch_losses


def test_errors_beyond_all_numbers_have_an_infinite_loss():
    assert BatchCutter(errors=[0, 0, 0, 1e200]).whole == np.inf


# ---- all three --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "keywords", "error", "message"),
    [
        (LogitsToLoss, {"logits": [1, 2]}, ValueError, "logits must have 3 values, got 2"),
        (LogitsToLoss, {"logits": [1, 2, np.nan]}, ValueError, "logits must be finite"),
        (LogitsToLoss, {"logits": "abc"}, TypeError, "logits"),
        (LogitsToLoss, {"label": 3}, ValueError, "label must lie between 0 and 2, got 3"),
        (LogitsToLoss, {"label": 0.5}, ValueError, "label must be a whole number, got 0.5"),
        (LogitsToLoss, {"temperature": 0}, ValueError, "temperature must lie between 0.1 and 10"),
        (LogitsToLoss, {"shift": np.inf}, ValueError, "shift must be finite, got inf"),
        (LogitsToLoss, {"twice": 1}, TypeError, "twice must be True or False, got 1"),
        (LogitsToLoss, {"c": 1}, TypeError, "unexpected keyword argument 'c'"),
        (DecisionBoundary, {"x": [1, 2]}, TypeError, "x and y must be given together, got only x"),
        (DecisionBoundary, {"x": [1, 2], "y": [0, 0.5]}, ValueError, "y must be 0 or 1, got 0.5"),
        (DecisionBoundary, {"x": [1, 1], "y": [0, 1]}, ValueError, "two clearly different values"),
        (DecisionBoundary, {"w": "steep"}, TypeError, "w must be a real number, got 'steep'"),
        (BatchCutter, {"errors": [1, 2, 3]}, ValueError, "errors must have 4 to 8 values, got 3"),
        (BatchCutter, {"errors": [1, 2, 3, -1]}, ValueError, "each of errors must be at least 0"),
        (BatchCutter, {"cut": 0}, ValueError, "cut must lie between 1 and 7, got 0"),
        (BatchCutter, {"loss": "mae"}, ValueError, "loss must be 'mse' or 'rmse', got 'mae'"),
    ],
)
def test_wrong_arguments_are_named(kind, keywords, error, message):
    with pytest.raises(error, match=message):
        kind(**keywords)


@pytest.mark.parametrize(
    ("kind", "name", "value"),
    [
        (LogitsToLoss, "logits", [1, 2, 3, 4]),
        (LogitsToLoss, "label", -1),
        (DecisionBoundary, "w", np.nan),
        (BatchCutter, "errors", []),
        (BatchCutter, "weighted", "yes"),
    ],
)
def test_a_refused_value_leaves_the_state_as_it_was(kind, name, value):
    explorable = kind()
    before = explorable.state
    with pytest.raises((TypeError, ValueError)):
        setattr(explorable, name, value)
    assert explorable.state == before


@pytest.mark.parametrize(
    "explorable",
    [
        LogitsToLoss(logits=[0, 3, -1], label=1, shift=1, temperature=2, twice=True),
        DecisionBoundary(x=[0, 1, 3], y=[1, 0, 1], w=-2, b=0.5),
        BatchCutter(errors=[1, 2, 3, 4, 5], cut=4, loss="rmse", weighted=True),
    ],
    ids=lambda explorable: type(explorable).__name__,
)
def test_a_state_that_went_through_a_page_gives_the_same_readings(explorable):
    again = type(explorable).from_state(json.loads(json.dumps(explorable.state)))
    assert again.state == explorable.state
    assert again.readings == explorable.readings
    assert repr(again) == repr(explorable)


@pytest.mark.parametrize("kind", KINDS)
def test_two_of_a_kind_share_nothing(kind):
    one, two = kind(), kind()
    for name, value in one.state.items():
        assert value is not getattr(two, name) or not isinstance(value, list)


def test_the_text_is_the_state_and_no_address():
    assert repr(LogitsToLoss()) == (
        "LogitsToLoss(logits=[2.0, 1.0, 0.1], label=0, shift=0.0, "
        "temperature=1.0, twice=False, loss_value=0.4170)"
    )
    assert repr(DecisionBoundary(w=0)) == (
        "DecisionBoundary(w=0.000, b=0.000, loss_value=0.6931, accuracy=0.50)"
    )
    assert repr(BatchCutter()) == (
        "BatchCutter(cut=2, loss='mse', weighted=False, mean_of_batches=4.0000, whole=4.0000)"
    )
