"""A valid value for every typed column of every ledger, made from the columns, so that a new ledger needs no line here.

``EXCEPTIONS`` holds what a column's type cannot tell: rules between columns, and values of a shape of their own.
Every text says whose it is (``彧resident1.address``), so that a leak is one search in a page.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import Boolean, Date, Integer, inspect

from admin_app.ledgers.fields import references, typed_names
from models import clock
from models.alert import AlertKind
from models.base import Base, Mask, about
from models.person import check_digit
from models.report import ReportStatus
from models.states import Symptom
from models.types import Chosen, ChosenMany, Cleaned, Code, Instant, Key, Tenths
from models.volunteer import DutyStatus

TODAY = date(2020, 2, 12)
DAY = date(2020, 2, 10)

# which record of a village is met how, in every ledger
SEEN, EDITED, REMOVED, TICKED, BINNED, SPECIAL, FRESH = range(1, 8)
# what a record that is not among the first five points at, where the first will not do
POINTED_AT = {
    ("resumption", "enterprise"): SPECIAL,
    ("observation", "resident"): TICKED,
    ("assignment", "volunteer"): EDITED,
}


@dataclass(frozen=True)
class Mark:
    """How what belongs to one village is recognised: a rare character, and the beginnings of numbers."""

    sign: str
    digit: int
    phone: str
    region: str

    def number(self, ledger: int, n: int) -> int:
        """A record's number: 7 digits that begin with the village's own."""
        return self.digit * 1_000_000 + ledger * 10_000 + n


@dataclass(frozen=True)
class Making:
    """The record that values are made for: the n-th of a ledger (its position in the register) in a village."""

    mark: Mark
    ledger: int
    n: int

    @property
    def serial(self) -> int:
        """A number of four digits that no other record of the village has in the same column."""
        return 1000 + self.ledger * 90 + self.n


def moment(hour: int, day: date = DAY) -> datetime:
    return datetime(day.year, day.month, day.day, hour, tzinfo=clock.ZONE)


def identity_number(region: str, birth: date, serial: int) -> str:
    """An invented identity number whose checksum holds."""
    digits = f"{region}{birth:%Y%m%d}{serial % 1000:03d}"
    return digits + check_digit(digits)


def credit_code(region: str, serial: int) -> str:
    """An invented social credit code whose checksum holds."""
    from stdnum.cn import uscc

    digits = f"91{region}{serial:09d}"
    return digits + uscc.calc_check_digit(digits)


def birth_date(making: Making) -> date:
    return date(1950, 1, 1) + timedelta(days=making.serial * 7)


def identity_of(making: Making) -> str:
    return identity_number(making.mark.region, birth_date(making), making.serial)


EXCEPTIONS: dict[tuple[str, str], Callable[[Making], Any]] = {
    ("village", "code"): lambda m: f"{m.mark.region}{m.mark.digit}{m.n:05d}",
    ("village", "township"): lambda m: None,  # given by the district
    ("account", "username"): lambda m: f"account.{m.mark.digit}{m.n:04d}",
    ("account", "disabled"): lambda m: False,
    ("resident", "birth_date"): birth_date,
    ("volunteer", "birth_date"): birth_date,
    ("volunteer", "number"): lambda m: f"V{m.mark.digit}{m.serial}",
    ("volunteer", "unavailable_until"): lambda m: date(2019, 12, 31),
    ("volunteer", "organisation"): lambda m: None,  # given by the district
    ("resident", "sex"): lambda m: "m" if int(identity_of(m)[16]) % 2 else "f",
    ("volunteer", "sex"): lambda m: "m" if int(identity_of(m)[16]) % 2 else "f",
    ("observation", "days"): lambda m: 14,
    ("visit", "on"): lambda m: TODAY if m.n == FRESH else DAY,
    ("visit", "taken_at"): lambda m: moment(8, TODAY if m.n == FRESH else DAY),
    ("visit", "temperature"): lambda m: Decimal("36.5"),
    ("visit", "symptoms"): lambda m: [Symptom.WELL],
    ("passage", "temperature"): lambda m: Decimal("36.4"),
    ("enterprise", "credit_code"): lambda m: credit_code(m.mark.region, m.mark.digit * 10_000 + m.n),
    ("followup", "observation"): lambda m: released_observation(m.mark, m.n if m.n <= BINNED else SEEN),
    ("followup", "day_no"): lambda m: 2 if m.n == FRESH else 1,
    ("contact", "known"): lambda m: m.mark.number(
        ledger_number("resident"), SEEN if EDITED <= m.n <= BINNED else EDITED
    ),
    ("paper", "observation"): lambda m: m.mark.number(ledger_number("observation"), m.n if m.n <= BINNED else SEEN),
    ("setting", "value"): lambda m: "14",
    ("setting", "valid_from"): lambda m: date(2020, 1, m.n),
    ("setting", "township"): lambda m: None,
    ("duty", "starts_at"): lambda m: moment(8, date(2020, 1, 1) + timedelta(days=m.n)),
    ("duty", "ends_at"): lambda m: moment(11, date(2020, 1, 1) + timedelta(days=m.n)),
    ("duty", "status"): lambda m: DutyStatus.ASKED,
    ("assignment", "signed_out_at"): lambda m: moment(11),
    ("supply", "asked_on"): lambda m: date(2020, 1, 3),
    ("supply", "delivered_on"): lambda m: date(2020, 1, 5),
    ("dailyreport", "on"): lambda m: TODAY - timedelta(days=m.n),
    ("dailyreport", "status"): lambda m: ReportStatus.REPORTED,
}


# what no form takes, but a record cannot be without
RULED: dict[tuple[str, str], Callable[[Making], Any]] = {
    ("alert", "resident_id"): lambda m: m.mark.number(ledger_number("resident"), m.n),
    ("alert", "observation_id"): lambda m: m.mark.number(ledger_number("observation"), m.n),
    ("alert", "visit_id"): lambda m: m.mark.number(ledger_number("visit"), m.n),
    ("alert", "kind"): lambda m: AlertKind.FEVER,
    ("alert", "what"): lambda m: f"{m.mark.sign}alert{m.n}.what",
    ("alert", "raised_at"): lambda m: moment(9),
    ("handover", "resident_id"): lambda m: m.mark.number(ledger_number("resident"), m.n),
    ("handover", "name"): lambda m: f"{m.mark.sign}handover{m.n}.name",
    ("handover", "phone"): lambda m: f"{m.mark.phone}9999{m.serial:04d}",
    ("handover", "from_village_id"): lambda m: m.mark.number(0, 1),
    ("handover", "from_name"): lambda m: f"{m.mark.sign}village1.name",
    ("handover", "to_name"): lambda m: "郡village1.name",
    ("handover", "asked_by"): lambda m: f"{m.mark.sign}handover{m.n}.asked_by",
    ("handover", "asked_at"): lambda m: moment(9),
}


def released_observation(mark: Mark, n: int) -> int:
    """The number of the observation that the n-th resident of a village was released from."""
    return mark.number(ledger_number("observation"), n + 10)


def value_for(cls: type[Base], name: str, making: Making) -> Any:
    """A valid value of one typed attribute of the class (of a reference: a record's number)."""
    ledger = cls.__ledger__ or ""
    if (ledger, name) in EXCEPTIONS:
        return EXCEPTIONS[ledger, name](making)
    known = references(cls)
    if name in known:
        n = POINTED_AT.get((ledger, name), SEEN) if making.n > BINNED else making.n
        return making.mark.number(ledger_number(known[name][1].__ledger__), n)
    column = inspect(cls).column_attrs[name].columns[0]
    told, type_ = about(column), column.type
    text = f"{making.mark.sign}{ledger}{making.n}.{name}"
    if told.mask is Mask.IDENTITY:
        return identity_of(making)
    if told.mask is Mask.PHONE:
        return f"{making.mark.phone}{masked_place(cls, name):04d}{making.serial:04d}"
    if isinstance(type_, Chosen):
        default = column.default.arg if column.default is not None else None
        return type_.choices(default) if default is not None else next(iter(type_.choices))
    if isinstance(type_, ChosenMany):
        return [next(iter(type_.choices))]
    if isinstance(type_, Boolean):
        return True
    if isinstance(type_, Instant):
        return moment(8)
    if isinstance(type_, Date):
        return DAY
    if isinstance(type_, Tenths):
        return Decimal("12.5").quantize(Decimal(1).scaleb(-type_.places))
    if isinstance(type_, Integer):
        return 7
    if isinstance(type_, Code):
        return f"{making.mark.sign}{name}{making.n}".upper().replace("_", "")[: type_.length]
    if isinstance(type_, (Cleaned, Key)):
        assert len(text) <= type_.length, f"{text} is too long for {ledger}.{name}"
        return text
    raise TypeError(f"no value is known for {ledger}.{name}")


def masked_place(cls: type[Base], name: str) -> int:
    """Which of the columns of a class this is, so that two phones of a record differ."""
    return [a.key for a in inspect(cls).column_attrs].index(name)


def values_for(cls: type[Base], making: Making) -> dict[str, Any]:
    """A valid value for every typed attribute."""
    return {name: value_for(cls, name, making) for name in typed_names(cls)}


def ruled_values_for(cls: type[Base], making: Making) -> dict[str, Any]:
    """What rules, not people, give a record that nobody types."""
    return {name: value(making) for (ledger, name), value in RULED.items() if ledger == cls.__ledger__}


def ledger_number(ledger: str | None) -> int:
    """A ledger's position in the register."""
    from models.register import LEDGERS

    return [cls.__ledger__ for cls in LEDGERS].index(ledger)


def class_of(ledger: str) -> Any:
    """The class of a ledger."""
    from models.register import LEDGERS

    return next(cls for cls in LEDGERS if cls.__ledger__ == ledger)


def free_texts(cls: Any) -> dict[str, int]:
    """The typed columns of a class that take any text, and how long it may be; a setting's value has a form."""
    return {
        a.key: a.columns[0].type.length
        for a in inspect(cls).column_attrs
        if type(a.columns[0].type).__name__ in ("Line", "Prose")
        and not about(a.columns[0]).computed
        and (cls.__ledger__, a.key) != ("setting", "value")
    }


def typed(value: Any) -> str | list[str]:
    """A value as somebody types it into a form."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, datetime):
        return value.astimezone(clock.ZONE).strftime("%Y-%m-%dT%H:%M")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, list):
        return [str(v) for v in value]
    return str(value)


def stored(cls: type[Base], values: dict[str, Any]) -> dict[str, Any]:
    """Values by column attribute, as a constructor takes them."""
    known = references(cls)
    return {known[name][0] if name in known else name: value for name, value in values.items()}


def choice_names(cls: type[Base]) -> Iterator[str]:
    """The columns of a class that hold one of a closed list."""
    for attribute in inspect(cls).column_attrs:
        if isinstance(attribute.columns[0].type, Chosen):
            yield attribute.key
