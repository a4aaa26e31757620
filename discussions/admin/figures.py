"""How a consultation goes, in pictures and tables."""

from discussions.admin.rooms import Room

ROOMS: tuple[Room, ...] = ()
