"""Questions of the chapter *Loss functions*."""

import math

import numpy as np

from lib import losses, models
from lib.exercises.base import (
    Choice,
    Choices,
    FirstWrongLine,
    Matrix,
    Mistake,
    Number,
    Option,
    Order,
    Shape,
    Vector,
)
from lib.exercises.code import CodeMistake, CodeQuestion

# ---------------------------------------------------------------------------------------------
# Predict first
# ---------------------------------------------------------------------------------------------

WAITING = np.array([1.0, 2.0, 2.0, 3.0, 12.0])
WORSE = np.array([1.0, 2.0, 2.0, 3.0, 1002.0])
MULTIPLES = np.array([1, 2, 3, 4, 9])


def best_for_huber(labels, delta=1.0):
    """Find the constant at which the clipped residuals balance, by halving."""
    low, high = labels.min(), labels.max()
    for _ in range(60):
        middle = (low + high) / 2
        slope = losses.huber_gradient(labels, np.full_like(labels, middle), delta=delta).sum()
        low, high = (low, middle) if slope > 0 else (middle, high)
    return (low + high) / 2


def cost_of_order(order, short=3, left=1):
    """Return the mean cost of one order for the five demands."""
    return np.where(WAITING > order, short * (WAITING - order), left * (order - WAITING)).mean()


Number(
    "loss_functions.worse_outlier",
    title="A worse outlier",
    predict=True,
    text="The last of the five waiting times 1, 2, 2, 3 and 12 was read wrongly: it is 1002 "
    "minutes, not 12. Which constant is the best now, under the Huber loss with $\\delta = 1$?",
    answer=lambda: best_for_huber(WORSE),
    tolerance=0.002,
    mistakes=[
        Mistake(
            "mean",
            lambda: WORSE.mean(),
            "That is the mean, the best constant under the *square*. The mean has to follow a "
            "label that is far off, Huber's slope is clipped to 1.",
        ),
        Mistake(
            "median",
            lambda: np.median(WORSE),
            "That is the median, the best constant under the *absolute* error. Huber's also counts "
            "how far away the near labels lie.",
        ),
        Mistake(
            "moved like the mean",
            lambda answer: answer + (WORSE - WAITING).mean(),
            "You moved the constant by a fifth of 990, as the mean moves. The residual of the last "
            "label was clipped to 1 before, and it is clipped to 1 now.",
        ),
    ],
    hints=[
        "At the best constant the clipped residuals add up to 0.",
        "The residual of the last label is clipped to 1, for 12 and for 1002.",
    ],
    because="The residual of the last label was clipped to 1 before, and it still is.",
    solution="Still ${answer:.4f}$, which is 7/3. The last residual was clipped to 1 before and is "
    "clipped to 1 now. The mean goes from {mean} to {worse_mean}, and the median stays at "
    "{median}. One label can move Huber's constant, but only by a limited amount, however far away "
    "it lies: its influence is bounded.",
    shown=lambda: {
        "mean": WAITING.mean(),
        "worse_mean": WORSE.mean(),
        "median": np.median(WORSE),
    },
)

Number(
    "loss_functions.short_costs_more",
    title="Too few is worse than too many",
    predict=True,
    text="A shop must announce one order for five days, on which 1, 2, 2, 3 and 12 items are "
    "asked for. Each item short costs 3, each item left over costs 1. Which order is the "
    "cheapest on average?",
    tolerance=0,
    answer=lambda: min(WAITING, key=cost_of_order),
    mistakes=[
        Mistake(
            "median",
            lambda: np.median(WAITING),
            "That is the median, the best order if short and left over cost the same. Here it "
            "costs {at_median} a day: each day above it counts three times.",
        ),
        Mistake(
            "mean",
            lambda: WAITING.mean(),
            "That is the mean, the best order if the *squares* cost. Here it costs {at_mean} a "
            "day. For the cheapest order only the side on which a demand lies counts.",
        ),
        Mistake(
            "largest demand",
            lambda: WAITING.max(),
            "With that order nothing is ever short, but on four days much is left over: it "
            "costs {at_most} a day.",
        ),
        Mistake(
            "three quarters of the range",
            lambda: WAITING.min() + 0.75 * np.ptp(WAITING),
            "You went three quarters of the way from 1 to 12. Count days, not items: three "
            "quarters of the *days* are to lie at or below the order.",
        ),
    ],
    hints=[
        "Count the days below the order and the days above it, as for the median.",
        "Each day above counts three times. Where does the slope change its sign?",
    ],
    because="Between 2 and 3 two days above count three times each, and outweigh three below.",
    solution="The slope is (days below) − 3 · (days above), divided by 5. Between 2 and 3 it is "
    "$(3 - 3 \\cdot 2) / 5 < 0$, between 3 and 12 it is $(4 - 3) / 5 > 0$. So the cheapest order "
    "is {answer}, at {cost} a day. In general a quantile is the minimiser, here that at $3 / (3 "
    "+ 1) = 0.75$. This is the *pinball loss*; with equal costs it asks for the median.",
    shown=lambda answer: {
        "cost": cost_of_order(answer),
        "at_median": cost_of_order(np.median(WAITING)),
        "at_mean": cost_of_order(WAITING.mean()),
        "at_most": cost_of_order(WAITING.max()),
    },
)


# ---------------------------------------------------------------------------------------------
# Asked on the page
# ---------------------------------------------------------------------------------------------


def targets_and_predictions(rng):
    """Draw four targets, and predictions whose errors differ in sign and size."""
    y_true = rng.integers(-4, 9, size=4) + rng.choice([0.0, 0.5], size=4)
    errors = rng.choice([-2.0, -1.5, -0.5, 0.5, 1.0, 1.5, 2.5], size=4, replace=False)
    return {"y_true": y_true, "y_pred": np.round(y_true + errors, 1)}


Number(
    "loss_functions.mean_squared_error",
    title="Mean squared error of four predictions",
    text="The targets are $y = {y_true}$, the predictions $\\hat{y} = {y_pred}$. What is the mean "
    "squared error?",
    values=targets_and_predictions,
    answer=lambda y_true, y_pred: losses.squared_error(y_true, y_pred).mean(),
    mistakes=[
        Mistake(
            "sum for mean",
            lambda y_true, y_pred: losses.squared_error(y_true, y_pred).sum(),
            "That is the sum of the squares. It grows with every sample; the mean does not: divide "
            "by the number of samples.",
        ),
        Mistake(
            "half squared error",
            lambda answer: answer / 2,
            "That is the mean of the *half* squared errors. The ½ belongs to a loss that has it in "
            "its name; here it is not asked.",
            almost=True,
        ),
        Mistake(
            "mean absolute error",
            lambda y_true, y_pred: losses.absolute_error(y_true, y_pred).mean(),
            "That is the mean of the absolute errors. Here each error is squared before the mean "
            "is taken, so the largest counts most.",
        ),
        Mistake(
            "root of the mean",
            lambda answer: math.sqrt(answer),
            "That is the *root* of the mean squared error. It has the unit of $y$; the mean "
            "squared error has its square.",
        ),
        Mistake(
            "square of the mean error",
            lambda y_true, y_pred: np.mean(y_true - y_pred) ** 2,
            "You took the mean first and squared it. Errors of different signs cancel in the mean: "
            "square each of them first.",
        ),
        Mistake(
            "divided by n − 1",
            lambda answer: answer * 4 / 3,
            "You divided by 3. A loss is the plain mean over its samples: one less is divided "
            "by where a variance is estimated around its own mean.",
        ),
        Mistake(
            "errors not squared",
            lambda y_true, y_pred: np.mean(y_true - y_pred),
            "That is the mean of the errors themselves. Positive and negative ones cancel in "
            "it, so it can be 0 for a bad model.",
        ),
    ],
    hints=[
        "Write down the four errors $y_i - \\hat{y}_i$ first.",
        "Square each, add the squares, and divide by their number.",
    ],
    because="Each error is squared, and the mean is taken over all four.",
    solution="The errors are $y - \\hat{y} = {errors}$, their squares {squares}. The squares "
    "add up to {total}, and their mean is ${total} / 4 = {answer}$.",
    shown=lambda y_true, y_pred: {
        "errors": y_true - y_pred,
        "squares": losses.squared_error(y_true, y_pred),
        "total": losses.squared_error(y_true, y_pred).sum(),
    },
    core=True,
)


def labels_with_an_outlier(rng):
    """Draw four small labels and a large one, in no order."""
    labels = [*rng.integers(1, 8, size=4), rng.integers(11, 21)]
    return {"labels": rng.permutation(labels)}


def losses_of_constants(labels, constants):
    """Return a row (MSE, MAE) for each constant that is predicted for all labels."""
    pairs = [(labels.astype(float), np.full(len(labels), float(c))) for c in constants]
    return np.array(
        [
            [loss(*pair).mean() for loss in (losses.squared_error, losses.absolute_error)]
            for pair in pairs
        ]
    )


def losses_of_mean_and_median(labels):
    """Return the two rows that are asked: of the mean, then of the median."""
    return losses_of_constants(labels, (labels.mean(), np.median(labels)))


Matrix(
    "loss_functions.mean_and_median",
    title="Mean and median, under both losses",
    text="Five labels are {labels}. Predict one constant for all of them: first their mean, then "
    "their median. What are the mean squared error and the mean absolute error of each? Write a "
    "row for the mean and below it a row for the median, each as MSE, MAE.",
    values=labels_with_an_outlier,
    answer=losses_of_mean_and_median,
    mistakes=[
        Mistake(
            "rows swapped",
            lambda answer: answer[::-1],
            "The numbers are right, and the rows are swapped: the mean comes first. It has the "
            "smaller MSE, the median the smaller MAE.",
            almost=True,
        ),
        Mistake(
            "columns swapped",
            lambda answer: answer[:, ::-1],
            "The numbers are right, and the columns are swapped: in each row the MSE comes first.",
            almost=True,
        ),
        Mistake(
            "labels not sorted",
            lambda labels: (
                None
                if labels[2] == np.median(labels)
                else losses_of_constants(labels, (labels.mean(), labels[2]))
            ),
            "For the median you took the label that is written in the middle. Sort the labels "
            "first: the median is the middle one by size.",
        ),
        Mistake(
            "sums for means",
            lambda answer: 5 * answer,
            "Those are the sums over the five labels. A mean is divided by their number.",
        ),
        Mistake(
            "root of the mean square",
            lambda answer: np.stack([np.sqrt(answer[:, 0]), answer[:, 1]], axis=1),
            "In your first column stand the *roots* of the mean squared errors. The root is not "
            "asked.",
        ),
        Mistake(
            "half of the square",
            lambda answer: answer * [0.5, 1.0],
            "In your first column stand the means of the *half* squared errors. The mean squared "
            "error has no ½.",
            almost=True,
        ),
        Mistake(
            "divided by n − 1",
            lambda answer: answer * [1.25, 1.0],
            "You divided the squares by 4. A loss is the plain mean over its five samples.",
        ),
        Mistake(
            "each loss at its own best constant",
            lambda answer: np.tile(np.diag(answer), (2, 1)),
            "You took the MSE at the mean and the MAE at the median, in both rows. Each row asks "
            "for both losses of *one* constant.",
        ),
    ],
    hints=[
        "Sort the labels. The mean is {mean}, and the median is {median}.",
        "Write down the five errors of the mean. Their squares have one mean, their sizes "
        "another. Then do the same for the median.",
    ],
    because="The mean has the smaller MSE, the median the smaller MAE.",
    solution="The mean is {mean}, the median {median}. Their rows (MSE, MAE) are {answer:.4f}. In "
    "the first column the mean has the smaller number, in the second the median.",
    shown=lambda labels: {"mean": labels.mean(), "median": np.median(labels)},
    core=True,
)


def bce(label, forecast):
    """Return the binary cross-entropy of one label under a forecast of label 1, in nats."""
    return losses.binary_cross_entropy([label], [forecast])[0]


FORECASTS = (0.02, 0.05, 0.1, 0.2, 0.3, 0.4, 0.6, 0.7, 0.8, 0.9, 0.95, 0.98, 0.99, 0.995)

Vector(
    "loss_functions.right_and_wrong",
    title="One forecast, two losses",
    text="A model says that the label is 1 with probability {forecast}. What is the binary "
    "cross-entropy, in nats, if the label is 1, and what is it if the label is 0? Write (loss if "
    "1, loss if 0).",
    values=lambda rng: {"forecast": float(rng.choice(FORECASTS))},
    answer=lambda forecast: np.array([bce(1, forecast), bce(0, forecast)]),
    unit="nats",
    mistakes=[
        Mistake(
            "the two swapped",
            lambda answer: answer[::-1],
            "The two numbers are right, and stand in the wrong order: the label that gets the "
            "larger probability has the lower loss.",
        ),
        Mistake(
            "logarithm left out",
            lambda forecast: np.array([forecast, 1 - forecast]),
            "Those are the probabilities that the model gives to the two labels. The loss is minus "
            "the logarithm of the one that belongs to what happened.",
        ),
        Mistake(
            "absolute error",
            lambda forecast: np.array([1 - forecast, forecast]),
            "That is the distance $|y - \\hat{y}|$. The binary cross-entropy takes a logarithm, "
            "and grows without limit when a sure forecast is wrong.",
        ),
        Mistake(
            "label 0 costs nothing",
            lambda answer: answer * [1.0, 0.0],
            "You left out the second term: for label 0 the loss is $-\\log(1 - \\hat{y})$, not 0.",
        ),
        Mistake(
            "one logarithm for both",
            lambda answer: answer[[0, 0]],
            "You took the probability of label 1 in both cases. If the label is 0, what happened "
            "had the probability {rest}.",
        ),
        Mistake(
            "logarithm to base 10",
            lambda answer: answer / math.log(10),
            "Those are logarithms to base 10. Nats are measured with the natural logarithm.",
            almost=True,
        ),
    ],
    hints=[
        "One of the two terms of $-y \\log \\hat{y} - (1 - y) \\log(1 - \\hat{y})$ is 0. Which "
        "one, for each label?",
        "Label 1 had the probability {forecast}, label 0 had {rest}. Take minus the logarithm of "
        "each.",
    ],
    because="It is minus the logarithm of the probability of what happened.",
    solution="$-\\log {forecast}$ for label 1 and $-\\log {rest}$ for label 0: {answer:.4f}.",
    shown=lambda forecast: {"rest": round(1 - forecast, 6)},
    core=True,
)


def expected_bce(share, forecast):
    """Return the mean binary cross-entropy where label 1 comes with a share of all labels."""
    return share * bce(1, forecast) + (1 - share) * bce(0, forecast)


def share_and_forecast(rng):
    """Draw how often label 1 comes, and a forecast."""
    share = float(rng.choice([0.1, 0.2, 0.3, 0.4, 0.6, 0.7, 0.8, 0.9]))
    return {"share": share, "forecast": float(rng.choice(FORECASTS))}


Number(
    "loss_functions.expected_bce",
    title="What a forecast costs on average",
    text="At some $x$ the label is 1 with probability {share}. A model forecasts {forecast} there. "
    "What is the mean of the binary cross-entropy over the labels at this $x$, in nats?",
    values=share_and_forecast,
    answer=expected_bce,
    unit="nats",
    mistakes=[
        Mistake(
            "the honest forecast",
            lambda share: expected_bce(share, share),
            "That is the mean loss of the *honest* forecast, {share}, the lowest that is possible. "
            "This model forecasts {forecast}: its logarithms are taken of that.",
        ),
        Mistake(
            "the two probabilities swapped",
            lambda share, forecast: expected_bce(forecast, share),
            "You weighted with the forecast and took the logarithms of the true probabilities. It "
            "is the other way round: labels come with their true probabilities, and the loss is a "
            "logarithm of the forecast.",
        ),
        Mistake(
            "the forecast trusted",
            lambda forecast: expected_bce(forecast, forecast),
            "You weighted with the model's own forecast, as if it were true. Label 1 comes with "
            "probability {share}.",
        ),
        Mistake(
            "label 0 left out",
            lambda share, forecast: share * bce(1, forecast),
            "That is the share of label 1 only. In the other {rest} of the cases the label is 0, "
            "and the loss is $-\\log(1 - \\hat{y})$.",
        ),
        Mistake(
            "the loss of one label",
            lambda forecast: bce(1, forecast),
            "That is the loss if the label is 1. Sometimes it is 0: take the mean over both.",
        ),
        Mistake(
            "both labels weighted alike",
            lambda forecast: expected_bce(0.5, forecast),
            "You took the plain mean of the two losses. Label 1 comes with probability {share}: "
            "weigh them by how often they come.",
        ),
        Mistake(
            "the mean before the logarithm",
            lambda share, forecast: -math.log(share * forecast + (1 - share) * (1 - forecast)),
            "You took the mean of the *probabilities* first, and then one logarithm. The loss of "
            "each label is a logarithm; the mean is taken of these.",
        ),
        Mistake(
            "the excess only",
            lambda answer, share: answer - expected_bce(share, share),
            "That is by how much this forecast costs *more* than the honest one. Asked is the "
            "whole mean loss.",
        ),
    ],
    hints=[
        "There are two cases. How often does each come, and what does the forecast cost in it?",
        "The loss is $-\\log {forecast}$ in a share of {share} of the cases, and $-\\log "
        "{other}$ in the rest.",
    ],
    because="Each label's loss is weighted by how often the label comes.",
    solution="$-{share} \\log {forecast} - {rest} \\log {other}$ is {answer:.4f} nats. The "
    "honest forecast, {share}, would cost {floor:.4f}, and no forecast less.",
    shown=lambda share, forecast: {
        "rest": round(1 - share, 6),
        "other": round(1 - forecast, 6),
        "floor": expected_bce(share, share),
    },
    draws_on=("datasets",),
    core=True,
)


def residuals_and_weights(rng):
    """Draw two errors within 1 and two beyond, in any order, and a weight for each."""
    sizes = [*rng.choice([0.2, 0.4, 0.6, 0.8], 2), *rng.choice([1.5, 2.0, 2.5, 3.0, 4.0], 2)]
    signed = np.array(sizes) * rng.choice([-1, 1], 4)
    return {"r": rng.permutation(signed), "w": rng.integers(1, 7, 4)}


def huber_of(r):
    """Compute the Huber losses of residuals, with a switch at 1."""
    return losses.huber(r, np.zeros(len(r)), delta=1.0)


Number(
    "loss_functions.weighted_huber",
    title="A weighted mean of Huber losses",
    text="Four samples have the residuals $r = {r}$ and the weights $w = {w}$. The loss of a "
    "sample is Huber's with $\\delta = 1$. What is the *weighted mean* of the four losses?",
    values=residuals_and_weights,
    answer=lambda r, w: w @ huber_of(r) / w.sum(),
    mistakes=[
        Mistake(
            "divided by n",
            lambda r, w: w @ huber_of(r) / 4,
            "You divided by the number of samples. A weighted mean is divided by the sum of the "
            "weights, {sum}: otherwise all weights twice as large would double it.",
        ),
        Mistake(
            "weighted sum",
            lambda r, w: w @ huber_of(r),
            "That is the weighted sum. For a mean it is divided by the sum of the weights, {sum}.",
        ),
        Mistake(
            "weights ignored",
            lambda r: huber_of(r).mean(),
            "That is the plain mean of the four losses. A sample with the weight 3 counts as if "
            "it were there three times.",
        ),
        Mistake(
            "half squares throughout",
            lambda r, w: w @ (r**2 / 2) / w.sum(),
            "You took half the square of every residual. Beyond $\\delta = 1$ the Huber loss goes "
            "on as a straight line: a residual of 3 has the loss 2.5, not 4.5.",
        ),
        Mistake(
            "half δ left out",
            lambda r, w: w @ np.where(np.abs(r) <= 1, r**2 / 2, np.abs(r)) / w.sum(),
            "Beyond $\\delta$ you took $\\delta |r|$. The line is $\\delta (|r| - \\delta / 2)$, "
            "so that both formulas agree at $\\delta$: a residual of 3 has the loss 2.5.",
        ),
        Mistake(
            "squares without the half",
            lambda r, w: w @ np.where(np.abs(r) <= 1, r**2, np.abs(r) - 0.5) / w.sum(),
            "Within $\\delta$ the Huber loss is *half* the square: a residual of 1 has the loss "
            "0.5.",
        ),
        Mistake(
            "absolute errors",
            lambda r, w: w @ np.abs(r) / w.sum(),
            "That is the weighted mean of the absolute errors. Huber's loss is below them "
            "everywhere but at 0.",
        ),
    ],
    hints=[
        "Which residuals lie within 1, and which beyond? They have different formulas.",
        "Multiply each loss by its weight and add up. By what must the sum be divided, so that "
        "equal losses have themselves for a mean?",
    ],
    because="The weighted sum of the losses is divided by the sum of the weights.",
    solution="The losses are {parts}. Times their weights they add up to {total}, and the weights "
    "add up to {sum}. The weighted mean is ${total} / {sum} = {answer:.4f}$.",
    shown=lambda r, w: {"parts": huber_of(r), "total": w @ huber_of(r), "sum": w.sum()},
)


def logits_and_label(rng):
    """Draw three scores that differ, and the class of one sample."""
    z = np.round(rng.uniform(-2, 3, size=3), 1)
    return {"z": z, "label": int(rng.integers(0, 3))}


def cross_entropy(z, label):
    """Return the cross-entropy of one sample, in nats."""
    return losses.cross_entropy_with_logits([label], [z])[0]


Number(
    "loss_functions.ce_from_logits",
    title="Cross-entropy of three logits",
    text="For one sample the logits are $z = {z}$, and its label is class {label}; the classes are "
    "0, 1 and 2. What is the cross-entropy, in nats?",
    values=logits_and_label,
    answer=cross_entropy,
    unit="nats",
    mistakes=[
        Mistake(
            "softmax twice",
            lambda z, label: cross_entropy(models.softmax([z])[0], label),
            "Softmax was applied twice: once to $z$, and once more by the loss, which takes logits "
            "and applies it itself. Such a loss never falls below {floor:.4f} with three classes.",
        ),
        Mistake(
            "logarithm left out",
            lambda z, label: models.softmax([z])[0][label],
            "That is the probability of the right class. The loss is minus its logarithm.",
        ),
        Mistake(
            "classes counted from 1",
            lambda z, label: cross_entropy(z, label - 1) if label else None,
            "That is the loss for class {before}: the first class is class 0, not class 1.",
        ),
        Mistake(
            "normaliser left out",
            lambda z, label: -z[label],
            "That is minus the logit of the right class. A logit is not yet the logarithm of a "
            "probability: subtract the logarithm of the sum of all $e^{z_c}$ from it.",
        ),
        Mistake(
            "logarithm to base 10",
            lambda answer: answer / math.log(10),
            "That is the logarithm to base 10. Nats are measured with the natural logarithm.",
            almost=True,
        ),
        Mistake(
            "binary cross-entropy of each class",
            lambda z, label: losses.binary_cross_entropy_with_logits(np.eye(3)[label], z).sum(),
            "Each class was given a sigmoid of its own. The three classes exclude one another, so "
            "one softmax is taken over all of them.",
        ),
    ],
    hints=[
        "The loss is minus the logarithm of the probability that the model gives to class {label}.",
        "The probability is $e^{z_{c}} / \\sum_k e^{z_k}$, so the loss is $\\log \\sum_k e^{z_k} "
        "- z_c$ with $c$ the label.",
    ],
    because="The loss is minus the logarithm of the probability of the right class, {p:.4f}.",
    solution="The exponentials of the logits add up to {total:.4f}, and the logarithm of that is "
    "{logsumexp:.4f}. The logit of class {label} is {logit}, so the loss is "
    "${logsumexp:.4f} - {logit:()} = {answer:.4f}$ nats.",
    shown=lambda z, label: {
        "p": models.softmax([z])[0][label],
        "total": np.exp(z).sum(),
        "logsumexp": models.logsumexp([z])[0],
        "logit": z[label],
        "floor": losses.double_softmax_floor(3),
        "before": label - 1,
    },
    core=True,
)

Vector(
    "loss_functions.ce_gradient",
    title="Gradient of the cross-entropy",
    text="Again the logits of one sample are $z = {z}$, and its label is class {label} of 0, 1 "
    "and 2. What is the gradient of the cross-entropy with respect to $z$?",
    values=logits_and_label,
    answer=lambda z, label: losses.cross_entropy_with_logits_gradient([label], [z])[0],
    mistakes=[
        Mistake(
            "sign turned",
            lambda answer: -answer,
            "That is $y - p$, the direction in which the loss falls. The gradient points where it "
            "rises: $p - y$.",
            almost=True,
        ),
        Mistake(
            "label left out",
            lambda z: models.softmax([z])[0],
            "Those are the probabilities. Subtract 1 from that of the right class: only then do "
            "the entries add up to 0.",
        ),
        Mistake(
            "gradient in the probabilities",
            lambda z, label: losses.cross_entropy_gradient([label], models.softmax([z]))[0],
            "That is the gradient with respect to the *probabilities*. Softmax comes before them: "
            "multiply by its Jacobian.",
        ),
        Mistake(
            "classes counted from 1",
            lambda z, label: (
                losses.cross_entropy_with_logits_gradient([label - 1], [z])[0] if label else None
            ),
            "You subtracted 1 from the entry before. The first class is class 0.",
        ),
    ],
    hints=[
        "Compute the probabilities $p = \\operatorname{softmax}(z)$ first.",
        "The gradient is $p - y$, where $y$ is 1 for the right class and 0 for the others.",
    ],
    because="It is $p - y$, and its entries add up to 0: what the right class gains, the others "
    "lose.",
    solution="The probabilities are $p = {p:.4f}$. Subtract 1 from the entry of class {label}: the "
    "gradient is ${answer:.4f}$.",
    shown=lambda z: {"p": models.softmax([z])[0]},
    core=True,
)


def batch_of_two(rng):
    """Draw whole scores for two samples, and two labels that differ."""
    labels = rng.choice(3, size=2, replace=False)
    return {"Z": rng.integers(-2, 4, size=(2, 3)), "labels": labels}


Matrix(
    "loss_functions.batch_gradient",
    title="Gradient of a mean over a batch",
    text="Two samples have the logits $Z = {Z}$, one sample a row, and the labels {labels}. The "
    "loss is the *mean* cross-entropy of the two. What is its gradient with respect to $Z$?",
    values=batch_of_two,
    answer=lambda Z, labels: losses.cross_entropy_with_logits_gradient(labels, Z) / 2,
    mistakes=[
        Mistake(
            "sum for mean",
            lambda answer: 2 * answer,
            "That is the gradient of the *sum* of both losses. In the mean each sample counts "
            "half.",
        ),
        Mistake(
            "sign turned",
            lambda answer: -answer,
            "That is $(Y - P)/2$, the direction in which the loss falls. The gradient is $(P - "
            "Y)/2$.",
            almost=True,
        ),
        Mistake(
            "softmax over the samples",
            lambda Z, labels: (models.softmax(Z.T.astype(float)).T - np.eye(3)[labels]) / 2,
            "Softmax was taken down each column, over the samples. The classes of *one* sample "
            "share its probability: take it along each row.",
        ),
        Mistake(
            "label left out",
            lambda Z: models.softmax(Z.astype(float)) / 2,
            "Those are the probabilities, halved. Subtract the one-hot labels.",
        ),
    ],
    hints=[
        "Take the softmax of each row on its own.",
        "Subtract 1 at the label of each row; then divide by the number of samples.",
    ],
    because="Each row is $p - y$ of its own sample, and the mean divides it by 2.",
    solution="The probabilities are {P:.4f}, row by row. Subtracting the one-hot labels and "
    "dividing by 2 gives {answer:.4f}. Each row adds up to 0.",
    shown=lambda Z: {"P": models.softmax(Z.astype(float))},
    draws_on=("datasets",),
)

Shape(
    "loss_functions.broadcast_residual",
    title="The shape of a residual",
    text="`y_true` has the shape `({n},)`, and a model with one output returns `y_pred` with "
    "the shape `({n}, 1)`. What is the shape of `y_true - y_pred` in NumPy?",
    values=lambda rng: {"n": int(rng.integers(3, 100))},
    answer=lambda n: (n, n),
    mistakes=[
        Mistake(
            "one axis expected",
            lambda n: (n,),
            "It looks as if the shapes agreed. NumPy lines them up from the right: `({n},)` counts "
            "as `(1, {n})`, and both axes are repeated.",
        ),
        Mistake(
            "column expected",
            lambda n: (n, 1),
            "The last axis has {n} entries in one array and 1 in the other: the axis of length 1 "
            "is repeated, and so is the axis that is missing.",
        ),
        Mistake(
            "row expected",
            lambda n: (1, n),
            "`y_true` counts as `(1, {n})`, but the first axis is then repeated to the {n} rows of "
            "`y_pred`.",
        ),
        Mistake(
            "single number",
            lambda n: (),
            "A difference keeps its entries. Only a mean or a sum over them is a single number.",
        ),
    ],
    hints=["Write the shapes under one another, right-aligned. A missing axis counts as 1."],
    because="Each of {n} targets is compared with each of {n} predictions: {count} differences, "
    "and no error message.",
    solution="`({n},)` counts as `(1, {n})`. Against `({n}, 1)` both axes are repeated to {n}, so "
    "the result has the shape {answer}. Its mean is a number that looks like a loss and is none; "
    "the losses of this book refuse such a pair.",
    shown=lambda n: {"count": n * n},
)

Choice(
    "loss_functions.softmax_before_the_loss",
    title="A softmax too many",
    text="A model ends in a softmax, and its output goes to a loss that takes *logits* and applies "
    "softmax itself. There are {k} classes. What do you see in training?",
    values=lambda rng: {"k": int(rng.integers(3, 40))},
    right="It trains, but the loss never falls below about {floor:.2f} nats, however good the "
    "model is.",
    wrong=[
        Mistake(
            "no difference",
            "Nothing: the softmax of probabilities gives the same probabilities.",
            "Softmax changes probabilities. Of those of a perfect model, a 1 and zeros, it makes "
            "{best:.2f} for the right class, and equal shares of the rest for the others.",
        ),
        Mistake(
            "an error message",
            "An error message: the loss refuses what adds up to 1.",
            "Probabilities are numbers like any others, and a row of logits may add up to 1. There "
            "is no error message; that is why this mistake is so common.",
        ),
        Mistake(
            "NaN",
            "The loss becomes NaN after a few steps.",
            "NaN comes from numbers that overflow. Here all numbers that reach the loss lie "
            "between 0 and 1.",
        ),
        Mistake(
            "loss at log K",
            "The loss stays at that of guessing, about {guess:.2f} nats, and accuracy does not "
            "rise.",
            "The loss does fall from there, and accuracy rises: the order of the classes is "
            "kept. It only cannot fall to 0.",
        ),
    ],
    hints=["What does softmax make of the row $(1, 0, 0)$?"],
    because="At best the second softmax gets a 1 and zeros, and the 1 becomes {best:.2f}.",
    solution="The best output of the model is a 1 at the right class and zeros elsewhere. The "
    "second softmax turns it into $e / (e + {rest}) = {best:.4f}$, and minus the logarithm of that "
    "is {floor:.4f}. Give the logits to the loss.",
    shown=lambda k: {
        "floor": losses.double_softmax_floor(k),
        "best": math.exp(-losses.double_softmax_floor(k)),
        "guess": math.log(k),
        "rest": k - 1,
    },
)


def logits_of_some_classes(rng):
    """Draw the logits of three to six classes, all different, and a label."""
    n_classes = int(rng.integers(3, 7))
    tenths = rng.choice(np.arange(-20, 36), size=n_classes, replace=False)
    return {"z": tenths / 10, "label": int(rng.integers(0, n_classes))}


def second_loss(z, label):
    """Return what a loss that takes logits says of probabilities."""
    return cross_entropy(models.softmax([z])[0], label)


Vector(
    "loss_functions.second_softmax",
    title="A softmax too many, in numbers",
    text="For one sample the logits are $z = {z}$, and its label is class {label}, counted from 0. "
    "By mistake a softmax is applied to $z$, and its output goes to a loss that takes *logits* and "
    "applies softmax itself. What does the loss say of this sample, and which value will it never "
    "fall below, however good the model is? Write (loss, floor), in nats.",
    values=logits_of_some_classes,
    answer=lambda z, label: np.array([second_loss(z, label), losses.double_softmax_floor(len(z))]),
    unit="nats",
    mistakes=[
        Mistake(
            "softmax once",
            lambda z, label, answer: np.array([cross_entropy(z, label), answer[1]]),
            "The floor is right. Your loss has one softmax only, as it ought to be. Here the loss "
            "gets probabilities, and applies softmax to *them*.",
        ),
        Mistake(
            "a floor of 0",
            lambda answer: answer * [1.0, 0.0],
            "The loss is right. Its floor is not 0: the best that the second softmax can get is a "
            "1 and zeros, and it does not make a 1 of that.",
        ),
        Mistake(
            "the loss of guessing",
            lambda z, answer: np.array([answer[0], math.log(len(z))]),
            "The loss is right. $\\log {k}$ is the loss of guessing, with the same logit for every "
            "class. A good model gets below it even here.",
        ),
        Mistake(
            "all classes beside the right one",
            lambda z, answer: np.array([answer[0], math.log(math.e + len(z)) - 1]),
            "The loss is right. The best probability is $e$ over a sum: one $e^1$, and an $e^0$ "
            "for each of the *other* classes. There are {rest} of them, not {k}.",
        ),
        Mistake(
            "logarithms left out",
            lambda answer: np.exp(-answer),
            "Those are the probabilities after the second softmax. The loss is minus the logarithm "
            "of the right class's one.",
        ),
        Mistake(
            "classes counted from 1",
            lambda z, label, answer: (
                np.array([second_loss(z, label - 1), answer[1]]) if label else None
            ),
            "The floor is right. Your loss is that of class {before}: the first class is class 0.",
        ),
    ],
    hints=[
        "First $p = \\operatorname{softmax}(z)$. The loss takes $p$ for logits: it is $\\log "
        "\\sum_k e^{p_k} - p_c$ with $c$ the label.",
        "For the floor, let the model be perfect: $p$ is 1 for the right class and 0 for each of "
        "the {rest} others.",
    ],
    because="The second softmax sees numbers between 0 and 1, and brings them close together.",
    solution="The first softmax gives {once:.4f}, the second {twice:.4f}. Minus the logarithm of "
    "the entry of class {label} is {loss:.4f}. At best the second softmax gets a 1 and {rest} "
    "zeros, and makes $e / (e + {rest})$ of the 1: the floor is $\\log(e + {rest}) - 1$, which is "
    "{floor:.4f}.",
    shown=lambda z, label, answer: {
        "k": len(z),
        "rest": len(z) - 1,
        "before": label - 1,
        "once": models.softmax([z])[0],
        "twice": models.softmax(models.softmax([z]))[0],
        "loss": answer[0],
        "floor": answer[1],
    },
)


def _test_losses(rng):
    """Draw what a test set says: its size, the mean of its losses, their standard deviation."""
    return {
        "n": int(rng.choice([25, 100, 400, 900, 1600, 2500])),
        "mean": float(rng.choice([0.31, 0.42, 0.55, 0.68])),
        "spread": float(rng.choice([0.2, 0.3, 0.5, 0.8, 0.9])),
    }


Number(
    "loss_functions.how_sure",
    title="How sure is a mean loss?",
    text="On {n} independent test samples the losses have the mean {mean} and the standard "
    "deviation {spread}. How far is that mean typically from the expected loss of the model?",
    values=_test_losses,
    answer=lambda n, spread: spread / math.sqrt(n),
    mistakes=[
        Mistake(
            "the spread of one loss",
            lambda spread: spread,
            "That is how far the loss of *one* sample typically lies from the mean. In a mean of "
            "many losses the deviations partly cancel.",
        ),
        Mistake(
            "n for the root of n",
            lambda n, spread: spread / n,
            "You divided by $n$. That is right for the variance. For the standard deviation of a "
            "mean, divide by the root of $n$.",
        ),
        Mistake(
            "variance for standard deviation",
            lambda n, spread: spread**2 / n,
            "That is the variance of the mean. Its root says how far the mean is off.",
        ),
        Mistake(
            "from the mean itself",
            lambda n, mean: mean / math.sqrt(n),
            "You divided the mean loss. How far a mean is off follows from the spread of the "
            "losses.",
        ),
        Mistake(
            "two of them",
            lambda answer: 2 * answer,
            "That is *two* standard errors. The question asks for the typical distance, one.",
            almost=True,
        ),
    ],
    hints=[
        "The dataset loss is a mean over samples, and the samples were drawn at random.",
        "It is the standard error of a mean: the spread of one loss over the root of their number.",
    ],
    because="A dataset loss is a mean of independent draws, so it has a standard error.",
    solution="The standard error, ${spread} / \\sqrt{{{n}}}$, is {answer}. The samples must be "
    "independent, and the model must not have been fitted to them.",
    draws_on=("datasets",),
    core=True,
)

Choices(
    "loss_functions.which_decompose",
    title="Which of them decompose?",
    text="A quantity *decomposes* if its value on a dataset is the mean of one value per "
    "sample. Tick all that do.",
    options=[
        Option(
            "The mean squared error",
            True,
            "It is a mean of one squared error per sample.",
            "mean squared error",
        ),
        Option(
            "The root mean squared error",
            False,
            "The root is taken after the mean. Errors (0, 0) and (0, 4) have the roots 0 and "
            "2.83, whose mean is 1.41; all four together have 2.",
            "root of a mean",
        ),
        Option(
            "The cross-entropy of a classifier",
            True,
            "It is a mean of one negative log-likelihood per sample.",
            "cross-entropy",
        ),
        Option(
            "Accuracy",
            True,
            "It is a mean of one value per sample, 1 for right and 0 for wrong. It decomposes "
            "and still has no useful gradient: that is another property.",
            "accuracy",
        ),
        Option(
            "The largest absolute error",
            False,
            "It belongs to a single sample, the worst. The mean over two halves of the data is "
            "smaller than the largest of all, unless both halves are equally bad.",
            "largest error",
        ),
        Option(
            "The $F_1$ score",
            False,
            "It is a ratio of counts over the whole dataset. No sample has a share of its own "
            "in it.",
            "ratio of counts",
        ),
    ],
    hints=[
        "Cut a dataset in two halves of the same size. Is the mean of the two values that of "
        "the whole?",
        "A root, a maximum or a ratio that is taken after the mean spoils it.",
    ],
    because="Only what is a mean over samples can be estimated from a batch without a bias.",
    solution="The mean squared error, the cross-entropy and accuracy are means of one value per "
    "sample. The root, the maximum and the ratio are taken after all samples have come together.",
)

Choice(
    "loss_functions.counter_example",
    title="A counter-example",
    text="Somebody claims that the *median* absolute error decomposes: that its value on the "
    "whole is the mean of its values on batches of equal size. Which two batches of absolute "
    "errors refute that?",
    values=lambda rng: {
        name: int(size) for name, size in zip("abcdi", rng.integers(1, 13) * MULTIPLES, strict=True)
    },
    right="$(0, {a})$ and $(0, {i})$",
    wrong=[
        Mistake(
            "agreement",
            "$({a}, {c})$ and $({b}, {d})$",
            "The medians {low} and {high} have the mean {middle}, and that is the median of all "
            "four. A case that agrees refutes nothing.",
        ),
        Mistake(
            "equal batches",
            "$(0, {d})$ and $({d}, 0)$",
            "Both batches have the median {b}, and so has the whole. Two equal batches agree "
            "with the whole for the root mean squared error, too, which does not decompose.",
        ),
        Mistake(
            "unequal sizes",
            "$({a}, {b})$ and $({c})$",
            "The batches have different sizes: even a mean needs weights then. Weighted by size, "
            "the medians {pair} and {c} give {b}, and that is the median of all three.",
        ),
    ],
    hints=[
        "Compute the median of each batch, their mean, and the median of all errors together.",
        "One large error moves the median of a batch of two, but not that of all four.",
    ],
    because="The mean of the two medians is {mean}, and the median of all four is {whole}.",
    solution="The medians of $(0, {a})$ and $(0, {i})$ are {whole} and {other}, with the mean "
    "{mean}. All four, $(0, 0, {a}, {i})$, have the median {whole}. One such case is enough.",
    shown=lambda a, b, c, d, i: {
        "low": np.median([a, c]),
        "high": np.median([b, d]),
        "middle": np.median([a, b, c, d]),
        "pair": np.median([a, b]),
        "whole": np.median([0, 0, a, i]),
        "other": np.median([0, i]),
        "mean": (np.median([0, a]) + np.median([0, i])) / 2,
    },
)


def four_errors(rng):
    """Draw the errors of two batches of two, larger ones in the second."""
    small, large = rng.integers(0, 4, size=2), rng.integers(3, 10, size=2)
    signs = rng.choice([-1, 1], size=(2, 2))
    return {"first": small * signs[0], "second": large * signs[1]}


def rmse(errors):
    """Return the root mean squared error."""
    return math.sqrt(losses.squared_error(errors.astype(float), np.zeros(len(errors))).mean())


def both(first, second):
    """Return the errors of two batches as one array."""
    return np.concatenate([first, second])


Vector(
    "loss_functions.root_in_batches",
    title="The root in batches",
    text="A dataset of four samples is cut into two batches of two. The errors are {first} in the "
    "first batch and {second} in the second. What is the mean of the two batches' RMSE, and what "
    "is the RMSE of the whole? Write (mean of batches, whole).",
    values=four_errors,
    answer=lambda first, second: np.array(
        [(rmse(first) + rmse(second)) / 2, rmse(both(first, second))]
    ),
    mistakes=[
        Mistake(
            "as if it decomposed",
            lambda answer: answer[[1, 1]],
            "You expect the two to be equal, as for the mean squared error. The root is taken in "
            "each batch, before the mean: that changes it.",
        ),
        Mistake(
            "the mean of batches twice",
            lambda answer: answer[[0, 0]],
            "Your second number is again the mean of the batches. For the whole, square all four "
            "errors, take their mean, and take the root once, at the end.",
        ),
        Mistake(
            "the two swapped",
            lambda answer: answer[::-1],
            "The numbers are right, and stand in the wrong order. The whole has the larger one: "
            "its root is taken after the mean.",
            almost=True,
        ),
        Mistake(
            "root left out",
            lambda first, second: np.full(2, rmse(both(first, second)) ** 2),
            "Those are mean squared errors, and they agree: the MSE decomposes. Asked is the "
            "*root* of each.",
        ),
        Mistake(
            "sums under the root",
            lambda answer: answer * [math.sqrt(2), 2.0],
            "Under your roots stand the *sums* of the squares. RMSE takes the root of their mean.",
        ),
        Mistake(
            "absolute errors",
            lambda first, second: np.full(2, np.abs(both(first, second)).mean()),
            "Those are mean absolute errors. RMSE squares each error, and takes the root of the "
            "mean square.",
        ),
        Mistake(
            "sum of the batches",
            lambda answer: answer * [2.0, 1.0],
            "You added the RMSEs of the two batches. Asked is their mean.",
        ),
    ],
    hints=[
        "The mean squares of the batches are {square1} and {square2}. Where does the root go?",
        "For the first number take two roots, then their mean. For the second take the mean of all "
        "four squares, then one root.",
    ],
    because="The root of a mean is not the mean of roots: RMSE does not decompose.",
    solution="The batches have the mean squares {square1} and {square2}. The mean of these is "
    "{square}, which is also the mean square of the whole: the MSE decomposes. The mean of their "
    "roots and the root of {square} are {answer:.4f}: they differ, so RMSE does not.",
    shown=lambda first, second: {
        "square1": round(rmse(first) ** 2, 6),
        "square2": round(rmse(second) ** 2, 6),
        "square": round(rmse(both(first, second)) ** 2, 6),
    },
)


Choices(
    "loss_functions.honest_and_sloped",
    title="What can a probability be trained on?",
    text="At some $x$ the law of the data gives the label 1 with probability ${q}$. A model "
    "forecasts the probability $p$. Tick every loss for which two things hold. The honest forecast "
    "$p = {q}$ has the lowest mean loss, and no other forecast has it. At every other $p$, the "
    "slope of the mean loss in $p$ shows on which side of $p$ the honest forecast lies.",
    values=lambda rng: {"q": round(float(rng.integers(11, 20)) / 20, 2)},
    options=[
        Option(
            "The binary cross-entropy",
            True,
            "Its slope is $(p - q) / (p (1 - p))$ on average: 0 at $p = q = {q}$, negative below "
            "and positive above.",
            "binary cross-entropy",
        ),
        Option(
            "The squared error $(y - p)^2$",
            True,
            "Its slope is $2 (p - q)$ on average: 0 at $p = q = {q}$ only. It is slow in "
            "the *logit* when the sigmoid saturates; that is another property.",
            "squared error",
        ),
        Option(
            "The absolute error $|y - p|$",
            False,
            "On average it is a straight line in $p$ that falls all the way: the forecast 1 has "
            "the mean loss {bold}, the honest one {honest}.",
            "absolute error",
        ),
        Option(
            "The error rate: 1 if $p$ is on the wrong side of ½, else 0",
            False,
            "Every forecast above ½ has the same mean loss, {bold}, so the slope is 0 there. That "
            "is why accuracy is not used to train by gradients.",
            "accuracy",
        ),
        Option(
            "Only $-y \\log p$, without the term for label 0",
            False,
            "For label 0 it is 0, so the forecast 1 has the mean loss 0, and that is the lowest.",
            "half the cross-entropy",
        ),
        Option(
            "The binary cross-entropy in bits",
            True,
            "It is the cross-entropy times $1 / \\log 2$. A positive factor does not move the "
            "minimum, and changes the sign of no slope.",
            "bits",
        ),
    ],
    hints=[
        "The mean loss is $q$ times its value for label 1, plus $1 - q$ times its value for label "
        "0.",
        "Try two forecasts above ½, the honest one and 1. Which has the lower mean loss?",
    ],
    because="Their average slopes vanish at the true probability only, and point away from it on "
    "both sides.",
    solution="The cross-entropy, in nats or bits, and the squared error have their only minimum at "
    "$p = q$. The absolute error and half of the cross-entropy are lowest at $p = 1$. The error "
    "rate is flat on either side of ½.",
    shown=lambda q: {"bold": round(1 - q, 2), "honest": round(2 * q * (1 - q), 4)},
    draws_on=("datasets",),
)

Order(
    "loss_functions.mean_minimises_mse",
    title="Why the mean minimises the squared error",
    text="Put the lines in order: they show which constant prediction $c$ has the least mean "
    "squared error. One line does not belong.",
    lines=[
        "The loss is $L(c) = \\frac{1}{n} \\sum_i (y_i - c)^2$.",
        "Its derivative is $L'(c) = -\\frac{2}{n} \\sum_i (y_i - c)$.",
        "At a minimum the derivative is 0, so $\\sum_i (y_i - c) = 0$.",
        "The sum has $n$ terms, so $\\sum_i y_i = n c$.",
        "So $c = \\frac{1}{n} \\sum_i y_i$ is the only candidate.",
        "$L''(c) = 2 > 0$, so the candidate is the minimum.",
    ],
    mistakes=[
        Mistake(
            "absolute error",
            "The derivative of $|y_i - c|$ is $\\pm 1$, so as many $y_i$ lie above $c$ as below.",
            "That line is about the absolute error, whose minimiser is the median. Here errors are "
            "squared.",
        ),
        Mistake(
            "divided before it is set to 0",
            (3, 2),
            "That $\\sum_i y_i = n c$ follows only once the derivative is set to 0.",
        ),
        Mistake(
            "minimum before the candidate",
            (5, 4),
            "The last line is about *the candidate*. It can only be said once there is one.",
        ),
        Mistake(
            "derivative before the loss",
            (1, 0),
            "What is differentiated must stand there first: begin with the loss.",
        ),
        Mistake(
            "set to 0 before it is derived",
            (2, 1),
            "The sum that is set to 0 comes from the derivative. Differentiate first.",
        ),
    ],
    hints=[
        "Begin with what is to be made small.",
        "A derivative of 0 finds candidates. What tells a minimum from a maximum?",
    ],
    because="Derivative, candidate, second derivative: the mean is the one minimum.",
    solution="Write the loss, differentiate it, set the derivative to 0, solve for $c$, and check "
    "the second derivative. The line about the absolute error belongs to the median.",
)


def _two_steps(rng):
    """Draw a machine with two steps."""
    return {
        "s": float(rng.choice([0.2, 0.25, 0.4, 0.6, 0.75, 0.8])),
        "a": float(rng.choice([0.1, 0.2, 0.3, 0.4])),
        "b": float(rng.choice([0.6, 0.7, 0.9, 0.95])),
    }


def _label_variance(share):
    """Return the variance of a label that is 1 with some probability."""
    return share * (1 - share)


Number(
    "loss_functions.squared_floor",
    title="The floor of the squared error",
    text="$x$ is uniform between 0 and 1. $p(y = 1 \\mid x)$ is {a} for $x < {s}$ and {b} "
    "otherwise. A model may forecast any number at each $x$. Its loss is $(\\hat{{y}} - y)^2$. "
    "What is the smallest possible expected loss?",
    values=_two_steps,
    answer=lambda s, a, b: s * _label_variance(a) + (1 - s) * _label_variance(b),
    mistakes=[
        Mistake(
            "error rate",
            lambda s, a, b: s * a + (1 - s) * (1 - b),
            "That is the lowest *error rate*, for somebody who says 0 or 1. A forecast between 0 "
            "and 1 has a lower loss here.",
        ),
        Mistake(
            "one forecast for all",
            lambda s, a, b: _label_variance(s * a + (1 - s) * b),
            "That is the best if the same forecast is made for every $x$. Here it may depend "
            "on $x$.",
        ),
        Mistake(
            "both steps weighted alike",
            lambda a, b: (_label_variance(a) + _label_variance(b)) / 2,
            "You took the mean of the two. A share of {s} of all samples lies in the left step.",
        ),
        Mistake(
            "no noise",
            lambda: 0,
            "The label is 0 or 1, and $x$ does not determine which. No forecast is always right.",
        ),
        Mistake(
            "half of the square",
            lambda answer: answer / 2,
            "That is the *half* squared error. Here the whole square counts.",
            almost=True,
        ),
    ],
    hints=[
        "Take one $x$ on the left. Which forecast has the least mean square there, and how large "
        "is it?",
        "The best forecast is the mean of the label, and its loss is the label's variance, $p (1 - "
        "p)$. Weight both steps by their shares of $x$.",
    ],
    because="At each $x$ the mean of the label is best, and leaves the label's variance.",
    solution="Left of {s} the forecast {a} has the loss ${a} \\cdot (1 - {a})$, which is {left}; "
    "right of it the forecast {b} has the loss {right}. So ${s} \\cdot {left} + {rest} \\cdot "
    "{right}$, which is {answer}.",
    shown=lambda s, a, b: {
        "left": round(a * (1 - a), 6),
        "right": round(b * (1 - b), 6),
        "rest": round(1 - s, 6),
    },
    draws_on=("datasets",),
)

FirstWrongLine(
    "loss_functions.bce_derivation",
    title="A derivation with a mistake",
    text="Somebody derives the binary cross-entropy in the logit $z$, with $p = \\sigma(z)$. "
    "Which is the first wrong line?",
    lines=[
        Mistake(
            "loss doubted",
            "$\\ell = -y \\log p - (1 - y) \\log(1 - p)$",
            "That is the binary cross-entropy as it is defined: one of the two terms is 0 for a "
            "label of 0 or 1.",
        ),
        Mistake(
            "derivative of the logarithms doubted",
            "$\\frac{d\\ell}{dp} = -\\frac{y}{p} + \\frac{1 - y}{1 - p}$",
            "This is right: $\\log(1 - p)$ has the derivative $-1/(1 - p)$, and the two minus "
            "signs of the second term make a plus.",
        ),
        Mistake(
            "derivative of sigma doubted",
            "$\\frac{dp}{dz} = p\\,(1 - p)$",
            "That is the derivative of the sigmoid. At $z = 0$ it is $1/4$, the steepest place "
            "of the curve.",
        ),
        "$\\frac{d\\ell}{dz} = -y\\,(1 - p) - (1 - y)\\,p$",
        Mistake(
            "a later line",
            "$\\frac{d\\ell}{dz} = -y - p + 2 y p$",
            "This follows from the line before it. Try the line before with $y = 0$: should the "
            "loss fall when $z$ rises?",
        ),
        Mistake(
            "the last line",
            "For $y = 1$ this is $p - 1$, for $y = 0$ it is $-p$.",
            "This follows from the lines before it. It does look odd, for $y = 0$: a mistake "
            "was made earlier.",
        ),
    ],
    wrong=3,
    hints=[
        "Multiply $d\\ell/dp$ by $dp/dz$ yourself, term by term.",
        "Try the lines with $y = 0$: the loss of a sample with label 0 rises with $z$.",
    ],
    because="A sign is lost: the second term is $+(1 - y)\\,p$, and both together are $p - y$.",
    solution="The product of the two derivatives is $-y\\,(1 - p) + (1 - y)\\,p$. Here the plus "
    "became a minus. With it the line shortens to $p - y$, which is positive for $y = 0$, as it "
    "must be.",
)


def wrong_side(rng):
    """Draw a label, and a logit on the wrong side of 0."""
    label = int(rng.integers(0, 2))
    return {"label": label, "z": float(rng.integers(2, 13)) / 2 * (1 - 2 * label)}


def slopes_by_forecast(z, label):
    """Return the slopes of square and cross-entropy in the forecast."""
    p = models.sigmoid(z)
    return np.array([2 * (p - label), (p - label) / (p * (1 - p))])


def slopes_by_logit(z, label):
    """Return the slopes of square and cross-entropy in the logit."""
    p = models.sigmoid(z)
    return slopes_by_forecast(z, label) * p * (1 - p)


Vector(
    "loss_functions.saturation",
    title="Two slopes where the forecast is wrong",
    text="A model forecasts $\\hat{{y}} = \\sigma(z)$ with the logit $z = {z}$, and the label is "
    "{label}. What is the slope in $z$ of the squared error $(\\hat{{y}} - y)^2$, and what is that "
    "of the binary cross-entropy? Write (square, cross-entropy).",
    values=wrong_side,
    answer=slopes_by_logit,
    mistakes=[
        Mistake(
            "slopes in the forecast",
            slopes_by_forecast,
            "Those are the slopes in $\\hat{{y}}$. The sigmoid comes before it: multiply by its "
            "slope, $\\hat{{y}} (1 - \\hat{{y}})$.",
        ),
        Mistake(
            "sigmoid forgotten in the square",
            lambda z, label, answer: np.array([slopes_by_forecast(z, label)[0], answer[1]]),
            "The second slope is right. In the first the slope of the sigmoid is missing, $\\hat{{"
            "y}} (1 - \\hat{{y}})$. It makes this slope small.",
        ),
        Mistake(
            "sigmoid's slope in both",
            lambda z, answer: answer * [1.0, models.sigmoid(z) * (1 - models.sigmoid(z))],
            "The first slope is right. In the second the slope of the sigmoid *cancels* against "
            "that of the logarithm: $\\hat{{y}} - y$ is left.",
        ),
        Mistake(
            "half squared error",
            lambda answer: answer * [0.5, 1.0],
            "The second slope is right. The first is that of the *half* squared error; here the "
            "square has no ½.",
            almost=True,
        ),
        Mistake(
            "the other label",
            lambda z, label: slopes_by_logit(z, 1 - label),
            "Those are the slopes for the other label. Here the label is {label}, and the forecast "
            "is on the wrong side.",
        ),
        Mistake(
            "the two swapped",
            lambda answer: answer[::-1],
            "The numbers are right, and stand in the wrong order: that of the square comes first.",
            almost=True,
        ),
    ],
    hints=[
        "Compute $\\hat{{y}} = 1 / (1 + e^{{-z}})$ first. On which side of ½ is it?",
        "The square has the slope $2 (\\hat{{y}} - y)$ in $\\hat{{y}}$; multiply by the sigmoid's, "
        "$\\hat{{y}} (1 - \\hat{{y}})$. The cross-entropy has the slope $\\hat{{y}} - y$ in $z$.",
    ],
    because="The square keeps the factor $\\hat{{y}} (1 - \\hat{{y}})$, small where the forecast "
    "is sure; in the cross-entropy it has cancelled.",
    solution="$\\hat{{y}} = {p:.4f}$. The square has the slope $2 (\\hat{{y}} - y) \\cdot \\hat{{"
    "y}} (1 - \\hat{{y}})$, the cross-entropy $\\hat{{y}} - y$: {answer:.4f}. The farther $z$ lies "
    "on the wrong side of 0, the nearer the first is to 0, and the second to {limit}.",
    shown=lambda z, label: {"p": models.sigmoid(z), "limit": 1 - 2 * label},
)


# ---------------------------------------------------------------------------------------------
# Your own stable loss
# ---------------------------------------------------------------------------------------------


def _sigmoid(z):
    """Compute the sigmoid as it is written on paper."""
    return 1 / (1 + np.exp(-z))


def _bce(y, p):
    """Compute the loss as it is written on paper."""
    return -y * np.log(p) - (1 - y) * np.log(1 - p)


def _clipped(epsilon):
    """Make a loss whose probabilities are clipped."""
    return lambda y_true, z: _bce(y_true, np.clip(_sigmoid(z), epsilon, 1 - epsilon))


def _clipped_logit(limit):
    """Make a loss whose logits are clipped."""
    return lambda y_true, z: _logits_bce(y_true, np.clip(z, -limit, limit))


def _clipped_naive(limit):
    """Make a loss whose logits are clipped, then its probabilities taken."""
    return lambda y_true, z: _bce(y_true, _sigmoid(np.clip(z, -limit, limit)))


def _shifted(epsilon):
    """Make a loss that adds a small number in the logarithm."""
    return lambda y_true, z: (
        -y_true * np.log(_sigmoid(z) + epsilon) - (1 - y_true) * np.log(1 - _sigmoid(z) + epsilon)
    )


def _logits_bce(y_true, z):
    """Compute the loss from the logit, without a check."""
    return np.maximum(z, 0) - y_true * z + np.log1p(np.exp(-np.abs(z)))


CodeQuestion(
    "loss_functions.stable_bce",
    title="Your own stable loss",
    text="Write the binary cross-entropy from the logit: `y_true` holds labels 0 and 1, `z` "
    "logits, both of shape `(n,)`. Return one loss for each sample, shape `(n,)`, in nats. It "
    "must survive $z = \\pm 1000$. Shapes that differ must raise a `ValueError`.",
    stub='''
    def stable_bce(y_true, z):
        """Compute the binary cross-entropy of each sample from its logit."""
        ...
    ''',
    reference=losses.binary_cross_entropy_with_logits,
    probes=[
        (np.array([y]), np.array([z]))
        for z in (0.0, 1.0, -1.0, 2.0, -2.0, 20.0, -20.0, 40.0, -40.0, 800.0, 1000.0, -1000.0)
        for y in (0, 1)
    ]
    + [
        (np.array([0, 1, 1]), np.array([1.0, 1.0, -3.0])),
        (np.array([0, 1]), np.array([-1000.0, 1000.0])),
        (np.array([0, 1, 1, 0, 0, 1, 0, 1]), np.linspace(-3, 4, 8)),
    ],
    draw=lambda rng: (rng.integers(0, 2, 3), rng.normal(0, 3, 3).round(2)),
    refuses=[
        (np.array([0, 1]), np.array([[0.5], [2.0]])),
        (np.array([0, 1, 1]), np.array([0.5, 2.0])),
        (np.array([[0], [1]]), np.array([0.5, 2.0])),
    ],
    mistakes=[
        CodeMistake(
            "exp overflows",
            (
                lambda y, z: np.log(1 + np.exp(-z)) + (1 - y) * z,
                lambda y, z: np.log1p(np.exp(-z)) + (1 - y) * z,
                lambda y, z: np.log(1 + np.exp(z)) - y * z,
                lambda y, z: np.log1p(np.exp(z)) - y * z,
                lambda y, z: y * np.log1p(np.exp(-z)) + (1 - y) * np.log1p(np.exp(z)),
                lambda y, z: np.where(y == 1, np.log1p(np.exp(-z)), np.log1p(np.exp(z))),
                lambda y, z: np.logaddexp(0, -z) + (1 - y) * np.log(np.exp(z)),
            ),
            "$\\exp(1000)$ is more than float64 can hold. Take $\\exp$ of $-|z|$ only, which "
            "lies between 0 and 1, and add $\\max(z, 0)$ outside.",
        ),
        CodeMistake(
            "the logarithm of a rounded sigmoid",
            (
                lambda y, z: _bce(y, _sigmoid(z)),
                lambda y, z: -np.log(np.where(y == 1, _sigmoid(z), 1 - _sigmoid(z))),
                lambda y, z: -np.where(y == 1, np.log(_sigmoid(z)), np.log(1 - _sigmoid(z))),
                lambda y, z: -np.log(y * _sigmoid(z) + (1 - y) * (1 - _sigmoid(z))),
            ),
            "$\\sigma(40)$ is exactly 1 in float64, and $\\log(1 - 1)$ is minus infinity. Put "
            "the sigmoid into the logarithm on paper first: the loss becomes a function of $z$.",
        ),
        CodeMistake(
            "clipped",
            (
                *(_clipped(10.0**-k) for k in (4, 5, 6, 7, 8, 9, 10, 12, 15, 16)),
                *(_clipped_logit(limit) for limit in (20, 30, 35, 50, 100, 500, 700, 709)),
            ),
            "You clip, so the loss stops growing: at $z = 1000$ and label 0 it must be 1000, "
            "and its gradient must not vanish. Work with $z$ itself.",
        ),
        CodeMistake(
            "log of zero repaired by adding",
            tuple(_shifted(10.0**-k) for k in (4, 5, 6, 7, 8, 9, 10, 12, 15, 16)),
            "A small number inside the logarithm hides the infinity and changes the loss: at $z "
            "= 1000$ and label 0 it must be 1000. Work with $z$ itself.",
        ),
        CodeMistake(
            "the loss stops growing",
            tuple(_clipped_naive(limit) for limit in (18, 25, 33)),
            "From some $|z|$ on your loss stays where it is: something clips, or adds a small "
            "number inside the logarithm. At $z = 1000$ and label 0 it must be 1000. Work with "
            "$z$ itself.",
            like=lambda came, must, y, z: (
                np.isfinite(came).all() and (came <= must).all() and (np.abs(z) >= 15).any()
            ),
        ),
        CodeMistake(
            "labels turned",
            (
                lambda y, z: _logits_bce(1 - y, z),
                lambda y, z: np.logaddexp(0, z) - (1 - y) * z,
                lambda y, z: _bce(1 - y, _sigmoid(z)),
            ),
            "Your loss is low where it must be high: label 1 must have a low loss for large $z$.",
        ),
        CodeMistake(
            "labels of minus one and one",
            (lambda y, z: np.logaddexp(0, -y * z), lambda y, z: np.log1p(np.exp(-y * z))),
            "$\\log(1 + \\exp(-yz))$ is the loss for labels $-1$ and $1$. Here they are 0 and 1, "
            "and label 0 always has the loss $\\log 2$.",
        ),
        CodeMistake(
            "label 0 forgotten",
            (
                lambda y, z: y * np.logaddexp(0, -z),
                lambda y, z: np.logaddexp(0, -z),
                lambda y, z: -y * np.log(_sigmoid(z)),
            ),
            "Only the half for label 1 is there. For label 0 the loss is $\\log(1 + \\exp(z))$.",
        ),
        CodeMistake(
            "mean of the batch",
            lambda y, z: np.mean(_logits_bce(y, z)),
            "You return the mean over the batch. Return one loss for each sample, shape `(n,)`.",
            almost=True,
        ),
        CodeMistake(
            "sum of the batch",
            lambda y, z: np.sum(_logits_bce(y, z)),
            "You return the sum over the batch. Return one loss for each sample, shape `(n,)`.",
            almost=True,
        ),
        CodeMistake(
            "bits",
            lambda y, z: _logits_bce(y, z) / np.log(2),
            "That is the loss in bits. The question asks for nats: use the natural logarithm.",
            almost=True,
        ),
        CodeMistake(
            "logits taken for probabilities",
            (
                lambda y, z: _bce(y, z),
                lambda y, z: _bce(y, np.clip(z, 1e-15, 1 - 1e-15)),
                lambda y, z: _bce(y, np.clip(z, 1e-12, 1 - 1e-12)),
                lambda y, z: _bce(y, np.clip(z, 1e-7, 1 - 1e-7)),
            ),
            "You take the logarithm of $z$, as if it were a probability. The probability is "
            "$\\sigma(z)$.",
        ),
        CodeMistake(
            "the sign of the logit",
            lambda y, z: np.maximum(z, 0) + y * z + np.log1p(np.exp(-np.abs(z))),
            "The term with the label has the wrong sign: it is $- y z$.",
        ),
        CodeMistake(
            "the absolute value forgotten",
            (
                lambda y, z: np.maximum(z, 0) - y * z + np.log1p(np.exp(-z)),
                lambda y, z: np.maximum(z, 0) - y * z + np.log1p(np.exp(z)),
            ),
            "With $\\max(z, 0)$ outside, the exponent inside must be $-|z|$, not $-z$ and not $z$.",
        ),
        CodeMistake(
            "shapes broadcast",
            _logits_bce,
            "Labels `(n,)` against logits `(n, 1)` make `(n, n)` losses without an error. Compare "
            "the shapes first, and raise a `ValueError`.",
            almost=True,
        ),
    ],
    hints=[
        "Put $\\sigma(z)$ into the loss on paper: it becomes $\\log(1 + \\exp(z)) - y z$.",
        "$\\log(1 + \\exp(z)) = \\max(z, 0) + \\log(1 + \\exp(-|z|))$, for every $z$.",
    ],
    because="$\\max(z, 0) - y z + \\log(1 + \\exp(-|z|))$ never takes $\\exp$ of a positive "
    "number.",
    solution="`np.maximum(z, 0) - y_true * z + np.log1p(np.exp(-np.abs(z)))`, after the shapes "
    "have been compared.",
    core=True,
)


# ---------------------------------------------------------------------------------------------
# Your own log-sum-exp
# ---------------------------------------------------------------------------------------------


def _shifted_by(shift):
    """Make a log-sum-exp of each row that takes a shift off and adds it again."""
    return lambda Z: np.log(np.exp(Z - shift(Z)).sum(axis=1)) + np.squeeze(shift(Z))


def _row_maximum(Z):
    """Return the largest logit of each row, as a column."""
    return Z.max(axis=1, keepdims=True)


def _rows(Z):
    """Compute the log-sum-exp of each row, without a check."""
    return np.log(np.exp(Z - _row_maximum(Z)).sum(axis=1)) + Z.max(axis=1)


CodeQuestion(
    "loss_functions.logsumexp_rows",
    title="Log-sum-exp of a batch",
    text="Write $\\log \\sum_c e^{z_c}$ for a batch of logits: `Z` has the shape `(n, K)`, one "
    "sample a row. Return one number for each sample, shape `(n,)`. It must survive logits of "
    "±1000, and samples of very different size in one batch.",
    stub='''
    def logsumexp_rows(Z):
        """Compute the logarithm of the summed exponentials of each row, shape (n,)."""
        ...
    ''',
    reference=models.logsumexp,
    probes=[
        (np.array(Z),)
        for Z in (
            [[0.0, 0.0]],
            [[1.0, 2.0]],
            [[-1.0, -3.0]],
            [[1.0, 0.5, -2.0]],
            [[0.0, 1.0], [2.0, 4.0]],
            [[0.0, 1.0, 3.0], [2.0, -1.0, 1.0]],
            [[0.0, 30.0]],
            [[-40.0, -41.0]],
            [[1000.0, 999.0]],
            [[-1000.0, -1001.0]],
            [[0.0, 1.0], [-60.0, -61.0]],
            [[0.0, 1.0], [10000.0, 10001.0]],
            [[-1000.0, -1001.0], [0.0, 1.0]],
            [[-1000.0, 1000.0]],
            np.linspace(-3, 5, 56).reshape(8, 7).round(2),
        )
    ],
    draw=lambda rng: (rng.normal(0, 3, (3, 4)).round(2),),
    mistakes=[
        CodeMistake(
            "one maximum for the whole batch",
            (
                _shifted_by(lambda Z: Z.max()),
                lambda Z: np.log(np.exp(Z - Z.max(axis=0)).sum(axis=1)) + Z.max(),
                lambda Z: Z.max() + np.log(np.maximum(np.exp(Z - Z.max()).sum(axis=1), 1e-300)),
            ),
            "You take one maximum for the whole batch. In a row that is much smaller every "
            "exponential becomes 0, and the logarithm of 0 is minus infinity. Each row needs its "
            "own maximum.",
        ),
        CodeMistake(
            "max(0, ·)",
            (
                _shifted_by(lambda Z: np.maximum(_row_maximum(Z), 0)),
                lambda Z: (
                    np.log(np.exp(Z - np.abs(_row_maximum(Z))).sum(axis=1)) + np.abs(Z.max(axis=1))
                ),
            ),
            "You never subtract less than 0. That helps against overflow, but in the row (−1000, "
            "−1001) all exponentials are 0. Subtract the maximum, whatever its sign is.",
        ),
        CodeMistake(
            "exp overflows",
            (
                lambda Z: np.log(np.exp(Z).sum(axis=1)),
                lambda Z: np.log1p(np.exp(Z).sum(axis=1) - 1),
            ),
            "$e^{1000}$ is more than float64 can hold, and $e^{-1000}$ is 0. Subtract the largest "
            "logit of each row first, and add it outside.",
        ),
        CodeMistake(
            "log of zero repaired by adding",
            tuple(
                lambda Z, k=k: np.log(np.exp(Z).sum(axis=1) + 10.0**-k)
                for k in (4, 6, 7, 8, 9, 10, 12, 15, 16)
            )
            + tuple(
                lambda Z, k=k: np.log(np.exp(Z - Z.max()).sum(axis=1) + 10.0**-k) + Z.max()
                for k in (6, 7, 8, 9, 10, 12)
            ),
            "A small number inside the logarithm hides the infinity and changes the result: for "
            "the row (−40, −41) it must be −39.6867. Subtract the row's own maximum instead.",
        ),
        CodeMistake(
            "clipped",
            tuple(
                lambda Z, limit=limit: np.log(np.exp(np.clip(Z, -limit, limit)).sum(axis=1))
                for limit in (20, 30, 50, 100, 500, 700, 709)
            ),
            "You clip the logits, so the result stops growing: for the row (1000, 999) it must be "
            "1000.3133.",
        ),
        CodeMistake(
            "keepdims left out",
            lambda Z: Z.max(axis=1) + np.log(np.exp(Z - Z.max(axis=1)).sum(axis=1)),
            "`Z.max(axis=1)` has the shape `(n,)`, and NumPy subtracts it along the *columns*: "
            "from column 0 the maximum of row 0, and so on. With `keepdims=True` it is a column.",
        ),
        CodeMistake(
            "a column added to a row",
            lambda Z: _row_maximum(Z) + np.log(np.exp(Z - _row_maximum(Z)).sum(axis=1)),
            "You added the maxima as a column, `(n, 1)`, to logarithms of shape `(n,)`: that "
            "makes a table `(n, n)`. Add them as `m[:, 0]`.",
        ),
        CodeMistake(
            "the mean for the maximum",
            lambda Z: (
                Z.mean(axis=1) + np.log(np.exp(Z - Z.mean(axis=1, keepdims=True)).sum(axis=1))
            ),
            "You subtracted the mean of the row. The formula holds for every number, but only the "
            "maximum is safe: in the row (−1000, 1000) the mean is 0, and $e^{1000}$ overflows.",
        ),
        CodeMistake(
            "the maximum not added again",
            lambda Z: np.log(np.exp(Z - _row_maximum(Z)).sum(axis=1)),
            "You subtracted the maximum inside, and did not add it again outside.",
        ),
        CodeMistake(
            "the maximum taken off twice",
            lambda Z: np.log(np.exp(Z - _row_maximum(Z)).sum(axis=1)) - Z.max(axis=1),
            "The maximum that is subtracted inside must be *added* outside.",
        ),
        CodeMistake(
            "the maximum alone",
            lambda Z: Z.max(axis=1),
            "That is the largest logit of each row. The others still count: for the row (0, 0) "
            "the result is $\\log 2$.",
        ),
        CodeMistake(
            "over the samples",
            lambda Z: models.logsumexp(Z.T),
            "You added down the columns, over the samples. The classes of one sample stand in a "
            "row: `axis=1`.",
        ),
        CodeMistake(
            "over the whole batch",
            lambda Z: models.logsumexp(Z.ravel()),
            "You added over the whole batch. Return one number for each row.",
        ),
        CodeMistake(
            "mean for sum",
            lambda Z: _rows(Z) - np.log(Z.shape[1]),
            "You took the logarithm of the *mean* of the exponentials. Take that of their sum.",
        ),
        CodeMistake(
            "a column",
            lambda Z: _rows(Z)[:, None],
            "The numbers are right, but their shape is `(n, 1)`. It must be `(n,)`: add without "
            "`keepdims`.",
            almost=True,
        ),
        CodeMistake(
            "logarithm to base 2",
            lambda Z: _rows(Z) / np.log(2),
            "That is the logarithm to base 2. Use the natural one.",
            almost=True,
        ),
    ],
    hints=[
        "$\\log \\sum_c e^{z_c} = M + \\log \\sum_c e^{z_c - M}$ for all $M$. Which $M$ is safe?",
        "`Z.max(axis=1, keepdims=True)` is a column with the largest logit of each row.",
    ],
    because="When the row's own maximum is subtracted, one exponential is 1 and none is larger.",
    solution="`m = Z.max(axis=1, keepdims=True)`, then `m[:, 0] + np.log(np.exp(Z - "
    "m).sum(axis=1))`.",
    core=True,
)
