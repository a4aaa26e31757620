"""Made-up comments in the shape of real ones, for measuring: many short, few long, deep and wide.

Not the demo: nobody is meant to read these.
"""

import random
from collections.abc import Iterator
from datetime import datetime, timedelta

from django.db import connection, transaction
from django.utils import timezone

from discussions.markup import body_html
from discussions.models import Comment, Discussion, Participant, Prompt
from discussions.models.comments import new_reference
from discussions.posting import lock, next_ids, path_below
from discussions.responses import recount

_BATCH = 5_000
_ROOT_SHARE = 0.4
_WORDS = [
    "street",
    "police",
    "officer",
    "night",
    "bus",
    "school",
    "young",
    "people",
    "park",
    "station",
    "trust",
    "listen",
    "council",
    "estate",
    "patrol",
    "camera",
    "shop",
    "phone",
    "stolen",
    "safe",
    "neighbour",
    "community",
    "report",
    "answer",
    "wait",
    "money",
    "youth",
    "club",
    "light",
    "corner",
    "drugs",
    "car",
    "bike",
    "pavement",
    "family",
    "friend",
    "morning",
    "evening",
    "always",
    "never",
    "sometimes",
    "because",
    "should",
    "would",
    "could",
    "need",
    "want",
    "better",
    "worse",
    "more",
    "less",
    "again",
    "still",
    "nobody",
    "everyone",
    "something",
    "the",
    "a",
    "of",
    "and",
    "to",
    "in",
    "on",
    "for",
    "with",
    "from",
    "about",
    "at",
    "by",
    "our",
    "their",
    "my",
    "your",
    "it",
]
_COLUMNS = (
    "id",
    "discussion_id",
    "author_id",
    "parent_id",
    "prompt_id",
    "path",
    "status",
    "body",
    "body_html",
    "posted_at",
    "reference",
    "reply_count",
    "agree_count",
    "disagree_count",
)


def generate(discussion: Discussion, count: int, seed: int) -> None:
    """Add the comments in batches; a batch is there whole or not at all."""
    chance = random.Random(seed)  # noqa: S311 - for shapes, not for secrets
    authors = _authors(discussion, max(min(count // 3, 20_000), 1))
    prompts = list(Prompt.objects.filter(discussion=discussion).values_list("pk", flat=True))
    recent: list[Comment] = []
    for start in range(0, count, _BATCH):
        with transaction.atomic():
            locked = lock(discussion.pk)
            comments = list(
                _comments(locked, min(_BATCH, count - start), chance, authors, prompts, recent)
            )
            _copy(comments)
    with transaction.atomic():
        recount(lock(discussion.pk).consultation)


def _authors(discussion: Discussion, count: int) -> list[int]:
    wanted = [
        Participant(consultation_id=discussion.consultation_id, name=f"Somebody {number}")
        for number in range(1, count + 1)
    ]
    Participant.objects.bulk_create(wanted, batch_size=_BATCH, ignore_conflicts=True)
    mine = Participant.objects.filter(
        consultation=discussion.consultation_id, member=None, name__startswith="Somebody "
    )
    return list(mine.values_list("pk", flat=True)[:count])


def _comments(
    discussion: Discussion,
    count: int,
    chance: random.Random,
    authors: list[int],
    prompts: list[int],
    recent: list[Comment],
) -> Iterator[Comment]:
    """`recent` holds what may be replied to, and is kept from batch to batch."""
    moment = _start(discussion)
    for number, pk in enumerate(next_ids(count)):
        parent = None
        if recent and chance.random() > _ROOT_SHARE:
            # Most replies go to what was said last, a few far back: threads wide and deep.
            back = min(int(chance.expovariate(0.05)) + 1, len(recent))
            parent = recent[-back]
        body = _text(chance)
        comment = Comment(
            pk=pk,
            discussion=discussion,
            author_id=chance.choice(authors),
            parent=parent,
            prompt_id=chance.choice([None, *prompts]) if parent is None else None,
            path=path_below(parent, pk),
            body=body,
            body_html=body_html(body),
            posted_at=moment + timedelta(milliseconds=number),
            agree_count=int(chance.paretovariate(0.9)) - 1 if chance.random() < 0.5 else 0,
            disagree_count=int(chance.expovariate(0.5)),
            reference=new_reference(),
        )
        comment.agree_count = min(comment.agree_count, 5_000)
        recent.append(comment)
        del recent[:-1_000]
        yield comment


def _start(discussion: Discussion) -> datetime:
    """After what is there, inside the window where there is one, and not in the future."""
    closes_at = discussion.window.closes_at
    end = min(timezone.now(), closes_at) if closes_at else timezone.now()
    return end - timedelta(seconds=_BATCH / 1_000 + 1)


def _text(chance: random.Random) -> str:
    words = max(int(chance.lognormvariate(3.4, 0.8)), 2)
    text = " ".join(chance.choices(_WORDS, k=min(words, 600)))
    cut = len(text) // 2
    if words > 60:
        text = f"{text[:cut].rstrip()}\n\n{text[cut:].lstrip()}"
    return f"{text[0].upper()}{text[1:3_990]}."


def _copy(comments: list[Comment]) -> None:
    columns = ", ".join(_COLUMNS)
    with (
        connection.cursor() as cursor,
        cursor.copy(f"COPY discussions_comment ({columns}) FROM STDIN") as copy,
    ):
        for comment in comments:
            copy.write_row([getattr(comment, name) for name in _COLUMNS])
