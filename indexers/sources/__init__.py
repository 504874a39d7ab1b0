"""The kinds of wiki, one folder each, by the ``type`` of their settings.

The reader of a kind is imported when such a wiki is configured: Confluence's libraries take half a
second.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from footnote_bot.indexers.sources.source import Resources, WikiSource

Opened = Callable[[Any, Resources], WikiSource]
"""Settings of one kind -> a wiki of that kind.

Raises:
    WikiMisconfigured: the settings name no possible wiki.
"""


def _markdown() -> Opened:
    from footnote_bot.indexers.sources.markdown.source import MarkdownSource  # see above

    return MarkdownSource


def _confluence() -> Opened:
    from footnote_bot.indexers.sources.confluence.source import ConfluenceSource  # see above

    return ConfluenceSource


SOURCES: dict[str, Callable[[], Opened]] = {"markdown": _markdown, "confluence": _confluence}
"""The kinds, by the names in `config.wikis.WIKI_KINDS`."""
