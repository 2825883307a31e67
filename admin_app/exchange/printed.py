"""Sheets as pages of A4 landscape: finished texts for the template, which only sets them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Final

from admin_app.exchange.parts import TooLong
from admin_app.exchange.sheet import Across, Column, Kind, Line, Sheet, Sums, Value

MOST_LINES: Final = 20_000  # of all sheets together; nobody prints more, and no browser lays it out
_WIDE, _VERY_WIDE = 130, 165


@dataclass(frozen=True)
class Head:
    """A column's heading; ``percent`` is its share of the width."""

    label: str
    kind: Kind
    percent: float
    grouped: bool


@dataclass(frozen=True)
class Printed:
    """One sheet, every cell a text; after the cells of a line the words that stand for the rest of it, or "".

    ``size`` says how small its letters must be to fit the page.
    """

    title: str
    unit: str
    dated: str
    groups: list[tuple[str, int]]
    heads: list[Head]
    lines: list[tuple[list[str], str]]
    total: list[str]
    signatures: tuple[str, ...]
    notes: tuple[str, ...]
    size: str


def pages(sheets: Iterable[Sheet]) -> list[Printed]:
    """The sheets as they are printed. Raises TooLong when they have more lines than anybody prints."""
    found, left = [], MOST_LINES
    for sheet in sheets:
        printed = _printed(sheet, left)
        left -= len(printed.lines)
        found.append(printed)
    return found


def _printed(sheet: Sheet, left: int) -> Printed:
    sums = Sums(sheet.columns)
    lines = []
    for line in sums.over(sheet.lines):
        if sums.lines > left:
            raise TooLong(sheet.title)
        lines.append(_texts(sheet.columns, line))
    width = sum(column.digits for column in sheet.columns)
    return Printed(
        title=sheet.title,
        unit=sheet.unit,
        dated=sheet.dated,
        groups=sheet.groups,
        heads=[
            Head(column.heading, column.kind, round(100 * column.digits / width, 2), bool(column.group))
            for column in sheet.columns
        ],
        lines=lines,
        total=_texts(sheet.columns, sums.line(sheet.total))[0] if sheet.total else [],
        signatures=sheet.signatures,
        notes=sheet.notes,
        size="very-wide" if width > _VERY_WIDE else "wide" if width > _WIDE else "",
    )


def _texts(columns: tuple[Column, ...], line: Line) -> tuple[list[str], str]:
    cells = [
        text(value, column.kind) for value, column in zip(line, columns, strict=False) if not isinstance(value, Across)
    ]
    last = line[-1]
    return cells, last.text if isinstance(last, Across) else ""


def text(value: Value, kind: Kind) -> str:
    """A cell as it is printed, as the workbook's number formats show it."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%d %H:%M")
    if isinstance(value, (int, Decimal)) and kind is not Kind.ORDER:
        places = {Kind.TENTH: 1, Kind.MONEY: 2}.get(kind, 0)
        return f"{value:,.{places}f}"
    return str(value)
