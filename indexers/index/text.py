"""Text as the engines and tokenizers take it."""

from __future__ import annotations


def encodable(text: str) -> str:
    """Return the text without unpaired surrogates, which the libraries refuse."""
    return text.encode("utf-8", "replace").decode("utf-8")
