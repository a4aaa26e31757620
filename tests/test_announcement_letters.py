"""What followers are told by mail: what it says, who gets it, and when it is not sent after all."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from accounts.mail import Letter
from accounts.models import Mail, Member
from discussions import announcing, dates, following, news, outcome
from discussions.announcement_letters import announcement_letter
from discussions.models import Announcement, Consultation, Update
from tests import cast

pytestmark = pytest.mark.django_db

Make = Callable[[Consultation], object]


def opened(consultation: Consultation) -> None:
    dates.tell_what_happened(timezone.now())


def extended(consultation: Consultation) -> None:
    closes_at = timezone.now() + timedelta(days=20)
    dates.extend(consultation, cast.ida(), "More time\nover the holidays.", closes_at)


def told_of_news(consultation: Consultation) -> None:
    text = "<p>The first <strong>lamps</strong> &amp; signs are up.</p><p>More to come.</p>"
    news.publish_update(news.keep_update(consultation, cast.ida(), title="Lamps", text=text))


def answered(consultation: Consultation) -> None:
    point = outcome.Point("People want light.", "Lamps come.", "will")
    outcome.keep_outcome(consultation, "You asked for light.", [point])
    outcome.publish_outcome(consultation)


def place(slug: str = cast.OPEN) -> Consultation:
    """Opened, or closed, an hour ago, and followed by Ada."""
    consultation = cast.consultation(slug)
    name = "opens_at" if slug == cast.OPEN else "closes_at"
    setattr(consultation, name, timezone.now() - timedelta(hours=1))
    consultation.save()
    following.follow(consultation, cast.ada())
    return consultation


def letter_of(kind: str) -> Letter | None:
    announcement = Announcement.objects.get(kind=kind)
    announcing.queue_mails(announcement, timezone.now())
    return announcement_letter(Mail.objects.get(thing=f"announcement:{announcement.pk}"))


EACH: tuple[tuple[str, str, Make, str, tuple[str, ...]], ...] = (
    ("opened", cast.OPEN, opened, "Open now: “The open one”", ("MOPAC wants to hear from you",)),
    (
        "dates",
        cast.OPEN,
        extended,
        "New dates: “The open one”",
        ("Closes: ", "(it was ", "London time", "> More time over the holidays."),
    ),
    (
        "update",
        cast.OPEN,
        told_of_news,
        "News of “The open one”",
        ("> Lamps", "> The first lamps & signs are up. More to come.", "/open-one/#update-"),
    ),
    (
        "closed",
        cast.CLOSED,
        opened,
        "Closed: “The closed one”, and what happens next",
        ("answers by ", "0 Londoners have responded"),
    ),
    (
        "outcome",
        cast.CLOSED,
        answered,
        "What came of “The closed one”",
        ("> You asked for light.", "/closed-one/#outcome"),
    ),
)


@pytest.mark.parametrize(("kind", "slug", "make", "subject", "parts"), EACH)
def test_each_kind_says_what_happened_and_how_to_stop(
    kind: str, slug: str, make: Make, subject: str, parts: tuple[str, ...], settings: Settings
) -> None:
    settings.SITE_URL = "http://testserver"
    consultation = place(slug)
    make(consultation)
    letter = letter_of(kind)
    assert letter is not None
    assert letter.subject == subject
    assert f"http://testserver/consultations/{slug}/" in letter.text
    assert all(part in letter.text for part in parts), letter.text
    assert "\n\n\n" not in letter.text
    assert "&amp;" not in letter.text
    assert letter.text.rstrip().endswith(letter.unsubscribe_url)
    for _time in range(2):
        answer = Client(enforce_csrf_checks=True).post(letter.unsubscribe_url)
        assert f"No more emails about “{consultation.title}”" in answer.content.decode()
        assert not following.is_following(consultation, cast.ada())
    assert letter_of(kind) is None


@pytest.mark.parametrize(("kind", "slug", "make"), [each[:3] for each in EACH])
@pytest.mark.parametrize("change", ["unpublished", "inactive"])
def test_nobody_is_told_what_is_not_public_or_who_has_no_account(
    kind: str, slug: str, make: Make, change: str
) -> None:
    make(place(slug))
    assert letter_of(kind) is not None
    if change == "unpublished":
        Consultation.objects.update(published_at=None)
    else:
        Member.objects.update(is_active=False)
    assert letter_of(kind) is None


def test_what_is_no_longer_so_is_not_told() -> None:
    consultation = place()
    opened(consultation)
    told_of_news(consultation)
    Consultation.objects.update(closes_at=timezone.now() - timedelta(seconds=1))
    assert letter_of("opened") is None
    assert letter_of("update") is not None
    news.take_back(Update.objects.get())
    assert letter_of("update") is None


def test_who_closes_it_early_says_why() -> None:
    consultation = place()
    dates.close_now(consultation, cast.ida(), "The plan has changed.")
    letter = letter_of("closed")
    assert letter is not None
    assert "> The plan has changed." in letter.text


def test_looking_at_the_link_changes_nothing(settings: Settings) -> None:
    settings.SITE_URL = "http://testserver"
    consultation = place()
    told_of_news(consultation)
    letter = letter_of("update")
    assert letter is not None
    page = Client().get(letter.unsubscribe_url).content.decode()
    assert "Stop emails about “The open one”?" in page
    assert following.is_following(consultation, cast.ada())


def test_of_dates_that_were_changed_again_only_the_latest_are_told() -> None:
    consultation = place()
    for days in (20, 30, 40):
        closes_at = timezone.now() + timedelta(days=days)
        dates.extend(consultation, cast.ida(), f"{days} days.", closes_at)
    letters = []
    for announcement in Announcement.objects.filter(kind="dates").order_by("pk"):
        announcing.queue_mails(announcement, timezone.now())
        mail = Mail.objects.get(thing=f"announcement:{announcement.pk}")
        letters.append(announcement_letter(mail))
    assert letters[:2] == [None, None]
    assert letters[2] is not None
    assert "40 days." in letters[2].text
