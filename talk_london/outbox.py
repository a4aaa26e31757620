"""The mails of a local machine, which has no mail server, as pages. Only there."""

import email
import email.policy
import os
import tempfile
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from accounts.demo import second_step_codes

_SHOWN = 50


class OutboxBackend(BaseEmailBackend):
    """A file for each mail, for its owner alone. They sort by time."""

    def send_messages(self, messages: Sequence[EmailMessage]) -> int:
        folder = Path(settings.EMAIL_FILE_PATH)
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        folder.chmod(0o700)
        for message in messages:
            descriptor, unfinished = tempfile.mkstemp(dir=folder)  # nobody else may read it
            with os.fdopen(descriptor, "wb") as file:
                file.write(message.message().as_bytes())
            name = f"{timezone.now():%Y%m%d-%H%M%S-%f}-{uuid.uuid4().hex}.eml"
            Path(unfinished).rename(folder / name)
        return len(messages)


@dataclass(frozen=True)
class Mail:
    to: str
    subject: str
    text: str


def outbox(request: HttpRequest) -> HttpResponse:
    """The latest mails, newest first."""
    files = sorted(Path(settings.EMAIL_FILE_PATH).glob("*.eml"), reverse=True)[:_SHOWN]
    mails = [_mail(file.read_bytes()) for file in files]
    context = {"mails": mails, "codes": list(second_step_codes())}
    return render(request, "pages/outbox.html", context)


def _mail(source: bytes) -> Mail:
    message = email.message_from_bytes(source, policy=email.policy.default)
    body = message.get_body(("plain",))
    text = body.get_content() if body is not None else ""
    return Mail(str(message["To"]), str(message["Subject"]), text.strip())
