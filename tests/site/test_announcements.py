"""What a screen reader hears when an explorable moves: each move once."""

import pytest
from hands import Hands

pytestmark = pytest.mark.site

# What is said: text that comes into a live region, and a new text for the value that has the focus.
LISTEN = """(root) => {
  root.heard = [];
  const regions = ":is([aria-live], [role=status], [role=alert], output):not([aria-live=off])";
  new MutationObserver((records) => {
    const spoken = new Map();
    for (const { type, target } of records) {
      const node = target.nodeType === 1 ? target : target.parentElement;
      if (type === "attributes" && node === document.activeElement) {
        spoken.set(node, ["value", node.getAttribute("aria-valuetext")]);
      }
      const region = type !== "attributes" && node?.closest(regions);
      if (region?.textContent) spoken.set(region, ["region", region.textContent]);
    }
    const isNew = (said) => said.join() !== root.heard.at(-1)?.join();
    root.heard.push(...[...spoken.values()].filter(isNew));
  }).observe(root, {
    subtree: true, childList: true, characterData: true, attributeFilter: ["aria-valuetext"],
  });
}"""
# Words follow when nothing has moved for 200 ms; a later timer of the page comes after them.
HEARD = """(root) => new Promise((done) => {
  setTimeout(() => done(root.heard.splice(0)), 300);
})"""


class Heard(Hands):
    """An explorable, and what is heard of it."""

    def __init__(self, page):
        super().__init__(page)
        self.after(lambda: self.root.evaluate(LISTEN))

    def after(self, move):
        """Do something and list what is heard of it."""
        move()
        return self.root.evaluate(HEARD)


def open_heard(visit, name):
    """Open the page of an explorable and listen."""
    return Heard(visit(f"explorables/{name}.html"))


def test_a_key_on_a_handle_is_heard_once_and_so_are_a_drag_a_switch_and_a_button(visit):
    fit = open_heard(visit, "fit-line")
    handle = fit.part("left")
    fit.after(handle.focus)
    for key in ["ArrowUp", "PageUp", "Home"]:
        heard = fit.after(lambda key=key: handle.press(key))
        assert [kind for kind, _ in heard] == ["value"], (key, heard)
        assert heard[0][1] == handle.get_attribute("aria-valuetext")
    heard = fit.after(lambda: fit.drag("middle", 0, 40))
    assert [kind for kind, _ in heard] == ["value"], heard
    switch = fit.root.get_by_role("radio", name="L1")
    heard = fit.after(lambda: switch.press("Space"))
    assert [kind for kind, _ in heard] == ["region"], heard
    assert "L1" in heard[0][1]
    heard = fit.after(fit.part("reset").click)
    assert [kind for kind, _ in heard] == ["region"], heard


def test_words_that_a_handle_has_said_are_said_again_when_a_button_brings_them_back(visit):
    fit = open_heard(visit, "fit-line")
    first = fit.part("live").text_content()
    fit.after(lambda: fit.part("left").press("ArrowUp"))
    assert fit.after(fit.part("reset").click) == [["region", first]]


def test_a_slider_says_its_number_and_its_words_are_heard_once(visit):
    arrows = open_heard(visit, "three-arrows")
    slider = arrows.root.get_by_role("slider", name="How far A is symmetrised")
    arrows.after(slider.focus)
    heard = arrows.after(lambda: slider.press("ArrowRight"))
    assert [kind for kind, _ in heard] == ["region"], heard
    assert heard[0][1].startswith("f ")
