"""Exercises of the chapter on likelihood and information."""

import math

import numpy as np

from lib import information, losses
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
# Predict first
# ---------------------------------------------------------------------------------------------


def _percent(heads, tails, theta=0.7):
    """Return the probability of a sequence of flips, in percent."""
    return 100 * theta**heads * (1 - theta) ** tails


Choice(
    "likelihood.best_description",
    title="The best description of a coin",
    predict=True,
    text="You flip a coin ten times and see seven heads and three tails. You give the coin the "
    "best description you can: heads has probability 0.7. Under this description, how probable "
    "is exactly the sequence of flips that you saw?",
    right="About {sequence:.1f} %",
    wrong=[
        Mistake(
            "one flip for ten",
            "About 70 %",
            "That is the probability of a *single* head. Ten flips have ten factors, and their "
            "product is {sequence:.2f} %.",
        ),
        Mistake(
            "any order",
            "About {any_order:.0f} %",
            "That is the probability of seven heads in *any* order: {ways} sequences have them. "
            "The question asks for the one that you saw.",
        ),
        Mistake(
            "ten heads",
            "About {all_heads:.0f} %",
            "That is the probability of ten heads, $0.7^{{10}}$. The three tails have the "
            "probability 0.3 each.",
        ),
    ],
    hints=["Multiply ten factors, one for each flip."],
    because="Each flip multiplies by 0.7 or 0.3, and there are ten of them.",
    solution="About {sequence:.1f} %: it is $0.7^7 \\times 0.3^3 = {likelihood:.4f}$, computed "
    "in the first cells below. No description of the coin gives this sequence more. A product "
    "of many probabilities is a small number even for the best model. Only comparing it with "
    "that of another model tells you something.",
    shown=lambda: {
        "sequence": _percent(7, 3),
        "likelihood": _percent(7, 3) / 100,
        "any_order": math.comb(10, 7) * _percent(7, 3),
        "ways": math.comb(10, 7),
        "all_heads": _percent(10, 0),
    },
    core=True,
)

Number(
    "likelihood.untrained_loss",
    title="The first loss of a training log",
    predict=True,
    text="You build a classifier for ten classes and start training. Its weights are still near "
    "zero, so it gives every class about the same probability. Which cross-entropy, in nats, "
    "should the first line of your training log show?",
    answer=lambda: losses.cross_entropy_with_logits([0], np.zeros((1, 10)))[0],
    unit="nats",
    mistakes=[
        Mistake(
            "the probability",
            lambda: 1 / 10,
            "That is the probability of the right class. The loss is minus its logarithm.",
        ),
        Mistake(
            "the error rate",
            lambda: 9 / 10,
            "That is how often a blind guess is wrong. The cross-entropy asks how much "
            "*probability* the right class got.",
        ),
        Mistake(
            "bits",
            lambda: math.log2(10),
            "That is the loss in bits. Losses are reported in nats, with the natural logarithm.",
            almost=True,
        ),
        Mistake(
            "the logarithm to base 10",
            lambda: math.log10(10),
            "That is the logarithm to base 10. Losses use the natural logarithm.",
        ),
        Mistake(
            "two classes",
            lambda: math.log(2),
            "That is the loss of guessing between *two* classes. With ten, the right one gets "
            "less.",
        ),
        Mistake(
            "the minus was lost",
            lambda: -math.log(10),
            "The logarithm of 1/10 is negative, and the loss is *minus* it. A loss of classes "
            "is never below 0.",
        ),
        Mistake(
            "no probability at all",
            lambda: 0.0,
            "A loss of 0 needs probability 1 for the right class. Here it gets 1/10.",
        ),
    ],
    hints=[
        "How much probability does the right class get?",
        "The loss is minus the natural logarithm of that.",
    ],
    because="Every class gets 1/10, and minus the logarithm of it is the logarithm of 10.",
    solution="Every class gets $1/10$, so every sample has the loss $-\\log \\frac{1}{10} = \\log "
    "10 = {answer:.4f}$ nats. Remember this number: a first loss far from $\\log K$ means that "
    "something is wrong before training has begun. The next cell computes it.",
    draws_on=("loss_functions",),
    core=True,
)

_MEASURED = np.array([1.0, 2, 2, 3, 12])

Vector(
    "likelihood.two_friends",
    title="Two beliefs about the noise",
    predict=True,
    text="Five measurements of one quantity: 1, 2, 2, 3, 12. Two friends fit a single number "
    "$\\mu$ by maximum likelihood. One assumes Gaussian noise, the other Laplace noise, both "
    "with a fixed scale. Which two numbers do they report? Write (Gaussian, Laplace).",
    answer=lambda: np.array([_MEASURED.mean(), np.median(_MEASURED)]),
    mistakes=[
        Mistake(
            "the two swapped",
            lambda answer: answer[::-1],
            "Those are the right numbers, with the names swapped. The minus logarithm of the "
            "Gaussian is a square, that of the Laplace density an absolute value.",
            almost=True,
        ),
        Mistake(
            "the mean twice",
            lambda: np.full(2, _MEASURED.mean()),
            "The mean minimises *squares*, which is the Gaussian case. The Laplace density has "
            "an absolute value in its exponent.",
        ),
        Mistake(
            "the median twice",
            lambda: np.full(2, np.median(_MEASURED)),
            "The median minimises *absolute values*, which is the Laplace case. Under Gaussian "
            "noise the squares count, so the 12 counts most.",
        ),
        Mistake(
            "the middle of the range",
            lambda: np.array([(1 + 12) / 2, np.median(_MEASURED)]),
            "The middle between the smallest and the largest value ignores the other three. The "
            "Gaussian case minimises the sum of all five squares.",
        ),
    ],
    hints=[
        "Minus the logarithm of a Gaussian density is a square, and of a Laplace density an "
        "absolute value.",
        "Which number minimises a sum of squares, and which a sum of absolute values?",
    ],
    because="Squares are minimised by the mean, absolute values by the median.",
    solution="The Gaussian friend reports the mean, {mean}. The Laplace friend reports the median, "
    "{median}. The data and the principle are the same; the assumption about the noise makes the "
    "difference. Under squares a distant point moves the fit much. Under absolute values only the "
    "side counts on which a point lies, and at most half of the points lie on either side of the "
    "median. The figure below draws both curves.",
    shown=lambda: {"mean": _MEASURED.mean(), "median": np.median(_MEASURED)},
    draws_on=("loss_functions",),
    core=True,
)

# ---------------------------------------------------------------------------------------------
# One number, several names
# ---------------------------------------------------------------------------------------------


def _coin(theta):
    """Return the distribution of a coin."""
    return np.array([theta, 1 - theta])


def _ledger(p, q):
    """Return entropy, cross-entropy and KL divergence of two coins, in nats."""
    pair = _coin(p), _coin(q)
    cross = information.cross_entropy_between(*pair)
    return np.array([information.entropy(pair[0]), cross, information.kl_divergence(*pair)])


def _flips_and_model(rng):
    """Draw how often a coin showed heads, and what a model says of it."""
    n = int(rng.choice([10, 20, 50]))
    heads = int(rng.integers(n // 10, n - n // 10 + 1))
    return {"n": n, "heads": heads, "q": round(int(rng.integers(1, 10)) / 10, 1)}


Vector(
    "likelihood.coin_ledger",
    title="The ledger of a coin",
    text="A coin shows {heads} heads in {n} flips. A model gives heads the probability {q}. "
    "Write three entries of the ledger, in nats: (entropy of the data, mean NLL of the model, "
    "KL divergence from the data to the model).",
    values=_flips_and_model,
    answer=lambda n, heads, q: _ledger(heads / n, q),
    mistakes=[
        Mistake(
            "sum for mean",
            lambda answer, n: n * answer,
            "Those are totals over all {n} flips. Each entry is a mean over the flips: divide "
            "by {n}.",
        ),
        Mistake(
            "bits",
            lambda answer: answer / math.log(2),
            "Those are the entries in bits. The question asks for nats: multiply by $\\log 2$.",
            almost=True,
        ),
        Mistake(
            "KL the wrong way round",
            lambda answer, n, heads, q: np.array([*answer[:2], _ledger(q, heads / n)[2]]),
            "Your KL divergence goes from the model to the data. The *data* say how often each "
            "outcome is counted; the first two entries must add up: $H + \\mathrm{{KL}}$ is the "
            "mean NLL.",
        ),
        Mistake(
            "data and model exchanged",
            lambda n, heads, q: _ledger(q, heads / n),
            "You took the means under the model. The data give the frequencies, the model gives "
            "the surprises: weight with {p} and $1 - {p}$.",
        ),
        Mistake(
            "the entropy of the model",
            lambda answer, n, heads, q: np.array([_ledger(q, q)[0], *answer[1:]]),
            "Your first entry is the entropy of the *model*. The question asks for that of the "
            "data, with $\\hat{p} = {heads}/{n}$.",
        ),
        Mistake(
            "added for subtracted",
            lambda answer: np.array([*answer[:2], answer[0] + answer[1]]),
            "You added. The mean NLL is the entropy *plus* the KL divergence, so KL is the mean "
            "NLL *minus* the entropy.",
        ),
        Mistake(
            "heads only",
            lambda n, heads, q: np.array(
                [
                    -heads / n * math.log(heads / n),
                    -heads / n * math.log(q),
                    heads / n * math.log(heads / n / q),
                ]
            ),
            "You counted the heads only. The tails have a share, too, with $1 - {p}$ and $1 - "
            "{q}$.",
        ),
    ],
    hints=[
        "The data have the distribution $\\hat{{P}} = ({p}, {other})$, the model $Q = ({q}, "
        "{not_q})$.",
        "The mean NLL is the cross-entropy $-{p} \\log {q} - {other} \\log {not_q}$.",
        "The KL divergence is the mean NLL minus the entropy.",
    ],
    because="The data's own share is the entropy; what the model adds is the KL divergence.",
    solution="With $\\hat{{P}} = ({p}, {other})$ and $Q = ({q}, {not_q})$: $H = {h:.4f}$, the "
    "mean NLL is the cross-entropy {ce:.4f}, and their difference is KL = {kl:.4f}.",
    shown=lambda n, heads, q, answer: {
        "p": round(heads / n, 6),
        "other": round(1 - heads / n, 6),
        "not_q": round(1 - q, 6),
        **dict(zip(["h", "ce", "kl"], answer, strict=True)),
    },
    core=True,
)

Choices(
    "likelihood.five_names",
    title="One number, several names",
    text="Ten flips show seven heads. A model gives heads the probability 0.5. Which of these "
    "are the same number, {ce:.4f} nats? Tick all.",
    options=[
        Option(
            "The NLL of the ten flips, divided by 10",
            True,
            "Every flip has the loss $\\log 2$, so the mean of the ten is $\\log 2$, too.",
            "mean NLL",
        ),
        Option(
            "The mean log-loss of a classifier that predicts 0.5 for every flip",
            True,
            "The log-loss of a sample *is* its negative log-likelihood.",
            "log-loss",
        ),
        Option(
            "The number $-0.7 \\log 0.5 - 0.3 \\log 0.5$",
            True,
            "That is the cross-entropy of the model under the data. $-\\log 0.5$ comes 0.7 of "
            "the times, and 0.3 of the times.",
            "cross-entropy",
        ),
        Option(
            "The entropy of $(0.7, 0.3)$ plus the KL divergence from $(0.7, 0.3)$ to $(0.5, 0.5)$",
            True,
            "Cross-entropy is entropy plus KL divergence: {h:.4f} and {kl:.4f}.",
            "entropy plus KL",
        ),
        Option(
            "The KL divergence from $(0.7, 0.3)$ to $(0.5, 0.5)$",
            False,
            "That is only what the model adds, {kl:.4f}. The entropy of the data is missing.",
            "KL alone",
        ),
        Option(
            "The number $-0.5 \\log 0.7 - 0.5 \\log 0.3$",
            False,
            "There the model gives the frequencies, and the data give the surprises: {turned:.4f}. "
            "It must be the other way round.",
            "cross-entropy the wrong way round",
        ),
        Option(
            "Minus the logarithm of the probability that the coin is fair, divided by 10",
            False,
            "A likelihood is the probability of the *data* for a given coin. For a probability "
            "of the coin one needs a prior and Bayes' rule.",
            "a probability of the coin",
        ),
    ],
    hints=[
        "The likelihood is the probability of the flips. Which distribution stands in front of "
        "the logarithm, and which inside?",
        "Compute each: $\\log 2 = 0.6931$, $\\log 0.7 = -0.3567$, $\\log 0.3 = -1.2040$.",
    ],
    because="Mean NLL, log-loss, cross-entropy, and entropy plus KL divergence are one number.",
    solution="The first four. The KL divergence alone is {kl:.4f}; with the two distributions "
    "exchanged the cross-entropy is {turned:.4f}; and no probability of the coin follows from "
    "the flips alone.",
    shown=lambda: {
        **dict(zip(["h", "ce", "kl"], _ledger(0.7, 0.5), strict=True)),
        "turned": _ledger(0.5, 0.7)[1],
    },
    core=True,
)

# ---------------------------------------------------------------------------------------------
# Tiny likelihoods, nats and bits
# ---------------------------------------------------------------------------------------------


def _first_below(p, halvings):
    """Return the first n for which p to the n is below 2 to minus so many halvings."""
    return math.floor(halvings * math.log(2) / -math.log(p)) + 1


def _is_sharp(p):
    """Tell whether powers, repeated products and logarithms agree on the first n that is zero."""
    n, product = 0, 1.0
    while product:
        n, product = n + 1, product * p
    return n == _first_below(p, 1075) and p**n == 0 < p ** (n - 1)


_SHARP = [p for p in np.round(np.arange(1, 45) / 100, 2).tolist() if _is_sharp(p)]

Number(
    "likelihood.first_zero",
    title="The first zero",
    text="A model gives every right label the probability {p}. From which number of samples $n$ "
    "on is the likelihood ${p}^n$ exactly 0 in float64? Whatever is below $2^{{-1075}}$ is "
    "rounded to 0.",
    values=lambda rng: {"p": float(rng.choice(_SHARP))},
    answer=lambda p: next(n for n in range(1, 5000) if p**n == 0),
    tolerance=0,
    mistakes=[
        Mistake(
            "one too few",
            lambda answer: answer - 1,
            "For that $n$ the likelihood still is a positive number, the last one. The question "
            "asks for the first $n$ for which it is 0.",
            almost=True,
        ),
        Mistake(
            "one too many",
            lambda answer: answer + 1,
            "For that $n$ it is 0, and for $n - 1$ already. The question asks for the first.",
            almost=True,
        ),
        Mistake(
            "nats over bits",
            lambda p: math.floor(1075 * math.log(2) / -math.log2(p)) + 1,
            "You divided nats by bits. Take both logarithms to the same base: $1075 \\log 2$ "
            "over $-\\log {p}$.",
        ),
        Mistake(
            "bits over nats",
            lambda p: math.floor(1075 / -math.log(p)) + 1,
            "You divided bits by nats. Take both logarithms to the same base: $1075 \\log 2$ "
            "over $-\\log {p}$.",
        ),
        Mistake(
            "halvings",
            lambda: 1075,
            "That is the answer for a probability of one half. Here each sample multiplies by {p}.",
        ),
        Mistake(
            "the smallest normal number",
            lambda p: _first_below(p, 1022),
            "Below $2^{{-1022}}$ numbers lose digits, but they are not 0 yet. That happens "
            "below $2^{{-1075}}$.",
        ),
        Mistake(
            "single precision",
            lambda p: _first_below(p, 150),
            "That is where float32 becomes 0. The question asks for float64, which goes down to "
            "$2^{{-1075}}$.",
        ),
    ],
    hints=[
        "Compare logarithms: the logarithm of ${p}^n$ is $n \\log {p}$.",
        "${p}^n < 2^{{-1075}}$ means $n \\cdot {surprise:.4f} > 745.13$.",
    ],
    because="${p}^n$ is below half of the smallest positive number. A few hundred samples are "
    "enough, so logarithms are added in place of multiplying.",
    solution="${p}^n < 2^{{-1075}}$ means $n \\cdot {surprise:.4f} > 745.13$, so $n > "
    "{bound:.1f}$: from $n = {answer}$ on.",
    shown=lambda p: {"surprise": -math.log(p), "bound": 1075 * math.log(2) / -math.log(p)},
    core=True,
)

Vector(
    "likelihood.read_a_loss",
    title="Read a loss",
    text="A classifier reports a mean cross-entropy of {loss} nats. How many bits is that, and "
    "which probability does it give to the right label, on geometric average? Write (bits, "
    "probability).",
    values=lambda rng: {"loss": round(int(rng.integers(2, 61)) / 20, 2)},
    answer=lambda loss: np.array([loss / math.log(2), math.exp(-loss)]),
    mistakes=[
        Mistake(
            "the two swapped",
            lambda answer: answer[::-1],
            "Those are the right numbers in the wrong order: the bits come first.",
            almost=True,
        ),
        Mistake(
            "multiplied by log 2",
            lambda loss, answer: np.array([loss * math.log(2), answer[1]]),
            "A bit is smaller than a nat, 0.6931 of it, so there are *more* bits than nats: "
            "divide.",
        ),
        Mistake(
            "perplexity",
            lambda loss, answer: np.array([answer[0], math.exp(loss)]),
            "That is $e^L$, the perplexity: among how many equally probable classes the model "
            "guesses. The probability is one over it.",
        ),
        Mistake(
            "a power of 2",
            lambda loss, answer: np.array([answer[0], 2**-loss]),
            "You raised 2 to a number of nats. With nats the base is $e$; with bits it is 2.",
        ),
        Mistake(
            "one minus the loss",
            lambda loss, answer: np.array([answer[0], 1 - loss]),
            "$1 - L$ is near $e^{{-L}}$ only for small losses. Invert the logarithm.",
        ),
        Mistake(
            "nats left",
            lambda loss, answer: np.array([loss, answer[1]]),
            "The first entry still is in nats. One bit is $\\log 2 = 0.6931$ nats.",
        ),
    ],
    hints=[
        "One bit is 0.6931 nats.",
        "The loss is minus the logarithm of a probability. What undoes a logarithm?",
    ],
    because="Bits are nats over $\\log 2$, and $e^{{-L}}$ undoes minus the logarithm.",
    solution="${loss} / 0.6931 = {bits:.4f}$ bits, and $e^{{-{loss}}} = {probability:.4f}$.",
    shown=lambda answer: {"bits": answer[0], "probability": answer[1]},
    draws_on=("loss_functions",),
    core=True,
)


def _letters(rng):
    """Draw the frequencies of three letters, and those that a code was made for."""
    p = rng.permutation([[0.5, 0.25, 0.25], [0.6, 0.3, 0.1], [0.8, 0.1, 0.1]][rng.integers(3)])
    q = rng.permutation([[0.7, 0.2, 0.1], [0.5, 0.4, 0.1], [0.6, 0.2, 0.2]][rng.integers(3)])
    return {"P": p, "Q": q}


Number(
    "likelihood.wasted_bits",
    title="A code for the wrong letters",
    text="Letters come with the frequencies $P = {P}$. Their code was made for $Q = {Q}$ and uses "
    "$-\\log_2 q_c$ bits on letter $c$. How many bits a letter are wasted, compared with the best "
    "code for $P$?",
    values=_letters,
    answer=lambda P, Q: information.kl_divergence(P, Q, base=2),
    unit="bits",
    mistakes=[
        Mistake(
            "nats",
            lambda P, Q: information.kl_divergence(P, Q),
            "That is the waste in nats. The question asks for bits: use the logarithm to base 2.",
            almost=True,
        ),
        Mistake(
            "KL the wrong way round",
            lambda P, Q: information.kl_divergence(Q, P, base=2),
            "That is $\\mathrm{{KL}}(Q \\,\\|\\, P)$, as if the letters came from $Q$. They come "
            "from $P$, so $P$ stands in front of the logarithm.",
        ),
        Mistake(
            "the whole length",
            lambda P, Q: information.cross_entropy_between(P, Q, base=2),
            "That is what the wrong code uses in all, the cross-entropy. Subtract what the best "
            "code uses, {h:.4f} bits.",
        ),
        Mistake(
            "the best code",
            lambda P: information.entropy(P, base=2),
            "That is what the *best* code uses. The question asks how much more the wrong one "
            "uses.",
        ),
        Mistake(
            "difference of two entropies",
            lambda P, Q: information.entropy(Q, base=2) - information.entropy(P, base=2),
            "That compares two distributions of letters, each with its own code. Here the letters "
            "come from $P$ in both cases, and only the code differs.",
        ),
        Mistake(
            "letters not weighed",
            lambda P, Q: float(np.mean(np.log2(P / Q))),
            "You took the plain mean over the letters. They are not equally frequent: weight each "
            "with $p_c$.",
        ),
    ],
    hints=[
        "For each letter: how many bits does the wrong code use, and how many the best, $-\\log_2 "
        "p_c$?",
        "The waste at letter $c$ is $\\log_2 (p_c / q_c)$, and it comes $p_c$ of the times.",
    ],
    because="The waste is $\\mathrm{{KL}}(P \\,\\|\\, Q)$: cross-entropy minus entropy.",
    solution="The wrong code uses $H(P, Q) = {ce:.4f}$ bits a letter, the best one $H(P) = "
    "{h:.4f}$. The difference is $\\mathrm{{KL}}(P \\,\\|\\, Q) = {answer:.4f}$ bits.",
    shown=lambda P, Q: {
        "h": information.entropy(P, base=2),
        "ce": information.cross_entropy_between(P, Q, base=2),
    },
    core=True,
)


def _smoothed(epsilon, k):
    """Return a label of k classes with label smoothing."""
    return (1 - epsilon) * np.eye(k)[0] + epsilon / k


Number(
    "likelihood.smoothing_floor",
    title="A floor you made yourself",
    text="You train a {k}-class model with label smoothing: each class gets ${eps} / {k}$, and the "
    "right one $1 - {eps}$ more. Below which value, in nats, can the cross-entropy never fall?",
    values=lambda rng: {
        "k": int(rng.choice([3, 4, 5, 10, 20, 100])),
        "eps": float(rng.choice([0.05, 0.1, 0.2, 0.3])),
    },
    answer=lambda k, eps: information.entropy(_smoothed(eps, k)),
    unit="nats",
    mistakes=[
        Mistake(
            "the floor of one-hot labels",
            lambda: 0.0,
            "The floor is 0 for one-hot labels, whose entropy is 0. A smoothed label has an "
            "entropy of its own.",
        ),
        Mistake(
            "the right class only",
            lambda k, eps: -(1 - eps + eps / k) * math.log(1 - eps + eps / k),
            "That is the term of the right class. The {others} other classes have one each.",
        ),
        Mistake(
            "the logarithm of the right class",
            lambda k, eps: -math.log(1 - eps + eps / k),
            "That is the loss of a one-hot label. The smoothed label also asks for the "
            "logarithms of the other classes.",
        ),
        Mistake(
            "the other convention",
            lambda k, eps: -(1 - eps) * math.log(1 - eps) - eps * math.log(eps / (k - 1)),
            "You share ${eps}$ among the *wrong* classes. Here all {k} classes get a share, so "
            "the right one has {top}.",
            almost=True,
        ),
        Mistake(
            "one wrong class for all",
            lambda k, eps: (
                -(1 - eps + eps / k) * math.log(1 - eps + eps / k) - eps / k * math.log(eps / k)
            ),
            "You counted one of the other classes. There are {others} of them, with the same "
            "term each.",
        ),
        Mistake(
            "bits",
            lambda answer: answer / math.log(2),
            "That is the floor in bits. The question asks for nats.",
            almost=True,
        ),
    ],
    hints=[
        "No model gets below the entropy of the labels.",
        "The right class has {top}, each of the {others} others {low}.",
    ],
    because="The lowest cross-entropy is the entropy of the smoothed label, reached when the "
    "model says just that.",
    solution="The label has {top} for the right class and {low} for each of the {others} "
    "others. Its entropy is $-{top} \\log {top} - {others} \\cdot {low} \\log {low} = "
    "{answer:.4f}$.",
    shown=lambda k, eps: {"top": 1 - eps + eps / k, "low": eps / k, "others": k - 1},
)

# ---------------------------------------------------------------------------------------------
# Noise
# ---------------------------------------------------------------------------------------------


def _readings(rng):
    """Draw two readings of one quantity, and the scales of their errors."""
    one, other = rng.choice(range(5, 31), size=2, replace=False).tolist()
    s, t = rng.choice([1, 2, 3, 4], size=2, replace=False).tolist()
    return {"one": one, "other": other, "s": s, "t": t}


Number(
    "likelihood.two_instruments",
    title="Two instruments",
    text="One quantity is measured twice: {one} with $\\sigma = {s}$, and {other} with $\\sigma "
    "= {t}$. The errors are Gaussian and independent. Which value $\\mu$ maximises the "
    "likelihood?",
    values=_readings,
    answer=lambda one, other, s, t: (one / s**2 + other / t**2) / (1 / s**2 + 1 / t**2),
    mistakes=[
        Mistake(
            "the plain mean",
            lambda one, other: (one + other) / 2,
            "The plain mean gives both the same weight. The squares are divided by $\\sigma^2$, so "
            "the more precise one counts more.",
        ),
        Mistake(
            "sigma for sigma squared",
            lambda one, other, s, t: (one / s + other / t) / (1 / s + 1 / t),
            "You weighted with $1/\\sigma$. In the exponent of the Gaussian stands $\\sigma^2$: "
            "the weights are $1/\\sigma^2$.",
        ),
        Mistake(
            "weights turned round",
            lambda one, other, s, t: (one * s**2 + other * t**2) / (s**2 + t**2),
            "You weighted with $\\sigma^2$: the less precise reading counts most. The weights are "
            "one over that.",
        ),
        Mistake(
            "divided by the number",
            lambda one, other, s, t: (one / s**2 + other / t**2) / 2,
            "You divided by the number of readings. A weighted mean is divided by the *sum of "
            "the weights*, else it does not lie between the two.",
        ),
        Mistake(
            "the better one only",
            lambda one, other, s, t: one if s < t else other,
            "The other reading is less precise, but it counts: its weight is $1/\\sigma^2$, not 0.",
        ),
    ],
    hints=[
        "The NLL is $\\frac{{({one} - \\mu)^2}}{{2 \\cdot {s}^2}} + \\frac{{({other} - "
        "\\mu)^2}}{{2 \\cdot {t}^2}}$ and a constant. Set its derivative to 0.",
        "The weights are $1/{s}^2$ and $1/{t}^2$, and a weighted mean is divided by their sum.",
    ],
    because="It is weighted least squares: each square is divided by its own variance.",
    solution="The derivative is 0 where $({one} - \\mu)/{s}^2 + ({other} - \\mu)/{t}^2 = 0$, so "
    "$\\mu = ({one}/{s}^2 + {other}/{t}^2) / (1/{s}^2 + 1/{t}^2) = {answer}$.",
    draws_on=("loss_functions",),
)


def _four_values(rng):
    """Draw four measurements."""
    return {"y": rng.integers(0, 13, size=4)}


Vector(
    "likelihood.gaussian_fit",
    title="Fit a Gaussian",
    text="Four independent measurements: $y = {y}$. Which mean and which standard deviation of "
    "a Gaussian make them most probable? Write $(\\mu, \\sigma)$.",
    values=_four_values,
    answer=lambda y: np.array([y.mean(), y.std()]),
    mistakes=[
        Mistake(
            "variance for standard deviation",
            lambda y: np.array([y.mean(), y.var()]),
            "That is $\\sigma^2$, the mean squared residual. The question asks for $\\sigma$: take "
            "the root.",
            almost=True,
        ),
        Mistake(
            "divided by n − 1",
            lambda y: np.array([y.mean(), y.std(ddof=1)]),
            "You divided by 3. That makes $\\sigma^2$ unbiased, but the maximum of the "
            "likelihood divides by the number of samples, 4.",
        ),
        Mistake(
            "sum for mean",
            lambda y: np.array([y.mean(), math.sqrt(4) * y.std()]),
            "You took the root of the *sum* of the squared residuals. $\\sigma^2$ is their "
            "mean: divide by 4 first.",
        ),
        Mistake(
            "standard error",
            lambda y: np.array([y.mean(), y.std() / 2]),
            "You divided by $\\sqrt{{4}}$ once more. That is the standard error of the *mean*; the "
            "question asks for the scale of one measurement.",
        ),
        Mistake(
            "the Laplace fit",
            lambda y: np.array([np.median(y), np.abs(y - np.median(y)).mean()]),
            "Median and mean absolute residual make the *Laplace* density of the data largest. "
            "For a Gaussian it is the mean and squares.",
        ),
        Mistake(
            "mean absolute residual",
            lambda y: np.array([y.mean(), np.abs(y - y.mean()).mean()]),
            "Your scale is the mean of the absolute residuals. For a Gaussian, square them, "
            "take the mean, and then the root.",
        ),
    ],
    hints=[
        "The best centre minimises a sum of squares.",
        "The best $\\sigma^2$ is the mean of the squared residuals around it.",
    ],
    because="The mean minimises the squares, and the best variance is their mean: divided by $n$.",
    solution="The mean is {mean}, the squared residuals add up to {sse}. So $\\sigma^2 = "
    "{sse}/4 = {variance}$ and $\\sigma = {std:.4f}$.",
    shown=lambda y: {
        "mean": y.mean(),
        "sse": 4 * y.var(),
        "variance": y.var(),
        "std": y.std(),
    },
    draws_on=("datasets",),
)


def _poisson_nll(goals, rate):
    """Return the negative log-likelihood of all counts."""
    return float(sum(rate - y * math.log(rate) + math.lgamma(y + 1) for y in goals.tolist()))


Vector(
    "likelihood.poisson",
    title="A loss for counts",
    text="Goals in a match, $y = 0, 1, 2, \\dots$, follow the Poisson distribution $p(y \\mid "
    "\\lambda) = \\lambda^y e^{{-\\lambda}} / y!$. Three matches had {y} goals. Which "
    "$\\lambda$ is best, and what is the NLL of all three there, in nats? Write ($\\lambda$, "
    "NLL).",
    values=lambda rng: {"y": rng.integers(0, 9, size=3)},
    answer=lambda y: np.array([y.mean(), _poisson_nll(y, y.mean() or 1.0)]),
    mistakes=[
        Mistake(
            "sum for mean",
            lambda y: np.array([y.sum(), _poisson_nll(y, y.sum() or 1.0)]),
            "You took the sum of the goals. In the derivative, $n$ stands beside "
            "$\\frac{1}{\\lambda} \\sum_i y_i$: divide by 3.",
        ),
        Mistake(
            "the median",
            lambda y: (
                np.array([np.median(y), _poisson_nll(y, np.median(y))]) if np.median(y) else None
            ),
            "The median minimises *absolute* residuals. Set the derivative of this NLL to 0.",
        ),
        Mistake(
            "the factorials left out",
            lambda answer, y: answer - np.array([0.0, sum(math.lgamma(n + 1) for n in y)]),
            "You left out $\\log y!$. It does not matter for fitting, because it does not contain "
            "$\\lambda$; but it belongs to the NLL.",
            almost=True,
        ),
        Mistake(
            "mean NLL",
            lambda answer: answer / np.array([1.0, 3.0]),
            "That is the mean NLL of a match. The question asks for that of all three.",
            almost=True,
        ),
        Mistake(
            "log-likelihood",
            lambda answer: answer * np.array([1.0, -1.0]),
            "That is the log-likelihood. The NLL has the other sign.",
            almost=True,
        ),
        Mistake(
            "one over the mean",
            lambda y: np.array([1 / y.mean(), _poisson_nll(y, 1 / y.mean())]) if y.any() else None,
            "Zero slope means $n = \\frac{1}{\\lambda} \\sum_i y_i$. Solved for $\\lambda$, "
            "that is the mean, not one over it.",
        ),
    ],
    hints=[
        "$-\\log p = \\lambda - y \\log \\lambda + \\log y!$",
        "The sum over the three has the slope $3 - \\frac{1}{\\lambda} \\sum_i y_i$. Set it to 0.",
    ],
    because="The slope is 0 at the mean. Minus a logarithm makes a loss of any distribution.",
    solution="$-\\log p = \\lambda - y \\log \\lambda + \\log y!$. The sum has the slope $3 - "
    "\\frac{1}{\\lambda} \\cdot {total}$, which is negative before $\\lambda = {total}/3 = "
    "{rate}$ and positive after it. The NLL there is {nll:.4f}.",
    shown=lambda y, answer: {"total": y.sum(), "rate": answer[0], "nll": answer[1]},
)

_LENGTHS = {
    "centimetres": 100,
    "millimetres": 1000,
    "kilometres": 0.001,
    "decimetres": 10,
    "micrometres": 1_000_000,
}


def _unit_and_nll(rng):
    """Draw a unit of length, and a mean NLL in metres."""
    unit = str(rng.choice(list(_LENGTHS)))
    return {
        "unit": unit,
        "factor": _LENGTHS[unit],
        "nll": round(int(rng.integers(-30, 31)) / 20, 2),
    }


Number(
    "likelihood.change_of_unit",
    title="The same data in another unit",
    text="Distances are measured in metres, and a Gaussian model has a mean NLL of {nll} nats. "
    "Somebody writes the same data, and the same model, in {unit}: all numbers are multiplied "
    "by {factor}. What is the mean NLL now, in nats?",
    values=_unit_and_nll,
    answer=lambda nll, factor: nll + math.log(factor),
    unit="nats",
    mistakes=[
        Mistake(
            "unchanged",
            lambda nll: nll,
            "A density is probability *per unit* of $y$. With another unit the number is "
            "another, though the model is the same.",
        ),
        Mistake(
            "multiplied",
            lambda nll, factor: nll * factor,
            "The NLL is a logarithm of a density. A factor in the density is a *term* in its "
            "logarithm.",
        ),
        Mistake(
            "turned round",
            lambda nll, factor: nll - math.log(factor),
            "The density is *divided* by {factor}, and the NLL is minus a logarithm: it changes in "
            "the other direction.",
        ),
        Mistake(
            "base 10",
            lambda nll, factor: nll + math.log10(factor),
            "You counted powers of ten. In nats a factor of ten is $\\log 10 = 2.3026$.",
        ),
        Mistake(
            "bits",
            lambda nll, factor: nll + math.log2(factor),
            "You added the logarithm to base 2 to a number of nats. Use the natural logarithm.",
        ),
        Mistake(
            "variance for standard deviation",
            lambda nll, factor: nll + 2 * math.log(factor),
            "$\\sigma^2$ changes by the square of {factor}, but in the NLL stands $\\log "
            "\\sigma$, not $\\log \\sigma^2$.",
        ),
    ],
    hints=[
        "What happens to $\\frac{{(y - \\hat{y})^2}}{{2 \\sigma^2}}$, and what to $\\log \\sigma$?",
        "The square over the variance stays. $\\log \\sigma$ becomes $\\log ({factor} \\, "
        "\\sigma)$.",
    ],
    because="Only $\\log \\sigma$ changes, and a factor inside a logarithm is a term outside.",
    solution="The squares over the variance stay as they are. $\\log \\sigma$ grows by $\\log "
    "{factor} = {shift:.4f}$. So the mean NLL is $({nll}) + ({shift:.4f}) = {answer:.4f}$.",
    shown=lambda factor: {"shift": math.log(factor)},
)


def _loss_below_floor(rng):
    """Draw a noise floor, and a mean loss below it on some samples."""
    floor = round(int(rng.integers(30, 61)) / 100, 2)
    below = round(int(rng.integers(1, 9)) / 100, 2)
    return {
        "floor": floor,
        "mean": round(floor - below, 2),
        "std": round(int(rng.integers(3, 9)) / 10, 1),
        "n": int(rng.choice([100, 400, 900, 1600, 2500])),
    }


Number(
    "likelihood.below_the_floor",
    title="Below the floor",
    text="No model can have an expected log-loss below {floor} nats on a task: that is the "
    "mean entropy of the label given $x$. On {n} fresh samples somebody reports a mean log-loss "
    "of {mean}; the single losses have the standard deviation {std}. By how many standard errors "
    "is the report below the floor?",
    values=_loss_below_floor,
    answer=lambda floor, mean, std, n: (floor - mean) / (std / math.sqrt(n)),
    mistakes=[
        Mistake(
            "n for √n",
            lambda floor, mean, std, n: (floor - mean) / (std / n),
            "You divided the standard deviation by $n$. The standard error of a mean is "
            "$\\sigma / \\sqrt{n}$: errors of samples partly cancel, they do not vanish.",
        ),
        Mistake(
            "standard deviations",
            lambda floor, mean, std: (floor - mean) / std,
            "You compared with the standard deviation of *one* loss. The mean of {n} scatters "
            "less, by $\\sqrt{n}$.",
        ),
        Mistake(
            "multiplied by √n",
            lambda floor, mean, std, n: (floor - mean) / (std * math.sqrt(n)),
            "Your error grows with the number of samples. A mean of more samples is more "
            "certain: divide by $\\sqrt{n}$.",
        ),
        Mistake(
            "in nats",
            lambda floor, mean: floor - mean,
            "That is the distance in nats. Divide it by the standard error.",
        ),
        Mistake(
            "variance for standard deviation",
            lambda floor, mean, std, n: (floor - mean) / (std**2 / math.sqrt(n)),
            "You squared the standard deviation. The standard error is $\\sigma / \\sqrt{n}$.",
        ),
    ],
    hints=[
        "How much does a mean of {n} losses scatter?",
        "The standard error is ${std} / \\sqrt{{{n}}} = {error:.4f}$.",
    ],
    because="A distance is judged in standard errors: within 2 it can be chance, beyond 4 look "
    "for a leak.",
    solution="The standard error is ${std} / \\sqrt{{{n}}} = {error:.4f}$, and $({floor} - "
    "{mean}) / {error:.4f} = {answer:.3f}$. Within 2 standard errors that can be chance; beyond 4 "
    "look for a data leak.",
    shown=lambda std, n: {"error": std / math.sqrt(n)},
    draws_on=("datasets",),
)

# ---------------------------------------------------------------------------------------------
# Proofs
# ---------------------------------------------------------------------------------------------

Order(
    "likelihood.kl_not_negative",
    title="KL is never negative",
    text="Put the lines in order: they prove $\\mathrm{{KL}}(P \\,\\|\\, Q) \\ge 0$ for "
    "positive $p_c$ and $q_c$. One line does not belong.",
    lines=[
        "$-\\mathrm{{KL}}(P \\,\\|\\, Q) = \\sum_c p_c \\log \\frac{{q_c}}{{p_c}}$, by definition",
        "$\\le \\sum_c p_c \\left( \\frac{{q_c}}{{p_c}} - 1 \\right)$, because $\\log t \\le t "
        "- 1$",
        "$= \\sum_c q_c - \\sum_c p_c$, multiplied out",
        "$= 1 - 1 = 0$, because both are distributions",
        "So $\\mathrm{{KL}}(P \\,\\|\\, Q) \\ge 0$: minus a number that is at most 0.",
    ],
    mistakes=[
        Mistake(
            "every term non-negative",
            "Each term $p_c \\log \\frac{{p_c}}{{q_c}}$ is at least 0, so their sum is.",
            "Single terms may be negative: where $q_c > p_c$ the logarithm is below 0. With $P "
            "= (0.5, 0.5)$ and $Q = (0.9, 0.1)$ the first term is −0.2939, and only the sum is "
            "positive.",
        ),
        Mistake(
            "sums before the inequality",
            (2, 1),
            "The plain sums come from multiplying out. As long as there is a logarithm, nothing "
            "can be multiplied out.",
        ),
        Mistake(
            "both sum to 1 too early",
            (3, 2),
            "That both sum to 1 can be used once the two sums stand there alone.",
        ),
        Mistake(
            "the inequality first",
            (1, 0),
            "The inequality is applied to the logarithms in minus KL. Write that down first.",
        ),
        Mistake(
            "the sign turned too early",
            (4, 3),
            "The conclusion needs the whole chain: minus KL is at most 0.",
        ),
    ],
    hints=[
        "Begin with minus KL: the minus inverts the fraction.",
        "$\\log t \\le t - 1$ removes the logarithms; then multiply out.",
    ],
    because="One inequality, $\\log t \\le t - 1$, in every term, and both distributions sum to 1.",
    solution="Definition, inequality, multiplied out, $1 - 1 = 0$, sign changed. The line about "
    "single terms is wrong. The fourth line needs $\\sum_c q_c = 1$; with $Q = (1, 1)$ and $P = "
    "(0.5, 0.5)$ the formula gives {broken:.4f}. If your code ever prints a negative KL, check "
    "that both arguments sum to 1.",
    shown=lambda: {"broken": float(np.sum(0.5 * np.log([0.5, 0.5])))},
    core=True,
)

Order(
    "likelihood.ce_is_h_plus_kl",
    title="Cross-entropy = entropy + KL",
    text="Put the lines in order: they prove $H(P, Q) = H(P) + \\mathrm{{KL}}(P \\,\\|\\, "
    "Q)$ for positive $p_c$ and $q_c$. One line does not belong.",
    lines=[
        "$H(P, Q) = -\\sum_c p_c \\log q_c$",
        "$= -\\sum_c p_c \\log \\left( p_c \\cdot \\frac{{q_c}}{{p_c}} \\right)$",
        "$= -\\sum_c p_c \\log p_c - \\sum_c p_c \\log \\frac{{q_c}}{{p_c}}$",
        "$= -\\sum_c p_c \\log p_c + \\sum_c p_c \\log \\frac{{p_c}}{{q_c}}$",
        "$= H(P) + \\mathrm{{KL}}(P \\,\\|\\, Q)$",
    ],
    mistakes=[
        Mistake(
            "product of logs",
            "$= \\left( -\\sum_c p_c \\log p_c \\right) \\left( -\\sum_c p_c \\log "
            "\\frac{{q_c}}{{p_c}} \\right)$",
            "The logarithm of a product is a *sum* of logarithms, not a product.",
        ),
        Mistake(
            "fraction turned before it stands alone",
            (3, 2),
            "The fraction is inverted in its own logarithm. First the logarithm of the product is "
            "split.",
        ),
        Mistake(
            "split before multiplied",
            (2, 1),
            "There is nothing to split yet: first multiply and divide by $p_c$.",
        ),
        Mistake(
            "names too early",
            (4, 3),
            "The second sum is a KL divergence only when the fraction reads $p_c / q_c$, with a "
            "plus.",
        ),
        Mistake(
            "definition not first",
            (1, 0),
            "Begin with the definition of the cross-entropy.",
        ),
    ],
    hints=[
        "Begin with the definition; multiply and divide by $p_c$.",
        "Split the logarithm; then invert the fraction.",
    ],
    because="Multiply and divide by $p_c$, split the logarithm, invert the fraction.",
    solution="Definition; $q_c = p_c \\cdot q_c / p_c$; logarithm of a product; $-\\log "
    "\\frac{{q}}{{p}} = \\log \\frac{{p}}{{q}}$; the two names.",
    core=True,
)

Order(
    "likelihood.ml_is_min_kl",
    title="Maximum likelihood = minimum KL",
    text="The data have $K$ possible outcomes, and outcome $c$ has the share $\\hat{{p}}_c$ in "
    "them. Put the lines in order: they turn maximum likelihood into minimum KL divergence. "
    "Each is equivalent to the one before it. One line does not belong.",
    lines=[
        "Maximise $\\prod_i q_\\theta(y_i)$.",
        "Maximise $\\sum_i \\log q_\\theta(y_i)$: the logarithm is increasing.",
        "Minimise $-\\frac{1}{n} \\sum_i \\log q_\\theta(y_i)$: the sign is changed, and $n$ is "
        "fixed.",
        "Minimise $-\\sum_c \\hat{{p}}_c \\log q_\\theta(c)$: outcome $c$ comes $n "
        "\\hat{{p}}_c$ times.",
        "Minimise $H(\\hat{{P}}) + \\mathrm{{KL}}(\\hat{{P}} \\,\\|\\, Q_\\theta)$: the "
        "sum is a cross-entropy.",
        "Minimise $\\mathrm{{KL}}(\\hat{{P}} \\,\\|\\, Q_\\theta)$: $H(\\hat{{P}})$ does "
        "not contain $\\theta$.",
    ],
    mistakes=[
        Mistake(
            "KL the wrong way round",
            "Minimise $\\mathrm{{KL}}(Q_\\theta \\,\\|\\, \\hat{{P}})$: the divergence is "
            "symmetric.",
            "The KL divergence is not symmetric, and the two directions have different minima "
            "in general. Maximum likelihood goes from the data to the model.",
        ),
        Mistake(
            "mean before the logarithm",
            (2, 1),
            "There is no sum yet whose sign could be changed: take the logarithm of the product "
            "first.",
        ),
        Mistake(
            "cross-entropy before the shares",
            (4, 3),
            "A cross-entropy is a sum over *outcomes*. Sort the samples by outcome first.",
        ),
        Mistake(
            "shares before the mean",
            (3, 2),
            "The shares $\\hat{{p}}_c$ come from dividing by $n$. Go from the product to the "
            "mean first.",
        ),
        Mistake(
            "the entropy dropped too early",
            (5, 4),
            "The entropy can be dropped once it stands there alone, beside the KL divergence.",
        ),
        Mistake(
            "not from the likelihood",
            (1, 0),
            "Begin with the likelihood, a product over the samples.",
        ),
    ],
    hints=[
        "Product, sum of logarithms, mean: that is the NLL.",
        "Then sort the samples by outcome, and split the cross-entropy.",
    ],
    because="The mean NLL is a cross-entropy, and its entropy belongs to the data alone.",
    solution="Likelihood, log-likelihood, mean NLL, cross-entropy from the data to the model, "
    "entropy plus KL, KL alone. The line with the two exchanged does not belong: KL is not "
    "symmetric.",
    core=True,
)

FirstWrongLine(
    "likelihood.constant_dropped",
    title="A derivation with a mistake",
    text="Somebody fits a model and the scale of its Gaussian noise, $\\theta$ and $\\sigma$ "
    "together. SSE is the sum of the squared residuals. Which is the first wrong line?",
    lines=[
        Mistake(
            "the density doubted",
            "$-\\log p(y \\mid x) = \\frac{{(y - \\hat{{y}})^2}}{{2 \\sigma^2}} + \\log \\sigma "
            "+ \\frac{1}{2} \\log 2\\pi$",
            "That is minus the logarithm of the Gaussian density at the residual: this is right.",
        ),
        Mistake(
            "the sum doubted",
            "$\\mathrm{{NLL}}(\\theta, \\sigma) = "
            "\\frac{{\\mathrm{{SSE}}(\\theta)}}{{2 \\sigma^2}} + n \\log \\sigma + "
            "\\frac{{n}}{2} \\log 2\\pi$",
            "That is the sum over $n$ samples: the squares add up, the other two terms come $n$ "
            "times. It is right.",
        ),
        "The last two terms are constants, so the best $\\theta$ and $\\sigma$ minimise "
        "$\\frac{{\\mathrm{{SSE}}(\\theta)}}{{2 \\sigma^2}}$.",
        Mistake(
            "a later line",
            "Whatever $\\theta$ is, $\\frac{{\\mathrm{{SSE}}(\\theta)}}{{2 \\sigma^2}}$ "
            "falls when $\\sigma$ grows, as long as SSE is not 0.",
            "That is true of this fraction. Whether the fraction is what must be minimised was "
            "decided earlier.",
        ),
        Mistake(
            "the conclusion",
            "So the more noise one assumes, the more probable the data are.",
            "This follows from the lines before it, and it cannot be true: something was lost "
            "earlier.",
        ),
    ],
    wrong=2,
    hints=[
        "What is fitted here? Which terms contain it?",
        "$\\log \\sigma$ is a constant only while $\\sigma$ is fixed.",
    ],
    because="$n \\log \\sigma$ is no constant when $\\sigma$ is fitted: it grows with $\\sigma$.",
    solution="For a fixed $\\sigma$ the two terms may be dropped. When $\\sigma$ is fitted, $n "
    "\\log \\sigma$ stays, and the NLL has its minimum at $\\sigma^2 = \\mathrm{{SSE}} / "
    "n$.",
)

# ---------------------------------------------------------------------------------------------
# Your own likelihoods
# ---------------------------------------------------------------------------------------------


def _density(y, mean, sigma):
    """Compute the Gaussian density as it is written on paper."""
    return np.exp(-((y - mean) ** 2) / (2 * sigma**2)) / (sigma * np.sqrt(2 * np.pi))


_CONSTANT = 0.5 * np.log(2 * np.pi)


def _terms(y, mean, sigma, *, square=0.5, log=1.0, constant=_CONSTANT, power=2):
    """Compute the terms of the Gaussian NLL, with factors that may be wrong."""
    return square * (y - mean) ** 2 / sigma**power + log * np.log(sigma) + constant


def _gaussian_with(**factors):
    """Make a wrong Gaussian NLL."""
    return lambda y, mean, sigma: _terms(y, mean, sigma, **factors)


def _measurements(rng):
    """Draw measurements, predictions and a scale."""
    y, mean = rng.normal(0, 3, size=(2, 3)).round(2)
    return y, mean, round(float(rng.uniform(0.2, 4)), 2)


CodeQuestion(
    "likelihood.gaussian_nll_code",
    title="Your own Gaussian NLL",
    text="Write the negative log-likelihood of each sample under Gaussian noise: `y` holds targets "
    "and `mean` predictions, both of shape `(n,)`, and `sigma` is the standard deviation of the "
    "noise, one number. Return shape `(n,)`, in nats. It must be right for residuals of $40 "
    "\\sigma$, too.",
    stub='''
    def gaussian_nll(y, mean, sigma):
        """Return the negative log-likelihood of each sample, shape (n,)."""
        ...
    ''',
    reference=information.gaussian_nll,
    probes=[
        (np.array([0.0]), np.array([0.0]), 1.0),
        (np.array([1.0]), np.array([0.0]), 1.0),
        (np.array([0.0]), np.array([2.0]), 1.0),
        (np.array([0.0]), np.array([0.0]), 0.1),
        (np.array([3.0]), np.array([1.0]), 2.0),
        (np.array([40.0]), np.array([0.0]), 1.0),
        (np.array([-80.0]), np.array([0.0]), 2.0),
        (np.array([1.0, 2.0, 4.0]), np.array([2.0, 2.0, 2.0]), 1.0),
        (np.array([1.0, 2.0, 4.0]), np.array([2.0, 2.0, 2.0]), 0.5),
        (np.arange(8.0), np.array([0.0, 2.0, 1.0, 1.0, 5.0, 6.0, 9.0, 4.0]), 1.5),
    ],
    draw=_measurements,
    mistakes=[
        CodeMistake(
            "the logarithm of a density that underflows",
            (
                lambda y, mean, sigma: -np.log(_density(y, mean, sigma)),
                lambda y, mean, sigma: (
                    np.log(sigma * np.sqrt(2 * np.pi))
                    - np.log(np.exp(-((y - mean) ** 2) / (2 * sigma**2)))
                ),
            ),
            "At $40 \\sigma$ the density is below what float64 can hold, becomes 0, and its "
            "logarithm infinite. Take the logarithm on paper: $-\\log e^{{-a}} = a$.",
        ),
        CodeMistake(
            "the density",
            _density,
            "That is the density itself. The NLL is minus its logarithm.",
        ),
        CodeMistake(
            "sigma for sigma squared",
            _gaussian_with(power=1),
            "You divide the square by $2 \\sigma$. In the exponent of the Gaussian stands $2 "
            "\\sigma^2$.",
        ),
        CodeMistake(
            "sigma taken for the variance",
            _gaussian_with(power=1, log=0.5),
            "You use `sigma` as if it were the variance. It is the standard deviation: square it.",
        ),
        CodeMistake(
            "the logarithm of the variance",
            _gaussian_with(log=2.0),
            "You add $\\log \\sigma^2$. The density is divided by $\\sigma$, so the term is "
            "$\\log \\sigma$, or half of $\\log \\sigma^2$.",
        ),
        CodeMistake(
            "the half left out",
            _gaussian_with(square=1.0),
            "The square lacks its ½: the exponent of the Gaussian is $-(y - \\hat{{y}})^2 / (2 "
            "\\sigma^2)$.",
        ),
        CodeMistake(
            "the constant left out",
            (_gaussian_with(constant=0.0), _gaussian_with(constant=-0.5 * np.log(np.pi))),
            "$\\frac{1}{2} \\log 2\\pi = 0.9189$ is missing, or a part of it. It moves no "
            "minimum, but it belongs to the NLL.",
            almost=True,
        ),
        CodeMistake(
            "no scale in the constant",
            _gaussian_with(log=0.0),
            "$\\log \\sigma$ is missing: the wider a density, the lower its peak.",
        ),
        CodeMistake(
            "the square alone",
            (
                _gaussian_with(log=0.0, constant=0.0),
                _gaussian_with(square=1.0, log=0.0, constant=0.0),
            ),
            "That is the square alone. For a fixed $\\sigma$ it has its minimum at the same "
            "place, but the NLL also has $\\log \\sigma$ and a constant.",
        ),
        CodeMistake(
            "the Laplace density",
            information.laplace_nll,
            "That is the NLL of Laplace noise, with an absolute value. The Gaussian has a square.",
        ),
        CodeMistake(
            "bits",
            lambda y, mean, sigma: _terms(y, mean, sigma) / np.log(2),
            "That is the NLL in bits. The question asks for nats: use the natural logarithm.",
            almost=True,
        ),
        CodeMistake(
            "the root of 2π forgotten",
            _gaussian_with(constant=np.log(2 * np.pi)),
            "You add $\\log 2\\pi$. In the density stands $\\sqrt{{2\\pi}}$, whose logarithm is "
            "half of that.",
        ),
        CodeMistake(
            "sum of the samples",
            lambda y, mean, sigma: np.sum(_terms(y, mean, sigma)),
            "You return the sum. Return one number for each sample, shape `(n,)`.",
            almost=True,
        ),
        CodeMistake(
            "mean of the samples",
            lambda y, mean, sigma: np.mean(_terms(y, mean, sigma)),
            "You return the mean. Return one number for each sample, shape `(n,)`.",
            almost=True,
        ),
    ],
    hints=[
        "Take minus the logarithm of the density on paper. It has three terms.",
        "`(y - mean) ** 2 / (2 * sigma**2)` is the first, `np.log(sigma)` the second.",
        "The third is `0.5 * np.log(2 * np.pi)`.",
    ],
    because="A square over $2\\sigma^2$, the logarithm of $\\sigma$, and a constant: nothing "
    "can underflow.",
    solution="`(y - mean) ** 2 / (2 * sigma**2) + np.log(sigma) + 0.5 * np.log(2 * np.pi)`",
    core=True,
)


def _bernoulli(y, p):
    """Compute the mean over the samples, as the exercise asks."""
    return information.bernoulli_nll(y, p).mean()


def _of_label(y, p):
    """Pick the probability of the label that came."""
    return np.where(y == 1, p, 1 - p)


def _both_terms(y, p):
    """Compute both terms for each sample, as they are written on paper."""
    return -y * np.log(p) - (1 - y) * np.log(1 - p)


def _added(epsilon):
    """Make a mean NLL that adds a small number in the logarithm."""
    return lambda y, p: -np.mean(np.log(_of_label(y, p) + epsilon))


def _added_to_both(epsilon):
    """Make a mean NLL that adds a small number in both logarithms."""
    return lambda y, p: -np.mean(y * np.log(p + epsilon) + (1 - y) * np.log(1 - p + epsilon))


def _clipped(epsilon):
    """Make a mean NLL whose probabilities are clipped."""
    return lambda y, p: np.mean(_both_terms(y, np.clip(p, epsilon, 1 - epsilon)))


_SMALL = tuple(10.0**-k for k in (4, 5, 6, 7, 8, 9, 10, 12, 15))

CodeQuestion(
    "likelihood.bernoulli_nll_code",
    title="Your own coin NLL",
    text="Write the *mean* negative log-likelihood of a dataset with two classes: `y` holds labels "
    "0 and 1, and `p` the probabilities of label 1 that a model gives, both of shape `(n,)`. "
    "Return one number, in nats. A label that got the probability 1 has the loss 0, a label that "
    "got the probability 0 has the loss `inf`. The function must also work for 1100 samples.",
    stub='''
    def bernoulli_nll(y, p):
        """Return the mean negative log-likelihood of the labels, a number."""
        ...
    ''',
    reference=_bernoulli,
    probes=[
        (np.array([1]), np.array([0.5])),
        (np.array([1]), np.array([0.9])),
        (np.array([0]), np.array([0.9])),
        (np.array([1]), np.array([1.0])),
        (np.array([0]), np.array([0.0])),
        (np.array([1]), np.array([0.0])),
        (np.array([0]), np.array([1.0])),
        (np.array([1, 0]), np.array([0.9, 0.2])),
        (np.array([1, 0, 1]), np.array([1.0, 0.0, 0.5])),
        (np.array([1, 0, 1]), np.array([0.9, 0.9, 0.5])),
        (np.arange(1100) % 2, np.full(1100, 0.5)),
        (np.arange(1100) // 550, np.linspace(0.1, 0.9, 1100)),
    ],
    draw=lambda rng: (rng.integers(0, 2, 4), rng.uniform(0.02, 0.98, 4).round(2)),
    mistakes=[
        CodeMistake(
            "0 times infinity",
            (
                lambda y, p: np.mean(_both_terms(y, p)),
                lambda y, p: -np.mean(y * np.log(p) + (1 - y) * np.log1p(-p)),
            ),
            "For $y = 1$ and $p = 1$ you compute 0 times $\\log 0$, which is not a number. Pick "
            "the probability of the label first, with `np.where`, and take its logarithm.",
        ),
        CodeMistake(
            "log of zero repaired",
            (
                *map(_added, _SMALL),
                *map(_added_to_both, _SMALL),
                *map(_clipped, _SMALL),
            ),
            "You keep $p$ away from 0, by adding or by clipping, so a label with the probability 0 "
            "has a loss of a few nats only. A likelihood of 0 has the NLL `inf`, and the output "
            "must show it.",
            like=lambda came, must, y, p: (
                np.isfinite(came) and (np.isinf(must) or abs(came - must) < 0.01)
            ),
        ),
        CodeMistake(
            "the logarithm of a product",
            (
                lambda y, p: -np.log(np.prod(_of_label(y, p))) / len(y),
                lambda y, p: -np.log(np.prod(p**y * (1 - p) ** (1 - y))) / len(y),
            ),
            "The product of 1100 probabilities is 0 in float64. Take the logarithms first, and "
            "add them up.",
        ),
        CodeMistake(
            "the logarithm of the mean",
            lambda y, p: -np.log(np.mean(_of_label(y, p))),
            "You average the probabilities and take the logarithm once. The likelihood is a "
            "*product*: average the logarithms.",
        ),
        CodeMistake(
            "sum for mean",
            lambda y, p: np.sum(information.bernoulli_nll(y, p)),
            "You return the sum. It grows with every sample: divide by their number.",
        ),
        CodeMistake(
            "one for each sample",
            information.bernoulli_nll,
            "You return one number for each sample. Return their mean.",
            almost=True,
        ),
        CodeMistake(
            "labels turned",
            (
                lambda y, p: _bernoulli(1 - y, p),
                lambda y, p: np.mean(_both_terms(1 - y, p)),
            ),
            "Your loss is low where it must be high: for label 1 the probability is `p`, for "
            "label 0 it is `1 - p`.",
        ),
        CodeMistake(
            "label 0 forgotten",
            (
                lambda y, p: -np.mean(np.log(p)),
                lambda y, p: np.mean(np.where(y == 1, -np.log(p), 0.0)),
                lambda y, p: -np.mean(y * np.log(p)),
            ),
            "For label 0 the model gave the probability `1 - p`, and that is what counts.",
        ),
        CodeMistake(
            "bits",
            lambda y, p: _bernoulli(y, p) / np.log(2),
            "That is the NLL in bits. The question asks for nats: use the natural logarithm.",
            almost=True,
        ),
        CodeMistake(
            "the squared error",
            lambda y, p: np.mean((y - p) ** 2),
            "That is the mean squared error of the probabilities. The NLL is minus the "
            "*logarithm* of the probability of the label.",
        ),
        CodeMistake(
            "the likelihood",
            lambda y, p: np.prod(_of_label(y, p)),
            "That is the likelihood. Take the logarithm of each factor, change the sign, and "
            "average.",
        ),
    ],
    hints=[
        "How much probability did the model give to the label that came? `np.where(y == 1, p, 1 "
        "- p)`.",
        "Take minus the logarithm of each, then the mean.",
    ],
    because="The probability of what happened, minus its logarithm, averaged: no term is "
    "multiplied by 0.",
    solution="`-np.log(np.where(y == 1, p, 1 - p)).mean()`. `np.log(0)` warns and gives minus "
    "infinity, as it must.",
    draws_on=("loss_functions",),
    core=True,
)


def _laplace(y, center, scale):
    """Compute the sum over the samples, as the exercise asks."""
    return information.laplace_nll(y, center, scale).sum()


CodeQuestion(
    "likelihood.laplace_nll_code",
    title="Your own Laplace NLL",
    text="Write the negative log-likelihood of a *whole* dataset under the Laplace density "
    "$\\frac{{1}}{{2b}} \\, e^{{-|y - \\mu| / b}}$: `y` has the shape `(n,)`, `center` is $\\mu$ "
    "and `scale` is $b$, two numbers. Return one number, the sum over the samples, in nats. It "
    "must be right for residuals of $1000 \\, b$, too.",
    stub='''
    def laplace_nll(y, center, scale):
        """Return the negative log-likelihood of all samples together, a number."""
        ...
    ''',
    reference=_laplace,
    probes=[
        (np.array([0.0]), 0.0, 1.0),
        (np.array([2.0]), 0.0, 1.0),
        (np.array([-2.0]), 0.0, 1.0),
        (np.array([0.0]), 0.0, 0.1),
        (np.array([3.0]), 1.0, 4.0),
        (np.array([1000.0]), 0.0, 1.0),
        (np.array([-2000.0]), 0.0, 2.0),
        (np.array([1.0, 2.0, 2.0, 3.0, 12.0]), 2.0, 1.0),
        (np.array([1.0, 2.0, 2.0, 3.0, 12.0]), 4.0, 0.5),
        (np.array([1.0, 2.0, 2.0, 3.0, 12.0, -4.0, 7.0, 5.0]), 2.5, 2.0),
    ],
    draw=lambda rng: (
        rng.normal(0, 3, size=3).round(2),
        round(float(rng.normal(0, 2)), 2),
        round(float(rng.uniform(0.2, 4)), 2),
    ),
    mistakes=[
        CodeMistake(
            "mean for sum",
            lambda y, center, scale: np.mean(information.laplace_nll(y, center, scale)),
            "You return the mean. Return the NLL of the whole dataset, the sum.",
            almost=True,
        ),
        CodeMistake(
            "one for each sample",
            information.laplace_nll,
            "You return one number for each sample. The samples are independent: add them up.",
            almost=True,
        ),
        CodeMistake(
            "the constant once",
            lambda y, center, scale: np.sum(np.abs(y - center)) / scale + np.log(2 * scale),
            "You add $\\log 2b$ once. Each of the samples has it: it comes `len(y)` times.",
        ),
        CodeMistake(
            "the factor 2 forgotten",
            lambda y, center, scale: np.sum(np.abs(y - center) / scale + np.log(scale)),
            "The density is divided by $2b$, not by $b$: two tails share the probability. The "
            "term is $\\log 2b$.",
        ),
        CodeMistake(
            "the constant left out",
            lambda y, center, scale: np.sum(np.abs(y - center)) / scale,
            "$\\log 2b$ is missing. It does not contain $\\mu$, but it belongs to the NLL.",
            almost=True,
        ),
        CodeMistake(
            "squares for absolute values",
            (
                lambda y, center, scale: np.sum(
                    (y - center) ** 2 / (2 * scale**2) + np.log(2 * scale)
                ),
                lambda y, center, scale: np.sum((y - center) ** 2 / scale + np.log(2 * scale)),
                lambda y, center, scale: np.sum(_terms(y, center, scale)),
            ),
            "You square the residuals. That is the Gaussian; here the exponent has the absolute "
            "value.",
        ),
        CodeMistake(
            "residuals with their signs",
            lambda y, center, scale: np.sum((y - center) / scale + np.log(2 * scale)),
            "Residuals of different signs cancel. Take the absolute value of each.",
        ),
        CodeMistake(
            "absolute value of the sum",
            lambda y, center, scale: abs(np.sum(y - center)) / scale + len(y) * np.log(2 * scale),
            "You add first, and take the absolute value of the sum: there residuals have "
            "cancelled. Take it of each.",
        ),
        CodeMistake(
            "the logarithm of a density that underflows",
            (
                lambda y, center, scale: (
                    -np.sum(np.log(np.exp(-np.abs(y - center) / scale) / (2 * scale)))
                ),
                lambda y, center, scale: (
                    -np.log(np.prod(np.exp(-np.abs(y - center) / scale) / (2 * scale)))
                ),
            ),
            "At $1000 \\, b$ the density is below what float64 can hold, becomes 0, and its "
            "logarithm infinite. Take the logarithm on paper: $-\\log e^{{-a}} = a$.",
        ),
        CodeMistake(
            "the logarithm subtracted",
            lambda y, center, scale: np.sum(np.abs(y - center) / scale - np.log(2 * scale)),
            "The density is *divided* by $2b$, so minus its logarithm has plus $\\log 2b$.",
        ),
        CodeMistake(
            "the scale taken for a standard deviation",
            (
                lambda y, center, scale: _laplace(y, center, scale / np.sqrt(2)),
                lambda y, center, scale: _laplace(y, center, scale * np.sqrt(2)),
            ),
            "You convert between $b$ and a standard deviation. `scale` is $b$ itself, as it "
            "stands in the density.",
        ),
        CodeMistake(
            "the center ignored",
            lambda y, center, scale: _laplace(y, float(np.median(y)), scale),
            "You take the distance from the median of the data. Return the NLL at the `center` "
            "that is given, good or bad.",
        ),
        CodeMistake(
            "the scale squared",
            lambda y, center, scale: np.sum(np.abs(y - center) / scale**2 + np.log(2 * scale)),
            "You divide by $b^2$. A square stands in the Gaussian; here the distance is divided "
            "by $b$.",
        ),
        CodeMistake(
            "multiplied by the scale",
            lambda y, center, scale: np.sum(scale * np.abs(y - center) + np.log(2 * scale)),
            "You multiply by $b$. In the exponent the distance is *divided* by it: a wide "
            "density falls slowly.",
        ),
    ],
    hints=[
        "Take minus the logarithm of the density on paper: a distance over $b$, and $\\log 2b$.",
        "Each sample has both terms. Add over the samples.",
    ],
    because="An absolute value over $b$ and $\\log 2b$ for each sample: this is the L1 loss "
    "with its constant.",
    solution="`np.sum(np.abs(y - center) / scale + np.log(2 * scale))`",
    core=True,
)
