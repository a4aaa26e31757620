"""The discussion page: what its view shows, and what a comment that failed comes back to."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils import timezone

from discussions.cursors import Cursor
from discussions.drafts import draft_for
from discussions.events import timeline
from discussions.forms import CommentForm, SearchForm
from discussions.models import Discussion
from discussions.permissions import is_suspended
from discussions.structured import discussion_data
from discussions.threads import Reading, Sort, ThreadsPage, read_threads, search_comments
from discussions.views.access import site_url, viewer_of
from discussions.views.following import follow_button
from moderation.elections import FrozenError
from moderation.timeline import Phase


@dataclass(frozen=True)
class Selection:
    """Which comments the reader asked for. What cannot be understood is left out."""

    sort: Sort = Sort.NEWEST
    prompt: int | None = None
    words: str = ""
    words_too_long: bool = False
    after: Cursor | None = None

    @classmethod
    def from_query(cls, query: QueryDict, discussion: Discussion) -> "Selection":
        search = SearchForm(query)
        prompts = {str(row["id"]): int(row["id"]) for row in discussion.prompt_rows}
        words = search.cleaned_data["q"] if search.is_valid() else ""
        sorts = list(Sort) if not words else [Sort.NEWEST, Sort.OLDEST]
        sort = query.get("sort", "")
        return cls(
            sort=Sort(sort) if sort in sorts else Sort.NEWEST,
            prompt=prompts.get(query.get("prompt", "")),
            words=words,
            words_too_long=not search.is_valid(),
            after=Cursor.parse(query.get("after", "")),
        )

    def read(self, reading: Reading) -> ThreadsPage:
        if self.words:
            oldest = self.sort is Sort.OLDEST
            return search_comments(
                reading, self.words, self.after, oldest=oldest, prompt_id=self.prompt
            )
        return read_threads(reading, self.sort, self.prompt, self.after)

    def link(self, after: Cursor | None) -> str:
        chosen = {
            "sort": self.sort if self.sort is not Sort.NEWEST else "",
            "prompt": self.prompt or "",
            "q": self.words,
            "after": after or "",
        }
        return "?" + urlencode({key: value for key, value in chosen.items() if value})

    @property
    def is_everything(self) -> bool:
        return not self.words and self.prompt is None

    @property
    def is_plain(self) -> bool:
        return self.is_everything and self.sort is Sort.NEWEST and not self.words_too_long


def discussion_page(
    request: HttpRequest, discussion: Discussion, form: CommentForm | None = None, status: int = 200
) -> HttpResponse:
    """The page with its comments; a form given is one that has errors to show."""
    context = discussion_context(request, discussion, form)
    return render(request, "discussions/discussion.html", context, status=status)


def discussion_context(
    request: HttpRequest, discussion: Discussion, form: CommentForm | None = None
) -> dict[str, Any]:
    reading = Reading(discussion, viewer_of(request), timezone.now())
    selection = Selection.from_query(request.GET, discussion)
    context = _frame(reading) | taking_part(reading) | _comments(reading, selection)
    context |= follow_button(request, discussion.consultation)
    context["structured_data"] = discussion_data(discussion, site_url(request))
    if context["viewer_reacts"]:
        context["form"] = form or _empty_form(request, discussion)
        context["posting_as"] = reading.me
    return context


def taking_part(reading: Reading) -> dict[str, Any]:
    """Whether the page has the form for reactions, or invites the signed out to join."""
    phase = reading.discussion.phase(reading.moment)
    suspended = is_suspended(reading.viewer, reading.moment)
    takes_part = phase is Phase.OPEN and reading.viewer is not None and not suspended
    waits_for = reading.waits_for if takes_part else None
    return {
        "phase": phase,
        "viewer_reacts": takes_part and waits_for is None,
        "host_waits": str(FrozenError(waits_for)) if waits_for else "",
        "suspended_until": reading.viewer.suspended_until if reading.viewer and suspended else None,
        "invites": phase is Phase.OPEN and reading.viewer is None,
        "moment": reading.moment,
    }


def _frame(reading: Reading) -> dict[str, Any]:
    discussion = reading.discussion
    consultation = discussion.consultation
    return {
        "discussion": discussion,
        "consultation": consultation,
        "window": discussion.window,
        "prompts": discussion.prompt_rows,
        "hosts": discussion.host_rows,
        "events": timeline(
            consultation,
            discussion.event_rows,
            reading.moment,
            changes=discussion.change_rows,
            news=discussion.news_rows,
        ),
        "next_discussion": _next(discussion),
    }


def _comments(reading: Reading, selection: Selection) -> dict[str, Any]:
    page = selection.read(reading)
    return {
        "selection": selection,
        "sorts": list(Sort),
        "pinned": page.pinned,
        "threads": page.threads,
        "next_link": selection.link(page.next) if page.next else "",
        "start_link": selection.link(None),
    }


def _empty_form(request: HttpRequest, discussion: Discussion) -> CommentForm:
    return CommentForm(discussion, initial=draft_for(request, discussion.get_absolute_url()))


def _next(discussion: Discussion) -> dict[str, Any] | None:
    """The discussion that follows in the consultation, round to the first."""
    rows = discussion.discussion_rows
    place = next(i for i, row in enumerate(rows) if row["id"] == discussion.pk)
    following = rows[(place + 1) % len(rows)]
    return following if following["id"] != discussion.pk else None
