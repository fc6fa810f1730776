"""A class's homework: thirty returned notebooks, collected; the same questions for Moodle."""

import csv
import json
import os
import re
from pathlib import Path
from xml.etree import ElementTree

import nbformat
import numpy as np
import pytest
from nbformat.v4 import new_code_cell
from uncounted import uncounted

from lib import exercises
from lib.exercises import hand_in, moodle, returned
from lib.exercises.__main__ import main
from lib.exercises.assignment import KEY, SETUP, assignment, chosen_questions, markdown
from lib.exercises.classes import _code_verdict, mistakes_picture, write_csv
from lib.exercises.guard import Watch
from lib.exercises.judge import shown_order

INSTANCE = 7
MSE, GRADIENT = "loss_functions.mean_squared_error", "loss_functions.ce_gradient"
CHOICE, ORDER = "loss_functions.softmax_before_the_loss", "loss_functions.mean_minimises_mse"
BCE, DESCENT = "loss_functions.stable_bce", "model_fitting.gradient_descent"
IDS = [MSE, GRADIENT, CHOICE, ORDER, BCE, DESCENT]

RIGHT_BCE = """def stable_bce(y_true, z):
    if y_true.shape != z.shape:
        raise ValueError("y_true and z must have the same shape")
    return np.maximum(z, 0) - y_true * z + np.log1p(np.exp(-np.abs(z)))"""
RIGHT_DESCENT = """def descend(gradient, theta, learning_rate, n_steps):
    path = [np.array(theta, float)]
    for _ in range(n_steps):
        path.append(path[-1] - learning_rate * gradient(path[-1]))
    return np.array(path)"""

WRONG_BCE = {
    "exp overflows": "np.log(1 + np.exp(z)) - y_true * z",
    "the logarithm of a rounded sigmoid": "-np.log(np.where(y_true == 1, s(z), 1 - s(z)))",
    "clipped": "bce(y_true, np.clip(s(z), 1e-7, 1 - 1e-7))",
    "log of zero repaired by adding": "-y_true * np.log(s(z) + 1e-8) "
    "- (1 - y_true) * np.log(1 - s(z) + 1e-8)",
    "labels turned": "np.logaddexp(0, z) - (1 - y_true) * z",
    "labels of minus one and one": "np.logaddexp(0, -y_true * z)",
    "label 0 forgotten": "y_true * np.logaddexp(0, -z)",
    "mean of the batch": "(np.logaddexp(0, z) - y_true * z).mean()",
    "sum of the batch": "(np.logaddexp(0, z) - y_true * z).sum()",
    "bits": "(np.logaddexp(0, z) - y_true * z) / np.log(2)",
    "shapes broadcast": "np.logaddexp(0, z) - y_true * z",
}
HELPERS = """def s(z):
    return 1 / (1 + np.exp(-z))

def bce(y, p):
    return -y * np.log(p) - (1 - y) * np.log(1 - p)

"""
WRONG_DESCENT = {
    "uphill": RIGHT_DESCENT.replace("- learning", "+ learning"),
    "the caller's array changed": RIGHT_DESCENT.replace("np.array(theta, float)", "theta.copy()")
    .replace("path.append(", "theta -= learning_rate * gradient(theta)\n        path.append(")
    .replace("path[-1] - learning_rate * gradient(path[-1])", "theta.copy()"),
    "the last theta only": RIGHT_DESCENT.replace("np.array(path)", "path[-1]"),
    "the start is missing": RIGHT_DESCENT.replace("np.array(path)", "np.array(path)[1:]"),
    "no learning rate": RIGHT_DESCENT.replace("learning_rate * gradient", "gradient"),
}


# ---------------------------------------------------------------------------------------------
# A class
# ---------------------------------------------------------------------------------------------


def right_answers():
    """The answers as one would type them."""
    instance = {id: pool_entry(id) for id in IDS[:4]}
    return {
        MSE: repr(instance[MSE]["answer"]),
        GRADIENT: str(tuple(instance[GRADIENT]["answer"])),
        CHOICE: letters(CHOICE, [instance[CHOICE]["answer"]]),
        ORDER: letters(ORDER, instance[ORDER]["answer"]),
    }


def pool_entry(id):
    pool = exercises.question(id).pool
    return pool[INSTANCE if len(pool) > 1 else 0]


def letters(id, indices):
    shown = shown_order(exercises.question(id).sheet, pool_entry(id))
    return ", ".join(chr(97 + shown.index(index)) for index in indices)


def typed(id, wrong):
    """A wrong answer as one would type it."""
    kind = exercises.question(id).kind
    if kind == "choice":
        return letters(id, [wrong])
    return str(tuple(wrong)) if kind == "vector" else repr(wrong)


class Class:
    """A folder of returned notebooks, and what must be said of each."""

    def __init__(self, folder):
        self.folder, self.expected = folder, {}
        folder.mkdir()

    def hand_in(self, file, name, answers=(), bce=RIGHT_BCE, descent=RIGHT_DESCENT, **changes):
        """Write a notebook as a student does: fill in the cells, change or add some."""
        notebook = assignment(chosen_questions(IDS), INSTANCE, "Homework")
        answers = {**right_answers(), **dict(answers)}
        for cell in notebook.cells:
            about = cell.metadata.get(KEY, {})
            if about.get("part") == "name":
                cell.source = f"name = {name!r}"
            elif about.get("part") == "answer":
                cell.source = f"answer({about['id']!r}, {answers[about['id']]!r})"
            elif about.get("part") == "function":
                cell.source = {BCE: bce, DESCENT: descent}[about["id"]]
        self.write(file, notebook, **changes)

    def write(self, file, notebook, first=(), last=(), replaced=(), metadata=True, told=INSTANCE):
        """Write it, with more cells and others in place of some."""
        notebook.metadata[KEY]["instance"] = told
        for cell in notebook.cells:
            cell.source = dict(replaced).get(cell.source, cell.source)
        notebook.cells[3:3] = [new_code_cell(source) for source in first]
        notebook.cells += [new_code_cell(source) for source in last]
        if not metadata:
            del notebook.metadata[KEY]
            for cell in notebook.cells:
                cell.metadata.clear()
        path = self.folder / file
        path.parent.mkdir(exist_ok=True)
        nbformat.write(notebook, path)


def wrong_bce(expression, compared=True):
    head = RIGHT_BCE.rpartition("    return")[0] if compared else "def stable_bce(y_true, z):\n"
    return f"{HELPERS}{head}    return {expression}"


def wrong_notebooks(room):
    """Notebooks that are wrong in each named way: of all questions at once, to have few of them."""
    values = {id: pool_entry(id)["mistakes"] for id in (MSE, GRADIENT, CHOICE)}
    names = {id: [m["name"] for m in exercises.question(id).sheet["mistakes"]] for id in values}
    codes, descents = list(WRONG_BCE), list(WRONG_DESCENT)
    for place in range(len(codes)):
        chosen = {id: place % len(values[id]) for id in values}
        chosen = {id: at for id, at in chosen.items() if values[id][at] is not None}
        bce, descent = codes[place], descents[place % len(descents)]
        file = f"wrong_{place:02}.ipynb"
        room.hand_in(
            file,
            f"Wrong {place}",
            {id: typed(id, values[id][at]) for id, at in chosen.items()},
            bce=wrong_bce(WRONG_BCE[bce], compared=bce != "shapes broadcast"),
            descent=WRONG_DESCENT[descent],
        )
        room.expected[file] = {id: names[id][at] for id, at in chosen.items()}
        room.expected[file] |= {BCE: bce, DESCENT: descent}


def odd_notebooks(room, outside):
    """Notebooks that do what they should not, and files that are none."""
    stub = exercises.question(BCE).stub
    blank = dict.fromkeys(IDS[:4], "")
    room.hand_in("right.ipynb", "Ada")
    room.hand_in("unfinished.ipynb", "", blank, bce=stub, descent="def descend(")
    room.hand_in("endless_cell.ipynb", "Bo", first=["while True:\n    pass"])
    room.hand_in("endless_function.ipynb", "Cy", bce=stub.replace("...", "while True: pass"))
    room.hand_in(
        "hog.ipynb", "Di", first=["hoard = []\nwhile True: hoard.append(bytearray(10**7))"]
    )
    room.hand_in(
        "deletes.ipynb",
        "Ed",
        first=[
            "import os\nfor file in os.listdir(): os.remove(file)",
            f"import shutil\nshutil.rmtree({str(outside)!r})",
            f"os.remove({str(room.folder / 'right.ipynb')!r})",
            f"os.symlink({str(outside / 'kept.txt')!r}, 'link')\nopen('link', 'w').write('gone')",
        ],
    )
    room.hand_in("network.ipynb", "Flo", first=[NETWORK, "!echo hello"])
    room.hand_in("peeks.ipynb", "Gil", first=[f"open({str(room.folder / 'right.ipynb')!r}).read()"])
    always = "class Fine:\n    verdict = 'right'\ndef check(*_): return Fine()"
    wrong = {"bce": wrong_bce("z"), "descent": WRONG_DESCENT["uphill"]}
    room.hand_in("own_check.ipynb", "Hal", first=[always], **wrong)
    check = f'check("{BCE}", stable_bce)'
    room.hand_in("no_check.ipynb", "Ida", replaced=[(check, "'Right.'")], **wrong)
    room.hand_in("other.ipynb", "Jan", told=3)
    faked = "import lib.exercises.code as code\ncode.check = code.judge_run = lambda *_: 'Right.'"
    room.hand_in("faked.ipynb", "Jo", first=[faked], **wrong)
    room.hand_in("twin_one.ipynb", "Kim")
    room.hand_in("twin_two.ipynb", "kim")
    room.hand_in("leaves.ipynb", "Lu", first=["import os", "os._exit(0)"])
    room.hand_in("formula.ipynb", '=HYPERLINK("http://a", "b")', metadata=False)
    computed = f"answer({MSE!r}, np.float64({pool_entry(MSE)['answer']}))\nopen('data.csv').read()"
    room.hand_in("group/computed.ipynb", "Mo", {MSE: ""}, last=[computed])
    (room.folder / "group" / "data.csv").write_text("x,y\n1,2\n", encoding="utf-8")
    (room.folder / "broken.ipynb").write_text('{"cells": [', encoding="utf-8")
    (room.folder / "essay.pdf").write_bytes(b"%PDF-1.4")


NETWORK = "import socket\nsocket.create_connection(('192.0.2.1', 80), timeout=1)"


@pytest.fixture(scope="module")
def collected(tmp_path_factory):
    """Collect a class once; return the table by file, the mistakes, the class, the folder."""
    folder = tmp_path_factory.mktemp("class")
    outside = folder / "outside"
    outside.mkdir()
    (outside / "kept.txt").write_text("kept", encoding="utf-8")
    room = Class(folder / "hw")
    wrong_notebooks(room)
    odd_notebooks(room, outside)
    before = contents(folder)
    out = folder / "hw.csv"
    arguments = ["collect", str(room.folder), "--out", str(out), "--seconds", "3"]
    assert main([*arguments, "--megabytes", "1200"]) == 0
    room.before, room.after = before, contents(folder)
    rows = {row["file"]: row for row in table(out)}
    return rows, table(folder / "hw-mistakes.csv"), room, folder


def contents(folder):
    files = (path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}


def table(path):
    with open(path, encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def test_every_file_is_named_in_the_table(collected):
    rows, _, room, _ = collected
    handed_in = {path.removeprefix("hw/") for path in room.before if path.startswith("hw/")}
    assert set(rows) == handed_in and len(rows) >= 30


def test_nothing_outside_a_notebooks_own_folder_is_touched(collected):
    *_, room, _ = collected
    new = {"hw.csv", "hw-mistakes.csv", "hw-mistakes.svg"}
    assert {path: data for path, data in room.after.items() if path not in new} == room.before


def test_who_is_right_is_right_in_everything(collected):
    rows, *_ = collected
    for file in ("right.ipynb", "group/computed.ipynb", "other.ipynb", "formula.ipynb"):
        assert [rows[file][id] for id in IDS] == ["right"] * 6, rows[file]
        assert rows[file]["right"] == "6"


def test_each_mistake_is_named(collected):
    rows, _, room, _ = collected
    found = {
        file: {id: rows[file][f"{id}: mistake"] for id in expected}
        for file, expected in room.expected.items()
    }
    assert found == room.expected


def test_what_is_not_answered_is_not_counted_as_wrong(collected):
    row = collected[0]["unfinished.ipynb"]
    assert {row[id] for id in IDS} == {"not answered"}
    assert "SyntaxError" in row["notes"] and "no name" in row["notes"]


NOTES = {
    "endless_cell.ipynb": "cell 4 did not end within 3 s",
    "hog.ipynb": "cell 4 needs more than 1200 MB of memory",
    "deletes.ipynb": "tried to change",
    "network.ipynb": "tried to use the network; tried to start or stop another program",
    "peeks.ipynb": "tried to read what others have handed in",
    "own_check.ipynb": "replaces check",
    "no_check.ipynb": f"the check of {BCE} was changed or removed",
    "other.ipynb": "says that it is another assignment",
    "faked.ipynb": "replaces code.check; replaces code.judge_run",
    "twin_one.ipynb": "the same name is in twin_two.ipynb",
    "twin_two.ipynb": "the same name is in twin_one.ipynb",
    "leaves.ipynb": "cell 5 ends the kernel",
    "broken.ipynb": "not a notebook",
    "essay.pdf": "not a notebook",
    "group/data.csv": "not a notebook",
}


def test_what_is_odd_about_a_file_is_noted(collected):
    rows, *_ = collected
    wrong = {
        file: rows[file]["notes"] for file, note in NOTES.items() if note not in rows[file]["notes"]
    }
    assert wrong == {}
    assert rows["right.ipynb"]["notes"] == rows["group/computed.ipynb"]["notes"] == ""


def test_a_notebook_that_misbehaves_in_one_cell_is_judged_in_the_others(collected):
    rows, *_ = collected
    for file in ("endless_cell.ipynb", "deletes.ipynb", "network.ipynb", "peeks.ipynb"):
        assert [rows[file][id] for id in IDS] == ["right"] * 6, rows[file]
    assert rows["endless_function.ipynb"][f"{BCE}: mistake"] == "no end"
    assert rows["endless_function.ipynb"][DESCENT] == "right"


def test_answers_that_were_typed_count_where_the_notebook_cannot_be_run(collected):
    row = collected[0]["leaves.ipynb"]
    assert [row[id] for id in IDS] == ["right"] * 4 + ["not answered"] * 2


def test_whoever_changes_a_check_gains_nothing(collected):
    rows, *_ = collected
    for file in ("own_check.ipynb", "no_check.ipynb", "faked.ipynb"):
        assert rows[file][BCE] == "not yet" and rows[file][f"{DESCENT}: mistake"] == "uphill"


def test_a_name_is_no_formula_for_the_spreadsheet(collected):
    assert collected[0]["formula.ipynb"]["name"].startswith("'=")


def test_the_mistakes_of_the_class_are_counted(collected):
    rows, mistakes, *_ = collected
    counted = {(row["question"], row["mistake"]): int(row["notebooks"]) for row in mistakes}
    uphill = sum(row[f"{DESCENT}: mistake"] == "uphill" for row in rows.values())
    assert counted[DESCENT, "uphill"] == uphill >= 4
    numbers = [int(row["notebooks"]) for row in mistakes]
    assert numbers == sorted(numbers, reverse=True)


def test_the_picture_shows_the_mistakes_with_their_numbers(collected):
    *_, folder = collected
    text = (folder / "hw-mistakes.svg").read_text(encoding="utf-8")
    root = ElementTree.fromstring(text)
    labels = [node.text for node in root.iter("{http://www.w3.org/2000/svg}text")]
    assert labels[0].startswith("Mistakes in ") and "uphill · gradient_descent" in labels
    bars = [float(node.get("width")) for node in root.iter("{http://www.w3.org/2000/svg}rect")][1:]
    assert 0 < len(bars) <= 20 and bars == sorted(bars, reverse=True)
    assert "prefers-color-scheme" in text and root.get("role") == "img"


# ---------------------------------------------------------------------------------------------
# The assignment
# ---------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def homework(tmp_path_factory):
    """Write an assignment from the shell."""
    path = tmp_path_factory.mktemp("homework") / "hw.ipynb"
    assert main(["assignment", *IDS, "--instance", "7", "--out", str(path), "--title", "HW"]) == 0
    return path


def test_an_assignment_asks_everything_and_gives_nothing_away(homework):
    notebook = nbformat.read(homework, as_version=4)
    text = "\n".join(cell.source for cell in notebook.cells)
    for question in map(exercises.question, IDS):
        assert f"{question.title}\n" in text
        assert question.solution[:60] not in text and question.because[:60] not in text
        mistakes = getattr(question, "mistakes", None) or question.wrong
        assert not any(mistake.says[:40] in text for mistake in mistakes)
    assert "reference" not in json.dumps(notebook) and "HW" in text


def test_an_assignment_has_the_numbers_of_its_instance(homework):
    text = homework.read_text(encoding="utf-8")
    slots = exercises.question(MSE).pool[7]["slots"]
    assert slots["y_true"].replace("−", "-") in text
    assert "data-slot" not in text and "{y_true}" not in text


def test_an_assignment_is_the_same_file_whenever_it_is_made(homework, tmp_path):
    again = tmp_path / "hw.ipynb"
    main(["assignment", *IDS, "--instance", "7", "--out", str(again), "--title", "HW"])
    assert again.read_bytes() == homework.read_bytes()


def test_a_chapter_stands_for_its_questions_but_not_for_what_is_predicted():
    asked = chosen_questions(["loss_functions", MSE])
    everything = exercises.questions("loss_functions")
    assert asked == [one for one in everything if not getattr(one, "predict", False)]


@pytest.mark.parametrize(
    ("text", "slots", "filled"),
    [
        ("$z = {z}$ and {label}", {"z": "(1, −2)", "label": "2"}, "$z = {(1, -2)}$ and 2"),
        (r"$\frac{{a}}{2}$", {"a": "−1"}, r"$\frac{{-1}}{2}$"),
        ("$A = {A}$", {"A": [["1", "−2"]]}, r"$A = \begin{pmatrix} 1 & -2 \end{pmatrix}$"),
        ("with {A}", {"A": [["1"], ["2"]]}, r"with $\begin{pmatrix} 1 \\ 2 \end{pmatrix}$"),
        ("`{n}` and **{n}**", {"n": "3"}, "`3` and **3**"),
    ],
)
def test_slots_are_filled_in_words_and_in_formulas(text, slots, filled):
    assert markdown(text, slots) == filled


@pytest.mark.parametrize(
    ("typed", "noted"),
    [
        ("1/2", "Noted. Read as 0.5."),
        (np.float64(0.25), "Noted. Read as 0.25."),
        ("", "Not answered yet."),
        ("perhaps", "Not readable yet. “perhaps” could not be read"),
    ],
)
def test_an_answer_is_noted_but_not_judged(typed, noted, monkeypatch):
    monkeypatch.setattr(hand_in, "GIVEN", {})
    assert repr(exercises.answer(MSE, typed)).startswith(noted)
    assert bool(hand_in.GIVEN) == (noted != "Not answered yet.")


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (np.array([1.0, -0.5]), "(1.0, -0.5)"),
        (np.eye(2), "1.0, 0.0; 0.0, 1.0"),
        ((3, 1), "(3, 1)"),
        (True, "1"),
        (None, ""),
        ({"a": 1}, "{'a': 1}"),
    ],
)
def test_a_computed_answer_is_written_as_one_would_type_it(value, text):
    assert hand_in.typed_text(value) == text


def test_a_question_for_a_function_takes_no_answer():
    with pytest.raises(ValueError, match="asks for a function"):
        exercises.answer(BCE, "1")


# ---------------------------------------------------------------------------------------------
# Nonsense from the shell
# ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["assignment", "loss_function", "--out", "x"], "Did you mean loss_functions"),
        (["assignment", "quantum", "--out", "x"], f"Chapters: {', '.join(exercises.CHAPTERS)}."),
        (["assignment", MSE, "--instance", "99", "--out", "x"], "instances 0 to 23, not 99"),
        (["assignment", MSE], "Say where to write it"),
        (["assignment", MSE, "--out", "missing/x.ipynb"], "No such file"),
        (["collect", "missing", "--out", "x.csv"], "missing is no folder"),
        (["collect", "empty", "--out", "x.csv"], "There is no file in empty"),
        (
            ["collect", "other", "--out", "x.csv"],
            "None of the files is a notebook of an assignment",
        ),
    ],
)
def test_nonsense_gets_one_kind_line(arguments, says, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    Path("empty").mkdir()
    Path("other").mkdir()
    Path("other/a.txt").touch()
    assert main(arguments) == 2
    told = capsys.readouterr().err
    assert says in told and told.count("\n") == 1


def test_a_missing_package_is_named(monkeypatch, capsys):
    def gone(options):
        raise ModuleNotFoundError("no", name="nbformat")

    monkeypatch.setattr("lib.exercises.__main__.give", gone)
    assert main(["assignment", MSE, "--out", "x"]) == 2
    assert "nbformat is not installed" in capsys.readouterr().err


# ---------------------------------------------------------------------------------------------
# Reading what strangers wrote
# ---------------------------------------------------------------------------------------------


def notebook_of(*sources):
    return nbformat.v4.new_notebook(cells=[new_code_cell(source) for source in sources])


@pytest.mark.parametrize(
    ("source", "found"),
    [
        (f"answer('{MSE}', '1/2')", {MSE: "1/2"}),
        (f"answer('{MSE}', -0.5)", {MSE: "-0.5"}),
        (f"answer('{MSE}', (1, 2))", {MSE: "(1, 2)"}),
        (f"answer('{MSE}', 1 + x)", {}),
        (f"answer('{MSE}', '')", {}),
        (f"answer('{MSE}')", {}),
        ("%magic\nanswer(", {}),
    ],
)
def test_answers_are_read_where_they_are_written(source, found):
    assert returned.written_answers(notebook_of(source)) == found


def test_the_name_is_the_first_that_is_filled_in():
    assert returned.written_name(notebook_of('name = ""', 'name = "Ada\\n L."')) == "Ada L."
    assert returned.written_name(notebook_of("name = input()", "x.name = 'B'")) == ""


@pytest.mark.parametrize(
    "source",
    [
        "def answer(*a): pass",
        "check = print",
        "from math import sin as check",
        "class check: pass",
        "import lib.exercises.probes as probes\nprobes.run = None",
        "import lib\nsetattr(lib.exercises, 'check', print)",
    ],
)
def test_a_check_that_is_replaced_is_noticed(source):
    questions = chosen_questions([MSE])
    assert returned.tampering(notebook_of(SETUP, source), questions)
    assert returned.tampering(notebook_of(SETUP, "checked = answer_is = 1"), questions) == []


def test_a_record_that_was_made_up_is_not_believed():
    question = exercises.question(BCE)
    lie = question.expected.packed()
    lie["outcomes"] *= 2
    assert _code_verdict(question, returned.probes.Run.unpacked(lie))[0] == "unread"
    short = {"outcomes": lie["outcomes"][:1], "again": {}, "outside": []}
    assert _code_verdict(question, returned.probes.Run.unpacked(short))[0] == "unread"


def test_a_stranger_cannot_hand_over_code():
    assert repr(returned.probes.unpacked({"given": "1/0"})) == "Other(type_name='1/0')"


# ---------------------------------------------------------------------------------------------
# The guard
# ---------------------------------------------------------------------------------------------


@pytest.fixture
def watch(tmp_path):
    """A guard of one folder, asked as Python asks it."""
    for name in ("own", "handed_in"):
        (tmp_path / name).mkdir()
    (tmp_path / "kept.txt").touch()
    if hasattr(os, "symlink"):
        os.symlink(tmp_path / "kept.txt", tmp_path / "own" / "link")
    return Watch(
        folder=tmp_path / "own", hidden=tmp_path / "handed_in", log=tmp_path / "own" / "log"
    )


ALLOWED = [
    ("open", "own/a.txt", "w", os.O_WRONLY | os.O_CREAT),
    ("open", "kept.txt", "r", os.O_RDONLY),
    ("open", "own/link", "r", os.O_RDONLY),
    ("os.remove", "own/a.txt", -1),
    ("os.remove", "own/link", -1),
    ("os.rename", "own/a", "own/b", -1, -1),
    ("os.listdir", None),
    ("os.mkdir", "own/c", 511, -1),
    ("import", "anything"),
]
REFUSED = [
    ("open", "kept.txt", "w", os.O_WRONLY),
    ("open", "own/link", "w", os.O_WRONLY),
    ("open", "own/../kept.txt", "a", os.O_APPEND),
    ("open", "handed_in/other.ipynb", "r", os.O_RDONLY),
    ("os.listdir", "handed_in"),
    ("os.remove", "kept.txt", -1),
    ("os.rename", "own/a", "kept.txt", -1, -1),
    ("os.link", "kept.txt", "own/b", -1, -1),
    ("shutil.rmtree", "handed_in", None),
    ("subprocess.Popen", "rm", ["rm"], None, None),
    ("os.system", b"rm"),
    ("os.kill", 1, 9),
]


@pytest.mark.parametrize("event", ALLOWED, ids=str)
def test_the_guard_lets_a_notebook_work_in_its_folder(watch, tmp_path, monkeypatch, event):
    monkeypatch.chdir(tmp_path)
    watch(event[0], event[1:])
    assert (tmp_path / "own" / "log").read_text("utf-8") == ""


@pytest.mark.parametrize("event", REFUSED, ids=str)
def test_the_guard_refuses_what_leaves_the_folder(watch, tmp_path, monkeypatch, event):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(PermissionError, match="being collected"):
        watch(event[0], event[1:])
    assert (tmp_path / "own" / "log").read_text("utf-8").strip()


def test_the_guard_follows_a_path_that_is_relative_to_an_open_folder(watch, tmp_path):
    inside, outside = (os.open(path, os.O_RDONLY) for path in (tmp_path / "own", tmp_path))
    watch("os.remove", ("a.txt", inside))
    with pytest.raises(PermissionError):
        watch("os.remove", ("kept.txt", outside))
    os.close(inside)
    os.close(outside)


def test_the_guard_knows_this_machine_from_others(watch):
    watch("socket.connect", (None, ("127.0.0.1", 80)))
    watch("socket.connect", (None, "/a/socket"))
    with pytest.raises(PermissionError, match="use the network"):
        watch("socket.connect", (None, ("192.0.2.1", 80)))


def test_matplotlibs_search_for_fonts_is_refused_without_a_word(watch, tmp_path):
    with pytest.raises(PermissionError):
        watch("subprocess.Popen", ("/usr/bin/fc-list", [], None, None))
    assert (tmp_path / "own" / "log").read_text("utf-8") == ""


# ---------------------------------------------------------------------------------------------
# Tables and pictures
# ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@x", "\tx"])
def test_a_spreadsheet_takes_no_text_for_a_formula(tmp_path, text):
    write_csv(tmp_path / "a.csv", ["name"], [[text], ["plain"]])
    assert [row["name"] for row in table(tmp_path / "a.csv")] == [f"'{text}", "plain"]


def test_a_class_without_mistakes_has_a_picture_too():
    root = ElementTree.fromstring(mistakes_picture([], []))
    assert root.findtext("{http://www.w3.org/2000/svg}title") == "No mistakes"


# ---------------------------------------------------------------------------------------------
# Moodle
# ---------------------------------------------------------------------------------------------

#: Shares of a mark that Moodle's importer takes, in percent, and their negatives.
GRADES = (100, 90, 83.33333, 80, 75, 70, 66.66667, 60, 50, 40, 33.33333, 30, 25, 20, 16.66667)
GRADES += (14.28571, 12.5, 11.11111, 10, 5, 0)
FORMATS = {"html", "moodle_auto_format", "plain_text", "markdown"}
#: By type of question: what must stand in it besides name and text.
PARTS = {
    "numerical": {"answer"},
    "multichoice": {"answer", "single", "shuffleanswers", "answernumbering"},
    "cloze": set(),
}
FIELD = re.compile(r"\{(\d+):NUMERICAL:((?:[^}\\]|\\.)*)\}")
NUMBER = r"-?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][-+]?\d+)?"


def moodle_faults(text):
    """List where a file breaks the rules that Moodle's page *Moodle XML format* tells."""
    if not text.startswith("<?xml version"):
        return ["the first line must be the XML declaration"]
    root = ElementTree.fromstring(text.encode())
    faults = [] if root.tag == "quiz" else ["the root must be quiz"]
    names, category = [], ""
    for node in root:
        faults += question_faults(node)
        category = node.findtext("category/text") or category
        names.append((category, node.findtext("name/text")))
    named = [name for name in names if name[1]]
    return faults + ([] if len(set(named)) == len(named) else ["one name twice in a category"])


def question_faults(node):
    kind = node.get("type")
    if kind == "category":
        path = node.findtext("category/text") or ""
        return [] if re.fullmatch(r"\$course\$(/[^/]+)+", path) else [f"category {path!r}"]
    faults = [] if kind in PARTS else [f"type {kind!r}"]
    faults += [f"{kind} without {part}" for part in PARTS.get(kind, ()) if node.find(part) is None]
    faults += [
        f"{kind} without {part}"
        for part in ("name", "questiontext")
        if not node.findtext(f"{part}/text")
    ]
    formats = {part.get("format", "html") for part in node.iter()}
    faults += [f"format {name!r}" for name in formats - FORMATS]
    return faults + {"cloze": cloze_faults, "multichoice": choice_faults}.get(kind, number_faults)(
        node
    )


def grades_of(node):
    return [float(answer.get("fraction")) for answer in node.findall("answer")]


def number_faults(node):
    faults = [] if grades_of(node)[:1] == [100] else ["the right number must come first"]
    for answer in node.findall("answer"):
        for part in ("text", "tolerance"):
            if not re.fullmatch(NUMBER, answer.findtext(part) or ""):
                faults.append(f"{part} {answer.findtext(part)!r} is no number")
    return faults


def choice_faults(node):
    grades = grades_of(node)
    faults = [f"share {grade}" for grade in grades if abs(grade) not in GRADES]
    single = node.findtext("single") == "true"
    gained = sum(grade for grade in grades if grade > 0)
    faults += [] if abs(gained - 100) < 0.01 else [f"the right ones are worth {gained}"]
    faults += ["one answer must be worth 100"] if single and max(grades) != 100 else []
    numbering = node.findtext("answernumbering")
    return faults + ([] if numbering in ("abc", "ABCD", "123", "iii", "none") else [numbering])


def cloze_faults(node):
    body = node.findtext("questiontext/text")
    fields = FIELD.findall(body)
    faults = [] if fields and len(fields) == body.count(":NUMERICAL:") else ["a field is broken"]
    for _, inside in fields:
        first, *others = re.split(r"(?<!\\)~", inside)
        number = rf"{NUMBER}:{NUMBER}(#(?:[^#~]|\\.)*)?"
        faults += [] if re.fullmatch(f"={number}", first, re.S) else [f"field {first!r}"]
        faults += [o for o in others if not re.fullmatch(f"%0%{number}", o, re.S)]
    return faults


@pytest.fixture(scope="module")
def quiz():
    """All questions of the book, for Moodle."""
    everything = [one for chapter in exercises.CHAPTERS for one in exercises.questions(chapter)]
    with uncounted():  # their instances, which other tests count
        assert all(one.pool for one in everything if one.kind != "code")
    return everything, *moodle.quiz(everything)


def test_the_file_for_moodle_keeps_the_rules_of_the_format(quiz):
    assert moodle_faults(quiz[1]) == []


def test_a_file_that_breaks_the_rules_would_be_noticed(quiz):
    of_each_kind = {one.kind: one for one in quiz[0]}.values()
    some = [one for one in quiz[0] if one.kind == "choices" or one in of_each_kind]
    text, _ = moodle.quiz(some)
    assert moodle_faults(text) == []
    for right, wrong in [
        ("<?xml", "\n<?xml"),
        ("quiz>", "test>"),
        ('fraction="33.33333"', 'fraction="33"'),
        ('fraction="100"', 'fraction="0"'),
        ("$course$", "course"),
        ("(1)</text>", "(0)</text>"),
        ("<tolerance>", "<tolerance>about "),
        ('type="numerical"', 'type="number"'),
        ("=", "~="),
        ("answernumbering>abc", "answernumbering>letters"),
    ]:
        broken = (
            text.replace(right, wrong)
            if right != "="
            else text.replace(":NUMERICAL:=", ":NUMERICAL:")
        )
        assert moodle_faults(broken), (right, wrong)


def test_each_instance_is_a_question_of_its_own_in_a_category(quiz):
    everything, text, left = quiz
    asked = [one for one in everything if one.id not in left]
    root = ElementTree.fromstring(text.encode())
    kinds = [node.get("type") for node in root]
    assert kinds.count("category") == len(asked)
    assert len(kinds) == sum(1 + len(one.pool) for one in asked)


def test_what_moodle_cannot_ask_is_named(quiz, tmp_path, capsys):
    everything, _, left = quiz
    assert {one.kind for one in everything if one.id in left} == {"shape", "order", "code"}
    out = tmp_path / "hw.xml"
    assert main(["assignment", MSE, BCE, "--moodle", str(out)]) == 0
    assert f"left out: {BCE}." in capsys.readouterr().err
    assert moodle_faults(out.read_text(encoding="utf-8")) == []


def test_moodle_gets_the_answer_and_a_word_for_each_mistake(quiz):
    root = ElementTree.fromstring(quiz[1].encode())
    question = exercises.question(MSE)
    title = f"{question.title} (7)"
    node = next(node for node in root if node.findtext("name/text") == title)
    told = {float(a.findtext("text")): a.findtext("feedback/text") for a in node.findall("answer")}
    instance = question.pool[7]
    assert set(told) == {
        instance["answer"],
        *(wrong for wrong in instance["mistakes"] if wrong is not None),
    }
    assert "That is the sum of the squares" in told[instance["mistakes"][0]]
    assert "data-slot" not in quiz[1]
