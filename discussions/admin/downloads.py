"""Files for analysts, and frozen records."""

from collections import Counter
from itertools import islice
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import (
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    QueryDict,
    StreamingHttpResponse,
)
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from discussions import downloads, records
from discussions.admin.rooms import DOWNLOAD_IN_FULL, VIEW, Room, page, staff_of
from discussions.downloads import DownloadRefusedError
from discussions.exchange.cells import CSV_TYPE, csv_lines
from discussions.files import TYPES
from discussions.models import Consultation, ExportFile, FileTaken, Record
from moderation import recent_actions

_FILES_LISTED, _CHANGES_LISTED, _RECORDS_LISTED = 50, 100, 20
_HERE = "admin:discussions_consultation_downloads"
_KINDS = (ExportFile.Kind.COMMENTS, ExportFile.Kind.PEOPLE)
_TAKEN_HERE = (*_KINDS, ExportFile.Kind.RECORD)  # an archive only as it holds now
_UNDER_WAY = (ExportFile.State.WAITING, ExportFile.State.MAKING)


class DownloadForm(forms.Form):
    """What somebody asks for; those who may not see all are asked for the form alone."""

    what = forms.ChoiceField(
        label=gettext_lazy("What"),
        choices=[
            ("comments public", gettext_lazy("Comments, as readers see them")),
            ("comments full", gettext_lazy("Comments in full, without names")),
            ("people full", gettext_lazy("The names of the people who took part")),
        ],
        widget=forms.RadioSelect,
        initial="comments public",
    )
    form = forms.ChoiceField(
        label=gettext_lazy("As"),
        choices=[
            ("xlsx", gettext_lazy("XLSX, for Excel")),
            ("csv", "CSV"),
            ("json", gettext_lazy("JSON, for programs")),
        ],
        widget=forms.RadioSelect,
        initial="xlsx",
    )
    reason = forms.CharField(
        label=gettext_lazy("What you need it for"),
        help_text=gettext_lazy(
            "Not needed for what readers see. Otherwise one sentence, which stays on record with"
            " your name."
        ),
        max_length=downloads.LONGEST_REASON,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def __init__(self, data: QueryDict | None, *, sees_all: bool) -> None:
        super().__init__(data, label_suffix="")
        if not sees_all:
            del self.fields["what"], self.fields["reason"]

    @property
    def asked(self) -> tuple[str, str, str, str]:
        """Kind, form, scope, reason."""
        told = self.cleaned_data
        kind, scope = told.get("what", "comments public").split()
        return kind, told["form"], scope, told.get("reason", "")


@require_http_methods(["GET", "HEAD", "POST"])
def show_downloads(request: HttpRequest, consultation: Consultation) -> HttpResponse:
    staff = staff_of(request)
    sees_all = staff.has_perm(DOWNLOAD_IN_FULL)
    sent = request.POST if request.method == "POST" else None
    form = DownloadForm(sent, sees_all=sees_all)
    if request.method == "POST" and form.is_valid():
        try:
            downloads.ask(consultation, staff, *form.asked)
        except DownloadRefusedError as refusal:
            form.add_error("reason" if sees_all else None, str(refusal.sentence))
        else:
            messages.success(request, _("We are making it. It will be in the list below."))
            return redirect(_HERE, consultation.pk)
    files = list(_files(consultation))
    taken = _last_taken(files)
    context = {
        "title": _("Downloads"),
        "form": form,
        "files": [(file, downloads.may_take(staff, file), taken.get(file.pk)) for file in files],
        "is_busy": any(file.state in _UNDER_WAY for file in files),
        "sees_all": sees_all,
        "records": Record.objects.filter(consultation=consultation)[:_RECORDS_LISTED],
    }
    return page(request, consultation, "downloads", context, status=400 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def take_file(request: HttpRequest, consultation: Consultation, file_id: int) -> HttpResponseBase:
    """The bytes. That they were taken, and by whom, is kept; of a frozen record, why (a POST)."""
    theirs = ExportFile.objects.filter(consultation=consultation, kind__in=_TAKEN_HERE)
    file = get_object_or_404(theirs, pk=file_id, state=ExportFile.State.READY)
    staff, reason = staff_of(request), request.POST.get("reason", "")
    if not downloads.may_take(staff, file):
        raise PermissionDenied
    if file.record is not None and request.method != "POST":
        return redirect("admin:discussions_consultation_record", consultation.pk, file.record.pk)
    try:
        content = [] if request.method == "HEAD" else downloads.take(staff, file, reason)
    except DownloadRefusedError as refusal:
        if file.record is None:
            raise PermissionDenied from refusal
        return _record_page(request, file.record, reason, refusal)
    response = StreamingHttpResponse(content, content_type=TYPES[ExportFile.Form(file.form)])
    response["Content-Disposition"] = f'attachment; filename="{file.name}"'
    response["Content-Length"] = str(file.size)
    return response


@require_safe
def show_record(request: HttpRequest, consultation: Consultation, record_id: int) -> HttpResponse:
    return _record_page(request, get_object_or_404(Record, pk=record_id, consultation=consultation))


@require_safe
def take_changes(
    request: HttpRequest, consultation: Consultation, record_id: int
) -> HttpResponseBase:
    """All that changed since, as a table. No word of a comment is in it."""
    record = get_object_or_404(
        Record, pk=record_id, consultation=consultation, made_at__isnull=False
    )
    recent_actions.note(staff_of(request), consultation, f"Took what changed since {record}.")
    response = StreamingHttpResponse(csv_lines(records.change_rows(record)), content_type=CSV_TYPE)
    name = records.changes_file_name(record)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _record_page(
    request: HttpRequest,
    record: Record,
    reason: str = "",
    refusal: DownloadRefusedError | None = None,
) -> HttpResponse:
    found = list(record.files.order_by("pk"))
    taken = _last_taken(found)
    context = {
        "title": _("Frozen record"),
        "record": record,
        "files": [(file, taken.get(file.pk)) for file in found],
        "may_take": staff_of(request).has_perm(DOWNLOAD_IN_FULL),
        "reason": reason,
        "refusal": refusal.sentence if refusal else "",
        "shortest": downloads.SHORTEST_REASON,
        "longest": downloads.LONGEST_REASON,
    }
    if record.made_at is not None:
        context |= _changes(record)
    return page(request, record.consultation, "record", context, status=400 if refusal else 200)


def _files(consultation: Consultation) -> QuerySet[ExportFile]:
    """The latest."""
    files = ExportFile.objects.filter(consultation=consultation, kind__in=_KINDS)
    return files.select_related("asked_by").order_by("-pk")[:_FILES_LISTED]


def _last_taken(files: list[ExportFile]) -> dict[int, FileTaken]:
    """Who took each of them last, by the file's key."""
    taken = FileTaken.objects.filter(file__in=files).select_related("by")
    return {each.file_id: each for each in taken.order_by("file_id", "-pk").distinct("file_id")}


def _changes(record: Record) -> dict[str, Any]:
    """How many of each kind, and the first of them; counted one by one, never all in memory."""
    found = records.changes_since(record)
    first = list(islice(found, _CHANGES_LISTED))
    counts = Counter(each.what for each in first)
    counts.update(each.what for each in found)
    return {
        "changes": first,
        "counts": [(what.label, counts[what]) for what in records.What],
        "number": counts.total(),
    }


ROOMS = (
    Room("downloads/", "downloads", show_downloads, VIEW, gettext_lazy("Downloads")),
    Room("downloads/<int:file_id>/", "download", take_file, VIEW),
    Room("records/<int:record_id>/", "record", show_record, VIEW),
    Room("records/<int:record_id>/changes.csv", "record_changes", take_changes, VIEW),
)
