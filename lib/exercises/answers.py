"""What people type, read: numbers, closed forms, units, vectors, matrices, shapes.

A spelling that two people read as two numbers is never guessed: both are named. The page reads
the same way: ``static/answers.js`` is the twin of this module, and golden cases hold them together.
Nothing that was typed is ever run: closed forms such as ``-ln(0.7)`` go through a parser of
numbers, five operators and a dozen functions.
"""

import html
import math
import re
import unicodedata
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Context, Decimal
from functools import cache
from itertools import product

__all__ = ["Reading", "read", "readings_of", "shown"]

LONGEST = 2000  # characters: more than any answer, and little enough to be read at once
LONGEST_FORM = 120  # of one number
DEEPEST = 20  # brackets in brackets
MOST = 100  # entries in a row, and rows
EXAMPLES = {
    "number": "0.25, 1/4, 25 %, 1e-3 or ln 2",
    "vector": "(1, -2) or 1; -2",
    "matrix": "1, 2; 3, 4 with a semicolon, or a new line, between the rows",
    "shape": "(3, 4) or 3 x 4",
}
#: Words that may follow a number in any exercise; what they are worth is said by its own units.
OTHER_UNITS = [
    *["nats", "bits", "steps", "samples", "epochs", "points", "classes", "features", "batches"],
    *["parameters", "multiplications", "paths", "seconds", "minutes", "tosses", "people", "items"],
    *["edges", "standard errors"],
]


@dataclass(frozen=True)
class Reading:
    """What was read: a value, its unit and an echo; or why there is none."""

    value: object = None
    unit: str = ""
    echo: str = ""
    problem: str = ""


# --- one number, as digits: the twin of numbers.js ---

POINT = re.compile(r"([0-9]+\.?[0-9]*|\.[0-9]+)")
COMMA = re.compile(r"([0-9]+,[0-9]*|,[0-9]+)")
GROUPED = re.compile(r"([1-9][0-9]{0,2})((?:[ '’][0-9]{3})+)(?=[.,]|\Z)")
COMMA_GROUPS = re.compile(r"[1-9][0-9]{0,2}(,[0-9]{3})+(\.[0-9]+)?")
POINT_GROUPS = re.compile(r"[1-9][0-9]{0,2}((\.[0-9]{3})+,[0-9]+|(\.[0-9]{3}){2,})")
STRAY_COMMA = re.compile(r"[0-9]+\.[0-9]{3},[0-9]+")
POWER = re.compile(r"(.*?)(?:\s*[×x*·⋅]\s*10\s*(?:\^|\*\*)\s*|e)\(?([-+]?[0-9]+)\)?", re.IGNORECASE)
TEN = re.compile(r"10\s*(?:\^|\*\*)\s*\(?([-+]?[0-9]+)\)?")
PLAIN = re.compile(r"[-+]? ?([0-9]+\.?[0-9]*|\.[0-9]+)")


def distinct(values):
    """Drop repeated values, in order."""
    return list(dict.fromkeys(values))


def decimals(digits):
    """List what unsigned digits may be, with a point or a comma in them and groups of three."""
    grouped = GROUPED.match(digits)
    text = re.sub("[ '’]", "", grouped[0]) + digits[grouped.end() :] if grouped else digits
    readings = [
        (POINT, text),
        (COMMA, text.replace(",", ".", 1)),
        (COMMA_GROUPS, text.replace(",", "")),
        (POINT_GROUPS, text.replace(".", "").replace(",", ".", 1)),
        (STRAY_COMMA, text.replace(",", "", 1)),
    ]
    allowed = readings[:2] if text != digits else readings
    return distinct(float(plain) for form, plain in allowed if form.fullmatch(text))


def powers(text):
    """List what digits with a power of ten may be: 1e-3, 1×10^-3, 10^-3."""
    if found := POWER.fullmatch(text):
        return [scaled(value, found[2]) for value in decimals(found[1])]
    alone = TEN.fullmatch(text)
    return [scaled(1.0, alone[1])] if alone else decimals(text)


def scaled(value, exponent):
    """Return a number times a power of ten, as digits say it."""
    digits = digits_of(value)  # as JavaScript writes them: 0.00001 has no e there
    return float(f"{digits}e{exponent}") if "e" not in digits else math.inf


def fractions(text):
    """List what a text with at most one stroke may be: 1/3, and 1 1/2 for one and a half."""
    over, *below = (part.strip() for part in text.split("/"))
    if not below or len(below) > 1:
        return [] if below else powers(text)
    mixed = re.fullmatch(r"([0-9]+) ([0-9]+)", over)
    sign, divisor = re.fullmatch(r"([-+]?)\s*(.*)", below[0], re.DOTALL).groups()
    is_mixed = mixed and re.fullmatch("[0-9]+", below[0]) and int(mixed[2]) < int(below[0])
    first = [int(mixed[1]) + int(mixed[2]) / int(below[0])] if is_mixed else []
    unders = [-b if sign == "-" else b for b in powers(divisor)]
    return distinct([*first, *(a / b for a in powers(over) for b in unders if b)])


def plainly(typed):
    """Write any minus as a hyphen, ½ as 1/2, wide digits as digits, a raised number as a power."""
    text = re.sub(r"([⁺⁻]?)([⁰¹²³⁴-⁹]+)", lambda match: f"^{match[1]}{match[2]}", typed)
    text = unicodedata.normalize("NFKC", re.sub("[¼-¾⅐-⅞]", r" \g<0> ", text))
    text = re.sub("[⁄∕]", "/", re.sub("[−‐-―]", "-", text))
    return re.sub(r"\s+", " ", text).strip()


def readings_of(typed):
    """List all the numbers that digits may mean: none, one, or two."""
    sign, text, percent = re.fullmatch(r"([-+]?) ?(.*?) ?(%?)", plainly(typed), re.DOTALL).groups()
    factor = (-1 if sign == "-" else 1) / (100 if percent else 1)
    values = [signed(value, factor) for value in fractions(text)]
    return distinct(value for value in values if math.isfinite(value))


def signed(value, factor):
    """Turn the sign and take the percent, by a division as JavaScript does it."""
    value = -value if factor < 0 else value
    return value / 100 if abs(factor) < 1 else value


def digits_of(value):
    """Write a number as JavaScript does: no digits that are not needed, powers of ten late."""
    mantissa, _, exponent = repr(abs(value)).partition("e")
    whole, _, part = mantissa.partition(".")
    digits, power = whole + part.rstrip("0"), len(whole) + int(exponent or 0)
    power -= len(digits) - len(digits.lstrip("0"))
    digits = digits.lstrip("0") or "0"
    if value == 0:
        return "0"
    if -6 < power <= 21:
        return placed(digits.rstrip("0") if power < len(digits) else digits, power)
    short = digits.rstrip("0")
    body = short[0] + (f".{short[1:]}" if short[1:] else "")
    return f"{body}e{'+' if power > 0 else '-'}{abs(power - 1)}"


def placed(digits, power):
    """Put the point into digits, after as many of them as the power says."""
    if power <= 0:
        return "0." + "0" * -power + digits
    if power >= len(digits):
        return digits + "0" * (power - len(digits))
    return f"{digits[:power]}.{digits[power:]}"


def number_text(value):
    """Write a number with all its digits and a real minus."""
    return ("−" if value < 0 else "") + digits_of(value).replace("-", "−")


def shown(value):
    """Write a number in words of its own: with all its digits, or as "about" so much."""
    short = with_digits(value, 7)
    exact = math.isclose(short, value, rel_tol=1e-12)  # logarithms differ in their last bits
    return number_text(short) if exact else f"about {number_text(with_digits(value, 4))}"


def with_digits(value, digits):
    """Round a number to so many digits, a tie away from zero as JavaScript does it."""
    return float(Context(digits, ROUND_HALF_UP).create_decimal(Decimal(value)))


# --- closed forms: a parser, so that nothing is ever run ---


class NotReadable(Exception):
    """A text that is no number; the message is for the reader."""


FUNCTIONS = {
    "ln": math.log, "log": math.log, "log2": math.log2, "log_2": math.log2, "ld": math.log2,
    "log10": math.log10, "log_10": math.log10, "exp": math.exp, "sqrt": math.sqrt, "√": math.sqrt,
    "abs": abs, "sin": math.sin, "cos": math.cos, "tan": math.tan, "tanh": math.tanh,
}  # fmt: skip
CONSTANTS = {"pi": math.pi, "π": math.pi, "e": math.e}
TOKEN = re.compile(
    r"( *)(?:([0-9][0-9.,]*(?:e[-+]?[0-9]+(?![0-9.]))?|[.,][0-9]+(?:e[-+]?[0-9]+)?)"
    r"|(log_?10|log_?2(?![0-9.,])|[a-zà-öø-ÿα-ω]+|√)|([-+*/^()%]))"
)
GROUPS = [
    (r"log_?\{ *(2|10) *\}", r"log_\1 "),
    (r"\^ *\{([^{}]*)\}", r"^(\1)"),
    (r"\\sqrt *\{([^{}]*)\}", r"sqrt(\1)"),
    (r"\\[dt]?frac *\{([^{}]*)\} *\{([^{}]*)\}", r"((\1)/(\2))"),
]
TEX = [
    (r"\\(?:left|right|,|;|!|quad|displaystyle)", " "),
    (r"\\(?:cdot|times)", "*"),
    (r"\\([a-zA-Z])", r" \1"),
]
VULGAR = re.compile("(^|[^0-9.,])([0-9]+)? ?([¼-¾⅐-⅞])")
SIGNS = str.maketrans({"×": "*", "·": "*", "⋅": "*", "∗": "*", "÷": "/", "{": "(", "}": ")"})


def tokens_of(text):
    """Cut a closed form into (space before, kind, text)."""
    for pattern, better in [*GROUPS * 5, *TEX] if re.search(r"[\\{]", text) else ():
        text = re.sub(pattern, better, text)  # one group in another, five deep
    text = text.translate(SIGNS).replace("**", "^").lower()
    text = re.sub(r"\b(?:np|numpy|math|torch)\.", "", text)
    tokens, at = [], 0
    while at < len(text):
        found = TOKEN.match(text, at)
        if not found:
            raise NotReadable(text[at:].strip())
        space, number, name, sign = found.groups()
        kind = "number" if number else "name" if name else sign
        tokens += [(bool(space), kind, number or name or sign)]
        at = found.end()
    return tokens


class Parser:
    """A reader of one closed form, with one of the readings that its spelling leaves open."""

    def __init__(self, tokens, numbers, tight):
        self.tokens, self.numbers, self.tight = tokens, iter(numbers), tight
        self.at = self.depth = 0

    def peek(self):
        """Return the kind of the next token; an empty text at the end."""
        return self.tokens[self.at][1] if self.at < len(self.tokens) else ""

    def take(self):
        """Return the text of the next token and go on."""
        self.at += 1
        return self.tokens[self.at - 1][2]

    def value(self):
        """Read the whole text."""
        found = self.sum()
        if self.peek():
            raise NotReadable(self.take())
        return found

    def sum(self):
        """Read terms with + and - between them."""
        self.depth += 1
        if self.depth > DEEPEST:
            raise NotReadable("(")
        found = self.term()
        while self.peek() in ("+", "-"):
            sign = self.take()
            found = finite(found + (self.term() if sign == "+" else -self.term()))
        self.depth -= 1
        return found

    def term(self):
        """Read factors with *, / or nothing between them."""
        found = self.factor()
        while True:
            if self.peek() == "*":
                self.take()
                found = finite(found * self.factor())
            elif self.peek() == "/":
                self.take()
                found = divided(found, self.divisor())
            elif self.peek() in ("name", "("):
                found = finite(found * self.factor())
            else:
                return found

    def divisor(self):
        """Read what stands under a stroke: 1/2π may have the π there or not."""
        found = self.factor()
        while self.tight and self.peek() in ("name", "(") and not self.tokens[self.at][0]:
            found = finite(found * self.factor())
        return found

    def factor(self):
        """Read a factor with its sign and its power."""
        if self.peek() in ("+", "-"):
            return self.factor() if self.take() == "+" else -self.factor()
        found = self.atom()
        if self.peek() == "%":
            self.take()
            found /= 100
        if self.peek() == "^":
            self.take()
            return raised(found, self.factor())
        return found

    def atom(self):
        """Read a number, a constant, a function with its argument, or what stands in brackets."""
        kind, text = self.peek(), self.take() if self.peek() else ""
        if kind == "number":
            return next(self.numbers)
        if kind == "(":
            return self.closed()
        if text in FUNCTIONS:
            return applied(FUNCTIONS[text], self.argument(text))
        if text in CONSTANTS:
            return CONSTANTS[text]
        raise NotReadable(text)

    def closed(self):
        """Read up to the bracket that closes."""
        found = self.sum()
        if self.peek() != ")":
            raise NotReadable("(")
        self.take()
        return found

    def argument(self, name):
        """Read what a function is applied to: ln 2/3 may be the logarithm of 2/3 or not."""
        if self.peek() == "(":
            self.take()
            return self.closed()
        found = self.factor()
        while self.tight and name not in ("sqrt", "√") and self.goes_on():
            sign = self.take() if self.peek() in ("*", "/") else "*"
            found = divided(found, self.factor()) if sign == "/" else finite(found * self.factor())
        return found

    def goes_on(self):
        """Tell whether what follows may belong to an argument: ln 2/3 may, ln 2/ln 3 may not."""
        at = self.at + (self.peek() in ("*", "/"))
        spaced, kind, text = self.tokens[at] if at < len(self.tokens) else (True, "", "")
        belongs = kind in ("number", "(") or (kind == "name" and text not in FUNCTIONS)
        return belongs and (at > self.at or not spaced)


def finite(value):
    """Return a finite number, or say that there is none."""
    if not math.isfinite(value):
        raise NotReadable("")
    return value


def divided(over, under):
    """Return a quotient."""
    if under == 0:
        raise NotReadable("")
    return finite(over / under)


def raised(base, exponent):
    """Return a power."""
    return applied(lambda power: math.pow(base, power), exponent)


def applied(function, argument):
    """Return the value of a function where it has a finite one."""
    try:
        return finite(function(argument))
    except (ValueError, OverflowError, ZeroDivisionError):
        raise NotReadable("") from None


def closed_forms(text):
    """List the values that a closed form may have; raise where it is none."""
    if len(text) > LONGEST_FORM:
        raise NotReadable("")
    tokens = tokens_of(plainly(VULGAR.sub(bracketed, text)))
    each = [number_tokens(token) for _, kind, token in tokens if kind == "number"]
    if any(len(readings) > 1 for readings in each[4:]):
        raise NotReadable("")
    choices = [(numbers, tight) for numbers in product(*each) for tight in (False, True)]
    values = [Parser(tokens, *choice).value() for choice in choices]
    return [a for at, a in enumerate(values) if not any(alike(a, b) for b in values[:at])]


def bracketed(found):
    """Put a vulgar fraction in brackets: √¼ is not √1/4, and 2½·3 not 2·½·3."""
    before, whole, part = found.groups()
    return f"{before}({whole}+{part})" if whole else f"{before}({part})"


def alike(a, b):
    """Tell whether two numbers are one, computed in two orders."""
    return abs(a - b) <= 1e-9 * max(abs(a), abs(b))


def number_tokens(token):
    """List what a number inside a closed form may be."""
    values = [value for value in powers(token) if math.isfinite(value)]
    if not values or token.endswith(","):  # (1, −2) is no difference
        raise NotReadable(token)
    return values


# --- one number as people write it ---

DTYPE = re.compile(r",\s*(?:dtype|device|requires_grad|grad_fn)\s*=\s*[^,)\]]+")
BEFORE = re.compile(
    r"(?:\$+|~|about|approximately|approx\.?|ca\.?|[a-z][a-z _]{0,30}:"
    r"|(?:around|roughly|circa|(?:the )?(?:answer|result) is|it is|after|epoch|step|degree)(?=\s)"
    r")\s*",
    re.IGNORECASE,
)
TEX_SPACE = re.compile(r"\\\\|\\[,;:! ]")  # but no new row
WORDY = re.compile(r"\\(?:text|mathrm|mathsf|operatorname) *\{([^{}]*)\}")
FLOAT = re.compile(
    r"np\.(?:float|int)(?:16|32|64)\(([^()]*)\)"
)  # as NumPy shows a number in a list
LEFT_SIDE = re.compile(r"\A(?:[^=≈]{0,59}[^=≈<>!])?[=≈]\s*(?=\S)")  # a bound, <= 1, is no answer
LEFT_OF_ROWS = re.compile(
    r"\A(?:[^=≈]{0,59}[^=≈<>!])?[=≈]\s*(?=[^\s=≈][^=≈]*\Z)"
)  # w = 1, b = 2 has two left sides
PERCENT = re.compile(r"\s*(?:per ?cent|pct)\Z", re.IGNORECASE)


def unwrapped(typed, left=LEFT_SIDE):
    """Drop what stands around an answer: "L =", "about", dollar signs, a full stop."""
    text = TEX_SPACE.sub(lambda found: "\\\\" if found[0] == "\\\\" else " ", typed.strip())
    text = FLOAT.sub(r"\1", WORDY.sub(r" \1", DTYPE.sub("", text))).strip()
    for pattern in (BEFORE, left, left, BEFORE):
        text = text[found.end() :] if (found := pattern.match(text)) else text
    text = re.sub(r"\s*\$+\s*\Z", "", text)
    stops = re.search(r"[.,;]\Z", text) and not plain_end(text)
    return PERCENT.sub(" %", text[:-1].strip() if stops else text)


def plain_end(text):
    """Tell whether a text ends as numbers do: 5. is one."""
    return bool(re.search(r"(?:^|[^0-9.,])[0-9]+\.\Z", text))


def scalars(text):
    """List the numbers that a text may be; raise where it is none."""
    return readings_of(text) or closed_forms(text)


def in_percent(typed):
    """Tell whether an answer is given in percent."""
    return plainly(unwrapped(cleaned(typed))).endswith("%")


def single(word):
    """Return the singular of a unit: 1 step, 1 class, 1 batch."""
    return re.sub(r"(ss|ch)es\Z|s\Z", r"\1", word)


def split_unit(text, units):
    """Part a text from the unit at its end; the unit is that of ``units``, or one of others."""
    known = unit_names(tuple((one["name"], *one["spellings"]) for one in units))
    bare_unit = re.sub(r"[(\[]([a-zA-Z /]+)[)\]]\Z", r" \1", text)  # 0.4 (nats)
    for whole in (re.sub(r"(?: per |/)[a-z]+\Z", "", bare_unit), bare_unit):
        lowered = whole.lower()
        for spelling, name in known.items():
            before = whole[: len(whole) - len(spelling)]
            if lowered.endswith(spelling) and re.search(r"[^a-zA-Z]\Z", before):
                return before.strip(), name
    return text, ""


@cache
def unit_names(units):
    """Return the unit that each spelling names, the longest first; each is a name, spellings."""
    known = {spelling: word for word in OTHER_UNITS for spelling in (word, single(word))}
    known |= {spelling: name for name, *spellings in units for spelling in spellings}
    return dict(sorted(known.items(), key=lambda item: (-len(item[0]), item[0])))


# --- rows of numbers ---

OPEN, CLOSE = "([{⟨<", ")]}⟩>"
BRACKET = re.compile(r"[][(){}⟨⟩<>]")
WRAPPER = re.compile(
    r"(?:(?:np|numpy|torch|jnp)\.)?(?:array|tensor|matrix|vector|asarray|size|shape)\s*(?=[(\[])",
    re.I,
)
TEX_ROWS = re.compile(r"\\(begin|end) *\{(?:[a-z]*matrix|array)\}(?:\[[clr|]*\]|\{[clr|]*\})?")
TRANSPOSED = re.compile(r"(?:\^?\s*\{?\s*(?:\\top|⊤|ᵀ|\\intercal|[Tt])\s*\}?|\.T|['′])\s*\Z")
NEXT_ROW = r"[\s,]*[;\n]\s*"
STYLES = [r",", r",(?=\s)", r"\s+", r"\Z(?!)"]


def parts_of(text, pattern):
    """Split a text where a pattern stands outside of all brackets."""
    if not BRACKET.search(text):
        return [part.strip() for part in re.split(pattern, text)]
    parts, depth, start, at = [], 0, 0, 0
    separator = re.compile(pattern)
    while at < len(text):
        depth += (text[at] in OPEN) - (text[at] in CLOSE)
        found = separator.match(text, at) if depth == 0 else None
        if found and found.end() > at:
            parts, start = [*parts, text[start:at]], found.end()
        at = found.end() if found and found.end() > at else at + 1
    return [part.strip() for part in [*parts, text[start:]]]


def inside(text):
    """Return what stands in the brackets around a whole text; None where there are none."""
    if len(text) < 2 or text[0] not in OPEN or text[-1] != CLOSE[OPEN.index(text[0])]:
        return None
    depth = 0
    for at, letter in enumerate(text):
        depth += (letter in OPEN) - (letter in CLOSE)
        if depth == 0 and at < len(text) - 1:
            return None
    return text[1:-1].strip() if depth == 0 else None


def laid_out(typed):
    """Return a text with its rows on lines: TeX, NumPy and a transpose sign are taken off."""
    text = TEX_ROWS.sub(lambda found: "[" if found[1] == "begin" else "]", typed)
    text = re.sub(r"\s+%", "%", text.replace("\\\\", "\n").replace("&", ","))
    text = re.sub(r"\s+and\s+|\|", ";", text)
    text = WRAPPER.sub("", text.strip()).strip()
    if not re.search(r"[a-z√]\s*\(", text):  # brackets side by side are rows, not a product
        text = re.sub(r"([)\]])\s*(?=[(\[])", r"\1;", text)
    text = re.sub(r"\\(?:left|right)", "", text)
    return re.sub(r" ?\n[ \n]*", "\n", re.sub(r"[^\S\n]+", " ", text))


def bare(text):
    """Take off the outer brackets, and the sign of a transpose; tell whether there was one."""
    found = TRANSPOSED.search(text)
    turned = bool(found and inside(text[: found.start()].strip()) is not None)
    text = text[: found.start()].strip() if turned else text
    while inside(text) is not None:
        text = inside(text)
    return text, turned


def row_texts(text):
    """List the ways to cut a text into rows."""
    for pattern in (NEXT_ROW, r"\s*,\s*", r"\s+"):
        parts = [part for part in parts_of(text, pattern) if part]
        inner = [inside(part) for part in parts]
        if parts and all(row is not None for row in inner):
            return [(inner, styles_in(inner))]
    lines = [part for part in parts_of(text, NEXT_ROW) if part]
    one = [] if len(lines) < 2 or ";" in text else [([" ".join(lines)], STYLES)]
    return [*in_columns(text), (lines, STYLES), *one]


def in_columns(text):
    """List rows whose entries are parted as rows are elsewhere: 1; 2 on a line, 1 2, 3 4."""
    if ";" in text:
        return [(parts_of(text, r"\n"), [r";"])] if "\n" in text else []
    rows = parts_of(text, r",\s+")
    return [(rows, STYLES[2:3])] if len(rows) > 1 and all(" " in row for row in rows) else []


def styles_in(rows):
    """List how rows in brackets of their own are cut: no comma is a decimal one by mere absence."""
    seen = [style for style in STYLES[1:3] if any(re.search(style, row) for row in rows)]
    return [STYLES[0], *seen]


def cells_of(text, style):
    """Cut a row into entries and read each; None where one is no number."""
    parts = parts_of(text.strip().rstrip(","), style)
    if not all(parts) or len(parts) > MOST:
        return None
    try:
        return [scalars(LEFT_SIDE.sub("", part, count=1)) for part in parts]
    except NotReadable:
        return None


def tables(typed):
    """List all tables of numbers that a text may be: each a list of rows, all equally long."""
    text, turned = bare(laid_out(typed))
    found = [table for cells in cuts(text) if even(cells) for table in variants(cells)]
    return [turned_over(table) for table in found] if turned else found


def cuts(text):
    """List all ways to cut a text into rows of entries that can be read."""
    ways = [(rows, style) for rows, styles in row_texts(text) for style in styles]
    ways = [(rows, style) for rows, style in ways if len(rows) <= MOST]
    cut = [[cells_of(row, style) for row in rows] for rows, style in ways]
    return [cells for cells in cut if cells and all(cells)]


def even(cells):
    """Tell whether all rows are equally long."""
    return len({len(row) for row in cells}) == 1


def turned_over(table):
    """Return a table with rows for columns."""
    return [list(row) for row in zip(*table, strict=True)]


def variants(cells):
    """List the tables that follow from entries with one reading or two."""
    flat = [readings for row in cells for readings in row]
    width = len(cells[0])
    if sum(len(readings) > 1 for readings in flat) > 4:
        return []
    return [
        [list(values[at : at + width]) for at in range(0, len(values), width)]
        for values in product(*flat)
    ]


def as_vectors(found):
    """List the vectors among tables: a row, a column."""
    return [
        table[0] if len(table) == 1 else [row[0] for row in table]
        for table in found
        if len(table) == 1 or len(table[0]) == 1
    ]


# --- shapes ---

WORDS = re.compile(
    r"\b(?:an?|matrix|vector|array|rows?|columns?|cols?|shape|size|and|of|length|entries|the|with)\b"
)
LENGTH = re.compile(r"[0-9]{1,12}|[a-z](?:_[a-z]+|_?[0-9])?(?:[-+][0-9]+)?")
COLUMNS_FIRST = re.compile(
    r"([a-z0-9_+-]{1,30}) (?:columns?|cols?)\b[ ,;×]*(?:and |by |x )?([a-z0-9_+-]{1,30}) rows?\b"
)


def shape_of(typed):
    """Return the lengths that a shape was typed as; None where it is none."""
    text = re.sub(r"\\(?:times|cdot)", "×", WRAPPER.sub("", unwrapped(typed)))
    text = re.sub(r"\A[^∈]{0,60}?(?:∈|\\in )\s*", "", text)
    text = re.sub(r"\A(?:\\mathbb *\{R\}|R|ℝ) *\^", "", text)
    text = COLUMNS_FIRST.sub(r"\2 \1", plainly(text).lower())
    inner = bare(text)[0]
    if inner in ("scalar", "a scalar") or (text and not inner):
        return []
    text = bare(WORDS.sub(" ", text).strip())[0]
    text = re.sub(r"\s*([-+])\s*", r"\1", re.sub("[$\\\\]", "", text))
    text = re.sub(r"\s*[×*·⋅]\s*|\s+x\s+|\bby\b|-by-|[,;]", " ", text)
    text = re.sub(r"\b([0-9]+|[a-z])x(?=[0-9]+\b|[a-z]\b)", r"\1 ", text)
    parts = text.split()
    return parts if parts and all(LENGTH.fullmatch(part) for part in parts) else None


# --- the one door ---


def read(kind, typed, units=(), shape=None):
    """Read a text as a number, vector, matrix or shape; ``shape`` is that of the answer."""
    typed = typed if isinstance(typed, str) else str(typed)
    text = cleaned(typed[: LONGEST + 1])
    if not text.strip():
        return Reading(problem=f"Nothing is typed yet. Write a {kind} like {EXAMPLES[kind]}.")
    if len(typed) > LONGEST or depth_of(text) > DEEPEST:
        return unread(kind, typed)
    reading = read_as(kind, text, units, shape)
    return unread(kind, typed, reading.value) if reading.problem == UNREAD else reading


def read_as(kind, text, units, shape):
    """Read a text that is neither empty nor too long."""
    if kind == "shape":
        return read_shape(text)
    text, unit = split_unit(unwrapped(text, LEFT_SIDE if kind == "number" else LEFT_OF_ROWS), units)
    if kind == "number":
        return read_number(text, unit)
    return read_rows(kind, text, unit, shape)


UNREAD = "unread"  # why, for ``read``; the part that is to blame stands in the value
UNSEEN = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff]")
PAIRS = (
    "（(）)［[］]｛{｝}，,；;：:％%、,٫.٪%∼≈≃≈≅≈≐≈✕×✖×⨯×"
    "⎛ ⎝ ⎜ ⎞ ⎠ ⎟ ⎡ ⎣ ⎢ ⎤ ⎦ ⎥ \x1c \x1d \x1e \x1f \x85 "
)
ALIKE = {ord(one): other for one, other in zip(PAIRS[::2], PAIRS[1::2], strict=True)}
ALIKE |= {ord(zero) + digit: str(digit) for zero in "٠۰०০" for digit in range(10)}


def cleaned(typed):
    """Write what looks alike as one sign; drop what is not seen, and what encloses it all."""
    text = UNSEEN.sub("", typed).translate(ALIKE).replace("{,}", ",").strip()
    text = re.sub(r"\A([\"'`])([^\"'`]*)\1\Z", r"\2", text)
    text = re.sub(r"\\[)\]]\Z", "", re.sub(r"\A\\[(\[]", "", text))
    text = text.replace("\\langle", "⟨").replace("\\rangle", "⟩")
    return re.sub(r"(?:\.{3,}|…)\Z", "", text)


def depth_of(text):
    """Return how deep brackets stand in brackets."""
    depth = deepest = 0
    for letter in text:
        depth += (letter in OPEN) - (letter in CLOSE)
        deepest = max(deepest, depth)
    return deepest


def unread(kind, text, part=""):
    """Say what could not be read, and how to write it."""
    cut = re.sub(r"\s+", " ", UNSEEN.sub("", text)).strip()
    cut = cut if len(cut) <= 40 else cut[:39] + "…"
    inner = f", because of “{part[:20]}”" if part and part != cut else ""
    said = f"“{cut}” could not be read as a {kind}{inner}."
    return Reading(problem=html.escape(f"{said} Write it like {EXAMPLES[kind]}."))


def asked(one, other):
    """Ask which of two readings was meant."""
    return Reading(problem=f"Do you mean {one} or {other}? Write {one} or {other}.")


def read_number(text, unit):
    """Read one number, a closed form too."""
    inner = WRAPPER.sub("", text).strip()
    while inside(inner) is not None:
        inner = re.sub(r",\Z", "", inside(inner))
    try:
        values = scalars(inner)
    except NotReadable as problem:
        return Reading(str(problem), problem=UNREAD)
    if len(values) > 1:
        return asked(*map(entry_text, values[:2]))
    is_plain = PLAIN.fullmatch(inner.strip().replace("−", "-")) and not unit
    return Reading(values[0], unit, "" if is_plain else f"{shown(values[0])} {unit}".strip())


def read_rows(kind, text, unit, shape):
    """Read a vector or a matrix; of several readings the one of the right shape."""
    found = tables(text)
    found = as_vectors(found) if kind == "vector" else found
    found = [table for at, table in enumerate(found) if table not in found[:at]]
    if kind == "matrix" and "\n" in laid_out(text).strip() and (shape or [])[:1] != [1]:
        found = [table for table in found if len(table) > 1]  # lines are no one row
    if not found:
        return uneven(text) if kind == "matrix" else Reading("", problem=UNREAD)
    fitting = [table for table in found if shape_in(table) == shape]
    if len(fitting) > 1:
        return asked(*map(rows_text, (fitting[0], fitting[-1])))  # no comma, and each, of thousands
    longest = max(found, key=count_in)
    value = fitting[0] if fitting else longest
    return Reading(value, unit, f"{rows_text(value)} {unit}".strip())


def uneven(text):
    """Say that rows differ in length, where that is all that is wrong."""
    ragged = cuts(bare(laid_out(text))[0])
    if not ragged:
        return Reading("", problem=UNREAD)
    lengths = ", ".join(str(len(row)) for row in ragged[0])
    return Reading(problem=f"The rows have {lengths} entries. A matrix has equally long rows.")


def shape_in(value):
    """Return the lengths of nested lists."""
    return [len(value), *shape_in(value[0])] if isinstance(value, list) and value else []


def count_in(value):
    """Count the numbers in nested lists."""
    return math.prod(shape_in(value))


def rows_text(value):
    """Write a vector as (1, −2), a matrix as [1, 2; 3, 4]."""
    if not isinstance(value[0], list):
        return f"({', '.join(map(entry_text, value))})"
    return f"[{'; '.join(', '.join(map(entry_text, row)) for row in value)}]"


def entry_text(value):
    """Write a number with at most seven digits, by which two readings can be told apart."""
    return number_text(with_digits(value, 7))


def read_shape(text):
    """Read the lengths of a shape."""
    lengths = shape_of(text)
    return (
        Reading("", problem=UNREAD)
        if lengths is None
        else Reading(lengths, "", shape_text(lengths))
    )


def shape_text(lengths):
    """Write a shape as NumPy does: (3, 4), (2,), ()."""
    return f"({', '.join(lengths)}{',' if len(lengths) == 1 else ''})"
