"""One JavaScript module from several, for hosts that load a widget from a blob."""

import json
import subprocess

from lib import modules

FIT_LINE = "explorables/static/pictures/fit_line.js"
KIT = "explorables/static/kit"


def run_node(script):
    """Run a module of JavaScript and return what it prints."""
    command = ["node", "--input-type=module", "-e", script]
    return subprocess.run(command, capture_output=True, encoding="utf-8", check=True).stdout


def test_each_module_comes_once_and_after_what_it_needs():
    order = modules.dependencies(FIT_LINE)
    needed = {f"{KIT}/chart.js", f"{KIT}/controls.js", f"{KIT}/explorable.js"}
    assert len(order) == len(set(order)) and needed <= set(order)
    assert order.index(f"{KIT}/chart.js") < order.index(f"{KIT}/explorable.js")
    assert modules.single_module(FIT_LINE).count("function bestLine(") == 1


def default_of(monkeypatch, sources):
    """Make one module of several, as a host of widgets loads it, and print what it brings."""
    monkeypatch.setattr(modules, "source", sources.__getitem__)
    text = modules.single_module.__wrapped__("pictures/top.js")
    return run_node(
        f"const url = 'data:text/javascript,' + encodeURIComponent({json.dumps(text)});"
        "console.log(await (await import(url)).default)"
    )


def test_private_names_of_two_modules_do_not_clash(monkeypatch):
    sources = {
        "kit/one.js": "const secret = 1;\nexport const a = () => secret;\n",
        "other/two.js": 'import { a as first } from "../kit/one.js";\nconst secret = 2;\n'
        "export function b() { return first() + secret; }\n",
        "pictures/top.js": 'import { b } from "../other/two.js";\nconst secret = 4;\n'
        "export default b() + secret;\n",
    }
    assert default_of(monkeypatch, sources) == "7\n"


def test_what_a_module_imports_later_travels_with_it(monkeypatch):
    sources = {
        "kit/later.js": "export const a = () => 3;\n",
        "pictures/top.js": 'const later = () => import("../kit/later.js");\n'
        "export default later().then(({ a }) => a());\n",
    }
    assert default_of(monkeypatch, sources) == "3\n"
