"""Another name in one consultation."""

from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.models import Member, NameTakenError
from accounts.name_changes import TooManyChangesError, changes_left, may_change_again_at
from accounts.names import TAKEN
from accounts.views.access import for_member
from accounts.views.names import too_many_changes
from discussions.drafts import keep_draft
from discussions.forms import NameHereForm
from discussions.models import Consultation, Participant
from discussions.naming import HostNameStaysError, NameStaysError, choose_name, participant_of
from discussions.views.access import consultation_or_404
from moderation.timeline import Phase


@require_http_methods(["GET", "POST"])
@for_member
def consultation_name(request: HttpRequest, member: Member, consultation: str) -> HttpResponse:
    """From a form that somebody is writing in, the text is kept, and they come back to it."""
    found = consultation_or_404(consultation)
    if "body" in request.POST:
        place = _back(request, found)
        keep_draft(request, place)
        return redirect(f"{request.path}?{urlencode({REDIRECT_FIELD_NAME: place})}")
    me = participant_of(found, member)
    if request.method == "GET":
        return _page(request, found, me, NameHereForm(member, initial={"name": me.name}))
    form = NameHereForm(member, request.POST)
    if form.is_valid() and _chosen(found, member, form):
        messages.success(request, _("Your name in this consultation is saved."))
        return redirect(_back(request, found))
    return _page(request, found, me, form, status=422)


def _back(request: HttpRequest, consultation: Consultation) -> str:
    wanted = request.POST.get(REDIRECT_FIELD_NAME) or request.GET.get(REDIRECT_FIELD_NAME, "")
    is_ours = url_has_allowed_host_and_scheme(wanted, allowed_hosts=None)
    return wanted if is_ours else consultation.get_absolute_url()


def _chosen(consultation: Consultation, member: Member, form: NameHereForm) -> bool:
    try:
        choose_name(consultation, member, form.cleaned_data["name"])
    except NameTakenError:
        form.add_error("name", ValidationError(_(TAKEN)))
    except TooManyChangesError:
        form.add_error(None, too_many_changes())
    except NameStaysError as refusal:
        form.add_error(None, _reason(is_host=isinstance(refusal, HostNameStaysError)))
    return form.is_valid()


def _page(
    request: HttpRequest,
    consultation: Consultation,
    me: Participant,
    form: NameHereForm,
    status: int = 200,
) -> HttpResponse:
    assert me.member is not None  # noqa: S101 - for the type checker
    is_over = consultation.phase(timezone.now()) is Phase.CLOSED
    stays = me.is_host or is_over
    context = {
        "consultation": consultation,
        "form": form,
        "back": _back(request, consultation),
        "participant": me,
        "reason": _reason(is_host=me.is_host) if stays else "",
        "has_taken_part": me.contributions > 0,
        "left": changes_left(me.member),
        "again_at": may_change_again_at(me.member),
    }
    return render(
        request, "discussions/name.html", context, status=403 if stays and status == 200 else status
    )


def _reason(*, is_host: bool) -> str:
    if is_host:
        return _("You are a host here. Hosts take part under the name they are announced with.")
    return _("This consultation is closed, so the names in it stay as they are.")
