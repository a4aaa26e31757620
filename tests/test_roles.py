"""The roles that moderate: groups that a migration makes, as roles.py names them."""

import pytest
from django.contrib.auth.models import Group

from moderation import roles

pytestmark = pytest.mark.django_db


def permissions(group: Group) -> set[str]:
    return {
        f"{each.content_type.app_label}.{each.codename}"
        for each in group.permissions.select_related("content_type")
    }


@pytest.mark.parametrize("name", [roles.MODERATOR, roles.SENIOR_MODERATOR])
def test_what_the_migration_gave_is_what_the_roles_say(name: str) -> None:
    group = Group.objects.get(name=name)
    assert permissions(group) == set(roles.PERMISSIONS[name])


def test_making_them_again_changes_nothing_and_mends_what_is_missing() -> None:
    group = Group.objects.get(name=roles.MODERATOR)
    group.permissions.clear()
    roles.make_roles()
    assert permissions(group) == set(roles.PERMISSIONS[roles.MODERATOR])
    assert Group.objects.count() == len(roles.PERMISSIONS)


def test_appeals_sealed_originals_and_sanctions_are_for_seniors_alone() -> None:
    alone = set(roles.PERMISSIONS[roles.SENIOR_MODERATOR]) - set(roles.PERMISSIONS[roles.MODERATOR])
    assert {
        "moderation.decide_appeal",
        "moderation.open_sealed_original",
        "moderation.add_sanction",
        "moderation.change_sanction",
    } <= alone
