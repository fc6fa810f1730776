"""The equations of the matrix calculus chapter, held to hand, to differences and to SciPy."""

from decimal import Decimal
from fractions import Fraction
from itertools import product

import numpy as np
import pytest
from scipy import linalg, optimize
from scipy.differentiate import jacobian as scipy_jacobian

from lib import autodiff, calculus, losses, models

A = np.array([[1.0, 2.0], [0.0, 3.0]])  # the matrix and the point of the worked example
HERE = np.array([1.0, 2.0])
close = np.testing.assert_allclose


@pytest.fixture
def rng():
    return np.random.default_rng(4)


# --- the derivative ------------------------------------------------------------------------------


@pytest.mark.equation("eq-mc-two-partials")
def test_the_two_partial_derivatives_are_the_slopes_with_the_other_parameter_frozen():
    for b, w in ((0.0, 1.0), (0.7, -2.0)):
        slopes = [b + 2 * w - 4, 2 * (b + 2 * w - 4)]
        along_b = np.polynomial.Polynomial([2 * w - 4, 1]) ** 2 / 2
        along_w = np.polynomial.Polynomial([b - 4, 2]) ** 2 / 2
        close(slopes, [along_b.deriv()(b), along_w.deriv()(w)])
    assert [0 + 2 - 4, 2 * (0 + 2 - 4)] == [-2, -4]


@pytest.mark.equation("eq-mc-finite-differences")
def test_the_central_difference_is_exact_for_a_parabola_and_misses_h_squared_for_a_cube():
    x, h = Fraction(3, 2), Fraction(1, 10)
    for power, missed in ((2, 0), (3, h**2)):
        quotient = ((x + h) ** power - (x - h) ** power) / (2 * h)
        assert quotient == power * x ** (power - 1) + missed
    quotient = calculus.derivative(lambda x: x**3, 1.5, step=0.1)
    assert quotient == pytest.approx(3 * 1.5**2 + 0.01)


def curved(x):
    """Map the plane as the chapter's example does."""
    return np.array([x[0] * x[1], x[0] ** 2 + x[1]])


def table(x):
    """Differentiate that map by hand."""
    return np.array([[x[1], x[0]], [2 * x[0], 1.0]])


@pytest.mark.equation("eq-mc-derivative")
def test_the_remainder_of_the_derivative_vanishes_faster_than_the_step_and_of_no_other_map(rng):
    x, direction = np.array([0.5, 2.0]), rng.normal(size=2)

    def ratios(M):
        steps = [direction / 2.0**power for power in range(4, 12)]
        missed = [np.linalg.norm(curved(x + dx) - curved(x) - M @ dx) for dx in steps]
        return np.divide(missed, [np.linalg.norm(dx) for dx in steps])

    close(ratios(table(x))[:-1] / ratios(table(x))[1:], 2.0, rtol=1e-4)
    for wrong in (table(x).T, -table(x), table(x) + [[0, 0.1], [0, 0]]):
        assert ratios(wrong)[-1] > 0.01


@pytest.mark.equation("eq-mc-differential", "eq-mc-jacobian")
def test_a_row_of_the_jacobian_belongs_to_an_output_and_df_is_the_jacobian_times_the_step(rng):
    def f(x):  # three outputs of two inputs: no index fits by luck
        return np.array([x[0] * x[1], np.sin(x[0]), x[1] ** 3])

    x, dx = np.array([0.5, 2.0]), rng.normal(size=2)
    J = np.array([[2.0, 0.5], [np.cos(0.5), 0.0], [0.0, 12.0]])
    close(J, scipy_jacobian(f, x).df, atol=1e-8)
    df = [sum(J[i, j] * dx[j] for j in range(2)) for i in range(3)]
    close(df, calculus.derivative(lambda t: f(x + t * dx), 0.0), atol=1e-7)


@pytest.mark.equation("eq-mc-counterexample")
def test_the_counter_example_has_both_partial_derivatives_and_no_limit_at_the_origin():
    def g(x):
        return x[0] * x[1] / (x @ x) if x @ x else 0.0

    close(calculus.gradient(g, np.zeros(2)), 0.0)
    for angle in np.linspace(0, 6, 13):
        ray = np.array([np.cos(angle), np.sin(angle)])
        close([g(t * ray) for t in (1.0, 1e-3, 1e-9)], np.sin(2 * angle) / 2)


@pytest.mark.equation("eq-mc-differential-rules")
def test_the_four_rules_give_what_differences_of_the_products_give(rng):
    L, R = rng.normal(size=(2, 3)), rng.normal(size=(4, 2))
    X, dX, Y, dY = (rng.normal(size=size) for size in ((3, 4), (3, 4), (4, 2), (4, 2)))

    def slope(f):
        return calculus.derivative(lambda t: f(X + t * dX, Y + t * dY), 0.0)

    close(slope(lambda X, Y: L), 0.0)
    close(slope(lambda X, Y: L @ X @ R), L @ dX @ R, atol=1e-8)
    close(slope(lambda X, Y: X @ Y), dX @ Y + X @ dY, atol=1e-8)
    close(slope(lambda X, Y: X.T), dX.T, atol=1e-8)


@pytest.mark.equation("eq-mc-step-error")
def test_the_measured_errors_of_exp_stay_below_the_two_bounds_and_come_near_them(rng):
    u = 2.0**-53
    exact = np.vectorize(lambda x: float(Decimal(float(x)).exp()))  # rounded once
    long, short = 2.0 ** -np.arange(6, 12), 2.0**-45 * rng.integers(2**10, 2**12, 2000)
    for h in (long, short):  # 1 + h and 1 - h are exact
        forward = np.abs((exact(1 + h) - exact(1)) / h / np.e - 1)
        central = np.abs((exact(1 + h) - exact(1 - h)) / (2 * h) / np.e - 1)
        worst = [np.max(forward / (h / 2 + 2 * u / h)), np.max(central / (h**2 / 6 + u / h))]
        # of rounding, e in [2, 4) can have 0.74 u, and e itself has 0.48 u
        low, high = (0.99, 1.02) if h is long else (0.45, 0.75)
        assert low < min(worst) and max(worst) < high


@pytest.mark.equation("eq-mc-step-error")
def test_the_best_steps_are_where_the_two_bounds_are_least():
    u, h = 2.0**-53, np.geomspace(1e-10, 1e-3, 700_001)
    assert h[np.argmin(h / 2 + 2 * u / h)] == pytest.approx(2 * u**0.5, rel=1e-4)
    assert h[np.argmin(h**2 / 6 + u / h)] == pytest.approx((3 * u) ** (1 / 3), rel=1e-4)


# --- the cards -----------------------------------------------------------------------------------


@pytest.mark.equation(
    "eq-mc-linear-form", "eq-mc-linear-map", "eq-mc-quadratic-form", "eq-mc-squared-distance"
)
def test_the_first_four_cards_agree_with_reverse_mode_and_have_the_shapes_of_numerator_layout(rng):
    b, x, M, B = (rng.normal(size=size) for size in (3, 3, (3, 3), (2, 3)))
    target = rng.normal(size=2)
    for f, row in [
        (lambda x: (b * x).sum(), b[None]),
        (lambda x: x @ (M @ x), x[None] @ (M + M.T)),
        (lambda x: ((B @ x - target) ** 2).sum(), 2 * (B @ x - target)[None] @ B),
    ]:
        assert row.shape == calculus.derivative_shape((), (3,))
        close(row[0], autodiff.grad(f)(x))
    assert B.shape == calculus.derivative_shape((2,), (3,))
    close(B, autodiff.jacobian(lambda x: B @ x, x))


@pytest.mark.equation("eq-mc-quadratic-form", "eq-mc-squared-distance")
def test_the_worked_numbers_of_cards_three_and_four_by_hand():
    close(HERE @ (A + A.T), [6, 14])  # x1² + 2 x1 x2 + 3 x2²: 2 + 4 and 2 + 12
    B, x, b = np.array([[1, 2], [3, 4], [5, 6]]), np.array([1, -1]), np.array([1, 0, 2])
    close(2 * (B @ x - b) @ B, [-40, -52])


@pytest.mark.equation("eq-mc-least-squares-gradient")
def test_the_gradient_of_linear_regression_is_zero_where_scipy_finds_the_least_loss(rng):
    X, y = rng.normal(size=(7, 3)), rng.normal(size=7)

    def loss(w):
        return losses.half_squared_error(y, X @ w).mean()

    def gradient(w):
        return (X @ w - y)[None] @ X / len(y)

    w = rng.normal(size=3)
    close(gradient(w)[0], optimize.approx_fprime(w, loss, 1e-7), atol=1e-5)
    best = linalg.solve(X.T @ X, X.T @ y)
    close(best, optimize.minimize(loss, np.zeros(3), tol=1e-12).x, atol=1e-5)
    close(gradient(best), 0.0, atol=1e-12)


@pytest.mark.equation("eq-mc-softmax-jacobian")
def test_the_softmax_jacobian_entry_by_entry_against_reverse_mode(rng):
    z = rng.normal(size=4)
    s = models.softmax(z)
    J = np.diag(s) - np.outer(s, s)
    for i, j in product(range(4), repeat=2):
        assert J[i, j] == pytest.approx(s[i] * (1 - s[i]) if i == j else -s[i] * s[j])
        slope = autodiff.grad(lambda z, i=i: autodiff.log_softmax(z)[i].exp())(z)[j]
        assert J[i, j] == pytest.approx(slope)


@pytest.mark.equation("eq-mc-trace-form", "eq-mc-trace")
def test_the_derivative_of_a_trace_lies_in_numerator_layout_and_gives_the_change(rng):
    M, X, dX = (rng.normal(size=size) for size in ((2, 3), (3, 2), (3, 2)))
    stored = calculus.gradient(lambda X: np.trace(M @ X), X)
    on_paper = stored.T
    close(on_paper, M, atol=1e-8)
    assert on_paper.shape == calculus.derivative_shape((), X.shape)
    change = np.trace(M @ (X + dX)) - np.trace(M @ X)  # linear: no remainder
    assert np.trace(on_paper @ dX) == pytest.approx(change)
    assert sum(M[q, p] * dX[p, q] for p in range(3) for q in range(2)) == pytest.approx(change)


# --- layers --------------------------------------------------------------------------------------


@pytest.mark.equation("eq-mc-layer")
def test_a_layer_maps_each_sample_by_wx_plus_b(rng):
    X, W, b = (rng.normal(size=size) for size in ((5, 3), (2, 3), 2))
    one_by_one = np.stack([W @ x + b for x in X])
    close(X @ W.T + b, one_by_one)
    close(models.linear(X, W, b), one_by_one)


@pytest.mark.equation("eq-mc-layer-gradients")
def test_the_gradients_of_a_layer_are_those_of_reverse_mode_for_any_loss_behind_it(rng):
    X, W, b = (rng.normal(size=size) for size in ((5, 3), (2, 3), 2))

    def loss(Y):
        return (Y.tanh() ** 3).sum()

    Y_bar = autodiff.grad(loss)(X @ W.T + b)
    close(Y_bar.T @ X, autodiff.grad(lambda W: loss(X @ W.T + b))(W))
    close(Y_bar @ W, autodiff.grad(lambda X: loss(X @ W.T + b))(X))
    close(Y_bar.T @ np.ones(5), autodiff.grad(lambda b: loss(X @ W.T + b))(b))


@pytest.mark.equation("eq-mc-layer-gradients")
def test_the_worked_layer_by_hand():
    X, W = np.array([[1, 0, 2], [0, 1, 1]]), np.array([[1, 2, 0], [0, 1, -1]])
    Y = X @ W.T + [1, 0]
    close(Y, [[2, -2], [3, 0]])
    Y_bar = Y - [[1, -2], [1, 1]]
    close(Y_bar, [[1, 0], [2, -1]])
    close(Y_bar.T @ X, [[1, 2, 4], [0, -1, -1]])
    close(Y_bar @ W, [[1, 2, 0], [2, 3, 1]])
    close(Y_bar.sum(axis=0), [3, -1])


@pytest.mark.equation("eq-mc-broadcasting")
def test_the_gradient_of_a_factor_for_each_sample_is_a_sum_along_its_row(rng):
    X, c, Y_bar = (rng.normal(size=size) for size in ((4, 3), (4, 1), (4, 3)))
    by_rows = autodiff.grad(lambda c: (Y_bar * (c * X)).sum())(c)
    close([[sum(Y_bar[i, j] * X[i, j] for j in range(3))] for i in range(4)], by_rows)
    assert by_rows.shape == c.shape


# --- a matrix by a matrix ------------------------------------------------------------------------


@pytest.mark.equation("eq-mc-kronecker")
def test_vec_of_a_product_of_three_is_a_kronecker_product_times_vec(rng):
    L, X, R = (rng.normal(size=size) for size in ((2, 3), (3, 4), (4, 5)))
    stacked = np.kron(R.T, L) @ X.ravel(order="F")
    close(stacked, (L @ X @ R).ravel(order="F"))
    close(np.kron(L, R.T) @ X.ravel(), (L @ X @ R).ravel())  # row by row


@pytest.mark.equation("eq-mc-square")
def test_the_jacobian_of_the_square_of_a_matrix_flattened_column_by_column(rng):
    M, identity = rng.normal(size=(3, 3)), np.eye(3)

    def square(m):
        return (m.reshape(3, 3).T @ m.reshape(3, 3).T).T.ravel()

    J = np.kron(M.T, identity) + np.kron(identity, M)
    close(J, calculus.jacobian(square, M.T.ravel()), atol=1e-7)


@pytest.mark.equation("eq-mc-log-det")
def test_the_derivative_of_log_det_is_the_inverse_and_the_stored_array_its_transpose(rng):
    M = rng.normal(size=(3, 3)) + 4 * np.eye(3)
    dM = rng.normal(size=(3, 3))

    def log_det(M):
        return np.linalg.slogdet(M).logabsdet

    assert linalg.det(M) > 0
    slope = calculus.derivative(lambda t: log_det(M + t * dM), 0.0)
    assert np.trace(linalg.inv(M) @ dM) == pytest.approx(slope)
    close(calculus.gradient(log_det, M), linalg.inv(M).T, atol=1e-7)


def test_the_best_inverse_covariance_of_a_gaussian_is_the_inverse_of_that_of_the_samples(rng):
    x = rng.normal(size=(50, 2)) @ [[1.0, 0.5], [0.0, 1.0]]
    C = x.T @ x / 50

    def nll(entries):
        precision = np.array([[entries[0], entries[1]], [entries[1], entries[2]]])
        return np.trace(precision @ C) / 2 - np.linalg.slogdet(precision).logabsdet / 2

    best = linalg.inv(C)[[0, 0, 1], [0, 1, 1]]
    close(calculus.gradient(nll, best), 0.0, atol=1e-7)
    assert np.all(np.linalg.eigvalsh(calculus.hessian(nll, best)) > 0)


# --- second derivatives --------------------------------------------------------------------------


@pytest.mark.equation("eq-mc-hessian")
def test_the_hessian_is_the_jacobian_of_the_gradient_as_scipy_and_hand_find_it():
    def f(x):
        return x[0] ** 2 * x[1] + np.sin(x[1])

    x = np.array([1.5, 0.5])
    by_hand = [[2 * x[1], 2 * x[0]], [2 * x[0], -np.sin(x[1])]]
    gradient = lambda x: np.array([2 * x[0] * x[1], x[0] ** 2 + np.cos(x[1])])  # noqa: E731
    close(calculus.gradient(f, x), gradient(x), atol=1e-8)
    close(scipy_jacobian(gradient, x).df, by_hand, atol=1e-7)
    close(calculus.hessian(f, x), by_hand, atol=1e-5)


@pytest.mark.equation("eq-mc-not-symmetric")
def test_the_mixed_second_derivatives_of_the_counter_example_are_minus_one_and_one():
    def f(a, b):
        return a * b * (a * a - b * b) / (a * a + b * b) if a or b else 0.0

    def first(b):  # by the first coordinate, on the axis of the second
        return calculus.derivative(lambda a: f(a, b), 0.0)

    def second(a):
        return calculus.derivative(lambda b: f(a, b), 0.0)

    close([first(b) for b in (-0.3, 0.2)], [0.3, -0.2], atol=1e-8)
    close([second(a) for a in (-0.3, 0.2)], [-0.3, 0.2], atol=1e-8)
    assert calculus.derivative(first, 0.0, step=0.1) == pytest.approx(-1)
    assert calculus.derivative(second, 0.0, step=0.1) == pytest.approx(1)
    close(calculus.hessian(lambda x: f(*x), np.zeros(2))[0, 1], 0.0, atol=1e-6)


@pytest.mark.equation("eq-mc-taylor")
def test_there_is_a_place_on_the_way_where_the_hessian_gives_the_exact_change(rng):
    def f(x):
        return np.exp(x[0]) + x[0] * x[1] ** 3

    x, v = np.array([0.2, 1.0]), np.array([0.3, -0.4])
    gradient = np.array([np.exp(0.2) + 1.0, 3 * 0.2])

    def missed(tau):
        a, b = x + tau * v
        H = np.array([[np.exp(a), 3 * b**2], [3 * b**2, 6 * a * b]])
        return f(x) + gradient @ v + v @ H @ v / 2 - f(x + v)

    tau = optimize.brentq(missed, 0, 1)
    assert 0 < tau < 1
    x, v = rng.normal(size=2), rng.normal(size=2)  # of a quadratic, any place will do
    assert x @ A @ x + (A + A.T) @ x @ v + v @ (A + A.T) @ v / 2 == pytest.approx(
        (x + v) @ A @ (x + v)
    )


def test_the_two_functions_with_the_same_hessian_differ_at_the_origin():
    for sign, is_minimum in ((1, True), (-1, False)):
        f = lambda x, sign=sign: x[0] ** 2 + sign * x[1] ** 4  # noqa: E731
        close(calculus.gradient(f, np.zeros(2)), 0.0, atol=1e-9)
        close(calculus.hessian(f, np.zeros(2)), np.diag([2.0, 0.0]), atol=1e-5)
        ring = 0.1 * np.array([[np.cos(t), np.sin(t)] for t in np.linspace(0, 6, 60)])
        assert (min(map(f, ring)) > 0) == is_minimum


def test_the_cross_entropy_of_logits_is_convex_and_its_hessian_is_a_variance(rng):
    s, v = models.softmax(rng.normal(size=5)), rng.normal(size=5)
    H = np.diag(s) - np.outer(s, s)
    assert v @ H @ v == pytest.approx(np.average((v - np.average(v, weights=s)) ** 2, weights=s))
    assert np.linalg.eigvalsh(H).min() == pytest.approx(0, abs=1e-12)
    close(H @ np.ones(5), 0.0, atol=1e-15)
