"""An assignment: the questions of a class as a notebook, with places for the answers.

No solution and no mistake is in it. Texts are Markdown, with the numbers of one instance.
"""

import difflib
import re

import nbformat
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from lib import exercises
from lib.exercises import texts
from lib.exercises.judge import shown_order

KEY = "watch_the_loss"  # of what the cells tell about themselves
SETUP = "import numpy as np\n\nfrom lib.exercises import answer, check"
NAME = 'name = ""  # your name, between the quotes'
HOW_TO = """# {title}

Write your name into the first cell. Below each question is a cell for your answer; run it, and it
tells how your answer was read. Whether it is right is said when the notebook is collected; a
`check` of a function tells at once. Run all cells from the top before you hand in, and keep the
file a notebook (`.ipynb`)."""

#: How an answer is written, by the kind of the question.
WRITE = {
    "number": "Write a number, such as `0.25`, `1/4` or `1e-3`.",
    "vector": "Write a vector, such as `(1, -2)`.",
    "matrix": "Write the rows with semicolons between them, such as `1, 2; 3, 4`.",
    "shape": "Write a shape, such as `(3, 1)` or `(n,)`.",
    "choice": "Write the letter of one option.",
    "choices": "Write the letters of all that hold, such as `a, c`.",
    "order": "Write the letters of the lines in their order, such as `c, a, b`.",
    "first wrong line": "Write the letter of the line.",
    "code": "Complete the function; keep its name.",
}


class Unusable(ValueError):
    """A request that cannot be met; its text is for whoever typed it."""


def chosen_questions(names):
    """Find the questions that are named by id, or by chapter: then all but the predictions."""
    found = [question for name in names for question in _named(name)]
    return list(dict.fromkeys(found))


def _named(name):
    """Find the questions that one name stands for."""
    if name in exercises.CHAPTERS:
        asked = exercises.questions(name)
        return [one for one in asked if not getattr(one, "predict", False)]
    try:
        return [exercises.question(name)]
    except ValueError:
        raise Unusable(_unknown(name)) from None


def _unknown(name):
    """Say that there is no such question, and what was perhaps meant."""
    chapters = exercises.CHAPTERS
    ids = [one.id for chapter in chapters for one in exercises.questions(chapter)]
    close = difflib.get_close_matches(name, [*chapters, *ids], n=3, cutoff=0.5)
    meant = f"Did you mean {' or '.join(close)}?" if close else f"Chapters: {', '.join(chapters)}."
    return f"There is no question or chapter {name!r}. {meant}"


def instance_of(question, number):
    """Find an instance of a question; a question without random values has one only."""
    pool = [None] if question.kind == "code" else question.pool
    if len(pool) == 1:
        return pool[0]
    if not 0 <= number < len(pool):
        raise Unusable(f"{question.id} has the instances 0 to {len(pool) - 1}, not {number}.")
    return pool[number]


def assignment(questions, number, title):
    """Make the notebook of an assignment."""
    cells = [new_markdown_cell(HOW_TO.format(title=title))]
    cells += [_cell(NAME, part="name"), _cell(SETUP, part="setup")]
    for position, question in enumerate(questions, 1):
        cells += _cells(question, instance_of(question, number), position)
    notebook = new_notebook(cells=cells)
    notebook.metadata["kernelspec"] = {
        "name": "python3",
        "display_name": "Python 3",
        "language": "python",
    }
    notebook.metadata[KEY] = {"questions": [one.id for one in questions], "instance": number}
    for index, cell in enumerate(cells):
        cell.id = f"cell-{index}"  # the same file, whenever it is made
    nbformat.validate(notebook)
    return notebook


def _cell(source, **about):
    """Make a code cell that tells what it is for."""
    return new_code_cell(source, metadata={KEY: about})


def _cells(question, instance, position):
    """Make the cells of one question: its text, the place for the answer, the check."""
    about = {"id": question.id}
    text = f"## {position}. {question.title}\n\n{question_text(question, instance)}"
    head = new_markdown_cell(f"{text}\n\n{WRITE[question.kind]}", metadata={KEY: about})
    if question.kind != "code":
        return [head, _cell(f'answer("{question.id}", "")', part="answer", **about)]
    stub = _cell(question.stub, part="function", **about)
    return [head, stub, _cell(check_source(question), part="check", **about)]


def check_source(question):
    """Write the cell that checks a function."""
    return f'check("{question.id}", {question.name})'


def question_text(question, instance):
    """Write a question as Markdown, its options with letters, as the page shows them."""
    if question.kind == "code":
        return markdown(question.text, {})
    lines = [markdown(question.text, instance["slots"])]
    if "options" in question.sheet:
        options = question.option_texts()
        for place, index in enumerate(shown_order(question.sheet, instance)):
            lines.append(f"({chr(97 + place)}) {markdown(options[index], instance['slots'])}")
    return "\n\n".join(lines)


def markdown(text, slots):
    """Fill the slots of a text; formulas stay as they are written."""
    out, at = [], 0
    for found in texts.INLINE.finditer(text):
        in_tex = found.lastgroup in ("tex", "display")
        out += [_filled(text[at : found.start()], slots), _filled(found[0], slots, in_tex)]
        at = found.end()
    return "".join([*out, _filled(text[at:], slots)])


def _filled(text, slots, in_tex=False):
    """Fill the slots of a piece of text."""
    pattern = texts.IN_TEX if in_tex else texts.IN_PROSE

    def value(match):
        filled = slots.get(match[1])
        if filled is None:
            return match[0]
        if isinstance(filled, list):
            return _matrix(filled) if in_tex else f"${_matrix(filled)}$"
        return f"{{{_in_tex(filled)}}}" if in_tex else filled

    return pattern.sub(value, text)


def _matrix(rows):
    """Write a matrix in TeX."""
    inside = r" \\ ".join(" & ".join(map(_in_tex, row)) for row in rows)
    return rf"\begin{{pmatrix}} {inside} \end{{pmatrix}}"


def _in_tex(text):
    """Write a number in TeX, with the hyphen that stands for a minus there."""
    return re.sub(r"\s+", " ", text.replace("−", "-"))
