"""The form of a discussion: its texts, prompts and hosts."""

from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.models import Member
from discussions.admin.known_to_readers import check_dates, check_may_change, on_one_line
from discussions.admin.rows import RowForm
from discussions.models import Comment, Discussion, Participant, Prompt

NEW_HOST = ("host_name", "host_organisation")


class DiscussionForm(forms.ModelForm[Discussion]):
    host_name = forms.CharField(
        label=_("Name another host"),
        required=False,
        max_length=80,
        help_text=_("Their display name here. They join Talk London as everybody does."),
    )
    host_organisation = forms.CharField(
        label=_("Organisation of that host"),
        required=False,
        max_length=80,
        help_text=_("Their badge says it: MOPAC, Metropolitan Police Service."),
    )

    class Meta:
        widgets = {"hosts": forms.CheckboxSelectMultiple}
        labels = {"slug": _("Web address"), "hosts": _("Who joins in")}
        help_texts = {
            "slug": _("The last part of it. It stays as it is once readers know it."),
            "hosts": _("All hosts of the consultation are listed. Tick those of this discussion."),
            "position": _("Discussions with a smaller number come first."),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.new_host: Participant | None = None
        if "hosts" in self.fields:
            field = self.fields["hosts"]
            assert isinstance(field, forms.ModelMultipleChoiceField)  # noqa: S101 - for the type checker
            theirs = Participant.objects.filter(consultation=self.instance.consultation_id)
            field.queryset = theirs.exclude(organisation="").select_related("member").order_by("pk")
            field.label_from_instance = _host_label  # type: ignore[assignment, method-assign]

    def clean_title(self) -> str:
        return on_one_line(self.cleaned_data["title"])

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean()
        self._check_host()
        check_dates(self)
        check_may_change(self.instance.consultation)
        return cleaned

    def _check_host(self) -> None:
        name = self.cleaned_data.get("host_name", "").strip()
        organisation = self.cleaned_data.get("host_organisation", "").strip()
        if name and not organisation:
            self.add_error("host_organisation", _("Say which organisation they answer for."))
        elif organisation and not name:
            self.add_error("host_name", _("Say who answers for this organisation."))
        elif name:
            self._find_host(name, organisation)

    def _find_host(self, name: str, organisation: str) -> None:
        member = Member.objects.filter(display_name__iexact=name, is_active=True).first()
        if member is None:
            told = gettext("Nobody here is called “%(name)s”. Ask them to join Talk London first.")
            self.add_error("host_name", told % {"name": name})
            return
        key = {"consultation": self.instance.consultation, "member": member}
        host = Participant.objects.filter(**key).first() or Participant(**key)
        if not host.is_host and host.contributions:
            told = gettext(
                "%(name)s has taken part here as a member, and the badge would stand on those "
                "comments too. Ask them to host from an account of their own."
            )
            self.add_error("host_name", told % {"name": member.display_name})
            return
        host.organisation = organisation
        self.new_host = host

    def save_host(self) -> None:
        """Once the discussion is saved, with the hosts that are ticked."""
        if self.new_host is not None:
            self.new_host.save()
            self.instance.hosts.add(self.new_host)


class ParticipantForm(forms.ModelForm[Participant]):
    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean()
        check_may_change(self.instance.consultation)
        return cleaned


class PromptForm(RowForm[Prompt]):
    position = forms.IntegerField(
        label=_("Place"), required=False, min_value=0, max_value=30_000, help_text=_("1 is first.")
    )

    def clean_position(self) -> int:
        """Numbered anew once all are saved."""
        place = self.cleaned_data["position"]
        return _LAST if place is None else int(place)

    def why_it_stays(self) -> str:
        if Comment.objects.filter(prompt=self.instance).exists():
            return gettext("People have answered this prompt, so it stays.")
        return ""

    def _get_validation_exclusions(self) -> set[str]:
        # Two may change places: the database looks at the places when all are saved.
        exclude: set[str] = super()._get_validation_exclusions()  # type: ignore[misc]
        return exclude | {"position"}


_LAST = 32_000


class PromptRows(forms.BaseInlineFormSet[Prompt, Discussion, PromptForm]):
    def validate_unique(self) -> None:
        """Places are numbered anew."""


def number_prompts(discussion: Discussion) -> None:
    """1, 2, 3 in the order that was asked for."""
    ordered = discussion.prompts.order_by("position", "pk")
    for place, prompt in enumerate(ordered, start=1):
        if prompt.position != place:
            Prompt.objects.filter(pk=prompt.pk).update(position=place)


def _host_label(host: Participant) -> str:
    return f"{host.shown_name} ({host.organisation})"
