"""What a ledger may be summed up by: which columns make rows and columns of a table, which numbers can be added.

An allow-list, made from the columns: closed lists, yes/no, days, places, numbers in bands. A name, a number of
somebody's, an address and free text are never among them, so that a summary tells of nobody. A new ledger that lies
in villages needs no line here.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from enum import StrEnum
from functools import lru_cache
from typing import Any, Final, NamedTuple, cast

from sqlalchemy import Boolean, Date, Integer, inspect

from models.base import Base, InVillage, about
from models.person import Person
from models.place import Township, Village
from models.types import Chosen, Instant, Tenths
from models.words import N_, Choice


class Step(Choice):
    """How days are put together."""

    DAY = "day", N_("by day")
    WEEK = "week", N_("by week")
    MONTH = "month", N_("by month")


class Sort(StrEnum):
    """What the groups of a column are."""

    CHOICE = "choice"  # the codes of its list
    YES_NO = "yes_no"
    DAY = "day"  # days, or the first days of weeks and months
    INSTANT = "instant"  # the same, of the Shanghai day that an instant falls on
    PLACE = "place"  # numbers of villages, townships, or of a declared few other records
    BAND = "band"  # positions in ``bands``
    AGE = "age"  # the same, of full years


class Grouping(NamedTuple):
    """One thing that a ledger can be grouped by. ``column`` is the attribute it is read from, ``target`` the class that
    a place's numbers belong to, ``bands`` the lower ends of bands of numbers, the first open below."""

    name: str
    label: str
    sort: Sort
    column: str
    choices: type[Choice] | None = None
    target: type[Base] | None = None
    bands: tuple[Decimal, ...] = ()

    @property
    def steps(self) -> tuple[Step, ...]:
        """The steps it can be taken in; none for what is no day."""
        return tuple(Step) if self.sort in (Sort.DAY, Sort.INSTANT) else ()


class Number(NamedTuple):
    """A column whose values can be averaged and, where a sum means something, added. ``places`` after the point."""

    name: str
    label: str
    unit: str
    places: int
    adds_up: bool


# What the type of a column cannot tell.
_SIGNED: Final = frozenset({"id", "version", "created_at", "updated_at", "updated_by", "deleted_at", "deleted_by"})
_UNGROUPED: Final = frozenset({"birth_date"})  # nearly a name; there are ages instead
_NOT_ADDED: Final = frozenset({"temperature", "days", "day_no", "revision"})
_NO_NUMBER: Final = frozenset({"file_size"})
_PLACES: Final = {("volunteer", "organisation"), ("passage", "checkpoint"), ("duty", "checkpoint")}
_FEVER: Final = ("36", "37.3", "38")
_BANDS: Final = {
    ("visit", "temperature"): _FEVER,
    ("passage", "temperature"): _FEVER,
    ("enterprise", "workers"): ("10", "50", "200", "1000"),
    ("resumption", "returned"): ("1", "10", "50", "200"),
    ("banquet", "guests"): ("10", "20", "50"),
}
_AGES: Final = ("7", "18", "45", "60", "80")
# Rows of these are about people, although they point at nobody's file.
_ABOUT_PEOPLE: Final = frozenset({"passage", "supply"})


@lru_cache(maxsize=1)
def ledgers() -> dict[str, type[Any]]:
    """The ledgers that can be summed up, by name: those whose records lie in villages."""
    from models.register import LEDGERS  # late, because the register knows of kept summaries

    return {str(cls.__ledger__): cls for cls in LEDGERS if issubclass(cls, InVillage)}


def groupings(cls: Any) -> dict[str, Grouping]:
    """What a class can be grouped by, by name, in the order of its columns; where it lies comes first."""
    return _groupings(cls)


def numbers(cls: Any) -> dict[str, Number]:
    """The columns of a class that can be added or averaged, by name."""
    return _numbers(cls)


@lru_cache(maxsize=128)
def _groupings(cls: Any) -> dict[str, Grouping]:
    found = [
        Grouping("village", _label(cls, "village_id"), Sort.PLACE, "village_id", target=Village),
        Grouping("township", N_("Township"), Sort.PLACE, "village_id", target=Township),
        *_references(cls),
        *(one for column in inspect(cls).column_attrs for one in _of_column(cls, column.key, column.columns[0])),
    ]
    if issubclass(cls, Person):
        found.append(Grouping("age", N_("Age group"), Sort.AGE, "birth_date", bands=_bounds(_AGES)))
    return {one.name: one for one in found}


@lru_cache(maxsize=128)
def _numbers(cls: Any) -> dict[str, Number]:
    found = {}
    for attribute in inspect(cls).column_attrs:
        column, name = attribute.columns[0], attribute.key
        told = about(column)
        if not isinstance(column.type, (Integer, Tenths)) or not _plain(name, column) or name in _NO_NUMBER:
            continue
        places = column.type.places if isinstance(column.type, Tenths) else 0
        found[name] = Number(name, told.label, told.unit, places, name not in _NOT_ADDED)
    return found


def person_of(cls: Any) -> Any:
    """The column that says which person a row is about, so that people can be counted; None if it is about nobody."""
    if issubclass(cls, Person) or cls.__tablename__ in _ABOUT_PEOPLE:
        return cls.id
    for relation in inspect(cls).relationships:
        if issubclass(relation.mapper.class_, Person) and relation.direction.name == "MANYTOONE":
            return getattr(cls, inspect(cls).get_property_by_column(next(iter(relation.local_columns))).key)
    return None


def band_of(bands: tuple[Decimal, ...], value: Decimal | int) -> int:
    """Which band a number is in: 0 is below the first bound."""
    return sum(1 for bound in bands if value >= bound)


def born_by(age: int, today: date) -> date:
    """The last day on which somebody was born who is that old today."""
    year = today.year - age
    if (today.month, today.day) == (2, 29) and not (year % 4 == 0 and (year % 100 or year % 400 == 0)):
        return date(year, 2, 28)
    return date(year, today.month, today.day)


def _of_column(cls: type[Base], name: str, column: Any) -> Iterator[Grouping]:
    if not _plain(name, column) or name in _UNGROUPED:
        return
    label, type_ = about(column).label, column.type
    if isinstance(type_, Chosen):
        yield Grouping(name, label, Sort.CHOICE, name, choices=cast(type[Choice], type_.choices))
    elif isinstance(type_, Boolean):
        yield Grouping(name, label, Sort.YES_NO, name)
    elif isinstance(type_, Instant):
        yield Grouping(name, label, Sort.INSTANT, name)
    elif isinstance(type_, Date):
        yield Grouping(name, label, Sort.DAY, name)
    elif (cls.__tablename__, name) in _BANDS:
        yield Grouping(name, label, Sort.BAND, name, bands=_bounds(_BANDS[cls.__tablename__, name]))


def _plain(name: str, column: Any) -> bool:
    """Whether a column may be told of at all: no signature, no key, nothing that is masked or secret."""
    told = about(column)
    return name not in _SIGNED and not column.foreign_keys and told.mask is None and not told.secret


def _references(cls: type[Base]) -> Iterator[Grouping]:
    for relation in inspect(cls).relationships:
        if (cls.__tablename__, relation.key) in _PLACES:
            key = inspect(cls).get_property_by_column(next(iter(relation.local_columns))).key
            yield Grouping(relation.key, _label(cls, key), Sort.PLACE, key, target=relation.mapper.class_)


def _label(cls: type[Base], name: str) -> str:
    return about(inspect(cls).column_attrs[name].columns[0]).label


def _bounds(texts: tuple[str, ...]) -> tuple[Decimal, ...]:
    return tuple(map(Decimal, texts))
