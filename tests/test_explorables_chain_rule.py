"""The explorables of the chain rule: the chapter's numbers, other methods, refused values."""

import itertools

import numpy as np
import pytest

from lib import autodiff, calculus
from lib.explorables import BackwardSteps, BracketOrder, KnobsAndNeedles

BROKEN = ("wrong_order", "overwrite", "keep_gradients")


def outputs(x):
    """Compute the needles from the knobs, as the chapter does."""
    y = [x[0] + x[1], x[0] * x[1], x[0] - x[1]]
    return [y[0] * y[1] + y[2], y[0] - y[1] * y[2]]


def example(a, b):
    """Compute the chapter's graph."""
    c, d = a + b, a * b
    return (c + d) + c * d


# ---- knobs and needles -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("knob", "needle", "products", "derivative"),
    [
        ("x1", "z1", [6, 15, 1], 22),
        ("x2", "z1", [6, 10, -1], 15),
        ("x1", "z2", [1, 3, -6], -2),
        ("x2", "z2", [1, 2, 6], 9),
    ],
)
def test_the_paths_are_worth_what_the_chapter_says(knob, needle, products, derivative):
    knobs = KnobsAndNeedles(x1=2, x2=3, knob=knob, needle=needle)
    assert knobs.path_products == products
    assert knobs.derivative == derivative


def test_the_sum_of_all_paths_is_the_derivative_by_finite_differences():
    rng = np.random.default_rng(0)
    for x in rng.uniform(-4, 4, size=(20, 2)):
        J = calculus.jacobian(lambda v: np.array(outputs(v)), x)
        for (i, needle), (j, knob) in itertools.product(enumerate(["z1", "z2"]), enumerate("12")):
            knobs = KnobsAndNeedles(x1=x[0], x2=x[1], knob=f"x{knob}", needle=needle)
            assert knobs.derivative == pytest.approx(J[i, j], abs=1e-6)


def test_the_sum_of_the_chosen_paths_predicts_and_all_of_them_predict_best():
    knobs = KnobsAndNeedles(dx=0.5)
    assert knobs.chosen_sum == 15
    assert knobs.readings["predicted_change"] == 7.5
    # z1 = (x1 + x2) x1 x2 + x1 - x2: from 29 at x1 = 2 to 40.75 at x1 = 2.5.
    assert knobs.actual_change == pytest.approx(11.75)
    knobs.through_y1 = knobs.through_y3 = True
    assert knobs.chosen_sum == knobs.derivative == 22


def test_what_all_paths_miss_shrinks_with_the_square_of_the_turn():
    every = dict.fromkeys(("through_y1", "through_y2", "through_y3"), True)
    missed = []
    for dx in (0.1, 0.01):
        knobs = KnobsAndNeedles(dx=dx, **every)
        missed.append(knobs.actual_change - knobs.readings["predicted_change"])
    assert missed[0] / missed[1] == pytest.approx(100, rel=1e-6)


def test_where_knobs_dials_and_needles_stand():
    knobs = KnobsAndNeedles(x1=2, x2=3)
    assert (knobs.y, knobs.z) == ([5, 6, -1], [29, 11])


# ---- the backward pass -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("broken", "a", "b"),
    [
        ((), 25, 19),
        (("wrong_order",), 29, 22),
        (("overwrite",), 1, 1),
        (("keep_gradients",), 100, 76),
    ],
)
def test_the_gradients_are_the_chapters(broken, a, b):
    run = BackwardSteps(step=28, **dict.fromkeys(broken, True))
    assert (run.gradients["a"], run.gradients["b"]) == (a, b)
    assert run.values["y"] == 41


def test_the_pass_gives_the_gradient_of_autodiff():
    rng = np.random.default_rng(1)
    gradient = autodiff.grad(lambda v: example(v[0], v[1]))
    for a, b in rng.uniform(-4, 4, size=(20, 2)):
        held = BackwardSteps(a=a, b=b, step=28).gradients
        assert [held["a"], held["b"]] == pytest.approx(list(gradient(np.array([a, b]))))


def test_the_nodes_fill_step_by_step_as_in_the_table_of_the_chapter():
    run = BackwardSteps(step=0)
    assert run.gradients == dict.fromkeys("abcdef", 0.0) | {"y": 1.0}
    run.step = 4  # y and f have handed out
    assert {name: run.gradients[name] for name in "cdef"} == {"c": 6, "d": 5, "e": 1, "f": 1}
    run.step = 8  # and so have e and d
    assert {name: run.gradients[name] for name in "abcd"} == {"a": 18, "b": 12, "c": 7, "d": 6}


def test_the_wrong_order_hands_out_more_often():
    assert len(BackwardSteps().edges) == 10
    assert len(BackwardSteps(wrong_order=True).edges) == 14
    assert len(BackwardSteps(wrong_order=True, keep_gradients=True).edges) == 28


@pytest.mark.parametrize("flags", list(itertools.product((False, True), repeat=3)))
def test_steps_beyond_the_last_change_nothing(flags):
    run = BackwardSteps(a=-1.5, b=0.25, **dict(zip(BROKEN, flags, strict=True)))
    run.step = len(run.edges)
    last = run.gradients
    run.step = 28
    assert run.gradients == last


# ---- the order of a product --------------------------------------------------------------------


def test_forward_and_reverse_cost_what_the_formula_of_the_chapter_says():
    n = 1000
    readings = BracketOrder(widths=[n, n, n, n, 1]).readings
    assert readings["reverse"] == 3 * n**2
    assert readings["forward"] == 2 * n**3 + n**2
    assert readings["least"] == readings["reverse"]
    # A narrow input instead: the two modes change places.
    turned = BracketOrder(widths=[1, n, n, n, n]).readings
    assert (turned["forward"], turned["reverse"]) == (readings["reverse"], readings["forward"])


def test_three_jacobians_of_the_chapter_are_a_part_of_the_chain():
    chain = BracketOrder(widths=[1000, 1000, 1000, 1000, 1], order=[3, 2])
    assert chain.readings["cost"] == 2_000_000


def test_with_a_waist_the_best_order_starts_at_both_ends():
    chain = BracketOrder(widths=[1, 1000, 10, 1000, 1])
    assert chain.least_cost == chain.cost_of([3, 1, 2]) == 10_000 + 10_000 + 10
    assert min(chain.readings["forward"], chain.readings["reverse"]) > chain.least_cost


def cost_by_einsum(widths):
    """Let NumPy find the best order of the product, and count what it costs."""
    shapes = [(widths[k + 1], widths[k]) for k in (3, 2, 1, 0)]
    path, _ = np.einsum_path("ab,bc,cd,de", *map(np.ones, shapes), optimize="optimal")
    names, sizes, cost = ["ab", "bc", "cd", "de"], dict(zip("edcba", widths, strict=True)), 0
    for pair in path[1:]:
        left, right = (names.pop(k) for k in sorted(pair, reverse=True))
        cost += np.prod([sizes[index] for index in set(left) | set(right)])
        names.append("".join(set(left) ^ set(right)))
    return cost


def test_the_best_order_costs_what_numpy_finds():
    rng = np.random.default_rng(2)
    for widths in rng.integers(1, 50, size=(30, 5)):
        assert BracketOrder(widths=widths).least_cost == cost_by_einsum(widths)


def test_a_product_that_is_half_chosen_costs_what_is_done():
    assert BracketOrder(order=[]).readings["cost"] == 0
    assert BracketOrder(widths=[5, 4, 3, 2, 1], order=[2]).costs == [24]


# ---- what is refused -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "keywords", "error", "message"),
    [
        (KnobsAndNeedles, {"x1": "far"}, TypeError, "x1 must be a real number, got 'far'"),
        (KnobsAndNeedles, {"dx": float("nan")}, ValueError, "dx must be finite, got nan"),
        (KnobsAndNeedles, {"knob": "x3"}, ValueError, "knob must be 'x1' or 'x2', got 'x3'"),
        (KnobsAndNeedles, {"through_y1": 2}, TypeError, "through_y1"),
        (KnobsAndNeedles, {"x": [1, 2]}, TypeError, "x"),
        (BackwardSteps, {"step": 29}, ValueError, "step must lie between 0 and 28, got 29"),
        (BackwardSteps, {"step": 1.5}, ValueError, "step must be a whole number, got 1.5"),
        (BackwardSteps, {"overwrite": "no"}, TypeError, "overwrite"),
        (BracketOrder, {"widths": [1, 2, 3]}, ValueError, "widths must have 5 values, got 3"),
        (BracketOrder, {"widths": [1, 2, 3, 4, 0]}, ValueError, "each of widths must lie between"),
        (BracketOrder, {"widths": [1, 2, 3, 4, 1.5]}, ValueError, "a whole number, got 1.5"),
        (BracketOrder, {"order": [1, 1]}, ValueError, "order must not hold a number twice"),
        (BracketOrder, {"order": [4]}, ValueError, "each of order must lie between 1.* and 3"),
        (BracketOrder, {"order": [1.5]}, ValueError, "each of order must be a whole number"),
    ],
)
def test_wrong_arguments_are_named(kind, keywords, error, message):
    with pytest.raises(error, match=message):
        kind(**keywords)


@pytest.mark.parametrize(
    ("kind", "name", "value"),
    [
        (KnobsAndNeedles, "needle", "y1"),
        (BackwardSteps, "step", -1),
        (BracketOrder, "order", [3, 3]),
        (BracketOrder, "widths", [1, 1, 1, 1, 20_000]),
    ],
)
def test_a_refused_value_leaves_the_state_as_it_was(kind, name, value):
    one = kind()
    before = one.state
    with pytest.raises((TypeError, ValueError)):
        setattr(one, name, value)
    assert one.state == before


@pytest.mark.parametrize(
    "one",
    [
        KnobsAndNeedles(x1=-1.25, x2=0.5, knob="x2", needle="z2", dx=-0.3, through_y3=True),
        BackwardSteps(a=-1, b=0.5, step=17, wrong_order=True, keep_gradients=True),
        BracketOrder(widths=[3, 40, 5, 60, 7], order=[2, 1]),
    ],
)
def test_a_state_comes_back(one):
    again = type(one).from_state(one.state)
    assert again.state == one.state and again.readings == one.readings


def test_numbers_beyond_float64_are_infinite_or_nan_and_no_error():
    for one in (KnobsAndNeedles(x1=1e308, x2=-1e308), BackwardSteps(a=1e308, b=1e308, step=28)):
        assert any(not np.isfinite(value) for value in one.readings.values())


def test_the_text_is_the_readings():
    assert repr(BracketOrder(widths=[1, 2, 3, 4, 5], order=[1])) == (
        "BracketOrder(cost=6.0000, forward=38.0000, reverse=100.0000, least=38.0000)"
    )
