"""An election period: City Hall keeps still, Londoners talk on, and every page says so."""

import uuid
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.forms.models import model_to_dict
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from discussions import dates, moderating, outcome, posting, voices
from discussions.admin.refusals import sentence
from discussions.models import Comment, Consultation, Reaction, Update
from moderation import elections
from moderation.decisions import HostsWaitError, Judgement
from moderation.elections import FrozenError
from moderation.models import ElectionPeriod, Verb
from moderation.timeline import Phase
from tests import cast
from tests.conftest import in_staff_session, signed_in
from tests.pages import words
from tests.prepared import form_of

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


def test_what_readers_see_of_a_consultation_stays_as_it_is(period: ElectionPeriod) -> None:
    published, desk = cast.consultation(), in_staff_session(cast.ida())
    host, place = published.participants.get(), published.discussions.get()
    admin = "/admin/discussions"
    pages = (
        (f"{admin}/consultation/{published.pk}/change/", {"summary": "Typed just now"}),
        (f"{admin}/discussion/{place.pk}/change/", {"introduction": "Typed just now"}),
        (f"{admin}/participant/{host.pk}/change/", {"organisation": "Typed just now"}),
    )
    for page, typed in pages:
        answer = desk.post(page, form_of(desk, page) | typed)
        assert "This waits until the election period" in words(answer)
        assert "Typed just now" in answer.text
    for each in (published, place, host):
        before = model_to_dict(each)
        each.refresh_from_db()
        assert model_to_dict(each) == before
    Consultation.objects.update(published_at=None)
    for page, typed in pages:
        assert desk.post(page, form_of(desk, page) | typed).status_code == 302


def test_staff_see_that_publishing_waits_before_there_is_a_button(period: ElectionPeriod) -> None:
    closed, desk = cast.consultation(cast.CLOSED), in_staff_session(cast.desk())
    update = Update.objects.create(consultation=closed, title="News", text="x", by=cast.desk())
    for step in ("outcome/publish/", f"news/{update.pk}/publish/"):
        page = desk.get(f"/admin/discussions/consultation/{closed.pk}/{step}")
        assert "This waits until the election period" in words(page)
        assert b"decide__button" not in page.content
    Consultation.objects.filter(pk=closed.pk).update(outcome_published_at=timezone.now())
    with pytest.raises(FrozenError):
        outcome.archive(closed)


def test_nobody_enters_voices(period: ElectionPeriod) -> None:
    place = cast.discussion()
    said = voices.Said("meeting", "Brixton")
    with pytest.raises(voices.VoiceRefusedError, match="This waits until the election period"):
        voices.add_voice(voices.Voice(place.pk, said, "More light.", "1"))


def test_a_host_sees_no_form_but_why_and_others_see_theirs(period: ElectionPeriod) -> None:
    top = cast.comment(cast.ada())
    hana, ben = signed_in(cast.hana()), signed_in(cast.ben())
    page = hana.get(ADDRESS)
    assert "This waits until the election period" in words(page)
    for client, sees in ((hana, False), (ben, True)):
        shown = client.get(ADDRESS).text
        for form in (f"/comments/{top.pk}/reply/", f"/comments/{top.pk}/reaction/", 'id="write"'):
            assert (form in shown) is sees
    for act in ("reply", "reaction"):
        answer = hana.get(f"/comments/{top.pk}/{act}/")
        assert answer.status_code == 403
        assert "This waits until the election period" in words(answer)
    with pytest.raises(FrozenError):
        posting.react(top, cast.hana(), Reaction.Value.AGREE)
    period.delete()
    elections.forget()
    assert f"/comments/{top.pk}/reply/" in hana.get(ADDRESS).text


def test_no_moderator_makes_a_hosts_words_appear_in_it() -> None:
    said = cast.comment(cast.hana(), "Before it began.")
    case = moderating.open_case_by_staff(said)
    hide = Judgement(Verb.HIDE, guideline=1, reason="Not so.")
    moderating.decide(case, cast.moderator(), hide, case.revision)
    now = timezone.now()
    ElectionPeriod.objects.create(name="Election", starts_at=now - DAY, ends_at=now + DAY)
    case.refresh_from_db()
    with pytest.raises(HostsWaitError) as refusal:
        moderating.decide(case, cast.moderator(), Judgement(Verb.RESTORE), case.revision)
    assert "This waits until the election period" in sentence(refusal.value)
    said.refresh_from_db()
    assert said.status == Comment.Status.HIDDEN


def test_staff_are_not_warned_of_what_has_opened(period: ElectionPeriod) -> None:
    consultation, client = cast.consultation(), in_staff_session(cast.desk())
    Consultation.objects.update(opens_at=timezone.now() - timedelta(hours=1))
    page = f"/admin/moderation/electionperiod/{period.pk}/change/"
    answer = client.post(page, form_of(client, page), follow=True)
    assert answer.status_code == 200
    assert f"“{consultation.title}” opens" not in words(answer)
