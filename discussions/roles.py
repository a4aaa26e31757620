"""The roles that run consultations and that read what they bring, as groups with permissions.

Nobody may erase anything alone, so no role has a permission to.
"""

from moderation.roles import make_role

CONSULTATION_ADMIN, ANALYST = "Consultation admin", "Analyst"

_ANALYST = (
    "discussions.download_in_full",
    "discussions.view_comment",
    "discussions.view_consultation",
    "discussions.view_discussion",
)
_MADE_BY_ADMINS = (
    "discussions.%s_consultation",
    "discussions.%s_consultationimage",
    "discussions.%s_discussion",
    "discussions.%s_outcomepoint",
    "discussions.%s_participant",
    "discussions.%s_prompt",
    "discussions.%s_source",
    "discussions.%s_timelineevent",
    "discussions.%s_update",
    "moderation.%s_electionperiod",
)
_ADMIN = (
    *(name % verb for name in _MADE_BY_ADMINS for verb in ("add", "change", "view")),
    "discussions.download_in_full",
    "discussions.run_consultation",
    "discussions.view_comment",
    "discussions.view_exportfile",
    "discussions.view_proposal",
    "discussions.view_record",
    "moderation.view_datechange",
)
PERMISSIONS = {CONSULTATION_ADMIN: _ADMIN, ANALYST: _ANALYST}


def make_roles() -> None:
    """As migration 0009 does, where a database was emptied since."""
    for name, permissions in PERMISSIONS.items():
        make_role(name, permissions)
