"""The equality questions: optional, apart from the account, and shown in counts that tell of
nobody."""

import itertools
import json
from collections import defaultdict
from collections.abc import Iterable

import pytest
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st
from pytest_django import Settings

from accounts.about_you import LEAST_SHOWN, answers_of, counts, store_answers, suppressed
from accounts.equality_questions import QUESTIONS
from accounts.models import AboutYou, Member
from discussions.models import Participant
from tests import cast
from tests.conftest import in_staff_session
from tests.pages import words

pytestmark = pytest.mark.django_db

PAGE = "/account/about-you/"
ANSWERS = {"borough": "Hackney", "age": "35–44", "religion": "not_said"}


def test_all_of_it_is_optional_and_says_why_it_is_asked(ada: Client) -> None:
    page = ada.get(PAGE).content.decode()
    for question in QUESTIONS:
        assert str(question.text) in page
        assert str(question.why).replace("’", "’") in page
        assert [value for value, _label in question.choices][-1] in ("not_said", "outside")
        assert "not_said" in dict(question.choices)
    assert page.count("<select") == len(QUESTIONS) == 8
    assert " required" not in page.split("<select", 1)[1].rsplit("</select>", 1)[0]
    boroughs = dict(QUESTIONS[0].choices)
    assert len(boroughs) == 33 + 2
    assert boroughs["outside"] == "Outside London"


def test_answers_are_kept_changed_and_taken_back(ada: Client) -> None:
    member = cast.ada()
    saved = ada.post(PAGE, {**ANSWERS, "consents": "on"}, follow=True)
    assert "Your answers are saved." in words(saved)
    assert answers_of(member) == ANSWERS
    assert '<option value="Hackney" selected>' in ada.get(PAGE).content.decode()
    ada.post(PAGE, {"borough": "outside", "consents": "on"})
    assert answers_of(member) == {"borough": "outside"}
    erased = ada.post(PAGE, {"erase": "yes"}, follow=True)
    assert "Your answers are erased." in words(erased)
    assert not AboutYou.objects.exists()
    assert "Erase my answers" not in words(ada.get(PAGE))


def test_nothing_is_kept_without_consent(ada: Client) -> None:
    answer = ada.post(PAGE, ANSWERS)
    assert answer.status_code == 422
    assert "We keep your answers only if you agree to it." in words(answer)
    assert '<option value="Hackney" selected>' in answer.content.decode()
    assert not AboutYou.objects.exists()


def test_no_answer_at_all_erases_the_row(ada: Client) -> None:
    store_answers(cast.ada(), ANSWERS)
    ada.post(PAGE, {"consents": "on"})
    assert not AboutYou.objects.exists()


def test_only_answers_that_are_offered_are_taken(ada: Client) -> None:
    answer = ada.post(PAGE, {"borough": "Atlantis", "owner": "me", "consents": "on"})
    assert answer.status_code == 422
    assert not AboutYou.objects.exists()


def test_a_row_names_nobody(ada: Client) -> None:
    ada.post(PAGE, {**ANSWERS, "consents": "on"})
    row = AboutYou.objects.get()
    told = json.dumps([row.owner, row.answers, str(row.consented_on), str(row)])
    for own in ("Ada", "ada@people.example", f'"{cast.ada().pk}"'):
        assert own not in told
    assert len(row.owner) == 64


def test_somebody_else_sees_nothing_of_it(ada: Client, ben: Client) -> None:
    ada.post(PAGE, {**ANSWERS, "consents": "on"})
    page = ben.get(PAGE).content.decode()
    assert page.count(" selected") == page.count('<option value="" selected>') == len(QUESTIONS)
    ben.post(PAGE, {"erase": "yes"})
    assert answers_of(cast.ada()) == ANSWERS


def test_answers_outlive_a_change_of_keys(settings: Settings) -> None:
    store_answers(cast.ada(), ANSWERS)
    settings.ENCRYPTION_KEYS = ["a new key, long enough to be one" * 2, *settings.ENCRYPTION_KEYS]
    assert answers_of(cast.ada()) == ANSWERS
    store_answers(cast.ada(), {"age": "75+"})
    assert AboutYou.objects.count() == 1
    settings.ENCRYPTION_KEYS = settings.ENCRYPTION_KEYS[:1]
    assert answers_of(cast.ada()) == {"age": "75+"}


def test_counts_are_of_these_members_and_of_no_others() -> None:
    members = answering({"Hackney": 12, "Brent": 11, "Camden": 3, "Barnet": 2, "Sutton": 5})
    store_answers(cast.ada(), {"borough": "Hackney"})
    assert shown("borough", members) == {"Hackney": 12, "Brent": 11}
    # Nobody told their age, which is a number under 10 for each.
    assert shown("age", members) == {}
    assert shown("borough", []) == {}


def test_a_single_small_count_takes_another_one_with_it() -> None:
    members = answering({"Hackney": 30, "Brent": 11})
    for number in range(2):
        store_answers(members[number], {"borough": "Hackney", "sex": "male"})
    for number in range(2, 41):
        store_answers(members[number], {"borough": "Hackney", "sex": "female"})
    # 2 men, 39 women, nobody else: the men could be worked out from the total.
    assert shown("sex", members) == {}


@given(st.lists(st.integers(0, 60), min_size=2, max_size=8))
def test_no_count_under_10_is_shown(people: list[int]) -> None:
    for number, told in zip(people, suppressed(people), strict=True):
        assert told in (None, number)
        assert told is None or told >= LEAST_SHOWN


@given(st.lists(st.integers(LEAST_SHOWN, 60), min_size=2, max_size=8))
def test_where_no_count_is_small_all_are_shown(people: list[int]) -> None:
    assert suppressed(people) == people


def test_what_is_not_shown_cannot_be_worked_out() -> None:
    """Who knows the total, all that is shown, and this rule: for every count that is not shown
    more than one number remains possible, and not only small ones."""
    possible: dict[tuple[int, tuple[int | None, ...]], list[tuple[int, ...]]]
    possible = defaultdict(list)
    for people in itertools.product(range(27), repeat=3):
        if sum(people) <= 26:
            possible[sum(people), tuple(suppressed(people))].append(people)
    for (total, told), vectors in possible.items():
        for place, number in enumerate(told):
            if number is None and total >= LEAST_SHOWN:
                assert len({vector[place] for vector in vectors}) > 1, (total, told)


def test_staff_see_counts_of_a_consultation_and_of_nothing_smaller() -> None:
    consultation = cast.consultation()
    members = answering({"Hackney": 12, "Brent": 11, "Camden": 3})
    for member in members[:-1]:
        Participant.objects.create(consultation=consultation, member=member, contributions=1)
    # Neither who only looked on, nor hosts, nor words from elsewhere are respondents.
    Participant.objects.create(consultation=consultation, member=members[-1], contributions=0)
    Participant.objects.create(consultation=consultation, name="Elsewhere", contributions=4)
    Participant.objects.filter(member=cast.hana()).update(contributions=3)
    path = reverse("admin:discussions_consultation_who_took_part", args=[consultation.pk])
    staff = in_staff_session(cast.ida())
    page = words(staff.get(path))
    assert "The numbers are shown once the consultation is closed." in page
    assert "Hackney" not in page
    cast.close_now()
    page = words(staff.get(path))
    assert "Hackney 12" in page
    boroughs = page.split("Which borough do you live in?")[1].split("How old are you?")[0]
    assert "Brent" not in boroughs  # 11, or the 2 of Camden would be known
    assert "Camden" not in boroughs
    assert "All other answers not shown" in boroughs
    assert "How old are you? Too few answers to show." in page
    change = reverse("admin:discussions_consultation_change", args=[consultation.pk])
    assert f'href="{path}"' in staff.get(change).content.decode()
    never = reverse("admin:discussions_consultation_who_took_part", args=[consultation.pk + 9])
    assert staff.get(never).status_code == 404


@pytest.mark.parametrize(
    ("codename", "status"), [("view_consultation", 200), ("view_comment", 403)]
)
def test_staff_need_to_be_allowed_to_see_consultations(codename: str, status: int) -> None:
    consultation, mo = cast.consultation(), cast.mo()
    mo.user_permissions.set(Permission.objects.filter(codename=codename))
    path = reverse("admin:discussions_consultation_who_took_part", args=[consultation.pk])
    assert in_staff_session(mo).get(path).status_code == status


def test_nobody_else_does(ada: Client) -> None:
    path = reverse("admin:discussions_consultation_who_took_part", args=[cast.consultation().pk])
    for client in (ada, Client()):
        assert client.get(path).status_code in (302, 403)


def answering(boroughs: dict[str, int]) -> list[Member]:
    """So many members who said each."""
    said = [borough for borough, number in boroughs.items() for _each in range(number)]
    numbers = range(len(said))
    Member.objects.bulk_create(
        Member(email=f"{number}@people.example", display_name=f"Member {number}")
        for number in numbers
    )
    members = list(Member.objects.filter(display_name__startswith="Member ").order_by("pk"))
    for member, borough in zip(members, said, strict=True):
        store_answers(member, {"borough": borough})
    return members


def shown(key: str, members: Iterable[Member]) -> dict[str, int]:
    found = next(each for each in counts(each.pk for each in members) if each.question.key == key)
    return {each.answer: each.people for each in found.counts if each.people is not None}
