"""The Acls and languages of the passages in an index. A search is filtered by them."""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass

from footnote_bot.indexers.index.engine import Engine
from footnote_bot.indexers.index.schema import Where
from footnote_bot.indexers.model import Acl, Reader, digest

_Acls = Mapping[str, Mapping[str, Acl]]
"""The Acls of each wiki, by their text."""


@dataclass(frozen=True, slots=True)
class _Judgement:
    """Whether each of ``acls`` admits the reader."""

    reader: Reader
    acls: _Acls
    admits: Mapping[str, Mapping[str, bool]]


_COUNTED_LASTS = 60.0
"""Seconds after which languages are counted again."""
_MOST_COUNTED = 100
"""Filters whose languages are remembered."""


class IndexContents:
    """The Acls and languages of passages. They are listed again after ``lasts`` seconds (None:
    never, if no other process can write)."""

    def __init__(self, engine: Engine, clock: Callable[[], float], lasts: float | None) -> None:
        self._engine = engine
        self._clock = clock
        self._lasts = lasts
        self._changing = threading.Lock()
        self._acls: _Acls = {}
        """The Acls listed last, and those in `_written`. It is replaced and never changed, because
        searches read it meanwhile."""
        self._written: dict[str, dict[str, Acl]] = {}
        """The Acls that this process has written, by wiki and text."""
        self._languages: frozenset[str] = frozenset()
        self._listed_at: float | None = None
        self._last: _Judgement | None = None  # the last result of `_judged`
        self._counted: dict[str, tuple[float, list[str]]] = {}

    def will_write(self, wiki: str, acl: Acl, *languages: str) -> None:
        """Note the Acl and languages of passages. Call it before writing them, so that no reader
        misses a page whose rights are not known yet."""
        with self._changing:
            written = self._written.setdefault(wiki, {})
            if (text := str(acl)) not in written:
                written[text] = acl
                self._acls = _merged(self._acls, {wiki: {text: acl}})
            self._languages = self._languages.union(languages)

    @property
    def languages(self) -> frozenset[str]:
        """Return the languages of passages, also before the first search."""
        if self._listed_at is None:
            self._refresh()
        return self._languages

    def languages_among(self, fields: Mapping[str, Sequence[str]]) -> list[str]:
        """Return the languages of the passages with these ``fields`` (see `Where`), that of most of
        them first.

        They are counted again after a minute: each question asks for them, and to count takes as
        long as the search.
        """
        key, now = digest(repr(sorted(fields.items()))), self._clock()
        counted = self._counted.get(key)
        if counted and 0 <= now - counted[0] < _COUNTED_LASTS:
            return counted[1]
        counts = self._engine.facet("language", Where(fields) if fields else None)
        languages = sorted(counts, key=lambda language: (-counts[language], language))
        others = self._counted if len(self._counted) < _MOST_COUNTED else {}
        self._counted = {**others, key: (now, languages)}
        return languages

    def filter_for(
        self, reader: Reader, wikis: Collection[str] | None
    ) -> dict[str, Sequence[str]] | None:
        """Return the filter for passages of ``wikis`` (None: all) that ``reader`` may read: the
        allowed values of each field, see `Where`. None if there are no such passages.

        A clause that every passage meets is left out, because each takes as long as the search
        itself. So the caller must also check the passages that it finds: another wiki or Acl may be
        written at any moment.
        """
        self._refresh()
        acls = self._judged(reader)
        searched = set(acls) if wikis is None else acls.keys() & set(wikis)
        admits = {text: may_read for wiki in searched for text, may_read in acls[wiki].items()}
        readable = [text for text, may_read in admits.items() if may_read]
        if not readable:
            return None
        fields: dict[str, Sequence[str]] = {}
        if len(readable) < len(admits):
            fields["acl"] = readable
        # Without this clause, pages of another wiki would be found if nothing filters by Acl, or
        # if they have one of the readable Acls.
        others = acls.keys() - searched
        shared = any(text in acls[other] for other in others for text in readable)
        if others and (shared or "acl" not in fields):
            fields["wiki"] = sorted(searched)
        return fields

    def _judged(self, reader: Reader) -> Mapping[str, Mapping[str, bool]]:
        """Return for each wiki its Acls, and whether each admits ``reader``. The last result is
        cached, because a question is searched for several times, and there may be many Acls."""
        acls, last = self._acls, self._last
        if last and last.reader is reader and last.acls is acls:
            return last.admits
        admits = {
            wiki: {text: acl.admits(reader) for text, acl in of_wiki.items()}
            for wiki, of_wiki in acls.items()
        }
        self._last = _Judgement(reader, acls, admits)
        return admits

    def _refresh(self) -> None:
        """List the Acls and languages anew, unless the last lists still count."""
        now = self._clock()
        if self._listed_at is not None and (
            self._lasts is None or 0 <= now - self._listed_at < self._lasts
        ):
            return
        listed = {
            wiki: {
                text: Acl.parse(text) for text in self._engine.facet("acl", Where({"wiki": [wiki]}))
            }
            for wiki in self._engine.facet("wiki", None)
        }
        languages = self._engine.facet("language", None)
        with self._changing:
            self._acls = _merged(listed, self._written)
            self._languages = self._languages.union(languages)
            self._listed_at = now


def _merged(some: _Acls, others: _Acls) -> _Acls:
    return {wiki: {**some.get(wiki, {}), **others.get(wiki, {})} for wiki in {**some, **others}}
