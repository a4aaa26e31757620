"""Admin of what people say, and of what moderators decide about it."""

from discussions.admin import appeals, cases, comments, consultations, live_cases

__all__ = ["appeals", "cases", "comments", "consultations", "live_cases"]
