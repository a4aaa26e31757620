"""The page of a case: what a moderator reads there, and what becomes of what they decide."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.test import Client
from django.utils import timezone

from accounts.models import Member, NameChange
from discussions import case_file, moderating, posting
from discussions.models import Comment, Participant
from moderation import cases, sanctions
from moderation.models import (
    Case,
    CaseFinding,
    Decision,
    LedgerEntry,
    ReasonTemplate,
    Remit,
    Sanction,
    Verb,
)
from moderation.screening import Kind
from tests import cast, moderated
from tests.conftest import in_staff_session
from tests.pages import words

pytestmark = pytest.mark.django_db


@pytest.fixture
def mo(db: None) -> Client:
    cast.consultation()
    return in_staff_session(cast.moderator())


def address(case: Case, more: str = "change/") -> str:
    return f"/admin/moderation/case/{case.pk}/{more}"


def case_about(comment: Comment, *findings: tuple[Kind, int, int]) -> Case:
    case = moderating.open_case_by_staff(comment)
    CaseFinding.objects.bulk_create(
        CaseFinding(case=case, kind=kind, start=start, end=end) for kind, start, end in findings
    )
    return case


def form_of(client: Client, case: Case, **changes: object) -> dict[str, object]:
    """As the browser would send it, from the page as it is now."""
    form = client.get(address(case)).context["form"]
    shown = {name: form[name].value() for name in form.fields}
    return {name: value for name, value in (shown | changes).items() if value is not None}


def decide(client: Client, case: Case, **changes: object) -> Any:  # noqa: ANN401 - the test client's
    return client.post(address(case), form_of(client, case, **changes))


# What stands there.


def test_it_tells_why_it_is_there_with_the_words_marked(mo: Client) -> None:
    comment = cast.comment(cast.ada(), "Meet <me> at ten, behind the hall.")
    case = case_about(comment, (Kind.ADDRESS, 18, 33))
    moderated.report(comment, cast.ben(), guideline=1, explanation="He is rude.")
    moderated.report(comment, guideline=None, explanation="A threat.")
    page = mo.get(address(case))
    told = words(page)
    assert "<mark>behind the hall</mark>" in page.content.decode()
    assert "Meet <me> at ten" in told
    for part in ("an address", "1. Treat people", "He is rude.", "Against the law", "A threat."):
        assert part in told, part
    assert "Ben" not in told.partition("Why it is here")[2].partition("The decision")[0]


def test_the_comment_stands_between_what_it_answers_and_what_answers_it(mo: Client) -> None:
    top = cast.comment(cast.ben(), "Are the lamps out?")
    middle = cast.comment(cast.ada(), "They are.", parent=top)
    cast.comment(cast.hana(), "We are mending them.", parent=middle)
    moderated.hide(cast.comment(cast.ben(), "An insult.", parent=middle))
    told = words(mo.get(address(case_about(middle))))
    places = [told.index(each) for each in ("Are the lamps out?", "They are.", "We are mending")]
    assert places == sorted(places)
    assert "Readers cannot see it" in told


def test_a_deep_thread_is_shown_in_part() -> None:
    deep = cast.comment(cast.ben())
    for number in range(12):
        deep = cast.comment((cast.ada(), cast.ben())[number % 2], parent=deep)
    around = case_file.surroundings(deep)
    assert [each.pk for each in around.above] == [deep.path[0], *deep.path[-6:-1]]
    assert around.left_out == 6
    top = case_file.surroundings(Comment.objects.get(pk=deep.path[0]))
    assert len(top.below) == 12
    assert not top.more_below


def test_one_member_is_one_member_under_all_their_names(mo: Client) -> None:
    comment = cast.comment(cast.ada(), "A comment.")
    NameChange.objects.create(member=cast.ada(), old_name="Adelaide", new_name="Ada")
    elsewhere = cast.consultation(cast.CLOSED)
    Participant.objects.create(consultation=elsewhere, member=cast.ada(), name="Lovelace")
    moderated.hide(cast.comment(cast.ada(), "Hidden before."), guideline=7)
    new = sanctions.NewSanction(Sanction.Kind.WARNING, 7, "Advertising.")
    sanctions.sanction(cast.ada(), new, cast.senior(), timezone.now())
    told = words(mo.get(address(case_about(comment))))
    for part in ("Was “Adelaide” before", "“Lovelace” in The closed one", "2 comments"):
        assert part in told, part
    assert "Hide , guideline 7" in told.partition("Decided before about")[2]
    assert "Warn , guideline 7" in told


def test_decisions_about_texts_like_it_are_shown_the_most_alike_first(mo: Client) -> None:
    like = "Buy our cheap bikes at the market on Sunday."
    for number in range(7):
        moderated.hide(cast.comment(cast.ben(), f"{like} Stall {number}."), guideline=7)
    moderated.keep(cast.comment(cast.ben(), "Something else altogether, with no word alike."))
    exact = moderated.keep(cast.comment(cast.hana(), f"{like}!"))
    case = case_about(cast.comment(cast.ada(), like))
    found = case_file.similar_decisions(case, case.comment, cast.moderator())
    assert len(found) == 5
    assert found[0].decision == exact
    assert {each.decision.verb for each in found[1:]} == {Verb.HIDE}
    Remit.objects.update(is_everywhere=False)
    assert case_file.similar_decisions(case, case.comment, cast.moderator()) == []


def test_what_may_upset_stands_behind_a_label(mo: Client) -> None:
    case = case_about(cast.comment(cast.ada(), "An ugly word."), (Kind.SLUR, 3, 7))
    page = mo.get(address(case)).content.decode()
    before, _label, behind = page.partition("What it says may upset you.")
    assert "ugly" not in before
    assert "ugly" in behind.partition("</details>")[0]


def test_the_words_to_choose_from_stand_behind_a_label_too(mo: Client) -> None:
    case = case_about(cast.comment(cast.ada(), "An ugly word."), (Kind.SLUR, 3, 7))
    page = mo.get(address(case)).content.decode()
    shown = re.sub(r"<details.*?</details>", "", page, flags=re.DOTALL)
    assert page.count("ugly") == 3  # in the text, and as a choice with its value
    assert "ugly" not in shown


def test_a_ready_reason_is_offered_for_what_was_found_alone(mo: Client) -> None:
    threat = case_about(cast.comment(cast.ada(), "I will hurt you."), (Kind.THREAT, 0, 15))
    plain = case_about(cast.comment(cast.ada(), "Lamps."))

    def fitting(case: Case) -> list[str]:
        page = mo.get(address(case)).content.decode()
        return re.findall(r"<option[^>]*data-fits[^>]*>([^<]*)<", page)

    assert fitting(threat) == ["Threat"]
    assert fitting(plain) == []
    told = words(decide(mo, threat, verb="hide", guideline="2"))
    assert "Say why: the author reads it." in told
    assert not Decision.objects.exists()


def test_all_comments_of_one_member_are_a_link_away(mo: Client) -> None:
    case = case_about(cast.comment(cast.ada(), "One."))
    cast.comment(cast.ben(), "By somebody else.")
    link = f"/admin/discussions/comment/?author__member={cast.ada().pk}"
    assert f'<a href="{link}">1 comment</a>' in mo.get(address(case)).content.decode()
    assert [each.pk for each in mo.get(link).context["cl"].result_list] == [case.comment_id]


# Deciding.


def test_a_decision_leads_to_the_next_case(mo: Client) -> None:
    first, second = (case_about(cast.comment(cast.ada())) for _each in range(2))
    answer = decide(mo, first, verb="keep")
    assert answer["Location"] == address(second)
    assert "is decided: Keep." in words(mo.get(address(second)))
    assert decide(mo, second, verb="keep")["Location"] == "/admin/moderation/case/"


def test_after_a_decision_the_most_urgent_is_next(mo: Client) -> None:
    first, second, third = (case_about(cast.comment(cast.ada())) for _each in range(3))
    assert f'href="{address(third)}"' in mo.get(address(second)).content.decode()
    urgent = {"severity": Case.Severity.SAFETY, "opened_at": timezone.now()}
    Case.objects.filter(pk=first.pk).update(**urgent)
    assert decide(mo, second, verb="keep")["Location"] == address(first)
    assert f'href="{address(first)}"' in mo.get(address(second)).content.decode()


def test_who_claims_goes_on_claiming_and_meets_nobody(mo: Client) -> None:
    mine, theirs, free = (case_about(cast.comment(cast.ada())) for _each in range(3))
    mo.post(address(mine, "claim/"))
    cases.claim(theirs, cast.moderator("Moira"), timezone.now())
    assert decide(mo, mine, verb="keep")["Location"] == address(free)
    free.refresh_from_db()
    assert free.claimed_by == cast.moderator()
    assert f"You are at Case {free.pk} now." in words(mo.get(address(free)))
    mo.post(address(free, "release/"))
    free.refresh_from_db()
    assert free.claimed_by is None


def test_hiding_needs_a_guideline_and_a_reason(mo: Client) -> None:
    case = case_about(cast.comment(cast.ada()))
    told = words(decide(mo, case, verb="hide", note="Kept while it is mended."))
    assert "Choose the guideline." in told
    assert "Say why: the author reads it." in told
    assert "Kept while it is mended." in told
    assert not Decision.objects.exists()
    assert "Choose what is to be done." in words(decide(mo, case))


def test_a_reason_that_is_ready_is_used_where_none_is_typed(mo: Client) -> None:
    ready = ReasonTemplate.objects.filter(guideline=3).get()
    case = case_about(cast.comment(cast.ada()))
    decide(mo, case, verb="hide", guideline="3", ready=str(ready.pk))
    assert Decision.objects.get().reason == ready.text
    other = case_about(cast.comment(cast.ada()))
    typed = {"guideline": "3", "ready": str(ready.pk), "reason": "Mine."}
    decide(mo, other, verb="hide", **typed)
    assert Decision.objects.first().reason == "Mine."  # type: ignore[union-attr]


def test_found_and_typed_words_are_hidden(mo: Client) -> None:
    body = "Ring Zebedee, or his sister Florence, after six."
    comment = cast.comment(cast.ada(), body)
    case = case_about(comment, (Kind.PHONE, 5, 12))
    form = {"verb": "mask", "guideline": "3", "reason": "Names."}
    told = words(decide(mo, case, **form, words="Dougal"))
    assert "“Dougal” does not stand in the text." in told
    assert "Choose or type the words" in words(decide(mo, case, **form, found=[]))
    decide(mo, case, **form, words="Florence\n\n")
    comment.refresh_from_db()
    assert comment.body == "Ring [words hidden], or his sister [words hidden], after six."


def test_a38_the_second_of_two_is_told_who_decided_and_keeps_their_words(mo: Client) -> None:
    comment = cast.comment(cast.ada())
    case = case_about(comment)
    typed = form_of(mo, case, verb="hide", guideline="1", reason="Too harsh, I think.")
    moderated.decide(comment, Verb.KEEP, None, by=cast.moderator("Moira"))
    answer = mo.post(address(case), typed)
    assert answer.status_code == 409
    told = words(answer)
    assert "Moira decided this after you opened the page: Keep." in told
    assert "Too harsh, I think." in told
    assert Decision.objects.count() == 1
    # They know now, and may decide again.
    form = answer.context["form"]
    again = {name: form[name].value() for name in form.fields if form[name].value() is not None}
    assert mo.post(address(case), again).status_code == 302
    comment.refresh_from_db()
    assert comment.status == Comment.Status.HIDDEN


def test_a_verb_that_is_no_longer_possible_is_answered_by_what_happened(mo: Client) -> None:
    comment = cast.comment(cast.ada())
    case = case_about(comment)
    typed = form_of(mo, case, verb="mask", guideline="1", reason="x", words="not there")
    moderated.decide(comment, Verb.HIDE, by=cast.moderator("Moira"))
    answer = mo.post(address(case), typed)
    assert answer.status_code == 409
    assert "Moira decided this after you opened the page: Hide." in words(answer)


def test_a_text_that_its_author_changed_is_read_again(mo: Client) -> None:
    comment = cast.comment(cast.ada(), "First version.")
    case = case_about(comment)
    typed = form_of(mo, case, verb="keep")
    posting.edit_comment(comment, cast.ada(), "Second version.")
    told = words(mo.post(address(case), typed))
    assert "The author changed the text" in told
    assert "Second version." in told
    assert not Decision.objects.exists()


@pytest.mark.parametrize("is_reply", [False, True])
def test_m7_nobody_decides_about_their_own_words_or_replies_to_them(
    mo: Client, is_reply: bool
) -> None:
    own = cast.comment(cast.moderator())
    case = case_about(cast.comment(cast.ada(), parent=own) if is_reply else own)
    page = mo.get(address(case))
    assert "somebody else has to decide this" in words(page)
    assert b"data-decision" not in page.content
    form = {"verb": "hide", "guideline": 1, "reason": "x", "revision": case.revision}
    answer = mo.post(address(case), form)
    assert answer.status_code == 409
    assert not Decision.objects.exists()


# Who may not.


def test_a14_a_case_outside_the_remit_is_as_if_it_never_existed(mo: Client) -> None:
    comment = cast.comment(cast.ada())
    case = case_about(comment)
    report = moderated.report(comment)
    decision = moderated.hide(cast.comment(cast.ada()))
    appeal = moderated.appeal(decision)
    Remit.objects.update(is_everywhere=False)
    Remit.objects.get(moderator=cast.moderator()).consultations.add(cast.consultation(cast.CLOSED))
    for path in ("claim/", "release/", "slow/"):
        assert mo.post(address(case, path)).status_code == 404
    assert mo.post(address(case), {"verb": "keep", "revision": 0}).status_code == 404
    for path in (
        f"moderation/case/{case.pk}/change/",
        f"moderation/case/{case.pk}/history/",
        f"moderation/report/{report.pk}/change/",
        f"moderation/decision/{decision.pk}/change/",
        f"moderation/appeal/{appeal.pk}/change/",
        f"discussions/comment/{comment.pk}/change/",
    ):
        assert mo.get(f"/admin/{path}").status_code == 404, path
    for path in ("case/?state=all", "report/", "decision/", "appeal/?state=all"):
        listed = mo.get(f"/admin/moderation/{path}").context["cl"].result_list
        assert not listed, path
    assert not mo.get("/admin/discussions/comment/").context["cl"].result_list
    opened = mo.post(f"/admin/discussions/comment/{comment.pk}/open-case/")
    assert opened.status_code == 404
    case.refresh_from_db()
    assert case.is_waiting


def test_who_only_reads_decides_nothing(mo: Client) -> None:
    case = case_about(cast.comment(cast.ada()))
    reader = cast.member("Della", is_staff=True)
    Remit.objects.create(moderator=reader, is_everywhere=True)
    client = in_staff_session(reader)
    assert client.get(address(case)).status_code == 403
    reader.user_permissions.add(Permission.objects.get(codename="view_case"))
    client = in_staff_session(Member.objects.get(pk=reader.pk))
    page = client.get(address(case))
    assert "You may read cases, but not decide them." in words(page)
    form = {"verb": "keep", "revision": 0}
    assert client.post(address(case), form).status_code == 403
    for path in ("claim/", "release/", "slow/", "original/"):
        assert client.post(address(case, path)).status_code == 403, path
    for path in ("next/", "together/"):
        assert client.post(f"/admin/moderation/case/{path}").status_code == 403, path
    opened = client.post(f"/admin/discussions/comment/{case.comment_id}/open-case/")
    assert opened.status_code == 403


@pytest.mark.parametrize("path", ["claim/", "release/", "slow/", "original/"])
def test_what_changes_something_is_posted(mo: Client, path: str) -> None:
    case = case_about(cast.comment(cast.ada()))
    assert mo.get(address(case, path)).status_code == 405


# The sealed original, slow mode, a case that staff open.


def test_only_seniors_open_the_original_and_the_log_has_it(mo: Client) -> None:
    comment = cast.comment(cast.ada(), "Ring Zebedee after six.")
    decision = moderated.decide(comment, Verb.MASK, marked=("Zebedee",))
    case, asked = decision.case, {"decision": decision.pk}
    assert "Show the original" not in words(mo.get(address(case)))
    assert mo.post(address(case, "original/"), asked).status_code == 403
    sue = in_staff_session(cast.senior())
    page = sue.get(address(case))
    assert "Show the original" in words(page)
    assert "Zebedee" not in words(page)
    assert not LedgerEntry.objects.filter(event="original_opened").exists()
    assert "Ring Zebedee after six." in words(sue.post(address(case, "original/"), asked))
    assert LedgerEntry.objects.filter(event="original_opened", case_number=case.pk).count() == 1
    for wrong in ({}, {"decision": "x"}, {"decision": decision.pk + 1}):
        assert sue.post(address(case, "original/"), wrong).status_code == 404
    kept = moderated.keep(cast.comment(cast.ada()))
    wrong = {"decision": kept.pk}
    assert sue.post(address(kept.case, "original/"), wrong).status_code == 404


def test_a_thread_is_slowed_down_and_let_go(mo: Client) -> None:
    top = cast.comment(cast.ben())
    case = case_about(cast.comment(cast.ada(), parent=top))
    mo.post(address(case, "slow/"), {"on": "1"})
    top.refresh_from_db()
    assert top.slow_until is not None
    assert timedelta(minutes=59) < top.slow_until - timezone.now() <= timedelta(hours=1)
    assert "End slow mode" in words(mo.get(address(case)))
    mo.post(address(case, "slow/"))
    top.refresh_from_db()
    assert top.slow_until is None


def test_staff_open_a_case_about_a_comment_they_came_upon(mo: Client) -> None:
    comment = cast.comment(cast.ada())
    assert "Open a case" in words(mo.get(f"/admin/discussions/comment/{comment.pk}/change/"))
    answer = mo.post(f"/admin/discussions/comment/{comment.pk}/open-case/")
    case = Case.objects.get()
    assert answer["Location"] == address(case)
    assert (case.comment, case.raised_by) == (comment, Case.Raiser.STAFF)


def test_parts_of_a_marked_text_are_the_text() -> None:
    text = "Ring 07700 900461, or not."
    spans = [(5, 17), (11, 17), (0, 99), (3, 3)]
    found = [CaseFinding(kind=Kind.PHONE, start=start, end=end) for start, end in spans]
    parts = case_file.marked(text, found)
    assert "".join(part.text for part in parts) == text
    assert [part.text for part in parts if part.kinds] == ["07700 ", "900461"]
    assert [part.text for part in case_file.marked("", found)] == []
