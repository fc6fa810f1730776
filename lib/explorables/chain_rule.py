"""The explorables of the chapter on the chain rule."""

import itertools
import math

import traitlets as t

from lib.explorables.base import Choice, Explorable, Flag, Number, Numbers, Whole

__all__ = ["BackwardSteps", "BracketOrder", "KnobsAndNeedles"]

# ---------------------------------------------------------------------------------------------
# Knobs and needles
# ---------------------------------------------------------------------------------------------


def _dials(x1, x2):
    """Compute the three intermediate variables, in units of their own."""
    return x1 + x2, x1 * x2, x1 - x2


def _needles(y1, y2, y3):
    """Compute the two outputs, in units of their own."""
    return y1 * y2 + y3, y1 - y2 * y3


def _dials_jacobian(x1, x2):
    """List the local derivatives of the dials, a row for each dial."""
    return (1.0, 1.0), (x2, x1), (1.0, -1.0)


def _needles_jacobian(y1, y2, y3):
    """List the local derivatives of the needles, a row for each needle."""
    return (y2, y1, 1.0), (1.0, -y3, -y2)


class KnobsAndNeedles(Explorable):
    """Turn a knob, watch every needle downstream, and add up the paths that lead there.

    A knob reaches a needle over three dials. Each path has the product of its local
    derivatives. The sum of the chosen products is the slope of a line, which touches the curve of
    the needle only if no other path adds to the sum.

    Parameters
    ----------
    x1, x2 : float, optional
        How far the knobs are turned, in units of their own; the knobs go from -4 to 4.
    dx : float, optional
        The small turn, in the unit of the knob; the view goes from -1 to 1.
    knob : {"x1", "x2"}, optional
        The knob that is asked about.
    needle : {"z1", "z2"}, optional
        The needle that is asked about.
    through_y1, through_y2, through_y3 : bool, optional
        Whether the path over this dial is in the sum.

    Raises
    ------
    TypeError
        If an argument is of the wrong type, or its keyword is unknown.
    ValueError
        If a number is not finite, or there is no such knob or needle.

    See Also
    --------
    lib.autodiff : the same sum for any computation.

    Notes
    -----
    ``y = (x1 + x2, x1 x2, x1 - x2)`` and ``z = (y1 y2 + y3, y1 - y2 y3)``. The derivative of a
    needle by a knob is the sum, over the dials, of ``dz/dy * dy/dx``.

    Examples
    --------
    >>> knobs = KnobsAndNeedles(x1=2, x2=3)
    >>> knobs.path_products
    [6.0, 15.0, 1.0]
    >>> knobs.derivative
    22.0
    """

    _module = "knobs_and_needles"
    _title = "Knobs and needles"

    x1 = Number(2)
    x2 = Number(3)
    dx = Number(0.5)
    knob = Choice(("x1", "x2"))
    needle = Choice(("z1", "z2"))
    through_y1 = Flag()
    through_y2 = Flag(True)
    through_y3 = Flag()

    @property
    def y(self):
        """Where the dials stand, three numbers in units of their own."""
        return list(_dials(self.x1, self.x2))

    @property
    def z(self):
        """Where the needles stand, two numbers in units of their own."""
        return list(_needles(*self.y))

    @property
    def path_products(self):
        """The products of the three paths, in units of the needle per unit of the knob."""
        inner, outer = _dials_jacobian(self.x1, self.x2), _needles_jacobian(*self.y)
        j, i = int(self.knob == "x2"), int(self.needle == "z2")
        return [row[j] * rate for row, rate in zip(inner, outer[i], strict=True)]

    @property
    def derivative(self):
        """The sum over all paths, in units of the needle per unit of the knob."""
        first, second, third = self.path_products
        return first + second + third

    @property
    def chosen_sum(self):
        """The sum over the chosen paths, in units of the needle per unit of the knob."""
        chosen = (self.through_y1, self.through_y2, self.through_y3)
        first, second, third = (
            product if taken else 0.0
            for product, taken in zip(self.path_products, chosen, strict=True)
        )
        return first + second + third

    @property
    def actual_change(self):
        """How far the needle moves when the knob is turned by dx, in the unit of the needle."""
        turned = {"x1": self.x1, "x2": self.x2}
        turned[self.knob] += self.dx
        i = int(self.needle == "z2")
        return _needles(*_dials(**turned))[i] - self.z[i]

    @property
    def readings(self):
        """Where knobs, dials and needles stand, the two sums, and the two changes."""
        places = {"x": [self.x1, self.x2], "y": self.y, "z": self.z}
        return {
            **{f"{s}{k}": v for s, values in places.items() for k, v in enumerate(values, start=1)},
            "derivative": self.derivative,
            "chosen_sum": self.chosen_sum,
            "predicted_change": self.chosen_sum * self.dx,
            "actual_change": self.actual_change,
        }


# ---------------------------------------------------------------------------------------------
# Step the backward pass
# ---------------------------------------------------------------------------------------------

# Each node after those that it is computed from.
_PARENTS = {"a": "", "b": "", "c": "ab", "d": "ab", "e": "cd", "f": "cd", "y": "ef"}
_EDGES_OF_ALL_PATHS = 14  # what the wrong order hands out in a pass, more than any other


def _eager(node):
    """Yield the edges in the wrong order: each node hands out whenever it is reached."""
    for parent in _PARENTS[node]:
        yield node, parent
        yield from _eager(parent)


class BackwardSteps(Explorable):
    """Step through a backward pass, or break one of its rules and see what comes out.

    Every node holds the gradient that it was handed so far. In each step one node hands one parent
    its own gradient times the local derivative between them.

    Parameters
    ----------
    a, b : float, optional
        The two inputs; the knobs go from -4 to 4.
    step : int, optional
        How many lines of the ledger are done, at most 28; beyond the last line all are.
    wrong_order : bool, optional
        Whether a node hands out at once whenever it is reached, and not when it is complete.
    overwrite : bool, optional
        Whether a share replaces what the parent holds (``=``), and is not added to it (``+=``).
    keep_gradients : bool, optional
        Whether a second pass starts with the gradients that the first has left.

    Raises
    ------
    TypeError
        If an argument is of the wrong type, or its keyword is unknown.
    ValueError
        If an input is not finite, or a step is not whole, negative or above 28.

    See Also
    --------
    lib.autodiff.Tensor.backward : the pass as it should be.

    Notes
    -----
    ``c = a + b``, ``d = a b``, ``e = c + d``, ``f = c d`` and ``y = e + f``.

    Examples
    --------
    >>> run = BackwardSteps(a=2, b=3, step=28)
    >>> run.gradients["a"], run.gradients["b"]
    (25.0, 19.0)
    >>> run.wrong_order = True
    >>> run.gradients["a"], run.gradients["b"]
    (29.0, 22.0)
    """

    _module = "backward_steps"
    _title = "Step the backward pass"

    a = Number(2)
    b = Number(3)
    step = Whole(6, minimum=0, maximum=2 * _EDGES_OF_ALL_PATHS)
    wrong_order = Flag()
    overwrite = Flag()
    keep_gradients = Flag()

    @property
    def values(self):
        """The value of each node by its name."""
        a, b = self.a, self.b
        c, d = a + b, a * b
        e, f = c + d, c * d
        return {"a": a, "b": b, "c": c, "d": d, "e": e, "f": f, "y": e + f}

    @property
    def edges(self):
        """The pairs of a node and its parent, in the order in which gradients are handed out."""
        youngest_first = [(node, p) for node in "yfedc" for p in _PARENTS[node]]
        one_pass = list(_eager("y")) if self.wrong_order else youngest_first
        return one_pass * (1 + self.keep_gradients)

    @property
    def gradients(self):
        """What each node holds after the steps so far, by its name, in units of y per its own."""
        held = dict.fromkeys("abcdef", 0.0) | {"y": 1.0}
        for node, parent in self.edges[: self.step]:
            share = held[node] * self._rate(node, parent)
            held[parent] = share if self.overwrite else held[parent] + share
        return held

    def _rate(self, node, parent):
        """Compute the local derivative of a node by its parent."""
        other = {"d": {"a": "b", "b": "a"}, "f": {"c": "d", "d": "c"}}.get(node)
        return self.values[other[parent]] if other else 1.0

    @property
    def readings(self):
        """The value of each node and the gradient that it holds, in units of y per its own."""
        held = {f"grad_{name}": gradient for name, gradient in self.gradients.items()}
        return self.values | held


# ---------------------------------------------------------------------------------------------
# Where to put the brackets
# ---------------------------------------------------------------------------------------------

_N_JACOBIANS = 4
_GAPS = range(1, _N_JACOBIANS)


class BracketOrder(Explorable):
    """Choose which Jacobians to multiply first, and count the multiplications.

    Four Jacobians lead from the input to the output. Their product does not depend on the
    brackets; how many multiplications it takes does.

    Parameters
    ----------
    widths : array_like of int, shape (5,), optional
        The widths of the layers from the input to the output, each from 1 to 10,000: Jacobian k
        has the shape (widths[k], widths[k - 1]).
    order : array_like of int, shape (n,), optional
        The products in their order, at most three: 1 is the product at layer 1, of the Jacobians 2
        and 1, and so on. Forward mode is 1, 2, 3 and reverse mode is 3, 2, 1.

    Raises
    ------
    TypeError
        If an argument is not made of numbers, or its keyword is unknown.
    ValueError
        If a width is not whole or out of range, or the order names a product twice, or one that
        there is not.

    See Also
    --------
    lib.autodiff : has both modes, as jvp and vjp.

    Notes
    -----
    A (p, q) matrix times a (q, r) matrix takes ``p q r`` multiplications.

    Examples
    --------
    >>> chain = BracketOrder(widths=[10, 10, 10, 10, 1], order=[3, 2, 1])
    >>> chain.costs
    [100, 100, 100]
    >>> chain.cost_of([1, 2, 3])
    2100.0
    """

    _module = "bracket_order"
    _title = "Where to put the brackets"

    widths = Numbers(
        [1000, 1000, 1000, 1000, 1], at_least=5, at_most=5, minimum=1, maximum=10_000, whole=True
    )
    order = Numbers([1, 2, 3], at_most=3, minimum=1, maximum=3, whole=True)

    @t.validate("order")
    def _distinct_products(self, proposal):
        order = proposal["value"]
        if len(set(order)) < len(order):
            raise ValueError(f"order must not hold a number twice, got {order}.")
        return order

    @property
    def costs(self):
        """How many multiplications each product of the order takes."""
        return self._costs_of(self.order)

    def cost_of(self, order):
        """Count the multiplications of an order.

        Parameters
        ----------
        order : sequence of int, shape (n,)
            The layers of the products, in their order.

        Returns
        -------
        float
            The number of multiplications.

        Examples
        --------
        >>> BracketOrder(widths=[1, 2, 3, 4, 5]).cost_of([1])
        6.0
        """
        return float(sum(self._costs_of(order)))

    def _costs_of(self, order):
        """List the multiplications of each product: the widths at it and on its two sides."""
        layers, costs = list(range(_N_JACOBIANS + 1)), []
        for gap in order:
            at = layers.index(gap)
            costs.append(math.prod(self.widths[k] for k in layers[at - 1 : at + 2]))
            layers.remove(gap)
        return costs

    @property
    def least_cost(self):
        """How many multiplications the best order takes: all orders are tried."""
        return min(self.cost_of(order) for order in itertools.permutations(_GAPS))

    @property
    def readings(self):
        """How many multiplications the order so far takes, both modes, and the best order."""
        return {
            "cost": self.cost_of(self.order),
            "forward": self.cost_of(_GAPS),
            "reverse": self.cost_of(reversed(_GAPS)),
            "least": self.least_cost,
        }
