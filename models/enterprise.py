"""企业复工复产: enterprises, and what each filed before it went back to work."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from sqlalchemy import Boolean, Date, Integer
from sqlalchemy.orm import Mapped, relationship
from stdnum.cn import uscc
from stdnum.exceptions import InvalidChecksum, InvalidLength, ValidationError

from models.base import InVillage, Mask, Problem, Record, binned, field, live, to
from models.rules import (
    below_zero,
    days_to_come,
    in_order,
    linked,
    not_negative,
    out_of_order,
    take_village_of,
    wrong_phones,
)
from models.types import Chosen, Code, Line, Prose
from models.words import N_, Choice, Tone


class ResumptionStatus(Choice):
    """未复工, 已申请, 已备案, 已复工, 已暂停."""

    IDLE = "idle", N_("Not resumed")
    APPLIED = "applied", N_("Applied to resume")
    FILED = "filed", N_("Filed")
    RESUMED = "resumed", N_("Resumed work")
    SUSPENDED = "suspended", N_("Suspended")

    @property
    def tone(self) -> Tone:
        """How urgent it looks."""
        return {
            ResumptionStatus.IDLE: Tone.CALM,
            ResumptionStatus.RESUMED: Tone.OK,
            ResumptionStatus.SUSPENDED: Tone.BAD,
        }.get(self, Tone.WARN)


class Enterprise(InVillage, Record):
    """企业名称 | 统一社会信用代码 | 法定代表人 | 联系人 | 联系电话 | 24小时值班电话 | 企业地址
    | 经营范围 | 企业用工人数."""

    __tablename__ = "enterprise"
    __ledger__ = "enterprise"
    __title__ = N_("Enterprises")
    __table_args__ = (
        *not_negative("workers"),
        live("credit_code", table="enterprise", unique=True),
        live("village_id", "name", table="enterprise"),
        binned("enterprise"),
    )

    name: Mapped[str] = field(Line(100), N_("Enterprise name"))
    credit_code: Mapped[str | None] = field(Code(18), N_("Unified social credit code"))
    legal_person: Mapped[str | None] = field(Line(40), N_("Legal representative"))
    contact: Mapped[str | None] = field(Line(40), N_("Contact"))
    phone: Mapped[str | None] = field(Code(20), N_("Phone"), mask=Mask.PHONE)
    duty_phone: Mapped[str | None] = field(Code(20), N_("24-hour duty phone"), mask=Mask.PHONE)
    address: Mapped[str | None] = field(Line(120), N_("Enterprise address"))
    business_scope: Mapped[str | None] = field(Line(300), N_("Scope of business"))
    workers: Mapped[int | None] = field(Integer, N_("Workers"))
    note: Mapped[str | None] = field(Prose(1000), N_("Remarks"))

    def problems(self, today: date) -> Iterator[Problem]:
        if self.credit_code and (wrong := credit_code_problem(self.credit_code)):
            yield Problem("credit_code", wrong)
        yield from wrong_phones(self, "phone", "duty_phone")
        yield from below_zero(self, "workers")

    def __str__(self) -> str:
        return self.name or super().__str__()


class Resumption(InVillage, Record):
    """复工复产备案. 实际返岗人数 | 县外人数 | 湖北籍人数 | 湖北客户 | 复产时间 | 设置隔离室 | 是否消毒防控
    | 是否进行体温检测 | 是否进行防疫宣传 | 责任承诺书 | 应急预案 | 健康统计表 | 当面交代签字.

    The enterprise's own columns come before these."""

    __tablename__ = "resumption"
    __ledger__ = "resumption"
    __title__ = N_("Resumption of work")
    __named_by__ = ("enterprise",)
    __table_args__ = (
        *not_negative("returned", "from_outside", "from_hubei"),
        in_order("applied_on", "filed_on"),
        live("enterprise_id", table="resumption", unique=True),
        live("village_id", "status", table="resumption"),
        live("village_id", "resumed_on", table="resumption"),
        binned("resumption"),
    )

    enterprise_id: Mapped[int] = to("enterprise", N_("Enterprise name"))
    status: Mapped[ResumptionStatus] = field(
        Chosen(ResumptionStatus), N_("Resumption status"), default=ResumptionStatus.IDLE
    )
    applied_on: Mapped[date | None] = field(Date, N_("Applied on"))
    filed_on: Mapped[date | None] = field(Date, N_("Filed on"))
    returned: Mapped[int | None] = field(Integer, N_("Workers returned"))
    from_outside: Mapped[int | None] = field(Integer, N_("Workers from outside the county"))
    from_hubei: Mapped[int | None] = field(Integer, N_("Workers from Hubei"))
    hubei_customers: Mapped[str | None] = field(Line(200), N_("Customers in Hubei"))
    resumed_on: Mapped[date | None] = field(Date, N_("Resumes work on"))
    isolation_room: Mapped[bool] = field(Boolean, N_("Isolation room set up"), default=False)
    disinfection: Mapped[bool] = field(Boolean, N_("Disinfection arranged"), default=False)
    temperature_checks: Mapped[bool] = field(Boolean, N_("Temperatures taken"), default=False)
    publicity: Mapped[bool] = field(Boolean, N_("Workers instructed"), default=False)
    commitment_letter: Mapped[bool] = field(Boolean, N_("Letter of commitment"), default=False)
    emergency_plan: Mapped[bool] = field(Boolean, N_("Emergency plan"), default=False)
    health_table: Mapped[bool] = field(Boolean, N_("Health table of the workers"), default=False)
    told_face_to_face: Mapped[bool] = field(Boolean, N_("Told face to face, signed"), default=False)
    checked_on: Mapped[date | None] = field(Date, N_("Spot-checked on"))
    check_findings: Mapped[str | None] = field(Prose(1000), N_("Findings of the spot check"))
    suspended_on: Mapped[date | None] = field(Date, N_("Suspended on"))
    suspension_reason: Mapped[str | None] = field(Line(200), N_("Reason of the suspension"))
    note: Mapped[str | None] = field(Prose(1000), N_("Remarks"))

    enterprise: Mapped[Enterprise] = relationship(lazy="select")

    def prepare(self) -> None:
        """Belong to the enterprise's village."""
        take_village_of(self, "enterprise")

    def problems(self, today: date) -> Iterator[Problem]:
        """Nobody has resumed without a letter of commitment, an emergency plan and a day; a suspension has a reason."""
        yield from below_zero(self, "returned", "from_outside", "from_hubei")
        yield from days_to_come(self, today, "applied_on", "filed_on", "checked_on", "suspended_on")
        yield from out_of_order(self, "applied_on", "filed_on")
        yield from out_of_order(self, "resumed_on", "suspended_on")
        enterprise = linked(self, "enterprise")
        workers = enterprise.workers if enterprise is not None else None
        if workers is not None and self.returned is not None and self.returned > workers:
            yield Problem("returned", N_("The enterprise has only %(workers)d workers."), {"workers": workers})
        if self.status is ResumptionStatus.RESUMED:
            for name in missing_papers(self):
                yield Problem(name, N_("Work cannot be resumed without this."))
            if self.resumed_on is None:
                yield Problem("resumed_on", N_("Say on which day work was resumed."))
            else:
                yield from days_to_come(self, today, "resumed_on")
        if self.status is ResumptionStatus.FILED and not self.filed_on:
            yield Problem("filed_on", N_("Say on which day it was filed."))
        if self.status is ResumptionStatus.SUSPENDED and not self.suspension_reason:
            yield Problem("suspension_reason", N_("Say why work was suspended."))

    def __str__(self) -> str:
        enterprise = linked(self, "enterprise")
        return str(enterprise) if enterprise is not None else super().__str__()


# ---- the rules, as they are said ----


def missing_papers(resumption: Resumption) -> tuple[str, ...]:
    """The attributes of the papers that are missing for work to be resumed."""
    return tuple(name for name in ("commitment_letter", "emergency_plan") if not getattr(resumption, name))


def credit_code_problem(number: str) -> str:
    """What is wrong with a unified social credit code (GB 32100); "" if nothing is."""
    try:
        uscc.validate(number)
    except InvalidLength:
        return N_("A social credit code has 18 characters.")
    except InvalidChecksum:
        return N_("This social credit code has a typing error (its check character does not fit).")
    except ValidationError:
        return N_("A social credit code is digits and capital letters, without I, O, S, V and Z.")
    return ""
