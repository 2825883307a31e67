"""The figures of a day as plain loops over the trail tell them: nothing but the entries, in their order."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from models.clock import local_day
from models.event import ObservationEvent
from models.report import Figures
from models.resident import Resident
from models.states import Outcome
from models.visit import Visit
from tests.models.summaries.retold import retold
from tests.models.summaries.world import Row

MARKS = ("met_case", "lived_with_contact", "met_from_area")


class Told:
    """What the entries tell of every record as it is now, and of the files as they were at the end of every day."""

    def __init__(self, entries: Iterable[Any]):
        self._entries = list(entries)
        self.now = retold(self._entries)
        self._then: dict[date, list[Row]] = {}

    def at_the_end_of(self, on: date) -> list[Row]:
        """The files as they were."""
        if on not in self._then:
            told = [one for one in self._entries if one.kind == Resident.__tablename__ and local_day(one.at) <= on]
            self._then[on] = retold(told).rows.get(Resident, [])
        return self._then[on]

    def files(self, on: date, village_id: int) -> list[Row]:
        """The files that a village kept on a day: as they are now, or as they were if they have left since."""
        now = {row["id"]: row for row in self.now.rows.get(Resident, [])}
        found = []
        for was in self.at_the_end_of(on):
            if was["village_id"] == village_id:
                file = now[was["id"]] if now[was["id"]]["village_id"] == village_id else was
                if file["deleted_at"] is None:
                    found.append(file)
        return found

    def counting(self, on: date, village_id: int) -> list[Row]:
        """The events up to a day in a village, but for those that were thrown away with their observation."""
        return [event for event in self.now.live(ObservationEvent, {village_id}) if event["on"] <= on]

    def figures(self, on: date, village_id: int) -> Figures:
        """The figures of a village on a day."""
        files = self.files(on, village_id)
        counted = {name: sum(bool(file[name]) for file in files) for name in MARKS}
        counted["surveyed"] = len(files)
        counted["came"] = sum((file["arrived_on"] or date.max) <= on for file in files)
        visits = self.now.live(Visit, {village_id})
        counted["abnormal"] = len(
            {row["resident_id"] for row in visits if row["on"] == on and row["outcome"] is Outcome.ABNORMAL}
        )
        for status, name in (("central", "central"), ("observed", "home"), ("released", "released")):
            today = so_far = 0
            for event in self.counting(on, village_id):
                came = event["became"] == status and event["was"] != status
                if came and event["kind"] != "handed_in" and event["on"] == on:
                    today += 1
                so_far += came
                if event["kind"] == "handed_out" and event["was"] == status:
                    so_far -= 1
            counted |= {f"{name}_today": today, f"{name}_total": so_far}
        counted["in_hospital"] = self.standing(on, village_id, {"hospital"})
        return Figures(**counted)

    def standing(self, on: date, village_id: int, states: set[str]) -> int:
        """How many a village's events leave in some states at the end of a day, observation by observation."""
        last: dict[int, Any] = {}
        for event in sorted(self.counting(on, village_id), key=lambda event: event["on"]):
            last[event["observation_id"]] = event["became"]
        return sum(status in states for status in last.values())
