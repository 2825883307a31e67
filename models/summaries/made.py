"""The answer to a question that somebody put together (models/made.py), from one statement over the session's records.

What nobody can read at a glance is refused: at most ``MOST_CELLS`` groups leave the database. Records are first counted
in the order of an index that holds everything asked for, where there is one, and put together into weeks, months and
townships afterwards: few groups are quickly put together, millions of records are not.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from functools import cached_property
from typing import Any, Final, NamedTuple, cast

from sqlalchemy import (
    Boolean,
    ColumnClause,
    ColumnElement,
    Date,
    Integer,
    Select,
    String,
    case,
    distinct,
    func,
    literal_column,
    select,
    type_coerce,
)
from sqlalchemy.sql import visitors

from models.base import Base
from models.place import Township, Village
from models.question import Group, How, Question, used_columns
from models.scope import Act, Scope
from models.session import Session
from models.summaries.crosstab import MOST_COLUMNS, MOST_ROWS, ONLY, Crosstab, Place, Tally, TooMany, arrange
from models.summing import Grouping, Sort, Step, born_by, groupings, person_of
from models.types import Chosen, Tenths

MOST_CELLS: Final = 20_000
_LABELS: Final = ("r", "c")
_NONE: Final = literal_column("0", Integer)
_SHANGHAI: Final = "+8 hours"  # for SQLite, which knows no zones; there has been no summer time since 1991


class Answer(NamedTuple):
    """A table, what the numbers of its places are called, and whether its hidden cells are any."""

    table: Crosstab
    names: dict[tuple[str, int], str]
    below: int


@dataclass(frozen=True)
class Asked:
    """A question with what it is about: the class, what makes rows and columns, and the conditions of its filters."""

    question: Question
    cls: Any
    today: date
    conditions: Sequence[ColumnElement[bool]] = ()

    def grouping(self, group: Group) -> Grouping:
        """What a side of the table is grouped by."""
        return groupings(self.cls)[group.name]

    @cached_property
    def sides(self) -> list[tuple[Grouping, Group]]:
        """The rows, and the columns if there are any."""
        groups = [group for group in (self.question.rows, self.question.columns) if group]
        return [(self.grouping(group), group) for group in groups]


def made(session: Session, asked: Asked, below: int = 0) -> Answer:
    """The answer for whoever the session is confined to; of fewer people than ``below`` no cell tells.

    The question has no problems (``models.made.problems_of``). Raises TooMany.
    """
    dialect = session.get_bind().dialect.name
    people = person_of(asked.cls) if below else None
    counted: dict[tuple[Place, Place], int] = {}
    if people is not None and people.key != "id":
        query = _counting_people(asked, people, dialect, session.scope)
        counted = {_places(asked, row): row.people for row in _rows(session, query)}
    tallies = {}
    for row in _rows(session, _counting(asked, dialect, session.scope)):
        places = _places(asked, row)
        heads = 0 if people is None else counted.get(places, 0) if people.key != "id" else int(row.n)
        tallies[places] = Tally(int(row.n), Decimal(str(row.total or 0)), int(row.measured), int(row.met or 0), heads)
    names = _names(session, asked, tallies)
    orders = [_Order(*side, names, most) for side, most in zip(asked.sides, (MOST_ROWS, MOST_COLUMNS), strict=False)]
    columns = orders[1] if len(orders) > 1 else _nothing
    return Answer(arrange(tallies, orders[0], columns, below, asked.question.measure.how), names, below)


# ---- the statement ----


def readable(scope: Scope, cls: type[Base], columns: frozenset[str]) -> ColumnElement[bool] | None:
    """The condition that leaves records of which these columns may be seen; None where the session's own suffices."""
    permits = scope.permits_for(cls.__ledger__, Act.READ)
    telling = tuple(permit for permit in permits if permit.sees is None or columns <= permit.sees)
    return None if scope.unconfined or len(telling) == len(permits) else Scope(scope.actor, telling).criterion(cls)


def _counting(asked: Asked, dialect: str, scope: Scope) -> Select[Any]:
    """Counts by row and column, in two steps where an index leads the first."""
    conditions = _conditions(asked, scope)
    index = _index(asked, conditions, scope.area(Act.READ, asked.question.ledger).everywhere)
    if index is None:
        return _grouped(asked, dialect, conditions, _measures(asked))
    raw = {name: getattr(asked.cls, name) for name in index}
    inner = select(*(column.label(f"x_{name}") for name, column in raw.items()), *_measures(asked))
    first: Any = inner.where(*conditions).group_by(*raw.values()).subquery()
    folded = [
        _folded(side, first.c[f"x_{side[0].column}"], dialect).label(name)
        for side, name in zip(asked.sides, _LABELS, strict=False)
    ]
    sums = [func.sum(first.c[name]).label(name) for name in ("n", "total", "measured", "met")]
    query: Select[Any] = select(*folded, *sums).select_from(first)
    return _joined(query, asked, first.c.get("x_village_id")).group_by(*(side.name for side in folded))


def _counting_people(asked: Asked, person: Any, dialect: str, scope: Scope) -> Select[Any]:
    """How many people the records of each cell are about."""
    return _grouped(asked, dialect, _conditions(asked, scope), [func.count(distinct(person)).label("people")])


def _grouped(asked: Asked, dialect: str, conditions: Sequence[ColumnElement[bool]], measures: list[Any]) -> Select[Any]:
    """In one step: every record looked at."""
    sides = [_exactly(asked, side, dialect).label(name) for side, name in zip(asked.sides, _LABELS, strict=False)]
    query: Select[Any] = select(*sides, *measures).select_from(asked.cls).where(*conditions)
    return _joined(query, asked, asked.cls.village_id).group_by(*(side.name for side in sides))


def _conditions(asked: Asked, scope: Scope) -> list[ColumnElement[bool]]:
    used = used_columns(asked.question) | _columns_in(asked.conditions)
    told = readable(scope, asked.cls, used)
    return [*asked.conditions, *([told] if told is not None else [])]


def _columns_in(conditions: Iterable[ColumnElement[bool]]) -> frozenset[str]:
    found = (part for one in conditions for part in visitors.iterate(one) if isinstance(part, ColumnClause))
    return frozenset(str(column.name) for column in found)


def _measures(asked: Asked) -> list[ColumnElement[Any]]:
    """How many; the sum of a number and how many have one; how many meet the condition of a share."""
    measure = asked.question.measure
    column = getattr(asked.cls, measure.name) if measure.name else None
    number = column if measure.how in (How.SUM, How.AVERAGE) else None
    met: ColumnElement[int] = _NONE
    if measure.how is How.SHARE and column is not None:
        met = func.sum(case((_meets(column, measure.code), 1), else_=0))
    return [
        func.count().label("n"),
        (_NONE if number is None else func.sum(number)).label("total"),
        (_NONE if number is None else func.count(number)).label("measured"),
        met.label("met"),
    ]


def _meets(column: Any, code: str) -> ColumnElement[bool]:
    return cast(ColumnElement[bool], column == code if isinstance(column.type, Chosen) else column.is_(code == "1"))


def _index(asked: Asked, conditions: Sequence[ColumnElement[bool]], everywhere: bool) -> list[str] | None:
    """The columns of the shortest index that holds everything asked for, up to the last of those; None if there is
    none, or if what is in between are too many things to group by. Some villages are found by an index they lead."""
    if any(grouping.sort not in (Sort.CHOICE, Sort.YES_NO, Sort.DAY, Sort.PLACE) for grouping, _ in asked.sides):
        return None
    used = used_columns(asked.question) | _columns_in(conditions)
    best: list[str] | None = None
    for index in asked.cls.__table__.indexes:
        names = [column.name for column in index.columns]
        if not used <= set(names) or (names[0] != "village_id" and not everywhere):
            continue
        names = names[: max(names.index(name) for name in used) + 1]
        types = [asked.cls.__table__.c[name].type for name in names if name != "village_id"]
        few = all(isinstance(type_, (Chosen, Boolean, Date)) for type_ in types)
        if few and (best is None or len(names) < len(best)):
            best = names
    return best


def _joined(query: Select[Any], asked: Asked, village_id: Any) -> Select[Any]:
    """With the villages, where townships are asked for."""
    if any(grouping.target is Township for grouping, _group in asked.sides):
        return query.outerjoin(Village, Village.id == village_id)
    return query


def _folded(side: tuple[Grouping, Group], column: Any, dialect: str) -> ColumnElement[Any]:
    """A column's value as the group it belongs to."""
    grouping, group = side
    if grouping.target is Township:
        return cast(ColumnElement[Any], Village.township_id)
    if grouping.sort is Sort.CHOICE:
        return type_coerce(column, String)
    return _step(column, group.step, dialect) if grouping.sort is Sort.DAY else column


def _exactly(asked: Asked, side: tuple[Grouping, Group], dialect: str) -> ColumnElement[Any]:
    """What a record's group is, whatever its column."""
    grouping, group = side
    column = getattr(asked.cls, grouping.column)
    if grouping.sort is Sort.INSTANT:
        there = (column, _SHANGHAI) if dialect == "sqlite" else (func.timezone("Asia/Shanghai", column),)
        return _step(func.date(*there), group.step, dialect)
    if grouping.sort is Sort.BAND:
        exact = Decimal if isinstance(column.type, Tenths) else int
        return _banded(column, [column >= exact(bound) for bound in grouping.bands])
    if grouping.sort is Sort.AGE:
        return _banded(column, [column <= born_by(int(age), asked.today) for age in grouping.bands])
    return _folded(side, column, dialect)


def _banded(column: Any, reached: list[ColumnElement[bool]]) -> ColumnElement[Any]:
    """The position of the last bound that is reached; None where there is no value."""
    bands = [(one, position) for position, one in reversed(list(enumerate(reached, 1)))]
    return type_coerce(case((column.is_(None), None), *bands, else_=0), Integer)


def _step(day: Any, step: Step | None, dialect: str) -> ColumnElement[Any]:
    """The first day of the week or month that a day is in."""
    if step is Step.DAY or step is None:
        return type_coerce(day, Date)
    if dialect == "sqlite":
        moves = ("-6 days", "weekday 1") if step is Step.WEEK else ("start of month",)
        return type_coerce(func.date(day, *moves), Date)
    return type_coerce(func.date(func.date_trunc(step.value, day)), Date)


def _rows(session: Session, query: Select[Any]) -> Sequence[Any]:
    found = session.execute(query.limit(MOST_CELLS + 1)).all()
    if len(found) > MOST_CELLS:
        raise TooMany("cells")
    return found


def _places(asked: Asked, row: Any) -> tuple[Place, Place]:
    return row.r, row.c if len(asked.sides) > 1 else ONLY


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
