r"""The texts of exercises: Markdown-light with formulas, set once as HTML with MathML.

``$tex$``, ``$$tex$$``, ```code```, ``**strong**``, ``*em*`` and paragraphs; everything else is
escaped. A slot, ``{name}``, is left open in the HTML and filled for each instance, so that another
instance needs no setter of formulas: ``{name}`` stands for a value, ``{name:+}`` for "+ 2" or
"− 2", ``{name:()}`` puts a negative number in brackets, and ``{name:.2f}`` gives it two decimals.
In a formula what follows a command, ``^`` or ``_`` is a group and no slot: write ``\sqrt{{x}}``.
"""

import html
import re
import unicodedata
from functools import cache
from itertools import pairwise
from xml.etree import ElementTree

__all__ = ["fill", "plain", "render", "slot_names", "slot_text"]

SLOT = r"\{([A-Za-z_]\w*(?::[^{}$`]*)?)\}"
IN_TEX = re.compile(r"(?<![A-Za-z}\]^_])" + SLOT)
IN_PROSE = re.compile(SLOT)
LONELY = re.compile(r"(?:(?<=[\s=(,+\-|])|^)\{([a-z_]{2,}(?::[^{}]*)?)\}")
INLINE = re.compile(
    r"\$\$(?P<display>.+?)\$\$|\$(?P<tex>[^$]+)\$|`(?P<code>[^`]+)`"
    r"|\*\*(?P<strong>.+?)\*\*|\*(?P<em>[^*\s](?:[^*]*[^*\s])?)\*",
    re.DOTALL,
)
FIRST = 98760001  # the first number that stands for a slot in a formula: none of the book's own
MATHML = "{http://www.w3.org/1998/Math/MathML}"
GAP = "\u205f"  # the space around an operator
PRIMES = ("′", "″", "‴", "⁗")
BARS = ("|", "‖", "∣", "∥")
CLOSING = (")", "]", "}", "!", "′")
#: A formula and the sign of punctuation after it: a line does not break between them.
UNBROKEN = re.compile(r"((?:<math>(?:(?!<math>).)*</math>)[.,;:?!)]+)")
RELATIONS = tuple("=≈≤≥<>→∝∼≠∈")
FORMULA = re.compile(r"<math\b.*?</math>", re.DOTALL)
JOINTS = {
    **dict.fromkeys(("msub", "munder"), ("", "_")),
    **dict.fromkeys(("msubsup", "munderover"), ("", "_", "^")),
    **{"msup": ("", "^"), "mfrac": ("", "/")},
}
OVER = {"^": "\u0302", "¯": "\u0304", "~": "\u0303", "→": "\u20d7", "˙": "\u0307"}
ACCENTS = ("^", "¯", "―", "~", "˙", "¨", "→", "ˇ", "˘")
LIMITED = ("max", "min", "argmax", "argmin", "lim", "sup", "inf")
THIN = "0.167em"
GIVEN = "0.278em"  # around the bar of p(y | x)


# --- slots ---


def slot_names(text):
    """List the slots that a text may have: names with how they are written."""
    return set(IN_PROSE.findall(text))


def slot_text(value, form=""):
    """Write a value as it stands in a text: a number, a vector in brackets, rows of a matrix."""
    value = value.tolist() if hasattr(value, "tolist") else value
    if isinstance(value, list | tuple) and value and isinstance(value[0], list | tuple):
        return [[slot_text(cell, form) for cell in row] for row in value]
    if isinstance(value, list | tuple):
        return f"({', '.join(slot_text(item, form) for item in value)})"
    if isinstance(value, str) or value is None:
        return str(value)
    if form == "+":
        return f"{GAP}{'−' if value < 0 else '+'}{GAP}{number_text(abs(value))}"
    text = number_text(value, form if form != "()" else "")
    return f"({text})" if form == "()" and value < 0 else text


def number_text(value, form=""):
    """Write a number with a real minus and no more digits than it has, six at most."""
    if isinstance(value, bool | int) and not form:
        return str(int(value)).replace("-", "−")
    text = format(value, form or ".6g")
    if "e" in text and not form:
        return spread(value)
    text = "0" if re.fullmatch(r"-0(\.0*)?", text) and not form else text
    return text.replace("-", "−")


def spread(value):
    """Write a very small or large number without an e: as 0.000012, or as 1.2 × 10⁻⁹."""
    if 1e-6 <= abs(value) < 1e9:
        return f"{value:.12f}".rstrip("0").rstrip(".").replace("-", "−")
    digits, _, power = f"{value:.5e}".partition("e")
    raised = str(int(power)).translate(str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"))
    return f"{digits.rstrip('0').rstrip('.')} × 10{raised}".replace("-", "−")


def hole(tag, name):
    """Return the element that a slot leaves open."""
    return f'<{tag} data-slot="{html.escape(name)}"></{tag}>'


def content(value):
    """Return what stands in a slot: text, or the rows of a table."""
    if isinstance(value, str):
        return html.escape(value)
    rows = ("".join(f"<mtd><mn>{html.escape(cell)}</mn></mtd>" for cell in row) for row in value)
    return "".join(f"<mtr>{row}</mtr>" for row in rows)


HOLE = re.compile(r'<(mn|mtext|span|mtable) data-slot="([^"]*)"></\1>')


def fill(markup, slots):
    """Fill the slots of set text: the twin of ``fill`` in judge.js."""

    def filled(match):
        tag, name = match.groups()
        return f'<{tag} data-slot="{name}">{content(slots[html.unescape(name)])}</{tag}>'

    return HOLE.sub(filled, markup)


def plain(markup):
    """Return set text without its elements, for where there is no HTML."""
    text = FORMULA.sub(lambda found: html.escape(spelt(ElementTree.fromstring(found[0]))), markup)
    return re.sub(
        r"\s+", " ", html.unescape(re.sub("<[^>]*>", "", text.replace("</p>", " ")))
    ).strip()


def spelt(node):
    """Write a formula in a line: 1/n, x^2, x_i."""
    parts = [spelt(child) for child in node]
    if node.tag in JOINTS:
        marked = [
            mark + bracketed(part) for mark, part in zip(JOINTS[node.tag], parts, strict=True)
        ]
        return re.sub(r"\^\(?(′+)\)?", r"\1", "".join(marked))
    if node.tag == "mover":
        return unicodedata.normalize("NFC", parts[0] + OVER.get(parts[1], f"^{parts[1]}"))
    text = {"mtable": "; ", "mtr": ", "}.get(node.tag, "").join([node.text or "", *parts])
    if node.tag in ("mtable", "mtr"):
        return text[2:]
    space = " " * (node.tag == "mspace" or (node.tag == "mo" and text in RELATIONS))
    return f"√({text})" if node.tag == "msqrt" else f"{space}{text}{space}"


def bracketed(text):
    """Put what is more than a number or a name in brackets."""
    return text if len(text) < 2 or re.fullmatch(r"\w+|[\d.]+", text) else f"({text})"


# --- text to HTML ---


def render(text, known=(), rows=(), block=False):
    """Set a text; ``known`` are the names of its slots, ``rows`` those that hold matrices."""
    parts = re.split(r"\n\s*\n", text.strip())
    parts = [inline(re.sub(r"\s+", " ", part), frozenset(known), frozenset(rows)) for part in parts]
    return "".join(f"<p>{part}</p>" for part in parts) if block or len(parts) > 1 else parts[0]


def inline(text, known, rows):
    """Set one paragraph."""
    out, at = [], 0
    for found in INLINE.finditer(text):
        out += [prose(text[at : found.start()], known, rows), marked(found, known, rows)]
        at = found.end()
    return UNBROKEN.sub(
        r'<span class="whole">\1</span>', "".join([*out, prose(text[at:], known, rows)])
    )


def marked(found, known, rows):
    """Set what one pair of marks holds."""
    kind = found.lastgroup
    if kind in ("tex", "display"):
        return formula(found[kind].strip(), known, rows, kind == "display")
    if kind == "code":
        escaped = html.escape(found["code"], quote=False)
        inner = IN_PROSE.sub(lambda m: spot(m, known, rows, False), escaped)
        return f'<code translate="no">{inner}</code>'
    return f"<{kind}>{inline(found[kind], known, rows)}</{kind}>"


def prose(text, known, rows):
    """Escape plain words and leave their slots open; a slot that nobody fills is an error."""
    return IN_PROSE.sub(lambda match: spot(match, known, rows), html.escape(text, quote=False))


def spot(match, known, rows, strict=True):
    """Return the hole for a slot in words."""
    name = match[1].partition(":")[0]
    if name not in known:
        if strict:
            raise ValueError(unknown(match[0], known))
        return match[0]
    if name in rows:
        return f"<math><mrow><mo>(</mo>{hole('mtable', match[1])}<mo>)</mo></mrow></math>"
    return hole("span", match[1])


def unknown(slot, known):
    """Say that a slot has no value."""
    return f"{slot} in a text must name a value, got none; there are {', '.join(sorted(known))}."


# --- formulas ---


def formula(tex, known, rows, display):
    """Set a formula, with its slots open."""
    names = []

    def number(match):
        if match[1].partition(":")[0] not in known:
            return match[0]
        names.append(match[1])
        return f"{{{FIRST + len(names) - 1}}}"

    if lonely := [one for one in LONELY.findall(tex) if one.partition(":")[0] not in known]:
        raise ValueError(unknown(f"{{{lonely[0]}}} in ${tex}$", known))
    return opened(mathml(IN_TEX.sub(number, tex), display), names, rows)


def opened(markup, names, rows):
    """Put the holes where the numbers of the slots stand."""
    for at, name in enumerate(names):
        is_table = name.partition(":")[0] in rows
        table = f"<mrow><mo>(</mo>{hole('mtable', name)}<mo>)</mo></mrow>"
        whole = table if is_table else hole("mn", name)
        number = f"<mn>{FIRST + at}</mn>"
        if number not in markup:
            raise ValueError(f"The slot {{{name}}} is lost in its formula: put it into braces.")
        markup = markup.replace(number, whole)
    return markup


@cache
def mathml(tex, display):
    """Set TeX as MathML that every browser takes: latex2mathml's, mended."""
    from latex2mathml.converter import convert  # it takes its time, and most readers never need it

    markup = convert(understood(tex), display="block" if display else "inline")
    if unknown := re.search(r"\\[A-Za-z]*", markup):
        raise ValueError(f"TeX must be of commands that can be set, got {unknown[0]} in ${tex}$.")
    root = ElementTree.fromstring(markup)
    for node in reversed(list(root.iter())):  # children before their parents
        mend(node, display)
    return "".join(
        ElementTree.tostring(part, encoding="unicode").replace(' display="inline"', "")
        for part in ([root] if display else parted(root))
    )


def parted(root):
    """Cut a formula in a line after each relation: no browser breaks a line inside of one."""
    row = root[0] if len(root) == 1 and root[0].tag == "mrow" else root
    parts = [ElementTree.Element("mrow")]
    for child in list(row):
        parts[-1].append(child)
        if child.tag == "mo" and child.text in RELATIONS and child is not row[-1]:
            child.set("form", "infix")
            if any(one.tag != "mspace" for one in parts[-1][:-1]):  # alone it has no room around it
                parts.append(ElementTree.Element("mrow"))
    return [root] if len(parts) == 1 else [wrapped(part, root.attrib) for part in parts]


def wrapped(row, attributes):
    """Make a formula of one row."""
    root = ElementTree.Element("math", attributes)
    root.append(row)
    return root


def understood(tex):
    """Write TeX in the words that latex2mathml knows."""
    tex = re.sub(r"\\\\(?:\[[^\]]*\])?", r"\\\\ ", tex)  # \\[4pt] and \\x are a new row, too
    tex = re.sub(r"\\(begin|end)\{aligned\}", r"\\\1{align*}", tex)
    tex = re.sub(r"\\mathrel\{(.)\}=", r"\\mathrel{\1=}", tex)
    return re.sub(r"\\arg(?![a-z])", r"\\operatorname{arg}", tex)


def mend(node, display):
    """Mend what latex2mathml leaves undone in one element and its children."""
    for foreign in ("rowspacing", "columnspacing", "movablelimits", "accent"):
        node.attrib.pop(foreign, None)  # not of MathML Core, or not on this element
    tag = node.tag = node.tag.removeprefix(MATHML)
    if tag in MENDERS:
        MENDERS[tag](node)
    if tag in ("mrow", "math", "mtd", "msqrt", "mstyle"):
        space_signs(node)
        space_names(node)
    if tag == "msub" and display and node[0].text in LIMITED:
        node.tag = "munder"


def mend_cell(node):
    """Align a cell by a class, for the attribute is not of MathML Core."""
    if (side := node.attrib.pop("columnalign", "")) in ("left", "right"):
        node.set("class", side)


def mend_over(node):
    """Keep a hat or a bar as small as it is over one letter."""
    if node[1].tag == "mo" and node[1].text in ACCENTS:
        node.set("accent", "true")
        node[1].set("stretchy", "true" if len(node[0]) > 1 else "false")


def mend_identifier(node):
    """Make a prime and the sign of a distribution the operators that they are."""
    if node.text and node.text in PRIMES:  # the fonts of formulas have a single one
        node.tag, node.text = "mo", "′" * (1 + PRIMES.index(node.text))
    if node.text == "~":
        node.tag, node.text = "mo", "∼"


def mend_operator(node):
    """Join what stands in an operator, name functions, keep bars close to what they enclose."""
    node.text = "".join(node.itertext())
    del node[:]
    if node.text in (*BARS, "/") and node.attrib.pop("fence", "") != "true":
        around = GIVEN if node.text == "∣" else "0"
        node.attrib.update(stretchy="false", lspace=around, rspace=around)
    if re.fullmatch("[A-Za-z ]{2,}", node.text) and node.text != "mod":
        node.tag = "mi"


def mend_number(node):
    """Set bold digits as the characters that there are."""
    if node.attrib.pop("mathvariant", "") == "bold":
        node.text = node.text.translate({48 + digit: 0x1D7CE + digit for digit in range(10)})


def mend_space(node):
    """Name a width as MathML Core does."""
    if node.get("width") == "negativethinmathspace":
        node.set("width", f"-{THIN}")


MENDERS = {
    "mtd": mend_cell,
    "mover": mend_over,
    "mi": mend_identifier,
    "mo": mend_operator,
    "mn": mend_number,
    "mspace": mend_space,
}


def is_name(node):
    """Tell whether an element is the name of a function, with or without an index."""
    base = node[0] if node.tag in ("msub", "msup", "munder", "msubsup") else node
    return bool(re.fullmatch("[A-Za-z ]{2,}", base.text or "")) and node.tag != "mtext"


def is_term(node):
    """Tell whether a term may end with an element: no operator does, but a bracket that closes."""
    return node.tag not in ("mo", "mspace") or node.text in CLOSING


def space_signs(row):
    """Set a sign close to its number where it stands after another operator."""
    bars = 0
    for before, sign in pairwise(row):
        bars += before.text in BARS
        is_closed = is_term(before) or (before.text in BARS and bars % 2 == 0)
        if sign.text in ("−", "+", "±") and before.tag == "mo" and not is_closed:
            sign.set("form", "prefix")


def opens(node):
    """Tell whether an element begins with a bracket."""
    first = next((one for one in node.iter() if one.text), node)
    return first.text in ("(", "[", "{")


def space_names(row):
    """Put a thin space between the name of a function and what stands beside it."""
    for child, after in list(pairwise(row)):
        is_before = is_name(child) and after.tag != "mo" and is_term(after)
        if (is_before and not opens(after)) or (is_name(after) and is_term(child)):
            row.insert(list(row).index(after), ElementTree.Element("mspace", width=THIN))
