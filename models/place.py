"""Townships and the villages (communities) below them: what every record belongs to.

Codes are those of the statistical division (统计用区划代码), 9 digits for a township, 12 for a village.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from functools import cache, lru_cache
from typing import Any

from sqlalchemy import Boolean, Index, Select, String, cast, func, select, type_coerce
from sqlalchemy.orm import Mapped, relationship
from sqlalchemy.orm.session import Session as OrmSession

from models.base import Base, Mask, Problem, Record, field, live, to
from models.person import phone_problem
from models.scope import Reach
from models.types import Code, Line, RecordId
from models.words import N_


class Township(Base):
    """A township (镇、街道、园区) of the district."""

    __tablename__ = "township"
    __ledger__ = "village"
    __title__ = N_("Township")
    __reach__ = Reach.SHARED

    id: Mapped[int] = field(RecordId, N_("No."), primary_key=True)
    code: Mapped[str] = field(Code(9), N_("Township code"), unique=True)
    name: Mapped[str] = field(Line(40), N_("Township"))

    def __str__(self) -> str:
        return self.name


class Village(Record):
    """A village or urban community: the unit that keeps a ledger, reports once a day and confines who sees what."""

    __tablename__ = "village"
    __ledger__ = "village"
    __title__ = N_("Villages (communities)")
    __villages__ = ("id",)
    __table_args__ = (live("code", table="village", unique=True), Index("ix_village_township_id", "township_id"))

    code: Mapped[str] = field(Code(12), N_("Village code"))
    name: Mapped[str] = field(Line(40), N_("Village (community)"))
    full_name: Mapped[str] = field(Line(60), N_("Full name"))
    township_id: Mapped[int] = to("township", N_("Township"))
    taking_part: Mapped[bool] = field(
        Boolean, N_("Takes part"), default=True, help=N_("Reports every day and keeps its ledgers here.")
    )
    contact: Mapped[str | None] = field(Line(40), N_("Contact"))
    phone: Mapped[str | None] = field(Code(20), N_("Contact phone"), mask=Mask.PHONE)

    township: Mapped[Township] = relationship(lazy="select")

    def problems(self, today: date) -> Iterator[Problem]:
        if self.code and not (len(self.code) == 12 and self.code.isdigit()):
            yield Problem("code", N_("A village code has 12 digits."))
        if self.phone and (wrong := phone_problem(self.phone)):
            yield Problem("phone", wrong)

    def __str__(self) -> str:
        return self.name


def numbers_and_names(session: OrmSession, cls: type[Village] | type[Township]) -> tuple[tuple[str, str], ...]:
    """The number and the name of every village or township within the session's reach, by code.

    Every list offers them, a few hundred, and they hardly ever change: they come as one text, whose parts are kept.
    """
    return _parts(session.scalar(_numbers_and_names(cls)) or "")


@cache
def _numbers_and_names(cls: type[Village] | type[Township]) -> Select[*tuple[Any, ...]]:
    code, name = type_coerce(cls.code, String), type_coerce(cls.name, String)
    line = code + "\t" + cast(cls.id, String) + "\t" + name
    return select(func.aggregate_strings(line, "\n")).execution_options(kept=True)


@lru_cache(maxsize=64)
def _parts(text: str) -> tuple[tuple[str, str], ...]:
    """One line each: code, number, name. Names are one line without tabs (``Line``)."""
    lines = sorted(line.split("\t") for line in text.split("\n") if line)
    return tuple((number, name) for _code, number, name in lines)


def short_name(full_name: str) -> str:
    """The everyday name: ``南苑社区居委会`` -> ``南苑社区``, ``浩芝村委会`` -> ``浩芝村``."""
    for ending in ("居民委员会", "居委会", "村民委员会", "村委会"):
        if full_name.endswith(ending) and len(full_name) > len(ending):
            stem = full_name.removesuffix(ending)
            return stem + "村" if ending.startswith("村") and not stem.endswith("村") else stem
    return full_name
