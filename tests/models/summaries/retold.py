"""Every record of every ledger as the trail tells it: the entries in their order, one after the other, and no table."""

from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from typing import Any

from sqlalchemy import Column, Date, inspect, select

from models import register  # noqa: F401  completes the mappers
from models.base import Base
from models.session import Session
from models.trail import Deed, TrailEntry
from models.types import Chosen, ChosenMany, Instant, Tenths
from tests.models.summaries.world import Row, World

TOLD: dict[str, type[Base]] = {
    mapper.class_.__tablename__: mapper.class_
    for mapper in Base.registry.mappers
    if mapper.class_.__ledger__ and mapper.class_ is not TrailEntry
}
"""What the trail tells of, by the kind that its entries name."""
WRITTEN = (Deed.INSERT, Deed.UPDATE, Deed.DELETE, Deed.RESTORE)
SECRET = "•"


@cache
def columns_of(cls: type[Base]) -> dict[str, Column[Any]]:
    """The columns of a class by attribute."""
    return {attribute.key: attribute.columns[0] for attribute in inspect(cls).column_attrs}


def decoded(type_: Any, told: Any) -> Any:
    """A value of the trail as its column keeps it."""
    if told is None or told == SECRET:
        return told
    if isinstance(type_, Chosen):
        return type_.choices(told)
    if isinstance(type_, ChosenMany):
        return [type_.choices(code) for code in told]
    if isinstance(type_, Instant):
        return datetime.fromisoformat(told)
    if isinstance(type_, Date):
        return date.fromisoformat(told)
    if isinstance(type_, Tenths):
        return Decimal(told)
    return told


def entries(session: Session) -> Iterable[Any]:
    """The rows of the trail that tell of records, in their order."""
    told = (TrailEntry.at, TrailEntry.account_name, TrailEntry.kind, TrailEntry.record_id, TrailEntry.deed)
    query = select(*told, TrailEntry.changes).where(TrailEntry.deed.in_(WRITTEN))
    return session.execute(query.order_by(TrailEntry.id)).all()


def retold(entries: Iterable[Any]) -> World:
    """The records that some entries tell of.

    A part of another record is told under the other's number and has none of its own here: it is numbered as it comes,
    and which of several parts an entry is about is told by what they were before. Nothing is ever purged here.
    """
    world = World()
    of: dict[tuple[type[Base], int], list[Row]] = {}
    for entry in entries:
        cls, number = TOLD[entry.kind], entry.record_id
        told = {
            name: [decoded(columns_of(cls)[name].type, value) for value in change]
            for name, change in entry.changes.items()
        }
        rows = of.setdefault((cls, number), [])
        if entry.deed is Deed.INSERT:
            rows.append(_begun(world, cls, entry))
        row = next((row for row in rows if _fits(row, entry.deed, told)), None)
        assert row is not None, f"nothing that was told before goes on as {entry}"
        row |= {name: after for name, (_before, after) in told.items()}
        row |= {"updated_at": entry.at, "updated_by": entry.account_name, "version": row["version"] + 1}
        if entry.deed in (Deed.DELETE, Deed.RESTORE):
            gone = entry.deed is Deed.DELETE
            row |= {"deleted_at": entry.at if gone else None, "deleted_by": entry.account_name if gone else None}
    return world


def _begun(world: World, cls: type[Base], entry: Any) -> Row:
    rows = world.rows.setdefault(cls, [])
    number = len(rows) + 1 if cls.__part_of__ else entry.record_id
    row = dict.fromkeys(columns_of(cls)) | {"id": number, "created_at": entry.at, "version": 0}
    if cls.__part_of__:
        row[cls.__part_of__] = entry.record_id
    rows.append(row)
    return row


def _fits(row: Row, deed: Deed, told: dict[str, list[Any]]) -> bool:
    """Whether an entry goes on from where the entries before it left a record."""
    if deed is Deed.INSERT:
        return row["version"] == 0
    if deed is not Deed.UPDATE and (row.get("deleted_at") is None) is not (deed is Deed.DELETE):
        return False
    return all(row[name] == before for name, (before, _after) in told.items())
