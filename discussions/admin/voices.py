"""What was said elsewhere, entered singly or by file.

A file is checked whole. Between that and its being entered it waits in the session, which is
sealed, for an hour.
"""

import time
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.db.models import Count
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from discussions.admin.rooms import RUN, Room, page, staff_of
from discussions.admin.voice_forms import FileForm, VoiceForm
from discussions.cursors import is_id
from discussions.exchange.cells import CSV_TYPE, csv_lines
from discussions.models import Consultation, Discussion, Source
from discussions.posting import database_moment
from discussions.screened import AskFirstError, mark
from discussions.views.asking import stretches
from discussions.voices import Entered, VoiceRefusedError, add_voice, add_voices, why_not_now
from discussions.voices_file import (
    COLUMNS,
    ROWS_AT_MOST,
    Checked,
    UnreadableFileError,
    check_file,
)
from discussions.voices_waiting import Waiting
from moderation import recent_actions

_WAITING = "voices"
_WAITS_FOR = 3_600  # seconds
_LISTED_AT_MOST = 100


def voices(request: HttpRequest, consultation: Consultation) -> HttpResponse:
    """POST: one voice."""
    if request.method != "POST":
        return _room(request, consultation)
    form = VoiceForm(consultation, request.POST)
    if not form.is_valid():
        return _room(request, consultation, form, status=422)
    try:
        entered = add_voice(form.voice(request.POST))
    except AskFirstError as question:
        return _room(request, consultation, form, question, status=422)
    except VoiceRefusedError as refusal:
        form.add_error(None, str(refusal))
        return _room(request, consultation, form, status=409)
    _tell(request, consultation, [entered])
    # The next one is often from the same pile.
    return HttpResponseRedirect(f"{_address(consultation)}?like={entered.comment.source_id}")


def voices_file(request: HttpRequest, consultation: Consultation) -> HttpResponse:
    """POST a file: checked, and kept until it is entered. Nothing is entered yet."""
    form = FileForm(request.POST, request.FILES)
    if request.method != "POST":
        return redirect(_address(consultation))
    checked = None
    if form.is_valid():
        try:
            checked = check_file(form.cleaned_data["file"], consultation)
        except UnreadableFileError as error:
            form.add_error("file", str(error))
    if checked is None or checked.faults:
        return _room(request, consultation, file_form=form, checked=checked, status=422)
    waiting = Waiting.of(checked, database_moment())
    request.session[_WAITING] = {
        "consultation": consultation.pk,
        "until": time.time() + _WAITS_FOR,
        **waiting.kept(),
    }
    return redirect(_address(consultation, "check"))


def voices_check(request: HttpRequest, consultation: Consultation) -> HttpResponse:
    """What was found in the file that waits; POST enters it, or drops it."""
    waiting = _waiting(request, consultation)
    if waiting is None or request.POST.get("key", waiting.key) != waiting.key:
        messages.warning(request, _("That file is no longer here. Please choose it again."))
        return redirect(_address(consultation))
    if request.method != "POST":
        return _check_page(request, consultation, waiting)
    if "drop" in request.POST:
        del request.session[_WAITING]
        messages.info(request, _("Nothing was entered."))
        return redirect(_address(consultation))
    chosen = {int(each) for each in request.POST.getlist("row") if each.isdecimal()}
    to_enter = waiting.to_enter(chosen)
    try:
        entered = add_voices(to_enter)
    except AskFirstError:  # a live case was listed meanwhile, or checks have changed
        del request.session[_WAITING]
        told = _("Something new was found in the file. Please choose it again: nothing doubles.")
        messages.error(request, told)
        return redirect(_address(consultation))
    except VoiceRefusedError as refusal:
        return _check_page(request, consultation, waiting, str(refusal), status=409)
    del request.session[_WAITING]
    _tell(request, consultation, entered, left_out=len(waiting.voices) - len(to_enter))
    return redirect(_address(consultation))


def voices_template(_request: HttpRequest, consultation: Consultation) -> HttpResponse:
    """The columns, and a row that shows how."""
    discussion = Discussion.objects.filter(consultation=consultation).first()
    slug = discussion.slug if discussion else ""
    example = (_("What they said, in their words."), "", slug, "1", "meeting", "Brixton Library")
    lines = csv_lines([COLUMNS, (*example, "2026-05-12")])
    response = HttpResponse("".join(lines), content_type=CSV_TYPE)
    response["Content-Disposition"] = 'attachment; filename="voices.csv"'
    return response


def _room(
    request: HttpRequest,
    consultation: Consultation,
    form: VoiceForm | None = None,
    question: AskFirstError | None = None,
    file_form: FileForm | None = None,
    checked: Checked | None = None,
    status: int = 200,
) -> HttpResponse:
    entered = Source.objects.filter(consultation=consultation).annotate(number=Count("comments"))
    context: dict[str, Any] = {
        "title": _("Voices from elsewhere"),
        "form": form or VoiceForm(consultation, initial=_like(request, consultation)),
        "file_form": file_form or FileForm(),
        "faults": checked.faults if checked else [],
        "columns": COLUMNS,
        "rows_at_most": ROWS_AT_MOST,
        "sources": entered[:_LISTED_AT_MOST],
        "refusal": _refusal(consultation),
        "has_waiting": _waiting(request, consultation) is not None,
    }
    if question is not None:
        context |= {
            "stretches": stretches(question.body, question.findings),
            "confirmed": sorted({mark(each, question.body) for each in question.findings}),
        }
    return page(request, consultation, "voices", context, status=status)


def _check_page(
    request: HttpRequest,
    consultation: Consultation,
    waiting: Waiting,
    refusal: str = "",
    status: int = 200,
) -> HttpResponse:
    moment = database_moment()
    context = {
        "title": _("Check the file"),
        "waiting": waiting,
        "plain": len(waiting.voices) - len(waiting.asked) - len(waiting.held),
        "asked": [_found(waiting, row, moment) for row in waiting.asked[:_LISTED_AT_MOST]],
        "asked_more": len(waiting.asked[_LISTED_AT_MOST:]),
        "held": [_found(waiting, row, moment) for row in waiting.held[:_LISTED_AT_MOST]],
        "held_more": len(waiting.held[_LISTED_AT_MOST:]),
        "refusal": refusal,
        "back": _address(consultation),
    }
    return page(request, consultation, "voices_check", context, status=status)


def _found(waiting: Waiting, row: int, moment: datetime) -> dict[str, Any]:
    voice, found = waiting.voices[row], waiting.found(row, moment)
    kinds = list(dict.fromkeys(each.kind for each in found))
    return {"row": row, "kinds": kinds, "stretches": stretches(voice.body, found)}


def _waiting(request: HttpRequest, consultation: Consultation) -> Waiting | None:
    """The file that waits; one that has waited too long is gone."""
    kept = request.session.get(_WAITING)
    if kept is None or kept["consultation"] != consultation.pk:
        return None
    if kept["until"] < time.time():
        del request.session[_WAITING]
        return None
    return Waiting.read(kept)


def _like(request: HttpRequest, consultation: Consultation) -> dict[str, Any]:
    """How, where and when, as with the voice that was entered before."""
    pk = request.GET.get("like", "")
    theirs = Source.objects.filter(consultation=consultation, pk=int(pk) if is_id(pk) else 0)
    before = theirs.first()
    return {"kind": before.kind, "place": before.place, "on": before.on} if before else {}


def _refusal(consultation: Consultation) -> str:
    """Why nothing can be entered now, or ""."""
    discussions = Discussion.objects.filter(consultation=consultation)
    moment, refusal = database_moment(), _("This consultation has no discussions yet.")
    for discussion in discussions:
        discussion.consultation = consultation
        refusal = why_not_now(discussion, moment)
        if not refusal:
            return ""
    return refusal


def _tell(
    request: HttpRequest, consultation: Consultation, entered: list[Entered], left_out: int = 0
) -> None:
    new = [each.comment for each in entered if each.is_new]
    known = len(entered) - len(new)
    waiting = sum(not each.is_published for each in new)
    told = [
        ngettext("%(n)s voice is entered.", "%(n)s voices are entered.", len(new))
        % {"n": len(new)},
        ngettext(
            "%(n)s of them waits for a moderator.", "%(n)s of them wait for a moderator.", waiting
        )
        % {"n": waiting}
        if waiting
        else "",
        ngettext("%(n)s was here already.", "%(n)s were here already.", known) % {"n": known}
        if known
        else "",
        ngettext("%(n)s was left out.", "%(n)s were left out.", left_out) % {"n": left_out}
        if left_out
        else "",
    ]
    messages.success(request, " ".join(each for each in told if each))
    if new:
        recent_actions.note(staff_of(request), consultation, told[0])


def _address(consultation: Consultation, step: str = "") -> str:
    name = f"discussions_consultation_voices{f'_{step}' if step else ''}"
    return reverse(f"admin:{name}", args=[consultation.pk])


ROOMS: tuple[Room, ...] = (
    Room("voices/", "voices", voices, RUN, gettext_lazy("Voices from elsewhere")),
    Room("voices/file/", "voices_file", voices_file, RUN),
    Room("voices/check/", "voices_check", voices_check, RUN),
    Room("voices/template/", "voices_template", voices_template, RUN),
)
