"""The equations of the chapter on the chain rule, held to numbers by hand and to other methods.

Where a function is a polynomial of degree two or less in what is nudged, a central difference of
fractions is its exact derivative; elsewhere derivatives are taken with a complex step.
"""

import math
from fractions import Fraction
from itertools import pairwise, product

import numpy as np
import pytest
from scipy import linalg

STEP = 1e-30


def complex_step(f, x):
    """Differentiate a function of an array, output by entry, without any difference."""
    x = np.asarray(x, float)
    columns = []
    for place in np.ndindex(x.shape):
        moved = x.astype(complex)
        moved[place] += 1j * STEP
        columns.append(np.imag(np.asarray(f(moved))) / STEP)
    return np.moveaxis(np.array(columns), 0, -1)


def exactly(f, values, place):
    """Differentiate a quadratic function of fractions by one entry."""
    sides = []
    for sign in (1, -1):
        moved = np.array(values, dtype=object)
        moved[place] += sign * Fraction(1, 7)
        sides.append(f(moved))
    return (sides[0] - sides[1]) / Fraction(2, 7)


def fractions(values):
    return np.vectorize(Fraction, otypes=[object])(np.asarray(values))


def inner(x):
    return np.array([np.exp(x[0]) * x[1], x[0] - x[1] ** 2, np.sin(x[0] * x[1])])


def outer(y):
    return np.array([y[0] * y[1] + y[2] ** 3, y[0] * y[2] / y[1]])


@pytest.mark.equation("eq-cr-one-dimension")
@pytest.mark.parametrize(
    ("f", "slope_f", "g", "slope_g", "x"),
    [
        (np.log, lambda y: 1 / y, lambda x: x**2, lambda x: 2 * x, 2.0),
        (np.sin, np.cos, np.exp, np.exp, 0.7),
        (lambda y: y**3, lambda y: 3 * y**2, np.cos, lambda x: -np.sin(x), 1.3),
    ],
)
def test_the_outer_rate_is_taken_at_the_inner_value(f, slope_f, g, slope_g, x):
    whole = complex_step(lambda t: f(g(t)), x)[..., 0]
    assert slope_f(g(x)) * slope_g(x) == pytest.approx(whole, rel=1e-12)
    assert slope_f(x) * slope_g(x) != pytest.approx(whole, rel=1e-2)


@pytest.mark.equation("eq-cr-chain-rule")
def test_the_jacobian_of_a_composition_is_the_outer_times_the_inner():
    x = np.array([0.4, -1.2])
    whole = complex_step(lambda t: outer(inner(t)), x)
    factors = complex_step(outer, inner(x)), complex_step(inner, x)
    assert [factor.shape for factor in factors] == [(2, 3), (3, 2)]
    np.testing.assert_allclose(factors[0] @ factors[1], whole, rtol=1e-12)
    assert (factors[1] @ factors[0]).shape != whole.shape


@pytest.mark.equation("eq-cr-sum-over-paths")
def test_each_entry_is_a_sum_of_products_over_the_intermediate_variables():
    x = np.array([0.4, -1.2])
    whole = complex_step(lambda t: outer(inner(t)), x)
    dz_dy, dy_dx = complex_step(outer, inner(x)), complex_step(inner, x)
    for i, j in product(range(2), repeat=2):
        paths = [dz_dy[i, k] * dy_dx[k, j] for k in range(3)]
        assert math.fsum(paths) == pytest.approx(whole[i, j], rel=1e-12)
        assert all(
            math.fsum(paths) - path != pytest.approx(whole[i, j], rel=1e-3) for path in paths
        )


@pytest.mark.equation("eq-cr-reverse")
@pytest.mark.parametrize(("a", "b"), [(2, 3), (-1, 4), (5, -2)])
def test_adjoints_by_edges_are_the_exact_derivatives_by_each_value(a, b):
    c, d = a + b, a * b
    users = {
        "y": [],
        "f": [("y", 1)],
        "e": [("y", 1)],
        "d": [("e", 1), ("f", c)],
        "c": [("e", 1), ("f", d)],
        "b": [("c", 1), ("d", a)],
        "a": [("c", 1), ("d", b)],
    }
    bar = {"y": 1}
    for node in list(users)[1:]:
        bar[node] = sum(bar[user] * rate for user, rate in users[node])
    whole = lambda v: (v[0] + v[1] + v[0] * v[1]) + (v[0] + v[1]) * v[0] * v[1]  # noqa: E731
    from_layer = lambda v: (v[0] + v[1]) + v[0] * v[1]  # noqa: E731
    assert [bar[node] for node in "ab"] == [exactly(whole, [a, b], i) for i in (0, 1)]
    assert [bar[node] for node in "cd"] == [exactly(from_layer, [c, d], i) for i in (0, 1)]


WEIGHTS = fractions([[1, -1], ["1/2", 2], [-1, 1]]), fractions([0, -1, 0])
OUTPUT = fractions([2, -1, 3]), Fraction(1)
TABLE = {  # of the text
    "W_1": [[-8, -4], [4, 2], [0, 0]],
    "b_1": [-4, 2, 0],
    "W_2": [-2, -4, 0],
    "b_2": [-2],
}


def network_loss(W_1, b_1, W_2, b_2):
    """Compute the loss of the network of the text on its sample, entry by entry."""
    x, y = (2, 1), 3
    z = [sum(W_1[c][j] * x[j] for j in range(2)) + b_1[c] for c in range(3)]
    h = [max(value, 0) for value in z]
    y_hat = sum(W_2[c] * h[c] for c in range(3)) + b_2[0]
    return z, h, y_hat, (y_hat - y) ** 2 / 2


@pytest.mark.equation("eq-cr-network")
def test_the_network_by_hand_has_the_values_and_the_gradients_of_the_text():
    arrays = {"W_1": WEIGHTS[0], "b_1": WEIGHTS[1], "W_2": OUTPUT[0], "b_2": fractions([1])}
    z, h, y_hat, loss = network_loss(**arrays)
    assert (z, h, y_hat, loss) == ([1, 2, -1], [1, 2, 0], 1, 2)
    for name, expected in TABLE.items():
        for place in np.ndindex(arrays[name].shape):
            by = exactly(
                lambda v, n=name: network_loss(**(arrays | {n: v}))[-1], arrays[name], place
            )
            assert by == np.array(expected)[place]
    nudged = np.array(arrays["W_1"])
    nudged[0, 0] += Fraction(1, 100)
    assert network_loss(**(arrays | {"W_1": nudged}))[-1] == Fraction("1.9208")


@pytest.mark.equation("eq-cr-linear-vjp")
def test_a_layer_hands_back_the_exact_derivatives_by_weights_bias_and_input():
    rng = np.random.default_rng(0)
    X, W, b, Z_bar = (
        fractions(rng.integers(-4, 5, size)) for size in ((5, 3), (2, 3), (2,), (5, 2))
    )

    def loss(X, W, b):
        return sum(
            Z_bar[i, c] * (sum(X[i, j] * W[c, j] for j in range(3)) + b[c])
            for i, c in np.ndindex(5, 2)
        )

    for place in np.ndindex(2, 3):
        assert exactly(lambda v: loss(X, v, b), W, place) == (Z_bar.T @ X)[place]
    for place in np.ndindex(2):
        assert (
            exactly(lambda v: loss(X, W, v), b, place) == (Z_bar.T @ fractions(np.ones(5)))[place]
        )
    for place in np.ndindex(5, 3):
        assert exactly(lambda v: loss(v, W, b), X, place) == (Z_bar @ W)[place]


def deep_network(X, layers):
    """Run three layers with tanh, sample by sample and unit by unit."""
    rows = []
    for x in X:
        for W, b in layers:
            z = np.array([(w * x).sum() + shift for w, shift in zip(W, b, strict=True)])
            x = np.tanh(z)
        rows.append(z)
    return np.array(rows)


@pytest.mark.equation("eq-cr-layers", "eq-cr-layer-recursion")
def test_the_layer_recursion_gives_the_derivative_by_every_weight_of_three_layers():
    rng = np.random.default_rng(1)
    widths = (2, 4, 3, 2)
    layers = [
        (rng.normal(size=(n_out, n_in)), rng.normal(size=n_out)) for n_in, n_out in pairwise(widths)
    ]
    X = rng.normal(size=(5, 2))
    Hs, Zs = [X], []
    for W, b in layers:  # the equations, as printed
        Zs.append(Hs[-1] @ W.T + b)
        Hs.append(np.tanh(Zs[-1]))
    np.testing.assert_allclose(Zs[-1], deep_network(X, layers), rtol=1e-12)
    Z_bar = Zs[-1]  # what the loss of half the squared length hands back
    for index in (2, 1, 0):
        for part, gradient in enumerate((Z_bar.T @ Hs[index], Z_bar.T @ np.ones(5))):

            def loss(moved, index=index, part=part):
                changed = [list(layer) for layer in layers]
                changed[index][part] = moved
                return (deep_network(X, changed) ** 2).sum() / 2

            np.testing.assert_allclose(
                complex_step(loss, layers[index][part]).reshape(gradient.shape), gradient, rtol=1e-9
            )
        if index:
            Z_bar = (Z_bar @ layers[index][0]) * (1 - np.tanh(Zs[index - 1]) ** 2)


@pytest.mark.equation("eq-cr-logistic-gradient")
def test_the_logistic_gradients_are_those_of_the_mean_of_minus_log_probabilities():
    rng = np.random.default_rng(2)
    X, y, w, b = rng.normal(size=(6, 3)), np.array([0, 1, 1, 0, 1, 0]), rng.normal(size=3), 0.4

    def loss(w, b):
        return -np.mean(
            [np.log(1 / (1 + np.exp(-s * (x @ w + b)))) for x, s in zip(X, 2 * y - 1, strict=True)]
        )

    p = np.array([1 / (1 + math.exp(-(x @ w + b))) for x in X])
    np.testing.assert_allclose(complex_step(lambda v: loss(v, b), w), (p - y) @ X / 6, rtol=1e-12)
    np.testing.assert_allclose(
        complex_step(lambda v: loss(w, v), b)[0], (p - y).sum() / 6, rtol=1e-12
    )
    one = lambda z: -np.log(1 - 1 / (1 + np.exp(-z)))  # noqa: E731 (label 0)
    assert complex_step(one, 1.0)[0] == pytest.approx(0.7311, abs=5e-5)


@pytest.mark.equation("eq-cr-softmax-gradient")
def test_the_softmax_gradients_are_those_of_the_mean_of_minus_log_probabilities():
    rng = np.random.default_rng(3)
    X, labels = rng.normal(size=(5, 2)), [0, 2, 1, 2, 2]
    W, b = rng.normal(size=(3, 2)), rng.normal(size=3)

    def loss(W, b):
        logits = [W @ x + b for x in X]
        return np.mean(
            [np.log(np.exp(z - z[label]).sum()) for z, label in zip(logits, labels, strict=True)]
        )

    S = np.array([np.exp(W @ x + b) / np.exp(W @ x + b).sum() for x in X])
    excess = S - np.eye(3)[labels]
    np.testing.assert_allclose(
        complex_step(lambda v: loss(v, b), W).reshape(3, 2), excess.T @ X / 5, rtol=1e-10
    )
    np.testing.assert_allclose(
        complex_step(lambda v: loss(W, v), b), excess.mean(axis=0), rtol=1e-10
    )
    one = lambda z: np.log(np.exp(z - z[0]).sum())  # noqa: E731
    np.testing.assert_allclose(
        complex_step(one, [2.0, 1.0, 0.1]), [-0.3410, 0.2424, 0.0986], atol=5e-5
    )


class Counted:
    """A number that counts its multiplications."""

    count = 0

    def __mul__(self, other):
        Counted.count += 1
        return self

    def __add__(self, other):
        return self


def multiplications(n, order):
    """Count those of a product of a row and two square matrices, in an order."""
    number = Counted()
    J_3, J_2, J_1 = (np.full(shape, number, dtype=object) for shape in ((1, n), (n, n), (n, n)))
    Counted.count = 0
    assert order(J_3, J_2, J_1).shape == (1, n)
    return Counted.count


@pytest.mark.equation("eq-cr-cost")
@pytest.mark.parametrize("n", [2, 3, 7])
def test_costs_are_the_multiplications_that_are_counted_one_by_one(n):
    assert multiplications(n, lambda a, b, c: (a @ b) @ c) == n**2 + n**2
    assert multiplications(n, lambda a, b, c: a @ (b @ c)) == n**3 + n**2


def as_matrix(value, rate):
    """Return the matrix that calculates as a dual number: its square of the corner is zero."""
    return np.array([[value, rate], [0.0, value]])


@pytest.mark.equation("eq-cr-dual")
def test_dual_numbers_calculate_as_triangular_matrices_do():
    (u, u_dot), (v, v_dot) = (0.7, -1.5), (2.0, 0.3)
    np.testing.assert_allclose(
        as_matrix(u, u_dot) @ as_matrix(v, v_dot), as_matrix(u * v, u_dot * v + u * v_dot)
    )
    for of_matrix, f, slope in [
        (linalg.expm, np.exp, np.exp),
        (linalg.sinm, np.sin, np.cos),
        (lambda m: m @ m @ m, lambda t: t**3, lambda t: 3 * t**2),
    ]:
        np.testing.assert_allclose(
            of_matrix(as_matrix(u, u_dot)), as_matrix(f(u), slope(u) * u_dot), rtol=1e-9
        )


@pytest.mark.equation("eq-cr-variance")
def test_the_mean_square_after_a_layer_is_exact_over_all_signs_of_its_weights():
    s, h = Fraction(2, 3), fractions([1, -2, 3, "1/2"])
    all_z = [
        sum(s * sign * value for sign, value in zip(signs, h, strict=True))
        for signs in product((1, -1), repeat=4)
    ]
    assert sum(z * z for z in all_z) / 16 == s**2 * sum(h * h)
    assert sum(max(z, 0) ** 2 for z in all_z) / 16 == s**2 * sum(h * h) / 2


def most_in_memory(n_steps, every):
    """Follow a backward sweep with checkpoints, value by value."""
    kept, most = set(range(0, n_steps, every)), 0
    for t in reversed(range(n_steps)):
        segment = range(t - t % every, t - t % every + every)
        most = max(most, len(kept) + len(segment))
    return most


@pytest.mark.equation("eq-cr-checkpoint")
@pytest.mark.parametrize("root", [3, 6, 10])
def test_the_memory_of_checkpointing_is_least_at_the_square_root(root):
    n_steps = root**2
    divisors = [k for k in range(1, n_steps + 1) if n_steps % k == 0]
    memory = {k: most_in_memory(n_steps, k) for k in divisors}
    assert memory == {k: n_steps // k + k for k in divisors}
    assert min(memory.values()) == memory[root] == 2 * root
