"""Closing one's account, and keeping it after all."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts import leaving
from accounts.account_forms import CloseForm
from accounts.models import Member
from accounts.views.access import for_member, same_person_for_posts


@require_http_methods(["GET", "POST"])
@same_person_for_posts
@for_member
def account_close(request: HttpRequest, member: Member) -> HttpResponse:
    if request.method == "GET":
        return _page(request, member, _form_so_far(member))
    form = CloseForm(request.POST)
    if not form.is_valid():
        return _page(request, member, form, status=422)
    try:
        leaving.start(member, withdraws_comments=form.withdraws_comments)
    except leaving.StaffMayNotLeaveError:
        return _page(request, member, form, status=403)
    return redirect("account_home")


@require_POST
@for_member
def account_keep(request: HttpRequest, member: Member) -> HttpResponse:
    """No password is asked for: it brings back nothing that somebody else could want."""
    if leaving.keep(member):
        messages.success(request, _("Your account stays open. Good to have you."))
    return redirect("account_home")


def _form_so_far(member: Member) -> CloseForm:
    """With what was chosen already, for somebody who comes back to change it."""
    closing = leaving.closing_of(member)
    if closing is None:
        return CloseForm()
    chosen = CloseForm.WITHDRAW if closing.withdraws_comments else CloseForm.KEEP
    return CloseForm(initial={"comments": chosen})


def _page(request: HttpRequest, member: Member, form: CloseForm, status: int = 200) -> HttpResponse:
    context = {
        "form": form,
        "closing": leaving.closing_of(member),
        "grace": leaving.GRACE,
        "is_staff": member.is_staff,
    }
    return render(request, "accounts/close.html", context, status=status)
