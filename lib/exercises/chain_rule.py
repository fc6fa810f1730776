"""Exercises of the chapter on the chain rule."""

import math
from functools import partial

import numpy as np

from lib import calculus, losses, models
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

# ---------------------------------------------------------------------------------------------
# The graph of the chapter: c = a + b, d = a b, e = c + d, f = c d, y = e + f
# ---------------------------------------------------------------------------------------------


def _adjoints(a, b):
    """Return the gradients at c and d: each takes part in e and in f."""
    c, d = a + b, a * b
    return 1 + d, 1 + c


_ROUTES = {"route_e": 1, "route_f": 6, "route_de": 3, "route_df": 15}  # at a = 2, b = 3

Number(
    "chain_rule.knob_and_needle",
    title="Turn one knob",
    predict=True,
    text="Take $a = 2$ and $b = 3$, and compute $c = a + b$, $d = a b$, $e = c + d$, $f = c d$ "
    "and $y = e + f = 41$. Now you turn $a$ up by 0.001 and leave $b$ alone. By about how much "
    "does $y$ rise?",
    answer=lambda: 0.001 * (_adjoints(2, 3)[0] + 3 * _adjoints(2, 3)[1]),
    mistakes=[
        Mistake(
            "the strongest route only",
            lambda: 0.001 * 3 * (2 + 3),
            "That is the share of one path, from $a$ over $d$ and $f$. Three more paths lead from "
            "$a$ to $y$, and all of them count.",
        ),
        Mistake(
            "no route followed",
            lambda: 0.001,
            "That is the change of $a$ itself, and of $c$. On its way to $y$ it is multiplied.",
        ),
        Mistake(
            "the other knob",
            lambda: 0.001 * (_adjoints(2, 3)[0] + 2 * _adjoints(2, 3)[1]),
            "That is the rise if $b$ is turned and $a$ stays.",
        ),
        Mistake(
            "the product only",
            lambda: 0.001 * 3 * _adjoints(2, 3)[1],
            "You followed the paths over $d = a b$. $a$ also takes part in $c = a + b$.",
        ),
        Mistake(
            "a rate for a change",
            lambda: _adjoints(2, 3)[0] + 3 * _adjoints(2, 3)[1],
            "That is the rate $\\partial y / \\partial a$. The change is the rate times 0.001.",
            almost=True,
        ),
    ],
    hints=[
        "From $a$ two edges lead on, to $c$ and to $d$. From each of these, two lead on.",
        "Multiply the rates along each of the four paths, and add the four products.",
    ],
    because="Four paths lead from $a$ to $y$, and all of them count.",
    solution="By {answer}. The change reaches $y$ along four paths. They multiply the change of "
    "$a$ by {route_e}, {route_f}, {route_de} and {route_df}, which add up to {rate}.",
    shown=lambda: _ROUTES | {"rate": sum(_ROUTES.values())},
    core=True,
)

Vector(
    "chain_rule.new_inputs",
    title="The graph with new inputs",
    text="In the graph of this chapter, $c = a + b$, $d = a b$, $e = c + d$, $f = c d$ and $y = "
    "e + f$. What is the gradient $(\\partial y / \\partial a, \\partial y / \\partial b)$ at "
    "$a = {a}$, $b = {b}$?",
    values=lambda rng: {"a": int(rng.integers(-4, 7)), "b": int(rng.integers(-4, 7))},
    answer=lambda a, b: np.array(
        [_adjoints(a, b)[0] + b * _adjoints(a, b)[1], _adjoints(a, b)[0] + a * _adjoints(a, b)[1]],
        float,
    ),
    mistakes=[
        Mistake(
            "the paths through c are missing",
            lambda a, b: _adjoints(a, b)[1] * np.array([b, a], float),
            "Those are the paths through $d$ only. $a$ and $b$ also enter $c = a + b$.",
        ),
        Mistake(
            "the paths through d are missing",
            lambda a, b: _adjoints(a, b)[0] * np.ones(2),
            "Those are the paths through $c$ only. $a$ and $b$ also enter $d = a b$.",
        ),
        Mistake(
            "= for +=",
            lambda a, b: a * b + (a + b) * np.array([b, a], float),
            "At $c$ and $d$ you kept what $f$ hands back, and lost what $e$ hands back. Gradients "
            "*add* where a value is used twice: $\\bar{c} = 1 + d$, not $d$.",
        ),
        Mistake(
            "the two entries swapped",
            lambda answer: answer[::-1],
            "The entries are right and in the wrong order. A product passes on the *other* "
            "factor: from $d = a b$ the rate to $a$ is $b$.",
            almost=True,
        ),
        Mistake(
            "a factor passes on itself",
            lambda a, b: _adjoints(a, b)[0] + np.array([a, b], float) * (a * b),
            "A product passes on the other factor, and a sum passes on 1. At $d$ the gradient is "
            "$\\bar{d} = 1 + c$.",
        ),
    ],
    hints=[
        "Work backwards. At $y$, $e$ and $f$ the gradient is 1.",
        "$c$ is used in $e$ and in $f$, so $\\bar{c} = 1 + d$. In the same way $\\bar{d} = 1 + c$.",
        "$a$ is used in $c$, with rate 1, and in $d$, with rate $b$.",
    ],
    because="With $\\bar{c} = {c_bar}$ and $\\bar{d} = {d_bar}$ each input adds what comes "
    "through $c$ and through $d$.",
    solution="The values are $c = {c}$ and $d = {d}$. So $\\bar{c} = 1 + d = {c_bar}$ and "
    "$\\bar{d} = 1 + c = {d_bar}$. Then $\\bar{a} = \\bar{c} + b \\bar{d}$ and "
    "$\\bar{b} = \\bar{c} + a \\bar{d}$, which gives {answer}.",
    shown=lambda a, b: {
        "c": a + b,
        "d": a * b,
        "c_bar": _adjoints(a, b)[0],
        "d_bar": _adjoints(a, b)[1],
    },
    core=True,
)


def _layers(rng):
    """Draw the widths of four layers."""
    return dict(zip("pqrs", rng.integers(2, 8, size=4).tolist(), strict=True))


Vector(
    "chain_rule.count_paths",
    title="Paths and edges",
    text="A net has layers of {p}, {q}, {r} and {s} units, each fully connected to the next. "
    "How many paths lead from an input unit to an output unit, and how many edges are there? "
    "Write (paths, edges).",
    values=_layers,
    answer=lambda p, q, r, s: np.array([p * q * r * s, p * q + q * r + r * s], float),
    tolerance=0,
    mistakes=[
        Mistake(
            "paths and edges swapped",
            lambda answer: answer[::-1],
            "Those are the right numbers in the wrong order: the paths come first.",
            almost=True,
        ),
        Mistake(
            "inputs and outputs only",
            lambda p, q, r, s: np.array([p * s, p * q + q * r + r * s], float),
            "That many *pairs* of an input and an output there are. Each pair is joined by one "
            "path for every choice of the units between.",
        ),
        Mistake(
            "paths added",
            lambda p, q, r, s: np.array([p + q + r + s, p * q + q * r + r * s], float),
            "You added the units. A path chooses one unit in *each* layer: the choices multiply.",
        ),
        Mistake(
            "edges multiplied",
            lambda p, q, r, s: np.array([p * q * r * s, p * q * q * r * r * s], float),
            "The edges between two layers are the product of their widths. Edges of different "
            "layers add up.",
        ),
        Mistake(
            "an edge for each unit",
            lambda p, q, r, s: np.array([p * q * r * s, p + q + r + s], float),
            "Those are the units. Between two layers, every unit of one is joined to every unit "
            "of the other.",
        ),
    ],
    hints=[
        "A path chooses one unit in each layer.",
        "Between layers of {p} and {q} units there are {p} · {q} edges.",
    ],
    because="Choices multiply along a path, and edges add up over the layers. Reverse mode "
    "visits each edge once and still sums over all the paths.",
    solution="There are ${p} \\cdot {q} \\cdot {r} \\cdot {s} = {paths}$ paths, and ${p} \\cdot "
    "{q} + {q} \\cdot {r} + {r} \\cdot {s} = {edges}$ edges.",
    shown=lambda p, q, r, s: {"paths": p * q * r * s, "edges": p * q + q * r + r * s},
)

# ---------------------------------------------------------------------------------------------
# Products of Jacobians
# ---------------------------------------------------------------------------------------------


def _map_and_point(rng):
    """Draw a small matrix that is not symmetric, and a point."""
    return {"A": rng.integers(-3, 5, size=(2, 2)), "x": rng.integers(-3, 5, size=2)}


Matrix(
    "chain_rule.square_after_map",
    title="A map, then squares",
    text="First $y = A x$ with $A = {A}$, then $z_i = y_i^2$ for each entry. What is the "
    "Jacobian of $z$ with respect to $x$, in numerator layout, at $x = {x}$?",
    values=_map_and_point,
    answer=lambda A, x: 2.0 * np.diag(A @ x) @ A,
    mistakes=[
        Mistake(
            "factors in the wrong order",
            lambda A, x: 2.0 * A @ np.diag(A @ x),
            "You multiplied the two Jacobians in the wrong order. The outer one stands on the "
            "left: first $D_y z$, then $D_x y$.",
        ),
        Mistake(
            "the outer Jacobian at the wrong place",
            lambda A, x: 2.0 * np.diag(x) @ A,
            "The squares are taken of $y = A x$, so their slopes are $2 y_i$. You took $2 x_i$.",
        ),
        Mistake(
            "the other layout",
            lambda answer: answer.T,
            "That is the transpose, the Jacobian in denominator layout. In numerator layout row "
            "$i$ belongs to $z_i$.",
            almost=True,
        ),
        Mistake(
            "the inner Jacobian alone",
            lambda A: 1.0 * A,
            "That is the Jacobian of $y$. The squares come after it, and have slopes of their own.",
        ),
        Mistake(
            "the outer Jacobian alone",
            lambda A, x: 2.0 * np.diag(A @ x),
            "That is the Jacobian of $z$ with respect to $y$. Multiply it by that of $y$.",
        ),
        Mistake(
            "the factor 2 is missing",
            lambda A, x: 1.0 * np.diag(A @ x) @ A,
            "The derivative of $y_i^2$ is $2 y_i$: a factor 2 is missing.",
        ),
    ],
    hints=[
        "There are two Jacobians: $D_y z$, which is diagonal, and $D_x y = A$.",
        "$D_x z = D_y z \\, D_x y$. At this point $y = {y}$.",
    ],
    because="Row $i$ of $A$ is multiplied by the slope $2 y_i$ of its square.",
    solution="$y = {y}$, so $D_y z$ is diagonal with the entries {slopes}. Times $A$ that is "
    "{answer}.",
    shown=lambda A, x: {"y": A @ x, "slopes": 2 * (A @ x)},
    draws_on=("matrix_calculus",),
    core=True,
)

Vector(
    "chain_rule.polar",
    title="Round and outward",
    text="Let $x = (r \\cos t, \\, r \\sin t)$ and $z = {p} x_1^2 + {q} x_2^2$. What is "
    "$(\\partial z / \\partial r, \\, \\partial z / \\partial t)$ at $r = {r}$, $t = \\pi / 4$, "
    "where $\\cos t = \\sin t = 1/\\sqrt{{2}}$?",
    values=lambda rng: {
        "p": int(rng.integers(1, 7)),
        "q": int(rng.integers(1, 7)),
        "r": int(rng.integers(2, 7)),
    },
    answer=lambda p, q, r: np.array([r * (p + q), r * r * (q - p)], float),
    mistakes=[
        Mistake(
            "the radius left out",
            lambda p, q, r: np.array([r * (p + q), r * (q - p)], float),
            "The second column of the inner Jacobian is $(-r \\sin t, \\, r \\cos t)$: a turn "
            "moves a point far out further than one near the middle. A factor $r$ is missing.",
        ),
        Mistake(
            "sign of the sine",
            lambda p, q, r: np.array([r * (p + q), r * r * (p + q)], float),
            "The derivative of $\\cos t$ is $-\\sin t$: when $t$ grows, $x_1$ shrinks.",
        ),
        Mistake(
            "one path only",
            lambda p, q, r: np.array([r * p, -r * r * p], float),
            "That is the path through $x_1$. $r$ and $t$ reach $z$ through $x_2$, too: add it.",
        ),
        Mistake(
            "the outer gradient alone",
            lambda p, q, r: math.sqrt(2) * r * np.array([p, q], float),
            "That is $(\\partial z / \\partial x_1, \\, \\partial z / \\partial x_2)$. Multiply it "
            "by the Jacobian of $x$ with respect to $(r, t)$.",
        ),
        Mistake(
            "entries swapped",
            lambda answer: answer[::-1],
            "Those are the right numbers in the wrong order: first comes the derivative by $r$.",
            almost=True,
        ),
    ],
    hints=[
        "The row of the outer function is $(2 \\cdot {p} \\, x_1, \\; 2 \\cdot {q} \\, x_2)$.",
        "The inner Jacobian has the columns $(\\cos t, \\sin t)$ and $(-r \\sin t, \\, r \\cos "
        "t)$.",
    ],
    because="Both variables reach $z$ through $x_1$ and through $x_2$, and the two paths add.",
    solution="At this point $x_1 = x_2 = {r}/\\sqrt{{2}}$. So $\\partial z/\\partial r = {r} "
    "({p} + {q})$ and $\\partial z/\\partial t = {r}^2 ({q} - {p})$, which gives {answer}.",
    draws_on=("matrix_calculus",),
)

Vector(
    "chain_rule.brackets",
    title="Where to put the brackets",
    text="The factors of $J_3 J_2 J_1$ have the shapes `(1, {n})`, `({n}, {m})` and `({m}, "
    "{k})`. How many multiplications does $(J_3 J_2) J_1$ take, and how many $J_3 (J_2 J_1)$? "
    "Write (first, second).",
    values=lambda rng: {
        "n": int(rng.choice([5, 10, 20, 50])),
        "m": int(rng.choice([8, 30, 100, 200])),
        "k": int(rng.integers(3, 10)),
    },
    answer=lambda n, m, k: np.array([n * m + m * k, n * m * k + n * k], float),
    tolerance=0,
    mistakes=[
        Mistake(
            "the two swapped",
            lambda answer: answer[::-1],
            "Those are the right numbers in the wrong order. $(J_3 J_2) J_1$ starts with the "
            "row on the left, so it always carries a row.",
            almost=True,
        ),
        Mistake(
            "the second product forgotten",
            lambda n, m, k: np.array([n * m, n * m * k], float),
            "That is the first product of each. Multiply its result by the factor that is left.",
        ),
        Mistake(
            "entries of the results counted",
            lambda n, m, k: np.array([m + k, n * k + k], float),
            "That counts the entries of the results. Each entry of a product takes as many "
            "multiplications as the inner size.",
        ),
        Mistake(
            "the costs multiplied",
            lambda n, m, k: np.array([n * m * m * k, n * m * k * n * k], float),
            "One product is done after the other: the costs add.",
        ),
    ],
    hints=[
        "A $(p, q)$ matrix times a $(q, r)$ matrix costs $p q r$ multiplications.",
        "From the left: $1 \\cdot {n} \\cdot {m}$ for the first product, a row of {m} entries.",
    ],
    because="From the left each product is a row; from the right it is a whole matrix.",
    solution="From the left ${n} \\cdot {m} + {m} \\cdot {k} = {left}$, from the right ${n} "
    "\\cdot {m} \\cdot {k} + {n} \\cdot {k} = {right}$.",
    shown=lambda n, m, k: {"left": n * m + m * k, "right": n * m * k + n * k},
    draws_on=("matrix_calculus",),
)

Choice(
    "chain_rule.which_mode",
    title="Which mode?",
    text="A function has {d} inputs and {k} outputs, and you want its whole Jacobian. Which "
    "mode do you take, and how many passes does it need?",
    values=lambda rng: {"d": int(rng.integers(2, 8)), "k": int(rng.integers(20, 200))},
    right="Forward mode, {d} passes",
    wrong=[
        Mistake(
            "reverse mode as a habit",
            "Reverse mode, {k} passes",
            "It would give the Jacobian, a row a pass. Forward mode gives a column a pass, and "
            "there are only {d} columns. Reverse mode needs fewer passes for *one* output, such as "
            "a loss.",
        ),
        Mistake(
            "one pass for everything",
            "Reverse mode, one pass",
            "One backward pass starts from one output, or from one weighted sum of outputs: it "
            "gives one row of the Jacobian, and there are {k}.",
        ),
        Mistake(
            "passes by outputs",
            "Forward mode, {k} passes",
            "A forward pass starts from one *input* and gives a column. There are {d} inputs.",
        ),
        Mistake(
            "both cost the same",
            "Either: the Jacobian has {d} · {k} entries, so both need that many passes",
            "A pass gives a whole row or a whole column at once, not an entry.",
        ),
    ],
    hints=[
        "One pass of forward mode gives a column of the Jacobian. What does one of reverse "
        "mode give?"
    ],
    because="Forward mode costs one pass for each input, reverse mode one for each output.",
    solution="The Jacobian has {k} rows and {d} columns. A forward pass gives a column, a "
    "backward pass a row. {d} forward passes are enough.",
    core=True,
)

# ---------------------------------------------------------------------------------------------
# Where a value is used more than once
# ---------------------------------------------------------------------------------------------


def _two_losses(rng):
    """Draw the numbers of a net with one hidden value, and a penalty on it."""
    x, w, v = (int(rng.integers(1, 5)) for _ in range(3))
    return {
        "x": x,
        "w": w,
        "v": v,
        "t": int(rng.integers(-5, 10)),
        "c": float(rng.choice([0.5, 1.5, 2.0, 3.0])),
    }


Number(
    "chain_rule.loss_on_hidden",
    title="The loss also sees the hidden value",
    text="A small net computes $h = w x$ and $\\hat{{y}} = v h$. Its loss is $L = \\frac{{1}}{{2}} "
    "(\\hat{{y}} - t)^2 + \\frac{{1}}{{2}} \\cdot {c} \\, h^2$: it also has a penalty on the "
    "hidden value. What is $\\partial L / \\partial w$ at $x = {x}$, $w = {w}$, $v = {v}$, $t = "
    "{t}$?",
    values=_two_losses,
    answer=lambda x, w, v, t, c: ((v * w * x - t) * v + c * w * x) * x,
    mistakes=[
        Mistake(
            "the new edge forgotten",
            lambda x, w, v, t, c: (v * w * x - t) * v * x,
            "That is the path over the prediction. $h$ also leads straight to the loss, over "
            "its penalty.",
        ),
        Mistake(
            "= for +=",
            lambda x, w, v, t, c: c * w * x * x,
            "At $h$ you kept the gradient of the penalty and lost that of the error. They add.",
        ),
        Mistake(
            "the penalty's gradient not passed on",
            lambda x, w, v, t, c: (v * w * x - t) * v * x + c * w * x,
            "The penalty acts on $h$. To reach $w$, multiply its gradient by $\\partial h / "
            "\\partial w = x$.",
        ),
        Mistake(
            "gradient at h",
            lambda x, w, v, t, c: (v * w * x - t) * v + c * w * x,
            "That is the gradient at $h$. One step is left: $h = w x$.",
        ),
        Mistake(
            "the half kept",
            lambda x, w, v, t, c: ((v * w * x - t) * v + c * w * x / 2) * x,
            "The derivative of $\\frac{{1}}{{2}} \\cdot {c} \\, h^2$ is ${c} \\, h$: the ½ "
            "cancels the 2.",
        ),
    ],
    hints=[
        "Two edges leave $h$ now: one to $\\hat{{y}}$, one straight to the loss.",
        "$\\bar{h} = (\\hat{{y}} - t) \\, v + {c} \\, h$. Then $\\bar{w} = \\bar{h} \\, x$.",
    ],
    because="The gradient at $h$ has two terms, one for each use, and both are passed on to $w$.",
    solution="$h = {h}$ and $\\hat{{y}} - t = {error}$. So $\\bar{h} = {error:()} \\cdot {v} "
    "+ {c} \\cdot {h} = {h_bar}$, and $\\bar{w} = {h_bar:()} \\cdot {x} = {answer}$.",
    shown=lambda x, w, v, t, c: {
        "h": w * x,
        "error": v * w * x - t,
        "h_bar": (v * w * x - t) * v + c * w * x,
    },
    core=True,
)

Number(
    "chain_rule.through_time",
    title="One weight, three uses",
    text="A recurrent net applies the same weight three times: $h_1 = w x$, $h_2 = w h_1$, $h_3 "
    "= w h_2$. What is $\\partial h_3 / \\partial w$ at $w = {w}$, $x = {x}$?",
    values=lambda rng: {
        "w": float(rng.choice([-3.0, -2.0, 0.5, 1.5, 2.0, 2.5, 3.0])),
        "x": int(rng.integers(2, 9)),
    },
    answer=lambda w, x: 3 * w**2 * x,
    mistakes=[
        Mistake(
            "a shared weight counted once",
            lambda w, x: w**2 * x,
            "That is one use of the weight. It is used three times, and the three gradients add.",
        ),
        Mistake(
            "value for derivative",
            lambda w, x: w**3 * x,
            "That is $h_3$ itself, $w^3 x$. The question asks for its derivative by $w$.",
        ),
        Mistake(
            "derivative by the input",
            lambda w, x: w**3,
            "That is $\\partial h_3 / \\partial x$. Here $w$ is turned and $x$ stays.",
        ),
        Mistake(
            "two uses",
            lambda w, x: 2 * w**2 * x,
            "Two of the three uses are counted: the weight also makes $h_1$ out of $x$.",
        ),
        Mistake(
            "uses multiplied",
            lambda w, x: w**6 * x**3 if abs(w) != 1 else None,
            "The rates along *one* path multiply. The three uses are three paths: they add.",
        ),
    ],
    hints=[
        "Give each use a name of its own: $h_3 = w_3 w_2 w_1 x$. What is the derivative by each?",
        "Each of the three is $w^2 x$.",
    ],
    because="Each of the three uses gives $w^2 x = {one}$, and they add.",
    solution="Write $h_3 = w_3 w_2 w_1 x$. The derivative by each $w_i$ is the product of the "
    "others, ${one}$ when all are {w}. The weight is shared, so the three add: {answer}. After "
    "$T$ steps it is $T w^{{T-1}} x$, which explodes for $|w| > 1$ and vanishes for $|w| < 1$.",
    shown=lambda w, x: {"one": w**2 * x},
    core=True,
)

Number(
    "chain_rule.not_cleared",
    title="Nobody cleared the gradient",
    text="A parameter $w = {w}$ has the loss $L = (w - {t:()})^2$. The training loop calls "
    "`backward()` {k} times at this $w$, and never clears the gradient; `w` is not updated. "
    "What does `w.grad` hold in the end?",
    values=lambda rng: {
        "w": int(rng.integers(2, 9)),
        "t": int(rng.integers(-6, 2)),
        "k": int(rng.integers(3, 7)),
    },
    answer=lambda w, t, k: 2.0 * k * (w - t),
    mistakes=[
        Mistake(
            "the last one only",
            lambda w, t: 2.0 * (w - t),
            "That is one gradient. `backward()` *adds* into `.grad`, since a value may be used "
            "in several places; it does not know where a new pass begins.",
        ),
        Mistake(
            "doubling",
            lambda w, t, k: 2.0**k * (w - t),
            "Each pass adds the same gradient: the sum grows by steps of the same size. It does "
            "not double.",
        ),
        Mistake(
            "one pass too few",
            lambda w, t, k: 2.0 * (k - 1) * (w - t),
            "The first pass counts as well: it adds to 0.",
        ),
        Mistake(
            "the factor 2 is missing",
            lambda w, t, k: 1.0 * k * (w - t),
            "The derivative of $(w - {t:()})^2$ is $2 (w - {t:()})$.",
        ),
        Mistake(
            "loss for gradient",
            lambda w, t, k: 1.0 * k * (w - t) ** 2,
            "That is the sum of the losses. `.grad` holds gradients.",
        ),
    ],
    hints=[
        "What is the gradient of one pass?",
        "Every pass adds its gradient to what `.grad` holds already.",
    ],
    because="Gradients add up until somebody clears them: in PyTorch, `optimizer.zero_grad()`.",
    solution="One pass gives $2 (w - {t:()}) = {one}$, and {k} passes add up to {answer}. With it, "
    "a step would be {k} times too long.",
    shown=lambda w, t: {"one": 2 * (w - t)},
)

# ---------------------------------------------------------------------------------------------
# The gradients of the course
# ---------------------------------------------------------------------------------------------


def _sample(rng):
    """Draw a sample with two features, weights, a bias and a label."""
    x = rng.choice([-3.0, -2.0, -1.5, 1.5, 2.0, 3.0, 4.0], size=2, replace=False)
    w = rng.choice([-1.0, -0.5, 0.5, 1.0], size=2, replace=False)
    return {"x": x, "w": w, "b": float(rng.choice([-1.0, 0.5, 1.0])), "label": int(rng.integers(2))}


def _probability(x, w, b):
    """Return what a logistic model says of one sample."""
    return float(models.sigmoid(w @ x + b))


Vector(
    "chain_rule.logistic_gradient",
    title="Through loss, sigmoid and linear map",
    text="One sample has the features $x = {x}$ and the label {label}. A model with $w = {w}$ "
    "and $b = {b}$ predicts $p = \\sigma(w \\cdot x + b)$. What is the gradient of the binary "
    "cross-entropy with respect to $w$?",
    values=_sample,
    answer=lambda x, w, b, label: (_probability(x, w, b) - label) * x,
    mistakes=[
        Mistake(
            "sign turned",
            lambda answer: -answer,
            "That is $(y - p) \\, x$, the direction in which the loss falls. The gradient is "
            "$(p - y) \\, x$.",
            almost=True,
        ),
        Mistake(
            "the sigmoid's slope twice",
            lambda x, w, b, label: (
                (_probability(x, w, b) - label)
                * _probability(x, w, b)
                * (1 - _probability(x, w, b))
                * x
            ),
            "A factor $p (1 - p)$ too many: it is cancelled by the denominator of the loss's "
            "derivative. It would be there for the *squared* error of $p$.",
        ),
        Mistake(
            "gradient by the logit",
            lambda x, w, b, label: (_probability(x, w, b) - label) * np.ones(2),
            "That is the slope $p - y$ by the logit. The linear map comes before it: each "
            "weight gets it times its feature.",
        ),
        Mistake(
            "label left out",
            lambda x, w, b, label: _probability(x, w, b) * x if label else None,
            "Subtract the label, which is 1: $p - y$, not $p$.",
        ),
        Mistake(
            "weights in place of features",
            lambda x, w, b, label: (_probability(x, w, b) - label) * w,
            "You multiplied by the weights: that is the gradient with respect to $x$. The "
            "derivative of $w \\cdot x$ by $w$ is $x$.",
        ),
        Mistake(
            "bias forgotten",
            lambda x, w, b, label: (_probability(x, w, 0.0) - label) * x,
            "The logit is $w \\cdot x + b$: the bias is missing in it.",
        ),
    ],
    hints=[
        "Compute $z = w \\cdot x + b$ and $p = \\sigma(z)$.",
        "By the logit the slope is $p - y$. By $w$ it is that times $x$.",
    ],
    because="The slope by the logit is $p - y = {slope:.4f}$, and each weight gets it times its "
    "feature.",
    solution="$z = {z}$ and $p = {p:.4f}$, so $p - y = {slope:.4f}$. Times $x$ that is "
    "{answer:.4f}.",
    shown=lambda x, w, b, label: {
        "z": w @ x + b,
        "p": _probability(x, w, b),
        "slope": _probability(x, w, b) - label,
    },
    draws_on=("loss_functions",),
    core=True,
)

Shape(
    "chain_rule.shape_of_weight_gradient",
    title="The gradient of a layer's weights",
    text="A layer computes $Z = X W^{{\\top}} + b$ with `X` of shape `({n}, {d})`, `W` of shape "
    "`({k}, {d})` and `b` of shape `({k},)`. The loss hands back an array of the shape of $Z$. "
    "In code, what shape has the gradient with respect to `W`?",
    values=lambda rng: dict(
        zip(["n", "d", "k"], rng.choice(range(2, 60), 3, replace=False).tolist(), strict=True)
    ),
    answer=lambda n, d, k: (k, d),
    mistakes=[
        Mistake(
            "transposed",
            lambda n, d, k: (d, k),
            "That is the transpose. In code a gradient has the shape of its parameter, so that "
            "the two can be subtracted.",
        ),
        Mistake(
            "shape of the output",
            lambda n, d, k: (n, k),
            "That is the shape of what the loss hands back. It is multiplied by `X`, and the "
            "samples are summed over.",
        ),
        Mistake(
            "a whole Jacobian",
            lambda n, d, k: (n, k, k, d),
            "That is the Jacobian of $Z$ with respect to $W$. Code does not store it: it uses only "
            "its product with what the loss hands back.",
        ),
        Mistake(
            "a gradient for each sample",
            lambda n, d, k: (n, k, d),
            "That would be a gradient for each sample. All samples use the same weights, so "
            "their gradients add.",
        ),
    ],
    hints=["An update subtracts a multiple of the gradient from `W`."],
    because="It is $\\bar{{Z}}^{{\\top}} X$, and has the shape of `W`.",
    solution="With $\\bar{{Z}}$ of shape `({n}, {k})`, $\\bar{{W}} = \\bar{{Z}}^{{\\top}} X$ "
    "has the shape {answer}: the sum over the {n} samples is inside the product.",
    draws_on=("matrix_calculus",),
)

Order(
    "chain_rule.reverse_sweep",
    title="One reverse sweep",
    text="Put the steps of reverse mode in order. One line does not belong.",
    lines=[
        "Compute the value of every node, and keep it.",
        "Set the gradient of every node to 0.",
        "Set the gradient of the output to 1.",
        "Take a node all of whose users have been visited; the first is the output.",
        "Add to each of its parents: its own gradient times the local derivative.",
        "When every node has been visited, read off the gradients of the inputs.",
    ],
    mistakes=[
        Mistake(
            "an update",
            "Subtract the learning rate times the gradient from each input.",
            "That is gradient descent, which *uses* the gradient. Reverse mode only computes it.",
        ),
        Mistake(
            "parents before the node",
            (4, 3),
            "Before a node hands anything on, everything that uses it must have been visited: "
            "else it hands on only a part of its gradient.",
        ),
        Mistake(
            "backward before forward",
            (2, 0),
            "Local derivatives need the values: the forward pass comes first.",
        ),
        Mistake(
            "cleared after the start",
            (2, 1),
            "Clearing comes first: after it the output's 1 would be lost.",
        ),
        Mistake(
            "gradients read too early",
            (5, 4),
            "The gradient of an input is complete only when all that uses it has handed its "
            "share back.",
        ),
    ],
    before=[(0, 2), (1, 2), (2, 3), (3, 4), (4, 5)],
    hints=[
        "The forward pass comes before the backward pass.",
        "The output's gradient is 1: it is the only one that is known at first.",
    ],
    because="Values first, then from the output back, each node after all that use it, with `+=`.",
    solution="Compute the values, clear the gradients (these two in either order), start with 1 "
    "at the output, visit the nodes from the youngest on, add into the parents, and read off "
    "the inputs. The update belongs to the optimizer.",
    core=True,
)

FirstWrongLine(
    "chain_rule.one_path_lost",
    title="A derivation with a mistake",
    text="Let $u = x^2$, $v = x + 1$ and $z = u v$. Somebody derives $\\frac{{dz}}{{dx}}$. "
    "Which is the first wrong line?",
    lines=[
        Mistake(
            "edges doubted",
            "$\\frac{{\\partial z}}{{\\partial u}} = v$ and $\\frac{{\\partial z}}{{\\partial "
            "v}} = u$",
            "A product passes on the other factor: this is right.",
        ),
        Mistake(
            "inner slopes doubted",
            "$\\frac{{du}}{{dx}} = 2x$ and $\\frac{{dv}}{{dx}} = 1$",
            "These are the slopes of $x^2$ and of $x + 1$: right.",
        ),
        "$\\frac{{dz}}{{dx}} = \\frac{{\\partial z}}{{\\partial u}} \\cdot \\frac{{du}}{{dx}}$",
        Mistake(
            "a later line",
            "$\\frac{{dz}}{{dx}} = (x + 1) \\cdot 2x$",
            "This follows from the line before it. Compare with $z = x^3 + x^2$, whose "
            "derivative is $3x^2 + 2x$: something was lost earlier.",
        ),
        Mistake(
            "the last line",
            "At $x = 1$ it is 4.",
            "This follows from the lines before it. The right value is 5: something was lost "
            "earlier.",
        ),
    ],
    wrong=2,
    hints=[
        "Along how many paths does $x$ reach $z$?",
        "Multiply out: $z = x^3 + x^2$. What is its derivative at $x = 1$?",
    ],
    because="One path is lost: $x$ also reaches $z$ through $v$, and that path adds $u \\cdot 1 "
    "= x^2$.",
    solution="$\\frac{{dz}}{{dx}} = v \\cdot 2x + u \\cdot 1 = 2x(x + 1) + x^2 = 3x^2 + 2x$, "
    "which is 5 at $x = 1$. The derivation follows one of two paths.",
)

# ---------------------------------------------------------------------------------------------
# Your own backward pass
# ---------------------------------------------------------------------------------------------


def _sweep(edges, n_nodes, order=reversed, start=1.0, local_only=False):
    """Hand gradients back along the edges, in an order, from a gradient of the output."""
    gradients = np.zeros(n_nodes)
    gradients[-1] = start
    for parent, child, local in order(edges):
        gradients[parent] += local if local_only else gradients[child] * local
    return gradients


def _overwriting(edges, n_nodes):
    """Overwrite where it should add."""
    gradients = np.zeros(n_nodes)
    gradients[-1] = 1.0
    for parent, child, local in reversed(edges):
        gradients[parent] = gradients[child] * local
    return gradients


def _one_step(edges, n_nodes):
    """Stop at the parents of the output."""
    return _sweep([edge for edge in edges if edge[1] == n_nodes - 1], n_nodes)


def _each_parent_once(edges, n_nodes):
    """Lose an edge where a node is the parent twice."""
    unique = {edge[:2]: edge for edge in edges}
    return _sweep(list(unique.values()), n_nodes)


def _added(edges, n_nodes):
    """Add along a path in place of multiplying."""
    gradients = np.zeros(n_nodes)
    gradients[-1] = 1.0
    for parent, child, local in reversed(edges):
        gradients[parent] += gradients[child] + local
    return gradients


def _random_graph(rng):
    """Draw a graph of a few nodes, each of which uses two before it."""
    n_nodes = int(rng.integers(4, 8))
    edges = [
        (int(rng.integers(0, child)), child, int(rng.integers(-8, 9)) / 2)
        for child in range(2, n_nodes)
        for _ in range(2)
    ]
    return (edges, n_nodes)


CodeQuestion(
    "chain_rule.backward",
    title="Your own backward pass",
    text="Write reverse mode. An edge is `(parent, child, local)`: two numbers of nodes, and "
    "the derivative of the child by the parent. `edges` is a list of them, and the numbers of "
    "the children never fall in it. The last of the `n_nodes` nodes is the output. Return an "
    "array with the derivative of the output by every node.",
    stub='''
    def backward(edges, n_nodes):
        """Return the derivative of the last node by each node, shape (n_nodes,)."""
        ...
    ''',
    reference=_sweep,
    probes=[
        ([(0, 1, 3.0)], 2),
        ([(0, 2, 2.0), (1, 2, 5.0)], 3),
        ([(0, 1, 3.0), (0, 1, 3.0)], 2),
        ([(0, 1, 2.0), (1, 2, 3.0)], 3),
        ([(0, 1, 2.0), (1, 2, 3.0), (0, 2, 4.0)], 3),
        ([(0, 1, 1.0), (0, 2, 3.0), (1, 3, 2.0), (2, 3, 5.0)], 4),
        ([(0, 1, 2.0), (1, 2, 3.0), (1, 3, 4.0), (2, 3, 5.0), (0, 4, 7.0), (3, 4, 1.0)], 5),
        (
            [
                *((0, 2, 1.0), (1, 2, 1.0), (0, 3, 3.0), (1, 3, 2.0), (2, 4, 1.0), (3, 4, 1.0)),
                *((2, 5, 6.0), (3, 5, 5.0), (4, 6, 1.0), (5, 6, 1.0)),
            ],
            7,
        ),
        ([(0, 2, 0.0), (2, 3, -1000.0), (1, 3, 1000.0)], 4),
    ],
    draw=_random_graph,
    mistakes=[
        CodeMistake(
            "= for +=",
            _overwriting,
            "A node that is used twice keeps only what one of its users hands back. Gradients "
            "add up: `+=`.",
        ),
        CodeMistake(
            "the parents of the output only",
            (partial(_sweep, order=list), _one_step),
            "Only the parents of the output get a gradient. Either you go through the edges "
            "from the first to the last, or you stop after one step. Start with the last edge, "
            "and go on to the first.",
        ),
        CodeMistake(
            "the output starts at 0",
            partial(_sweep, start=0.0),
            "All your gradients are 0: the derivative of the output by itself is 1, and nothing "
            "has set it.",
        ),
        CodeMistake(
            "the node's own gradient left out",
            partial(_sweep, local_only=True),
            "You hand on the local derivative alone. It is to be multiplied by the gradient of "
            "the node it comes from.",
        ),
        CodeMistake(
            "a parent named twice counted once",
            _each_parent_once,
            "In `x * x` one node is the parent twice. Turned into a dictionary, one of the two "
            "pairs is lost.",
        ),
        CodeMistake(
            "rates added along a path",
            _added,
            "Along a path rates are multiplied; only the paths are added.",
        ),
    ],
    hints=[
        "Begin with zeros, and put 1 at the end: the derivative of the output by itself.",
        "Go through the edges from the last to the first: `for parent, child, local in "
        "reversed(edges)`.",
        "`gradients[parent] += gradients[child] * local`",
    ],
    because="Each node hands back its gradient times the local derivative, after all that use "
    "it have handed theirs.",
    solution="`gradients = np.zeros(n_nodes)`, `gradients[-1] = 1.0`; then for each edge, from "
    "the last to the first, `gradients[parent] += gradients[child] * local`. Return `gradients`.",
    core=True,
)


# ---------------------------------------------------------------------------------------------
# Four operations that hand back
# ---------------------------------------------------------------------------------------------

#: What each operation computes from the array of its inputs.
OPERATIONS = {
    "mul": np.prod,
    "exp": lambda x: np.exp(x[0]),
    "log": lambda x: np.log(x[0]),
    "max": np.max,
}

#: The rates of the operation's value by each of its inputs.
_RATES = {
    "mul": lambda x: x[::-1],
    "exp": np.exp,
    "log": lambda x: 1 / x,
    "max": lambda x: (x == x.max()).astype(float),
}


def _by_differences(operation, x, y_bar, x_bar):
    """Hand back as central differences say: what the gradient checker compares with."""
    return x_bar + y_bar * calculus.gradient(OPERATIONS[operation], x)


def _hands_back(share=lambda y_bar, rate: y_bar * rate, total=np.add, **rates):
    """Make rules of which some operations have other rates, shares or totals."""

    def hand_back(operation, x, y_bar, x_bar):
        rate = (_RATES | rates)[operation](x)
        return total(x_bar, share(y_bar, rate))

    return hand_back


def _only(operation, **changes):
    """Make rules that are changed for one operation alone."""
    changed, right = _hands_back(**changes), _hands_back()

    def hand_back(name, x, y_bar, x_bar):
        return (changed if name == operation else right)(name, x, y_bar, x_bar)

    return hand_back


def _in_all_or_one(**changes):
    """Make rules that are changed for all operations, and for each alone."""
    return (_hands_back(**changes), *(_only(operation, **changes) for operation in _RATES))


def _drawn_operation(rng):
    """Draw an operation, its inputs, and what is handed to it and to its inputs."""
    operation = str(rng.choice([*_RATES]))
    n_inputs = 2 if operation in ("mul", "max") else 1
    size = rng.choice(np.arange(3, 26), size=n_inputs, replace=False) / 10
    sign = 1 if operation == "log" else rng.choice([-1, 1], size=n_inputs)
    handed = rng.normal(0, 2, size=n_inputs + 1).round(1)
    return operation, size * sign, float(handed[0]), handed[1:]


CodeQuestion(
    "chain_rule.operations",
    title="Four operations that hand back",
    text="Write the backward step of four operations. `operation` is `'mul'`, `'exp'`, `'log'` or "
    "`'max'`, and `x` the array of its inputs: two for `'mul'` and `'max'`, one for `'exp'` and "
    "`'log'`. `y_bar` is the derivative of the loss by the value of the operation, a number. "
    "`x_bar` holds what its inputs have got so far, in the shape of `x`. Return what they have "
    "then, as a new array. The two inputs of `'max'` are never equal.",
    stub='''
    def hand_back(operation, x, y_bar, x_bar):
        """Return x_bar and what the operation hands back, added; shape of x."""
        ...
    ''',
    reference=_by_differences,
    probes=[
        ("exp", np.array([0.0]), 1.0, np.array([0.0])),
        ("exp", np.array([1.0]), 2.0, np.array([0.0])),
        ("exp", np.array([-1.0]), -3.0, np.array([0.5])),
        ("log", np.array([1.0]), 1.0, np.array([0.0])),
        ("log", np.array([2.0]), 3.0, np.array([0.0])),
        ("log", np.array([0.25]), -1.0, np.array([1.0])),
        ("mul", np.array([2.0, 3.0]), 1.0, np.array([0.0, 0.0])),
        ("mul", np.array([-4.0, 0.5]), 2.0, np.array([1.0, -1.0])),
        ("mul", np.array([3.0, 3.0]), 0.5, np.array([4.0, 4.0])),
        ("max", np.array([2.0, 3.0]), 1.0, np.array([0.0, 0.0])),
        ("max", np.array([0.5, -4.0]), 2.0, np.array([1.0, -1.0])),
        ("max", np.array([-2.0, -1.0]), -3.0, np.array([0.5, 2.0])),
        ("max", np.array([1.0, 2.0]), 0.0, np.array([3.0, 4.0])),
    ],
    draw=_drawn_operation,
    atol=1e-7,
    mistakes=[
        CodeMistake(
            "= for +=",
            _in_all_or_one(total=lambda x_bar, share: share),
            "You return what this operation hands back, and lose what its inputs had already got "
            "from others. Gradients add up: return `x_bar + ...`.",
        ),
        CodeMistake(
            "y_bar left out",
            _in_all_or_one(share=lambda y_bar, rate: rate),
            "You hand on the local derivative alone. It is to be multiplied by `y_bar`, the "
            "derivative of the loss by the value of this operation.",
        ),
        CodeMistake(
            "y_bar added",
            _in_all_or_one(share=lambda y_bar, rate: y_bar + rate),
            "You add `y_bar` to the local derivative. Along a path rates are multiplied; only the "
            "shares of different paths are added.",
        ),
        CodeMistake(
            "sign turned",
            _in_all_or_one(total=np.subtract),
            "You subtract the share. Subtracting is the *update* of gradient descent; the backward "
            "pass adds.",
        ),
        CodeMistake(
            "no 1/x in log",
            _hands_back(log=np.ones_like),
            "Your `'log'` hands `y_bar` on unchanged. The derivative of $\\log x$ is $1/x$: divide "
            "by the input.",
        ),
        CodeMistake(
            "times x in log",
            _hands_back(log=lambda x: x),
            "Your `'log'` multiplies by $x$. The derivative of $\\log x$ is $1/x$: divide.",
        ),
        CodeMistake(
            "max hands to both",
            _hands_back(max=np.ones_like),
            "Your `'max'` hands `y_bar` to both inputs. If the smaller one moves a little, the "
            "maximum stays: its derivative is 0, and only the larger gets something.",
        ),
        CodeMistake(
            "max hands half to each",
            _hands_back(max=lambda x: np.full(2, 0.5)),
            "Your `'max'` shares `y_bar` between the inputs. That is a convention for inputs that "
            "are equal; here they differ, and all of it goes to the larger.",
        ),
        CodeMistake(
            "max hands to the smaller",
            _hands_back(max=lambda x: (x == x.min()).astype(float)),
            "Your `'max'` hands `y_bar` to the smaller input. The value follows the larger one.",
        ),
        CodeMistake(
            "max times its value",
            _hands_back(max=lambda x: x * (x == x.max())),
            "Your `'max'` multiplies by the larger input. That is the value; where it is the "
            "larger, an input moves the maximum at the rate 1.",
        ),
        CodeMistake(
            "a factor hands back itself",
            _hands_back(mul=lambda x: x),
            "In `'mul'` each input gets its own value times `y_bar`. The derivative of $a b$ by "
            "$a$ is $b$: the *other* factor.",
        ),
        CodeMistake(
            "the product for the other factor",
            _hands_back(mul=lambda x: np.full(2, x[0] * x[1])),
            "In `'mul'` both inputs get the whole product times `y_bar`. The derivative of $a b$ "
            "by $a$ is $b$ alone.",
        ),
        CodeMistake(
            "a product treated as a sum",
            _hands_back(mul=np.ones_like),
            "Your `'mul'` hands `y_bar` on unchanged to both inputs. So a *sum* does. In a product "
            "each input gets `y_bar` times the other factor.",
        ),
        CodeMistake(
            "exp hands on unchanged",
            _hands_back(exp=np.ones_like),
            "Your `'exp'` hands `y_bar` on unchanged. The derivative of $e^x$ is $e^x$, which is "
            "1 at 0 only.",
        ),
        CodeMistake(
            "exp times x",
            (
                _hands_back(exp=lambda x: x),
                _hands_back(exp=lambda x: x * np.exp(x)),
                _hands_back(exp=lambda x: x * np.exp(x - 1)),
            ),
            "Your `'exp'` multiplies by $x$, as for a power $x^n$. The derivative of $e^x$ is "
            "$e^x$ itself.",
        ),
    ],
    hints=[
        "Find the local derivatives first, one for each input. For `'mul'` that is the *other* "
        "factor: `x[::-1]`.",
        "For `'max'` the larger input has the derivative 1, the other 0: `x == x.max()`.",
        "Return `x_bar + y_bar * local`, with `np.exp(x)` for `'exp'` and `1 / x` for `'log'`.",
    ],
    because="Each input keeps what it had, and adds `y_bar` times its own local derivative.",
    solution="With `local` one of `x[::-1]` (`'mul'`), `np.exp(x)` (`'exp'`), `1 / x` (`'log'`) "
    "and `x == x.max()` (`'max'`), return `x_bar + y_bar * local`.",
    core=True,
)


def _logistic(X, y, w, b):
    """Return the gradient of the mean binary cross-entropy by the weights."""
    slopes = losses.binary_cross_entropy_with_logits_gradient(y, X @ w + b)
    return slopes @ X / len(y)


def _with_naive_sigmoid(X, y, w, b):
    """Compute the sigmoid as a ratio of exponentials, which overflow."""
    z = X @ w + b
    with np.errstate(all="ignore"):
        p = np.exp(z) / (1 + np.exp(z))
    return (p - y) @ X / len(y)


def _scaled(factor):
    """Multiply the right gradient by something."""

    def gradient(X, y, w, b):
        return factor(X, y, w, b) * _logistic(X, y, w, b)

    return gradient


def _slopes_changed(change):
    """Use other slopes by the logits."""

    def gradient(X, y, w, b):
        p = models.sigmoid(X @ w + b)
        return change(p, y) @ X / len(y)

    return gradient


CodeQuestion(
    "chain_rule.logistic_gradient_code",
    title="The gradient of a dataset",
    text="Write the gradient of the *mean* binary cross-entropy with respect to `w`, for all "
    "samples at once. `X` has the shape `(n, d)`, `y` the shape `(n,)` with labels 0 and 1, `w` "
    "the shape `(d,)`, and `b` is a number. It must be right for logits of ±1000, too.",
    stub='''
    def gradient(X, y, w, b):
        """Return dL/dw, shape (d,)."""
        ...
    ''',
    reference=_logistic,
    probes=[
        (np.array([[1.0]]), np.array([0.0]), np.array([0.0]), 0.0),
        (np.array([[2.0]]), np.array([1.0]), np.array([0.0]), 0.0),
        (np.array([[1.0], [3.0]]), np.array([0.0, 1.0]), np.array([0.5]), 0.0),
        (np.array([[1.0], [3.0]]), np.array([0.0, 1.0]), np.array([0.5]), 2.0),
        (np.array([[1.0, -2.0]]), np.array([1.0]), np.array([0.5, 0.25]), 0.0),
        (
            np.array([[1.0, 2.0], [0.0, -1.0], [3.0, 1.0]]),
            np.array([1.0, 0.0, 1.0]),
            np.array([1.0, -1.0]),
            0.5,
        ),
        (np.array([[1.0], [-1.0]]), np.array([0.0, 1.0]), np.array([1000.0]), 0.0),
        (np.array([[1.0], [1.0]]), np.array([0.0, 1.0]), np.array([0.0]), 0.0),
        (
            np.linspace(-2, 3, 56).reshape(8, 7).round(2),
            np.array([1.0, 1.0, 0.0, 1.0, 0.0, 0.0, 1.0, 0.0]),
            np.array([0.5, -1.0, 0.2, 0.3, -0.4, 1.0, -0.6]),
            0.25,
        ),
    ],
    draw=lambda rng: (
        rng.normal(size=(4, 3)).round(2),
        rng.integers(0, 2, size=4).astype(float),
        rng.normal(size=3).round(2),
        round(float(rng.normal()), 2),
    ),
    mistakes=[
        CodeMistake(
            "sum for mean",
            _scaled(lambda X, y, w, b: len(y)),
            "That is the gradient of the *sum* of the losses. Divide by the number of samples.",
        ),
        CodeMistake(
            "sign turned",
            _slopes_changed(lambda p, y: y - p),
            "You use $y - p$: that is the direction in which the loss falls. The gradient has $p - "
            "y$.",
            almost=True,
        ),
        CodeMistake(
            "the sigmoid's slope twice",
            _slopes_changed(lambda p, y: (p - y) * p * (1 - p)),
            "A factor $p (1 - p)$ too many. It cancels against the loss's own derivative, and "
            "would be there for the squared error.",
        ),
        CodeMistake(
            "label left out",
            _slopes_changed(lambda p, y: p),
            "You use the probabilities alone. Subtract the label of each sample: $p - y$.",
        ),
        CodeMistake(
            "bias left out",
            lambda X, y, w, b: _logistic(X, y, w, 0.0),
            "The logits are `X @ w + b`: yours do not depend on `b`.",
        ),
        CodeMistake(
            "exponentials that overflow",
            _with_naive_sigmoid,
            "For a logit of 1000, `np.exp(z)` overflows and the ratio is nan. "
            "`lib.models.sigmoid` does not.",
        ),
        CodeMistake(
            "divided by the number of features",
            _scaled(lambda X, y, w, b: len(y) / X.shape[1]),
            "You divide by the number of features. The mean is taken over the samples.",
        ),
    ],
    hints=[
        "First the probabilities: `p = models.sigmoid(X @ w + b)`.",
        "The slopes by the logits are `p - y`. The Jacobian of the logits by `w` is `X`.",
    ],
    because="The row $(p - y)^{{\\top}} / n$ times the Jacobian $X$ is the whole chain rule.",
    solution="`p = models.sigmoid(X @ w + b)`, then `return (p - y) @ X / len(y)`.",
    draws_on=("loss_functions", "matrix_calculus"),
)
