"""The exercises of the site: a file of each chapter, counts in the contents, the review."""

import html
import json
import re
from pathlib import Path

from docutils import nodes
from sphinx.util.docutils import SphinxDirective

from web.files import digest

STATIC = Path(__file__).resolve().parent.parent / "lib" / "exercises" / "static"
REVIEW = "review"  # the page that brings back what was missed
ENTRY = re.compile(r'<a class="(?:current )?reference internal" href="([^"]*)"')


def chapters():
    """Return the questions of each chapter that has any."""
    from lib import exercises  # here: most commands of Sphinx need none

    return {name: exercises.questions(name) for name in exercises.CHAPTERS}


def count(app, config):
    """Note how many exercises a reader can solve in each chapter; predictions are none."""
    counts = {
        name: sum(not getattr(one, "predict", False) for one in questions)
        for name, questions in chapters().items()
    }
    config.exercise_counts = json.dumps({name: number for name, number in counts.items() if number})


def counted(toctree, pagename, counts):
    """Return the contents of the book with the number of exercises at each chapter that has any."""
    known = json.loads(counts)

    def marked(match):
        chapter = pagename if match[1] == "#" else Path(match[1]).stem
        if chapter == REVIEW:
            return f"{match[0]} data-review"
        number = known.get(chapter)
        told = f' data-chapter="{chapter}" data-exercises="{number}"' if number else ""
        return f"{match[0]}{told}"

    return lambda *args, **options: ENTRY.sub(marked, str(toctree(*args, **options)))


def told(question):
    """Return all that a page must know of a question, with its pool."""
    return {**question.sheet, "pool": question.pool}


def sheets():
    """Return the sheets of all questions by id, as JSON: what they are set from."""
    every = [question for questions in chapters().values() for question in questions]
    asked = {one.id: told(one) for one in every if one.kind != "code"}
    return json.dumps(asked, ensure_ascii=False)


def keep_sheets(path, lib):
    """Write the sheets to a file unless it has those of this ``lib``; return them by id.

    To deal the pools takes longer than all else in a build for which nothing has changed.
    """
    stamp, now = path.with_suffix(".stamp"), digest(lib, Path(__file__).read_bytes())
    if not path.exists() or not stamp.exists() or stamp.read_text(encoding="utf-8") != now:
        path.write_text(sheets(), encoding="utf-8")
        stamp.write_text(now, encoding="utf-8")
    return json.loads(path.read_text(encoding="utf-8"))


def files(titles, asked):
    """Return the files from which the exercises of each chapter come to life, by path."""
    return {
        f"_exercises/{name}.json": as_json(name, titles[name].astext(), asked)
        for name in chapters()
        if name in titles
    }


def as_json(name, title, asked):
    """Return the exercises of a chapter, with their pools, as a file."""
    own = [sheet for id, sheet in asked.items() if id.partition(".")[0] == name]
    facts = {"title": title, "page": f"{name}.html", "sheets": own}
    return json.dumps(facts, ensure_ascii=False, separators=(",", ":")).encode()


class ReviewDirective(SphinxDirective):
    """Put the place where the review happens into a page."""

    has_content = True

    def run(self):
        """Return the place, with words for where no script runs."""
        words = html.escape(" ".join(self.content))
        return [nodes.raw("", f'<div class="exercise-review"><p>{words}</p></div>', format="html")]
