"""Comments -> sections: author, time, and the words they are about."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from footnote_bot.indexers.model import Section
from footnote_bot.indexers.sources.confluence.answers import moment, number, storage, version
from footnote_bot.indexers.sources.confluence.comment_listing import Comment
from footnote_bot.indexers.sources.confluence.paging import search_content
from footnote_bot.indexers.sources.confluence.reading import Seen
from footnote_bot.indexers.sources.confluence.storage_format import VERSION as STORAGE
from footnote_bot.indexers.sources.confluence.storage_format import sections
from footnote_bot.indexers.sources.confluence.storage_links import StorageLinks
from footnote_bot.indexers.sources.confluence.transport import Json, Refused, Transport, at

VERSION = f"1.{STORAGE}"
"""Change it whenever the same comments would be written another way."""

_EXPAND = "history,version,extensions.inlineProperties"
_EDITED = "One of them was edited while they were read; the next sync reads it."
_FORMS = ("storage", "view")


@dataclass(frozen=True, slots=True)
class CommentText:
    """The text of a comment. ``selection`` are the words of the page that an inline comment is
    about."""

    body: str
    author: str
    day: date | None
    selection: str

    @property
    def heading(self) -> str:
        return ", ".join(filter(None, (self.author, str(self.day or "")))) or "Comment"


def comment_texts(wiki: Transport, comments: Sequence[Comment]) -> dict[str, CommentText | Refused]:
    """Return the texts by key, or why one is unavailable; deleted comments are left out."""
    texts: dict[str, CommentText | Refused] = {}
    try:
        texts = _search(wiki, comments, "storage")
    except Refused as refused:
        if refused.busy:
            raise
        # One body can spoil the batch (CONFCLOUD-76433): each is then requested by itself.
        for comment in comments:
            texts |= _fetch_text(wiki, comment)
    return texts


def sections_of(
    comments: Iterable[Comment], texts: Mapping[str, CommentText], page: Seen, links: StorageLinks
) -> tuple[Section, ...]:
    """Return a section for each comment, answers below the comments that they answer."""
    return tuple(_sections(comments, texts, page, links))


def _sections(
    comments: Iterable[Comment], texts: Mapping[str, CommentText], page: Seen, links: StorageLinks
) -> Iterator[Section]:
    for comment in comments:
        content = texts[comment.key]
        keys = (*comment.above, comment.key)
        path = tuple(texts[key].heading for key in keys if key in texts)
        if text := _text(content.body, page, links):
            about = f"{_quoted(content.selection)}\n\n" if content.selection.strip() else ""
            yield Section(path, f"comment-{comment.key}", about + text)


def _text(body: str, page: Seen, links: StorageLinks) -> str:
    """Return a comment's text; its own headings become words, because they have no anchor."""
    parts = sections(body, title="", editor=page.editor, links=links)
    return "\n\n".join(
        f"{part.headings[-1]}\n\n{part.text}" if part.headings else part.text for part in parts
    )


def _quoted(selection: str) -> str:
    return f"> {' '.join(selection.split())}"


def _search(
    wiki: Transport, comments: Sequence[Comment], form: str
) -> dict[str, CommentText | Refused]:
    versions = {comment.key: comment.version for comment in comments}
    query = f"id in ({','.join(versions)})"
    texts: dict[str, CommentText | Refused] = {}
    for row in search_content(wiki, query, f"body.{form},{_EXPAND}", at_once=len(comments)):
        # Another version may have been written for fewer people than the rights name.
        is_current = number(version(row)) == versions.get(str(row["id"]))
        texts[str(row["id"])] = _comment_text(row) if is_current else Refused(200, _EDITED)
    return texts


def _fetch_text(wiki: Transport, comment: Comment) -> dict[str, CommentText | Refused]:
    refusals: dict[str, CommentText | Refused] = {}
    for form in _FORMS:
        try:
            return _search(wiki, [comment], form)
        except Refused as refused:
            if refused.busy:
                raise
            refusals.setdefault(comment.key, refused)
            # Rendered only if Confluence breaks on the storage format, as pages are (`body_in`).
            if refused.status < 500:
                break
    return refusals


def _comment_text(answer: Json) -> CommentText:
    """Raises: Refused."""
    created, changed = at(answer, "history"), at(answer, "version")
    author = _name(at(created, "createdBy")) or _name(at(changed, "by"))
    when = moment(at(created, "createdDate") or at(changed, "when"))
    return CommentText(
        body=storage(answer),
        author=author,
        day=when.date() if when else None,
        selection=str(at(answer, "extensions", "inlineProperties", "originalSelection") or ""),
    )


def _name(person: object) -> str:
    return str(at(person, "displayName") or at(person, "publicName") or "")
