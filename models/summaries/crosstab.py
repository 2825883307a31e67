"""A table of groups by groups: in order, of a size that can be read, and with small numbers of people left out.

Pure: tallies go in, a table comes out. What is left out cannot be found again by subtraction, because every total is
the sum of what is shown; where a line lacks something, its total says so.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from enum import Enum
from functools import cached_property
from typing import Final, NamedTuple

from models.question import How

MOST_ROWS: Final = 250
MOST_COLUMNS: Final = 50

Place = Hashable
"""What a group is known by: a code, a truth, a number, a day; None where nothing is given."""


class Rest(Enum):
    """All the groups together for which there was no room."""

    REST = "rest"


REST: Final = Rest.REST
ONLY: Final = ""
"""The one column of a table without columns."""


class Tally(NamedTuple):
    """What was counted in one cell. ``total`` and ``measured``: the sum of a number, and how many had one; ``met``: how
    many meet the condition of a share; ``people``: how many people these are, where they are anybody's."""

    n: int = 0
    total: Decimal = Decimal(0)
    measured: int = 0
    met: int = 0
    people: int = 0

    def plus(self, other: Tally) -> Tally:
        """Both together. People may be in both, so that only the larger number is sure."""
        return Tally(
            self.n + other.n,
            self.total + other.total,
            self.measured + other.measured,
            self.met + other.met,
            max(self.people, other.people),
        )


@dataclass(frozen=True)
class Crosstab:
    """The table. A cell that is not there counted nothing; one that is ``hidden`` is not told, nor in any total, and
    ``partial`` are the rows and columns whose totals lack such a cell."""

    rows: list[Place]
    columns: list[Place]
    cells: dict[tuple[Place, Place], Tally]
    hidden: frozenset[tuple[Place, Place]]

    def row(self, row: Place) -> Tally:
        """The total of a row."""
        return self._totals[0].get(row, Tally())

    def column(self, column: Place) -> Tally:
        """The total of a column."""
        return self._totals[1].get(column, Tally())

    @cached_property
    def whole(self) -> Tally:
        """The total of everything that is shown."""
        return together(self.cells.values())

    @cached_property
    def partial(self) -> tuple[frozenset[Place], frozenset[Place]]:
        """The rows and the columns that lack a hidden cell."""
        return frozenset(row for row, _ in self.hidden), frozenset(column for _, column in self.hidden)

    @cached_property
    def _totals(self) -> tuple[dict[Place, Tally], dict[Place, Tally]]:
        rows: dict[Place, Tally] = {}
        columns: dict[Place, Tally] = {}
        for (row, column), tally in self.cells.items():
            rows[row] = rows.get(row, Tally()).plus(tally)
            columns[column] = columns.get(column, Tally()).plus(tally)
        return rows, columns


class TooMany(Exception):
    """The table would be larger than anybody can read: of its ``rows`` or its ``columns``."""

    def __init__(self, part: str):
        super().__init__(part)
        self.part = part


Order = Callable[[Iterable[Place]], list[Place]]
"""Puts the groups of one side in order, those that are there and those that belong between them."""


def arrange(
    tallies: Mapping[tuple[Place, Place], Tally], rows: Order, columns: Order, below: int = 0, how: How = How.COUNT
) -> Crosstab:
    """The table of some tallies. With ``below``, cells of fewer people are hidden.

    A side with more groups than there is room for keeps the largest, the others go together. Raises TooMany where the
    groups of a side have an order that this would tear (days).
    """
    sides = []
    found = dict(tallies)
    for position, (part, order, most) in enumerate((("rows", rows, MOST_ROWS), ("columns", columns, MOST_COLUMNS))):
        known = order({places[position] for places in tallies})
        if len(known) > most:
            if getattr(order, "unbroken", False):
                raise TooMany(part)
            kept = _largest(tallies, position, most - 1, below, how)
            found = _without(found, position, kept)
            known = [*(place for place in known if place in kept), REST]
        sides.append(known)
    hidden = frozenset(places for places, tally in found.items() if small(tally, below, how))
    shown = {places: tally for places, tally in found.items() if places not in hidden}
    return Crosstab(sides[0], sides[1], shown, hidden)


def small(tally: Tally, below: int, how: How) -> bool:
    """Whether a cell tells of fewer people than may be told of: those counted, measured, or meeting a condition. A
    share tells of those, too, who do not meet it."""
    bases = {
        How.SUM: (tally.measured,),
        How.AVERAGE: (tally.measured,),
        How.SHARE: (tally.met, tally.n - tally.met),
    }.get(how, ())
    return tally.people > 0 and any(0 < basis < below for basis in (tally.people, *bases))


def together(tallies: Iterable[Tally]) -> Tally:
    """The sum of some tallies."""
    total = Tally()
    for tally in tallies:
        total = total.plus(tally)
    return total


def value_of(tally: Tally, how: How, whole: Tally, places: int = 0) -> Decimal | None:
    """The number that stands for a tally; None where there is none (an average of nothing). Shares are per cent."""
    if how is How.COUNT:
        return Decimal(tally.n)
    if how is How.SUM:
        return rounded(tally.total, places)
    if how is How.AVERAGE:
        return rounded(tally.total / tally.measured, places + 1) if tally.measured else None
    part, of = (tally.met, tally.n) if how is How.SHARE else (tally.n, whole.n)
    return rounded(Decimal(part) * 100 / of, 1) if of else None


def rounded(value: Decimal, places: int) -> Decimal:
    """As people round: half up."""
    return value.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)


def _largest(
    tallies: Mapping[tuple[Place, Place], Tally], position: int, most: int, below: int, how: How
) -> frozenset[Place]:
    """The groups of a side with the most records; what will be hidden has no say in it."""
    sizes: Counter[Place] = Counter()
    for places, tally in tallies.items():
        sizes[places[position]] += 0 if small(tally, below, how) else tally.n
    return frozenset(place for place, _size in sorted(sizes.items(), key=lambda p: (-p[1], str(p[0])))[:most])


def _without(
    tallies: Mapping[tuple[Place, Place], Tally], position: int, kept: frozenset[Place]
) -> dict[tuple[Place, Place], Tally]:
    """The same with all groups of a side but the kept ones put together."""
    folded: dict[tuple[Place, Place], Tally] = {}
    for places, tally in tallies.items():
        row, column = places
        if places[position] not in kept:
            row, column = (REST, column) if position == 0 else (row, REST)
        folded[row, column] = folded.get((row, column), Tally()).plus(tally)
    return folded
