"""The demo's recorded language model: sentences that were written beforehand, for a few questions.

They are checked against the current pages, as a live model's are. So a sentence is left out once
its page says something else. One of them was never in any page, to show the check.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from footnote_bot.bot.answering.llm.prompt import NOTHING, Prompt

_PAUSE = 0.06
"""Seconds between two words: about as fast as a live model writes."""
_WORD = re.compile(r"\S+\s*")
_SPACE = re.compile(r"\s+")


@dataclass(frozen=True, slots=True)
class RecordedSentence:
    """A sentence, and ``words`` of the passage that it cites."""

    text: str
    words: str


RECORDINGS: Mapping[str, tuple[RecordedSentence, ...]] = {
    "How do I deploy to production?": (
        RecordedSentence(
            "Production deploys are frozen from Friday noon to Monday morning.",
            "Production deploys are frozen",
        ),
        RecordedSentence(
            "Merge to main and run `deploy --to production --wait`.",
            "deploy --to production --wait",
        ),
        RecordedSentence("The freeze lasts 72 hours.", "Production deploys are frozen"),
    ),
    "What is the salary band of level 4?": (
        RecordedSentence("The salary band of level 4 is 58,000 to 71,000.", "58,000 to 71,000"),
        RecordedSentence("Its typical title is Senior engineer.", "Senior engineer"),
    ),
    "What should I do if I lose my laptop?": (
        RecordedSentence("Follow the GSA-wide steps and inform your team.", "Inform your team"),
        RecordedSentence(
            "If your equipment is returned to you, it may have been tampered with and should not "
            "be used.",
            "tampered with",
        ),
    ),
}
"""The recordings by question. No page says that the freeze lasts 72 hours: the check leaves it
out."""


class RecordedModel:
    """A language model that writes the recorded sentences, with the current numbers of the
    passages. ``sleep`` takes seconds."""

    def __init__(self, sleep: Callable[[float], None] = time.sleep) -> None:
        self._sleep = sleep

    def write(self, prompt: Prompt) -> Iterator[str]:
        """Yield the recorded answer word by word, or `NOTHING` if the shown passages are not those
        that it was made from."""
        texts = [passage.text for passage in prompt.shown]
        sentences = [
            f"{sentence.text} [{number}]"
            for sentence in _recording(prompt.user)
            if (number := _number(sentence.words, texts))
        ]
        for word in _WORD.findall(" ".join(sentences) or NOTHING):
            self._sleep(_PAUSE)
            yield word


def is_recorded(question: str) -> bool:
    """Return whether there is a recorded answer to the question."""
    return bool(_recording(question))


def _recording(text: str) -> tuple[RecordedSentence, ...]:
    """Return the recording of the question in a text; empty if it has no recorded question."""
    plain = _SPACE.sub(" ", text).casefold()
    matching = (
        recording for question, recording in RECORDINGS.items() if question.casefold() in plain
    )
    return next(matching, ())


def _number(words: str, texts: list[str]) -> int:
    """Return the number of the first passage with these words; 0 if none has them."""
    for number, text in enumerate(texts, start=1):
        if words in _SPACE.sub(" ", text):
            return number
    return 0
