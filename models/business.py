"""一业一记载: the shops, restaurants, baths and markets of a village, and every inspection that was paid to them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal

from sqlalchemy import Boolean, Date, Integer
from sqlalchemy.orm import Mapped, relationship

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
from models.types import Chosen, Code, Line, Prose, Tenths
from models.words import N_, Choice, Tone


class BusinessKind(Choice):
    """类别."""

    RESTAURANT = "restaurant", N_("Restaurant")
    BATH = "bath", N_("Bathhouse")
    INTERNET_CAFE = "internet_cafe", N_("Internet café")
    KARAOKE = "karaoke", N_("Karaoke")
    GAMES = "games", N_("Games room")
    HAIRDRESSER = "hairdresser", N_("Hairdresser")
    MAHJONG = "mahjong", N_("Chess and card room")
    SUPERMARKET = "supermarket", N_("Supermarket")
    MARKET = "market", N_("Farmers' market")
    STALLS = "stalls", N_("Designated stalls area")
    POULTRY = "poultry", N_("Live-poultry slaughter point")
    OTHER = "other", N_("Other business")


class Control(Choice):
    """管控要求."""

    CLOSE = "close", N_("Must close")
    RESTRICT = "restrict", N_("May open with restrictions")
    SERVE = "serve", N_("Open, as the public needs it")


class VenueStatus(Choice):
    """停业, 限制营业, 正常营业, 擅自营业, 责令整改, 已整改, 待复查."""

    CLOSED = "closed", N_("Closed down")
    RESTRICTED = "restricted", N_("Open with restrictions")
    NORMAL = "normal", N_("Open as usual")
    DEFIANT = "defiant", N_("Open without leave")
    ORDERED = "ordered", N_("Ordered to rectify")
    RECTIFIED = "rectified", N_("Rectified")
    RECHECK = "recheck", N_("Awaiting re-inspection")

    @property
    def tone(self) -> Tone:
        """How urgent it looks."""
        if self in (VenueStatus.DEFIANT, VenueStatus.ORDERED):
            return Tone.BAD
        if self is VenueStatus.RECHECK:
            return Tone.WARN
        return Tone.CALM if self in (VenueStatus.CLOSED, VenueStatus.RESTRICTED) else Tone.OK


class Way(Choice):
    """方式: 电话问, 现场看, 群众询, 联合检查."""

    PHONE = "phone", N_("Asked by phone")
    SITE = "site", N_("Seen on the spot")
    PUBLIC = "public", N_("Asked among the public")
    JOINT = "joint", N_("Joint inspection")


class Recheck(Choice):
    """复查结果."""

    RECTIFIED = "rectified", N_("Problems rectified")
    PARTLY = "partly", N_("Rectified in part")
    NOT_RECTIFIED = "not_rectified", N_("Problems not rectified")

    @property
    def tone(self) -> Tone:
        """How urgent it looks."""
        return {Recheck.RECTIFIED: Tone.OK, Recheck.PARTLY: Tone.WARN}.get(self, Tone.BAD)


class Business(InVillage, Record):
    """经营场所. 名称 | 类别 | 地址 | 经营者 | 联系电话 | 家庭住址 | 管控要求 | 包保责任人 | 企业联系人
    | 属地责任人 | 带队领导 | 面积 | 经营户数 | 是否开放 | 开放时间."""

    __tablename__ = "business"
    __ledger__ = "business"
    __title__ = N_("Businesses")
    __table_args__ = (
        *not_negative("area", "stalls"),
        live("village_id", "status", table="business"),
        live("village_id", "kind", table="business"),
        live("village_id", "name", table="business"),
        binned("business"),
    )

    name: Mapped[str] = field(Line(80), N_("Business name"))
    kind: Mapped[BusinessKind] = field(Chosen(BusinessKind), N_("Kind of business"))
    address: Mapped[str | None] = field(Line(120), N_("Business address"))
    operator: Mapped[str | None] = field(Line(40), N_("Operator"))
    phone: Mapped[str | None] = field(Code(20), N_("Phone"), mask=Mask.PHONE)
    home_address: Mapped[str | None] = field(Line(120), N_("Operator's home address"))
    control: Mapped[Control] = field(Chosen(Control), N_("What is demanded of it"), default=Control.CLOSE)
    status: Mapped[VenueStatus] = field(Chosen(VenueStatus), N_("Venue status"), default=VenueStatus.CLOSED)
    guarantor: Mapped[str | None] = field(
        Line(40), N_("Assigned cadre"), help=N_("Who is assigned inspects and records.")
    )
    contact: Mapped[str | None] = field(Line(40), N_("Contact in the business"))
    cadre: Mapped[str | None] = field(Line(40), N_("Responsible for the area"))
    leader: Mapped[str | None] = field(Line(40), N_("Leader in charge"))
    area: Mapped[Decimal | None] = field(Tenths(9, 1), N_("Floor area"), unit="m²")
    stalls: Mapped[int | None] = field(Integer, N_("Traders"))
    open: Mapped[bool | None] = field(Boolean, N_("Open now"))
    opening_hours: Mapped[str | None] = field(Line(80), N_("Opening hours"))
    note: Mapped[str | None] = field(Prose(1000), N_("Remarks"))

    def problems(self, today: date) -> Iterator[Problem]:
        yield from wrong_phones(self, "phone")
        yield from below_zero(self, "area", "stalls")

    def __str__(self) -> str:
        return self.name or super().__str__()


class Inspection(InVillage, Record):
    """场所检查. 日期 | 场所 | 方式 | 检查人 | 参与部门 | 是否营业 | 口罩佩戴 | 当日消毒 | 发现问题
    | 整改期限 | 复查日期 | 复查结果."""

    __tablename__ = "inspection"
    __ledger__ = "inspection"
    __title__ = N_("Inspections")
    __named_by__ = ("business",)
    __table_args__ = (
        in_order("on", "rectify_by"),
        in_order("on", "rechecked_on"),
        live("village_id", "on", table="inspection"),
        live("village_id", "rectify_by", table="inspection"),
        live("business_id", "on", table="inspection"),
        live("on", table="inspection"),
        binned("inspection"),
    )

    on: Mapped[date] = field(Date, N_("Date"))
    business_id: Mapped[int] = to("business", N_("Venue"))
    way: Mapped[Way] = field(Chosen(Way), N_("How it was inspected"), default=Way.SITE)
    inspector: Mapped[str] = field(Line(80), N_("Inspector"))
    departments: Mapped[str | None] = field(Line(120), N_("Departments taking part"))
    operating: Mapped[bool | None] = field(Boolean, N_("Was operating"))
    masks: Mapped[bool | None] = field(Boolean, N_("Masks worn"))
    disinfected: Mapped[bool | None] = field(Boolean, N_("Disinfected that day"))
    findings: Mapped[str | None] = field(
        Prose(1000),
        N_("Problems found"),
        help=N_("Empty if nothing was wrong; otherwise a deadline is needed."),
    )
    rectify_by: Mapped[date | None] = field(Date, N_("To be rectified by"))
    rechecked_on: Mapped[date | None] = field(Date, N_("Re-inspected on"))
    recheck: Mapped[Recheck | None] = field(Chosen(Recheck), N_("Outcome of the re-inspection"))
    note: Mapped[str | None] = field(Prose(1000), N_("Remarks"))

    business: Mapped[Business] = relationship(lazy="select")

    def prepare(self) -> None:
        """Belong to the venue's village."""
        take_village_of(self, "business")

    def problems(self, today: date) -> Iterator[Problem]:
        """Problems found need a deadline; a re-inspection needs its day and its outcome, and comes afterwards."""
        yield from days_to_come(self, today, "on", "rechecked_on")
        yield from out_of_order(self, "on", "rectify_by")
        yield from out_of_order(self, "on", "rechecked_on")
        if self.findings and not self.rectify_by:
            yield Problem("rectify_by", N_("Problems were found: say by when they are to be rectified."))
        if self.rechecked_on and not self.recheck:
            yield Problem("recheck", N_("Say how the re-inspection ended."))
        if self.recheck and not self.rechecked_on:
            yield Problem("rechecked_on", N_("Say on which day it was re-inspected."))

    def __str__(self) -> str:
        business = linked(self, "business")
        return f"{business} {self.on}" if business is not None else super().__str__()


# ---- the rules, as they are said ----


def to_recheck(inspection: Inspection) -> bool:
    """True while problems that were found wait for a re-inspection that finds them rectified."""
    return inspection.rectify_by is not None and inspection.recheck is not Recheck.RECTIFIED


def overdue(inspection: Inspection, today: date) -> bool:
    """True if the deadline has passed and the problems are not known to be rectified."""
    return inspection.rectify_by is not None and inspection.rectify_by < today and to_recheck(inspection)
