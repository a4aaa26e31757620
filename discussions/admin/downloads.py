"""Files for analysts, and frozen records."""

from discussions.admin.rooms import Room

ROOMS: tuple[Room, ...] = ()
