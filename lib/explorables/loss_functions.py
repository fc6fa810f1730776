"""The explorables of the chapter on loss functions."""

import numpy as np

from lib import checks, losses, models
from lib.explorables.base import (
    OWN_POINTS,
    Choice,
    Explorable,
    Flag,
    Number,
    Numbers,
    PositiveNumber,
    Whole,
    fixed,
)

__all__ = ["BatchCutter", "DecisionBoundary", "FitLine", "LogitsToLoss"]

# ---------------------------------------------------------------------------------------------
# Fit by hand
# ---------------------------------------------------------------------------------------------

# Drawn by hand: nine points along y = 0.6 x + 1, one of them far below the others.
_X = [-1.4, -0.9, -0.3, 0.2, 0.8, 1.3, 1.9, 2.6, 3.2]
_Y = [0.5, 0.1, 1.1, 0.8, 1.8, 1.5, 2.6, -0.2, 3.1]

_SAMPLE_LOSSES = {
    "half_squared_error": losses.half_squared_error,
    "absolute_error": losses.absolute_error,
    "huber": losses.huber,
}
_SHORT_NAMES = {"l2": "half_squared_error", "l1": "absolute_error"}


class FitLine(Explorable):
    """Fit a line by hand: drag it among its data, or drag its dot on the contours of the loss.

    The two views are one state. The residuals are drawn so that they show the loss:
    squares for the squared error, lengths for the absolute error, squares cut to a band for
    Huber's loss.

    Parameters
    ----------
    x : array_like of float, shape (n,), optional
        The inputs, at most 200 and at least two of them different. By default nine points with one
        outlier.
    y : array_like of float, shape (n,), optional
        The targets; given together with the inputs.
    w : float, optional
        The slope, in units of y per unit of x.
    b : float, optional
        The intercept, in units of y.
    loss : {"half_squared_error", "absolute_error", "huber"}, optional
        The loss of one sample; "L2", "L1" and "Huber" are understood.
    delta : float, optional
        Where Huber's loss turns from quadratic to linear, in units of y.

    Raises
    ------
    TypeError
        If an argument is of the wrong type, or its keyword is unknown.
    ValueError
        If an argument is not finite, the points cannot be drawn, or there is no such loss.

    See Also
    --------
    lib.losses : the losses themselves.

    Notes
    -----
    The prediction is ``w * x + b`` and the number shown is the mean of the sample losses.

    Examples
    --------
    >>> FitLine(x=[0, 1, 2], y=[1, 3, 4], w=1.5, b=1.0, loss="L1")
    FitLine(w=1.500, b=1.000, loss='absolute_error', loss_value=0.1667)
    >>> fit = FitLine(x=[0, 1, 2], y=[1, 3, 4], w=1.5, b=1.0)
    >>> fit.residuals
    array([0. , 0.5, 0. ])
    >>> print(f"{fit.loss_value:.4f}")
    0.0417
    """

    _module = "fit_line"
    _title = "Fit by hand"

    x = Numbers(_X, **OWN_POINTS)
    y = Numbers(_Y, **OWN_POINTS)
    w = Number()
    b = Number(2)
    loss = Choice(_SAMPLE_LOSSES, short=_SHORT_NAMES)
    delta = PositiveNumber(1, slider=(0.1, 3, 0.1))

    def __init__(self, *, x=None, y=None, **values):
        self._set_points(x, y)
        super().__init__(**values)

    def set_data(self, x=None, y=None):
        """Show other points; the line stays where it is. Without arguments, the first nine again.

        Parameters
        ----------
        x : array_like of float, shape (n,), optional
            The inputs, in any unit: from 2 to 200, and at least two of them different.
        y : array_like of float, shape (n,), optional
            The targets, in any unit: as many.

        Raises
        ------
        TypeError
            If only one of the two is given, or they do not hold real numbers.
        ValueError
            If the points cannot be drawn.

        Examples
        --------
        >>> fit = FitLine(w=1.5, b=1.0)
        >>> fit.set_data([0, 1, 2], [1, 3, 4])
        >>> fit
        FitLine(w=1.500, b=1.000, loss='half_squared_error', loss_value=0.0417)
        """
        with self.hold_sync():  # the page gets both lists at once
            self._set_points(x, y)

    def _set_points(self, x, y):
        """Set inputs and targets together, or the first ones."""
        own = checks.both_or_neither("x", x, "y", y)
        points = checks.drawable_points("x", x, "y", y, at_most=200) if own else (_X, _Y)
        traits = self.traits()
        valid = {
            name: traits[name].validate(self, values)
            for name, values in zip("xy", points, strict=True)
        }
        for name, value in valid.items():  # all of them, or none
            self.set_trait(name, value)

    @property
    def residuals(self):
        """What the line leaves: targets minus predictions, shape (n,), in units of y."""
        return np.asarray(self.y) - self._predictions()

    @property
    def loss_value(self):
        """The loss of the dataset: the mean of the sample losses, in the unit of the loss."""
        predictions = self._predictions()
        if not np.isfinite(predictions).all():
            return float("inf")
        keywords = {"delta": self.delta} if self.loss == "huber" else {}
        with np.errstate(over="ignore"):  # a line far enough away has the loss inf
            return float(_SAMPLE_LOSSES[self.loss](self.y, predictions, **keywords).mean())

    @property
    def readings(self):
        """The loss of the dataset, in the unit of the loss."""
        return {"loss_value": self.loss_value}

    def _predictions(self):
        """Compute the heights of the line at the inputs, shape (n,), in units of y."""
        return models.linear(np.asarray(self.x)[:, None], [[self.w]], [self.b])[:, 0]

    def __repr__(self):
        return (
            f"FitLine(w={fixed(self.w, 3)}, b={fixed(self.b, 3)}, loss={self.loss!r}, "
            f"loss_value={fixed(self.loss_value, 4)})"
        )


# ---------------------------------------------------------------------------------------------
# From logits to loss
# ---------------------------------------------------------------------------------------------


class LogitsToLoss(Explorable):
    """Drag three logits, or their probabilities, and watch the loss and its gradient.

    The logits become probabilities by a softmax, the probability of the right class becomes the
    loss, and the gradient says how each logit should move.

    Parameters
    ----------
    logits : array_like of float, shape (3,), optional
        The scores of the three classes, dimensionless.
    label : int, optional
        The right class: 0, 1 or 2.
    shift : float, optional
        What is added to each logit, dimensionless. It changes no probability.
    temperature : float, optional
        What the logits are divided by, from 0.1 to 10, dimensionless.
    twice : bool, optional
        Whether softmax is applied a second time, to the probabilities: a common mistake.

    Raises
    ------
    TypeError
        If an argument is of the wrong type, or its keyword is unknown.
    ValueError
        If an argument is not finite or out of its range, or there are not three logits.

    See Also
    --------
    lib.losses.cross_entropy_with_logits : the loss.
    lib.losses.double_softmax_floor : what is left of it after two softmaxes.

    Notes
    -----
    The loss is ``-log softmax((logits + shift) / temperature)[label]``, in nats.

    Examples
    --------
    >>> scores = LogitsToLoss(logits=[2, 1, 0.1])
    >>> print(f"{scores.loss_value:.4f}")
    0.4170
    >>> scores.gradient.round(4)
    array([-0.341 ,  0.2424,  0.0986])
    """

    _module = "logits_to_loss"
    _title = "From logits to loss"

    logits = Numbers((2, 1, 0.1), at_least=3, at_most=3)
    label = Whole(0, minimum=0, maximum=2)
    shift = Number(0, slider=(-3, 3, 0.1))
    temperature = Number(1, minimum=0.1, maximum=10, slider=(0.2, 5, 0.1))
    twice = Flag()

    @property
    def probabilities(self):
        """The probabilities that the loss sees, shape (3,)."""
        once = self._softmax(self._scaled())
        return models.softmax(once) if self.twice and np.isfinite(once).all() else once

    @property
    def loss_value(self):
        """The cross-entropy of the right class, in nats."""
        scores = self._softmax(self._scaled()) if self.twice else self._scaled()
        diverged = np.isnan(scores).any() or scores.max() == np.inf
        return float("inf") if diverged else float(-models.log_softmax(scores)[self.label])

    @property
    def gradient(self):
        """The slope of the loss in each logit, shape (3,), in nats."""
        once = self._softmax(self._scaled())
        slope = self.probabilities - np.eye(3)[self.label]
        # Differences of slopes keep their digits where one class has nearly all.
        through = once * ((slope[:, None] - slope) @ once) if self.twice else slope
        return through / self.temperature

    @property
    def floor(self):
        """The least loss that any logits can reach, in nats."""
        return losses.double_softmax_floor(3) if self.twice else 0.0

    @property
    def readings(self):
        """The shifted logits, the probabilities, and the loss and its gradient in nats."""
        rows = {"logit": np.asarray(self.logits) + self.shift}
        rows |= {"probability": self.probabilities, "gradient": self.gradient}
        each = {f"{name}_{c}": float(row[c]) for name, row in rows.items() for c in range(3)}
        label_probability = float(self.probabilities[self.label])
        return {
            **each,
            "label_probability": label_probability,
            "loss_value": self.loss_value,
            "floor": self.floor,
        }

    def _scaled(self):
        """Compute what the softmax gets, shape (3,), dimensionless."""
        with np.errstate(over="ignore"):
            return (np.asarray(self.logits) + self.shift) / self.temperature

    def _softmax(self, scores):
        """Compute probabilities, shape (3,); NaN where a score is beyond all numbers."""
        return np.full(3, np.nan) if scores.max() == np.inf else models.softmax(scores)

    def __repr__(self):
        return (
            f"LogitsToLoss(logits={self.logits}, label={self.label}, shift={self.shift}, "
            f"temperature={self.temperature}, twice={self.twice}, "
            f"loss_value={fixed(self.loss_value, 4)})"
        )


# ---------------------------------------------------------------------------------------------
# Decision boundary
# ---------------------------------------------------------------------------------------------

# Drawn by hand: ten samples of each label that overlap, and one label 0 deep among the ones.
_ZEROS = [-3.4, -2.9, -2.5, -2.1, -1.6, -1.2, -0.7, -0.2, 0.6, 2.3]
_ONES = [-0.9, -0.4, 0.3, 0.9, 1.3, 1.7, 2.0, 2.6, 3.0, 3.4]
_LABELS = OWN_POINTS | {"minimum": 0, "maximum": 1}


def _first_samples():
    """List the inputs and the labels of the first view, in the order of the inputs."""
    pairs = sorted([(x, 0.0) for x in _ZEROS] + [(x, 1.0) for x in _ONES])
    return [x for x, _ in pairs], [y for _, y in pairs]


class DecisionBoundary(Explorable):
    """Drag a sigmoid between two classes, and see the loss of each sample.

    The same sigmoid is a curve among the samples and a dot on the contours of the mean loss. Below
    each sample stands its loss.

    Parameters
    ----------
    x : array_like of float, shape (n,), optional
        The inputs, at most 200 and at least two of them different. By default twenty samples whose
        classes overlap.
    y : array_like of float, shape (n,), optional
        The labels, 0 or 1; given together with the inputs.
    w : float, optional
        The weight, per unit of x: how steep the sigmoid is.
    b : float, optional
        The bias, dimensionless. The boundary lies at ``-b / w``.

    Raises
    ------
    TypeError
        If an argument is of the wrong type, or its keyword is unknown.
    ValueError
        If an argument is not finite, a label is neither 0 nor 1, or the samples cannot be drawn.

    See Also
    --------
    lib.losses.binary_cross_entropy_with_logits : the loss of each sample.

    Notes
    -----
    The predicted probability of label 1 is ``sigmoid(w * x + b)``, and the number shown is the mean
    of the binary cross-entropies, in nats.

    Examples
    --------
    >>> DecisionBoundary(w=3, b=0)
    DecisionBoundary(w=3.000, b=0.000, loss_value=0.7054, accuracy=0.80)
    >>> DecisionBoundary(x=[-1, 1], y=[0, 1], w=0, b=0).sample_losses.round(4)
    array([0.6931, 0.6931])
    """

    _module = "decision_boundary"
    _title = "Decision boundary"

    x = Numbers(_first_samples()[0], **OWN_POINTS)
    y = Numbers(_first_samples()[1], **_LABELS)
    w = Number(3)
    b = Number(0)

    def __init__(self, *, x=None, y=None, **values):
        self._set_samples(x, y)
        super().__init__(**values)

    def set_data(self, x=None, y=None):
        """Show other samples; the sigmoid stays. Without arguments, the first twenty again.

        Parameters
        ----------
        x : array_like of float, shape (n,), optional
            The inputs: from 2 to 200, and at least two of them different.
        y : array_like of float, shape (n,), optional
            The labels, 0 or 1: as many.

        Raises
        ------
        TypeError
            If only one of the two is given, or they do not hold real numbers.
        ValueError
            If a label is neither 0 nor 1, or the samples cannot be drawn.

        Examples
        --------
        >>> sigmoid = DecisionBoundary(w=2, b=0)
        >>> sigmoid.set_data([-1, 1], [0, 1])
        >>> sigmoid.accuracy
        1.0
        """
        with self.hold_sync():  # the page gets both lists at once
            self._set_samples(x, y)

    def _set_samples(self, x, y):
        """Set inputs and labels together, or the first ones."""
        points = _first_samples()
        if checks.both_or_neither("x", x, "y", y):
            points = checks.drawable_points("x", x, "y", y, at_most=200)
            checks.binary_labels("y", points[1])
        for name, values in zip("xy", points, strict=True):
            self.set_trait(name, values)

    @property
    def sample_losses(self):
        """What each sample costs, shape (n,), in nats; all inf if a score is beyond all numbers."""
        scores = self._scores()
        if not np.isfinite(scores).all():
            return np.full(len(scores), np.inf)
        return losses.binary_cross_entropy_with_logits(self.y, scores)

    @property
    def loss_value(self):
        """The mean of the sample losses, in nats."""
        with np.errstate(over="ignore"):
            return float(self.sample_losses.mean())

    @property
    def accuracy(self):
        """The part of the samples on the right side of the boundary."""
        scores = self._scores()
        right = (scores > 0) == np.asarray(self.y, dtype=bool)
        return float(right.mean()) if np.isfinite(scores).all() else float("inf")

    @property
    def readings(self):
        """The mean and the largest loss in nats, its share in per cent, and the accuracy."""
        worst = float(self.sample_losses.max())
        with np.errstate(over="ignore"):
            total = float(self.sample_losses.sum())
        return {
            "loss_value": self.loss_value,
            "accuracy": self.accuracy,
            "worst": worst,
            "worst_percent": 100 * worst / (total or 1.0) if np.isfinite(total) else total,
        }

    def _scores(self):
        """Compute the logits, shape (n,), dimensionless."""
        with np.errstate(over="ignore", invalid="ignore"):
            return np.asarray(self.x) * self.w + self.b

    def __repr__(self):
        return (
            f"DecisionBoundary(w={fixed(self.w, 3)}, b={fixed(self.b, 3)}, "
            f"loss_value={fixed(self.loss_value, 4)}, accuracy={fixed(self.accuracy, 2)})"
        )


# ---------------------------------------------------------------------------------------------
# Batch cutter
# ---------------------------------------------------------------------------------------------


class BatchCutter(Explorable):
    """Cut a few errors into two batches, and compare the mean of their losses with the whole.

    A mean of squares may be computed batch by batch, if the batches have one size or their weights.
    A root mean square may not.

    Parameters
    ----------
    errors : array_like of float, shape (n,), optional
        The sizes of four to eight errors, in units of y.
    cut : int, optional
        How many errors the first batch holds, from 1; the second always keeps at least one.
    loss : {"mse", "rmse"}, optional
        The mean of the squared errors, or its root.
    weighted : bool, optional
        Whether a batch counts as often as it has errors. Without weights, both count alike.

    Raises
    ------
    TypeError
        If an argument is of the wrong type, or its keyword is unknown.
    ValueError
        If an argument is not finite, an error is negative, there are too few or too many of them,
        or there is no such loss.

    See Also
    --------
    lib.losses.squared_error : the squares.

    Notes
    -----
    With batches of n1 and n2 errors the weighted mean of their losses is
    ``(n1 * first + n2 * second) / (n1 + n2)``.

    Examples
    --------
    >>> BatchCutter(errors=[0, 0, 0, 4], loss="RMSE")
    BatchCutter(cut=2, loss='rmse', weighted=False, mean_of_batches=1.4142, whole=2.0000)
    >>> BatchCutter(errors=[0, 0, 0, 4]).gap
    0.0
    """

    _module = "batch_cutter"
    _title = "Batch cutter"

    errors = Numbers((0, 0, 0, 4), at_least=4, at_most=8, minimum=0)
    cut = Whole(2, minimum=1, maximum=7)
    loss = Choice(("mse", "rmse"))
    weighted = Flag()

    @property
    def batch_losses(self):
        """The losses of the two batches, in the unit of the loss."""
        return [self._loss_of(self.errors[: self._cut]), self._loss_of(self.errors[self._cut :])]

    @property
    def mean_of_batches(self):
        """The mean of the batch losses, weighted or not, in the unit of the loss."""
        share = self._cut / len(self.errors) if self.weighted else 0.5
        first, second = self.batch_losses
        return share * first + (1 - share) * second

    @property
    def whole(self):
        """The loss of all errors at once, in the unit of the loss."""
        return self._loss_of(self.errors)

    @property
    def gap(self):
        """By how much the mean of the batches misses the whole, in the unit of the loss."""
        return self.mean_of_batches - self.whole

    @property
    def readings(self):
        """The losses of the batches, their mean, the whole and the gap, in the unit of the loss."""
        first, second = self.batch_losses
        return {
            "first_loss": first,
            "second_loss": second,
            "mean_of_batches": self.mean_of_batches,
            "whole": self.whole,
            "gap": self.gap,
        }

    @property
    def _cut(self):
        """The cut, moved so that the second batch is not empty."""
        return min(self.cut, len(self.errors) - 1)

    def _loss_of(self, errors):
        """Compute the loss of some errors, in its own unit; inf where squares overflow."""
        with np.errstate(over="ignore"):
            square = losses.squared_error(errors, np.zeros(len(errors))).mean()
        return float(np.sqrt(square) if self.loss == "rmse" else square)

    def __repr__(self):
        return (
            f"BatchCutter(cut={self.cut}, loss={self.loss!r}, weighted={self.weighted}, "
            f"mean_of_batches={fixed(self.mean_of_batches, 4)}, whole={fixed(self.whole, 4)})"
        )
