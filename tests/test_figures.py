"""The figures of a consultation: what they count, who may see them, and what they do not give
away."""

import csv
import io
import time
from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.about_you import store_answers
from accounts.equality_questions import QUESTIONS
from discussions import london
from discussions.figures import figures, starts, unit_of
from discussions.models import Comment, Consultation
from discussions.moderation_load import load
from discussions.reach import Reach, reach
from moderation.models import Case
from tests import cast, moderated
from tests.answering import answering
from tests.conftest import in_staff_session, signed_in
from tests.pages import words

pytestmark = pytest.mark.django_db


def room(consultation: Consultation, file: str = "") -> str:
    return f"/admin/discussions/consultation/{consultation.pk}/figures/{file}"


def said_at(moment: datetime, comment: Comment) -> None:
    Comment.objects.filter(pk=comment.pk).update(posted_at=moment)


def test_days_are_days_in_london_and_days_without_a_word_count_zero() -> None:
    consultation = cast.consultation()
    # 00:30 on 2 July in London; and late on the 4th.
    said_at(datetime(2025, 7, 1, 23, 30, tzinfo=UTC), cast.comment(cast.ada()))
    said_at(datetime(2025, 7, 2, 10, 0, tzinfo=UTC), cast.comment(cast.ada()))
    said_at(datetime(2025, 7, 4, 22, 59, tzinfo=UTC), cast.comment(cast.ben()))
    said_at(datetime(2025, 7, 4, 22, 59, tzinfo=UTC), cast.comment(cast.hana()))
    cast.close_now()
    Consultation.objects.update(
        opens_at=datetime(2025, 7, 1, 8, tzinfo=UTC), closes_at=datetime(2025, 7, 5, 8, tzinfo=UTC)
    )
    consultation.refresh_from_db()
    found = figures(consultation, timezone.now()).over_time
    assert found.unit == "day"
    assert [(each.starts_on.day, each.comments, each.people) for each in found.stretches] == [
        (1, 0, 0),
        (2, 2, 1),
        (3, 0, 0),
        (4, 2, 1),  # a host is not among the people
        (5, 0, 0),
    ]


def test_a_long_time_is_told_in_weeks_and_a_very_long_one_in_months() -> None:
    first = date(2025, 1, 1)
    assert unit_of(first, first + timedelta(days=99)) == "day"
    assert unit_of(first, first + timedelta(days=100)) == "week"
    assert unit_of(first, first + timedelta(days=700)) == "month"
    assert list(starts(first, date(2025, 1, 14), "week")) == [
        date(2024, 12, 30),
        date(2025, 1, 6),
        date(2025, 1, 13),
    ]
    assert list(starts(date(2024, 12, 31), date(2025, 2, 1), "month")) == [
        date(2024, 12, 1),
        date(2025, 1, 1),
        date(2025, 2, 1),
    ]
    consultation = cast.consultation()
    said_at(timezone.now() - timedelta(days=300), cast.comment(cast.ada()))
    cast.comment(cast.ben())
    found = figures(consultation, timezone.now()).over_time
    assert found.unit == "week"
    assert sum(each.comments for each in found.stretches) == 2
    assert all(each.starts_on.weekday() == 0 for each in found.stretches)


def test_it_counts_discussions_prompts_replies_and_agreement() -> None:
    consultation = cast.consultation()
    first = cast.comment(cast.ada(), "More light.")
    second = cast.comment(cast.ben(), "Less light.")
    answer = cast.comment(cast.hana(), "We will see.", first)
    cast.comment(cast.ada(), "Thank you.", answer)
    moderated.hide(cast.comment(cast.ben(), "Jane at number 5 says so."))
    streets = cast.discussion()
    prompt = streets.prompts.get(position=2)
    Comment.objects.filter(pk=second.pk).update(prompt=prompt, agree_count=5, disagree_count=4)
    Comment.objects.filter(pk=first.pk).update(agree_count=9, disagree_count=1)
    found = figures(consultation, timezone.now())
    assert (found.comments, found.people) == (4, 2)
    (part,) = found.discussions
    assert (part.title, part.comments, part.people, part.share) == ("Our streets", 4, 2, 100)
    assert [(each.title, each.comments, each.share) for each in found.prompts] == [
        ("What works?", 0, 0),
        ("What does not?", 1, 50),
        ("No question chosen", 1, 50),
    ]
    replies = found.replies
    assert (replies.threads, replies.answered, replies.replies) == (2, 1, 2)
    assert (replies.by_hosts, replies.deepest, replies.share_answered) == (1, 2, 50)
    agreement = found.agreement
    assert (agreement.agrees, agreement.disagrees) == (14, 5)
    assert agreement.most_agreed == [first, second]
    assert agreement.most_disagreed == [second, first]
    assert agreement.most_divided == [second, first]


def test_the_load_of_moderation_is_that_of_the_log_and_the_queue() -> None:
    consultation = cast.consultation()
    moderated.hide(cast.comment(cast.ada()))
    late = moderated.case_of(cast.comment(cast.ben()))
    Case.objects.filter(pk=late.pk).update(due_at=timezone.now() - timedelta(hours=1))
    moderated.case_of(cast.comment(cast.ben()))
    moderated.case_of(cast.elsewhere(cast.CLOSED))  # of another consultation
    found = load(consultation, figures(consultation, timezone.now()).over_time, timezone.now())
    assert (found.all_opened, found.all_decided) == (3, 1)
    assert found.days[-1] == timezone.localdate()
    assert (found.opened[-1], found.decided[-1]) == (3, 1)
    assert (found.waiting, found.overdue) == (2, 1)
    assert found.time_to_decide is not None


def test_the_boroughs_are_those_of_the_question_and_add_up_to_london() -> None:
    asked = {value for value, _label in QUESTIONS[0].choices} - {"outside", "not_said"}
    assert set(london.RESIDENTS) == asked
    # Each is rounded to the nearest 100.
    difference = sum(london.RESIDENTS.values()) - london.PUBLISHED_TOTAL
    assert abs(difference) <= len(london.RESIDENTS) * 50
    for question in ("age", "sex", "religion"):
        choices = next(each for each in QUESTIONS if each.key == question).choices
        shares = [london.share(question, value) for value, _label in choices]
        assert shares[-1] is None  # who prefers not to say
        assert sum(each or 0 for each in shares) == pytest.approx(100, abs=0.5)
    groups = london.shares_of_ethnic_groups()
    assert sum(share for _name, _answers, share in groups) == pytest.approx(100, abs=0.5)
    assert groups[3][0] == "White"


def test_once_it_is_closed_boroughs_stand_beside_londons_population() -> None:
    members = answering(
        cast.consultation(), {"Hackney": 40, "Croydon": 12, "Camden": 3, "Barnet": 9}
    )
    cast.close_now()
    found = reached()
    assert (found.is_coarse, found.members) == (False, len(members))
    shown = {each.name: (each.people, each.per_10_000) for each in found.shown}
    assert shown["Hackney"] == (40, round(40 / 259_200 * 10_000, 2))
    assert not {"Camden", "Barnet"} & set(shown)
    # 12 of 52 is 23 %, of a borough with 4.4 % of London.
    assert found.gaps == []


def test_groups_far_below_their_share_are_named_and_small_ones_are_not() -> None:
    sexes = ["male"] * 100 + ["female"] * 10 + ["not_said"] * 10 + [""] * 10
    for member, sex in zip(answering(cast.consultation(), {"Hackney": 130}), sexes, strict=True):
        store_answers(member, {"borough": "Hackney"} | ({"sex": sex} if sex else {}))
    cast.close_now()
    gaps = {each.group: (each.here, each.in_london) for each in reached().gaps}
    assert gaps == {"Female": (9.1, 51.5)}


def test_while_people_join_in_nobody_can_be_told_by_what_changes() -> None:
    answering(cast.consultation(), {"Hackney": 49})
    assert (reached().is_coarse, reached().members, reached().shown) == (True, 0, [])
    more = answering(cast.consultation(), {"Hackney": 8, "Croydon": 27}, start=100)
    before = reached(days=1)
    # 50 of the 84 are counted, in the order in which they came; the rest wait for company.
    assert before.members == 50
    assert {each.people for each in before.shown} <= {10, 20, 30, 40, 50}
    store_answers(more[0], {"borough": "Bexley"})
    answering(cast.consultation(), {"Croydon": 1}, start=300)
    assert reached(days=1) == before  # made once a day
    assert reached(days=2).members == 50
    assert before.gaps == [] or all(each.question for each in before.gaps)


def test_the_room_shows_every_figure_with_a_table_beside_it() -> None:
    consultation = cast.consultation()
    first = cast.comment(cast.ada(), "<b>More</b> light.")
    cast.comment(cast.ben(), "Why?", first)
    Comment.objects.filter(pk=first.pk).update(agree_count=3, disagree_count=1)
    staff = in_staff_session(cast.ida())
    answer = staff.get(room(consultation))
    page = answer.content.decode().split('class="figures"')[1].split("</main>")[0]
    assert page.count('role="img"') == page.count("<table>") == page.count("<caption>")
    assert "&lt;b&gt;More&lt;/b&gt; light." in page
    assert f'href="/comments/{first.pk}/"' in page
    assert "style=" not in page
    told = words(answer)
    assert "boroughs are shown once at least 50 such members have responded" in told
    assert "first 0" not in told
    assert "Our streets 2 2 100.0%" in told


def test_the_room_of_an_empty_draft_says_so() -> None:
    answer = in_staff_session(cast.ida()).get(room(cast.consultation(cast.DRAFT)))
    assert "Nobody has said anything yet." in words(answer)


def test_the_table_opens_as_text() -> None:
    consultation = cast.consultation()
    cast.comment(cast.ada())
    cast.discussion().prompts.filter(position=1).update(text="=2+2?")
    streets = cast.discussion()
    type(streets).objects.filter(pk=streets.pk).update(title="=HYPERLINK(1)")
    answer = in_staff_session(cast.ida()).get(room(consultation, "figures.csv"))
    assert answer["Content-Type"].startswith("text/csv")
    content = b"".join(answer).decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(content)))
    assert rows[0] == ["figure", "of", "count", "value"]
    assert ["discussion", "'=HYPERLINK(1)", "comments", "1"] in rows
    assert ["borough", "Hackney", "members who responded", "not shown"] in rows
    assert not any(cell.startswith(("=", "+", "-", "@")) for row in rows for cell in row)


def test_nobody_else_sees_figures() -> None:
    consultation = cast.consultation()
    for client in (Client(), signed_in(cast.ada()), in_staff_session(cast.mo())):
        for file in ("", "figures.csv"):
            assert client.get(room(consultation, file)).status_code in (302, 403)


_MANY = """
INSERT INTO discussions_participant
       (consultation_id, name, organisation, has_left, asked_to_follow, contributions)
SELECT %(consultation)s, 'Somebody ' || n, '', false, false, 20
  FROM generate_series(1, 1000) AS n;
INSERT INTO discussions_comment
       (id, discussion_id, author_id, path, status, body, body_html, posted_at, reference,
        reply_count, agree_count, disagree_count)
SELECT id, %(discussion)s, author, ARRAY[id], 'published', 'Light.', '<p>Light.</p>',
       now() - interval '4 days' + n * interval '15 seconds', 'many-' || n, n %% 3, n %% 90, n %% 7
  FROM (SELECT n, nextval('discussions_comment_id_seq') AS id,
               (SELECT min(id) FROM discussions_participant WHERE name = 'Somebody 1')
               + n %% 1000 AS author
          FROM generate_series(1, 20000) AS n) AS numbered;
ANALYZE discussions_comment;
"""


def test_many_comments_are_counted_in_time(capsys: pytest.CaptureFixture[str]) -> None:
    consultation, streets = cast.consultation(), cast.discussion()
    with connection.cursor() as cursor:
        names = {"consultation": consultation.pk, "discussion": streets.pk}
        for statement in _MANY.strip().rstrip(";").split(";\n"):
            cursor.execute(statement, names)
    staff = in_staff_session(cast.ida())
    start = time.perf_counter()
    with CaptureQueriesContext(connection) as captured:
        answer = staff.get(room(consultation))
    took = time.perf_counter() - start
    assert "20,000 Comments" in words(answer) or "Comments 20,000" in words(answer)
    with capsys.disabled():
        print(f"\nfigures of 20,000 comments: {took * 1_000:.0f} ms")
    assert took < 2
    assert len(captured) <= 40


def reached(days: int = 0) -> Reach:
    consultation = Consultation.objects.get(slug=cast.OPEN)
    return reach(consultation, timezone.now() + timedelta(days=days))
