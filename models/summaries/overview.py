"""区级总览: how every village stands now. It counts nothing itself: its numbers are those of the day's sheet and of the
watch, laid out so that villages can be added up."""

from __future__ import annotations

from datetime import date, datetime
from typing import NamedTuple

from models.session import Session
from models.summaries import district_day, watch
from models.summaries.watch import Watched


class Standing(NamedTuple):
    """A village's line of the day's sheet. ``open`` slots wait for a visit, ``missed`` ones are past the cut-off."""

    reported: int = 0
    unreported: int = 0
    cumulative: int = 0
    new: int = 0
    observed: int = 0
    in_centre: int = 0
    in_hospital: int = 0
    released: int = 0
    am_expected: int = 0
    am_done: int = 0
    pm_expected: int = 0
    pm_done: int = 0
    missed: int = 0
    open: int = 0
    abnormal: int = 0
    feverish: int = 0

    @property
    def share(self) -> float | None:
        """How many of the villages have reported, 0 to 1."""
        villages = self.reported + self.unreported
        return self.reported / villages if villages else None


def standing(session: Session, on: date, now: datetime) -> dict[int, Standing]:
    """The day's sheet by village."""
    return {row.report.place.id: _standing(row) for row in district_day.district_day(session, on, now).rows}


def _standing(row: district_day.VillageRow) -> Standing:
    counts, morning, evening = row.counts, row.morning, row.evening
    return Standing(
        reported=int(row.report.reported),
        unreported=int(not row.report.reported),
        am_expected=morning.expected,
        am_done=morning.done,
        pm_expected=evening.expected,
        pm_done=evening.done,
        open=morning.open + evening.open - counts.missed,
        **counts._asdict(),
    )


def waiting(session: Session, on: date, now: datetime) -> dict[int, Watched]:
    """What waits in every village."""
    return {row.place.id: row.counts for row in watch.watch(session, on, now)}
