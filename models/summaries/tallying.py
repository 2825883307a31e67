"""What a question comes to (models/made.py): how many records, which sums, in which cell; from the session's records.

What nobody can read at a glance is refused: at most ``MOST_CELLS`` groups leave the database. Records are first counted
in the order of an index that holds everything asked for, where there is one, and put together into weeks, months and
townships afterwards: few groups are quickly put together, millions of records are not. Where a village's part has few
cells it is kept, and only villages in which something was written since are counted again.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
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
    and_,
    case,
    distinct,
    func,
    literal_column,
    select,
    true,
    type_coerce,
)
from sqlalchemy.sql import visitors

from models.base import Base
from models.place import Township, Village
from models.question import Group, How, Question, used_columns
from models.scope import Act, Scope
from models.session import Session
from models.summaries.counting import within_reach
from models.summaries.crosstab import ONLY, Place, Tally, TooMany
from models.summaries.remembered import by_village
from models.summing import Grouping, Sort, Step, born_by, groupings, person_of
from models.types import Chosen, Tenths

MOST_CELLS: Final = 20_000
_LABELS: Final = ("r", "c", "v")
_NONE: Final = literal_column("0", Integer)
_SHANGHAI: Final = "+8 hours"  # for SQLite, which knows no zones; there has been no summer time since 1991


@dataclass(frozen=True)
class Asked:
    """A question with what it is about: the class, what makes rows and columns, and the conditions of its filters."""

    question: Question
    cls: Any
    today: date
    conditions: Sequence[ColumnElement[bool]] = ()
    by: tuple[tuple[Grouping, Group], ...] = ()

    def grouping(self, group: Group) -> Grouping:
        """What a side of the table is grouped by."""
        return groupings(self.cls)[group.name]

    @cached_property
    def sides(self) -> list[tuple[Grouping, Group]]:
        """What is counted by: the rows, and the columns if there are any."""
        if self.by:
            return list(self.by)
        groups = [group for group in (self.question.rows, self.question.columns) if group]
        return [(self.grouping(group), group) for group in groups]


class _Counted(NamedTuple):
    """What adds up of a tally: people do not, who may be in several parts."""

    n: int
    total: Decimal
    measured: int
    met: int

    def plus(self, other: _Counted) -> _Counted:
        n, total, measured, met = other
        return _Counted(self.n + n, self.total + total, self.measured + measured, self.met + met)


Counted = dict[tuple[Place, ...], _Counted]
"""What was counted by the places of the sides."""


def tallied(session: Session, asked: Asked, people: bool) -> dict[tuple[Place, Place], Tally]:
    """The tallies of a question by row and column; with ``people``, how many each cell is about. Raises TooMany."""
    villages = _parts(session, asked)
    found = _counted(session, asked) if villages is None else _put_together(session, asked, villages)
    heads = _people(session, asked, found) if people else {}
    tallies = {}
    for places, counted in found.items():
        row, column = places if len(places) > 1 else (*places, ONLY)
        tallies[row, column] = Tally(*counted, heads.get(places, 0))
    return tallies


def _counted(session: Session, asked: Asked, *within: ColumnElement[bool]) -> Counted:
    query = _counting(asked, session.get_bind().dialect.name, session.scope, within)
    return {
        tuple(places): _Counted(int(n), Decimal(str(total or 0)), int(measured), int(met or 0))
        for *places, n, total, measured, met in _rows(session, query)
    }


def _people(session: Session, asked: Asked, counted: Counted) -> dict[tuple[Place, ...], int]:
    """How many people the records of each cell are about; nobody, where they are about things."""
    person = person_of(asked.cls)
    if person is None:
        return {}
    if person.key == "id":
        return {places: one.n for places, one in counted.items()}
    measures = [func.count(distinct(person)).label("people")]
    query = _grouped(asked, session.get_bind().dialect.name, _conditions(asked, session.scope), measures)
    return {tuple(places): people for *places, people in _rows(session, query)}


# ---- village by village ----


@dataclass(frozen=True)
class _Kept:
    """A question as it is kept: known by what is asked, under which conditions, on which day."""

    known_by: tuple[Question, date, str, str]
    asked: Asked = field(compare=False)


def _parts(session: Session, asked: Asked) -> Collection[int] | None:
    """The villages to count one by one, so that what was counted can be kept; None if that would be too much."""
    cells = 1
    for grouping, _group in asked.sides:
        if grouping.sort in (Sort.DAY, Sort.INSTANT):
            return None
        if grouping.target in (Village, Township):
            continue
        if grouping.sort is Sort.PLACE:
            return None
        choices = len(grouping.choices or ()) or 2
        cells *= 1 + (len(grouping.bands) + 1 if grouping.bands else choices)
    villages = within_reach(session, asked.question.ledger)
    return villages if len(villages) * cells <= MOST_CELLS // 4 else None


def _put_together(session: Session, asked: Asked, villages: Collection[int]) -> Counted:
    """The sum of what each village comes to."""
    compiled = and_(true(), *asked.conditions).compile(session.get_bind())
    known_by = asked.question, asked.today, str(compiled), repr(sorted(compiled.params.items()))
    nothing: Counted = {}
    parts = by_village(session, _by_village, _Kept(known_by, asked), villages, nothing)
    townships: dict[int, int | None] = {}
    if any(grouping.target is Township for grouping, _group in asked.sides):
        townships = {number: township for number, township in session.execute(select(Village.id, Village.township_id))}
    found: Counted = {}
    for village, part in parts.items():
        for others, counted in part.items():
            rest = iter(others)
            places = tuple(
                village if grouping.target is Village
                else townships.get(village) if grouping.target is Township
                else next(rest)
                for grouping, _group in asked.sides
            )  # fmt: skip
            found[places] = found[places].plus(counted) if places in found else counted
    return found


def _by_village(session: Session, kept: _Kept, among: Collection[int]) -> dict[int, Counted]:
    """What these villages come to, by the sides that are no place."""
    asked = kept.asked
    others = tuple(side for side in asked.sides if side[0].target not in (Village, Township))
    asked = replace(asked, by=((groupings(asked.cls)["village"], Group("village")), *others))
    found: dict[int, Counted] = {}
    for (village, *places), counted in _counted(session, asked, asked.cls.village_id.in_(among)).items():
        found.setdefault(cast(int, village), {})[tuple(places)] = counted
    return found


# ---- the statement ----


def readable(scope: Scope, cls: type[Base], columns: frozenset[str]) -> ColumnElement[bool] | None:
    """The condition that leaves records of which these columns may be seen; None where the session's own suffices."""
    permits = scope.permits_for(cls.__ledger__, Act.READ)
    telling = tuple(permit for permit in permits if permit.sees is None or columns <= permit.sees)
    return None if scope.unconfined or len(telling) == len(permits) else Scope(scope.actor, telling).criterion(cls)


def _counting(asked: Asked, dialect: str, scope: Scope, within: Sequence[ColumnElement[bool]]) -> Select[Any]:
    """Counts by the places of the sides, in two steps where an index leads the first."""
    conditions = [*within, *_conditions(asked, scope)]
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


__all__ = ["MOST_CELLS", "Asked", "readable", "tallied"]
