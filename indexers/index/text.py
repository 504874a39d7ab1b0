"""Text as the engines and tokenizers take it."""

from __future__ import annotations


def encodable(text: str) -> str:
    """A lone surrogate is no text, and everything behind this refuses it."""
    return text.encode("utf-8", "replace").decode("utf-8")
