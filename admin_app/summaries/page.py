"""What a summary declares, and what its template is given: finished values, as in ledgers/page.py."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any

from admin_app.ledgers.page import Cell, Chip, FilterField
from admin_app.summaries import charts
from admin_app.summaries.asked import Asked, By
from admin_app.workbench.screen import Addresses, Sheet
from models.session import Session
from models.summaries.span import Counts, Span, together
from models.words import Tone

Number = int | float | Decimal | None


# ---- what is declared ----


@dataclass(frozen=True)
class Line:
    """One row: what it is called, its counts, and what narrows a list to the records behind it.

    ``counts`` is a NamedTuple of models/summaries; ``code`` is what the row is the row of, besides a day or villages.
    """

    name: str
    counts: Any
    tick: str = ""
    on: date | None = None
    villages: tuple[int, ...] = ()
    code: object = None
    url: str = ""


class Form(StrEnum):
    """How a number is written."""

    COUNT = "count"
    SHARE = "share"
    TENTHS = "tenths"


Opens = Callable[[Addresses, Asked, Line], str]


@dataclass(frozen=True)
class Measure:
    """One column: the field (or property) of the counts, its heading, and what its numbers open.

    ``summed`` is False where a sum over the rows means nothing; a number other than zero gets the ``tone``.
    """

    name: str
    label: str
    opens: Opens | None = None
    form: Form = Form.COUNT
    summed: bool = True
    tone: Tone | None = None


@dataclass(frozen=True)
class Picture:
    """A chart of some of the columns: parts upon one another, or, as ``pairs``, beside one another."""

    title: str
    series: tuple[tuple[str, charts.Ink], ...]
    pairs: bool = False


@dataclass(frozen=True)
class Section:
    """A table with its charts. ``lines`` answers with the rows; days come in order, and are shown the latest first.
    ``key`` is the heading of the rows' names, "" where the reader chooses what the rows are."""

    title: str
    lines: Callable[[Session, Asked], list[Line]]
    measures: tuple[Measure, ...]
    pictures: tuple[Picture, ...] = ()
    key: str = ""
    note: str = ""


Row = list[Cell | int | Decimal]
"""The cells of a row of names; a number is written as one."""


@dataclass(frozen=True)
class Behind:
    """The rows behind a number that no ledger lists, of the span that is asked (of a row of days: of that day), and
    ``of`` what the row is the row of, which it reads from the address. ``daily``: there is a day, always. ``adds_up``:
    the last column says how much each row adds to the number, otherwise there are as many rows as it says."""

    title: str
    columns: tuple[str, ...]
    rows: Callable[[Session, Asked, Addresses, int], list[Row]]
    daily: bool = False
    of: Callable[[str], object] | None = None
    adds_up: bool = False


def rows(ledger: str, *fixed: tuple[str, object], days: str = "", by: str = "", picks: tuple[str, ...] = ()) -> Opens:
    """What opens a ledger's list: under fixed conditions, with the row's days in the column ``days``, its code in the
    column ``by``, and whatever was picked in ``picks``."""

    def opens(to: Addresses, asked: Asked, line: Line) -> str:
        span = Span(line.on, line.on) if line.on is not None else asked.span
        pairs: list[tuple[str, object]] = list(fixed)
        if days:
            pairs += [(f"{days}.from", span.first), (f"{days}.to", span.last)]
        if by and line.code is not None:
            pairs.append((by, line.code))
        narrowed = [name for name in picks if name != by or line.code is None]
        pairs += [(name, choice.value) for name in narrowed for choice in asked.picked.get(name, ())]
        return to.rows(ledger, *pairs, *of_villages(asked, line))

    return opens


def of_villages(asked: Asked, line: Line) -> list[tuple[str, object]]:
    """The villages that a row is about, as conditions of a list; none where that is everything within reach."""
    numbers = line.villages or (tuple(asked.villages) if asked.narrowed else ())
    return [("village", number) for number in numbers]


def added(found: dict[tuple[int, Any], Counts], by: int, nothing: Counts) -> dict[Any, Counts]:
    """The same counts by one part of their keys only."""
    parts: defaultdict[Any, list[Counts]] = defaultdict(list)
    for key, counts in found.items():
        parts[key[by]].append(counts)
    return {key: together(several, nothing) for key, several in parts.items()}


def by_place(asked: Asked, found: Mapping[int, Counts], nothing: Counts) -> list[Line]:
    """The rows of villages, or of townships if these were asked for, in the order of their codes."""
    if asked.picked["by"] != (By.TOWNSHIP,):
        return [
            Line(
                place.name,
                found.get(place.id, nothing),
                villages=(place.id,),
                url=f"/admin/village/details/?id={place.id}",
            )
            for place in asked.places
        ]
    lines = []
    for number, name in asked.townships.items():
        inside = [place.id for place in asked.places if place.township_id == number]
        if inside:
            counts = together((found.get(village, nothing) for village in inside), nothing)
            lines.append(Line(name, counts, villages=tuple(inside)))
    return lines


# ---- what is drawn ----


@dataclass(frozen=True)
class Drawn:
    """A section as it is shown, and its numbers as a file keeps them: headings, rows, and which columns are shares."""

    sheet: Sheet
    charts: list[charts.Chart]
    headings: list[str]
    values: list[list[str | Number]]
    forms: list[Form]


@dataclass(frozen=True)
class SummaryPage:
    """A summary."""

    title: str
    subtitle: str
    url: str
    fields: list[FilterField]
    chips: list[list[Chip]]
    clear_url: str
    kept: list[tuple[str, str]]
    exports: list[tuple[str, str]]
    sections: list[Drawn]
    notices: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class NamesPage:
    """The names behind one number."""

    title: str
    subtitle: str
    back_url: str
    sheet: Sheet
    notices: Sequence[str] = ()
