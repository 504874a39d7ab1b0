"""The errors of indexing as a tree: who reads each, and whether to try again.

IndexersError                 operator reads it; the message is one sentence
├── WikiUnavailable           try again: the wiki cannot be listed now
│   └── WikiMisconfigured     do not: no such folder, wrong address, no access
├── ReadingStopped            somebody stopped the sync
├── MassRemoval               a human must allow it (--allow-mass-removal)
├── RebuildRefused            a human must look: the old index was kept, the message says why
├── IndexUnavailable          try again: disk full, or one of these
│   ├── IndexAway             the server does not answer, or fails
│   ├── IndexLocked           another process holds the embedded index
│   └── IndexCorrupt          rebuild: the next sync does so by itself
└── ModelUnavailable          the embedding model is missing or not the one named
    └── ModelUnknown          the settings name a model that fastembed does not know
"""

from __future__ import annotations


class IndexersError(Exception):
    """An error whose message is written for the operator: one sentence, what to do, no secrets."""


class WikiUnavailable(IndexersError):
    def behind(self, sentence: str) -> WikiUnavailable:
        """Return an error that says ``sentence``, with this error as the reason."""
        kind = WikiMisconfigured if isinstance(self, WikiMisconfigured) else WikiUnavailable
        return kind(f"{sentence} {self}")


class ReadingStopped(IndexersError):
    """The sync was stopped before the wiki was listed."""


class WikiMisconfigured(WikiUnavailable):
    pass


class MassRemoval(IndexersError):
    pass


class RebuildRefused(IndexersError):
    pass


class IndexUnavailable(IndexersError):
    pass


class IndexAway(IndexUnavailable):
    pass


class IndexLocked(IndexUnavailable):
    pass


class IndexCorrupt(IndexUnavailable):
    def __init__(self, message: str, why: str = "the old one is damaged") -> None:
        """Create it. ``why`` is a clause about what is wrong with the index."""
        super().__init__(message)
        self.why = why


class ModelUnavailable(IndexersError):
    pass


class ModelUnknown(ModelUnavailable):
    pass
