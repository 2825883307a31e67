"""体温登记表: everybody whose temperature a village takes on a day, with what was measured in either round."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import NamedTuple

from sqlalchemy import or_, select

from models.event import ObservationEvent
from models.observation import Observation
from models.resident import Resident
from models.session import Session
from models.states import Outcome, Period, Symptom
from models.summaries.slots import at_home, left_later
from models.visit import Visit


class Measured(NamedTuple):
    """One round's visit. ``temperature`` is None where nothing was measured; ``outcome`` says why."""

    temperature: Decimal | None
    outcome: Outcome
    symptoms: tuple[Symptom, ...]
    late_reason: str | None
    note: str | None


class PersonDay(NamedTuple):
    """Somebody's day; None for a round in which there was no visit."""

    observation_id: int
    village_id: int
    name: str | None
    address: str | None
    morning: Measured | None
    evening: Measured | None


def temperatures(session: Session, on: date) -> list[PersonDay]:
    """Everybody under observation on a day, and whoever was visited all the same, by village and in walking order."""
    visits = select(
        Visit.observation_id,
        Visit.period,
        Visit.temperature,
        Visit.outcome,
        Visit.symptoms,
        Visit.late_reason,
        Visit.note,
    ).where(Visit.on == on)  # fmt: skip
    found: dict[tuple[int, Period], Measured] = {}
    for number, period, temperature, outcome, symptoms, reason, note in session.execute(visits):
        found[number, period] = Measured(temperature, outcome, tuple(symptoms or ()), reason, note)
    visited = select(Visit.observation_id).where(Visit.on == on)
    left = select(ObservationEvent.observation_id).where(left_later(on))
    people = (
        select(Observation.id, Observation.village_id, Resident.name, Resident.address)
        .outerjoin(Observation.resident)
        .where(or_(at_home(on), Observation.id.in_(left), Observation.id.in_(visited)))
    )
    rows = [
        PersonDay(*person, found.get((person[0], Period.AM)), found.get((person[0], Period.PM)))
        for person in session.execute(people)
    ]
    return sorted(rows, key=lambda row: (row.village_id, row.address or "", row.name or "", row.observation_id))
