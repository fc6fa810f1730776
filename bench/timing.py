"""Timing that a busy machine disturbs little, and the row of a table it ends in."""

from dataclasses import dataclass
from statistics import median
from time import perf_counter

import numpy as np

COLUMNS = ("NumPy by hand", "lib", "PyTorch", "autograd")


@dataclass(frozen=True)
class Row:
    """One line of the table: how long the first column takes, and the others as multiples of it.

    Attributes
    ----------
    name : str
        What is timed.
    unit : float
        Seconds that the first column takes.
    ratios : dict of str to float
        For each column that could run, its time as a multiple of the unit.
    budget : float
        The largest multiple that ``lib`` may take.
    first : str
        What the first column is, where it is not the loop written by hand.
    """

    name: str
    unit: float
    ratios: dict
    budget: float
    first: str = ""


def seconds(function):
    """Time one call."""
    start = perf_counter()
    function()
    return perf_counter() - start


def compare(name, contenders, *, budget, repeats, against=COLUMNS[0]):
    """Run the contenders in turns, and compare each with the reference of the same turn.

    A machine that is busy for a second then slows a whole turn, and not one contender.
    """
    for function in contenders.values():
        function()  # the first call pays for caches and lazy imports
    turns = [{who: seconds(run) for who, run in contenders.items()} for _ in range(repeats)]
    ratios = {who: median(turn[who] / turn[against] for turn in turns) for who in contenders}
    return Row(name, median(turn[against] for turn in turns), ratios, budget)


def same_results(contenders):
    """Refuse to compare contenders that do not compute the same."""
    expected, *others = (np.asarray(function()) for function in contenders.values())
    for other in others:
        np.testing.assert_allclose(other, expected, rtol=1e-8, atol=1e-12)
    return contenders


def installed(makers):
    """Make the contenders whose library is installed."""
    contenders = {}
    for who, make in makers.items():
        try:
            contenders[who] = make()
        except ImportError:
            continue
    return same_results(contenders)
