"""日报: which villages have reported for a day, when, and which have not."""

from __future__ import annotations

from datetime import date, datetime
from typing import NamedTuple

from sqlalchemy import select

from models.report import FIGURES, DailyReport, Punctuality, ReportStatus
from models.session import Session
from models.summaries.counting import Place, villages
from models.summaries.hours import Hours, hours
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
    """What became of one village's report for a day. ``zero``: it was handed in, and every figure is zero."""

    place: Place
    state: ReportState
    report_id: int | None = None
    handed_in_at: datetime | None = None
    zero: bool = False
    closed: bool = False

    @property
    def reported(self) -> bool:
        """True for a report that was handed in and not sent back."""
        return self.state not in (ReportState.WAITING, ReportState.MISSING, ReportState.RETURNED)


def reports(session: Session, on: date, now: datetime, known: Hours | None = None) -> list[VillageReport]:
    """Every village's report for a day, in the order of the villages' codes."""
    total = sum((getattr(DailyReport, name) for name in FIGURES[1:]), start=getattr(DailyReport, FIGURES[0]))
    query = select(
        DailyReport.village_id,
        DailyReport.id,
        DailyReport.handed_in_at,
        DailyReport.punctuality,
        DailyReport.status,
        (total == 0),
    ).where(DailyReport.on == on)
    found = {row[0]: row[1:] for row in session.execute(query)}
    times = known or hours(session, on)
    rows = []
    for place in villages(session, "dailyreport"):
        if place.id not in found:
            absent = ReportState.MISSING if now > times.deadline(place.township_id) else ReportState.WAITING
            rows.append(VillageReport(place, absent))
            continue
        number, at, punctuality, status, zero = found[place.id]
        rows.append(
            VillageReport(place, _state(punctuality, status), number, at, bool(zero), status is ReportStatus.CLOSED)
        )
    return rows


def _state(punctuality: Punctuality, status: ReportStatus) -> ReportState:
    return ReportState.RETURNED if status is ReportStatus.RETURNED else ReportState(punctuality.value)
