"""Warnings and limits, as the member who has them sees them."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from moderation import appeals, sanctions, telling
from moderation.models import Appeal, Sanction
from tests import cast, moderated
from tests.conftest import signed_in
from tests.pages import words

pytestmark = pytest.mark.django_db

PAGE = "/account/standing/"


def give(kind: Sanction.Kind, reason: str = "After two hints.") -> Sanction:
    lasts = None if kind == Sanction.Kind.WARNING else timedelta(days=2)
    new = sanctions.NewSanction(kind, 1, reason, "Note to us.", lasts)
    return sanctions.sanction(cast.ada(), new, cast.senior(), timezone.now())


def test_nothing_limits_most(ada: Client) -> None:
    assert "Nothing limits you." in words(ada.get(PAGE))
    assert PAGE not in ada.get("/account/").content.decode()


@pytest.mark.parametrize(
    ("kind", "title", "subject"),
    [
        ("warning", "A warning", "A warning about the community guidelines"),
        ("slowed", "You can post once an hour", "limited for a while"),
        ("suspension", "You cannot write for a while", "limited for a while"),
    ],
)
def test_each_says_what_why_and_until_when(
    ada: Client, kind: str, title: str, subject: str
) -> None:
    given = give(Sanction.Kind(kind))
    page = words(ada.get(PAGE))
    for said in (title, "Guideline 1: Treat people with respect", "After two hints."):
        assert said in page
    assert "Note to us." not in page
    assert "Send the appeal" in page
    assert PAGE in ada.get("/account/").content.decode()
    (letter,) = moderated.letters(cast.ada(), telling.SANCTION)
    assert subject in letter.subject
    for said in ("After two hints.", "guideline 1: Treat people", PAGE):
        assert said in letter.text
    assert ("until" in page.lower()) is (given.ends_at is not None)
    assert "Note to us." not in letter.text


def test_it_is_appealed_and_overturned(ada: Client) -> None:
    first, second = give(Sanction.Kind.WARNING), give(Sanction.Kind.SUSPENSION)
    refused = ada.post(PAGE, {"sanction": first.pk, "words": ""})
    assert refused.status_code == 422
    assert refused.content.decode().count('role="alert"') == 1
    answer = ada.post(PAGE, {"sanction": second.pk, "words": "It was not me."}, follow=True)
    assert "We have your appeal." in words(answer)
    made = Appeal.objects.get()
    assert (made.sanction, made.words) == (second, "It was not me.")
    assert moderated.letters(cast.ada(), telling.SANCTION)
    ruling = appeals.Ruling(Appeal.Outcome.OVERTURNED, "Somebody else had your phone.")
    appeals.decide_about_sanction(made, cast.senior("Sam"), ruling, timezone.now())
    page = words(ada.get(PAGE))
    assert "It ended early" in page
    assert "Somebody else had your phone." in page
    subjects = [letter.subject for letter in moderated.letters(cast.ada(), telling.SANCTION)]
    assert subjects == [
        "A warning about the community guidelines",
        "A limit on your account has ended",
    ]
    (letter,) = moderated.letters(cast.ada(), telling.APPEAL_OUTCOME)
    assert PAGE in letter.text


def test_what_has_ended_early_cannot_be_appealed(ada: Client) -> None:
    given = give(Sanction.Kind.SLOWED)
    sanctions.end(given, cast.senior(), timezone.now())
    assert "Send the appeal" not in words(ada.get(PAGE))
    answer = ada.post(PAGE, {"sanction": given.pk, "words": "Still."}, follow=True)
    assert "There is nothing to appeal against any more." in words(answer)
    assert not Appeal.objects.exists()


@pytest.mark.parametrize("pk", ["", "x", "0", "-1", "٣", "9" * 30])
def test_only_ones_own_can_be_appealed(pk: str) -> None:
    given = give(Sanction.Kind.WARNING)
    ben = signed_in(cast.ben())
    assert ben.post(PAGE, {"sanction": given.pk, "words": "x"}).status_code == 404
    assert ben.post(PAGE, {"sanction": pk, "words": "x"}).status_code == 404
    assert "After two hints." not in words(ben.get(PAGE))


def test_why_it_ended_early_is_told(ada: Client) -> None:
    given = give(Sanction.Kind.SUSPENSION)
    sanctions.end(given, cast.senior(), timezone.now(), reason="You were right.", note="zqnote")
    told = words(ada.get(PAGE))
    assert "You were right." in told
    assert "zqnote" not in told
    assert "You were right." in moderated.letters(cast.ada(), telling.SANCTION)[-1].text
