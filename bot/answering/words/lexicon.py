"""The words that matter in a comparison of two sentences.

English first; the commonest of German, Spanish, French and Chinese, so that a "not" is seen there
too.
"""

from __future__ import annotations

from bot.answering.words.english import AUXILIARIES, DETERMINERS, INTERROGATIVES, PRONOUNS, word_set

FOREIGN_NOT = word_set("""
kein keine keinen keiner keines keinem nicht nie niemals niemand nichts
ohne sin nunca ningún ninguna ninguno nadie nada jamais aucun aucune sans pas
不 没 未 无 沒 無
""")
NOT = FOREIGN_NOT | word_set("""
not no never none nobody nothing neither nor without cannot nowhere prohibited forbidden
banned disallowed
""")

BREAKS = word_set("""
but while whereas however although though instead rather aber sondern pero sino mais
""")
"""Words at which the reach of an earlier "not" ends."""

EITHER = word_set("or oder o ou")
JOINS = EITHER | word_set("and und y et")

OPENINGS = word_set("""
after as at before by during for from if in on once over to under unless until when whenever where
while with within without
""")
"""First words of an opening that a comma ends: "For contractors, ..."."""

ENDINGS = word_set("""
after at before depending during following for in on where while who whom whose which with without
""")
"""First words of a qualifier at the end, which narrows more often than it only adds."""

SOME = word_set("""
few generally most mostly normally often ordinarily some sometimes typically usually
""")
"""Words for a part of all people or times."""

_FUNCTION_WORDS = DETERMINERS | PRONOUNS | INTERROGATIVES | AUXILIARIES - {"must", "shall"}
IDLE = (
    JOINS
    | _FUNCTION_WORDS
    | word_set("""
me him us them there here be been being done having of in on at to from by for with as into onto
about between within during through per via than then so too very also just if anymore get gets got
make makes made such other own same following below according page section wiki passage document e.g
i.e etc please ok okay
""")
)
"""Words without meaning of their own, including those for places and kinds of text."""

ACRONYMS = word_set("US")
"""Idle words that are a name in capitals, and then limit the statement to it."""
ABBREVIATED = {
    "cpu": ("core", "cores", "processor"),
    "db": ("database",),
    "ip": ("address", "addresses"),
    "ram": ("memory",),
    "url": ("address", "link"),
}
"""Abbreviations, and words that are used for the same."""
LETTERS = word_set("A")
"""Idle words that are a name in capitals, except at the start of a sentence: grade A."""

LIMITS = {
    word: limit
    for limit, words in {
        "must": "must shall required requires require mandatory obliged obligatory compulsory",
        "only": "only solely exclusively alone",
        "except": "unless except excluding excluded respectively",
        "all": "all every each everyone everybody everything always any anyone entire",
        "most": "most mostly majority usually typically",
        "some": "some sometimes few",
        "more": "more above over exceeding greater higher larger longer increase increased",
        "less": "less fewer under lower smaller shorter decrease decreased below",
        "least": "least minimum",
        "max": "maximum max",
        "before": "before prior earlier until",
        "after": "after afterwards later since",
        "first": "first",
        "last": "last final latest",
    }.items()
    for word in words.split()
}
"""Words that set a limit: a sentence may not add one of these."""

BOUNDS = {
    "at most": "maximum",
    "up to": "maximum",
    "at least": "minimum",
    "with the exception of": "except",
    "apart from": "except",
    "aside from": "except",
}
THAN_BOUNDS = {
    **dict.fromkeys(("more", "longer", "greater", "higher", "larger", "bigger"), "maximum"),
    **dict.fromkeys(("less", "fewer", "shorter", "smaller", "lower"), "minimum"),
    "later": "by",
    "earlier": "from",
    "sooner": "from",
}
"""The bounds that "no ... than" and "not ... than" set."""

KEPT_LIMITS = word_set("only except")
"""Restrictions of a passage that nobody may leave out."""

_UNITS = "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen"
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety hundred"

NUMBERS = {
    **{word: number for number, word in enumerate(_UNITS.split(), 1)},
    **{word: number * 10 for number, word in enumerate(_TENS.split(), 2)},
}
