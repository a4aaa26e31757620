"""Voices from elsewhere: what Londoners said at a meeting, on the phone or on paper, entered here.

They are comments like any other, of people without an account: screened, counted, and in the hands
of moderators. When it was said stands with its source; it is posted when it is entered.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import IntegerField, Max
from django.db.models.functions import Cast, Substr
from django.utils.translation import gettext as _

from accounts.models import NameInUse
from accounts.names import well_formed_name
from accounts.sealing import keyed_hashes
from discussions.markup import body_html
from discussions.models import Comment, Consultation, Discussion, Participant, Source
from discussions.posting import database_moment, lock, store
from discussions.screened import asked_about, background_of, first_status, mark, screened
from moderation.elections import why_frozen
from moderation.screening import Looked
from moderation.timeline import Phase

A_LONDONER = "A Londoner"  # whoever is not named; with a number from the second on
_NUMBERED = rf"^{A_LONDONER} [0-9]{{1,6}}$"
_AT_ONCE = 25


class VoiceRefusedError(Exception):
    """Nothing is entered. Its text is a sentence for the member of staff."""


@dataclass(frozen=True)
class Said:
    """How, where and when."""

    kind: str
    place: str = ""
    on: date | None = None


@dataclass(frozen=True)
class Voice:
    """A checked text, who said it (empty: somebody) and where it goes.

    `key` tells it from another that says the same: the form's, or its number among such rows of a
    file. `confirmed` are marks of what was asked about it; a voice that `waits` needs none: a
    moderator reads it first.
    """

    discussion_id: int
    said: Said
    body: str
    key: str
    name: str = ""
    prompt_id: int | None = None
    parent_id: int | None = None
    confirmed: frozenset[str] = frozenset()
    waits: bool = False


@dataclass(frozen=True)
class Entered:
    """`is_new`: it was not here before."""

    comment: Comment
    is_new: bool


def add_voice(voice: Voice) -> Entered:
    """Enter it, once: the same again answers with the first one's comment.

    Raises VoiceRefusedError or discussions.screened.AskFirstError.
    """
    return _add(voice, _Nameless())


def _add(voice: Voice, nameless: "_Nameless") -> Entered:
    html = body_html(voice.body)
    with transaction.atomic():
        discussion = lock(voice.discussion_id)
        references = _references(voice)
        earlier = Comment.objects.filter(discussion=discussion, reference__in=references).first()
        if earlier is not None:
            return Entered(earlier, is_new=False)
        moment = database_moment()
        refusal = why_not_now(discussion, moment)
        if refusal:
            raise VoiceRefusedError(refusal)
        parent = _parent(discussion, voice.parent_id)
        author = _author(discussion.consultation, voice.name, nameless)
        found = screened(
            Looked(voice.body),
            author,
            _confirmed(voice, moment),
            background_of(discussion, voice.body),
        )
        first = first_status(discussion, author, found)
        comment = Comment(
            discussion=discussion,
            author=author,
            parent=parent,
            prompt_id=voice.prompt_id,
            source=source_for(discussion.consultation, voice.said),
            reference=references[0],
            status=Comment.Status.HELD if voice.waits else first,
            body=voice.body,
            body_html=html,
            posted_at=moment,
        )
        store(comment, found)
    return Entered(comment, is_new=True)


def add_voices(voices: Sequence[Voice]) -> list[Entered]:
    """All of a file, some at a time, so that others who post wait for a moment only.

    If it breaks off, those before are entered, and entering the file again adds the others.
    """
    entered: list[Entered] = []
    for start in range(0, len(voices), _AT_ONCE):
        with transaction.atomic():
            nameless = _Nameless()
            entered += [_add(each, nameless) for each in voices[start : start + _AT_ONCE]]
    return entered


def why_not_now(discussion: Discussion, moment: datetime) -> str:
    """ "", or a sentence. Paper takes its time: what was said is entered after the closing, too."""
    if discussion.consultation.archived_at is not None:
        return _("This consultation is archived. Nothing can be added to it.")
    if discussion.phase(moment) in (Phase.DRAFT, Phase.UPCOMING):
        return _("Voices can be entered once the discussion has opened.")
    return why_frozen(moment)


def clean_name(consultation: Consultation, text: str) -> str:
    """A name as it is kept; "" for nobody's. Raises ValidationError with a sentence for staff."""
    if not text.strip():
        return ""
    name = well_formed_name(text)
    hosts = Participant.objects.filter(consultation=consultation, name=name)
    if NameInUse.objects.is_a_members(name) or hosts.exclude(organisation="").exists():
        raise ValidationError(
            _(
                "Somebody else here goes by this name. Write it another way, such as "
                "“%(name)s, at the meeting”, or leave it empty."
            )
            % {"name": name}
        )
    return name


def source_for(consultation: Consultation, said: Said) -> Source:
    source, _new = Source.objects.get_or_create(
        consultation=consultation, kind=said.kind, place=said.place, on=said.on
    )
    return source


def _references(voice: Voice) -> list[str]:
    """Its id in files. By a secret key: nobody can try out names against it."""
    what = [
        voice.discussion_id,
        voice.said.kind,
        voice.said.place,
        voice.said.on.isoformat() if voice.said.on else "",
        voice.name,
        voice.prompt_id,
        voice.parent_id,
        voice.body,
        voice.key,
    ]
    return [f"voice-{each[:32]}" for each in keyed_hashes("voice", json.dumps(what))]


def _confirmed(voice: Voice, moment: datetime) -> frozenset[str]:
    if not voice.waits:
        return voice.confirmed
    return frozenset(mark(each, voice.body) for each in asked_about(voice.body, moment))


def _parent(discussion: Discussion, parent_id: int | None) -> Comment | None:
    if parent_id is None:
        return None
    parent: Comment | None = (
        Comment.objects.visible_to(None)
        .select_related("author__member")
        .filter(pk=parent_id, discussion=discussion)
        .first()
    )
    if parent is None:
        raise VoiceRefusedError(_("The comment that it answers cannot be read here."))
    return parent


def _author(consultation: Consultation, name: str, nameless: "_Nameless") -> Participant:
    """Who is named is one person under that name; who is not is somebody else each time."""
    from_elsewhere = Participant.objects.filter(
        consultation=consultation, member=None, organisation="", has_left=False
    )
    if name:
        known = from_elsewhere.select_for_update(no_key=True).filter(name=name).first()
        if known is not None:
            return known
    else:
        name = nameless.next_name(consultation)
    NameInUse.objects.reserve(name)
    made: Participant = Participant.objects.create(consultation=consultation, name=name)
    return made


class _Nameless:
    """Names for people who are not named, while the consultation stays locked."""

    def __init__(self) -> None:
        self._last: dict[int, int] = {}

    def next_name(self, consultation: Consultation) -> str:
        last = self._last.get(consultation.pk)
        last = _last_number(consultation) if last is None else last
        self._last[consultation.pk] = last + 1
        return f"{A_LONDONER} {last + 1}" if last else A_LONDONER


def _last_number(consultation: Consultation) -> int:
    """Without a number, somebody is the first."""
    named = Participant.objects.filter(consultation=consultation, member=None, organisation="")
    number = Cast(Substr("name", len(A_LONDONER) + 2), IntegerField())
    last: int | None = named.filter(name__regex=_NUMBERED).aggregate(last=Max(number))["last"]
    return last or int(named.filter(name=A_LONDONER).exists())
