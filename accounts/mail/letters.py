"""What a mail says: ready made and sealed, or made when it is sent."""

import json
from collections.abc import Callable
from dataclasses import dataclass

from accounts.models import Mail
from accounts.sealing import seal, unseal

SUBJECT_LENGTH = 200


@dataclass(frozen=True)
class Letter:
    """A plain text: paragraphs, "> " before quoted lines, a code on a line of its own."""

    subject: str
    text: str
    unsubscribe_url: str = ""


Renderer = Callable[[Mail], Letter | None]

_renderers: dict[str, Renderer] = {}


def register(kind: str, render: Renderer) -> None:
    """How mails of this kind are made when they are sent; None: it is no longer wanted."""
    _renderers[kind] = render


def letter_of(mail: Mail) -> Letter | None:
    if mail.text:
        made = json.loads(unseal(mail.text))
        return Letter(made["subject"], made["text"])
    return _renderers[mail.kind](mail)


def sealed_letter(subject: str, text: str) -> str:
    """Subject and text as the database keeps them: there may be a code in either."""
    on_one_line = " ".join(subject.split())[:SUBJECT_LENGTH]
    return seal(json.dumps({"subject": on_one_line, "text": text.strip()}))
