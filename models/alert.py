"""Alerts: a fever, a symptom, or somebody who three times running was not met or refused — taken by a person, closed
with what was done.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from typing import TYPE_CHECKING, Final

from sqlalchemy import select
from sqlalchemy.orm import Mapped, object_session, relationship

from models import clock
from models.base import InVillage, Problem, Record, binned, field, live, to
from models.resident import Resident
from models.rules import linked, take_village_of
from models.states import Symptom
from models.types import Chosen, Instant, Line, Prose
from models.words import N_, Choice, Tone

if TYPE_CHECKING:
    from models.observation import Observation, Visit

IN_A_ROW: Final = 3


class AlertKind(Choice):
    """What gave the alarm."""

    FEVER = "fever", N_("Fever")
    SYMPTOM = "symptom", N_("Symptoms")
    NOT_MET = "not_met", N_("Not met three times running")
    REFUSED = "refused", N_("Refused three times running")


class AlertStatus(Choice):
    """待处置, 处置中, 已处置."""

    RAISED = "raised", N_("Nobody deals with it yet")
    TAKEN = "taken", N_("Being dealt with")
    CLOSED = "closed", N_("Dealt with")

    @property
    def tone(self) -> Tone:
        """How urgent it looks."""
        return {AlertStatus.RAISED: Tone.BAD, AlertStatus.TAKEN: Tone.WARN}.get(self, Tone.OK)


class Alert(InVillage, Record):
    """One alarm about one person. It does not go away by itself."""

    __tablename__ = "alert"
    __ledger__ = "alert"
    __title__ = N_("Alerts")
    __named_by__ = ("resident",)
    __table_args__ = (
        live("visit_id", "kind", table="alert", unique=True),
        live("village_id", "status", table="alert"),
        live("resident_id", table="alert"),
        live("observation_id", table="alert"),
        live("status", table="alert"),
        binned("alert"),
    )

    resident_id: Mapped[int] = to("resident", N_("Resident"), computed=True, across=True)
    observation_id: Mapped[int] = to("observation", N_("Observation"), computed=True, across=True)
    visit_id: Mapped[int] = to("visit", N_("Visit"), computed=True, across=True)
    kind: Mapped[AlertKind] = field(Chosen(AlertKind), N_("Alarm"), computed=True)
    status: Mapped[AlertStatus] = field(
        Chosen(AlertStatus), N_("State of the alert"), default=AlertStatus.RAISED, computed=True
    )
    raised_at: Mapped[datetime] = field(Instant, N_("Raised at"), computed=True)
    what: Mapped[str] = field(Line(120), N_("What was seen"), computed=True, coded=Symptom)
    taken_by: Mapped[str | None] = field(Line(40), N_("Taken by"), computed=True)
    taken_at: Mapped[datetime | None] = field(Instant, N_("Taken over at"), computed=True)
    closed_by: Mapped[str | None] = field(Line(40), N_("Closed by"), computed=True)
    closed_at: Mapped[datetime | None] = field(Instant, N_("Closed at"), computed=True)
    done: Mapped[str | None] = field(Prose(1000), N_("What was done about it"), computed=True)

    resident: Mapped[Resident] = relationship(lazy="select")
    observation: Mapped[Observation] = relationship("Observation", lazy="select")
    visit: Mapped[Visit] = relationship("Visit", lazy="select")

    def prepare(self) -> None:
        """Belong to the village that is responsible for the person now, whichever paid the visit."""
        take_village_of(self, "observation")

    def take(self, who: str, now: datetime) -> None:
        """Somebody deals with it from now on. Raises Invalid through the flush if it is dealt with already."""
        self.status, self.taken_by, self.taken_at = AlertStatus.TAKEN, who[:40], now

    def close(self, who: str, now: datetime, done: str) -> None:
        """It is dealt with; what was done stays."""
        if self.taken_by is None:
            self.taken_by, self.taken_at = who[:40], now
        self.status, self.closed_by, self.closed_at, self.done = AlertStatus.CLOSED, who[:40], now, done

    def problems(self, today: date) -> Iterator[Problem]:
        if self.status is AlertStatus.CLOSED and not (self.done or "").strip():
            yield Problem("done", N_("Say what was done about it."))

    def __str__(self) -> str:
        resident = linked(self, "resident")
        return str(resident) if resident is not None else super().__str__()


# ---- the rules, as they are said ----


def alarms(visit: Visit) -> Iterator[Alert]:
    """The alerts that a visit gives, apart from those it has given already."""
    from models.observation import FEVER, Outcome

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
    from models.observation import Period
    from models.observation import Visit as Paid

    session = object_session(visit)
    if session is None:
        return
    later = Paid.on > visit.on
    if visit.period is Period.AM:
        later = later | ((Paid.on == visit.on) & (Paid.period == Period.PM))
    query = select(Paid).where(Paid.observation_id == linked(visit, "observation").id, later)
    after = list(session.scalars(query.order_by(Paid.on, Paid.period).limit(IN_A_ROW - 1)))
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
    from models.observation import Period
    from models.observation import Visit as Paid

    session = object_session(visit)
    if session is None:
        return []
    earlier = Paid.on < visit.on
    if visit.period is Period.PM:
        earlier = earlier | ((Paid.on == visit.on) & (Paid.period == Period.AM))
    query = select(Paid.outcome).where(Paid.observation_id == linked(visit, "observation").id, earlier)
    order = query.order_by(Paid.on.desc(), (Paid.period == Period.PM).desc())
    return list(session.scalars(order.limit(IN_A_ROW - 1)))
