"""Changing dates in a browser, without scripts as well, and every page of it as axe sees it."""

from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from discussions import dates, proposals
from discussions.models import Consultation, Update
from moderation.models import ElectionPeriod
from tests import cast
from tests.browser.conftest import OpenTab
from tests.browser.looking import assert_good, at
from tests.browser.test_moderating import staff_tab

DAY = timedelta(days=1)


def room(consultation: Consultation) -> str:
    return f"/admin/discussions/consultation/{consultation.pk}/dates/"


@pytest.mark.parametrize("scripts", [True, False])
def test_staff_extend_it_and_readers_see_why(
    open_tab: OpenTab, server: str, *, scripts: bool
) -> None:
    consultation = cast.consultation()
    page = staff_tab(open_tab, cast.desk(), server, scripts=scripts)
    page.goto(f"/admin/discussions/consultation/{consultation.pk}/change/")
    page.get_by_role("link", name="Dates", exact=True).click()
    extend = page.get_by_role("form", name="Extend")
    later = timezone.localdate() + 30 * DAY
    extend.get_by_label("Closes on").fill(f"{later}")
    extend.get_by_label("Closes at, London time").fill("23:59:59")
    extend.get_by_label("Why").fill("Schools were closed, and families asked for more time.")
    extend.get_by_role("button", name="Extend").click()
    expect(page.get_by_text("It is extended. It closes")).to_be_visible()

    reader = open_tab(scripts=scripts)
    reader.goto(consultation.get_absolute_url())
    ledger = reader.get_by_role("region", name="Changes of dates")
    expect(ledger).to_contain_text("Schools were closed, and families asked for more time.")
    reader.get_by_role("link", name="Extended to").click()
    expect(reader).to_have_url(f"{server}{consultation.get_absolute_url()}#date-changes")


def test_the_pages_of_dates_look_good(open_tab: OpenTab, server: str) -> None:
    consultation, upcoming = cast.consultation(), cast.consultation(cast.UPCOMING)
    closed, desk, now = cast.consultation(cast.CLOSED), cast.desk(), timezone.now()
    comment = cast.comment(cast.ada(), "Something with a name in it.")
    reason = "Schools were closed, and families asked for more time."
    dates.extend(consultation, desk, reason, now + 20 * DAY)
    dates.extend(consultation, desk, "And once more, because of the flood.", now + 30 * DAY)
    proposals.propose_reopening(closed, desk, "The flood kept people away.", now + 9 * DAY)
    proposals.propose_erasing_comment(comment, cast.deputy(), "It names a child.")
    Update.objects.create(
        consultation=consultation,
        title="We went to Hackney, and listened",
        text="<p>On Monday.</p>",
        published_at=now,
        by=desk,
    )
    staff = staff_tab(open_tab, desk, server)
    assert_good(
        staff,
        {
            "dates-open": at(room(consultation)),
            "dates-upcoming": at(room(upcoming)),
            "dates-closed": at(room(closed)),
            "dates-of-a-discussion": at(f"{room(consultation)}{comment.discussion_id}/"),
        },
    )
    ElectionPeriod.objects.create(
        name="Mayor of London election", starts_at=now - DAY, ends_at=now + DAY
    )
    assert_good(open_tab(), {"consultation": at(consultation.get_absolute_url())})
