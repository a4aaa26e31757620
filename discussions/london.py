"""Who lives in London, to see who a consultation has not heard from.

Boroughs: Office for National Statistics (ONS), Census 2021, first results (28 June 2022): usual
residents on 21 March 2021, rounded by the ONS to the nearest 100. It gives 8,799,800 for London;
the rounded boroughs add up to 200 more. Shares of groups: ONS, Census 2021, London, as said with
each. Open Government Licence v3.0.
"""

from accounts.equality_questions import QUESTIONS

SOURCE = "Office for National Statistics, Census 2021"
PUBLISHED_TOTAL = 8_799_800

RESIDENTS = {
    "Barking and Dagenham": 218_900,
    "Barnet": 389_300,
    "Bexley": 246_500,
    "Brent": 339_800,
    "Bromley": 330_000,
    "Camden": 210_100,
    "City of London": 8_600,
    "Croydon": 390_800,
    "Ealing": 367_100,
    "Enfield": 330_000,
    "Greenwich": 289_100,
    "Hackney": 259_200,
    "Hammersmith and Fulham": 183_200,
    "Haringey": 264_200,
    "Harrow": 261_300,
    "Havering": 262_000,
    "Hillingdon": 305_900,
    "Hounslow": 288_200,
    "Islington": 216_600,
    "Kensington and Chelsea": 143_400,
    "Kingston upon Thames": 168_000,
    "Lambeth": 317_600,
    "Lewisham": 300_600,
    "Merton": 215_200,
    "Newham": 351_100,
    "Redbridge": 310_300,
    "Richmond upon Thames": 195_200,
    "Southwark": 307_700,
    "Sutton": 209_600,
    "Tower Hamlets": 310_300,
    "Waltham Forest": 278_400,
    "Wandsworth": 327_500,
    "Westminster": 204_300,
}

# By the key of a question and the value of an answer. In hundredths of those whom it is about.
_SHARES = {
    # Of residents of 16 and over: rounded shares by age in five-year bands, and four fifths of
    # those from 15 to 19.
    "age": {
        "16–24": 13.8,
        "25–34": 22.6,
        "35–44": 19.7,
        "45–54": 16.4,
        "55–64": 12.9,
        "65–74": 8.1,
        "75+": 6.7,
    },
    "sex": {"female": 51.5, "male": 48.5},
    # Of those who answered the question (TS030).
    "religion": {
        "none": 29.1,
        "buddhist": 0.9,
        "christian": 43.7,
        "hindu": 5.5,
        "jewish": 1.8,
        "muslim": 16.1,
        "sikh": 1.8,
        "other": 1.1,
    },
}
# Of residents, by the groups that the question about ethnic groups puts its answers in, in its
# order (TS021).
_ETHNIC_GROUPS = (20.7, 13.5, 5.7, 53.8, 6.3)


def share(question: str, answer: str) -> float | None:
    """How much of London gives this answer, in hundredths; None where we have no figure."""
    return _SHARES.get(question, {}).get(answer)


def shares_of_ethnic_groups() -> list[tuple[str, frozenset[str], float]]:
    """Each group by name, with the answers in it and its share of London."""
    question = next(each for each in QUESTIONS if each.key == "ethnic_group")
    return [
        (str(heading), frozenset(value for value, _label in choices) - {"not_said"}, figure)
        for (heading, choices), figure in zip(question.groups, _ETHNIC_GROUPS, strict=True)
    ]
