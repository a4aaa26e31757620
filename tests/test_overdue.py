"""Moderators are told by mail of cases whose time is up: in their remit, and not too often."""

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from accounts.mail.letters import letter_of
from accounts.models import Mail
from discussions import moderating
from moderation import overdue
from moderation.models import Case, Remit, Verb
from moderation.tasks import tell_of_overdue_cases
from tests import cast, moderated

pytestmark = pytest.mark.django_db


def case(hours_overdue: float = 1) -> Case:
    made = moderating.open_case_by_staff(cast.comment(cast.ada()))
    due = timezone.now() - timedelta(hours=hours_overdue)
    Case.objects.filter(pk=made.pk).update(due_at=due)
    return made


def told() -> list[str]:
    found = Mail.objects.filter(kind=overdue.OVERDUE).order_by("pk")
    return [each.member.display_name for each in found if each.member]


def test_each_moderator_gets_one_mail_about_all_that_is_overdue_in_their_remit() -> None:
    here = cast.moderator("Moira")
    elsewhere = cast.moderator("Milo")
    Remit.objects.filter(moderator=elsewhere).update(is_everywhere=False)
    cast.member("Della", is_staff=True)
    for _each in range(3):
        case()
    case(hours_overdue=-1)
    tell_of_overdue_cases(timestamp=0)
    assert told() == ["Moira"]
    letter = letter_of(Mail.objects.get(member=here))
    assert letter is not None
    assert letter.subject == "3 cases are overdue"
    assert "/admin/moderation/case/?overdue=yes" in letter.text


def test_nothing_overdue_nothing_told() -> None:
    cast.moderator()
    case(hours_overdue=-1)
    moderated.decide(case().comment, Verb.KEEP, None)
    assert overdue.tell_of_overdue(timezone.now()) == 0


def test_once_all_are_decided_the_mail_is_not_sent() -> None:
    mo = cast.moderator()
    late = case()
    overdue.tell_of_overdue(timezone.now())
    mail = Mail.objects.get(member=mo)
    assert letter_of(mail) is not None
    moderated.decide(late.comment, Verb.KEEP, None, by=cast.moderator("Moira"))
    assert letter_of(mail) is None


def test_nor_to_somebody_who_moderates_no_more() -> None:
    mo = cast.moderator()
    case()
    overdue.tell_of_overdue(timezone.now())
    mo.groups.clear()
    assert letter_of(Mail.objects.get(member=mo)) is None


def test_again_for_new_ones_after_an_hour_and_for_the_same_after_a_day() -> None:
    cast.moderator()
    case()
    case(hours_overdue=-0.4)  # soon
    with time_machine.travel(timezone.now(), tick=False) as clock:
        overdue.tell_of_overdue(timezone.now())
        assert len(told()) == 1
        clock.shift(timedelta(minutes=30))
        overdue.tell_of_overdue(timezone.now())
        assert len(told()) == 1
        clock.shift(timedelta(minutes=31))
        overdue.tell_of_overdue(timezone.now())
        assert len(told()) == 2
        for _hour in range(23):
            clock.shift(timedelta(hours=1))
            overdue.tell_of_overdue(timezone.now())
        assert len(told()) == 2
        clock.shift(timedelta(hours=1))
        overdue.tell_of_overdue(timezone.now())
        assert len(told()) == 3
