"""Townships and the villages (communities) below them: what every record belongs to.

Codes are those of the statistical division (统计用区划代码), 9 digits for a township, 12 for a village.
"""

from __future__ import annotations

from sqlalchemy import Boolean, Index
from sqlalchemy.orm import Mapped, relationship

from models.base import Base, Mask, Record, field, live, to
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

    def __str__(self) -> str:
        return self.name


def short_name(full_name: str) -> str:
    """The everyday name: ``南苑社区居委会`` -> ``南苑社区``, ``浩芝村委会`` -> ``浩芝村``."""
    for ending in ("居民委员会", "居委会", "村民委员会", "村委会"):
        if full_name.endswith(ending) and len(full_name) > len(ending):
            stem = full_name.removesuffix(ending)
            return stem + "村" if ending.startswith("村") and not stem.endswith("村") else stem
    return full_name
