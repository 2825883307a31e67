"""Settings with a history: how long an observation lasts, when a slot is over, until when the day's report is due, and
how few people a summary tells of.

A setting holds from a day on, for the whole district or one township; what was in force on a day can always be told.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from contextlib import suppress
from datetime import date, time

from sqlalchemy import Date, or_, select
from sqlalchemy.orm import Mapped, Session, relationship

from models.base import Problem, Record, field, live, to
from models.place import Township
from models.scope import Reach
from models.types import Chosen, Line
from models.words import N_, Choice


class SettingName(Choice):
    """What can be set; the default holds until something else is."""

    OBSERVATION_DAYS = "observation_days", N_("Length of an observation, in days")
    AM_CUT_OFF = "am_cut_off", N_("Morning round to be done by")
    PM_CUT_OFF = "pm_cut_off", N_("Evening round to be done by")
    REPORT_DEADLINE = "report_deadline", N_("Daily report due by")
    SMALLEST_NUMBER = "smallest_number", N_("Fewest people that a shared summary tells of")

    @property
    def default(self) -> str:
        """What holds when nothing was ever set."""
        return {
            SettingName.OBSERVATION_DAYS: "14",
            SettingName.AM_CUT_OFF: "11:30",
            SettingName.PM_CUT_OFF: "20:00",
            SettingName.REPORT_DEADLINE: "17:30",
            SettingName.SMALLEST_NUMBER: "5",
        }[self]


class Setting(Record):
    """One value from one day on."""

    __tablename__ = "setting"
    __ledger__ = "setting"
    __title__ = N_("Settings")
    __reach__ = Reach.OPEN
    __table_args__ = (live("name", "valid_from", table="setting"),)

    name: Mapped[SettingName] = field(Chosen(SettingName), N_("Setting"))
    value: Mapped[str] = field(Line(20), N_("Value"), help=N_("A number of days or people, or a time like 17:30."))
    valid_from: Mapped[date] = field(Date, N_("Holds from"))
    township_id: Mapped[int | None] = to("township", N_("Only in the township"))
    reason: Mapped[str | None] = field(Line(200), N_("Reason"))

    township: Mapped[Township | None] = relationship(lazy="select")

    def prepare(self) -> None:
        """Keep a number as 14 and a time as 07:30, however they were typed."""
        typed = (self.value or "").strip()
        if not any(c.isdigit() and not c.isdecimal() for c in typed):  # ² is no way to write 2
            typed = unicodedata.normalize("NFKC", typed)
        if self.name not in (None, SettingName.OBSERVATION_DAYS, SettingName.SMALLEST_NUMBER):
            with suppress(ValueError):
                typed = f"{time.fromisoformat(typed):%H:%M}"
        if typed and typed != self.value:
            self.value = typed

    def problems(self, today: date) -> Iterator[Problem]:
        """A value that can be meant: 1 to 60 days, 1 to 50 people, a time of day."""
        if self.name is SettingName.OBSERVATION_DAYS:
            if not _number(self.value) or not 1 <= int(self.value) <= 60:
                yield Problem("value", N_("An observation lasts 1 to 60 days."))
        elif self.name is SettingName.SMALLEST_NUMBER:
            if not _number(self.value) or not 1 <= int(self.value) <= 50:
                yield Problem("value", N_("This is a number of people from 1, which hides nothing, to 50."))
            elif self.township_id is not None:
                yield Problem("township", N_("This holds for the whole district."))
        elif self.name is not None:
            try:
                time.fromisoformat(self.value or "")
            except ValueError:
                yield Problem("value", N_("Write a time like 17:30."))

    def __str__(self) -> str:
        return f"{self.value} · {self.valid_from}" if self.value else super().__str__()


def _number(text: str | None) -> bool:
    return bool(text and text.isascii() and text.isdigit())


def in_force(session: Session, name: SettingName, on: date, township_id: int | None = None) -> str:
    """What was set for a day: the latest value that had begun, a township's own before the district's."""
    found = session.scalars(
        select(Setting)
        .where(Setting.name == name, Setting.valid_from <= on)
        .where(or_(Setting.township_id.is_(None), Setting.township_id == township_id))
        .order_by(Setting.township_id.is_(None), Setting.valid_from.desc(), Setting.id.desc())
        .limit(1)
    ).first()
    return found.value if found is not None else name.default


def observation_days(session: Session, on: date, township_id: int | None = None) -> int:
    """How many days an observation lasts that is opened on a day."""
    return int(in_force(session, SettingName.OBSERVATION_DAYS, on, township_id))


def smallest_number(session: Session, on: date) -> int:
    """How few people a cell may count that is handed on beyond a village; fewer are not told."""
    return int(in_force(session, SettingName.SMALLEST_NUMBER, on))


def cut_off(session: Session, period: str, on: date, township_id: int | None = None) -> time:
    """The time of day, in Shanghai, after which an unmeasured slot is missed."""
    name = SettingName.AM_CUT_OFF if period == "am" else SettingName.PM_CUT_OFF
    return time.fromisoformat(in_force(session, name, on, township_id))


def report_deadline(session: Session, on: date, township_id: int | None = None) -> time:
    """The time of day, in Shanghai, by which a day's report is due."""
    return time.fromisoformat(in_force(session, SettingName.REPORT_DEADLINE, on, township_id))
