"""Archives that are kept for readers: asked for, made by the worker, streamed, made anew.

What was hidden, withdrawn or erased after an archive was made, or whose author goes by another name
by now, stands in no archive that anybody gets: its file is named by a fingerprint of all comments
as readers see them, and one that does not match is not given out but made anew.
"""

import tempfile
from datetime import datetime
from pathlib import Path

from django.db import connection, transaction
from django.db.models import QuerySet
from django.utils import timezone
from procrastinate.contrib.django import app

from accounts.models import Member
from discussions import files
from discussions.models import Consultation, ExportFile, FilePart

MAKE_ARCHIVE = "make_archive"
State = ExportFile.State
_UNDER_WAY = (State.WAITING, State.MAKING)

_FINGERPRINT = """
SELECT md5(coalesce(string_agg(md5(concat_ws(chr(31),
           c.id, c.status, c.hidden_under, md5(c.body_html),
           p.name, p.organisation, p.has_left, m.display_name)), '' ORDER BY c.id), ''))
  FROM discussions_comment c
  JOIN discussions_discussion d ON d.id = c.discussion_id
  JOIN discussions_participant p ON p.id = c.author_id
  LEFT JOIN accounts_member m ON m.id = p.member_id
 WHERE d.consultation_id = %s
"""


def queue_archive(consultation: Consultation, staff: Member | None = None) -> ExportFile:
    """Have its archive made. While one is under way: that one."""
    with transaction.atomic():
        Consultation.objects.select_for_update(no_key=True).get(pk=consultation.pk)
        waiting: ExportFile | None = _archives(consultation).filter(state__in=_UNDER_WAY).first()
        if waiting is not None:
            return waiting
        file: ExportFile = ExportFile.objects.create(
            consultation=consultation,
            kind=ExportFile.Kind.ARCHIVE,
            form=ExportFile.Form.ZIP,
            scope=ExportFile.Scope.PUBLIC,
            name=f"{consultation.slug}.zip",
            asked_by=staff,
            asked_at=timezone.now(),
        )
        job = app.configure_task(
            MAKE_ARCHIVE, queueing_lock=f"file:{file.pk}", **files.ONE_AT_A_TIME
        )
        job.defer(file_id=file.pk)
    return file


def make(file_id: int, *, is_last_try: bool = True) -> None:
    """Make one that was asked for, in place of earlier ones. Again: nothing more happens."""
    # Writing reads outcomes, and an outcome that is archived queues this.
    from discussions.archive.writing import write_archive

    file = files.begin(file_id, 0)
    if file is None:
        return
    try:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "archive.zip"
            # Before the comments are read: of what changes meanwhile, one is made anew.
            mark, moment = fingerprint(file.consultation), timezone.now()
            write_archive(file.consultation, path, moment)
            _keep(file, path, mark, moment)
    except Exception:
        if is_last_try:
            files.fail(file_id)
        raise


def latest_archive(consultation: Consultation) -> ExportFile | None:
    """For staff to see how far it is."""
    found: ExportFile | None = _archives(consultation).order_by("-pk").first()
    return found


def ready_archive(consultation: Consultation) -> ExportFile | None:
    """For a link to it; whether it may still be given out, `current_archive` knows."""
    found: ExportFile | None = _archives(consultation).filter(state=State.READY).first()
    return found


def current_archive(consultation: Consultation) -> ExportFile | None:
    """The one that says what readers can read now. None: it has to be made."""
    ready = ready_archive(consultation)
    if ready is None or ready.name != _name(consultation, fingerprint(consultation)):
        return None
    return ready


def renew_archives() -> None:
    """Of archived consultations: queue those that are missing or out of date."""
    for consultation in Consultation.objects.filter(archived_at__isnull=False).iterator():
        if current_archive(consultation) is None:
            queue_archive(consultation)


def fingerprint(consultation: Consultation) -> str:
    with connection.cursor() as cursor:
        cursor.execute(_FINGERPRINT, [consultation.pk])
        return str(cursor.fetchone()[0])


def _keep(file: ExportFile, path: Path, mark: str, moment: datetime) -> None:
    with transaction.atomic(), path.open("rb") as content:
        earlier = _archives(file.consultation).exclude(pk=file.pk).filter(state=State.READY)
        FilePart.objects.filter(file__in=earlier).delete()
        earlier.update(state=State.GONE)
        ExportFile.objects.filter(pk=file.pk).update(name=_name(file.consultation, mark))
        files.store(file, content, moment, is_kept=True)


def _name(consultation: Consultation, mark: str) -> str:
    return f"{consultation.slug}-{mark}.zip"


def _archives(consultation: Consultation) -> QuerySet[ExportFile]:
    return ExportFile.objects.filter(consultation=consultation, kind=ExportFile.Kind.ARCHIVE)
