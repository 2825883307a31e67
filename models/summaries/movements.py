"""What moved since yesterday: who was opened, released, taken elsewhere or handed over, and how the day adds up.

A day begins with as many as the day before ended with: yesterday + in − out = today, in every village and in all of
them together, because all four are sums over the same events.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from functools import cache
from typing import Any, Final, NamedTuple

from sqlalchemy import ColumnElement, Select, and_, or_, select

from models.clock import day_span
from models.event import ObservationEvent
from models.handover import names_that_crossed
from models.resident import Resident
from models.session import Session
from models.states import EventKind, ObservationStatus
from models.summaries.counting import number_of, villages
from models.summaries.figures import handed_in, handed_out, standing_events
from models.summaries.remembered import by_village
from models.summaries.span import HERE, ON, together

S = ObservationStatus
UNDER_OBSERVATION: Final = frozenset({S.OBSERVED, S.CENTRAL, S.HOSPITAL})


class Movement(NamedTuple):
    """One event. ``name`` is None where the person's name is out of reach; ``was`` and ``became`` are None beyond the
    village. ``late``: it happened on an earlier day and was entered on this one."""

    event_id: int
    village_id: int
    observation_id: int | None
    resident_id: int
    name: str | None
    kind: EventKind
    on: date
    was: ObservationStatus | None
    became: ObservationStatus | None
    note: str | None
    late: bool = False


class Balance(NamedTuple):
    """How many were in some states at the end of the day before, came into them, left them, and are in them now."""

    yesterday: int = 0
    into: int = 0
    out: int = 0
    today: int = 0

    @property
    def gap(self) -> int:
        """By how much today is more than yesterday + in − out: zero, as long as nobody counts otherwise."""
        return self.today - (self.yesterday + self.into - self.out)


class Carried(NamedTuple):
    """What a day's hand-overs add to what adds up, and take from it: (taken over, handed over)."""

    central: tuple[int, int] = (0, 0)
    home: tuple[int, int] = (0, 0)
    released: tuple[int, int] = (0, 0)


def movements(session: Session, on: date, village_id: int | None = None) -> list[Movement]:
    """The events of a day, and those of earlier days that were entered on it, in the order in which they happened."""
    event = ObservationEvent
    start, end = day_span(on)
    late = and_(event.on < on, event.created_at >= start, event.created_at < end)
    columns = (
        event.id, event.village_id, event.observation_id, event.resident_id, event.kind, event.on, event.was,
        event.became, event.note,
    )  # fmt: skip
    query = (
        select(*columns, Resident.name)
        .outerjoin(event.resident)
        .where(or_(event.on == on, late), standing_events())
        .order_by(event.on, event.id)
    )
    if village_id is not None:
        query = query.where(event.village_id == village_id)
    rows = session.execute(query, execution_options={"deleted": True}).all()
    names = names_that_crossed(session, {row.resident_id for row in rows if row.name is None})
    return [
        Movement(
            row.id,
            row.village_id,
            row.observation_id,
            row.resident_id,
            row.name or names.get(row.resident_id),
            row.kind,
            row.on,
            row.was,
            row.became,
            row.note,
            row.on < on,
        )
        for row in rows
    ]


def balances(
    session: Session, on: date, states: frozenset[ObservationStatus] = UNDER_OBSERVATION
) -> dict[int, Balance]:
    """The balance of every village that reports and is within reach, of those in any of some states."""
    wanted = [place.id for place in villages(session, "dailyreport")]
    return by_village(session, _balances, (on, states), wanted, Balance())


def _balances(
    session: Session, about: tuple[date, frozenset[ObservationStatus]], among: Collection[int]
) -> dict[int, Balance]:
    on, states = about
    rows = session.execute(_standing(states), {"on": on, "here": list(among)}, execution_options={"deleted": True})
    return {village_id: Balance(*counts) for village_id, *counts in rows}


@cache
def _standing(states: frozenset[ObservationStatus]) -> Select[*tuple[Any, ...]]:
    event = ObservationEvent
    inside = _either(event.became.in_(states), event.was.in_(states))
    outside = _either(event.was.in_(states), event.became.in_(states))
    before, that_day = event.on < ON, event.on == ON
    query = (
        select(
            event.village_id,
            number_of(and_(inside, before)) - number_of(and_(outside, before)),
            number_of(and_(inside, that_day)),
            number_of(and_(outside, that_day)),
            number_of(inside) - number_of(outside),
        )
        .where(event.on <= ON, event.village_id.in_(HERE), standing_events())
        .group_by(event.village_id)
    )
    return query.execution_options(kept=True)


def carried(session: Session, on: date) -> dict[int, Carried]:
    """Why a total of a day may be more, or less, than the day before's and the day's own: village by village."""
    rows = session.execute(_hand_overs(), {"on": on}, execution_options={"deleted": True})
    pairs = {village_id: tuple(zip(found[::2], found[1::2], strict=True)) for village_id, *found in rows}
    return {village_id: Carried(*both) for village_id, both in pairs.items()}


@cache
def _hand_overs() -> Select[*tuple[Any, ...]]:
    event = ObservationEvent
    counts = [number_of(of(status)) for status in (S.CENTRAL, S.OBSERVED, S.RELEASED) for of in (handed_in, handed_out)]
    query = select(event.village_id, *counts).where(event.on == ON, standing_events()).group_by(event.village_id)
    return query.execution_options(kept=True)


def _either(one: ColumnElement[bool], other: ColumnElement[bool]) -> ColumnElement[bool]:
    """One and not the other, where either may be unknown."""
    return and_(one, or_(ObservationEvent.was.is_(None), ObservationEvent.became.is_(None), ~other))


def all_together(rows: Collection[Balance]) -> Balance:
    """The sum of several villages' balances."""
    return together(rows, Balance())


__all__ = ["UNDER_OBSERVATION", "Balance", "Carried", "Movement", "all_together", "balances", "carried", "movements"]
