"""A question -> other words for the search, in a language model's words.

The model's words are data: they are searched for, never shown. Those for a follow-up may bring
nothing that is in neither thread nor question.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from footnote_bot.bot.answering.llm.model_client import ModelFailed
from footnote_bot.bot.answering.llm.prompt import Prompt, in_blocks, recent
from footnote_bot.bot.answering.llm.usage import BudgetedModel
from footnote_bot.bot.foreign import visible
from footnote_bot.bot.model import Question, Turn

log = logging.getLogger(__name__)

SECONDS = 5.0
"""The asker waits for the rewriting before the search begins."""
_MAX_TOKENS = 200
"""Enough for the longest question that is searched for."""
_LONGEST = 300
"""Characters. A longer text is no question to search by."""
_THREAD_TOKENS = 600
_LONGEST_TURN = 600
"""Characters; a turn's subject is at its beginning, and one turn must not push out the rest."""
_WORD = re.compile(r"\w+")
_BEGINNING = 5
"""Letters by which a word is known again."""

_STANDALONE = """\
You put the last question of a conversation so that it can be understood alone: it is searched
for in a wiki.

- Put what "it", "that", "there" and the like stand for, and what is left out, into the question.
- Use the words, names and numbers of thread and question. Add no others, and do not answer.
- Keep to the language of the question. If it can be understood alone, repeat it as it stands.
- Write the question on one line, and nothing else."""

_TRANSLATED = """\
You put a question into {language}: it is searched for in a wiki.

- Write the question on one line, and nothing else. Do not answer it.
- Keep names, numbers, codes, commands and addresses letter for letter. Add no others.
- If it goes on from a thread, put what "it", "that" and the like stand for into the question."""


@dataclass(frozen=True, slots=True)
class Rewriter:
    """Puts questions into other words. ``mark`` makes an unguessable text. ``model`` should not
    take longer than `SECONDS`."""

    model: BudgetedModel
    mark: Callable[[], str]

    def standalone(self, question: Question) -> Question:
        """Return the question; a follow-up with its ``standalone``, if the model's words fit."""
        text = self._written(question, _STANDALONE) if question.history else ""
        if not text:
            return question
        if flaw := unfit(text, question.text, question.history):
            log.info("What the language model made of a follow-up is not searched for: %s", flaw)
            return question
        return replace(question, standalone=text)

    def translated(self, question: Question, language: str) -> str:
        """Return the question in ``language``, standing alone; empty if the model failed."""
        return self._written(question, _TRANSLATED.format(language=language.capitalize()))

    def _written(self, question: Question, rules: str) -> str:
        """Return what the model makes of the question; empty if it failed."""
        count = self.model.meter.count
        cut = [replace(turn, text=turn.text[:_LONGEST_TURN]) for turn in question.history]
        thread = recent(cut, _THREAD_TOKENS, count)
        before = [("thread", "\n".join(thread))] if thread else []
        user, material = in_blocks(self.mark, [*before, ("question", visible(question.text))])
        system = f"{rules}\n\n{material}"
        tokens = count(system) + count(user)
        prompt = Prompt(system, user, (), tokens, max_tokens=_MAX_TOKENS)
        try:
            return without_marks("".join(self.model.write(question, prompt)))
        except ModelFailed as error:
            log.warning("The language model did not put a question into other words: %s", error)
            return ""


def unfit(text: str, question: str, history: Sequence[Turn]) -> str:
    """Return why ``text`` is not searched for; empty if it is fit for the search."""
    if not any(map(str.isalnum, text)):
        return "it is empty"
    if "\n" in text or len(text) > _LONGEST:
        return "it is more than a question"
    known = {
        _beginning(word) for said in (question, *(t.text for t in history)) for word in _words(said)
    }
    words = list(_words(text))
    new = [word for word in words if _beginning(word) not in known]
    names = (word for word in new if word[0].isupper() and word != words[0])
    if any(names) or any(any(map(str.isdigit, word)) for word in new):
        return "it brings a name or a number"
    long = [word for word in words if len(word) >= _BEGINNING]
    if 2 * sum(word in new for word in long) > len(long):
        return "it is about something else"
    return ""


def _words(text: str) -> Iterator[str]:
    return (match[0] for match in _WORD.finditer(text))


def _beginning(word: str) -> str:
    """Return what two forms of a word have in common, and often two spellings."""
    return word.casefold()[:_BEGINNING]


def without_marks(written: str) -> str:
    """Return the text without the quotation marks that models like to add."""
    text = visible(written).strip()
    for opening, closing in (('"', '"'), ("`", "`"), ("**", "**"), ("\u201c", "\u201d")):
        if text.startswith(opening) and text.endswith(closing) and len(text) > len(opening) * 2:
            text = text[len(opening) : -len(closing)].strip()
    return text
