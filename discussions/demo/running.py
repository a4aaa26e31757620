"""Who runs the demo's consultations beside its admin."""

from django.contrib.auth.models import Group

from accounts.models import Member
from discussions import roles

_ROLES = {"deputy": roles.CONSULTATION_ADMIN, "analyst": roles.ANALYST}


def give_roles(members: dict[str, Member]) -> None:
    roles.make_roles()  # where the database was emptied since it was made
    for who, role in _ROLES.items():
        members[who].groups.add(Group.objects.get(name=role))
