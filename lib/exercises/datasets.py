"""Exercises of the chapter on datasets."""

import math

import numpy as np

from lib import datasets, models
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
from lib.exercises.code import CodeMistake, CodeQuestion, Law
from lib.exercises.probes import Seeded

# ---------------------------------------------------------------------------------------------
# Predict first
# ---------------------------------------------------------------------------------------------

Choice(
    "datasets.knows_the_rule",
    title="Somebody who knows the rule",
    predict=True,
    text="A bean gets a random amount of water $x$ between 0 and 1. It sprouts with probability "
    "$1 / (1 + e^{{-8(x - 0.5)}})$: almost never at $x = 0$, almost always at $x = 1$, half of the "
    "time at $x = 0.5$. You know this rule exactly. For each bean you see $x$ and say “sprouts” or "
    "“does not”. How often are you wrong?",
    right="About once in 6",
    wrong=[
        Mistake(
            "knowing the rule is knowing the label",
            "Never",
            "The rule gives a probability, not the label. At $x = 0.5$ half of all verdicts "
            "are wrong.",
        ),
        Mistake(
            "the ends taken for the whole",
            "About once in 100",
            "So it is near the ends only. Many beans get a middle amount of water.",
        ),
        Mistake(
            "a coin",
            "Every second time",
            "So it is at $x = 0.5$ only. Everywhere else one of the two labels is more likely.",
        ),
    ],
    hints=["At $x = 0.5$, how often is the better verdict wrong? And at $x = 0$?"],
    because="Even with a known probability the label is random.",
    solution="About once in 6: the best possible error rate is 0.1687. For a middle amount of "
    "water both labels are likely, and knowing the rule does not help.",
    core=True,
)

Number(
    "datasets.tenth_of_the_error",
    title="Ten times more precise",
    predict=True,
    text="A coin shows heads with probability 0.3. The average of 10 tosses has a standard "
    "error of 0.1449. How many tosses are needed to make it ten times smaller?",
    answer=lambda: 10 * 10**2,
    tolerance=0,
    mistakes=[
        Mistake(
            "n for the root of n",
            lambda: 10 * 10,
            "Ten times the tosses divide the standard error by $\\sqrt{{10}} = 3.16$ only.",
        ),
        Mistake(
            "root of the factor",
            lambda: math.ceil(10 * math.sqrt(10)),
            "The standard error falls with the root of $n$, so $n$ must grow by the *square* of "
            "10.",
        ),
        Mistake(
            "the square of everything",
            lambda: 10 * 10**3,
            "That makes the standard error $\\sqrt{{1000}} = 31.6$ times smaller.",
        ),
    ],
    hints=["The standard error is $\\sigma / \\sqrt{{n}}$."],
    because="The standard error falls with the square root of the number of tosses.",
    solution="{answer}: the standard error is $\\sigma / \\sqrt{{n}}$, so $n$ must be $10^2 = "
    "100$ times as large.",
    core=True,
)

Choice(
    "datasets.chosen_with_the_labels",
    title="Nothing but noise",
    predict=True,
    text="60 samples have 500 features each. The features are random numbers, and the labels "
    "are tosses of a fair coin. With all 60 samples you choose the 10 features whose "
    "means for the two labels differ most. Then you split in half, fit a simple classifier on "
    "one half, and test it on the other. What accuracy does the test report, on average?",
    right="About 80 %",
    wrong=[
        Mistake(
            "a test set is always honest",
            "About 50 %",
            "That is the true accuracy. The test samples took part in the choice of the "
            "features, so the test does not report it.",
        ),
        Mistake(
            "a leak is a trifle",
            "About 65 %",
            "It is worse. The best 10 of 500 features of noise, taken together, tell the 60 labels "
            "apart well.",
        ),
        Mistake(
            "a leak gives a perfect score",
            "About 98 %",
            "That is too much: each of the 10 features differs only a little between the two "
            "labels.",
        ),
    ],
    hints=["Which samples took part in the choice of the features?"],
    because="The labels of the test samples took part in the choice of the features.",
    solution="About 80 %, although nothing can be predicted. The features were chosen with the "
    "labels of the test samples. The cells below measure 82.2 % with the leak, and 50.0 % without "
    "it.",
    core=True,
)

# ---------------------------------------------------------------------------------------------
# The machine behind the data
# ---------------------------------------------------------------------------------------------


def _logit(p):
    """Undo the sigmoid."""
    return math.log(p / (1 - p))


def _best_error(steepness):
    """Return the best error rate where the midpoint is one half."""
    return 2 / steepness * (math.log(2) - math.log(1 + math.exp(-steepness / 2)))


Number(
    "datasets.chance_at_x",
    title="Read the machine",
    text="A machine has $p(y = 1 \\mid x) = \\sigma({k} (x - {m}))$ with $\\sigma(z) = 1 / (1 + "
    "e^{{-z}})$. What is $p(y = 1 \\mid x)$ at $x = {x}$?",
    values=lambda rng: {
        "k": int(rng.integers(3, 11)),
        "m": float(rng.choice([0.3, 0.4, 0.5, 0.6, 0.7])),
        "x": round(0.05 * int(rng.integers(2, 19)), 2),
    },
    answer=lambda k, m, x: models.sigmoid(k * (x - m)),
    mistakes=[
        Mistake(
            "the other label",
            lambda answer: 1 - answer,
            "That is the probability of label 0: the sign of $z$ is turned. At $x$ above {m} "
            "label 1 is the more likely one.",
        ),
        Mistake(
            "the midpoint left out",
            lambda k, x: models.sigmoid(k * x),
            "You took $\\sigma({k} x)$. Subtract the midpoint {m} first: there the probability is "
            "0.5.",
        ),
        Mistake(
            "the steepness left out",
            lambda m, x: models.sigmoid(x - m),
            "You took $\\sigma(x - {m})$. Multiply the difference by {k}.",
        ),
        Mistake(
            "the logit itself",
            lambda k, m, x: k * (x - m),
            "That is $z$. The probability is $\\sigma(z)$, a number between 0 and 1.",
        ),
        Mistake(
            "one plus left out",
            lambda k, m, x: math.exp(k * (x - m)),
            "That is $e^z$, the odds $p / (1 - p)$. The probability is $1 / (1 + e^{{-z}})$.",
        ),
    ],
    hints=[
        "First $z = {k} (x - {m})$. On which side of the midpoint is $x$?",
        "$z = {z}$. The probability is $1 / (1 + e^{{-z}})$.",
    ],
    because="The sigmoid turns $z = {z}$ into a probability.",
    solution="$z = {k} \\cdot ({x} - {m}) = {z}$, and $1 / (1 + e^{{-z}})$ is {answer}.",
    shown=lambda k, m, x: {"z": round(k * (x - m), 6)},
    core=True,
)

Number(
    "datasets.x_for_a_chance",
    title="How much water?",
    text="A bean with water $x$ sprouts with probability $\\sigma({k} (x - {m}))$. At which $x$ "
    "is this probability {p}?",
    values=lambda rng: {
        "k": int(rng.integers(6, 13)),
        "m": float(rng.choice([0.4, 0.5, 0.6])),
        "p": float(rng.choice([0.1, 0.2, 0.3, 0.4, 0.6, 0.7, 0.8, 0.9])),
    },
    answer=lambda k, m, p: m + _logit(p) / k,
    mistakes=[
        Mistake(
            "the midpoint left out",
            lambda k, p: _logit(p) / k,
            "That is $x - {m}$, the distance from the midpoint.",
        ),
        Mistake(
            "the steepness left out",
            lambda m, p: m + _logit(p),
            "The logit is ${k} (x - {m})$: divide it by {k} before you add {m}.",
        ),
        Mistake(
            "log of p for the logit",
            lambda k, m, p: m + math.log(p) / k,
            "You inverted $e^z$. The inverse of the sigmoid is $\\log (p / (1 - p))$.",
        ),
        Mistake(
            "the other side",
            lambda k, m, p: m - _logit(p) / k,
            "There the bean does *not* sprout with probability {p}. More water makes a sprout "
            "more likely.",
        ),
        Mistake(
            "logarithm to base 10",
            lambda k, m, p: m + math.log10(p / (1 - p)) / k,
            "You took the logarithm to base 10. $\\sigma$ is made with $e$, so it is undone by "
            "the natural one.",
        ),
        Mistake(
            "the sigmoid not undone",
            lambda k, m, p: m + p / k,
            "You solved ${k} (x - {m}) = {p}$. That leaves out the sigmoid: first find the $z$ "
            "with $\\sigma(z) = {p}$.",
        ),
    ],
    hints=[
        "Undo the sigmoid first: if $\\sigma(z) = p$ then $z = \\log (p / (1 - p))$, the logit.",
        "Here $z = {z:.4f}$, and $z = {k} (x - {m})$.",
    ],
    because="The logit undoes the sigmoid.",
    solution="The logit of {p} is {z:.4f}. So $x = {m} + z / {k}$, which is {answer}.",
    shown=lambda p: {"z": _logit(p)},
)

Number(
    "datasets.the_other_way_round",
    title="The machine the other way round",
    text="Of all beans, a share of {q} is dry and the others are wet. A dry bean sprouts with "
    "probability {a}, a wet one with probability {b}. You see a sprout. What is "
    "$p(\\text{dry} \\mid \\text{sprout})$?",
    values=lambda rng: {
        "q": float(rng.choice([0.2, 0.3, 0.4, 0.6, 0.7, 0.8])),
        "a": float(rng.choice([0.1, 0.15, 0.2, 0.25, 0.3])),
        "b": float(rng.choice([0.5, 0.6, 0.7, 0.8, 0.9])),
    },
    answer=lambda q, a, b: q * a / (q * a + (1 - q) * b),
    mistakes=[
        Mistake(
            "the condition turned round",
            lambda a: a,
            "That is $p(\\text{sprout} \\mid \\text{dry})$. The question is the other way round: "
            "among the sprouts, how many are dry?",
        ),
        Mistake(
            "the joint probability",
            lambda q, a: q * a,
            "That is $p(\\text{dry}, \\text{sprout})$, among all beans. Among the sprouts "
            "it is a larger share: divide by $p(\\text{sprout})$.",
        ),
        Mistake(
            "the share of sprouts",
            lambda q, a, b: q * a + (1 - q) * b,
            "That is $p(\\text{sprout})$. It is what you divide by.",
        ),
        Mistake(
            "as many dry as wet",
            lambda a, b: a / (a + b),
            "That would be right if half of the beans were dry. Their share is {q}.",
        ),
        Mistake(
            "the wet ones",
            lambda answer: 1 - answer,
            "That is $p(\\text{wet} \\mid \\text{sprout})$, the rest.",
        ),
        Mistake(
            "the sprout not used",
            lambda q: q,
            "That is the share of dry beans before you look. A sprout is rare among dry beans, "
            "so the share is lower among sprouts.",
        ),
    ],
    hints=[
        "$p(x, y) = p(x) \\, p(y \\mid x) = p(y) \\, p(x \\mid y)$. You know the left product.",
        "$p(\\text{dry}, \\text{sprout}) = {q} \\cdot {a}$, and $p(\\text{wet}, "
        "\\text{sprout})$ in the same way. Both together are $p(\\text{sprout})$.",
    ],
    because="$p(x, y) = p(x) \\, p(y \\mid x) = p(y) \\, p(x \\mid y)$, solved for the last "
    "factor.",
    solution="$p(\\text{dry}, \\text{sprout}) = {q} \\cdot {a} = {joint}$. All sprouts "
    "together have the probability ${joint} + {share_wet} \\cdot {b} = {total}$. The quotient is "
    "{answer}.",
    shown=lambda q, a, b: {
        "joint": round(q * a, 6),
        "share_wet": round(1 - q, 6),
        "total": round(q * a + (1 - q) * b, 6),
    },
)

# ---------------------------------------------------------------------------------------------
# Labels
# ---------------------------------------------------------------------------------------------


def _counts(labels):
    """Count each of four classes."""
    return np.bincount(labels, minlength=4).astype(float)


Vector(
    "datasets.one_hot_means",
    title="The mean of one-hot rows",
    text="Five samples have the labels {labels}. There are $K = 4$ classes, 0 to 3. You write "
    "the labels as one-hot rows. What is the mean of each column?",
    values=lambda rng: {"labels": rng.integers(0, 4, 5)},
    answer=lambda labels: datasets.one_hot(labels, 4).mean(axis=0),
    mistakes=[
        Mistake(
            "the sum for the mean",
            _counts,
            "Those are the sums of the columns, how often each class occurs. Divide by the "
            "number of samples.",
        ),
        Mistake(
            "divided by the classes",
            lambda labels: _counts(labels) / 4,
            "You divided by the number of classes. A column has 5 entries, one for each sample.",
        ),
        Mistake(
            "classes counted from 1",
            lambda labels: np.roll(_counts(labels), -1) / 5,
            "Your first entry belongs to class 1. The first column is that of class 0.",
        ),
        Mistake(
            "a class nobody has seen left out",
            lambda labels: (
                None if _counts(labels).all() else _counts(labels)[_counts(labels) > 0] / 5
            ),
            "There are four columns. A class that does not occur in these samples has one, too, "
            "and its mean is 0.",
        ),
    ],
    hints=["Column $c$ has a 1 for each sample of class $c$.", "The four means add up to 1."],
    because="The mean of a column is the share of its class.",
    solution="The classes occur {counts} times among 5 samples, so the means are {answer}. They "
    "are the shares of the classes.",
    shown=lambda labels: {"counts": _counts(labels)},
    core=True,
)

Number(
    "datasets.count_parameters",
    title="How many parameters?",
    text="{n} samples have {d} features each and belong to {K} classes. The model is "
    "$\\operatorname{softmax}(W x + b)$. How many parameters has it?",
    values=lambda rng: {
        "n": int(rng.choice([50, 80, 100, 150])),
        "d": int(rng.integers(4, 13)),
        "K": int(rng.integers(3, 9)),
    },
    answer=lambda d, K: K * d + K,
    tolerance=0,
    mistakes=[
        Mistake(
            "the bias left out",
            lambda d, K: K * d,
            "Those are the entries of $W$. $b$ has parameters, too.",
        ),
        Mistake(
            "one bias for all",
            lambda d, K: K * d + 1,
            "You counted one bias. $b$ has an entry for each class.",
        ),
        Mistake(
            "one output",
            lambda d: d + 1,
            "That is a model with one output. This one has an output for each of {K} classes.",
        ),
        Mistake(
            "a bias for each feature",
            lambda d, K: K * d + d if d != K else None,
            "You counted a bias for each feature. It is added to the *outputs*, one for each "
            "class.",
        ),
        Mistake(
            "parameters for each sample",
            lambda n, d, K: n * (K * d + K),
            "All samples share the same parameters: their number does not matter.",
        ),
    ],
    hints=["$W$ has a row for each class and a column for each feature."],
    because="Each of the {K} outputs has {d} weights and a bias.",
    solution="$W$ has the shape `({K}, {d})` and $b$ has {K} entries: together {answer}. The "
    "number of samples does not matter.",
)

# ---------------------------------------------------------------------------------------------
# Error bars
# ---------------------------------------------------------------------------------------------

_VARIANCE_LINES = [
    "$\\operatorname{Var}(\\bar{{y}}) = \\operatorname{Var}\\left( \\frac{{1}}{{n}} \\sum_i "
    "y_i \\right)$",
    "$\\quad = \\frac{{1}}{{n^2}} \\operatorname{Var}\\left( \\sum_i y_i \\right)$",
    "$\\quad = \\frac{{1}}{{n^2}} \\sum_i \\operatorname{Var}(y_i)$, because the draws are "
    "independent",
    "$\\quad = \\frac{{1}}{{n^2}} \\, n \\, \\sigma^2$",
    "$\\quad = \\sigma^2 / n$",
]

Order(
    "datasets.variance_of_the_mean",
    title="The variance of an average",
    text="$y_1, \\dots, y_n$ are independent draws with variance $\\sigma^2$. Put the "
    "derivation in order. Two lines do not belong.",
    lines=_VARIANCE_LINES,
    mistakes=[
        Mistake(
            "a factor not squared",
            "$\\quad = \\frac{{1}}{{n}} \\operatorname{Var}\\left( \\sum_i y_i \\right)$",
            "A factor comes out of a variance *squared*: a quantity in cm has a variance in cm².",
        ),
        Mistake(
            "all draws the same",
            "$\\quad = \\frac{{1}}{{n^2}} \\, n^2 \\sigma^2$",
            "That is the variance if all draws are one and the same number. Independent draws "
            "have a sum of variance $n \\sigma^2$.",
        ),
        Mistake(
            "variances added too early",
            (2, 1),
            "While the factor stands inside there is no sum of variances with $1/n^2$ before "
            "it: first take it out.",
        ),
        Mistake(
            "the same variances used too early",
            (3, 2),
            "$n \\sigma^2$ is what the sum of the $n$ variances comes to: that sum must stand "
            "there first.",
        ),
        Mistake(
            "the result before its reason",
            (4, 3),
            "$n / n^2 = 1 / n$ is the last step.",
        ),
    ],
    hints=[
        "Begin with what $\\bar{{y}}$ is. What happens to the factor $1/n$?",
        "The variance of the sum becomes a sum of variances. Then all of these are equal.",
    ],
    because="The factor comes out squared, independent draws add their variances, and there are "
    "$n$ of them.",
    solution="Put in the average, take out $1/n^2$, add the variances (here independence is "
    "used), count $n$ equal ones, and cancel: $\\sigma^2 / n$.",
    core=True,
)

Number(
    "datasets.n_for_an_error",
    title="How many tosses?",
    text="A coin shows 1 with probability {p}. How many tosses does it take until the standard "
    "error of their average is {s}?",
    values=lambda rng: {
        "p": float(rng.choice([0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9])),
        "s": float(rng.choice([0.005, 0.01, 0.02, 0.05])),
    },
    answer=lambda p, s: round(p * (1 - p) / s**2, 6),
    tolerance=0,
    mistakes=[
        Mistake(
            "n for the root of n",
            lambda p, s: round(math.sqrt(p * (1 - p)) / s, 6),
            "That is $\\sigma$ divided by the standard error, which is $\\sqrt{{n}}$. Square it.",
        ),
        Mistake(
            "sigma not squared",
            lambda p, s: round(math.sqrt(p * (1 - p)) / s**2, 6),
            "You squared the standard error and not $\\sigma$: $n = \\sigma^2 / \\text{s.e.}^2$.",
        ),
        Mistake(
            "p for the variance",
            lambda p, s: round(p / s**2, 6),
            "You took $p$ for the variance. That of a coin is $p (1 - p)$.",
        ),
        Mistake(
            "the variance over the error",
            lambda p, s: round(p * (1 - p) / s, 6),
            "You divided the variance by the standard error. It must be divided by its *square*.",
        ),
        Mistake(
            "two standard errors",
            lambda p, s: round(4 * p * (1 - p) / s**2, 6),
            "That many make *two* standard errors {s}. The question asks for one.",
        ),
    ],
    hints=[
        "The standard error is $\\sigma / \\sqrt{{n}}$. Solve for $n$.",
        "$n = \\sigma^2 / \\text{s.e.}^2$, and $\\sigma^2 = p (1 - p)$.",
    ],
    because="$n = \\sigma^2 / \\text{s.e.}^2$: half the standard error costs four times the "
    "tosses.",
    solution="$\\sigma^2 = {p} \\cdot {rest} = {variance}$, and $n = {variance} / {s}^2$ is "
    "{answer}.",
    shown=lambda p: {"rest": round(1 - p, 6), "variance": round(p * (1 - p), 6)},
    core=True,
)


def _people(thousandths, factor=1):
    """Return the least n with factor / n at most the square of so many thousandths."""
    return -(-factor * 10**6 // thousandths**2)


def _thousandths(w):
    """Write a width as a whole number of thousandths."""
    return round(1000 * w)


Number(
    "datasets.plan_a_survey",
    title="Plan a survey",
    text="You want to know a share to within ± {w}, where {w} is 2 standard errors. You know "
    "nothing about the share. How many people must you ask, so that it is enough whatever the "
    "share?",
    values=lambda rng: {"w": int(rng.integers(2, 21)) / 200},
    answer=lambda w: _people(_thousandths(w)),
    tolerance=0,
    mistakes=[
        Mistake(
            "rounded down",
            lambda w, answer: answer - 1 if 10**6 % _thousandths(w) ** 2 else None,
            "With one person less the error is a little larger than allowed. Round up.",
            almost=True,
        ),
        Mistake(
            "one standard error for two",
            lambda w: math.ceil(10**6 / (4 * _thousandths(w) ** 2)),
            "You set *one* standard error to {w}. Two of them are to be {w}, so one is half of "
            "that.",
        ),
        Mistake(
            "n for the root of n",
            lambda w: math.ceil(1000 / _thousandths(w)),
            "That is $\\sqrt{{n}}$. Square it.",
        ),
        Mistake(
            "the largest variance taken for 1",
            lambda w: _people(_thousandths(w), 4),
            "You took 1 for the variance. That of a share is $p (1 - p)$, which is at most 0.25.",
        ),
        Mistake(
            "half for a quarter",
            lambda w: _people(_thousandths(w), 2),
            "You took 0.5 for the variance. At $p = 0.5$ it is $0.5 \\cdot 0.5 = 0.25$.",
        ),
    ],
    hints=[
        "The variance is $p (1 - p)$. Which $p$ makes it largest?",
        "The largest variance is 0.25, and the standard error must be half of {w}.",
    ],
    because="The worst case is $p = 0.5$, with variance 0.25.",
    solution="In the worst case $\\sigma^2 = 0.25$, and the standard error must be {half}. So "
    "$n = 0.25 / {half}^2$, rounded up: {answer}.",
    shown=lambda w: {"half": round(w / 2, 6)},
)

# ---------------------------------------------------------------------------------------------
# The noise floor
# ---------------------------------------------------------------------------------------------


def _steps(rng):
    """Draw a machine with two steps."""
    return {
        "s": float(rng.choice([0.2, 0.25, 0.4, 0.5, 0.6, 0.75, 0.8])),
        "a": float(rng.choice([0.05, 0.1, 0.2, 0.3, 0.4])),
        "b": float(rng.choice([0.6, 0.7, 0.8, 0.9, 0.95])),
    }


def _ones(s, a, b):
    """Return the share of ones of a machine with two steps."""
    return s * a + (1 - s) * b


Number(
    "datasets.floor_of_steps",
    title="The floor of two steps",
    text="$x$ is uniform between 0 and 1. $p(y = 1 \\mid x)$ is {a} for $x < {s}$ and {b} "
    "otherwise. What is the best possible error rate of somebody who sees $x$?",
    values=_steps,
    answer=lambda s, a, b: s * a + (1 - s) * (1 - b),
    mistakes=[
        Mistake(
            "one verdict for all",
            lambda s, a, b: min(_ones(s, a, b), 1 - _ones(s, a, b)),
            "That is the best for somebody who does *not* see $x$ and always says the same. "
            "Left of {s} the better verdict is 0, right of it 1.",
        ),
        Mistake(
            "the share of ones",
            lambda s, a, b: _ones(s, a, b) if _ones(s, a, b) > 0.5 else None,
            "That is the share of ones. Where 1 is likely you say 1, and are wrong with "
            "probability $1 - {b}$.",
        ),
        Mistake(
            "both steps weighted alike",
            lambda s, a, b: (a + 1 - b) / 2 if s != 0.5 else None,
            "You took the mean of the two. A share of {s} of all samples lies in the left step.",
        ),
        Mistake(
            "verdicts drawn by chance",
            lambda s, a, b: 2 * s * a * (1 - a) + 2 * (1 - s) * b * (1 - b),
            "That is what you get if you draw your verdict with the same probability as the "
            "machine. Always saying what is more likely is wrong less often.",
        ),
        Mistake(
            "right for wrong",
            lambda answer: 1 - answer,
            "That is how often you are right.",
            almost=True,
        ),
    ],
    hints=[
        "At each $x$ say what is more likely. How often is that wrong, left and right of {s}?",
        "On the left you are wrong with probability {a}, on the right with probability $1 - {b}$. "
        "Weight both by their shares of $x$.",
    ],
    because="At each $x$ the best verdict is wrong with probability $\\min(p, 1 - p)$.",
    solution="Left of {s} you say 0, wrong with probability {a}; right of it 1, wrong with "
    "probability {miss}. So ${s} \\cdot {a} + {rest} \\cdot {miss}$, which is {answer}.",
    shown=lambda s, b: {"rest": round(1 - s, 6), "miss": round(1 - b, 6)},
    core=True,
)

Number(
    "datasets.floor_without_x",
    title="Without looking at x",
    text="The machine is $y = {w} x + 1 + {e} \\, \\varepsilon$ with $x \\sim U(-1, 1)$ and "
    "$\\varepsilon \\sim N(0, 1)$, drawn independently. What is the smallest possible mean "
    "squared error of somebody who may *not* see $x$?",
    values=lambda rng: {
        "w": int(rng.integers(2, 7)),
        "e": float(rng.choice([0.2, 0.3, 0.4, 0.5, 0.6, 0.8])),
    },
    answer=lambda w, e: w**2 / 3 + e**2,
    mistakes=[
        Mistake(
            "x seen",
            lambda e: e**2,
            "That is the floor of somebody who sees $x$: the variance of the noise. Without $x$, "
            "the effect of $x$ on $y$ is noise, too.",
        ),
        Mistake(
            "the noise left out",
            lambda w: w**2 / 3,
            "That is the part that comes from $x$. The noise $\\varepsilon$ comes on top.",
        ),
        Mistake(
            "variance of x taken for 1",
            lambda w, e: w**2 + e**2,
            "A uniform $x$ between $-1$ and 1 has variance 1/3, not 1.",
        ),
        Mistake(
            "variance of U(0, 1)",
            lambda w, e: w**2 / 12 + e**2,
            "1/12 is the variance of a uniform $x$ between 0 and 1. Twice the width has four "
            "times the variance.",
        ),
        Mistake(
            "the slope not squared",
            lambda w, e: w / 3 + e**2,
            "A factor comes out of a variance squared: the slope counts as ${w}^2$.",
        ),
        Mistake(
            "the noise not squared",
            lambda w, e: w**2 / 3 + e,
            "{e} is the standard deviation of the noise. Variances add: take its square.",
        ),
        Mistake(
            "the root taken",
            lambda answer: math.sqrt(answer),
            "That is the root of it, the standard deviation of $y$.",
            almost=True,
        ),
    ],
    hints=[
        "Without $x$ the best prediction is a constant: the mean of $y$. What is left is the "
        "variance of $y$.",
        "A uniform number between $-1$ and 1 has variance 1/3. A factor comes out squared, and "
        "variances of independent parts add.",
    ],
    because="What is left of the best constant is the variance of $y$.",
    solution="The best constant is the mean of $y$, and leaves $\\operatorname{Var}(y) = "
    "{w}^2 \\cdot \\frac{{1}}{{3}} + {e}^2$, which is {answer}. With $x$ it would be {noise}.",
    shown=lambda e: {"noise": round(e**2, 6)},
)

Number(
    "datasets.price_of_memory",
    title="The price of a perfect memory",
    text="$x$ is uniform between 0 and 1, and $p = p(y = 1 \\mid x) = \\sigma({k} (x - 0.5))$. "
    "A model stores very many samples, and gives each new $x$ the label of the nearest stored "
    "one. That one has practically the same $x$, and a label drawn on its own. What is the "
    "model's error rate on new samples?",
    values=lambda rng: {"k": int(rng.integers(3, 21))},
    answer=lambda k: 2 / k * (models.sigmoid(k / 2) - models.sigmoid(-k / 2)),
    mistakes=[
        Mistake(
            "the training error",
            lambda: 0,
            "That is its error on the samples it has stored. A new sample with the same $x$ may "
            "have the other label.",
        ),
        Mistake(
            "the noise floor",
            lambda k: _best_error(k),
            "That is the noise floor, the average of $\\min(p, 1 - p)$. Here the verdict is a "
            "drawn label itself, not the more likely one.",
        ),
        Mistake(
            "one of two cases",
            lambda answer: answer / 2,
            "That is the average of $p (1 - p)$: stored 1, new 0. The other way round is as "
            "likely, and as wrong.",
        ),
        Mistake(
            "twice the floor",
            lambda k: 2 * _best_error(k),
            "Twice the floor is a bound. The error rate itself is the average of $2 p (1 - p)$, "
            "which is smaller, because $2 p (1 - p) \\le 2 \\min(p, 1 - p)$.",
        ),
        Mistake(
            "inner derivative left out",
            lambda answer, k: answer * k,
            "The derivative of $\\sigma({k} (x - 0.5))$ is ${k} \\, p (1 - p)$. So divide by "
            "${k}$.",
        ),
    ],
    hints=[
        "It is wrong where the two labels differ. How likely is that at one $x$?",
        "At one $x$ it is $2 p (1 - p)$. Which function of $x$ has the derivative $p (1 - p)$, "
        "up to a factor?",
        "$p$ itself: $\\frac{{dp}}{{dx}} = {k} \\, p (1 - p)$. So the average is "
        "$\\frac{{2}}{{{k}}}$ times what $p$ gains from $x = 0$ to $x = 1$.",
    ],
    because="The two labels differ with probability $2 p (1 - p)$, here averaged over $x$.",
    solution="At one $x$ the labels differ with probability $2 p (1 - p)$. As "
    "$\\frac{{dp}}{{dx}} = {k} \\, p (1 - p)$, the average is $\\frac{{2}}{{{k}}} "
    "(\\sigma({half}) - \\sigma(-{half}))$, which is {answer}. The floor is {floor:.4f}.",
    shown=lambda k: {"half": k / 2, "floor": _best_error(k)},
)

# ---------------------------------------------------------------------------------------------
# Splitting honestly
# ---------------------------------------------------------------------------------------------

FirstWrongLine(
    "datasets.first_leak",
    title="Where does it leak?",
    text="Somebody predicts an illness from blood values. Which is the first step through which "
    "information from the test set reaches the model?",
    lines=[
        Mistake(
            "one row for each patient doubted",
            "Collect 60 patients, one row for each, with 500 blood values and the label.",
            "With one row for each patient no patient can be in both parts: this is right.",
        ),
        Mistake(
            "a look at the units doubted",
            "Convert all blood values to the same unit, g per litre.",
            "The factor is fixed beforehand. It is not computed from these samples, so nothing "
            "can leak through it.",
        ),
        "Keep the 10 values whose means for ill and healthy differ most over the 60 patients.",
        Mistake(
            "the split itself",
            "Split at random: 30 patients to train, 30 to test.",
            "A random split by patient is right, but it comes too late: something from the test "
            "patients has been used before.",
        ),
        Mistake(
            "scaling with the training part",
            "Scale both parts with the means and standard deviations of the training part.",
            "These numbers come from the training part alone. To use them on both parts is right.",
        ),
        Mistake(
            "a single test",
            "Fit on the training part, and test once.",
            "The test set is used once, at the end: right. The leak is in an earlier step.",
        ),
    ],
    wrong=2,
    hints=[
        "Go through the steps and ask: were samples used here that later lie in the test set?",
        "It happens before the split. Which step before it looks at the labels?",
    ],
    because="The labels of the later test patients help to choose the features.",
    solution="The 10 values are chosen with the labels of all 60 patients, of whom 30 are "
    "tested later. Split first, and choose on the training part. Pure noise gets a test "
    "accuracy of about 80 % in this way.",
    core=True,
)

Choices(
    "datasets.too_good",
    title="Which estimates are too good?",
    text="Six people report how well they predict. Tick every report that is too good because "
    "of a leak.",
    options=[
        Option(
            "An illness; one feature is the number of visits to the specialist in the month "
            "after the diagnosis.",
            True,
            "The label among the features: nobody has this feature at the time of the prediction.",
            "the answer in disguise",
        ),
        Option(
            "The species of plants; ten photographs of each plant, split at random by photograph.",
            True,
            "Twins: photographs of the same plant lie in both parts. Split by plant.",
            "twins",
        ),
        Option(
            "Split; try twenty models on the test set; report the best of the twenty scores.",
            True,
            "Peeking: the best of twenty scores is partly high by chance on this test set. Choose "
            "on a validation set.",
            "peeking",
        ),
        Option(
            "Tomorrow's price; some days are drawn at random as the test set.",
            True,
            "The future: on either side of a test day lie training days. Test on days after the "
            "last training day.",
            "the future",
        ),
        Option(
            "Split; subtract the means of the training part in both parts; fit on the training "
            "part.",
            False,
            "The training means are part of the model, and may be used on anything.",
            "training means",
        ),
        Option(
            "From each feature subtract its mean over all samples, without a look at labels; "
            "split; fit a linear model with a bias by least squares.",
            False,
            "The bias makes up for any shift of the features: the predictions are the same as "
            "without it. What is computed from the labels, as the choice of features, does leak.",
            "means of all samples",
        ),
    ],
    hints=[
        "Ask of each feature: is it known before the label? And of each test sample: has anything "
        "like it been used before?",
        "Subtracting numbers from the features: can a linear model with a bias undo it?",
    ],
    because="Whatever the model will not have when it is used must not reach it before.",
    solution="Four are too good: the visits after the diagnosis, the photographs of one plant in "
    "both parts, the best of twenty scores, and the days at random. Training means are part of the "
    "model. Means over all samples shift the features, and the bias makes up for that; even so, "
    "take them from the training part, because other preparations do harm.",
)

# ---------------------------------------------------------------------------------------------
# In code: one-hot and back
# ---------------------------------------------------------------------------------------------


def _all_columns(labels, n_classes):
    """Set the columns of all labels in every row."""
    Y = np.zeros((len(labels), n_classes))
    Y[:, labels] = 1
    return Y


def _shifted(labels, n_classes):
    """Count the classes from 1."""
    Y = np.zeros((len(labels), n_classes))
    Y[np.arange(len(labels)), labels - 1] = 1
    return Y


def _label_for_one(labels, n_classes):
    """Write the label where a 1 belongs."""
    return labels[:, None] * datasets.one_hot(labels, n_classes)


CodeQuestion(
    "datasets.to_one_hot",
    title="To one-hot rows",
    text="Write the way to one-hot rows. `labels` is an array of whole numbers, shape `(n,)`, "
    "and `n_classes` is $K$. Return an array of shape `(n, K)`. A label that is not among $0, "
    "\\dots, K - 1$ must be refused with a `ValueError`.",
    stub='''
    def to_one_hot(labels, n_classes):
        """Return rows with a single 1, shape (n, n_classes)."""
        ...
    ''',
    reference=datasets.one_hot,
    probes=[
        (np.array([0]), 2),
        (np.array([1]), 2),
        (np.array([1]), 3),
        (np.array([2, 0]), 3),
        (np.array([2, 2]), 3),
        (np.array([1, 2]), 4),
        (np.array([2, 0, 1, 2]), 4),
        (np.array([0, 3, 3, 1, 0]), 4),
        (np.array([6, 0, 2, 2, 5, 1, 4, 3, 6]), 8),
    ],
    draw=lambda rng: (rng.integers(0, 4, 5), 5),
    refuses=[(np.array([3]), 3), (np.array([-1]), 3), (np.array([1, 2, 3, 4]), 4)],
    mistakes=[
        CodeMistake(
            "transposed",
            lambda labels, n_classes: datasets.one_hot(labels, n_classes).T,
            "Your classes are the rows. A sample is a row: shape `(n, K)`.",
            almost=True,
        ),
        CodeMistake(
            "K taken from the labels",
            lambda labels, n_classes: datasets.one_hot(labels, int(labels.max()) + 1),
            "You made columns up to the largest label only. A class that is missing from these "
            "labels still has its column: there are `n_classes`.",
        ),
        CodeMistake(
            "classes that occur only",
            lambda labels, n_classes: (labels[:, None] == np.unique(labels)).astype(float),
            "You made a column for each class that occurs. There are `n_classes` columns, "
            "whether a class occurs or not.",
        ),
        CodeMistake(
            "classes counted from 1",
            _shifted,
            "Your classes begin at 1, and label 0 wraps round to the last column. Class 0 has "
            "column 0.",
        ),
        CodeMistake(
            "the label for the 1",
            (_label_for_one, lambda labels, n_classes: labels[:, None] * np.eye(n_classes)[labels]),
            "You wrote the label where a 1 belongs, so class 0 vanishes and class 2 counts double.",
        ),
        CodeMistake(
            "the columns of all labels",
            _all_columns,
            "`Y[:, labels] = 1` sets these columns in *every* row. Name the rows too: "
            "`Y[np.arange(n), labels] = 1`.",
        ),
        CodeMistake(
            "counts",
            lambda labels, n_classes: datasets.one_hot(labels, n_classes).sum(axis=0),
            "You return how often each class occurs. Return a row for each sample.",
        ),
        CodeMistake(
            "a negative label wraps round",
            lambda labels, n_classes: np.eye(n_classes)[labels],
            "Right for all labels that are allowed. But label −1 counts from the end, and is taken "
            "for the last class without an error. Refuse it.",
            almost=True,
        ),
        CodeMistake(
            "a row without a 1",
            lambda labels, n_classes: (labels[:, None] == np.arange(n_classes)).astype(float),
            "Right for all labels that are allowed. But a label without a column gives a row of "
            "zeros, without an error. Refuse it.",
            almost=True,
        ),
    ],
    hints=[
        "Begin with zeros of the shape `(n, K)`. In row $i$ one entry becomes 1.",
        "`Y[np.arange(len(labels)), labels] = 1` sets one entry in each row.",
        "Before that, compare: `if labels.min() < 0 or labels.max() >= n_classes`, and raise a "
        "`ValueError`.",
    ],
    because="Row $i$ has its 1 in the column of its label, and every other label is refused.",
    solution="Raise a `ValueError` unless all labels lie between 0 and `n_classes - 1`. Then "
    "`np.eye(n_classes)[labels]`: row $c$ of the identity is the one-hot row of class $c$.",
    core=True,
)


def _refusing(Y, sound):
    """Go back where all rows are sound."""
    if not sound.all():
        raise ValueError("Each row must be sound.")
    return Y.argmax(axis=1)


CodeQuestion(
    "datasets.back_from_one_hot",
    title="And back again",
    text="Write the way back. `Y` is a one-hot array of shape `(n, K)`. Return the labels, "
    "shape `(n,)`. Refuse with a `ValueError` what is not one-hot: each row must hold a single "
    "1, and 0 elsewhere.",
    stub='''
    def back_from_one_hot(Y):
        """Return the label of each row, shape (n,)."""
        ...
    ''',
    reference=datasets.from_one_hot,
    probes=[
        (np.eye(2)[[0]],),
        (np.eye(2)[[1]],),
        (np.eye(3)[[1]],),
        (np.eye(3)[[2, 0]],),
        (np.eye(3)[[2, 2]],),
        (np.eye(4)[[2, 0, 1, 2]],),
        (np.eye(4)[[0, 3, 3, 1, 0]],),
        (np.eye(8)[[6, 0, 2, 2, 5, 1, 4, 3, 6]],),
    ],
    draw=lambda rng: (np.eye(5)[rng.integers(0, 5, 4)],),
    refuses=[
        (np.array([[0.0, 0.0, 0.0]]),),
        (np.array([[1.0, 0.0, 1.0]]),),
        (np.array([[0.5, 0.5]]),),
        (np.array([[0.0, 1.0], [2.0, -1.0]]),),
        (np.array([[1.0, 1.0, -1.0]]),),
        (np.array([[0.0, 2.0, 0.0]]),),
    ],
    mistakes=[
        CodeMistake(
            "down the columns",
            lambda Y: Y.argmax(axis=0),
            "You look for the 1 down each *column*. A sample is a row: `axis=1`.",
        ),
        CodeMistake(
            "one place for the whole table",
            lambda Y: Y.argmax(),
            "Without an axis `argmax` looks through the whole table and returns one number. Return "
            "one for each row.",
        ),
        CodeMistake(
            "the largest entry for its place",
            lambda Y: Y.max(axis=1),
            "You return the largest entry of each row, which is always 1. Return its *place*.",
        ),
        CodeMistake(
            "rows for columns",
            lambda Y: np.nonzero(Y)[0],
            "`np.nonzero` returns rows first, then columns. The label is the column.",
        ),
        CodeMistake(
            "classes counted from 1",
            lambda Y: Y.argmax(axis=1) + 1,
            "Your labels begin at 1. The first column is that of class 0.",
        ),
        CodeMistake(
            "places in the flat table",
            lambda Y: np.flatnonzero(Y),
            "Those are places in the table written as one line. The label is the place within "
            "its row.",
        ),
        CodeMistake(
            "takes everything",
            (
                lambda Y: Y.argmax(axis=1),
                lambda Y: (Y @ np.arange(Y.shape[1])).astype(int),
                lambda Y: np.nonzero(Y)[1],
            ),
            "Right for one-hot rows. But (0, 0, 0) and (1, 0, 1) have no label, and you give them "
            "one without an error. Refuse them.",
            almost=True,
        ),
        CodeMistake(
            "sums of rows only",
            lambda Y: _refusing(Y, Y.sum(axis=1) == 1),
            "You check that each row adds up to 1. So do (0.5, 0.5) and (2, −1). Check the "
            "entries, too: each must be 0 or 1.",
            almost=True,
        ),
    ],
    hints=[
        "Where in its row is the largest entry?",
        "`Y.argmax(axis=1)` gives the places. Before that, check that every entry is 0 or 1, "
        "and that every row adds up to 1.",
    ],
    because="The label is the place of the 1, and what has no single 1 has no label.",
    solution="Raise a `ValueError` unless `np.isin(Y, (0, 1)).all()` and `(Y.sum(axis=1) == "
    "1).all()`. Then `Y.argmax(axis=1)`.",
)

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


def _unrelated(result, n, rng):
    """Whether neighbours among many samples have no more in common than strangers."""
    x = _arrays(result)[0]
    return n < 1000 or abs(np.corrcoef(x[:-1], x[1:])[0, 1]) < 0.05  # five standard errors


def _all_different(result, n, rng):
    """Whether hardly any x comes twice."""
    return len(np.unique(_arrays(result)[0])) > 0.9 * n


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
            "x rounded",
            _all_different,
            "The same `x` comes again and again. A number between 0 and 1 has all its digits: "
            "do not round it.",
        ),
        Law(
            "x in order",
            _unrelated,
            "One `x` says something about the next. Samples are drawn independently: do not sort.",
        ),
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
            "`rng.uniform()` is one number, compared with every $x$: all labels depend on it. Draw "
            "`n` of them: `rng.uniform(size=n)`.",
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
            "Your label is 1 with probability $x$: the mean of `y` is 1/2. It must be $x^2$, which "
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
            "You make a generator of your own inside, always with the same seed: every call gives "
            "the same samples. Draw from the `rng` that is given.",
        ),
        CodeMistake(
            "global generator",
            _global_generator,
            "The functions of `np.random` itself, such as `np.random.rand`, draw from a generator "
            "that the whole program shares, so the same `rng` gives other samples each time. Draw "
            "from the `rng` that is given.",
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
            "`(n, n)` without an error. Return shape `(n,)`.",
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
