"""Members who are slowed down or suspended, and threads that pile up on one person."""

import uuid
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import Mail, Member
from accounts.name_changes import TooManyChangesError, change_display_name
from discussions.models import Comment
from discussions.moderating import open_case_by_staff
from discussions.pace import PILED_UP, SLOW_FOR, slow_thread
from moderation import sanctions, telling
from moderation.decisions import NotPossibleError, OwnWordsError
from moderation.limits import TooOftenError
from moderation.models import LedgerEntry, Sanction
from moderation.sanctions import NewSanction, SuspendedError
from tests import cast
from tests.conftest import signed_in
from tests.pages import words as text

pytestmark = pytest.mark.django_db
PAGE = "/consultations/open-one/streets/"


def limit(kind: Sanction.Kind, days: int | None = 1, member: Member | None = None) -> Sanction:
    new = NewSanction(kind, 1, "Three insults.", lasts=timedelta(days=days) if days else None)
    now = timezone.now()
    given = sanctions.sanction(member or cast.ada(), new, cast.senior(), now)
    cast.ada().refresh_from_db()
    return given


def test_a_suspended_member_reads_and_withdraws_but_writes_nothing() -> None:
    own = cast.comment(cast.ada())
    bens = cast.comment(cast.ben())
    limit(Sanction.Kind.SUSPENSION)
    client = signed_in(cast.ada())
    assert "You are suspended" in text(client.get(PAGE))
    for address, fields in (
        (f"{PAGE}comments/", {"body": "Once more.", "form_key": str(uuid.uuid4())}),
        (f"/comments/{bens.pk}/reply/", {"body": "Once more.", "form_key": str(uuid.uuid4())}),
        (f"/comments/{own.pk}/edit/", {"body": "Once more."}),
        (f"/comments/{bens.pk}/reaction/", {"reaction": "agree"}),
    ):
        answer = client.post(address, fields)
        assert answer.status_code == 403, address
        assert "A moderator has suspended you." in text(answer)
    assert "Once more." in text(client.post(f"{PAGE}comments/", {"body": "Once more."}))
    assert client.post(f"/comments/{own.pk}/withdraw/").status_code == 302
    own.refresh_from_db()
    assert own.status == Comment.Status.WITHDRAWN
    assert not Comment.objects.filter(body="Once more.").exists()


def test_it_holds_from_the_next_post_of_a_form_that_was_open() -> None:
    """S11: whoever asks for the post has read the member before."""
    known = cast.ada()
    cast.discussion()
    limit(Sanction.Kind.SUSPENSION, member=Member.objects.get(pk=known.pk))
    with pytest.raises(SuspendedError):
        cast.comment(known)


def test_it_ends_by_itself_and_early() -> None:
    given = limit(Sanction.Kind.SUSPENSION)
    Member.objects.update(suspended_until=timezone.now() - timedelta(seconds=1))
    cast.comment(Member.objects.get(pk=cast.ada().pk))
    longer = limit(Sanction.Kind.SUSPENSION, days=9)
    sanctions.end(longer, cast.senior(), timezone.now())
    member = Member.objects.get(pk=cast.ada().pk)
    assert member.suspended_until == given.ends_at, "the other one goes on"
    sanctions.end(given, cast.senior(), timezone.now())
    cast.comment(Member.objects.get(pk=member.pk))


def test_the_member_is_told_and_the_log_knows() -> None:
    given = limit(Sanction.Kind.WARNING, days=None)
    assert Mail.objects.get().kind == telling.SANCTION
    assert LedgerEntry.objects.get().what == Sanction.Kind.WARNING
    cast.comment(cast.ada())
    sanctions.end(given, cast.senior(), timezone.now())
    sanctions.end(given, cast.senior(), timezone.now())
    assert Mail.objects.count() == 2
    assert LedgerEntry.objects.count() == 2


def test_a_suspended_member_says_nothing_by_a_new_name_either() -> None:
    limit(Sanction.Kind.SUSPENSION)
    with pytest.raises(TooManyChangesError):
        change_display_name(cast.ada(), "Read This Instead")


def test_a_sanction_goes_with_its_case() -> None:
    """Not somebody else's, and not about an answer to the moderator."""
    answer = cast.comment(cast.ada(), parent=cast.comment(cast.senior()))
    case = open_case_by_staff(answer)
    for member, refusal in ((cast.ben(), NotPossibleError), (cast.ada(), OwnWordsError)):
        new = NewSanction(Sanction.Kind.WARNING, 1, "Insults.", case=case)
        with pytest.raises(refusal):
            sanctions.sanction(member, new, cast.senior(), timezone.now())


def test_staff_are_not_sanctioned() -> None:
    with pytest.raises(sanctions.StaffNotSanctionedError):
        limit(Sanction.Kind.WARNING, days=None, member=cast.mo())


def test_a_slowed_member_posts_once_an_hour() -> None:
    limit(Sanction.Kind.SLOWED)
    first = cast.comment(cast.ada())
    client = signed_in(cast.ada())
    fields = {"body": "And another thing.", "form_key": str(uuid.uuid4())}
    answer = client.post(f"{PAGE}comments/", fields)
    assert answer.status_code == 429
    assert "once an hour" in text(answer)
    assert "And another thing." in text(answer)
    Comment.objects.update(posted_at=first.posted_at - timedelta(hours=1, seconds=1))
    assert client.post(f"{PAGE}comments/", fields).status_code == 302


def test_when_replies_to_one_person_pile_up_their_thread_slows_down() -> None:
    top = cast.comment(cast.ada())
    other = cast.comment(cast.ada())
    for number in range(PILED_UP):
        assert Comment.objects.get(pk=top.pk).slow_until is None
        last = cast.comment(cast.member(f"Member {number}"), parent=top)
    until = Comment.objects.get(pk=top.pk).slow_until
    assert until is not None
    assert until - timezone.now() > SLOW_FOR - timedelta(minutes=1)
    for page in (PAGE, f"/comments/{top.pk}/", f"/comments/{last.pk}/"):
        assert "Slow mode until" in text(Client().get(page)), page
    with pytest.raises(TooOftenError):
        cast.comment(cast.member("Member 0"), parent=top)
    cast.comment(cast.member("Member 0"), parent=other)
    late = cast.comment(cast.ben(), parent=top)
    with pytest.raises(TooOftenError):
        cast.comment(cast.ben(), parent=late)
    host = cast.comment(cast.hana(), parent=top)
    cast.comment(cast.hana(), parent=host)


def test_a_moderator_slows_a_thread_and_ends_that() -> None:
    top = cast.comment(cast.ada())
    reply = cast.comment(cast.ben(), parent=top)
    slow_thread(reply, timezone.now() + timedelta(hours=1))
    with pytest.raises(TooOftenError):
        cast.comment(cast.ben(), parent=reply)
    slow_thread(reply, None)
    cast.comment(cast.ben(), parent=reply)


def test_two_who_talk_with_each_other_pile_up_on_nobody() -> None:
    top = cast.comment(cast.ada())
    for _reply in range(PILED_UP + 2):
        cast.comment(cast.ada(), parent=cast.comment(cast.ben(), parent=top))
    assert Comment.objects.get(pk=top.pk).slow_until is None
