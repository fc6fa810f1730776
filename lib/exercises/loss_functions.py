"""Exercises of the chapter on loss functions."""

import numpy as np

from lib import losses
from lib.exercises.code import CodeMistake, CodeQuestion

# ---------------------------------------------------------------------------------------------
# Your own stable loss
# ---------------------------------------------------------------------------------------------


def _sigmoid(z):
    """Compute the sigmoid as it is written on paper."""
    return 1 / (1 + np.exp(-z))


def _bce(y, p):
    """Compute the loss as it is written on paper."""
    return -y * np.log(p) - (1 - y) * np.log(1 - p)


def _clipped(epsilon):
    """Make a loss whose probabilities are clipped."""
    return lambda y_true, z: _bce(y_true, np.clip(_sigmoid(z), epsilon, 1 - epsilon))


def _clipped_logit(limit):
    """Make a loss whose logits are clipped."""
    return lambda y_true, z: _logits_bce(y_true, np.clip(z, -limit, limit))


def _shifted(epsilon):
    """Make a loss that adds a small number in the logarithm."""
    return lambda y_true, z: (
        -y_true * np.log(_sigmoid(z) + epsilon) - (1 - y_true) * np.log(1 - _sigmoid(z) + epsilon)
    )


def _logits_bce(y_true, z):
    """Compute the loss from the logit, without a check."""
    return np.maximum(z, 0) - y_true * z + np.log1p(np.exp(-np.abs(z)))


CodeQuestion(
    "loss_functions.stable_bce",
    title="Your own stable loss",
    text="Write the binary cross-entropy from the logit: `y_true` holds labels 0 and 1, `z` "
    "logits, both of shape `(n,)`. Return one loss for each sample, shape `(n,)`, in nats. It "
    "must survive $z = \\pm 1000$. Shapes that differ must raise a `ValueError`.",
    stub='''
    def stable_bce(y_true, z):
        """Compute the binary cross-entropy of each sample from its logit."""
        ...
    ''',
    reference=losses.binary_cross_entropy_with_logits,
    probes=[
        (np.array([y]), np.array([z]))
        for z in (0.0, 1.0, -1.0, 2.0, -2.0, 20.0, -20.0, 40.0, -40.0, 800.0, 1000.0, -1000.0)
        for y in (0, 1)
    ]
    + [
        (np.array([0, 1, 1]), np.array([1.0, 1.0, -3.0])),
        (np.array([0, 1]), np.array([-1000.0, 1000.0])),
    ],
    draw=lambda rng: (rng.integers(0, 2, 3), rng.normal(0, 3, 3).round(2)),
    refuses=[
        (np.array([0, 1]), np.array([[0.5], [2.0]])),
        (np.array([0, 1, 1]), np.array([0.5, 2.0])),
        (np.array([[0], [1]]), np.array([0.5, 2.0])),
    ],
    mistakes=[
        CodeMistake(
            "exp overflows",
            (
                lambda y, z: np.log(1 + np.exp(-z)) + (1 - y) * z,
                lambda y, z: np.log1p(np.exp(-z)) + (1 - y) * z,
                lambda y, z: np.log(1 + np.exp(z)) - y * z,
                lambda y, z: np.log1p(np.exp(z)) - y * z,
                lambda y, z: y * np.log1p(np.exp(-z)) + (1 - y) * np.log1p(np.exp(z)),
                lambda y, z: np.where(y == 1, np.log1p(np.exp(-z)), np.log1p(np.exp(z))),
                lambda y, z: np.logaddexp(0, -z) + (1 - y) * np.log(np.exp(z)),
            ),
            "$\\exp(1000)$ is more than float64 can hold. Take $\\exp$ of $-|z|$ only, which lies "
            "between 0 and 1, and add $\\max(z, 0)$ outside.",
        ),
        CodeMistake(
            "the logarithm of a rounded sigmoid",
            (
                lambda y, z: _bce(y, _sigmoid(z)),
                lambda y, z: -np.log(np.where(y == 1, _sigmoid(z), 1 - _sigmoid(z))),
                lambda y, z: -np.where(y == 1, np.log(_sigmoid(z)), np.log(1 - _sigmoid(z))),
                lambda y, z: -np.log(y * _sigmoid(z) + (1 - y) * (1 - _sigmoid(z))),
            ),
            "$\\sigma(40)$ is exactly 1 in float64, and $\\log(1 - 1)$ is minus infinity. Put the "
            "sigmoid into the logarithm on paper first: the loss becomes a function of $z$.",
        ),
        CodeMistake(
            "clipped",
            (
                *(_clipped(10.0**-k) for k in (4, 5, 6, 7, 8, 9, 10, 12, 15, 16)),
                *(_clipped_logit(limit) for limit in (20, 30, 35, 50, 100, 500, 700, 709)),
            ),
            "You clip, so the loss stops growing: at $z = 1000$ and label 0 it must be 1000, "
            "and its gradient must not vanish. Work with $z$ itself.",
        ),
        CodeMistake(
            "log of zero repaired by adding",
            tuple(_shifted(10.0**-k) for k in (4, 5, 6, 7, 8, 9, 10, 12, 15, 16)),
            "A small number inside the logarithm hides the infinity and changes the loss: at $z = "
            "1000$ and label 0 it must be 1000. Work with $z$ itself.",
        ),
        CodeMistake(
            "labels turned",
            (
                lambda y, z: _logits_bce(1 - y, z),
                lambda y, z: np.logaddexp(0, z) - (1 - y) * z,
                lambda y, z: _bce(1 - y, _sigmoid(z)),
            ),
            "Your loss is low where it must be high: label 1 must be cheap for large $z$.",
        ),
        CodeMistake(
            "labels of minus one and one",
            (lambda y, z: np.logaddexp(0, -y * z), lambda y, z: np.log1p(np.exp(-y * z))),
            "$\\log(1 + \\exp(-yz))$ is the loss for labels $-1$ and $1$. Here they are 0 and 1, "
            "and label 0 always costs $\\log 2$.",
        ),
        CodeMistake(
            "label 0 forgotten",
            (
                lambda y, z: y * np.logaddexp(0, -z),
                lambda y, z: np.logaddexp(0, -z),
                lambda y, z: -y * np.log(_sigmoid(z)),
            ),
            "Only the half for label 1 is there. For label 0 the loss is $\\log(1 + \\exp(z))$.",
        ),
        CodeMistake(
            "mean of the batch",
            lambda y, z: np.mean(_logits_bce(y, z)),
            "You return the mean over the batch. Asked is one loss for each sample, shape `(n,)`.",
            almost=True,
        ),
        CodeMistake(
            "sum of the batch",
            lambda y, z: np.sum(_logits_bce(y, z)),
            "You return the sum over the batch. Asked is one loss for each sample, shape `(n,)`.",
            almost=True,
        ),
        CodeMistake(
            "bits",
            lambda y, z: _logits_bce(y, z) / np.log(2),
            "That is the loss in bits. Asked are nats: use the natural logarithm.",
            almost=True,
        ),
        CodeMistake(
            "logits taken for probabilities",
            (
                lambda y, z: _bce(y, z),
                lambda y, z: _bce(y, np.clip(z, 1e-15, 1 - 1e-15)),
                lambda y, z: _bce(y, np.clip(z, 1e-12, 1 - 1e-12)),
                lambda y, z: _bce(y, np.clip(z, 1e-7, 1 - 1e-7)),
            ),
            "You take the logarithm of $z$, as if it were a probability. The probability is "
            "$\\sigma(z)$.",
        ),
        CodeMistake(
            "the sign of the logit",
            lambda y, z: np.maximum(z, 0) + y * z + np.log1p(np.exp(-np.abs(z))),
            "The term with the label has the wrong sign: it is $- y z$.",
        ),
        CodeMistake(
            "the absolute value forgotten",
            (
                lambda y, z: np.maximum(z, 0) - y * z + np.log1p(np.exp(-z)),
                lambda y, z: np.maximum(z, 0) - y * z + np.log1p(np.exp(z)),
            ),
            "With $\\max(z, 0)$ outside, the exponent inside must be $-|z|$, not $-z$ and not $z$.",
        ),
        CodeMistake(
            "shapes broadcast",
            _logits_bce,
            "Labels `(n,)` against logits `(n, 1)` make `(n, n)` losses without a word. "
            "Compare the shapes first, and raise a `ValueError`.",
            almost=True,
        ),
    ],
    hints=[
        "Put $\\sigma(z)$ into the loss on paper: it becomes $\\log(1 + \\exp(z)) - y z$.",
        "$\\log(1 + \\exp(z)) = \\max(z, 0) + \\log(1 + \\exp(-|z|))$, for every $z$.",
    ],
    because="$\\max(z, 0) - y z + \\log(1 + \\exp(-|z|))$ never takes $\\exp$ of a positive "
    "number.",
    solution="`np.maximum(z, 0) - y_true * z + np.log1p(np.exp(-np.abs(z)))`, after the shapes "
    "have been compared.",
    core=True,
)
