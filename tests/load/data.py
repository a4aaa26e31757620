"""The made-up comments: one discussion of each size, kept from run to run."""

import random
import sys
import time
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from tests.drills import service

if TYPE_CHECKING:
    from accounts.models import Member
    from discussions.models import Discussion

SIZES = (100, 1_622, 50_000, 1_000_000)
READERS = 16
WRITERS = 200
_FEW = 10_000  # a discussion of fewer would grow by what is posted here; it has a copy for that


@dataclass(frozen=True)
class Place:
    """A discussion of about this many comments."""

    size: int
    pk: int
    path: str
    title: str
    prompt: int


@dataclass(frozen=True)
class Data:
    read: dict[int, Place]
    written: dict[int, Place]  # where comments are posted
    sessions: list[str]  # of members, one each
    names: list[str]  # theirs


def prepare(sizes: list[int]) -> Data:
    """Makes what is missing. What an interrupted run left half made makes all begin again."""
    from discussions.models import Consultation
    from tests.test_server import signed_in_session

    service.set_up()
    if Consultation.objects.filter(slug__startswith="load-", published_at=None).exists():
        _say("the last run ended while it made its data: beginning again")
        service.empty()
        service.set_up()
    made = {size: _place(f"load-{size}", size) for size in sizes}
    run = f"{time.time():.0f}"
    written = {
        size: _place(f"load-{size}-{run}", size) if size < _FEW else made[size] for size in sizes
    }
    _vacuum()
    members = _members()
    sessions = [signed_in_session(member) for member in members]
    return Data(made, written, sessions, [member.display_name for member in members])


def texts(count: int) -> list[str]:
    """Which nobody has posted, and which nobody is asked about first."""
    from discussions.generating import made_up_text
    from moderation.screening import screen

    chance = random.Random()  # noqa: S311 - for shapes, not for secrets
    found: list[str] = []
    while len(found) < count:
        text = made_up_text(chance)
        if len(text) > 60 and not screen(text):
            found.append(text)
    return found


def comments_in(place: Place) -> int:
    from discussions.models import Comment

    return int(Comment.objects.filter(discussion=place.pk).count())


def _place(slug: str, size: int) -> Place:
    from discussions.models import Consultation, Discussion, Prompt

    if not Consultation.objects.filter(slug=slug).exists():
        _make(slug, size)
    found = Discussion.objects.select_related("consultation").get(consultation__slug=slug)
    prompt = Prompt.objects.filter(discussion=found).order_by("pk")[0]
    return Place(size, found.pk, found.get_absolute_url(), found.title, prompt.pk)


def _make(slug: str, size: int) -> None:
    """Published once it is whole."""
    from discussions.generating import generate
    from discussions.models import Consultation

    begun = time.monotonic()
    streets = _empty_discussion(slug, size)
    generate(streets, size, seed=size)
    Consultation.objects.filter(slug=slug).update(published_at=streets.consultation.opens_at)
    if size >= _FEW:
        _say(f"{size:,} comments made up in {time.monotonic() - begun:.0f} s")


def _empty_discussion(slug: str, size: int) -> "Discussion":
    from django.utils import timezone

    from discussions.models import Consultation, Discussion, Participant, Prompt
    from tests import cast

    now = timezone.now()
    consultation = Consultation.objects.create(
        slug=slug,
        title=f"Consultation {slug}",
        summary="What should change on our streets?",
        published_at=None,
        opens_at=now - timedelta(days=30),
        closes_at=now + timedelta(days=3_000),
    )
    streets: Discussion = Discussion.objects.create(
        consultation=consultation,
        slug="streets",
        title=f"Our streets, {size:,} times",
        introduction="Tell us how they are.",
    )
    for position, text in enumerate(("What works?", "What does not?"), start=1):
        Prompt.objects.create(discussion=streets, position=position, text=text)
    host = Participant.objects.create(
        consultation=consultation, member=cast.hana(), organisation="MOPAC"
    )
    streets.hosts.add(host)
    return streets


def _vacuum() -> None:
    """As autovacuum would have done in the days that such a discussion takes."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = 0")
        cursor.execute("VACUUM (ANALYZE)")
        cursor.execute("RESET statement_timeout")


def _members() -> "list[Member]":
    from django.contrib.auth.hashers import make_password

    from accounts.models import Member

    wanted = [f"member-{number:03}@people.example" for number in range(READERS + WRITERS)]
    known = set(Member.objects.filter(email__in=wanted).values_list("email", flat=True))
    Member.objects.bulk_create(
        Member(email=email, display_name=email.partition("@")[0], password=make_password(None))
        for email in wanted
        if email not in known
    )
    return list(Member.objects.filter(email__in=wanted).order_by("pk"))


def _say(sentence: str) -> None:
    print(sentence, file=sys.stderr, flush=True)
