"""Ports to the wikis, narrowed to those that a workspace gets answers from."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from footnote_bot.bot.model import (
    FoundSection,
    NoAnswer,
    Question,
    Reason,
    Result,
    SectionRef,
    Source,
)
from footnote_bot.bot.operations.model import AccessNow, Order
from footnote_bot.bot.operations.ports import Operating, Reindexing
from footnote_bot.bot.ports import Answering, Library, OnText, Sections
from footnote_bot.bot.workspaces import texts
from footnote_bot.bot.workspaces.model import WorkspaceRights, own_id
from footnote_bot.indexers.errors import WikiMisconfigured
from footnote_bot.indexers.model import (
    EVERYONE,
    NOBODY,
    KnownPage,
    Principal,
    Progress,
    Reader,
    SyncReport,
    SyncScope,
    addressed,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class WikiPorts:
    """The ports to the wikis. ``tokens`` returns the tokens that the person with an e-mail address
    holds there."""

    answering: Answering
    reindexing: Reindexing
    operating: Operating
    library: Library
    sections: Sections
    tokens: Callable[[str], frozenset[str]] = addressed

    def narrowed(self, allowed: WorkspaceRights, workspace: str) -> WikiPorts:
        """Return the ports for a further ``workspace`` with the rights ``allowed``."""
        answering = NarrowedAnswering(self.answering, allowed.wikis, workspace)
        return WikiPorts(
            answering=answering,
            reindexing=NoReindexing(allowed.wikis),
            operating=NarrowedOperating(self.operating, answering),
            library=NarrowedLibrary(self.library, allowed.wikis),
            sections=NarrowedSections(self.sections, allowed.wikis),
            tokens=self.tokens if allowed.trusts_addresses else _no_tokens,
        )


def _no_tokens(_email: str) -> frozenset[str]:
    """Return no tokens, so that an address gives no rights in the wikis."""
    return frozenset()


@dataclass(frozen=True, slots=True)
class NarrowedAnswering:
    """Answers from ``wikis`` only; a question that is only about others gets no answer. The usage
    of a language model is counted for people and channels of this ``workspace``."""

    answering: Answering
    wikis: tuple[str, ...]
    workspace: str

    def answer(self, question: Question, on_text: OnText | None = None) -> Result:
        """Answer a question.

        Raises:
            IndexUnavailable: the index cannot be searched.
        """
        requested = self.wikis if question.wikis is None else question.wikis
        wikis = tuple(name for name in requested if name in self.wikis)
        if not wikis:
            return NoAnswer(Reason.NOTHING_FITS, texts.NO_WIKI)
        narrowed = replace(
            question,
            wikis=wikis,
            person=own_id(self.workspace, question.person),
            channel=own_id(self.workspace, question.channel),
        )
        return self.answering.answer(narrowed, on_text)


@dataclass(frozen=True, slots=True)
class NarrowedLibrary:
    """The pages of ``wikis``; pages of other wikis are closed to everybody. So an answer from a
    wiki that the workspace lost is retracted, as if its page had been restricted."""

    library: Library
    wikis: tuple[str, ...]

    def page(self, wiki: str, page: str) -> KnownPage | None:
        return self.library.page(wiki, page) if wiki in self.wikis else KnownPage("", NOBODY)

    def fingerprint(self, wiki: str, page: str) -> str:
        return self.library.fingerprint(wiki, page) if wiki in self.wikis else ""

    def open_to(self, reader: Reader, sources: Sequence[Source]) -> tuple[Source, ...]:
        ours = [source for source in sources if source.wiki in self.wikis]
        return self.library.open_to(reader, ours)

    def edit_address(self, source: Source) -> str:
        return self.library.edit_address(source) if source.wiki in self.wikis else ""

    def owner(self, source: Source) -> str:
        return self.library.owner(source) if source.wiki in self.wikis else ""


@dataclass(frozen=True, slots=True)
class NarrowedSections:
    """The sections of ``wikis``."""

    sections: Sections
    wikis: tuple[str, ...]

    def search(self, question: Question, limit: int) -> Sequence[FoundSection]:
        if not self.wikis:
            return ()
        return self.sections.search(replace(question, wikis=self.wikis), limit)

    def read(self, ref: SectionRef, reader: Reader) -> FoundSection | None:
        return self.sections.read(ref, reader) if ref.wiki in self.wikis else None


@dataclass(frozen=True, slots=True)
class NarrowedOperating:
    """The status of ``wikis``. There are no admins in a further workspace."""

    operating: Operating
    answering: NarrowedAnswering

    def status(self) -> dict[str, Any]:
        rows = self.operating.status()
        ours = self.answering.wikis
        wikis = {name: row for name, row in rows["wikis"].items() if name in ours}
        return {**rows, "wikis": wikis}

    def for_everyone(self, question: str) -> Result:
        """Return the answer from pages that everyone may read."""
        return self.answering.answer(Question(question, Principal.of(EVERYONE)))

    def access(self, email: str, url: str, groups: frozenset[str]) -> AccessNow:  # noqa: ARG002 - the port's
        """Refuse: this is for admins."""
        raise WikiMisconfigured(texts.AT_HOME)


@dataclass(frozen=True, slots=True)
class NoReindexing:
    """The wikis called ``names``, which nobody of a further workspace may reindex."""

    names: tuple[str, ...]

    def wikis(self) -> Sequence[str]:
        return self.names

    def part(self, what: str) -> SyncScope:  # noqa: ARG002 - the port's signature
        raise WikiMisconfigured(texts.AT_HOME)

    def carry_out(
        self,
        order: Order,  # noqa: ARG002 - the port's signature
        progress: Callable[[Progress], None],  # noqa: ARG002
        stopped: Callable[[], bool],  # noqa: ARG002
    ) -> list[SyncReport]:
        raise WikiMisconfigured(texts.AT_HOME)

    def abandon(self) -> None:
        pass
