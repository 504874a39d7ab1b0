"""Questions made from a wiki's own pages, without a model.

A heading with its page's title is what somebody would type into a search box; half of a
sentence's words are what somebody remembers of it. Both share more words with their page than what
people ask, so they do not tell how often answers are right. But asked once as the wiki is, and once
as if the page were not there, they tell how this index's scores lie where there is an answer and
where there is none.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from bot.answering.composing.words import read
from bot.answering.quoting import units
from bot.answering.retrieval import Retrieved
from bot.model import Question
from indexers.model import Passage, Reader, digest
from indexers.text.prose import plain

_SEEDS = ("How do I get started?", "What is the policy?", "Who is responsible?", "overview")
_LEAST_WORDS = 6
"""Words that a sentence must have, stop words not counted, to be asked about."""
_SPACE = re.compile(r"\s+")

Search = Callable[[Question], Retrieved]


@dataclass(frozen=True, slots=True)
class Generated:
    """A question, and the page that answers it."""

    question: str
    wiki: str
    page: str


def generate(
    search: Search, reader: Reader, wikis: tuple[str, ...] | None, most: int
) -> Iterator[Generated]:
    """Yield up to ``most`` questions, each about another page. The pages are found by searching:
    the next question is made from what the last one found."""
    waiting = deque(_SEEDS)
    seen = set[tuple[str, str]]()
    made = 0
    while waiting and made < most:
        found = search(Question(waiting.popleft(), reader, wikis))
        for page in found.pages:
            if (page.wiki, page.page) in seen or made >= most:
                continue
            seen.add((page.wiki, page.page))
            passage = page.hits[0].passage
            waiting.append(_heading(passage) or passage.title)
            if question := _question(passage):
                made += 1
                yield Generated(question, page.wiki, page.page)


def _question(passage: Passage) -> str:
    """Return a question for the passage; the kind of question is the same in every run."""
    by_sentence = int(digest(passage.wiki, passage.page)[:2], 16) % 2
    made = (_sentence(passage), _heading(passage))
    return made[1 - by_sentence] or made[by_sentence]


def _heading(passage: Passage) -> str:
    """Return innermost heading and title as one line; empty if they hold too few words."""
    parts = [passage.title, *passage.headings][-2:]
    line = _SPACE.sub(" ", " ".join(plain(part) for part in reversed(parts))).strip()
    return line if sum(word.weighs for word in read(line)) > 1 else ""


def _sentence(passage: Passage) -> str:
    """Return every other content word of the longest sentence; empty if there is none."""
    said = (plain(passage.text[unit.start : unit.end]) for unit in units(passage.text))
    weighty = [[word.text for word in read(one) if word.weighs] for one in said]
    longest = max(weighty, key=len, default=[])
    return f"{' '.join(longest[:16:2])}?" if len(longest) >= _LEAST_WORDS else ""
