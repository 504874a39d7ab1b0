"""Passages in one line."""

from __future__ import annotations

from footnote_bot.indexers.model import OPEN, Acl, Passage


def passages(
    page: str, *texts: str, revision: str = "1", acl: Acl = OPEN, wiki: str = "handbook"
) -> list[Passage]:
    """Return a page's passages, one for each text; the title is the page's name."""
    return [
        Passage(
            wiki=wiki,
            page=page,
            revision=revision,
            ordinal=ordinal,
            title=page.title(),
            headings=(),
            url=f"https://wiki.example.com/{page}",
            text=text,
            embedded=f"{page.title()}\n{text}",
            acl=acl,
        )
        for ordinal, text in enumerate(texts)
    ]
