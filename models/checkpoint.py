"""卡口: checkpoints, and the book of every vehicle and person that went in or out."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import CheckConstraint, Date, Integer
from sqlalchemy.orm import Mapped, relationship

from models import words
from models.base import InVillage, Mask, Problem, Record, binned, field, live, to
from models.clock import local_day
from models.person import identity_problem
from models.rules import (
    FEVER,
    days_to_come,
    in_order,
    linked,
    measurable,
    out_of_order,
    take_village_of,
    unmeasurable,
    wrong_phones,
)
from models.types import Chosen, Code, Instant, Line, Prose, Tenths
from models.words import N_, Choice


class Direction(Choice):
    """方向: 进, 出."""

    IN = "in", N_("In")
    OUT = "out", N_("Out")


class Checkpoint(InVillage, Record):
    """A checkpoint: 卡口名称 | 位置 | 负责人 | 联系电话 | 设立时间 | 撤除时间."""

    __tablename__ = "checkpoint"
    __ledger__ = "checkpoint"
    __title__ = N_("Checkpoints")
    __table_args__ = (
        in_order("opened_on", "closed_on"),
        live("village_id", "name", table="checkpoint", unique=True),
        binned("checkpoint"),
    )

    name: Mapped[str] = field(Line(60), N_("Checkpoint name"))
    place: Mapped[str | None] = field(Line(120), N_("Where it stands"))
    cadre: Mapped[str | None] = field(Line(40), N_("In charge"))
    phone: Mapped[str | None] = field(Code(20), N_("Phone"), mask=Mask.PHONE)
    opened_on: Mapped[date | None] = field(Date, N_("Set up on"))
    closed_on: Mapped[date | None] = field(Date, N_("Taken down on"))
    note: Mapped[str | None] = field(Prose(1000), N_("Remarks"))

    def problems(self, today: date) -> Iterator[Problem]:
        yield from days_to_come(self, today, "opened_on", "closed_on")
        yield from out_of_order(self, "opened_on", "closed_on")
        yield from wrong_phones(self, "phone")

    def __str__(self) -> str:
        return self.name or super().__str__()


class Passage(InVillage, Record):
    """卡口登记. 卡口名称 | 方向 | 时间 | 车牌号 | 姓名 | 人数 | 联系方式 | 身份证号 | 出发地 | 目的地 | 体温 | 事由."""

    __tablename__ = "passage"
    __ledger__ = "passage"
    __title__ = N_("Passages")
    __named_by__ = ("checkpoint",)
    __table_args__ = (
        CheckConstraint("people >= 1", name="people_counted"),
        measurable("temperature"),
        live("village_id", "at", table="passage"),
        live("checkpoint_id", "at", table="passage"),
        live("at", table="passage"),
        live("plate", table="passage"),
        live("identity_number", table="passage"),
        live("phone", table="passage"),
        binned("passage"),
    )

    checkpoint_id: Mapped[int] = to("checkpoint", N_("Checkpoint name"))
    direction: Mapped[Direction] = field(Chosen(Direction), N_("In or out"))
    at: Mapped[datetime] = field(Instant, N_("Time"))
    plate: Mapped[str | None] = field(Code(20), N_("Number plate"))
    name: Mapped[str | None] = field(Line(60), N_("Name"))
    people: Mapped[int] = field(Integer, N_("Number of people"), default=1)
    phone: Mapped[str | None] = field(Code(20), N_("Phone"), mask=Mask.PHONE)
    identity_number: Mapped[str | None] = field(Code(18), N_("Identity number"), mask=Mask.IDENTITY)
    origin: Mapped[str | None] = field(Line(80), N_("From"))
    destination: Mapped[str | None] = field(Line(80), N_("To"))
    temperature: Mapped[Decimal | None] = field(Tenths(3, 1), N_("Temperature"), unit="℃")
    purpose: Mapped[str | None] = field(Line(120), N_("Purpose"))
    keeper: Mapped[str | None] = field(Line(40), N_("On duty"))
    note: Mapped[str | None] = field(Prose(1000), N_("Remarks"))

    checkpoint: Mapped[Checkpoint] = relationship(lazy="select")

    def prepare(self) -> None:
        """Belong to the checkpoint's village; write the plate as it is compared."""
        take_village_of(self, "checkpoint")
        if self.plate:
            self.plate = plate(self.plate) or None

    def problems(self, today: date) -> Iterator[Problem]:
        """Somebody or some vehicle, at a time that has come, with a number that holds."""
        yield from days_to_come(self, today, "at")
        yield from unmeasurable(self)
        yield from wrong_phones(self, "phone")
        if self.identity_number and (wrong := identity_problem(self.identity_number, today)):
            yield Problem("identity_number", wrong)
        if self.people is not None and self.people < 1:
            yield Problem("people", N_("At least one person passed."))
        if not self.name and not self.plate:
            yield Problem("name", N_("Give the name or the number plate."))

    def __str__(self) -> str:
        checkpoint = linked(self, "checkpoint")
        who = self.name or self.plate or ""
        return f"{who} {checkpoint or ''} {local_day(self.at)}".strip() if self.at else super().__str__()


# ---- the rules, as they are said ----


def plate(text: str) -> str:
    """A number plate as it is compared: ``苏k·12345`` -> ``苏K12345``."""
    return words.code(text).replace("·", "").replace("•", "").replace("・", "").replace(".", "")


def feverish(passage: Passage) -> bool:
    """True for somebody who was measured at 37.3 ℃ or more."""
    return passage.temperature is not None and passage.temperature >= FEVER
