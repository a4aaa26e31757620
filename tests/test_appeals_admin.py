"""Appeals, as senior moderators decide them: somebody else looks again, and answers in words."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from discussions.models import Comment
from moderation import appeals, sanctions
from moderation.models import Appeal, Decision, LedgerEntry, Sanction, Verb
from tests import cast, moderated
from tests.conftest import in_staff_session
from tests.pages import words

pytestmark = pytest.mark.django_db
LIST = "/admin/moderation/appeal/"


@pytest.fixture
def sue(db: None) -> Client:
    """The browser of a senior moderator."""
    cast.consultation()
    return in_staff_session(cast.senior())


def address(appeal: Appeal) -> str:
    return f"{LIST}{appeal.pk}/change/"


def by_author(body: str = "A harsh word.") -> Appeal:
    return moderated.appeal(moderated.hide(cast.comment(cast.ada(), body)), "It was not harsh.")


def about_sanction() -> Appeal:
    new = sanctions.NewSanction(
        Sanction.Kind.SUSPENSION, 1, "Insults.", "Third time.", timedelta(days=7)
    )
    given = sanctions.sanction(cast.ada(), new, cast.senior("Sam"), timezone.now())
    return appeals.appeal_sanction(given, "I said sorry.", timezone.now())


def decide(client: Client, appeal: Appeal, **form: str) -> Any:  # noqa: ANN401 - the test client's
    return client.post(address(appeal), form)


def test_the_page_has_what_was_decided_their_words_and_the_comment(sue: Client) -> None:
    appeal = by_author()
    told = words(sue.get(address(appeal)))
    for part in (
        "What its author says",
        "It was not harsh.",
        "Hide , guideline 3",
        moderated.REASON,
        "by Mo",
        "A harsh word.",
        "Due in 3 days",
    ):
        assert part in told, part


def test_overturned_the_comment_is_back(sue: Client) -> None:
    appeal = by_author()
    form = {"outcome": "overturned", "answer": "You are right.", "verb": "restore"}
    assert decide(sue, appeal, **form)["Location"] == LIST
    appeal.refresh_from_db()
    assert (appeal.outcome, appeal.answer) == ("overturned", "You are right.")
    assert appeal.decided_by == cast.senior()
    assert appeal.decision
    assert appeal.decision.case.comment.status == Comment.Status.PUBLISHED
    told = words(sue.get(address(appeal)))
    assert "It was changed" in told
    assert "By Sue" in told


def test_upheld_it_stays_and_needs_words_alone(sue: Client) -> None:
    appeal = by_author()
    assert "Answer in words" in words(decide(sue, appeal, outcome="upheld"))
    decide(sue, appeal, outcome="upheld", answer="We looked again.", note="Close call.")
    appeal.refresh_from_db()
    assert (appeal.outcome, appeal.note) == ("upheld", "Close call.")
    assert Decision.objects.count() == 1


def test_a_reporter_who_is_right_gets_a_decision_with_guideline_and_reason(sue: Client) -> None:
    comment = cast.comment(cast.ada(), "Ring Zebedee.")
    report = moderated.report(comment, cast.ben())
    kept = moderated.keep(comment)
    appeal = appeals.appeal_decision(kept, "Read it again.", cast.ben(), timezone.now(), report)
    form = {"outcome": "overturned", "answer": "You are right.", "verb": "mask"}
    told = words(decide(sue, appeal, **form))
    assert "Choose the guideline." in told
    assert "Say why: the author reads it." in told
    decide(sue, appeal, **form, guideline="3", reason="A name.", words="Zebedee")
    comment.refresh_from_db()
    assert comment.body == "Ring [words hidden]."
    assert Decision.objects.first().verb == Verb.MASK  # type: ignore[union-attr]


def test_the_page_has_why_it_was_there_and_the_sealed_original(sue: Client) -> None:
    comment = cast.comment(cast.ada(), "Ring Zebedee after six.")
    moderated.report(comment, cast.ben(), explanation="A name.")
    decision = moderated.decide(comment, Verb.MASK, marked=("Zebedee",))
    appeal = moderated.appeal(decision)
    told = words(sue.get(address(appeal)))
    for part in ("Why it is here", "A name.", f"Case {decision.case_id}", "Show the original"):
        assert part in told, part
    assert "Zebedee" not in told
    assert not LedgerEntry.objects.filter(event="original_opened").exists()
    opens = f"{LIST}{appeal.pk}/original/"
    assert "Ring Zebedee after six." in words(sue.post(opens))
    assert LedgerEntry.objects.filter(event="original_opened").count() == 1
    assert sue.get(opens).status_code == 405
    mo = in_staff_session(cast.moderator("Moira"))
    assert "Show the original" not in words(mo.get(address(appeal)))
    assert mo.post(opens).status_code == 403
    for without in (by_author(), about_sanction()):
        assert sue.post(f"{LIST}{without.pk}/original/").status_code == 404


def test_where_restoring_is_the_only_choice_nothing_more_is_asked(sue: Client) -> None:
    told = words(sue.get(address(by_author())))
    assert "Restore" in told
    for part in ("Reason, ready to use", "Reason, in your words", "Words to hide"):
        assert part not in told.partition("The answer")[2], part


def test_instead_needs_a_choice(sue: Client) -> None:
    told = words(decide(sue, by_author(), outcome="overturned", answer="You are right."))
    assert "Choose what is to be done instead." in told


def test_what_was_decided_anew_meanwhile_is_answered_in_words(sue: Client) -> None:
    appeal = by_author()
    assert appeal.decision
    moderated.decide(appeal.decision.case.comment, Verb.RESTORE, None)
    assert "nothing more is to be done than to answer" in words(sue.get(address(appeal)))
    assert decide(sue, appeal, outcome="overturned", answer="You were right.")["Location"] == LIST
    appeal.refresh_from_db()
    assert (appeal.outcome, appeal.new_decision) == ("overturned", None)
    assert Decision.objects.count() == 2


def test_a_sanction_that_was_wrong_ends(sue: Client) -> None:
    appeal = about_sanction()
    told = words(sue.get(address(appeal)))
    assert "Suspend: Ada" in told
    assert "I said sorry." in told
    decide(sue, appeal, outcome="overturned", answer="Sorry.")
    given = Sanction.objects.get()
    assert given.ended_at is not None
    cast.ada().refresh_from_db()
    assert cast.ada().suspended_until is None


def test_m3_nobody_decides_about_their_own_decision(sue: Client) -> None:
    comment = cast.comment(cast.ada())
    appeal = moderated.appeal(moderated.decide(comment, Verb.HIDE, by=cast.senior()))
    page = sue.get(address(appeal))
    assert "You decided this yourself: somebody else has to look again." in words(page)
    assert b"data-decision" not in page.content
    answer = decide(sue, appeal, outcome="upheld", answer="No.")
    assert answer.status_code == 409
    appeal.refresh_from_db()
    assert appeal.is_waiting


def test_two_who_decide_it_at_once_make_one_decision(sue: Client) -> None:
    appeal = by_author()
    moderated.overturn(appeal, by=cast.senior("Sam"))
    answer = decide(sue, appeal, outcome="upheld", answer="No.")
    assert answer.status_code == 409
    assert "Somebody else has decided this appeal meanwhile." in words(answer)


def test_moderators_read_appeals_and_seniors_decide_them() -> None:
    appeal = by_author()
    mo = in_staff_session(cast.moderator("Moira"))
    page = mo.get(address(appeal))
    assert "Senior moderators decide appeals." in words(page)
    assert b"data-decision" not in page.content
    assert decide(mo, appeal, outcome="upheld", answer="No.").status_code == 403


def test_the_list_has_what_waits_the_soonest_due_first(sue: Client) -> None:
    first, second = by_author("One."), by_author("Two.")
    decided = moderated.uphold(by_author("Three."))
    late = timezone.now() - timedelta(hours=3)
    Appeal.objects.filter(pk=second.pk).update(due_at=late)

    def listed(query: str = "") -> list[int]:
        answer = sue.get(f"{LIST}?{query}")
        return [each.pk for each in answer.context["cl"].result_list]

    assert listed() == [second.pk, first.pk]
    assert listed("state=overdue") == [second.pk]
    assert listed("state=decided") == [decided.pk]
    assert len(listed("state=all")) == 3
    assert "Overdue: 3 hours ago" in words(sue.get(LIST))
