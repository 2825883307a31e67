"""一日两测: which slots of a day are expected, in SQL for many at once, and which of them are done, open or missed.

``expected`` says in SQL what ``models.observation.expected_slots`` says of one observation; a test holds them together.
"""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Final, NamedTuple

from sqlalchemy import ColumnElement, and_, func, or_, select

from models import clock
from models.observation import Observation, ObservationKind, Outcome, Period, Visit, day_of
from models.resident import Resident
from models.session import Session
from models.summaries.counting import number_of

CUT_OFF: Final = {Period.AM: time(11, 30), Period.PM: time(17, 30)}
NOON: Final = time(12)


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


def cut_off(on: date, period: Period) -> datetime:
    """The instant from which a slot without a visit is missed."""
    return datetime.combine(on, CUT_OFF[period], clock.ZONE)


def over(on: date, period: Period, now: datetime) -> bool:
    """True once the slot's cut-off has come."""
    return now >= cut_off(on, period)


def present_period(now: datetime) -> Period:
    """The period that a time of day belongs to."""
    return Period.AM if now.astimezone(clock.ZONE).time() < NOON else Period.PM


def under_way(on: date) -> ColumnElement[bool]:
    """Observations whose person the village is to measure on a day at all."""
    return and_(
        Observation.ends_on >= on,
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
    morning = from_morning(on)
    query = (
        select(
            Observation.village_id,
            number_of(morning),
            number_of(and_(morning, _visited(on, Period.AM))),
            func.count(),
            number_of(_visited(on, Period.PM)),
        )
        .where(under_way(on))
        .group_by(Observation.village_id)
    )
    unmet = _unmet(session, on)
    found: dict[tuple[int, Period], SlotCount] = {}
    for village_id, mornings, mornings_done, evenings, evenings_done in session.execute(query):
        for period, expecting, done in ((Period.AM, mornings, mornings_done), (Period.PM, evenings, evenings_done)):
            found[village_id, period] = SlotCount(expecting, done, unmet.get((village_id, period), 0))
    return found


def _visited(on: date, period: Period) -> ColumnElement[bool]:
    """Observations that have a visit in a slot."""
    here = (Visit.observation_id == Observation.id, Visit.on == on, Visit.period == period)
    return select(Visit.id).where(*here).correlate(Observation).exists()


def _unmet(session: Session, on: date) -> dict[tuple[int, Period], int]:
    """How many expected slots of a day have a visit that reached nobody: few, so that they are looked up first."""
    query = (
        select(Observation.village_id, Visit.period, func.count())
        .join(Visit.observation)
        .where(Visit.on == on, Visit.outcome.in_((Outcome.NOT_MET, Outcome.REFUSED)))
        .where(under_way(on), or_(Visit.period == Period.PM, from_morning(on)))
        .group_by(Observation.village_id, Visit.period)
    )
    return {(village_id, period): count for village_id, period, count in session.execute(query)}


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
