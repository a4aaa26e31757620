"""The discussion page: what its view shows, and what a comment that failed comes back to."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, QueryDict
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.safestring import SafeString

from discussions import cards
from discussions.cards import Setting
from discussions.cursors import Cursor
from discussions.drafts import draft_for
from discussions.events import timeline
from discussions.forms import CommentForm, SearchForm
from discussions.models import Discussion
from discussions.permissions import is_suspended
from discussions.ranking import Sort
from discussions.reading import Reading
from discussions.stencils import PageStencil, gap
from discussions.structured import discussion_data
from discussions.surroundings import Surroundings
from discussions.threads import ThreadsPage, read_threads, search_comments
from discussions.views.access import site_url, viewer_of
from discussions.views.following import follow_button
from moderation.elections import FrozenError
from moderation.timeline import Phase

TEMPLATE = "discussions/discussion.html"


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
        search = SearchForm(query) if "q" in query else None
        is_readable = search is None or search.is_valid()
        words = search.cleaned_data["q"] if search and is_readable else ""
        prompts = {str(row["id"]): int(row["id"]) for row in discussion.prompt_rows}
        sorts = list(Sort) if not words else [Sort.NEWEST, Sort.OLDEST]
        sort = query.get("sort", "")
        return cls(
            sort=Sort(sort) if sort in sorts else Sort.NEWEST,
            prompt=prompts.get(query.get("prompt", "")),
            words=words,
            words_too_long=not is_readable,
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
    request: HttpRequest,
    discussion: Discussion,
    form: CommentForm | None = None,
    status: int = 200,
    around: Surroundings | None = None,
) -> HttpResponse:
    """The page with its comments; a form given is one that has errors to show. `around` is what
    the discussion was found with, where it was asked for this viewer."""
    context = discussion_context(request, discussion, form, around)
    # Templates copy what they are given, and keep it until the next collection of garbage.
    threads = context["threads"]
    page = PageStencil(render_to_string(TEMPLATE, {**context, "threads": gap(0)}, request))
    return HttpResponse(page.fill([threads]), status=status)


def discussion_context(
    request: HttpRequest,
    discussion: Discussion,
    form: CommentForm | None = None,
    around: Surroundings | None = None,
) -> dict[str, Any]:
    viewer = viewer_of(request)
    known_as = around.participant(discussion, viewer) if around and viewer else None
    reading = Reading(discussion, viewer, timezone.now(), known_as)
    selection = Selection.from_query(request.GET, discussion)
    context = frame_context(discussion, selection, reading.moment, site_url(request))
    context |= taking_part(reading) | comments_context(reading, selection, selection.read(reading))
    is_followed = around.is_followed if around else None
    context |= follow_button(request, discussion.consultation, is_followed=is_followed)
    if context["viewer_reacts"]:
        context["form"] = form or _empty_form(request, discussion)
        context["form_key"] = context["form"].key
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
        "invites": reading.invites,
        "moment": reading.moment,
    }


def frame_context(
    discussion: Discussion, selection: Selection, moment: datetime, site_url: str
) -> dict[str, Any]:
    """What stands around the comments: the same for everybody."""
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
            moment,
            changes=discussion.change_rows,
            news=discussion.news_rows,
        ),
        "next_discussion": _next(discussion),
        "structured_data": discussion_data(discussion, site_url),
        "selection": selection,
        "sorts": list(Sort),
        "start_link": selection.link(None),
    }


def comments_context(reading: Reading, selection: Selection, page: ThreadsPage) -> dict[str, Any]:
    setting = setting_of(reading)
    return {
        "number_shown": len(page.threads),
        "ended_early": page.ended_early,
        "threads": SafeString("".join(cards.threads(page.threads, setting))),
        "pinned": pinned_cards(page, setting),
        "next_link": selection.link(page.next) if page.next else "",
    }


def setting_of(reading: Reading) -> Setting:
    questions = reading.discussion.prompt_rows
    return Setting(reading.moment, reading.viewer, questions, invites=reading.invites)


def pinned_cards(page: ThreadsPage, setting: Setting) -> SafeString:
    if not page.pinned:
        return SafeString("")
    under = replace(setting, is_under_question=True)
    shown = [(node.comment, SafeString(cards.card(node, under))) for node in page.pinned]
    context = {"pinned": shown, "prompts": setting.questions}
    return render_to_string("discussions/_pinned.html", context)


def _empty_form(request: HttpRequest, discussion: Discussion) -> CommentForm:
    return CommentForm(discussion, initial=draft_for(request, discussion.get_absolute_url()))


def _next(discussion: Discussion) -> dict[str, Any] | None:
    """The discussion that follows in the consultation, round to the first."""
    rows = discussion.discussion_rows
    place = next(i for i, row in enumerate(rows) if row["id"] == discussion.pk)
    following = rows[(place + 1) % len(rows)]
    return following if following["id"] != discussion.pk else None
