"""医学观察 and its 一日两测三问: who is observed, where and until when, and every visit that was paid."""

from __future__ import annotations

import math
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Final

from sqlalchemy import Boolean, CheckConstraint, Date, Index, Integer, select
from sqlalchemy.orm import Mapped, Session, object_session, relationship

from models import setting
from models.alert import Alert, alarms
from models.base import Base, InVillage, Mask, Problem, Record, binned, field, given_once, live, to
from models.clock import local_day
from models.resident import IN_THE_BIN, FileStatus, Resident
from models.rules import (
    before,
    changed,
    days_to_come,
    in_order,
    is_new,
    linked,
    measurable,
    out_of_order,
    take_village_of,
    unmeasurable,
    wrong_phones,
)
from models.spans import spans
from models.states import EventKind, How, ObservationKind, ObservationStatus, Outcome, OwnReason, Period, Symptom
from models.types import Chosen, ChosenMany, Code, Instant, Key, Line, Prose, Tenths
from models.words import N_

DAYS: Final = 14
FEVER: Final = Decimal("37.3")
UNDER_OBSERVATION: Final = frozenset(
    {ObservationStatus.OBSERVED, ObservationStatus.CENTRAL, ObservationStatus.HOSPITAL}
)  # not over


class Observation(InVillage, Record):
    """One person's observation. 姓名 | 责任村 | 责任人 | 责任人手机号 | 开始隔离时间 | 预计解除隔离时间
    | 实际解除隔离时间 | 是否转疑似病例 | 转出时间 | 转出地点 | 转出原因 | 备注.

    The rest of the sheet is the resident's file.
    """

    __tablename__ = "observation"
    __ledger__ = "observation"
    __title__ = N_("Observations")
    __village_label__ = N_("Responsible village (community)")
    __named_by__ = ("resident",)
    __table_args__ = (
        CheckConstraint("days BETWEEN 1 AND 60", name="days_sensible"),
        in_order("began_on", "ends_on"),
        in_order("began_on", "released_on"),
        in_order("began_on", "transferred_on"),
        live("village_id", "status", "ends_on", table="observation"),
        live("village_id", "began_on", table="observation"),
        live("resident_id", table="observation"),
        live("status", "ends_on", table="observation"),
        live("status", "village_id", "since", "since_period", table="observation"),
        live("status", "released_on", "village_id", table="observation"),
        binned("observation"),
    )

    resident_id: Mapped[int] = to("resident", N_("Resident"))
    kind: Mapped[ObservationKind] = field(
        Chosen(ObservationKind), N_("Kind of observation"), default=ObservationKind.HOME
    )
    status: Mapped[ObservationStatus] = field(
        Chosen(ObservationStatus), N_("State of the observation"), default=ObservationStatus.OBSERVED, computed=True
    )
    place: Mapped[str | None] = field(
        Line(80), N_("Place of observation"), help=N_("The centre or hospital; at home nothing need be said.")
    )
    cadre: Mapped[str | None] = field(Line(40), N_("Responsible in the village"))
    cadre_phone: Mapped[str | None] = field(Code(20), N_("Phone of the responsible"), mask=Mask.PHONE)
    last_exposure_on: Mapped[date | None] = field(
        Date, N_("Last exposure on"), help=N_("The term is counted from here.")
    )
    began_on: Mapped[date] = field(Date, N_("Observation began on"))
    first_period: Mapped[Period] = field(Chosen(Period), N_("First measured"), default=Period.AM)
    since: Mapped[date] = field(Date, N_("In this state here since"), computed=True)
    since_period: Mapped[Period] = field(
        Chosen(Period), N_("First slot of this state"), default=Period.AM, computed=True
    )
    days: Mapped[int] = field(Integer, N_("Length"), unit=N_("days"))
    ends_on: Mapped[date] = field(Date, N_("Release expected on"), computed=True)
    ends_on_corrected: Mapped[date | None] = field(Date, N_("Release expected on, corrected"), computed=True)
    correction_reason: Mapped[str | None] = field(Line(200), N_("Reason of the correction"), computed=True)
    released_on: Mapped[date | None] = field(Date, N_("Released on"), computed=True)
    became_suspected: Mapped[bool] = field(Boolean, N_("Became a suspected case"), default=False, computed=True)
    transferred_on: Mapped[date | None] = field(Date, N_("Transferred on"), computed=True)
    transferred_to: Mapped[str | None] = field(Line(80), N_("Transferred to"), computed=True)
    transfer_reason: Mapped[str | None] = field(Line(200), N_("Reason of the transfer"), computed=True)
    signed_by: Mapped[str | None] = field(
        Line(120),
        N_("Signed off by"),
        computed=True,
        help=N_("The team of three: police officer, doctor, grid worker."),
    )
    release_reason: Mapped[str | None] = field(Line(200), N_("Reason of an early release"), computed=True)
    note: Mapped[str | None] = field(Prose(1000), N_("Remarks"))

    resident: Mapped[Resident] = relationship(lazy="select")

    def prepare(self) -> None:
        """Belong to the resident's village; start as the kind and the setting in force say; compute the end."""
        take_village_of(self, "resident")
        if is_new(self):
            self._start()
        elif changed(self, "began_on", "first_period"):
            self._start_elsewhen()
        start = self.last_exposure_on or self.began_on
        if self.ends_on_corrected is not None:
            self.ends_on = self.ends_on_corrected
        elif start is not None and self.days is not None and 1 <= self.days <= 60:
            # an exposure long ago does not end a term before it began
            self.ends_on = max(ends_on(start, self.days), self.began_on or start)

    def problems(self, today: date) -> Iterator[Problem]:
        """Days in order and not to come, a length that can be meant, reasons where something was corrected or moved."""
        yield from days_to_come(self, today, "last_exposure_on", "began_on", "released_on", "transferred_on")
        yield from out_of_order(self, "began_on", "ends_on_corrected")
        yield from out_of_order(self, "began_on", "released_on")
        yield from out_of_order(self, "began_on", "transferred_on")
        yield from wrong_phones(self, "cadre_phone")
        if self.days is not None and not 1 <= self.days <= 60:
            yield Problem("days", N_("An observation lasts 1 to 60 days."))
        if not is_new(self):
            yield from self._changed_by_hand()
        if self._observed_already():
            yield Problem("resident", N_("This person is under observation already."))
        if changed(self, "deleted_at") and self.deleted_at is None and not is_new(self):
            yield from self._out_of_reach()
        if self.ends_on_corrected and not self.correction_reason:
            yield Problem("correction_reason", N_("Say why the end was corrected."))
        if self.status is ObservationStatus.RELEASED and not self.released_on:
            yield Problem("released_on", N_("Say on which day the person was released."))
        if self.released_on and self.status is ObservationStatus.OBSERVED:
            yield Problem("status", N_("A person who was released is no longer under observation."))
        if self.status in _TRANSFERS and not self._opened_there():
            if not self.transferred_on:
                yield Problem("transferred_on", N_("Say on which day the person was transferred."))
            if not self.transferred_to:
                yield Problem("transferred_to", N_("Say where the person was transferred to."))

    def _changed_by_hand(self) -> Iterator[Problem]:
        """What only a move may change, and a first day that would contradict what is on record."""
        if changed(self, "status") and not self._told():
            yield Problem("status", N_("A state changes by a move, which leaves an event."))
        if changed(self, "kind") and not self._told():
            yield Problem("kind", N_("The kind changes by a move, which leaves an event."))
        if not changed(self, "began_on", "first_period") or self.began_on is None:
            return
        events = told(self)
        if not any(event.kind is EventKind.OPENED for event in events):
            yield Problem("began_on", N_("This was opened in another village: ask the district to correct the day."))
        elif any(event.kind is not EventKind.OPENED and event.on < self.began_on for event in events):
            yield Problem("began_on", N_("Something that happened earlier is on record already."))
        elif self._visited_before(self.began_on, self.first_period):
            yield Problem("began_on", N_("An earlier visit is on record already."))

    def _visited_before(self, on: date, period: Period) -> bool:
        """True if a visit is on record that would come before this slot."""
        session = object_session(self)
        earlier = Visit.on < on
        if period is Period.PM:
            earlier = earlier | ((Visit.on == on) & (Visit.period == Period.AM))
        found = select(Visit.id).where(Visit.observation_id == self.id, earlier).limit(1)
        return session is not None and session.scalar(found) is not None

    def _opened_there(self) -> bool:
        """True for central or hospital observation from the first day on: nobody was transferred."""
        return self.transferred_on is None and self.kind.value == self.status.value

    def _told(self) -> bool:
        """True if an event tells of the state that is being written (or history is being entered, with its events)."""
        session = object_session(self)
        if session is None or session.info.get("history"):
            return True
        return any(
            isinstance(r, ObservationEvent) and linked(r, "observation") is self and r.became is self.status
            for r in session.new
        )

    def _observed_already(self) -> bool:
        """True if this person has another observation that is not over; whoever asks at the same moment waits."""
        session = object_session(self)
        if session is None or self.status not in UNDER_OBSERVATION or self.deleted_at is not None:
            return False
        if not (is_new(self) or changed(self, "status", "resident", "resident_id", "deleted_at")):
            return False
        resident = linked(self, "resident")
        if resident is None:
            return False
        if resident.id is not None:
            session.execute(select(Resident.id).where(Resident.id == resident.id).with_for_update())
        return any(other is not self and other.status in UNDER_OBSERVATION for other in observations_of(resident))

    def _out_of_reach(self) -> Iterator[Problem]:
        """What keeps an observation in the bin: the file lies there too, or is another village's."""
        session, resident = object_session(self), linked(self, "resident")
        if session is None or (resident is not None and resident.village_id == self.village_id):
            return
        binned = select(Resident.id).where(Resident.id == self.resident_id, Resident.village_id == self.village_id)
        here = session.scalar(binned, execution_options={"deleted": True}) is not None
        yield Problem("resident", IN_THE_BIN if here else N_("This person's file is another village's now."))

    def _start(self) -> None:
        """Central and hospital observation start as such, so that the day's sums are right; the length is as set."""
        if self.__dict__.get("days") is None and self.began_on:
            self.days = self._usual_days()
        if self.status is ObservationStatus.OBSERVED and self.kind is not ObservationKind.HOME:
            self.status = ObservationStatus(self.kind.value)
        if not self.since:
            left = self.released_on or self.transferred_on
            home = self.status is ObservationStatus.OBSERVED
            self.since = self.began_on if home or left is None else left
            self.since_period = self.first_period if home else Period.AM

    def _usual_days(self) -> int:
        """How long an observation lasts that is opened on this day in this village."""
        session, village = object_session(self), linked(self, "village")
        if session is None:
            return DAYS
        return setting.observation_days(session, self.began_on, village.township_id if village is not None else None)

    def _start_elsewhen(self) -> None:
        """Another first day or slot: the event that tells of it and the first span follow."""
        began = before(self, "began_on")
        for event in told(self):
            if event.kind is EventKind.OPENED:
                event.on = self.began_on
            elif event.since == began and event.was is not None:
                event.since, event.since_period = self.began_on, self.first_period
                return
        if self.since == began:
            self.since, self.since_period = self.began_on, self.first_period

    def consequences(self) -> Iterator[Base]:
        """Being opened is an event; the file stands where its observation stands; events and visits go into the recycle
        bin and come out of it with the observation that they are of."""
        session = object_session(self)
        resident = linked(self, "resident")
        if session is not None and not is_new(self) and changed(self, "deleted_at"):
            self._take_along(session)
        if session is None or resident is None:
            return
        told = any(isinstance(r, ObservationEvent) and linked(r, "observation") is self for r in session.new)
        if is_new(self) and not told:
            yield ObservationEvent(
                observation=self, resident=resident, kind=EventKind.OPENED, on=self.began_on,
                was=None, became=self.status, village_id=self.village_id,
            )  # fmt: skip
        if is_new(self) or changed(self, "status", "ends_on", "released_on", "transferred_on", "deleted_at"):
            stand(resident)

    def _take_along(self, session: Session) -> None:
        """What went into the bin together comes out of it together."""
        was = before(self, "deleted_at")
        for cls in (ObservationEvent, Visit, Alert):
            query = select(cls).where(cls.observation_id == self.id)
            for record in session.scalars(query, execution_options={"deleted": True}):
                if record.deleted_at == was:
                    record.deleted_at, record.deleted_by = self.deleted_at, self.deleted_by

    def __str__(self) -> str:
        resident = linked(self, "resident")
        return str(resident) if resident is not None else super().__str__()


_TRANSFERS: Final = frozenset({ObservationStatus.CENTRAL, ObservationStatus.HOSPITAL, ObservationStatus.CONFIRMED})


class ObservationEvent(InVillage, Record):
    """What changed somebody's status, on which day, in which village. It stays there when the person moves on.

    One that ends a state says since when it was: [since, on) are that state's days in that village (models/spans.py).
    """

    __tablename__ = "observation_event"
    __ledger__ = "observation"
    __title__ = N_("Events of observation")
    __part_of__ = "observation_id"
    __named_by__ = ("resident",)
    __table_args__ = (
        live("village_id", "on", "kind", table="observation_event"),
        live("resident_id", "on", table="observation_event"),
        live("observation_id", table="observation_event"),
        in_order("since", "on"),
        live("was", "on", "since", "village_id", "since_period", table="observation_event"),
        binned("observation_event"),
    )

    resident_id: Mapped[int] = to("resident", N_("Resident"), across=True)
    observation_id: Mapped[int | None] = to("observation", N_("Observation"), across=True)
    kind: Mapped[EventKind] = field(Chosen(EventKind), N_("What happened"))
    was: Mapped[ObservationStatus | None] = field(Chosen(ObservationStatus), N_("Was before"), computed=True)
    became: Mapped[ObservationStatus | None] = field(Chosen(ObservationStatus), N_("Became"), computed=True)
    on: Mapped[date] = field(Date, N_("Date"))
    since: Mapped[date | None] = field(Date, N_("Had been so here since"), computed=True)
    since_period: Mapped[Period | None] = field(Chosen(Period), N_("First slot of that state"), computed=True)
    note: Mapped[str | None] = field(Prose(1000), N_("Remarks"), coded=OwnReason)

    resident: Mapped[Resident] = relationship(lazy="select")
    observation: Mapped[Observation | None] = relationship(lazy="select")

    def prepare(self) -> None:
        """An event of an observation is its resident's, in the village that is responsible for it."""
        observation = linked(self, "observation")
        if observation is None:
            take_village_of(self, "resident")
            return
        take_village_of(self, "observation")
        if linked(self, "resident") is None:
            self.resident = linked(observation, "resident")

    def problems(self, today: date) -> Iterator[Problem]:
        yield from days_to_come(self, today, "on")
        if self.was is not None and self.was is not self.became and self.since is None:
            yield Problem("since", N_("Say since when it had been so."))

    def __str__(self) -> str:
        resident = linked(self, "resident")
        return f"{resident} {self.on}" if resident is not None else super().__str__()


class Visit(InVillage, Record):
    """One slot of one person's day in which somebody went, called or looked. 姓名 | 上午体温 | 下午体温 | 备注;
    是否外出 | 是否接触 | 症状."""

    __tablename__ = "visit"
    __ledger__ = "visit"
    __title__ = N_("Visits")
    __named_by__ = ("resident",)
    __table_args__ = (
        measurable("temperature"),
        live("observation_id", "on", "period", table="visit", unique=True),
        live("village_id", "on", "period", "outcome", table="visit"),
        live("resident_id", "on", table="visit"),
        live("on", "outcome", table="visit"),
        Index("ix_visit_counted", "id", "deleted_at"),
        given_once("entry_key", table="visit"),
        binned("visit"),
    )

    observation_id: Mapped[int] = to("observation", N_("Observation"), across=True)
    resident_id: Mapped[int] = to("resident", N_("Resident"), computed=True, across=True)
    on: Mapped[date] = field(Date, N_("Date"))
    period: Mapped[Period] = field(Chosen(Period), N_("Morning or evening"))
    taken_at: Mapped[datetime | None] = field(Instant, N_("Taken at"))
    temperature: Mapped[Decimal | None] = field(Tenths(3, 1), N_("Temperature"), unit="℃")
    how: Mapped[How] = field(Chosen(How), N_("How it was taken"), default=How.DOOR)
    outcome: Mapped[Outcome] = field(Chosen(Outcome), N_("Outcome of the visit"), default=Outcome.NORMAL)
    symptoms: Mapped[list[Symptom]] = field(ChosenMany(Symptom), N_("Symptoms"), default=list)
    went_out: Mapped[str | None] = field(Line(200), N_("Went out"), help=N_("Where to; empty if the person stayed in."))
    contacts: Mapped[str | None] = field(Line(200), N_("Direct contacts"))
    measures: Mapped[str | None] = field(Line(200), N_("Preventive measures taken"))
    late: Mapped[bool] = field(Boolean, N_("Entered later"), default=False, computed=True)
    late_reason: Mapped[str | None] = field(Line(200), N_("Why it was entered later"))
    note: Mapped[str | None] = field(Prose(1000), N_("Remarks"))
    entry_key: Mapped[str | None] = field(Key(36), N_("Number of the entry"), computed=True)

    observation: Mapped[Observation] = relationship(lazy="select")
    resident: Mapped[Resident] = relationship(lazy="select")

    def prepare(self) -> None:
        """Belong to the person and to the village that measured that day; what is abnormal is, whatever was ticked."""
        if is_new(self) or changed(self, "observation", "observation_id"):
            observation = linked(self, "observation")
            resident = linked(observation, "resident") if observation is not None else None
            if resident is not None:
                self.resident = resident
            if observation is not None and not (self.village_id or self.village):
                self._take_village(observation)
        if self.outcome is Outcome.NORMAL and abnormal(self.temperature, self.symptoms or []):
            self.outcome = Outcome.ABNORMAL
        self.late = bool(self.late_reason)

    def problems(self, today: date) -> Iterator[Problem]:
        """A measurement where somebody was measured, none where nobody was, in the time of the observation."""
        yield from days_to_come(self, today, "on", "taken_at")
        yield from unmeasurable(self)
        observation = linked(self, "observation")
        hung = is_new(self) or changed(self, "observation", "observation_id")
        if hung and observation is not None and linked(observation, "resident") is None:
            yield Problem("observation", IN_THE_BIN)
        elif hung or changed(self, "on", "period", "deleted_at"):
            yield from self._out_of_place()
        if self.taken_at and self.on and local_day(self.taken_at) != self.on:
            yield Problem("taken_at", N_("This is not on the day of the visit."))
        # an entry of a round has its own time, which is what counts (models/round.py)
        typed_now = is_new(self) and self.entry_key is None
        if typed_now and self.on is not None and self.on < today and not self.late_reason:
            yield Problem("late_reason", N_("This is entered after its day: say why."))
        symptoms = self.symptoms or []
        if Symptom.WELL in symptoms and len(symptoms) > 1:
            yield Problem("symptoms", N_("Somebody who feels well has no symptom."))
        if not self.outcome.measured and self.temperature is not None:
            yield Problem("outcome", N_("A temperature was taken, so the person was met."))
        elif self.outcome is Outcome.NORMAL and self.temperature is None:
            yield Problem("temperature", N_("Give the temperature that was measured."))
        elif self.outcome is Outcome.ABNORMAL and self.temperature is None and not set(symptoms) - {Symptom.WELL}:
            yield Problem("temperature", N_("Give the temperature or the symptom that is abnormal."))

    def _take_village(self, observation: Observation) -> None:
        """The village whose slot it was; where nobody's was, the observation's, and ``problems`` will say so."""
        if not is_new(observation) and self.on is not None:
            for span in spans(observation, told(observation)):
                if span.takes(self.on, self.period):
                    self.village_id = span.village_id  # the later one, on a day that two villages share
        take_village_of(self, "observation")

    def _out_of_place(self) -> Iterator[Problem]:
        """A day or a slot in which this village was not to measure this person."""
        session = object_session(self)
        observation = linked(self, "observation")
        if session is None or session.info.get("history") or self.on is None or self.deleted_at is not None:
            return
        if observation is None:
            if self._taken_over_since(session):
                yield Problem("on", N_("On this day the person was another village's to measure."))
            return
        if self.on < observation.began_on:
            yield Problem("on", N_("The observation began later than this day."))
            return
        if is_new(observation):
            return
        here = [span for span in spans(observation, told(observation)) if self.village_id in (None, span.village_id)]
        if any(span.takes(self.on, self.period) for span in here):
            return
        at_home = [span for span in here if span.status is ObservationStatus.OBSERVED]
        left = max((span.until for span in at_home if span.until), default=None)
        if any(span.takes(self.on, Period.PM) for span in at_home):
            yield Problem("period", N_("On this day the person was first to be measured in the evening."))
        elif left is not None and left < self.on and not any(span.until is None for span in at_home):
            yield Problem("on", N_("The person left on %(day)s."), {"day": left})
        else:
            yield Problem("on", N_("On this day the person was not to be measured at home here."))

    def _taken_over_since(self, session: Session) -> bool:
        """True for a day that was not this village's, of somebody whose file is another village's now."""
        event = ObservationEvent
        ours = select(event.id).where(
            event.observation_id == self.observation_id,
            event.village_id == self.village_id,
            event.was == ObservationStatus.OBSERVED,
            event.since <= self.on,
            event.on > self.on,
        )
        return session.scalar(ours.limit(1)) is None

    def consequences(self) -> Iterator[Base]:
        """A fever, a symptom, or the third time running that nobody was met gives an alert."""
        yield from alarms(self)

    def __str__(self) -> str:
        resident = linked(self, "resident")
        slot = "②" if self.period is Period.PM else "①"  # the day's first and second, in any language
        return f"{resident} {self.on} {slot}" if resident is not None else super().__str__()


# ---- the rules, as they are said ----


def ends_on(last_exposure: date, days: int) -> date:
    """The last day of a term: the fourteenth after the last exposure."""
    return last_exposure + timedelta(days=days)


def day_of(observation: Observation, on: date) -> int:
    """Which day of the term it is; the day after the last exposure is the first, the day of release the last."""
    return (on - (observation.last_exposure_on or observation.began_on)).days


def standing(observation: Observation, today: date) -> FileStatus:
    """Where an observation stands on a day: as stored, but 待解除 once the term is over and nobody signed it off."""
    if observation.status is ObservationStatus.OBSERVED and today >= observation.ends_on:
        return FileStatus.DUE
    return FileStatus(observation.status.value)


def observations_of(resident: Resident) -> list[Observation]:
    """A person's observations within reach, those that are about to be written included; the one that counts last."""
    session = object_session(resident)
    if session is None:
        return []
    with session.no_autoflush:
        query = select(Observation).where(Observation.resident_id == resident.id).execution_options(deleted=True)
        stored = session.scalars(query).all() if resident.id is not None else []
        new = [r for r in session.new if isinstance(r, Observation) and linked(r, "resident") is resident]
    there = [one for one in [*stored, *new] if one.deleted_at is None and linked(one, "resident") is resident]
    return sorted(there, key=lambda one: (one.status in UNDER_OBSERVATION, one.since, one.id or math.inf))


def stand(resident: Resident) -> None:
    """Let a file stand where its observation stands, with the day on which its term is over."""
    observations = observations_of(resident)
    status = FileStatus(observations[-1].status.value) if observations else FileStatus.PENDING
    due = observations[-1].ends_on if status is FileStatus.OBSERVED else None
    if resident.status is not status:
        resident.status = status
    if resident.due_on != due:
        resident.due_on = due


def overdue(observation: Observation, today: date) -> bool:
    """True if the term ended before today and nobody signed the person off."""
    return observation.status is ObservationStatus.OBSERVED and observation.ends_on < today


def told(observation: Observation) -> list[ObservationEvent]:
    """The events of an observation within reach, in their order, those that are about to be written included."""
    session = object_session(observation)
    if session is None:
        return []
    with session.no_autoflush:
        query = select(ObservationEvent).where(ObservationEvent.observation_id == observation.id)
        stored = session.scalars(query).all() if observation.id is not None else []
        new = [r for r in session.new if isinstance(r, ObservationEvent) and linked(r, "observation") is observation]
    return [*sorted(stored, key=lambda event: (event.on, event.id)), *new]


def ending(
    observation: Observation, kind: EventKind, on: date, became: ObservationStatus | None, note: str | None = None
) -> ObservationEvent:
    """The event that ends the state in which an observation is. Who calls it writes the next state."""
    return ObservationEvent(
        observation=observation, resident_id=observation.resident_id, village_id=observation.village_id, kind=kind,
        on=on, was=observation.status, became=became, since=observation.since, since_period=observation.since_period,
        note=note,
    )  # fmt: skip


def abnormal(temperature: Decimal | None, symptoms: list[Symptom]) -> bool:
    """True for a fever (37.3 ℃ or more) or any symptom."""
    return (temperature is not None and temperature >= FEVER) or bool(set(symptoms) - {Symptom.WELL})


__all__ = [
    "DAYS",
    "FEVER",
    "UNDER_OBSERVATION",
    "EventKind",
    "How",
    "Observation",
    "ObservationEvent",
    "ObservationKind",
    "ObservationStatus",
    "Outcome",
    "Period",
    "Symptom",
    "Visit",
    "abnormal",
    "day_of",
    "ending",
    "ends_on",
    "observations_of",
    "overdue",
    "stand",
    "standing",
    "told",
]  # fmt: skip
