"""An election period: City Hall keeps still, Londoners talk on, and every page says so."""

import uuid
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from discussions import dates, posting
from discussions.models import Comment, Consultation
from moderation import elections
from moderation.elections import FrozenError
from moderation.models import ElectionPeriod
from moderation.timeline import Phase
from tests import cast
from tests.conftest import in_staff_session, signed_in
from tests.pages import words

pytestmark = pytest.mark.django_db

ADDRESS = f"/consultations/{cast.OPEN}/streets/"
DAY = timedelta(days=1)


@pytest.fixture
def period(db: None) -> ElectionPeriod:
    now = timezone.now()
    return ElectionPeriod.objects.create(
        name="Mayor of London election", starts_at=now - DAY, ends_at=now + DAY
    )


def sent(body: str) -> dict[str, str]:
    return {"body": body, "form_key": str(uuid.uuid4())}


def test_the_period_runs_from_its_start_up_to_not_including_its_end(
    period: ElectionPeriod,
) -> None:
    tick = timedelta(microseconds=1)
    for moment, is_frozen in (
        (period.starts_at - tick, False),
        (period.starts_at, True),
        (period.ends_at - tick, True),
        (period.ends_at, False),
    ):
        assert (elections.current_period(moment) == period) is is_frozen
        if is_frozen:
            with pytest.raises(FrozenError, match="Mayor of London election"):
                elections.check_not_frozen(moment)
        else:
            elections.check_not_frozen(moment)


def test_a_period_that_ends_at_midnight_in_london_ends_with_the_day_before() -> None:
    midnight = datetime(2026, 5, 7, 23, tzinfo=UTC)
    period = ElectionPeriod(name="x", starts_at=midnight - 30 * DAY, ends_at=midnight)
    assert elections.last_day_in_words(period) == "7 May 2026"


def test_pages_ask_for_it_once_in_ten_seconds(period: ElectionPeriod) -> None:
    with CaptureQueriesContext(connection) as captured:
        for _page in range(3):
            assert elections.current_period(timezone.now()) == period
    assert len(captured) == 1


def test_every_page_says_so_and_the_error_pages_ask_nothing(period: ElectionPeriod) -> None:
    cast.consultation()
    day = elections.last_day_in_words(period)
    told = f"Election period until {day}: City Hall publishes no news and staff do not answer."
    for address in ("/", ADDRESS, "/guidelines/", "/accounts/login/"):
        page = words(Client().get(address))
        assert told in page
        assert "You can go on talking." in page
    assert "Election period" not in words(Client().get("/no-such-page/"))


def test_hosts_get_their_text_back_and_everybody_else_talks_on(period: ElectionPeriod) -> None:
    top = cast.comment(cast.ada())
    hana, text = signed_in(cast.hana()), "We will answer that at once."
    for address in (f"{ADDRESS}comments/", f"/comments/{top.pk}/reply/"):
        answer = hana.post(address, sent(text))
        assert answer.status_code == 403
        assert "This waits until the election period" in words(answer)
        assert text in answer.text
    assert signed_in(cast.ben()).post(f"{ADDRESS}comments/", sent("I agree.")).status_code == 302
    assert Comment.objects.count() == 2


def test_hosts_change_nothing_they_said(db: None) -> None:
    cast.consultation()
    answer = cast.comment(cast.hana(), "Before it began.")
    now = timezone.now()
    ElectionPeriod.objects.create(name="Election", starts_at=now - DAY, ends_at=now + DAY)
    with pytest.raises(FrozenError):
        posting.edit_comment(answer, cast.hana(), "After it began.")


def test_only_closing_is_possible(period: ElectionPeriod) -> None:
    consultation, upcoming = cast.consultation(), cast.consultation(cast.UPCOMING)
    closed, desk = cast.consultation(cast.CLOSED), cast.desk()
    far = timezone.now() + 90 * DAY
    with pytest.raises(FrozenError):
        dates.open_now(upcoming, desk, "Now.")
    with pytest.raises(FrozenError):
        dates.move(upcoming, desk, "Later.", far - DAY, far)
    with pytest.raises(FrozenError):
        dates.extend(consultation, desk, "Longer.", far)
    with pytest.raises(FrozenError):
        dates.reopen(closed, desk, "Again.", far, confirmed_by=cast.deputy())
    dates.close_now(consultation, desk, "It is over.")
    assert Consultation.objects.get(pk=consultation.pk).phase(far) is Phase.CLOSED
    room = f"/admin/discussions/consultation/{upcoming.pk}/dates/"
    answer = in_staff_session(desk).post(room, {"change": "opened", "opened-reason": "Now."})
    assert answer.status_code == 409
    assert "This waits until the election period" in words(answer)


def test_staff_set_it_up_in_admin_and_are_warned_of_what_opens_in_it() -> None:
    upcoming = cast.consultation(cast.UPCOMING)
    client = in_staff_session(cast.desk())
    assert "Election period" not in words(Client().get("/"))
    form = {"name": "General election", "starts_at_1": "00:00", "ends_at_1": "22:00"}
    today = timezone.localdate()
    form |= {"starts_at_0": f"{today}", "ends_at_0": f"{today + 30 * DAY}"}
    answer = client.post("/admin/moderation/electionperiod/add/", form, follow=True)
    assert f"“{upcoming.title}” opens within this period" in words(answer)
    assert "Election period until" in words(Client().get("/"))
