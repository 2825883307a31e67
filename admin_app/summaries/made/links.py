"""Where a number of a made summary leads: its ledger's list, narrowed to exactly the records it counts."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal, InvalidOperation
from functools import cached_property
from typing import Any, Final

from sqlalchemy import select

from admin_app.addresses import address
from admin_app.ledgers.listing import DayFilter, Filter
from admin_app.summaries.made.words import band_ends, unit_of
from models.place import Village
from models.question import Group
from models.session import Session
from models.summaries.crosstab import REST, Place
from models.summaries.made import Asked, following, readable
from models.summing import Grouping, Sort

Pairs = list[tuple[str, str]]
MOST_VILLAGES = 60
EVERY: Final = object()
"""All the groups of a side, as a total takes them."""


@dataclass
class Links:
    """Addresses of the rows behind a table; "" where there is no list of exactly these."""

    session: Session
    asked: Asked
    filters: dict[str, Filter]

    def to(self, row: Place = EVERY, column: Place = EVERY) -> str:
        """The address of a cell, or of a total."""
        if not self.open:
            return ""
        pairs: Pairs | None = list(self.asked.question.filters)
        for (known, group), place in zip(self.asked.sides, (row, column), strict=False):
            pairs = pairs if pairs is None or place is EVERY else self._narrowed(pairs, known, group, place)
        return "" if pairs is None else address(f"/admin/{self.asked.question.ledger}/", pairs)

    @cached_property
    def open(self) -> bool:
        """Whether the list shows what is counted: a reader may see fewer columns of some records than of others."""
        names = frozenset(known.column for known, _group in self.asked.sides)
        return readable(self.session.scope, self.asked.cls, names) is None

    @cached_property
    def _townships(self) -> dict[int, list[str]]:
        found: dict[int, list[str]] = {}
        for number, township in self.session.execute(select(Village.id, Village.township_id).order_by(Village.id)):
            found.setdefault(township, []).append(str(number))
        return found

    def _narrowed(self, pairs: Pairs, known: Grouping, group: Group, place: Place) -> Pairs | None:
        """The conditions with those added that leave one group; None where the list has no such condition."""
        if place is REST or (known.sort is Sort.AGE and place is not None):
            return None
        if place is None:
            return [*pairs, ("blank", known.name)] if "blank" in self.filters else None
        if known.name == "township":
            return self._in_township(pairs, place)
        if known.name not in self.filters:
            return None
        if known.sort in (Sort.DAY, Sort.INSTANT) and isinstance(place, date):
            return self._between(pairs, known.name, place, following(place, group.step) - timedelta(days=1))
        if known.sort is Sort.BAND and isinstance(place, int):
            low, high = band_ends(known, place, unit_of(self.asked.cls, known.column))
            return self._between(pairs, known.name, low, high)
        code = str(int(place)) if isinstance(place, bool) else str(place)
        standing = getattr(self.asked.cls, "__standing__", {})
        if any((known.name, value) in standing for value in (code, *values(pairs, known.name))):
            return None  # 待解除 is a part of what is stored under another code
        return [*without(pairs, known.name), (known.name, code)]

    def _in_township(self, pairs: Pairs, place: Place) -> Pairs | None:
        already = values(pairs, "village")
        villages = [v for v in self._townships.get(place, []) if not already or v in already]  # type: ignore[call-overload]
        if not 0 < len(villages) <= MOST_VILLAGES or "village" not in self.filters:
            return None
        return [*without(pairs, "village"), *(("village", number) for number in villages)]

    def _between(self, pairs: Pairs, name: str, low: Any, high: Any) -> Pairs | None:
        """Narrowed to a span, inside the one that holds already."""
        ends = [self._end(name, values(pairs, f"{name}.{end}")) for end in ("from", "to")]
        if None not in ends and ends[0] > ends[1]:
            ends.reverse()
        low = max((end for end in (low, ends[0]) if end is not None), default=None)
        high = min((end for end in (high, ends[1]) if end is not None), default=None)
        kept = without(without(pairs, f"{name}.from"), f"{name}.to")
        spans = [(f"{name}.{end}", str(value)) for end, value in (("from", low), ("to", high)) if value is not None]
        return [*kept, *spans]

    def _end(self, name: str, texts: Sequence[str]) -> Any:
        if not texts:
            return None
        one = self.filters[name]
        try:
            return one.read(texts[0]) if isinstance(one, DayFilter) else Decimal(texts[0])
        except (ValueError, InvalidOperation):
            return None


def values(pairs: Iterable[tuple[str, str]], name: str) -> list[str]:
    """The values of an argument."""
    return [value for key, value in pairs if key == name and value]


def without(pairs: Iterable[tuple[str, str]], name: str) -> Pairs:
    """The arguments but one."""
    return [(key, value) for key, value in pairs if key != name]
