"""Times written for people, always with their time zone."""

from __future__ import annotations

from datetime import date, datetime


def in_words(moment: datetime) -> str:
    """Return day, year, time and zone, as in ``24 Nov 2026 14:02 UTC``."""
    return f"{moment:%d %b %Y} {time_of(moment)}"


def time_of(moment: datetime) -> str:
    """Return the time and its zone alone, as in ``14:02 UTC``."""
    return f"{moment:%H:%M %Z}"


def today() -> date:
    """Return today's date in this machine's time zone: an operator's day."""
    return day_of(datetime.now().astimezone())


def day_of(moment: datetime) -> date:
    """Return the moment's date in this machine's time zone, with summer time if in force then."""
    return moment.astimezone().date()
