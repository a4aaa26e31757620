"""From the question before posting to the comment that is back: as each of those in it sees it."""

import re
import uuid

import pytest
from playwright.sync_api import Page, expect

from tests import cast
from tests.browser.conftest import OpenTab
from tests.browser.places import STREETS, comment_with, open_form
from tests.browser.test_moderating import QUEUE, staff_tab
from tests.browser.test_reply_mail import mail_to

TEXT = "Ring me on 07700 900123: the lamps at the station are out."


@pytest.mark.usefixtures("demo_worker")
@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
def test_asked_reported_hidden_appealed_and_back(
    open_tab: OpenTab, server: str, scripts: bool
) -> None:
    cast.discussion()
    # The outbox keeps the mails of other tests.
    writer, witness = (cast.member(f"{who} {uuid.uuid4().hex[:8]}") for who in ("Writer", "Reader"))
    # By name, as the mails lead there.
    author, reader = (
        open_tab(member, scripts=scripts, by_name=True) for member in (writer, witness)
    )
    stranger = open_tab(scripts=scripts)
    moderator = staff_tab(open_tab, cast.moderator(), server, scripts=scripts)
    senior = staff_tab(open_tab, cast.senior(), server, scripts=scripts)

    author.goto(STREETS)
    open_form(author).fill(TEXT)
    author.get_by_role("button", name="Post comment").click()
    expect(author.locator("mark")).to_contain_text("07700 900123")
    author.get_by_role("button", name="Post it as it is").click()
    expect(comment_with(author, TEXT)).to_be_visible()

    reference = report(stranger, "3. No personal details")
    report(reader, "1. Treat people with respect")

    decide(moderator)
    for page in (stranger, reader):
        page.goto(STREETS)
        expect(page.get_by_text("Hidden by a moderator under guideline 3")).to_be_visible()
        expect(page.get_by_text("the lamps at the station")).to_have_count(0)
    stranger.goto(f"/reports/{reference}/")
    expect(stranger.get_by_text("hidden it under guideline 3")).to_be_visible()
    mail = mail_to(reader, witness)
    mail.get_by_role("link", name=re.compile("reports")).click()
    expect(reader.get_by_text("hidden it under guideline 3")).to_be_visible()

    mail = mail_to(author, writer)
    expect(mail).not_to_contain_text("the lamps at the station")
    mail.get_by_role("link", name=re.compile("decisions")).click()
    expect(author.get_by_text("A number to ring is nobody else’s business.")).to_be_visible()
    expect(author.get_by_text("the lamps at the station")).to_be_visible()
    author.get_by_label("Why you think that it was wrong").fill("It is my own number.")
    author.get_by_role("button", name="Send the appeal").click()
    expect(author.get_by_role("status")).to_contain_text("We have your appeal.")

    overturn(moderator, senior)
    stranger.goto(STREETS)
    expect(comment_with(stranger, "the lamps at the station")).to_be_visible()
    stranger.goto(f"/reports/{reference}/")
    expect(stranger.get_by_text("shows it again")).to_be_visible()
    author.reload()
    expect(author.get_by_text("You may give your own number.")).to_be_visible()
    reader.goto("/outbox/")
    told = reader.get_by_role("article").filter(has_text=f"To {witness.email}")
    expect(told).to_have_count(2)
    expect(told.filter(has_text="shows it again")).to_have_count(1)


def report(page: Page, guideline: str) -> str:
    """Returns the reference."""
    page.goto(STREETS)
    comment_with(page, "the lamps at the station").get_by_role("link", name="Report").click()
    page.get_by_label(guideline).check()
    page.get_by_role("button", name="Send the report").click()
    expect(page.get_by_role("status")).to_contain_text("We have your report.")
    return page.locator(".reference__code").inner_text().strip()


def decide(page: Page) -> None:
    """Claimed first, then hidden."""
    page.goto(QUEUE)
    page.locator("#result_list tbody").get_by_role("link").first.click()
    expect(page.locator("mark")).to_contain_text("07700 900123")
    expect(page.get_by_role("heading", name="2 reports")).to_be_visible()
    page.get_by_role("button", name="Claim").click()
    expect(page.get_by_text("You are at it")).to_be_visible()
    page.get_by_label("Hide", exact=True).check()
    page.get_by_label("Guideline", exact=True).select_option("3")
    page.get_by_label("Reason, in your words").fill("A number to ring is nobody else’s business.")
    page.get_by_role("button", name="Decide").click()
    expect(page.locator(".messagelist")).to_contain_text("is decided")


def overturn(moderator: Page, senior: Page) -> None:
    """The one who decided may not."""
    moderator.goto("/admin/moderation/appeal/")
    expect(moderator.get_by_role("button", name="Decide")).to_have_count(0)
    senior.goto("/admin/moderation/appeal/")
    senior.locator("#result_list tbody").get_by_role("link").first.click()
    expect(senior.get_by_text("It is my own number.")).to_be_visible()
    senior.get_by_label("It was wrong: change it").check()
    senior.get_by_label("Answer, for whoever appealed").fill("You may give your own number.")
    senior.get_by_label("Restore").check()
    senior.get_by_role("button", name="Decide").click()
    expect(senior.locator(".messagelist")).to_be_visible()
