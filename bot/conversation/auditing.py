"""The audit trail: which pages an answer shows."""

from __future__ import annotations

from bot.conversation.model import ShownPage
from bot.model import Answer, Result, named


def pages_shown(result: Result) -> tuple[ShownPage, ...]:
    """Return the pages that the result shows, each once."""
    sources = result.sources if isinstance(result, Answer) else ()
    cited = {(source.wiki, source.page) for source in sources}
    shown: dict[tuple[str, str], ShownPage] = {}
    for source in named(result):
        place = source.wiki, source.page
        url = source.url.partition("#")[0]
        shown.setdefault(place, ShownPage(*place, source.revision, url, place in cited))
    return tuple(shown.values())
