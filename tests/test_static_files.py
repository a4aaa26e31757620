"""Static files as they are served: one style sheet, one script, and nothing missing."""

import json
import re
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.staticfiles.storage import staticfiles_storage
from django.test import Client

from talk_london.static_files import ENTRIES, bundled, reduced, small_script, small_style
from tests.processes import ROOT

_STATIC = ROOT / "static"
_CSS, _JS = _STATIC / "css", _STATIC / "js"
_BY_THEMSELVES = ("passkey.js",)  # loaded, after allauth's scripts, by the pages that need them
_OF_ARCHIVES = ("archive.css", "archive-pages.css")  # which stand without the site
_OF_ADMIN = "admin"  # a folder of each kind, loaded by pages of admin


def served(name: str) -> str:
    answer = Client().get(staticfiles_storage.url(name))
    assert answer.status_code == 200
    content: bytes = b"".join(answer)
    return content.decode()


def compact(css: str) -> str:
    return " ".join(css.split())


def test_every_style_sheet_is_in_the_bundle_once() -> None:
    css = compact(bundled("css/site.css"))
    parts = [
        each
        for each in _CSS.rglob("*.css")
        if each.name not in ("site.css", *_OF_ARCHIVES) and each.parent.name != _OF_ADMIN
    ]
    assert len(parts) > 10
    for part in parts:
        assert css.count(compact(part.read_text())) == 1, part


def test_every_style_sheet_is_in_its_layer() -> None:
    css = bundled("css/site.css")
    imports = re.findall(r'@import "([^"]+)" layer\((\w+)\);', (_CSS / "site.css").read_text())
    order = re.search(r"@layer ([\w, ]+);", css)
    assert order is not None
    assert {layer for _file, layer in imports} == set(order[1].split(", "))
    for file, layer in imports:
        assert f"@layer {layer} {{\n{(_CSS / file).read_text()}}}" in css


def test_every_script_is_in_the_bundle_once() -> None:
    js = bundled("js/site.js")
    parts = [
        each
        for each in _JS.rglob("*.js")
        if each.name not in ("site.js", *_BY_THEMSELVES) and each.parent.name != _OF_ADMIN
    ]
    assert len(parts) >= 5
    for part in parts:
        assert js.count(f"{{\n{part.read_text()}}}") == 1, part


@pytest.mark.parametrize("entry", ENTRIES)
def test_no_import_is_left(entry: str) -> None:
    for text in (bundled(entry), served(entry)):
        assert not re.search(r"@import|^\s*(import|export)\b", text, re.MULTILINE)


@pytest.mark.parametrize("entry", ENTRIES)
def test_what_is_served_is_the_bundle(entry: str) -> None:
    without_addresses = re.compile(r'url\(["\']?[^)]*\)')
    expected = without_addresses.sub("", reduced(entry))
    assert without_addresses.sub("", served(entry)) == expected


def test_a_style_sheet_loses_only_what_its_writers_need() -> None:
    css = """
        /* A note { that; is: long } */
        @media (min-width: 40rem) and (hover: hover) {
          .a > .b:is(p, li) , .c :hover { --x: calc(1px + 2px) ; content: "/* a ; b */  \\"" }
        }
    """
    assert small_style(css) == (
        "@media (min-width: 40rem) and (hover: hover){"
        '.a > .b:is(p,li),.c :hover{--x:calc(1px + 2px);content:"/* a ; b */  \\""}}'
    )


def test_a_script_loses_only_what_its_writers_need() -> None:
    js = 'const a = 1; // said\n  // A note.\n  b("// no note");\n\tc(`  ${a}  `);\n'
    assert small_script(js) == 'const a = 1; // said\nb("// no note");\nc(`  ${a}  `);\n'
    with pytest.raises(ValueError, match="A text over lines"):
        small_script("const a = `\n  // is kept\n`;\n")


@pytest.mark.parametrize("entry", ENTRIES)
def test_what_is_served_is_a_sixth_smaller(entry: str) -> None:
    assert len(reduced(entry)) < len(bundled(entry)) * 5 / 6


def test_static_files_are_kept_for_good_and_sent_small() -> None:
    for entry in ENTRIES:
        answer = Client().get(staticfiles_storage.url(entry), headers={"Accept-Encoding": "br"})
        assert answer["Content-Encoding"] == "br"
        assert "immutable" in answer["Cache-Control"]
        assert len(b"".join(answer)) < len(reduced(entry)) / 3


@pytest.mark.parametrize("entry", ENTRIES)
def test_brackets_are_balanced(entry: str) -> None:
    text = re.sub(r"/\*.*?\*/", "", bundled(entry), flags=re.DOTALL)
    assert text.count("{") == text.count("}")


def test_an_unknown_entry_is_told() -> None:
    with pytest.raises(FileNotFoundError, match=r"css/nowhere\.css"):
        bundled("css/nowhere.css")


def test_names_carry_a_hash_of_what_they_hold() -> None:
    for entry in ENTRIES:
        assert re.search(r"\.[0-9a-f]{12}\.(css|js)$", staticfiles_storage.url(entry))


def test_nothing_that_is_served_names_a_file_that_is_missing() -> None:
    manifest = json.loads((Path(settings.STATIC_ROOT) / "staticfiles.json").read_text())
    ours = [path.relative_to(_STATIC).as_posix() for path in _STATIC.rglob("*") if path.is_file()]
    for name in ours:
        assert (Path(settings.STATIC_ROOT) / manifest["paths"][name]).is_file()
    for address in re.findall(r'url\(["\']?([^)"\']+)', served("css/site.css")):
        if not address.startswith(("data:", "#")):
            path = (Path("css") / address).as_posix()
            resolved = (Path(settings.STATIC_ROOT) / path).resolve()
            assert resolved.is_file(), address


def test_nothing_comes_from_another_site() -> None:
    for entry in ENTRIES:
        addresses = re.findall(
            r"""(?:url\(|src=|fetch\()["'`]?((?:https?:)?//[^)"'\s]+)""", served(entry)
        )
        assert addresses == []
