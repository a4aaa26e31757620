"""Before a consultation opens: its checklist, its preview, a copy of an earlier one."""

from discussions.admin.rooms import Room

ROOMS: tuple[Room, ...] = ()
