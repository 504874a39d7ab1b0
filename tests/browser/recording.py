"""Record what the bot sends to the local Slack while tests run, for the tests of the page.

``make payloads`` runs the tests with this plugin (``-p tests.browser.recording``) and writes
tests/data/payloads.json.gz: every distinct message and view, with ids, times and local addresses
normalised. Payloads that differ only in words count as one; blocks, elements, ids and markup count.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import os
import re
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from footnote_bot.playground.slack.core import Core
from footnote_bot.playground.slack.model import Message, View
from footnote_bot.playground.slack.views import ViewStacks

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
    """A recorder that writes each payload of a new shape to a file, one a line."""

    def __init__(self, folder: Path) -> None:
        self._shapes: set[str] = set()
        self._file = folder / f"{os.getpid()}.jsonl"

    def message(self, message: Message) -> None:
        if message.blocks or message.text:
            streaming = message.stream is not None and message.stream.end is None
            signs = {"only_for": message.only_for, "streaming": streaming}
            self._add({**message.wire(), "channel": message.channel, **signs})

    def view(self, view: View) -> None:
        self._add({**view.definition, "id": view.id})

    def _add(self, payload: Mapping[str, Any]) -> None:
        visible = {name: value for name, value in payload.items() if name not in _NOT_SHOWN}
        normal = json.loads(normalised(json.dumps(visible)))
        if (shape := shape_of(normal)) not in self._shapes:
            self._shapes.add(shape)
            with self._file.open("a", encoding="utf-8") as file:
                file.write(json.dumps(normal, sort_keys=True) + "\n")


def normalised(text: str) -> str:
    """Return a payload's JSON without parts that differ between runs and machines."""
    text = _FOLDER.sub("/folder/", text)
    text = _PORT.sub(r"\1:8080", text)
    names: dict[str, str] = {}

    def numbered(match: re.Match[str]) -> str:
        return names.setdefault(match[0], f"{match[1]}1{len(names):09d}")

    def timed(match: re.Match[str]) -> str:
        return names.setdefault(match[0], f"1795000000.{len(names):06d}")

    return _SECONDS.sub("1795000000", _TS.sub(timed, _ID.sub(numbered, text)))


def shape_of(payload: Any) -> str:
    """Return a hash of everything in a payload but the words in its texts."""
    shape = json.dumps(_without_words(payload), sort_keys=True)
    return hashlib.sha256(shape.encode()).hexdigest()


def _without_words(value: Any) -> Any:
    if isinstance(value, dict):
        compared = ("type", "block_id", "action_id", "callback_id", "style", "level")
        return {
            name: re.sub(r"\d+", "0", str(part)) if name in compared else _without_words(part)
            for name, part in value.items()
        }
    if isinstance(value, list):
        return [_without_words(part) for part in value]
    return _WORDS.sub("w", value)[:300] if isinstance(value, str) else type(value).__name__


def collection() -> list[Json]:
    """Return the recorded payloads."""
    payloads: list[Json] = json.loads(gzip.decompress(COLLECTION.read_bytes()))
    return payloads


# The plugin


def _record(recorder: Recorder, patch: pytest.MonkeyPatch) -> None:
    """Record every message and view of local Slacks in this process."""
    for name in ("post", "changed"):
        patch.setattr(Core, name, _and_then(getattr(Core, name), recorder.message, which=1))
    for name in ("open", "push", "publish", "replace"):
        method = getattr(ViewStacks, name)
        patch.setattr(ViewStacks, name, _and_then(method, recorder.view, which=-1))


def _and_then(
    method: Callable[..., Any], record: Callable[[Any], None], *, which: int
) -> Callable[..., Any]:
    """Return a method that records one of its arguments, or its result, which counts as the last
    argument."""

    def call(*arguments: Any, **more: Any) -> Any:
        result = method(*arguments, **more)
        record((*arguments, result)[which])
        return result

    return call


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--record-payloads", type=Path, help="folder for what is recorded")


def pytest_configure(config: pytest.Config) -> None:
    folder = config.getoption("--record-payloads")
    if folder is not None:
        folder.mkdir(parents=True, exist_ok=True)
        patch = pytest.MonkeyPatch()
        _record(Recorder(folder.resolve()), patch)
        config.add_cleanup(patch.undo)


def main(folder: Path) -> None:
    """Write the collection of the records in a folder. The same payloads give the same bytes."""
    payloads: dict[str, str] = {}
    for file in sorted(folder.glob("*.jsonl")):
        for line in file.read_text(encoding="utf-8").splitlines():
            shape = shape_of(json.loads(line))
            payloads[shape] = min(line, payloads.get(shape, line))
    lines = ",\n".join(payloads[shape] for shape in sorted(payloads))
    COLLECTION.write_bytes(gzip.compress(f"[\n{lines}\n]\n".encode(), mtime=0))
    print(f"{len(payloads)} payloads, {COLLECTION.stat().st_size} bytes")  # noqa: T201 - for `make`


if __name__ == "__main__":
    main(Path(sys.argv[1]))
