"""Reporting a comment, signed in or not, and what the reporter learns of it."""

import re
import uuid
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from discussions.models import Comment, Consultation
from moderation import telling
from moderation.cases import DUE_WITHIN
from moderation.models import Appeal, Case, LedgerEntry, Report, Verb
from moderation.reports import report_with
from tests import cast, moderated
from tests.conftest import signed_in
from tests.pages import words

pytestmark = pytest.mark.django_db

STREETS = f"/consultations/{cast.OPEN}/streets/"
REFERENCE = re.compile(r"[2-9A-HJ-NP-Z]{4}-[2-9A-HJ-NP-Z]{4}-[2-9A-HJ-NP-Z]{4}")


def form(what: str = "3", explanation: str = "") -> dict[str, str]:
    return {"what": what, "explanation": explanation, "form_key": str(uuid.uuid4())}


def at(comment: Comment) -> str:
    return f"/comments/{comment.pk}/report/"


# Reporting


def test_signed_out_one_reports_and_gets_a_reference() -> None:
    comment = cast.comment(cast.ada(), "My neighbour is called John.")
    client = Client()
    page = client.get(STREETS).content.decode()
    assert f'href="{at(comment)}"' in page
    assert "3. No personal details" in words(client.get(at(comment)))
    answer = client.post(at(comment), form(explanation="A real name."), follow=True)
    filed = Report.objects.get()
    assert answer.redirect_chain == [(f"/reports/{filed.reference}/", 302)]
    assert REFERENCE.fullmatch(filed.reference)
    page = words(answer)
    assert filed.reference in page
    assert "Write it down" in page
    assert "It waits for a moderator, who should decide by" in page
    assert (filed.reporter, filed.guideline, filed.explanation) == (None, 3, "A real name.")
    assert filed.case.raised_by == Case.Raiser.READER
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert answer.headers["X-Robots-Tag"] == "noindex"


def test_a_member_finds_theirs_again_and_is_told_the_outcome_by_mail() -> None:
    comment = cast.comment(cast.ada())
    ben = signed_in(cast.ben())
    answer = ben.post(at(comment), form("1"), follow=True)
    filed = Report.objects.get()
    assert filed.reporter == cast.ben()
    assert "You find it among your reports" in words(answer)
    assert "Your reports" in words(ben.get("/account/"))
    assert filed.reference in words(ben.get("/account/reports/"))
    assert filed.reference not in words(signed_in(cast.hana()).get("/account/reports/"))
    moderated.hide(comment, 1)
    (letter,) = moderated.letters(cast.ben(), telling.OUTCOME)
    assert filed.reference in letter.text
    assert "hidden it under guideline 1: Treat people with respect" in letter.text
    assert f"/reports/{filed.reference}/" in letter.text
    assert comment.body not in letter.text
    assert "Decided." in words(ben.get("/account/reports/"))


def test_the_law_is_a_route_of_its_own() -> None:
    comment = cast.comment(cast.ada())
    page = words(Client().get(at(comment)))
    for said in ("I think it is against the law", "Call 999", "101", "not a report to the police"):
        assert said in page
    refused = Client().post(at(comment), form("illegal"))
    assert refused.status_code == 422
    assert "Tell us in a few words why it is against the law." in words(refused)
    answer = Client().post(at(comment), form("illegal", "A threat to kill."), follow=True)
    filed = Report.objects.get()
    assert (filed.is_illegal, filed.guideline) == (True, None)
    assert filed.case.severity == Case.Severity.SAFETY
    assert filed.case.due_at - filed.reported_at == DUE_WITHIN[Case.Severity.SAFETY]
    assert "That it is against the law" in words(answer)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"what": ""}, "Choose what is wrong with the comment."),
        ({"what": "10"}, "Select a valid choice"),
        ({"explanation": "x" * 1_001}, "at most 1,000 characters"),
        ({"form_key": "x"}, "Send it again."),
    ],
)
def test_what_is_wrong_is_said_and_the_words_stay(change: dict[str, str], said: str) -> None:
    comment = cast.comment(cast.ada())
    answer = Client().post(at(comment), form(explanation="My own words.") | change)
    assert answer.status_code == 422
    assert said in words(answer)
    assert change.get("explanation", "My own words.") in words(answer)
    assert not Report.objects.exists()


def test_1000_characters_are_counted_as_their_writer_counts() -> None:
    comment = cast.comment(cast.ada())
    Client().post(at(comment), form(explanation="a\r\n" * 499 + "ab"))
    assert len(Report.objects.get().explanation) == 1_000


def test_ones_own_comment_cannot_be_reported() -> None:
    comment = cast.comment(cast.ada())
    ada = signed_in(cast.ada())
    assert at(comment) not in ada.get(STREETS).content.decode()
    for answer in (ada.get(at(comment)), ada.post(at(comment), form())):
        assert answer.status_code == 403
        assert "This is your own comment." in words(answer)
    assert not Report.objects.exists()


def test_also_when_it_is_closed_and_by_the_suspended() -> None:
    comment = cast.elsewhere(cast.CLOSED)
    assert at(comment) in Client().get(comment.get_absolute_url()).content.decode()
    ben = cast.ben()
    ben.suspended_until = timezone.now() + timedelta(days=1)
    ben.save()
    answer = signed_in(ben).post(at(comment), form())
    assert answer.status_code == 302
    assert Report.objects.get().reporter == ben


def test_sent_twice_it_is_one_report() -> None:
    comment, other = cast.comment(cast.ada()), cast.comment(cast.ada())
    sent = form()
    first, second = (Client().post(at(comment), sent) for _time in range(2))
    assert first.headers["Location"] == second.headers["Location"]
    assert Report.objects.count() == LedgerEntry.objects.filter(event="reported").count() == 1
    answer = Client().post(at(other), sent)
    assert answer.status_code == 409
    assert "This form was already sent." in words(answer)
    assert Report.objects.count() == 1


def test_a_member_who_reports_again_while_it_waits_gets_the_same_reference() -> None:
    comment = cast.comment(cast.ada())
    ben = signed_in(cast.ben())
    places = {ben.post(at(comment), form(str(each))).headers["Location"] for each in (1, 2)}
    assert len(places) == 1


def test_a37_however_many_report_it_nothing_is_hidden_by_counting() -> None:
    comment = cast.comment(cast.ada(), "I do not trust the police.")
    for number in range(50):
        client = signed_in(cast.member(f"Angry {number}"))
        client.post(at(comment), form("1"), REMOTE_ADDR=f"192.0.2.{number}")
    assert Report.objects.count() == 50
    assert Case.objects.count() == 1
    comment.refresh_from_db()
    assert comment.status == Comment.Status.PUBLISHED
    assert "I do not trust the police." in words(Client().get(STREETS))
    moderated.keep(comment)
    late = moderated.report(comment, cast.member("Late"), guideline=1)
    assert late.decision is not None
    assert Case.objects.get().state == Case.State.DECIDED


@pytest.mark.usefixtures("one_window")
def test_there_are_limits_for_a_member_and_for_an_address() -> None:
    comments = [cast.comment(cast.ada()) for _number in range(21)]
    ben = signed_in(cast.ben())
    codes = [ben.post(at(each), form()).status_code for each in comments]
    assert codes == [302] * 20 + [429]
    codes = [Client().post(at(comments[0]), form()).status_code for _number in range(11)]
    assert codes == [302] * 10 + [429]
    refused = Client().post(at(comments[0]), form(explanation="Kept for me."))
    assert refused.headers["Retry-After"] == "600"
    assert "Please wait ten minutes" in words(refused)
    assert "Kept for me." in words(refused)


def test_what_was_hidden_meanwhile_is_as_if_it_never_existed() -> None:
    comment = cast.comment(cast.ada())
    Comment.objects.filter(pk=comment.pk).update(status="hidden")
    with pytest.raises(Comment.DoesNotExist):
        moderated.report(comment)


@pytest.mark.django_db(transaction=True)
def test_reports_at_one_moment_make_one_case() -> None:
    comment = cast.comment(cast.ada())
    members = [cast.member(f"Quick {number}") for number in range(8)]

    def sent(number: int) -> int:
        try:
            return signed_in(members[number]).post(at(comment), form()).status_code
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(sent, range(8))) == [302] * 8
    assert Case.objects.count() == 1
    assert Report.objects.filter(case__comment=comment).count() == 8
    assert LedgerEntry.objects.filter(event="opened").count() == 1


# What became of it


def test_a_reference_is_found_however_it_is_typed() -> None:
    filed = moderated.report(cast.comment(cast.ada()))
    plain = filed.reference.replace("-", "")
    for typed in (filed.reference, plain, plain.lower(), f" {plain[:4]} {plain[4:]} "):
        assert report_with(typed) == filed
        answer = Client().get("/reports/", {"reference": typed})
        assert answer.headers["Location"] == f"/reports/{filed.reference}/"
    assert Client().get(f"/reports/{plain.lower()}/").status_code == 200


@pytest.mark.parametrize("typed", ["", "x", "K7QM-2XWD-9RTF", "é" * 12, "K" * 50])
def test_a_reference_that_nobody_has_is_said_kindly(typed: str) -> None:
    answer = Client().get("/reports/", {"reference": typed})
    assert answer.status_code in (404, 422)
    assert 'role="alert"' in answer.content.decode()


def test_the_same_404_for_none_and_for_somebody_elses() -> None:
    filed = moderated.report(cast.comment(cast.ada()), cast.ben())
    hana = signed_in(cast.hana())
    for send in (hana.get, hana.post):
        theirs, none = send(f"/reports/{filed.reference}/"), send("/reports/K7QM-2XWD-9RTF/")
        assert theirs.status_code == none.status_code == 404
        assert theirs.content == none.content
    assert Client().get(f"/reports/{filed.reference}/").status_code == 200


@pytest.mark.usefixtures("one_window")
def test_nobody_finds_one_by_trying() -> None:
    filed = moderated.report(cast.comment(cast.ada()))
    for _number in range(100):
        assert Client().get("/reports/K7QM-2XWD-9RTF/").status_code == 404
    for answer in (
        Client().get(f"/reports/{filed.reference}/"),
        Client().get("/reports/", {"reference": filed.reference}),
    ):
        assert answer.status_code == 429
        assert filed.case.comment.body not in words(answer)


@pytest.mark.parametrize(
    ("verb", "told", "is_linked"),
    [
        (Verb.HIDE, "hidden it under guideline 3: No personal details", False),
        (Verb.MASK, "hidden some of its words under guideline 3", True),
        (Verb.KEEP, "They did not find that it goes against guideline 3", True),
    ],
)
def test_what_was_decided_is_told_without_the_text(verb: Verb, told: str, is_linked: bool) -> None:
    comment = cast.comment(cast.ada(), "Unspeakable words about John.")
    filed = moderated.report(comment, explanation="My reasons.")
    moderated.decide(comment, verb, marked=("John",), note="He is well known.", reason="Kindly.")
    page = words(Client().get(f"/reports/{filed.reference}/"))
    assert told in page
    assert ("See it" in page) is is_linked
    assert ("Do you think that this was wrong?" in page) is (verb is Verb.KEEP)
    for secret in ("Unspeakable", "He is well known.", "My reasons.", "Mo"):
        assert secret not in page.replace("Moderation", "")
    # What is written for the author may speak of what is hidden.
    assert ("Kindly." in page) is (verb is Verb.KEEP)


def test_the_reporter_appeals_once_and_reads_the_answer() -> None:
    comment = cast.comment(cast.ada(), "Her name is Jane.")
    filed = moderated.report(comment)
    moderated.keep(comment)
    page = f"/reports/{filed.reference}/"
    client = Client()
    refused = client.post(page, {"words": " "})
    assert refused.status_code == 422
    answer = client.post(page, {"words": "It is her real name."}, follow=True)
    assert "We have your appeal." in words(answer)
    assert "answers by" in words(answer)
    client.post(page, {"words": "Once more."})
    made = Appeal.objects.get()
    assert (made.words, made.report, made.appellant) == ("It is her real name.", filed, None)
    moderated.overturn(made, "We agree with you.")
    answer = client.get(page)
    assert "The decision was changed." in words(answer)
    assert "We agree with you." in words(answer)
    assert "hidden it under guideline 3" in words(answer)
    comment.refresh_from_db()
    assert comment.status == Comment.Status.HIDDEN


def test_a_later_decision_is_told_and_cannot_be_appealed_again() -> None:
    comment = cast.comment(cast.ada())
    filed = moderated.report(comment, cast.ben())
    moderated.keep(comment)
    ben = signed_in(cast.ben())
    page = f"/reports/{filed.reference}/"
    ben.post(page, {"words": "Look again."})
    hidden = moderated.overturn(Appeal.objects.get()).new_decision
    assert hidden
    moderated.overturn(moderated.appeal(hidden), by=cast.senior("Sam"))
    assert "shows it again" in words(ben.get(page))
    assert ben.post(page, {"words": "And again."}).status_code == 302
    assert Appeal.objects.exclude(report=None).count() == 1
    told = [letter.text for letter in moderated.letters(cast.ben(), telling.OUTCOME)]
    assert len(told) == 1, "of three decisions, the latest is told"
    assert "shows it again" in told[0]


def test_nothing_can_be_appealed_that_nobody_can_read() -> None:
    comment = cast.comment(cast.ada())
    filed = moderated.report(comment)
    moderated.keep(comment)
    cast.close_now()
    Consultation.objects.update(published_at=None)
    page = Client().get(f"/reports/{filed.reference}/")
    assert "Do you think that this was wrong?" not in words(page)
    assert f"/comments/{comment.pk}/" not in page.content.decode()
    Client().post(f"/reports/{filed.reference}/", {"words": "x"})
    assert not Appeal.objects.exists()


def test_a_list_of_reports_takes_few_queries() -> None:
    ben = signed_in(cast.ben())

    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert ben.get("/account/reports/").status_code == 200
        # Which the process knows for a moment.
        return sum("electionperiod" not in each["sql"] for each in captured.captured_queries)

    _report_and_decide()
    few = queries()
    for _number in range(5):
        _report_and_decide()
    assert queries() == few <= 4


def _report_and_decide() -> Any:  # noqa: ANN401 - nobody reads it
    comment = cast.comment(cast.ada())
    moderated.report(comment, cast.ben())
    moderated.keep(comment)
