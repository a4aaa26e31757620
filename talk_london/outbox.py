"""The mails of a local machine, which has no mail server, as pages. Only there."""

import email
import email.policy
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from accounts.demo import second_step_codes

_SHOWN = 50


@dataclass(frozen=True)
class Mail:
    to: str
    subject: str
    text: str


def outbox(request: HttpRequest) -> HttpResponse:
    """The latest mails, newest first."""
    folder = Path(settings.EMAIL_FILE_PATH)
    files = sorted(folder.glob("*.log"), reverse=True)[:_SHOWN]
    mails = [mail for file in files for mail in reversed(_mails(file))]
    context = {"mails": mails[:_SHOWN], "codes": list(second_step_codes())}
    return render(request, "pages/outbox.html", context)


def _mails(file: Path) -> list[Mail]:
    """Django's file backend writes the mails of one connection to a file, a rule between them."""
    sources = file.read_bytes().split(b"\n" + b"-" * 79 + b"\n")
    return [_mail(source) for source in sources if source.strip()]


def _mail(source: bytes) -> Mail:
    message = email.message_from_bytes(source, policy=email.policy.default)
    body = message.get_body(("plain",))
    text = body.get_content() if body is not None else ""
    return Mail(str(message["To"]), str(message["Subject"]), text.strip())
