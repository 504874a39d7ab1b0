"""Memory that only a sync needs is returned after it."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from footnote_bot.config.settings import Secrets, Settings
from footnote_bot.indexers.index import languages
from footnote_bot.indexers.indexing import Indexing
from tests.fakes.embedding import WordEmbedder
from tests.fakes.wiki import DictWiki

_OWN = """
def own():
    "Return the megabytes of this process, without those that map a file."
    lines = open("/proc/self/status").read().splitlines()
    (kilobytes,) = (line.split()[1] for line in lines if line.startswith("RssAnon"))
    return int(kilobytes) // 1024
"""
# The batch has as many tokens as fit.
_EMBED = """
import os
from footnote_bot.indexers.index.embedding import LocalEmbedder
os.cpu_count = lambda: 1
embedder = LocalEmbedder()
embedder.embed_question("How long is leave?")
before = own()
embedder.embed_passages(["leave " * 254] * 8)
print(own() - before)
"""
# The last block is kept, so that those below it cannot be cut off the end of the heap.
_FREE = """
from footnote_bot.indexers.index.languages import return_memory
before = own()
blocks = [b"x" * 100_000 for _ in range(1_000)]
del blocks[:-1]
kept = own() - before
return_memory()
print(kept, own() - before)
"""


# The memory of a process is read in /proc. Elsewhere nothing is returned either: `return_memory` is
# glibc's, so there is nothing to test.
needs_proc = pytest.mark.skipif(sys.platform != "linux", reason="only Linux has /proc")


def run(program: str) -> Sequence[int]:
    """Return the numbers that ``program`` prints, in a process of its own."""
    command = [sys.executable, "-c", _OWN + program]
    return [int(word) for word in subprocess.check_output(command, text=True).split()]


@needs_proc
def test_embedding_returns_what_its_largest_batch_took() -> None:
    (more,) = run(_EMBED)

    assert more < 60  # 100 and more, if onnxruntime keeps it


@needs_proc
def test_freed_memory_is_returned_to_the_system() -> None:
    kept, after = run(_FREE)

    assert after < 10
    assert kept > 80


@pytest.mark.parametrize("is_broken", [False, True], ids=["whole", "broken off"])
def test_after_a_sync_the_model_that_detects_languages_is_not_kept(
    tmp_path: Path, *, is_broken: bool
) -> None:
    wiki = DictWiki("wiki")
    wiki.write("conges", "Les congés sont demandés sur le portail deux semaines à l'avance.")
    wiki.write("ferien", "Urlaub wird spätestens zwei Wochen vorher im Portal beantragt.")
    wiki.breaks_off = 1 if is_broken else None
    languages._model()

    class Own(Indexing):
        embedder = WordEmbedder()

    with Own(Settings(), Secrets(), wikis=[wiki], folder=tmp_path) as indexing:
        (report,) = indexing.sync()

    assert report.added == (1 if is_broken else 2)
    assert languages._model.cache_info().currsize == 0
