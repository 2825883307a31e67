"""Finding records by what people type: numbers, names, pinyin, and the declared columns of a ledger."""

from __future__ import annotations

from typing import Any, cast

from sqlalchemy import ColumnElement, inspect, or_, select

from admin_app import database
from models import masks, words
from models.base import Base, Mask
from models.person import Person
from models.scope import Act
from models.search import person_search

LARGEST_ID = 2**63 - 1
# The columns (or references) that each ledger is searched by; a ledger's view puts its own here.
SEARCHED: dict[type[Base], tuple[str, ...]] = {}


def record_id(text: object) -> int | None:
    """A record's number from an address or a form; None for anything that cannot be one."""
    if isinstance(text, int):
        return text if 0 < text <= LARGEST_ID else None
    if not isinstance(text, str) or not text.isascii() or not text.isdigit() or len(text) > 19:
        return None
    number = int(text)
    return number if 0 < number <= LARGEST_ID else None


def described(record: Any) -> str:
    """A record's name with what tells it from others of the same name, masked."""
    if isinstance(record, Person):
        tail = masks.masked(record.phone, Mask.PHONE)
        return f"{record.name} · {tail}" if tail else record.name
    return str(record)


def matches(cls: type[Base], text: str) -> ColumnElement[bool]:
    """The condition under which a record of the class matches what was typed."""
    typed = text.replace("\x00", " ")[:100]
    if issubclass(cls, Person):
        area = database.session().scope.area(Act.READ, cls.__ledger__ or "")
        return person_search(cast(Any, cls), typed, database.db.engine.dialect.name, area)
    conditions = [_one(cls, name, typed) for name in SEARCHED.get(cls, ())]
    number = record_id(words.code(typed))
    if number is not None:
        conditions.append(cls.id == number)  # type: ignore[attr-defined]
    return or_(*conditions) if conditions else cls.id.is_(None)  # type: ignore[attr-defined]


def _one(cls: type[Base], name: str, typed: str) -> ColumnElement[bool]:
    mapper = inspect(cls)
    if name in mapper.relationships:
        relation = mapper.relationships[name]
        target = relation.mapper.class_
        column = getattr(cls, mapper.get_property_by_column(next(iter(relation.local_columns))).key)
        found: ColumnElement[bool] = column.in_(select(target.id).where(matches(target, typed)))
        return found
    contains: ColumnElement[bool] = getattr(cls, name).icontains(words.line(typed), autoescape=True)
    return contains
