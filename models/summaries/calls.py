"""Follow-up calls after release: how many people are to be called in every village, and who they are."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, timedelta
from typing import NamedTuple

from sqlalchemy import ColumnElement, and_, func, or_, select

from models.followup import CALLED_FOR, DAYS, FollowUp, calls_due, since_release
from models.observation import Observation
from models.resident import Resident
from models.session import Session
from models.states import ObservationStatus
from models.summaries.counting import within_reach
from models.summaries.remembered import by_village


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
    """How many people are to be called now, by village: those of ``due_calls``. One call does for several days."""
    counted = by_village(session, _due, on, within_reach(session, "observation"), 0)
    return {village_id: count for village_id, count in counted.items() if count}


def _due(session: Session, on: date, among: Collection[int]) -> dict[int, int]:
    come = or_(*(and_(FollowUp.day_no == n, Observation.released_on <= on - timedelta(days=n)) for n in DAYS))
    made = select(func.max(FollowUp.day_no)).where(FollowUp.observation_id == Observation.id, come, since_release())
    last = func.coalesce(made.correlate(Observation).scalar_subquery(), 0).label("last")
    called = _called(on), Observation.village_id.in_(among)
    each = select(Observation.village_id, Observation.released_on, last).where(*called).subquery()
    expected: dict[int, int] = {}
    kinds = select(each.c.village_id, each.c.released_on, each.c.last, func.count()).group_by(*each.c)
    for village_id, released_on, day_no, count in session.execute(kinds):
        since = (on - released_on).days
        expected[village_id] = expected.get(village_id, 0) + count * any(day_no < n <= since for n in DAYS)
    return expected


def due_calls(session: Session, on: date, limit: int, villages: Collection[int] = ()) -> list[DueCall]:
    """Whom to call, who was released first before the others; ``villages`` narrow it."""
    query = select(Observation, Resident.name).outerjoin(Observation.resident).where(_called(on))
    if villages:
        query = query.where(Observation.village_id.in_(villages))
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
