"""Comments on pages, which templates need not put together one by one (discussions.cards)."""

from collections.abc import Sequence

from django import template
from django.template.context import Context
from django.utils.safestring import SafeString

from discussions import cards
from discussions.cards import Setting
from discussions.threads import Node

register = template.Library()


@register.simple_tag(takes_context=True)
def comment_card(context: Context, node: Node, **how: bool) -> SafeString:
    """One comment; `how` as the Setting has it: exact, quiet, is_under_question."""
    return SafeString(cards.card(node, _setting(context, **how)))


@register.simple_tag(takes_context=True)
def reply_cards(context: Context, nodes: Sequence[Node]) -> SafeString:
    return SafeString(cards.cards(nodes, _setting(context)))


def _setting(context: Context, **how: bool) -> Setting:
    """What views tell their templates anyway."""
    user = context.get("user")
    return Setting(
        moment=context["moment"],
        viewer=user if user and user.is_authenticated else None,
        questions=context.get("prompts") or (),
        invites=bool(context.get("invites")),
        **how,
    )
