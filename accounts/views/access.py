"""Who a page is for: the door to those of an account, and the word that one is for everyone."""

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec, TypeVar

from allauth.account.decorators import reauthentication_required
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import cache_control

from accounts.models import Member

_Arguments = ParamSpec("_Arguments")
_MemberView = Callable[Concatenate[HttpRequest, Member, _Arguments], HttpResponse]
_View = Callable[Concatenate[HttpRequest, _Arguments], HttpResponse]
_Any = TypeVar("_Any", bound=Callable[..., Any])


def for_everyone(view: _Any) -> _Any:
    """Says that everyone who is signed out gets the same page, which may be kept and given to
    others for a second: nothing in it may depend on who asks, but by the session.

    What is made for somebody who is signed in, or with a form, is kept by nobody all the same.
    """
    say = cache_control(public=True, s_maxage=1, max_age=0, must_revalidate=True)
    return say(view)


def for_member(view: _MemberView[_Arguments]) -> _View[_Arguments]:
    """Hands the signed-in member to the view; the signed out sign in first."""

    @login_required
    @wraps(view)
    def wrapped(
        request: HttpRequest, /, *args: _Arguments.args, **kwargs: _Arguments.kwargs
    ) -> HttpResponse:
        assert request.user.is_authenticated  # noqa: S101 - for the type checker
        return view(request, request.user, *args, **kwargs)

    return wrapped


def same_person_for_posts(view: _View[_Arguments]) -> _View[_Arguments]:
    """Asks for the password or the like before a form is obeyed, unless that was just done.

    allauth keeps the form meanwhile, and sends it on.
    """
    asking: _View[_Arguments] = reauthentication_required(allow_get=True)(view)
    return asking
