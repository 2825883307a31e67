"""宣传留痕: what was put up, handed out or broadcast, where, how many and when."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from sqlalchemy import Date, Integer
from sqlalchemy.orm import Mapped

from models.base import InVillage, Problem, Record, binned, field, live
from models.rules import below_zero, days_to_come, not_negative
from models.types import Chosen, Line, Prose
from models.words import N_, Choice


class PublicityKind(Choice):
    """类别: 海报, 横幅, 一封信, 小喇叭, 应急广播."""

    POSTER = "poster", N_("Poster")
    BANNER = "banner", N_("Banner")
    LETTER = "letter", N_("Letter to residents")
    LOUDSPEAKER = "loudspeaker", N_("Small loudspeaker")
    BROADCAST = "broadcast", N_("Emergency broadcast")
    VEHICLE = "vehicle", N_("Publicity vehicle")
    GROUP = "group", N_("Chat group")
    OTHER = "other", N_("Other publicity")


class Publicity(InVillage, Record):
    """宣传留痕. 日期 | 类别 | 地点 | 数量 | 责任人 | 照片."""

    __tablename__ = "publicity"
    __ledger__ = "publicity"
    __title__ = N_("Publicity")
    __table_args__ = (
        *not_negative("quantity"),
        live("village_id", "on", table="publicity"),
        live("on", table="publicity"),
        binned("publicity"),
    )

    on: Mapped[date] = field(Date, N_("Date"))
    kind: Mapped[PublicityKind] = field(Chosen(PublicityKind), N_("Kind of publicity"))
    content: Mapped[str | None] = field(Line(120), N_("What it said"))
    place: Mapped[str | None] = field(Line(120), N_("Place"))
    quantity: Mapped[int] = field(Integer, N_("Quantity"), default=1)
    responsible: Mapped[str | None] = field(Line(40), N_("Responsible person"))
    photo: Mapped[str | None] = field(Line(200), N_("Photo"), help=N_("Where the picture is kept."))
    note: Mapped[str | None] = field(Prose(1000), N_("Remarks"))

    def problems(self, today: date) -> Iterator[Problem]:
        yield from days_to_come(self, today, "on")
        yield from below_zero(self, "quantity")

    def __str__(self) -> str:
        return f"{self.on} {self.content or self.place or ''}".strip() if self.on else super().__str__()
