"""From a letter to what a mail server is handed: text and HTML, both from the one text."""

import re
import uuid
from dataclasses import dataclass
from email.utils import parseaddr
from html import escape

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.utils.safestring import SafeString, mark_safe

from accounts.mail.letters import Letter
from accounts.mail.links import site_url

_CODE = re.compile(r"(?=[A-Z0-9-]{6,20}\Z)[A-Z0-9]+(-[A-Z0-9]+)*")


@dataclass(frozen=True)
class Block:
    """A paragraph, or a quotation or a code."""

    kind: str
    html: SafeString


def message(letter: Letter, address: str, key: uuid.UUID) -> EmailMultiAlternatives:
    """The same key makes the same Message-ID, by which a mail that came twice is known."""
    made = EmailMultiAlternatives(
        letter.subject, f"{letter.text.strip()}\n", to=[address], headers=_headers(letter, key)
    )
    made.attach_alternative(letter_html(letter), "text/html")
    return made


def letter_html(letter: Letter) -> str:
    paragraphs = re.split(r"\n[^\S\n]*\n\s*", letter.text.strip())
    context = {"subject": letter.subject, "blocks": [_block(each) for each in paragraphs]}
    return render_to_string("accounts/mail/letter.html", context)


def _headers(letter: Letter, key: uuid.UUID) -> dict[str, str]:
    sender = parseaddr(settings.DEFAULT_FROM_EMAIL)[1]
    headers = {
        "Message-ID": f"<{key}@{sender.rpartition('@')[2]}>",
        "Auto-Submitted": "auto-generated",
    }
    if letter.unsubscribe_url:
        headers["List-Unsubscribe"] = f"<{letter.unsubscribe_url}>"
        headers["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    return headers


def _block(paragraph: str) -> Block:
    lines = paragraph.split("\n")
    if all(line.startswith(">") for line in lines):
        said = (line.removeprefix(">").strip() for line in lines)
        return Block("quote", _on_lines([escape(line) for line in said]))
    if _CODE.fullmatch(paragraph):
        return Block("code", _on_lines([escape(paragraph)]))
    return Block("text", _on_lines([_linked(line) for line in lines]))


def _linked(line: str) -> str:
    """Only our own addresses: what a member quotes or is called makes no link in our name."""
    url = re.compile(rf"{re.escape(site_url())}(?![\w.:@-])[^\s<>\"]*(?<![.,;!?)])")
    end, parts = 0, []
    for found in url.finditer(line):
        href = escape(found[0])
        parts += [escape(line[end : found.start()]), f'<a href="{href}">{href}</a>']
        end = found.end()
    return "".join([*parts, escape(line[end:])])


def _on_lines(html: list[str]) -> SafeString:
    return mark_safe("<br>\n".join(html))  # noqa: S308 - each line was escaped
