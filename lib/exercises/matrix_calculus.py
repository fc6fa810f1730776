"""Exercises of the chapter on matrix calculus."""

from functools import partial

import numpy as np

from lib import calculus, models
from lib.exercises.base import (
    Choice,
    FirstWrongLine,
    Matrix,
    Mistake,
    Number,
    Order,
    Shape,
    Vector,
)
from lib.exercises.code import CodeMistake, CodeQuestion
from lib.exercises.probes import Given

# ---------------------------------------------------------------------------------------------
# Predict first
# ---------------------------------------------------------------------------------------------

_A = np.array([[1.0, 2.0], [0.0, 3.0]])  # the matrix and the point of the worked example
_X = np.array([1.0, 2.0])


def _quadratic(A, x):
    """Compute the quadratic form."""
    return x @ A @ x


Number(
    "matrix_calculus.move_one_coordinate",
    title="Move one coordinate",
    predict=True,
    text="Take $f(x) = x^{\\top} A x$ with $A = {A}$, at $x = (1, 2)$, where $f(x) = 17$. You "
    "move the first coordinate up by 0.01 and leave the second alone. By about how much does "
    "$f$ rise?",
    answer=lambda: _quadratic(_A, _X + [0.01, 0]) - _quadratic(_A, _X),
    mistakes=[
        Mistake(
            "2Ax by analogy",
            lambda: 0.01 * (2 * _A @ _X)[0],
            "You used $2 A x = (10, 12)$, by analogy with $a x^2$. That formula holds for "
            "symmetric matrices, and this one is not symmetric.",
        ),
        Mistake(
            "one occurrence only",
            lambda: 0.01 * (_A @ _X)[0],
            "You used $A x = (5, 6)$. The variable occurs twice in $x^{\\top} A x$, and both "
            "occurrences count.",
        ),
        Mistake(
            "the diagonal only",
            lambda: 0.01 * 2 * _A[0, 0] * _X[0],
            "That is the share of $A_{11} x_1^2$. The term $2 x_1 x_2$ moves too.",
        ),
        Mistake(
            "the other coordinate",
            lambda: 0.01 * ((_A + _A.T) @ _X)[1],
            "That is the rise if the *second* coordinate moves by 0.01.",
        ),
        Mistake(
            "a rate for a change",
            lambda: ((_A + _A.T) @ _X)[0],
            "That is the rate, the partial derivative by $x_1$. The change is the rate times 0.01.",
            almost=True,
        ),
    ],
    hints=[
        "Write the form out: $f(x) = x_1^2 + 2 x_1 x_2 + 3 x_2^2$.",
        "Its partial derivative by $x_1$ is $2 x_1 + 2 x_2$.",
    ],
    because="The partial derivative by $x_1$ is $2 x_1 + 2 x_2 = 6$ at this point.",
    solution="By {answer}. Written out, $f(x) = x_1^2 + 2 x_1 x_2 + 3 x_2^2$, and its partial "
    "derivative by $x_1$ is $2 x_1 + 2 x_2 = 6$: a step of 0.01 gives about 0.06. The formula "
    "$2 A x = (10, 12)$ would have given 0.10.",
    shown=lambda: {"A": _A},
    core=True,
)

Choice(
    "matrix_calculus.smallest_step",
    title="An ever smaller step",
    predict=True,
    text="So smaller is better. What does the forward difference of $\\exp$ at 1 say for $h = "
    "10^{-16}$, in float64?",
    right="Exactly 0: an error of 100 %",
    wrong=[
        Mistake(
            "smaller is always better",
            "$e$, to all sixteen digits",
            "What Taylor's formula misses is tiny there. But $1 + 10^{-16}$ is rounded to 1: "
            "both values of the function are the same.",
        ),
        Mistake(
            "half of the digits",
            "$e$, to about eight digits",
            "That is the best that forward differences reach, near $h = 10^{-8}$. At $10^{-16}$ "
            "both values of the function are the same.",
        ),
        Mistake(
            "division by zero",
            "An error: a division by zero",
            "$10^{-16}$ itself can be stored in float64. What is rounded is the *sum* $1 + "
            "10^{-16}$.",
        ),
    ],
    hints=["What is $1 + 10^{-16}$ in float64? A number near 1 keeps about 16 digits."],
    because="In float64, $1 + 10^{-16}$ is rounded to 1, so both values are the same.",
    solution="Exactly 0. In float64, $1 + 10^{-16}$ is rounded to 1, so the numerator is 0, and "
    "so is the quotient: an error of 100 %. The next cell shows it.",
)

# ---------------------------------------------------------------------------------------------
# Shapes and layouts
# ---------------------------------------------------------------------------------------------


def _two_lengths(rng):
    """Draw two different lengths."""
    return dict(zip("dk", rng.choice(range(2, 9), 2, replace=False).tolist(), strict=True))


Shape(
    "matrix_calculus.shape_of_jacobian",
    title="A vector by a vector",
    text="A function takes vectors with {d} entries to vectors with {k} entries. What shape has "
    "its derivative, in numerator layout?",
    values=_two_lengths,
    answer=lambda d, k: calculus.derivative_shape((k,), (d,)),
    mistakes=[
        Mistake(
            "the other layout",
            lambda d, k: calculus.derivative_shape((k,), (d,), layout="denominator"),
            "That is the shape in denominator layout. In numerator layout the outputs run down "
            "the rows: {k} of them.",
            almost=True,
        ),
        Mistake(
            "shape of the output",
            lambda k: (k,),
            "That is the shape of the output. Each of the {k} outputs has a partial derivative "
            "by each of the {d} inputs.",
        ),
        Mistake(
            "shape of the input",
            lambda d: (d,),
            "That is the shape of the input, and of the gradient of a *scalar* function. Here "
            "there are {k} outputs, each with a gradient of its own.",
        ),
        Mistake(
            "square",
            lambda d: (d, d),
            "That would have {d} outputs. This function has {k}.",
        ),
    ],
    hints=[
        "How many partial derivatives are there?",
        "Numerator layout: one row for each output, one column for each input.",
    ],
    because="One row for each of the {k} outputs, one column for each of the {d} inputs.",
    solution="{answer}: row $i$ belongs to output $i$, column $j$ to input $j$. In denominator "
    "layout it is `({d}, {k})`.",
    core=True,
)

Shape(
    "matrix_calculus.squared_norm_shape",
    title="A scalar made of a vector",
    text="$f$ takes vectors $x$ with {d} entries to vectors with {k} entries. What shape has "
    "the derivative of $\\|f(x)\\|^2$ by $x$, written in numerator layout, with two lengths?",
    values=_two_lengths,
    answer=lambda d: (1, d),
    mistakes=[
        Mistake(
            "the other layout",
            lambda d: (d, 1),
            "That is a column: denominator layout. In numerator layout the gradient of a scalar "
            "is a row.",
            almost=True,
        ),
        Mistake(
            "as an array in code",
            lambda d: (d,),
            "So it is stored in code, where a gradient has the shape of its argument. On paper "
            "a row has two lengths.",
            almost=True,
        ),
        Mistake(
            "Jacobian of f",
            lambda d, k: (k, d),
            "That is the Jacobian of $f$. The squared norm is *one* number, so there is one row.",
        ),
        Mistake(
            "derivative by f",
            lambda k: (1, k),
            "That is the derivative by the {k} entries of $f$. The question asks for the one by "
            "$x$, which has {d}.",
        ),
        Mistake(
            "one number",
            lambda: (1, 1),
            "The squared norm is one number, but it has a partial derivative by each of the {d} "
            "entries of $x$.",
        ),
    ],
    hints=[
        "How many outputs has $\\|f(x)\\|^2$?",
        "One output is one row. Its columns are the inputs.",
    ],
    because="One output and {d} inputs: one row.",
    solution="{answer}. The squared norm is a scalar, so its derivative is a row with an entry "
    "for each input. It is `(1, {k})` times `({k}, {d})`.",
)

Shape(
    "matrix_calculus.scalar_by_matrix",
    title="A loss by a weight matrix",
    text="A classifier computes the logits $z = W x + b$ from {d} features, for {k} classes. Its "
    "loss $L$ is one number. On paper, in numerator layout, what shape has $\\partial L / "
    "\\partial W$?",
    values=_two_lengths,
    answer=lambda d, k: calculus.derivative_shape((), (k, d)),
    mistakes=[
        Mistake(
            "the other layout, or the array in code",
            lambda d, k: (k, d),
            "That is the shape of $W$, with one row for each class. So the derivative is stored in "
            "code, and written in denominator layout. In numerator layout the denominator's first "
            "index runs along the columns.",
            almost=True,
        ),
        Mistake(
            "a tensor",
            lambda d, k: (k, d, k, d),
            "That is a matrix of this shape by such a matrix. A loss is one number: it has {k} · "
            "{d} partial derivatives.",
        ),
        Mistake(
            "the logits for the loss",
            lambda d, k: (k, k, d),
            "That is the derivative of the {k} *logits* by $W$, a tensor. The loss is one number.",
        ),
        Mistake(
            "a flat row",
            lambda d, k: (1, k * d),
            "As many numbers as that there are, but they keep the two indices of $W$.",
        ),
        Mistake(
            "one number for each class",
            lambda k: (1, k),
            "That is the derivative by the {k} logits, or by $b$. $W$ has {k} · {d} entries, and "
            "the loss has a partial derivative by each of them.",
        ),
    ],
    hints=[
        "First the shape of $W$: it takes {d} features to {k} logits.",
        "There is one partial derivative for each entry of $W$.",
        "For a column $w$ of shape (d, 1) the gradient is a row, (1, d). The same happens here.",
    ],
    because="$W$ has one row for each class; its first index belongs in the columns here.",
    solution="{answer}: $W$ has the shape `({k}, {d})`, one row for each class, and $\\partial L / "
    "\\partial W_{pq}$ stands in row $q$, column $p$. The array that code stores has the shape of "
    "`W`.",
    draws_on=("loss_functions",),
)


def _two_matrices(rng):
    """Draw two small matrices that are not symmetric."""
    return {name: rng.integers(-3, 5, size=(2, 2)) for name in ("G", "F")}


Matrix(
    "matrix_calculus.convert_chain",
    title="A chain from another book",
    text="Let $y = g(x)$ and $z = f(y)$. A book in *denominator* layout gives the derivative of "
    "$y$ by $x$ as $G = {G}$, and that of $z$ by $y$ as $F = {F}$. What is the derivative of "
    "$z$ by $x$ in *numerator* layout?",
    values=_two_matrices,
    answer=lambda G, F: 1.0 * F.T @ G.T,
    mistakes=[
        Mistake(
            "the other layout",
            lambda G, F: 1.0 * G @ F,
            "That is the derivative in the book's layout. One transpose is left.",
            almost=True,
        ),
        Mistake(
            "factors of one book, order of the other",
            lambda G, F: 1.0 * F @ G,
            "You took the factors of denominator layout, and the order of numerator layout. "
            "Transpose the factors first.",
        ),
        Mistake(
            "transposed, but in the old order",
            lambda G, F: 1.0 * G.T @ F.T,
            "The factors are transposed, and stand in the wrong order: in numerator layout the "
            "outer function is on the left.",
        ),
        Mistake(
            "entry by entry",
            lambda G, F: 1.0 * (F * G).T,
            "The chain rule multiplies the two as *matrices*, not entry by entry.",
        ),
        Mistake(
            "one factor transposed",
            lambda G, F: 1.0 * F.T @ G,
            "You converted one factor and left the other in the book's layout. Never mix two "
            "layouts in one product.",
        ),
    ],
    hints=[
        "In numerator layout the two Jacobians are $G^{\\top}$ and $F^{\\top}$.",
        "In numerator layout the outer function stands on the left: $F^{\\top} G^{\\top}$.",
    ],
    because="Numerator layout: $F^{\\top} G^{\\top}$, which is $(G F)^{\\top}$.",
    solution="Transpose both factors and turn their order round: $F^{\\top} G^{\\top} = (G "
    "F)^{\\top}$, which is {answer}.",
    core=True,
)

# ---------------------------------------------------------------------------------------------
# The identities
# ---------------------------------------------------------------------------------------------


def _matrix_and_point(rng):
    """Draw a small matrix and a point."""
    return {"A": rng.integers(-3, 5, size=(2, 2)), "x": rng.integers(-3, 5, size=2)}


Vector(
    "matrix_calculus.quadratic_gradient",
    title="A quadratic form",
    text="What is the gradient of $f(x) = x^{\\top} A x$ with $A = {A}$, at $x = {x}$?",
    values=_matrix_and_point,
    answer=lambda A, x: 1.0 * (A + A.T) @ x,
    mistakes=[
        Mistake(
            "2Ax for a matrix that is not symmetric",
            lambda A, x: 2.0 * A @ x,
            "That is $2 A x$, which is right for symmetric matrices only. Here $A_{12}$ is "
            "{a12} and $A_{21}$ is {a21}.",
        ),
        Mistake(
            "twice the transpose",
            lambda A, x: 2.0 * A.T @ x,
            "That is $2 A^{\\top} x$, right for symmetric matrices only. The two occurrences of "
            "$x$ give one term each: one has $A$, the other $A^{\\top}$.",
        ),
        Mistake(
            "one occurrence only",
            lambda A, x: 1.0 * A @ x,
            "That is $A x$, from one occurrence of $x$. The other gives $A^{\\top} x$.",
        ),
        Mistake(
            "the other occurrence only",
            lambda A, x: 1.0 * A.T @ x,
            "That is $A^{\\top} x$, from one occurrence of $x$. The other gives $A x$.",
        ),
        Mistake(
            "a half too many",
            lambda A, x: 0.5 * (A + A.T) @ x,
            "That is half of it: $\\frac{1}{2} x^{\\top} A x$ has this gradient.",
        ),
    ],
    hints=[
        "The product rule gives two terms, one for each occurrence of $x$.",
        "As a vector the gradient is $(A + A^{\\top}) x$. Here $A + A^{\\top} = {sum}$.",
    ],
    because="Both occurrences of $x$ count: $(A + A^{\\top}) x$.",
    solution="$A + A^{\\top} = {sum}$, and times $x$ that is {answer}.",
    shown=lambda A: {"sum": A + A.T, "a12": A[0, 1], "a21": A[1, 0]},
    core=True,
)

Vector(
    "matrix_calculus.squared_distance",
    title="A squared distance",
    text="What is the gradient of $f(x) = \\|A x - b\\|^2$ with $A = {A}$ and $b = {b}$, at $x "
    "= {x}$?",
    values=lambda rng: _matrix_and_point(rng) | {"b": rng.integers(-3, 5, size=2)},
    answer=lambda A, x, b: 2.0 * A.T @ (A @ x - b),
    mistakes=[
        Mistake(
            "the factor 2 forgotten",
            lambda A, x, b: 1.0 * A.T @ (A @ x - b),
            "The derivative of $r_i^2$ is $2 r_i$: a factor 2 is missing. It would cancel if "
            "the loss had a ½.",
        ),
        Mistake(
            "the target forgotten",
            lambda A, x: 2.0 * A.T @ A @ x,
            "That is the gradient of $\\|A x\\|^2$. The vector that is squared is $A x - b = {r}$.",
        ),
        Mistake(
            "A for its transpose",
            lambda A, x, b: 2.0 * A @ (A @ x - b),
            "You multiplied by $A$. With a square matrix the shapes do not show it, but $r$ is "
            "multiplied by $A^{\\top}$: $2 A^{\\top} r$.",
        ),
        Mistake(
            "not carried back",
            lambda A, x, b: 2.0 * (A @ x - b),
            "That is the derivative by $r = A x - b$. Multiply it by the Jacobian of $r$.",
        ),
        Mistake(
            "sign turned",
            lambda answer: -answer,
            "You took $b - A x$. The square is the same, but the derivative of $b - A x$ by $x$ is "
            "$-A$, so the sign comes back.",
            almost=True,
        ),
    ],
    hints=[
        "First $r = A x - b$. Here it is {r}.",
        "The derivative is $2 r^{\\top} A$, as a vector $2 A^{\\top} r$.",
    ],
    because="It is $2 A^{\\top} r$ with $r = {r}$.",
    solution="$r = A x - b = {r}$, and $2 A^{\\top} r$ is {answer}.",
    shown=lambda A, x, b: {"r": A @ x - b},
    core=True,
)

Matrix(
    "matrix_calculus.trace_array",
    title="The array of a trace",
    text="Let $f(X) = \\operatorname{tr}(A X)$ with $A = {A}$ and a matrix $X$ of shape (2, 2). "
    "What array does `calculus.gradient(f, X)` return?",
    values=lambda rng: {"A": rng.integers(-3, 6, size=(2, 2))},
    answer=lambda A: calculus.gradient(lambda X: np.trace(A @ X), np.eye(2)).round(6),
    mistakes=[
        Mistake(
            "the derivative on paper",
            lambda A: 1.0 * A,
            "That is the derivative on paper, in numerator layout. The array has the shape of "
            "`X`, with $\\partial f / \\partial X_{pq}$ in row $p$, column $q$.",
            almost=True,
        ),
        Mistake(
            "the diagonal only",
            lambda A: np.diag(np.diag(1.0 * A)),
            "The trace adds the diagonal of the *product* $A X$. All entries of $A$ and $X$ "
            "take part in that.",
        ),
        Mistake(
            "as if there were two occurrences",
            lambda A: 1.0 * (A + A.T),
            "$A + A^{\\top}$ belongs to $x^{\\top} A x$, where the variable occurs twice. Here "
            "it occurs once.",
        ),
        Mistake(
            "derivative of the trace alone",
            lambda A: np.eye(2),
            "That is the gradient of $\\operatorname{tr}(X)$. Here $A$ is multiplied first.",
        ),
        Mistake(
            "turned about the other diagonal",
            lambda A: 1.0 * A[::-1, ::-1],
            "The transpose exchanges rows and columns: only the entries off the diagonal change "
            "places.",
        ),
    ],
    hints=[
        "$\\operatorname{tr}(A X) = \\sum_{p, q} A_{qp} X_{pq}$.",
        "The entry in row $p$, column $q$ of the array is $\\partial f / \\partial X_{pq} = "
        "A_{qp}$.",
    ],
    because="The entry by $X_{pq}$ is $A_{qp}$, so the array is $A^{\\top}$.",
    solution="$\\operatorname{tr}(A X) = \\sum_{p, q} A_{qp} X_{pq}$. On paper the derivative "
    "is $A$; the array in code has the shape of `X` and is $A^{\\top}$, which is {answer}.",
)


def _probabilities(rng):
    """Draw three different probabilities, in tenths."""
    first = rng.choice([0.1, 0.2, 0.3])
    second = rng.choice([0.2, 0.4, 0.5])
    return {"s": rng.permutation([first, second, 1 - first - second]).round(1)}


def _softmax_jacobian(s):
    """Return the Jacobian of the softmax from its probabilities."""
    return np.diag(s) - np.outer(s, s)


Matrix(
    "matrix_calculus.softmax_jacobian",
    title="The Jacobian of a softmax",
    text="A softmax of three logits gives the probabilities $s = {s}$. What is its Jacobian "
    "$\\partial s / \\partial z$?",
    values=_probabilities,
    answer=_softmax_jacobian,
    mistakes=[
        Mistake(
            "the diagonal only",
            lambda s: np.diag(s * (1 - s)),
            "You treated every class as a sigmoid of its own. The probabilities sum to 1: what "
            "one class gains, the others lose.",
        ),
        Mistake(
            "signs off the diagonal",
            lambda s: np.diag(2 * s - 2 * s**2) - _softmax_jacobian(s),
            "Off the diagonal the sign is minus: when a logit rises, the *other* probabilities "
            "fall. Each row must sum to 0.",
        ),
        Mistake(
            "the first term forgotten",
            lambda s: -np.outer(s, s),
            "The first term, $\\operatorname{diag}(s)$, is missing. Without it, the probability of "
            "a class would fall when its own logit rises.",
        ),
        Mistake(
            "the second term forgotten",
            lambda s: np.diag(s),
            "That is $\\operatorname{diag}(s)$, from the numerator of the softmax. The sum in "
            "the denominator depends on every logit, too.",
        ),
        Mistake(
            "the Jacobian of the logarithm",
            lambda s: np.eye(3) - s,
            "That is the Jacobian of $\\log s$. Multiply row $i$ by $s_i$.",
        ),
        Mistake(
            "a sum for a difference",
            lambda s: np.diag(s) + np.outer(s, s),
            "The two terms are subtracted. With a plus, raising a logit would raise all "
            "probabilities, but they sum to 1.",
        ),
    ],
    hints=[
        "On the diagonal stands $s_i (1 - s_i)$.",
        "Off the diagonal stands $-s_i s_j$. Check that each row sums to 0.",
    ],
    because="$s_i (1 - s_i)$ on the diagonal, $-s_i s_j$ beside it, and each row sums to 0.",
    solution="$\\operatorname{diag}(s) - s s^{\\top}$ is {answer}. Each row sums to 0.",
    core=True,
)

Vector(
    "matrix_calculus.brier_through_softmax",
    title="Squared error behind a softmax",
    text="A softmax gives the probabilities $s = {s}$, and the one-hot target is $y = {y}$. The "
    "loss is $\\frac{1}{2} \\|s - y\\|^2$. What is its gradient by the *logits*?",
    values=lambda rng: _probabilities(rng) | {"y": np.eye(3, dtype=int)[rng.integers(3)]},
    answer=lambda s, y: (s - y) @ _softmax_jacobian(s),
    mistakes=[
        Mistake(
            "the gradient of the cross-entropy",
            lambda s, y: s - y,
            "That is the gradient by the probabilities, and also that of the *cross-entropy* by "
            "the logits. Here the Jacobian of the softmax stays: multiply by it.",
        ),
        Mistake(
            "the diagonal only",
            lambda s, y: (s - y) * s * (1 - s),
            "You used the diagonal of the Jacobian only. Each logit also moves the *other* "
            "probabilities.",
        ),
        Mistake(
            "the sum of the softmax forgotten",
            lambda s, y: (s - y) * s,
            "You used $\\operatorname{diag}(s)$ as the Jacobian. The term $-s s^{\\top}$ is "
            "missing: the entries of the gradient must sum to 0.",
        ),
        Mistake(
            "sign turned",
            lambda answer: -answer,
            "You started from $y - s$: that is the direction in which the loss falls. The gradient "
            "starts from $s - y$.",
            almost=True,
        ),
        Mistake(
            "the half ignored",
            lambda answer: 2 * answer,
            "That is the gradient of $\\|s - y\\|^2$. The ½ cancels the 2.",
        ),
    ],
    hints=[
        "By the probabilities the gradient is $s - y = {slope}$.",
        "Multiply that row by the Jacobian $\\operatorname{diag}(s) - s s^{\\top}$.",
        "Entry $j$ is $s_j \\, (g_j - s \\cdot g)$ with $g = s - y$. Here $s \\cdot g = {mean}$.",
    ],
    because="The row $(s - y)^{\\top}$ times the Jacobian of the softmax; its entries sum to 0.",
    solution="With $g = s - y = {slope}$ and $s \\cdot g = {mean}$, entry $j$ is $s_j (g_j - s "
    "\\cdot g)$: {answer}. A confident wrong answer has a small gradient here. With the "
    "cross-entropy it would be $s - y$.",
    shown=lambda s, y: {"slope": s - y, "mean": s @ (s - y)},
    draws_on=("loss_functions",),
)


def _point_and_centre(rng):
    """Draw two points whose distance is a whole number."""
    legs = [(3, 4), (4, 3), (6, 8), (8, 6), (5, 12), (12, 5), (8, 15)]
    away = np.array(legs[rng.integers(len(legs))]) * rng.choice([-1, 1], size=2)
    centre = rng.integers(-3, 4, size=2)
    return {"x": centre + away, "c": centre}


Vector(
    "matrix_calculus.length",
    title="The distance, not squared",
    text="What is the gradient of $f(x) = \\|x - c\\|$ with $c = {c}$, at $x = {x}$?",
    values=_point_and_centre,
    answer=lambda x, c: (x - c) / np.linalg.norm(x - c),
    mistakes=[
        Mistake(
            "the squared distance",
            lambda x, c: 2.0 * (x - c),
            "That is the gradient of $\\|x - c\\|^2$. The distance itself has a root, with a "
            "derivative of its own.",
        ),
        Mistake(
            "not divided by the length",
            lambda x, c: 1.0 * (x - c),
            "The direction is right. From $2 f \\, df = 2 (x - c)^{\\top} dx$, divide by $f$.",
        ),
        Mistake(
            "divided by the squared length",
            lambda x, c: (x - c) / np.sum((x - c) ** 2),
            "You divided by $f^2$. From $2 f \\, df = 2 (x - c)^{\\top} dx$, divide by $f$ once.",
        ),
        Mistake(
            "half of it",
            lambda x, c: (x - c) / np.linalg.norm(x - c) / 2,
            "The root gives a factor $1/(2f)$, and the square under it a factor 2: they cancel.",
        ),
        Mistake(
            "measured from the origin",
            lambda x, c: x / np.linalg.norm(x) if x.any() and c.any() else None,
            "That is the gradient of $\\|x\\|$. Here the distance from $c$ is asked: use $x - c "
            "= {away}$.",
        ),
    ],
    hints=[
        "Differentiate $f^2 = (x - c)^{\\top} (x - c)$ on both sides.",
        "$2 f \\, df = 2 (x - c)^{\\top} dx$. Here $x - c = {away}$, and its length is {length}.",
    ],
    because="It is the unit vector that points from $c$ to $x$.",
    solution="$2 f \\, df = 2 (x - c)^{\\top} dx$, so the gradient is $(x - c) / \\|x - c\\|$, "
    "a unit vector. Here $x - c = {away}$ has the length {length}: {answer}. At $x = c$ there "
    "is no gradient.",
    shown=lambda x, c: {"away": x - c, "length": float(np.linalg.norm(x - c))},
)

_THREE = np.array([[1, 0], [1, 1], [1, 2]])


def _ridge(X, y, penalty):
    """Solve the normal equations with something added to them."""
    return np.linalg.solve(X.T @ X + penalty, X.T @ y)


Vector(
    "matrix_calculus.ridge",
    title="Ridge regression",
    text="The loss is the mean squared error of $X w$ against $y$, plus $\\lambda \\|w\\|^2$, with "
    "$X = {X}$, $y = {y}$ and $\\lambda = {penalty}$. The penalty contains all of $w$, the bias "
    "too. At which $w$ is the gradient zero?",
    values=lambda rng: {
        "X": _THREE,
        "y": rng.integers(0, 9, size=3),
        "penalty": float(rng.choice([0.5, 1.0, 2.0])),
    },
    answer=lambda X, y, penalty: _ridge(X, y, 3 * penalty * np.eye(2)),
    mistakes=[
        Mistake(
            "sum for mean",
            lambda X, y, penalty: _ridge(X, y, penalty * np.eye(2)),
            "That is for the *sum* of the squared errors. The mean divides them by $n = 3$, so "
            "$n \\lambda = {strength}$ is added to the diagonal.",
        ),
        Mistake(
            "no penalty",
            lambda X, y: _ridge(X, y, 0 * np.eye(2)),
            "Those are the plain normal equations. The penalty has the gradient $2 \\lambda w$, "
            "which is missing.",
        ),
        Mistake(
            "the bias left out of the penalty",
            lambda X, y, penalty: _ridge(X, y, 3 * penalty * np.diag([0, 1])),
            "You left the bias out of the penalty. That is common, but here the penalty contains "
            "all of $w$.",
            almost=True,
        ),
        Mistake(
            "a factor 2 on one side only",
            lambda X, y, penalty: _ridge(X, y, 1.5 * penalty * np.eye(2)),
            "Both squares give a factor 2, the error and the penalty: it cancels. You kept it "
            "on one side.",
        ),
        Mistake(
            "sign of the penalty",
            lambda X, y, penalty: None if penalty == 2 else _ridge(X, y, -3 * penalty * np.eye(2)),
            "The gradient of the penalty is *added*: $X^{\\top} X + n \\lambda I$, with a plus.",
        ),
    ],
    hints=[
        "The gradient is $\\frac{2}{n} (X w - y)^{\\top} X + 2 \\lambda w^{\\top}$.",
        "Set it to zero and transpose: $(X^{\\top} X + n \\lambda I) \\, w = X^{\\top} y$.",
        "Here the matrix on the left is {left}, and the right side is {right}.",
    ],
    because="It solves $(X^{\\top} X + n \\lambda I) \\, w = X^{\\top} y$.",
    solution="Set $\\frac{2}{n} (X w - y)^{\\top} X + 2 \\lambda w^{\\top}$ to zero and "
    "transpose: $(X^{\\top} X + n \\lambda I) \\, w = X^{\\top} y$, so ${left} \\, w = {right}$ "
    "and $w$ is {answer}. For $\\lambda > 0$ the matrix is invertible for every $X$; for "
    "$\\lambda = 0$ the columns of $X$ must be linearly independent.",
    shown=lambda X, y, penalty: {
        "strength": 3 * penalty,
        "left": X.T @ X + 3 * penalty * np.eye(2),
        "right": X.T @ y,
    },
    draws_on=("loss_functions",),
)

# ---------------------------------------------------------------------------------------------
# Proofs and bugs
# ---------------------------------------------------------------------------------------------

Order(
    "matrix_calculus.cross_entropy_proof",
    title="Where the softmax cancels",
    text="Prove that the cross-entropy $\\ell = -\\log s_y$ of a softmax $s$ has the gradient "
    "$s - e_y$ by the logits $z$, where $e_y$ is one-hot. Put the lines in order. One does not "
    "belong.",
    lines=[
        "Take the differential of the loss: $d\\ell = -ds_y / s_y$.",
        "Row $y$ of the Jacobian of the softmax gives $ds_y = s_y \\, (e_y - s)^{\\top} dz$.",
        "Put this in, and the factor $s_y$ cancels: $d\\ell = -(e_y - s)^{\\top} dz$.",
        "Take the minus into the bracket: $d\\ell = (s - e_y)^{\\top} dz$.",
        "What stands before $dz$ is the derivative; as a column it is $s - e_y$.",
    ],
    mistakes=[
        Mistake(
            "the diagonal only",
            "The derivative of $s_y$ by its own logit is $s_y (1 - s_y)$, so $ds_y = s_y (1 - "
            "s_y) \\, dz_y$.",
            "That line lets only the logit $z_y$ move. All logits move $s_y$, through the sum "
            "in the denominator.",
        ),
        Mistake(
            "put in before there is a loss",
            (2, 0),
            "The differential of the loss must stand there first. Then this can be put in.",
        ),
        Mistake(
            "cancelled too early",
            (2, 1),
            "The factor $s_y$ cancels against that of the softmax's Jacobian, which must stand "
            "there first.",
        ),
        Mistake(
            "read off too early",
            (4, 3),
            "The derivative is read off at the end, when $d\\ell$ has the form “something "
            "applied to $dz$”.",
        ),
        Mistake(
            "sign before the product",
            (3, 2),
            "The minus belongs to $-(e_y - s)^{\\top} dz$, which comes out of putting the two "
            "together.",
        ),
    ],
    before=[(0, 2), (1, 2), (2, 3), (3, 4)],
    hints=[
        "Two facts are needed first, in either order: the differential of the loss, and that of "
        "$s_y$.",
        "Then they are put together. The last line reads the derivative off.",
    ],
    because="The $1 / s_y$ of the logarithm cancels the $s_y$ of the softmax.",
    solution="The differential of the logarithm and row $y$ of the Jacobian (in either order), "
    "put together, the sign, and what stands before $dz$. The line with $dz_y$ alone does not "
    "belong: every logit moves $s_y$.",
    draws_on=("loss_functions",),
    core=True,
)

FirstWrongLine(
    "matrix_calculus.inverse",
    title="A derivation with a mistake",
    text="Somebody derives the differential of the inverse of a matrix $X$. Which is the first "
    "wrong line?",
    lines=[
        Mistake(
            "the start doubted",
            "$X X^{-1} = I$",
            "That is what an inverse is.",
        ),
        Mistake(
            "the product rule doubted",
            "$(dX) \\, X^{-1} + X \\, d(X^{-1}) = 0$",
            "That is the product rule, with the order kept. On the right, the constant $I$ has "
            "the differential 0.",
        ),
        Mistake(
            "the other side doubted",
            "$X \\, d(X^{-1}) = -(dX) \\, X^{-1}$",
            "The first term went to the other side. That is right.",
        ),
        "$d(X^{-1}) = -(dX) \\, X^{-1} X^{-1}$",
        Mistake(
            "a later line",
            "$d(X^{-1}) = -(dX) \\, X^{-2}$",
            "This follows from the line before it. For numbers it even gives $-dx / x^2$, but "
            "matrices do not commute in general.",
        ),
    ],
    wrong=3,
    hints=[
        "By what is each line multiplied, and on which side?",
        "To get rid of the $X$ on the left of $X \\, d(X^{-1})$, multiply both sides by "
        "$X^{-1}$ *from the left*.",
    ],
    because="The factor $X^{-1}$ must be put on the left: $d(X^{-1}) = -X^{-1} (dX) \\, X^{-1}$.",
    solution="Multiply $X \\, d(X^{-1}) = -(dX) \\, X^{-1}$ by $X^{-1}$ from the left: "
    "$d(X^{-1}) = -X^{-1} (dX) \\, X^{-1}$. The wrong line puts it on the right. With $X = "
    "\\operatorname{diag}(2, 4)$ and 0.01 in the upper right corner of $dX$, that entry of the "
    "inverse changes by $-0.01 / (2 \\cdot 4) = -0.00125$; the wrong line says $-0.01 / 16$.",
)


def _claim(rng):
    """Draw a function with a linear and a quadratic part; its matrix is not symmetric."""
    A = rng.integers(-3, 5, size=(2, 2))
    A[1, 0] = A[0, 1] + rng.choice([-4, -2, 2, 4])
    return {"A": A, "b": rng.integers(1, 5, size=2), "x": rng.integers(1, 5, size=2)}


Choice(
    "matrix_calculus.bug_hunt",
    title="A gradient that the check rejects",
    text="For $f(x) = b^{\\top} x + \\frac{1}{2} x^{\\top} A x$ somebody writes the gradient as "
    "`b + A @ x`. With $A = {A}$ and $b = {b}$, at $x = {x}$, the gradient check rejects it: "
    "claim {claim}, differences {numeric}. What is right, for every $A$?",
    values=_claim,
    shown=lambda A, b, x: {
        "claim": b + A @ x,
        "numeric": b + (A + A.T) @ x / 2,
        "no_half": b + (A + A.T) @ x,
        "transposed": b + A.T @ x,
        "doubled": b + 2 * A @ x,
        "no_linear": (A + A.T) @ x / 2,
    },
    right="`b + (A + A.T) @ x / 2`",
    wrong=[
        Mistake(
            "the half lost",
            "`b + (A + A.T) @ x`",
            "That is for $x^{\\top} A x$ without the ½. Here it gives {no_half}, and the "
            "differences say {numeric}.",
        ),
        Mistake(
            "A for its transpose",
            "`b + A.T @ x`",
            "Here it gives {transposed}, and the differences say {numeric}. One transpose "
            "cannot be the whole repair: the two occurrences of $x$ give *two* terms.",
        ),
        Mistake(
            "2Ax by analogy",
            "`b + 2 * A @ x`",
            "Here it gives {doubled}, and the differences say {numeric}. The claim has the "
            "factor right; the symmetry of $A$ is missing.",
        ),
        Mistake(
            "the linear part lost",
            "`(A + A.T) @ x / 2`",
            "The quadratic part is right. $b^{\\top} x$ has the gradient $b$: here you would "
            "get {no_linear}, and the differences say {numeric}.",
        ),
        Mistake(
            "rounding blamed",
            "`b + A @ x`; the differences are rounded",
            "Central differences are wrong in about the tenth digit. Here the first digits "
            "differ: {claim} against {numeric}.",
        ),
    ],
    hints=[
        "For which matrices is `b + A @ x` right?",
        "$x^{\\top} A x$ has the gradient $(A + A^{\\top}) x$, and a ½ stands before it.",
    ],
    because="Both occurrences of $x$ count, and the ½ stays unless $A$ is symmetric.",
    solution="`b + (A + A.T) @ x / 2`, which is {numeric} here. The claim is right at every $x$ "
    "exactly when $A$ is symmetric.",
    core=True,
)

# ---------------------------------------------------------------------------------------------
# Your own referee
# ---------------------------------------------------------------------------------------------


def _moved(x, index, step):
    """Move one coordinate."""
    moved = np.array(x, float)
    moved[index] += step
    return moved


def _central(f, x, h=1e-5, width=2.0):
    """Take central differences."""
    return np.array(
        [(f(_moved(x, i, h)) - f(_moved(x, i, -h))) / (width * h) for i in range(len(x))]
    )


def _forward(f, x, h=1e-5):
    """Take forward differences."""
    return np.array([(f(_moved(x, i, h)) - f(1.0 * x)) / h for i in range(len(x))])


def _all_at_once(f, x):
    """Move all coordinates together."""
    return np.array([(f(x + 1e-5) - f(x - 1e-5)) / 2e-5 for _ in x])


def _never_moved_back(f, x):
    """Leave each coordinate where it was moved to."""
    x, slopes, h = np.array(x, float), np.zeros(len(x)), 1e-5
    for i in range(len(x)):
        x[i] += h
        right = f(x)
        x[i] -= 2 * h
        slopes[i] = (right - f(x)) / (2 * h)
    return slopes


def _in_integers(f, x):
    """Keep the type of x: a step on whole numbers is cut off."""
    slopes = np.zeros(len(x))
    for i in range(len(x)):
        right, left = x.copy(), x.copy()
        right[i] += np.asarray(1e-5).astype(x.dtype)
        left[i] -= np.asarray(1e-5).astype(x.dtype)
        slopes[i] = (f(right) - f(left)) / 2e-5
    return slopes


_CUBES = Given("lambda x: np.sum(x**3)")
_PRODUCT = Given("lambda x: x[0] * x[-1]")
_STEEP = Given("lambda x: np.sum(np.exp(20 * x) / 20)")
_WAVE = Given("lambda x: np.sin(3 * x).sum() + x[0] ** 2")
_FORM = Given("lambda x: x @ np.array([[1.0, 2.0], [0.0, 3.0]]) @ x")

CodeQuestion(
    "matrix_calculus.numerical_gradient",
    title="Your own referee",
    text="Write central differences with the step `1e-5`: `f` takes an array `x` of shape "
    "`(d,)` and returns a number. Return the array of all partial derivatives, and leave `x` as "
    "it was. The entries of `x` may be whole numbers.",
    stub='''
    def numerical_gradient(f, x):
        """Return the partial derivatives of f at x, shape (d,)."""
        ...
    ''',
    reference=_central,
    probes=[
        (_CUBES, np.array([1.0])),
        (_CUBES, np.array([2])),
        (_PRODUCT, np.array([3.0, 5.0])),
        (_FORM, np.array([1.0, 2.0])),
        (_FORM, np.array([1, 2])),
        (_CUBES, np.array([1.0, -2.0, 0.5])),
        (_STEEP, np.array([0.0])),
        (_STEEP, np.array([0.1, -0.1])),
        (_WAVE, np.array([0.3, 1.0])),
        (_CUBES, np.array([1.0, -2.0, 0.5, 3.0, 0.0, -1.0, 2.0, 1.5])),
    ],
    draw=lambda rng: (
        [_CUBES, _PRODUCT, _WAVE][rng.integers(3)],
        rng.normal(size=rng.integers(2, 5)).round(2),
    ),
    rtol=5e-8,
    atol=1e-8,
    mistakes=[
        CodeMistake(
            "forward differences",
            tuple(partial(_forward, h=h) for h in (1e-5, 1e-6, 1e-4)),
            "Those are *forward* differences, whose error falls only as fast as the step. "
            "Evaluate `f` on both sides, and divide by `2 * h`.",
        ),
        CodeMistake(
            "divided by h",
            partial(_central, width=1.0),
            "All your slopes are twice too large: between $x - h$ and $x + h$ lie *two* steps. "
            "Divide by `2 * h`.",
        ),
        CodeMistake(
            "all coordinates moved at once",
            _all_at_once,
            "You moved all coordinates at once: each of your entries is the *sum* of the "
            "partial derivatives. Move one, and keep the others.",
        ),
        CodeMistake(
            "whole numbers keep no small step",
            _in_integers,
            "For whole numbers you get 0: in an array of integers the step of `1e-5` is lost. Copy "
            "with `np.array(x, float)`.",
        ),
        CodeMistake(
            "a step too small",
            (partial(_central, h=1e-17), partial(_central, h=1e-18)),
            "The step is so small that `x + h` is rounded to `x`. Use `1e-5`.",
        ),
        CodeMistake(
            "a step too large",
            tuple(partial(_central, h=h) for h in (1e-2, 1e-1, 1e-3)),
            "The step is too large: what Taylor's formula misses is seen in your numbers. Use "
            "`1e-5`.",
        ),
        CodeMistake(
            "not moved back",
            _never_moved_back,
            "You did not move a coordinate back before the next one: from the second entry on, "
            "the slopes belong to another point.",
        ),
    ],
    hints=[
        "Loop over the coordinates. In each turn make two copies of `x`, and move only one "
        "coordinate in them.",
        "`right = np.array(x, float)`, then `right[i] += h`; in the same way `left`.",
        "The entry is `(f(right) - f(left)) / (2 * h)`.",
    ],
    because="One coordinate at a time, a step to both sides, divided by the whole width.",
    solution="For each `i`: `right, left = np.array(x, float), np.array(x, float)`, then "
    "`right[i] += 1e-5` and `left[i] -= 1e-5`. The entry `i` of the result is `(f(right) - "
    "f(left)) / 2e-5`.",
    core=True,
)


def _code_jacobian(z):
    """Return the Jacobian by the library's softmax."""
    return _softmax_jacobian(models.softmax(z))


def _naive_jacobian(z):
    """Take a softmax that overflows."""
    powers = np.exp(z)
    return _softmax_jacobian(powers / powers.sum())


CodeQuestion(
    "matrix_calculus.softmax_jacobian_code",
    title="Your own softmax Jacobian",
    text="Write the Jacobian of the softmax at the logits `z` of shape `(k,)`. It has the shape "
    "`(k, k)` and must be right for logits of ±1000, too.",
    stub='''
    def softmax_jacobian(z):
        """Return ds/dz, shape (k, k)."""
        ...
    ''',
    reference=_code_jacobian,
    probes=[
        (np.array([0.0, 0.0]),),
        (np.array([1.0, 0.0]),),
        (np.array([2.0, 1.0, 0.1]),),
        (np.array([0.0, -1.0, 3.0, 0.5]),),
        (np.array([3.0]),),
        (np.array([1000.0, 0.0]),),
        (np.array([-1000.0, -1000.0]),),
        (np.array([1000.0, 999.0, -1000.0]),),
        (np.array([1.0, 0.5, -2.0, 3.0, 0.0, -1.0, 2.0, 1.5]),),
    ],
    draw=lambda rng: (rng.normal(size=rng.integers(2, 6)).round(2),),
    mistakes=[
        CodeMistake(
            "the diagonal only",
            lambda z: np.diag(models.softmax(z) * (1 - models.softmax(z))),
            "You treat every class as a sigmoid of its own. Off the diagonal stands $-s_i s_j$: "
            "each row sums to 0.",
        ),
        CodeMistake(
            "the second term forgotten",
            lambda z: np.diag(models.softmax(z)),
            "That is $\\operatorname{diag}(s)$. The sum in the denominator depends on every "
            "logit: $-s s^{\\top}$ is missing.",
        ),
        CodeMistake(
            "the first term forgotten",
            lambda z: -np.outer(models.softmax(z), models.softmax(z)),
            "The term $\\operatorname{diag}(s)$ is missing: without it, the probability of a class "
            "would fall when its own logit rises.",
        ),
        CodeMistake(
            "a product entry by entry",
            lambda z: np.diag(models.softmax(z)) - models.softmax(z) * models.softmax(z),
            "`s * s` multiplies entry by entry and has the shape `(k,)`; NumPy repeats it in "
            "every row. The table of all products is `np.outer(s, s)`.",
        ),
        CodeMistake(
            "a number for the table",
            lambda z: np.diag(models.softmax(z)) - models.softmax(z) @ models.softmax(z),
            "`s @ s` is one number, the sum of the squares. The table of all products is "
            "`np.outer(s, s)`.",
        ),
        CodeMistake(
            "signs off the diagonal",
            lambda z: np.diag(models.softmax(z)) + np.outer(models.softmax(z), models.softmax(z)),
            "The two terms are subtracted: when a logit rises, the other probabilities fall.",
        ),
        CodeMistake(
            "exponentials that overflow",
            _naive_jacobian,
            "For logits of ±1000 `np.exp(z)` overflows, or is 0 everywhere, and the ratio is "
            "nan. Subtract the largest logit first, or use `models.softmax`.",
        ),
        CodeMistake(
            "the Jacobian of the logarithm",
            lambda z: np.eye(len(z)) - models.softmax(z),
            "That is the Jacobian of $\\log s$. Multiply row $i$ by $s_i$.",
        ),
    ],
    hints=[
        "First the probabilities: `s = models.softmax(z)`.",
        "The Jacobian is $\\operatorname{diag}(s) - s s^{\\top}$.",
        "`np.diag(s)` and `np.outer(s, s)` make the two tables.",
    ],
    because="`np.diag(s) - np.outer(s, s)`, with a softmax that does not overflow.",
    solution="`s = models.softmax(z)`, then `return np.diag(s) - np.outer(s, s)`.",
    draws_on=("loss_functions",),
)

# ---------------------------------------------------------------------------------------------
# A gradient for every shape
# ---------------------------------------------------------------------------------------------


def _penalised(X, y, w, penalty, data=1.0, pull=1.0):
    """Return the gradient of ridge regression as an array, with a factor at each of its parts."""
    return data * X.T @ (X @ w - y) / len(y) + pull * penalty * w


def _parts(data=lambda X: 1.0, pull=lambda X: 1.0):
    """Make a gradient with other factors, which may depend on the shape of the samples."""

    def gradient(X, y, w, penalty):
        return _penalised(X, y, w, penalty, data(X), pull(X))

    return gradient


def _samples(X, y, w, penalty):
    """Write arguments of whole numbers as the arrays of floats that they are."""
    return np.array(X, float), np.array(y, float), np.array(w, float), float(penalty)


def _drawn_samples(rng):
    """Draw samples, targets and weights of any shape, and a penalty."""
    n, d = int(rng.integers(2, 9)), int(rng.integers(1, 9))
    arrays = (rng.normal(size=shape).round(1) for shape in ((n, d), n, d))
    return *arrays, float(rng.integers(0, 9)) / 4


CodeQuestion(
    "matrix_calculus.ridge_gradient",
    title="A gradient for every shape",
    text="The rows of `X` are samples, shape `(n, d)`; the targets `y` have the shape `(n,)`, the "
    "parameters `w` the shape `(d,)`, and `penalty` is the number $\\lambda$. Write the gradient "
    "of $L(w) = \\frac{1}{2n} \\|X w - y\\|^2 + \\frac{\\lambda}{2} \\|w\\|^2$ by $w$, for every "
    "`n` and `d`, as an array of shape `(d,)`.",
    stub='''
    def gradient(X, y, w, penalty):
        """Return dL/dw, shape (d,)."""
        ...
    ''',
    reference=_penalised,
    probes=[
        _samples([[1]], [0], [1], 0),
        _samples([[2]], [3], [1], 1),
        _samples([[2], [1]], [3, -1], [1], 0),
        _samples([[1, 2]], [0], [1, -1], 0),
        _samples([[1, 2], [3, 4]], [1, 0], [1, -1], 0),
        _samples([[1, 2], [3, 4]], [1, 0], [1, -1], 2),
        _samples([[1, 2], [3, 4], [5, 6]], [1, 0, 2], [1, -1], 1),
        _samples([[1, 0], [1, 1], [1, 2]], [1, 3, 4], [0, 0], 1),
        _samples([[1, 0, 2], [0, 1, -1]], [1, 2], [1, 2, 0], 3),
        _samples(np.eye(8, 7) + 1, np.arange(8), np.arange(7) % 3, 1),
    ],
    draw=_drawn_samples,
    mistakes=[
        CodeMistake(
            "sum for mean",
            _parts(data=len),
            "Your first part belongs to half the *sum* of the squares. The loss divides them by "
            "`n`.",
        ),
        CodeMistake(
            "a factor 2 too many",
            (_parts(lambda X: 2.0, lambda X: 2.0), _parts(data=lambda X: 2.0)),
            "A factor 2 too many: the ½ in the loss cancels the 2 of the square.",
        ),
        CodeMistake(
            "a factor 2 too many at the penalty",
            _parts(pull=lambda X: 2.0),
            "At the penalty a factor 2 is too many: the ½ before it cancels the 2 of the square.",
        ),
        CodeMistake(
            "the 2 of the square forgotten",
            (_parts(lambda X: 0.5, lambda X: 0.5), _parts(data=lambda X: 0.5)),
            "Your ½ is still there. The square gives a factor 2, and the two cancel.",
        ),
        CodeMistake(
            "divided by the number of features",
            _parts(data=lambda X: len(X) / X.shape[1]),
            "You divide by the number of features. The mean is taken over the samples, the rows "
            "of `X`.",
        ),
        CodeMistake(
            "divided by the number of entries",
            _parts(data=lambda X: 1 / X.shape[1]),
            "You divide by the number of all entries of `X`. The mean is taken over the samples, "
            "the rows of `X`.",
        ),
        CodeMistake(
            "the penalty divided by n, too",
            _parts(pull=lambda X: 1 / len(X)),
            "You divide the penalty by `n`, too. The mean stands before the first part alone.",
        ),
        CodeMistake(
            "the penalty left out",
            _parts(pull=lambda X: 0.0),
            "That is the gradient without the penalty. $\\frac{\\lambda}{2} \\|w\\|^2$ has one of "
            "its own.",
        ),
        CodeMistake(
            "the penalty subtracted",
            _parts(pull=lambda X: -1.0),
            "The penalty is *added* to the loss, and so is its gradient.",
        ),
        CodeMistake(
            "the penalty itself",
            lambda X, y, w, penalty: _penalised(X, y, w, 0.0) + penalty * (w @ w) / 2,
            "You add the penalty itself, one number, to every entry. Its derivative by $w_j$ is "
            "$\\lambda w_j$.",
        ),
        CodeMistake(
            "sign turned",
            _parts(data=lambda X: -1.0),
            "In the first part you use $y - X w$: there the sign is turned. The derivative of "
            "$\\|X w - y\\|^2$ has $X w - y$.",
        ),
        CodeMistake(
            "the way down",
            _parts(lambda X: -1.0, lambda X: -1.0),
            "That is the whole gradient with the sign turned, the way down. The gradient points "
            "where the loss rises.",
            almost=True,
        ),
        CodeMistake(
            "the target left out",
            lambda X, y, w, penalty: _penalised(X, 0 * y, w, penalty),
            "Your gradient does not depend on `y`. What is squared is $X w - y$.",
        ),
        CodeMistake(
            "X for its transpose",
            lambda X, y, w, penalty: X @ (X @ w - y) / len(y) + penalty * w,
            "You multiply by `X` from the left. The errors have one entry for each *sample*, so "
            "`X.T` belongs there. With a square `X` no error message says so.",
        ),
        CodeMistake(
            "a product entry by entry",
            lambda X, y, w, penalty: X * (X @ w - y)[:, None] / len(y) + penalty * w,
            "`*` multiplies entry by entry: there is a row for each sample. The rows are still to "
            "be added up, which `@` does.",
        ),
        CodeMistake(
            "the loss itself",
            lambda X, y, w, penalty: (
                np.sum((X @ w - y) ** 2) / (2 * len(y)) + penalty * (w @ w) / 2
            ),
            "That is the loss. Asked is its gradient, with a number for each entry of `w`.",
        ),
        CodeMistake(
            "a row of two dimensions",
            lambda X, y, w, penalty: _penalised(X, y, w, penalty)[None, :],
            "On paper the gradient is a row, `(1, d)`. In code it has the shape of what you "
            "differentiate by: `(d,)`.",
            almost=True,
        ),
    ],
    hints=[
        "Take the two parts of the loss one by one. Card 4 has the derivative of $\\|A x - "
        "b\\|^2$: which letters are $A$, $x$ and $b$ here?",
        "$\\|w\\|^2 = w^{\\top} I w$ is a quadratic form (Card 3), with the symmetric matrix $I$. "
        "As an array its gradient is `2 * w`.",
    ],
    because="As an array it is $\\frac{1}{n} X^{\\top} (X w - y) + \\lambda w$: the shape of `w`, "
    "whatever `n` is.",
    solution="`X.T @ (X @ w - y) / len(y) + penalty * w`.",
    draws_on=("loss_functions",),
    core=True,
)
