"""The figures of a day as plain loops over the trail tell them: nothing but the entries, in their order."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from models.clock import local_day
from models.report import Figures
from models.trail import Deed, TrailEntry

Values = dict[str, Any]
MARKS = ("met_case", "lived_with_contact", "met_from_area")


class Told:
    """What the entries tell of every record: as it is now, and as it was at the end of every day."""

    def __init__(self, entries: Iterable[TrailEntry]):
        self.now: dict[tuple[str, int], Values] = {}
        self.then: dict[date, dict[tuple[str, int], Values]] = {}
        self.events: list[Values] = []
        for entry in entries:
            day = local_day(entry.at)
            if entry.kind == "observation_event":  # told under the number of its observation
                if entry.deed is Deed.INSERT:
                    told = {name: after for name, (_before, after) in entry.changes.items()}
                    self.events.append({**told, "observation_id": entry.record_id, "entered": day})
                continue
            record = self.now.setdefault((entry.kind, entry.record_id or 0), {"opened": day, "there": True})
            record.update({name: after for name, (_before, after) in entry.changes.items()})
            if entry.deed in (Deed.DELETE, Deed.RESTORE):
                record["there"] = entry.deed is Deed.RESTORE
            self.then.setdefault(day, {})[entry.kind, entry.record_id or 0] = dict(record)

    def at_the_end_of(self, on: date) -> dict[tuple[str, int], Values]:
        """Every record as it was."""
        found: dict[tuple[str, int], Values] = {}
        for day in sorted(self.then):
            if day <= on:
                found.update(self.then[day])
        return found

    def files(self, on: date, village_id: int) -> list[Values]:
        """The files that a village kept on a day: as they are now, or as they were if they have left since."""
        found = []
        for key, was in self.at_the_end_of(on).items():
            if key[0] != "resident" or was["village_id"] != village_id:
                continue
            file = self.now[key] if self.now[key]["village_id"] == village_id else was
            if file["there"]:
                found.append(file)
        return found

    def counting(self, on: date, village_id: int) -> list[Values]:
        """The events up to a day in a village, but for those that were thrown away with their observation."""
        return [
            event
            for event in self.events
            if event["village_id"] == village_id
            and event["on"] <= on.isoformat()
            and self.now["observation", event["observation_id"]]["there"]
        ]

    def figures(self, on: date, village_id: int) -> Figures:
        """The figures of a village on a day."""
        files = self.files(on, village_id)
        counted = {name: sum(bool(file.get(name)) for file in files) for name in MARKS}
        counted["surveyed"] = len(files)
        counted["came"] = sum((file.get("arrived_on") or "9") <= on.isoformat() for file in files)
        counted["abnormal"] = len(
            {
                visit["resident_id"]
                for (kind, _number), visit in self.now.items()
                if kind == "visit" and visit["there"] and visit["village_id"] == village_id
                and visit["on"] == on.isoformat() and visit["outcome"] == "abnormal"
            }
        )  # fmt: skip
        for status, name in (("central", "central"), ("observed", "home"), ("released", "released")):
            today = so_far = 0
            for event in self.counting(on, village_id):
                came = event.get("became") == status and event.get("was") != status
                if came and event["kind"] != "handed_in" and event["on"] == on.isoformat():
                    today += 1
                so_far += came
                if event["kind"] == "handed_out" and event.get("was") == status:
                    so_far -= 1
            counted |= {f"{name}_today": today, f"{name}_total": so_far}
        counted["in_hospital"] = self.standing(on, village_id, {"hospital"})
        return Figures(**counted)

    def standing(self, on: date, village_id: int, states: set[str]) -> int:
        """How many a village's events leave in some states at the end of a day, observation by observation."""
        last: dict[int, Any] = {}
        for event in sorted(self.counting(on, village_id), key=lambda event: event["on"]):
            last[event["observation_id"]] = event.get("became")
        return sum(status in states for status in last.values())
