"""Voices from elsewhere: entered singly and by file, once, screened, counted and labelled."""

import re
import time
import uuid
from datetime import date, timedelta
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from accounts.models import Mail, NameInUse
from discussions import posting, voices
from discussions.exchange.cells import csv_lines
from discussions.models import Comment, Consultation, Discussion, Participant, Source
from discussions.screened import AskFirstError, mark
from discussions.voices import Said, Voice, VoiceRefusedError, add_voice
from discussions.voices_file import COLUMNS, UnreadableFileError, check_file
from discussions.voices_waiting import Waiting
from moderation.models import Case, CaseFinding, Verb
from moderation.screening import Kind, screen
from tests import cast
from tests.conftest import Answer, in_staff_session, signed_in
from tests.moderated import decide, letters
from tests.pages import words

pytestmark = pytest.mark.django_db

PAGE = f"/consultations/{cast.OPEN}/streets/"
LIBRARY = Said("meeting", "Brixton Library", date(2026, 5, 12))
PHONE = "Ring me on 020 7946 0958."
THREAT = "I will kill him."


def voice(body: str = "More benches.", **more: Any) -> Voice:
    given: dict[str, Any] = {"discussion_id": cast.discussion().pk, "key": uuid.uuid4().hex}
    return Voice(body=body, said=LIBRARY, **given | more)


def entered(body: str = "More benches.", **more: Any) -> Comment:
    return add_voice(voice(body, **more)).comment


def figures() -> tuple[int, int]:
    found = Consultation.objects.get(slug=cast.OPEN)
    return found.respondents, found.responses


# One voice.


def test_it_stands_in_the_thread_and_says_where_it_comes_from() -> None:
    comment = entered("More benches.", name="Jean")
    page = words(Client().get(PAGE))
    assert "Jean Said at a meeting, Brixton Library, 12 May 2026 added just now" in page
    assert "Community member" not in page
    for path in (f"/comments/{comment.pk}/", f"{PAGE}?q=benches"):
        assert "Said at a meeting, Brixton Library, 12 May 2026" in words(Client().get(path))
    feed = Client().get(f"{PAGE}feed/").content.decode()
    assert "Jean (Said at a meeting, Brixton Library, 12 May 2026)" in feed
    assert (comment.path, comment.form_key) == ([comment.pk], None)
    assert abs(timezone.now() - comment.posted_at) < timedelta(minutes=1)


def test_people_without_a_name_are_each_counted_and_one_with_a_name_is_one_person() -> None:
    names = [entered(f"Number {number}.").author.name for number in range(12)]
    assert names[:2] == ["A Londoner", "A Londoner 2"]
    assert names[-1] == "A Londoner 12"
    for number in range(2):
        entered(f"Said {number}.", name="Jean")
    assert figures() == (13, 14)
    assert NameInUse.objects.is_taken("Jean")


def test_a_name_of_somebody_here_or_of_staff_is_not_given_to_a_voice() -> None:
    cast.comment(cast.ada())
    NameInUse.objects.claim("Ada", cast.ada())
    for name in ("Ada", "ADA", "Hana", "MOPAC", "x" * 41, "www.example.com"):
        with pytest.raises(ValidationError):
            voices.clean_name(cast.consultation(), name)
    NameInUse.objects.reserve("Jean")
    assert voices.clean_name(cast.consultation(), " Jean ") == "Jean"
    assert voices.clean_name(cast.consultation(), " ") == ""


def test_the_same_again_is_the_same_comment() -> None:
    said = voice()
    first, again = add_voice(said), add_voice(said)
    assert (first.is_new, again.is_new) == (True, False)
    assert first.comment == again.comment
    assert figures() == (1, 1)
    assert entered() != first.comment  # another form: another person


def test_a_reply_counts_and_tells_whom_it_answers() -> None:
    cast.ada()
    root = cast.comment(cast.ada())
    reply = entered("I said that too.", parent_id=root.pk)
    assert reply.path == [root.pk, reply.pk]
    assert Comment.objects.get(pk=root.pk).reply_count == 1
    assert [each.subject for each in letters(cast.ada(), "reply")] == ["A Londoner replied to you"]
    Comment.objects.filter(pk=root.pk).update(status="hidden")
    with pytest.raises(VoiceRefusedError):
        entered(parent_id=root.pk)


def test_after_closing_until_it_is_archived_and_never_before_it_opens() -> None:
    cast.consultation()
    cast.close_now()
    assert entered().is_published
    now = timezone.now()
    Consultation.objects.update(outcome_published_at=now, archived_at=now)
    for slug in (cast.OPEN, cast.UPCOMING, cast.DRAFT):
        with pytest.raises(VoiceRefusedError):
            entered(discussion_id=cast.discussion(slug).pk)
    assert Comment.objects.count() == 1


# What is found in it.


def test_staff_are_asked_about_personal_data_first() -> None:
    with pytest.raises(AskFirstError):
        entered(PHONE)
    assert not Comment.objects.exists()
    assert not Participant.objects.filter(member=None).exists()
    marks = frozenset(mark(each, PHONE) for each in screen(PHONE))
    assert entered(PHONE, confirmed=marks).is_published
    held = entered(PHONE, waits=True)
    assert held.status == Comment.Status.HELD
    assert CaseFinding.objects.filter(case__comment=held, kind=Kind.PHONE).exists()


def test_a_threat_waits_and_is_decided_without_an_author_to_tell() -> None:
    comment = entered(THREAT)
    assert comment.status == Comment.Status.HELD
    assert figures() == (0, 0)
    assert Case.objects.get(comment=comment).severity == Case.Severity.SAFETY
    decide(comment, Verb.APPROVE, None, reason="")
    assert Comment.objects.get(pk=comment.pk).is_published
    decide(comment, Verb.HIDE, 2)
    assert Comment.objects.get(pk=comment.pk).status == "hidden"
    assert not Mail.objects.exists()
    assert figures() == (0, 0)


def test_where_moderators_read_first_they_read_voices_first() -> None:
    streets = cast.discussion()
    Discussion.objects.filter(pk=streets.pk).update(mode=Discussion.Mode.HOLD_FIRST)
    assert entered().status == Comment.Status.HELD


# The room in admin.


@pytest.fixture
def ida(db: None) -> Client:
    cast.consultation()
    return in_staff_session(cast.ida())


def address(step: str = "") -> str:
    return f"/admin/discussions/consultation/{cast.consultation().pk}/voices/{step}"


def filled(body: str = "More benches.", **more: str) -> dict[str, str]:
    return {
        "kind": "meeting",
        "place": "Brixton Library",
        "on": "2026-05-12",
        "about": f"prompt-{cast.discussion().prompt_rows[0]['id']}",
        "answers": "",
        "name": "",
        "body": body,
        "form_key": str(uuid.uuid4()),
    } | more


def test_only_whoever_runs_consultations_enters_voices() -> None:
    cast.consultation()
    moderator = in_staff_session(cast.moderator())
    for step in ("", "file/", "check/", "template/"):
        assert moderator.get(address(step)).status_code == 403
        assert moderator.post(address(step), filled()).status_code == 403
    assert signed_in(cast.ida()).get(address()).status_code == 302
    assert not Comment.objects.exists()


def test_one_is_entered_and_the_form_is_ready_for_the_next(ida: Client) -> None:
    given = filled()
    for _click in range(2):
        page = ida.post(address(), given, follow=True)
    comment = Comment.objects.get()
    assert comment.prompt_id == cast.discussion().prompt_rows[0]["id"]
    assert "1 was here already." in words(page)
    assert 'value="Brixton Library"' in page.content.decode()
    assert "Said at a meeting, Brixton Library, 12 May 2026: 1 voice" in words(page)


def test_what_is_wrong_is_told_and_nothing_typed_is_lost(ida: Client) -> None:
    tomorrow = (timezone.localdate() + timedelta(days=1)).isoformat()
    for wrong, told in (
        ({"body": " "}, "Enter a comment."),
        ({"on": tomorrow}, "is not in the past"),
        ({"place": "Ask 020 7946 0958"}, "leave out phone numbers"),
        ({"name": "Hana"}, "Somebody else here goes by this name."),
        ({"answers": "/comments/999999/"}, "There is no such comment"),
        ({"about": "prompt-999999"}, "Select a valid choice."),
        ({"kind": "pigeon"}, "Select a valid choice."),
    ):
        page = ida.post(address(), filled(**{"body": "Kept words."} | wrong))
        assert page.status_code == 422
        assert told in words(page)
        assert "body" in wrong or "Kept words." in words(page)
    assert not Comment.objects.exists()


def test_the_words_found_are_marked_and_the_member_of_staff_decides(ida: Client) -> None:
    page = ida.post(address(), filled(PHONE))
    assert page.status_code == 422
    assert b"<mark>020 7946 0958" in page.content
    marks = re.findall(r'name="confirmed" value="(\w+)"', page.content.decode())
    given = filled(PHONE) | {"confirmed": marks}
    assert ida.post(address(), given).status_code == 422
    ida.post(address(), given | {"anyway": "1"})
    assert Comment.objects.get().is_published
    ida.post(address(), filled(PHONE) | {"wait": "1"})
    assert Comment.objects.filter(status=Comment.Status.HELD).count() == 1


def test_a_reply_by_its_link(ida: Client) -> None:
    root = cast.comment(cast.ada())
    ida.post(address(), filled(answers=f"https://talk.example/comments/{root.pk}/#replies"))
    reply = Comment.objects.get(parent=root)
    assert reply.prompt_id is None


# By file.


def table(*rows: tuple[str, ...], delimiter: str = ",", columns: tuple[str, ...] = COLUMNS) -> str:
    lines = [delimiter.join(columns)]
    lines += [delimiter.join(f'"{cell}"' for cell in row) for row in rows]
    return "\n".join(lines)


def row(text: str = "More benches.", **more: str) -> tuple[str, ...]:
    cells = {"text": text, "how": "meeting", "where": "Brixton Library", "when": "12/05/2026"}
    return tuple((cells | more).get(each, "") for each in COLUMNS)


def upload(client: Client, content: str | bytes, step: str = "file/") -> Answer:
    data = content if isinstance(content, bytes) else content.encode()
    file = SimpleUploadedFile("voices.csv", data, content_type="text/csv")
    return client.post(address(step), {"file": file}, follow=True)


def confirm(client: Client, page: Answer, **more: object) -> Answer:
    key = re.search(r'name="key" value="(\w+)"', page.content.decode())
    assert key is not None
    return client.post(address("check/"), {"key": key[1], **more}, follow=True)


@pytest.mark.parametrize("mark_first", ["", "\ufeff"])
@pytest.mark.parametrize("delimiter", [",", ";"])
def test_a_file_is_checked_then_entered_and_entering_it_again_doubles_nothing(
    ida: Client, mark_first: str, delimiter: str
) -> None:
    rows = (
        row("First, and; last.", question="1"),
        row("Said by two."),
        row("Said by two.", question="what DOES not?"),
        row("Said by two."),
        row("On paper.", how="Written on paper", where="", when="", name="Jean"),
    )
    content = mark_first + table(*rows, delimiter=delimiter)
    page = upload(ida, content)
    assert "The file has 5 voices. Nothing is entered yet." in words(page)
    assert not Comment.objects.exists()
    assert "5 voices are entered." in words(confirm(ida, page))
    assert figures() == (5, 5)
    found = Comment.objects.order_by("pk")
    assert [each.body for each in found][:2] == ["First, and; last.", "Said by two."]
    assert [each.prompt.position if each.prompt else 0 for each in found] == [1, 0, 2, 0, 0]
    assert Source.objects.count() == 2
    again = confirm(
        ida, upload(ida, content + "\n" + table(row("New."), delimiter=delimiter).split("\n")[1])
    )
    assert "1 voice is entered. 5 were here already." in words(again)
    assert figures() == (6, 6)


def test_each_faulty_row_is_told_and_nothing_is_kept(ida: Client) -> None:
    page = upload(
        ida,
        table(
            row("Fine."),
            row(" "),
            row("Where?", discussion="parks"),
            row("What?", question="9"),
            row("How?", how="pigeon"),
            row("When?", when="soon"),
            row("Later.", when="2999-01-01"),
            row("Two faults.", how="", name="Hana"),
        ),
    )
    told = words(page)
    for sentence in (
        "8 faults. Nothing is entered.",
        "Row 3: Enter a comment.",
        "Row 4: There is no such discussion. Use one of these: streets.",
        "Row 5: There is no such question in “Our streets”.",
        "Row 6: Say how it was said: meeting, phone, paper, email, elsewhere.",
        "Row 7: Write the day as 2026-05-12 or 12/05/2026.",
        "Row 8: The day when it was said is not in the past.",
        "Row 9: Say how it was said",
        "Row 9: Somebody else here goes by this name.",
    ):
        assert sentence in told
    assert "voices" not in ida.session
    assert not Comment.objects.exists()


def test_rows_that_are_asked_about_are_left_out_or_held_and_threats_wait(ida: Client) -> None:
    page = upload(ida, table(row("Fine."), row(PHONE), row(PHONE, name="Jean"), row(THREAT)))
    assert page.content.count(b"<mark>020 7946 0958") == 2
    done = words(confirm(ida, page, row=["4"]))
    assert "3 voices are entered. 2 of them wait for a moderator. 1 was left out." in done
    found = {each.author.name: each.status for each in Comment.objects.select_related("author")}
    assert found == {"A Londoner": "published", "Jean": "held", "A Londoner 2": "held"}
    assert Case.objects.count() == 2


def test_the_file_waits_sealed_for_an_hour_and_can_be_dropped(ida: Client) -> None:
    page = upload(ida, table(row("Marmalade skies.")))
    assert not any("Marmalade" in each.session_data for each in Session.objects.all())
    assert "Go on with it" in words(ida.get(address()))
    other = upload(ida, table(row("Other words.")))
    assert "no longer here" in words(confirm(ida, page))  # the first file's form, in another tab
    assert "Nothing was entered." in words(confirm(ida, other, drop="1"))
    assert "voices" not in ida.session
    upload(ida, table(row("Later.")))
    session = ida.session
    session["voices"] |= {"until": time.time() - 1}
    session.save()
    assert "no longer here" in words(ida.get(address("check/"), follow=True))
    assert "voices" not in ida.session
    assert not Comment.objects.exists()


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\xff\xfet\x00",
        b"text,how\n\x00,meeting",
        b"text,how",
        b"words,how\nMore benches.,meeting",
        b"text,how,phone\nMore benches.,meeting,1",
        b"text,how,text\nMore benches.,meeting,1",
        b"text,how\n" + b"More.,meeting\n" * 1_001,
        b"text,how\n" + b"x" * 2_000_001,
        b'text,how\n"' + b"x" * 200_000,
    ],
)
def test_what_is_no_table_is_refused_in_a_sentence(ida: Client, content: bytes) -> None:
    page = upload(ida, content)
    assert b'class="ask__wrong"' in page.content
    with pytest.raises(UnreadableFileError):
        check_file(content, cast.consultation())


def test_the_template_is_a_file_that_can_be_entered(ida: Client) -> None:
    content = ida.get(address("template/")).content
    checked = check_file(content, cast.consultation())
    assert (len(checked.voices), checked.faults) == (1, [])


def test_a_cell_that_was_made_inert_comes_back_as_it_was_said(ida: Client) -> None:
    content = "".join(csv_lines([COLUMNS, row("=1+1 is what they said.")]))
    ((_number, said),) = check_file(content.encode(), cast.consultation()).voices
    assert said.body == "=1+1 is what they said."


def test_what_waits_comes_back_as_it_was() -> None:
    checked = check_file(table(row(), row(PHONE)).encode(), cast.consultation())
    waiting = Waiting.of(checked, posting.database_moment())
    assert Waiting.read(waiting.kept()) == waiting
    assert waiting.asked == (3,)


def test_archived_meanwhile_nothing_is_entered(ida: Client) -> None:
    page = upload(ida, table(row("Too late.")))
    cast.close_now()
    now = timezone.now()
    Consultation.objects.update(outcome_published_at=now, archived_at=now)
    assert "This consultation is archived." in words(confirm(ida, page))
    room = ida.get(address())
    assert "This consultation is archived." in words(room)
    assert "Enter it" not in words(room)
    assert 'name="file"' not in room.content.decode()
    assert not Comment.objects.exists()
