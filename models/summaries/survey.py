"""What a village's files come to on a day: how many people were surveyed, and what their files say of them.

A file counts in the village that kept it on that day. One that was handed over since counts, for the days before, as
the sender knew it then: what the receiver writes into it later is not the sender's to count.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, and_, bindparam, func, select

from models.clock import day_span
from models.handover import HandOver, HandOverStatus
from models.resident import MET, Resident
from models.scope import Act
from models.session import Session
from models.summaries.counting import number_of
from models.summaries.span import HERE, ON, Day
from models.trail import Deed, TrailEntry


class Survey(NamedTuple):
    """Files that a village kept on a day, and of how many of them what is said."""

    surveyed: int = 0
    came: int = 0
    met_case: int = 0
    lived_with_contact: int = 0
    met_from_area: int = 0

    def plus(self, other: Survey) -> Survey:
        """Two of them together."""
        return Survey(*(one + two for one, two in zip(self, other, strict=True)))

    def less(self, other: Survey) -> Survey:
        """One without the other."""
        return Survey(*(one - two for one, two in zip(self, other, strict=True)))


class Kept(NamedTuple):
    """One file that a village kept. ``name`` is None where it can no longer be read."""

    resident_id: int
    village_id: int
    name: str | None
    survey: Survey


def said(on: Day) -> tuple[ColumnElement[bool], ...]:
    """The conditions under which a file that is there is counted as came, met_case, lived_with_contact, …"""
    return (Resident.arrived_on <= on, *(getattr(Resident, name).is_(True) for name in MET))


def opened_by(on: date) -> ColumnElement[bool]:
    """Files that had been opened by the end of a day."""
    return _opened_before(day_span(on)[1])


def _opened_before(instant: Any) -> ColumnElement[bool]:
    return and_(Resident.created_at < instant)


def surveys(session: Session, on: date, among: Collection[int]) -> dict[int, Survey]:
    """The files of a day in some villages; one without files is left out."""
    rows = session.execute(_surveyed(), {"on": on, "over": day_span(on)[1], "here": list(among)})
    found = {village_id: Survey(*counts) for village_id, *counts in rows}
    come, gone = moved_since(session, on)
    for file in come:
        if file.village_id in found:
            found[file.village_id] = found[file.village_id].less(file.survey)
    for file in gone:
        if file.village_id in among:
            found[file.village_id] = found.get(file.village_id, Survey()).plus(file.survey)
    return found


@cache
def _surveyed() -> Select[*tuple[Any, ...]]:
    query = select(Resident.village_id, func.count(), *map(number_of, said(ON)))
    query = query.where(_opened_before(bindparam("over")), Resident.village_id.in_(HERE))
    return query.group_by(Resident.village_id).execution_options(kept=True)


def moved_since(session: Session, on: date) -> tuple[list[Kept], list[Kept]]:
    """What was handed over after a day: the files where they have come since, and where they were kept on that day."""
    homes = _homes(session, on)
    if not homes:
        return [], []
    columns = (Resident.id, Resident.village_id, Resident.name, Resident.created_at, Resident.arrived_on)
    rows = session.execute(select(*columns, *(getattr(Resident, n) for n in MET)).where(Resident.id.in_(homes))).all()
    come = [
        Kept(number, village_id, name, _survey(on, arrived_on, *met))
        for number, village_id, name, created_at, arrived_on, *met in rows
        if homes[number][0] != village_id and created_at < day_span(on)[1]
    ]
    back = {row.id for row in rows if homes[row.id][0] == row.village_id}
    area = session.scope.area(Act.READ, "resident")
    return come, _as_known_then(session, on, {n: h for n, h in homes.items() if n not in back and h[0] in area})


def _homes(session: Session, on: date) -> dict[int, tuple[int, str]]:
    """Where the files were on a day that were handed over after it: the village, and the name that crossed."""
    query = (
        select(HandOver.resident_id, HandOver.from_village_id, HandOver.name)
        .where(HandOver.status == HandOverStatus.ACCEPTED, HandOver.answered_at >= day_span(on)[1])
        .order_by(HandOver.answered_at.desc(), HandOver.id.desc())
    )
    # the earliest comes last, and says where the file was before any of them
    return {resident_id: (village_id, name) for resident_id, village_id, name in session.execute(query)}


def _as_known_then(session: Session, on: date, homes: dict[int, tuple[int, str]]) -> list[Kept]:
    """Files as the trail tells that they were at the end of a day, when the sender still kept them."""
    told: dict[int, dict[str, Any]] = {}
    query = select(TrailEntry.record_id, TrailEntry.deed, TrailEntry.changes).where(
        TrailEntry.ledger == Resident.__ledger__,
        TrailEntry.kind == Resident.__tablename__,
        TrailEntry.record_id.in_(homes),
        TrailEntry.at < day_span(on)[1],
    )
    with session.over_the_line():
        for number, deed, changes in session.execute(query.order_by(TrailEntry.id)):
            file = told.setdefault(number, {})
            if deed in (Deed.INSERT, Deed.DELETE, Deed.RESTORE):
                file["there"] = deed is not Deed.DELETE
            file.update({name: after for name, (_before, after) in changes.items()})
    kept = []
    for number, file in told.items():
        if file.get("there"):
            arrived_on = date.fromisoformat(file["arrived_on"]) if file.get("arrived_on") else None
            survey = _survey(on, arrived_on, *(file.get(name) for name in MET))
            kept.append(Kept(number, *homes[number], survey))
    return kept


def _survey(on: date, arrived_on: date | None, *met: bool | None) -> Survey:
    return Survey(1, int(arrived_on is not None and arrived_on <= on), *(int(bool(one)) for one in met))
