"""Changing names: everywhere, and in one consultation; how often, and what is kept of it."""

import uuid
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import Member, NameChange, NameInUse, NameTakenError
from accounts.name_changes import change_display_name, changes_left
from discussions.models import Consultation, Participant
from discussions.naming import ClosedNameStaysError, choose_name
from tests import cast
from tests.conftest import in_staff_session, signed_in
from tests.pages import words

pytestmark = pytest.mark.django_db

EVERYWHERE = "/account/name/"
HERE = f"/account/name/{cast.OPEN}/"
PAGE = f"/consultations/{cast.OPEN}/streets/"


def name_of(member: Member) -> str:
    return Member.objects.get(pk=member.pk).display_name


def name_here(member: Member) -> str:
    return Participant.objects.get(member=member, consultation__slug=cast.OPEN).shown_name


def test_a_new_display_name_shows_on_all_comments(ada: Client) -> None:
    comment = cast.comment(cast.member("Ada"))
    answer = ada.post(EVERYWHERE, {"name": "  Ada\u200b   Lovelace "}, follow=True)
    assert answer.redirect_chain == [("/account/", 302)]
    assert "Your display name is saved." in words(answer)
    assert "Ada Lovelace" in words(Client().get(comment.get_absolute_url()))
    change = NameChange.objects.get()
    assert (change.old_name, change.new_name, change.place) == ("Ada", "Ada Lovelace", "")


@pytest.mark.parametrize(
    ("name", "fault"),
    [
        ("City Hall", "looks like a member of staff"),
        ("MΟPAC", "looks like a member of staff"),
        ("Bеn", "Somebody already uses this name"),  # with a Cyrillic letter
        ("x", "at least 2 letters"),
        ("", "This field is required"),
        ("x" * 41, "at most 40 characters"),
    ],
)
def test_a36_a_name_that_is_refused_is_kept_in_the_form(ada: Client, name: str, fault: str) -> None:
    cast.ben()
    answer = ada.post(EVERYWHERE, {"name": name})
    assert answer.status_code == 422
    assert fault in words(answer)
    assert f'value="{name}"' in answer.content.decode() or not name
    assert "Everyone knows you as Ada ." in words(answer)
    assert name_of(cast.member("Ada")) == "Ada"
    assert not NameChange.objects.exists()


def test_the_same_name_again_is_no_change(ada: Client) -> None:
    assert ada.post(EVERYWHERE, {"name": "Ada"}).status_code == 302
    assert not NameChange.objects.exists()


def test_nobody_else_gets_the_name_one_had(ada: Client, ben: Client) -> None:
    ada.post(EVERYWHERE, {"name": "Lovelace"})
    assert "already uses this name" in words(ben.post(EVERYWHERE, {"name": "ADA"}))
    assert ada.post(EVERYWHERE, {"name": "ada"}).status_code == 302


def test_three_changes_in_30_days_wherever(ada: Client) -> None:
    member = cast.ada()
    ada.post(EVERYWHERE, {"name": "One One"})
    ada.post(HERE, {"name": "Two Two"})
    assert "You have 1 change left." in words(ada.get(EVERYWHERE))
    ada.post(HERE, {"name": ""})
    assert 'name="name"' not in ada.get(EVERYWHERE).content.decode()
    for page, name in ((EVERYWHERE, "Four Four"), (HERE, "Four Four")):
        answer = ada.post(page, {"name": name})
        assert answer.status_code == 422
        assert "You can change your names 3 times in 30 days, and you have done so." in words(
            answer
        )
        assert 'value="Four Four"' in answer.content.decode()
    assert (name_of(member), NameChange.objects.count()) == ("One One", 3)
    assert not NameInUse.objects.is_taken("Four Four")
    oldest = NameChange.objects.order_by("pk")[:1].values("pk")
    NameChange.objects.filter(pk__in=oldest).update(
        changed_at=timezone.now() - timedelta(days=30, seconds=1)
    )
    assert ada.post(EVERYWHERE, {"name": "Four Four"}).status_code == 302


def test_another_name_before_the_first_comment(ada: Client) -> None:
    member = cast.ada()
    answer = ada.post(HERE, {"name": "Robin"}, follow=True)
    assert "Your name in this consultation is saved." in words(answer)
    assert Consultation.objects.get(slug=cast.OPEN).respondents == 0
    assert "Posting as Robin ." in words(ada.get(PAGE))
    comment = cast.comment(member)
    page = words(Client().get(comment.get_absolute_url()))
    assert "Robin" in page
    assert "Ada" not in page
    assert name_of(member) == "Ada"
    change = NameChange.objects.get()
    assert (change.old_name, change.new_name, change.place) == ("Ada", "Robin", cast.OPEN)


def test_another_name_after_the_first_comment_and_back(ada: Client) -> None:
    member = cast.ada()
    comment = cast.comment(member)
    assert "people who have seen them before may notice" in words(ada.get(HERE))
    ada.post(HERE, {"name": "Robin"})
    assert name_here(member) == "Robin"
    reply = ada.get(f"{cast.comment(cast.ben()).get_absolute_url()}reply/")
    assert "Posting as Robin ." in words(reply)
    ada.post(HERE, {"name": "Ada"})
    participant = Participant.objects.get(member=member)
    assert (participant.name, participant.shown_name) == ("", "Ada")
    assert "Ada" in words(Client().get(comment.get_absolute_url()))


def test_the_other_name_is_there_in_that_consultation_alone(ada: Client) -> None:
    ada.post(HERE, {"name": "Robin"})
    ada.post(EVERYWHERE, {"name": "Ada Lovelace"})
    assert name_here(cast.member("Ada Lovelace")) == "Robin"


@pytest.mark.parametrize("name", ["Ben", "bеn", "City Hall", "b"])
def test_the_other_name_follows_the_same_rules(ada: Client, name: str) -> None:
    cast.ben()
    answer = ada.post(HERE, {"name": name})
    assert answer.status_code == 422
    assert f'value="{name}"' in answer.content.decode()
    assert not Participant.objects.filter(member=cast.ada()).exclude(name="").exists()


def test_a_name_that_is_somebodys_other_name_is_taken(ada: Client, ben: Client) -> None:
    ada.post(HERE, {"name": "Robin"})
    assert "already uses" in words(ben.post(EVERYWHERE, {"name": "robin"}))


def test_hosts_keep_the_name_they_are_announced_with() -> None:
    cast.consultation()
    hana = signed_in(cast.hana())
    for answer in (hana.get(HERE), hana.post(HERE, {"name": "Robin"})):
        assert answer.status_code in (403, 422)
        assert "Hosts take part under the name they are announced with." in words(answer)
    assert name_here(cast.hana()) == "Hana"
    assert "Use another name here" not in words(hana.get(PAGE))


def test_names_of_a_closed_consultation_are_its_record(ada: Client) -> None:
    cast.comment(cast.ada())
    cast.close_now()
    for answer in (ada.get(HERE), ada.post(HERE, {"name": "Robin"})):
        assert answer.status_code in (403, 422)
        assert "the names in it stay as they are" in words(answer)
    with pytest.raises(ClosedNameStaysError):
        choose_name(cast.consultation(), cast.ada(), "Robin")
    assert name_here(cast.ada()) == "Ada"
    assert not NameInUse.objects.is_taken("Robin")


def test_drafts_and_nothing_have_no_names(ada: Client) -> None:
    cast.consultation(cast.DRAFT)
    never = ada.get("/account/name/never/")
    for method in (ada.get, ada.post):
        answer = method(f"/account/name/{cast.DRAFT}/")
        assert answer.status_code == 404
        assert answer.content == never.content


def test_both_ways_lead_to_it(ada: Client) -> None:
    comment = cast.comment(cast.ben())
    for page in (PAGE, f"{comment.get_absolute_url()}reply/"):
        assert f'formaction="{HERE}"' in ada.get(page).content.decode()


def test_what_was_being_written_waits_until_the_name_is_chosen(ada: Client) -> None:
    reply = f"{cast.comment(cast.ben()).get_absolute_url()}reply/"
    for place in (PAGE, reply):
        text = f"Half a thought at {place}"
        form = {"body": text, "prompt": "", "form_key": str(uuid.uuid4()), "next": place}
        page = ada.post(HERE, form, follow=True)
        assert page.redirect_chain == [(f"{HERE}?next={place.replace('/', '%2F')}", 302)]
        assert f'href="{place}"' in page.content.decode()
        saved = ada.post(HERE, {"name": "", "next": place}, follow=True)
        assert saved.redirect_chain == [(place, 302)]
        assert text in saved.content.decode()
    for hostile in ("https://evil.example/", "//evil.example", "javascript:alert(1)"):
        answer = ada.post(HERE, {"name": "", "next": hostile})
        assert answer["Location"] == f"/consultations/{cast.OPEN}/"


def test_moderators_see_that_it_is_one_member(ada: Client) -> None:
    ada.post(HERE, {"name": "Robin"})
    staff = in_staff_session(cast.ida())
    changes = words(staff.get(reverse("admin:accounts_namechange_changelist")))
    assert "Ada open-one Ada Robin" in changes
    member = words(staff.get(reverse("admin:accounts_member_change", args=[cast.ada().pk])))
    assert "open-one Ada Robin" in member
    assert "Robin Ada" in words(staff.get(reverse("admin:discussions_participant_changelist")))
    change = NameChange.objects.get()
    for name in ("change", "delete"):
        path = reverse(f"admin:accounts_namechange_{name}", args=[change.pk])
        assert staff.post(path, {"post": "yes"}).status_code == 403
    assert staff.post(reverse("admin:accounts_namechange_add")).status_code == 403


def test_an_administrators_change_is_logged_and_gives_nobody_a_taken_name() -> None:
    ada, staff = cast.ada(), in_staff_session(cast.ida())
    cast.ben()
    path = reverse("admin:accounts_member_change", args=[ada.pk])
    inline = {"name_changes-TOTAL_FORMS": "0", "name_changes-INITIAL_FORMS": "0"}
    refused = staff.post(path, {"display_name": "ВEN", "is_active": "on", **inline})
    assert "Somebody already uses this name" in words(refused)
    done = staff.post(path, {"display_name": "Ada of City Hall", "is_active": "on", **inline})
    assert done.status_code == 302
    change = NameChange.objects.get()
    assert (change.member, change.old_name, change.new_name) == (ada, "Ada", "Ada of City Hall")


@pytest.mark.django_db(transaction=True)
def test_of_many_who_want_a_name_at_once_one_gets_it() -> None:
    members = [cast.member(f"Racer {number}") for number in range(8)]

    def take(member: Member) -> str:
        try:
            change_display_name(member, "Finisher")
        except NameTakenError:
            return "taken"
        finally:
            connection.close()
        return "got it"

    with ThreadPoolExecutor(8) as threads:
        results = list(threads.map(take, members))
    assert sorted(results) == ["got it"] + ["taken"] * 7
    assert Member.objects.filter(display_name="Finisher").count() == 1
    assert NameChange.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_changes_at_once_do_not_slip_past_the_limit() -> None:
    member = cast.ada()

    def change(number: int) -> None:
        client = signed_in(member)
        client.post(EVERYWHERE, {"name": f"Runner {'abcdefgh'[number]}"})
        connection.close()

    with ThreadPoolExecutor(8) as threads:
        list(threads.map(change, range(8)))
    assert NameChange.objects.count() == 3
    assert changes_left(member) == 0
