"""What the functions of losses.js must return, by `lib` and by other methods."""

import itertools

import numpy as np
from scipy.optimize import brentq

from lib import autodiff, information, losses, models, optimizers

LOGITS = [[2.0, 1.0, 0.1], [0.5, -1.25, 3.0], [-4.0, 0.0, 2.5], [700.0, 699.0, 698.5]]
HOW = [(0.0, 1.0, False), (2.5, 0.5, False), (-1.0, 3.0, True), (0.0, 1.0, True)]

CLASSES = {
    "few": ([-2.0, -1.0, -0.5, 0.5, 1.0, 2.5], [0, 0, 1, 0, 1, 1]),
    "falling": ([1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0], [1, 1, 0, 1, 0, 1, 0]),
    "outlier": ([-3.0, -2.0, -1.0, 0.25, 0.5, 1.0, 2.0, 3.5], [0, 0, 0, 1, 0, 1, 1, 0]),
}
SIGMOIDS = [(0.0, 0.0), (1.0, -0.5), (-2.5, 3.0), (40.0, 1.0)]
ERRORS = [[0.0, 0.0, 0.0, 4.0], [1.0, 2.0, 3.0, 4.0, 0.5], [2.0, 2.0, 2.0, 2.0, 2.0, 2.5]]


def scaled(scores):
    """Compute what the softmax gets, shape (1, K)."""
    shifted = np.asarray(scores["logits"]) + scores["shift"]
    return shifted[None] / scores["temperature"]


def loss_of(scores):
    """Compute the loss through `lib.losses`."""
    z = scaled(scores)
    given = models.softmax(z) if scores["twice"] else z
    return losses.cross_entropy_with_logits([scores["label"]], given)[0]


def probabilities(scores):
    """Compute the probabilities that the loss sees, shape (K,)."""
    once = models.softmax(scaled(scores))[0]
    return models.softmax(once) if scores["twice"] else once


def tensor_softmax(z):
    """Compute a softmax that `lib.autodiff` can go back through."""
    powers = (z - float(z.data.max())).exp()
    return powers / powers.sum()


def gradient(scores):
    """Compute the slope in each logit by reverse mode (JavaScript: closed forms)."""
    logits = autodiff.Tensor(scores["logits"])
    probs = tensor_softmax((logits + scores["shift"]) / scores["temperature"])
    probs = tensor_softmax(probs) if scores["twice"] else probs
    (-(probs[scores["label"]].log())).backward()
    return logits.grad


def logit_for(scores, index, wanted):
    """Search the logit that gives the wanted probability (JavaScript: solved by hand)."""

    def miss(logit):
        logits = [logit if c == index else z for c, z in enumerate(scores["logits"])]
        return probabilities({**scores, "logits": logits})[index] - wanted

    middle = float(np.mean(scores["logits"]))
    return brentq(miss, middle - 60, middle + 60, xtol=1e-15, rtol=1e-15)


def score_cases():
    """Yield the functions of logits."""
    for logits, (shift, temperature, twice), label in itertools.product(LOGITS, HOW, range(3)):
        scores = {"logits": logits, "shift": shift, "temperature": temperature}
        scores |= {"twice": twice, "label": label}
        yield "scaledLogits", [scores], scaled(scores)[0]
        yield "classProbabilities", [scores], probabilities(scores)
        yield "labelLoss", [scores], loss_of(scores)
        yield "logitGradient", [scores], gradient(scores)
    for n_classes in (2, 3, 10):
        yield "doubleSoftmaxFloor", [n_classes], losses.double_softmax_floor(n_classes)


def inverse_cases():
    """Yield the way back from a probability to its logit."""
    for logits, (shift, temperature, twice) in itertools.product(LOGITS[:3], HOW):
        scores = {"logits": logits, "shift": shift, "temperature": temperature, "twice": twice}
        for index, wanted in [(0, 0.45), (2, 0.3)]:
            yield "logitFor", [scores, index, wanted], logit_for(scores, index, wanted)


def best_sigmoid(x, y):
    """Find [w, b] by gradient descent on `lib.losses` (JavaScript: reweighted least squares)."""
    A = np.stack([x, np.ones(len(x))], axis=1)
    middle, spread = np.mean(x), np.std(x)
    A[:, 0] = (A[:, 0] - middle) / spread  # one step size suits all once x is standardised

    def slope(theta):
        return losses.binary_cross_entropy_with_logits_gradient(y, A @ theta) @ A / len(x)

    trace = optimizers.gradient_descent(slope, np.zeros(2), learning_rate=3.0, n_steps=3000)
    w, b = trace.thetas[-1]
    return [w / spread, b - w * middle / spread]


def class_cases():
    """Yield the functions of a sigmoid among two classes."""
    for (x, y), (w, b) in itertools.product(CLASSES.values(), SIGMOIDS):
        logits = models.linear(np.asarray(x)[:, None], [[w]], [b])[:, 0]
        loss = losses.binary_cross_entropy_with_logits(y, logits)
        data = {"x": x, "y": y}
        yield "binaryCrossEntropyWithLogits", [y, logits.tolist()], loss
        yield "logisticLoss", [data, w, b], loss.mean()
        yield "logisticAccuracy", [data, w, b], np.mean((logits > 0) == np.asarray(y))
    for x, y in CLASSES.values():
        yield "isSeparable", [{"x": x, "y": y}], False
        yield "logisticFit", [{"x": x, "y": y}], best_sigmoid(x, y)
    for y in ([0, 0, 1], [1, 0, 0], [1, 1, 1]):
        yield "isSeparable", [{"x": [1.0, 2.0, 2.0], "y": y}], True
    # Only labels of both kinds at one x pay in the end; JavaScript finds that x by itself.
    for x, y, count, shares in [
        ([1.0, 2.0, 2.0], [0, 0, 1], 2, [0.5, 0.5]),
        ([4.0, 4.0, 4.0, -1.0, 7.0], [1, 0, 0, 1, 0], 3, [1 / 3, 2 / 3]),
    ]:
        price = count * information.entropy(shares) / len(x)
        yield "separableLimit", [{"x": x, "y": y}], price
    for y in ([0, 1, 1], [0, 0, 0]):
        yield "separableLimit", [{"x": [1.0, 2.0, 2.0], "y": y}], 0.0


def batch_cases():
    """Yield the functions of batches; the report from sums of squares, not from means."""
    for errors, loss in itertools.product(ERRORS, ("mse", "rmse")):
        root = np.sqrt if loss == "rmse" else np.asarray
        squares, n = losses.squared_error(errors, np.zeros(len(errors))), len(errors)
        whole = root(squares.sum() / n)
        yield "errorLoss", [errors, loss], whole
        longer = np.asarray(errors) / np.linalg.norm(errors) * np.sqrt(n)  # of root mean square 1
        yield "errorsWithLoss", [errors, loss, 2.25], longer * (2.25 if loss == "rmse" else 1.5)
        yield "errorsWithLoss", [[0.0] * n, loss, 4.0], np.full(n, 4.0 if loss == "rmse" else 2.0)
        for cut, weighted in itertools.product((1, 2, n - 1), (False, True)):
            first, second = root(squares[:cut].sum() / cut), root(squares[cut:].sum() / (n - cut))
            mean = (cut * first + (n - cut) * second) / n if weighted else (first + second) / 2
            batches = {"errors": errors, "cut": cut, "loss": loss, "weighted": weighted}
            report = {"first": first, "second": second, "mean": mean, "whole": whole}
            yield "batchReport", [batches], {**report, "gap": mean - whole}


def cases():
    """Yield all cases: the function's name, its arguments, its value."""
    yield from score_cases()
    yield from inverse_cases()
    yield from class_cases()
    yield from batch_cases()
