"""日报: the figures of a day, computed from the records, and what each of them means.

Whatever is told by an event counts on the event's day, so that a correction made later shows as one. What counts
people of a day (当日) and what adds up (累计) hang together: yesterday's total + the day's + handed in − handed out.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from functools import cache
from typing import Any, Final

from sqlalchemy import ColumnElement, Select, and_, func, or_, select, tuple_

from models.event import ObservationEvent
from models.observation import Observation
from models.report import Figures
from models.session import Session
from models.states import EventKind, ObservationStatus, Outcome
from models.summaries.counting import number_of, villages
from models.summaries.remembered import by_village
from models.summaries.span import HERE, ON, together
from models.summaries.survey import Survey, surveys
from models.visit import Visit

S = ObservationStatus
_SUMMED: Final = {S.CENTRAL: "central", S.OBSERVED: "home", S.RELEASED: "released"}


def figures(session: Session, on: date, among: Collection[int] | None = None) -> dict[int, Figures]:
    """The figures of a day for every village that reports and is within reach, or for those ``among`` them."""
    wanted = [place.id for place in villages(session, "dailyreport") if among is None or place.id in among]
    return by_village(session, _figures, on, wanted, Figures())


def _figures(session: Session, on: date, among: Collection[int]) -> dict[int, Figures]:
    files, abnormal, moved = surveys(session, on, among), _abnormal(session, on, among), _moved(session, on, among)
    return {
        number: Figures(*files.get(number, Survey()), abnormal.get(number, 0))._replace(**moved.get(number, {}))
        for number in among
    }


def figures_of(session: Session, on: date, village_id: int) -> Figures:
    """The figures of one village; all zero for a village that is out of reach."""
    return figures(session, on, (village_id,)).get(village_id, Figures())


def total(rows: Collection[Figures]) -> Figures:
    """The last line: the sums of the rows."""
    return together(rows, Figures())


# ---- conditions, for whoever counts or lists ----


def standing_events() -> ColumnElement[bool]:
    """Events that count: those whose observation their village has not thrown away since."""
    event = ObservationEvent
    # the same for whoever looks: what the receiver throws away is not taken from the sender
    thrown_away = select(Observation.id, Observation.village_id).where(Observation.deleted_at.is_not(None))
    stands = tuple_(event.observation_id, event.village_id).not_in(thrown_away)
    return and_(event.deleted_at.is_(None), or_(event.observation_id.is_(None), stands))


def entered(status: ObservationStatus) -> ColumnElement[bool]:
    """Events by which somebody came into a state, a hand-over left aside."""
    event = ObservationEvent
    return and_(
        event.became == status, or_(event.was.is_(None), event.was != status), event.kind != EventKind.HANDED_IN
    )


def handed_in(status: ObservationStatus) -> ColumnElement[bool]:
    """Events by which somebody in a state was taken over from another village."""
    return and_(ObservationEvent.kind == EventKind.HANDED_IN, ObservationEvent.became == status)


def handed_out(status: ObservationStatus) -> ColumnElement[bool]:
    """Events by which somebody in a state was handed over to another village."""
    return and_(ObservationEvent.kind == EventKind.HANDED_OUT, ObservationEvent.was == status)


def _moved(session: Session, on: date, among: Collection[int]) -> dict[int, dict[str, int]]:
    """What the events come to, by village."""
    # what lies in the bin is let through, so that the condition can see which observations do
    rows = session.execute(_movements(), {"on": on, "here": list(among)}, execution_options={"deleted": True})
    found = [dict(row) for row in rows.mappings()]
    return {row.pop("village_id"): row for row in found}


@cache
def _movements() -> Select[*tuple[Any, ...]]:
    event = ObservationEvent
    counted: dict[str, ColumnElement[int]] = {}
    for status, name in _SUMMED.items():
        counted[f"{name}_today"] = number_of(and_(entered(status), event.on == ON))
        counted[f"{name}_total"] = number_of(or_(entered(status), handed_in(status))) - number_of(handed_out(status))
    counted["in_hospital"] = number_of(event.became == S.HOSPITAL) - number_of(event.was == S.HOSPITAL)
    query = select(event.village_id, *(count.label(name) for name, count in counted.items()))
    query = query.where(event.on <= ON, event.village_id.in_(HERE), standing_events())
    return query.group_by(event.village_id).execution_options(kept=True)


def _abnormal(session: Session, on: date, among: Collection[int]) -> dict[int, int]:
    """How many people a day's visits found abnormal, by village."""
    found = session.execute(_people(), {"on": on, "here": list(among)})
    return {village_id: count for village_id, count in found}


@cache
def _people() -> Select[int, int]:
    query = select(Visit.village_id, func.count(Visit.resident_id.distinct()))
    query = query.where(Visit.on == ON, Visit.outcome == Outcome.ABNORMAL, Visit.village_id.in_(HERE))
    return query.group_by(Visit.village_id).execution_options(kept=True)


__all__ = [
    "Figures", "entered", "figures", "figures_of", "handed_in", "handed_out", "standing_events", "total",
]  # fmt: skip
