"""Column types: text made clean on its way in, choices with a CHECK, instants in UTC, exact tenths of a degree."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, Generic, TypeVar

from sqlalchemy import JSON, BigInteger, DateTime, Dialect, Double, Integer, Numeric, String
from sqlalchemy.types import TypeDecorator, TypeEngine

from models import words
from models.words import Choice

C = TypeVar("C", bound=Choice)

# SQLite only counts up by itself on INTEGER primary keys.
RecordId = BigInteger().with_variant(Integer(), "sqlite")


class Cleaned(TypeDecorator[str]):
    """Text that is cleaned before it is compared or stored; ``length`` counts characters."""

    impl = String
    cache_ok = True
    clean: Callable[[str], str] = staticmethod(words.line)

    def __init__(self, length: int):
        super().__init__(length)
        self.length = length

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        return None if value is None else type(self).clean(value)


class Line(Cleaned):
    """One line of text."""

    cache_ok = True


class Prose(Cleaned):
    """Several lines of text."""

    cache_ok = True
    clean = staticmethod(words.prose)


class Code(Cleaned):
    """A number or code, full-width digits and blanks normalised; compared byte by byte, so prefixes use the index."""

    cache_ok = True
    clean = staticmethod(words.code)

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        return dialect.type_descriptor(_bytewise(self.length, dialect))


class Key(TypeDecorator[str]):
    """A computed search key (pinyin, initials): stored as given, compared byte by byte."""

    impl = String
    cache_ok = True

    def __init__(self, length: int):
        super().__init__(length)
        self.length = length

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        return dialect.type_descriptor(_bytewise(self.length, dialect))


def _bytewise(length: int, dialect: Dialect) -> String:
    return String(length, collation="C") if dialect.name == "postgresql" else String(length)


class Chosen(TypeDecorator[C], Generic[C]):
    """One code of a closed list. ``field()`` adds the CHECK that keeps the list closed in the database."""

    impl = String
    cache_ok = True

    def __init__(self, choices: type[C]):
        super().__init__(max(len(c) for c in choices))
        self.choices = choices
        self._by_code: dict[str, C] = {c.value: c for c in choices}

    def process_bind_param(self, value: C | str | None, dialect: Dialect) -> str | None:
        return None if value is None else self.choices(value).value

    def process_result_value(self, value: str | None, dialect: Dialect) -> C | None:
        if value is None:
            return None
        return self._by_code.get(value) or self.choices(value)  # the class itself takes five times as long to find it


class ChosenMany(TypeDecorator[list[C]], Generic[C]):
    """Several codes of a closed list, kept in the list's own order, as a JSON array."""

    impl = JSON
    cache_ok = True

    def __init__(self, choices: type[C]):
        super().__init__()
        self.choices = choices

    def process_bind_param(self, value: Sequence[C | str] | None, dialect: Dialect) -> list[str] | None:
        if value is None:
            return None
        wanted = {self.choices(v) for v in value}
        return [c.value for c in self.choices if c in wanted]

    def process_result_value(self, value: Sequence[str] | None, dialect: Dialect) -> list[C] | None:
        return None if value is None else [self.choices(v) for v in value]


class Instant(TypeDecorator[datetime]):
    """An aware instant, kept as UTC."""

    impl = DateTime
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        return dialect.type_descriptor(DateTime(timezone=dialect.name == "postgresql"))

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("an instant needs a time zone")
        utc = value.astimezone(UTC)
        return utc if dialect.name == "postgresql" else utc.replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Tenths(TypeDecorator[Decimal]):
    """A decimal with a fixed number of places, exact in Python on both engines (SQLite keeps a double)."""

    impl = Numeric
    cache_ok = True

    def __init__(self, digits: int, places: int = 1):
        super().__init__(digits, places)
        self.digits, self.places = digits, places
        self._quantum = Decimal(1).scaleb(-places)

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        return dialect.type_descriptor(Double() if dialect.name == "sqlite" else Numeric(self.digits, self.places))

    def process_bind_param(self, value: Decimal | None, dialect: Dialect) -> Any:
        if value is None:
            return None
        rounded = Decimal(value).quantize(self._quantum)
        return float(rounded) if dialect.name == "sqlite" else rounded

    def process_result_value(self, value: Any, dialect: Dialect) -> Decimal | None:
        return None if value is None else Decimal(str(value)).quantize(self._quantum)
