"""The people and places that every test knows.

Ada and Ben are members; Hana is a host of MOPAC, Mo moderates, Dee and Dipa run consultations, Anna
analyses, Ida may do everything. One consultation of each phase, each with a discussion "streets":
it has two prompts and Hana as its host.
"""

import functools
import itertools
import uuid
from datetime import timedelta

from allauth.account.models import EmailAddress
from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import Group
from django.db import connection
from django.utils import timezone

from accounts.models import Member
from discussions import posting
from discussions import roles as discussion_roles
from discussions.models import Comment, Consultation, Discussion, Participant, Prompt
from moderation import roles
from moderation.models import Remit

PASSWORD = "a-long-enough-password"

OPEN, UPCOMING, CLOSED, DRAFT = "open-one", "upcoming-one", "closed-one", "draft-one"
_numbers = itertools.count(1)
_DAYS_FROM_NOW = {OPEN: (-5, 5), UPCOMING: (5, 50), CLOSED: (-50, -5), DRAFT: (-5, 5)}


def member(name: str, **fields: bool) -> Member:
    found = Member.objects.filter(display_name=name).first()
    if found is not None:
        return found
    email = f"{name.lower().replace(' ', '.')}@people.example"
    made = Member.objects.create(
        email=email, password=_hashed_password(), display_name=name, **fields
    )
    EmailAddress.objects.create(user=made, email=email, verified=True, primary=True)
    return made


@functools.cache
def _hashed_password() -> str:
    """Hashing is slow on purpose, so it is done once."""
    return make_password(PASSWORD)


def ada() -> Member:
    return member("Ada")


def ben() -> Member:
    return member("Ben")


def hana() -> Member:
    return member("Hana")


def mo() -> Member:
    return member("Mo", is_staff=True)


def moderator(name: str = "Mo") -> Member:
    """Of all consultations."""
    return _in_role(member(name, is_staff=True), roles.MODERATOR)


def senior(name: str = "Sue") -> Member:
    """Decides appeals, too."""
    return _in_role(member(name, is_staff=True), roles.SENIOR_MODERATOR)


def _in_role(staff: Member, role: str) -> Member:
    roles.make_roles()  # where the database was emptied since it was made
    staff.groups.set(Group.objects.filter(name=role))
    Remit.objects.get_or_create(moderator=staff, defaults={"is_everywhere": True})
    return staff


def desk(name: str = "Dee") -> Member:
    """A consultation admin, who may do what the role may and no more."""
    return _given(member(name, is_staff=True), discussion_roles.CONSULTATION_ADMIN)


def deputy() -> Member:
    """Another consultation admin, for what takes two."""
    return desk("Dipa")


def analyst() -> Member:
    return _given(member("Anna", is_staff=True), discussion_roles.ANALYST)


def _given(staff: Member, role: str) -> Member:
    discussion_roles.make_roles()  # where the database was emptied since it was made
    staff.groups.set(Group.objects.filter(name=role))
    return staff


def ida() -> Member:
    return member("Ida", is_staff=True, is_superuser=True)


def consultation(slug: str = OPEN) -> Consultation:
    found = Consultation.objects.filter(slug=slug).first()
    if found is not None:
        return found
    opens, closes = _DAYS_FROM_NOW[slug]
    now = timezone.now()
    made: Consultation = Consultation.objects.create(
        slug=slug,
        title=f"The {slug.replace('-', ' ')}",
        summary="What should change on our streets?",
        published_at=None if slug == DRAFT else now - timedelta(days=60),
        opens_at=now + timedelta(days=opens),
        closes_at=now + timedelta(days=closes),
    )
    streets = Discussion.objects.create(
        consultation=made, slug="streets", title="Our streets", introduction="Tell us how they are."
    )
    for position, text in enumerate(("What works?", "What does not?"), start=1):
        Prompt.objects.create(discussion=streets, position=position, text=text)
    host = Participant.objects.create(consultation=made, member=hana(), organisation="MOPAC")
    streets.hosts.add(host)
    return made


def discussion(slug: str = OPEN) -> Discussion:
    """The discussion "streets" of the consultation with this slug."""
    found: Discussion = Discussion.objects.with_surroundings().get(
        consultation=consultation(slug), slug="streets"
    )
    return found


def comment(
    author: Member,
    body: str = "",
    parent: Comment | None = None,
    where: Discussion | None = None,
) -> Comment:
    """Posted, as anyone would, to the open discussion or as a reply; its text is its own."""
    body = body or f"More light at number {next(_numbers)}, please."
    new = posting.NewComment(body, uuid.uuid4(), parent_id=parent.pk if parent else None)
    where = where or (parent.discussion if parent else discussion())
    return posting.post_comment(where, author, new)


def elsewhere(slug: str, body: str = "Said before it closed.") -> Comment:
    """A comment in a discussion that takes none: as an import would bring it."""
    streets = discussion(slug)
    author, _new = Participant.objects.get_or_create(
        consultation=streets.consultation, name="From elsewhere"
    )
    pk, moment = posting.next_ids(1)[0], posting.database_moment()
    made: Comment = Comment.objects.create(
        pk=pk,
        discussion=streets,
        author=author,
        path=[pk],
        body=body,
        body_html=f"<p>{body}</p>",
        posted_at=moment,
    )
    Discussion.objects.filter(pk=streets.pk).update(comment_count=1, last_comment_id=pk)
    return made


def close_now() -> None:
    """Close the open consultation; what was posted in this transaction stands as committed."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
    Consultation.objects.filter(slug=OPEN).update(closes_at=posting.database_moment())
