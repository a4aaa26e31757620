"""What an author learns of a decision about their comment, and the appeal against it."""

from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from discussions import posting
from discussions.models import Comment, Consultation
from moderation import telling
from moderation.appeals import OPEN_FOR
from moderation.models import Appeal, Case, CaseFinding, Verb
from tests import cast, moderated
from tests.conftest import signed_in
from tests.pages import words

pytestmark = pytest.mark.django_db

LIST = "/account/comments/"


def statement(pk: int) -> str:
    return f"/account/decisions/{pk}/"


def test_it_has_the_text_the_guideline_the_raiser_the_reason_and_the_appeal(ada: Client) -> None:
    comment = cast.comment(cast.ada(), "John from number 7 did it.")
    moderated.report(comment, cast.ben(), explanation="I am afraid of her.")
    decision = moderated.decide(comment, Verb.HIDE, note="Second time.")
    answer = ada.get(statement(decision.pk))
    page = words(answer)
    for said in (
        "John from number 7 did it.",
        "3. No personal details, yours or anyone else’s",
        "A reader reported it. We do not tell who.",
        "It names a neighbour.",
        "Do you think that this was wrong?",
    ):
        assert said in page
    assert 'href="/guidelines/1/#guideline-3"' in answer.content.decode()
    for secret in ("Ben", "I am afraid of her.", "Second time.", "Mo,"):
        assert secret not in page


@pytest.mark.parametrize(
    ("raiser", "said"),
    [
        (Case.Raiser.CHECK, "An automatic check pointed it out."),
        (Case.Raiser.STAFF, "A moderator came upon it."),
        (Case.Raiser.MODE, "a moderator reads every comment first"),
    ],
)
def test_who_raised_it_is_a_kind_of_somebody(ada: Client, raiser: str, said: str) -> None:
    comment = cast.comment(cast.ada())
    moderated.case_of(comment)
    Case.objects.update(raised_by=raiser)
    decision = moderated.hide(comment)
    assert said in words(ada.get(statement(decision.pk)))


def test_it_is_the_authors_alone(ada: Client) -> None:
    decision = moderated.hide(cast.comment(cast.ada()))
    never = signed_in(cast.ben()).get(statement(decision.pk + 1_000))
    for reader in (cast.ben(), cast.ida()):
        client = signed_in(reader)
        for send in (client.get, client.post):
            assert send(statement(decision.pk)).status_code == 404
    assert signed_in(cast.ben()).get(statement(decision.pk)).content == never.content
    assert Client().get(statement(decision.pk)).status_code == 302
    assert "no-store" in ada.get(statement(decision.pk)).headers["Cache-Control"]


def test_of_hidden_words_it_shows_what_everyone_sees(ada: Client) -> None:
    comment = cast.comment(cast.ada(), "Ask Jane Doe about the lamps.")
    decision = moderated.decide(comment, Verb.MASK, marked=("Jane Doe",))
    page = words(ada.get(statement(decision.pk)))
    assert "Ask [words hidden] about the lamps." in page
    as_everyone, _heading, as_written = page.partition("As you wrote it")
    assert "Jane Doe" not in as_everyone
    assert "Ask Jane Doe about the lamps." in as_written
    assert "hidden some words of your comment under guideline 3" in page
    (letter,) = moderated.letters(cast.ada(), telling.STATEMENT)
    assert "Some words of your comment are hidden" in letter.subject


def test_the_author_is_written_to_without_the_text() -> None:
    comment = cast.comment(cast.ada(), "Unspeakable.")
    decision = moderated.hide(comment)
    (letter,) = moderated.letters(cast.ada(), telling.STATEMENT)
    for said in (
        "“Our streets”",
        "guideline 3: No personal details",
        "It names a neighbour.",
        statement(decision.pk),
        "/guidelines/1/#guideline-3",
    ):
        assert said in letter.text
    assert "Unspeakable." not in letter.text
    assert "A moderator came upon it." in letter.text


def test_what_was_decided_anew_is_written_about_and_nothing_old() -> None:
    comment = cast.comment(cast.ada())
    moderated.overturn(moderated.appeal(moderated.hide(comment)))
    (letter,) = moderated.letters(cast.ada(), telling.STATEMENT)
    assert letter.subject == "Your comment is there for everyone to read"
    posting.withdraw_comment(Comment.objects.get(), cast.ada())
    assert moderated.letters(cast.ada(), telling.STATEMENT) == []


def test_a_comment_that_was_held_is_told_of_when_it_appears() -> None:
    comment = cast.comment(cast.ada())
    Comment.objects.update(status=Comment.Status.HELD)
    moderated.decide(comment, Verb.APPROVE, None, reason="")
    (letter,) = moderated.letters(cast.ada(), telling.STATEMENT)
    assert letter.subject == "Your comment is published"
    assert "appeal" not in letter.text


def test_kept_after_a_report_is_no_mail() -> None:
    comment = cast.comment(cast.ada())
    moderated.report(comment)
    moderated.keep(comment)
    assert moderated.letters(cast.ada(), telling.STATEMENT) == []


# The appeal


def test_the_journey_from_hidden_to_back(ada: Client) -> None:
    comment = cast.comment(cast.ada(), "The lamps at the station are out.")
    page = statement(moderated.hide(comment).pk)
    assert ada.post(page, {"words": ""}).status_code == 422
    too_long = ada.post(page, {"words": "w" * 2_001})
    assert "at most 2,000 characters" in words(too_long)
    assert "w" * 2_001 in words(too_long)
    answer = ada.post(page, {"words": "It names nobody."}, follow=True)
    made = Appeal.objects.get()
    assert made.words == "It names nobody."
    assert made.due_at - made.made_at == timedelta(days=3)
    assert "and answers by" in words(answer)
    assert "Your appeal waits: somebody else looks again." in words(ada.get(LIST))
    moderated.overturn(made, "You are right, and we are sorry.")
    answer = ada.get(page)
    assert "The decision was changed." in words(answer)
    assert "You are right, and we are sorry." in words(answer)
    assert "Since then, it was decided again." in words(answer)
    assert "The lamps at the station are out." in words(Client().get(comment.get_absolute_url()))
    assert "Your appeal was answered: the decision was changed." in words(ada.get(LIST))
    (letter,) = moderated.letters(cast.ada(), telling.APPEAL_OUTCOME)
    assert "They changed the decision." in letter.text
    assert "You are right, and we are sorry." in letter.text
    assert page in letter.text


def test_upheld_it_is_answered_in_words_too(ada: Client) -> None:
    decision = moderated.hide(cast.comment(cast.ada()))
    moderated.uphold(moderated.appeal(decision), "It does name somebody.")
    page = words(ada.get(statement(decision.pk)))
    assert "The decision stays." in page
    assert "It does name somebody." in page
    assert "Send the appeal" not in page
    assert "Your appeal was answered: the decision stays." in words(ada.get(LIST))
    (letter,) = moderated.letters(cast.ada(), telling.APPEAL_OUTCOME)
    assert "They came to the same decision." in letter.text


def test_twice_is_once(ada: Client) -> None:
    page = statement(moderated.hide(cast.comment(cast.ada())).pk)
    for said in ("First.", "Second."):
        ada.post(page, {"words": said})
    assert Appeal.objects.get().words == "First."


def test_the_suspended_appeal_too(ada: Client) -> None:
    decision = moderated.hide(cast.comment(cast.ada()))
    member = cast.ada()
    member.suspended_until = timezone.now() + timedelta(days=1)
    member.save()
    ada.post(statement(decision.pk), {"words": "I disagree."})
    assert Appeal.objects.exists()


def test_half_a_year_later_it_is_too_late(ada: Client) -> None:
    decision = moderated.hide(cast.comment(cast.ada()))
    with time_machine.travel(timezone.now() + OPEN_FOR + timedelta(hours=1)):
        late = signed_in(cast.ada())
        assert "Send the appeal" not in words(late.get(statement(decision.pk)))
        answer = late.post(statement(decision.pk), {"words": "Still."}, follow=True)
        assert "There is nothing to appeal against any more." in words(answer)
    assert not Appeal.objects.exists()


# In the list of one's comments, and at its place


def test_the_list_says_what_became_of_each(ada: Client) -> None:
    hidden = moderated.hide(cast.comment(cast.ada()))
    moderated.decide(cast.comment(cast.ada(), "About Jane."), Verb.MASK, marked=("Jane",))
    kept = cast.comment(cast.ada())
    moderated.report(kept)
    moderated.keep(kept)
    answer = ada.get(LIST)
    page = words(answer)
    assert "A moderator has hidden it under guideline 3: No personal details" in page
    assert "A moderator has hidden some words of it under guideline 3" in page
    assert "A reader reported it. A moderator looked, and kept it." in page
    assert f'href="{statement(hidden.pk)}"' in answer.content.decode()


def test_the_list_says_why_something_waits(ada: Client) -> None:
    for raiser in (Case.Raiser.CHECK, Case.Raiser.MODE):
        comment = cast.comment(cast.ada())
        case = moderated.case_of(comment)
        Case.objects.filter(pk=case.pk).update(raised_by=raiser)
        Comment.objects.filter(pk=comment.pk).update(status="held")
        if raiser == Case.Raiser.CHECK:
            for start in (0, 5):
                CaseFinding.objects.create(case=case, kind="threat", start=start, end=start + 3)
    page = words(ada.get(LIST))
    assert "A check found in it: a threat. It waits for a moderator." in page
    assert "In this discussion, a moderator reads every comment before it appears." in page


def test_links_to_a_statement_stay_where_the_consultation_is_not_public(ada: Client) -> None:
    decision = moderated.hide(cast.comment(cast.ada()))
    cast.close_now()
    Consultation.objects.update(published_at=None)
    assert statement(decision.pk) in ada.get(LIST).content.decode()
    assert ada.get(statement(decision.pk)).status_code == 200


def test_at_its_place_everyone_reads_the_guideline(ada: Client) -> None:
    hidden = cast.comment(cast.ada(), "Gone.")
    cast.comment(cast.ben(), "About Jane.")
    masked = Comment.objects.get(body="About Jane.")
    moderated.hide(hidden, 2)
    moderated.decide(masked, Verb.MASK, marked=("Jane",))
    answer = Client().get(cast.discussion().get_absolute_url())
    page = words(answer)
    assert "Hidden by a moderator under guideline 2: No hate, threats or harassment" in page
    assert "A moderator has hidden some words here, under guideline 3: No personal" in page
    for number in (2, 3):
        assert f'href="/guidelines/#guideline-{number}"' in answer.content.decode()
    assert "See why, and what you can do" not in page
    own = ada.get(cast.discussion().get_absolute_url())
    assert "It is yours. See why, and what you can do" in words(own)
    link = f'href="{LIST}?before={hidden.pk + 1}#comment-{hidden.pk}"'
    assert link in own.content.decode()
    assert "Gone." in words(ada.get(LIST, {"before": hidden.pk + 1}))
    assert "Gone." not in words(own)
