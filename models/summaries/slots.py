"""一日两测: which slots of a day are expected, in SQL for many at once, and which of them are done, open or missed.

What ``models.spans`` says of one observation and its events is said here of all of them: on a day those are expected
who are at home in a village since then and those who left it later. Tests hold the two together, and what is asked of
one day (``counts``) with what is asked of many (``expected``, ``beside``).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from datetime import date, timedelta
from functools import cache
from typing import Any, Final, NamedTuple

from sqlalchemy import ColumnElement, Select, and_, case, func, or_, select
from sqlalchemy.orm import aliased

from models.event import ObservationEvent
from models.observation import Observation
from models.session import Session
from models.states import EventKind, ObservationStatus, Outcome, Period
from models.summaries.counting import number_of, within_reach
from models.summaries.remembered import by_village
from models.summaries.span import FEW, FIRST, HERE, LAST, ON, Day, Span, Villages, among, searched
from models.visit import Visit

_UNMET: Final = (Outcome.NOT_MET, Outcome.REFUSED)
Slots = Counter[tuple[int, Period]]
DaySlots = Counter[tuple[date, int, Period]]
"""How many slots of a day, a village and a period."""


class SlotCount(NamedTuple):
    """One village's slots of one period of a day. ``done`` have a visit, ``unmet`` of those reached nobody."""

    expected: int = 0
    done: int = 0
    unmet: int = 0

    @property
    def open(self) -> int:
        """Expected and without a visit: to be measured before the cut-off, missed after it."""
        return self.expected - self.done

    @property
    def measured(self) -> int:
        """Expected, and somebody was reached."""
        return self.done - self.unmet


# ---- who is expected ----


def at_home(on: Day) -> ColumnElement[bool]:
    """Observations whose person is at home in their village, and was on that day: until somebody signs off."""
    return and_(Observation.status == ObservationStatus.OBSERVED, Observation.since <= on)


def left_later(on: Day, event: Any = ObservationEvent) -> ColumnElement[bool]:
    """Events by which somebody left home, or the village, who was still there on that day."""
    return and_(event.was == ObservationStatus.OBSERVED, event.since <= on, event.on > on)


def from_morning(of: Any, on: Day) -> ColumnElement[bool]:
    """Of such observations or events those whose person was there from the morning on, not only that evening."""
    return or_(of.since < on, of.since_period == Period.AM)


def in_slot(period: Period, there: ColumnElement[bool], of: Any, on: Day) -> ColumnElement[bool]:
    """Of those who were there on a day those who are expected in a slot of it."""
    return there if period is Period.PM else and_(there, from_morning(of, on))


# ---- how many ----


def counts(session: Session, on: date) -> dict[tuple[int, Period], SlotCount]:
    """The slots of a day by village and period; a village without any is left out."""
    nothing: dict[Period, SlotCount] = {}
    parts = by_village(session, counted, on, within_reach(session, "observation"), nothing)
    return {(village_id, period): count for village_id, part in parts.items() for period, count in part.items()}


def counted(session: Session, on: date, villages: Villages) -> dict[int, dict[Period, SlotCount]]:
    """The same of some villages, counted now."""
    expected: Slots = Counter()
    asked = {"on": on, "here": list(villages)}
    for of in (Observation, ObservationEvent):
        for village_id, mornings, evenings in session.execute(_expected(of), asked):
            expected[village_id, Period.AM] += mornings
            expected[village_id, Period.PM] += evenings
    done, unmet = _paid(session, on, villages)
    found: dict[int, dict[Period, SlotCount]] = {}
    for slot, count in expected.items():
        found.setdefault(slot[0], {})[slot[1]] = SlotCount(count, done[slot], unmet[slot])
    return found


@cache
def _expected(of: Any) -> Select[int, int, int]:
    """Mornings and evenings of a day that wait for somebody, by village."""
    there = at_home(ON) if of is Observation else left_later(ON)
    query = select(of.village_id, number_of(from_morning(of, ON)), func.count()).where(there, of.village_id.in_(HERE))
    return query.group_by(of.village_id).execution_options(kept=True)


@cache
def _visits() -> Select[Outcome, int, Period, int]:
    """A day's visits."""
    by = (Visit.outcome, Visit.village_id, Visit.period)
    query = select(*by, func.count()).where(Visit.on == ON, Visit.village_id.in_(HERE))
    return query.group_by(*by).execution_options(kept=True)


def _paid(session: Session, on: date, villages: Villages) -> tuple[Slots, Slots]:
    """How many expected slots of a day have a visit, and how many of these visits reached nobody."""
    done: Slots = Counter()
    unmet: Slots = Counter()
    asked = {"on": on, "here": list(villages)}
    for outcome, village_id, period, count in session.execute(_visits(), asked):
        done[village_id, period] += count
        unmet[village_id, period] += count if outcome in _UNMET else 0
    for _, village_id, period, outcome in _beside(session, Span(on, on), villages):
        done[village_id, period] -= 1
        unmet[village_id, period] -= outcome in _UNMET
    return done, unmet


# ---- how many, over many days ----


def expected(session: Session, span: Span, villages: Villages) -> DaySlots:
    """How many slots were expected on every day of a span: those of the day before, who came, less who left."""
    there: DaySlots = Counter()
    observation, event = Observation, ObservationEvent
    still = and_(observation.status == ObservationStatus.OBSERVED, observation.since <= span.last)
    both: tuple[tuple[Any, ColumnElement[bool], tuple[Any, ...]], ...]
    both = ((observation, still, ()), (event, _left_within(span), (event.on,)))
    for of, stays, until in both:
        by = (of.village_id, of.since, of.since_period, *until)
        query = select(func.count(), *by).where(stays, among(of.village_id, villages)).group_by(*by)
        for count, village_id, since, first, *left in session.execute(query):
            for period in Period:
                late = first is Period.PM and period is Period.AM
                there[max(since + timedelta(days=late), span.first), village_id, period] += count
                for on in left:
                    there[on, village_id, period] -= count
    return _day_by_day(there, span, villages)


def _left_within(span: Span) -> ColumnElement[bool]:
    """Events by which somebody left who was at home on any day of a span."""
    event = ObservationEvent
    was_there = and_(event.since <= span.last, event.since < event.on)
    return and_(event.was == ObservationStatus.OBSERVED, event.on > span.first, was_there)


def _day_by_day(steps: DaySlots, span: Span, villages: Villages) -> DaySlots:
    """The sums of steps up to each day; a slot that nobody is expected in is left out."""
    found: DaySlots = Counter()
    for village_id in villages:
        for period in Period:
            there = 0
            for on in span.days():
                there += steps[on, village_id, period]
                if there:
                    found[on, village_id, period] = there
    return found


def beside(session: Session, span: Span, villages: Villages) -> DaySlots:
    """How many visits of a span no slot waited for."""
    return Counter((on, village_id, period) for on, village_id, period, _ in _beside(session, span, villages))


def _beside(
    session: Session, span: Span, villages: Villages | None = None
) -> Collection[tuple[date, int, Period, Outcome]]:
    """The visits that no slot waits for: paid before the person left on that day, or to a double.

    They are few and the events name them, so that not everybody's visit has to be looked up. A visit may have come with
    its person from another village on that day.
    """
    asked = {"first": span.first, "last": span.last} | ({} if villages is None else {"here": list(villages)})
    query = _waited_for_by_none(None if villages is None else len(villages) <= FEW)
    found = session.execute(query, asked)
    return {number: (on, village, period, outcome) for number, on, village, period, outcome in found}.values()


@cache
def _waited_for_by_none(few: bool | None) -> Select[int, date, int, Period, Outcome]:
    """The question of ``_beside``, about a ``few`` villages, about many, or about all."""
    event = ObservationEvent
    # each says of the visit what days it may be of, so that visits are searched for by the events and not by the days
    that_day = and_(Visit.on == event.on, event.on <= LAST)
    of_a_double = and_(event.since == event.on, Visit.on.between(FIRST, LAST), Visit.on < event.on)
    left = and_(event.was == ObservationStatus.OBSERVED, or_(that_day, of_a_double))
    came = and_(event.was.is_(None), event.kind == EventKind.HANDED_IN, that_day)
    query = (
        select(Visit.id, Visit.on, Visit.village_id, Visit.period, Visit.outcome)
        .select_from(event)
        .join(
            Visit, and_(Visit.observation_id == event.observation_id, _of_a_few(Visit.village_id) == event.village_id)
        )
        .where(event.on >= FIRST, or_(left, came), ~expected_still())
    )
    if few is not None:
        query = query.where(searched(event.village_id, few).in_(HERE))
    return query.execution_options(kept=True)


def expected_still() -> ColumnElement[bool]:
    """Visits that a slot waited for: the person is at home since before, came back that day, or left later."""
    later = aliased(ObservationEvent)
    back = select(Observation.id).where(
        Observation.id == Visit.observation_id,
        Observation.village_id == Visit.village_id,
        Observation.status == ObservationStatus.OBSERVED,
        _begun(Observation),
    )
    again = select(later.id).where(
        later.observation_id == Visit.observation_id,
        _of_a_few(later.village_id) == Visit.village_id,
        case((later.was == ObservationStatus.OBSERVED, 1), else_=0) == 1,  # nor is this what to search by
        later.on > Visit.on,
        _begun(later),
    )
    return or_(back.correlate(Visit).exists(), again.correlate(Visit).exists())


def _of_a_few(village_id: Any) -> Any:
    """The village of an observation's visits or events, which are few: SQLite would search through the village's."""
    return village_id + 0


def _begun(of: Any) -> ColumnElement[bool]:
    """True of an observation or event whose state had begun when a visit was due."""
    first = or_(of.since_period == Period.AM, Visit.period == Period.PM)
    return or_(of.since < Visit.on, and_(of.since == Visit.on, first))
