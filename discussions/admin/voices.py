"""What was said elsewhere, entered singly or by file."""

from discussions.admin.rooms import Room

ROOMS: tuple[Room, ...] = ()
