"""家宴 and 举报: planned banquets, and tips of gatherings, each one verified and each with an outcome."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime

from sqlalchemy import Boolean, Date, Integer
from sqlalchemy.orm import Mapped, relationship

from models.base import InVillage, Mask, Problem, Record, binned, field, live, to
from models.business import Business
from models.clock import local_day
from models.rules import below_zero, days_to_come, not_negative, wrong_phones
from models.types import Chosen, Code, Instant, Line, Prose
from models.words import N_, Choice, Tone


class Source(Choice):
    """来源: 自报, 举报, 来电, 来访."""

    SELF = "self", N_("Reported by the host")
    TIP = "tip", N_("Tip-off")
    CALL = "call", N_("Phone call")
    VISIT = "visit", N_("Personal visit")


class Topic(Choice):
    """What a tip is about."""

    BANQUET = "banquet", N_("Family banquet")
    GATHERING = "gathering", N_("Gathering")
    VENUE = "venue", N_("Venue open without leave")
    PERSON = "person", N_("Person who came back")
    POULTRY = "poultry", N_("Live poultry")
    OTHER = "other", N_("Something else")


class CaseStatus(Choice):
    """待核实, 已核实, 已办结."""

    NEW = "new", N_("Awaiting verification")
    VERIFIED = "verified", N_("Verified")
    CLOSED = "closed", N_("Concluded")

    @property
    def tone(self) -> Tone:
        """How urgent it looks."""
        return {CaseStatus.NEW: Tone.WARN, CaseStatus.VERIFIED: Tone.CALM}.get(self, Tone.OK)


class Banquet(InVillage, Record):
    """家宴报备. 举办时间 | 地点 | 举办人 | 厨师 | 承办饭店 | 事由 | 桌数 | 人数 | 来源
    | 核实情况 | 处理结果 | 核实人 | 办结时间."""

    __tablename__ = "banquet"
    __ledger__ = "banquet"
    __title__ = N_("Family banquets")
    __table_args__ = (
        *not_negative("tables", "guests"),
        live("village_id", "status", "held_on", table="banquet"),
        live("village_id", "held_on", table="banquet"),
        live("business_id", table="banquet"),
        binned("banquet"),
    )

    held_on: Mapped[date] = field(Date, N_("To be held on"))
    place: Mapped[str | None] = field(Line(120), N_("Place"))
    host: Mapped[str] = field(Line(40), N_("Host"))
    host_phone: Mapped[str | None] = field(Code(20), N_("Phone of the host"), mask=Mask.PHONE)
    cook: Mapped[str | None] = field(Line(40), N_("Cook"))
    cook_phone: Mapped[str | None] = field(Code(20), N_("Phone of the cook"), mask=Mask.PHONE)
    restaurant: Mapped[str | None] = field(Line(80), N_("Catering restaurant"))
    business_id: Mapped[int | None] = to("business", N_("Restaurant in the register"))
    occasion: Mapped[str | None] = field(Line(80), N_("Occasion"))
    tables: Mapped[int | None] = field(Integer, N_("Number of tables"))
    guests: Mapped[int | None] = field(Integer, N_("Number of guests"))
    source: Mapped[Source] = field(Chosen(Source), N_("How it became known"), default=Source.SELF)
    status: Mapped[CaseStatus] = field(Chosen(CaseStatus), N_("State of the case"), default=CaseStatus.NEW)
    findings: Mapped[str | None] = field(Prose(1000), N_("What verification found"))
    joint_enforcement: Mapped[bool] = field(Boolean, N_("Joint enforcement sent"), default=False)
    outcome: Mapped[str | None] = field(Line(200), N_("Outcome"))
    verified_by: Mapped[str | None] = field(Line(40), N_("Verified by"))
    concluded_on: Mapped[date | None] = field(Date, N_("Concluded on"))
    note: Mapped[str | None] = field(Prose(1000), N_("Remarks"))

    business: Mapped[Business | None] = relationship(lazy="select")

    def problems(self, today: date) -> Iterator[Problem]:
        yield from wrong_phones(self, "host_phone", "cook_phone")
        yield from below_zero(self, "tables", "guests")
        yield from _unconcluded(self, today)

    def __str__(self) -> str:
        return f"{self.host} {self.held_on}" if self.host else super().__str__()


class Tipoff(InVillage, Record):
    """举报. 来源 | 时间 | 内容 | 核实情况 | 处理结果 | 核实人 | 办结时间: every one verified, every one with an outcome
    (有访必核、有核必果)."""

    __tablename__ = "tipoff"
    __ledger__ = "tipoff"
    __title__ = N_("Tip-offs")
    __table_args__ = (
        live("village_id", "status", "received_at", table="tipoff"),
        live("village_id", "received_at", table="tipoff"),
        live("banquet_id", table="tipoff"),
        binned("tipoff"),
    )

    source: Mapped[Source] = field(Chosen(Source), N_("How it became known"), default=Source.TIP)
    received_at: Mapped[datetime] = field(Instant, N_("Received at"))
    informer: Mapped[str | None] = field(Line(40), N_("Informer"), help=N_("Empty if the tip was anonymous."))
    informer_phone: Mapped[str | None] = field(Code(20), N_("Phone of the informer"), mask=Mask.PHONE)
    topic: Mapped[Topic] = field(Chosen(Topic), N_("What it is about"), default=Topic.BANQUET)
    place: Mapped[str | None] = field(Line(120), N_("Place"))
    text: Mapped[str] = field(Prose(1000), N_("What was said"))
    banquet_id: Mapped[int | None] = to("banquet", N_("Banquet it is about"))
    status: Mapped[CaseStatus] = field(Chosen(CaseStatus), N_("State of the case"), default=CaseStatus.NEW)
    findings: Mapped[str | None] = field(Prose(1000), N_("How it was verified, and what was found"))
    outcome: Mapped[str | None] = field(Line(200), N_("Outcome"))
    verified_by: Mapped[str | None] = field(Line(40), N_("Verified by"))
    concluded_on: Mapped[date | None] = field(Date, N_("Concluded on"))
    note: Mapped[str | None] = field(Prose(1000), N_("Remarks"))

    banquet: Mapped[Banquet | None] = relationship(lazy="select")

    def problems(self, today: date) -> Iterator[Problem]:
        yield from days_to_come(self, today, "received_at")
        yield from wrong_phones(self, "informer_phone")
        yield from _unconcluded(self, today)
        if self.concluded_on and self.received_at and self.concluded_on < local_day(self.received_at):
            yield Problem("concluded_on", N_("This is before the start."))

    def __str__(self) -> str:
        return f"{local_day(self.received_at)} {self.place or ''}".strip() if self.received_at else super().__str__()


def _unconcluded(case: Banquet | Tipoff, today: date) -> Iterator[Problem]:
    """What is missing for a case to be verified or concluded."""
    yield from days_to_come(case, today, "concluded_on")
    if case.status in (CaseStatus.VERIFIED, CaseStatus.CLOSED):
        if not case.findings:
            yield Problem("findings", N_("Say how it was verified and what was found."))
        if not case.verified_by:
            yield Problem("verified_by", N_("Say who verified it."))
    if case.status is CaseStatus.CLOSED:
        if not case.outcome:
            yield Problem("outcome", N_("A case is concluded with an outcome."))
        if not case.concluded_on:
            yield Problem("concluded_on", N_("Say on which day it was concluded."))


# ---- the rules, as they are said ----


def overdue(case: Banquet | Tipoff, today: date) -> bool:
    """True for a banquet whose day came, or a tip of an earlier day, that nobody verified."""
    day = case.held_on if isinstance(case, Banquet) else local_day(case.received_at)
    return case.status is CaseStatus.NEW and (day <= today if isinstance(case, Banquet) else day < today)
