"""Jobs of the worker (`manage.py procrastinate worker`) about what members said."""

from django.db import transaction
from django.utils import timezone
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from accounts import data_copy as copies
from accounts import retention
from accounts.models import DataCopy, Member
from discussions import announcing, data_copy
from discussions.leaving import close_due_accounts
from discussions.models import Announcement
from moderation import retention as moderation_retention

_RETRY = RetryStrategy(max_attempts=5, exponential_wait=4)
RULES = (*retention.RULES, *moderation_retention.RULES)


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
