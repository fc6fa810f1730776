"""Exercises of *Before you start*: the check, one for each section, and those at the end."""

import math

import numpy as np

from lib.exercises.base import (
    Choices,
    FirstWrongLine,
    Matrix,
    Mistake,
    Number,
    Option,
    Shape,
    Vector,
)
from lib.exercises.code import CodeMistake, CodeQuestion

SUMS = ("sec-ba-sums", "Sums and means")
SLOPES = ("sec-ba-slopes", "The derivative is a slope")
LOGS = ("sec-ba-logs", "Exp and log")
MATRICES = ("sec-ba-matrices", "Vectors and matrices")
BOWLS = ("sec-ba-bowls", "Eigenvectors of a bowl")
CHANCE = ("sec-ba-chance", "Random variables")
SHAPES = ("sec-ba-shapes", "Shapes and broadcasting")
PYTHON = ("sec-ba-python", "The Python of this course")

# ---------------------------------------------------------------------------------------------
# The check: one question a section
# ---------------------------------------------------------------------------------------------


def terms(rng):
    """Draw three numbers, a factor and a constant."""
    return {
        "xs": rng.choice(np.arange(1, 8), size=3, replace=False),
        "factor": int(rng.integers(2, 5)),
        "extra": int(rng.integers(2, 6)),
    }


Number(
    "basics.check_sums",
    title="1. A sum",
    section=SUMS,
    text="For $(x_1, x_2, x_3) = {xs}$, what is $\\sum_{i=1}^{3} ({factor} x_i + {extra})$?",
    values=terms,
    answer=lambda xs, factor, extra: int(np.sum(factor * xs + extra)),
    mistakes=[
        Mistake(
            "constant added once",
            lambda xs, factor, extra: int(factor * xs.sum() + extra),
            "You added the constant once. It stands inside the brackets, so it is added for each "
            "$i$.",
        ),
        Mistake(
            "factor forgotten",
            lambda xs, extra: int(np.sum(xs + extra)),
            "You forgot the factor in front of $x_i$.",
        ),
        Mistake(
            "mean for sum",
            lambda answer: answer / 3,
            "That is the mean of the three terms. $\\sum$ asks for their sum.",
        ),
        Mistake(
            "first term only",
            lambda xs, factor, extra: int(factor * xs[0] + extra),
            "That is the term of $i = 1$. $\\sum$ adds the terms of $i = 1, 2, 3$.",
        ),
    ],
    hints=["Write the three terms one after the other."],
    because="The constant is added once for each $i$, that is three times.",
    solution="$\\sum_i ({factor} x_i + {extra}) = {factor} \\cdot {total} + 3 \\cdot {extra} = "
    "{answer}$.",
    shown=lambda xs: {"total": int(xs.sum())},
    core=True,
)


def powers(rng):
    """Draw a point and a factor for a function of two variables."""
    first, second, factor = rng.choice(np.arange(2, 8), size=3, replace=False).tolist()
    return {"first": first, "second": second, "factor": factor}


Number(
    "basics.check_slopes",
    title="2. A partial derivative",
    section=SLOPES,
    text="$f(w, b) = w^2 b + {factor} b$. What is $\\frac{\\partial f}{\\partial w}$ at "
    "$w = {first}$, $b = {second}$?",
    values=powers,
    answer=lambda first, second: 2 * first * second,
    mistakes=[
        Mistake(
            "by the other variable",
            lambda first, factor: first**2 + factor,
            "That is $\\partial f / \\partial b$. For $\\partial f / \\partial w$ the number $b$ "
            "is frozen, and $w$ moves.",
        ),
        Mistake(
            "both slopes added",
            lambda first, second, factor: 2 * first * second + first**2 + factor,
            "You added the slopes by $w$ and by $b$. $\\partial f / \\partial w$ freezes $b$: it "
            "does not move at all.",
        ),
        Mistake(
            "frozen factor dropped",
            lambda first: 2 * first,
            "You dropped the factor $b$. A frozen variable is a constant, and a constant *factor* "
            "stays.",
        ),
        Mistake(
            "frozen term kept",
            lambda first, second, factor: 2 * first * second + factor * second,
            "You kept the second term. It does not contain $w$: seen from $w$ it is a constant, "
            "and its slope is 0.",
        ),
        Mistake(
            "value of the function",
            lambda first, second, factor: first**2 * second + factor * second,
            "That is the value of $f$, not its slope.",
        ),
    ],
    hints=["Think of $b$ as of a number such as 5. What is the derivative of $5 w^2$?"],
    because="With $b$ frozen, $w^2 b$ has the slope $2wb$, and the other term has none.",
    solution="$\\frac{\\partial f}{\\partial w} = 2 w b = 2 \\cdot {first} \\cdot {second} = "
    "{answer}$.",
    core=True,
)


def logarithms(rng):
    """Draw the logarithms of two numbers."""
    first, second = rng.choice(np.arange(2, 40), size=2, replace=False) / 10
    return {"first": float(first), "second": float(second)}


Number(
    "basics.check_logs",
    title="3. A logarithm",
    section=LOGS,
    text="$\\log u = {first}$ and $\\log v = {second}$. What is $\\log (u^2 / v)$?",
    values=logarithms,
    answer=lambda first, second: 2 * first - second,
    mistakes=[
        Mistake(
            "logarithm squared",
            lambda first, second: first**2 - second,
            "You squared $\\log u$. A power becomes a *factor*: $\\log u^2 = 2 \\log u$.",
        ),
        Mistake(
            "logarithms divided",
            lambda first, second: 2 * first / second,
            "You divided the logarithms. A quotient becomes a *difference*: $\\log (a / v) = \\log "
            "a - \\log v$.",
        ),
        Mistake(
            "power of the whole",
            lambda first, second: 2 * (first - second),
            "You doubled both. Only $u$ is squared.",
        ),
        Mistake(
            "added",
            lambda first, second: 2 * first + second,
            "You added $\\log v$. That is right for a product; $v$ divides.",
        ),
    ],
    hints=["A product becomes a sum, a quotient a difference, a power a factor."],
    because="A power becomes a factor, a quotient a difference.",
    solution="$2 \\log u - \\log v = 2 \\cdot {first} - {second} = {answer}$.",
    core=True,
)


def lengths(rng):
    """Draw three different lengths."""
    rows, inner, others = rng.choice(np.arange(2, 10), size=3, replace=False).tolist()
    return {"rows": rows, "inner": inner, "others": others}


Shape(
    "basics.check_matrices",
    title="4. A product of matrices",
    section=MATRICES,
    text="$A$ has shape $({rows}, {inner})$ and $B$ has shape $({others}, {inner})$. Which shape "
    "has $A B^{\\top}$?",
    values=lengths,
    answer=lambda rows, others: (rows, others),
    mistakes=[
        Mistake(
            "the common length kept",
            lambda inner: (inner, inner),
            "The common length is the one that the sums run over, so it disappears. What is left "
            "are the rows of $A$ and the columns of $B^{\\top}$.",
        ),
        Mistake(
            "shape of the first",
            lambda rows, inner: (rows, inner),
            "That is the shape of $A$. The product has as many columns as $B^{\\top}$.",
        ),
        Mistake(
            "shape of the transpose",
            lambda inner, others: (inner, others),
            "That is the shape of $B^{\\top}$. The product has as many rows as $A$.",
        ),
        Mistake(
            "one number",
            lambda: (),
            "One number comes from *one* row times *one* column. A product has one entry for each "
            "pair of them.",
        ),
    ],
    hints=["$B^{\\top}$ has shape $({inner}, {others})$. Write the two shapes side by side."],
    because="$({rows}, {inner})$ times $({inner}, {others})$: the common length disappears.",
    solution="$B^{\\top}$ has shape $({inner}, {others})$, so the product has shape {answer}.",
    core=True,
)


def alike(rng):
    """Draw a symmetric matrix with equal numbers on its diagonal, and one of its eigenvectors."""
    diagonal, beside = rng.choice(np.arange(1, 8), size=2, replace=False).tolist()
    sign = int(rng.choice([-1, 1]))
    return {
        "table": np.array([[diagonal, beside], [beside, diagonal]]),
        "vector": np.array([1, sign]),
    }


Number(
    "basics.check_bowls",
    title="5. An eigenvalue",
    section=BOWLS,
    text="$A = {table}$ has the eigenvector $v = {vector}$. What is its eigenvalue?",
    values=alike,
    answer=lambda table, vector: int(table[0] @ vector),
    mistakes=[
        Mistake(
            "diagonal",
            lambda table: int(table[0, 0]),
            "That is the number on the diagonal. The other numbers of the row count, too: multiply "
            "$A$ by $v$.",
        ),
        Mistake(
            "eigenvalue of the other",
            lambda table, vector: int(table[0, 0] - vector[1] * table[0, 1]),
            "That is the eigenvalue of the other eigenvector. Multiply $A$ by *this* $v$.",
        ),
        Mistake(
            "trace",
            lambda table: int(np.trace(table)),
            "That is the trace, the sum of *both* eigenvalues.",
        ),
        Mistake(
            "determinant",
            lambda table: int(table[0, 0] ** 2 - table[0, 1] ** 2),
            "That is the determinant, the *product* of both eigenvalues.",
        ),
    ],
    hints=["Compute $Av$. By which number was $v$ multiplied?"],
    because="$Av$ is $v$ times that number.",
    solution="The first entry of $Av$ is {answer}, and the first entry of $v$ is 1: $Av = "
    "{answer} \\cdot v$.",
    core=True,
)


def two_values(rng):
    """Draw two values and the probability of the first."""
    low = int(rng.integers(1, 6))
    return {
        "low": low,
        "high": low + int(rng.integers(2, 10)),
        "chance": float(rng.choice([0.1, 0.2, 0.3, 0.4, 0.6, 0.7, 0.8, 0.9])),
    }


Number(
    "basics.check_chance",
    title="6. An expectation",
    section=CHANCE,
    text="$X$ is {low} with probability {chance}, and {high} otherwise. What is $\\mathbb{E}[X]$?",
    values=two_values,
    answer=lambda low, high, chance: chance * low + (1 - chance) * high,
    mistakes=[
        Mistake(
            "plain mean",
            lambda low, high: (low + high) / 2,
            "That is the mean of the two values. They are not equally probable: each value counts "
            "with its probability.",
        ),
        Mistake(
            "probabilities exchanged",
            lambda low, high, chance: (1 - chance) * low + chance * high,
            "You gave each value the probability of the other one.",
        ),
        Mistake(
            "most probable value",
            lambda low, high, chance: low if chance > 0.5 else high,
            "That is the more probable value. The expectation is a mean, and need not be one of "
            "the values.",
        ),
        Mistake(
            "first term only",
            lambda low, chance: chance * low,
            "The term of the second value is missing: it has the rest of the probability.",
        ),
    ],
    hints=["Multiply each value by its probability, and add."],
    because="Each value counts with its probability.",
    solution="${chance} \\cdot {low} + {rest} \\cdot {high} = {answer}$.",
    shown=lambda chance: {"rest": round(1 - chance, 6)},
    core=True,
)

Shape(
    "basics.check_shapes",
    title="7. A difference of arrays",
    section=SHAPES,
    text="In NumPy `a` has shape `({size}, 1)` and `b` has shape `({size},)`. Which shape has "
    "`a - b`?",
    values=lambda rng: {"size": int(rng.integers(3, 40))},
    answer=lambda size: (size, size),
    mistakes=[
        Mistake(
            "one axis expected",
            lambda size: (size,),
            "It looks as if the entries were paired. `({size},)` counts as a *row*, `(1, {size})`, "
            "and the column is repeated against it.",
        ),
        Mistake(
            "column expected",
            lambda size: (size, 1),
            "The last axis has 1 entry in `a` and {size} in `b`: the column is repeated.",
        ),
        Mistake(
            "one number",
            lambda: (),
            "A difference keeps its entries. Only a sum or a mean makes one number of them.",
        ),
    ],
    hints=[
        "Write the shapes under one another, so that their right ends agree. A missing axis counts "
        "as 1."
    ],
    because="A column against a row: each entry of `a` meets each entry of `b`.",
    solution="`({size},)` counts as `(1, {size})`. Against `({size}, 1)` both are repeated, to "
    "{answer}.",
    core=True,
)


def items(rng):
    """Draw four numbers, a factor, and a bound that leaves some out."""
    drawn = rng.choice(np.arange(2, 10), size=4, replace=False)
    return {
        "items": drawn,
        "factor": int(rng.integers(2, 6)),
        "bound": int(np.sort(drawn[1:])[0]),
    }


Number(
    "basics.check_python",
    title="8. Three lines of Python",
    section=PYTHON,
    text="`f = lambda v: {factor} * v`\n\n`first, *rest = {items}`\n\n"
    "What is `sum([f(v) for v in rest if v > {bound}])`?",
    values=items,
    answer=lambda items, factor, bound: int(sum(factor * v for v in items[1:] if v > bound)),
    mistakes=[
        Mistake(
            "first included",
            lambda items, factor, bound: (
                int(sum(factor * v for v in items if v > bound)) if items[0] > bound else None
            ),
            "You counted the first number, too. `first` takes it; `rest` holds the others.",
        ),
        Mistake(
            "condition ignored",
            lambda items, factor: int(factor * items[1:].sum()),
            "You took all of `rest`. The `if` keeps those that are larger than {bound}.",
        ),
        Mistake(
            "function not called",
            lambda items, bound: int(sum(v for v in items[1:] if v > bound)),
            "You added the numbers themselves. The list holds `f(v)` for each of them.",
        ),
        Mistake(
            "condition turned round",
            lambda factor, bound: factor * bound,
            "You took the number that the `if` leaves out. It keeps those for which it is true.",
        ),
    ],
    hints=["What is `rest`? Which of its numbers pass the `if`?"],
    because="`rest` has all but the first, the `if` keeps some, and `f` is called with each.",
    solution="Of `rest` the numbers {kept} are larger than {bound}. Their sum is {total}, times "
    "{factor}: {answer}.",
    shown=lambda items, bound: {
        "kept": items[1:][items[1:] > bound],
        "total": int(items[1:][items[1:] > bound].sum()),
    },
    core=True,
)

# ---------------------------------------------------------------------------------------------
# One a section
# ---------------------------------------------------------------------------------------------


def two_groups(rng):
    """Draw the sizes and the means of two groups."""
    few, many = rng.choice([1, 2, 3, 4, 6, 8, 9, 12], size=2, replace=False)
    first, second = rng.choice(np.arange(1, 20), size=2, replace=False)
    return {"few": int(few), "many": int(many), "first": int(first), "second": int(second)}


Number(
    "basics.two_groups",
    title="The mean of two groups",
    text="A group of {few} numbers has the mean {first}, and another group of {many} numbers has "
    "the mean {second}. What is the mean of all the numbers together?",
    values=two_groups,
    answer=lambda few, many, first, second: (few * first + many * second) / (few + many),
    mistakes=[
        Mistake(
            "mean of the means",
            lambda first, second: (first + second) / 2,
            "You took the mean of the two means. That is right for groups of the same size only: "
            "the larger group counts more.",
        ),
        Mistake(
            "weights exchanged",
            lambda few, many, first, second: (many * first + few * second) / (few + many),
            "You gave each group the size of the other one.",
        ),
        Mistake(
            "sum not divided",
            lambda few, many, first, second: few * first + many * second,
            "That is the sum of all the numbers. Divide by how many they are.",
        ),
        Mistake(
            "divided by two",
            lambda few, many, first, second: (few * first + many * second) / 2,
            "You divided the sum of all the numbers by 2. Divide by how many numbers there are.",
        ),
    ],
    hints=[
        "What is the sum of the first group? It is its mean times its size.",
        "Add both sums, and divide by how many numbers there are.",
    ],
    because="Each group counts with its size.",
    solution="The sums are ${few} \\cdot {first}$ and ${many} \\cdot {second}$. Together they are "
    "{total}, and there are {count} numbers: the mean is {answer:.4f}.",
    shown=lambda few, many, first, second: {
        "total": few * first + many * second,
        "count": few + many,
    },
    core=True,
)

Number(
    "basics.small_step",
    title="A small step",
    text="$f(x) = x^3$. You go from $x = {place}$ to $x = {place} + 0.1$. By how much does $f$ "
    "change, predicted by its *slope* at ${place}$?",
    values=lambda rng: {"place": int(rng.integers(2, 11)) / 2},
    tolerance=0.003,
    answer=lambda place: 3 * place**2 * 0.1,
    mistakes=[
        Mistake(
            "the slope itself",
            lambda place: 3 * place**2,
            "That is the slope: the change for a step of 1. Multiply by the step.",
        ),
        Mistake(
            "the exact change",
            lambda place: (place + 0.1) ** 3 - place**3,
            "That is the exact change. The slope predicts a little less: the tangent is straight, "
            "and the curve bends up.",
            almost=True,
        ),
        Mistake(
            "the new value",
            lambda place: place**3 + 3 * place**2 * 0.1,
            "That is the predicted *value*. The question asks for the change.",
        ),
        Mistake(
            "exponent not brought down",
            lambda place: place**2 * 0.1,
            "You used the slope $x^2$. The exponent comes down as a factor: $(x^3)' = 3x^2$.",
        ),
    ],
    hints=["What is the slope of $x^3$?", "The change is about slope times step."],
    because="For a small step, the change is about slope times step.",
    solution="The slope is $3 \\cdot {place}^2 = {slope}$, and ${slope} \\cdot 0.1 = {answer}$. "
    "The exact change is {exact}.",
    shown=lambda place: {"slope": 3 * place**2, "exact": round((place + 0.1) ** 3 - place**3, 6)},
    core=True,
)


def base_and_power(rng):
    """Draw two numbers and a factor."""
    return {
        "first": int(rng.integers(2, 8)),
        "second": int(rng.integers(2, 6)),
        "times": int(rng.integers(2, 4)),
    }


Number(
    "basics.exp_of_logs",
    title="Out of the logarithm",
    text="What is $\\exp(\\log {first} + {times} \\log {second})$?",
    values=base_and_power,
    answer=lambda first, second, times: first * second**times,
    mistakes=[
        Mistake(
            "sum kept",
            lambda first, second, times: first + second**times,
            "You kept the sum. $\\exp$ turns a sum into a *product*: $\\exp(a + b) = \\exp a "
            "\\cdot \\exp b$.",
        ),
        Mistake(
            "logarithms crossed out",
            lambda first, second, times: first + times * second,
            "You crossed out $\\exp$ and $\\log$ term by term. $\\exp$ of a sum is the product of "
            "the $\\exp$.",
        ),
        Mistake(
            "factor for power",
            lambda first, second, times: first * times * second,
            "A factor in front of a logarithm is a *power* inside: $k \\log u = \\log u^k$.",
        ),
        Mistake(
            "exp forgotten",
            lambda answer: math.log(answer),
            "That is the exponent. The question asks for $\\exp$ of it.",
        ),
        Mistake(
            "power of the whole",
            lambda first, second, times: (first * second) ** times,
            "The factor stands in front of the second logarithm only.",
        ),
    ],
    hints=["Write the exponent as one logarithm.", "$\\exp$ undoes that logarithm."],
    because="The exponent is one logarithm, and $\\exp$ undoes it.",
    solution="${times} \\log {second} = \\log {power}$, and $\\log {first} + \\log {power} = \\log "
    "({first} \\cdot {power})$. $\\exp$ of it is {answer}.",
    shown=lambda second, times: {"power": second**times},
    core=True,
)


def two_tables(rng):
    """Draw two matrices of two rows."""
    return {
        "left": rng.integers(-2, 5, size=(2, 2)),
        "right": rng.integers(-2, 5, size=(2, 2)),
    }


Matrix(
    "basics.product",
    title="A product by hand",
    text="$A = {left}$ and $B = {right}$. What is $AB$?",
    values=two_tables,
    answer=lambda left, right: left @ right,
    mistakes=[
        Mistake(
            "entry by entry",
            lambda left, right: left * right,
            "You multiplied entry by entry, as `A * B` does in NumPy. In $AB$ each entry is a row "
            "of $A$ times a *column* of $B$.",
        ),
        Mistake(
            "the other order",
            lambda left, right: right @ left,
            "That is $BA$. The order matters: the rows are those of the first matrix.",
        ),
        Mistake(
            "rows with rows",
            lambda left, right: left @ right.T,
            "You multiplied rows of $A$ with *rows* of $B$: that is $AB^{\\top}$.",
        ),
        Mistake(
            "columns with columns",
            lambda left, right: left.T @ right,
            "You multiplied *columns* of $A$ with columns of $B$: that is $A^{\\top}B$.",
        ),
        Mistake(
            "added",
            lambda left, right: left + right,
            "That is the sum $A + B$.",
        ),
    ],
    hints=[
        "The entry in row 1, column 2 is row 1 of $A$ times column 2 of $B$.",
        "Row times column: multiply in pairs, and add.",
    ],
    because="Each entry is a row of $A$ times a column of $B$.",
    solution="Row 1 of $A$ times column 1 of $B$ is {corner}. All four: ${answer}$.",
    shown=lambda answer: {"corner": int(answer[0, 0])},
    core=True,
)

Number(
    "basics.along_an_eigenvector",
    title="Up the wall of a bowl",
    text="$f(x) = \\frac{1}{2} x^{\\top} A x$, and $A$ is symmetric. $v$ is an eigenvector of "
    "length 1 with the eigenvalue {value}. What is $f$ at $x = {step} v$?",
    values=lambda rng: {
        "value": int(rng.integers(3, 10)),
        "step": int(rng.choice([3, 4, 5, 6])),
    },
    answer=lambda value, step: value * step**2 / 2,
    mistakes=[
        Mistake(
            "half forgotten",
            lambda value, step: value * step**2,
            "You forgot the factor $\\frac{1}{2}$ in $f$.",
        ),
        Mistake(
            "step not squared",
            lambda value, step: value * step / 2,
            "$x$ stands twice in $x^{\\top} A x$, so the step is squared.",
        ),
        Mistake(
            "eigenvalue squared",
            lambda value, step: value**2 * step**2 / 2,
            "You squared the eigenvalue. $A$ stands once in $x^{\\top} A x$, so it comes once.",
        ),
        Mistake(
            "eigenvalue forgotten",
            lambda step: step**2 / 2,
            "That is $\\frac{1}{2} \\lVert x \\rVert^2$. $A$ multiplies $v$ by its eigenvalue.",
        ),
    ],
    hints=["$Ax = A({step} v)$. Which multiple of $v$ is that?", "$v^{\\top} v = 1$."],
    because="Along an eigenvector of length 1 the bowl is the parabola $\\frac{1}{2} \\lambda "
    "t^2$.",
    solution="$\\frac{1}{2} \\cdot {value} \\cdot {step}^2 = {answer}$.",
    core=True,
)


def scatter(low, high, chance):
    """Return the variance of something that has two values."""
    return chance * (1 - chance) * (high - low) ** 2


def mean_of(low, high, chance):
    """Return the expectation of something that has two values."""
    return chance * low + (1 - chance) * high


Number(
    "basics.variance",
    title="A variance",
    text="$X$ is {low} with probability {chance}, and {high} otherwise. What is "
    "$\\operatorname{Var}(X)$?",
    values=two_values,
    answer=scatter,
    mistakes=[
        Mistake(
            "standard deviation",
            lambda answer: math.sqrt(answer),
            "That is the standard deviation, the *root* of the variance.",
        ),
        Mistake(
            "mean of the squares",
            lambda low, high, chance: chance * low**2 + (1 - chance) * high**2,
            "That is $\\mathbb{E}[X^2]$. Subtract the square of the expectation, or take the "
            "distances from the expectation first.",
        ),
        Mistake(
            "equal weights",
            lambda low, high: (high - low) ** 2 / 4,
            "You counted both values alike. Each squared distance counts with its probability.",
        ),
        Mistake(
            "not squared",
            lambda low, high, chance: 2 * chance * (1 - chance) * (high - low),
            "You took the mean of the distances. The variance is the mean of their *squares*.",
        ),
        Mistake(
            "expectation",
            mean_of,
            "That is the expectation. The variance says how far the values lie from it.",
        ),
    ],
    hints=[
        "Compute the expectation first, then the distance of each value from it.",
        "Square the distances, and take their mean, weighted by the probabilities.",
    ],
    because="It is the mean squared distance from the expectation, weighted by the probabilities.",
    solution="$\\mathbb{E}[X] = {mean}$. The distances are {below} and {above}; ${chance} \\cdot "
    "{below:()}^2 + {rest} \\cdot {above}^2 = {answer:.6g}$.",
    shown=lambda low, high, chance: {
        "mean": round(mean_of(low, high, chance), 6),
        "below": round(low - mean_of(low, high, chance), 6),
        "above": round(high - mean_of(low, high, chance), 6),
        "rest": round(1 - chance, 6),
    },
    core=True,
)


def table_shape(rng):
    """Draw two different lengths."""
    n, d = rng.choice(np.arange(2, 40), size=2, replace=False).tolist()
    return {"rows": n, "columns": d}


Shape(
    "basics.mean_over_rows",
    title="Which axis is left?",
    text="`X` has shape `({rows}, {columns})`: {rows} rows and {columns} columns. Which shape "
    "has `X.mean(axis=0)`?",
    values=table_shape,
    answer=lambda columns: (columns,),
    mistakes=[
        Mistake(
            "the other axis",
            lambda rows: (rows,),
            "That is the shape of `X.mean(axis=1)`. The axis that you name is the one that "
            "*disappears*.",
        ),
        Mistake(
            "axis kept",
            lambda columns: (1, columns),
            "That is the shape with `keepdims=True`. Without it the axis is gone.",
            almost=True,
        ),
        Mistake(
            "one number",
            lambda: (),
            "`X.mean()` without an axis is one number. Here only axis 0 disappears.",
        ),
        Mistake(
            "shape kept",
            lambda rows, columns: (rows, columns),
            "A mean over an axis makes one number of all that stand along it.",
        ),
    ],
    hints=["Axis 0 is the first length of the shape. It is the one that disappears."],
    because="Axis 0 disappears: one mean for each of the {columns} columns.",
    solution="Of `({rows}, {columns})` the first length disappears: {answer}.",
    core=True,
)


def two_lines(rng):
    """Draw two lines, a new intercept and an input, all different."""
    slope, shift, new, at = rng.choice(np.arange(2, 10), size=4, replace=False).tolist()
    return {"slope": slope, "shift": shift, "new": new, "at": at}


Vector(
    "basics.two_objects",
    title="Two objects of one class",
    text="`Line(w, b)` keeps its two numbers as `self.w` and `self.b`, and its method "
    "`__call__(self, x)` returns `self.w * x + self.b`.\n\n"
    "`f, g = Line({slope}, {shift}), Line({shift}, {slope})`\n\n`f.b = {new}`\n\n"
    "What is `(f({at}), g({at}))`?",
    values=two_lines,
    answer=lambda slope, shift, new, at: [slope * at + new, shift * at + slope],
    mistakes=[
        Mistake(
            "assignment without effect",
            lambda slope, shift, at: [slope * at + shift, shift * at + slope],
            "`f.b = …` changes the number that `f` keeps, and the next call uses it.",
        ),
        Mistake(
            "both objects changed",
            lambda slope, shift, new, at: [slope * at + new, shift * at + new],
            "`f` and `g` are two objects, each with numbers of its own. Only `f` was changed.",
        ),
        Mistake(
            "the wrong one changed",
            lambda slope, shift, new, at: [slope * at + shift, shift * at + new],
            "You changed `g`. Unpacking goes from left to right: `f` is the first of the two.",
        ),
        Mistake(
            "slope changed",
            lambda slope, shift, new, at: [new * at + shift, shift * at + slope],
            "You changed `f.w`. The assignment is to `f.b`.",
        ),
    ],
    hints=["Which numbers does each object keep after the assignment?"],
    because="Each object keeps numbers of its own, and only `f.b` was changed.",
    solution="`f` computes ${slope} \\cdot {at} + {new}$, `g` computes ${shift} \\cdot {at} + "
    "{slope}$: {answer}.",
    core=True,
)

# ---------------------------------------------------------------------------------------------
# At the end
# ---------------------------------------------------------------------------------------------

Choices(
    "basics.densities",
    title="Densities and spreads",
    text="Tick all that hold.",
    options=[
        Option(
            "A density can be larger than 1.",
            True,
            "A density is probability *per unit of* $x$. On an interval of length 0.5 the uniform "
            "density is 2.",
            "density above one",
        ),
        Option(
            "If $X$ has the density $p$, then $P(X = 0.5) = p(0.5)$.",
            False,
            "A single point has no width, so its probability is 0. Only areas under a density are "
            "probabilities.",
            "density as a probability",
        ),
        Option(
            "The area under a density from $a$ to $b$ is $P(a \\le X \\le b)$.",
            True,
            "That is what a density is made for.",
            "area",
        ),
        Option(
            "The standard deviation of $\\mathcal{N}(0, 4)$ is 4.",
            False,
            "The second number is the *variance*. The standard deviation is its root, 2.",
            "variance as a deviation",
        ),
        Option(
            "Doubling $X$ doubles its variance: $\\operatorname{Var}(2X) = 2 "
            "\\operatorname{Var}(X)$.",
            False,
            "Distances double, so their squares become four times as large.",
            "variance doubled",
        ),
        Option(
            "Factors and constants come out: $\\mathbb{E}[2X + 1] = 2\\,\\mathbb{E}[X] + 1$.",
            True,
            "This is right: an expectation is a weighted mean, and means do that.",
            "linear expectation",
        ),
    ],
    hints=["A density is no probability; its *areas* are."],
    because="Areas under a density are probabilities, and the variance is made of squares.",
    solution="True: a density may exceed 1, its areas are probabilities, and $\\mathbb{E}$ is "
    "linear. A point has probability 0, $\\mathcal{N}(0, 4)$ has the standard deviation 2, and "
    "$\\operatorname{Var}(2X) = 4 \\operatorname{Var}(X)$.",
    core=True,
)

FirstWrongLine(
    "basics.vanishing_variance",
    title="No variance at all?",
    text="Somebody proves that every variance is 0. With $\\mu = \\mathbb{E}[X]$, which is the "
    "first wrong line?",
    lines=[
        Mistake(
            "the square doubted",
            "$(X - \\mu)^2 = X^2 - 2 \\mu X + \\mu^2$",
            "This is right, for every value of $X$.",
        ),
        Mistake(
            "linearity doubted",
            "$\\mathbb{E}[(X - \\mu)^2] = \\mathbb{E}[X^2] - 2 \\mu\\,\\mathbb{E}[X] + \\mu^2$",
            "This is right: $\\mathbb{E}$ is linear, and $\\mu$ is a fixed number.",
        ),
        Mistake(
            "the middle term doubted",
            "$2 \\mu\\,\\mathbb{E}[X] = 2 \\mu^2$",
            "This is right: $\\mathbb{E}[X]$ is $\\mu$.",
        ),
        "$\\mathbb{E}[X^2] = \\mu^2$",
        Mistake(
            "the last line",
            "So $\\operatorname{Var}(X) = \\mu^2 - 2 \\mu^2 + \\mu^2 = 0$.",
            "This follows from the lines before it. Try them with $X = \\pm 1$, each with "
            "probability $\\frac{1}{2}$.",
        ),
    ],
    wrong=3,
    hints=["Take $X = 1$ or $-1$, each with probability $\\frac{1}{2}$. Check line by line."],
    because="The mean of the squares is not the square of the mean.",
    solution="For $X = \\pm 1$ with probability $\\frac{1}{2}$ each, $\\mathbb{E}[X^2] = 1$ and "
    "$\\mu^2 = 0$. The difference of the two *is* the variance.",
    core=True,
)


def _shares(X):
    """Divide each row by its sum."""
    return X / X.sum(axis=1, keepdims=True)


CodeQuestion(
    "basics.shares",
    title="Rows that add up to one",
    text="`X` has shape `(n, d)` and positive entries. Return an array of the same shape in which "
    "each *row* is divided by its own sum, so that each row adds up to 1.",
    stub='''
    def shares(X):
        """Return each row divided by its sum."""
        ...
    ''',
    reference=_shares,
    probes=[
        (np.array([[1.0, 3.0]]),),
        (np.array([[1.0, 3.0], [2.0, 2.0]]),),
        (np.array([[4.0], [5.0]]),),
        (np.array([[1.0, 2.0, 1.0], [0.5, 0.25, 0.25]]),),
        (np.array([[1.0, 1.0, 2.0], [3.0, 3.0, 4.0], [5.0, 10.0, 5.0]]),),
        (np.arange(1.0, 57.0).reshape(8, 7),),
    ],
    draw=lambda rng: (rng.uniform(0.5, 9, size=(3, 3)).round(2),),
    mistakes=[
        CodeMistake(
            "columns",
            (
                lambda X: X / X.sum(axis=0),
                lambda X: X / X.sum(axis=0, keepdims=True),
            ),
            "You divided by the sums of the *columns*: `axis=0` is the axis that disappears. For "
            "one sum a row, sum over `axis=1`.",
        ),
        CodeMistake(
            "axis not kept",
            lambda X: X / X.sum(axis=1),
            "`X.sum(axis=1)` has shape `(n,)`, and NumPy counts that as a *row*. It fails, or it "
            "silently divides column $j$ by the sum of row $j$. Write `keepdims=True`.",
        ),
        CodeMistake(
            "one sum for all",
            lambda X: X / X.sum(),
            "You divided by the sum of *all* entries. Then the whole array adds up to 1, not each "
            "row.",
        ),
        CodeMistake(
            "largest for sum",
            lambda X: X / X.max(axis=1, keepdims=True),
            "You divided by the largest entry of each row. Then the largest becomes 1, and not "
            "the sum.",
        ),
        CodeMistake(
            "mean for sum",
            lambda X: X / X.mean(axis=1, keepdims=True),
            "You divided by the *mean* of each row. Then each row adds up to $d$.",
        ),
        CodeMistake(
            "length for sum",
            lambda X: X / np.linalg.norm(X, axis=1, keepdims=True),
            "You divided by the length of each row: then the *squares* add up to 1.",
        ),
        CodeMistake(
            "the sums themselves",
            (lambda X: X.sum(axis=1), lambda X: X.sum(axis=1, keepdims=True)),
            "You return the sums. Divide `X` by them.",
        ),
    ],
    hints=[
        "`X.sum(axis=1, keepdims=True)` has shape `(n, 1)`.",
        "A `(n, 1)` array is repeated to fit `(n, d)`: that is broadcasting.",
    ],
    because="The sums have shape `(n, 1)`, and are repeated along the rows.",
    solution="`return X / X.sum(axis=1, keepdims=True)`.",
    core=True,
)


def _spread(values, probabilities):
    """Return the standard deviation of a random variable with finitely many values."""
    mean = probabilities @ values
    return math.sqrt(probabilities @ (values - mean) ** 2)


CodeQuestion(
    "basics.spread",
    title="A standard deviation",
    text="A random variable has finitely many `values`, each with one of the `probabilities`; both "
    "are arrays of shape `(k,)`. Return its standard deviation.",
    stub='''
    def spread(values, probabilities):
        """Return the standard deviation of a random variable."""
        ...
    ''',
    reference=_spread,
    probes=[
        (np.array([5.0]), np.array([1.0])),
        (np.array([0.0, 1.0]), np.array([0.5, 0.5])),
        (np.array([0.0, 10.0]), np.array([0.9, 0.1])),
        (np.array([1.0, 2.0, 6.0]), np.array([0.5, 0.25, 0.25])),
        (np.array([-3.0, 0.0, 1.0, 7.0]), np.array([0.1, 0.2, 0.3, 0.4])),
        (np.arange(8.0) ** 2, np.array([0.3, 0.1, 0.1, 0.1, 0.05, 0.05, 0.1, 0.2])),
    ],
    draw=lambda rng: (
        rng.integers(-9, 10, size=3) / 2,
        np.array([[0.2, 0.3, 0.5], [0.7, 0.2, 0.1], [0.6, 0.1, 0.3]])[rng.integers(3)],
    ),
    mistakes=[
        CodeMistake(
            "variance",
            lambda values, probabilities: _spread(values, probabilities) ** 2,
            "That is the variance. The standard deviation is its root.",
            almost=True,
        ),
        CodeMistake(
            "probabilities not used",
            (lambda values, probabilities: np.std(values),),
            "Your function counts all values alike. Each squared distance counts with its "
            "probability.",
        ),
        CodeMistake(
            "distances from the plain mean",
            lambda values, probabilities: math.sqrt(probabilities @ (values - values.mean()) ** 2),
            "The distances are those from the *expectation*, and that is weighted, too: "
            "`probabilities @ values`.",
        ),
        CodeMistake(
            "no mean subtracted",
            lambda values, probabilities: math.sqrt(probabilities @ values**2),
            "That is the root of $\\mathbb{E}[X^2]$. Subtract the expectation before you square.",
        ),
        CodeMistake(
            "distances not squared",
            lambda values, probabilities: probabilities @ np.abs(values - probabilities @ values),
            "You return the mean distance. The standard deviation is the root of the mean "
            "*square*.",
        ),
        CodeMistake(
            "expectation",
            lambda values, probabilities: probabilities @ values,
            "That is the expectation. The standard deviation says how far the values lie from it.",
        ),
    ],
    hints=[
        "`probabilities @ values` is the expectation.",
        "Weight the squared distances in the same way, and take the root.",
    ],
    because="It is the root of the weighted mean of the squared distances.",
    solution="`mean = probabilities @ values`, then `return np.sqrt(probabilities @ (values - "
    "mean) ** 2)`.",
    core=True,
)
