"""Closing an account: what is told, what can be taken back, and that nothing is left after it."""

import hashlib
import logging
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from allauth.account.internal.flows.email_verification_by_code import (
    EMAIL_VERIFICATION_CODE_SESSION_KEY,
)
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.contrib.admin.models import LogEntry
from django.contrib.sessions.models import Session
from django.core.cache import cache
from django.db import connection, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts import agreements, leaving
from accounts.about_you import store_answers
from accounts.mail.letters import letter_of
from accounts.models import AboutYou, Closing, Mail, Member, NameChange, NameInUse
from accounts.sealing import seal
from accounts.sessions import SessionStore
from discussions import data_copy, posting, tasks
from discussions.leaving import close_account, close_due_accounts
from discussions.models import (
    Comment,
    CommentVersion,
    Consultation,
    Discussion,
    Participant,
    Reaction,
)
from discussions.naming import choose_name
from discussions.permissions import NotAllowedError
from discussions.responses import recount
from moderation.limits import posts_of_member
from moderation.models import LimitCount
from tests import cast
from tests.conftest import in_staff_session, signed_in
from tests.pages import same_person, words

pytestmark = pytest.mark.django_db

PAGE = "/account/close/"
WEEK = timedelta(days=7)
ADDRESS = "203.0.113.77"
BROWSER = "Netscape of Zenobia"


def close(member: Member, *, withdraws_comments: bool = False) -> None:
    """As if the grace had passed."""
    leaving.start(member, withdraws_comments=withdraws_comments)
    Closing.objects.filter(member=member).update(due_at=timezone.now())
    assert close_due_accounts() == 1


# Asking for it


def test_one_chooses_what_becomes_of_comments_and_is_told_the_date(db: None) -> None:
    ada = same_person(cast.ada())
    refused = ada.post(PAGE, {})
    assert refused.status_code == 422
    assert "Choose what should become of your comments." in words(refused)
    answer = ada.post(PAGE, {"comments": "keep"}, follow=True)
    assert answer.redirect_chain == [("/account/", 302)]
    assert "Your comments will stay, under the name “Former member”." in words(answer)
    closing = Closing.objects.get(member=cast.ada())
    assert closing.due_at - closing.asked_at == pytest.approx(WEEK, abs=timedelta(seconds=5))
    letter = letter_of(Mail.objects.get(kind="accounts/mail/closing"))
    assert letter
    day = f"{timezone.localtime(closing.due_at).day} "
    assert f"Your account closes on {day}" in letter.subject
    assert "Keep my account" in letter.text
    assert "/account/" in letter.text


def test_the_password_is_asked_for_and_the_choice_is_not_lost(ada: Client) -> None:
    asked = ada.post(PAGE, {"comments": "withdraw"})
    assert asked.headers["Location"].startswith("/accounts/reauthenticate/")
    assert not Closing.objects.exists()
    form = {"password": cast.PASSWORD, "next": PAGE}
    answer = ada.post("/accounts/reauthenticate/", form, follow=True)
    assert "Your account closes on" in words(answer)
    assert Closing.objects.get().withdraws_comments is True


def test_asking_again_changes_the_choice_and_not_the_date(db: None) -> None:
    ada = same_person(cast.ada())
    ada.post(PAGE, {"comments": "keep"})
    due_at = Closing.objects.get().due_at
    page = ada.get(PAGE)
    assert "Change my choice" in words(page)
    (chosen,) = [tag for tag in page.content.decode().split("<") if " checked" in tag]
    assert 'value="keep"' in chosen
    ada.post(PAGE, {"comments": "withdraw"})
    closing = Closing.objects.get()
    assert (closing.due_at, closing.withdraws_comments) == (due_at, True)
    assert Mail.objects.filter(kind="accounts/mail/closing").count() == 1


def test_staff_ask_an_administrator(db: None) -> None:
    mo = same_person(cast.mo())
    for answer in (mo.get(PAGE), mo.post(PAGE, {"comments": "keep"})):
        assert "Ask an administrator to end your access first." in words(answer)
        assert 'class="account__form"' not in answer.content.decode()
    assert not Closing.objects.exists()


def test_who_became_staff_meanwhile_is_not_closed() -> None:
    leaving.start(cast.ada(), withdraws_comments=False)
    Closing.objects.update(due_at=timezone.now())
    Member.objects.filter(pk=cast.ada().pk).update(is_staff=True)
    assert close_due_accounts() == 0
    assert not close_account(cast.ada().pk)
    assert Member.objects.filter(display_name="Ada").exists()


# The grace


def test_before_the_grace_is_over_nothing_happens() -> None:
    cast.comment(cast.ada())
    leaving.start(cast.ada(), withdraws_comments=True)
    with time_machine.travel(timezone.now() + WEEK - timedelta(minutes=1), tick=False):
        assert close_due_accounts() == 0
    assert signed_in(cast.ada()).get("/account/").status_code == 200
    with time_machine.travel(timezone.now() + WEEK + timedelta(minutes=1), tick=False):
        assert close_due_accounts() == 1
        assert close_due_accounts() == 0


def test_who_keeps_the_account_stays() -> None:
    cast.comment(cast.ada())
    leaving.start(cast.ada(), withdraws_comments=True)
    Closing.objects.update(due_at=timezone.now())
    signed_in(cast.ada()).post("/account/keep/")
    assert close_due_accounts() == 0
    assert not close_account(cast.ada().pk)
    assert Comment.objects.get().is_published


# What becomes of what was said


def test_comments_that_stay_are_a_former_members() -> None:
    ada = cast.ada()
    choose_name(cast.consultation(), ada, "Robin")
    comment = cast.comment(ada, "More liht.")
    posting.edit_comment(comment, ada, "More light.")
    gone = cast.comment(ada, "Not after all.")
    posting.withdraw_comment(gone, ada)
    posting.react(cast.comment(cast.ben()), ada, Reaction.Value.AGREE)
    before = figures()
    close(ada)
    page = words(Client().get(comment.get_absolute_url()))
    assert "Former member" in page
    assert "More light." in page
    assert "Robin" not in page
    assert figures() == before
    assert not CommentVersion.objects.exists()
    assert Comment.objects.get(pk=gone.pk).body == ""
    assert counters_are_right()


def test_comments_that_are_withdrawn_leave_no_text() -> None:
    ada, ben = cast.ada(), cast.ben()
    mine = [cast.comment(ada, f"Words of mine {number}") for number in range(3)]
    posting.edit_comment(mine[0], ada, "Words of mine, changed")
    reply = cast.comment(ben, "Words of Ben", parent=mine[0])
    Comment.objects.filter(pk=mine[1].pk).update(status="hidden")
    held = cast.comment(ada, "Words of mine, held")
    recount(cast.consultation())
    Comment.objects.filter(pk=held.pk).update(status="held")
    recount(cast.consultation())
    posting.react(reply, ada, Reaction.Value.DISAGREE)
    close(ada, withdraws_comments=True)
    assert not Comment.objects.filter(body__contains="Words of mine").exists()
    assert not Comment.objects.filter(body_html__contains="Words of mine").exists()
    assert not CommentVersion.objects.exists()
    statuses = Comment.objects.order_by("pk").values_list("status", flat=True)
    assert list(statuses) == ["withdrawn", "hidden", "withdrawn", "published", "withdrawn"]
    page = words(Client().get(f"/consultations/{cast.OPEN}/streets/"))
    assert "Withdrawn by its author." in page
    assert "Words of Ben" in page
    assert Discussion.objects.get().comment_count == 1
    # Ada still agrees and disagrees, as nobody in particular.
    assert (Consultation.objects.get().respondents, Consultation.objects.get().responses) == (2, 1)
    assert counters_are_right()


def test_several_who_left_are_told_apart_by_nothing() -> None:
    comments = [cast.comment(each, "The same.") for each in (cast.ada(), cast.ben())]
    for each in (cast.ada(), cast.ben()):
        close(each)
    pages = [words(Client().get(each.get_absolute_url())) for each in comments]
    assert pages[0] == pages[1]
    assert Participant.objects.filter(has_left=True).count() == 2
    assert Consultation.objects.get().respondents == 2


def test_a_host_who_leaves_still_spoke_for_the_organisation() -> None:
    comment = cast.comment(cast.hana(), "An answer.")
    close(cast.hana())
    page = words(Client().get(comment.get_absolute_url()))
    assert "Former member MOPAC" in page
    assert "Former member" in words(Client().get(f"/consultations/{cast.OPEN}/streets/"))
    host = Participant.objects.get(organisation="MOPAC")
    assert host.hosted_discussions.count() == 1


def test_the_name_is_free_again_but_for_somebody_from_elsewhere() -> None:
    consultation = cast.consultation()
    choose_name(consultation, cast.ada(), "Robin")
    close(cast.ada())
    assert not NameInUse.objects.is_taken("Ada")
    assert not NameInUse.objects.is_taken("Robin")
    ada = cast.ada()
    Participant.objects.create(consultation=consultation, name="Ada")
    close(ada)
    assert NameInUse.objects.is_taken("ADA")


def test_replies_to_a_former_member_send_no_mail() -> None:
    comment = cast.comment(cast.ada())
    close(cast.ada())
    cast.comment(cast.ben(), parent=comment)
    assert not Mail.objects.exists()


def test_other_accounts_stay_as_they_are() -> None:
    cast.comment(cast.ben(), "Words of Ben")
    ben, browser = cast.ben(), signed_in(cast.ben())
    store_answers(ben, {"age": "75+"})
    LimitCount.objects.create(key="posts-of-member:1", window_starts_at=timezone.now(), count=1)
    close(cast.ada(), withdraws_comments=True)
    assert "Ben" in words(browser.get("/account/"))
    assert (AboutYou.objects.count(), LimitCount.objects.count()) == (1, 1)
    assert Comment.objects.get().body == "Words of Ben"


@pytest.mark.django_db(transaction=True)
def test_somebody_who_posts_while_accounts_close_disturbs_nothing() -> None:
    cast.consultation()
    leavers = [cast.member(f"Leaver {'abcdef'[number]}") for number in range(6)]
    parents = [cast.comment(each) for each in leavers]
    for number, each in enumerate(leavers):
        leaving.start(each, withdraws_comments=bool(number % 2))
    Closing.objects.update(due_at=timezone.now())

    def reply(parent: Comment) -> bool:
        try:
            cast.comment(cast.member("Ben"), parent=parent)
        except (Comment.DoesNotExist, NotAllowedError):  # it has just been withdrawn
            return False
        finally:
            connection.close()
        return True

    def leave(member: Member) -> bool:
        try:
            return close_account(member.pk)
        finally:
            connection.close()

    cast.ben()
    with ThreadPoolExecutor(12) as threads:
        left = [threads.submit(leave, each) for each in leavers]
        replied = [threads.submit(reply, each) for each in parents]
        assert all(each.result() for each in left)
        assert any(each.result() for each in replied)
    assert not Member.objects.filter(display_name__startswith="Leaver").exists()
    assert counters_are_right()


def test_counts_of_what_the_member_tried_go_at_once() -> None:
    ada, ben = cast.ada(), cast.ben()
    keys = {}
    for member in (ada, ben):
        address = hashlib.sha256(member.email.encode()).hexdigest()
        keys[member.pk] = [
            f"allauth:rl:account:reauthenticate:10/m/user:user:{member.pk}",
            f"allauth:rl:account:login_failed:5/5m/key:{address}",
            f"allauth.mfa.totp.used?user={member.pk}&code=123456",
        ]
        for key in keys[member.pk]:
            cache.set(key, [1])
        posts_of_member().count(str(member.pk))
    gone, stay = keys[ada.pk], keys[ben.pk]
    close(ada)
    assert [cache.get(key) for key in (*gone, *stay)] == [None] * 3 + [[1]] * 3
    assert LimitCount.objects.get().key == f"posts-of-member:{ben.pk}"


# Nothing is left


class Trace(logging.Handler):
    """All that is logged, by whomever, formatted as it would be written."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        if not record.name.startswith("django.db"):  # every statement, which nobody writes down
            self.lines.append(self.format(record))


@pytest.fixture
def trace() -> Iterator[Trace]:
    handler, watched = Trace(), [logging.getLogger(), *_loggers()]
    levels = [each.level for each in watched]
    for each in watched:
        each.addHandler(handler)
    yield handler
    for each, level in zip(watched, levels, strict=True):
        each.removeHandler(handler)
        each.setLevel(level)


def _loggers() -> list[logging.Logger]:
    """Those that keep what they hear to themselves."""
    names = list(logging.root.manager.loggerDict)
    return [each for each in map(logging.getLogger, names) if not each.propagate]


@pytest.mark.parametrize("withdraws_comments", [False, True])
def test_after_the_grace_nothing_tells_who_it_was(
    trace: Trace, *, withdraws_comments: bool
) -> None:
    member = _everything_a_member_can_do(withdraws_comments=withdraws_comments)
    own = ["zenobia", "Robin Redbreast", "Zenobia the First", ADDRESS, BROWSER, "Peckham rye"]
    for text in own:
        assert found(text), f"{text} was never there"
    key = AboutYou.objects.get().owner
    with time_machine.travel(timezone.now() + WEEK + timedelta(hours=1)):
        assert close_due_accounts() == 1
        for rule in tasks.RULES:
            rule.hold()
        for text in [*own[:-1], "Earlier words of Zenobia", key]:
            assert found(text) == []
        # The text of a comment that stays is the record of the consultation.
        assert bool(found("Peckham rye")) is not withdraws_comments
        assert rows_of(member.pk) == []
        assert not sessions_of(member)
    with time_machine.travel(timezone.now() + timedelta(days=15)):
        # What somebody typed into a form, signed out, stays sealed until that session ends.
        for rule in tasks.RULES:
            rule.hold()
        assert not Session.objects.exists()
    logged = "\n".join(trace.lines).lower()
    for text in own:
        assert text.lower() not in logged
    assert counters_are_right()


def _everything_a_member_can_do(*, withdraws_comments: bool) -> Member:
    streets = cast.discussion()
    client = Client(REMOTE_ADDR=ADDRESS, headers={"user-agent": BROWSER})
    _join(client)
    member = Member.objects.get(email="zenobia@people.example")
    post = reverse("comments", args=[cast.OPEN, "streets"])
    key = "00000000-0000-4000-8000-00000000000"
    client.post(post, {"body": "Earlier words of Zenobia", "form_key": f"{key}1"})
    comment = Comment.objects.get(author__member=member)
    client.post(f"/comments/{comment.pk}/edit/", {"body": "More light in Peckham rye."})
    ben = cast.comment(cast.ben(), where=streets)
    client.post(f"/comments/{ben.pk}/reply/", {"body": "I agree.", "form_key": f"{key}2"})
    client.post(f"/comments/{ben.pk}/reaction/", {"reaction": "agree"})
    cast.comment(cast.hana(), parent=comment)
    client.post(f"/account/name/{cast.OPEN}/", {"name": "Robin Redbreast"})
    client.post("/account/name/", {"name": "Zenobia the First"})
    client.post("/account/about-you/", {"borough": "Southwark", "consents": "on"})
    client.post("/accounts/reauthenticate/", {"password": "three words in a row"})
    client.post("/account/data/")
    data_copy.make(member.data_copies.get().pk)
    client.post("/accounts/email/", {"action_add": "", "email": "zenobia.new@people.example"})
    Authenticator.objects.create(user=member, type="totp", data={"secret": seal("JBSWY3DP")})
    Authenticator.objects.create(user=member, type="webauthn", data={"name": "Zenobia’s phone"})
    _sign_in_again(member)
    _be_looked_at(member)
    answer = client.post(
        "/account/close/", {"comments": "withdraw" if withdraws_comments else "keep"}
    )
    assert answer.headers["Location"] == "/account/"
    _notice_what_was_done(member)
    return member


def _join(client: Client) -> None:
    cache.clear()
    form = {
        "email": "zenobia@people.example",
        "display_name": "Zenobia",
        "password1": "three words in a row",
        "is_16_or_over": "on",
        "accepts": "on",
        "shown_versions": agreements.current(),
    }
    client.post("/accounts/signup/", form)
    code = client.session[EMAIL_VERIFICATION_CODE_SESSION_KEY]["code"]
    client.post("/accounts/confirm-email/", {"code": code})


def _sign_in_again(member: Member) -> None:
    """Rightly, wrongly, and to get a new password, from the same address."""
    for password in ("three words in a row", "wrong-wrong-wrong"):
        client = Client(REMOTE_ADDR=ADDRESS, headers={"user-agent": BROWSER})
        client.post("/accounts/login/", {"login": member.email, "password": password})
    Client(REMOTE_ADDR=ADDRESS).post("/accounts/password/reset/", {"email": member.email})


def _be_looked_at(member: Member) -> None:
    """By staff, who change something; the log of admin then has the names."""
    staff = in_staff_session(cast.ida())
    path = reverse("admin:accounts_member_change", args=[member.pk])
    rows = NameChange.objects.filter(member=member).count()
    inline = {"name_changes-TOTAL_FORMS": rows, "name_changes-INITIAL_FORMS": rows}
    for number, pk in enumerate(member.name_changes.values_list("pk", flat=True)):
        inline |= {f"name_changes-{number}-id": pk, f"name_changes-{number}-member": member.pk}
    form = {"display_name": "Zenobia the First", "is_active": "on"} | inline
    assert staff.post(path, form).status_code == 302
    participant = Participant.objects.get(member=member)
    path = reverse("admin:discussions_participant_change", args=[participant.pk])
    form = {
        "consultation": participant.consultation_id,
        "member": member.pk,
        "name": participant.name,
        "organisation": "",
    }
    assert staff.post(path, form).status_code == 302
    assert LogEntry.objects.count() == 2


def _notice_what_was_done(member: Member) -> None:
    """Each of these would leave something behind, were it forgotten."""
    assert EmailAddress.objects.filter(user=member).exists()
    assert UserSession.objects.filter(user=member, ip=ADDRESS).exists()
    assert sessions_of(member)
    assert Mail.objects.filter(member=member).count() >= 3
    assert LimitCount.objects.filter(key=f"posts-of-member:{member.pk}").exists()
    assert CommentVersion.objects.exists()
    assert NameInUse.objects.filter(member=member).count() == 3
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM cache WHERE cache_key LIKE %s", [f"%{ADDRESS}%"])
        assert cursor.fetchone()[0] > 0
        cursor.execute("SELECT count(*) FROM procrastinate_jobs WHERE args ? 'mail_id'")
        assert cursor.fetchone()[0] > 0


_EVERY_COLUMN = """
SELECT '{table}', field.key FROM {table} AS stored, jsonb_each_text(to_jsonb(stored)) AS field
 WHERE position(lower(%s) IN lower(field.value)) > 0
"""


def found(text: str) -> list[tuple[str, str]]:
    """Every table and column that has it in any row, whatever the case."""
    places = []
    with connection.cursor() as cursor:
        for table in _tables(cursor):
            cursor.execute(_EVERY_COLUMN.format(table=table), [text])
            places += cursor.fetchall()
    return places


def _tables(cursor: Any) -> list[str]:  # noqa: ANN401 - a cursor of Django's has no type
    cursor.execute(
        "SELECT quote_ident(table_name) FROM information_schema.tables"
        " WHERE table_schema = 'public' AND table_type = 'BASE TABLE'"
    )
    tables = [row[0] for row in cursor.fetchall()]
    assert len(tables) > 30
    return tables


def rows_of(member_id: int) -> list[tuple[str, str]]:
    """Columns that refer to members, with this one in them."""
    places = []
    for model in (*_models(), *(each.through for each in _many_to_many())):
        for field in model._meta.concrete_fields:
            if field.related_model is Member and model._base_manager.filter(
                **{field.attname: member_id}
            ):
                places.append((model._meta.db_table, field.attname))
    return places


def _models() -> list[Any]:
    from django.apps import apps

    return [each for each in apps.get_models() if each._meta.managed]


def _many_to_many() -> list[Any]:
    return [field.remote_field for model in _models() for field in model._meta.many_to_many]


def sessions_of(member: Member) -> list[str]:
    """Those that are signed in as this member, once they are opened with our key."""
    stored = Session.objects.all()
    return [
        each.session_key
        for each in stored
        if SessionStore().decode(each.session_data).get("_auth_user_id") == str(member.pk)
    ]


def figures() -> list[Any]:
    return [
        list(Consultation.objects.values("respondents_here", "responses_here")),
        list(Discussion.objects.values("comment_count")),
        list(Comment.objects.order_by("pk").values("agree_count", "reply_count")),
    ]


def counters_are_right() -> bool:
    """Counting anew changes nothing."""
    before = [*figures(), list(Participant.objects.order_by("pk").values("contributions"))]
    for consultation in Consultation.objects.all():
        with transaction.atomic():
            recount(consultation)
    return before == [*figures(), list(Participant.objects.order_by("pk").values("contributions"))]
