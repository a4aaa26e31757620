"""What the site knows of a member and offers them, in one place."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.leaving import closing_of
from accounts.models import Member
from accounts.views.access import for_member


@require_safe
@for_member
def account_home(request: HttpRequest, member: Member) -> HttpResponse:
    return render(request, "accounts/home.html", {"closing": closing_of(member)})
