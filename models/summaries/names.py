"""The names behind a figure: as many as it says, on any day, in one village or in all within reach."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from datetime import date
from typing import Final, NamedTuple

from sqlalchemy import select

from models.event import ObservationEvent
from models.handover import names_that_crossed
from models.resident import Resident
from models.session import Session
from models.states import EventKind, ObservationStatus, Outcome
from models.summaries.figures import standing_events
from models.summaries.survey import Survey, moved_since, opened_by, said
from models.visit import Visit

S = ObservationStatus


class Named(NamedTuple):
    """One person behind a figure. ``name`` is None where it is out of reach; ``since`` is the day of the event or visit
    that makes the person count, None for a file."""

    resident_id: int
    village_id: int
    name: str | None
    since: date | None = None


Behind = Callable[[Session, date, int | None], list[Named]]


def names(session: Session, on: date, figure: str, village_id: int | None = None) -> list[Named]:
    """Whom a figure of a day counts, by village and number of the file. Raises KeyError for what is no figure."""
    return sorted(_BEHIND[figure](session, on, village_id), key=lambda one: (one.village_id, one.resident_id))


def numbers(session: Session, on: date, village_id: int) -> dict[str, list[int]]:
    """The numbers of the files behind every figure of a village."""
    return {figure: [one.resident_id for one in names(session, on, figure, village_id)] for figure in _BEHIND}


def _files(figure: str) -> Behind:
    position = Survey._fields.index(figure)

    def behind(session: Session, on: date, village_id: int | None) -> list[Named]:
        query = select(Resident.id, Resident.village_id, Resident.name).where(opened_by(on))
        if position:
            query = query.where(said(on)[position - 1])
        if village_id is not None:
            query = query.where(Resident.village_id == village_id)
        come, gone = moved_since(session, on)
        elsewhere = {file.resident_id for file in come}
        found = [Named(*row) for row in session.execute(query) if row.id not in elsewhere]
        here = (file for file in gone if village_id in (None, file.village_id) and file.survey[position])
        return [*found, *(Named(file.resident_id, file.village_id, file.name) for file in here)]

    return behind


def _abnormal(session: Session, on: date, village_id: int | None) -> list[Named]:
    query = (
        select(Visit.resident_id, Visit.village_id, Resident.name)
        .outerjoin(Visit.resident)
        .where(Visit.on == on, Visit.outcome == Outcome.ABNORMAL)
        .distinct()
    )
    if village_id is not None:
        query = query.where(Visit.village_id == village_id)
    return [Named(*row, since=on) for row in session.execute(query)]


class _Event(NamedTuple):
    resident_id: int
    village_id: int
    observation_id: int | None
    kind: EventKind
    on: date
    was: ObservationStatus | None
    became: ObservationStatus | None
    name: str | None


def _events(session: Session, on: date, village_id: int | None, status: ObservationStatus) -> list[_Event]:
    """The events of all days so far that have to do with a state, as they happened."""
    event = ObservationEvent
    columns = (
        event.resident_id, event.village_id, event.observation_id, event.kind, event.on, event.was, event.became
    )  # fmt: skip
    query = (
        select(*columns, Resident.name)
        .outerjoin(event.resident)
        .where(event.on <= on, (event.became == status) | (event.was == status), standing_events())
        .order_by(event.on, event.id)
    )
    if village_id is not None:
        query = query.where(event.village_id == village_id)
    found = [_Event(*row) for row in session.execute(query, execution_options={"deleted": True})]
    crossed = names_that_crossed(session, [one.resident_id for one in found if one.name is None])
    return [one._replace(name=one.name or crossed.get(one.resident_id)) for one in found]


def _that_day(status: ObservationStatus) -> Behind:
    def behind(session: Session, on: date, village_id: int | None) -> list[Named]:
        return [
            Named(one.resident_id, one.village_id, one.name, one.on)
            for one in _events(session, on, village_id, status)
            if one.on == on and _comes(one, status) and one.kind is not EventKind.HANDED_IN
        ]

    return behind


def _so_far(status: ObservationStatus, leaving: Callable[[_Event], bool]) -> Behind:
    """Each coming into the state that was not taken back by a leaving of the same observation."""

    def behind(session: Session, on: date, village_id: int | None) -> list[Named]:
        there: defaultdict[tuple[int, int | None], list[Named]] = defaultdict(list)
        for one in _events(session, on, village_id, status):
            of = there[one.village_id, one.observation_id]
            if one.was is status and one.became is not status and leaving(one) and of:
                of.pop()
            if _comes(one, status):
                of.append(Named(one.resident_id, one.village_id, one.name, one.on))
        return [one for of in there.values() for one in of]

    return behind


def _comes(event: _Event, status: ObservationStatus) -> bool:
    return event.became is status and event.was is not status


def _handed_out(event: _Event) -> bool:
    return event.kind is EventKind.HANDED_OUT


_BEHIND: Final[dict[str, Behind]] = {
    **{figure: _files(figure) for figure in Survey._fields},
    "abnormal": _abnormal,
    "central_today": _that_day(S.CENTRAL),
    "central_total": _so_far(S.CENTRAL, _handed_out),
    "home_today": _that_day(S.OBSERVED),
    "home_total": _so_far(S.OBSERVED, _handed_out),
    "released_today": _that_day(S.RELEASED),
    "released_total": _so_far(S.RELEASED, _handed_out),
    "in_hospital": _so_far(S.HOSPITAL, lambda event: True),
}

__all__ = ["Named", "names", "numbers"]
