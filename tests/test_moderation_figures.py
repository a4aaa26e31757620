"""The public page about moderation: what it says, that the log alone says it, and its cost."""

import time
from datetime import datetime, timedelta
from statistics import median

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from discussions.models import Consultation
from moderation import figures, sanctions
from moderation.figures import EVERYWHERE
from moderation.ledger import Event, record
from moderation.models import Case, LedgerEntry, Sanction, Verb
from moderation.templatetags.rules import lasted
from tests import cast, moderated
from tests.pages import words

pytestmark = pytest.mark.django_db

PAGE = "/moderation/"


def test_before_anything_happened_it_says_so() -> None:
    cast.consultation()
    assert "Nothing has been reported or decided yet." in words(Client().get(PAGE))


def test_it_counts_what_happened() -> None:
    comments = [cast.comment(cast.ada(), f"About Jane, {number}.") for number in range(4)]
    moderated.report(comments[0])
    moderated.report(comments[0], cast.ben(), guideline=None, explanation="A threat.")
    hidden = moderated.hide(comments[0], 2)
    moderated.uphold(moderated.appeal(moderated.hide(comments[1])))
    moderated.overturn(moderated.appeal(hidden))
    moderated.decide(comments[2], Verb.MASK, marked=("Jane",))
    moderated.keep(comments[3])
    new = sanctions.NewSanction(Sanction.Kind.WARNING, 1, "Please.")
    sanctions.sanction(cast.ada(), new, cast.senior(), timezone.now())
    found = figures.figures()
    everywhere, here = found[EVERYWHERE], found[cast.OPEN]
    for each in (everywhere, here):
        assert (each.reports, each.illegal_reports, each.cases) == (2, 1, 4)
        assert each.decisions == {"hide": 2, "mask": 1, "keep": 1, "restore": 1}
        assert each.by_guideline == {2: 1, 3: 2}
        assert (each.appeals, each.appeals_decided, each.overturned) == (2, 2, 1)
    assert (everywhere.sanctions, here.sanctions) == ({"warning": 1}, {})
    page = words(Client().get(PAGE))
    assert "2 Reports by readers" in page or "Reports by readers 2" in page
    assert "3. No personal details, yours or anyone else’s 2" in page
    assert "Hidden 2" in page
    assert "The open one" in page
    assert "Warned 1" in page


def test_medians_are_those_of_the_log(monkeypatch: pytest.MonkeyPatch) -> None:
    """Opened to decided, appealed to answered, per consultation and in all; by hand."""
    start = timezone.now() - timedelta(days=9)
    case = Case(pk=1, consultation=cast.consultation())
    other = Case(pk=2, consultation=cast.consultation(cast.CLOSED))
    steps: list[tuple[Event, Case, int, str]] = [
        (Event.OPENED, case, 0, "reader"),
        (Event.OPENED, other, 10, "check"),
        (Event.DECIDED, case, 60, "keep"),
        (Event.DECIDED, case, 90, "hide"),  # nobody waited for this one
        (Event.APPEALED, case, 100, "author"),
        (Event.OPENED, case, 200, "reader"),
        (Event.APPEAL_DECIDED, case, 400, "upheld"),
        (Event.DECIDED, case, 320, "keep"),
        (Event.DECIDED, other, 1_010, "keep"),
        (Event.OPENED, other, 2_000, "reader"),  # waits
    ]
    for event, about, minutes, what in steps:
        written = record(event, about, what=what)
        _set_moment(written, start + timedelta(minutes=minutes))
    found = figures.figures()
    assert found[cast.OPEN].time_to_decide == timedelta(minutes=median([60, 120]))
    assert found[cast.CLOSED].time_to_decide == timedelta(minutes=1_000)
    assert found[EVERYWHERE].time_to_decide == timedelta(minutes=median([60, 120, 1_000]))
    assert found[cast.OPEN].time_to_answer == timedelta(minutes=300)
    assert found[cast.CLOSED].time_to_answer is None


def _set_moment(entry: LedgerEntry, at: datetime) -> None:
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE moderation_ledgerentry DISABLE TRIGGER append_only")
        cursor.execute(
            "UPDATE moderation_ledgerentry SET at = %s WHERE number = %s", [at, entry.number]
        )
        cursor.execute("ALTER TABLE moderation_ledgerentry ENABLE TRIGGER append_only")


def test_what_is_kept_is_told_at_once_when_something_happens() -> None:
    comment = cast.comment(cast.ada())
    moderated.report(comment)
    assert figures.figures()[EVERYWHERE].reports == 1
    moderated.report(comment, cast.ben())
    assert figures.figures()[EVERYWHERE].reports == 2


def test_a_draft_is_counted_in_all_and_named_nowhere() -> None:
    moderated.case_of(cast.elsewhere(cast.DRAFT))
    page = words(Client().get(PAGE))
    assert "Comments that a moderator looked at" in page
    assert "The draft one" not in page
    assert cast.DRAFT not in Client().get(PAGE).content.decode()


@pytest.mark.parametrize(
    ("time_taken", "said"),
    [
        (None, "None yet"),
        (timedelta(seconds=20), "Less than a minute"),
        (timedelta(minutes=1), "1 minute"),
        (timedelta(hours=3, minutes=20), "3 hours 20 minutes"),
        (timedelta(days=1, hours=1, minutes=40), "1 day 1 hour"),
        (timedelta(days=2, minutes=5), "2 days 5 minutes"),
    ],
)
def test_times_are_said_in_words(time_taken: timedelta | None, said: str) -> None:
    assert lasted(time_taken) == said


_MANY = """
INSERT INTO moderation_ledgerentry
       (number, at, event, consultation, case_number, what, guideline, digest, previous_hash, hash)
SELECT n, now() - interval '90 days' + n * interval '2 minutes',
       (ARRAY['reported', 'opened', 'decided', 'appealed', 'appeal_decided'])[1 + n %% 5],
       %(slug)s, n / 5,
       (ARRAY['', 'reader', 'hide', 'author', 'upheld'])[1 + n %% 5],
       1 + n %% 9, '', repeat('0', 64), md5(n::text)
  FROM generate_series(1, 50000) AS n
"""


def test_50000_entries_are_counted_in_time_and_then_kept(
    capsys: pytest.CaptureFixture[str],
) -> None:
    cast.consultation()
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE moderation_ledgerentry DISABLE TRIGGER ledger_chain")
        cursor.execute(_MANY, {"slug": cast.OPEN})
        cursor.execute("ALTER TABLE moderation_ledgerentry ENABLE TRIGGER ledger_chain")
        cursor.execute("ANALYZE moderation_ledgerentry")
    took = []
    for _time in range(2):
        start = time.perf_counter()
        with CaptureQueriesContext(connection) as captured:
            assert Client().get(PAGE).status_code == 200
        took.append(time.perf_counter() - start)
    with capsys.disabled():
        print(f"\n50,000 entries: {took[0] * 1_000:.0f} ms, then {took[1] * 1_000:.0f} ms")
    assert took[0] < 2
    assert took[1] < 0.3
    assert len(captured) <= 5


def test_the_page_is_found_from_every_page_and_is_the_same_for_everyone() -> None:
    assert f'href="{PAGE}"' in Client().get("/").content.decode()
    Consultation.objects.update(published_at=None)
    assert Client().get(PAGE).status_code == 200
