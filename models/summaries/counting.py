"""Counting records by village, and the villages that are counted."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, case, func, select

from models.place import Village
from models.scope import Act
from models.session import Session
from models.summaries import remembered


class Place(NamedTuple):
    """A village as a sheet names it."""

    id: int
    name: str
    township_id: int | None = None


def villages(session: Session, ledger: str) -> list[Place]:
    """The villages that take part and whose records of a ledger the session may read, by their codes."""
    area = session.scope.area(Act.READ, ledger)
    found = remembered.noted(session, "taking part", lambda: _taking_part(session))
    return [place for place in found if place.id in area]


def _taking_part(session: Session) -> list[Place]:
    query = select(Village.id, Village.name, Village.township_id).where(Village.taking_part.is_(True))
    return [Place(*row) for row in session.execute(query.order_by(Village.code, Village.id))]


def within_reach(session: Session, ledger: str) -> list[int]:
    """Every village whose records of a ledger the session may read, whether it takes part or not."""
    area = session.scope.area(Act.READ, ledger)
    if not area.everywhere:
        return sorted(area.villages)

    def look() -> list[int]:
        return list(session.scalars(select(Village.id), execution_options={"deleted": True}))

    return remembered.noted(session, "villages", look)


@remembered.remembered
def count_all(session: Session, cls: Any) -> int:
    """How many records of a ledger there are, of which only those of villages in which something was written since are
    counted again: what a list of everything begins with."""
    villages = within_reach(session, cls.__ledger__)
    counted: dict[int, int] = remembered.by_village(session, _all, cls, villages, 0)
    return sum(counted.values())


def _all(session: Session, cls: Any, among: Collection[int]) -> dict[int, int]:
    query = select(cls.village_id, func.count()).where(cls.village_id.in_(among)).group_by(cls.village_id)
    return {village_id: count for village_id, count in session.execute(query)}


def how_many(session: Session, cls: Any, *conditions: ColumnElement[bool]) -> int:
    """How many records of a class meet the conditions."""
    return session.scalar(select(func.count(cls.id)).where(*conditions)) or 0


def number_of(condition: ColumnElement[bool]) -> ColumnElement[int]:
    """How many rows of a group meet a condition."""
    return func.coalesce(func.sum(case((condition, 1), else_=0)), 0)
