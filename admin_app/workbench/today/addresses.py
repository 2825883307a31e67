"""The addresses of the day's pages."""

from __future__ import annotations

from datetime import date
from typing import Final
from urllib.parse import urlencode

DAILY: Final = "/admin/summary/daily/"
DISTRICT: Final = "/admin/summary/district/"


def daily_url(on: date, village_id: int | None = None, part: str = "", **more: object) -> str:
    """A village's day, or one of its further pages (``part``: "names/", "correct/", "return/")."""
    given = {"on": on.isoformat(), "village": village_id, **more}
    return f"{DAILY}{part}?{urlencode({name: value for name, value in given.items() if value not in (None, '')})}"


def district_url(on: date, part: str = "", **more: object) -> str:
    """The district's sheet of a day, or one of its further pages (``part``: "close/", "phones/")."""
    given = {"on": on.isoformat(), **more}
    return f"{DISTRICT}{part}?{urlencode({name: value for name, value in given.items() if value not in (None, '')})}"
