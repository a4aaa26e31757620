"""People in danger from somebody: at home, from an ex, from a stranger at the door.

Abuse at home is told as a habit ("he hits me every night"), so a habit is a report here. What is
over is none: "my husband used to beat me, and the police were brilliant".
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

from moderation.checks.patterns import one_of, word_set
from moderation.checks.reading import Mark, Reading


def danger(reading: Reading) -> Iterator[Mark]:
    """One mark a sentence."""
    marked: set[int] = set()
    for rule in _RULES:
        for start, end in reading.sentences(rule.words):
            match = None if start in marked else rule.pattern.search(reading.cased, start, end)
            if match and not (rule.unless and rule.unless.search(reading.plain, start, end)):
                marked.add(start)
                yield Mark(match.start(), match.end(), 1)


class _Rule(NamedTuple):
    """Sentences with one of the words are looked at."""

    words: frozenset[str]
    pattern: re.Pattern[str]
    unless: re.Pattern[str] | None


_OVER = re.compile(
    r"\b(?:(?:years?|months?) ago|decades?|(?:in|since) (?:19|20)\d\d|when i was|used to"
    r"|as a (?:child|kid|teenager|boy|girl)|last (?:year|summer|winter|autumn|spring)"
    r"|(?:read|news|headlines?|article|documentary|film|drama)\b)"
)
# "If somebody has a knife": nobody has it yet.
_MERELY_SAID = re.compile(
    _OVER.pattern
    + r"|\b(?:if|whether|imagine|in case|every|each|per|(?:this|last) (?:year|month))\b"
)
_ADULT = one_of(
    "husband hubby wife missus partner boyfriend girlfriend bf gf fiancee? ex dad daddy father",
    "mum mam mummy mother step_(?:dad|mum|brother|sister) stepdad stepfather stepmum stepmother",
    "brother sister son daughter carer",
    "uncle aunt(?:ie)? cousin grandad grandfather nan gran neighbour flatmate housemate landlord",
    "boss manager teacher coach foster_(?:dad|mum) pimp in-laws",
)
_MY_ADULT = rf"my (?:\w{{1,12}} )?{_ADULT}(?:[ \-](?:husband|wife|partner|boyfriend|girlfriend))?"
_HE = rf"\b(?:he|she|{_MY_ADULT})"
_ANYONE = (
    rf"(?:{_HE}|\b(?:they|someone|somebody|some \w{{1,10}}|(?:an?|the|two|three|four)"
    r" (?:\w{1,12} ){0,2}?(?:m[ae]n|wom[ae]n|boys?|girls?|lads?|guys?|blokes?|gang|kids?|officer"
    r"|person|group)|(?:gang|some|these) (?:lads|men|boys|people)))"
)
_IS = (
    r"(?:'?s|'?re| is| are| has been| have been| keeps?| won't stop)(?: (?:now|still|been|always))?"
)
_MINE = r"(?:me|us|her|him|my|our|(?:the|his|her) (?:kids|children|baby|son|daughter))\b"
# "Beats me at chess", "to the bus", "hits me that …"
_NO_GAME = (
    r"(?! (?:at (?:chess|cards|darts|pool|scrabble|football|tennis|golf|cricket|it|this|every|fifa"
    r"|dominoes|table|running|poker|ludo|backgammon|games?)|to (?:the|it|work|every)"
    r"|in (?:a|the) (?:race|game)|that|up for|out|off to)\b)"
)
_DOES = one_of(
    "touches molests gropes kicks punches slaps chokes hits beats(?:_up)? hurts rapes strangles",
    "burns bites abuses spits_(?:at|on) threatens batters shouts_at",
    "throws headbutts stabs pushes shoves",
)
_KILL = one_of("kill stab murder shoot rape burn strangle behead batter")
_ARMS = one_of("kni(?:fe|ves) guns? machetes? axe sword hammer acid")
_OUR_HOME = (
    r"(?:my|our|the) (?:\w{1,10} )?(?:house|door|flat|home|window|gate|bedroom|bathroom|place)\b"
)


def _rule(words: str, *pattern: str, unless: re.Pattern[str] | None = None) -> _Rule:
    return _Rule(word_set(words), re.compile("(?i:" + "".join(pattern) + ")"), unless)


_RULES = (
    # "My husband hits me every night", "my partner controls my money and hits the kids"
    _rule(
        "touches molests gropes kicks punches slaps chokes hits beats hurts rapes strangles burns"
        " bites abuses spits threatens batters shouts throws headbutts stabs pushes shoves",
        rf"{_HE}(?:,? [\w']{{1,12}}){{0,8}}? {_DOES} {_MINE}{_NO_GAME}",
    ),
    _rule(
        "parents family in-laws they",
        r"\bmy (?:parents|family|in-laws)(?: \w{1,12}){0,2}? (?:hit|beat|hurt|slap|punch) me\b",
        _NO_GAME,
        unless=_OVER,
    ),
    _rule(
        "hitting beating hurting abusing raping touching choking",
        rf"{_HE}{_IS} (?:hitting|beating|hurting|abusing|raping|touching|choking)",
        rf" {_MINE}{_NO_GAME}",
    ),
    _rule(
        "hands hand",
        r"\b(?:his|her) hands? (?:a?round|on|over) my (?:throat|neck|mouth)\b",
        unless=_OVER,
    ),
    # "He won't let me leave the house", "they are making me carry drugs"
    _rule(
        "let lets locks locked",
        rf"(?:{_HE}|\bthey|\bmy (?:family|parents))(?:,? \w{{1,12}}){{0,2}}?"
        r" (?:(?:won't|wont|doesn't|doesnt|don't|never|will not|does not) lets? me"
        r" (?:leave|out|go out|go outside|see (?:any|my f))|(?:locks|has locked) me (?:in|out)\b)",
    ),
    _rule(
        "forcing making forces makes make force",
        rf"(?:{_ANYONE}|\bmy (?:family'?s?|parents))(?: is| are|'s|'re| keep)?"
        r" (?:forc(?:ing|es?)|making|makes?) me (?:to )?(?:into )?(?:marry|marriage|have sex|carry"
        r"|sell|hold|deal|beg|work for|sleep with|do (?:things|stuff|sexual))\b",
    ),
    _rule(
        "scared afraid terrified frightened",
        r"\b(?:i'?m|i am|we are|we're)(?: \w{1,10}){0,2}? (?:scared|afraid|terrified|frightened)"
        rf" (?:(?:of|to go home to) (?:him|her|{_MY_ADULT})|for my life)\b"
        r"(?! (?:when|every|each|cycling|walking|on|crossing|in)\b)",
    ),
    # "He's going to kill me", "my husband has threatened to kill me", "my ex is stalking me"
    _rule(
        "kill stab murder shoot rape burn strangle behead batter",
        rf"(?:{_HE}|\bthey|\b(?:the|this|a) (?:man|bloke|guy|lad))(?:'?ll| will|'?s going to"
        r"|'?s gonna| is going to| is gonna| are going to|'re going to| wants? to|'?s trying to"
        rf"| is trying to) {_KILL} (?:me|my \w{{1,12}}|her)\b(?! for (?:saying|writing|posting))",
        rf"|{_ANYONE}(?:(?:'s| has|'ve| have)(?: \w{{1,10}})? threatened"
        r"|(?:'s| is|'re| are| keeps?)(?: \w{1,10})? threatening| threatens?)"
        rf" (?:to|that) (?:\w{{1,6}} )?{_KILL} (?:me|us|my \w{{1,12}}|her|him)\b",
    ),
    _rule(
        "stalking stalks following follows chasing harassing blackmailing threatening grooming",
        rf"{_ANYONE}{_IS} (?:stalking|following|chasing|harassing|blackmailing|threatening"
        r"|grooming) (?:me|us|my (?:son|daughter|child|kids|wife|sister|mum|girlfriend|partner))\b"
        r"(?! (?:on (?:twitter|instagram|facebook|tiktok|x|here)|around (?:with|because))\b)",
    ),
    # "I'm being attacked", "help me, he's got a gun", "I'm hiding in the bathroom"
    _rule(
        "being getting gettin",
        r"\b(?:i'?m|i am|my (?:son|daughter|mum|wife|sister|brother|friend|neighbour) is)"
        r" (?:being|getting) (?:att?ac?ked|followed|chased|beaten|stabbed|mugged|raped|stalked"
        r"|abused|blackmailed|trafficked|strangled|groomed"
        r"|held (?:here|against|hostage|in an? (?:flat|house|room))|robbed(?! (?:of|by)\b))\b"
        r"(?! (?:for|online|from all|because|when"
        r"|by an? (?:\w{1,10} )?(?:worker|coach|doctor|charity)"
        r"|by (?:the|this) (?:council|mayor|gov\w*|press))\b)",
        unless=re.compile(r"\b(?:if|like|feel)\b"),
    ),
    _rule(
        "help helpp hlp",
        rf"\bhelp(?: me| us)?(?: please| quick| now)?[ ,!]{{1,4}}{_HE}"
        r"(?:'?s| is| has| wants| won't)"
        r" (?:outside|here|coming|got|in my|in the|at my|attack|hurting|trying|kicking|going to"
        r"|hitting|beating|killing|after me|back\b)(?:[^.!?\n]{0,30}?(?:door|house|flat|me)\b)?",
    ),
    _rule(
        "hiding",
        r"\b(?:i'?m|i am|we'?re|we are)(?: \w{1,10})? hiding (?:in|under|behind) (?:the|my|a|our)\b"
        rf"|\bhiding (?:\w{{1,12}} )?from (?:him|her|them|{_MY_ADULT})\b",
    ),
    _rule(
        "kicking breaking smashing banging bashing kick break smash",
        rf"{_ANYONE}(?:'?s|'?re| is| are)(?: trying to)?"
        r" (?:kick|break|smash|bang|bash)(?:ing)? (?:(?:in|down|on) )?"
        rf"{_OUR_HOME}(?: (?:down|in))?",
    ),
    _rule(
        "outside coming behind downstairs door",
        rf"{_HE}(?:'?s| is)(?: \w{{1,10}})? (?:(?:standing |waiting |sitting )?"
        r"(?:right )?(?:outside|in front of|downstairs at|at) "
        r"(?:(?:my|our) (?:\w{1,10} )?(?:house|home|flat|window|work|place|gate|door)\b"
        r"|the door\b)|coming to (?:my|our) (?:house|home|flat|place|work)\b)"
        r"(?: right now| again| now)?",
        unless=_MERELY_SAID,
    ),
    _rule(
        "knife knives gun guns machete machetes axe sword hammer acid",
        r"\bthere(?:'?s| is| are) (?:an?|some\w{0,4}|two|three) [^.!?\n]{1,50}?"
        rf"\b(?:outside|in|at|by|near|on) [^.!?\n]{{1,30}} with (?:an? )?(?:\w{{1,10}} )?{_ARMS}\b"
        r"|\btheres an? [^.!?\n]{1,40}?\b(?:with|holding|waving|swinging) (?:an? )?(?:\w{1,10} )?"
        rf"{_ARMS}\b|\b(?:he|she|they|someone|somebody|{_MY_ADULT})"
        rf"(?:'?s got| has got| has|'ve got| is holding|'s holding) an? (?:\w{{1,10}} )?{_ARMS}\b",
        unless=_MERELY_SAID,
    ),
    _rule(
        "stabbed shot stabbing attacking beating raping strangling",
        r"\b(?:someone|somebody|an? (?:\w{1,12} ){0,2}\w{1,12})(?:'s| has)(?: just)? been"
        r" (?:stabbed|shot)\b(?:(?<=just been stabbed)|(?<=just been shot)"
        r"|[^.!?\n]{0,20}? (?:outside|at|by|near|behind|in front of|on (?:my|our|the)|here)\b)"
        r"|\bthere'?(?:s| is) (?:an?|some\w{0,4}) (?:\w{1,12} ){1,3}?(?:attacking|beating|stabbing"
        r"|raping|strangling) (?:an?|someone|somebody|my|me|him|her|his|the)\b",
        unless=_MERELY_SAID,
    ),
    _rule(
        "missing",
        r"\bmy (?:\w{1,12} )?(?:son|daughter|child|boy|girl|mum|dad|sister|brother|wife|husband"
        r"|grandson|granddaughter|nan)(?:'s| is| has gone|'s gone)(?: still)?"
        r" missing\b(?! (?:his|her|their|the|a|out|school|work)\b)",
    ),
    _rule(
        "coming",
        rf"{_ANYONE}(?:'?s|'?re| is| are) coming (?:for|after|at) (?:me|us)\b"
        rf"(?:[^.!?\n]{{0,20}}? {_ARMS}\b)?",
    ),
    _rule(
        "trying banging knocking",
        rf"{_ANYONE}(?:'?s|'?re| is| are| keeps?) (?:trying to (?:get|climb|come|break) (?:in|into|"
        rf"through)|(?:banging|knocking) (?:on|at)) {_OUR_HOME}",
    ),
    _rule(
        "follows tracker tracks",
        rf"{_MY_ADULT}(?:,? [\w']{{1,12}}){{0,8}}? (?:follows|stalks|tracks) (?:me|us)\b",
    ),
    _rule(
        "bleeding unconscious",
        r"\b(?:i'?m|i am) bleeding\b(?! (?:money|cash|customers)\b)"
        r"|\b(?:theres|there's|there is) (?:an?|some\w{0,4}) (?:\w{1,12} ){1,4}?"
        r"(?:bleeding|unconscious|not breathing)\b",
        unless=_MERELY_SAID,
    ),
    # "The bloke at 31 sells crack", "my neighbour is dealing drugs from number 12"
    _rule(
        "deals dealing sells selling dealer",
        r"\b(?:man|lad|bloke|guy|woman|family|couple|people|neighbours?|tenant)"
        r" (?:at|in|from) \d{1,4}[a-z]?\b[^.!?\n]{0,30}?"
        r"\b(?:deal(?:s|ing)|sell(?:s|ing))\b"
        r"|\b(?:deals|dealing|sells|selling) (?:\w{1,10} ){0,2}?(?:drugs|crack|weed|heroin|coke"
        r"|cocaine|spice|knives|guns)\b[^.!?\n]{0,30}?\b(?:at|in|from) "
        r"(?:number|no\.?|flat|house) ?\d{1,4}[a-z]?\b"
        r"|\b(?:neighbour|man|lad|bloke|guy|woman|boy)\b[^.!?\n]{0,40}?\b(?:deals|dealing|sells"
        r"|selling) (?:\w{1,10} ){0,2}?(?:drugs|crack|weed|heroin|coke|cocaine|spice)\b"
        r"[^.!?\n]{0,40}?\b(?:(?:his|her) name is|he'?s called|she'?s called|called|named)"
        r" (?-i:[A-Z])[a-z]+",
    ),
)
