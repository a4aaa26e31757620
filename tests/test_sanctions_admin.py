"""Warning, slowing down and suspending, as senior moderators do it in admin."""

from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from accounts.models import Mail, Member
from discussions.moderating import open_case_by_staff
from moderation import sanctions
from moderation.models import Sanction
from tests import cast, moderated
from tests.conftest import in_staff_session
from tests.pages import words

pytestmark = pytest.mark.django_db
LIST = "/admin/moderation/sanction/"
FORM = {"kind": "suspension", "lasts": "7", "guideline": "1", "reason": "Insults, again."}


@pytest.fixture
def sue(db: None) -> Client:
    return in_staff_session(cast.senior())


def give(client: Client, member: Member, query: str = "", **form: str) -> Any:  # noqa: ANN401 - the test client's
    return client.post(f"{LIST}give/{member.pk}/{query}", form)


def given_to(member: Member, days: int = 7) -> Sanction:
    new = sanctions.NewSanction(Sanction.Kind.SUSPENSION, 1, "Insults.", lasts=timedelta(days=days))
    return sanctions.sanction(member, new, cast.senior("Sam"), timezone.now())


@pytest.mark.parametrize("days", [1, 3, 7, 28])
def test_for_some_days(sue: Client, days: int) -> None:
    answer = give(sue, cast.ada(), **FORM | {"lasts": str(days)})
    given = Sanction.objects.get()
    assert answer["Location"] == f"{LIST}{given.pk}/change/"
    assert given.ends_at == given.starts_at + timedelta(days=days)
    assert given.moderator == cast.senior()
    assert Member.objects.get(pk=cast.ada().pk).suspended_until == given.ends_at
    assert Mail.objects.filter(member=cast.ada()).count() == 1


def test_up_to_the_end_of_a_day_in_london(sue: Client) -> None:
    with time_machine.travel("2026-10-24T10:00Z", tick=False):  # the clocks change that night
        client = in_staff_session(cast.senior())
        give(client, cast.ada(), **FORM | {"lasts": "date", "until": "2026-10-25"})
    ends_at = Sanction.objects.get().ends_at
    assert ends_at == datetime.fromisoformat("2026-10-26T00:00+00:00")


@pytest.mark.parametrize("until", ["", "2020-01-01", "2190-01-01", "soon"])
def test_no_other_day(sue: Client, until: str) -> None:
    answer = give(sue, cast.ada(), **FORM | {"lasts": "date", "until": until})
    assert answer.status_code == 200
    assert not Sanction.objects.exists()


def test_a_warning_has_no_end(sue: Client) -> None:
    give(sue, cast.ada(), **FORM | {"kind": "warning"})
    assert Sanction.objects.get().ends_at is None


@pytest.mark.parametrize("missing", ["kind", "lasts", "guideline", "reason"])
def test_what_it_needs(sue: Client, missing: str) -> None:
    answer = give(sue, cast.ada(), **FORM | {missing: ""})
    assert "Nothing is done yet." in words(answer)
    assert not Sanction.objects.exists()


def test_it_is_given_from_a_case_and_from_the_page_of_a_member(sue: Client) -> None:
    case = moderated.hide(cast.comment(cast.ada())).case
    link = f"{LIST}give/{cast.ada().pk}/"
    assert (
        f'"{link}?case={case.pk}"'
        in sue.get(f"/admin/moderation/case/{case.pk}/change/").content.decode()
    )
    assert (
        f'"{link}"' in sue.get(f"/admin/accounts/member/{cast.ada().pk}/change/").content.decode()
    )
    assert f"About: Case {case.pk}" in words(sue.get(f"{link}?case={case.pk}"))
    give(sue, cast.ada(), f"?case={case.pk}", **FORM)
    assert Sanction.objects.get().case == case
    for wrong in ("x", "999999", "9" * 30):
        assert sue.get(f"{link}?case={wrong}").status_code == 404


def test_staff_are_not_sanctioned(sue: Client) -> None:
    told = words(give(sue, cast.mo(), **FORM))
    assert "They are staff: their organisation answers for them." in told
    assert not Sanction.objects.exists()


def test_ended_early_the_member_is_reinstated(sue: Client) -> None:
    given = given_to(cast.ada())
    assert "End it early" in words(sue.get(f"{LIST}{given.pk}/change/"))
    assert "Suspend: Ada." in words(sue.get(f"{LIST}{given.pk}/end/"))
    assert "Say why: the member reads it." in words(sue.post(f"{LIST}{given.pk}/end/"))
    given.refresh_from_db()
    assert given.ended_at is None
    sue.post(f"{LIST}{given.pk}/end/", {"reason": "You said sorry.", "note": "By phone."})
    given.refresh_from_db()
    assert given.ended_by == cast.senior()
    assert (given.end_reason, given.end_note) == ("You said sorry.", "By phone.")
    assert Member.objects.get(pk=cast.ada().pk).suspended_until is None
    assert "End it early" not in words(sue.get(f"{LIST}{given.pk}/change/"))


def test_only_a_warning_is_said_to_have_no_end(sue: Client) -> None:
    given = given_to(cast.ada())
    told = words(sue.get(f"{LIST}{given.pk}/change/"))
    assert "a warning" not in told.lower()
    give(sue, cast.ben(), **FORM | {"kind": "warning"})
    warned = Sanction.objects.get(kind="warning")
    assert "no end: a warning" in words(sue.get(f"{LIST}{warned.pk}/change/"))


def test_moderators_see_them_and_seniors_alone_give_and_end_them() -> None:
    given = given_to(cast.ada())
    mo = in_staff_session(cast.moderator())
    assert "Ada" in words(mo.get(LIST))
    assert mo.get(f"{LIST}{given.pk}/change/").status_code == 200
    for path in (f"give/{cast.ben().pk}/", f"{given.pk}/end/"):
        assert mo.get(f"{LIST}{path}").status_code == 403
        assert mo.post(f"{LIST}{path}", FORM).status_code == 403
    given.refresh_from_db()
    assert given.ended_at is None
    assert Sanction.objects.count() == 1


def test_the_list_tells_what_runs(sue: Client) -> None:
    running, over = given_to(cast.ada()), given_to(cast.ben())
    Sanction.objects.filter(pk=over.pk).update(
        starts_at=timezone.now() - timedelta(days=9), ends_at=timezone.now() - timedelta(days=2)
    )

    def listed(query: str) -> list[int]:
        return [each.pk for each in sue.get(f"{LIST}?{query}").context["cl"].result_list]

    assert listed("state=running") == [running.pk]
    assert listed("state=over") == [over.pk]
    assert len(listed("")) == 2


def test_a_case_about_an_answer_to_oneself_is_refused_with_the_words_kept() -> None:
    senior = cast.senior()
    answer = cast.comment(cast.ada(), parent=cast.comment(senior))
    case = open_case_by_staff(answer)
    address = f"/admin/moderation/sanction/give/{cast.ada().pk}/?case={case.pk}"
    form = {"kind": "warning", "guideline": "1", "reason": "zqreason"}
    page = in_staff_session(senior).post(address, form)
    assert "somebody else has to decide this" in words(page)
    assert "zqreason" in page.content.decode()
    assert not Sanction.objects.exists()
