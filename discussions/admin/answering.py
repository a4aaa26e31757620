"""News, the outcome, and the archive."""

from discussions.admin import news_room, outcome_room

ROOMS = (*news_room.ROOMS, *outcome_room.ROOMS)
