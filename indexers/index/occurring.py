"""The Acls and languages that occur in an index. A search is filtered by them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from hashlib import blake2b

from footnote_bot.indexers.index.engine import Engine
from footnote_bot.indexers.index.schema import Where
from footnote_bot.indexers.model import Acl, Reader

_AclsOfWiki = Mapping[str, Acl]


@dataclass(frozen=True, slots=True)
class _Judged:
    """The judgement of all Acls for a reader, and the Acls that it was made from."""

    reader: Reader
    listed: Mapping[str, _AclsOfWiki]
    written: Mapping[str, _AclsOfWiki]
    judged: Mapping[str, Mapping[str, bool]]


_COUNTED_LASTS = 60.0
"""Seconds."""
_MOST_COUNTED = 100
"""Rights of readers whose languages are remembered."""


class Occurring:
    """The Acls and languages of passages. They are listed again after ``lasts`` seconds (None:
    never, if no other process can write)."""

    def __init__(self, engine: Engine, clock: Callable[[], float], lasts: float | None) -> None:
        self._engine = engine
        self._clock = clock
        self._lasts = lasts
        self._listed: dict[str, _AclsOfWiki] = {}
        self._listed_at: float | None = None
        self._written: dict[str, _AclsOfWiki] = {}
        self._last: _Judged | None = None
        self._languages: frozenset[str] = frozenset()
        self._counted: dict[bytes, tuple[float, list[str]]] = {}

    def will_write(self, wiki: str, acl: Acl, *languages: str) -> None:
        """Note the Acl and languages of passages. Call it before writing them, so that no reader
        misses a page whose rights are not known yet."""
        of_wiki, name = self._written.get(wiki, {}), str(acl)
        if name not in of_wiki:
            self._written = {**self._written, wiki: {**of_wiki, name: acl}}
        self._languages = self._languages.union(languages)

    @property
    def languages(self) -> frozenset[str]:
        """Return the languages of passages, also before the first search."""
        if self._listed_at is None:
            self._refresh()
        return self._languages

    def languages_among(self, fields: Mapping[str, Sequence[str]]) -> list[str]:
        """Return the languages of the passages with such `fields`, that of most of them first.

        They are counted again after a minute: each question asks for them, and to count takes as
        long as the search.
        """
        key, now = blake2b(repr(sorted(fields.items())).encode()).digest(), self._clock()
        counted = self._counted.get(key)
        if counted and 0 <= now - counted[0] < _COUNTED_LASTS:
            return counted[1]
        counts = self._engine.facet("language", Where(fields) if fields else None)
        languages = sorted(counts, key=lambda language: (-counts[language], language))
        others = self._counted if len(self._counted) < _MOST_COUNTED else {}
        self._counted = {**others, key: (now, languages)}
        return languages

    def fields(
        self, reader: Reader, wikis: Collection[str] | None
    ) -> dict[str, Sequence[str]] | None:
        """Return the filter for passages of ``wikis`` (None: all) that ``reader`` may read; None
        if there are none.

        A clause that every passage meets is left out, because each takes as long as the search
        itself. So the caller must also check the passages that it finds: another wiki or Acl may be
        written at any moment.
        """
        self._refresh()
        acls = self._judgement(reader)
        selected = set(acls) if wikis is None else acls.keys() & set(wikis)
        excluded = acls.keys() - selected
        readable = {name: is_open for wiki in selected for name, is_open in acls[wiki].items()}
        open_ = [name for name, is_open in readable.items() if is_open]
        if not open_:
            return None
        fields: dict[str, Sequence[str]] = {}
        if len(open_) < len(readable):
            fields["acl"] = open_
        if excluded and (
            "acl" not in fields or any(name in acls[o] for o in excluded for name in open_)
        ):
            fields["wiki"] = sorted(selected)
        return fields

    def _judgement(self, reader: Reader) -> Mapping[str, Mapping[str, bool]]:
        """Return for each wiki its Acls, and whether each admits ``reader``. The last result is
        cached, because a question is searched for several times, and there may be many Acls."""
        listed, written, last = self._listed, self._written, self._last
        if last and last.reader is reader and last.listed is listed and last.written is written:
            return last.judged
        judged = {
            wiki: {
                name: acl.admits(reader)
                for name, acl in {**listed.get(wiki, {}), **written.get(wiki, {})}.items()
            }
            for wiki in {*listed, *written}
        }
        self._last = _Judged(reader, listed, written, judged)
        return judged

    def _refresh(self) -> None:
        """List the Acls and languages anew, unless the last lists still count."""
        now = self._clock()
        if self._listed_at is not None and (
            self._lasts is None or 0 <= now - self._listed_at < self._lasts
        ):
            return
        self._listed = {
            wiki: {name: Acl.parse(name) for name in self._engine.facet("acl", _passages_of(wiki))}
            for wiki in self._engine.facet("wiki", None)
        }
        self._languages = self._languages.union(self._engine.facet("language", None))
        self._listed_at = now


def _passages_of(wiki: str) -> Where:
    return Where({"wiki": [wiki]})
