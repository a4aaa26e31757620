"""The demo: three consultations in their phases on any day, and sign-ins for a local machine."""

from datetime import UTC, datetime, timedelta
from threading import Thread

import pytest
import time_machine
from django.conf import settings
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connection
from django.db.models import Max
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from accounts.demo import EMAIL_DOMAIN, SIGN_INS, NotLocalError, SignIn, second_step_codes
from accounts.models import Member
from discussions import demo
from discussions.events import timeline
from discussions.markup import is_folded
from discussions.models import Comment, Consultation, Discussion, Participant
from moderation.timeline import Phase
from tests import cast, processes
from tests.exchange.comparing import rows

pytestmark = pytest.mark.django_db

STAFF = ("moderator", "senior", "admin", "deputy", "analyst")
_PHASES = {demo.OPEN: Phase.OPEN, demo.UPCOMING: Phase.UPCOMING, demo.CLOSED: Phase.CLOSED}


def quiet(_line: str) -> None:
    """Nothing is told."""


@pytest.fixture
def loaded(db: None) -> None:
    demo.load(quiet)


def phases() -> dict[str, Phase]:
    found = Consultation.objects.filter(slug__in=_PHASES)
    return {each.slug: each.phase(timezone.now()) for each in found}


@pytest.mark.parametrize(
    "moment",
    [
        datetime(2025, 6, 16, 12, tzinfo=UTC),
        datetime(2026, 3, 29, 0, 59, tzinfo=UTC),  # an hour that London skips
        datetime(2026, 10, 25, 1, 30, tzinfo=UTC),  # one that it has twice
        datetime(2028, 2, 29, 12, tzinfo=UTC),
        datetime(2031, 1, 1, tzinfo=UTC),
    ],
)
def test_each_consultation_is_in_its_phase_on_any_day(moment: datetime) -> None:
    with time_machine.travel(moment, tick=False):
        demo.load(quiet)
        assert phases() == _PHASES
        assert Consultation.objects.get(slug=demo.CLOSED).has_outcome(moment)
        said = Comment.objects.aggregate(last=Max("posted_at"))["last"]
        assert said <= moment


def test_the_days_of_the_week_and_the_hours_in_london_stay_as_written(loaded: None) -> None:
    opens_at = Consultation.objects.get(slug=demo.OPEN).opens_at
    assert opens_at is not None
    local = timezone.localtime(opens_at)
    assert (local.weekday(), local.hour) == (1, 9)  # a Tuesday, as in the file


def test_a_few_hundred_comments_of_every_kind(loaded: None) -> None:
    comments = list(Comment.objects.all())
    assert 300 <= len(comments) <= 999
    assert max(each.depth for each in comments) >= 4
    assert max(each.reply_count for each in comments) >= 8
    assert 0.05 < sum(is_folded(each.body_html) for each in comments) / len(comments) < 0.6
    assert any(each.disagree_count > each.agree_count for each in comments)
    assert Comment.objects.exclude(author__organisation="").count() >= 10
    assert {each.status for each in comments} >= {"published", "withdrawn"}


def test_the_timeline_tells_the_time_of_discussion_once(loaded: None) -> None:
    for consultation in Consultation.objects.with_surroundings():
        events = timeline(consultation, consultation.event_rows, timezone.now())
        assert sum(event.title == "Open on Talk London" for event in events) == 1
        assert not any(event.title == "Londoners have their say" for event in events)


def test_loading_again_changes_nothing(loaded: None) -> None:
    before = rows()
    demo.load(quiet)
    assert rows() == before


def test_a_demo_that_has_run_for_months_is_in_time_again() -> None:
    moment = datetime(2026, 11, 22, 12, tzinfo=UTC)
    with time_machine.travel(moment, tick=False):
        demo.load(quiet)
    for days in (9, 26, 30, 61, 200):
        with time_machine.travel(moment + timedelta(days=days), tick=False):
            demo.load(quiet)
            assert phases() == _PHASES
            test_the_timeline_tells_the_time_of_discussion_once(None)


def test_an_upcoming_one_that_opened_and_was_answered_stays_as_it_is(loaded: None) -> None:
    later = timezone.now() + timedelta(days=20)
    Consultation.objects.filter(slug=demo.UPCOMING).update(
        opens_at=timezone.now() - timedelta(days=1)
    )
    streets = Discussion.objects.filter(consultation__slug=demo.UPCOMING).first()
    assert streets is not None
    author = Participant.objects.create(consultation=streets.consultation, name="Ada")
    Comment.objects.create(
        pk=10**9,
        discussion=streets,
        author=author,
        path=[10**9],
        body="First!",
        body_html="<p>First!</p>",
        posted_at=timezone.now(),
    )
    with time_machine.travel(later, tick=False):
        demo.load(quiet)
        assert phases()[demo.UPCOMING] is Phase.OPEN


def test_the_host_signs_in_as_one_of_the_hosts(loaded: None) -> None:
    host = Participant.objects.get(member__email=f"host@{EMAIL_DOMAIN}")
    assert host.is_host
    assert host.hosted_discussions.exists()


@pytest.mark.parametrize("sign_in", SIGN_INS, ids=lambda each: each.role)
def test_each_sign_in_signs_in(loaded: None, sign_in: SignIn) -> None:
    email, password, role = sign_in.email, sign_in.password, sign_in.role
    client = Client()
    answer = client.post("/accounts/login/", {"login": email, "password": password})
    assert answer.status_code == 302
    codes = dict(second_step_codes())
    if role in codes:
        assert codes[role] in client.get("/outbox/").content.decode()
        client.post("/accounts/2fa/authenticate/", {"code": codes[role]})
        assert client.get("/admin/").status_code == 200
    assert (role in codes) == (role in STAFF)
    assert client.get("/").wsgi_request.user.email == email  # type: ignore[union-attr]


def test_the_roles_are_what_they_are_called(loaded: None) -> None:
    staff = dict(Member.objects.values_list("email", "is_staff"))
    assert {each.role for each in SIGN_INS if staff[each.email]} == {*STAFF}
    assert list(Member.objects.filter(is_superuser=True).values_list("email", flat=True)) == [
        f"admin@{EMAIL_DOMAIN}"
    ]


@pytest.mark.django_db(transaction=True)
def test_two_who_load_it_at_once_make_one_demo() -> None:
    failures: list[Exception] = []

    def load() -> None:
        try:
            demo.load(quiet)
        except Exception as failure:  # noqa: BLE001 - told by the test
            failures.append(failure)
        finally:
            connection.close()

    threads = [Thread(target=load) for _each in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert Consultation.objects.filter(slug__in=_PHASES).count() == 3
    assert Member.objects.filter(email__endswith=EMAIL_DOMAIN).count() == len(SIGN_INS)


# Outside local use.


def test_the_demo_is_not_made_outside_local_use(settings: Settings) -> None:
    settings.LOCAL = False
    with pytest.raises(NotLocalError):
        demo.load(quiet)
    with pytest.raises(CommandError, match="on a local machine only"):
        call_command("demo")
    assert not Member.objects.exists()
    assert not Consultation.objects.exists()


_SIGNING_IN = """
import sys, django
django.setup()
from django.test import Client
from accounts.demo import SIGN_INS
kept = Client()
kept.cookies["__Host-sessionid"] = sys.argv[1]
print(kept.get("/", secure=True, headers={"host": "talk.london.example"}).wsgi_request.user)
for each in SIGN_INS:
    client = Client()
    answer = client.post(
        "/accounts/login/",
        {"login": each.email, "password": each.password},
        secure=True,
        headers={"host": "talk.london.example"},
    )
    print(answer.headers.get("Location"), "_auth_user_id" in client.session)
print(Client().login(username=SIGN_INS[0].email, password=SIGN_INS[0].password))
"""


def _elsewhere(member: Member) -> list[str]:
    """What comes of a live session of this member, and of the sign-ins, outside local use."""
    client = Client()
    client.force_login(member)
    keys = {
        "SECRET_KEY": settings.SECRET_KEY,
        "ENCRYPTION_KEYS": ",".join(settings.ENCRYPTION_KEYS),
    }
    environment = processes.PRODUCTION | keys
    done = processes.run(_SIGNING_IN, client.session.session_key or "", environment=environment)
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


@pytest.mark.django_db(transaction=True)
def test_sign_ins_left_in_a_database_are_not_let_in_outside_local_use() -> None:
    demo.load(quiet)
    admin = Member.objects.get(email=f"admin@{EMAIL_DOMAIN}")
    assert _elsewhere(admin) == [
        "AnonymousUser",
        *["/accounts/inactive/ False"] * len(SIGN_INS),
        "False",
    ]


@pytest.mark.django_db(transaction=True)
def test_the_sessions_of_others_live_on_outside_local_use() -> None:
    assert _elsewhere(cast.ada())[0] == "Ada"
