"""The form of a consultation, and of the rows within it."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from discussions import images
from discussions.admin.known_to_readers import check_dates, check_may_change, on_one_line
from discussions.admin.rich_text_widget import RichTextWidget
from discussions.admin.rows import RowForm
from discussions.models import (
    Comment,
    Consultation,
    ConsultationImage,
    Discussion,
    TimelineEvent,
)

PICTURE = ("picture", "picture_alt", "picture_away")


class ConsultationForm(forms.ModelForm[Consultation]):
    picture = forms.FileField(
        label=_("New picture"),
        required=False,
        widget=forms.FileInput(attrs={"accept": ", ".join(images.ACCEPTED)}),
        help_text=_("JPEG, PNG or WebP, up to 10 MB. Wide ones look best."),
    )
    picture_alt = forms.CharField(
        label=_("What the picture shows"),
        required=False,
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 2, "class": "vLargeTextField"}),
        help_text=_("For people who cannot see it. Every picture needs it."),
    )
    picture_away = forms.BooleanField(label=_("Show no picture any more"), required=False)

    class Meta:
        widgets = {"information": RichTextWidget}
        labels = {"slug": _("Web address")}
        help_texts = {
            "slug": _(
                "The last part of it: letters, digits and hyphens. It stays as it is once "
                "the consultation is published, because people share links to it."
            ),
            "owner": _("As readers see it: MOPAC, or another part of City Hall."),
            "opens_at": _("London time."),
            "closes_at": _("London time. Give people 6 weeks or longer."),
            "information": _(
                "Facts, plans and links, in plain words. Without the buttons, leave a line empty "
                "between paragraphs, or write simple HTML."
            ),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.new_picture: images.Picture | None = None
        self.image = image_of(self.instance)
        if self.image is not None:
            self.initial["picture_alt"] = self.image.alt

    def clean_title(self) -> str:
        return on_one_line(self.cleaned_data["title"])

    def clean_picture(self) -> Any:  # noqa: ANN401 - an uploaded file of either kind, or None
        upload = self.cleaned_data["picture"]
        if upload:
            try:
                self.new_picture = images.made_anew(upload.file, upload.size)
            except images.ImageRefusedError as refusal:
                raise ValidationError(str(refusal)) from refusal
        return upload

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean()
        known = self.cleaned_data
        has_picture = known.get("picture") or (self.image and not known.get("picture_away"))
        if has_picture and not known.get("picture_alt", "").strip():
            told = _("Say what the picture shows, for people who cannot see it.")
            self.add_error("picture_alt", told)
        opens_at, closes_at = known.get("opens_at"), known.get("closes_at")
        if opens_at and closes_at and closes_at <= opens_at:
            self.add_error("closes_at", _("It has to close after it opens."))
        check_dates(self)
        check_may_change(self.instance)
        return cleaned

    def save_picture(self) -> None:
        """Once the consultation is saved."""
        alt = self.cleaned_data.get("picture_alt", "").strip()
        if self.new_picture is not None:
            images.keep(self.instance, self.new_picture, alt)
        elif self.cleaned_data.get("picture_away"):
            ConsultationImage.objects.filter(consultation=self.instance).delete()
        elif self.image is not None and alt != self.image.alt:
            ConsultationImage.objects.filter(pk=self.image.pk).update(alt=alt)


class DiscussionRowForm(RowForm[Discussion]):
    class Meta:
        labels = {"slug": _("Web address")}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self._is_known_to_readers() and "slug" in self.fields:
            self.fields["slug"].disabled = True

    def clean_title(self) -> str:
        return on_one_line(self.cleaned_data["title"])

    def why_it_stays(self) -> str:
        if Comment.objects.filter(discussion=self.instance).exists():
            return gettext("People have commented on this discussion, so it stays.")
        if self._is_known_to_readers():
            return gettext("Readers know of this discussion, so it stays.")
        return ""

    def _is_known_to_readers(self) -> bool:
        is_stored = self.instance.pk is not None
        return is_stored and self.instance.consultation.published_at is not None


class EventRowForm(RowForm[TimelineEvent]):
    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean()
        starts_on, ends_on = self.cleaned_data.get("starts_on"), self.cleaned_data.get("ends_on")
        if starts_on and ends_on and ends_on < starts_on:
            self.add_error("ends_on", _("It ends on the day it starts, or later."))
        return cleaned


def image_of(consultation: Consultation | None) -> ConsultationImage | None:
    if consultation is None or consultation.pk is None:
        return None
    found = ConsultationImage.objects.filter(consultation=consultation).defer("content")
    return found.first()
