"""What a phone downloads, and what our scripts take of it: held here, timed by bin/drill phone."""

import gzip
from collections.abc import Iterator

import pytest

from accounts.models import Member
from discussions.generating import generate
from discussions.models import Discussion
from talk_london.static_files import ENTRIES, bundled, reduced
from tests import cast
from tests.browser import phone
from tests.browser.conftest import OpenTab
from tests.browser.phone import Phone, Visit
from tests.browser.places import STREETS

FIRST_BYTES, SECOND_BYTES = 60_000, 20_000
REQUESTS = 5
SCRIPT_MILLISECONDS = 50 / 4  # 50 on a phone of a quarter of the speed

HEAVIEST = f"{STREETS}?sort=replies"
CONSULTATION = f"/consultations/{cast.OPEN}/"


@pytest.fixture
def full_discussion(server: str) -> Discussion:
    discussion = cast.discussion()
    generate(discussion, 1_622, seed=1)
    return discussion


@pytest.mark.usefixtures("full_discussion")
def test_a_phone_downloads_little(open_tab: OpenTab) -> None:
    ada = cast.ada()
    faults: list[str] = []
    for member, path, then in (
        (None, "/", STREETS),
        (None, STREETS, CONSULTATION),
        (None, HEAVIEST, None),
        (ada, STREETS, None),
        (ada, HEAVIEST, None),
    ):
        page = open_tab(member, **_PHONE)
        tab = Phone(page)
        visit = tab.visit(path)
        if member is not None:
            _compress_page(visit, page.request.get(path).body())
        faults += _faults_of_first(member, path, visit)
        faults += _faults_of_second(member, then, tab.visit(then)) if then else []
    assert not faults, "\n".join(faults)


def _compress_page(visit: Visit, page: bytes) -> None:
    """As a proxy in front does, where it may: pages of members leave us as they are."""
    (document,) = (each for each in visit.arrivals if each.kind == "Document")
    assert document.size > len(page)
    document.size -= len(page) - len(gzip.compress(page, 5))


def _faults_of_first(member: Member | None, path: str, visit: Visit) -> Iterator[str]:
    name = f"{path}, {member or 'signed out'}"
    if visit.size > FIRST_BYTES or len(visit.arrivals) > REQUESTS:
        yield f"{name}: a first visit takes {visit}"
    if visit.shift:
        yield f"{name}: it moves by {visit.shift}"
    if visit.scripts > SCRIPT_MILLISECONDS:
        yield f"{name}: our scripts take {visit.scripts:.0f} ms"


def _faults_of_second(member: Member | None, path: str, visit: Visit) -> Iterator[str]:
    if visit.size > SECOND_BYTES or len(visit.arrivals) > 1:
        yield f"{path}, {member or 'signed out'}: a second page takes {visit}"


def test_a_smaller_style_sheet_says_the_same(open_tab: OpenTab) -> None:
    """A browser reads the same rules out of both."""
    page = open_tab()
    page.goto("/")
    for entry in ENTRIES:
        if entry.endswith(".css"):
            whole, small = (page.evaluate(_RULES, css) for css in (bundled(entry), reduced(entry)))
            assert len(whole) > 10
            assert small == whole


# What a tab takes otherwise than a browser's context does.
_PHONE = {**phone.OPTIONS, **phone.OPTIONS["viewport"]}
del _PHONE["viewport"], _PHONE["locale"]
_RULES = r"""(css) => {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(css);
  // What custom properties hold is told as it was written.
  return [...sheet.cssRules].map((rule) => rule.cssText.replace(/,\s+/g, ","));
}"""
