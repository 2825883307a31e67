"""Which records the ledger of a village, or a sheet of several, holds of some days, by plain loops over rows."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

from models.base import Base
from models.business import Business, Inspection
from models.checkpoint import Checkpoint
from models.clock import ZONE
from models.enterprise import Enterprise, Resumption
from models.observation import Observation
from models.resident import Resident
from models.summaries.ledger import DATED
from models.visit import Visit
from models.volunteer import Assignment, Duty, Volunteer
from tests.models.summaries.world import Row, World


def day_of(value: Any) -> date | None:
    """The Shanghai day of a day or an instant."""
    return value.astimezone(ZONE).date() if isinstance(value, datetime) else value


def held(world: World, cls: type[Base], villages: set[int], since: date, until: date) -> list[Row]:
    """The rows that the ledger of some villages holds, in its order."""
    rows = world.live(cls, villages)
    if cls in DATED:
        name = DATED[cls].key
        found = [row for row in rows if since <= (day_of(row[name]) or date.max) <= until]
        slot = "period" if cls is Visit else "id"
        return sorted(found, key=lambda row: (row[name], row[slot], row["id"]))
    rule = RULES[cls]
    return sorted((row for row in rows if rule(world, row, since, until)), key=lambda row: row["id"])


def _by(until: date, *values: Any) -> bool:
    return any(value is not None and (day_of(value) or date.max) <= until for value in values)


def _resident(world: World, row: Row, since: date, until: date) -> bool:
    began = [one["began_on"] for one in world.live(Observation) if one["resident_id"] == row["id"]]
    return _by(until, row["created_at"], row["arrived_on"], *began)


def _observation(world: World, row: Row, since: date, until: date) -> bool:
    return row["began_on"] <= until and (row["released_on"] is None or row["released_on"] >= since)


def _business(world: World, row: Row, since: date, until: date) -> bool:
    seen = [one["on"] for one in world.live(Inspection) if one["business_id"] == row["id"]]
    return _by(until, row["created_at"], *seen)


def _filed(world: World, row: Row, since: date, until: date) -> bool:
    return _by(until, row["created_at"], row["applied_on"], row["filed_on"])


def _enterprise(world: World, row: Row, since: date, until: date) -> bool:
    own = [one for one in world.live(Resumption) if one["enterprise_id"] == row["id"]]
    return _by(until, row["created_at"], *(day for one in own for day in (one["applied_on"], one["filed_on"])))


def _checkpoint(world: World, row: Row, since: date, until: date) -> bool:
    return _by(until, row["created_at"], row["opened_on"]) and (row["closed_on"] is None or row["closed_on"] >= since)


def _volunteer(world: World, row: Row, since: date, until: date) -> bool:
    return _by(until, row["created_at"])


def _assignment(world: World, row: Row, since: date, until: date) -> bool:
    duties = [duty for duty in world.live(Duty) if duty["id"] == row["duty_id"]]
    return any(since <= (day_of(duty["starts_at"]) or date.max) <= until for duty in duties)


RULES: dict[type[Base], Callable[[World, Row, date, date], bool]] = {
    Resident: _resident,
    Observation: _observation,
    Business: _business,
    Enterprise: _enterprise,
    Resumption: _filed,
    Checkpoint: _checkpoint,
    Volunteer: _volunteer,
    Assignment: _assignment,
}
