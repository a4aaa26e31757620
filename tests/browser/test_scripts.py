"""What scripts make nicer, in place; and the pages that the same links lead to without them."""

import re

import pytest
from playwright.sync_api import Locator, Page, expect
from pytest_django import Settings

from discussions.models import Comment
from discussions.threads import REPLIES_ON_A_PAGE, REPLIES_SHOWN, THREADS_ON_A_PAGE
from tests import cast
from tests.browser.conftest import OpenTab
from tests.browser.places import STREETS, comment_with

LONG = f"{'The first of it. ' * 10}\n\nThe end of it, at the length that makes folding worth while."

with_and_without_scripts = pytest.mark.parametrize(
    "scripts", [True, False], ids=["scripts", "no scripts"]
)


@with_and_without_scripts
def test_folding(open_tab: OpenTab, scripts: bool) -> None:
    cast.comment(cast.ada(), "Short enough.")
    cast.comment(cast.ada(), LONG)
    page = open_tab(scripts=scripts)
    page.goto(STREETS)
    assert page.content().count("The end of it") == 1
    end, folded = page.get_by_text("The end of it"), comment_with(page, "The first of it.")
    expect(end).to_be_hidden()
    folded.get_by_text("Show full comment").click()
    expect(end).to_be_visible()
    folded.get_by_text("Show less of comment").click()
    expect(end).to_be_hidden()
    expect(comment_with(page, "Short enough.").locator(".fold")).to_have_count(0)


def test_a_link_to_a_folded_comment_unfolds_it(open_tab: OpenTab) -> None:
    comment = cast.comment(cast.ada(), LONG)
    page = open_tab()
    page.goto(f"{STREETS}#comment-{comment.pk}")
    expect(page.get_by_text("The end of it")).to_be_visible()


def test_more_replies_in_place(open_tab: OpenTab, settings: Settings) -> None:
    settings.POSTS_OF_MEMBER = 1_000
    wanted = thread_with(REPLIES_SHOWN + REPLIES_ON_A_PAGE + 3)
    page = open_tab(cast.ada())
    page.goto(STREETS)
    assert shown(page) == wanted[: REPLIES_SHOWN + 1]
    page.get_by_role("link", name=f"Show {REPLIES_ON_A_PAGE + 3} more replies").click()
    expect(comment_article(page, wanted[REPLIES_SHOWN + 1])).to_be_focused()
    assert shown(page) == wanted[: 1 + REPLIES_SHOWN + REPLIES_ON_A_PAGE]
    page.get_by_role("link", name=re.compile("^Show .*more replies")).click()
    expect(page.locator("article.comment")).to_have_count(len(wanted))
    assert shown(page) == wanted
    expect(page.get_by_role("link", name=re.compile("more replies"))).to_have_count(0)
    expect(page).to_have_url(re.compile(f"{STREETS}$"))
    react_to(page, wanted[-1])


def test_more_replies_on_a_page_of_their_own(open_tab: OpenTab, settings: Settings) -> None:
    settings.POSTS_OF_MEMBER = 1_000
    wanted = thread_with(REPLIES_SHOWN + REPLIES_ON_A_PAGE + 3)
    page = open_tab(scripts=False)
    page.goto(STREETS)
    seen = shown(page)
    while (more := page.locator("a[data-more]")).count():
        more.click()
        seen += [pk for pk in shown(page) if pk != wanted[0]]
    assert seen == wanted


@pytest.mark.parametrize(
    ("scripts", "sort"),
    [(True, "newest"), (True, "oldest"), (True, "replies"), (True, "agreed"), (False, "replies")],
)
def test_more_comments_never_repeat(
    open_tab: OpenTab, settings: Settings, scripts: bool, sort: str
) -> None:
    settings.POSTS_OF_MEMBER = 1_000
    posted = [cast.comment(cast.ben(), f"Number {n}.").pk for n in range(THREADS_ON_A_PAGE * 2 + 5)]
    page = open_tab(cast.ada(), scripts=scripts)
    page.goto(f"{STREETS}?sort={sort}")
    seen, pages = shown(page), 1
    while (more := page.get_by_role("link", name="Show more comments")).count():
        late = cast.comment(cast.ben(), "Posted meanwhile.", Comment.objects.get(pk=posted[0]))
        pages += 1
        if scripts:
            more.click()
            expect(page.locator(".threads > .thread")).to_have_count(
                min(pages * THREADS_ON_A_PAGE, len(posted))
            )
            seen = shown(page)
        else:
            with page.expect_navigation():  # until all of it is there
                more.click()
            seen += shown(page)
    assert late
    top = [pk for pk in seen if pk in set(posted)]
    assert sorted(top) == posted


def test_replying_in_place(open_tab: OpenTab) -> None:
    first, second = cast.comment(cast.ben(), "Lamps."), cast.comment(cast.ben(), "Buses.")
    page = open_tab(cast.ada())
    page.goto(STREETS)
    lamps, buses = comment_article(page, first.pk), comment_article(page, second.pk)
    lamps.get_by_role("link", name="Reply").click()
    expect(page.get_by_label("Your reply")).to_be_focused()
    page.get_by_label("Your reply").fill("Half a thought")
    expect(page.locator(f"#reply-{first.pk}-count")).to_contain_text("3,986")
    lamps.get_by_role("link", name="Reply").click()
    expect(page.get_by_label("Your reply")).to_have_value("Half a thought")

    buses.get_by_role("link", name="Reply").click()
    expect(page.get_by_label("Your reply")).to_have_count(2)
    assert not page.evaluate(
        "[...document.querySelectorAll('[id]')].map(n => n.id).filter((id, i, all) =>"
        " all.indexOf(id) !== i)"
    ), "ids that are there twice"

    page.get_by_role("link", name="Cancel").first.click()
    expect(page.get_by_label("Your reply")).to_have_count(1)
    expect(buses.get_by_role("link", name="Reply")).to_be_focused()
    page.get_by_label("Your reply").fill("A whole thought.")
    page.get_by_role("button", name="Post reply").click()
    expect(comment_with(page, "A whole thought.")).to_be_visible()
    assert Comment.objects.get(body="A whole thought.").parent == first


def test_reactions_in_place(open_tab: OpenTab) -> None:
    comment = cast.comment(cast.ben())
    page = open_tab(cast.ada())
    page.goto(STREETS)
    page.evaluate("window.isSamePage = true")
    agree, disagree = (
        comment_article(page, comment.pk).locator(f"[data-reaction={each}]")
        for each in ("agree", "disagree")
    )
    for button, counts, pressed in [
        (agree, ("1", "0"), ("true", "false")),
        (disagree, ("0", "1"), ("false", "true")),
        (disagree, ("0", "0"), ("false", "false")),
    ]:
        button.click()
        expect(agree.locator("b")).to_have_text(counts[0])
        expect(disagree.locator("b")).to_have_text(counts[1])
        expect(agree).to_have_attribute("aria-pressed", pressed[0])
        expect(disagree).to_have_attribute("aria-pressed", pressed[1])
        expect(button).to_be_focused()
    assert page.evaluate("window.isSamePage")


@with_and_without_scripts
def test_a_reaction_after_the_session_ended(open_tab: OpenTab, scripts: bool) -> None:
    comment = cast.comment(cast.ben())
    page = open_tab(cast.ada(), scripts=scripts)
    page.goto(STREETS)
    page.context.clear_cookies(name="sessionid")
    comment_article(page, comment.pk).get_by_role("button", name="Agree 0", exact=True).click()
    page.get_by_label("Email").fill("ada@people.example")
    page.get_by_label("Password").fill(cast.PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.get_by_role("button", name="Agree", exact=True).click()
    expect(comment_article(page, comment.pk).locator(".reactions")).to_contain_text(
        re.compile(r"Agree\s+1")
    )


@with_and_without_scripts
def test_a_reaction_after_the_discussion_closed(open_tab: OpenTab, scripts: bool) -> None:
    comment = cast.comment(cast.ben())
    page = open_tab(cast.ada(), scripts=scripts)
    page.goto(STREETS)
    cast.close_now()
    comment_article(page, comment.pk).get_by_role("button", name="Agree 0", exact=True).click()
    expect(page.get_by_role("alert")).to_contain_text("This discussion has closed")


def test_reacting_without_scripts_stays_at_the_comment(open_tab: OpenTab) -> None:
    comment = cast.comment(cast.ben())
    page = open_tab(cast.ada(), scripts=False)
    page.goto(f"{STREETS}?sort=oldest")
    comment_article(page, comment.pk).get_by_role("button", name="Agree 0", exact=True).click()
    expect(page).to_have_url(re.compile(rf"{STREETS}\?sort=oldest#comment-{comment.pk}$"))


def test_scripts_give_way_to_the_links_when_the_network_fails(open_tab: OpenTab) -> None:
    """A script that cannot fetch lets the browser go there, as it would without scripts."""
    comment = cast.comment(cast.ben())
    page = open_tab(cast.ada())
    page.goto(STREETS)
    page.route("**/reply/", lambda route: route.fulfill(status=429), times=1)
    comment_article(page, comment.pk).get_by_role("link", name="Reply").click()
    expect(page).to_have_url(re.compile(f"/comments/{comment.pk}/reply/$"))


def thread_with(replies: int) -> list[int]:
    """The ids of a comment and its replies, in the order in which a page shows them."""
    root = cast.comment(cast.ada(), "The root.")
    others = [cast.ben(), cast.hana()]
    for number in range(replies):
        parent = root if number % 3 else Comment.objects.order_by("-pk")[0]
        cast.comment(others[number % 2], f"Reply {number}.", parent)
    return list(Comment.objects.order_by("path").values_list("pk", flat=True))


def shown(page: Page) -> list[int]:
    """The ids of the comments on the page, from top to bottom."""
    ids = page.locator("article.comment").evaluate_all("all => all.map(node => node.id)")
    return [int(each.removeprefix("comment-")) for each in ids]


def comment_article(page: Page, pk: int) -> Locator:
    return page.locator(f"#comment-{pk}")


def react_to(page: Page, pk: int) -> None:
    """Buttons that came later work as those that were there."""
    comment_article(page, pk).get_by_role("button", name="Agree 0", exact=True).click()
    expect(comment_article(page, pk).locator("[data-reaction=agree] b")).to_have_text("1")
