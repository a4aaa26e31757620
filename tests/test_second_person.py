"""Reopening, and erasing for good: one of the staff asks, and another one confirms."""

import io
from datetime import datetime, timedelta

import pytest
from django.test import Client
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob

from accounts.mail.letters import Letter, letter_of
from accounts.models import Mail, Member
from discussions import archive, dates, downloads, files, posting, proposals, records, tasks
from discussions.erasing import ErasingRefusedError
from discussions.models import (
    Announcement,
    Comment,
    CommentVersion,
    Consultation,
    Discussion,
    ExportFile,
    FilePart,
    Prompt,
    Proposal,
    Record,
    Update,
)
from discussions.proposals import ProposalRefusedError
from discussions.responses import recount
from discussions.searching import Wanted, find
from moderation import ledger
from moderation.models import Case, DateChange, LedgerEntry, SealedOriginal, Verb
from moderation.timeline import DatesRefusedError, Phase
from tests import cast, moderated
from tests.conftest import in_staff_session
from tests.pages import words

pytestmark = pytest.mark.django_db

WHY = "It names a child."
SECRET = "Marmalade Lane 7"


def later() -> datetime:
    return timezone.now() + timedelta(days=14)


def reopening() -> Proposal:
    closed = cast.consultation(cast.CLOSED)
    return proposals.propose_reopening(closed, cast.desk(), "The flood kept people away.", later())


def erased(comment: Comment) -> Comment:
    proposal = proposals.propose_erasing_comment(comment, cast.desk(), WHY)
    proposals.confirm(proposal, cast.deputy())
    found: Comment = Comment.objects.get(pk=comment.pk)
    return found


def assert_counts_are_true() -> None:
    """As if counted anew."""

    def counted() -> list[object]:
        comments = Comment.objects.order_by("pk").values_list("pk", "reply_count")
        places = Discussion.objects.order_by("pk").values_list("pk", "comment_count")
        here = Consultation.objects.values_list("pk", "respondents_here", "responses_here")
        return [*comments, *places, *here.order_by("pk")]

    before = counted()
    for each in Consultation.objects.all():
        recount(each)
    assert counted() == before


def test_reopening_happens_once_a_second_person_confirms_it() -> None:
    proposal = reopening()
    closed = Consultation.objects.get()
    assert closed.phase(timezone.now()) is Phase.CLOSED
    proposals.confirm(proposal, cast.deputy())
    opened = Consultation.objects.get()
    assert opened.phase(timezone.now()) is Phase.OPEN
    change = DateChange.objects.get()
    assert (change.kind, change.by, change.confirmed_by) == (
        "reopened",
        cast.desk(),
        cast.deputy(),
    )
    assert [each.kind for each in Announcement.objects.all()] == ["opened"]
    cast.comment(cast.ada(), where=cast.discussion(cast.CLOSED))


def test_nobody_confirms_what_they_asked_for_themselves() -> None:
    proposal = reopening()
    with pytest.raises(ProposalRefusedError, match="You asked for this"):
        proposals.confirm(proposal, cast.desk())
    with pytest.raises(ProposalRefusedError):
        proposals.decline(proposal, cast.desk())
    with pytest.raises(ProposalRefusedError, match="runs consultations"):
        proposals.confirm(proposal, cast.moderator())
    assert Proposal.objects.get().answer == ""
    proposals.take_back(proposal, cast.desk())
    assert Proposal.objects.get().answer == "taken_back"
    assert not DateChange.objects.exists()


def test_an_answer_is_given_once_and_the_same_is_not_asked_twice() -> None:
    proposal = reopening()
    with pytest.raises(ProposalRefusedError, match="waits to be confirmed"):
        reopening()
    proposals.decline(proposal, cast.deputy())
    with pytest.raises(ProposalRefusedError, match="declined, by Dipa"):
        proposals.confirm(proposal, cast.deputy())
    reopening()


def test_what_is_no_longer_so_when_it_is_confirmed_is_refused_and_still_waits() -> None:
    proposal = reopening()
    Proposal.objects.update(closes_at=timezone.now())
    with pytest.raises(DatesRefusedError, match="in the future"):
        proposals.confirm(proposal, cast.deputy())
    Consultation.objects.update(closes_at=later())
    with pytest.raises(DatesRefusedError, match="It is open"):
        proposals.confirm(proposal, cast.deputy())
    assert Proposal.objects.get().answer == ""


def test_an_erased_comment_keeps_its_place_and_none_of_its_words() -> None:
    top = cast.comment(cast.ada(), f"He lives at {SECRET}, and here is more.")
    cast.comment(cast.ben(), "A reply that stays.", parent=top)
    posting.edit_comment(top, cast.ada(), f"He lives at {SECRET}.")
    moderated.decide(top, Verb.MASK, 3, marked=("lives",))
    tasks.queue_data_copy(cast.ada())
    copy = cast.ada().data_copies.get()
    tasks.make_data_copy(copy.pk)
    before = LedgerEntry.objects.count()

    after = erased(Comment.objects.get(pk=top.pk))

    assert (after.status, after.body, after.body_html, after.text_key) == ("hidden", "", "", None)
    assert after.reply_count == 1
    assert not CommentVersion.objects.exists()
    assert set(SealedOriginal.objects.values_list("sealed", flat=True)) == {""}
    assert find(Wanted("reply", top.discussion_id), None, most=20).ids
    assert not find(Wanted("Marmalade", top.discussion_id), None, most=20).ids
    copy.refresh_from_db()
    assert copy.content == ""
    assert_counts_are_true()
    entry = LedgerEntry.objects.latest("number")
    assert (entry.number, entry.event, entry.consultation) == (before + 1, "erased", cast.OPEN)
    assert entry.case_number == Case.objects.get().pk
    assert ledger.first_broken() is None
    page = words(Client().get(f"/consultations/{cast.OPEN}/streets/"))
    assert "A reply that stays." in page
    assert "Marmalade" not in page


def test_files_made_before_have_none_of_its_words() -> None:
    comment = cast.comment(cast.ada(), SECRET)
    consultation, desk = comment.discussion.consultation, cast.desk()
    kinds = ("comments", "people")
    made, being_made, waiting = (
        [downloads.ask(consultation, desk, kind, "csv", "full", WHY) for kind in kinds]
        for _time in range(3)
    )
    for file in made:
        downloads.make(file.pk)
    for file in being_made:
        files.begin(file.pk, 1)
    cast.close_now()
    records.queue_record(Consultation.objects.get())
    records.make_record(Record.objects.get().pk)
    Consultation.objects.update(outcome_published_at=timezone.now(), archived_at=timezone.now())
    archived = archive.queue_archive(Consultation.objects.get())
    archive.make(archived.pk)
    erased(comment)
    for file in being_made:  # what the job that runs has read
        files.store(file, io.BytesIO(SECRET.encode()), timezone.now())
    states = dict(ExportFile.objects.filter(record=None).values_list("pk", "state"))
    assert {states[file.pk] for file in (*made, archived)} == {"gone"}
    assert {states[file.pk] for file in (*being_made, *waiting)} == {"waiting"}
    assert not FilePart.objects.filter(file__record=None).exists()
    assert ExportFile.objects.filter(kind="archive", state="waiting").count() == 1
    assert ExportFile.objects.filter(kind="record", state="ready").count() == 7
    jobs = ProcrastinateJob.objects.filter(task_name="make_file", args__file_id=being_made[0].pk)
    assert jobs.exists()
    downloads.make(being_made[0].pk)
    content = b"".join(files.parts(ExportFile.objects.get(pk=being_made[0].pk)))
    assert content
    assert SECRET.encode() not in content


def test_its_author_reads_why() -> None:
    erased(cast.comment(cast.ada(), SECRET))
    (letter,) = letters(cast.ada())
    assert letter.subject == "The words of your comment are erased"
    assert WHY in letter.text
    assert "Marmalade" not in letter.text


def letters(member: Member) -> list[Letter]:
    kind = "discussions/mail/words_erased"
    made = [letter_of(mail) for mail in Mail.objects.filter(member=member, kind=kind)]
    return [letter for letter in made if letter is not None]


def test_what_its_author_withdrew_stays_withdrawn_and_needs_no_mail() -> None:
    comment = cast.comment(cast.ada(), SECRET)
    posting.withdraw_comment(comment, cast.ada())
    after = erased(comment)
    assert (after.status, after.body) == ("withdrawn", "")
    assert letters(cast.ada()) == []
    with pytest.raises(ErasingRefusedError, match="None of its words"):
        erased(comment)


def test_a_waiting_case_is_decided_first() -> None:
    comment = cast.comment(cast.ada(), SECRET)
    proposal = proposals.propose_erasing_comment(comment, cast.desk(), WHY)
    moderated.report(comment, cast.ben())
    with pytest.raises(ErasingRefusedError, match="case waits"):
        proposals.confirm(proposal, cast.deputy())
    moderated.hide(comment)
    proposals.confirm(proposal, cast.deputy())
    comment.refresh_from_db()
    assert (comment.body, comment.hidden_under) == ("", 3)


def test_a_draft_goes_with_all_that_is_in_it_and_what_was_asked_for_stays_known() -> None:
    draft = cast.consultation(cast.DRAFT)
    Update.objects.create(consultation=draft, title="Not yet", text="<p>x</p>", by=cast.desk())
    proposal = proposals.propose_erasing_draft(draft, cast.desk(), "Made twice.")
    proposals.confirm(proposal, cast.deputy())
    assert not Consultation.objects.exists()
    assert not Discussion.objects.exists()
    assert not Prompt.objects.exists()
    kept = Proposal.objects.get()
    assert (kept.consultation, kept.about, kept.answer) == (None, "The draft one", "confirmed")


def test_what_was_published_or_written_in_is_not_erased() -> None:
    with pytest.raises(ErasingRefusedError, match="published"):
        proposals.propose_erasing_draft(cast.consultation(), cast.desk(), WHY)
    cast.elsewhere(cast.DRAFT)
    with pytest.raises(ErasingRefusedError, match="written"):
        proposals.propose_erasing_draft(cast.consultation(cast.DRAFT), cast.desk(), WHY)


def test_staff_ask_and_confirm_in_admin() -> None:
    comment = cast.comment(cast.ada(), SECRET)
    dee, dipa = in_staff_session(cast.desk()), in_staff_session(cast.deputy())
    address = f"/admin/discussions/comment/{comment.pk}/"
    assert "Nothing happens before a second person confirms it." in words(
        dee.get(f"{address}change/")
    )
    asked = dee.post(f"{address}erase/", {"reason": WHY}, follow=True)
    assert "It waits for a second person to confirm it." in words(asked)
    proposal = Proposal.objects.get()
    assert "1 to confirm" not in words(dee.get("/admin/"))
    assert "1 to confirm" in words(dipa.get("/admin/"))
    page = words(dipa.get(f"/admin/discussions/proposal/{proposal.pk}/change/"))
    assert WHY in page
    assert "Frozen records and downloads that were made before" in page
    answer = f"/admin/discussions/proposal/{proposal.pk}/answer/"
    assert "somebody else has to confirm it" in words(
        dee.post(answer, {"answer": "confirm"}, follow=True)
    )
    assert Comment.objects.get().body == SECRET
    assert "Confirmed: it is done." in words(dipa.post(answer, {"answer": "confirm"}, follow=True))
    assert Comment.objects.get().body == ""


def test_the_room_asks_to_reopen_and_shows_what_waits() -> None:
    closed = cast.consultation(cast.CLOSED)
    room = f"/admin/discussions/consultation/{closed.pk}/dates/"
    dee, dipa = in_staff_session(cast.desk()), in_staff_session(cast.deputy())
    sent = {"change": "reopened", "reopened-reason": "The flood."}
    sent |= {
        "reopened-closes_on": f"{later():%Y-%m-%d}",
        "reopened-closes_clock": "23:59",
    }
    asked = dee.post(room, sent, follow=True)
    assert "It waits for a second person to confirm it." in words(asked)
    assert "Take it back" in words(asked)
    assert "Confirm: do it now" in words(dipa.get(room))
    proposal = Proposal.objects.get()
    answer = f"/admin/discussions/proposal/{proposal.pk}/answer/"
    done = dipa.post(answer, {"answer": "confirm", "next": room}, follow=True)
    assert done.redirect_chain == [(room, 302)]
    assert "confirmed by Dipa" in words(done)


def test_who_does_not_run_consultations_neither_asks_nor_answers() -> None:
    comment = cast.comment(cast.ada(), SECRET)
    proposal = proposals.propose_erasing_comment(comment, cast.desk(), WHY)
    client = in_staff_session(cast.moderator())
    erase = f"/admin/discussions/comment/{comment.pk}/erase/"
    answer = f"/admin/discussions/proposal/{proposal.pk}/answer/"
    assert client.post(erase, {"reason": WHY}).status_code == 403
    assert client.post(answer, {"answer": "confirm"}).status_code == 403
    assert client.get("/admin/discussions/proposal/").status_code == 403


def test_a_closing_by_hand_can_be_reopened_and_closes_again() -> None:
    consultation = cast.consultation()
    dates.close_now(consultation, cast.desk(), "A mistake.")
    proposal = proposals.propose_reopening(consultation, cast.desk(), "Mended.", later())
    proposals.confirm(proposal, cast.deputy())
    dates.close_now(consultation, cast.desk(), "Now for good.")
    kinds = list(DateChange.objects.order_by("pk").values_list("kind", flat=True))
    assert kinds == ["closed", "reopened", "closed"]
    told = list(Announcement.objects.order_by("pk").values_list("kind", flat=True))
    assert told == ["closed", "opened", "closed"]


def test_who_asked_has_to_run_consultations_still() -> None:
    proposal = reopening()
    cast.desk().groups.clear()
    with pytest.raises(ProposalRefusedError, match="no longer runs consultations"):
        proposals.confirm(proposal, cast.deputy())
    proposals.decline(proposal, cast.deputy())


def test_a_reason_that_shows_nothing_is_none() -> None:
    with pytest.raises(ProposalRefusedError, match="Say why"):
        proposals.propose_reopening(
            cast.consultation(cast.CLOSED), cast.desk(), "\u200b\u3164", later()
        )
