"""Every page in every state, but for those of an account; what is looked at, looking.py says."""

import os
import uuid

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect
from pytest_django import Settings

from accounts.demo import SIGN_INS
from accounts.models import Member
from discussions import demo, posting
from discussions.models import Comment, Discussion
from tests import cast
from tests.browser.conftest import OpenTab
from tests.browser.joining import fill_in
from tests.browser.looking import (
    ALL_RULES,
    DESK,
    PHONE,
    SMALL_TARGETS,
    Way,
    assert_good,
    at,
    found_by_axe,
    keep_picture,
    shown,
)
from tests.browser.places import STREETS, open_form, write_comment

TALK = f"/consultations/{demo.OPEN}/seeing-officers-where-you-live/"
AWKWARD = f"/consultations/{cast.OPEN}/awkward/"


@pytest.fixture
def stage(server: str, settings: Settings) -> None:
    """The demo, and beside it what tries a page's patience."""
    settings.POSTS_OF_MEMBER = 10_000
    demo.load(lambda _line: None)
    streets = cast.discussion()
    awkward = Discussion.objects.create(
        consultation=streets.consultation,
        slug="awkward",
        title="Pneumonoultramicroscopicsilicovolcanoconiosis and other words",
        introduction=f"{'Donaudampfschifffahrtsgesellschaft' * 4}\n\nSecond paragraph.",
        position=2,
    )
    long_name = cast.member("W" * 40)
    _post(awkward, long_name, "https://example.org/" + "path-without-an-end" * 20)
    _post(awkward, cast.ada(), "שלום, זה טקסט מימין לשמאל.")
    _post(awkward, cast.ada(), "🚲" * 300)
    deep = _post(awkward, cast.ben(), "Deep.")
    for level in range(9):
        deep = _post(awkward, [long_name, cast.ada()][level % 2], f"Level {level}. " * 30, deep)
    wide = _post(awkward, cast.ben(), "Wide.")
    for number in range(30):
        _post(awkward, [cast.hana(), cast.ben()][number % 2], f"Reply {number}.", wide)
    cast.discussion(cast.UPCOMING)


@pytest.mark.usefixtures("stage")
def test_pages_of_a_reader(open_tab: OpenTab) -> None:
    wide = Comment.objects.get(body="Wide.")
    deepest = Comment.objects.filter(body__startswith="Level 8").get()
    page = open_tab()
    assert_good(
        page,
        {
            "home": at("/"),
            "consultations": at("/consultations/"),
            "consultation-open": at(f"/consultations/{demo.OPEN}/"),
            "consultation-upcoming": at(f"/consultations/{demo.UPCOMING}/"),
            "consultation-closed": at(f"/consultations/{demo.CLOSED}/"),
            "discussion": at(TALK),
            "discussion-awkward": at(AWKWARD),
            "discussion-empty": at(STREETS),
            "discussion-upcoming": at(f"/consultations/{cast.UPCOMING}/streets/"),
            "discussion-closed": at(_discussion_of(demo.CLOSED)),
            "search": at(f"{TALK}?q=street"),
            "search-nothing": at(f"{TALK}?q=xylophone"),
            "comment": at(f"{wide.get_absolute_url()}?after={wide.pk}"),
            "comment-deep": at(deepest.get_absolute_url()),
            "guidelines": at(reverse("guidelines")),
            "support": at(reverse("support")),
            "how-it-works": at(reverse("how_it_works")),
            "accessibility": at(reverse("accessibility")),
            "privacy": at(reverse("privacy")),
            "terms": at(reverse("terms")),
            "cookies": at(reverse("cookies")),
            "outbox": at(reverse("outbox")),
            "not-found": at("/nowhere/"),
        },
    )


@pytest.mark.usefixtures("stage")
def test_pages_of_joining_and_signing_in(open_tab: OpenTab) -> None:
    page = open_tab()
    assert_good(
        page,
        {
            "sign-in": at(reverse("account_login")),
            "sign-in-wrong": wrong_sign_in,
            "sign-up": at(reverse("account_signup")),
            "sign-up-wrong": wrong_sign_up,
            "code": sign_up,
            "code-wrong": wrong_code,
            "password-reset": at(reverse("account_reset_password")),
            "password-reset-code": reset_password,
        },
    )
    page.context.clear_cookies()
    errors = (
        "errors/400.html",
        "errors/403.html",
        "errors/500.html",
        "errors/503.html",
        "errors/429.html",
    )
    assert_good(page, {template: shown(template) for template in errors})


@pytest.mark.usefixtures("stage")
def test_pages_of_a_member(open_tab: OpenTab) -> None:
    theirs = Comment.objects.get(body="Deep.")
    mine = Comment.objects.filter(author__member=cast.ada(), parent=None).first()
    assert mine
    page = open_tab(cast.ada())
    assert_good(
        page,
        {
            "member-discussion": at(TALK),
            "member-discussion-writing": lambda page: (page.goto(TALK), open_form(page)),
            "member-comment": at(mine.get_absolute_url()),
            "too-long": writing("long " * 900),
            "reply": at(f"{theirs.get_absolute_url()}reply/"),
            "reply-empty": reply_with_nothing(theirs),
            "edit": at(f"{mine.get_absolute_url()}edit/"),
            "withdraw": at(f"{mine.get_absolute_url()}withdraw/"),
            "reaction": at(f"{theirs.get_absolute_url()}reaction/"),
            "not-allowed": at(f"{theirs.get_absolute_url()}edit/"),
            "send-again": send_without_cookie,
            "email": at(reverse("account_email")),
            "password": at(reverse("account_change_password")),
            "sign-out": at(reverse("account_logout")),
            "published": writing("Here I am."),
            "not-posted": write_too_late,
            "discussion-just-closed": at(STREETS),
        },
    )


@pytest.mark.usefixtures("stage")
def test_the_discussion_comes_soon_and_its_targets_are_large(open_tab: OpenTab) -> None:
    page = open_tab(_member_of_demo(), width=PHONE)
    page.goto(TALK)
    first = page.locator("article.comment").first.bounding_box()
    assert first
    assert first["y"] <= 1.5 * 800, "the first comment is not within a screen and a half"
    for width in (PHONE, DESK):
        page.set_viewport_size({"width": width, "height": 800})
        open_form(page)
        assert page.evaluate(SMALL_TARGETS) == []


@pytest.mark.usefixtures("stage")
def test_a_fold_is_there_only_where_it_hides_something(open_tab: OpenTab) -> None:
    page = open_tab()
    page.goto(TALK)
    folds = page.locator(".fold").count()
    assert folds > 5
    expect(page.locator(":has(> .fold) .fold__rest:not(:empty)")).to_have_count(
        page.locator(".fold__rest").count()
    )
    expect(page.locator(":has(.fold__rest) > .fold")).to_have_count(folds)


@pytest.mark.usefixtures("stage")
def test_forced_colours_reduced_motion_and_print(open_tab: OpenTab) -> None:
    page = open_tab(_member_of_demo(), width=PHONE)
    page.goto(f"{TALK}?sort=replies")  # hosts answer there
    page.emulate_media(forced_colors="active")
    assert list(found_by_axe(page, ALL_RULES)) == []
    host = page.locator(".comment--host").first
    assert _style(page, ".comment--host", "borderTopStyle") == "solid"
    expect(host.locator(".badge").first).to_be_visible()
    keep_picture(page, "forced-colours")
    page.emulate_media(forced_colors="none", reduced_motion="reduce")
    assert page.evaluate("document.getAnimations().length") == 0
    assert _style(page, "html", "scrollBehavior") == "auto"
    page.emulate_media(media="print")
    expect(page.locator(".comment .fold__rest").first).to_be_visible()
    expect(page.locator("#write")).to_be_hidden()
    keep_picture(page, "print")


def sign_up(page: Page) -> None:
    page.goto(reverse("account_signup"))
    fill_in(page, f"late-{os.getpid()}@people.example", "Late riser")
    page.get_by_role("button", name="Join", exact=True).click()
    expect(page.get_by_label("Code")).to_be_visible()


def wrong_code(page: Page) -> None:
    page.get_by_label("Code").fill("AAAAAA")
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_role("alert")).to_be_visible()


def wrong_sign_up(page: Page) -> None:
    page.goto(reverse("account_signup"))
    fill_in(page, "short@people.example", "City Hall", "password")
    page.get_by_role("button", name="Join", exact=True).click()
    expect(page.get_by_role("alert")).to_have_count(2)
    expect(page.get_by_label("Display name")).to_be_focused()


def wrong_sign_in(page: Page) -> None:
    page.goto(reverse("account_login"))
    page.get_by_label("Email").fill("ada@people.example")
    page.get_by_label("Password").fill("not-the-right-one")
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page.get_by_role("alert")).to_be_visible()


def reset_password(page: Page) -> None:
    page.goto(reverse("account_reset_password"))
    page.get_by_label("Email").fill("ada@people.example")
    page.get_by_role("button", name="Send the code").click()
    expect(page.get_by_label("Code")).to_be_visible()


def writing(text: str) -> Way:
    def go(page: Page) -> None:
        page.goto(STREETS)
        write_comment(page, text)

    return go


def reply_with_nothing(comment: Comment) -> Way:
    def go(page: Page) -> None:
        page.goto(f"{comment.get_absolute_url()}reply/")
        page.get_by_role("button", name="Post reply").click()
        expect(page.get_by_role("alert")).to_be_visible()

    return go


def send_without_cookie(page: Page) -> None:
    page.goto(STREETS)
    open_form(page)
    page.context.clear_cookies(name="csrftoken")
    write_comment(page, "Written long ago.")
    expect(page.get_by_role("heading", name="Please send it again")).to_be_visible()


def write_too_late(page: Page) -> None:
    page.goto(STREETS)
    open_form(page)
    cast.close_now()
    write_comment(page, "Too late.\n\nBut not lost.")
    expect(page.get_by_text("This discussion has closed")).to_be_visible()
    expect(page.get_by_role("heading", name="Not posted")).to_be_visible()


def _post(
    discussion: Discussion, author: Member, body: str, parent: Comment | None = None
) -> Comment:
    new = posting.NewComment(body, uuid.uuid4(), parent_id=parent.pk if parent else None)
    return posting.post_comment(discussion, author, new)


def _member_of_demo() -> Member:
    return Member.objects.get(email=SIGN_INS[0].email)


def _discussion_of(consultation: str) -> str:
    first: Discussion = Discussion.objects.filter(consultation__slug=consultation)[0]
    return first.get_absolute_url()


def _style(page: Page, selector: str, name: str) -> str:
    value: str = page.evaluate(
        "([selector, name]) => getComputedStyle(document.querySelector(selector))[name]",
        [selector, name],
    )
    return value
