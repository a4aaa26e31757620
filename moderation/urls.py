from django.urls import path
from django.views.generic import TemplateView

from moderation.views import guidelines, standing

urlpatterns = [
    path("guidelines/", guidelines.guidelines, name="guidelines"),
    path(
        "guidelines/<slug:version>/",
        guidelines.guidelines_version,
        name="guidelines_version",
    ),
    path("support/", TemplateView.as_view(template_name="moderation/support.html"), name="support"),
    path("account/standing/", standing.account_standing, name="account_standing"),
]
