"""排班: what a coordinator of volunteers has to fill, without a word on anybody's health."""

from __future__ import annotations

from datetime import date, datetime
from typing import NamedTuple

from sqlalchemy import and_, func, or_, select

from models import clock
from models.session import Session
from models.summaries.counting import how_many
from models.supply import UNDER_WAY, Supply, SupplyStatus
from models.volunteer import Assignment, Duty, DutyKind, DutyStatus, Volunteer


class ShortDuty(NamedTuple):
    """A duty to come that has fewer people than it needs."""

    id: int
    village_id: int
    title: str
    kind: DutyKind
    place: str | None
    starts_at: datetime
    ends_at: datetime
    needed: int
    assigned: int

    @property
    def short(self) -> int:
        """How many people are missing."""
        return self.needed - self.assigned


class ShortDuties(NamedTuple):
    """How many duties are short of how many people, and the first of them."""

    duties: int
    people: int
    first: list[ShortDuty]


class Volunteers(NamedTuple):
    """Who can serve on a day. ``serving`` have a duty that day, ``free`` could still be asked."""

    all: int
    unavailable: int
    serving: int

    @property
    def free(self) -> int:
        """Available, and without a duty that day."""
        return self.all - self.unavailable - self.serving


class Service(NamedTuple):
    """The coordinator's counts."""

    asked: int
    volunteers: Volunteers
    supplies: int
    supplies_untaken: int
    to_confirm: int


def service(session: Session, on: date) -> Service:
    """What waits for the coordinator on a day."""
    by_status = select(Supply.status, func.count()).where(Supply.status.in_(UNDER_WAY)).group_by(Supply.status)
    waiting = {status: count for status, count in session.execute(by_status)}
    return Service(
        asked=how_many(session, Duty, Duty.status == DutyStatus.ASKED),
        volunteers=volunteers(session, on),
        supplies=sum(waiting.values()),
        supplies_untaken=waiting.get(SupplyStatus.OPEN, 0),
        to_confirm=how_many(
            session, Assignment, Assignment.attended.is_(False), Assignment.signed_in_at < clock.day_span(on)[1]
        ),
    )


def volunteers(session: Session, on: date) -> Volunteers:
    """Who is unavailable on a day, and who of the others has a duty."""
    start, end = clock.day_span(on)
    serving = session.scalar(
        select(func.count(Volunteer.id.distinct()))
        .select_from(Duty)
        .join(Assignment, Assignment.duty_id == Duty.id)
        .join(Volunteer, Volunteer.id == Assignment.volunteer_id)
        .where(
            Duty.starts_at >= start,
            Duty.starts_at < end,
            Duty.status != DutyStatus.CANCELLED,
            or_(Volunteer.unavailable_until.is_(None), Volunteer.unavailable_until < on),
        )
    )
    return Volunteers(
        all=how_many(session, Volunteer),
        unavailable=how_many(session, Volunteer, Volunteer.unavailable_until >= on),
        serving=serving or 0,
    )


def short_duties(session: Session, since: datetime, until: datetime, limit: int) -> ShortDuties:
    """Open duties that start in a span of time [since, until) and lack people, the soonest first."""
    assigned = func.count(Assignment.id)
    missing = Duty.needed - assigned
    query = (
        select(
            Duty.id,
            Duty.village_id,
            Duty.title,
            Duty.kind,
            Duty.place,
            Duty.starts_at,
            Duty.ends_at,
            Duty.needed,
            assigned,
            func.count().over(),
            func.sum(missing).over(),
        )
        .outerjoin(Assignment, Assignment.duty_id == Duty.id)
        .where(and_(Duty.status == DutyStatus.OPEN, Duty.starts_at >= since, Duty.starts_at < until))
        .group_by(Duty.id)
        .having(missing > 0)
        .order_by(Duty.starts_at, Duty.id)
        .limit(limit)
    )
    rows = session.execute(query).all()
    if not rows:
        return ShortDuties(0, 0, [])
    return ShortDuties(int(rows[0][9]), int(rows[0][10]), [ShortDuty(*row[:9]) for row in rows])
