"""What became of a comment, in words for the one who wrote it."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import CharField, Exists, OuterRef, Q, Subquery, Value
from django.db.models.expressions import Combinable
from django.db.models.functions import Cast, Concat
from django.urls import reverse
from django.utils.translation import gettext as _

from discussions.models import Citation, Comment, Consultation, OutcomePoint
from discussions.models.comments import CommentQuerySet
from moderation.explaining import under
from moderation.models import Appeal, Case, CaseFinding, Decision, Report, Verb
from moderation.screening import Kind


class Fate(StrEnum):
    PUBLISHED = "published"
    ANSWERED = "answered"
    HELD = "held"
    HIDDEN = "hidden"
    MASKED = "masked"
    KEPT = "kept"
    APPEALED = "appealed"
    WITHDRAWN = "withdrawn"
    QUOTED = "quoted"


@dataclass(frozen=True)
class Became:
    """One thing that became of a comment; `link` leads to where it can be seen.

    A private one is its author's alone, and works also where the consultation is not public.
    """

    fate: Fate
    sentence: str
    link: str = ""
    link_text: str = ""
    is_private: bool = False


def with_what_became(comments: CommentQuerySet) -> CommentQuerySet:
    """With what `what_became_of` needs, in the same query."""
    answers = Comment.objects.filter(
        parent=OuterRef("pk"), status=Comment.Status.PUBLISHED
    ).exclude(author__organisation="")
    found: CommentQuerySet = comments.annotate(
        answer_id=Subquery(answers.order_by("pk").values("pk")[:1]),
        answered_by=Subquery(answers.order_by("pk").values("author__organisation")[:1]),
        is_cited=_is_cited_in_the_outcome(),
    )
    return with_moderation(found)


def what_became_of(comment: Comment, moment: datetime) -> list[Became]:
    """The most telling first. The comment comes from `with_what_became`."""
    match Comment.Status(comment.status):
        case Comment.Status.HELD:
            return [_held(comment), *_appealed(comment)]
        case Comment.Status.HIDDEN:
            return [_hidden(comment), *_appealed(comment)]
        case Comment.Status.WITHDRAWN:
            return [Became(Fate.WITHDRAWN, _("You withdrew it. Nobody else can read it."))]
        case Comment.Status.PUBLISHED:
            shown = [*_quoted(comment, moment), *_answered(comment), _published(comment)]
            return [*shown, *_masked(comment), *_kept(comment), *_appealed(comment)]


def _published(comment: Comment) -> Became:
    link = comment.get_absolute_url()
    return Became(Fate.PUBLISHED, _("Published, for everyone to read."), link, _("See it"))


def _answered(comment: Comment) -> list[Became]:
    answer_id: int | None = getattr(comment, "answer_id", None)
    if answer_id is None:
        return []
    by = getattr(comment, "answered_by", "")
    sentence = _("Answered by %(organisation)s.") % {"organisation": by}
    return [
        Became(Fate.ANSWERED, sentence, reverse("comment", args=[answer_id]), _("Read the answer"))
    ]


def _quoted(comment: Comment, moment: datetime) -> list[Became]:
    consultation: Consultation = comment.discussion.consultation
    if not getattr(comment, "is_cited", False) or not consultation.has_outcome(moment):
        return []
    sentence = _("Quoted in what came of the consultation.")
    link = f"{consultation.get_absolute_url()}#outcome"
    return [Became(Fate.QUOTED, sentence, link, _("Read the outcome"))]


def with_moderation(comments: CommentQuerySet) -> CommentQuerySet:
    """With why each waits, and what was decided about it last."""
    about = {"case__comment": OuterRef("pk")}
    cases = Case.objects.filter(comment=OuterRef("pk"))
    latest = Decision.objects.filter(**about).order_by("-pk")
    appeals = Appeal.objects.filter(decision__case__comment=OuterRef("pk"), report=None)
    reported = Report.objects.filter(decision__isnull=False, **about)
    found: CommentQuerySet = comments.annotate(
        case_raised_by=Subquery(cases.values("raised_by")[:1]),
        found_kinds=ArraySubquery(
            CaseFinding.objects.filter(**about).order_by("kind").values("kind").distinct()
        ),
        decision_id=Subquery(latest.exclude(verb=Verb.KEEP).values("pk")[:1]),
        decided=Subquery(latest.values("verb")[:1]),
        decided_under=Subquery(latest.values("guideline")[:1]),
        appeal_outcome=Subquery(appeals.order_by("-pk").values("outcome")[:1]),
        appealed_against=Subquery(appeals.order_by("-pk").values("decision")[:1]),
        was_reported=Exists(reported),
    )
    return found


def _held(comment: Comment) -> Became:
    if getattr(comment, "case_raised_by", None) == Case.Raiser.MODE:
        why = _("In this discussion, a moderator reads every comment before it appears.")
        return Became(Fate.HELD, f"{why} {_('Only you can see it until then.')}")
    kinds = [str(Kind(each).label) for each in getattr(comment, "found_kinds", None) or []]
    if kinds:
        why = _("A check found in it: %(kinds)s.") % {"kinds": ", ".join(kinds)}
        return Became(
            Fate.HELD, f"{why} {_('It waits for a moderator. Only you can see it until then.')}"
        )
    return Became(Fate.HELD, _("It waits for a moderator. Only you can see it."))


def _hidden(comment: Comment) -> Became:
    link = _statement(comment)
    if not link or comment.hidden_under is None:
        sentence = _("A moderator has hidden it under the community guidelines.")
        return Became(Fate.HIDDEN, sentence, reverse("guidelines"), _("Read the guidelines"))
    sentence = _("A moderator has hidden it under %(guideline)s.")
    return Became(
        Fate.HIDDEN,
        sentence % {"guideline": under(comment.hidden_under)},
        link,
        _("Read the reason, and appeal"),
        is_private=True,
    )


def _masked(comment: Comment) -> list[Became]:
    if not comment.is_masked or comment.hidden_under is None:
        return []
    sentence = _("A moderator has hidden some words of it under %(guideline)s.") % {
        "guideline": under(comment.hidden_under)
    }
    told = _("Read the reason, and appeal")
    return [Became(Fate.MASKED, sentence, _statement(comment), told, is_private=True)]


def _kept(comment: Comment) -> list[Became]:
    if comment.is_masked or not getattr(comment, "was_reported", False):
        return []
    match getattr(comment, "decided", None):
        case Verb.KEEP:
            return [Became(Fate.KEPT, _("A reader reported it. A moderator looked, and kept it."))]
        case _other:
            return []


def _appealed(comment: Comment) -> list[Became]:
    outcome: str | None = getattr(comment, "appeal_outcome", None)
    if outcome is None:
        return []
    sentence = {
        "": _("Your appeal waits: somebody else looks again."),
        Appeal.Outcome.UPHELD: _("Your appeal was answered: the decision stays."),
        Appeal.Outcome.OVERTURNED: _("Your appeal was answered: the decision was changed."),
    }[outcome]
    link = reverse("statement", args=[getattr(comment, "appealed_against", None)])
    return [Became(Fate.APPEALED, sentence, link, _("Read it"), is_private=True)]


def _statement(comment: Comment) -> str:
    pk: int | None = getattr(comment, "decision_id", None)
    return reverse("statement", args=[pk]) if pk else ""


def _is_cited_in_the_outcome() -> Combinable:
    """Whether the outcome of its consultation rests on it, or has its address in the text."""
    address = Concat(
        Value("/comments/"),
        Cast(OuterRef("pk"), CharField()),
        Value("/"),
        output_field=CharField(),
    )
    points = OutcomePoint.objects.filter(
        Q(heard__contains=address) | Q(answer__contains=address),
        consultation=OuterRef("discussion__consultation"),
    )
    introduced = Consultation.objects.filter(
        pk=OuterRef("discussion__consultation"), outcome_introduction__contains=address
    )
    cited = Citation.objects.filter(comment=OuterRef("pk"))
    return Exists(points) | Exists(introduced) | Exists(cited)
