"""Spans of days, and rows that are counted together: what every summary over more than a day is asked with."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from datetime import date, datetime, timedelta
from typing import Any, Final, NamedTuple, TypeVar, cast

from sqlalchemy import BindParameter, ColumnElement, Date, bindparam

from models import clock

MOST: Final = 366
"""The longest span that is asked for, in days."""

Villages = Collection[int]
"""The villages that are counted, by number. It narrows a question; what may be seen is the session's scope."""

FEW: Final = 20

Day = date | ColumnElement[date]
"""A day, or the place of one in a statement that is made once: where few villages are counted anew, putting a question
together takes longer than its answer."""
ON: Final = bindparam("on", type_=Date)
FIRST: Final = bindparam("first", type_=Date)
LAST: Final = bindparam("last", type_=Date)
HERE: Final[BindParameter[int]] = bindparam("here", expanding=True)
"""The numbers of some villages."""

Counts = TypeVar("Counts", bound=tuple[Any, ...])


class Span(NamedTuple):
    """Asia/Shanghai days from the first to the last, both included."""

    first: date
    last: date

    @property
    def length(self) -> int:
        """How many days these are."""
        return (self.last - self.first).days + 1

    @property
    def instants(self) -> tuple[datetime, datetime]:
        """The half-open span of instants [start, end) that these days make up."""
        return clock.day_span(self.first)[0], clock.day_span(self.last)[1]

    def days(self) -> Iterator[date]:
        """Each of them, the first one first."""
        return (self.first + timedelta(days=number) for number in range(self.length))


def among(village_id: Any, villages: Villages) -> ColumnElement[bool]:
    """That a record is of these villages."""
    return cast("ColumnElement[bool]", searched(village_id, len(villages) <= FEW).in_(villages))


def searched(village_id: Any, few: bool) -> Any:
    """A record's village, to be one of some. Records of a ``few`` are searched for by it; where there are more, another
    index serves better, and SQLite would not take it of itself."""
    return village_id if few else village_id + 0


def together(rows: Iterable[Counts], nothing: Counts) -> Counts:
    """The sums of several rows of counts, field by field; ``nothing`` is the row of zeros."""
    made: Any = type(nothing)
    return cast(Counts, made(*(sum(column) for column in zip(nothing, *rows, strict=True))))
