"""The equality questions, in the categories that City Hall uses, each with why it is asked."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Choice = tuple[str, Promise | str]
NOT_SAID: Choice = ("not_said", _("Prefer not to say"))


@dataclass(frozen=True)
class Question:
    """`groups` are answers under a heading each; an empty heading is none."""

    key: str
    text: Promise
    why: Promise
    groups: tuple[tuple[Promise | str, tuple[Choice, ...]], ...]

    @cached_property
    def choices(self) -> list[Choice]:
        return [choice for _heading, choices in self.groups for choice in choices]


def _question(key: str, text: Promise, why: Promise, *choices: Choice) -> Question:
    return Question(key, text, why, (("", (*choices, NOT_SAID)),))


def _same(*names: str) -> Iterator[Choice]:
    """Proper names, which are stored as they are shown."""
    return ((name, name) for name in names)


_BOROUGHS = (
    *("Barking and Dagenham", "Barnet", "Bexley", "Brent", "Bromley", "Camden"),
    *("City of London", "Croydon", "Ealing", "Enfield", "Greenwich", "Hackney"),
    *("Hammersmith and Fulham", "Haringey", "Harrow", "Havering", "Hillingdon", "Hounslow"),
    *("Islington", "Kensington and Chelsea", "Kingston upon Thames", "Lambeth", "Lewisham"),
    *("Merton", "Newham", "Redbridge", "Richmond upon Thames", "Southwark", "Sutton"),
    *("Tower Hamlets", "Waltham Forest", "Wandsworth", "Westminster"),
)

QUESTIONS: tuple[Question, ...] = (
    _question(
        "borough",
        _("Which borough do you live in?"),
        _("What people need differs from place to place. It shows us where we hear from."),
        *_same(*_BOROUGHS),
        ("outside", _("Outside London")),
    ),
    _question(
        "age",
        _("How old are you?"),
        _("Younger and older people are often missing when a city asks."),
        *_same("16–24", "25–34", "35–44", "45–54", "55–64", "65–74"),
        ("75+", _("75 or over")),
    ),
    _question(
        "sex",
        _("What is your sex?"),
        _("Safety in the street, for one, is not the same for women and men."),
        ("female", _("Female")),
        ("male", _("Male")),
    ),
    _question(
        "gender",
        _("Is your gender the same as the sex you were registered with at birth?"),
        _("It shows us whether trans and non-binary Londoners are heard too."),
        ("same", _("Yes")),
        ("trans_woman", _("No, I am a trans woman")),
        ("trans_man", _("No, I am a trans man")),
        ("non_binary", _("No, I am non-binary")),
        ("other", _("No, and I describe it in another way")),
    ),
    Question(
        "ethnic_group",
        _("What is your ethnic group?"),
        _("Londoners do not all have the same experience of public services."),
        (
            (
                _("Asian or Asian British"),
                (
                    ("bangladeshi", _("Bangladeshi")),
                    ("chinese", _("Chinese")),
                    ("indian", _("Indian")),
                    ("pakistani", _("Pakistani")),
                    ("other_asian", _("Any other Asian background")),
                ),
            ),
            (
                _("Black, Black British, Caribbean or African"),
                (
                    ("african", _("African")),
                    ("caribbean", _("Caribbean")),
                    ("other_black", _("Any other Black background")),
                ),
            ),
            (
                _("Mixed or multiple ethnic groups"),
                (
                    ("white_asian", _("White and Asian")),
                    ("white_african", _("White and Black African")),
                    ("white_caribbean", _("White and Black Caribbean")),
                    ("other_mixed", _("Any other mixed background")),
                ),
            ),
            (
                _("White"),
                (
                    ("british", _("English, Welsh, Scottish, Northern Irish or British")),
                    ("irish", _("Irish")),
                    ("traveller", _("Gypsy or Irish Traveller")),
                    ("roma", _("Roma")),
                    ("other_white", _("Any other White background")),
                ),
            ),
            (
                _("Other"),
                (
                    ("arab", _("Arab")),
                    ("other", _("Any other ethnic group")),
                    NOT_SAID,
                ),
            ),
        ),
    ),
    _question(
        "disability",
        _("Do you have a health condition or illness that makes daily life harder?"),
        _("It counts if it lasts 12 months or more. Services must work for disabled people."),
        ("a_lot", _("Yes, a lot harder")),
        ("a_little", _("Yes, a little harder")),
        ("no", _("No")),
    ),
    _question(
        "orientation",
        _("What is your sexual orientation?"),
        _("Hate crime is one thing we ask about, and it does not meet everyone."),
        ("straight", _("Straight or heterosexual")),
        ("gay", _("Gay or lesbian")),
        ("bi", _("Bi")),
        ("other", _("Another one")),
    ),
    _question(
        "religion",
        _("What is your religion or belief?"),
        _("It shows us whether we hear from London’s many communities."),
        ("none", _("No religion")),
        ("buddhist", _("Buddhist")),
        ("christian", _("Christian")),
        ("hindu", _("Hindu")),
        ("jewish", _("Jewish")),
        ("muslim", _("Muslim")),
        ("sikh", _("Sikh")),
        ("other", _("Another religion or belief")),
    ),
)
