from django.urls import path
from django.views.generic import TemplateView

urlpatterns = [
    path(
        "guidelines/",
        TemplateView.as_view(template_name="moderation/guidelines.html"),
        name="guidelines",
    ),
    path("support/", TemplateView.as_view(template_name="moderation/support.html"), name="support"),
]
