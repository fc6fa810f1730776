"""Exercises of the chapter on model fitting."""

import math

import numpy as np

from lib import losses, models, optimizers
from lib.exercises.base import (
    Choice,
    Choices,
    FirstWrongLine,
    Mistake,
    Number,
    Option,
    Order,
    Vector,
)
from lib.exercises.code import CodeMistake, CodeQuestion
from lib.exercises.probes import Given

# ---------------------------------------------------------------------------------------------
# A line on a few points
# ---------------------------------------------------------------------------------------------


def _with_ones(x):
    """Put a column of ones in front: the bias is the first parameter."""
    return np.column_stack([np.ones(len(x)), x])


def _gradient(x, y):
    """Return the gradient of the mean squared error of a line as a function of (b, w)."""
    X = _with_ones(x)
    return lambda theta: losses.squared_error_gradient(y, X @ theta) @ X / len(y)


def _loss(x, y, theta):
    """Return the mean squared error of a line."""
    return losses.squared_error(np.asarray(y, float), _with_ones(x) @ theta).mean()


def _curvatures(x):
    """Return the eigenvalues of the Hessian of the mean squared error of a line, rising."""
    X = _with_ones(x)
    return np.linalg.eigvalsh(2 * X.T @ X / len(x))


def _after_ten(rate):
    """Return the loss of the three points of the chapter after ten steps from zero."""
    x, y = np.array([0.0, 1.0, 2.0]), np.array([1.0, 3.0, 4.0])
    walk = optimizers.gradient_descent(_gradient(x, y), np.zeros(2), learning_rate=rate, n_steps=10)
    return _loss(x, y, walk.theta)


Choice(
    "model_fitting.which_rate_wins",
    title="Four learning rates",
    predict=True,
    text="Three points, $(0, 1)$, $(1, 3)$ and $(2, 4)$. You fit a line by gradient descent on the "
    "mean squared error, starting from the line $\\hat{{y}} = 0$, whose loss is 8.6667. You try "
    "four learning rates: 0.1, 0.3, 0.4 and 0.45. After ten steps, which rate has the lowest "
    "loss, and which the highest?",
    right="The lowest has 0.3, the highest 0.45",
    wrong=[
        Mistake(
            "the largest rate wins",
            "The lowest has 0.45, the highest 0.1",
            "A larger rate is faster only up to a limit. At 0.45 the loss has risen to "
            "{loss_45:.1f}.",
        ),
        Mistake(
            "the smallest rate is the safe one",
            "The lowest has 0.1, the highest 0.45",
            "The smallest rate is safe from growing, but it is slower than 0.3: it is at "
            "{loss_1:.4f}, the other at {loss_3:.4f}.",
        ),
        Mistake(
            "0.4 is still good, and 0.1 the worst",
            "The lowest has 0.4, the highest 0.1",
            "At 0.4 the loss is still {loss_4:.4f}: the path jumps across the minimum in each "
            "step. 0.1 is already at {loss_1:.4f}.",
        ),
    ],
    hints=["A step that is too long lands on the other side of the valley."],
    because="At 0.3 the loss is {loss_3:.4f}; at 0.45 it has risen.",
    solution="After ten steps 0.3 is at {loss_3:.4f}, to four digits the lowest loss that any line "
    "can have. 0.1 is close behind with {loss_1:.4f}, and 0.4 is at {loss_4:.4f}. At 0.45 the loss "
    "has *risen* to {loss_45:.1f}: the border between falling and growing is at 0.4189.",
    shown=lambda: {
        "loss_1": _after_ten(0.1),
        "loss_3": _after_ten(0.3),
        "loss_4": _after_ten(0.4),
        "loss_45": _after_ten(0.45),
    },
    core=True,
)


def _steps_to_a_millionth(x):
    """Return how many steps the best rate needs until the error is a millionth."""
    X = _with_ones(np.asarray(x, float))
    kappa = np.linalg.cond(X) ** 2  # of X'X: the singular values keep more digits
    return math.log(1e-6) / math.log1p(-2 / (kappa + 1))


Choice(
    "model_fitting.years",
    title="The year 2000",
    predict=True,
    text="You fit a line to house prices against the year of construction: 2000, 2001, 2002. A "
    "colleague first subtracts 2001 from each year. The lines that can be fitted are the same. "
    "Both of you take your best learning rate. How many steps do you need, compared with your "
    "colleague, until the error is a million times smaller?",
    right="More than a billion times as many",
    wrong=[
        Mistake(
            "the same lines, so the same work",
            "About as many",
            "The lines are the same, but the parameters are not. In yours a change of the weight "
            "moves the line by 2000 times as much as the same change of the bias.",
        ),
        Mistake(
            "a little slower",
            "About ten times as many",
            "The steps grow with the condition number, and that grows with the *fourth* power of "
            "the year here.",
        ),
        Mistake(
            "as many times as the years are large",
            "About 2000 times as many",
            "The ratio is far larger: the condition number grows with the fourth power of the "
            "year here, not with the year.",
        ),
    ],
    hints=["The number of steps grows with the condition number of $X^{{\\top}} X$."],
    because="Centring takes the condition number from {kappa} to 1.5.",
    solution="Your colleague has $\\kappa = 1.5$ and needs {few} steps. You have $\\kappa$ about "
    "{kappa} and need about {many} steps: at ten microseconds a step, half a century.",
    shown=lambda: {
        "few": math.ceil(_steps_to_a_millionth([-1, 0, 1])),
        "many": float(f"{_steps_to_a_millionth([2000, 2001, 2002]):.2g}"),
        "kappa": float(f"{np.linalg.cond(_with_ones(np.arange(2000, 2003))) ** 2:.2g}"),
    },
)


def _two_points(rng):
    """Draw two points and a learning rate."""
    x1, x2 = sorted(rng.choice(np.arange(0, 5), 2, replace=False).tolist())
    y1, y2 = rng.integers(1, 9, size=2).tolist()
    return {
        "x1": x1,
        "y1": y1,
        "x2": x2,
        "y2": y2,
        "rate": float(rng.choice([0.02, 0.05, 0.1])),
    }


def _slope_at_zero(x1, y1, x2, y2):
    """Return the gradient of the mean squared error of two points at (0, 0)."""
    return _gradient(np.array([x1, x2], float), np.array([y1, y2], float))(np.zeros(2))


def _one_at_a_time(x1, y1, x2, y2, rate):
    """Move b, then take the partial by w at the new place."""
    gradient = _gradient(np.array([x1, x2], float), np.array([y1, y2], float))
    b = -rate * gradient(np.zeros(2))[0]
    return np.array([b, -rate * gradient(np.array([b, 0.0]))[1]])


Vector(
    "model_fitting.one_step",
    title="One step by hand",
    text="Fit $\\hat{{y}} = b + w x$ to $({x1}, {y1})$ and $({x2}, {y2})$ with the mean squared "
    "error. You start at $(b, w) = (0, 0)$, with the learning rate {rate}. Where are you after "
    "one step of gradient descent? Write $(b, w)$.",
    values=_two_points,
    answer=lambda x1, y1, x2, y2, rate: -rate * _slope_at_zero(x1, y1, x2, y2),
    mistakes=[
        Mistake(
            "uphill",
            lambda answer: -answer,
            "You added the gradient, and it points uphill: the loss rises. Subtract it.",
        ),
        Mistake(
            "theta moved before all partials are taken",
            lambda x1, y1, x2, y2, rate: _one_at_a_time(x1, y1, x2, y2, rate),
            "You moved $b$, and took the partial by $w$ at the new $b$. Both partials belong to "
            "the place where you stand: $(0, 0)$.",
        ),
        Mistake(
            "the factor 2 is missing",
            lambda answer: answer / 2,
            "That is the step for half the squared error. The derivative of $(\\hat{{y}} - y)^2$ "
            "is $2 (\\hat{{y}} - y)$.",
        ),
        Mistake(
            "sum for mean",
            lambda answer: 2 * answer,
            "That is the step for the *sum* of the squares. The loss is their mean: divide by 2.",
        ),
        Mistake(
            "the gradient alone",
            lambda x1, y1, x2, y2: _slope_at_zero(x1, y1, x2, y2),
            "That is the gradient. Multiply it by the learning rate, and subtract it from the "
            "start.",
        ),
        Mistake(
            "b and w swapped",
            lambda answer: answer[::-1],
            "Those are the right numbers in the wrong order: first comes $b$.",
            almost=True,
        ),
    ],
    hints=[
        "At $(0, 0)$ all predictions are 0, so $\\hat{{y}} - y$ is $-{y1}$ and $-{y2}$.",
        "The partial by $b$ is twice the mean of $\\hat{{y}} - y$. By $w$ it is twice the mean of "
        "$(\\hat{{y}} - y) \\, x$.",
    ],
    because="The gradient at the start is ({slope_b}, {slope_w}), and the step is minus {rate} "
    "times that.",
    solution="The partial by $b$ is $-({y1} + {y2}) = {slope_b}$. The partial by $w$ is $-({x1} "
    "\\cdot {y1} + {x2} \\cdot {y2}) = {slope_w}$: the 2 of the square cancels the 2 of the mean. "
    "So $(b, w) = -{rate} \\cdot ({slope_b}, {slope_w}) = {answer}$. The loss falls from {before} "
    "to {after:.4g}.",
    shown=lambda x1, y1, x2, y2, answer: {
        "slope_b": -(y1 + y2),
        "slope_w": -(x1 * y1 + x2 * y2),
        "before": _loss([x1, x2], [y1, y2], np.zeros(2)),
        "after": _loss([x1, x2], [y1, y2], answer),
    },
    draws_on=("loss_functions",),
    core=True,
)

FirstWrongLine(
    "model_fitting.moved_too_early",
    title="A step with a mistake",
    text="Let $L(b, w) = b^2 + b w + w^2$. Somebody does one step of gradient descent from $(1, "
    "1)$ with the learning rate 0.1. Which is the first wrong line?",
    lines=[
        Mistake(
            "the first partial doubted",
            "$\\frac{{\\partial L}}{{\\partial b}} = 2b + w = 3$",
            "At $(1, 1)$ it is $2 + 1$: this is right.",
        ),
        Mistake(
            "the first move doubted",
            "The new $b$ is $1 - 0.1 \\cdot 3 = 0.7$",
            "Old value minus rate times partial: this is right.",
        ),
        "$\\frac{{\\partial L}}{{\\partial w}} = b + 2w = 0.7 + 2 = 2.7$",
        Mistake(
            "a later line",
            "The new $w$ is $1 - 0.1 \\cdot 2.7 = 0.73$",
            "This follows from the line before it. Something went wrong earlier: the new $w$ must "
            "be 0.7, because $L$ does not change when $b$ and $w$ change places.",
        ),
        Mistake(
            "the last line",
            "The loss is $0.7^2 + 0.7 \\cdot 0.73 + 0.73^2 = 1.5339$",
            "This follows from the lines before it. Something went wrong earlier.",
        ),
    ],
    wrong=2,
    hints=[
        "$L$ does not change when $b$ and $w$ change places, and the start does not either.",
        "Where do you stand when you take the second partial?",
    ],
    because="All partials of a step belong to the same place, and there $b$ is still 1.",
    solution="At $(1, 1)$ both partials are 3, so the step leads to $(0.7, 0.7)$, with the loss "
    "1.47. With the new $b$ in the second partial it is another method, coordinate by coordinate.",
    draws_on=("matrix_calculus",),
)


def _three_points(rng):
    """Draw three points on no line."""
    xs = np.sort(rng.choice(np.arange(0, 7), 3, replace=False))
    return {"xs": xs, "ys": rng.integers(-3, 9, size=3)}


def _line(xs, ys):
    """Return the line (b, w) of least squares."""
    X = _with_ones(xs)
    return np.linalg.solve(X.T @ X, X.T @ np.asarray(ys, float))


def _line_of_x_on_y(xs, ys):
    """Return the line from the squared errors in x, as a line of y."""
    if len(set(ys.tolist())) == 1 or abs(np.cov(xs, ys)[0, 1]) < 1e-9:
        return None
    w = np.var(ys) / np.cov(xs, ys, ddof=0)[0, 1]
    return np.array([ys.mean() - w * xs.mean(), w])


def _line_through_ends(xs, ys):
    """Return the line through the first and the last point."""
    w = (ys[-1] - ys[0]) / (xs[-1] - xs[0])
    return np.array([ys[0] - w * xs[0], w])


Vector(
    "model_fitting.normal_equations",
    title="The best line",
    text="Three points have the features $x = {xs}$ and the targets $y = {ys}$. Which line $\\hat{{"
    "y}} = b + w x$ has the smallest mean squared error? Write $(b, w)$.",
    values=_three_points,
    answer=_line,
    mistakes=[
        Mistake(
            "b and w swapped",
            lambda answer: answer[::-1],
            "Those are the right numbers in the wrong order: first comes $b$.",
            almost=True,
        ),
        Mistake(
            "no column of ones",
            lambda xs, ys: np.array([0.0, xs @ ys / (xs @ xs)]),
            "That is the best line through the origin. Put a column of ones in front of $x$: it "
            "belongs to $b$.",
        ),
        Mistake(
            "the best slope through the origin, with a bias",
            lambda xs, ys: np.array(
                [ys.mean() - xs @ ys / (xs @ xs) * xs.mean(), xs @ ys / (xs @ xs)]
            ),
            "Your $w$ is that of the best line through the origin. With a bias, both equations "
            "have both unknowns.",
        ),
        Mistake(
            "the mean target for b",
            lambda xs, ys, answer: np.array([ys.mean(), answer[1]]),
            "$b$ is the mean of $y$ only when $x$ is centred. Here $b = \\overline{{y}} - w \\, "
            "\\overline{{x}}$.",
        ),
        Mistake(
            "through the first and the last point",
            _line_through_ends,
            "That line goes through two of the points and ignores the third. The best line need "
            "not meet any.",
        ),
        Mistake(
            "errors taken along x",
            _line_of_x_on_y,
            "You fitted $x$ to $y$. The errors are those of the *target*: $\\hat{{y}} - y$.",
        ),
    ],
    hints=[
        "The normal equations are $X^{{\\top}} X \\, \\theta = X^{{\\top}} y$, with a column of "
        "ones in $X$.",
        "They read $3 b + {sum_x} w = {sum_y}$ and ${sum_x} b + {sum_xx} w = {sum_xy}$.",
    ],
    because="Then the residuals are perpendicular to the column of ones and to $x$.",
    solution="The normal equations are $3 b + {sum_x} w = {sum_y}$ and ${sum_x} b + {sum_xx} w = "
    "{sum_xy}$. They give $(b, w) = {answer:.4g}$, with the loss {loss:.4g}.",
    shown=lambda xs, ys, answer: {
        "sum_x": xs.sum(),
        "sum_y": ys.sum(),
        "sum_xx": xs @ xs,
        "sum_xy": xs @ ys,
        "loss": _loss(xs, ys, answer),
    },
    draws_on=("matrix_calculus",),
    core=True,
)

# ---------------------------------------------------------------------------------------------
# How long a step may be
# ---------------------------------------------------------------------------------------------


def _features(rng):
    """Draw a feature of three samples that is not too large."""
    return {"xs": np.sort(rng.choice(np.arange(-4, 7), 3, replace=False)) / 2}


Number(
    "model_fitting.stable_rate",
    title="The largest stable rate",
    text="You fit $\\hat{{y}} = b + w x$ with the mean squared error to three samples with $x = "
    "{xs}$. Below which learning rate does gradient descent converge from every start? Give it to "
    "0.001.",
    values=_features,
    answer=lambda xs: optimizers.largest_stable_rate(2 * _with_ones(xs).T @ _with_ones(xs) / 3),
    mistakes=[
        Mistake(
            "Hessian of half the loss",
            lambda answer: 2 * answer,
            "You left the factor 2 out of the Hessian: the mean squared error has no ½, so $H = "
            "\\frac{{2}}{{n}} X^{{\\top}} X$. At your rate the loss grows without end.",
        ),
        Mistake(
            "sum for mean",
            lambda answer: answer / 3,
            "That is the rate for the *sum* of the squares. The mean has a third of its curvature.",
        ),
        Mistake(
            "the flat direction",
            lambda xs: 2 / _curvatures(xs)[0],
            "You used the smallest eigenvalue. The *steepest* direction sets the limit: it "
            "diverges first.",
        ),
        Mistake(
            "there in one step",
            lambda answer: answer / 2,
            "At $1 / \\lambda_{{\\max}}$ the steep mode becomes 0 in one step. Up to twice that "
            "rate it still shrinks, and changes its sign in each step.",
        ),
        Mistake(
            "the best rate",
            lambda xs: 2 / _curvatures(xs).sum(),
            "That is the best rate for the worst start, $2 / (\\lambda_{{\\min}} + \\lambda_{{"
            "\\max}})$. Descent converges beyond it, only more slowly.",
        ),
        Mistake(
            "bias forgotten",
            lambda xs: 1 / np.mean(xs**2),
            "You took the curvature of $w$ alone. The bias is a parameter, too: $H$ is a $2 "
            "\\times 2$ matrix.",
        ),
    ],
    hints=[
        "$H = 2$ times the matrix with the rows $(1, \\overline{{x}})$ and $(\\overline{{x}}, "
        "\\overline{{x^2}})$. Find its eigenvalues.",
        "The trace of $H$ is {trace:.4g} and its determinant {det:.4g}. So $\\lambda^2 - "
        "{trace:.4g} \\lambda + {det:.4g} = 0$.",
    ],
    because="It is $2 / \\lambda_{{\\max}}$, and the largest eigenvalue of the Hessian is "
    "{steep:.4f}.",
    solution="$H$ has the trace {trace:.4g} and the determinant {det:.4g}, so its eigenvalues are "
    "{flat:.4f} and {steep:.4f}. The border is $2 / {steep:.4f} = {answer:.3f}$.",
    shown=lambda xs: {
        "trace": _curvatures(xs).sum(),
        "det": _curvatures(xs).prod(),
        "flat": _curvatures(xs)[0],
        "steep": _curvatures(xs)[1],
    },
    draws_on=("matrix_calculus",),
    core=True,
)

Number(
    "model_fitting.same_path",
    title="Another loss, the same path",
    text="You minimise the mean squared error of {size} samples with the learning rate "
    "{rate}. A friend minimises the *sum* of the *half* squared errors of the same samples, "
    "from the same start. At which learning rate does your friend walk exactly your path?",
    values=lambda rng: {
        "size": int(rng.choice([4, 5, 8, 10, 20, 25, 40, 50])),
        "rate": float(rng.choice([0.1, 0.2, 0.3, 0.4, 0.6])),
    },
    answer=lambda size, rate: 2 * rate / size,
    mistakes=[
        Mistake(
            "the same rate",
            lambda rate: 1.0 * rate,
            "Your friend's gradient is {ratio} times yours, so at the same rate the steps are "
            "{ratio} times as long.",
        ),
        Mistake(
            "the ratio turned",
            lambda size, rate: rate * size / 2,
            "Your friend's gradient is {ratio} times yours. To make the same step, the rate must "
            "be *smaller* by that factor.",
        ),
        Mistake(
            "the half forgotten",
            lambda size, rate: rate / size,
            "You corrected for the sum, not for the ½: the derivative of $\\frac{{1}}{{2}} "
            "(\\hat{{y}} - y)^2$ is $\\hat{{y}} - y$, without a 2.",
        ),
        Mistake(
            "sum for mean forgotten",
            lambda rate: 2 * rate,
            "You corrected for the ½, not for the sum: it is {size} times the mean.",
        ),
        Mistake(
            "the half on the wrong side",
            lambda size, rate: rate / (2 * size),
            "The ½ makes your friend's gradient smaller, so it makes the rate larger.",
        ),
    ],
    hints=[
        "A step is the rate times the gradient. Compare the two gradients at the same place.",
        "Your friend's loss is $\\frac{{1}}{{2}} \\cdot {size}$ times yours, and so is the "
        "gradient.",
    ],
    because="Your friend's gradient is {ratio} times yours, and the product of rate and "
    "gradient must be the same.",
    solution="The sum is {size} times the mean, and the ½ halves it: your friend's loss and "
    "gradient are {ratio} times yours. So the rate is ${rate} / {ratio} = {answer}$. A learning "
    "rate means nothing without the loss that it belongs to.",
    shown=lambda size: {"ratio": size / 2},
    draws_on=("loss_functions",),
    core=True,
)


def _modes(rng):
    """Draw two curvatures, a start and a rate that may be beyond the border."""
    return {
        "flat": float(rng.choice([0.5, 1.0, 2.0])),
        "steep": float(rng.choice([5.0, 8.0, 10.0])),
        "start": rng.choice([-4, -3, -2, 2, 3, 4], size=2),
        "rate": float(rng.choice([0.06, 0.15, 0.22, 0.24, 0.3])),
        "t": int(rng.integers(2, 5)),
    }


Vector(
    "model_fitting.two_modes",
    title="Two modes",
    text="A loss is $L(\\theta) = \\frac{{1}}{{2}} ({flat} \\, \\theta_1^2 + {steep} \\, \\theta_2"
    "^2)$. Where is gradient descent with the learning rate {rate} after {t} steps from $\\theta = "
    "{start}$?",
    values=_modes,
    answer=lambda flat, steep, start, rate, t: (
        optimizers.gradient_descent(
            lambda theta: np.array([flat, steep]) * theta,
            start.astype(float),
            learning_rate=rate,
            n_steps=t,
        ).theta
    ),
    mistakes=[
        Mistake(
            "beyond the border, but shrunk",
            lambda flat, steep, start, rate, t: (
                np.array([(1 - rate * flat) ** t, (1 - rate * steep) ** -t]) * start
                if rate * steep > 2
                else None
            ),
            "The rate is above $2 / \\lambda$ for the second entry: its factor has a size above "
            "1, so it grows.",
        ),
        Mistake(
            "jumps taken for slides",
            lambda flat, steep, start, rate, t, answer: (
                np.abs(answer) * np.sign(start) if rate * steep > 1 and t % 2 else None
            ),
            "The factor $1 - \\eta \\lambda$ of the second entry is negative: each step jumps to "
            "the other side of the minimum. The sign is lost in yours.",
        ),
        Mistake(
            "one step",
            lambda flat, steep, start, rate: (1 - rate * np.array([flat, steep])) * start,
            "That is one step. Each further step multiplies by the same factor again.",
        ),
        Mistake(
            "the first gradient in every step",
            lambda flat, steep, start, rate, t: (1 - t * rate * np.array([flat, steep])) * start,
            "You took {t} steps with the gradient of the start. It changes on the way: each step "
            "*multiplies* by $1 - \\eta \\lambda$.",
        ),
        Mistake(
            "one rate of shrinking for both",
            lambda flat, steep, start, rate, t: (1 - rate * steep) ** t * start.astype(float),
            "You multiplied both entries by the factor of the steep direction. Each has its own.",
        ),
        Mistake(
            "the half kept",
            lambda flat, steep, start, rate, t: (
                (1 - rate * np.array([flat, steep]) / 2) ** t * start
            ),
            "The derivative of $\\frac{{1}}{{2}} \\lambda \\theta^2$ is $\\lambda \\theta$: the ½ "
            "cancels the 2.",
        ),
    ],
    hints=[
        "The gradient is $({flat} \\, \\theta_1, \\, {steep} \\, \\theta_2)$: the two entries do "
        "not mix.",
        "One step multiplies the entries by $1 - {rate} \\cdot {flat}$ and $1 - {rate} \\cdot "
        "{steep}$.",
    ],
    because="Each entry is multiplied by its own factor $1 - \\eta \\lambda$ in every step; a "
    "factor beyond −1 makes it grow.",
    solution="The factors are $1 - {rate} \\cdot {flat} = {f1}$ and $1 - {rate} \\cdot {steep} = "
    "{f2}$. To the power {t}, times the start, that is {answer:.4g}.",
    shown=lambda flat, steep, rate: {
        "f1": round(1 - rate * flat, 6),
        "f2": round(1 - rate * steep, 6),
    },
    core=True,
)


def _steps(factor, goal):
    """Return the first whole number of steps after which a power is at most the goal."""
    return math.ceil(math.log(goal) / math.log(factor) - 1e-9)


Number(
    "model_fitting.steps_needed",
    title="How many steps?",
    text="A quadratic loss has the condition number $\\kappa = {kappa}$. Gradient descent runs at "
    "the best fixed rate for the worst start. After how many steps is the error surely at most one "
    "{n}th of what it was at the start?",
    values=lambda rng: {
        "kappa": int(rng.choice([4, 5, 9, 10, 16, 20, 25, 50, 100])),
        "n": int(rng.choice([1000, 10_000, 100_000])),
    },
    answer=lambda kappa, n: _steps((kappa - 1) / (kappa + 1), 1 / n),
    tolerance=0,
    mistakes=[
        Mistake(
            "twice the steps",
            lambda kappa, n: _steps(1 - 1 / kappa, 1 / n),
            "You took the factor $1 - 1/\\kappa$, that of the rate $1 / \\lambda_{{\\max}}$. The "
            "best rate is larger, and its factor is $\\frac{{\\kappa - 1}}{{\\kappa + 1}}$.",
        ),
        Mistake(
            "the loss in place of the error",
            lambda kappa, n: _steps(((kappa - 1) / (kappa + 1)) ** 2, 1 / n),
            "After so many steps the *loss* above its minimum is that small. It shrinks by the "
            "square of the factor; the error takes twice as long.",
        ),
        Mistake(
            "momentum",
            lambda kappa, n: _steps((kappa**0.5 - 1) / (kappa**0.5 + 1), 1 / n),
            "That is the factor of tuned momentum, with $\\sqrt{{\\kappa}}$. Plain descent has "
            "$\\kappa$.",
        ),
        Mistake(
            "one step too few",
            lambda answer: answer - 1,
            "After so many steps the error is still a little above the goal. Round up.",
            almost=True,
        ),
        Mistake(
            "logarithm to the base 10",
            lambda kappa, n: _steps(math.exp(math.log10((kappa - 1) / (kappa + 1))), 1 / n),
            "You mixed two logarithms: the natural one above the line and $\\log_{{10}}$ below it. "
            "Take the same for both.",
        ),
    ],
    hints=[
        "At the best rate a step multiplies the error by at most $\\frac{{\\kappa - 1}}{{\\kappa + "
        "1}}$.",
        "Solve $\\rho^t \\le 1 / {n}$ for $t$, with $\\rho = {factor:.6f}$. Take care of the sign "
        "of the logarithm.",
    ],
    because="The factor is {factor:.4f} a step, and steps are whole.",
    solution="$\\rho = \\frac{{\\kappa - 1}}{{\\kappa + 1}} = {factor:.6f}$, and $t \\ge \\log "
    "{n} / (-\\log \\rho) = {exact:.2f}$. So {answer} steps. From another start it may need "
    "fewer.",
    shown=lambda kappa, n: {
        "factor": (kappa - 1) / (kappa + 1),
        "exact": math.log(n) / -math.log((kappa - 1) / (kappa + 1)),
    },
)

# ---------------------------------------------------------------------------------------------
# One argmin, many, or none
# ---------------------------------------------------------------------------------------------


def _copied(rng):
    """Draw the sum of two weights at the argmin, and a start."""
    return {"w": int(rng.integers(1, 7)), "u": rng.choice(np.arange(-4, 5), 2, replace=False)}


Vector(
    "model_fitting.copied_feature",
    title="A copied feature",
    text="Your table has the same feature twice, so the model is $\\hat{{y}} = b + w_1 x + w_2 "
    "x$. The best line through the data has the slope {w}, so every $(w_1, w_2)$ with $w_1 + "
    "w_2 = {w}$ fits best. Gradient descent with a stable rate starts at $(w_1, w_2) = {u}$, "
    "with any $b$. Where do the weights end?",
    values=_copied,
    answer=lambda w, u: u + (w - u.sum()) / 2,
    mistakes=[
        Mistake(
            "the start forgotten",
            lambda w: np.array([w / 2, w / 2]),
            "So it would end from $(0, 0)$. The direction $(1, -1)$ has curvature 0, so descent "
            "never moves along it, and the part of the start along it stays.",
        ),
        Mistake(
            "all to one",
            lambda w: np.array([float(w), 0.0]),
            "Both columns are the same, so both weights have the same partial. They move by the "
            "same amount.",
        ),
        Mistake(
            "each takes the whole slope",
            lambda w: np.array([float(w), float(w)]),
            "Then the line would have twice the slope: the two weights *add*.",
        ),
        Mistake(
            "each takes the whole gap",
            lambda w, u: u + float(w - u.sum()),
            "You closed the whole gap twice. Both weights move by the same amount, and together "
            "they close it once.",
        ),
        Mistake(
            "only the second moves",
            lambda w, u: np.array([u[0], w - u[0]], float),
            "The sum is right, but both weights have the same partial: the first moves, too.",
        ),
        Mistake(
            "the start scaled",
            lambda w, u: u * (w / u.sum()) if u.sum() else None,
            "The sum is right, but you multiplied the start. Descent *adds* the same amount to "
            "both weights.",
        ),
    ],
    hints=[
        "The two columns are the same. What does that say about the two partials?",
        "$w_1 - w_2$ never changes, and in the end $w_1 + w_2 = {w}$.",
    ],
    because="The difference {gap} of the start stays, since the Hessian has the eigenvalue 0 along "
    "$(1, -1)$. There are many argmins, and the start decides.",
    solution="Both partials are equal in every step, so $w_1 - w_2 = {gap}$ stays. With $w_1 + w_2 "
    "= {w}$ that gives {answer}. From $(0, 0)$ it would be the argmin of least norm, which the "
    "pseudo-inverse gives.",
    shown=lambda u: {"gap": u[0] - u[1]},
    draws_on=("matrix_calculus",),
)

Number(
    "model_fitting.separable",
    title="How long until then?",
    text="Two samples, $x = -1$ with label 0 and $x = 1$ with label 1, and a single weight $w$ "
    "that starts at 0. For small steps gradient descent on the binary cross-entropy follows $w "
    "+ e^w = \\eta t + 1$. After how many steps $t$ is $w = {w}$, with the learning rate {rate}?",
    values=lambda rng: {
        "w": int(rng.integers(3, 9)),
        "rate": float(rng.choice([0.05, 0.1, 0.2, 0.4])),
    },
    answer=lambda w, rate: (w + math.exp(w) - 1) / rate,
    mistakes=[
        Mistake(
            "the rate left out",
            lambda w: w + math.exp(w) - 1,
            "That is $\\eta t$. Divide it by the learning rate.",
        ),
        Mistake(
            "multiplied by the rate",
            lambda w, rate: (w + math.exp(w) - 1) * rate,
            "A smaller rate needs *more* steps: divide by it.",
        ),
        Mistake(
            "growth in proportion",
            lambda w, rate: w / rate,
            "So it would be if $w$ grew at the rate 1 all the time. The slope is $1 / (1 + e^w)$, "
            "and it shrinks as $w$ grows.",
        ),
        Mistake(
            "at the first slope all the time",
            lambda w, rate: 2 * w / rate,
            "The slope is ½ at the start only. It shrinks as $w$ grows.",
        ),
        Mistake(
            "exponential and logarithm swapped",
            lambda w, rate: (w + math.log(w) - 1) / rate,
            "You took the logarithm of $w$. In $w + e^w$ stands the exponential: $w$ grows like a "
            "logarithm of the steps.",
        ),
    ],
    hints=["Put $w$ into the left side.", "Then subtract 1, and divide by the rate."],
    because="For large $w$ the exponential is nearly all of it: each further 1 of $w$ takes about "
    "2.7 times as many steps, and there is no argmin to arrive at.",
    solution="$\\eta t = {w} + e^{{{w}}} - 1 = {tau:.2f}$, so $t = {tau:.2f} / {rate} = "
    "{answer:.0f}$ steps. There is no argmin: $w$ grows without end, like the logarithm of $t$.",
    shown=lambda w: {"tau": w + math.exp(w) - 1},
    draws_on=("loss_functions",),
)

Vector(
    "model_fitting.third_row",
    title="The third row",
    text="A classifier with three classes has one row $(b_c, w_c)$ of parameters for each "
    "class. It was fitted by plain gradient descent on the cross-entropy, with all parameters 0 "
    "at the start. Its first two rows are now {first} and {second}. What is the third?",
    values=lambda rng: {
        "first": (rng.integers(-30, 31, size=2) / 10).round(1),
        "second": (rng.integers(-30, 31, size=2) / 10).round(1),
    },
    answer=lambda first, second: -(first + second),
    mistakes=[
        Mistake(
            "rows that add up to 1",
            lambda first, second: 1 - first - second,
            "It is the *probabilities* that add up to 1. The rows of parameters started with the "
            "sum 0.",
        ),
        Mistake(
            "sign turned",
            lambda first, second: first + second,
            "Then the three rows would add up to twice that. They add up to 0.",
            almost=True,
        ),
        Mistake(
            "a row of zeros",
            lambda: np.zeros(2),
            "No class is left at 0: each row gets its own gradient. What stays 0 is the sum of "
            "the rows.",
        ),
        Mistake(
            "the mean of the others",
            lambda first, second: (first + second) / 2,
            "The third row is no mean of the others: when they go up, it goes down.",
        ),
    ],
    hints=[
        "The gradient is $\\frac{{1}}{{n}} (S - Y)^{{\\top}} X$, with the probabilities $S$ and "
        "the one-hot labels $Y$. What do the entries of a row of $S - Y$ add up to?",
        "The rows of the gradient add up to zero. What does that say about the rows of the "
        "parameters?",
    ],
    because="The rows of the gradient add up to 0 in every step, so the rows of the parameters do, "
    "too.",
    solution="In each row of $S - Y$ the probabilities add up to 1 and the labels, too, so the "
    "entries add up to 0. Hence the rows of every gradient add up to zero, and the sum of the "
    "parameters' rows stays where it started, at 0. The third row is {answer}.",
    draws_on=("loss_functions", "chain_rule"),
)

# ---------------------------------------------------------------------------------------------
# Momentum, Adam, and gradients that pile up
# ---------------------------------------------------------------------------------------------

Number(
    "model_fitting.other_convention",
    title="Another momentum",
    text="A paper keeps the velocity $v \\leftarrow m v + (1 - m) \\, g$, steps $\\theta "
    "\\leftarrow \\theta - \\eta v$, and reports $m = {m}$ and $\\eta = {rate}$. PyTorch and "
    "this book have $v \\leftarrow \\beta v + g$. With $\\beta = {m}$, which learning rate "
    "walks the paper's path?",
    values=lambda rng: {
        "m": float(rng.choice([0.6, 0.7, 0.8, 0.9, 0.95, 0.98, 0.99])),
        "rate": float(rng.choice([0.1, 0.2, 0.3, 0.5, 2.0, 3.0])),
    },
    answer=lambda m, rate: rate * (1 - m),
    mistakes=[
        Mistake(
            "the same rate",
            lambda rate: 1.0 * rate,
            "Then your steps would be {longer:.4g} times as long as the paper's, and may diverge "
            "where the paper's do not.",
        ),
        Mistake(
            "the factor on the wrong side",
            lambda m, rate: rate / (1 - m),
            "Without the factor $1 - m$ the velocity is *larger*, so the rate must be smaller.",
        ),
        Mistake(
            "times m",
            lambda m, rate: rate * m,
            "The two velocities differ by the factor $1 - m$, not $m$: compare them after the "
            "first step.",
        ),
        Mistake(
            "the factor of one step more",
            lambda m, rate: rate * (1 - m) / m,
            "After the first step the velocities are $(1 - m) \\, g$ and $g$. Their ratio is $1 - "
            "m$, and it stays that in all later steps.",
        ),
    ],
    hints=[
        "Compare the two velocities after one step from $v = 0$.",
        "The paper's velocity is $1 - m$ times the other, in every step.",
    ],
    because="The paper's velocity is $1 - m$ times PyTorch's in every step; the rate corrects for "
    "it.",
    solution="Both start with $v = 0$, so by induction the paper's velocity is $(1 - {m})$ "
    "times the other in every step. The paths agree when the rate is ${rate} \\cdot (1 - {m}) = "
    "{answer}$.",
    shown=lambda m: {"longer": 1 / (1 - m)},
    core=True,
)


Number(
    "model_fitting.adam_spike",
    title="Adam after a spike",
    text="For very many steps the gradient of a parameter was 0. Then comes one gradient of {g}. "
    "Adam runs with $\\beta_1 = {beta1}$, $\\beta_2 = {beta2}$ and the learning rate {rate}. How "
    "far does the parameter move in this step, up to the tiny $\\epsilon$?",
    values=lambda rng: {
        "g": int(rng.choice([20, 50, 300])),
        "beta1": float(rng.choice([0.8, 0.9, 0.95])),
        "beta2": float(rng.choice([0.99, 0.999])),
        "rate": float(rng.choice([0.001, 0.01, 0.05])),
    },
    answer=lambda beta1, beta2, rate: rate * (1 - beta1) / math.sqrt(1 - beta2),
    mistakes=[
        Mistake(
            "as in the first step",
            lambda rate: 1.0 * rate,
            "Adam moves by the learning rate in its very first step, or while the gradient stays "
            "the same. Here $m$ and $v$ are means over many zeros, each over another number of "
            "steps.",
        ),
        Mistake(
            "the root forgotten",
            lambda beta1, beta2, rate: rate * (1 - beta1) / (1 - beta2),
            "The step divides by the *root* of $\\hat{{v}}$, so that the unit of the gradient "
            "cancels.",
        ),
        Mistake(
            "the gradient's size kept",
            lambda g, beta1, rate: rate * (1 - beta1) * g,
            "You did not divide by $\\sqrt{{\\hat{{v}}}}$. In Adam's step the size of the gradient "
            "cancels.",
        ),
        Mistake(
            "the factor of the mean left out",
            lambda beta2, rate: rate / math.sqrt(1 - beta2),
            "You took the whole gradient for $m$. It holds only $(1 - \\beta_1)$ of it: the rest "
            "comes from the zeros.",
        ),
        Mistake(
            "only the mean is slow",
            lambda beta1, rate: rate * (1 - beta1),
            "You took the whole $g^2$ for $v$. It holds only $(1 - \\beta_2)$ of it, so Adam "
            "divides by less than $|g|$.",
        ),
        Mistake(
            "plain descent",
            lambda g, rate: 1.0 * rate * g,
            "That is a step of plain descent. Adam divides by the root of the mean square.",
        ),
    ],
    hints=[
        "Before this step $m = v = 0$, and so many steps are done that $1 - \\beta^t$ is 1.",
        "Now $m = (1 - \\beta_1) \\, g$ and $v = (1 - \\beta_2) \\, g^2$.",
    ],
    because="The step is $(1 - \\beta_1) / \\sqrt{{1 - \\beta_2}} = {ratio:.4g}$ times the "
    "learning rate, however large the gradient is.",
    solution="$m = (1 - {beta1}) \\, g$ and $\\sqrt{{v}} = \\sqrt{{1 - {beta2}}} \\; g$. The "
    "gradient cancels, and the step is ${rate} \\cdot {ratio:.4g} = {answer:.4g}$. With the "
    "usual 0.9 and 0.999 it is 3.16 times the learning rate. So the learning rate is the length of "
    "Adam's steps while the gradient is steady, and no bound for all of them.",
    shown=lambda beta1, beta2: {"ratio": (1 - beta1) / math.sqrt(1 - beta2)},
)


def _loop(w, rate, n_steps, keep=1.0):
    """Let a training loop run on the loss w², whose gradient adds up where nobody clears it."""
    held, path = 0.0, [w]
    for _ in range(n_steps):
        held = keep * held + 2 * path[-1]
        path.append(path[-1] - rate * held)
    return path


Number(
    "model_fitting.not_cleared",
    title="A loop that forgets one line",
    text="A loop minimises $L(w) = w^2$ from $w = {w}$ with plain descent and the learning rate "
    "{rate}. It calls `loss.backward()` and `optimizer.step()` in each turn, and never "
    "`optimizer.zero_grad()`. What is $w$ after two turns?",
    values=lambda rng: {
        "w": int(rng.choice([-10, -5, 5, 10, 20, 40])),
        "rate": float(rng.choice([0.05, 0.1, 0.15, 0.2, 0.3])),
    },
    answer=lambda w, rate: _loop(w, rate, 2)[-1],
    mistakes=[
        Mistake(
            "cleared",
            lambda w, rate: _loop(w, rate, 2, keep=0.0)[-1],
            "So it would be if the gradient were cleared. `backward()` *adds* to what is there, so "
            "the second step uses the sum of both gradients.",
        ),
        Mistake(
            "the same gradient twice",
            lambda w, rate: w - 3 * rate * 2 * w,
            "The sum in the second turn is the gradient at the start plus the one at the *new* "
            "$w$. You took that of the start twice.",
        ),
        Mistake(
            "the second gradient doubled",
            lambda w, rate: w * (1 - 2 * rate) * (1 - 4 * rate),
            "You doubled the second gradient. What is added to it is the *first* one, taken at the "
            "start.",
        ),
        Mistake(
            "one turn",
            lambda w, rate: w * (1 - 2 * rate),
            "That is $w$ after one turn. The second begins there.",
        ),
        Mistake(
            "the factor 2 is missing",
            lambda w, rate: w - rate * w - rate * (w + w - rate * w),
            "The derivative of $w^2$ is $2 w$.",
        ),
    ],
    hints=[
        "After the first `backward()` the gradient is $2 \\cdot {w:()}$.",
        "After the second it is that, plus twice the new $w$.",
    ],
    because="The second step uses the sum of both gradients. That is momentum with $\\beta = 1$, "
    "which does not converge.",
    solution="The first gradient is {g1}, so $w = {w1}$. Then the gradient there, {g2}, is added: "
    "{sum}. So $w = {w1:()} - {rate} \\cdot {sum:()} = {answer}$.",
    shown=lambda w, rate: {
        "g1": 2 * w,
        "w1": round(w * (1 - 2 * rate), 6),
        "g2": round(2 * w * (1 - 2 * rate), 6),
        "sum": round(2 * w + 2 * w * (1 - 2 * rate), 6),
    },
    draws_on=("chain_rule",),
    core=True,
)

Order(
    "model_fitting.training_step",
    title="One epoch of SGD",
    text="Put the lines of a training loop in order. One of them does not belong.",
    lines=[
        "Shuffle the training samples",
        "Take the next batch",
        "Clear the gradients",
        "Compute the mean loss of the batch",
        "Run the backward pass",
        "Move the parameters against the gradient",
        "When no batch is left, compute the loss on the validation set",
    ],
    mistakes=[
        Mistake(
            "a step on the test samples",
            "Add the gradient of the test loss",
            "The test set only measures. A step along its gradient would be a data leak.",
        ),
        Mistake(
            "cleared once an epoch",
            (2, 0),
            "Before the shuffle they are cleared once an epoch. From the second batch on the "
            "gradients add up: clear for each batch.",
        ),
        Mistake(
            "moved before the backward pass",
            (5, 4),
            "The step needs the gradient, and the backward pass computes it.",
        ),
        Mistake(
            "cleared after the backward pass",
            (4, 2),
            "That deletes the gradient before the step has used it. Clear before the pass.",
        ),
        Mistake(
            "backward before forward",
            (4, 3),
            "The backward pass starts at the loss, so the loss comes first.",
        ),
        Mistake(
            "shuffled inside the epoch",
            (1, 0),
            "Shuffle before the first batch of an epoch. Shuffled again after each batch, some "
            "samples would come twice and others never.",
        ),
        Mistake(
            "the loss before its batch",
            (3, 1),
            "The loss is that of a batch: take the batch first.",
        ),
    ],
    before=[(0, 1), (1, 3), (2, 4), (3, 4), (4, 5), (5, 6), (0, 2)],
    hints=[
        "The gradient is cleared, computed, and used, in this order.",
        "One line uses samples that must not take part in the fit.",
    ],
    because="Gradients add up, so they are cleared before each backward pass and used after it.",
    solution="Shuffle; then for each batch: take it, clear, loss, backward, step; at the end of "
    "the epoch, measure. Clearing may also stand before the batch is taken, or after its loss. "
    "The test loss has no part in the fit.",
    draws_on=("datasets", "chain_rule"),
)

# ---------------------------------------------------------------------------------------------
# Loss curves
# ---------------------------------------------------------------------------------------------

Choices(
    "model_fitting.which_may_rise",
    title="May the loss rise?",
    text="The loss is quadratic with the largest curvature $\\lambda_{{\\max}}$, and not zero on "
    "every sample at its minimum. In which of these runs may the loss of the *whole* dataset rise "
    "from one step to the next?",
    options=[
        Option(
            "Plain descent with a rate below $2 / \\lambda_{{\\max}}$",
            False,
            "There every step lowers the loss, or the gradient is zero. That is the bound of the "
            "chapter.",
            "plain descent below the border",
        ),
        Option(
            "Momentum with $\\beta = 0.9$ and the rate $1 / \\lambda_{{\\max}}$",
            True,
            "Momentum overshoots: its velocity still points on when the path is past the minimum. "
            "A rise does not show that the rate is too large.",
            "momentum",
        ),
        Option(
            "SGD with a constant rate below $2 / \\lambda_{{\\max}}$",
            True,
            "A batch's gradient is not that of the dataset. A step that is good for the batch may "
            "raise the whole loss.",
            "SGD",
        ),
        Option(
            "Plain descent with a rate between $1 / \\lambda_{{\\max}}$ and $2 / \\lambda_{{"
            "\\max}}$",
            False,
            "It jumps to the other side of the valley, but lands lower each time: the factor lies "
            "between −1 and 0.",
            "jumps across",
        ),
        Option(
            "Adam",
            True,
            "Adam's steps do not shrink with the gradient at once, and it has a momentum, too. So "
            "it overshoots.",
            "Adam",
        ),
    ],
    hints=[
        "Which of them steps along the gradient of the whole loss, and along nothing else?",
        "Plain descent multiplies each mode by $1 - \\eta \\lambda$. When is its size below 1?",
    ],
    because="Only plain descent on the whole dataset is sure to lower the loss in every step, and "
    "only below the border.",
    solution="Momentum, SGD and Adam. “Rising means that the rate is too large” holds for plain "
    "descent on the whole dataset. For the others look at the trend over many steps.",
    core=True,
)


def _line_run(rng, factor, n_steps):
    """Run descent on a random line at a part of the largest stable rate; return both losses."""
    x, x_test = rng.uniform(-1, 2, size=150), rng.uniform(-1, 2, size=150)
    y, y_test = (2 * u + 1 + 0.5 * rng.normal(size=150) for u in (x, x_test))
    rate = factor * 2 / _curvatures(x)[1]
    walk = optimizers.gradient_descent(
        _gradient(x, y), np.zeros(2), learning_rate=rate, n_steps=n_steps
    )
    return [[_loss(*part, theta) for theta in walk.thetas] for part in ((x, y), (x_test, y_test))]


def _batches_run(rng):
    """Run SGD with batches of two samples at a constant rate."""
    x, x_test = rng.uniform(-1, 2, size=40), rng.uniform(-1, 2, size=40)
    y, y_test = (2 * u + 1 + rng.normal(size=40) for u in (x, x_test))
    walk = optimizers.sgd(
        lambda theta, rows: _gradient(x[rows], y[rows])(theta),
        np.zeros(2),
        40,
        rng=rng,
        batch_size=2,
        learning_rate=0.5 / _curvatures(x)[1],
        n_epochs=7,
    )
    return [[_loss(*part, theta) for theta in walk.thetas] for part in ((x, y), (x_test, y_test))]


def _saturated_run(rng):
    """Run descent on the squared error of a sigmoid that begins on the wrong side, far out."""
    x, x_test = (rng.choice([-1, 1], size=40) * rng.uniform(0.9, 1.1, size=40) for _ in range(2))

    def gradient(w, x=x):
        p = models.sigmoid(w * x)
        return np.mean(losses.squared_error_gradient(x > 0, p) * p * (1 - p) * x)

    start = -5.0 - rng.uniform()
    walk = optimizers.gradient_descent(gradient, start, learning_rate=2.0, n_steps=200)
    return [
        [losses.squared_error(part > 0, models.sigmoid(w * part)).mean() for w in walk.thetas]
        for part in (x, x_test)
    ]


def _overfitting_run(rng):
    """Run descent with as many features as samples, of which one matters."""
    X, X_test = rng.normal(size=(15, 14)), rng.normal(size=(200, 14))
    y, y_test = (part[:, 0] + rng.normal(size=len(part)) for part in (X, X_test))
    walk = optimizers.gradient_descent(
        lambda theta: 2 * (X @ theta - y) @ X / 15, np.zeros(14), learning_rate=0.1, n_steps=600
    )
    return [
        [losses.squared_error(target, part @ theta).mean() for theta in walk.thetas]
        for part, target in ((X, y), (X_test, y_test))
    ]


#: For each diagnosis: its name, what it would look like, what is seen when it is there, a run, and
#: the steps of the run that are told.
_CURVES = [
    (
        "A healthy fit",
        "In a healthy fit both losses fall fast, level off, and stay there",
        "both fall fast and then stay level, close to each other",
        lambda rng: _line_run(rng, 0.3, 60),
        (0, 1, 2, 5, 10, 20, 40, 60),
    ),
    (
        "The learning rate is too small",
        "With too small a rate both losses fall by a small, nearly equal amount each time, and are "
        "still falling at the end",
        "both still fall, by nearly the same small amount each time",
        lambda rng: _line_run(rng, 0.0015, 70),
        (0, 10, 20, 30, 40, 50, 60, 70),
    ),
    (
        "The learning rate is too large: beyond the border",
        "Beyond the border plain descent makes the loss grow by a constant factor, without end",
        "the loss grows by the same factor each time",
        lambda rng: _line_run(rng, 1.2, 14),
        (0, 2, 4, 6, 8, 10, 12, 14),
    ),
    (
        "Small batches at a constant rate",
        "With small batches the losses fall at first, and then jump up and down around a level",
        "after a fall the losses jump up and down around a level",
        _batches_run,
        (0, 20, 40, 60, 80, 100, 120, 140),
    ),
    (
        "A saturated start: the squared error of a sigmoid on the wrong side",
        "With a saturated sigmoid the loss begins near 1, its largest value, changes little for "
        "many steps, and then falls",
        "the loss stays near 1 for many steps and then falls, at an unchanged rate",
        _saturated_run,
        (0, 10, 20, 40, 80, 120, 160, 200),
    ),
    (
        "Overfitting",
        "In overfitting the training loss goes on falling while the test loss turns and rises",
        "the training loss still falls, and the test loss rises after its lowest value",
        _overfitting_run,
        (0, 3, 6, 12, 40, 100, 300, 600),
    ),
]


def _three_digits(value):
    """Write a loss with three digits, or as a whole number where it is large."""
    return f"{value:.0f}" if value >= 100 else f"{value:.3g}"


def _curve(rng):
    """Draw a run, and the diagnoses, of which the first is right."""
    at = int(rng.integers(len(_CURVES)))
    name, _, seen, run, steps = _CURVES[at]
    train, test = run(rng)
    others = [_CURVES[(at + shift) % len(_CURVES)] for shift in range(1, len(_CURVES))]
    texts = {f"wrong{i}": other[0] for i, other in enumerate(others)}
    says = {f"says{i}": f"{other[1]}. Here {seen}" for i, other in enumerate(others)}
    return {
        "steps": ", ".join(map(str, steps)),
        "train": ", ".join(_three_digits(train[step]) for step in steps),
        "test": ", ".join(_three_digits(test[step]) for step in steps),
        "right": name,
        "seen": seen,
        **texts,
        **says,
    }


Choice(
    "model_fitting.curves",
    title="Read a loss curve",
    text="A run with a constant learning rate printed its losses after the steps {steps}.\n\n"
    "Training: {train}.\n\nTest: {test}.\n\nWhat is going on?",
    values=_curve,
    right="{right}",
    wrong=[Mistake(f"{{wrong{i}}}", f"{{wrong{i}}}", f"{{says{i}}}.") for i in range(5)],
    hints=[
        "Look at both rows: do they rise, fall, jump, or stay?",
        "Then look at the differences: do they shrink, stay the same, or grow?",
    ],
    because="Look: {seen}.",
    solution="{right}. You see it in this: {seen}.",
    core=True,
)

# ---------------------------------------------------------------------------------------------
# Your own gradient descent
# ---------------------------------------------------------------------------------------------

_BOWL = Given("lambda theta: 2 * theta")
_LINE = Given("lambda theta: np.array([2.0, -1.0])")
_COUPLED = Given("lambda theta: np.array([[4.0, 2.0], [2.0, 3.0]]) @ theta - np.array([1.0, 2.0])")
_FIT = Given("lambda t: np.array([2*t[0] + 2*t[1] - 16/3, 2*t[0] + 10/3*t[1] - 22/3])")
_QUARTIC = Given("lambda theta: theta**3")


def _descend(gradient, theta, learning_rate, n_steps):
    """Let the library walk."""
    theta = np.asarray(theta, float)
    return optimizers.gradient_descent(
        gradient, theta, learning_rate=learning_rate, n_steps=n_steps
    ).thetas


def _walk(update):
    """Make a walk from a wrong update, which takes theta, its gradient, the rate and the step."""

    def descend(gradient, theta, learning_rate, n_steps):
        path = [np.array(theta, float)]
        for step in range(n_steps):
            path.append(update(path[-1], gradient, learning_rate, step))
        return np.array(path)

    return descend


def _in_place(gradient, theta, learning_rate, n_steps):
    """Move the caller's array."""
    path = [theta.copy()]
    for _ in range(n_steps):
        theta -= learning_rate * gradient(theta)
        path.append(theta.copy())
    return np.array(path)


def _same_array(gradient, theta, learning_rate, n_steps):
    """Append one array again and again."""
    theta = np.array(theta, float)
    path = [theta]
    for _ in range(n_steps):
        theta -= learning_rate * gradient(theta)
        path.append(theta)
    return np.array(path)


def _same_array_in_place(gradient, theta, learning_rate, n_steps):
    """Append the caller's array again and again."""
    path = [theta]
    for _ in range(n_steps):
        theta -= learning_rate * gradient(theta)
        path.append(theta)
    return np.array(path)


def _first_gradient_only(gradient, theta, learning_rate, n_steps):
    """Use the gradient at the start in every step."""
    g = gradient(np.array(theta, float))
    return np.array([theta - learning_rate * step * g for step in range(n_steps + 1)])


def _one_by_one(theta, gradient, rate, step):
    """Move each parameter before the next partial is taken."""
    theta = theta.copy()
    for i in range(len(theta)):
        theta[i] -= rate * gradient(theta)[i]
    return theta


CodeQuestion(
    "model_fitting.gradient_descent",
    title="Your own descent",
    text="Write gradient descent. `gradient` is a function of the parameters `theta`, an array of "
    "shape `(d,)`. Return the whole path as an array of shape `(n_steps + 1, d)`: the start, then "
    "the parameters after each step. The caller's `theta` must stay as it is.",
    stub='''
    def descend(gradient, theta, learning_rate, n_steps):
        """Walk downhill; return every theta on the way."""
        ...
    ''',
    reference=_descend,
    probes=[
        (_BOWL, np.array([1.0]), 0.25, 1),
        (_BOWL, np.array([1.0]), 0.25, 0),
        (_BOWL, np.array([1.0]), 0.5, 2),
        (_BOWL, np.array([0.0]), 0.1, 3),
        (_BOWL, np.array([3.0, -2.0]), 0.25, 3),
        (_LINE, np.array([0.0, 0.0]), 0.5, 2),
        (_COUPLED, np.array([1.0, 0.0]), 0.1, 2),
        (_COUPLED, np.array([1000.0, -1000.0]), 0.1, 4),
        (_FIT, np.array([0.0, 0.0]), 0.1, 10),
        (_BOWL, np.array([1.0]), 1.1, 20),
        (_BOWL, np.array([1.0, -2.0, 0.5, 3.0, 4.0, -1.0, 2.0]), 0.25, 8),
        (_QUARTIC, np.array([0.5, -0.5]), 0.1, 30),
    ],
    draw=lambda rng: (
        _COUPLED,
        rng.normal(size=2).round(2),
        round(rng.uniform(0.05, 0.25), 2),
        int(rng.integers(1, 6)),
    ),
    mistakes=[
        CodeMistake(
            "uphill",
            _walk(lambda theta, gradient, rate, step: theta + rate * gradient(theta)),
            "You add the gradient: it points uphill. Subtract it.",
        ),
        CodeMistake(
            "the caller's array changed",
            _in_place,
            "`theta -= ...` changes the caller's array in place: a second call starts where the "
            "first ended. Write `theta = theta - ...`.",
        ),
        CodeMistake(
            "one array kept many times",
            (_same_array, _same_array_in_place),
            "Every row of your path is the last one: the list holds the same array again and "
            "again, and `theta -= ...` changes it in place. Write `theta = theta - ...`, which "
            "makes a new one.",
        ),
        CodeMistake(
            "the last theta only",
            lambda gradient, theta, learning_rate, n_steps: _descend(
                gradient, theta, learning_rate, n_steps
            )[-1],
            "You return where the walk ends. Return the whole path, with the start.",
        ),
        CodeMistake(
            "the start is missing",
            lambda gradient, theta, learning_rate, n_steps: _descend(
                gradient, theta, learning_rate, n_steps
            )[1:],
            "Your path begins after the first step. Its first row must be the start itself.",
            almost=True,
        ),
        CodeMistake(
            "one step too few",
            lambda gradient, theta, learning_rate, n_steps: _descend(
                gradient, theta, learning_rate, max(n_steps - 1, 0)
            ),
            "A path of `n_steps` steps has `n_steps + 1` rows: yours ends one step early.",
            almost=True,
        ),
        CodeMistake(
            "the first gradient only",
            _first_gradient_only,
            "You take the gradient once, at the start, and use it in every step. It changes on the "
            "way: compute it again at each theta.",
        ),
        CodeMistake(
            "theta moved before all partials are taken",
            _walk(_one_by_one),
            "You move one parameter and then take the next partial at the new place. "
            "All partials of a step belong to the same theta: take the gradient once, then move.",
        ),
        CodeMistake(
            "the gradient's length thrown away",
            (
                _walk(
                    lambda theta, gradient, rate, step: (
                        theta
                        - rate * gradient(theta) / max(np.linalg.norm(gradient(theta)), 1e-300)
                    )
                ),
                _walk(lambda theta, gradient, rate, step: theta - rate * np.sign(gradient(theta))),
            ),
            "All your steps have the same length. The gradient's length belongs to the step: it "
            "makes the steps short near the minimum.",
        ),
        CodeMistake(
            "a learning rate that shrinks",
            (
                _walk(
                    lambda theta, gradient, rate, step: theta - rate / (step + 1) * gradient(theta)
                ),
                _walk(
                    lambda theta, gradient, rate, step: theta - rate / (step + 2) * gradient(theta)
                ),
            ),
            "Your learning rate shrinks from step to step. That is another method; here it stays.",
        ),
        CodeMistake(
            "no learning rate",
            _walk(lambda theta, gradient, rate, step: theta - gradient(theta)),
            "Your step is the whole gradient: `learning_rate` is not used.",
        ),
    ],
    hints=[
        "Start a list with a copy of `theta`. In each step append one array to it.",
        "One step: `theta = theta - learning_rate * gradient(theta)`.",
    ],
    because="Each step takes the gradient where you stand, and leaves the caller's array alone.",
    solution="`path = [np.array(theta, float)]`, then `n_steps` times "
    "`path.append(path[-1] - learning_rate * gradient(path[-1]))`, and at the end "
    "`np.array(path)`.",
    draws_on=("matrix_calculus",),
    core=True,
)

# ---------------------------------------------------------------------------------------------
# Your own Adam
# ---------------------------------------------------------------------------------------------

_TINY = Given("lambda theta: 1e-4 * theta")


def _adam(gradient, theta, learning_rate, n_steps):
    """Let the library walk."""
    theta = np.asarray(theta, float)
    return optimizers.adam(gradient, theta, learning_rate=learning_rate, n_steps=n_steps).thetas


def _adam_with(
    betas=(0.9, 0.999),
    parts=None,
    corrections=lambda t: (t, t),
    step=lambda m, v: m / (np.sqrt(v) + 1e-8),
    square=np.square,
):
    """Make a walk from Adam with one part changed."""
    beta1, beta2 = betas
    part1, part2 = parts or (1 - beta1, 1 - beta2)

    def walk(gradient, theta, learning_rate, n_steps):
        path, m, v = [np.array(theta, float)], 0.0, 0.0
        for t in range(1, n_steps + 1):
            g = gradient(path[-1])
            m, v = beta1 * m + part1 * g, beta2 * v + part2 * square(g)
            power1, power2 = corrections(t)
            with np.errstate(all="ignore"):
                m_hat, v_hat = m / (1 - beta1**power1), v / (1 - beta2**power2)
                path.append(path[-1] - learning_rate * step(m_hat, v_hat))
        return np.array(path)

    return walk


def _momentum_only(gradient, theta, learning_rate, n_steps):
    """Leave the division by the root of the mean square out."""
    return _adam_with(step=lambda m, v: m)(gradient, theta, learning_rate, n_steps)


CodeQuestion(
    "model_fitting.adam",
    title="Your own Adam",
    text="Write Adam, with $\\beta_1 = 0.9$, $\\beta_2 = 0.999$ and $\\epsilon = 10^{{-8}}$ "
    "outside the root. `gradient` is a function of the parameters `theta`, an array of shape "
    "`(d,)`. Return the whole path as an array of shape `(n_steps + 1, d)`. The caller's "
    "`theta` must stay as it is.",
    stub='''
    def adam(gradient, theta, learning_rate, n_steps):
        """Walk downhill with Adam; return every theta on the way."""
        ...
    ''',
    reference=_adam,
    probes=[
        (_BOWL, np.array([1.0]), 0.25, 1),
        (_BOWL, np.array([1.0]), 0.25, 0),
        (_BOWL, np.array([1.0]), 0.5, 2),
        (_TINY, np.array([1.0]), 0.5, 1),
        (_LINE, np.array([0.0, 0.0]), 0.5, 3),
        (_COUPLED, np.array([1.0, 0.0]), 0.1, 2),
        (_BOWL, np.array([3.0, -2.0]), 0.25, 5),
        (_FIT, np.array([0.0, 0.0]), 0.1, 10),
        (_BOWL, np.array([1.0, -2.0, 0.5, 3.0, 4.0, -1.0, 2.0]), 0.25, 8),
        (_COUPLED, np.array([1000.0, -1000.0]), 0.1, 4),
        (_QUARTIC, np.array([0.5, -0.5]), 0.1, 30),
    ],
    draw=lambda rng: (
        _COUPLED,
        rng.normal(size=2).round(2),
        round(rng.uniform(0.05, 0.25), 2),
        int(rng.integers(2, 7)),
    ),
    mistakes=[
        CodeMistake(
            "bias correction left out",
            _adam_with(corrections=lambda t: (np.inf, np.inf)),
            "You do not divide by $1 - \\beta^t$. Both means start at 0 and are too small at "
            "first, by different factors: your first step is 3.16 times the learning rate, not "
            "once.",
        ),
        CodeMistake(
            "only one of the means corrected",
            (
                _adam_with(corrections=lambda t: (t, np.inf)),
                _adam_with(corrections=lambda t: (np.inf, t)),
            ),
            "You correct one of the two means. Both start at 0, and each needs its own $1 - "
            "\\beta^t$.",
        ),
        CodeMistake(
            "the two betas swapped",
            _adam_with(betas=(0.999, 0.9)),
            "The two betas are swapped: the mean of the gradient has 0.9, the mean of its square "
            "0.999.",
        ),
        CodeMistake(
            "epsilon inside the root",
            _adam_with(step=lambda m, v: m / np.sqrt(v + 1e-8)),
            "Your $\\epsilon$ stands inside the root, where it counts as $10^{{-4}}$: with small "
            "gradients the steps come out too short. Write `np.sqrt(v_hat) + 1e-8`.",
            almost=True,
        ),
        CodeMistake(
            "(1 − β) missing",
            (
                _adam_with(parts=(1.0, 1.0)),
                _adam_with(parts=(1.0, 1 - 0.999)),
                _adam_with(parts=(1 - 0.9, 1.0)),
            ),
            "A running *mean* takes $(1 - \\beta)$ of the new value: `m = beta1 * m + (1 - beta1) "
            "* g`, and the same for the square. Yours is a sum.",
        ),
        CodeMistake(
            "the root left out",
            _adam_with(step=lambda m, v: m / (v + 1e-8)),
            "You divide by the mean square. Its *root* has the unit of the gradient: your steps "
            "depend on how large the gradient is.",
        ),
        CodeMistake(
            "no division at all",
            _momentum_only,
            "You step along the mean gradient, without dividing by the root of the mean square. "
            "That is momentum.",
        ),
        CodeMistake(
            "one scale for all parameters",
            (
                _adam_with(square=lambda g: np.mean(np.square(g))),
                _adam_with(square=lambda g: np.sum(np.square(g))),
            ),
            "All parameters share one mean square in yours. Adam works entry by entry: `v` has the "
            "shape of `theta`.",
        ),
        CodeMistake(
            "steps counted from 0",
            _adam_with(corrections=lambda t: (t - 1, t - 1)),
            "You count the steps from 0, so the first correction is $1 - \\beta^0 = 0$, and you "
            "divide 0 by it or by something like it. The first step has $t = 1$.",
        ),
        CodeMistake(
            "always the first correction",
            _adam_with(corrections=lambda t: (1, 1)),
            "You divide by $1 - \\beta$ in every step. The factor is $1 - \\beta^t$, and tends to "
            "1.",
        ),
        CodeMistake(
            "uphill",
            _adam_with(step=lambda m, v: -m / (np.sqrt(v) + 1e-8)),
            "You add the step: it points uphill. Subtract it.",
        ),
        CodeMistake(
            "the start is missing",
            lambda gradient, theta, learning_rate, n_steps: _adam(
                gradient, theta, learning_rate, n_steps
            )[1:],
            "Your path begins after the first step. Its first row must be the start itself.",
            almost=True,
        ),
    ],
    hints=[
        "Keep two arrays of the shape of `theta`, `m` and `v`, both 0 at first.",
        "In step `t`, counted from 1: `m = 0.9 * m + 0.1 * g` and `v = 0.999 * v + 0.001 * g**2`.",
        "Divide them by `1 - 0.9**t` and by `1 - 0.999**t`, and step by `learning_rate * m_hat / "
        "(np.sqrt(v_hat) + 1e-8)`.",
    ],
    because="Two running means, each divided by $1 - \\beta^t$, entry by entry.",
    solution="`m = v = 0.0`, then for `t` from 1 to `n_steps`: `g = gradient(path[-1])`, `m = "
    "0.9 * m + 0.1 * g`, `v = 0.999 * v + 0.001 * g**2`, and append `path[-1] - learning_rate * "
    "m / (1 - 0.9**t) / (np.sqrt(v / (1 - 0.999**t)) + 1e-8)`.",
)
