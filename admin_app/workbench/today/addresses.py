"""The addresses of the day's pages."""

from __future__ import annotations

from datetime import date
from typing import Final

from admin_app.addresses import address

DAILY: Final = "/admin/summary/daily/"
DISTRICT: Final = "/admin/summary/district/"


def daily_url(on: date, village_id: int | None = None, part: str = "", **more: object) -> str:
    """A village's day, or one of its further pages (``part``: "names/", "correct/", "return/")."""
    given = {"on": on.isoformat(), "village": village_id, **more}
    return address(f"{DAILY}{part}", [(name, value) for name, value in given.items() if value not in (None, "")])


def district_url(on: date, part: str = "", **more: object) -> str:
    """The district's sheet of a day, or one of its further pages (``part``: "close/", "phones/")."""
    given = {"on": on.isoformat(), **more}
    return address(f"{DISTRICT}{part}", [(name, value) for name, value in given.items() if value not in (None, "")])
