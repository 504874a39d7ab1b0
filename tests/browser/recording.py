"""Records what the bot sends to the local Slack while tests run, for the tests of the page.

``make payloads`` runs the tests with this plugin (``-p tests.browser.recording``) and writes
tests/data/payloads.json.gz: every distinct message and view, with ids, times and addresses of this
machine made the same everywhere. Two payloads are the same if they differ in words alone: their
blocks, elements, ids and markup count.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import re
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, ClassVar

import pytest

from bot.playground.core import Core
from bot.playground.model import Message, View
from bot.playground.views import ViewStacks

Json = dict[str, Any]

COLLECTION = Path(__file__).parents[1] / "data" / "payloads.json.gz"
_ID = re.compile(r"\b([A-Z]|Ev|4-)1\d{9}\b")
_TS = re.compile(r"\b\d{10}\.\d{6}\b")
_SECONDS = re.compile(r"\b1[6-9]\d{8}\b")
_PORT = re.compile(r"\b(127\.0\.0\.1|localhost):\d{2,5}\b")
_FOLDER = re.compile(r"(?:/[\w.-]+)*/pytest-of-[\w.-]+/(?:[\w.-]+/?)*")
_WORDS = re.compile(r"[\w\s]+")
_NOT_SHOWN = {"team", "app_id", "bot_id", "client_msg_id", "metadata", "hash", "latest_reply"}


class Recorder:
    """Distinct payloads by their shape."""

    def __init__(self) -> None:
        self.found: dict[str, Json] = {}

    def message(self, message: Message) -> None:
        if message.blocks or message.text:
            streams = message.stream is not None and message.stream.end is None
            signs = {"is_ephemeral": message.only_for is not None, "is_streaming": streams}
            self._add({**message.wire(), "channel": message.channel, **signs})

    def view(self, view: View) -> None:
        self._add({**view.definition, "id": view.id})

    def _add(self, payload: Mapping[str, Any]) -> None:
        shown = {name: value for name, value in payload.items() if name not in _NOT_SHOWN}
        normal = json.loads(normalised(json.dumps(shown)))
        self.found.setdefault(shape_of(normal), normal)


def normalised(text: str) -> str:
    """Return a payload's JSON without what differs from run to run and from machine to machine."""
    text = _FOLDER.sub("/folder/", text)
    text = _PORT.sub(r"\1:8080", text)
    names: dict[str, str] = {}

    def numbered(match: re.Match[str]) -> str:
        return names.setdefault(match[0], f"{match[1]}1{len(names):09d}")

    def timed(match: re.Match[str]) -> str:
        return names.setdefault(match[0], f"1795000000.{len(names):06d}")

    return _SECONDS.sub("1795000000", _TS.sub(timed, _ID.sub(numbered, text)))


def shape_of(payload: Any) -> str:
    """Return what makes a payload different from others: all but the words in its texts."""
    written = json.dumps(_without_words(payload), sort_keys=True)
    return hashlib.sha256(written.encode()).hexdigest()


def _without_words(value: Any) -> Any:
    if isinstance(value, dict):
        kept = ("type", "block_id", "action_id", "callback_id", "style", "level")
        return {
            name: re.sub(r"\d+", "0", str(part)) if name in kept else _without_words(part)
            for name, part in value.items()
        }
    if isinstance(value, list):
        return [_without_words(part) for part in value]
    return _WORDS.sub("w", value)[:300] if isinstance(value, str) else type(value).__name__


def written(payloads: Mapping[str, Json]) -> bytes:
    """Return the collection's file, the same bytes for the same payloads."""
    ordered = [payloads[shape] for shape in sorted(payloads)]
    lines = ",\n".join(json.dumps(one, ensure_ascii=False, sort_keys=True) for one in ordered)
    return gzip.compress(f"[\n{lines}\n]\n".encode(), mtime=0)


def collection() -> list[Json]:
    """Return the recorded payloads."""
    payloads: list[Json] = json.loads(gzip.decompress(COLLECTION.read_bytes()))
    return payloads


# The plugin


class Plugin:
    """Records in one process of pytest, and writes what it has when that ends."""

    hooks: ClassVar[Mapping[tuple[type, str], Callable[[Recorder, Any], None]]] = {
        (Core, "post"): lambda recorder, call: recorder.message(call[1]),
        (Core, "changed"): lambda recorder, call: recorder.message(call[1]),
        (ViewStacks, "open"): lambda recorder, call: recorder.view(call[-1]),
        (ViewStacks, "push"): lambda recorder, call: recorder.view(call[-1]),
        (ViewStacks, "publish"): lambda recorder, call: recorder.view(call[-1]),
        (ViewStacks, "replace"): lambda recorder, call: recorder.view(call[-1]),
    }

    def __init__(self, folder: Path, patch: pytest.MonkeyPatch) -> None:
        self._folder = folder
        self._patch = patch
        self._recorder = Recorder()
        for (kind, name), record in self.hooks.items():
            patch.setattr(kind, name, self._recorded(getattr(kind, name), record))

    def _recorded(
        self, method: Callable[..., Any], record: Callable[[Recorder, Any], None]
    ) -> Callable[..., Any]:
        def call(*arguments: Any) -> Any:
            result = method(*arguments)
            record(self._recorder, (*arguments, result))
            return result

        return call

    def pytest_unconfigure(self) -> None:
        self._patch.undo()
        digest = hashlib.sha256("".join(sorted(self._recorder.found)).encode()).hexdigest()
        text = json.dumps(self._recorder.found, ensure_ascii=True)
        (self._folder / f"{digest}.json").write_text(text, encoding="utf-8")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--record-payloads", type=Path, help="folder for what is recorded")


def pytest_configure(config: pytest.Config) -> None:
    folder = config.getoption("--record-payloads")
    if folder is not None:
        folder.mkdir(parents=True, exist_ok=True)
        config.pluginmanager.register(Plugin(folder.resolve(), pytest.MonkeyPatch()))


def _found_in(folder: Path) -> Iterator[tuple[str, Json]]:
    for file in sorted(folder.glob("*.json")):
        yield from json.loads(file.read_text(encoding="utf-8")).items()


def main(folder: Path) -> None:
    """Write the collection of all that was recorded in a folder."""
    COLLECTION.write_bytes(written(dict(_found_in(folder))))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
