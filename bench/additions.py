"""Forward and backward through a chain of additions: what one small operation costs."""

import numpy as np

from bench.timing import Row, compare, installed

FEW, MANY = 5_000, 100_000


def with_lib(n=FEW):
    """Chain of additions in the package."""
    from lib.autodiff import Tensor

    def run():
        x = Tensor(1.0)
        y = x
        for _ in range(n):
            y = y + x
        y.backward()
        return x.grad

    return run


def with_torch():
    """Chain of additions in PyTorch."""
    import torch

    def run():
        x = torch.tensor(1.0, dtype=torch.float64, requires_grad=True)
        y = x
        for _ in range(FEW):
            y = y + x
        y.backward()
        return x.grad.numpy()

    return run


def with_autograd():
    """Chain of additions in autograd."""
    import autograd

    def chain(x):
        y = x
        for _ in range(FEW):
            y = y + x
        return y

    return lambda: autograd.grad(chain)(1.0)


def by_hand():
    """Add up the values, and then the cotangents, on NumPy's scalars."""

    def run():
        x = np.float64(1.0)
        y, share = x, np.float64(1.0)
        for _ in range(FEW):
            y = y + x
        total = share
        for _ in range(FEW):
            total = total + share
        return total

    return run


MAKERS = {
    "NumPy by hand": by_hand,
    "lib": with_lib,
    "PyTorch": with_torch,
    "autograd": with_autograd,
}


def beside_torch():
    """Compare with PyTorch, or with the loop by hand where it is not installed."""
    contenders = installed(MAKERS)
    name = f"{FEW:,} additions, forward and backward"
    row = compare(name, contenders, budget=float("inf"), repeats=15)
    budget = row.ratios.get("PyTorch", float("inf"))  # faster than PyTorch
    return Row(row.name, row.unit, row.ratios, budget)


def growth():
    """Compare the cost of an addition in a long chain with that in a short one."""
    few, many = f"{FEW:,} in lib", "lib"
    row = compare("", {few: with_lib(FEW), many: with_lib(MANY)}, budget=1, repeats=5, against=few)
    per_addition = {"lib": row.ratios[many] * FEW / MANY}
    name = f"{MANY:,} additions, time of each"
    return Row(name, row.unit / FEW, per_addition, 2.0, first=few)  # 20 if it were quadratic


def rows():
    """Time both."""
    return [beside_torch(), growth()]
