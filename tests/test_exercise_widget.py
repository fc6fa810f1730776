"""An exercise in Python: one widget, one module, one place on a page; and what the build adds."""

import json
import re
import subprocess
from pathlib import Path

import pytest

from lib import exercises
from lib.exercises import Exercise, texts
from web import exercises as on_pages

ROOT = Path(__file__).resolve().parent.parent
STATIC = ROOT / "lib" / "exercises" / "static"
NUMBER = "loss_functions.ce_from_logits"
ASKED = [
    question
    for chapter in exercises.CHAPTERS
    for question in exercises.questions(chapter)
    if question.kind != "code"
]


def run_node(script, *arguments):
    """Run a module of JavaScript and return what it prints."""
    command = ["node", "--input-type=module", "-e", script, *arguments]
    return subprocess.run(command, capture_output=True, encoding="utf-8", check=True).stdout


def test_it_shows_its_state_and_no_address():
    exercise = Exercise(NUMBER, instance=7)
    assert repr(exercise) == f"Exercise({NUMBER!r}, instance=7)"
    exercise.verdict, exercise.tries = "right", 2
    assert repr(exercise) == f"Exercise({NUMBER!r}, instance=7, verdict='right', tries=2)"
    assert (exercise.answer, exercise.mistake) == ("", "")
    exercise.answer = [2, 0]
    assert exercise.answer == [2, 0]


@pytest.mark.parametrize(
    ("arguments", "error", "words"),
    [
        (("loss_functions.nothing",), ValueError, "ce_from_logits"),
        (("nowhere.nothing",), ValueError, "loss_functions"),
        (("loss_functions.stable_bce",), ValueError, r"check\('loss_functions.stable_bce'"),
    ],
)
def test_an_id_that_is_none_is_refused_with_those_that_are(arguments, error, words):
    with pytest.raises(error, match=words):
        Exercise(*arguments)


def test_an_instance_must_be_one_of_the_pool():
    for instance in (-1, 24, 0.5):
        with pytest.raises(ValueError, match="instance must"):
            Exercise(NUMBER, instance=instance)
    exercise = Exercise(NUMBER)
    with pytest.raises(ValueError, match="between 0 and 23"):
        exercise.instance = 99


def test_it_is_a_widget_where_there_is_a_kernel_and_a_place_where_there_is_a_page():
    exercise = Exercise(NUMBER, instance=3)
    data, _ = exercise._repr_mimebundle_()
    assert "application/vnd.jupyter.widget-view+json" in data
    place = f'<div class="exercise" data-exercise="{NUMBER}" data-instance="3">'
    assert data["text/html"] == f"{place}{exercise._question.title}</div>"
    assert data["text/plain"] == repr(exercise)


def test_the_widget_brings_its_module_its_style_and_its_whole_sheet(tmp_path):
    exercise = Exercise(NUMBER)
    assert not re.search(r"^\s*import\b", exercise._esm, re.M)
    module = tmp_path / "widget.mjs"
    module.write_text(exercise._esm, encoding="utf-8")
    script = "const m = await import(process.argv[1]); console.log(typeof m.default.render)"
    assert run_node(script, str(module)) == "function\n"
    assert ".xq-verdict" in exercise._css and "--xp-best" in exercise._css
    assert len(exercise._sheet["pool"]) == len(exercises.question(NUMBER).pool)


SET = """
import { exerciseHtml } from "%s/exercise.js";
import { readFileSync } from "node:fs";
const sheets = JSON.parse(readFileSync(process.argv[1], "utf8"));
const html = ([id, sheet]) => [id, sheet.pool.map((_, number) => exerciseHtml(sheet, number))];
console.log(JSON.stringify(Object.fromEntries(Object.entries(sheets).map(html))));
"""


@pytest.mark.many_times
def test_every_instance_is_set_with_no_slot_left_open_and_no_answer_told(tmp_path):
    told = tmp_path / "sheets.json"
    told.write_text(on_pages.sheets(), encoding="utf-8")
    pages = json.loads(run_node(SET % STATIC.as_uri(), str(told)))
    assert set(pages) == {question.id for question in ASKED}
    for question in ASKED:
        assert len(pages[question.id]) == len(question.pool)
        for instance, page in zip(question.pool, pages[question.id], strict=True):
            assert not re.search(r'data-slot="[^"]*">(?:</|undefined|NaN)', page)
            assert 'data-ref="field" value' not in page and "checked" not in page
            asked = page.partition('class="xq-folds"')[0]
            because = texts.plain(texts.fill(question.sheet["because"], instance["slots"]))
            assert because and because not in texts.plain(asked)


def test_only_a_page_links_to_the_section_that_helps_and_elsewhere_its_name_must_do(tmp_path):
    told = tmp_path / "sheets.json"
    told.write_text(on_pages.sheets(), encoding="utf-8")
    script = SET.replace("(sheet, number)", "(sheet, number, { linked: %s })")
    pages, notebook = (
        json.loads(run_node(script % (STATIC.as_uri(), linked), str(told)))["basics.check_sums"][0]
        for linked in ("true", "false")
    )
    assert '<a href="basics.html#sec-ba-sums">Sums and means</a>' in pages
    assert "<a " not in notebook and "Read the section “Sums and means”." in notebook


def test_a_place_on_a_page_is_filled_once_and_an_unknown_id_stops_the_build(tmp_path):
    told, page = tmp_path / "sheets.json", tmp_path / "page.html"
    told.write_text(on_pages.sheets(), encoding="utf-8")
    page.write_text(f"<p>{Exercise(NUMBER, instance=3)._repr_html_()}</p>", encoding="utf-8")
    command = ["node", ROOT / "web" / "prerender.mjs", told, page]
    for _ in range(2):
        subprocess.run(command, check=True)
    text = page.read_text("utf-8")
    assert text.count('class="xp xq"') == 1 and text.count(f'id="{NUMBER}"') == 1
    assert exercises.question(NUMBER).pool[3]["slots"]["z"] in text
    assert "data-sheet" not in text  # it comes in the file of the chapter
    gone = '<div class="exercise" data-exercise="gone.id" data-instance="0">x</div>'
    page.write_text(gone, encoding="utf-8")
    assert subprocess.run(command, capture_output=True, check=False).returncode


def test_the_sheets_are_dealt_anew_only_for_another_lib(tmp_path, monkeypatch):
    kept = tmp_path / "exercises.json"
    monkeypatch.setattr(
        on_pages, "chapters", lambda: {"loss_functions": [exercises.question(NUMBER)]}
    )
    dealt = on_pages.keep_sheets(kept, "a")
    assert set(dealt) == {NUMBER} and dealt[NUMBER]["pool"]
    kept.write_text("{}", encoding="utf-8")
    assert on_pages.keep_sheets(kept, "a") == {}
    assert on_pages.keep_sheets(kept, "b") == dealt
    assert json.loads(kept.read_text("utf-8")) == dealt


def test_a_chapter_shows_in_the_contents_how_many_can_be_solved():
    links = (
        '<a class="reference internal" href="datasets.html">1. Datasets</a>'
        '<a class="current reference internal" href="#">2. Loss functions</a>'
        '<a class="reference internal" href="glossary.html">Glossary</a>'
        '<a class="reference internal" href="review.html">Review</a>'
    )
    counts = json.dumps({"datasets": 4, "loss_functions": 9})
    counted = on_pages.counted(lambda **options: links, "loss_functions", counts)(maxdepth=1)
    assert re.findall(r'href="([^"]*)"([^>]*)>', counted) == [
        ("datasets.html", ' data-chapter="datasets" data-exercises="4"'),
        ("#", ' data-chapter="loss_functions" data-exercises="9"'),
        ("glossary.html", ""),
        ("review.html", " data-review"),
    ]
