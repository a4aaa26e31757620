"""The room of dates: opening, closing, extending, moving, reopening; what takes a second person."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from discussions import dates, proposals
from discussions.admin.dates_forms import (
    ClosingForm,
    EraseForm,
    MovingForm,
    OwnDatesForm,
    ReasonForm,
    shown_first,
)
from discussions.admin.proposals import REFUSALS, for_staff
from discussions.admin.rooms import RUN, Room, page, staff_of
from discussions.models import Consultation, Discussion, Follower, Proposal
from discussions.posting import database_moment
from discussions.templatetags.talk import exactly
from moderation.elections import period_at
from moderation.models import DateChange
from moderation.timeline import Phase, Verb

_LISTED_AT_MOST = 100
_ERASE = "erase_draft"
_ASKS = {
    Proposal.Kind.REOPEN: Verb.REOPEN.value,
    Proposal.Kind.ERASE_DRAFT: _ERASE,
    Proposal.Kind.ERASE_COMMENT: "",  # asked for on the comment's page
}
_Text = str | Promise


@dataclass(frozen=True)
class _Change:
    """Something that can be done here: what it is called, what happens, what it asks for."""

    form: type[ReasonForm]
    title: _Text
    told: _Text
    button: _Text
    act: Callable[..., object]
    done: _Text


_CHANGES: dict[str, _Change] = {
    Verb.MOVE: _Change(
        MovingForm,
        gettext_lazy("Move the dates"),
        gettext_lazy("It opens and closes on the new dates."),
        gettext_lazy("Move the dates"),
        dates.move,
        gettext_lazy("The dates are moved."),
    ),
    Verb.OPEN_NOW: _Change(
        ReasonForm,
        gettext_lazy("Open now"),
        gettext_lazy("People can take part from the moment you press the button."),
        gettext_lazy("Open now"),
        dates.open_now,
        gettext_lazy("It is open."),
    ),
    Verb.EXTEND: _Change(
        ClosingForm,
        gettext_lazy("Extend"),
        gettext_lazy("It stays open until the new closing, which has to be later."),
        gettext_lazy("Extend"),
        dates.extend,
        gettext_lazy("It is extended."),
    ),
    Verb.CLOSE_NOW: _Change(
        ReasonForm,
        gettext_lazy("Close now"),
        gettext_lazy(
            "Nobody can post from the moment you press the button. Who is writing then is told so, "
            "and gets their text back. To open it again takes a second person."
        ),
        gettext_lazy("Close now"),
        dates.close_now,
        gettext_lazy("It is closed."),
    ),
    Verb.REOPEN: _Change(
        ClosingForm,
        gettext_lazy("Open again"),
        gettext_lazy(
            "Nothing happens before a second person confirms it. Then people can take part at "
            "once, until the new closing."
        ),
        gettext_lazy("Ask to open it again"),
        proposals.propose_reopening,
        gettext_lazy("It waits for a second person to confirm it."),
    ),
    _ERASE: _Change(
        EraseForm,
        gettext_lazy("Erase this draft for good"),
        gettext_lazy(
            "Nothing happens before a second person confirms it. Then it is gone for good, with "
            "its discussions and prompts."
        ),
        gettext_lazy("Ask to erase it"),
        proposals.propose_erasing_draft,
        gettext_lazy("It waits for a second person to confirm it."),
    ),
}


def dates_room(request: HttpRequest, consultation: Consultation) -> HttpResponse:
    if request.method != "POST":
        return _page(request, consultation)
    wanted = request.POST.get("change", "")
    if wanted not in _CHANGES:
        return redirect(DATES.address(consultation))
    change = _CHANGES[wanted]
    form = change.form(request.POST, prefix=wanted)
    if not form.is_valid():
        return _page(request, consultation, wanted, form, status=422)
    try:
        change.act(consultation, staff_of(request), form.cleaned_data["reason"], **form.moments())
    except REFUSALS as refusal:
        return _page(request, consultation, wanted, form, status=409, refusal=str(refusal))
    messages.success(request, _told(change.done, form))
    return redirect(DATES.address(consultation))


def discussion_room(
    request: HttpRequest, consultation: Consultation, discussion_id: int
) -> HttpResponse:
    """The dates of one discussion."""
    discussion = get_object_or_404(Discussion, pk=discussion_id, consultation=consultation)
    first = shown_first(discussion.opens_at, discussion.closes_at)
    form = OwnDatesForm(request.POST or None, initial=first)
    status, refusal = (422 if request.method == "POST" else 200), ""
    if request.method == "POST" and form.is_valid():
        try:
            dates.set_own_dates(
                discussion, staff_of(request), form.cleaned_data["reason"], **form.moments()
            )
        except REFUSALS as reason:
            status, refusal = 409, str(reason)
        else:
            messages.success(request, _told(_("The dates are changed."), form))
            return redirect(DATES.address(consultation))
    context = {
        "title": _("Dates of “%(title)s”") % {"title": discussion.title},
        "consultation": consultation,
        "discussion": discussion,
        "form": form,
        "refusal": refusal,
        "back": DATES.address(consultation),
    }
    return page(request, consultation, "discussion_dates", context, status)


def _told(done: _Text, form: ReasonForm) -> str:
    told = [str(done)]
    for name, sentence in (("opens_at", _("It opens %s.")), ("closes_at", _("It closes %s."))):
        moment = form.moments().get(name)
        if moment is not None:
            told.append(sentence % exactly(moment))
    if form.comes_twice():
        told.append(_("The clocks go back that night: of the two, the first is meant."))
    return " ".join(told)


def _page(
    request: HttpRequest,
    consultation: Consultation,
    wanted: str = "",
    form: ReasonForm | None = None,
    *,
    status: int = 200,
    refusal: str = "",
) -> HttpResponse:
    """As it is by now; what was typed comes back, even where it can no longer be done."""
    consultation.refresh_from_db()
    moment = database_moment()
    waiting = list(proposals.waiting(consultation)[:_LISTED_AT_MOST])
    possible = _possible(consultation, moment, waiting)
    if wanted and wanted not in possible:
        possible.append(wanted)
    context = {
        "title": _("Dates"),
        "consultation": consultation,
        "phase": consultation.phase(moment),
        "frozen": period_at(moment),
        "followers": Follower.objects.filter(consultation=consultation).count(),
        "possible": [
            {
                "name": name,
                "change": _CHANGES[name],
                "form": _form(consultation, name, wanted, form),
            }
            for name in possible
        ],
        "wanted": wanted,
        "refusal": refusal,
        "proposals": for_staff(waiting, request),
        "changes": DateChange.objects.filter(consultation=consultation).select_related(
            "by", "confirmed_by", "discussion"
        )[:_LISTED_AT_MOST],
        "moment": moment,
        "discussions": consultation.discussions.all()[:_LISTED_AT_MOST],
    }
    return page(request, consultation, "dates", context, status)


def _possible(
    consultation: Consultation, moment: datetime, waiting: Iterable[Proposal]
) -> list[str]:
    """What is offered: nothing that would be refused anyway."""
    if consultation.phase(moment) is Phase.DRAFT:
        offered = [_ERASE]
    else:
        offered = [each.value for each in dates.possible_changes(consultation, moment)]
        if period_at(moment) is not None:
            offered = [each for each in offered if each == Verb.CLOSE_NOW]
    asked_for = {_ASKS[Proposal.Kind(each.kind)] for each in waiting}
    return [each for each in offered if each not in asked_for]


def _form(
    consultation: Consultation, name: str, wanted: str, given: ReasonForm | None
) -> ReasonForm:
    if name == wanted and given is not None:
        return given
    return _CHANGES[name].form(prefix=name, initial=_first(consultation, name))


def _first(consultation: Consultation, name: str) -> dict[str, Any]:
    closes_at: datetime | None = consultation.closes_at
    if name == Verb.REOPEN:
        # Its old day is over; its time of day may do.
        return {"closes_clock": shown_first(None, closes_at).get("closes_clock")}
    return shown_first(consultation.opens_at, closes_at)


DATES = Room("dates/", "dates", dates_room, RUN, gettext_lazy("Dates"))
ROOMS: tuple[Room, ...] = (
    DATES,
    Room("dates/<int:discussion_id>/", "discussion_dates", discussion_room, RUN),
)
