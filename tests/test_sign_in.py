"""Joining and signing in, where allauth leaves something to us."""

import pytest
from django.test import Client
from pytest_django import Settings

from accounts import agreements
from accounts.models import Member

pytestmark = pytest.mark.django_db


def test_joining_goes_on_with_the_mail_server_down(
    settings: Settings,
) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
    newcomer = Client()
    form = {
        "email": "zoe@people.example",
        "display_name": "Zoe",
        "password1": "three words in a row",
        "is_16_or_over": "on",
        "accepts": "on",
        "shown_versions": agreements.current(),
    }
    page = newcomer.post("/accounts/signup/", form, follow=True)
    assert page.status_code == 200
    assert "We could not send the email just now." in page.content.decode()
    assert "Send a new code" in page.content.decode()
    assert Member.objects.get(email="zoe@people.example").display_name == "Zoe"
