"""What staff keep in admin, or may not look up: live cases, who moderates, who reported them."""

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.test import Client
from django.utils import timezone

from accounts.models import Member
from moderation.models import LiveCase, Remit
from tests import cast, moderated
from tests.conftest import in_staff_session
from tests.pages import words

pytestmark = pytest.mark.django_db
LIVE = "/admin/moderation/livecase/add/"


@pytest.fixture
def mo(db: None) -> Client:
    cast.consultation()
    return in_staff_session(cast.moderator())


def add(client: Client, name: str, **form: object) -> Any:  # noqa: ANN401 - the test client's
    shown = {"name": name, "starts_on": timezone.localdate(), "ends_on": "", "note": ""}
    return client.post(LIVE, shown | form, follow=True)


@pytest.mark.parametrize("name", ["the", "The", "people", "Ann", "a b", "12 345 678"])
def test_a_common_word_is_no_live_case(mo: Client, name: str) -> None:
    assert "This would hold nearly every comment." in words(add(mo, name))
    assert not LiveCase.objects.exists()


@pytest.mark.parametrize("name", ["Sanderson", "operation dorothy", "O’Brien"])
def test_a_name_is_one(mo: Client, name: str) -> None:
    add(mo, name)
    assert LiveCase.objects.get().name == name


def test_it_tells_how_many_comments_would_have_been_held(mo: Client) -> None:
    for body in ("Operation-Dorothy again!", "About operation dorothy.", "Dorothy sat down."):
        cast.comment(cast.ada(), body)
    assert "2 comments of the last 28 days name it." in words(add(mo, "Operation Dorothy"))


def test_it_can_have_ended_yesterday(mo: Client) -> None:
    today = timezone.localdate()
    days = {"starts_on": today - timedelta(days=9), "ends_on": today - timedelta(days=1)}
    add(mo, "Operation Dorothy", **days)
    assert LiveCase.objects.get().ends_on == today - timedelta(days=1)
    wrong = {"starts_on": today, "ends_on": today - timedelta(days=1)}
    assert "It ends on the day it starts, or later." in words(add(mo, "Someone Else", **wrong))


def test_a_new_moderator_is_told_what_they_still_need(db: None) -> None:
    ida, ada = in_staff_session(cast.ida()), cast.ada()
    page = f"/admin/accounts/member/{ada.pk}/change/"
    assert "moderate yet" not in words(ida.get(page))
    form = ida.get(page).context["adminform"].form
    inlines = ida.get(page).context["inline_admin_formsets"]
    sent: dict[str, object] = {"display_name": ada.display_name, "is_active": "on"}
    for inline in inlines:
        management = inline.formset.management_form
        sent |= {
            management.add_prefix(name): management[name].value() for name in management.fields
        }
    assert "groups" in form.fields
    sent["groups"] = Group.objects.get(name="Moderator").pk
    told = words(ida.post(page, sent, follow=True))
    assert "also tick Staff" in told
    assert "They see no cases yet" in told
    assert "also tick Staff" in words(ida.get(page))
    Member.objects.filter(pk=ada.pk).update(is_staff=True)
    told = words(ida.get(page))
    assert "also tick Staff" not in told
    assert f"/admin/moderation/remit/add/?moderator={ada.pk}" in ida.get(page).content.decode()
    Remit.objects.create(moderator=ada, is_everywhere=True)
    assert "They see no cases yet" not in words(ida.get(page))
    assert "Is somebody missing?" in words(ida.get("/admin/moderation/remit/add/"))


def test_nobody_learns_in_admin_who_reported_their_own_words() -> None:
    moderator = cast.moderator()
    filed = moderated.report(cast.comment(moderator), cast.ben(), explanation="zqreported")
    browser = in_staff_session(moderator)
    page = words(browser.get(f"/admin/moderation/case/{filed.case_id}/change/"))
    assert "The comment is yours" in page
    assert "zqreported" not in page
    assert "Ben" not in words(browser.get("/admin/moderation/report/"))
    assert browser.get(f"/admin/moderation/report/{filed.pk}/change/").status_code == 404
    others = in_staff_session(cast.senior())
    assert "zqreported" in words(others.get(f"/admin/moderation/case/{filed.case_id}/change/"))
