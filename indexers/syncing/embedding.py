"""Use case: passages that wait for an embedding -> embedded, the most urgent first."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from itertools import islice

from footnote_bot.indexers.errors import IndexersError
from footnote_bot.indexers.model import Failed, Passage, Progress, SyncReport
from footnote_bot.indexers.ports import Embedder, Embedding, PassageIndex

log = logging.getLogger(__name__)

BATCH = 256
"""Passages that are embedded together, sorted by length across their pages: enough to sort well,
and few enough that a stop waits for some two seconds only."""


def embed_waiting(
    index: PassageIndex,
    embedder: Embedder,
    report: SyncReport,
    *,
    progress: Callable[[Progress], None],
    stopped: Callable[[], bool],
) -> None:
    """Embed the waiting passages of the report's wiki: first those that searches have just found,
    then those of the newest pages. After a stop, the next sync embeds the others.

    Raises:
        IndexUnavailable, ModelUnavailable: nothing can be written now.
    """
    wiki, waiting = report.wiki, index.unembedded
    remaining = dict.fromkeys(waiting.digests(wiki))
    total = len(remaining)
    while remaining and not stopped():
        urgent = [digest for digest in waiting.recently_found() if digest in remaining][:BATCH]
        batch = list(dict.fromkeys([*urgent, *islice(remaining, BATCH)]))[:BATCH]
        for digest in batch:
            del remaining[digest]
        passages = waiting.passages(wiki, batch)
        embeddings = _embeddings(embedder, list(passages.values()), report)
        waiting.embed(wiki, embeddings)
        report.passages_embedded += len(embeddings)
        progress(Progress(wiki, total - len(remaining), total, embedding=True))


def _embeddings(
    embedder: Embedder, passages: Sequence[Passage], report: SyncReport
) -> dict[str, Embedding]:
    """Embed the passages at once, or one by one if one of them breaks it."""
    try:
        return _by_digest(embedder, passages)
    except IndexersError:
        raise
    except Exception:
        log.debug("these passages could not be embedded at once", exc_info=True)
    embeddings: dict[str, Embedding] = {}
    for passage in passages:
        try:
            embeddings |= _by_digest(embedder, [passage])
        except IndexersError:
            raise
        except Exception as error:
            log.exception("%s: a passage of %s cannot be embedded", passage.wiki, passage.page)
            reason = f"is found by its words alone ({type(error).__name__}; see the log)"
            report.failed.append(Failed(passage.page, reason))
    return embeddings


def _by_digest(embedder: Embedder, passages: Sequence[Passage]) -> dict[str, Embedding]:
    embeddings = embedder.embed_passages([passage.embedded for passage in passages])
    return dict(zip((passage.digest for passage in passages), embeddings, strict=True))
