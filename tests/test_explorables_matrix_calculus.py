"""The explorables on matrix calculus: the chapter's numbers, other methods, and what is refused."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lib import calculus
from lib.explorables import JacobianMap, ShapeTable, StepSizeV, ThreeArrows

quick = settings(deadline=None, database=None, max_examples=20)
PAIR = st.lists(st.floats(-3, 3), min_size=2, max_size=2)
MAPS = {
    "polar": lambda x: x[0] * np.array([np.cos(x[1]), np.sin(x[1])]),
    "product": lambda x: np.array([x[0] * x[1], x[0] ** 2 + x[1]]),
    "linear": lambda x: np.array([x[0] + x[1], x[1] - x[0] / 2]),
}


# ---- the Jacobian as a map -------------------------------------------------------------------


def test_the_map_of_the_chapter_has_its_jacobian_and_its_remainder():
    readings = JacobianMap(map="product", x=[0.5, 2], dx=[0.4, 0.8]).readings
    assert [readings[f"dy{i}_dx{j}"] for i in (1, 2) for j in (1, 2)] == [2, 0.5, 1, 1]
    assert (readings["carried1"], readings["carried2"]) == pytest.approx((1.2, 1.2))
    assert readings["remainder"] == pytest.approx(math.hypot(0.32, 0.16))
    assert readings["ratio"] == pytest.approx(4)


@pytest.mark.parametrize("name", MAPS)
@quick
@given(x=PAIR)
def test_the_jacobian_is_what_differences_find(name, x):
    expected = calculus.jacobian(MAPS[name], x)
    np.testing.assert_allclose(JacobianMap(map=name, x=x).jacobian, expected, atol=1e-7)


@pytest.mark.parametrize("name", MAPS)
@quick
@given(x=PAIR, dx=PAIR)
def test_point_step_prediction_and_remainder_add_up_to_the_new_value(name, x, dx):
    explorable = JacobianMap(map=name, x=x, dx=dx)
    total = MAPS[name](np.array(x)) + explorable.jacobian @ dx + explorable.remainder
    np.testing.assert_allclose(total, MAPS[name](np.add(x, dx)), atol=1e-12)


def test_halving_the_step_divides_the_remainder_by_about_four():
    for zoom in range(7):
        dx = np.array([0.6, 0.7]) / 2**zoom
        ratio = JacobianMap(dx=dx, zoom=zoom).readings["ratio"]
        assert ratio == pytest.approx(4, abs=0.5 / 2**zoom)


def test_a_straight_map_leaves_no_remainder_and_so_no_ratio():
    readings = JacobianMap(map="linear", x=[1, 2], dx=[3, -4]).readings
    assert readings["remainder"] == pytest.approx(0, abs=1e-12)
    assert "ratio" not in readings


def test_a_point_beyond_all_numbers_has_readings_that_are_not_finite():
    readings = JacobianMap(map="product", x=[1e308, 2], dx=[1e308, 1]).readings
    assert not math.isfinite(readings["remainder"])
    assert not math.isfinite(readings["ratio"])


# ---- three arrows ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("angle", "change", "predicted", "wrong"), [(0, 0.0601, 0.06, 0.10), (90, 0.1403, 0.14, 0.12)]
)
def test_the_worked_example_of_the_chapter(angle, change, predicted, wrong):
    readings = ThreeArrows(A=[1, 2, 0, 3], x=[1, 2], angle=angle).readings
    assert readings["f"] == 17
    assert [readings["gradient1"], readings["gradient2"]] == [6, 14]
    assert [readings["twice1"], readings["twice2"]] == [10, 12]
    assert [readings["numeric1"], readings["numeric2"]] == pytest.approx([6, 14], rel=1e-9)
    found = [readings[name] for name in ("change", "predicted", "predicted_twice")]
    assert found == pytest.approx([change, predicted, wrong], abs=1e-12)


@quick
@given(A=st.lists(st.floats(-9, 9), min_size=4, max_size=4), x=PAIR, t=st.floats(0, 1))
def test_the_form_does_not_notice_that_its_matrix_is_symmetrised(A, x, t):
    arrows = ThreeArrows(A=A, x=x, t=t)
    assert np.array(x) @ arrows.matrix @ x == pytest.approx(arrows.readings["f"], abs=1e-9)
    expected = calculus.gradient(lambda z: z @ np.reshape(A, (2, 2)) @ z, x)
    np.testing.assert_allclose(arrows.gradient, expected, atol=1e-6)
    np.testing.assert_allclose(arrows.numeric, arrows.gradient, atol=1e-7)


def test_the_look_alike_arrives_at_the_gradient():
    one, half = ThreeArrows(t=1), ThreeArrows(t=0.5)
    np.testing.assert_array_equal(one.twice_product, one.gradient)
    np.testing.assert_array_equal(half.twice_product, [8, 13])


def test_a_form_that_overflows_has_no_numeric_gradient():
    readings = ThreeArrows(x=[1e200, 1]).readings
    assert readings["f"] == np.inf
    assert math.isnan(readings["numeric1"])


# ---- the shape table -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("y", "x", "shape"),
    [
        ("scalar", "scalar", ()),
        ("vector", "scalar", (3, 1)),
        ("scalar", "vector", (1, 2)),
        ("vector", "vector", (3, 2)),
        ("scalar", "matrix", (3, 2)),
        ("matrix", "scalar", (3, 2)),
        ("vector", "matrix", (3, 2, 3)),
        ("matrix", "vector", (3, 2, 2)),
        ("matrix", "matrix", (3, 2, 2, 3)),
    ],
)
def test_the_nine_shapes_and_their_entries(y, x, shape):
    table = ShapeTable(y_kind=y, x_kind=x, k=3, d=2)
    assert table.shape == shape
    readings = table.readings
    assert readings["n_entries"] == math.prod(shape)
    if len(shape) > 2:
        assert readings["n_axes"] == len(shape)
        assert "n_rows" not in readings
    else:
        assert (readings["n_rows"], readings["n_columns"]) == (shape or (1, 1))


def test_the_other_layout_turns_a_matrix_over():
    table = ShapeTable(k=4, d=1)
    assert table.shape == (4, 1)
    table.layout = "denominator"
    assert table.shape == (1, 4)


# ---- the step-size V -------------------------------------------------------------------------


def naive_error(method, h):
    """Compute the relative error of the slope of exp at 1 with NumPy alone."""
    if method == "forward":
        return abs((np.exp(1 + h) - np.e) / h / np.e - 1)
    return abs((np.exp(1 + h) - np.exp(1 - h)) / (2 * h) / np.e - 1)


@pytest.mark.parametrize("method", ["forward", "central"])
def test_on_the_right_arm_the_errors_are_those_of_numpy(method):
    for exponent in (-1, -1.5, -3):
        expected = naive_error(method, 10.0**exponent)
        found = StepSizeV(method=method, exponent=exponent).relative_error
        assert found == pytest.approx(expected, rel=1e-3)


def test_everything_is_lost_where_one_plus_h_is_one():
    for function in ("exp", "sin", "cube"):
        assert StepSizeV(function=function, exponent=-16).relative_error == 1


def test_forward_is_best_near_1e_minus_8_and_central_near_1e_minus_5():
    forward, central = StepSizeV(method="forward"), StepSizeV(method="central")
    assert forward.best_step == pytest.approx(2.1e-8, rel=0.01)
    assert central.best_step == pytest.approx(6.9e-6, rel=0.01)
    for v in (forward, central):
        curve = np.reshape(v.errors, (3, 2, 129))[0, int(v.method == "central")]
        lowest = (np.argmin(curve) - 128) / 8
        assert abs(lowest - math.log10(v.best_step)) < 1


def test_no_error_is_above_what_bending_and_rounding_may_cost():
    for method, order, twice in (("forward", 1, 2), ("central", 2, 1)):
        v = StepSizeV(method=method)
        for i, error in enumerate(np.reshape(v.errors, (3, 2, 129))[0, int(method == "central")]):
            h = 10.0 ** (i / 8 - 16)
            bending = {1: h / 2, 2: h**2 / 6}[order] * (1 + h)
            # the sum 1 + h is rounded as well: up to u/h more, and half as much for each side
            assert 0.999 * error <= bending + (twice + 1) * 2.0**-53 / h * (1 + h) + 1e-15


def test_the_step_snaps_to_the_grid():
    assert StepSizeV(exponent=-7.9).exponent == -7.875
    assert StepSizeV(exponent=-8).readings["step"] == 1e-8


# ---- all of them -----------------------------------------------------------------------------

KINDS = [JacobianMap, ThreeArrows, ShapeTable, StepSizeV]


@pytest.mark.parametrize(
    ("kind", "keywords", "error", "message"),
    [
        (JacobianMap, {"map": "cubic"}, ValueError, "map must be .*'polar'.* got 'cubic'"),
        (JacobianMap, {"x": [1]}, ValueError, "x must .*1"),
        (JacobianMap, {"dx": [1, math.nan]}, ValueError, "dx must .*nan"),
        (JacobianMap, {"zoom": 7}, ValueError, "zoom must .*7"),
        (JacobianMap, {"zoom": 0.5}, ValueError, "zoom must .*0.5"),
        (JacobianMap, {"layout": "mixed"}, ValueError, "layout must .*'mixed'"),
        (JacobianMap, {"point": [1, 2]}, TypeError, "point"),
        (ThreeArrows, {"A": [[1, 2], [0, 3]]}, ValueError, "A must"),
        (ThreeArrows, {"A": [1, 2, 0, 10]}, ValueError, "each of A must lie between -9 and 9"),
        (ThreeArrows, {"t": 1.5}, ValueError, "t must lie between 0 and 1, got 1.5"),
        (ThreeArrows, {"angle": 200}, ValueError, "angle must lie between -180 and 180"),
        (ShapeTable, {"y_kind": "tensor"}, ValueError, "y_kind must .*'tensor'"),
        (ShapeTable, {"k": 5}, ValueError, "k must .*5"),
        (ShapeTable, {"rows": 2}, TypeError, "rows"),
        (StepSizeV, {"function": "log"}, ValueError, "function must .*'log'"),
        (StepSizeV, {"exponent": 1}, ValueError, "exponent must lie between -16 and 0"),
        (StepSizeV, {"errors": [1.0]}, TypeError, "errors"),
    ],
)
def test_wrong_arguments_are_named(kind, keywords, error, message):
    with pytest.raises(error, match=message):
        kind(**keywords)


@pytest.mark.parametrize(
    ("kind", "name", "value"),
    [
        (JacobianMap, "x", [1, 2, 3]),
        (JacobianMap, "map", 3),
        (ThreeArrows, "t", math.inf),
        (ShapeTable, "d", 0),
        (StepSizeV, "exponent", "tiny"),
    ],
)
def test_a_refused_value_leaves_the_state_as_it_was(kind, name, value):
    explorable = kind()
    before = explorable.state
    with pytest.raises((TypeError, ValueError)):
        setattr(explorable, name, value)
    assert explorable.state == before


@pytest.mark.parametrize("kind", KINDS)
def test_a_state_gives_the_same_explorable_again(kind):
    explorable = kind()
    again = kind.from_state(explorable.state)
    assert again.state == explorable.state
    assert again.readings == explorable.readings
    assert repr(again) == repr(explorable)
    assert "0x" not in repr(again)


def test_the_curves_are_part_of_the_question_and_stay():
    with pytest.raises(Exception, match="read-only"):
        StepSizeV().errors = [1.0]
