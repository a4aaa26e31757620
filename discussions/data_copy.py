"""What a member said and did in consultations, for their copy of their data."""

from collections.abc import Iterator
from typing import Any

from django.db import transaction
from django.urls import reverse

from accounts import data_copy
from accounts.data_copy import Content, iso
from accounts.mail import queue_letter
from accounts.models import DataCopy, Member
from discussions.models import Comment, Follower, Participant, Reaction
from moderation import data_copy as moderation_data

LETTER = "accounts/mail/data_ready"
_BATCH = 500


def make(copy_id: int) -> None:
    """Make the copy that was asked for, and tell its owner. Again: nothing more happens."""
    with transaction.atomic():
        copy = (
            DataCopy.objects.select_for_update(of=("self",))
            .select_related("member")
            .filter(pk=copy_id, made_at=None)
            .first()
        )
        if copy is None:
            return
        data_copy.keep_content(copy, everything(copy.member))
        path = reverse("account_data_copy", args=[copy.pk])
        queue_letter(LETTER, copy.member, thing=f"data-copy:{copy.pk}", context={"path": path})


def everything(member: Member) -> Content:
    return {
        "about this file": "All that Talk London keeps about you. Times are London time.",
        **data_copy.account(member),
        "consultations you take part in": [
            _participation(each)
            for each in Participant.objects.filter(member=member)
            .select_related("consultation", "member")
            .order_by("pk")
        ],
        "consultations you follow": [
            {"consultation": each.consultation.title, "since": iso(each.since)}
            for each in Follower.objects.filter(member=member)
            .select_related("consultation")
            .order_by("pk")
        ],
        "comments": list(_comments(member)),
        "reactions": list(_reactions(member)),
        **moderation_data.about(member),
    }


def _participation(participant: Participant) -> Content:
    return {
        "consultation": participant.consultation.title,
        "your name there": participant.shown_name,
        "host for": participant.organisation or None,
        "asked whether you want to follow it": participant.asked_to_follow,
    }


def _comments(member: Member) -> Iterator[Content]:
    comments = (
        Comment.objects.filter(author__member=member)
        .select_related("discussion__consultation", "prompt")
        .prefetch_related("versions")
        .defer("body_html", "search_vector")
        .order_by("pk")
    )
    for comment in comments.iterator(_BATCH):
        yield _comment(comment)


def _comment(comment: Comment) -> Content:
    return {
        "consultation": comment.discussion.consultation.title,
        "discussion": comment.discussion.title,
        "question": comment.prompt.text if comment.prompt else None,
        "address": comment.get_absolute_url(),
        "a reply to": _address(comment.parent_id),
        "posted": iso(comment.posted_at),
        "changed": iso(comment.edited_at),
        "status": str(comment.get_status_display()),
        "text": comment.body,
        "earlier texts": [
            {"text": each.body, "replaced": iso(each.replaced_at)}
            for each in comment.versions.all()
        ],
        "people who agree": comment.agree_count,
        "people who disagree": comment.disagree_count,
    }


def _reactions(member: Member) -> Iterator[dict[str, Any]]:
    reactions = Reaction.objects.filter(participant__member=member).select_related(
        "comment__discussion__consultation"
    )
    for each in reactions.order_by("pk").iterator(_BATCH):
        yield {
            "consultation": each.comment.discussion.consultation.title,
            "discussion": each.comment.discussion.title,
            "comment": _address(each.comment_id),
            "you": str(each.get_value_display()),
        }


def _address(pk: int | None) -> str | None:
    return reverse("comment", args=[pk]) if pk else None
