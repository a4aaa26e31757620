"""Admin of what moderation keeps, as far as it needs no comment: those are in discussions.admin."""

from moderation.admin import lists, sanctions, staff

__all__ = ["lists", "sanctions", "staff"]
