"""One entry of a round, saved once.

An entry is made on a phone at a door, perhaps without a connection. It carries a key of its own and the time it was
taken, so that it may arrive twice, out of order or a day late and still is one visit; where somebody else has filled
the slot meanwhile nothing is overwritten, and both versions come back.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Final

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm.exc import StaleDataError

from models import clock
from models.base import Invalid, Problem
from models.event import ObservationEvent
from models.observation import Observation
from models.resident import IN_THE_BIN
from models.round import EVENING, until
from models.rules import linked
from models.session import Session
from models.states import EventKind, How, ObservationStatus, Outcome, Period, Symptom
from models.trail import TrailEntry
from models.visit import Visit
from models.words import N_

FAST: Final = timedelta(minutes=2)  # by so much may a phone's clock be ahead
UNREADABLE: Final = N_("Write a temperature like 36.5.")


@dataclass(frozen=True)
class Entry:
    """What was typed at one door. ``key`` is the client's own number of this entry; ``after`` the one it replaces.

    ``seen_version`` is the visit's version that the writer had in front of them, None if the slot was empty.
    """

    key: str
    observation_id: int
    on: date
    period: Period
    temperature: Decimal | None = None
    how: How = How.DOOR
    outcome: Outcome = Outcome.NORMAL
    symptoms: tuple[Symptom, ...] = ()
    went_out: str = ""
    contacts: str = ""
    measures: str = ""
    note: str = ""
    taken_at: datetime | None = None
    late_reason: str = ""
    seen_version: int | None = None
    after: str = ""


@dataclass(frozen=True)
class Saved:
    """The visit is in the register. ``fresh`` is False when this very entry had come before."""

    visit: Visit
    fresh: bool


@dataclass(frozen=True)
class Clash:
    """Somebody else's visit stands in this slot; nothing was written."""

    stored: Visit
    entry: Entry


def temperature_of(text: str) -> Decimal | None:
    """A temperature as people type it: 36.5, 365, ３６，５, 36.5℃; None for nothing. Raises ValueError in words."""
    typed = unicodedata.normalize("NFKC", text).replace("。", ".").replace(",", ".").replace("、", ".")
    typed = re.sub(r"\s|°?C$|度$", "", typed)
    if not typed:
        return None
    if re.fullmatch(r"[0-9]{3}", typed):
        typed = f"{typed[:2]}.{typed[2]}"
    if not re.fullmatch(r"[0-9]{2}\.[0-9]", typed):
        raise ValueError(UNREADABLE)
    return Decimal(typed)


def record(session: Session, entry: Entry, now: datetime) -> Saved | Clash:
    """Put one entry into the register, once; the caller commits. Raises Invalid, in words.

    Two who write the same slot at the same instant are told apart by the database; whoever comes second sees the
    other's visit. The session is rolled back for that, so nothing else may be waiting in it.
    """
    try:
        return _record(session, entry, now)
    except (IntegrityError, StaleDataError):
        session.rollback()
        return _record(session, entry, now)


def _record(session: Session, entry: Entry, now: datetime) -> Saved | Clash:
    before = _arrived(session, entry)
    if before is not None:
        return Saved(before, fresh=False)
    observation = session.get(Observation, entry.observation_id)
    if observation is None:
        return _of_who_was_ours(session, entry, now)
    if linked(observation, "resident") is None:
        raise Invalid(Visit(), [Problem("", IN_THE_BIN)])
    stored = session.scalars(
        select(Visit)
        .where(Visit.observation_id == observation.id, Visit.on == entry.on, Visit.period == entry.period)
        .execution_options(populate_existing=True)
    ).one_or_none()
    if stored is not None and _written_with(session, stored, entry.key):
        return Saved(stored, fresh=False)
    if stored is not None and not _knows(entry, stored):
        return Clash(stored, entry)
    visit = stored or Visit(observation=observation, on=entry.on, period=entry.period)
    taken_at = _taken_at(entry, stored)
    late_reason = entry.late_reason.strip() or (stored.late_reason if stored else "") or ""
    cut_off = until(session, observation.village_id, entry.on, entry.period)
    problems = list(_against(entry, taken_at, late_reason, cut_off, now))
    if problems:
        raise Invalid(visit, problems)
    visit.entry_key = entry.key
    visit.temperature, visit.how, visit.outcome = entry.temperature, entry.how, entry.outcome
    visit.symptoms = list(entry.symptoms)
    visit.went_out, visit.contacts = entry.went_out or None, entry.contacts or None
    visit.measures, visit.note = entry.measures or None, entry.note or None
    visit.taken_at = min(taken_at, now) if taken_at else None
    visit.late_reason = late_reason or None
    session.add(visit)
    session.flush()
    return Saved(visit, fresh=True)


def _of_who_was_ours(session: Session, entry: Entry, now: datetime) -> Saved | Clash:
    """An entry that arrives when the person has been handed over: it is of a slot that was this village's, or of the
    day of the hand-over, on which what was measured goes over with the person."""
    event = ObservationEvent
    ours = select(event.village_id).where(
        event.observation_id == entry.observation_id,
        event.kind == EventKind.HANDED_OUT,
        event.was == ObservationStatus.OBSERVED,
        event.since <= entry.on,
        event.on >= entry.on,
    )
    village_id = session.scalar(ours)
    if village_id is None:
        raise Invalid(Visit(), [Problem("observation", N_("There is no such record here."))])
    with session.crossing():
        there = select(Visit).where(
            Visit.observation_id == entry.observation_id, Visit.on == entry.on, Visit.period == entry.period
        )
        visit = session.scalars(there).one_or_none()
        if visit is not None and visit.village_id != village_id and visit.entry_key != entry.key:
            raise Invalid(Visit(), [Problem("", N_("The village that took this person over has measured already."))])
        if session.get(Observation, entry.observation_id) is None:
            raise Invalid(Visit(), [Problem("observation", N_("There is no such record here."))])
        return _record(session, entry, now)


def _arrived(session: Session, entry: Entry) -> Visit | None:
    """The visit that this very entry made when it came before. Raises Invalid if it was deleted since."""
    query = select(Visit).where(Visit.entry_key == entry.key)
    found = session.scalars(query.execution_options(deleted=True, populate_existing=True)).one_or_none()
    if found is None:
        return None
    if (found.observation_id, found.on, found.period) != (entry.observation_id, entry.on, entry.period):
        raise Invalid(found, [Problem("", N_("This entry is another person's; enter it again."))])
    if found.deleted_at is not None:
        raise Invalid(found, [Problem("", N_("This visit was saved and has been deleted since."))])
    return found


def _written_with(session: Session, stored: Visit, key: str) -> bool:
    """True if an earlier version of this visit was this entry's; the trail keeps the key of each."""
    told = select(TrailEntry.changes).where(
        TrailEntry.ledger == Visit.__ledger__, TrailEntry.record_id == stored.id, TrailEntry.kind == Visit.__tablename__
    )
    return any(key in (changes.get("entry_key") or ()) for changes in session.scalars(told))


def _knows(entry: Entry, stored: Visit) -> bool:
    """True if the writer had this version in front of them, or made it with the entry that this one replaces."""
    if entry.seen_version == stored.version:
        return True
    own = bool(entry.after) and stored.entry_key == entry.after
    return own and stored.version == (entry.seen_version or 0) + 1


def _taken_at(entry: Entry, stored: Visit | None) -> datetime | None:
    """When it was taken: what corrects a measurement keeps its time."""
    if stored is not None and stored.outcome.measured and entry.outcome.measured and stored.taken_at:
        return stored.taken_at
    return entry.taken_at


def _against(
    entry: Entry, taken_at: datetime | None, late_reason: str, cut_off: datetime, now: datetime
) -> Iterator[Problem]:
    """What speaks against an entry, besides what speaks against its visit."""
    if not re.fullmatch(r"[0-9a-f-]{16,36}", entry.key):
        yield Problem("", N_("This entry cannot be read; enter it again."))
    if taken_at is None:
        if not late_reason:
            yield Problem("late_reason", N_("This is entered after the cut-off: say why."))
        return
    local = taken_at.astimezone(clock.ZONE)
    if taken_at > now + FAST:
        yield Problem("taken_at", N_("This time is in the future."))
    elif entry.period is Period.PM and local.date() == entry.on and local.time() < EVENING:
        yield Problem("taken_at", N_("The evening round begins at noon."))
    elif taken_at > cut_off and not late_reason:
        yield Problem("late_reason", N_("This is entered after the cut-off: say why."))
