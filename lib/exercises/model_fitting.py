"""Exercises of the chapter on model fitting."""

import numpy as np

from lib import optimizers
from lib.exercises.code import CodeMistake, CodeQuestion
from lib.exercises.probes import Given

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
            "`theta -= ...` changes the caller's array in place: who calls twice starts the "
            "second time where the first ended. Write `theta = theta - ...`.",
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
            "You return where the walk ends. Asked is the whole path, the start included.",
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
            "You take the gradient once, at the start, and use it in every step. "
            "It changes on the way: ask for it anew at each theta.",
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
            "makes the walk slow down near the bottom.",
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
