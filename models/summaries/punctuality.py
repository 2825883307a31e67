"""按时 迟报 补报 未报 零报告: how punctually every village reported over a span of days."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from itertools import islice
from typing import Final, NamedTuple

from sqlalchemy import ColumnElement, func, select

from models import clock
from models.report import FIGURES, DailyReport, Punctuality, ReportStatus
from models.session import Session
from models.summaries.counting import Place, number_of
from models.summaries.hours import hours
from models.summaries.reporting import ReportState, state_of
from models.summaries.span import Span


class Punctual(NamedTuple):
    """Of the reports of a span that were ``due``, one a day: how many came on time, late or on a later day, were sent
    back, are missing, and are still to come before today's deadline; ``zero`` of those that came were zero reports."""

    due: int = 0
    on_time: int = 0
    late: int = 0
    made_up: int = 0
    returned: int = 0
    missing: int = 0
    waiting: int = 0
    zero: int = 0

    @property
    def share(self) -> float | None:
        """How many of those that could be there were on time, 0 to 1; None if none could."""
        expected = self.due - self.waiting
        return self.on_time / expected if expected else None


def by_village(session: Session, span: Span, places: list[Place], now: datetime) -> dict[int, Punctual]:
    """Every village's reports. No report is due for a day to come."""
    today = clock.local_day(now)
    due = max(0, Span(span.first, min(span.last, today)).length)
    came = _came(session, span, [place.id for place in places])
    today_too = span.first <= today <= span.last
    waiting = _waiting(session, today, places, now) if today_too else frozenset()
    found = {}
    for place in places:
        here = came.get(place.id, Punctual())
        absent = due - (here.on_time + here.late + here.made_up + here.returned)
        still = int(place.id in waiting)
        found[place.id] = here._replace(due=due, missing=absent - still, waiting=still)
    return found


class Due(NamedTuple):
    """A report that was due, and what became of it."""

    place: Place
    on: date
    state: ReportState
    report_id: int | None = None
    zero: bool = False


_ABSENT: Final = {"missing": ReportState.MISSING, "waiting": ReportState.WAITING}


def due(session: Session, span: Span, places: list[Place], now: datetime, field: str, limit: int) -> list[Due]:
    """The first of the reports that a field of the counts stands for (``due``, ``missing``, ``waiting``, ``zero``), the
    latest days first. Raises ValueError for another field."""
    if field not in ("due", "zero", *_ABSENT):
        raise ValueError(field)
    today = clock.local_day(now)
    waiting = _waiting(session, today, places, now)
    there = _there(session, span, places)
    found: Iterator[Due] = (
        there.get((place.id, day))
        or Due(place, day, ReportState.WAITING if day == today and place.id in waiting else ReportState.MISSING)
        for day in reversed(list(Span(span.first, min(span.last, today)).days()))
        for place in places
    )
    if field == "zero":
        found = (one for one in found if one.zero)
    elif field in _ABSENT:
        found = (one for one in found if one.state is _ABSENT[field])
    return list(islice(found, limit))


def _there(session: Session, span: Span, places: list[Place]) -> dict[tuple[int, date], Due]:
    """The reports that are there, sent back or not, by village and day."""
    known = {place.id: place for place in places}
    query = select(
        DailyReport.village_id, DailyReport.on, DailyReport.punctuality, DailyReport.status, DailyReport.id, _zero()
    ).where(DailyReport.village_id.in_(known), DailyReport.on.between(span.first, span.last))
    return {
        (village_id, on): Due(
            known[village_id], on, state_of(how, status), number, bool(zero) and status is not ReportStatus.RETURNED
        )
        for village_id, on, how, status, number, zero in session.execute(query)
    }


def _zero() -> ColumnElement[bool]:
    """零报告: reports whose every figure is zero."""
    total: ColumnElement[int] = sum(
        (getattr(DailyReport, name) for name in FIGURES[1:]), start=getattr(DailyReport, FIGURES[0])
    )
    return total == 0


def _came(session: Session, span: Span, villages: list[int]) -> dict[int, Punctual]:
    """What was handed in, and what of it was sent back."""
    by = (DailyReport.village_id, DailyReport.punctuality, DailyReport.status)
    query = (
        select(*by, func.count(), number_of(_zero()))
        .where(DailyReport.village_id.in_(villages), DailyReport.on.between(span.first, span.last))
        .group_by(*by)
    )
    found: dict[int, Punctual] = {}
    for village_id, punctuality, status, count, zero in session.execute(query):
        here = found.get(village_id, Punctual())
        if status is ReportStatus.RETURNED:
            here = here._replace(returned=here.returned + count)
        else:
            name = {Punctuality.ON_TIME: "on_time", Punctuality.LATE: "late"}.get(punctuality, "made_up")
            here = here._replace(**{name: getattr(here, name) + count}, zero=here.zero + zero)
        found[village_id] = here
    return found


def _waiting(session: Session, today: date, places: list[Place], now: datetime) -> frozenset[int]:
    """Villages that may still report for today in time, and have not yet."""
    times = hours(session, today)
    numbers = [place.id for place in places if now <= times.deadline(place.township_id)]
    query = select(DailyReport.village_id).where(DailyReport.on == today, DailyReport.village_id.in_(numbers))
    return frozenset(numbers) - frozenset(session.scalars(query))
