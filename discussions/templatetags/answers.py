"""How pages put what followers wait for: the answer's clock, and what a member follows."""

from django import template
from django.utils import timezone

from accounts.models import Member
from discussions import following
from discussions.answer_clock import AnswerClock
from discussions.answer_clock import answer_clock as clock_at
from discussions.models import Consultation

register = template.Library()


@register.filter
def answer_clock(consultation: Consultation) -> AnswerClock | None:
    return clock_at(consultation, timezone.now())


@register.simple_tag
def followed_by(member: Member) -> list[Consultation]:
    return following.followed_by(member)
