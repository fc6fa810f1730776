"""The automatic differentiation: its values, both of its directions, and what it refuses."""

import gc
import itertools
import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays, mutually_broadcastable_shapes

from lib import autodiff, calculus, losses, models
from lib.autodiff import Tensor

INF, NAN = np.inf, np.nan
TORCH = json.loads(Path(__file__).with_name("torch_fixture.json").read_text(encoding="utf-8"))[
    "autodiff"
]
quick = settings(deadline=None, database=None, max_examples=60)
numbers = st.floats(-3, 3).map(lambda x: round(x, 3))


def gradients(function, *inputs):
    """Value of a function of tensors, and the gradients of its sum."""
    leaves = [Tensor(x) for x in inputs]
    value = function(*leaves)
    value.sum().backward()
    return value.data, [leaf.grad for leaf in leaves]


# Worked by hand -------------------------------------------------------------------------------


def test_the_graph_of_the_course_gives_25_and_19():
    a, b = Tensor(2.0), Tensor(3.0)
    c, d = a + b, a * b
    e, f = c + d, c * d
    y = e + f
    y.backward()
    assert [t.data.item() for t in (c, d, e, f, y)] == [5, 6, 11, 30, 41]
    assert [t.grad.item() for t in (y, e, f, c, d)] == [1, 1, 1, 7, 6]
    assert (a.grad, b.grad) == (25, 19)


def test_two_passes_add_up_to_twice_the_gradient_for_every_node():
    a, b = Tensor(2.0), Tensor(3.0)
    c, d = a + b, a * b
    y = (c + d) + c * d
    y.backward()
    y.backward()
    assert (a.grad, b.grad, c.grad, d.grad, y.grad) == (50, 38, 14, 12, 2)
    a.grad = None
    y.backward()
    assert (a.grad, b.grad) == (25, 57)


def test_logistic_loss_has_gradient_p_minus_y():
    z = Tensor(1.0)
    p = z.sigmoid()
    loss = -(1 - p).log()
    loss.backward()
    assert p.data == pytest.approx(0.7311, abs=5e-5)
    assert loss.data == pytest.approx(1.3133, abs=5e-5)
    assert p.grad == pytest.approx(3.7183, abs=5e-5)
    assert z.grad == pytest.approx(0.7311, abs=5e-5)
    assert z.grad == pytest.approx(p.data - 0.0, rel=1e-14)


def test_cross_entropy_of_the_course():
    z = Tensor([[2.0, 1.0, 0.1]])
    loss = autodiff.cross_entropy_with_logits([0], z)
    loss.backward()
    assert loss.data == pytest.approx([0.4170], abs=5e-5)
    assert z.grad == pytest.approx(np.array([[-0.3410, 0.2424, 0.0986]]), abs=5e-5)


def test_a_net_3_4_4_1_has_48_paths_and_32_edges():
    widths = (3, 4, 4, 1)
    assert sum(m * n for m, n in itertools.pairwise(widths)) == 32
    # With every weight 1 and no nonlinearity, the derivative counts paths.
    ones = [np.ones(shape) for shape in itertools.pairwise(widths)]
    paths = autodiff.grad(lambda x: (((x @ ones[0]) @ ones[1]) @ ones[2]).sum())(np.zeros(3))
    assert paths.tolist() == [16, 16, 16]
    assert paths.sum() == 48


def test_a_node_used_twice_collects_both_shares():
    x = Tensor(3.0)
    (x * x).backward()
    assert x.grad == 6
    y = Tensor(3.0)
    (y + y).backward()
    assert y.grad == 2
    w = Tensor([1.0, 2.0])
    ((w @ w) * (w @ w)).backward()
    assert w.grad.tolist() == [20.0, 40.0]


def test_gradient_of_the_quadratic_form_is_that_of_the_course():
    A = np.array([[1.0, 2.0], [0.0, 3.0]])
    assert autodiff.grad(lambda x: x @ A @ x)([1.0, 2.0]).tolist() == [6.0, 14.0]


HAND = [
    # function of x, x, value, derivative
    (lambda x: x + 2, 3.0, 5.0, 1.0),
    (lambda x: 2 + x, 3.0, 5.0, 1.0),
    (lambda x: x - 2, 3.0, 1.0, 1.0),
    (lambda x: 2 - x, 3.0, -1.0, -1.0),
    (lambda x: x * 2, 3.0, 6.0, 2.0),
    (lambda x: 2 * x, 3.0, 6.0, 2.0),
    (lambda x: x / 2, 3.0, 1.5, 0.5),
    (lambda x: 6 / x, 3.0, 2.0, -2 / 3),
    (lambda x: -x, 3.0, -3.0, -1.0),
    (lambda x: x**2, 3.0, 9.0, 6.0),
    (lambda x: x**2, -3.0, 9.0, -6.0),
    (lambda x: x**-1, 2.0, 0.5, -0.25),
    (lambda x: x**0.5, 4.0, 2.0, 0.25),
    (lambda x: x**0, 0.0, 1.0, 0.0),
    (lambda x: x**1, 0.0, 0.0, 1.0),
    (lambda x: x**2, 0.0, 0.0, 0.0),
    (lambda x: 2**x, 3.0, 8.0, 8 * np.log(2)),
    (lambda x: 0**x, 2.0, 0.0, 0.0),
    (lambda x: x**x, 2.0, 4.0, 4 * (1 + np.log(2))),
    (lambda x: x.exp(), 0.0, 1.0, 1.0),
    (lambda x: x.log(), 2.0, np.log(2), 0.5),
    (lambda x: x.tanh(), 0.0, 0.0, 1.0),
    (lambda x: x.relu(), 2.0, 2.0, 1.0),
    (lambda x: x.relu(), -2.0, 0.0, 0.0),
    (lambda x: x.relu(), 0.0, 0.0, 0.0),
    (lambda x: x.sigmoid(), 0.0, 0.5, 0.25),
    (lambda x: x.max() + x.sum() + x.mean(), 2.0, 6.0, 3.0),
    (lambda x: x.T.reshape(1)[0] * x.reshape((1, 1))[0, 0], 3.0, 9.0, 6.0),
    (lambda x: x @ np.ones(2) if x.ndim else np.ones(2) @ (x * np.ones(2)), 3.0, 6.0, 2.0),
]


@pytest.mark.parametrize(("f", "x", "value", "slope"), HAND)
def test_one_operation_at_one_number(f, x, value, slope):
    leaf = Tensor(x)
    y = f(leaf)
    y.backward()
    assert y.data == pytest.approx(value) and y.data.shape == ()
    assert leaf.grad == pytest.approx(slope) and leaf.grad.shape == ()
    assert autodiff.jvp(f, x, 2.0)[1] == pytest.approx(2 * slope)


# Against PyTorch ------------------------------------------------------------------------------


def two_layers(X, W1, b1, W2, b2):
    """Class losses of a network with one hidden layer; the labels are 0, 1, 2, 0, ..."""
    labels = np.arange(len(X)) % W2.shape[1]
    return autodiff.cross_entropy_with_logits(labels, (X @ W1 + b1).tanh() @ W2 + b2)


FUNCTIONS = {
    "two_layers": two_layers,
    "arithmetic": lambda a, b, c: (a + b) * c - a / c,
    "broadcast": lambda a, b, c: a * b + c,
    "power": lambda a, b: a**3 + a**-0.5 + a**b,
    "elementwise": lambda a: a.tanh() * a.sigmoid() + a.relu() - a.exp(),
    "log": lambda a: a.log() * a,
    "amax": lambda a: a.max(axis=1),
    "max": lambda a: a.max() * a.sum(),
    "indexing": lambda a: a[[0, 0, 2]] * a[1:2, ::2].sum(),
    "products": lambda A, u, v: (A @ u) @ (A @ v) * (v @ A.T),
    "log_softmax": lambda z: autodiff.log_softmax(z) ** 2,
    "mean": lambda a: (a - a.mean(axis=0)).T.reshape(-1) ** 2,
}


@pytest.mark.parametrize("case", TORCH, ids=lambda case: case["function"])
def test_values_and_gradients_are_those_of_pytorch(case):
    value, grads = gradients(FUNCTIONS[case["function"]], *case["inputs"])
    assert value == pytest.approx(np.array(case["value"]), rel=1e-10, abs=1e-10)
    for ours, theirs in zip(grads, case["gradients"], strict=True):
        assert ours == pytest.approx(np.array(theirs), rel=1e-10, abs=1e-10)


# Against differences, in both directions ------------------------------------------------------

# name: function of one array, the same for tensors and for the numbers behind them
SMOOTH = {
    "add": lambda x: x + x[::-1] + 1.0,
    "subtract": lambda x: 1.0 - x - x.T,
    "multiply": lambda x: x * x[:1] * 3.0,
    "divide": lambda x: x / (x * x + 1.0) + 2.0 / (x * x + 3.0),
    "power": lambda x: x**3 + (x * x + 1.0) ** -1.5,
    "exponent": lambda x: (x * x + 1.0) ** x + 2.0**x,
    "negate": lambda x: -x,
    "exp": lambda x: x.exp(),
    "log": lambda x: (x * x + 0.5).log(),
    "tanh": lambda x: x.tanh(),
    "sigmoid": lambda x: x.sigmoid(),
    "matmul": lambda x: x @ x.T,
    "sum": lambda x: x.sum(axis=0) * x.sum(axis=1, keepdims=True) * x.sum(),
    "mean": lambda x: x.mean(axis=-1) * x.mean(axis=(0, 1)),
    "reshape": lambda x: x.reshape(-1) * x.T.reshape(-1),
    "index": lambda x: x[0] * x[-1, 0] + x[..., -1].sum() * x[:, None].sum(axis=1)[0],
    "fancy": lambda x: x[[0, 0, -1]] * x[x.data > -9].sum(),
    "log_softmax": lambda x: autodiff.log_softmax(x) * x,
    "cross_entropy": lambda x: autodiff.cross_entropy_with_logits(np.zeros(len(x), int), x),
}
each_smooth = pytest.mark.parametrize("f", SMOOTH.values(), ids=SMOOTH)
matrices = arrays(float, array_shapes(min_dims=2, max_dims=2, max_side=3), elements=numbers)


def on_numbers(f):
    """Make a function of tensors one of arrays."""
    return lambda x: f(Tensor(x)).data


def square(x):
    """Cut a matrix to a square one, where an example needs it."""
    return x[: min(x.shape), : min(x.shape)]


@each_smooth
@settings(quick, max_examples=25)
@given(x=matrices)
def test_every_operation_agrees_with_differences(f, x):
    x = square(x)
    J = autodiff.jacobian(f, x)
    assert pytest.approx(calculus.jacobian(on_numbers(f), x), rel=1e-6, abs=1e-6) == J


@each_smooth
@settings(quick, max_examples=25)
@given(x=matrices, seed=st.integers(0, 99))
def test_both_directions_are_the_same_jacobian(f, x, seed):
    x, rng = square(x), np.random.default_rng(seed)
    y, pullback = autodiff.vjp(f, x)
    J = autodiff.jacobian(f, x)
    tangent, cotangent = rng.normal(size=x.shape), rng.normal(size=y.shape)
    forward_y, y_dot = autodiff.jvp(f, x, tangent)
    assert np.array_equal(forward_y, y) and y_dot.shape == y.shape
    assert y_dot == pytest.approx(np.tensordot(J, tangent, x.ndim), rel=1e-9, abs=1e-9)
    assert np.sum(cotangent * y_dot) == pytest.approx(
        np.sum(pullback(cotangent) * tangent), rel=1e-9, abs=1e-9
    )


@pytest.mark.parametrize("function", [np.add, np.subtract, np.multiply, np.divide, np.power])
@settings(quick, max_examples=40)
@given(
    shapes=mutually_broadcastable_shapes(num_shapes=2, max_dims=3, max_side=3),
    seed=st.integers(0, 99),
)
def test_operators_broadcast_as_numpy_does_and_their_gradients_sum_back(function, shapes, seed):
    rng = np.random.default_rng(seed)
    operator = {
        np.add: lambda a, b: a + b,
        np.subtract: lambda a, b: a - b,
        np.multiply: lambda a, b: a * b,
        np.divide: lambda a, b: a / b,
        np.power: lambda a, b: a**b,
    }[function]
    a, b = (rng.uniform(0.5, 2.0, size=shape) for shape in shapes.input_shapes)
    value, (grad_a, grad_b) = gradients(operator, a, b)
    assert value == pytest.approx(function(a, b)) and value.shape == shapes.result_shape
    assert (grad_a.shape, grad_b.shape) == shapes.input_shapes
    assert calculus.check_gradient(lambda a: function(a, b).sum(), lambda _: grad_a, a)
    assert calculus.check_gradient(lambda b: function(a, b).sum(), lambda _: grad_b, b)
    tensor, reflected = Tensor(b), operator(a, Tensor(b))
    assert reflected.data == pytest.approx(value)
    operator(a, tensor).sum().backward()
    assert tensor.grad == pytest.approx(grad_b)


MATMULS = [
    ((3,), (3,)),
    ((2, 3), (3,)),
    ((3,), (3, 2)),
    ((2, 3), (3, 4)),
    ((5, 2, 3), (5, 3, 4)),
    ((5, 2, 3), (3, 4)),
    ((2, 3), (5, 3, 4)),
    ((3,), (5, 3, 4)),
    ((5, 2, 3), (3,)),
    ((1, 2, 3), (5, 3, 4)),
]


@pytest.mark.parametrize(("left", "right"), MATMULS)
def test_matrix_products_of_all_shapes_agree_with_differences(left, right):
    rng = np.random.default_rng(5)
    a, b = rng.normal(size=left), rng.normal(size=right)
    value, (grad_a, grad_b) = gradients(lambda a, b: a @ b, a, b)
    assert value == pytest.approx(a @ b)
    assert calculus.check_gradient(lambda a: (a @ b).sum(), lambda _: grad_a, a)
    assert calculus.check_gradient(lambda b: (a @ b).sum(), lambda _: grad_b, b)
    assert (Tensor(a) @ b).data == pytest.approx(value)
    assert (a @ Tensor(b)).data == pytest.approx(value)
    _, y_dot = autodiff.jvp(lambda a: a @ b, a, a)
    assert y_dot == pytest.approx(value)


@pytest.mark.parametrize("name", ["sum", "mean", "max"])
@settings(quick, max_examples=40)
@given(data=st.data())
def test_reductions_are_those_of_numpy_along_any_axes(name, data):
    x = data.draw(arrays(float, array_shapes(max_dims=3, max_side=3), elements=numbers))
    axis = data.draw(
        st.one_of(
            st.none(),
            st.integers(-x.ndim, x.ndim - 1),
            st.sets(st.integers(0, x.ndim - 1)).map(tuple),
        )
    )
    keepdims = data.draw(st.booleans())
    leaf = Tensor(x)
    y = getattr(leaf, name)(axis=axis, keepdims=keepdims)
    assert y.data == pytest.approx(getattr(np, name)(x, axis=axis, keepdims=keepdims))
    y.sum().backward()
    assert leaf.grad.shape == x.shape
    n_means = y.size if name != "sum" else x.size
    assert leaf.grad.sum() == pytest.approx(n_means)


def test_ties_in_a_maximum_share_the_gradient_evenly():
    x = Tensor([[1.0, 5.0, 5.0], [2.0, 2.0, 2.0]])
    x.max(axis=1).sum().backward()
    assert x.grad == pytest.approx(np.array([[0, 0.5, 0.5], [1 / 3, 1 / 3, 1 / 3]]))


def test_an_index_named_twice_collects_twice():
    x = Tensor([1.0, 2.0, 3.0])
    x[np.array([0, 0, 2, 0])].sum().backward()
    assert x.grad.tolist() == [3.0, 0.0, 1.0]
    M = Tensor(np.zeros((2, 2)))
    M[[0, 0, 1], [1, 1, 0]].sum().backward()
    assert M.grad.tolist() == [[0.0, 2.0], [1.0, 0.0]]


# The softmax ----------------------------------------------------------------------------------


@quick
@given(
    arrays(float, st.tuples(st.integers(1, 5), st.integers(1, 40)), elements=st.floats(-1e4, 1e4)),
    st.integers(0, 99),
)
def test_cross_entropy_is_that_of_losses_up_to_1e4(z, seed):
    labels = np.random.default_rng(seed).integers(z.shape[1], size=len(z))
    value, (grad,) = gradients(lambda z: autodiff.cross_entropy_with_logits(labels, z), z)
    assert value == pytest.approx(losses.cross_entropy_with_logits(labels, z), rel=1e-12, abs=1e-12)
    expected = losses.cross_entropy_with_logits_gradient(labels, z)
    assert grad == pytest.approx(expected, rel=1e-12, abs=1e-12)


@quick
@given(arrays(float, array_shapes(max_dims=3, max_side=4), elements=st.floats(-1e4, 1e4)))
def test_log_softmax_and_sigmoid_are_those_of_models_up_to_1e4(z):
    t = Tensor(z)
    log_probs = autodiff.log_softmax(t)
    assert log_probs.data == pytest.approx(models.log_softmax(z), rel=1e-12, abs=1e-12)
    assert t.sigmoid().data == pytest.approx(models.sigmoid(z), rel=1e-13, abs=1e-307)
    log_probs.sum().backward()
    assert np.isfinite(t.grad).all()


def test_labels_changed_afterwards_do_not_change_the_gradient():
    labels, z = np.array([0, 1]), Tensor(np.zeros((2, 2)))
    loss = autodiff.cross_entropy_with_logits(labels, z)
    labels[:] = 0
    loss.sum().backward()
    assert z.grad.tolist() == [[-0.5, 0.5], [0.5, -0.5]]


# Graphs: long, shared, and soon forgotten -----------------------------------------------------


@pytest.mark.parametrize("n", [1, 1_200, 100_000])
def test_a_chain_of_additions_of_any_length_works(n):
    x = Tensor(1.0)
    y = x
    for _ in range(n):
        y = y + x
    y.backward()
    assert y.data == x.grad == n + 1
    del y  # giving back the record must not recurse either
    gc.collect()


def test_a_long_chain_works_forwards_too():
    assert autodiff.jvp(lambda x: sum(x for _ in range(5_000)), 1.0, 2.0)[1] == 10_000


def test_a_very_long_chain_is_given_back_without_overflowing_the_stack():
    code = (
        "import resource, threading\n"
        "from lib.autodiff import Tensor\n"
        "def run():\n"
        "    y = x = Tensor(1.0)\n"
        "    for _ in range(60_000): y = y * 1.0 + x\n"
        "    y.backward()\n"
        "    print(int(x.grad))\n"
        "threading.stack_size(256 * 1024)\n"
        "thread = threading.Thread(target=run); thread.start(); thread.join()\n"
    )
    run = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, encoding="utf-8", check=False
    )
    assert (run.returncode, run.stdout) == (0, "60001\n"), run.stderr


def test_a_deep_ladder_of_diamonds_visits_each_node_once():
    x = Tensor(1.0)
    y = x
    for _ in range(60):  # 2^60 paths
        y = y + y
    y.backward()
    assert x.grad == 2.0**60


def test_values_that_no_rule_needs_are_given_back():
    import weakref

    x = Tensor(np.ones((3, 3)))
    hidden = x + 1.0
    array, y = weakref.ref(hidden.data), hidden.tanh().sum()
    del hidden
    assert array() is None
    y.backward()
    assert x.grad == pytest.approx(np.full((3, 3), 1 - np.tanh(2.0) ** 2))


def test_a_result_is_freed_without_waiting_for_the_garbage_collector():
    import weakref

    gc.disable()
    try:
        y = (Tensor(1.0) * 2.0).exp()
        watched = weakref.ref(y)
        del y
        assert watched() is None
    finally:
        gc.enable()


def test_only_what_the_result_was_made_from_gets_a_gradient():
    x, z = Tensor(1.0), Tensor(2.0)
    aside = x * z
    (x * 3.0).backward()
    assert (x.grad, z.grad, aside.grad) == (3, None, None)


def test_a_leaf_is_its_own_result():
    x = Tensor(3.0)
    x.backward()
    assert x.grad == 1


def test_gradients_of_different_leaves_share_no_memory():
    x, y = Tensor([1.0, 2.0]), Tensor([3.0, 4.0])
    cotangent = np.array([1.0, 1.0])
    (x + y).backward(cotangent)
    x.grad *= 5.0
    assert y.grad.tolist() == [1.0, 1.0] and cotangent.tolist() == [1.0, 1.0]
    z = Tensor([1.0, 2.0])
    z.sum().backward()
    z.grad += 1.0  # not the read-only view of a repeated number
    assert z.grad.tolist() == [2.0, 2.0]


def test_a_tensor_has_its_own_copy_of_the_data():
    data = np.array([1.0, 2.0])
    x = Tensor(data)
    x.data[:] = 0.0
    assert data.tolist() == [1.0, 2.0]


def test_training_by_hand_lowers_the_loss():
    rng = np.random.default_rng(0)
    X, labels = rng.normal(size=(30, 2)), np.arange(30) % 3
    X[labels == 1] += 3.0
    W, b = Tensor(np.zeros((2, 3))), Tensor(np.zeros(3))
    seen = []
    for _ in range(100):
        W.grad = b.grad = None
        loss = autodiff.cross_entropy_with_logits(labels, X @ W + b).mean()
        loss.backward()
        W.data -= 0.1 * W.grad
        b.data -= 0.1 * b.grad
        seen.append(loss.data.item())
    assert seen[0] == pytest.approx(np.log(3)) and seen[-1] < 0.75
    assert all(later < earlier for earlier, later in itertools.pairwise(seen))


# Functions of functions -----------------------------------------------------------------------


def test_backward_takes_a_weight_for_each_value():
    x = Tensor([1.0, 2.0, 3.0])
    (x * x).backward([1, 0, -1])
    assert x.grad.tolist() == [2.0, 0.0, -6.0]
    y = Tensor([[4.0]])
    (y * 2).backward()
    assert y.grad.tolist() == [[2.0]]


def test_a_pullback_can_be_used_again_and_leaves_no_trace():
    w = Tensor(5.0)
    y, pullback = autodiff.vjp(lambda x: x * w, [1.0, 2.0])
    assert y.tolist() == [5.0, 10.0]
    assert pullback([1.0, 0.0]).tolist() == pullback([1.0, 0.0]).tolist() == [5.0, 0.0]
    assert pullback([0.0, 2.0]).tolist() == [0.0, 10.0]
    assert w.grad is None
    y[:] = 0.0
    assert pullback([1.0, 1.0]).tolist() == [5.0, 5.0]


def test_a_function_that_forgets_its_argument_has_derivative_zero():
    w = Tensor([1.0, 2.0])
    assert autodiff.grad(lambda x: w.sum())([3.0]).tolist() == [0.0]
    assert autodiff.jvp(lambda x: w, 3.0, 1.0)[1].tolist() == [0.0, 0.0]
    assert autodiff.jacobian(lambda x: w, [3.0]).tolist() == [[0.0], [0.0]]


@quick
@given(arrays(float, array_shapes(max_dims=3, max_side=3), elements=numbers))
def test_a_gradient_has_the_shape_of_its_argument(x):
    assert autodiff.grad(lambda x: (x * x).sum())(x) == pytest.approx(2 * x)
    assert autodiff.jacobian(lambda x: x.sum(), x).tolist() == np.ones_like(x).tolist()


def test_jacobian_is_k_by_d():
    B = np.arange(6.0).reshape(3, 2)
    assert autodiff.jacobian(lambda x: B @ x, [1.0, 2.0]).tolist() == B.tolist()


# Neighbours -----------------------------------------------------------------------------------


def test_arrays_and_numbers_of_numpy_stand_on_either_side():
    t, a = Tensor([1.0, 2.0]), np.array([3.0, 4.0])
    pairs = [
        (a + t, t + a),
        (a * t, t * a),
        (np.float64(2) * t, t * 2),
        (np.int64(2) + t, t + 2),
        (-(a - t), t - a),
        (1 / (a / t), t / a),
        ([3, 4] + t, t + a),
        (a @ t, t @ a),
    ]
    for left, right in pairs:
        assert isinstance(left, Tensor) and left.data == pytest.approx(right.data)
    assert (a**t).data.tolist() == [3.0, 16.0]


def test_a_tensor_prints_without_an_address():
    assert repr(Tensor(2.0)) == "Tensor(2.)"
    assert repr(Tensor([1, 2.5]) * 2) == "Tensor([2., 5.])"
    assert repr(Tensor([[1, 2], [3, 4]])) == "Tensor([[1., 2.],\n        [3., 4.]])"


def test_a_tensor_has_a_shape_a_length_and_rows():
    t = Tensor([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]])
    assert (t.shape, t.ndim, t.size, len(t)) == ((3, 2), 2, 6, 3)
    assert [row.data.tolist() for row in t] == [[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]]
    assert sum(Tensor([1.0, 2.0, 3.0])).data == 6.0
    assert t.T.shape == (2, 3) and t.reshape((2, 3)).shape == t.reshape(2, -1).shape == (2, 3)
    assert len({t, t}) == 1


def test_a_bare_sum_of_rows_differentiates():
    assert autodiff.grad(lambda x: sum(row * row for row in x))([1.0, 2.0]).tolist() == [2.0, 4.0]


# What is refused ------------------------------------------------------------------------------


ORDER = "A Tensor has no order: use its values, .data, or a method of the Tensor."
PLACE = (
    "A Tensor has no place in a NumPy function: use its values, .data, or a method of the Tensor."
)
NO_SLOPE = (
    "the gradient must be finite, got {}: the root has no slope at 0; use x·x for a squared length."
)


def squared_length(x):
    """Length of a vector, squared: a root on the way to a function that has none."""
    return ((x * x).sum() ** 0.5) ** 2


T2, T23, ZERO = Tensor([1.0, 2.0]), Tensor(np.ones((2, 3))), Tensor([0.0])

REFUSED = [
    (lambda: Tensor("a"), TypeError, "data must hold real numbers, got dtype <U1."),
    (lambda: Tensor([1j]), TypeError, "data must hold real numbers, got dtype complex128."),
    (lambda: Tensor([]), ValueError, "data must not be empty, got shape (0,)."),
    (lambda: Tensor([1.0, NAN]), ValueError, "data must be finite, got nan at index (1,)."),
    (lambda: Tensor(INF), ValueError, "data must be finite, got inf."),
    (lambda: Tensor(T2), TypeError, PLACE),
    (lambda: np.array([T2, T2]), TypeError, PLACE),
    (lambda: np.asarray(T2), TypeError, PLACE),
    (lambda: T2 == T2, TypeError, ORDER),
    (lambda: T2 != 1, TypeError, ORDER),
    (lambda: T2 < 1, TypeError, ORDER),
    (lambda: 1 < T2, TypeError, ORDER),
    (lambda: max(Tensor(1.0), Tensor(2.0)), TypeError, ORDER),
    (
        lambda: bool(T2),
        TypeError,
        "A Tensor has no truth value: use its values, .data, or a method of the Tensor.",
    ),
    (lambda: T2 + NAN, ValueError, "the operands of + must be finite, got nan."),
    (
        lambda: T2 * [1.0, INF],
        ValueError,
        "the operands of * must be finite, got inf at index (1,).",
    ),
    (lambda: Tensor(2.0) - INF, ValueError, "the operands of - must be finite, got inf."),
    (lambda: T2 / INF, ValueError, "the divisor must be finite, got inf."),
    (lambda: T2 / [1.0, NAN], ValueError, "the divisor must be finite, got nan at index (1,)."),
    (lambda: T2 ** [1.0, INF], ValueError, "the exponent must be finite, got inf at index (1,)."),
    (lambda: NAN**T2, ValueError, "the base must be finite, got nan."),
    (lambda: T2 + "a", TypeError, "the other operand must hold real numbers, got dtype <U1."),
    (lambda: T2 + None, TypeError, "the other operand must hold real numbers, got dtype object."),
    (lambda: T2 + [], ValueError, "the other operand must not be empty, got shape (0,)."),
    (
        lambda: T2 + np.ones(3),
        ValueError,
        "the operands of + must have shapes that fit, got (2,) and (3,).",
    ),
    (
        lambda: T2 @ np.ones(3),
        ValueError,
        "the operands of @ must have shapes that fit, got (2,) and (3,).",
    ),
    (
        lambda: T2 @ 3.0,
        ValueError,
        "the operands of @ must have shapes that fit, got (2,) and ().",
    ),
    (
        lambda: T2 ** np.ones(3),
        ValueError,
        "the operands of ** must have shapes that fit, got (2,) and (3,).",
    ),
    (
        lambda: Tensor([1.0, 0.0]).log(),
        ValueError,
        "the argument of log must be positive, got 0.0 at index (1,).",
    ),
    (lambda: Tensor(-1.0).log(), ValueError, "the argument of log must be positive, got -1.0."),
    (lambda: T2 / 0, ValueError, "the divisor must not be zero, got 0.0."),
    (
        lambda: 1 / Tensor([1.0, 0.0]),
        ValueError,
        "the divisor must not be zero, got 0.0 at index (1,).",
    ),
    (
        lambda: Tensor([4.0, -4.0]) ** 0.5,
        ValueError,
        "the base of an exponent that is not whole must not be negative, got -4.0 at index (1,).",
    ),
    (
        lambda: Tensor(0.0) ** -1,
        ValueError,
        "the base of a negative exponent must not be zero, got 0.0.",
    ),
    (
        lambda: (-2.0) ** Tensor(3.0),
        ValueError,
        "the base of a Tensor exponent must not be negative, got -2.0.",
    ),
    (
        lambda: Tensor([1.0, 1000.0]).exp(),
        ValueError,
        "the result of exp must be finite, got inf at index (1,).",
    ),
    (lambda: Tensor(1e200) * 1e200, ValueError, "the result of * must be finite, got inf."),
    (
        lambda: Tensor([1e308]) + [1e308],
        ValueError,
        "the result of + must be finite, got inf at index (0,).",
    ),
    (lambda: Tensor(10.0) ** 400, ValueError, "the result of ** must be finite, got inf."),
    (
        lambda: Tensor([1e200]) @ [1e200],
        ValueError,
        "the result of @ must be finite, got inf.",
    ),
    (lambda: Tensor([1e308] * 2).sum(), ValueError, "the result of sum must be finite, got inf."),
    (lambda: T2.sum(axis=1), ValueError, "axis must be less than the number of axes, 1, got 1."),
    (lambda: T2.mean(axis=-2), ValueError, "axis must be at least -1, got -2."),
    (lambda: T23.max(axis=(0, -2)), ValueError, "axis must name an axis once, got (0, -2)."),
    (lambda: T2.sum(axis=0.0), TypeError, "axis must be an integer, got 0.0."),
    (
        lambda: T23.reshape(4),
        ValueError,
        "shape must hold the values of an array of shape (2, 3), got (4,).",
    ),
    (
        lambda: T23.reshape(4, -1),
        ValueError,
        "shape must hold the values of an array of shape (2, 3), got (4, -1).",
    ),
    (
        lambda: T23.reshape(-1, -1),
        ValueError,
        "shape must hold the values of an array of shape (2, 3), got (-1, -1).",
    ),
    (
        lambda: T23.reshape(0, -1),
        ValueError,
        "shape must hold the values of an array of shape (2, 3), got (0, -1).",
    ),
    (lambda: T23.reshape(2.0, 3), TypeError, "a size in shape must be an integer, got 2.0."),
    (lambda: T2[2:], ValueError, "t[index] must not be empty, got shape (0,)."),
    (
        lambda: T2[Tensor(0.0)],
        TypeError,
        "an index must be an integer, a slice or an array, got a Tensor.",
    ),
    (
        lambda: T23.backward(),
        ValueError,
        "backward must start from one value or be given a cotangent, got shape (2, 3).",
    ),
    (
        lambda: T23.backward(np.ones(3)),
        ValueError,
        "cotangent and the tensor must have the same shape, got (3,) and (2, 3).",
    ),
    (
        lambda: T2.backward([1.0, NAN]),
        ValueError,
        "cotangent must be finite, got nan at index (1,).",
    ),
    (lambda: autodiff.grad(3.0), TypeError, "f must be a function, got 3.0."),
    (lambda: autodiff.vjp(None, 3.0), TypeError, "f must be a function, got None."),
    (
        lambda: autodiff.grad(lambda x: x.data.sum())([1.0]),
        TypeError,
        "f(x) must be a Tensor, got np.float64(1.0).",
    ),
    (
        lambda: autodiff.grad(lambda x: x)([1.0]),
        ValueError,
        "f must return a scalar, got shape (1,).",
    ),
    (
        lambda: autodiff.vjp(lambda x: x, [1.0, 2.0])[1](1.0),
        ValueError,
        "cotangent and the tensor must have the same shape, got () and (2,).",
    ),
    (
        lambda: autodiff.vjp(lambda x: x, [1.0, 2.0])[1](None),
        ValueError,
        "backward must start from one value or be given a cotangent, got shape (2,).",
    ),
    (
        lambda: autodiff.jvp(lambda x: x, [1.0, 2.0], [1.0]),
        ValueError,
        "tangent and x must have the same shape, got (1,) and (2,).",
    ),
    (lambda: autodiff.log_softmax([1.0]), TypeError, "t must be a Tensor, got a list."),
    (
        lambda: autodiff.log_softmax(Tensor(1.0)),
        ValueError,
        "t must have at least one axis, got the scalar 1.0.",
    ),
    (
        lambda: autodiff.cross_entropy_with_logits([0], T2),
        ValueError,
        "t must have shape (n, K), got (2,).",
    ),
    (
        lambda: autodiff.cross_entropy_with_logits([0, 3], T23),
        ValueError,
        "labels must lie in 0..2, got 3 at index (1,).",
    ),
    (
        lambda: autodiff.cross_entropy_with_logits([0.0, 1.0], T23),
        TypeError,
        "labels must be of an integer dtype, got dtype float64.",
    ),
    (
        lambda: autodiff.cross_entropy_with_logits([0], T23),
        ValueError,
        "labels must have shape (2,), got (1,).",
    ),
    # a value there, but no slope
    (lambda: (ZERO**0.5).backward(), ValueError, NO_SLOPE.format("inf at index (0,)")),
    (lambda: autodiff.grad(lambda x: (x * x) ** 0.5)(0.0), ValueError, NO_SLOPE.format("inf")),
    (lambda: autodiff.grad(squared_length)([0.0, 0.0]), ValueError, NO_SLOPE.format("inf")),
    (lambda: autodiff.jvp(lambda x: x**0.5, 0.0, 1.0), ValueError, NO_SLOPE.format("inf")),
    (
        lambda: autodiff.grad(lambda x: (x ** [0.5, 0.2])[0])([4.0, 0.0]),
        ValueError,
        NO_SLOPE.format("inf at index (1,)"),
    ),
]


@pytest.mark.parametrize(("call", "error", "text"), REFUSED)
def test_a_bad_argument_is_refused_in_these_words(call, error, text):
    with pytest.raises(error) as caught:
        call()
    assert str(caught.value) == text


def test_the_way_out_of_a_root_at_zero_works_and_the_root_works_elsewhere():
    assert autodiff.grad(lambda x: x @ x)([0.0, 0.0]).tolist() == [0.0, 0.0]
    assert autodiff.grad(squared_length)([3.0, 4.0]) == pytest.approx([6.0, 8.0])
    assert autodiff.grad(lambda x: (x**1.5).sum())([0.0]).tolist() == [0.0]


def test_a_power_is_refused_only_where_its_own_base_and_exponent_do_not_go_together():
    x = Tensor([4.0, -4.0, 0.0])
    y = x ** [0.5, -2.0, 3.0]
    y.sum().backward()
    assert y.data.tolist() == [2.0, 0.0625, 0.0]
    assert x.grad.tolist() == [0.25, 0.03125, 0.0]


def test_a_second_pass_that_overflows_is_refused_too():
    x = Tensor(1.0)
    y = x * 1e308
    y.backward()
    with pytest.raises(ValueError, match=r"^the gradient must be finite, got inf\.$"):
        y.backward()


def test_numpy_functions_refuse_a_tensor():
    with pytest.raises(TypeError, match="Tensor"):
        np.exp(T2)


def test_an_index_out_of_range_is_numpy_s_own_error():
    with pytest.raises(IndexError, match="index 2 is out of bounds"):
        T2[2]


def test_a_number_has_no_rows():
    with pytest.raises(TypeError, match="unsized"):
        list(Tensor(1.0))


def test_an_unknown_attribute_is_not_kept():
    with pytest.raises(AttributeError):
        T2.gradient = 0.0


# Extreme values, with every floating-point warning made an error ---------------------------------


@pytest.mark.parametrize(
    ("function", "x", "expected"),
    [
        (lambda t: t.exp(), [-800.0, 0.0], [0.0, 1.0]),
        (lambda t: t.sigmoid(), [-1e308, 1e308], [0.0, 1.0]),
        (lambda t: t.tanh(), [-1e308, 5e-324], [-1.0, 5e-324]),
        (lambda t: t.mean(), [0.0, 5e-324], 0.0),
        (lambda t: autodiff.log_softmax(t), [1e308, 0.0], [0.0, -1e308]),
        (lambda t: autodiff.cross_entropy_with_logits([1], t), [[1e4, -1e4]], [2e4]),
    ],
    ids=["exp", "sigmoid", "tanh", "mean", "log_softmax", "cross_entropy"],
)
def test_an_operation_at_the_ends_of_float64_is_silent(function, x, expected):
    leaf = Tensor(x)
    with np.errstate(all="raise"):
        y = function(leaf)
        y.backward(np.ones(y.shape))
    np.testing.assert_array_equal(y.data, expected)
    assert np.isfinite(leaf.grad).all()


@pytest.mark.parametrize(
    ("function", "name"),
    [
        (lambda t: autodiff.log_softmax(t), "log_softmax"),
        (lambda t: autodiff.cross_entropy_with_logits([1], t), "cross_entropy_with_logits"),
    ],
)
def test_logits_further_apart_than_float64_can_say_are_refused(function, name):
    with pytest.raises(ValueError, match=f"the result of {name} must be finite, got -?inf"):
        function(Tensor([[1e308, -1e308]]))


@pytest.mark.parametrize(
    ("index", "problem"),
    [
        (5, "index 5 is out of bounds for axis 0 with size 2"),
        ((0, 0, 0), "too many indices for array: array is 2-dimensional, but 3 were indexed"),
        (1.0, "only integers, slices"),
        ("a", "only integers, slices"),
    ],
)
def test_an_index_that_does_not_fit_is_both_an_index_error_and_a_value_error(index, problem):
    for error in (IndexError, ValueError):
        with pytest.raises(error) as caught:
            Tensor([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]])[index]
        head = "an index must fit the shape (2, 3), got: "
        assert str(caught.value).startswith(head + problem)


def test_a_gradient_that_overflows_is_refused_and_the_known_one_is_kept():
    x = Tensor(1.0)
    (x * 2.0).backward()
    with pytest.raises(ValueError, match="the gradient must be finite, got inf"):
        (x * 1e308).backward(1e308)
    assert x.grad == 2.0


@pytest.mark.parametrize("lead", [0.0, 1.0, 6.9, 7.0, 20.0, 50.0, 700.0])
def test_a_small_loss_has_all_the_digits_that_lib_losses_gives_it(lead):
    z = np.array([[lead, 0.0, -1.0], [0.0, lead, lead], [-1.0, 0.0, lead]])
    for labels in ([0, 1, 2], [2, 0, 1]):
        loss = autodiff.cross_entropy_with_logits(labels, Tensor(z)).data
        expected = losses.cross_entropy_with_logits(labels, z)
        np.testing.assert_allclose(loss, expected, rtol=1e-12)
    np.testing.assert_allclose(
        autodiff.log_softmax(Tensor(z)).data, models.log_softmax(z), rtol=1e-12
    )
