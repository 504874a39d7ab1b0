"""The pages and questions that benchmarks read."""

from __future__ import annotations

import gzip
import hashlib
import json
import tarfile
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

ROOT = Path(__file__).parents[1]
CACHE = ROOT / "data" / "bench"
"""Unpacked wikis and their indexes, kept between runs; git ignores it."""
HANDBOOK = ROOT / "playground" / "handbook" / "pages"
HANDBOOK_SITE = "https://handbook.tts.gsa.gov"

_SHARED = ROOT.parent / "shared"


class MissingMaterial(Exception):
    """Material that does not come with the project is missing."""


def shared(path: str) -> Path:
    """Return the path of shared material.

    Raises:
        MissingMaterial: there is no such file.
    """
    if not (_SHARED / path).is_file():
        raise MissingMaterial(f"../shared/{path} is missing")
    return _SHARED / path


def unpacked(archive: Path) -> Path:
    """Return the folder in the cache with the contents of ``archive``. It is unpacked once for each
    content."""
    with archive.open("rb") as stream:
        content = hashlib.file_digest(stream, "sha256").hexdigest()[:12]
    folder = CACHE / "wikis" / f"{archive.name.split('.')[0]}-{content}"
    if not folder.is_dir():
        folder.parent.mkdir(parents=True, exist_ok=True)
        with TemporaryDirectory(dir=folder.parent) as scratch, tarfile.open(archive) as packed:
            packed.extractall(scratch, filter="data")
            Path(scratch).joinpath(archive.name.split(".")[0]).rename(folder)
    return folder


def reporting(identity: str) -> bool:
    """Return whether a question belongs to the reporting half. The program was developed on the
    other half."""
    return hashlib.blake2b(identity.encode()).digest()[0] % 2 == 1


def questions(name: str) -> Iterator[dict[str, Any]]:
    """Yield the questions of a shared set.

    Raises:
        MissingMaterial: there is no such set.
    """
    with gzip.open(shared(f"eval/{name}/questions.jsonl.gz"), "rt", encoding="utf-8") as lines:
        yield from map(json.loads, lines)


def write_questions(name: str, rows: Iterable[Mapping[str, Any]]) -> Path:
    """Write a question set of our own into the cache and return its path."""
    file = CACHE / "questions" / f"{name}.jsonl"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return file
