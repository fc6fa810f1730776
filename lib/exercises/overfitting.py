"""Exercises of the chapter on overfitting."""

import numpy as np
from numpy.polynomial import Polynomial

from lib import losses
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

# ---------------------------------------------------------------------------------------------
# Two losses, two curves
# ---------------------------------------------------------------------------------------------

_THREE = np.array([-1.0, 0.0, 1.0])


def row_of_the_table(rng):
    """Draw a line for the law, targets around it at three inputs, a noise and a degree."""
    slope = int(rng.choice([-3, -2, 2, 3]))
    return {
        "slope": slope,
        "y": slope * _THREE + rng.choice([-1.5, -1.0, -0.5, 0.5, 1.0, 1.5], size=3),
        "sigma": float(rng.choice([0.4, 0.6, 1.2, 2.0])),
        "degree": int(rng.integers(0, 3)),
    }


def heights_at_three(y, degree):
    """Return the heights of the least-squares polynomial at the three inputs."""
    return Polynomial.fit(_THREE, y, degree)(_THREE).round(12)


def two_entries(slope, y, degree):
    """Return the training loss, and the mean squared distance from the fit to the law."""
    heights = heights_at_three(y, degree)
    pairs = ((y, heights), (slope * _THREE, heights))
    return np.array([losses.squared_error(*pair).mean() for pair in pairs])


Vector(
    "overfitting.table_entries",
    title="Two entries of the table",
    text="The input $x$ is $-1$, $0$ or $1$, each with probability $\\frac13$. The target is "
    "${slope} x$ plus noise, which has mean 0, standard deviation {sigma}, and is independent of "
    "$x$. Your three samples have the inputs $(-1, 0, 1)$ and the targets {y}. You fit a "
    "polynomial of degree {degree} by least squares. Write its row of the table, with the squared "
    "error as the loss: (training loss, expected loss).",
    values=row_of_the_table,
    answer=lambda slope, y, sigma, degree: two_entries(slope, y, degree) + [0, sigma**2],
    mistakes=[
        Mistake(
            "noise of fresh targets left out",
            lambda slope, y, degree: two_entries(slope, y, degree),
            "The second number is the distance to the law alone. A fresh target is not on the law: "
            "the variance of the noise comes on top.",
        ),
        Mistake(
            "noise added twice",
            lambda slope, y, sigma, degree: two_entries(slope, y, degree) + sigma**2,
            "You added the noise to the training loss, too. The old targets contain their noise "
            "already.",
        ),
        Mistake(
            "standard deviation for variance",
            lambda slope, y, sigma, degree: two_entries(slope, y, degree) + [0, sigma],
            "The mean of the squared noise is its *variance*, the square of the standard "
            "deviation.",
        ),
        Mistake(
            "distance to the old targets",
            lambda slope, y, sigma, degree: two_entries(slope, y, degree)[0] + [0, sigma**2],
            "For the expected loss you compared the curve with the old targets. Fresh targets lie "
            "around the *law*: compare with that.",
        ),
        Mistake(
            "sums for means",
            lambda slope, y, sigma, degree: 3 * two_entries(slope, y, degree) + [0, sigma**2],
            "You added up the three squares. Both losses are means: divide by 3.",
        ),
        Mistake(
            "one parameter too few",
            lambda slope, y, sigma, degree: (
                two_entries(slope, y, degree - 1) + [0, sigma**2] if degree else None
            ),
            "That is the row of the degree below. Degree {degree} has {parameters} parameters, "
            "because the constant counts, too.",
        ),
        Mistake(
            "the two swapped",
            lambda answer: answer[::-1],
            "Those are the right numbers in the other order. The training loss comes first.",
            almost=True,
        ),
    ],
    hints=[
        "First the heights of the curve at the three inputs. Degree 0 is the mean of the targets; "
        "degree 1 adds the slope $\\sum x_i y_i / \\sum x_i^2$; degree 2 meets all three.",
        "Training loss: the mean squared distance from the heights to your targets. Expected "
        "loss: the mean squared distance to the law, plus the variance of the noise.",
    ],
    because="The training loss compares the curve with the old targets, the expected loss with "
    "the law, and adds the noise of fresh targets.",
    solution="The curve has the heights {heights:.4f}. From the targets {y} it has the mean "
    "squared distance {training:.4f}, the training loss. From the law, {law}, it has the mean "
    "squared distance {distance:.4f}. The noise adds {sigma}² = {variance}: the expected loss is "
    "{expected:.4f}.",
    shown=lambda slope, y, sigma, degree, answer: {
        "heights": heights_at_three(y, degree),
        "law": slope * _THREE,
        "parameters": degree + 1,
        "training": answer[0],
        "distance": two_entries(slope, y, degree)[1],
        "variance": sigma**2,
        "expected": answer[1],
    },
    core=True,
)

Order(
    "overfitting.too_low",
    title="Why the training loss is too low",
    text="Put the lines in order: they prove that the lowest training loss is, on average, at most "
    "the lowest expected loss. One line does not belong.",
    lines=[
        "Take any fixed $\\theta$; it does not depend on the dataset.",
        "For each dataset, $\\min_{\\theta'} L(\\theta' \\mid D) \\le L(\\theta \\mid D)$.",
        "Average both sides over all datasets.",
        "The right side is now the expected loss of $\\theta$, because each sample has the "
        "distribution $P$.",
        "So the left side is at most the expected loss of every fixed $\\theta$.",
        "It is therefore at most the smallest of them.",
    ],
    mistakes=[
        Mistake(
            "fitted parameters taken as fixed",
            "The average of $L(\\hat\\theta \\mid D)$ over datasets is the expected loss of the "
            "fitted $\\hat\\theta$.",
            "That line is false: the fitted parameters depend on the dataset, so its mean loss "
            "on that dataset is no expected loss. The proof needs a *fixed* $\\theta$.",
        ),
        Mistake(
            "averaged before there is an inequality",
            (2, 1),
            "Both sides of an inequality are averaged: it must stand there first.",
        ),
        Mistake(
            "expected loss before the average",
            (3, 2),
            "The right side becomes an expected loss only by averaging over datasets.",
        ),
        Mistake(
            "smallest before every",
            (5, 4),
            "The bound for the smallest follows from the bound for every $\\theta$.",
        ),
        Mistake(
            "inequality before its parameters",
            (1, 0),
            "The inequality compares the minimum with the loss of a $\\theta$. Which one? Say it "
            "first.",
        ),
    ],
    hints=[
        "Start with parameters that do not depend on the data.",
        "A minimum is at most any value. What do you get when you average that?",
    ],
    because="A minimum is at most the value at any fixed $\\theta$, and averages keep the order.",
    solution="Fix a $\\theta$, compare the minimum with it, average over datasets, and note that "
    "this works for every $\\theta$. The line about the fitted parameters is false.",
    core=True,
)


def overfitted(rng):
    """Draw two losses of a model that overfits, and the noise between them."""
    noise = round(float(rng.uniform(0.1, 0.4)), 2)
    training = round(noise * float(rng.uniform(0.05, 0.2)), 3)
    return {
        "training": training,
        "validation": round(noise * float(rng.uniform(4, 9)), 2),
        "noise": noise,
    }


Choice(
    "overfitting.diagnosis",
    title="Read two numbers",
    text="A model has the training loss {training} and the validation loss {validation}, each the "
    "mean of many samples. The noise is known to cost {noise}. What is the diagnosis?",
    values=overfitted,
    right="It overfits: the curve describes the noise of the training set.",
    wrong=[
        Mistake(
            "underfitting",
            "It underfits: the validation loss is high, so more capacity is needed.",
            "A model that underfits has a high *training* loss, too. This one pays less than the "
            "noise on its training set.",
        ),
        Mistake(
            "a good fit",
            "It is a good fit: the training loss is even below the noise.",
            "Fresh samples cost at least {noise} on average, whoever predicts them. A training "
            "loss below that is a loss that has learned the noise of its own samples.",
        ),
        Mistake(
            "bad luck",
            "It is bad luck with the validation set; take another.",
            "Both losses are means of many samples, and they differ by a factor of more than 20. "
            "Luck does not do that.",
        ),
        Mistake(
            "learning rate",
            "The learning rate is too large: the loss did not converge.",
            "A learning rate that is too large shows in the training loss, and that is low.",
        ),
    ],
    hints=["Compare each of the two with the noise."],
    because="The training loss is below the noise, the validation loss far above it.",
    solution="The training loss, {training}, is below the noise, {noise}: the model has fitted the "
    "noise of its samples. The validation loss, {validation}, is far above. That is overfitting.",
    core=True,
)

# ---------------------------------------------------------------------------------------------
# Split, choose, report
# ---------------------------------------------------------------------------------------------


def candidates(rng):
    """Draw three losses of degrees 1 to 6; each list has its minimum elsewhere."""
    degrees = np.arange(1, 7)
    best, lucky = rng.choice([2, 3, 4, 5], size=2, replace=False)
    training = np.round(np.sort(rng.uniform(0.01, 0.6, 6))[::-1], 3)
    validation = np.round(0.2 + 0.1 * np.abs(degrees - best) + rng.uniform(0, 0.04, 6), 3)
    test = np.round(0.22 + 0.1 * np.abs(degrees - lucky) + rng.uniform(0, 0.04, 6), 3)
    return {"training": training, "validation": validation, "test": test}


def degree_of(losses):
    """Return the degree with the lowest loss."""
    return int(np.argmin(losses)) + 1


Number(
    "overfitting.choose",
    title="Choose a degree",
    text="Polynomials of degree 1, 2, …, 6 were fitted. In this order the training losses are "
    "{training}, the validation losses {validation} and, computed too early by somebody, the "
    "test losses {test}. Which degree do you choose?",
    values=candidates,
    answer=lambda validation: degree_of(validation),
    mistakes=[
        Mistake(
            "lowest training loss",
            lambda training: degree_of(training),
            "That degree has the lowest *training* loss. A higher degree never raises it, so it "
            "cannot choose.",
        ),
        Mistake(
            "chosen on the test set",
            lambda test: degree_of(test),
            "That degree has the lowest *test* loss. A test set that chooses cannot report any "
            "more: the number would be too low on average.",
        ),
        Mistake(
            "highest validation loss",
            lambda validation: int(np.argmax(validation)) + 1,
            "There the validation loss is highest. A loss is low where the model is good.",
        ),
        Mistake(
            "counted from 0",
            lambda validation: int(np.argmin(validation)),
            "You counted from 0: the first number belongs to degree 1.",
            almost=True,
        ),
    ],
    hints=["Each of the three sets has one job. Which one chooses?"],
    because="The validation set chooses; the test set reports, once, afterwards.",
    solution="The validation loss is lowest, {lowest}, at degree {answer}. The training loss would "
    "prefer the largest degree, and the test losses should not have been looked at yet.",
    shown=lambda validation: {"lowest": validation.min()},
    core=True,
)


def test_losses(rng):
    """Draw losses of four test samples, which make a mean and a deviation of few digits."""
    return {"losses": np.round(rng.uniform(0.05, 1.5, size=4), 1)}


Vector(
    "overfitting.report",
    title="Report once",
    text="The chosen model has the losses {losses} on the four samples of a small test set. Report "
    "two numbers: the mean loss, and its standard error.",
    values=test_losses,
    answer=lambda losses: [losses.mean(), losses.std(ddof=1) / 2],
    mistakes=[
        Mistake(
            "standard deviation for standard error",
            lambda losses: [losses.mean(), losses.std(ddof=1)],
            "The second number is the standard deviation of one loss. The standard error is that "
            "of their *mean*: divide by $\\sqrt{{n}}$.",
        ),
        Mistake(
            "divided by n",
            lambda losses: [losses.mean(), losses.std(ddof=1) / 4],
            "You divided the standard deviation by $n$. The mean of $n$ samples scatters less by "
            "$\\sqrt{{n}}$.",
        ),
        Mistake(
            "n for n minus 1",
            lambda losses: [losses.mean(), losses.std() / 2],
            "The squares were divided by $n$. The mean was computed from the same four losses, so "
            "divide by $n - 1$ before you take the root.",
            almost=True,
        ),
        Mistake(
            "variance for standard deviation",
            lambda losses: [losses.mean(), losses.var(ddof=1) / 2],
            "The root is missing: you divided the variance by 2.",
        ),
        Mistake(
            "sum for mean",
            lambda losses: [losses.sum(), losses.std(ddof=1) / 2],
            "The first number is the sum of the losses. The report is their mean.",
        ),
    ],
    hints=[
        "Standard error: the standard deviation, divided by $\\sqrt{{n}}$.",
        "For the standard deviation divide the squares by $n - 1 = 3$.",
    ],
    because="A loss without an error bar does not say how far it may be trusted.",
    solution="The mean is {mean:.4f}. The squared deviations add up to {squares:.4f}; divided by 3 "
    "and rooted that is {deviation:.4f}. Divided by $\\sqrt{{4}}$ it is {error:.4f}. In full: "
    "{answer:.4f}.",
    shown=lambda losses: {
        "mean": losses.mean(),
        "squares": np.sum((losses - losses.mean()) ** 2),
        "deviation": losses.std(ddof=1),
        "error": losses.std(ddof=1) / 2,
    },
    draws_on=("datasets",),
    core=True,
)


def left_out_errors(y):
    """Return the error of each label, predicted by the mean of the others."""
    return np.array([y[i] - np.delete(y, i).mean() for i in range(len(y))])


Number(
    "overfitting.leave_one_out",
    title="Cross-validation by hand",
    text="The model is one constant, the mean of the labels it is fitted to. The labels are $y = "
    "{y}$. Each sample is a fold of its own: it is predicted by the model that was fitted to the "
    "three others. What is the cross-validated mean squared error?",
    values=lambda rng: {"y": np.sort(rng.choice(np.arange(0, 13), size=4, replace=False)) * 1.0},
    answer=lambda y: np.mean(left_out_errors(y) ** 2),
    mistakes=[
        Mistake(
            "training loss",
            lambda y: y.var(),
            "That is the training loss: each label helped to compute the mean that predicts it. "
            "Leave it out.",
        ),
        Mistake(
            "sum for mean",
            lambda y: np.sum(left_out_errors(y) ** 2),
            "That is the sum over the four folds. Divide by their number.",
        ),
        Mistake(
            "mean absolute error",
            lambda y: np.mean(np.abs(left_out_errors(y))),
            "Those are the sizes of the errors. Square each before you take the mean.",
        ),
        Mistake(
            "root of the mean",
            lambda answer: np.sqrt(answer),
            "That is the root of it. The mean *squared* error was asked.",
            almost=True,
        ),
        Mistake(
            "variance with n minus 1",
            lambda y: y.var(ddof=1),
            "That is the variance with $n - 1$. It estimates the variance of the labels, but it is "
            "not the loss on labels that were left out.",
        ),
    ],
    hints=[
        "Without the first label the model predicts the mean of the three others.",
        "Compute the four errors, square them, and take the mean.",
    ],
    because="Each label is predicted by a mean that has not seen it.",
    solution="The means without each label are {means:.4f}, the errors {errors:.4f}. The mean of "
    "their squares is {answer:.4f}. The training loss would be {training:.4f}.",
    shown=lambda y: {
        "means": y - left_out_errors(y),
        "errors": left_out_errors(y),
        "training": y.var(),
    },
    core=True,
)


def losses_of_folds(rng):
    """Draw losses on three folds of degrees 1 to 5: one is good, one has luck, one a good start."""
    best, lucky, start, *_ = rng.permutation(5)
    table = rng.uniform(0.5, 0.9, size=(5, 3))
    table[best] = rng.uniform(0.25, 0.35, size=3)
    table[lucky, rng.integers(1, 3)] = rng.uniform(0.1, 0.15)
    table[start, 0] = rng.uniform(0.17, 0.22)
    return {"table": np.round(table, 2)}


Number(
    "overfitting.degree_by_folds",
    title="Choose a degree by cross-validation",
    text="Polynomials of degree 1, 2, 3, 4 and 5 are compared by cross-validation with three folds "
    "of the same size. The losses, one degree a row and one fold a column, are {table}. Which "
    "degree do you choose?",
    values=losses_of_folds,
    answer=lambda table: degree_of(table.mean(axis=1)),
    mistakes=[
        Mistake(
            "one lucky fold",
            lambda table: degree_of(table.min(axis=1)),
            "That degree has the lowest loss on *one* fold. Look at its two others: the folds are "
            "averaged first.",
        ),
        Mistake(
            "the first fold alone",
            lambda table: degree_of(table[:, 0]),
            "You looked at the first fold alone. That is one small validation set; the mean over "
            "all folds uses every sample.",
        ),
        Mistake(
            "highest mean",
            lambda table: degree_of(-table.mean(axis=1)),
            "There the mean is highest. A loss is low where the model is good.",
        ),
        Mistake(
            "counted from 0",
            lambda answer: answer - 1,
            "You counted from 0: the first row belongs to degree 1.",
            almost=True,
        ),
    ],
    hints=["Make one number out of each row first."],
    because="Every sample is held out once, so the mean over the folds compares the degrees on all "
    "samples.",
    solution="The means of the rows are {means:.4f}. The lowest is that of degree {answer}.",
    shown=lambda table: {"means": table.mean(axis=1)},
    core=True,
)

Choices(
    "overfitting.which_leak",
    title="Which of them leak?",
    text="A number is reported as the expected loss of a model. Tick each habit that makes it too "
    "low on average.",
    options=[
        Option(
            "Of a thousand features the ten are kept that go best with the labels of all samples; "
            "then the data are split.",
            True,
            "The labels of the test samples had a part in the choice. Split first, and choose the "
            "features on the training set.",
            "features chosen before the split",
        ),
        Option(
            "The penalty is chosen on the validation set.",
            False,
            "That is what a validation set is for. The loss is reported on the test set.",
            "penalty on the validation set",
        ),
        Option(
            "Training stops at the step with the lowest test loss.",
            True,
            "The step is chosen, too. The test set chose it, so its lowest loss is a minimum over "
            "steps.",
            "early stopping on the test set",
        ),
        Option(
            "The validation loss of the best of fifty models is reported.",
            True,
            "It is a minimum over fifty losses on the same samples: too low on average.",
            "the winner's validation loss",
        ),
        Option(
            "Several photographs of each person are split at random.",
            True,
            "The same person stands in both parts. Split by person: in use the persons are new.",
            "twins",
        ),
        Option(
            "After the choice, the chosen model is fitted again to training and validation set "
            "together.",
            False,
            "The test set still has no part in it. As a rule the fit gets better with more data.",
            "fitted again",
        ),
    ],
    hints=["Ask of each: did a sample of the reported loss take part in a fit or in a choice?"],
    because="Four of them let the samples that report take part in a fit or in a choice.",
    solution="Features chosen before the split, early stopping on the test set, the winner's "
    "validation loss and twins make the number too low. Choosing the penalty on the "
    "validation set, and fitting again before the one look at the test set, are honest.",
    draws_on=("datasets",),
    core=True,
)

# ---------------------------------------------------------------------------------------------
# Remedies
# ---------------------------------------------------------------------------------------------


def ridge_points(rng):
    """Draw three centred inputs, targets, and a penalty."""
    half = int(rng.integers(1, 4))
    y = rng.integers(-5, 6, size=3) * 1.0
    if y[0] == y[2]:
        y[2] += 2.0
    return {
        "x": np.array([-half, 0.0, half]),
        "y": y,
        "penalty": float(rng.choice([0.5, 1.0, 2.0])),
    }


Number(
    "overfitting.ridge_slope",
    title="Ridge by hand",
    text="The inputs are $x = {x}$, with mean 0, and the targets $y = {y}$. You minimise "
    "$\\frac13 \\sum_i (y_i - b - w x_i)^2 + \\lambda w^2$ with $\\lambda = {penalty}$. Which "
    "slope $w$ is best?",
    values=ridge_points,
    answer=lambda x, y, penalty: x @ y / (x @ x + 3 * penalty),
    mistakes=[
        Mistake(
            "penalty not multiplied by n",
            lambda x, y, penalty: x @ y / (x @ x + penalty),
            "The loss is a *mean* over three samples: multiplied by 3 it has $3 \\lambda$ in the "
            "place of $\\lambda$.",
        ),
        Mistake(
            "no penalty",
            lambda x, y: x @ y / (x @ x),
            "That is the slope of least squares, without a penalty.",
        ),
        Mistake(
            "penalty subtracted",
            lambda x, y, penalty: x @ y / (x @ x) - penalty,
            "The penalty does not take a fixed amount off the slope. It stands in the denominator.",
        ),
        Mistake(
            "half the penalty",
            lambda x, y, penalty: x @ y / (x @ x + 1.5 * penalty),
            "The derivative of $\\lambda w^2$ is $2 \\lambda w$, and that of the squares has a 2, "
            "too. Both cancel.",
        ),
        Mistake(
            "mean product only",
            lambda x, y: x @ y / 3,
            "That is the mean of the products $x_i y_i$. It is still to be divided by the mean "
            "square of the inputs plus $\\lambda$.",
        ),
    ],
    hints=[
        "The inputs have mean 0, so the best $b$ is the mean of the targets, for every $w$.",
        "Set the derivative in $w$ to 0: $w\\,(\\sum x_i^2 + n \\lambda) = \\sum x_i y_i$.",
    ],
    because="$\\sum x_i y_i$ is divided by $\\sum x_i^2 + n \\lambda$: the penalty makes the slope "
    "smaller.",
    solution="$\\sum x_i y_i = {products}$ and $\\sum x_i^2 = {squares}$, so $w = {products} / "
    "({squares} + 3 \\cdot {penalty}) = {answer:.4f}$. Without the penalty it is {plain:.4f}.",
    shown=lambda x, y: {"products": x @ y, "squares": x @ x, "plain": x @ y / (x @ x)},
    core=True,
    draws_on=("matrix_calculus",),
)


def validation_curve(rng):
    """Draw a validation loss that rises in the first step, then falls, and rises again."""
    turn = int(rng.integers(3, 6))
    steps = np.arange(9)
    curve = 0.3 + 0.08 * np.abs(steps - turn) + rng.uniform(0, 0.02, 9)
    curve[1] = curve[0] + 0.03  # a small rise at the start
    return {"validation": np.round(curve, 2)}


Number(
    "overfitting.early_stopping",
    title="Where to stop",
    text="The validation loss before the first step and after each of eight steps is {validation}. "
    "The training loss falls in every step. After how many steps are the parameters that early "
    "stopping keeps?",
    values=validation_curve,
    answer=lambda validation: int(np.argmin(validation)),
    mistakes=[
        Mistake(
            "the last step",
            lambda: 8,
            "There the *training* loss is lowest. Early stopping looks at the validation loss.",
        ),
        Mistake(
            "the first rise",
            lambda: 0,
            "A validation loss is an estimate and may rise by luck. Keep watching: it falls again, "
            "and further.",
        ),
        Mistake(
            "counted from 1",
            lambda validation: int(np.argmin(validation)) + 1,
            "The first number stands before any step: count from 0.",
            almost=True,
        ),
        Mistake(
            "the highest loss",
            lambda validation: (
                int(np.argmax(validation)) if np.argmax(validation) not in (0, 8) else None
            ),
            "There the validation loss is highest.",
        ),
    ],
    hints=["Find the lowest number of the list. How many steps were made before it?"],
    because="The parameters of the lowest validation loss are kept, whatever came after.",
    solution="The lowest validation loss is {lowest}, after {answer} steps. The later steps lower "
    "the training loss only.",
    shown=lambda validation: {"lowest": validation.min()},
    core=True,
)

# ---------------------------------------------------------------------------------------------
# Deeper
# ---------------------------------------------------------------------------------------------


def sizes_and_noise(rng):
    """Draw how many parameters and samples there are, and the noise."""
    p = int(rng.integers(2, 9))
    return {
        "p": p,
        "n": p * int(rng.integers(2, 7)) + int(rng.integers(1, 5)),
        "sigma": float(rng.choice([0.5, 2.0, 3.0])),
    }


Number(
    "overfitting.optimism",
    title="How much too low?",
    text="A linear model with $p = {p}$ parameters is fitted by least squares to $n = {n}$ "
    "samples. The law is in the model, and no column of features is a combination of the others. "
    "The noise of the samples is independent, with standard deviation $\\sigma = {sigma}$. "
    "What is the mean squared error on the training set, on average over datasets?",
    values=sizes_and_noise,
    answer=lambda p, n, sigma: sigma**2 * (1 - p / n),
    mistakes=[
        Mistake(
            "loss on fresh targets",
            lambda p, n, sigma: sigma**2 * (1 + p / n),
            "That is the mean loss on *fresh* targets at the same inputs. On the training set the "
            "sign is the other.",
        ),
        Mistake(
            "the noise alone",
            lambda sigma: sigma**2,
            "That is the noise, which the true curve would pay. The fitted curve pays less on its "
            "own samples.",
        ),
        Mistake(
            "standard deviation for variance",
            lambda p, n, sigma: sigma * (1 - p / n),
            "Squared errors have the *variance* of the noise, $\\sigma^2$.",
        ),
        Mistake(
            "the gap",
            lambda p, n, sigma: 2 * p * sigma**2 / n,
            "That is the gap between the loss on fresh targets and the training loss.",
        ),
        Mistake(
            "sum for mean",
            lambda p, n, sigma: sigma**2 * (n - p),
            "That is the *sum* of the squared errors. Divide by $n$.",
        ),
    ],
    hints=[
        "The sum of the squared residuals is $\\sigma^2 (n - p)$ on average.",
        "Divide by $n$.",
    ],
    because="The residuals are the noise without its projection on $p$ dimensions.",
    solution="$\\sigma^2 (1 - p / n) = {variance} \\cdot (1 - {p} / {n}) = {answer:.4f}$. Fresh "
    "targets at the same inputs cost {fresh:.4f}.",
    shown=lambda p, n, sigma: {"variance": sigma**2, "fresh": sigma**2 * (1 + p / n)},
)

FirstWrongLine(
    "overfitting.bias_variance_derivation",
    title="A derivation with a mistake",
    text="Somebody derives bias and variance at one input. $y = f + \\varepsilon$ is a fresh "
    "target, $\\hat{y}$ the prediction of a model fitted to a random dataset, $\\bar{y}$ the mean "
    "of $\\hat{y}$ over datasets. Which is the first wrong line?",
    lines=[
        Mistake(
            "the parts doubted",
            "$y - \\hat{y} = \\varepsilon + (f - \\bar{y}) + (\\bar{y} - \\hat{y})$",
            "This is right: $\\bar{y}$ is added and subtracted.",
        ),
        Mistake(
            "noise and fit doubted",
            "$\\varepsilon$ and $\\hat{y}$ are independent, because the target is fresh.",
            "This is right: the dataset was drawn without a look at the fresh target.",
        ),
        Mistake(
            "mixed product with the noise doubted",
            "$\\mathbb{E}[\\varepsilon\\,(\\bar{y} - \\hat{y})] = 0$",
            "This is right: the two are independent, and $\\varepsilon$ has mean 0.",
        ),
        "$\\mathbb{E}[(f - \\bar{y})^2] = 0$, because $\\bar{y}$ is the mean of the fits.",
        Mistake(
            "the last line",
            "So $\\mathbb{E}[(y - \\hat{y})^2] "
            "= \\sigma^2 + \\mathbb{E}[(\\hat{y} - \\bar{y})^2]$.",
            "This follows from the line before it. A straight line fitted to a sine should make "
            "you doubt that one.",
        ),
    ],
    wrong=3,
    hints=["Think of lines that are fitted to a sine. Is their mean the sine?"],
    because="$\\bar{y}$ is the mean of the fits, and that need not be $f$: the difference is the "
    "bias.",
    solution="$f - \\bar{y}$ is a fixed number, the bias, and its square stays. It is 0 only where "
    "the model hits the law on average.",
    draws_on=("datasets",),
)

# ---------------------------------------------------------------------------------------------
# Code
# ---------------------------------------------------------------------------------------------


def _ridge(A, y, penalties):
    """Solve the equations of ridge with a penalty for each weight."""
    return np.linalg.solve(A.T @ A + len(y) * np.diag(penalties), A.T @ y)


def _penalised(matrix_of):
    """Make a wrong solution from what it adds to the normal equations."""
    return lambda A, y, penalties: np.linalg.solve(
        A.T @ A + matrix_of(len(y), np.asarray(penalties)), A.T @ y
    )


_COLUMNS = np.array([[1.0, -1.0], [1.0, 0.0], [1.0, 1.0], [1.0, 2.0]])
_LONG = np.vander(np.linspace(-1, 1, 9), 7, increasing=True)
_WIDE = np.array([[1.0, 2.0, 0.5], [1.0, -1.0, 3.0]])

CodeQuestion(
    "overfitting.ridge",
    title="A penalty for each weight",
    text="Generalise ridge: each weight gets a penalty of its own, and 0 leaves it free. `A` has "
    "shape `(n, p)`, `y` has shape `(n,)`, and `penalties` holds $\\lambda_1, \\dots, \\lambda_p$. "
    "Return the `theta` of shape `(p,)` that minimises $\\frac1n \\lVert y - A\\theta \\rVert^2 + "
    "\\sum_k \\lambda_k \\theta_k^2$.",
    stub='''
    def weighted_ridge(A, y, penalties):
        """Return the weights with the least penalised loss."""
        ...
    ''',
    reference=_ridge,
    probes=[
        (_COLUMNS, np.array([1.0, 0.0, 2.0, 4.0]), np.array([0.0, 0.5])),
        (_COLUMNS, np.array([1.0, 0.0, 2.0, 4.0]), np.array([0.0, 0.0])),
        (_COLUMNS, np.array([3.0, 3.0, 3.0, 3.0]), np.array([0.0, 10.0])),
        (_COLUMNS, np.array([-2.0, 5.0, 0.0, 1.0]), np.array([2.0, 0.1])),
        (_WIDE, np.array([1.0, -2.0]), np.array([0.0, 0.1, 0.3])),
        (np.array([[1.0], [1.0], [1.0]]), np.array([1.0, 2.0, 6.0]), np.array([2.0])),
        (_LONG, np.arange(9.0) % 4, np.array([0.0, 0.1, 0.3, 0.2, 1.0, 2.0, 0.5])),
    ],
    draw=lambda rng: (
        np.column_stack([np.ones(6), rng.normal(size=(6, 2)).round(2)]),
        rng.normal(size=6).round(2),
        rng.uniform(0.05, 2.0, size=3).round(2),
    ),
    mistakes=[
        CodeMistake(
            "penalty not multiplied by n",
            _penalised(lambda n, penalties: np.diag(penalties)),
            "The loss is a mean over $n$ samples. Multiply all by $n$: the penalty becomes "
            "$n \\lambda_k$.",
            almost=True,
        ),
        CodeMistake(
            "half the penalty",
            _penalised(lambda n, penalties: n * np.diag(penalties) / 2),
            "Both terms have the factor 2 in their derivatives, so it cancels: $n \\lambda_k$, not "
            "half of it.",
            almost=True,
        ),
        CodeMistake(
            "penalties added everywhere",
            (
                _penalised(lambda n, penalties: n * penalties),
                _penalised(lambda n, penalties: n * penalties[:, None]),
            ),
            "Broadcasting adds the penalties to whole rows or columns of the matrix. They belong "
            "on its diagonal: `np.diag(penalties)`.",
        ),
        CodeMistake(
            "one penalty for all",
            (
                _penalised(lambda n, penalties: n * np.mean(penalties) * np.eye(len(penalties))),
                _penalised(lambda n, penalties: n * np.sum(penalties) * np.eye(len(penalties))),
                _penalised(lambda n, penalties: n * penalties[-1] * np.eye(len(penalties))),
            ),
            "You give all weights the same penalty. Each has its own.",
        ),
        CodeMistake(
            "the bias always free",
            _penalised(lambda n, penalties: n * np.diag([0.0, *penalties[1:]])),
            "You leave the first weight free. Here it has a penalty, which may be 0.",
        ),
        CodeMistake(
            "no penalty",
            (
                lambda A, y, penalties: np.linalg.lstsq(A, y, rcond=None)[0],
                lambda A, y, penalties: np.linalg.pinv(A) @ y,
            ),
            "Your function does not use the penalties: that is least squares.",
        ),
        CodeMistake(
            "penalty of the wrong sign",
            _penalised(lambda n, penalties: -n * np.diag(penalties)),
            "Your penalty is subtracted: it makes weights larger. It is added to $A^T A$.",
        ),
        CodeMistake(
            "penalty squared",
            _penalised(lambda n, penalties: n * np.diag(penalties**2)),
            "You use the squares of the penalties.",
        ),
    ],
    hints=[
        "Set the gradient to zero: the first term gives $\\frac2n A^T (A\\theta - y)$, the second "
        "$2 \\lambda_k \\theta_k$ in place $k$.",
        "$(A^T A + n \\Lambda)\\,\\theta = A^T y$ with the penalties on the diagonal of "
        "$\\Lambda$.",
    ],
    because="The penalties, times $n$, stand on the diagonal that is added to $A^T A$.",
    solution="`np.linalg.solve(A.T @ A + len(y) * np.diag(penalties), A.T @ y)`.",
    core=True,
    draws_on=("matrix_calculus",),
)


def _held_out(predict):
    """Make a cross-validation from the way in which a fold is predicted."""

    def losses(y, fold):
        found = np.empty(len(y))
        for k in np.unique(fold):
            found[fold == k] = (y[fold == k] - predict(y, fold == k)) ** 2
        return found

    return losses


_cross_validated = _held_out(lambda y, inside: y[~inside].mean())

CodeQuestion(
    "overfitting.cross_validation",
    title="Your own cross-validation",
    text="The model is one constant, the mean of the targets it is fitted to. `fold` says for each "
    "sample in which fold it is: for example, `fold = [0, 1, 0]` puts the first and the last "
    "sample into fold 0. Return the squared error of each sample, shape `(n,)`, predicted by the "
    "model that was fitted to all samples of the *other* folds.",
    stub='''
    def held_out_losses(y, fold):
        """Return the squared error of each sample, left out with its fold."""
        ...
    ''',
    reference=_cross_validated,
    probes=[
        (np.array([1.0, 3.0]), np.array([0, 1])),
        (np.array([0.0, 0.0, 6.0]), np.array([1, 1, 0])),
        (np.array([1.0, 2.0, 4.0, 9.0]), np.array([0, 1, 1, 0])),
        (np.array([5.0, 5.0, 5.0, 5.0]), np.array([2, 0, 2, 2])),
        (np.array([1.0, 2.0, 3.0, 4.0, 10.0]), np.array([0, 2, 1, 2, 0])),
        (np.array([4.0, 1.0, 7.0, 2.0, 0.0, 3.0, 9.0, 5.0]), np.array([3, 0, 5, 6, 1, 4, 2, 6])),
    ],
    draw=lambda rng: (rng.normal(size=7).round(2), rng.permutation([0, 0, 0, 1, 1, 2, 2])),
    mistakes=[
        CodeMistake(
            "fitted to all samples",
            _held_out(lambda y, inside: y.mean()),
            "You predict with the mean of *all* targets: each sample has a part in its own "
            "prediction. Leave its fold out.",
        ),
        CodeMistake(
            "fitted to the fold itself",
            _held_out(lambda y, inside: y[inside].mean()),
            "You fit to the fold that you predict. It is the one to be left out.",
        ),
        CodeMistake(
            "only the sample itself left out",
            lambda y, fold: left_out_errors(y) ** 2,
            "You leave out one sample at a time. The whole fold must be left out.",
        ),
        CodeMistake(
            "the mean of all losses",
            lambda y, fold: _cross_validated(y, fold).mean(),
            "You return the mean. Asked is one loss for each sample: with them the standard error "
            "can be computed.",
            almost=True,
        ),
        CodeMistake(
            "in the order of the folds",
            lambda y, fold: _cross_validated(y, fold)[np.argsort(fold, kind="stable")],
            "The losses are right but stand in the order of the folds. Put each at the index of "
            "its sample.",
            almost=True,
        ),
        CodeMistake(
            "one loss a fold",
            lambda y, fold: np.array(
                [_cross_validated(y, fold)[fold == k].mean() for k in np.unique(fold)]
            ),
            "You return one mean for each fold. Asked is one loss for each sample.",
        ),
        CodeMistake(
            "errors not squared",
            (
                lambda y, fold: np.sqrt(_cross_validated(y, fold)),
                lambda y, fold: np.array([y[i] - y[fold != fold[i]].mean() for i in range(len(y))]),
            ),
            "You return the errors. Square them.",
            almost=True,
        ),
    ],
    hints=[
        "Start with `losses = np.empty(len(y))` and fill the places of one fold after the other.",
        "`fold == k` marks the samples of fold `k`; `~(fold == k)`, or `fold != k`, the others.",
    ],
    because="Each sample is predicted by a mean that has not seen its fold.",
    solution="For each `k` in `np.unique(fold)`: `losses[fold == k] = (y[fold == k] - y[fold != "
    "k].mean()) ** 2`.",
    core=True,
)
