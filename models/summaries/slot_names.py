"""一日两测: the names behind the slots of a day: who is expected, visited or not, and who was visited beside."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, and_, func, select, true

from models.event import ObservationEvent
from models.handover import names_that_crossed
from models.observation import Observation
from models.resident import Resident
from models.session import Session
from models.states import Period
from models.summaries.slots import at_home, expected_still, in_slot, left_later
from models.summaries.span import Villages
from models.visit import Visit


class InSlot(NamedTuple):
    """Somebody in a slot. Of who was handed over since, the name is what is known; ``day`` of ``days`` of the term."""

    observation_id: int
    resident_id: int
    village_id: int
    name: str | None
    address: str | None
    day: int
    days: int


def still_open(
    session: Session, on: date, period: Period, limit: int, villages: Villages | None = None
) -> list[InSlot]:
    """The first of those who are expected in a slot and have no visit, in walking order (village, address, name)."""
    return expected(session, on, period, limit, villages, visited=False)


def expected(
    session: Session, on: date, period: Period, limit: int, villages: Villages | None, visited: bool | None = None
) -> list[InSlot]:
    """The first of those who are expected in a slot, or of those of them who were ``visited``, or were not."""
    event = ObservationEvent
    found: list[InSlot] = []
    for of, number, there in (
        (Observation, Observation.id, at_home(on)),
        (event, event.observation_id, left_later(on)),
    ):
        paid = select(Visit.id).where(Visit.observation_id == number, Visit.on == on, Visit.period == period)
        visit = paid.correlate(of).exists()
        wanted = true() if visited is None else visit if visited else ~visit
        condition = and_(in_slot(period, there, of, on), _among(of, villages), wanted)
        found += _people(session, on, limit, of, number, condition)
    return _named(session, found, limit)


def beside(session: Session, on: date, period: Period, limit: int, villages: Villages) -> list[InSlot]:
    """The first of those whom somebody visited although no slot waited for it."""
    paid = and_(Visit.on == on, Visit.period == period, _among(Visit, villages), ~expected_still())
    found = [*_people(session, on, limit, Visit, Visit.observation_id, paid)]
    return _named(session, found, limit)


def _among(of: Any, villages: Villages | None) -> ColumnElement[bool]:
    return true() if villages is None else of.village_id.in_(villages)


def _people(
    session: Session, on: date, limit: int, of: Any, number: Any, condition: ColumnElement[bool]
) -> Iterator[InSlot]:
    """Those of observations, events or visits that meet a condition."""
    start = func.coalesce(Observation.last_exposure_on, Observation.began_on)
    query = select(number, of.resident_id, of.village_id, Resident.name, Resident.address, start, Observation.days)
    query = query.select_from(of)
    if of is not Observation:
        query = query.outerjoin(Observation, Observation.id == number)
    query = (
        query.outerjoin(Resident, Resident.id == of.resident_id)  # a file in the recycle bin leaves nobody unmeasured
        .where(condition)
        .order_by(of.village_id, func.coalesce(Resident.address, ""), func.coalesce(Resident.name, ""), number)
        .limit(limit)
    )
    for observation_id, resident_id, village_id, name, address, begun, days in session.execute(query):
        day = (on - begun).days if begun else 0
        yield InSlot(observation_id, resident_id, village_id, name, address, day, days or 0)


def _named(session: Session, found: list[InSlot], limit: int) -> list[InSlot]:
    named = names_that_crossed(session, {slot.resident_id for slot in found if slot.name is None})
    rows = [slot._replace(name=slot.name or named.get(slot.resident_id)) for slot in found]
    rows.sort(key=lambda row: (row.village_id, row.address or "", row.name or "", row.observation_id))
    return rows[:limit]
