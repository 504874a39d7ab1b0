"""A message as people write it -> the question in it.

"Hi all, sorry to bother! Our bus broke down again. Was wondering if anyone knows who we call? Thx!"
asks who to call about a bus. The courtesies say nothing, but a search and a cross-encoder compare
them with the pages like any other words, and then think less of the right answer. The rules know
the forms of courtesy alone, so that no word that a page may be about is lost.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from bot.answering.words import english
from bot.answering.words.roles import read

_LONGEST = 4000
"""Characters of a message. A longer one is a document and not a question in courtesies."""
_STORY = 800
"""Characters of a message. In a longer one, a question is lost among the other words."""
_ROUNDS = 6
"""Courtesies before a question that are removed."""
_FEW = 2
"""Content words. A question with fewer needs the sentence before it."""

_EMOJI = re.compile(
    "[\U0001f000-\U0001faff\u2600-\u27bf\ufe0f\u200d]+"
    r"|(?<![\w:]):[a-z][a-z0-9_+'-]{1,40}:(?![\w:])"
)
_SPACES = re.compile(r"[^\S\n]++")
# In ", had a look", "had" asks nothing.
_INVERTED = english.inverted(english.AUXILIARIES - {"had"})
_BY = r"(?:(?:at|by|for|from|in|on|to|until|with)\s++)?"
_WORDS = rf"(?:{english.any_of(english.INTERROGATIVES)})"
_QUESTION = (
    rf"{_BY}{_WORDS}(?:\s++\w++){{0,2}}?\s++{_INVERTED}"
    rf"|{_INVERTED}|who\s++(?:can|does|is|pays|should)\b"
)
_GAP = re.compile(
    r"(?<=[.!?\u2026])\s++|\n++|(?<!\s)\s++[-\u2013\u2014]++\s++"
    rf"|(?<!\s)(?:\s*+,\s*+(?:so\s++)?|\s++so\s++)(?={_QUESTION})",
    re.IGNORECASE,
)
"""The gaps between sentences, dashes between their parts, and the gap before a question that ends a
sentence: "Our bus broke down, who do we call?"."""
_END = re.compile(r"\?[\s\"')\u201d!.]*+\Z")
_QUOTED = re.compile(r"\A\s*+(?:>|&gt;)\s*+")

_PEOPLE = r"(?:all|both|everybody|everyone|folks|guys|people|team|there)"
_HELLO = (
    r"(?:he+y+|hi+|hiya|hello+|yo|greetings|(?:good\s++)?(?:morning|afternoon|evening)|good\s++day"
    r"|hallo|moin|servus|guten\s++(?:abend|morgen|tag)|bonjour|bonsoir|salut|hola"
    rf"|buen[oa]s(?:\s++\w++)?)(?:\s++(?:again|{_PEOPLE})\b)*+"
)
_THANKS = (
    r"(?:(?:many|big|huge|vielen|besten|muchas)\s++)?(?:thanks|thank\s++you|thankyou|thx|tysm|ty|tia"
    r"|cheers|ta|danke|dank|merci|gracias)"
)
_I_AM = r"i\s*+['\u2019]?\s*+(?:am|m)"
_I_WOULD = r"i\s*+['\u2019]?\s*+(?:would|d)"
_COUNT = r"(?:an?|one|two|three|another|some|[123])"
_QUICK = r"(?:quick|small|short|silly|stupid|dumb|random)"
_ASK = r"(?:qs?|questions?|things?)"
_MARK = r"(?:\s*+[,:;.!\u2026\u2013\u2014-]++\s*+|\s++)"
_OPENING = re.compile(
    rf"\W*+(?:{_HELLO}(?:\s++\w++(?=\s*+[,!:]))?|{_THANKS}(?!\s++to\b)"
    r"|(?:everyone|folks|guys|team)(?=\s*+[,!])"
    r"|(?:ok|okay)(?=\s*+[,!:.]|\s++(?:so|um|uh)\b)|um+|uh+|erm?|hmm+|oh|btw|fyi|omg|yeah|yep|please"
    r"|anyway|basically|honestly|seriously"
    r"|(?:sorry|well|right|so|also|now|cool|great|lol|haha)(?=\s*+[,!])"
    r"|so(?=\s++(?:um|uh|like|basically)\b)|right\s++so"
    rf"|(?:just\s++)?(?:{_COUNT}\s++)?(?:other\s++)?{_QUICK}\s++(?:{_ASK}|one)"
    rf"|{_COUNT}\s++(?:(?:more|other)\s++)?{_ASK}|(?:one|two)\s++more(?=\s*+:)){_MARK}",
    re.IGNORECASE,
)
"""A greeting, a filler or an announcement before a question."""
_ANYONE = (
    r"(?:any\s++of\s++you|any(?:one|body)|some(?:one|body)|you(?:\s++guys)?)"
    r"(?:\s++(?:here|there|else))?"
)
_TELLS = (
    r"(?:happens?\s++to\s++)?(?:knows?|tell\s++(?:me|us)|remind\s++me|explain(?:\s++to\s++me)?"
    r"|confirm|point\s++me\s++to|let\s++me\s++know|ha(?:s|ve)\s++any?\s++idea)"
)
_WHETHER = r"(?:\s++(?:about|if|of|on|whether))?"
_FRAME = re.compile(
    rf"(?:(?:{_I_AM}\s++|(?:i\s++)?was\s++|just\s++)*+wondering"
    rf"(?:\s++(?:if|whether)\s++{_ANYONE}\s++(?:(?:can|could)\s++(?:please\s++)?)?{_TELLS})?{_WHETHER}"
    rf"|(?:(?:can|could|do|does|would|will)\s++)?{_ANYONE}\s++(?:please\s++)?{_TELLS}{_WHETHER}"
    rf"|(?:{_I_WOULD}\s++(?:like|love|be\s++interested)|i\s++(?:want|need)|{_I_AM}\s++trying)"
    rf"\s++to\s++(?:ask|find\s++out|know|understand){_WHETHER}"
    rf"|(?:{_I_AM}\s++)?(?:just\s++)?(?:checking|curious)(?:\s++(?:if|whether))?"
    r"|what\s++i\s++(?:\w++\s++)?(?:need|want(?:ed)?)\s++to\s++(?:ask|know)\s++is(?:\s++this)?"
    r"|(?:the|my)\s++question\s++is|am\s++i\s++right\s++(?:in\s++thinking\s++)?that"
    r"|(?:@?\w++\s++)?(?:asked|told)\s++me\s++to\s++(?:ask|check)(?:\s++\w++){0,4}(?=:)"
    r"|tell\s++(?:me|us))\b[\s,:]++",
    re.IGNORECASE,
)
"""The frame of an indirect question: "Does anyone know whether"."""
_CLOSING = re.compile(
    rf"(?<![\s,.!])[\s,.!]++(?:{_THANKS}(?:\s++(?:a\s++lot|all|again|everyone|guys|in\s++advance"
    r"|so\s++much|team|very\s++much))*+|please|pls|plz|asap|lol|haha|x++)[\s!.x]*+\Z",
    re.IGNORECASE,
)
_COURTESY = re.compile(
    rf"\W*+(?:{_HELLO}(?:\s++\w++)?|{_THANKS}(?!\s++to\b)[^?]{{0,80}}"
    r"|(?:i\s++)?hope\s++(?:all|every|it|that|the|you)[^?]{0,80}"
    r"|(?:so\s++|very\s++)?sorry(?:\s++(?:about|for|if|to)\b[^?]{0,80})?"
    rf"|(?:{_I_WOULD}\s++like|i\s++(?:have|want))\s++(?:to\s++ask\s++)?{_COUNT}\s++(?:\w++\s++)?{_ASK}"
    r"(?:\s++(?:for\s++you|if\s++i\s++may))?"
    rf"|(?:just\s++)?(?:{_COUNT}\s++)?(?:{_QUICK}\s++)?(?:{_ASK}|{_QUICK}\s++one)"
    r"|any(?:one|body)(?:\s++got\s++an(?:y)?\s++(?:clue|idea)s?)?|any\s++(?:clue|help|idea|thought)s?"
    r"|asking\s++for\s++a\s++friend"
    r"|(?:can|could)\s++(?:any(?:one|body)|some(?:one|body)|you)\s++(?:please\s++)?help(?:\s++me)?"
    r"(?:\s++(?:\w++\s++)?(?:this|out))?(?:\s++please)?"
    r"|(?:\w++\s++)?(?:said|told\s++me)\s++to\s++ask\s++(?:here|you)"
    r"|(?:\w++\s++)?told\s++me\s++you(?:['\u2019]d|\s++would|\s++might)?\s++know"
    r"|(?:just\s++)?checking|(?:ha)+|lol|please|help"
    rf"|anyway|btw|honestly|now|oh|ok|okay|seriously|so|um+|well|{_PEOPLE})\W*+",
    re.IGNORECASE,
)
"""A whole sentence that says nothing about the question."""
_ASKING = re.compile(
    rf"\W*+(?:(?:and|but|or|so)\s++)?(?:{_BY}(?:{_WORDS}|whats|hows|whos|wheres"
    r"|wie|was|wann|wo|wer|warum|qu[\u00e9e]|c[o\u00f3]mo|cu[a\u00e1]ndo|comment|quand|pourquoi)\b"
    rf"|{_INVERTED})",
    re.IGNORECASE,
)
_REFERS = re.compile(rf"\b(?:{english.any_of(english.ANAPHORS)}|such)\b", re.IGNORECASE)
"""Words that stand for something in the sentence before."""
_CORRECTION = re.compile(
    r"\b(?:i\s++mean|i\s++meant|no\s++wait|wait\s++no|scrap\s++that|correction)\b", re.IGNORECASE
)
"""Words of a correction, which must stay together with the words that it corrects."""


@dataclass(frozen=True, slots=True)
class _Sentence:
    """A sentence of a message without its courtesies. ``gap`` is what is between it and the
    sentence before it; ``asks``: it is a question."""

    gap: str
    text: str
    asks: bool


def without_courtesies(message: str) -> str:
    """Return the message without greetings, thanks, emoji and the frames of indirect questions; the
    message itself if nothing else is in it, or if it has code."""
    kept = _sentences(message)
    text = _joined(kept) if kept else ""
    return text if _weight(text) else message


def asking(message: str) -> str:
    """Return the sentences that ask, of a message that also tells something; empty if it does not
    tell anything, or does not ask. A question of few words, or of "such a role", comes with the
    sentence before it."""
    kept = _sentences(message)
    asks = [index for index, sentence in enumerate(kept) if sentence.asks]
    if not asks or any(map(_corrects, kept)):
        return ""
    first, last = asks[0], asks[-1]
    text = _joined(kept[first : last + 1])
    if first and (_weight(text) < _FEW or _REFERS.search(text)):
        first -= 1
    return "" if last - first + 1 == len(kept) else _joined(kept[first : last + 1])


def without_story(message: str) -> str:
    """Return the sentences that ask, of a long message that tells a story; the message itself if it
    is short or does not ask. A question that needs the sentence before it comes with that."""
    kept = _sentences(message) if len(message) > _STORY else []
    asks = [index for index, sentence in enumerate(kept) if sentence.asks]
    asks = [index for index in asks if _END.search(kept[index].text)] or asks
    needed = {
        place
        for index in asks
        for place in range(index - _needs_one_before(kept[index]), index + 1)
        if place >= 0
    }
    return _joined([kept[place] for place in sorted(needed)]) if needed else message


def _needs_one_before(sentence: _Sentence) -> bool:
    refers = _REFERS.search(sentence.text) is not None
    return refers or _weight(sentence.text) < _FEW or _corrects(sentence)


def _corrects(sentence: _Sentence) -> bool:
    return _CORRECTION.search(sentence.text) is not None


def _joined(sentences: list[_Sentence]) -> str:
    first, *others = sentences
    return "".join([first.text, *(f"{other.gap}{other.text}" for other in others)]).strip()


def _sentences(message: str) -> list[_Sentence]:
    """Return the sentences that are no courtesies; none if the message is no prose."""
    if len(message) > _LONGEST or "`" in message:
        return []
    text = _SPACES.sub(" ", _EMOJI.sub(" ", message))
    gaps = ["", *(match[0] for match in _GAP.finditer(text))]
    sentences = zip(gaps, _GAP.split(text), strict=True)
    return [
        _Sentence(gap, words, asks)
        for gap, sentence in sentences
        if sentence.strip() and not _COURTESY.fullmatch(sentence)
        for words, asks in [_bare(sentence)]
        if any(map(str.isalnum, words)) and not _COURTESY.fullmatch(words)
    ]


def _bare(sentence: str) -> tuple[str, bool]:
    """Return a sentence without the courtesies around it, and whether it asks."""
    text = _QUOTED.sub("", sentence).strip()
    is_framed = False
    for _ in range(_ROUNDS):
        if match := _OPENING.match(text):
            text = text[match.end() :]
        elif match := _FRAME.match(text):
            text, is_framed = text[match.end() :], True
        else:
            break
    text = _CLOSING.sub("", text)
    return text, is_framed or bool(_END.search(text)) or bool(_ASKING.match(text))


def _weight(text: str) -> int:
    return sum(word.weighs for word in read(text))
