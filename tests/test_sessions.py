"""Sessions as accounts.sessions keeps them."""

from datetime import timedelta

import pytest
from django.contrib.sessions.backends.base import UpdateError
from django.contrib.sessions.models import Session
from django.utils import timezone

from accounts.sessions import SessionStore

pytestmark = pytest.mark.django_db


def stored(**fields: str) -> SessionStore:
    session = SessionStore()
    session.update(fields)
    session.save()
    return session


def test_a_session_keeps_what_was_last_saved() -> None:
    session = stored(draft="One.")
    session["draft"] = "Two."
    session.save()
    assert SessionStore(session.session_key)["draft"] == "Two."
    assert Session.objects.count() == 1


def test_a_session_that_was_ended_meanwhile_is_not_made_again() -> None:
    session = stored(draft="One.")
    SessionStore(session.session_key).flush()
    session["draft"] = "Two."
    with pytest.raises(UpdateError):
        session.save()
    assert not Session.objects.exists()


def test_one_that_is_over_or_unknown_is_empty_and_gets_another_key() -> None:
    over = stored(draft="One.")
    Session.objects.update(expire_date=timezone.now() - timedelta(seconds=1))
    for key in (over.session_key, "nobodys"):
        session = SessionStore(key)
        assert dict(session.items()) == {}
        session["draft"] = "Two."
        session.save()
        assert session.session_key not in (key, None)
