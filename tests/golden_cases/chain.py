"""What the functions of chain.js must return, by other methods than JavaScript's.

Jacobians come from `lib.autodiff`, the backward pass from nodes that hand out as the chapter's do,
and the order of a product from trying all of them.
"""

import itertools

import numpy as np

from lib import autodiff

POINTS = [[2.0, 3.0], [-1.25, 0.5], [0.0, 4.0], [1e3, -7e-3]]
PAIRS = list(itertools.product((0, 1), (0, 1)))


# ---- knobs and needles -----------------------------------------------------------------------


def dials(x):
    """Compute the dials, as numbers or as tensors."""
    return [x[0] + x[1], x[0] * x[1], x[0] - x[1]]


def needles(y):
    """Compute the needles, as numbers or as tensors."""
    return [y[0] * y[1] + y[2], y[0] - y[1] * y[2]]


def jacobian(function, x):
    """Differentiate a function that returns a list, row by row in reverse mode."""
    rows = [autodiff.grad(lambda v, i=i: function(v)[i]) for i in range(len(function(x)))]
    return np.array([row(np.array(x)) for row in rows])


def knob_cases():
    """Yield the functions of the knobs."""
    for x in POINTS:
        y = dials(x)
        inner, outer = jacobian(dials, x), jacobian(needles, y)
        yield "dials", [x], y
        yield "needles", [y], needles(y)
        yield "dialsJacobian", [x], inner
        yield "needlesJacobian", [y], outer
        for j, i in PAIRS:
            yield "pathProducts", [x, j, i], outer[i] * inner[:, j]
            turned = np.add(x, 0.75 * np.eye(2)[j])
            change = needles(dials(turned))[i] - needles(y)[i]
            yield "needleChange", [x, j, i, 0.75], change


# ---- the backward pass -------------------------------------------------------------------------


class Node:
    """A value that knows its edges, as in the chapter."""

    def __init__(self, index, value, *edges):
        self.index, self.value, self.edges, self.grad = index, value, edges, 0.0


def graph(a, b):
    """Build the graph, oldest node first."""
    a, b = Node(0, a), Node(1, b)
    c = Node(2, a.value + b.value, (a, 1.0), (b, 1.0))
    d = Node(3, a.value * b.value, (a, b.value), (b, a.value))
    e = Node(4, c.value + d.value, (c, 1.0), (d, 1.0))
    f = Node(5, c.value * d.value, (c, d.value), (d, c.value))
    return [a, b, c, d, e, f, Node(6, e.value + f.value, (e, 1.0), (f, 1.0))]


def hand_out(node, overwrite, lines, then):
    """Hand each parent its share, write it down, and go on."""
    for parent, rate in node.edges:
        before = parent.grad
        parent.grad = node.grad * rate if overwrite else before + node.grad * rate
        lines.append([node.index, parent.index, node.grad, rate, before, parent.grad])
        then(parent, overwrite, lines, then)


def run(nodes, rules):
    """Run one pass or two, and return all that was written down."""
    lines, nodes[-1].grad = [], 1.0
    for _ in range(1 + rules["keepGradients"]):
        if rules["wrongOrder"]:
            hand_out(nodes[-1], rules["overwrite"], lines, hand_out)
        else:
            for node in reversed(nodes):
                hand_out(node, rules["overwrite"], lines, lambda *_: None)
    return lines


def backward_cases():
    """Yield the functions of the graph."""
    names = ("wrongOrder", "overwrite", "keepGradients")
    for a, b in POINTS:
        nodes = graph(a, b)
        values = [node.value for node in nodes]
        yield "graphValues", [a, b], values
        for node in nodes:
            for parent, rate in node.edges:
                yield "graphRate", [values, node.index, parent.index], rate
        for flags in itertools.product((False, True), repeat=3):
            rules = dict(zip(names, flags, strict=True))
            nodes = graph(a, b)
            lines = run(nodes, rules)
            yield "ledger", [a, b, rules], lines
            yield "gradientsAfter", [lines, len(lines)], [node.grad for node in nodes]
            if not rules["keepGradients"]:
                yield "handingOrder", [rules["wrongOrder"]], [line[:2] for line in lines]
    yield "gradientsAfter", [lines, 0], [0, 0, 0, 0, 0, 0, 1]


# ---- the order of a product --------------------------------------------------------------------

WIDTHS = [[1000, 900, 800, 700, 1], [1, 40, 30, 20, 10], [30, 2, 50, 3, 60], [7, 80, 9, 4], [5, 6]]


def multiply_out(widths, order):
    """Multiply matrices of shapes only, and count."""
    shapes = [(widths[k + 1], widths[k]) for k in reversed(range(len(widths) - 1))]
    signs, costs = list(range(len(widths) - 2, 0, -1)), []
    for sign in order:
        at = signs.index(sign)
        (p, q), (_, r) = shapes[at : at + 2]
        costs.append(p * q * r)
        shapes[at : at + 2] = [(p, r)]
        signs.remove(sign)
    return costs


def order_cases():
    """Yield the functions of the brackets."""
    for widths in WIDTHS:
        gaps = range(1, len(widths) - 1)
        orders = list(itertools.permutations(gaps))
        for order in orders:
            costs = multiply_out(widths, order)
            yield "productCosts", [widths, order], costs
            yield "orderCost", [widths, order], sum(costs)
        cost = [sum(multiply_out(widths, order)) for order in orders]
        best = min(orders, key=lambda order: sum(multiply_out(widths, order)))
        if cost.count(min(cost)) == 1:
            yield "leastOrder", [widths], best
    yield "layersLeft", [4, []], [[4, 3, 2, 1, 0]]
    yield "layersLeft", [4, [2, 3]], [[4, 3, 2, 1, 0], [4, 3, 1, 0], [4, 1, 0]]


def cases():
    """Yield all cases: the function's name, its arguments, its value."""
    yield from knob_cases()
    yield from backward_cases()
    yield from order_cases()
