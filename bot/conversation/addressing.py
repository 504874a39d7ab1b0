"""Rules that tell from the words of a message whether it is meant for the bot. Pure, and cautious:
an unwanted answer costs more than a question that must mention the bot."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from footnote_bot.bot.model import Role

_MARK = re.compile(r"[?\uff1f\u061f](?=[\s\"')\]*_~`]|$)")
"""A question mark at the end of a word, not one within an address."""
_ASKING = re.compile(
    r"(?:(?:and|but|ok|okay|so|also|then)[,\s]+)?(?:"
    r"(?:who|what|when|where|why|which|how)(?:'s|\u2019s|\s+(?:is|are|was|were|do|does|did|can|could"
    r"|should|would|will|about|to|many|much|long|often|far|if|else))"
    r"|(?:can|could|should|may|must|do|am)\s+(?:i|we|you|one)|(?:is|are)\s+there|does"
    r"|tell me|show me|explain)\b",
    re.IGNORECASE,
)
_COMMANDS = re.compile(
    r"(?:please\s+)?(?:(?P<stop>(?:stop|quit)\s+(?:following|answering)|unfollow)"
    r"|(?:start\s+following|follow))"
    r"(?:\s+(?:this|the|thread|here|along|please|us|it))*[.!\s]*",
    re.IGNORECASE,
)
_LINK = re.compile(r"https?://\S+")
_EMOJI = re.compile(r":[\w+'-]+:")
_WORD = re.compile(r"[^\W_]+(?:['\u2019][^\W_]+)*")
_THANKS = frozenset({"thank", "thanks", "thx", "ty", "cheers", "danke", "merci", "gracias"})
_SMALL_TALK = _THANKS | frozenset({
    "hi", "hello", "hey", "hiya", "yo", "greetings", "bye", "sorry", "team", "mate", "folks",
    "guys", "ok", "okay", "great", "nice", "cool", "help", "test", "ping", "there", "all",
    "everyone", "you", "bot", "footnote", "good morning", "good afternoon", "good evening",
    "good day", "good night", "so much", "a lot", "very much", "got it", "will do", "makes sense",
    "that helped", "that helps", "very helpful", "sounds good", "well done", "good job",
    "good bot", "never mind",
    "no worries", "no problem", "see you", "nevermind", "nvm", "np", "brb", "lol",
    "haha", "perfect", "awesome", "wow",
})  # fmt: skip
"""Words, and pairs of words, that ask nothing."""
_ABOUT_ME = frozenset({
    "who are you", "what are you", "what can you do", "what do you do", "what can you answer",
    "what can you help with", "what can you help me with", "what do you know", "how do you work",
    "can you help", "can you help me", "how can you help", "how can you help me",
    "what can i ask", "what can i ask you", "what can i ask about", "what can we ask",
    "what questions can i ask", "what should i ask", "how do i use you", "how can i use you",
    "are you there", "are you a bot", "how are you",
})  # fmt: skip
"""Whole questions, which no page answers."""
_LONGEST_ABOUT_ME = 10
"""Words, with a greeting before them."""


class ThreadCommand(StrEnum):
    """A command to the bot about a thread."""

    STOP = "stop"
    START = "start"


@dataclass(frozen=True, slots=True)
class ParsedWords:
    """The words of a message, and whether they are a thread command, ask like a question, ask
    nothing, thank the bot, or ask about the bot itself."""

    words: str
    command: ThreadCommand | None
    asks: bool
    asks_nothing: bool
    thanks: bool
    asks_about_me: bool


def parse_words(words: str) -> ParsedWords:
    """Parse the words of a message."""
    return ParsedWords(
        words,
        thread_command(words),
        looks_like_question(words),
        asks_nothing(words),
        thanks(words),
        asks_about_me(words),
    )


def thread_command(words: str) -> ThreadCommand | None:
    """Return the command if the words are "stop following" or "follow this thread", and nothing
    else."""
    match = _COMMANDS.fullmatch(words.strip())
    if match is None:
        return None
    return ThreadCommand.STOP if match["stop"] else ThreadCommand.START


def looks_like_question(words: str) -> bool:
    """Return whether the words have a question mark or begin like a question."""
    return _MARK.search(words) is not None or _ASKING.match(words.strip()) is not None


def is_for_me(words: str, name: str, *, from_asker: bool, before: Role | None) -> bool:
    """Return whether a question in a thread that the bot answered is for the bot: it calls the bot
    by ``name``, or its author asked there before (``from_asker``). If another person spoke last
    (``before``: the role of who did), it is more likely for them."""
    if not looks_like_question(words):
        return False
    name_match = re.match(rf"\W*(?:(?:hey|hi|ok|and)\W+)?{re.escape(name)}\b", words, re.IGNORECASE)
    return name_match is not None or (from_asker and before in (Role.BOT, Role.ASKER))


def asks_nothing(question: str) -> bool:
    """Return whether ``question`` is empty, a greeting, thanks, a remark like "got it", or nothing
    but emoji and links."""
    words = _WORD.findall(_LINK.sub(" ", _EMOJI.sub(" ", question.casefold())))
    return _is_small_talk(words)


def thanks(question: str) -> bool:
    """Return whether ``question`` asks nothing and has a word of thanks."""
    return asks_nothing(question) and not _THANKS.isdisjoint(_WORD.findall(question.casefold()))


def asks_about_me(question: str) -> bool:
    """Return whether ``question`` asks what the bot is or can do, and nothing else."""
    words = _WORD.findall(_EMOJI.sub(" ", question.casefold()))
    if len(words) > _LONGEST_ABOUT_ME:
        return False
    return any(
        " ".join(words[at:]) in _ABOUT_ME and _is_small_talk(words[:at]) for at in range(len(words))
    )


def _is_small_talk(words: Sequence[str]) -> bool:
    """Return whether every word is small talk, by itself or with the next one. Linear: reads each
    word once."""
    at = 0
    while at < len(words):
        if " ".join(words[at : at + 2]) in _SMALL_TALK:
            at += 2
        elif words[at] in _SMALL_TALK:
            at += 1
        else:
            return False
    return True
