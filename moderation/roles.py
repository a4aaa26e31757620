"""The roles that moderate, as Django groups with permissions."""

from collections.abc import Iterable

from django.contrib.auth.models import Group, Permission

MODERATOR, SENIOR_MODERATOR = "Moderator", "Senior moderator"

_MODERATOR = (
    "accounts.view_namechange",
    "discussions.view_comment",
    "discussions.view_consultation",
    "discussions.view_discussion",
    "discussions.view_participant",
    "moderation.add_livecase",
    "moderation.change_livecase",
    "moderation.decide_case",
    "moderation.view_appeal",
    "moderation.view_case",
    "moderation.view_decision",
    "moderation.view_ledgerentry",
    "moderation.view_livecase",
    "moderation.view_reasontemplate",
    "moderation.view_report",
    "moderation.view_sanction",
)
# Appeals, sealed originals and sanctions are theirs alone.
_SENIOR = (
    "accounts.view_member",
    "moderation.add_reasontemplate",
    "moderation.add_sanction",
    "moderation.change_reasontemplate",
    "moderation.change_sanction",
    "moderation.decide_appeal",
    "moderation.open_sealed_original",
)
PERMISSIONS = {MODERATOR: _MODERATOR, SENIOR_MODERATOR: (*_MODERATOR, *_SENIOR)}


def make_roles() -> None:
    """As migration 0004 does, where a database was emptied since."""
    for name, permissions in PERMISSIONS.items():
        make_role(name, permissions)


def make_role(name: str, permissions: Iterable[str]) -> None:
    group, _new = Group.objects.get_or_create(name=name)
    group.permissions.set(_permissions(permissions))


def _permissions(names: Iterable[str]) -> list[Permission]:
    wanted = set(names)
    codenames = [name.partition(".")[2] for name in wanted]
    found = Permission.objects.filter(codename__in=codenames).select_related("content_type")
    return [each for each in found if f"{each.content_type.app_label}.{each.codename}" in wanted]
