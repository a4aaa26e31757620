"""Display names: real ones in any script, none that looks like staff, each used once."""

import contextlib

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from accounts.models import Member
from accounts.names import clean_display_name
from tests import cast

pytestmark = pytest.mark.django_db


def refusal(name: str) -> str:
    with pytest.raises(ValidationError) as refused:
        clean_display_name(name)
    return str(refused.value.message)


@pytest.mark.parametrize(
    "name",
    [
        "Ada",
        "ada lovelace",
        "O’Brien-Smith",
        "J. R. Hartley",
        "Zoë Müller",
        "Bob 99",
        "N1 Resident",
        "Nguyễn Văn An",
        "Ørsted Åse",
        "Łukasz",
        "Ελένη Παπαδοπούλου",
        "Μαρία",
        "Ольга Иванова",
        "Модест",
        "שרה כהן",
        "محمد علي",
        "علی‌رضا",
        "நித்யா",
        "ශ්‍රී",
        "প্রিয়া",
        "सीता",
        "สมชาย",
        "王小明",
        "さくら",
        "김민준",
        "ʻOkina Kānaka",
        "Moderate Mike",
        "Badminton Bob",
        "Hostel Guest",
        "Staff nurse Jo",
        "Gladys",
        "Sadiq from Ealing",
        "Admiral",
        "Cyclist 🚲",
    ],
)
def test_a_real_name_in_any_script_is_kept_as_it_is(name: str) -> None:
    assert clean_display_name(name) == name


@pytest.mark.parametrize(
    "name",
    [
        "MOPAC",
        "mopac team",
        "The M.O.P.A.C.",
        "M O P A C",
        "M_O-P·A·C",
        "MΟPAC",  # with a Greek letter
        "МОРАС",  # in Cyrillic
        "ΜΟΡΑC",
        "ＭＯＰＡＣ",  # full-width
        "M\u200bO\u200bPAC",
        "M\u0336O\u0336P\u0336A\u0336C\u0336",
        "mópác",
        "𝐌𝐎𝐏𝐀𝐂",
        "M0PAC",
        "City Hall",
        "CITYHALL London",
        "C1ty Ha11",
        "Cіty Hаll",
        "Сity Нall",
        "Moderator",
        "moderators",
        "M0derat0r",
        "Mod",
        "Admin",
        "Adm1n",
        "The Admin",
        "Site admin",
        "admin team",
        "Administrator",
        "Staff",
        "5taff",
        "Host",
        "GLA",
        "Talk London",
        "Mayor of London",
        "The Mayor",
        "Sadiq Khan",
        "Met Police",
        "Metropolitan Police Service",
        "Greater London Authority",
        "Greater London Assembly",
        "Mayor’s Office for Policing And Crime",
        "The Mayor's Office",
        "Deputy Mayor for Policing and Crime",
        "Official Account",
        "Verified Host",
        "Police",
        "PC Smith",
        "Sgt Jones",
        "Commissioner",
        "TfL",
        "The Met",
        "Community member",
        "G.L.A.",
        "G L A",
        "M o d",
        "C|ty Hall",
        "C!ty Hall",
        "ᎷOPAC",
        "ᴍᴏᴘᴀᴄ",
        "Mopaϲ",
        "ꓟꓳꓑꓮꓚ",
        "rnoderator",
        "Mod Team",
        "GLA Official",
        "London Mayor",
        "mo\ufe0fpac",
        "mo\u034fpac",
        "mo\U000e0101pac",
    ],
)
def test_a36_a_name_that_looks_like_staff_is_refused(name: str) -> None:
    assert refusal(name) == "This name looks like a member of staff. Choose another one."


@pytest.mark.parametrize(
    ("name", "other"),
    [("Ian", "|an"), ("Lee", "|ee"), ("Tom", "Tom 🎉"), ("Sam", "Sam ✓"), ("Hana", "Hаna")],
)
def test_a36_a_name_that_passes_for_another_one_is_taken(name: str, other: str) -> None:
    cast.member(name)
    assert refusal(other) == "Somebody already uses this name. Choose another one."


def test_the_name_of_those_who_left_and_web_addresses_are_no_names() -> None:
    assert refusal("Former  Member").startswith("This is what people who left are called.")
    for name in ("https://evil.example/x", "evil.example/login", "www.spam", "spam.com"):
        assert refusal(name).startswith("A name can’t have a web address in it.")


@pytest.mark.parametrize(
    "name",
    ["", "a", "  ", "\u200b\u200b", "\u3164\u3164", "\u115f\u1160", "\u2800\u2800", "--", "🚲🚲",
     "a\u200b", "\u202e\u202d", "\u200d\u200c", "\ud800\ud800", "\u0301\u0301"],
    ids=ascii,
)  # fmt: skip
def test_a_name_that_shows_next_to_nothing_is_refused(name: str) -> None:
    assert refusal(name) == "Choose a name of at least 2 letters or numbers."


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("  Ada \t Lovelace\n", "Ada Lovelace"),
        ("Ada\u00a0Lovelace", "Ada Lovelace"),
        ("A\u200bd\u200ca\u200d", "Ada"),
        ("\u202eadA\u202c", "adA"),
        ("Ada\x00\ud800", "Ada"),
        ("Ada\u3164", "Ada"),
        ("Ａｄａ", "Ada"),
        ("Ze\u0301", "Zé"),
        ("Ada\U000e0041", "Ada"),
        ("Adא" + "\u0301" * 30, "Adא" + "\u0301" * 5),
    ],
    ids=ascii,
)
def test_what_cannot_be_seen_is_dropped(name: str, kept: str) -> None:
    assert clean_display_name(name) == kept


def test_a_name_has_at_most_40_characters() -> None:
    assert clean_display_name("x" * 40) == "x" * 40
    assert "at most 40" in refusal("x" * 41)


def test_an_email_address_is_no_name() -> None:
    assert "email address" in refusal("ada@people.example")


@pytest.mark.parametrize("name", ["Ada", "ADA", "ada", " a\u200bda ", "Ａｄａ"])
def test_a_name_is_used_once_whatever_its_case(name: str) -> None:
    cast.ada()
    assert refusal(name) == "Somebody already uses this name. Choose another one."


@pytest.mark.parametrize(
    ("name", "other"), [("Straße", "STRAßE"), ("Éva", "éVA"), ("Ольга", "ОЛЬГА")]
)
def test_case_is_told_apart_in_no_script(name: str, other: str) -> None:
    cast.member(name)
    assert "already uses" in refusal(other)


def test_the_database_holds_to_it_too() -> None:
    cast.ada()
    with pytest.raises(IntegrityError), transaction.atomic():
        Member.objects.create_user("other@people.example", display_name="aDa")


@settings(max_examples=200, deadline=None)
@given(st.text(st.characters(), max_size=60))
def test_any_text_is_kept_clean_or_refused(text: str) -> None:
    with contextlib.suppress(ValidationError):
        name = clean_display_name(text)
        assert clean_display_name(name) == name
        assert 2 <= len(name) <= 40
        name.encode()
