"""一日两测三问, the round: who is expected in one slot of a village's day, and what has come of it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Final

from sqlalchemy import ColumnElement, or_, select

from models import clock, setting
from models.alert import Alert, AlertKind, AlertStatus
from models.event import ObservationEvent
from models.handover import names_that_crossed
from models.observation import Observation, day_of, standing
from models.person import Sex
from models.place import Village
from models.resident import FileStatus, Resident
from models.session import Session
from models.states import ObservationStatus, Outcome, Period
from models.visit import Visit
from models.walking import walking
from models.words import N_, Choice, Tone

EVENING: Final = time(12)  # the evening round begins
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
    if not numbers:
        return {}, {}
    paid = select(Visit).where(Visit.observation_id.in_(numbers), Visit.on == on, Visit.period == period)
    slot = {visit.observation_id: visit for visit in session.scalars(paid)}
    before: dict[int, Measured] = {}
    lately = select(Visit.observation_id, Visit.on, Visit.period, Visit.temperature).where(
        Visit.observation_id.in_(numbers), Visit.on.between(on - LOOK_BACK, on)
    )
    for number, day, when, temperature in session.execute(lately.order_by(Visit.on, Visit.period)):
        if temperature is not None and (day, when) < (on, period):
            before[number] = Measured(day, when, temperature)
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
