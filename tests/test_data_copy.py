"""A copy of one's data: asked for, made by a worker, for its owner and for a day."""

import json
import uuid
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob

from accounts import agreements, leaving
from accounts.about_you import store_answers
from accounts.data_copy import CopyRefusedError, ask
from accounts.mail.letters import letter_of
from accounts.models import DataCopy, Mail, Member
from discussions import data_copy, posting, tasks
from discussions.models import Reaction
from discussions.naming import choose_name
from tests import cast
from tests.conftest import signed_in
from tests.pages import same_person, words

pytestmark = pytest.mark.django_db

PAGE = "/account/data/"


def made(member: Member) -> DataCopy:
    copy = ask(member)
    data_copy.make(copy.pk)
    copy.refresh_from_db()
    return copy


def path_of(copy: DataCopy) -> str:
    return reverse("account_data_copy", args=[copy.pk])


def fetched(member: Member) -> Any:  # noqa: ANN401 - JSON
    return json.loads(signed_in(member).get(path_of(made(member))).content)


def test_asking_queues_a_job_that_names_nobody(db: None) -> None:
    ada = same_person(cast.ada())
    answer = ada.post(PAGE, follow=True)
    assert "We are making your copy." in words(answer)
    assert "Being made. Come back in a minute." in words(answer)
    copy = DataCopy.objects.get()
    job = ProcrastinateJob.objects.get(task_name="make_data_copy")
    assert job.args == {"copy_id": copy.pk}
    tasks.make_data_copy(**job.args)
    assert "Fetch it until" in words(ada.get(PAGE))
    assert f'href="{path_of(copy)}"' in ada.get(PAGE).content.decode()


def test_the_password_is_asked_for_and_the_wish_is_not_lost(ada: Client) -> None:
    asked = ada.post(PAGE)
    assert asked.headers["Location"] == "/accounts/reauthenticate/?next=%2Faccount%2Fdata%2F"
    assert not DataCopy.objects.exists()
    form = {"password": cast.PASSWORD, "next": PAGE}
    wrong = ada.post("/accounts/reauthenticate/", form | {"password": "not-mine-at-all"})
    assert wrong.status_code == 200
    assert not DataCopy.objects.exists()
    answer = ada.post("/accounts/reauthenticate/", form, follow=True)
    assert "We are making your copy." in words(answer)
    assert DataCopy.objects.count() == 1


def test_it_is_ready_and_a_letter_says_so() -> None:
    copy = made(cast.ada())
    assert copy.expires_at
    assert copy.made_at
    assert copy.expires_at - copy.made_at == timedelta(hours=24)
    mail = Mail.objects.get(kind="accounts/mail/data_ready")
    letter = letter_of(mail)
    assert letter
    assert letter.subject == "Your copy of your data is ready"
    assert path_of(copy) in letter.text
    assert "24 hours" in letter.text
    data_copy.make(copy.pk)  # the worker died after it was made, and tries again
    assert Mail.objects.count() == 1
    assert DataCopy.objects.get().content == copy.content


def test_it_is_a_file_that_is_kept_by_nobody_and_unreadable_in_the_database() -> None:
    copy = made(cast.ada())
    answer = signed_in(cast.ada()).get(path_of(copy))
    assert answer.headers["Content-Type"] == "application/json; charset=utf-8"
    day = timezone.localdate().isoformat()
    assert answer.headers["Content-Disposition"] == (
        f'attachment; filename="talk-london-my-data-{day}.json"'
    )
    assert "no-store" in answer.headers["Cache-Control"]
    assert "ada@people.example" in answer.content.decode()
    assert "ada" not in copy.content
    assert "\n  " in answer.content.decode()  # a person can read it


def test_everything_is_in_it() -> None:
    ada = cast.ada()
    consultation = cast.consultation()
    agreements.record_agreement(ada)
    store_answers(ada, {"borough": "Hackney", "religion": "none"})
    choose_name(consultation, ada, "Robin")
    comment = cast.comment(ada, "More liht.")
    posting.edit_comment(comment, ada, "More light.")
    answer = cast.comment(cast.ben(), "Ben’s words.", parent=comment)
    posting.react(answer, ada, Reaction.Value.AGREE)
    gone = cast.comment(ada, "Withdrawn words.")
    posting.withdraw_comment(gone, ada)
    leaving.start(ada, withdraws_comments=True)
    client = Client(REMOTE_ADDR="192.0.2.77", headers={"user-agent": "A browser of Ada"})
    client.post(reverse("account_login"), {"login": ada.email, "password": cast.PASSWORD})
    for kind, data in (
        ("totp", {"secret": "sealed-secret"}),
        ("recovery_codes", {"seed": "sealed-seed", "used_mask": 0}),
        ("webauthn", {"name": "Ada’s phone", "credential": {}}),
    ):
        Authenticator.objects.create(user=ada, type=kind, data=data)
    content = fetched(ada)
    text = json.dumps(content, ensure_ascii=False)
    for told in (
        *("ada@people.example", "Robin", "Hackney", "No religion", "192.0.2.77"),
        *("A browser of Ada", "Ada’s phone", "Withdrawn words.", "closing"),
        *("Community guidelines", "Terms of use", consultation.title),
    ):
        assert told in text, told
    for secret in ("sealed-secret", "sealed-seed", ada.password, "Ben’s words."):
        assert secret not in text, secret
    said, withdrawn = content["comments"]
    assert said["text"] == "More light."
    assert [each["text"] for each in said["earlier texts"]] == ["More liht."]
    assert (said["discussion"], withdrawn["status"]) == ("Our streets", "Withdrawn")
    assert [each["you"] for each in content["reactions"]] == ["Agree"]
    assert content["changes of names"][0]["where"] == cast.OPEN
    assert content["mails you have chosen"] == {
        "for each reply to you": True,
        "when City Hall's answer rests on what you said": True,
    }
    assert {each["kind"] for each in content["ways to sign in"]} >= {"Password", "Passkey"}
    assert content["closing of the account"]["comments are withdrawn"] is True
    assert datetime.fromisoformat(said["posted"]).tzinfo is not None


def test_somebody_who_did_nothing_gets_a_copy_too() -> None:
    content = fetched(cast.ada())
    assert (content["comments"], content["reactions"], content["about you"]) == ([], [], {})


def test_a15_nobody_else_gets_it_nor_learns_that_it_exists() -> None:
    copy = made(cast.ada())
    for member in (cast.ben(), cast.ida(), cast.mo()):
        client = signed_in(member)
        theirs = client.get(path_of(copy))
        never = client.get(f"{PAGE}{copy.pk + 1_000}/")
        assert theirs.status_code == never.status_code == 404
        assert theirs.content == never.content
    assert Client().get(path_of(copy)).headers["Location"].startswith("/accounts/login/")
    assert signed_in(cast.ada()).get(f"{PAGE}{'9' * 30}/").status_code == 404


def test_a15_after_24_hours_it_is_over() -> None:
    copy = made(cast.ada())
    ada = signed_in(cast.ada())
    DataCopy.objects.update(expires_at=timezone.now() + timedelta(minutes=1))
    assert ada.get(path_of(copy)).status_code == 200
    DataCopy.objects.update(expires_at=timezone.now())
    answer = ada.get(path_of(copy))
    assert answer.status_code == 410
    assert "Ask again" in words(answer)
    assert "Content-Disposition" not in answer.headers
    assert "Erased after 24 hours." in words(ada.get(PAGE))
    assert signed_in(cast.ben()).get(path_of(copy)).status_code == 404


def test_one_that_is_not_made_yet_sends_to_the_page() -> None:
    copy = ask(cast.ada())
    assert signed_in(cast.ada()).get(path_of(copy)).headers["Location"] == PAGE


def test_one_at_a_time_and_five_a_day() -> None:
    ada = same_person(cast.ada())
    ada.post(PAGE)
    again = ada.post(PAGE)
    assert again.status_code == 429
    assert "Your copy is being made already." in words(again)
    data_copy.make(DataCopy.objects.get().pk)
    for _each in range(4):
        made(cast.ada())
    sixth = ada.post(PAGE)
    assert sixth.status_code == 429
    assert "You have asked for 5 copies in a day." in words(sixth)
    oldest = DataCopy.objects.earliest("pk")
    DataCopy.objects.filter(pk=oldest.pk).update(asked_at=timezone.now() - timedelta(hours=24))
    assert ada.post(PAGE).status_code == 302


def test_a_job_that_failed_for_good_blocks_nobody_for_long() -> None:
    copy = ask(cast.ada())
    DataCopy.objects.filter(pk=copy.pk).update(asked_at=timezone.now() - timedelta(hours=2))
    assert ask(cast.ada()).pk != copy.pk


def test_a_copy_of_somebody_who_left_meanwhile_is_not_made() -> None:
    copy = ask(cast.ada())
    cast.ada().delete()
    tasks.make_data_copy(copy_id=copy.pk)
    assert not DataCopy.objects.exists()
    assert not Mail.objects.exists()


def test_all_addresses_are_in_it() -> None:
    EmailAddress.objects.create(user=cast.ada(), email="new@people.example", verified=False)
    addresses = fetched(cast.ada())["account"]["all email addresses"]
    assert {"address": "new@people.example", "confirmed": False} in addresses


@pytest.mark.django_db(transaction=True)
def test_asking_at_once_makes_one() -> None:
    member = cast.ada()

    def one(_number: uuid.UUID) -> bool:
        try:
            ask(member)
        except CopyRefusedError:
            return False
        finally:
            connection.close()
        return True

    with ThreadPoolExecutor(6) as threads:
        asked = list(threads.map(one, [uuid.uuid4() for _each in range(6)]))
    assert sum(asked) == DataCopy.objects.count() == 1
