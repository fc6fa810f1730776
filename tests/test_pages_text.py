"""Pages and papers without cells: their numbers are computed here, their names and commands exist.

A claim is a piece of a page with its numbers left out, and the values that belong there. What is
left of a page when all claims are cut out of it must hold no number that nobody has computed.
"""

import ast
import inspect
import math
import re
import tomllib
from functools import cache
from importlib import import_module
from pathlib import Path

import nbformat
import numpy as np
import pytest

import lib
from lib import (
    autodiff,
    calculus,
    datasets,
    exercises,
    explorables,
    information,
    losses,
    models,
    optimizers,
)
from lib.explorables import FitLine
from web.reading_time import CORE_LIMIT

ROOT = Path(__file__).resolve().parent.parent
BOOK = ROOT / "book"
PAGES = ("intro", "tldr", "notation")
PAPERS = ("README.md", "CONTRIBUTING.md")
NUMBER = re.compile(r"(?<![\w.])\d+\.\d+|(?<![\w.])\d{2,}")  # \frac12 is no number of two digits
NAMES_WITH_A_NUMBER = ("CC BY 4.0",)
WORDS = (
    *("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"),
    *("eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen"),
    "nineteen",
)


def one_line(text):
    """Return a text with plain minus signs, and with one space wherever it has white space."""
    return " ".join(text.replace("−", "-").split())


def page(name):
    """Read a page of the book as one line."""
    return one_line((BOOK / f"{name}.md").read_text(encoding="utf-8"))


@cache
def chapter(name):
    """Read a chapter of the book."""
    return nbformat.read(BOOK / f"{name}.ipynb", as_version=4)


@cache
def chapters():
    """List the chapters: the notebooks, in the order of the table of contents."""
    listed = re.findall(r"file: (\w+)", (ROOT / "_toc.yml").read_text(encoding="utf-8"))
    return [name for name in listed if (BOOK / f"{name}.ipynb").exists()]


# ---- the numbers: what the pages claim -------------------------------------------------------


def softmax_claims():
    """Compute the loss of three logits, with the softmax once and, wrongly, twice."""
    z = np.array([[2.0, 1.0, 0.1]])
    s, price = models.softmax(z), losses.cross_entropy_with_logits
    slope = losses.cross_entropy_with_logits_gradient([0], z)[0]
    yield (
        "For the logits (2, 1, 0.1) and the first class: probabilities (%.4f, %.4f, %.4f), "
        "loss %.4f, slope (%.4f, %.4f, %.4f)",
        (*s[0], price([0], z)[0], *slope),
    )
    yield (
        "for (2, 1, 0.1): %.4f, and never below %.4f | logits into that loss: %.4f",
        (price([0], s)[0], losses.double_softmax_floor(3), price([0], z)[0]),
    )


def coin_claims():
    """Compute the five names of one number for seven heads in ten flips."""
    flips, world = np.repeat([1, 0], [7, 3]), [0.7, 0.3]
    for theta in (0.7, 0.5):
        belief = [theta, 1 - theta]
        yield (
            r"| $\theta = %.1f$ | %.4f | %.4f | %.4f | %.4f |",
            (
                theta,
                information.bernoulli_nll(flips, theta).mean(),
                information.cross_entropy_between(world, belief),
                information.entropy(world),
                information.kl_divergence(world, belief),
            ),
        )
    yield "a coin with 0.7 has the floor %.4f", (information.entropy(world),)


def untrained_claims():
    """Compute the loss of equal logits, and a bit in nats."""
    two, ten = (losses.cross_entropy_with_logits([0], np.zeros((1, k)))[0] for k in (2, 10))
    bit = information.entropy([0.5, 0.5])
    yield (
        r"has the loss $\log K$: %.4f for two classes, %.4f for ten. One {term}`bit` is %.4f nats",
        (two, ten, bit),
    )


def tangled(v):
    """Compute the chapter's graph: c = a + b, d = ab, y = (c + d) + cd."""
    c, d = v[0] + v[1], v[0] * v[1]
    return (c + d) + c * d


def path_claims():
    """Compute the products along the paths from a, and their sum by reverse mode."""
    a, b = 2, 3
    c, d = a + b, a * b
    paths = (1 * 1, 1 * d, b * 1, b * c)  # through c to e, c to f, d to e, d to f
    total = autodiff.grad(tangled)(np.array([2.0, 3.0]))[0]
    assert sum(paths) == pytest.approx(total)
    yield (
        r"at $a = 2$, $b = 3$: $\partial y / \partial a$ = %g + %g + %g + %g = %g.",
        (*paths, total),
    )
    yield "One path is enough: %g | all paths: %g |", (max(paths), total)


def accumulation_claims():
    """Run reverse mode with and without its +=, and twice without clearing."""
    x = 3.0
    yield (
        r"`=` in the backward pass, $x \cdot x$ at 3: %g | `+=`: %g |",
        (x, autodiff.grad(lambda x: x * x)(np.array(x))),
    )
    leaf = autodiff.Tensor([2.0, 3.0])
    output = tangled(leaf)
    output.backward()
    once = leaf.grad[0]
    output.backward()
    yield "of `lib` without clearing: %g | clear first: %g |", (leaf.grad[0], once)


def line_claims():
    """Fit the line through three points: in closed form, and by descent."""
    X, y = np.array([[1.0, 0.0], [1.0, 1.0], [1.0, 2.0]]), np.array([1.0, 3.0, 4.0])
    hessian = 2 / 3 * X.T @ X
    flat, steep = np.linalg.eigvalsh(hessian)

    def after_ten_steps(rate):
        def gradient(theta):
            return losses.squared_error_gradient(y, X @ theta) @ X / 3

        walk = optimizers.gradient_descent(gradient, np.zeros(2), learning_rate=rate, n_steps=10)
        return losses.squared_error(y, X @ walk.theta).mean()

    yield (
        "A line through (0, 1), (1, 3), (2, 4) with the mean squared error: best at $b$ = %.4f, "
        "$w$ = %.4f; largest stable rate %.4f, best rate %.4f with the factor %.4f. After ten "
        "steps from zero the loss is %.4f at the rate 0.3, and %.1f at 0.45.",
        (
            *np.linalg.solve(X.T @ X, X.T @ y),
            optimizers.largest_stable_rate(hessian),
            2 / (flat + steep),
            (steep / flat - 1) / (steep / flat + 1),
            after_ten_steps(0.3),
            after_ten_steps(0.45),
        ),
    )


def quadratic_claims():
    """Differentiate a quadratic form whose matrix is not symmetric."""
    A, x = np.array([[1.0, 2.0], [0.0, 3.0]]), np.array([1.0, 2.0])
    right = calculus.gradient(lambda x: x @ A @ x, x).round(6)
    yield (
        r'is $2Ax$": (%g, %g) | $(A + A^{\top})x$: (%g, %g) |',
        (*(2 * A @ x), *right),
    )


def floating_point_claims():
    """Compute where the formula as it stands fails, and where it does not."""
    logits = np.array([1000.0, 999.0])
    with np.errstate(over="ignore", invalid="ignore"):
        assert np.isnan(np.exp(logits) / np.exp(logits).sum()).all()
    yield (
        "$e^{1000} / (e^{1000} + e^{999})$ in floating point: not a number | "
        "subtract the largest logit first: %.4f",
        models.softmax(logits)[:1],
    )
    assert 0.5**1074 > 0.5**1075 == 0.0
    heads = information.bernoulli_nll(np.ones(1075), 0.5)
    yield (
        "The product of %g probabilities 0.5: exactly 0 | the sum of their logs: %.2f",
        (len(heads), -heads.sum()),
    )


def other_mistakes():
    """Compute the rest of the table of mistakes."""
    p = models.sigmoid(np.array([-6.0]))
    squared = calculus.derivative(lambda z: (models.sigmoid(z) - 1) ** 2, -6.0)
    yield "label 1: slope %.4f | cross-entropy: slope %.4f |", (squared, (p - 1)[0])
    squares = losses.squared_error([0.0, 0.0, 0.0, 4.0], np.zeros(4))
    roots = np.sqrt(squares.reshape(2, 2).mean(axis=1))
    yield (
        "errors 0, 0, 0, 4: %.3f | root of the mean of all squares: %.3f",
        (roots.mean(), math.sqrt(squares.mean())),
    )
    ids = np.array([0, 0, 0, 2, 2, 2])
    yield (
        "ids 0, 0, 0, 2, 2, 2: class %g | the mean of the one-hot rows: (%.1f, %.1f, %.1f)",
        (ids.mean(), *datasets.one_hot(ids, 3).mean(axis=0)),
    )


def overfitting_claims():
    """Fit ten points around a sine by polynomials; count the peeks at a test set."""
    ten = datasets.sine(10, rng=np.random.default_rng(0), noise=0.3)
    x = ten.X[:, 0]
    yield "around a sine, with noise of variance %.2f", (0.3**2,)
    for degree, ridge, named in [
        (1, 0, ""),
        (3, 0, ""),
        (9, 0, ""),
        (9, 0.01, r", $\lambda = 0.01$"),
    ]:
        fit = explorables.DegreeAndRidge(x=x, y=ten.y, degree=degree, ridge=ridge)
        template = f"| degree {degree}{named} | %.4f | %.4f |"
        yield template, (fit.training_error, fit.test_error)
    scores = [explorables.PeekingCounter(peeks=k).expected_best for k in (100, 1)]
    yield (
        "best of %g coin-tossing models on %g test labels: %.4f expected | "
        "look at the test set once: %.4f",
        (100, explorables.PeekingCounter().n_labels, *scores),
    )


def intro_claims():
    """Count what the home page says in numbers."""
    script = (ROOT / "tests" / "js" / "math.test.js").read_text(encoding="utf-8")
    tolerance = float(re.search(r"RELATIVE = (\S+);", script)[1])
    yield "%s points, one line, one number", (WORDS[len(FitLine().x)].title(),)
    yield "Read the %s chapters in order", (WORDS[len(chapters())],)
    yield "the core of each takes at most %g minutes, exercises apart", (CORE_LIMIT,)
    yield "must agree with Python to %g digits", (round(-math.log10(tolerance)),)
    headings = (
        re.findall(r"^###.* Card \d", c.source, re.M | re.I)
        for c in chapter("matrix_calculus").cells
    )
    cards = sum(map(len, headings))
    yield "%s identities, each proved twice and checked", (WORDS[cards],)


SOURCES = {
    "intro": (intro_claims,),
    "tldr": (
        softmax_claims,
        coin_claims,
        untrained_claims,
        path_claims,
        accumulation_claims,
        line_claims,
        quadratic_claims,
        floating_point_claims,
        other_mistakes,
        overfitting_claims,
    ),
    "notation": (),
}


@cache
def claims(name):
    """List the claims of a page, with their numbers written in."""
    found = [claim for source in SOURCES[name] for claim in source()]
    return [one_line(template % tuple(values)) for template, values in found]


def faults(name, text):
    """List the claims that a page does not make, and the numbers that nobody has computed."""
    wrong = [claim for claim in claims(name) if claim not in text]
    for known in (*claims(name), *NAMES_WITH_A_NUMBER):
        text = text.replace(known, "")
    return wrong + NUMBER.findall(text)


@pytest.mark.parametrize("name", PAGES)
def test_every_number_on_a_page_is_the_computed_one(name):
    assert faults(name, page(name)) == []


@pytest.mark.parametrize("name", ["intro", "tldr"])
def test_a_wrong_digit_in_any_number_of_a_page_is_noticed(name):
    text = page(name)
    found = list(NUMBER.finditer(text))
    assert len(found) >= 3
    for number in found:
        last = number.end() - 1
        spoilt = f"{text[:last]}{(int(text[last]) + 1) % 10}{text[last + 1 :]}"
        assert faults(name, spoilt) != [], number[0]


def test_a_number_that_nobody_has_computed_is_noticed():
    assert faults("notation", page("notation") + " The loss is 0.1234.") == ["0.1234"]


def test_lib_refuses_the_pair_that_the_table_of_mistakes_says_it_refuses():
    n = 4
    assert (np.zeros((n, 1)) - np.zeros(n)).shape == (n, n)
    with pytest.raises(ValueError, match="same shape"):
        losses.squared_error(np.zeros(n), np.zeros((n, 1)))


# ---- the formulas of the page that states the whole course -----------------------------------

rng = np.random.default_rng(0)
N, D, K_OUT, K = 5, 3, 2, 4  # n, d, k and K: all different, so that no shape fits by luck
x, b, z = rng.normal(size=D), rng.normal(size=D), rng.normal(size=K)
A, M, B = (rng.normal(size=shape) for shape in ((N, D), (D, D), (K_OUT, D)))
target = rng.normal(size=N)

IDENTITIES = [
    (r"$b^{\top}x$", r"$b^{\top}$", lambda x: b @ x, x, b[None]),
    ("$Ax$", "$A$", lambda x: B @ x, x, B),
    (r"$x^{\top}Ax$", r"$x^{\top}(A + A^{\top})$", lambda x: x @ M @ x, x, [x @ (M + M.T)]),
    (
        r"$\frac{1}{2n} \lVert Ax - b \rVert^2$",
        r"$\frac{1}{n} (Ax - b)^{\top}A$",
        lambda x: losses.half_squared_error(target, A @ x).mean(),
        x,
        [(A @ x - target) @ A / N],
    ),
    (
        r"$s = \operatorname{softmax}(z)$",
        r"$\operatorname{diag}(s) - s s^{\top}$",
        models.softmax,
        z,
        np.diag(models.softmax(z)) - np.outer(models.softmax(z), models.softmax(z)),
    ),
]
SIZES = {"n": N, "d": D, "k": K_OUT, "K": K, "1": 1}


def shape_in(cell):
    """Read a shape such as $(n, d)$ from the cell of a table, with the sizes put in."""
    letters = re.search(r"\((\w(?:, ?\w)*),?\)", cell)[1]
    return tuple(SIZES[letter] for letter in re.findall(r"\w", letters))


@pytest.mark.parametrize(("function", "formula", "f", "at", "value"), IDENTITIES)
def test_an_identity_and_its_shape_hold_by_finite_differences(function, formula, f, at, value):
    row = re.search(re.escape(f"| {function} | {formula} | ") + r"([^|]*)\|", page("tldr"))
    numeric = np.atleast_2d(calculus.jacobian(lambda v: np.atleast_1d(f(v)), at))
    np.testing.assert_allclose(numeric, value, atol=1e-7)
    assert shape_in(row[1]) == numeric.shape


def test_the_gradients_of_a_layer_are_those_that_the_page_says():
    X, W, bias, Y_bar = (rng.normal(size=s) for s in ((N, D), (K_OUT, D), K_OUT, (N, K_OUT)))
    for formula, gradient, f, at in [
        (r"\bar{W} &= \bar{Y}^{\top} X", Y_bar.T @ X, lambda W: X @ W.T + bias, W),
        (r"\bar{X} &= \bar{Y} W", Y_bar @ W, lambda X: X @ W.T + bias, X),
        (
            r"\bar{b} &= \bar{Y}^{\top} \mathbf{1}",
            Y_bar.T @ np.ones(N),
            lambda b: X @ W.T + b,
            bias,
        ),
    ]:
        assert formula in page("tldr")
        numeric = calculus.gradient(lambda at, f=f: np.sum(Y_bar * f(at)), at)
        np.testing.assert_allclose(gradient, numeric, atol=1e-7)


def test_the_slope_of_every_task_is_prediction_minus_target():
    scores, labels = rng.normal(size=(N, K)), np.array([0, 3, 1, 2, 3])
    for loss, y, at, prediction, y_one_hot in [
        (losses.half_squared_error, target, scores[:, 0], scores[:, 0], target),
        (
            losses.binary_cross_entropy_with_logits,
            labels % 2,
            scores[:, 0],
            models.sigmoid(scores[:, 0]),
            labels % 2,
        ),
        (
            losses.cross_entropy_with_logits,
            labels,
            scores,
            models.softmax(scores),
            datasets.one_hot(labels, K),
        ),
    ]:
        slope = calculus.gradient(lambda z, loss=loss, y=y: loss(y, z).sum(), at)
        np.testing.assert_allclose(slope, prediction - y_one_hot, atol=1e-7)


# ---- the notation ----------------------------------------------------------------------------


def rows(name):
    """List the rows of a page's tables as lists of their cells."""
    lines = (BOOK / f"{name}.md").read_text(encoding="utf-8").splitlines()
    return [[cell.strip() for cell in line[1:-1].split(" | ")] for line in lines if line[:1] == "|"]


def arrays():
    """Make the things that the notation names, by symbol."""
    data = datasets.blobs(N, rng=np.random.default_rng(0), n_classes=K, n_features=D)
    W, bias = rng.normal(size=(K_OUT, D)), rng.normal(size=K_OUT)
    logits = models.linear(data.X, rng.normal(size=(K, D)), np.zeros(K))
    return {
        "$X$": data.X,
        "$y$": data.y,
        "$Y$": datasets.one_hot(data.y, K),
        "$W$": W,
        "$b$": bias,
        "$z$": models.linear(data.X, W, bias),
        "$S$": models.softmax(logits),
        r"$\ell(\theta \mid x, y)$": losses.cross_entropy_with_logits(data.y, logits),
        "$J$, $D_x f$": calculus.jacobian(lambda x: W @ x, data.X[0]),
        "$H$": calculus.hessian(lambda x: x @ x, data.X[0]),
        r"$\operatorname{diag}(s)$": np.diag(models.softmax(logits)[0]),
    }


@pytest.mark.parametrize(("symbol", "array"), arrays().items())
def test_a_symbol_has_the_shape_that_the_notation_says(symbol, array):
    shapes = [row[2] for row in rows("notation") if row[0] == symbol and len(row) == 4]
    assert len(shapes) == 1
    assert shape_in(shapes[0]) == array.shape


MODULES = {name: import_module(f"lib.{name}") for name in lib.__all__ if name != "exercises"}
NAMESPACES = {**MODULES, "lib": lib, "np": np}


@cache
def known_names():
    """Collect what code may name: what `lib` defines and takes, and what chapters use."""
    own = [
        thing
        for module in MODULES.values()
        for thing in vars(module).values()
        if getattr(thing, "__module__", "") == module.__name__
    ]
    functions = filter(inspect.isfunction, own)
    parameters = {name for thing in functions for name in inspect.signature(thing).parameters}
    cells = [cell for name in chapters() for cell in chapter(name).cells]
    code = " ".join(cell.source for cell in cells if cell.cell_type == "code")
    names = {getattr(thing, "__name__", "") for thing in own}
    return names | parameters | set(re.findall(r"\b[a-zA-Z_]\w*", code))


def is_known(dotted):
    """Tell whether a dotted name leads somewhere."""
    first, *rest = dotted.split(".")
    if first not in NAMESPACES:
        return first in known_names()
    thing = NAMESPACES[first]
    for name in rest:
        thing = getattr(thing, name, None)
    return thing is not None


def unknown_names(code):
    """List the names in a piece of code that neither `lib` nor NumPy nor a chapter knows."""
    return [name for name in re.findall(r"[A-Za-z_][\w.]*", code) if not is_known(name)]


def test_every_name_in_the_code_column_of_the_notation_exists():
    codes = [code for row in rows("notation") for code in re.findall(r"(?<!\})`([^`]+)`", row[-1])]
    pieces = [code for code in codes if re.fullmatch(r"[\w.\[\]() -]+", code)]
    assert len(pieces) > 30
    assert {code: unknown_names(code) for code in pieces if unknown_names(code)} == {}


def test_a_name_that_does_not_exist_is_noticed():
    assert unknown_names("models.softmaxx") == ["models.softmaxx"]
    assert unknown_names("lerning_rate") == ["lerning_rate"]


# ---- the papers of the repository ------------------------------------------------------------


def paper(name):
    """Read a paper of the repository."""
    return (ROOT / name).read_text(encoding="utf-8")


def targets():
    """List the targets of the Makefile that `make help` names."""
    return set(re.search(r'echo "make ([\w |-]+?) +\(', paper("Makefile"))[1].split(" | "))


@pytest.mark.parametrize("name", PAPERS)
def test_every_command_of_make_that_a_paper_names_exists(name):
    named = set(re.findall(r"(?:`|^|make PYTHON=\S+ )make ([a-z-]+)", paper(name), re.M))
    assert named and named <= targets()


def test_the_readme_says_what_each_command_does():
    assert set(re.findall(r"^(?:\| `)?make ([a-z-]+)", paper("README.md"), re.M)) == targets()


def missing_paths(text):
    """List the paths that a paper names and the repository does not have."""
    named = re.findall(r"\]\(([\w./-]+)\)", text)
    named += [
        path
        for code in re.findall(r"`([^`\s]+)`", text)
        for path in [re.sub(r"<\w+>", "*", code)]
        if re.fullmatch(r"\.?[\w*]+(?:/[\w.*-]*)+|[\w*.-]+\.(?:md|cff|yml|bib|js|json)", path)
    ]
    built = ("_build", ".cache", ".venv", "node_modules")
    kept = [path for path in named if not path.startswith(built)]
    folders = (ROOT, ROOT / "lib" / "explorables" / "static")
    return [p for p in kept if not any(list(f.glob(p.rstrip("/"))) for f in folders)]


@pytest.mark.parametrize("name", PAPERS)
def test_every_path_that_a_paper_names_exists(name):
    assert missing_paths(paper(name)) == []


def test_a_path_that_does_not_exist_is_noticed():
    text = "See [it](NOWHERE.md), `tests/test_nothing.py` and `lib/<module>/none.py`."
    assert missing_paths(text) == ["NOWHERE.md", "tests/test_nothing.py", "lib/*/none.py"]


def test_the_messages_in_the_readme_are_those_that_the_tools_print():
    scripts = [*(ROOT / "tools").glob("*.py"), *(ROOT / "web").glob("*.py")]
    tools = [path.read_text(encoding="utf-8") for path in scripts]
    sources = "".join([paper("Makefile"), *tools])
    quoted = re.findall(r'"([A-Z\w][^"]{12,}?)"', paper("README.md").partition("does not work")[2])
    assert len(quoted) >= 5
    for message in quoted:
        parts = [part.strip() for part in re.split(r"\S*\d\S*", message)]
        assert all(part in sources for part in parts if len(part) > 6), message


def test_the_oldest_python_is_the_same_everywhere():
    project = tomllib.loads(paper("pyproject.toml"))["project"]
    oldest = project["requires-python"].removeprefix(">=")
    assert f"Python {oldest} or newer" in paper("README.md")
    assert f"OLDEST = ({oldest.replace('.', ', ')})" in paper("tools/bootstrap.py")


def test_the_example_in_the_readme_runs():
    code = re.search(r"```python\n(.*?)```", paper("README.md"), re.S)[1]
    space = {}
    exec(compile(ast.parse(code), "README.md", "exec"), space)
    assert space["fit"].loss_value == FitLine(w=0.6, b=1.0, loss="absolute_error").loss_value > 0


TENS = ("", "", "twenty", "thirty", "forty", "fifty")


def spelt(count):
    """Write a number below 60 in words."""
    if count < 20:
        return WORDS[count]
    tens, ones = divmod(count, 10)
    return TENS[tens] + (f"-{WORDS[ones]}" if ones else "")


def test_numbers_are_written_in_words():
    assert [spelt(n) for n in (0, 12, 19, 20, 22, 30, 41)] == [
        "zero", "twelve", "nineteen", "twenty", "twenty-two", "thirty", "forty-one"
    ]  # fmt: skip


def test_the_readme_counts_the_chapters_and_the_explorables():
    said = re.search(
        r"there are (\S+) chapters .*? (\S+) explorables", one_line(paper("README.md"))
    )
    counts = (spelt(len(chapters())), spelt(len(explorables.__all__) - 1))  # less the base
    assert said.groups() == counts, "README.md must say how many there are"


def test_the_changelog_counts_what_is_not_yet_released():
    text = one_line(paper("CHANGELOG.md")).partition("## Unreleased")[2].partition(" ## ")[0]
    asked = [one for name in exercises.CHAPTERS for one in exercises.questions(name)]
    predictions = sum(getattr(one, "predict", False) for one in asked)
    numbers = (len(asked) - predictions, sum(one.kind == "code" for one in asked), predictions)
    told = re.findall(r"(\d+) exercises in the .*?, (\d+) of them in code, and (\d+) pred", text)
    assert told == [tuple(map(str, numbers))] * len(told), "CHANGELOG.md counts the exercises"
    counts = {spelt(len(explorables.__all__) - 1)}  # less the base
    words = {found.lower() for found in re.findall(r"\b([Tt](?:wenty|hirty)\S*) explorables", text)}
    assert words <= counts, "CHANGELOG.md counts the explorables"


def test_the_version_is_the_same_everywhere():
    version = tomllib.loads(paper("pyproject.toml"))["project"]["version"]
    assert version == lib.__version__
    assert re.search(rf"^version: {re.escape(version)}$", paper("CITATION.cff"), re.M)
    assert version in paper("CHANGELOG.md")


# ---- the bibliography ------------------------------------------------------------------------


def references():
    """Read the bibliography's source."""
    return (BOOK / "references.bib").read_text(encoding="utf-8")


def test_the_bibliography_lists_the_works_that_the_chapters_cite_and_no_other():
    cells = [cell.source for name in chapters() for cell in chapter(name).cells]
    cited = re.findall(r"{cite(?::\w+)?}`([^`]+)`", "\n".join(cells))
    keys = {key.strip() for keys in cited for key in keys.split(",")}
    assert keys == set(re.findall(r"^@\w+{(\w+),", references(), re.MULTILINE))


def test_no_reference_has_a_formula():
    assert "$" not in references()  # the bibliography would show its dollars


# ---- the words: one name for one thing ----------------------------------------------------------

LETTERS = re.compile(r"\\ln\b|(?<![\w.])ln(?=[ (]?[\w(])")
INK = re.compile(r"\b[Bb]lack\b|\b[Ww]hite\b")


def texts(name):
    """Return the words of a chapter, the captions of its figures, and the code of its cells."""
    cells = chapter(name).cells
    figures = [cell.metadata.get("mystnb", {}).get("figure", {}) for cell in cells]
    words = [cell.source for cell in cells if cell.cell_type == "markdown"]
    code = [cell.source for cell in cells if cell.cell_type == "code"]
    return [*words, *(figure.get("caption", "") for figure in figures)], code


@pytest.mark.parametrize("name", chapters())
def test_the_natural_logarithm_has_one_name(name):
    words, code = texts(name)
    found = [text for text in (*words, *code) if LETTERS.search(text)]
    assert len(found) == (name == "basics"), found  # which says once that others write it so


def test_the_exercises_call_the_natural_logarithm_by_the_same_name():
    files = (ROOT / "lib" / "exercises").glob("*.py")
    named = [path.name for path in files if r"\\ln" in path.read_text(encoding="utf-8")]
    assert named == []


@pytest.mark.parametrize("name", chapters())
def test_no_text_calls_by_the_colour_of_the_ink_what_is_light_on_dark_pages(name):
    words, _ = texts(name)
    assert [text for text in words if INK.search(text)] == []


@pytest.mark.parametrize("text", [r"$\ln K$", "ln(step)", "near ln 2", "The black dot", "White is"])
def test_another_name_and_a_colour_of_one_screen_are_noticed(text):
    assert LETTERS.search(text) or INK.search(text)
