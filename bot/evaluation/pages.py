"""Names of pages in question sets, and the pages they mean."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from bot.evaluation.questions import Case
from indexers.model import Acl, Principal
from indexers.ports import PassageIndex


def full_name(wiki: str, page: str) -> str:
    """Return a page's name, unique among all wikis."""
    return f"{wiki}/{page}"


class Pages:
    """The pages of an index, by full name. A set may name a page by that, by its key, or by the end
    of its key, because its ids may be relative to a folder below the wiki's root. The first of
    these that matches one page only counts."""

    def __init__(self, known: Mapping[str, Acl]) -> None:
        self._known = known
        self._ends: dict[str, set[str]] = {}
        self._keys: dict[str, set[str]] = {}
        for name in known:
            self._keys.setdefault(name.partition("/")[2], set()).add(name)
            for at, character in enumerate(name):
                if character == "/":
                    self._ends.setdefault(name[at + 1 :], set()).add(name)

    @classmethod
    def of(cls, index: PassageIndex, wikis: Iterable[str]) -> Pages:
        return cls(
            {
                full_name(wiki, key): page.acl
                for wiki in wikis
                for key, page in index.known(wiki).items()
            }
        )

    def located(self, cases: Sequence[Case]) -> list[Case]:
        """Return the cases with their pages by full name. A name that matches several pages or none
        stays as it is."""
        return [
            replace(case, relevant={self._name(page): g for page, g in case.relevant.items()})
            for case in cases
        ]

    def _name(self, page: str) -> str:
        for found in ({page} & self._known.keys(), self._keys.get(page), self._ends.get(page)):
            if found:
                return next(iter(found)) if len(found) == 1 else page
        return page

    def unreachable(self, located: Sequence[Case], reader: Principal) -> dict[str, list[str]]:
        """Return pages that located cases count as relevant and that no search can find: they are
        not indexed, their name is ambiguous, or the reader may not read them."""
        wanted = sorted(
            {name for case in located for name, grade in case.relevant.items() if grade > 0}
        )
        lost = [name for name in wanted if name not in self._known]
        return {
            "not_indexed": [name for name in lost if name not in self._ends],
            "ambiguous": [name for name in lost if name in self._ends],
            "closed": [
                name
                for name in wanted
                if name in self._known and not self._known[name].admits(reader)
            ],
        }
