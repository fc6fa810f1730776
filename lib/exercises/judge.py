"""What is said about an answer: the twin of ``static/judge.js``, held together by golden cases.

Both judge from the sheet of a question, plain data, so that page, notebook and class say the same.
The order: not readable, or readable in two ways; right; a declared mistake; almost (rounded,
another unit, a sign, a transpose, percent); not yet, with what to look at first. The right answer
is never told.
"""

import html
import math
import re
from dataclasses import dataclass
from numbers import Real

from lib.exercises import answers
from lib.exercises.answers import shape_in
from lib.exercises.texts import fill, plain

__all__ = ["Verdict", "judge_sheet", "shown_order"]

MEASURES = ("nats", "bits", "seconds")  # the other known units count something
MOST = 1000  # options, and more
ZERO = 1e-9  # how far from 0 a number may be that stands for 0
SAYS = {
    "unit": "The number is right for an answer in {0}, but {1} is written after it.",
    "other unit": "That is right in {1}; the question asks for {0}.",
    "rounding": "That is right, but rounded too much. Give at least three digits.",
    "sign": "The size is right, the sign is wrong.",
    "signs": "The sizes are right, but not every sign.",
    "transposed": "That is the transpose of what is asked: rows and columns have changed places.",
    "dimensions": "The lengths are right, but they stand in the other order.",
    "percent": "That is right in percent: write % after it, or a number between 0 and 1.",
    "share": "That is the right share as a number between 0 and 1; the question asks for percent.",
    "unknown unit": "The number is right, but {1} is not its unit.",
    "one": "The question asks for one answer, and {0} are chosen. Write a letter, such as b.",
    "number of entries": "Look at the shape first: {0} entries are read, the answer has {1}.",
    "shape": "Look at the shape first: {0} is read, the answer is a {1} of another shape.",
    "decimal commas": " With decimal commas, put semicolons between the entries: (0,5; 1,5).",
    "order": "The numbers are right, but they stand in another order.",
    "factor": "The direction is right, the length is not: all entries are wrong by one factor.",
    "entry": "Some entries are right. Look at entry {0} first.",
    "cell": "Some entries are right. Look at row {0}, column {1} first.",
    "thousands": "A point stands before decimals here. Without it, that is right.",
    "zero": "Look at the size first: it is not zero.",
    "size": "Look at the size first: it is far too large.",
    "look at sign": "Look at the sign first.",
    "large": "The sign is right. Look at the size first: it is far too large.",
    "small": "The sign is right. Look at the size first: it is far too small.",
    "near": "Sign and rough size are right, the number is not. Go through the steps once more.",
    "ndim": "Look at the number of dimensions first.",
    "length": "Look at length {0} of the shape first.",
    "no choice": "Nothing is chosen yet.",
    "ticked": "You ticked “{0}”.",
    "left out": "You left out “{0}”.",
    "no line": "Nothing is put in order yet.",
    "missing": "The lines so far are in order. Something is still missing.",
    "first line": "Look at the first line: it needs something, or nothing follows from it.",
    "line": "The first lines stand in order, {0} of them. Look at what the next one needs.",
    "letters": "“{0}” names none of what is offered. Write letters, such as {1}.",
}  # fmt: skip


@dataclass(frozen=True)
class Verdict:
    """What is said about one answer: right, almost, not yet or unread; a mistake's name; words."""

    kind: str
    says: str = ""
    name: str = ""
    read: str = ""

    def __str__(self):
        return " ".join(part for part in (self.kind.capitalize() + ".", plain(self.says)) if part)


def words(key, *parts):
    """Return one of the sentences, filled in."""
    return re.sub(r"\{(\d)\}", lambda match: html.escape(str(parts[int(match[1])])), SAYS[key])


# --- numbers against numbers ---


def flat(value):
    """List the numbers of nested lists."""
    return (
        [number for item in value for number in flat(item)] if isinstance(value, list) else [value]
    )


def room(value, tolerance):
    """List how far each number of an answer may be missed."""
    numbers = flat(value)
    largest = max(map(abs, numbers)) if len(numbers) > 1 else 0
    return [
        max(
            tolerance * max(abs(n), 0.1 * largest),
            ZERO * max(1, abs(n)) if abs(n) < ZERO or not tolerance else 0,
        )
        for n in numbers
    ]


def same(typed, value, tolerance, times=1):
    """Tell whether two answers are the same within the tolerance of the second."""
    if value is None or shape_in(typed) != shape_in(value):
        return False
    pairs = zip(flat(typed), flat(value), room(value, tolerance), strict=True)
    return all(abs(a - b) <= times * allowed for a, b, allowed in pairs)


def decimals_of(value):
    """Return how many decimals a number has, less than none for round thousands; None for many."""
    for digits in range(-9, 10):
        scaled = abs(value) * 10**digits
        nearest = math.floor(scaled + 0.5)
        if nearest and abs(scaled - nearest) <= 1e-9 * max(1, scaled):
            return digits
    return None


def rounded(typed, value, most=0.1):
    """Tell whether an answer is another one with too few digits: rounded, or cut off."""
    if value is None or shape_in(typed) != shape_in(value):
        return False
    pairs = list(zip(flat(typed), flat(value), strict=True))
    digits = [decimals_of(a) for a, _ in pairs if a]
    largest = max(abs(b) for _, b in pairs)
    if not digits or None in digits:
        return False
    if any(a and abs(b) < 1000 and decimals_of(a) < 0 for a, b in pairs):
        return False  # 290 for 288 is another number, not a rounded one
    units = [10.0 ** -(decimals_of(a) if a else max(digits)) for a, _ in pairs]
    near = max(abs(a - b) for a, b in pairs) <= most * largest
    each = list(zip(pairs, units, strict=True))
    by_half = all(abs(a - b) <= 0.5000001 * unit for (a, b), unit in each)
    less = 1 - 1e-7  # 4.7 is not 4.8 cut off, though their difference is stored as less than 0.1
    cut = all(abs(a) <= abs(b) and a * b >= 0 and abs(a - b) < less * u for (a, b), u in each)
    return near and (by_half or cut)


def transposed(value):
    """Turn rows into columns."""
    return [list(column) for column in zip(*value, strict=True)]


def times(value, factor):
    """Multiply each number of nested lists."""
    return [times(item, factor) for item in value] if isinstance(value, list) else value * factor


# --- number, vector, matrix ---


def judge_measured(sheet, instance, typed):
    """Judge a number, a vector or a matrix."""
    shape = shape_in(instance["answer"])
    reading = answers.read(sheet["kind"], typed, sheet["units"], shape)
    if reading.problem:
        return Verdict("unread", reading.problem)
    value, stated = in_asked_unit(sheet, reading, str(typed))
    kind, name, says = opinion(sheet, instance, value, reading, stated)
    if (kind, name) == ("not yet", "") and parts_thousands(sheet, value, instance["answer"], typed):
        kind, name, says = "almost", "thousands", words("thousands")
    echo = f"Read as {reading.echo}." if reading.echo else ""
    return Verdict(kind, says, name, html.escape(echo))


POINTED = re.compile(r"(?:^|[^0-9.,])[1-9][0-9]{0,2}\.[0-9]{3}(?![0-9.,])")


def parts_thousands(sheet, value, answer, typed):
    """Recognise a number that is right if its point was meant to part thousands: 1.000 for 1000."""
    return POINTED.search(str(typed)) and same(times(value, 1000), answer, sheet["tolerance"])


def in_asked_unit(sheet, reading, typed):
    """Return the value in the unit that is asked, and whether its stated unit is none of them."""
    if sheet["unit"] == "%" and answers.in_percent(typed):
        return times(reading.value, 100), False
    sizes = {unit["name"]: unit["size"] for unit in sheet["units"]}
    size = sizes.get(
        reading.unit, 1 if not reading.unit or is_counted(sheet, reading.unit) else None
    )
    return (reading.value, True) if size is None else (times(reading.value, size), False)


def is_counted(sheet, unit):
    """Tell whether a question without a unit speaks of what an answer names: 4 epochs."""
    told = re.sub("<[^>]*>", "", sheet["text"]).lower()
    return not sheet["unit"] and unit not in MEASURES and re.sub("e?s$", "", unit) in told


def opinion(sheet, instance, value, reading, is_strange):
    """Return kind, name and words of the verdict on a value that was read."""
    answer, tolerance = instance["answer"], sheet["tolerance"]
    if same(value, answer, tolerance):
        if is_strange:
            return "almost", "unit", words("unknown unit", "", reading.unit)
        return "right", "", fill(sheet["because"], instance["slots"])
    found = declared(sheet, instance, lambda wrong: same(value, wrong, tolerance))
    if not found and rounded(value, answer):
        return "almost", "rounding", words("rounding")
    found = found or declared(sheet, instance, lambda wrong: rounded(value, wrong, 0.03))
    found = found or in_other_unit(sheet, answer, reading) or turned(sheet, value, answer)
    return found or ("not yet", "", first_look(sheet["kind"], value, answer, tolerance))


def declared(sheet, instance, matches):
    """Return the verdict on the first declared mistake that matches; None without one."""
    for mistake, wrong in zip(sheet["mistakes"], instance["mistakes"], strict=True):
        if wrong is not None and matches(wrong):
            kind = "almost" if mistake["almost"] else "not yet"
            name = mistake["name"].format_map(instance["slots"])
            return kind, name, fill(mistake["says"], instance["slots"])
    return None


def in_other_unit(sheet, answer, reading):
    """Recognise the right value in another unit, or with another unit after it."""
    raw, tolerance = reading.value, sheet["tolerance"]
    if same(raw, answer, tolerance):
        return "almost", "unit", words("unit", sheet["unit"], reading.unit)
    for unit in sheet["units"]:
        if unit["size"] not in (None, 1) and same(times(raw, unit["size"]), answer, tolerance):
            return "almost", "unit", words("other unit", sheet["unit"], unit["name"])
    if sheet["unit"] == "%" and same(times(raw, 100), answer, tolerance):
        return "almost", "percent", words("share")
    is_share = sheet["unit"] == "" and max(map(abs, flat(answer))) <= 1
    if is_share and same(times(raw, 0.01), answer, tolerance):
        return "almost", "percent", words("percent")
    return None


def turned(sheet, value, answer):
    """Recognise turned signs and a transpose."""
    tolerance = sheet["tolerance"]
    if shape_in(value) == shape_in(answer):
        if same(times(value, -1), answer, tolerance):
            return "almost", "sign", words("sign")
        if same(absolute(value), absolute(answer), tolerance):
            return "almost", "sign", words("signs")
    if sheet["kind"] == "matrix" and same(transposed(value), answer, tolerance):
        return "almost", "transposed", words("transposed")
    return None


def absolute(value):
    """Drop the signs of nested lists."""
    return [absolute(item) for item in value] if isinstance(value, list) else abs(value)


def first_look(kind, value, answer, tolerance):
    """Say what to look at first: shape, an entry, sign, size."""
    if shape_in(value) != shape_in(answer):
        return about_shape(kind, value, answer)
    if kind != "number" and (found := about_entries(value, answer, tolerance)):
        return found
    a, b = max(zip(flat(value), flat(answer), strict=True), key=lambda pair: abs(pair[0] - pair[1]))
    if a == 0 and b != 0:
        return words("zero")
    if a and not b:
        return words("size")
    if any(c * d < 0 for c, d in zip(flat(value), flat(answer), strict=True)):
        return words("look at sign")
    return words("large" if abs(a) > 3 * abs(b) else "small" if 3 * abs(a) < abs(b) else "near")


def about_shape(kind, value, answer):
    """Say that the shape is another one."""
    if kind == "vector":
        has_commas = words("decimal commas") if len(value) == 2 * len(answer) else ""
        return words("number of entries", len(value), len(answer)) + has_commas
    return words("shape", " × ".join(map(str, shape_in(value))), kind)


def about_entries(value, answer, tolerance):
    """Say what several entries tell: another order, one factor, the first that is wrong."""
    numbers, wanted = flat(value), flat(answer)
    if same(sorted(numbers), sorted(wanted), tolerance):
        return words("order")
    largest = max(range(len(wanted)), key=lambda at: abs(wanted[at]))
    if wanted[largest] and numbers[largest] / wanted[largest] > 0:
        factor = numbers[largest] / wanted[largest]
        if same(times(value, 1 / factor), answer, tolerance) and sum(map(bool, wanted)) > 1:
            return words("factor")
    pairs = zip(numbers, wanted, room(answer, tolerance), strict=True)
    wrong = [at for at, (a, b, allowed) in enumerate(pairs) if abs(a - b) > allowed]
    if len(wrong) == len(wanted):
        return ""
    width = len(answer[0]) if isinstance(answer[0], list) else 0
    at = wrong[0]
    return words("cell", at // width + 1, at % width + 1) if width else words("entry", at + 1)


# --- shapes ---


def judge_shape(sheet, instance, typed):
    """Judge the lengths of an array."""
    reading = answers.read("shape", typed)
    if reading.problem:
        return Verdict("unread", reading.problem)
    value, answer = reading.value, instance["answer"]
    read = html.escape(f"Read as {reading.echo}.")
    if value == answer:
        return Verdict("right", fill(sheet["because"], instance["slots"]), "", read)
    found = declared(sheet, instance, lambda wrong: value == wrong)
    kind, name, says = found or other_shape(value, answer)
    return Verdict(kind, says, name, read)


def other_shape(value, answer):
    """Return the verdict on a shape that nobody foresaw."""
    if value[::-1] == answer:
        return "almost", "transposed", words("dimensions")
    if len(value) != len(answer):
        return "not yet", "", words("ndim")
    wrong = [at + 1 for at, (a, b) in enumerate(zip(value, answer, strict=True)) if a != b]
    return "not yet", "", words("length", wrong[0])


# --- what is chosen: options and lines ---


def numbers_from(text):
    """Yield the same random numbers between 0 and 1 in Python and JavaScript."""
    state = 2166136261
    for letter in text.encode():
        state = (state ^ letter) * 16777619 & 0xFFFFFFFF
    while True:
        state = (state + 0x6D2B79F5) & 0xFFFFFFFF
        mixed = (state ^ state >> 15) * (state | 1) & 0xFFFFFFFF
        mixed ^= (mixed + ((mixed ^ mixed >> 7) * (mixed | 61) & 0xFFFFFFFF)) & 0xFFFFFFFF
        yield (mixed ^ mixed >> 14) / 2**32


def shuffled(n, text):
    """Return the numbers below n in an order that follows from a text."""
    order, draws = list(range(n)), numbers_from(text)
    for at in range(n - 1, 0, -1):
        other = int(next(draws) * (at + 1))
        order[at], order[other] = order[other], order[at]
    return order


def shown_order(sheet, instance):
    """Return the order in which options or lines are offered; never the right one of lines."""
    n = len(sheet["options"])
    if sheet["kind"] == "first wrong line":
        return list(range(n))
    for salt in range(50):
        order = shuffled(n, f"{sheet['id']}#{instance['number']}#{salt}")
        belongs = (
            [at for at in order if at in instance["answer"]] if sheet["kind"] == "order" else []
        )
        if sheet["kind"] != "order" or not in_order(sheet, instance, belongs):
            return order
    return list(range(n))[::-1]


def in_order(sheet, instance, order):
    """Tell whether lines stand in a right order."""
    if sheet["before"] is None:
        return order == instance["answer"]
    place = {line: at for at, line in enumerate(order)}
    complete = sorted(order) == sorted(instance["answer"])
    return complete and all(place[one] < place[other] for one, other in sheet["before"])


def chosen(sheet, instance, typed):
    """Return the indices that were chosen: as they come, or from the letters of what is offered."""
    if not isinstance(typed, str):
        listed = [*typed] if isinstance(typed, (list, tuple, set)) else [typed]
        return [] if typed is None else [whole(index) for index in listed]
    letters = (
        re.findall(r"[a-z]", typed.lower())
        if re.fullmatch(r"[-\s,;.()>→a-z]*", typed.lower())
        else ["?"]
    )
    shown = shown_order(sheet, instance)
    places = [ord(letter) - 97 for letter in letters]
    return [shown[at] for at in places] if all(0 <= at < len(shown) for at in places) else None


def whole(index):
    """Return an index as an integer; −1, which is never offered, for anything else."""
    is_number = isinstance(index, Real) and not isinstance(index, bool)
    return int(index) if is_number and abs(index) < MOST and index == index // 1 else -1


def judge_chosen(sheet, instance, typed):
    """Judge what was chosen or put in order."""
    indices = chosen(sheet, instance, typed)
    single = sheet["kind"] in ("choice", "first wrong line")
    if indices is None or any(not 0 <= i < len(sheet["options"]) for i in indices):
        said = typed if isinstance(typed, str) else ", ".join(map(str, indices))
        return Verdict("unread", words("letters", said[:40], "b" if single else "a, c"))
    if single and len(indices) > 1:
        return Verdict("unread", words("one", len(indices)))
    if not indices and sheet["kind"] != "choices":
        return Verdict("unread", words("no line" if sheet["kind"] == "order" else "no choice"))
    kind, name, says = CHOSEN[sheet["kind"]](sheet, instance, indices)
    return Verdict(
        kind, says if kind != "right" else fill(sheet["because"], instance["slots"]), name
    )


def one_choice(sheet, instance, indices):
    """Return the verdict on one option."""
    if indices[0] == instance["answer"]:
        return "right", "", ""
    return declared(sheet, instance, lambda wrong: wrong == indices[0])


def several_choices(sheet, instance, indices):
    """Return the verdict on several options: the first that is wrongly ticked, else left out."""
    right = instance["answer"]
    ticked = [i for i in shown_order(sheet, instance) if i in indices and i not in right]
    missed = [i for i in shown_order(sheet, instance) if i in right and i not in indices]
    if not ticked and not missed:
        return "right", "", ""
    at = [*ticked, *missed][0]
    _, name, says = declared(sheet, instance, lambda wrong: wrong == at)
    option = fill(sheet["options"][at], instance["slots"])
    start = SAYS["ticked" if ticked else "left out"].replace("{0}", option)
    return "not yet", name, f"{start} {says}"


def lines_in_order(sheet, instance, indices):
    """Return the verdict on an order of lines."""
    if in_order(sheet, instance, indices):
        return "right", "", ""
    place = {line: indices.index(line) for line in indices}

    def made(wrong):
        if isinstance(wrong, int):
            return wrong in place
        return all(i in place for i in wrong) and place[wrong[0]] < place[wrong[1]]

    return declared(sheet, instance, made) or ("not yet", "", about_lines(sheet, instance, indices))


def about_lines(sheet, instance, indices):
    """Say how many lines from the start are in order."""
    good = 0
    while good < len(indices) and may_start(sheet, instance, indices[: good + 1]):
        good += 1
    if good == len(indices):
        return words("missing")
    return words("line", good) if good else words("first line")


def may_start(sheet, instance, lines):
    """Tell whether lines may be the first ones of a right order."""
    if sheet["before"] is None:
        return instance["answer"][: len(lines)] == lines
    needed = [one for one, other in sheet["before"] if other == lines[-1]]
    fresh = lines[-1] in instance["answer"] and lines[-1] not in lines[:-1]
    return fresh and all(one in lines[:-1] for one in needed)


CHOSEN = {
    "choice": one_choice,
    "choices": several_choices,
    "order": lines_in_order,
    "first wrong line": one_choice,
}


def judge_sheet(sheet, instance, typed):
    """Judge what was typed or chosen for one instance of a question, given as its sheet."""
    if sheet["kind"] in CHOSEN:
        return judge_chosen(sheet, instance, typed)
    return (judge_shape if sheet["kind"] == "shape" else judge_measured)(sheet, instance, typed)
