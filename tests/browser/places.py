"""Where the tests go, and the gestures that many of them make."""

from playwright.sync_api import Locator, Page

from tests import cast

STREETS = f"/consultations/{cast.OPEN}/streets/"


def comment_with(page: Page, text: str) -> Locator:
    return page.locator("article.comment").filter(has_text=text)


def open_form(page: Page) -> Locator:
    """The field for a comment on the discussion."""
    field = page.get_by_label("Your view")
    if not field.is_visible():
        page.get_by_text("Add your view").click()
    return field


def write_comment(page: Page, text: str, prompt: str | None = None) -> None:
    open_form(page).fill(text)
    if prompt is not None:
        page.get_by_label("Which question are you answering?").select_option(prompt)
    page.get_by_role("button", name="Post comment").click()


def write_reply(page: Page, text: str) -> None:
    page.get_by_label("Your reply").fill(text)
    page.get_by_role("button", name="Post reply").click()
