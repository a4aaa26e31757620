"""Following, and answering a consultation in admin: every page of it, as axe sees it."""

import uuid

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from discussions import news, outcome
from discussions.models import Consultation, Participant
from tests import cast
from tests.browser.conftest import OpenTab
from tests.browser.looking import assert_good, at
from tests.browser.places import STREETS, write_comment
from tests.browser.test_moderating import staff_tab


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
def test_who_takes_part_is_asked_in_sight_of_what_they_said(
    open_tab: OpenTab, *, scripts: bool
) -> None:
    consultation = cast.consultation()
    for number in range(12):
        cast.comment(cast.ben(), f"Said before, {number}.")
    page = open_tab(cast.ada(), scripts=scripts, width=360)
    page.goto(STREETS)
    write_comment(page, "More light at the park gate, please.")
    expect(page.get_by_text("More light at the park gate, please.")).to_be_in_viewport()
    question = page.get_by_role("form", name="Get an email when there is news?")
    expect(question).to_be_in_viewport()
    question.get_by_role("button", name="Yes, follow").click()
    expect(page.get_by_text("You follow this consultation. We email")).to_be_visible()
    page.goto(consultation.get_absolute_url())
    page.get_by_role("button", name="Stop following").click()
    expect(page.get_by_role("button", name="Follow The open one")).to_be_visible()


def test_the_pages_of_following_and_answering_look_good(open_tab: OpenTab, server: str) -> None:
    comments = [cast.comment(cast.ada(), f"{'More light, please. ' * 15}{n}") for n in range(3)]
    consultation = cast.consultation()
    cites = tuple(each.pk for each in comments)
    points = [
        outcome.Point(
            "Too dark.", "Lamps come.", "will", "Decision 7", "https://a.example/", cites
        ),
        outcome.Point("Benches.", "No: nobody would look after them.", "will_not"),
    ]
    member = open_tab(cast.ada())
    assert_good(member, {"follow": at(f"/following/{cast.OPEN}/"), "asks-to-follow": _take_part})
    outcome.keep_outcome(consultation, "You asked for light.", points)
    text = "<p>The first lamps.</p><ul><li>At the gate</li></ul>"
    update = news.keep_update(consultation, cast.desk(), title="Lamps", text=text)
    news.publish_update(update)
    Consultation.objects.update(closes_at=timezone.now())
    staff = staff_tab(open_tab, cast.desk(), server)
    room = f"/admin/discussions/consultation/{consultation.pk}/"
    assert_good(
        staff,
        {
            "outcome-room": at(f"{room}outcome/"),
            "outcome-room-wrong": lambda page: _give_a_wrong_comment(page, f"{room}outcome/"),
            "outcome-publish": at(f"{room}outcome/publish/"),
            "news-item": at(f"{room}news/{update.pk}/"),
        },
    )
    outcome.publish_outcome(consultation)
    outcome.archive(consultation)
    reader = open_tab()
    assert_good(
        reader,
        {
            "consultation-archived": at(consultation.get_absolute_url()),
            "comment-cited": at(comments[0].get_absolute_url()),
        },
    )


def _take_part(page: Page) -> None:
    Participant.objects.update(asked_to_follow=False)
    page.goto(STREETS)
    write_comment(page, f"Benches, please. {uuid.uuid4()}")


def _give_a_wrong_comment(page: Page, address: str) -> None:
    page.goto(address)
    page.get_by_label("Comments it rests on").first.fill("marmalade")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("“marmalade” is no link to a comment, nor a number.")).to_be_visible()
