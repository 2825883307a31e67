"""代购代送 and 捐赠: what a household under observation needs brought, and what was given to the district.

A request carries name, address and phone as data of its own, because those who deliver may not open the file.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from decimal import Decimal
from typing import Any, ClassVar, Final

from sqlalchemy import CheckConstraint, Date
from sqlalchemy.orm import Mapped

from models.base import InVillage, Mask, Problem, Record, binned, field, live
from models.rules import before, below_zero, days_to_come, in_order, out_of_order, wrong_phones
from models.scope import Act
from models.types import Chosen, Code, Line, Prose, Tenths
from models.words import N_, Choice, Tone


class SupplyKind(Choice):
    """What kind of help is asked for."""

    FOOD = "food", N_("Food and daily goods")
    MEDICINE = "medicine", N_("Medicine")
    GAS = "gas", N_("Gas, water and power")
    COUNSELLING = "counselling", N_("Counselling")
    OTHER = "other", N_("Other help")


class SupplyStatus(Choice):
    """待接单, 已接单, 已采购, 已送达, 已取消."""

    OPEN = "open", N_("Waiting for somebody")
    TAKEN = "taken", N_("Taken on")
    BOUGHT = "bought", N_("Bought")
    DELIVERED = "delivered", N_("Delivered")
    CANCELLED = "cancelled", N_("Cancelled")

    @property
    def tone(self) -> Tone:
        """How urgent it looks."""
        if self is SupplyStatus.OPEN:
            return Tone.BAD
        return Tone.WARN if self in UNDER_WAY else Tone.OK if self is SupplyStatus.DELIVERED else Tone.CALM


UNDER_WAY: Final = (SupplyStatus.OPEN, SupplyStatus.TAKEN, SupplyStatus.BOUGHT)


def _open_to(record: Supply, act: Act) -> bool:
    """A request that is under way may be brought to its end by those who see only open ones."""
    status = before(record, "status") if act is Act.EDIT else record.status
    return status is None or status in UNDER_WAY


class Directed(Choice):
    """定向, 非定向."""

    DIRECTED = "directed", N_("Directed")
    UNDIRECTED = "undirected", N_("Not directed")


class DonationKind(Choice):
    """物资, 金额."""

    GOODS = "goods", N_("Goods")
    MONEY = "money", N_("Money")


class Supply(InVillage, Record):
    """代购代送: 姓名 | 住址 | 联系电话 | 物品 | 类别 | 状态 | 代办人 | 金额 | 送达时间."""

    __tablename__ = "supply"
    __ledger__ = "supply"
    __title__ = N_("Supplies")
    __rows__: ClassVar[dict[str, Callable[..., Any]]] = {"open": lambda cls: cls.status.in_(UNDER_WAY)}
    __rows_of__: ClassVar[dict[str, Callable[..., Any]]] = {"open": _open_to}
    __table_args__ = (
        CheckConstraint("cost >= 0", name="cost_counted"),
        in_order("asked_on", "delivered_on"),
        live("village_id", "status", "asked_on", table="supply"),
        live("status", "asked_on", table="supply"),
        live("village_id", "asked_on", table="supply"),
        binned("supply"),
    )

    asked_on: Mapped[date] = field(Date, N_("Asked on"))
    name: Mapped[str] = field(Line(60), N_("Name"))
    address: Mapped[str] = field(Line(120), N_("Address"))
    phone: Mapped[str | None] = field(Code(20), N_("Phone"), mask=Mask.PHONE)
    kind: Mapped[SupplyKind] = field(Chosen(SupplyKind), N_("Kind of help"), default=SupplyKind.FOOD)
    goods: Mapped[str] = field(Prose(500), N_("Goods or help"))
    status: Mapped[SupplyStatus] = field(Chosen(SupplyStatus), N_("State of the request"), default=SupplyStatus.OPEN)
    courier: Mapped[str | None] = field(Line(40), N_("Bought and delivered by"))
    cost: Mapped[Decimal | None] = field(Tenths(9, 2), N_("Cost"), unit=N_("yuan"))
    delivered_on: Mapped[date | None] = field(Date, N_("Delivered on"))
    note: Mapped[str | None] = field(Prose(1000), N_("Remarks"))

    def problems(self, today: date) -> Iterator[Problem]:
        yield from days_to_come(self, today, "asked_on", "delivered_on")
        yield from out_of_order(self, "asked_on", "delivered_on")
        yield from wrong_phones(self, "phone")
        yield from below_zero(self, "cost")

    def __str__(self) -> str:
        return self.name or super().__str__()


class Donation(InVillage, Record):
    """捐赠. 捐赠单位/个人 | 物资或金额 | 数量 | 定向/非定向 | 接收单位 | 接收时间 | 发放去向 | 公示时间."""

    __tablename__ = "donation"
    __ledger__ = "donation"
    __title__ = N_("Donations")
    __table_args__ = (
        CheckConstraint("quantity > 0", name="quantity_counted"),
        in_order("received_on", "published_on"),
        live("village_id", "received_on", table="donation"),
        binned("donation"),
    )

    donor: Mapped[str] = field(Line(80), N_("Donor"))
    kind: Mapped[DonationKind] = field(Chosen(DonationKind), N_("Goods or money"), default=DonationKind.GOODS)
    what: Mapped[str] = field(Line(120), N_("What was given"))
    quantity: Mapped[Decimal] = field(Tenths(12, 2), N_("Quantity"))
    measure: Mapped[str | None] = field(Line(20), N_("Unit of measure"))
    directed: Mapped[Directed] = field(Chosen(Directed), N_("Directed or not"), default=Directed.UNDIRECTED)
    receiver: Mapped[str | None] = field(Line(80), N_("Received by"))
    received_on: Mapped[date] = field(Date, N_("Received on"))
    went_to: Mapped[str | None] = field(Prose(500), N_("Where it went"))
    published_on: Mapped[date | None] = field(Date, N_("Made public on"))
    note: Mapped[str | None] = field(Prose(1000), N_("Remarks"))

    def problems(self, today: date) -> Iterator[Problem]:
        yield from days_to_come(self, today, "received_on", "published_on")
        yield from out_of_order(self, "received_on", "published_on")
        if self.quantity is not None and self.quantity <= 0:
            yield Problem("quantity", N_("This is more than zero."))
        if self.published_on and not self.went_to:
            yield Problem("went_to", N_("What is made public says where it went."))

    def __str__(self) -> str:
        return f"{self.donor} {self.what}" if self.donor else super().__str__()


# ---- the rules, as they are said ----


def overdue(supply: Supply, today: date) -> bool:
    """True for a request of an earlier day that nobody has brought to its end."""
    return supply.status in UNDER_WAY and supply.asked_on < today
