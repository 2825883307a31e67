"""Alerts: a fever, a symptom, or somebody who three times running was not met or refused — taken by a person, closed
with what was done.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from typing import TYPE_CHECKING, Final

from sqlalchemy.orm import Mapped, relationship

from models.base import InVillage, Problem, binned, field, live, to
from models.resident import OfResident, Resident
from models.rules import take_village_of
from models.states import Symptom
from models.types import Chosen, Instant, Line, Prose
from models.words import N_, Choice, Tone

if TYPE_CHECKING:
    from models.observation import Observation
    from models.visit import Visit

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


class Alert(InVillage, OfResident):
    """One alarm about one person. It does not go away by itself."""

    __tablename__ = "alert"
    __ledger__ = "alert"
    __title__ = N_("Alerts")
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
