"""A reply reaches the outbox of the one replied to, and the mail leads there and back out."""

import re
import uuid

import pytest
from playwright.sync_api import Locator, Page, expect

from accounts.models import Mail, Member
from tests import cast
from tests.browser.conftest import OpenTab
from tests.browser.places import STREETS, comment_with, write_reply


@pytest.mark.usefixtures("demo_worker")
@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
def test_a_reply_reaches_the_outbox_once(open_tab: OpenTab, scripts: bool) -> None:
    name = f"Writer {uuid.uuid4().hex[:8]}"  # the outbox keeps the mails of other tests
    writer = cast.member(name)
    cast.comment(writer, "The lamps on my way home are out.")
    page = open_tab(cast.ben(), scripts=scripts)
    page.goto(STREETS)
    comment_with(page, "The lamps on my way").get_by_role("link", name="Reply").click()
    write_reply(page, "Mine too, since spring.")

    mail = mail_to(page, writer)
    expect(mail).to_contain_text("Ben replied to your comment in “Our streets”:")
    expect(mail).to_contain_text("> Mine too, since spring.")

    mail.get_by_role("link", name=re.compile("comments")).click()
    expect(comment_with(page, "Mine too, since spring.")).to_be_visible()

    mail_to(page, writer).get_by_role("link", name=re.compile("unsubscribe")).click()
    page.get_by_role("button", name="Stop these emails").click()
    expect(page.get_by_text("We will not email you about replies any more.")).to_be_visible()
    assert not Member.objects.get(pk=writer.pk).wants_reply_mails
    assert Mail.objects.get().state == Mail.State.SENT


def mail_to(page: Page, member: Member) -> Locator:
    """The one mail of this member, once it is there."""
    mails = page.get_by_role("article").filter(has_text=f"To {member.email}")
    for _attempt in range(100):
        page.goto("/outbox/")
        if mails.count():
            break
        page.wait_for_timeout(100)
    expect(mails).to_have_count(1)
    return mails
