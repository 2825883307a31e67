"""Columns declared by the attribute they show: ``col("resident.name", 10)``. Heading, mask and number format follow.

Lines are read some at a time: first which records they are, then their columns, so that no list is whole in memory.
What the reader may not see is no column of the sheet.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from operator import itemgetter
from typing import Any, Final

from sqlalchemy import Boolean, Date, Integer, inspect, select
from sqlalchemy.orm import aliased

from admin_app.exchange.sheet import Column, Kind, Line, Value
from admin_app.i18n import say
from admin_app.ledgers.fields import references
from admin_app.ledgers.show import decoded, words_of
from models import clock, masks
from models.base import Base, Record, about
from models.scope import Act, Scope
from models.session import Session
from models.types import Chosen, Code, Instant, Tenths

BATCH: Final = 1_000
Make = Callable[..., Value]
"""Computes a cell: given the last day of the sheet, and the values of the column's paths."""


@dataclass(frozen=True)
class Col:
    """A column of a sheet, declared. ``paths`` are attributes of the record or of what it points at.

    ``heading`` is what the sheet calls it where that is not the attribute's own label; ``make`` computes the cell of
    the paths' values where it is not simply the one value, and then ``kind`` says how it is written.
    """

    paths: tuple[str, ...]
    width: float
    heading: str = ""
    group: str = ""
    total: bool = False
    kind: Kind | None = None
    make: Make | None = None


def col(path: str, width: float, heading: str = "", *, group: str = "", total: bool = False) -> Col:
    """One attribute, as it is."""
    return Col((path,), width, heading, group, total)


def made(heading: str, width: float, kind: Kind, make: Make, *paths: str) -> Col:
    """A cell computed of some attributes."""
    return Col(paths, width, heading, kind=kind, make=make)


NUMBER: Final = Col(("id",), 8, kind=Kind.ORDER)
"""The record's number, with which every line of a village's ledger begins."""


class Reader:
    """The columns of a class that a scope may see, and the lines they come to."""

    def __init__(self, scope: Scope, cls: type[Record], columns: Sequence[Col], on: date, full: bool) -> None:
        self.cls, self._on, self._full = cls, on, full
        self._joins: dict[str, Any] = {}
        self._targets: list[tuple[Any, Any]] = []
        shown = [one for one in columns if all(_seen(scope, cls, path) for path in one.paths)]
        self._selected: list[Any] = []
        self._writers: list[Callable[[Sequence[Any]], Value]] = [self._writer(one) for one in shown]
        self.columns = tuple(self._column(one) for one in shown)

    def lines(self, session: Session, numbers: array[int]) -> Iterator[Line]:
        """The lines of some records, in the order of their numbers."""
        number: Any = self.cls.id
        statement = select(number, *self._selected).select_from(self.cls)
        for target, on in self._targets:
            statement = statement.outerjoin(target, on)
        for start in range(0, len(numbers), BATCH):
            batch = numbers[start : start + BATCH].tolist()
            found = {row[0]: row[1:] for row in session.execute(statement.where(number.in_(batch)))}
            for one in batch:
                if one in found:
                    yield tuple(write(found[one]) for write in self._writers)

    def _column(self, one: Col) -> Column:
        attribute = _attribute(self.cls, one.paths[0])
        heading = say(one.heading or about(attribute).label)
        kind = one.kind or _kind(attribute)
        return Column(heading, one.width, kind, say(one.group), one.total)

    def _writer(self, one: Col) -> Callable[[Sequence[Any]], Value]:
        """What makes a cell of the values that were read of a record."""
        read = [self._reader(path) for path in one.paths]
        if one.make is not None:
            make, on = one.make, self._on
            return lambda values: make(on, *(value(values) for value in read))
        only = read[0]
        return lambda values: plain(only(values))

    def _reader(self, path: str) -> Callable[[Sequence[Any]], Any]:
        """What takes one attribute out of the values that were read, masked unless it is wanted in full."""
        at = self._place(path)
        told = about(_attribute(self.cls, path))
        if told.mask is not None and not self._full:
            mask = told.mask
            return lambda values: masks.masked(values[at], mask)
        if told.coded is not None:
            coded = told.coded
            return lambda values: values[at] and decoded(values[at], coded)
        return itemgetter(at)

    def _place(self, path: str) -> int:
        """Where among the selected columns a path is read."""
        *names, name = path.split(".")
        entity: Any = self.cls
        for depth, step in enumerate(names, 1):
            entity = self._joined(".".join(names[:depth]), entity, step)
        self._selected.append(getattr(entity, name))
        return len(self._selected) - 1

    def _joined(self, path: str, entity: Any, step: str) -> Any:
        if path not in self._joins:
            self._joins[path] = aliased(references(inspect(entity).mapper.class_)[step][1])
            self._targets.append((self._joins[path], getattr(entity, step).of_type(self._joins[path])))
        return self._joins[path]


def _seen(scope: Scope, cls: type[Base], path: str) -> bool:
    """Whether every step of a path is open to the reader."""
    *names, name = path.split(".")
    for step in names:
        key, target = references(cls)[step]
        if not _open(scope, cls, key):
            return False
        cls = target
    return _open(scope, cls, name)


def _open(scope: Scope, cls: type[Base], name: str) -> bool:
    allowed = scope.sees(cls)
    return scope.may(Act.READ, cls.__ledger__) and (allowed is None or name in allowed)


def _attribute(cls: type[Base], path: str) -> Any:
    """The mapped column at the end of a path."""
    *names, name = path.split(".")
    for step in names:
        cls = references(cls)[step][1]
    return inspect(cls).column_attrs[name].columns[0]


def _kind(column: Any) -> Kind:
    type_ = column.type
    if isinstance(type_, Tenths):
        return Kind.TENTH if type_.places == 1 else Kind.MONEY
    if isinstance(type_, (Boolean, Chosen)):
        return Kind.CENTRED
    if isinstance(type_, Integer):
        return Kind.NUMBER
    if isinstance(type_, Instant):
        return Kind.INSTANT
    if isinstance(type_, Date):
        return Kind.DAY
    return Kind.CODE if isinstance(type_, Code) else Kind.TEXT


def plain(value: Any) -> Value:
    """A stored value as a cell: numbers and days as they are, instants as the clock on the wall, the rest in words."""
    if value is None or value == "":
        return None
    if isinstance(value, datetime):
        return wall(value)
    if isinstance(value, (date, Decimal)) or (isinstance(value, int) and not isinstance(value, bool)):
        return value
    return words_of(value) or None


def wall(instant: datetime) -> datetime:
    """An instant as the clock on the wall showed it, to the minute."""
    return instant.astimezone(clock.ZONE).replace(tzinfo=None, second=0, microsecond=0)
