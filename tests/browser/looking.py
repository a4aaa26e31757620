"""Looking at a page as axe does, on a phone and on a desk, by day and by night.

A page must not scroll sideways (down to 320 pixels, and with text of twice the size) and must not
complain in the console. PICTURES=folder keeps a picture of each.
"""

import json
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from axe_playwright_python.base import AXE_SCRIPT
from django.template.loader import render_to_string
from django.test import RequestFactory
from playwright.sync_api import Page

PHONE, DESK = 360, 1280

Way = Callable[[Page], object]

# All of axe's rules on one ground; on the other ground those that depend on colour.
ALL_RULES = {"resultTypes": ["violations"], "rules": {"target-size": {"enabled": True}}}
_RULES_OF_COLOUR = {
    "resultTypes": ["violations"],
    "runOnly": ["color-contrast", "link-in-text-block"],
}


def assert_good(page: Page, places: dict[str, Way]) -> None:
    faults = []
    for name, go in places.items():
        page.set_viewport_size({"width": PHONE, "height": 800})
        page.emulate_media(color_scheme="light")
        go(page)
        page.wait_for_load_state()
        _lay_out(page)
        faults += [f"{name}: {fault}" for fault in _faults(page, name)]
    assert not faults, "\n".join(faults)


def _faults(page: Page, name: str) -> Iterator[str]:
    for width, other, ground in ((PHONE, "dark", "light"), (DESK, "light", "dark")):
        page.set_viewport_size({"width": width, "height": 800})
        yield from _wider_than(page, width)
        for scheme, rules in ((other, _RULES_OF_COLOUR), (ground, ALL_RULES)):
            page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
            keep_picture(page, f"{name}-{width}-{scheme}")
            yield from (f"{width} {scheme}: {each}" for each in found_by_axe(page, rules))
    yield from _wider_than(page, 320)
    page.evaluate("document.documentElement.style.fontSize = '200%'")
    for width in (PHONE, DESK):
        yield from (f"text twice the size: {each}" for each in _wider_than(page, width))
        keep_picture(page, f"{name}-{width}-twice")
    page.evaluate("document.documentElement.style.fontSize = ''")


def _lay_out(page: Page) -> None:
    """All of it: what a reader has not come near has no width, and is on no picture."""
    page.evaluate("""for (const thread of document.querySelectorAll(".thread"))
      thread.style.contentVisibility = "visible";""")


def found_by_axe(page: Page, rules: dict[str, Any]) -> Iterator[str]:
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE_SCRIPT)
    found = page.evaluate(f"axe.run({json.dumps(rules)})")
    for violation in found["violations"]:
        for node in violation["nodes"]:
            yield f"{violation['id']} ({violation['impact']}): {node['html'][:200]}"


def _wider_than(page: Page, width: int) -> Iterator[str]:
    page.set_viewport_size({"width": width, "height": 800})
    wide: list[str] = page.evaluate(_WIDER_THAN_THE_SCREEN)
    yield from (f"wider than {width}: {node}" for node in wide[:3])


_WIDER_THAN_THE_SCREEN = """() => {
  const screen = document.documentElement.clientWidth;
  if (document.documentElement.scrollWidth <= screen) return [];
  const wide = [...document.querySelectorAll("body *")].filter(
    (node) => node.getBoundingClientRect().right > screen + 1);
  return ["the page"].concat(wide.map((node) => node.outerHTML.slice(0, 150)));
}"""

# A link inside a sentence may be as small as its line.
SMALL_TARGETS = """() => {
  const isInSentence = (node) => node.matches("p > a, div > p a") &&
    getComputedStyle(node).display === "inline" &&
    node.parentElement.textContent.trim() !== node.textContent.trim();
  return [...document.querySelectorAll("a, button, summary, select, textarea, input")]
    .filter((node) => node.checkVisibility() && node.type !== "hidden" && !isInSentence(node))
    .map((node) => [node.outerHTML.slice(0, 150), node.getBoundingClientRect()])
    .filter(([, box]) => box.width < 24 || box.height < 24)
    .map(([html, box]) => `${Math.round(box.width)} by ${Math.round(box.height)}: ${html}`);
}"""


def at(path: str) -> Way:
    return lambda page: page.goto(path)


def shown(template: str) -> Way:
    """A page that tests cannot come to, as it would be sent."""

    def go(page: Page) -> None:
        html = render_to_string(template, request=RequestFactory().get("/"))
        page.route("**/as-sent/", lambda route: route.fulfill(body=html, content_type="text/html"))
        page.goto("/as-sent/")
        page.unroute("**/as-sent/")

    return go


def keep_picture(page: Page, name: str) -> None:
    folder = os.environ.get("PICTURES")
    if folder:
        page.screenshot(path=Path(folder) / f"{name.replace('/', '-')}.png", full_page=True)
