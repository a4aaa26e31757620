"""A discussion as an Atom feed: its latest comments, for readers and machines alike."""

from datetime import datetime

from django.contrib.syndication.views import Feed
from django.http import HttpRequest
from django.utils.feedgenerator import Atom1Feed
from django.utils.translation import gettext as _

from discussions.markup import excerpt
from discussions.models import Comment, Discussion
from discussions.views.access import discussion_or_404

_ENTRIES = 50


class DiscussionFeed(Feed[Comment, Discussion]):
    feed_type = Atom1Feed

    def get_object(  # type: ignore[override]  # the stubs know no arguments by name
        self, request: HttpRequest, consultation: str, discussion: str
    ) -> Discussion:
        return discussion_or_404(consultation, discussion)

    def title(self, obj: Discussion) -> str:
        return _("%(discussion)s: latest comments") % {"discussion": obj.title}

    def subtitle(self, obj: Discussion) -> str:
        return excerpt(obj.introduction)

    def link(self, obj: Discussion) -> str:
        return obj.get_absolute_url()

    def items(self, obj: Discussion) -> list[Comment]:
        latest = Comment.objects.filter(discussion=obj).visible_to(None).order_by("-pk")
        return list(latest.select_related("author__member").defer("search_vector")[:_ENTRIES])

    def item_title(self, item: Comment) -> str:  # type: ignore[override]  # as above
        return excerpt(item.body, 80)

    def item_description(self, item: Comment) -> str:  # type: ignore[override]  # as above
        return item.body_html

    def item_author_name(self, item: Comment) -> str:
        return item.author.shown_name

    def item_pubdate(self, item: Comment) -> datetime:
        return item.posted_at

    def item_updateddate(self, item: Comment) -> datetime:
        return item.edited_at or item.posted_at
