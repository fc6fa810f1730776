"""Exercises of the chapter on datasets."""

import numpy as np

from lib.exercises.code import CodeMistake, CodeQuestion, Law
from lib.exercises.probes import Seeded

# ---------------------------------------------------------------------------------------------
# Your own machine: x uniform, y = 1 with probability x squared
# ---------------------------------------------------------------------------------------------


def _sample(n, rng):
    """Draw x, then y with its probability."""
    x = rng.uniform(0, 1, n)
    return x, (rng.uniform(size=n) < x**2).astype(int)


def _sample_with(probability):
    """Make a wrong sampler with another probability of the label."""

    def sample(n, rng):
        x = rng.uniform(0, 1, n)
        return x, (rng.uniform(size=n) < probability(x)).astype(int)

    return sample


def _one_draw_for_both(n, rng):
    """Compare x with itself."""
    x = rng.uniform(0, 1, n)
    return x, (x < x**2).astype(int)


def _one_threshold_for_all(n, rng):
    """Draw a single threshold for all samples."""
    x = rng.uniform(0, 1, n)
    return x, (rng.uniform() < x**2).astype(int)


def _thresholded_at(threshold):
    """Make a wrong sampler whose label follows from x."""

    def sample(n, rng):
        x = rng.uniform(0, 1, n)
        return x, (x > threshold).astype(int)

    return sample


def _turned(n, rng):
    """Turn the comparison round."""
    x, y = _sample(n, rng)
    return x, 1 - y


def _own_generator(n, rng):
    """Ignore the generator."""
    return _sample(n, np.random.default_rng(0))


def _global_generator(n, rng):
    """Draw from the generator that the whole program shares."""
    draw = np.random.rand  # the mistake
    x = draw(n)
    return x, (draw(n) < x**2).astype(int)


def _normal_x(n, rng):
    """Draw x from a normal distribution."""
    x = rng.normal(size=n)
    return x, (rng.uniform(size=n) < x**2).astype(int)


def _column(n, rng):
    """Return x as a table."""
    x, y = _sample(n, rng)
    return x[:, None], y


def _probability_for_label(n, rng):
    """Return the probability where the label is meant."""
    x = rng.uniform(0, 1, n)
    return x, x**2


def _arrays(result):
    """Take a result apart."""
    x, y = result
    return np.asarray(x), np.asarray(y)


def _in_shape(result, n, rng):
    """Whether there are n of each."""
    return all(part.shape == (n,) for part in _arrays(result))


def _in_range(result, n, rng):
    """Whether all x lie between 0 and 1."""
    x, _ = _arrays(result)
    return ((x >= 0) & (x <= 1)).all()


def _are_labels(result, n, rng):
    """Whether all y are 0 or 1."""
    return np.isin(_arrays(result)[1], (0, 1)).all()


def _near(values, mean, variance):
    """Whether the mean of values lies within 4 standard errors of the true one."""
    return len(values) < 100 or abs(values.mean() - mean) <= 4 * np.sqrt(variance / len(values))


def _uniform_mean(result, n, rng):
    """Whether the mean and the spread of x are those of U(0, 1)."""
    x, _ = _arrays(result)
    return _near(x, 0.5, 1 / 12) and _near((x - 0.5) ** 2, 1 / 12, 1 / 180)


def _label_mean(result, n, rng):
    """Whether the share of ones is a third."""
    return _near(_arrays(result)[1], 1 / 3, 2 / 9)


def _label_given_x(result, n, rng):
    """Whether the label scatters around x squared, at the left and at the right."""
    x, y = _arrays(result)
    p = np.where(x < 0.7, x**2, 0)
    left = _near((y - p)[x < 0.7], 0.0, np.mean((p * (1 - p))[x < 0.7]) if n >= 100 else 1)
    right = (x > 0.95) if n >= 1000 else np.zeros(len(x), bool)
    return left and _near((y - x**2)[right], 0.0, 0.05)


def _means(result, n, rng):
    """Summarise a large sample."""
    x, y = _arrays(result)
    thirds = np.histogram(x, [0, 1 / 3, 2 / 3, 1])[0] / n
    sums = np.histogram(x, [0, 1 / 3, 2 / 3, 1], weights=y)[0] / n
    return [*thirds, *sums, y.mean(), np.isin(y, (0, 1)).mean()]


CodeQuestion(
    "datasets.sample",
    title="Your own machine",
    text="Write a sampler: $x$ is uniform between 0 and 1, and $p(y = 1 \\mid x) = x^2$. It takes "
    "the number of samples and a generator `rng`, and returns `x` and `y`, two arrays of shape "
    "`(n,)`; `y` holds 0 and 1. The same generator must give the same samples.",
    stub='''
    def sample(n, rng):
        """Draw n samples of x and y."""
        ...
    ''',
    reference=_sample,
    probes=[(n, Seeded(seed)) for n in (1, 2, 10) for seed in (0, 1)]
    + [(10_000, Seeded(seed)) for seed in (0, 1, 2)],
    laws=[
        Law("shape", _in_shape, "Two arrays of shape `(n,)` must come back, `x` and `y`."),
        Law("range", _in_range, "Every `x` must lie between 0 and 1."),
        Law("labels", _are_labels, "Every `y` must be 0 or 1."),
        Law("x not uniform", _uniform_mean, "`x` is not uniform: look at its histogram."),
        Law(
            "wrong share of ones",
            _label_mean,
            "The mean of `y` is more than 4 standard errors away from the true one. "
            "Which integral is the true one?",
        ),
        Law(
            "wrong probability",
            _label_given_x,
            "The share of ones is right on the whole, but not where $x$ is small or large.",
        ),
    ],
    summary=_means,
    mistakes=[
        CodeMistake(
            "one draw for both",
            _one_draw_for_both,
            "`x < x**2` compares $x$ with itself: no $x$ between 0 and 1 is smaller than its "
            "square, so every label is 0. The label needs a draw of its own.",
        ),
        CodeMistake(
            "one threshold for all",
            _one_threshold_for_all,
            "`rng.uniform()` is one number, compared with every $x$: all labels hang on it. "
            "Draw `n` of them: `rng.uniform(size=n)`.",
        ),
        CodeMistake(
            "no label noise",
            (_thresholded_at(np.sqrt(0.5)), _thresholded_at(0.5)),
            "Your label follows from $x$: the same $x$ always has the same label. "
            "With probability $x^2$ it is 1, otherwise 0.",
        ),
        CodeMistake(
            "the probability for the label",
            _probability_for_label,
            "You return $x^2$ itself. That is the probability; the label is 0 or 1, drawn with it.",
        ),
        CodeMistake(
            "x for x squared",
            _sample_with(lambda x: x),
            "Your label is 1 with probability $x$: the mean of `y` is 1/2. Asked is $x^2$, which "
            "gives 1/3.",
        ),
        CodeMistake(
            "labels turned",
            (_sample_with(lambda x: 1 - x**2), _turned),
            "Your label is 0 with probability $x^2$: the comparison is the wrong way round.",
        ),
        CodeMistake(
            "ignores rng",
            _own_generator,
            "You make a generator of your own inside, always with the same seed: whoever calls "
            "gets the same samples each time. Draw from the `rng` that is given.",
        ),
        CodeMistake(
            "global generator",
            _global_generator,
            "`np.random.rand` draws from a generator that the whole program shares, so the same "
            "`rng` gives other samples each time. Draw from the `rng` that is given.",
        ),
        CodeMistake(
            "x from a normal distribution",
            _normal_x,
            "`rng.normal` has no bounds: some $x$ lie outside of 0 to 1. Uniform is `rng.uniform`.",
        ),
        CodeMistake(
            "x as a column",
            _column,
            "`x` has the shape `(n, 1)`. Against a `y` of shape `(n,)` it would be broadcast to "
            "`(n, n)` without a word. Return shape `(n,)`.",
            almost=True,
        ),
    ],
    hints=[
        "First draw all `x`. Then each `y` is 1 with a probability that you know.",
        "A uniform number is smaller than $p$ with probability $p$: compare.",
    ],
    because="A uniform draw of its own is smaller than $x^2$ with probability $x^2$.",
    solution="`x = rng.uniform(0, 1, n)`, then `y = (rng.uniform(size=n) < x**2).astype(int)`. "
    "The mean of `y` is $\\int_0^1 x^2 dx = 1/3$.",
    core=True,
)
