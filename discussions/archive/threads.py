"""The comments of a discussion on pages of an archive: whole threads, the oldest first.

Read in the order of their paths, a page at a time, so that any size takes the memory of a page.
"""

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field

from django.db.models import Count

from discussions.models import Comment, Discussion
from discussions.models.comments import CommentQuerySet
from discussions.shown import ShownComment, as_shown, shown
from discussions.threads import DEEPEST_INDENT, Node, Thread

THREADS_ON_A_PAGE = 100
COMMENTS_ON_A_PAGE = 500  # or more, where one thread has more
_BATCH = 500


@dataclass
class Layout:
    """Which threads stand on which page: the first thread of each, by the id of its top."""

    discussion: Discussion
    firsts: list[int] = field(default_factory=list)

    @property
    def pages(self) -> int:
        """A discussion without comments has a page as well."""
        return max(len(self.firsts), 1)

    def page_of(self, top: int) -> int:
        return max(bisect_right(self.firsts, top), 1)

    def file(self, number: int) -> str:
        return f"discussions/{self.discussion.slug}/page-{number}.html"

    def place_of(self, comment: Comment) -> str:
        """Where it stands, from the root of the archive."""
        return f"{self.file(self.page_of(comment.path[0]))}#comment-{comment.pk}"


def layout(discussion: Discussion) -> Layout:
    found = Layout(discussion)
    threads = comments = 0
    sizes = _placed(discussion).order_by("path__0").values_list("path__0").annotate(Count("pk"))
    for top, size in sizes.iterator(_BATCH):
        is_full = threads >= THREADS_ON_A_PAGE or comments + size > COMMENTS_ON_A_PAGE
        if not found.firsts or is_full:
            found.firsts.append(top)
            threads = comments = 0
        threads, comments = threads + 1, comments + size
    return found


def pages(found: Layout) -> Iterator[tuple[int, list[Thread]]]:
    """Each page by its number, with its threads."""
    number, threads = 1, list[Thread]()
    names: list[str] = []  # of the authors of what stands above
    rows = as_shown(_placed(found.discussion).order_by("path"))
    for comment in shown(rows.iterator(_BATCH)):
        page = found.page_of(comment.path[0])
        if page != number:
            yield number, threads
            number, threads = page, []
        del names[comment.depth :]
        node = _node(comment, names[-1] if names else "")
        names.append(comment.author.shown_name if comment.is_published else "")
        if comment.depth == 0:
            threads.append(Thread(node))
        else:
            threads[-1].replies.append(node)
    yield number, threads


def _node(comment: ShownComment, parent: str) -> Node:
    return Node(
        comment,
        level=min(max(comment.depth - 1, 0), DEEPEST_INDENT),
        shows_text=comment.is_published,
        reply_to=parent,
    )


def _placed(discussion: Discussion) -> CommentQuerySet:
    placed: CommentQuerySet = Comment.objects.filter(discussion=discussion.pk).placed_for(None)
    return placed
