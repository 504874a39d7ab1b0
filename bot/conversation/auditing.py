"""The audit trail: which pages an answer shows."""

from __future__ import annotations

from bot.conversation.model import ShownPage
from bot.model import Answer, Result, named


def pages_shown(result: Result) -> tuple[ShownPage, ...]:
    """Return the pages that the result shows, each once."""
    cited = {(one.wiki, one.page) for one in result.sources} if isinstance(result, Answer) else ()
    found: dict[tuple[str, str], ShownPage] = {}
    for one in named(result):
        place = one.wiki, one.page
        url = one.url.partition("#")[0]
        found.setdefault(place, ShownPage(*place, one.revision, url, place in cited))
    return tuple(found.values())
