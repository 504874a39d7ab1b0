"""Use case: passages that wait for an embedding -> embedded, those of the newest pages first."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence

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
    """Embed the waiting passages of the report's wiki, those of the newest pages first. After a
    stop, the next sync embeds the others.

    Raises:
        IndexUnavailable, ModelUnavailable: nothing can be written now.
    """
    wiki, waiting = report.wiki, index.unembedded
    digests = waiting.digests(wiki)
    for at in range(0, len(digests), BATCH):
        if stopped():
            return
        batch = digests[at : at + BATCH]
        passages = waiting.passages(wiki, batch)
        embeddings = _embeddings(embedder, list(passages.values()), report)
        waiting.embed(wiki, embeddings)
        report.passages_embedded += len(embeddings)
        progress(Progress(wiki, at + len(batch), len(digests), embedding=True))


def _embeddings(
    embedder: Embedder, passages: Sequence[Passage], report: SyncReport
) -> dict[str, Embedding]:
    """Return the embeddings by digest, computed together or, after an error, one by one."""
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
    """Embed the passages together, and return the embeddings by passage digest."""
    embeddings = embedder.embed_passages([passage.embedded for passage in passages])
    return dict(zip((passage.digest for passage in passages), embeddings, strict=True))
