"""一村一台账: which records the ledger of a span of days holds, and in which order, the same on every database.

The session's scope says whose: a session that is confined to one village (``Scope.only``) reads that village's ledger.
A register (persons, venues, enterprises) holds what was on file by the span's last day; everything that happened is
held by the day on which it happened. States are those of now.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable
from datetime import date
from typing import Any, Final, NamedTuple

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import selectinload

from models import clock
from models.alert import Alert
from models.base import Record
from models.business import Business, Inspection
from models.checkpoint import Checkpoint, Passage
from models.enterprise import Enterprise, Resumption
from models.event import ObservationEvent
from models.followup import FollowUp
from models.gathering import Banquet, Tipoff
from models.observation import Observation
from models.publicity import Publicity
from models.report import DailyReport
from models.resident import Resident
from models.session import Session
from models.supervision import Supervision
from models.supply import Donation, Supply
from models.types import Instant
from models.visit import Visit
from models.volunteer import Assignment, Duty, Volunteer

Condition = ColumnElement[bool]


class Span(NamedTuple):
    """The days of a ledger, both included."""

    since: date
    until: date


# What happened, by the day or the instant that says when.
DATED: Final[dict[type[Record], Any]] = {
    ObservationEvent: ObservationEvent.on,
    Visit: Visit.on,
    FollowUp: FollowUp.on,
    Alert: Alert.raised_at,
    Inspection: Inspection.on,
    Banquet: Banquet.held_on,
    Tipoff: Tipoff.received_at,
    Passage: Passage.at,
    Publicity: Publicity.on,
    Supervision: Supervision.on,
    Duty: Duty.starts_at,
    Supply: Supply.asked_on,
    Donation: Donation.received_on,
    DailyReport: DailyReport.on,
}


def within(cls: type[Record], span: Span) -> Condition:
    """The records of a class that a span holds. Raises KeyError for a class that no ledger holds."""
    if cls in DATED:
        return between(DATED[cls], span)
    return _REGISTERS[cls](span)


def between(column: Any, span: Span) -> Condition:
    """Days of a span, or instants of its days."""
    if isinstance(column.type, Instant):
        return and_(column >= clock.day_span(span.since)[0], column < clock.day_span(span.until)[1])
    return column.between(span.since, span.until)  # type: ignore[no-any-return]


def order(cls: type[Record]) -> tuple[Any, ...]:
    """By the day on which it happened, then by record number; nothing that two databases would sort differently."""
    if cls is Visit:
        return Visit.on, Visit.period, Visit.id
    return (DATED[cls], cls.id) if cls in DATED else (cls.id,)


class Held(NamedTuple):
    """How many records a span holds, and their lowest and highest numbers."""

    records: int
    first: int | None
    last: int | None


def held(session: Session, cls: type[Record], span: Span) -> Held:
    """How many records of a class a span holds."""
    query = select(func.count(cls.id), func.min(cls.id), func.max(cls.id)).where(within(cls, span))
    return Held(*session.execute(query).one())


def numbers(session: Session, cls: type[Record], *conditions: Condition) -> array[int]:
    """The numbers of the records that meet the conditions, in the ledger's order."""
    numbers = select(cls.id).where(*conditions).order_by(*order(cls))
    return array("q", session.scalars(numbers, execution_options={"yield_per": 1_000}))


class Found(NamedTuple):
    """The first records that a span holds, and how many it holds in all."""

    records: list[Record]
    all: int


def records(session: Session, cls: type[Record], span: Span, limit: int) -> Found:
    """The first records of a class that a span holds, in the ledger's order, with whom or what they are named by."""
    found = numbers(session, cls, within(cls, span))
    names = [getattr(cls, name) for name in cls.__named_by__]
    query = select(cls).where(cls.id.in_(found[:limit])).order_by(*order(cls))
    return Found(list(session.scalars(query.options(*map(selectinload, names)))), len(found))


# ---- registers: what was on file by the last day ----


def _on_file(cls: type[Record], span: Span, *dated: Condition) -> Condition:
    """Entered by the last day, or entered later although something of it is dated earlier."""
    return or_(cls.created_at < clock.day_span(span.until)[1], *dated)


def _resident(span: Span) -> Condition:
    began = select(Observation.id).where(Observation.resident_id == Resident.id, Observation.began_on <= span.until)
    return _on_file(Resident, span, Resident.arrived_on <= span.until, began.exists())


def _observation(span: Span) -> Condition:
    """Those that ran on a day of the span."""
    return (Observation.began_on <= span.until) & or_(
        Observation.released_on.is_(None), Observation.released_on >= span.since
    )


def _business(span: Span) -> Condition:
    seen = select(Inspection.id).where(Inspection.business_id == Business.id, Inspection.on <= span.until)
    return _on_file(Business, span, seen.exists())


def _enterprise(span: Span) -> Condition:
    filed = select(Resumption.id).where(Resumption.enterprise_id == Enterprise.id, _filed(span))
    return _on_file(Enterprise, span, filed.exists())


def _resumption(span: Span) -> Condition:
    return _on_file(Resumption, span, _filed(span))


def _filed(span: Span) -> Condition:
    return or_(Resumption.applied_on <= span.until, Resumption.filed_on <= span.until)


def _checkpoint(span: Span) -> Condition:
    """Those that stood on a day of the span."""
    stood = or_(Checkpoint.closed_on.is_(None), Checkpoint.closed_on >= span.since)
    return _on_file(Checkpoint, span, Checkpoint.opened_on <= span.until) & stood


def _volunteer(span: Span) -> Condition:
    return _on_file(Volunteer, span)


def _assignment(span: Span) -> Condition:
    """Those of the duties that the span holds."""
    return Assignment.duty_id.in_(select(Duty.id).where(within(Duty, span)))


_REGISTERS: Final[dict[type[Record], Callable[[Span], Condition]]] = {
    Resident: _resident,
    Observation: _observation,
    Business: _business,
    Enterprise: _enterprise,
    Resumption: _resumption,
    Checkpoint: _checkpoint,
    Volunteer: _volunteer,
    Assignment: _assignment,
}
