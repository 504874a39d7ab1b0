"""The demo's recorded language model: sentences that were written beforehand, for a few questions,
and the verdicts of a second reading.

They are checked against the current pages, as a live model's are. So a sentence is left out once
its page says something else. One of them was never in any page, to show the check.
"""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from footnote_bot.bot.answering.llm.prompt import NOTHING, Prompt
from footnote_bot.playground.page.furnishing import ENGINEER, GENERAL, MANAGER, PEOPLE
from footnote_bot.playground.slack.model import Json

_PAUSE = 0.06
"""Seconds between two words: about as fast as a live model writes."""
_WORD = re.compile(r"\S+\s*")
_SPACE = re.compile(r"\s+")
_DIRECT = "D"
"""What the ids of direct messages begin with."""
_SENTENCE = re.compile(r"<sentence (\d{1,3}) (\w{1,64})>\n")
"""The beginning of a sentence to be judged, in the prompt of a second reading."""


@dataclass(frozen=True, slots=True)
class RecordedSentence:
    """A sentence, and ``words`` of the passage that it cites. ``beyond`` is what it adds to them,
    as the second reading says."""

    text: str
    words: str
    beyond: str = ""


@dataclass(frozen=True, slots=True)
class Recording:
    """An answer to a question that ``user`` asks in ``channel`` (empty: in a direct message), where
    the pages that it was made from may be read. ``asked`` says so in words."""

    asked: str
    user: str
    channel: str
    sentences: tuple[RecordedSentence, ...]


_FREEZE = "Production deploys are frozen"

RECORDINGS: Mapping[str, Recording] = {
    "What should I do if I lose my laptop?": Recording(
        "Bob in #general",
        ENGINEER,
        GENERAL,
        (
            RecordedSentence("Follow the GSA-wide steps and inform your team.", "Inform your team"),
            RecordedSentence(
                "If your equipment is returned to you, it may have been tampered with and should "
                "not be used.",
                "tampered with",
            ),
        ),
    ),
    "How do I deploy to production?": Recording(
        "Bob in a direct message",
        ENGINEER,
        "",
        (
            RecordedSentence("Merge to main.", "merge to main"),
            RecordedSentence(
                "Then run `deploy --to production --wait`.", "deploy --to production --wait"
            ),
            RecordedSentence("Production deploys are frozen from Friday noon.", _FREEZE),
            RecordedSentence("The freeze lasts 72 hours.", _FREEZE, beyond="72 hours"),
            RecordedSentence("The freeze ends on Monday morning.", _FREEZE),
        ),
    ),
    "What is the salary band of level 4?": Recording(
        "Ada in #people-team",
        MANAGER,
        PEOPLE,
        (
            RecordedSentence("The salary band of level 4 is 58,000 to 71,000.", "58,000 to 71,000"),
            RecordedSentence("Its typical title is Senior engineer.", "Senior engineer"),
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
        that it was made from; for a second reading, its verdicts."""
        if prompt.structure and prompt.structure.name == "verdicts":
            yield _verdicts(prompt.user)
            return
        texts = [passage.text for passage in prompt.shown]
        sentences = [
            f"{sentence.text} [{number}]"
            for sentence in _sentences(prompt.user)
            if (number := _number(sentence.words, texts))
        ]
        for word in _WORD.findall(" ".join(sentences) or NOTHING):
            self._sleep(_PAUSE)
            yield word


def recorded_questions() -> list[Json]:
    """Return the recorded questions, each with the person and the place that it is asked in."""
    return [
        {"question": question, "asked": one.asked, "user": one.user, "channel": one.channel}
        for question, one in RECORDINGS.items()
    ]


def is_recorded(question: str, channel: str) -> bool:
    """Return whether there is an answer to the question that was recorded for this channel."""
    recording = _recording(question)
    if recording is None:
        return False
    return recording.channel == channel if recording.channel else channel.startswith(_DIRECT)


def _recording(text: str) -> Recording | None:
    """Return the recording of the question in a text, if it has a recorded one."""
    plain = _plain(text).casefold()
    matching = (
        recording for question, recording in RECORDINGS.items() if question.casefold() in plain
    )
    return next(matching, None)


def _sentences(text: str) -> tuple[RecordedSentence, ...]:
    recording = _recording(text)
    return recording.sentences if recording else ()


def _verdicts(user: str) -> str:
    """Return the second reading of the sentences in a prompt. A recorded sentence is borne out if
    its words are in the material and it adds nothing to them; any other one says that the wiki does
    not answer, which is so where the model found no words of its own."""
    known = {_plain(sentence.text): sentence for sentence in _sentences(user)}
    judged, rest = _apart(user)
    material = _plain(rest)
    verdicts = []
    for number, text in judged:
        sentence = known.get(_plain(text.partition("\n")[0]))
        stands = sentence is None or (sentence.words in material and not sentence.beyond)
        beyond = "" if stands or sentence is None else sentence.beyond or sentence.text
        verdicts.append(
            {"sentence": int(number), "sources": [], "beyond": beyond, "supported": stands}
        )
    return json.dumps({"verdicts": verdicts})


def _apart(user: str) -> tuple[list[tuple[str, str]], str]:
    """Return the sentences of the prompt of a second reading, each with its number, and the rest of
    the prompt."""
    sentences, rest, at = [], "", 0
    while begin := _SENTENCE.search(user, at):
        end = user.find(f"\n</sentence {begin[2]}>", begin.end())
        if end < 0:
            break
        sentences.append((begin[1], user[begin.end() : end]))
        rest += user[at : begin.start()]
        at = end
    return sentences, rest + user[at:]


def _plain(text: str) -> str:
    """Return a text on one line, without the marks of code."""
    return _SPACE.sub(" ", text.replace("`", "")).strip()


def _number(words: str, texts: Sequence[str]) -> int:
    """Return the number of the first passage with these words; 0 if none has them."""
    for number, text in enumerate(texts, start=1):
        if words in _plain(text):
            return number
    return 0
