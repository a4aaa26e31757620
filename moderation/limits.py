"""How often something may be done: counted in the database, exact over all threads and servers."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import connection
from django.utils.crypto import salted_hmac

from moderation.models import LimitCount

_COUNT = """
INSERT INTO moderation_limitcount AS stored (key, window_starts_at, count)
VALUES (%(key)s, date_bin(make_interval(secs => %(seconds)s), clock_timestamp(), 'epoch'), 1)
ON CONFLICT (key) DO UPDATE
   SET count = CASE WHEN stored.window_starts_at = excluded.window_starts_at
                    THEN stored.count + 1 ELSE 1 END,
       window_starts_at = excluded.window_starts_at
RETURNING count
"""


@dataclass(frozen=True)
class Limit:
    """At most so many in each window of time."""

    name: str
    most: int
    window: timedelta

    def count(self, who: str) -> bool:
        """Count one more of this person or address; False if it is one too many."""
        with connection.cursor() as cursor:
            cursor.execute(
                _COUNT, {"key": f"{self.name}:{who}", "seconds": self.window.total_seconds()}
            )
            return bool(cursor.fetchone()[0] <= self.most)


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
    if not limit.count(who):
        raise TooOftenError(limit)


def forget_member(who: str) -> None:
    """The counts of a member, by the text that they are counted under."""
    of_members = (posts_of_member(), reports_of_member())
    LimitCount.objects.filter(key__in=[f"{each.name}:{who}" for each in of_members]).delete()


def forget_past_counts(before: datetime, most: int) -> int:
    """At most so many counts of windows that began before this moment; says how many."""
    past = LimitCount.objects.filter(window_starts_at__lt=before)
    keys = list(past.values_list("pk", flat=True)[:most])
    # Past still when it is erased: a count may begin its next window meanwhile.
    forgotten, _by_model = past.filter(pk__in=keys).delete()
    return forgotten


def address_key(address: str) -> str:
    """An address as it may be kept: the same for the same address, and not to be turned back."""
    return salted_hmac("moderation.limits", address, algorithm="sha256").hexdigest()[:32]


_TEN_MINUTES = timedelta(minutes=10)
LONGEST_WINDOW = _TEN_MINUTES
