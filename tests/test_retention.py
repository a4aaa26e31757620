"""What is kept goes when its time is over: each rule, a moment before and a moment after."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from allauth.account.models import EmailAddress
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.core.cache import cache
from django.db import connection
from django.utils import timezone
from procrastinate.contrib.django import app

from accounts import data_copy as copies
from accounts import retention
from accounts.data_copy import ask
from accounts.models import DataCopy, Mail, Member, NameChange
from accounts.retention import RULES, Rule
from discussions import data_copy, tasks
from moderation.limits import LONGEST_WINDOW, posts_of_member
from moderation.models import Appeal, LimitCount, Report
from tests import cast, moderated
from tests.conftest import signed_in

pytestmark = pytest.mark.django_db


def rule(what: str) -> Rule:
    return next(each for each in tasks.RULES if each.what == what)


def goes(what: str, is_there: Callable[[], bool]) -> None:
    """Still there when it has been kept for as long as the rule says, and gone after it."""
    kept = rule(what).kept
    start = timezone.now()
    with time_machine.travel(start + kept - timedelta(seconds=30), tick=False):
        rule(what).hold()
        assert is_there()
    with time_machine.travel(start + kept + timedelta(seconds=30), tick=False):
        rule(what).hold()
        assert not is_there()


def unconfirmed(name: str = "Zoe") -> Member:
    made = Member.objects.create_user(f"{name.lower()}@people.example", None, display_name=name)
    EmailAddress.objects.create(user=made, email=made.email, primary=True, verified=False)
    return made


def test_who_never_confirmed_goes_after_3_days() -> None:
    unconfirmed()
    goes("members who never confirmed", lambda: Member.objects.filter(display_name="Zoe").exists())
    assert not EmailAddress.objects.exists()


def test_who_confirmed_signed_in_or_is_staff_stays() -> None:
    cast.ada()
    signed_in_once, staff, speaker = map(unconfirmed, ("Yan", "Tan", "Tether"))
    Member.objects.filter(pk=signed_in_once.pk).update(last_login=timezone.now())
    Member.objects.filter(pk=staff.pk).update(is_staff=True)
    Member.objects.create_superuser("root@people.example", None, display_name="Root")
    cast.comment(speaker)
    Member.objects.update(joined_at=timezone.now() - timedelta(days=400))
    before = set(Member.objects.values_list("pk", flat=True))
    retention.NEVER_CONFIRMED.hold()
    assert set(Member.objects.values_list("pk", flat=True)) == before


def test_the_content_of_a_copy_goes_after_24_hours() -> None:
    copy = ask(cast.ada())
    data_copy.make(copy.pk)
    goes("content of data copies", lambda: bool(DataCopy.objects.get().content))
    assert copies.is_over(DataCopy.objects.get()) is False
    assert copies.content_of(DataCopy.objects.get()) == ""
    goes("data copies", DataCopy.objects.exists)


def test_changes_of_names_go_after_2_years() -> None:
    NameChange.objects.create(member=cast.ada(), old_name="Ada", new_name="Eda")
    goes("changes of names", NameChange.objects.exists)


def test_sessions_go_when_they_expire_and_their_records_with_them() -> None:
    signed_in(cast.ada())
    session = Session.objects.get()
    UserSession.objects.update_or_create(
        session_key=session.session_key,
        defaults={"user": cast.ada(), "ip": "192.0.2.1", "user_agent": "A browser"},
    )
    for each in RULES:
        each.hold()
    assert (Session.objects.count(), UserSession.objects.count()) == (1, 1)
    with time_machine.travel(session.expire_date + timedelta(seconds=1)):
        for each in RULES:
            each.hold()
    assert (Session.objects.count(), UserSession.objects.count()) == (0, 0)


def test_what_expired_in_the_cache_goes() -> None:
    cache.set("tries-from-192.0.2.1", [1], timeout=60)
    cache.set("tries-from-192.0.2.2", [1], timeout=600)
    with time_machine.travel(timezone.now() + timedelta(minutes=5)):
        rule("expired cache").hold()
    with connection.cursor() as cursor:
        cursor.execute("SELECT cache_key FROM cache")
        assert [row[0] for row in cursor.fetchall()] == [":1:tries-from-192.0.2.2"]


def test_counts_of_posts_go_with_their_window() -> None:
    posts_of_member().count("1")
    LimitCount.objects.update(window_starts_at=timezone.now())
    goes("counts of posts", LimitCount.objects.exists)
    assert rule("counts of posts").kept == LONGEST_WINDOW


def test_mails_that_ended_go_after_30_days_and_others_stay() -> None:
    ended, waiting = (
        Mail.objects.create(kind="x", thing=thing, member=cast.ada()) for thing in ("1", "2")
    )
    Mail.objects.filter(pk=ended.pk).update(state=Mail.State.DEAD, ended_at=timezone.now())
    goes("mails that ended", lambda: Mail.objects.filter(pk=ended.pk).exists())
    assert Mail.objects.filter(pk=waiting.pk).exists()


def test_finished_jobs_go_after_7_days_and_others_stay() -> None:
    for status in ("succeeded", "failed", "todo"):
        tasks.make_data_copy.defer(copy_id=1)
        with connection.cursor() as cursor:
            cursor.execute(
                "UPDATE procrastinate_jobs SET status = %s::procrastinate_job_status"
                " WHERE id = (SELECT max(id) FROM procrastinate_jobs)",
                [status],
            )

    def finished() -> bool:
        with connection.cursor() as cursor:
            cursor.execute("SELECT status::text FROM procrastinate_jobs ORDER BY id")
            statuses = [row[0] for row in cursor.fetchall()]
        assert statuses[-1] == "todo"
        return len(statuses) == 3

    goes("finished jobs", finished)


def test_what_a_report_explains_goes_2_years_after_its_decision() -> None:
    comment = cast.comment(cast.ada())
    moderated.report(comment, explanation="Old.")
    waits = moderated.report(cast.comment(cast.ada()), explanation="It waits.")
    moderated.keep(comment)
    goes("explanations of reports", lambda: Report.objects.filter(explanation="Old.").exists())
    assert Report.objects.count() == 2
    waits.refresh_from_db()
    assert waits.explanation == "It waits."


def test_the_words_of_an_appeal_go_2_years_after_its_answer() -> None:
    made = moderated.appeal(moderated.hide(cast.comment(cast.ada())), "Old.")
    moderated.appeal(moderated.hide(cast.comment(cast.ada())), "It waits.")
    moderated.uphold(made)
    goes("words of appeals", lambda: Appeal.objects.filter(words="Old.").exists())
    assert [each.words for each in Appeal.objects.order_by("made_at")] == ["", "It waits."]


def test_a_rule_works_in_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retention, "_AT_ONCE", 2)
    for number in range(5):
        NameChange.objects.create(member=cast.ada(), old_name=str(number), new_name="Ada")
    NameChange.objects.update(changed_at=timezone.now() - timedelta(days=800))
    NameChange.objects.create(member=cast.ada(), old_name="new", new_name="Ada")
    assert rule("changes of names").hold() == 5
    assert NameChange.objects.get().old_name == "new"


def test_a_rule_that_fails_keeps_no_other_from_being_held(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    held = []

    def fails(_before: object, _most: int) -> int:
        raise RuntimeError("no")

    def works(_before: object, _most: int) -> int:
        held.append(True)
        return 0

    rules = (Rule("broken", timedelta(0), fails), Rule("working", timedelta(0), works))
    monkeypatch.setattr(tasks, "RULES", rules)
    with pytest.raises(ExceptionGroup):
        tasks.hold_retention_rules(0)
    assert held == [True]


def test_the_worker_knows_when_to_do_it() -> None:
    crons = {
        task.name: periodic.cron
        for (task_name, _id), periodic in app.periodic_registry.periodic_tasks.items()
        for task in [app.tasks[task_name]]
    }
    assert crons["hold_retention_rules"] == "40 2 * * *"
    assert crons["close_due_accounts"] == "7 3 * * *"


def test_the_privacy_page_says_the_same() -> None:
    page = " ".join(Path("templates/pages/privacy.html").read_text().split())
    for said in ("3 days", "24 hours", "30 days", "2 years", "7 days", "2 weeks"):
        assert said in page, said
    spans = {each.what: each.kept for each in tasks.RULES}
    assert spans["members who never confirmed"] == timedelta(days=3)
    assert spans["content of data copies"] == timedelta(hours=24)
    assert spans["changes of names"] == timedelta(days=730)
    assert spans["explanations of reports"] == timedelta(days=730)
    assert spans["words of appeals"] == timedelta(days=730)
