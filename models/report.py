"""摸排工作日报: one report a village and a day, handed in once; a zero that was reported is a report (零报告)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time
from typing import Final, cast

from sqlalchemy import JSON, Boolean, CheckConstraint, Date, Integer, select
from sqlalchemy.orm import Mapped, object_session, relationship

from models import clock, setting
from models.base import Base, InVillage, Problem, Record, binned, field, live, to
from models.figures import FIGURES, Figures, Reported
from models.rules import before, below_zero, changed, is_new, linked, not_negative, take_village_of
from models.session import Session
from models.types import Chosen, Instant, Key, Line, Prose
from models.words import N_, Choice, Tone

# which of these classes a permit means: a village hands reports in, the district closes days (admin_app/access.py)
REPORTS: Final = {"reports": lambda record, act: True, "closings": lambda record, act: False}
CLOSINGS: Final = {"reports": lambda record, act: False, "closings": lambda record, act: True}
DEADLINE: Final = time.fromisoformat(setting.SettingName.REPORT_DEADLINE.default)  # unless something else was set


class ReportStatus(Choice):
    """已报, 退回, 已关闭. 未报 is not stored: there is no report."""

    REPORTED = "reported", N_("Reported")
    RETURNED = "returned", N_("Returned to the village")
    CLOSED = "closed", N_("Day closed")

    @property
    def tone(self) -> Tone:
        """How urgent it looks."""
        return {ReportStatus.RETURNED: Tone.BAD, ReportStatus.REPORTED: Tone.OK}.get(self, Tone.CALM)


class Punctuality(Choice):
    """按时, 迟报, 补报."""

    ON_TIME = "on_time", N_("On time")
    LATE = "late", N_("Reported late")
    MADE_UP = "made_up", N_("Made up on a later day")

    @property
    def tone(self) -> Tone:
        """How urgent it looks."""
        return {Punctuality.ON_TIME: Tone.OK, Punctuality.LATE: Tone.WARN}.get(self, Tone.BAD)


class DailyReport(Reported, InVillage, Record):
    """摸排工作日报 of one village and day, as it stands: handed in once, corrected by further revisions."""

    __tablename__ = "daily_report"
    __ledger__ = "dailyreport"
    __title__ = N_("Daily reports")
    __village_label__ = N_("Place of the report")
    __named_by__ = ("village",)
    __table_args__ = (
        *not_negative(*FIGURES),
        CheckConstraint("revision >= 1", name="revision_counted"),
        live("village_id", "on", table="daily_report", unique=True),
        live("on", "status", table="daily_report"),
        binned("daily_report"),
    )
    __rows_of__ = REPORTS

    on: Mapped[date] = field(Date, N_("Date"))
    note: Mapped[str | None] = field(Prose(1000), N_("Remarks"))
    handed_in_by: Mapped[str] = field(Line(40), N_("Handed in by"))
    handed_in_at: Mapped[datetime] = field(Instant, N_("Handed in at"), default=clock.now, computed=True)
    punctuality: Mapped[Punctuality] = field(Chosen(Punctuality), N_("Punctuality"), computed=True)
    status: Mapped[ReportStatus] = field(Chosen(ReportStatus), N_("Report status"), default=ReportStatus.REPORTED)
    return_reason: Mapped[str | None] = field(Line(200), N_("Why it was returned"))
    revision: Mapped[int] = field(Integer, N_("Revision"), default=1, computed=True)
    correction_reason: Mapped[str | None] = field(
        Line(200), N_("Reason of the correction"), help=N_("Needed for any day but today.")
    )

    def prepare(self) -> None:
        """Say whether it was on time; count a correction of figures as a new revision; settle where it stands."""
        session = cast(Session | None, object_session(self))
        if self.on is not None and self.handed_in_at is not None:
            due_by = DEADLINE
            if session is not None:
                place = linked(self, "village")
                due_by = setting.report_deadline(session, self.on, place.township_id if place else None)
            self.punctuality = punctuality(self.on, self.handed_in_at, due_by)
        if not is_new(self) and changed(self, *FIGURES) and not changed(self, "revision"):
            self.revision = before(self, "revision") + 1
        if is_new(self) or changed(self, "revision"):
            self._stand()

    def _stand(self) -> None:
        """What is handed in answers a return, and is part of a day that is closed."""
        closed = self._closing() is not None
        if is_new(self):
            if closed and self.status is ReportStatus.REPORTED:
                self.status = ReportStatus.CLOSED
        elif not changed(self, "status"):
            self.status = ReportStatus.CLOSED if closed else ReportStatus.REPORTED

    def problems(self, today: date) -> Iterator[Problem]:
        """No report for a day to come; for a day that is over, or closed, only with a reason."""
        yield from below_zero(self, *FIGURES)
        if self.on is not None and self.on > today:
            yield Problem("on", N_("A report is not for a day to come."))
        touched = is_new(self) or changed(self, "on", *FIGURES)
        over = self.on is not None and self.on < today
        if touched and not self.correction_reason and (over or self._closed()):
            yield Problem("correction_reason", N_("This day is over: say why the report is made or corrected now."))
        if self.status is ReportStatus.RETURNED and not self.return_reason:
            yield Problem("return_reason", N_("Say why the report goes back."))

    def consequences(self) -> Iterator[Base]:
        """Every revision is kept, whoever made it."""
        session = object_session(self)
        if session is None or not (is_new(self) or changed(self, "revision")):
            return
        if not any(isinstance(r, ReportRevision) and linked(r, "report") is self for r in session.new):
            yield ReportRevision.of(self)

    def _closed(self) -> bool:
        return before(self, "status") is ReportStatus.CLOSED or self._closing() is not None

    def _closing(self) -> DayClosing | None:
        session, village = object_session(self), linked(self, "village")
        if session is None or village is None or village.id is None or self.on is None:
            return None
        return closing(cast(Session, session), village.id, self.on)

    def __str__(self) -> str:
        village = linked(self, "village")
        return f"{village or ''} {self.on}".strip() if self.on else super().__str__()


class ReportRevision(Reported, InVillage, Record):
    """A report as it was handed in one time: its figures, and the numbers of the files that were behind them."""

    __tablename__ = "report_revision"
    __ledger__ = "dailyreport"
    __title__ = N_("Revisions of daily reports")
    __part_of__ = "report_id"
    __table_args__ = (
        *not_negative(*FIGURES),
        live("report_id", "number", table="report_revision", unique=True),
        live("village_id", "report_id", table="report_revision"),
        binned("report_revision"),
    )
    __rows_of__ = REPORTS

    report_id: Mapped[int] = to("daily_report", N_("Daily report"), computed=True)
    number: Mapped[int] = field(Integer, N_("Revision"), computed=True)
    handed_in_by: Mapped[str] = field(Line(40), N_("Handed in by"), computed=True)
    handed_in_at: Mapped[datetime] = field(Instant, N_("Handed in at"), computed=True)
    reason: Mapped[str | None] = field(Line(200), N_("Reason of the correction"), computed=True)
    note: Mapped[str | None] = field(Prose(1000), N_("Remarks"), computed=True)
    after_closing: Mapped[bool] = field(Boolean, N_("Made after the day was closed"), default=False, computed=True)
    # thousands of numbers, which the trail need not repeat
    behind: Mapped[dict[str, str] | None] = field(
        JSON(none_as_null=True), N_("Files behind the figures"), secret=True, computed=True
    )

    report: Mapped[DailyReport] = relationship(lazy="select")

    @classmethod
    def of(cls, report: DailyReport, at: datetime | None = None, by: str = "") -> ReportRevision:
        """What a report says now."""
        return cls(
            report=report, village_id=report.village_id, number=report.revision, reason=report.correction_reason,
            note=report.note, handed_in_by=by or report.handed_in_by, handed_in_at=at or report.handed_in_at,
            after_closing=report._closing() is not None, **report.figures._asdict(),
        )  # fmt: skip

    def prepare(self) -> None:
        take_village_of(self, "report")

    def __str__(self) -> str:
        return str(linked(self, "report") or super().__str__())


class Adjustment(InVillage, Record):
    """One figure of one revision that was handed in otherwise than it was counted, and why."""

    __tablename__ = "report_adjustment"
    __ledger__ = "dailyreport"
    __title__ = N_("Adjusted figures of daily reports")
    __part_of__ = "report_id"
    __table_args__ = (
        *not_negative("reported"),
        live("report_id", "revision", "figure", table="report_adjustment", unique=True),
        live("village_id", "report_id", table="report_adjustment"),
        binned("report_adjustment"),
    )
    __rows_of__ = REPORTS

    report_id: Mapped[int] = to("daily_report", N_("Daily report"), computed=True)
    revision: Mapped[int] = field(Integer, N_("Revision"), computed=True)
    figure: Mapped[str] = field(Key(20), N_("Figure"))
    counted: Mapped[int] = field(Integer, N_("Counted"))
    reported: Mapped[int] = field(Integer, N_("Reported"))
    reason: Mapped[str] = field(Line(200), N_("Reason of the adjustment"))
    adjusted_by: Mapped[str] = field(Line(40), N_("Adjusted by"), computed=True)

    report: Mapped[DailyReport] = relationship(lazy="select")

    def prepare(self) -> None:
        take_village_of(self, "report")

    def problems(self, today: date) -> Iterator[Problem]:
        yield from below_zero(self, "reported")
        if self.figure not in FIGURES:
            yield Problem("figure", N_("This is not one of the choices."))
        if not (self.reason or "").strip():
            yield Problem("reason", N_("Say why the figure is another than was counted."))

    def __str__(self) -> str:
        return str(linked(self, "report") or super().__str__())


class DayClosing(InVillage, Record):
    """关账: a village's day is closed; from then on only a revision with a reason moves its report."""

    __tablename__ = "day_closing"
    __ledger__ = "dailyreport"
    __title__ = N_("Closed days")
    __table_args__ = (live("village_id", "on", table="day_closing", unique=True), binned("day_closing"))
    __rows_of__ = CLOSINGS

    on: Mapped[date] = field(Date, N_("Date"))
    closed_by: Mapped[str] = field(Line(40), N_("Closed by"), computed=True)
    closed_at: Mapped[datetime] = field(Instant, N_("Closed at"), computed=True)

    def problems(self, today: date) -> Iterator[Problem]:
        if self.on is not None and self.on > today:
            yield Problem("on", N_("A day to come cannot be closed."))

    def __str__(self) -> str:
        return str(self.on) if self.on else super().__str__()


def closing(session: Session, village_id: int, on: date) -> DayClosing | None:
    """Who closed a village's day and when; None while it is open."""
    with session.no_autoflush:
        return session.scalars(
            select(DayClosing).where(DayClosing.village_id == village_id, DayClosing.on == on)
        ).first()


# ---- the rules, as they are said ----


def due_at(on: date, deadline: time = DEADLINE) -> datetime:
    """The instant by which a day's report is to be handed in."""
    return datetime.combine(on, deadline, clock.ZONE)


def punctuality(on: date, handed_in_at: datetime, deadline: time = DEADLINE) -> Punctuality:
    """On time up to the deadline, late on the same day, made up on a later one."""
    if handed_in_at <= due_at(on, deadline):
        return Punctuality.ON_TIME
    _, end = clock.day_span(on)
    return Punctuality.LATE if handed_in_at < end else Punctuality.MADE_UP


def overdue(on: date, now: datetime, deadline: time = DEADLINE) -> bool:
    """True if a village that has not reported for this day is behind."""
    return now > due_at(on, deadline)


__all__ = [
    "DEADLINE", "FIGURES", "Adjustment", "DailyReport", "DayClosing", "Figures", "Punctuality", "ReportRevision",
    "ReportStatus", "closing", "due_at", "overdue", "punctuality",
]  # fmt: skip
