"""Mails: queued with what causes them, sent by a worker, each once.

`queue_mail` and `queue_letter` store a mail and its job in the caller's transaction. What the mail
says is either ready made, or made when it is sent by what `register` was told for its kind. What a
link in it turns off, `register_switch` was told.
"""

from accounts.mail.letters import Letter, register
from accounts.mail.queueing import queue_letter, queue_mail
from accounts.mail.switches import Switch, Wording, register_switch

__all__ = [
    "Letter",
    "Switch",
    "Wording",
    "queue_letter",
    "queue_mail",
    "register",
    "register_switch",
]
