"""Derivatives by the chain rule: a small automatic differentiation on NumPy arrays.

A :class:`Tensor` has a node in a record: edges to the nodes of its operands, and on each edge the
local derivative, as a rule to be applied. Going back through that record from the result, the
youngest node first, every node hands each of its operands a share of its cotangent, and the shares
*add up*: that is the sum over paths. Going forward, the oldest node first, it turns the tangents of
its operands into its own. Both directions read one table, in which every operation says its value
and, for each operand, two rules: how a cotangent is pulled back to it, and how its tangent is
pushed forward.

Nothing here is recursive, so a chain of 100,000 additions works like one of ten. Numbers are
float64. A plain number or array that meets a Tensor is a constant, and gets no gradient.

References
----------
A. Karpathy, micrograd, ``engine.py``: one screen, and the local rule adds into the gradient.
The JAX authors, "Autodidax": the names of the two directions.
"""

import itertools
import operator

import numpy as np

from lib import checks

# ---------------------------------------------------------------------------------------------
# The table of operations: the value, and for each operand (how to pull back, how to push forward)
# ---------------------------------------------------------------------------------------------


def _slopes(*rules):
    """Rules of an operation on each entry: multiplying by a slope is the same both ways."""
    return [(rule, rule) for rule in rules]


def _linear(pull, push):
    """Rules of an operation on one array: a linear map, backwards (transposed) and forwards."""
    return [(pull, push)]


_UNCHANGED = _slopes(lambda g: g, lambda g: g)  # made once: long chains are made of additions


def _add(a, b):
    """Sum."""
    return _arithmetic("+", operator.add, a, b), _UNCHANGED


def _subtract(a, b):
    """Difference."""
    return _arithmetic("-", operator.sub, a, b), _slopes(lambda g: g, lambda g: -g)


def _multiply(a, b):
    """Product, entry by entry."""
    return _arithmetic("*", operator.mul, a, b), _slopes(lambda g: g * b, lambda g: g * a)


def _divide(a, b):
    """Quotient, of a divisor that is not zero."""
    checks.finite("the divisor", checks.no_zero("the divisor", b))
    y = _arithmetic("/", operator.truediv, a, b)
    return y, _slopes(lambda g: g / b, lambda g: -g * y / b)


def _power(a, b):
    """Real power; the base and the exponent have slopes of their own."""
    checks.finite("the base", a)
    checks.finite("the exponent", b)
    y = checks.fitting("**", operator.pow, a, b)
    checks.not_below_zero("the base of an exponent that is not whole", np.where(b % 1 == 0, 0, a))
    checks.no_zero("the base of a negative exponent", np.where(b < 0, a, 1))
    return y, _slopes(lambda g: g * _base_slope(a, b), lambda g: g * _exponent_slope(y, a))


def _power_of_tensors(a, b):
    """Real power with an exponent that may move: there the base must not be negative."""
    checks.not_below_zero("the base of a Tensor exponent", checks.finite("the base", a))
    return _power(a, b)


def _base_slope(a, b):
    """Slope b a^(b - 1), which is 0 for b = 0 even where a is 0."""
    slope = b * a ** np.where(b == 0.0, 1.0, b - 1.0)
    steep = (a == 0.0) & (slope == np.inf)
    if steep.any():
        why = "the root has no slope at 0; use x·x for a squared length"
        given = checks.first(np.broadcast_to(slope, steep.shape), steep)
        raise ValueError(f"the gradient must be finite, got {given}: {why}.")
    return slope


def _exponent_slope(y, a):
    """Slope y log a, which is taken as 0 where a is 0."""
    return y * np.log(np.where(a > 0.0, a, 1.0))


def _matmul(a, b):
    """Matrix product, where a vector is a row on the left and a column on the right."""
    y = checks.fitting("@", operator.matmul, a, b)
    rows, columns = np.atleast_2d(a), b[:, np.newaxis] if b.ndim == 1 else b
    stack = y.shape[: y.ndim - (a.ndim > 1) - (b.ndim > 1)]
    full = (*stack, rows.shape[-2], columns.shape[-1])

    def pull_right(g):
        share = rows.mT @ g.reshape(full)
        return share.reshape(share.shape[:-2] + b.shape[-2:])

    return y, [
        (lambda g: g.reshape(full) @ columns.mT, lambda g: g @ b),
        (pull_right, lambda g: a @ g),
    ]


def _negate(x):
    """Negative."""
    return -x, _slopes(lambda g: -g)


def _exp(x):
    """Exponential."""
    y = np.exp(x)
    return y, _slopes(lambda g: g * y)


def _log(x):
    """Natural logarithm, of positive values only."""
    return np.log(checks.positive_array("the argument of log", x)), _slopes(lambda g: g / x)


def _tanh(x):
    """Hyperbolic tangent."""
    y = np.tanh(x)
    return y, _slopes(lambda g: g * (1.0 - y * y))


def _relu(x):
    """Positive part."""
    y = np.maximum(x, 0.0)
    return y, _slopes(lambda g: g * (y > 0.0))


def _sigmoid(x):
    """Logistic sigmoid: where exp(-x) overflows, its inverse is 0 as it should be."""
    y = 1.0 / (1.0 + np.exp(-x))
    return y, _slopes(lambda g: g * (y * (1.0 - y)))


def _sum(x, axes, keepdims):
    """Sum along axes; a cotangent is repeated along those that were dropped."""
    y, shape = x.sum(axis=axes, keepdims=keepdims), x.shape
    kept = [1 if i in axes else size for i, size in enumerate(shape)]
    return y, _linear(
        lambda g: np.broadcast_to(g.reshape(kept), shape),
        lambda g: g.sum(axis=axes, keepdims=keepdims),
    )


def _max(x, axes, keepdims):
    """Maximum along axes; the largest entries share its derivative evenly."""
    top = x.max(axis=axes, keepdims=True)
    share = (x == top) / (x == top).sum(axis=axes, keepdims=True)
    kept = top.shape
    return x.max(axis=axes, keepdims=keepdims), _linear(
        lambda g: g.reshape(kept) * share,
        lambda g: (g * share).sum(axis=axes, keepdims=keepdims),
    )


def _reshape(x, shape):
    """Arrange the values in another shape."""
    try:
        y = x.reshape(shape)
    except ValueError:
        message = f"shape must hold the values of an array of shape {x.shape}, got {shape}."
        raise ValueError(message) from None
    old = x.shape
    return y, _linear(lambda g: g.reshape(old), lambda g: g.reshape(shape))


def _transpose(x):
    """Turn the axes round."""
    return x.T, _slopes(np.transpose)


def _index(x, index):
    """Take values; a cotangent is added where they came from, twice where one was taken twice."""
    try:
        y = x[index]
    except (IndexError, ValueError) as problem:
        message = f"an index must fit the shape {x.shape}, got: {problem}."
        raise IndexOutOfShape(message) from None
    shape = x.shape

    def put_back(g):
        share = np.zeros(shape)
        np.add.at(share, index, g)
        return share

    return checks.real_array("t[index]", y), _linear(put_back, lambda g: g[index])


def _log_softmax(z):
    """Logarithm of the softmax along the last axis."""
    y, probs = _log_probabilities(z)
    return y, _linear(
        lambda g: g - probs * g.sum(axis=-1, keepdims=True),
        lambda g: g - (probs * g).sum(axis=-1, keepdims=True),
    )


def _cross_entropy(z, labels):
    """Loss of each row of logits; its slope is p - y."""
    log_probs, slope = _log_probabilities(z)
    each = np.arange(len(z)), labels
    slope[each] -= 1.0
    return 0.0 - log_probs[each], _linear(
        lambda g: g[:, np.newaxis] * slope,
        lambda g: (slope * g).sum(axis=-1),
    )


def _log_probabilities(z):
    """Logarithm of the softmax along the last axis, and the softmax, for logits of any size."""
    shifted = z - z.max(axis=-1, keepdims=True)
    terms = np.exp(shifted)
    tops = terms == 1.0  # added apart from the others, whose digits they would hide
    others = (terms - tops).sum(axis=-1, keepdims=True) + (tops.sum(axis=-1, keepdims=True) - 1.0)
    return shifted - np.log1p(others), terms / (1.0 + others)


def _arithmetic(symbol, function, a, b):
    """Compute on plain floats where both are numbers: as arrays, long chains trail PyTorch."""
    if a.ndim == b.ndim == 0:
        return function(a.item(), b.item())
    return checks.fitting(symbol, function, a, b)


class IndexOutOfShape(IndexError, ValueError):
    """An index that NumPy refuses: an IndexError as everywhere, a ValueError as in this package."""


# ---------------------------------------------------------------------------------------------
# The record, and the two ways through it
# ---------------------------------------------------------------------------------------------

_birthdays = itertools.count()


class _Node:
    """Entry of the record. It outlives its tensor, and the values that no rule needs."""

    __slots__ = ("birthday", "edges", "grad", "shape")

    def __init__(self, shape, edges=()):
        self.shape, self.grad = shape, None
        self.edges = edges  # pairs (parent, (how to pull back, how to push forward))
        self.birthday = next(_birthdays)

    def grad_with(self, cotangent):
        """Add a cotangent to the gradient; that of a leaf is the reader's own array, and finite."""
        total = cotangent if self.grad is None else self.grad + cotangent
        return total if self.edges else checks.finite("the gradient", np.array(total))


def _apply(name, operation, x, **options):
    """Compute an operation on one tensor."""
    with np.errstate(all="ignore"):  # what is not finite is refused in _recorded
        return _recorded(name, (x,), *operation(x.data, **options))


def _combine(symbol, operation, a, b):
    """Compute an operator on two tensors, or on a tensor and a constant."""
    return _recorded(symbol, (a, b), *operation(_values(a), _values(b)))


def _values(operand):
    """Look at the values of a tensor; a plain number or array is a constant."""
    if isinstance(operand, Tensor):
        return operand.data
    return checks.real_array("the other operand", operand)


def _recorded(name, operands, y, rules):
    """Make the tensor of a result, if float64 can hold it, with the edges it came along."""
    if not checks.all_finite(y):
        for operand in operands:
            checks.finite(f"the operands of {name}", _values(operand))
        checks.finite(f"the result of {name}", np.asarray(y))
    pairs = zip(operands, rules, strict=True)
    edges = [(x._node, rule) for x, rule in pairs if isinstance(x, Tensor)]
    tensor = Tensor.__new__(Tensor)
    tensor.data = np.asarray(y)
    tensor._node = _Node(tensor.data.shape, edges)
    return tensor


def _youngest_first(root):
    """List a node and all it was made from, each after everything that was made from it."""
    nodes, found = [root], {root}
    for node in nodes:  # grows while it is read
        for parent, _ in node.edges:
            if parent not in found:
                found.add(parent)
                nodes.append(parent)
    return sorted(nodes, key=operator.attrgetter("birthday"), reverse=True)


def _pull_back(root, cotangent):
    """Give every node its cotangent, youngest first: reverse mode."""
    cotangents = {root: cotangent}
    for node in _youngest_first(root):
        g = cotangents[node]
        for parent, (pull, _) in node.edges:
            share = _unbroadcast(pull(g), parent.shape)
            cotangents[parent] = cotangents[parent] + share if parent in cotangents else share
    return cotangents


def _push_forward(root, leaf, tangent):
    """Give the root its tangent, oldest node first: forward mode."""
    tangents = {leaf: tangent}
    for node in reversed(_youngest_first(root)):
        moved = [push(tangents[x]) for x, (_, push) in node.edges if x in tangents]
        if moved:
            tangents[node] = np.broadcast_to(sum(moved), node.shape)
    return tangents.get(root, np.zeros(root.shape))


def _unbroadcast(share, shape):
    """Sum over the axes along which an operand was repeated to fit the other one."""
    if share.shape == shape:
        return share
    padded = (1,) * (share.ndim - len(shape)) + shape
    repeated = tuple(i for i, size in enumerate(padded) if size == 1)
    return share.sum(axis=repeated, keepdims=True).reshape(shape)


# ---------------------------------------------------------------------------------------------
# Tensor
# ---------------------------------------------------------------------------------------------


def _operator(symbol, operation):
    """Make the two methods of an operator: for ``tensor + other`` and for ``other + tensor``."""
    return (
        lambda self, other: _combine(symbol, operation, self, other),
        lambda self, other: _combine(symbol, operation, other, self),
    )


def _refusal(what):
    """Make a method that says what a tensor has not."""

    def refuse(self, *args, **kwargs):
        advice = "use its values, .data, or a method of the Tensor"
        raise TypeError(f"A Tensor has no {what}: {advice}.")

    return refuse


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
        self._node = _Node(self.data.shape)

    def __repr__(self):
        return f"Tensor({np.array2string(self.data, separator=', ', prefix='Tensor(')})"

    __bool__ = _refusal("truth value")
    __eq__ = __ne__ = __lt__ = __le__ = __gt__ = __ge__ = _refusal("order")
    __array__ = _refusal("place in a NumPy function")

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

    shape = property(lambda self: self.data.shape, doc="Shape of the values, a tuple of int.")
    ndim = property(lambda self: self.data.ndim, doc="Number of axes of the values.")
    size = property(lambda self: self.data.size, doc="Number of values.")

    @property
    def T(self):
        """The tensor with its axes in reverse order."""
        return _apply("T", _transpose, self)

    def __len__(self):
        return len(self.data)

    def __iter__(self):
        return (self[i] for i in range(len(self)))

    def __getitem__(self, index):
        parts = index if isinstance(index, tuple) else (index,)
        if any(isinstance(part, Tensor) for part in parts):
            raise TypeError("an index must be an integer, a slice or an array, got a Tensor.")
        return _apply("t[index]", _index, self, index=index)

    # -- operators ----------------------------------------------------------------------------

    __add__, __radd__ = _operator("+", _add)
    __sub__, __rsub__ = _operator("-", _subtract)
    __mul__, __rmul__ = _operator("*", _multiply)
    __truediv__, __rtruediv__ = _operator("/", _divide)
    __matmul__, __rmatmul__ = _operator("@", _matmul)

    def __pow__(self, other):
        power = _power_of_tensors if isinstance(other, Tensor) else _power
        return _combine("**", power, self, other)

    def __rpow__(self, other):
        return _combine("**", _power_of_tensors, other, self)

    def __neg__(self):
        return _apply("-", _negate, self)

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
        axes = checks.axes("axis", axis, self.ndim)
        return _apply("sum", _sum, self, axes=axes, keepdims=bool(keepdims))

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
        total = self.sum(axis, keepdims)
        return total / (self.size // total.size)

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
        axes = checks.axes("axis", axis, self.ndim)
        return _apply("max", _max, self, axes=axes, keepdims=bool(keepdims))

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
        return _apply("exp", _exp, self)

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
        return _apply("log", _log, self)

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
        return _apply("tanh", _tanh, self)

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
        return _apply("relu", _relu, self)

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
        return _apply("sigmoid", _sigmoid, self)

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
        new = tuple(checks.count("a size in shape", size, minimum=-1) for size in shape)
        return _apply("reshape", _reshape, self, shape=new)

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
        with np.errstate(all="ignore"):  # what is not finite is noticed at the leaves
            cotangents = _pull_back(self._node, _seed(self, cotangent))
            totals = {node: node.grad_with(g) for node, g in cotangents.items()}
        for node, total in totals.items():
            node.grad = total


def _seed(y, cotangent):
    """Check the cotangent of a result, or make the one that needs no choice."""
    if cotangent is None and y.size == 1:
        return np.ones(y.shape)[()]
    if cotangent is None:
        message = "backward must start from one value or be given a cotangent"
        raise ValueError(f"{message}, got shape {y.shape}.")
    seed = checks.finite_array("cotangent", cotangent)
    checks.same_shape("cotangent", seed, "the tensor", y)
    return seed.copy()[()]


# ---------------------------------------------------------------------------------------------
# Softmax: one operation, so that it is stable up to |z| = 1e4 and beyond
# ---------------------------------------------------------------------------------------------


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
    return _apply("log_softmax", _log_softmax, t)


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
    labels = checks.class_labels("labels", labels, n_classes=z.shape[1], n_samples=len(z)).copy()
    return _apply("cross_entropy_with_logits", _cross_entropy, t, labels=labels)


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
    with np.errstate(all="ignore"):  # what is not finite is noticed at the end
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
    with np.errstate(all="ignore"):  # what is not finite is noticed at the end
        found = _pull_back(root._node, cotangent).get(leaf._node, np.zeros(leaf.shape))
    return checks.finite("the gradient", np.array(found))
