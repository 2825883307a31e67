"""Doubles: two files of one person are shown as likely, and merged into one without anything being lost."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from sqlalchemy import and_, inspect, select, union_all

from models import session as sessions
from models.alert import Alert
from models.base import Base, Invalid, Problem, about
from models.course import Move, move
from models.dossier import Contact, Journey, Paper
from models.followup import FollowUp
from models.handover import HandOver
from models.observation import Observation, ObservationEvent, ObservationStatus, Visit
from models.resident import Resident
from models.session import Session
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
    """Make one file of two: what hangs on the other moves over, the other goes to the recycle bin, saying where it went.

    ``take`` names the attributes whose value comes from the other file; what only the other has always does. Two open
    observations become one: the visits of the younger move where the older has none, and the younger is ruled out.
    Raises Invalid.
    """
    if keep.id == other.id:
        raise Invalid(keep, [Problem("", N_("Choose two different files."))])
    if keep.village_id != other.village_id:
        raise Invalid(keep, [Problem("", N_("These files are of two villages: hand one over first."))])
    taken = {d.name: d.other for d in differences(keep, other) if d.kept in (None, "") or take.get(d.name)}
    _join_observations(session, keep, other, today)
    with session.no_autoflush:
        for cls, name in _HANGING:
            column = getattr(cls, name)
            for record in session.scalars(select(cls).where(column == other.id), execution_options={"deleted": True}):
                setattr(record, name, keep.id)
        other.merged_into_id = keep.id
        sessions.remove(session, other)
    session.flush()  # frees the identity number, if it is taken over
    for name, value in taken.items():
        setattr(keep, name, value)
    session.flush()


def _join_observations(session: Session, keep: Resident, other: Resident, today: date) -> None:
    """Leave one open observation: the one that began first."""
    open_ones = sorted(
        session.scalars(
            select(Observation)
            .where(Observation.resident_id.in_((keep.id, other.id)))
            .where(Observation.status == ObservationStatus.OBSERVED)
        ),
        key=lambda o: (o.began_on, o.id),
    )
    if len(open_ones) < 2:
        return
    first = open_ones[0]
    taken = set(session.execute(select(Visit.on, Visit.period).where(Visit.observation_id == first.id)).tuples())
    for later in open_ones[1:]:
        move(session, later, Move.EXCLUDE, today, today, reason="合并重复档案")
        session.flush()
        with session.no_autoflush:
            for visit in session.scalars(select(Visit).where(Visit.observation_id == later.id)):
                if (visit.on, visit.period) not in taken:
                    taken.add((visit.on, visit.period))
                    visit.observation_id, visit.resident_id = first.id, first.resident_id
        session.flush()
