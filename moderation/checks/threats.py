"""Threats of violence, calls for it and wishes for it, against a person or a group of people.

Not: anger, swearing, what somebody else threatened, what a law should do (a death penalty), and
the figures of speech in which plans are killed and e-mails shot.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from moderation.checks import slur_words
from moderation.checks.patterns import one_of, word_set
from moderation.checks.reading import Mark, Reading


def threats(reading: Reading) -> Iterator[Mark]:
    for rule in _RULES:
        for start, end in reading.sentences(rule.words):
            sentence = reading.unmasked[start:end]
            for match in rule.pattern.finditer(sentence):
                if rule.holds(match, reading.cased[start:end]):
                    yield Mark(start + match.start(), start + match.end(), rule.tier)


@dataclass(frozen=True)
class _Rule:
    """Sentences with one of the words are looked at."""

    tier: int
    words: frozenset[str]
    pattern: re.Pattern[str]
    unless_before: re.Pattern[str]

    def holds(self, match: re.Match[str], cased: str) -> bool:
        if "name" in self.pattern.groupindex:
            name = cased[slice(*match.span("name"))]
            if not name.istitle() or name.lower() in _NO_PERSONS:
                return False
        before = match.string[max(0, match.start() - 60) : match.start()]
        return not self.unless_before.search(before)


_VERB_WORDS = word_set(
    "kill stab shoot murder behead rape burn bomb lynch strangle torture execute assassinate gas"
    " hang knife shank slaughter butcher exterminate hurt string"
)
_VERB = rf"(?:{'|'.join(sorted(_VERB_WORDS - {'string'}))}|beat up|string up)"
_PERSON = one_of(
    "m[ae]n wom[ae]n boys? girls? kids? child(?:ren)? lads? blokes? guys? people persons? family",
    "families mum dad mother father wife husband sister brother son daughter neighbours? landlord",
    "police(?:m[ae]n|wom[ae]n)? officers? cops? coppers? pigs? feds? old_bill constables? mayor",
    "politicians? mps? councillors? judges? journalists? teachers? tories tory voters im+igrants?",
    "migrants? refugees? asylum_seekers? foreigners? muslims? jews? christians? hindus? sikhs?",
    "blacks? whites? asians? arabs? gays? queers? lesbians? homos? trans gyps(?:y|ies) travellers",
    "terfs? bastards? cunts? bitch(?:es)? wankers? scum fuckers? motherfuckers? pricks?",
    "lot(?:_of_(?:them|you))?",
    *slur_words.WORST,
    *slur_words.MILDER,
)
_DETERMINER = one_of("the that this those these every any each some your his her a all")
_WHOM = (
    r"(?:you|u|ya|him|her|them(?: all)?|'em|everyone|everybody"
    rf"|(?:all (?:of )?)?{_DETERMINER}"
    rf" (?:\w{{1,12}}[ \-]){{0,2}}?{_PERSON})"
    # "Shoot you an email", "hang them on the wall", "kill them with kindness".
    r"\b(?! (?:an? (?:e-?mail|message|text|line|note|question)|with kindness|on (?:the|a)|off\b))"
)
_NAME = r"(?P<name>[a-z]{3,})\b"
_NO_PERSONS = word_set("brexit crossrail uber facebook twitter london the monday")
_I = (
    r"(?:^(?:gonna|going to|about to)"
    r"|\b(?:i|we)(?:'?ll| will| shall| gonna|'?mm?(?:a| going to| gonna| about to)"
    r"|(?:'?re| am| are) (?:going to|gonna|about to|coming to)))(?: \w{1,12}){0,2}?"
)
_WISH = r"\b(?:i|we)(?:'d| would)?(?: really| just)? (?:love to|like to|want to|wanna|happily)"
_OTHERS = (
    r"\b(?:someone|somebody|we|you|people|londoners|residents|everyone)(?: all| really| just)?"
    r" (?:should|ought to|needs? to|must|ha(?:s|ve) to|better|gotta|please)"
    r"(?: all| just| go and| really)?"
)
# Where something is told to be done: "Hang them", "so let's hang them".
_ORDER = (
    r"(?:(?:^|(?<=[,;:\"] ))(?:(?:and|so|just|please|now) )?"
    r"|\b(?:let'?s|go|time to) (?:and )?(?:all )?)"
)
_BODY = one_of(
    "face head skull legs? arms? neck throat teeth jaw nose brains? knees? kneecaps? windows? door"
)
_BUILDING = one_of(
    "mosques? synagogues? church(?:es)? temples? hotels? hostels? station town_hall city_hall",
    "parliament house home school embassy",
)
_HATED = (
    rf"\b(?:they|he|she|you|{one_of('the these those all every that this')}"
    rf" (?:\w{{1,12}} ){{0,2}}?{_PERSON}|people like (?:you|him|her|them|that)"
    r"|scum|cops|pigs|politicians|muslims|jews|immigrants|migrants)(?: all| just| both)?"
)
_DONE_WORDS = word_set(
    "hanged hung shot stabbed lynched strung executed burned burnt gassed raped tortured killed"
    " exterminated beheaded beaten put"
)
_DONE = one_of(
    "hanged hung shot stabbed lynched strung_up executed burn(?:ed|t)(?:_alive)? gassed raped",
    "tortured killed exterminated beheaded beaten_up put_against_a_wall put_(?:down|to_death)",
)
# Somebody else said so: a report.
_REPORTED = re.compile(
    r"\b"
    + one_of(
        "he she they someone somebody who m[ae]n wom[ae]n people boys? lads? guys? ex husband wife",
        "partner neighbours? officers? kids? was were been got get gangs? driver messages? texts?",
    )
    + r"\b(?: \w{1,12}){0,4} "
    + one_of(
        r"said saying says shout\w{0,3} scream\w{0,3} yell\w{0,3} told tell\w{0,3} text\w{0,3}",
        r"wrote writing sent sending threat\w{0,6} messaged?",
    )
    + r"\b|\bthreat(?:s|en\w{0,3})?\b|\b(?:not|never|afraid|scared|fear|worry|think) (?:that )?$"
)
# The same words deny or complain: "no child should die". And a law would be no threat.
_DENIED = re.compile(
    r"\b(?:"
    + one_of(
        "no not nobody none never without why before until unless if how_many don't didn't doesn't",
        "think thinks believe says? said saying",
    )
    + r"\b|murderers|killers|rapists|terrorists|convicted)"
)


def _rule(
    tier: int, words: frozenset[str], *pattern: str, unless: re.Pattern[str] = _DENIED
) -> _Rule:
    return _Rule(tier, words, re.compile("".join(pattern)), unless)


_RULES = (
    # "I will kill you", "we are going to stab Sam", "I'll smash your face in", "I'll end you"
    _rule(1, _VERB_WORDS, rf"{_I} {_VERB} {_WHOM}", unless=_REPORTED),
    _rule(1, _VERB_WORDS, rf"{_I} {_VERB} {_NAME}", unless=_REPORTED),
    _rule(
        1,
        word_set("smash break bash kick cave slit rip cut blow punch burn"),
        rf"{_I} (?:smash|break|bash|kick|cave|slit|rip|cut|blow|punch|burn)",
        rf" (?:your|his|her|their) (?:\w{{1,12}} )?{_BODY}(?: in| off| out)?\b",
        unless=_REPORTED,
    ),
    _rule(
        1,
        word_set("end bury finish gut merk"),
        rf"{_I} (?:end|bury|finish|gut|merk) (?:you|u|ya)\b(?! (?:with|a|the|up|off)\b)",
        unless=_REPORTED,
    ),
    _rule(
        1,
        word_set("burn bomb torch firebomb blow attack"),
        rf"(?:{_I} |{_OTHERS} |{_ORDER})(?:burn|bomb|torch|firebomb|blow up|attack)(?: down)?",
        rf" {one_of('the that this every all your those')}(?: \w{{1,12}}){{0,2}}? {_BUILDING}\b",
    ),
    # "I know where you live", "we will find you", "we are coming for you"
    _rule(
        1,
        word_set("where"),
        rf"(?:\b(?:i|we) know|{_I} find out) (?:exactly )?where",
        r" (?:you|u|your (?:\w{1,12} )?\w{1,12})(?: all)?",
        r" (?:lives?|sleeps?|works?|parks?|go(?:es)? to school)\b",
        unless=_REPORTED,
    ),
    _rule(
        1,
        word_set("find hunt coming"),
        r"\b(?:i|we)(?:'?ll| will|'?m|'?re| am| are)"
        r" (?:(?:find|hunt) you\b(?!(?: down)? (?:an?|the|some\w{0,6})\b)"
        r"|coming (?:for|after|to get) (?:you|u|your)\b(?! vote))",
        unless=_REPORTED,
    ),
    # "Someone should stab the Mayor", "let's kill them", "death to …"
    _rule(1, _VERB_WORDS, rf"{_OTHERS} {_VERB} {_WHOM}"),
    _rule(1, _VERB_WORDS, rf"{_OTHERS} {_VERB} {_NAME}"),
    _rule(1, _VERB_WORDS, rf"{_ORDER}{_VERB} (?:all )?(?:{_WHOM}|(?<=all ){_PERSON}\b)"),
    _rule(
        1,
        word_set("bullet knife"),
        rf"{_OTHERS} put a (?:bullet|knife) (?:in|through) \w{{2,12}}\b(?: \w{{2,15}})?",
    ),
    _rule(1, word_set("death"), rf"\bdeath to (?:(?:all|the|every) ){{0,2}}{_PERSON}\b"),
    _rule(1, word_set("die"), rf"{_HATED} must (?:all )?die\b"),
    _rule(1, word_set("dead"), r"\byou(?:'re|r| are) a (?:dead (?:man|woman)|goner)\b"),
    _rule(1, word_set("dead"), r"\b(?:you(?:'?re| are)|u r|ur) dead (?:when|next time)\b"),
    _rule(1, word_set("dead"), r"\bonly good \w{2,12} (?:is|are) (?:a )?dead\b"),
    _rule(
        1,
        word_set("die dead hurt stabbed shot killed"),
        r"\byou(?:'ll| will|'re going to|'re gonna| are going to)"
        r" (?:die|be dead|get (?:hurt|stabbed|shot|killed))"
        r" (?:for (?:this|that)|soon|bitch|scum|pig)\b",
        unless=_REPORTED,
    ),
    _rule(
        1,
        word_set("yourself yourselves urself kys"),
        rf"(?:{_ORDER}|{_OTHERS} )(?:kill|hang|neck|shoot) (?:yourself|yourselves|urself)\b",
        r"|\bkys\b",
    ),
    # Wishes, and what should be done to somebody
    _rule(2, _VERB_WORDS, rf"{_WISH} {_VERB} {_WHOM}"),
    _rule(
        2,
        word_set("punch smash kick slap"),
        rf"{_WISH} (?:punch|smash|kick|slap) (?:you|him|her|them"
        rf"|(?:the|that|his|your) (?:\w{{1,12}} )?(?:{_PERSON}|{_BODY}))\b",
    ),
    _rule(
        2,
        _DONE_WORDS | word_set("die dies cancer dead burn burns"),
        rf"\b(?:hope|wish|pray) (?:that )?{_HATED}(?:'d|'ll| would| will)?(?: all| just)? "
        rf"(?:dies?|burns?|gets? (?:{_DONE}|cancer)|(?:is|are|was|were) (?:{_DONE}|dead))\b",
    ),
    _rule(
        2,
        word_set("someone somebody"),
        rf"\b(?:hope|wish|pray) (?:someone|somebody) (?:would )?{_VERB}s? {_WHOM}",
    ),
    _rule(
        2,
        _DONE_WORDS,
        rf"{_HATED} (?:should|ought to|needs? to|deserves? to|must)(?: all| just)?"
        rf" (?:be |get )(?:taken out and )?{_DONE}\b(?! of\b)",
    ),
    _rule(
        2,
        word_set("deserve deserves"),
        rf"{_HATED} deserves? (?:to die|death|a bullet)\b(?! (?:with|in peace|at home|of))",
    ),
    _rule(
        2,
        word_set("shooting hanging stringing stabbing bullet"),
        rf"{_HATED} (?:wants?|needs?|deserves?) (?:a (?:good )?)?"
        r"(?:shooting|hanging|stringing up|stabbing|bullet)\b",
    ),
    _rule(
        2,
        word_set("lives sleeps"),
        r"\b(?:i|we) know where (?:he|she) (?:lives|sleeps)\b",
        unless=_REPORTED,
    ),
    _rule(2, word_set("watch"), r"(?:\bbetter |^)watch your backs?(?: from now on)?$"),
)
