"""Names of pages in question sets, and the pages that they name."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from footnote_bot.bot.evaluation.questions import Case
from footnote_bot.indexers.model import Acl, Principal
from footnote_bot.indexers.ports import PassageIndex


def full_name(wiki: str, page: str) -> str:
    """Return a page's name, unique among all wikis."""
    return f"{wiki}/{page}"


def acls_of(index: PassageIndex, wikis: Iterable[str]) -> dict[str, Acl]:
    """Return the rights to each page of ``wikis``, by the page's full name."""
    return {
        full_name(wiki, page): known.acl
        for wiki in wikis
        for page, known in index.known(wiki).items()
    }


class Pages:
    """The pages of an index, by full name. A set may name a page by its full name, by its key, or
    by the end of its key, because ids may be relative to a folder below the wiki's root. The first
    of these that matches any page counts, if it matches only one."""

    def __init__(self, acls: Mapping[str, Acl]) -> None:
        self._acls = acls
        self._ends: dict[str, set[str]] = {}
        self._keys: dict[str, set[str]] = {}
        for name in acls:
            self._keys.setdefault(name.partition("/")[2], set()).add(name)
            for at, character in enumerate(name):
                if character == "/":
                    self._ends.setdefault(name[at + 1 :], set()).add(name)

    @classmethod
    def of(cls, index: PassageIndex, wikis: Iterable[str]) -> Pages:
        return cls(acls_of(index, wikis))

    def located(self, cases: Sequence[Case]) -> list[Case]:
        """Return the cases with pages by full name; ambiguous and unknown names stay."""
        return [
            replace(case, relevant={self._name(page): g for page, g in case.relevant.items()})
            for case in cases
        ]

    def _name(self, page: str) -> str:
        """Return the full name of the page that ``page`` names, or ``page`` if that is unclear."""
        for names in ({page} & self._acls.keys(), self._keys.get(page), self._ends.get(page)):
            if names:
                return next(iter(names)) if len(names) == 1 else page
        return page

    def unreachable(self, located: Sequence[Case], reader: Principal) -> dict[str, list[str]]:
        """Return pages that located cases count as relevant and that no search can find: they are
        not indexed, their name is ambiguous, or the reader may not read them."""
        relevant = sorted(
            {name for case in located for name, grade in case.relevant.items() if grade > 0}
        )
        unknown = [name for name in relevant if name not in self._acls]
        return {
            "not_indexed": [name for name in unknown if name not in self._ends],
            "ambiguous": [name for name in unknown if name in self._ends],
            "closed": [
                name
                for name in relevant
                if name in self._acls and not self._acls[name].admits(reader)
            ],
        }
