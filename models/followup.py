"""After release some towns phone on days 1, 2, 3, 7 and 14: what is due is computed, what was done is recorded.

A call tells how the person is now, so that a later one closes those before it: nobody makes them up, and that they were
not made (未访) stays to be seen.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import date, timedelta
from typing import Final

from sqlalchemy import CheckConstraint, ColumnElement, Date, Integer, select
from sqlalchemy.orm import Mapped, object_session, relationship

from models.base import InVillage, Problem, binned, field, live, to
from models.observation import Observation
from models.resident import IN_THE_BIN, OfResident, Resident
from models.rules import changed, days_to_come, is_new, linked, take_village_of
from models.session import Session
from models.states import ObservationStatus
from models.types import Chosen, Line, Prose
from models.words import N_, Choice, Tone

DAYS: Final = (1, 2, 3, 7, 14)
CALLED_FOR: Final = timedelta(days=DAYS[-1] + 7)  # after these nobody is called any more


class CallOutcome(Choice):
    """How a follow-up call ended."""

    WELL = "well", N_("Feels well")
    UNWELL = "unwell", N_("Feels unwell")
    NOT_REACHED = "not_reached", N_("Not reached")

    @property
    def tone(self) -> Tone:
        """How urgent it looks."""
        return {CallOutcome.WELL: Tone.OK, CallOutcome.UNWELL: Tone.BAD}.get(self, Tone.WARN)


class CallState(Choice):
    """待访, 未访: how a call stands that was not made. Computed, never stored."""

    DUE = "due", N_("To be called")
    NOT_MADE = "not_made", N_("Not called")


class FollowUp(InVillage, OfResident):
    """One call after release."""

    __tablename__ = "follow_up"
    __ledger__ = "followup"
    __title__ = N_("Follow-up calls")
    __table_args__ = (
        CheckConstraint("day_no IN (1, 2, 3, 7, 14)", name="day_no_listed"),
        live("observation_id", "day_no", "on", table="follow_up", unique=True),
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
        resident = linked(observation, "resident") if observation is not None else None
        if resident is not None:
            self.resident = resident

    def problems(self, today: date) -> Iterator[Problem]:
        yield from days_to_come(self, today, "on")
        if self.day_no is not None and self.day_no not in DAYS:
            yield Problem("day_no", N_("Calls are made on days 1, 2, 3, 7 and 14."))
        observation = linked(self, "observation")
        if is_new(self) and observation is not None and linked(observation, "resident") is None:
            yield Problem("observation", IN_THE_BIN)
        elif observation is not None and self.on is not None:
            if observation.released_on is None:
                yield Problem("observation", N_("This person has not been released."))
            elif self.on <= observation.released_on:
                yield Problem("on", N_("The calls begin on the day after release."))
            elif self.day_no in DAYS and self.on < observation.released_on + timedelta(days=self.day_no):
                yield Problem("day_no", N_("This call is to be made on a later day."))
            elif self._made_already(observation.released_on):
                yield Problem("day_no", N_("This call has been recorded already."))

    def _made_already(self, released_on: date) -> bool:
        """True if this call was recorded since the release; a file that was opened again is called anew."""
        session = object_session(self)
        if session is None or not (is_new(self) or changed(self, "observation", "observation_id", "day_no", "on")):
            return False
        same = select(FollowUp.id).where(
            FollowUp.observation_id == linked(self, "observation").id,
            FollowUp.day_no == self.day_no,
            FollowUp.on > released_on,
            FollowUp.id.is_distinct_from(self.id),
        )
        return session.scalar(same.limit(1)) is not None


# ---- the rules, as they are said ----


def calls_unmade(observation: Observation, made: Collection[int], today: date) -> dict[int, CallState]:
    """The days after release that have come without a call: to be called still, or closed by a later call or by three
    weeks."""
    released = observation.released_on
    if observation.status is not ObservationStatus.RELEASED or released is None:
        return {}
    over = today > released + CALLED_FOR
    come = [n for n in DAYS if released + timedelta(days=n) <= today]
    last = max((n for n in come if n in made), default=0)
    return {n: CallState.NOT_MADE if over or n < last else CallState.DUE for n in come if n not in made}


def calls_due(observation: Observation, made: Collection[int], today: date) -> tuple[int, ...]:
    """The days after release whose call is to be made now."""
    unmade = calls_unmade(observation, made, today)
    return tuple(n for n, state in unmade.items() if state is CallState.DUE)


def since_release() -> ColumnElement[bool]:
    """Of calls joined with their observations: those after its present release, not after one before it went on."""
    return FollowUp.on > Observation.released_on


def calls_of(session: Session, observation: Observation) -> dict[int, FollowUp]:
    """The calls that were made since somebody's release, by their day."""
    query = select(FollowUp).join(FollowUp.observation).where(Observation.id == observation.id, since_release())
    return {call.day_no: call for call in session.scalars(query.order_by(FollowUp.day_no))}
