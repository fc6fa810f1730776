"""A class's homework: run every returned notebook, judge it, tell who has what and what went wrong.

The table names every file. The report counts the mistakes: what a teacher wants to know before the
next lecture.
"""

import asyncio
import csv
import sys
from collections import Counter
from dataclasses import dataclass, field
from html import escape

from lib import exercises
from lib.exercises import returned
from lib.exercises.assignment import Unusable, chosen_questions, instance_of
from lib.exercises.code import judge_run

NOT_ANSWERED = "not answered"


@dataclass(frozen=True)
class Row:
    """What one file came to: verdict and mistake for each question."""

    name: str
    file: str
    notes: list
    verdicts: dict = field(default_factory=dict)


# ---------------------------------------------------------------------------------------------
# Collecting
# ---------------------------------------------------------------------------------------------


def returned_files(folder):
    """List what was handed in: every file, whether it is a notebook or not."""
    if not folder.is_dir():
        raise Unusable(f"{folder} is no folder.")
    files = [path for path in sorted(folder.rglob("*")) if path.is_file() or path.is_symlink()]
    found = [path for path in files if not _is_hidden(path.relative_to(folder))]
    if not found:
        raise Unusable(f"There is no file in {folder}.")
    return found


def _is_hidden(path):
    """Whether a file is one that systems leave behind."""
    return any(part.startswith(".") or part == "__MACOSX" for part in path.parts)


def assignment_of(files):
    """Find out which assignment a class was given: what most notebooks say they are."""
    notebooks = [returned.read(path) for path in files]
    told = Counter(filter(None, (returned.about(one) for one in notebooks if one is not None)))
    if not told:
        raise Unusable("None of the files is a notebook of an assignment.")
    (ids, number), _ = told.most_common(1)[0]
    return chosen_questions(ids), number


def collect(folder, limits, *, jobs=2, say=lambda text: None):
    """Run and judge all files of a folder; return the questions and a row for each file."""
    files = returned_files(folder)
    questions, number = assignment_of(files)
    rows = asyncio.run(_run_all(files, questions, number, folder, limits, jobs, say))
    return questions, _with_doubles(rows)


async def _run_all(files, questions, number, folder, limits, jobs, say):
    """Run and judge a few files at a time."""
    free = asyncio.Semaphore(jobs)

    async def one_row(path):
        async with free:
            one = await returned.run(path, questions, limits)
        row = judged(one, questions, number, folder)
        say(row.file)
        return row

    return await asyncio.gather(*map(one_row, files))


def judged(one, questions, number, folder):
    """Judge what one file held."""
    file = one.path.relative_to(folder).as_posix()
    if not one.is_notebook:
        return Row("", file, one.notes)
    notes = list(one.notes)
    told = returned.about(returned.read(one.path))
    if told not in (None, (tuple(question.id for question in questions), number)):
        notes.append("says that it is another assignment; judged as this one")
    verdicts = {question.id: _verdict(question, number, one) for question in questions}
    return Row(one.name, file, notes, verdicts)


def _verdict(question, number, one):
    """Judge one answer: the kind of verdict, and the name of the mistake."""
    if question.kind == "code":
        return _code_verdict(question, one.runs.get(question.id))
    typed = one.answers.get(question.id, "")
    if not typed.strip():
        return NOT_ANSWERED, ""
    verdict = exercises.judge(question, instance_of(question, number), typed)
    return verdict.kind, verdict.name


def _code_verdict(question, done):
    """Judge what a function did; a stranger's record of it may be anything."""
    if done is None:
        return NOT_ANSWERED, ""
    try:
        result = judge_run(question, done) if _is_complete(question, done) else None
    except Exception:
        result = None
    if result is None:
        return "unread", "its results cannot be read"
    if result.verdict == "unread":
        return NOT_ANSWERED, ""
    return result.verdict, result.mistake


def _is_complete(question, done):
    """Whether a record tells of every call, or of what ended it early."""
    if done.outcomes and done.outcomes[-1].kind in ("time", "unwritten"):
        return len(done.outcomes) <= len(question.calls)
    return len(done.outcomes) == len(question.calls) and bool(done.again)


def _with_doubles(rows):
    """Note where a name stands in several files."""
    files = {}
    for row in rows:
        if row.name:
            files.setdefault(row.name.casefold(), []).append(row.file)
    for row in rows:
        others = [file for file in files.get(row.name.casefold(), []) if file != row.file]
        row.notes.extend([f"the same name is in {', '.join(others)}"] if others else [])
        row.notes.extend(["no name"] if row.verdicts and not row.name else [])
    return rows


# ---------------------------------------------------------------------------------------------
# Writing
# ---------------------------------------------------------------------------------------------


def _cell(value):
    """Write a cell of a table; a spreadsheet must not take a stranger's text for a formula."""
    text = str(value)
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t", "\r")) else text


def write_csv(path, head, rows):
    """Write a table. The mark at its start tells spreadsheets that it is UTF-8."""
    with open(path, "w", encoding="utf-8-sig", newline="") as file:
        csv.writer(file).writerows([[_cell(value) for value in row] for row in [head, *rows]])


def write_table(path, questions, rows):
    """Write who has what: a line for each file, two columns for each question."""
    head = ["name", "file", "right", "almost", "notes"]
    head += [label for one in questions for label in (one.id, f"{one.id}: mistake")]
    lines = []
    for row in rows:
        kinds = Counter(kind for kind, _ in row.verdicts.values())
        parts = [part for one in questions for part in row.verdicts.get(one.id, ("", ""))]
        notes = "; ".join(row.notes)
        lines.append([row.name, row.file, kinds["right"], kinds["almost"], notes, *parts])
    write_csv(path, head, lines)


def count_mistakes(questions, rows):
    """Count the mistakes of a class: question, mistake, notebooks; frequent ones first."""
    counts = Counter(
        (one.id, name or "not recognised")
        for row in rows
        for one in questions
        for kind, name in [row.verdicts.get(one.id, ("", ""))]
        if kind in ("not yet", "almost")
    )
    order = {one.id: place for place, one in enumerate(questions)}
    return sorted(
        ((id, name, count) for (id, name), count in counts.items()),
        key=lambda entry: (-entry[2], order[entry[0]], entry[1]),
    )


def write_mistakes(path, questions, rows):
    """Write the mistakes as a table."""
    n_notebooks = sum(bool(row.verdicts) for row in rows)
    titles = {one.id: one.title for one in questions}
    lines = [
        [id, titles[id], name, count, f"{count / n_notebooks:.3f}"]
        for id, name, count in count_mistakes(questions, rows)
    ]
    write_csv(path, ["question", "title", "mistake", "notebooks", "share"], lines)


WIDTH, LINE, LABEL, ROOM = 720, 26, 400, 240
STYLE = (
    "text{font:14px system-ui,sans-serif;fill:#222}.q{font-weight:600}.b{fill:#4a6fa5}"
    "rect.p{fill:#fff}@media(prefers-color-scheme:dark){text{fill:#eee}.b{fill:#8fb4e8}rect.p{fill:#1b1b1b}}"
)


def mistakes_picture(questions, rows, most=20):
    """Draw the mistakes as bars, the most frequent first, each with its number."""
    counts = count_mistakes(questions, rows)[:most]
    n_notebooks = sum(bool(row.verdicts) for row in rows)
    head = f"Mistakes in {n_notebooks} notebooks" if counts else "No mistakes"
    largest = max((count for *_, count in counts), default=1)
    bars = [_bar(place, entry, largest) for place, entry in enumerate(counts)]
    height = 48 + LINE * max(len(bars), 1)
    told = "; ".join(f"{name} ({id}): {count}" for id, name, count in counts)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" '
        f'role="img"><title>{head}</title><desc>{escape(told)}</desc><style>{STYLE}</style>'
        f'<rect class="p" width="{WIDTH}" height="{height}"/>'
        f'<text class="q" x="12" y="26">{head}</text>{"".join(bars)}</svg>\n'
    )


def _bar(place, entry, largest):
    """Draw one bar with its name and number."""
    id, name, count = entry
    y, width = 44 + LINE * place, ROOM * count / largest
    label = f"{_short(name, 32)} · {_short(id.partition('.')[2], 20)}"
    return (
        f'<text x="{LABEL - 8}" y="{y + 15}" text-anchor="end">{escape(label)}</text>'
        f'<rect class="b" x="{LABEL}" y="{y + 3}" width="{width:.1f}" height="16" rx="2"/>'
        f'<text x="{LABEL + width + 8:.1f}" y="{y + 15}">{count}</text>'
    )


def _short(text, length):
    """Cut a text that would not fit."""
    return text if len(text) <= length else text[: length - 1] + "…"


def write_report(out, questions, rows):
    """Write the table, the mistakes and their picture; return the paths."""
    mistakes, picture = (out.with_name(f"{out.stem}-mistakes{end}") for end in (".csv", ".svg"))
    write_table(out, questions, rows)
    write_mistakes(mistakes, questions, rows)
    picture.write_text(mistakes_picture(questions, rows), encoding="utf-8")
    return [out, mistakes, picture]


def say(text):
    """Tell how far it is, on the side."""
    print(text, file=sys.stderr)
