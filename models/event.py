"""What happened to an observation: on which day, in which village, and what the person was until then."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import TYPE_CHECKING

from sqlalchemy import Date, select
from sqlalchemy.orm import Mapped, object_session, relationship

from models.base import InVillage, Problem, Record, binned, field, live, to
from models.resident import Resident
from models.rules import days_to_come, in_order, linked, take_village_of
from models.states import EventKind, ObservationStatus, OwnReason, Period
from models.types import Chosen, Prose
from models.words import N_

if TYPE_CHECKING:
    from models.observation import Observation


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
        live("on", "kind", "was", "became", "village_id", table="observation_event"),
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
    observation: Mapped[Observation | None] = relationship("Observation", lazy="select")

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


# ---- the rules, as they are said ----


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
