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
from django.contrib import messages
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.db import IntegrityError, transaction
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

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        make_room(request.POST.get("email", ""))
        answer: HttpResponse = super().post(request, *args, **kwargs)  # type: ignore[misc]
        return answer

    def form_valid(self, form: Any) -> HttpResponse:  # noqa: ANN401 - allauth makes its class
        try:
            with transaction.atomic():
                stand_in = _stand_in(form) if form.account_already_exists else None
                answer: HttpResponse = super().form_valid(form)  # type: ignore[misc]
        except (NameTakenError, IntegrityError):
            # Somebody else took it since the form was checked.
            form.add_error("display_name", _(TAKEN))
            again: HttpResponse = self.form_invalid(form)  # type: ignore[attr-defined]
            return again
        member = stand_in or self.user
        if member is not None:
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


@require_POST
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
