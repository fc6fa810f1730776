"""Derivatives by the chain rule: a small automatic differentiation on NumPy arrays.

A :class:`Tensor` has a node in a record of which operation made it, and from what. Going back
through that record from the result, the youngest node first, every operation turns the cotangent of
its value into a share for each of its operands, and the shares *add up*: that is the sum over
paths. Going forward, it turns the tangents of its operands into the tangent of its value. Both
directions read one table, in which every operation has the same three parts: its value, how a
cotangent goes back to each operand, and how a tangent comes forward from each operand.

Nothing here is recursive, so a chain of 100,000 additions works like one of ten. Numbers are
float64. A plain number or array that meets a Tensor is a constant, and gets no gradient.

References
----------
A. Karpathy, micrograd, ``engine.py``: one screen, and the local rule adds into the gradient.
The JAX authors, "Autodidax": the names of the two directions.
"""

import math
import operator
from dataclasses import dataclass
from itertools import count

import numpy as np

from lib import checks

# A C library that gives memory back to the system after every use, page by page, is told by one
# large block that comes and goes to keep some of it: arrays of half a megabyte then cost half.
np.empty(2**19)

_next_age = count().__next__
_by_age = operator.attrgetter("age")


# ---------------------------------------------------------------------------------------------
# Tensor
# ---------------------------------------------------------------------------------------------


class Tensor:
    """An array that remembers how it was computed.

    Parameters
    ----------
    data : array_like of real numbers, any shape
        The values; they are copied.

    Attributes
    ----------
    data : numpy.ndarray of float64
        The values.
    grad : numpy.ndarray or None
        Derivative by this tensor of whatever ``backward`` was called on, in the shape of ``data``;
        intermediate results have theirs too, and may share one array: replace it, do not change it
        in place. None at first, then the sum over all calls of ``backward``: set it to None to
        start again.

    Raises
    ------
    TypeError
        If the values are not real numbers, or are a Tensor already.
    ValueError
        If there are none, or one is NaN or infinite.

    See Also
    --------
    grad : when only the gradient of a function is wanted.

    Notes
    -----
    The operators are ``+ - * / @ **`` and unary ``-``, between tensors, arrays and numbers on
    either side, with NumPy's broadcasting; ``t[index]``; and the methods below. Every value is
    finite: an operation outside its domain, or whose result float64 cannot hold, is a ValueError.

    Arrays must not be changed in place between an operation and ``backward``.

    References
    ----------
    A. Karpathy, micrograd.

    Examples
    --------
    >>> a, b = Tensor(2.0), Tensor(3.0)
    >>> c, d = a + b, a * b
    >>> y = (c + d) + c * d
    >>> y.backward()
    >>> print(y.data, c.grad, d.grad, a.grad, b.grad)
    41.0 7.0 6.0 25.0 19.0
    """

    __slots__ = ("__weakref__", "_node", "data")
    __array_ufunc__ = None  # leaves array * tensor to Tensor.__rmul__
    __hash__ = object.__hash__

    def __init__(self, data):
        self.data = checks.finite_array("data", data).copy()
        self._node = _Node(self.data.shape, _LEAF, (), ())

    def __repr__(self):
        return f"Tensor({np.array2string(self.data, separator=', ', prefix='Tensor(')})"

    # -- what a tensor is not -----------------------------------------------------------------

    def __bool__(self):
        raise checks.not_an_array("truth value")

    def __eq__(self, other):
        raise checks.not_an_array("order")

    __lt__ = __le__ = __gt__ = __ge__ = __ne__ = __eq__

    def __array__(self, dtype=None, copy=None):
        raise checks.not_an_array("place in a NumPy function")

    # -- gradient -----------------------------------------------------------------------------

    @property
    def grad(self):
        """Sum of the derivatives that ``backward`` has put here, or None."""
        grad = self._node.grad
        return None if grad is None else np.asarray(grad)

    @grad.setter
    def grad(self, value):
        self._node.grad = value

    # -- shape --------------------------------------------------------------------------------

    @property
    def shape(self):
        """Shape of the values, a tuple of int."""
        return self.data.shape

    @property
    def ndim(self):
        """Number of axes of the values."""
        return self.data.ndim

    @property
    def size(self):
        """Number of values."""
        return self.data.size

    @property
    def T(self):
        """The tensor with its axes in reverse order."""
        return _apply(_TRANSPOSE, self)

    def __len__(self):
        return len(self.data)

    def __iter__(self):
        return (self[i] for i in range(len(self)))

    def __getitem__(self, index):
        return _apply(_INDEX, self, index)

    # -- operators ----------------------------------------------------------------------------

    def __add__(self, other):
        return _combine(_ADD, self, _operand(other))

    def __radd__(self, other):
        return _combine(_ADD, _operand(other), self)

    def __sub__(self, other):
        return _combine(_SUBTRACT, self, _operand(other))

    def __rsub__(self, other):
        return _combine(_SUBTRACT, _operand(other), self)

    def __mul__(self, other):
        return _combine(_MULTIPLY, self, _operand(other))

    def __rmul__(self, other):
        return _combine(_MULTIPLY, _operand(other), self)

    def __truediv__(self, other):
        return _combine(_DIVIDE, self, _operand(other))

    def __rtruediv__(self, other):
        return _combine(_DIVIDE, _operand(other), self)

    def __matmul__(self, other):
        return _combine(_MATMUL, self, _operand(other))

    def __rmatmul__(self, other):
        return _combine(_MATMUL, _operand(other), self)

    def __pow__(self, other):
        return _power_of(self, _operand(other))

    def __rpow__(self, other):
        return _power_of(_operand(other), self)

    def __neg__(self):
        return _apply(_NEGATE, self)

    # -- methods ------------------------------------------------------------------------------

    def sum(self, axis=None, keepdims=False):
        """Add up the values, all of them or along axes.

        Parameters
        ----------
        axis : int or tuple of int, optional
            The axes to add along; all when not given.
        keepdims : bool
            Whether to keep these axes, with size 1.

        Returns
        -------
        Tensor
            The sums.

        Examples
        --------
        >>> Tensor([[1, 2], [3, 4]]).sum(axis=0)
        Tensor([4., 6.])
        """
        return _apply(_SUM, self, checks.axes("axis", axis, self.ndim), bool(keepdims))

    def mean(self, axis=None, keepdims=False):
        """Average the values, all of them or along axes.

        Parameters
        ----------
        axis : int or tuple of int, optional
            The axes to average along; all when not given.
        keepdims : bool
            Whether to keep these axes, with size 1.

        Returns
        -------
        Tensor
            The means.

        Examples
        --------
        >>> Tensor([[1, 2], [3, 4]]).mean()
        Tensor(2.5)
        """
        return _apply(_MEAN, self, checks.axes("axis", axis, self.ndim), bool(keepdims))

    def max(self, axis=None, keepdims=False):
        """Take the largest value, of all or along axes.

        Parameters
        ----------
        axis : int or tuple of int, optional
            The axes to look along; all when not given.
        keepdims : bool
            Whether to keep these axes, with size 1.

        Returns
        -------
        Tensor
            The largest values. Where several are equally large, they share the gradient evenly.

        Examples
        --------
        >>> x = Tensor([1, 5, 5, 2])
        >>> x.max().backward()
        >>> x.grad
        array([0. , 0.5, 0.5, 0. ])
        """
        return _apply(_MAX, self, checks.axes("axis", axis, self.ndim), bool(keepdims))

    def exp(self):
        """Take the exponential of each value.

        Returns
        -------
        Tensor
            The exponentials; values above 709.78 are refused, as float64 cannot hold the result.

        Examples
        --------
        >>> Tensor(0.0).exp()
        Tensor(1.)
        """
        return _apply(_EXP, self)

    def log(self):
        """Take the natural logarithm of each value.

        Returns
        -------
        Tensor
            The logarithms; values must be positive.

        Examples
        --------
        >>> Tensor(1.0).log()
        Tensor(0.)
        """
        return _apply(_LOG, self)

    def tanh(self):
        """Take the hyperbolic tangent of each value.

        Returns
        -------
        Tensor
            The tangents, between -1 and 1.

        Examples
        --------
        >>> Tensor(0.0).tanh()
        Tensor(0.)
        """
        return _apply(_TANH, self)

    def relu(self):
        """Replace negative values by zero.

        Returns
        -------
        Tensor
            The values, at least 0. The derivative at 0 is 0.

        Examples
        --------
        >>> Tensor([-1, 0, 2]).relu()
        Tensor([0., 0., 2.])
        """
        return _apply(_RELU, self)

    def sigmoid(self):
        """Take the logistic sigmoid 1 / (1 + exp(-x)) of each value.

        Returns
        -------
        Tensor
            The probabilities of these logits, between 0 and 1.

        Examples
        --------
        >>> Tensor(0.0).sigmoid()
        Tensor(0.5)
        """
        return _apply(_SIGMOID, self)

    def reshape(self, *shape):
        """Arrange the values in another shape.

        Parameters
        ----------
        *shape : int, or one tuple of int
            The sizes; one of them may be -1, for as many as there are.

        Returns
        -------
        Tensor
            The same values, in the same order.

        Examples
        --------
        >>> Tensor([1, 2, 3, 4]).reshape(2, 2)
        Tensor([[1., 2.],
                [3., 4.]])
        """
        shape = shape[0] if len(shape) == 1 and isinstance(shape[0], tuple | list) else shape
        return _apply(_RESHAPE, self, tuple(shape))

    def backward(self, cotangent=None):
        """Add the derivatives of this tensor to the ``grad`` of every tensor it was made from.

        Parameters
        ----------
        cotangent : array_like, of the shape of this tensor, optional
            A weight for each value: what is differentiated is the weighted sum. May be left out
            when there is one value only, and is 1 then.

        Raises
        ------
        TypeError
            If the cotangent is not made of real numbers.
        ValueError
            If it is missing or has another shape, or a derivative is not finite.

        Examples
        --------
        >>> x = Tensor([1.0, 2.0, 3.0])
        >>> (x * x).backward([1.0, 0.0, 1.0])
        >>> x.grad
        array([2., 0., 6.])
        """
        _pull_back(self._node, _seed(self, cotangent), _Node.receive)


# ---------------------------------------------------------------------------------------------
# The record, and the two ways through it
# ---------------------------------------------------------------------------------------------


class _Node:
    """Entry of the record: an operation, the nodes of its operands, and what its rules need.

    It outlives its tensor: the values that no rule needs are given back as soon as the reader's
    code forgets them.
    """

    __slots__ = ("age", "grad", "op", "parents", "saved", "shape")

    def __init__(self, shape, op, parents, saved):
        self.shape, self.op, self.parents, self.saved = shape, op, parents, saved
        self.age, self.grad = _next_age(), None

    def receive(self, cotangent):
        """Add a cotangent into the gradient."""
        total = cotangent if self.grad is None else self.grad + cotangent
        if not self.parents:
            # A leaf's gradient is the reader's to change, so it is an array of its own.
            total = checks.finite("the gradient", np.array(total))
        self.grad = total


def _apply(op, x, *static):
    """Compute an operation on one tensor, and record where the value came from."""
    y, saved = op.value(x.data, *static)
    return _recorded(y, op, (x._node,), saved)


def _combine(op, a, b):
    """Compute an operation on two tensors, and record where the value came from."""
    y, saved = op.value(a.data, b.data)
    return _recorded(y, op, (a._node, b._node), saved)


def _recorded(y, op, parents, saved):
    """Make the tensor of a value, without a copy and without a check."""
    tensor = _unrecorded(np.asarray(y))
    tensor._node = _Node(tensor.data.shape, op, parents, saved)
    return tensor


def _unrecorded(values):
    """Make a constant: a tensor without a node, that no cotangent reaches."""
    tensor = Tensor.__new__(Tensor)
    tensor.data, tensor._node = values, None
    return tensor


def _operand(other):
    """Let tensors pass, and make constants of numbers and arrays."""
    if isinstance(other, Tensor):
        return other
    return _unrecorded(checks.real_array("the other operand", other))


def _ancestors(root):
    """List a node and all it was made from, oldest first."""
    nodes, seen = [root], {root}
    for node in nodes:  # grows while it is read
        for parent in node.parents:
            if parent is not None and parent not in seen:
                seen.add(parent)
                nodes.append(parent)
    nodes.sort(key=_by_age)
    return nodes


def _pull_back(root, cotangent, receive):
    """Hand every node its whole cotangent, youngest first: reverse mode.

    When a node's turn comes, all that was made from it has had its turn, so its sum is complete.
    """
    cotangents = {root: cotangent}
    with np.errstate(all="ignore"):  # what is not finite is noticed at the leaves
        for node in reversed(_ancestors(root)):
            total = cotangents.pop(node)
            receive(node, total)
            for parent, pull in zip(node.parents, node.op.pulls, strict=True):
                if parent is not None:  # constants get nothing
                    share = _unbroadcast(pull(total, *node.saved), parent.shape)
                    known = cotangents.get(parent)
                    cotangents[parent] = share if known is None else known + share


def _push_forward(root, leaf, tangent):
    """Carry a tangent of one leaf to the root, oldest node first: forward mode."""
    tangents = {leaf: tangent}
    with np.errstate(all="ignore"):  # what is not finite is noticed at the root
        for node in _ancestors(root):
            pairs = zip(node.parents, node.op.pushes, strict=True)
            parts = [push(tangents[p], *node.saved) for p, push in pairs if p in tangents]
            if parts:
                tangents[node] = np.broadcast_to(sum(parts), node.shape)
    return tangents.get(root, np.zeros(root.shape))


def _unbroadcast(share, shape):
    """Sum over the axes along which an operand was repeated to fit the other one."""
    if share.shape == shape:
        return share
    share = _sum_leading(share, share.ndim - len(shape))
    repeated = tuple(i for i, size in enumerate(shape) if size == 1 and share.shape[i] != 1)
    return share.sum(axis=repeated, keepdims=True) if repeated else share


def _sum_leading(array, n_axes):
    """Sum over the first axes, as a product with ones: three times as fast as sum(axis=0)."""
    n_rows = math.prod(array.shape[:n_axes])
    return (np.ones(n_rows) @ array.reshape(n_rows, -1)).reshape(array.shape[n_axes:])


def _seed(root, cotangent):
    """Check the cotangent of a result, or make the one that needs no choice."""
    if cotangent is None:
        return np.ones(checks.one_value(root).shape)[()]
    seed = checks.finite_array("cotangent", cotangent)
    checks.same_shape("cotangent", seed, "the tensor", root)
    return seed.copy()[()]


# ---------------------------------------------------------------------------------------------
# The table of operations
# ---------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Op:
    """An operation: its value, and for each operand the rules of both directions.

    ``value(*values)`` returns y and what the rules need to remember, ``saved``. ``pulls[i](g,
    *saved)`` turns the cotangent g of y into the share of operand i; ``pushes[i](g, *saved)`` turns
    the tangent g of operand i into its part of the tangent of y.
    """

    value: object
    pulls: tuple
    pushes: tuple


def _elementwise(value, *rules):
    """Make an operation that multiplies by a local slope, which goes the same in both ways."""
    return _Op(value, rules, rules)


def _arithmetic(symbol, function, save):
    """Make the value of an operator, whose operands may not fit and whose result may overflow."""

    def value(a, b):
        if a.ndim == b.ndim == 0:  # plain floats, several times as fast as arrays of one number
            a, b = a.item(), b.item()
            y = function(a, b)
            if not math.isfinite(y):
                raise checks.not_finite(symbol, y, a, b)
        else:
            y = _on_arrays(symbol, function, a, b)
        return y, save(y, a, b)

    return value


def _on_arrays(symbol, function, a, b):
    """Compute an operator with broadcasting, and look at the result for overflow."""
    try:
        with np.errstate(all="ignore"):
            y = function(a, b)
    except ValueError:
        raise checks.unfit_operands(symbol, (a, b)) from None
    if not checks.all_finite(y):
        raise checks.not_finite(symbol, y, a, b)
    return y


_LEAF = _Op(None, (), ())

_ADD = _elementwise(
    _arithmetic("+", operator.add, lambda y, a, b: ()),
    lambda g: g,
    lambda g: g,
)
_SUBTRACT = _elementwise(
    _arithmetic("-", operator.sub, lambda y, a, b: ()),
    lambda g: g,
    lambda g: -g,
)
_MULTIPLY = _elementwise(
    _arithmetic("*", operator.mul, lambda y, a, b: (a, b)),
    lambda g, a, b: g * b,
    lambda g, a, b: g * a,
)
_divide = _arithmetic("/", operator.truediv, lambda y, a, b: (y, b))
_DIVIDE = _elementwise(
    lambda a, b: _divide(a, checks.finite("the divisor", checks.no_zero("the divisor", b))),
    lambda g, y, b: g / b,
    lambda g, y, b: -g * y / b,
)
_NEGATE = _elementwise(lambda x: (-x, ()), lambda g: -g)


# Functions of each value. What a rule needs is the value itself wherever that is enough.


def _exp(x):
    """Exponential, which must not overflow."""
    with np.errstate(over="ignore", under="ignore"):
        y = checks.finite("the result of exp", np.asarray(np.exp(x)))
    return y, (y,)


def _log(x):
    """Logarithm, of positive values only."""
    return np.log(checks.positive_array("the argument of log", x)), (x,)


def _tanh(x):
    """Hyperbolic tangent."""
    y = np.tanh(x)
    return y, (y,)


def _relu(x):
    """Positive part."""
    y = np.maximum(x, 0.0)
    return y, (y,)


def _sigmoid(x):
    """Logistic sigmoid: where exp(-x) overflows, its inverse is 0 as it should be."""
    y = np.asarray(-x)
    with np.errstate(over="ignore", under="ignore"):
        np.exp(y, out=y)
        y += 1.0
        np.divide(1.0, y, out=y)
    return y, (y,)


_EXP = _elementwise(_exp, lambda g, y: g * y)
_LOG = _elementwise(_log, lambda g, x: g / x)
_TANH = _elementwise(_tanh, lambda g, y: g * (1.0 - y * y))
_RELU = _elementwise(_relu, lambda g, y: g * (y > 0.0))
_SIGMOID = _elementwise(_sigmoid, lambda g, y: g * (y * (1.0 - y)))


# Powers: the base and the exponent have slopes of their own.


def _power(a, b):
    """Real power, for bases and exponents that have one."""
    checks.power_operands(a, b)
    y = _on_arrays("**", operator.pow, a, b)
    return y, (y, a, b)


def _base_slope(a, b):
    """Slope b a^(b - 1), which is 0 for b = 0 even where a is 0."""
    return b * a ** np.where(b == 0.0, 1.0, b - 1.0)


def _exponent_slope(y, a):
    """Slope y log a, which is taken as 0 where a is 0."""
    return y * np.log(np.where(a > 0.0, a, 1.0))


_POWER = _elementwise(
    _power,
    lambda g, y, a, b: g * _base_slope(a, b),
    lambda g, y, a, b: g * _exponent_slope(y, a),
)


def _power_of(base, exponent):
    """Raise to a power; where the exponent may move, the base must not be negative."""
    if base._node is None:
        checks.finite("the base", base.data)
    if exponent._node is None:
        checks.finite("the exponent", exponent.data)
    else:
        checks.not_below_zero("the base of a Tensor exponent", base.data)
    return _combine(_POWER, base, exponent)


# Matrix products, for vectors too: a vector is a row on the left and a column on the right.


def _matmul(a, b):
    """Matrix product."""
    return _on_arrays("@", operator.matmul, a, b), (a, b)


def _outer_axes(g, a, b):
    """Give a cotangent the axes that vectors dropped from the product."""
    g = np.expand_dims(g, -1) if b.ndim == 1 else g
    return np.expand_dims(g, -2) if a.ndim == 1 else g


def _pull_left(g, a, b):
    """Cotangent of a in a @ b, which is g @ b.T for matrices."""
    columns = b[:, np.newaxis] if b.ndim == 1 else b
    share = _outer_axes(g, a, b) @ np.swapaxes(columns, -1, -2)
    return share[..., 0, :] if a.ndim == 1 else share


def _pull_right(g, a, b):
    """Cotangent of b in a @ b, which is a.T @ g for matrices."""
    rows = a[np.newaxis, :] if a.ndim == 1 else a
    share = np.swapaxes(rows, -1, -2) @ _outer_axes(g, a, b)
    return share[..., 0] if b.ndim == 1 else share


_MATMUL = _Op(
    _matmul,
    (_pull_left, _pull_right),
    (lambda g, a, b: g @ b, lambda g, a, b: a @ g),
)


# Reductions: along the axes that were dropped, a cotangent is repeated.


def _sum(x, axes, keepdims):
    """Sum along axes."""
    with np.errstate(all="ignore"):
        y = np.asarray(x.sum(axis=axes, keepdims=keepdims))
    return checks.finite("the result of sum", y), (x.shape, axes, keepdims)


def _mean(x, axes, keepdims):
    """Mean along axes: the sum divided by how many there are."""
    y, saved = _sum(x, axes, keepdims)
    n = x.size // y.size
    with np.errstate(under="ignore"):
        return y / n, (n, *saved)


def _repeat(g, shape, axes, keepdims):
    """Repeat a cotangent along the axes that were summed."""
    if g.ndim == 0:
        return np.full(shape, g)
    return np.broadcast_to(_with_axes(g, shape, axes), shape)


def _max(x, axes, keepdims):
    """Maximum along axes; the largest entries share its derivative evenly."""
    largest = x == x.max(axis=axes, keepdims=True)
    share = largest / largest.sum(axis=axes, keepdims=True)
    return x.max(axis=axes, keepdims=keepdims), (share, axes, keepdims)


def _with_axes(g, shape, axes):
    """Put back the reduced axes, with size 1."""
    return g.reshape([1 if i in axes else size for i, size in enumerate(shape)])


_SUM = _Op(
    _sum,
    (_repeat,),
    (lambda g, shape, axes, keepdims: g.sum(axis=axes, keepdims=keepdims),),
)
_MEAN = _Op(
    _mean,
    (lambda g, n, shape, axes, keepdims: _repeat(g / n, shape, axes, keepdims),),
    (lambda g, n, shape, axes, keepdims: g.sum(axis=axes, keepdims=keepdims) / n,),
)
_MAX = _Op(
    _max,
    (lambda g, share, axes, keepdims: _with_axes(g, share.shape, axes) * share,),
    (lambda g, share, axes, keepdims: (g * share).sum(axis=axes, keepdims=keepdims),),
)


# Rearrangements: a cotangent goes back to where its value came from.


def _reshape(x, shape):
    """Arrange the values in another shape."""
    y = x.reshape(checks.new_shape(x.shape, shape))
    return y, (x.shape, y.shape)


def _index(x, index):
    """Take values from where the index points."""
    try:
        y = x[checks.plain_index(index)]
    except (IndexError, ValueError) as problem:
        raise checks.unfit_index(x.shape, problem) from None
    return checks.real_array("t[index]", y), (x.shape, index)


def _put_back(g, shape, index):
    """Add cotangents where the index took values from, several times where it took one twice."""
    share = np.zeros(shape)
    np.add.at(share, index, g)
    return share


_RESHAPE = _Op(
    _reshape,
    (lambda g, old, new: g.reshape(old),),
    (lambda g, old, new: g.reshape(new),),
)
_TRANSPOSE = _elementwise(lambda x: (x.T, ()), lambda g: g.T)
_INDEX = _Op(_index, (_put_back,), (lambda g, shape, index: g[index],))


# Softmax: fused, so that it is stable up to |z| = 1e4 and beyond.


def _largest(rows):
    """Largest of each row; down the columns of a copy, NumPy finds it sooner in short rows."""
    return np.ascontiguousarray(rows.T).max(axis=0) if rows.shape[1] < 32 else rows.max(axis=1)


def _exponentials(rows):
    """Move the largest logit of each row to 0; give these logits, their exponentials, the sums."""
    shifted = rows - _largest(rows)[:, np.newaxis]
    exps = np.exp(shifted)
    return shifted, exps, (exps @ np.ones(rows.shape[1]))[:, np.newaxis]


def _log_sums(exps, total):
    """Logarithms of the sums; where the top term, 1, hides the others, they are added alone."""
    logs = np.log(total)
    sure = np.flatnonzero(total[:, 0] < 1.001)
    if sure.size:
        others = exps[sure]
        others[np.arange(len(sure)), others.argmax(axis=1)] = 0.0
        logs[sure, 0] = np.log1p(others.sum(axis=1))
    return logs


def _log_softmax(z):
    """Logarithm of the softmax along the last axis."""
    with np.errstate(over="ignore", under="ignore"):
        shifted, exps, total = _exponentials(z.reshape(-1, z.shape[-1]))
        y = (shifted - _log_sums(exps, total)).reshape(z.shape)
        probs = (exps / total).reshape(z.shape)
    return checks.finite("the result of log_softmax", y), (probs,)


def _cross_entropy(z, labels):
    """Loss of each row of logits, and its slope p - y."""
    rows = np.arange(len(z))
    with np.errstate(over="ignore", under="ignore"):
        shifted, exps, total = _exponentials(z)
        y = _log_sums(exps, total)[:, 0] - shifted[rows, labels]
        slope = np.divide(exps, total, out=exps)
    slope[rows, labels] -= 1.0
    return checks.finite("the result of cross_entropy_with_logits", y), (slope,)


_LOG_SOFTMAX = _Op(
    _log_softmax,
    (lambda g, probs: g - probs * g.sum(axis=-1, keepdims=True),),
    (lambda g, probs: g - (probs * g).sum(axis=-1, keepdims=True),),
)
_CROSS_ENTROPY = _Op(
    _cross_entropy,
    (lambda g, slope: g[:, np.newaxis] * slope,),
    (lambda g, slope: (g * slope).sum(axis=-1),),
)


def log_softmax(t):
    """Take the logarithm of the softmax along the last axis.

    Parameters
    ----------
    t : Tensor, shape (..., K)
        The logits, one vector of K for every leading index.

    Returns
    -------
    Tensor, shape (..., K)
        Log-probabilities, in nats.

    Raises
    ------
    TypeError
        If ``t`` is not a Tensor.
    ValueError
        If it has no axis.

    See Also
    --------
    lib.models.log_softmax : the same values, on arrays.

    Notes
    -----
    z - log sum exp z, with the largest logit subtracted first, so that no exponential overflows.

    References
    ----------
    P. Blanchard, D. J. Higham and N. J. Higham, "Accurately computing the log-sum-exp and softmax
    functions", IMA Journal of Numerical Analysis 41(4), 2021.

    Examples
    --------
    >>> print(log_softmax(Tensor([0.0, 0.0])).exp().data.round(6))
    [0.5 0.5]
    """
    checks.at_least_one_axis("t", checks.tensor("t", t, Tensor).data)
    return _apply(_LOG_SOFTMAX, t)


def cross_entropy_with_logits(labels, t):
    """Measure how little probability the softmax of the logits gives to each label.

    Parameters
    ----------
    labels : array_like of int, shape (n,)
        The class of each sample, 0..K-1.
    t : Tensor, shape (n, K)
        The logits.

    Returns
    -------
    Tensor, shape (n,)
        The loss of each sample, in nats.

    Raises
    ------
    TypeError
        If ``t`` is not a Tensor or the labels are not integers.
    ValueError
        If the shapes do not fit, or a label is out of range.

    See Also
    --------
    lib.losses.cross_entropy_with_logits : the same values, on arrays.

    Notes
    -----
    log sum exp z - z_label, whose gradient by z is softmax(z) - onehot(label). One operation, so
    that neither direction computes a logarithm of a rounded probability.

    References
    ----------
    I. Goodfellow, Y. Bengio and A. Courville, Deep Learning, section 6.2.2.3.

    Examples
    --------
    >>> z = Tensor([[2.0, 1.0, 0.1]])
    >>> loss = cross_entropy_with_logits([0], z)
    >>> loss.backward()
    >>> print(loss.data.round(4), z.grad.round(4))
    [0.417] [[-0.341   0.2424  0.0986]]
    """
    z = checks.shape_form("t", checks.tensor("t", t, Tensor).data, "(n, K)", ndims=(2,))
    labels = checks.class_labels("labels", labels, n_classes=z.shape[1], n_samples=len(z))
    return _apply(_CROSS_ENTROPY, t, labels.copy())


# ---------------------------------------------------------------------------------------------
# Derivatives of functions
# ---------------------------------------------------------------------------------------------


def grad(f):
    """Make the function that computes the gradient of a scalar function.

    Parameters
    ----------
    f : callable
        Function of one Tensor of any shape; returns a scalar Tensor.

    Returns
    -------
    callable
        Function of one array of the same shape; returns an array of that shape: the partial
        derivatives, in units of f per unit of x.

    Raises
    ------
    TypeError
        If ``f`` cannot be called, or returns something else than a Tensor.
    ValueError
        If ``f`` returns a Tensor with axes, or a derivative is not finite.

    See Also
    --------
    lib.calculus.check_gradient : compares the result with differences.
    Tensor.backward : for several arguments at once.

    Notes
    -----
    One pass forward and one back, whatever the size of the argument.

    Examples
    --------
    >>> A = np.array([[1.0, 2.0], [0.0, 3.0]])
    >>> grad(lambda x: x @ A @ x)([1.0, 2.0])
    array([ 6., 14.])
    """
    checks.function("f", f)

    def gradient(x):
        leaf, y = _record(f, x)
        return _cotangent_of(leaf, checks.scalar_output("f", y), np.float64(1.0))

    return gradient


def vjp(f, x):
    """Compute a function, and make the function that pulls a cotangent back through it.

    Parameters
    ----------
    f : callable
        Function of one Tensor; returns a Tensor of any shape.
    x : array_like, any shape
        Where to differentiate.

    Returns
    -------
    y : numpy.ndarray
        The value f(x).
    pullback : callable
        Function of an array of the shape of ``y``, a weight for each output; returns an array of
        the shape of ``x``, the derivative of the weighted sum.

    Raises
    ------
    TypeError
        If ``f`` cannot be called, or returns something else than a Tensor.
    ValueError
        If ``x`` or a derivative is not finite, or the cotangent has another shape than ``y``.

    See Also
    --------
    jvp : the other direction.

    Notes
    -----
    Vector-Jacobian product: uᵀ J for shapes (k,) and (d,), without ever forming J.

    Examples
    --------
    >>> y, pullback = vjp(lambda x: x * x, [1.0, 2.0, 3.0])
    >>> pullback([1.0, 0.0, 1.0])
    array([2., 0., 6.])
    """
    leaf, y = _record(f, x)
    return y.data.copy(), lambda cotangent: _cotangent_of(leaf, y, _seed(y, cotangent))


def jvp(f, x, tangent):
    """Compute a function and its directional derivative.

    Parameters
    ----------
    f : callable
        Function of one Tensor; returns a Tensor of any shape.
    x : array_like, any shape
        Where to differentiate.
    tangent : array_like, of the shape of x
        The direction, and the speed, in which ``x`` moves.

    Returns
    -------
    y : numpy.ndarray
        The value f(x).
    y_dot : numpy.ndarray, of the shape of y
        How fast the value moves.

    Raises
    ------
    TypeError
        If ``f`` cannot be called, or returns something else than a Tensor.
    ValueError
        If ``x`` or a derivative is not finite, or the tangent has another shape than ``x``.

    See Also
    --------
    vjp : the other direction.

    Notes
    -----
    Jacobian-vector product: J v for shapes (k, d) and (d,), without ever forming J. Forward mode:
    the function is recorded once, and the tangent goes through the record from the oldest node on.

    Examples
    --------
    >>> y, y_dot = jvp(lambda x: x * x, [1.0, 2.0, 3.0], [1.0, 0.0, 1.0])
    >>> y_dot
    array([2., 0., 6.])
    """
    leaf, y = _record(f, x)
    tangent = checks.finite_array("tangent", tangent)
    checks.same_shape("tangent", tangent, "x", leaf)
    y_dot = np.array(_push_forward(y._node, leaf._node, tangent))
    return y.data.copy(), checks.finite("the tangent of f(x)", y_dot)


def jacobian(f, x):
    """Differentiate every output of a function by every entry of its argument.

    Parameters
    ----------
    f : callable
        Function of one Tensor of shape (d,); returns a Tensor of shape (k,).
    x : array_like, shape (d,)
        Where to differentiate.

    Returns
    -------
    numpy.ndarray, shape (k, d)
        Row i, column j: the derivative of output i by entry j. For other shapes the rule is the
        same, first the shape of the value, then that of the argument.

    Raises
    ------
    TypeError
        If ``f`` cannot be called, or returns something else than a Tensor.
    ValueError
        If ``x`` or a derivative is not finite.

    See Also
    --------
    lib.calculus.jacobian : the same numbers, by differences.

    Notes
    -----
    The function is recorded once, and each row is one pass back through the record.

    Examples
    --------
    >>> B = np.array([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]])
    >>> jacobian(lambda x: B @ x, [1.0, -1.0])
    array([[1., 2.],
           [3., 4.],
           [5., 6.]])
    """
    leaf, y = _record(f, x)
    rows = [_cotangent_of(leaf, y, unit.reshape(y.shape)[()]) for unit in np.eye(y.size)]
    return np.stack(rows).reshape(y.shape + leaf.shape)


def _record(f, x):
    """Call a function on a new leaf."""
    leaf = Tensor(x)
    return leaf, checks.tensor("f(x)", checks.function("f", f)(leaf), Tensor)


def _cotangent_of(leaf, root, cotangent):
    """Pull a cotangent back to one leaf, without touching any tensor's ``grad``."""
    found = [np.zeros(leaf.shape)]
    _pull_back(root._node, cotangent, lambda node, g: node is leaf._node and found.append(g))
    return checks.finite("the gradient", np.array(found[-1]))
