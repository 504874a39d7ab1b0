"""Comments -> sections: author, time, and the words they are about."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from indexers.model import Section
from indexers.sources.confluence.answers import moment, number, storage, version
from indexers.sources.confluence.comment_listing import Comment
from indexers.sources.confluence.cql import searched
from indexers.sources.confluence.reading import Seen
from indexers.sources.confluence.storage_format import VERSION as STORAGE
from indexers.sources.confluence.storage_format import sections
from indexers.sources.confluence.storage_links import StorageLinks
from indexers.sources.confluence.transport import Json, Refused, Transport, at

VERSION = f"1.{STORAGE}"
"""To be changed whenever the same comments would be written another way."""

_EXPAND = "history,version,extensions.inlineProperties"
_EDITED = "One of them was edited while they were read; the next sync reads it."
_FORMS = ("storage", "view")


@dataclass(frozen=True, slots=True)
class Spoken:
    """The text of a comment. ``selection`` are the words of the page that it is about, if it is
    inline."""

    body: str
    author: str
    day: date | None
    selection: str

    @property
    def heading(self) -> str:
        return ", ".join(filter(None, (self.author, str(self.day or "")))) or "Comment"


def spoken(wiki: Transport, asked: Sequence[Comment]) -> dict[str, Spoken | Refused]:
    """Return the texts by key, or why one is unavailable; deleted comments are left out."""
    found: dict[str, Spoken | Refused] = {}
    try:
        found = _found(wiki, asked, "storage")
    except Refused as refused:
        if refused.busy:
            raise
        # One body can spoil the batch (CONFCLOUD-76433): each is then requested alone.
        for one in asked:
            found |= _alone(wiki, one)
    return found


def sections_of(
    comments: Iterable[Comment], texts: Mapping[str, Spoken], page: Seen, links: StorageLinks
) -> tuple[Section, ...]:
    """Return a section for each comment, answers below what they answer."""
    return tuple(_sections(comments, texts, page, links))


def _sections(
    comments: Iterable[Comment], texts: Mapping[str, Spoken], page: Seen, links: StorageLinks
) -> Iterator[Section]:
    for one in comments:
        comment = texts[one.key]
        path = tuple(texts[key].heading for key in (*one.above, one.key) if key in texts)
        if text := _text(comment.body, page, links):
            about = f"{_quoted(comment.selection)}\n\n" if comment.selection.strip() else ""
            yield Section(path, f"comment-{one.key}", about + text)


def _text(body: str, page: Seen, links: StorageLinks) -> str:
    """Return a comment's text; its own headings become words, because they have no anchor."""
    parts = sections(body, title="", editor=page.editor, links=links)
    return "\n\n".join(
        f"{part.headings[-1]}\n\n{part.text}" if part.headings else part.text for part in parts
    )


def _quoted(selection: str) -> str:
    return f"> {' '.join(selection.split())}"


def _found(wiki: Transport, asked: Sequence[Comment], form: str) -> dict[str, Spoken | Refused]:
    versions = {one.key: one.version for one in asked}
    query = f"id in ({','.join(versions)})"
    found: dict[str, Spoken | Refused] = {}
    for comments in searched(wiki, query, f"body.{form},{_EXPAND}", at_once=len(asked)):
        # Another version may have been written for fewer people than the rights name.
        same = number(version(comments)) == versions.get(str(comments["id"]))
        found[str(comments["id"])] = _spoken(comments) if same else Refused(200, _EDITED)
    return found


def _alone(wiki: Transport, one: Comment) -> dict[str, Spoken | Refused]:
    why: dict[str, Spoken | Refused] = {}
    for form in _FORMS:
        try:
            return _found(wiki, [one], form)
        except Refused as refused:
            if refused.busy:
                raise
            why.setdefault(one.key, refused)
    return why


def _spoken(answer: Json) -> Spoken:
    """Raises: Refused."""
    created, changed = at(answer, "history"), at(answer, "version")
    author = _name(at(created, "createdBy")) or _name(at(changed, "by"))
    when = moment(at(created, "createdDate") or at(changed, "when"))
    return Spoken(
        body=storage(answer),
        author=author,
        day=when.date() if when else None,
        selection=str(at(answer, "extensions", "inlineProperties", "originalSelection") or ""),
    )


def _name(person: object) -> str:
    return str(at(person, "displayName") or at(person, "publicName") or "")
