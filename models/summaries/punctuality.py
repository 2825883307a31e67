"""按时 迟报 补报 未报 零报告: how punctually every village reported over a span of days."""

from __future__ import annotations

from datetime import date, datetime
from itertools import islice
from typing import NamedTuple

from sqlalchemy import func, select

from models import clock
from models.report import FIGURES, DailyReport, Punctuality, ReportStatus
from models.session import Session
from models.summaries.counting import Place, number_of
from models.summaries.hours import hours
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


class Missing(NamedTuple):
    """A report that is not there although its deadline has passed."""

    place: Place
    on: date


def missing(session: Session, span: Span, places: list[Place], now: datetime, limit: int) -> list[Missing]:
    """The first of the reports that are missing, the latest days first."""
    today = clock.local_day(now)
    villages = [place.id for place in places]
    came = select(DailyReport.village_id, DailyReport.on).where(
        DailyReport.village_id.in_(villages), DailyReport.on.between(span.first, span.last)
    )
    there = {(village_id, day) for village_id, day in session.execute(came)}
    waiting = _waiting(session, today, places, now)
    absent = (
        Missing(place, day)
        for day in reversed(list(span.days()))
        for place in places
        if day <= today and (place.id, day) not in there and not (day == today and place.id in waiting)
    )
    return list(islice(absent, limit))


def _came(session: Session, span: Span, villages: list[int]) -> dict[int, Punctual]:
    """What was handed in, and what of it was sent back."""
    total = sum((getattr(DailyReport, name) for name in FIGURES[1:]), start=getattr(DailyReport, FIGURES[0]))
    by = (DailyReport.village_id, DailyReport.punctuality, DailyReport.status)
    query = (
        select(*by, func.count(), number_of(total == 0))
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
