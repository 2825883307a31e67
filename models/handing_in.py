"""日报: handing a day in, once; correcting it by a further revision; sending it back; closing the day.

What was counted comes from models/summaries/figures.py; whoever hands it in may report another figure, with a reason.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import groupby

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm.exc import StaleDataError

from models.base import Invalid, Problem
from models.clock import local_day
from models.constraints import broken_unique
from models.figures import FIGURES, Figures
from models.report import Adjustment, DailyReport, DayClosing, ReportRevision, ReportStatus, closing
from models.session import Session
from models.words import N_


@dataclass(frozen=True)
class Adjusted:
    """A figure that is reported otherwise than it was counted."""

    figure: str
    reported: int
    reason: str


@dataclass(frozen=True)
class HandIn:
    """What somebody hands in. ``behind`` are the numbers of the files behind each figure; ``seen`` is the revision that
    stood on the page, 0 if there was no report."""

    village_id: int
    on: date
    counted: Figures
    who: str
    behind: Mapping[str, Sequence[int]] = field(default_factory=dict)
    adjusted: Sequence[Adjusted] = ()
    note: str = ""
    reason: str = ""
    seen: int = 0


class Quicker(Exception):
    """Somebody else handed the same report in, or corrected it, meanwhile; nothing was written."""

    def __init__(self, report: DailyReport):
        super().__init__(str(report))
        self.report = report


def hand_in(session: Session, given: HandIn, now: datetime) -> DailyReport:
    """Hand a day in, or correct what was handed in. The caller commits.

    Raises Invalid, in words, for what is left out or too early, and Quicker if the report is another than was seen:
    two who hand in at the same instant are told apart by the database, and the session is rolled back for that.
    """
    try:
        return _hand_in(session, given, now)
    except (IntegrityError, StaleDataError) as refused:
        if isinstance(refused, IntegrityError) and not broken_unique(refused):
            raise
        session.rollback()
        return _hand_in(session, given, now)


def _hand_in(session: Session, given: HandIn, now: datetime) -> DailyReport:
    report = report_of(session, given.village_id, given.on)
    if report is not None and report.revision != given.seen:
        raise Quicker(report)
    problems = list(_against(session, given, report, local_day(now)))
    if problems:
        raise Invalid(report or DailyReport(), problems)
    with session.no_autoflush:  # all of it in one flush
        report = _write(session, given, report, now)
    session.flush()
    return report


def _write(session: Session, given: HandIn, report: DailyReport | None, now: datetime) -> DailyReport:
    """The report as it is to stand, its revision, and what was adjusted in it."""
    if report is None:
        report = DailyReport(
            village_id=given.village_id, on=given.on, handed_in_by=given.who[:40], handed_in_at=now, revision=1
        )  # fmt: skip
        session.add(report)
    else:
        report.revision += 1
    changed = {one.figure: one for one in given.adjusted if one.reported != getattr(given.counted, one.figure)}
    for name, counted in given.counted._asdict().items():
        setattr(report, name, changed[name].reported if name in changed else counted)
    report.note, report.correction_reason = given.note.strip() or None, given.reason.strip() or None
    revision = ReportRevision.of(report, now, given.who[:40])
    revision.behind = {name: packed(numbers) for name, numbers in given.behind.items()}
    session.add(revision)
    for one in changed.values():
        session.add(
            Adjustment(
                report=report, village_id=given.village_id, revision=report.revision, figure=one.figure,
                counted=getattr(given.counted, one.figure), reported=one.reported, reason=one.reason,
                adjusted_by=given.who[:40],
            )
        )  # fmt: skip
    return report


def _against(session: Session, given: HandIn, report: DailyReport | None, today: date) -> Iterator[Problem]:
    """What speaks against handing this in."""
    if given.on > today:
        yield Problem("on", N_("A report is not for a day to come."))
    if not given.who.strip():
        yield Problem("who", N_("Say who hands the report in."))
    closed = closing(session, given.village_id, given.on)
    if not given.reason.strip():
        if closed is not None:
            yield Problem("reason", N_("The day has been closed: say why the report is made or corrected now."))
        elif report is not None:
            yield Problem("reason", N_("Say why the report is corrected."))
        elif given.on < today:
            yield Problem("reason", N_("This day is over: say why the report is made or corrected now."))
    for one in given.adjusted:
        if one.figure not in FIGURES:
            yield Problem("", N_("There is no such figure."))
        elif one.reported < 0:
            yield Problem(one.figure, N_("This cannot be less than zero."))
        elif one.reported != getattr(given.counted, one.figure) and not one.reason.strip():
            yield Problem(one.figure, N_("Say why the figure is another than was counted."))


def report_of(session: Session, village_id: int, on: date) -> DailyReport | None:
    """A village's report of a day as the database has it now; None if there is none, or none within reach."""
    query = select(DailyReport).where(DailyReport.village_id == village_id, DailyReport.on == on)
    return session.scalars(query.execution_options(populate_existing=True)).one_or_none()


def send_back(session: Session, report: DailyReport, reason: str) -> None:
    """退回: the district sends a report back to its village. The caller commits. Raises Invalid."""
    problems = []
    if report.status is ReportStatus.RETURNED:
        problems.append(Problem("", N_("This report has been returned already.")))
    if closing(session, report.village_id, report.on) is not None:
        problems.append(Problem("", N_("The day has been closed: its reports do not go back any more.")))
    if not reason.strip():
        problems.append(Problem("reason", N_("Say why the report goes back.")))
    if problems:
        raise Invalid(report, problems)
    report.status, report.return_reason = ReportStatus.RETURNED, reason.strip()


def close_day(session: Session, villages: Collection[int], on: date, who: str, now: datetime) -> list[DayClosing]:
    """关账: close a day for these villages, but for those whose day is closed. The caller commits. Raises Invalid.

    A report that was sent back and did not return stays so, and a village that has not reported has not: what they hand
    in later shows as made after the closing.
    """
    if on > local_day(now):
        raise Invalid(DayClosing(), [Problem("on", N_("A day to come cannot be closed."))])
    known = set(session.scalars(select(DayClosing.village_id).where(DayClosing.on == on)))
    closed = [
        DayClosing(village_id=village_id, on=on, closed_by=who[:40], closed_at=now)
        for village_id in sorted({*villages} - known)
    ]
    if not closed:
        raise Invalid(DayClosing(), [Problem("", N_("This day has been closed already."))])
    session.add_all(closed)
    reports = select(DailyReport).where(DailyReport.on == on, DailyReport.status == ReportStatus.REPORTED)
    for report in session.scalars(reports.where(DailyReport.village_id.in_([one.village_id for one in closed]))):
        report.status = ReportStatus.CLOSED
    session.flush()
    return closed


# ---- the numbers of files behind a figure, kept short ----


def packed(numbers: Sequence[int]) -> str:
    """Numbers as a line: ``[3, 4, 5, 9, 9]`` -> ``3-5,9,9``."""
    parts = []
    ordered = sorted(numbers)
    steps = [number - place for place, number in enumerate(ordered)]  # the same within a run without gaps or doubles
    for _step, run in groupby(zip(ordered, steps, strict=True), key=lambda pair: pair[1]):
        found = [number for number, _ in run]
        parts.append(str(found[0]) if len(found) == 1 else f"{found[0]}-{found[-1]}")
    return ",".join(parts)


def unpacked(text: str) -> list[int]:
    """The numbers of such a line."""
    found: list[int] = []
    for part in filter(None, text.split(",")):
        first, _dash, last = part.partition("-")
        found += range(int(first), int(last or first) + 1)
    return found


__all__ = ["Adjusted", "HandIn", "Quicker", "close_day", "hand_in", "packed", "report_of", "send_back", "unpacked"]
