"""The discussion page as most people ask for it: its frame kept, the comments put in.

The frame is what stands around the comments. It is rendered once for all that it follows from
(Frame) with gaps for what is a reader's own (Own), without a request: nothing else can get into it.
"""

import uuid
from collections.abc import Hashable, Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any, NamedTuple

from django.conf import settings
from django.contrib.messages import get_messages
from django.contrib.messages.storage.base import Message
from django.http import Http404, HttpRequest, HttpResponse
from django.middleware.csrf import get_token
from django.utils import timezone
from django.utils.html import conditional_escape, escape

from discussions import cards
from discussions.cursors import Cursor
from discussions.drafts import draft_for
from discussions.forms import CommentForm
from discussions.models import Discussion
from discussions.reading import Reading
from discussions.stencils import PageStencil, gaps, number_gap
from discussions.surroundings import (
    Counts,
    Surroundings,
    counts_of,
    discussion_of,
    surroundings,
    with_counts,
)
from discussions.threads import ThreadsPage
from discussions.views.access import site_url, viewer_of
from discussions.views.discussion_page import (
    TEMPLATE,
    Selection,
    discussion_page,
    frame_context,
    pinned_cards,
    setting_of,
    taking_part,
)
from discussions.views.following import is_asked
from moderation.elections import current_period, last_day_in_words

_FRAMES_KEPT = 40
# What a frame says of the clock ("in 9 days") is as old as this, at most.
_TICK = timedelta(minutes=1)
_MANY = 2  # from here on a count changes no words around it


class Frame(NamedTuple):
    """All that a frame follows from. In place of counts that change no words, the row has gaps."""

    row: tuple[Hashable, ...]
    as_of: datetime
    selection: Selection
    number_shown: int
    has_pinned: bool
    has_next: bool
    taking_part: tuple[tuple[str, Hashable], ...]
    is_signed_in: bool
    is_staff: bool
    is_followed: bool
    is_host: bool
    site_url: str
    election_until: str
    told: int | None  # the level of a message


class Own(NamedTuple):
    """What is a reader's own on the page, or of this moment: HTML, for the gaps."""

    csrf_token: str = ""
    form_key: str = ""
    member_name: str = ""
    posting_name: str = ""
    full_path: str = ""
    next_link: str = ""
    threads: Iterable[str] = ()
    pinned: str = ""
    told: str = ""
    comments: int = 0
    respondents: int = 0
    responses: int = 0


_GAPS = gaps(Own._fields)
_COUNT_GAPS = Counts(*(number_gap(Own._fields.index(name)) for name in Counts._fields))


def discussion_answer(request: HttpRequest, consultation: str, slug: str) -> HttpResponse:
    viewer = viewer_of(request)
    around = surroundings(consultation, slug, viewer)
    if around is None:
        raise Http404
    discussion, place = _found(around.row)
    selection = Selection.from_query(request.GET, discussion)
    if not _is_usual(request, selection, discussion.consultation_id, place):
        return discussion_page(request, discussion_of(around.row), around=around)
    known_as = around.participant(discussion, viewer) if viewer else None
    reading = Reading(discussion, viewer, timezone.now(), known_as)
    page, setting = selection.read(reading), setting_of(reading)
    pinned = pinned_cards(page, setting)
    frame = _frame(request, reading, around, selection, page)
    own = Own(
        next_link=escape(selection.link(page.next)) if page.next else "",
        threads=cards.threads(page.threads, setting),
        pinned=pinned,
        told=conditional_escape(str(_message(request) or "")),
        **counts_of(around.row)._asdict(),
        **_of_member(request, reading),
    )
    return HttpResponse(_stencil(frame).fill(own))


def _frame(
    request: HttpRequest,
    reading: Reading,
    around: Surroundings,
    selection: Selection,
    page: ThreadsPage,
) -> Frame:
    viewer, me, period = reading.viewer, reading.me, current_period(reading.moment)
    message = _message(request)
    taking = taking_part(reading)
    del taking["moment"]
    return Frame(
        _with_gaps(around.row),
        _as_of(reading.moment, reading.discussion),
        _without_place(selection),
        number_shown=min(len(page.threads), 1),
        has_pinned=bool(page.pinned),
        has_next=page.next is not None,
        taking_part=tuple(taking.items()),
        is_signed_in=viewer is not None,
        is_staff=viewer is not None and viewer.is_staff,
        is_followed=around.is_followed,
        is_host=me is not None and me.is_host,
        site_url=site_url(request),
        election_until=last_day_in_words(period) if period else "",
        told=message.level if message else None,
    )


def _of_member(request: HttpRequest, reading: Reading) -> dict[str, Any]:
    if reading.viewer is None or reading.me is None:
        return {}
    return {
        "csrf_token": get_token(request),
        "form_key": str(uuid.uuid4()),
        "member_name": escape(reading.viewer.display_name),
        "posting_name": escape(reading.me.shown_name),
        "full_path": escape(request.get_full_path()),
    }


@lru_cache(maxsize=_FRAMES_KEPT)
def _found(row: tuple[Hashable, ...]) -> tuple[Discussion, str]:
    """The discussion, which all who ask for it share, and its address. Not for templates: what they
    ask of it, it would remember."""
    found = discussion_of(row)
    return found, found.get_absolute_url()


def _is_usual(request: HttpRequest, selection: Selection, consultation_id: int, place: str) -> bool:
    """Whether nothing stands on the page that is there this once: what somebody searched for, a
    text of theirs, a question for them, more than one message."""
    if selection.words or selection.words_too_long or len(get_messages(request)) > 1:
        return False
    if viewer_of(request) is None:
        return True
    return not (draft_for(request, place) or is_asked(request, consultation_id))


def _with_gaps(row: tuple[Hashable, ...]) -> tuple[Hashable, ...]:
    pairs = zip(counts_of(row), _COUNT_GAPS, strict=True)
    return with_counts(row, Counts(*(gap if count >= _MANY else count for count, gap in pairs)))


def _message(request: HttpRequest) -> Message | None:
    told = get_messages(request)
    return next(iter(told)) if told else None


def _as_of(moment: datetime, discussion: Discussion) -> datetime:
    """The last tick, or what has happened since: a frame is right about openings and closings."""
    tick = moment - (moment - datetime.min.replace(tzinfo=moment.tzinfo)) % _TICK
    windows = (discussion.window, discussion.consultation.window)
    ends = [end for window in windows for end in (window.opens_at, window.closes_at)]
    ends.append(discussion.consultation.outcome_published_at)
    return max([tick, *(end for end in ends if end is not None and end <= moment)])


def _without_place(selection: Selection) -> Selection:
    """Pages after the first have the same frame."""
    return replace(selection, after=Cursor(0)) if selection.after else selection


@lru_cache(maxsize=_FRAMES_KEPT)
def _stencil(frame: Frame) -> PageStencil:
    return PageStencil.of(TEMPLATE, _context(frame))


def _context(frame: Frame) -> dict[str, Any]:
    discussion = discussion_of(frame.row)
    context = frame_context(discussion, frame.selection, frame.as_of, frame.site_url)
    context |= dict(frame.taking_part)
    context |= {
        "moment": frame.as_of,
        "may_follow": discussion.consultation.archived_at is None,
        "is_following": frame.is_followed,
        "number_shown": frame.number_shown,
        "threads": _GAPS["threads"],
        "pinned": _GAPS["pinned"] if frame.has_pinned else "",
        "next_link": _GAPS["next_link"] if frame.has_next else "",
    }
    if context["viewer_reacts"]:
        context["form"] = CommentForm(discussion)
        context["form_key"] = _GAPS["form_key"]
        context["posting_as"] = {"shown_name": _GAPS["posting_name"], "is_host": frame.is_host}
    return context | _site(frame)


def _site(frame: Frame) -> dict[str, Any]:
    """What templates know of a request and of the site (TEMPLATES), as far as pages ask for it."""
    return {
        "csrf_token": _GAPS["csrf_token"],
        "request": {"get_full_path": _GAPS["full_path"]},
        "user": {
            "is_authenticated": frame.is_signed_in,
            "is_staff": frame.is_staff,
            "display_name": _GAPS["member_name"],
        },
        "site_url": frame.site_url,
        "is_local": settings.LOCAL,
        "messages": [Message(frame.told, str(_GAPS["told"]))] if frame.told is not None else [],
        "election_period": {"last_day": frame.election_until} if frame.election_until else None,
    }
