"""The checker is checked: what people type is read, judged and named alike in both languages."""

import importlib.util
import json
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from lib import exercises
from lib.exercises import answers, base, texts
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
    judge,
)
from lib.exercises.judge import SAYS, decimals_of, judge_sheet, shown_order

HERE = Path(__file__).parent
ROOT = HERE.parent
PUBLISHED = ROOT / "lib" / "exercises" / "published.txt"
TYPED = json.loads((HERE / "answers.json").read_text(encoding="utf-8"))
NATS = [{"name": "nats", "size": 1, "spellings": ["nats", "nat"]}]
ALL = [one for chapter in exercises.CHAPTERS for one in exercises.questions(chapter)]
QUESTIONS = [one for one in ALL if isinstance(one, base.Question)]
MEASURED = [one for one in QUESTIONS if isinstance(one, base.Measured)]
CHOSEN = [one for one in QUESTIONS if one not in MEASURED]
NODE = ROOT / ".venv" / "bin" / "node"
by_id = {"ids": lambda one: one.id}
many_times = pytest.mark.many_times


# --- reading ---


def outcome(kind, typed, wanted):
    """Return what a text is read as: a value, "asked" or None."""
    shape = (
        answers.shape_in(wanted) if isinstance(wanted, list) else [2, 2][: 1 + (kind == "matrix")]
    )
    reading = answers.read(kind, typed, NATS, shape)
    asked = "asked" if reading.problem.startswith("Do you mean") else None
    return asked if reading.problem else reading.value


def agree(found, wanted):
    """Tell whether two outcomes are the same, numbers up to the last bits."""
    if wanted is None or isinstance(wanted, str) or found is None or isinstance(found, str):
        return found == wanted
    if np.shape(found) != np.shape(wanted) or np.asarray(wanted).dtype.kind == "U":
        return found == wanted
    return np.allclose(found, wanted, rtol=1e-12, atol=0)


@pytest.mark.parametrize("kind", TYPED)
def test_what_people_type_is_read_asked_or_refused(kind):
    found = {typed: outcome(kind, typed, wanted) for typed, wanted in TYPED[kind]}
    assert [
        (typed, found[typed]) for typed, wanted in TYPED[kind] if not agree(found[typed], wanted)
    ] == []


def test_a_wrong_reading_in_the_table_would_be_noticed():
    assert not agree(0.417, 0.4171) and not agree(None, 0.0) and not agree([1.0], [[1.0]])
    assert not agree(["3", "4"], ["4", "3"]) and agree([0.5, 1.0], [0.5, 1])


@pytest.mark.parametrize("typed", ["16,000", "1.234,5", "ln 2/3", "1/2π"])
def test_each_answer_that_a_question_offers_is_read_as_one_number(typed):
    offered = re.search("Write (.*) or (.*)\\.", answers.read("number", typed).problem).groups()
    values = [answers.read("number", one).value for one in offered]
    assert len({*values}) == 2 and None not in values


def test_a_question_about_several_numbers_offers_all_thousands_and_none():
    typed = ["(1,000, 2,000)", "1,000; 2,000", "1,000 2,000"]
    said = "Do you mean (1, 2) or (1000, 2000)? Write (1, 2) or (1000, 2000)."
    assert {answers.read("vector", one, shape=[2]).problem for one in typed} == {said}


def test_what_was_not_readable_is_named_with_an_example_and_as_text():
    said = answers.read("number", "5 <b>apples</b>").problem
    assert "“5 &lt;b&gt;apples&lt;/b&gt;”" in said and "ln 2" in said
    assert len(answers.read("vector", "spam " * 300).problem) < 200


@pytest.mark.parametrize("part", ["1", "1;", "()", "\n", "½", "e"])
def test_a_long_text_is_read_at_once(part):
    for kind in TYPED:
        for typed in (part * (1990 // len(part)), f"1{part * (1900 // len(part))}x"):
            assert answers.read(kind, typed).problem or kind != "number" or part == "1"


def test_numbers_are_written_as_javascript_writes_them():
    pairs = {
        1e21: "1e+21",
        1e20: "1" + 20 * "0",
        1e-6: "0.000001",
        1.5e-7: "1.5e-7",
        0.1: "0.1",
        1200.0: "1200",
    }
    assert {value: answers.digits_of(value) for value in pairs} == pairs


# --- what is declared ---


def spelt(question, value):
    """List a right answer in five spellings or more."""
    return {
        "number": number_spellings,
        "vector": vector_spellings,
        "matrix": matrix_spellings,
        "shape": shape_spellings,
    }[question.kind](value, question)


def number_spellings(value, question):
    """Write a number in seven ways."""
    plain = f"{value:.10f}"
    unit = [f"{plain} {question.unit}"] if question.unit else [f"{100 * value:.8f} %"]
    wide = f"x = {plain}".replace("-", "−")
    return [
        repr(value),
        wide,
        f"{value:.9e}",
        f"{plain}1".replace(".", ","),
        f"({1000 * value:.9f})/1000",
        f"2*({value / 2!r})",
        *unit,
    ]


def vector_spellings(value, question):
    """Write a vector in six ways."""
    row = [f"{number:.10f}" for number in value]
    decimal_commas = "; ".join(f"{number}1".replace(".", ",") for number in row)
    return [
        f"({', '.join(row)})",
        f"[{' '.join(row)}]",
        "; ".join(row),
        "\n".join(row),
        repr(np.array(value)),
        decimal_commas,
    ]


def matrix_spellings(value, question):
    """Write a matrix in five ways."""
    rows = [[f"{number:.10f}" for number in row] for row in value]
    tex = " \\\\ ".join(" & ".join(row) for row in rows)
    return [
        "\n".join(" ".join(row) for row in rows),
        "; ".join(", ".join(row) for row in rows),
        json.dumps(value),
        repr(np.array(value)),
        f"\\begin{{pmatrix}}{tex}\\end{{pmatrix}}",
    ]


def shape_spellings(value, question):
    """Write a shape in five ways."""
    if len(value) < 2:
        return (
            ["()", "scalar", "[]"]
            if not value
            else [f"({value[0]},)", value[0], f"[{value[0]}]", f"({value[0]})", f"{value[0]},"]
        )
    return [
        f"({', '.join(value)})",
        " × ".join(value),
        " by ".join(value),
        ", ".join(value).upper(),
        str([*value]).replace("'", ""),
    ]


def typed_mistake(question, value):
    """Write a wrong answer as somebody would type or choose it."""
    if question.kind == "shape":
        return shape_spellings(value, question)[0]
    return repr(value) if question in MEASURED else value


VERDICTS = {}


def verdict_on(question, number, typed):
    """Judge an answer to an instance of the pool; what was judged before is remembered."""
    key = (question, number, repr(typed))
    if key not in VERDICTS:
        VERDICTS[key] = judge(question, number, typed)
    return VERDICTS[key]


def test_there_are_questions_of_every_kind():
    kinds = {
        "number",
        "vector",
        "matrix",
        "shape",
        "choice",
        "choices",
        "order",
        "first wrong line",
    }
    assert {one.kind for one in QUESTIONS} == kinds


@many_times
@pytest.mark.parametrize("question", MEASURED, **by_id)
def test_the_right_answer_is_right_on_every_instance_in_five_spellings(question):
    found = {
        (instance["number"], typed): verdict_on(question, instance["number"], typed)
        for instance in question.pool
        for typed in spelt(question, instance["answer"])
    }
    assert {asked: str(one) for asked, one in found.items() if one.kind != "right"} == {}


@pytest.mark.parametrize("question", CHOSEN, **by_id)
def test_the_right_choice_is_right_on_every_instance_by_index_and_by_letter(question):
    for instance in question.pool:
        shown, right = shown_order(question.sheet, instance), instance["answer"]
        letters = ", ".join(
            chr(97 + shown.index(at)) for at in ([right] if isinstance(right, int) else right)
        )
        for typed in (right, letters, letters.upper(), f"({letters})", letters.replace(",", ";")):
            assert judge(question, instance, typed).kind == "right", (instance["number"], typed)


def made(question, instance, at):
    """Return what somebody answers who makes one mistake."""
    wrong, right = instance["mistakes"][at], instance["answer"]
    if question.kind == "choices":
        return sorted({*right} ^ {wrong})
    if question.kind != "order":
        return typed_mistake(question, wrong)
    if isinstance(wrong, int):
        return [*right, wrong]
    first, second = wrong
    kept = [line for line in right if line != first]
    place = kept.index(second)
    return [*kept[:place], first, *kept[place:]]


@many_times
@pytest.mark.parametrize("question", QUESTIONS, **by_id)
def test_each_mistake_gets_its_own_words_on_every_instance(question):
    for instance in question.pool:
        for at, mistake in enumerate(question.sheet["mistakes"]):
            if instance["mistakes"][at] is None:
                continue
            verdict = verdict_on(question, instance["number"], made(question, instance, at))
            name = mistake["name"].format_map(instance["slots"])
            assert verdict.name == name, (instance["number"], str(verdict))
            assert verdict.kind == ("almost" if mistake["almost"] else "not yet")
            assert texts.fill(mistake["says"], instance["slots"]) in verdict.says


@pytest.mark.parametrize(
    ("degree", "right", "said"),
    [
        (0, "(32/9, 61/9)", {"(32/9, 25/9)": "noise of fresh targets left out"}),
        (
            1,
            "(8/9, 37/9)",
            {"(32/9, 61/9)": "one parameter too few", "(37/9, 8/9)": "the two swapped"},
        ),
        (2, "(0, 5)", {"(0, 4)": "distance to the old targets", "(4, 5)": "noise added twice"}),
    ],
)
def test_the_entries_of_the_table_and_their_mistakes_are_those_worked_by_hand(degree, right, said):
    question = exercises.question("overfitting.table_entries")
    values = {"slope": 2, "y": np.array([-1.0, -1, 3]), "sigma": 2.0, "degree": degree}
    instance = {"number": 0, **question.instance(values)}
    assert judge(question, instance, right).kind == "right"
    assert {typed: judge(question, instance, typed).name for typed in said} == said


def test_the_degree_with_the_lowest_mean_over_the_folds_is_chosen_by_hand():
    question = exercises.question("overfitting.degree_by_folds")
    table = np.array([[9, 9, 9], [8, 1, 9], [3, 2, 4], [2, 7, 7], [6, 8, 7]]) / 10
    instance = {"number": 0, **question.instance({"table": table})}
    verdicts = [judge(question, instance, str(degree)) for degree in (1, 2, 3, 4)]
    assert [verdict.kind for verdict in verdicts] == ["not yet", "not yet", "right", "not yet"]
    names = ("highest mean", "one lucky fold", "", "the first fold alone")
    assert tuple(verdict.name for verdict in verdicts) == names


NONSENSE = [
    *[
        "",
        " ",
        "abc?",
        "?",
        "1..2",
        "--1x",
        "one half",
        "NaN",
        "inf",
        "∞",
        "0x10",
        "1/0",
        "ln",
        "ln()",
    ],
    *[
        "ln 0",
        "sqrt(-1)",
        "(",
        "1)",
        "x = ",
        "9^9^9^9",
        "1e400",
        "5 apples",
        "0.5 or 0.7",
        "<b>1</b>",
    ],
    *[
        "import os",
        "__import__('os')",
        "1 if 1 else 2",
        "12:30",
        "\0",
        "😀",
        "null;",
        "{}{}",
        "a" * 3000,
    ],
]


@many_times
@pytest.mark.parametrize("question", MEASURED, **by_id)
def test_nonsense_is_unread_and_never_right(question):
    assert len(NONSENSE) >= 30
    typed = [one for one in NONSENSE if question.kind != "shape" or one != "0x10"]  # 0 by 10
    kinds = {one: verdict_on(question, 0, one).kind for one in typed}
    assert {typed: kind for typed, kind in kinds.items() if kind != "unread"} == {}


@pytest.mark.parametrize("question", CHOSEN, **by_id)
def test_what_is_not_offered_is_unread(question):
    for typed in [
        "?",
        "1",
        "z",
        "none",
        99,
        -1,
        [0, 99],
        "😀",
        "<b>",
        [] if question.kind != "choices" else 99,
    ]:
        assert judge(question, 0, typed).kind == "unread", typed


def posed(kind, answer, **more):
    """Return sheet and instance of a question that no chapter has."""
    sheet = {"id": "a.b", "kind": kind, "text": "t", "because": "b", "unit": "", "units": []}
    sheet |= {"tolerance": 0.005, "mistakes": [], "options": ["x", "y", "z"], "before": None}
    return sheet | more, {"number": 0, "slots": {}, "answer": answer, "mistakes": []}


JUDGED = [
    (*posed("number", 42, unit="%"), "42 percent", "right", ""),
    (*posed("number", 42, unit="%"), "42 %.", "right", ""),
    (*posed("number", 4, text="Which epoch?"), "4 epochs", "right", ""),
    (*posed("number", 4, text="Which epoch?"), "epoch 4", "right", ""),
    (*posed("number", 4, text="Which loss?"), "4 epochs", "almost", "epochs is not its unit"),
    (*posed("number", 4, text="Which natural number?"), "4 nats", "almost", "nats is not"),
    (*posed("number", 4.8), "4.7", "not yet", "Sign and rough size are right"),
    (*posed("number", 3, tolerance=0), "2.99", "not yet", "Sign and rough size are right"),
    (*posed("number", 4.86), "4.8", "almost", "rounded too much"),
    (*posed("number", 1000, tolerance=0), "1.000", "almost", "Without it, that is right."),
    (*posed("number", 14939.79), "14.939", "almost", "Without it, that is right."),
    (*posed("number", 1000, tolerance=0), "1", "not yet", "far too small"),
    (*posed("number", 1000, text="How many tosses?"), "1000 tosses", "right", ""),
    (*posed("number", 6.4), "ln(601.845037872082)", "right", ""),
    (*posed("number", 0), "-5", "not yet", "Look at the size first: it is far too large."),
    (*posed("vector", [1, -0.1]), "(5, 0.3)", "not yet", "Look at the sign first."),
    (*posed("vector", [288, 68]), "(290, 68)", "not yet", "Look at entry 1 first."),
    (*posed("choice", 0), [0, 1], "unread", "The question asks for one answer, and 2 are chosen."),
    (*posed("choice", 0), 1.5, "unread", "names none"),
    (*posed("choice", 0), {}, "unread", "names none"),
    (*posed("choices", [1]), [None], "unread", "names none"),
    (*posed("choices", [1]), ["1"], "unread", "names none"),
    (*posed("choices", [1]), True, "unread", "names none"),
    (*posed("choices", [1]), 1e300, "unread", "“-1” names none"),
    (*posed("order", [0, 1, 2]), [0, 1, 2, 0], "not yet", "in order, 3 of them"),
]


def test_odd_answers_get_a_true_verdict_in_both_languages():
    found = [judge_sheet(*one[:3]) for one in JUDGED]
    wrong = [
        (one[2], str(verdict))
        for one, verdict in zip(JUDGED, found, strict=True)
        if verdict.kind != one[3] or one[4] not in verdict.says
    ]
    assert wrong == []
    sheets = {n: {"sheet": one[0], "pool": [one[1]]} for n, one in enumerate(JUDGED)}
    page = by_node(sheets, [[n, 0, one[2]] for n, one in enumerate(JUDGED)])["verdicts"]
    assert page == [vars(one) for one in found]


def neighbours(question, instance):
    """List the pairs of an instance that are close, though different things are said of them."""
    values = [instance["answer"], *(wrong for wrong in instance["mistakes"] if wrong is not None)]
    flats = [np.ravel(np.asarray(value, dtype=float)) for value in values]
    shapes = [np.shape(value) for value in values]
    return [
        (values[i], values[j])
        for i in range(len(values))
        for j in range(i)
        if shapes[i] == shapes[j]
        and np.all(
            np.abs(flats[i] - flats[j]) <= 3 * max(question.tolerance, 1e-9) * np.abs(flats[i])
        )
    ]


@pytest.mark.parametrize("question", [one for one in MEASURED if one.kind != "shape"], **by_id)
def test_no_wrong_answer_comes_close_to_another_answer_of_its_instance(question):
    assert [pair for instance in question.pool for pair in neighbours(question, instance)] == []


@pytest.mark.parametrize("question", QUESTIONS, **by_id)
def test_a_pool_has_no_duplicates_and_the_same_instances_every_time(question):
    told = [json.dumps([one["slots"], one["answer"]]) for one in question.pool]
    assert (
        len(set(told)) == len(told) and len(told) == 1
        if question.values is None
        else len(told) >= 6
    )
    assert [one["number"] for one in question.pool] == list(range(len(told)))
    again = type(question).pool.func(question)
    assert json.dumps(again) == json.dumps(question.pool)


@pytest.mark.parametrize("question", [one for one in QUESTIONS if one.kind == "order"], **by_id)
def test_lines_are_never_offered_in_a_right_order(question):
    for number in range(200):
        instance = {**question.pool[0], "number": number}
        shown = shown_order(question.sheet, instance)
        assert sorted(shown) == list(range(len(shown)))
        assert (
            judge(question, instance, [at for at in shown if at in instance["answer"]]).kind
            != "right"
        )


def test_options_are_offered_in_many_orders():
    question = next(one for one in CHOSEN if one.kind == "choice")
    firsts = {shown_order(question.sheet, {**question.pool[0], "number": n})[0] for n in range(60)}
    assert firsts == set(range(len(question.sheet["options"])))


# --- the numbers that the chapter works out ---

WORKED = [
    (
        "mean_and_median",
        {"labels": np.array([1, 2, 2, 3, 12])},
        [[16.4, 3.2], [20.4, 2.4]],
    ),
    ("right_and_wrong", {"forecast": 0.9}, [0.1054, 2.3026]),
    ("right_and_wrong", {"forecast": 0.99}, [0.0101, 4.6052]),
    ("right_and_wrong", {"forecast": 0.999}, [0.0010, 6.9078]),
    ("expected_bce", {"share": 0.7, "forecast": 0.5}, 0.6931),
    ("expected_bce", {"share": 0.7, "forecast": 0.7}, 0.6109),
    ("expected_bce", {"share": 0.7, "forecast": 0.9}, 0.7645),
    ("expected_bce", {"share": 0.7, "forecast": 0.99}, 1.3886),
    ("second_softmax", {"z": np.array([2, 1, 0.1]), "label": 0}, [0.8021, 0.5514]),
    ("second_softmax", {"z": np.zeros(10), "label": 0}, [2.3026, 1.4612]),
    ("root_in_batches", {"first": np.array([0, 0]), "second": np.array([0, 4])}, [1.4142, 2]),
    ("saturation", {"z": -6.0, "label": 1}, [-0.0049, -0.9975]),
]


@pytest.mark.parametrize(("name", "values", "answer"), WORKED)
def test_a_question_with_the_numbers_of_the_chapter_has_the_answer_of_the_chapter(
    name, values, answer
):
    found = base.called(exercises.question(f"loss_functions.{name}").answer, values)
    np.testing.assert_allclose(found, answer, rtol=0, atol=6e-5)


# --- the texts ---


def load_rules():
    """Import tests/test_mathml.py by its path."""
    spec = importlib.util.spec_from_file_location("rules_of_mathml", HERE / "test_mathml.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


rules = load_rules()


def set_texts(question):
    """List all texts of a question as they are set, by their places."""
    sheet = question.sheet
    listed = {"hint": sheet["hints"], "option": sheet.get("options", [])}
    listed["says"] = [mistake["says"] for mistake in sheet["mistakes"]]
    listed |= {name: [sheet[name]] for name in ("text", "because", "solution")}
    return [(place, text) for place, many in listed.items() for text in many]


@pytest.mark.parametrize("question", QUESTIONS, **by_id)
def test_every_text_is_valid_and_whole_on_the_first_and_last_instance(question):
    for place, text in set_texts(question):
        for instance in (question.pool[0], question.pool[-1]):
            filled = texts.fill(text, instance["slots"])
            assert not texts.HOLE.search(filled), place
            found = [
                fault for math in rules.FORMULA.findall(filled) for fault in rules.faults(math)
            ]
            assert found == [], (place, found)
            plain = texts.plain(filled)
            assert "$" not in plain and "**" not in plain and "\\" not in plain, (place, plain)
            assert "nan" not in plain.split() and "None" not in plain.split()


ACCENTED_SLOT = re.compile(r'<mover accent="true">(?:<mrow>)*<m\w+ data-slot')


@pytest.mark.parametrize("question", QUESTIONS, **by_id)
def test_an_accent_stands_over_a_name_and_not_over_its_value(question):
    assert [place for place, text in set_texts(question) if ACCENTED_SLOT.search(text)] == []


@pytest.mark.parametrize("question", QUESTIONS, **by_id)
def test_every_question_teaches(question):
    assert len(question.sheet["mistakes"]) >= 3, "three named mistakes at least"
    assert (
        question.hints and question.solution and question.because.rstrip().endswith((".", "$", "`"))
    )
    for mistake in question.spoken_mistakes():
        assert mistake["says"].rstrip().endswith((".", "?", "!", "$", "`")), mistake["says"]
    earlier = exercises.CHAPTERS[: exercises.CHAPTERS.index(question.chapter)]
    assert {*question.draws_on} <= {*earlier}, "what it draws on comes earlier in the book"


def headings(chapter):
    """List the sections of a chapter that have a label, as pairs with their titles."""
    cells = json.loads((ROOT / "book" / f"{chapter}.ipynb").read_text(encoding="utf-8"))["cells"]
    text = "\n".join("".join(cell["source"]) for cell in cells)
    return set(re.findall(r"^\(([\w-]+)\)=\n#+ (.+)$", text, re.M))


def test_each_question_of_the_check_sends_a_reader_who_misses_it_to_another_section():
    asked = [one for one in QUESTIONS if one.section]
    for question in asked:
        assert question.section in headings(question.chapter), question.id
        assert question.sheet["section"] == [*question.section]
    check = [one.section for one in asked if one.id.startswith("basics.check_")]
    assert len(check) == len({*check}) == 8
    assert ("sec-ba-sums", "Means and sums") not in headings("basics")  # it would be noticed


@pytest.mark.parametrize("question", [one for one in MEASURED if one.kind != "shape"], **by_id)
def test_the_right_answer_is_told_in_the_solution_alone(question):
    for instance in question.pool:
        numbers = [n for n in np.ravel(instance["answer"]).tolist() if (decimals_of(n) or 9) > 1]
        told = {f"{abs(n):.{digits}g}" for n in numbers for digits in (3, 4, 5)}
        texts_before = [
            text for place, text in set_texts(question) if place in ("text", "hint", "says")
        ]
        for text in texts_before:
            found = re.findall(r"\d+\.\d+", texts.plain(texts.fill(text, instance["slots"])))
            assert not told & {*found}, (instance["number"], text)


def test_marks_and_slots_are_set_and_everything_else_is_escaped():
    known = {"known": {"w", "A", "b"}, "rows": {"A"}}
    set_text = texts.render(
        "*a* **b** `f({w}) < 2` $\\sqrt{{w}}$ <i>&amp; $A = {A}$ {b:+}", **known
    )
    slots = {
        "w": texts.slot_text(-2),
        "A": texts.slot_text(np.eye(2)),
        "b:+": texts.slot_text(-1.5, "+"),
    }
    filled = texts.fill(set_text, slots)
    assert (
        '<em>a</em> <strong>b</strong> <code translate="no">f(' in filled
        and "&lt;i&gt;&amp;amp;" in filled
    )
    assert texts.plain(filled) == "a b f(−2) < 2 √(−2) <i>&amp; A = (1, 0; 0, 1) − 1.5"
    assert filled.count("<mtr>") == 2 and ">−2</mn>" in filled


@pytest.mark.parametrize(
    ("value", "form", "text"),
    [
        (2, "", "2"),
        (-0.0, "", "0"),
        (0.1 + 0.2, "", "0.3"),
        (-1.5, "", "−1.5"),
        (1.2e-5, "", "0.000012"),
        (-3e-9, "", "−3 × 10⁻⁹"),
        (2.5e6, "", "2500000"),
        (1e12, "", "1 × 10¹²"),
        (2, ".2f", "2.00"),
        (-2, "()", "(−2)"),
        (2, "()", "2"),
        ([1.0, -2.0], "", "(1, −2)"),
        ([[1, 0], [0, -1]], "", [["1", "0"], ["0", "−1"]]),
        ("cat", "", "cat"),
    ],
)
def test_a_value_stands_in_its_slot_as_the_book_writes_it(value, form, text):
    assert texts.slot_text(np.array(value) if isinstance(value, list) else value, form) == text


@pytest.mark.parametrize(
    ("tex", "line"),
    [
        (r"\frac{1}{n} \sum_{i=1}^n (y_i - \hat y_i)^2", "1/n∑_(i = 1)^n(y_i−ŷ_i)^2"),
        (r"e^{-z_c} \le \sqrt{2\pi}", "e^(−z_c) ≤ √(2π)"),
        (r"f'(x)\ln p", "f′(x) ln p"),
        (r"L''(c) = 2", "L′′(c) = 2"),
        (r"x \sim U", "x ∼ U"),
        (r"\begin{pmatrix}1&2\\3&4\end{pmatrix}", "(1, 2; 3, 4)"),
    ],
)
def test_a_formula_is_spelt_in_a_line_where_there_is_no_html(tex, line):
    assert texts.plain(texts.render(f"${tex}$")) == line


@pytest.mark.parametrize("tex", [r"\hat{y}", r"\frac{y}{n}", r"\sum_{n}^{y} y", r"x_{n}", r"2^{n}"])
def test_a_group_of_a_formula_is_no_slot_whatever_the_values_are_called(tex):
    assert "data-slot" not in texts.render(f"${tex}$", known={"y", "n"})
    marked = texts.render(f"${tex}$".replace("{", "{{").replace("}", "}}"), known={"y", "n"})
    assert 'data-slot="' in marked


@pytest.mark.parametrize("text", ["{nobody}", "$x = {nobody}$", "Of {w:.2f} and {v}."])
def test_a_slot_that_nobody_fills_is_refused(text):
    with pytest.raises(ValueError, match="must name a value"):
        texts.render(text, known={"w"})


FORMULAS = [
    r"\operatorname{softmax}(z)_c",
    r"f'(x)",
    r"f''(x)",
    r"\begin{cases}1 & x>0\\0 & x\le 0\end{cases}",
    r"\begin{pmatrix}1&2\\3&4\end{pmatrix}",
    r"A^{\top}A",
    r"\lVert x\rVert^2",
    r"\ln\frac{1}{2}",
    r"\frac{{a}}{{b}}",
    r"x_{{a}}^{{b}}",
    r"\sum_{i=1}^{n}\hat{y}_i",
    r"\max_i z_i",
    r"\lambda_{\max}",
    r"\left(\frac{{a}}{2}\right)",
    r"\mathbb{E}[X]",
    r"\bar{x}",
    r"\sqrt{{a}}",
    r"p(y \mid x)",
    r"\nabla_\theta L",
    r"\log_2 3",
    r"\overline{x}",
    r"\underbrace{a+b}_{c}",
    r"a \text{ if } b",
    r"{a}\%",
    r"\mathrm{KL}(P\,\|\,Q)",
    r"\int_0^1 x\,dx",
    r"\partial f/\partial x",
    r"x\in\mathbb{R}^{n\times d}",
    r"\operatorname{diag}(s) - s s^{\top}",
    r"\min_{w} L(w)",
    r"\arg\min_\theta L",
    r"\lim_{h\to 0}",
    r"\tilde{x}\cdot\vec{v}",
    r"\begin{aligned}a&=b\\c&=d\end{aligned}",
]


@pytest.mark.parametrize("tex", FORMULAS)
def test_a_formula_is_mathml_that_a_browser_takes(tex):
    for mark in ("$", "$$"):
        markup = texts.render(f"{mark}{tex}{mark}", known={"a", "b"})
        formulas = rules.FORMULA.findall(texts.fill(markup, {"a": "1.5", "b": "−2"}))
        assert [rules.faults(formula) for formula in formulas] == [[]] * len(formulas)
        assert not re.search(r"columnalign|\\|merror", markup)


def test_a_formula_has_signs_that_its_fonts_have_and_room_around_them():
    assert "<mo>′′</mo>" in texts.render("$L''(c)$")  # a double prime as one character is tiny
    assert '<mo form="infix">∼</mo>' in texts.render(r"$x \sim U$")
    assert '<mo stretchy="false" lspace="0.278em" rspace="0.278em">∣</mo>' in texts.render(
        r"$p(y \mid x)$"
    )
    for tex in (r"= \sigma^2", r"\quad = \sigma^2"):  # alone, "=" loses its room
        assert texts.render(f"${tex}$").count("<math>") == 1


def test_a_formula_in_a_line_can_be_broken_after_a_relation_and_keeps_the_full_stop():
    known = {"p"}
    markup = texts.render("So $p = {p}$.", known=known)
    assert (
        markup.count("<math>") == 2 and '=</mo></mrow></math><span class="whole"><math>' in markup
    )
    assert markup.endswith("</math>.</span>")
    assert texts.plain(texts.fill(markup, {"p": "1"})) == "So p = 1."
    assert texts.render("$$p = {p}$$", known=known).count("<math") == 1
    assert texts.render("$f(p = {p})$", known=known).count("<math") == 2


# --- faults that are planted, in declarations and in the checker itself ---


@pytest.fixture
def planted(monkeypatch):
    """Declare questions that vanish again."""
    monkeypatch.setattr(base, "QUESTIONS", {})
    plain = {
        "title": "T",
        "text": "What is it?",
        "hints": ["H."],
        "because": "B.",
        "solution": "S.",
    }
    named = {"id": "loss_functions.planted", **plain}
    return lambda kind, **declared: kind(**(named | declared))


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (lambda answer: answer, "'same' gives the same as 'the answer'"),
        (lambda answer: answer * 1.014, "'same' gives the same as 'the answer'"),
        (lambda: 7.05, "'seven' gives the same as 'same'|'same' gives the same as 'seven'"),
        (lambda: float("nan"), "same is no number"),
        (lambda: [1.0], "same is no number"),
    ],
)
def test_a_mistake_that_is_none_is_refused(planted, wrong, said):
    mistakes = [Mistake("same", wrong, "A."), Mistake("seven", lambda: 7.0, "B.")]
    question = planted(Number, answer=lambda: 3.0, mistakes=mistakes)
    with pytest.raises(ValueError, match=said):
        _ = question.pool


def test_a_random_question_is_dealt_only_where_its_mistakes_differ(planted):
    question = planted(
        Number,
        text="{a}",
        values=lambda rng: {"a": int(rng.integers(0, 40))},
        answer=lambda a: a * a,
        mistakes=[Mistake("doubled", lambda a: 2 * a, "D.")],
    )
    dealt = {int(instance["slots"]["a"]) for instance in question.pool}
    assert not dealt & {0, 2} and len(dealt) == len(question.pool) == base.DEALT


def test_a_random_question_with_few_fair_instances_is_refused(planted):
    question = planted(
        Number,
        text="{a}",
        values=lambda rng: {"a": int(rng.integers(0, 4))},
        answer=lambda a: a,
        mistakes=[],
    )
    with pytest.raises(ValueError, match="only 4 fair instances; all alike"):
        _ = question.pool


def test_values_that_the_page_cannot_tell_in_full_are_refused(planted):
    question = planted(
        Number, text="{a}", values=lambda rng: {"a": rng.random()}, answer=lambda a: a, mistakes=[]
    )
    with pytest.raises(ValueError, match=r"a must be rounded to 6 digits, got 0\."):
        _ = question.pool


def test_an_id_belongs_to_one_question_and_has_a_form(planted):
    planted(Number, answer=lambda: 1.0, mistakes=[])
    with pytest.raises(ValueError, match=r"one question, got 'loss_functions\.planted' twice"):
        planted(Number, answer=lambda: 1.0, mistakes=[])
    with pytest.raises(ValueError, match=r"must read chapter\.name, got 'Planted'"):
        Number("Planted", title="", text="", because="", solution="", answer=None, mistakes=[])


def test_two_mistakes_with_one_name_are_refused(planted):
    twice = [Mistake("sum", lambda: 1.0, "A."), Mistake("sum", lambda: 2.0, "B.")]
    with pytest.raises(ValueError, match="two mistakes must not share a name, got 'sum' twice"):
        planted(Number, answer=lambda: 3.0, mistakes=twice)


def test_what_a_right_order_may_have_is_no_mistake(planted):
    lines = {"lines": ["a", "b", "c"], "before": [(0, 2), (1, 2)]}
    question = planted(Order, **lines, mistakes=[Mistake("swapped", (1, 0), "S.")])
    with pytest.raises(ValueError, match=r"a right order may have \[1, 0\]"):
        _ = question.pool


def test_lines_that_may_change_places_are_right_both_ways(planted):
    mistakes = [Mistake("end first", (2, 0), "E."), Mistake("stranger", "d", "D.")]
    question = planted(Order, lines=["a", "b", "c"], before=[(0, 2), (1, 2)], mistakes=mistakes)
    assert judge(question, 0, [1, 0, 2]).kind == judge(question, 0, [0, 1, 2]).kind == "right"
    assert judge(question, 0, [2, 0, 1]).name == "end first"
    assert judge(question, 0, [0, 1, 2, 3]).name == "stranger"
    assert "Something is still missing" in judge(question, 0, [1, 0]).says


def test_options_that_read_the_same_are_refused(planted):
    question = planted(Choice, right="Yes.", wrong=[Mistake("yes", "Yes.", "No.")])
    with pytest.raises(ValueError, match="two options read the same"):
        _ = question.pool


@pytest.mark.parametrize("chapter", exercises.CHAPTERS)
def test_ids_are_forever(chapter):
    everything = PUBLISHED.read_text(encoding="utf-8").split()
    published = [id for id in everything if id.partition(".")[0] == chapter]
    found = [one.id for one in ALL if one.chapter == chapter]
    assert sorted({*published} - {*found}) == [], "a published id is gone: bring it back"
    assert sorted({*found} - {*published}) == [], "add new ids to published.txt"
    assert len({*published}) == len(published)


def test_no_published_id_is_of_a_chapter_that_asks_nothing():
    published = PUBLISHED.read_text(encoding="utf-8").split()
    assert {id.partition(".")[0] for id in published} == {*exercises.CHAPTERS}


@pytest.mark.parametrize("chapter", exercises.CHAPTERS)
def test_each_question_is_asked_in_its_chapter(chapter):
    text = (ROOT / "book" / f"{chapter}.ipynb").read_text(encoding="utf-8")
    cells = ["".join(cell["source"]) for cell in json.loads(text)["cells"]]
    asked = set(re.findall(r'\b(?:Exercise|check)\(\s*"([\w.]+)"', "\n".join(cells)))
    missing = [one.id for one in ALL if one.chapter == chapter and one.id not in asked]
    assert missing == [], f"ask it in a cell of book/{chapter}.ipynb"


def test_the_chapters_that_ask_are_listed_in_the_order_of_the_book():
    listed = re.findall(r"file: (\w+)", (ROOT / "_toc.yml").read_text(encoding="utf-8"))
    files = {path.stem for path in PUBLISHED.parent.glob("*.py")}
    asking = [name for name in listed if name in files]
    assert asking == [*exercises.CHAPTERS], "put the chapters of lib/exercises/__init__.py in order"


def test_a_chapter_has_its_own_questions_and_loads_no_other():
    code = """if True:
        import json, sys, lib.exercises
        lib.exercises.question("loss_functions.ce_from_logits")
        print(json.dumps([*sys.modules]))"""
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, encoding="utf-8", check=True
    )
    loaded = json.loads(done.stdout)
    chapters = [one for one in exercises.CHAPTERS if f"lib.exercises.{one}" in loaded]
    assert chapters == ["loss_functions"]
    assert not {"anywidget", "latex2mathml", "matplotlib"} & {*loaded}
    with pytest.raises(ValueError, match=r"chapter must be one of .*, got 'cooking'"):
        exercises.question("cooking.eggs")
    with pytest.raises(ValueError, match=r"id must be one of .*, got 'loss_functions\.eggs'"):
        exercises.question("loss_functions.eggs")


# --- what is said without a declared mistake ---

HALF = {"answer": lambda: 0.4170, "mistakes": [Mistake("twice", lambda: 1.0701, "Twice.")]}


@pytest.mark.parametrize(
    ("typed", "kind", "name", "part"),
    [
        ("0.417", "right", "", "B."),
        ("0.4188", "right", "", ""),
        ("0.42", "almost", "rounding", "rounded too much"),
        ("0.41", "almost", "rounding", "rounded too much"),
        ("0.4", "almost", "rounding", ""),
        ("-0.417", "almost", "sign", "sign is wrong"),
        ("0.6016 bits", "right", "", ""),
        ("0.6016", "almost", "unit", "right in bits; the question asks for nats"),
        ("0.417 bits", "almost", "unit", "bits is written after it"),
        ("0.417 steps", "almost", "unit", "steps is not its unit"),
        ("1.07", "not yet", "twice", "Twice."),
        ("1.1", "not yet", "twice", "Twice."),
        ("-1", "not yet", "", "sign"),
        ("0", "not yet", "", "not zero"),
        ("40", "not yet", "", "too large"),
        ("0.01", "not yet", "", "too small"),
        ("0.5", "not yet", "", "rough size"),
        ("1", "not yet", "", "rough size"),
    ],
)
def test_a_number_is_answered_by_what_is_wrong_with_it(planted, typed, kind, name, part):
    verdict = judge(planted(Number, unit="nats", **HALF), 0, typed)
    assert (verdict.kind, verdict.name) == (kind, name) and part in verdict.says
    assert "0.417" not in verdict.says and (
        not verdict.read or kind == "right" or "0.417" in typed or "0.417" not in verdict.read
    )


@pytest.mark.parametrize(
    ("unit", "typed", "kind", "name"),
    [
        ("", "16.87 %", "right", ""),
        ("", "16.87", "almost", "percent"),
        ("%", "16.87", "not yet", ""),
        ("per step", "0.1687 per step", "right", ""),
        ("per step", "0.1687/step", "right", ""),
        ("steps", "0.1687 step", "right", ""),
        ("steps", "0.1687 epochs", "almost", "unit"),
        ("steps", "16.87", "not yet", ""),
    ],
)
def test_percent_and_plain_units_are_told_apart(planted, unit, typed, kind, name):
    verdict = judge(planted(Number, unit=unit, answer=lambda: 0.1687, mistakes=[]), 0, typed)
    assert (verdict.kind, verdict.name) == (kind, name)


@pytest.mark.parametrize(
    ("typed", "kind"), [("16.87", "right"), ("16.87 %", "right"), ("0.1687", "almost")]
)
def test_an_answer_in_percent_may_be_written_with_or_without_its_sign(planted, typed, kind):
    assert (
        judge(planted(Number, unit="%", answer=lambda: 16.87, mistakes=[]), 0, typed).kind == kind
    )


@pytest.mark.parametrize(
    ("typed", "kind", "part"),
    [
        ("(6, 14)", "right", ""),
        ("(-6, -14)", "almost", "sign is wrong"),
        ("(6, -14)", "almost", "not every sign"),
        ("(14, 6)", "not yet", "another order"),
        ("(3, 7)", "not yet", "wrong by one factor"),
        ("(6, 15)", "not yet", "Look at entry 2 first"),
        ("(6, 14, 1)", "not yet", "3 entries are read, the answer has 2"),
        ("6,0, 14,1", "not yet", "Look at entry 2 first"),
        ("6,0,14,0", "not yet", "put semicolons between the entries"),
        ("6; 14", "right", ""),
        ("6", "not yet", "shape"),
    ],
)
def test_a_vector_is_answered_by_what_is_wrong_with_it(planted, typed, kind, part):
    question = planted(Vector, answer=lambda: np.array([6.0, 14.0]), mistakes=[], tolerance=0.001)
    verdict = judge(question, 0, typed)
    assert verdict.kind == kind and part in verdict.says


@pytest.mark.parametrize(
    ("typed", "kind", "part"),
    [
        ("1 2; 3 4", "right", ""),
        ("1 3; 2 4", "almost", "transpose"),
        ("1 2; 3 5", "not yet", "row 2, column 2"),
        ("1 2 3 4", "not yet", "1 × 4 is read"),
        ("1 2; 3", "unread", "The rows have 2, 1 entries"),
    ],
)
def test_a_matrix_is_answered_by_what_is_wrong_with_it(planted, typed, kind, part):
    question = planted(Matrix, answer=lambda: np.array([[1.0, 2.0], [3.0, 4.0]]), mistakes=[])
    verdict = judge(question, 0, typed)
    assert verdict.kind == kind and part in verdict.says


@pytest.mark.parametrize(
    ("typed", "kind", "part"),
    [
        ("(k, d)", "right", ""),
        ("d × k", "almost", "in the other order"),
        ("(k,)", "not yet", "number of dimensions"),
        ("(k, n)", "not yet", "length 2"),
        ("()", "not yet", "Nothing is left"),
    ],
)
def test_a_shape_is_answered_by_what_is_wrong_with_it(planted, typed, kind, part):
    question = planted(
        Shape, answer=("k", "d"), mistakes=[Mistake("scalar", (), "Nothing is left.")]
    )
    verdict = judge(question, 0, typed)
    assert verdict.kind == kind and part in verdict.says


def test_whole_numbers_can_be_asked_for_exactly(planted):
    question = planted(Number, answer=lambda: 48, mistakes=[], tolerance=0)
    kinds = [judge(question, 0, typed).kind for typed in ("48", "48.0", "47.9999", "48.1", "50")]
    assert kinds == ["right", "right", "not yet", "not yet", "not yet"]


@pytest.mark.parametrize(
    ("typed", "kind"), [("0", "right"), ("-0.0", "right"), ("1e-12", "right"), ("0.001", "not yet")]
)
def test_zero_is_an_answer_like_any_other(planted, typed, kind):
    assert judge(planted(Number, answer=lambda: 3e-17, mistakes=[]), 0, typed).kind == kind


def test_several_choices_are_answered_by_the_first_that_is_wrong(planted):
    options = [
        Option("Yes $x$", True, "Y.", "yes"),
        Option("No", False, "N.", "no"),
        Option("So", True, "S.", "so"),
    ]
    question = planted(Choices, options=options)
    assert judge(question, 0, [2, 0]).kind == "right"
    assert judge(question, 0, [0, 1, 2]).says == "You ticked “No”. N."
    assert judge(question, 0, [2]).says == f"You left out “{question.sheet['options'][0]}”. Y."
    assert judge(question, 0, []).kind == "not yet"


def test_a_line_that_nobody_commented_is_answered_by_its_place(planted):
    lines = ["$a = b$", "$b = c$", "$c = d$", "$d = e$"]
    question = planted(FirstWrongLine, lines=lines, wrong=1)
    assert [judge(question, 0, at).kind for at in range(4)] == [
        "not yet",
        "right",
        "not yet",
        "not yet",
    ]
    assert "Check the step after it" in judge(question, 0, 0).says
    assert "went wrong earlier" in judge(question, 0, 3).says


# --- the page's judge is the same ---


def in_javascript(questions, asked):
    """Judge answers, as (id, instance, typed), with the judge of the page."""
    return by_node({one.id: {"sheet": one.sheet, "pool": one.pool} for one in questions}, asked)


def by_node(sheets, asked):
    """Judge answers to sheets with the judge of the page."""
    done = subprocess.run(
        [NODE, HERE / "judge.mjs"],
        input=json.dumps({"sheets": sheets, "asked": asked}),
        capture_output=True,
        encoding="utf-8",
        check=True,
    )
    return json.loads(done.stdout)


def all_answers(question):
    """List what is typed for every instance: right, each mistake; for the first, nonsense too."""
    for instance in question.pool:
        at = [at for at, wrong in enumerate(instance["mistakes"]) if wrong is not None]
        typed = [made(question, instance, one) for one in at]
        typed += (
            spelt(question, instance["answer"])
            if question in MEASURED
            else [instance["answer"], "a", "B, c"]
        )
        typed += NONSENSE if not instance["number"] else []
        yield from ([question.id, instance["number"], one] for one in typed)


def differences(questions, asked):
    """List the first answers about which the two judges say different things."""
    found = in_javascript(questions, asked)["verdicts"]
    known = {question.id: question for question in questions}
    here = [vars(verdict_on(known[id], number, typed)) for id, number, typed in asked]
    return [(one, a, b) for one, a, b in zip(asked, here, found, strict=True) if a != b][:3]


@pytest.mark.parametrize("chapter", sorted({one.chapter for one in QUESTIONS}))
def test_page_and_python_say_the_same_about_every_answer(chapter):
    questions = [one for one in QUESTIONS if one.chapter == chapter]
    assert differences(questions, [one for each in questions for one in all_answers(each)]) == []


def test_page_and_python_offer_options_in_the_same_order():
    questions = [one for one in CHOSEN if one.kind != "first wrong line"]
    orders = {one.id: [shown_order(one.sheet, at) for at in one.pool] for one in questions}
    assert in_javascript(questions, [])["orders"] == orders


def test_page_and_python_say_the_same_about_what_nobody_declared(planted):
    declared = [
        (Number, {"unit": "nats", **HALF}),
        (Number, {"unit": "%", "answer": lambda: 16.87, "mistakes": []}),
        (Number, {"answer": lambda: 0.1687, "mistakes": [], "tolerance": 0}),
        (Number, {"answer": lambda: 0.0, "mistakes": []}),
        (Vector, {"answer": lambda: np.array([6.0, 14.0]), "mistakes": []}),
        (Matrix, {"answer": lambda: np.array([[1.0, 2.0], [3.0, 4.0]]), "mistakes": []}),
        (Shape, {"answer": ("k", "d"), "mistakes": []}),
    ]
    questions = [
        planted(kind, id=f"loss_functions.planted{at}", **facts)
        for at, (kind, facts) in enumerate(declared)
    ]
    typed = [*(entry for kind in TYPED for entry, _ in TYPED[kind]), *ODD]
    assert (
        differences(questions, [[one.id, 0, entry] for one in questions for entry in typed]) == []
    )


ODD = [
    *["0.42", "0.41", "-0.417", "0.6016", "0.417 bits", "0.417 steps", "16.87 %", "0.1687", "40"],
    *["1e-12", "48", "1.1", "(14, 6)", "(3, 7)", "(6, 15)", "6,0,14,0", "(-6, 14)", "1 3; 2 4"],
    *["1 2; 3 5", "1 2; 3", "d × k", "(k, n)", "(k,)"],
]


def test_a_judge_that_says_another_word_would_be_noticed():
    question = MEASURED[0]
    (found,) = in_javascript([question], [[question.id, 0, "1e9"]])["verdicts"]
    assert found != vars(judge(question, 0, "-1e9"))
    scripts = [ROOT / "lib/exercises/static" / name for name in ("judge.js", "chosen.js")]
    words = "".join(script.read_text(encoding="utf-8") for script in scripts)
    assert all(json.dumps(said, ensure_ascii=False) in words for said in SAYS.values())


WORDLESS = re.compile(r"\$[^$]+\$")
CHOSEN = [one for one in QUESTIONS if one.kind in ("choice", "choices")]


@pytest.mark.parametrize("question", CHOSEN, **by_id)
def test_every_option_has_a_word_beside_its_formula(question):
    bare = [
        text for text in question.option_texts() if not re.search(r"\w", WORDLESS.sub("", text))
    ]
    assert bare == [], "an option that is a formula alone has no name where formulas are not read"
