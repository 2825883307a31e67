"""Volunteers' service over a span of days: by organisation, and by the village that they served in.

A duty counts on the day on which it starts; one that was only asked for, or was cancelled, does not.
"""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any, Final, NamedTuple

from sqlalchemy import ColumnElement, Select, and_, func, select, true

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


# ---- which they are ----


class Turn(NamedTuple):
    """Somebody's turn on a duty, for ``hours`` if somebody came and left again."""

    id: int
    village_id: int
    volunteer: str
    duty: str
    starts_at: datetime
    hours: Decimal | None


def turns(session: Session, span: Span, villages: Villages, field: str, team: int | None, limit: int) -> list[Turn]:
    """The first of the turns that a field of the counts stands for, of one team or of all, the longest served first.
    ``people`` are told by one turn of each. Raises ValueError for another field."""
    conditions = {
        "turns": true(),
        "attended": _CAME,
        "hours": Assignment.hours > 0,
        "people": and_(_CAME, Assignment.id.in_(_one_of_each(span, villages))),
    }
    if field not in conditions:
        raise ValueError(field)
    query = (
        select(
            Assignment.id,
            Assignment.village_id,
            Assignment.volunteer_name,
            Duty.title,
            Duty.starts_at,
            Assignment.hours,
        )
        .select_from(Duty)
        .join(Assignment, Assignment.duty_id == Duty.id)
        .outerjoin(Volunteer, Volunteer.id == Assignment.volunteer_id)
        .where(_of(span, villages), conditions[field], true() if team is None else _in_team(team))
        .order_by(func.coalesce(Assignment.hours, 0).desc(), Duty.starts_at, Assignment.id)
        .limit(limit)
    )
    return [Turn(*row) for row in session.execute(query)]


def _one_of_each(span: Span, villages: Villages) -> Select[Any]:
    """A turn of everybody who came."""
    return (
        select(func.min(Assignment.id))
        .join(Duty, Duty.id == Assignment.duty_id)
        .where(_of(span, villages), _CAME)
        .group_by(Assignment.volunteer_id)
    )


def _in_team(team: int) -> ColumnElement[bool]:
    """Turns of volunteers of an organisation, of none, or of who is another village's."""
    if team == FROM_ELSEWHERE:
        return Volunteer.id.is_(None)
    if team == NO_ORGANISATION:
        return and_(Volunteer.id.is_not(None), Volunteer.organisation_id.is_(None))
    return Volunteer.organisation_id == team


class OnFile(NamedTuple):
    """A volunteer on file."""

    id: int
    village_id: int
    name: str


def of_none(session: Session, villages: Villages, limit: int) -> list[OnFile]:
    """The first of the volunteers of no organisation, whom no list shows apart."""
    query = (
        select(Volunteer.id, Volunteer.village_id, Volunteer.name)
        .where(Volunteer.village_id.in_(villages), Volunteer.organisation_id.is_(None))
        .order_by(Volunteer.village_id, Volunteer.id)
        .limit(limit)
    )
    return [OnFile(*row) for row in session.execute(query)]


class Manning(NamedTuple):
    """A duty, the people that it needs and has."""

    id: int
    village_id: int
    title: str
    starts_at: datetime
    needed: int
    assigned: int

    @property
    def missing(self) -> int:
        """How many more it needs."""
        return max(0, self.needed - self.assigned)


def manning(session: Session, span: Span, villages: Villages, limit: int, short: bool = False) -> list[Manning]:
    """The first of the duties of a span, or of those that are short of people, the soonest first."""
    assigned = func.count(Assignment.id)
    query = (
        select(Duty.id, Duty.village_id, Duty.title, Duty.starts_at, Duty.needed, assigned)
        .outerjoin(Assignment, Assignment.duty_id == Duty.id)
        .where(_of(span, villages))
        .group_by(Duty.id)
        .order_by(Duty.starts_at, Duty.id)
        .limit(limit)
    )
    if short:
        query = query.having(Duty.needed > assigned)
    return [Manning(*row) for row in session.execute(query)]
