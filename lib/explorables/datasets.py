"""The explorable of the chapter on datasets."""

import numpy as np

from lib import checks, information, losses, models
from lib.explorables.base import Explorable, Number, Numbers, Pool, Seed, Whole, fixed

__all__ = ["DataMachine"]

_MOST = 200  # samples on the screen
_POOL_SIZE, _STRIDE = 1201, 742  # prime: no two draws begin alike
_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(100)
_SAMPLES = {"at_most": _MOST, "minimum": 0, "maximum": 1, "read_only": True}


class DataMachine(Explorable):
    r"""Build the machine that makes the data, draw from it, and see what more data do not change.

    One view holds the law: the chance of a 1 at each x, and the area of the mistakes that even the
    best rule makes. The other holds what samples tell: running averages with error bars, which come
    closer to the true values. The share of mistakes comes close to the floor, not to 0.

    Parameters
    ----------
    steepness : float, optional
        How fast the chance rises: four times its slope at the midpoint, from 0 to 30.
    midpoint : float, optional
        The x, from 0 to 1, at which both labels are equally likely.
    n : int, optional
        How many samples are looked at, from 1 to 200; at most as many as there are.
    draw : int, optional
        Which draw from the pool of random numbers, from 0 to 999.
    x : array_like of float, shape (k,), optional
        Own inputs, each between 0 and 1, in place of drawn ones; at most 200.
    y : array_like of int, shape (k,), optional
        Own labels, each 0 or 1; given together with the inputs.
    seed : int, optional
        The seed of the pool.

    Raises
    ------
    TypeError
        If an argument is of the wrong type, or its keyword is unknown.
    ValueError
        If an argument is out of its range, or the own data do not fit together.

    See Also
    --------
    lib.datasets.logistic : the same machine, for any number of samples.

    Notes
    -----
    :math:`x \sim U(0, 1)` and :math:`p(y = 1 \mid x) = \sigma(s (x - m))`. The best error rate
    is the mean of :math:`\min(p, 1 - p)`, the best log-loss the mean of the entropy of p.

    Examples
    --------
    >>> machine = DataMachine()
    >>> print(f"{machine.best_error_rate:.4f} {machine.best_log_loss:.4f}")
    0.1687 0.3840
    >>> machine.steepness = 0
    >>> print(f"{machine.best_error_rate:.4f}")
    0.5000
    """

    _module = "data_machine"
    _title = "The machine behind the data"

    steepness = Number(8, minimum=0, maximum=30)
    midpoint = Number(0.5, minimum=0, maximum=1)
    n = Whole(100, minimum=1, maximum=_MOST)
    draw = Whole(0, minimum=0, maximum=999)
    x = Numbers(**_SAMPLES)
    y = Numbers(**_SAMPLES)
    seed = Seed()
    pool = Pool(_POOL_SIZE)

    def __init__(self, *, x=None, y=None, **values):
        self._set_samples(x, y)
        super().__init__(**values)

    def set_data(self, x=None, y=None):
        """Put own samples in place of drawn ones; without arguments, drawn ones again.

        Parameters
        ----------
        x : array_like of float, shape (k,), optional
            The inputs, each between 0 and 1; at most 200.
        y : array_like of int, shape (k,), optional
            The labels, each 0 or 1; as many.

        Raises
        ------
        TypeError
            If only one of the two is given, or they do not hold real numbers.
        ValueError
            If an input or a label is out of range, or they are not as many.

        Examples
        --------
        >>> machine = DataMachine()
        >>> machine.set_data([0.1, 0.4, 0.9], [0, 1, 1])
        >>> print(machine.readings["ones"], f"{machine.sample_mean:.4f}")
        2.0 0.6667
        """
        with self.hold_sync():  # the page gets both lists at once
            self._set_samples(x, y)

    def _set_samples(self, x, y):
        """Set inputs and labels together, or none."""
        own = checks.both_or_neither("x", x, "y", y)
        if own:
            x, y = checks.finite_array("x", x), checks.finite_array("y", y)
            checks.same_shape("x", x, "y", checks.binary_labels("y", y))
        self.set_trait("x", x if own else [])
        self.set_trait("y", y if own else [])

    # ---- what the machine can do -------------------------------------------------------------

    def _chance(self, x):
        """Compute p(y = 1 | x) at each x."""
        return models.sigmoid(self.steepness * (np.asarray(x, dtype=float) - self.midpoint))

    def _average(self, f):
        """Average a function of p over all x, by quadrature on both sides of the midpoint."""
        sides = [(0.0, self.midpoint), (self.midpoint, 1.0)]
        places = [(lo + hi) / 2 + (hi - lo) / 2 * _NODES for lo, hi in sides]
        parts = [
            (hi - lo) / 2 * _WEIGHTS @ f(self._chance(x))
            for (lo, hi), x in zip(sides, places, strict=True)
        ]
        return float(sum(parts))

    @property
    def true_share(self):
        """The share of ones in all the labels that the machine can make."""
        return self._average(lambda p: p)

    @property
    def best_error_rate(self):
        """The noise floor: how often the best rule is wrong."""
        return self._average(lambda p: np.minimum(p, 1 - p))

    @property
    def best_log_loss(self):
        """The noise floor of the log-loss, in nats."""
        return self._average(lambda p: information.entropy(np.stack([p, 1 - p], axis=1)))

    # ---- what the samples say ----------------------------------------------------------------

    @property
    def samples(self):
        """The samples that are looked at: inputs and labels, each of shape (n,)."""
        if self.x:
            return np.asarray(self.x[: self.n]), np.asarray(self.y[: self.n])
        start = self.draw * _STRIDE
        apart = _MOST + (439 + 497 * self.draw) % (_POOL_SIZE - 2 * _MOST + 1)  # they never meet
        x, toss = (
            np.take(self.pool, first + np.arange(self.n), mode="wrap")
            for first in (start, start + apart)
        )
        return x, (toss < self._chance(x)).astype(float)

    @property
    def sample_mean(self):
        """The share of ones in the samples."""
        return float(self.samples[1].mean())

    @property
    def standard_error(self):
        """The standard error of that share."""
        share = self.sample_mean
        return float(np.sqrt(share * (1 - share) / len(self.samples[1])))

    @property
    def mistakes(self):
        """How many of the samples the best rule gets wrong."""
        x, y = self.samples
        return int(np.sum((self.steepness * (x - self.midpoint) > 0) != (y == 1)))

    @property
    def sample_log_loss(self):
        """The mean log-loss of the curve on the samples, in nats."""
        x, y = self.samples
        logits = self.steepness * (x - self.midpoint)
        return float(losses.binary_cross_entropy_with_logits(y, logits).mean())

    @property
    def readings(self):
        """The machine and its floor, then what the samples say, by name; log-losses in nats."""
        names = ["steepness", "midpoint", "true_share", "best_error_rate", "best_log_loss"]
        names += ["sample_mean", "standard_error", "mistakes", "sample_log_loss"]
        labels = self.samples[1]
        counts = {"ones": float(labels.sum()), "size": float(len(labels))}
        return {name: float(getattr(self, name)) for name in names} | counts

    def __repr__(self):
        return (
            f"DataMachine(steepness={fixed(self.steepness, 2)}, "
            f"midpoint={fixed(self.midpoint, 3)}, n={len(self.samples[1])}, "
            f"sample_mean={fixed(self.sample_mean, 3)}, "
            f"best_error_rate={fixed(self.best_error_rate, 4)})"
        )
