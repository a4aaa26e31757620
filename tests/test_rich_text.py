"""Texts by staff with headings, lists and links: only what is harmless is kept."""

import pytest
from django.test import Client

from discussions.models import Consultation
from discussions.rich_text import clean_html
from tests import cast
from tests.conftest import in_staff_session
from tests.prepared import change_page, form_of

pytestmark = pytest.mark.django_db

PASTED = (
    '<h3 style="color:red" onclick="steal()">The plan</h3><script>steal()</script>'
    '<iframe src="https://evil.example/"></iframe><img src=x onerror=steal()>'
    "<ul><li>One</li></ul><strong>Bold</strong>"
    '<p><a href="javascript:steal()">here</a> and <a href="https://www.london.gov.uk/">there</a></p>'
    "<svg onload=steal()><style>body{display:none}</style><form action=/x><input></form>"
)


def test_a3_what_is_pasted_in_admin_is_harmless_on_the_page() -> None:
    found = cast.consultation(cast.OPEN)
    desk = in_staff_session(cast.desk())
    page = change_page(found)
    answer = desk.post(page, form_of(desk, page) | {"information": PASTED})
    assert answer.status_code == 302
    found.refresh_from_db()
    seen = Client().get(f"/consultations/{cast.OPEN}/")
    for text in (found.information, seen.content.decode().split('<div class="rich">')[1][:400]):
        for part in ("steal", "iframe", "<script", "<img", "style", "<svg", "<form", "onclick"):
            assert part not in text
        assert "<h3>The plan</h3>" in text
        assert "<li>One</li>" in text
        assert 'href="https://www.london.gov.uk/"' in text
    policy = seen.headers["Content-Security-Policy"]
    assert "script-src 'self'" in policy
    assert "unsafe" not in policy


@pytest.mark.parametrize(
    ("pasted", "kept"),
    [
        ("<p><a href='javascript:x()'>here</a></p>", "<p>here</p>"),
        ("<table><tr><td>A</td><td>B</td></tr><tr><th>C</th></tr></table>", "A B <br>C <br>"),
    ],
    ids=["a link that leads nowhere", "a table"],
)
def test_what_cannot_stay_leaves_its_words(pasted: str, kept: str) -> None:
    assert clean_html(pasted) == kept
    assert clean_html(kept) == kept


def test_what_came_into_the_database_some_other_way_is_harmless_too() -> None:
    cast.consultation(cast.OPEN)
    Consultation.objects.update(information=PASTED)
    assert b"steal()" not in Client().get(f"/consultations/{cast.OPEN}/").content


def test_plain_text_keeps_its_paragraphs() -> None:
    found = cast.consultation(cast.OPEN)
    desk = in_staff_session(cast.desk())
    page = change_page(found)
    typed = "First, see https://www.london.gov.uk/a.\r\n\r\nSecond & last."
    desk.post(page, form_of(desk, page) | {"information": typed})
    found.refresh_from_db()
    assert found.information.count("<p>") == 2
    assert 'href="https://www.london.gov.uk/a"' in found.information
    assert "Second &amp; last." in found.information
    # As it was shown, it comes back.
    before = found.information
    desk.post(page, form_of(desk, page))
    found.refresh_from_db()
    assert found.information == before


@pytest.mark.parametrize(
    "address",
    ["javascript:x()", "JaVaScRiPt:x()", "data:text/html,x", "vbscript:x", "\tjavascript:x"],
)
def test_a_link_leads_to_a_page_a_mailbox_or_a_phone(address: str) -> None:
    assert "href" not in clean_html(f'<a href="{address}">x</a>')
    for fine in ("https://a.example/", "mailto:talk@london.example", "tel:101"):
        assert f'href="{fine}"' in clean_html(f'<a href="{fine}">x</a>')


def test_cleaning_twice_changes_nothing() -> None:
    once = clean_html(PASTED)
    assert clean_html(once) == once
