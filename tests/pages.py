"""What tests of pages share: a browser that has just given the password, and what a page says."""

import html
import re

from django.test import Client
from django.urls import reverse

from accounts.models import Member
from tests import cast
from tests.conftest import Answer, signed_in


def same_person(member: Member) -> Client:
    """Signed in, and asked for the password a moment ago."""
    client = signed_in(member)
    answer = client.post(reverse("account_reauthenticate"), {"password": cast.PASSWORD})
    assert answer.status_code == 302
    return client


def words(answer: Answer) -> str:
    """What a page says, as one reads it."""
    page = re.sub(r"<(head|script)\b.*?</\1>|<[^>]+>", " ", answer.content.decode(), flags=re.S)
    return " ".join(html.unescape(page).split())
