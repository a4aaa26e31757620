"""Admin of what moderation keeps, as far as it needs no comment: those are in discussions.admin."""

from moderation.admin import lists, members, sanctions, staff

__all__ = ["lists", "members", "sanctions", "staff"]
