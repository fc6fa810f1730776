"""Datasets: samples from a known distribution, and how to cut them honestly.

Every generator takes the number of samples and a random generator, and draws nothing from anywhere
else: the same seed gives the same samples.
"""

from dataclasses import dataclass, replace

import numpy as np

from lib import checks


@dataclass(frozen=True, eq=False, repr=False)
class Dataset:
    """Hold samples and their targets, with names; nothing in it can be changed.

    Parameters
    ----------
    X : array_like of float, shape (n, d)
        The samples, one a row, in the units of the features. A read-only copy is kept.
    y : array_like of float or int, shape (n,)
        The targets (float) or labels (int), one a sample. A read-only copy is kept; booleans become
        the labels 0 and 1.
    feature_names : sequence of str, length d, optional
        The names of the features; ``x`` or ``x1``, ``x2``, ... when not given.
    target_name : str
        The name of the target.
    source : str
        Where the samples come from.

    Raises
    ------
    TypeError
        If an argument is of the wrong type.
    ValueError
        If a shape does not fit, or a value is not finite.

    See Also
    --------
    linear, logistic, blobs, sine : datasets from a known distribution.

    References
    ----------
    scikit-learn, *Glossary of Common Terms*: ``X`` and ``y``.

    Examples
    --------
    >>> Dataset([[1.0], [2.0]], [3.0, 5.0], source="by hand")
    Dataset(2 samples of (x) -> y, source='by hand')
    """

    X: np.ndarray
    y: np.ndarray
    feature_names: tuple[str, ...] | None = None
    target_name: str = "y"
    source: str = ""

    def __post_init__(self):
        X = checks.shape_form("X", checks.finite_array("X", self.X), "(n, d)", ndims=(2,))
        y = checks.shape_form("y", _targets(self.y), "(n,)", ndims=(1,))
        checks.matching_size("X", X, "y", y, axes=(0, 0), what="samples")
        names = _default_names(X.shape[1]) if self.feature_names is None else self.feature_names
        names = _checked_names(names, X.shape[1])
        _text("target_name", self.target_name)
        _text("source", self.source)
        # The class is frozen: this is the one place that may set its fields.
        self.__dict__.update(X=_read_only_copy(X), y=_read_only_copy(y), feature_names=names)

    def __len__(self):
        return len(self.X)

    def __repr__(self):
        features = ", ".join(self.feature_names)
        sample = "sample" if len(self) == 1 else "samples"
        head = f"{len(self)} {sample} of ({features}) -> {self.target_name}"
        return f"Dataset({head}, source={self.source!r})"

    def split(self, fraction, *, rng):
        """Cut the samples at random into two datasets that share none.

        Parameters
        ----------
        fraction : float
            The share of the samples in the first part, strictly between 0 and 1.
        rng : numpy.random.Generator
            The source of randomness.

        Returns
        -------
        tuple of two Dataset
            The first has ``round(fraction * n)`` samples, the second the rest; neither is empty.

        Raises
        ------
        TypeError
            If ``fraction`` is not a real number, or ``rng`` not a generator.
        ValueError
            If ``fraction`` does not lie strictly between 0 and 1, or a part would be empty.

        See Also
        --------
        batches : many parts instead of two.

        Examples
        --------
        >>> data = linear(10, rng=np.random.default_rng(0))
        >>> train, test = data.split(0.8, rng=np.random.default_rng(1))
        >>> len(train), len(test)
        (8, 2)
        """
        share = checks.number("fraction", fraction)
        if not 0 < share < 1:
            raise ValueError(f"fraction must lie strictly between 0 and 1, got {fraction}.")
        order, n_first = checks.generator(rng).permutation(len(self)), round(share * len(self))
        if n_first in (0, len(self)):
            parts = f"got {fraction}, which gives {n_first} and {len(self) - n_first}"
            raise ValueError(f"fraction must leave a sample in both parts, {parts}.")
        return self._rows(order[:n_first]), self._rows(order[n_first:])

    def batches(self, batch_size, *, rng):
        """Go through all samples once, in random order, a batch at a time.

        Parameters
        ----------
        batch_size : int
            The number of samples in a batch; the last batch may be smaller.
        rng : numpy.random.Generator
            The source of randomness.

        Returns
        -------
        iterator of Dataset
            The batches; together they hold every sample exactly once.

        Raises
        ------
        TypeError
            If ``batch_size`` is not an integer, or ``rng`` not a generator.
        ValueError
            If ``batch_size`` is smaller than 1.

        See Also
        --------
        split : two parts instead of many.

        Examples
        --------
        >>> data = linear(5, rng=np.random.default_rng(0))
        >>> [len(batch) for batch in data.batches(2, rng=np.random.default_rng(1))]
        [2, 2, 1]
        """
        batch_size = checks.count("batch_size", batch_size)
        order = checks.generator(rng).permutation(len(self))
        # A generator expression: wrong arguments fail at the call, not at the first batch.
        return (self._rows(order[i : i + batch_size]) for i in range(0, len(self), batch_size))

    def _rows(self, indices):
        """Make a dataset of some of the samples."""
        return replace(self, X=self.X[indices], y=self.y[indices])


def _default_names(n_features):
    """Name features x, or x1, x2, ... when there are several."""
    return ("x",) if n_features == 1 else tuple(f"x{j + 1}" for j in range(n_features))


def _text(name, value):
    """Refuse anything but text."""
    if not isinstance(value, str):
        raise TypeError(f"{name} must be a string, got {checks.described(value)}.")
    return value


def _checked_names(names, n_features):
    """Turn the names of the features into a tuple of as many strings as there must be."""
    if isinstance(names, str) or not hasattr(names, "__iter__"):
        given = checks.described(names)
        raise TypeError(f"feature_names must be a sequence of strings, got {given}.")
    texts = tuple(_text(f"feature_names[{j}]", name) for j, name in enumerate(names))
    if len(texts) != n_features:
        needed = f"{n_features}, one for each column of X"
        raise ValueError(f"feature_names must hold {needed}, got {len(texts)}.")
    return texts


def _targets(y):
    """Turn targets into real ones (float64) or class labels (int64), as their dtype says."""
    array, given = checks.finite_array("y", y), np.asarray(y)
    if given.dtype.kind == "f":
        return array
    labels = given.astype(np.int64)
    if (labels != given).any():  # np.uint64 has numbers that would turn negative
        raise ValueError(f"y must fit in int64, got {checks.first(given, labels != given)}.")
    return labels


def _read_only_copy(array):
    """Copy an array and lock the copy."""
    copy = array.copy()
    copy.flags.writeable = False
    return copy


def linear(n, *, rng, weight=2.0, bias=1.0, noise=0.3):
    r"""Draw samples around a straight line.

    Parameters
    ----------
    n : int
        The number of samples.
    rng : numpy.random.Generator
        The source of randomness.
    weight : float
        The slope of the line, in units of y per unit of x.
    bias : float
        The height of the line at x = 0, in units of y.
    noise : float
        The standard deviation of the noise, in units of y; not negative.

    Returns
    -------
    Dataset
        One feature in [-1, 1) and a real target.

    Raises
    ------
    TypeError
        If an argument is of the wrong type.
    ValueError
        If ``n`` is smaller than 1, ``noise`` is negative, or a number is not finite.

    See Also
    --------
    sine : samples around a curve.

    Notes
    -----
    :math:`x \sim U(-1, 1)`, then :math:`y = w x + b + \text{noise} \cdot N(0, 1)`, drawn in that
    order.

    References
    ----------
    Goodfellow, Bengio and Courville, *Deep Learning*, section 5.1.4.

    Examples
    --------
    >>> data = linear(3, rng=np.random.default_rng(0), noise=0.0)
    >>> bool(np.all(data.y == 2.0 * data.X[:, 0] + 1.0))
    True
    """
    n, rng = checks.count("n", n), checks.generator(rng)
    weight, bias = checks.number("weight", weight), checks.number("bias", bias)
    noise = checks.non_negative_number("noise", noise)
    x = rng.uniform(-1.0, 1.0, n)
    with np.errstate(all="ignore"):  # Dataset refuses what is not finite
        y = weight * x + bias + noise * rng.normal(size=n)
    return Dataset(x[:, None], y, source=f"linear(n={n}, {weight=}, {bias=}, {noise=})")


def logistic(n, *, rng, steepness=8.0, midpoint=0.5):
    r"""Draw samples with a binary label whose probability rises along a sigmoid.

    Parameters
    ----------
    n : int
        The number of samples.
    rng : numpy.random.Generator
        The source of randomness.
    steepness : float
        Four times the slope of the sigmoid at its middle, per unit of x.
    midpoint : float
        The x at which both labels are equally likely.

    Returns
    -------
    Dataset
        One feature in [0, 1) and a label, 0 or 1.

    Raises
    ------
    TypeError
        If an argument is of the wrong type.
    ValueError
        If ``n`` is smaller than 1, or a number is not finite.

    See Also
    --------
    blobs : more than two classes.

    Notes
    -----
    :math:`x \sim U(0, 1)`, then :math:`y = 1` with probability
    :math:`\sigma(\text{steepness} \cdot (x - \text{midpoint}))`, where a second uniform number
    falls below it; drawn in that order. :math:`\sigma(t) = (1 + \tanh(t / 2)) / 2`.

    References
    ----------
    Bishop, *Pattern Recognition and Machine Learning*, section 4.3.2.

    Examples
    --------
    >>> data = logistic(4, rng=np.random.default_rng(0), steepness=1e9)
    >>> bool(np.all(data.y == (data.X[:, 0] > 0.5)))
    True
    """
    n, rng = checks.count("n", n), checks.generator(rng)
    steepness = checks.number("steepness", steepness)
    midpoint = checks.number("midpoint", midpoint)
    x = rng.uniform(0.0, 1.0, n)
    with np.errstate(over="ignore", under="ignore"):  # tanh takes infinities
        probability = 0.5 * (1.0 + np.tanh(0.5 * steepness * (x - midpoint)))
    y = (rng.uniform(size=n) < probability).astype(np.int64)
    return Dataset(x[:, None], y, source=f"logistic(n={n}, {steepness=}, {midpoint=})")


def blobs(n, *, rng, n_classes=3, n_features=2, spread=0.6):
    r"""Draw samples of several classes, each a round cloud.

    Parameters
    ----------
    n : int
        The number of samples.
    rng : numpy.random.Generator
        The source of randomness.
    n_classes : int
        The number of classes K, at least 2.
    n_features : int
        The number of features.
    spread : float
        The standard deviation of a cloud along each feature, in units of the features; not
        negative.

    Returns
    -------
    Dataset
        The features, and a label 0..K-1.

    Raises
    ------
    TypeError
        If an argument is of the wrong type.
    ValueError
        If a number is too small, or ``spread`` is not finite.

    See Also
    --------
    logistic : two classes, with a known probability.

    Notes
    -----
    A label is drawn uniformly from the classes, then the noise of the features, in that order. The
    centres are not random, so that two calls sample the same distribution: neighbours are 3 apart,
    on a circle around the origin in the first two features, or on a line when there is one feature.

    References
    ----------
    Bishop, *Pattern Recognition and Machine Learning*, section 4.2.1.

    Examples
    --------
    >>> data = blobs(5, rng=np.random.default_rng(0), n_classes=2, n_features=1, spread=0.0)
    >>> sorted(set(data.X[:, 0].tolist()))
    [-1.5, 1.5]
    """
    n, rng = checks.count("n", n), checks.generator(rng)
    n_classes = checks.count("n_classes", n_classes, minimum=2)
    n_features = checks.count("n_features", n_features)
    spread = checks.non_negative_number("spread", spread)
    labels = rng.integers(n_classes, size=n)
    with np.errstate(all="ignore"):  # Dataset refuses what is not finite
        X = _centres(n_classes, n_features)[labels] + spread * rng.normal(size=(n, n_features))
    return Dataset(X, labels, source=f"blobs(n={n}, {n_classes=}, {n_features=}, {spread=})")


def _centres(n_classes, n_features):
    """Place the centres of the classes 3 apart from their neighbours."""
    places = np.arange(n_classes)
    centres = np.zeros((n_classes, n_features))
    if n_features == 1:
        centres[:, 0] = 3.0 * (places - places.mean())
    else:
        radius, angles = 1.5 / np.sin(np.pi / n_classes), 2.0 * np.pi * places / n_classes
        centres[:, 0], centres[:, 1] = radius * np.cos(angles), radius * np.sin(angles)
    return centres


def sine(n, *, rng, noise=0.3):
    r"""Draw samples around one period of a sine.

    Parameters
    ----------
    n : int
        The number of samples.
    rng : numpy.random.Generator
        The source of randomness.
    noise : float
        The standard deviation of the noise, in units of y; not negative.

    Returns
    -------
    Dataset
        One feature in [0, 1), in rising order, and a real target.

    Raises
    ------
    TypeError
        If an argument is of the wrong type.
    ValueError
        If ``n`` is smaller than 1, or ``noise`` is negative or not finite.

    See Also
    --------
    linear : samples around a line.

    Notes
    -----
    :math:`x \sim U(0, 1)`, sorted, then :math:`y = \sin 2\pi x + \text{noise} \cdot N(0, 1)`, drawn
    in that order.

    References
    ----------
    Bishop, *Pattern Recognition and Machine Learning*, section 1.1.

    Examples
    --------
    >>> data = sine(3, rng=np.random.default_rng(0), noise=0.0)
    >>> bool(np.allclose(data.y, np.sin(2 * np.pi * data.X[:, 0])))
    True
    """
    n, rng = checks.count("n", n), checks.generator(rng)
    noise = checks.non_negative_number("noise", noise)
    x = np.sort(rng.uniform(0.0, 1.0, n))
    with np.errstate(all="ignore"):  # Dataset refuses what is not finite
        y = np.sin(2.0 * np.pi * x) + noise * rng.normal(size=n)
    return Dataset(x[:, None], y, source=f"sine(n={n}, {noise=})")


def one_hot(labels, n_classes):
    r"""Turn class labels into rows with a single 1.

    Parameters
    ----------
    labels : array_like of int, shape (n,)
        The classes, 0..K-1.
    n_classes : int
        The number of classes K.

    Returns
    -------
    numpy.ndarray of float, shape (n, K)
        Row i is 1 in the column of its label and 0 elsewhere.

    Raises
    ------
    TypeError
        If the labels or ``n_classes`` are not integers.
    ValueError
        If there are no labels, the shape does not fit, or a label is out of range.

    See Also
    --------
    from_one_hot : the way back.

    Notes
    -----
    :math:`Y_{ic} = 1[y_i = c]`. A row is the distribution that is sure of its label.

    References
    ----------
    Bishop, *Pattern Recognition and Machine Learning*, section 4.1.2.

    Examples
    --------
    >>> one_hot([2, 0], 3)
    array([[0., 0., 1.],
           [1., 0., 0.]])
    """
    n_classes = checks.count("n_classes", n_classes)
    labels = checks.class_labels("labels", labels, n_classes=n_classes)
    Y = np.zeros((len(labels), n_classes))
    Y[np.arange(len(labels)), labels] = 1.0
    return Y


def from_one_hot(Y):
    r"""Turn rows with a single 1 into class labels.

    Parameters
    ----------
    Y : array_like of float, int or bool, shape (n, K)
        Rows that are 1 in one column and 0 elsewhere.

    Returns
    -------
    numpy.ndarray of int, shape (n,)
        The classes, 0..K-1.

    Raises
    ------
    TypeError
        If ``Y`` does not hold real numbers.
    ValueError
        If the shape does not fit, or a row is not a single 1 among zeros.

    See Also
    --------
    one_hot : the way back.

    Notes
    -----
    :math:`y_i = \arg\max_c Y_{ic}`.

    References
    ----------
    Bishop, *Pattern Recognition and Machine Learning*, section 4.1.2.

    Examples
    --------
    >>> from_one_hot([[0, 0, 1], [1, 0, 0]])
    array([2, 0])
    """
    Y = checks.shape_form("Y", checks.real_array("Y", Y), "(n, K)", ndims=(2,))
    n_ones = checks.binary_labels("Y", Y).sum(axis=1).astype(int)
    if (n_ones != 1).any():
        row = int(np.flatnonzero(n_ones != 1)[0])
        raise ValueError(f"Y must have exactly one 1 in a row, got {n_ones[row]} in row {row}.")
    return Y.argmax(axis=1)
