"""Joining and taking part, step by step, as the member and as another reader see it."""

import itertools
import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests import cast
from tests.browser.conftest import OpenTab
from tests.browser.joining import join, new_email, write_and_join
from tests.browser.places import STREETS, comment_with, write_reply

_numbers = itertools.count()


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
def test_a_newcomer_joins_and_takes_part(open_tab: OpenTab, scripts: bool) -> None:
    cast.comment(cast.ben(), "The lamps on my way home are out.")
    member, reader = open_tab(scripts=scripts), open_tab(scripts=scripts)

    write_and_join(member, "The night bus is fine.", prompt="What works?")
    join(member, new_email())
    expect(member).to_have_url(re.compile(f"{STREETS}$"))
    expect(member.get_by_label("Your view")).to_have_value("The night bus is fine.")
    member.get_by_role("button", name="Post comment").click()
    expect(member.get_by_role("status")).to_contain_text("Your comment is published.")
    for page in (member, looking_at_streets(reader)):
        posted = comment_with(page, "The night bus is fine.")
        expect(posted).to_contain_text("Newcomer")
        expect(posted).to_contain_text("What works?")
        expect(page.get_by_role("heading", name="2 comments")).to_be_visible()

    comment_with(member, "The lamps on my way home").get_by_role("link", name="Reply").click()
    write_reply(member, "Mine too, since spring.")
    for page in (member, looking_at_streets(reader)):
        expect(comment_with(page, "Mine too, since spring.")).to_contain_text("Newcomer")
    assert is_below(
        comment_with(reader, "Mine too, since spring."), comment_with(reader, "The lamps on my way")
    )

    member.goto(STREETS)
    comment_with(member, "The night bus").get_by_role("link", name="Edit").click()
    member.get_by_label("Your comment").fill("The night bus is fine on weekdays.")
    member.get_by_role("button", name="Save").click()
    expect(member.get_by_role("status")).to_contain_text("Your change is saved.")
    for page in (member, looking_at_streets(reader)):
        edited = comment_with(page, "The night bus is fine on weekdays.")
        expect(edited.get_by_text("edited", exact=True)).to_be_visible()

    member.goto(STREETS)
    for button, agree, disagree in [("Agree", 1, 0), ("Disagree", 0, 1), ("Disagree", 0, 0)]:
        reactions(member).get_by_role("button", name=re.compile(f"^{button}")).click()
        expect(reactions(member)).to_have_text(counted(agree, disagree))
        looking_at_streets(reader)
        expect(reactions(reader)).to_have_text(counted(agree, disagree))

    comment_with(member, "The night bus").get_by_role("link", name="Withdraw").click()
    member.get_by_role("button", name="Withdraw it").click()
    expect(member.get_by_role("status")).to_contain_text("You withdrew your comment.")
    for page in (member, looking_at_streets(reader)):
        expect(page.get_by_text("Withdrawn by its author.")).to_be_visible()
        expect(comment_with(page, "The night bus")).to_have_count(0)
        expect(page.get_by_role("heading", name="2 comments")).to_be_visible()


def looking_at_streets(page: Page) -> Page:
    """At an address of its own each time: a page for the signed out is kept for a second."""
    page.goto(f"{STREETS}?{next(_numbers)}")
    return page


def reactions(page: Page) -> Locator:
    return comment_with(page, "The lamps on my way home").locator(".reactions")


def counted(agree: int, disagree: int) -> re.Pattern[str]:
    return re.compile(rf"Agree\s+{agree}\s+Disagree\s+{disagree}")


def is_below(reply: Locator, parent: Locator) -> bool:
    """Under it and indented, in the same thread."""
    upper, lower = parent.bounding_box(), reply.bounding_box()
    assert upper
    assert lower
    return lower["y"] >= upper["y"] + upper["height"] and lower["x"] > upper["x"]
