"""Publishing, opening, closing, extending, reopening; what takes a second person."""

from discussions.admin.rooms import Room

ROOMS: tuple[Room, ...] = ()
