"""Who was to be measured in a slot and who was, by plain loops over observations, the ends of states, and visits."""

from datetime import date

from models.event import ObservationEvent
from models.observation import Observation
from models.states import ObservationStatus, Outcome, Period
from models.summaries.slots import SlotCount
from models.visit import Visit
from tests.models.summaries.world import Row, World


def expected(world: World, village_id: int, on: date, period: Period) -> set[int]:
    """The observations that are at home in a village in a slot: before a state that ended, or in the present one."""
    live = world.live(Observation)
    found = {row["id"] for row in live if row["village_id"] == village_id and at_home(row, "status", on, period)}
    known = {row["id"] for row in live}
    for row in world.live(ObservationEvent, {village_id}):
        if row["observation_id"] in known and on < row["on"] and at_home(row, "was", on, period):
            found.add(row["observation_id"])
    return found


def at_home(row: Row, state: str, on: date, period: Period) -> bool:
    """Whether a row tells of a state at home that had begun by a slot."""
    if row[state] is not ObservationStatus.OBSERVED or row.get("since") is None or on < row["since"]:
        return False
    return not (on == row["since"] and row.get("since_period") is Period.PM and period is Period.AM)


def slot(world: World, village_id: int, on: date, period: Period) -> SlotCount:
    """How many were expected, how many of them were visited, and of how many visits nothing came."""
    waited = expected(world, village_id, on, period)
    paid = [
        row["outcome"]
        for row in world.live(Visit, {village_id})
        if row["on"] == on and row["period"] is period and row["observation_id"] in waited
    ]
    return SlotCount(len(waited), len(paid), sum(outcome in (Outcome.NOT_MET, Outcome.REFUSED) for outcome in paid))
