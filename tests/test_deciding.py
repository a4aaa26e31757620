"""What a moderator decides happens to the comment, is written down, and is told."""

import threading
import uuid

import pytest
from django.db import connection, transaction
from django.utils import timezone

from accounts.models import Mail, Member
from discussions import moderating, posting
from discussions.models import Comment, Consultation, Discussion, Participant
from discussions.permissions import NotAllowedError
from discussions.responses import recount
from discussions.screened import AskFirstError, mark
from moderation import cases, decisions, telling
from moderation.appeals import AppealRefusedError, Ruling, appeal_decision, may_appeal
from moderation.decisions import Judgement
from moderation.models import Appeal, Case, Decision, LedgerEntry, Remit, SealedOriginal, Verb
from moderation.reports import NewReport, file_report
from moderation.screening import Kind
from tests import cast

pytestmark = pytest.mark.django_db
HIDE = Judgement(Verb.HIDE, guideline=1, reason="It insults a neighbour.")


def reported(comment: Comment, by: Member | None = None, guideline: int = 1) -> Case:
    new = NewReport(uuid.uuid4(), guideline=guideline)
    place = comment.discussion.consultation_id
    with transaction.atomic():
        return file_report(comment.pk, place, new, by, posting.database_moment()).case


def decide(case: Case, judgement: Judgement, moderator: Member | None = None) -> Decision:
    case.refresh_from_db()
    return moderating.decide(case, moderator or cast.moderator(), judgement, case.revision)


def held(author: Member | None = None, parent: Comment | None = None) -> Comment:
    """In a discussion that shows comments once they were read."""
    Discussion.objects.filter(pk=cast.discussion().pk).update(mode=Discussion.Mode.HOLD_FIRST)
    comment = cast.comment(author or cast.ada(), parent=parent)
    Discussion.objects.update(mode=Discussion.Mode.PUBLISH_FIRST)
    assert comment.status == Comment.Status.HELD
    return comment


def counts() -> list[object]:
    """All that is counted in the open consultation."""
    return [
        *Consultation.objects.values_list("respondents_here", "responses_here").order_by("pk"),
        *Discussion.objects.values_list("comment_count", flat=True).order_by("pk"),
        *Participant.objects.values_list("pk", "contributions").order_by("pk"),
        *Comment.objects.values_list("pk", "reply_count").order_by("pk"),
    ]


def assert_counts_are_true() -> None:
    kept = counts()
    recount(cast.consultation())
    assert counts() == kept


def mails_to(member: Member) -> list[str]:
    return list(Mail.objects.filter(member=member).order_by("pk").values_list("kind", flat=True))


def test_hiding_takes_the_text_out_of_sight_and_tells_author_and_reporter() -> None:
    comment = cast.comment(cast.ada())
    case = reported(comment, by=cast.ben())
    decision = decide(case, HIDE)
    comment.refresh_from_db()
    assert (comment.status, comment.hidden_under) == (Comment.Status.HIDDEN, 1)
    assert not Comment.objects.visible_to(cast.ada()).exists()
    assert (decision.status_before, decision.status_after) == ("published", "hidden")
    assert decision.raised_by == Case.Raiser.READER
    assert mails_to(cast.ada()) == [telling.STATEMENT]
    assert mails_to(cast.ben()) == [telling.OUTCOME]
    assert not Case.objects.get().is_waiting
    assert_counts_are_true()


def test_keeping_tells_the_reporter_alone() -> None:
    comment = cast.comment(cast.ada())
    decide(reported(comment, by=cast.ben()), Judgement(Verb.KEEP))
    comment.refresh_from_db()
    assert comment.is_published
    assert mails_to(cast.ada()) == []
    assert mails_to(cast.ben()) == [telling.OUTCOME]


def test_approving_publishes_counts_and_tells_whom_it_answers() -> None:
    top = cast.comment(cast.ben())
    reply = held(cast.ada(), parent=top)
    top.refresh_from_db()
    assert (top.reply_count, mails_to(cast.ben())) == (0, [])
    assert_counts_are_true()
    decide(Case.objects.get(comment=reply), Judgement(Verb.APPROVE))
    top.refresh_from_db()
    assert top.reply_count == 1
    assert mails_to(cast.ben()) == ["reply"]
    assert mails_to(cast.ada()) == [telling.STATEMENT]
    assert_counts_are_true()


def test_a_held_comment_that_is_hidden_has_a_place_from_then_on() -> None:
    top = cast.comment(cast.ben())
    reply = held(cast.ada(), parent=top)
    decide(Case.objects.get(comment=reply), HIDE)
    top.refresh_from_db()
    assert top.reply_count == 1
    assert_counts_are_true()


def test_restoring_brings_back_what_was_hidden() -> None:
    comment = cast.comment(cast.ada())
    case = reported(comment)
    decide(case, HIDE)
    decide(case, Judgement(Verb.RESTORE, reason="It was fair."))
    comment.refresh_from_db()
    assert (comment.status, comment.hidden_under) == (Comment.Status.PUBLISHED, None)
    assert mails_to(cast.ada()) == [telling.STATEMENT, telling.STATEMENT]
    assert_counts_are_true()


def test_masking_hides_the_words_everywhere_and_seals_the_original() -> None:
    comment = cast.comment(cast.ada(), "Ask Fred. FRED knows.")
    comment = posting.edit_comment(comment, cast.ada(), "Ask Fred Bloggs. fred knows.")
    case = reported(comment, guideline=3)
    mask = Judgement(Verb.MASK, guideline=3, reason="A name.", marked=("Fred Bloggs", "Fred"))
    decision = decide(case, mask)
    comment.refresh_from_db()
    assert comment.body == "Ask [words hidden]. [words hidden] knows."
    assert "Fred" not in comment.body_html
    assert comment.is_masked
    assert comment.versions.count() == 0
    assert "Fred" not in SealedOriginal.objects.get().sealed
    assert moderating.original_of(decision) == "Ask Fred Bloggs. fred knows."
    opened = LedgerEntry.objects.filter(event=LedgerEntry.Event.ORIGINAL_OPENED)
    assert opened.count() == 1
    assert mails_to(cast.ada()) == [telling.STATEMENT]


def test_restoring_what_was_masked_twice_brings_back_the_last_words_first() -> None:
    comment = cast.comment(cast.ada(), "Ask Fred or Jane.")
    case = reported(comment, guideline=3)
    for name, guideline in (("Fred", 3), ("Jane", 8)):
        decide(case, Judgement(Verb.MASK, guideline, reason="A name.", marked=(name,)))
    decide(case, Judgement(Verb.RESTORE))
    comment.refresh_from_db()
    assert (comment.body, comment.hidden_under) == ("Ask [words hidden] or Jane.", 3)
    decide(case, Judgement(Verb.RESTORE))
    comment.refresh_from_db()
    assert (comment.body, comment.hidden_under) == ("Ask Fred or Jane.", None)
    assert set(SealedOriginal.objects.values_list("sealed", flat=True)) == {""}


@pytest.mark.parametrize("marked", [(), ("  ",), ("nowhere",)])
def test_masking_nothing_is_refused(marked: tuple[str, ...]) -> None:
    case = reported(cast.comment(cast.ada(), "Ask Fred."))
    mask = Judgement(Verb.MASK, guideline=3, reason="A name.", marked=marked)
    with pytest.raises(decisions.NotPossibleError):
        decide(case, mask)
    assert not Decision.objects.exists()


def test_what_does_not_go_with_the_status_is_refused() -> None:
    case = reported(cast.comment(cast.ada()))
    for verb in (Verb.APPROVE, Verb.RESTORE):
        with pytest.raises(decisions.NotPossibleError):
            decide(case, Judgement(verb))


def test_a_moderator_does_not_decide_about_their_own_words_nor_answers_to_them() -> None:
    moderator = cast.moderator()
    own = cast.comment(moderator)
    answer = cast.comment(cast.ada(), parent=own)
    for comment in (own, answer):
        with pytest.raises(decisions.OwnWordsError):
            decide(reported(comment), HIDE, moderator)
    decide(reported(answer), HIDE, cast.senior())


def test_a_moderator_decides_in_their_consultations_only() -> None:
    """A14."""
    case = reported(cast.comment(cast.ada()))
    remit = Remit.objects.get(moderator=cast.moderator())
    remit.is_everywhere = False
    remit.save()
    moderator = Member.objects.get(pk=remit.moderator_id)
    for places in ([], [cast.consultation(cast.CLOSED)]):
        remit.consultations.set(places)
        assert not cases.in_remit(moderator).exists()
        with pytest.raises(decisions.OutsideRemitError):
            moderating.decide(case, moderator, HIDE, case.revision)
    remit.consultations.add(cast.consultation())
    assert cases.in_remit(moderator).get() == case
    moderating.decide(case, moderator, HIDE, case.revision)


def test_staff_without_a_remit_decide_nothing() -> None:
    case = reported(cast.comment(cast.ada()))
    with pytest.raises(decisions.OutsideRemitError):
        moderating.decide(case, cast.mo(), HIDE, case.revision)


def test_who_decides_second_is_told_and_overwrites_nothing() -> None:
    """A38."""
    case = reported(cast.comment(cast.ada()))
    moderating.decide(case, cast.moderator(), HIDE, case.revision)
    with pytest.raises(decisions.AlreadyDecidedError):
        moderating.decide(case, cast.senior(), Judgement(Verb.RESTORE), case.revision)
    assert Decision.objects.get().verb == Verb.HIDE


@pytest.mark.django_db(transaction=True)
def test_of_two_who_decide_at_the_same_moment_one_is_refused() -> None:
    """A38."""
    case = reported(cast.comment(cast.ada()))
    moderators = [cast.moderator(), cast.senior()]
    barrier, refused = threading.Barrier(2), []

    def decide_now(moderator: Member) -> None:
        barrier.wait()
        try:
            moderating.decide(case, moderator, HIDE, case.revision)
        except decisions.AlreadyDecidedError:
            refused.append(moderator)
        finally:
            connection.close()

    threads = [threading.Thread(target=decide_now, args=[each]) for each in moderators]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(refused) == 1
    assert Decision.objects.count() == 1


def test_a_text_changed_meanwhile_has_to_be_read_again() -> None:
    comment = cast.comment(cast.ada())
    case = reported(comment)
    posting.edit_comment(comment, cast.ada(), "Something else altogether.")
    with pytest.raises(decisions.AlreadyDecidedError):
        moderating.decide(case, cast.moderator(), HIDE, case.revision)
    decide(case, HIDE)


def test_what_its_author_withdrew_can_only_be_left_as_it_is() -> None:
    comment = cast.comment(cast.ada())
    case = reported(comment, by=cast.ben())
    posting.withdraw_comment(comment, cast.ada())
    with pytest.raises(decisions.NotPossibleError):
        decide(case, HIDE)
    decide(case, Judgement(Verb.KEEP))
    assert mails_to(cast.ada()) == []
    comment.refresh_from_db()
    assert comment.status == Comment.Status.WITHDRAWN
    assert_counts_are_true()


def test_staff_open_a_case_themselves() -> None:
    case = moderating.open_case_by_staff(cast.comment(cast.ada()))
    assert decide(case, HIDE).raised_by == Case.Raiser.STAFF


def test_what_is_held_below_something_held_counts_once_it_has_a_place() -> None:
    """An edit holds a comment that has an answer, which waits as well."""
    top = cast.comment(cast.ben())
    middle = cast.comment(cast.ada(), parent=top)
    answer = held(cast.ben(), parent=middle)
    Discussion.objects.update(mode=Discussion.Mode.HOLD_FIRST)
    posting.edit_comment(middle, cast.ada(), "Changed, so to be read again.")
    Discussion.objects.update(mode=Discussion.Mode.PUBLISH_FIRST)
    middle.refresh_from_db()
    top.refresh_from_db()
    assert (middle.status, middle.reply_count, top.reply_count) == (Comment.Status.HELD, 0, 0)
    assert_counts_are_true()
    decide(Case.objects.get(comment=answer), Judgement(Verb.APPROVE))
    top.refresh_from_db()
    assert top.reply_count == 2
    assert_counts_are_true()
    decide(Case.objects.get(comment=middle), Judgement(Verb.APPROVE))
    assert_counts_are_true()


def test_words_that_are_hidden_stay_so_until_somebody_looks_again() -> None:
    """An edit between the two would be lost, or bring the words back."""
    comment = cast.comment(cast.ada(), "Ask Fred about it.")
    mask = Judgement(Verb.MASK, guideline=3, reason="A name.", marked=("Fred",))
    case = reported(comment, guideline=3)
    decide(case, mask)
    comment.refresh_from_db()
    with pytest.raises(NotAllowedError):
        posting.edit_comment(comment, cast.ada(), "Ask me about it.")
    decide(case, HIDE)
    decide(case, Judgement(Verb.RESTORE))
    comment.refresh_from_db()
    assert (comment.body, comment.hidden_under) == ("Ask [words hidden] about it.", 3)
    decide(case, Judgement(Verb.RESTORE))
    comment.refresh_from_db()
    assert (comment.body, comment.hidden_under) == ("Ask Fred about it.", None)


def test_what_was_found_stays_known_once_its_words_are_hidden() -> None:
    body = "Ring 07700 900123."
    with pytest.raises(AskFirstError) as question:
        cast.comment(cast.ada(), body)
    marks = frozenset(mark(each, body) for each in question.value.findings)
    new = posting.NewComment(body, uuid.uuid4(), confirmed=marks)
    comment = posting.post_comment(cast.discussion(), cast.ada(), new)
    case = Case.objects.get(comment=comment)
    words = ("07700 900123",)
    decide(case, Judgement(Verb.MASK, guideline=3, reason="A number.", marked=words))
    assert case.findings.get().kind == Kind.PHONE


def test_a_moderator_does_not_decide_what_they_reported_themselves() -> None:
    case = reported(cast.comment(cast.ada()), by=cast.moderator())
    with pytest.raises(decisions.OwnReportError):
        decide(case, HIDE)
    decide(case, HIDE, cast.senior())


def test_who_was_overruled_does_not_undo_it_unasked() -> None:
    comment = cast.comment(cast.ada())
    case = reported(comment)
    appeal = appeal_decision(decide(case, HIDE), "It was fair.", cast.ada(), timezone.now())
    ruling = Ruling(Appeal.Outcome.OVERTURNED, "It was.")
    moderating.decide_appeal(appeal, cast.senior(), ruling, Judgement(Verb.RESTORE))
    with pytest.raises(decisions.OverruledError):
        decide(case, HIDE)
    assert decide(case, HIDE, cast.moderator("Max")).raised_by == Case.Raiser.STAFF


def test_nobody_decides_their_own_appeal() -> None:
    """M3: a senior who reported something as a reader does."""
    comment = cast.comment(cast.ada())
    case = reported(comment, by=cast.senior())
    kept = decide(case, Judgement(Verb.KEEP))
    report = case.reports.get()
    appeal = appeal_decision(kept, "It insults.", cast.senior(), timezone.now(), report)
    ruling = Ruling(Appeal.Outcome.OVERTURNED, "It does.")
    with pytest.raises(decisions.OwnReportError):
        moderating.decide_appeal(appeal, cast.senior(), ruling, HIDE)
    moderating.decide_appeal(appeal, cast.senior("Sam"), ruling, HIDE)


def test_the_right_to_appeal_outlasts_that_something_was_kept_since() -> None:
    comment = cast.comment(cast.ada(), "Ask Fred.")
    case = reported(comment, guideline=3)
    masked = decide(case, Judgement(Verb.MASK, 3, "A name.", marked=("Fred",)))
    decide(reported(comment, by=cast.ben(), guideline=1), Judgement(Verb.KEEP))
    assert may_appeal(masked, timezone.now())


def test_one_reporter_appeals_for_all() -> None:
    comment = cast.comment(cast.ada())
    case = reported(comment, by=cast.ben())
    kept = decide(case, Judgement(Verb.KEEP))
    reported(comment), reported(comment)
    first, second, _third = case.reports.order_by("pk")
    appeal_decision(kept, "It insults.", cast.ben(), timezone.now(), first)
    with pytest.raises(AppealRefusedError):
        appeal_decision(kept, "It insults.", None, timezone.now(), second)


def test_what_was_weighed_as_illegal_is_not_urgent_a_second_time() -> None:
    comment = cast.comment(cast.ada())
    severities = []
    for _time in range(2):
        new = NewReport(uuid.uuid4(), is_illegal=True, explanation="A threat.")
        place, moment = comment.discussion.consultation_id, posting.database_moment()
        case = file_report(comment.pk, place, new, None, moment).case
        severities.append(case.severity)
        decide(case, Judgement(Verb.KEEP))
    assert severities == [Case.Severity.SAFETY, Case.Severity.SERIOUS]
