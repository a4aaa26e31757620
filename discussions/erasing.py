"""Erasing for good: the words of a comment, or a draft. Two people want it (discussions.proposals).

What keeps words nevertheless: frozen records, files that somebody has taken away, mails that were
sent, backups, and what others wrote about the comment (reports, decisions, appeals).
"""

from django.db.models import ProtectedError, QuerySet
from django.utils.translation import gettext as _

from accounts.mail import queue_letter
from accounts.models import DataCopy
from discussions import downloads
from discussions.archive import drop_archives
from discussions.models import Comment, Consultation, Proposal, Update
from discussions.posting import lock
from discussions.statuses import change_status
from moderation import cases, ledger
from moderation.models import Case, SealedOriginal

LETTER = "discussions/mail/words_erased"
Status = Comment.Status


class ErasingRefusedError(Exception):
    """Its text is a sentence for whoever asked."""


def locked_comment(pk: int) -> Comment:
    """In the caller's transaction, locked in the order of posting."""
    discussion = lock(Comment.objects.values_list("discussion_id", flat=True).get(pk=pk))
    comment: Comment = (
        Comment.objects.select_for_update(no_key=True, of=("self", "author"))
        .select_related("author__member")
        .get(pk=pk)
    )
    comment.discussion = discussion
    return comment


def check_comment(comment: Comment) -> None:
    """Raises ErasingRefusedError."""
    if not (comment.body or comment.versions.exists() or _sealed(comment).exists()):
        raise ErasingRefusedError(_("None of its words are left to erase."))
    if Case.objects.filter(comment=comment.pk, state=Case.State.WAITING).exists():
        raise ErasingRefusedError(
            _(
                "Its case waits for a moderator. It has to be decided first, so that its author "
                "and whoever reported it hear why."
            )
        )


def erase_comment(comment: Comment, proposal: Proposal) -> None:
    """Its words, wherever we use them. Its place in the thread and the replies to it stay."""
    check_comment(comment)
    was_withdrawn = comment.status == Status.WITHDRAWN
    if not was_withdrawn:
        change_status(comment, Status.HIDDEN, comment.hidden_under)
    comment.body = comment.body_html = ""
    comment.text_key = comment.official_at = None
    comment.save(update_fields=["body", "body_html", "text_key", "official_at"])
    comment.versions.all().delete()
    _sealed(comment).update(sealed="")
    cases.text_changed(comment.pk)
    member = comment.author.member
    if member is not None:
        # A copy of their data has the words. They can ask for another one.
        made = DataCopy.objects.filter(member=member, made_at__isnull=False)
        made.update(content="", expires_at=proposal.answered_at)
    if member is not None and not was_withdrawn:
        known = {"reason": proposal.reason, "place": comment.discussion.title}
        queue_letter(LETTER, member, thing=f"proposal:{proposal.pk}", context=known)
    consultation = comment.discussion.consultation
    downloads.drop_made(consultation)
    drop_archives(consultation)
    case = Case.objects.filter(comment=comment.pk).first()
    ledger.record(ledger.Event.ERASED, case, consultation=consultation.slug)


def check_draft(consultation: Consultation) -> None:
    """Raises ErasingRefusedError."""
    if consultation.published_at is not None or consultation.date_changes.exists():
        raise ErasingRefusedError(_("It has been published. Only a draft can be erased."))
    if Comment.objects.filter(discussion__consultation=consultation).exists():
        raise ErasingRefusedError(_("Somebody has written in it. It cannot be erased."))


def erase_draft(consultation: Consultation) -> None:
    """With its discussions and prompts, and news that nobody has seen."""
    check_draft(consultation)
    Update.objects.filter(consultation=consultation).delete()
    try:
        consultation.delete()
    except ProtectedError as kept:
        raise ErasingRefusedError(
            _("Something that has to be kept belongs to it, such as a download.")
        ) from kept


def _sealed(comment: Comment) -> QuerySet[SealedOriginal]:
    return SealedOriginal.objects.filter(decision__case__comment=comment.pk).exclude(sealed="")
