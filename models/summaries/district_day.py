"""一张表: the district's day, one row a village; every total is the sum of its rows."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime
from functools import cache
from typing import NamedTuple

from sqlalchemy import Select, func, select

from models.enterprise import Enterprise, Resumption, ResumptionStatus
from models.observation import Observation
from models.rules import FEVER
from models.session import Session
from models.states import ObservationStatus, Outcome, Period
from models.summaries import slots
from models.summaries.counting import how_many, number_of, within_reach
from models.summaries.hours import Hours, hours
from models.summaries.remembered import by_village, remembered
from models.summaries.reporting import VillageReport, reports
from models.summaries.slots import SlotCount
from models.summaries.span import HERE, ON, together
from models.visit import Visit


class Counts(NamedTuple):
    """What is counted of a village, or of several together. ``cumulative``: everybody who ever came under observation,
    those ``observed`` at home, ``in_centre``, ``in_hospital`` and ``released`` among them; the others moved on."""

    cumulative: int = 0
    new: int = 0
    observed: int = 0
    in_centre: int = 0
    in_hospital: int = 0
    released: int = 0
    abnormal: int = 0
    feverish: int = 0
    missed: int = 0

    def plus(self, other: Counts) -> Counts:
        """Two of them together."""
        return Counts(*(one + two for one, two in zip(self, other, strict=True)))


class VillageRow(NamedTuple):
    """One village's line of the sheet."""

    report: VillageReport
    counts: Counts
    morning: SlotCount
    evening: SlotCount


class Totals(NamedTuple):
    """The last line: the sums of the rows."""

    villages: int
    reported: int
    counts: Counts
    morning: SlotCount
    evening: SlotCount


class DistrictDay(NamedTuple):
    """The sheet: villages that have not reported first, those with somebody on file before the others, then by code."""

    hours: Hours
    rows: list[VillageRow]
    totals: Totals

    @property
    def unreported(self) -> list[VillageReport]:
        """The reports that are not there, or were sent back."""
        return [row.report for row in self.rows if not row.report.reported]


class Enterprises(NamedTuple):
    """How many enterprises work again, how many of those since the day, and how many there are."""

    all: int = 0
    resumed: int = 0
    resumed_today: int = 0


@remembered
def district_day(session: Session, on: date, now: datetime) -> DistrictDay:
    """The day's one sheet over the villages whose reports the session may read."""
    counted = by_village(session, _counted, on, within_reach(session, "observation"), Counts())
    by_slot = slots.counts(session, on)
    times = hours(session, on)
    over = cache(lambda township_id: [period for period in Period if times.over(period, now, township_id)])
    rows = []
    for report in reports(session, on, now, times):
        here = report.place.id
        slots_here = {period: by_slot.get((here, period), SlotCount()) for period in Period}
        missed = sum(slots_here[period].open for period in over(report.place.township_id))
        counts = counted.get(here, Counts())._replace(missed=missed)
        rows.append(VillageRow(report, counts, slots_here[Period.AM], slots_here[Period.PM]))
    rows.sort(key=lambda row: (row.report.reported, row.counts.cumulative == 0))
    return DistrictDay(times, rows, _totals(rows))


def _totals(rows: list[VillageRow]) -> Totals:
    return Totals(
        villages=len(rows),
        reported=sum(row.report.reported for row in rows),
        counts=together((row.counts for row in rows), Counts()),
        morning=together((row.morning for row in rows), SlotCount()),
        evening=together((row.evening for row in rows), SlotCount()),
    )


def _counted(session: Session, on: date, among: Collection[int]) -> dict[int, Counts]:
    """Where everybody who ever came under observation stands now, who came that day, and the day's abnormal visits."""
    found = dict.fromkeys(among, Counts())
    asked = {"on": on, "here": list(among)}
    for village_id, status, count, new in session.execute(_standing(), asked):
        here = Counts(
            new=new,
            cumulative=count,
            observed=count if status is ObservationStatus.OBSERVED else 0,
            in_centre=count if status is ObservationStatus.CENTRAL else 0,
            in_hospital=count if status is ObservationStatus.HOSPITAL else 0,
            released=count if status is ObservationStatus.RELEASED else 0,
        )
        found[village_id] = found[village_id].plus(here)
    for village_id, count, fevers in session.execute(_abnormal(), asked):
        found[village_id] = found[village_id]._replace(abnormal=count, feverish=fevers)
    return found


@cache
def _standing() -> Select[int, ObservationStatus, int, int]:
    by = (Observation.village_id, Observation.status)
    query = select(*by, func.count(), number_of(Observation.began_on == ON)).where(Observation.village_id.in_(HERE))
    return query.group_by(*by).execution_options(kept=True)


@cache
def _abnormal() -> Select[int, int, int]:
    query = select(Visit.village_id, func.count(), number_of(Visit.temperature >= FEVER))
    query = query.where(Visit.on == ON, Visit.outcome == Outcome.ABNORMAL, Visit.village_id.in_(HERE))
    return query.group_by(Visit.village_id).execution_options(kept=True)


@remembered
def enterprises(session: Session, on: date) -> Enterprises:
    """How far the enterprises are back at work."""
    again = Resumption.status == ResumptionStatus.RESUMED
    return Enterprises(
        all=how_many(session, Enterprise),
        resumed=how_many(session, Resumption, again),
        resumed_today=how_many(session, Resumption, again, Resumption.resumed_on == on),
    )
