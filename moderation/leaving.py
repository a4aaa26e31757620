"""What moderation forgets of a member whose account is closed."""

from django.db.models import Q

from moderation import limits
from moderation.models import Appeal, CaseFinding, Report, SealedOriginal


def forget_member(member_id: int) -> None:
    """Reports and appeals stay, as nobody's and without their words; so do decisions and the log.

    In the caller's transaction, while the comments are still the member's. Sanctions go with the
    member.
    """
    # Appeals first, as who decides one locks them.
    Appeal.objects.filter(appellant=member_id).update(appellant=None, words="")
    Report.objects.filter(reporter=member_id).update(reporter=None, explanation="")
    theirs = SealedOriginal.objects.filter(decision__case__comment__author__member=member_id)
    theirs.update(sealed="")
    # Of a text that is gone, or goes now.
    gone = Q(case__comment__body="") | Q(case__comment__status="withdrawn")
    CaseFinding.objects.filter(gone, case__comment__author__member=member_id).delete()
    limits.forget_member(str(member_id))
