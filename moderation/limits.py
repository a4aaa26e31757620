"""How often something may be done: counted in the database, exact over all threads and servers."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache

from django.conf import settings
from django.db import transaction
from django.utils.crypto import salted_hmac

from accounts.statements import one_row
from moderation.models import LimitCount

# Counted only where all before it still had room.
_COUNT = """
c{place} AS (
    INSERT INTO moderation_limitcount AS stored (key, window_starts_at, count)
    SELECT %s, date_bin(make_interval(secs => %s), clock_timestamp(), 'epoch'), 1 {where}
    ON CONFLICT (key) DO UPDATE
       SET count = CASE WHEN stored.window_starts_at = excluded.window_starts_at
                        THEN stored.count + 1 ELSE 1 END,
           window_starts_at = excluded.window_starts_at
    RETURNING count <= %s AS has_room
)"""


@dataclass(frozen=True)
class Limit:
    """At most so many in each window of time."""

    name: str
    most: int
    window: timedelta

    def count(self, who: str) -> bool:
        """Count one more of this person or address; False if it is one too many."""
        return _counted(((self, who),)) == [True]


class TooOftenError(Exception):
    """Done too often; `limit.window` says how long to wait at most."""

    def __init__(self, limit: Limit) -> None:
        super().__init__(limit.name)
        self.limit = limit


def posts_of_member() -> Limit:
    return Limit("posts-of-member", settings.POSTS_OF_MEMBER, _TEN_MINUTES)


def posts_from_address() -> Limit:
    return Limit("posts-from-address", settings.POSTS_FROM_ADDRESS, _TEN_MINUTES)


def posts_on_site() -> Limit:
    return Limit("posts-on-site", settings.POSTS_ON_SITE, _TEN_MINUTES)


def reports_of_member() -> Limit:
    return Limit("reports-of-member", 20, _TEN_MINUTES)


def reports_from_address() -> Limit:
    return Limit("reports-from-address", 30, _TEN_MINUTES)


def references_from_address() -> Limit:
    """Looking up what became of a report: nobody finds another one's by trying."""
    return Limit("references-from-address", 100, _TEN_MINUTES)


def check_limit(limit: Limit, who: str) -> None:
    """Count one more of this person or address. Raises TooOftenError if it is one too many."""
    check_limits((limit, who))


def check_limits(*limits: tuple[Limit, str]) -> None:
    """As check_limit, one after the other, in one statement: what is one too many of the first
    counts for none of the others. Everybody has to give them in the same order."""
    for (limit, _who), has_room in zip(limits, _counted(limits), strict=True):
        if not has_room:
            raise TooOftenError(limit)


def _counted(limits: Sequence[tuple[Limit, str]]) -> list[bool | None]:
    """Of each, whether it had room; None after one that had not."""
    values: list[str | float] = []
    for limit, who in limits:
        values += [f"{limit.name}:{who}", limit.window.total_seconds(), limit.most]
    row = one_row(_counting(len(limits)), values)
    return list(row or ())


@cache
def _counting(number: int) -> str:
    counts = [
        _COUNT.format(place=place, where=f"FROM c{place - 1} WHERE has_room" if place else "")
        for place in range(number)
    ]
    answers = (f"(SELECT has_room FROM c{place})" for place in range(number))  # noqa: S608 - of constants alone
    return f"WITH {','.join(counts)} SELECT {', '.join(answers)}"


def forget_member(who: str) -> None:
    """The counts of a member, by the text that they are counted under."""
    of_members = (posts_of_member(), reports_of_member())
    LimitCount.objects.filter(key__in=[f"{each.name}:{who}" for each in of_members]).delete()


def forget_past_counts(before: datetime, most: int) -> int:
    """At most so many counts of windows that began before this moment; says how many."""
    past = LimitCount.objects.filter(window_starts_at__lt=before)
    with transaction.atomic():
        # Without those that are being counted: who counts has some and waits for others.
        locked = past.select_for_update(skip_locked=True)
        keys = list(locked.values_list("pk", flat=True)[:most])
        forgotten, _by_model = past.filter(pk__in=keys).delete()
    return forgotten


def address_key(address: str) -> str:
    """An address as it may be kept: the same for the same address, and not to be turned back."""
    return salted_hmac("moderation.limits", address, algorithm="sha256").hexdigest()[:32]


_TEN_MINUTES = timedelta(minutes=10)
LONGEST_WINDOW = _TEN_MINUTES
