"""The answer to a question that somebody put together (models/made.py): tallies, arranged as a table to be read."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, NamedTuple, cast

from sqlalchemy import select

from models.question import Group
from models.session import Session
from models.summaries.crosstab import MOST_COLUMNS, MOST_ROWS, ONLY, Crosstab, Place, Tally, arrange
from models.summaries.tallying import Asked, readable, tallied
from models.summing import Grouping, Sort, Step


class Answer(NamedTuple):
    """A table, what the numbers of its places are called, and whether its hidden cells are any."""

    table: Crosstab
    names: dict[tuple[str, int], str]
    below: int


def made(session: Session, asked: Asked, below: int = 0) -> Answer:
    """The answer for whoever the session is confined to; of fewer people than ``below`` no cell tells.

    The question has no problems (``models.made.problems_of``). Raises TooMany.
    """
    tallies = tallied(session, asked, people=below > 0)
    names = _names(session, asked, tallies)
    orders = [_Order(*side, names, most) for side, most in zip(asked.sides, (MOST_ROWS, MOST_COLUMNS), strict=False)]
    columns = orders[1] if len(orders) > 1 else _nothing
    return Answer(arrange(tallies, orders[0], columns, below, asked.question.measure.how), names, below)


# ---- names and order ----


def _names(session: Session, asked: Asked, tallies: Mapping[tuple[Place, Place], Tally]) -> dict[tuple[str, int], str]:
    """What places are called, by the grouping's name and their number, in the order in which they stand."""
    names: dict[tuple[str, int], str] = {}
    for position, (grouping, _group) in enumerate(asked.sides):
        target: Any = grouping.target
        if target is None:
            continue
        wanted = {places[position] for places in tallies} - {None}
        order = target.code if hasattr(target, "code") else target.name
        found = session.execute(select(target.id, target.name).where(target.id.in_(wanted)).order_by(order, target.id))
        names |= {(grouping.name, number): name for number, name in found}
    return names


def _nothing(places: Iterable[Place]) -> list[Place]:
    """The one column of a table without columns."""
    return [ONLY]


@dataclass(frozen=True)
class _Order:
    """Puts the groups of a side in the order that people expect: as listed, as named, as days follow one another."""

    grouping: Grouping
    group: Group
    names: dict[tuple[str, int], str]
    most: int

    @property
    def unbroken(self) -> bool:
        """True for days: the rest of a time is no time."""
        return self.grouping.sort in (Sort.DAY, Sort.INSTANT)

    def __call__(self, places: Iterable[Place]) -> list[Place]:
        found = set(places)
        blank: list[Place] = [None] if None in found else []
        given = found - {None}
        if self.unbroken:
            room = self.most - len(blank)
            return [*_days(cast(set[date], given), self.group.step, room), *blank]
        return [*sorted(given, key=self._key()), *blank]

    def _key(self) -> Callable[[Any], Any]:
        if self.grouping.choices is not None:
            ranks = {code.value: rank for rank, code in enumerate(self.grouping.choices)}
            return lambda code: ranks.get(code, len(ranks))
        if self.grouping.sort is Sort.YES_NO:
            return lambda value: not value
        if self.grouping.target is not None:
            named = [number for name, number in self.names if name == self.grouping.name]
            ranks_of = {number: rank for rank, number in enumerate(named)}
            return lambda number: (ranks_of.get(number, len(ranks_of)), number)
        return lambda value: value


def _days(days: set[date], step: Step | None, room: int) -> list[date]:
    """Days in order, and those between them on which nothing was, as long as there is room for all."""
    filled, last = [min(days)] if days else [], max(days, default=None)
    while last is not None and filled[-1] < last and len(filled) <= room:
        filled.append(following(filled[-1], step))
    return filled if len(filled) <= room else sorted(days)


def following(day: date, step: Step | None) -> date:
    """The first day of the next day, week or month."""
    if step is Step.MONTH:
        return (day + timedelta(days=32)).replace(day=1)
    return day + timedelta(days=7 if step is Step.WEEK else 1)


__all__ = ["Answer", "Asked", "following", "made", "readable"]
