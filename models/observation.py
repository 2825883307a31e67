"""医学观察: who is observed, where, and until when."""

from __future__ import annotations

import math
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Final

from sqlalchemy import Boolean, CheckConstraint, Date, Integer, select
from sqlalchemy.orm import Mapped, Session, object_session, relationship

from models import setting
from models.alert import Alert
from models.base import Base, InVillage, Mask, Problem, binned, field, live, to
from models.event import ObservationEvent, told
from models.resident import HELD, IN_THE_BIN, FileStatus, OfResident, Resident
from models.rules import (
    before,
    changed,
    days_to_come,
    in_order,
    is_new,
    linked,
    out_of_order,
    take_village_of,
    wrong_phones,
)
from models.states import OVER, EventKind, ObservationKind, ObservationStatus, Period
from models.types import Chosen, Code, Line, Prose
from models.visit import Visit, earlier_than
from models.words import N_

DAYS: Final = 14
UNDER_OBSERVATION: Final = frozenset(
    {ObservationStatus.OBSERVED, ObservationStatus.CENTRAL, ObservationStatus.HOSPITAL}
)  # not over
_TRANSFERS: Final = frozenset({ObservationStatus.CENTRAL, ObservationStatus.HOSPITAL, ObservationStatus.CONFIRMED})


class Observation(InVillage, OfResident):
    """One person's observation. 姓名 | 责任村 | 责任人 | 责任人手机号 | 开始隔离时间 | 预计解除隔离时间
    | 实际解除隔离时间 | 是否转疑似病例 | 转出时间 | 转出地点 | 转出原因 | 备注.

    The rest of the sheet is the resident's file.
    """

    __tablename__ = "observation"
    __ledger__ = "observation"
    __title__ = N_("Observations")
    __village_label__ = N_("Responsible village (community)")
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
        found = select(Visit.id).where(Visit.observation_id == self.id, earlier_than(on, period)).limit(1)
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


def _holds(resident: Resident) -> bool:
    """As ``opening.unfinished`` says, of what is about to be written."""
    return any(observation.status not in OVER for observation in observations_of(resident))


HELD.append(_holds)


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
