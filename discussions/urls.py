from django.urls import path

from accounts.views.access import for_everyone
from discussions.feeds import DiscussionFeed
from discussions.views import (
    archives,
    following,
    hosting,
    images,
    ledger,
    my_comments,
    my_data,
    naming,
    reading,
    reporting,
    statements,
    writing,
)

_DISCUSSION = "consultations/<slug:consultation>/<slug:discussion>/"

urlpatterns = [
    path("", for_everyone(reading.home), name="home"),
    path("consultations/", for_everyone(reading.consultations), name="consultations"),
    path(
        "consultations/<slug:consultation>/",
        for_everyone(reading.consultation),
        name="consultation",
    ),
    # Before discussions: none of them can be called "name".
    path(
        "account/name/<slug:consultation>/",
        naming.consultation_name,
        name="consultation_name",
    ),
    # Not below the consultation: a discussion may be called anything.
    path("following/<slug:consultation>/", following.follow, name="follow"),
    path(_DISCUSSION, for_everyone(reading.discussion), name="discussion"),
    path(f"{_DISCUSSION}all/", for_everyone(reading.whole), name="whole"),
    path(f"{_DISCUSSION}comments/", writing.comments, name="comments"),
    path(f"{_DISCUSSION}start/", writing.start, name="start"),
    path(f"{_DISCUSSION}feed/", for_everyone(DiscussionFeed.as_view()), name="feed"),
    path(
        "consultations/<slug:consultation>/image/<slug:digest>/",
        images.consultation_image,
        name="consultation_image",
    ),
    path("archives/<slug:consultation>.zip", archives.archive, name="archive"),
    path("comments/<int:pk>/", for_everyone(reading.comment), name="comment"),
    path("comments/<int:pk>/reply/", writing.reply, name="reply"),
    path("comments/<int:pk>/edit/", writing.edit, name="edit"),
    path("comments/<int:pk>/withdraw/", writing.withdraw, name="withdraw"),
    path("comments/<int:pk>/reaction/", writing.reaction, name="reaction"),
    path("comments/<int:pk>/official/", hosting.official, name="official"),
    path("comments/<int:pk>/report/", reporting.report, name="report"),
    path("reports/", reporting.reports, name="reports"),
    path("reports/<str:reference>/", reporting.report_outcome, name="report_outcome"),
    path("moderation/", for_everyone(ledger.moderation), name="moderation"),
    path("moderation/log.csv", ledger.moderation_log, name="moderation_log"),
    path("account/reports/", reporting.account_reports, name="account_reports"),
    path("account/decisions/<int:pk>/", statements.statement, name="statement"),
    path("account/comments/", my_comments.account_comments, name="account_comments"),
    path("account/data/", my_data.account_data, name="account_data"),
    path("account/data/<int:pk>/", my_data.account_data_copy, name="account_data_copy"),
]
