from django.urls import path

from discussions.feeds import DiscussionFeed
from discussions.views import reading, writing

_DISCUSSION = "consultations/<slug:consultation>/<slug:discussion>/"

urlpatterns = [
    path("", reading.home, name="home"),
    path("consultations/", reading.consultations, name="consultations"),
    path("consultations/<slug:consultation>/", reading.consultation, name="consultation"),
    path(_DISCUSSION, reading.discussion, name="discussion"),
    path(f"{_DISCUSSION}comments/", writing.comments, name="comments"),
    path(f"{_DISCUSSION}feed/", DiscussionFeed.as_view(), name="feed"),
    path("comments/<int:pk>/", reading.comment, name="comment"),
    path("comments/<int:pk>/reply/", writing.reply, name="reply"),
    path("comments/<int:pk>/edit/", writing.edit, name="edit"),
    path("comments/<int:pk>/withdraw/", writing.withdraw, name="withdraw"),
    path("comments/<int:pk>/reaction/", writing.reaction, name="reaction"),
]
