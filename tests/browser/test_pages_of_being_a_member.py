"""The pages on which one is somebody, and leaves: names, comments, data; empty, full and wrong."""

from datetime import timedelta

from django.utils import timezone
from playwright.sync_api import Page, expect

from accounts import leaving
from accounts.about_you import store_answers
from accounts.data_copy import ask
from accounts.models import DataCopy, Member
from discussions import data_copy
from discussions.models import Comment, Discussion
from tests import cast
from tests.browser.conftest import OpenTab
from tests.browser.joining import long_after_signing_in, sign_in_with_password
from tests.browser.looking import Way, assert_good, at

HERE = f"/account/name/{cast.OPEN}/"


def test_pages_of_somebody_new(open_tab: OpenTab) -> None:
    cast.consultation()
    cast.consultation(cast.CLOSED)
    page = open_tab(cast.ada())
    assert_good(
        page,
        {
            "account": at("/account/"),
            "account-name": at("/account/name/"),
            "account-name-wrong": name_oneself("/account/name/", "City Hall"),
            "about-you": at("/account/about-you/"),
            "comments-none": at("/account/comments/"),
            "data-none": at("/account/data/"),
            "close": at("/account/close/"),
            "name-here": at(HERE),
            "name-here-wrong": name_oneself(HERE, "W" * 40 + " moderator"),
            "name-closed": at(f"/account/name/{cast.CLOSED}/"),
        },
    )


def test_pages_of_somebody_who_has_done_a_lot(open_tab: OpenTab) -> None:
    member = cast.member("W" * 40)
    said(member)
    copy = copies(member)
    store_answers(member, {"borough": "Hackney"})
    leaving.start(member, withdraws_comments=True)
    page = open_tab(member)
    assert_good(
        page,
        {
            "account-closing": at("/account/"),
            "comments-full": at("/account/comments/"),
            "data-full": at("/account/data/"),
            "data-over": at(f"/account/data/{copy.pk}/"),
            "about-you-full": at("/account/about-you/"),
            "close-closing": at("/account/close/"),
            "name-here-known": at(HERE),
        },
    )


def test_leaving_by_keyboard_and_without_scripts(open_tab: OpenTab) -> None:
    comment = cast.comment(cast.ada())
    page = open_tab(scripts=False)
    sign_in_with_password(page, cast.ada().email)
    long_after_signing_in(page)
    page.goto("/account/close/")
    page.get_by_label("Withdraw them all").focus()
    page.keyboard.press("Space")
    page.get_by_role("button", name="Close my account").focus()
    page.keyboard.press("Enter")
    page.get_by_label("Your password").fill(cast.PASSWORD)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Your account closes on")).to_be_visible()
    assert cast.ada().closing.withdraws_comments
    page.get_by_role("button", name="Keep my account").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("Your account stays open.")).to_be_visible()
    comment.refresh_from_db()
    assert comment.is_published


def test_another_name_from_the_form_and_back_to_it(open_tab: OpenTab) -> None:
    cast.consultation()
    page = open_tab(cast.ada())
    page.goto(f"/consultations/{cast.OPEN}/streets/")
    page.get_by_text("Add your view").click()
    page.get_by_label("Your view").fill("Half a thought.")
    page.get_by_role("button", name="Use another name here").click()
    page.get_by_label("Your name in this consultation").fill("Robin")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Your name in this consultation is saved.")).to_be_visible()
    expect(page.get_by_text("Posting as Robin.")).to_be_visible()
    expect(page.get_by_label("Your view")).to_have_value("Half a thought.")


def name_oneself(path: str, name: str) -> Way:
    def go(page: Page) -> None:
        page.goto(path)
        page.locator("input[name=name]").evaluate("(node) => node.removeAttribute('maxlength')")
        page.locator("input[name=name]").fill(name)
        page.get_by_role("button", name="Save").click()
        expect(page.get_by_role("alert").first).to_be_visible()

    return go


def said(member: Member) -> None:
    """One comment of each status, one with an answer, one as long as its words."""
    streets = cast.discussion()
    Discussion.objects.filter(pk=streets.pk).update(title="Donaudampfschifffahrt" * 4)
    for status in ("held", "hidden", "withdrawn"):
        comment = cast.comment(member, f"This one is {status}.")
        Comment.objects.filter(pk=comment.pk).update(status=status)
    cast.comment(member, "https://example.org/" + "path-without-an-end" * 20)
    cast.comment(cast.hana(), parent=cast.comment(member, "A first line.\n\n" + "And more. " * 60))


def copies(member: Member) -> DataCopy:
    """One that is over, one to be fetched, one being made; the first."""
    over = ask(member)
    data_copy.make(over.pk)
    DataCopy.objects.update(expires_at=timezone.now() - timedelta(hours=1))
    data_copy.make(ask(member).pk)
    ask(member)
    return over
