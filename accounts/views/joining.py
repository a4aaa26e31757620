"""Joining, where allauth would tell by time, by an error, or by a name, whom it knows."""

from typing import Any

from allauth.account.internal.flows.email_verification_by_code import (
    EMAIL_VERIFICATION_CODE_SESSION_KEY,
)
from allauth.account.internal.stagekit import clear_login
from allauth.account.utils import passthrough_next_redirect_url
from allauth.account.views import (
    ConfirmEmailVerificationCodeView,
    SignupByPasskeyView,
    SignupView,
)
from allauth.core.exceptions import ImmediateHttpResponse
from django.contrib import messages
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.db import IntegrityError, transaction
from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.joining import (
    is_pending_no_more,
    make_room,
    make_stand_in,
    note_pending,
    start_over,
)
from accounts.models import Member, NameTakenError
from accounts.names import TAKEN

_KEPT_NAME = "joining_as"


class _Joining:
    """One transaction: a member, what they agreed to, and the mail with the code."""

    request: HttpRequest
    user: Member | None

    def get_initial(self) -> dict[str, Any]:
        initial: dict[str, Any] = super().get_initial()  # type: ignore[misc]
        return initial | {"display_name": self.request.session.get(_KEPT_NAME, "")}

    def form_valid(self, form: Any) -> HttpResponse:  # noqa: ANN401 - allauth makes its class
        try:
            with transaction.atomic():
                form.account_already_exists = not make_room(form.cleaned_data["email"])
                stand_in = _stand_in(form) if form.account_already_exists else None
                answer: HttpResponse = super().form_valid(form)  # type: ignore[misc]
                # Too often: then nothing has happened, neither to who began to join before.
                transaction.set_rollback(answer.status_code == 429)
        except (NameTakenError, IntegrityError):
            # Somebody else took it since the form was checked.
            form.add_error("display_name", _(TAKEN))
            again: HttpResponse = self.form_invalid(form)  # type: ignore[attr-defined]
            return again
        member = stand_in or self.user
        if member is not None and answer.status_code != 429:
            note_pending(self.request, member)
        self.request.session[_KEPT_NAME] = form.cleaned_data["display_name"]
        return _with_next(self.request, answer)


class JoinView(_Joining, SignupView):  # type: ignore[misc]  # allauth has no types
    pass


class JoinByPasskeyView(_Joining, SignupByPasskeyView):  # type: ignore[misc]
    pass


class ConfirmView(ConfirmEmailVerificationCodeView):  # type: ignore[misc]
    """The code from the mail, of somebody who joins or who changes their address."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not request.user.is_authenticated and is_pending_no_more(request):
            _leave(request)
            sorry = _("Somebody joined with this email address after you. Please start again.")
            messages.warning(request, sorry)
            return _with_next(request, HttpResponseRedirect(reverse("account_signup")))
        answer: HttpResponse = super().dispatch(request, *args, **kwargs)
        return answer

    def form_valid(self, form: BaseForm) -> HttpResponse:
        """Who asks for a new code too soon stays on the page, and the one they have works."""
        before = dict(self._process.state)
        try:
            with transaction.atomic():
                answer: HttpResponse = super().form_valid(form)
        except ImmediateHttpResponse:
            self._process.state.clear()
            self._process.state.update(before)
            sorry = _("We sent you a code a moment ago. Wait half a minute, then ask again.")
            messages.warning(self.request, sorry)
            return _with_next(self.request, HttpResponseRedirect(self.request.path))
        return answer

    def form_invalid(self, form: BaseForm) -> HttpResponse:
        """The third wrong code: back to the form, alike for addresses that are known."""
        if self._action != "verify":
            answer: HttpResponse = super().form_invalid(form)
            return answer
        if self._process.record_invalid_attempt():
            again: HttpResponse = self.render_to_response(self.get_context_data(form=form))
            return again
        if self.request.user.is_authenticated:
            sorry = _("That was the third wrong code. Ask for a new one.")
            messages.warning(self.request, sorry)
            return HttpResponseRedirect(reverse("account_email"))
        _leave(self.request)
        sorry = _("That was the third wrong code. Join again to get a new one.")
        messages.warning(self.request, sorry)
        return _with_next(self.request, HttpResponseRedirect(reverse("account_signup")))


@require_POST
@transaction.atomic
def join_again(request: HttpRequest) -> HttpResponse:
    """Back to the form, for another email address; the name chosen is free to choose again."""
    _leave(request)
    return _with_next(request, HttpResponseRedirect(reverse("account_signup")))


def _leave(request: HttpRequest) -> None:
    start_over(request)
    request.session.pop(EMAIL_VERIFICATION_CODE_SESSION_KEY, None)
    clear_login(request)


def _stand_in(form: Any) -> Member:  # noqa: ANN401 - allauth makes its class
    data = form.cleaned_data
    fields = {"display_name": data["display_name"], "declared_16_or_over": data["is_16_or_over"]}
    return make_stand_in(data["email"], data.get("password1"), fields)


def _with_next(request: HttpRequest, answer: HttpResponse) -> HttpResponse:
    """allauth drops where people were going, unless it leaves for another site."""
    if isinstance(answer, HttpResponseRedirect):
        answer["Location"] = passthrough_next_redirect_url(request, answer.url, REDIRECT_FIELD_NAME)
    return answer
