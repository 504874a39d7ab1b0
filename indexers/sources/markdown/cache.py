"""A cache of results computed from the files of a wiki, for the next sync and the next process.

The key of each value is a digest of everything that it was computed from, and the whole cache is
sealed with a digest of the code. So a cache that is lost, old or another wiki's costs time, and
never a change.
"""

from __future__ import annotations

import json
import logging
import sys
import threading
from collections.abc import Collection, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import cache
from hashlib import blake2b
from importlib.metadata import version
from pathlib import Path

import yaml

from indexers.sources.markdown.front_matter import FrontMatter

log = logging.getLogger(__name__)

_CODE = Path(__file__).parents[2]
_FOLDERS = ("sources/markdown", "text", "parsing")
"""The code that a file passes through, below `_CODE`."""
_LIBRARIES = ("PyYAML", "charset-normalizer", "markdown-it-py", "mdit-py-plugins")


@dataclass(frozen=True, slots=True)
class Skimmed:
    """The parts of a page that the rest of the wiki needs: its front matter, and its possible
    links."""

    matter: FrontMatter
    links: frozenset[str]


class PageCache:
    """A cache in ``file``, or in memory without one. It is safe in several threads.

    ``file`` is read at the first use and written by `save`. A file that cannot be read or written
    counts as empty: only time is lost.
    """

    def __init__(self, file: Path | None = None) -> None:
        self._file = file
        if file is not None:
            _code()  # now, because an update may replace the code of a running process
        self._lock = threading.RLock()
        self._read = file is None
        self._differs = False
        self._skimmed: dict[str, Skimmed] = {}
        self._revisions: dict[str, str] = {}
        self._empty: set[str] = set()
        self._used: set[str] = set()

    def skimmed(self, content: str) -> Skimmed | None:
        """Return the result of skimming a file whose bytes have the digest ``content``."""
        with self._loaded():
            return self._skimmed.get(content)

    def keep_skimmed(self, content: str, skimmed: Skimmed) -> None:
        with self._loaded():
            self._skimmed[content] = skimmed
            self._differs = True

    def forget_files(self, *, keep: Collection[str]) -> None:
        """Forget all skimmed files but those with the digests ``keep``."""
        with self._loaded():
            remaining = {
                content: skimmed for content, skimmed in self._skimmed.items() if content in keep
            }
            self._differs = self._differs or len(remaining) < len(self._skimmed)
            self._skimmed = remaining

    def revision(self, name: str) -> str | None:
        """Return the digest of a page; ``name`` is a digest of everything that it depends on."""
        with self._loaded(name):
            return self._revisions.get(name)

    def keep_revision(self, name: str, revision: str) -> None:
        with self._loaded(name):
            self._revisions[name] = revision
            self._differs = True

    def is_empty(self, revision: str) -> bool:
        """Return whether the page with this digest was converted, and had no text."""
        with self._loaded(revision):
            return revision in self._empty

    def keep_empty(self, revision: str) -> None:
        with self._loaded(revision):
            self._empty.add(revision)
            self._differs = True

    def forget_pages(self) -> None:
        """Forget all pages that were not used since the last call."""
        with self._loaded():
            used, self._used = self._used, set()
            revisions = {
                name: revision for name, revision in self._revisions.items() if name in used
            }
            empty = self._empty & used
            removed = len(self._revisions) > len(revisions) or len(self._empty) > len(empty)
            self._differs = self._differs or removed
            self._revisions, self._empty = revisions, empty

    def save(self) -> None:
        """Write the file, completely or not at all, if the cache differs from it."""
        with self._lock:
            if self._file is None or not self._differs or not _code():
                return
            self._differs = False
            content = json.dumps(
                {
                    "skimmed": {
                        key: [skimmed.matter.values, skimmed.matter.warning, sorted(skimmed.links)]
                        for key, skimmed in self._skimmed.items()
                    },
                    "revisions": self._revisions,
                    "empty": sorted(self._empty),
                },
                separators=(",", ":"),
            ).encode("ascii")
            unfinished = self._file.with_suffix(".new")
            try:
                self._file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
                unfinished.write_bytes(_seal(content) + content)
                unfinished.replace(self._file)
            except OSError as error:
                log.info("%s cannot be written: %s", self._file, error.strerror or error)
                with suppress(OSError):
                    unfinished.unlink(missing_ok=True)

    @contextmanager
    def _loaded(self, used: str = "") -> Iterator[None]:
        with self._lock:
            self._load()
            self._used.add(used)
            yield

    def _load(self) -> None:
        if self._read or self._file is None:
            return
        self._read = True
        try:
            content = self._file.read_bytes()
        except OSError:
            return
        seal, line, body = content.partition(b"\n")
        if not _code() or seal + line != _seal(body):
            return  # written by another version, or torn by a power cut
        values = json.loads(body)
        self._skimmed = {
            key: Skimmed(FrontMatter(matter, warning), frozenset(links))
            for key, (matter, warning, links) in values["skimmed"].items()
        }
        self._revisions, self._empty = values["revisions"], set(values["empty"])


def _seal(content: bytes) -> bytes:
    """Return the first line of a file: a digest of its content and of the code that made it."""
    return blake2b(content, key=_code(), digest_size=32).hexdigest().encode() + b"\n"


@cache
def _code() -> bytes:
    """Return a digest of the code that reads pages; empty if it cannot be computed."""
    hashed = blake2b(digest_size=32)
    try:
        files = [_CODE / "model.py"]
        for folder in _FOLDERS:
            files += sorted((_CODE / folder).glob("*.py"))
        for file in files:
            hashed.update(f"{file.name} ".encode() + blake2b(file.read_bytes()).digest())
        used = [f"{name} {version(name)}" for name in _LIBRARIES]
    except (OSError, ImportError):
        return b""
    by_c = hasattr(yaml, "CSafeLoader")
    hashed.update("\n".join((*used, f"{by_c}", sys.version)).encode())
    return hashed.digest()
