"""Questions made from a wiki's own pages, without a model.

Somebody might type a heading with its page's title into a search box; half of a sentence's words
are like a sentence that somebody half remembers. Both share more words with their page than
people's questions do, so they cannot show how often answers are right. But asked once with the
page and once without it, they show this index's scores where there is an answer and where there is
none.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from footnote_bot.bot.answering.retrieval.retrieval import Retrieved
from footnote_bot.bot.answering.words.function_words import FUNCTION_WORDS
from footnote_bot.bot.model import Question
from footnote_bot.indexers.model import Passage, Reader, digest
from footnote_bot.indexers.text.prose import plain
from footnote_bot.indexers.text.sentences import sentences

_SEEDS = ("How do I get started?", "What is the policy?", "Who is responsible?", "overview")
_LEAST_WORDS = 6
"""Words, stop words not counted, that a sentence must have to become a question."""
_SPACE = re.compile(r"\s+")
_WORD = re.compile(r"\w+")

Search = Callable[[Question], Retrieved]


@dataclass(frozen=True, slots=True)
class Generated:
    """A question, and the page that answers it."""

    question: str
    wiki: str
    page: str


def generate(search: Search, reader: Reader, most: int) -> Iterator[Generated]:
    """Yield up to ``most`` questions, each about another page. The pages are found by searching:
    each search uses the headings that earlier searches found."""
    waiting = deque(_SEEDS)
    seen = set[tuple[str, str]]()
    count = 0
    while waiting and count < most:
        retrieved = search(Question(waiting.popleft(), reader))
        for page in retrieved.pages:
            if (page.wiki, page.page) in seen or count >= most:
                continue
            seen.add((page.wiki, page.page))
            passage = page.hits[0].passage
            waiting.append(_heading(passage) or passage.title)
            if question := _question(passage):
                count += 1
                yield Generated(question, page.wiki, page.page)


def _question(passage: Passage) -> str:
    """Return a question for the passage; the kind of question is the same in every run."""
    by_sentence = int(digest(passage.wiki, passage.page)[:2], 16) % 2
    candidates = (_sentence(passage), _heading(passage))
    return candidates[1 - by_sentence] or candidates[by_sentence]


def _heading(passage: Passage) -> str:
    """Return the innermost heading and the title as one line; empty if they hold too few words."""
    parts = [passage.title, *passage.headings][-2:]
    line = _SPACE.sub(" ", " ".join(plain(part) for part in reversed(parts))).strip()
    return line if len(_content_words(line)) > 1 else ""


def _sentence(passage: Passage) -> str:
    """Return every other content word of the longest sentence; empty if there is none."""
    found = (sentence for line in plain(passage.text).splitlines() for sentence in sentences(line))
    content_words = map(_content_words, found)
    longest = max(content_words, key=len, default=[])
    return f"{' '.join(longest[:16:2])}?" if len(longest) >= _LEAST_WORDS else ""


def _content_words(text: str) -> list[str]:
    return [word for word in _WORD.findall(text) if word.casefold() not in FUNCTION_WORDS]
