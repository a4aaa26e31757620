"""Admin of what people say, and of what moderators decide about it."""

from discussions.admin import (
    appeals,
    cases,
    comments,
    consultations,
    elections,
    live_cases,
    proposals,
)

__all__ = [
    "appeals",
    "cases",
    "comments",
    "consultations",
    "elections",
    "live_cases",
    "proposals",
]
