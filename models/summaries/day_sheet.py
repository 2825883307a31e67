"""区日报: one sheet over all villages for a day, as they reported it; every total is the sum of its rows.

Beside each figure stands what another day's report said. Where the figures of two days do not hang together
(yesterday + what came − what went = today), the sheet says in which village, and by how much.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from itertools import groupby
from typing import NamedTuple

from sqlalchemy import select

from models.figures import Figures
from models.place import Township
from models.report import Adjustment, DailyReport
from models.session import Session
from models.states import ObservationStatus
from models.summaries.figures import figures, total
from models.summaries.hours import Hours, hours
from models.summaries.movements import Balance, Carried, all_together, balances, carried
from models.summaries.remembered import remembered
from models.summaries.reporting import VillageReport, reported, reports

_SUMMED = ("central", "home", "released")


class Gap(NamedTuple):
    """A figure of a report that does not follow from the day before's: ``reported`` is not
    ``before`` + ``came`` − ``went``."""

    figure: str
    before: int
    came: int
    went: int
    reported: int

    @property
    def by(self) -> int:
        """By how much more was reported; less than zero if it was less."""
        return self.reported - (self.before + self.came - self.went)


class Line(NamedTuple):
    """One village. ``then`` is what its report of the day that is compared with said, None if there is none; ``gaps``
    are where it does not follow from yesterday's; ``counted`` is what was counted where another figure was reported;
    ``now`` is what the records come to."""

    report: VillageReport
    then: Figures | None
    balance: Balance
    gaps: tuple[Gap, ...]
    counted: dict[str, int]
    now: Figures

    def changed(self, figure: str) -> bool:
        """True if the records come to something else than when the report was handed in."""
        reported = self.report.figures
        if reported is None:
            return False
        return bool(self.counted.get(figure, getattr(reported, figure)) != getattr(self.now, figure))


class Sum(NamedTuple):
    """Several villages together: how many there are, how many reported, and the sums of what those reported. ``then``
    is None where any of those has nothing to compare with."""

    villages: int
    reported: int
    figures: Figures
    then: Figures | None
    balance: Balance


class Part(NamedTuple):
    """The villages of one township; ``id`` is 0 for those of none."""

    id: int
    name: str
    lines: list[Line]
    sum: Sum


class DaySheet(NamedTuple):
    """The sheet of a day. ``against`` is the day that it is compared with."""

    on: date
    against: date
    hours: Hours
    parts: list[Part]
    sum: Sum

    @property
    def lines(self) -> list[Line]:
        """Every village's line."""
        return [line for part in self.parts for line in part.lines]

    @property
    def unreported(self) -> list[VillageReport]:
        """The villages whose report is not there, or was sent back."""
        return [line.report for line in self.lines if not line.report.reported]

    @property
    def closed(self) -> bool:
        """True once the day is closed for every village."""
        return bool(self.lines) and all(line.report.closed for line in self.lines)

    @property
    def gaps(self) -> list[tuple[VillageReport, Gap]]:
        """Where reported figures of two days do not hang together, village by village."""
        return [(line.report, gap) for line in self.lines for gap in line.gaps]


@remembered
def day_sheet(session: Session, on: date, now: datetime, against: date) -> DaySheet:
    """The sheet over the villages whose reports the session may read, by township; who has not reported comes first."""
    times = hours(session, on)
    then, before = reported(session, against), reported(session, on - timedelta(days=1))
    counted, records = _counted(session, on), figures(session, on)
    standing, moved = balances(session, on), carried(session, on)
    hospital = balances(session, on, frozenset({ObservationStatus.HOSPITAL}))
    lines = []
    for report in reports(session, on, now, times):
        here = report.place.id
        gaps: tuple[Gap, ...] = ()
        if report.reported and report.figures is not None and here in before:
            gaps = tuple(_gaps(report.figures, before[here], moved.get(here, Carried()), hospital[here]))
        lines.append(Line(report, then.get(here), standing[here], gaps, counted.get(here, {}), records[here]))
    return DaySheet(on, against, times, _parts(session, lines), _sum(lines))


def _parts(session: Session, lines: list[Line]) -> list[Part]:
    names = {number: name for number, name in session.execute(select(Township.id, Township.name).order_by(Township.id))}

    def township(line: Line) -> int:
        return line.report.place.township_id or 0

    ordered = sorted(lines, key=lambda line: (township(line), line.report.reported))
    found = [(number, list(some)) for number, some in groupby(ordered, key=township)]
    return [Part(number, names.get(number, ""), some, _sum(some)) for number, some in found]


def _sum(lines: list[Line]) -> Sum:
    """What is summed is what was reported: a village that has not is no zero."""
    counted = [line for line in lines if line.report.reported and line.report.figures is not None]
    then = [line.then for line in counted if line.then is not None]
    return Sum(
        len(lines),
        len(counted),
        total([line.report.figures for line in counted if line.report.figures is not None]),
        total(then) if len(then) == len(counted) else None,
        all_together([line.balance for line in lines]),
    )


def _gaps(today: Figures, before: Figures, moved: Carried, hospital: Balance) -> Iterator[Gap]:
    for name in _SUMMED:
        figure = f"{name}_total"
        came, went = getattr(moved, name)
        gap = Gap(figure, getattr(before, figure), getattr(today, f"{name}_today") + came, went, getattr(today, figure))
        if gap.by:
            yield gap
    stay = Gap("in_hospital", before.in_hospital, hospital.into, hospital.out, today.in_hospital)
    if stay.by:
        yield stay


def _counted(session: Session, on: date) -> dict[int, dict[str, int]]:
    """What was counted where another figure was reported, in the revision that holds, by village and figure."""
    query = (
        select(Adjustment.village_id, Adjustment.figure, Adjustment.counted)
        .join(Adjustment.report)
        .where(DailyReport.on == on, Adjustment.revision == DailyReport.revision)
    )
    found: dict[int, dict[str, int]] = {}
    for village_id, figure, counted in session.execute(query):
        found.setdefault(village_id, {})[figure] = counted
    return found
