"""Use case: a call of an agent -> what its person may know."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from footnote_bot.bot.agents import texts
from footnote_bot.bot.agents.errors import CallRefused
from footnote_bot.bot.agents.model import Caller, Known
from footnote_bot.bot.agents.ports import AgentPeople
from footnote_bot.bot.agents.rate import Rate
from footnote_bot.bot.agents.schemas import TOOLS
from footnote_bot.bot.background import beside
from footnote_bot.bot.conversation.answers import pages_shown
from footnote_bot.bot.conversation.model import ANYBODY, AuditEntry, MessageRef, ShownPage, Way
from footnote_bot.bot.conversation.ports import AuditTrail
from footnote_bot.bot.model import (
    Answer,
    FoundSection,
    Question,
    Result,
    SectionRef,
    why_no_model,
)
from footnote_bot.bot.operations.model import AccessNow
from footnote_bot.bot.operations.ports import Operating
from footnote_bot.bot.ports import Answering, Sections
from footnote_bot.bot.result_json import result_json, source_json
from footnote_bot.bot.texts import only_open_pages
from footnote_bot.indexers.errors import IndexersError, WikiMisconfigured
from footnote_bot.indexers.model import untold_by

logger = logging.getLogger(__name__)

_ABOVE = "above it"


@dataclass(frozen=True, slots=True)
class AgentResources:
    """The parts that workspaces share. ``executor`` runs what blocks; ``as_of``, which blocks, too,
    returns when the wikis were last read; ``answered`` counts answers."""

    executor: Executor
    rate: Rate
    as_of: Callable[[], datetime | None]
    answered: Callable[[Result], None]


@dataclass(frozen=True, slots=True)
class AgentTools:
    """The tools for the people of one workspace."""

    people: AgentPeople
    answering: Answering
    sections: Sections
    operating: Operating
    audit: AuditTrail
    resources: AgentResources

    async def call(self, caller: Caller, name: str, given: object) -> dict[str, Any]:
        """Return the result of the tool ``name``, as its schema says.

        Raises:
            CallRefused: the arguments are wrong, the person may not, or too often.
            ChatUnavailable, IndexUnavailable, StateUnavailable
        """
        if not (tool := TOOLS.get(name)):
            raise CallRefused(texts.UNKNOWN_TOOL, 404)
        arguments = await asyncio.to_thread(tool.arguments, given)
        if not self.resources.rate.allows(f"{caller.team}/{caller.person}"):
            raise CallRefused(texts.too_many(self.resources.rate.most()), 429)
        known = await self.people.known(caller.person)
        if known is None:
            raise CallRefused(texts.NO_ANSWERS_FOR_YOU, 403)
        match name:
            case "ask":
                result = await self._ask(caller, known, arguments.question)
            case "search":
                result = await self._search(caller, known, arguments.query, arguments.limit)
            case "read_section":
                result = await self._read(caller, known, _ref(arguments.section))
            case _:
                result = await self._may_read(known, arguments.url)
        as_of = await beside(self.resources.executor, self.resources.as_of)
        return {**result, "as_of": result.get("as_of") or (as_of and as_of.isoformat())}

    async def _ask(self, caller: Caller, known: Known, words: str) -> dict[str, Any]:
        """Answer the question ``words`` with the person's rights, as `AskResult`."""
        # The usage of a language model is counted for the person, as in a direct message.
        question = Question(words, known.reader, person=caller.person)
        result = await beside(self.resources.executor, self.answering.answer, question)
        self.resources.answered(result)
        await self._note(caller, known, pages_shown(result))
        return {**result_json(result), "notes": _notes(result)}

    async def _search(self, caller: Caller, known: Known, words: str, limit: int) -> dict[str, Any]:
        """Return the best sections for the question ``words``, as `SearchResult`."""
        question = Question(words, known.reader, person=caller.person, quoting=True)
        found = await beside(self.resources.executor, self.sections.search, question, limit)
        await self._note(caller, known, _shown(found))
        notes = [only_open_pages(everybody=False)] if untold_by(known.reader) else []
        return {"sections": [_section(each) for each in found], "notes": notes}

    async def _read(self, caller: Caller, known: Known, ref: SectionRef) -> dict[str, Any]:
        """Return a section, as `SectionResult`, or refuse if the person may not read it."""
        found = await beside(self.resources.executor, self.sections.read, ref, known.reader)
        if found is None:
            raise CallRefused(texts.NOT_HERE, 404)
        await self._note(caller, known, _shown([found]))
        return _section(found)

    async def _may_read(self, known: Known, url: str) -> dict[str, Any]:
        """Return whether the person may read the page at ``url``, as `MayReadResult`."""
        if not known.email:
            raise CallRefused(texts.NO_ADDRESS, 403)
        try:
            ask = partial(self.operating.access, known.email, url, known.groups)
            result = await beside(self.resources.executor, ask)
        except WikiMisconfigured:  # its words are an operator's
            raise CallRefused(texts.NO_SUCH_PAGE, 404) from None
        except IndexersError as error:
            logger.warning("An agent has to ask again who may read a page: %s", error)
            raise CallRefused(texts.TRY_LATER, 503) from None
        return _access(result)

    async def _note(self, caller: Caller, known: Known, pages: tuple[ShownPage, ...]) -> None:
        """Note in the audit trail what the agent is about to get."""
        if not pages:
            return
        place = MessageRef(caller.team, f"agent:{caller.agent}", "", "")
        is_open = known.reader == ANYBODY
        readers = frozenset[str]() if is_open else frozenset({caller.person})
        entry = AuditEntry(place, caller.person, Way.AGENT, is_open, readers, pages)
        await self.audit.note(entry)


def _ref(section: str) -> SectionRef:
    """Return the section's reference, parsed from the id that `_section` made of it."""
    wiki, place, page = section.split("/", 2)
    ordinal, _, headings = place.partition("-")
    return SectionRef(wiki, page, int(ordinal), headings)


def _section(found: FoundSection) -> dict[str, Any]:
    """Return a found section, with the id that `read_section` takes."""
    ref = found.ref
    return {
        **source_json(found.source),
        "section": f"{ref.wiki}/{ref.ordinal}-{ref.headings}/{ref.page}",
        "score": round(found.score, 4),
        "unchecked": found.unchecked,
    }


def _shown(found: Sequence[FoundSection]) -> tuple[ShownPage, ...]:
    """Return the pages of the sections, for the audit trail."""
    return pages_shown(Answer("", tuple(each.source for each in found), 0.0))


def _notes(result: Result) -> list[str]:
    """Return the notes that people see below the answer in Slack."""
    parts = [why_no_model(result)]
    if isinstance(result, Answer):
        parts += [*result.check_notes, result.verified.words if result.verified else ""]
        parts += [part.words for part in result.verified_parts]
    parts += [each.words for each in (result.unchecked, result.narrowed) if each]
    parts += [f"{linked.name}: {linked.url} ({linked.doubt.words})" for linked in result.linked]
    return [part for part in parts if part]


def _access(result: AccessNow) -> dict[str, Any]:
    """Return the result for the caller: without the people whom a gate lets pass, and with the
    page's title only if the caller may read it."""
    access = result.json()
    may_read, gates = access["may_read"], result.access.gates
    return {
        **{key: access[key] for key in ("may_read", "wiki", "used", "as_of")},
        "title": access["title"] if may_read else "",
        "gates": [{"where": _where(gate.where), "passed": gate.passed} for gate in gates],
    }


def _where(where: str) -> str:
    """Return where a gate stands, without the title of a page above."""
    return texts.A_PAGE_ABOVE if where.endswith(_ABOVE) else where
