"""Owners of pages, as the chat knows them.

A page or its wiki names the owner in words. Such words must not name or ping anybody by themselves:
a person is named only if the chat finds a member of the workspace by an e-mail address in them, and
that member may read the page.
"""

from __future__ import annotations

import asyncio
import logging
import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from functools import partial

from footnote_bot.bot.background import in_own_thread
from footnote_bot.bot.conversation.model import Closed
from footnote_bot.bot.flags.ports import FlagDirectory
from footnote_bot.bot.model import Source
from footnote_bot.bot.ports import Library

logger = logging.getLogger(__name__)

PATIENCE = 8.0
"""Seconds that a wiki may take to name a page's owner."""
_EMAIL = re.compile(r"[\w.+-]{1,64}@[\w-]+(?:\.[\w-]+)+")


@dataclass(frozen=True, slots=True)
class Owner:
    """The owner of the page at ``source``. ``person`` is an id; if it is empty, nobody was found
    and ``words`` are the page's."""

    person: str = ""
    words: str = ""
    source: Source | None = None


@dataclass(frozen=True, slots=True)
class Owners:
    directory: FlagDirectory
    library: Library

    async def of(self, sources: Sequence[Source], shown: Collection[Source]) -> Owner:
        """Return the owner of the first page whose owner may read it. A person comes before mere
        words, which only count from a page in ``shown`` (everyone may read it).

        Raises:
            ChatUnavailable: people cannot be looked up now.
            IndexUnavailable: the rights to a page cannot be checked.
        """
        by_words = Owner()
        for source in sources:
            if not source.owner:
                continue
            words = await self._words(source)
            person = await self._person(words)
            if person and (source in shown or await self._reads(person, source)):
                return Owner(person, words, source)
            # Words that the wiki derived, such as an account's address, are not the page's own.
            if not by_words.words and words == source.owner and source in shown:
                by_words = Owner(words=words, source=source)
        return by_words

    async def _words(self, source: Source) -> str:
        """Return the wiki's words for the owner of the page; empty if they do not come in time."""
        try:
            async with asyncio.timeout(PATIENCE):
                # A wiki may hang, so the few threads that make answers must not wait for it.
                return await in_own_thread(partial(self.library.owner, source), "owner")
        except TimeoutError:
            logger.warning("%s did not report the owner of a page in time", source.wiki)
            return ""

    async def _person(self, words: str) -> str:
        """Return the id of the first member whose e-mail address is in ``words``; empty if none."""
        for email in _EMAIL.findall(words)[:3]:
            if person := await self.directory.member_at(email):
                return person
        return ""

    async def _reads(self, person: str, source: Source) -> bool:
        """Return whether the person may read the page now."""
        reader = await self.directory.reader(person, private=True, shared=False)
        if isinstance(reader, Closed):
            return False
        # The quote may be gone from the page: the owner may just be fixing it.
        page = replace(source, quote="")
        return bool(await in_own_thread(partial(self.library.open_to, reader, [page]), "owner"))
