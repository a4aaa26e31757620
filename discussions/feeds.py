"""A discussion as an Atom feed: its latest comments, for readers and machines alike."""

import re
from datetime import datetime
from typing import Any

from django.contrib.syndication.views import Feed
from django.http import HttpRequest, HttpResponse
from django.utils.feedgenerator import Atom1Feed
from django.utils.translation import gettext as _

from discussions.markup import excerpt
from discussions.models import Comment, Discussion
from discussions.templatetags.talk import said
from discussions.views.access import discussion_or_404

_ENTRIES = 50
_NOT_IN_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


class _Atom(Atom1Feed):
    def latest_post_date(self) -> datetime:
        """A feed of nothing was last changed when its discussion opened, not now."""
        moments = [item["updateddate"] for item in self.items]
        latest: datetime = max(moments, default=self.feed["begun_at"])
        return latest


class DiscussionFeed(Feed[Comment, Discussion]):
    feed_type = _Atom

    @classmethod
    def as_view(cls) -> Any:  # noqa: ANN401 - a view, with a decorator without types
        return _without_last_modified(cls())

    def get_object(self, request: HttpRequest, consultation: str, discussion: str) -> Discussion:
        return discussion_or_404(consultation, discussion)

    def title(self, obj: Discussion) -> str:
        return _("%(discussion)s: latest comments") % {"discussion": _line(obj.title)}

    def subtitle(self, obj: Discussion) -> str:
        return _line(excerpt(obj.introduction))

    def link(self, obj: Discussion) -> str:
        return obj.get_absolute_url()

    def feed_extra_kwargs(self, obj: Discussion) -> dict[str, Any]:
        return {"begun_at": obj.window.opens_at or obj.consultation.published_at}

    def items(self, obj: Discussion) -> list[Comment]:
        # Not newer than its own newest: else the planner may begin with what was posted elsewhere.
        here = Comment.objects.filter(discussion=obj, pk__lte=obj.last_comment_id)
        latest = here.visible_to(None).order_by("-pk")
        shown = latest.select_related("author__member", "source").defer("search_vector")
        return list(shown[:_ENTRIES])

    def item_title(self, item: Comment) -> str:
        return _line(excerpt(item.body, 80))

    def item_description(self, item: Comment) -> str:
        return _NOT_IN_XML.sub("", item.body_html)

    def item_author_name(self, item: Comment) -> str:
        name = _line(item.author.shown_name)
        return f"{name} ({_line(said(item.source))})" if item.source else name

    def item_pubdate(self, item: Comment) -> datetime:
        return item.posted_at

    def item_updateddate(self, item: Comment) -> datetime:
        return item.edited_at or item.posted_at


def _without_last_modified(feed: DiscussionFeed) -> Any:  # noqa: ANN401 - as above
    """When the latest comment was posted says nothing of one that was hidden since: its entity tag
    tells of that, too."""

    def view(request: HttpRequest, *args: str, **kwargs: str) -> HttpResponse:
        response = feed(request, *args, **kwargs)
        del response["Last-Modified"]
        return response

    return view


def _line(text: str) -> str:
    return " ".join(_NOT_IN_XML.sub("", text).split())
