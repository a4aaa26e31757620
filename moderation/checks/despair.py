"""Writers who may harm themselves, in whatever spelling: they are shown who is there for them.

A false question costs one click, a missed cry for help may cost a life: in doubt it is found.
"""

import re
from collections.abc import Iterator

from moderation.checks.patterns import word_set
from moderation.checks.reading import Mark, Reading


def despair(reading: Reading) -> Iterator[Mark]:
    """No threat to others: it is the writer who needs somebody. One mark a sentence."""
    for start, end in reading.sentences(_WORDS):
        if match := _DESPAIR.search(reading.plain, start, end):
            yield Mark(match.start(), match.end(), 1)


_WORDS = word_set(
    "myself self suicidal life die dying dead alive live living exist kms end overdose tablets"
    " pills anymore more longer miss care notice born disappear wake jump unalive"
    " existing suicide noose paracetamol paracetamols ibuprofen"
)
_I = r"\bi(?:'?m|'?ve|'?ll|'?d)?"
_MEANS = (
    rf"{_I}(?: (?!(?:not|never|would|don't|didn't)\b)\w{{1,12}}){{0,4}}?"
    r" (?:want(?:ed)? to|wanna|want|will|going to|gonna|gunna|might|have to|need to"
    r"|plan(?:ning)? to|about to|ready to|trying to|tryna|tempted to|decided to|feel like|could"
    r"|(?:thinking|thoughts|think|thought) (?:of|about)|considering|planning|keep"
    r"|can't stop)(?: just)?"
)
_SELF = r"(?:my ?self|meself)\b"
_NO_LONGER = r"(?:any ?more|any longer|no more|no longer)"
_END = r"(?=[.,!?;\n)]|$| (?:and|but|tonight|now|because|cos|i|i'm|im|it)\b)"
_DESPAIR = re.compile(
    rf"{_MEANS} (?:"
    rf"(?:kill|hang|drown|shoot|stab|top|unalive)(?:p?ing)? {_SELF}(?! (?:laughing|an?|some)\b)"
    rf"|(?:hurt|harm|cut|cutt|burn)(?:ing)? {_SELF}(?! (?:off|short|some|on|from|falling)\b)"
    r"|(?:end|ending|take|taking) my (?:own )?life\b(?! savings| (?:in|into|back|as)\b)"
    r"|end(?:ing)? it all\b(?! (?:with|by)\b)|kms\b"
    r"|end it(?: tonight| now)?(?=[.,!?\n]|$))"
    # "I want to die of embarrassment", "in peace", "knowing that …"
    rf"|{_I}(?: (?:really|just|still|honestly|seriously|so|do|only)){{0,2}}(?: am)?"
    r" (?:want to|wanna|going to|gonna|will|might|ready to|wish i could)(?: just)? die\b"
    r"(?! (?:of|at|in|for|on|with|from|laughing|before|old|knowing|waiting)\b)"
    r"|\bi(?:'?m| am) (?:going to|gonna|about to) jump(?=[.,!?\n]|$)"
    r"|\bi (?:want to|wanna) jump (?:off|in front of)\b"
    rf"|\bi(?:'ve| have|'ve just| have just| just|) cut {_SELF}"
    r"(?= (?:tonight|again|today|last night|so|and)\b|[.,!?\n]|$)"
    r"|\b(?:i|i'm|im)(?: \w{1,10}){0,2} (?:don't|dont|do not|can't|cant|cannot)(?: \w{1,10})?"
    rf" (?:(?:want to|wanna) )?(?:live|be alive|be here|exist|wake up|go on living)"
    rf"(?: {_NO_LONGER})?{_END}"
    r"|\bi(?: just| really)? (?:can't|cant|cannot) (?:go on|carry on|do this)"
    rf"(?: (?:living|like this))?(?: {_NO_LONGER}){_END}"
    r"|\b(?:nobody|no ?one|no-one)(?:'d| would| will)(?: even)? (?:miss|care|notice)"
    r" (?:me\b|if i(?:'m| was| were| am| died| die| disappeared| killed| wasn't| weren't)\b)"
    r"|\bmy life (?:is|isn't|isnt|is not|ain't|feels)(?: not| not even| no longer)?"
    r" (?:worth living|over(?=[.,!?\n]|$)|pointless|worthless)"
    r"|\b(?:no (?:reason|point)|nothing(?: left)?|any reason)(?: for me)? (?:to|in) (?:me )?"
    r"(?:live|living|being alive|be alive|existing)(?: for)?(?=[.,!?\n]|$)"
    r"|\bi(?: really| just| often)? wish i(?:'d| was| were| had| wasn't| could)(?: just)?"
    r" (?:dead|never (?:been )?born|not alive|alive|disappear|not wake up|never wake up|die)\b"
    r"|\bi(?: just| really){0,2} want it(?: all)? to (?:end|be over)\b"
    r"|(?:\bi(?:'?m| am| feel| get| keep feeling|'ve been| have been)|\bfeeling)"
    r"(?: (?!not\b)\w{1,10}){0,2}? suicidal\b(?! (?:person|people|man|woman|callers?)\b)"
    r"|\bbetter off (?:without me|if i (?:was|were) dead|dead(?=[.!?\n]|$))"
    r"|\bi(?:'?m| am) done with (?:life|living)\b|\bi(?:'?ve| have| got)(?: got)? a noose\b"
    rf"|{_I}(?: (?!not\b)\w{{1,12}}){{0,4}}? (?:thinking|thoughts|think) (?:about|of)"
    r" (?:suicide|dying)(?=[.,!?\n]|$| (?:all|every|again|and|tonight|now)\b)"
    r"|\bi (?:can't|cant|cannot) stop thinking (?:about|of) (?:suicide|dying|death)\b"
    r"|\bi(?:'?ve| have)? (?:just )?(?:taken|took|swallowed) (?:an overdose"
    r"|\d{2,3} (?:\w{1,10} )?(?:pills|tablets|paracetamols?|ibuprofen)\b"
    r"|(?:too many|loads|lots|a load|a lot|all|a bunch|a whole)\b"
    r"(?: \w{1,10}){0,2} (?:pills|tablets|paracetamol)|too many\b)"
)
