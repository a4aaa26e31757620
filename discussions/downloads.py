"""Files for analysts: asked for in admin, made by the worker, kept for a week.

Readers' own view of a consultation is there for all of its staff. What readers do not see takes a
permission and a reason, both kept for good beside the file's name; of a frozen record, which nobody
asked for, each taking has its reason. Comments in full come without names, and people by number;
the names to the numbers are a file of their own.
"""

import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import BinaryIO

from django.db import transaction
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.models import Member
from discussions import files
from discussions.exchange.exporting import Scope, Terms
from discussions.exchange.tables import people_who_spoke
from discussions.exchange.writing import write_comments, write_people
from discussions.files import Progress
from discussions.models import Comment, Consultation, ExportFile, FileTaken
from discussions.models.comments import CommentQuerySet
from moderation import recent_actions

MAKE_FILE = "make_file"
DOWNLOAD_IN_FULL = "discussions.download_in_full"
SHORTEST_REASON, LONGEST_REASON = 10, 500
MOST_AT_ONCE = 10
FORMS = {
    ExportFile.Kind.COMMENTS: (ExportFile.Form.CSV, ExportFile.Form.XLSX, ExportFile.Form.JSON),
    ExportFile.Kind.PEOPLE: (ExportFile.Form.CSV, ExportFile.Form.XLSX),
}

_Kind, _Scope, _State = ExportFile.Kind, ExportFile.Scope, ExportFile.State


class DownloadRefusedError(Exception):
    """Its text is for whoever asked."""

    def __init__(self, sentence: str | Promise) -> None:
        super().__init__(sentence)
        self.sentence = sentence


def ask(
    consultation: Consultation, staff: Member, kind: str, form: str, scope: str, reason: str = ""
) -> ExportFile:
    """A file that the worker is to make, with its job. Raises DownloadRefusedError."""
    kind, form = _Kind(kind), ExportFile.Form(form)
    if form not in FORMS.get(kind, ()):
        raise DownloadRefusedError(_("There is no such file. Choose CSV or XLSX."))
    scope = _Scope.FULL if kind == _Kind.PEOPLE else _Scope(scope)
    reason = " ".join(reason.split())
    if scope == _Scope.FULL:
        _check_in_full(staff, reason)
    with transaction.atomic():
        Consultation.objects.select_for_update(no_key=True).get(pk=consultation.pk)
        if _being_made(consultation) >= MOST_AT_ONCE:
            raise DownloadRefusedError(
                _("Enough files of this consultation are being made. Ask again in a few minutes.")
            )
        now = timezone.now()
        file = ExportFile.objects.create(
            consultation=consultation,
            kind=kind,
            form=form,
            scope=scope,
            name=f"{consultation.slug}-{_NAMES[kind, scope]}-{now:%Y-%m-%d-%H%M}.{form}",
            reason=reason,
            asked_by=staff,
            asked_at=now,
        )
        recent_actions.note(staff, consultation, f"Asked for file {file.pk}: {file}.")
        files.queue(MAKE_FILE, file)
    return file


def make(file_id: int, *, is_last_try: bool = True) -> None:
    """What the worker does. A file that is made, or that nobody waits for, stays as it is."""
    waits = ExportFile.objects.filter(pk=file_id).select_related("consultation").first()
    file = waits and files.begin(file_id, _rows(waits))
    if file is None:
        return
    try:
        with (
            files.workplace() as folder,
            tempfile.TemporaryFile(dir=folder) as content,
            Progress(file) as progress,
        ):
            _write(file, content, progress, folder)
            files.store(file, content, timezone.now())
    except Exception:
        if is_last_try:
            files.fail(file_id)
        raise


def may_take(staff: Member, file: ExportFile) -> bool:
    return file.scope == _Scope.PUBLIC or staff.has_perm(DOWNLOAD_IN_FULL)


def takes_reason(file: ExportFile) -> bool:
    """Whoever takes it says why. Of others, whoever asked for them has said so."""
    return file.scope == _Scope.FULL and file.kind == _Kind.RECORD


def take(staff: Member, file: ExportFile, reason: str = "") -> Iterable[bytes]:
    """The bytes of a file that is ready, for somebody who may have it; that they did is kept.

    Raises DownloadRefusedError.
    """
    reason = " ".join(reason.split())
    if takes_reason(file):
        _check_in_full(staff, reason)
    with transaction.atomic():
        FileTaken.objects.create(file=file, by=staff, reason=reason[:LONGEST_REASON])
        recent_actions.note(staff, file.consultation, f"Took file {file.pk}: {file}.")
    return files.parts(file)


def drop_made(consultation: Consultation) -> None:
    """What was made of it until now is dropped, and what is being made is made anew: words that it
    has are erased. Frozen records stay. In the caller's transaction."""
    files.drop(ExportFile.objects.filter(consultation=consultation, kind__in=FORMS), MAKE_FILE)


_NAMES = {
    (_Kind.COMMENTS, _Scope.PUBLIC): "comments-as-readers-see",
    (_Kind.COMMENTS, _Scope.FULL): "comments-in-full",
    (_Kind.PEOPLE, _Scope.FULL): "people",
}


def _check_in_full(staff: Member, reason: str) -> None:
    if not staff.has_perm(DOWNLOAD_IN_FULL):
        raise DownloadRefusedError(_("You may download what readers see, and nothing more."))
    if len(reason) < SHORTEST_REASON:
        raise DownloadRefusedError(_("Say in a few words what you need it for."))


def _being_made(consultation: Consultation) -> int:
    states = [_State.WAITING, _State.MAKING]
    return ExportFile.objects.filter(consultation=consultation, state__in=states).count()


def _rows(file: ExportFile) -> int:
    if file.kind == _Kind.PEOPLE:
        return int(people_who_spoke(file.consultation).count())
    comments: CommentQuerySet = Comment.objects.filter(discussion__consultation=file.consultation)
    if file.scope == _Scope.PUBLIC:
        comments = comments.placed_for(None)
    return comments.count()


def _write(file: ExportFile, out: BinaryIO, progress: Progress, folder: Path) -> None:
    if file.kind == _Kind.PEOPLE:
        write_people(file.consultation, file.form, out, Terms(each_row=progress, folder=folder))
        return
    is_full = file.scope == _Scope.FULL
    terms = Terms(by_number=is_full, with_depth=True, each_row=progress, folder=folder)
    write_comments(file.consultation, file.form, Scope(file.scope), out, terms)
