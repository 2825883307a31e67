"""The trend of observation: for each day who came under observation, who left it, and who is under it, where.

Everything is a sum over events (``models.course``), each on its own day and in the village of that day, so that
yesterday + came − went = today in every village and in all of them together.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any, Final, NamedTuple

from sqlalchemy import ColumnElement, and_, func, not_, or_, select
from sqlalchemy.orm import aliased

from models.event import ObservationEvent
from models.observation import Observation
from models.resident import Resident
from models.session import Session
from models.states import EventKind, ObservationStatus
from models.summaries.span import Span, Villages, among

S, E = ObservationStatus, ObservationEvent
PRESENT: Final = {S.OBSERVED: "home", S.CENTRAL: "centre", S.HOSPITAL: "hospital"}


class TrendDay(NamedTuple):
    """One day's counts. ``opened``, ``taken_over`` from another village and ``back`` (reopened, found, recovered)
    came under observation; ``released``, ``handed_over`` and ``left`` (confirmed, lost, ruled out) went; ``home``,
    ``centre`` and ``hospital`` are under observation at the end of the day."""

    opened: int = 0
    taken_over: int = 0
    back: int = 0
    released: int = 0
    handed_over: int = 0
    left: int = 0
    home: int = 0
    centre: int = 0
    hospital: int = 0

    @property
    def came(self) -> int:
        """Who was not under observation the day before, or not in these villages."""
        return self.opened + self.taken_over + self.back

    @property
    def went(self) -> int:
        """Who no longer is."""
        return self.released + self.handed_over + self.left

    @property
    def present(self) -> int:
        """Everybody under observation at the end of the day."""
        return self.home + self.centre + self.hospital


FLOWS: Final = TrendDay._fields[:6]
STANDING: Final = TrendDay._fields[6:]


class _Step(NamedTuple):
    """How many persons went one step on one day."""

    on: date
    kind: EventKind
    was: ObservationStatus | None
    became: ObservationStatus | None
    persons: int


def flow(kind: EventKind, was: ObservationStatus | None, became: ObservationStatus | None) -> str:
    """The field of ``TrendDay`` that an event counts in; "" for one that brings nobody in and lets nobody go."""
    if (was in PRESENT) == (became in PRESENT):
        return ""
    if became in PRESENT:
        return {EventKind.OPENED: "opened", EventKind.HANDED_IN: "taken_over"}.get(kind, "back")
    return {EventKind.RELEASED: "released", EventKind.HANDED_OUT: "handed_over"}.get(kind, "left")


def _flows(field: str) -> ColumnElement[bool]:
    """The events that count in a field of the flows, as ``flow`` says of each."""
    present = tuple(PRESENT)
    was, became = (and_(state.is_not(None), state.in_(present)) for state in (E.was, E.became))
    by_kind = {"opened": EventKind.OPENED, "taken_over": EventKind.HANDED_IN}
    if field in (*by_kind, "back"):
        kinds = E.kind == by_kind[field] if field in by_kind else E.kind.not_in(by_kind.values())
        return and_(became, not_(was), kinds)
    by_kind = {"released": EventKind.RELEASED, "handed_over": EventKind.HANDED_OUT}
    kinds = E.kind == by_kind[field] if field in by_kind else E.kind.not_in(by_kind.values())
    return and_(was, not_(became), kinds)


def by_day(session: Session, span: Span, villages: Villages) -> dict[date, TrendDay]:
    """Every day of a span; a day without an event is there too, and stands as the day before."""
    standing = dict.fromkeys(STANDING, 0)
    moved: dict[date, dict[str, int]] = {day: dict.fromkeys(TrendDay._fields, 0) for day in span.days()}
    for step in _steps(session, span.last, villages):
        counts = moved.get(step.on, standing)
        if step.was in PRESENT:
            counts[PRESENT[step.was]] -= step.persons
        if step.became in PRESENT:
            counts[PRESENT[step.became]] += step.persons
        if step.on in moved and (name := flow(step.kind, step.was, step.became)):
            counts[name] += step.persons
    found = {}
    for day, counts in moved.items():
        standing = {name: standing[name] + counts[name] for name in STANDING}
        found[day] = TrendDay(**{**counts, **standing})
    return found


def _steps(session: Session, until: date, villages: Villages) -> Iterator[_Step]:
    """All steps up to a day; those of observations that lie in the recycle bin are taken back."""
    names = (E.on, E.kind, E.was, E.became)
    moved = E.was.is_distinct_from(E.became)
    query = select(*names, func.count()).where(E.on <= until, among(E.village_id, villages), moved).group_by(*names)
    yield from (_Step(*row) for row in session.execute(query))
    # few are thrown away: searched for first, and their events by them
    thrown = select(Observation.id).where(Observation.deleted_at.is_not(None), Observation.village_id.is_not(None))
    thrown_away = (
        select(*names, -func.count())
        .where(E.observation_id.in_(thrown), E.on <= until, (E.village_id + 0).in_(villages))
        .where(E.deleted_at.is_(None), moved)
        .group_by(*names)
    )
    yield from (_Step(*row) for row in session.execute(thrown_away, execution_options={"deleted": True}))


# ---- who they are ----


class Person(NamedTuple):
    """Somebody behind a number. ``name`` is None for who is another village's by now; ``on`` and ``note`` are
    those of the event by which the number counts the person."""

    observation_id: int | None
    resident_id: int
    village_id: int
    name: str | None
    on: date
    note: str | None = None


_SHOWN: Final = (E.observation_id, E.resident_id, E.village_id, Resident.name, E.on, E.note)


def persons(session: Session, span: Span, field: str, villages: Villages, limit: int) -> list[Person]:
    """The first of those whom a field of a span's counts stands for: who came or went on its days, and who stands
    somewhere (``present``: anywhere) at its end. Raises ValueError for a field that there is not."""
    if field in STANDING or field == "present":
        states = [status for status, name in PRESENT.items() if field in (name, "present")]
        found = [one for status in states for one in _standing(session, span.last, status, villages, limit)]
        return sorted(found, key=lambda one: (one.village_id, one.on))[:limit]
    if field not in FLOWS:
        raise ValueError(field)
    query = (
        _counted(select(*_SHOWN), villages)
        .outerjoin(Resident, Resident.id == E.resident_id)
        .where(E.on.between(span.first, span.last), _flows(field))
        .order_by(E.on.desc(), E.village_id, E.id)
        .limit(limit)
    )
    return [Person(*row) for row in session.execute(query, execution_options={"deleted": True})]


def _standing(session: Session, on: date, status: ObservationStatus, villages: Villages, limit: int) -> list[Person]:
    """Those who came to be where they are counted up to a day, and did not go from there up to that day."""
    gone = aliased(E)
    left = select(gone.id).where(
        gone.observation_id == E.observation_id,
        gone.village_id == E.village_id,
        gone.deleted_at.is_(None),
        gone.was == status,
        gone.became.is_distinct_from(status),
        gone.on <= on,
        or_(gone.on > E.on, and_(gone.on == E.on, gone.id > E.id)),
    )
    query = (
        _counted(select(*_SHOWN), villages)
        .outerjoin(Resident, Resident.id == E.resident_id)
        .where(E.on <= on, E.became == status, E.was.is_distinct_from(status), ~left.exists())
        .order_by(E.village_id, E.on, E.id)
        .limit(limit)
    )
    return [Person(*row) for row in session.execute(query, execution_options={"deleted": True})]


def _counted(query: Any, villages: Villages) -> Any:
    """The events that count: not in the recycle bin, nor of an observation that is."""
    thrown_away = select(Observation.id).where(Observation.id == E.observation_id, Observation.deleted_at.is_not(None))
    return query.select_from(E).where(E.deleted_at.is_(None), ~thrown_away.exists(), among(E.village_id, villages))
