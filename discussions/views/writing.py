"""Taking part: each view fetches, checks, acts, and answers with a page or a redirect."""

from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST

from accounts.models import Member
from discussions import posting
from discussions.drafts import draft_for, drop_draft, keep_draft
from discussions.forms import CommentForm, EditForm, ReactionForm, ReplyForm
from discussions.models import Comment, Discussion
from discussions.permissions import EDIT_FOR, Action, check_allowed, check_may_post
from discussions.reading import Reading
from discussions.screened import AskFirstError, is_urgent
from discussions.threads import read_with_ancestors
from discussions.views.access import (
    address_of,
    comment_or_404,
    discussion_or_404,
    own_withdrawn,
    viewer_of,
)
from discussions.views.asking import ask_first, confirmed
from discussions.views.discussion_page import discussion_page
from discussions.views.following import ask_on_next_page
from discussions.views.places import comment_to_act_on, discussion_to_post_in
from discussions.views.refusals import refusals_told
from moderation.elections import FrozenError
from moderation.limits import (
    check_limit,
    check_limits,
    posts_from_address,
    posts_of_member,
    posts_on_site,
)

_CommentView = Callable[[HttpRequest, Comment, Member], HttpResponse]


@require_http_methods(["GET", "POST"])
@refusals_told
def comments(request: HttpRequest, consultation: str, discussion: str) -> HttpResponse:
    """POST a comment. A GET is somebody coming back after signing in, or reloading."""
    found = discussion_to_post_in(consultation, discussion)
    if request.method == "GET":
        return redirect(found)
    viewer = viewer_of(request)
    if viewer is None:
        _keep(request, found.get_absolute_url())
        # Without "#write": a browser that follows a fragment gives no field the focus.
        return _to_sign_in(found.get_absolute_url())
    form = CommentForm(found, request.POST)
    if not form.is_valid():
        # The page has a form to show the text in only where one can post.
        check_may_post(found, viewer, timezone.now())
        found = discussion_or_404(consultation, discussion)
        return discussion_page(request, found, form, status=422)
    new = posting.NewComment(
        body=form.cleaned_data["body"],
        form_key=form.cleaned_data["form_key"],
        prompt_id=form.cleaned_data["prompt"],
        confirmed=confirmed(request),
    )
    return _post(request, found, viewer, new, found.get_absolute_url())


@csrf_exempt
@require_POST
@refusals_told
def start(request: HttpRequest, consultation: str, discussion: str) -> HttpResponse:
    """A reader who has not signed in has written something: it is kept while they join.

    Pages for readers carry no token, so that they can be cached; all this does is keep a text
    that its writer then reads, and posts. Other sites may not even do that.
    """
    found = discussion_or_404(consultation, discussion)
    _refuse_other_sites(request)
    place = found.get_absolute_url()
    _keep(request, place)
    if viewer_of(request) is not None:
        return redirect(place)
    return redirect(f"{reverse('account_signup')}?{urlencode({REDIRECT_FIELD_NAME: place})}")


def _keep(request: HttpRequest, place: str) -> None:
    """Until its writer has signed in. Each address may have so many kept as it may post."""
    if request.method == "POST":
        check_limit(posts_from_address(), address_of(request))
        keep_draft(request, place)


def _refuse_other_sites(request: HttpRequest) -> None:
    origin = request.headers.get("Origin", "")
    ours = f"{request.scheme}://{request.get_host()}"
    if origin not in ("", ours) or request.headers.get("Sec-Fetch-Site") == "cross-site":
        raise PermissionDenied


def about_comment(view: _CommentView) -> Callable[[HttpRequest, int], HttpResponse]:
    """Fetches the comment the viewer may read: with what a page shows for a GET alone. The signed
    out sign in first, their text kept."""

    @require_http_methods(["GET", "POST"])
    @refusals_told
    @wraps(view)
    def wrapped(request: HttpRequest, pk: int) -> HttpResponse:
        viewer = viewer_of(request)
        if viewer is None:
            comment_or_404(pk, viewer)
            _keep(request, request.path)
            return _to_sign_in(request.path)
        find = comment_or_404 if request.method == "GET" else comment_to_act_on
        return view(request, find(pk, viewer), viewer)

    return wrapped


@about_comment
def reply(request: HttpRequest, comment: Comment, member: Member) -> HttpResponse:
    discussion = comment.discussion
    if request.method == "GET":
        _check_may_write(Action.REPLY, comment, member)
        form = ReplyForm(initial=draft_for(request, request.path))
        return _form_page(request, "discussions/reply.html", comment, form)
    form = ReplyForm(request.POST)
    if not form.is_valid():
        return _form_page(request, "discussions/reply.html", comment, form, status=422)
    new = posting.NewComment(
        body=form.cleaned_data["body"],
        form_key=form.cleaned_data["form_key"],
        parent_id=comment.pk,
        confirmed=confirmed(request),
    )
    return _post(request, discussion, member, new, request.path)


@about_comment
def edit(request: HttpRequest, comment: Comment, member: Member) -> HttpResponse:
    if request.method == "GET":
        _check_may_write(Action.EDIT, comment, member)
        form = EditForm(initial=draft_for(request, request.path) or {"body": comment.body})
        return _form_page(request, "discussions/edit.html", comment, form)
    form = EditForm(request.POST)
    if not form.is_valid():
        return _form_page(request, "discussions/edit.html", comment, form, status=422)
    try:
        edited = posting.edit_comment(
            comment, member, form.cleaned_data["body"], confirmed(request)
        )
    except AskFirstError as question:
        return ask_first(request, comment.discussion, question, request.path)
    drop_draft(request, request.path)
    messages.success(request, _("Your change is saved."))
    _say_if_held(request, edited)
    return redirect(comment)


def _check_may_write(action: Action, comment: Comment, member: Member) -> None:
    """Before there is a form; discussions.posting decides. Also raises FrozenError, to a host."""
    reading = Reading(comment.discussion, member, timezone.now())
    check_allowed(action, comment, member, reading.moment)
    if reading.waits_for is not None:
        raise FrozenError(reading.waits_for)


def withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """A second click finds it withdrawn, and its author is told so, not that it never existed."""
    again = own_withdrawn(pk, viewer_of(request))
    return _withdrawn(request, again) if again else _withdraw(request, pk)


@about_comment
def _withdraw(request: HttpRequest, comment: Comment, member: Member) -> HttpResponse:
    if request.method == "GET":
        check_allowed(Action.WITHDRAW, comment, member, timezone.now())
        return _form_page(request, "discussions/withdraw.html", comment)
    posting.withdraw_comment(comment, member)
    return _withdrawn(request, comment)


def _withdrawn(request: HttpRequest, comment: Comment) -> HttpResponse:
    messages.success(request, _("You withdrew your comment. Nobody can read it now."))
    return redirect(f"{comment.discussion.get_absolute_url()}#comments")


@about_comment
def reaction(request: HttpRequest, comment: Comment, member: Member) -> HttpResponse:
    """Agree or disagree; answers scripts with the new counts."""
    if request.method == "GET":
        _check_may_write(Action.REACT, comment, member)
        return _form_page(request, "discussions/reaction.html", comment)
    form = ReactionForm(request.POST)
    if not form.is_valid():
        return _form_page(request, "discussions/reaction.html", comment, status=422)
    mine = form.cleaned_data["reaction"]
    changed = posting.react(comment, member, mine)
    ask_on_next_page(request, comment.discussion.consultation, member)
    if request.headers.get("Accept") == "application/json":
        counts = {"agree": changed.agree_count, "disagree": changed.disagree_count}
        return JsonResponse({**counts, "mine": mine or ""})
    return HttpResponseRedirect(f"{_back(request, comment)}#comment-{comment.pk}")


def _post(
    request: HttpRequest,
    discussion: Discussion,
    member: Member,
    new: posting.NewComment,
    place: str,
) -> HttpResponse:
    """`place` is the address of the form, which a text may have been kept for."""
    if not posting.was_posted(member, new.form_key):
        _check_limits(request, member)
    try:
        comment = posting.post_comment(discussion, member, new)
    except AskFirstError as question:
        return ask_first(request, discussion, question, place)
    drop_draft(request, place)
    if not comment.author.asked_to_follow:
        ask_on_next_page(request, discussion.consultation, member)
    # Nobody is told who was not asked before: there is nothing to look for again.
    if new.confirmed and is_urgent(comment.body):
        told = _(
            "Thank you for telling us. Please talk to somebody now: in danger, call 999; "
            "Samaritans are there day and night on 116 123."
        )
        messages.warning(request, told)
    elif comment.is_published:
        messages.success(request, _("Your comment is published. Thank you for taking part."))
    _say_if_held(request, comment)
    if new.parent_id is not None:
        return redirect(comment)
    return HttpResponseRedirect(f"{discussion.get_absolute_url()}#comment-{comment.pk}")


def _say_if_held(request: HttpRequest, comment: Comment) -> None:
    if comment.status == Comment.Status.HELD:
        told = _("Your comment is safe with us. A moderator reads it before others can.")
        messages.info(request, told)


def _check_limits(request: HttpRequest, member: Member) -> None:
    """The nearest first: what one member is refused does not count against their neighbours."""
    check_limits(
        (posts_of_member(), str(member.pk)),
        (posts_from_address(), address_of(request)),
        (posts_on_site(), "all"),
    )


def _form_page(
    request: HttpRequest,
    template: str,
    comment: Comment,
    form: ReplyForm | EditForm | None = None,
    status: int = 200,
) -> HttpResponse:
    """A form on a page of its own, under the comment that it is about."""
    viewer = viewer_of(request)
    if request.method == "POST":
        comment = comment_or_404(comment.pk, viewer)
    reading = Reading(comment.discussion, viewer, timezone.now())
    ancestors, node = read_with_ancestors(reading, comment)
    context: dict[str, Any] = {
        "comment": comment,
        "discussion": comment.discussion,
        "consultation": comment.discussion.consultation,
        "ancestors": ancestors,
        "node": node,
        "form": form,
        "moment": reading.moment,
        "edit_until": comment.posted_at + EDIT_FOR,
        "posting_as": reading.me,
    }
    return render(request, template, context, status=status)


def _to_sign_in(then: str) -> HttpResponse:
    return redirect(f"{reverse('account_login')}?{urlencode({REDIRECT_FIELD_NAME: then})}")


def _back(request: HttpRequest, comment: Comment) -> str:
    wanted = request.POST.get(REDIRECT_FIELD_NAME, "")
    if url_has_allowed_host_and_scheme(wanted, allowed_hosts=None):
        return wanted
    return comment.get_absolute_url()
