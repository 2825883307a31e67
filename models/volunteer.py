"""志愿者: organisations, volunteers, the duties they are asked for, and who served when."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, ClassVar

from sqlalchemy import Boolean, CheckConstraint, Date, Integer, select
from sqlalchemy.orm import Mapped, object_session, relationship

from models.base import InVillage, Mask, Problem, Record, binned, field, live, to
from models.checkpoint import Checkpoint
from models.clock import local_day
from models.person import Person
from models.rules import (
    before,
    changed,
    days_to_come,
    in_order,
    is_new,
    linked,
    out_of_order,
    take_village_of,
    wrong_phones,
)
from models.scope import NOBODY, Act, Reach, Scope
from models.types import Chosen, ChosenMany, Code, Instant, Line, Prose, Tenths
from models.words import N_, Choice, Tone


class Politics(Choice):
    """政治面貌."""

    PARTY = "party", N_("Party member")
    PROBATIONARY = "probationary", N_("Probationary Party member")
    LEAGUE = "league", N_("Youth League member")
    DEMOCRATIC = "democratic", N_("Member of a democratic party")
    MASSES = "masses", N_("No party")


class Hours(Choice):
    """可服务时段."""

    WEEKDAY_MORNING = "weekday_am", N_("Weekday mornings")
    WEEKDAY_AFTERNOON = "weekday_pm", N_("Weekday afternoons")
    WEEKDAY_EVENING = "weekday_eve", N_("Weekday evenings")
    WEEKEND_MORNING = "weekend_am", N_("Weekend mornings")
    WEEKEND_AFTERNOON = "weekend_pm", N_("Weekend afternoons")
    WEEKEND_EVENING = "weekend_eve", N_("Weekend evenings")
    NIGHT = "night", N_("Nights")


class DutyKind(Choice):
    """类别: 卡口值守, 入户排查, 宣传, 劝导聚集, 代购代送."""

    CHECKPOINT = "checkpoint", N_("Checkpoint watch")
    DOOR_TO_DOOR = "door_to_door", N_("Door to door")
    PUBLICITY = "publicity", N_("Spreading the word")
    DISSUADING = "dissuading", N_("Dissuading gatherings")
    DELIVERY = "delivery", N_("Shopping and delivery")
    OTHER = "other", N_("Other duty")


class DutyStatus(Choice):
    """已申请, 招募中, 已结束, 已取消."""

    ASKED = "asked", N_("Asked for by the village")
    OPEN = "open", N_("Open for volunteers")
    DONE = "done", N_("Duty done")
    CANCELLED = "cancelled", N_("Cancelled")

    @property
    def tone(self) -> Tone:
        """How urgent it looks."""
        return {DutyStatus.ASKED: Tone.WARN, DutyStatus.DONE: Tone.OK}.get(self, Tone.CALM)


class Organisation(Record):
    """所属组织: one of the organisations that send volunteers; the whole district's."""

    __tablename__ = "organisation"
    __ledger__ = "organisation"
    __title__ = N_("Volunteer organisations")
    __reach__ = Reach.SHARED
    __table_args__ = (live("name", table="organisation", unique=True),)

    name: Mapped[str] = field(Line(80), N_("Organisation name"))
    contact: Mapped[str | None] = field(Line(40), N_("Contact"))
    phone: Mapped[str | None] = field(Code(20), N_("Contact phone"), mask=Mask.PHONE)
    founded_on: Mapped[date | None] = field(Date, N_("Founded on"))
    party_branch: Mapped[str | None] = field(Line(80), N_("Temporary Party branch"))
    note: Mapped[str | None] = field(Prose(1000), N_("Remarks"))

    def problems(self, today: date) -> Iterator[Problem]:
        yield from days_to_come(self, today, "founded_on")
        yield from wrong_phones(self, "phone")

    def __str__(self) -> str:
        return self.name or super().__str__()


class Volunteer(InVillage, Person, Record):
    """志愿者. 编号 | 姓名 | 性别 | 联系电话 | 身份证号码 | 所属组织 | 政治面貌 | 特长 | 可服务时段 | 服务村(社区)."""

    __tablename__ = "volunteer"
    __ledger__ = "volunteer"
    __title__ = N_("Volunteers")
    __village_label__ = N_("Village (community) served")
    __table_args__ = (
        live("identity_number", table="volunteer", unique=True),
        live("number", table="volunteer", unique=True),
        live("village_id", "name", table="volunteer"),
        live("organisation_id", table="volunteer"),
        live("phone", table="volunteer"),
        live("name", table="volunteer"),
        live("pinyin", table="volunteer"),
        live("initials", table="volunteer"),
        live("identity_tail", table="volunteer"),
        binned("volunteer"),
    )

    number: Mapped[str | None] = field(Code(20), N_("Volunteer no."), sort_order=-9)
    organisation_id: Mapped[int | None] = to("organisation", N_("Organisation"))
    politics: Mapped[Politics | None] = field(Chosen(Politics), N_("Political status"))
    skills: Mapped[str | None] = field(Line(120), N_("Skills"))
    hours: Mapped[list[Hours]] = field(ChosenMany(Hours), N_("Can serve"), default=list)
    unavailable_until: Mapped[date | None] = field(
        Date,
        N_("Unavailable until"),
        help=N_("The last day on which this volunteer cannot serve; the reason is not kept."),
    )
    note: Mapped[str | None] = field(Prose(1000), N_("Remarks"))

    organisation: Mapped[Organisation | None] = relationship(lazy="select")

    def available(self, on: date) -> bool:
        """True if nothing keeps this volunteer from serving on a day."""
        return self.unavailable_until is None or on > self.unavailable_until


class Duty(InVillage, Record):
    """岗位任务. 任务 | 类别 | 服务地点 | 起止时间 | 需要人数 | 联系人."""

    __tablename__ = "duty"
    __ledger__ = "duty"
    __title__ = N_("Duties")
    __rows__: ClassVar[dict[str, Callable[..., Any]]] = {"asked": lambda cls: cls.status == DutyStatus.ASKED}
    __rows_of__: ClassVar[dict[str, Callable[..., Any]]] = {
        "asked": lambda record, act: DutyStatus.ASKED == record.status == before(record, "status")
    }
    __table_args__ = (
        CheckConstraint("ends_at > starts_at", name="ends_at_after_start"),
        CheckConstraint("needed >= 1", name="needed_counted"),
        live("village_id", "starts_at", table="duty"),
        live("status", "starts_at", table="duty"),
        live("starts_at", table="duty"),
        live("checkpoint_id", table="duty"),
        binned("duty"),
    )

    title: Mapped[str] = field(Line(80), N_("Duty"))
    kind: Mapped[DutyKind] = field(Chosen(DutyKind), N_("Kind of duty"))
    place: Mapped[str | None] = field(Line(120), N_("Place of service"))
    checkpoint_id: Mapped[int | None] = to("checkpoint", N_("Checkpoint"))
    starts_at: Mapped[datetime] = field(Instant, N_("Starts at"))
    ends_at: Mapped[datetime] = field(Instant, N_("Ends at"))
    needed: Mapped[int] = field(Integer, N_("People needed"), default=1)
    contact: Mapped[str | None] = field(Line(40), N_("Contact"))
    contact_phone: Mapped[str | None] = field(Code(20), N_("Contact phone"), mask=Mask.PHONE)
    status: Mapped[DutyStatus] = field(Chosen(DutyStatus), N_("Duty status"), default=DutyStatus.ASKED)
    note: Mapped[str | None] = field(Prose(1000), N_("Remarks"))

    checkpoint: Mapped[Checkpoint | None] = relationship(lazy="select")

    def prepare(self) -> None:
        """Who may not open a duty asks for it."""
        session = object_session(self)
        if session is not None and is_new(self) and self.status is DutyStatus.OPEN:
            scope: Scope = session.info.get("scope", NOBODY)
            allowed = scope.edits(Duty, Act.CREATE)
            if allowed is not None and "status" not in allowed:
                self.status = DutyStatus.ASKED

    def problems(self, today: date) -> Iterator[Problem]:
        """An end after the start, within a day; moving a duty makes nobody serve in two places at once."""
        if self.starts_at is not None and self.ends_at is not None:
            if self.ends_at <= self.starts_at:
                yield Problem("ends_at", N_("The end is not after the start."))
            elif (self.ends_at - self.starts_at).total_seconds() > 24 * 3600:
                yield Problem("ends_at", N_("A duty lasts 24 hours at most: make one for each shift."))
            elif not is_new(self) and changed(self, "starts_at", "ends_at") and self.status is not DutyStatus.CANCELLED:
                yield from self._torn()
        if self.needed is not None and self.needed < 1:
            yield Problem("needed", N_("At least one person is needed."))
        yield from wrong_phones(self, "contact_phone")

    def _torn(self) -> Iterator[Problem]:
        """Volunteers of this duty who serve elsewhere at its new time."""
        session = object_session(self)
        if session is None:
            return
        for assignment in session.scalars(select(Assignment).where(Assignment.duty_id == self.id)).all():
            if _serves_elsewhere(assignment.volunteer_id, self):
                yield Problem("starts_at", N_("%(name)s serves elsewhere at that time."), {"name": str(assignment)})

    def __str__(self) -> str:
        return self.title or super().__str__()


class Assignment(InVillage, Record):
    """服务记录. 任务 | 志愿者 | 签到 | 签退 | 服务时长. A volunteer may serve in another village."""

    __tablename__ = "assignment"
    __ledger__ = "assignment"
    __title__ = N_("Assignments")
    __table_args__ = (
        in_order("signed_in_at", "signed_out_at"),
        live("duty_id", "volunteer_id", table="assignment", unique=True),
        live("village_id", "duty_id", table="assignment"),
        live("volunteer_id", table="assignment"),
        binned("assignment"),
    )

    duty_id: Mapped[int] = to("duty", N_("Duty"))
    volunteer_id: Mapped[int] = to("volunteer", N_("Volunteer"), across=True)
    signed_in_at: Mapped[datetime | None] = field(Instant, N_("Signed in for duty"))
    signed_out_at: Mapped[datetime | None] = field(Instant, N_("Signed out of duty"))
    volunteer_name: Mapped[str] = field(Line(60), N_("Volunteer's name"), computed=True)
    hours: Mapped[Decimal | None] = field(Tenths(4, 1), N_("Hours served"), computed=True, unit=N_("hours"))
    attended: Mapped[bool] = field(Boolean, N_("Attendance confirmed"), default=False)
    note: Mapped[str | None] = field(Prose(1000), N_("Remarks"))

    duty: Mapped[Duty] = relationship(lazy="select")
    volunteer: Mapped[Volunteer] = relationship(lazy="select")

    def prepare(self) -> None:
        """Belong to the duty's village, which may not open the file of who comes from elsewhere; count the hours."""
        take_village_of(self, "duty")
        volunteer = linked(self, "volunteer")
        if volunteer is not None:
            self.volunteer_name = volunteer.name
        self.hours = hours_served(self.signed_in_at, self.signed_out_at)

    def problems(self, today: date) -> Iterator[Problem]:
        """A volunteer who can serve then, and serves nowhere else at the time."""
        yield from days_to_come(self, today, "signed_in_at", "signed_out_at")
        yield from out_of_order(self, "signed_in_at", "signed_out_at")
        if self.signed_out_at and not self.signed_in_at:
            yield Problem("signed_in_at", N_("Who signs out has signed in."))
        if self.signed_in_at and self.signed_out_at and (self.hours or 0) > 24:
            yield Problem("signed_out_at", N_("Nobody serves longer than 24 hours."))
        if self.attended and not self.signed_in_at:
            yield Problem("attended", N_("Attendance is confirmed once the volunteer has signed in."))
        if is_new(self) or changed(self, "duty", "duty_id", "volunteer", "volunteer_id", "deleted_at"):
            yield from self._unable()

    def _unable(self) -> Iterator[Problem]:
        duty, volunteer = linked(self, "duty"), linked(self, "volunteer")
        if self.deleted_at is not None or duty is None or volunteer is None or duty.starts_at is None:
            return
        if duty.status is DutyStatus.CANCELLED:
            yield Problem("duty", N_("This duty was cancelled."))
        if not volunteer.available(local_day(duty.starts_at)):
            yield Problem(
                "volunteer",
                N_("This volunteer is not available until %(day)s."),
                {"day": volunteer.unavailable_until.isoformat()},
            )
        elif _serves_elsewhere(volunteer.id, duty, besides=self):
            yield Problem("volunteer", N_("This volunteer serves elsewhere at that time."))

    def __str__(self) -> str:
        return self.volunteer_name or super().__str__()


def _serves_elsewhere(volunteer_id: int | None, duty: Duty, besides: Assignment | None = None) -> bool:
    """Does the volunteer have another duty, saved or about to be, that overlaps this one?"""
    session = object_session(duty)
    if session is None or volunteer_id is None:
        return False
    query = (
        select(Duty)
        .join(Assignment, Assignment.duty_id == Duty.id)
        .where(Assignment.volunteer_id == volunteer_id, Duty.id != duty.id, Duty.status != DutyStatus.CANCELLED)
        .where(Duty.starts_at < duty.ends_at, Duty.ends_at > duty.starts_at)
    )
    if besides is not None and besides.id:
        query = query.where(Assignment.id != besides.id)
    others = list(session.scalars(query.limit(1)).all())
    for other in session.new:
        if isinstance(other, Assignment) and other is not besides:
            volunteer = linked(other, "volunteer")
            if volunteer is not None and volunteer.id == volunteer_id and (theirs := linked(other, "duty")) is not duty:
                others.append(theirs)
    return any(other is not None and overlap(other, duty) for other in others)


# ---- the rules, as they are said ----


def overlap(one: Duty, other: Duty) -> bool:
    """True if nobody can serve in both; one may begin when the other ends."""
    return one.starts_at < other.ends_at and other.starts_at < one.ends_at


def hours_served(signed_in: datetime | None, signed_out: datetime | None) -> Decimal | None:
    """Hours between sign-in and sign-out, to a tenth; None while somebody is still on duty."""
    if signed_in is None or signed_out is None or signed_out < signed_in:
        return None
    hours = Decimal((signed_out - signed_in).total_seconds()) / 3600
    return hours.quantize(Decimal("0.1"), ROUND_HALF_UP)


def overdue(duty: Duty, now: datetime) -> bool:
    """True for a duty that is over and was neither closed nor cancelled."""
    return duty.status in (DutyStatus.ASKED, DutyStatus.OPEN) and duty.ends_at < now
