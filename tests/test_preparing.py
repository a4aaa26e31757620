"""From a draft to published: the checklist, the verb, the preview, a copy, and the forms."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from discussions import preparing
from discussions.copying import copy
from discussions.models import Comment, Consultation, Discussion, Participant, Prompt, TimelineEvent
from discussions.preparing import PublishRefusedError, State
from moderation.elections import FrozenError
from moderation.models import DateChange, ElectionPeriod, Remit
from moderation.timeline import Phase
from tests import cast
from tests.conftest import in_staff_session, signed_in
from tests.pages import words
from tests.prepared import change_page, draft, room

pytestmark = pytest.mark.django_db
NOW = datetime(2027, 2, 1, 12, tzinfo=UTC)


def states(consultation: Consultation, moment: datetime = NOW) -> dict[str, State]:
    consultation.refresh_from_db()
    return {each.key: each.state for each in preparing.checklist(consultation, moment)}


# The checklist.


def test_a_draft_that_lacks_nothing() -> None:
    assert set(states(draft(NOW)).values()) == {State.OK}


def _no_prompts(found: Consultation) -> None:
    Prompt.objects.filter(discussion__consultation=found).delete()


def _no_hosts(found: Consultation) -> None:
    Discussion.hosts.through.objects.filter(discussion__consultation=found).delete()


def _no_discussions(found: Consultation) -> None:
    Discussion.objects.filter(consultation=found).delete()


def _no_moderators(found: Consultation) -> None:
    Remit.objects.all().update(is_everywhere=False)


def _over(found: Consultation) -> None:
    Consultation.objects.filter(pk=found.pk).update(opens_at=None, closes_at=NOW)


@pytest.mark.parametrize(
    ("key", "take"),
    [
        ("question", {"summary": " \n"}),
        ("why_now", {"why_now": ""}),
        ("information", {"information": ""}),
        ("other_ways", {"other_ways": ""}),
        ("dates", {"opens_at": None}),
        ("dates", _over),
        ("dates", {"opens_at": NOW - timedelta(days=9), "closes_at": NOW - timedelta(days=1)}),
        ("discussions", _no_prompts),
        ("discussions", _no_discussions),
        ("hosts", _no_hosts),
        ("guidelines", _no_moderators),
    ],
)
def test_what_is_missing_keeps_it_a_draft(key: str, take: Any) -> None:  # noqa: ANN401 - fields or a function
    found = draft(NOW)
    if callable(take):
        take(found)
    else:
        Consultation.objects.filter(pk=found.pk).update(**take)
    assert states(found)[key] is State.MISSING
    with pytest.raises(PublishRefusedError) as refused:
        preparing.publish(found, cast.desk(), NOW)
    assert key in {each.key for each in refused.value.missing}
    found.refresh_from_db()
    assert found.published_at is None
    assert not DateChange.objects.exists()


@pytest.mark.parametrize(
    ("moment", "state"),
    [
        (datetime(2027, 2, 1, 12, tzinfo=UTC), State.OK),
        # Six weeks by London's clocks, one hour less by others: they go forward on 28 March.
        (datetime(2027, 3, 1, 9, tzinfo=UTC), State.OK),
        (datetime(2027, 10, 4, 9, tzinfo=UTC), State.OK),
    ],
)
def test_six_weeks_are_six_weeks_when_clocks_change(moment: datetime, state: State) -> None:
    found = draft(moment)
    opens_at = timezone.localtime(moment + timedelta(days=1))
    closes_at = (opens_at.replace(tzinfo=None) + timedelta(weeks=6)).replace(tzinfo=opens_at.tzinfo)
    for closing, expected in (
        (closes_at, state),
        (closes_at - timedelta(minutes=1), State.WARNING),
    ):
        Consultation.objects.filter(pk=found.pk).update(opens_at=opens_at, closes_at=closing)
        assert states(found, moment)["dates"] is expected
    preparing.publish(found, cast.desk(), moment)  # a warning does not keep it


def test_dates_of_a_published_one_are_looked_at_as_they_were_then() -> None:
    found, moment = draft(weeks=8), timezone.now()
    preparing.publish(found, cast.desk(), moment)
    found.refresh_from_db()
    for weeks in (0, 5, 20):
        assert states(found, moment + timedelta(weeks=weeks))["dates"] is State.OK


def test_guidelines_that_do_not_hold_yet_are_missing() -> None:
    before = datetime(2026, 11, 21, 12, tzinfo=UTC)
    assert states(draft(before), before)["guidelines"] is State.MISSING


def test_a_moderator_of_this_consultation_alone_will_do() -> None:
    found = draft(NOW)
    remit = Remit.objects.get()
    remit.is_everywhere = False
    remit.save()
    remit.consultations.set([cast.consultation(cast.OPEN)])
    assert states(found)["guidelines"] is State.MISSING
    remit.consultations.add(found)
    assert states(found)["guidelines"] is State.OK


# Publishing.


def test_publishing_tells_readers_from_this_moment_on() -> None:
    found, desk = draft(NOW), cast.desk()
    published = preparing.publish(found, desk, NOW)
    assert published.published_at == NOW
    assert published.phase(NOW) is Phase.UPCOMING
    change = DateChange.objects.get()
    assert (change.kind, change.by, change.at) == (DateChange.Kind.PUBLISHED, desk, NOW)
    assert (change.opens_after, change.closes_after) == (found.opens_at, found.closes_at)
    with pytest.raises(PublishRefusedError, match="published already"):
        preparing.publish(found, desk, NOW)
    assert DateChange.objects.count() == 1


def test_one_whose_opening_is_past_opens_when_it_is_published() -> None:
    found, late = draft(NOW), NOW + timedelta(days=3)
    assert states(found, late)["dates"] is State.WARNING
    published = preparing.publish(found, cast.desk(), late)
    assert published.opens_at == late
    assert published.phase(late) is Phase.OPEN


def test_nothing_is_published_in_an_election_period() -> None:
    found = draft(NOW)
    period = ElectionPeriod.objects.create(
        name="Mayor of London election",
        starts_at=NOW + timedelta(days=20),
        ends_at=NOW + timedelta(days=50),
    )
    assert states(found)["election"] is State.WARNING
    ElectionPeriod.objects.filter(pk=period.pk).update(starts_at=NOW)
    assert states(found)["election"] is State.MISSING
    with pytest.raises(FrozenError):
        preparing.publish(found, cast.desk(), NOW)
    ElectionPeriod.objects.filter(pk=period.pk).update(ends_at=NOW + timedelta(seconds=1))
    assert preparing.publish(found, cast.desk(), NOW + timedelta(seconds=1)).published_at


# Its pages in admin.


def test_the_desk_publishes_what_lacks_nothing() -> None:
    found, desk = draft(), in_staff_session(cast.desk())
    Consultation.objects.filter(pk=found.pk).update(why_now="")
    assert "1 thing is missing before it can be published: Why now." in words(
        desk.get(change_page(found))
    )
    listed = desk.get(room(found, "checklist/"))
    assert "Say what is decided" in words(listed)
    assert "/publish/" not in listed.content.decode()
    assert "Still missing: Why now." in words(desk.post(room(found, "publish/"), follow=True))
    Consultation.objects.filter(pk=found.pk).update(why_now="It is time.")
    assert "/publish/" in desk.get(room(found, "checklist/")).content.decode()
    assert "Publish it now" in words(desk.get(room(found, "publish/")))
    assert "Published. Readers can see it now." in words(
        desk.post(room(found, "publish/"), follow=True)
    )
    assert Client().get(f"/consultations/{cast.DRAFT}/").status_code == 200
    assert "Coming up" in words(desk.get(change_page(found)))


def test_who_may_only_read_neither_publishes_nor_copies() -> None:
    found = draft()
    for reader in (in_staff_session(cast.analyst()), in_staff_session(cast.moderator())):
        assert reader.get(room(found, "checklist/")).status_code == 200
        assert "/publish/" not in reader.get(room(found, "checklist/")).content.decode()
        assert reader.get(change_page(found)).status_code == 200
        for route in ("publish/", "copy/"):
            assert reader.post(room(found, route)).status_code == 403
        assert reader.post(change_page(found), {"title": "Mine"}).status_code == 403
    found.refresh_from_db()
    assert (found.published_at, Consultation.objects.count()) == (None, 1)


def test_a_draft_is_previewed_as_readers_will_see_it() -> None:
    found = draft()
    desk = in_staff_session(cast.desk())
    seen = desk.get(room(found, "preview/"))
    assert "discussions/consultation.html" in [each.name for each in seen.templates]
    told = words(seen)
    for part in (
        "only staff see this",
        "The Mayor decides in May.",
        "Here is the plan.",
        "Call us.",
    ):
        assert part in told
    assert "Coming up" in told
    assert "no-store" in seen.headers["Cache-Control"]
    assert "form-action 'none'" in seen.headers["Content-Security-Policy"]
    assert room(found, "preview/streets/") in seen.content.decode()
    inside = desk.get(room(found, "preview/streets/"))
    assert "What works?" in words(inside)
    assert "form-action 'none'" in inside.headers["Content-Security-Policy"]
    assert desk.get(room(found, "preview/never/")).status_code == 404
    found.refresh_from_db()
    assert found.published_at is None


def test_a_draft_without_dates_can_be_previewed_too() -> None:
    found = draft()
    Consultation.objects.filter(pk=found.pk).update(opens_at=None, closes_at=None)
    desk = in_staff_session(cast.desk())
    for route in ("preview/", "preview/streets/"):
        assert "Its dates are not set yet." in words(desk.get(room(found, route)))


def test_a_preview_is_for_staff_who_may_see_consultations() -> None:
    found, other = draft(), cast.member("Sol", is_staff=True)
    for route in ("preview/", "preview/streets/"):
        path = room(found, route)
        assert in_staff_session(other).get(path).status_code == 403
        assert signed_in(cast.ben()).get(path).status_code == 403
        assert "/accounts/login/" in Client().get(path, follow=True).redirect_chain[-1][0]


# A copy.


def test_a_copy_has_the_words_and_nothing_of_what_came_of_it() -> None:
    source = cast.consultation(cast.OPEN)
    cast.comment(cast.ada())
    Consultation.objects.filter(pk=source.pk).update(
        why_now="Now.", earlier_responses=7, outcome_introduction="Thanks.", host_promise="Weekly."
    )
    day = timezone.localdate()
    TimelineEvent.objects.create(consultation=source, title="A draft", starts_on=day, position=3)
    source.refresh_from_db()
    made = copy(source)
    assert (made.slug, made.title) == (f"{cast.OPEN}-2", "Copy of The open one")
    assert (made.why_now, made.host_promise) == ("Now.", "Weekly.")
    assert made.phase(timezone.now()) is Phase.DRAFT
    assert (made.opens_at, made.closes_at, made.responses) == (None, None, 0)
    assert made.outcome_introduction == ""
    event = made.events.get()
    assert (event.title, event.starts_on, event.stated) == ("A draft", None, "coming")
    streets = made.discussions.get()
    assert [each.text for each in streets.prompts.all()] == ["What works?", "What does not?"]
    host = streets.hosts.get()
    assert (host.member, host.organisation, host.consultation) == (cast.hana(), "MOPAC", made)
    assert Participant.objects.filter(consultation=made).count() == 1
    assert not Comment.objects.filter(discussion__consultation=made).exists()
    assert copy(source).slug == f"{cast.OPEN}-3"


def test_the_room_makes_the_copy_once_it_is_asked_to() -> None:
    source, desk = cast.consultation(cast.CLOSED), in_staff_session(cast.desk())
    assert desk.get(room(source, "copy/")).status_code == 200
    assert Consultation.objects.count() == 1
    answer = desk.post(room(source, "copy/"))
    made = Consultation.objects.exclude(pk=source.pk).get()
    assert answer.headers["Location"] == change_page(made)
    assert "Copied from" in words(desk.get(f"/admin/discussions/consultation/{made.pk}/history/"))


# What readers see.


def test_the_page_tells_why_now_what_to_know_and_other_ways() -> None:
    found = draft()
    preparing.publish(found, cast.desk(), timezone.now())
    page = Client().get(f"/consultations/{cast.DRAFT}/").content.decode()
    order = ["What should change", "Why now", "What you need to know", 'id="discussions"']
    order += ["Other ways to respond"]
    places = [page.index(part) for part in order]
    assert places == sorted(places)
    assert re.search(r"<details[^>]* open>", page)
    Consultation.objects.update(why_now="", information="", other_ways="")
    told = words(Client().get(f"/consultations/{cast.DRAFT}/"))
    for part in ("Why now", "What you need to know", "Other ways to respond"):
        assert part not in told


def test_long_information_is_folded() -> None:
    found = draft()
    preparing.publish(found, cast.desk(), timezone.now())
    Consultation.objects.update(information=f"<p>{'Long. ' * 400}</p>")
    page = Client().get(f"/consultations/{cast.DRAFT}/").content.decode()
    assert not re.search(r"<details[^>]* open>", page)


def test_the_checklist_is_of_this_moment() -> None:
    found = draft()
    with time_machine.travel(timezone.now() + timedelta(weeks=10), tick=False):
        assert states(found, timezone.now())["dates"] is State.MISSING
