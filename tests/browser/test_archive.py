"""The archive of the demo's closed consultation, opened from the file system."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from discussions.archive.writing import write_archive
from tests import archived
from tests.browser.looking import assert_good, at


@pytest.fixture
def folder(transactional_db: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    archived.small_pages(monkeypatch)
    write_archive(archived.closed_consultation(), tmp_path)
    return tmp_path


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """Without a network."""
    context = browser.new_context(offline=True)
    yield context.new_page()
    context.close()


def test_it_opens_from_the_file_system_and_is_read_from_page_to_page(
    page: Page, folder: Path
) -> None:
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    page.on("requestfailed", lambda request: complaints.append(request.url))
    page.goto((folder / "index.html").as_uri())
    expect(page.get_by_role("heading", level=1)).to_have_text("Safer journeys at night")
    assert page.evaluate("document.fonts.ready.then(() => document.fonts.size)") > 0
    assert page.evaluate("[...document.images].every((each) => each.naturalWidth > 0)")
    page.get_by_role("link", name="Read the comment").first.click()
    assert page.evaluate("document.querySelector(':target').matches('article.comment')")
    page.get_by_role("banner").get_by_role("link", name="Start").click()
    page.locator(".tile a").first.click()
    for number in (2, 3):
        page.get_by_role("link", name="Later comments").last.click()
        expect(page.get_by_text(f"Page {number} of").first).to_be_visible()
    page.get_by_role("link", name="Earlier comments").first.click()
    expect(page.get_by_text("Page 2 of").first).to_be_visible()
    page.get_by_role("link", name="Safer journeys at night").click()
    page.get_by_role("link", name="How to read the data").click()
    expect(page.get_by_role("heading", name="How to read the data")).to_be_in_viewport()
    assert not complaints


def test_its_pages_look_good_everywhere(page: Page, folder: Path) -> None:
    discussion = next(folder.glob("discussions/*/page-1.html"))
    pages = {
        "archive": folder / "index.html",
        "archive-discussion": discussion,
        "archive-about": folder / "about.html",
    }
    assert_good(page, {name: at(path.as_uri()) for name, path in pages.items()})
