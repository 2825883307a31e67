"""Follow-up calls after release: how many are due in every village, and to whom."""

from __future__ import annotations

from datetime import date, timedelta
from typing import NamedTuple

from sqlalchemy import ColumnElement, and_, func, or_, select

from models.followup import CALLED_FOR, DAYS, FollowUp, calls_due, since_release
from models.observation import Observation, ObservationStatus
from models.resident import Resident
from models.session import Session


class DueCall(NamedTuple):
    """Somebody who is to be called, and for which of the days after release."""

    observation_id: int
    resident_id: int
    village_id: int
    name: str | None
    released_on: date
    days: tuple[int, ...]


def _called(on: date) -> ColumnElement[bool]:
    """Released so lately that there are calls to make."""
    return and_(
        Observation.status == ObservationStatus.RELEASED,
        Observation.released_on.between(on - CALLED_FOR, on - timedelta(days=DAYS[0])),
    )


def due(session: Session, on: date) -> dict[int, int]:
    """How many calls are to be made now, by village (``models.followup.calls_due``)."""
    expected: dict[int, int] = {}
    released = (
        select(Observation.village_id, Observation.released_on, func.count())
        .where(_called(on))
        .group_by(Observation.village_id, Observation.released_on)
    )
    for village_id, day, count in session.execute(released):
        since = (on - day).days if day is not None else 0
        expected[village_id] = expected.get(village_id, 0) + count * sum(n <= since for n in DAYS)
    come = or_(*(and_(FollowUp.day_no == n, Observation.released_on <= on - timedelta(days=n)) for n in DAYS))
    last = (
        select(Observation.village_id, func.max(FollowUp.day_no).label("day_no"))
        .join(FollowUp, FollowUp.observation_id == Observation.id)
        .where(_called(on), come, since_release())
        .group_by(Observation.id, Observation.village_id)
        .subquery()
    )
    closed = select(last.c.village_id, last.c.day_no, func.count()).group_by(last.c.village_id, last.c.day_no)
    for village_id, day_no, count in session.execute(closed):
        expected[village_id] -= count * sum(n <= day_no for n in DAYS)
    return {village_id: count for village_id, count in expected.items() if count}


def due_calls(session: Session, on: date, limit: int, village_id: int | None = None) -> list[DueCall]:
    """Whom to call, who was released first before the others; ``village_id`` narrows it to one village."""
    query = select(Observation, Resident.name).outerjoin(Observation.resident).where(_called(on))
    if village_id is not None:
        query = query.where(Observation.village_id == village_id)
    found: list[DueCall] = []
    rows = session.execute(query.order_by(Observation.released_on, Observation.id)).all()
    made: dict[int, set[int]] = {}
    for number, day in session.execute(
        select(FollowUp.observation_id, FollowUp.day_no).join(FollowUp.observation).where(_called(on), since_release())
    ):
        made.setdefault(number, set()).add(day)
    for observation, name in rows:
        days = calls_due(observation, frozenset(made.get(observation.id, ())), on)
        if days and observation.released_on is not None:
            found.append(
                DueCall(
                    observation.id, observation.resident_id, observation.village_id, name, observation.released_on, days
                )
            )
        if len(found) == limit:
            break
    return found
