"""The figures of the chapter on the chain rule draw what the text says they draw."""

import math
from itertools import pairwise, product

import numpy as np
import pytest
from notebook_figures import drawn_by_reader, shown_in_text, written_in

from lib import autodiff, calculus, exercises, losses


@pytest.fixture(scope="module")
def drawn(figures):
    return figures("chain_rule")


def composition(x):
    """f(g(x)) of the text, written out by hand."""
    return np.array(
        [(x[0] + x[1]) * x[0] * x[1] + x[0] - x[1], x[0] + x[1] - x[0] * x[1] * (x[0] - x[1])]
    )


def edge_labels(ax):
    """The number on each arrow of a computational graph, by (tail, head)."""
    texts = [text for text in ax.texts if "->" in (text.get_gid() or "") and text.get_text()]
    return {
        tuple(text.get_gid().split("->")): float(text.get_text().replace("−", "-"))
        for text in texts
    }


def bright_edges(ax):
    """The arrows of the highlighted path: those with bold numbers."""
    return [text.get_gid() for text in ax.texts if text.get_weight() == "bold"]


def sum_over_paths(labels, start, end):
    """Multiply along each path of a labelled graph, and add."""
    if start == end:
        return 1.0
    return sum(
        rate * sum_over_paths(labels, head, end)
        for (tail, head), rate in labels.items()
        if tail == start
    )


def test_what_the_product_of_jacobians_misses_shrinks_as_fast_as_the_step_is_small(drawn):
    right, wrong = drawn["fig-cr-remainder"].axes[0].lines
    step, missed = right.get_xdata(), right.get_ydata()
    slopes = np.diff(np.log(missed[:8])) / np.diff(np.log(step[:8]))
    np.testing.assert_allclose(slopes, 1.0, atol=0.02)
    assert missed[0] < 1e-3
    np.testing.assert_allclose(wrong.get_ydata()[:6], wrong.get_ydata()[0], rtol=1e-2)
    assert wrong.get_ydata().min() > 10


def test_what_is_missed_is_measured_against_the_numerical_jacobian_of_the_composition(drawn):
    right = drawn["fig-cr-remainder"].axes[0].lines[0]
    x = np.array([2.0, 3.0])
    J = calculus.jacobian(composition, x)
    for length, missed in zip(right.get_xdata()[4:], right.get_ydata()[4:], strict=True):
        u = length * np.array([0.6, 0.8])
        expected = np.linalg.norm(composition(x + u) - composition(x) - J @ u) / length
        assert missed == pytest.approx(expected, rel=1e-5)


def test_the_knobs_graph_has_every_edge_with_its_local_derivative(drawn):
    labels = edge_labels(drawn["fig-cr-knobs"].axes[0])
    assert len(labels) == 2 * 3 + 3 * 2
    inner = calculus.jacobian(
        lambda x: np.array([x[0] + x[1], x[0] * x[1], x[0] - x[1]]), np.array([2.0, 3.0])
    )
    outer = calculus.jacobian(
        lambda y: np.array([y[0] * y[1] + y[2], y[0] - y[1] * y[2]]), np.array([5.0, 6.0, -1.0])
    )
    for (row, column), rate in np.ndenumerate(inner):
        assert labels[f"x{column + 1}", f"y{row + 1}"] == pytest.approx(rate)
    for (row, column), rate in np.ndenumerate(outer):
        assert labels[f"y{column + 1}", f"z{row + 1}"] == pytest.approx(rate)


def test_the_paths_of_the_knobs_graph_add_up_to_the_jacobian_of_the_composition(drawn):
    labels = edge_labels(drawn["fig-cr-knobs"].axes[0])
    J = calculus.jacobian(composition, np.array([2.0, 3.0]))
    for i, j in product(range(2), repeat=2):
        assert sum_over_paths(labels, f"x{j + 1}", f"z{i + 1}") == pytest.approx(J[i, j])


def test_the_highlighted_path_is_labelled_with_its_own_product(drawn):
    ax = drawn["fig-cr-knobs"].axes[0]
    bright = bright_edges(ax)
    assert bright == ["x1->y2", "y2->z1"]
    rates = [edge_labels(ax)[tuple(edge.split("->"))] for edge in bright]
    (words,) = [text.get_text() for text in ax.texts if "this path" in text.get_text()]
    assert float(words.rpartition("=")[2]) == math.prod(rates) == 15


def test_the_steps_of_each_panel_end_at_the_derivative(drawn):
    J = calculus.jacobian(composition, np.array([2.0, 3.0]))
    axes = drawn["fig-cr-sum"].axes
    for ax, derivative in zip(axes, J.ravel(), strict=True):
        *steps, total = ax.patches
        assert steps[0].get_y() == 0
        for lower, upper in pairwise(steps):
            assert upper.get_y() == pytest.approx(lower.get_y() + lower.get_height())
        assert steps[-1].get_y() + steps[-1].get_height() == pytest.approx(derivative)
        assert total.get_y() + total.get_height() == pytest.approx(derivative)


def test_the_height_of_each_step_is_the_product_along_its_path(drawn):
    labels = edge_labels(drawn["fig-cr-knobs"].axes[0])
    panels = zip(drawn["fig-cr-sum"].axes, product("12", "12"), strict=True)
    for ax, (i, j) in panels:
        for patch, wheel in zip(ax.patches[:3], "123", strict=True):
            path = labels[f"x{j}", f"y{wheel}"] * labels[f"y{wheel}", f"z{i}"]
            assert patch.get_height() == path


def test_paths_and_edges_are_those_counted_by_walking_the_net(drawn):
    paths, edges = drawn["fig-cr-paths-edges"].axes[0].lines
    for index, depth in enumerate((1, 2, 3)):
        widths = [3] + [4] * depth + [1]
        walked = sum(1 for _ in product(*map(range, widths)))
        assert (paths.get_xdata()[index], paths.get_ydata()[index]) == (depth, walked)
        assert edges.get_ydata()[index] == sum(a * b for a, b in pairwise(widths))
    assert (paths.get_ydata()[1], edges.get_ydata()[1]) == (48, 32)


def test_the_nodes_show_values_and_accumulated_gradients(drawn):
    a, b = autodiff.Tensor(2.0), autodiff.Tensor(3.0)
    c, d = a + b, a * b
    e, f = c + d, c * d
    y = e + f
    y.backward()
    shown = {text.get_gid(): text.get_text() for text in drawn["fig-cr-graph"].axes[0].texts}
    for name, node in {"a": a, "b": b, "c": c, "d": d, "e": e, "f": f, "y": y}.items():
        value, gradient = f"{node.data:.0f}", f"{node.grad:.0f}"
        assert shown[name] == rf"${name} = {value}$" + "\n" + rf"$\bar{{{name}}} = {gradient}$"


def test_the_paths_of_the_graph_add_up_to_25_and_19(drawn):
    labels = edge_labels(drawn["fig-cr-graph"].axes[0])
    assert len(labels) == 10
    numeric = calculus.gradient(
        lambda v: v[0] + v[1] + v[0] * v[1] + (v[0] + v[1]) * v[0] * v[1], np.array([2.0, 3.0])
    )
    assert sum_over_paths(labels, "a", "y") == pytest.approx(numeric[0]) == 25
    assert sum_over_paths(labels, "b", "y") == pytest.approx(numeric[1]) == 19


def test_the_highlighted_path_of_the_graph_leads_from_a_to_y_and_is_worth_15(drawn):
    ax = drawn["fig-cr-graph"].axes[0]
    path = [tuple(edge.split("->")) for edge in bright_edges(ax)]
    assert path[0][0] == "a" and path[-1][1] == "y"
    assert all(first[1] == second[0] for first, second in pairwise(path))
    assert math.prod(edge_labels(ax)[edge] for edge in path) == 15


def cost(*shapes):
    """Multiplications of a product of matrices, counted entry by entry, from the left."""
    total, (rows, inner) = 0, shapes[0]
    for _, columns in shapes[1:]:
        total += sum(inner for _ in range(rows) for _ in range(columns))
        inner = columns
    return total


def test_costs_are_those_of_multiplying_from_the_output_or_from_the_input(drawn):
    narrow_output, narrow_input = drawn["fig-cr-cost"].axes
    n = 10
    from_output = cost((1, n), (n, n), (n, n))
    from_input = cost((n, n), (n, n)) + cost((1, n), (n, n))
    for ax, forward, reverse in (
        (narrow_output, from_input, from_output),
        (narrow_input, from_output, from_input),
    ):
        curves = {line.get_label(): line for line in ax.lines}
        assert curves["forward"].get_xdata()[0] == pytest.approx(n)
        assert curves["forward"].get_ydata()[0] == pytest.approx(forward)
        assert curves["reverse"].get_ydata()[0] == pytest.approx(reverse)


def test_the_dots_at_width_1000_stand_at_two_million_and_a_billion(drawn):
    for ax in drawn["fig-cr-cost"].axes:
        dots = ax.lines[-1]
        np.testing.assert_array_equal(dots.get_xdata(), [1000, 1000])
        np.testing.assert_allclose(sorted(dots.get_ydata()), [2e6, 1.001e9])


def test_loss_rate_times_sigmoid_rate_is_the_gradient_with_respect_to_the_logit(drawn):
    lines = {line.get_label().split(":")[0]: line for line in drawn["fig-cr-cancel"].axes[0].lines}
    z = lines["product"].get_xdata()
    y_true = np.zeros(z.shape, dtype=int)
    gradient = losses.binary_cross_entropy_with_logits_gradient(y_true, z)
    np.testing.assert_allclose(lines["product"].get_ydata(), gradient, rtol=1e-9)
    both = lines["loss"].get_ydata() * lines["sigmoid"].get_ydata()
    np.testing.assert_allclose(both, gradient, rtol=1e-9)
    slope = [calculus.derivative(lambda t: 1 / (1 + np.exp(-t)), point) for point in z[::20]]
    np.testing.assert_allclose(lines["sigmoid"].get_ydata()[::20], slope, rtol=1e-6)


def test_the_readers_own_backward_pass_colours_the_graph(capsys):
    cells = ["cell-003", "exercise-colours-code"]
    known = exercises.question("chain_rule.backward")
    (ax,), names = drawn_by_reader("chain_rule", cells, my_backward=known.reference)
    assert names["gradients"].tolist() == [25, 19, 7, 6, 1, 1, 1]
    assert ax.collections[-1].get_facecolor()[0, 0] < ax.collections[-1].get_facecolor()[-1, 0]
    axes, _ = drawn_by_reader("chain_rule", cells, my_backward=lambda edges, n: np.zeros(n))
    assert axes == []
    assert capsys.readouterr().out.endswith("coloured here once my_backward is right.\n")


def test_the_readers_own_rules_are_judged_by_the_gradient_check(capsys):
    cells = ["cell-003", "exercise-referee-code"]
    known = exercises.question("chain_rule.operations")
    _, names = drawn_by_reader("chain_rule", cells, my_hand_back=known.reference)
    np.testing.assert_allclose(names["by_my_rules"](np.array([2.0, 1.0])), [1.5, 0], atol=1e-8)
    np.testing.assert_allclose(names["by_my_rules"](np.array([0.1, 4.0])), [0, 0.25], atol=1e-8)
    assert capsys.readouterr().out.startswith("The gradients agree")
    wrong = known.mistakes[0].functions[0]
    drawn_by_reader("chain_rule", cells, my_hand_back=wrong)
    assert capsys.readouterr().out.endswith("judges here once my_hand_back is right.\n")


def test_the_network_shows_the_numbers_by_hand_and_its_paths_add_up_to_its_derivatives(drawn):
    ax = drawn["fig-cr-network"].axes[0]
    labels = edge_labels(ax)
    assert len(labels) == 6 + 3 + 3
    shown = {text.get_gid(): text.get_text() for text in ax.texts}
    adjoints = {"z1": -4, "z2": 2, "z3": 0, "h1": -4, "h2": 2, "h3": -6}
    for name, adjoint in adjoints.items():
        assert shown[name].split("\n")[1] == f"${adjoint}$"
        assert -2 * sum_over_paths(labels, name, "y") == adjoint
    values = {"x1": 2, "x2": 1, "z1": 1, "z2": 2, "z3": -1, "h1": 1, "h2": 2, "h3": 0}
    for name, value in values.items():
        assert shown[name].startswith(f"${name[0]}_{name[1]}={value}$")
    assert shown["y"] == r"$\hat{y}=1$" + "\n$-2$"


def test_sizes_of_values_and_adjoints_follow_the_factor_of_a_layer(drawn):
    panels = [[line.get_ydata() for line in ax.lines] for ax in drawn["fig-cr-depth"].axes]
    for lines in panels:
        for n_s2, size in zip((1, 2, 4), lines, strict=True):
            assert size[0] == pytest.approx(1, abs=0.05)
            factor = (size[-1] / size[0]) ** (1 / 50)
            assert factor == pytest.approx(math.sqrt(n_s2 / 2), rel=0.02)


def test_the_dots_of_checkpointing_lie_on_the_curve_and_are_least_at_ten(drawn):
    curve, dots, bound = drawn["fig-cr-checkpoint"].axes[0].lines
    np.testing.assert_allclose(curve.get_ydata(), 100 / curve.get_xdata() + curve.get_xdata())
    counted = dict(zip(dots.get_xdata(), dots.get_ydata(), strict=True))
    assert counted == {k: 100 // k + k for k in range(1, 101) if 100 % k == 0}
    assert min(counted, key=counted.get) == 10
    assert set(bound.get_ydata()) == {counted[10]}


def test_what_the_chapter_shows_of_lib_autodiff_is_what_stands_there():
    shown, there = shown_in_text("chain_rule"), written_in(autodiff)
    assert list(shown) == ["_multiply", "_pull_back"]
    assert shown == {name: there[name] for name in shown}
