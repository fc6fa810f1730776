"""Scripts, styles and fonts: small, and with their content in every address that names them."""

import hashlib
import json
import os
import re
import subprocess
import sys
from io import BytesIO
from pathlib import Path

import pytest
from fontTools.ttLib import TTFont

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from lib import explorables
from web import assets, front_end
from web.book_site import first_in_sight

PAGE = """<html data-content_root="../">
<link rel="stylesheet" href="../_static/site.css">
<link rel="preload" href="../_static/fonts/text.woff2">
<script type="application/json" id="files"></script>
<script type="module" src="../_live/live.js"></script>
<script src="../searchindex.js"></script>
<body><a href="_live/live.js">in the text</a></body></html>
"""
FILES = {
    "_static/site.css": b"@font-face{src:url(fonts/text.woff2)}",
    "_static/fonts/text.woff2": b"font",
    "_live/live.js": b'import{a}from"./shared.js";import("./runner.js")',
    "_live/runner.js": b'import{a}from"./shared.js"',
    "_live/shared.js": b"export const a=1",
    "_live/widgets.js.LEGAL.txt": b"whose code it is",
    "searchindex.js": b"Search.setIndex()",
}


@pytest.fixture
def out(tmp_path):
    folder = tmp_path / "site"
    (folder / "below").mkdir(parents=True)
    (folder / "below" / "page.html").write_text(PAGE, encoding="utf-8")
    return folder


def deploy(out, **changes):
    """Write files into a site, stamp its page, and return the page."""
    addresses = front_end.place(out, FILES | changes)
    front_end.stamp(out / "below" / "page.html", addresses)
    return (out / "below" / "page.html").read_text(encoding="utf-8")


def named_in(page, out):
    """List the files of the site that the head of a page names."""
    found = re.findall(r'(?:href|src)="\.\./([^"]+)"', page.partition("<body>")[0])
    return {out / name for name in found}


def test_every_address_has_the_hash_of_what_lies_there(out):
    page = deploy(out)
    paths = [path for path in out.rglob("*") if path.is_file() and path.suffix != ".html"]
    assert {path for path in paths if path.suffix != ".txt"} >= named_in(page, out)
    for path in [path for path in paths if path.suffix != ".txt"]:
        assert path.name.split(".")[-2] == hashlib.sha256(path.read_bytes()).hexdigest()[:10]
    assert (out / "_live" / "widgets.js.LEGAL.txt").exists()


def test_scripts_and_styles_name_each_other_by_content(out):
    deploy(out)
    names = {path.name for path in out.rglob("*")}
    live, css = (
        next(out.rglob(f"{name}.*")).read_text(encoding="utf-8") for name in ("live", "site")
    )
    for name in re.findall(r'"\./([^"]+)"|url\(fonts/([^)]+)\)', live + css):
        assert "".join(name) in names


def test_a_script_names_another_in_whatever_folder_it_lies():
    files = {
        "a/one.js": b'import"./b/two.js";import("../c/three.js")',
        "a/b/two.js": b'import"../../c/three.js";const s="./b/none.js"',
        "c/three.js": b"export{}",
    }
    found = {path: content.decode() for path, (_, content) in front_end.addressed(files).items()}
    two, three = (front_end.addressed(files)[path][0] for path in ("a/b/two.js", "c/three.js"))
    assert found["a/b/two.js"] == f'import"../../{three}";const s="./b/none.js"'
    assert found["a/one.js"] == f'import"./{two.removeprefix("a/")}";import("../{three}")'


def test_a_change_changes_the_address_of_all_that_names_it_and_of_nothing_else(out):
    before = deploy(out)
    changed = front_end.place(out, FILES | {"_live/shared.js": b"export const a=2"})
    first = front_end.place(out, FILES)
    differ = {name for name in FILES if first[name] != changed[name]}
    assert differ == {"_live/shared.js", "_live/live.js", "_live/runner.js"}
    assert deploy(out) == before
    assert deploy(out, **{"_static/fonts/text.woff2": b"more letters"}) != before


def test_a_page_that_is_stamped_again_is_as_if_it_were_new(out):
    deploy(out, **{"_live/shared.js": b"export const a=2"})
    again = deploy(out)
    (out / "below" / "page.html").write_text(PAGE, encoding="utf-8")
    assert again == deploy(out)
    assert '<a href="_live/live.js">in the text</a>' in again


def test_the_page_lists_what_it_may_load_later(out):
    page = deploy(out)
    listed = json.loads(re.search(r'id="files">([^<]*)<', page)[1])
    assert set(listed) == {"_live/live.js", "_live/runner.js", "_live/shared.js"}
    for name, code in listed.items():
        assert (out / name.replace(".", f".{code}.")).exists()


def test_what_an_earlier_build_has_left_is_dropped(out):
    deploy(out)
    addresses = front_end.place(out, FILES | {"_live/runner.js": b"2"})
    for folder in ("_live", "_static"):
        front_end.drop_others(out / folder, set(addresses.values()))
    left = {path.relative_to(out).as_posix() for path in out.rglob("*") if path.is_file()}
    assert left - {"below/page.html"} == set(addresses.values())


# --- how they are made ---


@pytest.fixture
def sources(tmp_path, monkeypatch):
    """Give scripts of another, smaller page."""
    folder = tmp_path / "sources"
    folder.mkdir()
    (folder / "live.js").write_text(
        'import { twice } from "./parts.js"; // said\n'
        "export const open = (path) => import(path).then((m) => m.size(twice(1)));\n",
        encoding="utf-8",
    )
    (folder / "parts.js").write_text("export const twice = (x) => 2 * x;\n", encoding="utf-8")
    (folder / "editor.js").write_text(
        'import { EditorState } from "@codemirror/state";\n'
        "export const size = (n) => EditorState.create({ doc: `${n}` }).doc.length;\n",
        encoding="utf-8",
    )
    (folder / "live.css").write_text("p { color: red }\n", encoding="utf-8")
    (folder / "sw.js").write_text("self.a = 1;\n", encoding="utf-8")
    monkeypatch.setattr(front_end, "LIVE", folder)
    monkeypatch.setattr(front_end, "CACHE", tmp_path / "cache")
    monkeypatch.setenv("NODE_PATH", str(ROOT / "node_modules"))
    return folder


def test_scripts_are_small_and_each_stands_alone(sources):
    made = front_end.bundled() / "_live"
    names = {path.name for path in made.iterdir()}
    assert names == {"live.js", "editor.js", "live.css", "katex", "sw.js"}
    assert (made / "sw.js").read_text(encoding="utf-8").startswith("self.a=1")
    assert "said" not in (made / "live.js").read_text(encoding="utf-8")
    (made / "package.json").write_text('{"type": "module"}', encoding="utf-8")
    script = f"import('{made}/live.js').then((m) => m.open('{made}/editor.js')).then(console.log)"
    answer = subprocess.run(
        ["node", "-e", script], capture_output=True, encoding="utf-8", check=True
    )
    assert answer.stdout.strip() == "1"


def test_an_explorable_is_one_file_with_all_that_it_imports_at_once():
    made = front_end.bundled() / "_explorables"
    for path in made.glob("*.js"):
        assert not re.search(r'from"|import"', path.read_text(encoding="utf-8")), path.name
    kinds = [getattr(explorables, name)._module for name in explorables.__all__]
    assert {path.stem for path in made.glob("*.js")} == {*filter(None, kinds), "host", "table"}
    assert [path.name for path in made.glob("*.css")] == ["explorables.css"]


def test_what_reads_typed_answers_and_data_comes_later_and_the_review_has_it_at_once():
    made = front_end.bundled()
    later = re.compile(r'import\("\./(\w+\.js)"\)')
    found = {
        path.name: later.findall(path.read_text(encoding="utf-8"))
        for folder in ("_explorables", "_exercises")
        for path in (made / folder).glob("*.js")
    }
    named = {name: files for name, files in found.items() if files}
    own = ("data_machine", "decision_boundary", "descent_planes", "fit_line")
    assert named == {f"{name}.js": ["table.js"] for name in own} | {"exercise.js": ["judge.js"]}
    assert {"table.js", "judge.js", "review.js"} <= set(found)


def test_a_chapter_has_the_styles_of_its_own_explorables_alone(tmp_path):
    page = tmp_path / "chapter.html"
    page.write_text('<div data-module="fit_line"><div data-module="two_modes">', "utf-8")
    files = front_end.files_of(front_end.bundled())
    whole = files["_explorables/explorables.css"]
    front_end.take_sheets(files, [page])
    sheet = files[front_end.sheet_of("chapter")]
    assert not [path for path in files if "sheets/" in path]
    for part, there in ((b"FitLine", True), (b"TwoModes", True), (b"LossSwitch", False)):
        assert part in whole and (part in sheet) == there
    assert b".xq-verdict" in sheet and b".xp-plot" in sheet


def test_no_file_of_the_site_is_sent_under_a_type_that_hosts_do_not_know():
    assert not list(front_end.bundled().rglob("*.mjs"))


def test_scripts_are_made_once_and_again_after_a_change(sources, monkeypatch):
    runs = []
    run_esbuild = front_end.run_esbuild

    def counted(*words):
        runs.append(words)
        run_esbuild(*words)

    monkeypatch.setattr(front_end, "run_esbuild", counted)
    first = front_end.bundled()
    count = len(runs)
    assert front_end.bundled() == first and len(runs) == count
    (sources / "parts.js").write_text("export const twice = (x) => x + x;\n", encoding="utf-8")
    assert "+" in (front_end.bundled() / "_live" / "live.js").read_text(encoding="utf-8")
    assert len(runs) == 2 * count


def test_scripts_of_long_ago_are_dropped(sources):
    old = front_end.bundled()
    (sources / "parts.js").write_text("export const twice = (x) => x + x;\n", encoding="utf-8")
    front_end.bundled()
    assert old.exists()
    os.utime(old, (0, 0))
    (sources / "parts.js").write_text("export const twice = (x) => x * 2;\n", encoding="utf-8")
    front_end.bundled()
    assert not old.exists()


def test_a_script_that_cannot_be_read_stops_the_build(sources, capfd):
    (sources / "parts.js").write_text("export const = ;\n", encoding="utf-8")
    with pytest.raises(subprocess.CalledProcessError):
        front_end.bundled()
    assert "parts.js" in capfd.readouterr().err
    assert not list(front_end.CACHE.glob("????????????????"))


def test_every_character_of_a_formula_has_its_font():
    katex = front_end.bundled() / "_live" / "katex"
    fonts = ROOT / "node_modules" / "katex" / "dist" / "fonts"
    named = set(
        re.findall(r"fonts/([\w-]+\.woff2)", (katex / "katex.css").read_text(encoding="utf-8"))
    )
    assert named == {path.name for path in fonts.glob("*.woff2")}
    assert all((katex / "fonts" / n).read_bytes() == (fonts / n).read_bytes() for n in named)


def test_what_a_script_may_write_into_a_formula_is_in_the_fonts_on_whatever_page(tmp_path):
    page = tmp_path / "page.html"
    page.write_text("<p title='☂'>é</p>", encoding="utf-8")
    found = assets.characters_of([page])
    assert {*"09azAZ+-−.,=()[]{}|∞ θσλδℓ′∑é"} <= {*found} and "☂" not in found
    assert "ŷ" in found and "\u0302" in found  # a browser may set the letter and its hat


def test_the_fonts_of_the_text_lie_apart_and_each_character_is_in_one():
    rule = assets.accented_face()
    assert f"unicode-range: {assets.ACCENTED}" in rule and assets.FONTS["accented"] in rule
    assert {*"éÉüçøıŒ«¿\u0301"} <= assets.accented()
    assert assets.accented().isdisjoint("aZ09 ½×÷·°±—–…−↑✓")


def test_a_font_is_cut_to_its_characters_and_keeps_whose_it_is(tmp_path):
    source = assets.KATEX / "fonts" / "KaTeX_Main-Regular.woff2"
    cut = TTFont(BytesIO(assets.cut_font(source, "xy", tmp_path)))
    assert set(cut.getBestCmap()) == {ord("x"), ord("y")}
    assert "fpgm" in TTFont(BytesIO(source.read_bytes())) and "fpgm" not in cut
    assert "Khan Academy" in str(cut["name"].getDebugName(0))


def test_bold_are_the_letters_that_a_command_an_explorable_or_an_exercise_writes(tmp_path):
    page, sheets = tmp_path / "page.html", tmp_path / "sheets.json"
    page.write_text('<p>Ω</p><span class="mathbf">Γ</span>', encoding="utf-8")
    sheets.write_text('{"text": "Ψ"}', encoding="utf-8")
    fonts = assets.fonts_of([page], sheets, tmp_path / "cache")
    bold, plain = (
        {chr(code) for code in TTFont(BytesIO(fonts[f"KaTeX_Main-{name}.woff2"])).getBestCmap()}
        for name in ("Bold", "Regular")
    )
    assert {*"ΓΨ09azAZ"} <= bold and "Ω" not in bold
    assert {*"ΓΨΩ09azAZ"} <= plain


def test_the_picture_that_is_fetched_ahead_is_the_first_that_stands_in_nothing_folded():
    box, end = '<details class="box"><summary>Deeper</summary>', "</details>"
    one, two, three = (f'<div class="explorable" data-module="{name}" id>' for name in "abc")
    assert first_in_sight(one + two) == "a"
    assert first_in_sight(box + one + box + two + end + end + three) == "c"
    assert first_in_sight(f'<details class="sd-dropdown" open>{one}{end}{two}') == "a"
    assert first_in_sight(f'{box}<details open="open">{one}{end}{end}{two}') == "b"
    assert first_in_sight(box + one + end) is None
