"""Derivatives by differences: their values, the gradient checker, and what they refuse."""

import math

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

from lib import autodiff, calculus

INF, NAN = np.inf, np.nan
quick = settings(deadline=None, database=None, max_examples=60)

A = np.array([[1.0, 2.0], [0.0, 3.0]])
B = np.array([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]])


def softmax(z):
    """Softmax of one vector, written out."""
    e = np.exp(z - np.max(z))
    return e / e.sum()


# Worked by hand -------------------------------------------------------------------------------


def test_quadratic_form_of_the_course_has_gradient_6_14_and_not_2ax():
    x = np.array([1.0, 2.0])
    assert x @ A @ x == 17.0
    assert calculus.gradient(lambda x: x @ A @ x, x) == pytest.approx([6.0, 14.0], rel=1e-11)
    assert calculus.check_gradient(lambda x: x @ A @ x, lambda x: (A + A.T) @ x, x)
    assert not calculus.check_gradient(lambda x: x @ A @ x, lambda x: 2 * A @ x, x)
    assert ([1.01, 2.0] @ A @ [1.01, 2.0]) - 17 == pytest.approx(0.0601, abs=1e-12)
    assert ([1.0, 2.01] @ A @ [1.0, 2.01]) - 17 == pytest.approx(0.1403, abs=1e-12)


def test_least_squares_of_the_course_has_gradient_minus_40_minus_52():
    x, b = np.array([1.0, -1.0]), np.array([1.0, 0.0, 2.0])
    residual = B @ x - b
    assert residual.tolist() == [-2.0, -1.0, -3.0]
    assert residual @ residual == 14.0
    numeric = calculus.gradient(lambda x: np.sum((B @ x - b) ** 2), x)
    assert numeric == pytest.approx([-40.0, -52.0], rel=1e-11)


def test_softmax_jacobian_is_that_of_the_course_and_its_rows_sum_to_zero():
    J = calculus.jacobian(softmax, [2.0, 1.0, 0.1])
    expected = [
        [0.2247, -0.1598, -0.0650],
        [-0.1598, 0.1837, -0.0239],
        [-0.0650, -0.0239, 0.0889],
    ]
    assert np.abs(J - expected).max() < 5e-5
    assert np.abs(J.sum(axis=1)).max() < 1e-12
    s = softmax(np.array([2.0, 1.0, 0.1]))
    assert np.abs(J - (np.diag(s) - np.outer(s, s))).max() < 1e-11


def test_differential_of_a_squared_is_a_da_plus_da_a():
    J = calculus.jacobian(lambda M: M @ M, A)
    dA = np.array([[0.5, -1.0], [2.0, 3.0]])
    change = np.tensordot(J, dA, axes=2)
    assert change == pytest.approx(A @ dA + dA @ A, rel=1e-10)
    assert np.abs(change - 2 * A @ dA).max() > 1.0


def central_error(step):
    """Relative error of one central difference of exp at 1."""
    return abs(calculus.derivative(np.exp, 1.0, step=step) - np.e) / np.e


def test_errors_over_the_step_are_a_v_with_its_tip_near_1e_minus_5():
    errors = {k: central_error(10.0**-k) for k in range(1, 17)}
    assert min(errors, key=errors.get) in (5, 6)
    assert errors[2] == pytest.approx(1e-4 / 6, rel=0.01)  # h² / 6 on the left
    assert errors[12] > 1e3 * errors[5]  # rounding on the right
    assert errors[16] > 0.1


def test_without_a_step_the_derivative_is_better_than_with_any():
    best = min(central_error(step) for step in np.logspace(-8, -3, 60))
    assert abs(calculus.derivative(np.exp, 1.0) - np.e) / np.e < max(best, 1e-12)


def test_a_given_step_makes_the_plain_central_difference():
    assert calculus.derivative(lambda x: x**3, 2.0, step=0.5) == 12.25
    assert calculus.gradient(lambda x: np.sum(x**3), [2.0, 0.0], step=0.5).tolist() == [12.25, 0.25]
    assert calculus.jacobian(lambda x: x**2, [1.0, 2.0], step=1).tolist() == [[2, 0], [0, 4]]
    H = calculus.hessian(lambda x: x[0] ** 4 + x[0] * x[1], [1.0, 2.0], step=0.5)
    assert H.tolist() == [[14.0, 1.0], [1.0, 0.0]]  # the slope is 4x³ + x for this step


# Against the closed form ----------------------------------------------------------------------

# name: (function of one number, its derivative, where it is defined)
FUNCTIONS = {
    "sin": (np.sin, np.cos, (-9.0, 9.0)),
    "exp": (np.exp, np.exp, (-9.0, 9.0)),
    "log": (np.log, lambda x: 1 / x, (0.05, 9.0)),
    "sqrt": (np.sqrt, lambda x: 0.5 / np.sqrt(x), (0.05, 9.0)),
    "inverse": (lambda x: 1 / x, lambda x: -1 / x**2, (0.05, 9.0)),
    "cube": (lambda x: x**3, lambda x: 3 * x**2, (-9.0, 9.0)),
    "tanh": (np.tanh, lambda x: 1 - np.tanh(x) ** 2, (-3.0, 3.0)),
    "arctan": (np.arctan, lambda x: 1 / (1 + x**2), (-9.0, 9.0)),
}
each_function = pytest.mark.parametrize("case", FUNCTIONS.values(), ids=FUNCTIONS)
scales = st.sampled_from([1e-3, 1e-1, 1.0, 1e1, 1e3])


def scaled(case, wide, tall):
    """Stretch a function, so that it changes over lengths of ``wide`` by amounts of ``tall``."""
    f, slope, _ = case
    return (
        lambda x: tall * np.sum(f(x / wide)),
        lambda x: tall / wide * slope(x / wide),
    )


@each_function
@quick
@given(data=st.data(), wide=scales, tall=scales)
def test_right_gradients_are_accepted_at_every_scale(case, data, wide, tall):
    f, gradient = scaled(case, wide, tall)
    x = wide * np.array(data.draw(st.lists(st.floats(*case[2]), min_size=1, max_size=3)))
    check = calculus.check_gradient(f, gradient, x)
    assert check, str(check)


@each_function
@quick
@given(
    data=st.data(),
    wide=scales,
    tall=scales,
    factor=st.sampled_from([2.0, 0.5, -1.0, 1 + 1e-4, 0.0]),
)
def test_a_wrong_factor_is_rejected_at_every_scale(case, data, wide, tall, factor):
    f, gradient = scaled(case, wide, tall)
    x = wide * np.array(data.draw(st.lists(st.floats(*case[2]), min_size=1, max_size=3)))
    right = gradient(x)
    # A slope too flat cannot be told from rounding in f.
    assume(np.abs(right).max() * wide > 1e-2 * max(abs(f(x)), 1e-9))
    worst = int(np.argmax(np.abs(right)))
    weights = np.ones(len(x))
    weights[worst] = factor
    check = calculus.check_gradient(f, lambda x: weights * gradient(x), x)
    assert not check
    assert check.worst_index == (worst,)


@quick
@given(
    arrays(float, (4, 3), elements=st.floats(-5, 5)),
    arrays(float, (3,), elements=st.floats(-5, 5)),
)
def test_jacobian_of_a_product_is_the_matrix(M, x):
    assert calculus.jacobian(lambda x: M @ x, x) == pytest.approx(M, abs=1e-10)


@quick
@given(arrays(float, array_shapes(max_dims=3, max_side=3), elements=st.floats(-5, 5)))
def test_a_gradient_has_the_shape_of_its_argument(x):
    assert calculus.gradient(lambda x: np.sum(x**2), x) == pytest.approx(2 * x, abs=1e-10)


@quick
@given(
    arrays(float, (3, 3), elements=st.floats(-5, 5)),
    arrays(float, (3,), elements=st.floats(-5, 5)),
)
def test_hessian_of_a_quadratic_form_is_m_plus_its_transpose(M, x):
    H = calculus.hessian(lambda x: x @ M @ x, x)
    assert np.array_equal(H, H.T)
    assert pytest.approx(M + M.T, abs=1e-6) == H


def test_hessian_of_a_curved_function_is_the_one_worked_by_hand():
    x = np.array([0.5, 2.0])
    H = calculus.hessian(lambda x: np.exp(x[0]) * x[1] ** 3, x)
    e = np.exp(0.5)
    assert pytest.approx(np.array([[8 * e, 12 * e], [12 * e, 12 * e]]), rel=1e-8) == H


# Against autodiff, the complex step, and SciPy ------------------------------------------------


def messy(x):
    """Mix of operations that arrays and tensors share."""
    return (x @ A.T) * x[::-1] + x**3 / 7.0 - x


@quick
@given(arrays(float, (2,), elements=st.floats(-4, 4)))
def test_differences_agree_with_autodiff(x):
    assert calculus.jacobian(messy, x) == pytest.approx(autodiff.jacobian(messy, x), abs=1e-9)


@quick
@given(st.floats(-3, 3))
def test_differences_agree_with_the_complex_step(x):
    def f(x):
        return np.exp(x) / (np.sin(x) ** 3 + 2 + np.cos(x) ** 3)

    assert calculus.derivative(f, x) == pytest.approx(f(x + 1e-30j).imag / 1e-30, rel=1e-9)


def test_differences_agree_with_scipy():
    optimize = pytest.importorskip("scipy.optimize")
    x = np.linspace(-1.0, 2.0, 5)
    ours = calculus.gradient(optimize.rosen, x)
    assert ours == pytest.approx(optimize.rosen_der(x), rel=1e-9)
    assert calculus.hessian(optimize.rosen, x) == pytest.approx(
        optimize.rosen_hess(x), rel=1e-6, abs=1e-6
    )
    theirs = pytest.importorskip("scipy.differentiate").jacobian(
        lambda x: np.stack([np.sin(x[0]) * x[1], x[0] + x[1] ** 2]), x[:2]
    )
    assert calculus.jacobian(
        lambda x: np.array([np.sin(x[0]) * x[1], x[0] + x[1] ** 2]), x[:2]
    ) == pytest.approx(theirs.df, abs=1e-9)


# Edges of a domain, large and small numbers ---------------------------------------------------


@pytest.mark.parametrize("x", [1e-7, 1e-5, 1e-3, 1.0, 1e4])
def test_a_step_beyond_the_domain_is_made_smaller(x):
    assert calculus.derivative(np.log, x) == pytest.approx(1 / x, rel=1e-6)


def test_a_function_that_refuses_points_beyond_its_domain_is_differentiated_too():
    def careful(p):
        if not 0 < p < 1:
            raise ValueError("p must lie in (0, 1).")
        return np.log(p / (1 - p))

    p = 1 - 1e-6
    assert calculus.derivative(careful, p) == pytest.approx(1 / (p * (1 - p)), rel=1e-4)


@pytest.mark.parametrize("x", [1e-300, 1e4, -1e4, 1e8])
def test_saturated_and_tiny_slopes_are_accepted(x):
    def sigmoid(z):
        return np.exp(-np.logaddexp(0, -z))

    assert calculus.check_gradient(sigmoid, lambda z: sigmoid(z) * sigmoid(-z), x)


def test_an_offset_hides_no_error_that_differences_can_see():
    def f(x):
        return 1000.0 + np.sum(np.sin(x))

    x = np.array([0.3, 1.2])
    assert calculus.check_gradient(f, np.cos, x)
    assert not calculus.check_gradient(f, lambda x: np.cos(x) + [0.0, 1e-4], x)


def test_a_rough_function_does_not_excuse_a_wrong_gradient():
    rng = np.random.default_rng(0)
    check = calculus.check_gradient(lambda x: x @ x + 0.1 * rng.normal(), lambda x: 2 * x, [1.0])
    assert not check


# The checker is checked -----------------------------------------------------------------------

P, Q = np.array([[0.5, -1.0, 2.0], [3.0, 0.1, 1.0]]), np.array([0.3, -0.7, 1.1])


def loss(M):
    """Loss of a matrix whose gradient has three parts."""
    return np.sum(np.tanh(M @ Q) ** 2) + 0.1 * np.sum(M**2) + np.sum(M[0] * M[1])


def right_gradient(M):
    """Gradient of that loss, by hand."""
    t = np.tanh(M @ Q)
    return np.outer(2 * t * (1 - t * t), Q) + 0.2 * M + M[::-1]


def off_by(amount):
    """Plant an error in one entry."""
    error = np.zeros((2, 3))
    error[1, 2] = amount
    return lambda M: right_gradient(M) + error


PLANTED = {
    "twice": lambda M: 2 * right_gradient(M),
    "half": lambda M: right_gradient(M) / 2,
    "sign": lambda M: -right_gradient(M),
    "zero": lambda M: np.zeros_like(M),
    "rows swapped": lambda M: right_gradient(M)[::-1],
    "columns reversed": lambda M: right_gradient(M)[:, ::-1],
    "one entry off by 1e-2": off_by(1e-2),
    "one entry off by 1e-4": off_by(1e-4),
    "regulariser missing": lambda M: right_gradient(M) - 0.2 * M,
    "slope of tanh missing": lambda M: np.outer(2 * np.tanh(M @ Q), Q) + 0.2 * M + M[::-1],
    "without the other path": lambda M: right_gradient(M) - M[::-1],
}


def test_the_right_gradient_passes():
    check = calculus.check_gradient(loss, right_gradient, P)
    assert check and check.ok is True and check.relative_error < 1e-8
    assert check.analytic == pytest.approx(check.numeric, rel=1e-9)


@pytest.mark.parametrize("wrong", PLANTED.values(), ids=PLANTED)
def test_a_planted_wrong_gradient_is_rejected(wrong):
    check = calculus.check_gradient(loss, wrong, P)
    assert not check and check.ok is False and check.relative_error > 1e-6


def test_a_transposed_gradient_of_a_square_matrix_is_rejected():
    C = np.array([[1.0, 2.0], [3.0, 4.0]])
    assert calculus.check_gradient(lambda M: np.trace(C @ M), lambda M: C.T, np.eye(2))
    assert not calculus.check_gradient(lambda M: np.trace(C @ M), lambda M: C, np.eye(2))


def test_the_worst_entry_is_named():
    check = calculus.check_gradient(loss, off_by(1e-2), P)
    assert check.worst_index == (1, 2)
    assert check.relative_error == pytest.approx(1e-2 / check.analytic[1, 2], rel=1e-6)


def test_rtol_decides():
    wrong = off_by(1e-4)
    assert not calculus.check_gradient(loss, wrong, P, rtol=1e-6)
    assert calculus.check_gradient(loss, wrong, P, rtol=1e-2)


def test_a_failed_check_prints_both_sides():
    check = calculus.check_gradient(lambda x: x @ x, lambda x: x + 1, [1.0, 3.0])
    assert str(check) == repr(check)
    assert str(check).splitlines() == [
        "The gradients DISAGREE: relative error 3.3e-01 at index (1,).",
        "       index         analytic          numeric",
        "        (0,)                2                2",
        "        (1,)                4                6  <- worst",
    ]


def test_a_passed_check_prints_no_mark():
    text = str(calculus.check_gradient(lambda x: x @ x, lambda x: 2 * x, [1.0, 3.0]))
    assert text.startswith("The gradients agree: relative error ")
    assert "worst" not in text


def test_a_long_gradient_is_cut_but_the_worst_entry_is_shown():
    x = np.arange(1.0, 31.0)
    text = str(calculus.check_gradient(lambda x: x @ x, lambda x: 2 * x - 40 * (x == 25), x))
    assert "(24,)               10               50  <- worst" in text
    assert text.splitlines()[-1].strip() == "... (19 more)"
    assert len(text.splitlines()) == 14


def test_a_check_at_a_number_has_an_empty_index():
    check = calculus.check_gradient(lambda x: x**2, lambda x: 2 * x, 3.0)
    assert check and check.worst_index == () and check.analytic.shape == ()


# What is done with the argument and the function ----------------------------------------------


def test_the_argument_is_not_changed_even_by_a_function_that_writes_to_it():
    x = np.array([1.0, 2.0])

    def careless(x):
        x *= 2
        return np.sum(x**2)

    assert calculus.gradient(careless, x) == pytest.approx([8.0, 16.0], rel=1e-10)
    assert x.tolist() == [1.0, 2.0]
    assert calculus.check_gradient(careless, lambda x: np.multiply(x, 8.0, out=x), x)
    assert x.tolist() == [1.0, 2.0]


def test_a_number_reaches_the_function_as_a_number():
    import math

    assert calculus.derivative(math.sin, 0) == pytest.approx(1.0, abs=1e-12)
    assert calculus.derivative(math.sin, 0, step=1e-3) == pytest.approx(1.0, abs=1e-6)


def test_the_derivative_of_a_curve_has_the_shape_of_its_points():
    slope = calculus.derivative(lambda t: np.array([[np.cos(t), np.sin(t)]]), 0.5)
    assert slope == pytest.approx(np.array([[-np.sin(0.5), np.cos(0.5)]]), abs=1e-12)


def test_whole_numbers_and_lists_are_good_arguments():
    assert calculus.gradient(lambda x: x[0] * x[1], [2, 3]) == pytest.approx([3.0, 2.0])
    assert isinstance(calculus.derivative(lambda x: x * x, np.float32(3)), float)


# Layouts --------------------------------------------------------------------------------------

SHAPES = [
    # numerator, denominator, in numerator layout, in denominator layout
    ((), (), (), ()),
    ((), (4,), (1, 4), (4, 1)),
    ((), (2, 3), (3, 2), (2, 3)),
    ((5,), (), (5, 1), (1, 5)),
    ((5,), (4,), (5, 4), (4, 5)),
    ((5,), (2, 3), (5, 2, 3), (2, 3, 5)),
    ((6, 7), (), (6, 7), (7, 6)),
    ((6, 7), (4,), (6, 7, 4), (4, 6, 7)),
    ((6, 7), (2, 3), (6, 7, 2, 3), (2, 3, 6, 7)),
]


@pytest.mark.parametrize(("y", "x", "numerator", "denominator"), SHAPES)
def test_shapes_are_those_of_the_table(y, x, numerator, denominator):
    assert calculus.derivative_shape(y, x) == numerator
    assert calculus.derivative_shape(y, x, layout="numerator") == numerator
    assert calculus.derivative_shape(list(y), list(x), layout="denominator") == denominator


@quick
@given(st.integers(1, 5), st.integers(1, 5))
def test_jacobians_have_the_shape_of_the_table_in_both_layouts(k, d):
    J = calculus.jacobian(lambda x: np.arange(k) * x.sum(), np.ones(d))
    assert J.shape == calculus.derivative_shape((k,), (d,))
    turned = calculus.to_denominator_layout(J)
    assert turned.shape == calculus.derivative_shape((k,), (d,), layout="denominator")
    assert np.array_equal(calculus.to_numerator_layout(turned), J)


def test_a_stored_gradient_is_a_row_in_one_layout_and_a_column_in_the_other():
    g = np.array([6.0, 14.0])
    column = calculus.to_denominator_layout(g)
    assert column.tolist() == [[6.0], [14.0]]
    assert calculus.to_numerator_layout(column).tolist() == [[6.0, 14.0]]
    assert calculus.to_numerator_layout(g).tolist() == [[6.0, 14.0]]
    column[:] = 0.0
    calculus.to_numerator_layout(g)[:] = 0.0
    assert g.tolist() == [6.0, 14.0]


def test_the_chain_rule_turns_round_in_the_other_layout():
    rng = np.random.default_rng(3)
    F, G = rng.normal(size=(4, 3)), rng.normal(size=(3, 2))
    turn = calculus.to_denominator_layout
    assert turn(F @ G) == pytest.approx(turn(G) @ turn(F))


# What is refused ------------------------------------------------------------------------------


def growing():
    """Make a function that returns one more value at each call."""
    calls = []
    return lambda x: calls.append(x) or np.ones(len(calls))


def differs_when_large(x):
    """Return another shape to the right of 1."""
    return np.ones(2) if x > 1 else np.ones(3)


def raises_beside(x):
    """Raise everywhere but at 1."""
    if x != 1:
        raise ValueError("x must be 1.")
    return x


REFUSED = [
    (lambda: calculus.gradient(3.0, [1.0]), TypeError, "f must be a function, got 3.0."),
    (
        lambda: calculus.gradient(np.sin, [1.0, 2.0]),
        ValueError,
        "f must return a scalar, got shape (2,).",
    ),
    (
        lambda: calculus.gradient(lambda x: x[:1], [1.0, 2.0]),
        ValueError,
        "f must return a scalar, got shape (1,).",
    ),
    (
        lambda: calculus.gradient(np.sum, [1.0, NAN]),
        ValueError,
        "x must be finite, got nan at index (1,).",
    ),
    (lambda: calculus.gradient(np.sum, []), ValueError, "x must not be empty, got shape (0,)."),
    (
        lambda: calculus.gradient(np.sum, "text"),
        TypeError,
        "x must hold real numbers, got dtype <U4.",
    ),
    (
        lambda: calculus.gradient(lambda x: None, [1.0]),
        TypeError,
        "f(x) must hold real numbers, got dtype object.",
    ),
    (
        lambda: calculus.gradient(lambda x: 1j * x[0], [1.0]),
        TypeError,
        "f(x) must hold real numbers, got dtype complex128.",
    ),
    (
        lambda: calculus.gradient(lambda x: np.log(x[0]), [-1.0]),
        ValueError,
        "f(x) must be finite, got nan.",
    ),
    (
        lambda: calculus.jacobian(lambda x: 1 / x, [1.0, 0.0]),
        ValueError,
        "f(x) must be finite, got inf at index (1,).",
    ),
    (
        lambda: calculus.derivative(np.sqrt, 0.0),
        ValueError,
        "f must be defined on both sides of x, at index (): f(x - h) must be finite, got nan.",
    ),
    (
        lambda: calculus.derivative(raises_beside, 1.0),
        ValueError,
        "f must be defined on both sides of x, at index (): x must be 1.",
    ),
    (
        lambda: calculus.derivative(np.sqrt, 0.0, step=0.1),
        ValueError,
        "f(x - h) must be finite, got nan.",
    ),
    (
        lambda: calculus.derivative(differs_when_large, 1.0),
        ValueError,
        "f must be defined on both sides of x, at index (): "
        "f(x + h) and f(x - h) must have the same shape, got (2,) and (3,).",
    ),
    (
        lambda: calculus.derivative(lambda x: np.ones(2 + (x == 1)), 1.0),
        ValueError,
        "f(x) and f(x + h) must have the same shape, got (3,) and (2,).",
    ),
    (
        lambda: calculus.derivative(lambda x: np.ones(2 + (x == 1)), 1.0, step=0.1),
        ValueError,
        "f(x) and f(x + h) must have the same shape, got (3,) and (2,).",
    ),
    (
        lambda: calculus.jacobian(growing(), [1.0, 2.0], step=0.1),
        ValueError,
        "f(x + h) and f(x - h) must have the same shape, got (2,) and (3,).",
    ),
    (
        lambda: calculus.derivative(np.sin, [1.0]),
        TypeError,
        "x must be a real number, got a list.",
    ),
    (
        lambda: calculus.derivative(np.sin, np.ones(1)),
        TypeError,
        "x must be a real number, got an array of shape (1,) and dtype float64.",
    ),
    (lambda: calculus.derivative(np.sin, INF), ValueError, "x must be finite, got inf."),
    (
        lambda: calculus.derivative(np.sin, 1.0, step=0),
        ValueError,
        "step must be positive, got 0.",
    ),
    (
        lambda: calculus.hessian(np.sum, [[1.0]]),
        ValueError,
        "x must have shape (d,), got (1, 1).",
    ),
    (
        lambda: calculus.hessian(np.sin, [1.0]),
        ValueError,
        "f must return a scalar, got shape (1,).",
    ),
    (
        lambda: calculus.check_gradient(np.sum, lambda x: np.ones((2, 1)), [1.0, 2.0]),
        ValueError,
        "gradient(x) and x must have the same shape, got (2, 1) and (2,).",
    ),
    (
        lambda: calculus.check_gradient(np.sum, lambda x: [1.0, NAN], [1.0, 2.0]),
        ValueError,
        "gradient(x) must be finite, got nan at index (1,).",
    ),
    (
        lambda: calculus.check_gradient(np.sum, [1.0, 1.0], [1.0, 2.0]),
        TypeError,
        "gradient must be a function, got a list.",
    ),
    (
        lambda: calculus.check_gradient(np.sin, np.cos, [1.0, 2.0]),
        ValueError,
        "f must return a scalar, got shape (2,).",
    ),
    (
        lambda: calculus.check_gradient(np.sum, np.ones_like, [1.0], rtol=0.0),
        ValueError,
        "rtol must be positive, got 0.0.",
    ),
    (
        lambda: calculus.to_denominator_layout(np.ones((2, 2, 2))),
        ValueError,
        "J must have shape (k, d) or (d,), got (2, 2, 2).",
    ),
    (
        lambda: calculus.to_numerator_layout(3.0),
        ValueError,
        "J must have shape (d, k) or (d,), got ().",
    ),
    (
        lambda: calculus.derivative_shape((2,), (3,), layout="rows"),
        ValueError,
        "layout must be 'numerator' or 'denominator', got 'rows'.",
    ),
    (
        lambda: calculus.derivative_shape((2, 2, 2), (3,)),
        ValueError,
        "y_shape must have at most two axes, got (2, 2, 2).",
    ),
    (
        lambda: calculus.derivative_shape((2,), (0,)),
        ValueError,
        "a size in x_shape must be at least 1, got 0.",
    ),
    (
        lambda: calculus.derivative_shape((2.0,), (3,)),
        TypeError,
        "a size in y_shape must be an integer, got 2.0.",
    ),
    (
        lambda: calculus.derivative_shape(2, (3,)),
        TypeError,
        "y_shape must be a tuple of integers, got 2.",
    ),
]


@pytest.mark.parametrize(("call", "error", "text"), REFUSED)
def test_a_bad_argument_is_refused_in_these_words(call, error, text):
    with pytest.raises(error) as caught:
        call()
    assert str(caught.value) == text


def test_an_error_of_another_kind_inside_the_function_is_passed_on():
    with pytest.raises(KeyError):
        calculus.gradient(lambda x: {}["missing"], [1.0])


def test_an_unknown_keyword_is_named():
    with pytest.raises(TypeError, match="eps"):
        calculus.gradient(np.sum, [1.0], eps=1e-5)


# Where the usual steps do not serve ------------------------------------------------------------


@pytest.mark.parametrize("x", [1e-300, 1e-100, 1e-20, 1e-12, 1e-10, 1e-8, 1e-6])
@pytest.mark.parametrize(
    ("f", "slope"),
    [(np.log, lambda x: 1 / x), (np.sqrt, lambda x: 0.5 / x**0.5)],
    ids=["log", "sqrt"],
)
def test_close_to_a_singularity_the_steps_follow_x(f, slope, x):
    assert calculus.derivative(f, x) == pytest.approx(slope(x), rel=1e-8)


@pytest.mark.parametrize("x", [1e-12, 1e-9, -1e-8, 1e-8])
def test_steps_that_reach_across_a_pole_are_not_believed(x):
    assert calculus.derivative(lambda x: 1 / x, x) == pytest.approx(-1 / x**2, rel=1e-8)


@pytest.mark.parametrize("x", [1e6, 1e9, 1e10, 1e12])
def test_steps_that_reach_across_whole_waves_are_not_believed(x):
    assert calculus.derivative(np.sin, x) == pytest.approx(np.cos(x), abs=1e-3)


@pytest.mark.parametrize("x", [-1e-8, 1e-8, 1e-5])
def test_a_function_that_cancels_near_zero_keeps_the_usual_steps(x):
    assert calculus.derivative(lambda x: np.cos(x) - 1, x) == pytest.approx(-x, rel=1e-4)
    assert calculus.derivative(lambda x: (1 + x) - 1, x) == pytest.approx(1.0, rel=1e-10)


@pytest.mark.parametrize("x", [0.0, 1e-320, 1e-300, 1.0, 1e100, 1.79e308, -1.79e308])
def test_nothing_warns_at_the_ends_of_float64(x):
    with np.errstate(all="raise"):
        assert calculus.derivative(lambda x: 3.0 * (x / 4.0), x) == pytest.approx(0.75)


# At a minimum -----------------------------------------------------------------------------------


def exact_fit(seed):
    """Least squares with a perfect fit: its loss, its gradient, and the parameters of the fit."""
    rng = np.random.default_rng(seed)
    X, w = rng.normal(size=(50, 5)), rng.normal(size=5)
    y = X @ w
    return lambda v: np.mean((y - X @ v) ** 2), lambda v: -2 / 50 * X.T @ (y - X @ v), w


@pytest.mark.parametrize("seed", range(10))
def test_at_a_perfect_fit_the_right_gradient_is_accepted(seed):
    f, gradient, w = exact_fit(seed)
    assert calculus.check_gradient(f, gradient, w).ok
    nearly = w * (1 + 1e-15)
    assert calculus.check_gradient(f, gradient, nearly).ok


@pytest.mark.parametrize("seed", range(10))
def test_close_to_a_perfect_fit_a_wrong_gradient_is_still_rejected(seed):
    f, gradient, w = exact_fit(seed)
    for v in (w + 1e-6, w):
        assert not calculus.check_gradient(f, lambda v: gradient(v) + 1e-7, v).ok
    assert not calculus.check_gradient(f, lambda v: gradient(v) * (1 + 1e-4), w + 1e-6).ok


def test_a_tiny_gradient_of_a_high_power_excuses_no_wrong_one():
    x = np.array([1e-8, 2e-8])
    assert calculus.check_gradient(lambda x: np.sum(x**5), lambda x: 5 * x**4, x).ok
    assert not calculus.check_gradient(lambda x: np.sum(x**5), lambda x: 5.001 * x**4, x).ok


@pytest.mark.parametrize(
    "f",
    [
        lambda x: np.log(x[0]) + x[1] ** 2,
        lambda x: math.log(x[0]) + x[1] ** 2,
    ],
    ids=["NaN beyond its domain", "an error beyond its domain"],
)
def test_a_gradient_is_checked_next_to_the_end_of_the_domain(f):
    x = np.array([1e-3, 3.0])
    assert calculus.check_gradient(f, lambda x: np.array([1 / x[0], 2 * x[1]]), x).ok
    assert not calculus.check_gradient(f, lambda x: np.array([2 / x[0], 2 * x[1]]), x).ok
