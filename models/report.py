"""摸排工作日报: one report a village and a day, handed in once; a zero that was reported is a report (零报告)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time
from typing import Any, Final, NamedTuple, cast

from sqlalchemy import JSON, CheckConstraint, Date, Integer
from sqlalchemy.orm import Mapped, object_session

from models import clock, setting
from models.base import InVillage, Problem, Record, binned, field, live
from models.rules import before, below_zero, changed, is_new, linked, not_negative
from models.session import Session
from models.types import Chosen, Instant, Line, Prose
from models.words import N_, Choice, Tone

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


class Figures(NamedTuple):
    """The figures of 摸排工作日报, of a village or of several together, for one day.

    - surveyed 摸排总人数: files that the village kept at the end of the day
    - came 来(返)人数: those of them whose file says on which day they came or returned
    - met_case, lived_with_contact, met_from_area: those of them whose file says so
    - abnormal 身体状况异常人数: people of whom a visit of that day found something abnormal
    - central_today 当日集中隔离: times somebody was put under central observation on that day; being handed over is no
      such time
    - central_total 累计集中隔离: those of all days so far; who was handed over meanwhile counts with the receiver
    - home_today, home_total: the same for observation at home, whether opened, reopened or back from elsewhere
    - released_today, released_total: times somebody was released on that day, and on all days so far
    - in_hospital 住院: people under observation in hospital at the end of the day
    """

    surveyed: int = 0
    came: int = 0
    met_case: int = 0
    lived_with_contact: int = 0
    met_from_area: int = 0
    abnormal: int = 0
    central_today: int = 0
    central_total: int = 0
    home_today: int = 0
    home_total: int = 0
    released_today: int = 0
    released_total: int = 0
    in_hospital: int = 0

    def plus(self, other: Figures) -> Figures:
        """Two of them together."""
        return Figures(*(one + two for one, two in zip(self, other, strict=True)))

    def less(self, other: Figures) -> Figures:
        """By how much each is more than the other's."""
        return Figures(*(one - two for one, two in zip(self, other, strict=True)))

    @property
    def zero(self) -> bool:
        """True if there is nothing to report but that there is nothing."""
        return not any(self)


FIGURES: Final = Figures._fields


class DailyReport(InVillage, Record):
    """摸排工作日报. 地区 | 摸排总人数 | 来(返)人数 | 与确诊疑似密切接触人数 | 与密切接触者共同生活人数
    | 与重点疫区人员接触人数 | 身体状况异常人数 | 当日集中隔离 | 累计集中隔离 | 当日居家隔离 | 累计居家隔离
    | 当日解除 | 累计解除 | 住院."""

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

    on: Mapped[date] = field(Date, N_("Date"))
    surveyed: Mapped[int] = field(Integer, N_("People surveyed"), default=0)
    came: Mapped[int] = field(Integer, N_("People who came or returned"), default=0)
    met_case: Mapped[int] = field(Integer, N_("People who met a confirmed or suspected case"), default=0)
    lived_with_contact: Mapped[int] = field(Integer, N_("Lived with a close contact"), default=0)
    met_from_area: Mapped[int] = field(Integer, N_("People who met people from the epidemic area"), default=0)
    abnormal: Mapped[int] = field(Integer, N_("State of health abnormal"), default=0)
    central_today: Mapped[int] = field(Integer, N_("Central observation, that day"), default=0)
    central_total: Mapped[int] = field(Integer, N_("Central observation, cumulative"), default=0)
    home_today: Mapped[int] = field(Integer, N_("Home observation, that day"), default=0)
    home_total: Mapped[int] = field(Integer, N_("Home observation, cumulative"), default=0)
    released_today: Mapped[int] = field(Integer, N_("Released that day"), default=0)
    released_total: Mapped[int] = field(Integer, N_("Released, cumulative"), default=0)
    in_hospital: Mapped[int] = field(Integer, N_("In hospital"), default=0)
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
    snapshot: Mapped[dict[str, Any] | None] = field(JSON(none_as_null=True), N_("Snapshot"), computed=True)

    def prepare(self) -> None:
        """Say whether it was on time; count a correction of figures as a new revision."""
        session = object_session(self)
        if self.on is not None and self.handed_in_at is not None:
            due_by = DEADLINE
            if session is not None:
                place = linked(self, "village")
                due_by = setting.report_deadline(cast(Session, session), self.on, place.township_id if place else None)
            self.punctuality = punctuality(self.on, self.handed_in_at, due_by)
        if not is_new(self) and changed(self, *FIGURES):
            self.revision = before(self, "revision") + 1
            if self.status is ReportStatus.RETURNED and not changed(self, "status"):
                self.status = ReportStatus.REPORTED

    def problems(self, today: date) -> Iterator[Problem]:
        """No report for a day to come; for a day that is over, or closed, only with a reason."""
        yield from below_zero(self, *FIGURES)
        if self.on is not None and self.on > today:
            yield Problem("on", N_("A report is not for a day to come."))
        touched = is_new(self) or changed(self, "on", *FIGURES)
        over = self.on is not None and self.on < today
        if touched and not self.correction_reason and (over or before(self, "status") is ReportStatus.CLOSED):
            yield Problem("correction_reason", N_("This day is over: say why the report is made or corrected now."))
        if self.status is ReportStatus.RETURNED and not self.return_reason:
            yield Problem("return_reason", N_("Say why the report goes back."))

    @property
    def zero(self) -> bool:
        """零报告: True if every figure is zero."""
        return not any(getattr(self, name) for name in FIGURES)

    def __str__(self) -> str:
        village = linked(self, "village")
        return f"{village or ''} {self.on}".strip() if self.on else super().__str__()


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
