"""A real SMTP server on this machine, that takes mails, refuses them, or hangs, as it is told."""

import asyncio
import email
import email.policy
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.message import EmailMessage

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

OK = "250 OK"


@dataclass
class MailServer:
    """`answer` is what it says to a recipient; "" says nothing, for as long as anybody waits."""

    port: int
    answer: str = OK
    hangs_for: str = ""  # an address
    takes: float = 0.0  # seconds for a mail
    arrived: list[EmailMessage] = field(default_factory=list)
    _controller: Controller | None = None

    def start(self) -> None:
        self._controller = Controller(_Handler(self), hostname="127.0.0.1", port=self.port)
        self._controller.start()

    def stop(self) -> None:
        if self._controller is not None:
            self._controller.stop()
        self._controller = None

    def to(self, address: str) -> list[EmailMessage]:
        return [mail for mail in self.arrived if mail["To"] == address]

    @contextmanager
    def down(self) -> Iterator[None]:
        """Nobody answers at its port: connections are refused."""
        self.stop()
        try:
            yield
        finally:
            self.start()

    @contextmanager
    def hanging(self) -> Iterator[None]:
        """Connections are taken, and nothing is ever said."""
        self.stop()
        try:
            with socket.create_server(("127.0.0.1", self.port), backlog=512):
                yield
        finally:
            self.start()


class _Handler:
    def __init__(self, server: MailServer) -> None:
        self.server = server

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name
        self, _smtp: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        if not self.server.answer or address == self.server.hangs_for:
            await asyncio.sleep(60)
        if self.server.answer == OK:
            envelope.rcpt_tos.append(address)
        return self.server.answer.replace("ADDRESS", address)

    async def handle_DATA(  # noqa: N802 - aiosmtpd's name
        self, _smtp: SMTP, _session: Session, envelope: Envelope
    ) -> str:
        assert envelope.original_content is not None
        mail = email.message_from_bytes(envelope.original_content, policy=email.policy.default)
        assert isinstance(mail, EmailMessage)
        await asyncio.sleep(self.server.takes)
        self.server.arrived.append(mail)
        return OK
