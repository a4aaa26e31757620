"""A member's copy of their data: asking for it, and what accounts puts into it.

discussions.tasks makes it, with what the member said in consultations.
"""

import json
from datetime import datetime, timedelta
from typing import Any

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.db import transaction
from django.utils import timezone

from accounts import about_you, name_changes
from accounts.equality_questions import QUESTIONS
from accounts.leaving import closing_of
from accounts.models import DataCopy, Member
from accounts.sealing import seal, unseal

LASTS = timedelta(hours=24)
MOST_COPIES = 5
_COUNTED_FOR = timedelta(hours=24)
# What took longer has failed; another one may be asked for.
_GIVEN_UP_AFTER = timedelta(hours=1)

Content = dict[str, Any]


class CopyRefusedError(Exception):
    """No new copy now: one is being made (`is_being_made`), or there were enough today."""

    def __init__(self, *, is_being_made: bool) -> None:
        super().__init__()
        self.is_being_made = is_being_made


def ask(member: Member) -> DataCopy:
    """A copy that is still to be made. Raises CopyRefusedError."""
    with transaction.atomic():
        name_changes.lock(member)
        now = timezone.now()
        lately = DataCopy.objects.filter(member=member, asked_at__gt=now - _COUNTED_FOR)
        if lately.filter(made_at=None, asked_at__gt=now - _GIVEN_UP_AFTER).exists():
            raise CopyRefusedError(is_being_made=True)
        if lately.count() >= MOST_COPIES:
            raise CopyRefusedError(is_being_made=False)
        return DataCopy.objects.create(member=member)


def keep_content(copy: DataCopy, content: Content) -> None:
    """Store what the copy says, sealed, for a day from now."""
    copy.made_at = timezone.now()
    copy.expires_at = copy.made_at + LASTS
    copy.content = seal(json.dumps(content, ensure_ascii=False, indent=2))
    copy.save(update_fields=["made_at", "expires_at", "content"])


def content_of(copy: DataCopy) -> str:
    """As JSON that a person can read. Empty: not made yet, or no longer kept."""
    is_kept = copy.expires_at is not None and copy.expires_at > timezone.now()
    return unseal(copy.content) if is_kept and copy.content else ""


def is_over(copy: DataCopy) -> bool:
    return copy.expires_at is not None and copy.expires_at <= timezone.now()


def account(member: Member) -> Content:
    """All that accounts keeps about a member, in words. No secret is among it."""
    return {
        "account": _account(member),
        "changes of names": _name_changes(member),
        "accepted": _agreements(member),
        "mails you have chosen": {
            "for each reply to you": member.wants_reply_mails,
            "when City Hall's answer rests on what you said": member.wants_cited_mails,
        },
        "about you": _about_you(member),
        "sessions": _sessions(member),
        "ways to sign in": _ways_to_sign_in(member),
        "mails sent to you": _mails(member),
        "copies of your data": [
            {"asked for": iso(each.asked_at), "made": iso(each.made_at)}
            for each in member.data_copies.order_by("pk")
        ],
        "closing of the account": _closing(member),
    }


def iso(moment: datetime | None) -> str | None:
    """In London time, with its zone, to the second."""
    return timezone.localtime(moment).isoformat(timespec="seconds") if moment else None


def _account(member: Member) -> Content:
    emails = EmailAddress.objects.filter(user=member).order_by("pk")
    return {
        "display name": member.display_name,
        "email address": member.email,
        "all email addresses": [
            {"address": each.email, "confirmed": each.verified} for each in emails
        ],
        "joined": iso(member.joined_at),
        "last signed in": iso(member.last_login),
        "declared to be 16 or over": member.declared_16_or_over,
        "member of staff": member.is_staff,
        "active": member.is_active,
    }


def _name_changes(member: Member) -> list[Content]:
    return [
        {
            "when": iso(each.changed_at),
            "from": each.old_name,
            "to": each.new_name,
            "where": each.place or "everywhere",
        }
        for each in member.name_changes.order_by("pk")
    ]


def _agreements(member: Member) -> list[Content]:
    return [
        {
            "document": str(each.get_document_display()),
            "version": each.version,
            "when": iso(each.agreed_at),
        }
        for each in member.agreements.order_by("pk")
    ]


def _about_you(member: Member) -> Content:
    answers = about_you.answers_of(member)
    return {
        str(question.text): str(dict(question.choices).get(answers[question.key], ""))
        for question in QUESTIONS
        if question.key in answers
    }


def _sessions(member: Member) -> list[Content]:
    return [
        {
            "signed in": iso(each.created_at),
            "last seen": iso(each.last_seen_at),
            "internet address": each.ip,
            "browser": each.user_agent,
        }
        for each in UserSession.objects.filter(user=member).order_by("pk")
    ]


def _ways_to_sign_in(member: Member) -> list[Content]:
    ways: list[Content] = [{"kind": "Password"}] if member.has_usable_password() else []
    for each in Authenticator.objects.filter(user=member).order_by("pk"):
        is_passkey = each.type == Authenticator.Type.WEBAUTHN
        ways.append(
            {
                "kind": "Passkey" if is_passkey else str(each.get_type_display()),
                "name": str(each) if is_passkey else "",
                "added": iso(each.created_at),
                "last used": iso(each.last_used_at),
            }
        )
    return ways


def _mails(member: Member) -> list[Content]:
    return [
        {
            "about": each.kind.rpartition("/")[2].replace("_", " "),
            "what became of it": str(each.get_state_display()),
            "queued": iso(each.queued_at),
            "ended": iso(each.ended_at),
        }
        for each in member.mails.order_by("pk").defer("text")
    ]


def _closing(member: Member) -> Content | None:
    closing = closing_of(member)
    if closing is None:
        return None
    return {
        "asked for": iso(closing.asked_at),
        "due": iso(closing.due_at),
        "comments are withdrawn": closing.withdraws_comments,
    }
