"""The style sheets say nothing that one browser alone understands."""

import colorsys
import html
import re
import sys
from pathlib import Path

import pytest
from pygments import highlight
from pygments.lexers import PythonLexer
from pygments.token import STANDARD_TYPES, Token

from lib.plotting import COLORS

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from web import assets  # noqa: E402

FOLDERS = ("lib/explorables/static", "lib/exercises/static", "web/theme/static", "web/live")
SHEETS = [path for folder in FOLDERS for path in sorted((ROOT / folder).rglob("*.css"))]
COLOURS = ROOT / "lib" / "explorables" / "static" / "colours.css"
#: Values and properties that at least one of Chromium, Firefox and WebKit does not know. `zoom` all
#: know, and no two measure what is in it in the same way, but for letters.
ALONE = [
    r"\bdisplay:[^;]*\bmath\b",
    r"\btext-transform:\s*math-auto",
    r"\bfont-size:\s*math\b",
    r"\bmath-(?:depth|shift):",
    r"\bzoom:",
    r"\binterpolate-size:",
    r"\bfield-sizing:",
    r"\btext-decoration:\s*[\w-]+\s+[^;\s}][^;}]*",
    r"-(?:fill-)?available\b",
    r"\bcorner-shape:",
    r"\breading-flow:",
]
MATHML_ROW = r"\.xp-math[^{}]*\{[^{}]*font-family:(?!\s*Formula\b)"
#: Where a rule is asked for by `@supports`, or changes nothing but the size of letters.
EXCUSED = re.compile(r"@supports[^{]*|\.xp-formula > \* \{\s*zoom: [\d.]+;")


def faults(css):
    """List what a style sheet says that not every browser understands."""
    plain = EXCUSED.sub("", re.sub(r"/\*.*?\*/", "", css, flags=re.S))
    return [found[0] for rule in [*ALONE, MATHML_ROW] for found in re.finditer(rule, plain)]


@pytest.mark.parametrize("path", SHEETS, ids=lambda path: path.name)
def test_a_style_sheet_says_what_every_browser_understands(path):
    assert faults(path.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize(
    "planted",
    [
        "mrow { display: math; }",
        "p > .xp-math { display: inline math; }",
        "mi { text-transform: math-auto; }",
        "msub { font-size: math; }",
        ".explorable-picture .xp { zoom: 0.6; }",
        "@supports (zoom: 1) { .a { math-depth: 1; } }",
        ".a { width: -webkit-fill-available; }",
        "a { text-decoration: underline dotted; }",
        ".xp-math mi { font-family: KaTeX_Math; }",
    ],
)
def test_what_one_browser_alone_understands_is_noticed(planted):
    assert faults(planted)


# ---- colours ---------------------------------------------------------------------------------

#: A colour that is written out; black with a part of its strength is a shadow.
WRITTEN = re.compile(
    r"#[0-9a-fA-F]{3,8}\b|\b(?:rgba?|hsla?|hwb|lab|lch|oklab|oklch)\((?!0 0 0 / )[^)]*\)"
    r"|:[^;{}]*(?<![\w-])(?:black|white|gr[ae]y|red|orange|yellow|green|blue|purple)(?![\w-])"
)
PAIR = re.compile(r"--([\w-]+): light-dark\((#\w+), (#\w+)\)")
COLOURLESS = 0.28  # with less saturation a colour is a kind of grey


def hue(colour):
    """Return the hue of a colour in degrees, or None for a kind of grey."""
    red, green, blue = (int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
    turn, saturation, _ = colorsys.rgb_to_hsv(red, green, blue)
    return 360 * turn if saturation >= COLOURLESS else None


HUES = [hue(colour) for colour in COLORS.values() if hue(colour) is not None]


def off_hue(css):
    """List the pairs of the pictures that have no hue of the figures, or not one light and dark."""
    for name, *pair in PAIR.findall(css):
        own = [hue(colour) for colour in pair]
        near = [known for known in HUES if all(one and abs(one - known) <= 6 for one in own)]
        if name.startswith("xp-") and own != [None, None] and not near:
            yield name


@pytest.mark.parametrize("path", SHEETS, ids=lambda path: path.name)
def test_one_style_sheet_alone_holds_colours(path):
    css = re.sub(r"/\*.*?\*/", "", path.read_text(encoding="utf-8"), flags=re.S)
    assert path == COLOURS or WRITTEN.findall(css) == []


@pytest.mark.parametrize("colour", ["#fff", "rgb(1 2 3)", "hsl(9deg 9% 9%)", "1px solid red"])
def test_a_colour_that_stands_anywhere_else_is_noticed(colour):
    assert WRITTEN.search(f"a {{ border: {colour}; }}")
    for sound in ("var(--green)", "0 1px rgb(0 0 0 / 0.2)", "var(--blue-tint)", "transparent"):
        assert not WRITTEN.search(f"a {{ border: {sound}; }}")


def test_pictures_have_the_colours_of_the_figures():
    css = COLOURS.read_text(encoding="utf-8")
    assert list(off_hue(css)) == []
    for planted in (("#0067a3", "#3a00a3"), ("#0067a3", "#00664a"), ("#ffffff", "#ffff00")):
        assert len(list(off_hue(css.replace(*planted, 1)))) == 1, planted


#: Where a colour may be asked for, or a property be given.
ASKING = [
    path
    for folder in ("lib/explorables", "lib/exercises", "web")
    for path in sorted((ROOT / folder).rglob("*"))
    if path.suffix in (".css", ".js", ".mjs", ".html", ".py")
]


def unmatched(texts, colours):
    """List the properties that are asked for and given nowhere, and the colours nobody asks for."""
    asked = {name for text in texts for name in re.findall(r"var\(--([\w-]+)", text)}
    given = {name for text in texts for name in re.findall(r"--([\w-]+)[\"']?\s*[:,]", text)}
    return sorted(asked - given), sorted(set(re.findall(r"--([\w-]+):", colours)) - asked)


def test_every_colour_that_is_asked_for_is_given_and_none_is_left_over():
    texts = [path.read_text(encoding="utf-8") for path in ASKING]
    colours = COLOURS.read_text(encoding="utf-8")
    assert unmatched(texts, colours) == ([], [])
    planted = colours.replace("--gold:", "--golden:")
    rest = [text for text in texts if text != colours]
    assert unmatched([*rest, planted], planted) == (["gold"], ["golden"])


@pytest.mark.parametrize(
    ("code", "marked"),
    [
        ("x = np.mean(y)", ["=", "."]),
        ("for a in zip(3.5, None):  # c", ["for", "in", "zip", "3.5", "None", "# c"]),
        ("f'{x:.2f} a'", ["f'{", ":.2f} a'"]),
    ],
)
def test_in_code_only_what_has_a_colour_of_its_own_is_marked(code, marked):
    page = highlight(code, PythonLexer(), assets.CodeFormatter())
    assert html.unescape(re.sub("<[^>]*>", "", page)).strip() == code
    assert re.findall(r"<span [^>]*>([^<]*)", html.unescape(page)) == marked


def test_in_code_every_token_keeps_its_colour_by_day_and_by_night():
    looks = {name: look for kind, name in STANDARD_TYPES.items() if (look := assets.look_of(kind))}
    plain = assets.look_of(Token.Name)
    for kind, name in assets.marks_of_code().items():
        wanted = assets.look_of(kind)
        assert wanted in ((looks[name],) if name else (plain, assets.look_of(Token))), kind
