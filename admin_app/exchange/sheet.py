"""What a sheet that people hand on is: title, unit, day, headings, lines, totals, signatures, footnotes. Plain values.

Two writers draw it: xlsx.py as a workbook, printed.py as pages of A4. Neither knows what the sheet is about.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

_WORD = re.compile("[!-~]+")


@dataclass(frozen=True)
class Across:
    """Words that stand in the place of all the cells that are left of a line, because there is nothing to count."""

    text: str


Value = str | int | Decimal | date | datetime | None
"""A cell. Instants are naive, as the clock on the wall showed them."""
Line = tuple[Value | Across, ...]
"""A value for every column, or fewer and an ``Across`` at the end."""


class Kind(StrEnum):
    """How the cells of a column are written."""

    TEXT = "text"
    CENTRED = "centred"  # short words: a sex, yes or no
    CODE = "code"  # digits that are no number: a phone, a credit code
    ORDER = "order"  # a number that nobody reckons with: the line's, the record's
    NUMBER = "number"
    TENTH = "tenth"
    MONEY = "money"
    DAY = "day"
    INSTANT = "instant"

    @property
    def counted(self) -> bool:
        """True for numbers, which stand on the right and can be added up."""
        return self in (Kind.NUMBER, Kind.TENTH, Kind.MONEY)


@dataclass(frozen=True)
class Column:
    """A column. ``width`` counts digits (a Chinese character is two); neighbours of one ``group`` share an upper
    heading; ``total`` adds the column up in the last line."""

    heading: str
    width: float
    kind: Kind = Kind.TEXT
    group: str = ""
    total: bool = False

    @property
    def digits(self) -> float:
        """The width, or what the longest word of the heading needs: Chinese breaks anywhere, other words don't."""
        return max(self.width, *(len(word) * 1.15 for word in _WORD.findall(self.heading)), 0)


@dataclass(frozen=True)
class Sheet:
    """One sheet. Its lines are read once, as they are written; a sheet of a million is never whole in memory."""

    tab: str
    title: str
    unit: str
    dated: str
    columns: tuple[Column, ...]
    lines: Iterable[Line]
    total: str = ""  # what the last line is called; "" for a sheet without totals
    signatures: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    links: dict[str, str] = field(default_factory=dict)  # what a cell of the second column says -> the tab it opens
    one_page: bool = False  # is printed on one page, however many lines it has

    @property
    def groups(self) -> list[tuple[str, int]]:
        """The upper headings with the number of columns each spans; empty if no column has one."""
        found: list[tuple[str, int]] = []
        for column in self.columns:
            if found and column.group and found[-1][0] == column.group:
                found[-1] = (column.group, found[-1][1] + 1)
            else:
                found.append((column.group, 1))
        return found if any(name for name, _ in found) else []


@dataclass(frozen=True)
class Book:
    """Several sheets in one file. ``created`` is what the file says of itself; no clock is asked."""

    title: str
    created: datetime
    sheets: Iterable[Sheet]


class Sums:
    """The totals of a sheet, added up while its lines go by; every total is the sum of the lines above it."""

    def __init__(self, columns: tuple[Column, ...]) -> None:
        self._columns = columns
        self._sums: list[int | Decimal] = [0] * len(columns)
        self.lines = 0

    def over(self, lines: Iterable[Line]) -> Iterator[Line]:
        """The same lines, counted and added up."""
        for line in lines:
            self.lines += 1
            for at, value in enumerate(line):
                if self._columns[at].total and isinstance(value, (int, Decimal)):
                    self._sums[at] += value
            yield line

    def line(self, name: str) -> tuple[Value, ...]:
        """The last line: what it is called, then the sums; blank where nothing is added up."""
        told: list[Value] = [
            total if column.total else None for column, total in zip(self._columns, self._sums, strict=True)
        ]
        at = next((i for i, column in enumerate(self._columns) if not column.total), 0)
        told[at] = name
        return tuple(told)
