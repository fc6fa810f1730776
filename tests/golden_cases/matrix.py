"""What the functions of matrix.js must return: maps, quadratic forms, shapes, differences."""

import itertools
from decimal import Decimal, localcontext

import numpy as np
import scipy.linalg

from lib import calculus
from lib.explorables import JacobianMap, StepSizeV, ThreeArrows

POINTS = [[2.0, 0.5], [0.5, 2.0], [-1.25, 0.75], [3.0, -2.5]]
STEPS = [[0.6, 0.7], [0.4, 0.8], [-0.05, 0.01]]
MATRICES = [[1, 2, 0, 3], [2, -1, 0.5, 1], [1, 4, 2, 1], [-2, 0.25, 1, -1]]
SHAPES = [(), (1,), (3,), (3, 2), (2, 1)]
LAYOUTS = ("numerator", "denominator")
CURVES, METHODS = ("exp", "sin", "cube"), ("forward", "central")


def rows(A):
    """Turn four numbers into a matrix of two rows."""
    return np.reshape(A, (2, 2)).astype(float)


def map_values():
    """Give the maps in complex arithmetic, written anew."""
    linear = np.array([[1, 1], [-0.5, 1]])
    return {
        "product": lambda z: np.array([z[0] * z[1], z[0] ** 2 + z[1]]),
        "polar": lambda z: z[0] * np.array([np.cos(z[1]), np.sin(z[1])]),
        "linear": lambda z: linear @ z,
    }


def complex_step(f, x):
    """Differentiate by an imaginary step: nothing cancels, so all digits are right."""
    columns = [f(np.asarray(x) + 1e-30j * unit).imag / 1e-30 for unit in np.eye(2)]
    return np.stack(columns, axis=1)


def map_cases():
    """Yield the maps of the plane, their Jacobians and remainders."""
    for (name, f), x in itertools.product(map_values().items(), POINTS):
        yield "mapValue", [name, x], f(np.asarray(x))
        yield "mapJacobian", [name, x], complex_step(f, x)
    for name, dx in itertools.product(("polar", "product"), STEPS[:2]):
        x = POINTS[1]
        explorable = JacobianMap(map=name, x=x, dx=dx)
        yield "mapRemainder", [name, x, dx], explorable.remainder


def form_cases():
    """Yield quadratic forms and the arrows that belong to them."""
    for A, x in itertools.product(MATRICES, POINTS):
        M, arrows = rows(A), ThreeArrows(A=A, x=x, t=0.25)
        yield "quadraticForm", [M.tolist(), x], np.einsum("i,ij,j", x, M, x)
        yield "quadraticGradient", [M.tolist(), x], arrows.gradient
        yield "twiceProduct", [M.tolist(), x], ThreeArrows(A=A, x=x).twice_product
        yield "symmetrised", [M.tolist(), 0.25], arrows.matrix
        # Every product is exact in binary with this step, so no digit depends on the order.
        numeric = calculus.gradient(lambda z, M=M: z @ M @ z, x, step=2.0**-17)
        yield "centralGradient", [M.tolist(), x, 2.0**-17], numeric


def plane_cases():
    """Yield sums and products of vectors, and two equations in two unknowns."""
    for A, x in itertools.product(MATRICES, POINTS):
        M = rows(A)
        yield "determinant", [M.tolist()], A[0] * A[3] - A[1] * A[2]
        yield "solve", [M.tolist(), x], np.linalg.solve(M, x)
    for a, b in itertools.product(POINTS, STEPS):
        yield "add", [a, b], np.add(a, b)
        yield "dot", [a, b], np.dot(a, b)


def contour_cases():
    """Yield places on contours, as the flow of a linear system (matrix exponential)."""
    for A, u in itertools.product([*MATRICES, [1, 1, 1, 1]], [0.0, 0.3, -1.1]):
        x = [1.0, 2.0]
        S = (rows(A) + rows(A).T) / 2
        rate = np.sqrt(abs(np.linalg.det(S)))
        flow = np.array([[0, -1], [1, 0]]) @ S / (rate if rate > 1e-9 else 1)
        yield "contourPoint", [rows(A).tolist(), x, u], scipy.linalg.expm(u * flow) @ x


def numbered_derivative(y_shape, x_shape, layout):
    """Lay out labels (y, x) by transposing axes; [row, column, row block, column block, y, x]."""
    y, x = (np.arange(np.prod(shape, dtype=int)).reshape(shape) for shape in (y_shape, x_shape))
    first, second = (y, x) if layout == "numerator" else (x, y)
    a, b = np.meshgrid(first.ravel(), second.ravel(), indexing="ij")
    blocks = [as_grid(first, column=True), as_grid(second, column=False, turned=not first.ndim)]
    n_rows, n_columns = blocks[1].shape
    tensor = first.ndim > 0 and second.ndim > 0 and first.ndim + second.ndim > 2
    for i, j in zip(a.ravel(), b.ravel(), strict=True):
        (row, column), (p, q) = (
            np.argwhere(g == n)[0] for g, n in zip(blocks, (i, j), strict=True)
        )
        pair = (i, j) if layout == "numerator" else (j, i)
        block = (row, column) if tensor else (0, 0)
        yield [row * n_rows + p, column * n_columns + q, *block, *pair]


def as_grid(labels, *, column, turned=False):
    """Write labels on a grid: a vector as a column or a row, a matrix as it is or turned over."""
    if labels.ndim == 2:
        return labels.T if turned else labels
    return labels.reshape(-1, 1) if column else labels.reshape(1, -1)


def shape_cases():
    """Yield the shapes of derivatives and where their entries stand."""
    for y, x, layout in itertools.product(SHAPES, SHAPES, LAYOUTS):
        yield "derivativeShape", [y, x, layout], calculus.derivative_shape(y, x, layout=layout)
        cells = sorted(numbered_derivative(y, x, layout), key=lambda cell: place_of(cell, layout))
        yield "derivativeCells", [y, x, layout], cells


def place_of(cell, layout):
    """Order entries by what comes first, then by their place."""
    return cell[4 if layout == "numerator" else 5], *cell[:2]


def exact_values(name):
    """Give f, f', |f''|, |f'''| at 1, to more digits than a float has."""
    e, sine, cosine = Decimal(1).exp(), *sine_and_cosine()
    return {
        "exp": (e, e, e, e),
        "sin": (sine, cosine, sine, cosine),
        "cube": tuple(map(Decimal, (1, 3, 6, 6))),
    }[name]


def sine_and_cosine(x=1):
    """Compute both from the series of the exponential of an imaginary number."""
    x, term, real, imaginary = Decimal(x), Decimal(1), Decimal(0), Decimal(0)
    for n in range(1, 80):
        sign = -1 if (n - 1) % 4 > 1 else 1
        real, imaginary = (
            (real + sign * term, imaginary) if n % 2 else (real, imaginary + sign * term)
        )
        term *= x / n
    return imaginary, real


def computed_rise(name, by):
    """Round both values once (the cube: after each product) and subtract."""
    if name == "cube":
        return (1 + by) * (1 + by) * (1 + by) - 1
    f = {"exp": lambda x: Decimal(x).exp(), "sin": lambda x: sine_and_cosine(x)[0]}[name]
    return float(f(1 + by)) - float(f(1))


def difference_cases():
    """Yield the errors of finite differences at 1 and the values that they are made of."""
    steps = [2.0**-52, 2.0**-50, -(2.0**-49), 2.0**-40 * 3, 2.0**-20, -(2.0**-10), 0.125, -1.0]
    with localcontext(prec=60):
        for name in CURVES:
            yield "trueSlope", [name], float(exact_values(name)[1])
            for by in steps:
                yield "computedRise", [name, by], computed_rise(name, by)
            for method, h in itertools.product(METHODS, [1e-15, 1e-8, 1e-3, 0.5]):
                yield "errorParts", [name, method, h], error_parts(name, method, h)
    for name, method in itertools.product(CURVES, METHODS):
        yield "bestStep", [name, method], StepSizeV(function=name, method=method).best_step


def error_parts(name, method, h):
    """Compute what Taylor's formula misses and what rounding may cost, relative to the slope."""
    f, slope, second, third = map(float, exact_values(name))
    rounding = 2.0**-53 * f / slope / h
    forward = [second / slope * h / 2, 2 * rounding]
    return forward if method == "forward" else [third / slope * h * h / 6, rounding]


def cases():
    """Yield all cases: function, arguments, value."""
    yield from map_cases()
    yield from form_cases()
    yield from plane_cases()
    yield from contour_cases()
    yield from shape_cases()
    yield from difference_cases()
