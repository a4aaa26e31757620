"""Jobs of the worker (`manage.py procrastinate worker`) about what members said."""

from django.db import transaction
from django.utils import timezone
from procrastinate import JobContext, RetryStrategy
from procrastinate.contrib.django import app

from accounts import data_copy as copies
from accounts import retention
from accounts.models import DataCopy, Member
from discussions import announcing, archive, data_copy, dates, downloads, files, records
from discussions import retention as discussions_retention
from discussions.leaving import close_due_accounts
from discussions.models import Announcement
from discussions.posting import database_moment
from moderation import retention as moderation_retention

_RETRY = RetryStrategy(max_attempts=5, exponential_wait=4)
# Of a large file: each try takes minutes, and others wait for it.
_FILE_RETRIES = 2
_FILE_RETRY = RetryStrategy(max_attempts=_FILE_RETRIES, wait=10)
RULES = (*retention.RULES, *moderation_retention.RULES, *discussions_retention.RULES)


def queue_data_copy(member: Member) -> DataCopy:
    """Ask for a copy and its making, in one transaction. Raises CopyRefusedError."""
    with transaction.atomic():
        copy = copies.ask(member)
        make_data_copy.defer(copy_id=copy.pk)
    return copy


@app.task(name="make_data_copy", retry=_RETRY)
def make_data_copy(copy_id: int) -> None:
    data_copy.make(copy_id)


@app.task(name=announcing.MAIL_FOLLOWERS, retry=_RETRY)
def mail_followers(announcement_id: int) -> None:
    announcement = Announcement.objects.get(pk=announcement_id)
    announcing.queue_mails(announcement, timezone.now())


@app.periodic(cron="* * * * *")
@app.task(name="tell_what_happened", queueing_lock="tell_what_happened")
def tell_what_happened(timestamp: int) -> None:
    """Every minute: what opened or closed because its time came."""
    dates.tell_what_happened(database_moment())


@app.task(name=archive.MAKE_ARCHIVE, queue="files", retry=_FILE_RETRY, pass_context=True)
def make_archive(context: JobContext, file_id: int) -> None:
    if context.job.attempts > _FILE_RETRIES:
        files.fail(file_id)
    else:
        archive.make(file_id, is_last_try=context.job.attempts == _FILE_RETRIES)


@app.periodic(cron="21 4 * * *")
@app.task(name="renew_archives", queueing_lock="renew_archives")
def renew_archives(timestamp: int) -> None:
    """After accounts were closed: an archive names nobody who has left."""
    archive.renew_archives()


@app.task(name=downloads.MAKE_FILE, queue="files", retry=_FILE_RETRY, pass_context=True)
def make_file(context: JobContext, file_id: int) -> None:
    """More tries than these were broken off with their worker, which it may be the cause of."""
    if context.job.attempts > _FILE_RETRIES:
        files.fail(file_id)
    else:
        downloads.make(file_id, is_last_try=context.job.attempts == _FILE_RETRIES)


@app.task(name=records.MAKE_RECORD, queue="files", retry=_FILE_RETRY, pass_context=True)
def make_record(context: JobContext, record_id: int) -> None:
    if context.job.attempts <= _FILE_RETRIES:
        records.make_record(record_id)


@app.periodic(cron="13 4 * * *")
@app.task(name="make_missing_records", queueing_lock="make_missing_records")
def make_missing_records(timestamp: int) -> None:
    """Of closings whose job came to nothing."""
    records.queue_missing()


@app.periodic(cron="7 3 * * *")
@app.task(name="close_due_accounts", queueing_lock="close_due_accounts")
def close_accounts(timestamp: int) -> None:
    """Once a night, all together: who sees names go at the same hour learns little from it."""
    while close_due_accounts():
        pass


@app.periodic(cron="40 2 * * *")
@app.task(name="hold_retention_rules", queueing_lock="hold_retention_rules")
def hold_retention_rules(timestamp: int) -> None:
    """A rule that fails keeps no other one from being held; the job then fails, and is seen."""
    faults = []
    for rule in RULES:
        try:
            rule.hold()
        except Exception as fault:  # noqa: BLE001 - told below
            faults.append(fault)
    if faults:
        raise ExceptionGroup("Some rules of retention could not be held.", faults)
