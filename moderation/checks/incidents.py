"""First-hand reports of an incident that happens now or just did: nobody here can send help.

People speak of what they lived through, and should: "After I was burgled, nobody told me what was
happening." It is a report where it says when, and where or who (guideline 4). The writer is asked.
"""

import re
from collections.abc import Iterator

from moderation.checks.danger import danger
from moderation.checks.despair import despair
from moderation.checks.patterns import one_of, word_set
from moderation.checks.reading import Mark, Reading


def incidents(reading: Reading) -> Iterator[Mark]:
    yield from despair(reading)
    yield from danger(reading)
    for words, pattern in _PRESENT:
        for start, end in reading.sentences(words):
            yield from _happening(reading, start, end, pattern)
    for start, end in reading.sentences(_EVENT_WORDS):
        yield from _just_happened(reading, start, end)


def _happening(reading: Reading, start: int, end: int, pattern: re.Pattern[str]) -> Iterator[Mark]:
    sentence = reading.plain[start:end]
    match = pattern.search(sentence)
    if match and not _NO_REPORT.search(sentence) and not _NOT_NOW.search(sentence):
        yield Mark(start + match.start(), start + match.end(), 1)


def _just_happened(reading: Reading, start: int, end: int) -> Iterator[Mark]:
    sentence = reading.plain[start:end]
    event = _EVENT.search(sentence)
    if event is None or _NO_REPORT.search(sentence):
        return
    if _MERELY_POSSIBLE.search(sentence, 0, event.end()):
        return
    more = _IT_WAS.match(reading.plain, end)
    until = more.end() if more else end
    when = _JUST_NOW.search(reading.plain, start, until)
    is_plain = _GRAVE.search(event.group()) or _says_where_or_who(reading.cased[start:until])
    if when is None and is_plain:
        when = _LATELY.search(reading.plain, start, until)
    if when is not None:
        yield Mark(min(start + event.start(), when.start()), max(start + event.end(), when.end()))


def _says_where_or_who(sentence: str) -> bool:
    return _WHERE.search(sentence) is not None or _WHO.search(sentence) is not None


_EVENT_WORDS = word_set(
    "mugged robbed stabbed slashed attacked assaulted punched kicked slapped beaten beat burgled"
    " raped groped threatened shot spat followed chased jumped grabbed strangled flashed harassed"
    " abused broken broke stolen stole nicked snatched smashed vandalised touched pushed knocked"
    " held pulled hit exposed tried molested spiked drugged choked break breaking stealing stabbing"
    " shooting fighting fight attack mugging robbery gunshots shots bleeding"
)
_BOTH = (
    "mugged robbed stabbed slashed attacked assaulted punched kicked slapped burgled raped groped"
    " threatened shot(?:_at)? spat_(?:at|on) followed chased jumped grabbed strangled harassed"
    " flashed(?:_at)? snatched smashed touched molested pushed nicked spiked drugged"
    " choked(?:_out)?"
)
_SUFFERED = one_of(
    _BOTH,
    "beaten(?:_up)? abused broken_into stolen vandalised knocked_(?:down|over|off) held_up hit_by",
)
_DID = one_of(
    _BOTH,
    "beat(?:_up)? broke_into stole hit knocked_over exposed_(?:him|her|them)sel(?:f|ves)(?:_to)?",
    r"pulled_an?_(?:\w{1,12}_)?(?:knife|gun|machete)(?:_on|_at)? tried_to_(?:rob|mug|stab|attack)",
    "threatened_to_(?:kill|stab|rape|shoot|hurt|burn)",
    "tried_to_(?:grab|rape|snatch|steal|hit|get_in(?:to)?|break_in(?:to)?)",
)
_SEEN = one_of(
    "stabb(?:ed|ing) attack(?:ed|ing)? fight(?:ing)? mugg(?:ed|ing) robb(?:ed|ing|ery) shooting",
    "shot shots gunshots beaten beating assaulted punch(?:ed|ing) burgled bleeding",
    "break(?:ing)?_in(?:to)? stealing smashing",
)
_OURS = r"(?:my|our) (?:\w{1,15} ){0,3}?\w{1,15}"
_ADVERBS = one_of("just nearly almost also badly violently sexually verbally racially then")
# It happened to the writer or theirs, somebody did it to them, they saw it, or it was at theirs.
_EVENT = re.compile(
    rf"\b(?:i|we|{_OURS})(?:'ve| have| has)?"
    rf" (?:(?:was|were|got|been|{_ADVERBS}) ){{1,4}}{_SUFFERED}\b"
    rf"|^(?:just )?(?:got|been) {_SUFFERED}\b"
    rf"|\b(?:i|we) had (?:my|our) (?:\w{{1,15}} ){{1,3}}?{_SUFFERED}\b"
    r"|\b(?:(?:an?|the|my|our|his|some|two|three) )?(?!(?:i|we|it|that|which|reality)\b)\w{1,15}"
    rf" (?:(?:has|have|{_ADVERBS}) ){{0,2}}{_DID} (?:\w{{1,12}} )?(?:me|us|my|our)\b"
    r"|\b(?:i|we)(?:'ve| have)?(?: just)? (?:saw|seen|witnessed|watched|found|heard)"
    rf"\b[^.!?\n]{{0,60}}?\b{_SEEN}\b"
    rf"|\b(?:someone|somebody|an? (?:\w{{1,12}} ){{1,3}}?)(?:was|were|got|has been)"
    rf" (?:just )?{_SUFFERED} (?:outside|in|on|near|by|at|behind|opposite) (?:my|our) \w{{1,15}}"
)
# It needs no place to be urgent.
_GRAVE = re.compile(r"\b(?:raped|stabbed|shot|strangled|choked|molested|groped|spiked|drugged)\b")
_SOME = r"(?:an?|one|two|three|four|five|ten|twenty|a few|few|couple of|\d{1,2}|half an)"
# So lately that somebody could still come.
_JUST_NOW = re.compile(
    r"\b(?:last night|tonight|yesterday(?: morning| afternoon| evening| night)?|today"
    r"|this (?:morning|afternoon|evening)|moments ago|earlier (?:today|on|this)"
    rf"|{_SOME} (?:minutes?|mins?|hours?|hrs?) ago|(?:have|has|'ve|i|we|got) just|just now"
    r"|just (?:been|got|had|seen|saw|witnessed)|the night before last)\b"
)
_DAY = r"(?:mon|tues|wednes|thurs|fri|satur|sun)day(?: night| morning| evening| afternoon)?"
_MONTH = one_of(
    "january february march april may june july august september october november december"
)
_LATELY = re.compile(
    rf"\b(?:(?:last|on) {_DAY}|last (?:week|weekend)|(?:at|over) the weekend|this week(?:end)?"
    rf"|{_SOME} (?:days?|nights?) ago|the other (?:day|night|week)"
    rf"|\d{{1,2}}(?:st|nd|rd|th)? (?:of )?{_MONTH}|{_MONTH} \d{{1,2}}(?:st|nd|rd|th)?"
    r"|(?:at|about|around) (?:about |around )?\d{1,2}(?:[.:]\d\d)? ?(?:am|pm|o'clock|in the))\b"
)
_NO_PLACES = one_of(
    "January February March April May June July August September October November December",
    "Monday Tuesday Wednesday Thursday Friday Saturday Sunday Christmas Easter",
    "London Britain England UK Twitter Facebook Instagram WhatsApp",
)
# A place one could go to, or a person one could find.
_WHERE = re.compile(
    r"\b(?:at|on|in|near|outside|by|behind|opposite|along|under|down|off|from) (?:the )?"
    rf"(?!{_NO_PLACES}\b)(?:[A-Z][a-z]{{2,20}}\b|[A-Z]{{1,2}}\d{{1,2}}\b|(?:my|our) (?:own )?"
    + one_of("road street estate block front door house home flat garden building school stop way")
    + ")"
)
_WHO = re.compile(
    r"\b(?:[Mm]y "
    + one_of("ex neighbour husband wife partner boyfriend girlfriend boss landlord dad father")
    + r"|(?:[Aa]n?|[Tt]he|[Tt]wo|[Tt]hree) (?:\w{1,12} )?"
    + one_of("officers? police(?:m[ae]n|woman) pc PC [Ss]ergeant bouncers? guards?")
    + r"|(?:called|named) [A-Z][a-z]+|(?:number|flat|no\.?) \d{1,4}"
    r"|the (?:man|lad|boy|bloke|guy) (?:at|from|who lives))\b"
)
_IT_WAS = re.compile(r"[.!?\s]{1,4}(?:it|this|that) (?:was|happened|took place)\b[^.!?\n]{0,80}")
# Long ago, again and again, or out of the papers.
_NO_REPORT = re.compile(
    r"\b(?:(?:years?|months?) ago|decades?|in (?:19|20)\d\d"
    r"|last (?:year|summer|winter|autumn|spring|month)"
    r"|when i was (?!(?:walking|coming|going|on|at|in|waiting|leaving|cycling|out)\b)"
    r"|as a (?:child|teenager|kid|boy|girl|student|young)|used to|\w{3,8} times"
    r"|every (?:day|night|week|weekend|month|year|single|other|morning|evening)|always|often"
    r"|regularly|usually|constantly|frequently|whenever|most (?:days|nights|weekends|evenings)"
    r"|read|news|headlines?|article|on tv|telly|newspapers?|documentary|film|drama|statistics"
    r"|(?:like|than|until|even) today|today's|to this day)\b"
)
_MERELY_POSSIBLE = re.compile(
    r"\b(?:if|(?:could|might|would) (?:be|have)|afraid|fear|scared of|worr(?:y|ied)|imagine"
    r"|in case)\b"
)
_NOT_NOW = re.compile(
    r"\b(?:if|(?:could|might|would) be|imagine|in case|when (?:there|someone|you))\b"
)

_NOW = (
    r"(?:right now|as we speak|as i (?:write|type|speak)|at this (?:very )?(?:moment|minute)"
    r"|this minute|happening now|\bnow$)"
)
_HERE = (
    r"(?:outside(?: (?:my|our|the|right)\b(?: \w{1,15})?|$)|next door|upstairs|downstairs"
    r"|(?:above|below) me\b"
    r"|across the (?:road|street)|(?:in|on|at|into|by|near) (?:my|our) (?:own )?"
    + one_of(
        "street road block building stairwell garden house flat estate hallway kitchen doorstep",
        "landing door window (?:back|front)_(?:garden|door)",
    )
    + r"\b|through the wall)"
)
_ONE = (
    r"\b(?:he|she|someone|somebody|they|i|an? (?:\w{1,12} ){0,2}"
    + one_of("man woman boy girl kid child guy lad person group gang bloke teenager")
    + r"|(?:two|three|four|some|several) (?:\w{1,12} )?"
    + one_of("men lads boys girls kids youths guys")
    + r"|(?:my|our|the) (?:[\w']{1,15} ){0,2}?\w{1,15})(?:'s|'re|'m| is| are| am) (?:\w{1,12} )?"
)
_SEVERAL = r"\bthere(?:'s| is| are) (?:\w{1,12} ){1,4}?"
_DOING = (
    r"(?:being "
    + one_of("beaten attacked stabbed robbed assaulted followed chased threatened raped mugged")
    + "|"
    + one_of("hitting beating stabbing strangling robbing mugging raping kicking punching shooting")
    + r"\b|(?:attacking|threatening|following|chasing) "
    + one_of("me him her us someone somebody an? my the_(?:man|woman|boy|girl|kids?)")
    + r"\b|breaking in(?:to)?\b|trying to (?:break|get) in(?:to)?\b|smashing|screaming|bleeding"
    r"|setting fire|waving a|fighting(?! (?:for|against|crime|knife|over|the|to|back|cuts)))"
)
_CRIME = one_of("drug_deal fight stabbing robbery burglary break-in mugging attack")
_ARMS = one_of("kni(?:fe|ves) guns? machetes? weapons? axes? swords? hammers? (?:baseball_)?bats?")
_THERE = one_of("bus train tram platform park street station shop playground stairs corner road")
# What happens now, each with words of which it has one.
_PRESENT = (
    (
        word_set(
            "being hitting beating stabbing strangling robbing mugging raping kicking punching"
        )
        | word_set("shooting attacking threatening following chasing breaking trying smashing")
        | word_set("screaming bleeding setting waving fighting happening going"),
        re.compile(
            rf"(?:{_ONE}|{_SEVERAL}){_DOING}[^.!?\n]{{0,80}}?(?:{_NOW}|{_HERE})"
            rf"|\bright now[ ,]{{1,2}}{_ONE}{_DOING}"
            rf"|\b(?:an?|another) {_CRIME} is (?:happening|going on)\b[^.!?\n]{{0,40}}?"
            rf"(?:{_NOW}|{_HERE})"
        ),
    ),
    (
        word_set("hear"),
        re.compile(
            r"\b(?:i|we) can hear [^.!?\n]{0,40}?"
            r"(?:scream|gunshot|shots|shouting|fight|being beaten)"
            rf"[^.!?\n]{{0,60}}?(?:{_NOW}|{_HERE})"
        ),
    ),
    (
        word_set("knife knives gun guns machete machetes weapon weapons axe sword hammer bat bats"),
        re.compile(
            r"\bthere(?:'s| is) (?:an?|some\w{0,4}) [^.!?\n]{0,50}?"
            rf"\b(?:with|holding|waving|carrying|swinging|has) (?:\w{{1,12}} ){{0,2}}?{_ARMS}\b"
            rf"[^.!?\n]{{0,60}}?(?:{_NOW}|{_HERE}|\boutside\b"
            rf"|\b(?:on|at|in|near) (?:the|this) (?:\w{{1,15}} ){{0,2}}?{_THERE}\b)"
        ),
    ),
    (
        word_set("send someone somebody"),
        re.compile(
            r"\bsend (?:help|(?:the )?police|an ambulance|officers|someone|a car)"
            r" (?:now|please|quick(?:ly)?|asap|to (?:my|our|\d))\b"
            r"|\b(?:someone|somebody)(?: please)? (?:call|phone|ring)"
            r" (?:the police|999|an ambulance)\b"
        ),
    ),
    (
        word_set("deals dealing sells selling beats beating abuses abusing"),
        re.compile(
            r"\b(?:at|in|from) (?:number|no\.?|flat|house) ?\d{1,4}[a-z]?\b[^.!?\n]{0,60}?"
            r"\b(?:deals|dealing|sells|selling|beats|beating|abuses|abusing)\b"
        ),
    ),
)
