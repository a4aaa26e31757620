"""Where allauth's pages of passkeys lose people on the way: these keep `next`, and the place."""

from allauth.account.utils import passthrough_next_redirect_url
from allauth.mfa.webauthn.views import LoginWebAuthnView, ReauthenticateWebAuthnView
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.forms import BaseForm
from django.http import HttpRequest, HttpResponseRedirect
from django.urls import reverse


class SignInView(LoginWebAuthnView):  # type: ignore[misc]  # allauth has no types
    """A passkey that we do not know: back to the other ways of signing in."""

    def form_invalid(self, form: BaseForm) -> HttpResponseRedirect:
        super().form_invalid(form)  # leaves a message
        return _with_next(self.request, reverse("account_login"))


class ReauthenticateView(ReauthenticateWebAuthnView):  # type: ignore[misc]  # allauth has no types
    """A passkey that is not this member's: try again. allauth sends them to the home page."""

    def form_invalid(self, form: BaseForm) -> HttpResponseRedirect:
        super().form_invalid(form)  # leaves a message
        return _with_next(self.request, self.request.path)


def _with_next(request: HttpRequest, url: str) -> HttpResponseRedirect:
    return HttpResponseRedirect(passthrough_next_redirect_url(request, url, REDIRECT_FIELD_NAME))
