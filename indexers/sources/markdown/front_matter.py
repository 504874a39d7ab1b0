"""Front matter: a page's metadata before its text, as plain values of bounded depth and size."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from html import unescape
from typing import Any

import yaml

from footnote_bot.indexers.sources.markdown.dates import date_of

LONGEST = 100_000
"""Characters of front matter; longer metadata is ignored."""

_YAML = re.compile(r"---[ \t]*\n(.*?\n|)(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.DOTALL)
_TOML = re.compile(r"\+\+\+[ \t]*\n(.*?\n|)\+\+\+[ \t]*(?:\n|\Z)", re.DOTALL)
_JSON = re.compile(r"\{\s*(?:\"|\})")
_LINE = re.compile(r"([A-Za-z_][\w-]*):(.*)")

_DATES = [
    "last_reviewed_on", "last_reviewed", "last_updated", "last_update", "lastmod", "updated",
    "updated_at", "last_modified_at", "modified", "date_modified", "date_approved", "date",
    "published_at", "created"
]  # fmt: skip
_OWNERS = [
    "owner", "owner_slack", "owners", "maintainer", "maintainers", "dris", "dri", "author",
    "authors"
]  # fmt: skip
_DEEPEST = 30
_MOST = 500_000
"""Characters. Each value counts as ten more, and again for each alias."""
_LONGEST_NUMBER = 100
"""Characters. Longer ones cost more than their length, and Python does not print them."""
_TEXT = "tag:yaml.org,2002:str"
_FALSE = frozenset({"false", "no", "off", "0", "none", "null", ""})


@dataclass(frozen=True, slots=True)
class FrontMatter:
    """Front matter. ``values`` are by lower-cased name, as JSON knows them, dates as texts;
    ``warning`` tells what was wrong."""

    values: Mapping[str, object] = field(default_factory=dict)
    warning: str = ""

    def text(self, *names: str) -> str:
        """Return the value of the first of ``names`` that has one, on one line, or ""."""
        for name in names:
            words = _words(self.values.get(name))
            if words:
                return words
        return ""

    def flag(self, *names: str) -> bool:
        """Return whether one of ``names`` has a value that is not false."""
        return any(str(self.values.get(name, "")).strip().lower() not in _FALSE for name in names)

    def several(self, *names: str) -> tuple[str, ...]:
        """Return the values of all ``names``, each once; commas separate those in a text."""
        values: dict[str, None] = {}
        for name in names:
            value = self.values.get(name)
            items = value if isinstance(value, list) else str(value or "").split(",")
            values.update(dict.fromkeys(filter(None, map(_words, items))))
        return tuple(values)

    @property
    def title(self) -> str:
        """The title, as a site shows it: with the characters that its entities name."""
        return " ".join(unescape(self.text("title", "linktitle")).split())

    @property
    def description(self) -> str:
        """The summary that the author wrote; empty if there is none."""
        return self.text("description", "summary", "subtitle", "excerpt")

    @property
    def tags(self) -> tuple[str, ...]:
        return self.several("tags", "tag", "categories", "category", "keywords")

    @property
    def owner(self) -> str:
        return self.text(*_OWNERS)

    @property
    def updated(self) -> date | None:
        """The day of the last change, by the first key with a date; None if none has one."""
        return next(filter(None, (date_of(self.values.get(name)) for name in _DATES)), None)

    @property
    def outdated(self) -> bool:
        """Return whether the author marked the page as outdated."""
        status = self.text("status").lower()
        named = status in {"outdated", "archived", "deprecated", "superseded"}
        return named or self.flag("outdated", "archived", "deprecated", "obsolete")

    def withheld(self, today: date) -> str:
        """Return why the site does not show the page; empty if it does."""
        if self.flag("draft"):
            return "draft"
        published = (str(self.values.get(name, "")).lower() for name in ("published", "publish"))
        if "false" in published or self.values.get("permalink") is False:
            return "not published"
        publication = date_of(self.values.get("publishdate"))
        if publication is not None and publication > today:
            return "not published yet"
        expiry = date_of(self.values.get("expirydate"))
        return "expired" if expiry is not None and expiry <= today else ""


def split(text: str) -> tuple[FrontMatter, str]:
    """Return the front matter, and the text below it, which broken front matter never loses."""
    yaml_block = _YAML.match(text)
    if yaml_block:
        return _from_yaml(yaml_block, text)
    toml_block = _TOML.match(text)
    if toml_block:
        return _from_toml(toml_block[1]), text[toml_block.end() :]
    if _JSON.match(text):
        try:
            values, end = json.JSONDecoder().raw_decode(text[:LONGEST])
            return FrontMatter(_plain_values(values)), text[end:].lstrip("\n")
        except (ValueError, RecursionError):
            return FrontMatter(), text
    return FrontMatter(), text


def _from_toml(block: str) -> FrontMatter:
    """Return the front matter; if it is no TOML, only a warning."""
    try:
        if len(block) > LONGEST:
            raise TooMuch
        return FrontMatter(_plain_values(tomllib.loads(block)))
    except (ValueError, RecursionError) as error:  # including a number of too many digits
        return FrontMatter(warning=f"front matter is no TOML: {_brief(error)}")


def _from_yaml(block: re.Match[str], text: str) -> tuple[FrontMatter, str]:
    """Return the front matter and the text below it. Of broken YAML, the readable lines count."""
    body = text[block.end() :]
    try:
        if len(block[1]) > LONGEST:
            raise TooMuch
        values = load_yaml(block[1])
        if values is None:
            return FrontMatter(), body
        if not isinstance(values, dict):
            return FrontMatter(), text
        return FrontMatter(_plain_values(values)), body
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        salvaged = _salvaged(block[1])
        if not salvaged:
            # Two thematic breaks with prose between them are no front matter.
            return FrontMatter(), text
        return FrontMatter(salvaged, f"front matter is no YAML: {_brief(error)}"), body


def _salvaged(block: str) -> dict[str, object]:
    """Return the readable lines of front matter that is broken as a whole."""
    lines = (_LINE.match(line) for line in block[:LONGEST].splitlines())
    return {match[1].lower(): match[2].strip().strip("\"'") for match in lines if match}


def _brief(error: Exception) -> str:
    """Return the error's message on one line."""
    if isinstance(error, RecursionError):
        return "nested too deeply"
    return (str(getattr(error, "problem", "") or error).splitlines() or ["broken"])[0][:200]


def _words(value: object) -> str:
    """Return a value as words on one line; empty for none, true and false."""
    if value is None or isinstance(value, bool):
        return ""
    if isinstance(value, Mapping):
        return _words(value.get("name") or value.get("title"))
    if isinstance(value, str) or not isinstance(value, Iterable):
        return " ".join(str(value).split())
    return ", ".join(filter(None, map(_words, value)))


class TooMuch(ValueError):
    """The values are larger than anybody writes by hand."""

    def __init__(self) -> None:
        super().__init__("too large, nested too deeply, or with too many aliases")


def _plain_values(values: Mapping[Any, object]) -> dict[str, object]:
    """Return the values by lower-cased name, as JSON knows them; dates are texts.

    Raises:
        TooMuch
    """
    return {_name(name).lower(): _plain_value(value, 1) for name, value in values.items()}


def _name(name: object) -> str:
    """Return the name of a value as text."""
    return str(_plain_value(name, 1))


def _plain_value(value: object, depth: int) -> object:  # noqa: PLR0911 - a kind of value a line
    """Return a value of YAML or TOML as plain data. Raises: TooMuch."""
    if depth > _DEEPEST:
        raise TooMuch
    if isinstance(value, str):
        # An escape may be an unpaired surrogate, which indexes refuse, or a NUL.
        return value.encode("utf-8", "replace").decode().replace("\0", "")
    if isinstance(value, int) and value.bit_length() > _LONGEST_NUMBER:
        return ""
    if value is None or isinstance(value, int | float):
        return value
    if isinstance(value, date | time):
        return _moment(value)
    if isinstance(value, Mapping):
        return {_name(name): _plain_value(item, depth + 1) for name, item in value.items()}
    if isinstance(value, Iterable) and not isinstance(value, bytes):
        return [_plain_value(item, depth + 1) for item in value]
    return ""


def _moment(value: date | time) -> str:
    """Return a date or a time as text, in UTC if its zone is known."""
    try:
        if isinstance(value, datetime) and value.tzinfo:
            return str(value.astimezone(UTC))
    except OverflowError:
        return ""
    return str(value)


class _Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]
    """The safe loader (in C if there is one) that takes unknown tags for plain values."""


def _untagged(loader: yaml.SafeLoader, _tag: str, node: yaml.Node) -> object:
    """Return a YAML value with an unknown tag as if it had no tag."""
    if isinstance(node, yaml.ScalarNode):
        return loader.construct_scalar(node)
    if isinstance(node, yaml.SequenceNode):
        return loader.construct_sequence(node, deep=True)
    return loader.construct_mapping(node, deep=True) if isinstance(node, yaml.MappingNode) else None


_Loader.add_multi_constructor("!", _untagged)
_Loader.add_multi_constructor("tag:", _untagged)


def load_yaml(text: str) -> object:
    """Load a YAML document, with unknown tags as plain values.

    Raises:
        yaml.YAMLError, ValueError, RecursionError: the text is no YAML, or TooMuch.
    """
    loader = _Loader(text)
    try:
        node = loader.get_single_node()
        if node is None:
            return None
        _check(node)
        try:
            return loader.construct_document(node)
        except (AttributeError, KeyError) as error:
            # If a tag names a type that its text is not (`!!bool x`), the library raises an
            # unrelated error.
            raise yaml.YAMLError("a value is not of the type that its tag names") from error
    finally:
        loader.dispose()


def _check(root: yaml.Node) -> None:
    """Check the size with all aliases expanded, before it is built.

    Raises:
        TooMuch
    """
    remaining = _MOST
    pending: list[tuple[yaml.Node, int]] = [(root, 0)]
    while pending:
        node, depth = pending.pop()
        is_scalar = isinstance(node, yaml.ScalarNode)
        remaining -= 10 + (len(node.value) if is_scalar else 0)
        if remaining < 0 or depth > _DEEPEST:
            raise TooMuch
        if is_scalar:
            node.tag = _TEXT if len(node.value) > _LONGEST_NUMBER else node.tag
            continue
        for child in node.value:
            # A sequence holds nodes, a mapping pairs of them.
            pending += (
                (item, depth + 1) for item in (child if isinstance(child, tuple) else (child,))
            )
