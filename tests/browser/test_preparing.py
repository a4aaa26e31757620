"""Preparing a consultation in a browser: writing with buttons, and its pages as axe sees them."""

import pytest
from playwright.sync_api import Page, expect

from discussions import images
from discussions.models import Consultation
from tests import cast, prepared
from tests.browser.conftest import OpenTab
from tests.browser.looking import assert_good, at
from tests.browser.test_moderating import staff_tab
from tests.test_images import a_picture, made

PASTED = (
    "<p style='color: red' onclick='x()'>Pasted<script>x()</script><img src='x'> <b>words</b></p>"
)


@pytest.fixture
def found(transactional_db: None) -> Consultation:
    return prepared.draft()


def save(page: Page) -> None:
    page.get_by_role("button", name="Save and continue editing").click()
    expect(page.get_by_text("was changed successfully")).to_be_visible()


def test_information_is_written_with_buttons(
    open_tab: OpenTab, server: str, found: Consultation
) -> None:
    page = staff_tab(open_tab, cast.desk(), server)
    page.goto(prepared.change_page(found))
    text = page.get_by_role("textbox", name="What people need to know")
    expect(text).to_have_text("Here is the plan.")
    expect(page.locator("textarea[name=information]")).to_be_hidden()
    text.click()
    page.keyboard.press("Control+End")
    page.keyboard.press("Enter")
    page.keyboard.type("What it costs")
    page.get_by_role("button", name="Heading").click()
    page.keyboard.press("Enter")
    page.get_by_role("button", name="List", exact=True).click()
    page.keyboard.type("Little, and ")
    page.get_by_role("button", name="Bold").click()
    page.keyboard.type("soon")
    page.get_by_role("button", name="Bold").click()
    page.keyboard.type(". See the ")
    page.get_by_role("button", name="Link", exact=True).click()
    page.keyboard.type("www.london.gov.uk/plan")
    page.keyboard.press("Enter")
    paste(page, PASTED)
    save(page)
    found.refresh_from_db()
    kept = found.information
    assert kept.startswith("<p>Here is the plan.</p><h3>What it costs</h3><ul><li>Little, and ")
    assert "<strong>soon</strong>" in kept
    assert '<a href="https://www.london.gov.uk/plan" rel="noopener">' in kept
    assert "<strong>words</strong>" in kept
    for part in ("x()", "<img", "<b>", "<div", "<span", "style", "<p></p>", "nbsp"):
        assert part not in kept
    save(page)  # what was not touched is sent back as it was
    found.refresh_from_db()
    assert found.information == kept


def paste(page: Page, html: str) -> None:
    page.evaluate(
        """html => {
          const data = new DataTransfer();
          data.setData("text/html", html);
          const how = {clipboardData: data, bubbles: true, cancelable: true};
          document.activeElement.dispatchEvent(new ClipboardEvent("paste", how));
        }""",
        html,
    )


def test_information_is_written_without_scripts(
    open_tab: OpenTab, server: str, found: Consultation
) -> None:
    page = staff_tab(open_tab, cast.desk(), server, scripts=False)
    page.goto(prepared.change_page(found))
    box = page.get_by_label("What people need to know")
    expect(box).to_have_value("<p>Here is the plan.</p>")
    box.fill("One.\n\nTwo.")
    save(page)
    found.refresh_from_db()
    assert found.information == "<p>One.</p><p>Two.</p>"


def test_pages_of_preparing(open_tab: OpenTab, server: str, found: Consultation) -> None:
    images.keep(found, made(a_picture(size=(160, 64))), "A lamp.")
    bare = cast.consultation(cast.UPCOMING)
    Consultation.objects.filter(pk=bare.pk).update(published_at=None, opens_at=None)
    known = cast.consultation(cast.OPEN)
    Consultation.objects.filter(pk=known.pk).update(why_now="Now.", other_ways="Call us.")
    page = staff_tab(open_tab, cast.desk(), server)
    streets = found.discussions.get()
    assert_good(
        page,
        {
            "checklist": at(prepared.room(bare, "checklist/")),
            "publish": at(prepared.room(found, "publish/")),
            "copy": at(prepared.room(found, "copy/")),
            "preview": at(prepared.room(found, "preview/")),
            "preview-bare": at(prepared.room(bare, "preview/")),
            "preview-discussion": at(prepared.room(found, "preview/streets/")),
        },
    )
    page.set_viewport_size({"width": 1280, "height": 900})
    for path in (
        prepared.change_page(found),
        prepared.change_page(known),
        f"/admin/discussions/discussion/{streets.pk}/change/",
    ):
        page.goto(path)
        width = page.evaluate("document.documentElement.scrollWidth")
        assert width <= 1280, path
