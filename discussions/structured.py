"""schema.org data of a discussion, for search engines."""

from typing import Any

from discussions.markup import excerpt
from discussions.models import Discussion


def discussion_data(discussion: Discussion, site_url: str) -> dict[str, Any]:
    """https://schema.org/DiscussionForumPosting; the comments are linked, not repeated."""
    consultation = discussion.consultation
    url = f"{site_url}{discussion.get_absolute_url()}"
    begun_at = discussion.window.opens_at or consultation.published_at
    return {
        "@context": "https://schema.org",
        "@type": "DiscussionForumPosting",
        "@id": url,
        "url": url,
        "headline": discussion.title,
        "text": excerpt(discussion.introduction, 500) or discussion.title,
        "inLanguage": "en-GB",
        "author": {"@type": "Organization", "name": consultation.owner},
        "datePublished": begun_at.isoformat() if begun_at else "",
        "isPartOf": {
            "@type": "WebPage",
            "name": consultation.title,
            "url": f"{site_url}{consultation.get_absolute_url()}",
        },
        "commentCount": discussion.comment_count,
        "interactionStatistic": {
            "@type": "InteractionCounter",
            "interactionType": "https://schema.org/CommentAction",
            "userInteractionCount": discussion.comment_count,
        },
    }
