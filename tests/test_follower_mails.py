"""A real worker and a real mail server: who follows a consultation gets each mail of it, once."""

from datetime import timedelta

import pytest
from django.utils import timezone

from discussions import dates, following, news, outcome, tasks
from discussions.models import Comment, Discussion
from tests import cast
from tests.mail_server import MailServer
from tests.test_worker import all_ended, wait_until

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("worker")]


def test_a_follower_gets_each_mail_once(mail_server: MailServer) -> None:
    mail_server.arrived.clear()
    mail_server.answer, mail_server.hangs_for = "250 OK", ""
    consultation, ada = cast.consultation(cast.UPCOMING), cast.ada()
    following.follow(consultation, ada)
    following.follow(consultation, cast.ben())
    following.unfollow(consultation.pk, cast.ben().pk)

    def arrives(subject: str) -> None:
        def has_come() -> bool:
            # A long one is folded on its way.
            return subject in [mail["Subject"].strip() for mail in mail_server.to(ada.email)]

        wait_until(has_come)

    title = "“The upcoming one”"
    dates.open_now(consultation, cast.ida(), "All is ready.")
    arrives(f"Open now: {title}")
    light, dark = (cast.comment(ada, each, where=place()) for each in ("More light.", "Dark."))
    day = timezone.now() + timedelta(days=60)
    dates.extend(consultation, cast.ida(), "More time.", day)
    arrives(f"New dates: {title}")
    update = news.keep_update(consultation, cast.ida(), title="Lamps", text="<p>They come.</p>")
    news.publish_update(update)
    arrives(f"News of {title}")
    dates.close_now(consultation, cast.ida(), "The plan has changed.")
    arrives(f"Closed: {title}, and what happens next")
    point = outcome.Point("Light.", "Lamps come.", "will", cites=(light.pk, dark.pk))
    outcome.keep_outcome(consultation, "You asked for light.", [point])
    Comment.objects.filter(pk=dark.pk).update(status=Comment.Status.HIDDEN)
    outcome.publish_outcome(consultation)
    arrives(f"What came of {title}")
    arrives("City Hall’s answer rests on your comment")
    for each in consultation.announcements.all():
        tasks.mail_followers(each.pk)  # as a worker does whose first one died
    dates.tell_what_happened(timezone.now())
    wait_until(all_ended)
    assert len(mail_server.to(ada.email)) == 6
    assert len(mail_server.arrived) == 6
    assert all(mail["List-Unsubscribe-Post"] for mail in mail_server.arrived)


def place() -> Discussion:
    """As it is now that the consultation is open."""
    return cast.discussion(cast.UPCOMING)
