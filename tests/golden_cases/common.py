"""What the functions of common.js must return: lines and their losses, and what many share."""

import itertools

import numpy as np

from lib import losses, models, optimizers
from lib.explorables import FitLine

NAMES = ("half_squared_error", "absolute_error", "huber")

# Samples as a reader may meet them: the figure's own, a few round ones, wide and tiny ranges.
DATA = {
    "figure": (FitLine().x, FitLine().y),
    "three": ([0.0, 1.0, 2.0], [1.0, 3.0, 4.0]),
    "falling": ([-3.0, -1.5, 0.25, 2.0, 7.0], [9.5, 6.0, 6.5, 1.0, -4.25]),
    "wide": ([-4e6, 1e6, 2e6, 5e6, 9e6], [2e6, -3e6, 7e6, 4e6, 8.5e6]),
    "tiny": ([1e-6, 3e-6, 4e-6, 8e-6], [2e-6, 1e-6, 5e-6, 6e-6]),
}
LINES = [(0.0, 2.0), (0.6, 1.0), (-1.25, 0.375), (1e3, -1e4)]
DELTAS = [0.1, 1.0, 2.5]


def plain(value):
    """Turn arrays into lists, so that they can be written as JSON."""
    return np.asarray(value, dtype=float).tolist()


def predictions(x, w, b):
    """Compute the line through `lib.models`, shape (n,)."""
    return models.linear(np.asarray(x)[:, None], [[w]], [b])[:, 0]


def sample_losses(name, y_true, y_pred, delta):
    """Compute the per-sample losses through `lib.losses`, shape (n,)."""
    keywords = {"delta": delta} if name == "huber" else {}
    return getattr(losses, name)(y_true, y_pred, **keywords)


def least_squares(x, y, weights):
    """Solve for [w, b] by an orthogonal factorisation (JavaScript: centred sums)."""
    root, scale = np.sqrt(weights), np.abs(x).max()
    columns = np.stack([np.divide(x, scale), np.ones(len(x))], axis=1)
    w, b = np.linalg.lstsq(columns * root[:, None], np.asarray(y) * root, rcond=None)[0]
    return [w / scale, b]


def least_absolute(x, y):
    """Find [w, b] among the lines through two samples, by `lib.losses`."""
    pairs = [(i, j) for i, j in itertools.combinations(range(len(x)), 2) if x[i] != x[j]]
    slopes = [(y[j] - y[i]) / (x[j] - x[i]) for i, j in pairs]
    lines = [(w, y[i] - w * x[i]) for w, (i, _) in zip(slopes, pairs, strict=True)]
    return min(lines, key=lambda line: losses.absolute_error(y, predictions(x, *line)).mean())


def least_huber(x, y, delta):
    """Find [w, b] by gradient descent on `lib.losses` (JavaScript: reweighted least squares)."""
    x, y = np.asarray(x), np.asarray(y)
    centre, spread = x.mean(), x.std()
    z = (x - centre) / spread  # one step size suits every data set once x is standardised

    def gradient(theta):
        slope = losses.huber_gradient(y, predictions(z, *theta), delta=delta)
        return np.array([(slope * z).mean(), slope.mean()])

    start = np.array([0.0, np.median(y)])
    trace = optimizers.gradient_descent(gradient, start, learning_rate=1.0, n_steps=4000)
    w, b = trace.thetas[-1]
    return [w / spread, b - w * centre / spread]


def best_line(x, y, name, delta):
    """Find the line with the least loss, [w, b], by the method for its loss."""
    if name == "absolute_error":
        return least_absolute(x, y)
    if name == "huber":
        return least_huber(x, y, delta)
    return least_squares(x, y, np.ones(len(x)))


def line_cases():
    """Yield the functions of a line and of a prediction."""
    for (x, y), (w, b) in itertools.product(DATA.values(), LINES):
        y_pred = predictions(x, w, b)
        given = [y, plain(y_pred)]
        yield "linear", [x, w, b], y_pred
        yield "residual", given, np.subtract(y, y_pred)
        yield "mean", [plain(y_pred)], np.mean(y_pred)


def loss_cases():
    """Yield the losses by name: of the samples and of the dataset."""
    for (x, y), (w, b), name in itertools.product(DATA.values(), LINES, NAMES):
        y_pred = predictions(x, w, b)
        yield "sampleLosses", [name, y, plain(y_pred), 0.5], sample_losses(name, y, y_pred, 0.5)
        problem = {"x": x, "y": y, "loss": name, "delta": 0.5}
        yield "datasetLoss", [problem, [b, w]], FitLine(**problem, w=w, b=b).loss_value
    for (x, y), (w, b) in itertools.product(DATA.values(), LINES):
        squares = losses.squared_error(y, predictions(x, w, b)).mean()
        yield "datasetLoss", [{"x": x, "y": y, "loss": "squared_error"}, [b, w]], squares
    for name, r in itertools.product(("squared_error", *NAMES), [-2.5, 0.3, 0.0, 4.0]):
        keywords = {"delta": 0.7} if name == "huber" else {}
        yield "lossAt", [name, r, 0.7], getattr(losses, name)([r], [0.0], **keywords)[0]
        slope = getattr(losses, f"{name}_gradient")([r], [0.0], **keywords)[0]
        yield "pullOf", [name, r, 0.7], -float(slope)


def best_cases():
    """Yield the best lines."""
    for x, y in DATA.values():
        weights = [1.0 / (1 + i) for i in range(len(x))]
        yield "weightedLine", [x, y, weights], least_squares(x, y, weights)
        yield "absoluteLine", [x, y], least_absolute(x, y)
    for (x, y), delta in itertools.product([DATA["figure"], DATA["falling"]], DELTAS):
        yield "huberLine", [x, y, delta], least_huber(x, y, delta)
        for name in NAMES:
            problem = {"x": x, "y": y, "loss": name, "delta": delta}
            yield "bestLine", [problem], best_line(x, y, name, delta)


LOGITS = [[2.0, 1.0, 0.1], [0.0, 0.0], [-700.0, 3.5, 690.25, 1e-3], [1000.0, 999.0], [-1e4, 1e4]]


def shared_cases():
    """Yield what many explorables share."""
    for z in LOGITS:
        yield "logsumexp", [z], models.logsumexp(z)
        yield "softmax", [z], models.softmax(z)
        yield "logSoftmax", [z], models.log_softmax(z)
        yield "sum", [z], np.sum(z)
        for value in z:
            yield "sigmoid", [value], models.sigmoid(value)
            yield "logSigmoid", [value], models.log_sigmoid(value)
    for start, length in [(0, 3), (3, 4), (17, 7), (5, 0)]:
        numbers = [0.25, 0.5, -1.5, 2.0, 8.0]
        yield (
            "poolSlice",
            [numbers, start, length],
            np.take(numbers, range(start, start + length), mode="wrap"),
        )


def matrix_cases():
    """Yield products of matrices and vectors."""
    A, B = [[1.0, 2.0], [0.0, 3.0]], [[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]]
    for M in (A, B):
        yield "matVec", [M, [1.0, -2.5]], np.array(M) @ [1.0, -2.5]
        yield "matMul", [M, A], np.array(M) @ A
        yield "transpose", [M], np.array(M).T


def cases():
    """Yield all cases: the function's name, its arguments, its value."""
    yield from line_cases()
    yield from loss_cases()
    yield from best_cases()
    yield from shared_cases()
    yield from matrix_cases()
