"""How long what this app keeps is kept: see accounts.retention for all of it."""

from datetime import timedelta

from accounts.retention import Rule
from discussions import files

RULES = (
    # They carry the moment themselves: files.KEPT after they were made.
    Rule("downloads", timedelta(0), files.forget_expired),
    Rule("downloads that never came", files.GIVEN_UP_AFTER, files.give_up_lost),
)
