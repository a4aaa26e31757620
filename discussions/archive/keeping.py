"""Archives that are kept for readers: asked for, made by the worker, streamed, made anew.

What was hidden, withdrawn or erased after an archive was made, or whose author goes by another name
by now, stands in no archive that anybody gets: its file is named by a fingerprint of what it tells
of people and of the consultation, and one that does not match is not given out but made anew.
"""

from datetime import datetime
from pathlib import Path

from django.db import connection, transaction
from django.db.models import QuerySet
from django.utils import timezone

from accounts.models import Member
from discussions import files
from discussions.models import Consultation, ExportFile, FilePart

MAKE_ARCHIVE = "make_archive"
State = ExportFile.State
_UNDER_WAY = (State.WAITING, State.MAKING)

# Whole rows where all of a row is told. Of comments and people, what readers see of them.
_FINGERPRINT = """
WITH told (part) AS (
    SELECT string_agg(md5(concat_ws(chr(31),
           c.id, c.status, c.hidden_under, c.official_at, md5(c.body_html), s::text,
           p.name, p.organisation, p.has_left, m.display_name)), '' ORDER BY c.id)
      FROM discussions_comment c
      JOIN discussions_discussion d ON d.id = c.discussion_id
      JOIN discussions_participant p ON p.id = c.author_id
      LEFT JOIN discussions_source s ON s.id = c.source_id
      LEFT JOIN accounts_member m ON m.id = p.member_id
     WHERE d.consultation_id = %(pk)s
    UNION ALL
    SELECT string_agg(concat_ws(chr(31), 'host', h.id, h.discussion_id,
           p.name, p.organisation, p.has_left, m.display_name), chr(30) ORDER BY h.id)
      FROM discussions_discussion_hosts h
      JOIN discussions_discussion d ON d.id = h.discussion_id
      JOIN discussions_participant p ON p.id = h.participant_id
      LEFT JOIN accounts_member m ON m.id = p.member_id
     WHERE d.consultation_id = %(pk)s
    UNION ALL
    SELECT 'consultation' || each::text FROM discussions_consultation each WHERE id = %(pk)s
    UNION ALL
    SELECT 'discussion' || each::text
      FROM discussions_discussion each WHERE consultation_id = %(pk)s
    UNION ALL
    SELECT 'prompt' || each::text FROM discussions_prompt each
      JOIN discussions_discussion d ON d.id = each.discussion_id WHERE d.consultation_id = %(pk)s
    UNION ALL
    SELECT 'event' || each::text
      FROM discussions_timelineevent each WHERE consultation_id = %(pk)s
    UNION ALL
    SELECT 'point' || each::text
      FROM discussions_outcomepoint each WHERE consultation_id = %(pk)s
    UNION ALL
    SELECT 'cited' || each::text FROM discussions_citation each
      JOIN discussions_outcomepoint o ON o.id = each.point_id WHERE o.consultation_id = %(pk)s
    UNION ALL
    SELECT 'news' || each::text FROM discussions_update each
     WHERE consultation_id = %(pk)s AND published_at IS NOT NULL
    UNION ALL
    SELECT 'picture' || digest || alt
      FROM discussions_consultationimage WHERE consultation_id = %(pk)s
)
SELECT md5(string_agg(md5(part), '' ORDER BY md5(part))) FROM told
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
        files.queue(MAKE_ARCHIVE, file)
    return file


def make(file_id: int, *, is_last_try: bool = True) -> None:
    """Make one that was asked for, in place of earlier ones. Again: nothing more happens."""
    # Writing reads outcomes, and an outcome that is archived queues this.
    from discussions.archive.writing import write_archive

    file = files.begin(file_id, 0)
    if file is None:
        return
    try:
        with files.workplace() as folder:
            path = folder / "archive.zip"
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


def drop_archives(consultation: Consultation) -> None:
    """Words that they have are erased: in the caller's transaction, they go and are made anew."""
    had_one = ready_archive(consultation) is not None
    files.drop(_archives(consultation), MAKE_ARCHIVE)
    if had_one:
        queue_archive(consultation)


def renew_archives() -> None:
    """Of archived consultations: queue those that are missing or out of date."""
    for consultation in Consultation.objects.filter(archived_at__isnull=False).iterator():
        if current_archive(consultation) is None:
            queue_archive(consultation)


def fingerprint(consultation: Consultation) -> str:
    with connection.cursor() as cursor:
        cursor.execute(_FINGERPRINT, {"pk": consultation.pk})
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
