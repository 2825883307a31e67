"""一日两测: which slots of a day are expected, in SQL for many at once, and which of them are done, open or missed.

``expected`` says in SQL what ``models.observation.expected_slots`` says of one observation; a test holds them together.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Final, NamedTuple

from sqlalchemy import ColumnElement, and_, func, or_, select

from models.observation import Observation, ObservationKind, ObservationStatus, Outcome, Period, Visit, day_of
from models.resident import Resident
from models.session import Session
from models.summaries.counting import number_of

_OVER: Final = tuple(status for status in ObservationStatus if status is not ObservationStatus.OBSERVED)


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
    """Somebody expected in a slot that has no visit yet."""

    observation_id: int
    resident_id: int
    village_id: int
    name: str | None
    address: str | None
    day: int
    days: int


def under_way(on: date) -> ColumnElement[bool]:
    """Observations whose person the village is to measure on a day at all: until somebody signs off, not longer."""
    left_later = or_(Observation.released_on > on, Observation.transferred_on > on)
    return and_(
        # each arm names its status, so that an index finds the few
        or_(
            Observation.status == ObservationStatus.OBSERVED,
            and_(Observation.status.in_(_OVER), or_(Observation.ends_on >= on, left_later)),
        ),
        Observation.began_on <= on,
        Observation.kind != ObservationKind.HOSPITAL,
        or_(Observation.released_on.is_(None), Observation.released_on > on),
        or_(Observation.transferred_on.is_(None), Observation.transferred_on > on),
    )


def from_morning(on: date) -> ColumnElement[bool]:
    """Observations that are under way from the morning of a day, not only from its evening."""
    return or_(Observation.began_on < on, Observation.first_period == Period.AM)


def expected(on: date, period: Period) -> ColumnElement[bool]:
    """Observations whose person is to be measured in this slot."""
    return under_way(on) if period is Period.PM else and_(under_way(on), from_morning(on))


def counts(session: Session, on: date) -> dict[tuple[int, Period], SlotCount]:
    """The slots of a day by village and period; a village without any is left out."""
    expecting: dict[tuple[int, Period], int] = {}
    for few in _apart(on):
        query = select(Observation.village_id, number_of(from_morning(on)), func.count()).where(under_way(on), few)
        for village_id, mornings, evenings in session.execute(query.group_by(Observation.village_id)):
            for period, count in ((Period.AM, mornings), (Period.PM, evenings)):
                expecting[village_id, period] = expecting.get((village_id, period), 0) + count
    paid = _paid(session, on)
    return {slot: SlotCount(count, *paid.get(slot, (0, 0))) for slot, count in expecting.items()}


def _apart(on: date) -> Iterator[ColumnElement[bool]]:
    """Those who are under way in parts, each of which an index finds without reading all that are over."""
    over, never_released = Observation.status.in_(_OVER), Observation.released_on.is_(None)
    yield Observation.status == ObservationStatus.OBSERVED
    yield and_(over, Observation.ends_on >= on, never_released, Observation.transferred_on.is_(None))
    yield and_(over, Observation.released_on > on)
    yield and_(over, never_released, Observation.transferred_on > on)


def _visited(on: date, period: Period) -> ColumnElement[bool]:
    """Observations that have a visit in a slot."""
    here = (Visit.observation_id == Observation.id, Visit.on == on, Visit.period == period)
    return select(Visit.id).where(*here).correlate(Observation).exists()


def _paid(session: Session, on: date) -> dict[tuple[int, Period], tuple[int, int]]:
    """How many expected slots of a day have a visit, and how many of these visits reached nobody."""
    query = (
        select(
            Observation.village_id,
            Visit.period,
            func.count(),
            number_of(Visit.outcome.in_((Outcome.NOT_MET, Outcome.REFUSED))),
        )
        .select_from(Visit)
        .join(Visit.observation)
        .where(Visit.on == on, under_way(on), or_(Visit.period == Period.PM, from_morning(on)))
        .group_by(Observation.village_id, Visit.period)
    )
    return {(village_id, period): (done, unmet) for village_id, period, done, unmet in session.execute(query)}


def still_open(session: Session, on: date, period: Period, limit: int) -> list[OpenSlot]:
    """Who is expected in a slot and has no visit, in walking order (village, address, name)."""
    query = (
        select(Observation, Resident.name, Resident.address)
        .outerjoin(Observation.resident)  # a file in the recycle bin leaves nobody unmeasured
        .where(expected(on, period), ~_visited(on, period))
        .order_by(Observation.village_id, Resident.address, Resident.name, Observation.id)
        .limit(limit)
    )
    return [
        OpenSlot(o.id, o.resident_id, o.village_id, name, address, day_of(o, on), o.days)
        for o, name, address in session.execute(query)
    ]
