"""A moment of each week, in one place of the world. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta, tzinfo

_WEEK = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Weekly:
    """``weekday`` counts from Monday, 0, to Sunday, 6; ``hour`` is that of ``zone``, whatever
    its clocks do."""

    weekday: int
    hour: int
    zone: tzinfo

    def latest(self, now: datetime) -> datetime:
        """The last such moment that is not after ``now``, in UTC."""
        today = now.astimezone(self.zone).date()
        day = today - timedelta(days=(today.weekday() - self.weekday) % 7)
        # In UTC: in one time zone Python compares the clocks' faces, not the moments.
        moment = datetime.combine(day, time(self.hour), self.zone).astimezone(UTC)
        if moment <= now:
            return moment
        return datetime.combine(day - _WEEK, time(self.hour), self.zone).astimezone(UTC)
