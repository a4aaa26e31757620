"""The figures of a consultation as one table: which figure, of what, counting what, how many."""

from collections.abc import Iterator

from discussions.exchange.cells import Cell
from discussions.figures import Figures
from discussions.moderation_load import Load
from discussions.reach import Reach

COLUMNS = ("figure", "of", "count", "value")


def public_rows(figures: Figures) -> Iterator[list[Cell]]:
    """What everybody could count from the comments that they can read."""
    yield ["whole", "", "comments", figures.comments]
    yield ["whole", "", "people", figures.people]
    for stretch in figures.over_time.stretches:
        of = stretch.starts_on.isoformat()
        yield [figures.over_time.unit, of, "comments", stretch.comments]
        yield [figures.over_time.unit, of, "people", stretch.people]
    for part in figures.discussions:
        yield ["discussion", part.title, "comments", part.comments]
        yield ["discussion", part.title, "people", part.people]
    for part in figures.prompts:
        of = f"{part.discussion}: {part.title}"
        yield ["prompt", of, "comments", part.comments]
        yield ["prompt", of, "people", part.people]
    replies = figures.replies
    yield ["replies", "", "threads", replies.threads]
    yield ["replies", "", "threads with a reply", replies.answered]
    yield ["replies", "", "replies", replies.replies]
    yield ["replies", "", "replies by hosts", replies.by_hosts]
    yield ["replies", "", "deepest", replies.deepest]
    yield ["reactions", "", "agree", figures.agreement.agrees]
    yield ["reactions", "", "disagree", figures.agreement.disagrees]


def staff_rows(figures: Figures, reach: Reach, load: Load) -> Iterator[list[Cell]]:
    yield from public_rows(figures)
    for kind, comments in (
        ("most agreed", figures.agreement.most_agreed),
        ("most disagreed", figures.agreement.most_disagreed),
        ("most divided", figures.agreement.most_divided),
    ):
        for comment in comments:
            yield [kind, comment.reference, "agree", comment.agree_count]
            yield [kind, comment.reference, "disagree", comment.disagree_count]
    for borough in reach.boroughs:
        yield ["borough", borough.name, "residents", borough.residents]
        people: Cell = "not shown" if borough.people is None else borough.people
        yield ["borough", borough.name, "members who responded", people]
    for gap in reach.gaps:
        yield ["gap", f"{gap.question} {gap.group}", "percent of members who answered", gap.here]
        yield ["gap", f"{gap.question} {gap.group}", "percent of London", gap.in_london]
    for day, opened, decided in zip(load.days, load.opened, load.decided, strict=True):
        yield ["moderation", day.isoformat(), "cases opened", opened]
        yield ["moderation", day.isoformat(), "decisions", decided]
    yield ["moderation", "", "cases that wait", load.waiting]
    yield ["moderation", "", "cases overdue", load.overdue]
