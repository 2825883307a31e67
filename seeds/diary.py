"""The demo is written as its ledgers would have been: day after day, each day's entries on that day.

So the rules are asked what they were asked then (a visit is no late entry on its own day), and the trail tells the
days as they went.
"""

from __future__ import annotations

import gc
import os
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import event

from models import clock
from models.alert import Alert
from models.base import Record
from models.report import Adjustment, DailyReport, DayClosing, ReportRevision
from models.session import Session, remove
from models.visit import Visit

Progress = Callable[[str, int, int], None]
Deed = Callable[[Session], None]


def at(day: date, hour: int, minute: int = 0, second: int = 0) -> datetime:
    """An instant of a Shanghai day."""
    return datetime.combine(day, time(hour, minute, second), clock.ZONE)


@dataclass
class _Page:
    """What was entered on one day: new records, then changes, then what was done with what came of them, then what went
    into the recycle bin."""

    new: list[Record] = field(default_factory=list)
    changes: list[tuple[Record, dict[str, Any]]] = field(default_factory=list)
    deeds: list[Deed] = field(default_factory=list)
    gone: list[Record] = field(default_factory=list)


class Diary:
    """What was entered on which day, before it is entered."""

    def __init__(self) -> None:
        self._pages: defaultdict[date, _Page] = defaultdict(_Page)

    def enter(self, day: date, record: Record, created_at: datetime | None = None) -> None:
        """A new record. What it refers to is entered on the same day or was before."""
        page = self._pages[day]
        record.created_at = created_at or at(day, 8) + timedelta(seconds=5 * len(page.new))
        page.new.append(record)

    def change(self, day: date, record: Record, **values: Any) -> None:
        """A record that was entered before gets new values."""
        self._pages[day].changes.append((record, values))

    def do(self, day: date, deed: Deed) -> None:
        """Something is done with records that came of others, as alerts come of visits."""
        self._pages[day].deeds.append(deed)

    def throw_away(self, day: date, record: Record) -> None:
        """A record that was entered before goes into the recycle bin."""
        self._pages[day].gone.append(record)

    def write(self, session: Session, progress: Progress | None = None) -> None:
        """Enter everything, the days in order. The caller commits."""
        days = sorted(self._pages)
        with _all_kept(), _history(session):
            for number, day in enumerate(days, 1):
                with pinned(day):
                    _write_page(session, self._pages[day])
                if progress is not None:
                    progress("演示数据 demo", number, len(days))


def _write_page(session: Session, page: _Page) -> None:
    for early in (True, False):  # the evening's rules are asked when the morning is on record
        session.add_all(r for r in page.new if (r.created_at.astimezone(clock.ZONE).time() < time(12)) is early)
        session.flush()
    for record, values in page.changes:
        for name, value in values.items():
            setattr(record, name, value)
    session.flush()
    for deed in page.deeds:
        deed(session)
    session.flush()
    for record in page.gone:
        remove(session, record)
    session.flush()


@contextmanager
def _history(session: Session) -> Iterator[None]:
    """What is entered happened before, with events of its own."""
    before = session.info.get("history", False)
    session.info["history"] = True
    event.listen(session, "transient_to_pending", _date_by_what_it_tells)
    try:
        yield
    finally:
        event.remove(session, "transient_to_pending", _date_by_what_it_tells)
        session.info["history"] = before


def _date_by_what_it_tells(session: Session, record: object) -> None:
    """What comes of other records is from when these are: an alert of its visit, a report of when it was handed in."""
    match record:
        case Alert(visit=Visit() as visit) if visit.created_at:
            record.raised_at = record.created_at = visit.created_at
        case DailyReport(handed_in_at=datetime() as moment) | ReportRevision(handed_in_at=datetime() as moment):
            record.created_at = moment
        case Adjustment(report=DailyReport() as report):
            record.created_at = report.handed_in_at
        case DayClosing(closed_at=datetime() as moment):
            record.created_at = moment


@contextmanager
def _all_kept() -> Iterator[None]:
    """Nothing is thrown away while thousands of records are made: looking for rubbish took a quarter of the time."""
    collecting = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collecting:
            gc.enable()


@contextmanager
def pinned(day: date) -> Iterator[None]:
    """The clock's day is this one, as ``TAIZHANG_TODAY`` makes it."""
    before = os.environ.get("TAIZHANG_TODAY")
    os.environ["TAIZHANG_TODAY"] = day.isoformat()
    try:
        yield
    finally:
        if before is None:
            del os.environ["TAIZHANG_TODAY"]
        else:
            os.environ["TAIZHANG_TODAY"] = before
