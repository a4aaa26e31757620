"""Made-up comments in the shape of real ones, for measuring: many short, few long, deep and wide.

Not the demo: nobody is meant to read these.
"""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection, transaction
from django.utils import timezone

from discussions.markup import body_html
from discussions.models import Comment, Discussion, Participant, Prompt
from discussions.models.comments import new_reference
from discussions.posting import lock, next_ids, path_below
from discussions.responses import recount
from discussions.screened import text_key

# How often somebody who searches finds these: in about every second comment, in one of sixty, and
# in about 25 whatever the count.
COMMON_WORD, MIDDLING_WORD, RARE_WORD = "police", "allotment", "kingfisher"
_MIDDLING_SHARE, _RARE_TIMES = 1 / 60, 25

_BATCH = 5_000
_ROOT_SHARE = 0.4
_FAR_BACK = 1_000  # comments; nobody replies to what was said before them
_SPREAD = timedelta(days=30)
_WORDS = [
    "street",
    COMMON_WORD,
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
    "text_key",
    "reply_count",
    "agree_count",
    "disagree_count",
)


@dataclass(frozen=True)
class _Plan:
    """What is settled before the first comment is stored, so that none is stored twice.

    `back` says of each comment how many before it stands the one that it answers; 0: none.
    """

    back: list[int]
    replies: list[int]
    begins: datetime
    step: timedelta
    authors: list[int]
    prompts: list[int]

    @property
    def rare_every(self) -> int:
        return max(len(self.back) // _RARE_TIMES, 1)


def generate(discussion: Discussion, count: int, seed: int) -> None:
    """Add the comments in batches; a batch is there whole or not at all."""
    chance = random.Random(seed)  # noqa: S311 - for shapes, not for secrets
    plan = _plan(discussion, count, chance)
    recent: list[Comment] = []
    for start in range(0, count, _BATCH):
        with transaction.atomic():
            locked = lock(discussion.pk)
            numbers = range(start, min(start + _BATCH, count))
            _copy(_comments(locked, numbers, chance, plan, recent))
    with transaction.atomic():
        recount(lock(discussion.pk).consultation)


def made_up_text(chance: random.Random, extra: Sequence[str] = ()) -> str:
    """A text of made-up length, with the extra words somewhere in it."""
    words = max(int(chance.lognormvariate(3.4, 0.8)), 2)
    chosen = chance.choices(_WORDS, k=min(words, 600))
    for word in extra:
        chosen.insert(chance.randrange(len(chosen)), word)
    text = " ".join(chosen)
    cut = len(text) // 2
    if words > 60:
        text = f"{text[:cut].rstrip()}\n\n{text[cut:].lstrip()}"
    return f"{text[0].upper()}{text[1:3_990]}."


def _plan(discussion: Discussion, count: int, chance: random.Random) -> _Plan:
    back = [_back(number, chance) for number in range(count)]
    begins, ends = _span(discussion)
    return _Plan(
        back=back,
        replies=_replies(back),
        begins=begins,
        step=(ends - begins) / count,
        authors=_authors(discussion, max(min(count // 3, 20_000), 1)),
        prompts=list(Prompt.objects.filter(discussion=discussion).values_list("pk", flat=True)),
    )


def _back(number: int, chance: random.Random) -> int:
    """Most replies go to what was said last, a few far back: threads wide and deep."""
    if not number or chance.random() <= _ROOT_SHARE:
        return 0
    return min(int(chance.expovariate(0.05)) + 1, number, _FAR_BACK)


def _replies(back: list[int]) -> list[int]:
    """How many stand below each, at any depth."""
    counts = [0] * len(back)
    for number in range(len(back)):
        above = number
        while back[above]:
            above -= back[above]
            counts[above] += 1
    return counts


def _span(discussion: Discussion) -> tuple[datetime, datetime]:
    """After what is there, inside the window where there is one, and not in the future."""
    window = discussion.window
    ends = min(filter(None, [timezone.now(), window.closes_at]))
    known = list(filter(None, [window.opens_at, discussion.last_posted_at]))
    return min(max([ends - _SPREAD, *known]), ends), ends


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
    numbers: range,
    chance: random.Random,
    plan: _Plan,
    recent: list[Comment],
) -> Iterator[Comment]:
    """`recent` holds what may be replied to, and is kept from batch to batch."""
    for number, pk in zip(numbers, next_ids(len(numbers)), strict=True):
        back = plan.back[number]
        parent = recent[-back] if back else None
        body = made_up_text(chance, _extra(number, chance, plan))
        comment = Comment(
            pk=pk,
            discussion=discussion,
            author_id=chance.choice(plan.authors),
            parent=parent,
            prompt_id=chance.choice([None, *plan.prompts]) if parent is None else None,
            path=path_below(parent, pk),
            body=body,
            body_html=body_html(body),
            posted_at=plan.begins + number * plan.step,
            reply_count=plan.replies[number],
            agree_count=int(chance.paretovariate(0.9)) - 1 if chance.random() < 0.5 else 0,
            disagree_count=int(chance.expovariate(0.5)),
            reference=new_reference(),
            text_key=text_key(body),
        )
        comment.agree_count = min(comment.agree_count, 5_000)
        recent.append(comment)
        del recent[:-_FAR_BACK]
        yield comment


def _extra(number: int, chance: random.Random, plan: _Plan) -> list[str]:
    words = [MIDDLING_WORD] if chance.random() < _MIDDLING_SHARE else []
    return [*words, RARE_WORD] if number % plan.rare_every == 0 else words


def _copy(comments: Iterator[Comment]) -> None:
    columns = ", ".join(_COLUMNS)
    rows = [[getattr(comment, name) for name in _COLUMNS] for comment in comments]
    with (
        connection.cursor() as cursor,
        cursor.copy(f"COPY discussions_comment ({columns}) FROM STDIN") as copy,
    ):
        for row in rows:
            copy.write_row(row)
