"""The equality questions: answering them, changing the answers, taking them back."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.about_you import LEAST_SHOWN, answers_of, erase_answers, store_answers
from accounts.account_forms import AboutYouForm
from accounts.models import Member
from accounts.views.access import for_member


@require_http_methods(["GET", "POST"])
@for_member
def account_about_you(request: HttpRequest, member: Member) -> HttpResponse:
    if request.method == "GET":
        return _page(request, member, AboutYouForm(initial=_present(member)))
    if "erase" in request.POST:
        erase_answers(member)
        messages.success(request, _("Your answers are erased."))
        return redirect("account_about_you")
    form = AboutYouForm(request.POST)
    if not form.is_valid():
        return _page(request, member, form, status=422)
    store_answers(member, form.answers)
    messages.success(request, _("Your answers are saved. Thank you."))
    return redirect("account_about_you")


def _present(member: Member) -> dict[str, Any]:
    """Whoever has answers stored has consented; they see that they have."""
    answers = answers_of(member)
    return {**answers, "consents": bool(answers)}


def _page(
    request: HttpRequest, member: Member, form: AboutYouForm, status: int = 200
) -> HttpResponse:
    context = {"form": form, "has_answers": bool(answers_of(member)), "least": LEAST_SHOWN}
    return render(request, "accounts/about_you.html", context, status=status)
