"""Sending one mail: what it speaks of is checked again, and each try is noted before it is made.

The row stays locked while the mail server is spoken to, and the note that a try began is committed
before. So a mail that is found "being sent" and unlocked was in the hands of a process that died:
whether it arrived nobody knows, and it is sent again under the same Message-ID.
"""

import contextlib
import logging
import traceback
from dataclasses import dataclass
from smtplib import SMTPDataError, SMTPException, SMTPRecipientsRefused, SMTPServerDisconnected

from django.core.mail import EmailMultiAlternatives, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.db import transaction
from django.utils import timezone

from accounts.mail.letters import letter_of
from accounts.mail.messages import message
from accounts.models import Mail

_log = logging.getLogger(__name__)
_State = Mail.State
_UNENDED = (_State.WAITING, _State.SENDING)


class NotSentError(Exception):
    """To be tried again. Its text holds no address, and nothing is chained to it that might."""


@dataclass(frozen=True)
class Fault:
    """Without the text of the error: that of mail servers names whom they refuse."""

    name: str
    is_permanent: bool = False
    may_have_arrived: bool = False


def send(pk: int, *, is_last_try: bool) -> None:
    """Send a mail that waits, if it is still wanted. Raises NotSentError."""
    mail = Mail.objects.select_related("member").filter(pk=pk, state__in=_UNENDED).first()
    if mail is None:
        return
    made, fault = _made(mail)
    if made is not None:
        fault = _sent(mail, made)
    elif fault is None:
        _skip(mail)
    if fault is None:
        return
    if fault.is_permanent or is_last_try:
        _give_up(mail, fault)
        return
    _note(mail, fault, state=_State.WAITING)
    raise NotSentError(fault.name)


def _made(mail: Mail) -> tuple[EmailMultiAlternatives | None, Fault | None]:
    """The message; neither it nor a fault: nobody wants it any more."""
    address = mail.address or (mail.member.email if mail.member else "")
    is_late = mail.expires_at is not None and mail.expires_at <= timezone.now()
    if is_late or not address or (mail.member and not mail.member.is_active):
        return None, None
    try:
        letter = letter_of(mail)
        return (message(letter, address, mail.key) if letter else None), None
    except Exception as error:  # noqa: BLE001 - the text of any error may name somebody
        _log.error("Mail %d (%s) could not be made: %s", mail.pk, mail.kind, _where(error))
        return None, Fault(type(error).__name__)


def _sent(mail: Mail, made: EmailMultiAlternatives) -> Fault | None:
    connection: BaseEmailBackend = get_connection()
    fault = _opened(connection)
    if fault is not None:
        return fault
    try:
        if not _begin(mail):
            return None
        return _handed_over(mail, made, connection)
    finally:
        with contextlib.suppress(OSError, SMTPException):
            connection.close()


def _opened(connection: BaseEmailBackend) -> Fault | None:
    try:
        connection.open()
    except (OSError, SMTPException) as error:
        return _fault(error)
    return None


def _begin(mail: Mail) -> bool:
    """Note that a try begins. False: it has ended meanwhile."""
    with transaction.atomic():
        row = _locked(mail)
        if row is None:
            return False
        if row.state == _State.SENDING:
            row.doubtful_tries += 1
        row.state = _State.SENDING
        row.tries += 1
        row.save(update_fields=["state", "tries", "doubtful_tries"])
    return True


def _handed_over(
    mail: Mail, made: EmailMultiAlternatives, connection: BaseEmailBackend
) -> Fault | None:
    with transaction.atomic():
        row = _locked(mail)
        if row is None:
            return None
        try:
            connection.send_messages([made])
        except (OSError, SMTPException, ValueError) as error:
            return _fault(error, was_handed_over=True)
        _end(row, _State.SENT)
    return None


def _locked(mail: Mail) -> Mail | None:
    """The row as it is now, if it has not ended. Raises NotSentError while another has it."""
    unended = Mail.objects.filter(pk=mail.pk, state__in=_UNENDED)
    row = unended.select_for_update(skip_locked=True).first()
    if row is None and unended.exists():
        raise NotSentError("Another process is sending it.")
    return row


def _skip(mail: Mail) -> None:
    _log.info("Mail %d (%s) is not sent: no longer wanted", mail.pk, mail.kind)
    _end(mail, _State.SKIPPED)


def _end(mail: Mail, state: Mail.State) -> None:
    """What it said and where it went is nobody's business any more."""
    mail.state, mail.ended_at = state, timezone.now()
    mail.text = mail.address = ""
    mail.save(update_fields=["state", "ended_at", "text", "address"])


def _give_up(mail: Mail, fault: Fault) -> None:
    _log.error("Mail %d (%s) could not be sent: %s", mail.pk, mail.kind, fault.name)
    mail.ended_at = timezone.now()
    _note(mail, fault, state=_State.DEAD)


def _note(mail: Mail, fault: Fault, *, state: Mail.State) -> None:
    with transaction.atomic():
        row = _locked(mail)
        if row is None:
            return
        row.state, row.fault, row.ended_at = state, fault.name, mail.ended_at
        row.doubtful_tries += int(fault.may_have_arrived)
        row.save(update_fields=["state", "fault", "ended_at", "doubtful_tries"])


def _fault(error: Exception, *, was_handed_over: bool = False) -> Fault:
    code = _code(error)
    is_about_this_mail = isinstance(error, SMTPRecipientsRefused | SMTPDataError)
    return Fault(
        " ".join([type(error).__name__, *([str(code)] if code else [])]),
        is_permanent=is_about_this_mail and code is not None and 500 <= code < 600,
        may_have_arrived=was_handed_over
        and isinstance(error, SMTPServerDisconnected | TimeoutError),
    )


def _code(error: Exception) -> int | None:
    """What the mail server answered with."""
    if isinstance(error, SMTPRecipientsRefused):
        return next((answer[0] for answer in error.recipients.values()), None)
    return getattr(error, "smtp_code", None)


def _where(error: Exception) -> str:
    """The kind of error and the lines it came through, without what it says."""
    lines = "".join(traceback.format_tb(error.__traceback__))
    return f"{type(error).__name__}\n{lines}"
