"""News, the outcome and the archive; official answers."""

from discussions.admin.rooms import Room

ROOMS: tuple[Room, ...] = ()
