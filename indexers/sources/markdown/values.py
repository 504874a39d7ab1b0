"""YAML, TOML and JSON from others, as plain values of bounded depth and size."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, time
from typing import Any

import yaml

_DEEPEST = 30
_MOST = 500_000
"""Characters. Each value counts as ten more, and again for each alias."""
_LONGEST_NUMBER = 100
"""Characters. Longer ones cost more than their length, and Python does not print them."""
_TEXT = "tag:yaml.org,2002:str"


class TooMuch(ValueError):
    """The values are larger than anybody writes by hand."""

    def __init__(self) -> None:
        super().__init__("too large, nested too deeply, or with too many aliases")


class _Bound:
    """A counter of values."""

    def __init__(self) -> None:
        self._left = _MOST

    def take(self, characters: int, depth: int) -> None:
        """Count a value.

        Raises: TooMuch.
        """
        self._left -= characters + 10
        if self._left < 0 or depth > _DEEPEST:
            raise TooMuch


def tame(values: Mapping[Any, object]) -> dict[str, object]:
    """Return the values by lower-cased name: texts, numbers, dates, and lists and mappings of them.

    Raises:
        TooMuch
    """
    bound = _Bound()
    return {str(_plain(name, bound, 1)).lower(): _plain(values[name], bound, 1) for name in values}


def _plain(value: object, bound: _Bound, depth: int) -> object:
    if isinstance(value, str):
        bound.take(len(value), depth)
        # An escape may be an unpaired surrogate, which indexes and addresses refuse.
        return value if value.isascii() else value.encode("utf-8", "replace").decode()
    bound.take(0, depth)
    if value is None or isinstance(value, int | float | date | time):
        too_long = isinstance(value, int) and value.bit_length() > _LONGEST_NUMBER
        return "" if too_long else value
    if isinstance(value, Mapping):
        return {
            str(_plain(name, bound, depth + 1)): _plain(item, bound, depth + 1)
            for name, item in value.items()
        }
    if isinstance(value, Iterable) and not isinstance(value, bytes):
        return [_plain(item, bound, depth + 1) for item in value]
    return ""


class _Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]
    """The safe loader (in C if there is one) that takes unknown tags for plain values."""


def _untagged(loader: yaml.SafeLoader, _tag: str, node: yaml.Node) -> object:
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
    bound = _Bound()
    pending: list[tuple[yaml.Node, int]] = [(root, 0)]
    while pending:
        node, depth = pending.pop()
        if isinstance(node, yaml.ScalarNode):
            bound.take(len(node.value), depth)
            if len(node.value) > _LONGEST_NUMBER:
                node.tag = _TEXT
            continue
        bound.take(0, depth)
        for child in node.value:
            # A sequence holds nodes, a mapping pairs of them.
            pending += (
                (item, depth + 1) for item in (child if isinstance(child, tuple) else (child,))
            )
