"""A chapter's reading time is counted by the rule, and a core that is too long fails the build."""

import sys
from pathlib import Path

import nbformat
import pytest
import small_book
from docutils import nodes
from docutils.core import publish_doctree

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from web.reading_time import CORE_LIMIT, Reading, boxes_of, reading_of, rounded

# ---- the rule --------------------------------------------------------------------------------


def document(text):
    """Parse a text, marked up as reStructuredText."""
    return publish_doctree(text, settings_overrides={"doctitle_xform": False})


def cell(source, *, tags=(), shows=()):
    """Make a code cell as the reader of notebooks does."""
    code = nodes.container("", nodes.literal_block(source, source), nb_element="cell_code_source")
    output = nodes.container("", *shows, nb_element="cell_code_output")
    metadata = {"tags": list(tags)}
    return nodes.container("", code, output, nb_element="cell_code", cell_metadata=metadata)


PICTURE = nodes.raw("", '<div class="explorable" data-module="fit_line">', format="html")
GUESS, ASKED = (
    nodes.raw("", f'<div class="exercise" data-exercise="{name}" data-instance="0">', format="html")
    for name in ("chain_rule.knob_and_needle", "chain_rule.new_inputs")
)
PRINTED = nodes.literal_block("", "seven words that a cell has printed")


@pytest.mark.parametrize(
    ("reading", "minutes"),
    [
        (Reading(words=260), 2),
        (Reading(display_lines=4), 1),
        (Reading(code_lines=20), 1),
        (Reading(explorables=2), 8),
        (Reading(predictions=3), 3),
        (Reading(words=130, display_lines=4, explorables=1), 6),
    ],
)
def test_each_thing_takes_the_time_of_the_rule(reading, minutes):
    assert reading.minutes == pytest.approx(minutes)


@pytest.mark.parametrize(
    ("text", "reading"),
    [
        ("Five words, *and* no more.", Reading(words=5)),
        ("A dash — is no word.", Reading(words=5)),
        ("Take :math:`a + b + c` twice.", Reading(words=3)),
        (".. math:: a + b", Reading(display_lines=1)),
        (".. math::\n\n   a &= b \\\\\n   &= c", Reading(display_lines=2)),
        (r".. math:: \begin{pmatrix} 1 \\ 2 \end{pmatrix} + a", Reading(display_lines=1)),
        (".. admonition:: Guess\n   :class: predict\n\n   Now.", Reading(words=2, predictions=1)),
        (".. a comment\n\nWords.", Reading(words=1)),
        ("Text\n====\n\nWords.\n\nExercises\n=========\n\nMany more words.", Reading(words=2)),
    ],
)
def test_a_text_is_counted_as_it_is_read(text, reading):
    assert reading_of(document(text)) == reading


@pytest.mark.parametrize(
    ("made", "reading"),
    [
        (cell("a = 1\n\n\nb = 2"), Reading(code_lines=2)),
        (cell("a = 1", shows=[PRINTED]), Reading(code_lines=1)),
        (cell("a = 1", tags=["hide-input"]), Reading()),
        (cell("a = 1", tags=["hide-cell"]), Reading()),
        (cell("FitLine()", shows=[PICTURE]), Reading(code_lines=1, explorables=1)),
        (cell("Exercise()", tags=["remove-input"], shows=[GUESS]), Reading(predictions=1)),
        (cell("Exercise()", tags=["remove-input"], shows=[ASKED]), Reading()),
        (cell("a", shows=[nodes.caption("", "two words")]), Reading(words=2, code_lines=1)),
    ],
)
def test_a_cell_is_counted_as_it_is_read(made, reading):
    assert reading_of(made) == reading


BOXED = """
Part
====

Core.

Deeper: a proof
---------------

Four words in it.

Inner
~~~~~

.. math:: a

Next
----

Core again.
"""


def test_the_core_is_what_stands_in_no_box_and_a_box_ends_with_its_section():
    doctree = document(BOXED)
    assert reading_of(doctree, deeper=False) == Reading(words=5)
    assert [reading_of(box) for box in boxes_of(doctree)] == [Reading(words=8, display_lines=1)]
    assert reading_of(doctree) == Reading(words=13, display_lines=1)


def test_minutes_are_rounded_up_so_that_no_promise_is_broken():
    assert [rounded(minutes) for minutes in (0.2, 1.0, 34.0001, 35.0)] == [1, 1, 35, 35]


# ---- a book ----------------------------------------------------------------------------------

LONG = "word " * (130 * CORE_LIMIT)
CHAPTERS = {
    "short": f"# Short\n\nText.\n\n## Deeper: long\n\n{LONG}\n\n### In it\n\n## After\n\nText.",
    "long": f"# Long\n\n{LONG} too.\n\n## Deeper: short\n\nText.",
    "whole": f"# Whole\n\n{LONG} too.",
}


@pytest.fixture(scope="module")
def book(tmp_path_factory):
    """Build a book of three chapters; return the exit code, what was said, and the pages."""
    folder = tmp_path_factory.mktemp("book")
    texts = {name: [nbformat.v4.new_markdown_cell(text)] for name, text in CHAPTERS.items()}
    small_book.write(folder, {"page": "# A page\n"}, texts)
    status, report = small_book.build(folder)
    html = folder / "_build" / "html"
    pages = {name: (html / f"{name}.html").read_text(encoding="utf-8") for name in CHAPTERS}
    return status, report, pages


def test_a_core_above_the_limit_fails_the_build_and_only_that(book):
    code, said, _ = book
    assert code == 1
    warnings = [line for line in said.splitlines() if "the limit is" in line]
    assert len(warnings) == 1, said
    assert "long.ipynb" in warnings[0] and "35.0 minutes" in warnings[0]


def test_the_table_lists_every_chapter_in_reading_order(book):
    rows = [line.split()[0] for line in book[1].splitlines() if "words, " in line]
    assert rows == list(CHAPTERS)
    assert "not divided yet" in next(line for line in book[1].splitlines() if "whole " in line)


def test_the_head_of_a_divided_chapter_says_its_minutes_and_offers_to_open_all(book):
    pages = book[2]
    assert "1 min · with everything 36 min " in pages["short"]
    assert pages["short"].count('class="open-all"') == 1
    assert "reading-time" not in pages["whole"]


def test_a_box_is_one_element_with_its_title_and_time_outside_and_all_else_inside(book):
    article = book[2]["short"].partition("<article")[2].partition("</article>")[0]
    before, _, rest = article.partition('<details class="box"><summary>')
    inside, _, after = rest.partition("</div></details>")
    title, _, body = inside.partition('</summary><div class="box-body">')
    assert "<h2>Deeper: long</h2>" in title and '<span class="box-time">36 min</span>' in title
    assert 'id="deeper-long"' in before and before.rstrip().endswith('<section id="deeper-long">')
    assert "In it" in body and "After" not in body and "After" in after
    assert "<details" not in after
