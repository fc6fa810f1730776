"""Code exercises: the checker is checked with right functions, wrong ones, and broken ones."""

import json
import re
import time

import numpy as np
import pytest

from lib import autodiff, exercises
from lib.exercises import code, probes, texts
from lib.exercises.code import CodeMistake, CodeQuestion, Law, check
from lib.exercises.probes import Given, Run, Seeded, call, shown

QUESTIONS = [
    question
    for chapter in exercises.CHAPTERS
    for question in exercises.questions(chapter)
    if question.kind == "code"
]
WRONG = [
    pytest.param(question, mistake, function, id=f"{question.id}-{mistake.name}-{place}")
    for question in QUESTIONS
    for mistake in question.mistakes
    for place, function in enumerate(mistake.functions)
]
BCE = "loss_functions.stable_bce"


def one_of_each(question):
    return pytest.param(question, id=question.id)


@pytest.fixture
def asked(monkeypatch):
    """Ask a question that no chapter has."""
    monkeypatch.setattr(code.base, "QUESTIONS", {})
    monkeypatch.setattr(code.exercises, "question", lambda id: code.base.QUESTIONS[id])

    def ask(reference, probes, mistakes=(), **more):
        stub = "def f(x, y=0):\n    ..." if "stub" not in more else more.pop("stub")
        words = {"title": "t", "text": "t", "stub": stub, "reference": reference}
        return CodeQuestion("a.f", **words, probes=probes, mistakes=mistakes, **more)

    return ask


# ---------------------------------------------------------------------------------------------
# Every question of the book
# ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("question", list(map(one_of_each, QUESTIONS)))
def test_the_reference_is_right(question):
    result = check(question.id, question.reference)
    assert (result.verdict, result.mistake) == ("right", ""), result


@pytest.mark.parametrize(("question", "mistake", "function"), WRONG)
def test_each_wrong_function_gets_its_own_name(question, mistake, function):
    result = check(question.id, function)
    assert result.mistake == mistake.name, result
    assert result.verdict == ("almost" if mistake.almost else "not yet")


@pytest.mark.parametrize("question", list(map(one_of_each, QUESTIONS)))
def test_a_question_names_five_mistakes_and_says_something_of_each(question):
    assert len(question.mistakes) >= 5
    assert len({mistake.name for mistake in question.mistakes}) == len(question.mistakes)
    for text in [m.says for m in question.mistakes] + [question.text, *question.hints]:
        assert len(texts.plain(texts.render(text))) > 20
    assert question.because and question.solution


@pytest.mark.parametrize("question", list(map(one_of_each, QUESTIONS)))
def test_a_stub_is_not_written_yet(question):
    space = {}
    exec(question.stub, space)
    result = check(question.id, space[question.name])
    assert repr(result) == "Not written yet." and result.verdict == "unread"


@pytest.mark.parametrize("question", list(map(one_of_each, QUESTIONS)))
def test_the_call_that_is_shown_is_the_call_that_was_made(question):
    for one in question.calls:
        text = one.text("taken")
        if "…" not in text:
            args, kwargs = eval(text, {"np": np, "taken": lambda *a, **k: (a, k)})
            pairs = [*zip(args, one.args, strict=True)]
            pairs += [(kwargs[name], value) for name, value in one.kwargs.items()]
            for told, made in pairs:
                if not isinstance(made, Seeded | Given):
                    np.testing.assert_array_equal(told, made, strict=True)


@pytest.mark.parametrize("question", list(map(one_of_each, QUESTIONS)))
def test_small_inputs_come_first_and_refusals_last(question):
    sizes = [one.size for one in question.calls if not one.refused]
    assert sizes == sorted(sizes)
    refused = [one.refused for one in question.calls]
    assert refused == sorted(refused)


#: An operation of a graph has one input or two.
OF_ANY_SIZE = [one for one in QUESTIONS if one.id != "chain_rule.operations"]


@pytest.mark.parametrize("question", list(map(one_of_each, OF_ANY_SIZE)))
def test_each_side_of_an_array_is_once_longer_than_anybody_writes_out_by_hand(question):
    """Else a function for three rows, or for two features, would pass for one for all."""
    longest = {}
    for one in question.calls:
        arrays = {n: a for n, a in enumerate(one.args) if isinstance(a, np.ndarray)}
        for n, array in arrays.items() if not one.refused else ():
            longest[n] = np.maximum(longest.get(n, 0), array.shape)
    assert {n: sides.tolist() for n, sides in longest.items() if min(sides) < 7} == {}


@pytest.mark.parametrize("question", list(map(one_of_each, QUESTIONS)))
def test_what_a_function_did_survives_the_way_through_json(question):
    for run in [question.expected, probes.run(question.mistakes[0].functions[0], question.calls)]:
        back = Run.unpacked(code_json(run.packed()))
        assert code.judge_run(question, back) == code.judge_run(question, run)
    again = probes.unpacked_calls(code_json(probes.packed_calls(question.calls)))
    assert [one.text("f") for one in again] == [one.text("f") for one in question.calls]


def code_json(value):
    return json.loads(json.dumps(value))


# ---------------------------------------------------------------------------------------------
# Functions that nobody declared
# ---------------------------------------------------------------------------------------------


def with_shapes_compared(function):
    def compared(y_true, z):
        if y_true.shape != z.shape:
            raise ValueError("shapes")
        return function(y_true, z)

    return compared


def naive(y, z):
    p = 1 / (1 + np.exp(-z))
    return -y * np.log(p) - (1 - y) * np.log(1 - p)


def by_cases(y, z):
    small = np.log1p(np.exp(-np.abs(z)))
    return np.where(z >= 0, z - y * z + small, -y * z + small)


RIGHT = {
    "logaddexp": lambda y, z: np.logaddexp(0, z) - y * z,
    "by cases": by_cases,
    "a loop": lambda y, z: np.array(
        [max(b, 0) - a * b + np.log(1 + np.exp(-abs(b))) for a, b in zip(y, z, strict=True)]
    ),
    "float32 is not asked for": lambda y, z: (np.logaddexp(0, z) - y * z).astype(np.longdouble),
}


@pytest.mark.parametrize("function", RIGHT.values(), ids=RIGHT)
def test_other_ways_to_be_right_are_right(function):
    assert check(BCE, with_shapes_compared(function)).verdict == "right"


def test_an_accident_is_no_refusal():
    def stumbling(y_true, z):
        if y_true.shape != z.shape:
            raise_an_error  # noqa: F821
        return np.logaddexp(0, z) - y_true * z

    assert check(BCE, stumbling).verdict == "not yet"


UNDECLARED = {
    "exp overflows": lambda y, z: (
        np.max(z) + np.log(np.exp(z - np.max(z)) + np.exp(-np.max(z))) - y * z
    ),
    "the logarithm of a rounded sigmoid": lambda y, z: naive(y, z),
    "the loss stops growing": lambda y, z: naive(y, np.clip(z, -30, 30)),
    "log of zero repaired by adding": lambda y, z: (
        -np.log(np.where(y == 1, 1 / (1 + np.exp(-z)), 1 - 1 / (1 + np.exp(-z))) + 1e-8)
    ),
    "mean of the batch": lambda y, z: (np.logaddexp(0, z) - y * z).sum() / len(z),
    "bits": lambda y, z: np.logaddexp2(0, z / np.log(2)) - y * z / np.log(2),
}


def lost_everywhere(y_true, z):
    return np.full(len(z), np.nan)


def with_assert(y_true, z):
    assert y_true.shape == z.shape
    return np.logaddexp(0, z) - y_true * z


def returning_nothing_for_other_shapes(y_true, z):
    return np.logaddexp(0, z) - y_true * z if y_true.shape == z.shape else None


def flattened(y_true, z):
    if len(y_true) != len(z):
        raise ValueError("lengths")
    return np.logaddexp(0, z.ravel()) - y_true.ravel() * z.ravel()


def for_three(Z):
    return np.log(np.exp(Z[:3] - Z[:3].max(axis=1)[:, None]).sum(axis=1)) + Z[:3].max(axis=1)


def of_the_first_thousand(y, p):
    return -np.log(np.where(y == 1, p, 1 - p))[:1000].mean()


def of_three_folds(y, fold):
    losses = np.zeros(len(y))
    for k in range(3):
        losses[fold == k] = (y[fold == k] - y[fold != k].mean()) ** 2
    return losses


def of_sums_and_largest(Y):
    if not ((Y.sum(axis=1) == 1).all() and (Y.max(axis=1) == 1).all()):
        raise ValueError("rows")
    return Y.argmax(axis=1)


def of_counts(Y):
    if not (np.count_nonzero(Y, axis=1) == 1).all():
        raise ValueError("rows")
    return Y.argmax(axis=1)


def in_order(n, rng):
    x = np.sort(rng.uniform(size=n))
    return x, (rng.uniform(size=n) < x**2).astype(int)


def evenly_spaced(n, rng):
    x = np.linspace(0, 1, n)
    return x, (rng.uniform(size=n) < x**2).astype(int)


def one_too_few(n, rng):
    x = rng.uniform(size=n - 1)
    return x, (rng.uniform(size=n - 1) < x**2).astype(int)


@pytest.mark.parametrize(
    ("id", "function", "verdict", "mistake"),
    [
        (BCE, lost_everywhere, "not yet", ""),
        (BCE, with_assert, "almost", "another error"),
        (BCE, returning_nothing_for_other_shapes, "almost", "does not refuse"),
        (BCE, flattened, "almost", "does not refuse"),
        ("datasets.sample", evenly_spaced, "not yet", "a part ignores rng"),
        ("datasets.sample", one_too_few, "not yet", "shape"),
        ("datasets.sample", in_order, "not yet", "x in order"),
        ("datasets.back_from_one_hot", of_sums_and_largest, "almost", "does not refuse"),
        ("datasets.back_from_one_hot", of_counts, "almost", "does not refuse"),
        ("loss_functions.logsumexp_rows", for_three, "not yet", ""),
        ("likelihood.bernoulli_nll_code", of_the_first_thousand, "not yet", ""),
        ("overfitting.cross_validation", of_three_folds, "not yet", ""),
    ],
)
def test_no_mistake_is_named_that_was_not_made(id, function, verdict, mistake):
    result = check(id, function)
    assert (result.verdict, result.mistake) == (verdict, mistake), result


@pytest.mark.parametrize("guard", [with_shapes_compared, lambda f: f], ids=["refuses", "does not"])
@pytest.mark.parametrize("name", UNDECLARED)
def test_a_mistake_is_recognised_however_it_is_written(name, guard):
    assert check(BCE, guard(UNDECLARED[name])).mistake == name


def test_a_right_function_that_refuses_nothing_is_almost_right():
    result = check(BCE, RIGHT["logaddexp"])
    assert (result.verdict, result.mistake) == ("almost", "shapes broadcast")
    assert result.must == "an error" and "[[0.5], [2.0]]" in result.call


# ---------------------------------------------------------------------------------------------
# Four operations that hand back, and a gradient for every shape
# ---------------------------------------------------------------------------------------------

OPERATIONS = "chain_rule.operations"


def by_cases_and_loops(operation, x, y_bar, x_bar):
    """Hand back as a beginner may write it."""
    after = [float(value) for value in x_bar]
    if operation == "mul":
        after[0] += y_bar * x[1]
        after[1] += y_bar * x[0]
    elif operation == "exp":
        after[0] += y_bar * np.exp(x[0])
    elif operation == "log":
        after[0] += y_bar / x[0]
    else:
        after[int(x[1] > x[0])] += y_bar
    return np.array(after)


def by_autodiff(operation, x, y_bar, x_bar):
    """Hand back as the library's automatic differentiation does."""
    t = autodiff.Tensor(x)
    y = t[0] * t[1] if operation == "mul" else getattr(t, operation)()
    y.backward(y_bar * np.ones(y.shape))
    return x_bar + t.grad


@pytest.mark.parametrize("function", [by_cases_and_loops, by_autodiff])
def test_the_differences_of_the_gradient_checker_accept_what_is_right(function):
    assert check(OPERATIONS, function).verdict == "right"


def careless(**wrong):
    """Write the rules out, some of them wrong: each adds to a list and takes (x, y_bar, after)."""

    def hand_back(operation, x, y_bar, x_bar):
        if operation in wrong:
            return np.asarray(wrong[operation](x, y_bar, x_bar), float)
        return by_cases_and_loops(operation, x, y_bar, x_bar)

    return hand_back


CARELESS = {
    "max hands to both": {"max": lambda x, g, old: [old[0] + g, old[1] + g]},
    "no 1/x in log": {"log": lambda x, g, old: old + g},
    "= for +=": {
        "mul": lambda x, g, old: [g * x[1], g * x[0]],
        "max": lambda x, g, old: np.where(x == x.max(), g, 0.0),
    },
    "y_bar left out": {
        "exp": lambda x, g, old: old + np.exp(x),
        "log": lambda x, g, old: old + 1 / x,
    },
    "sign turned": {"mul": lambda x, g, old: old - g * x[::-1]},
    "a factor hands back itself": {"mul": lambda x, g, old: old + g * x},
}


@pytest.mark.parametrize("name", CARELESS)
def test_a_wrong_rule_is_named_whichever_operations_it_is_in(name):
    assert check(OPERATIONS, careless(**CARELESS[name])).mistake == name


def test_an_operation_that_adds_into_the_callers_array_is_told_so():
    def in_place(operation, x, y_bar, x_bar):
        x_bar += by_cases_and_loops(operation, x, y_bar, 0 * x_bar)
        return x_bar

    result = check(OPERATIONS, in_place)
    assert (result.verdict, result.mistake) == ("not yet", "changes its argument")


def test_a_gradient_for_every_shape_may_be_written_in_indices_or_by_transposes():
    def in_indices(X, y, w, penalty):
        errors = [sum(a * b for a, b in zip(row, w, strict=True)) for row in X] - y
        return np.array([sum(errors * X[:, j]) / len(y) + penalty * w[j] for j in range(len(w))])

    id = "matrix_calculus.ridge_gradient"
    assert check(id, in_indices).verdict == "right"
    assert check(id, lambda X, y, w, p: (X @ w - y) @ X / len(X) + p * w).verdict == "right"
    assert check(id, lambda X, y, w, p: (X @ w - y).T @ X / X.size + p * w).mistake == (
        "divided by the number of entries"
    )


SAMPLERS = {
    "": lambda n, rng: binomial(n, rng, lambda x: x**2),
    "x for x squared": lambda n, rng: binomial(n, rng, lambda x: x),
    "labels turned": lambda n, rng: binomial(n, rng, lambda x: 1 - x**2),
    "wrong share of ones": lambda n, rng: binomial(n, rng, lambda x: np.full(n, 0.5)),
    "wrong probability": lambda n, rng: binomial(n, rng, lambda x: np.full(n, 1 / 3)),
    "x rounded": lambda n, rng: rounded(binomial(n, rng, lambda x: x**2)),
    "not reproducible": lambda n, rng: binomial(n, np.random.default_rng(), lambda x: x),
}


def binomial(n, rng, probability):
    x = rng.random(n)
    return x, rng.binomial(1, probability(x))


def rounded(sample):
    return np.round(sample[0], 2), sample[1]


@pytest.mark.parametrize("name", SAMPLERS)
def test_a_sampler_is_recognised_by_what_it_draws_on_the_whole(name):
    result = check("datasets.sample", SAMPLERS[name])
    assert result.mistake == name
    assert result.verdict == ("not yet" if name else "right")


def test_a_sampler_that_ignores_its_generator_is_named_without_a_declaration(asked):
    fair = Law("not a coin", lambda result, n, rng: np.isin(result, (0, 1)).all(), "It must be.")
    calls = [(20, Seeded(0)), (20, Seeded(1))]
    asked(lambda n, rng: rng.integers(0, 2, n), calls, laws=[fair], stub="def f(n, rng): ...")
    assert check("a.f", lambda n, rng: np.random.default_rng(7).integers(0, 2, n)).mistake == (
        "ignores rng"
    )


# ---------------------------------------------------------------------------------------------
# What any function can do wrong
# ---------------------------------------------------------------------------------------------

VECTOR = np.array([1.0, 2.0, 4.0])


@pytest.fixture
def doubled(asked):
    return asked(lambda x, y=0: 2 * x + y, [(np.array([1.0]),), (VECTOR, 3.0)])


def prints(x, y=0):
    print(2 * x + y)


def forgets_to_return(x, y=0):
    _ = 2 * x + y


def works_in_place(x, y=0):
    x *= 2
    return x + y


def yields(x, y=0):
    yield 2 * x + y


async def waits(x, y=0):
    return 2 * x + y


def leaves(x, y=0):
    raise GeneratorExit


SEEN = []


def remembers(x, y=0):
    SEEN.append(x)
    return 2 * x + y + len(SEEN)


def reads_a_global(x, y=0):
    return 2 * VECTOR[: len(x)] + y + 1


ANY = [
    (prints, "not yet", "prints, returns nothing", "`return` in place of `print`"),
    (forgets_to_return, "not yet", "returns nothing", "end in a `return`"),
    (works_in_place, "not yet", "changes its argument", "It changes `x`"),
    (remembers, "not yet", "remembers earlier calls", "two answers"),
    (lambda x, y=0: list(2 * x + y), "almost", "a list for an array", "as an array"),
    (lambda x, y=0: (2 * x + y)[:, None], "not yet", "", r"\(1, 1\) came back, it must be \(1,\)"),
    (lambda x, y=0: -2 * x - y, "not yet", "", "sign is wrong"),
    (lambda x, y=0: 6 * x + 3 * y, "not yet", "", "3 times what it must be"),
    (reads_a_global, "not yet", "", "reads `VECTOR` from outside"),
    (yields, "not yet", "", "not `yield`"),
    (waits, "not yet", "", "type coroutine"),
    (leaves, "not yet", "", "stops with an error"),
    (lambda x, y=0: (2 * x + y).round(6) * (1 + 1e-5), "not yet", "", "nearly right"),
    (lambda x, y=0: x * np.nan, "not yet", "", r"not a number \(nan\)"),
    (lambda x, y=0: x / 0, "not yet", "", "infinite"),
    (lambda x, y=0: "2.0", "not yet", "", "str came back"),
    (lambda x, y=0: lambda: 2 * x, "not yet", "", "A function came back"),
    (lambda x, y=0: (2 * x, y), "not yet", "", "shape|came back"),
]


@pytest.mark.parametrize(("function", "verdict", "name", "says"), ANY)
def test_what_any_function_can_do_wrong_is_said_without_a_declaration(
    doubled, function, verdict, name, says
):
    result = check("a.f", function)
    assert (result.verdict, result.mistake) == (verdict, name), result
    assert re.search(says, result.says), result.says
    assert result.call.startswith("f(np.array([1.0]))")


def test_nothing_that_a_function_prints_or_warns_of_reaches_the_reader(doubled, capsys, recwarn):
    check("a.f", prints)
    check("a.f", lambda x, y=0: np.log(-x))
    assert capsys.readouterr() == ("", "") and not recwarn.list


def helper(x):
    return x[7]


def test_an_error_is_shown_by_the_readers_own_lines(doubled):
    def outer(x, y=0):
        return np.apply_along_axis(helper, 0, x)

    result = check("a.f", outer)
    assert result.came == "IndexError: index 7 is out of bounds for axis 0 with size 1"
    assert [line for _, line in result.trace] == [
        "return np.apply_along_axis(helper, 0, x)",
        "return x[7]",
    ]
    assert re.fullmatch(r"line \d+, in helper", result.trace[1][0])


def test_endless_recursion_is_shown_in_a_few_lines(doubled):
    def deeper(x, y=0):
        return deeper(x, y)

    result = check("a.f", deeper)
    assert result.came.startswith("RecursionError") and 1 <= len(result.trace) <= 4


def endless(x, y=0):
    while True:
        pass


def endless_and_deaf(x, y=0):
    while x[0] < 2:
        try:
            while True:
                pass
        except:  # noqa: E722
            x = x + 1
    while True:
        pass


def sleeping(x, y=0):
    for _ in range(1000):
        time.sleep(0.01)


@pytest.mark.parametrize("function", [endless, endless_and_deaf, sleeping])
def test_what_does_not_end_is_ended(doubled, monkeypatch, function):
    monkeypatch.setattr(code, "SECONDS", 0.1)
    result = check("a.f", function)
    assert (result.verdict, result.mistake) == ("not yet", "no end")
    assert result.call == "f(np.array([1.0]))"


def test_where_there_are_no_threads_a_function_runs_without_a_limit(doubled, monkeypatch):
    monkeypatch.setattr(probes, "UNLIMITED", True)
    monkeypatch.setattr(probes, "_Watch", None)
    assert check("a.f", lambda x, y=0: 2 * x + y).verdict == "right"


def test_stop_is_not_taken_for_an_error_of_the_function(doubled):
    def stopped(x, y=0):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        check("a.f", stopped)


@pytest.mark.parametrize(
    ("given", "says"),
    [
        (np.array([2.0]), "needs the function itself"),
        (lambda x: x, r"called as `f\(x, y=0\)`; yours takes `\(x\)`"),
    ],
    ids=["its result", "other parameters"],
)
def test_what_cannot_be_called_is_not_counted(doubled, given, says):
    result = check("a.f", given)
    assert result.verdict == "unread" and re.search(says, result.says)


def test_the_smallest_input_that_fails_is_shown(asked):
    asked(lambda x: x, [(np.arange(k, dtype=float),) for k in (5, 3, 2, 1)], stub="def f(x): ...")
    result = check("a.f", lambda x: x if len(x) < 2 else x[::-1])
    assert result.call == "f(np.array([0.0, 1.0]))"
    assert (result.came, result.must) == ("np.array([1.0, 0.0])", "np.array([0.0, 1.0])")


def test_two_numbers_that_differ_late_are_shown_with_digits_that_tell_them_apart(asked):
    asked(lambda x: x, [(1.0,)], stub="def f(x): ...")
    result = check("a.f", lambda x: x + 3e-6)
    assert (result.came, result.must) == ("1.000003", "1.0")


def test_a_generator_is_compared_with_what_it_yields(asked):
    asked(lambda n: (k * k for k in range(n)), [(3,)], stub="def f(n): ...")

    def squares(n):
        yield from (k * k for k in range(n))

    assert check("a.f", squares).verdict == "right"
    assert check("a.f", lambda n: (k for k in range(n))).verdict == "not yet"
    assert "must be a generator" in check("a.f", lambda n: [0, 1, 4]).says


def test_a_named_argument_that_is_changed_is_named(asked):
    stub = "def f(x, start): ..."
    asked(lambda x, start: x + start, [call(1.0, start=np.array([1.0, 2.0]))], stub=stub)

    def in_place(x, start):
        start += x
        return start

    result = check("a.f", in_place)
    assert "It changes `start`" in result.says
    assert result.call == "f(1.0, start=np.array([1.0, 2.0]))"


def test_dicts_tuples_and_texts_are_compared_part_by_part(asked):
    asked(lambda x: {"mean": 1.0, "parts": (1, "a")}, [(1.0,)], stub="def f(x): ...")
    assert check("a.f", lambda x: {"mean": np.float64(1), "parts": (1, "a")}).verdict == "right"
    assert "keys" in check("a.f", lambda x: {"mean": 1.0}).says
    assert "length" in check("a.f", lambda x: {"mean": 1.0, "parts": (1,)}).says
    assert check("a.f", lambda x: {"mean": 1.0, "parts": (1, "b")}).verdict == "not yet"


def test_two_mistakes_that_do_the_same_are_noticed(asked):
    twice = [CodeMistake("one", lambda x: -x, "It."), CodeMistake("two", lambda x: 0 - x, "It.")]
    question = asked(lambda x: x, [(1.0,), (2.0,)], mistakes=twice, stub="def f(x): ...")
    names = [check("a.f", mistake.function).mistake for mistake in question.mistakes]
    assert names == ["one", "one"]  # the test of every question above would fail on it


# ---------------------------------------------------------------------------------------------
# How it is shown
# ---------------------------------------------------------------------------------------------


def test_the_text_is_stable_and_the_page_gets_the_same():
    result = check("model_fitting.gradient_descent", lambda g, theta, rate, n: theta)
    assert result == check("model_fitting.gradient_descent", lambda g, theta, rate, n: theta)
    assert "0x" not in repr(result) and "np.float64" not in repr(result)
    markup = result._repr_html_()
    assert 'data-exercise="model_fitting.gradient_descent" data-verdict="not yet"' in markup
    assert "lambda theta: 2 * theta" in markup and "style=" not in markup


def test_what_a_reader_returns_is_no_markup(asked):
    asked(lambda x: "a", [("<b>",)], stub="def f(x): ...")
    markup = check("a.f", lambda x: "<script>")._repr_html_()
    assert "<script>" not in markup and "&lt;script&gt;" in markup


def test_formulas_are_words_in_a_terminal():
    text = repr(check(BCE, naive))
    assert "σ(40) is exactly 1" in text and "$" not in text and "\\" not in text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (2.0, "2.0"),
        (1e-7, "1e-07"),
        (True, "True"),
        (np.array([0, 1]), "np.array([0, 1])"),
        ((1.0,), "(1.0,)"),
        ([0.5, "a"], "[0.5, 'a']"),
        (np.zeros((6, 7)), "an array of shape (6, 7): 0.0, 0.0, 0.0, …"),
        (float("nan"), "nan"),
    ],
)
def test_values_are_written_as_a_reader_would_type_them(value, text):
    assert shown(value) == text


def test_an_unknown_question_and_one_that_wants_no_function_are_refused():
    with pytest.raises(ValueError, match="id must be one of"):
        check("loss_functions.nothing", len)
    with pytest.raises(ValueError, match="asks for no function"):
        check("loss_functions.mean_squared_error", len)
