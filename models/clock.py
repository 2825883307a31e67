"""The one clock: instants are UTC, days are Asia/Shanghai days.

Rules take dates as arguments; only the edges (a session's flush, a view, the command line) ask the clock.
``TAIZHANG_TODAY=2020-02-03`` moves the day for demos and tests and leaves the time of day running.
"""

from __future__ import annotations

import os
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

ZONE = ZoneInfo("Asia/Shanghai")


def now() -> datetime:
    """This instant, aware, in UTC, on the day that ``TAIZHANG_TODAY`` names if it does."""
    instant = datetime.now(UTC)
    pinned = os.environ.get("TAIZHANG_TODAY")
    if not pinned:
        return instant
    local = instant.astimezone(ZONE)
    return datetime.combine(date.fromisoformat(pinned), local.time(), ZONE).astimezone(UTC)


def today() -> date:
    """The Asia/Shanghai day of ``now()``."""
    return local_day(now())


def local_day(instant: datetime) -> date:
    """The Asia/Shanghai day an aware instant falls on."""
    return instant.astimezone(ZONE).date()


def day_span(day: date) -> tuple[datetime, datetime]:
    """The half-open span of instants [start, end) that makes up a Shanghai day."""
    start = datetime.combine(day, time(), ZONE)
    return start.astimezone(UTC), (start + timedelta(days=1)).astimezone(UTC)
