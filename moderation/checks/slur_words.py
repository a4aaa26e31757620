"""Words that attack people for who they are.

They stand here openly: what is not written down cannot be found, nor be argued about. A word is
here only if it means a group of people and despises them. What merely insults, such as words for
the police, politicians or fools, is not: readers report that.

The first tier cannot wait: words that say nothing but hatred. The second often stands for
ignorance. Where a word has a harmless sense too, its harmless neighbours are here as well.
"""

from moderation.checks.patterns import one_of, word_set

# About race and origin, religion, disability, sexuality, and being trans.
WORST = word_set(
    "nigger niggers nigga niggas sandnigger paki pakis pakki pakkis wog wogs coon coons gook"
    " gooks spic spics kike kikes chink chinks raghead ragheads towelhead towelheads muzrat"
    " muzrats muzzrat muzzrats goatfucker goatfuckers kaffir kaffirs darkie darkies sambo sambos"
    " wetback wetbacks jewboy jewboys mongoloid mongoloids spastic spastics faggot faggots"
    " battyman battyboy tranny trannies shemale shemales"
)
MILDER = word_set(
    "gypo gypos gyppo gyppos pikey pikeys jap japs wop wops dago dagos polack polacks chinky"
    " chinkies yiddo yiddos halfcaste negress mulatto mulattos golliwog golliwogs muzzie muzzies"
    " retard retards retarded spaz spazz spakka spacker spackers mong mongs flid flids cripple"
    " cripples fag fags dyke dykes poof poofs poofter poofters lezzer lezzers lezza lezzas"
    " trannie troon troons"
)

# Words that are slurs only together, by the first one, each with its tier.
PHRASES: dict[str, tuple[str, int]] = {
    "sand": (r"sand niggers?", 1),
    "jungle": (r"jungle bunn(?:y|ies)", 1),
    "porch": (r"porch monkeys?", 1),
    "camel": (r"camel (?:jockeys?|fuckers?)", 1),
    "goat": (r"goat (?:fuckers?|shaggers?)", 1),
    "christ": (r"christ[ \-]killers?", 1),
    "ching": (r"ching[ \-]chong", 1),
    "slant": (r"slant[ \-]eye[sd]?", 1),
    "batty": (r"batty (?:boys?|m[ae]n|bwoys?)", 1),
    "half": (r"half[ \-]castes?", 2),
    "window": (r"window lickers?", 2),
    "bum": (r"bum bandits?", 2),
    "carpet": (r"carpet munchers?", 2),
}

# A group called dirt or vermin.
_DESPISED = one_of(
    "jews? muslims? islamics hindus? sikhs? blacks? asians? arabs? africans? indians? romanians",
    "gyps(?:y|ies) gays? homos? lesbians? lesbos? queers? trans_people disabled_people",
)
_THINGS = one_of(
    "mps? magic businesses money look tricks? coffee friday cabs? taxis? box bins? water clothes",
    "markets? holes? cats? dogs? food spots? stuff bars? clubs? mould pepper ice smoke",
)
CONTEMPT_WORDS = word_set(
    "dirty filthy stinking fucking vermin subhuman subhumans humans animals parasites cockroaches"
    " scum rats"
)
CONTEMPT = (
    rf"{one_of('dirty filthy stinking fucking')} {_DESPISED}\b(?! {_THINGS}\b)"
    rf"|(?:(?:all|the|these) )?{_DESPISED} are (?:all )?"
    + one_of("vermin sub_?humans? animals parasites cockroaches scum rats")
)

_PUBLIC_GOODS = one_of(
    "the our local small its their us london services? policing businesses communities a this any"
)
_SMOKED = r"smok\w{1,4}|roll\w{0,4}|buy\w{0,4}|sell\w{0,4}|sold|nick\w{0,4}|steal\w{0,4}|stole"
# What makes a word harmless right behind it, or right before it.
HARMLESS_AFTER: dict[str, str] = {
    "faggot": r" (?:and|with|in) (?:peas|gravy|chips|mash|wood)\b",
    "faggots": r" (?:and|with|in) (?:peas|gravy|chips|mash)\b| of (?:wood|sticks)\b",
    "fag": r" (?:ends?|packets?|breaks?|butts?|ash|papers?|lighters?|smoke|shop)\b",
    "fags": r" (?:and (?:booze|beer|vapes?|lager|alcohol|drink)|to (?:kids|children|minors|under))"
    r"|(?:,| or) (?:booze|beer|vapes?|alcohol|drink)",
    "dyke": r" (?:march|road|street|lane|close|path|bar|wall|broke|burst|system)\b",
    "dykes": r" on bikes\b",
    "chink": r" (?:in|of) ",
    "chinks": r" (?:in|of) ",
    "tranny": r" vans?\b",
    "kaffir": r" limes?\b",
    "spastic": r" (?:colon|\w{2,6}plegia|paralysis|cerebral|cp|muscles?)\b",
    "retard": r" (?:growth|progress|fires?|recovery|" + _PUBLIC_GOODS + r")\b",
    "retarded": r" (?:growth|progress|by|the)\b",
    "cripple": rf" {_PUBLIC_GOODS}\b",
    "cripples": rf" {_PUBLIC_GOODS}\b",
    "sambo": r" (?:wrestl|fight|grappl)",
}
HARMLESS_BEFORE: dict[str, str] = {
    "fag": rf"(?:{_SMOKED}|light\w{{0,4}}|pack(?:et)? of|quick) (?:a |the |my |his )?",
    "fags": rf"(?:{_SMOKED}|packe?t?s? of|illegal|cheap|counterfeit|fake|price of|and|my|duty.free)"
    r" (?:some |my |the |dodgy )?",
    "faggots": r"(?:eat\w{0,4}|ate|peas and|plate of|bundle of) ",
    "coon": r"maine ",
    "coons": r"maine ",
    "dyke": r"(?:offa's|van|sea|flood|old|devil's|grim's|drainage) ",
    "tranny": r"(?:transit|ford) ",
    "cripple": r"(?:not a|to|will|would|could|can|may|might|not|that) ",
    "cripples": r"(?:which|that|it|this|really) ",
    "retard": r"(?:to|will|would|could|can|may|might) ",
    "spastic": r"(?:with|has|have|had) ",
}
