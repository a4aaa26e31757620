"""Respondents of a consultation whom no author of a comment stands for.

They only agreed or disagreed, or share their name with another author. A file cannot name them,
so it counts them; otherwise fewer Londoners would have responded wherever the file is brought in.
"""

from django.db.models import Exists, F, OuterRef, Value
from django.db.models.functions import Coalesce, NullIf

from discussions.models import Comment, Consultation, Participant
from discussions.models.participants import FORMER_MEMBER


def other_respondents(consultation: Consultation) -> int:
    published = Comment.objects.filter(author=OuterRef("pk"), status=Comment.Status.PUBLISHED)
    names = (
        Participant.objects.filter(Exists(published), consultation=consultation, organisation="")
        .annotate(
            shown=Coalesce(
                NullIf(F("name"), Value("")), F("member__display_name"), Value(FORMER_MEMBER)
            )
        )
        .values("shown")
        .distinct()
    )
    return max(consultation.respondents_here - names.count(), 0)
