"""一日两测 over a span of days: how many slots were expected, done and missed, and how the visits ended.

What is expected on a day, and what of it is done, is told by ``slots`` alone.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterator
from datetime import date, datetime
from typing import Final, NamedTuple

from sqlalchemy import func, select

from models import clock
from models.session import Session
from models.states import Outcome, Period
from models.summaries import slot_names, slots
from models.summaries.counting import Place
from models.summaries.hours import Hours, hours
from models.summaries.slot_names import InSlot
from models.summaries.span import Span, Villages, together
from models.visit import Visit

PERIODS = tuple(Period)
Slot = tuple[date, int, Period]


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

    @property
    def share(self) -> float | None:
        """How many of the slots that are over, or done already, are done, 0 to 1; None if there are none."""
        expected = self.done + self.missed
        return self.done / expected if expected else None


def by_day(
    session: Session, span: Span, places: list[Place], now: datetime, periods: Collection[Period] = PERIODS
) -> dict[date, RoundCounts]:
    """Every day of a span."""
    found = {day: [RoundCounts()] for day in span.days()}
    for (day, _, _), counts in _by_slot(session, span, places, now, periods):
        found[day].append(counts)
    return {day: together(several, RoundCounts()) for day, several in found.items()}


def by_village(
    session: Session, span: Span, places: list[Place], now: datetime, periods: Collection[Period] = PERIODS
) -> dict[int, RoundCounts]:
    """Every village over all days of a span."""
    found = {place.id: [RoundCounts()] for place in places}
    for (_, village_id, _), counts in _by_slot(session, span, places, now, periods):
        found[village_id].append(counts)
    return {village_id: together(several, RoundCounts()) for village_id, several in found.items()}


def _by_slot(
    session: Session, span: Span, places: list[Place], now: datetime, periods: Collection[Period]
) -> Iterator[tuple[Slot, RoundCounts]]:
    """The counts of every day, village and period in which there is something to count."""
    townships = {place.id: place.township_id for place in places}
    today = clock.local_day(now)
    times = hours(session, today)
    visits = _visits(session, span, townships)
    # nobody is expected on a day to come
    so_far = Span(span.first, min(span.last, today))
    expected, beside = slots.expected(session, so_far, townships), slots.beside(session, so_far, townships)
    for slot in expected.keys() | visits.keys():
        day, village_id, period = slot
        if period not in periods:
            continue
        ended = visits.get(slot, Counter())
        done = ended.total() - beside[slot] if expected[slot] else 0
        left = expected[slot] - done
        over = _over(times, day, today, period, now, townships[village_id])
        yield (
            slot,
            RoundCounts(
                expected=expected[slot],
                done=done,
                missed=left if over else 0,
                open=0 if over else left,
                normal=ended[Outcome.NORMAL],
                abnormal=ended[Outcome.ABNORMAL],
                not_met=ended[Outcome.NOT_MET],
                refused=ended[Outcome.REFUSED],
                beside=ended.total() - done,
            ),
        )


def _visits(session: Session, span: Span, villages: Villages) -> dict[Slot, Counter[Outcome]]:
    """How the visits of every day, village and period ended."""
    # in the order of the index that is led by the village, so that nothing has to be sorted
    by = (Visit.village_id, Visit.on, Visit.period, Visit.outcome)
    query = (
        select(*by, func.count())
        .where(Visit.village_id.in_(villages), Visit.on.between(span.first, span.last))
        .group_by(*by)
    )
    found: dict[Slot, Counter[Outcome]] = {}
    for village_id, day, period, outcome, count in session.execute(query):
        found.setdefault((day, village_id, period), Counter())[outcome] += count
    return found


# ---- who they are ----

VISITED: Final = {"expected": None, "done": True, "missed": False, "open": False}
"""The fields whose people are expected, and whether a visit was paid to them."""


class InRound(NamedTuple):
    """Somebody behind a number, in one slot of one day."""

    on: date
    period: Period
    slot: InSlot


def persons(
    session: Session,
    span: Span,
    field: str,
    places: list[Place],
    now: datetime,
    periods: Collection[Period] = PERIODS,
    limit: int = 1_000_000,
) -> list[InRound]:
    """The first of those whom a field of the counts stands for, the latest slots first, in walking order.

    Raises ValueError for a field that has no people of its own.
    """
    if field not in (*VISITED, "beside"):
        raise ValueError(field)
    where: defaultdict[tuple[date, Period], list[int]] = defaultdict(list)
    for (day, village_id, period), counts in _by_slot(session, span, places, now, periods):
        if getattr(counts, field):
            where[day, period].append(village_id)
    found: list[InRound] = []
    order = list(Period)
    for day, period in sorted(where, key=lambda of: (of[0], order.index(of[1])), reverse=True):
        of = session, day, period, limit - len(found), where[day, period]
        rows = slot_names.beside(*of) if field == "beside" else slot_names.expected(*of, VISITED[field])
        found += [InRound(day, period, row) for row in rows]
        if len(found) >= limit:
            break
    return found


def _over(times: Hours, on: date, today: date, period: Period, now: datetime, township_id: int | None) -> bool:
    return on < today or times.over(period, now, township_id)
