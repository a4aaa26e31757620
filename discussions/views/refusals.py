"""What a writer is told when nothing was posted: why, in a sentence, with the text kept."""

from collections.abc import Callable
from datetime import datetime
from functools import wraps
from typing import Concatenate, ParamSpec

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from discussions.models import Comment, Discussion
from discussions.pace import SLOW_THREAD, SLOWED_MEMBER
from discussions.permissions import Action, NotAllowedError, NotOpenError
from discussions.posting import FormKeyReusedError
from discussions.templatetags.talk import exactly
from moderation.elections import FrozenError
from moderation.limits import Limit, TooOftenError
from moderation.sanctions import SuspendedError
from moderation.timeline import Phase

_Arguments = ParamSpec("_Arguments")
_View = Callable[Concatenate[HttpRequest, _Arguments], HttpResponse]


def refusals_told(view: _View[_Arguments]) -> _View[_Arguments]:
    @wraps(view)
    def wrapped(
        request: HttpRequest, /, *args: _Arguments.args, **kwargs: _Arguments.kwargs
    ) -> HttpResponse:
        try:
            return view(request, *args, **kwargs)
        except NotOpenError as refusal:
            return _not_posted(request, _not_open(refusal.phase), 403, refusal.discussion)
        except NotAllowedError as refusal:
            return _not_posted(request, _not_allowed(refusal.action), 403, refusal.discussion)
        except FormKeyReusedError as refusal:
            earlier = refusal.comment if refusal.comment.is_published else None
            reason = _posted_before(earlier)
            return _not_posted(request, reason, 409, refusal.comment.discussion, earlier)
        except TooOftenError as refusal:
            is_slowed = refusal.limit == SLOWED_MEMBER
            told = _too_often(refusal.limit)
            response = _not_posted(request, told, 429, is_sanctioned=is_slowed)
            response["Retry-After"] = str(int(refusal.limit.window.total_seconds()))
            return response
        except (FrozenError, SuspendedError) as refusal:
            return _shut_out(request, refusal)
        except Comment.DoesNotExist:
            return _not_posted(request, _gone(), 404)

    return wrapped


def _shut_out(request: HttpRequest, refusal: FrozenError | SuspendedError) -> HttpResponse:
    """A host in an election period, or somebody who is suspended."""
    if isinstance(refusal, SuspendedError):
        return _not_posted(request, _suspended(refusal.until), 403, is_sanctioned=True)
    return _not_posted(request, str(refusal), 403)


def _not_posted(
    request: HttpRequest,
    reason: str,
    status: int,
    discussion: Discussion | None = None,
    earlier: Comment | None = None,
    *,
    is_sanctioned: bool = False,
) -> HttpResponse:
    context = {
        "reason": reason,
        "text": request.POST.get("body", ""),
        "discussion": discussion,
        "earlier": earlier,
        "is_sanctioned": is_sanctioned,
    }
    return render(request, "discussions/not_posted.html", context, status=status)


def _not_open(phase: Phase) -> str:
    if phase is Phase.CLOSED:
        return _("This discussion has closed, so nothing more can be posted or changed.")
    return _("This discussion has not opened yet.")


def _not_allowed(action: Action) -> str:
    return {
        Action.REPLY: _("This comment can no longer be replied to."),
        Action.EDIT: _(
            "You can change your own comments, for 15 minutes after posting them. One with words "
            "that a moderator has hidden stays as it is."
        ),
        Action.WITHDRAW: _("You can withdraw your own comments only."),
        Action.REACT: _("You can agree or disagree with other people’s comments only."),
        Action.MARK_OFFICIAL: _(
            "Official answers are made so by hosts of the same organisation. This one cannot be."
        ),
        Action.UNMARK_OFFICIAL: _(
            "Official answers are changed by hosts of the same organisation. This one cannot be."
        ),
        Action.REPORT: _("This is your own comment. You can withdraw it where it stands."),
    }[action]


def _posted_before(earlier: Comment | None) -> str:
    if earlier is None:
        return _("This form was already sent, with another text.")
    return _("This form was already sent, with another text. The first one is published.")


def _too_often(limit: Limit) -> str:
    if limit == SLOWED_MEMBER:
        return _("A moderator has slowed you down: for now you can post once an hour.")
    if limit == SLOW_THREAD:
        return _(
            "Many people answer here at once, so everybody waits ten minutes between two replies."
        )
    return _("That was a lot of posts in a short time. Please wait ten minutes, then go on.")


def _suspended(until: datetime) -> str:
    told = _("A moderator has suspended you. You can write here again from %(until)s.")
    return told % {"until": exactly(until)}


def _gone() -> str:
    return _("The comment you answer is no longer there.")
