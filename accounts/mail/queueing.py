"""Storing mails that are to be sent."""

from datetime import timedelta
from typing import Any

from django.db import transaction
from django.template.loader import render_to_string
from django.utils import timezone
from procrastinate.contrib.django import app

from accounts.mail.letters import sealed_letter
from accounts.mail.links import site_url
from accounts.models import Mail, Member
from accounts.statements import one_row

SEND_MAIL = "send_mail"
# What is of no use later overtakes what can wait.
_URGENT, _CAN_WAIT = 10, 0
_STORED = "SELECT id FROM accounts_mail WHERE key = %s"


def queue_mail(
    kind: str,
    *,
    thing: str,
    member: Member | None = None,
    address: str = "",
    subject: str = "",
    text: str = "",
    lasts: timedelta | None = None,
) -> Mail | None:
    """Store a mail and its job, in the caller's transaction if there is one.

    None: this member has had one of this kind about this thing. With subject and text it is ready
    made; without, what is registered for its kind makes it when it is sent. An address goes before
    the member's own. After `lasts` it is not sent any more.
    """
    mail = Mail(
        kind=kind,
        thing=thing,
        member=member,
        address=address,
        text=sealed_letter(subject, text) if text else "",
        expires_at=timezone.now() + lasts if lasts else None,
    )
    with transaction.atomic(savepoint=False):
        Mail.objects.bulk_create([mail], ignore_conflicts=True)
        stored = one_row(_STORED, [mail.key])
        if stored is None:
            return None
        (mail.pk,) = stored
        _defer(mail)
    return mail


def queue_letter(
    template: str, member: Member, *, thing: str, context: dict[str, Any] | None = None
) -> Mail | None:
    """Store a mail made from `<template>_subject.txt` and `<template>_message.txt`, as queue_mail.

    They know the member and the site_url. The template is the mail's kind.
    """
    known = {"member": member, "site_url": site_url(), **(context or {})}
    return queue_mail(
        template,
        thing=thing,
        member=member,
        subject=render_to_string(f"{template}_subject.txt", known),
        text=render_to_string(f"{template}_message.txt", known),
    )


def send_again(mail: Mail) -> bool:
    """Queue one that could not be sent. False: by now it is no such mail."""
    with transaction.atomic():
        dead = Mail.objects.filter(pk=mail.pk, state=Mail.State.DEAD)
        if not dead.update(state=Mail.State.WAITING, ended_at=None):
            return False
        _defer(mail)
    return True


def _defer(mail: Mail) -> None:
    priority = _URGENT if mail.expires_at else _CAN_WAIT
    app.configure_task(SEND_MAIL, queue="mail", priority=priority).defer(mail_id=mail.pk)
