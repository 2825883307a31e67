"""督查: inspection rounds of leaders — who went where, what was found, what was demanded, what was done about it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from sqlalchemy import Date
from sqlalchemy.orm import Mapped

from models.base import InVillage, Problem, Record, binned, field, live
from models.rules import days_to_come, in_order, out_of_order
from models.types import Line, Prose
from models.words import N_


class Supervision(InVillage, Record):
    """督查: 日期 | 督查人 | 地点 | 发现问题 | 整改要求 | 整改期限 | 整改情况 | 完成时间."""

    __tablename__ = "supervision"
    __ledger__ = "supervision"
    __title__ = N_("Supervision rounds")
    __table_args__ = (
        in_order("on", "due_on"),
        in_order("on", "done_on"),
        live("village_id", "on", table="supervision"),
        live("village_id", "due_on", table="supervision"),
        binned("supervision"),
    )

    on: Mapped[date] = field(Date, N_("Date"))
    supervisors: Mapped[str] = field(Line(120), N_("Who came"))
    place: Mapped[str | None] = field(Line(120), N_("Where they went"))
    findings: Mapped[str | None] = field(Prose(1000), N_("What was found"))
    demands: Mapped[str | None] = field(Prose(1000), N_("What was demanded"))
    due_on: Mapped[date | None] = field(Date, N_("To be done by"))
    done: Mapped[str | None] = field(Prose(1000), N_("What was done"))
    done_on: Mapped[date | None] = field(Date, N_("Done on"))
    note: Mapped[str | None] = field(Prose(1000), N_("Remarks"))

    def problems(self, today: date) -> Iterator[Problem]:
        yield from days_to_come(self, today, "on", "done_on")
        yield from out_of_order(self, "on", "due_on")
        yield from out_of_order(self, "on", "done_on")
        if self.done_on and not self.done:
            yield Problem("done", N_("Say what was done."))

    def __str__(self) -> str:
        return f"{self.on} {self.place or ''}".strip() if self.on else super().__str__()


# ---- the rules, as they are said ----


def overdue(round_: Supervision, today: date) -> bool:
    """True if something was demanded by a day that has passed and is not done."""
    return round_.due_on is not None and round_.due_on < today and round_.done_on is None
