"""Volunteers' service over a span of days: by organisation, and by the village that they served in.

A duty counts on the day on which it starts; one that was only asked for, or was cancelled, does not.
"""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Final, NamedTuple

from sqlalchemy import ColumnElement, and_, func, select

from models.session import Session
from models.summaries.counting import number_of
from models.summaries.span import Span, Villages
from models.volunteer import Assignment, Duty, DutyStatus, Organisation, Volunteer

FROM_ELSEWHERE: Final = -1
NO_ORGANISATION: Final = 0


class Served(NamedTuple):
    """``volunteers`` on file, and of the duties of a span: for how many ``turns`` somebody was assigned, to how many
    of these somebody came (``attended``), how many different people that were, and for how many hours."""

    volunteers: int = 0
    people: int = 0
    turns: int = 0
    attended: int = 0
    hours: Decimal = Decimal("0.0")


class Team(NamedTuple):
    """An organisation; ``NO_ORGANISATION`` for those of none, ``FROM_ELSEWHERE`` for who is another village's."""

    id: int
    name: str


class Manned(NamedTuple):
    """The duties of a span in a village: how many people they needed and got, how many duties are short and of how many
    people, and what was served there."""

    duties: int = 0
    needed: int = 0
    assigned: int = 0
    short: int = 0
    missing: int = 0
    people: int = 0
    hours: Decimal = Decimal("0.0")


def _of(span: Span, villages: Villages) -> ColumnElement[bool]:
    start, end = span.instants
    return and_(
        Duty.village_id.in_(villages),
        Duty.starts_at >= start,
        Duty.starts_at < end,
        Duty.status.in_((DutyStatus.OPEN, DutyStatus.DONE)),
    )


_CAME: Final = Assignment.signed_in_at.is_not(None)
_HOURS: Final = func.sum(Assignment.hours)  # a Tenths, which gives exact tenths back


def by_organisation(session: Session, span: Span, villages: Villages) -> list[tuple[Team, Served]]:
    """Who served in these villages, every organisation by name; those of none, and who comes from elsewhere, last."""
    teams = {number: Team(number, name) for number, name in session.execute(select(Organisation.id, Organisation.name))}
    on_file = (
        select(Volunteer.organisation_id, func.count())
        .where(Volunteer.village_id.in_(villages))
        .group_by(Volunteer.organisation_id)
    )
    query = (
        select(
            Volunteer.id.is_(None),
            Volunteer.organisation_id,
            func.count(Assignment.volunteer_id.distinct()).filter(_CAME),
            func.count(),
            number_of(_CAME),
            _HOURS,
        )
        .select_from(Duty)
        .join(Assignment, Assignment.duty_id == Duty.id)
        # who serves here and is another village's may not be seen, only that somebody served
        .outerjoin(Volunteer, Volunteer.id == Assignment.volunteer_id)
        .where(_of(span, villages))
        .group_by(Volunteer.id.is_(None), Volunteer.organisation_id)
    )
    served = {number or NO_ORGANISATION: Served(volunteers=count) for number, count in session.execute(on_file)}
    for stranger, organisation_id, people, turns, attended, hours in session.execute(query):
        number = FROM_ELSEWHERE if stranger else organisation_id or NO_ORGANISATION
        known = served.get(number, Served()).volunteers
        served[number] = Served(known, people, turns, attended, hours or Decimal("0.0"))
    others = [Team(number, "") for number in served if number not in teams]
    named = sorted((team for team in teams.values()), key=lambda team: (team.name, team.id))
    return [(team, served.get(team.id, Served())) for team in (*named, *sorted(others, key=lambda team: -team.id))]


class Short(NamedTuple):
    """A duty that has fewer people than it needs."""

    id: int
    village_id: int
    title: str
    starts_at: datetime
    needed: int
    assigned: int


def short(session: Session, span: Span, villages: Villages, limit: int) -> list[Short]:
    """The first of the duties of a span that are short of people, the soonest first."""
    assigned = func.count(Assignment.id)
    query = (
        select(Duty.id, Duty.village_id, Duty.title, Duty.starts_at, Duty.needed, assigned)
        .outerjoin(Assignment, Assignment.duty_id == Duty.id)
        .where(_of(span, villages))
        .group_by(Duty.id)
        .having(Duty.needed > assigned)
        .order_by(Duty.starts_at, Duty.id)
        .limit(limit)
    )
    return [Short(*row) for row in session.execute(query)]


def by_village(session: Session, span: Span, villages: Villages) -> dict[int, Manned]:
    """The duties of every village; one without any is left out."""
    assigned = func.count(Assignment.id)
    each = (
        select(Duty.village_id.label("village_id"), Duty.needed.label("needed"), assigned.label("assigned"))
        .outerjoin(Assignment, Assignment.duty_id == Duty.id)
        .where(_of(span, villages))
        .group_by(Duty.id, Duty.village_id, Duty.needed)
        .subquery()
    )
    missing = each.c.needed - each.c.assigned
    query = select(
        each.c.village_id,
        func.count(),
        func.sum(each.c.needed),
        func.sum(each.c.assigned),
        number_of(missing > 0),
        func.coalesce(func.sum(missing).filter(missing > 0), 0),
    ).group_by(each.c.village_id)
    # PostgreSQL sums integers to decimals
    found = {
        village_id: Manned(duties, int(needed), int(assigned), short, int(lacking))
        for village_id, duties, needed, assigned, short, lacking in session.execute(query)
    }
    serving = (
        select(Duty.village_id, func.count(Assignment.volunteer_id.distinct()).filter(_CAME), _HOURS)
        .join(Assignment, Assignment.duty_id == Duty.id)
        .where(_of(span, villages))
        .group_by(Duty.village_id)
    )
    for village_id, people, hours in session.execute(serving):
        found[village_id] = found[village_id]._replace(people=people, hours=hours or Decimal("0.0"))
    return found
