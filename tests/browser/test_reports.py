"""Reporting, being told, appealing: in a browser, without scripts and from the keyboard."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Locator, Page, expect

from discussions.models import Comment
from moderation import sanctions
from moderation.appeals import appeal_sanction
from moderation.models import Appeal, Case, Report, Sanction, Verb
from tests import cast, moderated
from tests.browser.conftest import OpenTab
from tests.browser.looking import PHONE, SMALL_TARGETS, Way, assert_good, at
from tests.browser.places import STREETS, comment_with, open_form


def test_signed_out_from_the_keyboard_and_without_scripts(open_tab: OpenTab) -> None:
    comment = cast.comment(cast.ada(), "My neighbour is called John.")
    page = open_tab(scripts=False)
    page.goto(STREETS)
    link = comment_with(page, "My neighbour").get_by_role("link", name="Report Ada’s comment")
    link.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Report this comment")).to_be_visible()
    press_until(page, page.locator("#what-1"))
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    expect(page.get_by_label("3. No personal details")).to_be_checked()
    press_until(page, page.get_by_label("Anything that helps us understand"))
    page.keyboard.type("It is his real name.")
    press_until(page, page.get_by_role("button", name="Send the report"))
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_contain_text("We have your report.")
    filed = Report.objects.get()
    assert filed.explanation == "It is his real name."
    expect(page.locator(".reference")).to_contain_text(filed.reference)
    expect(page.get_by_text("It waits for a moderator")).to_be_visible()

    page.goto("/reports/")
    page.get_by_label("Reference of the report").fill(filed.reference.lower().replace("-", " "))
    page.get_by_role("button", name="Look").click()
    expect(page).to_have_url(re.compile(f"/reports/{filed.reference}/$"))
    moderated.hide(comment)
    page.reload()
    expect(page.get_by_text("hidden it under guideline 3")).to_be_visible()


def press_until(page: Page, place: Locator) -> None:
    for _press in range(30):
        page.keyboard.press("Tab")
        if place.evaluate("node => node === document.activeElement"):
            return
    raise AssertionError(f"{place} cannot be reached from the keyboard")


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
def test_from_hidden_to_back(open_tab: OpenTab, scripts: bool) -> None:
    """The author reads why and appeals; somebody else overturns it; the reporter is told."""
    comment = cast.comment(cast.ada(), "The lamps at the station are out.")
    moderated.report(comment, cast.ben())
    moderated.hide(comment)
    author, reporter = (open_tab(each, scripts=scripts) for each in (cast.ada(), cast.ben()))
    author.goto(STREETS)
    expect(author.get_by_text("Hidden by a moderator under guideline 3")).to_be_visible()
    author.get_by_role("link", name="See why, and what you can do").click()
    author.get_by_role("link", name="Read the reason, and appeal").click()
    expect(author.get_by_text("It names a neighbour.")).to_be_visible()
    expect(author.get_by_text("The lamps at the station are out.")).to_be_visible()
    author.get_by_label("Why you think that it was wrong").fill("It names nobody.")
    author.get_by_role("button", name="Send the appeal").click()
    expect(author.get_by_role("status")).to_contain_text("We have your appeal.")
    moderated.overturn(Appeal.objects.get(), "You are right.")
    author.reload()
    expect(author.get_by_text("The decision was changed.")).to_be_visible()
    expect(author.get_by_text("You are right.")).to_be_visible()
    reporter.goto("/account/")
    reporter.get_by_role("link", name="Look at your reports").click()
    reporter.get_by_role("link", name=Report.objects.get().reference).click()
    expect(reporter.get_by_text("shows it again")).to_be_visible()
    reporter.goto(STREETS)
    expect(comment_with(reporter, "The lamps at the station are out.")).to_be_visible()


def test_pages_of_reports_and_statements(open_tab: OpenTab) -> None:
    long = f"{'Donaudampfschifffahrtsgesellschaft' * 5} and then some. " * 3
    comments = [cast.comment(cast.ada(), f"{long} Jane {number}.") for number in range(5)]
    waits, kept, hidden, masked, answered = comments
    for each in comments:
        moderated.report(each, cast.ben())
    moderated.decide(kept, Verb.KEEP, None, reason="It is an opinion.")
    decisions = {
        "hidden": moderated.decide(hidden, Verb.HIDE, reason=long),
        "masked": moderated.decide(masked, Verb.MASK, marked=("Jane",)),
        "answered": moderated.hide(answered, 1),
    }
    moderated.uphold(moderated.appeal(decisions["answered"]), long)
    held = cast.comment(cast.ada(), "Waits for somebody.")
    moderated.case_of(held)
    Case.objects.filter(comment=held).update(raised_by="mode")
    Comment.objects.filter(pk=held.pk).update(status="held")
    for kind, days in ((Sanction.Kind.SUSPENSION, 3), (Sanction.Kind.WARNING, None)):
        lasts = timedelta(days=days) if days else None
        new = sanctions.NewSanction(kind, 1, long, lasts=lasts)
        given = sanctions.sanction(cast.hana(), new, cast.senior(), timezone.now())
    appeal_sanction(given, "No.", timezone.now())
    references = {each.case.comment_id: each.reference for each in Report.objects.all()}
    reader = open_tab()
    assert_good(
        reader,
        {
            "report": at(f"/comments/{waits.pk}/report/"),
            "report-wrong": send_nothing(waits),
            "reports": at("/reports/"),
            "reports-unknown": at("/reports/?reference=K7QM"),
            "report-waits": at(f"/reports/{references[waits.pk]}/"),
            "report-kept": at(f"/reports/{references[kept.pk]}/"),
            "report-hidden": at(f"/reports/{references[hidden.pk]}/"),
            "moderation": at("/moderation/"),
            "discussion-moderated": at(STREETS),
            "guidelines": at("/guidelines/"),
        },
    )
    author = open_tab(cast.ada())
    assert_good(
        author,
        {
            **{
                f"statement-{name}": at(f"/account/decisions/{each.pk}/")
                for name, each in decisions.items()
            },
            "my-comments-moderated": at("/account/comments/"),
            "my-reports-none": at("/account/reports/"),
            "standing-none": at("/account/standing/"),
            "discussion-writing": lambda page: (page.goto(STREETS), open_form(page)),
        },
    )
    assert_good(open_tab(cast.hana()), {"standing": at("/account/standing/")})
    assert_good(open_tab(cast.ben()), {"my-reports": at("/account/reports/")})


def send_nothing(comment: Comment) -> Way:
    def go(page: Page) -> None:
        page.goto(f"/comments/{comment.pk}/report/")
        page.get_by_role("button", name="Send the report").click()
        expect(page.get_by_role("alert")).to_be_visible()

    return go


def test_before_anything_happened_the_figures_look_good_too(open_tab: OpenTab) -> None:
    cast.consultation()
    assert_good(open_tab(), {"moderation-none": at("/moderation/")})


def test_targets_are_large_enough(open_tab: OpenTab) -> None:
    comment = cast.comment(cast.ada())
    filed = moderated.report(comment)
    moderated.keep(comment)
    page = open_tab(width=PHONE)
    for path in (f"/comments/{comment.pk}/report/", f"/reports/{filed.reference}/", "/moderation/"):
        page.goto(path)
        assert page.evaluate(SMALL_TARGETS) == [], path
    open_form_page = open_tab(cast.ben(), width=PHONE)
    open_form_page.goto(STREETS)
    open_form(open_form_page)
    open_form_page.get_by_text("The nine guidelines in short").click()
    assert open_form_page.evaluate(SMALL_TARGETS) == []
