"""The explorables of the chapter on model fitting."""

import numpy as np

from lib import checks, datasets, losses, models, optimizers
from lib.explorables.base import (
    DRAWN,
    OWN_POINTS,
    Choice,
    Explorable,
    Flag,
    Number,
    Numbers,
    Pool,
    PositiveNumber,
    Seed,
    Whole,
)
from lib.explorables.loss_functions import FitLine

__all__ = ["DescentPlanes", "LossSwitch", "OptimizerRace", "TwoModes"]

_FAR = 1e100  # beyond it a parameter has diverged, while its square can still be written
_TINY = 1e-9  # a residual below it counts as none
_NEVER = np.array([np.inf, np.inf])


# ---------------------------------------------------------------------------------------------
# A line, its losses and the way down
# ---------------------------------------------------------------------------------------------


def _with_ones(x):
    """Put a column of ones in front of the inputs: the intercept is the first parameter."""
    return np.stack([np.ones(len(x)), np.asarray(x)], axis=1)


def _predictions(x, theta):
    """Compute the heights of the line b + w x, shape (n,)."""
    return models.linear(np.asarray(x)[:, None], [[theta[1]]], [theta[0]])[:, 0]


def _diverged(theta):
    """Tell whether parameters are too far out to be numbers on a screen."""
    return not bool((np.abs(theta) <= _FAR).all())


def _times(rate, curvatures):
    """Multiply a learning rate by curvatures; what is too large is infinite."""
    with np.errstate(over="ignore"):
        return rate * curvatures


def _mean_loss(loss, x, y, theta, **keywords):
    """Compute the mean loss of a line; of one that has diverged it is infinite."""
    if _diverged(theta):
        return np.inf
    with np.errstate(over="ignore"):
        return float(getattr(losses, loss)(y, _predictions(x, theta), **keywords).mean())


def _gradient_function(loss, x, y, **keywords):
    """Make the gradient of the mean loss of a line, as a function of (b, w)."""
    A, y = _with_ones(x), np.asarray(y)
    slopes = getattr(losses, f"{loss}_gradient")

    def gradient(theta):
        y_pred = _predictions(x, theta)
        if (
            loss == "absolute_error"
        ):  # rounding must not decide on which side of a point a line lies
            y_pred = np.where(np.abs(y_pred - y) < _TINY, y, y_pred)
        return slopes(y, y_pred, **keywords) @ A / len(A)

    return gradient


def _settable_points(x, y, default):
    """Return the points of an explorable as lists, checked, or its own where none are given."""
    given = checks.both_or_neither("x", x, "y", y)
    points = checks.drawable_points("x", x, "y", y, at_most=200, spread=1e-6) if given else default
    return [np.asarray(values, dtype=float).tolist() for values in points]


# ---------------------------------------------------------------------------------------------
# Data plane and parameter plane
# ---------------------------------------------------------------------------------------------


class DescentPlanes(Explorable):
    """Watch gradient descent fit a line: among the data and on the contours, step by step.

    Drag the start, the learning rate or the points themselves; the whole path follows.

    Parameters
    ----------
    x : array_like of float, shape (n,), optional
        The inputs, at most 200 and at least two of them different. By default 0, 1 and 2.
    y : array_like of float, shape (n,), optional
        The targets; given together with the inputs. By default 1, 3 and 4.
    b0 : float, optional
        The intercept at the start, in units of y.
    w0 : float, optional
        The slope at the start, in units of y per unit of x.
    learning_rate : float, optional
        What the gradient is multiplied by in each step; positive.
    step : int, optional
        How many steps have been taken, at most 40.

    Raises
    ------
    TypeError
        If an argument is of the wrong type, or its keyword is unknown.
    ValueError
        If an argument is not finite or out of its range, or the points cannot be drawn.

    See Also
    --------
    lib.optimizers.gradient_descent : takes the steps.
    lib.optimizers.largest_stable_rate : the rate at which they begin to lead away.

    Notes
    -----
    The loss is the mean squared error of b + w x, and a step subtracts ``learning_rate`` times its
    gradient.

    Examples
    --------
    >>> one_step = DescentPlanes(b0=0, w0=0, learning_rate=0.1, step=1)
    >>> print(one_step.theta.round(4), round(one_step.readings["loss_value"], 4))
    [0.5333 0.7333] 2.4074
    """

    _module = "descent_planes"
    _title = "Data plane and parameter plane"

    x = Numbers([0, 1, 2], **OWN_POINTS)
    y = Numbers([1, 3, 4], **OWN_POINTS)
    b0 = Number(-1)
    w0 = Number(1)
    learning_rate = PositiveNumber(0.3)
    step = Whole(8, minimum=0, maximum=40)

    def __init__(self, *, x=None, y=None, **values):
        x, y = _settable_points(x, y, (type(self).x.initial, type(self).y.initial))
        super().__init__(x=x, y=y, **values)

    def set_points(self, x, y):
        """Show other points.

        Parameters
        ----------
        x, y : array_like of float, shape (n,)
            The inputs and the targets, in any unit: at most 200, the inputs not all equal.

        Raises
        ------
        TypeError
            If they do not hold real numbers.
        ValueError
            If they are not finite, differ in number, are too many, or all inputs are equal.
        """
        x, y = _settable_points(x, y, None)
        with self.hold_trait_notifications():
            self.set_trait("x", x)
            self.set_trait("y", y)

    @property
    def trace(self):
        """The path so far, and one step more: a :class:`lib.optimizers.Trace` of (b, w)."""
        return optimizers.gradient_descent(
            self._gradient(),
            [self.b0, self.w0],
            learning_rate=self.learning_rate,
            n_steps=self.step + 1,
        )

    @property
    def theta(self):
        """The line now: intercept and slope, shape (2,)."""
        return self.trace.thetas[self.step]

    @property
    def hessian(self):
        """The second derivatives of the loss by (b, w), shape (2, 2)."""
        A = _with_ones(self.x)
        return 2 * A.T @ A / len(A)

    @property
    def readings(self):
        """The line, its gradient, the next line; the loss; and what the learning rate does."""
        theta, following = self.trace.thetas[-2:]
        gradient = _NEVER if _diverged(theta) else self._gradient()(theta)
        following = _NEVER if _diverged(following) else following
        theta = _NEVER if _diverged(theta) else theta
        pairs = {"": theta, "gradient_": gradient, "next_": following}
        named = {
            f"{name}{p}": float(v)
            for name, pair in pairs.items()
            for p, v in zip("bw", pair, strict=True)
        }
        return named | self._losses(theta) | self._rates()

    def _gradient(self):
        """Make the gradient of the mean squared error."""
        return _gradient_function("squared_error", self.x, self.y)

    def _losses(self, theta):
        """Compute the loss now and the lowest one."""
        best = np.linalg.lstsq(_with_ones(self.x), self.y, rcond=None)[0]
        return {
            "loss_value": _mean_loss("squared_error", self.x, self.y, theta),
            "least_loss": _mean_loss("squared_error", self.x, self.y, best),
        }

    def _rates(self):
        """Compute the factor of the error in the slowest direction, and the rates that matter."""
        curvatures = np.linalg.eigvalsh(self.hessian)
        return {
            "factor": float(np.abs(1 - _times(self.learning_rate, curvatures)).max()),
            "best_rate": float(2 / curvatures.sum()),
            "stable_rate": optimizers.largest_stable_rate(self.hessian),
        }


# ---------------------------------------------------------------------------------------------
# Two modes
# ---------------------------------------------------------------------------------------------

_STEEP = 10.0  # the larger curvature; the flat one is this over kappa


class TwoModes(Explorable):
    """Split a descent into its two modes, and find the learning rate that is best for both.

    Turn and narrow the bowl, move the start, and see why the flat direction is slow at any rate
    at which the steep one converges.

    Parameters
    ----------
    kappa : float, optional
        The condition number: the larger curvature over the smaller, between 1 and 100. The larger
        one is always 10.
    angle : float, optional
        The direction of the flat axis, in degrees from the first axis, between -90 and 90.
    theta1, theta2 : float, optional
        The start.
    learning_rate : float, optional
        What the gradient is multiplied by in each step; positive.
    step : int, optional
        How many steps have been taken, at most 80.

    Raises
    ------
    TypeError
        If an argument is of the wrong type, or its keyword is unknown.
    ValueError
        If an argument is not finite or out of its range.

    See Also
    --------
    DescentPlanes : the same for a line among its points.

    Notes
    -----
    A step multiplies the distance along an axis with curvature λ by ``1 - learning_rate * λ``, and
    its share of the loss, λ/2 times the distance squared, by the square of that.

    Examples
    --------
    >>> modes = TwoModes(kappa=10, learning_rate=2 / 11)
    >>> readings = modes.readings
    >>> round(readings["flat_factor"], 4), round(readings["steep_factor"], 4)
    (0.8182, 0.8182)
    >>> readings["steps_to_millionth"]
    69.0
    """

    _module = "two_modes"
    _title = "Two modes"

    kappa = Number(10, minimum=1, maximum=100)
    angle = Number(25, minimum=-90, maximum=90)
    theta1 = Number(-1.4)
    theta2 = Number(0.5)
    learning_rate = PositiveNumber(0.16)
    step = Whole(12, minimum=0, maximum=80)

    @property
    def curvatures(self):
        """The flat and the steep curvature, shape (2,)."""
        return np.array([_STEEP / self.kappa, _STEEP])

    @property
    def axes(self):
        """The flat and the steep direction, one a column, shape (2, 2)."""
        angle = np.deg2rad(self.angle)
        return np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])

    @property
    def hessian(self):
        """The second derivatives of the loss, shape (2, 2)."""
        return self.axes * self.curvatures @ self.axes.T

    @property
    def factors(self):
        """By what a step multiplies the distance along the flat and the steep axis, shape (2,)."""
        return 1 - _times(self.learning_rate, self.curvatures)

    @property
    def shares(self):
        """What the flat and the steep mode hold of the loss now, shape (2,)."""
        with np.errstate(over="ignore", under="ignore", invalid="ignore"):
            first = self.axes.T @ [self.theta1, self.theta2]
            shares = 0.5 * self.curvatures * (first * self.factors**self.step) ** 2
        return np.where(np.isnan(shares), np.inf, shares)

    @property
    def readings(self):
        """The shares of the loss, the factors of the modes, and the rates that matter."""
        flat, steep = np.abs(self.factors)
        named = {"flat_factor": flat, "steep_factor": steep, "gap": self.shares.sum()}
        named |= zip(("flat_share", "steep_share"), self.shares, strict=True)
        named |= {"kappa": self.kappa, "flat_curvature": self.curvatures[0]}
        named |= {"best_rate": 2 / self.curvatures.sum(), "stable_rate": 2 / _STEEP}
        named["steps_to_millionth"] = _steps_until(1e-6, max(flat, steep))
        return {name: float(value) for name, value in named.items()}


def _steps_until(part, factor):
    """Count the steps of a factor that lead down to a part of the error."""
    if factor >= 1:
        return np.inf
    return np.ceil(np.log(part) / np.log(factor)) if factor > 0 else 1.0


# ---------------------------------------------------------------------------------------------
# Optimizer race
# ---------------------------------------------------------------------------------------------

_EPOCHS = 40
_MOMENTUM = 0.8
_LEARNERS = ("descent", "sgd", "momentum", "adam")


def _race_data():
    """Draw the 24 samples of the race: inputs from 0 to 2, far from centred, and a noisy line."""
    data = datasets.linear(24, rng=np.random.default_rng(0), weight=1.5, bias=2.5, noise=0.6)
    return (data.X[:, 0] + 1).round(3).tolist(), data.y.round(3).tolist()


class OptimizerRace(Explorable):
    """Start four optimizers in one long valley, and compare them at the rates that you choose.

    Gradient descent, stochastic gradient descent, momentum and Adam start together; an epoch uses
    each of the 24 samples once.

    Parameters
    ----------
    b0, w0 : float, optional
        The start of all four: intercept and slope.
    epoch : int, optional
        How many epochs have passed, at most 40.
    batch_size : int, optional
        How many samples a step of stochastic gradient descent looks at, at most 24.
    shared : bool, optional
        Whether one slider moves the learning rates of all four.
    descent_rate, sgd_rate, momentum_rate, adam_rate : float, optional
        The learning rate of each; positive.
    show_descent, show_sgd, show_momentum, show_adam : bool, optional
        Whether each is drawn.
    seed : int, optional
        The seed of the numbers that shuffle the samples.
    draw : int, optional
        Which shuffles of these numbers to use.

    Raises
    ------
    TypeError
        If an argument is of the wrong type, or its keyword is unknown.
    ValueError
        If an argument is not finite or out of its range.

    See Also
    --------
    lib.optimizers : takes the steps.

    Notes
    -----
    The loss is the mean squared error of b + w x. Momentum keeps 0.8 of its velocity; Adam has its
    usual settings. An epoch of stochastic gradient descent visits the samples in the order of the
    next 24 numbers of the pool.

    Examples
    --------
    >>> race = OptimizerRace(epoch=0)
    >>> gaps = {round(race.readings[f"{name}_gap"], 9) for name in ("sgd", "adam")}
    >>> len(gaps)  # all start together
    1
    """

    _module = "optimizer_race"
    _title = "Optimizer race"

    x = Numbers(_race_data()[0], **DRAWN)
    y = Numbers(_race_data()[1], **DRAWN)
    seed = Seed()
    pool = Pool(997)
    draw = Whole(0, minimum=0, maximum=10**6)
    batch_size = Whole(4, minimum=1, maximum=24)
    shared = Flag(False)
    b0 = Number(-1)
    w0 = Number(0.5)
    epoch = Whole(12, minimum=0, maximum=_EPOCHS)
    descent_rate = PositiveNumber(0.3)
    sgd_rate = PositiveNumber(0.1)
    momentum_rate = PositiveNumber(0.05)
    adam_rate = PositiveNumber(0.3)
    show_descent = Flag(True)
    show_sgd = Flag(True)
    show_momentum = Flag(True)
    show_adam = Flag(True)

    @property
    def batches(self):
        """The samples of each step of stochastic gradient descent: one list for each epoch."""
        n = len(self.x)
        first = self.draw * _EPOCHS * n + np.arange(self.epoch * n).reshape(-1, n)
        orders = np.argsort(np.take(self.pool, first, mode="wrap"), axis=1, kind="stable")
        cuts = range(0, n, self.batch_size)
        return [[order[i : i + self.batch_size] for i in cuts] for order in orders]

    @property
    def traces(self):
        """The paths so far, each a :class:`lib.optimizers.Trace` of (b, w), by name."""
        gradient, start = self._gradient(), [self.b0, self.w0]
        options = {"n_steps": self.epoch}
        batches = iter([batch for epoch in self.batches for batch in epoch])
        n_batches = self.epoch * -(-len(self.x) // self.batch_size)
        return {
            "descent": optimizers.gradient_descent(
                gradient, start, learning_rate=self.descent_rate, **options
            ),
            "sgd": optimizers.gradient_descent(
                lambda theta: self._gradient(next(batches))(theta),
                start,
                learning_rate=self.sgd_rate,
                n_steps=n_batches,
            ),
            "momentum": optimizers.momentum(
                gradient, start, learning_rate=self.momentum_rate, momentum=_MOMENTUM, **options
            ),
            "adam": optimizers.adam(gradient, start, learning_rate=self.adam_rate, **options),
        }

    @property
    def readings(self):
        """How far the loss of each is above the lowest; and the rate at which descent diverges."""
        gaps = {f"{name}_gap": self._gap(trace.theta) for name, trace in self.traces.items()}
        stable = optimizers.largest_stable_rate(self._hessian())
        return gaps | {"stable_rate": stable, "sgd_steps": -(-len(self.x) // self.batch_size)}

    def _gradient(self, batch=slice(None)):
        """Make the gradient of the mean squared error, on all samples or on some."""
        x, y = np.asarray(self.x)[batch], np.asarray(self.y)[batch]
        return _gradient_function("squared_error", x, y)

    def _hessian(self):
        """Compute the second derivatives of the loss by (b, w), shape (2, 2)."""
        A = _with_ones(self.x)
        return 2 * A.T @ A / len(A)

    def _gap(self, theta):
        """Compute how far the loss is above the lowest, from the curvature: it keeps its digits."""
        if _diverged(theta):
            return np.inf
        away = theta - np.linalg.lstsq(_with_ones(self.x), self.y, rcond=None)[0]
        return float(0.5 * away @ self._hessian() @ away)


# ---------------------------------------------------------------------------------------------
# Loss switch
# ---------------------------------------------------------------------------------------------

_OUTLIER = 7  # which of the nine points of FitLine lies far below the others
_SHORT_LOSSES = {"l2": "half_squared_error", "l1": "absolute_error"}
_SWITCHED = {"l2": "half_squared_error", "huber": "huber", "l1": "absolute_error"}


class LossSwitch(Explorable):
    """Drag one outlier, and see how far each of three losses moves its line, and its contours.

    Descent runs under L2, Huber's loss and L1 from the same start; the switch chooses whose
    contours lie under the paths.

    Parameters
    ----------
    outlier_x, outlier_y : float, optional
        Where the outlier stands.
    loss : {"half_squared_error", "huber", "absolute_error"}, optional
        The loss whose contours are drawn; "L2", "Huber" and "L1" are understood.
    delta : float, optional
        Where Huber's loss turns from quadratic to linear, in units of y; positive.
    b0, w0 : float, optional
        The start: intercept and slope.
    learning_rate : float, optional
        What the gradient is multiplied by in each step; positive.
    step : int, optional
        How many steps have been taken, at most 100.

    Raises
    ------
    TypeError
        If an argument is of the wrong type, or its keyword is unknown.
    ValueError
        If an argument is not finite or out of its range, or there is no such loss.

    See Also
    --------
    FitLine : the same points, fitted by hand.
    lib.losses : the losses and their gradients.

    Notes
    -----
    The pull of a point is minus the slope of its loss: its residual r for L2, the sign of r for L1,
    and r cut to [-delta, delta] for Huber's loss.

    Examples
    --------
    >>> low, lower = LossSwitch(outlier_y=-2).readings, LossSwitch(outlier_y=-4).readings
    >>> print(f"{lower['l1_w'] - low['l1_w']:.4f}, {lower['l2_w'] - low['l2_w']:.4f}")
    0.0000, -0.1800
    """

    _module = "loss_switch"
    _title = "Loss switch"

    x = Numbers(np.delete(FitLine.x.initial, _OUTLIER), **DRAWN)
    y = Numbers(np.delete(FitLine.y.initial, _OUTLIER), **DRAWN)
    outlier_x = Number(FitLine.x.initial[_OUTLIER])
    outlier_y = Number(-1.2)
    loss = Choice(_SWITCHED.values(), short=_SHORT_LOSSES)
    delta = PositiveNumber(1, slider=(0.1, 3, 0.1))
    b0 = Number(2.5)
    w0 = Number(-1.5)
    learning_rate = PositiveNumber(0.15, slider=(0.01, 0.7, 0.01))
    step = Whole(60, minimum=0, maximum=100)

    @property
    def points(self):
        """The inputs and the targets, the outlier last: two lists."""
        return [*self.x, self.outlier_x], [*self.y, self.outlier_y]

    @property
    def traces(self):
        """The paths so far, each a :class:`lib.optimizers.Trace` of (b, w), by short name."""
        return {
            name: optimizers.gradient_descent(
                _gradient_function(loss, *self.points, **self._keywords(loss)),
                [self.b0, self.w0],
                learning_rate=self.learning_rate,
                n_steps=self.step,
            )
            for name, loss in _SWITCHED.items()
        }

    @property
    def readings(self):
        """The slope under each loss, and how hard the outlier pulls under the chosen one."""
        outlier = self.outlier_x, self.outlier_y
        ends = {
            name: _NEVER if _diverged([*trace.theta, *outlier]) else trace.theta
            for name, trace in self.traces.items()
        }
        chosen = next(name for name, loss in _SWITCHED.items() if loss == self.loss)
        slopes = {f"{name}_w": float(theta[1]) for name, theta in ends.items()}
        return slopes | {"pull": self._pull(ends[chosen])}

    def _keywords(self, loss):
        """Return what a loss needs besides targets and predictions."""
        return {"delta": self.delta} if loss == "huber" else {}

    def _pull(self, theta):
        """Compute minus the slope of the outlier's loss."""
        if _diverged(theta):
            return np.inf
        y_pred = theta[0] + theta[1] * self.outlier_x
        if self.loss == "absolute_error" and abs(y_pred - self.outlier_y) < _TINY:
            return 0.0
        slope = getattr(losses, f"{self.loss}_gradient")
        return -float(slope([self.outlier_y], [y_pred], **self._keywords(self.loss))[0])
