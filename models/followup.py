"""After release some towns phone on days 1, 2, 3, 7 and 14: what is due is computed, what was done is recorded."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Final

from sqlalchemy import CheckConstraint, Date, Integer
from sqlalchemy.orm import Mapped, relationship

from models.base import InVillage, Problem, binned, field, live, to
from models.observation import Observation
from models.resident import OfResident, Resident
from models.rules import days_to_come, linked, take_village_of
from models.states import ObservationStatus
from models.types import Chosen, Line, Prose
from models.words import N_, Choice, Tone

DAYS: Final = (1, 2, 3, 7, 14)


class CallOutcome(Choice):
    """How a follow-up call ended."""

    WELL = "well", N_("Feels well")
    UNWELL = "unwell", N_("Feels unwell")
    NOT_REACHED = "not_reached", N_("Not reached")

    @property
    def tone(self) -> Tone:
        """How urgent it looks."""
        return {CallOutcome.WELL: Tone.OK, CallOutcome.UNWELL: Tone.BAD}.get(self, Tone.WARN)


class FollowUp(InVillage, OfResident):
    """One call after release."""

    __tablename__ = "follow_up"
    __ledger__ = "followup"
    __title__ = N_("Follow-up calls")
    __table_args__ = (
        CheckConstraint("day_no IN (1, 2, 3, 7, 14)", name="day_no_listed"),
        live("observation_id", "day_no", table="follow_up", unique=True),
        live("village_id", "on", table="follow_up"),
        live("resident_id", table="follow_up"),
        binned("follow_up"),
    )

    observation_id: Mapped[int] = to("observation", N_("Observation"))
    resident_id: Mapped[int] = to("resident", N_("Resident"), computed=True)
    day_no: Mapped[int] = field(Integer, N_("Day after release"))
    on: Mapped[date] = field(Date, N_("Date"))
    outcome: Mapped[CallOutcome] = field(Chosen(CallOutcome), N_("Outcome of the call"))
    by: Mapped[str | None] = field(Line(40), N_("Called by"))
    note: Mapped[str | None] = field(Prose(1000), N_("Remarks"))

    observation: Mapped[Observation] = relationship(lazy="select")
    resident: Mapped[Resident] = relationship(lazy="select")

    def prepare(self) -> None:
        """Belong to the observation's person and village."""
        observation = take_village_of(self, "observation")
        if observation is not None and linked(observation, "resident") is not None:
            self.resident = linked(observation, "resident")

    def problems(self, today: date) -> Iterator[Problem]:
        yield from days_to_come(self, today, "on")
        if self.day_no is not None and self.day_no not in DAYS:
            yield Problem("day_no", N_("Calls are made on days 1, 2, 3, 7 and 14."))
        observation = linked(self, "observation")
        if observation is not None and self.on is not None:
            if observation.released_on is None:
                yield Problem("observation", N_("This person has not been released."))
            elif self.on <= observation.released_on:
                yield Problem("on", N_("The calls begin on the day after release."))
            elif self.day_no in DAYS and self.on < observation.released_on + timedelta(days=self.day_no):
                yield Problem("day_no", N_("This call is to be made on a later day."))


# ---- the rules, as they are said ----


def calls_due(observation: Observation, made: frozenset[int], today: date) -> tuple[int, ...]:
    """The days after release whose call has come due and was not made; none once three weeks are over."""
    released = observation.released_on
    if observation.status is not ObservationStatus.RELEASED or released is None:
        return ()
    if today > released + timedelta(days=DAYS[-1] + 7):
        return ()
    return tuple(n for n in DAYS if n not in made and released + timedelta(days=n) <= today)
