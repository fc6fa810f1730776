"""Questions as Moodle XML: numerical and multiple-choice ones, mistakes as feedback.

Each instance of a pool is a question of its own, in a category for its question, so that Moodle can
draw one at random. A vector or a matrix becomes a question with a field for each entry. What Moodle
cannot ask in this way, the order of lines and code, is left out and named.
"""

import re
from html import escape
from xml.etree import ElementTree as ET

from lib.exercises import texts
from lib.exercises.answers import shape_in
from lib.exercises.judge import flat, room, shown_order

#: The shares of the mark that Moodle takes, in percent, for one of n right options.
SHARES = {1: "100", 2: "50", 3: "33.33333", 4: "25", 5: "20", 6: "16.66667", 7: "14.28571"}
SHARES |= {8: "12.5", 9: "11.11111", 10: "10"}


def quiz(questions):
    """Make the file of some questions; return it, and the ids that are left out."""
    root = ET.Element("quiz")
    asked = [one for one in questions if one.kind in WRITERS]
    for question in asked:
        _category(root, question)
        for instance in question.pool:
            _question(root, question, instance)
    ET.indent(root)
    text = ET.tostring(root, encoding="unicode", xml_declaration=False)
    left = [one.id for one in questions if one not in asked]
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{text}\n', left


def _category(root, question):
    """Begin a category: what follows belongs to it."""
    node = ET.SubElement(root, "question", type="category")
    chapter, _, name = question.id.partition(".")
    _text(node, "category", f"$course$/top/{chapter}/{name}")


def _question(root, question, instance):
    """Write one instance."""
    kind, write = WRITERS[question.kind]
    node = ET.SubElement(root, "question", type=kind)
    _text(node, "name", f"{question.title} ({instance['number']})")
    fields = _fields(question, instance) if kind == "cloze" else ""
    _html(node, "questiontext", _filled(question.sheet["text"], instance) + fields)
    _html(node, "generalfeedback", _filled(question.sheet["solution"], instance))
    ET.SubElement(node, "penalty").text = "0.3333333"
    ET.SubElement(node, "hidden").text = "0"
    if write:
        ET.SubElement(node, "defaultgrade").text = "1"
        write(node, question, instance)
    for hint in question.sheet["hints"]:
        _html(node, "hint", _filled(hint, instance))


def _wrong_values(question, instance):
    """Pair what is said of each mistake with its value here, where it can be made."""
    pairs = zip(question.sheet["mistakes"], instance["mistakes"], strict=True)
    return [
        (_filled(mistake["says"], instance), value) for mistake, value in pairs if value is not None
    ]


def _numerical(node, question, instance):
    """Write the answer, then the mistakes: Moodle takes the first that fits."""
    because = _filled(question.sheet["because"], instance)
    rows = [(because, instance["answer"]), *_wrong_values(question, instance)]
    for place, (says, value) in enumerate(rows):
        answer = _answer(node, repr(value), "0" if place else "100", says)
        ET.SubElement(answer, "tolerance").text = f"{room(value, question.tolerance)[0]:.3g}"


def _fields(question, instance):
    """Write a field for each entry, row by row."""
    answer = instance["answer"]
    rows = answer if question.kind == "matrix" else [answer]
    fields = iter(_entry_fields(question, instance))
    lines = (" ".join(next(fields) for _ in row) for row in rows)
    return "".join(f"<p>{line}</p>" for line in lines)


def _entry_fields(question, instance):
    """Write a field for each entry: the right one, then those of mistakes that differ from it."""
    entries = [[("", *entry)] for entry in _entries(question, instance["answer"])]
    for says, value in _wrong_values(question, instance):
        if shape_in(value) != shape_in(instance["answer"]):
            continue
        for seen, (number, allowed) in zip(entries, _entries(question, value), strict=True):
            if all(abs(number - other) > allowed + near for _, other, near in seen):
                seen.append((texts.plain(says), number, allowed))
    return [_field(*seen) for seen in entries]


def _entries(question, value):
    """Pair each number of an answer with how far it may be missed."""
    return list(zip(flat(value), room(value, question.tolerance), strict=True))


def _field(right, *wrong):
    """Write one field in Moodle's own short form."""
    parts = [f"={right[1]!r}:{right[2]:.3g}"]
    parts += [f"%0%{number!r}:{allowed:.3g}#{_escaped(says)}" for says, number, allowed in wrong]
    return "{1:NUMERICAL:" + "~".join(parts) + "}"


def _escaped(text):
    """Write a text so that it does not end the field that it stands in."""
    for sign in ("\\", "}", "#", "~", "/", '"'):
        text = text.replace(sign, "\\" + sign)
    return escape(text, quote=False)


def _choices(node, question, instance):
    """Write the options, in the order in which the page shows them."""
    single = question.kind != "choices"
    ET.SubElement(node, "single").text = "true" if single else "false"
    lines = question.kind == "first wrong line"
    ET.SubElement(node, "shuffleanswers").text = "false" if lines else "true"
    ET.SubElement(node, "answernumbering").text = "123" if lines else "abc"
    right = [instance["answer"]] if single else instance["answer"]
    wrong = len(question.sheet["options"]) - len(right)
    for index in shown_order(question.sheet, instance):
        share = SHARES[len(right)] if index in right else ("0" if single else f"-{SHARES[wrong]}")
        option = _filled(question.sheet["options"][index], instance)
        _answer(node, option, share, _says(question, instance, index, right), html=True)


def _says(question, instance, index, right):
    """Tell what is said to whoever chooses an option."""
    if index in right:
        return _filled(question.sheet["because"], instance)
    place = instance["mistakes"].index(index)
    return _filled(question.sheet["mistakes"][place]["says"], instance)


def _answer(node, text, fraction, says, html=False):
    """Write one answer."""
    answer = ET.SubElement(node, "answer", fraction=fraction)
    if html:
        answer.set("format", "html")
    ET.SubElement(answer, "text").text = text
    _html(answer, "feedback", says)
    return answer


def _filled(markup, instance):
    """Set a text with the numbers of an instance."""
    return re.sub(' data-slot="[^"]*"', "", texts.fill(markup, instance["slots"]))


def _html(node, name, markup):
    """Write a text that is HTML."""
    inside = ET.SubElement(node, name, format="html")
    ET.SubElement(inside, "text").text = markup


def _text(node, name, text):
    """Write a text without marks."""
    ET.SubElement(ET.SubElement(node, name), "text").text = text


#: Moodle's type of a question, and what writes its answers; the fields of a cloze are in its text.
WRITERS = {
    "number": ("numerical", _numerical),
    "vector": ("cloze", None),
    "matrix": ("cloze", None),
    "choice": ("multichoice", _choices),
    "choices": ("multichoice", _choices),
    "first wrong line": ("multichoice", _choices),
}
