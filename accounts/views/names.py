"""The name that everyone sees."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.account_forms import NameForm
from accounts.models import Member, NameTakenError
from accounts.name_changes import (
    MOST_CHANGES,
    WITHIN,
    TooManyChangesError,
    change_display_name,
    changes_left,
    may_change_again_at,
)
from accounts.names import TAKEN
from accounts.views.access import for_member


@require_http_methods(["GET", "POST"])
@for_member
def account_name(request: HttpRequest, member: Member) -> HttpResponse:
    if request.method == "GET":
        form = NameForm(member, initial={"name": member.display_name})
        return _page(request, member, form)
    form = NameForm(member, request.POST)
    if form.is_valid() and _changed(member, form):
        messages.success(request, _("Your display name is saved."))
        return redirect("account_home")
    return _page(request, member, form, status=422)


def _changed(member: Member, form: NameForm) -> bool:
    try:
        change_display_name(member, form.cleaned_data["name"])
    except NameTakenError:
        form.add_error("name", ValidationError(_(TAKEN)))
    except TooManyChangesError:
        form.add_error(None, too_many_changes())
    return form.is_valid()


def too_many_changes() -> str:
    return _("You can change your names %(most)d times in %(days)d days, and you have done so.") % {
        "most": MOST_CHANGES,
        "days": WITHIN.days,
    }


def _page(request: HttpRequest, member: Member, form: NameForm, status: int = 200) -> HttpResponse:
    context = {
        "form": form,
        "shown_name": Member.objects.values_list("display_name", flat=True).get(pk=member.pk),
        "left": changes_left(member),
        "again_at": may_change_again_at(member),
    }
    return render(request, "accounts/name.html", context, status=status)
