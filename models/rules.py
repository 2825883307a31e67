"""Small rules and constraints that many ledgers share: no day to come, no phone nobody can call, nothing below zero."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final

from sqlalchemy import CheckConstraint, column, inspect
from sqlalchemy.orm import object_session
from sqlalchemy.orm.attributes import get_history

from models.base import Base, Problem
from models.clock import local_day
from models.person import phone_problem
from models.words import N_

LOWEST_TEMPERATURE, HIGHEST_TEMPERATURE = 34, 43
FEVER: Final = Decimal("37.3")


# ---- what the database refuses ----


def not_negative(*names: str) -> tuple[CheckConstraint, ...]:
    """Counts: zero or more."""
    return tuple(CheckConstraint(column(name) >= 0, name=f"{name}_counted") for name in names)


def in_order(first: str, then: str) -> CheckConstraint:
    """What comes second is not before what comes first."""
    return CheckConstraint(column(then) >= column(first), name=f"{then}_in_order")


def measurable(name: str) -> CheckConstraint:
    """A body temperature that a living person can have."""
    return CheckConstraint(column(name).between(LOWEST_TEMPERATURE, HIGHEST_TEMPERATURE), name=f"{name}_measurable")


# ---- what is wrong, said at the field ----


def days_to_come(record: Base, today: date, *names: str) -> Iterator[Problem]:
    """Days and instants that have not come yet."""
    for name in names:
        value: date | datetime | None = getattr(record, name)
        if isinstance(value, datetime):
            value = local_day(value) if value.tzinfo else value.date()
        if value is not None and value > today:
            yield Problem(name, N_("This day is in the future."))


def out_of_order(record: Base, first: str, then: str) -> Iterator[Problem]:
    """An end before its start."""
    start, end = getattr(record, first), getattr(record, then)
    if start is not None and end is not None and end < start:
        yield Problem(then, N_("This is before the start."))


def wrong_phones(record: Base, *names: str) -> Iterator[Problem]:
    """Phones that cannot be called."""
    for name in names:
        number: str | None = getattr(record, name)
        if number and (wrong := phone_problem(number)):
            yield Problem(name, wrong)


def below_zero(record: Base, *names: str) -> Iterator[Problem]:
    """Counts below zero."""
    for name in names:
        count = getattr(record, name)
        if count is not None and count < 0:
            yield Problem(name, N_("This cannot be less than zero."))


def unmeasurable(record: Base, name: str = "temperature") -> Iterator[Problem]:
    """A temperature that no living person has: a slip of the key, or the thermometer is broken."""
    value = getattr(record, name)
    if value is not None and not LOWEST_TEMPERATURE <= value <= HIGHEST_TEMPERATURE:
        yield Problem(name, N_("A temperature lies between 34.0 and 43.0 ℃."))


# ---- what a record is, was and points at ----


def linked(record: Base, name: str) -> Any:
    """The record that a reference points at, also when only its number was given; None if it cannot be seen."""
    mapper = inspect(type(record))
    relation = mapper.relationships[name]
    key = mapper.get_property_by_column(next(iter(relation.local_columns))).key
    if get_history(record, name).added:
        return getattr(record, name)
    session = object_session(record)
    number = getattr(record, key)
    if session is None or number is None:
        return getattr(record, name)
    return session.get(relation.mapper.class_, number)


def is_new(record: Base) -> bool:
    """True until the record is first written."""
    return not inspect(record).persistent


def changed(record: Base, *names: str) -> bool:
    """True if the next flush writes one of these attributes."""
    return any(get_history(record, name).has_changes() for name in names)


def before(record: Base, name: str) -> Any:
    """An attribute as the database has it, whatever was assigned since."""
    gone = get_history(record, name).deleted
    return gone[0] if gone else getattr(record, name)


def take_village_of(record: Any, name: str) -> Any:
    """A record that hangs on another belongs to its village, unless a village was given. Returns the other."""
    other = linked(record, name)
    if other is None or record.village_id is not None or record.village is not None:
        return other
    if is_new(other) and other.village_id is None and other.village is None:
        other.prepare()
    if other.village_id is not None:
        record.village_id = other.village_id
    else:
        record.village = other.village
    return other
