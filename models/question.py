"""The question of a made summary: which ledger, what makes rows and columns, what is measured, under which conditions.

Plain values that can be kept, written as an address, and looked at again before they are asked: what was a good
question once need not be one for whoever asks it today.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final, Self

from models.base import Problem
from models.scope import Act, Scope
from models.summing import Sort, Step, groupings, ledgers, numbers
from models.words import N_

FORMAT: Final = 1  # of a kept question; raise it when the form changes, and read the older ones
_OWN_NAMES: Final = ("ledger", "rows", "columns", "measure")
_MOST_FILTERS, _LONGEST = 60, 120


class Unreadable(ValueError):
    """A question that makes no sense; says why in a marked text."""

    def __init__(self, message: str):
        super().__init__(message)
        self.message = message


_NOT_READ: Final = N_("This summary cannot be read: it is damaged, or was kept by a newer version.")


@dataclass(frozen=True)
class Group:
    """What makes the rows, or the columns: ``outcome``, ``village``; days with a step, ``on.week``."""

    name: str
    step: Step | None = None

    @classmethod
    def read(cls, text: str) -> Self:
        """Raises Unreadable."""
        name, _dot, step = text.partition(".")
        try:
            return cls(name, Step(step) if step else None)
        except ValueError:
            raise Unreadable(N_("Days are put together by day, week or month.")) from None

    def __str__(self) -> str:
        return f"{self.name}.{self.step.value}" if self.step else self.name


class How(StrEnum):
    """What is measured."""

    COUNT = "count"  # how many records
    PART = "part"  # which part of all of them
    SUM = "sum"
    AVERAGE = "average"
    SHARE = "share"  # the share of those whose ``name`` is ``code``


@dataclass(frozen=True)
class Measure:
    """What stands in the cells: ``count``, ``sum:cost``, ``share:outcome:abnormal``."""

    how: How = How.COUNT
    name: str = ""
    code: str = ""

    @classmethod
    def read(cls, text: str) -> Self:
        """Raises Unreadable."""
        how, _colon, rest = text.partition(":")
        name, _colon, code = rest.partition(":")
        try:
            return cls(How(how), name, code)
        except ValueError:
            raise Unreadable(N_("There is no such measure.")) from None

    def __str__(self) -> str:
        return ":".join(part for part in (self.how.value, self.name, self.code) if part)


@dataclass(frozen=True)
class Question:
    """What a summary asks. ``filters`` are those of the ledger's list, as its address has them."""

    ledger: str
    rows: Group
    columns: Group | None = None
    measure: Measure = Measure()
    filters: tuple[tuple[str, str], ...] = ()

    @classmethod
    def read(cls, pairs: Iterable[tuple[str, str]]) -> Self:
        """From the arguments of an address; raises Unreadable."""
        given = [(name, value) for name, value in pairs if value]
        own = {name: value for name, value in reversed(given) if name in _OWN_NAMES}
        filters = tuple((name, value) for name, value in given if name not in _OWN_NAMES)
        if not own.get("ledger") or not own.get("rows"):
            raise Unreadable(N_("Choose a ledger, and what makes the rows."))
        if len(filters) > _MOST_FILTERS or any(len(name) > 60 or len(value) > _LONGEST for name, value in filters):
            raise Unreadable(N_("These are too many conditions, or too long ones."))
        columns = Group.read(own["columns"]) if own.get("columns") else None
        return cls(own["ledger"], Group.read(own["rows"]), columns, Measure.read(own.get("measure", "count")), filters)

    def pairs(self) -> list[tuple[str, str]]:
        """The arguments of its address, of which ``read`` makes the same question."""
        found = [("ledger", self.ledger), ("rows", str(self.rows))]
        found += [("columns", str(self.columns))] if self.columns else []
        return [*found, ("measure", str(self.measure)), *self.filters]

    @classmethod
    def from_json(cls, kept: object) -> Self:
        """What was kept; raises Unreadable."""
        if not isinstance(kept, Mapping) or kept.get("format") != FORMAT:
            raise Unreadable(_NOT_READ)
        filters, texts = kept.get("filters", []), {name: kept.get(name, "") for name in _OWN_NAMES}
        if not isinstance(filters, Sequence) or not all(isinstance(text, str) for text in texts.values()):
            raise Unreadable(_NOT_READ)
        pairs = [tuple(pair) for pair in filters if isinstance(pair, Sequence)]
        if len(pairs) < len(filters) or not all(len(p) == 2 and all(isinstance(t, str) for t in p) for p in pairs):
            raise Unreadable(_NOT_READ)
        return cls.read([*texts.items(), *((name, value) for name, value in pairs)])

    def to_json(self) -> dict[str, Any]:
        """As it is kept."""
        texts = {name: value for name, value in self.pairs() if name in _OWN_NAMES}
        return {"format": FORMAT, **texts, "filters": [list(pair) for pair in self.filters]}


# ---- what can be asked ----


def problems_of(question: Question, scope: Scope) -> Iterator[Problem]:
    """What stands in the way of an answer, for whoever asks: a ledger that is closed, a column that is gone."""
    cls = ledgers().get(question.ledger)
    if cls is None or not scope.may(Act.READ, question.ledger):
        yield Problem("ledger", N_("This ledger is not open to you, or there is none of that name."))
        return
    for part, group in (("rows", question.rows), ("columns", question.columns)):
        if group is not None:
            yield from _wrong_group(cls, part, group, scope)
    if question.columns is not None and question.columns.name == question.rows.name:
        yield Problem("columns", N_("Rows and columns are the same thing. Choose another for one of them."))
    yield from _wrong_measure(cls, question.measure, scope)


def used_columns(question: Question) -> frozenset[str]:
    """The attributes that a question reads, apart from those of its filters. The question has no problems."""
    cls: Any = ledgers()[question.ledger]
    groups = [groupings(cls)[group.name].column for group in (question.rows, question.columns) if group]
    return frozenset([*groups, *([question.measure.name] if question.measure.name else [])])


def _wrong_group(cls: Any, part: str, group: Group, scope: Scope) -> Iterator[Problem]:
    known = groupings(cls).get(group.name)
    if known is None or not sees(scope, cls, known.column):
        yield Problem(part, N_("“%(name)s” is no longer there, or not open to you."), {"name": group.name[:40]})
    elif bool(known.steps) != (group.step is not None):
        yield Problem(part, N_("Days are put together by day, week or month."))


def _wrong_measure(cls: Any, measure: Measure, scope: Scope) -> Iterator[Problem]:
    gone = N_("“%(name)s” is no longer there, or not open to you."), {"name": measure.name[:40]}
    if measure.how in (How.SUM, How.AVERAGE):
        number = numbers(cls).get(measure.name)
        if number is None or not sees(scope, cls, measure.name):
            yield Problem("measure", *gone)
        elif measure.how is How.SUM and not number.adds_up:
            yield Problem("measure", N_("A sum of these means nothing; take the average."))
    elif measure.how is How.SHARE:
        known = groupings(cls).get(measure.name)
        if known is None or known.sort not in (Sort.CHOICE, Sort.YES_NO) or not sees(scope, cls, known.column):
            yield Problem("measure", *gone)
        elif measure.code not in codes(known.choices):
            yield Problem("measure", N_("The choice “%(code)s” is no longer there."), {"code": measure.code[:40]})
    elif measure.name or measure.code:
        yield Problem("measure", N_("There is no such measure."))


def sees(scope: Scope, cls: Any, column: str) -> bool:
    """May this column be told of at all?"""
    seen = scope.sees(cls)
    return seen is None or column in seen


def codes(choices: Iterable[str] | None) -> list[str]:
    """The codes of a closed list, or of yes and no."""
    return ["1", "0"] if choices is None else [str(code) for code in choices]
