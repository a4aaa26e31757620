"""Which mails a member gets beside those that have to be."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from accounts.account_forms import NotificationsForm
from accounts.mail.links import BrokenLinkError, opened, unsubscribe
from accounts.models import Member
from accounts.views.access import for_member


@require_http_methods(["GET", "POST"])
@for_member
def account_notifications(request: HttpRequest, member: Member) -> HttpResponse:
    if request.method == "POST":
        NotificationsForm(request.POST, instance=member).save()
        messages.success(request, _("Your choice is saved."))
        return redirect("account_notifications")
    form = NotificationsForm(instance=member)
    return render(request, "accounts/notifications.html", {"form": form})


@csrf_exempt  # mail programs send it, with no page of ours before; the token is what counts
@never_cache
@require_http_methods(["GET", "POST"])
def unsubscribe_page(request: HttpRequest, token: str) -> HttpResponse:
    """RFC 8058: a POST turns the mails off, without a session; a GET only asks."""
    is_done = request.method == "POST"
    try:
        link = unsubscribe(token) if is_done else opened(token)
    except BrokenLinkError:
        return render(request, "accounts/unsubscribe_broken.html", status=404)
    context = {"wording": link.switch.wording(link.thing), "is_done": is_done}
    return render(request, "accounts/unsubscribe.html", context)
