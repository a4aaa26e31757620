"""The equality questions in counts, of a consultation as a whole and nothing smaller."""

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import about_you
from discussions.admin.rooms import VIEW, Room, page
from discussions.models import Consultation
from discussions.responses import members_who_responded
from moderation.timeline import Phase


def who_took_part(request: HttpRequest, consultation: Consultation) -> HttpResponse:
    # While people still join in, one more of them could be told by what changes.
    is_open = consultation.phase(timezone.now()) is not Phase.CLOSED
    questions = [] if is_open else about_you.counts(members_who_responded(consultation))
    context = {
        "title": _("Who took part"),
        "is_open": is_open,
        "questions": questions,
        "least": about_you.LEAST_SHOWN,
    }
    return page(request, consultation, "who_took_part", context)


ROOMS = (
    Room("who-took-part/", "who_took_part", who_took_part, VIEW, gettext_lazy("Who took part")),
)
