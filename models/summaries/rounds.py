"""一日两测 over a span of days: how many slots were expected, done and missed, and how the visits ended.

What is expected on a day, and what of it is done, is told by ``slots`` alone.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator
from datetime import date, datetime
from typing import NamedTuple

from sqlalchemy import func, select

from models import clock
from models.session import Session
from models.states import Outcome, Period
from models.summaries import slots
from models.summaries.counting import Place
from models.summaries.hours import Hours, hours
from models.summaries.slots import OpenSlot
from models.summaries.span import Span
from models.visit import Visit

PERIODS = tuple(Period)


class RoundCounts(NamedTuple):
    """Slots, and the visits that were paid. ``expected`` = ``done`` + ``missed`` + ``open`` (before today's cut-off);
    ``normal`` + ``abnormal`` + ``not_met`` + ``refused`` = ``done`` + ``beside`` (visits that no slot waited for, as on
    the morning of a release)."""

    expected: int = 0
    done: int = 0
    missed: int = 0
    open: int = 0
    normal: int = 0
    abnormal: int = 0
    not_met: int = 0
    refused: int = 0
    beside: int = 0

    def plus(self, other: RoundCounts) -> RoundCounts:
        """Two of them together."""
        return RoundCounts(*(one + two for one, two in zip(self, other, strict=True)))

    @property
    def share(self) -> float | None:
        """How many of the slots that are over, or done already, are done, 0 to 1; None if there are none."""
        expected = self.done + self.missed
        return self.done / expected if expected else None


def by_day(
    session: Session, span: Span, places: list[Place], now: datetime, periods: Collection[Period] = PERIODS
) -> dict[date, RoundCounts]:
    """Every day of a span."""
    found = dict.fromkeys(span.days(), RoundCounts())
    for (day, _), counts in _each(session, span, places, now, periods):
        found[day] = found[day].plus(counts)
    return found


def by_village(
    session: Session, span: Span, places: list[Place], now: datetime, periods: Collection[Period] = PERIODS
) -> dict[int, RoundCounts]:
    """Every village over all days of a span."""
    found = {place.id: RoundCounts() for place in places}
    for (_, village_id), counts in _each(session, span, places, now, periods):
        found[village_id] = found[village_id].plus(counts)
    return found


def _each(
    session: Session, span: Span, places: list[Place], now: datetime, periods: Collection[Period]
) -> Iterator[tuple[tuple[date, int], RoundCounts]]:
    """The counts of every day and village in which there is something to count."""
    townships = {place.id: place.township_id for place in places}
    today = clock.local_day(now)
    times = hours(session, today)
    visits = _visits(session, span, list(townships), periods)
    for day in span.days():
        expecting = slots.counts(session, day) if day <= today else {}
        for village_id, township_id in townships.items():
            paid = visits.get((day, village_id), RoundCounts())
            counts = paid
            for period in periods:
                slot = expecting.get((village_id, period), slots.SlotCount())
                over = _over(times, day, today, period, now, township_id)
                counts = counts._replace(
                    expected=counts.expected + slot.expected,
                    done=counts.done + slot.done,
                    missed=counts.missed + (slot.open if over else 0),
                    open=counts.open + (0 if over else slot.open),
                )
            all_paid = paid.normal + paid.abnormal + paid.not_met + paid.refused
            yield (day, village_id), counts._replace(beside=all_paid - counts.done)


def _visits(
    session: Session, span: Span, villages: list[int], periods: Collection[Period]
) -> dict[tuple[date, int], RoundCounts]:
    """How the visits of every day and village ended."""
    # in the order of the index that is led by the village, so that nothing has to be sorted
    by = (Visit.village_id, Visit.on, Visit.period, Visit.outcome)
    query = (
        select(*by, func.count())
        .where(Visit.village_id.in_(villages), Visit.on.between(span.first, span.last))
        .group_by(*by)
    )
    found: dict[tuple[date, int], Counter[Outcome]] = {}
    for village_id, day, period, outcome, count in session.execute(query):
        if period in periods:
            found.setdefault((day, village_id), Counter())[outcome] += count
    return {
        key: RoundCounts(
            normal=ended[Outcome.NORMAL],
            abnormal=ended[Outcome.ABNORMAL],
            not_met=ended[Outcome.NOT_MET],
            refused=ended[Outcome.REFUSED],
        )
        for key, ended in found.items()
    }


# ---- who they are ----

_ALL = 1_000_000


class Unvisited(NamedTuple):
    """Somebody who was expected in a slot and has no visit."""

    period: Period
    slot: OpenSlot


def unvisited(
    session: Session,
    on: date,
    places: list[Place],
    now: datetime,
    over: bool,
    periods: Collection[Period] = PERIODS,
    limit: int = _ALL,
) -> list[Unvisited]:
    """The first of those whose slots of a day were missed (``over``), or are still to be visited, in walking order."""
    townships = {place.id: place.township_id for place in places}
    today = clock.local_day(now)
    times = hours(session, today)
    found: list[Unvisited] = []
    for period in periods:
        wanted = {
            number for number, township in townships.items() if _over(times, on, today, period, now, township) is over
        }
        if on > today or not wanted:
            continue
        rows = slots.still_open(session, on, period, _ALL)
        found += [Unvisited(period, row) for row in rows if row.village_id in wanted][: limit - len(found)]
    return found


def _over(times: Hours, on: date, today: date, period: Period, now: datetime, township_id: int | None) -> bool:
    return on < today or times.over(period, now, township_id)
