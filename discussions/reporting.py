"""Reporting a comment: whoever can read it may, at any time."""

from django.db import transaction

from accounts.models import Member
from discussions.models import Comment
from discussions.permissions import Action, check_allowed
from discussions.posting import database_moment
from moderation.models import Report
from moderation.reports import NewReport, file_report


class ReportSentBeforeError(Exception):
    """The form was sent already, about another comment."""


def report_comment(comment: Comment, reporter: Member | None, new: NewReport) -> Report:
    """The same form makes one report. Raises Comment.DoesNotExist: nobody can read it any more,
    NotAllowedError or ReportSentBeforeError."""
    with transaction.atomic():
        locked = (
            Comment.objects.select_for_update(no_key=True, of=("self",))
            .select_related("author__member", "discussion__consultation")
            .filter(status=Comment.Status.PUBLISHED)
            .get(pk=comment.pk)
        )
        moment = database_moment()
        check_allowed(Action.REPORT, locked, reporter, moment)
        if Report.objects.filter(form_key=new.form_key).exclude(case__comment=locked).exists():
            raise ReportSentBeforeError
        return file_report(
            locked.pk,
            locked.discussion.consultation_id,
            new,
            reporter,
            moment,
            text_changed_at=locked.edited_at,
        )


def was_reported(new: NewReport) -> bool:
    """Whether this form has been sent already: sending it again counts towards no limit."""
    sent: bool = Report.objects.filter(form_key=new.form_key).exists()
    return sent
