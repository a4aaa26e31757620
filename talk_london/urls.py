from collections.abc import Callable

from allauth.account import urls as account_urls
from django.conf import settings
from django.contrib import admin
from django.contrib.sitemaps.views import sitemap
from django.db import transaction
from django.http import HttpResponseBase
from django.urls import URLPattern, include, path
from django.views.generic import TemplateView

from accounts.views.access import for_everyone
from discussions.sitemaps import ConsultationSitemap, DiscussionSitemap, PageSitemap
from talk_london import machines, outbox
from talk_london.staff import admin_sign_in

_SITEMAPS = {
    "pages": PageSitemap,
    "consultations": ConsultationSitemap,
    "discussions": DiscussionSitemap,
}


def _page(name: str) -> Callable[..., HttpResponseBase]:
    return for_everyone(TemplateView.as_view(template_name=f"pages/{name}.html"))


# A change and the mail that tells of it happen together, or not at all. Not where a guess is
# counted: the count must stay, and others from the same address must not wait for the answer.
_CHANGES = {
    "account_email",
    "account_change_password",
    "account_reset_password",
    "account_complete_password_reset",
}


def _whole(patterns: list[URLPattern]) -> list[URLPattern]:
    return [
        URLPattern(each.pattern, transaction.atomic(each.callback), each.default_args, each.name)
        if each.name in _CHANGES
        else each
        for each in patterns
    ]


urlpatterns = [
    path("", include("discussions.urls")),
    path("", include("moderation.urls")),
    path("how-it-works/", _page("how_it_works"), name="how_it_works"),
    path("accessibility/", _page("accessibility"), name="accessibility"),
    path("privacy/", _page("privacy"), name="privacy"),
    path("terms/", _page("terms"), name="terms"),
    path("cookies/", _page("cookies"), name="cookies"),
    path("", include("accounts.urls")),
    path("accounts/", include(_whole(account_urls.urlpatterns))),
    path("accounts/2fa/", include("allauth.mfa.urls")),
    path("accounts/sessions/", include("allauth.usersessions.urls")),
    path("admin/login/", admin_sign_in, name="admin_sign_in"),
    path("admin/", admin.site.urls),
    path("robots.txt", for_everyone(machines.robots), name="robots"),
    path("sitemap.xml", for_everyone(sitemap), {"sitemaps": _SITEMAPS}, name="sitemap"),
    path(".well-known/security.txt", for_everyone(machines.security), name="security"),
]

if settings.LOCAL:
    urlpatterns.append(path("outbox/", outbox.outbox, name="outbox"))

handler400 = "talk_london.errors.bad_request"
handler403 = "talk_london.errors.permission_denied"
handler404 = "talk_london.errors.page_not_found"
handler429 = "talk_london.errors.too_many_requests"  # allauth's, not Django's
handler500 = "talk_london.errors.server_error"
