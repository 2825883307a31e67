"""一日两测: which slots of a day are expected, in SQL for many at once, and which of them are done, open or missed.

What ``models.spans`` says of one observation and its events is said here of all of them: on a day those are expected
who are at home in a village since then and those who left it later. A test holds the two together.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator
from datetime import date
from typing import Any, Final, NamedTuple

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import aliased

from models.event import ObservationEvent
from models.handover import names_that_crossed
from models.observation import Observation
from models.resident import Resident
from models.session import Session
from models.states import EventKind, ObservationStatus, Outcome, Period
from models.summaries.counting import number_of, within_reach
from models.summaries.remembered import by_village
from models.visit import Visit

_UNMET: Final = (Outcome.NOT_MET, Outcome.REFUSED)
Slots = Counter[tuple[int, Period]]


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


class OpenSlot(NamedTuple):
    """Somebody expected in a slot that has no visit yet. Of who was handed over since, the name is what is known."""

    observation_id: int
    resident_id: int
    village_id: int
    name: str | None
    address: str | None
    day: int
    days: int


# ---- who is expected ----


def at_home(on: date) -> ColumnElement[bool]:
    """Observations whose person is at home in their village, and was on that day: until somebody signs off."""
    return and_(Observation.status == ObservationStatus.OBSERVED, Observation.since <= on)


def left_later(on: date, event: Any = ObservationEvent) -> ColumnElement[bool]:
    """Events by which somebody left home, or the village, who was still there on that day."""
    return and_(event.was == ObservationStatus.OBSERVED, event.since <= on, event.on > on)


def from_morning(of: Any, on: date) -> ColumnElement[bool]:
    """Of such observations or events those whose person was there from the morning on, not only that evening."""
    return or_(of.since < on, of.since_period == Period.AM)


def _in(period: Period, there: ColumnElement[bool], of: Any, on: date) -> ColumnElement[bool]:
    return there if period is Period.PM else and_(there, from_morning(of, on))


# ---- how many ----


def counts(session: Session, on: date) -> dict[tuple[int, Period], SlotCount]:
    """The slots of a day by village and period; a village without any is left out."""
    nothing: dict[Period, SlotCount] = {}
    parts = by_village(session, counted, on, within_reach(session, "observation"), nothing)
    return {(village_id, period): count for village_id, part in parts.items() for period, count in part.items()}


def counted(session: Session, on: date, among: Collection[int]) -> dict[int, dict[Period, SlotCount]]:
    """The same of some villages, counted now."""
    expected: Slots = Counter()
    both: tuple[tuple[Any, ColumnElement[bool]], ...]
    both = ((Observation, at_home(on)), (ObservationEvent, left_later(on)))
    for of, there in both:
        query = select(of.village_id, number_of(from_morning(of, on)), func.count())
        query = query.where(there, of.village_id.in_(among))
        for village_id, mornings, evenings in session.execute(query.group_by(of.village_id)):
            expected[village_id, Period.AM] += mornings
            expected[village_id, Period.PM] += evenings
    done, unmet = _paid(session, on, among)
    found: dict[int, dict[Period, SlotCount]] = {}
    for slot, count in expected.items():
        found.setdefault(slot[0], {})[slot[1]] = SlotCount(count, done[slot], unmet[slot])
    return found


def _paid(session: Session, on: date, among: Collection[int]) -> tuple[Slots, Slots]:
    """How many expected slots of a day have a visit, and how many of these visits reached nobody."""
    done: Slots = Counter()
    unmet: Slots = Counter()
    query = select(Visit.outcome, Visit.village_id, Visit.period, func.count())
    query = query.where(Visit.on == on, Visit.village_id.in_(among))
    for outcome, village_id, period, count in session.execute(
        query.group_by(Visit.outcome, Visit.village_id, Visit.period)
    ):
        done[village_id, period] += count
        unmet[village_id, period] += count if outcome in _UNMET else 0
    for outcome, village_id, period in _beside(session, on, among):
        done[village_id, period] -= 1
        unmet[village_id, period] -= outcome in _UNMET
    return done, unmet


def _beside(session: Session, on: date, among: Collection[int]) -> Iterator[tuple[Outcome, int, Period]]:
    """The visits of a day that no slot waits for: paid before the person left on that day, or to a double.

    They are few and the events name them, so that not everybody's visit has to be looked up. A visit may have come with
    its person from another village on that day.
    """
    event = ObservationEvent
    columns: list[Any] = []
    for period in Period:
        paid = select(Visit.outcome).where(
            Visit.observation_id == event.observation_id,
            Visit.village_id == event.village_id,
            Visit.on == on,
            Visit.period == period,
        )
        columns += [paid.correlate(event).scalar_subquery(), _expected_still(on, period)]
    left = and_(event.was == ObservationStatus.OBSERVED, event.on >= on, or_(event.on == on, event.since == event.on))
    came = and_(event.was.is_(None), event.on == on, event.kind == EventKind.HANDED_IN)
    query = select(event.observation_id, event.village_id, *columns)
    query = query.where(or_(left, came), event.village_id.in_(among)).distinct()
    for _, village_id, *found in session.execute(query):
        for period, outcome, expected in zip(Period, found[::2], found[1::2], strict=True):
            if outcome is not None and not expected:
                yield outcome, village_id, period


def _expected_still(on: date, period: Period) -> ColumnElement[bool]:
    """True of an event whose person is expected in the slot nevertheless: came back that day, or was there before."""
    event, later = ObservationEvent, aliased(ObservationEvent)
    back = select(Observation.id).where(
        Observation.id == event.observation_id,
        Observation.village_id == event.village_id,
        _in(period, at_home(on), Observation, on),
    )
    again = select(later.id).where(
        later.observation_id == event.observation_id,
        later.village_id == event.village_id,
        _in(period, left_later(on, later), later, on),
    )
    return or_(back.correlate(event).exists(), again.correlate(event).exists())


# ---- their names ----


def still_open(session: Session, on: date, period: Period, limit: int) -> list[OpenSlot]:
    """Who is expected in a slot and has no visit, in walking order (village, address, name)."""
    event = ObservationEvent
    found = [
        *_open(session, on, period, limit, Observation, Observation.id, at_home(on)),
        *_open(session, on, period, limit, event, event.observation_id, left_later(on)),
    ]
    named = names_that_crossed(session, {slot.resident_id for slot in found if slot.name is None})
    rows = [slot._replace(name=slot.name or named.get(slot.resident_id)) for slot in found]
    rows.sort(key=lambda row: (row.village_id, row.address or "", row.name or "", row.observation_id))
    return rows[:limit]


def _open(
    session: Session, on: date, period: Period, limit: int, of: Any, number: Any, there: ColumnElement[bool]
) -> Iterator[OpenSlot]:
    """Those of observations, or of events, that are at home in a slot and have no visit."""
    paid = select(Visit.id).where(Visit.observation_id == number, Visit.on == on, Visit.period == period)
    start = func.coalesce(Observation.last_exposure_on, Observation.began_on)
    query = select(number, of.resident_id, of.village_id, Resident.name, Resident.address, start, Observation.days)
    if of is not Observation:
        query = query.outerjoin(Observation, Observation.id == number)
    query = (
        query.outerjoin(Resident, Resident.id == of.resident_id)  # a file in the recycle bin leaves nobody unmeasured
        .where(_in(period, there, of, on), ~paid.correlate(of).exists())
        .order_by(of.village_id, Resident.address, Resident.name, number)
        .limit(limit)
    )
    for observation_id, resident_id, village_id, name, address, begun, days in session.execute(query):
        day = (on - begun).days if begun else 0
        yield OpenSlot(observation_id, resident_id, village_id, name, address, day, days or 0)
