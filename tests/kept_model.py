"""The model that detects languages, loaded once. The bot unloads it after every sync, and loading
it again takes a third of a second."""

from __future__ import annotations

from functools import cache

from py3langid.langid import LanguageIdentifier

_load = cache(LanguageIdentifier.from_model_file)


def keep_language_model() -> None:
    """Keep the model for later syncs of this process and of its forks."""
    LanguageIdentifier.from_model_file = _load  # type: ignore[method-assign]


def forget_language_model() -> None:
    """Let the next use load the model from its file."""
    _load.cache_clear()
