"""What nobody is held up for: criticism, swearing and every viewpoint."""

from tests.screening.sentence import nothing

SENTENCES = [
    *nothing(
        "ACAB.",
        "F*** the Met, and f*** the Mayor too.",
        "Fuck the police.",
        "The police are racist thugs and always were.",
        "Defund the Met and give the money to youth clubs.",
        "The Mayor is useless and should resign.",
        "The pigs never come when you call.",
        "Bloody useless coppers, the whole bunch.",
        "I hate the Met. I hate what they did to my family.",
        "Institutional racism, misogyny and homophobia: that is the Met.",
        "The Commissioner is a liar and a coward.",
        "Shame on the Mayor for closing Madeup police station.",
        "Stop and search is state violence against black boys.",
        "Immigration is too high and it should be stopped.",
        "Immigration made London great and there should be more of it.",
        "Trans women are women.",
        "I think single-sex spaces should be kept for women.",
        "Israel should stop. Hamas should stop. The marches should go on.",
        "The marches should be banned.",
        "Prison works. Lock them up for longer.",
        "Abolish prisons.",
        "The Tories broke it and Labour will not mend it.",
        "What a shit plan by a shit council.",
        "You idiots at City Hall could not run a bath.",
        "More armed police, please.",
        "No more armed police, please.",
        "This bloody ULEZ is killing my business.",
    ),
]
