"""News of a consultation, in admin: written, looked at as a reader, published, corrected."""

from collections.abc import Callable

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from discussions import news, rich_text
from discussions.admin.known_to_readers import on_one_line
from discussions.admin.outcome_room import note
from discussions.admin.rich_text_widget import RichTextWidget
from discussions.admin.rooms import RUN, Room, page, staff_of
from discussions.models import Consultation, Follower, Update
from discussions.news import ShownUpdate
from discussions.outcome import AnswerRefusedError
from moderation.elections import FrozenError, why_frozen

_LISTED_AT_MOST = 100
_LONGEST = 20_000  # characters


class UpdateForm(forms.ModelForm[Update]):
    class Meta:
        model = Update
        fields = ("title", "text")
        widgets = {"text": RichTextWidget}

    def clean_title(self) -> str:
        return on_one_line(self.cleaned_data["title"])

    def clean_text(self) -> str:
        text: str = self.cleaned_data["text"]
        if len(text) > _LONGEST:
            raise forms.ValidationError(_("That is too long."))
        return text


def news_room(request: HttpRequest, consultation: Consultation) -> HttpResponse:
    context = {
        "title": _("News"),
        "updates": consultation.updates.select_related("by")[:_LISTED_AT_MOST],
    }
    return page(request, consultation, "news", context)


def news_item(
    request: HttpRequest, consultation: Consultation, update_id: int | None = None
) -> HttpResponse:
    """Write a piece of news, or correct it."""
    update = _update(consultation, update_id) if update_id else None
    form = UpdateForm(request.POST or None, instance=update)
    if request.method != "POST":
        return _form_page(request, consultation, form, update_id)
    if not form.is_valid():
        return _form_page(request, consultation, form, update_id, status=422)
    title, text = form.cleaned_data["title"], form.cleaned_data["text"]
    try:
        kept = news.keep_update(
            consultation, staff_of(request), title=title, text=text, pk=update_id
        )
    except (AnswerRefusedError, FrozenError) as refusal:
        form.add_error(None, str(refusal))
        return _form_page(request, consultation, form, update_id, status=409)
    note(request, consultation, f"News written: {kept.title}")
    messages.success(request, _("The news is saved."))
    step = "news_preview" if "preview" in request.POST else "news_item"
    return redirect(f"admin:discussions_consultation_{step}", consultation.pk, kept.pk)


def news_preview(request: HttpRequest, consultation: Consultation, update_id: int) -> HttpResponse:
    """As readers will see it."""
    update = _update(consultation, update_id)
    moment = update.published_at or timezone.now()
    shown = ShownUpdate(update.pk, update.title, rich_text.shown(update.text), moment)
    back = _address(consultation, update)
    context = {"consultation": consultation, "updates": [shown], "back": back}
    return render(request, "discussions/answer_preview.html", context)


def publish_news(request: HttpRequest, consultation: Consultation, update_id: int) -> HttpResponse:
    update = _update(consultation, update_id)
    if request.method == "POST":
        told = _("The news is published. Followers are told by email.")
        return _done(request, consultation, update, news.publish_update, told)
    context = {
        "title": _("Publish the news"),
        "update": update,
        "frozen": why_frozen(timezone.now()),
        "followers": Follower.objects.filter(consultation=consultation).count(),
        "back": _address(consultation, update),
    }
    return page(request, consultation, "publish_news", context)


def take_news_back(
    request: HttpRequest, consultation: Consultation, update_id: int
) -> HttpResponse:
    update = _update(consultation, update_id)
    if request.method == "POST":
        told = _("The news is a draft again. Only staff see it.")
        return _done(request, consultation, update, news.take_back, told)
    back = _address(consultation, update)
    context = {"title": _("Take the news back"), "update": update, "back": back}
    return page(request, consultation, "take_news_back", context)


def _update(consultation: Consultation, pk: int) -> Update:
    found = consultation.updates.filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


def _done(
    request: HttpRequest,
    consultation: Consultation,
    update: Update,
    verb: Callable[[Update], Update],
    told: str,
) -> HttpResponse:
    try:
        verb(update)
    except (AnswerRefusedError, FrozenError) as refusal:
        messages.error(request, str(refusal))
        return redirect(_address(consultation, update))
    note(request, consultation, f"{told} {update.title}")
    messages.success(request, told)
    return redirect(NEWS.address(consultation))


def _form_page(
    request: HttpRequest,
    consultation: Consultation,
    form: UpdateForm,
    update_id: int | None,
    status: int = 200,
) -> HttpResponse:
    update = _update(consultation, update_id) if update_id else None
    context = {
        "title": _("Correct the news") if update and update.published_at else _("Write news"),
        "form": form,
        "update": update,
        "back": NEWS.address(consultation),
    }
    return page(request, consultation, "news_item", context, status)


def _address(consultation: Consultation, update: Update) -> str:
    return f"{NEWS.address(consultation)}{update.pk}/"


NEWS = Room("news/", "news", news_room, RUN, gettext_lazy("News"))
ROOMS = (
    NEWS,
    Room("news/new/", "news_new", news_item, RUN),
    Room("news/<int:update_id>/", "news_item", news_item, RUN),
    Room("news/<int:update_id>/preview/", "news_preview", news_preview, RUN),
    Room("news/<int:update_id>/publish/", "news_publish", publish_news, RUN),
    Room("news/<int:update_id>/take-back/", "news_take_back", take_news_back, RUN),
)
