"""Numbers in sentences."""

from __future__ import annotations


def counted(number: int, thing: str) -> str:
    """Return the number with the noun that it counts, as in "1 page" and "1,204 pages". The noun
    takes an s."""
    return f"{number:,} {thing}{'' if number == 1 else 's'}"
