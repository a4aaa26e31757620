"""How staff get into admin: by the one way of signing in that there is."""

from urllib.parse import urlencode

from django.contrib.auth import REDIRECT_FIELD_NAME
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse


def admin_sign_in(request: HttpRequest) -> HttpResponse:
    """Admin sends everybody here who may not enter: the signed out can sign in, others cannot."""
    if request.user.is_authenticated and not request.user.is_staff:
        raise PermissionDenied
    then = {REDIRECT_FIELD_NAME: request.GET.get(REDIRECT_FIELD_NAME) or reverse("admin:index")}
    return redirect(f"{reverse('account_login')}?{urlencode(then)}")
