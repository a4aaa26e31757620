"""Sessions as accounts.sessions keeps them."""

import base64
from datetime import timedelta

import pytest
from django.contrib.sessions.backends import db
from django.contrib.sessions.backends.base import UpdateError
from django.contrib.sessions.models import Session
from django.utils import timezone

from accounts.sealing import seal
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


def test_one_that_was_signed_as_well_is_read_and_then_only_sealed() -> None:
    session = stored(draft="One.")
    Session.objects.update(session_data=db.SessionStore().encode({"draft": "One."}))
    again = SessionStore(session.session_key)
    assert again["draft"] == "One."
    again["draft"] = "Two."
    again.save()
    kept = Session.objects.get().session_data
    assert ":" not in kept, "which stands between a text and its signature"
    assert SessionStore(session.session_key)["draft"] == "Two."


@pytest.mark.parametrize("garbage", ["", "x", "eyJkcmFmdCI6Ik9uZS4ifQ:1:x", "gAAAAA" + "x" * 90])
def test_what_we_have_not_sealed_is_no_session(garbage: str) -> None:
    session = stored(draft="One.")
    Session.objects.update(session_data=garbage)
    assert dict(SessionStore(session.session_key).items()) == {}


@pytest.mark.parametrize(
    "sealed",
    ["", "JBSWY3DPEHPK3PXP", "[1,2]", '"abc"', "null", "5", "[" * 100_000],
    ids=lambda text: text[:20],
)
def test_what_else_we_have_sealed_is_no_session(sealed: str) -> None:
    session = stored(draft="One.")
    Session.objects.update(session_data=seal(sealed))
    assert dict(SessionStore(session.session_key).items()) == {}


def test_nothing_of_it_can_be_read_in_the_database() -> None:
    stored(draft="A secret marmalade.")
    kept = Session.objects.get().session_data
    assert "marmalade" not in kept
    assert b"marmalade" not in base64.urlsafe_b64decode(kept)
