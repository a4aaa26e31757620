from django.urls import path
from django.views.generic import TemplateView

from accounts.views.access import for_everyone
from moderation.views import guidelines, standing

urlpatterns = [
    path("guidelines/", for_everyone(guidelines.guidelines), name="guidelines"),
    path(
        "guidelines/<slug:version>/",
        for_everyone(guidelines.guidelines_version),
        name="guidelines_version",
    ),
    path(
        "support/",
        for_everyone(TemplateView.as_view(template_name="moderation/support.html")),
        name="support",
    ),
    path("account/standing/", standing.account_standing, name="account_standing"),
]
