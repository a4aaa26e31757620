"""The queue of cases: what stands in it, in which order, and how fast it opens."""

import time
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import Member
from discussions import posting
from discussions.models import Comment, Participant
from moderation import cases
from moderation.models import Case, CaseFinding, Remit, Report, Verb
from moderation.screening import Kind
from tests import cast, moderated
from tests.conftest import in_staff_session
from tests.pages import words

pytestmark = pytest.mark.django_db
QUEUE = "/admin/moderation/case/"
MANY, MOST_QUERIES = 5_000, 12


@pytest.fixture
def mo(db: None) -> Client:
    """The browser of a moderator of all consultations."""
    cast.consultation()
    return in_staff_session(cast.moderator())


def case(
    body: str = "",
    severity: int = Case.Severity.OTHER,
    raised_by: str = Case.Raiser.STAFF,
    hours_ago: int = 0,
    author: Member | None = None,
) -> Case:
    comment = cast.comment(author or cast.ada(), body)
    opened = timezone.now() - timedelta(hours=hours_ago)
    made: Case = Case.objects.create(
        comment=comment,
        consultation=comment.discussion.consultation,
        severity=severity,
        raised_by=raised_by,
        opened_at=opened,
        due_at=opened + cases.DUE_WITHIN[Case.Severity(severity)],
    )
    return made


def listed(client: Client, query: str = "") -> list[int]:
    """The numbers of the cases in the queue, in its order."""
    return [each.pk for each in page(client, query).context["cl"].result_list]


def page(client: Client, query: str = "") -> Any:  # noqa: ANN401 - the test client's
    answer = client.get(f"{QUEUE}?{query}")
    assert answer.status_code == 200
    return answer


def test_the_most_severe_come_first_then_the_oldest(mo: Client) -> None:
    other = case(hours_ago=3)
    safety = case(severity=Case.Severity.SAFETY)
    serious = case(severity=Case.Severity.SERIOUS, hours_ago=1)
    older = case(severity=Case.Severity.SERIOUS, hours_ago=2)
    assert listed(mo) == [each.pk for each in (safety, older, serious, other)]


def test_what_waits_is_shown_unless_something_else_is_asked_for(mo: Client) -> None:
    waits = case()
    decided = moderated.keep(cast.comment(cast.ada())).case
    assert listed(mo) == [waits.pk]
    assert listed(mo, "state=decided") == [decided.pk]
    assert set(listed(mo, "state=all")) == {waits.pk, decided.pk}
    assert listed(mo, "state=nonsense") == [waits.pk]


def test_each_filter_narrows_it(mo: Client) -> None:
    safety = case(severity=Case.Severity.SAFETY, hours_ago=2)
    found = case(raised_by=Case.Raiser.CHECK)
    CaseFinding.objects.create(case=found, kind=Kind.PHONE, start=0, end=4)
    reported = moderated.report(cast.comment(cast.ada()), guideline=7).case
    illegal = moderated.report(cast.comment(cast.ada()), guideline=None).case
    mine, theirs = case(), case()
    cases.claim(mine, cast.moderator(), timezone.now())
    cases.claim(theirs, cast.moderator("Moira"), timezone.now())
    lapsed = case()
    cases.claim(lapsed, cast.moderator("Moira"), timezone.now() - 2 * cases.CLAIM_LASTS)

    assert listed(mo, "overdue=yes") == [safety.pk]
    assert listed(mo, "severity=1") == [safety.pk, illegal.pk]
    assert listed(mo, "raised=check") == [found.pk]
    assert listed(mo, "raised=reader") == [illegal.pk, reported.pk]
    assert listed(mo, "guideline=3") == [found.pk]
    assert listed(mo, "guideline=7") == [reported.pk]
    assert listed(mo, "guideline=law") == [illegal.pk]
    assert listed(mo, "claim=mine") == [mine.pk]
    assert listed(mo, "claim=any") == [mine.pk, theirs.pk]
    assert mine.pk not in listed(mo, "claim=none")
    assert lapsed.pk in listed(mo, "claim=none")
    assert listed(mo, f"consultation={cast.consultation().pk}") == listed(mo)
    assert listed(mo, "consultation=999999999999999999999") == listed(mo)


def test_it_is_searched_by_number_and_by_words(mo: Client) -> None:
    lamps, buses = case("The lamps are out again."), case("Night buses, please.")
    assert listed(mo, f"q={lamps.pk}") == [lamps.pk]
    assert listed(mo, "q=night") == [buses.pk]
    assert listed(mo, "q=xylophone") == []
    assert listed(mo, "q=" + "9" * 30) == []


def test_the_worst_stands_on_the_page_of_its_case_alone(mo: Client) -> None:
    case("Hush now, this is awful.", severity=Case.Severity.SAFETY)
    slur = case("Awful as well, be quiet.", severity=Case.Severity.SERIOUS)
    CaseFinding.objects.create(case=slur, kind=Kind.SLUR, start=0, end=5)
    case("Nothing to see here.", severity=Case.Severity.SERIOUS)
    told = words(page(mo))
    assert "awful" not in told.lower()
    assert told.count("Not shown here: it may upset you") == 2
    assert "Nothing to see here." in told


def test_a_row_says_why_it_is_there_and_who_is_at_it(mo: Client) -> None:
    found = case("Ring me after six.", raised_by=Case.Raiser.CHECK)
    CaseFinding.objects.create(case=found, kind=Kind.PHONE, start=5, end=17)
    comment = cast.comment(cast.ada())
    for _each in range(2):
        moderated.report(comment, guideline=2)
    case(hours_ago=30, raised_by=Case.Raiser.MODE)
    cases.claim(found, cast.moderator("Moira"), timezone.now())
    told = words(page(mo))
    for part in ("a phone number", "2 reports: guideline 2", "hold first", "Moira", "Overdue:"):
        assert part in told, part


def test_a_moderator_sees_the_cases_of_their_consultations_alone(mo: Client) -> None:
    here = case()
    Remit.objects.update(is_everywhere=False)
    assert listed(mo) == []
    assert "<strong>0</strong> cases wait" in page(mo).content.decode()
    Remit.objects.get().consultations.add(cast.consultation())
    assert listed(mo) == [here.pk]
    Remit.objects.all().delete()
    assert listed(mo, "state=all") == []


def test_taking_the_next_claims_the_first_that_nobody_is_at(mo: Client) -> None:
    taken = case(severity=Case.Severity.SAFETY)
    cases.claim(taken, cast.moderator("Moira"), timezone.now())
    case(severity=Case.Severity.SERIOUS, author=cast.moderator())  # Mo's own words
    free = case()
    answer = mo.post(f"{QUEUE}next/")
    assert answer["Location"] == f"{QUEUE}{free.pk}/change/"
    free.refresh_from_db()
    assert free.claimed_by == cast.moderator()
    moderated.decide(free.comment, Verb.KEEP, None)
    assert mo.post(f"{QUEUE}next/")["Location"] == QUEUE


def test_a_row_tells_who_wrote_it_and_whether_readers_see_it(mo: Client) -> None:
    held, published = case(author=cast.ben()), case(author=cast.ada())
    Comment.objects.filter(pk=held.comment_id).update(status=Comment.Status.HELD)
    rows = page(mo).content.decode().partition('id="result_list"')[2].split("<tr>")[-2:]
    assert published.pk > held.pk
    for row, who, status in zip(rows, ("Ben", "Ada"), ("Held", "Published"), strict=True):
        assert who in row
        assert f">{status}<" in row


# The count on every page.


@pytest.mark.parametrize(
    "path", ["", "moderation/", "moderation/decision/", "discussions/comment/"]
)
def test_every_page_of_admin_tells_what_waits(mo: Client, path: str) -> None:
    case()
    case(hours_ago=30)
    told = words(mo.get(f"/admin/{path}"))
    assert "2 cases wait" in told
    assert "1 overdue" in told
    assert "appeal" not in told.split("Home")[0]


def test_seniors_are_told_of_appeals_and_who_decides_nothing_of_nothing(mo: Client) -> None:
    moderated.appeal(moderated.hide(cast.comment(cast.ada())))
    assert "1 appeal" in words(in_staff_session(cast.senior()).get("/admin/"))
    desk = in_staff_session(cast.member("Della", is_staff=True))
    assert "cases wait" not in words(desk.get("/admin/"))


# How fast.


def many_cases() -> None:
    streets = cast.discussion()
    authors = Participant.objects.bulk_create(
        Participant(consultation=streets.consultation, name=f"Someone {number}")
        for number in range(200)
    )
    now = timezone.now()
    comments = Comment.objects.bulk_create(
        Comment(
            pk=pk,
            discussion=streets,
            author=authors[number % 200],
            path=[pk],
            body=f"What number {number} says. " * 20,
            body_html="<p></p>",
            posted_at=now,
        )
        for number, pk in enumerate(posting.next_ids(MANY))
    )
    made = Case.objects.bulk_create(
        Case(
            comment=comment,
            consultation=streets.consultation,
            severity=number % 3 + 1,
            raised_by=Case.Raiser.READER,
            opened_at=now - timedelta(minutes=number),
            due_at=now + timedelta(minutes=number - 500),
        )
        for number, comment in enumerate(comments)
    )
    CaseFinding.objects.bulk_create(
        CaseFinding(case=each, kind=Kind.PHONE, start=0, end=4) for each in made
    )
    Report.objects.bulk_create(
        Report(case=each, guideline=number % 9 + 1, reported_at=now)
        for number, each in enumerate(made)
    )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE moderation_case")


def test_a_queue_of_5000_cases_opens_in_at_most_12_queries() -> None:
    many_cases()
    for who in (cast.moderator(), cast.senior()):
        client = in_staff_session(who)
        for query in ("", "overdue=yes", "guideline=3", "q=number"):
            with CaptureQueriesContext(connection) as queries:
                start = time.perf_counter()
                answer = page(client, query)
                took = time.perf_counter() - start
            print(f"{who} ?{query}: {len(queries)} queries, {took * 1000:.0f} ms")
            assert len(queries) <= MOST_QUERIES, [each["sql"][:150] for each in queries]
            assert len(answer.context["cl"].result_list) == 50
            assert took < 5
        assert "5000 cases wait" in words(page(client))


# Several at once.


def together(client: Client, chosen: list[Case], **form: object) -> Any:  # noqa: ANN401 - the test client's
    rows = [f"{each.pk}:{each.revision}" for each in chosen]
    return client.post(f"{QUEUE}together/", {"case": rows, **form}, follow=True)


def test_cases_that_are_alike_are_chosen_in_the_queue(mo: Client) -> None:
    one, other = case("Buy cheap bikes."), case("Buy cheap bikes today.")
    answer = mo.post(
        QUEUE, {"action": "decide_together", "_selected_action": [one.pk, other.pk]}, follow=True
    )
    told = words(answer)
    assert "2 cases" in told
    assert "Buy cheap bikes today." in told
    assert f'value="{one.pk}:{one.revision}"' in answer.content.decode()


def test_of_too_many_the_first_are_shown(mo: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("discussions.admin.cases.AT_MOST", 1)
    first, other = case(hours_ago=1), case()
    chosen = {"action": "decide_together", "_selected_action": [first.pk, other.pk]}
    told = words(mo.post(QUEUE, chosen, follow=True))
    assert "These are the first 1 of them." in told
    assert f"Case {first.pk}" in told
    assert f"Case {other.pk}" not in told


def test_each_is_decided_by_itself_and_those_that_are_not_are_named(mo: Client) -> None:
    alike = [case("Buy cheap bikes."), case("Cheap bikes here.")]
    own = case("Bikes by Mo.", author=cast.moderator())
    gone = case("Bikes, gone by now.")
    stale = Case.objects.get(pk=gone.pk)
    moderated.decide(gone.comment, Verb.KEEP, None, by=cast.moderator("Moira"))
    form = {"verb": "hide", "guideline": "7", "reason": "It advertises."}
    told = words(together(mo, [*alike, own, stale], **form))
    assert "2 cases are decided." in told
    assert f"Case {own.pk} is not decided. The comment is yours" in told
    assert f"Case {gone.pk} is not decided. Moira decided this" in told
    statuses = Comment.objects.in_bulk([each.comment_id for each in [*alike, own, gone]])
    assert [statuses[each.comment_id].status for each in alike] == ["hidden", "hidden"]
    assert statuses[own.comment_id].status == statuses[gone.comment_id].status == "published"


def test_a_text_that_changed_since_it_was_shown_is_not_decided(mo: Client) -> None:
    one = case("First version.")
    posting.edit_comment(one.comment, cast.ada(), "Second version.")
    told = words(together(mo, [one], verb="keep"))
    assert f"Case {one.pk} is not decided. The author changed the text" in told


def test_nothing_is_decided_without_a_reason(mo: Client) -> None:
    one = case()
    told = words(together(mo, [one], verb="hide", guideline="7"))
    assert "Say why: the author reads it." in told
    assert Case.objects.get().is_waiting


def test_what_fits_not_all_of_them_is_not_offered(mo: Client) -> None:
    one = case()
    hidden = moderated.hide(cast.comment(cast.ada())).case
    answer = mo.get(f"{QUEUE}together/?cases={one.pk},{hidden.pk}")
    told = words(answer)
    assert "There is no decision that fits all of them." in told
    assert "Some are hidden, some are published." in told
    assert f"“Hide”: it does not fit Case {hidden.pk} (Hidden)." in told
    # Those that are ticked are asked about again.
    rows = [f"{each.pk}:{each.revision}" for each in (one, hidden)]
    again = mo.post(f"{QUEUE}together/", {"shown": rows, "case": rows[:1], "again": "1"})
    assert "There is no decision that fits all of them." not in words(again)
    assert again.content.decode().count(" checked>") == 1
    assert Case.objects.get(pk=one.pk).is_waiting


def test_each_says_why_it_is_there_and_can_be_left_out(mo: Client) -> None:
    one, other = case("Buy cheap bikes."), case("Buy cheap bikes today.")
    CaseFinding.objects.create(case=other, kind=Kind.REPEATED, start=0, end=4)
    told = words(mo.get(f"{QUEUE}together/?cases={one.pk},{other.pk}"))
    assert "a text that was posted before" in told
    assert "They are here for different reasons" in told
    shown = [f"{each.pk}:{each.revision}" for each in (one, other)]
    form = {"shown": shown, "verb": "keep"}
    assert "Choose at least one case." in words(mo.post(f"{QUEUE}together/", form))
    mo.post(f"{QUEUE}together/", {**form, "case": shown[1:]})
    waiting = Case.objects.filter(state=Case.State.WAITING)
    assert list(waiting) == [one]


@pytest.mark.parametrize("asked", ["", "x", "1,x", "9" * 30, "987654"])
def test_cases_that_there_are_not_cannot_be_decided_together(mo: Client, asked: str) -> None:
    assert mo.get(f"{QUEUE}together/?cases={asked}").status_code == 404


def test_cases_outside_the_remit_cannot_be_decided_together(mo: Client) -> None:
    one = case()
    Remit.objects.update(is_everywhere=False)
    assert mo.get(f"{QUEUE}together/?cases={one.pk}").status_code == 404
    form = {"verb": "keep"}
    assert mo.post(f"{QUEUE}together/", {"case": f"{one.pk}:0", **form}).status_code == 404
    assert Case.objects.get().is_waiting
