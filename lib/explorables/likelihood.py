"""The explorables of the chapter on likelihood and information."""

import numpy as np
import traitlets

from lib import checks, information, losses, models
from lib.explorables.base import DRAWN, Choice, Explorable, Number, Numbers

__all__ = ["FiveMeters", "NoiseAroundLine", "TwoDistributions"]

_BASES = {"nats": None, "bits": 2}

# ---------------------------------------------------------------------------------------------
# One slider, five meters
# ---------------------------------------------------------------------------------------------

_MOST_FLIPS = 50  # of one side


class FiveMeters(Explorable):
    """Turn one coin and read five meters: likelihood, log-likelihood, NLL, cross-entropy and KL.

    The coin shows heads with probability theta. Its dot sits on the curve of the likelihood and on
    the curve of the negative log-likelihood per flip, and all five meters are best at one place.

    Parameters
    ----------
    counts : array_like of int, shape (2,), optional
        How many heads and how many tails were seen, each from 0 to 50, at least one flip.
    theta : float, optional
        The probability of heads, from 0 to 1.
    unit : {"nats", "bits"}, optional
        The unit of all logarithms.

    Raises
    ------
    TypeError
        If an argument is of the wrong type, or its keyword is unknown.
    ValueError
        If a count is not whole or too large, there is no flip, ``theta`` is no probability, or
        there is no such unit.

    See Also
    --------
    TwoDistributions : the same sum for three classes.
    lib.information : the functions behind the meters.

    Notes
    -----
    With the heads' share p of n flips, the negative log-likelihood of n flips divided by n is
    ``H(P, Q) = H(P) + KL(P‖Q)`` for ``P = (p, 1 - p)`` and ``Q = (theta, 1 - theta)``.

    Examples
    --------
    >>> meters = FiveMeters(counts=[7, 3], theta=0.7)
    >>> print(f"{meters.readings['likelihood']:.7f}, {meters.readings['mean_nll']:.4f}")
    0.0022236, 0.6109
    """

    _module = "five_meters"
    _title = "One slider, five meters"

    counts = Numbers([7, 3], at_least=2, at_most=2, minimum=0, maximum=_MOST_FLIPS, whole=True)
    theta = Number(0.35, minimum=0, maximum=1)
    unit = Choice(_BASES)

    @traitlets.validate("counts")
    def _some_flip(self, proposal):
        checks.between("the sum of counts", sum(proposal["value"]), 1, 2 * _MOST_FLIPS)
        return proposal["value"]

    @property
    def distributions(self):
        """The shares of heads and tails among the flips, and the coin's, each of shape (2,)."""
        return np.array(self.counts) / sum(self.counts), np.array([self.theta, 1 - self.theta])

    @property
    def readings(self):
        """The five meters and what they are made of, in the chosen unit."""
        p, q = self.distributions
        base = _BASES[self.unit]
        nll = self._nll()
        nats = np.log(base or np.e)
        return {
            "theta": self.theta,
            "best_theta": float(p[0]),
            "likelihood": float(np.exp(-nll)),
            "log_likelihood": float(0.0 - nll / nats),
            "mean_nll": float(nll / nats / sum(self.counts)),
            "cross_entropy": float(information.cross_entropy_between(p, q, base=base)),
            "entropy": float(information.entropy(p, base=base)),
            "kl": float(information.kl_divergence(p, q, base=base)),
        }

    def _nll(self):
        """Add up the negative log-likelihoods of the flips, in nats."""
        flips = np.repeat([1, 0], self.counts)
        return information.bernoulli_nll(flips, self.theta).sum()


# ---------------------------------------------------------------------------------------------
# Two distributions
# ---------------------------------------------------------------------------------------------


class Distribution(Numbers):
    """The probabilities of some outcomes, which sum to 1."""

    def validate(self, obj, value):
        """Return the probabilities as a list of floats, or raise."""
        return checks.distributions(self.name, np.array(super().validate(obj, value))).tolist()


class TwoDistributions(Explorable):
    """Drag the bars of a true P and a believed Q, and see cross-entropy as entropy plus KL.

    When a bar is dragged, the others of its distribution change too, so that the sum stays 1. Swap
    the two, or let P collapse to one class, as a label does.

    Parameters
    ----------
    p : array_like of float, shape (3,), optional
        The probabilities of the classes a, b, c in the world; they sum to 1.
    q : array_like of float, shape (3,), optional
        The probabilities that are believed; they sum to 1.
    unit : {"bits", "nats"}, optional
        The unit of all logarithms.

    Raises
    ------
    TypeError
        If an argument is of the wrong type, or its keyword is unknown.
    ValueError
        If a list does not hold three probabilities that sum to 1, or there is no such unit.

    See Also
    --------
    FiveMeters : two classes, with data.
    lib.information.kl_divergence : the divergence itself.

    Notes
    -----
    ``H(P, Q) = H(P) + KL(P‖Q)``; each class adds ``p_c log(p_c / q_c)`` to the last term.

    Examples
    --------
    >>> two = TwoDistributions(p=[0.5, 0.25, 0.25], q=[0.7, 0.2, 0.1], unit="bits")
    >>> two
    TwoDistributions(entropy=1.5000, kl=0.1683, cross_entropy=1.6683, kl_reversed=0.1432)
    """

    _module = "two_distributions"
    _title = "Two distributions"

    p = Distribution([0.5, 0.25, 0.25], at_least=3, at_most=3)
    q = Distribution([0.7, 0.2, 0.1], at_least=3, at_most=3)
    unit = Choice(("bits", "nats"))

    @property
    def readings(self):
        """The entropy of P, the divergences both ways, and the cross-entropy, in the unit."""
        base = {"base": _BASES[self.unit]}
        return {
            "entropy": float(information.entropy(self.p, **base)),
            "kl": float(information.kl_divergence(self.p, self.q, **base)),
            "cross_entropy": float(information.cross_entropy_between(self.p, self.q, **base)),
            "kl_reversed": float(information.kl_divergence(self.q, self.p, **base)),
        }


# ---------------------------------------------------------------------------------------------
# Noise around a line
# ---------------------------------------------------------------------------------------------

# Drawn by hand: six points along a rising line, the last of them far above.
_X = [0.5, 1.1, 1.8, 2.4, 3.1, 3.8]
_Y = [0.6, 0.5, 0.9, 0.8, 1.2, 1.8]

_NLLS = {"gaussian": information.gaussian_nll, "laplace": information.laplace_nll}
_SIZES = {"gaussian": losses.squared_error, "laplace": losses.absolute_error}


class NoiseAroundLine(Explorable):
    """Drag a line with noise around it: under Gaussian noise the likeliest has the least squares.

    At each input the density of the noise stands on its side, centred on the line. The heights of
    the points in it multiply to the likelihood; its negative logarithm and the sum of the squared
    residuals are lowest at one slope, whatever the scale of the noise.

    Parameters
    ----------
    w : float, optional
        The slope, in units of y per unit of x.
    b : float, optional
        The intercept, in units of y.
    noise : {"gaussian", "laplace"}, optional
        The shape of the noise; Laplace noise adds up absolute residuals, not squares.
    scale : float, optional
        The standard deviation of Gaussian noise, or the mean size of Laplace noise, in units of y.

    Raises
    ------
    TypeError
        If an argument is of the wrong type, or its keyword is unknown.
    ValueError
        If an argument is not finite, ``scale`` is not positive, or there is no such noise.

    See Also
    --------
    lib.explorables.FitLine : the same losses, without noise.
    lib.information.gaussian_nll : the price of one sample.

    Notes
    -----
    For n samples the NLL is ``sum(r ** 2) / (2 * scale ** 2) + n log(scale * sqrt(2 pi))`` for
    Gaussian noise and ``sum(|r|) / scale + n log(2 * scale)`` for Laplace noise, in nats.

    Examples
    --------
    >>> noisy = NoiseAroundLine(w=0.25, b=0.5, noise="laplace", scale=0.2)
    >>> noisy.predictions.round(3)
    array([0.625, 0.775, 0.95 , 1.1  , 1.275, 1.45 ])
    >>> print(f"{noisy.readings['residual_sum']:.3f}")
    1.075
    """

    _module = "noise_around_line"
    _title = "Noise around a line"

    x = Numbers(_X, **DRAWN)
    y = Numbers(_Y, **DRAWN)
    w = Number(0.1)
    b = Number(0.7)
    noise = Choice(_NLLS)
    scale = Number(0.2, minimum=0.01, maximum=100, slider=(0.1, 0.5, 0.01))

    @property
    def predictions(self):
        """The heights of the line at the inputs, shape (n,), in units of y."""
        return models.linear(np.asarray(self.x)[:, None], [[self.w]], [self.b])[:, 0]

    @property
    def readings(self):
        """The line, its negative log-likelihood in nats, and what its residuals add up to."""
        nll = self._sum(_NLLS, self.scale)
        with np.errstate(under="ignore", over="ignore"):
            likelihood = float(np.exp(-nll))
        return {
            "w": self.w,
            "b": self.b,
            "scale": self.scale,
            "likelihood": likelihood,
            "nll": nll,
            "residual_sum": self._sum(_SIZES),
            "constant": self._constant(),
        }

    def _constant(self):
        """Compute the part of the NLL that no line changes: that of residuals that are all 0."""
        zeros = np.zeros(len(self.x))
        return float(_NLLS[self.noise](zeros, 0.0, self.scale).sum())

    def _sum(self, functions, *scale):
        """Add up what the function for the noise gives for each sample; inf for a line too far."""
        predictions = self.predictions
        if not np.isfinite(predictions).all():
            return float("inf")
        with np.errstate(over="ignore"):
            return float(functions[self.noise](self.y, predictions, *scale).sum())
