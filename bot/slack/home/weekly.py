"""A moment of each week, in a time zone. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta, tzinfo

_WEEK = timedelta(days=7)
_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


@dataclass(frozen=True, slots=True)
class Weekly:
    """A weekly moment. ``weekday`` counts from Monday, 0, to Sunday, 6; ``at`` is local in
    ``zone``, including daylight saving time."""

    weekday: int
    at: time
    zone: tzinfo

    @classmethod
    def named(cls, weekday: str, at: time, zone: tzinfo) -> Weekly:
        """Create it for a weekday by its English name, in lower case."""
        return cls(_WEEKDAYS.index(weekday), at, zone)

    def latest(self, now: datetime) -> datetime:
        """Return the last such moment that is not after ``now``, in UTC."""
        today = now.astimezone(self.zone).date()
        day = today - timedelta(days=(today.weekday() - self.weekday) % 7)
        # In UTC: within one time zone Python compares local times, not moments.
        moment = datetime.combine(day, self.at, self.zone).astimezone(UTC)
        if moment <= now:
            return moment
        return datetime.combine(day - _WEEK, self.at, self.zone).astimezone(UTC)
