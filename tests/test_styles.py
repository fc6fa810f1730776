"""The style sheets say nothing that one browser alone understands."""

import colorsys
import re
from pathlib import Path

import pytest

from lib.plotting import COLORS

ROOT = Path(__file__).resolve().parent.parent
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

HEX = re.compile(r"#[0-9a-fA-F]{3,8}\b")
PAIR = re.compile(r"--([\w-]+): light-dark\((#\w+), (#\w+)\)")
#: What the hues of the pictures are called in the figures.
HUES = {
    "xp-moved": "vermillion",
    "xp-handle": "vermillion",
    "xp-cost": "blue",
    "xp-best": "green",
    "xp-beside": "purple",
    "xp-fourth": "orange",
}


def hue(colour):
    """Return the hue of a colour, in degrees."""
    red, green, blue = (int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
    return 360 * colorsys.rgb_to_hsv(red, green, blue)[0]


def off_hue(css):
    """List the colours of the pictures that are not those of the figures, light or dark."""
    pairs = {name: pair for name, *pair in PAIR.findall(css)}
    return [
        (name, colour)
        for name, figure in HUES.items()
        for colour in pairs[name]
        if abs(hue(colour) - hue(COLORS[figure])) > 6
    ]


@pytest.mark.parametrize("path", SHEETS, ids=lambda path: path.name)
def test_one_style_sheet_alone_holds_colours(path):
    assert path == COLOURS or HEX.findall(path.read_text(encoding="utf-8")) == []


def test_pictures_have_the_colours_of_the_figures():
    css = COLOURS.read_text(encoding="utf-8")
    assert off_hue(css) == []
    assert off_hue(css.replace("#0067a3", "#3a00a3")) == [("xp-cost", "#3a00a3")]


def test_every_colour_that_is_asked_for_is_one_that_there_is():
    sheets = [path.read_text(encoding="utf-8") for path in SHEETS]
    given = {name for css in sheets for name in re.findall(r"(--xp-[\w-]+):", css)}
    asked = {name for css in sheets for name in re.findall(r"var\((--xp-[\w-]+)\)", css)}
    assert asked <= given
