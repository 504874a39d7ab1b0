"""Numbers in sentences."""

from __future__ import annotations


def counted(number: int, thing: str) -> str:
    """Return the number with the noun (its plural with s), as "1 page" or "1,204 pages"."""
    return f"{number:,} {thing}{'' if number == 1 else 's'}"
