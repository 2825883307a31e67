"""一日两测三问: every visit that was paid, and the alerts that it gives."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING

from sqlalchemy import Boolean, ColumnElement, Date, Index, and_, or_, select
from sqlalchemy.orm import Mapped, Session, object_session, relationship

from models import clock
from models.alert import IN_A_ROW, Alert, AlertKind
from models.base import Base, InVillage, Problem, Record, binned, field, given_once, live, to
from models.event import ObservationEvent, told
from models.resident import IN_THE_BIN, Resident
from models.rules import (
    FEVER,
    changed,
    days_to_come,
    is_new,
    linked,
    measurable,
    take_village_of,
    unmeasurable,
)
from models.spans import spans
from models.states import How, ObservationStatus, Outcome, Period, Symptom
from models.types import Chosen, ChosenMany, Instant, Key, Line, Prose, Tenths
from models.words import N_

if TYPE_CHECKING:
    from models.observation import Observation


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

    observation: Mapped[Observation] = relationship("Observation", lazy="select")
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
        if self.taken_at and self.on and clock.local_day(self.taken_at) != self.on:
            yield Problem("taken_at", N_("This is not on the day of the visit."))
        # an entry of a round has its own time, which is what counts (models/entering.py)
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


def earlier_than(on: date, period: Period) -> ColumnElement[bool]:
    """Visits of the slots before this one: a morning's code comes before an evening's."""
    return or_(Visit.on < on, and_(Visit.on == on, Visit.period < period))


def abnormal(temperature: Decimal | None, symptoms: list[Symptom]) -> bool:
    """True for a fever (37.3 ℃ or more) or any symptom."""
    return (temperature is not None and temperature >= FEVER) or bool(set(symptoms) - {Symptom.WELL})


def alarms(visit: Visit) -> Iterator[Alert]:
    """The alerts that a visit gives, apart from those it has given already."""
    session = object_session(visit)
    observation, resident = linked(visit, "observation"), linked(visit, "resident")
    if session is None or visit.deleted_at is not None or observation is None or resident is None:
        return
    given: set[AlertKind] = set()
    if visit.id is not None:
        given = set(session.scalars(select(Alert.kind).where(Alert.visit_id == visit.id)))
    symptoms = [s for s in visit.symptoms or [] if s is not Symptom.WELL]
    found: list[tuple[AlertKind, str]] = []
    if visit.temperature is not None and visit.temperature >= FEVER:
        found.append((AlertKind.FEVER, f"{visit.temperature} ℃"))
    elif symptoms:
        found.append((AlertKind.SYMPTOM, "、".join(s.value for s in symptoms)))
    for outcome, kind in ((Outcome.NOT_MET, AlertKind.NOT_MET), (Outcome.REFUSED, AlertKind.REFUSED)):
        if visit.outcome is outcome and _before(visit) == [outcome] * (IN_A_ROW - 1):
            found.append((kind, ""))
        if visit.outcome is outcome:
            yield from _made_complete(visit, kind)
    for kind, what in found:
        if kind not in given:
            yield Alert(
                visit=visit, observation=observation, resident=resident, kind=kind, what=what,
                raised_at=clock.now(),
            )  # fmt: skip


def _made_complete(visit: Visit, kind: AlertKind) -> Iterator[Alert]:
    """The alerts of later visits that only now are the third running, because this one arrived out of order."""
    session = object_session(visit)
    if session is None:
        return
    later = or_(Visit.on > visit.on, and_(Visit.on == visit.on, Visit.period > visit.period))
    query = select(Visit).where(Visit.observation_id == linked(visit, "observation").id, later)
    after = list(session.scalars(query.order_by(Visit.on, Visit.period).limit(IN_A_ROW - 1)))
    running = [*_before(visit)[: IN_A_ROW - 2], visit.outcome]
    for one in after:
        running.append(one.outcome)
        if running[-IN_A_ROW:] != [visit.outcome] * IN_A_ROW:
            continue
        if session.scalar(select(Alert.id).where(Alert.visit_id == one.id, Alert.kind == kind)) is None:
            yield Alert(
                visit=one, observation=linked(one, "observation"), resident=linked(one, "resident"), kind=kind,
                what="", raised_at=clock.now(),
            )  # fmt: skip


def _before(visit: Visit) -> list[object]:
    """How the visits in the slots before this one ended, the latest first; a slot without a visit is left out."""
    session = object_session(visit)
    if session is None:
        return []
    earlier = earlier_than(visit.on, visit.period)
    query = select(Visit.outcome).where(Visit.observation_id == linked(visit, "observation").id, earlier)
    return list(session.scalars(query.order_by(Visit.on.desc(), Visit.period.desc()).limit(IN_A_ROW - 1)))
