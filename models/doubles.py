"""Doubles: two files of one person are shown as likely, and merged into one without anything being lost."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from sqlalchemy import and_, inspect, select, union_all

from models import session as sessions
from models.alert import Alert
from models.base import Base, Invalid, Problem, about
from models.course import rule_out_double
from models.dossier import Contact, Journey, Paper
from models.event import ObservationEvent, told
from models.followup import FollowUp
from models.handover import HandOver, HandOverStatus
from models.observation import UNDER_OBSERVATION, Observation, observations_of, stand
from models.resident import Resident
from models.session import Session
from models.spans import spans
from models.states import OwnReason
from models.visit import Visit
from models.words import N_

_HANGING: Final[tuple[tuple[type[Base], str], ...]] = (
    (Observation, "resident_id"), (ObservationEvent, "resident_id"), (Visit, "resident_id"), (Alert, "resident_id"),
    (FollowUp, "resident_id"), (Journey, "resident_id"), (Contact, "resident_id"), (Contact, "known_id"),
    (Paper, "resident_id"), (HandOver, "resident_id"),
)  # fmt: skip
_OWN: Final = frozenset({"village_id"})


def likely(session: Session, resident: Resident, limit: int = 5) -> list[Resident]:
    """Other files within reach that may be the same person's: same name and birth date, or the same phone."""
    signs = []
    if resident.name and resident.birth_date:
        signs.append(and_(Resident.name == resident.name, Resident.birth_date == resident.birth_date))
    if resident.phone:
        signs.append(Resident.phone == resident.phone)
    if not signs:
        return []
    # one by one: SQLite uses no partial index for a part of an OR, and looks at a million files instead
    query = select(Resident).where(Resident.id.in_(union_all(*(select(Resident.id).where(sign) for sign in signs))))
    if resident.id is not None:
        query = query.where(Resident.id != resident.id)
    with session.no_autoflush:
        return list(session.scalars(query.order_by(Resident.id).limit(limit)))


@dataclass(frozen=True)
class Differing:
    """One attribute on which two files disagree, or which only one of them has."""

    name: str
    kept: Any
    other: Any


def differences(keep: Resident, other: Resident) -> list[Differing]:
    """Where two files differ, in the order of the form."""
    found = []
    for attr in inspect(Resident).column_attrs:
        if attr.key in _OWN or about(attr.columns[0]).computed:
            continue
        mine, theirs = getattr(keep, attr.key), getattr(other, attr.key)
        if theirs not in (None, "") and mine != theirs:
            found.append(Differing(attr.key, mine, theirs))
    return found


def hanging(session: Session, other: Resident) -> dict[str, int]:
    """How much hangs on a file that is to be merged: table title -> how many records."""
    counts: dict[str, int] = {}
    for cls, name in _HANGING:
        many = len(session.scalars(select(cls.id).where(getattr(cls, name) == other.id)).all())  # type: ignore[attr-defined]
        if many:
            counts[cls.__title__] = counts.get(cls.__title__, 0) + many
    return counts


def merge(session: Session, keep: Resident, other: Resident, take: Mapping[str, bool], today: date) -> None:
    """Make one file of two: what hangs on the other moves over, the other goes into the bin, saying where it went.

    ``take`` names the attributes whose value comes from the other file; what only the other has always does. Two
    observations that are not over become one: the younger is ruled out, as nobody's double is expected anywhere, and
    its visits fill the slots that the older left open. What hangs on the other in villages that had the person before
    moves over too. Raises Invalid.
    """
    problems = list(_against(session, keep, other))
    if problems:
        raise Invalid(keep, problems)
    taken = {d.name: d.other for d in differences(keep, other) if d.kept in (None, "") or take.get(d.name)}
    session.flush()
    with session.crossing():
        keep, other = (session.get_one(Resident, file.id) for file in (keep, other))
        _join_observations(session, keep, other, today)
        with session.no_autoflush:
            for cls, name in _HANGING:
                column = getattr(cls, name)
                for record in session.scalars(
                    select(cls).where(column == other.id), execution_options={"deleted": True}
                ):
                    setattr(record, name, keep.id)
                    if isinstance(record, Contact) and record.known_id == record.resident_id:
                        record.known_id = None  # it was the double's; what was written of it stays
            other.merged_into_id = keep.id
            sessions.remove(session, other)
        session.flush()  # frees the identity number, if it is taken over
        for name, value in taken.items():
            setattr(keep, name, value)
        if observations_of(keep):
            stand(keep)


def _against(session: Session, keep: Resident, other: Resident) -> Iterator[Problem]:
    """What speaks against making one of two files."""
    if keep.id == other.id:
        yield Problem("", N_("Choose two different files."))
        return
    if keep.village_id != other.village_id:
        yield Problem("", N_("These files are of two villages: hand one over first."))
        return
    both = (keep.id, other.id)
    waiting = select(HandOver.id).where(HandOver.resident_id.in_(both), HandOver.status == HandOverStatus.ASKED)
    if len(session.scalars(waiting).all()) > 1:
        yield Problem("", N_("A hand-over of each file is waiting: withdraw one of them first."))
    states = {one.status for one in _not_over(session, *both)}
    if len(states) > 1:
        yield Problem(
            "", N_("One file is under observation at home, the other elsewhere: make one of them agree first.")
        )


def _not_over(session: Session, *residents: int) -> list[Observation]:
    """The observations of some people that are not over, the one that began first before the others."""
    query = select(Observation).where(
        Observation.resident_id.in_(residents), Observation.status.in_(UNDER_OBSERVATION)
    )  # fmt: skip
    return sorted(session.scalars(query), key=lambda one: (one.began_on, one.id))


def _join_observations(session: Session, keep: Resident, other: Resident, today: date) -> None:
    """Leave one observation that is not over: the one that began first."""
    first, *doubles = _not_over(session, keep.id, other.id) or (None,)
    if first is None:
        return
    there = [span for span in spans(first, told(first)) if span.village_id == first.village_id]
    paid = session.execute(select(Visit.on, Visit.period).where(Visit.observation_id == first.id))
    taken = {(on, period) for on, period in paid}
    for double in doubles:
        rule_out_double(session, double, today, OwnReason.DOUBLE.value)
        session.flush()
        visits = select(Visit).where(Visit.observation_id == double.id, Visit.village_id == first.village_id)
        with session.no_autoflush:
            for visit in session.scalars(visits.order_by(Visit.on, Visit.period)):
                slot = (visit.on, visit.period)
                if slot not in taken and any(span.takes(*slot) for span in there):
                    taken.add(slot)
                    visit.observation_id, visit.resident_id = first.id, first.resident_id
            for alert in session.scalars(select(Alert).where(Alert.observation_id == double.id)):
                alert.observation_id, alert.resident_id = first.id, first.resident_id
        session.flush()
