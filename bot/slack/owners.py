"""Who keeps a page, as Slack knows them.

A page says who owns it in words of its own, which may name or ping nobody by themselves:
somebody is named only if Slack finds a member of the workspace by an address in them.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from bot.model import Source
from bot.slack.people import People, Person, Standing

_EMAIL = re.compile(r"[\w.+-]{1,64}@[\w-]+(?:\.[\w-]+)+")


@dataclass(frozen=True, slots=True)
class Owner:
    """Of the page at ``source``. ``person`` is None where Slack finds nobody; ``words`` are
    the page's."""

    person: Person | None = None
    words: str = ""
    source: Source | None = None


@dataclass(frozen=True, slots=True)
class Owners:
    people: People

    async def of(self, sources: Sequence[Source]) -> Owner:
        """Of the first page that has one; a person goes before mere words.

        Raises:
            SlackUnavailable: nobody can be looked up now.
        """
        owned = [source for source in sources if source.owner]
        for source in owned:
            for email in _EMAIL.findall(source.owner)[:3]:
                person = await self.people.addressed_as(email)
                if person and person.standing is Standing.MEMBER:
                    return Owner(person, source.owner, source)
        return Owner(None, owned[0].owner, owned[0]) if owned else Owner()
