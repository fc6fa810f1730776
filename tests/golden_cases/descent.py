"""What the functions of descent.js must return: bowls, modes, and the paths of optimizers."""

import itertools

import numpy as np

from lib import losses, optimizers

DATA = {
    "three": ([0.0, 1.0, 2.0], [1.0, 3.0, 4.0]),
    "falling": ([-3.0, -1.5, 0.25, 2.0, 7.0], [9.5, 6.0, 6.5, 1.0, -4.25]),
    "centred": ([-2.0, -0.5, 0.5, 2.0], [0.3, 1.1, -0.4, 2.2]),
}
LINES = [[0.25, 0.4], [-1.0, 1.0], [3.5, -2.25]]
NAMES = ("squared_error", "half_squared_error", "absolute_error", "huber")
DELTA = 0.7
POOL = np.random.default_rng(5).random(53).round(6).tolist()
CURVATURES = [(1.0, 10.0, 0.3), (0.5, 0.5, -1.2), (0.2, 4.0, 1.5)]


def columns(x):
    """Put ones before the inputs, shape (n, 2)."""
    return np.stack([np.ones(len(x)), x], axis=1)


def keywords(name):
    """Return what a loss needs besides targets and predictions."""
    return {"delta": DELTA} if name == "huber" else {}


def loss(name, x, y, theta):
    """Compute the mean loss of a line by `lib.losses`."""
    return getattr(losses, name)(y, columns(x) @ theta, **keywords(name)).mean()


def gradient(name, x, y, theta, batch=None):
    """Compute its gradient by `lib.losses`, on some samples or all."""
    x, y = (np.asarray(values)[slice(None) if batch is None else batch] for values in (x, y))
    y_pred = columns(x) @ theta
    y_pred = np.where(np.abs(y - y_pred) < 1e-9, y, y_pred)  # a line through a point, not near it
    slopes = getattr(losses, f"{name}_gradient")(y, y_pred, **keywords(name))
    return slopes @ columns(x) / len(x)


def problem(name, x, y):
    """Write a problem as JavaScript takes it."""
    return {"x": x, "y": y, "loss": name, "delta": DELTA}


def loss_cases():
    """Yield gradients, and what has diverged."""
    for name, (x, y), theta in itertools.product(NAMES, DATA.values(), LINES):
        yield "gradientOf", [problem(name, x, y), theta], gradient(name, x, y, theta)
        batch = [2, 0]
        yield (
            "gradientOf",
            [problem(name, x, y), theta, batch],
            gradient(name, x, y, theta, batch),
        )
    for theta in ([0.5, -2.0], [1e101, 0.0], [3.0, -1e99], [1e308, 1e308]):
        yield "hasDiverged", [theta], bool(np.abs(theta).max() > 1e100)


def bowl(x, y):
    """Take the bowl of squared errors from the eigenvectors of its Hessian."""
    A = columns(x)
    best = np.linalg.lstsq(A, y, rcond=None)[0]
    curvatures, axes = np.linalg.eigh(2 * A.T @ A / len(A))
    angle = np.arctan2(*axes[::-1, 0])
    angle += np.pi * ((angle <= -np.pi / 2) - int(angle > np.pi / 2))
    least = loss("squared_error", x, y, best)
    flat, steep = curvatures
    return {"best": best, "least": least, "flat": flat, "steep": steep, "angle": angle}


def bowl_cases():
    """Yield bowls, and places by their modes."""
    for x, y in (DATA["three"], DATA["falling"]):
        yield "bowlOf", [x, y], bowl(x, y)
    for flat, steep, angle in CURVATURES:
        axes = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
        H = axes * [flat, steep] @ axes.T
        best = np.array([0.5, -1.25])
        given = {"best": best.tolist(), "flat": flat, "steep": steep, "angle": angle}
        start = np.array([-1.0, 0.75])
        modes = np.linalg.solve(axes, start - best)
        yield "modesOf", [given, start.tolist()], modes
        yield "placeOf", [given, modes.tolist()], start
        yield from rate_cases(given, H, start, modes, axes)


def rate_cases(given, H, start, modes, axes):
    """Yield what a learning rate does in a bowl."""
    best = np.array(given["best"])
    curvatures = np.array([given["flat"], given["steep"]])
    for rate in (0.05, 0.15, 0.3):
        walk = optimizers.gradient_descent(
            lambda theta: H @ (theta - best), start, learning_rate=rate, n_steps=6
        )
        yield "bowlPath", [given, start.tolist(), rate, 6], walk.thetas
        away = (walk.thetas[-1] - best) @ axes
        yield "sharesAfter", [given, modes.tolist(), rate, 6], 0.5 * curvatures * away**2
        flat, steep = np.abs(np.diag(axes.T @ (np.eye(2) - rate * H) @ axes))
        yield (
            "factorsOf",
            [given, rate],
            {
                "flat": flat,
                "steep": steep,
                "slowest": np.linalg.norm(np.eye(2) - rate * H, 2),
                "best": 4 / (2 * np.trace(H)),
                "edge": optimizers.largest_stable_rate(H),
            },
        )


def count_steps(part, factor):
    """Count steps one by one."""
    steps, left = 0, 1.0
    while left > part:
        steps, left = steps + 1, left * factor
    return steps


def optimizer_cases():
    """Yield the paths of optimizers, on all samples and on batches."""
    rules = {
        "descent": optimizers.gradient_descent,
        "momentum": optimizers.momentum,
        "adam": optimizers.adam,
    }
    for (rule, walk), name, (x, y) in itertools.product(rules.items(), NAMES, DATA.values()):
        more = {"momentum": 0.8} if rule == "momentum" else {}
        start, plan = [-1.0, 0.9], {"learning_rate": 0.03, "n_steps": 7}
        trace = walk(
            lambda theta, n=name, x=x, y=y: gradient(n, x, y, theta), start, **plan, **more
        )
        options = {"rate": 0.03, "steps": 7, **more}
        yield "pathOf", [rule, problem(name, x, y), start, options], trace.thetas
    yield from batch_cases()


class Shuffler(np.random.Generator):
    """A generator whose permutations follow the pool, so that `lib.optimizers.sgd` can use it."""

    def __init__(self, orders):
        super().__init__(np.random.PCG64(0))
        self.orders = iter(orders)

    def permutation(self, n):
        """Return the next order."""
        return next(self.orders)


def orders(start, n, epochs):
    """Rank n numbers of the pool for each epoch."""
    keys = np.take(POOL, start + np.arange(epochs * n).reshape(-1, n), mode="wrap")
    return np.argsort(keys, axis=1, kind="stable")


def batch_cases():
    """Yield shuffled batches and the path of stochastic gradient descent on them."""
    x, y = DATA["falling"]
    for start, size in itertools.product([0, 11, 47], [1, 2, 5]):
        ranked = orders(start, 5, 4)
        batches = [list(map(int, o[i : i + size])) for o in ranked for i in range(0, 5, size)]
        plan = {"n": 5, "size": size, "epochs": 4}
        # Lists of unequal lengths cannot be one array: each is a value of its own.
        yield "batchesOf", [POOL, start, plan], {str(i): b for i, b in enumerate(batches)}
        trace = optimizers.sgd(
            lambda theta, batch: gradient("squared_error", x, y, theta, batch),
            [0.5, 0.2],
            5,
            rng=Shuffler(ranked),
            batch_size=size,
            learning_rate=0.02,
            n_epochs=4,
        )
        options = {"rate": 0.02, "steps": len(batches), "batches": batches}
        yield (
            "pathOf",
            ["descent", problem("squared_error", x, y), [0.5, 0.2], options],
            trace.thetas,
        )


def bisected(f, level, low, high):
    """Find where a rising function reaches a level."""
    for _ in range(200):
        middle = (low + high) / 2
        low, high = (middle, high) if f(middle) < level else (low, middle)
    return high


def reach_cases():
    """Yield how far out levels lie, by bisection (JavaScript: Newton's method)."""
    for name, (x, y) in itertools.product(NAMES, DATA.values()):
        centre = np.linalg.lstsq(columns(x), y, rcond=None)[0]
        top = loss(name, x, y, centre)
        levels = [top + 4.0, top + 1.5, top + 0.5]
        for direction in ([1.0, 0.5], [-0.3, 1.0]):
            ray = np.array(direction)
            reach = [
                bisected(lambda r, n=name: loss(n, x, y, centre + r * ray), level, 0.0, 1e3)
                for level in levels
            ]
            yield "reachOf", [problem(name, x, y), centre.tolist(), direction, levels], reach


def cases():
    """Yield all cases: the function's name, its arguments, its value."""
    yield from loss_cases()
    yield from bowl_cases()
    for part, factor in [(1e-6, 9 / 11), (1e-6, 0.5195), (0.01, 0.99), (0.5, 0.5), (1e-6, 0.0)]:
        yield "stepsUntil", [part, factor], count_steps(part, factor)
    yield from optimizer_cases()
    yield from reach_cases()
