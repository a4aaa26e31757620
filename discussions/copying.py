"""A new draft from an earlier consultation: what staff wrote, without what came of it."""

from django.db import transaction
from django.utils.translation import gettext

from discussions.models import (
    Consultation,
    ConsultationImage,
    Discussion,
    Participant,
    Prompt,
    TimelineEvent,
)

_TITLE, _SLUG = 200, 50  # characters
_TEXTS = ("owner", "summary", "why_now", "information", "other_ways", "host_promise")
_DISCUSSION_TEXTS = ("slug", "title", "introduction", "notice", "mode", "position")


def copy(consultation: Consultation) -> Consultation:
    """No dates, comments, news or outcome come with it, nor anybody but the hosts."""
    with transaction.atomic():
        made = Consultation.objects.create(
            slug=_free_slug(consultation.slug),
            title=_title(consultation.title),
            **{name: getattr(consultation, name) for name in _TEXTS},
        )
        _copy_events(consultation, made)
        _copy_image(consultation, made)
        hosts: dict[int, Participant] = {}
        for discussion in consultation.discussions.prefetch_related("prompts", "hosts"):
            _copy_discussion(discussion, made, hosts)
    return made


def _title(title: str) -> str:
    return (gettext("Copy of %s") % title)[:_TITLE]


def _free_slug(slug: str) -> str:
    number = 2
    while Consultation.objects.filter(slug=_numbered(slug, number)).exists():
        number += 1
    return _numbered(slug, number)


def _numbered(slug: str, number: int) -> str:
    end = f"-{number}"
    return slug[: _SLUG - len(end)] + end


def _copy_events(source: Consultation, made: Consultation) -> None:
    TimelineEvent.objects.bulk_create(
        TimelineEvent(
            consultation=made,
            position=each.position,
            title=each.title,
            note=each.note,
            stated=TimelineEvent.State.COMING,
            is_the_discussion=each.is_the_discussion,
        )
        for each in source.events.all()
    )


def _copy_image(source: Consultation, made: Consultation) -> None:
    image = ConsultationImage.objects.filter(consultation=source).first()
    if image is not None:
        image.pk, image.consultation = None, made
        image._state.adding = True
        image.save()


def _copy_discussion(
    discussion: Discussion, made: Consultation, hosts: dict[int, Participant]
) -> None:
    copied = Discussion.objects.create(
        consultation=made, **{name: getattr(discussion, name) for name in _DISCUSSION_TEXTS}
    )
    Prompt.objects.bulk_create(
        Prompt(discussion=copied, position=each.position, text=each.text)
        for each in discussion.prompts.all()
    )
    for host in discussion.hosts.all():
        # Who left since is nobody to name any more.
        if host.has_left:
            continue
        if host.pk not in hosts:
            hosts[host.pk] = Participant.objects.create(
                consultation=made,
                member=host.member,
                name=host.name,
                organisation=host.organisation,
            )
        copied.hosts.add(hosts[host.pk])
