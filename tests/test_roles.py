"""The roles of staff: groups that migrations make, as each roles.py names them."""

from types import ModuleType

import pytest
from django.contrib.auth.models import Group

from discussions import roles as discussion_roles
from moderation import roles
from tests import cast

pytestmark = pytest.mark.django_db

EVERY_ROLE = roles.PERMISSIONS | discussion_roles.PERMISSIONS


def permissions(group: Group) -> set[str]:
    return {
        f"{each.content_type.app_label}.{each.codename}"
        for each in group.permissions.select_related("content_type")
    }


@pytest.mark.parametrize("name", EVERY_ROLE)
def test_what_the_migration_gave_is_what_the_roles_say(name: str) -> None:
    group = Group.objects.get(name=name)
    assert permissions(group) == set(EVERY_ROLE[name])


@pytest.mark.parametrize(
    ("home", "name"),
    [(roles, roles.MODERATOR), (discussion_roles, discussion_roles.CONSULTATION_ADMIN)],
)
def test_making_them_again_changes_nothing_and_mends_what_is_missing(
    home: ModuleType, name: str
) -> None:
    group = Group.objects.get(name=name)
    group.permissions.clear()
    home.make_roles()
    assert permissions(group) == set(EVERY_ROLE[name])
    assert Group.objects.count() == len(EVERY_ROLE)


@pytest.mark.parametrize("name", EVERY_ROLE)
def test_nobody_in_any_role_may_erase_anything(name: str) -> None:
    assert not [each for each in EVERY_ROLE[name] if ".delete_" in each]


def test_running_consultations_and_moderating_are_two_jobs() -> None:
    desk, moderator, analyst = cast.desk(), cast.moderator(), cast.analyst()
    assert desk.has_perm("discussions.run_consultation")
    assert not desk.has_perm("moderation.decide_case")
    assert not moderator.has_perm("discussions.run_consultation")
    assert not moderator.has_perm("discussions.change_consultation")
    assert not analyst.has_perm("discussions.change_consultation")
    assert analyst.has_perm("discussions.download_in_full")
    assert not moderator.has_perm("discussions.download_in_full")


def test_appeals_sealed_originals_and_sanctions_are_for_seniors_alone() -> None:
    alone = set(roles.PERMISSIONS[roles.SENIOR_MODERATOR]) - set(roles.PERMISSIONS[roles.MODERATOR])
    assert {
        "moderation.decide_appeal",
        "moderation.open_sealed_original",
        "moderation.add_sanction",
        "moderation.change_sanction",
    } <= alone
