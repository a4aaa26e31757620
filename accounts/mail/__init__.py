"""Mails: queued with what causes them, sent by a worker, each once.

`queue_mail` and `queue_letter` store a mail and its job in the caller's transaction. What the mail
says is either ready made, or made when it is sent by what `register` was told for its kind.
"""

from accounts.mail.letters import Letter, register
from accounts.mail.queueing import queue_letter, queue_mail

__all__ = ["Letter", "queue_letter", "queue_mail", "register"]
