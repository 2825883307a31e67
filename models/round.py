"""一日两测三问, the round: who is expected in one slot of a village's day, and one entry of it, saved once.

An entry is made on a phone at a door, perhaps without a connection. It carries a key of its own and the time it was
taken, so that it may arrive twice, out of order or a day late and still is one visit; where somebody else has filled
the slot meanwhile nothing is overwritten, and both versions come back.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Final

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm.exc import StaleDataError

from models import clock, setting
from models.alert import Alert, AlertKind, AlertStatus
from models.base import Invalid, Problem
from models.handover import names_that_crossed
from models.observation import (
    EventKind,
    How,
    Observation,
    ObservationEvent,
    ObservationStatus,
    Outcome,
    Period,
    Symptom,
    Visit,
    day_of,
    standing,
)
from models.person import Sex
from models.place import Village
from models.resident import IN_THE_BIN, FileStatus, Resident
from models.rules import linked
from models.session import Session
from models.trail import TrailEntry
from models.words import N_, Choice, Tone

EVENING: Final = time(12)  # the evening round begins
FAST: Final = timedelta(minutes=2)  # by so much may a phone's clock be ahead
LOOK_BACK: Final = timedelta(days=3)


class Slot(Choice):
    """待测, 正常, 异常, 未见到, 拒测, 漏测, 补录: how one slot of one person stands. Computed, never stored."""

    OPEN = "open", N_("To be measured")
    NORMAL = "normal", N_("Normal")
    ABNORMAL = "abnormal", N_("Abnormal")
    NOT_MET = "not_met", N_("Not met")
    REFUSED = "refused", N_("Refused to be measured")
    MISSED = "missed", N_("Missed")
    LATE = "late", N_("Entered later")

    @property
    def tone(self) -> Tone:
        """How urgent it looks."""
        if self in (Slot.OPEN, Slot.LATE):
            return Tone.CALM
        if self in (Slot.ABNORMAL, Slot.MISSED):
            return Tone.BAD
        return Tone.OK if self is Slot.NORMAL else Tone.WARN


@dataclass(frozen=True)
class Measured:
    """The temperature before this slot's."""

    on: date
    period: Period
    temperature: Decimal


@dataclass(frozen=True)
class Expected:
    """One person whom a round has to reach, and the visit of this slot if there is one."""

    observation_id: int
    resident_id: int
    name: str
    sex: Sex | None
    age: int | None
    address: str
    has_phone: bool
    day: int
    days: int
    due: bool
    until: datetime
    last: Measured | None
    visit: Visit | None
    alerts: tuple[AlertKind, ...]


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


# ---- who is expected ----


def present_period(now: datetime) -> Period:
    """The round that a time of day belongs to."""
    return Period.AM if now.astimezone(clock.ZONE).time() < EVENING else Period.PM


def until(session: Session, village_id: int, on: date, period: Period) -> datetime:
    """The instant after which a slot without a visit is missed."""
    township = session.scalar(select(Village.township_id).where(Village.id == village_id))
    return datetime.combine(on, setting.cut_off(session, period, on, township), clock.ZONE)


def expected(session: Session, village_id: int, on: date, period: Period, now: datetime) -> list[Expected]:
    """Everyone whom a village had or has to measure in a slot, in walking order. ``now`` says who awaits release.

    That is who is at home here since then, and who left later than that day: to elsewhere, or to another village, which
    keeps the file now, so that the hand-over's name is all that is known.
    """
    here = _at_home(session, village_id, on, period)
    gone = _gone_since(session, village_id, on, period)
    known = {observation.id for observation, _ in here}
    away = select(Observation, Resident).outerjoin(Observation.resident).where(Observation.id.in_(set(gone) - known))
    found = [*here, *((o, r) for o, r in session.execute(away))] if set(gone) - known else here
    elsewhere = set(gone) - {observation.id for observation, _ in found}
    numbers = [*(observation.id for observation, _ in found), *elsewhere]
    told = _Told(
        until(session, village_id, on, period), *_visits(session, numbers, on, period), alerts(session, numbers)
    )
    today = clock.local_day(now)
    names = names_that_crossed(session, {gone[number] for number in elsewhere})
    people = [
        *(_person(observation, resident, on, today, told) for observation, resident in found),
        *(_stranger(number, gone[number], names.get(gone[number], ""), told) for number in elsewhere),
    ]
    return sorted(people, key=lambda one: (*walking(one.address), one.name, one.observation_id))


@dataclass(frozen=True)
class _Told:
    """What is on record of everybody in a round: this slot's visits, the temperatures before, the open alerts."""

    until: datetime
    slot: dict[int, Visit]
    before: dict[int, Measured]
    alerts: dict[int, list[AlertKind]]


def _person(observation: Observation, resident: Resident | None, on: date, today: date, told: _Told) -> Expected:
    return Expected(
        observation.id,
        observation.resident_id,
        resident.name if resident else "",
        resident.sex if resident else None,
        resident.age(on) if resident else None,
        (resident.address or "") if resident else "",
        bool(resident and resident.phone),
        max(day_of(observation, on), 0),
        observation.days,
        standing(observation, today) is FileStatus.DUE,
        told.until,
        told.before.get(observation.id),
        told.slot.get(observation.id),
        tuple(told.alerts.get(observation.id, ())),
    )


def _stranger(observation_id: int, resident_id: int, name: str, told: _Told) -> Expected:
    """Somebody whose file is another village's now."""
    before, visit = told.before.get(observation_id), told.slot.get(observation_id)
    return Expected(
        observation_id, resident_id, name, None, None, "", False, 0, 0, False, told.until, before, visit, ()
    )  # fmt: skip


def _first_slot(of: type[Observation] | type[ObservationEvent], on: date, period: Period) -> ColumnElement[bool]:
    """Those who were there before this slot began."""
    return of.since <= on if period is Period.PM else or_(of.since < on, (of.since == on) & (of.since_period == period))


def _at_home(session: Session, village_id: int, on: date, period: Period) -> list[tuple[Observation, Resident | None]]:
    """Who is there, and was in the slot (``models.spans``); a file in the recycle bin hides nobody."""
    query = select(Observation, Resident).outerjoin(Observation.resident).where(
        Observation.village_id == village_id,
        Observation.status == ObservationStatus.OBSERVED,
        _first_slot(Observation, on, period),
    )  # fmt: skip
    return [(observation, resident) for observation, resident in session.execute(query)]


def _gone_since(session: Session, village_id: int, on: date, period: Period) -> dict[int, int]:
    """Who was there in the slot and left on a later day: observation -> resident."""
    event = ObservationEvent
    query = select(event.observation_id, event.resident_id).where(
        event.village_id == village_id,
        event.was == ObservationStatus.OBSERVED,
        event.on > on,
        _first_slot(event, on, period),
    )
    return {number: resident_id for number, resident_id in session.execute(query) if number is not None}


def _visits(
    session: Session, numbers: list[int], on: date, period: Period
) -> tuple[dict[int, Visit], dict[int, Measured]]:
    """The visits of a slot, and the last temperature before it, by observation."""
    slot: dict[int, Visit] = {}
    before: dict[int, Measured] = {}
    if not numbers:
        return slot, before
    query = select(Visit).where(Visit.observation_id.in_(numbers), Visit.on.between(on - LOOK_BACK, on))
    for visit in session.scalars(query.order_by(Visit.on, Visit.period)):
        if (visit.on, visit.period) == (on, period):
            slot[visit.observation_id] = visit
        elif (visit.on, visit.period) < (on, period) and visit.temperature is not None:
            before[visit.observation_id] = Measured(visit.on, visit.period, visit.temperature)
    return slot, before


def alerts(session: Session, numbers: list[int]) -> dict[int, list[AlertKind]]:
    """The alerts that nobody has closed, by observation."""
    query = select(Alert.observation_id, Alert.kind).where(
        Alert.observation_id.in_(numbers), Alert.status != AlertStatus.CLOSED
    )
    found: dict[int, list[AlertKind]] = {}
    for number, kind in session.execute(query.order_by(Alert.raised_at)):
        if kind not in found.setdefault(number, []):
            found[number].append(kind)
    return found


def state_of(one: Expected, now: datetime) -> Slot:
    """How somebody's slot stands. A late entry is 补录 unless it tells of something worse."""
    if one.visit is None:
        return Slot.OPEN if now <= one.until else Slot.MISSED
    if one.visit.late and one.visit.outcome is Outcome.NORMAL:
        return Slot.LATE
    return Slot(one.visit.outcome.value)


def changes_since(session: Session, village_id: int, on: date, period: Period, since: datetime) -> list[Visit]:
    """The visits of a slot that anybody wrote since an instant."""
    query = select(Visit).where(
        Visit.village_id == village_id, Visit.on == on, Visit.period == period, Visit.updated_at >= since
    )
    return list(session.scalars(query.order_by(Visit.updated_at)))


# ---- walking order ----

_COUNTED: Final = re.compile(r"([一二三四五六七八九十百]+)(?=[组队栋幢号楼单室巷弄区期])")
_DIGITS: Final = {c: n for n, c in enumerate("零一二三四五六七八九")}


def walking(address: str) -> tuple[bool, tuple[tuple[int, int, str], ...]]:
    """A key that sorts addresses as one walks: 2号 before 18号, 三组 before 十二组; without an address last."""
    text = _COUNTED.sub(lambda m: str(_counted(m[1])), unicodedata.normalize("NFKC", address))
    parts = (p for p in re.split(r"(\d{1,9})", re.sub(r"\s", "", text)) if p)
    return not address, tuple((0, int(p), "") if p.isdecimal() else (1, 0, p) for p in parts)


def _counted(text: str) -> int:
    """A Chinese number below a thousand."""
    total = last = 0
    for character in text:
        if character in "十百":
            total += (last or 1) * (10 if character == "十" else 100)
            last = 0
        else:
            last = _DIGITS[character]
    return total + last


# ---- one entry ----

UNREADABLE: Final = N_("Write a temperature like 36.5.")


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


# ---- what a round has come to ----


@dataclass(frozen=True)
class Progress:
    """How far a round is. ``done`` have a visit, whatever came of it."""

    total: int
    done: int
    open: int
    abnormal: int
    missed: int


def progress(people: Iterable[Expected], now: datetime) -> Progress:
    """A round counted."""
    states = [state_of(one, now) for one in people]
    return Progress(
        total=len(states),
        done=sum(s not in (Slot.OPEN, Slot.MISSED) for s in states),
        open=states.count(Slot.OPEN),
        abnormal=states.count(Slot.ABNORMAL),
        missed=states.count(Slot.MISSED),
    )


def villages(session: Session) -> list[Village]:
    """The villages whose rounds may be walked, by code."""
    return list(session.scalars(select(Village).order_by(Village.code)))


__all__ = [
    "Clash", "Entry", "Expected", "Measured", "Progress", "Saved", "Slot", "alerts", "changes_since", "expected",
    "present_period", "progress", "record", "state_of", "temperature_of", "until", "villages", "walking",
]  # fmt: skip
