"""What the functions of datasets.js must return, by lib and by the explorable in Python."""

import numpy as np

from lib import losses, models
from lib.explorables.base import pool
from lib.explorables.datasets import DataMachine

MACHINES = [(8.0, 0.5), (16.0, 0.5), (30.0, 0.9), (0.0, 0.3), (1e-7, 0.25), (2.5, 0.0), (5.0, 1.0)]
DRAWS = [(0, 1), (0, 40), (1, 40), (7, 25), (999, 60)]
X, Y = [0.1, 0.35, 0.5, 0.62, 0.97], [0.0, 1.0, 0.0, 1.0, 1.0]
SHARES = [(0.3, 10), (0.3, 100), (0.3, 1000), (0.0, 4), (1.0, 1)]


def machine_cases(steepness, midpoint):
    """Yield what one machine does and costs."""
    machine, setting = DataMachine(steepness=steepness, midpoint=midpoint), (steepness, midpoint)
    logits = steepness * (np.asarray(X) - midpoint)
    yield "chancesOf", [X, *setting], models.sigmoid(logits)
    yield "mistakesOf", [X, Y, *setting], np.where(np.asarray(Y) == 1, logits <= 0, logits > 0)
    price = losses.binary_cross_entropy_with_logits(np.asarray(Y), logits).mean()
    yield "sampleLogLoss", [X, Y, *setting], price
    yield "trueShare", [*setting], machine.true_share
    yield "bestErrorRate", [*setting], machine.best_error_rate
    yield "bestLogLoss", [*setting], machine.best_log_loss


def cases():
    """Yield function, arguments and value."""
    for setting in MACHINES:
        yield from machine_cases(*setting)
    numbers = pool(0, 1201)
    for draw, n in DRAWS:
        x, y = DataMachine(draw=draw, n=n).samples
        yield "samplesFrom", [numbers, draw, n, 8.0, 0.5], {"x": x, "y": y}
    yield "runningMeans", [Y], np.cumsum(Y) / np.arange(1, 6)
    for share, n in SHARES:
        yield "standardError", [share, n], np.sqrt(share - share**2) / np.sqrt(n)
