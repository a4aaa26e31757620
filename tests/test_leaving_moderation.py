"""A member who leaves: nothing that moderation kept tells who it was, or what they wrote."""

import json
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from accounts import leaving
from accounts.models import Closing, Member
from discussions import data_copy
from discussions.leaving import close_due_accounts
from discussions.models import Comment
from discussions.statuses import change_status
from moderation import appeals, sanctions
from moderation.ledger import first_broken
from moderation.limits import reports_of_member
from moderation.models import (
    Appeal,
    Case,
    CaseFinding,
    Decision,
    LedgerEntry,
    LimitCount,
    Report,
    Sanction,
    SealedOriginal,
    Verb,
)
from tests import cast, moderated
from tests.pages import words
from tests.test_leaving import counters_are_right, found, rows_of

pytestmark = pytest.mark.django_db

# Each written by the member alone.
OWN_WORDS = (
    "zqmasked",
    "zqexplains",
    "zqappeals",
    "zqreporterappeals",
    "zqagainstlimit",
    "zqwithdrawn",
)


def _everything() -> Member:
    """Zoe reports, is reported, hidden, masked, held, limited, and appeals whatever she can."""
    zoe = cast.member("Zoe Zebedee")
    theirs = cast.comment(cast.ben())
    filed = moderated.report(theirs, zoe, explanation="zqexplains")
    appeals.appeal_decision(moderated.keep(theirs), "zqreporterappeals", zoe, timezone.now(), filed)
    moderated.appeal(moderated.hide(cast.comment(zoe, "Hidden zqhidden.")), "zqappeals")
    moderated.decide(cast.comment(zoe, "Seen zqmasked."), Verb.MASK, marked=("zqmasked",))
    for status in (Comment.Status.HELD, Comment.Status.WITHDRAWN):
        comment = cast.comment(zoe, "Gone zqwithdrawn." if status == "withdrawn" else "Waits.")
        case = moderated.case_of(comment)
        CaseFinding.objects.create(case=case, kind="phone", start=0, end=4)
        change_status(comment, status)
    new = sanctions.NewSanction(Sanction.Kind.SLOWED, 1, "zqlimit", lasts=timedelta(days=1))
    given = sanctions.sanction(zoe, new, cast.senior(), timezone.now())
    appeals.appeal_sanction(given, "zqagainstlimit", timezone.now())
    reports_of_member().count(str(zoe.pk))
    return zoe


@pytest.mark.parametrize("withdraws_comments", [False, True])
def test_nothing_tells_who_it_was_or_what_they_wrote(*, withdraws_comments: bool) -> None:
    zoe = _everything()
    assert all(found(each) for each in OWN_WORDS if each != "zqmasked")
    assert SealedOriginal.objects.exclude(sealed="").count() == 1
    numbers = [model.objects.count() for model in (Report, Case, Decision, LedgerEntry)]
    leaving.start(zoe, withdraws_comments=withdraws_comments)
    Closing.objects.update(due_at=timezone.now())
    assert close_due_accounts() == 1
    for word in (*OWN_WORDS, "Zebedee", "zqlimit"):
        assert found(word) == [], word
    assert bool(found("zqhidden")) is not withdraws_comments
    assert rows_of(zoe.pk) == []
    assert not SealedOriginal.objects.exclude(sealed="").exists()
    assert not Sanction.objects.exists()
    # Those of the limit went with it.
    assert Appeal.objects.count() == 2
    # What was decided stays, and so does the log.
    assert [model.objects.count() for model in (Report, Case, Decision, LedgerEntry)] == numbers
    assert first_broken() is None
    places = CaseFinding.objects.values_list("case__comment__status", "case__comment__body")
    assert list(places) == ([] if withdraws_comments else [("held", "Waits.")])
    assert not LimitCount.objects.filter(key__endswith=f":{zoe.pk}").exists()
    assert counters_are_right()


def test_what_a_former_member_reported_is_found_under_its_reference_and_decided() -> None:
    zoe = _everything()
    filed = Report.objects.get(reporter=zoe)
    leaving.start(zoe, withdraws_comments=False)
    Closing.objects.update(due_at=timezone.now())
    close_due_accounts()
    answer = Client().get(f"/reports/{filed.reference}/")
    assert "They did not find that it goes against guideline 3" in words(answer)
    moderated.overturn(Appeal.objects.get(report=filed))
    hidden = Appeal.objects.get(report=None, decision__isnull=False)
    moderated.overturn(hidden, by=cast.senior("Sam"))
    assert "hidden it under guideline 3" in words(Client().get(f"/reports/{filed.reference}/"))


def test_their_copy_of_their_data_has_all_of_it_and_nothing_of_others() -> None:
    zoe = _everything()
    of_others = cast.comment(zoe, "Reported.")
    moderated.report(of_others, cast.ben(), explanation="zqofothers")
    moderated.decide(of_others, Verb.HIDE, note="zqnote", reason="zqreason")
    copy = json.dumps(data_copy.everything(zoe))
    for said in ("zqexplains", "zqreporterappeals", "zqappeals", "zqagainstlimit", "zqlimit"):
        assert said in copy
    assert "zqreason" in copy
    assert "A reader reported it. We do not tell who." in copy
    assert Report.objects.get(reporter=zoe).reference in copy
    for secret in ("zqofothers", "zqnote", "zqmasked", '"Ben"', "Sue"):
        assert secret not in copy


def test_who_has_decided_something_stays_on_record_though_no_longer_staff() -> None:
    moderated.hide(cast.comment(cast.ada()))
    moderator = cast.moderator()
    moderator.is_staff = False
    moderator.save(update_fields=["is_staff"])
    with pytest.raises(leaving.StaffMayNotLeaveError):
        leaving.start(moderator, withdraws_comments=False)
