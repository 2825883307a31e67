"""日报: which villages have reported for a day, when, and which have not."""

from __future__ import annotations

from datetime import date, datetime
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import Select, func, select

from models.figures import FIGURES, Figures
from models.report import DailyReport, DayClosing, Punctuality, ReportRevision, ReportStatus
from models.session import Session
from models.summaries.counting import Place, villages
from models.summaries.hours import Hours, hours
from models.summaries.span import ON
from models.words import N_, Choice, Tone


class ReportState(Choice):
    """待报, 未报, 按时, 迟报, 补报, 退回. Not stored: what a report, its absence and the deadline come to."""

    WAITING = "waiting", N_("Not reported yet")
    MISSING = "missing", N_("Not reported")
    ON_TIME = "on_time", N_("On time")
    LATE = "late", N_("Reported late")
    MADE_UP = "made_up", N_("Made up on a later day")
    RETURNED = "returned", N_("Returned to the village")

    @property
    def tone(self) -> Tone:
        """How urgent it looks."""
        if self in (ReportState.MISSING, ReportState.RETURNED):
            return Tone.BAD
        if self in (ReportState.LATE, ReportState.MADE_UP):
            return Tone.WARN
        return Tone.OK if self is ReportState.ON_TIME else Tone.CALM


class VillageReport(NamedTuple):
    """What became of one village's report for a day. ``zero``: it was handed in, and every figure is zero; ``closed``:
    the day is closed for the village, ``late_revisions`` of its report were made after that."""

    place: Place
    state: ReportState
    report_id: int | None = None
    handed_in_at: datetime | None = None
    zero: bool = False
    closed: bool = False
    figures: Figures | None = None
    revision: int = 0
    return_reason: str | None = None
    late_revisions: int = 0

    @property
    def reported(self) -> bool:
        """True for a report that was handed in and not sent back."""
        return self.state not in (ReportState.WAITING, ReportState.MISSING, ReportState.RETURNED)


def reports(session: Session, on: date, now: datetime, known: Hours | None = None) -> list[VillageReport]:
    """Every village's report for a day, in the order of the villages' codes."""
    found = {row[0]: row[1:] for row in session.execute(_handed_in(), {"on": on})}
    closed = set(session.scalars(select(DayClosing.village_id).where(DayClosing.on == on)))
    late = _revised_after_closing(session, on) if closed else {}
    deadline = cache((known or hours(session, on)).deadline)
    rows = []
    for place in villages(session, "dailyreport"):
        if place.id not in found:
            absent = ReportState.MISSING if now > deadline(place.township_id) else ReportState.WAITING
            rows.append(VillageReport(place, absent, closed=place.id in closed))
            continue
        number, at, punctuality, status, revision, why, *counts = found[place.id]
        figures = Figures(*counts)
        rows.append(
            VillageReport(
                place, state_of(punctuality, status), number, at, figures.zero,
                place.id in closed or status is ReportStatus.CLOSED, figures, revision, why, late.get(number, 0),
            )
        )  # fmt: skip
    return rows


@cache
def _handed_in() -> Select[*tuple[Any, ...]]:
    report = DailyReport
    query = select(
        report.village_id, report.id, report.handed_in_at, report.punctuality, report.status, report.revision,
        report.return_reason, *(getattr(report, name) for name in FIGURES),
    )  # fmt: skip
    return query.where(report.on == ON).execution_options(kept=True)


def reported(session: Session, on: date) -> dict[int, Figures]:
    """The figures that were handed in for a day, by village; a village that has not reported, or has to report anew, is
    left out."""
    return {village_id: Figures(*counts) for village_id, *counts in session.execute(_reported(), {"on": on})}


@cache
def _reported() -> Select[*tuple[Any, ...]]:
    columns = (DailyReport.village_id, *(getattr(DailyReport, name) for name in FIGURES))
    query = select(*columns).where(DailyReport.on == ON, DailyReport.status != ReportStatus.RETURNED)
    return query.execution_options(kept=True)


def unclosed(session: Session, on: date) -> int:
    """For how many villages a day is not closed yet."""
    closed = set(session.scalars(select(DayClosing.village_id).where(DayClosing.on == on)))
    return sum(place.id not in closed for place in villages(session, "dailyreport"))


def _revised_after_closing(session: Session, on: date) -> dict[int, int]:
    """How many revisions of a day's reports were made after the day was closed, by report."""
    query = (
        select(ReportRevision.report_id, func.count())
        .join(ReportRevision.report)
        .where(DailyReport.on == on, ReportRevision.after_closing.is_(True))
        .group_by(ReportRevision.report_id)
    )
    return {number: count for number, count in session.execute(query)}


def state_of(punctuality: Punctuality, status: ReportStatus) -> ReportState:
    """What a report comes to: when it was handed in, unless it was sent back."""
    return ReportState.RETURNED if status is ReportStatus.RETURNED else ReportState(punctuality.value)
